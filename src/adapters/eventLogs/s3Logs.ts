/** Event logs in a folder of S3. */
import { ToolError } from '../../domain/errors.ts';
import type { EventLogFolder, EventLogPart, FoundEventLog } from '../../ports/eventLogs.ts';
import type { Watch } from '../../ports/time.ts';
import type { AwsServices } from '../aws/awsClient.ts';
import { listAll, type S3 } from '../s3/read.ts';
import { eventLogsAmong } from './names.ts';

type Aws = Pick<AwsServices, 's3'>;

/**
 * The logs in the folder whose application begins with `application` (all, without it), oldest first. A folder that does
 * not exist has none. @throws ToolError DENIED, UPSTREAM
 */
export async function eventLogsInFolder(
  aws: Aws,
  { bucket, prefix }: EventLogFolder,
  application: string,
  watch?: Watch,
): Promise<FoundEventLog[]> {
  const folder = prefix === '' || prefix.endsWith('/') ? prefix : `${prefix}/`;
  const listed = await Promise.all(
    [`${folder}${application}`, `${folder}eventlog_v2_${application}`].map((start) =>
      listAll(aws.s3, bucket, start, watch).catch((error: unknown) => {
        if (error instanceof ToolError && error.code === 'NOT_FOUND') return [];
        throw error;
      }),
    ),
  );
  // Without an application, the first listing has the rolled logs, too.
  const objects = new Map(listed.flat().map((object) => [object.key, object]));
  const files = [...objects.values()].map((object) => ({
    path: object.key.slice(folder.length),
    file: { part: partOf(aws.s3, bucket, object.key, object.sizeBytes), modifiedMs: object.modifiedMs },
  }));
  return eventLogsAmong(files)
    .map((log) => ({
      application: log.application,
      attempt: log.attempt,
      modifiedMs: Math.max(0, ...log.parts.map(({ modifiedMs }) => modifiedMs)),
      log: {
        place: `s3://${bucket}/${folder}${log.path}`,
        parts: log.parts.map(({ part }) => part),
        inProgress: log.inProgress,
        lacksParts: log.lacksParts,
      },
    }))
    .sort((a, b) => a.modifiedMs - b.modifiedMs || a.attempt - b.attempt);
}

function partOf(s3: S3, bucket: string, key: string, sizeBytes: number): EventLogPart {
  const uri = `s3://${bucket}/${key}`;
  return {
    name: key.slice(key.lastIndexOf('/') + 1),
    sizeBytes,
    async *open(signal) {
      const call = { what: `reading ${uri}`, action: 's3:GetObject', bucket };
      const answer = await s3.run(call, (client, sdk) =>
        client.send(new sdk.GetObjectCommand({ Bucket: bucket, Key: key }), {
          ...(signal && { abortSignal: signal }),
        }),
      );
      try {
        yield* answer.Body as AsyncIterable<Uint8Array>;
      } catch (error) {
        if (signal?.aborted) throw error;
        throw new ToolError(
          'UPSTREAM',
          `The connection broke off (while reading ${uri}). Nothing was changed.`,
          {
            next: 'call the tool again.',
            cause: error,
          },
        );
      }
    },
  };
}
