import { Counter, Gauge, Histogram, Registry } from "prom-client";
import type { Written } from "#src/draft.ts";
import type { Model } from "#src/model.ts";

/** Figures for Prometheus, one registry a process. Seconds, tokens, counts; no names, no texts. */
export function createMetrics() {
  const registry = new Registry();
  const registers = [registry];
  const seconds = [0.05, 0.1, 0.25, 0.5, 1, 2, 3, 5, 8, 13, 21, 60, 300, 1800];
  const waited = new Histogram({
    name: "hygge_queue_wait_seconds",
    help: "From queued to started",
    buckets: seconds,
    registers,
  });
  const generation = new Histogram({
    name: "hygge_generation_seconds",
    help: "From started to stored",
    buckets: seconds,
    registers,
  });
  const firstText = new Histogram({
    name: "hygge_first_text_seconds",
    help: "From started to the first text",
    buckets: seconds,
    registers,
  });
  const tokens = new Counter({ name: "hygge_tokens_total", help: "Tokens generated", registers });
  const speed = new Gauge({
    name: "hygge_tokens_per_second",
    help: "Tokens a second of the last draft",
    registers,
  });
  const gateFailures = new Counter({
    name: "hygge_gate_failures_total",
    help: "Candidates that failed a gate",
    labelNames: ["gate"],
    registers,
  });
  const drafts = new Counter({
    name: "hygge_drafts_total",
    help: "Drafts written",
    labelNames: ["gates"],
    registers,
  });
  const failed = new Counter({
    name: "hygge_generations_failed_total",
    help: "Generations given up",
    labelNames: ["code"],
    registers,
  });
  const ratings = new Counter({
    name: "hygge_ratings_total",
    help: "Ratings given",
    labelNames: ["value"],
    registers,
  });

  return {
    registry,
    waited,
    failed,
    ratings,
    wrote({ drafts: written, candidates, timings }: Written, took: number) {
      generation.observe(took);
      firstText.observe(timings.firstTextMs / 1000);
      tokens.inc(timings.tokens);
      if (timings.totalMs > 0) speed.set((timings.tokens / timings.totalMs) * 1000);
      for (const candidate of candidates) {
        for (const gate of candidate.gates) if (!gate.ok) gateFailures.inc({ gate: gate.id });
      }
      for (const draft of written)
        drafts.inc({ gates: draft.gates.every((gate) => gate.ok) ? "passed" : "failed" });
    },
    /** Read when asked: queue depth and the model process. */
    watch(counts: () => Promise<Record<string, number>>, model?: Model) {
      new Gauge({
        name: "hygge_queue_jobs",
        help: "Jobs in the drafts queue by state",
        labelNames: ["state"],
        registers,
        async collect() {
          const now = await counts().catch(() => ({}));
          for (const [state, value] of Object.entries(now)) this.set({ state }, value);
        },
      });
      if (!model) return;
      new Gauge({
        name: "hygge_model_up",
        help: "1 if the model process is ready",
        registers,
        collect() {
          this.set(model.health().status === "ready" ? 1 : 0);
        },
      });
      new Gauge({
        name: "hygge_model_restarts",
        help: "Restarts of the model process since the start",
        registers,
        collect() {
          this.set(model.health().restarts);
        },
      });
    },
  };
}
export type Metrics = ReturnType<typeof createMetrics>;
