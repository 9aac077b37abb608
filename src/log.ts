import pino from "pino";

export type { Logger } from "pino";

const secretKeys = ["token", "authorization", "cookie", "secret", "password", "databaseUrl", "redisUrl"];
const secretUrl = /\b([a-z][a-z+]*:\/\/[^\s:/@]*):[^\s@]*@/gi;
const secretToken = /\b(xox[abeprs]-|xapp-|hf_)[\w-]+/g;

/** JSON lines on stderr, so that stdout stays the program's answer. Secrets are cut by key and by shape. */
export function openLog(level: string): pino.Logger {
  return pino(
    {
      level,
      base: undefined,
      redact: {
        paths: secretKeys.flatMap((key) => [key, `*.${key}`, `*.headers.${key}`]),
        censor: "[secret]",
      },
      hooks: {
        streamWrite: (line) => line.replace(secretUrl, "$1:[secret]@").replace(secretToken, "$1[secret]"),
      },
    },
    pino.destination({ fd: 2, sync: true }),
  );
}
