/** Names of models that are not here yet: hf:org/repo/file.gguf, hf:org/repo:QUANT, https://host/file.gguf. */
import path from "node:path";
import { HyggeError } from "#src/errors.ts";

export type ModelUri =
  | { kind: "file"; text: string; repo: string; file: string }
  | { kind: "quant"; text: string; repo: string; quant: string }
  | { kind: "url"; text: string; url: URL };

export const isRemote = (model: string) => /^(hf:|https?:\/\/)/i.test(model);

const part = "[A-Za-z0-9][\\w.-]*";

/** @throws HyggeError model_pull_failed */
export function parseUri(text: string): ModelUri {
  const quant = new RegExp(`^hf:(${part}/${part}):([\\w.-]+)$`, "i").exec(text);
  if (quant?.[1] !== undefined && quant[2] !== undefined)
    return { kind: "quant", text, repo: quant[1], quant: quant[2] };
  const file = new RegExp(`^hf:(${part}/${part})/((?:${part}/)*${part}\\.gguf)$`, "i").exec(text);
  if (file?.[1] !== undefined && file[2] !== undefined)
    return { kind: "file", text, repo: file[1], file: file[2] };
  if (/^https?:/i.test(text) && URL.canParse(text)) {
    const url = new URL(text);
    if (url.protocol === "http:" && !["127.0.0.1", "localhost", "[::1]"].includes(url.hostname))
      throw failed(text, "http:// is not safe here, use https://");
    if (/\.gguf$/i.test(url.pathname)) return { kind: "url", text, url };
  }
  throw failed(text, "write hf:org/repo/file.gguf, hf:org/repo:Q4_K_M or https://host/file.gguf");
}

const failed = (uri: string, reason: string) => new HyggeError("model_pull_failed", { uri, reason });

/** Where a pulled file lies under `folder`; for a quant the folder that holds it. */
export function localPath(uri: ModelUri, folder: string): string {
  if (uri.kind === "url") {
    const safe = (text: string) => text.replace(/[^\w.-]/g, "_").replace(/^\.+/, "_");
    return path.join(folder, "url", safe(uri.url.host), ...uri.url.pathname.slice(1).split("/").map(safe));
  }
  const repo = path.join(folder, ...uri.repo.split("/"));
  return uri.kind === "file" ? path.join(repo, ...uri.file.split("/")) : repo;
}
