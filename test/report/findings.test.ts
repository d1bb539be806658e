import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Step } from '../../src/ports/aws.ts';
import { assembleReport } from '../../src/report/build.ts';
import type { RoundFacts } from '../../src/report/model/facts.ts';
import { renderMarkdown } from '../../src/report/render/markdown.ts';
import { occupancy } from '../../src/report/steps/occupancy.ts';
import { evenRound, factsOf, startMs, stepOf } from './rounds.ts';

const withSlots = (stepConcurrencyLevel: number): Partial<RoundFacts> => ({
  clusterConfig: { digest: 'd1', stepConcurrencyLevel },
});
const findingsOf = (steps: readonly Step[], slots?: number) =>
  assembleReport(factsOf(steps, slots === undefined ? {} : withSlots(slots))).findings;

describe('occupancy', () => {
  const times = fc.record({
    created: fc.integer({ min: 0, max: 500 }),
    queue: fc.integer({ min: 0, max: 300 }),
    run: fc.integer({ min: 0, max: 300 }),
  });

  it('adds up to exactly the time that the steps waited and ran', () => {
    fc.assert(
      fc.property(fc.array(times, { minLength: 1, maxLength: 40 }), (all) => {
        const steps = all.map(({ created, queue, run }, index) =>
          stepOf(`c${index}_15m`, { created, started: created + queue, ended: created + queue + run }),
        );
        const spans = occupancy(assembleReport(factsOf(steps)).steps, startMs + 2_000_000);
        const total = (of: (span: (typeof spans)[number]) => number) =>
          spans.reduce((sum, span) => sum + of(span) * (span.toMs - span.fromMs), 0) / 1000;
        expect(total((span) => span.running)).toBeCloseTo(
          all.reduce((sum, { run }) => sum + run, 0),
          6,
        );
        expect(total((span) => span.waiting)).toBeCloseTo(
          all.reduce((sum, { queue }) => sum + queue, 0),
          6,
        );
      }),
    );
  });

  it('counts a step cancelled before it started as waiting to its end, and never as running', () => {
    const { steps } = assembleReport(factsOf([stepOf('a_15m', { ended: 60, state: 'CANCELLED' })]));
    expect(occupancy(steps, startMs + 60_000)).toEqual([
      { fromMs: startMs, toMs: startMs + 60_000, running: 0, waiting: 1 },
    ]);
  });
});

describe('what the time was spent on', () => {
  it('is shared between waiting and working', () => {
    const steps = [
      stepOf('a_15m', { started: 0, ended: 60 }),
      stepOf('b_15m', { started: 60, ended: 120 }),
      stepOf('c_15m', { started: 120, ended: 180 }),
    ];
    expect(findingsOf(steps, 1)).toMatchObject({
      waitingShare: 0.5,
      meanRunning: 1,
      peakRunning: 1,
      bounds: { workOverSlotsSeconds: 180, longestStepSeconds: 60 },
      model: { makespanSeconds: 180, error: 0 },
    });
  });

  it('names where the time beyond the work went: before the first start, in between, and at the end', () => {
    const steps = [
      stepOf('a_15m', { started: 10, ended: 110 }),
      stepOf('b_15m', { started: 30, ended: 110 }),
      stepOf('c_15m', { started: 120, ended: 220 }),
      stepOf('d_15m', { started: 110, ended: 170 }),
    ];
    const { lost, bounds } = findingsOf(steps, 2);
    expect(lost).toEqual({
      beforeFirstStartSeconds: 10,
      // One of two slots for 20 s and for 10 s; then for 50 s to the end.
      gapsSeconds: 15,
      tailSeconds: 25,
      last: { step: 's-c_15m', startedAfterSeconds: 120, runSeconds: 100 },
    });
    expect(10 + 15 + 25 + (bounds.workOverSlotsSeconds ?? 0)).toBe(220);
    const page = renderMarkdown(assembleReport(factsOf(steps, { ...withSlots(2), windowSeconds: 100 })));
    expect(page).not.toContain('beyond the work');
    const slow = renderMarkdown(
      assembleReport(
        factsOf(
          [...evenRound(8, 4, () => 300), stepOf('late_15m', { started: 605, ended: 865 })],
          withSlots(4),
        ),
      ),
    );
    expect(slow).toContain(
      [
        '- Lower bound:',
        '  - 11m 5s with all 4 slots busy to the end, 5m 0s for the longest step alone',
        '  - 3m 20s beyond the work: 5s before the first step started, 3m 15s of idle slots at the end',
        '  - late_15m_2x ended last: it started after 10m 5s and ran 4m 20s\n- ',
      ].join('\n'),
    );
  });

  it('names the step that ended last and its wait where the longest step sets the bound', () => {
    const steps = [...evenRound(6, 2, () => 60), stepOf('long_15m', { started: 185, ended: 785 })];
    expect(renderMarkdown(assembleReport(factsOf(steps, withSlots(2))))).toContain(
      '10m 0s for the longest step alone\n  - long_15m_2x ended last: it started after 3m 5s and ran 10m 0s\n',
    );
  });

  it('knows its slots from the cluster, else from the most steps seen at once, else not at all', () => {
    const steps = evenRound(9, 3, () => 30);
    expect(findingsOf(steps, 5).slots).toEqual({ limit: 5, from: 'cluster' });
    expect(findingsOf(steps).slots).toEqual({ limit: 3, from: 'observed peak' });
    expect(findingsOf([stepOf('a_15m', { state: 'PENDING' })]).slots).toEqual({
      limit: null,
      from: 'unknown',
    });
  });

  it('sees the tail: the end during which fewer than half of the slots are busy', () => {
    const steps = [
      ...[1, 2, 3].map((n) => stepOf(`a${n}_15m`, { started: 0, ended: 100 })),
      stepOf('long_15m', { started: 0, ended: 400 }),
    ];
    expect(findingsOf(steps, 4).tail).toEqual({ seconds: 300, shareOfRuntime: 0.75, steps: ['s-long_15m'] });
  });

  it('has no tail where half of the slots were never busy', () => {
    expect(findingsOf([stepOf('a_15m', { started: 0, ended: 9 })], 10).tail.seconds).toBeNull();
  });

  it('notices that the cap of 256 active steps was met', () => {
    const cap = (count: number) =>
      findingsOf(
        evenRound(count, 10, () => 5),
        10,
      );
    expect(cap(255)).toMatchObject({ peakActive: 255, activeCapMet: false });
    expect(cap(256)).toMatchObject({ peakActive: 256, activeCapMet: true });
  });

  it('bounds the fixed cost of a step by the fastest one, given enough steps to say so', () => {
    const steps = evenRound(10, 2, (index) => 30 + index);
    expect(findingsOf(steps, 2).overhead).toEqual({
      secondsPerStep: 30,
      shareOfWork: 0.87,
      from: 'fastest step',
    });
    expect(findingsOf(steps.slice(0, 4), 2).overhead.from).toBeNull();
  });

  it('never replays a round below its lower bounds, nor longer than the slots were idle for', () => {
    const runs = fc.array(fc.integer({ min: 1, max: 600 }), { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(runs, fc.integer({ min: 1, max: 8 }), (seconds, slots) => {
        const { model, bounds, lost } = findingsOf(
          evenRound(seconds.length, slots, (n) => seconds[n] ?? 1),
          slots,
        );
        const bound = Math.max(bounds.workOverSlotsSeconds ?? 0, bounds.longestStepSeconds ?? 0);
        expect(model.makespanSeconds).toBeGreaterThanOrEqual(bound - 0.001);
        expect(model.error).toBeCloseTo(0, 2);
        const idle = (lost?.gapsSeconds ?? 0) + (lost?.tailSeconds ?? 0);
        expect((bounds.workOverSlotsSeconds ?? 0) + idle).toBeCloseTo(model.makespanSeconds ?? 0, 1);
      }),
    );
  });
});
