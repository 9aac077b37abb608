/** What Slack sends, whole payloads as documented and seen, with ids and texts of our own. */
import { team } from "./our-fake-slack.ts";

const enterprise = { enterprise_id: "E01", enterprise_name: "Hygge Grid" };
const user = { id: "U01ANNA", username: "anna", name: "anna", team_id: team };
const value = "brief-1|draft-1";

export const slashCommand = {
  token: "gIkuvaNzQIHg97ATvDxqgjtO",
  team_id: team,
  team_domain: "hygge-test",
  ...enterprise,
  channel_id: "C01GEN",
  channel_name: "general",
  user_id: "U01ANNA",
  user_name: "anna",
  command: "/hygge",
  text: "Sofa Ekeby, Leinen, 899 €, f&uuml;r Instagram",
  api_app_id: "A01APP",
  is_enterprise_install: "false",
  response_url: "",
  trigger_id: "13345224609.738474920.8088930838d88f008e0",
};

export const feedbackClick = {
  type: "block_actions",
  user,
  api_app_id: "A01APP",
  token: "gIkuvaNzQIHg97ATvDxqgjtO",
  container: {
    type: "message",
    message_ts: "1795000002.000100",
    channel_id: "C01GEN",
    is_ephemeral: false,
    thread_ts: "1795000001.000100",
  },
  trigger_id: "13345224609.738474920.feedback",
  team: { id: team, domain: "hygge-test", ...enterprise },
  enterprise: { id: "E01", name: "Hygge Grid" },
  is_enterprise_install: false,
  channel: { id: "C01GEN", name: "general" },
  message: {
    user: "U0BOT",
    type: "message",
    ts: "1795000002.000100",
    bot_id: "B0BOT",
    app_id: "A01APP",
    text: "Entwurf 1 ist da",
    team,
    thread_ts: "1795000001.000100",
    parent_user_id: "U0BOT",
    metadata: { event_type: "hygge_post", event_payload: { key: "generation-1-delivery" } },
    blocks: [],
  },
  state: { values: { x: { "hygge:change": { type: "static_select", selected_option: null } } } },
  response_url: "",
  actions: [
    {
      type: "feedback_buttons",
      action_id: "hygge_feedback",
      block_id: "AbC1d",
      value: `${value}|good`,
      text: { type: "plain_text", text: "Gut", emoji: false },
      action_ts: "1795000003.123456",
    },
  ],
};

export const menuChoice = {
  ...feedbackClick,
  trigger_id: "13345224609.738474920.menu",
  actions: [
    {
      type: "static_select",
      action_id: "hygge:change",
      block_id: "AbC1e",
      selected_option: {
        text: { type: "plain_text", text: "Kürzer", emoji: false },
        value: `${value}|kürzer`,
      },
      placeholder: { type: "plain_text", text: "Ändern …", emoji: false },
      action_ts: "1795000004.123456",
    },
  ],
};

export const reasonsSubmitted = {
  type: "view_submission",
  team: { id: team, domain: "hygge-test" },
  user,
  api_app_id: "A01APP",
  token: "gIkuvaNzQIHg97ATvDxqgjtO",
  trigger_id: "13345224609.738474920.view",
  view: {
    id: "V01",
    team_id: team,
    type: "modal",
    blocks: [],
    private_metadata: JSON.stringify({ briefId: "brief-1", draftId: "draft-1" }),
    callback_id: "hygge:bad",
    state: {
      values: {
        reasons: {
          reasons: {
            type: "checkboxes",
            selected_options: [
              { text: { type: "plain_text", text: "Fakten falsch", emoji: false }, value: "facts" },
            ],
          },
        },
        comment: { comment: { type: "plain_text_input", value: null } },
      },
    },
    hash: "1795000005.abc",
    title: { type: "plain_text", text: "Was war schlecht?", emoji: false },
    clear_on_close: false,
    notify_on_close: false,
    close: null,
    submit: null,
    previous_view_id: null,
    root_view_id: "V01",
    app_id: "A01APP",
    external_id: "",
    app_installed_team_id: team,
    bot_id: "B0BOT",
  },
  response_urls: [],
  is_enterprise_install: false,
  enterprise: null,
};

const callback = (event: Record<string, unknown>, id: string) => ({
  token: "gIkuvaNzQIHg97ATvDxqgjtO",
  team_id: team,
  context_team_id: team,
  context_enterprise_id: null,
  api_app_id: "A01APP",
  event,
  type: "event_callback",
  event_id: id,
  event_time: 1_795_000_000,
  authorizations: [
    { enterprise_id: null, team_id: team, user_id: "U0BOT", is_bot: true, is_enterprise_install: false },
  ],
  is_ext_shared_channel: false,
  event_context: "4-xyz",
});

export const directMessage = callback(
  {
    user: "U01ANNA",
    type: "message",
    ts: "1795000010.000100",
    client_msg_id: "8f3c",
    text: "Sofa Ekeby, Leinen, 899 €",
    team,
    blocks: [{ type: "rich_text", block_id: "x", elements: [] }],
    channel: "D01ANNA",
    event_ts: "1795000010.000100",
    channel_type: "im",
  },
  "Ev01DM",
);

export const ownMessage = callback(
  {
    user: "U0BOT",
    type: "message",
    ts: "1795000011.000100",
    bot_id: "B0BOT",
    app_id: "A01APP",
    text: "Entwurf 1 ist da",
    team,
    bot_profile: { id: "B0BOT", deleted: false, name: "Hygge", app_id: "A01APP", team_id: team },
    channel: "D01ANNA",
    event_ts: "1795000011.000100",
    channel_type: "im",
  },
  "Ev01OWN",
);

export const deletedMessage = callback(
  {
    type: "message",
    subtype: "message_deleted",
    previous_message: { user: "U01ANNA", type: "message", ts: "1795000012.000100", text: "weg" },
    channel: "D01ANNA",
    hidden: true,
    deleted_ts: "1795000012.000100",
    event_ts: "1795000013.000100",
    ts: "1795000013.000100",
    channel_type: "im",
  },
  "Ev01DEL",
);
