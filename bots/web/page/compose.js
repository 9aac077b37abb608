/** The brief box. */
import { call, newKey, tellTabs } from "./api.js";
import { Texts } from "./texts.js";
import {
  html,
  isMac,
  Problem,
  Select,
  submits,
  TextArea,
  useAction,
  useApp,
  useEffect,
  useRef,
  useState,
} from "./ui.js";
import { examples } from "./words.js";

const store = "hygge.brief";
const blank = { text: "", channel: "", tone: "", length: "", variants: "1", brand: "", fill: false };

/** What was typed but not sent survives a reload. */
function remembered() {
  try {
    return { ...blank, ...JSON.parse(sessionStorage.getItem(store) ?? "{}") };
  } catch {
    return blank;
  }
}

export function Compose() {
  const { words, brands, locale, me, rename } = useApp();
  const [brief, setBrief] = useState(remembered);
  const { busy, problem, run, setProblem } = useAction();
  const key = useRef(newKey());
  const area = useRef(null);
  const set = (change) => {
    key.current = newKey();
    setProblem("");
    setBrief((old) => ({ ...old, ...change }));
  };
  useEffect(() => {
    area.current?.focus({ preventScroll: true });
  }, []);
  useEffect(() => sessionStorage.setItem(store, JSON.stringify(brief)), [brief]);

  const send = () =>
    run(async () => {
      const { text, variants, fill, ...options } = brief;
      const given = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== ""));
      const body = { text, ...given, variants: Number(variants), ...(fill ? { fill } : {}) };
      const { briefId } = await call("POST", "/api/briefs", body, { key: key.current });
      sessionStorage.removeItem(store);
      tellTabs(briefId);
      location.hash = `#/brief/${briefId}`;
    });

  const brand = brands.brands.find(({ id }) => id === (brief.brand || brands.standard)) ?? brands.brands[0];
  const channels = Object.entries(brand?.channels ?? {}).map(([id, { label }]) => [id, label[locale]]);
  return html`
    <section class="compose">
      <h1><label for="brief">${words.ask}</label></h1>
      <p class="lead" id="brief-hint">${words.askHint}</p>
      <form onSubmit=${(event) => {
        event.preventDefault();
        send();
      }}>
        <div class="box">
          <${TextArea} id="brief" inner=${area} rows="3" value=${brief.text} placeholder=${words.placeholder}
            aria-describedby="brief-hint brief-problem" aria-invalid=${problem ? "true" : undefined}
            onInput=${(text) => set({ text })} onKeyDown=${(event) => {
              if (submits(event)) {
                event.preventDefault();
                send();
              }
            }} />
          <div class="options">
            <${Select} label=${words.channel} value=${brief.channel} onChange=${(channel) => set({ channel })} options=${[["", words.fromText], ...channels]} />
            <${Select} label=${words.tone} value=${brief.tone} onChange=${(tone) => set({ tone })} options=${[["", words.fromText], ...Object.entries(words.tones)]} />
            <${Select} label=${words.length} value=${brief.length} onChange=${(length) => set({ length })} options=${[["", words.byChannel], ...Object.entries(words.lengths)]} />
            <${Select} label=${words.variants} value=${brief.variants} onChange=${(variants) => set({ variants })} options=${[1, 2, 3, 4].map((n) => [String(n), words.variantsOf(n)])} />
            ${brands.brands.length > 1 && html`<${Select} label=${words.brand} value=${brief.brand || brands.standard} onChange=${(id) => set({ brand: id, channel: "" })} options=${brands.brands.map(({ id, name }) => [id, name])} />`}
          </div>
          ${brand?.products > 0 && html`<label class="check"><input type="checkbox" checked=${brief.fill} onChange=${(event) => set({ fill: event.currentTarget.checked })} /> ${words.fill(brand.products)}</label>`}
          <div class="send">
            <span class="keys quiet" aria-hidden="true">${words.keys(isMac)}</span>
            <button type="submit" class="primary" disabled=${busy}>${busy ? words.writing : words.write}</button>
          </div>
        </div>
        <${Problem} text=${problem} id="brief-problem" />
      </form>
      <div class="examples">
        <p class="overline" id="examples">${words.examples}</p>
        <ul aria-labelledby="examples">${examples.map(
          (text) =>
            html`<li key=${text}><button type="button" class="example" onClick=${() => {
              set({ text });
              area.current?.focus();
            }}>${text}</button></li>`,
        )}</ul>
      </div>
    </section>
    ${!me.name && html`<${NameField} rename=${rename} />`}
    <${Texts} recent />`;
}

function NameField({ rename }) {
  const { words } = useApp();
  const [name, setName] = useState("");
  const { busy, problem, run } = useAction();
  return html`
    <form class="who" onSubmit=${(event) => {
      event.preventDefault();
      if (name.trim()) run(() => rename({ name }));
    }}>
      <label for="who">${words.yourName}</label>
      <p class="quiet" id="who-hint">${words.nameHint}</p>
      <div class="joined"><input id="who" aria-describedby="who-hint" autocomplete="name" maxlength="60" value=${name} onInput=${(e) => setName(e.currentTarget.value)} />
      <button type="submit" disabled=${busy || !name.trim()}>${words.save}</button></div>
      <${Problem} text=${problem} />
    </form>`;
}
