import { label } from './svg.ts';
import { widthOf } from './textWidth.ts';

/** What a legend shows before its word: a piece of SVG around the middle at (x, y), at most 22 pixels wide. */
export interface LegendItem {
  readonly word: string;
  mark(x: number, y: number): string;
}

/** A row of marks with their words, from the left edge at the height of `y`. */
export function legend(items: readonly LegendItem[], y: number, left = 20): string {
  let x = left;
  return items
    .map(({ word, mark }) => {
      const drawn = mark(x + 11, y - 4) + label(x + 26, y, word, 'lt-soft');
      x += 26 + widthOf(word) + 18;
      return drawn;
    })
    .join('');
}
