/** What the event log of a step's Spark application says, as report.json keeps it. Text is cleaned and cut. */
import * as z from 'zod';

const share = z.number().min(0).max(1);

const scanSchema = z.object({
  table: z.string(),
  filters: z.string(),
  /** The same table with the same filters, whatever their literals. */
  key: z.string(),
  rows: z.number(),
  /** Rows within the time window; null where the plan does not tell them apart. */
  rowsKept: z.number().nullable(),
  files: z.number().nullable(),
  skippedFiles: z.number().nullable(),
  limited: z.boolean(),
  bounds: z.array(z.object({ column: z.string(), side: z.enum(['from', 'until']), atMs: z.number() })),
});

export const bottleneckSchema = z.object({
  kind: z.enum([
    'driver_only',
    'one_task',
    'skew',
    'spill',
    'gc',
    'python',
    'tiny_tasks',
    'recovered_failures',
  ]),
  /** Of the application's wall time. */
  share,
  /** The share is a limit: Spark 3.5 does not time Python. */
  atMost: z.boolean(),
  text: z.string(),
  advice: z.string(),
  threshold: z.string(),
});

export const evidenceSchema = z.object({
  application: z.string().nullable(),
  /** As the runner named it. */
  name: z.string().nullable(),
  /** 0 where YARN counts none. */
  attempt: z.int(),
  sparkVersion: z.string().nullable(),
  /** `unfinished`: the log has no end. */
  outcome: z.enum(['succeeded', 'failed', 'unfinished']),
  failure: z.string().nullable(),
  startedMs: z.number().nullable(),
  wallSeconds: z.number(),
  rowsRead: z.number(),
  /** `records`: of the tasks' input, because no scan counted. `none`: nothing was read. */
  rowsFrom: z.enum(['scans', 'records', 'both', 'none']),
  scans: z.array(scanSchema),
  queriesWithoutScan: z.int(),
  tasks: z.int(),
  failedTasks: z.int(),
  /** The longest over the median task of the stage that ran longest; null where no stage has two tasks. */
  skew: z.object({ time: z.number(), records: z.number() }).nullable(),
  spillBytes: z.number(),
  /** Of the task time. */
  gcShare: share,
  /** Of the wall time: no task ran. */
  driverShare: share,
  cores: z.int(),
  /** On average while a task ran. */
  coresUsed: z.number(),
  /** Why figures may be too low: the log ends early, is being written, lacks parts, or has lines that were not read. */
  caveats: z.array(z.enum(['cut', 'in_progress', 'lacks_parts', 'lines_not_read'])),
  bottleneck: bottleneckSchema.nullable(),
});

export type Evidence = z.infer<typeof evidenceSchema>;
export type Bottleneck = z.infer<typeof bottleneckSchema>;

/** Why the event log of a step was wanted and not read. */
export const unreadReasons = [
  'no_application',
  'no_log',
  'other_application',
  'codec',
  'too_large',
  'too_slow',
  'broken',
  'no_event_log',
  'denied',
  'unreachable',
] as const;

const growthSchema = z.object({
  check: z.string(),
  rows: z.number(),
  rowsBefore: z.number(),
  loadBefore: z.int(),
  /** Null where nothing was read before. */
  ratio: z.number().nullable(),
  growth: z.enum(['as_load', 'less', 'more', 'same', 'shrank', 'nothing_read']),
  reason: z
    .enum([
      'whole_table',
      'coarse_partitions',
      'same_files',
      'upper_bound_only',
      'metadata_only',
      'pruned',
      'limit',
      'no_older_data',
      'unknown',
    ])
    .optional(),
  /** Of the scan that the reason is about, where the check has several. */
  table: z.string().optional(),
  /** The load from which more would be read, if the rows of the selected files are spread evenly over time. */
  moreFromLoad: z.int().optional(),
});

export const rowsSchema = z.object({
  /** The median over the checks that read something; null without one. */
  ratio: z.number().nullable(),
  loadBefore: z.int(),
  checks: z.array(growthSchema),
});

/** What the event logs of a round say, beside what each step's own evidence says. */
export const eventLogsSchema = z.object({
  /** EVENT_LOGS. */
  mode: z.enum(['slowest', 'all', 'off']),
  status: z.enum(['off', 'no_folder', 'not_on_s3', 'no_logs', 'no_bucket', 'denied', 'unreachable', 'read']),
  folder: z.string().nullable(),
  /** Steps whose log was read, and those for which it was wanted. */
  read: z.int(),
  wanted: z.int(),
  unread: z.array(z.object({ why: z.enum(unreadReasons), steps: z.int() })),
  /** Rows read at this load against the last one with evidence; null where no check can be compared. */
  rows: rowsSchema.nullable(),
  /** Checks whose only run shows that their rows do not follow the load. */
  independent: z.array(z.object({ check: z.string(), reason: growthSchema.shape.reason.unwrap() })),
});

export type EventLogsRead = z.infer<typeof eventLogsSchema>;
export type UnreadReason = (typeof unreadReasons)[number];
export type RowsRead = z.infer<typeof rowsSchema>;
export type RowGrowth = z.infer<typeof growthSchema>;
