import { type Box, overlap } from './boxes.ts';
import { label } from './svg.ts';
import { fitted, widthOf } from './textWidth.ts';

const named = 6;
const nameWidth = 320;
const gap = 10;
/** Half the width of a point with its ring. */
const reach = 6;

interface Point {
  readonly name: string;
  readonly x: number;
  readonly y: number;
}

/** The names of the first points, right or left of each, as far as they lie on no point, not on each other and not outside. */
export function placedNames(points: readonly Point[], frame: Box): string[] {
  const taken: Box[] = points.map(({ x, y }) => ({
    left: x - reach,
    right: x + reach,
    top: y - reach,
    bottom: y + reach,
  }));
  return points.slice(0, named).flatMap(({ name, x, y }) => {
    const text = fitted(name, nameWidth);
    const wide = widthOf(text);
    const sides = [
      { at: x + gap, from: x + gap, classes: 'lt-name' },
      { at: x - gap, from: x - gap - wide, classes: 'lt-name lt-end' },
    ];
    for (const { at, from, classes } of sides) {
      const box = { left: from, right: from + wide, top: y - 8, bottom: y + 8 };
      if (box.left < frame.left || box.right > frame.right || taken.some((other) => overlap(box, other)))
        continue;
      taken.push(box);
      return [label(at, y + 4, text, classes)];
    }
    return [];
  });
}
