import { checkKey } from '../model/checkKey.ts';
import type { Report, ReportStep } from '../model/model.ts';
import { milli } from '../statistics/statistics.ts';
import { carriesLoad } from '../steps/checkLoad.ts';
import { checkTimes, type MeasuredRound } from '../steps/checkTimes.ts';
import { clusterAgrees } from '../steps/comparable.ts';
import { inStartOrder, makespan } from '../steps/makespan.ts';

/** The round with an estimate for every check that did not complete: rather too long than too short. */
export interface ImputedRound {
  readonly runtimeSeconds: number;
  readonly checks: number;
  /** Checks estimated from an earlier round, in proportion to the load. */
  readonly imputedFromEarlier: number;
  /** Checks that no earlier round measured: each is estimated by the P95 of this round. */
  readonly imputedAtP95: number;
  /** Checks that ran for longer than their estimate before they ended: how much longer they needed is not known. */
  readonly exceededEstimate: number;
  /** The longest run of those; null without such a run. */
  readonly exceededSeconds: number | null;
}

/**
 * The observed schedule with estimates for the missing time: a check that did not complete keeps its slot for as long as it took
 * in an earlier round on this cluster configuration, times the growth of the load, else for the P95 of this round; at least for as
 * long as it ran. What never started, and uploaded checks that did not run, come last.
 *
 * @param missing paths of the uploaded checks that did not run
 * @returns undefined where nothing is missing, or nothing was measured
 */
export function imputeRound(
  round: MeasuredRound,
  missing: readonly string[],
  { slots, runtimeSeconds, p95Seconds }: Record<'slots' | 'runtimeSeconds' | 'p95Seconds', number | null>,
  earlier: readonly Report[],
): ImputedRound | undefined {
  const attempts = lastOfEach(round.steps);
  const open = new Set([...attempts].flatMap(([key, step]) => (step.state === 'COMPLETED' ? [] : key)));
  const unseen = missing.map((check) => `${round.schedule}/${check}`);
  const keys = [...open, ...unseen];
  if (keys.length === 0 || slots === null || runtimeSeconds === null || p95Seconds === null) return undefined;
  const expected = expectedTimes(round, earlier);
  const guessOf = (key: string) => expected.get(key) ?? p95Seconds;
  const ranOf = longestRuns(round.steps);
  const wholeOf = (key: string) => Math.max(ranOf.get(key) ?? 0, guessOf(key));
  const started = inStartOrder(round.steps.filter(({ startedAt }) => startedAt !== null));
  const observed = started.map(({ runSeconds }) => runSeconds ?? 0);
  const neverStarted = [...open].filter((key) => attempts.get(key)?.startedAt === null);
  const whole = [
    ...started.map((step) => {
      const key = checkKey(step);
      const isOpen = open.has(key) && attempts.get(key) === step;
      return isOpen ? wholeOf(key) : (step.runSeconds ?? 0);
    }),
    ...[...neverStarted, ...unseen].map(wholeOf),
  ];
  const longer = Math.max(0, makespan(whole, slots) - makespan(observed, slots));
  const exceededEstimate = keys.filter((key) => wholeOf(key) > guessOf(key));
  const imputedFromEarlier = keys.filter(
    (key) => expected.has(key) && !exceededEstimate.includes(key),
  ).length;
  return {
    runtimeSeconds: milli(runtimeSeconds + longer),
    checks: attempts.size + unseen.length,
    imputedFromEarlier,
    imputedAtP95: keys.length - imputedFromEarlier - exceededEstimate.length,
    exceededEstimate: exceededEstimate.length,
    exceededSeconds: exceededEstimate.length === 0 ? null : Math.max(...exceededEstimate.map(wholeOf)),
  };
}

/** Seconds of the longest run of each check, however it ended: a second try that fails at once does not count. */
function longestRuns(steps: readonly ReportStep[]): Map<string, number> {
  const longest = new Map<string, number>();
  for (const step of steps)
    longest.set(checkKey(step), Math.max(longest.get(checkKey(step)) ?? 0, step.runSeconds ?? 0));
  return longest;
}

/** The step that completed a check; where none did, the last one that was submitted. */
function lastOfEach(steps: readonly ReportStep[]): Map<string, ReportStep> {
  const last = new Map<string, ReportStep>();
  for (const step of steps) {
    const key = checkKey(step);
    if (last.get(key)?.state !== 'COMPLETED') last.set(key, step);
  }
  return last;
}

/** Seconds of each check by the nearest level, at this load or below; in proportion to the load where it carries it. */
function expectedTimes(round: MeasuredRound, earlier: readonly Report[]): Map<string, number> {
  const lower = earlier
    .filter(
      ({ load, clusterConfig }) => load <= round.load && clusterAgrees(clusterConfig, round.clusterConfig),
    )
    .sort((a, b) => a.load - b.load);
  const carries = carriesLoad(round);
  const factorOf = (key: string, load: number) =>
    (carries?.(key.slice(round.schedule.length + 1)) ?? true) ? round.load / load : 1;
  // A higher load comes later and takes the place of a lower one.
  return new Map(
    lower.flatMap((one) =>
      [...checkTimes(one)].map(([key, seconds]) => [key, seconds * factorOf(key, one.load)] as const),
    ),
  );
}
