/** Writes to S3 under the two load-test prefixes: uploads and copies, only of what is missing or has changed. */
import { sha256 } from '../../domain/digest.ts';
import { ToolError } from '../../domain/errors.ts';
import type { LoadTestKey } from '../../domain/keys.ts';
import type { Copy, Delivered, Upload } from '../../ports/aws.ts';
import type { Disk } from '../../ports/disk.ts';
import type { Watch } from '../../ports/time.ts';
import { concurrently } from '../pool.ts';
import { type KnownObject, openFolders, type RemoteObject, type S3Settings } from './memory.ts';
import { createSender, type ObjectToSend, requestsAtOnce, type SendCount, type Writer } from './put.ts';
import { bareEtag, type Head, head, type S3, sourceEtagMetadata, sourceUriMetadata } from './read.ts';

function otherBytes(key: string): ToolError {
  return new ToolError(
    'CONFLICT',
    `The bytes of ${key} are no longer the reviewed ones; they were not sent.`,
    {
      next: 'call reviewConfigs, show the user what changed, and upload again.',
    },
  );
}

/** The bucket, and where the memory of its folders is stored. */
export interface Destination {
  readonly s3: S3;
  readonly settings: S3Settings;
  readonly uploadMemory: Disk;
}

/**
 * Each body is read and hashed once, and those bytes are sent with their sha256, which S3 verifies. An object is
 * unchanged if the bucket lists the ETag and size that S3 returned for our own upload of these bytes; for an object
 * that is not remembered, a HEAD request returns the sha256.
 */
export async function uploadAll(
  to: Destination,
  uploads: readonly Upload[],
  watch: Watch,
): Promise<Delivered> {
  const words = { doing: 'uploading', done: 'sent', action: 's3:PutObject' };
  const items = uploads.map((upload) => ({ key: upload.key, item: upload }));
  const { put, count } = createSender();
  const send = async (writer: Writer, { key, body, digest }: Upload, remote: RemoteObject) => {
    const bytes = await body();
    const object = { key, bytes, digest: sha256(bytes) };
    if (digest !== undefined && object.digest !== digest) throw otherBytes(key);
    if (await isUploaded(writer, object, remote)) return undefined;
    return { etag: await put(writer, object), sizeBytes: bytes.length, sha256: object.digest };
  };
  return deliver(to, items, words, watch, send, count);
}

/**
 * Copies production configs within S3. A copy records the URI and the ETag of its source in its metadata (and in the
 * memory of the folder). It is unchanged while the source still has that ETag and nobody has overwritten the copy.
 */
export async function copyAll(to: Destination, copies: readonly Copy[], watch: Watch): Promise<Delivered> {
  const words = { doing: 'copying', done: 'copied', action: 's3:GetObject and s3:PutObject' };
  const items = copies.map((copy) => ({ key: copy.to, item: copy }));
  // One source goes to several folders; its content type is read once.
  const sources = new Map<string, Promise<Head | undefined>>();
  return deliver(to, items, words, watch, async (writer, copy, remote) => {
    if (await isCopyAlready(writer, copy, remote)) return undefined;
    const { bucket, object } = copy.from;
    const uri = uriOf(copy.from);
    const source = sources.get(uri) ?? head(writer.client, writer.sdk, bucket, object.key, writer.signal);
    sources.set(uri, source);
    const etag = await copyObject(writer, copy, await source);
    return { etag, sizeBytes: object.sizeBytes, source: sourceOf(copy) };
  });
}

/** Delivers every item with `send`, which returns what is then known of the object; undefined when it is unchanged. */
async function deliver<Item>(
  { s3, settings, uploadMemory }: Destination,
  items: readonly { readonly key: LoadTestKey; readonly item: Item }[],
  { doing, done, action }: { readonly doing: string; readonly done: string; readonly action: string },
  watch: Watch,
  send: (writer: Writer, item: Item, remote: RemoteObject) => Promise<KnownObject | undefined>,
  count: SendCount = { atOnce: requestsAtOnce, retried: 0 },
): Promise<Delivered> {
  if (items.length === 0) return { sent: [], unchanged: [], retried: 0, listed: new Map() };
  const { bucket } = settings;
  const { signal } = watch;
  const sent = new Set<LoadTestKey>();
  const unchanged = new Set<LoadTestKey>();
  const keys = items.map(({ key }) => key);
  const call = {
    what: `${doing} to s3://${bucket}`,
    action,
    bucket,
    changed: () => [sentSoFar(sent.size, items.length), watch.already ?? ''].join(' ').trim(),
  };
  const folders = await openFolders(s3, settings, uploadMemory, keys, watch);
  try {
    await s3.run(call, (client, sdk, sendRequest) =>
      concurrently(items, { limit: () => count.atOnce, signal }, async ({ key, item }) => {
        const remote = folders.lookUp(key);
        const known = await send({ client, sdk, send: sendRequest, bucket, signal }, item, remote);
        (known === undefined ? unchanged : sent).add(key);
        if (known !== undefined) remote.memory.remember(key, known);
        const text = `${sent.size} ${done}, ${unchanged.size} unchanged`;
        watch.progress(sent.size + unchanged.size, items.length, text);
      }),
    );
  } finally {
    await folders.save();
  }
  const among = (some: ReadonlySet<LoadTestKey>) => keys.filter((key) => some.has(key));
  return { sent: among(sent), unchanged: among(unchanged), retried: count.retried, listed: folders.listed };
}

/** For the message of a failure: what the call has already done. */
function sentSoFar(sent: number, total: number): string {
  if (sent === 0) return `None of the ${total} objects is known to have arrived.`;
  return `${sent} of ${total} objects were sent; they are complete and will not be sent again.`;
}

async function isUploaded(
  { client, sdk, bucket, signal }: Writer,
  { key, bytes, digest }: ObjectToSend,
  { listed, memory }: RemoteObject,
): Promise<boolean> {
  if (listed === undefined || listed.sizeBytes !== bytes.length) return false;
  const known = memory.lookUp(listed)?.sha256;
  if (known !== undefined) return known === digest;
  const found = await head(client, sdk, bucket, key, signal);
  if (found?.sha256 === undefined) return false;
  memory.remember(key, { etag: found.etag, sizeBytes: found.sizeBytes, sha256: found.sha256 });
  return found.sha256 === digest;
}

async function isCopyAlready(
  { client, sdk, bucket, signal }: Writer,
  copy: Copy,
  { listed, memory }: RemoteObject,
): Promise<boolean> {
  const { sizeBytes, etag } = copy.from.object;
  if (listed === undefined || listed.sizeBytes !== sizeBytes) return false;
  const known = memory.lookUp(listed)?.source;
  if (known !== undefined) return known === sourceOf(copy);
  const found = await head(client, sdk, bucket, copy.to, signal);
  if (
    found?.metadata[sourceUriMetadata] !== uriOf(copy.from) ||
    found.metadata[sourceEtagMetadata] !== bareEtag(etag)
  )
    return false;
  memory.remember(copy.to, { etag: found.etag, sizeBytes: found.sizeBytes, source: sourceOf(copy) });
  return true;
}

async function copyObject(
  { client, sdk, bucket, signal }: Writer,
  { from, to }: Copy,
  source: Head | undefined,
): Promise<string> {
  const sourceEtag = bareEtag(from.object.etag);
  const answer = await client.send(
    new sdk.CopyObjectCommand({
      Bucket: bucket,
      Key: to,
      CopySource: `${from.bucket}/${encodedKey(from.object.key)}`,
      // The version that was listed, or a conflict: another version is never recorded under this ETag.
      CopySourceIfMatch: sourceEtag,
      MetadataDirective: 'REPLACE',
      ...source?.content,
      Metadata: { [sourceEtagMetadata]: sourceEtag, [sourceUriMetadata]: uriOf(from) },
    }),
    { abortSignal: signal },
  );
  return bareEtag(answer.CopyObjectResult?.ETag);
}

const sourceOf = (copy: Copy): string => `${uriOf(copy.from)} ${bareEtag(copy.from.object.etag)}`;

/** Percent-encoded, because metadata is sent in headers and headers are ASCII. */
const uriOf = (from: Copy['from']): string => `s3://${from.bucket}/${encodedKey(from.object.key)}`;

const encodedKey = (key: string): string => key.split('/').map(encodeURIComponent).join('/');
