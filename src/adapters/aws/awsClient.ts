/**
 * Creates every AWS client of the product: loaded on first use, with timeouts, the containment check as the last
 * step before the wire and one translation of errors; created again after a login.
 */
import type { EMRClient } from '@aws-sdk/client-emr';
import type { ListBucketsCommand, S3Client } from '@aws-sdk/client-s3';
import type { STSClient } from '@aws-sdk/client-sts';
import type { Settings } from '../../settings.ts';
import type { AwsCall } from './awsErrors.ts';
import { isAboutCredentials, translated } from './awsErrors.ts';
import { type Allowed, assertAllowed, type OutgoingRequest } from './containment.ts';
import { backoffMs, type RetryDelay, retryStrategy } from './limits.ts';
import { loginFault, loginSource } from './logins.ts';

type AwsSettings = Pick<Settings, 'bucket' | 'configsPrefix' | 'dagsPrefix' | 'awsLoginCommand'>;

/** One reading of AWS's clock: the `Date` header of a response, and the local clock around the request. */
interface ClockReading {
  /** Whole seconds, in milliseconds. */
  readonly awsMs: number;
  readonly sentMs: number;
  readonly answeredMs: number;
}

/** A request as the client's handler takes it, with everything that goes over the wire. */
export type HttpRequest = Parameters<S3Client['config']['requestHandler']['handle']>[0];

/** Sends a signed request by the client's own handler, after the same check as the client's own requests. */
export type Send = (
  request: HttpRequest,
  abortSignal: AbortSignal,
) => ReturnType<S3Client['config']['requestHandler']['handle']>;

/** An AWS service, loaded on first use. */
interface AwsService<Client, Sdk> {
  /** Runs `task`; every failure is thrown as a ToolError, except an abort. */
  run<Result>(
    call: AwsCall,
    task: (client: Client, sdk: Sdk, send: Send) => Promise<Result>,
  ): Promise<Result>;
  /** Read without credentials. @throws ToolError CONFIG where none is set */
  region(): Promise<string>;
  /** The newest reading of AWS's clock. */
  clockReading(): ClockReading | undefined;
}

export interface AwsServices {
  readonly s3: AwsService<S3Client, typeof import('@aws-sdk/client-s3')>;
  readonly emr: AwsService<EMRClient, typeof import('@aws-sdk/client-emr')>;
  readonly sts: AwsService<STSClient, typeof import('@aws-sdk/client-sts')>;
}

/** `retryDelayMs` is 0 in tests. */
export function createAwsServices(
  settings: AwsSettings,
  { retryDelayMs = backoffMs }: { readonly retryDelayMs?: RetryDelay } = {},
): AwsServices {
  const common = (throttledAttempts: number) => ({
    maxAttempts: throttledAttempts,
    retryStrategy: retryStrategy(throttledAttempts, retryDelayMs),
    requestHandler: {
      connectionTimeout: 5_000,
      requestTimeout: 60_000,
      throwOnRequestTimeout: true,
      socketTimeout: 60_000,
      httpAgent: { maxSockets: 120, keepAlive: true },
      httpsAgent: { maxSockets: 120, keepAlive: true },
    },
    // Passed on to the credential providers: a login rewrites the files, and the SDK caches them in memory.
    ignoreCache: true,
  });
  return {
    s3: service('s3', settings, async () => {
      const sdk = await import('@aws-sdk/client-s3');
      const client = new sdk.S3Client({ ...common(5), followRegionRedirects: true });
      return { sdk, client, findHost: () => s3Host(client, new sdk.ListBucketsCommand({})) };
    }),
    emr: service('emr', settings, async () => {
      const sdk = await import('@aws-sdk/client-emr');
      return { sdk, client: new sdk.EMRClient(common(10)) };
    }),
    sts: service('sts', settings, async () => {
      const sdk = await import('@aws-sdk/client-sts');
      return { sdk, client: new sdk.STSClient(common(5)) };
    }),
  };
}

type AnyClient = S3Client | EMRClient | STSClient;

function service<Client extends AnyClient, Sdk>(
  name: 's3' | 'emr' | 'sts',
  settings: AwsSettings,
  load: () => Promise<{ client: Client; sdk: Sdk; findHost?: () => Promise<string | undefined> }>,
): AwsService<Client, Sdk> {
  let loaded: Promise<{ client: Client; sdk: Sdk; send: Send }> | undefined;
  let reading: ClockReading | undefined;

  const create = async () => {
    const created = await load();
    // Both are read now: a failure of either is reported as such, and the next call starts with a new client.
    // Credentials come first, because reading them reloads the files.
    await credentialsOf(created.client);
    await created.client.config.region();
    const allowed = { service: name, ...settings, serviceHost: await created.findHost?.() };
    const send = guard(created.client, allowed, (latest) => {
      reading = latest;
    });
    return { ...created, send };
  };

  return {
    clockReading: () => reading,
    async region() {
      try {
        return await (await load()).client.config.region();
      } catch (error) {
        throw translated(error, { what: 'reading the AWS region' }, settings.awsLoginCommand);
      }
    },
    async run(call, task) {
      loaded ??= create();
      const mine = loaded;
      try {
        const { client, sdk, send } = await mine;
        return await task(client, sdk, send);
      } catch (error) {
        if (
          loaded === mine &&
          (isAboutCredentials(error) || (await mine.catch(() => undefined)) === undefined)
        )
          loaded = undefined;
        throw translated(error, call, settings.awsLoginCommand, loginSource());
      }
    },
  };
}

/** @throws what the chain of providers hides */
async function credentialsOf(client: AnyClient): Promise<void> {
  try {
    await client.config.credentials();
  } catch (error) {
    throw await loginFault(error);
  }
}

/** The host of S3 without a bucket, resolved by the SDK from all its settings; the request is never sent. */
async function s3Host(client: S3Client, command: ListBucketsCommand): Promise<string | undefined> {
  let host: string | undefined;
  command.middlewareStack.add(
    (_next, context) => async () => {
      host = context.endpointV2?.url.hostname;
      throw new Error('only the address is needed');
    },
    { step: 'build', name: 'addressOnly' },
  );
  await client.send(command).catch(() => undefined);
  return host;
}

interface WireResult {
  readonly response: { readonly headers?: Record<string, string> };
}

/**
 * Installs the check and the clock reading as the innermost middleware: no SDK code runs after it. Returned is the only
 * way past the middleware, with the same check.
 */
function guard(client: AnyClient, allowed: Allowed, onReading: (reading: ClockReading) => void): Send {
  const checked = async <Result extends WireResult>(
    request: OutgoingRequest,
    next: () => Promise<Result>,
  ): Promise<Result> => {
    assertAllowed(request, allowed);
    const sentMs = Date.now();
    const result = await next();
    const awsMs = Date.parse(result.response.headers?.date ?? '');
    if (!Number.isNaN(awsMs)) onReading({ awsMs, sentMs, answeredMs: Date.now() });
    return result;
  };
  const middleware =
    (next: (args: { request: OutgoingRequest }) => Promise<WireResult>) =>
    (args: { request: OutgoingRequest }) =>
      checked(args.request, () => next(args));
  // The stacks of the three clients have different types without a common call signature, but the same shape.
  const stack = client.middlewareStack as unknown as {
    add(middleware: unknown, options: { step: string; priority: string; name: string }): void;
  };
  stack.add(middleware, { step: 'deserialize', priority: 'low', name: 'containment' });
  return (request, abortSignal) =>
    checked(request, () => client.config.requestHandler.handle(request, { abortSignal }));
}
