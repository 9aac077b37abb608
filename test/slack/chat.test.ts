import { randomUUID } from "node:crypto";
import { slackChat } from "#bots/slack/chat.ts";
import { createClient } from "#bots/slack/client.ts";
import { createHealth } from "#bots/slack/health.ts";
import { newThread } from "#bots/slack/place.ts";
import { type ChatHarness, chatContract } from "#test/contracts/chat.ts";
import { memoryDatabase } from "#test/fixtures/database.ts";
import { testLog } from "./house.ts";
import { openFakeSlack, team } from "./our-fake-slack.ts";
import { draftTexts, pingsOf, wordsOf } from "./read.ts";

chatContract(
  "slack",
  async (): Promise<ChatHarness> => {
    const slack = await openFakeSlack();
    const database = await memoryDatabase();
    const client = createClient({
      token: "xoxb-test",
      apiUrl: slack.apiUrl,
      db: database.db,
      health: createHealth(testLog),
      log: testLog,
    });
    const chat = slackChat({ db: database.db, client, log: testLog });
    let channels = 0;
    return {
      chat,
      // A channel each: no waiting for the channel's second.
      thread: async () => newThread(team, `C${++channels}`, randomUUID()),
      async seen(thread) {
        // Nobody waits out a pause in a test.
        await database.pool.query("delete from hygge.budgets");
        const channel = thread.split("/")[1];
        return slack.messages
          .filter((message) => message.channel === channel)
          .map((message) => {
            const hasDrafts = message.blocks.some((block) => block.type === "context_actions");
            return {
              ref: `${message.channel}/${message.ts}`,
              texts: hasDrafts ? draftTexts(message.blocks) : [],
              words: wordsOf(message.blocks),
              pings: pingsOf(message.blocks, message.text),
            };
          });
      },
      refuseNext: (seconds) => slack.fail("chat.postMessage", { retryAfter: seconds }),
      async close() {
        const { problems } = slack;
        await slack.close();
        await database.close();
        if (problems.length > 0) throw new Error(`Slack would refuse: ${problems.join("; ")}`);
      },
    };
  },
  { refuses: true },
);
