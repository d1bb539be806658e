import { statusWord } from '../../../steps/checkTimes.ts';
import type { PageData } from '../pageData.ts';
import type { PageStep } from './steps.ts';

/** Steps as CSV (RFC 4180): times as UTC stamps, durations in seconds, so that a program need not read words. */
export function csvOf(
  steps: readonly PageStep[],
  { fromMs, ratioTitle }: Pick<PageData['round'], 'fromMs' | 'ratioTitle'>,
): string {
  const stamp = (seconds: number | null) =>
    seconds === null ? '' : new Date(Math.round(fromMs + seconds * 1000)).toISOString();
  const number = (value: number | null) => (value === null ? '' : String(Math.round(value * 1000) / 1000));
  const titles = ['step', 'id', 'status', 'created', 'started', 'ended', 'waited_seconds', 'elapsed_seconds'];
  const rows = steps.map((step) => [
    safe(step.name),
    safe(step.id),
    safe(statusWord(step.state)),
    stamp(step.created),
    stamp(step.started),
    stamp(step.ended),
    number(step.waited),
    number(step.ran),
    ...(ratioTitle === undefined ? [] : [number(step.ratio)]),
    safe(step.cause),
    safe(step.proof),
  ]);
  const more = ratioTitle === undefined ? [] : [ratioTitle];
  return [[...titles, ...more, 'cause', 'proof'], ...rows]
    .map((cells) => `${cells.map(quoted).join(',')}\r\n`)
    .join('');
}

function quoted(cell: string): string {
  return /[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}

/** Names and logs are foreign, and a spreadsheet runs a cell that begins like a formula. */
function safe(text: string): string {
  return /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
}
