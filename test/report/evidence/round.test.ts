/** Which steps' event logs are read. */
import { expect, test } from 'vitest';
import { stepsToRead } from '../../../src/report/evidence/round.ts';

type Steps = Parameters<typeof stepsToRead>[0];

const steps: Steps = Array.from({ length: 50 }, (_, at) => ({
  id: `s-${at}`,
  schedule: '15m',
  check: `check_${at}_15m`,
  path: `check_${at}_15m.yml`,
  state: at === 49 ? 'FAILED' : 'COMPLETED',
  // The failed one is the shortest; the last but one has not ended.
  runSeconds: at === 48 ? null : 100 - at,
  load: 2,
}));

test('of the slowest twenty and of the failed, unless all are wanted: then of all that ended', () => {
  const slowest = Array.from({ length: 20 }, (_, at) => `s-${at}`);
  expect(stepsToRead(steps, [], 'slowest')).toEqual([...slowest, 's-49']);
  const all = stepsToRead(steps, [], 'all');
  expect(all).toHaveLength(49);
  expect(all).not.toContain('s-48');
});

test('of a check that grew faster than the load, and of one whose rows an earlier report knows', () => {
  const before = steps.map((step, at) => ({
    ...step,
    load: 1,
    // s-30 took a tenth of its time at half the load; the others nearly as long.
    runSeconds: step.runSeconds === null ? null : step.runSeconds * (at === 30 ? 0.1 : 0.9),
    ...(at === 40 && { evidence: {} }),
  }));
  const earlier = [{ load: 1, steps: before }] as unknown as Parameters<typeof stepsToRead>[1];
  const read = stepsToRead(steps, earlier, 'slowest');
  expect(read.slice(20)).toEqual(['s-49', 's-30', 's-40']);
});
