/** What stands above every plot: its title and its legend, each in as many lines as the picture is narrow. */
import { fitted, type LegendItem, label, widthOf } from './svg.ts';

/** How wide a picture is drawn: for a page, or for a phone, where a wide one would have letters of 4 pixels. */
export interface Form {
  readonly width: number;
  readonly isNarrow: boolean;
}

export const wide: Form = { width: 960, isNarrow: false };
export const narrow: Form = { width: 360, isNarrow: true };

/** Parts of a picture, and how far down they reach. */
export interface Drawing {
  readonly parts: readonly string[];
  readonly bottom: number;
}

const titleLines = 3;
/** Widths are estimated at 12 pixels; a title has 14 and is bold. */
const titleFactor = 1.25;

/** The title, and below it the legend. */
export function drawHead(text: string, items: readonly LegendItem[], { width, isNarrow }: Form): Drawing {
  const left = isNarrow ? 8 : 20;
  const lines = wrapped(text, (width - 2 * left) / titleFactor, titleLines);
  const titles = lines.map((line, index) => label(left, 24 + index * 19, line, 'lt-title'));
  const keys = legend(items, { left, right: width - left, top: 28 + lines.length * 19 });
  return { parts: [...titles, ...keys.parts], bottom: keys.bottom };
}

/** Marks with their words, in rows between left and right; `top` is the first row's base line. */
function legend(
  items: readonly LegendItem[],
  { left, right, top }: { readonly left: number; readonly right: number; readonly top: number },
): Drawing {
  let [x, y] = [left, top];
  const parts = items.map(({ word, mark }) => {
    const text = fitted(word, right - left - 26);
    const room = 26 + widthOf(text);
    if (x > left && x + room > right) [x, y] = [left, y + 20];
    const drawn = mark(x + 11, y - 4) + label(x + 26, y, text, 'lt-soft');
    x += room + 18;
    return drawn;
  });
  return { parts, bottom: items.length === 0 ? top - 20 : y };
}

/** The text in lines of that width, broken between words; what does not fit into the last line is cut. */
export function wrapped(text: string, width: number, most: number): string[] {
  const lines: string[] = [];
  let rest = text.split(' ');
  while (rest.length > 0 && lines.length < most) {
    let count = 1;
    while (count < rest.length && widthOf(rest.slice(0, count + 1).join(' ')) <= width) count++;
    const isLast = lines.length === most - 1;
    lines.push(fitted((isLast ? rest : rest.slice(0, count)).join(' '), width));
    rest = isLast ? [] : rest.slice(count);
  }
  return lines;
}
