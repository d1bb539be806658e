import { formatDuration, windowName } from '../durations.ts';
import type { Suggestion } from '../findingsModel.ts';
import { inStartOrder, makespan } from '../makespan.ts';
import type { ReportStep } from '../model.ts';
import { percent } from '../share.ts';
import type { SuggestionFacts } from './facts.ts';

/** A step that by itself fills the window, or that is longer than all the work shared out. */
export function longestStep({ findings, verdict, steps, counts }: SuggestionFacts): Suggestion[] {
  const longest = findings.bounds.longestStepSeconds;
  const share = findings.bounds.workOverSlotsSeconds;
  if (longest === null || share === null || counts.total < 2) return [];
  const step = steps.find((one) => one.runSeconds === longest);
  const fillsWindow = longest > 0.5 * verdict.windowSeconds;
  const decides = longest > share && longest > 0.1 * verdict.windowSeconds;
  if (!step || !(fillsWindow || decides)) return [];
  const target = fillsWindow ? 0.5 * verdict.windowSeconds : Math.max(share, 1);
  const saved = gainOfShortening(steps, step, target, findings.slots.limit ?? 1);
  const why = fillsWindow
    ? `${percent(longest / verdict.windowSeconds)} of the ${windowName(verdict.windowSeconds)} window`
    : `longer than all the work shared out over the slots (${formatDuration(share)})`;
  return [
    {
      id: `longest-step:${step.check}`,
      check: step.check,
      title: `Split or tune ${step.check}`,
      measured: `it runs ${formatDuration(longest)} by itself: ${why}; more slots cannot help it`,
      metric: { name: `runSeconds:${step.check}`, value: longest },
      setting: `the query of ${step.check} (partition filter, join, or two checks of half the window)`,
      from: formatDuration(longest),
      to: `at most ${formatDuration(target)}`,
      expected:
        saved >= 1
          ? `the round ends about ${formatDuration(saved)} sooner, by replaying these steps`
          : 'room for the next level; by itself it does not shorten this round',
      nextRound: {
        sentence: `${step.check} takes at most ${formatDuration(target)}.`,
        is: 'at most',
        value: Math.round(target),
      },
    },
  ];
}

/** Replayed on the same slots in the same order: what is won when this step takes `targetSeconds`. */
function gainOfShortening(
  steps: readonly ReportStep[],
  step: ReportStep,
  targetSeconds: number,
  slots: number,
): number {
  const ran = inStartOrder(steps.filter((one) => one.runSeconds !== null));
  const runs = ran.map((one) => one.runSeconds ?? 0);
  const shorter = ran.map((one) => (one.id === step.id ? targetSeconds : (one.runSeconds ?? 0)));
  return makespan(runs, slots) - makespan(shorter, slots);
}
