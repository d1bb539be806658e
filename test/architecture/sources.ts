/** The sources of the product and the sandbox as text, and what each file imports. */
import { readdirSync, readFileSync } from 'node:fs';
import { posix } from 'node:path';

/** Path from the project's root (`src/tools/tool.ts`) to its text. */
export type Sources = ReadonlyMap<string, string>;

export function readSources(...folders: readonly string[]): Sources {
  const paths = folders.flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.ts'))
      .map((path) => posix.join(folder, path.replaceAll('\\', '/'))),
  );
  return new Map(paths.toSorted().map((path) => [path, readFileSync(path, 'utf8')]));
}

/** The text of a file. @throws when it does not exist: a rule about a file that moved must not pass. */
export function sourceOf(sources: Sources, path: string): string {
  const source = sources.get(path);
  if (source === undefined) throw new Error(`${path} does not exist`);
  return source;
}

export interface Import {
  /** A path from the project's root, or a package as it is named. */
  readonly target: string;
  /** Only types are taken: nothing is loaded. */
  readonly typesOnly: boolean;
}

const statement = /^(?:import|export)\s(type\b)?([^'";]*?\sfrom\s)?'([^']+)'/gm;
const dynamic = /(?<!typeof )\bimport\('([^']+)'\)/g;

/** Every import of a file, also the lazy ones. @throws when there is no such file */
export function importsOf(sources: Sources, path: string): Import[] {
  const source = sourceOf(sources, path);
  const resolve = (name: string) =>
    name.startsWith('.') ? posix.join(posix.dirname(path), name.replace(/\?.*$/, '')) : name;
  const stated = [...source.matchAll(statement)].map(([, type, names = '', target = '']) => ({
    target: resolve(target),
    typesOnly: type !== undefined || takesTypesOnly(names),
  }));
  const lazy = [...source.matchAll(dynamic)].map(([, target = '']) => ({
    target: resolve(target),
    typesOnly: false,
  }));
  return [...stated, ...lazy];
}

/** `{ type A, type B } from` loads nothing. */
function takesTypesOnly(names: string): boolean {
  const list = /^\s*\{([^}]*)\}/.exec(names)?.[1];
  const taken = list?.split(',').filter((name) => name.trim() !== '') ?? [];
  return taken.length > 0 && taken.every((name) => name.trim().startsWith('type '));
}

export function folderOf(path: string): string {
  return posix.dirname(path);
}
