import { chartStyle } from './style.ts';
import { fitted } from './textWidth.ts';

/** A whole picture; `alt` is what a screen reader says. */
export function picture(width: number, height: number, alt: string, parts: readonly string[]): string {
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${xml(alt)}"><style>${chartStyle}</style><rect class="lt-bg" width="${width}" height="${height}"/>${parts.join('')}</svg>\n`;
}

/** The line at the top of a picture, cut where the picture ends. */
export function title(text: string, width: number): string {
  // Widths are estimated at 12 pixels; the title has 14 and is bold.
  return label(20, 24, fitted(text, (width - 40) / 1.25), 'lt-title');
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
