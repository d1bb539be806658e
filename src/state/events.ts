/**
 * What the journal records: one event for each thing that happened, in the words of the workflow.
 * Facts only; everything else (the phase, what is approved, which round is open) is folded from them.
 */
import * as z from 'zod';
import { schedules } from '../checks/schedules.ts';

const load = z.int().min(1).max(1000);
const schedule = z.enum(schedules);
const scope = z.enum(['all', 'schedule']);
const digest = z.string();
/** ISO 8601 with offset. */
const stamp = z.string();

/** A check file whose bytes are known, and are not simply its baseline scaled. */
const fix = z.object({
  path: z.string(),
  schedule,
  /** Digest of the baseline that the fix was made against: on another baseline it no longer applies. */
  baselineDigest: digest,
  digest,
  origin: z.enum(['fixInterval', 'edit']),
});

const clock = z.object({ source: z.enum(['aws', 'local']), skewSeconds: z.number() });

export const sessionEvent = z.discriminatedUnion('type', [
  /** Said before an effect begins, so that a crash in the middle is known and the same call finishes it. */
  z.object({
    type: z.literal('begun'),
    tool: z.string(),
    arguments: z.record(z.string(), z.unknown()),
    /** Digest of the manifest (path -> digest of the bytes) that is about to be written. */
    manifest: digest.optional(),
  }),
  z.object({
    type: z.literal('scaled'),
    load,
    schedule,
    scope,
    reviewId: z.string(),
    approvalNeeded: z.boolean(),
    baseCommit: z.string(),
    /** Digest of the manifest of what lies on disk after the call, for files that differ from the baseline. */
    manifest: digest,
    filesChanged: z.int(),
    intervalsChanged: z.int(),
  }),
  z.object({
    type: z.literal('fixed'),
    load,
    fix,
    reviewId: z.string(),
    /** The file holds baseline × load again: a fix that was known of it is none any more. */
    restored: z.boolean().optional(),
  }),
  /** What a person was shown last; a later look says what changed since. */
  z.object({ type: z.literal('reviewed'), reviewId: z.string(), manifest: digest }),
  z.object({
    type: z.literal('approved'),
    reviewId: z.string(),
    load,
    by: z.enum(['elicitation', 'chat', 'terminal']),
    /** Every file under review that is not its baseline scaled: the load's known fixes from now on. */
    fixes: z.array(fix),
    /** The files under review; fixes of other files stay as they are. */
    schedules: z.array(schedule),
  }),
  z.object({
    type: z.literal('reverted'),
    to: z.enum(['baseline', 'lastCommit']),
    files: z.int(),
    backup: z.string(),
  }),
  z.object({
    type: z.literal('checksUploaded'),
    load,
    schedules: z.array(schedule),
    reviewId: z.string(),
    files: z.int(),
  }),
  z.object({
    type: z.literal('dagUploaded'),
    load,
    /** File name -> digest of the bytes in the bucket. */
    files: z.record(z.string(), digest),
    /** Schedule -> the `Name` in its cluster config. */
    clusterNames: z.record(z.string(), z.string()).optional(),
  }),
  z.object({
    type: z.literal('roundOpened'),
    load,
    schedule,
    startedAt: stamp,
    clock,
    by: z.enum(['uploadDags', 'markRound', 'triggerDag']),
    reviewId: z.string().optional(),
    clusterConfig: digest.optional(),
    /** The `Name` in that cluster config: what its clusters' names begin with. */
    clusterName: z.string().optional(),
    note: z.string().optional(),
  }),
  z.object({
    type: z.literal('roundMoved'),
    round: z.int(),
    startedAt: stamp,
    clock,
    load: load.optional(),
    schedule: schedule.optional(),
    note: z.string().optional(),
    reviewId: z.string().optional(),
    clusterConfig: digest.optional(),
    clusterName: z.string().optional(),
    /** The cluster that it was bound to ended without a step of it. */
    unbound: z.boolean().optional(),
  }),
  /** Said before Airflow is asked, so that a call whose answer was lost finds the same run again. */
  z.object({ type: z.literal('dagTriggered'), round: z.int(), dagId: z.string(), dagRunId: z.string() }),
  z.object({ type: z.literal('roundNoted'), round: z.int(), note: z.string() }),
  z.object({ type: z.literal('clusterBound'), round: z.int(), clusterId: z.string() }),
  z.object({ type: z.literal('roundFinished'), round: z.int(), load, steps: z.int(), failed: z.int() }),
  z.object({
    type: z.literal('reported'),
    round: z.int(),
    load,
    directory: z.string(),
    verdict: z.string(),
    outcome: z.enum(['fits', 'missed', 'not_decided', 'no_data']).optional(),
    partial: z.boolean(),
  }),
  z.object({
    type: z.literal('committed'),
    load,
    round: z.int().optional(),
    /** The rounds that need no further commit; in older entries every reported round of the load. */
    rounds: z.array(z.int()).optional(),
    target: z.string().nullable(),
    reports: z.string().nullable(),
  }),
  z.object({ type: z.literal('abandoned'), rounds: z.array(z.int()) }),
]);

export type SessionEvent = z.infer<typeof sessionEvent>;
export type Fix = z.infer<typeof fix>;
export type RoundClock = z.infer<typeof clock>;

/** What was decided at once, as the journal holds it: numbered from 1 without gaps, each naming the one before. */
export const journalEntry = z.object({
  version: z.literal(1),
  number: z.int().min(1),
  /** When it was recorded, local time with offset. */
  at: stamp,
  /** Digest of the entry before. */
  previous: z.string(),
  /** All of them or none: a crash cannot come between an upload and the round that it opened. */
  events: z.array(sessionEvent).min(1),
});
export type JournalEntry = z.infer<typeof journalEntry>;
