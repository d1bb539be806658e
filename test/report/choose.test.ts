import { expect, test } from 'vitest';
import { chooseReports, type ReportNames, type StoredReport } from '../../src/report/choose.ts';

function stored(directory: string, load: number, schedule: string): StoredReport {
  const startedAt = directory.slice(directory.indexOf('_') + 1);
  return { directory, report: { load, schedule, round: { startedAt } } as unknown as StoredReport['report'] };
}

const reports = [
  stored('2x_20251207_153000', 2, '15m'),
  stored('4x_20251207_183000', 4, '15m'),
  stored('4x_20251207_193000', 4, '15m'),
  stored('4x_20251208_090000', 4, 'hourly'),
];

function names(wanted: ReportNames, from = reports): string[] {
  const { baseline, candidate } = chooseReports(from, wanted);
  return [baseline.directory, candidate.directory];
}

test('a load means a level of one schedule, also when another schedule has a newer report', () => {
  expect(names({ baseline: '2x', candidate: '4x' })).toEqual(['2x_20251207_153000', '4x_20251207_193000']);
});

test('left out, the newest schedule that has two reports is compared with itself', () => {
  expect(names({})).toEqual(['4x_20251207_183000', '4x_20251207_193000']);
});

test('the same load twice means its two newest reports', () => {
  expect(names({ baseline: '4', candidate: '4x' })).toEqual(['4x_20251207_183000', '4x_20251207_193000']);
});

test('two directories may be of different schedules: the comparison says what it thinks of that', () => {
  expect(names({ baseline: '4x_20251207_193000', candidate: 'reports/4x_20251208_090000/' })).toEqual([
    '4x_20251207_193000',
    '4x_20251208_090000',
  ]);
});

test('what is not there is refused with the names of what is', () => {
  expect(() => names({ baseline: '8x', candidate: '4x' })).toThrow(
    /for 8x and 4x\. .*4x_20251208_090000 \(hourly\)/,
  );
  expect(() => names({ baseline: '2x', candidate: '2x' })).toThrow(
    /^2x against 2x needs two 2x reports of one schedule; there is one: 2x_20251207_153000 \(15m\)\. Nothing/,
  );
  expect(() => names({ baseline: '3x', candidate: '3' })).toThrow(
    /two 3x reports.*; no such report was found\./,
  );
  expect(() => names({ schedule: 'hourly' })).toThrow(/not two reports of one schedule/);
  expect(() => names({}, [])).toThrow(/No report is in REPORTS_DIR/);
});

test('a report that could not be read is named with the reason where one is missed, three of them at most', () => {
  const unread = [2, 4, 8, 16].map((load) => `${load}x_1/report.json is not JSON. It was left as it is.`);
  expect(() => chooseReports([], {}, unread.slice(0, 1))).toThrow(
    /Could not be read: 2x_1\/report\.json is not JSON\. It was left as it is\. Nothing was written\.$/,
  );
  expect(() => chooseReports([], {}, unread)).toThrow(/8x_1\/report\.json .* And 1 more\. Nothing/);
});
