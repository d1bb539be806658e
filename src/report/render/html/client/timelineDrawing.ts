import { linearScale, stateNames, timeMark, timeSteps } from '../../charts/scale.ts';
import { cross } from '../../charts/svg.ts';
import { stateClass } from './elements.ts';
import type { PageStep } from './steps.ts';
import type { TimeRange } from './timeRange.ts';

export const axisHeight = 36;

type Colours = ReturnType<typeof currentColours>;

/** The colours of the page as they are now: they change with the reader's scheme. */
export function currentColours() {
  const style = getComputedStyle(document.documentElement);
  const colour = (name: string) => style.getPropertyValue(`--${name}`).trim();
  const states = new Map<string, string>(stateNames.map((state) => [state, colour(state)]));
  return {
    page: colour('page'),
    text: colour('text'),
    soft: colour('soft'),
    line: colour('line'),
    mark: colour('mark'),
    of: (state: string) => states.get(stateClass(state)) ?? '',
  };
}

export interface Scene {
  readonly lanes: readonly (readonly [PageStep, number])[];
  readonly laneCount: number;
  readonly range: TimeRange;
  readonly windowSeconds: number;
  /** Steps that pass the filter; the others are drawn faintly. */
  readonly shown: ReadonlySet<PageStep>;
  readonly selected: PageStep | undefined;
  readonly hovered: PageStep | undefined;
  /** The step that set the end of the round. */
  readonly last: PageStep | undefined;
  /** What a step without an end reaches to. */
  readonly until: number;
}

/** In CSS pixels. */
interface Size {
  readonly width: number;
  readonly height: number;
}

/** Draws the part of the round in `range`. */
export function drawScene(
  context: CanvasRenderingContext2D,
  { width, height }: Size,
  scene: Scene,
  colours: Colours,
): void {
  const { range, laneCount } = scene;
  const x = (seconds: number) => ((seconds - range.from) / (range.to - range.from)) * width;
  const laneHeight = (height - axisHeight) / Math.max(1, laneCount);
  const gap = laneHeight >= 4 ? 1 : 0;
  context.fillStyle = colours.page;
  context.fillRect(0, 0, width, height);
  shadeBeyond(context, Math.max(0, x(scene.windowSeconds)), { width, height }, colours);
  drawAxis(context, { width, height }, range, x, colours);
  for (const [step, lane] of scene.lanes) {
    const from = x(step.started ?? 0);
    const to = x(step.ended ?? scene.until);
    if (to < 0 || from > width) continue;
    const isShown = scene.shown.has(step);
    context.globalAlpha = isShown ? 1 : 0.15;
    context.fillStyle = colours.of(step.state);
    const left = Math.max(-1, from);
    const wide = Math.max(1, Math.min(to, width + 1) - left - (to - from > 3 ? 1 : 0));
    context.fillRect(left, axisHeight + lane * laneHeight, wide, laneHeight - gap);
    if (step.state === 'FAILED' && isShown) {
      // More than a colour: a failed step has a cross on it.
      const mark = cross((left + Math.min(to, width)) / 2, axisHeight + (lane + 0.5) * laneHeight);
      stroke(context, mark, colours.page, 5);
      stroke(context, mark, colours.of('FAILED'), 2);
    }
  }
  context.globalAlpha = 1;
  drawWindow(context, x(scene.windowSeconds), { width, height }, colours);
  if (scene.last) drawEnd(context, x(scene.until), { width, height }, colours);
  for (const [step, lane] of scene.lanes) {
    if (step !== scene.selected && step !== scene.hovered && step !== scene.last) continue;
    const from = x(step.started ?? 0);
    context.strokeStyle = colours.mark;
    context.lineWidth = step === scene.selected ? 3 : step === scene.hovered ? 2 : 1;
    const wide = Math.max(4, x(step.ended ?? scene.until) - from);
    context.strokeRect(
      from - 1.5,
      axisHeight + lane * laneHeight - 1.5,
      wide + 2,
      Math.max(4, laneHeight - gap) + 3,
    );
  }
}

function drawAxis(
  context: CanvasRenderingContext2D,
  { width, height }: Size,
  range: TimeRange,
  x: (seconds: number) => number,
  colours: Colours,
): void {
  const room = Math.max(1, Math.min(8, Math.floor(width / 90)));
  const span = range.to - range.from;
  const step = timeSteps.find((one) => span / one <= room) ?? span / room;
  const { ticks } = linearScale(range.from, range.to, 0, width, [step]);
  context.font = '12px system-ui, sans-serif';
  context.textBaseline = 'middle';
  for (const tick of ticks) {
    const at = Math.round(x(tick)) + 0.5;
    stroke(context, `M${at} 0V${height}`, colours.line, 1);
    context.fillStyle = colours.soft;
    // At the edge only its line has room.
    if (at + 3 + context.measureText(timeMark(tick)).width <= width)
      context.fillText(timeMark(tick), at + 3, 9);
  }
}

/** What lies beyond the window. */
function shadeBeyond(
  context: CanvasRenderingContext2D,
  at: number,
  { width, height }: Size,
  colours: Colours,
): void {
  if (at >= width) return;
  context.globalAlpha = 0.08;
  context.fillStyle = colours.text;
  context.fillRect(at, 0, width - at, height);
  context.globalAlpha = 1;
}

/** A tick where the round ended. */
function drawEnd(
  context: CanvasRenderingContext2D,
  at: number,
  { width, height }: Size,
  colours: Colours,
): void {
  if (at < 0 || at > width) return;
  stroke(context, `M${at} ${axisHeight - 14}V${height}`, colours.text, 1.5);
  context.fillStyle = colours.text;
  context.fill(new Path2D(`M${at - 5} ${axisHeight - 16}h10l-5 7z`));
}

function drawWindow(
  context: CanvasRenderingContext2D,
  at: number,
  { width, height }: Size,
  colours: Colours,
): void {
  if (at < 0 || at > width) return;
  context.setLineDash([6, 3]);
  stroke(context, `M${at} 0V${height}`, colours.text, 1.5);
  context.setLineDash([]);
  context.fillStyle = colours.text;
  const isRight = at > width - 80;
  context.textAlign = isRight ? 'right' : 'left';
  context.fillText('window', at + (isRight ? -5 : 5), axisHeight - 11);
  context.textAlign = 'left';
}

function stroke(context: CanvasRenderingContext2D, path: string, colour: string, width: number): void {
  context.strokeStyle = colour;
  context.lineWidth = width;
  context.stroke(new Path2D(path));
}
