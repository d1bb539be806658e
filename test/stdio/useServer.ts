/** The built server in the sandbox's world, for the suites that run it as a process. */
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import type { World } from '../../sandbox/world/world.ts';
import { preparedWorld, startPreparedWorld } from '../preparedWorld.ts';
import { builtProduct, initialize, type Message, type ServerProcess, startProcess } from './builtServer.ts';

export type Environment = Record<string, string>;

export interface Harness {
  world(): World;
  /** The built main.js. */
  product(): string;
  /** A temp directory of the suite. */
  place(): string;
  start(env: Environment, nodeOptions?: string[], cwd?: string): ServerProcess;
  /** Started with the sandbox's settings and these, and initialized. */
  serve(env?: Environment): Promise<ServerProcess>;
  /** Settings for a session and a clone of the target repository that nobody else has. */
  freshPlaces(): Environment & { TARGET_REPO: string; STATE_DIR: string; CONFIGS_PREFIX: string };
  control(method: string, path: string, body?: unknown): Promise<Message[]>;
  /** How many objects were put under a prefix so far. */
  puts(prefix: string): Promise<number>;
}

/** Call it at the top of a suite. Whatever a server says is judged when its test ends. */
export function useServer(): Harness {
  let product: string;
  let place: string;
  let world: World;
  let pristine: string;
  let clones = 0;
  const servers: ServerProcess[] = [];

  beforeAll(async () => {
    product = builtProduct();
    place = mkdtempSync(join(tmpdir(), 'stdio-'));
    pristine = await preparedWorld('all');
    world = await startPreparedWorld(place);
  });
  afterAll(async () => {
    await world.close();
    rmSync(place, { recursive: true, force: true });
  });
  afterEach(async () => {
    await harness.control('DELETE', 'faults');
    for (const server of servers.splice(0)) {
      server.child.kill('SIGKILL');
      await server.exit;
      expect(server.strays).toEqual([]);
      const said = { at: expect.any(String), level: expect.any(String), event: expect.any(String) };
      for (const line of server.log) expect(JSON.parse(line)).toMatchObject(said);
    }
  });

  const harness: Harness = {
    world: () => world,
    product: () => product,
    place: () => place,
    start(env, nodeOptions, cwd) {
      const server = startProcess(product, env, nodeOptions, cwd);
      servers.push(server);
      return server;
    },
    async serve(env = {}) {
      const server = harness.start({ ...world.env, ...env });
      await initialize(server);
      return server;
    },
    freshPlaces() {
      clones += 1;
      const TARGET_REPO = join(place, `repo-${clones}`);
      cpSync(join(pristine, 'k-repo'), TARGET_REPO, { recursive: true });
      return {
        TARGET_REPO,
        STATE_DIR: join(place, `state-${clones}`),
        CONFIGS_PREFIX: `checks_load_test_${clones}/configs`,
      };
    },
    async control(method, path, body) {
      const response = await fetch(`${world.endpoint}/_sandbox/${path}`, {
        method,
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      expect(response.status).toBe(200);
      return (await response.json()) as Message[];
    },
    async puts(prefix) {
      const requests = await harness.control('GET', 'requests');
      return requests.filter((one) => one.operation === 'PutObject' && one.key?.startsWith(prefix)).length;
    },
  };
  return harness;
}

/** Looks again and again: what is waited for happens in another process, which needs the processor meanwhile. */
export async function until(holds: () => Promise<boolean> | boolean): Promise<void> {
  while (!(await holds())) await setTimeout(10);
}
