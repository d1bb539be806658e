/**
 * What the journal records: one event for each thing that happened.
 * Facts only; the phase, the approvals and the open round are folded from them.
 */
import * as z from 'zod';
import { coverageSchema } from '../domain/coverage.ts';
import { forecastScore, reportedFailure } from '../domain/reported.ts';
import { schedules } from '../domain/schedules.ts';

const load = z.int().min(1).max(1000);
const schedule = z.enum(schedules);
const scope = z.enum(['all', 'schedule']);
const digest = z.string();
/** ISO 8601 with offset. */
const stamp = z.string();

/** A check file whose bytes are known and differ from its scaled baseline. */
const fix = z.object({
  path: z.string(),
  schedule,
  /** Digest of the baseline the fix was made against: it does not apply to any other. */
  baselineDigest: digest,
  digest,
  origin: z.enum(['fixInterval', 'edit']),
  /** The load that the edit was made at, when it was carried from there. */
  from: load.optional(),
});

const otherRun = z.object({
  clusterId: z.string(),
  runId: z.string().optional(),
  schedule,
  load: load.optional(),
  startedAt: stamp,
  steps: z.int(),
});

const clock = z.object({ source: z.enum(['aws', 'local']), skewSeconds: z.number() });

export const sessionEvent = z.discriminatedUnion('type', [
  /** Recorded before an effect begins, so that a crash is detected and the same call can finish the work. */
  z.object({
    type: z.literal('begun'),
    tool: z.string(),
    arguments: z.record(z.string(), z.unknown()),
    /** Digest of the manifest (path -> digest of the bytes) about to be written. */
    manifest: digest.optional(),
    /** What is about to be written at a load that the arguments do not name: bytes that are no baseline. */
    loaded: z.object({ load, manifest: digest }).optional(),
    /** Edits that the user keeps: after a crash half of the files may already have them. */
    kept: z.array(fix).optional(),
  }),
  /** The checkout of the target repository that everything after it is about. */
  z.object({ type: z.literal('checkout'), path: z.string(), id: z.string() }),
  z.object({
    type: z.literal('scaled'),
    load,
    schedule,
    scope,
    reviewId: z.string(),
    approvalNeeded: z.boolean(),
    baseCommit: z.string(),
    /** Digest of the manifest of the files on disk after the call that differ from the baseline. */
    manifest: digest,
    filesChanged: z.int(),
    intervalsChanged: z.int(),
    /** Digest of what each baseline became; absent in older entries and at load 1. */
    scalings: digest.optional(),
    /** Edits of other loads that this level contains, as they read at this load. */
    carried: z.array(fix).optional(),
    /** Unapproved edits on disk that the user kept. */
    kept: z.array(fix).optional(),
  }),
  z.object({
    type: z.literal('fixed'),
    load,
    fix,
    reviewId: z.string(),
    /** The file equals baseline × load again, so its known fix is dropped. */
    restored: z.boolean().optional(),
  }),
  /** What the user was shown last; later reviews list the changes since. */
  z.object({ type: z.literal('reviewed'), reviewId: z.string(), manifest: digest }),
  z.object({
    type: z.literal('approved'),
    reviewId: z.string(),
    load,
    by: z.enum(['elicitation', 'chat', 'terminal']),
    /** Every file under review that differs from its scaled baseline: the load's known fixes from now on. */
    fixes: z.array(fix),
    /** The schedules under review; fixes of other schedules are kept. */
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
    /** Digest of the stored bytes of every file under review; absent in older entries. */
    bytes: digest.optional(),
    /** What the bucket held afterwards, by schedule; absent in older entries: not recorded. */
    coverage: z.array(coverageSchema).optional(),
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
    /** As marked: local time with microseconds and offset. */
    startedAt: stamp,
    clock,
    by: z.enum(['uploadDags', 'markRound', 'triggerDag']),
    reviewId: z.string().optional(),
    /** Of the checks in the bucket; absent where no upload recorded it. */
    coverage: coverageSchema.optional(),
    /** Digest of the cluster config that the round runs with. */
    clusterConfig: digest.optional(),
    /** The `Name` in that cluster config: the prefix of its clusters' names. */
    clusterName: z.string().optional(),
    /** The commit that its checks were scaled from: rounds of one baseline and schedule are a campaign. */
    baseCommit: z.string().optional(),
    note: z.string().optional(),
    /** The run for which the round was marked, if it was seen already. */
    clusterId: z.string().optional(),
    runId: z.string().optional(),
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
    coverage: coverageSchema.optional(),
    clusterConfig: digest.optional(),
    clusterName: z.string().optional(),
    baseCommit: z.string().optional(),
    /** Its cluster ended without one of its steps, so the round has no cluster again. */
    unbound: z.boolean().optional(),
    /** The run that the round was corrected to. */
    clusterId: z.string().optional(),
    runId: z.string().optional(),
  }),
  /** Recorded before the request to Airflow, so that a call whose response was lost finds the same run. */
  z.object({ type: z.literal('dagTriggered'), round: z.int(), dagId: z.string(), dagRunId: z.string() }),
  z.object({ type: z.literal('roundNoted'), round: z.int(), note: z.string() }),
  /** `runId`: the DAG run in the arguments of its steps, once one was seen. */
  z.object({
    type: z.literal('clusterBound'),
    round: z.int(),
    clusterId: z.string(),
    runId: z.string().optional(),
  }),
  /** `failure`: EMR's code, if the cluster failed. A cluster may end without a step of the round. */
  z.object({
    type: z.literal('clusterEnded'),
    round: z.int(),
    clusterId: z.string(),
    failure: z.string().optional(),
  }),
  z.object({
    type: z.literal('roundFinished'),
    round: z.int(),
    load,
    steps: z.int(),
    failed: z.int(),
    /** Interrupted or cancelled. Absent in older entries. */
    lost: z.int().optional(),
  }),
  /** The DAG runs that no round owned when they were last looked for. */
  z.object({ type: z.literal('otherRunsSeen'), runs: z.array(otherRun) }),
  z.object({
    type: z.literal('reported'),
    round: z.int(),
    load,
    directory: z.string(),
    verdict: z.string(),
    /** Absent in entries written before outcomes were recorded. */
    outcome: z.enum(['fits', 'fits_just', 'missed', 'not_decided', 'not_a_load_test', 'no_data']).optional(),
    partial: z.boolean(),
    /** Digest of its files; absent in older entries. */
    digest: digest.optional(),
    /** What failed, the largest group first; absent in older entries, as the next two. */
    failures: z.array(reportedFailure).optional(),
    /** What was forecast for this round before it ran, and what it took. */
    forecast: forecastScore.optional(),
  }),
  z.object({
    type: z.literal('committed'),
    load,
    round: z.int().optional(),
    /** The rounds that need no further commit; absent in older entries: every reported round of the load. */
    rounds: z.array(z.int()).optional(),
    /** The uploads whose configs are committed; absent in older entries. */
    reviewIds: z.array(z.string()).optional(),
    target: z.string().nullable(),
    reports: z.string().nullable(),
  }),
  z.object({ type: z.literal('abandoned'), rounds: z.array(z.int()) }),
  /** The user says that these bytes (path -> digest) are a baseline, although this session wrote them at a load. */
  z.object({ type: z.literal('baselineAccepted'), files: z.record(z.string(), digest) }),
]);

export type SessionEvent = z.infer<typeof sessionEvent>;
export type Fix = z.infer<typeof fix>;

/** One entry of the journal: numbered from 1 without gaps, each naming the digest of the previous one. */
export const journalEntry = z.object({
  version: z.literal(1),
  number: z.int().min(1),
  /** When it was recorded: local time with offset. */
  at: stamp,
  /** Digest of the previous entry. */
  previous: z.string(),
  /** Recorded together: a crash cannot separate an upload from the round it opened. */
  events: z.array(sessionEvent).min(1),
});
export type JournalEntry = z.infer<typeof journalEntry>;
