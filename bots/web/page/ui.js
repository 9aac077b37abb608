/** Small parts that everything is made of. */
import { createContext, html, useContext, useEffect, useRef, useState } from "/htm.js";
import { Unreachable } from "./api.js";

export { html, render, useEffect, useRef, useState } from "/htm.js";

/** `{me, setMe, words, labels, brands, locale}` */
export const App = createContext(null);
export const useApp = () => useContext(App);
export const useWords = () => useContext(App).words;

// Lucide icons, ISC License, © Lucide Contributors.
const icons = {
  up: "M7 10v12M15 5.88 14 10h5.83a2 2 0 0 1 1.92 2.56l-2.33 8A2 2 0 0 1 17.5 22H4a2 2 0 0 1-2-2v-8a2 2 0 0 1 2-2h2.76a2 2 0 0 0 1.79-1.11L12 2a3.13 3.13 0 0 1 3 3.88Z",
  down: "M17 14V2M9 18.12 10 14H4.17a2 2 0 0 1-1.92-2.56l2.33-8A2 2 0 0 1 6.5 2H20a2 2 0 0 1 2 2v8a2 2 0 0 1-2 2h-2.76a2 2 0 0 0-1.79 1.11L12 22a3.13 3.13 0 0 1-3-3.88Z",
  check: "M20 6 9 17l-5-5",
  cross: "M18 6 6 18M6 6l12 12",
  chevron: "m6 9 6 6 6-6",
  person: "M19 21v-2a4 4 0 0 0-4-4H9a4 4 0 0 0-4 4v2M12 11a4 4 0 1 0 0-8 4 4 0 0 0 0 8Z",
};
export const Icon = ({ name }) => html`
  <svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false"><path d=${icons[name]} /></svg>`;

/**
 * Runs something once at a time: `run` ignores a second click while the first is under way; `problem` is the
 * server's sentence when it refused.
 */
export function useAction() {
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState("");
  const running = useRef(false);
  const run = async (action) => {
    if (running.current) return undefined;
    running.current = true;
    setBusy(true);
    setProblem("");
    try {
      return await action();
    } catch (error) {
      if (!(error instanceof Unreachable)) setProblem(error.message);
      return undefined;
    } finally {
      running.current = false;
      setBusy(false);
    }
  };
  return { busy, problem, run, setProblem };
}

export const Problem = ({ text, id }) =>
  html`<div role="alert" id=${id} class=${text ? "problem" : "unseen"}>${text}</div>`;

/** A button that opens a list of choices; closes on Escape, on choosing and when the focus leaves it. */
export function Menu({ label, choices, disabled, onChoose }) {
  const [open, setOpen] = useState(false);
  const root = useRef(null);
  const button = useRef(null);
  const close = () => {
    setOpen(false);
    button.current?.focus();
  };
  useEffect(() => {
    if (open) root.current?.querySelector("[data-choice]")?.focus();
  }, [open]);
  const onKeyDown = (event) => {
    if (!open) return;
    const all = [...root.current.querySelectorAll("[data-choice]")];
    const at = all.indexOf(document.activeElement);
    if (event.key === "Escape") close();
    else if (event.key === "ArrowDown") all[(at + 1) % all.length]?.focus();
    else if (event.key === "ArrowUp") all[(at - 1 + all.length) % all.length]?.focus();
    else return;
    event.preventDefault();
  };
  return html`
    <div class="menu" ref=${root} onKeyDown=${onKeyDown}
      onFocusOut=${(event) => root.current?.contains(event.relatedTarget) || setOpen(false)}>
      <button type="button" ref=${button} disabled=${disabled} aria-expanded=${open ? "true" : "false"}
        onClick=${() => setOpen(!open)}>${label} <${Icon} name="chevron" /></button>
      ${
        open &&
        html`<div class="choices">${choices.map(
          ([value, text, current]) => html`
            <button type="button" key=${value} data-choice aria-current=${current ? "true" : undefined}
              onClick=${() => {
                close();
                onChoose(value);
              }}>${text}</button>`,
        )}</div>`
      }
    </div>`;
}

export function Field({ label, children }) {
  return html`<label class="field"><span>${label}</span>${children}</label>`;
}

export const Select = ({ label, value, options, onChange }) => html`
  <${Field} label=${label}>
    <span class="select">
      <select value=${value} onChange=${(event) => onChange(event.currentTarget.value)}>
        ${options.map(([id, text]) => html`<option key=${id} value=${id} selected=${id === value}>${text}</option>`)}
      </select>
      <${Icon} name="chevron" />
    </span>
  <//>`;

/** Grows with its text. */
export function TextArea({ value, onInput, inner, ...rest }) {
  const own = useRef(null);
  const ref = inner ?? own;
  // The height follows the text.
  useEffect(() => {
    const area = ref.current;
    if (!area) return;
    area.style.height = "auto";
    area.style.height = `${area.scrollHeight + 2}px`;
  }, [value]);
  return html`<textarea ref=${ref} value=${value} onInput=${(event) => onInput(event.currentTarget.value)} ...${rest}></textarea>`;
}

export const submits = (event) => event.key === "Enter" && (event.metaKey || event.ctrlKey);
export const isMac = /Mac|iP(hone|ad)/.test(navigator.platform);

export function when(iso, locale) {
  const date = new Date(iso);
  const today = new Date().toDateString() === date.toDateString();
  return new Intl.DateTimeFormat(
    locale,
    today ? { timeStyle: "short" } : { dateStyle: "medium", timeStyle: "short" },
  ).format(date);
}

export const lightOf = ({ total }) => (total < 50 ? "red" : total < 75 ? "yellow" : "green");
