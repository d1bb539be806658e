/** Test files run one after the other in one process: restores the environment and the clock after each. */
import { afterAll, expect, vi } from 'vitest';

// toMatchObject takes a regular expression for an object without fields, which every text matches.
expect.addEqualityTesters([
  (actual, expected) => {
    if (expected instanceof RegExp && typeof actual === 'string')
      throw new TypeError(`Nothing is compared here: say expect.stringMatching(${expected})`);
    return undefined;
  },
]);

const before = { ...process.env };

afterAll(() => {
  vi.useRealTimers();
  for (const name of Object.keys(process.env)) if (!(name in before)) delete process.env[name];
  Object.assign(process.env, before);
});
