import type { StepFailure } from './model/model.ts';

const words: Readonly<Record<StepFailure['log'], string>> = {
  log: 'read',
  not_delivered_yet: 'not delivered yet: EMR brings logs every five minutes; build the report again then',
  none: 'none found',
  denied: 'may not be read',
  unreadable: 'neither gzip nor text',
  not_read: 'not read',
};

/** What became of a failed step's log: "read, cut; the driver's own: not delivered yet …". */
export function logStatus(failure: StepFailure): string {
  return [
    words[failure.log],
    failure.logCut ? ', cut' : '',
    failure.logNotGzip ? ', not gzip' : '',
    failure.driverLog ? `; the driver’s own: ${words[failure.driverLog]}` : '',
  ].join('');
}
