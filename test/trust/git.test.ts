/**
 * A level is scaled, uploaded and committed in a repository where somebody works: files that are staged, edited,
 * renamed, deleted and new, another worktree, a second server. Nobody's work is swept into a commit, and all of it is
 * there afterwards.
 */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import type { Random } from '../../sandbox/random.ts';
import { checksPath } from '../../sandbox/sample/targetRepository.ts';
import { measured, randomFor, sideBySide, trials } from './campaign.ts';
import { pick } from './oddValues.ts';
import { buildSeeded } from './seededBuild.ts';
import { served, stop } from './story.ts';
import { startTrustWorld, type TrustWorld } from './trustWorld.ts';

const theirs = [
  'theirs/plain.txt',
  'theirs/ünïcode name.txt',
  'theirs/-rf',
  'theirs/:(glob)*',
  `${checksPath}/README.md`,
  `${checksPath}/events/notes.txt`,
  'theirs/deep/er/a.sql',
];

function put({ env }: TrustWorld, path: string, text: string): void {
  const file = join(env.TARGET_REPO ?? '', path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}

type Work = (world: TrustWorld, path: string) => void;

const literally = ['--literal-pathspecs'];
/** What somebody was about to do with a file. */
const works: Record<string, Work> = {
  staged(world, path) {
    put(world, path, 'staged\n');
    world.git(...literally, 'add', '--', path);
  },
  'staged, then edited'(world, path) {
    works.staged?.(world, path);
    put(world, path, 'edited\n');
  },
  edited: (world, path) => put(world, path, 'edited\n'),
  renamed: (world, path) => void world.git(...literally, 'mv', '--', path, `${path}.renamed`),
  'staged for removal': (world, path) => void world.git(...literally, 'rm', '--quiet', '--', path),
  deleted: ({ env }, path) => rmSync(join(env.TARGET_REPO ?? '', path)),
  'staged for removal, but kept': (world, path) =>
    void world.git(...literally, 'rm', '--quiet', '--cached', '--', path),
  'intended to add'(world, path) {
    put(world, `${path}.new`, 'new\n');
    world.git(...literally, 'add', '--intent-to-add', '--', `${path}.new`);
  },
  new: (world, path) => put(world, `${path}.new`, 'new\n'),
};

/** Everything of somebody's in the index, on disk and in the stash; check files of the load test left out. */
function workOf(world: TrustWorld) {
  const isOurs = (path: string) => path.startsWith(checksPath) && /_(?:15m|hourly|daily)\.yml$/.test(path);
  const index = world
    .git('ls-files', '--stage', '-z')
    .split('\0')
    .filter((row) => row !== '' && !isOurs(row.slice(row.indexOf('\t') + 1)));
  const status = world
    .git('status', '--porcelain=v1', '-z', '--untracked-files=all', '--no-renames')
    .split('\0')
    .filter((row) => row !== '' && !isOurs(row.slice(3)));
  const bytes = status.map((row) => {
    const file = join(world.env.TARGET_REPO ?? '', row.slice(3));
    return existsSync(file) ? readFileSync(file, 'utf8') : 'gone';
  });
  return {
    index,
    status,
    bytes,
    stash: world.git('stash', 'list'),
    worktree: world.git('rev-parse', 'theirs'),
  };
}

async function trial(random: Random, product?: string): Promise<string[]> {
  const world = await startTrustWorld();
  const found: string[] = [];
  for (const path of theirs) put(world, path, `${path}\n`);
  world.git('checkout', '--quiet', 'main');
  world.git('add', '--all');
  world.git('commit', '--quiet', '--message', 'Theirs');
  world.git('checkout', '--quiet', 'audit_checks_load_testing');
  world.git('merge', '--quiet', '--ff-only', 'main');
  put(world, 'theirs/plain.txt', 'stashed\n');
  world.git('stash', 'push', '--quiet');
  world.git('worktree', 'add', '--quiet', '-b', 'theirs', join(world.directory, 'worktree'));
  const done: string[] = [];
  for (const path of theirs) {
    const [name, work] = pick(random, Object.entries(works));
    done.push(`${path} ${name}`);
    work(world, path);
  }
  const before = workOf(world);
  const servers = [await served(world, [], {}, product), await served(world, [], {}, product)];
  /** Both get the call; one is enough. */
  const both = async (tool: string, given: object) => {
    const answers = await Promise.all(servers.map((server) => server.call(tool, given)));
    const good = answers.find(({ error }) => error === undefined);
    if (good === undefined) throw new Error(`${tool}: ${answers.map(({ error }) => error).join('; ')}`);
    return good;
  };
  try {
    const { reviewId } = await both('scaleConfigs', { load: 2 });
    await both('uploadChecks', { reviewId, approved: true });
    await both('commitResults', { withoutReport: true });
    const committed = world.git('diff', '--name-only', 'main', 'HEAD').trim().split('\n');
    for (const path of committed)
      if (!path.startsWith(checksPath) || !path.endsWith('.yml')) found.push(`${path} was committed`);
    if (world.git('rev-list', '--count', 'main..HEAD').trim() !== '1') found.push('more than one commit');
    const after = workOf(world);
    for (const part of ['index', 'status', 'bytes', 'stash', 'worktree'] as const)
      if (JSON.stringify(before[part].toString()) !== JSON.stringify(after[part].toString()))
        found.push(`${part}: ${before[part]} became ${after[part]}`);
  } catch (error) {
    found.push(String(error));
  } finally {
    await Promise.all(servers.map(stop));
    await world.close();
  }
  return found.map((sentence) => `${sentence} (${done.join(', ')})`);
}

test('nobody’s work is swept into a commit, and all of it is there afterwards', async () => {
  const count = trials(12, 200);
  const startMs = performance.now();
  const found: string[] = [];
  await sideBySide(Array.from({ length: count }), 3, async (_, index) => {
    found.push(...(await trial(randomFor('git', index))));
  });
  measured('work of others in git', {
    trials: count,
    found: found.length,
    seconds: Math.round((performance.now() - startMs) / 1000),
  });
  expect(found).toEqual([]);
});

test('the campaign notices a commit of everything that is staged', async () => {
  const seed = {
    file: 'src/adapters/git/commits.ts',
    replaced: [
      [
        'const tree = await treeWith(git, before, await notIgnored(git, paths), approved?.workTree);',
        "await git.run(['add', '--all']); const tree = (await git.run(['write-tree'])).trim();",
      ],
    ] as const,
  };
  const found = await trial(randomFor('git', 0), await buildSeeded('src/main.ts', [seed]));
  expect(found.join('\n')).toMatch(/was committed/);
});
