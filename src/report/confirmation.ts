import type { Timing } from './checkTimes.ts';
import { roundsAtTwoLoads, type ScalingWord } from './scaling.ts';
import { percent } from './share.ts';
import { excessOf, measuredYardstick, presumedYardstick, type Yardstick } from './yardstick.ts';

/** The growth that is to be found: that of docs/simulation.md. */
const exponent = 1.3;
/**
 * Deviations: one check in five being super-linear and one confirmed check in a hundred wrong, p = 0.002 is believed, which is 2.88;
 * 0.84 more are reached four times in five.
 */
const foundFrom = 2.88 + 0.84;
/** Two rounds a level know the noise too badly; nobody runs more than a dozen. */
const fewestRounds = 3;
const mostRounds = 12;

/**
 * What would confirm the suspects, by the test that confirms: more rounds at the levels at hand, or one level more. Undefined
 * where nothing is suspect.
 */
export function whatConfirms(
  timings: ReadonlyMap<string, readonly Timing[]>,
  words: ReadonlyMap<string, ScalingWord>,
): string | undefined {
  const suspects = [...timings].flatMap(([key, check]) =>
    words.get(key) === 'suspect: repeat the round' ? [check] : [],
  );
  if (suspects.length === 0) return undefined;
  const checks = [...timings.values()];
  const measured = measuredYardstick(checks);
  const yardstick = measured ?? presumedYardstick(checks);
  const levels = [...new Set(checks.flatMap((check) => check.map(({ load }) => load)))].sort((a, b) => a - b);
  const roundsSoFar = Math.max(...suspects.map(roundsAtTwoLoads));
  const ways = [levels, ...wider(levels)].flatMap((loads) => {
    const from = loads === levels ? Math.max(fewestRounds, roundsSoFar + 1) : fewestRounds;
    const rounds = roundsFor(loads, suspects, yardstick, from);
    return rounds === undefined ? [] : [`${rounds} rounds at each of ${listed(loads)}`];
  });
  const noise = `at ${measured ? 'the measured noise' : 'a noise, estimated without repeats,'} of ${percent(yardstick.noise)} a step`;
  const who = suspects.length === 1 ? 'the suspect' : 'most of the suspects';
  if (ways.length === 0)
    return `${mostRounds} rounds at each of ${listed(wider(levels).at(-1) ?? levels)} would not confirm ${who} ${noise}, not even growth by load^${exponent}`;
  return `Growth by load^${exponent} would be confirmed for ${who}, four times in five, by ${ways.join(', or ')} (in all, ${noise})`;
}

/** One level more: half of the lowest where that is whole, and twice the highest. */
function wider(levels: readonly number[]): number[][] {
  const [lowest = 1] = levels;
  const above = [...levels, 2 * (levels.at(-1) ?? lowest)];
  return lowest % 2 === 0 ? [[lowest / 2, ...levels], above] : [above];
}

/** The fewest rounds a level that find at least half of the suspects. */
function roundsFor(
  loads: readonly number[],
  suspects: readonly (readonly Timing[])[],
  yardstick: Yardstick,
  from: number,
): number | undefined {
  for (let rounds = from; rounds <= mostRounds; rounds++) {
    const found = suspects.filter((check) => {
      const excess = excessOf(grown(check, loads, rounds, yardstick), yardstick);
      return excess !== undefined && excess >= foundFrom;
    });
    if (2 * found.length >= suspects.length) return rounds;
  }
  return undefined;
}

/** The check at these loads without noise, were its time the common start-up and work that grows by load^1.3. */
function grown(
  check: readonly Timing[],
  loads: readonly number[],
  rounds: number,
  { startUp }: Yardstick,
): Timing[] {
  const shortest = Math.min(...check.map(({ seconds }) => seconds));
  const fixed = Math.min(startUp?.seconds ?? 0, shortest / 2);
  const logs = check.map(({ load, seconds }) => Math.log((seconds - fixed) / load ** exponent));
  const work = Math.exp(logs.reduce((sum, log) => sum + log, 0) / logs.length);
  return loads.flatMap((load, level) =>
    Array.from({ length: rounds }, (_, repeat) => ({
      load,
      round: level * rounds + repeat,
      seconds: fixed + work * load ** exponent,
    })),
  );
}

/** "1x, 2x and 4x". */
function listed(loads: readonly number[]): string {
  const names = loads.map((load) => `${load}x`);
  return `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}
