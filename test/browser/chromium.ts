/** A page of report.html in a real Chromium. */
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';

const places = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
const executablePath = [process.env.CHROMIUM, ...places].find(
  (path) => path !== undefined && existsSync(path),
);

/** Why the tests are skipped; undefined when a browser is installed. */
export const whyNot =
  executablePath === undefined
    ? `no Chromium in ${places.join(', ')} and none in CHROMIUM: the HTML report was not opened`
    : undefined;

export async function startChromium(): Promise<Browser> {
  return chromium.launch({
    ...(executablePath !== undefined && { executablePath }),
    args: [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}

export interface OpenPage {
  readonly page: Page;
  /** Every address requested other than the page's own, and everything the console printed. */
  readonly complaints: readonly string[];
  close(): Promise<void>;
}

/** Opens a page from a file, as a user does. */
export async function open(
  browser: Browser,
  html: string,
  options: BrowserContextOptions = {},
): Promise<OpenPage> {
  const folder = await mkdtemp(join(tmpdir(), 'audit-load-test-page-'));
  const file = join(folder, 'report.html');
  await writeFile(file, html);
  const address = pathToFileURL(file).href;
  const context = await browser.newContext({ reducedMotion: 'reduce', ...options });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('console', (message) => complaints.push(`console: ${message.text()}`));
  page.on('pageerror', (error) => complaints.push(`error: ${error.message}`));
  page.on('request', (request) => {
    if (request.url() !== address) complaints.push(`request: ${request.url()}`);
  });
  await page.goto(address);
  return {
    page,
    complaints,
    async close() {
      await context.close();
      await rm(folder, { recursive: true });
    },
  };
}
