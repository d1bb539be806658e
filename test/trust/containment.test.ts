/**
 * Generated names, schedules and loads on their way to S3. Two layers keep them inside the two prefixes: the keys that
 * can be made, and the check of the outgoing request. Each must do it without the other.
 */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, posix } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { settings, startAwsWorld, watch } from '../adapters/awsWorld.ts';
import { measured, randomFor, shortened, trials } from './campaign.ts';
import type * as Parts from './containedParts.ts';
import { oddPath, pick } from './oddValues.ts';
import { buildSeeded, type Seed } from './seededBuild.ts';

const withoutKeys: Seed = {
  file: 'src/domain/keys.ts',
  replaced: [
    ['if (!isPlainPath(path))', 'if (path === undefined)'],
    ['if (!schedules.includes(schedule) ||', 'if (path === undefined && !schedules.includes(schedule) ||'],
    ['!Number.isSafeInteger(load) || load < 1', 'path === undefined'],
  ],
};
const withoutCheck: Seed = {
  file: 'src/adapters/aws/containment.ts',
  replaced: [['if (objection === undefined) return;', 'return;']],
};

const partsWith = async (...seeds: readonly Seed[]): Promise<typeof Parts> =>
  import(pathToFileURL(await buildSeeded(join(import.meta.dirname, 'containedParts.ts'), seeds)).href);

const schedules = ['15m', 'hourly', 'daily', '..', '../..', '', '15m/../../prod', '%2e%2e'];
const loads = [2, 4, 1000, 0, -1, 2.5, Number.NaN, '../../prod', '2x/..'];

/** What a server could understand by a raw path: decoded as often as it takes, and resolved. */
function readings(rawPath: string): string[] {
  const found = [rawPath];
  for (let turn = 0; turn < 3; turn += 1) {
    const last = found.at(-1) ?? '';
    try {
      found.push(decodeURIComponent(last));
    } catch {
      break;
    }
  }
  return [...found, ...found.map((one) => one.replaceAll('\\', '/'))].map((one) => posix.normalize(one));
}

const prefixes = [settings.configsPrefix, settings.dagsPrefix].map(
  (prefix) => `/${settings.bucket}/${prefix}/`,
);

/** Uploads under generated names. @returns the writes that some server could read as outside */
async function campaign(parts: typeof Parts, count: number): Promise<{ sent: number; outside: string[] }> {
  const random = randomFor('containment');
  const world = await startAwsWorld();
  const aws = parts.createAwsServices({ ...settings, awsLoginCommand: 'login' }, { retryDelayMs: () => 0 });
  const store = parts.createObjectStore({
    aws,
    settings,
    uploadMemory: parts.openDisk(mkdtempSync(join(tmpdir(), 'memory-')), 'STATE_DIR'),
  });
  const uploads: Parameters<typeof store.upload>[0][number][] = [];
  for (let turn = 0; turn < count; turn += 1) {
    const name = oddPath(random);
    // Whatever its type says, a key is made from what is given.
    const load = pick(random, loads) as number;
    const schedule = pick(random, random() < 0.7 ? schedules.slice(0, 3) : schedules) as '15m';
    try {
      const key =
        random() < 0.7 ? parts.configKey(settings, schedule, load, name) : parts.dagKey(settings, name);
      uploads.push({ key, body: async () => Buffer.from(name) });
    } catch {
      // Refused by the first layer.
    }
  }
  // One by one: a name that is refused must not keep the next from trying.
  const queue = uploads.values();
  await Promise.all(
    Array.from({ length: 8 }, async () => {
      for (const upload of queue) await store.upload([upload], watch()).catch(() => undefined);
    }),
  );
  await world.close();
  const writes = world.front.requests().filter(({ method }) => method !== 'GET' && method !== 'HEAD');
  const outside = writes.filter(
    ({ path, query = '' }) =>
      !readings(path).every((one) => prefixes.some((prefix) => one.startsWith(prefix))) ||
      !/^(x-id=\w+)?$/.test(query),
  );
  return {
    sent: writes.length,
    outside: outside.map(({ method, path, query }) => `${method} ${path}?${query}`),
  };
}

test.each([
  ['with both layers', []],
  ['without the keys that can be made', [withoutKeys]],
  ['without the check of the outgoing request', [withoutCheck]],
])('%s nothing is written outside the two prefixes', async (name, seeds) => {
  const count = trials(1000, 10_000);
  const startMs = performance.now();
  const { sent, outside } = await campaign(await partsWith(...seeds), count);
  measured(`containment ${name}`, {
    trials: count,
    sent,
    found: outside.length,
    seconds: Math.round((performance.now() - startMs) / 1000),
  });
  expect(outside).toEqual([]);
  // Of a few names none may be sent.
  expect(sent).toBeGreaterThan(shortened ? -1 : 0);
});

test('the campaign notices a build without either layer', async () => {
  const { outside } = await campaign(await partsWith(withoutKeys, withoutCheck), 300);
  expect(outside).not.toEqual([]);
});
