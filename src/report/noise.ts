import type { Timing } from './checkTimes.ts';
import { fitLinear, predictSeconds } from './linearFit.ts';
import { chiSquaredQuantile } from './significance.ts';
import { median } from './statistics.ts';

/** How far measurements stray, as deviations of log seconds (0.1 is about 10%). */
export interface Noise {
  /** Of one step by itself. */
  readonly step: number;
  /** Of all steps of a round together: a day of slower machines. */
  readonly round: number;
}

/** Taken where neither a repeat nor a third level shows the noise. */
const assumed: Noise = { step: 0.1, round: 0.03 };
/** Beyond a factor of e nothing can be forecast, and the exponential of it would leave the numbers. */
const mostNoise = 1;
/** Measurements without noise would make weights infinite. */
export const leastNoise = 0.001;
/** The rounds are few: their common noise is drawn towards the assumption as if by so many more of them. */
const assumedRounds = 2;

/** The noise of one measurement, from repeats at a load where there are any, else from what the fits leave over. */
export function estimateNoise(checks: readonly (readonly Timing[])[]): Noise {
  const repeated = residualsOf(checks, fromLevelMean);
  const { byRound, degrees, parameters } =
    repeated.degrees > 0 ? repeated : residualsOf(checks, fromLinearFit);
  if (degrees === 0) return assumed;
  let within = 0;
  let between = 0;
  let perRound = 0;
  for (const residuals of byRound.values()) {
    const mean = residuals.reduce((sum, one) => sum + one, 0) / residuals.length;
    for (const one of residuals) within += (one - mean) ** 2;
    between += mean ** 2;
    perRound += 1 / residuals.length;
  }
  const roundDegrees = Math.max(0, byRound.size - parameters);
  const step2 = within / Math.max(1, degrees - roundDegrees);
  // The mean over a round's steps strays by their own noise too.
  const excess = Math.max(0, between - (step2 * perRound * roundDegrees) / Math.max(1, byRound.size));
  return {
    step: Math.min(mostNoise, Math.sqrt(step2)),
    round: Math.min(
      mostNoise,
      Math.sqrt((excess + assumedRounds * assumed.round ** 2) / (roundDegrees + assumedRounds)),
    ),
  };
}

interface Residuals {
  readonly byRound: Map<number, number[]>;
  readonly degrees: number;
  /** Parameters that each check's model takes from the rounds. */
  readonly parameters: number;
}

type ResidualModel = (
  check: readonly Timing[],
) => { parameters: number; logAt: (timing: Timing) => number } | undefined;

function residualsOf(checks: readonly (readonly Timing[])[], model: ResidualModel): Residuals {
  const byRound = new Map<number, number[]>();
  let degrees = 0;
  let parameters = 0;
  for (const check of checks) {
    const fitted = model(check);
    if (!fitted || check.length <= fitted.parameters) continue;
    degrees += check.length - fitted.parameters;
    parameters = Math.max(parameters, fitted.parameters);
    for (const timing of check) {
      const residual = Math.log(timing.seconds) - fitted.logAt(timing);
      const known = byRound.get(timing.round);
      if (known) known.push(residual);
      else byRound.set(timing.round, [residual]);
    }
  }
  return { byRound, degrees, parameters };
}

const fromLevelMean: ResidualModel = (check) => {
  const means = levelMeans(check);
  return { parameters: means.size, logAt: ({ load }) => means.get(load) ?? 0 };
};

const fromLinearFit: ResidualModel = (check) => {
  const fit = fitLinear(check);
  return fit && { parameters: 2, logAt: ({ load }) => Math.log(predictSeconds(fit, load)) };
};

function levelMeans(check: readonly Timing[]): Map<number, number> {
  const levels = new Map<number, number[]>();
  for (const { load, seconds } of check) levels.set(load, [...(levels.get(load) ?? []), Math.log(seconds)]);
  return new Map(
    [...levels].map(([load, logs]) => [load, logs.reduce((sum, log) => sum + log, 0) / logs.length]),
  );
}

/**
 * The noise of a measurement of a typical check, from all checks that were measured more than once at a load: by the median,
 * so that a few that stray far do not hide the others. Undefined where nothing was repeated.
 */
export function typicalNoise(checks: readonly (readonly Timing[])[]): number | undefined {
  const variances = checks.flatMap((check) => {
    const { squares, degrees } = ownNoise(check);
    return degrees === 0 ? [] : squares / chiSquaredQuantile(degrees, 0);
  });
  const middle = median(variances);
  return middle === null ? undefined : Math.sqrt(middle);
}

/** Squared deviations of one check from its mean at each load, and their degrees of freedom. */
export function ownNoise(check: readonly Timing[]): { squares: number; degrees: number } {
  const means = levelMeans(check);
  const squares = check.reduce(
    (sum, { load, seconds }) => sum + (Math.log(seconds) - (means.get(load) ?? 0)) ** 2,
    0,
  );
  return { squares, degrees: check.length - means.size };
}
