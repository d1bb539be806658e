/** What is kept of a round's report, and shown of it without reading it again. */
import * as z from 'zod';

/** A group of failed steps, with its first checks. */
export const reportedFailure = z.object({ cause: z.string(), steps: z.int(), checks: z.array(z.string()) });

/** What was forecast for a round, and what it took. */
export const forecastScore = z.object({
  forecastSeconds: z.number(),
  lowSeconds: z.number(),
  highSeconds: z.number(),
  measuredSeconds: z.number(),
});
