/** What managers take away; filtered like the list. */
import { html } from "/ui.js";
import { queryOf } from "./api.js";
import { Filters } from "./drafts.js";
import { Heading, useManage } from "./ui.js";

export function Exports({ query }) {
  const { words, locale } = useManage();
  const { page: _, sort: __, ...filter } = query;
  const link = (kind, more) => `/api/manage/export/${kind}${queryOf({ ...filter, ...more })}`;
  return html`
    <div class="page-head"><${Heading}>${words.pages.exports}<//><p class="quiet">${words.exportHint}</p></div>
    <${Filters} query=${filter} page="exports" />
    <ul class="cards">${Object.entries(words.exportKinds).map(
      ([kind, [name, what]]) => html`
      <li key=${kind} class="panel"><h2>${name}</h2><p class="quiet">${what}</p>
        <p class="actions">${
          kind === "csv"
            ? html`<a class="button" href=${link(kind, { locale })} download>${words.download}</a>`
            : Object.entries(words.parts_).map(
                ([part, text]) =>
                  html`<a key=${part} class="button" href=${link(kind, { part })} download aria-label=${`${name}: ${text}`}>${text}</a>`,
              )
        }</p></li>`,
    )}</ul>`;
}
