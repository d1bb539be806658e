import { cleanLine } from '../../domain/foreignText.ts';
import type { Step, StepLog } from '../../ports/aws.ts';
import type { StepFailure } from '../model/model.ts';
import { findCause, findCauseInWords, quote } from './cause.ts';

const lineLength = 500;
const wordless = /^\s*(unknown error\.?)?\s*$/i;

/**
 * What a failed step says of itself: EMR's own words, and the cause that its logs, else those words, prove. A step that
 * was interrupted ended with its cluster, whatever its log says.
 */
export function diagnose(step: Pick<Step, 'state' | 'failure'>, log: StepLog | undefined): StepFailure {
  const { reason, message, logFile } = step.failure ?? {};
  const ownWords = [reason, message].filter((text) => text !== undefined && !wordless.test(text)).join('\n');
  const parts = log?.found === 'log' ? log.parts : [];
  const isInterrupted = step.state === 'INTERRUPTED';
  const inLogs = isInterrupted ? undefined : findCause(...parts.map(({ text }) => text));
  // While the driver's log is on its way, "it failed" in another is no answer.
  const isAwaited = log?.found === 'log' && log.driver === 'not_delivered_yet';
  const fromLog = isAwaited && inLogs?.signature.isGeneric ? undefined : inLogs;
  const cause = isInterrupted ? undefined : (fromLog ?? findCauseInWords(ownWords));
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
        signature: cleanLine(cause.signature.id, 200),
        title: cleanLine(cause.signature.title, 120),
        kind: cause.signature.kind,
        side: cause.side,
        line: quote(cause),
        ...(fromLog && { lineNumber: cause.lineNumber }),
      },
    }),
  };
}
