/** AWS over real sockets for the tests of the adapters, with adapters that retry without waiting. */
import { setMaxListeners } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type AdjustableClock, sandboxClock } from '../../sandbox/clock.ts';
import { startAwsFront } from '../../sandbox/control/server.ts';
import { createEmr } from '../../sandbox/emr/emr.ts';
import type { StepPlan } from '../../sandbox/emr/records.ts';
import { createSimulation } from '../../sandbox/emr/simulation.ts';
import { createRandom } from '../../sandbox/random.ts';
import { createS3 } from '../../sandbox/s3/s3.ts';
import type { Service, WireRequest } from '../../sandbox/service.ts';
import { createSts } from '../../sandbox/wire/sts.ts';
import { exampleKey } from '../../sandbox/wire/verify.ts';
import { createAwsServices } from '../../src/adapters/aws/awsClient.ts';
import { openDisk } from '../../src/adapters/disk/disk.ts';
import { createObjectStore } from '../../src/adapters/s3/s3.ts';
import { configKey, dagKey } from '../../src/domain/keys.ts';
import type { Upload } from '../../src/ports/aws.ts';
import type { Watch } from '../../src/ports/time.ts';

export const settings = {
  bucket: 'orchestration',
  configsPrefix: 'checks_load_test/configs',
  dagsPrefix: 'dags/datalake/audit_loadtest',
  awsLoginCommand: 's2a-login',
};

export const keyId = exampleKey.accessKeyId;

/** Sets what the AWS SDK reads from the environment. */
export function useEndpoint(endpoint: string): void {
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: endpoint,
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: keyId,
    AWS_SECRET_ACCESS_KEY: exampleKey.secretAccessKey,
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
    AWS_CONFIG_FILE: '/dev/null',
  });
  delete process.env.AWS_PROFILE;
}

export interface AwsWorldOptions {
  /** When the sandbox's clock starts; it stands still. */
  readonly startMs?: number;
  plan?(name: string): StepPlan;
  /** Called with every request to S3 that a fault did not answer; S3 answers when it resolves. */
  seen?(request: WireRequest): void | Promise<void>;
}

export async function startAwsWorld(options: AwsWorldOptions = {}) {
  const clock: AdjustableClock = sandboxClock({ speed: 0, startMs: options.startMs ?? Date.now() });
  const random = createRandom(7);
  const s3 = createS3({ clock });
  const simulation = createSimulation({
    clock,
    random,
    plan: ({ name }) => options.plan?.(name) ?? { runMs: 60_000 },
    deliverLogs: () => undefined,
  });
  const emr = createEmr(simulation, 'off');
  const watched: Service = {
    ...s3.service,
    async handle(request, operation) {
      await options.seen?.(request);
      return s3.service.handle(request, operation);
    },
  };
  const front = await startAwsFront({ services: [watched, emr, createSts()], clock });
  s3.buckets.create(settings.bucket);
  useEndpoint(front.endpoint);
  const directory = mkdtempSync(join(tmpdir(), 'aws-adapters-'));
  const aws = createAwsServices(settings, { retryDelayMs: () => 0 });
  return {
    clock,
    front,
    aws,
    directory,
    simulation,
    ...s3,
    /** As another process on the same bucket: with the same memory, or without one. */
    store: (memory = 'memory') =>
      createObjectStore({ aws, settings, uploadMemory: openDisk(join(directory, memory), 'STATE_DIR') }),
    /** The operations on the wire since the last call of this function. */
    wire(): string[] {
      const operations = front.requests().map(({ operation }) => operation);
      front.clearRequests();
      return operations;
    },
    async close() {
      await front.close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

export function watch(signal: AbortSignal = new AbortController().signal) {
  // As the interfaces do: many requests listen at once.
  setMaxListeners(0, signal);
  const said: string[] = [];
  return { signal, said, progress: (_done, _total, message) => said.push(message) } satisfies Watch & {
    said: string[];
  };
}

export function check(name: string, text: string, load = 2): Upload {
  return { key: configKey(settings, '15m', load, name), body: async () => Buffer.from(text) };
}

export function dagFile(name: string, text: string): Upload {
  return { key: dagKey(settings, name), body: async () => Buffer.from(text) };
}

/** How often each word occurs. */
export function tally(words: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const word of words) counts[word] = (counts[word] ?? 0) + 1;
  return counts;
}
