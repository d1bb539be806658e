/** Puts the logs of finished steps where EMR puts them. */
import { gzipSync } from 'node:zlib';
import { type ClusterRecord, logFolderOf, type StepRecord } from './records.ts';
import { containerId } from './failureTexts.ts';
import type { Buckets } from '../../service.ts';
import { textsOf } from './stepTexts.ts';

/**
 * Writes `{LogUri}/{cluster}/steps/{step}/{stderr,controller,stdout,syslog}.gz` and the driver's
 * `containers/{application}/{container}/{stderr,stdout}.gz`. A cluster without a LogUri, or with one that leads to no
 * bucket, keeps no logs and says nothing of it.
 */
export function createLogDelivery(buckets: Buckets): (cluster: ClusterRecord, step: StepRecord) => void {
  return (cluster, step) => {
    const [, bucket, folder] = /^s3:\/\/([^/]+)\/(.*)$/.exec(logFolderOf(cluster) ?? '') ?? [];
    const { applicationId, startedMs, endedMs } = step;
    if (!bucket || folder === undefined || !applicationId || startedMs === undefined || endedMs === undefined)
      return;
    const { driver, ...own } = textsOf(step, { applicationId, startedMs, endedMs });
    const container = `containers/${applicationId}/${containerId(applicationId, 1)}`;
    const files = [
      ...Object.entries(own).map(([name, text]) => [`steps/${step.id}/${name}.gz`, text] as const),
      ...Object.entries(driver ?? {}).map(([name, text]) => [`${container}/${name}.gz`, text] as const),
    ];
    try {
      for (const [path, text] of files) buckets.put(bucket, `${folder}${path}`, gzipSync(text, { level: 1 }));
    } catch {
      // The bucket is not there.
    }
  };
}
