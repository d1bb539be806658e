import type { Signature } from './signature.ts';
import { signatures } from './signatures/index.ts';

export interface Cause {
  readonly signature: Signature;
  /** The line that proves it, as in the log. */
  readonly line: string;
  /** 1-based, in its log. */
  readonly lineNumber: number;
  /** Which of the logs that is, from 0. */
  readonly log: number;
  /** Signatures that rank below and match other lines: what followed from the cause. */
  readonly symptoms: readonly Signature[];
}

const lineLimit = 20_000;

/**
 * The cause that the logs of one step prove: of all signatures that match a line, the one that stands first in the list,
 * at the first line that it matches. Time is no guide: the executor that YARN killed is reported before and after the
 * stage that failed for it. Undefined when no line is known.
 */
export function findCause(...logs: readonly string[]): Cause | undefined {
  const first = new Map<Signature, { line: string; lineNumber: number; log: number }>();
  for (const [log, text] of logs.entries())
    for (const [index, whole] of text.split(/\r\n|\n|\r/).entries()) {
      const line = whole.length > lineLimit ? whole.slice(0, lineLimit) : whole;
      for (const signature of signatures)
        if (!first.has(signature) && signature.pattern.test(line) && !signature.unless?.test(line))
          first.set(signature, { line, lineNumber: index + 1, log });
    }
  const [root, ...others] = signatures.filter((signature) => first.has(signature));
  const proof = root && first.get(root);
  const isElsewhere = (signature: Signature) => {
    const at = first.get(signature);
    return at?.lineNumber !== proof?.lineNumber || at?.log !== proof?.log;
  };
  return proof && { signature: root, ...proof, symptoms: others.filter(isElsewhere) };
}
