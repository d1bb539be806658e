/** Part of report.json: what it takes to fit the window, or what could be saved, by replaying the measured steps. */
import * as z from 'zod';
import { secondsSchema } from './findings.ts';

const changeSchema = z.object({
  kind: z.enum(['slots', 'order', 'tuned', 'keepCluster', 'submission']),
  setting: z.string(),
  from: z.string(),
  to: z.string(),
  /** How many core nodes the slots need, where that is another number than now. */
  nodes: z.object({ type: z.string(), from: z.int(), to: z.int() }).optional(),
  /** The checks to tune, and how long each may take then. */
  checks: z.array(z.string()).optional(),
  targetSeconds: secondsSchema.optional(),
});

const outcomeSchema = z.object({
  runtimeSeconds: secondsSchema,
  /** Of all machines, with the start of a cluster that each round makes; absent where no price is known, or none in USD. */
  usdPerRound: z.number().optional(),
  /** The same for all rounds of the schedule in a day, or for a cluster that is up all day. */
  usdPerDay: z.number().optional(),
});

const optionSchema = z.object({
  ...changeSchema.shape,
  ...outcomeSchema.shape,
  kind: z.enum([...changeSchema.shape.kind.options, 'combined']),
  fits: z.boolean(),
  /** What a combined row changes; its replay makes all of these changes at once. */
  parts: z.array(changeSchema).optional(),
});

const savingSchema = z.object({
  ...changeSchema.shape,
  ...outcomeSchema.shape,
  /** Absent where nobody can say, or nothing is saved. */
  savesUsdPerDay: z.number().optional(),
});

export const toFitSchema = z.object({
  /** Why nothing was replayed; the lists are empty then. */
  why: z.string().optional(),
  /** The round as it was. */
  now: outcomeSchema,
  /** Of the prices behind each USD figure; absent where no price is known. */
  prices: z.object({ date: z.string(), isExample: z.boolean() }).optional(),
  /** Every check that alone takes longer than the window: no slot, node or order helps it. Longest first. */
  necessary: z.array(z.object({ check: z.string(), seconds: secondsSchema, targetSeconds: secondsSchema })),
  /** What fits comes first, the cheapest of it at the top. */
  options: z.array(optionSchema),
  /** Of a round that fits: the fewest slots and nodes that still would. */
  saving: savingSchema.optional(),
  /** More slots than this gain nothing; null where the number of slots is not known. */
  noGainBeyond: z.int().nullable(),
  /** Replay of this very round ÷ measured − 1. */
  error: z.number().nullable(),
});

/** As a result with a budget shows it: each row with its change in words, and how many there are where a list is cut. */
export const shownToFitSchema = toFitSchema.omit({ noGainBeyond: true, error: true }).extend({
  necessary: toFitSchema.shape.necessary.optional(),
  necessaryTotal: z.int().optional(),
  options: z
    .array(
      optionSchema.omit({ parts: true, checks: true, targetSeconds: true }).extend({ change: z.string() }),
    )
    .optional(),
  optionsTotal: z.int().optional(),
});

export type ShownToFit = z.infer<typeof shownToFitSchema>;
export type ToFit = z.infer<typeof toFitSchema>;
export type ToFitChange = z.infer<typeof changeSchema>;
export type ToFitOption = z.infer<typeof optionSchema>;
