import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { assembleReport } from '../../src/report/build.ts';
import { compareRounds } from '../../src/report/comparison/comparison.ts';
import { fittingRange, missedBy } from '../../src/report/forecast/forecast.ts';
import { growsFaster, growthOf, modelOf, secondsAt, totalAt } from '../../src/report/forecast/growth.ts';
import { aboutText, forecastSentence } from '../../src/report/forecast/text.ts';
import type { Forecast } from '../../src/report/model/comparisonModel.ts';
import type { RoundFacts } from '../../src/report/model/facts.ts';
import type { Report } from '../../src/report/model/model.ts';
import { renderMarkdown, sectionText } from '../../src/report/render/markdown.ts';
import { forecastSection } from '../../src/report/render/sections/comparison.ts';
import type { Timing } from '../../src/report/steps/checkTimes.ts';
import { stepNoise } from '../../src/report/steps/noise.ts';
import { evenRound, factsOf } from './rounds.ts';

const timings = (...measured: [load: number, seconds: number][]): Timing[] =>
  measured.map(([load, seconds], round) => ({ load, seconds, round }));
const scaled = { noise: 0.1, top: 4, isScaled: true };

describe('the growth of one check', () => {
  // The prior weighs (0.1 ÷ 0.3)² = 0.111 against (ln 2)² ÷ 2 = 0.240 of two levels.
  it.each<[string, Timing[], typeof scaled, number, number]>([
    ['in proportion stays in proportion', timings([2, 30], [4, 60]), scaled, 60, 1],
    ['constant is drawn part-way to proportional', timings([2, 50], [4, 50]), scaled, 55.79, 0.3162],
    ['quadratic is drawn back', timings([2, 20], [4, 80]), scaled, 71.7, 1.6838],
    ['at one level only is in proportion', timings([4, 40]), scaled, 40, 1],
    ['below the highest level only is carried up', timings([2, 40]), scaled, 80, 1],
    ['unscaled takes its mean', timings([2, 40], [4, 90]), { ...scaled, isScaled: false }, 60, 0],
    ['shrinking does not go below constant', timings([2, 80], [4, 20]), scaled, 40, 0],
    [
      'that certainly grows faster keeps its own exponent',
      timings([1, 10], [2, 40], [4, 160]),
      scaled,
      160,
      2,
    ],
  ])('%s', (_, check, facts, topSeconds, exponent) => {
    const growth = growthOf(check, facts);
    expect(growth.exponent).toBeCloseTo(exponent, 3);
    expect(growth.topSeconds / topSeconds).toBeCloseTo(1, 3);
  });

  it.each([
    [{ topSeconds: 100, exponent: 1 }, 2, 200],
    [{ topSeconds: 100, exponent: 2 }, 0.5, 25],
    // A start-up and a straight line through 100 and, at half of the load, 70.71.
    [{ topSeconds: 100, exponent: 0.5 }, 2, 158.58],
    [{ topSeconds: 100, exponent: 0.5 }, 0.5, 70.71],
    [{ topSeconds: 100, exponent: 0 }, 2, 100],
    [{ topSeconds: 100, exponent: 0.99 }, 0.001, 0.79],
  ])('of %j at %d of the highest load takes %d s', (growth, share, seconds) => {
    expect(secondsAt(growth, share)).toBeCloseTo(seconds, 2);
  });

  // 2.33 · √(2 · (0.1² + 0.03²)) = 0.344, so that one round each needs 2 · e^0.344 = 2.82 times for 2 times the load.
  it.each<[string, Timing[], boolean]>([
    ['2.8 times for 2 times the load', timings([2, 10], [4, 28]), false],
    ['2.9 times for 2 times the load', timings([2, 10], [4, 29]), true],
    ['2.6 times in two rounds each', timings([2, 10], [2, 10], [4, 26], [4, 26]), true],
    ['a repeat that is no faster than the load', timings([2, 10], [2, 14], [4, 32], [4, 27]), false],
    ['one level', timings([2, 10], [2, 90]), false],
  ])('is called faster than the load or not: %s', (_, check, is) => {
    expect(growsFaster(check, 0.1)).toBe(is);
  });

  it('takes its noise from rounds that were repeated, within bounds, and presumes it otherwise', () => {
    expect(stepNoise([timings([2, 10], [4, 20])])).toBe(0.1);
    // Two rounds ±0.07 from their mean: 1.4826 · 0.07 · √2.
    const repeated = timings([2, 10 * Math.exp(0.07)], [2, 10 * Math.exp(-0.07)]);
    expect(stepNoise([repeated])).toBeCloseTo(1.4826 * 0.07 * Math.SQRT2, 6);
    expect(stepNoise([timings([2, 10], [2, 10])])).toBe(0.03);
    expect(stepNoise([timings([2, 1], [2, 100])])).toBe(0.3);
  });
});

describe('the range', () => {
  const two = [timings([2, 30], [4, 60]), timings([2, 10], [4, 20])].map((check) => ({
    check,
    isScaled: true,
  }));
  const round = { slots: 1, unmodelled: 10, lowest: 2, top: 4, missedBy: 0 };

  it('is what one computes by hand', () => {
    // 160 s on one slot, 120 s of them by one check: (0.15 + 0.20 · 0.75) · one doubling.
    const { seconds, low, high, longest } = totalAt(modelOf(two, round), 8);
    expect(seconds).toBeCloseTo(170, 6);
    expect(high).toBeCloseTo(170 * 1.3, 6);
    expect(low).toBeCloseTo(170 / 1.3, 6);
    expect(longest.place).toBe(0);
    expect(longest.share).toBeCloseTo(0.75, 9);
    expect(totalAt(modelOf(two, round), 3).high).toBeCloseTo(70 * 1.1, 6);
    expect(totalAt(modelOf(two, round), 1).high).toBeCloseTo(30 * 1.3, 6);
  });

  it('is as wide as earlier forecasts missed, and never moves', () => {
    const scores = [{ forecastSeconds: 100, measuredSeconds: 150 }].map((score) => ({
      load: 4,
      startedAt: '',
      lowSeconds: 90,
      highSeconds: 110,
      ...score,
    }));
    const missed = totalAt(modelOf(two, { ...round, missedBy: missedBy(scores) }), 8);
    expect(missed.seconds).toBeCloseTo(170, 6);
    expect(missed.high).toBeCloseTo(170 * 1.5, 6);
    expect(totalAt(modelOf(two, { ...round, missedBy: 9 }), 8).high).toBeCloseTo(1700, 6);
  });

  it('contains its forecast, which never falls as the load rises', () => {
    const seconds = fc.double({ min: 0.01, max: 1e5, noNaN: true });
    const check = fc.tuple(seconds, seconds, fc.boolean());
    fc.assert(
      fc.property(
        fc.array(check, { minLength: 1, maxLength: 20 }),
        fc.integer({ min: 1, max: 9 }),
        (drawn, slots) => {
          const checks = drawn.map(([low, high, isScaled]) => ({
            check: timings([2, low], [4, high]),
            isScaled,
          }));
          const model = modelOf(checks, { ...round, slots });
          let last = 0;
          for (let load = 1; load <= 8; load++) {
            const total = totalAt(model, load);
            expect(total.low).toBeLessThanOrEqual(total.seconds);
            expect(total.high).toBeGreaterThanOrEqual(total.seconds);
            expect(total.seconds).toBeGreaterThanOrEqual(last * (1 - 1e-12));
            last = total.seconds;
          }
        },
      ),
    );
  });
});

type Outcome = 'fits' | 'fits_just' | 'missed' | 'no_data';
const windowSeconds = 900;

/** Minutes at 1x, 2x, 3x …, each with a range of so many minutes to either side. */
const pointsOf = (minutes: readonly number[], wide: number): Forecast['points'] =>
  minutes.map((one, index) => ({
    load: index + 1,
    makespanSeconds: 60 * one,
    lowSeconds: 60 * (one - wide),
    highSeconds: 60 * (one + wide),
  }));
const roundsOf = (...rounds: [number, Outcome][]) =>
  rounds.map(([load, outcome]) => ({ load, verdict: { outcome } }));

describe('the answer', () => {
  const grows = pointsOf([6, 14.5, 16, 22], 2);

  it.each<[string, [number, Outcome][], Forecast['points'], string]>([
    [
      'a measured fit and a measured miss are facts, whatever the range says of them',
      [
        [2, 'fits'],
        [4, 'missed'],
      ],
      grows,
      'Fits at 2x, misses at 4x (measured); breaks at about 3x (3x to 4x).',
    ],
    [
      'the range moves the lower end up inside the measured levels',
      [
        [2, 'fits'],
        [8, 'missed'],
      ],
      pointsOf([2, 4, 6, 8, 14, 16, 18, 20], 2),
      'Fits at 2x, misses at 8x (measured); breaks at about 6x (5x to 7x).',
    ],
    [
      'neighbouring levels leave nothing to forecast',
      [
        [2, 'fits'],
        [3, 'missed'],
      ],
      pointsOf([6, 14.5, 16], 2),
      'Fits at 2x, misses at 3x (measured).',
    ],
    [
      'above the measured fits the range decides',
      [
        [1, 'fits'],
        [2, 'fits'],
      ],
      pointsOf([6, 8, 10, 18], 2),
      'Fits at 2x (measured); fits up to 3x (forecast); breaks at 4x (forecast); 4x: about 18m (16m to 20m).',
    ],
    [
      'a forecast that ends below the window says how far it reaches',
      [
        [1, 'fits'],
        [2, 'fits'],
      ],
      pointsOf([3, 4, 5, 6], 1),
      'Fits at 2x (measured); fits up to 4x (forecast); 4x: about 6m 0s (5m 0s to 7m 0s).',
    ],
    [
      'a range that contains the window is no certain answer',
      [
        [1, 'fits'],
        [2, 'fits'],
      ],
      pointsOf([6, 10, 14, 16], 2),
      'Fits at 2x (measured); may break from 3x on, most likely at 4x (forecast); 4x: about 16m (14m to 18m).',
    ],
    [
      'below a miss at the lowest level the range decides',
      [
        [2, 'missed'],
        [4, 'missed'],
      ],
      pointsOf([14, 18, 22, 26], 2),
      'Misses at 2x (measured); breaks at about 2x (1x to 2x).',
    ],
    [
      'a load below every miss may fit by forecast',
      [
        [2, 'missed'],
        [4, 'missed'],
      ],
      pointsOf([8, 18, 22, 26], 2),
      'Misses at 2x (measured); fits up to 1x (forecast).',
    ],
    [
      'a measured miss below which the forecast misses everywhere',
      [
        [4, 'missed'],
        [8, 'missed'],
      ],
      pointsOf([18, 22, 26, 30], 2),
      'Misses at 4x (measured); misses at 1x (forecast).',
    ],
    [
      '1x that misses is the end',
      [
        [1, 'missed'],
        [2, 'missed'],
      ],
      grows.slice(0, 2),
      'Misses at 1x (measured).',
    ],
    [
      'one round that misses makes its level a miss',
      [
        [1, 'fits'],
        [2, 'fits'],
        [2, 'missed'],
      ],
      grows.slice(0, 2),
      'Fits at 1x, misses at 2x (measured).',
    ],
    [
      'rounds without data are no facts',
      [
        [1, 'no_data'],
        [2, 'no_data'],
      ],
      pointsOf([8, 18, 22, 26], 2),
      'Fits up to 1x (forecast); breaks at 2x (forecast); 4x: about 26m (24m to 28m).',
    ],
  ])('%s', (_, rounds, points, sentence) => {
    const range = fittingRange(roundsOf(...rounds), points, windowSeconds);
    const levels = rounds.map(([load]) => load);
    expect(forecastSentence({ ...range, points, levels })).toBe(sentence);
  });

  it('never contradicts a round that was run', () => {
    const outcome = fc.constantFrom<Outcome>('fits', 'fits_just', 'missed', 'no_data');
    const round = fc.tuple(fc.integer({ min: 1, max: 8 }), outcome);
    const minutes = fc.array(fc.double({ min: 1, max: 40, noNaN: true }), { minLength: 16, maxLength: 16 });
    fc.assert(
      fc.property(fc.array(round, { minLength: 2, maxLength: 8 }), minutes, (drawn, drawnMinutes) => {
        const points = pointsOf(
          drawnMinutes.sort((a, b) => a - b),
          2,
        );
        const range = fittingRange(roundsOf(...drawn), points, windowSeconds);
        const { fitsUpTo, breaksBetween, mostLikely } = range;
        const missed = drawn.filter(([, is]) => is === 'missed').map(([load]) => load);
        const lowestMiss = Math.min(...missed, Number.POSITIVE_INFINITY);
        for (const [load, is] of drawn)
          if ((is === 'fits' || is === 'fits_just') && load < lowestMiss)
            expect(fitsUpTo).toBeGreaterThanOrEqual(load);
        expect(fitsUpTo ?? 0).toBeLessThan(lowestMiss);
        if (missed.length > 0) expect(breaksBetween?.[1]).toBeLessThanOrEqual(lowestMiss);
        if (!breaksBetween) return;
        expect(breaksBetween[0]).toBe(fitsUpTo ?? 0);
        expect(breaksBetween[1]).toBeGreaterThan(breaksBetween[0]);
        expect(mostLikely).toBeGreaterThan(breaksBetween[0]);
        expect(mostLikely).toBeLessThanOrEqual(breaksBetween[1]);
      }),
    );
  });

  it('is in minutes above ten minutes, and to the second below', () => {
    expect([3722, 3600, 601, 599, 7].map(aboutText)).toEqual(['1h 2m', '1h 0m', '10m', '9m 59s', '7s']);
  });
});

/** A round of checks of 20 s and up to 45 s a load, on 8 slots. */
function roundAt(load: number, more: Partial<RoundFacts> = {}, secondsOf = linear): Report {
  const steps = evenRound(40, 8, (index) => secondsOf(index, load)).map((step) => ({
    ...step,
    name: step.name.replace(/_2x$/, `_${load}x`),
    arguments: step.arguments.map((argument) => argument.replace('/2x/', `/${load}x/`)),
  }));
  return assembleReport(
    factsOf(steps, {
      load,
      startedAtText: `2025-12-01T${String(load).padStart(2, '0')}:00:00.000000-05:00`,
      clusterConfig: { digest: 'a', stepConcurrencyLevel: 8 },
      ...more,
    }),
  );
}

const linear = (index: number, load: number) => 20 + (5 + ((index * 37) % 40)) * load;

describe('the forecast of a campaign', () => {
  const [one, two, four] = [roundAt(1), roundAt(2), roundAt(4)];
  const started = four.round.startedAt;
  const forecastOf = (...[before, now, others]: Parameters<typeof compareRounds>) =>
    compareRounds(before, now, others).forecast as Forecast;

  it('of checks that grow straight is near a level that nobody ran', () => {
    const point = forecastOf(two, four, [one]).points.find(({ load }) => load === 8);
    const truth = roundAt(8).verdict.runtimeSeconds ?? 0;
    expect(Math.abs((point?.makespanSeconds ?? 0) / truth - 1)).toBeLessThan(0.05);
  });

  it('says in one line how it was made, and gives measured levels as facts without a range', () => {
    const forecast = forecastOf(two, four);
    const page = sectionText(forecastSection(forecast, started));
    expect(page).toContain(
      'Each check continues as it grew from 2x to 4x, part-way to proportional because one round a level is noisy; replayed on 8 slots. In simulated tests about 8 of 10 rounds ended in such a range, fewer than 1 in 10 later.',
    );
    expect(page).toContain('| Load | Measured | Forecast | Range |');
    expect(page).toMatch(/^\| 4x \| \d+m \d+s \| – \| – \|$/m);
    expect(page).toMatch(/^\| 8x \| – \| \d+m \| \d+m to \d+m \|$/m);
    expect(page).not.toMatch(/80%|band/);
    expect(JSON.stringify(forecastSection(forecast, started))).toContain('Each check continues as it grew');
  });

  it('reaches to twice the highest level, and no further than twice the load at which it breaks', () => {
    const loadsOf = (forecast: Forecast) => forecast.points.map(({ load }) => load);
    expect(loadsOf(forecastOf(two, four))).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    const early = { windowSeconds: 120 };
    const missed = forecastOf(roundAt(2, early), roundAt(16, early), [roundAt(8, early)]);
    expect(missed.breaksBetween).not.toBeNull();
    expect(Math.max(...loadsOf(missed))).toBe(16);
  });

  it('is absent after one level, and says that a second is needed', () => {
    const alone = renderMarkdown(four);
    expect(alone).not.toContain('## Forecast');
    expect(alone).toContain('- Capacity: no forecast yet: one load was measured, and a second is needed');
    expect(
      compareRounds(two, roundAt(2, { startedAtText: '2025-12-02T02:00:00-05:00' })).forecast,
    ).toBeNull();
  });

  it('opens a new level with what was forecast for it, and is then at least as wide as that missed', () => {
    const second = roundAt(2, { earlier: [one] });
    const slow = (index: number, load: number) => 1.5 * linear(index, load);
    const fourth = roundAt(4, { earlier: [one, second] }, slow);
    const foretold = second.comparison?.forecast?.points.find(({ load }) => load === 4);
    const { forecast } = fourth.comparison ?? {};
    expect(forecast?.scores).toMatchObject([{ load: 4, forecastSeconds: foretold?.makespanSeconds }]);
    const text = /Forecast \d+m(?: \d+s)? \(.* to .*\), measured \d+m \d+s\./;
    const page = renderMarkdown(fourth);
    expect(page).toMatch(new RegExp(`- Capacity: ${text.source}`));
    expect(page).toMatch(new RegExp(`## Forecast\\n${text.source}`));
    const [score] = forecast?.scores ?? [];
    const missed = (score?.measuredSeconds ?? 0) / (score?.forecastSeconds ?? 1) - 1;
    expect(missed).toBeGreaterThan(0.3);
    for (const { makespanSeconds, highSeconds } of forecast?.points ?? [])
      expect(highSeconds / makespanSeconds).toBeGreaterThan(1 + missed - 0.001);
    const again = roundAt(4, { earlier: [one, second, fourth], startedAtText: '2025-12-02T04:00:00-05:00' });
    expect(again.comparison?.forecast?.scores).toHaveLength(2);
  });

  it('names the check that decides it, until a repeat has shown how it grows', () => {
    const giant = (index: number, load: number) => (index === 5 ? 600 * load : 5);
    const decided = forecastOf(roundAt(2, {}, giant), roundAt(4, {}, giant));
    expect(decided.decisive).toBe('check_0005_15m.yml');
    expect(sectionText(forecastSection(decided, started))).toContain(
      'check_0005_15m.yml decides this forecast: if it grows faster still, the round takes longer. One repeat at 4x tells.',
    );
    const repeat = roundAt(4, { startedAtText: '2025-12-02T04:00:00-05:00' }, giant);
    expect(forecastOf(roundAt(2, {}, giant), roundAt(4, {}, giant), [repeat]).decisive).toBeNull();
    expect(forecastOf(two, four).decisive).toBeNull();
  });

  it('is absent where it would say more than 100 times the longest measured round', () => {
    const seconds = fc.double({ min: 0.001, max: 1e9, noNaN: true });
    const level = fc.array(seconds, { minLength: 40, maxLength: 40 });
    const withRuns = (report: Report, runs: readonly number[]): Report => ({
      ...report,
      steps: report.steps.map((step, index) => ({ ...step, runSeconds: runs[index] ?? null })),
    });
    fc.assert(
      fc.property(level, level, (before, after) => {
        const rounds = [withRuns(two, before), withRuns(four, after)] as const;
        const forecast = forecastOf(...rounds);
        const longest = Math.max(...rounds.map(({ verdict }) => verdict.runtimeSeconds ?? 0));
        expect(forecast.why === undefined).toBe(forecast.points.length > 0);
        for (const { highSeconds } of forecast.points) expect(highSeconds).toBeLessThanOrEqual(100 * longest);
      }),
      { numRuns: 30 },
    );
  });

  it('calls a check faster than the load only where noise cannot explain it, and says whether rounds repeat it', () => {
    const steep = (index: number, load: number) => (index === 5 ? 20 * load ** 1.8 : linear(index, load));
    const [low, high] = [roundAt(2, {}, steep), roundAt(4, {}, steep)];
    const words = (...compared: Parameters<typeof compareRounds>) =>
      compareRounds(...compared).checks.flatMap(({ check, word }) => (word ? [`${check} ${word}`] : []));
    expect(words(low, high)).toEqual(['check_0005_15m.yml grows faster than the load']);
    const repeats = [2, 4].map((load) =>
      roundAt(load, { startedAtText: `2025-12-02T0${load}:00:00-05:00` }, steep),
    );
    expect(words(low, high, repeats)).toEqual([
      'check_0005_15m.yml grows faster than the load in every round',
    ]);
    expect(words(two, four)).toEqual([]);
  });
});
