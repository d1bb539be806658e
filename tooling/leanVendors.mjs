// Leaves out of the server what it does not use of the MCP SDK: its JSON Schema validator (ajv), and the two hundred
// schemas that it builds when it is loaded, of which the server needs a dozen. They are most of the SDK's start-up time.
import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { transform } from 'esbuild';

/** The start of a call that builds a schema: `z.object(`, `RequestSchema.extend(`. */
const schemaCall = /(?<![\w$.*])(?=(?:z|\w+Schema(?:\$\d+)?)\.[a-z]\w*\()/g;

/** The loops that put every schema into a table of all schemas, which nothing of the server reads. */
const registrations = /^for \(const .*\) register\(.*\);$/gm;

/** Marks schemas as free of side effects, so that the bundler drops the unused ones. @throws Error if nothing matches */
function withDroppableSchemas(source, path) {
  const lines = source
    .split('\n')
    .map((line) => (isComment(line) ? line : line.replaceAll(schemaCall, '/* @__PURE__ */ ')));
  const marked = lines.join('\n');
  if (!/\/src-\w+\.mjs$/.test(path)) return marked;
  const lean = marked.replaceAll(registrations, '');
  if (lean === marked) throw new Error(`${path}: the SDK registers its schemas in another way now`);
  return lean;
}

function isComment(line) {
  return /^\s*(?:\*|\/\/|\/\*)/.test(line);
}

export const leanVendors = {
  name: 'lean vendors',
  setup({ onResolve, onLoad }) {
    // By the name of the export: the file behind it has a hash in its name.
    onResolve({ filter: /^@modelcontextprotocol\/server\/_shims$/ }, ({ path }) => ({
      path,
      namespace: 'without-ajv',
    }));
    onLoad({ filter: /./, namespace: 'without-ajv' }, () => ({
      contents:
        "export { default as process } from 'node:process'; export class DefaultJsonSchemaValidator {}",
    }));
    // The first generation of the SDK is the client of the demo.
    onLoad({ filter: /[\\/]validation[\\/]ajv-provider\.js$/ }, () => ({
      contents: 'export class AjvJsonSchemaValidator {}',
    }));
    onLoad(
      { filter: /[\\/](?:zod|@modelcontextprotocol[\\/](?:core|server))[\\/].*\.m?js$/ },
      async ({ path }) => {
        const source = await readFile(path, 'utf8');
        const isSdk = path.includes('@modelcontextprotocol');
        const { code } = await transform(isSdk ? withDroppableSchemas(source, path) : source, {
          format: 'esm',
          target: 'node20',
          // The names of classes that these packages compare are strings, unlike those of the AWS SDK.
          minifyIdentifiers: true,
          minifySyntax: true,
        });
        return { contents: code, resolveDir: dirname(path) };
      },
    );
  },
};
