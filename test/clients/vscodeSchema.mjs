// Prints the JSON schema with which VS Code judges .vscode/mcp.json, from a package that carries VS Code's own modules:
// node vscodeSchema.mjs <folder that it is installed in>
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const [folder = '.'] = process.argv.slice(2);
const { resolve } = createRequire(join(folder, 'package.json'));
const module = '@codingame/monaco-vscode-api/vscode/vs/workbench/contrib/mcp/common/mcpConfiguration';
const { mcpServerSchema } = await import(pathToFileURL(resolve(module)).href);
process.stdout.write(JSON.stringify(mcpServerSchema));
