/** Puts the logs of finished steps where EMR puts them. */
import { gzipSync } from 'node:zlib';
import { type ClusterRecord, logFolderOf, type StepRecord } from './emr/records.ts';
import { containerId } from './failureTexts.ts';
import type { Buckets } from './service.ts';
import { textsOf } from './stepTexts.ts';

/**
 * Writes `{LogUri}/{cluster}/steps/{step}/{stderr,controller,stdout,syslog}.gz` and the driver's
 * `containers/{application}/{container}/stderr.gz`. A cluster without a LogUri keeps no logs.
 */
export function createLogDelivery(buckets: Buckets): (cluster: ClusterRecord, step: StepRecord) => void {
  return (cluster, step) => {
    const [, bucket, folder] = /^s3:\/\/([^/]+)\/(.*)$/.exec(logFolderOf(cluster) ?? '') ?? [];
    const { applicationId, startedMs, endedMs } = step;
    if (!bucket || folder === undefined || !applicationId || startedMs === undefined || endedMs === undefined)
      return;
    const texts = textsOf(step, { applicationId, startedMs, endedMs });
    const put = (path: string, text: string): void =>
      buckets.put(bucket, `${folder}${path}`, gzipSync(text, { level: 1 }));
    for (const name of ['stderr', 'controller', 'stdout', 'syslog'] as const)
      put(`steps/${step.id}/${name}.gz`, texts[name]);
    if (texts.driver !== undefined)
      put(`containers/${applicationId}/${containerId(applicationId, 1)}/stderr.gz`, texts.driver);
  };
}
