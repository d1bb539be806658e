/** The rules of the house. Each answers the violations it finds, one sentence each; none is an empty list. */
import { posix } from 'node:path';
import { folderOf, importsOf, type Sources, sourceOf } from './sources.ts';

/** For a file or a folder, what it may import for its values: files, folders, packages, and `node:`. */
export type ImportRules = Readonly<Record<string, readonly string[]>>;

/** The rule of a file: its own, else that of the nearest folder above it. */
function ruleFor(rules: ImportRules, path: string): readonly string[] | undefined {
  for (let place = path; place !== '.'; place = posix.dirname(place))
    if (Object.hasOwn(rules, place)) return rules[place];
  return undefined;
}

function allows(rule: string, target: string): boolean {
  return rule === 'node:' ? target.startsWith('node:') : target === rule || target.startsWith(`${rule}/`);
}

/** Imports that no rule allows. A folder may always import from itself, not from the folders inside it. */
export function forbiddenImports(sources: Sources, rules: ImportRules): string[] {
  return [...sources.keys()].flatMap((path) => {
    const allowed = ruleFor(rules, path);
    if (allowed === undefined) return [`${path} is in a room without a rule`];
    return importsOf(sources, path)
      .filter(({ typesOnly }) => !typesOnly)
      .filter(({ target }) => folderOf(target) !== folderOf(path))
      .filter(({ target }) => !allowed.some((rule) => allows(rule, target)))
      .map(({ target }) => `${path} imports ${target}`);
  });
}

/** Rules and allowances about a place that is not there. @throws never: they are listed */
export function staleRules(sources: Sources, rules: ImportRules): string[] {
  const places = new Set<string>();
  for (const path of sources.keys())
    for (let place = path; place !== '.'; place = posix.dirname(place)) places.add(place);
  const named = Object.entries(rules).flatMap(([place, allowed]) => [place, ...allowed]);
  return named.filter((name) => /^(?:src|sandbox)(?:\/|$)/.test(name) && !places.has(name));
}

/** Cycles of imports between files; types count. Each is one line: the files of the cycle. */
export function fileCycles(sources: Sources): string[] {
  const graph = new Map<string, Set<string>>();
  for (const path of sources.keys())
    graph.set(path, new Set(importsOf(sources, path).map(({ target }) => target)));
  return cyclesIn(graph);
}

/** Cycles of values between folders. */
export function folderCycles(sources: Sources): string[] {
  const graph = new Map<string, Set<string>>();
  for (const path of sources.keys()) {
    const folder = folderOf(path);
    const targets = graph.get(folder) ?? new Set();
    graph.set(folder, targets);
    for (const { target, typesOnly } of importsOf(sources, path))
      if (!typesOnly && sources.has(target) && folderOf(target) !== folder) targets.add(folderOf(target));
  }
  return cyclesIn(graph);
}

/** Strongly connected components of more than one node (Tarjan, 1972). */
function cyclesIn(graph: ReadonlyMap<string, ReadonlySet<string>>): string[] {
  const index = new Map<string, number>();
  const low = new Map<string, number>();
  const stack: string[] = [];
  const cycles: string[] = [];
  const visit = (node: string): void => {
    index.set(node, index.size);
    low.set(node, index.get(node) ?? 0);
    stack.push(node);
    for (const next of graph.get(node) ?? []) {
      if (!graph.has(next)) continue;
      if (!index.has(next)) visit(next);
      if (stack.includes(next)) low.set(node, Math.min(low.get(node) ?? 0, low.get(next) ?? 0));
    }
    if (low.get(node) !== index.get(node)) return;
    const component = stack.splice(stack.indexOf(node));
    if (component.length > 1) cycles.push(component.toSorted().join(' <-> '));
  };
  for (const node of graph.keys()) if (!index.has(node)) visit(node);
  return cycles;
}

/** Folders that directly hold more files than `most`; `exceptions` have a number of their own. */
export function fullFolders(
  sources: Sources,
  most: number,
  exceptions: Readonly<Record<string, number>> = {},
): string[] {
  const counts = new Map<string, number>();
  for (const path of sources.keys()) counts.set(folderOf(path), (counts.get(folderOf(path)) ?? 0) + 1);
  return [...counts].flatMap(([folder, count]) =>
    count > (exceptions[folder] ?? most) ? [`${folder} holds ${count} files`] : [],
  );
}

export function longFiles(sources: Sources, mostLines: number): string[] {
  return [...sources].flatMap(([path, text]) => {
    const lines = text.replace(/\n$/, '').split('\n').length;
    return lines > mostLines ? [`${path} has ${lines} lines`] : [];
  });
}

/** Names that two files export. */
export function namesExportedTwice(sources: Sources): string[] {
  const places = new Map<string, string[]>();
  const declaration =
    /^export (?:declare )?(?:abstract )?(?:async )?(?:function\*?|const|let|class|interface|type|enum) ([\w$]+)/gm;
  for (const [path, text] of sources)
    for (const name of new Set([...text.matchAll(declaration)].map(([, found = '']) => found)))
      places.set(name, [...(places.get(name) ?? []), path]);
  return [...places].flatMap(([name, paths]) => (paths.length > 1 ? [`${name}: ${paths.join(', ')}`] : []));
}

/** A tool's `run` is a named function of the tool's own file, and short. */
export function longRuns(sources: Sources, tools: readonly string[], mostLines: number): string[] {
  return tools.flatMap((tool) => {
    const path = `src/tools/${tool}.ts`;
    const source = sourceOf(sources, path);
    const name = /^ {2}run(?:: (\w+))?,$/m.exec(source);
    if (name === null) return [`${path}: run is not a named function`];
    const start = new RegExp(`^(?:export )?(?:async )?function ${name[1] ?? 'run'}\\(`, 'm').exec(source);
    if (start === null) return [`${path}: ${name[1] ?? 'run'} is not in this file`];
    const body = source.slice(start.index);
    const lines = body.slice(0, body.search(/^\}/m)).split('\n').length;
    return lines > mostLines ? [`${path}: ${name[1] ?? 'run'} has ${lines} lines`] : [];
  });
}

/** Outcomes are data: nothing is decided by what a sentence of ours says. */
export function decisionsFromSentences(sources: Sources): string[] {
  const sentence = /(?:summary|sentence|headline|title|nextSteps?|wording)\w*/.source;
  const reading = new RegExp(
    `\\b${sentence}(?:\\?)?\\.(?:startsWith|endsWith|includes|indexOf|match|search|split)\\(|\\.(?:test|exec)\\([\\w.?]*\\b${sentence}\\)`,
    'i',
  );
  return [...sources].flatMap(([path, text]) =>
    text
      .split('\n')
      .flatMap((line, index) => (reading.test(line) ? [`${path}:${index + 1}: ${line.trim()}`] : [])),
  );
}

/** Docstrings that belong to no declaration: what a script leaves where two files became one. */
export function detachedDocstrings(sources: Sources): string[] {
  return [...sources].flatMap(([path, text]) => {
    const lastImport = [...text.matchAll(/^(?:import|export)[^;]*?from '[^']*'[^;]*;\n/gm)].at(-1);
    const body = lastImport === undefined ? 0 : lastImport.index + lastImport[0].length;
    return [...text.matchAll(/^\/\*\*(?:(?!\*\/)[\s\S])*\*\/\n\n/gm)].flatMap(({ index }) =>
      index > body ? [`${path}:${text.slice(0, index).split('\n').length}`] : [],
    );
  });
}
