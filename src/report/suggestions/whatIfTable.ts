import { formatDuration, percent, plural } from '../../domain/text.ts';
import type { Report } from '../model/model.ts';
import { isBroken } from '../steps/comparable.ts';
import { unmodelledSeconds } from '../steps/makespan.ts';
import { capacityCell } from './cluster.ts';

/** The steps of a round replayed on another number of slots. */
export interface WhatIf {
  readonly slots: number;
  readonly totalSeconds: number;
  readonly fits: boolean;
  /** Whether the nodes have room for so many steps; undefined where nobody can say. */
  readonly room?: string;
}

/** A replay that is further from what was observed of the very same round says nothing about other numbers of slots. */
const mostError = 0.1;

export interface WhatIfTable {
  readonly titles: string[];
  readonly rows: string[][];
  /** What the last row means, where more slots would gain nothing. */
  readonly note?: string;
  /** How far the replay of this very round is from what was observed. */
  readonly error: string;
}

/**
 * What other numbers of slots would have made of the same steps, as far as more of them gain anything. Nothing for a
 * round that failed or still runs (what did not run has no time to be replayed), or where a replay means nothing.
 */
export function whatIfRows(report: Report): WhatIf[] {
  const { whatIf, slots } = report.findings;
  const { windowSeconds } = report.verdict;
  if (!isReplayed(report) || isReplayOff(report)) return [];
  const beside = unmodelledSeconds(report);
  return whatIf.slice(0, lastOfUse(whatIf, slots.limit) + 1).map((one) => {
    const totalSeconds = one.makespanSeconds + beside;
    const room = capacityCell(one.slots, report.clusterConfig?.room);
    return {
      slots: one.slots,
      totalSeconds,
      fits: totalSeconds <= windowSeconds,
      ...(room !== undefined && { room }),
    };
  });
}

/** Why no other numbers of slots are shown of a round that was replayed on them. */
export function noWhatIfText(report: Report): string | undefined {
  const { error } = report.findings.model;
  if (!isReplayed(report) || !isReplayOff(report) || error === null) return undefined;
  return `Other numbers of slots are not shown: the replay of this round on its own slots is off by ${errorText(error)}, so a replay on others would mean nothing.`;
}

function isReplayed({ findings, counts, cluster }: Report): boolean {
  const { model, whatIf, slots } = findings;
  if (counts.unfinished > 0 || isBroken({ cluster, counts })) return false;
  // With a slot for every step there is nothing to share out.
  return counts.total > (slots.limit ?? 0) && model.error !== null && whatIf.length >= 2;
}

function isReplayOff({ findings: { model } }: Report): boolean {
  return Math.abs(model.error ?? 0) > mostError;
}

function errorText(error: number): string {
  return `${error > 0 ? '+' : ''}${percent(error)}`;
}

export function whatIfTable(report: Report): WhatIfTable | undefined {
  const { model, whatIf, slots, bounds } = report.findings;
  const rows = whatIfRows(report);
  if (rows.length === 0 || model.error === null) return undefined;
  const isRoomKnown = rows.some(({ room }) => room !== undefined);
  const isLongest = (whatIf[rows.length - 1]?.makespanSeconds ?? 0) <= (bounds.longestStepSeconds ?? 0);
  return {
    titles: ['Slots', 'Total Runtime', 'Fits the Window', ...(isRoomKnown ? ['Fits the Nodes'] : [])],
    rows: rows.map((one) => [
      one.slots === slots.limit ? `${one.slots} (now)` : String(one.slots),
      formatDuration(one.totalSeconds),
      one.fits ? 'yes' : 'no',
      ...(isRoomKnown ? [one.room ?? ''] : []),
    ]),
    ...(rows.length < whatIf.length && {
      note: `No gain beyond ${plural(rows.at(-1)?.slots ?? 0, 'slot')}${isLongest ? ': the longest step sets the end' : ''}.`,
    }),
    error: errorText(model.error),
  };
}

/** The first row that no later one beats, though never before the present number of slots. */
function lastOfUse(whatIf: Report['findings']['whatIf'], limit: number | null): number {
  const least = Math.min(...whatIf.map((one) => one.makespanSeconds));
  return whatIf.findIndex((one) => one.makespanSeconds <= least && one.slots >= (limit ?? 0));
}
