/** What the next round shows of a suggestion that is about certain checks. */
import { checkKey } from './checkKey.ts';
import type { MeasuredRound } from './checkTimes.ts';
import type { Suggestion } from './findingsModel.ts';
import { metricWords } from './metricWords.ts';
import type { Report, ReportStep } from './model.ts';

/** Two runs of one query differ by so much without any change to it. */
export const noiseShare = 0.1;

/** The longest completed run of the checks that a suggestion on queries names; undefined when one of them did not complete. */
export function runOf(suggestion: Suggestion, { steps }: MeasuredRound): number | undefined {
  const runs = queried(suggestion).map((check) =>
    steps.flatMap(({ check: ran, state, runSeconds }) =>
      ran === check && state === 'COMPLETED' && runSeconds !== null ? runSeconds : [],
    ),
  );
  if (runs.length === 0 || runs.some((same) => same.length === 0)) return undefined;
  return runs.flat().reduce((longest, seconds) => Math.max(longest, seconds), 0);
}

/** Why a query shows no change; undefined for other suggestions, and where the run moved. Nobody records queries here. */
export function queryNotTried(suggestion: Suggestion, seconds: number): string | undefined {
  const { name, value } = suggestion.metric;
  if (queried(suggestion).length === 0 || Math.abs(seconds / value - 1) >= noiseShare) return undefined;
  const words = metricWords(name);
  return `${words.name} is ${words.value(seconds)} and was ${words.value(value)}`;
}

/** Why the checks of a suggestion prove nothing: a step that did not complete neither ran through nor has been cured. */
export function unfinishedOf(suggestion: Suggestion, before: Report, now: MeasuredRound): string | undefined {
  const failedBefore = new Set(failedSteps(suggestion, before));
  const meant = before.steps.filter(
    (step) => failedBefore.has(step.id) || queried(suggestion).includes(step.check),
  );
  for (const step of meant) {
    const same = now.steps.filter((one) => checkKey(one) === checkKey(step));
    if (same.length === 0) return `${step.check} did not run this time`;
    const open = same.find((one) => one.state !== 'COMPLETED');
    if (open) return `${step.check} ${howItEnded(open)}`;
  }
  return undefined;
}

function failedSteps({ metric }: Suggestion, before: Report): readonly string[] {
  const [kind, signature] = metric.name.split(/:(.*)/s);
  if (kind !== 'failed') return [];
  return before.failures.find((group) => group.signature === signature)?.steps ?? [];
}

function queried({ metric: { name }, check, checks }: Suggestion): readonly string[] {
  if (!/^(?:runSeconds|longestRunSeconds):/.test(name)) return [];
  return checks ?? (check === undefined ? [name.slice(name.indexOf(':') + 1)] : [check]);
}

function howItEnded({ state, failure }: ReportStep): string {
  if (state !== 'FAILED') return `was ${state} this time`;
  if (failure?.cause) return `failed: ${failure.cause.title}`;
  if (failure?.log === 'not_delivered_yet') return 'failed, and its log is not delivered yet';
  return 'failed, and no log says why';
}
