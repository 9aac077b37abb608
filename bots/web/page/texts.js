/** "Meine Texte": the person's own briefs, newest first, with search. */
import { call, listenToTabs } from "./api.js";
import { html, lightOf, Problem, useApp, useEffect, useRef, useState, when } from "./ui.js";

const page = 20;
const few = 4;

export function Texts({ recent }) {
  const { words, locale, brands, labels } = useApp();
  const [search, setSearch] = useState("");
  const [list, setList] = useState(undefined);
  const [more, setMore] = useState(false);
  const [problem, setProblem] = useState("");
  const [beat, setBeat] = useState(0);
  const asked = useRef(0);
  const limit = recent ? few : page;

  const load = async (before) => {
    asked.current += 1;
    const mine = asked.current;
    const query = new URLSearchParams({ limit: String(limit) });
    if (search.trim()) query.set("search", search.trim());
    if (before) query.set("before", before);
    try {
      const { briefs } = await call("GET", `/api/briefs?${query}`);
      // An answer to what isn't asked any more.
      if (mine !== asked.current) return;
      setList((old) => (before ? [...(old ?? []), ...briefs] : briefs));
      setMore(briefs.length === limit);
      setProblem("");
    } catch (error) {
      setProblem(error.message);
    }
  };
  // `beat` means: look again.
  useEffect(() => {
    const timer = setTimeout(load, list ? 200 : 0);
    return () => clearTimeout(timer);
  }, [search, beat]);
  useEffect(() => {
    const look = () => setBeat((n) => n + 1);
    window.addEventListener("focus", look);
    const stop = listenToTabs(look);
    return () => {
      window.removeEventListener("focus", look);
      stop();
    };
  }, []);

  if (recent && !list?.length) return null;
  const labelOf = ({ channel, brand }) =>
    brands.brands.find(({ id }) => id === brand)?.channels[channel]?.label[locale] ?? channel;
  return html`
    <section class=${recent ? "texts recent" : "texts"}>
      ${
        recent
          ? html`<div class="texts-head"><h2 class="overline">${words.recent}</h2><a href="#/texts">${words.all}</a></div>`
          : html`<h1 tabindex="-1" ref=${(h) => h && document.activeElement === document.body && h.focus()}>${words.myTexts}</h1>
            <label class="unseen" for="search">${words.search}</label>
            <input id="search" type="search" class="search" placeholder=${words.search} maxlength="200" value=${search} onInput=${(e) => setSearch(e.currentTarget.value)} />`
      }
      <${Problem} text=${problem} />
      <ul>${list?.map((brief) => {
        const { id, text, status, createdAt, drafts } = brief;
        const best = drafts.at(-1);
        return html`
          <li key=${id}><a href=${`#/brief/${id}`}>
            <span class="text-brief">${text}</span>
            ${best && html`<span class="text-draft" lang="de">${best.text}</span>`}
            <span class="text-meta quiet">
              <span>${labelOf(brief)}</span><span>${when(createdAt, locale)}</span>
              ${status === "done" ? html`<span>${words.drafts(drafts.length)}</span>` : html`<span class="badge">${labels.statuses[status]}</span>`}
              ${best && html`<span class=${`score small ${lightOf(best.score)}`}><span class="dot" aria-hidden="true"></span>${Math.round(best.score.total)}</span>`}
              ${best && best.state !== "draft" && html`<span class=${`badge ${best.state}`}>${labels.states[best.state]}</span>`}
            </span>
          </a></li>`;
      })}</ul>
      <div role="status">
        ${list?.length === 0 && (search.trim() ? html`<p class="quiet">${words.noHit(search.trim())}</p>` : html`<p>${words.nothing}</p><p><a href="#/">${words.nothingHint}</a></p>`)}
        ${!list && !problem && html`<p class="quiet">${words.loading}</p>`}
      </div>
      ${!recent && more && html`<button type="button" onClick=${() => load(list.at(-1).createdAt)}>${words.loadMore}</button>`}
    </section>`;
}
