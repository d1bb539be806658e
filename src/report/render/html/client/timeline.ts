import { packed } from '../../charts/lanes.ts';
import type { PageData } from '../pageData.ts';
import { part } from './elements.ts';
import type { PageStep } from './steps.ts';
import { axisHeight, currentColours, drawScene } from './timelineDrawing.ts';
import { panned, showing, type TimeRange, zoomed } from './timeRange.ts';

interface Reactions {
  onSelect(step: PageStep): void;
  onHover(step: PageStep | undefined): void;
}

const closer = 0.6;

/** The canvas with a lane for each slot: zoomed by buttons, keys and Ctrl with the wheel, moved by dragging. */
export function createTimeline(data: PageData, steps: readonly PageStep[], reactions: Reactions) {
  const canvas = part('timeline') as HTMLCanvasElement;
  const context = canvas.getContext('2d');
  const { lanes, count } = packed(steps, (step) => step);
  const inTime = lanes.map(([step]) => step);
  const until = Math.max(data.round.runtimeSeconds, ...steps.map((step) => step.ended ?? 0), 1);
  const whole: TimeRange = { from: 0, to: until * 1.02 };
  const last = data.round.lastPlace === null ? undefined : steps[data.round.lastPlace];
  let range = whole;
  let shown: ReadonlySet<PageStep> = new Set(steps);
  let selected: PageStep | undefined;
  let hovered: PageStep | undefined;
  let colours = currentColours();
  let isAsked = false;
  canvas.style.height = `${axisHeight + Math.min(420, Math.max(80, count * 12))}px`;

  function draw(): void {
    isAsked = false;
    const { clientWidth: width, clientHeight: height } = canvas;
    const pixels = window.devicePixelRatio || 1;
    if (canvas.width !== Math.round(width * pixels)) canvas.width = Math.round(width * pixels);
    if (canvas.height !== Math.round(height * pixels)) canvas.height = Math.round(height * pixels);
    if (!context) return;
    context.setTransform(pixels, 0, 0, pixels, 0, 0);
    const { windowSeconds } = data.round;
    const scene = { lanes, laneCount: count, range, windowSeconds, shown, selected, hovered, last, until };
    drawScene(context, { width, height }, scene, colours);
    canvas.dataset.from = range.from.toFixed(1);
    canvas.dataset.to = range.to.toFixed(1);
  }

  function ask(): void {
    if (!isAsked) requestAnimationFrame(draw);
    isAsked = true;
  }

  function look(next: TimeRange): void {
    range = next;
    ask();
  }

  function secondsAt(event: MouseEvent): number {
    return range.from + (event.offsetX / canvas.clientWidth) * (range.to - range.from);
  }

  function stepAt(event: MouseEvent): PageStep | undefined {
    const lane = Math.floor(((event.offsetY - axisHeight) / (canvas.clientHeight - axisHeight)) * count);
    const at = secondsAt(event);
    // A bar narrower than the pointer can still be hit.
    const slack = (2 / canvas.clientWidth) * (range.to - range.from);
    return lanes.find(
      ([step, other]) =>
        other === lane &&
        (step.started ?? 0) - slack <= at &&
        (step.ended ?? until) + slack >= at &&
        shown.has(step),
    )?.[0];
  }

  let drag: { x: number; range: TimeRange; moved: boolean } | undefined;
  canvas.addEventListener('pointerdown', (event) => {
    drag = { x: event.offsetX, range, moved: false };
    canvas.setPointerCapture(event.pointerId);
  });
  canvas.addEventListener('pointermove', (event) => {
    if (!drag) return reactions.onHover(stepAt(event));
    const share = (drag.x - event.offsetX) / canvas.clientWidth;
    drag.moved ||= Math.abs(share * canvas.clientWidth) > 4;
    if (drag.moved) look(panned(drag.range, share, whole));
  });
  canvas.addEventListener('pointerup', (event) => {
    const step = drag && !drag.moved ? stepAt(event) : undefined;
    drag = undefined;
    if (step) reactions.onSelect(step);
  });
  canvas.addEventListener('pointercancel', () => {
    drag = undefined;
  });
  canvas.addEventListener('pointerleave', () => reactions.onHover(undefined));
  canvas.addEventListener(
    'wheel',
    (event) => {
      // Without Ctrl the wheel scrolls the page, as everywhere else.
      if (!event.ctrlKey && !event.metaKey) return;
      event.preventDefault();
      look(zoomed(range, event.deltaY < 0 ? closer : 1 / closer, secondsAt(event), whole));
    },
    { passive: false },
  );

  const middle = () => (range.from + range.to) / 2;
  const commands = {
    closer: () => look(zoomed(range, closer, selected?.started ?? middle(), whole)),
    wider: () => look(zoomed(range, 1 / closer, middle(), whole)),
    whole: () => look(whole),
    earlier: () => look(panned(range, -0.25, whole)),
    later: () => look(panned(range, 0.25, whole)),
  };
  for (const [name, command] of Object.entries(commands))
    part(`zoom-${name}`).addEventListener('click', command);

  const next = (by: number) => {
    const visible = inTime.filter((step) => shown.has(step));
    const at = selected ? visible.indexOf(selected) : by > 0 ? -1 : visible.length;
    const step = visible[Math.min(visible.length - 1, Math.max(0, at + by))];
    if (step) reactions.onSelect(step);
  };
  const keys: Readonly<Record<string, () => void>> = {
    '+': commands.closer,
    '=': commands.closer,
    '-': commands.wider,
    '0': commands.whole,
    ArrowRight: () => next(1),
    ArrowLeft: () => next(-1),
    PageDown: commands.later,
    PageUp: commands.earlier,
  };
  canvas.addEventListener('keydown', (event) => {
    const command = event.ctrlKey || event.metaKey || event.altKey ? undefined : keys[event.key];
    if (!command) return;
    event.preventDefault();
    command();
  });

  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => {
    colours = currentColours();
    ask();
  });
  new ResizeObserver(ask).observe(canvas);

  return {
    show(visible: readonly PageStep[]): void {
      shown = new Set(visible);
      ask();
    },
    select(step: PageStep): void {
      selected = step;
      if (step.started !== null) range = showing(range, step.started, whole);
      ask();
    },
    hover(step: PageStep | undefined): void {
      hovered = step;
      ask();
    },
  };
}
