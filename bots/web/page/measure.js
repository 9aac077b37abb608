/** How a text stands: the traffic light, the facts checked off, the failed checks in words. */
import { html, Icon, lightOf, useApp } from "./ui.js";

export function Score({ score, small }) {
  const { words } = useApp();
  const light = lightOf(score);
  const total = Math.round(score.total);
  if (small)
    return html`<span class=${`score small ${light}`}><span class="dot" aria-hidden="true"></span>${words.voice} ${total}</span>`;
  return html`
    <div class=${`score ${light}`}>
      <p class="total"><span class="dot" aria-hidden="true"></span><strong>${total}</strong><span class="of"> / 100</span></p>
      <p class="quiet">${words.light[light]}</p>
      <dl class="parts">
        ${["style", "adherence", "fluency"].map((part) => {
          const percent = Math.round(score[part] * 100);
          return html`<div key=${part}><dt>${words.parts[part]}</dt><dd><progress max="100" value=${percent} aria-label=${words.parts[part]}></progress></dd></div>`;
        })}
      </dl>
    </div>`;
}

export function Facts({ facts, brief }) {
  const { words } = useApp();
  return html`
    <div class="facts">
      <h3 class=${brief ? "unseen" : "overline"}>${words.facts}</h3>
      ${
        facts.length === 0
          ? html`<p class="quiet">${words.noFacts}</p>`
          : html`<ul>${facts.map(
              ({ text, found }) => html`
                <li key=${text} class=${found ? "ok" : "bad"}><${Icon} name=${found ? "check" : "cross"} /><span>${text}<span class="unseen">, ${found ? words.found : words.missing}</span></span></li>`,
            )}</ul>`
      }
    </div>`;
}

export function Checks({ gates, brief }) {
  const { words, labels } = useApp();
  const failed = gates.filter((gate) => !gate.ok);
  if (gates.length === 0) return null;
  if (failed.length === 0)
    return html`<p class="passed ok"><${Icon} name="check" /><span>${words.passed(gates.length)}</span></p>`;
  return html`
    <div class="failed">
      <h3 class=${brief ? "unseen" : "overline"}>${words.notPassed}</h3>
      <ul>${failed.map(
        ({ id, found }) =>
          html`<li key=${id} class="bad"><${Icon} name="cross" /><span>${labels.gates[id]}${found && html`<small>${found}</small>`}</span></li>`,
      )}</ul>
    </div>`;
}
