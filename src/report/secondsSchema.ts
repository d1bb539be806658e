import * as z from 'zod';

/** Thirty years: more than anything takes, and little enough that no sum or product of it leaves the numbers. */
const mostSeconds = 1e9;

/** Seconds in a report.json, which a person may have edited; differences may be negative. */
export const secondsSchema = z.number().min(-mostSeconds).max(mostSeconds);
