/** The HTTP API as the page uses it, and whether the server can be reached. */

/** What the server refused, with its sentence for people. */
export class Refused extends Error {
  constructor(status, { code, message, details }) {
    super(message);
    this.status = status;
    this.code = code;
    this.details = details;
  }
}
/** The server can't be reached; the banner says so. */
export class Unreachable extends Error {}

let locale = document.documentElement.lang;
export const speak = (to) => {
  locale = to;
};

/** @returns {Promise<any>} the JSON answer; undefined for 204 */
export async function call(method, path, body, { key } = {}) {
  let response;
  try {
    response = await fetch(path, {
      method,
      headers: {
        "accept-language": locale,
        ...(body === undefined ? {} : { "content-type": "application/json" }),
        ...(key === undefined ? {} : { "idempotency-key": key }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  } catch (error) {
    connection.lost();
    throw new Unreachable(path, { cause: error });
  }
  connection.found();
  if (response.status === 204) return undefined;
  const answer = await response.json().catch(() => undefined);
  if (response.ok) return answer;
  if (answer?.error?.code === "unauthorized") unauthorized();
  throw new Refused(response.status, answer?.error ?? { code: "internal", message: response.statusText });
}

let unauthorized = () => {};
export const onUnauthorized = (listener) => {
  unauthorized = listener;
};

/** Looks for the server again and again while it can't be reached. */
export const connection = {
  up: true,
  listeners: new Set(),
  set(up) {
    if (this.up === up) return;
    this.up = up;
    for (const listener of this.listeners) listener(up);
  },
  found() {
    this.set(true);
  },
  lost() {
    if (!this.up) return;
    this.set(false);
    const look = async () => {
      if (this.up) return;
      const answer = await fetch("/healthz", { cache: "no-store" }).catch(() => undefined);
      if (answer?.ok) this.found();
      else setTimeout(look, 1500);
    };
    setTimeout(look, 700);
  },
  /** @returns the function that stops listening */
  listen(listener) {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  },
};

const channel = new BroadcastChannel("hygge");
/** Tells the other tabs that a brief has changed. */
export const tellTabs = (briefId) => channel.postMessage({ briefId });
export function listenToTabs(listener) {
  const onMessage = ({ data }) => listener(data.briefId);
  channel.addEventListener("message", onMessage);
  return () => channel.removeEventListener("message", onMessage);
}

export const newKey = () =>
  Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join(
    "",
  );

/** Says it to a screen reader. */
export function announce(text) {
  const live = document.getElementById("live");
  if (live) live.textContent = text;
}
