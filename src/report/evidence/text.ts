/** What a report says about event logs that were not read, or not read whole. */
import type { Evidence } from '../model/evidence.ts';

export const caveatText: Readonly<Record<Evidence['caveats'][number], string>> = {
  cut: 'The log ends in the middle: its figures are too low',
  in_progress: 'Spark has not closed the log: the application still runs, or its driver was killed',
  lacks_parts: 'Parts of the log are no longer there: its figures are too low',
  lines_not_read: 'Some lines were not understood: its figures may be too low',
};

export const unreadText: Readonly<
  Record<'codec' | 'too_large' | 'too_slow' | 'broken' | 'no_event_log', string>
> = {
  codec: 'packed by snappy or lzf; plain, gzip, zstd and lz4 are read',
  too_large: 'over 256 MiB unpacked',
  too_slow: 'it took too long',
  broken: 'its packing is broken',
  no_event_log: 'none of its lines is an event of Spark',
};
