/** The data set as pictures: one HTML page of inline SVG, nothing loaded. */
import { channels, tones } from "#src/brief.ts";
import type { Read } from "#src/dataset/read.ts";
import { countGraphemes } from "#src/gates/read.ts";
import { brand } from "./product.ts";
import { doubleNames, edges, frameShare, frames, type Use } from "./set.ts";

const escaped = (text: string) => text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);
const bins = 28;

export function plots(rows: readonly Read[]): string {
  const limit = rows.length * frameShare;
  const revisions = rows.filter((row) => row.draft !== undefined).length;
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Data set</title>
<style>
  :root { color-scheme: light dark; font: 15px/1.5 system-ui, sans-serif; }
  body { max-width: 68rem; margin: 2rem auto; padding: 0 1rem; }
  h1 { font-size: 1.5rem } h2 { font-size: 1.1rem; margin-top: 2.5rem }
  .grid { display: grid; grid-template-columns: repeat(auto-fill, minmax(17rem, 1fr)); gap: 1.5rem; }
  figure { margin: 0 } figcaption { font-weight: 600 } small { opacity: .75; font-weight: 400 }
  svg { display: block; width: 100%; height: auto; overflow: visible }
  text { font-size: 11px; fill: currentColor }
  .bar { fill: #b5651d } .line { stroke: currentColor; stroke-dasharray: 3 3; opacity: .6 }
  .over { fill: #c0392b } .axis { stroke: currentColor; opacity: .4 }
  .warm { fill: #c8553d } .heiter { fill: #e9b44c } .ruhig { fill: #588b8b } .sachlich { fill: #6d7278 } .none { fill: #bbb }
</style>
<h1>Data set</h1>
<p>${rows.length} rows, ${revisions} of them revisions.</p>
<h2>Length of the texts, characters <small>dashed: where kurz, mittel and lang meet</small></h2>
<div class="grid">${channels.map((channel) => lengths(rows, channel)).join("\n")}</div>
<h2>Tone</h2>
${toneBars(rows)}
<h2>Rows of one product name</h2>
${perName(rows)}
<h2>Most used openings <small>dashed: the limit, 0.5% of the rows</small></h2>
${uses(edges(rows, "opening"), limit)}
<h2>Most used closings</h2>
${uses(edges(rows, "closing"), limit)}
<h2>Most used runs of five words</h2>
${uses(frames(rows), limit)}
</html>
`;
}

function lengths(rows: readonly Read[], channel: Read["channel"]): string {
  const { min, max, thirds } = brand.channels[channel];
  const counts = rows.filter((row) => row.channel === channel).map((row) => countGraphemes(row.response));
  const from = Math.min(min, ...counts);
  const to = Math.max(max, ...counts);
  const heights = new Array<number>(bins).fill(0);
  for (const count of counts) {
    const bin = Math.min(bins - 1, Math.floor(((count - from) / (to - from)) * bins));
    heights[bin] = (heights[bin] ?? 0) + 1;
  }
  const most = Math.max(1, ...heights);
  const x = (value: number) => ((value - from) / (to - from)) * 280;
  const bars = heights.map((height, bin) => {
    const tall = (height / most) * 90;
    return `<rect class="bar" x="${(bin * 10 + 0.5).toFixed(1)}" y="${(92 - tall).toFixed(1)}" width="9" height="${tall.toFixed(1)}"><title>${height}</title></rect>`;
  });
  const marks = thirds.map(
    (value) => `<line class="line" x1="${x(value).toFixed(1)}" x2="${x(value).toFixed(1)}" y1="0" y2="92"/>`,
  );
  return `<figure><figcaption>${channel} <small>${counts.length} rows</small></figcaption>
<svg viewBox="0 0 280 108" role="img" aria-label="${channel}: ${counts.length} texts of ${Math.min(...counts)} to ${Math.max(...counts)} characters">${bars.join("")}${marks.join("")}<line class="axis" x1="0" x2="280" y1="92.5" y2="92.5"/><text x="0" y="106">${from}</text><text x="280" y="106" text-anchor="end">${to}</text></svg></figure>`;
}

function toneBars(rows: readonly Read[]): string {
  const height = 22;
  const body = channels.map((channel, at) => {
    const own = rows.filter((row) => row.channel === channel);
    let x = 90;
    const parts = [...tones, "none" as const].map((tone) => {
      const count = own.filter((row) => (row.tone ?? "none") === tone).length;
      const width = (count / Math.max(1, own.length)) * 590;
      const rect = `<rect class="${tone}" x="${x.toFixed(1)}" y="${at * height}" width="${width.toFixed(1)}" height="${height - 4}"><title>${tone} ${count}</title></rect>`;
      x += width;
      return rect;
    });
    return `<text x="84" y="${at * height + 13}" text-anchor="end">${channel}</text>${parts.join("")}`;
  });
  const legend = [...tones, "none" as const].map(
    (tone, at) =>
      `<rect class="${tone}" x="${90 + at * 90}" y="${channels.length * height + 6}" width="12" height="12"/><text x="${106 + at * 90}" y="${channels.length * height + 16}">${tone === "none" ? "no label" : tone}</text>`,
  );
  return `<svg viewBox="0 0 700 ${channels.length * height + 24}" role="img" aria-label="Tones of each channel">${body.join("")}${legend.join("")}</svg>`;
}

function perName(rows: readonly Read[]): string {
  const names = new Map<string, number>();
  for (const { read } of rows) if (read?.name) names.set(read.name, (names.get(read.name) ?? 0) + 1);
  const counts = new Map<number, number>();
  for (const count of names.values()) counts.set(count, (counts.get(count) ?? 0) + 1);
  const list = [...counts].sort(([a], [b]) => a - b);
  const double = doubleNames(rows).length;
  return `<p>${names.size} names; ${double} of them stand for two kinds of product.</p>
${bars(list.map(([count, of]) => [`${count} ${count === 1 ? "row" : "rows"}`, of]))}`;
}

const uses = (list: readonly Use[], limit: number) =>
  bars(
    list.slice(0, 15).map(({ phrase, rows }) => [phrase, rows.length]),
    limit,
  );

function bars(list: readonly [string, number][], limit?: number): string {
  const most = Math.max(1, limit ?? 0, ...list.map(([, count]) => count));
  const height = 18;
  const width = (count: number) => (count / most) * 400;
  const body = list.map(
    ([label, count], at) =>
      `<text x="244" y="${at * height + 12}" text-anchor="end">${escaped(label)}</text><rect class="${limit !== undefined && count > limit ? "over" : "bar"}" x="250" y="${at * height + 1}" width="${width(count).toFixed(1)}" height="${height - 5}"/><text x="${(254 + width(count)).toFixed(1)}" y="${at * height + 12}">${count}</text>`,
  );
  const mark =
    limit === undefined
      ? ""
      : `<line class="line" x1="${(250 + width(limit)).toFixed(1)}" x2="${(250 + width(limit)).toFixed(1)}" y1="0" y2="${list.length * height}"/>`;
  return `<svg viewBox="0 0 700 ${list.length * height}" role="img" aria-label="${list.length} bars">${body.join("")}${mark}</svg>`;
}
