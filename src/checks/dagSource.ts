/** Reads and rewrites module-level literals in the DAG's Python source, without running it. */
import { ToolError } from '../domain/errors.ts';
import { bindingsOf, codeOf } from './pythonNames.ts';

/** `LOAD = 2` on its own line; Python allows no leading zero. */
const assignment = /^LOAD[ \t]*=[ \t]*(0|[1-9]\d*)(?=[ \t\r]*$)/gm;

function loadLines(source: string): RegExpExecArray[] {
  return [...codeOf(source).matchAll(assignment)];
}

/** @throws ToolError CONFIG unless LOAD is set exactly once, to a whole number from 1 to 1000 */
export function readLoad(source: string, where: string): number {
  const load = findLoad(source);
  if (load !== undefined) return load;
  const found = loadLines(source);
  const times = bindingsOf('LOAD', source);
  const problem =
    times > 1
      ? `sets LOAD ${times} times`
      : found.length === 0
        ? 'has no line LOAD = <number>'
        : `sets LOAD to ${Number(found[0]?.[1])}, which is not from 1 to 1000`;
  throw new ToolError(
    'CONFIG',
    `${where} ${problem}, so it is unclear which load it would run. Nothing was changed.`,
    {
      next: 'keep exactly one unindented line LOAD = <number> (for example LOAD = 2) in DAG_FILE.',
    },
  );
}

/** LOAD if it is set exactly once, to a whole number from 1 to 1000; otherwise undefined. */
export function findLoad(source: string): number | undefined {
  const load = Number(loadLines(source)[0]?.[1]);
  return bindingsOf('LOAD', source) === 1 && load >= 1 && load <= 1000 ? load : undefined;
}

/** The source with LOAD set to `load`; all other bytes stay the same. */
export function writeLoad(source: string, load: number): string {
  return loadLines(source).reduceRight((text, { index, 0: line, 1: digits = '' }) => {
    const end = index + line.length;
    return `${text.slice(0, end - digits.length)}${load}${text.slice(end)}`;
  }, source);
}

/** A module-level string literal, for example S3_BUCKET; undefined when it is missing or not a plain literal. */
export function readConstant(source: string, name: string): string | undefined {
  const literal = new RegExp(`^${name}[ \\t]*=[ \\t]*(["'])([^"'\\n]*)\\1[ \\t]*(?:#.*)?$`, 'gm');
  const code = codeOf(source);
  // A line in a docstring looks the same but sets nothing.
  return [...source.matchAll(literal)].find(({ index }) => code.startsWith(name, index))?.[2];
}

/** Whether a second statement sets the name, so that the value read may not be the one that runs. */
export function isSetTwice(source: string, name: string): boolean {
  return bindingsOf(name, source) > 1;
}

/** `yang_audit_load_test_15m` for the file `yang_audit_load_test.py`. */
export function dagIdOf(dagFileName: string, schedule: string): string {
  return `${dagFileName.replace(/^.*\//, '').replace(/\.py$/, '')}_${schedule}`;
}
