/**
 * Generated paths and planted links on the way to the disk: whatever a path says, and whatever lies on the way, no
 * byte outside the folder changes.
 */
import { execFileSync } from 'node:child_process';
import {
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import type { Random } from '../../sandbox/random.ts';
import { measured, randomFor, trials } from './campaign.ts';
import type * as Parts from './containedParts.ts';
import { oddPath, pick } from './oddValues.ts';
import { buildSeeded, type Seed } from './seededBuild.ts';

const partsWith = async (...seeds: readonly Seed[]): Promise<typeof Parts> =>
  import(pathToFileURL(await buildSeeded(join(import.meta.dirname, 'containedParts.ts'), seeds)).href);

/** What may be written: the check files of a repository, or a folder of the product's own. */
interface Place {
  readonly base: string;
  readonly root: string;
}

const names = [
  'a_15m.yml',
  'sub',
  'deep',
  '.git',
  '.GIT',
  '.claude',
  '.mcp.json',
  'link',
  'link2',
  'hard',
  'pipe',
];
const protectedFiles = [
  'outside/secret',
  'outside/sub/secret',
  'repository/.git/config',
  'repository/.claude/settings.json',
  'repository/.mcp.json',
  'repository/checks/other/a_15m.yml',
];

function newPlace(): Place {
  // So deep that no path of a few parts leaves it, also where a build looks at nothing.
  const base = join(realpathSync(mkdtempSync(join(tmpdir(), 'contained-'))), '1/2/3/4/5/6/7/8');
  for (const path of protectedFiles) put(join(base, path), `${path}: nobody changes this\n`);
  const root = join(base, 'repository/checks/iceberg');
  for (const path of [
    'a_15m.yml',
    'sub/a_15m.yml',
    'sub/deep/a_15m.yml',
    '.git/config',
    '.claude/settings.json',
  ])
    put(join(root, path), 'inside\n');
  execFileSync('mkfifo', [join(root, 'pipe')]);
  return { base, root };
}

function put(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

/** Every name below the base and outside the root, with its bytes; also the protected names inside. */
function guarded({ base, root }: Place): Map<string, string> {
  const found = new Map<string, string>();
  const pending = [base];
  for (let folder = pending.pop(); folder !== undefined; folder = pending.pop())
    for (const name of readdirSync(folder)) {
      const path = join(folder, name);
      if (path === root) continue;
      const entry = lstatSync(path);
      if (entry.isDirectory()) pending.push(path);
      else found.set(path, entry.isSymbolicLink() ? readlinkSync(path) : readFileSync(path, 'utf8'));
    }
  return found;
}

/** Puts a link somewhere on the way. Every target is below the base, or no folder: the links do get followed. */
function plant(random: Random, { base, root }: Place): void {
  const folder = join(root, pick(random, ['', 'sub', 'sub/deep']));
  const at = join(folder, pick(random, names));
  // Not through a link that was planted before.
  if (realpathOf(folder) !== folder) return;
  const targets = [
    join(base, 'outside'),
    join(base, 'outside/secret'),
    join(base, 'outside/new'),
    join(base, 'repository/.git'),
    join(base, 'repository/.git/config'),
    '../../../outside',
    '../../.git/hooks',
    '..',
    '.',
    'link2',
    'link',
    '/dev/null',
    'nowhere',
  ];
  try {
    if (random() < 0.7) rmSync(at, { recursive: true, force: true });
    if (random() < 0.2) linkSync(join(base, pick(random, protectedFiles)), at);
    else symlinkSync(pick(random, targets), at);
  } catch {
    // The name is taken, or its folder is a link by now.
  }
}

function realpathOf(folder: string): string | undefined {
  try {
    return realpathSync(folder);
  } catch {
    return undefined;
  }
}

type Write = (path: string) => Promise<unknown>;

function writesOf(parts: typeof Parts, { base, root }: Place): Record<string, Write> {
  const disk = parts.openDisk(root, 'STATE_DIR', { limitMs: 2_000 });
  const bytes = Buffer.from('written');
  return {
    write: (path) => disk.write(path, bytes),
    writeAll: (path) =>
      disk.writeAll([
        { path: 'a_15m.yml', bytes },
        { path, bytes },
      ]),
    create: (path) => disk.create(path, bytes),
    append: (path) => disk.append(path, 'written'),
    remove: (path) => disk.remove(path),
    below: (path) => disk.below('sub').write(path, bytes),
    async check(path) {
      const folder = await parts.openChecksFolder(join(base, 'repository'), 'checks/iceberg');
      const before = await folder.read(path).catch(() => undefined);
      await folder.write({ path, bytes, replaces: before && parts.sha256(before) });
    },
  };
}

/** @param most ends the campaign early: enough is found */
async function campaign(parts: typeof Parts, count: number, most = Number.POSITIVE_INFINITY) {
  const random = randomFor('contained files');
  const found: string[] = [];
  let written = 0;
  for (let turn = 0; turn < count && found.length < most; ) {
    const place = newPlace();
    const writes = Object.entries(writesOf(parts, place));
    const before = guarded(place);
    for (let more = 0; more < 25 && turn < count; more += 1, turn += 1) {
      plant(random, place);
      const path = oddPath(random, names);
      const [how, write] = pick(random, writes);
      await write(path).then(
        () => {
          written += 1;
        },
        () => undefined,
      );
      const after = guarded(place);
      const changed = [...new Set([...before.keys(), ...after.keys()])].filter(
        (one) => before.get(one) !== after.get(one),
      );
      if (changed.length === 0) continue;
      found.push(`${how} ${JSON.stringify(path)} changed ${changed.join(', ')}`);
      break;
    }
    rmSync(place.base, { recursive: true, force: true });
  }
  return { found, written };
}

test('no path and no link leads a write out of its folder', async () => {
  const count = trials(2_000, 10_000);
  const startMs = performance.now();
  const { found, written } = await campaign(await partsWith(), count);
  measured('containment of files', {
    trials: count,
    written,
    found: found.length,
    seconds: Math.round((performance.now() - startMs) / 1000),
  });
  expect(found).toEqual([]);
  expect(written).toBeGreaterThan(count / 20);
});

test.each<[what: string, seed: Seed]>([
  [
    'a path that is not looked at',
    {
      file: 'src/adapters/disk/disk.ts',
      replaced: [['if (isOutside(relative(top, target)))', 'if (path === undefined)']],
    },
  ],
  [
    'folders on the way that are not looked at',
    {
      file: 'src/adapters/disk/disk.ts',
      replaced: [['if (found !== undefined && !found.isDirectory())', 'if (path === undefined)']],
    },
  ],
  [
    'a check file whose real place is not looked at',
    {
      file: 'src/adapters/disk/checksFolder.ts',
      replaced: [['if (!isInPlace(dirname(target)) || forbidden(path))', 'if (path === undefined)']],
    },
  ],
])('the campaign notices %s', async (_, seed) => {
  const { found } = await campaign(await partsWith(seed), 1_000, 1);
  expect(found).not.toEqual([]);
});
