/** Editing by hand, checked as one types. */
import { announce, call } from "./api.js";
import { Checks, Score } from "./measure.js";
import { html, Problem, submits, TextArea, useAction, useApp, useEffect, useRef, useState } from "./ui.js";

const pauseMs = 250;

export function Editor({ draft, brief, change, onEnd }) {
  const { words, labels } = useApp();
  const [text, setText] = useState(draft.text);
  const [lint, setLint] = useState(undefined);
  const { busy, problem, run } = useAction();
  const area = useRef(null);

  useEffect(() => {
    area.current?.focus();
  }, []);
  useEffect(() => {
    let on = true;
    const timer = setTimeout(async () => {
      const body = { text, briefId: brief.id, channel: draft.channel };
      const result = await call("POST", "/api/lint", body).catch(() => undefined);
      if (on && result) setLint({ ...result, text });
    }, pauseMs);
    return () => {
      on = false;
      clearTimeout(timer);
    };
  }, [text, brief.id, draft.channel]);

  const save = () =>
    run(async () => {
      await change(() => call("POST", `/api/drafts/${draft.id}/edit`, { text }));
      onEnd();
    });
  const replace = ({ start, end }, by) => {
    const changed = text.slice(0, start) + by + text.slice(end);
    setText(changed);
    announce(changed);
    requestAnimationFrame(() => {
      area.current?.focus();
      area.current?.setSelectionRange(start, start + by.length);
    });
  };
  const show = ({ start, end }) => {
    area.current?.focus();
    area.current?.setSelectionRange(start, end);
  };

  // Places in a text that has been typed on since are places no more.
  const fresh = lint?.text === text;
  const count = lint?.graphemes;
  const over = count && (count.count > count.max || count.count < count.min);
  return html`
    <form class="editor" onSubmit=${(event) => {
      event.preventDefault();
      save();
    }}>
      <label class="unseen" for=${`edit-${draft.id}`}>${words.editText}</label>
      <${TextArea} id=${`edit-${draft.id}`} inner=${area} class="copy" lang="de" spellcheck value=${text} onInput=${setText}
        onKeyDown=${(event) => submits(event) && save()} />
      <div class="lint" aria-live="polite">
        ${
          lint &&
          html`
          <div class="lint-line"><${Score} score=${lint.score} small /><span class=${over ? "bad" : "quiet"}>${words.graphemes(count.count, count.min, count.max)}</span></div>
          <${Checks} gates=${lint.gates} />`
        }
      </div>
      ${
        fresh &&
        lint.findings.length > 0 &&
        html`<ul class="findings">${lint.findings.map(
          (finding) => html`
            <li key=${`${finding.start}-${finding.rule}`}>
              <mark>${finding.found}</mark> <span class="quiet">${finding.suggestions.length > 0 ? words.better : (labels.gates[finding.rule] ?? finding.rule)}</span>
              <span class="fixes">
                ${finding.suggestions.map((by) => html`<button type="button" key=${by} aria-label=${words.replace(by)} title=${words.replace(by)} onClick=${() => replace(finding, by)}>${by}</button>`)}
                <button type="button" class="link" onClick=${() => show(finding)}>${words.show}</button>
              </span>
            </li>`,
        )}</ul>`
      }
      <${Problem} text=${problem} />
      <div class="editor-end">
        <button type="submit" class="primary" disabled=${busy || text === draft.text}>${words.keep}</button>
        <button type="button" onClick=${onEnd}>${words.cancel}</button>
      </div>
    </form>`;
}
