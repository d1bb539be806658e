// Leaves out of the server what it does not use of the MCP SDK: its JSON Schema validator (ajv), and the two hundred
// schemas that it builds when it is loaded, of which the server needs a dozen. They are most of the SDK's start-up time.
import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { transform } from 'esbuild';

/** The first line of a schema that a module builds when it is loaded: `const RequestSchema = z.object({`. */
const schemaStart = /^const (?<name>[\w$]+) = (?=(?:z|[\w$]+Schema(?:\$\d+)?)\.[a-z]\w*\()/;

/** The loops that put every schema into a table of all schemas, which nothing of the server reads. */
const registrations = /^for \(const .*\) register\(.*\);$/gm;

/** The chunk of the SDK that does so; the rest of its name is a hash. */
const registry = /[\\/]src-[\w-]+\.mjs$/;

/** Marks schemas as free of side effects, so that the bundler drops the unused ones. @throws Error if nothing matches */
function withDroppableSchemas(source, path) {
  const marked = [];
  let open = false;
  for (const line of source.split('\n')) {
    const starts = !open && schemaStart.test(line);
    let text = starts ? line.replace(schemaStart, 'const $<name> = /* @__PURE__ */ __built(() => ') : line;
    open ||= starts;
    // A statement ends where a line at its own depth does.
    if (open && line.endsWith(';') && (starts || /^\S/.test(line))) {
      text = `${text.slice(0, -1)});`;
      open = false;
    }
    marked.push(text);
  }
  // Not a function that is called in place: the bundler would unfold it, and lose the mark.
  const code = `${marked.join('\n')}\nfunction __built(make) { return make(); }\n`;
  if (!registry.test(path)) return code;
  const lean = code.replaceAll(registrations, '');
  if (lean === code) throw new Error(`${path}: the SDK registers its schemas in another way now`);
  return lean;
}

/** What the server's bundle replaces, as the SDK names it now. */
const replaced = {
  shims: '@modelcontextprotocol/server/_shims',
  provider: 'validation/ajv-provider.js of @modelcontextprotocol/sdk',
  registry: 'the chunk src-<hash>.mjs with the schemas',
};

export const leanVendors = {
  name: 'lean vendors',
  setup({ onResolve, onLoad, onEnd }) {
    const missing = new Set(Object.values(replaced));
    // By the name of the export: the file behind it has a hash in its name.
    onResolve({ filter: /^@modelcontextprotocol\/server\/_shims$/ }, ({ path }) => {
      missing.delete(replaced.shims);
      return { path, namespace: 'without-ajv' };
    });
    onLoad({ filter: /./, namespace: 'without-ajv' }, () => ({
      contents:
        "export { default as process } from 'node:process'; export class DefaultJsonSchemaValidator {}",
    }));
    // The first generation of the SDK is the client of the demo.
    onLoad({ filter: /[\\/]validation[\\/]ajv-provider\.js$/ }, () => {
      missing.delete(replaced.provider);
      return { contents: 'export class AjvJsonSchemaValidator {}' };
    });
    onLoad(
      { filter: /[\\/](?:zod|@modelcontextprotocol[\\/](?:core|server))[\\/].*\.m?js$/ },
      async ({ path }) => {
        if (registry.test(path)) missing.delete(replaced.registry);
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
    // Otherwise a renamed module would come back into the server without a word.
    onEnd(({ errors }) => {
      if (errors.length > 0 || missing.size === 0) return undefined;
      const text = `leanVendors replaces modules of the MCP SDK that this bundle does not load: ${[...missing].join('; ')}. Find their new names in node_modules, or drop the replacement.`;
      return { errors: [{ text }] };
    });
  },
};
