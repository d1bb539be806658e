import { describe, expect, it } from 'vitest';
import { assembleReport } from '../../src/report/build.ts';
import { settingChanges } from '../../src/report/comparison/followUp.ts';
import type { RoundFacts } from '../../src/report/model/facts.ts';
import { renderMarkdown } from '../../src/report/render/markdown.ts';
import { suggestionBlocks } from '../../src/report/render/sections/suggestions.ts';
import { evenRound, factsOf } from './rounds.ts';

function roundOn(day: number, slots: number, more: Partial<RoundFacts> = {}) {
  const steps = evenRound(40, slots, () => 60);
  return assembleReport(
    factsOf(steps, {
      startedAtText: `2025-12-0${day}T15:30:00.000000-05:00`,
      clusterConfig: { digest: `on ${slots}`, stepConcurrencyLevel: slots },
      ...more,
    }),
  );
}

describe('what changed since the last round at this load', () => {
  const first = roundOn(1, 4);

  it('is said in one line, with the runtime before and now', () => {
    const second = roundOn(2, 8, { earlier: [first] });
    expect(second.followUp).toEqual({
      settings: [{ setting: 'StepConcurrencyLevel', from: '4', to: '8' }],
      runtimeSeconds: { from: 605, to: 305 },
      sentence: 'Since the last round at this load: StepConcurrencyLevel 4 → 8; runtime 10m 5s → 5m 5s.',
    });
    const { sentence } = second.followUp ?? {};
    expect(renderMarkdown(second)).toContain(`\n\n${sentence}\n`);
    expect(suggestionBlocks(second, 'page')).toContainEqual({ kind: 'paragraph', line: sentence });
  });

  it('opens the comparison with the runtime, before the single checks', () => {
    expect(renderMarkdown(roundOn(2, 8, { earlier: [first] }))).toContain(
      '- Total runtime: 50% shorter (10m 5s → 5m 5s) with StepConcurrencyLevel 4 → 8; single checks take as long as before\n',
    );
  });

  it('is said although no setting changed', () => {
    expect(roundOn(2, 4, { earlier: [first] }).followUp?.sentence).toBe(
      'Since the last round at this load: no setting changed; runtime 10m 5s → 10m 5s.',
    );
  });

  it('has no runtime of a round whose verdict is not decided', () => {
    const steps = evenRound(40, 4, () => 60).map((step, index) =>
      index < 20 ? { ...step, state: 'FAILED' } : step,
    );
    const broken = roundOn(1, 4, { steps });
    expect(broken.verdict.outcome).toBe('not_decided');
    expect(roundOn(2, 4, { earlier: [broken] }).followUp).toMatchObject({
      runtimeSeconds: { from: null, to: 605 },
    });
  });

  it.each([
    ['at another load', { earlier: [roundOn(1, 4, { load: 1, steps: [] })] }],
    ['of another schedule', { earlier: [{ ...first, schedule: 'daily' as const }] }],
    ['that was provisional', { earlier: [roundOn(1, 4, { partial: true })] }],
    ['that came later', { earlier: [roundOn(3, 4)] }],
  ])('is nothing after a round %s', (_, more) => {
    expect(roundOn(2, 8, more).followUp).toBeNull();
  });

  it('names what EMR says first, then settings of the cluster config, each with what it was', () => {
    const before = { releaseLabel: 'emr-7.1.0', settings: { 'spark.executor.memory': '4g', gone: '1' } };
    const now = { releaseLabel: 'emr-7.2.0', settings: { 'spark.executor.memory': '8g' } };
    expect(settingChanges(before, now)).toEqual([
      { setting: 'ReleaseLabel', from: 'emr-7.1.0', to: 'emr-7.2.0' },
      { setting: 'spark.executor.memory', from: '4g', to: '8g' },
      { setting: 'gone', from: '1', to: 'not set' },
    ]);
    expect(settingChanges(null, now)).toEqual([]);
  });
});
