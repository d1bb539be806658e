/** The bytes of an object, asked for again when their connection breaks half-way. */
import type { S3Client } from '@aws-sdk/client-s3';
import { statusOf } from './awsErrors.ts';

type Sdk = typeof import('@aws-sdk/client-s3');

/** The SDK tries again until an answer begins; a body that breaks off afterwards is ours to ask for again. */
const bodyAttempts = 3;

export interface Body {
  readonly bytes: Buffer;
  /** True when there are more than the bytes that were wanted. */
  readonly cut: boolean;
}

/** At most about `limitBytes` of an object; errors leave as the SDK threw them. */
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
      // An error with a status is S3's own answer, and the SDK has done its part.
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
