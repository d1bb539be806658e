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
}

export interface VerdictCounts {
  readonly pairs: number;
  readonly linear: number;
  readonly falselyConfirmed: number;
  readonly superLinear: number;
  readonly confirmed: number;
  readonly suspected: number;
}

/** All checks that are not super-linear are exactly linear: the hardest ones to keep apart. */
export function verdictsOf(design: VerdictDesign, pairs: number): VerdictCounts {
  const random = randomFrom(design.name);
  const counts = { pairs, linear: 0, falselyConfirmed: 0, superLinear: 0, confirmed: 0, suspected: 0 };
  for (let pair = 0; pair < pairs; pair++) {
    const truth = new Map(
      Array.from({ length: checksPerPair }, (_, check) => [
        `15m/check_${check}.yml`,
        random.next() < superLinearShare,
      ]),
    );
    for (const [key, word] of scalingWords(drawTimings(design, truth, random))) {
      const isConfirmed = word === 'super-linear (confirmed)';
      if (truth.get(key)) {
        counts.superLinear++;
        if (isConfirmed) counts.confirmed++;
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
  return new Map(
    [...truth].map(([key, isSuperLinear], check) => {
      const base = 20 * Math.exp(random.normal());
      const own = design.noise * (check % 5 === 0 ? (design.unevenNoise ?? 1) : 1);
      const timings = rounds.map(({ load, shared }, round) => ({
        load,
        round,
        seconds: base * load ** (isSuperLinear ? exponent : 1) * Math.exp(shared + own * random.normal()),
      }));
      return [key, timings];
    }),
  );
}
