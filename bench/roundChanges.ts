/** How often a whole round is called slower or faster than another at its load, rightly and wrongly. */
import { compareReports } from '../src/report/comparison.ts';
import { randomFrom } from '../src/report/random.ts';
import { type Campaign, drawRound, reportOf } from './campaigns.ts';
import { truths } from './truths.ts';

export interface ChangeDesign {
  readonly name: string;
  readonly noise: number;
  readonly roundNoise: number;
  /** Rounds at the load before the one that is compared. */
  readonly rounds: number;
  /** What the checks of the last round really take, over what they took before. */
  readonly change: number;
}

const load = 2;
const slots = 8;
const checksPerRound = 40;

/** Of so many pairs of rounds, those whose interval does not hold 1. */
export function calledChanged(design: ChangeDesign, pairs: number): number {
  const random = randomFrom(design.name);
  let called = 0;
  for (let pair = 0; pair < pairs; pair++) {
    const campaign: Campaign = {
      checks: Array.from({ length: checksPerRound }, () => truths.straight(random)),
      slots,
      noise: design.noise,
      roundNoise: design.roundNoise,
    };
    const before = Array.from({ length: design.rounds }, (_, repeat) =>
      reportOf(drawRound(campaign, load, random), { load, slots, repeat }),
    );
    const seconds = drawRound(campaign, load, random).map((one) => one * design.change);
    const [baseline] = before.slice(-1);
    const candidate = reportOf(seconds, { load, slots, repeat: design.rounds });
    if (baseline && compareReports(baseline, candidate, before).ratios.withinNoise === false) called++;
  }
  return called;
}
