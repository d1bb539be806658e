import { describe, expect, it } from 'vitest';
import { assembleReport } from '../../../src/report/build.ts';
import { briefLists } from '../../../src/report/summary/inBrief.ts';
import { factsOf } from '../rounds.ts';
import { constructedRounds } from './constructedRounds.ts';

describe('the first advice of a constructed round', () => {
  it.each(constructedRounds)('is what its maker expects: $name', ({ steps, slots, more, expected }) => {
    const report = assembleReport(
      factsOf(steps, { clusterConfig: { stepConcurrencyLevel: slots }, ...more }),
    );
    expect(report.verdict.outcome).toBe(expected.outcome);
    const first = new Map(briefLists(report)).get('Do first')?.[0];
    expect(first?.slice(0, expected.first.length)).toBe(expected.first);
    expect(report.toFit?.necessary.map(({ check }) => check) ?? []).toEqual(expected.necessary ?? []);
  });
});
