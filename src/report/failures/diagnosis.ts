import { cleanLine } from '../../domain/foreignText.ts';
import type { Step, StepLog } from '../../ports/aws.ts';
import type { StepFailure } from '../model/model.ts';
import { signatures } from './signatures/index.ts';
import type { Signature } from './signatures/signature.ts';

const lineLength = 500;
const wordless = /^\s*(unknown error\.?)?\s*$/i;

/** What a failed step says of itself: EMR's own words, and the cause that its logs, else those words, prove. */
export function diagnose(step: Pick<Step, 'failure'>, log: StepLog | undefined): StepFailure {
  const { reason, message, logFile } = step.failure ?? {};
  const ownWords = [reason, message].filter((text) => text !== undefined && !wordless.test(text)).join('\n');
  const parts = log?.found === 'log' ? log.parts : [];
  const fromLog = findCause(...parts.map(({ text }) => text));
  const cause = fromLog ?? findCause(ownWords);
  const part = parts[fromLog?.log ?? 0];
  const logUri = part?.uri ?? (log?.found === 'log' ? undefined : log?.uri) ?? logFile;
  return {
    ...(reason !== undefined && !wordless.test(reason) && { reason: cleanLine(reason, lineLength) }),
    ...(message !== undefined && !wordless.test(message) && { message: cleanLine(message, lineLength) }),
    log: log?.found ?? 'not_read',
    ...(logUri !== undefined && { logUri: cleanLine(logUri, 1024) }),
    ...(part?.cut && { logCut: true }),
    ...(part && !part.gzip && { logNotGzip: true }),
    ...(log?.found === 'log' && log.driver && { driverLog: log.driver }),
    ...(cause && {
      cause: {
        signature: cause.signature.id,
        title: cause.signature.title,
        class: cause.signature.class,
        line: cleanLine(cause.line.trim(), lineLength),
        ...(fromLog && { lineNumber: cause.lineNumber }),
        symptoms: cause.symptoms.map((symptom) => symptom.title),
      },
    }),
  };
}

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
