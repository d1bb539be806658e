/** The bundle replaces modules of the MCP SDK by their names, which change with a version of it. */
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { build } from 'esbuild';
import { expect, test } from 'vitest';
import { leanVendors } from '../tooling/leanVendors.mjs';

const shims = '@modelcontextprotocol/server/_shims';
const provider = '@modelcontextprotocol/sdk/dist/validation/ajv-provider.js';
const registry = '@modelcontextprotocol/server/dist/src-Bq3xL1.mjs';
const loop = 'for (const one of all) register(one);';

/** Bundles an SDK that has these modules, all of which its server loads. */
async function bundleOf(modules: readonly string[], registration = loop): Promise<string> {
  const absWorkingDir = mkdtempSync(join(tmpdir(), 'sdk-'));
  for (const module of modules) {
    const file = join(absWorkingDir, 'node_modules', module);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, module.endsWith('.mjs') ? registration : 'throw new Error("ajv");');
  }
  const contents = modules.map((module) => `import '${module}';`).join('\n');
  const { outputFiles } = await build({
    absWorkingDir,
    stdin: { contents, resolveDir: absWorkingDir },
    bundle: true,
    format: 'esm',
    platform: 'node',
    write: false,
    logLevel: 'silent',
    plugins: [leanVendors],
  });
  return outputFiles[0]?.text ?? '';
}

test('the modules that the server does not use are replaced', async () => {
  const bundle = await bundleOf([shims, provider, registry]);
  expect(bundle).not.toContain('register(');
  expect(bundle).not.toContain('Error("ajv")');
});

test.each([
  ['the chunk with the schemas', registry, registry.replace('src-', 'schemas-'), 'src-<hash>.mjs'],
  ['the validator', provider, provider.replace('ajv-provider', 'ajv'), 'ajv-provider.js'],
  ['the shims', shims, '@modelcontextprotocol/server/shims.js', '@modelcontextprotocol/server/_shims'],
])('the build fails when a new SDK names %s otherwise', async (_, before, now, named) => {
  const modules = [shims, provider, registry].map((module) => (module === before ? now : module));
  await expect(bundleOf(modules)).rejects.toThrow(
    new RegExp(`that this bundle does not load: [^;]*${named.replaceAll('.', '\\.')}[^;]*\\. Find`),
  );
});

test('the build fails when that chunk registers its schemas in another way', async () => {
  const bundle = bundleOf([shims, provider, registry], 'all.forEach(register);');
  await expect(bundle).rejects.toThrow('the SDK registers its schemas in another way now');
});
