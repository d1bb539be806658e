import axe from 'axe-core';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { renderHtml } from '../../src/report/render/html/index.ts';
import { renderMarkdown } from '../../src/report/render/markdown.ts';
import { type OpenPage, open, startChromium, whyNot } from './chromium.ts';
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

  it('has the sections of report.md in its order, with the same figures', async () => {
    const markdown = renderMarkdown(report);
    await withPage(html, {}, async (page) => {
      const titles = [...markdown.matchAll(/^## (.+)$/gm)].map((match) => match[1]);
      expect(await page.locator('h2').allTextContents()).toEqual([...titles, 'All Steps']);
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

  it('shows every picture, with a text alternative', async () => {
    await withPage(html, {}, async (page) => {
      const pictures = page.locator('figure svg[role=img]');
      expect(await pictures.count()).toBe(4);
      for (const picture of await pictures.all()) {
        expect(await picture.getAttribute('aria-label')).not.toBe('');
        expect((await picture.boundingBox())?.height).toBeGreaterThan(100);
      }
    });
  });

  it('keeps the rows of its tables short on a phone', async () => {
    await withPage(html, { viewport: { width: 400, height: 800 } }, async (page) => {
      expect(await page.locator('#comparison tbody tr').count()).toBe(10);
      for (const row of await page.locator('tbody tr').all())
        expect((await row.boundingBox())?.height).toBeLessThan(60);
      expect(await page.locator('nav').isVisible()).toBe(false);
      expect(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth)).toBe(true);
    });
  });

  it('links to each of its sections on a wide page', async () => {
    await withPage(html, {}, async (page) => {
      const links = page.locator('nav a');
      expect(await links.allTextContents()).toEqual(await page.locator('h2').allTextContents());
      for (const link of await links.all())
        expect(await page.locator((await link.getAttribute('href')) ?? '').count()).toBe(1);
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

  it('hides the states whose chips are off', async () => {
    await withPage(html, {}, async (page) => {
      const chip = page.getByRole('button', { name: 'SUCCESS 54' });
      await chip.click();
      expect(await chip.getAttribute('aria-pressed')).toBe('false');
      expect(await page.locator('#shown').textContent()).toBe('7 of 61 steps');
      expect(new Set(await page.locator('.rows .row .state').allTextContents())).toEqual(
        new Set(['FAILED', 'CANCELLED']),
      );
      await chip.click();
      expect(await page.locator('#shown').textContent()).toBe('61 of 61 steps');
    });
  });

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
      await expect.poll(() => page.locator('#hovered').textContent()).toBe('check_0000_15m_4x (COMPLETED)');
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
      for (let n = 0; n < 10; n++) {
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
          context?.drawImage(canvas, 2 - canvas.width, 2 - canvas.height);
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

  it.each([
    ['one step', () => roundOf(0)],
    ['few steps', () => roundOf(12)],
    ['several levels', () => report],
    ['hostile names', hostileReport],
  ])('has nothing that axe objects to (%s), wide or narrow, light or dark', async (_, made) => {
    const page = renderHtml(made());
    for (const colorScheme of ['light', 'dark'] as const)
      for (const width of [360, 1100])
        await withPage(page, { colorScheme, viewport: { width, height: 800 } }, async (open) => {
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
  });

  it('prints the sections and pictures, and omits what only works on a screen', async () => {
    await withPage(html, {}, async (page) => {
      await page.emulateMedia({ media: 'print' });
      expect(await page.locator('#steps').isVisible()).toBe(false);
      expect(await page.locator('#suggestions').isVisible()).toBe(true);
      expect(await page.locator('figure svg').first().isVisible()).toBe(true);
      expect((await page.pdf()).subarray(0, 5).toString()).toBe('%PDF-');
    });
  });

  it('works in a sandboxed frame without storage and origin', async () => {
    const frame = `<!doctype html><title>host</title><iframe sandbox="allow-scripts" width="900" height="600"></iframe>`;
    await withPage(frame, {}, async (page) => {
      await page.locator('iframe').evaluate((one, text) => one.setAttribute('srcdoc', text), html);
      const inside = page.frameLocator('iframe');
      await expect.poll(() => inside.locator('#shown').textContent()).toBe('61 of 61 steps');
      await inside.locator('#zoom-closer').click();
      await inside.getByLabel('Filter').fill('0003');
      expect(await inside.locator('.rows .row').count()).toBe(1);
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
