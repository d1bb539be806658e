/** The real adapters in the sandbox's world, for the suites of the faces. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import type { World } from '../../sandbox/world/world.ts';
import { compose } from '../../src/compose.ts';
import type { Ports } from '../../src/ports/ports.ts';
import { readSettings } from '../../src/settings.ts';
import { startPreparedWorld } from '../preparedWorld.ts';

export function useWorld(): { world(): World; ports(env?: Record<string, string>): Promise<Ports> } {
  let place: string;
  let world: World;
  beforeAll(async () => {
    place = mkdtempSync(join(tmpdir(), 'faces-'));
    world = await startPreparedWorld(place);
    // The AWS SDK reads its own variables from the environment.
    for (const [name, value] of Object.entries(world.env))
      if (name.startsWith('AWS_')) {
        if (value === '') delete process.env[name];
        else process.env[name] = value;
      }
  });
  afterAll(async () => {
    await world.close();
    rmSync(place, { recursive: true, force: true });
  });
  return {
    world: () => world,
    ports: async (env = {}) => compose(readSettings({ ...world.env, ...env }, place)),
  };
}
