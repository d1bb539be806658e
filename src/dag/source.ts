/**
 * Reads and rewrites module-level literals in the DAG's Python source, without running it. The statements that bind a
 * name are found in the text alone: comments, strings and calls are skipped.
 */
import { ToolError } from '../domain/errors.ts';

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

/** Whether the code names LOAD, in an f-string too; a DAG of somebody's own may find its load elsewhere. */
export function usesLoad(source: string): boolean {
  return /(?<![\w.])LOAD(?!\w)/.test(codeOf(source)) || /\{LOAD\b/.test(codeWithStrings(source));
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

/** Whether the DAG has a tag `load_{LOAD}x`, by which Airflow shows the LOAD that it has read. */
export function hasLoadTag(source: string): boolean {
  return /\bf(["'])load_\{LOAD\}x\1/i.test(codeWithStrings(source));
}

/** Whether the code names AuditStep, the step template of a cluster config; comments and docstrings do not count. */
export function readsStepTemplate(source: string): boolean {
  return /\bAuditStep\b/.test(codeWithStrings(source));
}

/**
 * Those of `names` (files in cluster_configs) that the code reads: the ones that it names in full, else, where it names
 * only their folder, all of them.
 */
export function configsRead(source: string, names: readonly string[]): readonly string[] {
  const code = codeWithStrings(source);
  const inFull = names.filter((name) => code.includes(name.replace(/^.*\//, '')));
  if (inFull.length > 0) return inFull;
  return /cluster_configs\b/.test(code) ? names : [];
}

/** `yang_audit_load_test_15m` for the file `yang_audit_load_test.py`. */
export function dagIdOf(dagFileName: string, schedule: string): string {
  return `${dagFileName.replace(/^.*\//, '').replace(/\.py$/, '')}_${schedule}`;
}

const commentOrString =
  /#[^\r\n]*|("""|''')(?:\\[\s\S]|(?!\1)[^\\])*(?:\1|$)|(["'])(?:\\[\s\S]|(?!\2)[^\\\r\n])*(?:\2|(?=[\r\n])|$)/g;

/** The source without comments and docstrings. */
function codeWithStrings(source: string): string {
  return source.replace(commentOrString, (text) => (/^(?:#|"""|''')/.test(text) ? '' : text));
}

/** The source with comments blanked and strings replaced by quotes; offsets and lines stay the same. */
function codeOf(source: string): string {
  return source.replace(commentOrString, (text) =>
    text.replace(/[^\r\n]/g, text.startsWith('#') ? ' ' : '"'),
  );
}

/** How many statements bind `name`: assignments of every form, loops, imports, definitions, `global`. */
function bindingsOf(name: string, source: string): number {
  const code = codeOf(source).replace(/\\\r?\n/g, '  ');
  const walrus = [...code.matchAll(new RegExp(`(?<![\\w.])${name}\\s*:=`, 'g'))].length;
  return (
    walrus +
    flattenBrackets(code)
      .split(/[\r\n;]/)
      .filter((statement) => statement.includes(name) && binds(statement, name)).length
  );
}

/**
 * One line per statement. The content of a call, an index or a dict is removed, because `f(LOAD=4)` and `x[LOAD] = 4`
 * do not bind LOAD; brackets that only group, as in `(LOAD, x) = 4, 5`, are dropped.
 */
function flattenBrackets(code: string): string {
  const open: ('group' | 'call')[] = [];
  const text: string[] = [];
  let calls = 0;
  for (const character of code) {
    if ('([{'.includes(character)) {
      const kind = character === '{' || /[\w"')\]]$/.test(text.at(-1) ?? '') ? 'call' : 'group';
      if (kind === 'call' && calls === 0) text.push('()');
      open.push(kind);
      calls += kind === 'call' ? 1 : 0;
    } else if (')]}'.includes(character)) {
      if (open.pop() === 'call') calls -= 1;
    } else if (calls === 0) text.push(open.length > 0 && /[\r\n]/.test(character) ? ' ' : character);
  }
  return text.join('');
}

const blockHeader =
  /^\s*(?:if|elif|else|for|while|with|try|except|finally|class|def|async|match|case)\b(?:[^:]|:=)*:(?!=)/;

function binds(statement: string, name: string): boolean {
  const word = `(?<![\\w.])${name}(?!\\w)`;
  const forms = [
    `^\\s*(?:global|nonlocal|del)\\b.*${word}`,
    `^\\s*(?:async\\s+)?(?:def|class)\\s+${word}`,
    `^\\s*(?:async\\s+)?for\\b(?:(?!\\bin\\b).)*${word}.*\\bin\\b`,
    `\\bas\\s+${word}`,
    // `from x import LOAD as y` does not bind LOAD.
    `^\\s*(?:from\\s.*?\\s)?import\\b(?:.*,)?\\s*${word}(?!\\s+as\\b)`,
  ];
  if (forms.some((form) => new RegExp(form).test(statement))) return true;
  const parts = statement
    .replace(blockHeader, '')
    .replace(/<<=|>>=/g, '=')
    .split(/(?<![=!<>:])=(?!=)/)
    .slice(0, -1);
  // The target is before the colon, its type after it; an item or attribute of the name is not the name.
  const target = new RegExp(`${word}(?!\\s*[.(])`);
  return parts.some((part) => target.test(part.split(':', 1)[0] ?? ''));
}
