/**
 * Sends objects. The SDK's middleware costs more than a millisecond of CPU for each request, so only the first object
 * goes through it. The others reuse the request that the client built for that one, each with its own key, headers and
 * bytes, signed by the client's signer. What S3 refuses is sent again by the whole client, with its retries and errors.
 */
import { randomUUID } from 'node:crypto';
import type { S3Client } from '@aws-sdk/client-s3';
import type { LoadTestKey } from '../../domain/keys.ts';
import type { HttpRequest, Send } from '../aws/awsClient.ts';
import { bareEtag, type S3Sdk, shaMetadata } from './read.ts';

/** Concurrent requests: enough to hide a latency of 25 ms. */
export const requestsAtOnce = 40;
/** While S3 takes what is sent without the middleware. */
export const fastRequestsAtOnce = 120;
/** From 2 MB on, the SDK asks S3 first whether it takes the body. */
const largestFastBytes = 1_000_000;

/** The bucket, and what requests to it are sent with. */
export interface Writer {
  readonly client: S3Client;
  readonly sdk: S3Sdk;
  readonly send: Send;
  readonly bucket: string;
  readonly signal: AbortSignal;
}

export interface ObjectToSend {
  readonly key: LoadTestKey;
  readonly bytes: Uint8Array;
  /** sha256, in hex. */
  readonly digest: string;
}

type AuthScheme = NonNullable<Parameters<S3Client['config']['signer']>[0]>;
type Sign = (object: ObjectToSend) => Promise<HttpRequest>;

/** How many requests may be under way, and how many objects needed a second one. */
export type SendCount = Readonly<{ atOnce: number; retried: number }>;
/** A request as the client sent it, and how it was signed. */
type Pattern = Readonly<{ request: HttpRequest; scheme: AuthScheme | undefined }>;

/** Sends the objects of one upload. */
export function createSender() {
  /** Undefined before the first object; resolves to undefined where only the whole client is used. */
  let sign: Promise<Sign | undefined> | undefined;
  const count = { atOnce: fastRequestsAtOnce, retried: 0 };

  /** The ETag; undefined when S3 did not take the object. */
  async function sendFast(writer: Writer, object: ObjectToSend, signed: Sign): Promise<string | undefined> {
    const answer = await signed(object)
      .then((request) => writer.send(request, writer.signal))
      .catch(() => undefined);
    // Frees the connection.
    answer?.response.body?.resume?.();
    const { statusCode = 500, headers = {} } = answer?.response ?? {};
    if (statusCode === 200 && headers.etag) return bareEtag(headers.etag);
    count.retried += 1;
    count.atOnce = requestsAtOnce;
    // A refusal may concern every object: expired credentials, another region, a wrong clock.
    if (statusCode < 500) sign = Promise.resolve(undefined);
    return undefined;
  }

  return {
    count: count as SendCount,
    /** Returns the ETag. Throws the SDK's own errors. */
    async put(writer: Writer, object: ObjectToSend): Promise<string> {
      const isSmall = object.bytes.length <= largestFastBytes;
      if (isSmall && sign === undefined) {
        const first = sendWhole(writer, object);
        sign = first.then(({ pattern }) => signerLike(writer, pattern, object)).catch(() => undefined);
        return (await first).etag;
      }
      const signed = isSmall ? await sign : undefined;
      if (signed === undefined) count.atOnce = requestsAtOnce;
      return (signed && (await sendFast(writer, object, signed))) ?? (await sendWhole(writer, object)).etag;
    },
  };
}

async function sendWhole(
  { client, sdk, bucket, signal }: Writer,
  { key, bytes, digest }: ObjectToSend,
): Promise<{ etag: string; pattern: Pattern | undefined }> {
  const command = new sdk.PutObjectCommand({
    Bucket: bucket,
    Key: key,
    Body: bytes,
    ContentLength: bytes.length,
    ContentType: contentType(key),
    ChecksumSHA256: Buffer.from(digest, 'hex').toString('base64'),
    Metadata: { [shaMetadata]: digest },
  });
  let pattern: Pattern | undefined;
  command.middlewareStack.add(
    (next, context) => (args) => {
      const scheme = context.endpointV2?.properties?.authSchemes?.[0];
      pattern = { request: args.request as HttpRequest, scheme };
      return next(args);
    },
    { step: 'deserialize', name: 'pattern' },
  );
  const { ETag } = await client.send(command, { abortSignal: signal });
  return { etag: bareEtag(ETag), pattern };
}

/** Signs requests like this one; undefined unless it says of `object` exactly what `headersOf` says. */
async function signerLike(
  { client: { config } }: Writer,
  pattern: Pattern | undefined,
  object: ObjectToSend,
): Promise<Sign | undefined> {
  if (pattern?.scheme?.name !== 'sigv4') return undefined;
  const { request, scheme } = pattern;
  const key = encodedKey(object.key);
  const isSame = Object.entries(headersOf(object)).every(([name, value]) => request.headers[name] === value);
  if (!request.path.endsWith(`/${key}`) || !isSame) return undefined;
  const signer = await config.signer(scheme);
  const beforeKey = request.path.slice(0, -key.length);
  const { 'x-amz-security-token': _, ...common } = request.headers;
  return async (next) => {
    const once = { 'amz-sdk-invocation-id': randomUUID(), 'amz-sdk-request': 'attempt=1; max=1' };
    const headers = { ...common, ...once, ...headersOf(next) };
    const unsigned = { ...request, path: `${beforeKey}${encodedKey(next.key)}`, headers, body: next.bytes };
    return signer.sign(unsigned, { signingDate: new Date(Date.now() + config.systemClockOffset) });
  };
}

function headersOf({ key, bytes, digest }: ObjectToSend): Record<string, string> {
  return {
    'content-length': String(bytes.length),
    'content-type': contentType(key),
    'x-amz-checksum-sha256': Buffer.from(digest, 'hex').toString('base64'),
    'x-amz-content-sha256': digest,
    [`x-amz-meta-${shaMetadata}`]: digest,
  };
}

/** As the SDK encodes keys: RFC 3986. */
function encodedKey(key: string): string {
  const encoded = encodeURIComponent(key).replaceAll('%2F', '/');
  return encoded.replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
}

function contentType(key: string): string {
  if (key.endsWith('.yml') || key.endsWith('.yaml')) return 'application/yaml';
  if (key.endsWith('.json')) return 'application/json';
  if (key.endsWith('.py')) return 'text/x-python';
  return 'application/octet-stream';
}
