import { describe, expect, it } from 'vitest';
import { assembleReport } from '../../src/report/build.ts';
import type { RoundFacts } from '../../src/report/model/facts.ts';
import { renderMarkdown } from '../../src/report/render/markdown.ts';
import type { ImputedRound } from '../../src/report/verdict/imputed.ts';
import { decideVerdict, type VerdictFacts } from '../../src/report/verdict/verdict.ts';
import { covering, evenRound, factsOf, stepOf } from './rounds.ts';

const none = { total: 0, successful: 0, failed: 0, cancelled: 0, interrupted: 0, unfinished: 0 };

function verdictOf(
  runtimeSeconds: number | null,
  counts: Partial<VerdictFacts['counts']>,
  imputed?: Partial<ImputedRound>,
  missing: string[] = [],
  partOf?: VerdictFacts['partOf'],
) {
  const total = Object.values(counts).reduce((sum, one) => sum + one, 0);
  const open = total - (counts.successful ?? 0) - (counts.unfinished ?? 0) + missing.length;
  return decideVerdict({
    load: 2,
    schedule: '15m',
    loaded: undefined,
    windowSeconds: 900,
    runtimeSeconds,
    counts: { ...none, ...counts, total },
    measured: counts.successful ?? 0,
    p95Seconds: counts.successful ? 60 : null,
    imputed:
      open === 0
        ? undefined
        : {
            runtimeSeconds: (runtimeSeconds ?? 0) + 60,
            checks: total + missing.length,
            imputedFromEarlier: 0,
            imputedAtP95: open,
            exceededEstimate: 0,
            exceededSeconds: null,
            ...imputed,
          },
    missingChecks: missing,
    partial: false,
    partOf,
    dagRuns: 1,
  });
}

describe('the verdict', () => {
  it.each([
    [
      300,
      { successful: 9 },
      'not_decided',
      '2x 15m: partial round: 9 of 100 checks ran (5m 0s), which says nothing about the 15-minute window.',
    ],
    [
      1339,
      { successful: 8, failed: 1 },
      'not_decided',
      '2x 15m: partial round: 9 of 100 checks ran (22m 19s), which says nothing about the 15-minute window; 1 step failed.',
    ],
    [
      1339,
      { successful: 8, unfinished: 1 },
      'no_data',
      '2x 15m: not decided yet: 22m 19s of the 15-minute window used so far; 1 step had not finished.',
    ],
    [
      300,
      { failed: 9 },
      'no_data',
      '2x 15m: no data: no completed step was measured, so nothing shows whether this load fits; 9 steps failed.',
    ],
  ])('of a partial round is never decided: %s s, %j', (seconds, counts, outcome, sentence) => {
    const partOf = { checks: 9, of: 100 };
    const missing = Array.from({ length: 91 }, (_, index) => `check_${index}_15m.yml`);
    expect(verdictOf(seconds, counts, {}, missing, partOf)).toMatchObject({ outcome, pass: false, sentence });
  });

  it.each([
    [1339, { successful: 9 }, 'missed', false, '2x 15m: missed the 15-minute window by 7m 19s (22m 19s).'],
    [600, { successful: 9 }, 'fits', true, '2x 15m: fits the 15-minute window with 5m 0s to spare (10m 0s).'],
    [900, { successful: 1 }, 'fits', true, '2x 15m: fits the 15-minute window with 0s to spare (15m 0s).'],
    [
      600,
      { successful: 97, failed: 1, cancelled: 2 },
      'fits',
      false,
      '2x 15m: fits the 15-minute window with 5m 0s to spare (10m 0s), but 1 step failed and 2 steps were cancelled. Had each run for 1m 0s (the P95 of this round), the round would have taken 11m 0s and still fit.',
    ],
    [
      600,
      { successful: 7, failed: 1 },
      'fits',
      false,
      '2x 15m: fits the 15-minute window with 5m 0s to spare (10m 0s), but 1 step failed. Had it run for 1m 0s (the P95 of this round), the round would have taken 11m 0s and still fit.',
    ],
    [
      20,
      { successful: 1, failed: 30 },
      'not_decided',
      false,
      '2x 15m: not decided: 30 of 31 checks did not complete, so nothing shows whether this load fits the 15-minute window; 30 steps failed.',
    ],
    [
      850,
      { successful: 99, interrupted: 1 },
      'not_decided',
      false,
      '2x 15m: not decided: 1 of 100 checks did not complete; had it run for 1m 0s (the P95 of this round), the round would have taken 15m 10s, more than the 15-minute window; 1 step was interrupted.',
    ],
    [
      1339,
      { successful: 1, failed: 30 },
      'missed',
      false,
      '2x 15m: missed the 15-minute window by 7m 19s (22m 19s); 30 steps failed.',
    ],
    [
      600,
      { failed: 9 },
      'no_data',
      false,
      '2x 15m: no data: no completed step was measured, so nothing shows whether this load fits; 9 steps failed.',
    ],
    [
      600,
      { cancelled: 1 },
      'no_data',
      false,
      '2x 15m: no data: no completed step was measured, so nothing shows whether this load fits; 1 step was cancelled.',
    ],
    [null, {}, 'no_data', false, '2x 15m: no data: the round has no steps.'],
    [
      600,
      { successful: 3, unfinished: 2 },
      'no_data',
      false,
      '2x 15m: not decided yet: 10m 0s of the 15-minute window used so far; 2 steps had not finished.',
    ],
    [
      1000,
      { successful: 3, unfinished: 2 },
      'missed',
      false,
      '2x 15m: missed the 15-minute window by 1m 40s (16m 40s so far); 2 steps had not finished.',
    ],
  ] as const)('of %s seconds with %o is %s', (runtime, counts, outcome, pass, sentence) => {
    expect(verdictOf(runtime, counts)).toMatchObject({ outcome, pass, sentence });
  });

  it('does not pass a load of which a check never ran', () => {
    const verdict = verdictOf(600, { successful: 58 }, {}, ['a.yml', 'b.yml']);
    expect(verdict).toMatchObject({ outcome: 'fits', pass: false });
    expect(verdict.sentence).toContain('but 2 uploaded checks did not run.');
  });

  it('takes the word of an earlier round for up to a quarter of the checks', () => {
    const known = (failed: number) =>
      verdictOf(600, { successful: 30, failed }, { imputedFromEarlier: failed, imputedAtP95: 0 });
    expect(known(10)).toMatchObject({ outcome: 'fits', pass: false });
    expect(known(10).sentence).toContain(
      '10 steps failed. Had each run as long as in an earlier round, in proportion to the load, the round would have taken 11m 0s and still fit.',
    );
    expect(known(11).outcome).toBe('not_decided');
    expect(
      verdictOf(600, { successful: 30, failed: 6 }, { imputedFromEarlier: 5, imputedAtP95: 1 }).sentence,
    ).toContain(
      'Had 5 run as long as in an earlier round, in proportion to the load, and 1 for 1m 0s (the P95 of this round), the round',
    );
  });

  it('knows no slack where nothing is decided', () => {
    expect(verdictOf(20, { successful: 1, failed: 30 }).slackSeconds).toBeNull();
    expect(verdictOf(600, { failed: 9 }).slackSeconds).toBeNull();
    expect(verdictOf(600, { successful: 9 }).slackSeconds).toBe(300);
  });

  it('begins with load and schedule, then its headline, which can be set in bold', () => {
    for (const runtime of [null, 600, 1339]) {
      const { sentence, headline } = verdictOf(runtime, { successful: 1 });
      expect(sentence.startsWith(`2x 15m: ${headline}`)).toBe(true);
    }
  });
});

describe('a round whose steps did not wait for their checks', () => {
  const steps = evenRound(16, 4, () => 100);
  const wait = 'spark.yarn.submit.waitAppCompletion';
  const verdictWith = (round: typeof steps, settings: Record<string, string>) =>
    assembleReport(factsOf(round, { clusterConfig: { digest: 'a', stepConcurrencyLevel: 4, settings } }))
      .verdict;

  it('is not decided, by spark-defaults and by the arguments of the steps that ran', () => {
    const one = steps.map((step, index) =>
      index > 0 ? step : { ...step, arguments: ['spark-submit', '--conf', `${wait}=false`, 's3://b/a.py'] },
    );
    expect([verdictWith(steps, { [wait]: 'false' }), verdictWith(one, {})]).toMatchObject([
      {
        outcome: 'not_decided',
        pass: false,
        sentence: `2x 15m: not decided: 16 steps did not wait for their checks (${wait}=false, so their times are those of spark-submit).`,
      },
      {
        outcome: 'not_decided',
        pass: false,
        sentence: `2x 15m: not decided: 1 step did not wait for its check (${wait}=false, so its time is that of spark-submit).`,
      },
    ]);
    expect(verdictWith(steps, { [wait]: 'true' })).toMatchObject({ outcome: 'fits', pass: true });
  });

  it('is not decided when it took longer than its window either', () => {
    const slow = evenRound(16, 4, () => 500);
    expect(verdictWith(slow, { [wait]: 'false' }).outcome).toBe('not_decided');
    expect(verdictWith(slow, {}).outcome).toBe('missed');
  });
});

describe('a round in which no check carried the load', () => {
  const steps = evenRound(16, 4, () => 100);
  const unscaled = steps.map(({ name }) => name.replace(/_2x$/, '.yml'));
  const roundOf = (more: Partial<RoundFacts>) =>
    assembleReport(factsOf(steps, { windowSeconds: 900, ...more }));

  it('is no load test, whether or not it would fit', () => {
    for (const windowSeconds of [900, 60])
      expect(roundOf({ coverage: covering(unscaled, '15m', 16), windowSeconds }).verdict).toMatchObject({
        outcome: 'not_a_load_test',
        pass: false,
        sentence: '2x 15m: not a load test: none of 16 checks carried the load (6m 45s).',
        slackSeconds: null,
      });
  });

  it('is one as soon as one check carries it; one that reads less carries none', () => {
    const coverage = covering(unscaled.slice(1), '15m', 16);
    expect(roundOf({ coverage }).verdict.outcome).toBe('fits');
    const narrows = unscaled.slice(0, 1);
    expect(roundOf({ coverage: { ...coverage, narrows } }).verdict.outcome).toBe('not_a_load_test');
  });

  it('is judged as usual at load 1, and where the coverage was not recorded, which the summary says', () => {
    const none = covering(unscaled, '15m', 16);
    const base = evenRound(16, 4, () => 100).map((step) => ({
      ...step,
      name: step.name.replace('_2x', '_1x'),
      arguments: step.arguments.map((one) => one.replace('/2x/', '/1x/')),
    }));
    const one = assembleReport(factsOf(base, { windowSeconds: 900, load: 1, coverage: none }));
    expect(one.verdict.sentence).toMatch(/^1x 15m: fits/);
    expect(renderMarkdown(one)).toContain('- Load: 1x: the baseline');
    const unknown = roundOf({ coverage: undefined });
    expect(unknown).toMatchObject({ coverage: null, verdict: { outcome: 'fits' } });
    expect(renderMarkdown(unknown)).toContain(
      '- Load: not recorded: which of these checks were scaled is not known',
    );
  });
});

describe('a round of which something is missing', () => {
  /** 16 checks of 100 s on 4 slots: 405 s with the start; then `last`. */
  const roundWith = (last: Parameters<typeof stepOf>[1], more: Partial<RoundFacts> = {}) =>
    assembleReport(
      factsOf([...evenRound(16, 4, () => 100), stepOf('check_last_15m', last)], {
        clusterConfig: { digest: 'a', stepConcurrencyLevel: 4 },
        windowSeconds: 900,
        ...more,
      }),
    ).verdict;
  const failedAtOnce = { started: 405, ended: 410, state: 'FAILED' };
  const lowerRound = (seconds: number) =>
    assembleReport(
      factsOf([stepOf('check_last_15m', { load: 1, started: 5, ended: 5 + seconds })], {
        load: 1,
        startedAtText: '2025-12-06T15:30:00.000000-05:00',
        clusterConfig: { digest: 'a', stepConcurrencyLevel: 4 },
      }),
    );

  it('fits where it would with the missing check as long as the P95', () => {
    const verdict = roundWith(failedAtOnce);
    expect(verdict).toMatchObject({ outcome: 'fits', pass: false, slackSeconds: 490 });
    expect(verdict.sentence).toBe(
      '2x 15m: fits the 15-minute window with 8m 10s to spare (6m 50s), but 1 step failed. Had it run for 1m 40s (the P95 of this round), the round would have taken 8m 25s and still fit.',
    );
  });

  it('knows the missing check from a lower level on the same cluster configuration, and asks whether it would still fit', () => {
    const at1x = (seconds: number, digest = 'a') => ({
      earlier: [{ ...lowerRound(seconds), clusterConfig: { digest } }],
    });
    expect(roundWith(failedAtOnce, at1x(200)).sentence).toContain(
      'Had it run as long as in an earlier round, in proportion to the load, the round would have taken 13m 25s and still fit.',
    );
    expect(roundWith(failedAtOnce, at1x(300))).toMatchObject({
      outcome: 'not_decided',
      sentence:
        '2x 15m: not decided: 1 of 17 checks did not complete; had it run as long as in an earlier round, in proportion to the load, the round would have taken 16m 45s, more than the 15-minute window; 1 step failed.',
    });
    expect(roundWith(failedAtOnce, at1x(300, 'b')).sentence).toContain('for 1m 40s (the P95 of this round)');
  });

  it('takes the slot that the missing check had, so that one that failed early and was followed by others costs little', () => {
    const early = { started: 0, ended: 1, state: 'FAILED' };
    expect(roundWith(early).sentence).toContain('the round would have taken 8m 24s');
    const idle = { started: 305, ended: 306, state: 'FAILED' };
    expect(roundWith(idle, { clusterConfig: { digest: 'a', stepConcurrencyLevel: 5 } }).sentence).toContain(
      'the round would have taken 6m 45s',
    );
  });

  it('never takes a check for shorter than it ran, and says so', () => {
    const exceededEstimate = { started: 405, ended: 605, state: 'FAILED' };
    expect(roundWith(exceededEstimate)).toMatchObject({
      outcome: 'fits',
      pass: false,
      sentence:
        '2x 15m: fits the 15-minute window with 4m 55s to spare (10m 5s), but 1 step failed. Had it run no longer than it did (3m 20s), the round would have taken 10m 5s and still fit.',
    });
  });

  it('knows no more of a check that exceededEstimate the earlier round, too', () => {
    const exceededEstimate = { started: 405, ended: 705, state: 'FAILED' };
    expect(roundWith(exceededEstimate, { earlier: [lowerRound(100)] }).sentence).toContain(
      'Had it run no longer than it did (5m 0s), the round would have taken 11m 45s',
    );
  });

  it('is not decided where the missing check had run for more than half of the window: nothing shows what it needed', () => {
    const verdict = roundWith({ started: 5, ended: 805, state: 'FAILED' });
    expect(verdict).toMatchObject({
      outcome: 'not_decided',
      slackSeconds: null,
      sentence:
        '2x 15m: not decided: 1 of 17 checks did not complete; it ran for 13m 20s, and nothing shows how much longer it needed; 1 step failed.',
    });
  });

  it('remembers how long the first try ran when the second broke at once', () => {
    const twice = [
      ...evenRound(16, 4, () => 100),
      stepOf('check_last_15m', { started: 5, ended: 655, state: 'FAILED' }, 's-first'),
      stepOf('check_last_15m', { created: 656, started: 657, ended: 660, state: 'FAILED' }, 's-second'),
    ];
    const { verdict } = assembleReport(
      factsOf(twice, { clusterConfig: { digest: 'a', stepConcurrencyLevel: 4 } }),
    );
    expect(verdict.sentence).toContain('it ran for 10m 50s, and nothing shows how much longer it needed');
  });

  it('counts a check that was never submitted, or never started, as missing', () => {
    const uploaded = [
      ...Array.from({ length: 16 }, (_, index) => `check_${String(index).padStart(4, '0')}_15m.yml`),
      'check_last_15m.yml',
      'check_forgotten_15m.yml',
    ];
    expect(roundWith({ started: 405, ended: 410 }, { expectedChecks: uploaded })).toMatchObject({
      outcome: 'fits',
      pass: false,
      sentence: expect.stringContaining('the round would have taken 8m 25s'),
    });
    expect(roundWith({ ended: 400, state: 'CANCELLED' }).sentence).toContain(
      'the round would have taken 8m 25s',
    );
  });

  it('does not pass where it was not seen to its end, though no step is known to be open', () => {
    expect(roundWith({ started: 405, ended: 410 }, { partial: true })).toMatchObject({
      outcome: 'fits',
      pass: false,
      sentence:
        '2x 15m: fits the 15-minute window with 8m 10s to spare (6m 50s), but the round had not been seen to its end.',
    });
  });

  it('does not pass where the steps of another DAG run lie in it', () => {
    const ofOtherRun = stepOf('check_last_15m', { started: 405, ended: 410 }).arguments.map((argument) =>
      argument.replace('manual__1', 'manual__2'),
    );
    expect(roundWith({ started: 405, ended: 410, arguments: ofOtherRun })).toMatchObject({
      outcome: 'fits',
      pass: false,
      sentence:
        '2x 15m: fits the 15-minute window with 8m 10s to spare (6m 50s), but steps of 2 DAG runs lie in its time.',
    });
  });

  it('misses nothing where a second try of the check completed', () => {
    const again = [
      ...evenRound(16, 4, () => 100),
      stepOf('check_last_15m', failedAtOnce, 's-first'),
      stepOf('check_last_15m', { created: 411, started: 412, ended: 512 }, 's-second'),
    ];
    const { verdict } = assembleReport(
      factsOf(again, { clusterConfig: { digest: 'a', stepConcurrencyLevel: 4 } }),
    );
    expect(verdict.sentence).toBe(
      '2x 15m: fits the 15-minute window with 6m 28s to spare (8m 32s), but 1 step failed.',
    );
  });
});
