import { formatMeasured } from '../durations.ts';
import type { Report, ReportStep } from '../model.ts';
import { occupancy, roundTimes, type Span, stampsOf } from '../occupancy.ts';
import { counted } from '../words.ts';
import { lanesOf } from './lanes.ts';
import { linearScale, type Scale, timeMark, timeSteps } from './scale.ts';
import { bar, label, path, picture, thickPath } from './svg.ts';

const width = 960;
const right = 940;
const top = 56;
/** Above this many steps their names no longer fit: slots get lanes instead. */
const namedSteps = 40;
const nameLength = 34;
const crossesDrawn = 300;

/** What the picture says, for somebody who cannot see it. */
export function timelineAlt({ counts, verdict, findings }: Report): string {
  const slots = findings.slots.limit === null ? '' : ` on ${counted(findings.slots.limit, 'slot')}`;
  const mean = findings.meanRunning === null ? '' : `, ${findings.meanRunning.toFixed(1)} running on average`;
  return `Timeline: ${counted(counts.total, 'step')} in ${formatMeasured(verdict.runtimeSeconds)}${slots}${mean}, ${counts.failed} failed`;
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
  const left = named ? 250 : 60;
  const x = linearScale(0, until * 1.01, left, right, timeSteps);
  const place: Place = { left, x, fromMs: times.firstCreatedMs, endMs };
  const body = named ? waterfall(report.steps, place) : lanes(report, place);
  const height = body.bottom + 34;
  return picture(width, height, timelineAlt(report), [
    label(20, 24, timelineAlt(report), 'lt-title'),
    legend(report.steps),
    axis(x, top - 6, body.bottom + 18),
    ...body.parts,
    ...(window <= until ? windowLine(x.at(window), body.bottom) : []),
  ]);
}

function windowLine(x: number, bottom: number): string[] {
  const beside =
    x > 400 ? label(x - 4, top - 8, 'window', 'lt-end lt-soft') : label(x + 4, top - 8, 'window', 'lt-soft');
  return [path('lt-window', `M${x} ${top - 16}V${bottom + 4}`), beside];
}

interface Place {
  readonly left: number;
  readonly x: Scale;
  readonly fromMs: number;
  readonly endMs: number;
}

interface Body {
  readonly parts: readonly string[];
  readonly bottom: number;
}

const classes: Readonly<Record<string, string>> = {
  COMPLETED: 'completed',
  FAILED: 'failed',
  CANCELLED: 'cancelled',
};

function classOf(step: ReportStep): string {
  return `lt-${Object.hasOwn(classes, step.state) ? classes[step.state] : 'other'}`;
}

function waterfall(steps: readonly ReportStep[], { left, x, fromMs, endMs }: Place): Body {
  const rowHeight = 16;
  const names: string[] = [];
  const bars = new Map<string, string>();
  const add = (cssClass: string, d: string) => bars.set(cssClass, (bars.get(cssClass) ?? '') + d);
  for (const [row, step] of steps.entries()) {
    const y = top + row * rowHeight;
    const { createdMs, startedMs, endedMs } = stampsOf(step);
    const at = (ms: number) => x.at((ms - fromMs) / 1000);
    const begin = at(startedMs ?? endedMs ?? endMs);
    names.push(label(left - 8, y + 11, cutName(step.name), 'lt-end'));
    if (begin > at(createdMs)) add('lt-waiting', bar(at(createdMs), y + 6, begin - at(createdMs), 2));
    if (startedMs !== null)
      add(classOf(step), bar(begin, y + 2, Math.max(1, at(endedMs ?? endMs) - begin), 10));
    if (step.state === 'FAILED') add('lt-cross', cross(at(endedMs ?? endMs) + 6, y + 7));
    if (startedMs === null && endedMs !== null) add('lt-cancelled', bar(begin, y + 2, 2, 10));
  }
  const parts = [...names, ...[...bars].map(([cssClass, d]) => path(cssClass, d))];
  return { parts, bottom: top + steps.length * rowHeight };
}

function cross(x: number, y: number): string {
  return `M${x - 3} ${y - 3}l6 6m0-6l-6 6`;
}

function lanes(report: Report, place: Place): Body {
  const { x, fromMs, endMs } = place;
  const { lanes: laneOf, count } = lanesOf(report.steps);
  const laneHeight = Math.max(2, Math.min(14, Math.floor(360 / Math.max(1, count))));
  const bars = new Map<string, string>();
  const crosses: string[] = [];
  let last = '';
  for (const [step, lane] of laneOf) {
    const { startedMs, endedMs } = stampsOf(step);
    const from = x.at(((startedMs ?? endMs) - fromMs) / 1000);
    const wide = Math.max(1, x.at(((endedMs ?? endMs) - fromMs) / 1000) - from - 1);
    const piece = `M${from} ${top + (lane + 0.5) * laneHeight}h${wide}`;
    const cssClass = classOf(step);
    // Steps shorter than a pixel fall upon each other: drawn once.
    if (last !== cssClass + piece) bars.set(cssClass, (bars.get(cssClass) ?? '') + piece);
    last = cssClass + piece;
    if (step.state === 'FAILED' && crosses.length < crossesDrawn)
      crosses.push(cross(from + Math.round(wide / 2), top + (lane + 0.5) * laneHeight));
  }
  const bottom = top + count * laneHeight;
  const strip = runningStrip(occupancy(report.steps, endMs), report.findings.slots.limit, bottom + 26, place);
  return {
    parts: [
      label(place.left - 8, top + 11, 'slots', 'lt-end lt-soft'),
      ...[...bars].map(([cssClass, d]) => thickPath(cssClass, d, Math.max(1, laneHeight - 1))),
      path('lt-over', crosses.join('')),
      ...strip.parts,
    ],
    bottom: strip.bottom,
  };
}

/** How many steps ran at once, against the limit: the most in each pixel. */
function runningStrip(
  spans: readonly Span[],
  limit: number | null,
  y: number,
  { left, x, fromMs }: Place,
): Body {
  const height = 60;
  const most = new Map<number, number>();
  for (const span of spans)
    for (let pixel = x.at((span.fromMs - fromMs) / 1000); pixel <= x.at((span.toMs - fromMs) / 1000); pixel++)
      most.set(pixel, Math.max(most.get(pixel) ?? 0, span.running));
  const peak = Math.max(1, limit ?? 0, ...most.values());
  const level = (running: number) => Math.round(y + height - (running / peak) * height);
  let d = `M${left} ${y + height}`;
  let before = y + height;
  for (const [pixel, running] of [...most].sort((a, b) => a[0] - b[0])) {
    if (level(running) === before) continue;
    before = level(running);
    d += `H${pixel}V${before}`;
  }
  const end = Math.max(left, ...most.keys());
  return {
    parts: [
      label(left, y - 6, 'running at once', 'lt-soft'),
      path('lt-area', `${d}H${end}V${y + height}z`),
      ...(limit === null
        ? []
        : [
            path('lt-window', `M${left} ${level(limit)}H${right}`),
            label(left - 6, level(limit) + 4, String(limit), 'lt-end'),
          ]),
      label(left - 6, y + height + 4, '0', 'lt-end'),
    ],
    bottom: y + height,
  };
}

function axis(x: Scale, from: number, to: number): string {
  const lines = x.ticks.map((tick) => `M${x.at(tick)} ${from}V${to - 12}`).join('');
  return (
    path('lt-grid', lines) +
    x.ticks.map((tick) => label(x.at(tick), to + 4, timeMark(tick), 'lt-mid lt-soft')).join('')
  );
}

function legend(steps: readonly ReportStep[]): string {
  const words: readonly (readonly [string, string])[] = [
    ['lt-completed', 'completed'],
    ['lt-failed', 'failed ×'],
    ['lt-cancelled', 'cancelled'],
    ['lt-other', 'other'],
  ];
  const seen = new Set(steps.map(classOf));
  const shown = words.filter(([cssClass]) => seen.has(cssClass));
  if (steps.length <= namedSteps) shown.push(['lt-waiting', 'waiting']);
  return shown
    .map(
      ([cssClass, word], index) =>
        path(cssClass, bar(540 + index * 95, 32, 10, 10)) + label(554 + index * 95, 41, word),
    )
    .join('');
}

function cutName(name: string): string {
  return name.length <= nameLength
    ? name
    : `${name.slice(0, nameLength - 1).replace(/[\ud800-\udbff]$/, '')}…`;
}
