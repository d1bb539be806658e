// Inspector's CLI lists the tools and calls one against the sandbox: `node inspector.mjs <its executable> <legacy or modern>`.

import { deepStrictEqual, ok, strictEqual } from 'node:assert';
import { execFileSync, spawnSync } from 'node:child_process';

const [executable, era] = process.argv.slice(2);
const variables = Object.entries(JSON.parse(process.env.SANDBOX_ENV)).flatMap(([name, value]) =>
  value === '' ? [] : ['-e', `${name}=${value}`],
);

// Inspector has a Node of its own; the server runs on the one that runs this file.
const env = { ...process.env, PATH: process.env.INSPECTOR_PATH };

function inspectorSays(...words) {
  const command = [
    '--cli',
    '--protocol-era',
    era,
    ...variables,
    process.execPath,
    'dist/main.js',
    '--method',
    ...words,
  ];
  const { status, stdout, stderr } = spawnSync(executable, command, { encoding: 'utf8', env });
  return { status, stdout, stderr };
}

function inspect(...words) {
  const { stdout, stderr } = inspectorSays(...words);
  ok(stdout !== '', stderr);
  return JSON.parse(stdout);
}

const strict = inspectorSays('tools/list', '--strict');
strictEqual(strict.status, 0, strict.stderr);
ok(!/^(Warning|Error)/im.test(strict.stderr), strict.stderr);

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

const apps = inspectorSays('tools/list', '--app-info')
  .stdout.trim()
  .split('\n')
  .map((line) => JSON.parse(line))
  .filter(({ hasApp }) => hasApp);
deepStrictEqual(
  apps.map(({ toolName }) => toolName),
  ['buildReport', 'compareReports'],
);
for (const { resourceUri, resourceMimeType } of apps) {
  strictEqual(resourceMimeType, 'text/html;profile=mcp-app');
  const [page] = inspect('resources/read', '--uri', resourceUri).contents;
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
  `Inspector, ${era}: ${tools.length} tools listed without a warning, ${apps.length} of them apps, ${prompts.length} prompts, scaleConfigs called, a misspelt argument refused\n`,
);
