/** Runs git. */
import { simpleGit } from 'simple-git';
import { type ErrorCode, ToolError } from '../../domain/errors.ts';
import { clean } from '../../domain/foreignText.ts';
import { machineClock, type WaitingClock } from '../waiting.ts';
import { isInUse, lockedError, lockFileIn } from './gitLocks.ts';

/**
 * git in one directory: constant arguments, data over stdin or after `--`, no hooks, no prompts, no pager.
 */
export interface Git {
  readonly directory: string;
  /** Runs git and returns stdout. @throws ToolError with git's own text; the interface masks secrets. */
  run(args: readonly string[], options?: GitOptions): Promise<string>;
  /** The same for the binary output of cat-file. */
  bytes(args: readonly string[], options?: GitOptions): Promise<Buffer>;
}

interface GitOptions {
  /** Not empty: simple-git would not close stdin, and git would wait forever. */
  readonly input?: string;
  readonly signal?: AbortSignal | undefined;
  /** An index or a work tree other than the repository's own. */
  readonly places?: Places;
}

export interface Places {
  readonly index?: string;
  readonly workTree?: string;
}

const quiet = {
  GIT_TERMINAL_PROMPT: '0',
  GIT_LITERAL_PATHSPECS: '1',
  // A read must not compete with the user's own git for the index lock.
  GIT_OPTIONAL_LOCKS: '0',
  LC_ALL: 'C',
};

/** Turns off settings that would run a program chosen by the repository, or prompt. */
const config = [
  'core.hooksPath=/dev/null',
  'core.fsmonitor=false',
  'commit.gpgSign=false',
  'log.showSignature=false',
  // An address guessed from the host name belongs to nobody.
  'user.useConfigOnly=true',
  'gc.auto=0',
  'maintenance.auto=false',
  'core.quotePath=false',
];

export function openGit(directory: string, clock: Pick<WaitingClock, 'sleep'> = machineClock): Git {
  function start({ input, signal, places = {} }: GitOptions) {
    return simpleGit({
      baseDir: directory,
      config,
      allowEnvironment: [...Object.keys(quiet), 'GIT_INDEX_FILE', 'GIT_WORK_TREE'],
      unsafe: { allowUnsafeHooksPath: true, allowUnsafeFsMonitor: true },
      ...(input === undefined ? {} : { input: () => input }),
      ...(signal === undefined ? {} : { abort: signal }),
    })
      .env({
        ...environment(),
        ...quiet,
        ...(places.index && { GIT_INDEX_FILE: places.index }),
        ...(places.workTree && { GIT_WORK_TREE: places.workTree }),
      })
      .outputHandler(endAtOnce);
  }

  return {
    directory,
    async run(args, options = {}) {
      const { signal } = options;
      for (let waitedMs = 0; ; waitedMs += lockStepMs) {
        try {
          return await start(options).raw([...args]);
        } catch (error) {
          const lock = lockFileIn(wordsOf(error));
          if (lock === undefined) return failure(args, error, signal, directory);
          if (waitedMs >= longestLockWaitMs || !(await isInUse(lock, directory)))
            throw await lockedError(lock, directory, error);
        }
        // The user's editor runs git all the time, each time for a moment.
        await clock.sleep(lockStepMs, signal);
      }
    },
    async bytes(args, { input = '', signal } = {}) {
      const [command, ...rest] = args;
      if (command !== 'cat-file') throw new RangeError('only cat-file returns bytes');
      try {
        return (await start({ input, signal }).binaryCatFile(rest)) as Buffer;
      } catch (error) {
        return failure(args, error, signal, directory);
      }
    },
  };
}

const lockStepMs = 200;
const longestLockWaitMs = 3_000;

/** simple-git waits another 50 ms for a process without output; the end of stdout is enough. */
function endAtOnce(_command: string, stdout: NodeJS.ReadableStream): void {
  stdout.once('end', () => stdout.emit('data', Buffer.alloc(0)));
}

/** The variables that git needs: to find itself, the user's identity and little else. */
function environment(): Record<string, string> {
  const names = [
    'PATH',
    'HOME',
    'USERPROFILE',
    'XDG_CONFIG_HOME',
    'TMPDIR',
    'SYSTEMROOT',
    'TZ',
    'GNUPGHOME',
    'SSH_AUTH_SOCK',
  ];
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = process.env[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

/** The failures of git that occur in practice, by its own words, which replace `<words>`. */
const failures: readonly {
  readonly words: RegExp;
  readonly code: ErrorCode;
  readonly what: string;
  readonly next: string;
}[] = [
  {
    words: /Please tell me who you are|auto-detection is disabled|empty ident name/,
    code: 'CONFIG',
    what: 'git does not know your name and e-mail address. Nothing more was committed.',
    next: 'type: git config --global user.name "…" && git config --global user.email "…", then call the same tool again.',
  },
  {
    words: /spawn git.*ENOENT/s,
    code: 'CONFIG',
    what: 'git is not installed, or not on the PATH of this server. Nothing was changed.',
    next: 'install git 2.30 or newer and start the server again.',
  },
  {
    words: /dubious ownership/,
    code: 'CONFIG',
    what: 'git rejects the repository because it belongs to another user. Nothing was changed.',
    next: 'if you trust it, type: git config --global --add safe.directory "<directory>"; then call the same tool again.',
  },
  {
    words:
      /No space left on device|Disk quota exceeded|Read-only file system|Permission denied|Input\/output error/,
    code: 'CONFIG',
    what: 'git could not write in <directory>: <words>. Nothing more was committed.',
    next: 'fix that, then call the same tool again: it continues where it stopped.',
  },
];

function failure(
  args: readonly string[],
  cause: unknown,
  signal: AbortSignal | undefined,
  directory: string,
): never {
  signal?.throwIfAborted();
  const words = wordsOf(cause);
  const known = failures.find((one) => one.words.test(words));
  const filled = (text: string) =>
    text.replace('<directory>', () => directory).replace('<words>', () => clean(words, 300));
  if (known) throw new ToolError(known.code, filled(known.what), { next: filled(known.next), cause });
  throw new ToolError('UPSTREAM', `git ${args[0]} failed: ${clean(words, 300)}. Nothing more was changed.`, {
    next: 'check git status in that repository, then call the same tool again.',
    cause,
  });
}

function wordsOf(cause: unknown): string {
  return cause instanceof Error ? cause.message.trim() : String(cause);
}
