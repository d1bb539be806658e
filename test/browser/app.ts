/** A small host of MCP Apps: a page with the app in a sandboxed frame, and the real server behind it. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { InMemoryTransport } from '@modelcontextprotocol/sdk/inMemory.js';
import type { Browser, Frame, Page } from 'playwright-core';
import { compose } from '../../src/compose.ts';
import { serveMcp } from '../../src/interfaces/mcp/server.ts';
import type { Report } from '../../src/report/model/model.ts';
import { reportFiles } from '../../src/report/render/files.ts';
import { readSettings } from '../../src/settings.ts';

/** What MCP Apps requires of a host for a page that names no origin. */
const strictPolicy = [
  "default-src 'none'",
  "script-src 'self' 'unsafe-inline'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "media-src 'self' data:",
  "connect-src 'none'",
].join('; ');

// biome-ignore lint/suspicious/noExplicitAny: a test reads the messages that it knows
type Message = any;

export interface AppHost {
  readonly page: Page;
  readonly app: Frame;
  /** Every message of the app, in order. */
  readonly heard: readonly Message[];
  /** Everything the console and the network reported. */
  readonly complaints: readonly string[];
  readonly tools: Awaited<ReturnType<Client['listTools']>>['tools'];
  /** The path of the report on disk. */
  readonly directory: string;
  notify(method: string, params: object): Promise<void>;
  close(): Promise<void>;
}

export interface HostOptions {
  /** False: the host does not read resources for its pages. */
  readonly reads?: boolean;
}

export async function hostApp(
  browser: Browser,
  reports: Readonly<Record<string, Report>>,
  { reads = true }: HostOptions = {},
): Promise<AppHost> {
  const home = await mkdtemp(join(tmpdir(), 'audit-load-test-app-'));
  const ports = compose(readSettings({ REPORTS_DIR: join(home, 'reports') }, home));
  let directory = '';
  for (const [name, report] of Object.entries(reports))
    ({ path: directory } = await ports.reports.write(name, reportFiles(report)));
  const client = new Client({ name: 'host', version: '1' });
  const [here, there] = InMemoryTransport.createLinkedPair();
  serveMcp({ name: 'app', version: '1', ports: async () => ports, asksEveryTime: 'all' }, there);
  await client.connect(here);
  const { tools } = await client.listTools();
  const ui = tools.find((tool) => tool.name === 'buildReport')?._meta?.ui as { resourceUri: string };
  const view = await textOf(client, ui.resourceUri);

  const page = await browser.newPage();
  const complaints: string[] = [];
  page.on('console', (message) => complaints.push(`console: ${message.text()}`));
  page.on('pageerror', (error) => complaints.push(`error: ${error.message}`));
  page.on('request', (request) => complaints.push(`request: ${request.url()}`));
  const heard: Message[] = [];
  await page.exposeFunction('answer', async ({ id, method, params }: Message) => {
    heard.push({ id, method, params });
    if (id === undefined) return undefined;
    if (method === 'ui/initialize') return { result: { protocolVersion: '2026-01-26', hostContext: {} } };
    if (method === 'resources/read' && reads) return { result: await client.readResource(params) };
    return { error: { code: -32601, message: 'not here' } };
  });
  await page.setContent(
    '<!doctype html><iframe sandbox="allow-scripts" style="width:900px;border:0"></iframe>',
  );
  await page.evaluate(
    ({ html, policy }) => {
      const frame = document.querySelector('iframe') as HTMLIFrameElement;
      const send = (message: object) => frame.contentWindow?.postMessage({ jsonrpc: '2.0', ...message }, '*');
      window.addEventListener('message', async ({ source, data }) => {
        if (source !== frame.contentWindow) return;
        if (data.method === 'ui/notifications/size-changed') frame.style.height = `${data.params.height}px`;
        // biome-ignore lint/suspicious/noExplicitAny: set by exposeFunction
        const answer = await (window as any).answer(data);
        if (answer) send({ id: data.id, ...answer });
      });
      // biome-ignore lint/suspicious/noExplicitAny: for the test to call
      (window as any).tell = send;
      frame.srcdoc = html.replace(
        '<head>',
        `<head><meta http-equiv="Content-Security-Policy" content="${policy}">`,
      );
    },
    { html: view, policy: strictPolicy },
  );
  const app = await (await page.waitForSelector('iframe')).contentFrame();
  if (app === null) throw new Error('no frame');
  return {
    page,
    app,
    heard,
    complaints,
    tools,
    directory,
    async notify(method, params) {
      // biome-ignore lint/suspicious/noExplicitAny: set above
      await page.evaluate((message) => (window as any).tell(message), { method, params });
    },
    async close() {
      await page.close();
      await client.close();
      await rm(home, { recursive: true });
    },
  };
}

async function textOf(client: Client, uri: string): Promise<string> {
  const [one] = (await client.readResource({ uri })).contents as { text: string; mimeType: string }[];
  if (one?.mimeType !== 'text/html;profile=mcp-app') throw new Error(`${uri} is no page of an app`);
  return one.text;
}
