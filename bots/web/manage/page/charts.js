/** Charts by hand: a few lines or bars in SVG, and the same numbers as a table for those who read tables. */
import { html, useEffect, useRef, useState } from "/ui.js";
import { useManage } from "./ui.js";

const height = 240;
const margin = { top: 12, right: 12, bottom: 28, left: 46 };

/** Round steps for an axis from 0 to at least `most`. */
function ticks(most) {
  const rough = most / 4 || 1;
  const magnitude = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 2.5, 5, 10].map((n) => n * magnitude).find((n) => n >= rough) ?? magnitude;
  return Array.from({ length: Math.ceil(most / step) + 1 }, (_, i) => i * step);
}

/** `series`: [{name, points: (number | null)[]}]; `show` writes a value, `bucket` a time. */
export function LineChart({ label, buckets, series, show, bucket, heading }) {
  const { words } = useManage();
  const [figure, width] = useWidth();
  const values = series.flatMap(({ points }) => points.filter((value) => value !== null));
  if (values.length === 0)
    return html`<figure class="chart" ref=${figure}><p class="quiet">${words.noData}</p></figure>`;
  const steps = ticks(Math.max(...values));
  const top = steps.at(-1) || 1;
  const x = (i) =>
    margin.left +
    (buckets.length < 2 ? 0.5 : i / (buckets.length - 1)) * (width - margin.left - margin.right);
  const y = (value) => height - margin.bottom - (value / top) * (height - margin.top - margin.bottom);
  const every = Math.max(1, Math.ceil((buckets.length * 90) / width));
  return html`
    <figure class="chart" ref=${figure}>
      <figcaption class="unseen">${label}</figcaption>
      <svg viewBox=${`0 0 ${width} ${height}`} role="img" aria-label=${label} preserveAspectRatio="xMidYMid meet">
        ${steps.map(
          (
            step,
          ) => html`<g key=${step}><line class="grid" x1=${margin.left} x2=${width - margin.right} y1=${y(step)} y2=${y(step)} />
          <text class="tick" x=${margin.left - 8} y=${y(step) + 4} text-anchor="end">${show(step)}</text></g>`,
        )}
        ${buckets.map((at, i) => i % every === 0 && html`<text key=${at} class="tick" x=${x(i)} y=${height - 8} text-anchor="middle">${bucket(at)}</text>`)}
        ${series.map(
          ({ name, points }, n) => html`<g key=${name} class=${`line s${n}`}>
          <path d=${pathOf(points, x, y)} />
          ${points.map((value, i) => value !== null && html`<circle key=${i} cx=${x(i)} cy=${y(value)} r=${buckets.length > 30 ? 2 : 3}><title>${name ? `${name}, ` : ""}${bucket(buckets[i])}: ${show(value)}</title></circle>`)}
        </g>`,
        )}
      </svg>
      ${series.length > 1 && html`<${Legend} series=${series} />`}
      <${Table} label=${label} heading=${heading} buckets=${buckets} series=${series} show=${show} bucket=${bucket} />
    </figure>`;
}

/** Drawn as wide as there is room, so that its words are as large as all others. */
function useWidth() {
  const ref = useRef(null);
  const [width, setWidth] = useState(720);
  useEffect(() => {
    if (!ref.current) return undefined;
    const observer = new ResizeObserver(([entry]) =>
      setWidth(Math.max(240, Math.round(entry.contentRect.width))),
    );
    observer.observe(ref.current);
    return () => observer.disconnect();
  }, []);
  return [ref, width];
}

/** Where a value is missing the line is interrupted. */
function pathOf(points, x, y) {
  let path = "";
  let on = false;
  for (const [i, value] of points.entries()) {
    if (value === null) on = false;
    else {
      path += `${on ? "L" : "M"}${x(i).toFixed(1)} ${y(value).toFixed(1)}`;
      on = true;
    }
  }
  return path;
}

const Legend = ({ series }) => html`
  <ul class="legend">${series.map(({ name }, n) => html`<li key=${name} class=${`s${n}`}><svg viewBox="0 0 24 8" aria-hidden="true"><path d="M0 4H24" /></svg>${name}</li>`)}</ul>`;

function Table({ label, heading, buckets, series, show, bucket }) {
  const { words } = useManage();
  const [open, setOpen] = useState(false);
  return html`
    <details class="as-table" onToggle=${(event) => setOpen(event.currentTarget.open)}>
      <summary>${words.asTable}</summary>
      ${
        open &&
        html`<div class="scroll" tabindex="0" role="region" aria-label=${label}><table>
          <caption class="unseen">${label}</caption>
          <thead><tr><th scope="col">${heading}</th>${series.map(({ name }) => html`<th key=${name} scope="col">${name || words.total}</th>`)}</tr></thead>
          <tbody>${buckets.map((at, i) => html`<tr key=${at}><th scope="row">${bucket(at)}</th>${series.map(({ name, points }) => html`<td key=${name}>${points[i] === null ? "–" : show(points[i])}</td>`)}</tr>`)}</tbody>
        </table></div>`
      }
    </details>`;
}

/** One bar for each: [{name, value, note}]. A list, so it reads without the bars. */
export function Bars({ label, bars, show }) {
  const { words } = useManage();
  if (bars.length === 0) return html`<p class="quiet">${words.noData}</p>`;
  const most = Math.max(...bars.map(({ value }) => value), 0) || 1;
  return html`
    <table class="bars"><caption class="unseen">${label}</caption>
      <tbody>${bars.map(
        ({ name, value, note }, i) => html`
        <tr key=${i}><th scope="row">${name}</th>
          <td class="bar"><svg viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true"><rect width=${(value / most) * 100} height="10" rx="1" /></svg></td>
          <td class="value">${show(value)}${note && html` <small>${note}</small>`}</td></tr>`,
      )}</tbody>
    </table>`;
}
