import type { Forecast } from './comparisonModel.ts';
import type { Verdict } from './model.ts';

type Range = Pick<Forecast, 'highestFit' | 'lowestMiss' | 'fitsUpTo' | 'breaksBetween' | 'mostLikely'>;
type Judged = { readonly load: number; readonly verdict: Pick<Verdict, 'outcome'> };

/**
 * Up to which load the schedule fits, and between which it stops fitting. A level that ran is a fact: nothing that the band
 * says can put the answer below a measured fit or above a measured miss. The band decides in between and beyond.
 *
 * @param points in rising order of load
 */
export function fittingRange(
  rounds: readonly Judged[],
  points: Forecast['points'],
  windowSeconds: number,
): Range {
  const { highestFit, lowestMiss } = measuredRange(rounds);
  const open = points.filter(
    ({ load }) => load > (highestFit ?? 0) && load < (lowestMiss ?? Number.POSITIVE_INFINITY),
  );
  const unsafe = open.findIndex((point) => point.highSeconds > windowSeconds);
  const safe = open.slice(0, unsafe < 0 ? open.length : unsafe);
  const fitsUpTo = safe.at(-1)?.load ?? highestFit;
  const breaks =
    open.find((point) => point.load > (fitsUpTo ?? 0) && point.lowSeconds > windowSeconds)?.load ??
    lowestMiss;
  const likely =
    open.find((point) => point.load > (fitsUpTo ?? 0) && point.makespanSeconds > windowSeconds)?.load ??
    lowestMiss;
  return {
    highestFit,
    lowestMiss,
    fitsUpTo,
    breaksBetween: breaks === null ? null : [fitsUpTo ?? 0, breaks],
    mostLikely: likely === null ? null : Math.min(likely, breaks ?? likely),
  };
}

/** A level fits when each of its rounds fits, and each round below it; one round that missed is a miss. */
function measuredRange(rounds: readonly Judged[]): Pick<Range, 'highestFit' | 'lowestMiss'> {
  const loads = (outcome: string) =>
    rounds.filter((round) => round.verdict.outcome === outcome).map((round) => round.load);
  const missed = loads('missed');
  const lowestMiss = missed.length === 0 ? null : Math.min(...missed);
  const fitted = loads('fits').filter((load) => load < (lowestMiss ?? Number.POSITIVE_INFINITY));
  return { highestFit: fitted.length === 0 ? null : Math.max(...fitted), lowestMiss };
}
