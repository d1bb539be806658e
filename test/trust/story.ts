/** A whole load test, call by call: what the campaigns disturb. */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import {
  builtProduct,
  initialize,
  type Message,
  type ServerProcess,
  startProcess,
} from '../stdio/builtServer.ts';
import type { Acknowledged, TrustWorld } from './trustWorld.ts';

const hook = (name: string) => pathToFileURL(join(import.meta.dirname, 'hooks', `${name}.mjs`)).href;

/** One step of the story: a call, and what its acknowledgement means. */
export interface Step {
  readonly tool: string;
  given(story: Story): object;
  /** Before the call: what happens outside. */
  before?(story: Story): void;
  acknowledge(story: Story, answer: Message): void;
}

export interface Story {
  readonly world: TrustWorld;
  readonly acknowledged: Acknowledged;
  reviewId: string;
}

const scaled = (story: Story, answer: Message, load: number) => {
  story.reviewId = answer.reviewId;
  Object.assign(story.acknowledged, { load, reviewId: answer.reviewId, approved: false });
};

export const steps: Step[] = [
  {
    tool: 'scaleConfigs',
    given: () => ({ load: 2 }),
    acknowledge: (story, answer) => scaled(story, answer, 2),
  },
  {
    tool: 'uploadChecks',
    given: ({ reviewId }) => ({ reviewId, approved: true }),
    acknowledge: ({ acknowledged }) => {
      acknowledged.approved = true;
    },
  },
  {
    tool: 'uploadDags',
    given: () => ({}),
    acknowledge: ({ acknowledged }) => {
      acknowledged.rounds = 1;
    },
  },
  {
    tool: 'pollCluster',
    before({ world }) {
      world.aws.advance(0.1);
      world.aws.dagRuns.trigger({ dagId: 'yang_audit_load_test_15m', conf: {} });
      world.aws.advance(600);
    },
    given: () => ({ waitSeconds: 0 }),
    acknowledge: () => undefined,
  },
  {
    tool: 'buildReport',
    given: () => ({}),
    acknowledge: ({ acknowledged, world }, answer) => {
      const directory = String(answer.directory ?? answer.report ?? '');
      acknowledged.report = directory.startsWith('/')
        ? directory
        : join(world.env.REPORTS_DIR ?? '', directory);
    },
  },
  {
    tool: 'commitResults',
    given: () => ({}),
    acknowledge: ({ acknowledged }) => {
      acknowledged.commits = 1;
    },
  },
  {
    tool: 'scaleConfigs',
    given: () => ({ load: 4 }),
    acknowledge: (story, answer) => scaled(story, answer, 4),
  },
  {
    tool: 'revertConfigs',
    given: () => ({ to: 'baseline' }),
    acknowledge: ({ acknowledged }) => {
      delete acknowledged.load;
      delete acknowledged.reviewId;
      acknowledged.approved = false;
    },
  },
];

export function newStory(world: TrustWorld): Story {
  return { world, acknowledged: { rounds: 0, commits: 0 }, reviewId: '' };
}

/** @param hooks modules of `hooks/` that are loaded before the product; `env` is theirs */
export async function served(
  world: TrustWorld,
  hooks: readonly string[] = [],
  env: Readonly<Record<string, string>> = {},
  product = builtProduct(),
): Promise<ServerProcess> {
  const imports = hooks.flatMap((name) => ['--import', hook(name)]);
  // In a process group of its own, so that a hook can kill its git as well.
  const server = startProcess(product, { ...world.env, ...env }, imports, world.directory, true);
  await initialize(server);
  return server;
}

export async function stop(server: ServerProcess): Promise<void> {
  server.child.stdin?.end();
  await server.exit;
}
