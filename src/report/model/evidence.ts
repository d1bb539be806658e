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
