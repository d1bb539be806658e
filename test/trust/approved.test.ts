/**
 * What was approved is what is uploaded and committed: files change at random moments between the review, the last PUT
 * and the commit. Bytes that nobody reviewed never arrive.
 */
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { appendFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Random } from '../../sandbox/random.ts';
import { checksPath } from '../../sandbox/sample/targetRepository.ts';
import { bucketName } from '../../sandbox/world/environment.ts';
import { measured, randomFor, shortened, sideBySide, trials } from './campaign.ts';
import { pick } from './oddValues.ts';
import { buildSeeded, type Seed } from './seededBuild.ts';
import { served, stop } from './story.ts';
import { startTrustWorld, type TrustWorld } from './trustWorld.ts';

/** Somebody's change of a file. */
type Change = (path: string) => void;

const changes: Change[] = [
  (path) => appendFileSync(path, '# changed\n'),
  (path) => writeFileSync(path, readFileSync(path, 'utf8').replace(/\d/, '9')),
  (path) => writeFileSync(path, ''),
  (path) => rmSync(path, { force: true }),
  (path) => writeFileSync(path.replace(/check_/, 'check_new_'), 'sql: select 1\n'),
];

/** Makes a change when the sandbox gets its n-th request from now on. @returns stops watching */
function atRequest(count: number, port: string, change: () => void): () => void {
  let left = count;
  const onRequest = (message: unknown) => {
    const { request } = message as { request: IncomingMessage };
    if (!request.headers.host?.endsWith(`:${port}`)) return;
    left -= 1;
    if (left === 0) change();
  };
  subscribe('http.server.request.start', onRequest);
  return () => void unsubscribe('http.server.request.start', onRequest);
}

/** Objects of a load whose bytes nobody approved. Copies of production's metrics are not reviewed. */
function unapproved(world: TrustWorld, load: number, approved: ReadonlyMap<string, string>): string[] {
  const { buckets } = world.aws.s3;
  return buckets
    .keys(bucketName, 'checks_load_test/configs/')
    .filter((key) => key.includes(`/${load}x/`) && !key.endsWith('_table_metrics.yml'))
    .filter((key) => {
      const path = key.slice(key.indexOf(`/${load}x/`) + `/${load}x/`.length);
      return approved.get(path) !== buckets.get(bucketName, key)?.toString();
    });
}

/** Check files of the newest commit whose bytes nobody approved. */
function committedOtherwise(world: TrustWorld, approved: ReadonlyMap<string, string>): string[] {
  const changed = world
    .git('diff', '--name-only', 'main', 'HEAD', '--', checksPath)
    .split('\n')
    .filter(Boolean);
  return changed.filter(
    (path) => world.git('show', `HEAD:${path}`) !== approved.get(path.slice(checksPath.length + 1)),
  );
}

async function campaign(
  random: Random,
  count: number,
  product?: string,
): Promise<{ found: string[]; refused: number; done: number }> {
  const world = await startTrustWorld();
  const server = await served(world, [], {}, product);
  const found: string[] = [];
  let refused = 0;
  let done = 0;
  const port = new URL(world.aws.endpoint).port;
  // A build with a planted bug has been noticed by then.
  for (let turn = 0; turn < count && (product === undefined || found.length === 0); turn += 1) {
    const load = 2 + turn;
    const schedule = pick(random, ['15m', 'hourly', 'daily']);
    const scaled = await server.call('scaleConfigs', { load, schedule, overwriteEdits: true, abandon: true });
    if (scaled.error !== undefined) throw new Error(scaled.error);
    const approved = world.checks();
    const path = join(world.env.TARGET_REPO ?? '', checksPath, pick(random, [...approved.keys()]));
    const change = () => pick(random, changes)(path);
    const moment = random();
    // Before the call, at one of its requests, or during the commit.
    if (moment < 0.2) change();
    const over =
      moment < 0.2 || moment > 0.7 ? () => undefined : atRequest(1 + Math.floor(random() * 20), port, change);
    const uploaded = await server.call('uploadChecks', { reviewId: scaled.reviewId, approved: true });
    over();
    const isUploaded = uploaded.error === undefined && /^(uploaded|unchanged)$/.test(uploaded.status);
    if (isUploaded) done += 1;
    else refused += 1;
    for (const key of unapproved(world, load, approved)) found.push(`turn ${turn}: ${key} was not approved`);
    if (moment > 0.7) setTimeout(change, random() * 60);
    const before = world.git('rev-parse', 'HEAD');
    const committed = await server.call('commitResults', { withoutReport: true });
    if (committed.error === undefined && before !== world.git('rev-parse', 'HEAD'))
      for (const file of committedOtherwise(world, approved))
        found.push(`turn ${turn}: ${file} was committed otherwise`);
    // The next turn starts from the baseline.
    world.git('reset', '--quiet', '--hard', 'main');
    world.git('clean', '--quiet', '-fd', '--', checksPath);
  }
  await stop(server);
  await world.close();
  return { found, refused, done };
}

test('bytes that nobody approved are neither uploaded nor committed', async () => {
  const count = trials(60, 300);
  const startMs = performance.now();
  const total = { found: [] as string[], refused: 0, done: 0 };
  await sideBySide([0, 1, 2], 3, async (part) => {
    const { found, refused, done } = await campaign(randomFor('approved', part), Math.ceil(count / 3));
    total.found.push(...found);
    total.refused += refused;
    total.done += done;
  });
  measured('approved = uploaded = committed', {
    trials: count,
    refused: total.refused,
    uploaded: total.done,
    found: total.found.length,
    seconds: Math.round((performance.now() - startMs) / 1000),
  });
  expect(total.found).toEqual([]);
  // Few trials may all go one way.
  expect(Math.min(total.refused, total.done)).toBeGreaterThan(shortened ? -1 : 0);
});

/** The id of the review that the user saw is not compared with that of the files on disk. */
const anyReview: Seed = {
  file: 'src/tools/uploadChecks.ts',
  replaced: [['if (given.reviewId !== review.reviewId)', 'if (given.reviewId === undefined)']],
};

test('the campaign notices an upload that takes an approval for any bytes', async () => {
  const { found } = await campaign(
    randomFor('approved', 0),
    20,
    await buildSeeded('src/main.ts', [anyReview]),
  );
  expect(found.join('\n')).toMatch(/was not approved/);
});
