import type { ReportStep } from '../../model/model.ts';
import { chartStyle } from './scale.ts';

/** Rectangles in pixels, to keep texts off each other and off what is drawn. */
export interface Box {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

export function overlap(one: Box, other: Box): boolean {
  return one.left < other.right && other.left < one.right && one.top < other.bottom && other.top < one.bottom;
}

export function isInside(one: Box, frame: Box): boolean {
  return (
    one.left >= frame.left && one.right <= frame.right && one.top >= frame.top && one.bottom <= frame.bottom
  );
}

/** Whether a line through points that never go left nor down touches the box. */
export function meetsRisingLine(box: Box, points: readonly (readonly [x: number, y: number])[]): boolean {
  return points.some(([x, y], index) => {
    const [endX, endY] = points[index + 1] ?? [x, y];
    const [from, to] = [Math.max(x, box.left), Math.min(endX, box.right)];
    if (from > to) return false;
    const heightAt = (atX: number) => (endX === x ? undefined : y + ((endY - y) * (atX - x)) / (endX - x));
    // A piece that goes straight up reaches from end to end.
    return (heightAt(to) ?? endY) <= box.bottom && (heightAt(from) ?? y) >= box.top;
  });
}

/** What a legend shows before its word: a piece of SVG around the middle at (x, y), at most 22 pixels wide. */
export interface LegendItem {
  readonly word: string;
  mark(x: number, y: number): string;
}

/** A legend's item for a line of that class. */
export function lineItem({ word, cssClass }: { word: string; cssClass: string }): LegendItem {
  return { word, mark: (x, y) => path(cssClass, `M${x - 11} ${y}h22`) };
}

/** In the order in which they are drawn: what failed lies on top. */
export const stateClasses = ['lt-completed', 'lt-other', 'lt-cancelled', 'lt-failed'] as const;

/** The CSS class of a step's state; a word that is new to us is `lt-other`. */
export function classOf({ state }: Pick<ReportStep, 'state'>): string {
  return stateClasses.find((one) => one === `lt-${state.toLowerCase()}`) ?? 'lt-other';
}

/** A whole picture; `alt` is what a screen reader says. */
export function picture(width: number, height: number, alt: string, parts: readonly string[]): string {
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${xml(alt)}"><style>${chartStyle}</style><rect class="lt-bg" width="${width}" height="${height}"/>${parts.join('')}</svg>\n`;
}

/** A text; `classes` beside `lt-text`. */
export function label(x: number, y: number, text: string, classes = ''): string {
  return `<text class="lt-text${classes && ` ${classes}`}" x="${x}" y="${y}">${xml(text)}</text>`;
}

/** A path of that class, or nothing when there is nothing to draw. */
export function path(cssClass: string, d: string): string {
  return d === '' ? '' : `<path class="${cssClass}" d="${d}"/>`;
}

/** Bars of one height as thick lines: a third of the bytes of as many rectangles. */
export function thickPath(cssClass: string, d: string, thickness: number): string {
  return d === '' ? '' : `<path class="lt-lane ${cssClass}" stroke-width="${thickness}" d="${d}"/>`;
}

/** A bar as a piece of a path. */
export function bar(x: number, y: number, width: number, height: number): string {
  return `M${x} ${y}h${width}v${height}h${-width}z`;
}

/** A cross around (x, y) as a piece of a path. */
export function cross(x: number, y: number): string {
  return `M${x - 3} ${y - 3}l6 6m0-6l-6 6`;
}

/** A ring around (x, y) as a piece of a path. */
export function ring(x: number, y: number): string {
  return `M${x - 6} ${y}a6 6 0 1 0 12 0a6 6 0 1 0-12 0`;
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Text in an element or a quoted attribute, of XML and of HTML. */
export function xml(text: string): string {
  return text.replace(/[&<>"']/g, (mark) => entities[mark] ?? mark);
}

/**
 * How wide a text is, at 12 pixels of a system font: an estimate, because nothing here can measure. It errs on the
 * wide side, so that what is made to fit does fit.
 */
export function widthOf(text: string): number {
  let width = 0;
  for (const character of text) width += widthOfCharacter(character);
  return width;
}

function widthOfCharacter(character: string): number {
  if ((character.codePointAt(0) ?? 0) >= 0x1100) return 13;
  if (/[ iIl.,:;'|!j]/.test(character)) return 4.5;
  if (/[fr()[\]-]/.test(character)) return 5.5;
  if (/[cstz_]/.test(character)) return 6.8;
  if (/[MWmw@%–—…]/.test(character)) return 12;
  return /[A-Z]/.test(character) ? 9.5 : 7.5;
}

/** The text, or as much of its beginning as fits with "…" behind it; no surrogate pair is cut in half. */
export function fitted(text: string, widthPixels: number): string {
  if (widthOf(text) <= widthPixels) return text;
  let kept = '';
  let left = widthPixels - widthOf('…');
  for (const character of text) {
    left -= widthOfCharacter(character);
    if (left < 0) break;
    kept += character;
  }
  return `${kept}…`;
}
