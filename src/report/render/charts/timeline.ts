import { formatMeasured, plural, windowName } from '../../../domain/text.ts';
import type { Report, ReportStep } from '../../model/model.ts';
import { roundTimes, stampsOf } from '../../steps/occupancy.ts';
import { drawLanes, type LaneDrawing, type Place } from './lanes.ts';
import { linearScale, type Scale, stateNames, timeMark, timeSteps } from './scale.ts';
import {
  bar,
  classOf,
  cross,
  fitted,
  type LegendItem,
  label,
  legend,
  path,
  picture,
  stateClasses,
  title,
} from './svg.ts';

const width = 960;
const right = 940;
const top = 72;
/** Above this many steps their names no longer fit: slots get lanes instead. */
const namedSteps = 40;

/** What the picture says, for somebody who cannot see it. */
export function timelineAlt({ counts, verdict, findings }: Report): string {
  const slots = findings.slots.limit === null ? '' : ` on ${plural(findings.slots.limit, 'slot')}`;
  const mean = findings.meanRunning === null ? '' : `, ${findings.meanRunning.toFixed(1)} running on average`;
  return `Timeline: ${plural(counts.total, 'step')} in ${formatMeasured(verdict.runtimeSeconds)}${slots}${mean}, ${counts.failed} failed`;
}

/** When each step waited and ran: a named waterfall of a small round, the lanes of the slots of a larger one. */
export function drawTimeline(report: Report): string {
  const times = roundTimes(report.steps);
  if (!times) return picture(width, 80, timelineAlt(report), [label(20, 44, 'The round has no steps.')]);
  const endMs = Math.max(times.lastMs, times.firstCreatedMs + (report.verdict.runtimeSeconds ?? 0) * 1000);
  const runtime = (endMs - times.firstCreatedMs) / 1000;
  const window = report.verdict.windowSeconds;
  const until = window <= 2 * runtime ? Math.max(runtime, window) : runtime;
  const named = report.steps.length <= namedSteps;
  const left = named ? 270 : 60;
  const x = linearScale(0, until * 1.02, left, right, timeSteps);
  const place: Place = { left, right, top, x, fromMs: times.firstCreatedMs, endMs };
  const body = named ? drawWaterfall(report.steps, place) : drawLanes(report, place);
  const height = body.bottom + 34;
  return picture(width, height, timelineAlt(report), [
    title(timelineAlt(report), width),
    stateLegend(report.steps, named),
    axis(x, top - 4, body.bottom),
    ...body.parts,
    ...(window <= until ? windowLine(x.at(window), `${windowName(window)} window`, body.bottom) : []),
  ]);
}

/** The word is in a row of its own above the bars, on the side with more space. */
function windowLine(x: number, word: string, bottom: number): string[] {
  const beside = x > width / 2 ? label(x - 5, top - 8, word, 'lt-end') : label(x + 5, top - 8, word);
  return [path('lt-window', `M${x} ${top - 18}V${bottom + 4}`), beside];
}

function axis(x: Scale, from: number, bottom: number): string {
  const lines = x.ticks.map((tick) => `M${x.at(tick)} ${from}V${bottom + 6}`).join('');
  return (
    path('lt-grid', lines) +
    x.ticks.map((tick) => label(x.at(tick), bottom + 22, timeMark(tick), 'lt-mid lt-soft')).join('')
  );
}

function stateLegend(steps: readonly ReportStep[], named: boolean): string {
  const seen = new Set(steps.map(classOf));
  const states = stateNames.filter((word) => seen.has(`lt-${word}`));
  const stateItem = (word: string): LegendItem => ({
    word,
    mark: (x, y) =>
      word === 'failed'
        ? path('lt-failed', bar(x - 9, y - 5, 10, 10)) + path('lt-cross', cross(x + 7, y))
        : path(`lt-${word}`, bar(x - 9, y - 5, 18, 10)),
  });
  const waiting: LegendItem = {
    word: 'waiting',
    mark: (x, y) => path('lt-waiting', bar(x - 9, y - 1, 18, 2)),
  };
  return legend([...states.map(stateItem), ...(named ? [waiting] : [])], 46);
}

const rowHeight = 16;

/** A named row for each step in the order of their starts: a thin line while it waits, a bar while it runs. */
function drawWaterfall(steps: readonly ReportStep[], { left, top, x, fromMs, endMs }: Place): LaneDrawing {
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
