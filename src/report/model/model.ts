/**
 * The schema of report.json. Everything that report.md and report.html say is in it, so that both can be written
 * again, and a later report can be compared, from this file alone. Stamps are UTC; durations are seconds.
 */
import * as z from 'zod';
import { coverageSchema } from '../../domain/coverage.ts';
import { schedules } from '../../domain/schedules.ts';
import { comparisonSchema, settingChangeSchema } from './comparisonModel.ts';
import { eventLogsSchema, evidenceSchema } from './evidence.ts';
import { costSchema, findingsSchema, secondsSchema, suggestionSchema } from './findings.ts';
import { toFitSchema } from './toFit.ts';

export const schemaVersion = 2;

const seconds = secondsSchema.nullable();
const stamp = z.iso.datetime();
const loadSchema = z.int().min(1).max(1000);

const noLog = ['not_delivered_yet', 'none', 'denied', 'unreadable'] as const;

/** Why a step failed: what EMR says, and what its log proves. Foreign text, cleaned and cut. */
export const failureSchema = z.object({
  reason: z.string().optional(),
  message: z.string().optional(),
  /** Whether the log could be read: `not_delivered_yet` is a finding of its own, never "no error". */
  log: z.enum(['log', ...noLog, 'not_read']),
  /** The log with the proof; without proof the first that was read, or the first place that was looked at. */
  logUri: z.string().optional(),
  logCut: z.boolean().optional(),
  /** Plain text where a gzip was to be expected. */
  logNotGzip: z.boolean().optional(),
  /** With deploy mode "cluster": why the driver's own log is not the one that was read. */
  driverLog: z.enum(noLog).optional(),
  cause: z
    .object({
      signature: z.string(),
      title: z.string(),
      kind: z.enum(['capacity', 'data', 'configuration', 'infrastructure', 'permission', 'code', 'unknown']),
      /** What ended: the driver, an executor or one of its tasks, or nothing ran. */
      side: z.enum(['driver', 'executor', 'none']),
      /** The line of the log, or of EMR's own message, that proves it. */
      line: z.string(),
      /** 1-based; absent when the proof is EMR's message and not the log. */
      lineNumber: z.int().optional(),
    })
    .optional(),
});

export const stepSchema = z.object({
  id: z.string(),
  name: z.string(),
  check: z.string(),
  path: z.string().optional(),
  schedule: z.enum(schedules),
  load: loadSchema,
  runId: z.string().optional(),
  /** As EMR spells it; a word that EMR adds later passes through. */
  state: z.string(),
  createdAt: stamp,
  startedAt: stamp.nullable(),
  endedAt: stamp.nullable(),
  /** Start − creation: EMR's wait for a slot. */
  queueSeconds: seconds,
  /** End − start. */
  runSeconds: seconds,
  failure: failureSchema.optional(),
  /** What the event log of its Spark application says; absent when none was read. */
  evidence: evidenceSchema.optional(),
});

/** `fits_just`: with less to spare than two rounds of the same load differ by. */
const outcomes = ['fits', 'fits_just', 'missed', 'not_decided', 'not_a_load_test', 'no_data'] as const;

export const verdictSchema = z.object({
  outcome: z.enum(outcomes),
  /** True only when the load fits, every step of one DAG run was seen to complete and no expected check is missing. */
  pass: z.boolean(),
  /** Our own words and numbers; `4x 15m: `, then the headline. */
  sentence: z.string(),
  headline: z.string(),
  windowSeconds: secondsSchema,
  runtimeSeconds: seconds,
  /** Window − runtime: negative when missed; null where nothing shows whether the load fits. */
  slackSeconds: seconds,
  /** How far rounds of this load differ: 3% of the runtime, or the standard deviation of two rounds or more; null without a runtime. */
  noiseSeconds: seconds.default(null),
});

export const countsSchema = z.object({
  total: z.int(),
  successful: z.int(),
  failed: z.int(),
  cancelled: z.int(),
  interrupted: z.int(),
  /** Still pending, running or in a state that this version does not know. */
  unfinished: z.int(),
});

const statisticsSchema = z.object({
  n: z.int(),
  averageSeconds: seconds,
  p50Seconds: seconds,
  p95Seconds: seconds,
  p99Seconds: seconds,
  minSeconds: seconds,
  maxSeconds: seconds,
  method: z.string(),
  population: z.string(),
  /** The same figures for the time that these steps waited. */
  waiting: z.object({
    averageSeconds: seconds,
    p50Seconds: seconds,
    p95Seconds: seconds,
    p99Seconds: seconds,
  }),
});

export const integritySchema = z.object({
  /** How many checks were uploaded for this schedule and load; null when nobody said. */
  expected: z.int().nullable(),
  missing: z.array(z.string()),
  /** Checks that ran more than once in the round. */
  duplicate: z.array(z.object({ check: z.string(), steps: z.array(z.string()) })),
  /** Steps of another load or schedule, or of a check that was not uploaded. */
  foreign: z.array(z.object({ id: z.string(), name: z.string(), why: z.string() })),
  unfinished: z.array(z.string()),
  /** DAG runs whose steps lie in the round's time; more than one means that rounds overlap. */
  runIds: z.array(z.string()),
});

export const clusterConfigSchema = z.object({
  /** sha256 of the cluster config file that the round ran with. */
  digest: z.string().optional(),
  stepConcurrencyLevel: z.int().optional(),
  releaseLabel: z.string().optional(),
  instanceCollectionType: z.string().optional(),
  /** Flat settings of the cluster config, such as `spark.executor.memory`, for a suggestion's "from". */
  settings: z.record(z.string(), z.string()).optional(),
  /** What one step asks of YARN and what the core and task nodes have, as far as the cluster config says. */
  room: z
    .object({
      executors: z.int(),
      executorMb: z.number(),
      driverMb: z.number(),
      nodes: z
        .array(z.object({ type: z.string(), count: z.number(), yarnMb: z.number() }))
        .readonly()
        .optional(),
    })
    .optional(),
});

const followUpSchema = z.object({
  settings: z.array(settingChangeSchema),
  runtimeSeconds: z.object({ from: seconds, to: seconds }),
  sentence: z.string(),
});

export const reportSchema = z.object({
  schemaVersion: z.literal(schemaVersion),
  load: loadSchema,
  schedule: z.enum(schedules),
  clusterId: z.string(),
  cluster: z.object({
    name: z.string().optional(),
    state: z.string().optional(),
    /** EMR's code and words, where the cluster failed. */
    failure: z.string().optional(),
    /** Of a cluster made for this round: from its creation until it was ready, and to the end of the round. */
    startUp: z.object({ readySeconds: secondsSchema, totalSeconds: secondsSchema }).optional(),
  }),
  round: z.object({
    number: z.int().nullable(),
    /** The mark's own text, with its offset and microseconds. */
    startedAt: z.string(),
    /** Local times in report.md are printed at this offset. */
    utcOffsetMinutes: z.int(),
    partial: z.boolean(),
    /** How many of the uploaded checks its DAG run was given (`conf.only`); absent for a round of all of them. */
    partOf: z.object({ checks: z.int(), of: z.int() }).optional(),
  }),
  /** The commit that its checks were scaled from; null where it is not known. */
  baseCommit: z.string().nullable().default(null),
  clusterConfig: clusterConfigSchema.nullable(),
  /** Which checks of the prefix carried the load; null where it was not recorded. */
  coverage: coverageSchema.nullable().default(null),
  /** Checks that ran with an interval that the user fixed: their times do not follow the load. */
  fixedWindows: z.array(z.string()).default([]),
  /** Of those, the digest of the bytes that they ran with. */
  fixDigests: z.record(z.string(), z.string()).default({}),
  verdict: verdictSchema,
  counts: countsSchema,
  statistics: statisticsSchema,
  findings: findingsSchema,
  suggestions: z.array(suggestionSchema),
  /** Null where the round says nothing about its load; absent in older reports. */
  toFit: toFitSchema.nullable().default(null),
  /** What changed since the last round at this load; null when there is no such round. */
  followUp: followUpSchema.nullable(),
  /** Ids of the slowest steps, slowest first. */
  slowest: z.array(z.string()),
  failures: z.array(
    z.object({
      title: z.string(),
      signature: z.string(),
      kind: z.string(),
      side: z.string(),
      /** What to do about it, where there is something to say. */
      advice: z.string().optional(),
      /** Why these steps ended, where that is not a matter of their logs. */
      reason: z.string().optional(),
      steps: z.array(z.string()),
      /** Checks of this group that failed at a lower load, and those that completed at one and failed only now. */
      alsoFailedAt: z.array(z.object({ check: z.string(), loads: z.array(loadSchema) })),
      newHere: z.array(z.string()),
      /** Failed at a lower load with another cause, or with one that is not known. */
      failedOtherwise: z.array(z.string()).default([]),
      /** Of the others: those that also failed in the last round at this load, and those without a completed run at a lower load. */
      failedLastRound: z.array(z.string()).default([]),
      notRunLower: z.array(z.string()).default([]),
    }),
  ),
  /** Failed steps whose logs were still on their way; null when none was. */
  logsPending: z.object({ steps: z.int(), buildAgainAt: stamp }).nullable().default(null),
  comparison: comparisonSchema.nullable(),
  /** Null when the machines are not known. */
  cost: costSchema.nullable().default(null),
  /** Null in reports of versions that read no event logs. */
  eventLogs: eventLogsSchema.nullable().default(null),
  integrity: integritySchema,
  warnings: z.array(z.string()),
  provenance: z.object({
    version: z.string(),
    stepsKnownFromDiskOnly: z.int(),
    resultsUri: z.string().optional(),
    /** Load levels of the earlier reports that were at hand. */
    earlierLoads: z.array(loadSchema),
  }),
  steps: z.array(stepSchema),
});

export type Report = z.infer<typeof reportSchema>;
export type ReportStep = z.infer<typeof stepSchema>;
export type StepFailure = z.infer<typeof failureSchema>;
export type Verdict = z.infer<typeof verdictSchema>;
export type StepCounts = z.infer<typeof countsSchema>;
export type FollowUp = z.infer<typeof followUpSchema>;
export type Integrity = z.infer<typeof integritySchema>;
export type ClusterConfigUsed = z.infer<typeof clusterConfigSchema>;

/** A report as a comparison needs it: one that is being built has no comparison yet. */
export type ComparedReport = Omit<Report, 'comparison'> & Partial<Pick<Report, 'comparison'>>;
