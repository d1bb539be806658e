/** What a round's runtime shows of a suggestion that promised one. */
import { isBroken } from './brokenRound.ts';
import { checkKey } from './checkKey.ts';
import type { MeasuredRound } from './checkTimes.ts';
import { formatDuration } from './durations.ts';
import { noiseShare } from './judgedChecks.ts';
import type { Report } from './model.ts';
import { isDecided } from './verdict.ts';
import { counted } from './words.ts';

type Round = MeasuredRound & Pick<Report, 'verdict' | 'statistics' | 'cluster' | 'counts'>;

/** Why the runtimes of two rounds cannot be held against each other; undefined where they can. */
export function runtimeUndecided(before: Round, now: Round): string | undefined {
  if (isBroken(now)) return 'this round broke';
  if (!isDecided(now.verdict)) return `this round is "${now.verdict.headline}"`;
  if (!isDecided(before.verdict)) return `the earlier round is "${before.verdict.headline}"`;
  return undefined;
}

/**
 * Why a runtime neither keeps nor breaks its promise: checks that completed in one of the rounds only have time that the other lacks,
 * and if all of it came on top (or off), the answer would be another. Undefined where it would be the same.
 */
export function runtimeUnclear(
  before: Round,
  now: Round,
  { seconds, mostSeconds }: { readonly seconds: number; readonly mostSeconds: number },
): string | undefined {
  if (seconds <= mostSeconds) {
    const gone = completedOnlyIn(before, now);
    if (seconds + gone.seconds <= mostSeconds) return undefined;
    return `${counted(gone.checks, 'check')} completed in the earlier round and not in this one, so its runtime lacks their time`;
  }
  const come = completedOnlyIn(now, before);
  if (seconds - come.seconds > mostSeconds) return undefined;
  return `${counted(come.checks, 'check')} completed in this round and not in the earlier one, which lacks their time`;
}

/** How the steps themselves became slower or faster, which has its part in the runtime; undefined within the noise. */
export function medianMoved({ statistics: was }: Round, { statistics: is }: Round): string | undefined {
  if (was.p50Seconds === null || is.p50Seconds === null) return undefined;
  const isLonger = is.p50Seconds >= (1 + noiseShare) * was.p50Seconds;
  const isShorter = is.p50Seconds <= (1 - noiseShare) * was.p50Seconds;
  if (!isLonger && !isShorter) return undefined;
  return `the steps ran ${isLonger ? 'longer' : 'shorter'}: the median was ${formatDuration(was.p50Seconds)}, is ${formatDuration(is.p50Seconds)}`;
}

/** Checks that completed in one round only, and how many seconds longer they ran in it. */
function completedOnlyIn(one: Round, other: Round): { checks: number; seconds: number } {
  const ran = runsOf(one);
  const elsewhere = runsOf(other);
  const only = [...ran].filter(([key, run]) => run.completed && elsewhere.get(key)?.completed !== true);
  return {
    checks: only.length,
    seconds: only.reduce(
      (sum, [key, { seconds }]) => sum + Math.max(0, seconds - (elsewhere.get(key)?.seconds ?? 0)),
      0,
    ),
  };
}

function runsOf({ steps }: Round): Map<string, { completed: boolean; seconds: number }> {
  const runs = new Map<string, { completed: boolean; seconds: number }>();
  for (const step of steps) {
    const { completed = false, seconds = 0 } = runs.get(checkKey(step)) ?? {};
    runs.set(checkKey(step), {
      completed: completed || step.state === 'COMPLETED',
      seconds: seconds + (step.runSeconds ?? 0),
    });
  }
  return runs;
}
