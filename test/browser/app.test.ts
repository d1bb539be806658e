import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { buildReportOutput } from '../../src/tools/buildReport.text.ts';
import { type AppHost, type HostOptions, hostApp } from './app.ts';
import { startChromium, whyNot } from './chromium.ts';
import { severalLevels } from './reports.ts';

if (whyNot !== undefined) process.stderr.write(`Skipped: ${whyNot}\n`);

const report = severalLevels();
const name = `${report.load}x_20251208_153000`;
const result = 'ui/notifications/tool-result';

describe.skipIf(whyNot !== undefined)('the report as an app, in a host', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await startChromium();
  });
  afterAll(() => browser?.close());

  async function withHost(options: HostOptions, look: (host: AppHost) => Promise<void>): Promise<void> {
    const host = await hostApp(browser, { [name]: report }, options);
    try {
      await vi.waitFor(() => expect(methods(host)).toContain('ui/notifications/initialized'));
      await look(host);
      expect(host.complaints).toEqual([]);
    } finally {
      await host.close();
    }
  }

  const methods = (host: AppHost) => host.heard.map(({ method }) => method);
  const built = (host: AppHost) => ({
    content: [{ type: 'text', text: 'the answer in words' }],
    structuredContent: buildReportOutput(report, {
      directory: host.directory,
      files: [],
      kept: [],
      failOn: [],
      stillUp: undefined,
    }),
  });

  it('is declared by its two tools, and by no other', async () => {
    await withHost({}, async ({ tools }) => {
      const shown = tools.filter((tool) => tool._meta?.ui !== undefined);
      expect(shown.map((tool) => tool.name)).toEqual(['buildReport', 'compareReports']);
    });
  });

  it('starts with the handshake, and waits for a result', async () => {
    await withHost({}, async (host) => {
      expect(methods(host).slice(0, 2)).toEqual(['ui/initialize', 'ui/notifications/initialized']);
      expect(host.heard[0].params).toMatchObject({
        protocolVersion: '2026-01-26',
        appInfo: { name: 'audit-load-test', version: expect.stringMatching(/^\d+\.\d+\.\d+/) },
      });
      expect(await host.app.locator('body').innerText()).toContain(
        'The report appears when the call has finished.',
      );
    });
  });

  it('becomes report.html of the report that was built, works there, and reports its height', async () => {
    await withHost({}, async (host) => {
      await host.notify(result, built(host));
      const first = host.app.locator('.rows .row .name').first();
      await first.waitFor();
      expect(await host.app.locator('h1').innerText()).toContain(`Load Test Report - ${report.load}x Load`);
      expect(await host.app.locator('header').innerText()).toContain(report.verdict.sentence);
      await host.app.locator('#filter').fill('no such check');
      expect(await host.app.locator('#shown').innerText()).toMatch(/^0 of /);
      await vi.waitFor(async () => {
        const frame = await host.page.locator('iframe').boundingBox();
        const content = await host.app.evaluate(() => document.documentElement.scrollHeight);
        expect(frame?.height).toBeGreaterThan(1000);
        expect(Math.abs((frame?.height ?? 0) - content)).toBeLessThanOrEqual(2);
      });
    });
  });

  it('replaces the first result with the second', async () => {
    await withHost({}, async (host) => {
      for (const time of [1, 2]) {
        await host.notify(result, built(host));
        await vi.waitFor(() =>
          expect(methods(host).filter((method) => method === 'resources/read')).toHaveLength(time),
        );
        await host.app.locator('.rows .row .name').first().waitFor();
      }
      expect(await host.app.locator('h1').count()).toBe(1);
    });
  });

  it('puts the text of a comparison above the page of the newer round', async () => {
    await withHost({}, async (host) => {
      await host.notify(result, {
        content: [{ type: 'text', text: 'grew <b>most</b>' }],
        structuredContent: { baseline: '2x_20251207_153000', candidate: name },
      });
      await host.app.locator('.rows .row .name').first().waitFor();
      expect(await host.app.locator('main > :first-child').innerText()).toBe('grew <b>most</b>');
    });
  });

  it.each([
    ['the host reads no resource', { reads: false }, (host: AppHost) => built(host)],
    [
      'the result names no report',
      {},
      () => ({
        content: [{ type: 'text', text: 'the answer in words' }],
        structuredContent: { directory: '/etc/passwd' },
      }),
    ],
    [
      'the call failed',
      {},
      () => ({ isError: true, content: [{ type: 'text', text: 'the answer in words' }] }),
    ],
  ])('shows the text of the tool when %s', async (_, options, params) => {
    await withHost(options, async (host) => {
      await host.notify(result, params(host));
      await vi.waitFor(async () =>
        expect(await host.app.locator('body').innerText()).toBe('the answer in words'),
      );
    });
  });
});
