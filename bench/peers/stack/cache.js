// Cache-aside: what Redis has is answered as it lies there, what it has not is made once more and put there.

/** Answers as octets, so that neither side of a hit is decoded. `make` answers text, or null for what does not exist. */
export function cacheAside(redis) {
  return async function cached(key, seconds, make) {
    const kept = await redis.getBuffer(key);
    if (kept !== null) return kept;
    const made = await make();
    if (made !== null) await redis.set(key, made, 'EX', seconds);
    return made;
  };
}
