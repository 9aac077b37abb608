/** Access, erasure and the audit log: for administrators. */
import { html, Problem, Select, useAction, useRef, useState } from "/ui.js";
import { ask, queryOf } from "./api.js";
import { offers } from "./offers.js";
import { Heading, useFormats, useManage } from "./ui.js";

export function People() {
  const { words, me } = useManage();
  const offered = offers(me);
  const [person, setPerson] = useState("");
  const [also, setAlso] = useState("");
  const [drafts, setDrafts] = useState("anonymise");
  const [done, setDone] = useState(undefined);
  const action = useAction();
  const dialog = useRef(null);
  const about = () => ({
    person: person.trim(),
    also: also
      .split("\n")
      .map((line) => line.trim())
      .filter(Boolean),
  });
  const access = () =>
    action.run(async () => {
      const report = await ask("POST", "people/access", about());
      const link = document.createElement("a");
      link.href = URL.createObjectURL(
        new Blob([JSON.stringify(report, null, 2)], { type: "application/json" }),
      );
      link.download = `hygge-${report.personId.replace(/\W+/g, "-")}.json`;
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
    });
  const erase = () =>
    action.run(async () => {
      dialog.current?.close();
      setDone(await ask("POST", "people/erase", { ...about(), drafts }));
    });
  return html`
    <div class="page-head"><${Heading}>${words.pages.people}<//><p class="quiet">${words.peopleHint}</p></div>
    <form class="panel person-form" onSubmit=${(event) => {
      event.preventDefault();
      access();
    }}>
      <label class="field"><span>${words.person} <small>${words.personHint}</small></span>
        <input required value=${person} maxlength="210" autocomplete="off" onInput=${(event) => setPerson(event.currentTarget.value)} /></label>
      <label class="field"><span>${words.also} <small>${words.alsoHint}</small></span>
        <textarea rows="2" value=${also} onInput=${(event) => setAlso(event.currentTarget.value)}></textarea></label>
      <${Select} label=${words.eraseDrafts} value=${drafts} onChange=${setDrafts} options=${Object.entries(words.eraseChoices)} />
      <p class="actions">${offered.access && html`<button type="submit" disabled=${action.busy}>${words.access}</button>`}
        ${offered.erase && html`<button type="button" class="danger" disabled=${action.busy || !person.trim()} onClick=${() => dialog.current?.showModal()}>${words.erase}</button>`}</p>
      <${Problem} text=${action.problem} />
      ${
        done &&
        html`<div role="status" class="done"><h2>${words.eraseDone}</h2><p>${words.eraseKnown(done)} ${words.eraseCounts(done)}</p>
        <h3>${words.remains}</h3><ul>${done.remains.map((text) => html`<li key=${text}>${text}</li>`)}</ul></div>`
      }
    </form>
    <dialog ref=${dialog} aria-labelledby="sure"><h2 id="sure">${words.eraseSure(person.trim())}</h2>
      <p>${words.eraseDrafts}: ${words.eraseChoices[drafts]}</p>
      <p class="actions"><button type="button" class="danger" onClick=${erase}>${words.yes}</button>
        <button type="button" onClick=${() => dialog.current?.close()}>${words.cancel}</button></p></dialog>
    ${offered.audit && html`<${Audit} />`}`;
}

function Audit() {
  const { words } = useManage();
  const format = useFormats();
  const [lines, setLines] = useState(undefined);
  const [more, setMore] = useState(true);
  const action = useAction();
  const load = () =>
    action.run(async () => {
      const next = (await ask("GET", `audit${queryOf({ before: lines?.at(-1)?.id })}`)).lines;
      setLines([...(lines ?? []), ...next]);
      setMore(next.length === 50);
    });
  return html`
    <section class="panel" aria-labelledby="audit"><h2 id="audit">${words.audit}</h2>
      <${Problem} text=${action.problem} />
      ${
        lines &&
        html`<div class="scroll" tabindex="0" role="region" aria-labelledby="audit"><table class="audit"><tbody>${lines.map(
          (line) => html`
        <tr key=${line.id}><td>${format.when(line.at)}</td><td>${line.personName || line.personId}</td><td><code>${line.action}</code></td>
          <td><code>${Object.keys(line.data).length > 0 ? JSON.stringify(line.data) : ""}</code></td></tr>`,
        )}</tbody></table></div>`
      }
      ${more && html`<button type="button" disabled=${action.busy} onClick=${load}>${words.loadMore}</button>`}
    </section>`;
}
