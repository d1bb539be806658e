import { formatDuration, formatMeasured, plural, windowName } from '../../../domain/text.ts';
import type { Report, ReportStep } from '../../model/model.ts';
import { statusWord } from '../../steps/checkTimes.ts';
import { lastEnded, roundTimes, stampsOf } from '../../steps/occupancy.ts';
import { type Drawing, drawHead, type Form, wide } from './head.ts';
import { drawLanes, type Place } from './lanes.ts';
import { linearScale, type Scale, timeMark, timeSteps } from './scale.ts';
import { bar, classOf, cross, fitted, type LegendItem, label, path, picture, stateClasses } from './svg.ts';

/** Above this many steps their names no longer fit: slots get lanes instead. */
const namedSteps = 40;
const namedStepsNarrow = 12;

/** What the picture says, for somebody who cannot see it. */
export function timelineAlt(report: Report): string {
  const last = lastEnded(report.steps);
  return `Timeline: ${titleOf(report)}${last === undefined ? '' : `; ${last.name} ended last`}`;
}

function titleOf({ counts, verdict, findings }: Report): string {
  const slots = findings.slots.limit === null ? '' : ` on ${plural(findings.slots.limit, 'slot')}`;
  const mean = findings.meanRunning === null ? '' : `, ${findings.meanRunning.toFixed(1)} running on average`;
  return `${plural(counts.total, 'step')} in ${formatMeasured(verdict.runtimeSeconds)}${slots}${mean}, ${counts.failed} failed`;
}

/** When each step waited and ran: a named waterfall of a small round, the lanes of the slots of a larger one. */
export function drawTimeline(report: Report, form: Form = wide): string {
  const { width, isNarrow } = form;
  const alt = timelineAlt(report);
  const times = roundTimes(report.steps);
  if (!times) return picture(width, 80, alt, [label(20, 44, 'The round has no steps.')]);
  const endMs = Math.max(times.lastMs, times.firstCreatedMs + (report.verdict.runtimeSeconds ?? 0) * 1000);
  const runtime = (endMs - times.firstCreatedMs) / 1000;
  const window = report.verdict.windowSeconds;
  const until = window <= 2 * runtime ? Math.max(runtime, window) : runtime;
  const named = report.steps.length <= (isNarrow ? namedStepsNarrow : namedSteps);
  const last = lastEnded(report.steps);
  const top = drawHead(titleOf(report), legendItems(report.steps, named, last), form);
  const left = isNarrow ? (named ? 8 : 42) : named ? 270 : 60;
  const right = width - (isNarrow ? 10 : 20);
  const x = linearScale(0, until * 1.02, left, right, timeSteps, isNarrow ? 5 : 8);
  const place: Place = {
    left,
    right,
    top: top.bottom + 48,
    x,
    fromMs: times.firstCreatedMs,
    endMs,
    last,
    isNarrow,
  };
  const body = named ? drawWaterfall(report.steps, place) : drawLanes(report, place);
  const isWindowShown = window <= until;
  return picture(width, body.bottom + 34, alt, [
    ...top.parts,
    ...(isWindowShown ? beyond(x.at(window), place, body.bottom) : []),
    axis(x, place.top - 4, body.bottom),
    ...body.parts,
    ...(isWindowShown ? windowLine(x.at(window), `${windowName(window)} window`, place, body.bottom) : []),
    ...(last === undefined
      ? []
      : endTick(x.at(runtime), `end ${formatDuration(runtime)}`, place, body.bottom)),
  ]);
}

/** What lies beyond the window, to the edge of the plot. */
function beyond(x: number, { top, right }: Place, bottom: number): string[] {
  return x >= right ? [] : [path('lt-beyond', bar(x, top - 4, right - x, bottom - top + 8))];
}

/** Its word is in a row of its own above the bars, on the side with more space. */
function windowLine(x: number, word: string, { top, left, right }: Place, bottom: number): string[] {
  return [path('lt-window', `M${x} ${top - 36}V${bottom + 4}`), besideLine(x, top - 26, word, left, right)];
}

/** Where the round ended: its word in the row below that of the window, so that the two never meet. */
function endTick(x: number, word: string, { top, left, right }: Place, bottom: number): string[] {
  return [
    path('lt-mark', `M${x} ${top - 18}V${bottom + 4}`),
    path('lt-wedge', `M${x - 5} ${top - 18}h10l-5 7z`),
    besideLine(x, top - 9, word, left, right, 9),
  ];
}

function besideLine(x: number, y: number, word: string, left: number, right: number, gap = 5): string {
  return x > (left + right) / 2 ? label(x - gap, y, word, 'lt-end') : label(x + gap, y, word);
}

function axis(x: Scale, from: number, bottom: number): string {
  const lines = x.ticks.map((tick) => `M${x.at(tick)} ${from}V${bottom + 6}`).join('');
  return (
    path('lt-grid', lines) +
    x.ticks.map((tick) => label(x.at(tick), bottom + 22, timeMark(tick), 'lt-mid lt-soft')).join('')
  );
}

/** The states that occur, in the word that the tables have for each, then what the other marks mean. */
function legendItems(
  steps: readonly ReportStep[],
  named: boolean,
  last: ReportStep | undefined,
): LegendItem[] {
  const words = new Map<string, Set<string>>(stateClasses.map((one) => [one, new Set()]));
  for (const step of steps) words.get(classOf(step))?.add(statusWord(step.state));
  const states = [...words].flatMap(([cssClass, seen]): LegendItem[] =>
    seen.size === 0 ? [] : [{ word: [...seen].sort().join(', '), mark: stateMark(cssClass) }],
  );
  const waiting: LegendItem = {
    word: 'waiting',
    mark: (x, y) => path('lt-waiting', bar(x - 9, y - 1, 18, 2)),
  };
  const ends: LegendItem = {
    word: `sets the end: ${last?.name}`,
    mark: (x, y) => path('lt-mark', bar(x - 9, y - 5, 18, 10)),
  };
  return [...states, ...(named ? [waiting] : []), ...(last === undefined ? [] : [ends])];
}

function stateMark(cssClass: string): LegendItem['mark'] {
  return (x, y) =>
    cssClass === 'lt-failed'
      ? path(cssClass, bar(x - 9, y - 5, 10, 10)) + path('lt-cross', cross(x + 7, y))
      : path(cssClass, bar(x - 9, y - 5, 18, 10));
}

/** A named row for each step in the order of their starts: a thin line while it waits, a bar while it runs. */
function drawWaterfall(steps: readonly ReportStep[], place: Place): Drawing {
  const { left, right, top, x, fromMs, endMs, last, isNarrow } = place;
  const names: string[] = [];
  const pieces = new Map<string, string>();
  const add = (cssClass: string, d: string) => pieces.set(cssClass, (pieces.get(cssClass) ?? '') + d);
  const at = (ms: number) => x.at((ms - fromMs) / 1000);
  // Beside the bars there is no room for a name on a phone: it stands above its bar.
  const rowHeight = isNarrow ? 30 : 16;
  for (const [row, step] of inOrder(steps).entries()) {
    const y = top + row * rowHeight + (isNarrow ? 14 : 0);
    const { createdMs, startedMs, endedMs } = stampsOf(step);
    const begin = at(startedMs ?? endedMs ?? endMs);
    const end = at(endedMs ?? endMs);
    const bold = step === last ? ' lt-bold' : '';
    const room = (isNarrow ? right - left : left - 16) / (step === last ? 1.15 : 1);
    names.push(
      isNarrow
        ? label(left, y - 1, fitted(step.name, room), `lt-name${bold}`)
        : label(left - 8, y + 11, fitted(step.name, room), `lt-end${bold}`),
    );
    if (begin > at(createdMs)) add('lt-waiting', bar(at(createdMs), y + 6, begin - at(createdMs), 2));
    if (startedMs !== null) add(classOf(step), bar(begin, y + 2, Math.max(1, end - begin), 10));
    else if (endedMs !== null) add(classOf(step), bar(begin, y + 2, 3, 10));
    if (step === last) add('lt-mark', bar(begin - 1, y + 1, Math.max(1, end - begin) + 2, 12));
    // Left of its end where the picture is over.
    if (step.state === 'FAILED') add('lt-cross', cross(end + 7 > right ? begin - 7 : end + 7, y + 7));
  }
  const drawn = ['lt-waiting', ...stateClasses, 'lt-mark', 'lt-cross'].map((cssClass) =>
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
