/** Text that every room writes: counts, ratios, durations, lists within a budget, the nearest name. */

/** `1 step`, `12 steps`. */
export function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** A measured ratio: `1.90×`. */
export function ratioText(ratio: number): string {
  return `${ratio.toFixed(2)}×`;
}

/** A share as whole percents: 0.784 is `78%`. */
export function percent(share: number): string {
  return `${Math.round(share * 100)}%`;
}

/**
 * A duration: `45m 23s`, `2h 34m 18s`, `7s`. Rounded to whole seconds before it is split, so that 179.6 s is
 * `3m 0s` and never `2m 60s`.
 */
export function formatDuration(seconds: number): string {
  const whole = Math.round(Math.abs(seconds));
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor((whole % 3600) / 60);
  const rest = whole % 60;
  const sign = seconds < 0 && whole > 0 ? '-' : '';
  if (hours > 0) return `${sign}${hours}h ${minutes}m ${rest}s`;
  return minutes > 0 ? `${sign}${minutes}m ${rest}s` : `${sign}${rest}s`;
}

/** The same, or an en dash where nothing was measured. */
export function formatMeasured(seconds: number | null): string {
  return seconds === null ? '–' : formatDuration(seconds);
}

/** Seconds of `45m`, `1h 30m` or `90s`, units from the largest down; undefined for anything else, and for no time at all. */
export function parseDuration(text: string): number | undefined {
  const [whole, hours = '0', minutes = '0', seconds = '0'] =
    /^(?:(\d{1,4})h)?\s*(?:(\d{1,4})m)?\s*(?:(\d{1,6})s)?$/.exec(text.trim()) ?? [];
  const total = 3600 * Number(hours) + 60 * Number(minutes) + Number(seconds);
  return whole === undefined || total === 0 ? undefined : total;
}

/** A window as an adjective: 900 s is `15-minute`, 3600 s `1-hour`, 86,400 s `24-hour`. */
export function windowName(seconds: number): string {
  if (seconds % 3600 === 0) return `${seconds / 3600}-hour`;
  return seconds % 60 === 0 ? `${seconds / 60}-minute` : `${seconds}-second`;
}

/**
 * The first rows of a list, as many as fit into `characters` of JSON: a result has a budget, and the rows of one
 * repository can be ten times as long as those of another. Four characters are about one token.
 */
export function takeWithinBudget<Row>(rows: readonly Row[], characters: number): Row[] {
  let left = characters;
  const cut = rows.findIndex((row) => {
    left -= JSON.stringify(row).length + 1;
    return left < 0;
  });
  return cut === -1 ? [...rows] : rows.slice(0, cut);
}

/** The candidate that a misspelled name probably means; undefined when none is close. */
export function nearestOf(name: string, candidates: readonly string[]): string | undefined {
  const folded = fold(name);
  const close = candidates
    .map((candidate) => ({ candidate, distance: editDistance(folded, fold(candidate)) }))
    .filter(
      ({ candidate, distance }) =>
        distance <= Math.max(2, Math.floor(candidate.length / 3)) || fold(candidate).startsWith(folded),
    )
    .sort((a, b) => a.distance - b.distance);
  return close[0]?.candidate;
}

/** Whether at most `edits` letters differ, counting case. */
export function withinEdits(from: string, to: string, edits: number): boolean {
  return Math.abs(from.length - to.length) <= edits && editDistance(from, to) <= edits;
}

/** Ignores case and separators: `load_test` and `LoadTest` are equal. */
function fold(name: string): string {
  return name.toLowerCase().replaceAll(/[^a-z0-9]/g, '');
}

/** The Levenshtein distance, computed one row at a time. */
function editDistance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let i = 1; i <= from.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= to.length; j += 1)
      next[j] = Math.min(
        (row[j] ?? 0) + 1,
        (next[j - 1] ?? 0) + 1,
        (row[j - 1] ?? 0) + (from[i - 1] === to[j - 1] ? 0 : 1),
      );
    row = next;
  }
  return row[to.length] ?? 0;
}
