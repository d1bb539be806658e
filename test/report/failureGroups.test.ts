import { describe, expect, it } from 'vitest';
import type { StepLog } from '../../src/ports.ts';
import { buildReport } from '../../src/report/build.ts';
import { sampleAcrossChecks } from '../../src/report/logSample.ts';
import { factsOf, stepOf } from './rounds.ts';

const yarnKill: StepLog = {
  found: 'log',
  parts: [
    {
      uri: 's3://logs/stderr.gz',
      text: 'Container killed by YARN for exceeding physical memory limits. 5.5 GB of 5.5 GB used.',
      cut: false,
      gzip: true,
    },
  ],
};

describe('more failed steps than logs are read', () => {
  const steps = Array.from({ length: 200 }, (_, n) =>
    stepOf(`check_${n}_15m`, { started: n, ended: n + 60, state: 'FAILED' }),
  );

  it('are never called "no log found", and what was not read comes last', () => {
    const failures = new Map(steps.slice(0, 40).map((step) => [step.id, yarnKill]));
    const groups = buildReport(factsOf(steps, { failures })).failures;
    expect(groups.map(({ title, steps }) => [title, steps.length])).toEqual([
      ['Container killed by YARN for its memory', 40],
      ['Log not read (40 of 200 were)', 160],
    ]);
  });

  it('are sampled over the whole round', () => {
    const sample = sampleAcrossChecks(steps, 40);
    expect(sample).toHaveLength(40);
    expect(sample.map((step) => steps.indexOf(step))).toEqual(Array.from({ length: 40 }, (_, n) => 5 * n));
  });

  it('have one log of each check read before a second of any', () => {
    const often = Array.from({ length: 50 }, (_, n) => ({ name: 'often', n }));
    const rare = Array.from({ length: 5 }, (_, n) => ({ name: `rare_${n}`, n }));
    const sample = sampleAcrossChecks([...often, ...rare], 8);
    expect(sample.map(({ name }) => name).slice(0, 6)).toEqual(['often', ...rare.map(({ name }) => name)]);
    expect(sample).toHaveLength(8);
    expect(sampleAcrossChecks(rare, 8)).toEqual(rare);
  });
});
