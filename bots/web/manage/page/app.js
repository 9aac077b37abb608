/** The managers' page: who is there, which page, and the frame around it. */
import { announce, connection, Refused } from "/api.js";
import { html, Problem, render, useEffect, useState } from "/ui.js";
import { ask, speak } from "./api.js";
import { Detail } from "./detail.js";
import { Drafts } from "./drafts.js";
import { Exports } from "./exports.js";
import { offers } from "./offers.js";
import { Overview } from "./overview.js";
import { Patterns } from "./patterns.js";
import { People } from "./people.js";
import { Provenance } from "./provenance.js";
import { Rules } from "./rules.js";
import { Manage, placeOf } from "./ui.js";
import { words } from "./words.js";

const browser = navigator.languages?.find((tag) => /^(de|en)\b/.test(tag))?.slice(0, 2) ?? "en";
const kept = () => {
  try {
    return localStorage.getItem("hygge-locale");
  } catch {
    return null;
  }
};
const views = {
  "": Overview,
  drafts: Drafts,
  patterns: Patterns,
  rules: Rules,
  exports: Exports,
  people: People,
};

/** "#login=TOKEN&to=draft/ID": the token is used, and out of the address before anything else happens. */
async function enter() {
  const given = new URLSearchParams(location.hash.slice(1));
  const link = given.get("login");
  if (link === null) return;
  const to = given.get("to") ?? "";
  history.replaceState(null, "", `/manage#/${to.split("/").map(encodeURIComponent).join("/")}`);
  await ask("POST", "login", { link });
}

function Page() {
  const [locale, setLocale] = useState(kept() === "de" || kept() === "en" ? kept() : browser);
  const [me, setMe] = useState(undefined);
  const [choices, setChoices] = useState(undefined);
  const [problem, setProblem] = useState("");
  const [shut, setShut] = useState(false);
  const [up, setUp] = useState(true);
  const [place, setPlace] = useState(placeOf(location.hash));
  const w = words[locale];

  useEffect(() => {
    const onHash = () => {
      if (location.hash.startsWith("#login=")) location.reload();
      const next = placeOf(location.hash);
      setPlace((old) => {
        if (old.path.join() !== next.path.join()) window.scrollTo(0, 0);
        return next;
      });
    };
    window.addEventListener("hashchange", onHash);
    setPlace(placeOf(location.hash));
    const stop = connection.listen((now) => setUp(now));
    return () => {
      window.removeEventListener("hashchange", onHash);
      stop();
    };
  }, []);

  useEffect(() => {
    document.documentElement.lang = locale;
    speak(locale);
    const load = async () => {
      await entered;
      const person = await ask("GET", `me?locale=${locale}`);
      setMe(person);
      setPlace(placeOf(location.hash));
      if (!offers(person).overview) return;
      setChoices(await ask("GET", "choices"));
    };
    load().catch((error) => {
      if (error instanceof Refused && error.status === 401) setShut(true);
      setProblem(error.message);
    });
  }, [locale]);

  const [view = "", id = ""] = place.path;
  const title = view === "" ? w.pages.overview : (w.pages[view] ?? w.pages.drafts);
  useEffect(() => {
    document.title = `${title} · Hygge`;
  }, [title]);

  const toggle = () => {
    const next = locale === "de" ? "en" : "de";
    try {
      localStorage.setItem("hygge-locale", next);
    } catch {
      // Then for this visit alone.
    }
    setLocale(next);
  };
  const leave = async () => {
    await ask("DELETE", "login").catch(() => {});
    announce(w.logout);
    location.href = "/manage";
    location.reload();
  };
  const offered = me ? offers(me) : {};
  const ready = offered.overview && choices;
  const View = views[view];
  return html`
    <${Manage.Provider} value=${{ me, words: w, locale, labels: me?.labels, choices }}>
      <a class="skip" href="#main" onClick=${(event) => {
        event.preventDefault();
        document.getElementById("main")?.focus();
      }}>${w.skip}</a>
      ${!up && html`<p class="banner" role="status">${w.lost}</p>`}
      <header class="top manage-top">
        <a class="brand" href="#/">Hygge</a>
        ${
          ready &&
          html`<nav aria-label=${w.title}>${Object.entries(w.pages)
            .filter(([page]) => offered[page])
            .map(([page, name]) => {
              const at = page === "overview" ? "" : page;
              const here = at === view || (at === "drafts" && (view === "draft" || view === "provenance"));
              return html`<a key=${page} href=${`#/${at}`} aria-current=${here ? "page" : undefined}>${name}</a>`;
            })}</nav>`
        }
      </header>
      <main id="main" tabindex="-1" class="manage">
        ${
          shut || (me && !offered.overview)
            ? html`<div class="login"><h1>${shut ? w.login : w.denied}</h1><p>${shut ? w.loginHint : w.deniedHint(w.roles[me.role])}</p>${shut && problem && html`<${Problem} text=${problem} />`}${!shut && html`<p class="quiet">${w.loginHint}</p>`}</div>`
            : !ready
              ? problem
                ? html`<${Problem} text=${problem} />`
                : html`<p class="quiet" role="status">${w.loading}</p>`
              : view === "draft"
                ? html`<${Detail} key=${id} id=${id} />`
                : view === "provenance"
                  ? html`<${Provenance} key=${id} id=${id} />`
                  : View && offered[view || "overview"]
                    ? html`<${View} key=${view} query=${place.query} />`
                    : html`<${Overview} query=${{}} />`
        }
      </main>
      <footer class="foot quiet">
        <span>${me && html`${me.name || me.id} · ${w.roles[me.role]}`}</span>
        <span class="foot-links"><a href="/">${w.playground}</a><button type="button" class="link" lang=${locale === "de" ? "en" : "de"} onClick=${toggle}>${w.language}</button>${me && html`<button type="button" class="link" onClick=${leave}>${w.logout}</button>`}</span>
      </footer>
    <//>`;
}

const entered = enter();
entered.catch(() => {});
const root = document.getElementById("app");
root.replaceChildren();
render(html`<${Page} />`, root);
