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
      '2x 15m: partial round: 9 of 100 checks ran (22m 19s), which says nothing about the 15-minute window; 1 of 9 steps failed.',
    ],
    [
      1339,
      { successful: 8, unfinished: 1 },
      'no_data',
      '2x 15m: not decided yet: 22m 19s of the 15-minute window used so far; 1 of 9 steps had not finished.',
    ],
    [
      300,
      { failed: 9 },
      'no_data',
      '2x 15m: no data: no completed step was measured, so nothing shows whether this load fits; 9 of 9 steps failed.',
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
      '2x 15m: fits the 15-minute window with 5m 0s to spare (10m 0s), but 1 of 100 steps failed and 2 of 100 steps were cancelled. Had each run for 1m 0s (the P95 of this round), the round would have taken 11m 0s and still fit.',
    ],
    [
      600,
      { successful: 7, failed: 1 },
      'fits',
      false,
      '2x 15m: fits the 15-minute window with 5m 0s to spare (10m 0s), but 1 of 8 steps failed. Had it run for 1m 0s (the P95 of this round), the round would have taken 11m 0s and still fit.',
    ],
    [
      20,
      { successful: 1, failed: 30 },
      'not_decided',
      false,
      '2x 15m: not decided: 30 of 31 checks did not complete, so nothing shows whether this load fits the 15-minute window; 30 of 31 steps failed.',
    ],
    [
      850,
      { successful: 99, interrupted: 1 },
      'not_decided',
      false,
      '2x 15m: not decided: 1 of 100 checks did not complete; had it run for 1m 0s (the P95 of this round), the round would have taken 15m 10s, more than the 15-minute window; 1 of 100 steps was interrupted.',
    ],
    [
      1339,
      { successful: 1, failed: 30 },
      'missed',
      false,
      '2x 15m: missed the 15-minute window by 7m 19s (22m 19s); 30 of 31 steps failed.',
    ],
    [
      600,
      { failed: 9 },
      'no_data',
      false,
      '2x 15m: no data: no completed step was measured, so nothing shows whether this load fits; 9 of 9 steps failed.',
    ],
    [
      600,
      { cancelled: 1 },
      'no_data',
      false,
      '2x 15m: no data: no completed step was measured, so nothing shows whether this load fits; 1 of 1 step was cancelled.',
    ],
    [null, {}, 'no_data', false, '2x 15m: no data: the round has no steps.'],
    [
      600,
      { successful: 3, unfinished: 2 },
      'no_data',
      false,
      '2x 15m: not decided yet: 10m 0s of the 15-minute window used so far; 2 of 5 steps had not finished.',
    ],
    [
      1000,
      { successful: 3, unfinished: 2 },
      'missed',
      false,
      '2x 15m: missed the 15-minute window by 1m 40s (16m 40s so far); 2 of 5 steps had not finished.',
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
      '10 of 40 steps failed. Had each run as long as in an earlier round, in proportion to the load, the round would have taken 11m 0s and still fit.',
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
      '2x 15m: fits the 15-minute window with 8m 10s to spare (6m 50s), but 1 of 17 steps failed. Had it run for 1m 40s (the P95 of this round), the round would have taken 8m 25s and still fit.',
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
        '2x 15m: not decided: 1 of 17 checks did not complete; had it run as long as in an earlier round, in proportion to the load, the round would have taken 16m 45s, more than the 15-minute window; 1 of 17 steps failed.',
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
        '2x 15m: fits the 15-minute window with 4m 55s to spare (10m 5s), but 1 of 17 steps failed. Had it run no longer than it did (3m 20s), the round would have taken 10m 5s and still fit.',
    });
  });

  it('knows no more of a check that also exceeded the earlier round', () => {
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
        '2x 15m: not decided: 1 of 17 checks did not complete; it ran for 13m 20s, and nothing shows how much longer it needed; 1 of 17 steps failed.',
    });
  });

  it('remembers how long the first try ran when the second failed at once', () => {
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
      '2x 15m: fits the 15-minute window with 6m 28s to spare (8m 32s), but 1 of 18 steps failed.',
    );
  });
});

describe('a round at the edge of its window', () => {
  const slots = { clusterConfig: { digest: 'a', stepConcurrencyLevel: 4 } };
  /** 16 steps on 4 slots, from the fifth second on. */
  const roundOf = (seconds: number, more: Partial<RoundFacts> = {}) =>
    assembleReport(
      factsOf(
        evenRound(16, 4, () => (seconds - 5) / 4),
        { ...slots, ...more },
      ),
    );
  const on = (day: number) => ({ startedAtText: `2025-12-0${day}T15:30:00.000000-05:00` });

  it('just fits where less is to spare than 3% of the runtime, and asks for one repeat', () => {
    expect(roundOf(896).verdict).toMatchObject({
      outcome: 'fits_just',
      pass: true,
      slackSeconds: 4,
      noiseSeconds: 26.88,
      sentence:
        '2x 15m: just fits the 15-minute window with 4s to spare (14m 56s). Rounds of one load differ by about 27s: repeat 2x once.',
    });
    expect(roundOf(873).verdict).toMatchObject({ outcome: 'fits', noiseSeconds: 26.19 });
    expect(roundOf(874).verdict.outcome).toBe('fits_just');
  });

  it('knows from a repeat on the same cluster configuration how far rounds differ', () => {
    const repeat = (seconds: number, digest = 'a') =>
      roundOf(seconds, { ...on(1), clusterConfig: { digest, stepConcurrencyLevel: 4 } });
    const judged = (...earlier: ReturnType<typeof roundOf>[]) => roundOf(893, { ...on(3), earlier }).verdict;
    // The standard deviation of 893 and 889 is 2.83 s, of 893 and 873 it is 14.1 s.
    expect(judged(repeat(889))).toMatchObject({ outcome: 'fits', noiseSeconds: 2.828 });
    expect(judged(repeat(873))).toMatchObject({ outcome: 'fits_just', noiseSeconds: 14.142 });
    expect(judged(repeat(889, 'b'))).toMatchObject({ outcome: 'fits_just', noiseSeconds: 26.79 });
  });

  it('just fits where the estimate for what did not complete leaves too little', () => {
    const counts = { successful: 7, failed: 1 };
    const facts = (runtimeSeconds: number): VerdictFacts => ({
      load: 2,
      schedule: '15m',
      loaded: undefined,
      windowSeconds: 900,
      runtimeSeconds: 800,
      counts: { ...none, ...counts, total: 8 },
      measured: 7,
      p95Seconds: 60,
      noiseSeconds: 24,
      imputed: {
        runtimeSeconds,
        checks: 8,
        imputedFromEarlier: 0,
        imputedAtP95: 1,
        exceededEstimate: 0,
        exceededSeconds: null,
      },
      missingChecks: [],
      partial: false,
      dagRuns: 1,
    });
    expect(decideVerdict(facts(870)).outcome).toBe('fits');
    expect(decideVerdict(facts(890)).outcome).toBe('fits_just');
  });

  it('is not decided where EMR has no end of a completed step, and still missed where it is over anyway', () => {
    const endless = (seconds: number, last: Parameters<typeof stepOf>[1]) =>
      assembleReport(
        factsOf([...evenRound(16, 4, () => (seconds - 5) / 4), stepOf('check_last_15m', last)], slots),
      ).verdict;
    expect(endless(405, { started: 100 })).toMatchObject({
      outcome: 'not_decided',
      pass: false,
      sentence:
        '2x 15m: not decided: EMR has no end of 1 completed step, so the round may have ended later than it says.',
    });
    expect(endless(405, { started: 100, ended: 90 }).outcome).toBe('not_decided');
    expect(endless(1205, { started: 100 }).outcome).toBe('missed');
    // A cancelled step has no end and needs none.
    expect(endless(405, { state: 'CANCELLED' }).outcome).toBe('fits');
  });

  it('begins with the first start where EMR stamped the creations later', () => {
    const late = evenRound(16, 4, () => 200).map((step) => ({ ...step, createdMs: step.createdMs + 60_000 }));
    const { verdict, findings } = assembleReport(factsOf(late, slots));
    expect(verdict.runtimeSeconds).toBe(800);
    expect(findings).toMatchObject({ startGapSeconds: 0, meanRunning: 4, peakRunning: 4 });
  });

  it('has another window where a setting says so', () => {
    expect(roundOf(905, { windowSeconds: 1200 }).verdict.sentence).toBe(
      '2x 15m: fits the 20-minute window with 4m 55s to spare (15m 5s).',
    );
  });

  it('names the start of a cluster that was made for it beside the runtime', () => {
    const [startMs] = evenRound(1, 1, () => 1).map(({ createdMs }) => createdMs);
    const start = (startMs ?? 0) - 210_000;
    const made = { clusterCreatedMs: start, clusterReadyMs: start + 204_000 };
    const own = { ...made, startedAtText: new Date(start - 1000).toISOString() };
    expect(renderMarkdown(roundOf(822, own))).toContain(
      '- Total Runtime: 13m 42s (17m 12s from the creation of the cluster, which was ready after 3m 24s)',
    );
    // A cluster that was there before the round has no start to pay.
    expect(renderMarkdown(roundOf(822, made))).toContain('- Total Runtime: 13m 42s\n');
  });
});

it('decides nothing about a round whose steps did not wait for their checks, whatever its times', () => {
  const args = ['spark-submit', '--conf', 'spark.yarn.submit.waitAppCompletion=false', 's3://b/a.py'];
  const steps = ['check_a_15m', 'check_b_15m'].map((name) =>
    stepOf(name, { started: 5, ended: 20, arguments: args }),
  );
  const byOption = assembleReport(factsOf(steps)).verdict;
  expect(byOption).toMatchObject({ outcome: 'not_decided' });
  expect(byOption.sentence).toContain('2 steps did not wait for their checks');
  const plain = steps.map((step) => ({ ...step, arguments: ['spark-submit', 's3://b/a.py'] }));
  const settings = { 'spark.yarn.submit.waitAppCompletion': 'FALSE' };
  expect(assembleReport(factsOf(plain)).verdict.outcome).toBe('fits');
  expect(assembleReport(factsOf(plain, { clusterConfig: { settings } })).verdict.outcome).toBe('not_decided');
});
