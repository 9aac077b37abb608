/** Reads docker-compose.yml and Dockerfile as Docker would, as far as we use them. */
import { readFile } from "node:fs/promises";
import path from "node:path";
import { parse } from "yaml";
import { z } from "zod";

export const root = path.resolve(import.meta.dirname, "../..");

const serviceSchema = z.object({
  build: z.string().optional(),
  image: z.string().optional(),
  command: z.array(z.string()).optional(),
  environment: z.record(z.string(), z.string()).default({}),
  ports: z.array(z.string()).default([]),
  volumes: z.array(z.string()).default([]),
  tmpfs: z.array(z.string()).default([]),
  read_only: z.boolean().default(false),
  restart: z.string().optional(),
  container_name: z.string().optional(),
  profiles: z.array(z.string()).optional(),
  depends_on: z.record(z.string(), z.object({ condition: z.string() })).default({}),
  healthcheck: z.object({ test: z.array(z.string()) }).optional(),
  cap_drop: z.array(z.string()).default([]),
  security_opt: z.array(z.string()).default([]),
  shm_size: z.string().optional(),
  stop_grace_period: z.string().optional(),
});
export type Service = z.infer<typeof serviceSchema>;
const composeSchema = z.looseObject({
  name: z.string(),
  services: z.record(z.string(), serviceSchema.strict()),
  volumes: z.record(z.string(), z.null()),
});
export type Compose = z.infer<typeof composeSchema>;

/** The file with `variables` filled in, as from .env. Throws as `docker compose` does where one is missing. */
export async function readCompose(variables: Record<string, string>): Promise<Compose> {
  const text = await readFile(path.join(root, "docker-compose.yml"), "utf8");
  return composeSchema.parse(fill(parse(text, { merge: true }), variables));
}

/** `${NAME}`, `${NAME:-default}`, `${NAME:?message}` and `$$`. */
function fill(value: unknown, variables: Record<string, string>): unknown {
  if (typeof value === "string")
    return value.replace(/\$\$|\$\{(\w+)(?::([-?])([^}]*))?\}/g, (whole, name, kind, rest) => {
      if (whole === "$$") return "$";
      const found = variables[name];
      if (found) return found;
      if (kind === "?") throw new Error(`${name}: ${rest}`);
      return kind === "-" ? rest : "";
    });
  if (Array.isArray(value)) return value.map((item) => fill(item, variables));
  if (typeof value === "object" && value !== null)
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, fill(item, variables)]));
  return value;
}

export interface Stage {
  from: string;
  name?: string;
  /** Sources that come from the repository, not from another stage. */
  copied: string[];
  env: Record<string, string>;
  user?: string;
  entrypoint?: string[];
}

export async function readDockerfile(): Promise<{ text: string; stages: Stage[] }> {
  const text = (await readFile(path.join(root, "Dockerfile"), "utf8")).replace(/\\\n/g, " ");
  const stages: Stage[] = [];
  for (const line of text.split("\n")) {
    const [word = "", ...rest] = line.trim().split(/\s+/);
    const stage = stages.at(-1);
    if (word === "FROM") stages.push({ from: rest[0] ?? "", name: rest[2], copied: [], env: {} });
    else if (word === "COPY" && !rest[0]?.startsWith("--from"))
      stage?.copied.push(...rest.filter((part) => !part.startsWith("--")).slice(0, -1));
    else if (word === "ENV")
      for (const pair of rest) {
        const [key = "", ...value] = pair.split("=");
        if (stage) stage.env[key] = value.join("=");
      }
    else if (word === "USER" && stage) stage.user = rest[0];
    else if (word === "ENTRYPOINT" && stage) stage.entrypoint = JSON.parse(rest.join(" "));
  }
  return { text, stages };
}

/** What reaches the image: .dockerignore's lines in order, the last that matches decides. */
export async function dockerignore(): Promise<(file: string) => boolean> {
  const lines = (await readFile(path.join(root, ".dockerignore"), "utf8"))
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "" && !line.startsWith("#"));
  const rules = lines.map((line) => {
    const pattern = line.replace(/^!/, "").replace(/[.+^${}()|[\]\\]/g, "\\$&");
    const regex = pattern
      .replace(/\*\*\//g, "(?:.*/)?")
      .replace(/\*\*/g, ".*")
      .replace(/(?<![.)])\*/g, "[^/]*");
    return { ignored: !line.startsWith("!"), match: new RegExp(`^${regex}(?:/.*)?$`) };
  });
  return (file) => rules.reduce((ignored, rule) => (rule.match.test(file) ? rule.ignored : ignored), false);
}
