import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stepCapacity } from '../../../src/dag/clusterConfig/capacity.ts';
import { parseClusterConfig } from '../../../src/dag/clusterConfig/model.ts';
import type { Step } from '../../../src/ports/aws.ts';
import { assembleReport } from '../../../src/report/build.ts';
import type { RoundFacts } from '../../../src/report/model/facts.ts';
import type { ToFit, ToFitOption } from '../../../src/report/model/toFit.ts';
import { renderMarkdown } from '../../../src/report/render/markdown.ts';
import { inBrief } from '../../../src/report/summary/inBrief.ts';
import { shownToFit, toFitLines } from '../../../src/report/toFit/text.ts';
import { evenRound, factsOf, startMs, stepOf } from '../rounds.ts';
import { machines, prices, roomOn } from './constructedRounds.ts';

const reportOf = (steps: readonly Step[], slots: number, more: Partial<RoundFacts> = {}) =>
  assembleReport(factsOf(steps, { clusterConfig: { stepConcurrencyLevel: slots }, ...more }));
const toFitOf = (...round: Parameters<typeof reportOf>): ToFit => {
  const { toFit } = reportOf(...round);
  if (toFit === null) throw new Error('the round says nothing about its load');
  return toFit;
};
const kindsOf = (toFit: ToFit) => toFit.options.map(({ kind }) => kind);

/** Written here once more, in the plainest way: every step to the slot that is free first. */
function schedule(seconds: readonly number[], slots: number): number {
  const free = Array.from({ length: slots }, () => 0);
  for (const one of seconds) {
    const first = free.indexOf(Math.min(...free));
    free[first] = (free[first] ?? 0) + one;
  }
  return Math.max(...free);
}

/** What a row promises, from the runs of the steps in the order in which they started. */
function promised(option: ToFitOption, steps: readonly Step[], slots: number, beside: number): number {
  const parts = option.parts ?? [option];
  const tuned = parts.find(({ kind }) => kind === 'tuned');
  const runs = steps
    .toSorted((a, b) => (a.startedMs ?? 0) - (b.startedMs ?? 0))
    .map((step) => {
      const seconds = ((step.endedMs ?? 0) - (step.startedMs ?? 0)) / 1000;
      const isTuned = tuned?.checks?.includes(step.name.replace('_2x', ''));
      return isTuned ? Math.min(seconds, tuned?.targetSeconds ?? seconds) : seconds;
    });
  if (parts.some(({ kind }) => kind === 'order')) runs.sort((a, b) => b - a);
  const to = parts.find(({ kind }) => kind === 'slots')?.to;
  return schedule(runs, to === undefined ? slots : Number(to)) + beside;
}

const drawnRound = fc.record({
  seconds: fc.array(fc.oneof(fc.integer({ min: 20, max: 300 }), fc.integer({ min: 300, max: 1500 })), {
    minLength: 2,
    maxLength: 50,
  }),
  slots: fc.integer({ min: 1, max: 12 }),
  nodes: fc.integer({ min: 1, max: 8 }),
});

describe('what it takes to fit', () => {
  it('promises in every row what a replay of it gives, the combined row too', () => {
    const kinds = new Set<string>();
    fc.assert(
      fc.property(drawnRound, ({ seconds, slots, nodes }) => {
        const steps = evenRound(seconds.length, slots, (index) => seconds[index] ?? 1);
        const { toFit } = reportOf(steps, slots, {
          clusterConfig: { stepConcurrencyLevel: slots, room: roomOn(nodes) },
        });
        for (const option of toFit?.options ?? []) {
          kinds.add(option.kind);
          expect(option.runtimeSeconds).toBeCloseTo(promised(option, steps, slots, 5), 3);
          expect(option.fits).toBe(option.runtimeSeconds <= 900);
        }
      }),
      { numRuns: 300, seed: 15 },
    );
    expect(kinds).toEqual(new Set(['slots', 'order', 'tuned', 'combined']));
  });

  it('never stops short of a row of its own table that fits, and lists the cheapest of those first', () => {
    fc.assert(
      fc.property(drawnRound, ({ seconds, slots, nodes }) => {
        const steps = evenRound(seconds.length, slots, (index) => seconds[index] ?? 1);
        const { toFit, verdict } = reportOf(steps, slots, {
          clusterConfig: { stepConcurrencyLevel: slots, room: roomOn(nodes) },
          instances: machines(nodes),
          prices,
        });
        const options = toFit?.options ?? [];
        if (verdict.outcome === 'missed' && options.some(({ fits }) => fits))
          expect(options[0]?.fits).toBe(true);
        expect(verdict.noiseSeconds).toBeCloseTo(0.03 * (verdict.runtimeSeconds ?? 0), 3);
        const safe = options.filter(({ runtimeSeconds }) => 900 >= 1.03001 * runtimeSeconds);
        const added = safe.map(({ usdPerDay }) =>
          Math.max(0, (usdPerDay ?? 0) - (toFit?.now.usdPerDay ?? 0)),
        );
        for (const [index, one] of added.slice(1).entries())
          expect(one).toBeGreaterThanOrEqual((added[index] ?? 0) - 0.011);
        // What must be tuned in any case is in every row that fits.
        for (const { checks = [], parts = [], fits } of options)
          if (fits)
            for (const { check } of toFit?.necessary ?? [])
              expect([...checks, ...parts.flatMap((part) => part.checks ?? [])]).toContain(check);
      }),
      { numRuns: 300, seed: 16 },
    );
  });

  it('finds slots that fit in between the usual multiples', () => {
    // 9 slots need 12 waves (17m 35s), 10 and 11 slots 10 waves (14m 40s), and only 12 leave a tenth of the window.
    const steps = evenRound(100, 4, () => 87.5);
    const [first] = toFitOf(steps, 4).options;
    expect(first).toMatchObject({ kind: 'slots', from: '4', to: '12', fits: true });
    const seconds = Array.from({ length: 100 }, () => 87.5);
    expect([9, 10, 11, 12].map((slots) => schedule(seconds, slots) + 5)).toEqual([1055, 880, 880, 792.5]);
  });

  it('names all checks that exceed the window alone, with their targets, in the first line and in the table', () => {
    const long = Array.from({ length: 7 }, (_, index) =>
      stepOf(`check_long_${index}_15m`, { started: 5, ended: 955 + 10 * index }),
    );
    const report = reportOf([...evenRound(20, 3, () => 40), ...long], 10);
    const first = new Map(inBrief(report)).get('Do first');
    const page = renderMarkdown(report);
    for (const index of long.keys()) {
      expect(first).toContain(`check_long_${index}_15m`);
      expect(page).toMatch(new RegExp(`\\| check_long_${index}_15m \\| 1\\dm \\d+s \\| at most 7m 30s \\|`));
    }
    expect(page).toContain('Necessary: 7 checks take longer than the 15-minute window alone.');
  });

  it('says how many more core nodes the shipped cluster needs, where more slots ask for more than its nodes have', () => {
    const config = parseClusterConfig(
      JSON.parse(readFileSync('dags/cluster_configs/yang_audit_load_test_cluster_15m.json', 'utf8')),
    );
    const room = stepCapacity(config);
    const { options } = toFitOf(
      evenRound(31, 8, (index) => 300 + (index % 7) * 10),
      8,
      { clusterConfig: { stepConcurrencyLevel: 8, ...(room && { room }) } },
    );
    expect(options).toMatchObject([
      // 16 steps ask for 41 containers of 4505 MiB: 9 nodes of 5.
      { kind: 'slots', to: '16', nodes: { type: 'm6i.2xlarge', from: 5, to: 9 }, fits: true },
    ]);
  });

  it('prices each row by all machines, with the start of a cluster that every round makes', () => {
    const steps = evenRound(60, 4, () => 72);
    const facts = {
      clusterConfig: { stepConcurrencyLevel: 4, room: roomOn(5) },
      instances: machines(5),
      prices,
      startedAtText: '2025-12-07T15:26:00.000000-05:00',
      clusterCreatedMs: startMs - 240_000,
      clusterReadyMs: startMs - 10_000,
    };
    const { now, options } = toFitOf(steps, 4, facts);
    // 6 machines of 0.48 USD an hour, for 1085 s and 240 s before; 96 rounds a day.
    expect(now).toEqual({ runtimeSeconds: 1085, usdPerRound: 1.06, usdPerDay: 101.76 });
    expect(options[0]).toMatchObject({ kind: 'slots', to: '6', usdPerRound: 0.77, usdPerDay: 74.11 });
    const hourly = toFitOf(steps, 4, { ...facts, windowSeconds: 900, schedule: 'hourly' });
    expect(hourly.now.usdPerDay).toBe(25.44);
    const euros = toFitOf(steps, 4, { ...facts, prices: { ...prices, currency: 'EUR' } });
    expect(euros.now).toEqual({ runtimeSeconds: 1085 });
    const spot = toFitOf(steps, 4, { ...facts, instances: machines(5, { type: 'r9.huge' }) });
    expect(spot.now).toEqual({ runtimeSeconds: 1085 });
  });

  it('never takes an observed peak for a setting', () => {
    const unknown = toFitOf(
      evenRound(60, 4, () => 72),
      4,
      { clusterConfig: {} },
    );
    expect(kindsOf(unknown)).not.toContain('slots');
    expect(unknown.noGainBeyond).toBeNull();
    const report = reportOf(
      evenRound(60, 4, () => 72),
      4,
      { clusterConfig: {} },
    );
    expect(renderMarkdown(report)).toContain(
      'How many slots there are is not known, so no other number is advised.',
    );
    const fits = reportOf(
      evenRound(20, 4, () => 20),
      4,
      { clusterConfig: {} },
    );
    expect(fits.toFit?.saving).toBeUndefined();
    expect(renderMarkdown(fits)).not.toContain('StepConcurrencyLevel');
  });

  it('combines changes where no single one is enough, and says so of what still does not fit', () => {
    const steps = [...evenRound(60, 4, () => 80), stepOf('check_giant_15m', { started: 1205, ended: 2205 })];
    const { options, necessary } = toFitOf(steps, 4);
    expect(necessary.map(({ check }) => check)).toEqual(['check_giant_15m']);
    expect(options[0]).toMatchObject({ kind: 'combined', fits: true });
    expect(options.slice(1).every(({ fits }) => !fits)).toBe(true);
    const page = renderMarkdown(reportOf(steps, 4));
    expect(page).toMatch(/\| Tune check_giant_15m to at most 7m 30s and .* \| 1\dm \d+s \| yes \|/);
    // 300 checks of half the window on 256 slots, which is the most that EMR takes: nothing fits.
    const heavy = reportOf(
      evenRound(300, 2, () => 800),
      2,
      {
        clusterConfig: { stepConcurrencyLevel: 2, room: roomOn(1) },
        windowSeconds: 300,
      },
    );
    expect(new Map(inBrief(heavy)).get('Do first')).toMatch(/, still 5s over/);
    expect(heavy.toFit?.options.every(({ fits }) => !fits)).toBe(true);
  });

  it('keeps the cluster only where its start is in the runtime, and it was made for the round', () => {
    const late = evenRound(70, 10, () => 100).map((step) => ({
      ...step,
      startedMs: (step.startedMs ?? 0) + 295_000,
      endedMs: (step.endedMs ?? 0) + 295_000,
    }));
    const made = { clusterCreatedMs: startMs + 1000, clusterReadyMs: startMs + 298_000 };
    const kept = (more: Partial<RoundFacts>) => kindsOf(toFitOf(late, 10, more)).includes('keepCluster');
    expect(kept({ ...made, startedAtText: '2025-12-07T15:30:00.000000-05:00' })).toBe(true);
    expect(kept({ ...made, startedAtText: '2025-12-07T15:31:00.000000-05:00' })).toBe(false);
    expect(kept({})).toBe(false);
  });

  it('advises an order wherever it gains more than rounds differ by, whatever the tail', () => {
    const lateLong = (seconds: number) => [
      ...evenRound(40, 4, () => 80),
      ...[1, 2, 3].map((n) => stepOf(`check_late_${n}_15m`, { started: 805, ended: 805 + seconds })),
    ];
    const gain = toFitOf(lateLong(400), 4).options.find(({ kind }) => kind === 'order');
    expect(gain?.runtimeSeconds).toBeLessThan(1205 * 0.97);
    const equal = evenRound(60, 4, () => 72);
    expect(kindsOf(toFitOf(equal, 4))).not.toContain('order');
  });

  it('replays nothing where the round cannot be replayed, and says why', () => {
    const gaps = Array.from({ length: 20 }, (_, index) =>
      stepOf(`check_${index}_15m`, { started: 60 * index, ended: 60 * index + 50 }),
    );
    expect(toFitOf(gaps, 4).why).toMatch(/^the replay of this round on its own slots is off by -\d+%/);
    const page = renderMarkdown(reportOf(gaps, 4));
    expect(page).toContain('Nothing was replayed: the replay of this round on its own slots is off by -');
    const failing = evenRound(60, 4, () => 72).map((step, index) =>
      index % 3 === 0 ? { ...step, state: 'FAILED' } : step,
    );
    expect(toFitOf(failing, 4)).toMatchObject({
      why: '20 of 60 steps did not complete, and nobody knows how long they take',
      options: [],
    });
  });

  it('says of a round that fits on how much less it still would', () => {
    const steps = evenRound(26, 9, () => 40);
    const facts = {
      clusterConfig: { stepConcurrencyLevel: 9, room: roomOn(5) },
      instances: machines(5, {}, -7200),
      prices,
      clusterCreatedMs: startMs - 7_200_000,
      clusterReadyMs: startMs - 7_000_000,
    };
    // Up all day: 6 machines against 3.
    expect(toFitOf(steps, 9, facts)).toMatchObject({
      options: [],
      saving: {
        to: '2',
        nodes: { from: 5, to: 2 },
        runtimeSeconds: 525,
        usdPerDay: 34.56,
        savesUsdPerDay: 34.56,
      },
    });
    // Made for each round: half of the machines for four times as long save nothing.
    const own = reportOf(steps, 9, {
      ...facts,
      clusterCreatedMs: startMs + 200,
      clusterReadyMs: startMs + 300,
    });
    expect(own.toFit?.saving?.savesUsdPerDay).toBeUndefined();
    expect(renderMarkdown(own)).toContain('which saves nothing, because the round takes longer');
    expect(new Map(inBrief(own)).has('Do first')).toBe(false);
  });

  it('tunes as few long checks as are enough where none exceeds the window alone', () => {
    const steps = [
      ...evenRound(8, 4, () => 200),
      stepOf('check_late_15m', { started: 405, ended: 955 }),
      stepOf('check_later_15m', { started: 405, ended: 905 }),
    ];
    const tuned = toFitOf(steps, 4).options.find(({ kind }) => kind === 'tuned');
    expect(tuned).toMatchObject({ checks: ['check_late_15m', 'check_later_15m'], targetSeconds: 450 });
    expect(tuned?.fits).toBe(true);
  });

  it('counts what did not complete for as long as it ran, and saves nothing by it', () => {
    const failed = (steps: Step[]) =>
      steps.map((step, index) => (index === 3 ? { ...step, state: 'FAILED' } : step));
    const missed = reportOf(failed(evenRound(60, 4, () => 72)), 4);
    expect(missed.toFit?.options[0]).toMatchObject({ kind: 'slots', to: '6' });
    expect(renderMarkdown(missed)).toContain(
      '1 of 60 steps did not complete and count for as long as they ran.',
    );
    const fits = reportOf(failed(evenRound(26, 9, () => 40)), 9);
    expect(fits).toMatchObject({ verdict: { outcome: 'fits', pass: false } });
    expect(fits.toFit).toBeNull();
  });

  it('is cut for a result with a budget, which says how much there is', () => {
    const long = reportOf(
      evenRound(300, 8, () => 1000),
      8,
    );
    expect(renderMarkdown(long).length).toBeLessThan(20_000);
    const shown = long.toFit && shownToFit(long.toFit);
    expect(JSON.stringify(shown).length).toBeLessThan(4000);
    expect(shown).toMatchObject({ necessaryTotal: 300 });
    const lines = shown ? toFitLines(shown, 900) : [];
    expect(lines[0]).toContain('Necessary: 300 checks');
    expect(lines.join('\n')).toMatch(/ and 28\d more, in report\.json/);
    expect(lines.join('\n')).toContain('Tune these 300 checks to at most 7m 30s each');
  });
});
