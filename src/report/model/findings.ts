/** Parts of report.json: what the machines cost, where the time went, and what to change first. */
import * as z from 'zod';

/** Thirty years: more than anything takes, and little enough that no sum or product of it leaves the numbers. */
const mostSeconds = 1e9;

/** Seconds in a report.json, which somebody may have edited; differences may be negative. */
export const secondsSchema = z.number().min(-mostSeconds).max(mostSeconds);

/** The setting, what it is and what to try: "StepConcurrencyLevel: 8 → 16". Foreign parts are not escaped. */
export function changeText({ setting, from, to }: Pick<Suggestion, 'setting' | 'from' | 'to'>): string {
  return from === 'not known'
    ? `${setting}: ${to} (what it is now is not known)`
    : `${setting}: ${from} → ${to}`;
}

export const costSchema = z.object({
  /** Instance-hours within the round: from the first creation of a step to the last end. */
  hours: z.number(),
  instances: z.array(
    z.object({
      type: z.string(),
      market: z.string(),
      count: z.int(),
      hours: z.number(),
      /** Null when the price table has no price for it. */
      cost: z.number().nullable(),
    }),
  ),
  /** Of what is priced; null without a price table, or when nothing is priced. */
  total: z.number().nullable(),
  currency: z.string().nullable(),
  /** The day that the prices are of. */
  pricesOf: z.string().nullable(),
  /** True for the price table that this project ships, which nobody has checked against a bill. */
  examplePrices: z.boolean().default(false),
  /** What the machines that were still up when this was written cost in an hour; null where none was, or none is priced. */
  upPerHour: z.number().nullable().default(null),
  /** `m6i.2xlarge SPOT`: left out of the total. */
  notPriced: z.array(z.string()),
});

/** Machines that were lost while the round ran. */
export const lostInstancesSchema = z.array(
  z.object({
    id: z.string(),
    type: z.string(),
    market: z.string(),
    endedAt: z.iso.datetime(),
    reason: z.string(),
  }),
);

export type Cost = z.infer<typeof costSchema>;
export type LostInstances = z.infer<typeof lostInstancesSchema>;

const seconds = secondsSchema.nullable();
const share = z.number().nullable();

export const findingsSchema = z.object({
  /** Steps that the cluster may run at once, and where the number comes from. */
  slots: z.object({ limit: z.int().nullable(), from: z.enum(['cluster', 'observed peak', 'unknown']) }),
  peakRunning: z.int(),
  /** Work ÷ the time from the first start to the last end: how many steps ran at once on average. */
  meanRunning: z.number().nullable(),
  /** Σ run over every step that started and ended. */
  workSeconds: z.number(),
  /** Σ queue ÷ (Σ queue + Σ run). */
  waitingShare: share,
  /** First start − first creation: nothing ran yet. */
  startGapSeconds: seconds,
  /** No schedule on these slots can end sooner than either bound; null while steps run. */
  bounds: z.object({ workOverSlotsSeconds: seconds, longestStepSeconds: seconds }),
  /**
   * Where the time beyond work ÷ slots went, for each slot: before the first start, while slots were idle in between, and while they were idle
   * at the end. The three add up to the runtime − work ÷ slots. Null while steps run.
   */
  lost: z
    .object({
      beforeFirstStartSeconds: secondsSchema,
      gapsSeconds: secondsSchema,
      tailSeconds: secondsSchema,
      /** The step that ended last, and how long after the round's begin it started. */
      last: z.object({ step: z.string(), startedAfterSeconds: secondsSchema, runSeconds: secondsSchema }),
    })
    .nullable()
    .default(null),
  /** The end of the round during which fewer than half of the slots were busy. */
  tail: z.object({ seconds: seconds, shareOfRuntime: share, steps: z.array(z.string()) }),
  /** Most steps active (created, not ended) at one moment; EMR takes 256. */
  peakActive: z.int(),
  activeCapMet: z.boolean(),
  /** Fixed cost of a step, and the share of all work that it makes up. */
  overhead: z.object({
    secondsPerStep: seconds,
    shareOfWork: share,
    from: z.enum(['fastest step', 'fit over loads']).nullable(),
  }),
  /** The same steps on the same slots, replayed by list scheduling; `error` = model ÷ observed − 1. */
  model: z.object({ makespanSeconds: seconds, error: z.number().nullable(), longestFirstSeconds: seconds }),
  /** Spot machines that were taken away, and others that failed, while the round ran. */
  lostInstances: lostInstancesSchema.default([]),
  /** What this report could not measure, each with the reason. */
  notMeasured: z.array(z.string()),
});

export const suggestionSchema = z.object({
  id: z.string(),
  /** The check that it is about; absent when it is about the round. */
  check: z.string().optional(),
  title: z.string(),
  /** The number that triggered it, in words. */
  measured: z.string(),
  setting: z.string(),
  /** "not known" when neither EMR nor the cluster config says. */
  from: z.string(),
  to: z.string(),
  expected: z.string(),
  /** What the next round has to show. */
  success: z.string(),
});

export type Findings = z.infer<typeof findingsSchema>;
export type Suggestion = z.infer<typeof suggestionSchema>;
