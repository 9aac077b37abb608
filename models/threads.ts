/**
 * How many threads a step may use. ggml's threads meet several hundred times in each token and wait by
 * spinning, so a thread that the system takes off its core stalls all others for a whole time slice: on two busy
 * cores, two threads wrote ten times slower than one (LOG.md). Time on the CPU against time on the wall shows it.
 */
export interface Governor {
  /** Threads for the next step. */
  readonly threads: number;
  /** Tells what a step took, milliseconds: on the wall, and on the CPU over all threads. */
  step(wallMs: number, cpuMs: number): void;
}

const windowMs = 60;
const first = 8;
const longest = 256;

export function governor(most: number): Governor {
  let threads = most;
  let wall = 0;
  let cpu = 0;
  /** Undisturbed windows before more threads are tried again; doubles each time that fails. */
  let patience = first;
  let calm = 0;
  return {
    get threads() {
      return threads;
    },
    step(wallMs, cpuMs) {
      if (most === 1) return;
      wall += wallMs;
      cpu += cpuMs;
      if (wall < windowMs) return;
      const got = cpu / wall;
      wall = 0;
      cpu = 0;
      if (threads > 1 && got < threads * 0.7) {
        // What the system granted, less the share that stalls would eat.
        threads = Math.max(1, Math.min(threads - 1, Math.floor(got)));
        if (calm < first) patience = Math.min(longest, patience * 2);
        calm = 0;
        return;
      }
      calm = got >= threads * 0.85 ? calm + 1 : 0;
      if (threads === most) {
        if (calm >= first) patience = first;
      } else if (calm >= patience) {
        threads = Math.min(most, threads * 2);
        calm = 0;
      }
    },
  };
}
