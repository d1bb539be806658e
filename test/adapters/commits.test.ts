import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { createReports } from '../../src/adapters/reports.ts';
import { checks, type GitHarness, gitHarness, testBranch } from './gitHarness.ts';

let bed: GitHarness;
afterEach(() => bed.close());

const a = `${checks}/a_15m.yml`;
const commitA = () => bed.target.commit(['a_15m.yml'], 'Load test 2x configs - 2025-12-07', '2x review');

test('only our files are committed, on top of the branch, with a trailer', async () => {
  bed = gitHarness({ 'a_15m.yml': 'one\n', 'b_15m.yml': 'two\n' });
  bed.put({ 'a_15m.yml': 'scaled\n', 'b_15m.yml': 'not ours\n', 'new_15m.yml': 'not ours either\n' });
  const before = bed.git('rev-parse', 'HEAD');
  expect(await commitA()).toEqual({
    sha: bed.git('rev-parse', 'HEAD'),
    branch: testBranch,
    files: [a],
    message: 'Load test 2x configs - 2025-12-07',
    created: true,
  });
  expect(bed.git('rev-parse', 'HEAD~1')).toBe(before);
  expect(bed.git('log', '-1', '--format=%an <%ae>%n%B')).toBe(
    'Ada <ada@example.com>\nLoad test 2x configs - 2025-12-07\n\nAudit-Load-Test: 2x review\n',
  );
  expect(bed.git('status', '--porcelain')).toBe(` M ${checks}/b_15m.yml\n?? ${checks}/new_15m.yml`);
});

test('a new file, one that is gone and odd names are committed as they lie on disk', async () => {
  bed = gitHarness({ 'a_15m.yml': 'one\n', 'gone_15m.yml': 'two\n' });
  const names = ['a_15m.yml', 'gone_15m.yml', 'new/größe "a"_15m.yml', 'new/*_15m.yml'];
  bed.put({ 'a_15m.yml': 'scaled\n', 'new/größe "a"_15m.yml': 'new\n', 'new/*_15m.yml': 'star\n' });
  bed.put({ 'new/b_15m.yml': 'not ours\n' });
  rmSync(join(bed.repository, checks, 'gone_15m.yml'));
  expect((await bed.target.commit(names, '2x', '2x review')).files).toHaveLength(4);
  const show = bed.git('-c', 'core.quotePath=false', 'show', '--format=', '--name-status', '-z', 'HEAD');
  expect(show.split('\0').filter(Boolean)).toEqual([
    ...['M', a],
    ...['D', `${checks}/gone_15m.yml`],
    ...['A', `${checks}/new/*_15m.yml`],
    ...['A', `${checks}/new/größe "a"_15m.yml`],
  ]);
});

test('called twice, the second call finds the same commit, also under later ones', async () => {
  bed = gitHarness();
  bed.put({ 'a_15m.yml': 'scaled\n' });
  const first = await commitA();
  expect(await commitA()).toEqual({ ...first, created: false });
  bed.commit('Somebody else');
  expect(await commitA()).toEqual({ ...first, created: false });
});

test('a trailer that only begins alike is another commit’s', async () => {
  bed = gitHarness();
  bed.put({ 'a_15m.yml': 'scaled\n' });
  await bed.target.commit(['a_15m.yml'], '2x', '2x review and more');
  expect(await commitA()).toMatchObject({ created: false, files: [], message: '' });
});

test('a call that was killed between staging and committing is finished by the same call', async () => {
  bed = gitHarness();
  bed.put({ 'a_15m.yml': 'scaled\n' });
  bed.git('add', a);
  expect(await commitA()).toMatchObject({ created: true, files: [a] });
});

test('somebody’s staged work is refused, not swept in, also a staged rename away from ours', async () => {
  bed = gitHarness({ 'a_15m.yml': 'one\n', 'b_15m.yml': 'two\n' });
  bed.put({ 'a_15m.yml': 'scaled\n', 'b_15m.yml': 'staged\n' });
  bed.git('add', `${checks}/b_15m.yml`);
  const before = bed.git('rev-parse', 'HEAD');
  await expect(commitA()).rejects.toMatchObject({ code: 'CONFLICT', message: /b_15m\.yml/ });
  expect(bed.git('rev-parse', 'HEAD')).toBe(before);
  expect(bed.git('diff', '--cached', '--name-only')).toBe(`${checks}/b_15m.yml`);

  bed.git('reset', '--quiet', '--hard');
  bed.git('mv', `${checks}/b_15m.yml`, `${checks}/c_15m.yml`);
  bed.put({ 'a_15m.yml': 'scaled\n' });
  await expect(bed.target.commit(['a_15m.yml', 'c_15m.yml'], 'm', 't')).rejects.toMatchObject({
    code: 'CONFLICT',
    message: /b_15m\.yml/,
  });
});

test('no hook runs, whichever the repository has', async () => {
  bed = gitHarness();
  const hooks = join(bed.place, 'hooks');
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
    const hook = `#!/bin/sh\ntouch ${join(bed.place, `ran-${name}`)}\nexit 1\n`;
    for (const path of [join(hooks, name), join(bed.repository, '.git/hooks', name)]) {
      writeFileSync(path, hook);
      chmodSync(path, 0o755);
    }
  }
  bed.put({ 'a_15m.yml': 'scaled\n' });
  expect((await commitA()).created).toBe(true);
  bed.git('config', 'core.hooksPath', hooks);
  bed.git('config', 'core.fsmonitor', join(hooks, 'fsmonitor-watchman'));
  bed.put({ 'a_15m.yml': 'scaled again\n' });
  await bed.files();
  expect((await bed.target.commit(['a_15m.yml'], '4x', '4x r')).created).toBe(true);
  expect(readdirSync(bed.place).filter((name) => name.startsWith('ran-'))).toEqual([]);
});

test('signing, editors and templates of the person do not come into it', async () => {
  bed = gitHarness();
  const settings = {
    'commit.gpgSign': 'true',
    'gpg.program': '/bin/false',
    'log.showSignature': 'true',
    'core.editor': '/bin/false',
    'commit.verbose': 'true',
    'status.showUntrackedFiles': 'no',
    'diff.external': '/bin/false',
    'diff.noprefix': 'true',
    'color.ui': 'always',
    'core.quotePath': 'true',
  };
  for (const [name, value] of Object.entries(settings)) bed.git('config', name, value);
  bed.put({ 'a_15m.yml': 'scaled\n', 'ünïcödé_15m.yml': 'new\n' });
  const first = await bed.target.commit(['a_15m.yml', 'ünïcödé_15m.yml'], '2x', '2x r');
  expect(first).toMatchObject({ created: true, files: [a, `${checks}/ünïcödé_15m.yml`] });
  expect(await bed.target.commit(['a_15m.yml'], '2x', '2x r')).toMatchObject({
    sha: first.sha,
    created: false,
  });
});

test('without an identity nothing is committed in a guessed name, and the same call works after', async () => {
  bed = gitHarness();
  bed.git('config', '--unset', 'user.name');
  bed.git('config', '--unset', 'user.email');
  bed.put({ 'a_15m.yml': 'scaled\n' });
  const before = bed.git('rev-parse', 'HEAD');
  await expect(commitA()).rejects.toMatchObject({ code: 'CONFIG', next: /git config --global user.name/ });
  await expect(bed.target.identity()).rejects.toMatchObject({ code: 'CONFIG' });
  expect(bed.git('rev-parse', 'HEAD')).toBe(before);
  bed.git('config', 'user.name', 'Ada');
  bed.git('config', 'user.email', 'ada@example.com');
  expect(await bed.target.identity()).toBe('Ada <ada@example.com>');
  expect((await commitA()).created).toBe(true);
});

test('while another git is at work nothing is committed, and looking still works', async () => {
  bed = gitHarness();
  bed.put({ 'a_15m.yml': 'scaled\n' });
  writeFileSync(join(bed.repository, '.git/index.lock'), '');
  await expect(commitA()).rejects.toMatchObject({ code: 'CONFLICT', message: /index\.lock/ });
  expect(Object.keys(await bed.files())).toEqual(['a_15m.yml']);
  rmSync(join(bed.repository, '.git/index.lock'));
  expect((await commitA()).created).toBe(true);
});

test('a branch that was switched between the look and the commit is refused', async () => {
  bed = gitHarness();
  bed.put({ 'a_15m.yml': 'scaled\n' });
  await bed.files();
  bed.git('switch', '--quiet', 'main');
  await expect(commitA()).rejects.toMatchObject({ code: 'WRONG_STATE', message: /on branch main/ });
  expect(bed.git('log', '--format=%s', 'main')).toBe('The checks');
});

test('bytes that came after the look are not committed, and nothing stays staged', async () => {
  bed = gitHarness();
  const head = bed.git('rev-parse', 'HEAD');
  const seen = new Map([['a_15m.yml', Buffer.from('scaled\n')]]);
  bed.put({ 'a_15m.yml': 'scaled\n# unreviewed\n' });
  await expect(bed.target.commit(['a_15m.yml'], 'm', 't', seen)).rejects.toMatchObject({
    code: 'CONFLICT',
    message: expect.stringMatching(/a_15m\.yml.*Nothing was committed/),
  });
  expect(bed.git('rev-parse', 'HEAD')).toBe(head);
  expect(bed.git('diff', '--cached', '--name-only')).toBe('');
  bed.put({ 'a_15m.yml': 'scaled\n' });
  expect(await bed.target.commit(['a_15m.yml'], 'm', 't', seen)).toMatchObject({ created: true });
});

test('nor where the look saw an empty file', async () => {
  bed = gitHarness();
  bed.put({ 'a_15m.yml': 'came after the look\n' });
  const seen = new Map([['a_15m.yml', new Uint8Array()]]);
  await expect(bed.target.commit(['a_15m.yml'], 'Load test', '2x review', seen)).rejects.toMatchObject({
    code: 'CONFLICT',
  });
  expect(bed.git('diff', '--cached', '--name-only')).toBe('');
});

test('a version of one of our files that somebody staged is not swept away', async () => {
  bed = gitHarness();
  bed.put({ 'a_15m.yml': 'staged by somebody\n' });
  bed.git('add', a);
  bed.put({ 'a_15m.yml': 'scaled\n' });
  const seen = new Map([['a_15m.yml', Buffer.from('scaled\n')]]);
  await expect(bed.target.commit(['a_15m.yml'], 'm', 't', seen)).rejects.toMatchObject({
    code: 'CONFLICT',
    message: expect.stringContaining('Other changes are staged'),
  });
  expect(bed.git('show', `:${a}`)).toBe('staged by somebody');
  bed.git('add', a);
  expect(await bed.target.commit(['a_15m.yml'], 'm', 't', seen)).toMatchObject({ created: true });
});

test('line ends that git keeps otherwise, mixed ones too, are no change since the look', async () => {
  bed = gitHarness(
    { 'a_15m.yml': 'one\r\n' },
    { config: { 'core.autocrlf': 'true', 'core.safecrlf': 'false' } },
  );
  const bytes = Buffer.from('two\r\nthree\n');
  bed.put({ 'a_15m.yml': bytes });
  const seen = new Map([['a_15m.yml', bytes]]);
  expect(await bed.target.commit(['a_15m.yml'], 'm', 't', seen)).toMatchObject({ created: true });
});

test('a commit that somebody made in between stays, ours goes on top', async () => {
  bed = gitHarness({ 'a_15m.yml': 'one\n', 'b_15m.yml': 'two\n' });
  await bed.files();
  bed.put({ 'b_15m.yml': 'theirs\n' });
  const theirs = bed.commit('Theirs');
  bed.put({ 'a_15m.yml': 'scaled\n' });
  await commitA();
  expect(bed.git('rev-parse', 'HEAD~1')).toBe(theirs);
});

test('nothing is pushed', async () => {
  bed = gitHarness();
  const remote = join(bed.place, 'remote.git');
  bed.git('init', '--quiet', '--bare', remote);
  bed.git('remote', 'add', 'origin', remote);
  bed.git('push', '--quiet', '--set-upstream', 'origin', testBranch);
  const before = bed.git('ls-remote', 'origin');
  bed.git('config', 'push.default', 'current');
  bed.put({ 'a_15m.yml': 'scaled\n' });
  await commitA();
  expect(bed.git('ls-remote', 'origin')).toBe(before);
});

test('words of a message are words, whatever they look like', async () => {
  bed = gitHarness();
  const messages = [
    '--amend',
    '-m x',
    '# a comment',
    '--upload-pack=touch pwned',
    '$(touch pwned) `touch pwned`',
    '🚀 ünïcödé',
  ];
  for (const [index, message] of messages.entries()) {
    bed.put({ 'a_15m.yml': `${index}\n` });
    expect(await bed.target.commit(['a_15m.yml'], message, `t${index}`)).toMatchObject({ created: true });
    expect(bed.git('log', '-1', '--format=%s')).toBe(message);
  }
  expect(bed.git('rev-list', '--count', 'HEAD')).toBe(String(messages.length + 1));
  expect(existsSync(join(bed.repository, 'pwned'))).toBe(false);
});

test('a file that was chosen for the commit and did not change makes no commit', async () => {
  bed = gitHarness();
  expect(await commitA()).toEqual({
    sha: bed.git('rev-parse', 'HEAD'),
    branch: testBranch,
    files: [],
    message: '',
    created: false,
  });
});

test('git that is not there is said in words', async () => {
  bed = gitHarness();
  const path = process.env.PATH;
  process.env.PATH = bed.place;
  try {
    await expect(bed.target.snapshot({ forWriting: false })).rejects.toMatchObject({
      code: 'CONFIG',
      message: /git is not installed/,
    });
  } finally {
    process.env.PATH = path;
  }
});

test('variables that would lead git elsewhere do not reach it', async () => {
  bed = gitHarness();
  const foreign = {
    GIT_DIR: '/nowhere',
    GIT_WORK_TREE: '/nowhere',
    GIT_INDEX_FILE: '/nowhere',
    GIT_CONFIG_COUNT: '1',
  };
  Object.assign(process.env, foreign);
  try {
    expect(Object.keys(await bed.files())).toEqual(['a_15m.yml']);
  } finally {
    for (const name of Object.keys(foreign)) delete process.env[name];
  }
});

test('reports are committed in their repository on whatever branch it is, not in the middle of a merge', async () => {
  bed = gitHarness();
  const reports = createReports({
    reportsDir: join(bed.repository, 'reports'),
    dagFile: join(bed.repository, 'dags/yang_audit_load_test.py'),
  });
  await reports.write('2x_20251208_153000', [{ path: 'report.md', text: '# 2x\n' }]);
  writeFileSync(join(bed.repository, '.git/MERGE_HEAD'), `${bed.git('rev-parse', 'HEAD')}\n`);
  await expect(reports.commit(['2x_20251208_153000'], '2x results', '2x')).rejects.toMatchObject({
    code: 'WRONG_STATE',
    message: /middle of a merge/,
  });
  rmSync(join(bed.repository, '.git/MERGE_HEAD'));
  const committed = await reports.commit(['2x_20251208_153000'], '2x results', '2x');
  expect(committed).toMatchObject({ created: true, files: ['reports/2x_20251208_153000/report.md'] });
});

test('with the reports go the DAG and its cluster configs, and nothing else that lies beside them', async () => {
  bed = gitHarness();
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
  bed.put(Object.fromEntries([...ours, ...theirs].map((path) => [`../../${path}`, path])));
  const reports = createReports({
    reportsDir: join(bed.repository, 'reports'),
    dagFile: join(bed.repository, 'dags/test.py'),
  });
  const committed = await reports.commit([name], 'm', 't');
  expect(committed?.files.toSorted()).toEqual(ours);
});

test('a report that is built again replaces its own files and no others; no repository, no commit', async () => {
  bed = gitHarness();
  const reportsDir = join(bed.place, 'elsewhere', 'reports');
  const reports = createReports({ reportsDir, dagFile: join(bed.place, 'dags/dag.py') });
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

test('a link in the place of a report or its charts is replaced, and what it points to is left alone', async () => {
  bed = gitHarness();
  const reportsDir = join(bed.place, 'reports');
  const outside = join(bed.place, 'outside');
  for (const folder of [reportsDir, outside]) mkdirSync(folder);
  const name = '2x_20251208_153000';
  symlinkSync(outside, join(reportsDir, name));
  const reports = createReports({ reportsDir, dagFile: join(bed.place, 'dags/dag.py') });
  const file = { path: 'charts/timeline.svg', text: 'new' };
  await reports.write(name, [file]);
  rmSync(join(reportsDir, name, 'charts'), { recursive: true });
  symlinkSync(outside, join(reportsDir, name, 'charts'));
  await reports.write(name, [file]);
  expect(readdirSync(outside)).toEqual([]);
  expect(readFileSync(join(reportsDir, name, 'charts/timeline.svg'), 'utf8')).toBe('new');
});
