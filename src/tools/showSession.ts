import * as z from 'zod';
import { dagIdOf } from '../dag/source.ts';
import { ToolError } from '../domain/errors.ts';
import type { Ports } from '../ports/ports.ts';
import { clusterConfigDigest } from '../rounds/begin.ts';
import { endOfRound } from '../rounds/progress.ts';
import type { Round, Session } from '../state/session.ts';
import { type ReviewPorts, reviewOf } from '../workflow/checks.ts';
import { unlessToolError } from '../workflow/looks.ts';
import { uncommittedWarning } from '../workflow/rounds.ts';
import {
  damageWarnings,
  omittedRounds,
  sessionNextSteps,
  sessionSummary,
  showSessionLines,
  showSessionResult,
} from './showSession.text.ts';
import { defineTool, type ToolCall } from './tool.ts';

const input = z.strictObject({});

export const showSession = defineTool({
  name: 'showSession',
  title: 'Show the state of the load test',
  description:
    'Shows what the session remembers, also after a restart: the phase, the load on disk, approvals and uploads, the LOAD of the DAG, every round with its cluster and report, an interrupted call, and what to do next. Call it first if you do not know where things stand.',
  effect: 'read',
  needsNoSettings: true,
  input,
  output: showSessionResult,
  run: runShowSession,
  lines: showSessionLines,
});

type ShowSessionPorts = ReviewPorts & Pick<Ports, 'dags'>;

async function runShowSession(_: object, ports: ShowSessionPorts, call: ToolCall) {
  const session = await ports.sessions.load();
  const { disk, warnings } = await readDisk(ports, session, call);
  const shown = withPhaseOfDisk(session, disk);
  const { dag } = session;
  const [dagFile] = (await ports.dags.read().catch(unlessToolError)) ?? [];
  const rounds = session.rounds.slice(-10);
  return {
    summary: sessionSummary(shown),
    nextSteps: sessionNextSteps(shown, disk && { ...disk, mode: ports.settings.approval }),
    phase: shown.phase,
    schedule: session.schedule ?? null,
    disk,
    uploaded: session.uploads.slice(-9),
    dag: dag === undefined ? null : { ...dag, configDigest: digestOf(dag.files, session) },
    rounds: rounds.map((round) => roundFields(round, dagFile)),
    otherRuns: session.otherRuns.slice(-5).map(({ runId: _, ...run }) => run),
    warnings: [
      ...warnings,
      ...uncommittedWarning(session, session.level?.load),
      ...omittedRounds(rounds.length, session.rounds.length),
      ...damageWarnings(ports.sessions.damaged()),
    ],
    ...interruptionOf(session),
  };
}

/** `dagFile`: absent if the DAG cannot be read. */
function roundFields(round: Round, dagFile: { readonly name: string } | undefined) {
  const { load, markedLoad, schedule, startedAt, clusterId, clusterEnd, report, committed, note } = round;
  const failures = report?.failures ?? [];
  const failed = round.finished?.failed ?? failures.reduce((sum, { steps }) => sum + steps, 0);
  return {
    round: round.round,
    load,
    markedLoad,
    schedule,
    dagId: dagFile && dagIdOf(dagFile.name, schedule),
    startedAt,
    clusterId,
    end: endOfRound(round),
    clusterFailure: clusterEnd?.failure,
    outcome: report?.outcome,
    failed,
    failures: failures.map(({ cause, checks, steps }) => ({ cause, steps, checks })),
    report: report?.directory,
    forecast: report?.forecast,
    committed,
    note,
  };
}

/** The files on disk now; a repository that cannot be read is a warning, not a failure. */
async function readDisk(ports: ReviewPorts, session: Session, call: ToolCall) {
  const { level } = session;
  if (level === undefined) return { disk: null, warnings: [] };
  try {
    const snapshot = await ports.target.snapshot({ forWriting: false }, call);
    const { reviewId, approvalNeeded } = await reviewOf(ports, session, snapshot, level);
    return {
      disk: {
        load: level.load,
        reviewId,
        matchesReview: reviewId === session.lastReview?.reviewId,
        approved: !approvalNeeded || session.approved.has(reviewId),
      },
      warnings: [],
    };
  } catch (error) {
    if (!(error instanceof ToolError)) throw error;
    return { disk: null, warnings: [error.text] };
  }
}

/** An edit on disk records no event, but takes the files out of phase `approved`. */
function withPhaseOfDisk(session: Session, disk: { approved: boolean } | null): Session {
  return session.phase === 'approved' && disk?.approved === false ? { ...session, phase: 'scaled' } : session;
}

/** The cluster config of the schedule under test, as far as a reader compares it. */
function digestOf(files: Readonly<Record<string, string>>, { schedule = '15m' }: Session): string {
  return clusterConfigDigest(files, schedule)?.slice(0, 16) ?? '';
}

function interruptionOf({ interruptions }: Session) {
  const newest = interruptions.at(-1);
  if (newest === undefined) return {};
  const { tool, arguments: given, at } = newest;
  const { approved, ...others } = given;
  // An approval is of the bytes that the call names, not of whatever is there now.
  const again = 'reviewId' in given ? given : others;
  return { interrupted: { tool, at }, callAgain: { tool, arguments: { ...again } } };
}
