/** Parts that several of the dashboard's pages use. */
import { createContext, useContext } from "/htm.js";
import { html, Icon, lightOf, useEffect, useRef, useState } from "/ui.js";
import { ask, queryOf } from "./api.js";

/** `{me, words, locale, labels, choices}` */
export const Manage = createContext(null);
export const useManage = () => useContext(Manage);

/** Asks when `path` changes: `{data, problem, again}`; what was there stays until the answer comes. */
export function useAnswer(path) {
  const [state, setState] = useState({ data: undefined, problem: "", path: "" });
  const [beat, setBeat] = useState(0);
  const asked = useRef(0);
  // `beat` means: ask again.
  useEffect(() => {
    if (path === undefined) return;
    asked.current += 1;
    const mine = asked.current;
    ask("GET", path).then(
      (data) => mine === asked.current && setState({ data, problem: "", path }),
      (error) => mine === asked.current && setState((old) => ({ ...old, problem: error.message || "…" })),
    );
  }, [path, beat]);
  return { ...state, busy: state.path !== path, again: () => setBeat((n) => n + 1) };
}

export function useFormats() {
  const { locale, me } = useManage();
  const number = (value, options) => new Intl.NumberFormat(locale, options).format(value);
  const zone = me?.timeZone;
  const date = (iso, options) =>
    new Intl.DateTimeFormat(locale, { timeZone: zone, ...options }).format(new Date(iso));
  const format = {
    count: (value) => number(value, { maximumFractionDigits: 1 }),
    share: (value) => number(value, { style: "percent", maximumFractionDigits: 0 }),
    seconds: (value) =>
      value < 90
        ? `${number(value, { maximumFractionDigits: 1 })} s`
        : value < 5400
          ? `${number(value / 60, { maximumFractionDigits: 1 })} min`
          : `${number(value / 3600, { maximumFractionDigits: 1 })} h`,
    when: (iso) => date(iso, { dateStyle: "medium", timeStyle: "short" }),
    /** Of an ISO date without a time. */
    day: (day, options = { day: "numeric", month: "short" }) =>
      new Intl.DateTimeFormat(locale, { timeZone: "UTC", ...options }).format(new Date(`${day}T00:00:00Z`)),
  };
  return {
    ...format,
    figure: (id, value) => (value === null || value === undefined ? "–" : figures[id](value, format)),
  };
}

/** How each figure is written. */
export const figures = {
  drafts: (v, f) => f.count(v),
  edits: (v, f) => f.count(v),
  approved: (v, f) => f.count(v),
  rejected: (v, f) => f.count(v),
  up: (v, f) => f.count(v),
  down: (v, f) => f.count(v),
  approvalRate: (v, f) => f.share(v),
  unedited: (v, f) => f.share(v),
  medianDistance: (v, f) => f.share(v),
  medianWait: (v, f) => f.seconds(v),
};

/** The page's heading takes the focus when the page is entered, so that a screen reader begins there. */
export const Heading = ({ children }) =>
  html`<h1 tabindex="-1" ref=${(h) => h && document.activeElement === document.body && h.focus({ preventScroll: true })}>${children}</h1>`;

export const Score = ({ total }) => {
  const light = lightOf({ total });
  return html`<span class=${`score small ${light}`}><span class="dot" aria-hidden="true"></span>${Math.round(total)}</span>`;
};

export const Diff = ({ parts }) =>
  html`<p class="copy diff" lang="de">${parts.map(({ sign, text }, i) =>
    sign === "+"
      ? html`<ins key=${i}>${text}</ins>`
      : sign === "-"
        ? html`<del key=${i}>${text}</del>`
        : text,
  )}</p>`;

export const State = ({ state }) => {
  const { labels } = useManage();
  return state === "draft" ? null : html`<span class=${`badge ${state}`}>${labels.states[state]}</span>`;
};

/** Links, so that a page can be opened in another tab, kept and sent. */
export function Pager({ page, pages, to }) {
  const { words } = useManage();
  if (pages <= 1) return null;
  const link = (at, text, on) =>
    on ? html`<a href=${to(at)}>${text}</a>` : html`<span class="quiet" aria-disabled="true">${text}</span>`;
  return html`
    <nav class="pager" aria-label=${words.pagesLabel}>
      ${link(1, words.first, page > 1)}
      ${link(page - 1, words.previous, page > 1)}
      <span aria-current="page">${words.pageOf(page, pages)}</span>
      ${link(page + 1, words.next, page < pages)}
      ${link(pages, words.last, page < pages)}
    </nav>`;
}

/** What everything of a page's address is: `{path, query}` of "#/drafts?brand=x". */
export function placeOf(hash) {
  const [path = "", query = ""] = hash.replace(/^#\/?/, "").split("?");
  return {
    path: path.split("/").map(decodeURIComponent),
    query: Object.fromEntries(new URLSearchParams(query)),
  };
}
export const hrefOf = (path, query = {}) => `#/${path}${queryOf(query)}`;

export { Icon };
