// Inspector's CLI lists the tools and calls one against the sandbox: `node inspector.mjs <its executable>`.

import { deepStrictEqual, ok, strictEqual } from 'node:assert';
import { execFileSync } from 'node:child_process';

const [executable] = process.argv.slice(2);
const variables = Object.entries(JSON.parse(process.env.SANDBOX_ENV)).flatMap(([name, value]) =>
  value === '' ? [] : ['-e', `${name}=${value}`],
);

function inspect(...words) {
  const command = ['--cli', ...variables, 'node', 'dist/main.js', '--method', ...words];
  return JSON.parse(
    execFileSync(executable, command, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }),
  );
}

const { tools } = inspect('tools/list');
const listed = execFileSync('node', ['dist/main.js', 'docs'], { encoding: 'utf8' });
deepStrictEqual(
  tools.map((tool) => tool.name),
  [...listed.matchAll(/^## (\w+)$/gm)].map((match) => match[1]),
);
for (const tool of tools) {
  deepStrictEqual(
    Object.values(tool.annotations).filter((hint) => typeof hint === 'boolean').length,
    4,
    `${tool.name} sets all four hints`,
  );
  strictEqual(tool.inputSchema.additionalProperties, false, tool.name);
}

// What Inspector lists as apps: tools that name a page, and a page that is there.
const apps = tools.filter((tool) => tool._meta?.ui?.resourceUri !== undefined);
deepStrictEqual(
  apps.map((tool) => tool.name),
  ['buildReport', 'compareReports'],
);
for (const { _meta } of apps) {
  const [page] = inspect('resources/read', '--uri', _meta.ui.resourceUri).contents;
  strictEqual(page.mimeType, 'text/html;profile=mcp-app');
  ok(page.text.startsWith('<!doctype html>'), page.text.slice(0, 40));
}
const { prompts } = inspect('prompts/list');
ok(prompts.some((prompt) => prompt.name === 'start-load-test'));
const { resources } = inspect('resources/list');
strictEqual(resources[0].uri, 'load-test://session');

const words = [
  'tools/call',
  '--tool-name',
  'scaleConfigs',
  '--tool-arg',
  'load=2x',
  '--tool-arg',
  'dryRun=true',
];
const { content, structuredContent, isError } = inspect(...words);
ok(isError !== true, content[0].text);
strictEqual(structuredContent.status, 'dry_run');
strictEqual(structuredContent.load, 2);
ok(structuredContent.filesChanged > 0);

const refused = inspect('tools/call', '--tool-name', 'scaleConfigs', '--tool-arg', 'laod=2x');
strictEqual(refused.isError, true);
ok(refused.content[0].text.includes('load'), refused.content[0].text);

process.stdout.write(
  `Inspector: ${tools.length} tools listed, ${apps.length} of them apps, ${prompts.length} prompts, scaleConfigs called, a misspelt argument refused\n`,
);
