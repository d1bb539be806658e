import type { IncomingHttpHeaders } from 'node:http';
import { decoded } from './address.ts';
import { header } from './call.ts';
import { s3Error } from './errors.ts';

/**
 * `x-amz-copy-source`: `bucket/key`, with or without a slash before it, percent-encoded.
 * @throws S3 400 InvalidArgument for anything else
 */
export function copySourceOf(headers: IncomingHttpHeaders): { bucket: string; key: string } {
  const value = header(headers, 'x-amz-copy-source') ?? '';
  const path = decoded(value.replace(/\?versionId=.*$/, ''))?.replace(/^\//, '') ?? '';
  const slash = path.indexOf('/');
  if (slash < 1 || slash === path.length - 1)
    throw s3Error(
      'InvalidArgument',
      'Copy Source must mention the source bucket and key: sourcebucket/sourcekey',
      {
        fields: { ArgumentName: 'x-amz-copy-source', ArgumentValue: value },
      },
    );
  return { bucket: path.slice(0, slash), key: path.slice(slash + 1) };
}
