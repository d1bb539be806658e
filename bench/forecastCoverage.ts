/** How often the forecast's 80% band holds the load that nobody ran, in campaigns whose truth is known. */
import { compareReports } from '../src/report/comparison.ts';
import { type Random, randomFrom } from '../src/report/random.ts';
import { type Campaign, drawRound, reportOf, runtimeSeconds, type Truth } from './campaigns.ts';

export interface ForecastDesign {
  readonly name: string;
  readonly loads: readonly number[];
  /** Rounds at each level. */
  readonly rounds: number;
  /** The load that is forecast and then run once. */
  readonly unseen: number;
  readonly noise: number;
  readonly roundNoise: number;
  readonly truth: (random: Random) => Truth;
  /** A check beside those that are drawn from the truth, handed in first. */
  readonly first?: Truth;
}

export interface Coverage {
  readonly campaigns: number;
  readonly inside: number;
  /** Campaigns whose unseen round ended before the band began, and after it ended. */
  readonly below: number;
  readonly above: number;
  /** Median of point ÷ observed − 1. */
  readonly medianError: number;
  /** Median of (high − low) ÷ point. */
  readonly medianWidth: number;
}

export function coverageOf(design: ForecastDesign, campaigns: number): Coverage {
  const random = randomFrom(design.name);
  let below = 0;
  let above = 0;
  const errors: number[] = [];
  const widths: number[] = [];
  for (let drawn = 0; drawn < campaigns; drawn++) {
    const campaign = drawCampaign(design, random);
    const { slots } = campaign;
    const reports = design.loads.flatMap((load) =>
      Array.from({ length: design.rounds }, (_, repeat) =>
        reportOf(drawRound(campaign, load, random), { load, slots, repeat }),
      ),
    );
    const newest = reports.at(-1);
    const before = reports.findLast((report) => report.load < (newest?.load ?? 0));
    const point =
      newest &&
      before &&
      compareReports(before, newest, reports).forecast?.points.find((one) => one.load === design.unseen);
    if (!point) throw new Error(`no forecast of ${design.unseen}x in "${design.name}"`);
    const observed = runtimeSeconds(drawRound(campaign, design.unseen, random), slots);
    if (observed < point.lowSeconds) below++;
    if (observed > point.highSeconds) above++;
    errors.push(point.makespanSeconds / observed - 1);
    widths.push((point.highSeconds - point.lowSeconds) / point.makespanSeconds);
  }
  return {
    campaigns,
    below,
    above,
    inside: campaigns - below - above,
    medianError: median(errors),
    medianWidth: median(widths),
  };
}

/** 20 to 80 checks on 4 to 16 slots. */
function drawCampaign(design: ForecastDesign, random: Random): Campaign {
  const checks = Array.from({ length: 20 + random.below(61) }, () => design.truth(random));
  if (design.first) checks.unshift(design.first);
  return { checks, slots: 4 + random.below(13), noise: design.noise, roundNoise: design.roundNoise };
}

function median(values: number[]): number {
  return values.sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}
