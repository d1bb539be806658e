import type { JournalEntry, SessionEvent } from './events.ts';
import { afterApproval, baselineKey, fixesAt, keptBy, withEdits, withKnown, withLoaded } from './memory.ts';
import type { EventOf, Phase, Round, Session } from './model.ts';
import { withLoad, withMatchingInputs, withOwned, withoutCluster, withoutFinish } from './roundFacts.ts';
import { isSameUpload, uploadsOf, withCommitted, withCoverage, withUploads } from './uploads.ts';

export type { Fix, SessionEvent } from './events.ts';
export { approvalKey, baselineKey } from './memory.ts';
export type { OtherRun, Phase, Round, RoundOutcome, Scope, Session, Uploaded } from './model.ts';

export const emptySession: Session = {
  entries: 0,
  phase: 'idle',
  approved: new Set(),
  approvedManifests: new Map(),
  approvedFixes: new Map(),
  edits: new Map(),
  loaded: new Map(),
  acceptedBaselines: new Set(),
  fixes: new Map(),
  writtenManifests: [],
  uploads: [],
  rounds: [],
  otherRuns: [],
  toldClusters: new Set(),
  uploadedConfigs: new Set(),
  interruptions: [],
};

/** Folds entries into a session. `from` is the session before the first of `entries`. */
export function foldSession(entries: readonly JournalEntry[], from: Session = emptySession): Session {
  return entries.reduce(afterEntry, from);
}

export function afterEntry(
  session: Session,
  { events, at, number }: Pick<JournalEntry, 'events' | 'at' | 'number'>,
): Session {
  const after = events.reduce((before, event) => apply(before, event, at), session);
  return { ...after, entries: number };
}

function apply(session: Session, event: SessionEvent, at: string): Session {
  switch (event.type) {
    case 'begun':
      return {
        ...keptBy(session, event),
        interruptions: [
          ...done(session, event.tool).interruptions,
          { tool: event.tool, arguments: event.arguments, at },
        ],
        writtenManifests: [...session.writtenManifests, ...(event.manifest ? [event.manifest] : [])],
        loaded: event.loaded
          ? withLoaded(session, event.loaded.manifest, event.loaded.load, session.level?.baseCommit)
          : withLoaded(session, event.manifest, event.arguments.load, undefined),
      };
    case 'checkout':
      return { ...session, checkout: { path: event.path, id: event.id } };
    case 'scaled': {
      const { type: _, carried = [], kept = [], ...level } = event;
      return {
        ...withKnown(done(session), level.load, carried, kept),
        phase: level.approvalNeeded && !session.approved.has(level.reviewId) ? 'scaled' : 'approved',
        level,
        loaded: withLoaded(session, level.manifest, level.load, level.baseCommit),
        schedule: level.schedule,
        writtenManifests:
          level.scope === 'all'
            ? [level.manifest]
            : [...session.writtenManifests.filter((one) => one !== level.manifest), level.manifest],
        lastReview: { reviewId: level.reviewId, manifest: level.manifest },
      };
    }
    case 'fixed': {
      const others = fixesAt(session, event.load).filter(({ path }) => path !== event.fix.path);
      return {
        ...done(session, 'fixInterval'),
        phase: session.approved.has(event.reviewId) ? 'approved' : 'scaled',
        fixes: new Map(session.fixes).set(event.load, event.restored ? others : [...others, event.fix]),
        edits: withEdits(session.edits, event.load, event.restored ? [] : [event.fix], [event.fix.path]),
      };
    }
    case 'reviewed':
      return { ...session, lastReview: { reviewId: event.reviewId, manifest: event.manifest } };
    case 'approved':
      return { ...afterApproval(session, event), phase: 'approved' };
    case 'reverted': {
      const { level: _, lastReview: __, ...rest } = done(session);
      // A round under way does not depend on the files on disk.
      const isUnderWay = rest.phase === 'running' || rest.phase === 'finished';
      return { ...rest, phase: isUnderWay ? rest.phase : 'idle', writtenManifests: [] };
    }
    case 'checksUploaded': {
      const uploaded = uploadsOf(event, session.level, at);
      // Uploading the same bytes again does not undo what followed the first upload.
      const again = uploaded.every((next) => session.uploads.some((known) => isSameUpload(known, next)));
      return {
        ...done(session, 'uploadChecks'),
        phase: again && !beforeUpload.includes(session.phase) ? session.phase : 'checks_uploaded',
        uploads: withUploads(session.uploads, uploaded),
        rounds: session.rounds.map((round) => withCoverage(round, uploaded)),
      };
    }
    case 'dagUploaded':
      return {
        ...done(session, 'uploadDags'),
        phase: hasOpenRound(session, event.load) ? 'round_open' : 'dag_uploaded',
        dag: { load: event.load, files: event.files, clusterNames: event.clusterNames, at },
        uploadedConfigs: new Set([...session.uploadedConfigs, ...Object.values(event.files)]),
      };
    case 'roundOpened': {
      const { type: _, by: __, ...facts } = event;
      const round: Round = { ...facts, round: session.rounds.length + 1, committed: false, abandoned: false };
      return withOwned({
        ...session,
        phase: event.clusterId === undefined ? 'round_open' : 'running',
        schedule: event.schedule,
        rounds: [...session.rounds, round],
      });
    }
    case 'roundMoved': {
      const { type: _, round, load, schedule, unbound = false, ...facts } = event;
      const moved = { ...facts, ...(load && { load }), ...(schedule && { schedule }) };
      const rounds = session.rounds.map((one) =>
        one.round === round
          ? {
              ...withoutFinish(
                withMatchingInputs(unbound || facts.clusterId ? withoutCluster(one) : one, moved),
              ),
              ...moved,
            }
          : one,
      );
      const phase = event.clusterId === undefined ? 'round_open' : 'running';
      return withOwned({ ...session, rounds, phase, ...(schedule && { schedule }) });
    }
    case 'dagTriggered': {
      const { dagId, dagRunId } = event;
      return withRound(session, event.round, { dagRun: { dagId, dagRunId } });
    }
    case 'roundNoted':
      return withRound(session, event.round, { note: event.note });
    case 'clusterBound': {
      const { type: _, round, ...bound } = event;
      const known = session.rounds.find((one) => one.round === round);
      const isNew = known?.clusterId !== bound.clusterId;
      const after = withRounds(
        session,
        (one) => one.round === round,
        (one) => ({
          ...(isNew ? withoutCluster(one) : one),
          ...bound,
        }),
      );
      // The id of a run that was seen to end says nothing new about where the work stands.
      return withOwned({ ...after, phase: known?.finished && !isNew ? session.phase : 'running' });
    }
    case 'clusterEnded': {
      const { type: _, round, ...clusterEnd } = event;
      return withRound(session, round, { clusterEnd });
    }
    case 'roundFinished': {
      const { type: _, round, load, ...finished } = event;
      return {
        ...withRounds(
          session,
          (one) => one.round === round,
          (one) => ({ ...withLoad(one, load), finished }),
        ),
        phase: 'finished',
      };
    }
    case 'otherRunsSeen':
      return withOwned({
        ...session,
        otherRuns: event.runs,
        toldClusters: new Set([...session.toldClusters, ...event.runs.map(({ clusterId }) => clusterId)]),
      });
    case 'reported': {
      const { type: _, round, load, ...report } = event;
      return {
        ...withRounds(
          session,
          (one) => one.round === round,
          (one) => ({
            ...withLoad(one, load),
            report,
            committed: one.committed && isSameReport(one, report),
          }),
        ),
        phase: report.partial || !isLatest(session, round) ? session.phase : 'reported',
      };
    }
    case 'committed':
      return {
        ...withRounds(
          done(session, 'commitResults'),
          (round) => isCommitted(round, event),
          (round) => ({
            ...round,
            committed: true,
          }),
        ),
        uploads: withCommitted(session.uploads, event),
        phase: isAtWork(session, event.load) ? session.phase : 'committed',
      };
    case 'baselineAccepted': {
      const accepted = Object.entries(event.files).map(([path, digest]) => baselineKey(path, digest));
      return { ...session, acceptedBaselines: new Set([...session.acceptedBaselines, ...accepted]) };
    }
    case 'abandoned':
      return withRounds(
        session,
        ({ round }) => event.rounds.includes(round),
        (round) => ({
          ...round,
          abandoned: true,
        }),
      );
  }
}

/**
 * Drops the interruption that a finished call ends. Other tools' events do not end it: a mark must not hide a
 * half-done upload. Without `tool` all are dropped: the files on disk were replaced, so no earlier call is worth finishing.
 */
function done(session: Session, tool?: string): Session {
  const interruptions =
    tool === undefined ? [] : session.interruptions.filter((interruption) => interruption.tool !== tool);
  return { ...session, interruptions };
}

function isCommitted({ round, load, report }: Round, event: EventOf<'committed'>): boolean {
  return event.rounds?.includes(round) ?? (load === event.load && report !== undefined);
}

/** A report that was built again with other bytes is not the committed one. */
function isSameReport({ report }: Round, { digest }: Pick<NonNullable<Round['report']>, 'digest'>): boolean {
  return digest !== undefined && report?.digest === digest;
}

/** A report of an earlier round does not change the phase of a later one. */
function isLatest({ rounds }: Session, round: number): boolean {
  return rounds.findLast((one) => !one.abandoned)?.round === round;
}

/** Work other than the committed load is going on: a round, or another level on disk. */
function isAtWork({ phase, level }: Session, committed: number): boolean {
  return phase === 'round_open' || phase === 'running' || (level !== undefined && level.load !== committed);
}

const beforeUpload: readonly Phase[] = ['idle', 'scaled', 'approved'];

/** The newest round waits for its DAG run at this load; an upload leaves it open. */
function hasOpenRound({ rounds }: Session, load: number): boolean {
  const latest = rounds.at(-1);
  if (latest === undefined || latest.load !== load || latest.abandoned) return false;
  return latest.clusterId === undefined && latest.finished === undefined && latest.report === undefined;
}

function withRound(session: Session, number: number, facts: Partial<Round>): Session {
  return withRounds(
    session,
    ({ round }) => round === number,
    (round) => ({ ...round, ...facts }),
  );
}

function withRounds(
  session: Session,
  isMeant: (round: Round) => boolean,
  change: (round: Round) => Round,
): Session {
  return { ...session, rounds: session.rounds.map((round) => (isMeant(round) ? change(round) : round)) };
}
