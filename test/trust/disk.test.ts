/**
 * Every step on the disk fails, once and for ever. After each: the failure has a code and names the path, no file is
 * half-written or changed against what is said, and the same call succeeds once the disk works again.
 */
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { bucketName, productionPrefix } from '../../sandbox/world/environment.ts';
import { measured, randomFor, shortened, sideBySide, soak } from './campaign.ts';
import { newStory, type Step, type Story, served, steps, stop } from './story.ts';
import { filesBelow, startTrustWorld, type TrustWorld, wounds } from './trustWorld.ts';

type Code = 'ENOSPC' | 'EROFS' | 'EACCES' | 'EIO';

/** How each kind of step can fail. */
const codesOf: Readonly<Record<string, readonly Code[]>> = {
  create: ['ENOSPC', 'EROFS', 'EACCES', 'EIO'],
  write: ['ENOSPC', 'EIO'],
  flush: ['EIO', 'ENOSPC'],
  rename: ['EROFS', 'EACCES', 'EIO', 'ENOSPC'],
  link: ['EROFS', 'EACCES', 'EIO', 'ENOSPC'],
  mkdir: ['ENOSPC', 'EROFS', 'EACCES', 'EIO'],
  remove: ['EROFS', 'EACCES', 'EIO'],
  read: ['EACCES', 'EIO'],
  list: ['EACCES', 'EIO'],
  look: ['EACCES', 'EIO'],
};

interface Fault {
  readonly kind: string;
  readonly at: number;
  readonly code: Code;
  readonly times: 'once' | 'forever';
}

interface Outcome {
  readonly failed: readonly string[];
  readonly counts: Readonly<Record<string, number>>;
}

let logs = 0;
/** Where hooks write: not below the root of the world. */
const logFolder = () => mkdtempSync(join(tmpdir(), 'disk-log-'));

async function faulty(world: TrustWorld, fault: Fault | undefined, seeds: readonly string[] = []) {
  logs += 1;
  const log = join(logFolder(), `${logs}.jsonl`);
  const plan = { kind: 'none', at: 0, code: 'EIO', times: 'once', ...fault, root: world.directory, log };
  const server = await served(world, ['disk', ...seeds], { TRUST_DISK: JSON.stringify(plan) });
  return {
    server,
    /** The disk works again. */
    over: () => writeFileSync(`${log}.over`, ''),
    outcome(): Outcome {
      const lines = readLines(log);
      return {
        failed: lines.flatMap(({ path }) => (path === undefined ? [] : [path])),
        counts: lines.find(({ counts }) => counts !== undefined)?.counts ?? {},
      };
    },
  };
}

function readLines(log: string): { path?: string; counts?: Record<string, number> }[] {
  try {
    return readFileSync(log, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
  } catch {
    return [];
  }
}

/** The steps of a call that fail: in a soak forty places of each kind, once and for ever; otherwise one place of each. */
function faultsOf(counts: Outcome['counts'], step: number): Fault[] {
  const random = randomFor('disk', step);
  return Object.entries(counts).flatMap(([kind, count]) => {
    const codes = codesOf[kind] ?? [];
    const fault = (at: number, turn: number, times: Fault['times']): Fault => ({
      kind,
      at,
      code: codes[turn % codes.length] ?? 'EIO',
      times,
    });
    const drawn = Math.floor(random() * count);
    const turn = Math.floor(random() * 8);
    if (!soak) return [fault(1 + drawn, turn, turn % 3 === 0 ? 'once' : 'forever')];
    const places = Math.min(count, shortened ? 1 : 40);
    return Array.from({ length: places }, (_, place) => 1 + Math.floor((place * count) / places)).flatMap(
      (at, index) => [fault(at, index, 'once'), fault(at, index + 1, 'forever')],
    );
  });
}

/** The bytes of everything but the session: the journal may grow. */
function bytesOf(world: TrustWorld): Map<string, string> {
  const state = world.env.STATE_DIR ?? '';
  return new Map(
    filesBelow(world.directory)
      .filter((path) => !path.startsWith(state) && !path.includes('/.git/'))
      .map((path) => [path, readFileSync(path, 'latin1')]),
  );
}

function changed(before: Map<string, string>, after: Map<string, string>): string[] {
  const paths = new Set([...before.keys(), ...after.keys()]);
  return [...paths].filter((path) => before.get(path) !== after.get(path));
}

/** Whether the text has the path, a folder above it, or the setting that leads there. */
function namesPath(text: string, path: string, world: TrustWorld): boolean {
  const settings = Object.entries(world.env)
    .filter(([name, value]) => /_(DIR|FILE|REPO|PATH)$/.test(name) && value !== '' && path.startsWith(value))
    .map(([name]) => name);
  const folders: string[] = [];
  for (let one = path; one.length > world.directory.length; one = dirname(one)) folders.push(one);
  return [basename(path), ...folders, ...settings].some((name) => text.includes(name));
}

async function trial(
  story: Story,
  step: Step,
  fault: Fault,
  known: ReadonlySet<string>,
  seeds: readonly string[] = [],
): Promise<{ found: string[]; met: boolean }> {
  const { world } = story;
  const found: string[] = [];
  const note = (sentence: string) => void found.push(`${step.tool}, ${JSON.stringify(fault)}: ${sentence}`);
  const before = bytesOf(world);
  const { server, over, outcome } = await faulty(world, fault, seeds);
  const answer = await server.call(step.tool, step.given(story));
  const after = bytesOf(world);
  const { failed } = outcome();
  const [path] = failed;
  if (path !== undefined && answer.error !== undefined) {
    const text = String(answer.error);
    if (!/^(CONFIG|DENIED|CONFLICT|NOT_FOUND|WRONG_STATE|UPSTREAM): /.test(text))
      note(`no code of a failing disk: ${text}`);
    if (!failed.some((one) => namesPath(text, one, world))) note(`does not name ${path}: ${text}`);
    if (/edited|by somebody/.test(text)) note(`is reported as an edit: ${text}`);
    const differs = changed(before, after);
    if (/Nothing was (changed|written)\b/.test(text) && differs.length > 0)
      note(`"${text}", but changed: ${differs.join(', ')}`);
  }
  if (answer.error === undefined && answer.status === 'needs_decision') note(`asks: ${answer.summary}`);
  over();
  const again = await server.call(step.tool, step.given(story));
  if (again.error !== undefined || again.status === 'needs_decision')
    note(`the same call afterwards: ${again.error ?? again.summary}`);
  const session = await server.call('showSession');
  for (const wound of await wounds(world, { known, session, acknowledged: { rounds: 0, commits: 0 } }))
    note(wound);
  const { acknowledged } = story;
  const copy: Story = { ...story, acknowledged: { ...acknowledged } };
  if (again.error === undefined) step.acknowledge(copy, again);
  for (const wound of await wounds(world, { known, session, acknowledged: copy.acknowledged }))
    note(`afterwards: ${wound}`);
  for (const draft of world.drafts()) note(`the draft ${draft} stays`);
  await stop(server);
  return { found, met: path !== undefined };
}

/** Plays the story; `disturb` gets a world that it may spoil before each step, and how many disk steps the call has. */
async function play(
  disturb: (
    story: Story,
    step: Step,
    counts: Outcome['counts'],
    index: number,
    known: ReadonlySet<string>,
  ) => Promise<void>,
): Promise<void> {
  const world = await startTrustWorld();
  const story = newStory(world);
  const known = new Set<string>();
  const remember = () => {
    for (const text of world.checks().values()) known.add(text);
    for (const key of world.aws.s3.buckets.keys(bucketName, productionPrefix))
      known.add(world.aws.s3.buckets.get(bucketName, key)?.toString() ?? '');
  };
  remember();
  const snapshots = mkdtempSync(join(tmpdir(), 'disk-'));
  for (const [index, step] of steps.entries()) {
    step.before?.(story);
    const before = join(snapshots, 'before');
    const done = join(snapshots, 'done');
    copy(world.directory, before);
    const { server, outcome } = await faulty(world, undefined);
    const answer = await server.call(step.tool, step.given(story));
    expect(answer.error).toBeUndefined();
    await stop(server);
    remember();
    copy(world.directory, done);
    copy(before, world.directory);
    await disturb(
      { ...story, acknowledged: { ...story.acknowledged } },
      step,
      outcome().counts,
      index,
      known,
    );
    copy(done, world.directory);
    step.acknowledge(story, answer);
  }
  await world.close();
}

function copy(from: string, to: string): void {
  rmSync(to, { recursive: true, force: true });
  cpSync(from, to, { recursive: true, preserveTimestamps: true });
}

test('whatever fails on the disk, the failure says what, and the same call succeeds afterwards', async () => {
  const found: string[] = [];
  let trials = 0;
  let met = 0;
  const startMs = performance.now();
  // Two worlds, each with every second step.
  await sideBySide([0, 1], 2, (half) =>
    play(async (story, step, counts, index, known) => {
      if (index % 2 !== half) return;
      const snapshot = mkdtempSync(join(tmpdir(), 'disk-step-'));
      copy(story.world.directory, snapshot);
      for (const fault of faultsOf(counts, index)) {
        copy(snapshot, story.world.directory);
        const result = await trial(story, step, fault, known);
        found.push(...result.found);
        trials += 1;
        met += result.met ? 1 : 0;
      }
    }),
  );
  measured('every disk step fails', {
    trials,
    met,
    found: found.length,
    seconds: Math.round((performance.now() - startMs) / 1000),
  });
  expect(found).toEqual([]);
  expect(met / trials).toBeGreaterThan(0.9);
});

test.each([
  ['a rename whose failure is swallowed', 'swallowedWrite'],
  ['files that are written in place', 'inPlace'],
])('the campaign notices %s', async (_, seeded) => {
  const world = await startTrustWorld();
  const story = newStory(world);
  const known = new Set(world.checks().values());
  const [step] = steps;
  if (step === undefined) throw new Error('no step');
  const fault: Fault = { kind: 'rename', at: 3, code: 'ENOSPC', times: 'forever' };
  const { found } = await trial(story, step, fault, known, [seeded]);
  await world.close();
  expect(found.join('\n')).toMatch(/neither a baseline nor scaled|but changed|acknowledged/);
});
