/** Requests signed by the library that the AWS SDK signs with, for tests that send them without the SDK. */
import { createHash, createHmac } from 'node:crypto';
import type { OutgoingHttpHeaders } from 'node:http';
import { SignatureV4 } from '@smithy/signature-v4';
import { exampleKey } from '../../sandbox/wire/verify.ts';

/** Who signs, and what for. */
export interface Signer {
  /** `s3`, `elasticmapreduce`, `sts`. */
  readonly service: string;
  readonly region?: string;
  readonly credentials?: {
    readonly accessKeyId: string;
    readonly secretAccessKey: string;
    readonly sessionToken?: string;
  };
  readonly date?: Date;
}

export interface RawRequest {
  readonly method: string;
  /** With the query, exactly as it is sent. */
  readonly path: string;
  readonly headers?: OutgoingHttpHeaders;
  readonly body?: string | Buffer;
}

/** The headers of the request, with those of its signature. */
export async function signedHeaders(
  endpoint: string,
  { method, path, headers = {}, body = '' }: RawRequest,
  { service, region = 'us-east-1', credentials = exampleKey, date = new Date() }: Signer,
): Promise<Record<string, string>> {
  const signer = new SignatureV4({
    service,
    region,
    credentials,
    sha256: Sha256,
    uriEscapePath: service !== 's3',
  });
  const [, rawPath = '', rawQuery = ''] = /^([^?]*)\??(.*)$/s.exec(path) ?? [];
  const { host, hostname, port, protocol } = new URL(endpoint);
  const given = Object.entries(headers).map(([name, value]) => [name, String(value)] as const);
  const hash = createHash('sha256').update(body).digest('hex');
  const { headers: signed } = await signer.sign(
    {
      method,
      protocol,
      hostname,
      port: Number(port),
      path: rawPath.replace(/%(?![0-9a-f]{2})/gi, '%25'),
      query: Object.fromEntries(new URLSearchParams(rawQuery)),
      headers: {
        host,
        ...(service === 's3' ? { 'x-amz-content-sha256': hash } : {}),
        ...Object.fromEntries(given),
      },
      body,
    },
    { signingDate: date },
  );
  return signed;
}

/** What the library wants of a hash: `crypto` without its second name. */
class Sha256 {
  readonly #hash;
  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    this.#hash = secret === undefined ? createHash('sha256') : createHmac('sha256', bytes(secret));
  }
  update(chunk: Uint8Array | string): void {
    this.#hash.update(chunk);
  }
  async digest(): Promise<Uint8Array> {
    return this.#hash.digest();
  }
  reset(): void {
    throw new Error('the signer does not reset its hashes');
  }
}

function bytes(secret: string | ArrayBuffer | ArrayBufferView): string | Uint8Array {
  if (typeof secret === 'string') return secret;
  return ArrayBuffer.isView(secret)
    ? new Uint8Array(secret.buffer, secret.byteOffset, secret.byteLength)
    : new Uint8Array(secret);
}
