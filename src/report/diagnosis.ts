import { cleanLine } from '../foreignText.ts';
import type { Step, StepLog } from '../ports.ts';
import type { StepFailure } from './model.ts';
import { findCause } from './rootCause.ts';

const lineLength = 500;
const wordless = /^\s*(unknown error\.?)?\s*$/i;

/** What a failed step says of itself: EMR's own words, and the cause that its log, else those words, prove. */
export function diagnose(step: Pick<Step, 'failure'>, log: StepLog | undefined): StepFailure {
  const { reason, message, logFile } = step.failure ?? {};
  const ownWords = [reason, message].filter((text) => text !== undefined && !wordless.test(text)).join('\n');
  const logText = log?.found === 'log' ? log.text : undefined;
  const fromLog = logText === undefined ? undefined : findCause(logText);
  const cause = fromLog ?? findCause(ownWords);
  const logUri = log?.uri ?? logFile;
  return {
    ...(reason !== undefined && !wordless.test(reason) && { reason: cleanLine(reason, lineLength) }),
    ...(message !== undefined && !wordless.test(message) && { message: cleanLine(message, lineLength) }),
    log: log?.found ?? 'not_read',
    ...(logUri !== undefined && { logUri: cleanLine(logUri, 1024) }),
    ...(log?.found === 'log' && log.cut && { logCut: true }),
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
