/** Copies production configs into the load-test prefixes, within S3: only what is missing or has changed. */
import type { S3Client } from '@aws-sdk/client-s3';
import type { LoadTestKey } from '../../domain/keys.ts';
import type { Copy, Delivered } from '../../ports/aws.ts';
import type { Watch } from '../../ports/time.ts';
import { concurrently } from '../pool.ts';
import { openFolders, type RemoteObject, type S3Settings } from './memory.ts';
import {
  bareEtag,
  type Head,
  head,
  type S3,
  type S3Sdk,
  sourceEtagMetadata,
  sourceUriMetadata,
} from './read.ts';
import { requestsAtOnce, sentSoFar } from './s3Upload.ts';

/**
 * A copy records the URI and the ETag of its source in its metadata (and in the memory of the folder). It is
 * unchanged while the source still has that ETag and nobody has overwritten the copy.
 */
export async function copyAll(
  s3: S3,
  settings: S3Settings,
  memoryDirectory: string,
  copies: readonly Copy[],
  watch: Watch,
): Promise<Delivered> {
  if (copies.length === 0) return { sent: [], unchanged: [] };
  const sent = new Set<LoadTestKey>();
  const unchanged = new Set<LoadTestKey>();
  const keys = copies.map(({ to }) => to);
  const folders = await openFolders(s3, settings, memoryDirectory, keys, watch);
  const call = {
    what: `copying to s3://${settings.bucket}`,
    action: 's3:GetObject and s3:PutObject',
    bucket: settings.bucket,
    changed: () => [sentSoFar(sent.size, copies.length), watch.already ?? ''].join(' ').trim(),
  };
  try {
    await s3.run(call, async (client, sdk) => {
      // One source goes to several folders; its content type is read once.
      const sources = new Map<string, Promise<Head | undefined>>();
      const headOf = ({ from }: Copy) => {
        const uri = uriOf(from);
        const request = sources.get(uri) ?? head(client, sdk, from.bucket, from.object.key, watch.signal);
        sources.set(uri, request);
        return request;
      };
      await concurrently(copies, { limit: requestsAtOnce, signal: watch.signal }, async (copy) => {
        const remote = folders.lookUp(copy.to);
        if (await isCopyAlready(client, sdk, settings.bucket, copy, remote, watch.signal)) {
          unchanged.add(copy.to);
        } else {
          const source = await headOf(copy);
          const etag = await copyObject(client, sdk, settings.bucket, copy, source, watch.signal);
          sent.add(copy.to);
          remote.memory.remember(copy.to, {
            etag,
            sizeBytes: copy.from.object.sizeBytes,
            source: sourceOf(copy),
          });
        }
        watch.progress(
          sent.size + unchanged.size,
          copies.length,
          `${sent.size} copied, ${unchanged.size} unchanged`,
        );
      });
    });
  } finally {
    await folders.save();
  }
  return { sent: keys.filter((key) => sent.has(key)), unchanged: keys.filter((key) => unchanged.has(key)) };
}

async function isCopyAlready(
  client: S3Client,
  sdk: S3Sdk,
  bucket: string,
  copy: Copy,
  { listed, memory }: RemoteObject,
  signal: AbortSignal,
): Promise<boolean> {
  const { sizeBytes } = copy.from.object;
  if (listed === undefined || listed.sizeBytes !== sizeBytes) return false;
  const known = memory.lookUp(listed)?.source;
  if (known !== undefined) return known === sourceOf(copy);
  const found = await head(client, sdk, bucket, copy.to, signal);
  if (
    found?.metadata[sourceUriMetadata] !== uriOf(copy.from) ||
    found.metadata[sourceEtagMetadata] !== bareEtag(copy.from.object.etag)
  )
    return false;
  memory.remember(copy.to, { etag: found.etag, sizeBytes: found.sizeBytes, source: sourceOf(copy) });
  return true;
}

async function copyObject(
  client: S3Client,
  sdk: S3Sdk,
  bucket: string,
  copy: Copy,
  source: Head | undefined,
  signal: AbortSignal,
): Promise<string> {
  const { from, to } = copy;
  const answer = await client.send(
    new sdk.CopyObjectCommand({
      Bucket: bucket,
      Key: to,
      CopySource: `${from.bucket}/${encodedKey(from.object.key)}`,
      // The version that was listed, or a conflict: another version is never recorded under this ETag.
      CopySourceIfMatch: bareEtag(from.object.etag),
      MetadataDirective: 'REPLACE',
      ...source?.content,
      Metadata: { [sourceEtagMetadata]: bareEtag(from.object.etag), [sourceUriMetadata]: uriOf(from) },
    }),
    { abortSignal: signal },
  );
  return bareEtag(answer.CopyObjectResult?.ETag);
}

const sourceOf = (copy: Copy): string => `${uriOf(copy.from)} ${bareEtag(copy.from.object.etag)}`;

/** Percent-encoded, because metadata is sent in headers and headers are ASCII. */
const uriOf = (from: Copy['from']): string => `s3://${from.bucket}/${encodedKey(from.object.key)}`;

const encodedKey = (key: string): string => key.split('/').map(encodeURIComponent).join('/');
