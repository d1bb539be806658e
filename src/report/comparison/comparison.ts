import { rowsBetween } from '../evidence/round.ts';
import { forecastFrom } from '../forecast/forecast.ts';
import { fasterChecks } from '../forecast/growth.ts';
import { byText, checkKey, checkName } from '../model/checkKey.ts';
import type { Comparison } from '../model/comparisonModel.ts';
import type { ComparedReport } from '../model/model.ts';
import { isDecided, outcomesOf } from '../model/outcomes.ts';
import { meanRatio, milli } from '../statistics/statistics.ts';
import { carriedIn } from '../steps/checkLoad.ts';
import { checkTimes, leastSeconds, type Timing, timingsOf } from '../steps/checkTimes.ts';
import { clusterAgrees, fixesApart, isOneCampaign, notComparable } from '../steps/comparable.ts';
import { measuredRoundNoise } from '../steps/noise.ts';
import { settingChanges } from './followUp.ts';

/**
 * One round against another. Nothing is compared that is not comparable.
 *
 * @param others more rounds of the schedule, in any order: repeats give the noise, further loads the forecast
 */
export function compareRounds(
  earlier: ComparedReport,
  later: ComparedReport,
  others: readonly ComparedReport[] = [],
): Comparison {
  const baseline = fixesApart(earlier, later);
  const candidate = fixesApart(later, earlier);
  const { varies, why } = notComparable(baseline, candidate);
  const heads = {
    baseline: headOf(baseline),
    candidate: headOf(candidate),
    clusterChanges:
      baseline.schedule === candidate.schedule
        ? settingChanges(baseline.clusterConfig, candidate.clusterConfig)
        : [],
    undecided: [
      ...(isDecided(baseline.verdict) ? [] : ['baseline' as const]),
      ...(isDecided(candidate.verdict) ? [] : ['candidate' as const]),
    ],
    baselinesDiffer: !isOneCampaign(baseline, candidate),
  };
  if (why !== undefined) return { comparable: false, why, varies, ...heads, ...nothingCompared };
  // Other checks, or a round that was seen in part, would pass for facts about this one.
  const belongs = (other: ComparedReport) =>
    isOneCampaign(other, candidate) && notComparable(other, candidate).why === undefined;
  const rounds = inOrder([baseline, candidate, ...others.filter(belongs)]);
  const names = new Map(candidate.steps.map((step) => [checkKey(step), checkName(step)]));
  const carried = varies === 'load' ? carriedIn([baseline, candidate]) : undefined;
  const nameOf = (key: string) => names.get(key) ?? key;
  const isScaled = (key: string) => carried?.inAll(nameOf(key)) ?? true;
  const timings = timingsOf(rounds);
  const checks = pairs(baseline, candidate, { names, isScaled, timings, varies });
  const noise = roundNoiseOf(baseline, candidate, rounds);
  const ratio = meanRatio(
    checks.flatMap((check) => (check.scaled ? ratioOf(check) : [])),
    noise,
  );
  // A check that was scaled in one of the rounds alone is neither.
  const unscaled = checks.flatMap((check) => (carried?.inNone(check.check) ? ratioOf(check) : []));
  const unscaledRatio = meanRatio(unscaled, noise);
  return {
    comparable: true,
    varies,
    loadRecorded: varies !== 'load' || carried !== undefined,
    ...heads,
    ratios: {
      n: checks.filter(({ scaled }) => scaled).length,
      geometricMean: ratio ? milli(ratio.mean) : null,
      low: ratio ? milli(ratio.low) : null,
      high: ratio ? milli(ratio.high) : null,
      runtime: quotient(heads.candidate.runtimeSeconds, heads.baseline.runtimeSeconds),
    },
    unscaled: unscaledRatio ? { n: unscaled.length, geometricMean: milli(unscaledRatio.mean) } : null,
    rows: varies === 'load' ? rowsBetween(baseline, candidate) : null,
    checks,
    oneLevelOnly: varies === 'load' ? oneLevelOnly(candidate, timings, names) : [],
    fixedWindows: fixedIn(baseline, candidate),
    unshared: {
      baseline: unsharedIn(baseline, candidate),
      candidate: unsharedIn(candidate, baseline),
    },
    newFailures: failedOnlyIn(candidate, baseline),
    fixed: failedOnlyIn(baseline, candidate),
    forecast: varies === 'load' ? forecastFrom(rounds, candidate, isScaled) : null,
  };
}

const nothingCompared = {
  loadRecorded: true,
  ratios: { n: 0, geometricMean: null, low: null, high: null, runtime: null },
  unscaled: null,
  rows: null,
  checks: [],
  oneLevelOnly: [],
  fixedWindows: [],
  unshared: { baseline: [], candidate: [] },
  newFailures: [],
  fixed: [],
  forecast: null,
} satisfies Partial<Comparison>;

/** As `ratio`, which is rounded and may be 0, of which there is no logarithm. */
function ratioOf({ candidateSeconds, baselineSeconds }: Comparison['checks'][number]): number {
  return candidateSeconds / baselineSeconds;
}

function headOf({ load, round, verdict }: ComparedReport): Comparison['baseline'] {
  return {
    load,
    startedAt: round.startedAt,
    runtimeSeconds: isDecided(verdict) ? verdict.runtimeSeconds : null,
  };
}

/** The same round may come twice, as the baseline and among the others. */
function inOrder(reports: readonly ComparedReport[]): ComparedReport[] {
  const once = new Map(reports.map((report) => [roundKey(report), report]));
  return [...once].sort((a, b) => byText(a[0], b[0])).map(([, report]) => report);
}

function roundKey({ clusterId, round }: ComparedReport): string {
  return `${clusterId} ${round.startedAt}`;
}

/**
 * How far whole rounds differ without any change, from the rounds on the baseline's cluster. At one load the candidate is left
 * out: how far it is from the others is the question.
 */
function roundNoiseOf(
  baseline: ComparedReport,
  candidate: ComparedReport,
  rounds: readonly ComparedReport[],
): number {
  const alike = rounds.filter(
    (round) =>
      clusterAgrees(round.clusterConfig, baseline.clusterConfig) === true &&
      (candidate.load !== baseline.load || roundKey(round) !== roundKey(candidate)),
  );
  return measuredRoundNoise([...timingsOf(alike).values()]);
}

interface PairFacts {
  readonly names: ReadonlyMap<string, string>;
  readonly isScaled: (key: string) => boolean;
  readonly timings: ReadonlyMap<string, readonly Timing[]>;
  readonly varies: Comparison['varies'];
}

function pairs(
  baseline: ComparedReport,
  candidate: ComparedReport,
  { names, isScaled, timings, varies }: PairFacts,
): Comparison['checks'] {
  const before = checkTimes(baseline);
  const faster = varies === 'load' ? fasterChecks(timings) : new Map<string, never>();
  const wordOf = (key: string): Pick<Comparison['checks'][number], 'word'> => {
    if (!isScaled(key)) return { word: 'constant' };
    const how = faster.get(key);
    if (how === undefined) return {};
    return {
      word: how === 'once' ? 'grows faster than the load' : 'grows faster than the load in every round',
    };
  };
  // What grows most with the load comes first: towards a lower load it is what shrinks most.
  const steepness = candidate.load < baseline.load ? -1 : 1;
  return [...checkTimes(candidate)]
    .flatMap(([key, seconds]): Comparison['checks'] => {
      const earlier = before.get(key);
      if (earlier === undefined) return [];
      return [
        {
          check: names.get(key) ?? key,
          scaled: isScaled(key),
          baselineSeconds: milli(earlier),
          candidateSeconds: milli(seconds),
          ratio: milli(seconds / earlier),
          ...wordOf(key),
        },
      ];
    })
    .sort((a, b) => steepness * (b.ratio - a.ratio) || byText(a.check, b.check));
}

/** Checks that completed in the candidate and at no other load. */
function oneLevelOnly(
  candidate: ComparedReport,
  timings: ReadonlyMap<string, readonly Timing[]>,
  names: ReadonlyMap<string, string>,
): string[] {
  const isOnly = (key: string) => timings.get(key)?.every(({ load }) => load === candidate.load);
  return [...checkTimes(candidate).keys()].filter(isOnly).map((key) => names.get(key) ?? key);
}

/** Checks that ran in both rounds, but in one of them with an interval that the user fixed. */
function fixedIn(baseline: ComparedReport, candidate: ComparedReport): string[] {
  const ranBefore = new Set(baseline.steps.map(checkName));
  const fixed = new Set([...baseline.fixedWindows, ...candidate.fixedWindows]);
  const names = candidate.steps.map(checkName).filter((name) => fixed.has(name) && ranBefore.has(name));
  return [...new Set(names)].sort(byText);
}

/** Checks that failed in one round and completed in the other: of one that was interrupted there, nobody knows. */
function failedOnlyIn(one: ComparedReport, other: ComparedReport): string[] {
  const [here, there] = [outcomesOf(one), outcomesOf(other)];
  const names = one.steps.flatMap((step) => {
    const key = checkKey(step);
    return here(key).kind === 'failed' && there(key).kind === 'completed' ? step.check : [];
  });
  return [...new Set(names)].sort(byText);
}

/** Checks that only one of the rounds ran. */
function unsharedIn(one: ComparedReport, other: ComparedReport): string[] {
  const ran = new Set(other.steps.map(checkKey));
  const names = one.steps.flatMap((step) => (ran.has(checkKey(step)) ? [] : checkName(step)));
  return [...new Set(names)].sort(byText);
}

function quotient(above: number | null, below: number | null): number | null {
  return above === null || below === null || below < leastSeconds ? null : milli(above / below);
}
