/** Every manifest agrees on names, versions, commands, environment variables and tools. */
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parse as parseDotenv } from 'dotenv';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { parse as parseYaml } from 'yaml';
import * as z from 'zod';
import { tools } from '../src/tools/index.ts';
import { builtProduct } from './stdio/builtServer.ts';

const json = (path: string) => JSON.parse(readFileSync(path, 'utf8'));
const manifest = json('package.json');
const plugin = json('plugin/.claude-plugin/plugin.json');
const marketplace = json('.claude-plugin/marketplace.json');
const bundle = json('mcpb/manifest.json');
const registry = json('server.json');
const project = json('.mcp.json').mcpServers;
const pluginServers = json('plugin/.mcp.json').mcpServers;
const vscode = json('.vscode/mcp.json');
const cursor = json('.cursor/mcp.json');

const names = tools.map((tool) => tool.name);
const settings = Object.keys(parseDotenv(readFileSync('.env.example'))).sort();
const passedOn = Object.keys(project['audit-load-test'].env).sort();

describe('names and versions', () => {
  test('every manifest calls the server audit-load-test', () => {
    expect(Object.keys(manifest.bin)).toEqual(['audit-load-test']);
    expect([manifest.name, plugin.name, bundle.name, registry.packages[0].identifier]).toEqual(
      Array(4).fill('audit-load-test'),
    );
    for (const servers of [project, pluginServers, vscode.servers, cursor.mcpServers])
      expect(Object.keys(servers)).toEqual(['audit-load-test']);
    expect(marketplace.plugins.map((one: { name: string }) => one.name)).toEqual([plugin.name]);
    expect(manifest.mcpName, 'the registry reads who owns the package from it').toBe(registry.name);
  });

  test('every manifest carries the version of package.json', () => {
    expect([plugin.version, bundle.version, registry.version, registry.packages[0].version]).toEqual(
      Array(4).fill(manifest.version),
    );
  });
});

describe('commands', () => {
  test('a clone runs dist/main.js; the plugin and the .mcpb run the bundle they contain', () => {
    const commands = Object.fromEntries(
      Object.entries({
        project: project['audit-load-test'],
        plugin: pluginServers['audit-load-test'],
        bundle: bundle.server.mcp_config,
        vscode: vscode.servers['audit-load-test'],
        cursor: cursor.mcpServers['audit-load-test'],
      }).map(([where, { command, args }]) => [where, [command, ...args].join(' ')]),
    );
    expect(commands).toEqual({
      project: `node \${CLAUDE_PROJECT_DIR:-.}/${manifest.bin['audit-load-test']}`,
      plugin: `node \${CLAUDE_PLUGIN_ROOT}/server/main.js`,
      bundle: `node \${__dirname}/${bundle.server.entry_point}`,
      vscode: `node \${workspaceFolder}/${manifest.bin['audit-load-test']}`,
      cursor: `node \${workspaceFolder}/${manifest.bin['audit-load-test']}`,
    });
    expect(bundle.compatibility.runtimes.node).toBe(manifest.engines.node);
  });

  test('no manifest installs or downloads anything at start', () => {
    for (const path of [
      '.mcp.json',
      'plugin/.mcp.json',
      'mcpb/manifest.json',
      '.vscode/mcp.json',
      '.cursor/mcp.json',
    ])
      expect(readFileSync(path, 'utf8'), path).not.toMatch(/\b(npx|npm|uvx|docker|curl)\b/);
    expect(manifest.dependencies, 'the package ships as a bundle').toBeUndefined();
  });
});

describe('the plugin', () => {
  let folder = '';
  beforeAll(() => {
    folder = realpathSync(mkdtempSync(join(tmpdir(), 'plugin-')));
    // By its manifest the server knows that it runs as a plugin.
    cpSync('plugin/.claude-plugin', join(folder, '.claude-plugin'), { recursive: true });
    execFileSync(process.execPath, ['tooling/bundle.mjs', folder, dirname(builtProduct())]);
  });

  /** The bundled server, in a folder that contains nothing but what it is given. */
  function run(args: string[]) {
    const cwd = realpathSync(mkdtempSync(join(tmpdir(), 'user-')));
    onTestFinished(() => rmSync(cwd, { recursive: true, force: true }));
    const env = { PATH: process.env.PATH, HOME: cwd };
    return spawnSync(process.execPath, [join(folder, 'server/main.js'), ...args], {
      cwd,
      encoding: 'utf8',
      env,
    }).stdout;
  }

  test('its server runs with nothing installed beside it, with the version and the tools of these sources', () => {
    expect(run(['--version']).trim()).toBe(manifest.version);
    expect(toolsOfPage(run(['docs']))).toEqual(names);
  });

  test('it keeps no data of the user in its own folder, which the next version replaces', () => {
    const { checks }: { checks: { name: string; ok: boolean }[] } = JSON.parse(run(['checkSetup', '--json']));
    // The plugin contains a DAG file to copy; the server must not take it for the user's.
    expect(checks.find(({ name }) => name === 'DAG file')?.ok).toBe(false);
  });

  test('it contains the DAG, the cluster configs and the settings that a new folder starts from', () => {
    for (const path of ['.env.example', ...dagFiles()])
      expect(readFileSync(join(folder, path)), path).toEqual(readFileSync(path));
  });

  test('it lies where the marketplace says, and its built part is not in git', () => {
    const [{ source }] = marketplace.plugins;
    expect(source).toBe('./plugin');
    for (const path of [
      '.claude-plugin/plugin.json',
      '.mcp.json',
      'README.md',
      'skills/audit-load-test/SKILL.md',
    ])
      expect(existsSync(`${source}/${path}`), path).toBe(true);
    const ignored = readFileSync('.gitignore', 'utf8').split('\n');
    expect(ignored).toEqual(
      expect.arrayContaining(['plugin/server/', 'plugin/dags/', 'plugin/.env.example']),
    );
  });
});

describe('environment variables', () => {
  test('.mcp.json and the plugin pass on every setting of .env.example', () => {
    expect(passedOn).toEqual(expect.arrayContaining(settings));
    expect(pluginServers['audit-load-test'].env).toEqual(project['audit-load-test'].env);
    for (const [name, value] of Object.entries(project['audit-load-test'].env))
      expect(value, 'the default form: an unset variable must not stop the start').toBe(`\${${name}:-}`);
  });

  test('the registry asks for every setting of .env.example, and requires the four without a default', () => {
    const asked: { name: string; isRequired?: boolean; default?: string }[] =
      registry.packages[0].environmentVariables;
    expect(asked.map(({ name }) => name).sort()).toEqual(settings);
    expect(asked.filter((one) => one.isRequired).map(({ name }) => name)).toEqual([
      'TARGET_REPO',
      'CHECKS_PATH',
      'S3_BUCKET',
      'PROD_HOURLY_CHECKS',
    ]);
    const examples = parseDotenv(readFileSync('.env.example'));
    for (const { name, default: standard } of asked)
      if (standard !== undefined) expect(standard, name).toBe(examples[name]);
  });

  test('the .mcpb sets only settings that exist, each from a field of its form', () => {
    const set: Record<string, string> = bundle.server.mcp_config.env;
    expect(settings).toEqual(expect.arrayContaining(Object.keys(set)));
    for (const required of ['TARGET_REPO', 'CHECKS_PATH', 'S3_BUCKET', 'PROD_HOURLY_CHECKS'])
      expect(set).toHaveProperty(required);
    const used = Object.values(set).map((value) => /\$\{user_config\.(\w+)\}/.exec(value)?.[1] ?? value);
    expect([...new Set(used)].sort()).toEqual(Object.keys(bundle.user_config).sort());
  });

  test('VS Code and Cursor set none: the server reads .env in the folder that is open', () => {
    for (const server of [vscode.servers['audit-load-test'], cursor.mcpServers['audit-load-test']])
      expect(Object.keys(server)).toEqual(['type', 'command', 'args']);
  });
});

describe('tools', () => {
  test('the .mcpb and docs/tools.md list the tools of the registry, in its order', () => {
    expect(bundle.tools).toEqual(tools.map(({ name, title }) => ({ name, description: title })));
    expect(toolsOfPage(readFileSync('docs/tools.md', 'utf8'))).toEqual(names);
  });

  test('the skill names only tools that exist, and every tool that a person asks for in words', () => {
    const { head, body } = readSkill();
    expect(head.name).toBe('audit-load-test');
    expect(head.description.length).toBeLessThanOrEqual(1024);
    const called = new Set([...body.matchAll(/`([a-z]+[A-Z]\w+)(?: \{.*?\})?`/g)].map((match) => match[1]));
    const notTools = new Set(['callAgain', 'pollAfterSeconds', 'clusterId']);
    expect(names).toEqual(expect.arrayContaining([...called].filter((name) => !notTools.has(`${name}`))));
    const byWords = names.filter((name) => name !== 'triggerDag');
    expect([...called]).toEqual(expect.arrayContaining(byWords));
  });
});

describe('published shapes', () => {
  const text = z.string().min(1);

  // https://static.modelcontextprotocol.io/schemas/2025-12-11/server.schema.json, as far as this file uses it
  test('server.json has the shape of the MCP registry', () => {
    const variable = z.strictObject({
      name: text,
      description: text,
      isRequired: z.boolean().optional(),
      format: z.enum(['string', 'number', 'boolean', 'filepath']).optional(),
      default: z.string().optional(),
      choices: z.array(z.string()).optional(),
    });
    const shape = z.strictObject({
      $schema: z.literal('https://static.modelcontextprotocol.io/schemas/2025-12-11/server.schema.json'),
      name: z
        .string()
        .max(200)
        .regex(/^[a-zA-Z0-9.-]+\/[a-zA-Z0-9._-]+$/),
      title: text.max(100),
      description: text.max(100),
      version: text.max(255).regex(/^\d+\.\d+\.\d+$/),
      packages: z.array(
        z.strictObject({
          registryType: z.literal('npm'),
          identifier: text,
          version: text.regex(/^\d+\.\d+\.\d+$/),
          transport: z.strictObject({ type: z.literal('stdio') }),
          environmentVariables: z.array(variable),
        }),
      ),
    });
    expect(shape.safeParse(registry).error).toBeUndefined();
  });

  // https://code.claude.com/docs/en/plugins-reference and plugin-marketplaces
  test('the plugin and its marketplace have the shapes of Claude Code', () => {
    const kebab = z.string().regex(/^[a-z0-9]+(-[a-z0-9]+)*$/);
    const person = z.strictObject({ name: text });
    const pluginShape = z.strictObject({
      name: kebab,
      version: text,
      description: text,
      author: person,
      license: text,
      icon: z.string().refine((path) => existsSync(join('plugin', path))),
      // In the syntax of sandbox.network.allowedDomains.
      network: z.strictObject({ hosts: z.array(z.string().regex(/^(?:\*\.)?[a-z0-9.-]+$/)) }),
      keywords: z.array(text),
    });
    const marketplaceShape = z.strictObject({
      name: kebab,
      owner: person,
      description: text,
      plugins: z.array(
        z.strictObject({
          name: kebab,
          source: z.string().startsWith('./'),
          description: text,
          category: text,
        }),
      ),
    });
    expect(pluginShape.safeParse(plugin).error).toBeUndefined();
    expect(marketplaceShape.safeParse(marketplace).error).toBeUndefined();
  });

  // https://code.visualstudio.com/docs/copilot/reference/mcp-configuration, https://cursor.com/docs/mcp
  test('VS Code and Cursor find a stdio server in their own format', () => {
    const server = z.strictObject({ type: z.literal('stdio'), command: text, args: z.array(text) });
    const servers = z.record(text, server);
    expect(z.strictObject({ servers }).safeParse(vscode).error).toBeUndefined();
    expect(z.strictObject({ mcpServers: servers }).safeParse(cursor).error).toBeUndefined();
  });
});

function dagFiles(): string[] {
  const configs = readdirSync('dags/cluster_configs').map((name) => `dags/cluster_configs/${name}`);
  return ['dags/yang_audit_load_test.py', ...configs];
}

function toolsOfPage(page: string): string[] {
  return [...page.matchAll(/^## (\w+)$/gm)].map((match) => `${match[1]}`);
}

function readSkill(): { head: { name: string; description: string }; body: string } {
  const [, head = '', body = ''] = readFileSync('plugin/skills/audit-load-test/SKILL.md', 'utf8').split(
    /^---$/m,
  );
  return { head: parseYaml(head), body };
}
