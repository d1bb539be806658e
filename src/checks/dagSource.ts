/** What the product reads in, and rewrites of, the DAG's source: module-level literals, never by running it. */
import { ToolError } from '../errors.ts';
import { bindingsOf, codeOf } from './pythonNames.ts';

/** `LOAD = 2` as a line of its own; Python takes no number that begins with a zero. */
const assignment = /^LOAD[ \t]*=[ \t]*(0|[1-9]\d*)(?=[ \t\r]*$)/gm;

function loadLines(source: string): RegExpExecArray[] {
  return [...codeOf(source).matchAll(assignment)];
}

/** @throws ToolError CONFIG when LOAD stands there not exactly once, or as something else than a number */
export function readLoad(source: string, where: string): number {
  const load = findLoad(source);
  if (load !== undefined) return load;
  const found = loadLines(source);
  const set = bindingsOf('LOAD', source);
  const what =
    set > 1
      ? `sets LOAD ${set} times`
      : found.length === 0
        ? 'has no line LOAD = <number>'
        : `sets LOAD to ${Number(found[0]?.[1])}, which is not from 1 to 1000`;
  throw new ToolError(
    'CONFIG',
    `${where} ${what}, so nobody can tell which load it would run. Nothing was changed.`,
    {
      next: 'leave exactly one line LOAD = <number> (for example LOAD = 2) at the beginning of a line of DAG_FILE.',
    },
  );
}

/** LOAD, when it is set exactly once, to a number from 1 to 1000; undefined for any other source. */
export function findLoad(source: string): number | undefined {
  const load = Number(loadLines(source)[0]?.[1]);
  return bindingsOf('LOAD', source) === 1 && load >= 1 && load <= 1000 ? load : undefined;
}

/** The same source with LOAD set; everything else keeps its bytes. */
export function writeLoad(source: string, load: number): string {
  return loadLines(source).reduceRight((text, { index, 0: line, 1: digits = '' }) => {
    const end = index + line.length;
    return `${text.slice(0, end - digits.length)}${load}${text.slice(end)}`;
  }, source);
}

/** A module-level string literal, for example S3_BUCKET; undefined when it is not there or not a plain literal. */
export function readConstant(source: string, name: string): string | undefined {
  const literal = new RegExp(`^${name}[ \\t]*=[ \\t]*(["'])([^"'\\n]*)\\1[ \\t]*(?:#.*)?$`, 'gm');
  const code = codeOf(source);
  // A line of a docstring looks the same, and sets nothing.
  return [...source.matchAll(literal)].find(({ index }) => code.startsWith(name, index))?.[2];
}

/** Whether another statement gives the name another value, so that what was read is not what runs. */
export function isSetTwice(source: string, name: string): boolean {
  return bindingsOf(name, source) > 1;
}

/** `yang_audit_load_test_15m` for the file `yang_audit_load_test.py`. */
export function dagIdOf(dagFileName: string, schedule: string): string {
  return `${dagFileName.replace(/^.*\//, '').replace(/\.py$/, '')}_${schedule}`;
}
