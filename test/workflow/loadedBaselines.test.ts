/** Which baselines hold what a load test wrote, by what the session remembers and what the history says. */
import { expect, test } from 'vitest';
import { OpenQuestion } from '../../src/domain/errors.ts';
import type { CheckFile, ChecksSnapshot } from '../../src/ports/repository.ts';
import type { Manifest } from '../../src/review/review.ts';
import type { Settings } from '../../src/settings.ts';
import { baselineKey, emptySession, type Session } from '../../src/state/session.ts';
import {
  baselineQuestion,
  type LoadedBaseline,
  loadedBaselines,
  loadedBaselineText,
  requireUnloadedBaseline,
} from '../../src/workflow/baseline/loadedBaselines.ts';

const file = (path: string, baselineDigest?: string, newOnBranch = false): CheckFile => ({
  path,
  newOnBranch,
  ...(baselineDigest !== undefined && { baseline: Buffer.from(baselineDigest), baselineDigest }),
});

function snapshotOf(files: CheckFile[], loadTested: ChecksSnapshot['loadTested'] = []): ChecksSnapshot {
  const commits = { branch: 'test', headCommit: 'head', baseCommit: 'base', baselineTip: 'base' };
  return { ...commits, files, loadTested, unprintableNames: [], notFiles: [], deletedOnBranch: [] };
}

/** The manifests of STATE_DIR, and the files that each commit's history has: both as their ports say it. */
function portsWith(manifests: Record<string, Manifest>, held: Record<string, string[]> = {}) {
  const asked: [string, readonly string[]][] = [];
  const ports = {
    blobs: {
      get: async (digest: string) => {
        const found = manifests[digest];
        return found && Buffer.from(JSON.stringify(found));
      },
    },
    target: {
      heldUpTo: async (commit: string, paths: readonly string[]) => {
        asked.push([commit, paths]);
        return new Set(held[commit] ?? []);
      },
    },
    settings: { baselineRef: 'main', testBranch: 'test', place: '.env' },
  } as unknown as Parameters<typeof requireUnloadedBaseline>[0];
  return { ports, asked };
}

const a = 'a_15m.yml';
const b = 'b_daily.yml';
const remembers = (...loaded: [string, number, string | undefined][]): Session => ({
  ...emptySession,
  loaded: new Map(loaded.map(([digest, load, baseCommit]) => [digest, { load, baseCommit }])),
});

test('a baseline that this session wrote at a load is one, with the baseline before it', async () => {
  const { ports, asked } = portsWith({ m: { [a]: 'a2', [b]: 'other' } });
  const found = await loadedBaselines(
    ports,
    remembers(['m', 2, 'old']),
    snapshotOf([file(a, 'a2'), file(b, 'b1')]),
  );
  expect(found).toEqual([{ file: a, load: 2, digest: 'a2', baseCommit: 'old' }]);
  expect(asked).toEqual([['old', [a]]]);
});

test('what was written against this very baseline is not in it, unless a file is new on the branch', async () => {
  const { ports } = portsWith({ m: { [a]: 'a2' } });
  const session = remembers(['m', 2, 'base']);
  expect(await loadedBaselines(ports, session, snapshotOf([file(a, 'a2'), file(b, 'b1')]))).toEqual([]);
  const files = [file(a, 'a2'), file(b, 'b1', true)];
  expect(await loadedBaselines(ports, session, snapshotOf(files))).toHaveLength(1);
  expect(await loadedBaselines(ports, remembers(['m', 2, undefined]), snapshotOf([file(a, 'a2')]))).toEqual([
    { file: a, load: 2, digest: 'a2', baseCommit: undefined },
  ]);
});

test('bytes that the file had up to that baseline are its own; each baseline is asked about its own files', async () => {
  const { ports, asked } = portsWith({ m: { [a]: 'a2' }, n: { [b]: 'b4' } }, { old: [a], older: [] });
  const session = remembers(['m', 2, 'old'], ['n', 4, 'older']);
  expect(await loadedBaselines(ports, session, snapshotOf([file(a, 'a2'), file(b, 'b4')]))).toEqual([
    { file: b, load: 4, digest: 'b4', baseCommit: 'older' },
  ]);
  expect(asked).toEqual([
    ['old', [a]],
    ['older', [b]],
  ]);
});

test('what the history names counts without a memory of it, and after it', async () => {
  const { ports } = portsWith({ m: { [a]: 'a2' } }, { old: [a] });
  const history = [
    { path: a, load: 8 },
    { path: 'none_15m.yml', load: 8 },
  ];
  const files = [file(a, 'a2'), file('none_15m.yml')];
  expect(await loadedBaselines(ports, emptySession, snapshotOf(files, history))).toEqual([
    { file: a, load: 8, digest: 'a2', baseCommit: undefined },
  ]);
  expect(await loadedBaselines(ports, remembers(['m', 2, 'old']), snapshotOf(files, history))).toEqual([
    { file: a, load: 8, digest: 'a2', baseCommit: undefined },
  ]);
  expect(await loadedBaselines(ports, remembers(['m', 2, 'x']), snapshotOf(files, history))).toEqual([
    { file: a, load: 2, digest: 'a2', baseCommit: 'x' },
  ]);
});

test('accepted baselines, files that no load changes, untracked ones and manifests that are gone count for nothing', async () => {
  const { ports } = portsWith({ m: { [a]: 'a2', 'c_hourly.yml': 'c2', 'notes.md': 'n2' } });
  const files = [file(a, 'a2'), file('c_hourly.yml', 'c2'), file('notes.md', 'n2'), file('d_15m.yml')];
  const session = remembers(['m', 2, 'old'], ['gone', 2, 'old']);
  const accepted = { ...session, acceptedBaselines: new Set([baselineKey(a, 'a2')]) };
  expect(await loadedBaselines(ports, accepted, snapshotOf(files))).toEqual([]);
  expect(await loadedBaselines(ports, session, snapshotOf(files))).toHaveLength(1);
});

const settings = { baselineRef: 'origin/main', testBranch: 'test', place: '.env' } as Settings;
const loaded: LoadedBaseline[] = [
  { file: a, load: 2, digest: 'a2', baseCommit: undefined },
  { file: b, load: 4, digest: 'b4', baseCommit: '0123456789abcdef' },
];

test('the text names the loads, and the baseline before where it is known', () => {
  expect(loadedBaselineText(loaded, settings)).toEqual({
    what: 'The baseline (origin/main) has in 2 check files what a load test wrote at 2x, 4x, so scaling it would compound.',
    back: 'To get back, the user types git revert for the commit on origin/main that brought the scaled files, and makes test anew from origin/main; or sets BASELINE_REF in .env to 0123456789ab, the baseline before.',
  });
  expect(loadedBaselineText(loaded.slice(0, 1), settings).back).toMatch(
    / to the commit before the load test\.$/,
  );
});

test('the question lists the files that fit, and how to accept them', () => {
  const again = { load: 4, schedule: 'daily' };
  expect(baselineQuestion(loaded, settings, again)).toEqual({
    summary: `${loadedBaselineText(loaded, settings).what} Nothing was changed.`,
    nextSteps: [
      'Ask the user: are these files (loadedBaselines) the baseline now?',
      loadedBaselineText(loaded, settings).back,
      'Only if the user says that they are: scaleConfigs with load 4 and acceptBaseline: true.',
    ],
    status: 'needs_decision',
    loadedBaselines: [
      { file: a, load: 2 },
      { file: b, load: 4 },
    ],
    loadedBaselinesTotal: 2,
    callAgain: { tool: 'scaleConfigs', arguments: { load: 4, schedule: 'daily', acceptBaseline: true } },
  });
  // With its separator each row takes 53 of 900 characters.
  const many = Array.from({ length: 40 }, () => ({
    file: 'x'.repeat(32),
    load: 2,
    digest: 'd',
    baseCommit: undefined,
  }));
  const { loadedBaselines: rows, loadedBaselinesTotal } = baselineQuestion(many, settings, again);
  expect(JSON.stringify(rows[0])).toHaveLength(53 - 1);
  expect([rows.length, loadedBaselinesTotal]).toEqual([16, 40]);
});

test('a loaded baseline is a question that repeats the level, the last upload, or 1x', async () => {
  const { ports } = portsWith({ m: { [a]: 'a2' } });
  const snapshot = snapshotOf([file(a, 'a2')]);
  const session = remembers(['m', 2, 'old']);
  const again = async (some: Partial<Session>) => {
    const asked = requireUnloadedBaseline(ports, { ...session, ...some }, snapshot);
    const question = await asked.then(
      () => undefined,
      (error: OpenQuestion) => error,
    );
    expect(question).toBeInstanceOf(OpenQuestion);
    const asQuestion = question?.question as ReturnType<typeof baselineQuestion> | undefined;
    return asQuestion?.callAgain.arguments;
  };
  expect(await again({})).toEqual({ load: 1, acceptBaseline: true });
  const uploads = [{ load: 2 }, { load: 8 }] as unknown as Session['uploads'];
  expect(await again({ uploads })).toEqual({ load: 8, acceptBaseline: true });
  const level = { load: 4, schedule: 'daily', scope: 'schedule' } as unknown as NonNullable<Session['level']>;
  expect(await again({ uploads, level })).toEqual({
    load: 4,
    schedule: 'daily',
    scope: 'schedule',
    acceptBaseline: true,
  });
  await expect(requireUnloadedBaseline(ports, emptySession, snapshot)).resolves.toBeUndefined();
});
