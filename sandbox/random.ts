/** A stream of numbers in [0, 1) that is the same for the same seed (mulberry32, public domain). */
export type Random = () => number;

export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A number in [0, 1) derived from a text alone: for traits of a named thing. */
export function fractionOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return createRandom(hash)();
}

/** A number between two bounds. */
export function between(random: Random, low: number, high: number): number {
  return low + random() * (high - low);
}

const idLetters = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ';

/** An identifier in EMR's form: `j-2AXXXXXXGAPLF`. */
export function awsId(random: Random, prefix: string): string {
  let id = prefix;
  for (let drawn = 0; drawn < 13; drawn++) id += idLetters[Math.floor(random() * idLetters.length)];
  return id;
}
