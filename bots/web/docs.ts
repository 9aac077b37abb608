/** The API's documentation, made from the routes themselves: OpenAPI 3.1, and a page that reads it to people. */
import { html } from "hono/html";
import { z } from "zod";
import type { Route } from "./route.ts";
import * as schemas from "./schemas.ts";

const named = {
  Brief: schemas.brief,
  Draft: schemas.draft,
  Candidate: schemas.candidate,
  Lint: schemas.lint,
};

export function openApi(routes: Route[], version: string) {
  const components = new Map<string, unknown>();
  const json = (schema: z.ZodType) => {
    const {
      $schema: _,
      $defs,
      ...rest
    } = z.toJSONSchema(schema, { io: "input" }) as Record<string, unknown> & {
      $defs?: Record<string, unknown>;
    };
    for (const [id, def] of Object.entries($defs ?? {})) components.set(id, def);
    const id = typeof rest.id === "string" ? rest.id : undefined;
    if (id === undefined) return rest;
    components.set(id, rest);
    return { $ref: `#/components/schemas/${id}` };
  };
  for (const schema of Object.values(named)) json(schema);
  const error = { description: "Error", content: { "application/json": { schema: json(schemas.error) } } };

  const paths: Record<string, Record<string, unknown>> = {};
  for (const r of routes) {
    const query = r.query ? (json(r.query) as { properties?: Record<string, object> }).properties : undefined;
    const parameters = [
      ...(r.path.includes("{id}")
        ? [{ name: "id", in: "path", required: true, schema: { type: "string" } }]
        : []),
      ...Object.entries(query ?? {}).map(([name, schema]) => ({ name, in: "query", schema })),
      ...(r.once
        ? [{ name: "Idempotency-Key", in: "header", schema: { type: "string", maxLength: 200 } }]
        : []),
    ];
    const { status, schema, type, what } = r.answer;
    paths[r.path] ??= {};
    Object.assign(paths[r.path] ?? {}, {
      [r.method]: {
        summary: r.summary,
        ...(parameters.length > 0 ? { parameters } : {}),
        ...(r.body ? { requestBody: { content: { "application/json": { schema: json(r.body) } } } } : {}),
        responses: {
          [status]: {
            description: what ?? "OK",
            content: { [type ?? "application/json"]: schema ? { schema: json(schema) } : {} },
          },
          default: error,
        },
      },
    });
  }
  return JSON.parse(
    JSON.stringify({
      openapi: "3.1.0",
      info: {
        title: "Hygge",
        version,
        description:
          "Short copy in a brand's voice. Bodies are JSON in UTF-8, times ISO 8601 in UTC. Errors are " +
          "{error: {code, message, details}}; the message is in the caller's language (Accept-Language: de or en). " +
          "A browser is known by its cookie, a script by `Authorization: Bearer HYGGE_TOKEN`.",
      },
      components: {
        schemas: Object.fromEntries(components),
        securitySchemes: { token: { type: "http", scheme: "bearer" } },
      },
      security: [{}, { token: [] }],
      paths,
    }).replaceAll('"#/$defs/', '"#/components/schemas/'),
  ) as OpenApi;
}

interface OpenApi {
  info: { title: string; version: string; description: string };
  components: { schemas: Record<string, Schema> };
  paths: Record<string, Record<string, Operation>>;
}
interface Operation {
  summary: string;
  parameters?: { name: string; in: string; schema: Schema }[];
  requestBody?: { content: Record<string, { schema: Schema }> };
  responses: Record<string, { description: string; content: Record<string, { schema?: Schema }> }>;
}
interface Schema {
  $ref?: string;
  type?: string | string[];
  enum?: string[];
  items?: Schema;
  anyOf?: Schema[];
  properties?: Record<string, Schema>;
  required?: string[];
  description?: string;
  additionalProperties?: unknown;
}

export function docsPage(api: OpenApi) {
  const operations = Object.entries(api.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  );
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Hygge API</title><link rel="icon" href="/icon.svg"><link rel="stylesheet" href="/style.css">
</head>
<body class="docs">
<header class="top"><a class="brand" href="/">Hygge</a></header>
<main>
<h1>Hygge API</h1>
<p>${api.info.description}</p>
<p>The same for machines: <a href="/openapi.json">openapi.json</a></p>
<pre tabindex="0"><code>curl -s localhost:3000/api/briefs -H 'content-type: application/json' \\
  -d '{"text": "Sofa Ekeby, Leinen, sandfarben, 899 €", "channel": "instagram"}'
curl -sN localhost:3000/api/briefs/ID/events
curl -s localhost:3000/api/briefs/ID</code></pre>
${operations.map(
  ({ path, method, operation }) => html`<section class="operation">
<h2><span class="method">${method.toUpperCase()}</span> <code>${path}</code></h2>
<p>${operation.summary}.</p>
${operation.parameters ? fields(operation.parameters.filter((p) => p.in !== "path").map((p) => [p.in === "header" ? `${p.name}:` : p.name, p.schema])) : ""}
${Object.values(operation.requestBody?.content ?? {}).map(({ schema }) => fields(Object.entries(schema.properties ?? {})))}
<p class="answer">${Object.entries(operation.responses)
    .filter(([status]) => status !== "default")
    .map(([status, { description, content }]) => {
      const [[type, { schema } = {}] = ["", {}]] = Object.entries(content);
      return html`<code>${status}</code> ${schema ? typeName(schema) : type === "application/json" ? description.replaceAll("`", "") : type}`;
    })}</p>
</section>`,
)}
<h2>Shapes</h2>
${Object.entries(api.components.schemas).map(
  ([name, schema]) =>
    html`<section class="operation"><h3 id="${name}">${name}</h3>${fields(Object.entries(schema.properties ?? {}))}</section>`,
)}
</main>
</body>
</html>`;
}

function fields(list: [string, Schema][]) {
  if (list.length === 0) return "";
  return html`<dl>${list.map(
    ([name, schema]) =>
      html`<div><dt><code>${name}</code></dt><dd>${typeName(schema)}${schema.description ? html` <span class="quiet">${schema.description}</span>` : ""}</dd></div>`,
  )}</dl>`;
}

function typeName(schema: Schema): string {
  if (schema.$ref) return schema.$ref.split("/").at(-1) ?? "";
  if (schema.enum) return schema.enum.join(" | ");
  if (schema.anyOf) return schema.anyOf.map(typeName).join(" | ");
  if (schema.items) return `${typeName(schema.items)}[]`;
  if (schema.properties) return `{${Object.keys(schema.properties).join(", ")}}`;
  return [schema.type ?? "any"].flat().join(" | ");
}
