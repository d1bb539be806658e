import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { createReports } from '../../src/adapters/files/reports.ts';
import { checks, type GitHarness, gitHarness, testBranch } from './gitHarness.ts';
import { instantClock } from './instantClock.ts';

let harness: GitHarness;
afterEach(() => harness.close());

const a = `${checks}/a_15m.yml`;
const commitA = () => harness.target.commit(['a_15m.yml'], 'Load test 2x configs - 2025-12-07', '2x review');

test('only the given files are committed, on top of the branch, with a trailer', async () => {
  harness = gitHarness({ 'a_15m.yml': 'one\n', 'b_15m.yml': 'two\n' });
  harness.put({ 'a_15m.yml': 'scaled\n', 'b_15m.yml': 'not ours\n', 'new_15m.yml': 'not ours either\n' });
  const before = harness.git('rev-parse', 'HEAD');
  expect(await commitA()).toEqual({
    sha: harness.git('rev-parse', 'HEAD'),
    branch: testBranch,
    files: [a],
    message: 'Load test 2x configs - 2025-12-07',
    created: true,
  });
  expect(harness.git('rev-parse', 'HEAD~1')).toBe(before);
  expect(harness.git('log', '-1', '--format=%an <%ae>%n%B')).toBe(
    'Ada <ada@example.com>\nLoad test 2x configs - 2025-12-07\n\nAudit-Load-Test: 2x review\n',
  );
  expect(harness.git('status', '--porcelain')).toBe(` M ${checks}/b_15m.yml\n?? ${checks}/new_15m.yml`);
});

test('new files, deleted files and unusual names are committed as they are on disk', async () => {
  harness = gitHarness({ 'a_15m.yml': 'one\n', 'gone_15m.yml': 'two\n' });
  const names = ['a_15m.yml', 'gone_15m.yml', 'new/größe "a"_15m.yml', 'new/*_15m.yml'];
  harness.put({ 'a_15m.yml': 'scaled\n', 'new/größe "a"_15m.yml': 'new\n', 'new/*_15m.yml': 'star\n' });
  harness.put({ 'new/b_15m.yml': 'not ours\n' });
  rmSync(join(harness.repository, checks, 'gone_15m.yml'));
  expect((await harness.target.commit(names, '2x', '2x review')).files).toHaveLength(4);
  const show = harness.git('-c', 'core.quotePath=false', 'show', '--format=', '--name-status', '-z', 'HEAD');
  expect(show.split('\0').filter(Boolean)).toEqual([
    ...['M', a],
    ...['D', `${checks}/gone_15m.yml`],
    ...['A', `${checks}/new/*_15m.yml`],
    ...['A', `${checks}/new/größe "a"_15m.yml`],
  ]);
});

test('the second call finds the same commit, even below later ones', async () => {
  harness = gitHarness();
  harness.put({ 'a_15m.yml': 'scaled\n' });
  const first = await commitA();
  expect(await commitA()).toEqual({ ...first, created: false });
  harness.commit('Somebody else');
  expect(await commitA()).toEqual({ ...first, created: false });
});

test('a trailer with the same beginning belongs to another commit', async () => {
  harness = gitHarness();
  harness.put({ 'a_15m.yml': 'scaled\n' });
  await harness.target.commit(['a_15m.yml'], '2x', '2x review and more');
  expect(await commitA()).toMatchObject({ created: false, files: [], message: '' });
});

test('repeating a call that was killed between staging and committing finishes it', async () => {
  harness = gitHarness();
  harness.put({ 'a_15m.yml': 'scaled\n' });
  harness.git('add', a);
  expect(await commitA()).toMatchObject({ created: true, files: [a] });
});

test('what somebody staged stays staged, and is not committed: another file, a rename, another version of ours', async () => {
  harness = gitHarness({ 'a_15m.yml': 'one\n', 'b_15m.yml': 'two\n' });
  harness.put({ 'a_15m.yml': 'staged by somebody\n' });
  harness.git('add', a);
  harness.git('mv', `${checks}/b_15m.yml`, `${checks}/c_15m.yml`);
  harness.put({ 'a_15m.yml': 'scaled\n' });
  expect(await commitA()).toMatchObject({ created: true, files: [a] });
  expect(harness.git('show', '--name-status', '--format=')).toBe(`M\t${a}`);
  expect(harness.git('show', `HEAD:${a}`)).toBe('scaled');
  expect(harness.git('show', `:${a}`)).toBe('staged by somebody');
  expect(harness.git('diff', '--cached', '--name-status', '-M')).toBe(
    `M\t${a}\nR100\t${checks}/b_15m.yml\t${checks}/c_15m.yml`,
  );
});

test('no hook of the repository runs', async () => {
  harness = gitHarness();
  const hooks = join(harness.folder, 'hooks');
  mkdirSync(hooks);
  for (const name of [
    'pre-commit',
    'prepare-commit-msg',
    'commit-msg',
    'post-commit',
    'post-checkout',
    'post-index-change',
    'reference-transaction',
    'fsmonitor-watchman',
  ]) {
    const hook = `#!/bin/sh\ntouch ${join(harness.folder, `ran-${name}`)}\nexit 1\n`;
    for (const path of [join(hooks, name), join(harness.repository, '.git/hooks', name)]) {
      writeFileSync(path, hook);
      chmodSync(path, 0o755);
    }
  }
  harness.put({ 'a_15m.yml': 'scaled\n' });
  expect((await commitA()).created).toBe(true);
  harness.git('config', 'core.hooksPath', hooks);
  harness.git('config', 'core.fsmonitor', join(hooks, 'fsmonitor-watchman'));
  harness.put({ 'a_15m.yml': 'scaled again\n' });
  await harness.files();
  expect((await harness.target.commit(['a_15m.yml'], '4x', '4x r')).created).toBe(true);
  expect(readdirSync(harness.folder).filter((name) => name.startsWith('ran-'))).toEqual([]);
});

test('the user’s editor and template settings have no effect', async () => {
  harness = gitHarness();
  const settings = {
    'log.showSignature': 'true',
    'core.editor': '/bin/false',
    'commit.verbose': 'true',
    'status.showUntrackedFiles': 'no',
    'diff.external': '/bin/false',
    'diff.noprefix': 'true',
    'color.ui': 'always',
    'core.quotePath': 'true',
  };
  for (const [name, value] of Object.entries(settings)) harness.git('config', name, value);
  harness.put({ 'a_15m.yml': 'scaled\n', 'ünïcödé_15m.yml': 'new\n' });
  const first = await harness.target.commit(['a_15m.yml', 'ünïcödé_15m.yml'], '2x', '2x r');
  expect(first).toMatchObject({ created: true, files: [a, `${checks}/ünïcödé_15m.yml`] });
  expect(await harness.target.commit(['a_15m.yml'], '2x', '2x r')).toMatchObject({
    sha: first.sha,
    created: false,
  });
});

test('without an identity nothing is committed under a guessed name, and the same call works later', async () => {
  harness = gitHarness();
  harness.git('config', '--unset', 'user.name');
  harness.git('config', '--unset', 'user.email');
  harness.put({ 'a_15m.yml': 'scaled\n' });
  const before = harness.git('rev-parse', 'HEAD');
  await expect(commitA()).rejects.toMatchObject({
    code: 'CONFIG',
    next: expect.stringMatching(/git config --global user.name/),
  });
  await expect(harness.target.identity()).rejects.toMatchObject({ code: 'CONFIG' });
  expect(harness.git('rev-parse', 'HEAD')).toBe(before);
  harness.git('config', 'user.name', 'Ada');
  harness.git('config', 'user.email', 'ada@example.com');
  expect(await harness.target.identity()).toBe('Ada <ada@example.com>');
  expect((await commitA()).created).toBe(true);
});

test('while another git process runs nothing is committed, and reading still works', async () => {
  harness = gitHarness();
  harness.put({ 'a_15m.yml': 'scaled\n' });
  writeFileSync(join(harness.repository, '.git/index.lock'), '');
  await expect(commitA()).rejects.toMatchObject({
    code: 'CONFLICT',
    message: expect.stringMatching(/index\.lock/),
  });
  expect(Object.keys(await harness.files())).toEqual(['a_15m.yml']);
  rmSync(join(harness.repository, '.git/index.lock'));
  expect((await commitA()).created).toBe(true);
});

test('a lock file that nobody holds is named with its age, and so is the process that holds one', async () => {
  harness = gitHarness();
  harness.put({ 'a_15m.yml': 'scaled\n' });
  const lock = join(harness.repository, '.git/index.lock');
  writeFileSync(lock, '');
  const old = new Date(Date.now() - 12 * 60_000);
  utimesSync(lock, old, old);
  await expect(commitA()).rejects.toMatchObject({
    message: expect.stringContaining(`${lock} (12 min old; no git process holds it)`),
    next: expect.stringContaining(`type: rm "${lock}"`),
  });
  for (const [seconds, age] of [
    [100, /\(10\d s old; /],
    [3 * 3600, /\(3 h old; /],
  ] as const) {
    const then = new Date(Date.now() - seconds * 1000);
    utimesSync(lock, then, then);
    await expect(commitA()).rejects.toMatchObject({ message: expect.stringMatching(age) });
  }
  utimesSync(lock, old, old);
  // Waits for its input, as a git that is at work.
  const git = spawn('git', ['cat-file', '--batch'], { cwd: harness.repository });
  await once(git, 'spawn');
  await expect(commitA()).rejects.toMatchObject({
    message: expect.stringMatching(/index\.lock \(12 min old; process \d+ \(git cat-file\) holds it\)/),
    next: expect.stringContaining('let that process finish'),
  });
  const ended = once(git, 'exit');
  git.stdin.end();
  await ended;
  rmSync(lock);
  expect((await commitA()).created).toBe(true);
});

test('a lock file that another git gives up within a moment is waited for', async () => {
  const clock = instantClock();
  // The other git gives it up while this one waits for the second time.
  const sleep = async (ms: number) => {
    await clock.sleep(ms);
    if (clock.waitedMs === 400) rmSync(lock);
  };
  harness = gitHarness(undefined, { clock: { ...clock, sleep } });
  harness.put({ 'a_15m.yml': 'scaled\n' });
  const lock = join(harness.repository, '.git/index.lock');
  writeFileSync(lock, '');
  expect((await commitA()).created).toBe(true);
  expect(clock.waitedMs).toBe(400);
});

test('a repository of another user is refused with the command that trusts it', async (context) => {
  if (process.getuid?.() !== 0) return context.skip('only root gives a folder to another user');
  harness = gitHarness();
  const trust = `git config --global --add safe.directory "${harness.repository}"`;
  chownSync(harness.repository, 65534, 65534);
  chownSync(join(harness.repository, '.git'), 65534, 65534);
  await expect(commitA()).rejects.toMatchObject({ code: 'CONFIG', next: expect.stringContaining(trust) });
});

test('a branch switched between the snapshot and the commit is refused', async () => {
  harness = gitHarness();
  harness.put({ 'a_15m.yml': 'scaled\n' });
  await harness.files();
  harness.git('switch', '--quiet', 'main');
  await expect(commitA()).rejects.toMatchObject({
    code: 'WRONG_STATE',
    message: expect.stringMatching(/on branch main/),
  });
  expect(harness.git('log', '--format=%s', 'main')).toBe('The checks');
});

test('the approved bytes are committed, whatever is on disk; what is on disk stays, unstaged', async () => {
  harness = gitHarness({ 'a_15m.yml': 'one\n', 'gone_15m.yml': 'two\n', 'latin1_15m.yml': 'three\n' });
  const latin1 = Buffer.from('h\xf6chstens\n', 'latin1');
  const approved = new Map([
    ['a_15m.yml', Buffer.from('scaled\n')],
    ['gone_15m.yml', undefined],
    ['latin1_15m.yml', latin1],
  ]);
  harness.put({ 'a_15m.yml': 'another level\n' });
  const commit = () => harness.target.commit([...approved.keys()], 'm', 't', approved);
  expect(await commit()).toMatchObject({ created: true, files: expect.arrayContaining([a]) });
  expect(harness.git('show', `HEAD:${a}`)).toBe('scaled');
  expect(harness.git('ls-tree', '--name-only', 'HEAD', `${checks}/`)).not.toContain('gone');
  expect(harness.git('hash-object', `${checks}/a_15m.yml`)).not.toBe(harness.git('rev-parse', `HEAD:${a}`));
  harness.put({ 'latin1_15m.yml': latin1 });
  expect(harness.git('status', '--porcelain')).toBe(` M ${a}\n?? ${checks}/gone_15m.yml`);
  expect(await commit()).toMatchObject({ created: false });
});

test('a file that git skips on disk is committed too, and stays skipped; its mode stays', async () => {
  harness = gitHarness();
  harness.git('update-index', '--chmod=+x', a);
  harness.git('commit', '--quiet', '-m', 'Run it');
  harness.git('update-index', '--skip-worktree', a);
  const approved = new Map([['a_15m.yml', Buffer.from('scaled\n')]]);
  expect(await harness.target.commit(['a_15m.yml'], 'm', 't', approved)).not.toHaveProperty('differs');
  expect(harness.git('show', `HEAD:${a}`)).toBe('scaled');
  expect(harness.git('ls-files', '-t', '--stage', a)).toMatch(/^S 100755 /);
  expect(harness.git('diff', '--cached', '--name-only')).toBe('');
});

test('a filter of the repository that stores other bytes is named', async () => {
  harness = gitHarness({ 'a_15m.yml': 'one\n', 'b_15m.yml': 'two\n' });
  writeFileSync(join(harness.repository, '.gitattributes'), '*a_15m.yml filter=upper\n');
  harness.commit('Filter');
  harness.git('config', 'filter.upper.clean', 'tr a-z A-Z');
  const names = ['a_15m.yml', 'b_15m.yml'];
  const approved = new Map(names.map((name) => [name, Buffer.from('scaled\n')]));
  expect(await harness.target.commit(names, 'm', 't', approved)).toMatchObject({
    created: true,
    differs: [a],
  });
  expect(harness.git('show', `HEAD:${a}`)).toBe('SCALED');
});

test('a commit is signed where the user signs and no prompt is needed, and said to be unsigned where not', async () => {
  harness = gitHarness();
  const program = join(harness.folder, 'sign');
  writeFileSync(
    program,
    '#!/bin/sh\ncat >/dev/null\nprintf "\\n[GNUPG:] SIG_CREATED \\n" >&2\necho signature\n',
  );
  chmodSync(program, 0o755);
  harness.git('config', 'commit.gpgSign', 'true');
  harness.git('config', 'gpg.program', program);
  harness.put({ 'a_15m.yml': 'scaled\n' });
  expect(await commitA()).not.toHaveProperty('unsigned');
  expect(harness.git('cat-file', '-p', 'HEAD')).toMatch(/^gpgsig signature$/m);
  harness.git('config', 'gpg.program', '/bin/false');
  harness.put({ 'a_15m.yml': 'scaled more\n' });
  expect(await harness.target.commit(['a_15m.yml'], '4x', '4x r')).toMatchObject({
    created: true,
    unsigned: true,
  });
  expect(harness.git('cat-file', '-p', 'HEAD')).not.toContain('gpgsig');
});

test('a file that git ignores is not committed', async () => {
  harness = gitHarness();
  writeFileSync(join(harness.repository, '.gitignore'), '*_15m.yml\n');
  harness.put({ 'a_15m.yml': 'scaled\n', 'new_15m.yml': 'ignored\n' });
  expect(await harness.target.commit(['a_15m.yml', 'new_15m.yml'], 'm', 't')).toMatchObject({ files: [a] });
});

test('line endings that git stores differently, mixed ones included, are not a change since the snapshot', async () => {
  harness = gitHarness(
    { 'a_15m.yml': 'one\r\n' },
    { config: { 'core.autocrlf': 'true', 'core.safecrlf': 'false' } },
  );
  const bytes = Buffer.from('two\r\nthree\n');
  harness.put({ 'a_15m.yml': bytes });
  const seen = new Map([['a_15m.yml', bytes]]);
  expect(await harness.target.commit(['a_15m.yml'], 'm', 't', seen)).toMatchObject({ created: true });
});

test('a commit made in between stays, and the new one goes on top', async () => {
  harness = gitHarness({ 'a_15m.yml': 'one\n', 'b_15m.yml': 'two\n' });
  await harness.files();
  harness.put({ 'b_15m.yml': 'theirs\n' });
  const theirs = harness.commit('Theirs');
  harness.put({ 'a_15m.yml': 'scaled\n' });
  await commitA();
  expect(harness.git('rev-parse', 'HEAD~1')).toBe(theirs);
});

test('nothing is pushed', async () => {
  harness = gitHarness();
  const remote = join(harness.folder, 'remote.git');
  harness.git('init', '--quiet', '--bare', remote);
  harness.git('remote', 'add', 'origin', remote);
  harness.git('push', '--quiet', '--set-upstream', 'origin', testBranch);
  const before = harness.git('ls-remote', 'origin');
  harness.git('config', 'push.default', 'current');
  harness.put({ 'a_15m.yml': 'scaled\n' });
  await commitA();
  expect(harness.git('ls-remote', 'origin')).toBe(before);
});

test('a message is plain text, whatever it looks like', async () => {
  harness = gitHarness();
  const messages = [
    '--amend',
    '-m x',
    '# a comment',
    '--upload-pack=touch pwned',
    '$(touch pwned) `touch pwned`',
    '🚀 ünïcödé',
  ];
  for (const [index, message] of messages.entries()) {
    harness.put({ 'a_15m.yml': `${index}\n` });
    expect(await harness.target.commit(['a_15m.yml'], message, `t${index}`)).toMatchObject({ created: true });
    expect(harness.git('log', '-1', '--format=%s')).toBe(message);
  }
  expect(harness.git('rev-list', '--count', 'HEAD')).toBe(String(messages.length + 1));
  expect(existsSync(join(harness.repository, 'pwned'))).toBe(false);
});

test('a given file that did not change makes no commit', async () => {
  harness = gitHarness();
  expect(await commitA()).toEqual({
    sha: harness.git('rev-parse', 'HEAD'),
    branch: testBranch,
    files: [],
    message: '',
    created: false,
  });
});

test('a missing git is reported in a sentence', async () => {
  harness = gitHarness();
  const path = process.env.PATH;
  process.env.PATH = harness.folder;
  try {
    await expect(harness.target.snapshot({ forWriting: false })).rejects.toMatchObject({
      code: 'CONFIG',
      message: expect.stringMatching(/git is not installed/),
    });
  } finally {
    process.env.PATH = path;
  }
});

test('variables that would redirect git do not reach it', async () => {
  harness = gitHarness();
  const foreign = {
    GIT_DIR: '/nowhere',
    GIT_WORK_TREE: '/nowhere',
    GIT_INDEX_FILE: '/nowhere',
    GIT_CONFIG_COUNT: '1',
  };
  Object.assign(process.env, foreign);
  try {
    expect(Object.keys(await harness.files())).toEqual(['a_15m.yml']);
  } finally {
    for (const name of Object.keys(foreign)) delete process.env[name];
  }
});

test('reports are committed in their repository on any branch, but not during a merge', async () => {
  harness = gitHarness();
  const reports = createReports({
    reportsDir: join(harness.repository, 'reports'),
    dagFile: join(harness.repository, 'dags/yang_audit_load_test.py'),
  });
  await reports.write('2x_20251208_153000', [{ path: 'report.md', text: '# 2x\n' }]);
  writeFileSync(join(harness.repository, '.git/MERGE_HEAD'), `${harness.git('rev-parse', 'HEAD')}\n`);
  await expect(reports.commit(['2x_20251208_153000'], '2x results', '2x')).rejects.toMatchObject({
    code: 'WRONG_STATE',
    message: expect.stringMatching(/middle of a merge/),
  });
  rmSync(join(harness.repository, '.git/MERGE_HEAD'));
  const committed = await reports.commit(['2x_20251208_153000'], '2x results', '2x');
  expect(committed).toMatchObject({ created: true, files: ['reports/2x_20251208_153000/report.md'] });
});

test('the DAG and its cluster configs are committed with the reports, and no other file beside them', async () => {
  harness = gitHarness();
  const name = '2x_20251208_153000';
  const ours = [
    'dags/cluster_configs/test_cluster_15m.json',
    'dags/cluster_configs/test_cluster_daily.json',
    'dags/cluster_configs/test_cluster_hourly.json',
    'dags/test.py',
    `reports/${name}/charts/a.svg`,
    `reports/${name}/compared_with_1x_20251207_153000.md`,
    `reports/${name}/report.html`,
    `reports/${name}/report.json`,
    `reports/${name}/report.md`,
  ];
  const theirs = [
    'dags/.env',
    'dags/cluster_configs/passwords.txt',
    'dags/cluster_configs/other_cluster_15m.json',
    `reports/${name}/notes.md`,
    `reports/${name}/charts/notes.txt`,
    `reports/${name}/deeper/report.md`,
  ];
  harness.put(Object.fromEntries([...ours, ...theirs].map((path) => [`../../${path}`, path])));
  const reports = createReports({
    reportsDir: join(harness.repository, 'reports'),
    dagFile: join(harness.repository, 'dags/test.py'),
  });
  const committed = await reports.commit([name], 'm', 't');
  expect(committed?.files.toSorted()).toEqual(ours);
});

test('a report that is built again replaces only its own files; without a repository there is no commit', async () => {
  harness = gitHarness();
  const reportsDir = join(harness.folder, 'elsewhere', 'reports');
  const reports = createReports({ reportsDir, dagFile: join(harness.folder, 'dags/dag.py') });
  expect(await reports.commit([], 'm', 't')).toBeNull();
  const name = '2x_20251208_153000';
  await reports.write(name, [
    { path: 'report.json', text: '1' },
    { path: 'charts/timeline.svg', text: 'old' },
    { path: 'charts/forecast.svg', text: 'old' },
  ]);
  const kept = [
    'compared_with_1x_20251207_153000.md',
    'notes.txt',
    'charts/compared_with_1x_20251207_153000.svg',
  ];
  await reports.add(
    name,
    kept.map((path) => ({ path, text: 'kept' })),
  );
  await reports.write(name, [
    { path: 'report.json', text: '2' },
    { path: 'charts/timeline.svg', text: 'new' },
  ]);
  expect(await reports.all()).toEqual([{ directory: name, json: '2' }]);
  expect(readdirSync(reportsDir)).toEqual([name]);
  expect(readdirSync(join(reportsDir, name)).sort()).toEqual(
    ['charts', ...kept.slice(0, 2), 'report.json'].sort(),
  );
  expect(readdirSync(join(reportsDir, name, 'charts')).sort()).toEqual([
    'compared_with_1x_20251207_153000.svg',
    'timeline.svg',
  ]);
  expect(readFileSync(join(reportsDir, name, 'charts/timeline.svg'), 'utf8')).toBe('new');
  expect(await reports.commit([name], 'm', 't')).toBeNull();
});

test('a link at the path of a report or its charts is refused by name, and its target is not changed', async () => {
  harness = gitHarness();
  const reportsDir = join(harness.folder, 'reports');
  const outside = join(harness.folder, 'outside');
  for (const folder of [reportsDir, outside]) mkdirSync(folder);
  const name = '2x_20251208_153000';
  const reports = createReports({ reportsDir, dagFile: join(harness.folder, 'dags/dag.py') });
  const file = { path: 'charts/timeline.svg', text: 'new' };
  for (const link of [name, `${name}/charts`, `${name}/charts/timeline.svg`]) {
    mkdirSync(dirname(join(reportsDir, link)), { recursive: true });
    symlinkSync(outside, join(reportsDir, link));
    for (const write of [reports.write, reports.add])
      await expect(write(name, [file])).rejects.toThrow(`${link} is a link, not a`);
    rmSync(join(reportsDir, link));
  }
  expect(readdirSync(outside)).toEqual([]);
  await reports.write(name, [file]);
  expect(readFileSync(join(reportsDir, name, 'charts/timeline.svg'), 'utf8')).toBe('new');
});
