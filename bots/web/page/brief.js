/** One brief: its request, what is being written, and all versions in order. */
import { announce, call, connection, listenToTabs, newKey, Refused, tellTabs } from "./api.js";
import { Candidates, Draft, GoOnFrom } from "./draft.js";
import { offersOnBrief } from "./offers.js";
import { html, Problem, useAction, useApp, useEffect, useRef, useState, when } from "./ui.js";

/** The brief as the server has it, and live while something is written. */
function useBrief(id) {
  const [view, setView] = useState(undefined);
  const [live, setLive] = useState({ candidates: 0, texts: [] });
  const [gone, setGone] = useState("");
  const [asked, setAsked] = useState(undefined);
  const [beat, setBeat] = useState(0);
  const [attempt, setAttempt] = useState(0);
  const look = () => setBeat((n) => n + 1);

  // `beat` means: look again.
  useEffect(() => {
    let on = true;
    call("GET", `/api/briefs/${encodeURIComponent(id)}`).then(
      (brief) => on && setView(brief),
      (error) => on && error instanceof Refused && setGone(error.message),
    );
    return () => {
      on = false;
    };
  }, [id, beat]);

  useEffect(() => {
    const stops = [
      connection.listen((up) => up && look()),
      listenToTabs((changed) => changed === id && look()),
      listen(window, "focus", look),
      // Somebody else may have decided meanwhile.
      every(30_000, () => document.visibilityState === "visible" && look()),
    ];
    return () => {
      for (const stop of stops) stop();
    };
  }, [id]);

  const generationId = view?.generationId;
  const open = view?.status === "queued" || view?.status === "writing";
  useEffect(() => {
    if (!open) return undefined;
    setLive({ candidates: 0, texts: [] });
    const source = new EventSource(`/api/briefs/${encodeURIComponent(id)}/events`);
    let texts = [];
    let frame = 0;
    let retry = 0;
    const draw = (change) => {
      change?.();
      cancelAnimationFrame(frame);
      frame = requestAnimationFrame(() => setLive((old) => ({ ...old, texts: [...texts] })));
    };
    const on = (type, listener) =>
      source.addEventListener(type, (event) => {
        const data = JSON.parse(event.data);
        if (data.generationId === generationId) listener(data);
        // A newer request has a stream of its own.
        else look();
      });
    on("queued", ({ position }) => setView((old) => ({ ...old, status: "queued", position })));
    on("started", ({ candidates }) => {
      setLive((old) => ({ ...old, candidates }));
      setView((old) => ({ ...old, status: "writing", position: undefined }));
    });
    on("token", ({ candidate, candidates, text }) =>
      draw(() => {
        texts = texts.slice();
        texts[candidate] = text;
        setLive((old) => (old.candidates === candidates ? old : { ...old, candidates }));
      }),
    );
    for (const type of ["draft", "failed", "cancelled"])
      on(type, () => {
        source.close();
        look();
      });
    source.addEventListener("error", (event) => {
      if (event.data !== undefined) return;
      look();
      // The browser connects again by itself unless the answer was a refusal (a proxy's, while we start).
      if (source.readyState === EventSource.CLOSED) retry = setTimeout(() => setAttempt((n) => n + 1), 1500);
    });
    return () => {
      cancelAnimationFrame(frame);
      clearTimeout(retry);
      source.close();
    };
  }, [id, generationId, open, attempt]);

  /** Does it, here and in the other tabs. `wish`: in words, what the next version was asked for. */
  const change = async (work, wish) => {
    const result = await work();
    if (wish) setAsked({ generationId: result.generationId, wish });
    look();
    tellTabs(id);
    return result;
  };
  return { view, live, gone, change, asked: asked?.generationId === generationId ? asked?.wish : undefined };
}

function listen(target, type, listener) {
  target.addEventListener(type, listener);
  return () => target.removeEventListener(type, listener);
}
function every(ms, listener) {
  const timer = setInterval(listener, ms);
  return () => clearInterval(timer);
}

export function Brief({ id }) {
  const { words, locale, me } = useApp();
  const { view, live, gone, change, asked } = useBrief(id);
  const heading = useRef(null);
  const known = useRef(undefined);

  // Once for each brief.
  useEffect(() => {
    heading.current?.focus({ preventScroll: true });
  }, [id, view === undefined]);

  useEffect(() => {
    if (view) document.title = `${view.text.slice(0, 60)} · Hygge`;
  }, [view?.text]);

  const count = view?.drafts.length;
  useEffect(() => {
    if (count === undefined) return;
    const before = known.current;
    known.current = count;
    if (before === undefined || count <= before) return;
    const draft = view.drafts.at(-1);
    announce(words.ready(draft.version, Math.round(draft.score.total)));
    const card = document.getElementById(`draft-${draft.id}`);
    // Whoever pressed the button that is gone now goes on at the draft.
    if (document.activeElement === document.body)
      card?.querySelector("h2, h3")?.focus({ preventScroll: true });
    card?.scrollIntoView({ block: "nearest" });
  }, [count, view, words]);

  if (gone)
    return html`<section class="empty"><h1 tabindex="-1" ref=${heading}>${words.gone}</h1><p>${gone}</p>
      <p><a href="#/">${words.toStart}</a></p></section>`;
  if (!view) return html`<p class="quiet" role="status">${words.loading}</p>`;

  const groups = grouped(view.drafts);
  const current = currentDraft(groups);
  return html`
    <article class="thread">
      <header class="asked">
        <p class="overline">${words.brief}</p>
        <h1 tabindex="-1" ref=${heading}>${view.text}</h1>
        <p class="quiet"><${Options} of=${view} />${" · "}${words.by(personOf(view, me, words), when(view.createdAt, locale))}</p>
      </header>
      <ol class="versions">
        ${groups.map(
          ({ key, drafts }, index) => html`
          <li key=${key}>
            ${(index > 0 || drafts[0].wish) && drafts[0].kind !== "edited" && html`<${Wish} draft=${drafts[0]} count=${drafts.length} drafts=${view.drafts} me=${me} />`}
            <div class=${drafts.length > 1 ? "side-by-side" : undefined}>
              ${drafts.map((draft) => html`<${Draft} key=${draft.id} draft=${draft} brief=${view} change=${change} current=${draft === current} variant=${drafts.length > 1} />`)}
            </div>
            ${drafts.length > 1 && drafts.includes(current) && html`<${GoOnFrom} key=${current.id} draft=${current} change=${change} />`}
            ${drafts.length > 1 && html`<${Candidates} draft=${drafts[0]} />`}
          </li>`,
        )}
      </ol>
      ${asked && view.status !== "done" && html`<p class="wish"><span>${asked}</span></p>`}
      <${Pending} view=${view} live=${live} change=${change} />
    </article>`;
}

const personOf = (about, me, words) =>
  about.personId === me.id ? words.you : about.personName || words.somebody;

function Options({ of: { channel, tone, length, brand } }) {
  const { words, brands, locale } = useApp();
  const label = brands.brands.find((b) => b.id === brand)?.channels[channel]?.label[locale] ?? channel;
  return html`${label} · ${words.tones[tone]} · ${words.lengths[length]}`;
}

/** What was asked for, before the versions that answer it. */
function Wish({ draft, count, drafts, me }) {
  const { words, locale } = useApp();
  const parent = drafts.find(({ id }) => id === draft.parentId);
  const changed = parent
    ? [
        parent.tone !== draft.tone && words.tones[draft.tone],
        parent.length !== draft.length && words.lengths[draft.length],
        count > 1 && words.someVariants(count),
      ].filter(Boolean)
    : [];
  const text = draft.wish ?? (changed.length > 0 ? changed.join(", ") : words.asked.anew);
  return html`<p class="wish"><span>${text}</span> <small>${words.by(personOf(draft, me, words), when(draft.createdAt, locale))}</small></p>`;
}

/** Drafts of one generation belong side by side; an edited one stands alone. */
function grouped(drafts) {
  const groups = [];
  for (const draft of drafts) {
    const group = draft.generationId && groups.find((g) => g.key === draft.generationId);
    if (group) group.drafts.push(draft);
    else groups.push({ key: draft.generationId ?? draft.id, drafts: [draft] });
  }
  return groups;
}

/** The version to go on with: the newest, or the picked one of the newest variants. */
function currentDraft(groups) {
  const newest = groups.at(-1)?.drafts ?? [];
  return newest.length === 1 ? newest[0] : newest.find((draft) => draft.picked);
}

function Pending({ view, live, change }) {
  const { words, me } = useApp();
  const { busy, problem, run } = useAction();
  const key = useRef(newKey());
  const { status } = view;
  useEffect(() => {
    if (status === "writing") announce(words.writes);
    if (status === "queued") announce(`${words.queued}. ${words.place(view.position ?? 1)}`);
    if (status === "cancelled") announce(words.cancelled);
    if (status === "failed") announce(`${words.failed}. ${view.error?.message ?? ""}`);
  }, [status, view.position, view.error, words]);

  const cancel = () => run(() => change(() => call("POST", `/api/briefs/${view.id}/cancel`, {})));
  const again = () =>
    run(async () => {
      const last = view.drafts.at(-1);
      if (last) return change(() => call("POST", `/api/drafts/${last.id}/regenerate`, {}, { key: newKey() }));
      const { text, channel, tone, length, brand } = view;
      const { briefId } = await call(
        "POST",
        "/api/briefs",
        { text, channel, tone, length, brand },
        { key: key.current },
      );
      location.hash = `#/brief/${briefId}`;
      return briefId;
    });
  const cancelButton =
    offersOnBrief(me, view).cancel &&
    html`<button type="button" disabled=${busy} onClick=${cancel}>${words.cancel}</button>`;

  if (status === "queued")
    return html`
      <section class="pending">
        <div class="pending-head"><h2>${words.queued}</h2><span class="place">${words.place(view.position ?? 1)}</span>${cancelButton}</div>
        <p class="quiet">${words.queuedHint}</p>
        <${Problem} text=${problem} />
      </section>`;
  if (status === "writing")
    return html`
      <section class="pending" aria-busy="true">
        <div class="pending-head"><h2><span class="pulse" aria-hidden="true"></span>${words.writes}</h2>${cancelButton}</div>
        <p class="quiet">${live.candidates > 0 ? words.writesHint : words.starts}</p>
        <ol class="candidates">
          ${Array.from(
            { length: live.candidates },
            (_, i) => html`
            <li key=${i}><p class="overline">${words.candidate(i + 1, live.candidates)}</p><p class="copy" lang="de">${live.texts[i] ?? ""}</p></li>`,
          )}
        </ol>
        <${Problem} text=${problem} />
      </section>`;
  if (status === "failed" || status === "cancelled")
    return html`
      <section class=${status === "failed" ? "pending broken" : "pending"}>
        <div class="pending-head"><h2>${words[status]}</h2><button type="button" disabled=${busy} onClick=${again}>${words.again}</button></div>
        <p class=${status === "failed" ? undefined : "quiet"}>${status === "failed" ? view.error?.message : words.cancelledHint}</p>
        <${Problem} text=${problem} />
      </section>`;
  return null;
}
