import { cleanLine } from '../domain/foreignText.ts';
import type { Step, StepLog } from '../ports/aws.ts';
import type { StepFailure } from './model/model.ts';
import { findCause } from './rootCause.ts';

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
