import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { randomFrom } from '../../bench/random.ts';
import { assembleReport } from '../../src/report/build.ts';
import { compareRounds } from '../../src/report/comparison/comparison.ts';
import { comparisonSchema } from '../../src/report/model/comparisonModel.ts';
import type { RoundFacts } from '../../src/report/model/facts.ts';
import { parseReport, renderJson } from '../../src/report/model/json.ts';
import { type Report, reportSchema } from '../../src/report/model/model.ts';
import { renderMarkdown, sectionText } from '../../src/report/render/markdown.ts';
import { comparisonSection, forecastSection } from '../../src/report/render/sections/comparison.ts';
import { meanRatio, studentQuantile } from '../../src/report/statistics/statistics.ts';
import { measuredRoundNoise } from '../../src/report/steps/noise.ts';
import { covering, evenRound, factsOf, stepOf } from './rounds.ts';

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
  return assembleReport(
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
      roundAt(4, 0, { checks: 51 }),
      /0 checks only in the earlier, 11 checks only in the later/,
      'load',
    ],
    ['a provisional report', roundAt(4, 0, {}, { partial: true }), /provisional/, 'load'],
    ['another schedule', { ...roundAt(4), schedule: 'daily' }, /15m schedule, the other of daily/, 'load'],
  ])('is not %s, and the reason is given', (_, candidate, why, varies) => {
    const comparison = compareRounds(base, candidate);
    expect(comparison).toMatchObject({ comparable: false, varies, checks: [], forecast: null });
    expect(comparison.why).toMatch(why);
    expect(comparison.ratios.geometricMean).toBeNull();
  });

  it('is over the checks that both rounds ran, if these are 80% of all; the others are named', () => {
    const comparison = compareRounds(base, roundAt(4, 0, { checks: 41 }));
    expect(comparison).toMatchObject({
      comparable: true,
      unshared: { baseline: [], candidate: ['check_0040_15m.yml'] },
    });
    expect(comparison.checks).toHaveLength(40);
    expect(sectionText(comparisonSection(comparison))).toContain(
      'Left out, because only one of the rounds ran them: check_0040_15m.yml',
    );
  });

  it('says first that a round was not decided, or was scaled from another baseline', () => {
    const cut = roundAt(2, 0, { checks: 40 });
    const steps = cut.steps.map((step, index) => (index < 20 ? { ...step, state: 'INTERRUPTED' } : step));
    const undecided = { ...cut, steps, verdict: { ...cut.verdict, outcome: 'not_decided' as const } };
    const comparison = compareRounds(undecided, roundAt(4));
    expect(comparison.undecided).toEqual(['baseline']);
    expect(sectionText(comparisonSection(comparison))).toMatch(/The round of 2x \(.*\) was not decided/);
    const moved = compareRounds({ ...base, baseCommit: 'a' }, { ...roundAt(4), baseCommit: 'b' });
    expect(moved.baselinesDiffer).toBe(true);
  });

  it('leaves rounds of another campaign out of a report’s comparison and forecast', () => {
    const old = { ...roundAt(2), baseCommit: 'a' };
    const at4 = (baseCommit: string) => roundAt(4, 1, {}, { earlier: [old], baseCommit });
    expect(at4('a').comparison?.forecast?.levels).toEqual([2, 4]);
    expect(at4('b').comparison).toBeNull();
  });

  it('is a repeat, another cluster at one load, and another load on one cluster', () => {
    const varies = (candidate: Report) => compareRounds(base, candidate).varies;
    expect(varies(roundAt(2, 1))).toBe('repeat');
    expect(varies(roundAt(2, 1, {}, { clusterConfig: { digest: 'config-b' } }))).toBe('cluster');
    expect(varies(roundAt(4))).toBe('load');
    expect(compareRounds(base, roundAt(2, 1, {}, { clusterConfig: { digest: 'config-b' } })).comparable).toBe(
      true,
    );
  });
});

describe('a comparison', () => {
  const oneSteep = (index: number, load: number) => (index === 5 ? 30 * load ** 1.6 : linear(index, load));

  it('pairs the checks, and gives the geometric mean with its interval', () => {
    const { ratios, checks } = compareRounds(roundAt(2), roundAt(4));
    expect(ratios.n).toBe(40);
    const product = checks.reduce((sum, check) => sum + Math.log(check.ratio), 0) / 40;
    expect(ratios.geometricMean).toBeCloseTo(Math.exp(product), 2);
    expect(ratios.low).toBeLessThan(ratios.geometricMean ?? 0);
    expect(ratios.high).toBeGreaterThan(ratios.geometricMean ?? 0);
    expect(ratios.low).toBeGreaterThan(1);
  });

  it('of a round with its own repeat says that single checks take as long as before', () => {
    const comparison = compareRounds(roundAt(2, 0, { noise: 0.1 }), roundAt(2, 1, { noise: 0.1 }));
    const { low, high } = comparison.ratios;
    expect([low !== null && low < 1, high !== null && high > 1]).toEqual([true, true]);
    expect(comparison.checks.every((check) => check.word === undefined)).toBe(true);
    expect(sectionText(comparisonSection(comparison))).toMatch(
      /- Total runtime: .* \(\d+m \d+s → \d+m \d+s\); single checks take as long as before\n/,
    );
  });

  it('tells the checks that were scaled in both rounds from those that were scaled in none, by their coverage', () => {
    const paths = (report: Report) => report.steps.map((step) => step.path ?? '');
    const named = (report: Report): Report => ({ ...report, coverage: covering(paths(report).slice(30)) });
    const seconds = (index: number, load: number) => (index < 30 ? 30 * load : 50);
    const two = named(roundAt(2, 0, { seconds }));
    const comparison = compareRounds(two, named(roundAt(4, 0, { seconds })));
    expect(comparison).toMatchObject({
      ratios: { n: 30, geometricMean: 2 },
      unscaled: { n: 10, geometricMean: 1 },
    });
    expect(comparisonSchema.parse(comparison)).toEqual(comparison);
    const page = sectionText(comparisonSection(comparison));
    expect(page).toContain('- A scaled check takes 2.00× the time (geometric mean of 30 checks;');
    expect(page).toContain('- An unscaled check takes 1.00× the time (10 checks)');
    expect(comparison.checks.map(({ word }) => word)).toEqual([
      ...Array(30).fill(undefined),
      ...Array(10).fill('constant'),
    ]);
    expect(page).toMatch(/\n\nAnd 30 more checks, in report\.json\.$/);
    expect(JSON.stringify(comparisonSection(comparison))).toContain('And 30 more checks, in report.json.');
    const repeat = compareRounds(two, named(roundAt(2, 1, { seconds })));
    expect(repeat).toMatchObject({ ratios: { n: 40 }, unscaled: null });
    const unscaledAlone = (report: Report): Report => ({ ...report, steps: named(report).steps.slice(30) });
    expect(compareRounds(unscaledAlone(two), unscaledAlone(named(roundAt(4, 0, { seconds }))))).toMatchObject(
      {
        ratios: { n: 0, geometricMean: null },
        unscaled: { n: 10, geometricMean: 1 },
      },
    );
  });

  it('leaves out of both means what was scaled in one of the rounds alone, or reads less', () => {
    const seconds = (index: number, load: number) => (index < 30 ? 30 * load : 50);
    const [two, four] = [roundAt(2, 0, { seconds }), roundAt(4, 0, { seconds })];
    const [once = '', narrow = '', ...others] = two.steps.slice(28).map((step) => step.path ?? '');
    const comparison = compareRounds(
      { ...two, coverage: { ...covering(others.slice(-10)), narrows: [narrow] } },
      { ...four, coverage: { ...covering([once, ...others.slice(-10)]), narrows: [narrow] } },
    );
    expect(comparison).toMatchObject({ ratios: { n: 28, geometricMean: 2 }, unscaled: { n: 10 } });
  });

  it('says of a round without a recorded coverage that its unscaled checks are among the rest', () => {
    const two: Report = { ...roundAt(2, 0), coverage: null };
    const comparison = compareRounds(two, roundAt(4, 0));
    expect(comparison).toMatchObject({ loadRecorded: false, ratios: { n: 40 }, unscaled: null });
    expect(sectionText(comparisonSection(comparison))).toContain(
      '- Which checks were scaled is not recorded for one of the rounds, so unscaled checks are among them',
    );
  });

  it('towards a lower load begins with what shrinks most, which is what grows most with the load', () => {
    const forward = compareRounds(roundAt(2, 0, { seconds: oneSteep }), roundAt(4, 0, { seconds: oneSteep }));
    const back = compareRounds(roundAt(4, 0, { seconds: oneSteep }), roundAt(2, 0, { seconds: oneSteep }));
    const [steepest] = forward.checks;
    expect(back.checks[0]?.check).toBe(steepest?.check);
    expect(back.checks[0]?.ratio).toBeLessThan(back.checks.at(-1)?.ratio ?? 0);
    expect(sectionText(comparisonSection(back))).toMatch(new RegExp(`-\\|\\n\\| ${steepest?.check} \\|`));
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
      const comparison = compareRounds(before, after);
      expect(comparison.ratios.n).toBe(38);
      expect(comparison.checks.map(({ check }) => check)).not.toContain('check_0005_15m.yml');
      expect(comparison.fixedWindows).toEqual(two.fixedWindows);
      const words =
        'Left out, because the user fixed the interval in one of the rounds: 2 checks (check_0005_15m.yml, check_0007_15m.yml)';
      expect(sectionText(comparisonSection(comparison))).toContain(words);
      expect(JSON.stringify(comparisonSection(comparison))).toContain(words);
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
      compareRounds(roundAt(2), newest).forecast?.points.at(-1)?.makespanSeconds ?? 0;
    expect(eight(long)).toBeCloseTo(eight(fixed), 6);
  });

  it('names checks that fail only now, and those that no longer do', () => {
    const failing = (report: Report, check: string): Report => ({
      ...report,
      steps: report.steps.map((step) =>
        step.check === check ? { ...step, state: 'FAILED', failure: { log: 'none' } } : step,
      ),
    });
    const comparison = compareRounds(
      failing(roundAt(2), 'check_0003_15m'),
      failing(roundAt(4), 'check_0005_15m'),
    );
    expect(comparison).toMatchObject({ newFailures: ['check_0005_15m'], fixed: ['check_0003_15m'] });
  });

  it('is the same each time it is made', () => {
    const again = () =>
      compareRounds(roundAt(2, 0, { noise: 0.1 }), roundAt(4, 0, { noise: 0.1 }), [roundAt(1)]);
    expect(again()).toEqual(again());
  });
});

describe('the forecast', () => {
  const rounds = [1, 2, 4].map((load) => roundAt(load));
  const [first, second, third] = rounds as [Report, Report, Report];

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
        const comparison = compareRounds(two, four, [one]);
        const { forecast } = comparison;
        expect(forecast?.why === undefined).toBe((forecast?.points.length ?? 0) > 0);
        const written = { ...four, comparison };
        expect(parseReport(renderJson(written), 'report.json')).toEqual(written);
      }),
      { numRuns: 50 },
    );
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
    const { forecast, ratios } = compareRounds(lower, undecided);
    expect(ratios.runtime).toBeNull();
    expect(forecast).toMatchObject({ highestFit: 2, leftOut: 1, oneLevelOnly: 2 });
    expect(forecast?.measured.map(({ load }) => load)).toEqual([2]);
    const page = forecast ? sectionText(forecastSection(forecast, '')) : '';
    expect(page).toContain('Without 1 of 40 checks, which never completed.**');
    expect(page).toContain('2 checks completed at one level only and are taken to grow in proportion.');
  });

  it('is not made where most checks completed in no round', () => {
    const failing = (report: Report): Report => ({
      ...report,
      steps: report.steps.map((step, index) => (index < 30 ? { ...step, state: 'FAILED' } : step)),
    });
    expect(compareRounds(failing(second), failing(third)).forecast).toMatchObject({
      points: [],
      sentence: 'No forecast: 30 of 40 checks never completed.',
    });
  });

  it('is not made where the load did not change', () => {
    expect(compareRounds(first, roundAt(1, 1), rounds).forecast).toBeNull();
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
      return assembleReport(
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
          const comparison = compareRounds(two, three, [other]);
          expect(comparisonSchema.parse(comparison)).toEqual(comparison);
          expect(comparison.forecast?.sentence ?? '').not.toMatch(/NaN|Infinity|undefined/);
        }
      }),
      { numRuns: 25 },
    );
  });
});

describe('the mean ratio', () => {
  it('lies inside its interval', () => {
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

  it.each([
    [1, 12.706],
    [2, 4.303],
    [3, 3.182],
    [5, 2.571],
    [10, 2.228],
    [30, 2.042],
    [1000, 1.962],
  ])('takes Student’s t of %d degrees of freedom for %d', (degrees, quantile) => {
    expect(studentQuantile(degrees) / quantile).toBeCloseTo(1, 2);
  });

  it('of four ratios is what one computes by hand', () => {
    // Logs ±0.1: deviation 0.1155, ÷ √4, times 3.182; a round has 3% twice.
    const ratios = [0.1, 0.1, -0.1, -0.1].map((log) => 2 * Math.exp(log));
    const { mean, low, high } = meanRatio(ratios, 0.03) ?? { mean: 0, low: 0, high: 0 };
    const half = Math.hypot(3.182 * 0.05774, 1.96 * Math.SQRT2 * 0.03);
    expect(mean).toBeCloseTo(2, 9);
    expect(high).toBeCloseTo(2 * Math.exp(half), 3);
    expect(low).toBeCloseTo(2 * Math.exp(-half), 3);
  });

  it('knows how far whole rounds differ from rounds that were repeated, and presumes it otherwise', () => {
    const shifts = [0.2, -0.2, 0.15, -0.15];
    const checks = Array.from({ length: 50 }, (_, check) =>
      shifts.map((shift, round) => ({ load: 2, round, seconds: (10 + check) * Math.exp(shift) })),
    );
    expect(measuredRoundNoise(checks)).toBeCloseTo(Math.sqrt((2 * 0.04 + 2 * 0.0225 + 2 * 0.0009) / 5), 2);
    expect(measuredRoundNoise(checks.map((check) => check.slice(0, 1)))).toBeCloseTo(0.03, 9);
  });
});

it('a step without a measured time is no pair', () => {
  const steps = [stepOf('a_15m', { started: 0, ended: 0 }), stepOf('b_15m', { ended: 5 })];
  const of = (load: number) =>
    assembleReport(
      factsOf(steps, {
        load,
        startedAtText: `2025-12-0${load}T10:00:00.000-05:00`,
        clusterConfig: { digest: 'd' },
      }),
    );
  expect(compareRounds(of(2), of(2)).ratios).toMatchObject({ n: 0, geometricMean: null });
});
