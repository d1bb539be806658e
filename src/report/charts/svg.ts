/**
 * The frame that all pictures share. The background is opaque, because a dark page turns a transparent picture
 * unreadable; colours follow the reader's scheme, and no state is told by colour alone.
 */
const style = `
.lt-bg{fill:#fff}.lt-text{fill:#24292f;font:12px system-ui,sans-serif}.lt-soft{fill:#57606a}.lt-end{text-anchor:end}.lt-mid{text-anchor:middle}.lt-title{font-size:14px;font-weight:600}
.lt-grid{stroke:#d0d7de;fill:none}.lt-completed{fill:#2f6fb3}.lt-failed{fill:#c2410c}.lt-cancelled{fill:#8a8f98}.lt-other{fill:#6f42c1}.lt-waiting{fill:#b6bcc4}
.lt-cross{stroke:#c2410c;stroke-width:2;fill:none}.lt-over{stroke:#fff;stroke-width:1.5;fill:none}.lt-curve{stroke:#2f6fb3;stroke-width:2;fill:none}.lt-earlier{stroke:#8a8f98;stroke-width:2;stroke-dasharray:5 4;fill:none}.lt-window{stroke:#24292f;stroke-width:1.5;stroke-dasharray:6 3;fill:none}.lt-area{fill:#2f6fb3;fill-opacity:.25;stroke:#2f6fb3}.lt-dot{fill:#2f6fb3}.lt-point{stroke:#2f6fb3;stroke-width:6;stroke-opacity:.6;fill:none}
.lt-lane.lt-lane{fill:none}.lt-lane.lt-completed{stroke:#2f6fb3}.lt-lane.lt-failed{stroke:#c2410c}.lt-lane.lt-cancelled{stroke:#8a8f98}.lt-lane.lt-other{stroke:#6f42c1}
@media(prefers-color-scheme:dark){.lt-bg{fill:#0d1117}.lt-text{fill:#e6edf3}.lt-soft{fill:#9198a1}.lt-grid{stroke:#30363d}.lt-completed{fill:#5aa9f0}.lt-lane.lt-lane{fill:none}.lt-lane.lt-completed{stroke:#5aa9f0}.lt-lane.lt-failed{stroke:#ff8a4c}.lt-lane.lt-cancelled{stroke:#8b949e}.lt-lane.lt-other{stroke:#b392f0}.lt-failed{fill:#ff8a4c}.lt-cancelled{fill:#8b949e}.lt-other{fill:#b392f0}.lt-waiting{fill:#484f58}.lt-cross{stroke:#ff8a4c}.lt-over{stroke:#0d1117}.lt-curve{stroke:#5aa9f0}.lt-earlier{stroke:#8b949e}.lt-window{stroke:#e6edf3}.lt-area{fill:#5aa9f0;stroke:#5aa9f0}.lt-dot{fill:#5aa9f0}.lt-point{stroke:#5aa9f0}}`;

/** A whole picture; `title` is what a screen reader says. */
export function picture(width: number, height: number, title: string, parts: readonly string[]): string {
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${xml(title)}"><style>${style}</style><rect class="lt-bg" width="${width}" height="${height}"/>${parts.join('')}</svg>\n`;
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

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Text in an element or a quoted attribute. */
function xml(text: string): string {
  return text.replace(/[&<>"']/g, (mark) => entities[mark] ?? mark);
}
