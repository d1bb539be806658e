/** The process of driver.py: one JVM that runs one application after the other, and is started anew when it has died. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import type { SparkPlaces } from './places.ts';

export interface DriverOrder {
  /** Null: a query that warms the driver up. */
  readonly runner: string | null;
  readonly words: readonly string[];
  readonly conf: Readonly<Record<string, string>>;
}

/** What the application wrote, and what it ended with. */
export interface DriverAnswer {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface WarmDriver {
  /** True where a step would wait for Java to start: at first, and after a driver has died. */
  readonly isCold: boolean;
  /** One at a time. A driver with another heap is a new one. */
  run(order: DriverOrder, memory: string): Promise<DriverAnswer>;
  /** Kills what runs; the answer then has exit code 137. */
  kill(): void;
}

interface Answer {
  readonly exitCode: number;
  /** The JVM can run another application. */
  readonly alive: boolean;
}

/** As of a process that SIGKILL ended. */
const killed: Answer = { exitCode: 137, alive: false };

interface Running {
  readonly process: ChildProcess;
  readonly memory: string;
  /** Of the driver since it was last asked. */
  output(): { stdout: string; stderr: string };
  answer(): Promise<Answer>;
}

export function createWarmDriver(
  places: SparkPlaces,
  environment: () => Readonly<Record<string, string>>,
): WarmDriver {
  let running: Running | undefined;

  function kill(): void {
    const pid = running?.process.pid;
    running = undefined;
    if (pid === undefined) return;
    try {
      // The JVM is a child of Python: both are in a group of their own.
      process.kill(-pid, 'SIGKILL');
    } catch {
      // It has ended.
    }
  }

  // In a group of its own, it gets no Ctrl-C.
  process.once('exit', kill);
  return {
    kill,
    get isCold() {
      return running === undefined;
    },
    async run(order, memory) {
      if (running !== undefined && (running.memory !== memory || hasEnded(running))) kill();
      running ??= start(places, environment(), memory);
      const own = running;
      own.output();
      own.process.stdin?.write(`${JSON.stringify(order)}\n`);
      const { exitCode, alive } = await own.answer();
      const answer = { exitCode, ...own.output() };
      // Java answers for a moment after it ran out of memory, and then ends.
      const isDying = !alive || answer.stderr.includes('java.lang.OutOfMemoryError');
      if (isDying && running === own) kill();
      return answer;
    },
  };
}

const hasEnded = ({ process: { exitCode, signalCode } }: Running) => exitCode !== null || signalCode !== null;

function start(places: SparkPlaces, env: Readonly<Record<string, string>>, memory: string): Running {
  const submit = `--driver-memory ${memory} --driver-class-path ${places.iceberg} pyspark-shell`;
  const child = spawn(places.python, [places.driverFile], {
    env: {
      // To boto3, an empty AWS_PROFILE is a profile without a name.
      ...Object.fromEntries(Object.entries(env).filter(([, value]) => value !== '')),
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      JAVA_HOME: places.java,
      PYSPARK_PYTHON: places.python,
      PYSPARK_SUBMIT_ARGS: submit,
      SPARK_LOCAL_IP: '127.0.0.1',
      TZ: 'UTC',
    },
    stdio: ['pipe', 'pipe', 'pipe', 'pipe'],
    detached: true,
  });
  const texts = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const)
    child[name]?.setEncoding('utf8').on('data', (text: string) => {
      texts[name] += text;
    });
  // A driver that has died takes no order.
  child.stdin?.on('error', () => undefined);
  let settle: ((answer: Answer) => void) | undefined;
  const lines = createInterface({ input: child.stdio[3] as Readable });
  lines.on('line', (line) => settle?.(JSON.parse(line) as Answer));
  child.on('error', () => settle?.(killed));
  child.on('close', (code) => settle?.({ ...killed, exitCode: code ?? killed.exitCode }));
  return {
    process: child,
    memory,
    output() {
      const taken = { ...texts };
      texts.stdout = '';
      texts.stderr = '';
      return taken;
    },
    answer: () =>
      new Promise((resolve) => {
        settle = resolve;
        if (child.exitCode !== null || child.signalCode !== null) resolve(killed);
      }),
  };
}
