/** A pause between two requests of one person. In memory: several bot processes each keep their own. */
import { HyggeError } from "#src/errors.ts";

export type Cooldown = ReturnType<typeof createCooldown>;

export function createCooldown(seconds: number, now: () => number = Date.now) {
  const last = new Map<string, number>();
  const left = (at: number) => seconds * 1000 - (now() - at);

  return {
    /** @throws HyggeError rate_limited {seconds} before the pause is over */
    take(personId: string): void {
      const at = last.get(personId);
      if (at !== undefined && left(at) > 0)
        throw new HyggeError("rate_limited", { seconds: Math.ceil(left(at) / 1000) }, { retryable: true });
      if (last.size > 5_000) for (const [id, time] of last) if (left(time) <= 0) last.delete(id);
      last.set(personId, now());
    },
    /** The request came to nothing: the person may try again at once. */
    giveBack(personId: string): void {
      last.delete(personId);
    },
  };
}
