import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { idsPerCall, pageSize, pagesThenIds, planLook } from '../../src/adapters/emr/steps.ts';

const range = (from: number, to: number) => Array.from({ length: to - from }, (_, index) => from + index);

describe('the cheapest way to read what may have changed', () => {
  it('is no call when nothing can have changed', () => {
    expect(planLook([])).toEqual({ activePages: 0, morePages: 0 });
  });

  it('is by id for a single old step', () => {
    expect(planLook([900])).toEqual({ activePages: 0, morePages: 0 });
  });

  it('is a few more pages when the newest steps are the unfinished ones', () => {
    expect(planLook(range(0, 200))).toEqual({ activePages: 0, morePages: 4 });
  });

  it('is pages for the many and ids for the few old ones', () => {
    expect(pagesThenIds([...range(0, 100), 700, 800, 950])).toEqual({ pages: 2, calls: 3 });
  });

  it('is the list of active steps when many are scattered', () => {
    expect(planLook(range(0, 200).map((index) => index * 5))).toEqual({ activePages: 4, morePages: 0 });
  });

  it('is never beaten by another number of pages', () => {
    const positions = fc.uniqueArray(fc.nat(999), { maxLength: 256 });
    fc.assert(
      fc.property(positions, fc.nat(20), (unsettled, pages) => {
        const left = unsettled.filter((position) => position >= pages * pageSize).length;
        expect(pagesThenIds(unsettled).calls).toBeLessThanOrEqual(pages + Math.ceil(left / idsPerCall));
      }),
    );
  });
});
