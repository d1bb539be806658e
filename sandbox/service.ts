/** What the parts of the embedded AWS share: one HTTP server, and behind it a service for each AWS service. */
import type { IncomingHttpHeaders } from 'node:http';

export interface WireRequest {
  readonly method: string;
  /** As on the wire, percent-encoded, without the query. */
  readonly rawPath: string;
  readonly query: URLSearchParams;
  /** As on the wire, without the question mark. */
  readonly rawQuery: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

export interface WireResponse {
  readonly status: number;
  readonly headers?: Record<string, string>;
  readonly body?: string | Uint8Array;
}

/** What an error has beside code and message: elements of the answer's body, and headers. */
export interface ErrorExtras {
  readonly fields?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
}

/** An error of an AWS service; each service serialises it in its own format. */
export class WireError extends Error {
  readonly status: number;
  readonly code: string;
  readonly extras: ErrorExtras;
  constructor(status: number, code: string, message: string, extras: ErrorExtras = {}) {
    super(message);
    this.status = status;
    this.code = code;
    this.extras = extras;
  }
}

export type ServiceName = 's3' | 'emr' | 'sts';

export interface Service {
  readonly name: ServiceName;
  /** Its operations: a fault for any other is refused, so that a misspelt name is noticed. */
  readonly operations: readonly string[];
  /** The API operation of a request, for the request log and for matching faults: `PutObject`. */
  operationOf(request: WireRequest): string;
  /** The bucket and key of a request, for the request log and for matching faults. */
  targetOf?(request: WireRequest): { bucket?: string; key?: string };
  handle(request: WireRequest, operation: string): Promise<WireResponse>;
  /** Serialises an error in this service's wire format. */
  failure(error: WireError, requestId: string): WireResponse;
}

/** The sandbox's own clock: it can run faster than real time. */
export interface SandboxClock {
  /** Milliseconds since the epoch, in sandbox time. */
  nowMs(): number;
}

export interface BucketOptions {
  readonly region?: string;
  /** Objects are encrypted with a KMS key by default: their ETags say nothing about their bytes. */
  readonly sseKms?: boolean;
}

/** The object store as the other parts of the sandbox see it, without HTTP. */
export interface Buckets {
  create(bucket: string, options?: BucketOptions): void;
  put(bucket: string, key: string, body: Uint8Array, metadata?: Record<string, string>): void;
  get(bucket: string, key: string): Buffer | undefined;
  /** Keys under a prefix, in UTF-8 byte order. */
  keys(bucket: string, prefix: string): string[];
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
