/** What fixInterval says, its errors included. */

import * as z from 'zod';
import { plural } from '../domain/text.ts';
import { ofThisResult, type Yes, yesTo } from '../workflow/approvals.ts';
import type { Wording } from './text.ts';
import { loadOutput, result, rowsOf } from './tool.ts';

/** The result of fixInterval. */
export const fixIntervalResult = z.object({
  ...result,
  status: z.enum(['fixed', 'unchanged']),
  file: z.string(),
  changes: rowsOf(
    z.object({
      line: z.int(),
      before: z.string(),
      after: z.string(),
      baseline: z.string().optional(),
      scaled: z.string().optional(),
    }),
  ),
  load: loadOutput,
  /** The file is at baseline × load again. */
  restored: z.literal(true).optional(),
  reviewId: z.string(),
  changesFile: z.string(),
});

type Result = z.output<typeof fixIntervalResult>;

export function alreadyFixedText(to: number, reviewId: string) {
  return {
    summary: `The check already has ${to} there; nothing was written.`,
    nextSteps: [`reviewConfigs shows the files under review (reviewId ${reviewId}).`],
  };
}

export function fixedText(
  { from, to }: { readonly from: number; readonly to: number },
  { changes = [], load, restored, reviewId }: Pick<Result, 'changes' | 'load' | 'restored' | 'reviewId'>,
  approved: boolean,
  mode: Yes['mode'],
) {
  const fixed = `Fixed ${plural(changes.length, 'interval')} in one check file: ${from} → ${to}.`;
  return {
    summary: `${fixed}${aboutLoad(changes, load, restored)}`,
    nextSteps: approved
      ? [`Call uploadChecks with reviewId ${reviewId}.`]
      : [
          'Ask the user to review the change and reply "approved", or say what else is wrong.',
          ...yesTo('uploadChecks', { reviewId: ofThisResult }, reviewId, mode),
        ],
  };
}

function aboutLoad(changes: NonNullable<Result['changes']>, load: number, restored = false): string {
  if (restored) return ` This is baseline × ${load} again, so no fix is kept.`;
  const differs = changes.every(({ after, scaled }) => scaled !== undefined && scaled !== after);
  return differs ? ` This is not baseline × ${load}.` : '';
}

export const byHand = 'restore or fix the file by hand, then call reviewConfigs.';

export function unreadable(path: string, problem: string | undefined): string {
  return `${path} ${problem ?? 'was deleted'}. Nothing was changed.`;
}

export function invalidYaml(path: string, { line, message }: { line: number; message: string }): string {
  return `${path}:${line} is not valid YAML (${message}). Nothing was changed.`;
}

export function noSuchInterval(
  path: string,
  { from, unit, line }: { from: number; unit?: string | undefined; line?: number | undefined },
): string {
  const value = unit === undefined ? String(from) : plural(from, unit);
  const where = line === undefined ? '' : ` on line ${line}`;
  return `${path} has no interval of ${value}${where}. Nothing was changed.`;
}

export function oneOf(literals: readonly { readonly text: string; readonly line: number }[]): string {
  const listed = [...new Set(literals.map(({ text, line }) => `${text} (line ${line})`))].slice(0, 20);
  if (listed.length === 0) return `it contains no whole number in an interval: ${byHand}`;
  return `call fixInterval with a value from the file: ${listed.join(', ')}.`;
}

export const fixIntervalLines: Wording<Result> = {
  changes: (rows, { load }) => [
    'Changes:',
    ...rows.map(({ line, before, after, baseline, scaled }) => {
      const origin = baseline === undefined ? '' : ` (baseline ${baseline}, × ${load} is ${scaled})`;
      return `  ${line}: ${before} → ${after}${origin}`;
    }),
  ],
  // Both are in the summary.
  load: () => [],
  restored: () => [],
};
