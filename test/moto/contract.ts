/**
 * A contract case makes the same calls twice, once against the sandbox and once against moto, and both must give the
 * same normalised answer. Where they differ for a reason, the case says which answer is AWS's, why, and what moto
 * says, so that an exception that is no longer one fails too.
 */
import { expect } from 'vitest';

/** Where moto differs from AWS: the sandbox must give `aws`, and moto must still differ. */
export interface KnownDifference {
  /** What AWS does, with the source. */
  readonly reason: string;
  /** The right answer, which the sandbox gives. */
  readonly aws: unknown;
}

/** Where moto listens. @throws when the suite is run without `bash test/moto/run.sh` */
export function motoEndpoint(): string {
  const endpoint = process.env.MOTO_ENDPOINT;
  if (endpoint === undefined) throw new Error('MOTO_ENDPOINT is not set: run `bash test/moto/run.sh`');
  return endpoint;
}

export function expectAgreement(
  answers: { sandbox: unknown; moto: unknown },
  difference?: KnownDifference,
): void {
  if (difference === undefined) {
    expect(answers.sandbox, 'the sandbox (received) must answer as moto (expected)').toEqual(answers.moto);
    return;
  }
  expect(answers.sandbox, difference.reason).toEqual(difference.aws);
  expect(answers.moto, `moto now agrees: remove the exception "${difference.reason}"`).not.toEqual(
    difference.aws,
  );
}

/** An answer without what differs from run to run: ids are dropped, times become `<time>`, streams become text. */
async function normalised(answer: unknown): Promise<unknown> {
  if (answer instanceof Date) return '<time>';
  if (answer instanceof Uint8Array) return `<${answer.byteLength} bytes>`;
  if (Array.isArray(answer)) return Promise.all(answer.map(normalised));
  if (typeof answer !== 'object' || answer === null) return answer;
  if ('transformToString' in answer && typeof answer.transformToString === 'function')
    return await answer.transformToString();
  const fields = Object.entries(answer).filter(
    ([name, value]) => name !== '$metadata' && value !== undefined,
  );
  return Object.fromEntries(
    await Promise.all(fields.map(async ([name, value]) => [name, await normalised(value)])),
  );
}

/** The status and the normalised answer of an SDK call, or its error's status and code. */
export async function outcome(call: Promise<{ $metadata: { httpStatusCode?: number } }>): Promise<unknown> {
  try {
    const answer = await call;
    return { status: answer.$metadata.httpStatusCode, answer: await normalised(answer) };
  } catch (error) {
    if (!(error instanceof Error) || !('$metadata' in error)) throw error;
    const { httpStatusCode } = error.$metadata as { httpStatusCode?: number };
    return { status: httpStatusCode, error: error.name };
  }
}
