/** Spark's event logs, wherever they lie: types only. */
import type { Cluster, Step } from './aws.ts';
import type { Watch } from './time.ts';

/** One file of a log; a log that was rolled has several. */
export interface EventLogPart {
  readonly name: string;
  readonly sizeBytes: number;
  /** The bytes as stored, packed or not. */
  open(signal: AbortSignal | undefined): AsyncIterable<Uint8Array>;
}

/** The log of one attempt of one application. */
export interface EventLog {
  /** A path or a URI. */
  readonly place: string;
  /** In the order of their writing. */
  readonly parts: readonly EventLogPart[];
  /** Spark has not closed it: it is being written, or its driver was killed. */
  readonly inProgress: boolean;
  /** Parts that are no longer there: Spark's history server compacted them, or they were removed. */
  readonly lacksParts: boolean;
}

/**
 * How far a log was read. `cut`: it ends in the middle of its packing. `too_large`, `too_slow`: a cap. `codec`: packed
 * in a way that is not read (snappy, lzf). `broken`: bytes that cannot be unpacked.
 */
export type EventLogEnd = 'whole' | 'cut' | 'too_large' | 'too_slow' | 'codec' | 'broken';

export interface EventLogReading {
  readonly end: EventLogEnd;
  /** Unpacked. */
  readonly bytes: number;
  /** Lines that were longer than the cap, and not handed on. */
  readonly longLines: number;
}

export interface EventLogLimits {
  readonly unpackedBytes: number;
  readonly lineBytes: number;
}

/** `spark.eventLog.dir` on S3. */
export interface EventLogFolder {
  readonly bucket: string;
  readonly prefix: string;
}

export interface FoundEventLog {
  readonly application: string;
  /** In YARN's cluster mode from 1; 0 where none is counted. */
  readonly attempt: number;
  /** When its last part was written: S3 shows a file once it is closed. */
  readonly modifiedMs: number;
  readonly log: EventLog;
}

export interface EventLogs {
  /** A file, or the folder of a rolled log. Undefined for what is neither. Throws what the disk throws. */
  onDisk(path: string): Promise<EventLog | undefined>;
  /**
   * The logs of YARN's applications in a folder of S3, of clusters that were created at `sinceMs` or later, oldest first.
   * @throws ToolError DENIED, UPSTREAM
   */
  inFolder(folder: EventLogFolder, sinceMs: number, watch?: Watch): Promise<FoundEventLog[]>;
  /** The application that the step's stderr names; undefined when it names none, or there is no stderr. */
  applicationOf(cluster: Cluster, step: Step, signal?: AbortSignal): Promise<string | undefined>;
  /** Hands on the lines of a log, up to a cap or until the signal is aborted. */
  read(
    log: EventLog,
    limits: EventLogLimits,
    take: (line: string) => void,
    signal?: AbortSignal,
  ): Promise<EventLogReading>;
}
