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
  /** What the last row means, where more slots would win nothing. */
  readonly note?: string;
  /** How far the replay of this very round is from what was observed. */
  readonly error: string;
}

/**
 * What other numbers of slots would have made of the same steps, as far as more of them win anything. Nothing for a
 * round that broke or still runs (what did not run has no time to be replayed), or where a replay tells nothing.
 */
export function whatIfRows(report: Report): WhatIf[] {
  const { model, whatIf, slots } = report.findings;
  const { windowSeconds, runtimeSeconds } = report.verdict;
  if (report.counts.unfinished > 0 || isBroken(report)) return [];
  // With a slot for every step there is nothing to share out.
  if (report.counts.total <= (slots.limit ?? 0)) return [];
  if (model.error === null || model.makespanSeconds === null || whatIf.length < 2) return [];
  const beside = Math.max(0, (runtimeSeconds ?? 0) - model.makespanSeconds);
  return whatIf.slice(0, lastOfUse(whatIf, slots.limit) + 1).map((one) => {
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
  const { model, whatIf, slots, bounds } = report.findings;
  const rows = whatIfRows(report);
  if (rows.length === 0 || model.error === null) return undefined;
  const isRoomKnown = rows.some(({ room }) => room !== undefined);
  const isLongest = (whatIf[rows.length - 1]?.makespanSeconds ?? 0) <= (bounds.longestStepSeconds ?? 0);
  return {
    titles: ['Slots', 'Total Runtime', 'Fits the Window', ...(isRoomKnown ? ['Room on the Nodes'] : [])],
    rows: rows.map((one) => [
      one.slots === slots.limit ? `${one.slots} (now)` : String(one.slots),
      formatDuration(one.totalSeconds),
      one.fits ? 'yes' : 'no',
      ...(isRoomKnown ? [one.room ?? ''] : []),
    ]),
    ...(rows.length < whatIf.length && {
      note: `More than ${rows.at(-1)?.slots} slots win nothing${isLongest ? ': the longest step sets the end' : ''}.`,
    }),
    error: `${model.error > 0 ? '+' : ''}${percent(model.error)}`,
  };
}

/** The first row that no later one beats, though never before the present number of slots. */
function lastOfUse(whatIf: Report['findings']['whatIf'], limit: number | null): number {
  const least = Math.min(...whatIf.map((one) => one.makespanSeconds));
  return whatIf.findIndex((one) => one.makespanSeconds <= least && one.slots >= (limit ?? 0));
}
