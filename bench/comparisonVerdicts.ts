/** How often a check is called super-linear, rightly and wrongly, on pairs of levels whose truth is known. */
import type { Timing } from '../src/report/checkTimes.ts';
import { type Random, randomFrom } from '../src/report/random.ts';
import { scalingWords } from '../src/report/scaling.ts';

const checksPerPair = 40;
const superLinearShare = 0.2;
const exponent = 1.3;

export interface VerdictDesign {
  readonly name: string;
  readonly loads: readonly number[];
  /** Rounds at each level. */
  readonly rounds: number;
  readonly noise: number;
  readonly roundNoise: number;
  /** Every fifth check strays so many times as far as the others. */
  readonly unevenNoise?: number;
  /** Fixed seconds of each check, evenly drawn between these; none unless said. */
  readonly startUpSeconds?: readonly [number, number];
  /** One check in ten has no start-up all the same. */
  readonly someStartAtOnce?: boolean;
  /** One check in five grows by so much less than the load. */
  readonly slowGrowth?: number;
}

export interface VerdictCounts {
  readonly pairs: number;
  readonly linear: number;
  readonly falselyConfirmed: number;
  readonly superLinear: number;
  readonly confirmed: number;
  readonly suspected: number;
  /** Seconds at the largest load of the super-linear checks, and of those of them that are confirmed. */
  readonly superLinearSeconds: number;
  readonly confirmedSeconds: number;
}

/** All checks that are not super-linear are exactly linear: the hardest ones to keep apart. */
export function verdictsOf(design: VerdictDesign, pairs: number): VerdictCounts {
  const random = randomFrom(design.name);
  const counts = {
    pairs,
    linear: 0,
    falselyConfirmed: 0,
    superLinear: 0,
    confirmed: 0,
    suspected: 0,
    superLinearSeconds: 0,
    confirmedSeconds: 0,
  };
  for (let pair = 0; pair < pairs; pair++) {
    const truth = new Map(
      Array.from({ length: checksPerPair }, (_, check) => [
        `15m/check_${check}.yml`,
        random.next() < superLinearShare,
      ]),
    );
    const timings = drawTimings(design, truth, random);
    for (const [key, word] of scalingWords(timings)) {
      const seconds = timings.get(key)?.at(-1)?.seconds ?? 0;
      const isConfirmed = word === 'super-linear (confirmed)';
      if (truth.get(key)) {
        counts.superLinear++;
        counts.superLinearSeconds += seconds;
        if (isConfirmed) counts.confirmed++;
        if (isConfirmed) counts.confirmedSeconds += seconds;
        if (word === 'suspect: repeat the round') counts.suspected++;
      } else {
        counts.linear++;
        if (isConfirmed) counts.falselyConfirmed++;
      }
    }
  }
  return counts;
}

function drawTimings(
  design: VerdictDesign,
  truth: ReadonlyMap<string, boolean>,
  random: Random,
): Map<string, Timing[]> {
  const rounds = design.loads.flatMap((load) =>
    Array.from({ length: design.rounds }, () => ({ load, shared: design.roundNoise * random.normal() })),
  );
  const [least, most] = design.startUpSeconds ?? [0, 0];
  return new Map(
    [...truth].map(([key, isSuperLinear], check) => {
      const base = 20 * Math.exp(random.normal());
      const own = design.noise * (check % 5 === 0 ? (design.unevenNoise ?? 1) : 1);
      const startUp =
        most === 0 || (design.someStartAtOnce && check % 10 === 1)
          ? 0
          : least + (most - least) * random.next();
      const power = isSuperLinear ? exponent : check % 5 === 2 ? (design.slowGrowth ?? 1) : 1;
      const timings = rounds.map(({ load, shared }, round) => ({
        load,
        round,
        seconds: (startUp + base * load ** power) * Math.exp(shared + own * random.normal()),
      }));
      return [key, timings];
    }),
  );
}
