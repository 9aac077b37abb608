/** The data set in figures, for people. */
import { channels, lengths, tones } from "#src/brief.ts";
import type { Read } from "#src/dataset/read.ts";
import { countGraphemes } from "#src/gates/read.ts";
import { lengthFor } from "#src/voice/wish.ts";
import { brand } from "./product.ts";
import { doubleNames, edges, frames, twins } from "./set.ts";

const percent = (part: number, whole: number) => `${((100 * part) / Math.max(1, whole)).toFixed(1)}%`;

export function figures(rows: readonly Read[]): string {
  const revisions = rows.filter((row) => row.draft !== undefined);
  const names = new Set(rows.flatMap(({ read }) => read?.name ?? []));
  const out = [
    `${rows.length} rows, ${revisions.length} revisions, ${names.size} names, ` +
      `${rows.filter((row) => (row.refined ?? 0) >= 2).length} refined twice, ` +
      `twins ${percent(twins(rows).length, rows.length)} (limit 15%), ` +
      `names of two kinds ${doubleNames(rows).length}`,
    "",
    `${"channel".padEnd(12)} rows   length min  10%  50%  90%  max   kurz mittel lang   ${tones.join(" ")}`,
  ];
  for (const channel of channels) {
    const own = rows.filter((row) => row.channel === channel);
    const counts = own.map((row) => countGraphemes(row.response)).sort((a, b) => a - b);
    const at = (share: number) => String(counts[Math.floor(share * (counts.length - 1))] ?? 0).padStart(4);
    const label = (length: string) =>
      counts.filter((count) => lengthFor(count, brand.channels[channel].thirds) === length).length;
    out.push(
      `${channel.padEnd(12)} ${String(own.length).padStart(4)}         ${at(0)} ${at(0.1)} ${at(0.5)} ${at(0.9)} ${at(1)}   ` +
        `${lengths.map((length) => String(label(length)).padStart(length.length)).join(" ")}   ` +
        tones
          .map((tone) => String(own.filter((row) => row.tone === tone).length).padStart(tone.length))
          .join(" "),
    );
  }
  const most = (title: string, uses: { phrase: string; rows: Read[] }[]) => {
    out.push("", `${title} (limit ${Math.floor(rows.length * 0.005)} rows):`);
    for (const use of uses.slice(0, 8)) out.push(`  ${String(use.rows.length).padStart(3)}  ${use.phrase}`);
  };
  most("most used openings", edges(rows, "opening"));
  most("most used closings", edges(rows, "closing"));
  most("most used frames of five words", frames(rows));
  return out.join("\n");
}
