import { type Box, fitted, isInside, label, meetsRisingLine, overlap, path, widthOf } from './svg.ts';

/** A line that rises to the right, in pixels. */
export type Curve = readonly (readonly [x: number, y: number])[];

/** A point of a curve with what it is called. */
export interface Mark {
  readonly x: number;
  readonly y: number;
  readonly text: string;
}

/**
 * Each percentile's dot and its words, at the nearest place that is free of both curves, of the other dots and of the other
 * words. Right of and below a rising curve, and left of and above it, there is room; how much depends on the round.
 */
export function placedMarks(
  marks: readonly Mark[],
  curves: readonly Curve[],
  { frame, taken: others }: { readonly frame: Box; readonly taken: readonly Box[] },
): string[] {
  const dots = marks.map(({ x, y }) => ({ left: x - 6, right: x + 6, top: y - 6, bottom: y + 6 }));
  const taken: Box[] = [...dots, ...others];
  const words = marks.flatMap(({ x, y, text }) => {
    const places = placesAround(x, y, widthOf(text)).filter(({ box }) => isInside(box, frame));
    const clear = places.filter(({ box }) => !taken.some((other) => overlap(box, other)));
    // The earlier curve may be crossed where nothing else is left: the words have a border of the page's colour.
    const place =
      clear.find(({ box }) => curves.every((points) => !meetsRisingLine(box, points))) ??
      clear.find(({ box }) => !meetsRisingLine(box, curves[0] ?? [])) ??
      clear[0] ??
      places[0];
    if (!place) return [];
    taken.push(place.box);
    return [path('lt-leader', place.leader), label(place.box.left, place.box.bottom - 4, text, 'lt-name')];
  });
  return [...words, ...marks.map(({ x, y }) => `<circle class="lt-dot" cx="${x}" cy="${y}" r="4.5"/>`)];
}

interface Place {
  readonly box: Box;
  /** Empty where the words stand right at their dot. */
  readonly leader: string;
}

/** Below, beside and above to the right of a dot, then above to the left, ever further away. */
function placesAround(x: number, y: number, wide: number): Place[] {
  const away = [0, 18, 36, 54, 72, 90];
  return away.flatMap((distance) =>
    [
      boxAt(x + 9 + distance, y + 4 + distance, wide),
      boxAt(x + 9 + distance, y - 8, wide),
      boxAt(x + 9, y - 20 - distance, wide),
      boxAt(x - 9 - distance - wide, y - 20 - distance, wide),
    ].map((box) => ({ box, leader: distance === 0 ? '' : leaderTo(box, x, y) })),
  );
}

function boxAt(fromX: number, fromY: number, wide: number): Box {
  const [boxLeft, boxTop] = [Math.round(fromX), Math.round(fromY)];
  return { left: boxLeft, right: boxLeft + Math.ceil(wide), top: boxTop, bottom: boxTop + 16 };
}

/** From the dot to the nearest corner or edge of the words. */
function leaderTo(box: Box, x: number, y: number): string {
  const nearX = Math.min(Math.max(x, box.left), box.right);
  const nearY = y < box.top ? box.top : box.bottom;
  return `M${x} ${y}L${nearX} ${nearY}`;
}

const mostNamed = 6;
const gap = 10;
/** Half the width of a point with its ring. */
const reach = 6;

interface Point {
  readonly name: string;
  /** The others only keep their place free. */
  readonly isNamed: boolean;
  readonly x: number;
  readonly y: number;
}

/**
 * The names of the first points that have one, each right or left of its point or above or below it, as far as it lies on no
 * point, not on another and not outside.
 */
export function placedNames(points: readonly Point[], frame: Box): string[] {
  const taken: Box[] = points.map(({ x, y }) => ({
    left: x - reach,
    right: x + reach,
    top: y - reach,
    bottom: y + reach,
  }));
  const most = 0.6 * (frame.right - frame.left);
  return points
    .filter(({ isNamed }) => isNamed)
    .slice(0, mostNamed)
    .flatMap(({ name, x, y }) => {
      const text = fitted(name, most);
      const wide = widthOf(text);
      const sides = [
        { at: x + gap, from: x + gap, down: 0, classes: 'lt-name' },
        { at: x - gap, from: x - gap - wide, down: 0, classes: 'lt-name lt-end' },
        { at: x - gap, from: x - gap - wide, down: -14, classes: 'lt-name lt-end' },
        { at: x + gap, from: x + gap, down: 14, classes: 'lt-name' },
      ];
      for (const { at, from, down, classes } of sides) {
        const box = { left: from, right: from + wide, top: y + down - 8, bottom: y + down + 8 };
        if (
          !isInside(box, { ...frame, top: 0, bottom: frame.bottom }) ||
          taken.some((other) => overlap(box, other))
        )
          continue;
        taken.push(box);
        return [label(at, y + down + 4, text, classes)];
      }
      return [];
    });
}
