/** Which checks of a level carry the load, and which files do not run: a fact of each check that every room reads. */
import * as z from 'zod';
import { schedules } from './schedules.ts';
import { plural } from './text.ts';

/** Why a check runs at 1x. */
export const unscaledWhy = z.enum([
  'no interval',
  'another unit',
  'not a literal',
  'unparseable',
  'a kind that the rule leaves alone',
  'set by a person',
  'not in the repository',
]);
export type UnscaledWhy = z.infer<typeof unscaledWhy>;

/** Why a file does not run. */
export const exceptionCause = z.enum([
  'name',
  'not_a_file',
  'not_on_disk',
  'not_in_git',
  'not_uploadable',
  'no_schedule',
]);
export type ExceptionCause = z.infer<typeof exceptionCause>;

/** Files of one cause; `files` may be cut, `total` never is. */
export const exceptionsSchema = z.object({
  cause: exceptionCause,
  files: z.array(z.string()),
  total: z.int(),
});
export type Exceptions = z.infer<typeof exceptionsSchema>;

export const coverageSchema = z.object({
  schedule: z.enum(schedules),
  /** How many checks will run. */
  checks: z.int(),
  /** How many of them have an interval that the load changed; 0 at load 1. */
  scaled: z.int(),
  /** May be cut; empty at load 1. */
  unscaled: z.array(z.object({ file: z.string(), why: unscaledWhy })),
  unscaledTotal: z.int(),
  /** How many of the unscaled are of a kind that the rule leaves alone, such as `_freshness.yml`. */
  kinds: z.int(),
  /** Scaled checks that read less at a higher load: every changed interval only bounds them from above. */
  narrows: z.array(z.string()),
  /** The longest windows after scaling, the longest first. */
  longest: z.array(z.object({ file: z.string(), window: z.string() })),
  /** Files that look like checks of this schedule and will not run. */
  missing: z.array(exceptionsSchema),
});

export type Coverage = z.infer<typeof coverageSchema>;

/** As a result shows it: lists may be cut, and an empty one is left out. */
export const shownCoverageSchema = coverageSchema.extend({
  unscaled: coverageSchema.shape.unscaled.optional(),
  narrows: coverageSchema.shape.narrows.optional(),
  longest: coverageSchema.shape.longest.optional(),
  missing: coverageSchema.shape.missing.optional(),
});
export type ShownCoverage = z.infer<typeof shownCoverageSchema>;

/** What Spark's event logs say of the rows read. */
export const rowsReadSchema = z.object({
  logs: z.int(),
  /** Rows by those of `loadBefore`: the median over `checks`; null where nothing can be compared. */
  ratio: z.number().nullable(),
  loadBefore: z.int().nullable(),
  checks: z.int(),
  text: z.string().optional(),
});

/** What is said of each cause: `2 files: …`. */
export const causeText: Readonly<Record<ExceptionCause, string>> = {
  name: 'almost named like a check (.yaml, letter case, or - for _), so never run under this name: rename to run',
  not_a_file: 'a link or submodule: not read, not uploaded, so never run',
  not_on_disk: 'in git but not on disk (deleted, or a sparse checkout), so never run',
  not_in_git: 'not in git yet, so without a baseline: neither scaled nor uploaded; commit to include',
  not_uploadable: 'not uploadable (unsafe name, or a Git LFS pointer), so never run',
  no_schedule: 'not named like a 15m, hourly or daily check, so never uploaded',
};

/** The same in a few words. */
export const shortCauses: Readonly<Record<ExceptionCause, string>> = {
  name: 'almost named like a check',
  not_a_file: 'link or submodule',
  not_on_disk: 'not on disk',
  not_in_git: 'not in git',
  not_uploadable: 'not uploadable',
  no_schedule: 'of no schedule',
};

/** How many checks carry the load: scaled, and not only bounded from above. */
export function carrying({ scaled, narrows }: Pick<Coverage, 'scaled' | 'narrows'>): number {
  return scaled - narrows.length;
}

/** `23 of 31 15m checks scaled; 8 run at 1x`. */
export function coverageText({
  schedule,
  checks,
  scaled,
  unscaledTotal,
  unscaled = [],
  narrows = [],
}: ShownCoverage): string {
  const less = narrows.length === 0 ? '' : ` (${narrows.length} of them ${reads(narrows.length)} less)`;
  const bySomebody = unscaled.filter(({ why }) => why === unscaledWhy.enum['set by a person']).length;
  const atOne = unscaledTotal - bySomebody;
  const rest = [
    ...(atOne === 0 ? [] : [`; ${atOne} run${atOne === 1 ? 's' : ''} at 1x`]),
    ...(bySomebody === 0 ? [] : [`; ${bySomebody} as set by a person`]),
  ].join('');
  return `${scaled} of ${plural(checks, `${schedule} check`)} scaled${less}${rest}`;
}

function reads(count: number): string {
  return count === 1 ? 'reads' : 'read';
}

/** `flows/check_flow_sends_15m.yml (unparseable), 7 of kinds that the rule leaves alone`: the first names. */
export function unscaledText(
  { unscaled = [], unscaledTotal, kinds }: ShownCoverage,
  most = Number.POSITIVE_INFINITY,
): string {
  const named = unscaled.filter(({ why }) => why !== unscaledWhy.enum['a kind that the rule leaves alone']);
  const shown = named.slice(0, most).map(({ file, why }) => `${file} (${why})`);
  const more = unscaledTotal - shown.length - kinds;
  return [
    ...shown,
    ...(more > 0 ? [`${more} more`] : []),
    ...(kinds > 0 ? [`${kinds} of kinds that the rule leaves alone`] : []),
  ].join(', ');
}
