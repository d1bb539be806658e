/** Two reports side by side, and the forecast over all levels at hand. */
import * as z from 'zod';

const ratio = z.number().nullable();

export const forecastSchema = z.object({
  /** Absent levels cannot be forecast: then only the reason is here. */
  why: z.string().optional(),
  levels: z.array(z.int()),
  /** Total runtime of every round of which the verdict is decided. */
  measured: z.array(z.object({ load: z.int(), seconds: z.number() })),
  /** Model ÷ observed − 1 on the levels that were measured. */
  errors: z.array(z.object({ load: z.int(), error: z.number() })),
  points: z.array(
    z.object({ load: z.int(), makespanSeconds: z.number(), lowSeconds: z.number(), highSeconds: z.number() }),
  ),
  /** Checks of the newest round that completed in no round, and those that completed at a single load. */
  leftOut: z.int().default(0),
  extrapolated: z.int().default(0),
  /** Checks that are taken to need as long at every load. */
  steady: z.int().default(0),
  /** Of the load, in the model of each check's time; 1 is a straight line. */
  exponent: z.number().default(1),
  /** The highest load at which, and below which, every measured round fits; the lowest at which one missed. */
  highestFit: z.int().nullable().default(null),
  lowestMiss: z.int().nullable().default(null),
  /** With the forecast's band on the safe side; never against a measured round. */
  fitsUpTo: z.int().nullable(),
  breaksBetween: z.tuple([z.int(), z.int()]).nullable(),
  /** The first load whose forecast is over the window. */
  mostLikely: z.int().nullable().default(null),
  sentence: z.string(),
});

export const comparisonSchema = z.object({
  comparable: z.boolean(),
  why: z.string().optional(),
  varies: z.enum(['load', 'cluster', 'repeat', 'both']),
  baseline: z.object({ load: z.int(), startedAt: z.string() }),
  candidate: z.object({ load: z.int(), startedAt: z.string() }),
  ratios: z.object({
    /** Checks that completed in both; where the load changed, those whose windows it scales. */
    n: z.int(),
    geometricMean: ratio,
    /** 95% bootstrap interval over the checks. */
    low: ratio,
    high: ratio,
    runtime: ratio,
    withinNoise: z.boolean().nullable(),
  }),
  /** The checks that are uploaded as they are, where others are scaled: more load does not ask more of them. */
  unscaled: z.object({ n: z.int(), geometricMean: z.number() }).nullable().default(null),
  /** What grows most with the load comes first. */
  checks: z.array(
    z.object({
      check: z.string(),
      scaled: z.boolean().default(true),
      baselineSeconds: z.number(),
      candidateSeconds: z.number(),
      ratio: z.number(),
      /** log ratio ÷ log (load ÷ load): 1 is linear. Null where the load did not change. */
      exponent: z.number().nullable(),
      word: z.enum([
        'super-linear (confirmed)',
        'suspect: repeat the round',
        'within noise',
        'insufficient data',
      ]),
    }),
  ),
  /** Which rounds would confirm the suspects; null where there is none. */
  toConfirm: z.string().nullable().default(null),
  /** Left out of every ratio and of the forecast's fits: a person fixed their window in one of the rounds. */
  fixedWindows: z.array(z.string()).default([]),
  newFailures: z.array(z.string()),
  fixed: z.array(z.string()),
  forecast: forecastSchema.nullable(),
});

export type Comparison = z.infer<typeof comparisonSchema>;
export type Forecast = z.infer<typeof forecastSchema>;
