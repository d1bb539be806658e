// Runs one benchmark: `node bench/run.mjs <name of a file in bench/> [options]`.
import { join } from 'node:path';
import { bundleAndImport } from './bundleAndImport.mjs';

const [name = '', ...args] = process.argv.slice(2);
if (!/^[a-z][A-Za-z]*$/.test(name)) throw new Error('usage: node bench/run.mjs <name of a file in bench/>');
await bundleAndImport(join(import.meta.dirname, `${name}.ts`), ({ main }) => main(args));
