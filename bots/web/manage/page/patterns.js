/** What comes again: reasons, failed checks, difficult briefs, near duplicates. */
import { html, Problem, Select } from "/ui.js";
import { queryOf } from "./api.js";
import { Bars, LineChart } from "./charts.js";
import { DraftLine } from "./drafts.js";
import { Heading, hrefOf, Pager, useAnswer, useFormats, useManage } from "./ui.js";

export function Patterns({ query }) {
  const { words, labels } = useManage();
  const format = useFormats();
  const weeks = query.weeks ?? "12";
  const { data, problem, busy } = useAnswer(`patterns${queryOf({ weeks })}`);
  const chart = (title, id, counted, names, link) => html`
    <section class="panel" aria-labelledby=${id} aria-busy=${busy}>
      <h2 id=${id}>${title}</h2>
      ${
        counted &&
        html`
        <${Bars} label=${title} show=${format.count} bars=${counted.series.map((one) => ({ name: html`<a href=${link(one.id)}>${names[one.id] ?? one.id}</a>`, value: one.total }))} />
        ${
          counted.series.length > 0 &&
          html`<${LineChart} label=${title} heading=${words.week} buckets=${counted.buckets} show=${format.count} bucket=${(day) => format.day(day)}
          series=${counted.series.slice(0, 6).map((one) => ({ name: names[one.id] ?? one.id, points: one.points }))} />`
        }`
      }
    </section>`;
  return html`
    <div class="page-head"><${Heading}>${words.pages.patterns}<//>
      <div class="controls"><${Select} label=${words.range} value=${weeks} options=${["4", "12", "26", "52"].map((n) => [n, words.weeks(Number(n))])}
        onChange=${(value) => {
          location.hash = hrefOf("patterns", { weeks: value });
        }} /></div></div>
    <${Problem} text=${problem} />
    ${chart(words.reasons, "reasons", data?.reasons, labels.reasons, (id) => hrefOf("drafts", { reason: id }))}
    ${chart(words.gates, "gates", data?.gates, labels.gates, (id) => hrefOf("drafts", { gate: id }))}
    <section class="panel" aria-labelledby="worst"><h2 id="worst">${words.worst}</h2><p class="quiet">${words.worstHint}</p>
      ${data?.worst.length === 0 && html`<p class="quiet">${words.noData}</p>`}
      <ol class="drafts">${data?.worst.map(
        (
          brief,
        ) => html`<li key=${brief.briefId}><a class="draft-line" href=${hrefOf(`draft/${encodeURIComponent(brief.briefId)}`)}>
        <span class="line-brief">${brief.brief}</span><span class="line-meta quiet">${words.worstLine(brief)}</span></a></li>`,
      )}</ol>
    </section>
    <${Duplicates} query=${query} />`;
}

function Duplicates({ query }) {
  const { words } = useManage();
  const format = useFormats();
  const { data, problem } = useAnswer(`duplicates${queryOf({ page: query.page })}`);
  return html`
    <section class="panel" aria-labelledby="duplicates"><h2 id="duplicates">${words.duplicates}</h2><p class="quiet">${words.duplicatesHint}</p>
      <${Problem} text=${problem} />
      ${data?.total === 0 && html`<p class="quiet">${words.noData}</p>`}
      <ol class="drafts pairs">${data?.pairs.map(
        ({ draft, twin, alike }) => html`<li key=${draft.id}>
        <p class="overline">${words.twin(format.share(alike))}</p>
        <${DraftLine} draft=${draft} /><${DraftLine} draft=${twin} /></li>`,
      )}</ol>
      ${data && html`<${Pager} page=${data.page} pages=${data.pages} to=${(page) => hrefOf("patterns", { ...query, page })} />`}
    </section>`;
}
