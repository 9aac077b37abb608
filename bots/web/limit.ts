/**
 * A bucket for each key that holds a minute's worth and fills evenly. In memory: several web processes each
 * grant the full rate, which a limit against floods may.
 */
export function createLimiter(perMinute: number, now: () => number = () => performance.now()) {
  const buckets = new Map<string, { left: number; at: number }>();
  const perMs = perMinute / 60_000;

  function sweep(time: number) {
    for (const [key, bucket] of buckets)
      if (bucket.left + (time - bucket.at) * perMs >= perMinute) buckets.delete(key);
  }

  return {
    /** Takes `cost` from the key's bucket. Returns 0, or the whole seconds to wait if there isn't enough. */
    take(key: string, cost = 1): number {
      const time = now();
      if (buckets.size > 5_000) sweep(time);
      const bucket = buckets.get(key) ?? { left: perMinute, at: time };
      bucket.left = Math.min(perMinute, bucket.left + (time - bucket.at) * perMs);
      bucket.at = time;
      buckets.set(key, bucket);
      if (bucket.left >= cost) {
        bucket.left -= cost;
        return 0;
      }
      return Math.max(1, Math.ceil((cost - bucket.left) / perMs / 1000));
    },
  };
}
export type Limiter = ReturnType<typeof createLimiter>;
