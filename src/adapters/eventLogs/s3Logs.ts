/** Event logs in a folder of S3. */
import { ToolError } from '../../domain/errors.ts';
import type { Cluster, Step } from '../../ports/aws.ts';
import type { EventLogFolder, EventLogPart, FoundEventLog } from '../../ports/eventLogs.ts';
import type { Watch } from '../../ports/time.ts';
import type { AwsServices } from '../aws/awsClient.ts';
import { logPlaces, uriOf } from '../emr/logPlaces.ts';
import { listAll, type S3 } from '../s3/read.ts';
import { eventLogsAmong } from './names.ts';
import { readEventLog } from './read.ts';

type Aws = Pick<AwsServices, 's3'>;

/**
 * The logs of YARN's applications in the folder, oldest first. Ids begin with the time when their cluster's YARN started:
 * what lies before `sinceMs` is not listed. A folder that does not exist has none. @throws ToolError DENIED, UPSTREAM
 */
export async function eventLogsInFolder(
  aws: Aws,
  { bucket, prefix }: EventLogFolder,
  sinceMs: number,
  watch?: Watch,
): Promise<FoundEventLog[]> {
  const folder = prefix === '' || prefix.endsWith('/') ? prefix : `${prefix}/`;
  const listed = await Promise.all(
    ['application_', 'eventlog_v2_application_'].map((start) =>
      listAll(aws.s3, bucket, `${folder}${start}`, watch, { after: `${folder}${start}${sinceMs}` }).catch(
        (error: unknown) => {
          if (error instanceof ToolError && error.code === 'NOT_FOUND') return [];
          throw error;
        },
      ),
    ),
  );
  const files = listed.flat().map((object) => ({
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

const mostStderrBytes = 4 * 1024 * 1024;

/** spark-submit prints it when it submits; with deploy mode "client" the driver prints it. */
export async function applicationIn(
  aws: Aws,
  cluster: Cluster,
  step: Step,
  signal?: AbortSignal,
): Promise<string | undefined> {
  for (const place of logPlaces(cluster, step).flat()) {
    if (!/\/stderr(?:\.gz)?$/.test(place.key)) continue;
    let found: string | undefined;
    const stop = new AbortController();
    const parts = [partOf(aws.s3, place.bucket, place.key, 0)];
    const log = { place: uriOf(place), parts, inProgress: false, lacksParts: false };
    const take = (line: string) => {
      found ??= /\bapplication_\d+_\d+\b/.exec(line)?.[0];
      if (found !== undefined) stop.abort();
    };
    const limits = { unpackedBytes: mostStderrBytes, lineBytes: 64 * 1024 };
    try {
      await readEventLog(log, limits, take, AbortSignal.any([stop.signal, ...(signal ? [signal] : [])]));
    } catch (error) {
      if (!(error instanceof ToolError)) throw error;
      if (error.code !== 'NOT_FOUND' && error.code !== 'DENIED') throw error;
    }
    if (found !== undefined) return found;
  }
  return undefined;
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
          `The connection was cut (while reading ${uri}). Nothing was changed.`,
          {
            next: 'call the tool again.',
            cause: error,
          },
        );
      }
    },
  };
}
