import { byText, checkKey, checkName } from './checkKey.ts';
import { checkTimes, leastSeconds, timingsOf } from './checkTimes.ts';
import { clusterAgrees, notComparable } from './comparable.ts';
import type { Comparison } from './comparisonModel.ts';
import { whatConfirms } from './confirmation.ts';
import { forecastFrom } from './forecast.ts';
import { meanRatio } from './geometricMean.ts';
import type { Report } from './model.ts';
import { estimateNoise } from './noise.ts';
import { scaledAmong } from './scaledChecks.ts';
import { type ScalingWord, scalingWords } from './scaling.ts';
import { fixesApart } from './sharedFixes.ts';
import { median, milli } from './statistics.ts';
import { isDecided } from './verdict.ts';

/** A report as a comparison needs it: one that is being built has no comparison yet. */
export type ComparedReport = Omit<Report, 'comparison'>;

/**
 * One round against another. Nothing is compared that is not comparable; a single check is called super-linear only where
 * rounds were repeated.
 *
 * @param others more rounds of the schedule, in any order: repeats give the noise, further loads the forecast
 */
export function compareReports(
  earlier: ComparedReport,
  later: ComparedReport,
  others: readonly ComparedReport[] = [],
): Comparison {
  const baseline = fixesApart(earlier, later);
  const candidate = fixesApart(later, earlier);
  const { varies, why } = notComparable(baseline, candidate);
  const heads = { baseline: headOf(baseline), candidate: headOf(candidate) };
  if (why !== undefined)
    return {
      comparable: false,
      why,
      varies,
      ...heads,
      ratios: { n: 0, geometricMean: null, low: null, high: null, runtime: null, withinNoise: null },
      unscaled: null,
      checks: [],
      toConfirm: null,
      fixedWindows: [],
      newFailures: [],
      fixed: [],
      forecast: null,
    };
  const rounds = inOrder([baseline, candidate, ...others.filter((other) => belongs(other, candidate))]);
  const names = new Map(candidate.steps.map((step) => [checkKey(step), checkName(step)]));
  const isScaled = varies === 'load' ? scaledAmong(names) : () => true;
  const timings = new Map([...timingsOf(rounds)].filter(([key]) => isScaled(key)));
  const words = scalingWords(timings);
  const checks = pairs(baseline, candidate, { names, isScaled, words });
  const noise = roundNoise(baseline, candidate, rounds);
  const ratio = meanRatio(
    checks.flatMap((check) => (check.scaled ? ratioOf(check) : [])),
    noise,
  );
  const unscaled = checks.flatMap((check) => (check.scaled ? [] : ratioOf(check)));
  const unscaledRatio = meanRatio(unscaled, noise);
  return {
    comparable: true,
    varies,
    ...heads,
    ratios: {
      n: checks.length - unscaled.length,
      geometricMean: ratio ? milli(ratio.mean) : null,
      low: ratio ? milli(ratio.low) : null,
      high: ratio ? milli(ratio.high) : null,
      runtime:
        isDecided(candidate.verdict) && isDecided(baseline.verdict)
          ? quotient(candidate.verdict.runtimeSeconds, baseline.verdict.runtimeSeconds)
          : null,
      withinNoise: ratio ? ratio.low <= 1 && ratio.high >= 1 : null,
    },
    unscaled: unscaledRatio ? { n: unscaled.length, geometricMean: milli(unscaledRatio.mean) } : null,
    checks,
    toConfirm: varies === 'load' ? (whatConfirms(timings, words) ?? null) : null,
    fixedWindows: fixedIn(baseline, candidate),
    newFailures: failedOnlyIn(candidate, baseline),
    fixed: failedOnlyIn(baseline, candidate),
    forecast: varies === 'load' ? forecastFrom(rounds, candidate, isScaled) : null,
  };
}

/** As `ratio`, which is rounded and may be 0, of which there is no logarithm. */
function ratioOf({ candidateSeconds, baselineSeconds }: Comparison['checks'][number]): number {
  return candidateSeconds / baselineSeconds;
}

function headOf(report: ComparedReport): Comparison['baseline'] {
  return { load: report.load, startedAt: report.round.startedAt };
}

/** The same round may come twice, as the baseline and among the others. */
function inOrder(reports: readonly ComparedReport[]): ComparedReport[] {
  const once = new Map(reports.map((report) => [`${report.clusterId} ${report.round.startedAt}`, report]));
  return [...once].sort((a, b) => byText(a[0], b[0])).map(([, report]) => report);
}

/** Rounds of other checks, or of a round that was seen in part, would pass for facts about this one. */
function belongs(other: ComparedReport, candidate: ComparedReport): boolean {
  return notComparable(other, candidate).why === undefined;
}

/**
 * What whole rounds stray by themselves, from the rounds on the baseline's cluster. At one load the candidate is left out: how far it
 * is from the others is the question.
 */
function roundNoise(
  baseline: ComparedReport,
  candidate: ComparedReport,
  rounds: readonly ComparedReport[],
): number {
  const alike = rounds.filter(
    (round) =>
      clusterAgrees(round.clusterConfig, baseline.clusterConfig) === true &&
      (candidate.load !== baseline.load || !isSame(round, candidate)),
  );
  return estimateNoise([...timingsOf(alike).values()]).round;
}

function isSame(one: ComparedReport, other: ComparedReport): boolean {
  return one.clusterId === other.clusterId && one.round.startedAt === other.round.startedAt;
}

interface Judged {
  readonly names: ReadonlyMap<string, string>;
  readonly isScaled: (key: string) => boolean;
  readonly words: ReadonlyMap<string, ScalingWord>;
}

function pairs(
  baseline: ComparedReport,
  candidate: ComparedReport,
  { names, isScaled, words }: Judged,
): Comparison['checks'] {
  const before = checkTimes(baseline);
  const growth = Math.log(candidate.load / baseline.load);
  const typical = spreadOf(candidate, before);
  // What grows most with the load comes first: towards a lower load it is what shrinks most.
  const steepness = growth < 0 ? -1 : 1;
  return [...checkTimes(candidate)]
    .flatMap(([key, seconds]): Comparison['checks'] => {
      const earlier = before.get(key);
      if (earlier === undefined) return [];
      const ratio = seconds / earlier;
      return [
        {
          check: names.get(key) ?? key,
          scaled: isScaled(key),
          baselineSeconds: milli(earlier),
          candidateSeconds: milli(seconds),
          ratio: milli(ratio),
          exponent: growth === 0 ? null : milli(Math.log(ratio) / growth),
          word: growth === 0 ? slowerWord(ratio, typical) : (words.get(key) ?? 'insufficient data'),
        },
      ];
    })
    .sort((a, b) => steepness * (b.ratio - a.ratio) || byText(a.check, b.check));
}

/** Checks that ran in both rounds, but in one of them with a window that a person fixed. */
function fixedIn(baseline: ComparedReport, candidate: ComparedReport): string[] {
  const ranBefore = new Set(baseline.steps.map(checkName));
  const fixed = new Set([...baseline.fixedWindows, ...candidate.fixedWindows]);
  const names = candidate.steps.map(checkName).filter((name) => fixed.has(name) && ranBefore.has(name));
  return [...new Set(names)].sort(byText);
}

/** The middle of the log ratios and their spread around it (1.4826 × MAD): what a check has to stand out from. */
function spreadOf(
  candidate: ComparedReport,
  before: ReadonlyMap<string, number>,
): { middle: number; spread: number } | undefined {
  const logs = [...checkTimes(candidate)].flatMap(([key, seconds]) => {
    const earlier = before.get(key);
    return earlier === undefined ? [] : Math.log(seconds / earlier);
  });
  const middle = median(logs);
  if (logs.length < 5 || middle === null) return undefined;
  return { middle, spread: 1.4826 * (median(logs.map((log) => Math.abs(log - middle))) ?? 0) };
}

/** At one load there is no growth to judge; a check that got slower than the rest is worth another round. */
function slowerWord(ratio: number, typical: { middle: number; spread: number } | undefined): ScalingWord {
  if (!typical) return 'insufficient data';
  const standsOut = Math.log(ratio) - typical.middle > Math.max(3 * typical.spread, 0.05);
  return standsOut ? 'suspect: repeat the round' : 'within noise';
}

function failedOnlyIn(one: ComparedReport, other: ComparedReport): string[] {
  const failed = new Set(other.steps.flatMap((step) => (step.failure ? checkKey(step) : [])));
  const names = one.steps.flatMap((step) => (step.failure && !failed.has(checkKey(step)) ? step.check : []));
  return [...new Set(names)].sort(byText);
}

function quotient(above: number | null, below: number | null): number | null {
  return above === null || below === null || below < leastSeconds ? null : milli(above / below);
}
