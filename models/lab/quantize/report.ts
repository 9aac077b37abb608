/** The ladder as a table and as a picture: size against divergence, faster rungs as larger dots. */
import type { Step } from "./ladder.ts";

const mb = (step: Step) => step.bytes / 1e6;

export function table(steps: readonly Step[]): string {
  const head =
    "| rung | MB | KLD mean | KLD 99% | same top token | tokens/s, 1 | tokens/s, 8 | against f16, 8 |\n|---|--:|--:|--:|--:|--:|--:|--:|\n";
  const rows = steps.map((step) => {
    const { kld, speed } = step;
    const cells = [
      step.name,
      mb(step).toFixed(1),
      kld?.mean.toFixed(4) ?? "",
      kld?.p99.toFixed(3) ?? "",
      kld ? `${(100 * kld.sameTop).toFixed(1)}%` : "",
      speed?.one.toFixed(0) ?? "",
      speed?.eight.toFixed(0) ?? "",
      speed?.ratioEight.toFixed(2) ?? "",
    ];
    return `| ${cells.join(" | ")} |`;
  });
  return `${head}${rows.join("\n")}\n`;
}

export function picture(steps: readonly Step[]): string {
  const [width, height, left, bottom] = [900, 520, 80, 60];
  const shown = steps.filter((step) => step.kld && step.kld.mean > 0);
  const sizes = shown.map(mb);
  const [from, to] = [Math.min(...sizes) * 0.95, Math.max(...sizes) * 1.05];
  const logs = shown.map((step) => Math.log10(step.kld?.mean ?? 1));
  const [low, high] = [Math.floor(Math.min(...logs)), Math.ceil(Math.max(...logs))];
  const x = (size: number) => left + ((size - from) / (to - from)) * (width - left - 40);
  const y = (log: number) =>
    height - bottom - ((log - low) / Math.max(1, high - low)) * (height - bottom - 40);
  const fastest = Math.max(...shown.map((step) => step.speed?.eight ?? 0), 1);
  const lines = Array.from({ length: high - low + 1 }, (_, i) => low + i).map(
    (log) =>
      `<line x1="${left}" x2="${width - 40}" y1="${y(log)}" y2="${y(log)}" stroke="#ddd"/><text x="${left - 8}" y="${y(log) + 4}" text-anchor="end">${10 ** log}</text>`,
  );
  const step = Math.max(5, Math.round((to - from) / 8 / 5) * 5);
  const ticks = Array.from({ length: 20 }, (_, i) => Math.ceil(from / step) * step + i * step)
    .filter((size) => size <= to)
    .map((size) => `<text x="${x(size)}" y="${height - bottom + 20}" text-anchor="middle">${size}</text>`);
  const dots = shown.map((s) => {
    const radius = 4 + 8 * Math.sqrt((s.speed?.eight ?? 0) / fastest);
    const matrix = s.name.includes("imatrix");
    const [cx, cy] = [x(mb(s)), y(Math.log10(s.kld?.mean ?? 1))];
    return `<circle cx="${cx}" cy="${cy}" r="${radius}" fill="${matrix ? "#2f6f5e" : "#c98f3c"}" fill-opacity=".75"/><text x="${cx + radius + 4}" y="${cy + (matrix ? 12 : -4)}">${s.name}</text>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="12">
<rect width="${width}" height="${height}" fill="white"/>
${lines.join("\n")}
${ticks.join("\n")}
${dots.join("\n")}
<text x="${(left + width) / 2}" y="${height - 14}" text-anchor="middle">MB</text>
<text x="20" y="24">KLD against f16 (nats a token), logarithmic; larger dots decode faster in batches of 8; green: with imatrix</text>
</svg>
`;
}
