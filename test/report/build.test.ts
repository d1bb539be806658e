import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Step } from '../../src/ports/aws.ts';
import { assembleReport } from '../../src/report/build.ts';
import { parseReport, renderJson } from '../../src/report/model/json.ts';
import { reportSchema } from '../../src/report/model/model.ts';
import { renderMarkdown } from '../../src/report/render/markdown.ts';
import { metricsBlocks, summaryBlocks } from '../../src/report/render/sections/index.ts';
import { suggestionBlocks } from '../../src/report/render/sections/suggestions.ts';
import { evenRound, factsOf, startMs, stepOf } from './rounds.ts';

const round = evenRound(30, 5, (index) => 20 + (index % 7) * 11);

describe('a report', () => {
  it('satisfies its own schema and reads back as it was written', () => {
    const report = assembleReport(factsOf(round));
    expect(reportSchema.parse(report)).toEqual(report);
    expect(parseReport(renderJson(report), 'report.json')).toEqual(report);
  });

  it('is the same bytes for the same steps, in whatever order they come', () => {
    const written = renderJson(assembleReport(factsOf(round)));
    fc.assert(
      fc.property(fc.shuffledSubarray(round, { minLength: round.length }), (shuffled) => {
        expect(renderJson(assembleReport(factsOf(shuffled)))).toBe(written);
      }),
      { numRuns: 20 },
    );
  });

  it('counts every step once, in its own bucket', () => {
    const steps = [
      stepOf('a_15m', { started: 1, ended: 2 }),
      stepOf('b_15m', { started: 1, ended: 2, state: 'FAILED' }),
      stepOf('c_15m', { ended: 2, state: 'CANCELLED' }),
      stepOf('d_15m', { started: 1, ended: 2, state: 'INTERRUPTED' }),
      stepOf('e_15m', { started: 1, state: 'RUNNING' }),
      stepOf('f_15m', { state: 'PENDING' }),
      stepOf('g_15m', { state: 'CANCEL_PENDING' }),
      stepOf('h_15m', { state: 'toString' }),
    ];
    const { counts } = assembleReport(factsOf(steps));
    expect(counts).toEqual({
      total: 8,
      successful: 1,
      failed: 1,
      cancelled: 1,
      interrupted: 1,
      unfinished: 4,
    });
  });

  it('takes the whole round as its runtime: last end minus first creation', () => {
    const steps = [
      stepOf('a_15m', { created: 10, started: 70, ended: 100 }),
      stepOf('b_15m', { created: 40, started: 80, ended: 400, state: 'FAILED' }),
    ];
    expect(assembleReport(factsOf(steps)).verdict).toMatchObject({ runtimeSeconds: 390, slackSeconds: 510 });
  });

  it('keeps waiting and working apart', () => {
    const [step] = assembleReport(
      factsOf([stepOf('a_15m', { created: 10, started: 70.5, ended: 100 })]),
    ).steps;
    expect(step).toMatchObject({
      queueSeconds: 60.5,
      runSeconds: 29.5,
      createdAt: '2025-12-07T20:30:10.000Z',
    });
  });

  it('measures only completed steps, so that an early failure does not flatter the average', () => {
    const steps = [
      stepOf('a_15m', { started: 0, ended: 100 }),
      stepOf('b_15m', { started: 0, ended: 1, state: 'FAILED' }),
    ];
    expect(assembleReport(factsOf(steps)).statistics).toMatchObject({ n: 1, averageSeconds: 100 });
  });

  it('believes the load in the steps over the load of the round, and says so', () => {
    const steps = [stepOf('a_15m', { started: 0, ended: 9, load: 4 })];
    const report = assembleReport(factsOf(steps));
    expect(report.load).toBe(4);
    expect(report.warnings).toEqual([
      'The steps ran at 4x, the round was marked as 2x: this report is of 4x.',
    ]);
  });

  it('lists at most 20 slowest steps, slowest first, ties by name', () => {
    const report = assembleReport(factsOf(round));
    const byId = new Map(report.steps.map((step) => [step.id, step]));
    const seconds = report.slowest.map((id) => byId.get(id)?.runSeconds ?? 0);
    expect(seconds).toHaveLength(20);
    expect(seconds).toEqual(seconds.toSorted((a, b) => b - a));
    expect(report.slowest.slice(0, 3)).toEqual(['s-check_0006_15m', 's-check_0013_15m', 's-check_0020_15m']);
  });

  it('is provisional while steps are active, whatever it was asked for', () => {
    const steps = [
      stepOf('a_15m', { started: 0, ended: 9 }),
      stepOf('b_15m', { started: 5, state: 'RUNNING' }),
    ];
    const report = assembleReport(factsOf(steps, { observedMs: Date.parse('2025-12-07T20:31:00Z') }));
    expect(report.round.partial).toBe(true);
    expect(report.verdict).toMatchObject({ outcome: 'no_data', runtimeSeconds: 60 });
    expect(renderMarkdown(report).split('\n')[0]).toBe('# Load Test Report - 2x Load (*provisional*)');
  });

  it('says how soon a round could end only when its longest step is known', () => {
    const others = evenRound(8, 4, () => 60);
    const running = stepOf('check_long_15m', { started: 5, state: 'RUNNING' });
    const facts = { clusterConfig: { stepConcurrencyLevel: 4 }, observedMs: startMs + 600_000 };
    const open = assembleReport(factsOf([...others, running], facts));
    expect(open.findings.bounds).toEqual({ workOverSlotsSeconds: null, longestStepSeconds: null });
    expect(renderMarkdown(open)).not.toContain('Lower bound');
    expect(renderMarkdown(assembleReport(factsOf(others, facts)))).toMatch(
      /- Lower bound: 2m 0s with all 4 slots busy to the end, 1m 0s for the longest step alone/,
    );
  });
});

describe('the integrity of a round', () => {
  const uri = (name: string) => `s3://bucket/checks_load_test/configs/15m/2x/${name}.yml`;

  it('names checks that were uploaded and never ran, by URI, path or stem', () => {
    const steps = [stepOf('a_15m', { started: 0, ended: 9 })];
    const expectedChecks = [uri('a_15m'), uri('sub/b_15m'), 'c_15m.yml', 'a_15m'];
    const { integrity, verdict, warnings } = assembleReport(factsOf(steps, { expectedChecks }));
    expect(integrity.missing).toEqual(['c_15m.yml', 'sub/b_15m.yml']);
    expect(verdict.pass).toBe(false);
    expect(warnings).toContain('2 uploaded checks did not run in this round: c_15m.yml, sub/b_15m.yml.');
  });

  it('is said in words: how many of the uploaded checks were found', () => {
    const steps = [stepOf('a_15m', { started: 0, ended: 9 }), stepOf('b_15m', { started: 0, ended: 9 })];
    const said = (found: Step[], expectedChecks?: string[]) => {
      const report = assembleReport(factsOf(found, { ...(expectedChecks && { expectedChecks }) }));
      const [, line] = /^- (Checks: .*)$/m.exec(renderMarkdown(report)) ?? [];
      expect(JSON.stringify(summaryBlocks(report))).toContain(line?.replace('Checks: ', ''));
      return line;
    };
    const both = [uri('a_15m'), uri('b_15m')];
    expect(said(steps, both)).toBe('Checks: 2 of 2 uploaded checks have a step in this round');
    expect(said(steps, [...both, uri('c_15m')])).toBe(
      'Checks: 2 of 3 uploaded checks have a step in this round',
    );
    const again = stepOf('a_15m', { started: 9, ended: 19 }, 's-again');
    expect(said([...steps, again], [uri('a_15m')])).toBe(
      'Checks: 1 of 1 uploaded check has a step in this round; 1 of them more than one; 1 step of another load, schedule or upload',
    );
    expect(said(steps, ['a_15m', 'b_15m'])).toBe('Checks: 2 of 2 uploaded checks have a step in this round');
    expect(said(steps, [])).toMatch(/^Checks: none is uploaded for this schedule and load/);
    expect(said(steps)).toBe('Checks: not compared with the uploaded ones, which were not listed');
  });

  it('names a few of many, and leaves the rest to report.json', () => {
    const expectedChecks = Array.from({ length: 12 }, (_, n) =>
      uri(`check_${String(n).padStart(2, '0')}_15m`),
    );
    const { warnings, integrity } = assembleReport(factsOf([], { expectedChecks }));
    expect(integrity.missing).toHaveLength(12);
    expect(warnings.join()).toMatch(/check_04_15m\.yml and 7 more, in report\.json\.$/);
  });

  it('says of a round that still runs that every figure is provisional', () => {
    const steps = [stepOf('a_15m', { started: 0, state: 'RUNNING' }), stepOf('b_15m', { state: 'PENDING' })];
    const report = assembleReport(factsOf(steps, { observedMs: startMs + 60_000 }));
    expect(report.integrity.unfinished).toEqual(['s-a_15m', 's-b_15m']);
    expect(report.warnings).toEqual([
      '2 steps had not finished when this was written: every figure is provisional.',
    ]);
    expect(renderMarkdown(report).split('\n')[0]).toContain('*provisional*');
  });

  it('names checks that ran twice, foreign steps and overlapping runs', () => {
    const steps = [
      stepOf('a_15m', { started: 0, ended: 9 }),
      stepOf('a_15m', { started: 9, ended: 19 }, 's-second'),
      stepOf('b_15m', { started: 0, ended: 9, load: 4 }),
      stepOf('c_15m', { started: 0, ended: 9, arguments: [uri('c_15m'), '--run-id', 'other'] }),
      stepOf('d_daily', { started: 0, ended: 9, arguments: [] }),
    ];
    const { integrity, warnings } = assembleReport(
      factsOf(steps, { expectedChecks: [uri('a_15m'), uri('d_daily')] }),
    );
    expect(integrity.duplicate).toEqual([{ check: 'a_15m.yml', steps: ['s-a_15m', 's-second'] }]);
    expect(integrity.foreign.map(({ id, why }) => [id, why])).toEqual([
      ['s-b_15m', 'runs at 4x'],
      ['s-c_15m', 'was not uploaded for this load'],
      ['s-d_daily', 'belongs to daily'],
    ]);
    expect(integrity.runIds).toEqual(['manual__1', 'other']);
    expect(warnings.join('\n')).toContain('rounds overlap');
  });
});

describe('a round that is hard to report on', () => {
  const long = 'x'.repeat(256);
  const scenes: [string, Step[]][] = [
    ['no steps', []],
    ['one step', [stepOf('a_15m', { started: 0, ended: 9 })]],
    ['all failed', [1, 2, 3].map((n) => stepOf(`a${n}_15m`, { started: 0, ended: n, state: 'FAILED' }))],
    ['all cancelled', [1, 2].map((n) => stepOf(`a${n}_15m`, { ended: n, state: 'CANCELLED' }))],
    ['all cancelled without an end', [stepOf('a_15m', { state: 'CANCELLED' })]],
    [
      'unfinished',
      [stepOf('a_15m', { started: 0, state: 'RUNNING' }), stepOf('b_15m', { state: 'PENDING' })],
    ],
    ['equal stamps', [1, 2, 3].map((n) => stepOf(`a${n}_15m`, { started: 0, ended: 0 }))],
    ['no start', [stepOf('a_15m', { ended: 9 })]],
    ['stamps that run backwards', [stepOf('a_15m', { created: 10, started: 5, ended: 1 })]],
    [
      'hostile names',
      [
        stepOf(
          'a|b`c`<script>alert(1)</script>\n# h1 [x](http://e.vil)_15m',
          { started: 0, ended: 9 },
          's-1',
        ),
        stepOf('\u202egnp.exe\u202c\u200b\u0007\u001b[31m_15m', { started: 0, ended: 8 }, 's-2'),
        stepOf(long, { started: 0, ended: 7, state: 'FAILED' }, 's-3'),
        stepOf('__proto__', { started: 0, ended: 6, arguments: [] }, 's-4'),
        stepOf('', { started: 0, ended: 6, arguments: [] }, 's-5'),
      ],
    ],
  ];

  it.each(scenes)(
    '(%s) gives a valid report in both forms, and never a pass that it did not earn',
    (name, steps) => {
      const report = assembleReport(factsOf(steps));
      expect(reportSchema.parse(report)).toEqual(report);
      expect(parseReport(renderJson(report), 'report.json')).toEqual(report);
      const markdown = renderMarkdown(report);
      expect(markdown).not.toMatch(/NaN|undefined|Infinity|null|<script|[\u202e\u200b]/);
      expect(markdown).not.toContain('\u001b');
      const earned = ['one step', 'equal stamps'].includes(name);
      expect(report.verdict.pass).toBe(earned);
    },
  );

  it.each(['all failed', 'all cancelled'])('(%s) was not measured, and has no slack', (name) => {
    const steps = scenes.find(([scene]) => scene === name)?.[1] ?? [];
    const report = { ...assembleReport(factsOf(steps)), suggestions: [] };
    const page = renderMarkdown(report);
    expect(page).toContain('Not measured: no step completed with a start and an end.');
    expect(page).not.toContain('asks for a change');
    expect(page).not.toContain('slack');
    expect(JSON.stringify(suggestionBlocks(report, 'page'))).toContain('Not measured: no step completed');
  });

  it('(no start) names the steps that ended without one, and not those that were cancelled before their turn', () => {
    const steps = [
      stepOf('a_15m', { ended: 9 }),
      stepOf('b_15m', { ended: 9, state: 'FAILED' }),
      stepOf('c_15m', { ended: 9, state: 'CANCELLED' }),
      stepOf('d_15m', { state: 'PENDING' }),
      stepOf('e_15m', { started: 1, ended: 9 }),
    ];
    const { warnings, statistics } = assembleReport(factsOf(steps));
    expect(statistics.n).toBe(1);
    expect(warnings).toContain(
      "2 steps ended without a start by EMR's stamps, so how long they waited and ran is not known, and no such figure counts them: a_15m_2x, b_15m_2x.",
    );
  });

  it('(stamps that run backwards) says of each step which of its times is not known', () => {
    const { warnings } = assembleReport(
      factsOf([
        stepOf('a_15m', { created: 10, started: 5, ended: 20 }),
        stepOf('b_15m', { created: 10, started: 6, ended: 20 }),
        stepOf('c_15m', { created: 0, started: 5, ended: 1 }),
        stepOf('d_15m', { created: 0, started: 5, ended: 9 }),
      ]),
    );
    expect(warnings).toEqual([
      "2 steps started before they were submitted by EMR's stamps, so how long they waited is not known.",
      "1 step ended before it started by EMR's stamps, so how long it ran is not known.",
    ]);
  });

  it('(one step) speaks of one step', () => {
    const report = assembleReport(factsOf([stepOf('a_15m', { started: 0, ended: 9 })]));
    const line = 'n = 1 SUCCESS step with start and end; ';
    expect(renderMarkdown(report)).toContain(`\n${line}`);
    expect(JSON.stringify(metricsBlocks(report, 'page'))).toContain(line);
  });

  it('keeps a hostile name inside its table cell', () => {
    const report = assembleReport(factsOf(scenes.at(-1)?.[1] ?? []));
    const rows = renderMarkdown(report)
      .split('\n')
      .filter((line) => /^\| \d+ \|.*(SUCCESS|FAILED)/.test(line));
    expect(rows).toHaveLength(5);
    for (const row of rows) expect(row.match(/(?<!\\)\|/g)).toHaveLength(7);
  });

  it('has nothing to say about percentiles of nothing', () => {
    const report = assembleReport(factsOf([]));
    expect(report.statistics).toMatchObject({ n: 0, p50Seconds: null, p99Seconds: null });
    expect(renderMarkdown(report)).toContain('- P99: –');
  });
});

describe('a report that is read again', () => {
  const text = renderJson(assembleReport(factsOf(round)));
  it.each([
    ['is not JSON', '{', /is not JSON/],
    [
      'comes from a newer version',
      text.replace('"schemaVersion": 2', '"schemaVersion": 3'),
      /schema version 3; this version reads up to 2/,
    ],
    ['was edited by hand', text.replace('"load": 2', '"load": "twice"'), /is not a report: load/],
    [
      'claims a time that nothing takes',
      text.replace(/"runSeconds":[\d.]+/, '"runSeconds":1e300'),
      /is not a report: steps\.0\.runSeconds: Too big/,
    ],
    ['is something else', '[1]', /is not a report/],
  ])('is refused with the reason when it %s', (_, broken, message) => {
    expect(() => parseReport(broken, 'reports/2x_1/report.json')).toThrow(message);
  });

  it('is read in version 1, without its forecast and its judging of suggestions', () => {
    const old = readFileSync('test/report/fixtures/report-version-1.json', 'utf8');
    expect(JSON.parse(old)).toMatchObject({ schemaVersion: 1, comparison: { forecast: { steady: 0 } } });
    const report = parseReport(old, 'report.json');
    expect(report).toMatchObject({ schemaVersion: 2, load: 4, followUp: null });
    expect(report.comparison).toMatchObject({ comparable: true, forecast: null });
    expect(report.comparison?.checks.map(({ word }) => word)).toEqual(Array(5).fill(undefined));
    expect(report.suggestions.map(({ success }) => success)).toContain(
      'No step fails with "Container killed by YARN for its memory".',
    );
    expect(report).not.toHaveProperty('judged');
    expect(report.findings).not.toHaveProperty('removals');
    expect(parseReport(renderJson(report), 'report.json')).toEqual(report);
    expect(renderMarkdown(report)).toContain('## Comparison');
  });

  it('is refused with the reason when version 1 was edited by hand', () => {
    const old = readFileSync('test/report/fixtures/report-version-1.json', 'utf8');
    for (const broken of [
      old.replace('"load": 4', '"load": "four"'),
      old.replace('"suggestions"', '"advice"'),
    ])
      expect(() => parseReport(broken, 'report.json')).toThrow(/is not a report: /);
  });
});

it('a round whose cluster died took as long as it took, however late its report is built', () => {
  const steps = [
    stepOf('a_15m', { started: 0, ended: 120 }),
    stepOf('b_15m', { started: 0, ended: 152, state: 'INTERRUPTED' }),
    stepOf('c_15m', { state: 'CANCELLED' }),
  ];
  const built = (minutesLater: number) => {
    return assembleReport(factsOf(steps, { observedMs: startMs + (3 + minutesLater) * 60_000 }));
  };
  expect(built(0).verdict.runtimeSeconds).toBe(152);
  expect(built(45).verdict).toEqual(built(0).verdict);
});
