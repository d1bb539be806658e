import { request as httpRequest, type IncomingHttpHeaders, type OutgoingHttpHeaders } from 'node:http';
import { S3Client, type S3ClientConfig } from '@aws-sdk/client-s3';
import { onTestFinished } from 'vitest';
import { type AdjustableClock, sandboxClock } from '../../sandbox/clock.ts';
import { type AwsFront, type FrontOptions, startAwsFront } from '../../sandbox/control/server.ts';
import { createS3, type S3 } from '../../sandbox/s3/s3.ts';
import { createSts } from '../../sandbox/wire/sts.ts';
import { exampleKey } from '../../sandbox/wire/verify.ts';
import { type Signer, signedHeaders } from './signing.ts';

/** Half a second past a whole one, so that rounding to seconds is visible. */
const startMs = Date.parse('2025-12-08T15:30:00.500Z');

export interface World {
  readonly front: AwsFront;
  readonly s3: S3;
  readonly clock: AdjustableClock;
  /** A client without retries unless `config` says otherwise. */
  client(config?: S3ClientConfig): S3Client;
}

/** The front with S3 (one bucket, `load-test`) and STS behind it; closed when the test ends. */
export async function startWorld(options: Partial<FrontOptions> = {}): Promise<World> {
  const clock = sandboxClock({ speed: 0, startMs });
  const s3 = createS3({ clock });
  s3.buckets.create('load-test');
  const front = await startAwsFront({ services: [s3.service, createSts()], clock, ...options });
  onTestFinished(() => front.close());
  return { front, s3, clock, client: (config) => clientOf(front.endpoint, config) };
}

function clientOf(endpoint: string, config: S3ClientConfig = {}): S3Client {
  return new S3Client({ endpoint, region: 'us-east-1', credentials: exampleKey, maxAttempts: 1, ...config });
}

export interface RawAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** One HTTP request without an SDK, unsigned without `as`; the path is sent exactly as given. */
export async function send(
  world: World,
  method: string,
  path: string,
  options: { headers?: OutgoingHttpHeaders; body?: string | Buffer; as?: Signer } = {},
): Promise<RawAnswer> {
  const { as, body, headers = {} } = options;
  const request = { method, path, headers, ...(body === undefined ? {} : { body }) };
  const sent = as === undefined ? headers : await signedHeaders(world.front.endpoint, request, as);
  const { hostname, port } = new URL(world.front.endpoint);
  return await new Promise((resolve, reject) => {
    const outgoing = httpRequest({ hostname, port, method, path, headers: sent }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const body = Buffer.concat(chunks).toString();
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body });
      });
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

/** The name of the error of a call that must fail. */
export async function errorOf(call: Promise<unknown>): Promise<string> {
  const error: unknown = await call.then(
    () => new Error('succeeded'),
    (reason: unknown) => reason,
  );
  return error instanceof Error ? (error.name === 'Error' ? error.message : error.name) : String(error);
}
