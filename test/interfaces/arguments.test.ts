import { describe, expect, test } from 'vitest';
import { parseArguments } from '../../src/interfaces/schemas.ts';
import { tools } from '../../src/tools/index.ts';
import type { Tool } from '../../src/tools/tool.ts';

function tool(name: string): Tool {
  const found = tools.find((one) => one.name === name);
  if (found === undefined) throw new RangeError(name);
  return found;
}

function refusal(name: string, given: unknown): string {
  try {
    parseArguments(tool(name), given);
  } catch (error) {
    return (error as { text: string }).text;
  }
  throw new Error(`${name} took ${JSON.stringify(given)}`);
}

test.each([2, '2', '2x', ' 2X ', '002x'])('a load may be written %j', (load) => {
  expect(parseArguments(tool('scaleConfigs'), { load }).load).toBe(2);
});

describe('a refusal names the valid values, the given value, and what to call', () => {
  const wanted = 'load must be a whole number from 1 to 1000, such as 2 or "2x"';
  const cases: [string, unknown, string][] = [
    ['scaleConfigs', { load: 0 }, `${wanted}, not 0.`],
    ['scaleConfigs', { load: 2.5 }, `${wanted} (ask the user: 2x or 3x), not 2.5.`],
    ['scaleConfigs', { load: 'two' }, `${wanted}, not "two".`],
    ['scaleConfigs', { load: 1001 }, `${wanted}, not 1001.`],
    ['scaleConfigs', { load: '1001x' }, `${wanted}, not "1001x".`],
    ['scaleConfigs', { load: null }, `${wanted}, not null.`],
    ['scaleConfigs', { load: [2] }, `${wanted}, not [2].`],
    ['scaleConfigs', { load: true }, `${wanted}, not true.`],
    ['scaleConfigs', {}, 'load is missing: it must be a whole number from 1 to 1000, such as 2 or "2x".'],
    ['scaleConfigs', undefined, 'load is missing'],
    [
      'scaleConfigs',
      { load: 2, schedule: 'weekly' },
      'schedule must be one of 15m, hourly, daily, not "weekly".',
    ],
    ['scaleConfigs', { load: 2, scope: 'some' }, 'scope must be one of all, schedule, not "some".'],
    ['scaleConfigs', { load: 2, dryRun: 'yes' }, 'dryRun must be true or false, not "yes".'],
    ['scaleConfigs', { load: 2, dry_run: true }, 'there is no argument "dry_run" (did you mean dryRun?).'],
    [
      'scaleConfigs',
      { laod: 2 },
      'load is missing: it must be a whole number from 1 to 1000, such as 2 or "2x"; there is no argument "laod" (did you mean load?).',
    ],
    ['scaleConfigs', { load: 2, colour: 'red' }, 'there is no argument "colour".'],
    ['scaleConfigs', 'load 2x', 'the arguments must be one object.'],
    ['scaleConfigs', [], 'the arguments must be one object.'],
    ['fixInterval', { check: 7, from: 1, to: 2 }, 'check must be text of 1 to 300 characters, not 7.'],
    ['fixInterval', { check: '', from: 1, to: 2 }, 'check must be text of 1 to 300 characters, not "".'],
    [
      'fixInterval',
      { check: 'a', from: -1, to: 2 },
      'from must be a whole number from 0 to 1000000, not -1.',
    ],
    [
      'fixInterval',
      { check: 'a', from: 6, to: 1.5 },
      'to must be a whole number from 0 to 1000000, not 1.5.',
    ],
    [
      'fixInterval',
      { check: 'a', from: 6, to: 4, unit: 'hours' },
      'unit must be one of minute, hour, day, week, month, not "hours".',
    ],
    [
      'pollCluster',
      { clusterId: 'j-lower' },
      'clusterId must be an EMR cluster id such as j-2ABCDEFG12345, not "j-lower".',
    ],
    ['pollCluster', { waitSeconds: 51 }, 'waitSeconds must be a whole number from 0 to 45, not 51.'],
    ['uploadChecks', { reviewId: 'latest' }, 'reviewId must be a review id of 16 hex digits'],
    ['showSession', { verbose: true }, 'there is no argument "verbose".'],
  ];
  test.each(cases)('%s %j', (name, given, words) => {
    const text = refusal(name, given);
    expect(text).toContain(`BAD_INPUT: `);
    expect(text).toContain(words);
    expect(text).toContain('Nothing was changed. Next: call ');
    expect(text).not.toMatch(/Invalid|expected|received|undefined/);
  });
});

test('every tool explains each argument in messages of its own, whatever value it gets', () => {
  for (const one of tools)
    for (const name of Object.keys(one.input.shape))
      for (const value of [{}, [], Number.NaN, -7.5, 'no such value \u202e\u0007', null, 1e99]) {
        let text = '';
        try {
          parseArguments(one, { [name]: value });
        } catch (error) {
          text = (error as { text: string }).text;
        }
        // Some texts take any text.
        if (text === '') continue;
        expect(text).not.toMatch(/Invalid|expected|received|undefined|Too (small|big)|of another type/);
        // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be echoed
        expect(text).not.toMatch(/[\u0000-\u001f\u202e]/);
      }
});

test('a long wrong value is cut', () => {
  expect(refusal('scaleConfigs', { load: 'x'.repeat(5000) }).length).toBeLessThan(500);
});
