/** A brief with all its versions: texts, edits, checks, votes, decisions, messages. */
import { html, Problem, useEffect } from "/ui.js";
import { Diff, Heading, hrefOf, Icon, Score, State, useAnswer, useFormats, useManage } from "./ui.js";

export function Detail({ id }) {
  const { words, choices, locale } = useManage();
  const format = useFormats();
  const { data, problem } = useAnswer(`drafts/${encodeURIComponent(id)}`);
  useEffect(() => {
    if (data) document.getElementById(`draft-${id}`)?.scrollIntoView({ block: "start" });
  }, [data, id]);
  if (!data)
    return html`<${Heading}>${words.brief}<//><${Problem} text=${problem} />${!problem && html`<p class="quiet" role="status">${words.loading}</p>`}`;
  const { brief, drafts, votes, picks, messages, story } = data;
  return html`
    <p><a href="#/drafts">${words.back}</a></p>
    <div class="page-head">
      <p class="overline">${brief.brand} · ${choices.channelNames[brief.channel]?.[locale] ?? brief.channel} · ${brief.tone} · ${brief.length}</p>
      <${Heading}>${brief.text}<//>
      <p class="quiet">${words.by_(brief.personName || words.somebody, format.when(brief.createdAt))} · <code>${brief.personId}</code></p>
      <p><a href=${`/#/brief/${encodeURIComponent(brief.id)}`}>${words.openBrief}</a></p>
    </div>
    ${drafts.map(
      (draft) => html`<${Version} key=${draft.id} draft=${draft} here=${draft.id === id}
      votes=${votes.filter((vote) => vote.draftId === draft.id)} picks=${picks.filter((pick) => pick.draftId === draft.id)} />`,
    )}
    ${
      messages.length > 0 &&
      html`
      <section class="panel" aria-labelledby="messages"><h2 id="messages">${words.messages}</h2>
        <ul class="plain">${messages.map(
          ({ surface, at, link }, i) => html`<li key=${i}>
          ${link ? html`<a href=${link} rel="noreferrer" target="_blank">${words.openMessage(surface === "slack" ? "Slack" : "Discord")}</a>` : surface}
          <span class="quiet"> ${at ? format.when(at) : words.notPosted}</span></li>`,
        )}</ul>
      </section>`
    }
    <section class="panel" aria-labelledby="story"><h2 id="story">${words.story}</h2>
      <ol class="plain">${story.map(({ at, personName, personId, action }, i) => html`<li key=${i}><span class="quiet">${format.when(at)}</span> ${personName || personId}: <code>${action}</code></li>`)}</ol>
    </section>`;
}

function Version({ draft, here, votes, picks }) {
  const { words, labels } = useManage();
  const format = useFormats();
  const failed = draft.gates.filter((gate) => !gate.ok);
  const title = `title-${draft.id}`;
  return html`
    <section id=${`draft-${draft.id}`} class=${here ? "panel here" : "panel"} aria-labelledby=${title}>
      <header class="version-head">
        <h2 id=${title}>${words.version(draft.version)}</h2>
        <span class="quiet">${words.kinds[draft.kind]}</span>
        <${Score} total=${draft.score.total} />
        <${State} state=${draft.state} />
        ${picks.map((pick, i) => html`<span key=${i} class="badge">${words.picked(pick.personName || words.somebody)}</span>`)}
        <span class="quiet">${words.by_(draft.personName || words.somebody, format.when(draft.createdAt))}</span>
      </header>
      ${draft.wish && html`<p><span class="quiet">${words.wish}:</span> <q>${draft.wish}</q></p>`}
      ${
        draft.kind === "edited" && draft.diff
          ? html`<h3 class="overline">${words.diff}</h3><${Diff} parts=${draft.diff} />`
          : html`<p class="copy" lang="de">${draft.text}</p>`
      }
      ${draft.decision && html`<p>${labels.states[draft.state]}: ${words.by_(draft.decision.personName || words.somebody, format.when(draft.decision.at))}${draft.decision.note && html` · <q>${draft.decision.note}</q>`}</p>`}
      ${failed.length > 0 && html`<p class="bad"><${Icon} name="cross" /> ${words.failed}: ${failed.map(({ id, found }) => labels.gates[id] + (found ? ` (${found})` : "")).join(", ")}</p>`}
      ${draft.twin && html`<p><a href=${hrefOf(`draft/${encodeURIComponent(draft.twin.id)}`)}>${words.twin(format.share(draft.twin.alike))}</a></p>`}
      ${
        votes.length > 0 &&
        html`<h3 class="overline">${words.ratings}</h3><ul class="plain">${votes.map(
          (vote) => html`
        <li key=${vote.personId}><span class=${vote.value === "down" ? "bad" : "ok"}><${Icon} name=${vote.value} /><span class="unseen">${words.votes[vote.value]}</span></span>
          ${vote.personName || words.somebody}, ${format.when(vote.at)}${vote.reasons.length > 0 ? ` · ${vote.reasons.map((id) => labels.reasons[id]).join(", ")}` : ""}${vote.comment && html` · <q>${vote.comment}</q>`}</li>`,
        )}</ul>`
      }
      <div class="version-more">
        ${
          draft.candidates.length > 0 &&
          html`<details class="all"><summary>${words.candidates(draft.candidates.length)}</summary>
          <ol>${draft.candidates.map(
            ({ index, round, text, gates, score, draftId, seed }) => html`
            <li key=${`${round}-${index}`}><p class="overline">${round > 0 ? `${words.round(round + 1)} · ` : ""}${words.seed} ${seed}${draftId ? html` · <strong>${words.chosen}</strong>` : ""}</p>
              <p class="copy" lang="de">${text}</p>
              <p class="verdict"><${Score} total=${score.total} />${
                gates.some((gate) => !gate.ok) &&
                html`<span class="bad"><${Icon} name="cross" /> ${gates
                  .filter((gate) => !gate.ok)
                  .map(({ id, found }) => labels.gates[id] + (found ? ` (${found})` : ""))
                  .join(", ")}</span>`
              }</p></li>`,
          )}</ol></details>`
        }
        <details><summary>${words.technical}</summary>
          <dl class="facts-list">
            ${draft.model && html`<div><dt>${words.model}</dt><dd>${draft.model.name} ${draft.model.version} · ${draft.model.quant}</dd></div><div><dt>${words.modelHash}</dt><dd><code>${draft.model.hash}</code></dd></div>`}
            ${draft.promptHash && html`<div><dt>${words.promptHash}</dt><dd><code>${draft.promptHash}</code></dd></div>`}
            ${draft.seed !== null && html`<div><dt>${words.seed}</dt><dd><code>${draft.seed}</code></dd></div>`}
          </dl></details>
        <a href=${hrefOf(`provenance/${encodeURIComponent(draft.id)}`)}>${words.provenance}</a>
      </div>
    </section>`;
}
