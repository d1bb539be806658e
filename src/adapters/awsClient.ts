/**
 * How every AWS client of the product is made: loaded on first use, with timeouts, the containment check as the
 * last thing before the wire, one translation of errors, and made anew after a log-in.
 */
import type { EMRClient } from '@aws-sdk/client-emr';
import type { ListBucketsCommand, S3Client } from '@aws-sdk/client-s3';
import type { STSClient } from '@aws-sdk/client-sts';
import { type Doing, isAboutCredentials, translated } from './awsErrors.ts';
import { backoffMs, type Retries, retryStrategy } from './awsRetry.ts';
import { type Allowed, assertAllowed, type OutgoingRequest } from './containment.ts';

export interface AwsSettings {
  readonly bucket: string;
  readonly configsPrefix: string;
  readonly dagsPrefix: string;
  readonly awsLoginCommand: string;
}

export interface AwsOptions {
  /** Milliseconds before a further try; tests make it nothing. */
  readonly retryDelayMs?: Retries['delayMs'];
}

/** One answer of AWS as a reading of its clock: the `Date` header, and our clock around the request. */
interface ClockReading {
  /** Whole seconds, in milliseconds. */
  readonly awsMs: number;
  readonly sentMs: number;
  readonly answeredMs: number;
}

/** A service of AWS, loaded when it is first used. */
interface AwsService<Client, Sdk> {
  /** Runs one piece of work; any failure leaves as a ToolError (an abort as itself). */
  run<Result>(doing: Doing, task: (client: Client, sdk: Sdk) => Promise<Result>): Promise<Result>;
  /** The newest reading of AWS's clock. */
  clockReading(): ClockReading | undefined;
}

export interface AwsServices {
  readonly s3: AwsService<S3Client, typeof import('@aws-sdk/client-s3')>;
  readonly emr: AwsService<EMRClient, typeof import('@aws-sdk/client-emr')>;
  readonly sts: AwsService<STSClient, typeof import('@aws-sdk/client-sts')>;
}

export function createAwsServices(settings: AwsSettings, options: AwsOptions = {}): AwsServices {
  const delayMs = options.retryDelayMs ?? backoffMs;
  const common = (throttledAttempts: number) => ({
    maxAttempts: throttledAttempts,
    retryStrategy: retryStrategy({ throttledAttempts, brokenAttempts: 5, delayMs }),
    requestHandler: {
      connectionTimeout: 5_000,
      requestTimeout: 60_000,
      throwOnRequestTimeout: true,
      socketTimeout: 60_000,
      httpAgent: { maxSockets: 50, keepAlive: true },
      httpsAgent: { maxSockets: 50, keepAlive: true },
    },
    // Passed on to the credential providers: a log-in writes the files anew, and the SDK keeps them in memory.
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
  let loaded: Promise<{ client: Client; sdk: Sdk }> | undefined;
  let reading: ClockReading | undefined;

  const create = async () => {
    const made = await load();
    // Both are read now, credentials first (that reads the files anew), so that a fault of either is told as such
    // and the next call starts afresh.
    await made.client.config.credentials();
    await made.client.config.region();
    const allowed = { service: name, ...settings, serviceHost: await made.findHost?.() };
    guard(made.client, allowed, (latest) => {
      reading = latest;
    });
    return made;
  };

  return {
    clockReading: () => reading,
    async run(doing, task) {
      loaded ??= create();
      const mine = loaded;
      try {
        const { client, sdk } = await mine;
        return await task(client, sdk);
      } catch (error) {
        if (loaded === mine && (isAboutCredentials(error) || (await hasFailed(mine)))) loaded = undefined;
        throw translated(error, doing, settings.awsLoginCommand);
      }
    },
  };
}

async function hasFailed(promise: Promise<unknown>): Promise<boolean> {
  return promise.then(
    () => false,
    () => true,
  );
}

/** Where S3 is when no bucket is named: resolved by the SDK from all its settings, and stopped before it is sent. */
async function s3Host(client: S3Client, command: ListBucketsCommand): Promise<string | undefined> {
  let host: string | undefined;
  command.middlewareStack.add(
    (_next, context) => async () => {
      host = context.endpointV2?.url.hostname;
      throw new Error('only the address was wanted');
    },
    { step: 'build', name: 'addressOnly' },
  );
  await client.send(command).catch(() => undefined);
  return host;
}

interface WireArguments {
  request: OutgoingRequest;
}
interface WireResult {
  response: { headers?: Record<string, string> };
}

/** Installs the check and the clock reading as the innermost middleware: nothing of the SDK runs behind it. */
function guard(client: AnyClient, allowed: Allowed, onReading: (reading: ClockReading) => void): void {
  const middleware = (next: (args: WireArguments) => Promise<WireResult>) => async (args: WireArguments) => {
    assertAllowed(args.request, allowed);
    const sentMs = Date.now();
    const result = await next(args);
    const awsMs = Date.parse(result.response.headers?.date ?? '');
    if (!Number.isNaN(awsMs)) onReading({ awsMs, sentMs, answeredMs: Date.now() });
    return result;
  };
  // The three clients' stacks have types of their own that share no call signature; the shape is one and the same.
  const stack = client.middlewareStack as unknown as {
    add(middleware: unknown, options: { step: string; priority: string; name: string }): void;
  };
  stack.add(middleware, { step: 'deserialize', priority: 'low', name: 'containment' });
}
