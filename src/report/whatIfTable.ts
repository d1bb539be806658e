import { formatDuration } from './durations.ts';
import type { Report } from './model.ts';
import { percent } from './share.ts';
import { roomCell } from './suggestions/room.ts';

export interface WhatIfTable {
  readonly titles: string[];
  readonly rows: string[][];
  /** What the last row means, where more slots would win nothing. */
  readonly note?: string;
  /** How far the replay of this very round is from what was observed. */
  readonly error: string;
}

/** What other numbers of slots would have made of the same steps, and whether the nodes have room for so many. */
export function whatIfTable(report: Report): WhatIfTable | undefined {
  const { model, whatIf, slots, bounds } = report.findings;
  const { windowSeconds, runtimeSeconds } = report.verdict;
  // What still runs has no time to be replayed.
  if (report.counts.unfinished > 0) return undefined;
  // With a slot for every step there is nothing to share out.
  if (report.counts.total <= (slots.limit ?? 0)) return undefined;
  if (model.error === null || model.makespanSeconds === null || whatIf.length < 2) return undefined;
  const beside = Math.max(0, (runtimeSeconds ?? 0) - model.makespanSeconds);
  const shown = whatIf.slice(0, lastOfUse(whatIf, slots.limit) + 1);
  const cells = shown.map((one) => roomCell(one.slots, report.clusterConfig?.room));
  const isLongest = (shown.at(-1)?.makespanSeconds ?? 0) <= (bounds.longestStepSeconds ?? 0);
  const isRoomKnown = cells.some((cell) => cell !== undefined);
  return {
    titles: ['Slots', 'Total Runtime', 'Fits the Window', ...(isRoomKnown ? ['Room on the Nodes'] : [])],
    rows: shown.map((one, index) => [
      one.slots === slots.limit ? `${one.slots} (now)` : String(one.slots),
      formatDuration(one.makespanSeconds + beside),
      one.makespanSeconds + beside <= windowSeconds ? 'yes' : 'no',
      ...(isRoomKnown ? [cells[index] ?? ''] : []),
    ]),
    ...(shown.length < whatIf.length && {
      note: `More than ${shown.at(-1)?.slots} slots win nothing${isLongest ? ': the longest step sets the end' : ''}.`,
    }),
    error: `${model.error > 0 ? '+' : ''}${percent(model.error)}`,
  };
}

/** The first row that no later one beats, though never before the present number of slots. */
function lastOfUse(whatIf: Report['findings']['whatIf'], limit: number | null): number {
  const least = Math.min(...whatIf.map((one) => one.makespanSeconds));
  return whatIf.findIndex((one) => one.makespanSeconds <= least && one.slots >= (limit ?? 0));
}
