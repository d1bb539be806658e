import { existsSync, linkSync, mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { checks, type GitHarness, gitHarness, testBranch, textOf } from './gitHarness.ts';

let bed: GitHarness;
afterEach(() => bed.close());

/** Path -> what lies on disk, at HEAD and in the baseline. */
async function versions() {
  const files = await bed.files();
  return Object.fromEntries(
    Object.entries(files).map(([path, { disk, head, baseline }]) => [
      path,
      [disk, head, baseline].map(textOf),
    ]),
  );
}

describe('the baseline', () => {
  test('is the file where the branch left BASELINE_REF, whatever was committed since', async () => {
    bed = gitHarness({ 'a_15m.yml': 'one\n', 'b_daily.yml': 'two\n' });
    bed.put({ 'a_15m.yml': 'scaled\n' });
    bed.commit('2x');
    bed.put({ 'a_15m.yml': 'scaled again\n' });
    expect(await versions()).toEqual({
      'a_15m.yml': ['scaled again\n', 'scaled\n', 'one\n'],
      'b_daily.yml': ['two\n', 'two\n', 'two\n'],
    });
  });

  test('does not follow BASELINE_REF before the branch does', async () => {
    bed = gitHarness();
    bed.git('switch', '--quiet', 'main');
    bed.put({ 'a_15m.yml': 'newer on main\n' });
    bed.commit('Later');
    bed.git('switch', '--quiet', testBranch);
    expect(await versions()).toEqual({ 'a_15m.yml': ['one\n', 'one\n', 'one\n'] });
    bed.git('merge', '--quiet', 'main');
    expect(await versions()).toEqual({
      'a_15m.yml': ['newer on main\n', 'newer on main\n', 'newer on main\n'],
    });
  });

  test('of a file that is new on the branch is its first version there', async () => {
    bed = gitHarness();
    bed.put({ 'new_15m.yml': 'first\n' });
    bed.commit('New');
    bed.put({ 'new_15m.yml': 'second\n' });
    bed.commit('2x');
    const files = await bed.files();
    expect(files['new_15m.yml']).toMatchObject({ newOnBranch: true });
    expect((await versions())['new_15m.yml']).toEqual(['second\n', 'second\n', 'first\n']);
  });

  test('stays the first version when the file was deleted and came back', async () => {
    bed = gitHarness();
    bed.put({ 'new_15m.yml': 'first\n' });
    bed.commit('New');
    bed.git('rm', '--quiet', `${checks}/new_15m.yml`);
    bed.commit('Gone');
    bed.put({ 'new_15m.yml': 'back\n' });
    bed.commit('Back');
    expect((await versions())['new_15m.yml']?.[2]).toBe('first\n');
  });

  test('follows a rename on the branch to the old name’s baseline, also through two renames', async () => {
    const check = 'a check of many lines\nthat stays\nmostly\nas it\nis\n';
    bed = gitHarness({ 'old_15m.yml': `${check}INTERVAL 1\n` });
    bed.put({ 'old_15m.yml': `${check}INTERVAL 2\n` });
    bed.commit('2x');
    bed.git('mv', `${checks}/old_15m.yml`, `${checks}/new name_15m.yml`);
    bed.commit('Rename');
    bed.git('mv', `${checks}/new name_15m.yml`, `${checks}/newest_15m.yml`);
    bed.commit('Rename again');
    const files = await bed.files();
    expect(Object.keys(files)).toEqual(['newest_15m.yml']);
    expect(files['newest_15m.yml']?.newOnBranch).toBe(true);
    expect(textOf(files['newest_15m.yml']?.baseline)).toBe(`${check}INTERVAL 1\n`);
  });

  test('is refused where a load test was merged into it, or squashed: its configs are scaled already', async () => {
    bed = gitHarness({ 'a_15m.yml': 'one\n', 'b_15m.yml': 'two\n' });
    bed.put({ 'a_15m.yml': 'scaled\n' });
    const { sha } = await bed.target.commit(['a_15m.yml'], 'Load test 2x configs', '2x review');
    bed.git('switch', '--quiet', 'main');
    bed.git('merge', '--quiet', '--no-ff', '--message', 'Merge', testBranch);
    bed.git('switch', '--quiet', testBranch);
    bed.git('merge', '--quiet', 'main');
    await expect(bed.adapter().snapshot({ forWriting: false })).rejects.toMatchObject({
      code: 'CONFIG',
      message: expect.stringContaining(`a_15m.yml is unchanged since commit ${sha.slice(0, 12)}`),
    });

    bed.git('switch', '--quiet', 'main');
    bed.git('reset', '--quiet', '--hard', 'HEAD~1');
    bed.git('merge', '--quiet', '--squash', sha);
    bed.git(
      'commit',
      '--quiet',
      '--message',
      `Load test (#7)\n\n* ${bed.git('show', '-s', '--format=%B', sha)}`,
    );
    bed.git('branch', '--quiet', '--force', testBranch);
    bed.git('switch', '--quiet', testBranch);
    await expect(bed.adapter().snapshot({ forWriting: false })).rejects.toMatchObject({ code: 'CONFIG' });
    expect(await bed.adapter({ baselineRef: 'main~1' }).snapshot({ forWriting: false })).toBeTruthy();
  });

  test('is refused after a squash under a title of its own, once the test branch has merged it back', async () => {
    bed = gitHarness({ 'a_15m.yml': 'one\n', 'b_15m.yml': 'two\n' });
    bed.put({ 'a_15m.yml': 'scaled\n' });
    const { sha } = await bed.target.commit(['a_15m.yml'], 'Load test 2x configs', '2x review');
    bed.git('switch', '--quiet', 'main');
    bed.git('merge', '--quiet', '--squash', sha);
    bed.git('commit', '--quiet', '--message', 'Checks (#12)');
    bed.git('switch', '--quiet', testBranch);
    bed.git('merge', '--quiet', '--message', 'Merge main', 'main');
    await expect(bed.adapter().snapshot({ forWriting: false })).rejects.toMatchObject({
      code: 'CONFIG',
      message: expect.stringContaining(`a_15m.yml is unchanged since commit ${sha.slice(0, 12)}`),
    });
  });

  test('is sound where a load test itself brought the files back, as 1x does', async () => {
    bed = gitHarness();
    bed.put({ 'a_15m.yml': 'scaled\n' });
    await bed.target.commit(['a_15m.yml'], 'Load test 2x configs', '2x review');
    bed.put({ 'a_15m.yml': 'one\n' });
    await bed.target.commit(['a_15m.yml'], 'Load test 1x configs', '1x review');
    expect(await versions()).toEqual({ 'a_15m.yml': ['one\n', 'one\n', 'one\n'] });
  });

  test('is sound again once the merged load test was reverted', async () => {
    bed = gitHarness();
    bed.put({ 'a_15m.yml': 'scaled\n' });
    const { sha } = await bed.target.commit(['a_15m.yml'], 'Load test 2x configs', '2x review');
    bed.git('switch', '--quiet', 'main');
    bed.git('merge', '--quiet', '--ff-only', testBranch);
    bed.git('revert', '--no-edit', sha);
    bed.git('switch', '--quiet', testBranch);
    bed.git('merge', '--quiet', 'main');
    expect(await versions()).toEqual({ 'a_15m.yml': ['one\n', 'one\n', 'one\n'] });
  });

  test('is missing for a file that git does not know', async () => {
    bed = gitHarness();
    bed.put({ 'mine_15m.yml': 'untracked\n' });
    expect((await versions())['mine_15m.yml']).toEqual(['untracked\n', undefined, undefined]);
    bed.git('add', '--all');
    expect((await versions())['mine_15m.yml']).toEqual(['untracked\n', undefined, undefined]);
  });

  test('stays where the disk has no file any more', async () => {
    bed = gitHarness();
    rmSync(join(bed.repository, checks, 'a_15m.yml'));
    expect((await versions())['a_15m.yml']).toEqual([undefined, 'one\n', 'one\n']);
  });
});

describe('bytes', () => {
  test('come back as they are: CRLF, no last line end, not UTF-8, empty', async () => {
    const odd = {
      'crlf_15m.yml': 'a: 1\r\nb: 2\r\n',
      'bare_15m.yml': 'no line end',
      'empty_15m.yml': '',
      'binary_15m.yml': Buffer.from([0xff, 0x00, 0x0a, 0x0d, 0x80, 0x0a, 0x0a]),
    };
    bed = gitHarness(odd);
    bed.put({ 'crlf_15m.yml': 'changed', 'bare_15m.yml': '', 'empty_15m.yml': '\n', 'binary_15m.yml': 'x' });
    const files = await bed.files();
    for (const [path, bytes] of Object.entries(odd)) {
      expect(files[path]?.baseline).toEqual(Buffer.from(bytes));
      expect(files[path]?.head).toEqual(Buffer.from(bytes));
    }
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
    bed = gitHarness({ 'a_15m.yml': 'one\ntwo\n', '../../.gitattributes': attributes }, { config });
    rmSync(join(bed.repository, checks, 'a_15m.yml'));
    bed.git('checkout', '--', '.');
    const onDisk = bed.read('a_15m.yml');
    expect(onDisk).not.toEqual(Buffer.from('one\ntwo\n'));
    const { 'a_15m.yml': file } = await bed.files();
    expect([file?.disk, file?.head, file?.baseline]).toEqual([onDisk, onDisk, onDisk]);
    expect(new Set([file?.diskDigest, file?.headDigest, file?.baselineDigest]).size).toBe(1);

    bed.put({ 'a_15m.yml': Buffer.concat([onDisk, onDisk]) });
    await bed.target.commit(['a_15m.yml'], '2x', '2x r');
    expect(bed.git('show', `HEAD:${checks}/a_15m.yml`)).toBe('one\ntwo\none\ntwo');
    expect((await bed.files())['a_15m.yml']).toMatchObject({
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

  test('of every kind are read, written and committed; those with control characters are left alone', async () => {
    bed = gitHarness(Object.fromEntries(names.map((name) => [name, `${name}\n`])));
    const before = await bed.files();
    expect(Object.keys(before).toSorted()).toEqual(spoken.toSorted());
    for (const name of spoken) expect(textOf(before[name]?.baseline)).toBe(`${name}\n`);

    await bed.target.write(spoken.map((path) => bed.over(path, 'scaled\n')));
    const { files } = await bed.target.commit(spoken, '2x', '2x review');
    expect(files.toSorted()).toEqual(spoken.map((name) => `${checks}/${name}`).toSorted());
    expect(bed.git('status', '--porcelain')).toBe('');
    expect(readdirSync(bed.repository).toSorted()).toEqual(['.git', 'checks']);
  });

  test('of every kind come back from a backup with git apply', async () => {
    bed = gitHarness(Object.fromEntries(spoken.map((name) => [name, `${name}\n`])));
    const mine = Buffer.from([0x61, 0x0d, 0x0a, 0xff, 0xfe, 0x0a, 0xc3, 0xa4]);
    await bed.target.write(spoken.map((path) => bed.over(path, mine)));
    const after = Buffer.from('a\r\nscaled\n');
    const backup = await bed.target.backup(spoken.map((path) => ({ path, before: mine, after })));
    await bed.target.write(spoken.map((path) => bed.over(path, after)));
    bed.git('apply', backup);
    for (const path of spoken) expect(bed.read(path)).toEqual(mine);
  });
});

test('a backup brings a deletion back as a deletion, and never replaces an earlier backup', async () => {
  bed = gitHarness();
  const files = [{ path: 'a_15m.yml', before: undefined, after: Buffer.from('one\n') }];
  const backups = await Promise.all([1, 2, 3].map(() => bed.target.backup(files)));
  expect(new Set(backups).size).toBe(3);
  bed.git('apply', backups[0] ?? '');
  expect(existsSync(join(bed.repository, checks, 'a_15m.yml'))).toBe(false);
});

test.each([
  ['edited', 'theirs\n'],
  ['deleted', undefined],
])('a file that was %s since the look is left as it is', async (_, theirs) => {
  bed = gitHarness();
  const planned = bed.over('a_15m.yml', 'scaled\n');
  if (theirs === undefined) rmSync(join(bed.repository, checks, 'a_15m.yml'));
  else bed.put({ 'a_15m.yml': theirs });
  await expect(bed.target.write([planned])).rejects.toMatchObject({
    code: 'CONFLICT',
    message: expect.stringMatching(/a_15m\.yml.*That file was not written/),
  });
  expect((await versions())['a_15m.yml']?.[0]).toBe(theirs);
  expect(readdirSync(join(bed.repository, checks))).toEqual(theirs === undefined ? [] : ['a_15m.yml']);
});

test('a look at many files that is cancelled half-way stops there', async () => {
  const many = Array.from({ length: 200 }, (_, index) => [`check_${index}_15m.yml`, `${index}\n`]);
  bed = gitHarness(Object.fromEntries(many));
  const cancelling = new AbortController();
  const read: number[] = [];
  const watch = {
    signal: cancelling.signal,
    progress(done: number) {
      read.push(done);
      // As from a client: it comes by itself, between two turns.
      setImmediate(() => cancelling.abort());
    },
  };
  await expect(bed.target.snapshot({ forWriting: false }, watch)).rejects.toMatchObject({
    name: 'AbortError',
  });
  expect(read.at(-1)).toBeLessThan(many.length);
});

test('a file that came where none was expected is left as it is', async () => {
  bed = gitHarness();
  const planned = bed.over('new_15m.yml', 'scaled\n');
  bed.put({ 'new_15m.yml': 'theirs\n' });
  await expect(bed.target.write([planned])).rejects.toMatchObject({ code: 'CONFLICT' });
  expect(textOf(bed.read('new_15m.yml'))).toBe('theirs\n');
});

describe('containment', () => {
  const bytes = Buffer.from('written');

  test('links, hard links and what is no file are no checks, and are not written through', async () => {
    bed = gitHarness({ 'a_15m.yml': 'one\n', 'sub/b_15m.yml': 'two\n' });
    const secret = join(bed.place, 'secret');
    writeFileSync(secret, 'secret');
    const inside = (path: string) => join(bed.repository, checks, path);
    symlinkSync(secret, inside('link_15m.yml'));
    symlinkSync(bed.place, inside('linked'));
    symlinkSync('nowhere', inside('dangling'));
    linkSync(secret, inside('hard_15m.yml'));
    mkdirSync(inside('folder_15m.yml'));
    expect(Object.keys(await bed.files())).toEqual(['a_15m.yml', 'hard_15m.yml', 'sub/b_15m.yml']);

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
        bed.target.write([bed.over('a_15m.yml', bytes), { path, bytes, expected: undefined }]),
      ).rejects.toMatchObject({ code: 'DENIED' });
    // Refused before the first of the files was written.
    expect(textOf(bed.read('a_15m.yml'))).toBe('one\n');
    expect(textOf(bed.read('../../../secret'))).toBe('secret');
  });

  test('a repository inside the checks is left alone', async () => {
    bed = gitHarness();
    bed.git('init', '--quiet', join(checks, 'nested'));
    expect(Object.keys(await bed.files())).toEqual(['a_15m.yml']);
    await expect(
      bed.target.write([{ path: 'nested/.git/config', bytes, expected: undefined }]),
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
    bed = gitHarness();
    symlinkSync(bed.place, join(bed.repository, 'out'));
    await expect(bed.adapter({ checksPath }).snapshot({ forWriting: false })).rejects.toMatchObject({
      code: 'CONFIG',
    });
  });

  test('what a killed writer left behind is no check, and the next write removes it', async () => {
    bed = gitHarness();
    const draft = `.audit-load-test-999999999-0123456789ab`;
    bed.put({ [draft]: 'half', 'sub/x_15m.yml': 'x' });
    expect(Object.keys(await bed.files())).toEqual(['a_15m.yml', 'sub/x_15m.yml']);
    await bed.target.write([bed.over('a_15m.yml', bytes)]);
    expect(existsSync(join(bed.repository, checks, draft))).toBe(false);
  });

  test('the mode of a file stays', async () => {
    bed = gitHarness();
    bed.git('update-index', '--chmod=+x', `${checks}/a_15m.yml`);
    bed.git('commit', '--quiet', '-m', 'Executable');
    bed.git('checkout', '--', '.');
    await bed.target.write([bed.over('a_15m.yml', bytes)]);
    expect(bed.git('diff', '--summary')).toBe('');
  });
});

describe('where the repository stands', () => {
  const refused = (code: string, words: RegExp, next: RegExp) =>
    expect(bed.target.snapshot({ forWriting: true })).rejects.toMatchObject({
      code,
      message: expect.stringMatching(words),
      next: expect.stringMatching(next),
    });

  test('another branch: writing is refused, looking is not', async () => {
    bed = gitHarness();
    bed.git('switch', '--quiet', 'main');
    await refused('WRONG_STATE', /on branch main, not on audit_checks/, /git checkout audit_checks/);
    expect((await bed.target.snapshot({ forWriting: false })).branch).toBe('main');
    await expect(bed.target.write([])).rejects.toMatchObject({ code: 'WRONG_STATE' });
    await expect(bed.target.commit([], 'm', 't')).rejects.toMatchObject({ code: 'WRONG_STATE' });
  });

  test('detached', async () => {
    bed = gitHarness();
    bed.git('checkout', '--quiet', '--detach');
    await refused('WRONG_STATE', /detached/, /git checkout/);
  });

  test('a branch without a commit', async () => {
    bed = gitHarness();
    bed.git('branch', '--quiet', '-m', 'other');
    bed.git('checkout', '--quiet', '--orphan', testBranch);
    await refused('WRONG_STATE', /no commit yet/, /commit the checks/);
  });

  test('no such BASELINE_REF, and one that shares no history', async () => {
    bed = gitHarness();
    await expect(
      bed.adapter({ baselineRef: 'origin/main' }).snapshot({ forWriting: true }),
    ).rejects.toMatchObject({ code: 'CONFIG', message: /has no origin\/main/ });
    bed.git('checkout', '--quiet', '--orphan', 'elsewhere');
    bed.commit('Another root');
    bed.git('checkout', '--quiet', testBranch);
    await expect(
      bed.adapter({ baselineRef: 'elsewhere' }).snapshot({ forWriting: true }),
    ).rejects.toMatchObject({ code: 'CONFIG', message: /shares no history/ });
    await expect(
      bed.adapter({ baselineRef: '--output=pwned' }).snapshot({ forWriting: true }),
    ).rejects.toMatchObject({ code: 'CONFIG' });
  });

  test.each([
    ['merge', ['merge', '--quiet', 'main']],
    ['rebase', ['rebase', '--quiet', 'main']],
    ['cherry-pick', ['cherry-pick', 'main']],
    ['revert', ['revert', '--no-edit', 'HEAD~1']],
  ])('in the middle of a %s', async (what, command) => {
    bed = gitHarness();
    bed.put({ 'a_15m.yml': 'ours\n' });
    bed.commit('Ours');
    bed.put({ 'a_15m.yml': 'ours, later\n' });
    bed.commit('Ours, later');
    bed.git('switch', '--quiet', 'main');
    bed.put({ 'a_15m.yml': 'theirs\n' });
    bed.commit('Theirs');
    bed.git('switch', '--quiet', testBranch);
    expect(() => bed.git(...command)).toThrow();
    await refused('WRONG_STATE', new RegExp(`middle of a ${what}`), /finish or abort/);
    await expect(bed.target.commit(['a_15m.yml'], 'm', 't')).rejects.toMatchObject({ code: 'WRONG_STATE' });
  });

  test('no repository, and a folder that is none', async () => {
    bed = gitHarness();
    for (const targetRepo of [join(bed.place, 'none'), bed.place, join(bed.repository, checks)])
      await expect(bed.adapter({ targetRepo }).snapshot({ forWriting: false })).rejects.toMatchObject({
        code: 'CONFIG',
      });
  });

  test('a linked worktree is a repository like any other', async () => {
    bed = gitHarness();
    bed.git('switch', '--quiet', 'main');
    const worktree = join(bed.place, 'worktree');
    bed.git('worktree', 'add', '--quiet', worktree, testBranch);
    const target = bed.adapter({ targetRepo: worktree });
    await target.write([bed.over('a_15m.yml', 'scaled\n')]);
    const { sha } = await target.commit(['a_15m.yml'], '2x', '2x r');
    expect(bed.git('rev-parse', testBranch)).toBe(sha);
    expect(bed.git('status', '--porcelain')).toBe('');
  });

  test('a repository with sha256 names', async () => {
    bed = gitHarness({ 'a_15m.yml': 'one\n', 'b_15m.yml': 'two\n' }, { init: ['--object-format=sha256'] });
    bed.put({ 'a_15m.yml': 'scaled\n' });
    expect(await versions()).toEqual({
      'a_15m.yml': ['scaled\n', 'one\n', 'one\n'],
      'b_15m.yml': ['two\n', 'two\n', 'two\n'],
    });
    const { sha } = await bed.target.commit(['a_15m.yml'], '2x', '2x r');
    expect(sha).toMatch(/^[0-9a-f]{64}$/);
  });
});
