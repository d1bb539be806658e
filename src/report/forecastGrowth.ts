import { type Bend, measureBend } from './bend.ts';
import { bendLoads, type Checks, type Fits } from './forecastModel.ts';
import { fitLinear, type KnownStart, knownStart, predictSeconds } from './linearFit.ts';
import { leastNoise, type Noise } from './noise.ts';
import { commonStartUp } from './startUp.ts';
import { steadyFit } from './steadyChecks.ts';

/** How each check is taken to grow: a + b · load^exponent. */
export interface Growth {
  readonly exponents: Float64Array;
  /** What is not known of each exponent, as variance. */
  readonly variances: Float64Array;
  /** How far an exponent that surely lies higher was drawn down all the same: what it may be more than that. */
  readonly heldBack: Float64Array;
  /** The measurements at load^exponent, and the straight lines through them. */
  readonly bent: Checks;
  readonly fits: Fits;
  /** The checks that take as long at every load. */
  readonly steady: readonly boolean[];
  /** What all checks together tell of each one's start-up. */
  readonly known: KnownStart | undefined;
  readonly largest: number;
}

/** How far the checks' exponents stray from the common one, before anything is known: as if so many checks had shown it. */
const presumedSpread = 0.1;
const presumedChecks = 5;
/** An exponent known to this is worth half of one known exactly, in the estimate of the spread; none tells of more than the second. */
const halfWorth = 0.15;
const mostTold = 0.5;
/**
 * No exponent is drawn further than so many of its own deviations, so that the one check that surely bends is not taken for as straight as
 * all others (limited translation: Efron and Morris, 1972). One that lies more than `surely` deviations out is drawn even less, by
 * the square of how far out it lies: it is not of the others' kind, and theirs tells little of it. Chosen by simulation, on other seeds
 * than those of docs/simulation.md.
 */
const mostDrawn = 1.5;
const surely = 2.5;
/** What is not known of an exponent that is drawn no further, at most; as deviation. */
const mostUnknown = 0.2;
/** What no check is believed to exceed, however it looks. */
const mostBelow = 0.3;
const mostAbove = 1;
/** A bend is measured as if it were small: one that is not is measured again from where it was found to lie. */
const passes = 3;
const smallBend = 0.1;

/**
 * Each check's own exponent around the one that all share: what its times show of a bend, drawn towards the common one as far as the
 * bend may be noise. How far exponents really differ is taken from all checks (empirical Bayes, by moments).
 *
 * @param steady for each check, whether it takes as long at every load
 */
export function growthOf(
  checks: Checks,
  shared: number,
  { noise, steady }: { readonly noise: Noise; readonly steady: readonly boolean[] },
): Growth {
  const step = Math.max(noise.step, leastNoise);
  const growing = checks.filter((_, index) => !steady[index]);
  const startUp = commonStartUp(bendLoads(growing, shared), step);
  const bendAt = (check: Checks[number], exponent: number) => {
    const [bent] = bendLoads([check], exponent);
    const bend = bent && measureBend(bent, step, startUp);
    return bend && Number.isFinite(bend.deviation) ? bend : undefined;
  };
  const bends = checks.map((check, index) => (steady[index] ? undefined : bendAt(check, shared)));
  const spread = spreadOf(bends.filter((bend) => bend !== undefined));
  const exponents = new Float64Array(checks.length).fill(shared);
  const variances = new Float64Array(checks.length);
  const heldBack = new Float64Array(checks.length);
  for (const [index, check] of checks.entries()) {
    let bend: Bend | undefined = bends[index];
    for (let pass = 0; bend && pass < passes; pass++) {
      const own = drawnBend(bend, spread);
      const relative = 1 + Math.min(mostAbove, Math.max(-mostBelow, own.exponent));
      exponents[index] = shared * relative;
      variances[index] = own.variance;
      heldBack[index] = own.heldBack;
      if (Math.abs(own.exponent) < smallBend) break;
      const again = bendAt(check, shared * relative);
      bend = again && {
        exponent: relative * (1 + again.exponent) - 1,
        deviation: relative * again.deviation,
      };
    }
  }
  const bent = bendLoads(checks, exponents);
  const known = startUp && knownStart(startUp, step);
  const largest = checks.reduce(
    (most, check) => check.reduce((more, { load }) => Math.max(more, load), most),
    0,
  );
  return {
    exponents,
    variances,
    heldBack,
    bent,
    fits: fitGrowth(bent, known, steady),
    steady,
    known,
    largest,
  };
}

/** A straight line for each check that grows, and the mean of each that does not. */
export function fitGrowth(bent: Checks, known: KnownStart | undefined, steady: readonly boolean[]): Fits {
  return bent.map((check, index) => (steady[index] ? steadyFit(check) : fitLinear(check, known)));
}

/**
 * What is believed of a bend. However little its own times tell, its variance is bounded: by the spread of all exponents, and for one
 * that is drawn no further by `mostUnknown`. A check that hardly grows has a bend that is not known to several whole powers.
 */
function drawnBend(
  { exponent, deviation }: Bend,
  spread: number,
): { exponent: number; variance: number; heldBack: number } {
  const trust = spread / (spread + deviation ** 2);
  const drawn = (1 - trust) * exponent;
  const most = mostDrawn * deviation * Math.min(1, ((surely * deviation) / exponent) ** 2);
  if (Math.abs(drawn) <= most)
    return { exponent: exponent - drawn, variance: trust * deviation ** 2, heldBack: 0 };
  const held = Math.sign(drawn) * most;
  return {
    exponent: exponent - held,
    variance: Math.min(deviation ** 2, mostUnknown ** 2),
    heldBack: Math.max(0, held),
  };
}

/** The variance of the exponents themselves: what they stray beyond what is not known of each. */
function spreadOf(bends: readonly { exponent: number; deviation: number }[]): number {
  let weights = presumedChecks / (2 * halfWorth ** 2) ** 2;
  let sum = weights * presumedSpread ** 2;
  for (const { exponent, deviation } of bends) {
    const weight = 1 / (deviation ** 2 + halfWorth ** 2) ** 2;
    weights += weight;
    sum += weight * (Math.min(exponent ** 2, mostTold ** 2) - deviation ** 2);
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
    const factor = factors.get(measuredAt) ?? together(growth, sizes) / togetherAt(growth, measuredAt);
    factors.set(measuredAt, factor);
    sizes[index] = factor;
  }
  return sizes;
}

/** Log of a load over the largest that was measured; 0 up to that. */
export function beyondLargest({ largest }: Growth, load: number): number {
  return Math.max(0, Math.log(load / largest));
}

function togetherAt(growth: Growth, load: number): number {
  return together(
    growth,
    growth.exponents.map((exponent) => load ** exponent),
  );
}

/** Of the checks that grow: a check that was measured once is taken to be one of them. */
function together({ fits, steady }: Growth, sizes: Float64Array): number {
  let seconds = 0;
  for (const [index, fit] of fits.entries())
    if (fit && !steady[index]) seconds += predictSeconds(fit, sizes[index] ?? 0);
  return seconds;
}
