import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildReport } from '../../src/report/build.ts';
import { compareReports } from '../../src/report/comparison.ts';
import { comparisonSchema } from '../../src/report/comparisonModel.ts';
import type { RoundFacts } from '../../src/report/facts.ts';
import { meanRatio } from '../../src/report/geometricMean.ts';
import { comparisonBlocks } from '../../src/report/html/sections/comparison.ts';
import { parseReport, renderJson } from '../../src/report/json.ts';
import { fitLinear, predictSeconds } from '../../src/report/linearFit.ts';
import { comparisonSection, forecastSection } from '../../src/report/markdown/comparison.ts';
import { renderMarkdown } from '../../src/report/markdown/index.ts';
import { type Report, reportSchema } from '../../src/report/model.ts';
import { randomFrom } from '../../src/report/random.ts';
import { believableUpTo, chiSquaredQuantile, studentTail, upperTail } from '../../src/report/significance.ts';
import { evenRound, factsOf, stepOf } from './rounds.ts';

interface Campaign {
  readonly checks?: number;
  readonly noise?: number;
  /** Seconds of check `index` at a load, before noise. */
  readonly seconds?: (index: number, load: number) => number;
  readonly slots?: number;
}

const linear = (index: number, load: number) => 20 + (5 + ((index * 37) % 40)) * load;

/** A round of a campaign; `repeat` tells repeats of one level apart. */
function roundAt(load: number, repeat = 0, campaign: Campaign = {}, more: Partial<RoundFacts> = {}): Report {
  const { checks = 40, noise = 0, seconds = linear, slots = 8 } = campaign;
  const random = randomFrom(`${load}/${repeat}`);
  const steps = evenRound(checks, slots, (index) => {
    const drawn = seconds(index, load) * Math.exp(noise * random.normal());
    return Math.round(drawn * 1000) / 1000;
  }).map((step) => ({
    ...step,
    name: step.name.replace(/_2x$/, `_${load}x`),
    arguments: step.arguments.map((argument) => argument.replace('/2x/', `/${load}x/`)),
  }));
  return buildReport(
    factsOf(steps, {
      load,
      startedAtText: `2025-12-0${repeat + 1}T${String(load).padStart(2, '0')}:00:00.000000-05:00`,
      clusterConfig: { digest: 'config-a', stepConcurrencyLevel: slots },
      ...more,
    }),
  );
}

describe('what may be compared', () => {
  const base = roundAt(2);
  it.each<[string, Report, RegExp, string]>([
    [
      'another cluster and another load',
      roundAt(4, 0, {}, { clusterConfig: { digest: 'config-b' } }),
      /changed together/,
      'both',
    ],
    ['a cluster nobody knows', roundAt(4, 0, {}, { clusterConfig: undefined }), /not known/, 'load'],
    [
      'other checks',
      roundAt(4, 0, { checks: 41 }),
      /0 checks only in the earlier, 1 check only in the later/,
      'load',
    ],
    ['a provisional report', roundAt(4, 0, {}, { partial: true }), /provisional/, 'load'],
    ['another schedule', { ...roundAt(4), schedule: 'daily' }, /15m schedule, the other of daily/, 'load'],
  ])('is not %s, and the reason is given', (_, candidate, why, varies) => {
    const comparison = compareReports(base, candidate);
    expect(comparison).toMatchObject({ comparable: false, varies, checks: [], forecast: null });
    expect(comparison.why).toMatch(why);
    expect(comparison.ratios.geometricMean).toBeNull();
  });

  it('is a repeat, another cluster at one load, and another load on one cluster', () => {
    const varies = (candidate: Report) => compareReports(base, candidate).varies;
    expect(varies(roundAt(2, 1))).toBe('repeat');
    expect(varies(roundAt(2, 1, {}, { clusterConfig: { digest: 'config-b' } }))).toBe('cluster');
    expect(varies(roundAt(4))).toBe('load');
    expect(
      compareReports(base, roundAt(2, 1, {}, { clusterConfig: { digest: 'config-b' } })).comparable,
    ).toBe(true);
  });
});

describe('a comparison', () => {
  const oneSteep = (index: number, load: number) => (index === 5 ? 30 * load ** 1.6 : linear(index, load));

  it('pairs the checks, and gives the geometric mean with its interval', () => {
    const { ratios, checks } = compareReports(roundAt(2), roundAt(4));
    expect(ratios.n).toBe(40);
    const product = checks.reduce((sum, check) => sum + Math.log(check.ratio), 0) / 40;
    expect(ratios.geometricMean).toBeCloseTo(Math.exp(product), 2);
    expect(ratios.low).toBeLessThan(ratios.geometricMean ?? 0);
    expect(ratios.high).toBeGreaterThan(ratios.geometricMean ?? 0);
    expect(ratios.withinNoise).toBe(false);
  });

  it('of a round with its own repeat lies inside the noise', () => {
    const { ratios, checks } = compareReports(roundAt(2, 0, { noise: 0.1 }), roundAt(2, 1, { noise: 0.1 }));
    expect(ratios.withinNoise).toBe(true);
    expect(checks.every((check) => check.exponent === null)).toBe(true);
  });

  it('tells the checks that the load scales from those that are uploaded as they are', () => {
    const named = (report: Report): Report => ({
      ...report,
      steps: report.steps.map((step, index) => {
        const check = index < 30 ? step.check : `check_${index}_freshness`;
        return { ...step, check, path: `${check}.yml` };
      }),
    });
    const seconds = (index: number, load: number) => (index < 30 ? 30 * load : 50);
    const two = named(roundAt(2, 0, { seconds }));
    const comparison = compareReports(two, named(roundAt(4, 0, { seconds })));
    expect(comparison).toMatchObject({
      ratios: { n: 30, geometricMean: 2 },
      unscaled: { n: 10, geometricMean: 1 },
    });
    expect(comparisonSchema.parse(comparison)).toEqual(comparison);
    const page = comparisonSection(comparison);
    expect(page).toContain(
      '- A check whose window is scaled takes 2.00× as long (geometric mean of 30 checks;',
    );
    expect(page).toContain('- A check that is uploaded as it is takes 1.00× as long (10 checks)');
    expect(page).toMatch(/\n\nAnd 30 more checks, in report\.json\.$/);
    expect(JSON.stringify(comparisonBlocks(comparison))).toContain('And 30 more checks, in report.json.');
    const repeat = compareReports(two, named(roundAt(2, 1, { seconds })));
    expect(repeat).toMatchObject({ ratios: { n: 40 }, unscaled: null });
    const freshness = (report: Report): Report => ({ ...report, steps: named(report).steps.slice(30) });
    expect(compareReports(freshness(two), freshness(roundAt(4, 0, { seconds })))).toMatchObject({
      ratios: { n: 10 },
      unscaled: null,
    });
  });

  it('towards a lower load begins with what shrinks most, which is what grows most with the load', () => {
    const forward = compareReports(
      roundAt(2, 0, { seconds: oneSteep }),
      roundAt(4, 0, { seconds: oneSteep }),
    );
    const back = compareReports(roundAt(4, 0, { seconds: oneSteep }), roundAt(2, 0, { seconds: oneSteep }));
    const [steepest] = forward.checks;
    expect(back.checks[0]).toMatchObject({ check: steepest?.check, exponent: steepest?.exponent });
    expect(back.checks[0]?.ratio).toBeLessThan(back.checks.at(-1)?.ratio ?? 0);
    expect(comparisonSection(back)).toMatch(new RegExp(`-\\|\\n\\| ${steepest?.check} \\|`));
  });

  it('leaves a check out whose window a person fixed in either round, and says so by name', () => {
    const fixedChecks = ['check_0005_15m.yml', 'check_0007_15m.yml', 'sub/check_0009_15m.yml'];
    const two = roundAt(2, 0, { seconds: oneSteep }, { fixedChecks });
    expect(two.fixedWindows).toEqual(['check_0005_15m.yml', 'check_0007_15m.yml']);
    const plainTwo = roundAt(2, 0, { seconds: oneSteep });
    const four = roundAt(4, 0, { seconds: oneSteep });
    for (const [before, after] of [
      [two, four],
      [plainTwo, { ...four, fixedWindows: two.fixedWindows }],
    ] as const) {
      const comparison = compareReports(before, after);
      expect(comparison.ratios.n).toBe(38);
      expect(comparison.checks.map(({ check }) => check)).not.toContain('check_0005_15m.yml');
      expect(comparison.fixedWindows).toEqual(two.fixedWindows);
      const words =
        'Left out, because a person fixed the window in one of the rounds: 2 checks (check_0005_15m.yml, check_0007_15m.yml)';
      expect(comparisonSection(comparison)).toContain(words);
      expect(JSON.stringify(comparisonBlocks(comparison))).toContain(words);
    }
  });

  it('forecasts a check from the rounds in which its window was not fixed', () => {
    const fixed = roundAt(4, 0, {}, { fixedChecks: ['check_0005_15m.yml'] });
    const long: Report = {
      ...fixed,
      steps: fixed.steps.map((step) =>
        step.check === 'check_0005_15m' ? { ...step, runSeconds: (step.runSeconds ?? 0) * 10 } : step,
      ),
    };
    const eight = (newest: Report) =>
      compareReports(roundAt(2), newest).forecast?.points.at(-1)?.makespanSeconds ?? 0;
    expect(eight(long)).toBeCloseTo(eight(fixed), 6);
  });

  it('names checks that fail only now, and those that no longer do', () => {
    const failing = (report: Report, check: string): Report => ({
      ...report,
      steps: report.steps.map((step) =>
        step.check === check ? { ...step, state: 'FAILED', failure: { log: 'none' } } : step,
      ),
    });
    const comparison = compareReports(
      failing(roundAt(2), 'check_0003_15m'),
      failing(roundAt(4), 'check_0005_15m'),
    );
    expect(comparison).toMatchObject({ newFailures: ['check_0005_15m'], fixed: ['check_0003_15m'] });
  });

  it('confirms a super-linear check from repeated rounds, and no other', () => {
    const campaign = { noise: 0.05, seconds: oneSteep };
    const rounds = [1, 2, 4].flatMap((load) => [0, 1, 2].map((repeat) => roundAt(load, repeat, campaign)));
    const { checks } = compareReports(rounds[3] ?? roundAt(2), rounds[8] ?? roundAt(4), rounds);
    const confirmed = checks.filter((check) => check.word === 'super-linear (confirmed)');
    expect(confirmed.map((check) => check.check)).toEqual(['check_0005_15m.yml']);
  });

  it('only suspects the same check from one round a level', () => {
    const { checks } = compareReports(
      roundAt(2, 0, { seconds: oneSteep }),
      roundAt(4, 0, { seconds: oneSteep }),
    );
    expect(checks[0]).toMatchObject({ check: 'check_0005_15m.yml', word: 'suspect: repeat the round' });
    expect(checks.some((check) => check.word === 'super-linear (confirmed)')).toBe(false);
  });

  it('has insufficient data on a handful of checks', () => {
    const { checks } = compareReports(roundAt(2, 0, { checks: 3 }), roundAt(4, 0, { checks: 3 }));
    expect(checks.map((check) => check.word)).toEqual(Array(3).fill('insufficient data'));
  });

  it('is the same each time it is made', () => {
    const again = () =>
      compareReports(roundAt(2, 0, { noise: 0.1 }), roundAt(4, 0, { noise: 0.1 }), [roundAt(1)]);
    expect(again()).toEqual(again());
  });
});

describe('the forecast', () => {
  const rounds = [1, 2, 4].map((load) => roundAt(load));
  const [first, second, third] = rounds as [Report, Report, Report];

  it('of checks that grow straight is right about a level that nobody ran', () => {
    const forecast = compareReports(second, third, rounds).forecast;
    const truth = roundAt(8).verdict.runtimeSeconds ?? 0;
    const point = forecast?.points.find((one) => one.load === 8);
    expect(Math.abs((point?.makespanSeconds ?? 0) / truth - 1)).toBeLessThan(0.02);
    for (const { error } of forecast?.errors ?? []) expect(Math.abs(error)).toBeLessThan(0.05);
  });

  it('of a round that its one steep check holds up follows that check, and of the others their straight lines', () => {
    const seconds = (index: number, load: number) => (index === 5 ? 90 * load ** 1.3 : linear(index, load));
    for (const [slots, within] of [
      [40, 0.09],
      [4, 0.05],
    ] as const) {
      const truth = roundAt(8, 0, { seconds, slots }).verdict.runtimeSeconds ?? 0;
      const points = [0, 1, 2, 3, 4, 5].flatMap((repeat) => {
        const [one, two, four] = [1, 2, 4].map((load) =>
          roundAt(load, repeat, { noise: 0.03, seconds, slots }),
        ) as [Report, Report, Report];
        return compareReports(two, four, [one]).forecast?.points.at(-1) ?? [];
      });
      const errors = points.map((point) => Math.abs(point.makespanSeconds / truth - 1));
      expect(errors.sort((a, b) => a - b)[3]).toBeLessThan(within);
      const held = points.filter((point) => point.lowSeconds < truth && point.highSeconds > truth);
      expect(held.length).toBeGreaterThanOrEqual(5);
    }
  });

  it('of checks some of which do not grow stays with them, whether their names or only their times say so', () => {
    const isFlat = (index: number) => index % 4 === 3;
    const seconds = (index: number, load: number) => (isFlat(index) ? 60 : 20 + (10 + index) * load);
    const truth = roundAt(8, 0, { checks: 28, seconds }).verdict.runtimeSeconds ?? 0;
    const named = (report: Report): Report => ({
      ...report,
      steps: report.steps.map((step, index) =>
        isFlat(index)
          ? { ...step, check: `check_${index}_freshness`, path: `check_${index}_freshness.yml` }
          : step,
      ),
    });
    for (const name of [named, (report: Report) => report])
      for (const repeat of [0, 1, 2, 3, 4, 5]) {
        const [one, two, four] = [1, 2, 4].map((load) =>
          name(roundAt(load, repeat, { checks: 28, noise: 0.05, seconds })),
        ) as [Report, Report, Report];
        const { forecast } = compareReports(two, four, [one]);
        const point = forecast?.points.at(-1);
        expect(Math.abs((point?.makespanSeconds ?? 0) / truth - 1)).toBeLessThan(0.15);
        expect(point?.highSeconds).toBeLessThan(1.5 * truth);
        expect(point?.lowSeconds).toBeGreaterThan(truth / 1.5);
        if (name === named) {
          expect(forecast?.steady).toBeGreaterThanOrEqual(7);
          expect(forecast && forecastSection(forecast)).toMatch(
            / \d+ checks taken to need as long at every load\./,
          );
        }
      }
  });

  it('of a round that one check by load^1.75 holds up has the truth inside its band', () => {
    const seconds = (index: number, load: number) =>
      index === 5 ? 30 + 95 * load ** 1.75 : 30 + (10 + ((index * 37) % 40)) * load;
    const truth = roundAt(8, 0, { seconds }).verdict.runtimeSeconds ?? 0;
    const held = [0, 1, 2, 3, 4, 5].filter((repeat) => {
      const campaign = { noise: 0.05, seconds };
      const [one, two, four] = [1, 2, 4].map((load) => roundAt(load, repeat, campaign)) as [
        Report,
        Report,
        Report,
      ];
      const point = compareReports(two, four, [one]).forecast?.points.at(-1);
      return point && point.lowSeconds < truth && point.highSeconds > truth;
    });
    expect(held.length).toBeGreaterThanOrEqual(5);
  });

  it('is made in numbers or not at all, whatever the times are', () => {
    const seconds = fc.oneof(
      fc.double({ min: 0.001, max: 1e9, noNaN: true }),
      fc.constantFrom(0.001, 60, 1e9),
    );
    const level = fc.array(seconds, { minLength: 12, maxLength: 12 });
    fc.assert(
      fc.property(level, level, level, (...levels) => {
        const [one, two, four] = [1, 2, 4].map((load, at) => {
          const report = roundAt(load, 0, { checks: 12 });
          const steps = report.steps.map((step, index) => ({
            ...step,
            runSeconds: levels[at]?.[index] ?? null,
          }));
          return { ...report, steps };
        }) as [Report, Report, Report];
        const comparison = compareReports(two, four, [one]);
        const { forecast } = comparison;
        expect(forecast?.why === undefined).toBe((forecast?.points.length ?? 0) > 0);
        const written = { ...four, comparison };
        expect(parseReport(renderJson(written), 'report.json')).toEqual(written);
      }),
      { numRuns: 50 },
    );
  });

  it('presumes an exponent a little above 1 where two levels show none, and says so', () => {
    const two = compareReports(first, second).forecast;
    expect(two?.exponent).toBe(1.05);
    const page = two ? forecastSection(two) : '';
    expect(page).toContain(
      'The model (a + b·load^p, p 1.05 or near it for each check, scheduled on the observed slots)',
    );
    expect(page).toContain(
      'Two levels cannot show whether growth bends: p is presumed, and the band allows for more and for less.',
    );
    const three = compareReports(second, third, rounds).forecast;
    expect(three?.exponent).toBeLessThan(1.03);
  });

  it('reaches to twice the largest measured load and no further', () => {
    const loads = compareReports(second, third, rounds).forecast?.points.map((point) => point.load);
    expect(loads).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  });

  it('says up to which level it fits, with the band on the safe side', () => {
    const forecast = compareReports(second, third, rounds).forecast;
    const window = third.verdict.windowSeconds;
    const { fitsUpTo, points, breaksBetween } = forecast ?? { points: [] };
    expect(points.find((point) => point.load === fitsUpTo)?.highSeconds).toBeLessThanOrEqual(window);
    expect(points.find((point) => point.load === breaksBetween?.[1])?.lowSeconds).toBeGreaterThan(window);
    expect(forecast?.sentence).toMatch(
      /^Fits at 4x \(measured\) and up to \dx \(forecast\); breaks between \dx and \dx, most likely at \dx \(forecast \d+m \d+s, 80% band \d+m \d+s to \d+m \d+s\)\.$/,
    );
  });

  it('keeps its band around its point', () => {
    const noisy = [1, 2, 4].map((load) => roundAt(load, 0, { noise: 0.1 }));
    const forecast = compareReports(noisy[1] ?? first, noisy[2] ?? first, noisy).forecast;
    for (const { lowSeconds, highSeconds, makespanSeconds } of forecast?.points ?? []) {
      expect(lowSeconds).toBeLessThan(highSeconds);
      expect(makespanSeconds).toBeGreaterThan(lowSeconds * 0.9);
      expect(makespanSeconds).toBeLessThan(highSeconds * 1.1);
    }
  });

  it('takes a round with many failed steps for no fact, and says which checks it does not know', () => {
    const four = roundAt(4);
    const broken = (one: number): Report['steps'][number]['state'] => (one < 3 ? 'FAILED' : 'COMPLETED');
    const undecided: Report = {
      ...four,
      verdict: { ...four.verdict, outcome: 'not_decided' },
      steps: four.steps.map((step, index) => ({ ...step, state: broken(index) })),
    };
    const lower: Report = {
      ...second,
      steps: second.steps.map((step, index) => (index === 0 ? { ...step, state: 'FAILED' } : step)),
    };
    const { forecast, ratios } = compareReports(lower, undecided);
    expect(ratios.runtime).toBeNull();
    expect(forecast).toMatchObject({ highestFit: 2, leftOut: 1, extrapolated: 2 });
    expect(forecast?.measured.map(({ load }) => load)).toEqual([2]);
    const page = forecast ? forecastSection(forecast) : '';
    expect(page).toContain('Left out: 1 of 40 checks never completed.**');
    expect(page).toContain('2 checks measured at one load only: taken to grow as the others do.');
  });

  it('is not made where most checks completed in no round', () => {
    const failing = (report: Report): Report => ({
      ...report,
      steps: report.steps.map((step, index) => (index < 30 ? { ...step, state: 'FAILED' } : step)),
    });
    expect(compareReports(failing(second), failing(third)).forecast).toMatchObject({
      points: [],
      sentence: 'No forecast: 30 of 40 checks never completed.',
    });
  });

  it('is not made where the load did not change', () => {
    expect(compareReports(first, roundAt(1, 1), rounds).forecast).toBeNull();
  });
});

describe('a report with earlier levels', () => {
  const one = roundAt(1);
  const two = roundAt(2);
  const four = roundAt(4, 0, {}, { earlier: [two, one] });

  it('compares itself with the level before, and still reads back as it was written', () => {
    expect(four.comparison?.baseline.load).toBe(2);
    expect(four.provenance.earlierLoads).toEqual([1, 2]);
    expect(reportSchema.parse(four)).toEqual(four);
    expect(parseReport(renderJson(four), 'report.json')).toEqual(four);
  });

  it('shows ratios, comparison and forecast, in the order in which they are asked for', () => {
    const markdown = renderMarkdown(four);
    expect(markdown).toContain('| Waited | vs 2x |');
    const titles = [...markdown.matchAll(/^## (.*)$/gm)].map((match) => match[1]);
    expect(titles).toEqual([
      'Summary',
      'Top 20 Slowest Steps',
      'Performance Metrics',
      'Comparison',
      'Forecast',
      'Failed Steps',
      'Optimization Suggestions',
    ]);
  });

  it('that changed the cluster is compared with the same load before the change, not with a lower load on the old cluster', () => {
    const changed = { clusterConfig: { digest: 'config-b', stepConcurrencyLevel: 12 } };
    const rerun = roundAt(4, 1, {}, { ...changed, earlier: [one, two, four] });
    expect(rerun.comparison).toMatchObject({ comparable: true, varies: 'cluster', baseline: { load: 4 } });
    const onNew = roundAt(1, 2, {}, changed);
    const grown = roundAt(4, 3, {}, { ...changed, earlier: [one, two, four, onNew] });
    expect(grown.comparison).toMatchObject({ comparable: true, varies: 'load', baseline: { load: 1 } });
  });

  it('that changed load and cluster together says so of the level before, when nothing better is at hand', () => {
    const both = roundAt(4, 1, {}, { clusterConfig: { digest: 'config-b' }, earlier: [one, two] });
    expect(both.comparison).toMatchObject({ comparable: false, varies: 'both', baseline: { load: 2 } });
  });

  it('does not say "within noise" beside a ratio of two, but what was not found', () => {
    const linearly = '| not clearly more than linear |';
    expect(four.comparison?.checks.some((check) => check.word === 'within noise')).toBe(true);
    expect(renderMarkdown(four)).toContain(linearly);
    const repeat = renderMarkdown(roundAt(2, 1, {}, { earlier: [two] }));
    expect(repeat).toContain('| changed no more than the other checks |');
    expect(repeat).not.toContain(linearly);
    for (const report of [four, roundAt(2, 1, {}, { earlier: [two] })])
      expect(JSON.stringify(report.comparison && comparisonBlocks(report.comparison))).not.toContain(
        'within noise',
      );
  });

  it('does not compare itself with its own earlier copy', () => {
    expect(roundAt(4, 0, {}, { earlier: [four] }).comparison).toBeNull();
  });

  it('that is built again later knows no round that came after it', () => {
    const later = roundAt(2, 1, { slots: 12 }, { earlier: [two] });
    const again = roundAt(2, 0, {}, { earlier: [one, later, four] });
    expect(again.provenance.earlierLoads).toEqual([1]);
    expect(again).toEqual(roundAt(2, 0, {}, { earlier: [one] }));
  });

  it('learns the fixed cost of a step from the levels, and asks for batches when it is most of the work', () => {
    const dear = { seconds: (index: number, load: number) => 60 + (index % 5) * load };
    const report = roundAt(2, 0, dear, { earlier: [roundAt(1, 0, dear)] });
    expect(report.findings.overhead).toMatchObject({ from: 'fit over loads' });
    expect(report.findings.overhead.secondsPerStep).toBeCloseTo(60, 0);
    expect(report.suggestions.map((suggestion) => suggestion.id)).toContain('overhead');
  });

  it('takes no start-up from checks of which the load asks nothing more: all of their time looks fixed', () => {
    const unscaledTo = (scaled: number, load: number, earlier: Report[] = []) => {
      const steps = evenRound(30, 4, (index) => (index < scaled ? 30 * load : 200)).map((step, index) => ({
        ...step,
        name: index < scaled ? `check_${index}_15m_${load}x` : `check_${index}_freshness_${load}x`,
        arguments: [],
      }));
      return buildReport(
        factsOf(steps, {
          load,
          earlier,
          startedAtText: `2025-12-0${load}T15:30:00.000000-05:00`,
          clusterConfig: { digest: 'config-a', stepConcurrencyLevel: 4 },
        }),
      );
    };
    const some = unscaledTo(10, 4, [unscaledTo(10, 2)]);
    expect(some.findings.overhead).toMatchObject({ from: 'fit over loads', secondsPerStep: 0 });
    expect(some.suggestions.map(({ id }) => id)).not.toContain('overhead');
    expect(unscaledTo(0, 4, [unscaledTo(0, 2)]).findings.overhead.from).toBe('fastest step');
  });

  it('takes the start-up from the typical check: noise that no fit lets fall below 0 does not add up', () => {
    const noisy = {
      checks: 200,
      noise: 0.05,
      seconds: (index: number, load: number) => (20 + (index % 7)) * load,
    };
    const report = roundAt(4, 0, noisy, { earlier: [roundAt(2, 0, noisy)] });
    expect(report.findings.overhead.secondsPerStep).toBeLessThan(1.5);
  });

  it('says what became of the last suggestions at the same load', () => {
    const slow = { slots: 4, checks: 40, seconds: (index: number) => 100 + (index % 5) };
    const before = roundAt(2, 0, slow);
    expect(before.suggestions[0]).toMatchObject({ id: 'slots', from: '4' });
    const to = Number(before.suggestions[0]?.to);
    const same = roundAt(2, 1, slow, { earlier: [before] });
    expect(same.judged[0]).toMatchObject({ id: 'slots', outcome: 'not_tried' });
    const more = roundAt(2, 1, { ...slow, slots: to }, { earlier: [before] });
    expect(more.judged[0]).toMatchObject({ id: 'slots', outcome: 'confirmed' });
    const worse = { ...slow, slots: to, seconds: (index: number) => 300 + (index % 5) };
    expect(roundAt(2, 1, worse, { earlier: [before] }).judged[0]).toMatchObject({ outcome: 'refuted' });
  });
});

describe('a report.json that was edited by hand, but still is a report', () => {
  const rounds = [1, 2, 4].map((load) => roundAt(load));
  const seconds = fc.oneof(
    fc.constant(null),
    fc.constant(0),
    fc.double({ min: -1e6, max: 1e9, noNaN: true }),
  );

  it('is compared to a valid result, whatever it claims', () => {
    fc.assert(
      fc.property(fc.array(seconds, { minLength: 4, maxLength: 4 }), seconds, (runs, runtime) => {
        const edited = rounds.map(
          (report): Report => ({
            ...report,
            verdict: { ...report.verdict, runtimeSeconds: runtime },
            steps: report.steps.map((step, index) => ({ ...step, runSeconds: runs[index % 4] ?? null })),
          }),
        );
        for (const round of edited) expect(reportSchema.safeParse(round).success).toBe(true);
        const [one = edited[0], two = edited[0], three = edited[0]] = edited;
        if (!one || !two || !three) throw new Error('three rounds');
        for (const other of [one, rounds[0] ?? one]) {
          const comparison = compareReports(two, three, [other]);
          expect(comparisonSchema.parse(comparison)).toEqual(comparison);
          expect(comparison.forecast?.sentence ?? '').not.toMatch(/NaN|Infinity|undefined/);
        }
      }),
      { numRuns: 25 },
    );
  });
});

describe('the arithmetic underneath', () => {
  it('finds a straight line again, whatever its parts', () => {
    const part = fc.double({ min: 0, max: 500, noNaN: true });
    fc.assert(
      fc.property(part, fc.double({ min: 0.1, max: 500, noNaN: true }), (fixed, growing) => {
        const check = [1, 2, 4].map((load) => ({ load, seconds: fixed + growing * load }));
        const fit = fitLinear(check);
        for (const { load, seconds } of check)
          expect(predictSeconds(fit ?? { fixedSeconds: 0, secondsPerLoad: 0 }, load)).toBeCloseTo(seconds, 3);
      }),
    );
  });

  it('never fits a negative part', () => {
    const seconds = fc.array(fc.double({ min: 0.1, max: 1e4, noNaN: true }), { minLength: 3, maxLength: 3 });
    fc.assert(
      fc.property(seconds, (drawn) => {
        const fit = fitLinear(drawn.map((one, index) => ({ load: 2 ** index, seconds: one })));
        expect(fit?.fixedSeconds).toBeGreaterThanOrEqual(0);
        expect(fit?.secondsPerLoad).toBeGreaterThanOrEqual(0);
      }),
    );
  });

  it.each([
    [0, 0.5],
    [1.6449, 0.05],
    [2.3263, 0.01],
    [3.0902, 0.001],
    [4.7534, 1e-6],
    [-1.6449, 0.95],
  ])('knows that P(Z > %d) is %d', (z, p) => {
    expect(upperTail(z) / p).toBeCloseTo(1, 3);
  });

  it.each([
    [12.706, 1, 0.025],
    [2.132, 4, 0.05],
    [3.365, 5, 0.01],
    [2.447, 6, 0.025],
    [-2.447, 6, 0.975],
    [2.3263, 10_000, 0.01],
  ])('knows that P(T > %d) with %d degrees of freedom is %d', (t, degrees, p) => {
    expect(studentTail(t, degrees) / p).toBeCloseTo(1, 2);
  });

  it.each([
    [1, 0, 0.4549],
    [6, 0, 5.3481],
    [3, 1.6449, 7.8147],
    [6, 1.6449, 12.5916],
    [30, 1.6449, 43.773],
  ])('knows chi-squared of %d degrees at z = %d: %d', (degrees, z, value) => {
    expect(Math.abs(chiSquaredQuantile(degrees, z) / value - 1)).toBeLessThan(degrees < 3 ? 0.04 : 0.01);
  });

  it('believes no p-value that chance would bring among so many', () => {
    expect(believableUpTo([0.009, 0.5, 0.6, 0.9], 0.01)).toBe(0);
    expect(believableUpTo([0.0001, 0.004, 0.6, 0.9], 0.01)).toBe(0.004);
    expect(believableUpTo([], 0.01)).toBe(0);
  });

  it('holds the geometric mean inside its interval', () => {
    const ratio = fc.double({ min: 0.1, max: 10, noNaN: true });
    fc.assert(
      fc.property(fc.array(ratio, { minLength: 1, maxLength: 30 }), (ratios) => {
        const { mean, low, high } = meanRatio(ratios, 0.03) ?? { mean: 0, low: 1, high: -1 };
        expect(low).toBeLessThanOrEqual(mean * 1.0001);
        expect(high).toBeGreaterThanOrEqual(mean * 0.9999);
      }),
      { numRuns: 30 },
    );
    expect(meanRatio([], 0.03)).toBeUndefined();
  });

  it('draws the same numbers from the same seed, evenly and normally', () => {
    const [a, b] = [randomFrom('x'), randomFrom('x')];
    const drawn = Array.from({ length: 20_000 }, () => a.normal());
    expect(drawn.slice(0, 5)).toEqual(Array.from({ length: 5 }, () => b.normal()));
    const mean = drawn.reduce((sum, one) => sum + one, 0) / drawn.length;
    const variance = drawn.reduce((sum, one) => sum + (one - mean) ** 2, 0) / drawn.length;
    expect(Math.abs(mean)).toBeLessThan(0.03);
    expect(Math.abs(variance - 1)).toBeLessThan(0.05);
    expect(randomFrom('y').normal()).not.toBe(drawn[0]);
  });
});

it('a step without a measured time is no pair', () => {
  const steps = [stepOf('a_15m', { started: 0, ended: 0 }), stepOf('b_15m', { ended: 5 })];
  const of = (load: number) =>
    buildReport(
      factsOf(steps, {
        load,
        startedAtText: `2025-12-0${load}T10:00:00.000-05:00`,
        clusterConfig: { digest: 'd' },
      }),
    );
  expect(compareReports(of(2), of(2)).ratios).toMatchObject({ n: 0, geometricMean: null, withinNoise: null });
});
