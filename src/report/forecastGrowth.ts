import { measureBend } from './bend.ts';
import { bendLoads, type Checks, type Fits, fitChecks } from './forecastModel.ts';
import { type KnownStart, knownStart, predictSeconds } from './linearFit.ts';
import type { Noise } from './noise.ts';
import { commonStartUp } from './startUp.ts';

/** How each check is taken to grow: a + b · load^exponent. */
export interface Growth {
  readonly exponents: Float64Array;
  /** What is not known of each exponent, as variance. */
  readonly variances: Float64Array;
  /** The measurements at load^exponent, and the straight lines through them. */
  readonly bent: Checks;
  readonly fits: Fits;
  /** What all checks together tell of each one's start-up. */
  readonly known: KnownStart | undefined;
  readonly largest: number;
}

/** How far the checks' exponents stray from the common one, before anything is known: as if so many checks had shown it. */
const presumedSpread = 0.1;
const presumedChecks = 5;
/** An exponent known to this is worth half of one known exactly, in the estimate of the spread. */
const halfWorth = 0.15;
/**
 * No exponent is drawn further than so many of its own deviations, so that the one check that surely bends is not taken for as straight as
 * all others (limited translation: Efron and Morris, 1972).
 */
const mostDrawn = 2;
/** What no check is believed to exceed, however it looks. */
const mostBelow = 0.3;
const mostAbove = 0.5;
/** Measurements without noise would make the weights infinite. */
const leastNoise = 0.001;

/**
 * Each check's own exponent around the one that all share: what its times show of a bend, drawn towards the common one as far as the
 * bend may be noise. How far exponents really differ is taken from all checks (empirical Bayes, by moments).
 */
export function growthOf(checks: Checks, shared: number, noise: Noise): Growth {
  const step = Math.max(noise.step, leastNoise);
  const atShared = bendLoads(checks, shared);
  const startUp = commonStartUp(atShared, step);
  const bends = atShared.map((check) => {
    const bend = measureBend(check, step, startUp);
    return bend && Number.isFinite(bend.deviation) ? bend : undefined;
  });
  const spread = spreadOf(bends.filter((bend) => bend !== undefined));
  const exponents = new Float64Array(checks.length).fill(shared);
  const variances = new Float64Array(checks.length);
  for (const [index, bend] of bends.entries()) {
    if (!bend) continue;
    const trust = spread / (spread + bend.deviation ** 2);
    const drawn = (1 - trust) * bend.exponent;
    const most = mostDrawn * bend.deviation;
    const own = bend.exponent - Math.min(most, Math.max(-most, drawn));
    exponents[index] = shared * (1 + Math.min(mostAbove, Math.max(-mostBelow, own)));
    variances[index] = (Math.abs(drawn) > most ? 1 : trust) * bend.deviation ** 2;
  }
  const bent = bendLoads(checks, exponents);
  const known = startUp && knownStart(startUp, step);
  const largest = checks.reduce(
    (most, check) => check.reduce((more, { load }) => Math.max(more, load), most),
    0,
  );
  return { exponents, variances, bent, fits: fitChecks(bent, known), known, largest };
}

/** The variance of the exponents themselves: what they stray beyond what is not known of each. */
function spreadOf(bends: readonly { exponent: number; deviation: number }[]): number {
  let weights = presumedChecks / (2 * halfWorth ** 2) ** 2;
  let sum = weights * presumedSpread ** 2;
  for (const { exponent, deviation } of bends) {
    const weight = 1 / (deviation ** 2 + halfWorth ** 2) ** 2;
    weights += weight;
    sum += weight * (exponent ** 2 - deviation ** 2);
  }
  return Math.max(leastNoise ** 2, sum / weights);
}

/**
 * What each check's growing part is multiplied with at a load; for a check without a fit, what its whole time is, as all others grow
 * together. Beyond the largest measured load the mean over what is not known of an exponent is more than at the exponent itself.
 */
export function sizesAt(growth: Growth, load: number): Float64Array {
  const { exponents, variances, bent, fits } = growth;
  const beyond = beyondLargest(growth, load);
  const sizes = exponents.map(
    (exponent, index) => load ** exponent * Math.exp(((variances[index] ?? 0) * beyond ** 2) / 2),
  );
  const factors = new Map<number, number>();
  for (const [index, check] of bent.entries()) {
    if (fits[index]) continue;
    const measuredAt = (check[0]?.load ?? 1) ** (1 / (exponents[index] ?? 1));
    const factor = factors.get(measuredAt) ?? together(fits, sizes) / togetherAt(growth, measuredAt);
    factors.set(measuredAt, factor);
    sizes[index] = factor;
  }
  return sizes;
}

/** Log of a load over the largest that was measured; 0 up to that. */
export function beyondLargest({ largest }: Growth, load: number): number {
  return Math.max(0, Math.log(load / largest));
}

function togetherAt({ fits, exponents }: Growth, load: number): number {
  return together(
    fits,
    exponents.map((exponent) => load ** exponent),
  );
}

function together(fits: Fits, sizes: Float64Array): number {
  let seconds = 0;
  for (const [index, fit] of fits.entries()) if (fit) seconds += predictSeconds(fit, sizes[index] ?? 0);
  return seconds;
}
