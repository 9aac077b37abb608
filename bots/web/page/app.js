/** The page: who is there, where they are, and what surrounds every view. */
import { announce, call, connection, onUnauthorized, Refused, speak } from "./api.js";
import { Brief } from "./brief.js";
import { Compose } from "./compose.js";
import { offersManagers } from "./offers.js";
import { Texts } from "./texts.js";
import { App, html, Icon, Problem, render, Select, useAction, useEffect, useRef, useState } from "./ui.js";
import { words } from "./words.js";

const browserLocale = navigator.languages.map((l) => l.slice(0, 2)).find((l) => l in words) ?? "en";
const speakAs = (locale) => {
  document.documentElement.lang = locale;
  speak(locale);
};
speakAs(browserLocale);

function placeOf(hash) {
  const [, view = "", id = ""] = hash.split("/");
  if (view === "brief" && id) return { view, id: decodeURIComponent(id) };
  return { view: view === "texts" ? "texts" : "new", id: "" };
}

function Page() {
  const [me, setMe] = useState(undefined);
  const [house, setHouse] = useState(undefined);
  const [login, setLogin] = useState(false);
  const [problem, setProblem] = useState("");
  const [place, setPlace] = useState(placeOf(location.hash));
  const [beat, setBeat] = useState(0);

  useEffect(() => {
    onUnauthorized(() => setLogin(true));
    const onHash = () => {
      setPlace(placeOf(location.hash));
      window.scrollTo(0, 0);
    };
    window.addEventListener("hashchange", onHash);
    // The address may have changed between the first drawing and this listener.
    setPlace(placeOf(location.hash));
    // A first visit that failed for want of a connection starts over.
    const stop = connection.listen((up) => up && setBeat((n) => n + 1));
    return () => {
      window.removeEventListener("hashchange", onHash);
      stop();
    };
  }, []);

  // `beat` means: look again.
  useEffect(() => {
    // One after the other: the first answer brings the cookie that says who asks.
    const load = async () => {
      const person = await call("GET", "/api/me");
      speakAs(person.locale);
      const [brands, labels] = await Promise.all([call("GET", "/api/brands"), call("GET", "/api/labels")]);
      setHouse({ brands, labels });
      setMe(person);
      setLogin(false);
    };
    load().catch((error) => error instanceof Refused && error.status !== 401 && setProblem(error.message));
  }, [beat, me?.locale]);

  const locale = me?.locale ?? browserLocale;
  const w = words[locale];
  useEffect(() => {
    // A brief names itself.
    if (place.view !== "brief") document.title = `${place.view === "texts" ? w.myTexts : w.newText} · Hygge`;
  }, [place.view, w]);
  const rename = async (change) => {
    const person = await call("PUT", "/api/me", change);
    speakAs(person.locale);
    setMe(person);
  };
  const app = { me, words: w, locale, rename, ...house };
  const ready = me && house;
  return html`
    <${App.Provider} value=${app}>
      <a class="skip" href="#main" onClick=${(event) => {
        event.preventDefault();
        document.getElementById("main")?.focus();
      }}>${w.skip}</a>
      <${Connection} words=${w} />
      <header class="top">
        <a class="brand" href="#/">Hygge</a>
        ${
          ready &&
          !login &&
          html`
          <nav>
            <a href="#/" aria-current=${place.view === "new" ? "page" : undefined}>${w.newText}</a>
            <a href="#/texts" aria-current=${place.view === "texts" ? "page" : undefined}>${w.myTexts}</a>
            ${offersManagers(me).dashboard && html`<a href="/manage">${w.manage}</a>`}
          </nav>
          <${Settings} me=${me} words=${w} rename=${rename} />`
        }
      </header>
      <main id="main" tabindex="-1">
        ${
          login
            ? html`<${Login} words=${w} onDone=${() => setBeat((n) => n + 1)} />`
            : !ready
              ? html`${problem ? html`<${Problem} text=${problem} />` : html`<p class="quiet" role="status">${w.loading}</p>`}`
              : place.view === "brief"
                ? html`<${Brief} key=${place.id} id=${place.id} />`
                : place.view === "texts"
                  ? html`<${Texts} key="texts" />`
                  : html`<${Compose} key="new" />`
        }
      </main>
      <footer class="foot quiet"><span>${w.house}</span><a href="/docs">${w.api}</a></footer>
    <//>`;
}

function Connection({ words: w }) {
  const [up, setUp] = useState(connection.up);
  useEffect(
    () =>
      connection.listen((now) => {
        setUp(now);
        announce(now ? w.back : w.lost);
      }),
    [w],
  );
  return up ? null : html`<p class="banner">${w.lost}</p>`;
}

function Settings({ me, words: w, rename }) {
  const dialog = useRef(null);
  const [name, setName] = useState(me.name);
  const { busy, problem, run } = useAction();
  const open = () => {
    setName(me.name);
    dialog.current?.showModal();
  };
  const save = async (event) => {
    event.preventDefault();
    await run(async () => {
      await rename({ name });
      dialog.current?.close();
    });
  };
  return html`
    <button type="button" class="person" aria-label=${w.settings} title=${w.settings} onClick=${open}>
      ${me.name ? html`<span aria-hidden="true">${[...me.name][0]?.toUpperCase()}</span>` : html`<${Icon} name="person" />`}
    </button>
    <dialog ref=${dialog} aria-labelledby="settings">
      <form onSubmit=${save}>
        <h2 id="settings">${w.settings}</h2>
        <label class="field"><span>${w.name}</span><input value=${name} maxlength="60" autocomplete="name" onInput=${(e) => setName(e.currentTarget.value)} /></label>
        <${Select} label=${w.language} value=${me.locale} onChange=${(locale) => run(() => rename({ locale }))} options=${[
          ["de", "Deutsch"],
          ["en", "English"],
        ]} />
        <dl class="identity"><div><dt>${w.role}</dt><dd>${w.roles[me.role]}</dd></div><div><dt>${w.yourId}</dt><dd><code>${me.id}</code></dd></div></dl>
        <${Problem} text=${problem} />
        <div class="dialog-end">
          <button type="submit" class="primary" disabled=${busy}>${w.save}</button>
          <button type="button" onClick=${() => dialog.current?.close()}>${w.close}</button>
          ${
            me.login &&
            html`<button type="button" class="link" onClick=${() =>
              run(async () => {
                await call("DELETE", "/api/login");
                location.reload();
              })}>${w.logout}</button>`
          }
        </div>
      </form>
    </dialog>`;
}

function Login({ words: w, onDone }) {
  const [token, setToken] = useState("");
  const { busy, problem, run } = useAction();
  const send = (event) => {
    event.preventDefault();
    run(async () => {
      await call("POST", "/api/login", { token });
      onDone();
    });
  };
  return html`
    <form class="login" onSubmit=${send}>
      <h1>${w.login}</h1>
      <p class="quiet">${w.loginHint}</p>
      <label class="field"><span>${w.token}</span><input type="password" autocomplete="current-password" required value=${token} onInput=${(e) => setToken(e.currentTarget.value)} ref=${(input) => input && !token && input.focus()} /></label>
      <${Problem} text=${problem} />
      <button type="submit" class="primary" disabled=${busy}>${w.login}</button>
    </form>`;
}

const root = document.getElementById("app");
root.replaceChildren();
render(html`<${Page} />`, root);
