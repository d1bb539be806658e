import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatDuration } from '../../src/domain/text.ts';
import type { Step } from '../../src/ports/aws.ts';
import { assembleReport } from '../../src/report/build.ts';
import type { Report } from '../../src/report/model/model.ts';
import { placedNames } from '../../src/report/render/charts/curves.ts';
import { drawDistribution } from '../../src/report/render/charts/distribution.ts';
import { drawForecast } from '../../src/report/render/charts/forecastChart.ts';
import { drawGrowth } from '../../src/report/render/charts/growth.ts';
import { narrow, wide, wrapped } from '../../src/report/render/charts/head.ts';
import { lanesOf } from '../../src/report/render/charts/lanes.ts';
import { linearScale, logScale, timeMark, timeSteps } from '../../src/report/render/charts/scale.ts';
import { fitted, widthOf } from '../../src/report/render/charts/svg.ts';
import { drawTimeline } from '../../src/report/render/charts/timeline.ts';
import { reportFiles } from '../../src/report/render/files.ts';
import { evenRound, factsOf, stepOf } from './rounds.ts';

const drawn = (steps: readonly Step[], slots?: number) => {
  const report = assembleReport(
    factsOf(steps, slots === undefined ? {} : { clusterConfig: { stepConcurrencyLevel: slots } }),
  );
  return { timeline: drawTimeline(report), distribution: drawDistribution(report), report };
};

/** Every element opened is closed, in order: what an XML parser would insist on. */
function expectWellFormed(svg: string): void {
  const open: string[] = [];
  for (const [, slash, name, selfClosed] of svg.matchAll(
    /<(\/?)([a-z]+)(?:\s[a-zA-Z-]+="[^"<]*")*\s*(\/?)>/g,
  )) {
    if (slash) expect(open.pop()).toBe(name);
    else if (!selfClosed) open.push(name ?? '');
  }
  expect(open).toEqual([]);
  expect(svg.replace(/<style>[\s\S]*?<\/style>/, '')).not.toMatch(
    /NaN|Infinity|undefined|&(?!amp;|lt;|gt;|quot;|#39;)/,
  );
}

describe('scales', () => {
  it('hold every value inside the axis, on whole pixels, in rising order', () => {
    const value = fc.double({ min: -1e6, max: 1e6, noNaN: true });
    fc.assert(
      fc.property(value, value, fc.double({ min: 1, max: 1e6, noNaN: true }), (a, b, to) => {
        for (const scale of [linearScale(0, to, 60, 900, timeSteps), logScale(0.1, to, 60, 900, [])]) {
          const [low, high] = [scale.at(Math.min(a, b)), scale.at(Math.max(a, b))];
          expect(Number.isInteger(low)).toBe(true);
          expect(low).toBeGreaterThanOrEqual(60);
          expect(high).toBeLessThanOrEqual(900);
          expect(low).toBeLessThanOrEqual(high);
        }
      }),
    );
  });

  it.each([
    [30, '30s'],
    [300, '5m'],
    [90, '1m 30s'],
    [7200, '2h'],
    [5400, '1h 30m'],
    [0.5, '0.5s'],
  ])('mark %d seconds as %s', (seconds, text) => {
    expect(timeMark(seconds)).toBe(text);
  });

  it('have between two and nine marks, whatever the length of the round', () => {
    for (const seconds of [3, 50, 900, 1339, 9258, 40_000, 86_400, 400_000]) {
      const { ticks } = linearScale(0, seconds, 0, 900, timeSteps);
      expect(ticks.length).toBeGreaterThanOrEqual(2);
      expect(ticks.length).toBeLessThanOrEqual(9);
    }
  });
});

describe('lanes', () => {
  it('never hold two steps at once, and are as many as ran at once', () => {
    const span = fc.record({
      started: fc.integer({ min: 0, max: 300 }),
      run: fc.integer({ min: 1, max: 200 }),
    });
    fc.assert(
      fc.property(fc.array(span, { minLength: 1, maxLength: 60 }), (spans) => {
        const { report } = drawn(
          spans.map(({ started, run }, n) => stepOf(`c${n}_15m`, { started, ended: started + run })),
        );
        const { lanes, count } = lanesOf(report.steps);
        const ends = new Map<number, string>();
        for (const [step, lane] of lanes) {
          expect((ends.get(lane) ?? '') <= (step.startedAt ?? '')).toBe(true);
          ends.set(lane, step.endedAt ?? '');
        }
        expect(count).toBe(report.findings.peakRunning);
      }),
    );
  });
});

describe('the timeline', () => {
  it('names the steps of a small round and draws each as one bar', () => {
    const { timeline } = drawn(
      evenRound(40, 5, () => 30),
      5,
    );
    expectWellFormed(timeline);
    expect(timeline).toContain('check_0039_15m_2x');
    const bars = [...timeline.matchAll(/class="lt-completed" d="([^"]*)"/g)].at(-1)?.[1];
    expect(bars?.match(/z/g)).toHaveLength(40);
  });

  it('gives the slots of a larger round lanes, one path a state', () => {
    const steps = evenRound(41, 5, () => 30).map((step, n) =>
      n === 7 ? { ...step, state: 'FAILED' } : step,
    );
    const { timeline } = drawn(steps, 5);
    expectWellFormed(timeline);
    expect(timeline).not.toContain('check_0001_15m_2x');
    expect(timeline.match(/class="lt-lane lt-/g)).toHaveLength(2);
    expect(timeline).toContain('running at once');
  });

  it('marks a failed step with more than a colour, and shows the window line when it is near', () => {
    const { timeline } = drawn([
      stepOf('a_15m', { started: 0, ended: 1000, state: 'FAILED' }),
      stepOf('b_15m', { started: 0, ended: 500 }),
    ]);
    expect(timeline).toContain('class="lt-cross"');
    expect(timeline).toContain('>15-minute window<');
  });

  it('marks the step that sets the end, puts a tick there, and shades what lies beyond the window', () => {
    const steps = [
      ...evenRound(12, 4, () => 200),
      stepOf('check_last_15m', { started: 700, ended: 1200 }),
      stepOf('check_before_15m', { started: 100, ended: 1199 }),
    ];
    for (const all of [steps, [...steps, ...evenRound(60, 4, () => 9)]]) {
      const { report } = drawn(all, 4);
      for (const form of [wide, narrow]) {
        const svg = drawTimeline(report, form);
        expectWellFormed(svg);
        expect(svg).toContain('>sets the end: check_last_15m_2x<');
        expect(svg).toContain('>end 20m 0s<');
        expect(svg.match(/class="lt-mark"/g)).toHaveLength(3);
        const [, beyond = ''] = /class="lt-beyond" d="M(\d+) /.exec(svg) ?? [];
        const [, window = ''] = /class="lt-window" d="M(\d+) /.exec(svg) ?? [];
        expect(beyond).toBe(window);
      }
    }
  });

  it('has no such mark while steps run, and shades nothing where the window is not reached', () => {
    const running = drawn([
      stepOf('a_15m', { started: 0, ended: 9 }),
      stepOf('b_15m', { started: 1, state: 'RUNNING' }),
    ]).timeline;
    expect(running).not.toMatch(/class="lt-mark"|sets the end|>end /);
    expect(drawn([stepOf('a_15m', { started: 0, ended: 9 })]).timeline).not.toContain('class="lt-beyond"');
  });

  it('says each state in the word that the tables have for it', () => {
    const { timeline } = drawn([
      stepOf('a_15m', { started: 0, ended: 9 }),
      stepOf('b_15m', { started: 0, ended: 9, state: 'FAILED' }),
      stepOf('c_15m', { started: 0, ended: 9, state: 'INTERRUPTED' }),
      stepOf('d_15m', { state: 'PENDING' }),
    ]);
    for (const word of ['SUCCESS', 'FAILED', 'INTERRUPTED, PENDING']) expect(timeline).toContain(`>${word}<`);
  });

  it('has an opaque background and a dark scheme', () => {
    const { timeline } = drawn([stepOf('a_15m', { started: 0, ended: 9 })]);
    expect(timeline).toContain('<rect class="lt-bg"');
    expect(timeline).toContain('prefers-color-scheme:dark');
  });
});

describe('the distribution', () => {
  const boxOf = (x: number, y: number, text: string) => ({
    left: x,
    right: x + widthOf(text),
    top: y - 12,
    bottom: y + 4,
  });
  type Box = ReturnType<typeof boxOf>;
  const overlap = (a: Box, b: Box) =>
    a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
  const wordsIn = (svg: string) =>
    [...svg.matchAll(/<text class="lt-text lt-name" x="(\d+)" y="(\d+)">([^<]*)</g)].map(([, x, y, text]) =>
      boxOf(Number(x), Number(y), text ?? ''),
    );
  /** Points of the curve, a pixel apart. */
  const curveIn = (svg: string) => {
    const [, d = ''] =
      /class="lt-curve" d="M([^"]*)"\/><(?:circle|text|path class="lt-leader)/.exec(svg) ?? [];
    const points = d.split('L').map((point) => point.split(' ').map(Number));
    return points.slice(1).flatMap(([endX = 0, endY = 0], index) => {
      const [x = 0, y = 0] = points[index] ?? [];
      const length = Math.max(1, Math.abs(endX - x), Math.abs(endY - y));
      return Array.from(
        { length },
        (_, n) => [x + ((endX - x) * n) / length, y + ((endY - y) * n) / length] as const,
      );
    });
  };

  it('keeps the words of the percentiles off the curve, off each other and inside, whatever the shape', () => {
    const few = fc.array(fc.integer({ min: 1, max: 9000 }), { minLength: 2, maxLength: 60 });
    const bimodal = fc
      .tuple(
        fc.integer({ min: 2, max: 50 }),
        fc.integer({ min: 1, max: 50 }),
        fc.integer({ min: 2, max: 90 }),
      )
      .map(([low, high, factor]) => [
        ...Array.from({ length: low }, (_, n) => 20 + (n % 7)),
        ...Array.from({ length: high }, (_, n) => 20 * factor + n),
      ]);
    fc.assert(
      fc.property(fc.oneof(few, bimodal), (durations) => {
        const { distribution } = drawn(evenRound(durations.length, 5, (n) => durations[n] ?? 1));
        const words = wordsIn(distribution);
        expect(words).toHaveLength(3);
        const curve = curveIn(distribution);
        for (const [index, word] of words.entries()) {
          expect(word.right).toBeLessThanOrEqual(930);
          expect(words.slice(index + 1).filter((other) => overlap(word, other))).toEqual([]);
          const touched = curve.filter(
            ([x, y]) => x > word.left && x < word.right && y > word.top && y < word.bottom,
          );
          expect(touched).toEqual([]);
        }
      }),
    );
  });

  it('has marks to read its axis by, however little the durations differ', () => {
    for (const seconds of [5, 61, 77, 880, 7000]) {
      const { distribution } = drawn(evenRound(6, 2, () => seconds));
      expect(distribution.match(/class="lt-text lt-mid lt-soft"/g)?.length).toBeGreaterThanOrEqual(2);
    }
  });

  it('marks the percentiles on the curve', () => {
    const { distribution } = drawn(evenRound(50, 5, (n) => 10 + n));
    expectWellFormed(distribution);
    for (const mark of ['P50 35s', 'P95 57s', 'P99 59s']) expect(distribution).toContain(`>${mark}<`);
  });

  it('says so when no step completed', () => {
    expect(drawn([stepOf('a_15m', { started: 0, ended: 9, state: 'FAILED' })]).distribution).toContain(
      'No step completed.',
    );
  });
});

describe('pictures of awkward rounds', () => {
  it.each<[string, Step[]]>([
    ['no steps', []],
    ['one step of no length', [stepOf('a_15m', { started: 0, ended: 0 })]],
    ['nothing but cancelled steps', [stepOf('a_15m', { ended: 5, state: 'CANCELLED' })]],
    [
      'steps that still run',
      [stepOf('a_15m', { started: 5, state: 'RUNNING' }), stepOf('b_15m', { state: 'PENDING' })],
    ],
    ['hostile names', [stepOf('"><script>alert(1)</script>&\u202e', { started: 0, ended: 5 })]],
    [
      'a hundred steps at one moment',
      Array.from({ length: 100 }, (_, n) => stepOf(`c${n}_15m`, { started: 0, ended: 0 })),
    ],
  ])('(%s) are well formed and hold no script', (_, steps) => {
    for (const file of reportFiles(drawn(steps).report).filter((one) => one.path.endsWith('.svg'))) {
      expectWellFormed(file.text);
      expect(file.text).not.toMatch(/<script|\u202e/);
    }
  });
});

describe('the pictures of several levels', () => {
  const level = (load: number, earlier: Report[]) => {
    const steps = evenRound(60, 6, (n) => 20 + (5 + (n % 40)) * (n === 5 ? load ** 2 : load)).map((step) => ({
      ...step,
      arguments: step.arguments.map((argument) => argument.replace('/2x/', `/${load}x/`)),
    }));
    const startedAtText = `2025-12-07T1${load}:00:00.000-05:00`;
    const clusterConfig = { digest: 'd', stepConcurrencyLevel: 6 };
    return assembleReport(factsOf(steps, { load, earlier, startedAtText, clusterConfig }));
  };
  const one = level(1, []);
  const four = level(4, [one, level(2, [one])]);
  const files = reportFiles(four);
  const textOf = (path: string) => files.find((file) => file.path === path)?.text ?? '';

  it('are each linked from report.md and each there', () => {
    const linked = [...textOf('report.md').matchAll(/\]\((charts\/[a-z]+\.svg)\)/g)].map((match) => match[1]);
    expect(linked).toEqual(
      ['timeline', 'distribution', 'comparison', 'forecast'].map((name) => `charts/${name}.svg`),
    );
    for (const path of linked) expectWellFormed(textOf(path ?? ''));
  });

  it('name the check that grew most, and ring what stands out', () => {
    expect(textOf('charts/comparison.svg')).toContain('>check_0005_15m.yml<');
    expect(textOf('charts/comparison.svg')).toContain('class="lt-ring"');
    expect(textOf('charts/comparison.svg')).toContain('× 4 (quadratic)');
  });

  it('name only what stands out', () => {
    const { comparison } = four;
    const svg = textOf('charts/comparison.svg');
    const faster = comparison?.checks.filter(({ word }) => word?.startsWith('grows faster')) ?? [];
    expect(faster.length).toBeGreaterThan(0);
    const named = [...svg.matchAll(/class="lt-text lt-name[^"]*"[^>]*>([^<]*)</g)].map(([, name]) => name);
    expect(named.toSorted()).toEqual(faster.map(({ check }) => check).toSorted());
    const calm = comparison && {
      ...comparison,
      checks: comparison.checks.map(({ word, ...check }) => check),
    };
    expect(calm && drawGrowth(calm)).not.toMatch(/lt-name"|lt-ring"/);
  });

  it('reach in the forecast to three times the window at most, and say what is measured above', () => {
    const forecast = four.comparison?.forecast;
    if (!forecast) throw new Error('no forecast');
    const longest = Math.max(...forecast.measured.map(({ seconds }) => seconds));
    for (const form of [wide, narrow]) {
      const svg = drawForecast(forecast, longest / 4, form);
      expectWellFormed(svg);
      const [, top = '', right = '', bottom = ''] =
        /class="lt-beyond" d="M\d+ (\d+)h(\d+)v(\d+)/.exec(svg) ?? [];
      const [, window = ''] = /class="lt-window" d="M\d+ (\d+)H/.exec(svg) ?? [];
      expect(Number(right)).toBeGreaterThan(100);
      expect(Number(top) + Number(bottom)).toBe(Number(window));
      // Two of three windows lie above the line of the window.
      const floor = Math.max(...[...svg.matchAll(/M\d+ (\d+)H/g)].map(([, y]) => Number(y)));
      expect((floor - Number(top)) / (floor - Number(window))).toBeCloseTo(3, 1);
      expect(svg).toContain('class="lt-high"');
      expect(svg).toContain(`>4x ${formatDuration(longest)}<`);
      const drawnHeights = ['curve', 'band'].flatMap((name) => {
        // The first of a class is the legend's.
        const d = [...svg.matchAll(new RegExp(`class="lt-${name}" d="([^"]*)"`, 'g'))].at(-1)?.[1] ?? '';
        return [...d.matchAll(/\d+ (\d+)/g)].map(([, y]) => Number(y));
      });
      expect(Math.min(...drawnHeights)).toBe(Number(top));
    }
  });

  it('show the measured rounds as dots in the forecast, and one in its legend', () => {
    expect(textOf('charts/forecast.svg').match(/class="lt-dot"/g)).toHaveLength(3 + 1);
  });
});

describe('text in a picture', () => {
  it('is cut to the room that there is, and never inside a pair of surrogates', () => {
    const text = fc.oneof(fc.string({ maxLength: 60 }), fc.string({ unit: 'grapheme', maxLength: 60 }));
    fc.assert(
      fc.property(text, fc.integer({ min: 20, max: 300 }), (name, room) => {
        const kept = fitted(name, room);
        expect(widthOf(kept)).toBeLessThanOrEqual(room);
        expect(/\p{Cs}/u.test(kept) && !/\p{Cs}/u.test(name)).toBe(false);
        expect(kept === name || name.startsWith(kept.slice(0, -1))).toBe(true);
      }),
    );
  });

  it('is broken between words, and loses none unless the last line is cut', () => {
    const words = fc.array(fc.stringMatching(/^[a-z0-9]{1,12}$/), { minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(words, fc.integer({ min: 120, max: 500 }), (all, width) => {
        const lines = wrapped(all.join(' '), width, 3);
        expect(lines.length).toBeLessThanOrEqual(3);
        for (const line of lines) expect(widthOf(line)).toBeLessThanOrEqual(width);
        const text = lines.join(' ');
        expect(text === all.join(' ') || text.endsWith('…')).toBe(true);
      }),
    );
  });

  it('does not lie on other text or outside the frame', () => {
    const frame = { left: 0, right: 900, top: 0, bottom: 400 };
    const names = ['check_alpha', 'check_beta', 'check_gamma', 'check_delta'];
    const placed = placedNames(
      names.map((name) => ({ name, isNamed: true, x: 450, y: 200 })),
      frame,
    );
    // One to the right, one to the left, and no room for the others.
    expect(placed).toHaveLength(2);
    expect(placedNames([{ name: 'check_alpha', isNamed: true, x: 895, y: 10 }], frame)[0]).toContain(
      'lt-end',
    );
  });

  it('does not cover the point of another check: it goes to the other side, or is left out', () => {
    const frame = { left: 0, right: 900, top: 0, bottom: 400 };
    const worst = { name: 'check_worst', isNamed: true, x: 450, y: 200 };
    const onTheRight = { name: 'check_second', isNamed: true, x: 500, y: 204 };
    const [moved, second] = placedNames([worst, onTheRight], frame);
    expect(moved).toContain('lt-end');
    expect(second).not.toContain('lt-end');
    const onTheLeft = { name: 'check_third', isNamed: true, x: 400, y: 196 };
    const placed = placedNames([worst, onTheRight, onTheLeft], frame).join('');
    expect(placed).not.toContain('check_worst');
    expect(placed).toContain('check_second');
    expect(placed).toContain('check_third');
  });

  it('names the checks that failed only now, each behind a cross', () => {
    const level = (load: number, earlier: Report[], failing: number) =>
      assembleReport(
        factsOf(
          evenRound(12, 4, () => 30 * load).map((step, n) => ({
            ...step,
            state: n === failing ? 'FAILED' : 'COMPLETED',
            arguments: step.arguments.map((argument) => argument.replace('/2x/', `/${load}x/`)),
          })),
          {
            load,
            earlier,
            startedAtText: `2025-12-07T1${load}:00:00.000-05:00`,
            clusterConfig: { digest: 'd', stepConcurrencyLevel: 4 },
          },
        ),
      );
    const { comparison } = level(4, [level(2, [], -1)], 3);
    const svg = comparison ? drawGrowth(comparison) : '';
    expect(svg).toContain('failed only now: check_0003_15m<');
    expect(svg).toContain('class="lt-cross"');
  });
});

describe('the size of a report', () => {
  it.each([
    [1000, 20, 25, 60],
    [10_000, 40, 160, 60],
    [10_000, 250, 160, 60],
  ])(
    'of %d steps on %d slots keeps each picture under %d KB and report.md under %d KB',
    (count, slots, svgKb, mdKb) => {
      const steps = evenRound(count, slots, (n) => 8 + ((n * 7919) % 97) * ((n * 31) % 11 === 0 ? 6 : 1)).map(
        (step, n) => (n % 20 === 0 ? { ...step, state: 'FAILED', name: `${'x'.repeat(240)}${n}_2x` } : step),
      );
      for (const file of reportFiles(drawn(steps, slots).report)) {
        const kb = Buffer.byteLength(file.text) / 1024;
        if (file.path.endsWith('.svg')) expect(kb).toBeLessThan(svgKb);
        if (file.path === 'report.md') expect(kb).toBeLessThan(mdKb);
      }
    },
  );
});
