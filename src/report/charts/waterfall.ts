import type { ReportStep } from '../model/model.ts';
import { stampsOf } from '../steps/occupancy.ts';
import { classOf, stateClasses } from './stateClass.ts';
import { bar, cross, label, path } from './svg.ts';
import { fitted } from './textWidth.ts';
import type { Body, Place } from './timelinePlace.ts';

const rowHeight = 16;

/** A named row for each step in the order of their starts: a thin line while it waits, a bar while it runs. */
export function drawWaterfall(steps: readonly ReportStep[], { left, top, x, fromMs, endMs }: Place): Body {
  const names: string[] = [];
  const pieces = new Map<string, string>();
  const add = (cssClass: string, d: string) => pieces.set(cssClass, (pieces.get(cssClass) ?? '') + d);
  const at = (ms: number) => x.at((ms - fromMs) / 1000);
  for (const [row, step] of inOrder(steps).entries()) {
    const y = top + row * rowHeight;
    const { createdMs, startedMs, endedMs } = stampsOf(step);
    const begin = at(startedMs ?? endedMs ?? endMs);
    const end = at(endedMs ?? endMs);
    names.push(label(left - 8, y + 11, fitted(step.name, left - 16), 'lt-end'));
    if (begin > at(createdMs)) add('lt-waiting', bar(at(createdMs), y + 6, begin - at(createdMs), 2));
    if (startedMs !== null) add(classOf(step), bar(begin, y + 2, Math.max(1, end - begin), 10));
    else if (endedMs !== null) add(classOf(step), bar(begin, y + 2, 3, 10));
    if (step.state === 'FAILED') add('lt-cross', cross(end + 7, y + 7));
  }
  const drawn = ['lt-waiting', ...stateClasses, 'lt-cross'].map((cssClass) =>
    path(cssClass, pieces.get(cssClass) ?? ''),
  );
  return { parts: [...names, ...drawn], bottom: top + steps.length * rowHeight };
}

/** By start; what never started stands at its end, or below everything else. */
function inOrder(steps: readonly ReportStep[]): ReportStep[] {
  const startOf = (step: ReportStep) => {
    const { startedMs, endedMs } = stampsOf(step);
    return startedMs ?? endedMs ?? Number.POSITIVE_INFINITY;
  };
  // Infinity minus Infinity is no order, so that the steps are compared and not subtracted.
  return steps.toSorted((a, b) => (startOf(a) < startOf(b) ? -1 : startOf(a) > startOf(b) ? 1 : 0));
}
