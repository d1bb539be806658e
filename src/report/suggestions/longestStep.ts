import { formatDuration, windowName } from '../durations.ts';
import type { Suggestion } from '../findingsModel.ts';
import { inStartOrder, makespan } from '../makespan.ts';
import type { ReportStep } from '../model.ts';
import { percent } from '../share.ts';
import type { SuggestionFacts } from './facts.ts';

/** Checks that are named at once when several exceed the window by themselves. */
const named = 3;
/** A change that saves less than a tenth of a check is not worth a round. */
const worthShare = 0.9;

/** Every check that by itself exceeds the window; else the longest, when it takes clearly more than half of it. */
export function longestStep({ findings, verdict, steps, counts }: SuggestionFacts): Suggestion[] {
  const { windowSeconds } = verdict;
  const target = 0.5 * windowSeconds;
  const [first, ...others] = longestOfEachCheck(steps);
  if (!first || counts.total < 2 || worthShare * first.seconds < target) return [];
  const chosen = [first, ...others.filter(({ seconds }) => seconds > windowSeconds)].slice(0, named);
  const expected = gainSentence(
    steps,
    chosen.map(({ check }) => check),
    target,
    findings.slots.limit ?? 1,
  );
  return chosen.map(({ check, seconds }) => ({
    id: `longest-step:${check}`,
    check,
    title: `Split or tune ${check}`,
    measured: `it runs ${formatDuration(seconds)} by itself: ${percent(seconds / windowSeconds)} of the ${windowName(windowSeconds)} window; more slots cannot help it`,
    metric: { name: `runSeconds:${check}`, value: seconds },
    setting: `the query of ${check} (partition filter, join, or two checks of half the window)`,
    from: formatDuration(seconds),
    to: `at most ${formatDuration(target)}`,
    expected,
    nextRound: {
      sentence: `${check} takes at most ${formatDuration(target)}.`,
      is: 'at most',
      value: Math.round(target),
    },
  }));
}

/** Longest first; a check that ran more than once counts by its longest run. */
function longestOfEachCheck(steps: readonly ReportStep[]): { check: string; seconds: number }[] {
  const longest = new Map<string, number>();
  for (const { check, runSeconds } of steps)
    if (runSeconds !== null) longest.set(check, Math.max(runSeconds, longest.get(check) ?? 0));
  return [...longest].map(([check, seconds]) => ({ check, seconds })).sort((a, b) => b.seconds - a.seconds);
}

/** Replayed on the same slots in the same order, with these checks shortened together, and without them. */
function gainSentence(
  steps: readonly ReportStep[],
  checks: readonly string[],
  targetSeconds: number,
  slots: number,
): string {
  const ran = inStartOrder(steps.filter((one) => one.runSeconds !== null));
  const runs = ran.map((one) => one.runSeconds ?? 0);
  const isMeant = (index: number) => checks.includes(ran[index]?.check ?? '');
  const whole = makespan(runs, slots);
  const shorter = runs.map((run, index) => (isMeant(index) ? Math.min(run, targetSeconds) : run));
  const saved = whole - makespan(shorter, slots);
  if (saved < 1) return 'room for the next level; by itself it does not shorten this round';
  const sooner = `the round ends about ${formatDuration(saved)} sooner`;
  if (checks.length === 1) return `${sooner}, by replaying these steps`;
  const without = makespan(
    runs.filter((_, index) => !isMeant(index)),
    slots,
  );
  return `${sooner} when ${checks.join(' and ')} are that short (${formatDuration(whole - without)} sooner without them), by replaying these steps`;
}
