/** What the edits say, and which of it became a rule. */
import { announce } from "/api.js";
import { html, Problem, useAction } from "/ui.js";
import { ask } from "./api.js";
import { offers } from "./offers.js";
import { Diff, Heading, hrefOf, useAnswer, useFormats, useManage } from "./ui.js";

const named = (words, { kind, pattern, replacement }) => words.rule[kind](pattern, replacement);

export function Rules() {
  const { words, me } = useManage();
  const offered = offers(me);
  const { data, problem, again } = useAnswer("rules");
  const format = useFormats();
  const action = useAction();
  const accept = (proposal) =>
    action.run(async () => {
      const { brand, kind, pattern, replacement, times, people, kept, examples } = proposal;
      await ask("POST", "rules", {
        brand,
        kind,
        pattern,
        replacement,
        evidence: { times, people, kept, drafts: examples.map((e) => e.draftId) },
      });
      announce(words.accepted);
      again();
    });
  const undo = (id) =>
    action.run(async () => {
      await ask("POST", `rules/${encodeURIComponent(id)}/undo`, {});
      again();
    });
  return html`
    <div class="page-head"><${Heading}>${words.proposals}<//><p class="quiet">${words.proposalsHint}</p></div>
    <${Problem} text=${problem || action.problem} />
    ${data?.proposals.length === 0 && html`<p>${words.noProposals}</p>`}
    <ul class="cards">${data?.proposals.map(
      (proposal) => html`
      <li key=${`${proposal.brand} ${proposal.kind} ${proposal.pattern}`} class="panel">
        <h2>${named(words, proposal)}</h2>
        <p class="quiet">${proposal.brand} · ${words.evidence(proposal)}</p>
        <details><summary>${words.examples}</summary>${proposal.examples.map(
          (example) => html`
          <div key=${example.draftId} class="example-edit"><${Diff} parts=${example.diff} /><a href=${hrefOf(`draft/${encodeURIComponent(example.draftId)}`)}>${words.text}</a></div>`,
        )}</details>
        ${offered.accept && html`<button type="button" class="primary" disabled=${action.busy} onClick=${() => accept(proposal)}>${words.accept}</button>`}
      </li>`,
    )}</ul>
    <section class="panel" aria-labelledby="accepted"><h2 id="accepted">${words.rules}</h2>
      ${data?.rules.length === 0 && html`<p class="quiet">${words.noRules}</p>`}
      <ul class="plain rules">${data?.rules.map(
        (rule) => html`
        <li key=${rule.id} class=${rule.undoneAt ? "undone" : ""}>
          <div><strong>${named(words, rule)}</strong> <span class="quiet">${rule.brand}</span>
            <p class="quiet">${words.acceptedBy(rule.acceptedBy, format.when(rule.acceptedAt))}${rule.evidence.times ? ` · ${words.evidence({ people: 1, kept: 0, ...rule.evidence })}` : ""}${rule.undoneAt ? ` · ${words.undone(rule.undoneBy, format.when(rule.undoneAt))}` : ""}</p></div>
          ${!rule.undoneAt && offered.undo && html`<button type="button" disabled=${action.busy} onClick=${() => undo(rule.id)} aria-label=${`${words.undo}: ${named(words, rule)}`}>${words.undo}</button>`}
        </li>`,
      )}</ul>
    </section>`;
}
