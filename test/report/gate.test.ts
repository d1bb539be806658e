import { expect, it } from 'vitest';
import { assembleReport } from '../../src/report/build.ts';
import { failedGates, gates } from '../../src/report/verdict/gate.ts';
import { covering, evenRound, factsOf } from './rounds.ts';

const failing = (seconds: number, more: Partial<Parameters<typeof factsOf>[1]> = {}, failed = 0) =>
  failedGates(
    assembleReport(
      factsOf(
        evenRound(16, 4, () => (seconds - 5) / 4).map((step, index) =>
          index < failed ? { ...step, state: 'FAILED' } : step,
        ),
        { clusterConfig: { digest: 'a', stepConcurrencyLevel: 4 }, ...more },
      ),
    ),
    gates,
  );

it.each([
  ['fits', failing(605), []],
  ['just fits', failing(896), []],
  ['missed', failing(1005), ['missed']],
  ['is not decided', failing(605, {}, 4), ['missed', 'failed']],
  ['is not seen to its end', failing(605, { partial: true }), []],
  ['has no data', failing(605, {}, 16), ['missed', 'failed']],
  ['fits with a failed step', failing(605, {}, 1), ['failed']],
  [
    'has a check that was not scaled',
    failing(605, { coverage: covering(['check_0000_15m.yml'], '15m', 16) }),
    ['unscaled'],
  ],
  [
    'leaves alone only what the rule leaves alone',
    failing(605, { coverage: { ...covering(['check_0000_15m.yml'], '15m', 16), kinds: 1 } }),
    [],
  ],
  [
    'has a check that reads less at a higher load',
    failing(605, { coverage: { ...covering([], '15m', 16), narrows: ['check_0000_15m.yml'] } }),
    ['unscaled'],
  ],
  ['does not say what was scaled', failing(605, { coverage: undefined }), ['unscaled']],
  [
    'is no load test',
    failing(605, {
      coverage: covering(
        evenRound(16, 4, () => 1).map(({ name }) => name.replace('_2x', '.yml')),
        '15m',
        16,
      ),
    }),
    ['missed', 'unscaled'],
  ],
])('a round that %s fails the gates it should', (_what, failed, expected) => {
  expect(failed).toEqual(expected);
});
