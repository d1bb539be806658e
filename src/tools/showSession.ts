import * as z from 'zod';
import { ToolError } from '../errors.ts';
import { reviewOf } from '../facts/checks.ts';
import type { Ports } from '../ports.ts';
import { clusterConfigDigest } from '../rounds/ranWith.ts';
import type { Session } from '../state/session.ts';
import { callAgain, defineTool, loadOutput, result, scheduleInput, type ToolCall } from './tool.ts';
import { nextStepsOf, phases } from './words/phases.ts';
import { sessionLines } from './words/session.ts';
import { count, textOf } from './words/text.ts';

type Wanted = Pick<Ports, 'sessions' | 'target' | 'blobs' | 'settings'>;

export const showSession = defineTool({
  name: 'showSession',
  title: 'Show where the load test stands',
  description:
    'Tells everything the session remembers, also after a restart: the phase, the load on disk, what was approved and uploaded, the LOAD of the DAG, every round with its cluster and report, an interrupted call, and what to do next. Call it first when you do not know where things stand.',
  effect: 'read',
  idempotent: true,
  openWorld: false,
  needsNoSettings: true,
  input: z.strictObject({}),
  output: z.object({
    ...result,
    phase: z.enum(phases),
    schedule: scheduleInput.nullable(),
    disk: z
      .object({ load: loadOutput, reviewId: z.string(), matchesReview: z.boolean(), approved: z.boolean() })
      .nullable(),
    uploaded: z.array(
      z.object({ schedule: scheduleInput, load: loadOutput, reviewId: z.string(), at: z.string() }),
    ),
    dag: z.object({ load: loadOutput, configDigest: z.string(), at: z.string() }).nullable(),
    rounds: z.array(
      z.object({
        round: z.int(),
        load: loadOutput,
        schedule: scheduleInput,
        startedAt: z.string(),
        clusterId: z.string().optional(),
        finished: z.boolean(),
        report: z.string().optional(),
        committed: z.boolean(),
        abandoned: z.boolean(),
        note: z.string().optional(),
      }),
    ),
    warnings: z.array(z.string()),
    interrupted: z.object({ tool: z.string(), at: z.string() }).optional(),
    callAgain: callAgain.optional(),
  }),
  async run(_, ports: Wanted, call) {
    const session = await ports.sessions.load();
    const disk = await diskOf(ports, session, call);
    const seen = shownPhase(session, disk.disk);
    const damaged = ports.sessions.damaged();
    const shown = session.rounds.slice(-10);
    return {
      summary: summaryOf(seen),
      nextSteps: nextStepsOf(seen, disk.disk && { ...disk.disk, mode: ports.settings.approval }),
      phase: seen.phase,
      schedule: session.schedule ?? null,
      disk: disk.disk,
      uploaded: session.uploads.slice(-9),
      dag:
        session.dag === undefined
          ? null
          : {
              load: session.dag.load,
              configDigest:
                clusterConfigDigest(session.dag.files, session.schedule ?? '15m')?.slice(0, 16) ?? '',
              at: session.dag.at,
            },
      rounds: shown.map(
        ({ round, load, schedule, startedAt, clusterId, finished, report, committed, abandoned, note }) => ({
          round,
          load,
          schedule,
          startedAt,
          ...(clusterId === undefined ? {} : { clusterId }),
          finished: finished !== undefined,
          ...(report === undefined ? {} : { report: report.directory }),
          committed,
          abandoned,
          ...(note === undefined ? {} : { note }),
        }),
      ),
      warnings: [
        ...disk.warnings,
        ...(shown.length < session.rounds.length
          ? [`The latest ${shown.length} of ${session.rounds.length} rounds are shown.`]
          : []),
        ...damaged
          .slice(0, 3)
          .map((path) => `This file of the session cannot be read, or comes after one that cannot: ${path}.`),
        ...(damaged.length <= 3 ? [] : [`So are ${damaged.length - 3} more, up to ${damaged.at(-1)}.`]),
        ...(damaged.length === 0
          ? []
          : [
              'What those files recorded is not known: compare the rounds and uploads below with what you remember. The session goes on without them; move them out of that folder to end this warning.',
            ]),
      ],
      ...interruptedOf(session),
    };
  },
  render: (output) => textOf(output, sessionLines),
});

/** An edit on disk is no event: with it nothing is approved, whatever was before. */
function shownPhase(session: Session, disk: { approved: boolean } | null): Session {
  return session.phase === 'approved' && disk?.approved === false ? { ...session, phase: 'scaled' } : session;
}

/** What lies on disk now; a repository that cannot be read is a warning here, and no failure. */
async function diskOf(ports: Wanted, session: Session, call: ToolCall) {
  const { level } = session;
  if (level === undefined) return { disk: null, warnings: [] };
  try {
    const snapshot = await ports.target.snapshot({ forWriting: false }, call);
    const { reviewId, approvalNeeded } = await reviewOf(ports, session, snapshot, level);
    const approved = !approvalNeeded || session.approved.has(reviewId);
    return {
      disk: {
        load: level.load,
        reviewId,
        matchesReview: reviewId === session.lastReview?.reviewId,
        approved,
      },
      warnings: [],
    };
  } catch (error) {
    if (!(error instanceof ToolError)) throw error;
    return { disk: null, warnings: [error.text] };
  }
}

function summaryOf(session: Session): string {
  const { level, phase } = session;
  if (phase === 'idle' && session.rounds.length === 0) return 'No load test has begun.';
  const test =
    level === undefined ? 'No load level is under test' : `${level.load}x, ${level.schedule} under test`;
  return `${test}; phase ${phase.replaceAll('_', ' ')}; ${count(session.rounds.length, 'round')} so far.`;
}

function interruptedOf({ interruptions }: Session) {
  const interrupted = interruptions.at(-1);
  if (interrupted === undefined) return {};
  const { tool, arguments: given, at } = interrupted;
  return { interrupted: { tool, at }, callAgain: { tool, arguments: { ...given } } };
}
