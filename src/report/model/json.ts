import * as z from 'zod';
import { ToolError } from '../../domain/errors.ts';
import { type Report, reportSchema, schemaVersion } from './model.ts';

/** report.json: two blanks deep, but one line a step, so that a diff of two reports can be read. */
export function renderJson(report: Report): string {
  const { steps, ...rest } = report;
  const head = JSON.stringify(rest, undefined, 2).slice(0, -2);
  const lines = steps.map((step) => `    ${JSON.stringify(step)}`);
  const body = lines.length === 0 ? '[]' : `[\n${lines.join(',\n')}\n  ]`;
  return `${head},\n  "steps": ${body}\n}\n`;
}

/**
 * Reads a report.json again.
 *
 * @param from how to call the file in a message
 * @throws ToolError WRONG_STATE: written by a newer version, or no longer what a report has to be
 */
export function parseReport(text: string, from: string): Report {
  const refuse = (what: string, next: string, cause?: unknown) =>
    new ToolError('WRONG_STATE', `${from} ${what}. It was left as it is.`, { next, cause });
  const rebuild = 'build that report again with buildReport, or leave it out of the comparison.';
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw refuse('is not JSON', rebuild, cause);
  }
  const version = z.object({ schemaVersion: z.number() }).safeParse(json).data?.schemaVersion;
  if (version !== undefined && version > schemaVersion)
    throw refuse(
      `has schema version ${version}; this version reads up to ${schemaVersion}`,
      'update audit-load-test.',
    );
  const parsed = reportSchema.safeParse(withSides(version === 1 ? fromVersionOne(json) : json));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw refuse(
    `is not a report: ${issue?.path.join('.') || 'the file'}: ${issue?.message ?? 'unknown'}`,
    rebuild,
    parsed.error,
  );
}

const classified = z.looseObject({ class: z.string() });
const failedSchema = z.looseObject({
  failures: z.array(z.looseObject({})),
  steps: z.array(
    z.looseObject({ failure: z.looseObject({ cause: z.looseObject({}).optional() }).optional() }),
  ),
});

/** Reports once called a failure's kind its class, and did not say on which side it was. */
function withSides(json: unknown): unknown {
  const old = failedSchema.safeParse(json).data;
  if (!old) return json;
  const sided = (one: unknown) => {
    const of = classified.safeParse(one).data;
    return of ? { side: 'none', ...of, kind: of.class } : one;
  };
  return {
    ...old,
    failures: old.failures.map(sided),
    steps: old.steps.map((step) =>
      step.failure?.cause
        ? { ...step, failure: { ...step.failure, cause: sided(step.failure.cause) } }
        : step,
    ),
  };
}

const versionOneSchema = z.looseObject({
  suggestions: z.array(z.looseObject({ nextRound: z.object({ sentence: z.string() }) })),
  comparison: z
    .looseObject({
      checks: z.array(z.looseObject({ scaled: z.boolean().default(true), word: z.unknown().optional() })),
    })
    .nullable(),
});

/**
 * Version 1 as version 2. Its forecast was made in another way, and is dropped with its words about single checks and its verdicts
 * on suggestions. Anything else is returned unchanged, to be refused.
 */
function fromVersionOne(json: unknown): unknown {
  const old = versionOneSchema.safeParse(json).data;
  if (!old) return json;
  const { comparison } = old;
  return {
    ...old,
    schemaVersion,
    followUp: null,
    suggestions: old.suggestions.map((one) => ({ ...one, success: one.nextRound.sentence })),
    comparison: comparison && {
      ...comparison,
      forecast: null,
      checks: comparison.checks.map(({ word: _, ...check }) =>
        check.scaled ? check : { ...check, word: 'constant' },
      ),
    },
  };
}
