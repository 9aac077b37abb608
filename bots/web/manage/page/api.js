/** The managers' API as the page uses it. */
import { connection, Refused, Unreachable } from "/api.js";

let csrf = "";
let locale = document.documentElement.lang;
export const speak = (to) => {
  locale = to;
};

/** @returns {Promise<any>} the JSON answer; undefined for 204 */
export async function ask(method, path, body) {
  let response;
  try {
    response = await fetch(`/api/manage/${path}`, {
      method,
      headers: {
        "accept-language": locale,
        ...(method === "GET" ? {} : { "x-hygge-csrf": csrf }),
        ...(body === undefined ? {} : { "content-type": "application/json" }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  } catch (error) {
    connection.lost();
    throw new Unreachable(path, { cause: error });
  }
  connection.found();
  csrf = response.headers.get("x-hygge-csrf") ?? csrf;
  if (response.status === 204) return undefined;
  const answer = await response.json().catch(() => undefined);
  if (response.ok) return answer;
  throw new Refused(response.status, answer?.error ?? { code: "internal", message: response.statusText });
}

/** "?a=1&b=2" of what is set, or "". */
export function queryOf(values) {
  const query = new URLSearchParams(
    Object.entries(values).filter(([, value]) => value !== undefined && value !== "" && value !== null),
  );
  return query.size > 0 ? `?${query}` : "";
}
