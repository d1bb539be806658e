/** What a round's machines were and cost: a part of report.json. */
import * as z from 'zod';

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
