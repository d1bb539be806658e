import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { assembleReport } from '../../src/report/build.ts';
import type { Report } from '../../src/report/model/model.ts';
import { reportFiles } from '../../src/report/render/files.ts';
import { csvOf } from '../../src/report/render/html/client/csv.ts';
import { type Arrangement, arrange, sortedBy, stepsOf } from '../../src/report/render/html/client/steps.ts';
import { panned, showing, type TimeRange, zoomed } from '../../src/report/render/html/client/timeRange.ts';
import { meter, tilesOf } from '../../src/report/render/html/front.ts';
import { renderHtml } from '../../src/report/render/html/index.ts';
import { type PageData, stepColumns } from '../../src/report/render/html/pageData.ts';
import { renderMarkdown } from '../../src/report/render/markdown.ts';
import { covering, evenRound, factsOf, stepOf } from './rounds.ts';

function dataOf(html: string): PageData {
  const text = /<script type="application\/json" id="report-data">(.*?)<\/script>/s.exec(html)?.[1];
  return JSON.parse(text ?? '') as PageData;
}

describe('report.html', () => {
  const html = renderHtml(assembleReport(factsOf(evenRound(30, 5, (n) => 20 + n))));

  it('is among the files of a report, and the same bytes for the same round', () => {
    const report = assembleReport(factsOf(evenRound(30, 5, (n) => 20 + n)));
    expect(reportFiles(report).find((file) => file.path === 'report.html')?.text).toBe(html);
  });

  it('allows its own script by its digest, and nothing else to load or run', () => {
    const policy = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(html)?.[1];
    const script = /<script>(.*?)<\/script>/s.exec(html)?.[1] ?? '';
    const digest = createHash('sha256').update(script).digest('base64');
    expect(policy).toBe(
      `default-src &#39;none&#39;; script-src &#39;sha256-${digest}&#39;; style-src &#39;unsafe-inline&#39;; base-uri &#39;none&#39;; form-action &#39;none&#39;`,
    );
    expect(html.match(/<script/g)).toHaveLength(2);
    expect(script).not.toMatch(/innerHTML|insertAdjacentHTML|document\.write|eval\(|fetch\(|localStorage/);
    expect(html.replace(/xmlns="[^"]*"/g, '')).not.toMatch(/https?:\/\/|@import|url\(/);
  });

  it('holds no markup of foreign text outside the pictures, where it is escaped', () => {
    const name = '</script><script>alert(1)</script><!--';
    const steps = Array.from({ length: 50 }, (_, n) => ({
      ...stepOf(`c${n}_15m`, { started: n, ended: n + 5, state: 'FAILED' }),
      name,
    }));
    const page = renderHtml(assembleReport(factsOf(steps, { clusterName: name, warnings: [name] })));
    expect(page.match(/<script/g)).toHaveLength(2);
    expect(page).not.toContain('alert(1)</script>');
    expect(page).not.toContain('<!--');
    expect(stepsOf(dataOf(page).steps)[0]?.name).toBe(name);
  });

  it('has every line of the summary of report.md', () => {
    const rounds = [
      evenRound(300, 12, (n) => 20 + (n % 9 === 0 ? 400 : 0)).map((step) => ({
        ...step,
        ...(step.startedMs !== undefined && { startedMs: step.startedMs + 90_000 }),
        ...(step.endedMs !== undefined && { endedMs: step.endedMs + 90_000 }),
      })),
      [
        stepOf('a_15m', { started: 1, ended: 2, state: 'INTERRUPTED' }),
        stepOf('b_15m', { state: 'PENDING' }),
      ],
      [],
    ];
    for (const steps of rounds) {
      const report = assembleReport(factsOf(steps, { clusterConfig: { stepConcurrencyLevel: 12 } }));
      const summary = renderMarkdown(report).split(/^## /m)[1] ?? '';
      const lines = [...summary.matchAll(/^- ([^:]+):/gm)].map((match) => match[1]);
      const [block] = dataOf(renderHtml(report)).sections.summary ?? [];
      expect(block?.kind === 'facts' && block.facts.map(([name]) => name)).toEqual(lines);
    }
  });

  it('says on its first line that a partial report is provisional', () => {
    const report = assembleReport(factsOf([stepOf('a_15m', { started: 1, state: 'RUNNING' })]));
    expect(renderHtml(report)).toContain('<h1>Load Test Report - 2x Load (provisional)</h1>');
  });

  it.each([
    [1000, 150],
    [10_000, 1500],
  ])('of %d steps at two levels stays under %d KB', (count, kb) => {
    const level = (load: number, earlier: Report[]) => {
      const steps = evenRound(count, 40, (n) => 8 + ((n * 7919) % 97) * (n % 11 === 0 ? 6 : 1) * load).map(
        (step, n) => ({
          ...step,
          id: `s-${String(n).padStart(13, '0')}`,
          name: step.name.replace('check_', 'check_campaign_').replace('_2x', `_${load}x`),
          arguments: step.arguments.map((argument) => argument.replace('/2x/', `/${load}x/`)),
          ...(n % 20 === 7 && {
            state: 'FAILED',
            failure: { reason: 'Unknown Error', message: `Exception: ${'y'.repeat(400)}` },
          }),
        }),
      );
      return assembleReport(
        factsOf(steps, {
          load,
          earlier,
          startedAtText: `2025-12-07T1${load}:00:00.000-05:00`,
          clusterConfig: { digest: 'd', stepConcurrencyLevel: 40 },
        }),
      );
    };
    const page = renderHtml(level(4, [level(2, [])]));
    expect(Buffer.byteLength(page) / 1024).toBeLessThan(kb);
  });
});

describe('the steps of the page', () => {
  it('come out of the columns as they went in', () => {
    const moment = fc.option(fc.integer({ min: 0, max: 1e6 }), { nil: undefined });
    fc.assert(
      fc.property(
        fc.array(fc.record({ created: fc.integer({ min: 0, max: 1e5 }), started: moment, ended: moment })),
        (times) => {
          const steps = times.map((one, n) =>
            stepOf(`c${n}_15m`, {
              created: one.created / 1000,
              ...(one.started !== undefined && { started: one.started / 1000 }),
              ...(one.ended !== undefined && { ended: one.ended / 1000 }),
            }),
          );
          const report = assembleReport(factsOf(steps));
          const columns = JSON.parse(JSON.stringify(stepColumns(report))) as ReturnType<typeof stepColumns>;
          const seconds = (of: number | null) => (of === null ? null : Math.round(of * 1000) / 1000);
          expect(
            stepsOf(columns).map(({ name, id, state, waited, ran }) => ({ name, id, state, waited, ran })),
          ).toEqual(
            report.steps.map((step) => ({
              name: step.name,
              id: step.id,
              state: step.state,
              waited: seconds(step.queueSeconds),
              ran: seconds(step.runSeconds),
            })),
          );
        },
      ),
    );
  });

  const steps = stepsOf(
    stepColumns(
      assembleReport(
        factsOf([
          stepOf('b_15m', { started: 0, ended: 50 }),
          stepOf('a_15m', { started: 0, ended: 90, state: 'FAILED' }),
          stepOf('c_15m', { ended: 3, state: 'CANCELLED' }),
        ]),
      ),
    ),
  );
  const byTime: Arrangement = { column: 'ran', descending: true, filter: '', only: new Set() };
  const shown = (arrangement: Arrangement) =>
    arrange(steps, arrangement)
      .map((step) => step.name[0])
      .join('');

  it.each<[string, Arrangement, string]>([
    ['slowest first', byTime, 'abc'],
    ['fastest first, the unmeasured still last', { ...byTime, descending: false }, 'bac'],
    ['by name', { ...byTime, column: 'name', descending: false }, 'abc'],
    ['of one state', { ...byTime, only: new Set(['FAILED']) }, 'a'],
    ['of two states', { ...byTime, only: new Set(['FAILED', 'CANCELLED']) }, 'ac'],
    ['with every word', { ...byTime, filter: ' 15M  fail' }, 'a'],
  ])('are arranged %s', (_, arrangement, names) => {
    expect(shown(arrangement)).toBe(names);
  });

  it('turn round on the second click on a title, and times begin with the longest', () => {
    const name = sortedBy(byTime, 'name');
    expect(name).toMatchObject({ column: 'name', descending: false });
    expect(sortedBy(name, 'name').descending).toBe(true);
    expect(sortedBy(name, 'waited').descending).toBe(true);
  });
});

describe('the steps as CSV', () => {
  const round = { fromMs: Date.parse('2025-12-07T20:30:00.000Z'), ratioTitle: undefined };
  const [step] = stepsOf(
    stepColumns(assembleReport(factsOf([stepOf('a_15m', { started: 1.5, ended: 90 })]))),
  );
  const lineOf = (more: object) => csvOf(step ? [{ ...step, ...more }] : [], round).split('\r\n')[1];

  it('has stamps and seconds, and quotes what would break a row', () => {
    expect(lineOf({})).toBe(
      'a_15m_2x,s-a_15m,SUCCESS,2025-12-07T20:30:00.000Z,2025-12-07T20:30:01.500Z,2025-12-07T20:31:30.000Z,1.5,88.5,,',
    );
    expect(lineOf({ cause: 'a "b", c' })).toMatch(/,"a ""b"", c",$/);
    expect(lineOf({ started: null, waited: null, ran: null })).toMatch(/Z,,2025-12-07T20:31:30.000Z,,,,$/);
  });

  it.each(['=1+1', '+1', '-1', '@sum', '\tx'])('has no cell that a spreadsheet would run: %s', (text) => {
    expect(lineOf({ name: text })).toMatch(/^'/);
    expect(lineOf({ cause: text })).toContain(`,'${text},`);
  });
});

describe('what the page leads with', () => {
  const tiles = (report: Report) => Object.fromEntries(tilesOf(report).map((tile) => [tile.name, tile]));
  const of = (steps: Parameters<typeof factsOf>[0], more: Parameters<typeof factsOf>[1] = {}) =>
    assembleReport(factsOf(steps, more));

  it('says by how much a round fits or misses, and what did not complete', () => {
    const fits = tiles(of(evenRound(4, 2, () => 60)));
    expect(fits.Runtime).toMatchObject({ value: '2m 5s', note: '12m 55s to spare in the 15-minute window' });
    expect(fits.Failed).toMatchObject({ value: '0', note: 'of 4 steps', tone: 'plain' });
    const misses = tiles(
      of([
        ...evenRound(4, 2, () => 600),
        stepOf('x_15m', { started: 0, ended: 9, state: 'FAILED' }),
        stepOf('y_15m', { ended: 9, state: 'CANCELLED' }),
      ]),
    );
    expect(misses.Runtime).toMatchObject({
      value: '20m 5s',
      note: '5m 5s over the 15-minute window',
      tone: 'bad',
    });
    expect(misses.Failed).toMatchObject({ value: '1 of 6', tone: 'bad' });
    expect(misses.Failed?.note).toMatch(/; 1 cancelled$/);
    const open = tiles(of([stepOf('x_15m', { started: 0, state: 'RUNNING' })], { partial: true }));
    expect(open.Runtime?.note).toMatch(/^so far; /);
  });

  it('says which checks were scaled, as far as it is known', () => {
    const round = evenRound(4, 2, () => 60);
    expect(
      tiles(of(round, { coverage: covering(['a.yml', 'b.yml'], '15m', 4) }))['Load scaled'],
    ).toMatchObject({
      value: '2 of 4',
      note: 'checks at 2x; 2 at 1x',
      tone: 'plain',
    });
    const none = covering(['a.yml', 'b.yml', 'c.yml', 'd.yml'], '15m', 4);
    expect(tiles(of(round, { coverage: none }))['Load scaled']).toMatchObject({
      value: '0 of 4',
      tone: 'bad',
    });
    expect(tiles(of(round, { coverage: undefined }))['Load scaled']).toMatchObject({
      value: '–',
      note: 'which checks were scaled is not recorded',
    });
    const baseline = stepOf('a_15m', { started: 0, ended: 9, load: 1 });
    expect(tiles(of([baseline], { load: 1 }))['Load scaled']).toMatchObject({ value: '1x' });
  });

  it('draws the runtime and its lower bounds against the window', () => {
    const html = meter(
      of(
        evenRound(4, 2, () => 600),
        { clusterConfig: { stepConcurrencyLevel: 2 } },
      ),
    );
    expect(html).toContain(
      'aria-label="Runtime 20m 5s, With all 2 slots busy 20m 0s, Longest step alone 10m 0s; 15-minute window"',
    );
    // Twice is the window exceeded: by the runtime and by the work on its slots.
    expect(html.match(/class="over"/g)).toHaveLength(2);
    expect(meter(of([]))).toBe('');
  });
});

describe('the range of the timeline', () => {
  const whole: TimeRange = { from: 0, to: 1000 };
  const moment = fc.double({ min: 0, max: 1000, noNaN: true });

  it('stays inside the round however it is zoomed and moved', () => {
    const move = fc.oneof(
      fc.record({ factor: fc.constantFrom(0.6, 1 / 0.6), at: moment }),
      fc.record({ share: fc.double({ min: -2, max: 2, noNaN: true }) }),
      fc.record({ show: moment }),
    );
    fc.assert(
      fc.property(fc.array(move, { maxLength: 40 }), (moves) => {
        let range = whole;
        for (const one of moves) {
          if ('factor' in one) range = zoomed(range, one.factor, one.at, whole);
          else if ('share' in one) range = panned(range, one.share, whole);
          else {
            range = showing(range, one.show, whole);
            expect(one.show).toBeGreaterThanOrEqual(range.from - 1e-6);
            expect(one.show).toBeLessThanOrEqual(range.to + 1e-6);
          }
          expect(range.from).toBeGreaterThanOrEqual(0);
          expect(range.to).toBeLessThanOrEqual(1000 + 1e-6);
          expect(range.to - range.from).toBeGreaterThanOrEqual(1 - 1e-6);
        }
      }),
    );
  });

  it('keeps the moment under the pointer in its place while zooming', () => {
    const closer = zoomed({ from: 200, to: 600 }, 0.5, 300, whole);
    expect(closer).toEqual({ from: 250, to: 450 });
  });
});
