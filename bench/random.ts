/** Numbers that look random and are the same every time: a report must give the same bytes for the same steps. */
export interface Random {
  /** Even over [0, 1). */
  next(): number;
  /** Even over 0 … count − 1. */
  below(count: number): number;
  /** Normal, mean 0 and deviation 1. */
  normal(): number;
}

/** A generator of 32 bits of state (mulberry32), started from a text. */
export function randomFrom(seed: string): Random {
  let state = 2_166_136_261;
  let second: number | undefined;
  // FNV-1a: every character of the seed counts.
  for (let at = 0; at < seed.length; at++) state = Math.imul(state ^ seed.charCodeAt(at), 16_777_619);
  const next = () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  return {
    next,
    below: (count) => Math.floor(next() * count),
    normal() {
      if (second !== undefined) {
        const normal = second;
        second = undefined;
        return normal;
      }
      // Box and Muller, 1958: two at a time; 1 − next() is never 0.
      const radius = Math.sqrt(-2 * Math.log(1 - next()));
      const angle = 2 * Math.PI * next();
      second = radius * Math.sin(angle);
      return radius * Math.cos(angle);
    },
  };
}
