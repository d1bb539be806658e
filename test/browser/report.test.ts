import { readFile } from 'node:fs/promises';
import axe from 'axe-core';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { formatDuration, formatMeasured } from '../../src/domain/text.ts';
import type { Report } from '../../src/report/model/model.ts';
import { renderHtml } from '../../src/report/render/html/index.ts';
import { renderMarkdown } from '../../src/report/render/markdown.ts';
import { briefLists } from '../../src/report/summary/inBrief.ts';
import { type OpenPage, open, startChromium, whyNot } from './chromium.ts';
import { contrasts } from './contrasts.ts';
import { hostileReport, roundOf, severalLevels } from './reports.ts';

if (whyNot !== undefined) process.stderr.write(`Skipped: ${whyNot}\n`);

const report = severalLevels();
const html = renderHtml(report);

describe.skipIf(whyNot !== undefined)('report.html in Chromium', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await startChromium();
  });
  afterAll(() => browser?.close());

  /** Opens a page, and asserts afterwards that it requested nothing and reported no error. */
  async function withPage(
    page: string,
    options: Parameters<typeof open>[2],
    look: (page: Page) => Promise<void>,
  ): Promise<void> {
    const opened: OpenPage = await open(browser, page, options);
    try {
      await look(opened.page);
      expect(opened.complaints).toEqual([]);
    } finally {
      await opened.close();
    }
  }

  const names = (page: Page) => page.locator('.rows .row .name').allTextContents();

  it('has the sections of report.md, with the same figures', async () => {
    const markdown = renderMarkdown(report);
    await withPage(html, {}, async (page) => {
      const titles = [...markdown.matchAll(/^## (.+)$/gm)].map((match) => match[1]);
      const shownTitles = await page.locator('h2').allTextContents();
      // What report.md says under its suggestions is a section of its own here, and the first.
      expect(shownTitles[0]).toBe('What it takes to fit');
      expect(shownTitles.toSorted()).toEqual([...titles, 'What it takes to fit', 'All Steps'].toSorted());
      expect(await page.locator('header').innerText()).toContain(report.verdict.sentence);
      const rows = [...(markdown.split(/^## /m)[2] ?? '').matchAll(/^\| \d+ \| .+$/gm)].map((match) =>
        match[0].split('|').map((cell) => cell.trim().replaceAll('\\', '')),
      );
      const shown = page.locator('#slowest tbody tr');
      expect(await shown.count()).toBe(rows.length);
      for (const [index, row] of rows.entries())
        expect(await shown.nth(index).locator('td').allTextContents()).toEqual(row.slice(1, -1));
    });
  });

  it('leads with the verdict, the runtime against its window, four numbers and what to do', async () => {
    await withPage(html, { viewport: { width: 1280, height: 900 } }, async (page) => {
      const tops = await Promise.all(
        ['#verdict-body', '.meter', '#tiles', '#brief-body'].map(
          async (part) => (await page.locator(part).boundingBox())?.y ?? 0,
        ),
      );
      expect(tops).toEqual(tops.toSorted((a, b) => a - b));
      expect(tops.at(-1)).toBeLessThan(600);
      const { runtimeSeconds, slackSeconds } = report.verdict;
      expect(await page.getByRole('img', { name: /^Runtime / }).getAttribute('aria-label')).toContain(
        `Runtime ${formatMeasured(runtimeSeconds)}, With all 6 slots busy `,
      );
      expect(await page.locator('.tile dt').allTextContents()).toEqual([
        'Runtime',
        'Failed',
        'Load scaled',
        'Cost',
      ]);
      expect(await page.locator('.tile .value').allTextContents()).toEqual([
        formatMeasured(runtimeSeconds),
        `${report.counts.failed} of ${report.counts.total}`,
        `${report.coverage?.scaled} of ${report.coverage?.checks}`,
        '–',
      ]);
      expect(await page.locator('.tile .note').first().textContent()).toBe(
        `${formatDuration(-(slackSeconds ?? 0))} over the 15-minute window`,
      );
      const first = page.locator('#brief-body div', { has: page.getByText('Do first', { exact: true }) });
      expect(await first.locator('.item').allTextContents()).toEqual(
        new Map(briefLists(report)).get('Do first'),
      );
      // The bar is as long as the numbers say.
      const widths = await page
        .locator('.track.first span')
        .evaluateAll((parts) => parts.map((one) => one.getBoundingClientRect().width));
      const [within = 0, over = 0] = widths;
      expect((within + over) / within).toBeCloseTo((runtimeSeconds ?? 0) / 900, 1);
    });
  });

  it.each([390, 1280])(
    'shows every picture once on a page of %d pixels, with a text alternative',
    async (width) => {
      await withPage(html, { viewport: { width, height: 844 } }, async (page) => {
        const pictures = page.locator('figure svg[role=img]:visible');
        expect(await pictures.count()).toBe(4);
        for (const picture of await pictures.all()) {
          expect(await picture.getAttribute('aria-label')).not.toBe('');
          expect((await picture.boundingBox())?.height).toBeGreaterThan(100);
        }
      });
    },
  );

  it.each([
    ['few steps', () => roundOf(12)],
    ['several levels', () => report],
    ['many steps', () => severalLevels(1000)],
    ['hostile names', hostileReport],
  ])('has pictures that can be read on a phone and none that scrolls or is cut (%s)', async (_, made) => {
    await withPage(renderHtml(made()), { viewport: { width: 390, height: 844 } }, async (page) => {
      const problems = await page.evaluate(() =>
        [...document.querySelectorAll('figure svg')].flatMap((svg) => {
          const frame = svg.getBoundingClientRect();
          if (frame.width === 0) return [];
          const pixels = frame.width / (svg as SVGSVGElement).viewBox.baseVal.width;
          const texts = [...svg.querySelectorAll('text')].flatMap((text) => {
            const { left, right } = text.getBoundingClientRect();
            const size = Number.parseFloat(getComputedStyle(text).fontSize) * pixels;
            return left < frame.left - 1 || right > frame.right + 1 || size < 11
              ? [`${text.textContent}: ${left} to ${right} of ${frame.left} to ${frame.right}, ${size} px`]
              : [];
          });
          const isCut = frame.left < 0 || frame.right > window.innerWidth;
          return isCut || svg.closest('.scroll') ? [...texts, 'a picture is cut'] : texts;
        }),
      );
      expect(problems).toEqual([]);
    });
  });

  it.each(['light', 'dark'] as const)('does not scroll sideways on a phone (%s)', async (colorScheme) => {
    await withPage(html, { colorScheme, viewport: { width: 390, height: 844 } }, async (page) => {
      expect(await page.locator('#comparison tbody tr').count()).toBe(10);
      for (const row of await page.locator('table:not(.stacked) tbody tr').all())
        expect((await row.boundingBox())?.height).toBeLessThan(60);
      expect(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth)).toBe(true);
      // The table of all steps neither: a name stands above its numbers.
      const table = page.locator('#step-table');
      expect(await table.evaluate((one) => one.scrollWidth <= one.clientWidth)).toBe(true);
      const [first, second] = await page.locator('.rows .row').all();
      const [one, other] = [await first?.boundingBox(), await second?.boundingBox()];
      expect((other?.y ?? 0) - (one?.y ?? 0)).toBe(one?.height);
      await table.focus();
      await page.keyboard.press('End');
      expect((await names(page)).at(-1)).toBe('check_last_15m_4x');
    });
  });

  it.each([390, 800, 1280])(
    'has contents that lead to each section on a page of %d pixels',
    async (width) => {
      await withPage(html, { viewport: { width, height: 844 } }, async (page) => {
        const links = page
          .getByRole('navigation', { name: 'Contents' })
          .getByRole('link', { includeHidden: true });
        expect(await links.allTextContents()).toEqual(await page.locator('h2').allTextContents());
        const isWide = width >= 1180;
        for (const link of await links.all()) {
          if (!isWide) {
            expect(await link.isVisible()).toBe(false);
            await page.locator('summary').click();
          }
          await link.click();
          // Below the bar of contents, not behind it.
          const title = page.locator(`${await link.getAttribute('href')} h2`);
          const bar = isWide ? undefined : await page.locator('nav').boundingBox();
          await expect
            .poll(async () => (await title.boundingBox())?.y ?? 0)
            .toBeGreaterThanOrEqual(bar?.height ?? 0);
          await expect.poll(async () => (await title.boundingBox())?.y ?? 0).toBeLessThan(844);
          expect(await page.locator('nav ul').isVisible()).toBe(isWide);
        }
        // Still in sight at the end of the page.
        await page.keyboard.press('End');
        expect((await page.locator('nav').boundingBox())?.y).toBe(0);
      });
    },
  );

  it.each([390, 1280])(
    'shows what it takes with a bar in each row, a table on a page of %d pixels',
    async (width) => {
      const { toFit } = report;
      if (!toFit || toFit.options.length === 0) throw new Error('the round is to need something');
      await withPage(html, { viewport: { width, height: 844 } }, async (page) => {
        const table = page.locator('#to-fit').getByRole('table').last();
        expect(await table.getByRole('columnheader').first().textContent()).toBe('Change');
        const rows = await table.locator('tbody').getByRole('row').all();
        const times = [toFit.now, ...toFit.options].map(({ runtimeSeconds }) => runtimeSeconds);
        expect(rows).toHaveLength(times.length);
        const lengths = new Set<number>();
        for (const [index, row] of rows.entries()) {
          const seconds = times[index] ?? 0;
          expect(await row.getByRole('cell').nth(1).textContent()).toBe(formatDuration(seconds));
          const [track, ...parts] = await row
            .locator('.track, .track span')
            .evaluateAll((all) => all.map((one) => one.getBoundingClientRect().width));
          const drawn = parts.reduce((sum, part) => sum + part, 0);
          // All of one length, so that the marks of the window stand below each other.
          lengths.add(Math.round(track ?? 0));
          expect(drawn / (track ?? 0)).toBeCloseTo(seconds / Math.max(900, ...times), 1);
          expect(parts).toHaveLength(seconds > 900 ? 2 : 1);
        }
        expect(lengths.size).toBe(1);
        expect(Math.min(...lengths)).toBeGreaterThan(140);
        const scroll = page.locator('#to-fit .scroll').last();
        expect(await scroll.evaluate((one) => one.scrollWidth <= one.clientWidth)).toBe(true);
      });
    },
  );

  it('opens and closes its contents by the keyboard', async () => {
    await withPage(html, { viewport: { width: 390, height: 844 } }, async (page) => {
      await page.keyboard.press('Tab');
      await page.keyboard.press('Enter');
      expect(await page.locator('nav ul').isVisible()).toBe(true);
      await page.keyboard.press('Tab');
      await page.keyboard.press('Escape');
      expect(await page.locator('nav ul').isVisible()).toBe(false);
      expect(await page.evaluate(() => document.activeElement?.tagName)).toBe('SUMMARY');
    });
  });

  it('sorts by any column, both ways, with unmeasured values last', async () => {
    await withPage(html, {}, async (page) => {
      const slowest = report.slowest.map((id) => report.steps.find((step) => step.id === id)?.name);
      expect((await names(page)).slice(0, 10)).toEqual(slowest.slice(0, 10));
      const header = page.locator('[role=columnheader].name');
      await header.locator('button').click();
      expect(await header.getAttribute('aria-sort')).toBe('ascending');
      const inOrder = report.steps.map((step) => step.name).sort();
      expect((await names(page)).slice(0, 10)).toEqual(inOrder.slice(0, 10));
      await header.locator('button').click();
      expect(await header.getAttribute('aria-sort')).toBe('descending');
      expect((await names(page)).slice(0, 10)).toEqual(inOrder.reverse().slice(0, 10));
      const started = page.locator('[role=columnheader].started button');
      for (const _ of ['ascending', 'descending']) {
        await started.click();
        await page.locator('#step-table').focus();
        await page.keyboard.press('End');
        expect((await names(page)).at(-1)).toBe('check_last_15m_4x');
      }
    });
  });

  it('filters by every word, and shows how many rows are left', async () => {
    await withPage(html, {}, async (page) => {
      await page.getByLabel('Filter').fill('CHECK_000 failed');
      expect(await names(page)).toEqual(['check_0003_15m_4x']);
      expect(await page.locator('#shown').textContent()).toBe('1 of 61 steps');
      await page.getByLabel('Filter').fill('nothing of that name');
      expect(await names(page)).toEqual([]);
      await page.getByLabel('Filter').fill('');
      expect(await page.locator('#shown').textContent()).toBe('61 of 61 steps');
    });
  });

  it('shows only the states whose chips are pressed, and all when none is', async () => {
    await withPage(html, {}, async (page) => {
      const states = async () => new Set(await page.locator('.rows .row .state').allTextContents());
      const [failed, cancelled] = ['FAILED 6', 'CANCELLED 1'].map((name) =>
        page.getByRole('button', { name }),
      );
      await failed?.click();
      expect(await failed?.getAttribute('aria-pressed')).toBe('true');
      expect(await page.locator('#shown').textContent()).toBe('6 of 61 steps');
      expect(await states()).toEqual(new Set(['FAILED']));
      await cancelled?.click();
      expect(await page.locator('#shown').textContent()).toBe('7 of 61 steps');
      expect(await states()).toEqual(new Set(['FAILED', 'CANCELLED']));
      await failed?.click();
      await cancelled?.click();
      expect(await page.locator('#shown').textContent()).toBe('61 of 61 steps');
      for (const chip of await page.locator('.chip').all())
        expect(await chip.evaluate((one) => getComputedStyle(one).textDecorationLine)).toBe('none');
    });
  });

  it('saves the rows that the table shows as CSV, in their order', async () => {
    await withPage(html, {}, async (page) => {
      const saved = async () => {
        const [download] = await Promise.all([
          page.waitForEvent('download'),
          page.getByRole('button', { name: 'Download CSV' }).click(),
        ]);
        expect(download.suggestedFilename()).toBe('4x_15m_steps.csv');
        const [head, ...rows] = (await readFile(await download.path(), 'utf8')).trimEnd().split('\r\n');
        expect(head).toBe(
          'step,id,status,created,started,ended,waited_seconds,elapsed_seconds,vs 2x,cause,proof',
        );
        return rows.map((row) => row.split(','));
      };
      const rows = await saved();
      const byId = new Map(report.steps.map((step) => [step.id, step]));
      expect(rows).toHaveLength(61);
      for (const [name, id = '', status, created, started, ended, waited, elapsed] of rows) {
        const step = byId.get(id);
        expect([name, status]).toEqual([step?.name, step?.state.replace('COMPLETED', 'SUCCESS')]);
        expect([created, started, ended]).toEqual([
          step?.createdAt,
          step?.startedAt ?? '',
          step?.endedAt ?? '',
        ]);
        expect([waited, elapsed].map((text) => (text === '' ? null : Number(text)))).toEqual([
          step?.queueSeconds,
          step?.runSeconds,
        ]);
      }
      await page.getByRole('button', { name: 'FAILED 6' }).click();
      await page.locator('[role=columnheader].name button').click();
      const failed = await saved();
      expect(failed.map(([name]) => name)).toEqual(await names(page));
      expect(failed[0]?.slice(-2)).toEqual([
        'Driver out of heap',
        'java.lang.OutOfMemoryError: Java heap space',
      ]);
    });
  });

  it.each(['light', 'dark'] as const)(
    'has no text of less than 4.5:1 and no mark of less than 3:1 (%s)',
    async (colorScheme) => {
      await withPage(html, { colorScheme, viewport: { width: 390, height: 844 } }, async (page) => {
        await page.getByRole('button', { name: 'FAILED 6' }).click();
        const { texts, marks, looked } = await page.evaluate(contrasts);
        expect(looked).toBeGreaterThan(300);
        expect(texts).toEqual([]);
        expect(marks).toEqual([]);
      });
    },
  );

  it('zooms and moves the timeline by buttons, keys, the wheel with Ctrl, and dragging', async () => {
    await withPage(html, {}, async (page) => {
      const canvas = page.locator('#timeline');
      const range = async () => {
        await page.evaluate(
          () => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))),
        );
        return canvas.evaluate((one) => [Number(one.dataset.from), Number(one.dataset.to)] as const);
      };
      const whole = await range();
      await page.getByRole('button', { name: 'Zoom in' }).click();
      const closer = await range();
      expect(closer[1] - closer[0]).toBeLessThan(whole[1] - whole[0]);
      await page.getByRole('button', { name: 'Later' }).click();
      expect((await range())[0]).toBeGreaterThan(closer[0]);
      await canvas.press('0');
      expect(await range()).toEqual(whole);
      await canvas.press('+');
      await canvas.press('+');
      const twice = await range();
      expect(twice[1] - twice[0]).toBeLessThan(closer[1] - closer[0]);
      await canvas.press('-');
      expect((await range())[1] - (await range())[0]).toBeGreaterThan(twice[1] - twice[0]);
      await canvas.press('0');
      await canvas.scrollIntoViewIfNeeded();
      const box = await canvas.boundingBox();
      const [x, y] = [(box?.x ?? 0) + (box?.width ?? 0) / 2, (box?.y ?? 0) + 60];
      await page.mouse.move(x, y);
      await page.keyboard.down('Control');
      await page.mouse.wheel(0, -200);
      await page.keyboard.up('Control');
      await expect.poll(async () => (await range())[0]).toBeGreaterThan(whole[0]);
      const before = await range();
      await page.mouse.down();
      await page.mouse.move(x + 100, y, { steps: 4 });
      await page.mouse.up();
      expect((await range())[0]).toBeLessThan(before[0]);
      expect(await page.locator('#details dd').count()).toBe(0);
    });
  });

  it('links the timeline with the table: hover names a step, a click selects it in both', async () => {
    await withPage(html, {}, async (page) => {
      const canvas = page.locator('#timeline');
      await canvas.scrollIntoViewIfNeeded();
      const box = await canvas.boundingBox();
      // The first lane is below the axis and starts with the earliest step.
      const [x, y] = [(box?.x ?? 0) + 8, (box?.y ?? 0) + 42];
      await page.mouse.move(x, y);
      await expect.poll(() => page.locator('#hovered').textContent()).toBe('check_0000_15m_4x (SUCCESS)');
      await page.mouse.click(x, y);
      const row = page.locator('.row[aria-selected=true]');
      expect(await row.locator('.name').textContent()).toBe('check_0000_15m_4x');
      expect(await page.locator('#details').innerText()).toContain('check_0000_15m_4x');
    });
  });

  it('selects a step by a name in a section, with the cause and its evidence', async () => {
    await withPage(html, {}, async (page) => {
      await page.locator('#failures').getByRole('button', { name: 'check_0003_15m_4x' }).first().click();
      const details = await page.locator('#details').innerText();
      expect(details).toContain('java.lang.OutOfMemoryError: Java heap space');
      expect(await page.locator('.row[aria-selected=true] .name').textContent()).toBe('check_0003_15m_4x');
    });
  });

  it('works with the keyboard alone', async () => {
    await withPage(html, {}, async (page) => {
      const grid = page.locator('#step-table');
      await grid.focus();
      await page.keyboard.press('ArrowDown');
      await page.keyboard.press('ArrowDown');
      const second = page.locator('.rows .row').nth(1);
      expect(await second.getAttribute('aria-selected')).toBe('true');
      expect(await grid.getAttribute('aria-activedescendant')).toBe(await second.getAttribute('id'));
      await page.keyboard.press('End');
      expect((await names(page)).at(-1)).toBe('check_last_15m_4x');
      await page.locator('#timeline').focus();
      await page.keyboard.press('ArrowRight');
      expect(await page.locator('#details').innerText()).toContain('Started');
      // Filter, chips, zoom, timeline, table: in the order of the page.
      await page.getByLabel('Filter').focus();
      const order: string[] = [];
      for (let n = 0; n < 11; n++) {
        await page.keyboard.press('Tab');
        order.push(
          await page.evaluate(() => document.activeElement?.id || document.activeElement?.className || ''),
        );
      }
      expect(order).toEqual([
        'chip completed',
        'chip failed',
        'chip cancelled',
        'zoom-closer',
        'zoom-wider',
        'zoom-whole',
        'zoom-earlier',
        'zoom-later',
        'csv',
        'timeline',
        'step-table',
      ]);
    });
  });

  it('follows the colour scheme, canvas and pictures included', async () => {
    await withPage(html, { colorScheme: 'light' }, async (page) => {
      const colours = () =>
        page.evaluate(() => {
          const canvas = document.getElementById('timeline') as HTMLCanvasElement;
          // Read from a copy: reading the page's own canvas would change how it is drawn.
          const copy = Object.assign(document.createElement('canvas'), { width: 1, height: 1 });
          const context = copy.getContext('2d', { willReadFrequently: true });
          context?.drawImage(canvas, -60, -20);
          const pixel = context?.getImageData(0, 0, 1, 1).data;
          const picture = document.querySelector('.lt-bg');
          return [
            getComputedStyle(document.body).backgroundColor,
            picture ? getComputedStyle(picture).fill : '',
            `rgb(${[...(pixel ?? [])].slice(0, 3).join(', ')})`,
          ];
        });
      await expect.poll(colours).toEqual(Array(3).fill('rgb(255, 255, 255)'));
      await page.emulateMedia({ colorScheme: 'dark' });
      await expect.poll(colours).toEqual(Array(3).fill('rgb(13, 17, 23)'));
      await page.emulateMedia({ colorScheme: 'light' });
      await expect.poll(colours).toEqual(Array(3).fill('rgb(255, 255, 255)'));
    });
  });

  it('shows hostile names as plain text', async () => {
    const hostile = hostileReport();
    await withPage(renderHtml(hostile), {}, async (page) => {
      expect(await page.evaluate(() => 'broken' in window)).toBe(false);
      expect(await page.locator('script').count()).toBe(2);
      expect(await page.locator('img, i, b, a[href]:not(nav a)').count()).toBe(0);
      await page.locator('[role=columnheader].started button').click();
      expect(await names(page)).toEqual(hostile.steps.map((step) => step.name));
      expect(await page.locator('.notice').first().textContent()).toBe('<i>warning</i>');
      for (const row of await page.locator('.rows .row').all()) await row.click();
      expect(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth)).toBe(true);
    });
  });

  it('scrolls through 10,000 steps with few of them in the page', async () => {
    const many = roundOf(9999, 2);
    await withPage(renderHtml(many), {}, async (page) => {
      expect(await page.locator('#step-table').getAttribute('aria-rowcount')).toBe('10001');
      expect(await page.locator('.rows .row').count()).toBeLessThan(60);
      await page.locator('#step-table').focus();
      await page.keyboard.press('End');
      await expect.poll(async () => (await names(page)).at(-1)).toBe('check_last_15m_2x');
      expect(await page.locator('.rows .row').count()).toBeLessThan(60);
      await page.getByLabel('Filter').fill('check_7777');
      expect(await names(page)).toEqual(['check_7777_15m_2x']);
    });
  });

  const looks = (['light', 'dark'] as const).flatMap((colorScheme) =>
    [360, 1280].map((width) => ({ colorScheme, viewport: { width, height: 800 } })),
  );
  it.each(
    [
      ['one step', () => roundOf(0)],
      ['few steps', () => roundOf(12)],
      ['several levels', () => report],
      ['hostile names', hostileReport],
    ].flatMap(([name, made]) => looks.map((look) => ({ name, made: made as () => Report, look }))),
  )(
    'has nothing that axe objects to ($name, $look.colorScheme, $look.viewport.width pixels)',
    async ({ made, look }) => {
      await withPage(renderHtml(made()), look, async (open) => {
        await open.locator('#timeline').focus();
        await open.keyboard.press('ArrowRight');
        await open.evaluate(axe.source);
        const { violations } = await open.evaluate(() =>
          (window as unknown as { axe: typeof axe }).axe.run(document),
        );
        expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([]);
        expect(await open.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth)).toBe(
          true,
        );
      });
    },
  );

  it.each(['light', 'dark'] as const)(
    'prints the sections and pictures on white, without controls (%s)',
    async (colorScheme) => {
      await withPage(html, { colorScheme, viewport: { width: 718, height: 1000 } }, async (page) => {
        await page.emulateMedia({ media: 'print', colorScheme });
        expect(await page.evaluate(() => getComputedStyle(document.body).backgroundColor)).toBe(
          'rgb(255, 255, 255)',
        );
        expect(await page.locator('#steps').isVisible()).toBe(false);
        const controls = 'nav, summary, input, canvas, button:not(.step)';
        expect(await page.locator(controls).locator('visible=true').count()).toBe(0);
        // A name that leads to its step looks like any other word.
        const name = page.locator('button.step').first();
        expect(await name.evaluate((one) => getComputedStyle(one).textDecorationLine)).toBe('none');
        expect(await page.locator('#suggestions').isVisible()).toBe(true);
        expect(await page.locator('.wide-only svg').first().isVisible()).toBe(true);
        expect(await page.locator('.narrow-only:visible').count()).toBe(0);
        expect((await page.pdf()).subarray(0, 5).toString()).toBe('%PDF-');
      });
    },
  );

  it('works in a sandboxed frame without storage and origin', async () => {
    const frame = `<!doctype html><title>host</title><iframe sandbox="allow-scripts" width="900" height="600"></iframe>`;
    await withPage(frame, {}, async (page) => {
      await page.locator('iframe').evaluate((one, text) => one.setAttribute('srcdoc', text), html);
      const inside = page.frameLocator('iframe');
      await expect.poll(() => inside.locator('#shown').textContent()).toBe('61 of 61 steps');
      await inside.locator('#zoom-closer').click();
      await inside.getByLabel('Filter').fill('0003');
      expect(await inside.locator('.rows .row').count()).toBe(1);
      // A frame may not save files.
      expect(await inside.locator('#csv').isVisible()).toBe(false);
    });
  });

  it('respects reduced motion', async () => {
    const behaviour = (page: Page) =>
      page.evaluate(() => getComputedStyle(document.documentElement).scrollBehavior);
    await withPage(html, { reducedMotion: 'reduce' }, async (page) =>
      expect(await behaviour(page)).toBe('auto'),
    );
    await withPage(html, { reducedMotion: 'no-preference' }, async (page) =>
      expect(await behaviour(page)).toBe('smooth'),
    );
  });

  it('draws pictures that are well-formed XML on their own, whatever the names', async () => {
    const { drawPictures } = await import('../../src/report/render/charts/pictures.ts');
    await withPage(html, {}, async (page) => {
      for (const made of [report, hostileReport(), roundOf(0), roundOf(500)])
        for (const { svg } of Object.values(drawPictures(made))) {
          const problem = await page.evaluate((text) => {
            const parsed = new DOMParser().parseFromString(text, 'image/svg+xml');
            return parsed.querySelector('parsererror')?.textContent ?? '';
          }, svg);
          expect(problem).toBe('');
        }
    });
  });
});
