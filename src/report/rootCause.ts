import type { Signature } from './signature.ts';
import { signatures } from './signatures/index.ts';

export interface Cause {
  readonly signature: Signature;
  /** The line that proves it, as it stands in the log. */
  readonly line: string;
  /** 1-based. */
  readonly lineNumber: number;
  /** Signatures that rank below and match other lines: what followed from the cause. */
  readonly symptoms: readonly Signature[];
}

const lineLimit = 20_000;

/**
 * The cause that a log proves: of all signatures that match a line, the one that stands first in the list, at the
 * first line that it matches. Time is no guide: the executor that YARN killed is reported before and after the
 * stage that failed for it. Undefined when no line is known.
 */
export function findCause(log: string): Cause | undefined {
  const first = new Map<Signature, { line: string; lineNumber: number }>();
  for (const [index, whole] of log.split(/\r\n|\n|\r/).entries()) {
    const line = whole.length > lineLimit ? whole.slice(0, lineLimit) : whole;
    for (const signature of signatures)
      if (!first.has(signature) && signature.pattern.test(line) && !signature.unless?.test(line))
        first.set(signature, { line, lineNumber: index + 1 });
  }
  const [root, ...others] = signatures.filter((signature) => first.has(signature));
  const proof = root && first.get(root);
  const symptoms = others.filter((signature) => first.get(signature)?.lineNumber !== proof?.lineNumber);
  return proof && { signature: root, ...proof, symptoms };
}
