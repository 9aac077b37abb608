/** Where a text comes from, on one sheet of paper. */
import { html, Problem } from "/ui.js";
import { Diff, Heading, useAnswer, useFormats, useManage } from "./ui.js";

export function Provenance({ id }) {
  const { words, locale } = useManage();
  const format = useFormats();
  const path = `drafts/${encodeURIComponent(id)}/provenance`;
  const { data, problem } = useAnswer(path);
  const w = words.record;
  if (!data) return html`<${Heading}>${w.title}<//><${Problem} text=${problem} />`;
  const save = () => {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([JSON.stringify(data, null, 2)], { type: "application/json" }));
    link.download = `hygge-provenance-${data.draftId}.json`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
  };
  const row = (name, value) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`;
  const who = (one) => `${one.name || one.personId}, ${format.when(one.at)}`;
  return html`
    <article class="record">
      <div class="page-head"><${Heading}>${w.title}<//>
        <p class="no-print actions"><button type="button" class="primary" onClick=${() => window.print()}>${w.print}</button>
          <button type="button" onClick=${save}>${w.json}</button></p></div>
      <p class="copy" lang="de">${data.text}</p>
      <p class="marking"><strong>${w.marking}:</strong> ${data.marking.notice[locale]} <span class="quiet">${w.regulation}</span></p>
      <dl class="facts-list">
        ${row(words.brief, data.requested.brief)}
        ${row(w.requestedBy, who(data.requested))}
        ${data.model && row(w.generatedBy, `${data.model.name} ${data.model.version} · ${data.model.quant}`)}
        ${row(w.generatedAt, format.when(data.generatedAt))}
        ${row(w.editedBy, data.edits.length === 0 ? w.nobody : html`<ul class="plain">${data.edits.map((edit) => html`<li key=${edit.draftId}>${who(edit)} · ${w.changed(format.share(edit.changed))}</li>`)}</ul>`)}
        ${row(w.approvedBy, data.approved ? `${who(data.approved)}${data.approved.note ? ` · ${data.approved.note}` : ""}` : w.notApproved)}
        ${data.model && row(words.modelHash, html`<code>${data.model.hash}</code>`)}
        ${row(words.adapter, data.model?.adapter ? html`<code>${data.model.adapter}</code>` : "–")}
        ${row(words.promptHash, html`<code>${data.promptHash ?? "–"}</code>`)}
        ${row(words.seed, html`<code>${data.seed ?? "–"}</code>`)}
        ${data.sampling && row(w.sampling, html`<code>${JSON.stringify(data.sampling)}</code>`)}
        ${row(w.textHash, html`<code>${data.textHash}</code>`)}
        ${row(w.source, html`<code>${data.marking.digitalSourceType}</code>`)}
      </dl>
      ${data.edits.length > 0 && html`<h2>${words.diff}</h2>${data.edits.map((edit) => html`<${Diff} key=${edit.draftId} parts=${edit.diff} />`)}`}
    </article>`;
}
