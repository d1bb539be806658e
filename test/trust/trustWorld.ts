/** The world of a campaign: its repositories, its embedded AWS, and what was acknowledged so far. */
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { checksPath } from '../../sandbox/sample/targetRepository.ts';
import { type EmbeddedAws, startEmbeddedAws } from '../../sandbox/world/embeddedAws.ts';
import { bucketName, serverEnvironment } from '../../sandbox/world/environment.ts';
import { preparedWorld } from '../preparedWorld.ts';
import { journalIn } from '../state/journalIn.ts';
import type { Message } from '../stdio/builtServer.ts';

export interface TrustWorld {
  readonly aws: EmbeddedAws;
  readonly env: Record<string, string>;
  readonly directory: string;
  git(...args: string[]): string;
  /** The check files by path. */
  checks(): Map<string, string>;
  /** Files below a directory that are the draft of an interrupted write. */
  drafts(): string[];
  close(): Promise<void>;
}

export async function startTrustWorld(): Promise<TrustWorld> {
  const directory = mkdtempSync(join(tmpdir(), 'trust-'));
  cpSync(await preparedWorld('few'), directory, { recursive: true });
  const aws = await startEmbeddedAws({ quotaClock: 'off' });
  const targetRepo = join(directory, 'k-repo');
  const project = join(directory, 'audit-load-test');
  const dagFile = join(project, 'dags/yang_audit_load_test.py');
  const env: Record<string, string> = {
    ...serverEnvironment({ endpoint: aws.endpoint, targetRepo, project, dagFile }),
    HOME: directory,
  };
  const checksFolder = join(targetRepo, checksPath);
  return {
    aws,
    env,
    directory,
    git: (...args) =>
      execFileSync('git', args, { cwd: targetRepo, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }),
    checks: () =>
      new Map(
        filesBelow(checksFolder)
          .filter((path) => path.endsWith('.yml'))
          .map((path) => [path.slice(checksFolder.length + 1), readFileSync(path, 'utf8')]),
      ),
    drafts: () =>
      [checksFolder, env.REPORTS_DIR ?? '', join(project, 'dags')]
        .flatMap(filesBelow)
        .filter((path) => basename(path).startsWith('.audit-load-test-')),
    async close() {
      await aws.close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

export function filesBelow(directory: string): string[] {
  if (!existsSync(directory)) return [];
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

/** What servers acknowledged, and nobody may lose. */
export interface Acknowledged {
  load?: number;
  reviewId?: string;
  approved?: boolean;
  rounds: number;
  /** The directory of the newest report. */
  report?: string;
  commits: number;
}

/** What is wrong in a world after a kill: one sentence each. */
export async function wounds(
  world: TrustWorld,
  { known, session, acknowledged }: Wounded,
): Promise<string[]> {
  const found: string[] = [];
  const require = (holds: boolean, sentence: string) => void (holds || found.push(sentence));
  // The session is readable, and has what was acknowledged.
  require(session.error === undefined, `showSession: ${session.error}`);
  const { load, reviewId, approved, rounds, report, commits } = acknowledged;
  const roundRows: Message[] = session.rounds ?? [];
  require(roundRows.length >= rounds, `${rounds} rounds were acknowledged, ${roundRows.length} are known`);
  if (load !== undefined)
    require(session.disk?.load ===
      load, `load ${load} was acknowledged, the session says ${session.disk?.load}`);
  if (reviewId !== undefined)
    require(session.disk?.reviewId ===
      reviewId, `review ${reviewId} was acknowledged, the session says ${session.disk?.reviewId}`);
  if (approved) require(session.disk?.approved === true, 'the acknowledged approval is lost');
  const journal = journalIn(join(world.env.STATE_DIR ?? '', 'journal'));
  const entries = await journal.read();
  require(journal.skipped().length ===
    0, `unreadable entries of the journal: ${journal.skipped().join(', ')}`);
  require(entries.every(({ number }, index) => number === index + 1), 'the journal has a gap');
  // Nothing half-written under a final name.
  for (const [path, text] of world.checks())
    require(known.has(text), `${path} is neither a baseline nor scaled: ${text.length} bytes`);
  for (const key of world.aws.s3.buckets.keys(bucketName, 'checks_load_test/configs/'))
    require(key.endsWith('.yml')
      ? known.has(world.aws.s3.buckets.get(bucketName, key)?.toString() ?? '')
      : true, `${key} in the bucket is neither a baseline nor scaled`);
  for (const path of filesBelow(world.env.REPORTS_DIR ?? ''))
    if (!basename(path).startsWith('.')) require(isWhole(path), `${path} is half-written`);
  require(/^LOAD = \d+$/m.test(dagText(world)) && dagText(world).endsWith('\n'), 'DAG_FILE is half-written');
  if (report !== undefined) require(existsSync(join(report, 'report.json')), `${report} is lost`);
  const made = Number(world.git('rev-list', '--count', 'main..HEAD'));
  require(made >= commits, `${commits} commits were acknowledged, there are ${made}`);
  return found;
}

export interface Wounded {
  /** Every text that a check file can have. */
  readonly known: ReadonlySet<string>;
  /** What showSession answered after the kill. */
  readonly session: Message;
  readonly acknowledged: Acknowledged;
}

const dagText = ({ env }: TrustWorld) => readFileSync(env.DAG_FILE ?? '', 'utf8');

function isWhole(path: string): boolean {
  const text = readFileSync(path, 'utf8');
  if (path.endsWith('.json')) return parses(text);
  if (path.endsWith('.html')) return /<\/html>\s*$/.test(text);
  if (path.endsWith('.svg')) return /<\/svg>\s*$/.test(text);
  return text.endsWith('\n');
}

function parses(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
