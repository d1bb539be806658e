/** The object store: S3, read anywhere and written only under the two load-test prefixes. */
import { ToolError } from '../../domain/errors.ts';
import type { ObjectStore } from '../../ports/aws.ts';
import type { Disk } from '../../ports/disk.ts';
import { concurrently } from '../pool.ts';
import { folderOf, openFolderMemory, type S3Settings } from './memory.ts';
import { requestsAtOnce } from './put.ts';
import { head, listAll, listExpected, readBytes, type S3 } from './read.ts';
import { copyAll, uploadAll } from './write.ts';

/** `uploadMemory` is where the memory of uploads is stored. */
export function createObjectStore({
  aws: { s3 },
  settings,
  uploadMemory,
}: {
  readonly aws: { readonly s3: S3 };
  readonly settings: S3Settings;
  readonly uploadMemory: Disk;
}): ObjectStore {
  const { bucket } = settings;
  const destination = { s3, settings, uploadMemory };
  return {
    list: (prefix, watch, expected = []) => listExpected(s3, bucket, prefix, expected, watch),
    async listUri(uri, watch) {
      const location = parseUri(uri);
      return { ...location, objects: await listAll(s3, location.bucket, location.prefix, watch) };
    },
    read: (key) => readBytes(s3, bucket, key),
    async digest(object) {
      const memory = await openFolderMemory(uploadMemory, bucket, folderOf(object.key, settings));
      const known = memory.lookUp(object)?.sha256;
      if (known !== undefined) return known;
      const call = { what: `reading s3://${bucket}/${object.key}`, action: 's3:GetObject', bucket };
      return (await s3.run(call, (client, sdk) => head(client, sdk, bucket, object.key)))?.sha256;
    },
    upload: (uploads, watch) => uploadAll(destination, uploads, watch),
    copy: (copies, watch) => copyAll(destination, copies, watch),
    async remove(keys, watch) {
      let removed = 0;
      const call = {
        what: `removing objects from s3://${bucket}`,
        action: 's3:DeleteObject',
        bucket,
        changed: () => `${removed} of ${keys.length} objects were removed. ${watch.already ?? ''}`.trim(),
      };
      // One request per object instead of DeleteObjects: the containment check then sees each path.
      await s3.run(call, (client, sdk) =>
        concurrently(keys, { limit: requestsAtOnce, signal: watch.signal }, async (key) => {
          await client.send(new sdk.DeleteObjectCommand({ Bucket: bucket, Key: key }), {
            abortSignal: watch.signal,
          });
          removed += 1;
          watch.progress(removed, keys.length, `${removed} removed`);
        }),
      );
    },
  };
}

function parseUri(uri: string): { bucket: string; prefix: string } {
  const parts = /^s3[an]?:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:\/(.*))?$/.exec(uri);
  if (parts?.[1] === undefined)
    throw new ToolError(
      'CONFIG',
      'An S3 address does not have the form s3://bucket/prefix. Nothing was sent.',
      { next: 'Correct PROD_HOURLY_CHECKS in .env, then run checkSetup.' },
    );
  return { bucket: parts[1], prefix: parts[2] ?? '' };
}
