/** What the history says of a baseline: which of its files a load test committed, and whether an older commit had them. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  createBaselineHistory,
  filesHeldUpTo,
  readBaselineLag,
} from '../../src/adapters/git/baselineGuard.ts';
import { type Git, openGit } from '../../src/adapters/git/git.ts';
import { checks, type GitHarness, gitHarness, testBranch } from './gitHarness.ts';

const names = ['a', 'b', 'c', 'd', 'a commit 9x', 'e:f'].map((stem) => `${stem}_15m.yml`);
let harness: GitHarness;
let git: Git;
/** The commands that ran in the history's git. */
let commands: string[];
beforeEach(() => {
  harness = gitHarness(Object.fromEntries(names.map((name) => [name, `${name} own\n`])));
  const real = openGit(harness.repository);
  commands = [];
  git = {
    ...real,
    run: (args, options) => {
      commands.push(args[0] ?? '');
      return real.run(args, options);
    },
  };
});
afterEach(() => harness.close());

const own = (name: string) => `${name} own\n`;
/** A commit of a load test, or of anybody when there is no trailer. */
function commit(files: Readonly<Record<string, string>>, trailer?: string): string {
  harness.put(files);
  return harness.commit(trailer === undefined ? 'Work' : `Results\n\nAudit-Load-Test: ${trailer}`);
}
const head = () => harness.git('rev-parse', 'HEAD');
/** What of the commit of now is a load test's. */
async function scaledNow(): Promise<Record<string, number>> {
  const found = await createBaselineHistory(git)(head(), head(), checks);
  return Object.fromEntries([...found].map(([path, { load }]) => [path.slice(checks.length + 1), load]));
}

test('files as a load test committed them have its load, whatever their name', async () => {
  expect(await scaledNow()).toEqual({});
  commit({ 'a_15m.yml': 'a 2x\n' }, '2x r1');
  commit({ 'b_15m.yml': 'b 4x\n', 'a commit 9x_15m.yml': 'x 4x\n', 'e:f_15m.yml': 'e 4x\n' }, '4x r2');
  commit({ 'c_15m.yml': 'c by hand\n' });
  expect(await scaledNow()).toEqual({
    'a_15m.yml': 2,
    'b_15m.yml': 4,
    'a commit 9x_15m.yml': 4,
    'e:f_15m.yml': 4,
  });
});

test('what a load test committed and somebody changed since is their own', async () => {
  commit({ 'a_15m.yml': 'a 2x\n' }, '2x r1');
  commit({ 'a_15m.yml': 'a by hand\n' });
  expect(await scaledNow()).toEqual({});
});

test('commits at 1x, and those that name no load, scale nothing', async () => {
  commit({ 'a_15m.yml': 'a report\n' }, 'report r1');
  commit({ 'b_15m.yml': 'b 1x\n' }, '1x r1');
  commit({ 'c_15m.yml': 'c 4x\n' }, '4x r2');
  expect(await scaledNow()).toEqual({ 'c_15m.yml': 4 });
});

test('the newest load test that wrote the bytes says the load', async () => {
  commit({ 'a_15m.yml': 'a same\n' }, '2x r1');
  commit({ 'a_15m.yml': 'a by hand\n' });
  commit({ 'a_15m.yml': 'a same\n' }, '4x r2');
  expect(await scaledNow()).toEqual({ 'a_15m.yml': 4 });
});

test('bytes that the file had before its first load test are its own, also when a load test restored them', async () => {
  const name = 'a_15m.yml';
  commit({ [name]: 'a 2x\n' }, '2x r1');
  commit({ [name]: own(name) }, '4x r2');
  expect(await scaledNow()).toEqual({});
});

test('bytes that one load test wrote, another replaced and a third restored are of a load test', async () => {
  commit({ 'a_15m.yml': 'a A\n' }, '2x r1');
  commit({ 'a_15m.yml': 'a B\n' }, '4x r2');
  commit({ 'a_15m.yml': 'a A\n' }, '2x r3');
  expect(await scaledNow()).toEqual({ 'a_15m.yml': 2 });
});

test('a squash with a title of its own is known by the commits of the test branch', async () => {
  commit({ 'a_15m.yml': 'a 2x\n' }, '2x r1');
  const branchHead = head();
  harness.git('switch', '--quiet', 'main');
  const squash = commit({ 'a_15m.yml': 'a 2x\n' });
  const history = createBaselineHistory(git);
  const found = await history(squash, branchHead, checks);
  expect([...found]).toEqual([[`${checks}/a_15m.yml`, { load: 2 }]]);
  expect([...(await createBaselineHistory(git)(squash, squash, checks))]).toEqual([]);
});

test('a pair of commits is searched once', async () => {
  commit({ 'a_15m.yml': 'a 2x\n' }, '2x r1');
  const history = createBaselineHistory(git);
  const first = await history(head(), head(), checks);
  const ran = commands.length;
  expect(await history(head(), head(), checks)).toBe(first);
  expect(commands.length).toBe(ran);
  const before = head();
  commit({ 'b_15m.yml': 'b 2x\n' }, '2x r2');
  expect((await history(head(), before, checks)).size).toBe(2);
});

test('a baseline behind its branch is told with what is newer and what is new, without what was deleted', async () => {
  const lag = (folder = checks) =>
    readBaselineLag(git, { baseCommit: head(), baselineTip: harness.git('rev-parse', 'main') }, folder);
  expect(await lag()).toBeUndefined();
  expect(commands).toEqual([]);
  harness.git('switch', '--quiet', 'main');
  harness.put({ 'a_15m.yml': 'newer\n', 'sub/new_15m.yml': 'new\n' });
  harness.git('rm', '--quiet', `${checks}/b_15m.yml`);
  harness.git('mv', `${checks}/c_15m.yml`, `${checks}/renamed_15m.yml`);
  harness.commit('Later');
  harness.git('switch', '--quiet', testBranch);
  expect(await lag()).toEqual({
    date: harness.git('log', '-1', '--format=%cs'),
    newer: ['a_15m.yml', 'renamed_15m.yml', 'sub/new_15m.yml'],
    added: ['renamed_15m.yml', 'sub/new_15m.yml'],
  });
  expect(await lag('elsewhere')).toBeUndefined();
});

test('bytes of the baseline that a file had up to a commit are known, and those that another file had are not', async () => {
  const [first] = [head()];
  const later = commit({ 'a_15m.yml': 'a later\n', 'b_15m.yml': own('a_15m.yml') });
  const last = commit({ 'a_15m.yml': own('a_15m.yml') });
  const held = async (at: string, ...files: string[]) => {
    const place = { commit: at, baseCommit: last, folder: checks };
    return [
      ...(await filesHeldUpTo(
        git,
        place,
        files.map((name) => `${checks}/${name}`),
      )),
    ];
  };
  const at = (name: string) => `${checks}/${name}`;
  expect(await held(first, 'a_15m.yml', 'b_15m.yml', 'none_15m.yml')).toEqual([at('a_15m.yml')]);
  expect(await held(later, 'a_15m.yml', 'b_15m.yml')).toEqual([at('b_15m.yml'), at('a_15m.yml')]);
  expect(await held(last, 'c_15m.yml')).toEqual([at('c_15m.yml')]);
  expect(await held(last)).toEqual([]);
  expect(await held('0'.repeat(40), 'a_15m.yml')).toEqual([]);
});
