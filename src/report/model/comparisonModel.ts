/** Two reports side by side, and the forecast over all levels at hand. */
import * as z from 'zod';
import { rowsSchema } from './evidence.ts';

const ratio = z.number().nullable();

export const settingChangeSchema = z.object({ setting: z.string(), from: z.string(), to: z.string() });

export const forecastSchema = z.object({
  /** Why there is no forecast; its lists are empty then. */
  why: z.string().optional(),
  levels: z.array(z.int()),
  /** Whether a level was measured more than once. */
  repeated: z.boolean(),
  /** Total runtime of every round of which the verdict is decided. */
  measured: z.array(z.object({ load: z.int(), seconds: z.number() })),
  points: z.array(
    z.object({ load: z.int(), makespanSeconds: z.number(), lowSeconds: z.number(), highSeconds: z.number() }),
  ),
  /** What earlier reports forecast for loads that were measured since. */
  scores: z.array(
    z.object({
      load: z.int(),
      startedAt: z.string(),
      forecastSeconds: z.number(),
      lowSeconds: z.number(),
      highSeconds: z.number(),
      measuredSeconds: z.number(),
    }),
  ),
  /** The slots that the times were replayed on. */
  slots: z.int().nullable(),
  /** Checks of the newest round that completed in no round, and those that completed at one level only. */
  leftOut: z.int(),
  oneLevelOnly: z.int(),
  /** A check that decides the forecast and was seen once at each of two levels. */
  decisive: z.string().nullable(),
  /** The highest load at which, and below which, every measured round fits; the lowest at which one missed. */
  highestFit: z.int().nullable(),
  lowestMiss: z.int().nullable(),
  /** With the forecast's range on the safe side; never against a measured round. */
  fitsUpTo: z.int().nullable(),
  breaksBetween: z.tuple([z.int(), z.int()]).nullable(),
  /** The first load whose forecast is over the window. */
  mostLikely: z.int().nullable(),
  sentence: z.string(),
});

const roundSchema = z.object({
  load: z.int(),
  startedAt: z.string(),
  /** Null where the verdict is not decided: then it is not the runtime of all checks. */
  runtimeSeconds: z.number().nullable().default(null),
});

export const comparisonSchema = z.object({
  comparable: z.boolean(),
  why: z.string().optional(),
  varies: z.enum(['load', 'cluster', 'repeat', 'both']),
  baseline: roundSchema,
  candidate: roundSchema,
  /** Settings of the cluster that differ. */
  clusterChanges: z.array(settingChangeSchema).default([]),
  ratios: z.object({
    /** Checks that completed in both; where the load changed, those that were really scaled in both. */
    n: z.int(),
    geometricMean: ratio,
    /** 95% interval. */
    low: ratio,
    high: ratio,
    runtime: ratio,
  }),
  /** False where the load changed and a round does not say which of its checks were scaled: all count as scaled then. */
  loadRecorded: z.boolean().default(false),
  /** The checks that were scaled in neither round: more load does not ask more of them. */
  unscaled: z.object({ n: z.int(), geometricMean: z.number() }).nullable().default(null),
  /** Rows read at both loads, by Spark's event logs; null where the load did not change, or no check has both. */
  rows: rowsSchema.nullable().default(null),
  /** What grows most with the load comes first. */
  checks: z.array(
    z.object({
      check: z.string(),
      scaled: z.boolean().default(true),
      baselineSeconds: z.number(),
      candidateSeconds: z.number(),
      ratio: z.number(),
      /** Absent where nothing but the ratio is known. */
      word: z
        .enum(['grows faster than the load', 'grows faster than the load in every round', 'constant'])
        .optional(),
    }),
  ),
  /** Checks that completed now and at no other load. */
  oneLevelOnly: z.array(z.string()).default([]),
  /** Left out of every ratio and of the forecast's growth: the user fixed an interval of theirs in one of the rounds. */
  fixedWindows: z.array(z.string()).default([]),
  /** Which of the rounds was not decided: then its times are not those of the whole round. */
  undecided: z.array(z.enum(['baseline', 'candidate'])).default([]),
  /** The rounds were scaled from two baseline commits. */
  baselinesDiffer: z.boolean().default(false),
  /** Checks that only one of the rounds ran: left out. */
  unshared: z
    .object({ baseline: z.array(z.string()), candidate: z.array(z.string()) })
    .default({ baseline: [], candidate: [] }),
  /** Failed now and completed before; and the other way round. */
  newFailures: z.array(z.string()),
  fixed: z.array(z.string()),
  forecast: forecastSchema.nullable(),
});

export type Comparison = z.infer<typeof comparisonSchema>;
export type Forecast = z.infer<typeof forecastSchema>;
export type SettingChange = z.infer<typeof settingChangeSchema>;
