/** What showSession says of the disk, the uploads, the DAG and the rounds. */
import { isUnused } from '../../rounds/choice.ts';

interface Disk {
  readonly load: number;
  readonly reviewId: string;
  readonly matchesReview: boolean;
  readonly approved: boolean;
}

interface Upload {
  readonly schedule: string;
  readonly load: number;
  readonly reviewId: string;
  readonly at: string;
}

interface Dag {
  readonly load: number;
  readonly configDigest: string;
  readonly at: string;
}

interface Round {
  readonly round: number;
  readonly load: number;
  readonly schedule: string;
  readonly startedAt: string;
  readonly clusterId?: string | undefined;
  readonly finished: boolean;
  readonly report?: string | undefined;
  readonly committed: boolean;
  readonly abandoned: boolean;
  readonly note?: string | undefined;
}

export const sessionLines = {
  schedule: (schedule: string | null) => (schedule === null ? [] : [`Schedule: ${schedule}`]),
  disk: (disk: Disk | null) => (disk === null ? [] : [diskLine(disk)]),
  uploaded: (rows: readonly Upload[]) => ['Uploaded:', ...byUpload(rows)],
  dag: (dag: Dag | null) =>
    dag === null ? [] : [`DAG: LOAD ${dag.load}, cluster config ${dag.configDigest}, uploaded ${dag.at}`],
  rounds: (rows: readonly Round[]) => ['Rounds:', ...rows.map((row) => roundLine(row, isUnused(row, rows)))],
};

function diskLine({ load, reviewId, matchesReview, approved }: Disk): string {
  const yes = approved ? 'approved' : 'not approved yet';
  const since = matchesReview ? 'as it was last shown' : 'changed since it was last shown';
  return `On disk: ${load}x, review ${reviewId}, ${yes}, ${since}`;
}

/** One line for each level; its schedules together as far as one call uploaded them. */
function byUpload(rows: readonly Upload[]): string[] {
  const levels = [...new Set(rows.map(({ load }) => load))];
  return levels.map((level) => {
    const ofLevel = rows.filter(({ load }) => load === level);
    const calls = [...new Set(ofLevel.map(({ reviewId, at }) => `(review ${reviewId}, ${at})`))];
    const parts = calls.map((call) => {
      const together = ofLevel.filter(({ reviewId, at }) => call === `(review ${reviewId}, ${at})`);
      return `${together.map(({ schedule }) => schedule).join(', ')} ${call}`;
    });
    return `  - ${level}x to ${parts.join('; ')}`;
  });
}

function roundLine(row: Round, unused: boolean): string {
  const parts = unused
    ? ['marked, and no run was seen']
    : [
        row.clusterId ?? 'no cluster yet',
        row.report ?? (row.finished ? 'finished, no report yet' : 'not known to be finished'),
      ];
  const more = [...(row.abandoned ? ['abandoned'] : []), ...(row.committed ? ['committed'] : [])];
  return `  ${row.round}. ${row.load}x ${row.schedule} since ${row.startedAt}: ${[...parts, ...more].join(', ')}${row.note === undefined ? '' : ` (${row.note})`}`;
}
