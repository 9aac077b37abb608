/** One route: what it is called, what it takes and answers, and the code behind it, in one place. */
import type { Context } from "hono";
import { z } from "zod";
import { HyggeError } from "#src/errors.ts";
import { checked } from "#src/flow/input.ts";
import type { Actor } from "#src/may.ts";

export interface Call<B = unknown, Q = unknown> {
  c: Context;
  actor: Actor;
  /** The `{id}` of the path, or "". */
  id: string;
  body: B;
  query: Q;
  /** The Idempotency-Key header. */
  key?: string;
}

export interface Route<B = unknown, Q = unknown> {
  method: "get" | "post" | "put" | "delete";
  /** `/api/briefs/{id}` */
  path: string;
  summary: string;
  /** What `{id}` names, for the message that says it isn't there. */
  about?: "brief" | "draft";
  body?: z.ZodType<B>;
  query?: z.ZodType<Q>;
  /** Whether it takes an Idempotency-Key: the same key again does nothing new. */
  once?: boolean;
  answer: { status: number; schema?: z.ZodType; type?: string; what?: string };
  /** Share of a person's rate that a call takes; changes take 1, reading is free. */
  cost?: number;
  handle(call: Call<B, Q>): Promise<Response>;
}

/** Infers what `handle` gets from the schemas, and forgets it: the table holds routes of any kind. */
export const route = <B, Q>(r: Route<B, Q>): Route => r as unknown as Route;

/**
 * The JSON body. Characters that no database takes (NUL, halves of surrogate pairs) are dropped.
 * @throws HyggeError input_invalid {field, problem}
 */
export async function readBody<B>(c: Context, schema: z.ZodType<B>): Promise<B> {
  const raw = await c.req.text();
  let value: unknown;
  try {
    value = raw.trim() === "" ? {} : JSON.parse(raw, (_, v) => (typeof v === "string" ? storable(v) : v));
  } catch {
    throw new HyggeError("input_invalid", { field: "body", problem: "not JSON" });
  }
  return checked(schema, value, "body");
}

export const readQuery = <Q>(c: Context, schema: z.ZodType<Q>): Q =>
  checked(
    schema,
    Object.fromEntries(Object.entries(c.req.query()).map(([k, v]) => [k, storable(v)])),
    "query",
  );

const storable = (text: string) => text.replace(/\0|\p{Cs}/gu, "");

export function readKey(c: Context): string | undefined {
  const key = c.req.header("idempotency-key");
  if (key === undefined) return undefined;
  const parsed = z
    .string()
    .regex(/^[\x21-\x7e]{1,200}$/, "1-200 printable characters")
    .safeParse(key);
  if (!parsed.success)
    throw new HyggeError("input_invalid", {
      field: "Idempotency-Key",
      problem: parsed.error.issues[0]?.message ?? "",
    });
  return parsed.data;
}

/** An id as ids look; what doesn't is not there, rather than a riddle for the database. */
export function readId(c: Context, about: "brief" | "draft" | undefined): string {
  const id = c.req.param("id") ?? "";
  if (about !== undefined && !/^[\w-]{1,100}$/.test(id))
    throw new HyggeError("not_found", { kind: about, id: id.replace(/\p{C}|\s+/gu, " ").slice(0, 60) });
  return id;
}
