import {
  chmodSync,
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, onTestFinished, test } from 'vitest';
import { openGit } from '../../src/adapters/git/git.ts';
import { checks, type GitHarness, gitHarness, testBranch, textOf } from './gitHarness.ts';

let harness: GitHarness;
afterEach(() => harness.close());

/** Path -> the versions on disk, at HEAD and in the baseline. */
async function versions() {
  const files = await harness.files();
  return Object.fromEntries(
    Object.entries(files).map(([path, { disk, head, baseline }]) => [
      path,
      [disk, head, baseline].map(textOf),
    ]),
  );
}

async function loadTested(settings: Parameters<GitHarness['adapter']>[0] = {}) {
  return (await harness.adapter(settings).snapshot({ forWriting: false })).loadTested;
}

describe('the baseline', () => {
  test('is the file where the branch left BASELINE_REF, whatever was committed since', async () => {
    harness = gitHarness({ 'a_15m.yml': 'one\n', 'b_daily.yml': 'two\n' });
    harness.put({ 'a_15m.yml': 'scaled\n' });
    harness.commit('2x');
    harness.put({ 'a_15m.yml': 'scaled again\n' });
    expect(await versions()).toEqual({
      'a_15m.yml': ['scaled again\n', 'scaled\n', 'one\n'],
      'b_daily.yml': ['two\n', 'two\n', 'two\n'],
    });
  });

  test('does not follow BASELINE_REF before the branch does', async () => {
    harness = gitHarness();
    harness.git('switch', '--quiet', 'main');
    harness.put({ 'a_15m.yml': 'newer on main\n' });
    harness.commit('Later');
    harness.git('switch', '--quiet', testBranch);
    expect(await versions()).toEqual({ 'a_15m.yml': ['one\n', 'one\n', 'one\n'] });
    harness.git('merge', '--quiet', 'main');
    expect(await versions()).toEqual({
      'a_15m.yml': ['newer on main\n', 'newer on main\n', 'newer on main\n'],
    });
  });

  test('for a file that is new on the branch, is its first version there', async () => {
    harness = gitHarness();
    harness.put({ 'new_15m.yml': 'first\n' });
    harness.commit('New');
    harness.put({ 'new_15m.yml': 'second\n' });
    harness.commit('2x');
    const files = await harness.files();
    expect(files['new_15m.yml']).toMatchObject({ newOnBranch: true });
    expect((await versions())['new_15m.yml']).toEqual(['second\n', 'second\n', 'first\n']);
  });

  test('stays the first version when the file was deleted and added again', async () => {
    harness = gitHarness();
    harness.put({ 'new_15m.yml': 'first\n' });
    harness.commit('New');
    harness.git('rm', '--quiet', `${checks}/new_15m.yml`);
    harness.commit('Gone');
    harness.put({ 'new_15m.yml': 'back\n' });
    harness.commit('Back');
    expect((await versions())['new_15m.yml']?.[2]).toBe('first\n');
  });

  test('follows a rename on the branch to the old name’s baseline, also through two renames', async () => {
    const check = 'a check of many lines\nthat stays\nmostly\nas it\nis\n';
    harness = gitHarness({ 'old_15m.yml': `${check}INTERVAL 1\n` });
    harness.put({ 'old_15m.yml': `${check}INTERVAL 2\n` });
    harness.commit('2x');
    harness.git('mv', `${checks}/old_15m.yml`, `${checks}/new name_15m.yml`);
    harness.commit('Rename');
    harness.git('mv', `${checks}/new name_15m.yml`, `${checks}/newest_15m.yml`);
    harness.commit('Rename again');
    const files = await harness.files();
    expect(Object.keys(files)).toEqual(['newest_15m.yml']);
    expect(files['newest_15m.yml']?.newOnBranch).toBe(true);
    expect(textOf(files['newest_15m.yml']?.baseline)).toBe(`${check}INTERVAL 1\n`);
  });

  test('names what a load test committed when it was merged or squashed into it', async () => {
    harness = gitHarness({ 'a_15m.yml': 'one\n', 'b_15m.yml': 'two\n' });
    harness.put({ 'a_15m.yml': 'scaled\n' });
    const { sha } = await harness.target.commit(['a_15m.yml'], 'Load test 2x configs', '2x review');
    harness.git('switch', '--quiet', 'main');
    harness.git('merge', '--quiet', '--no-ff', '--message', 'Merge', testBranch);
    harness.git('switch', '--quiet', testBranch);
    harness.git('merge', '--quiet', 'main');
    expect(await loadTested()).toEqual([{ path: 'a_15m.yml', load: 2 }]);

    harness.git('switch', '--quiet', 'main');
    harness.git('reset', '--quiet', '--hard', 'HEAD~1');
    harness.git('merge', '--quiet', '--squash', sha);
    harness.git(
      'commit',
      '--quiet',
      '--message',
      `Load test (#7)\n\n* ${harness.git('show', '-s', '--format=%B', sha)}`,
    );
    harness.git('branch', '--quiet', '--force', testBranch);
    harness.git('switch', '--quiet', testBranch);
    expect(await loadTested()).toEqual([{ path: 'a_15m.yml', load: 2 }]);
    expect(await loadTested({ baselineRef: 'main~1' })).toEqual([]);
  });

  test('names it after a squash with a new title, once the test branch has merged it back', async () => {
    harness = gitHarness({ 'a_15m.yml': 'one\n', 'b_15m.yml': 'two\n' });
    harness.put({ 'a_15m.yml': 'scaled\n' });
    const { sha } = await harness.target.commit(['a_15m.yml'], 'Load test 2x configs', '2x review');
    harness.git('switch', '--quiet', 'main');
    harness.git('merge', '--quiet', '--squash', sha);
    harness.git('commit', '--quiet', '--message', 'Checks (#12)');
    harness.git('switch', '--quiet', testBranch);
    harness.git('merge', '--quiet', '--message', 'Merge main', 'main');
    expect(await loadTested()).toEqual([{ path: 'a_15m.yml', load: 2 }]);
  });

  test('names nothing when a load test restored the files, as 1x does', async () => {
    harness = gitHarness();
    harness.put({ 'a_15m.yml': 'scaled\n' });
    await harness.target.commit(['a_15m.yml'], 'Load test 2x configs', '2x review');
    harness.put({ 'a_15m.yml': 'one\n' });
    await harness.target.commit(['a_15m.yml'], 'Load test 1x configs', '1x review');
    expect(await loadTested()).toEqual([]);
    expect(await versions()).toEqual({ 'a_15m.yml': ['one\n', 'one\n', 'one\n'] });
  });

  test('names nothing once the merged load test is reverted', async () => {
    harness = gitHarness();
    harness.put({ 'a_15m.yml': 'scaled\n' });
    const { sha } = await harness.target.commit(['a_15m.yml'], 'Load test 2x configs', '2x review');
    harness.git('switch', '--quiet', 'main');
    harness.git('merge', '--quiet', '--ff-only', testBranch);
    harness.git('revert', '--no-edit', sha);
    harness.git('switch', '--quiet', testBranch);
    harness.git('merge', '--quiet', 'main');
    expect(await loadTested()).toEqual([]);
    expect(await versions()).toEqual({ 'a_15m.yml': ['one\n', 'one\n', 'one\n'] });
  });

  test('names the file that is still scaled with the load of its bytes, when another was restored', async () => {
    harness = gitHarness({ 'a_15m.yml': 'one\n', 'b_15m.yml': 'two\n', 'c_15m.yml': 'three\n' });
    harness.put({ 'a_15m.yml': 'scaled\n', 'b_15m.yml': 'scaled, too\n' });
    const names = ['a_15m.yml', 'b_15m.yml'];
    await harness.target.commit(names, 'Load test 2x configs', '2x review');
    harness.put({ 'a_15m.yml': 'one\n', 'b_15m.yml': 'scaled more\n' });
    await harness.target.commit(names, 'Load test 16x configs', '16x review');
    harness.git('switch', '--quiet', 'main');
    harness.git('merge', '--quiet', '--ff-only', testBranch);
    harness.git('switch', '--quiet', testBranch);
    expect(await loadTested()).toEqual([{ path: 'b_15m.yml', load: 16 }]);
  });

  test('may be behind its branch: what is newer there, and what is new; deleted and renamed files are neither', async () => {
    harness = gitHarness({ 'a_15m.yml': 'one\n', 'b_15m.yml': 'two\n', 'sub/c_15m.yml': 'three\n' });
    const lag = async () => harness.target.baselineLag(await harness.target.snapshot({ forWriting: false }));
    expect(await lag()).toBeUndefined();
    harness.git('switch', '--quiet', 'main');
    harness.git('rm', '--quiet', `${checks}/b_15m.yml`);
    writeFileSync(join(harness.repository, 'elsewhere.txt'), 'x');
    harness.commit('Gone, and elsewhere');
    expect(await lag()).toBeUndefined();
    harness.put({ 'a_15m.yml': 'later\n', 'sub/new_15m.yml': 'new\n' });
    harness.commit('Later');
    harness.git('switch', '--quiet', testBranch);
    expect(await lag()).toEqual({
      ref: 'main',
      date: harness.git('log', '-1', '--format=%cs', testBranch),
      newer: ['a_15m.yml', 'sub/new_15m.yml'],
      added: ['sub/new_15m.yml'],
    });
  });

  test('had its bytes before a commit, or did not', async () => {
    harness = gitHarness({ 'a_15m.yml': 'one\n', 'b_15m.yml': 'two\n' });
    const before = harness.git('rev-parse', 'HEAD');
    harness.put({ 'a_15m.yml': 'later\n' });
    harness.git('switch', '--quiet', 'main');
    const after = harness.commit('Later');
    harness.git('switch', '--quiet', testBranch);
    harness.git('merge', '--quiet', 'main');
    const names = ['a_15m.yml', 'b_15m.yml', 'nowhere_15m.yml'];
    expect([...(await harness.target.heldUpTo(before, names))]).toEqual(['b_15m.yml']);
    expect([...(await harness.target.heldUpTo(after, names))]).toEqual(['a_15m.yml', 'b_15m.yml']);
    expect([...(await harness.target.heldUpTo(after, ['a_15m.yml']))]).toEqual(['a_15m.yml']);
    expect([...(await harness.target.heldUpTo('0'.repeat(40), names))]).toEqual([]);
  });

  test('is undefined for a file that git does not track', async () => {
    harness = gitHarness();
    harness.put({ 'mine_15m.yml': 'untracked\n' });
    expect((await versions())['mine_15m.yml']).toEqual(['untracked\n', undefined, undefined]);
    harness.git('add', '--all');
    expect((await versions())['mine_15m.yml']).toEqual(['untracked\n', undefined, undefined]);
  });

  test('remains when the file on disk is deleted', async () => {
    harness = gitHarness();
    rmSync(join(harness.repository, checks, 'a_15m.yml'));
    expect((await versions())['a_15m.yml']).toEqual([undefined, 'one\n', 'one\n']);
  });
});

describe('bytes', () => {
  test('are preserved: CRLF, no final newline, not UTF-8, empty', async () => {
    const unusual = {
      'crlf_15m.yml': 'a: 1\r\nb: 2\r\n',
      'bare_15m.yml': 'no line end',
      'empty_15m.yml': '',
      'binary_15m.yml': Buffer.from([0xff, 0x00, 0x0a, 0x0d, 0x80, 0x0a, 0x0a]),
    };
    harness = gitHarness(unusual);
    harness.put({
      'crlf_15m.yml': 'changed',
      'bare_15m.yml': '',
      'empty_15m.yml': '\n',
      'binary_15m.yml': 'x',
    });
    const files = await harness.files();
    for (const [path, bytes] of Object.entries(unusual)) {
      expect(files[path]?.baseline).toEqual(Buffer.from(bytes));
      expect(files[path]?.head).toEqual(Buffer.from(bytes));
    }
  });

  test('a blob that the repository has lost is no version of its file, and its neighbours keep their bytes', async () => {
    const first = {
      'a_15m.yml': 'a\n',
      'b_15m.yml': 'b',
      'c_15m.yml': 'c\n',
      'd_15m.yml': '',
      'e_15m.yml': 'e\n\n',
    };
    harness = gitHarness(first);
    for (const lost of ['a_15m.yml', 'c_15m.yml', 'd_15m.yml']) {
      const id = harness.git('rev-parse', `HEAD:${checks}/${lost}`);
      rmSync(join(harness.repository, '.git/objects', id.slice(0, 2), id.slice(2)));
    }
    harness.put(Object.fromEntries(Object.keys(first).map((path) => [path, 'edited\n'])));
    const files = await harness.files();
    expect(Object.entries(files).map(([path, { baseline }]) => [path, baseline?.toString()])).toEqual([
      ['a_15m.yml', undefined],
      ['b_15m.yml', 'b'],
      ['c_15m.yml', undefined],
      ['d_15m.yml', undefined],
      ['e_15m.yml', 'e\n\n'],
    ]);
  });

  test.each([
    ['core.autocrlf=true', { 'core.autocrlf': 'true' }, ''],
    ['eol=crlf in .gitattributes', {}, '*.yml text eol=crlf\n'],
    [
      'a smudge filter',
      { 'filter.shout.smudge': 'tr a-z A-Z', 'filter.shout.clean': 'tr A-Z a-z' },
      '*.yml filter=shout\n',
    ],
  ])('that git writes otherwise than it keeps them are nobody’s edit: %s', async (_, config, attributes) => {
    harness = gitHarness({ 'a_15m.yml': 'one\ntwo\n', '../../.gitattributes': attributes }, { config });
    rmSync(join(harness.repository, checks, 'a_15m.yml'));
    harness.git('checkout', '--', '.');
    const onDisk = harness.read('a_15m.yml');
    expect(onDisk).not.toEqual(Buffer.from('one\ntwo\n'));
    const { 'a_15m.yml': file } = await harness.files();
    expect([file?.disk, file?.head, file?.baseline]).toEqual([onDisk, onDisk, onDisk]);
    expect(new Set([file?.diskDigest, file?.headDigest, file?.baselineDigest]).size).toBe(1);

    harness.put({ 'a_15m.yml': Buffer.concat([onDisk, onDisk]) });
    await harness.target.commit(['a_15m.yml'], '2x', '2x r');
    expect(harness.git('show', `HEAD:${checks}/a_15m.yml`)).toBe('one\ntwo\none\ntwo');
    expect((await harness.files())['a_15m.yml']).toMatchObject({
      head: Buffer.concat([onDisk, onDisk]),
      baseline: onDisk,
    });
  });
});

describe('names', () => {
  const names = [
    'with space_15m.yml',
    'ünïcödé-测试_15m.yml',
    '"quoted"_15m.yml',
    "it's_15m.yml",
    'back\\slash_15m.yml',
    '-leading-dash_15m.yml',
    '--force_15m.yml',
    ':(glob)**_15m.yml',
    ':!not_15m.yml',
    '*_15m.yml',
    '$(touch pwned)_15m.yml',
    'deep/er/still_15m.yml',
    '[a-z]_15m.yml',
    'tab\there_15m.yml',
    'line\nend_15m.yml',
  ];
  const spoken = names.filter((name) => !/[\t\n]/.test(name));

  test('of every kind are read, written and committed; those with control characters are not touched', async () => {
    harness = gitHarness(Object.fromEntries(names.map((name) => [name, `${name}\n`])));
    const before = await harness.files();
    expect(Object.keys(before).toSorted()).toEqual(spoken.toSorted());
    for (const name of spoken) expect(textOf(before[name]?.baseline)).toBe(`${name}\n`);

    await harness.target.write(spoken.map((path) => harness.over(path, 'scaled\n')));
    const { files } = await harness.target.commit(spoken, '2x', '2x review');
    expect(files.toSorted()).toEqual(spoken.map((name) => `${checks}/${name}`).toSorted());
    expect(harness.git('status', '--porcelain')).toBe('');
    expect(readdirSync(harness.repository).toSorted()).toEqual(['.git', 'checks']);
  });

  test('of every kind are restored from a backup with git apply', async () => {
    harness = gitHarness(Object.fromEntries(spoken.map((name) => [name, `${name}\n`])));
    const mine = Buffer.from([0x61, 0x0d, 0x0a, 0xff, 0xfe, 0x0a, 0xc3, 0xa4]);
    await harness.target.write(spoken.map((path) => harness.over(path, mine)));
    const after = Buffer.from('a\r\nscaled\n');
    const backup = await harness.target.backup(spoken.map((path) => ({ path, before: mine, after })));
    await harness.target.write(spoken.map((path) => harness.over(path, after)));
    harness.git('apply', backup);
    for (const path of spoken) expect(harness.read(path)).toEqual(mine);
  });
});

test('a file that is written keeps its mode, whatever the umask', async () => {
  harness = gitHarness({ 'a_15m.yml': 'one\n' });
  const path = join(harness.repository, checks, 'a_15m.yml');
  chmodSync(path, 0o666);
  await harness.target.write([harness.over('a_15m.yml', 'two\n')]);
  expect(readFileSync(path, 'utf8')).toBe('two\n');
  expect(statSync(path).mode & 0o777).toBe(0o666);
});

test('a file that is new has the mode that the umask leaves', async () => {
  harness = gitHarness();
  const before = process.umask(0o077);
  onTestFinished(() => void process.umask(before));
  await harness.target.write([{ path: 'b_15m.yml', bytes: Buffer.from('one\n'), replaces: undefined }]);
  expect(statSync(join(harness.repository, checks, 'b_15m.yml')).mode & 0o777).toBe(0o600);
});

test('a backup restores a deletion as a deletion, and never replaces an earlier backup', async () => {
  harness = gitHarness();
  const files = [{ path: 'a_15m.yml', before: undefined, after: Buffer.from('one\n') }];
  const backups = await Promise.all([1, 2, 3].map(() => harness.target.backup(files)));
  expect(new Set(backups).size).toBe(3);
  harness.git('apply', backups[0] ?? '');
  expect(existsSync(join(harness.repository, checks, 'a_15m.yml'))).toBe(false);
});

test.each([
  ['edited', 'theirs\n'],
  ['deleted', undefined],
])('a file that was %s since the look is left as it is', async (_, theirs) => {
  harness = gitHarness();
  const planned = harness.over('a_15m.yml', 'scaled\n');
  if (theirs === undefined) rmSync(join(harness.repository, checks, 'a_15m.yml'));
  else harness.put({ 'a_15m.yml': theirs });
  await expect(harness.target.write([planned])).rejects.toMatchObject({
    code: 'CONFLICT',
    message: expect.stringMatching(/a_15m\.yml.*That file was not written/),
  });
  expect((await versions())['a_15m.yml']?.[0]).toBe(theirs);
  expect(readdirSync(join(harness.repository, checks))).toEqual(theirs === undefined ? [] : ['a_15m.yml']);
});

test('a snapshot of many files that is cancelled half-way stops there', async () => {
  const many = Array.from({ length: 200 }, (_, index) => [`check_${index}_15m.yml`, `${index}\n`]);
  harness = gitHarness(Object.fromEntries(many));
  const cancelling = new AbortController();
  const read: number[] = [];
  const watch = {
    signal: cancelling.signal,
    progress(done: number) {
      read.push(done);
      // As from a client: it arrives between two turns of the event loop.
      setImmediate(() => cancelling.abort());
    },
  };
  await expect(harness.target.snapshot({ forWriting: false }, watch)).rejects.toMatchObject({
    name: 'AbortError',
  });
  expect(read.at(-1)).toBeLessThan(many.length);
});

test('a file that appears where none was expected is not overwritten', async () => {
  harness = gitHarness();
  const planned = harness.over('new_15m.yml', 'scaled\n');
  harness.put({ 'new_15m.yml': 'theirs\n' });
  await expect(harness.target.write([planned])).rejects.toMatchObject({ code: 'CONFLICT' });
  expect(textOf(harness.read('new_15m.yml'))).toBe('theirs\n');
});

describe('containment', () => {
  const bytes = Buffer.from('written');

  test('links, hard links and special files are not checks, and are not written through', async () => {
    harness = gitHarness({ 'a_15m.yml': 'one\n', 'sub/b_15m.yml': 'two\n' });
    const secret = join(harness.folder, 'secret');
    writeFileSync(secret, 'secret');
    const inside = (path: string) => join(harness.repository, checks, path);
    symlinkSync(secret, inside('link_15m.yml'));
    symlinkSync(harness.folder, inside('linked'));
    symlinkSync('nowhere', inside('dangling'));
    linkSync(secret, inside('hard_15m.yml'));
    mkdirSync(inside('folder_15m.yml'));
    expect(Object.keys(await harness.files())).toEqual(['a_15m.yml', 'hard_15m.yml', 'sub/b_15m.yml']);

    for (const path of [
      'link_15m.yml',
      'linked/secret',
      'dangling/c_15m.yml',
      'hard_15m.yml',
      'folder_15m.yml',
      '../../../secret',
      '../../.git/config',
      '.git/config',
      '.GIT/config',
      '.claude/settings.json',
      '.mcp.json',
    ])
      await expect(
        harness.target.write([harness.over('a_15m.yml', bytes), { path, bytes, replaces: undefined }]),
      ).rejects.toMatchObject({ code: 'DENIED' });
    // Refused before any file was written.
    expect(textOf(harness.read('a_15m.yml'))).toBe('one\n');
    expect(textOf(harness.read('../../../secret'))).toBe('secret');
  });

  test('a folder that is moved away and replaced by a link to it is not written through', async () => {
    harness = gitHarness({ 'sub/a_15m.yml': 'one\n' });
    const inside = (path: string) => join(harness.repository, checks, path);
    const outside = join(harness.folder, 'outside');
    const planned = harness.over('sub/a_15m.yml', bytes);
    const swapped = {
      ...planned,
      // Read after every path was looked at, and before this file is replaced.
      get bytes() {
        renameSync(inside('sub'), outside);
        symlinkSync(outside, inside('sub'));
        return bytes;
      },
    };
    await expect(harness.target.write([swapped])).rejects.toMatchObject({ code: 'DENIED' });
    expect(readdirSync(outside)).toEqual(['a_15m.yml']);
    expect(readFileSync(join(outside, 'a_15m.yml'), 'utf8')).toBe('one\n');
  });

  test('a repository inside the checks is not touched', async () => {
    harness = gitHarness();
    harness.git('init', '--quiet', join(checks, 'nested'));
    expect(Object.keys(await harness.files())).toEqual(['a_15m.yml']);
    await expect(
      harness.target.write([{ path: 'nested/.git/config', bytes, replaces: undefined }]),
    ).rejects.toMatchObject({
      code: 'DENIED',
    });
  });

  test.each([
    ['does not exist', 'checks/nowhere'],
    ['is a link out of the repository', 'out'],
    ['leads into .git', '.git/hooks'],
    ['is the repository itself', '.'],
  ])('CHECKS_PATH %s: CONFIG', async (_, checksPath) => {
    harness = gitHarness();
    symlinkSync(harness.folder, join(harness.repository, 'out'));
    await expect(harness.adapter({ checksPath }).snapshot({ forWriting: false })).rejects.toMatchObject({
      code: 'CONFIG',
    });
  });

  test('the draft of a killed writer is not a check, and the next write removes it', async () => {
    harness = gitHarness();
    const draft = `.audit-load-test-999999999-0123456789ab`;
    harness.put({ [draft]: 'half', 'sub/x_15m.yml': 'x' });
    expect(Object.keys(await harness.files())).toEqual(['a_15m.yml', 'sub/x_15m.yml']);
    await harness.target.write([harness.over('a_15m.yml', bytes)]);
    expect(existsSync(join(harness.repository, checks, draft))).toBe(false);
  });

  test('the mode of a file stays', async () => {
    harness = gitHarness();
    harness.git('update-index', '--chmod=+x', `${checks}/a_15m.yml`);
    harness.git('commit', '--quiet', '-m', 'Executable');
    harness.git('checkout', '--', '.');
    await harness.target.write([harness.over('a_15m.yml', bytes)]);
    expect(harness.git('diff', '--summary')).toBe('');
  });
});

describe('the state of the repository', () => {
  const refused = (code: string, words: RegExp, next: RegExp) =>
    expect(harness.target.snapshot({ forWriting: true })).rejects.toMatchObject({
      code,
      message: expect.stringMatching(words),
      next: expect.stringMatching(next),
    });

  test('another branch: writing is refused, reading is not', async () => {
    harness = gitHarness();
    harness.git('switch', '--quiet', 'main');
    await refused('WRONG_STATE', /on branch main, not on audit_checks/, /git checkout audit_checks/);
    expect((await harness.target.snapshot({ forWriting: false })).branch).toBe('main');
    await expect(harness.target.write([])).rejects.toMatchObject({ code: 'WRONG_STATE' });
    await expect(harness.target.commit([], 'm', 't')).rejects.toMatchObject({ code: 'WRONG_STATE' });
  });

  test('detached', async () => {
    harness = gitHarness();
    harness.git('checkout', '--quiet', '--detach');
    await refused('WRONG_STATE', /detached/, /git checkout/);
  });

  test('a branch without a commit', async () => {
    harness = gitHarness();
    harness.git('branch', '--quiet', '-m', 'other');
    harness.git('checkout', '--quiet', '--orphan', testBranch);
    await refused('WRONG_STATE', /no commit yet/, /commit the checks/);
  });

  test('no such BASELINE_REF, and one that shares no history', async () => {
    harness = gitHarness();
    await expect(
      harness.adapter({ baselineRef: 'origin/main' }).snapshot({ forWriting: true }),
    ).rejects.toMatchObject({ code: 'CONFIG', message: expect.stringMatching(/has no origin\/main/) });
    harness.git('checkout', '--quiet', '--orphan', 'elsewhere');
    harness.commit('Another root');
    harness.git('checkout', '--quiet', testBranch);
    await expect(
      harness.adapter({ baselineRef: 'elsewhere' }).snapshot({ forWriting: true }),
    ).rejects.toMatchObject({ code: 'CONFIG', message: expect.stringMatching(/shares no history/) });
    await expect(
      harness.adapter({ baselineRef: '--output=pwned' }).snapshot({ forWriting: true }),
    ).rejects.toMatchObject({ code: 'CONFIG' });
  });

  test.each([
    ['merge', ['merge', '--quiet', 'main']],
    ['rebase', ['rebase', '--quiet', 'main']],
    ['cherry-pick', ['cherry-pick', 'main']],
    ['revert', ['revert', '--no-edit', 'HEAD~1']],
  ])('in the middle of a %s', async (what, command) => {
    harness = gitHarness();
    harness.put({ 'a_15m.yml': 'ours\n' });
    harness.commit('Ours');
    harness.put({ 'a_15m.yml': 'ours, later\n' });
    harness.commit('Ours, later');
    harness.git('switch', '--quiet', 'main');
    harness.put({ 'a_15m.yml': 'theirs\n' });
    harness.commit('Theirs');
    harness.git('switch', '--quiet', testBranch);
    expect(() => harness.git(...command)).toThrow();
    await refused('WRONG_STATE', new RegExp(`middle of a ${what}`), /finish or abort/);
    await expect(harness.target.commit(['a_15m.yml'], 'm', 't')).rejects.toMatchObject({
      code: 'WRONG_STATE',
    });
  });

  test('in the middle of a bisect, and of git am', async () => {
    harness = gitHarness();
    harness.git('bisect', 'start');
    await refused('WRONG_STATE', /middle of a bisect/, /finish or abort/);
    harness.git('bisect', 'reset');
    const patch = join(harness.folder, 'patch');
    writeFileSync(
      patch,
      'From: Ada <ada@example.com>\nSubject: x\n\n---\n--- a/none\n+++ b/none\n@@ -1 +1 @@\n-a\n+b\n',
    );
    expect(() => harness.git('am', '--quiet', patch)).toThrow();
    await refused('WRONG_STATE', /middle of a git am/, /finish or abort/);
  });

  test('a missing folder, and a folder that is not a repository', async () => {
    harness = gitHarness();
    for (const targetRepo of [join(harness.folder, 'none'), harness.folder, join(harness.repository, checks)])
      await expect(harness.adapter({ targetRepo }).snapshot({ forWriting: false })).rejects.toMatchObject({
        code: 'CONFIG',
      });
  });

  test('worktrees of one repository have one writer and one identity', async () => {
    harness = gitHarness();
    const worktree = join(harness.folder, 'worktree');
    harness.git('worktree', 'add', '--quiet', '-b', 'other', worktree);
    const other = harness.adapter({ targetRepo: worktree });
    const watch = { signal: new AbortController().signal, progress: () => undefined };
    await harness.target.exclusively('scaleConfigs', watch, async () => {
      await expect(other.exclusively('scaleConfigs', watch, async () => 1)).rejects.toThrow(
        'scaleConfigs of another call',
      );
    });
    await harness.target.write([harness.over('a_15m.yml', 'scaled\n')]);
    expect((await other.checkout())?.id).toMatch(/^[0-9a-f]{32}$/);
    expect((await other.checkout())?.id).toBe((await harness.target.checkout())?.id);
  });

  test('a linked worktree works like any repository', async () => {
    harness = gitHarness();
    harness.git('switch', '--quiet', 'main');
    const worktree = join(harness.folder, 'worktree');
    harness.git('worktree', 'add', '--quiet', worktree, testBranch);
    const target = harness.adapter({ targetRepo: worktree });
    await target.write([harness.over('a_15m.yml', 'scaled\n')]);
    const { sha } = await target.commit(['a_15m.yml'], '2x', '2x r');
    expect(harness.git('rev-parse', testBranch)).toBe(sha);
    expect(harness.git('status', '--porcelain')).toBe('');
  });

  test('a repository with sha256 names', async () => {
    harness = gitHarness(
      { 'a_15m.yml': 'one\n', 'b_15m.yml': 'two\n' },
      { init: ['--object-format=sha256'] },
    );
    harness.put({ 'a_15m.yml': 'scaled\n' });
    expect(await versions()).toEqual({
      'a_15m.yml': ['scaled\n', 'one\n', 'one\n'],
      'b_15m.yml': ['two\n', 'two\n', 'two\n'],
    });
    const { sha } = await harness.target.commit(['a_15m.yml'], '2x', '2x r');
    expect(sha).toMatch(/^[0-9a-f]{64}$/);
  });
});

test.each(['run', 'bytes'] as const)('a folder that git cannot start in is named (%s)', async (how) => {
  harness = gitHarness();
  const gone = join(harness.folder, 'gone');
  const git = openGit(gone, { sleep: async () => undefined });
  await expect(git[how](['cat-file', '--batch'])).rejects.toMatchObject({
    code: 'UPSTREAM',
    message: expect.stringContaining('git cat-file failed'),
  });
});
