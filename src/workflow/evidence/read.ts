/** Reads Spark's event logs to evidence. */
import type { EventLog, EventLogLimits, EventLogs } from '../../ports/eventLogs.ts';
import { createApplicationReader } from '../../report/evidence/application.ts';
import { evidenceOf } from '../../report/evidence/evidence.ts';
import type { Evidence, UnreadReason } from '../../report/model/evidence.ts';

/** A check's log has 150 to 570 KB; 3,600 tasks make 20 MB. Above this, a log is of something else. */
const limits: EventLogLimits = { unpackedBytes: 256 * 1024 * 1024, lineBytes: 4 * 1024 * 1024 };

/** `no_event_log`: none of its lines is an event of Spark. */
export type UnreadLog = Extract<UnreadReason, 'codec' | 'too_large' | 'too_slow' | 'broken' | 'no_event_log'>;

export type EvidenceRead =
  | { readonly found: 'evidence'; readonly evidence: Evidence; readonly bytes: number }
  | { readonly found: UnreadLog; readonly bytes: number };

/**
 * What the log says. A log that is cut gives what precedes the cut; one that was stopped by a cap gives nothing, because
 * its sums would be wrong. Throws what the port throws.
 */
export async function readEvidence(
  log: EventLog,
  eventLogs: Pick<EventLogs, 'read'>,
  signal?: AbortSignal,
): Promise<EvidenceRead> {
  const reader = createApplicationReader();
  const { end, bytes, longLines } = await eventLogs.read(log, limits, (line) => reader.add(line), signal);
  if (end === 'codec' || end === 'too_large' || end === 'too_slow') return { found: end, bytes };
  if (reader.events === 0) return { found: end === 'broken' ? 'broken' : 'no_event_log', bytes };
  // The last line of a log that was cut is broken, and that is all there is to say about it.
  const brokenLines = Math.max(0, reader.broken - (end === 'whole' && !log.inProgress ? 0 : 1));
  return {
    found: 'evidence',
    evidence: evidenceOf(reader.result(), { end, longLines, brokenLines, log }),
    bytes,
  };
}
