/** What managers can do, one place for the page, the API and the command line. Each asks `may` and checks its input. */
import { desc, eq, lt } from "drizzle-orm";
import { z } from "zod";
import { type Brands, unknownBrand } from "#src/brand.ts";
import { HyggeError } from "#src/errors.ts";
import { checked } from "#src/flow/input.ts";
import type { Logger } from "#src/log.ts";
import { type Action, type Actor, allow } from "#src/may.ts";
import { addAudit } from "#src/store/audit.ts";
import { databaseError } from "#src/store/errors.ts";
import type { Database } from "#src/store/open.ts";
import { audit, people } from "#src/store/schema.ts";
import { type BriefDetail, briefDetail } from "./detail.ts";
import { type AccessReport, accessPerson, type EraseReport, erasePerson } from "./erase.ts";
import {
  csv,
  type Example,
  type ExportKind,
  type ExportReport,
  emptyReport,
  examples,
  exportKinds,
  type TrainingKind,
} from "./export.ts";
import type { CatchUp } from "./facts/catch-up.ts";
import { checkFilter, sorts } from "./filter.ts";
import { type Choices, choices, type DraftPage, draftLines, listDrafts } from "./list.ts";
import type { Login } from "./login.ts";
import { type Provenance, provenance } from "./provenance.ts";
import { acceptRule, type NewRule, type Proposal, proposals, type Rule, rules, undoRule } from "./rules.ts";
import {
  type Counted,
  counted,
  figureNames,
  type Glance,
  glance,
  nearDuplicates,
  type Trends,
  trendParts,
  trends,
  trendWeeks,
  type WorstBrief,
  worstBriefs,
} from "./week.ts";

export interface ManageDeps {
  database: Database;
  brands: Brands & { refresh(): Promise<void> };
  login: Login;
  catchUp: CatchUp;
  timeZone: string;
  dataDir: string;
  /** Folders beside the data folder where texts from the store are kept. */
  folders: string[];
  purgeQueue(about: (payload: string) => boolean): Promise<number>;
  /** What training data from the store calls a person. */
  alias?: (personId: string) => Promise<string>;
  log: Logger;
}

export type Query = Record<string, string | undefined>;
export type Manage = ReturnType<typeof createManage>;

export interface AuditLine {
  id: number;
  at: string;
  personId: string;
  personName: string;
  action: string;
  briefId: string | null;
  draftId: string | null;
  data: Record<string, unknown>;
}

const ruleSchema = z.object({
  brand: z.string().min(1).max(40),
  kind: z.enum(["replace", "delete", "price"]),
  pattern: z.string().trim().min(1).max(80),
  replacement: z.string().trim().max(120).nullish(),
  evidence: z.record(z.string(), z.unknown()).optional(),
});
const eraseSchema = z.object({
  person: z
    .string()
    .trim()
    .regex(/^(?:web|slack|discord|cli):\S{1,200}$/, "must be <platform>:<id>"),
  also: z.array(z.string().trim().min(3).max(200)).max(20).default([]),
  drafts: z.enum(["anonymise", "delete"]).default("anonymise"),
});

export function createManage(deps: ManageDeps) {
  const { database, login, catchUp, timeZone } = deps;
  const { db } = database;

  // Managers wait for each other, so that whoever writes a brief never waits for more than one of their questions: the
  // embedded database does one thing at a time, and a server has no more cores than it has.
  let turn: Promise<unknown> = Promise.resolve();
  function inTurn<T>(ask: () => Promise<T>): Promise<T> {
    const told = () =>
      ask().catch((error) => {
        throw databaseError(error, database.place);
      });
    const mine = turn.then(told, told);
    turn = mine.catch(() => {});
    return mine;
  }

  function reading<T>(actor: Actor, action: Action, ask: () => Promise<T>): Promise<T> {
    allow(actor, action);
    return inTurn(async () => {
      await catchUp.now();
      return ask();
    });
  }

  const weeksOf = (query: Query) => oneOf("weeks", trendWeeks, Number(query.weeks ?? 12));
  const found = <T>(kind: string, id: string, value: T | undefined): T => {
    if (value === undefined) throw new HyggeError("not_found", { kind, id: id.slice(0, 60) });
    return value;
  };

  return {
    login,

    async glance(actor: Actor): Promise<Glance> {
      return reading(actor, "feedback.read", () => glance(db, timeZone));
    },

    async trends(actor: Actor, query: Query): Promise<Trends> {
      const by = oneOf("by", trendParts, query.by ?? "all");
      const weeks = weeksOf(query);
      const figure = oneOf("figure", figureNames, query.figure ?? "drafts");
      return reading(actor, "feedback.read", () => trends(db, timeZone, { figure, by, weeks }));
    },

    async drafts(actor: Actor, query: Query): Promise<DraftPage> {
      allow(actor, "feedback.read");
      const filter = checkFilter(query);
      const sort = oneOf("sort", sorts, query.sort ?? "newest");
      const page = pageOf(query);
      return reading(actor, "feedback.read", () => listDrafts(db, { filter, sort, page, timeZone }));
    },

    async choices(actor: Actor): Promise<Choices> {
      return reading(actor, "feedback.read", () => choices(db, deps.brands.list()));
    },

    /** By the id of a brief or of a draft. */
    async detail(actor: Actor, id: string): Promise<BriefDetail> {
      return reading(actor, "feedback.read", async () =>
        found("draft", id, await briefDetail(db, id, actor.id)),
      );
    },

    async patterns(
      actor: Actor,
      query: Query,
    ): Promise<{ reasons: Counted; gates: Counted; worst: WorstBrief[] }> {
      const weeks = weeksOf(query);
      return reading(actor, "feedback.read", async () => ({
        reasons: await counted(db, timeZone, "reasons", weeks),
        gates: await counted(db, timeZone, "failed", weeks),
        worst: await worstBriefs(db, timeZone, weeks),
      }));
    },

    async duplicates(actor: Actor, query: Query) {
      const page = pageOf(query);
      return reading(actor, "feedback.read", async () => {
        const { total, pairs } = await nearDuplicates(db, page);
        const lines = await draftLines(db, [...new Set(pairs.flatMap((pair) => [pair.id, pair.twinId]))]);
        const byId = new Map(lines.map((line) => [line.id, line]));
        return {
          total,
          page,
          pages: Math.max(1, Math.ceil(total / 20)),
          pairs: pairs.flatMap(({ id, twinId, alike }) => {
            const draft = byId.get(id);
            const twin = byId.get(twinId);
            return draft && twin ? [{ draft, twin, alike }] : [];
          }),
        };
      });
    },

    async rules(actor: Actor): Promise<{ proposals: Proposal[]; rules: Rule[] }> {
      return reading(actor, "feedback.read", async () => ({
        proposals: await proposals(db),
        rules: await rules(db, { open: false }),
      }));
    },

    async acceptRule(actor: Actor, input: unknown): Promise<{ id: string }> {
      allow(actor, "rules.change");
      const rule = checked(ruleSchema, input);
      if (!deps.brands.get(rule.brand)) throw unknownBrand(deps.brands, rule.brand);
      if (rule.kind === "price" && !/^(?:start|end)$/.test(rule.pattern))
        throw new HyggeError("input_invalid", { field: "pattern", problem: "start or end" });
      const made: NewRule = {
        ...rule,
        replacement: rule.kind === "replace" ? rule.replacement || null : null,
      };
      const id = await inTurn(() => acceptRule(db, actor, made));
      await deps.brands.refresh();
      return { id };
    },

    async undoRule(actor: Actor, id: string): Promise<void> {
      allow(actor, "rules.change");
      await inTurn(() => undoRule(db, actor, id));
      await deps.brands.refresh();
    },

    /** The list as CSV, piece by piece. */
    async csv(actor: Actor, query: Query): Promise<AsyncIterable<string>> {
      const filter = await beginExport(actor, "csv", query);
      const locale = query.locale === "en" || query.locale === "de" ? query.locale : actor.locale;
      return csv(db, { filter, timeZone, locale });
    },

    /** Training data, line by line; `report` is whole when the lines have ended. */
    async examples(
      actor: Actor,
      kind: TrainingKind,
      query: Query,
    ): Promise<{ examples: AsyncIterable<Example>; report: ExportReport }> {
      const filter = await beginExport(actor, kind, query);
      const report = emptyReport();
      return { examples: examples(db, kind, { filter, timeZone, report }), report };
    },

    async provenance(actor: Actor, draftId: string): Promise<Provenance> {
      return reading(actor, "feedback.read", async () =>
        found("draft", draftId, await provenance(db, draftId)),
      );
    },

    /** Newest first; `before` is the id of the last one seen. */
    async audit(actor: Actor, query: Query): Promise<AuditLine[]> {
      allow(actor, "audit.read");
      const before = query.before === undefined ? undefined : Number(query.before);
      if (before !== undefined && !Number.isSafeInteger(before))
        throw new HyggeError("input_invalid", { field: "before", problem: "not a number" });
      return inTurn(async () => {
        const rows = await db
          .select({ row: audit, personName: people.name })
          .from(audit)
          .leftJoin(people, eq(people.id, audit.personId))
          .where(before === undefined ? undefined : lt(audit.id, before))
          .orderBy(desc(audit.id))
          .limit(50);
        return rows.map(({ row, personName }) => ({
          ...row,
          at: row.at.toISOString(),
          personName: personName ?? "",
        }));
      });
    },

    async access(actor: Actor, input: unknown): Promise<AccessReport> {
      allow(actor, "person.access");
      const { person, also } = checked(eraseSchema, input);
      return inTurn(async () => {
        const report = await accessPerson(database, person, also);
        await addAudit(db, { personId: actor.id, action: "person.access", data: { person } });
        return report;
      });
    },

    async erase(actor: Actor, input: unknown): Promise<EraseReport> {
      allow(actor, "person.erase");
      const { person, also, drafts } = checked(eraseSchema, input);
      const { dataDir, log } = deps;
      return inTurn(() =>
        erasePerson(
          {
            database,
            purgeQueue: deps.purgeQueue,
            folders: [dataDir, ...deps.folders],
            dataDir,
            ...(deps.alias ? { alias: deps.alias } : {}),
            catchUp: () => catchUp.all(),
            log,
          },
          { personId: person, also, drafts },
          actor,
        ),
      );
    },
  };

  async function beginExport(actor: Actor, kind: ExportKind, query: Query) {
    allow(actor, "feedback.export");
    oneOf("kind", exportKinds, kind);
    const filter = checkFilter(query);
    await inTurn(async () => {
      await catchUp.all();
      await addAudit(db, { personId: actor.id, action: "feedback.export", data: { kind, ...filter } });
    });
    return filter;
  }
}

function oneOf<T extends string | number>(field: string, allowed: readonly T[], value: string | number): T {
  const known = allowed.find((one) => one === value);
  if (known === undefined)
    throw new HyggeError("input_invalid", { field, problem: `one of ${allowed.join(", ")}` });
  return known;
}

function pageOf(query: Query): number {
  const page = query.page === undefined || query.page === "" ? 1 : Number(query.page);
  if (!Number.isSafeInteger(page) || page < 1)
    throw new HyggeError("input_invalid", { field: "page", problem: "a number from 1" });
  return page;
}
