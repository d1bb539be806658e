import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Forecast } from '../../src/report/comparisonModel.ts';
import { fittingRange } from '../../src/report/forecastRange.ts';
import { forecastSentence } from '../../src/report/forecastSentence.ts';
import { estimateNoise } from '../../src/report/noise.ts';
import { randomFrom } from '../../src/report/random.ts';

const windowSeconds = 900;
type Outcome = 'fits' | 'missed' | 'no_data';

/** Minutes at 1x, 2x, 3x …, each with a band of so many minutes to either side. */
const pointsOf = (minutes: readonly number[], band: number): Forecast['points'] =>
  minutes.map((one, index) => ({
    load: index + 1,
    makespanSeconds: 60 * one,
    lowSeconds: 60 * (one - band),
    highSeconds: 60 * (one + band),
  }));
const roundsOf = (...rounds: [number, Outcome][]) =>
  rounds.map(([load, outcome]) => ({ load, verdict: { outcome } }));

function answer(rounds: ReturnType<typeof roundsOf>, points: Forecast['points']): string {
  const range = fittingRange(rounds, points, windowSeconds);
  return forecastSentence({ ...range, points }, Math.max(...rounds.map(({ load }) => load)));
}

describe('the answer of a forecast', () => {
  const grows = pointsOf([6, 14.5, 16, 22, 28, 34, 40, 46], 2);

  it.each<[string, [number, Outcome][], Forecast['points'], string]>([
    [
      'a measured fit and a measured miss hold, whatever the band says of them',
      [
        [2, 'fits'],
        [4, 'missed'],
      ],
      grows,
      'Fits at 2x (measured); breaks between 2x and 4x, most likely at 3x (forecast 16m 0s, 80% band 14m 0s to 18m 0s).',
    ],
    [
      'the band moves the lower end up inside the measured range',
      [
        [2, 'fits'],
        [8, 'missed'],
      ],
      pointsOf([2, 4, 6, 8, 14, 16, 18, 20], 2),
      'Fits at 2x (measured) and up to 4x (forecast); breaks between 4x and 7x, most likely at 6x (forecast 16m 0s, 80% band 14m 0s to 18m 0s).',
    ],
    [
      'neighbouring levels leave nothing to forecast',
      [
        [2, 'fits'],
        [3, 'missed'],
      ],
      grows,
      'Fits at 2x (measured); 3x missed (measured).',
    ],
    [
      'above the measured fits the band decides',
      [
        [1, 'fits'],
        [2, 'fits'],
      ],
      pointsOf([6, 8, 10, 18], 2),
      'Fits at 2x (measured) and up to 3x (forecast); breaks at 4x (forecast 18m 0s, 80% band 16m 0s to 20m 0s).',
    ],
    [
      'a forecast that ends below the window says how far it reaches',
      [
        [1, 'fits'],
        [2, 'fits'],
      ],
      pointsOf([3, 4, 5, 6], 1),
      'Fits at 2x (measured) and up to 4x (forecast), as far as rounds up to 2x allow a forecast.',
    ],
    [
      'a band that holds the window gives no certain answer',
      [
        [1, 'fits'],
        [2, 'fits'],
      ],
      pointsOf([6, 10, 14, 16], 2),
      'Fits at 2x (measured); no certain answer from 3x to 4x: the window lies inside the forecast’s band, most likely at 4x (forecast 16m 0s, 80% band 14m 0s to 18m 0s).',
    ],
    [
      'a miss at the lowest level leaves the loads below to the band',
      [
        [2, 'missed'],
        [4, 'missed'],
      ],
      pointsOf([14, 18, 22, 26], 2),
      '2x missed (measured); at 1x the window lies inside the forecast’s band.',
    ],
    [
      'a load below every miss may fit by forecast',
      [
        [2, 'missed'],
        [4, 'missed'],
      ],
      pointsOf([8, 18, 22, 26], 2),
      'Fits up to 1x (forecast); 2x missed (measured).',
    ],
    [
      'a measured miss below which the forecast misses everywhere is told apart from the forecast',
      [
        [4, 'missed'],
        [8, 'missed'],
      ],
      pointsOf([18, 22, 26, 30], 2),
      '4x missed (measured); misses at every load below, too (forecast).',
    ],
    [
      'below 2x there is 1x only',
      [
        [2, 'missed'],
        [4, 'missed'],
      ],
      pointsOf([18, 22, 26, 30], 2),
      '2x missed (measured); misses at 1x, too (forecast).',
    ],
    [
      'rounds without data leave every load to the forecast',
      [
        [1, 'no_data'],
        [2, 'no_data'],
      ],
      pointsOf([18, 22, 26, 30], 2),
      'Misses at every load (forecast).',
    ],
    [
      '1x that misses is the end',
      [
        [1, 'missed'],
        [2, 'missed'],
      ],
      pointsOf([18, 22, 26, 30], 2),
      'Misses already at 1x (measured).',
    ],
    [
      'one round that misses makes its level a miss',
      [
        [1, 'fits'],
        [2, 'fits'],
        [2, 'missed'],
      ],
      pointsOf([6, 14.9, 20, 26], 2),
      'Fits at 1x (measured); 2x missed (measured).',
    ],
    [
      'rounds without data are no facts',
      [
        [1, 'no_data'],
        [2, 'no_data'],
      ],
      pointsOf([8, 18, 22, 26], 2),
      'Fits up to 1x (forecast); breaks at 2x (forecast 18m 0s, 80% band 16m 0s to 20m 0s).',
    ],
  ])('%s', (_, rounds, points, sentence) => {
    expect(answer(roundsOf(...rounds), points)).toBe(sentence);
  });

  it('never contradicts a round that was run', () => {
    const outcome = fc.constantFrom<Outcome>('fits', 'missed', 'no_data');
    const round = fc.tuple(fc.integer({ min: 1, max: 8 }), outcome);
    const minutes = fc.array(fc.double({ min: 1, max: 40, noNaN: true }), { minLength: 16, maxLength: 16 });
    fc.assert(
      fc.property(fc.array(round, { minLength: 2, maxLength: 8 }), minutes, (drawn, drawnMinutes) => {
        const points = pointsOf(
          drawnMinutes.sort((a, b) => a - b),
          2,
        );
        const { fitsUpTo, breaksBetween, mostLikely } = fittingRange(
          roundsOf(...drawn),
          points,
          windowSeconds,
        );
        const missed = drawn.filter(([, is]) => is === 'missed').map(([load]) => load);
        const lowestMiss = Math.min(...missed, Number.POSITIVE_INFINITY);
        for (const [load, is] of drawn)
          if (is === 'fits' && load < lowestMiss) expect(fitsUpTo).toBeGreaterThanOrEqual(load);
        expect(fitsUpTo ?? 0).toBeLessThan(lowestMiss);
        if (missed.length > 0) expect(breaksBetween?.[1]).toBeLessThanOrEqual(lowestMiss);
        if (breaksBetween) {
          expect(breaksBetween[0]).toBe(fitsUpTo ?? 0);
          expect(breaksBetween[1]).toBeGreaterThan(breaksBetween[0]);
          expect(mostLikely).toBeGreaterThan(breaksBetween[0]);
          expect(mostLikely).toBeLessThanOrEqual(breaksBetween[1]);
        }
      }),
    );
  });
});

describe('the noise of a round', () => {
  const random = randomFrom('noise');
  const roundShift = [0.2, -0.2, 0.15, -0.15, 0.1, -0.1];
  const measured = (loads: readonly number[], own: number, shared: number) =>
    Array.from({ length: 300 }, (_, check) =>
      loads.map((load, round) => ({
        load,
        round,
        seconds:
          (10 + check) * load * Math.exp(own * random.normal() + shared * (roundShift[round] ?? 0) * 10),
      })),
    );

  it('is told apart from the noise of a step, by repeats', () => {
    const noise = estimateNoise(measured([2, 2, 2, 4, 4, 4], 0.1, 0.1));
    expect(noise.step).toBeCloseTo(0.1, 2);
    expect(noise.round).toBeGreaterThan(0.1);
    expect(noise.round).toBeLessThan(0.25);
  });

  it('is told by a third level where nothing was repeated, and assumed where there are two', () => {
    expect(estimateNoise(measured([1, 2, 4, 8], 0.05, 0)).step).toBeCloseTo(0.05, 2);
    expect(estimateNoise(measured([1, 2], 0.3, 0))).toEqual({ step: 0.1, round: 0.03 });
  });
});
