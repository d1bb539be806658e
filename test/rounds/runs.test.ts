/** Which round owns a DAG run, and which runs no round owns. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Step } from '../../src/ports/aws.ts';
import { otherRunsOn } from '../../src/rounds/otherRuns.ts';
import { loadOfName, runsOn, stepsOfRound, unownedRuns } from '../../src/rounds/runs.ts';
import type { Round } from '../../src/state/session.ts';
import { minute, noon, prefix, round, step } from './rounds.ts';

const own = (one: Round, rounds: Round[], steps: Step[], id = 'j-A') =>
  stepsOfRound(one, rounds, { id, steps }, prefix).own.map((each) => each.id);
const created = (id: string, minutes: number, name: string) => ({
  id,
  name,
  state: 'RUNNING',
  createdMs: noon + minutes * minute,
});

test('a round owns the first run in its window, whole; the second is no round’s', () => {
  const one = round(1, 0, { clusterId: 'j-A' });
  const steps = [step(1), step(2), step(9, { run: 'r2' }), step(10), step(11, { run: 'r2' })];
  expect(own(one, [one], steps)).toEqual(['s-1', 's-2', 's-10']);
  const unowned = unownedRuns([one], { id: 'j-A', steps }, prefix);
  expect(unowned.map((run) => [run.runId, run.steps.length])).toEqual([['r2', 2]]);
});

test('a later mark does not cut the run of an earlier round, on one cluster or on two', () => {
  const steps = [step(1), step(6, { run: 'r2' }), step(8), step(9, { run: 'r2' })];
  const rounds = [round(1, 0, { clusterId: 'j-A' }), round(2, 5, { clusterId: 'j-A' })];
  expect(rounds.map((one) => own(one, rounds, steps))).toEqual([
    ['s-1', 's-8'],
    ['s-6', 's-9'],
  ]);
  const apart = [round(1, 0, { clusterId: 'j-A' }), round(2, 5, { clusterId: 'j-B' })];
  expect(own(apart[0] as Round, apart, [step(6), step(7)])).toEqual(['s-6', 's-7']);
});

test('a round bound to a run owns that run, whenever it began', () => {
  const bound = round(2, 30, { clusterId: 'j-A', runId: 'r1' });
  const rounds = [round(1, 0, { clusterId: 'j-A' }), bound];
  const steps = [step(1), step(9, { run: 'r2' })];
  expect(rounds.map((one) => own(one, rounds, steps))).toEqual([['s-9'], ['s-1']]);
});

test('steps without a run id belong to the round in whose window they are', () => {
  const plain = (minutes: number): Step => ({ ...step(minutes), arguments: [] });
  const rounds = [
    round(1, 0, { clusterId: 'j-A', finished: { steps: 1, failed: 0 } }),
    round(2, 5, { clusterId: 'j-A' }),
  ];
  const steps = [plain(1), plain(2), plain(6)];
  expect(rounds.map((one) => own(one, rounds, steps))).toEqual([['s-1', 's-2'], ['s-6']]);
  expect(unownedRuns(rounds, { id: 'j-A', steps }, prefix)).toEqual([]);
  const forMark = unownedRuns(rounds, { id: 'j-A', steps }, prefix, { isMark: true });
  expect(forMark.flatMap((run) => run.steps.map(({ id }) => id))).toEqual(['s-2']);
});

test('no step belongs to two rounds, and every run has a round or is an other run', () => {
  const aRound = fc.record({ minutes: fc.nat(60), run: fc.option(fc.nat(4), { nil: undefined }) });
  const aStep = fc.record({ minutes: fc.nat(90), run: fc.nat(4) });
  fc.assert(
    fc.property(fc.array(aRound, { maxLength: 5 }), fc.array(aStep, { maxLength: 20 }), (marks, seen) => {
      const rounds = marks.map(({ minutes, run }, index) =>
        round(index + 1, minutes, { clusterId: 'j-A', ...(run !== undefined && { runId: `r${run}` }) }),
      );
      const steps = seen
        .map(({ minutes, run }, index) => ({ ...step(minutes, { run: `r${run}` }), id: `s${index}` }))
        .sort((a, b) => a.createdMs - b.createdMs);
      const owned = rounds.flatMap((one) => own(one, rounds, steps));
      const others = unownedRuns(rounds, { id: 'j-A', steps }, prefix).flatMap((run) =>
        run.steps.map(({ id }) => id),
      );
      expect([...owned, ...others].sort()).toEqual(steps.map(({ id }) => id).sort());
    }),
  );
});

test('a new cluster of our names without a step is a run; one of a round or of other names is not', () => {
  const names = { '15m': 'load', hourly: 'load_hourly' };
  const rounds = [round(1, 0, { clusterId: 'j-A' })];
  const clusters = [
    { id: 'j-A', created: created('j-A', 1, 'load_2x_r1'), steps: [step(2)] },
    { id: 'j-M', created: created('j-M', 6, 'load_hourly_4x_r'), steps: [] },
    { id: 'j-X', created: created('j-X', 7, 'theirs_2x_r'), steps: [] },
    { id: 'j-N', created: created('j-N', 3, 'load_2x_r2'), steps: [step(8, { run: 'r2' })] },
  ];
  expect(otherRunsOn(rounds, clusters, names, prefix)).toMatchObject([
    { clusterId: 'j-N', runId: 'r2', schedule: '15m', load: 2, steps: 1, startedMs: noon + 3 * minute },
    { clusterId: 'j-M', schedule: 'hourly', load: 4, steps: 0, active: true },
  ]);
});

test('the load of a name, and the runs on a cluster', () => {
  expect(loadOfName({ name: 'load_15m_4x_manual' }, 'load_15m')).toBe(4);
  expect(loadOfName({ name: 'load_15m_4xl' }, 'load_15m')).toBeUndefined();
  expect(loadOfName({ name: 'other_4x_r' }, 'load_15m')).toBeUndefined();
  const runs = runsOn('j-A', [step(1, { load: 4 }), step(2, { run: 'r2' }), step(3, { load: 4 })], prefix);
  expect(runs.map(({ runId, load, steps }) => [runId, load, steps.length])).toEqual([
    ['r1', 4, 2],
    ['r2', 2, 1],
  ]);
});
