/** The script of the app: takes a tool's result from the host and replaces the page by that report's report.html. */
import { createHost, type Params } from './host.ts';

interface ToolResult extends Params {
  readonly content?: readonly { readonly type: string; readonly text?: string }[];
  readonly structuredContent?: { readonly directory?: string; readonly candidate?: string };
  readonly isError?: boolean;
}

const host = createHost((method, params) => {
  if (method === 'ui/notifications/tool-result') void show(params);
  if (method === 'ui/notifications/tool-cancelled')
    say('The call was cancelled: there is no report to show.');
});
host.listen();
void begin();

async function begin(): Promise<void> {
  await host.request('ui/initialize', {
    protocolVersion: '2026-01-26',
    appInfo: { name: 'audit-load-test', version: document.documentElement.dataset.version ?? '' },
    appCapabilities: { availableDisplayModes: ['inline', 'fullscreen'] },
  });
  host.notify('ui/notifications/initialized', {});
  reportSize();
}

async function show({ content = [], structuredContent = {}, isError }: ToolResult): Promise<void> {
  const text = content.map((one) => one.text ?? '').join('\n');
  say(text);
  const { directory, candidate } = structuredContent;
  const report = /(?:^|[\\/])(\d+x_\d{8}_\d{6})$/.exec(candidate ?? directory ?? '')?.[1];
  if (isError === true || report === undefined) return;
  try {
    const { contents } = await host.request('resources/read', {
      uri: `load-test://reports/${report}/report.html`,
    });
    const [page] = contents as readonly { readonly text: string }[];
    if (page === undefined) return;
    replacePage(page.text);
    // The page of the newer round lacks the text of the comparison.
    if (candidate !== undefined) document.querySelector('main')?.prepend(lines(text));
  } catch {
    // A host that does not read resources for apps still shows the text, which has the path of the page.
  }
}

/** The report's page has its own policy, style and script. */
function replacePage(html: string): void {
  document.open();
  document.write(html);
  document.close();
  host.listen();
  reportSize();
}

function say(text: string): void {
  document.body.replaceChildren(lines(text));
}

function lines(text: string): HTMLElement {
  const element = document.createElement('pre');
  element.style.whiteSpace = 'pre-wrap';
  element.textContent = text;
  return element;
}

/** Sends the size of the content to the host, now and on every change. */
function reportSize(): void {
  new ResizeObserver(() => {
    const { width, height } = document.documentElement.getBoundingClientRect();
    host.notify('ui/notifications/size-changed', { width: Math.ceil(width), height: Math.ceil(height) });
  }).observe(document.documentElement);
}
