import { expect, test } from 'vitest';
import { findCheck } from '../../src/review/checkSearch.ts';

const files = [
  'check_a_15m.yml',
  'events/check_events_15m.yml',
  'orders/check_events_15m.yml',
  'check_events_15m.yml',
].map((path) => ({ path }));

test.each([
  ['check_a_15m', 'check_a_15m.yml'],
  ['  ./check_a_15m.yml ', 'check_a_15m.yml'],
  ['orders\\check_events_15m', 'orders/check_events_15m.yml'],
  ['/somewhere/else/orders/check_events_15m.yml', 'orders/check_events_15m.yml'],
  ['check_events_15m', 'check_events_15m.yml'],
])('%j means %s: a whole path wins over a suffix', (query, path) => {
  expect(findCheck(files, query).path).toBe(path);
});

test('a name that several files match is rejected with all of them, an unknown name with the likely ones', () => {
  expect(() => findCheck(files.slice(0, 3), 'check_events_15m')).toThrow(
    /2 check files match .*events\/.*orders\//,
  );
  expect(() => findCheck(files, 'vents_15m.yml')).toThrow(/No check file under review matches/);
});
