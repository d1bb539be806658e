/** What an upload of checks changes in the session. */
import type { EventOf, Level, Round, Uploaded } from './model.ts';

/** One for each schedule of the upload, with what its prefix held afterwards. */
export function uploadsOf(
  event: EventOf<'checksUploaded'>,
  level: Level | undefined,
  at: string,
): Uploaded[] {
  const { load, reviewId, bytes } = event;
  const ofSchedules = event.schedules.length > 1 ? ('all' as const) : ('schedule' as const);
  const scope = level?.load === load ? level.scope : ofSchedules;
  const baseCommit = level?.load === load ? level.baseCommit : undefined;
  return event.schedules.map((schedule) => {
    const coverage = event.coverage?.find((one) => one.schedule === schedule);
    return {
      schedule,
      load,
      reviewId,
      at,
      scope,
      ...(bytes && { bytes }),
      ...(baseCommit && { baseCommit }),
      ...(coverage && { coverage }),
    };
  });
}

/** The newest upload of each schedule and load; the same bytes again stay committed. */
export function withUploads(known: readonly Uploaded[], uploaded: readonly Uploaded[]): Uploaded[] {
  const isReplaced = (one: Uploaded) =>
    uploaded.some((next) => next.schedule === one.schedule && next.load === one.load);
  const isCommitted = (next: Uploaded) => known.some((one) => isSameUpload(one, next) && one.committed);
  return [
    ...known.filter((one) => !isReplaced(one)),
    ...uploaded.map((next) => (isCommitted(next) ? { ...next, committed: true as const } : next)),
  ];
}

export function withCommitted(known: readonly Uploaded[], event: EventOf<'committed'>): Uploaded[] {
  return known.map((one) =>
    one.load === event.load && event.reviewIds?.includes(one.reviewId) ? { ...one, committed: true } : one,
  );
}

export function isSameUpload(one: Uploaded, other: Uploaded): boolean {
  return one.schedule === other.schedule && one.load === other.load && one.reviewId === other.reviewId;
}

/** A round that has no cluster yet will run what the prefix holds now. */
export function withCoverage(round: Round, uploaded: readonly Uploaded[]): Round {
  const mine = uploaded.find(
    ({ schedule, load, reviewId }) =>
      schedule === round.schedule && load === round.load && reviewId === round.reviewId,
  );
  const isWaiting = round.clusterId === undefined && round.finished === undefined && !round.abandoned;
  return isWaiting && mine?.coverage !== undefined ? { ...round, coverage: mine.coverage } : round;
}
