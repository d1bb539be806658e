import { formatMeasured, plural, windowName } from '../../domain/text.ts';
import type { Report, ReportStep } from '../model/model.ts';
import { roundTimes } from '../steps/occupancy.ts';
import { drawLanes } from './laneChart.ts';
import { legend } from './legend.ts';
import { linearScale, type Scale, timeMark, timeSteps } from './scale.ts';
import { classOf } from './stateClass.ts';
import { bar, cross, label, path, picture, title } from './svg.ts';
import type { Place } from './timelinePlace.ts';
import { drawWaterfall } from './waterfall.ts';

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

const words: readonly (readonly [cssClass: string, word: string])[] = [
  ['lt-completed', 'completed'],
  ['lt-failed', 'failed'],
  ['lt-cancelled', 'cancelled'],
  ['lt-other', 'other'],
];

function stateLegend(steps: readonly ReportStep[], named: boolean): string {
  const seen = new Set(steps.map(classOf));
  const states = words.filter(([cssClass]) => seen.has(cssClass));
  const waiting = {
    word: 'waiting',
    mark: (x: number, y: number) => path('lt-waiting', bar(x - 9, y - 1, 18, 2)),
  };
  return legend(
    [
      ...states.map(([cssClass, word]) => ({
        word,
        mark: (x: number, y: number) =>
          cssClass === 'lt-failed'
            ? path(cssClass, bar(x - 9, y - 5, 10, 10)) + path('lt-cross', cross(x + 7, y))
            : path(cssClass, bar(x - 9, y - 5, 18, 10)),
      })),
      ...(named ? [waiting] : []),
    ],
    46,
  );
}
