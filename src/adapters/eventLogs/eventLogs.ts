import type { EventLogs } from '../../ports/eventLogs.ts';
import type { AwsServices } from '../aws/awsClient.ts';
import { localEventLog } from './localLogs.ts';
import { readEventLog } from './read.ts';
import { applicationIn, eventLogsInFolder } from './s3Logs.ts';

export function createEventLogs({ aws }: { readonly aws: Pick<AwsServices, 's3'> }): EventLogs {
  return {
    onDisk: localEventLog,
    inFolder: (folder, sinceMs, watch) => eventLogsInFolder(aws, folder, sinceMs, watch),
    applicationOf: (cluster, step, signal) => applicationIn(aws, cluster, step, signal),
    read: readEventLog,
  };
}
