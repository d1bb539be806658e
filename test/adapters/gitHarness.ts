/** A real repository in a temporary directory, with the adapter on it and a separate git beside it. */
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createTargetRepository } from '../../src/adapters/git/targetRepository.ts';
import type { WaitingClock } from '../../src/adapters/waiting.ts';
import { sha256 } from '../../src/domain/digest.ts';
import type { CheckFile, TargetRepository, WrittenFile } from '../../src/ports/repository.ts';
import { instantClock } from './instantClock.ts';

export const checks = 'checks/iceberg';
export const testBranch = 'audit_checks_load_testing';

export interface GitHarness {
  readonly folder: string;
  readonly repository: string;
  readonly target: TargetRepository;
  /** Runs git in the repository and returns stdout without its last line ending. */
  git(...args: string[]): string;
  /** Writes files, by their path under CHECKS_PATH. */
  put(files: Readonly<Record<string, string | Uint8Array>>): void;
  read(path: string): Buffer;
  /** The input of `target.write` that replaces the file now on disk, if there is one. */
  over(path: string, bytes: string | Uint8Array): WrittenFile;
  commit(message: string): string;
  /** The check files of a snapshot, by path. */
  files(): Promise<Record<string, CheckFile>>;
  adapter(changes?: { checksPath?: string; baselineRef?: string; targetRepo?: string }): TargetRepository;
  close(): void;
}

const oneCheck = { 'a_15m.yml': 'one\n' };

let plainRepository = '';

/** main contains `files`; the test branch is checked out. */
export function gitHarness(
  files: Readonly<Record<string, string | Uint8Array>> = oneCheck,
  options: { init?: string[]; config?: Readonly<Record<string, string>>; clock?: WaitingClock } = {},
): GitHarness {
  const folder = mkdtempSync(join(tmpdir(), 'git-'));
  const repository = join(folder, 'k-repo');
  // Isolated from the configuration of the user and of the machine.
  process.env.HOME = folder;
  const env = { PATH: process.env.PATH, HOME: folder, GIT_CONFIG_NOSYSTEM: '1', LC_ALL: 'C' };
  const run = (args: readonly string[], cwd = repository) =>
    execFileSync('git', args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'], maxBuffer: 1 << 28 })
      .toString()
      .replace(/\n$/, '');

  const adapter: GitHarness['adapter'] = (changes) =>
    createTargetRepository(
      {
        targetRepo: repository,
        checksPath: checks,
        testBranch,
        baselineRef: 'main',
        stateDir: join(folder, 'state'),
        ...changes,
      },
      options.clock ?? instantClock(),
    );
  const harness: GitHarness = {
    folder,
    repository,
    target: adapter(),
    git: (...args) => run(args),
    put(some) {
      for (const [path, bytes] of Object.entries(some)) {
        const file = join(repository, checks, path);
        mkdirSync(dirname(file), { recursive: true });
        writeFileSync(file, bytes);
      }
    },
    read: (path) => readFileSync(join(repository, checks, path)),
    over(path, bytes) {
      const file = join(repository, checks, path);
      return {
        path,
        bytes: Buffer.from(bytes),
        replaces: existsSync(file) ? sha256(readFileSync(file)) : undefined,
      };
    },
    commit(message) {
      run(['add', '--all']);
      run(['commit', '--quiet', '--allow-empty', '-m', message]);
      return run(['rev-parse', 'HEAD']);
    },
    async files() {
      const { files } = await harness.target.snapshot({ forWriting: true });
      return Object.fromEntries(files.map((file) => [file.path, file]));
    },
    adapter,
    close: () => rmSync(folder, { recursive: true, force: true }),
  };
  // The repository that nearly every test starts with is created once.
  const isPlain = files === oneCheck && Object.keys(options).length === 0;
  if (isPlain && plainRepository !== '') {
    cpSync(plainRepository, repository, { recursive: true });
    return harness;
  }
  run(['init', '--quiet', '--initial-branch=main', ...(options.init ?? []), repository], folder);
  const config = { 'user.name': 'Ada', 'user.email': 'ada@example.com', ...options.config };
  for (const [name, value] of Object.entries(config)) run(['config', name, value]);
  harness.put(files);
  harness.commit('The checks');
  run(['switch', '--quiet', '--create', testBranch]);
  if (isPlain) {
    plainRepository = mkdtempSync(join(tmpdir(), 'git-plain-'));
    cpSync(repository, plainRepository, { recursive: true });
  }
  return harness;
}

export function textOf(bytes: Uint8Array | undefined): string | undefined {
  return bytes && Buffer.from(bytes).toString();
}
