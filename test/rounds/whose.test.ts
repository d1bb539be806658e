/** Which round is meant, which round a cluster belongs to, and when a round begins. */
import { describe, expect, test } from 'vitest';
import type { Step } from '../../src/ports/aws.ts';
import { lacksRound } from '../../src/rounds/begin.ts';
import {
  chooseRound,
  isSettled,
  isUnused,
  latestThatRan,
  ownerOfCluster,
  waitingRound,
} from '../../src/rounds/choice.ts';
import type { Round } from '../../src/state/session.ts';
import { at, prefix, round, step } from './rounds.ts';

test('an unused mark is chosen only if there is no other round', () => {
  const rounds = [
    round(1, 0, { clusterId: 'j-A' }),
    round(2, 10, { load: 4, clusterId: 'j-B' }),
    round(3, 20, { load: 4 }),
    round(4, 30, { schedule: 'hourly' }),
    round(5, 40, { load: 8, clusterId: 'j-C', abandoned: true }),
    round(6, 50, { load: 8 }),
  ];
  expect(rounds.map((one) => isUnused(one, rounds))).toEqual([false, false, true, true, false, false]);
  const chosen = (wanted: Parameters<typeof chooseRound>[1]) => chooseRound(rounds, wanted)?.round;
  expect(chosen({})).toBe(6);
  expect(chosen({ load: 4 })).toBe(2);
  expect(chosen({ load: 3 })).toBe(6);
  expect(chosen({ schedule: 'hourly' })).toBe(4);
  expect(chosen({ schedule: 'daily' })).toBeUndefined();
  expect([chosen({ round: 3 }), chosen({ round: 5 }), chosen({ round: 7 })]).toEqual([3, 5, undefined]);
  expect(chooseRound(rounds.slice(2, 5), { load: 4 })?.round).toBe(3);
  expect([latestThatRan(rounds, { load: 4 })?.round, latestThatRan(rounds, { load: 3 })]).toEqual([
    2,
    undefined,
  ]);
  expect([waitingRound(rounds)?.round, waitingRound(rounds.slice(0, 2))]).toEqual([6, undefined]);
});

describe('the round of a named cluster', () => {
  const ended = { finished: { steps: 1, failed: 0 } };
  const rounds = [
    round(1, 0, { clusterId: 'j-A', ...ended }),
    round(2, 10, { clusterId: 'j-B', ...ended }),
    round(3, 20, { schedule: 'hourly', clusterId: 'j-H' }),
    round(4, 30),
  ];
  const latest = rounds[3];
  const owner = (id: string, state: string, steps: Step[], preferred: Round | undefined = latest) =>
    ownerOfCluster(rounds, preferred, { id, state, steps }, prefix)?.round;

  test.each([
    ['of an earlier round, ended', 'j-A', 'TERMINATED', [step(1)], 1],
    ['of an earlier round, up and free for the latest', 'j-A', 'WAITING', [step(1)], 4],
    [
      'of an earlier round, with a run of the latest',
      'j-A',
      'TERMINATED',
      [step(1), step(31, { run: 'r4' })],
      4,
    ],
    ['a new one with steps of the latest', 'j-N', 'TERMINATED', [step(31)], 4],
    ['a new one that starts', 'j-N', 'STARTING', [], 4],
    ['a new one that ended without a step', 'j-N', 'TERMINATED', [], undefined],
    [
      'a new one with steps in the window of a round that ended elsewhere',
      'j-N',
      'TERMINATED',
      [step(11)],
      undefined,
    ],
    ['one on which another round runs', 'j-H', 'RUNNING', [step(21, { schedule: 'hourly' })], 3],
    [
      'a run that began before the latest was marked',
      'j-N',
      'RUNNING',
      [step(29, { state: 'RUNNING' })],
      undefined,
    ],
    ['one of another schedule', 'j-N', 'RUNNING', [step(31, { schedule: 'daily' })], undefined],
  ] as const)('%s', (_what, id, state, steps, expected) => {
    expect(owner(id, state, [...steps])).toBe(expected);
  });

  test('a round that ended elsewhere never gets the cluster, one that runs elsewhere may', () => {
    const second = rounds[1];
    expect(owner('j-N', 'TERMINATED', [step(11)], second)).toBeUndefined();
    const { finished: _, ...running } = second ?? round(2, 10);
    const now = rounds.map((one) => (one === second ? running : one));
    const named = { id: 'j-N', state: 'TERMINATED', steps: [step(11)] };
    expect(ownerOfCluster(now, running, named, prefix)?.round).toBe(2);
    expect(ownerOfCluster(now, latest, named, prefix)).toBeUndefined();
  });

  test('a final report settles a round, a provisional one does not', () => {
    const report = { directory: '2x', verdict: 'fits', partial: true };
    expect(isSettled(round(1, 0, { clusterId: 'j-A', report }))).toBe(false);
    expect(isSettled(round(1, 0, { clusterId: 'j-A', report: { ...report, partial: false } }))).toBe(true);
    expect(isSettled(round(1, 0, { clusterId: 'j-A' }))).toBe(false);
    expect(isSettled(round(1, 0, { report: { ...report, partial: false } }))).toBe(false);
  });
});

test('checks uploaded since the newest round of their schedule and load need a round', () => {
  const upload = { schedule: '15m', load: 2, reviewId: 'new', scope: 'all', at: at(5) } as const;
  const lacking = (rounds: Round[], uploads = [upload]) =>
    lacksRound({ uploads, rounds }, { load: 2, schedule: '15m' });
  expect(lacking([round(1, 0, { reviewId: 'old' })])).toBe(true);
  expect(lacking([round(1, 0, { reviewId: 'old' }), round(2, 6, { reviewId: 'new' })])).toBe(false);
  expect(
    lacking([round(1, 0, { reviewId: 'new' }), round(2, 6, { schedule: 'daily', reviewId: 'other' })]),
  ).toBe(false);
  expect(lacking([round(1, 0, { load: 4, reviewId: 'new' })])).toBe(true);
  expect(lacking([round(1, 0)], [])).toBe(false);
});
