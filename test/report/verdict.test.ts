import { describe, expect, it } from 'vitest';
import { judge, type VerdictFacts } from '../../src/report/verdict.ts';

const none = { total: 0, successful: 0, failed: 0, cancelled: 0, interrupted: 0, unfinished: 0 };

function verdictOf(
  runtimeSeconds: number | null,
  counts: Partial<VerdictFacts['counts']>,
  missing: string[] = [],
) {
  return judge({
    windowSeconds: 900,
    runtimeSeconds,
    counts: { ...none, ...counts, total: Object.values(counts).reduce((sum, one) => sum + one, 0) },
    measured: counts.successful ?? 0,
    typicalRunSeconds: counts.successful ? 60 : null,
    missingChecks: missing,
  });
}

describe('the verdict', () => {
  it.each([
    [1339, { successful: 9 }, 'missed', false, 'Missed the 15-minute window by 7m 19s (22m 19s).'],
    [600, { successful: 9 }, 'fits', true, 'Fits the 15-minute window with 5m 0s to spare (10m 0s).'],
    [900, { successful: 1 }, 'fits', true, 'Fits the 15-minute window with 0s to spare (15m 0s).'],
    [
      600,
      { successful: 97, failed: 1, cancelled: 2 },
      'fits',
      false,
      'Fits the 15-minute window with 5m 0s to spare (10m 0s), but 1 step failed and 2 steps were cancelled.',
    ],
    [
      600,
      { successful: 7, failed: 1 },
      'fits',
      false,
      'Fits the 15-minute window with 5m 0s to spare (10m 0s), but 1 step failed.',
    ],
    [
      20,
      { successful: 1, failed: 30 },
      'not_decided',
      false,
      'Not decided: 30 of 31 steps did not complete, so nothing shows whether this load fits the 15-minute window; 30 steps failed.',
    ],
    [
      850,
      { successful: 99, interrupted: 1 },
      'not_decided',
      false,
      'Not decided: 1 of 100 steps did not complete, and the 50s left of the 15-minute window would not hold a step of the usual 1m 0s; 1 step was interrupted.',
    ],
    [
      1339,
      { successful: 1, failed: 30 },
      'missed',
      false,
      'Missed the 15-minute window by 7m 19s (22m 19s); 30 steps failed.',
    ],
    [
      600,
      { failed: 9 },
      'no_data',
      false,
      'No data: no completed step was measured, so nothing shows whether this load fits; 9 steps failed.',
    ],
    [
      600,
      { cancelled: 1 },
      'no_data',
      false,
      'No data: no completed step was measured, so nothing shows whether this load fits; 1 step was cancelled.',
    ],
    [null, {}, 'no_data', false, 'No data: the round has no steps.'],
    [
      600,
      { successful: 3, unfinished: 2 },
      'no_data',
      false,
      'Not decided yet: 10m 0s of the 15-minute window used so far; 2 steps had not finished.',
    ],
    [
      1000,
      { successful: 3, unfinished: 2 },
      'missed',
      false,
      'Missed the 15-minute window by 1m 40s (16m 40s so far); 2 steps had not finished.',
    ],
  ] as const)('of %s seconds with %o is %s', (runtime, counts, outcome, pass, sentence) => {
    expect(verdictOf(runtime, counts)).toMatchObject({ outcome, pass, sentence });
  });

  it('does not pass a load of which a check never ran', () => {
    const verdict = verdictOf(600, { successful: 9 }, ['a.yml', 'b.yml']);
    expect(verdict).toMatchObject({ outcome: 'fits', pass: false });
    expect(verdict.sentence).toContain('but 2 uploaded checks did not run.');
  });

  it('knows no slack where nothing is decided', () => {
    expect(verdictOf(20, { successful: 1, failed: 30 }).slackSeconds).toBeNull();
    expect(verdictOf(600, { failed: 9 }).slackSeconds).toBeNull();
    expect(verdictOf(600, { successful: 9 }).slackSeconds).toBe(300);
  });

  it('begins with its headline, so that the headline can be set in bold', () => {
    for (const runtime of [null, 600, 1339]) {
      const { sentence, headline } = verdictOf(runtime, { successful: 1 });
      expect(sentence.startsWith(headline)).toBe(true);
    }
  });
});
