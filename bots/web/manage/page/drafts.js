/** The list of drafts: filters, order, pages. All of it is in the address. */
import { html, Problem, Select, useEffect, useState } from "/ui.js";
import { queryOf } from "./api.js";
import { Heading, hrefOf, Icon, Pager, Score, State, useAnswer, useFormats, useManage } from "./ui.js";

export function Drafts({ query }) {
  const { words } = useManage();
  const { data, problem, busy } = useAnswer(`drafts${queryOf(query)}`);
  const format = useFormats();
  return html`
    <div class="page-head"><${Heading}>${words.pages.drafts}<//></div>
    <${Filters} query=${query} page="drafts" />
    <div class="list-head">
      <p role="status">${data ? words.found(format.count(data.total) === "1" ? 1 : format.count(data.total)) : words.loading}</p>
      <${Select} label=${words.sort} value=${query.sort ?? "newest"} options=${Object.entries(words.sorts)}
        onChange=${(sort) => {
          location.hash = hrefOf("drafts", { ...query, sort: sort === "newest" ? "" : sort, page: "" });
        }} />
    </div>
    <${Problem} text=${problem} />
    <ol class="drafts" aria-busy=${busy}>${data?.drafts.map((draft) => html`<li key=${draft.id}><${DraftLine} draft=${draft} /></li>`)}</ol>
    ${data?.total === 0 && html`<p>${words.none}</p>`}
    ${data && html`<${Pager} page=${data.page} pages=${data.pages} to=${(page) => hrefOf("drafts", { ...query, page: page > 1 ? page : "" })} />`}`;
}

export function DraftLine({ draft }) {
  const { words, labels, choices, locale } = useManage();
  const format = useFormats();
  return html`
    <a class="draft-line" href=${hrefOf(`draft/${encodeURIComponent(draft.id)}`)}>
      <span class="line-brief">${draft.brief}</span>
      <span class="line-text" lang="de">${draft.text}</span>
      <span class="line-meta quiet">
        <span>${choices.channelNames[draft.channel]?.[locale] ?? draft.channel}</span>
        <span>${draft.personName || words.somebody}</span>
        <span>${format.when(draft.createdAt)}</span>
        <${Score} total=${draft.score} />
        ${draft.kind === "edited" && html`<span>${words.changed(format.share(draft.distance ?? 0))}</span>`}
        ${draft.up > 0 && html`<span class="thumbs"><${Icon} name="up" /><span class="unseen">${words.votes.up}</span>${draft.up}</span>`}
        ${draft.down > 0 && html`<span class="thumbs bad"><${Icon} name="down" /><span class="unseen">${words.votes.down}</span>${draft.down}</span>`}
        ${draft.comments > 0 && html`<span>${words.comments(draft.comments)}</span>`}
        <${State} state=${draft.state} />
        ${draft.failed.length > 0 && html`<span class="bad"><${Icon} name="cross" /> ${draft.failed.map((id) => labels.gates[id]).join(", ")}</span>`}
      </span>
    </a>`;
}

const always = ["brand", "channel", "state"];

/** The same filter for the list and the exports; `page` is where it leads. */
export function Filters({ query, page }) {
  const { words, labels, choices, locale } = useManage();
  const [search, setSearch] = useState(query.search ?? "");
  useEffect(() => setSearch(query.search ?? ""), [query.search]);
  const go = (change) => {
    location.hash = hrefOf(page, { ...query, ...change, page: "" });
  };
  const choice = (id, options) => html`
    <${Select} key=${id} label=${words.filters[id]} value=${query[id] ?? ""} onChange=${(value) => go({ [id]: value })} options=${[["", words.any], ...options]} />`;
  const same = (values) => values.map((value) => [value, value]);
  const fields = {
    brand: same(choices.brands),
    channel: choices.channels.map((id) => [id, choices.channelNames[id]?.[locale] ?? id]),
    state: Object.entries(labels.states),
    person: choices.people.map(({ id, name }) => [id, name || id]),
    model: same(choices.models),
    kind: Object.entries(words.kinds),
    vote: Object.entries(words.votes),
    reason: Object.entries(labels.reasons),
    gate: [["any", words.anyGate], ...Object.entries(labels.gates).filter(([id]) => id !== "grammar")],
    light: Object.entries(words.lights),
    commented: [["yes", words.commented]],
  };
  const rare = Object.keys(fields).filter((id) => !always.includes(id));
  const set = [...Object.keys(fields), "search", "from", "to"].some((id) => query[id]);
  return html`
    <form class="filters" role="search" onSubmit=${(event) => {
      event.preventDefault();
      go({ search: search.trim() });
    }}>
      <div class="search-row">
        <label class="field"><span>${words.search} <small>${words.searchHint}</small></span>
          <input type="search" maxlength="200" value=${search} onInput=${(event) => setSearch(event.currentTarget.value)} /></label>
        <button type="submit" class="primary">${words.search}</button>
      </div>
      <div class="controls">${always.map((id) => choice(id, fields[id]))}</div>
      <details open=${[...rare, "from", "to"].some((id) => query[id])}>
        <summary>${words.moreFilters}</summary>
        <div class="controls">
          ${rare.map((id) => choice(id, fields[id]))}
          ${["from", "to"].map(
            (id) => html`<label key=${id} class="field"><span>${words.filters[id]}</span>
            <input type="date" value=${query[id] ?? ""} onChange=${(event) => go({ [id]: event.currentTarget.value })} /></label>`,
          )}
        </div>
      </details>
      ${set && html`<a class="reset" href=${hrefOf(page)}>${words.reset}</a>`}
    </form>`;
}
