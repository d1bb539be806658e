/** Reads the bytes of an object, and retries when the connection breaks half-way. */
import type { S3Client } from '@aws-sdk/client-s3';
import { statusOf } from './awsErrors.ts';

type Sdk = typeof import('@aws-sdk/client-s3');

/** The SDK retries until a response begins; a body that breaks off later has to be retried here. */
const bodyAttempts = 3;

export interface Body {
  readonly bytes: Buffer;
  /** True when the object is longer than the limit. */
  readonly cut: boolean;
}

/** At most about `limitBytes` of an object; throws the SDK's own errors. */
export async function readBody(
  client: S3Client,
  sdk: Sdk,
  object: { bucket: string; key: string },
  limitBytes: number,
  signal?: AbortSignal,
): Promise<Body> {
  const command = new sdk.GetObjectCommand({ Bucket: object.bucket, Key: object.key });
  for (let attempt = 1; ; attempt += 1) {
    try {
      const answer = await client.send(command, { ...(signal && { abortSignal: signal }) });
      return await collected(answer.Body as AsyncIterable<Uint8Array> | undefined, limitBytes);
    } catch (error) {
      // An error with a status is S3's own response, and the SDK has already retried it.
      if (attempt >= bodyAttempts || signal?.aborted || statusOf(error) !== undefined) throw error;
    }
  }
}

async function collected(body: AsyncIterable<Uint8Array> | undefined, limitBytes: number): Promise<Body> {
  const chunks: Uint8Array[] = [];
  let sizeBytes = 0;
  for await (const chunk of body ?? []) {
    chunks.push(chunk);
    sizeBytes += chunk.length;
    // Leaving the loop destroys the stream, and with it the connection.
    if (sizeBytes > limitBytes) return { bytes: Buffer.concat(chunks), cut: true };
  }
  return { bytes: Buffer.concat(chunks), cut: false };
}
