import { describe, expect, it } from 'vitest';
import { formatDuration, formatMeasured, windowName } from '../../src/domain/text.ts';

describe('durations', () => {
  it.each([
    [0, '0s'],
    [0.4, '0s'],
    [59.4, '59s'],
    [59.5, '1m 0s'],
    [179.6, '3m 0s'],
    [2723, '45m 23s'],
    [3599.5, '1h 0m 0s'],
    [9258, '2h 34m 18s'],
    [-439, '-7m 19s'],
    [-0.4, '0s'],
    [90_000, '25h 0m 0s'],
  ])('%d seconds read %s', (seconds, text) => {
    expect(formatDuration(seconds)).toBe(text);
  });

  it('that nobody measured are a dash, not a zero', () => {
    expect(formatMeasured(null)).toBe('–');
  });

  it('name the windows of the three schedules', () => {
    expect([900, 3600, 86_400].map(windowName)).toEqual(['15-minute', '1-hour', '24-hour']);
  });
});
