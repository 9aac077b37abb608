/** One version: the text, how it stands, and everything one can do with it. */
import { announce, call, newKey } from "./api.js";
import { Editor } from "./editor.js";
import { Checks, Facts, Score } from "./measure.js";
import { offersOnDraft } from "./offers.js";
import {
  html,
  Icon,
  Menu,
  Problem,
  submits,
  TextArea,
  useAction,
  useApp,
  useEffect,
  useRef,
  useState,
  when,
} from "./ui.js";

export function Draft({ draft, brief, change, current, variant }) {
  const { words, labels, locale, me } = useApp();
  const [editing, setEditing] = useState(false);
  const [open, setOpen] = useState(false);
  const action = useAction();
  const editButton = useRef(null);
  const post = (what, body = {}, options) =>
    action.run(() =>
      change(() => call("POST", `/api/drafts/${draft.id}/${what}`, body, options), options?.asked),
    );
  const props = { draft, brief, action, post };
  const endEdit = () => {
    setEditing(false);
    requestAnimationFrame(() => editButton.current?.focus());
  };
  const decided = draft.decision;
  return html`
    <section id=${`draft-${draft.id}`} aria-labelledby=${`title-${draft.id}`}
      class=${["draft", current ? "current" : "", variant ? "variant" : "", draft.picked ? "picked" : "", `is-${draft.state}`].join(" ")}>
      <header class="draft-head">
        <h2 id=${`title-${draft.id}`} tabindex="-1">${words.version(draft.version)}</h2>
        ${draft.kind === "edited" && html`<span class="quiet">${words.edited}</span>`}
        ${draft.picked && html`<span class="badge">${words.picked}</span>`}
        ${draft.state !== "draft" && html`<span class=${`badge ${draft.state}`}>${labels.states[draft.state]}</span>`}
      </header>
      ${
        decided &&
        html`<p class="decision quiet">${words.by(decided.personName || words.somebody, when(decided.at, locale))}${decided.note && html`: <q>${decided.note}</q>`}</p>`
      }
      <div class="draft-body">
        <div class="draft-text">
          ${
            editing
              ? html`<${Editor} draft=${draft} brief=${brief} change=${change} onEnd=${endEdit} />`
              : html`<p class="copy" lang="de">${draft.text}</p>`
          }
        </div>
        ${!editing && html`<${Standing} draft=${draft} brief=${!current || variant} />`}
        ${
          !editing &&
          html`<div class="tools">
          <div class="actions">
            ${
              variant &&
              offersOnDraft(me, brief, draft).pick &&
              html`<button type="button" class="primary" disabled=${action.busy} onClick=${() => post("pick")}>${words.pick}</button>`
            }
            <${Copy} text=${draft.text} action=${action} />
            <button type="button" ref=${editButton} onClick=${() => setEditing(true)}>${words.edit}</button>
            ${(current || draft.state === "requested") && html`<${Approval} ...${props} />`}
            ${
              !current &&
              html`<button type="button" aria-expanded=${open ? "true" : "false"} onClick=${() => setOpen(!open)}>${words.more} <${Icon} name="chevron" /></button>`
            }
            <${Rating} draft=${draft} change=${change} />
          </div>
          <${Problem} text=${action.problem} />
          ${((current && !variant) || open) && html`<${GoOn} ...${props} />`}
        </div>`
        }
      </div>
      ${!editing && !variant && draft.kind === "generated" && html`<${Candidates} draft=${draft} />`}
    </section>`;
}

/** How the version stands: in full beside the one to go on with, in brief under the others. */
function Standing({ draft, brief }) {
  return html`
    <aside class=${brief ? "brief" : undefined}>
      <${Score} score=${draft.score} small=${brief} />
      <${Facts} facts=${draft.facts} brief=${brief} />
      <${Checks} gates=${draft.gates} brief=${brief} />
      <${Model} draft=${draft} />
    </aside>`;
}

function Model({ draft: { model } }) {
  const { words } = useApp();
  if (!model) return html`<p class="model quiet">${words.byHand}</p>`;
  return html`<p class="model quiet" title=${model.hash}>${words.model} ${model.name} ${model.version} · ${model.quant}</p>`;
}

/** Browsers have a clipboard on localhost and over TLS only; the old way works in an office's plain HTTP, too. */
async function copyText(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const area = document.createElement("textarea");
    area.value = text;
    area.className = "unseen";
    const before = document.activeElement;
    document.body.append(area);
    area.select();
    const done = document.execCommand("copy");
    area.remove();
    before?.focus();
    return done;
  }
}

function Copy({ text, action }) {
  const { words } = useApp();
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return undefined;
    const timer = setTimeout(() => setCopied(false), 2500);
    return () => clearTimeout(timer);
  }, [copied]);
  const copy = () =>
    action.run(async () => {
      if (!(await copyText(text))) throw new Error(words.notCopied);
      setCopied(true);
      announce(words.copied);
    });
  return html`<button type="button" class="copy-button" onClick=${copy}>${copied ? html`<${Icon} name="check" /> ${words.copied}` : words.copy}</button>`;
}

function Approval({ draft, brief, action, post }) {
  const { words, me } = useApp();
  const [rejecting, setRejecting] = useState(false);
  const [note, setNote] = useState("");
  const { state } = draft;
  const offers = offersOnDraft(me, brief, draft);
  const button = (text, onClick, name) =>
    html`<button type="button" class=${name} disabled=${action.busy} onClick=${onClick}>${text}</button>`;
  if (state !== "draft" && state !== "requested") return null;
  if (rejecting)
    return html`
      <form class="inline-form" onSubmit=${(event) => {
        event.preventDefault();
        post("reject", { note }).then(() => setRejecting(false));
      }}>
        <label><span>${words.rejectNote}</span>
          <input value=${note} maxlength="500" autofocus ref=${(input) => input && !note && input.focus()} onInput=${(e) => setNote(e.currentTarget.value)} /></label>
        <button type="submit" class="danger" disabled=${action.busy}>${words.reject}</button>
        ${button(words.cancel, () => setRejecting(false))}
      </form>`;
  return html`
    ${offers.request && button(words.request, () => post("request"))}
    ${offers.withdraw && button(words.withdraw, () => post("withdraw"))}
    ${offers.approve && button(words.approve, () => post("approve"), state === "requested" ? "primary" : undefined)}
    ${offers.reject && button(words.reject, () => setRejecting(true))}`;
}

/** One vote for a person and draft, to be changed or taken back any time. */
function Rating({ draft, change }) {
  const { words, labels } = useApp();
  const { mine, up, down } = draft.ratings;
  const { busy, problem, run } = useAction();
  const [asking, setAsking] = useState(false);
  const [reasons, setReasons] = useState([]);
  const [comment, setComment] = useState("");
  const path = `/api/drafts/${draft.id}/rating`;
  const vote = (value) =>
    run(async () => {
      if (mine?.value === value) {
        await change(() => call("DELETE", path));
        setAsking(false);
        return;
      }
      await change(() => call("PUT", path, { value }));
      setReasons([]);
      setComment("");
      setAsking(true);
    });
  const send = () =>
    run(async () => {
      await change(() => call("PUT", path, { value: mine.value, reasons, comment }));
      setAsking(false);
      announce(words.thanks);
    });
  const thumb = (value, name) => html`
    <button type="button" class="thumb" aria-label=${name} title=${name} aria-pressed=${mine?.value === value ? "true" : "false"}
      disabled=${busy} onClick=${() => vote(value)}><${Icon} name=${value} /></button>`;
  return html`
    <div class="rating" role="group" aria-label=${words.rate}>
      <span class="unseen">${words.votes(up, down)}</span>
      ${thumb("up", words.good)}
      ${thumb("down", words.bad)}
    </div>
    ${
      asking &&
      mine &&
      html`
      <form class="reasons" onSubmit=${(event) => {
        event.preventDefault();
        send();
      }}>
        <fieldset><legend>${mine.value === "down" ? words.why : words.whyGood}</legend>
          ${
            mine.value === "down" &&
            html`<div class="chips">${Object.entries(labels.reasons).map(
              ([id, text]) => html`
                <label key=${id} class="chip"><input type="checkbox" checked=${reasons.includes(id)}
                  onChange=${(e) => setReasons(e.currentTarget.checked ? [...reasons, id] : reasons.filter((r) => r !== id))} />${text}</label>`,
            )}</div>`
          }
          <label class="field"><span>${words.comment}</span>
            <${TextArea} rows="2" maxlength="2000" value=${comment} onInput=${setComment} onKeyDown=${(e) => submits(e) && send()} /></label>
        </fieldset>
        <button type="submit" class="primary" disabled=${busy}>${words.send}</button>
        <button type="button" onClick=${() => setAsking(false)}>${words.close}</button>
      </form>`
    }
    <${Problem} text=${problem} />`;
}

/** Under variants: the ways on from the one that was picked. */
export function GoOnFrom({ draft, change }) {
  const action = useAction();
  const post = (what, body, options) =>
    action.run(() =>
      change(() => call("POST", `/api/drafts/${draft.id}/${what}`, body, options), options?.asked),
    );
  return html`<${GoOn} draft=${draft} action=${action} post=${post} /><${Problem} text=${action.problem} />`;
}

/** Ways to the next version. */
function GoOn({ draft, action, post }) {
  const { words } = useApp();
  const [wish, setWish] = useState("");
  // The same key until the answer: a second click, or one repeated after a lost connection, does nothing new.
  const key = useRef(newKey());
  const again = async (body, asked) => {
    const answer = await post("regenerate", body, { key: key.current, asked });
    if (answer) {
      key.current = newKey();
      setWish("");
    }
  };
  const button = (text, body) =>
    html`<button type="button" disabled=${action.busy} onClick=${() => again(body, body.wish ?? text)}>${text}</button>`;
  return html`
    <div class="go-on">
      <div class="quick">
        ${button(words.rewrite, {})}
        ${button(words.shorter, { wish: words.shorterWish })}
        ${button(words.longer, { wish: words.longerWish })}
        <${Menu} label=${words.tone} disabled=${action.busy} onChoose=${(tone) => again({ tone }, words.tones[tone])}
          choices=${Object.entries(words.tones).map(([id, text]) => [id, text, id === draft.tone])} />
        <${Menu} label=${words.variants} disabled=${action.busy} onChoose=${(variants) => again({ variants }, words.someVariants(variants))}
          choices=${[2, 3, 4].map((n) => [n, words.variantsOf(n)])} />
      </div>
      <form class="refine" onSubmit=${(event) => {
        event.preventDefault();
        if (wish.trim()) again({ wish }, wish);
      }}>
        <label class="unseen" for=${`wish-${draft.id}`}>${words.refineLabel}</label>
        <input id=${`wish-${draft.id}`} value=${wish} maxlength="500" placeholder=${words.refinePlaceholder} onInput=${(e) => setWish(e.currentTarget.value)} />
        <button type="submit" disabled=${action.busy || !wish.trim()}>${words.refine}</button>
      </form>
    </div>`;
}

export function Candidates({ draft }) {
  const { words, labels } = useApp();
  const [list, setList] = useState(undefined);
  const [problem, setProblem] = useState("");
  const load = (event) => {
    if (!event.currentTarget.open || list) return;
    call("GET", `/api/drafts/${draft.id}/candidates`).then(
      ({ candidates }) => setList(candidates),
      (error) => setProblem(error.message),
    );
  };
  return html`
    <details class="all" onToggle=${load}>
      <summary>${words.allCandidates}${list ? ` (${list.length})` : ""}</summary>
      <${Problem} text=${problem} />
      ${!list && !problem && html`<p class="quiet">${words.loading}</p>`}
      <ol>${list?.map(({ index, round, text, gates, score, draftId }) => {
        const failed = gates.filter((gate) => !gate.ok);
        return html`
          <li key=${`${round}-${index}`}>
            <p class="overline">${words.candidate(index + 1, list.filter((other) => other.round === round).length)}${round > 0 ? ` · ${words.round(round + 1)}` : ""}${draftId && html` · <strong>${words.chosen}</strong>`}</p>
            <p class="copy" lang="de">${text}</p>
            <p class="verdict"><${Score} score=${score} small />${failed.length > 0 && html`<span class="bad"><${Icon} name="cross" /> ${failed.map(({ id, found }) => labels.gates[id] + (found ? ` (${found})` : "")).join(", ")}</span>`}</p>
          </li>`;
      })}</ol>
    </details>`;
}
