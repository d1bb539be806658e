/** What showSession says of the disk, the uploads, the DAG and the rounds. */

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
  readonly note?: string | undefined;
}

export const sessionLines = {
  schedule: (schedule: string | null) => (schedule === null ? [] : [`Schedule: ${schedule}`]),
  disk: (disk: Disk | null) => (disk === null ? [] : [diskLine(disk)]),
  uploaded: (rows: readonly Upload[]) => ['Uploaded:', ...byUpload(rows)],
  dag: (dag: Dag | null) =>
    dag === null ? [] : [`DAG: LOAD ${dag.load}, cluster config ${dag.configDigest}, uploaded ${dag.at}`],
  rounds: (rows: readonly Round[]) => ['Rounds:', ...rows.map(roundLine)],
};

function diskLine({ load, reviewId, matchesReview, approved }: Disk): string {
  const yes = approved ? 'approved' : 'not approved yet';
  const since = matchesReview ? 'as it was last shown' : 'changed since it was last shown';
  return `On disk: ${load}x, review ${reviewId}, ${yes}, ${since}`;
}

/** One line for the schedules that one call uploaded. */
function byUpload(rows: readonly Upload[]): string[] {
  const isSameCall = (one: Upload, other: Upload) =>
    one.load === other.load && one.reviewId === other.reviewId && one.at === other.at;
  return rows.flatMap((row, index) => {
    if (rows.findIndex((one) => isSameCall(one, row)) < index) return [];
    const schedules = rows.filter((one) => isSameCall(one, row)).map(({ schedule }) => schedule);
    return [`  - ${row.load}x to ${schedules.join(', ')} (review ${row.reviewId}, ${row.at})`];
  });
}

function roundLine(row: Round): string {
  const parts = [
    row.clusterId ?? 'no cluster yet',
    row.report ?? (row.finished ? 'finished, no report yet' : 'not known to be finished'),
  ];
  return `  ${row.round}. ${row.load}x ${row.schedule} since ${row.startedAt}: ${parts.join(', ')}${row.committed ? ', committed' : ''}${row.note === undefined ? '' : ` (${row.note})`}`;
}
