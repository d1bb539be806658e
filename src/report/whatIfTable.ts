import { isBroken } from './brokenRound.ts';
import { formatDuration } from './durations.ts';
import type { Report } from './model.ts';
import { percent } from './share.ts';
import { roomCell } from './suggestions/room.ts';

/** The steps of a round replayed on another number of slots. */
export interface WhatIf {
  readonly slots: number;
  readonly totalSeconds: number;
  readonly fits: boolean;
  /** Whether the nodes have room for so many steps; undefined where nobody can say. */
  readonly room?: string;
}

export interface WhatIfTable {
  readonly titles: string[];
  readonly rows: string[][];
  /** How far the replay of this very round is from what was observed. */
  readonly error: string;
}

/** What other numbers of slots would have made of the same steps; nothing where the round broke or a replay tells nothing. */
export function whatIfRows(report: Report): WhatIf[] {
  const { model, whatIf, slots } = report.findings;
  const { windowSeconds, runtimeSeconds } = report.verdict;
  // With a slot for every step there is nothing to share out.
  if (report.counts.total <= (slots.limit ?? 0) || isBroken(report)) return [];
  if (model.error === null || model.makespanSeconds === null || whatIf.length < 2) return [];
  const beside = Math.max(0, (runtimeSeconds ?? 0) - model.makespanSeconds);
  return whatIf.map((one) => {
    const totalSeconds = one.makespanSeconds + beside;
    const room = roomCell(one.slots, report.clusterConfig?.room);
    return {
      slots: one.slots,
      totalSeconds,
      fits: totalSeconds <= windowSeconds,
      ...(room !== undefined && { room }),
    };
  });
}

export function whatIfTable(report: Report): WhatIfTable | undefined {
  const { model, slots } = report.findings;
  const rows = whatIfRows(report);
  if (rows.length === 0 || model.error === null) return undefined;
  const isRoomKnown = rows.some(({ room }) => room !== undefined);
  return {
    titles: ['Slots', 'Total Runtime', 'Fits', ...(isRoomKnown ? ['Room'] : [])],
    rows: rows.map((one) => [
      one.slots === slots.limit ? `${one.slots} (now)` : String(one.slots),
      formatDuration(one.totalSeconds),
      one.fits ? 'yes' : 'no',
      ...(isRoomKnown ? [one.room ?? ''] : []),
    ]),
    error: `${model.error > 0 ? '+' : ''}${percent(model.error)}`,
  };
}
