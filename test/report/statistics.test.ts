import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { percentile, summarise } from '../../src/report/statistics/statistics.ts';

const known = [3.1, 4.0, 4.4, 5.2, 6.0, 7.7, 9.5, 12.3, 20.0, 61.5];

/** The same definition told in another way: the height at p of the polygon through the points ((k-1)/(n-1), x_k). */
function byPolygon(rising: readonly number[], p: number): number {
  const n = rising.length;
  for (let k = 1; k < n; k++) {
    const left = (k - 1) / (n - 1);
    const right = k / (n - 1);
    if (p > right) continue;
    const weight = (p - left) / (right - left);
    return (rising[k - 1] ?? 0) * (1 - weight) + (rising[k] ?? 0) * weight;
  }
  return rising[n - 1] ?? Number.NaN;
}

describe('percentiles', () => {
  it.each([
    [0.5, 6.85],
    [0.95, 42.825],
    [0.99, 57.765],
    [0, 3.1],
    [1, 61.5],
  ])('at %d of the known ten durations are what numpy gives', (p, expected) => {
    expect(percentile(known, p)).toBeCloseTo(expected, 9);
  });

  it('are null, never 0, when there is nothing to measure', () => {
    expect(percentile([], 0.5)).toBeNull();
    expect(summarise([])).toEqual({
      n: 0,
      averageSeconds: null,
      p50Seconds: null,
      p95Seconds: null,
      p99Seconds: null,
      minSeconds: null,
      maxSeconds: null,
    });
  });

  it('of a single duration are that duration', () => {
    expect(summarise([12.5])).toMatchObject({
      n: 1,
      averageSeconds: 12.5,
      p50Seconds: 12.5,
      p99Seconds: 12.5,
    });
  });

  it('agree with the polygon through the ranks, for any durations', () => {
    const durations = fc.array(fc.double({ min: 0, max: 1e5, noNaN: true }), { minLength: 2, maxLength: 60 });
    fc.assert(
      fc.property(durations, fc.double({ min: 0, max: 1, noNaN: true }), (values, p) => {
        const rising = values.toSorted((a, b) => a - b);
        expect(percentile(rising, p)).toBeCloseTo(byPolygon(rising, p), 5);
      }),
    );
  });

  it('do not depend on the order of the steps, to the last digit', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 1e4, noNaN: true })), (values) => {
        expect(summarise(values.toReversed())).toEqual(summarise(values));
      }),
    );
  });
});
