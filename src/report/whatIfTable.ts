import { formatDuration } from './durations.ts';
import type { Report } from './model.ts';
import { percent } from './share.ts';
import { roomCell } from './suggestions/room.ts';

export interface WhatIfTable {
  readonly titles: string[];
  readonly rows: string[][];
  /** How far the replay of this very round is from what was observed. */
  readonly error: string;
}

/** What other numbers of slots would have made of the same steps, and whether the nodes have room for so many. */
export function whatIfTable(report: Report): WhatIfTable | undefined {
  const { model, whatIf, slots } = report.findings;
  const { windowSeconds, runtimeSeconds } = report.verdict;
  // With a slot for every step there is nothing to share out.
  if (report.counts.total <= (slots.limit ?? 0)) return undefined;
  if (model.error === null || model.makespanSeconds === null || whatIf.length < 2) return undefined;
  const beside = Math.max(0, (runtimeSeconds ?? 0) - model.makespanSeconds);
  const cells = whatIf.map((one) => roomCell(one.slots, report.clusterConfig?.room));
  const isRoomKnown = cells.some((cell) => cell !== undefined);
  return {
    titles: ['Slots', 'Total Runtime', 'Fits', ...(isRoomKnown ? ['Room'] : [])],
    rows: whatIf.map((one, index) => [
      one.slots === slots.limit ? `${one.slots} (now)` : String(one.slots),
      formatDuration(one.makespanSeconds + beside),
      one.makespanSeconds + beside <= windowSeconds ? 'yes' : 'no',
      ...(isRoomKnown ? [cells[index] ?? ''] : []),
    ]),
    error: `${model.error > 0 ? '+' : ''}${percent(model.error)}`,
  };
}
