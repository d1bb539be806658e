import type { Report, ReportStep } from '../../model/model.ts';
import { occupancy, type Span, stampsOf } from '../../steps/occupancy.ts';
import type { Drawing } from './head.ts';
import type { Scale } from './scale.ts';
import { bar, classOf, cross, label, path, stateClasses, thickPath } from './svg.ts';

const crossesDrawn = { wide: 100, narrow: 40 } as const;
const stripHeight = 60;

/** A lane for each slot with its steps one behind the other, and below how many ran at once against the limit. */
export function drawLanes(report: Report, place: Place): Drawing {
  const { x, top, fromMs, endMs, last } = place;
  const { lanes, count } = lanesOf(report.steps);
  const laneHeight = Math.max(2, Math.min(14, Math.floor(360 / Math.max(1, count))));
  const middleOf = (lane: number) => top + (lane + 0.5) * laneHeight;
  const bars = new Map<string, ReturnType<typeof lanePath>>(
    stateClasses.map((cssClass) => [cssClass, lanePath()]),
  );
  const crosses: string[] = [];
  let mark = '';
  for (const [step, lane] of lanes.toSorted((a, b) => a[1] - b[1])) {
    const { startedMs, endedMs } = stampsOf(step);
    const from = x.at(((startedMs ?? endMs) - fromMs) / 1000);
    const wide = x.at(((endedMs ?? endMs) - fromMs) / 1000) - from;
    // A gap separates two steps where there is space for one.
    bars.get(classOf(step))?.add(from, middleOf(lane), wide > 3 ? wide - 1 : Math.max(1, wide));
    if (step.state === 'FAILED') crosses.push(cross(from + Math.round(wide / 2), middleOf(lane)));
    if (step === last) mark = bar(from - 1, middleOf(lane) - laneHeight / 2 - 1, wide + 2, laneHeight + 1);
  }
  const marked = evenly(crosses, crossesDrawn[place.isNarrow ? 'narrow' : 'wide']).join('');
  const strip = runningStrip(
    occupancy(report.steps, endMs),
    report.findings.slots.limit,
    top + count * laneHeight + 30,
    place,
  );
  return {
    parts: [
      label(place.left - 8, top + 11, 'slots', 'lt-end lt-soft'),
      ...[...bars].map(([cssClass, { text }]) => thickPath(cssClass, text(), Math.max(1, laneHeight - 1))),
      path('lt-halo', marked),
      path('lt-cross', marked),
      path('lt-mark', mark),
      ...strip.parts,
    ],
    bottom: strip.bottom,
  };
}

/** Bars from left to right, lane by lane. Moves are relative to the bar before, which is half the bytes of places. */
function lanePath() {
  let d = '';
  let [endX, atY] = [0, Number.NaN];
  return {
    add(from: number, y: number, wide: number): void {
      // Steps shorter than a pixel fall upon each other: drawn once.
      if (y === atY && from + wide <= endX) return;
      d += y === atY ? `m${from - endX} 0h${wide}` : `M${from} ${y}h${wide}`;
      [endX, atY] = [from + wide, y];
    },
    text: () => d,
  };
}

/** At most `most` of the items, from the first to the last. */
function evenly<T>(items: readonly T[], most: number): T[] {
  const every = Math.max(1, items.length / most);
  return items.filter((_, index) => Math.floor(index / every) !== Math.floor((index - 1) / every));
}

/** How many steps ran at once, against the limit: the most in each pixel. */
function runningStrip(
  spans: readonly Span[],
  limit: number | null,
  y: number,
  { left, right, x, fromMs }: Place,
): Drawing {
  const most = new Map<number, number>();
  for (const span of spans)
    for (let pixel = x.at((span.fromMs - fromMs) / 1000); pixel <= x.at((span.toMs - fromMs) / 1000); pixel++)
      most.set(pixel, Math.max(most.get(pixel) ?? 0, span.running));
  const peak = Math.max(1, limit ?? 0, ...most.values());
  const bottom = y + stripHeight;
  const level = (running: number) => Math.round(bottom - (running / peak) * stripHeight);
  let d = `M${left} ${bottom}`;
  let before = bottom;
  for (const [pixel, running] of [...most].sort((a, b) => a[0] - b[0])) {
    if (level(running) === before) continue;
    before = level(running);
    d += `H${pixel}V${before}`;
  }
  const end = Math.max(left, ...most.keys());
  return {
    parts: [
      label(left, y - 8, limit === null ? 'running at once' : `running at once, of ${limit}`, 'lt-soft'),
      path('lt-area', `${d}H${end}V${bottom}z`),
      ...(limit === null
        ? []
        : [
            path('lt-limit', `M${left} ${level(limit)}H${right}`),
            label(left - 6, level(limit) + 4, String(limit), 'lt-end'),
          ]),
      label(left - 6, bottom + 4, '0', 'lt-end'),
    ],
    bottom,
  };
}

/** When something ran; null for what never started, or has not ended. The unit does not matter. */
export interface Ran {
  readonly started: number | null;
  readonly ended: number | null;
}

/**
 * Puts everything that ran into the lowest lane that is free at its start, as a slot would take it. EMR does not
 * tell which slot a step had; the number of lanes is still the most that ran at once.
 */
export function packed<T>(
  items: readonly T[],
  ranOf: (item: T) => Ran,
): { lanes: [item: T, lane: number][]; count: number } {
  const ran = items
    .map((item) => ({ item, ...ranOf(item) }))
    .filter((one) => one.started !== null)
    .sort((a, b) => (a.started ?? 0) - (b.started ?? 0));
  const freeAt: number[] = [];
  const lanes = ran.map(({ item, started, ended }): [T, number] => {
    const free = freeAt.findIndex((at) => at <= (started ?? 0));
    const lane = free < 0 ? freeAt.length : free;
    freeAt[lane] = ended ?? Number.POSITIVE_INFINITY;
    return [item, lane];
  });
  return { lanes, count: freeAt.length };
}

export function lanesOf(steps: readonly ReportStep[]): { lanes: [ReportStep, number][]; count: number } {
  return packed(steps, (step) => {
    const { startedMs, endedMs } = stampsOf(step);
    return { started: startedMs, ended: endedMs };
  });
}

/** Where the bars of a timeline go. */
export interface Place {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  /** Seconds since `fromMs`. */
  readonly x: Scale;
  readonly fromMs: number;
  readonly endMs: number;
  /** The step that set the end, which is marked. */
  readonly last: ReportStep | undefined;
  readonly isNarrow: boolean;
}
