/** Fields that EMR does not know, that it needs, or that are of another kind: RunJobFlow would refuse the request. */
import { nearestOf } from '../../nearest.ts';
import { type Finding, refuse } from './finding.ts';
import { WrittenAsFloat } from './json.ts';
import { isObject } from './model.ts';
import type { Kind, Shape } from './shapes/kind.ts';
import { fileShape } from './shapes/request.ts';

export function fieldFindings(json: Readonly<Record<string, unknown>>): Finding[] {
  return shaped(json, fileShape, '');
}

function shaped(value: Readonly<Record<string, unknown>>, shape: Shape, where: string): Finding[] {
  const found = Object.entries(value).flatMap(([name, field]) => {
    const path = where === '' ? name : `${where}.${name}`;
    const kind = Object.hasOwn(shape.fields, name) ? shape.fields[name] : undefined;
    return kind === undefined ? [unknownField(path, name, shape)] : findingsOf(field, kind, path);
  });
  const missing = shape.needs
    .filter((name) => value[name] === undefined || value[name] === '')
    .map((name) =>
      refuse(
        where === '' ? name : `${where}.${name}`,
        `it is missing, and ${needer(where, name)} needs it`,
        `add ${name}`,
      ),
    );
  return [...found, ...missing];
}

function needer(where: string, name: string): string {
  if (where !== '') return 'EMR';
  return name === 'AuditStep' ? 'the DAG' : 'RunJobFlow';
}

function unknownField(path: string, name: string, { fields }: Shape): Finding {
  const meant = nearestOf(name, Object.keys(fields));
  const owner = path.startsWith('AuditStep.') ? 'the DAG' : 'EMR';
  return refuse(
    path,
    `${owner} knows no field of that name${meant === undefined ? '' : ` (${meant}?)`}`,
    meant === undefined ? 'take it out' : `rename it to ${meant}, or take it out`,
  );
}

function findingsOf(value: unknown, kind: Kind, path: string): Finding[] {
  // A needed member that is empty is said to be missing, in its place.
  if (value === '') return kind === 'text' || isTextual(kind) ? [] : [otherKind(value, kind, path)];
  if (typeof kind === 'string') return isOfKind(value, kind) ? [] : [otherKind(value, kind, path)];
  if ('from' in kind) return fromFindings(value, kind, path);
  if ('oneOf' in kind || 'matches' in kind) {
    if (typeof value !== 'string') return [otherKind(value, 'text', path)];
    return 'oneOf' in kind ? choiceFindings(value, kind.oneOf, path) : patternFindings(value, kind, path);
  }
  if ('listOf' in kind)
    return Array.isArray(value)
      ? value.flatMap((one: unknown, index) => findingsOf(one, kind.listOf, `${path}[${index}]`))
      : [otherKind(value, kind, path)];
  if (!isObject(value) || value instanceof WrittenAsFloat) return [otherKind(value, kind, path)];
  if ('fields' in kind) return shaped(value, kind, path);
  return Object.entries(value).flatMap(([name, one]) =>
    findingsOf(one, kind.mapOf, `${path}[${JSON.stringify(name)}]`),
  );
}

function isTextual(kind: Kind): boolean {
  return typeof kind !== 'string' && ('oneOf' in kind || 'matches' in kind);
}

function isOfKind(value: unknown, kind: 'text' | 'integer' | 'number' | 'flag'): boolean {
  switch (kind) {
    case 'text':
      return typeof value === 'string';
    case 'integer':
      return Number.isInteger(value);
    case 'number':
      return typeof value === 'number' || value instanceof WrittenAsFloat;
    case 'flag':
      return typeof value === 'boolean';
  }
}

function fromFindings(value: unknown, { from }: { readonly from: number }, path: string): Finding[] {
  if (!Number.isInteger(value)) return [otherKind(value, 'integer', path)];
  if (Number(value) >= from) return [];
  return [refuse(path, `it is ${value}, and EMR takes ${from} or more`, `set it to ${from} or more`)];
}

function choiceFindings(value: string, choices: readonly string[], path: string): Finding[] {
  if (choices.includes(value)) return [];
  const list = choices.join(', ');
  return [refuse(path, `it is ${shown(value)}, which is none of ${list}`, `set it to one of ${list}`)];
}

function patternFindings(
  value: string,
  { matches, such }: { readonly matches: RegExp; readonly such: string },
  path: string,
): Finding[] {
  if (matches.test(value)) return [];
  return [refuse(path, `it is ${shown(value)}, and EMR takes only such as ${such}`, `write it as ${such}`)];
}

function otherKind(value: unknown, kind: Kind, path: string): Finding {
  const words = wordsOf(kind);
  const name = path.slice(path.lastIndexOf('.') + 1);
  if (value instanceof WrittenAsFloat && words === 'a whole number')
    return refuse(
      path,
      `it is ${value.source}, which Python reads as a float and the AWS client refuses`,
      `write it as ${Number(value.source)}`,
    );
  return refuse(
    path,
    `it is ${shown(value)}, not ${words}`,
    rewritten(value, words) ?? `give ${name} as ${words}`,
  );
}

/** The value as it was probably meant, where only its quotes are wrong. */
function rewritten(value: unknown, words: string): string | undefined {
  if (words === 'a text' && (typeof value === 'number' || typeof value === 'boolean'))
    return `write it as "${value}"`;
  if (words === 'a text' && value instanceof WrittenAsFloat) return `write it as "${value.source}"`;
  const unquoted =
    typeof value === 'string' &&
    ((words === 'a whole number' && /^\d{1,15}$/.test(value)) ||
      (words === 'true or false' && /^(true|false)$/.test(value)));
  return unquoted ? `write it as ${value}, without quotes` : undefined;
}

function shown(value: unknown): string {
  return value instanceof WrittenAsFloat ? value.source : JSON.stringify(value).slice(0, 60);
}

function wordsOf(kind: Kind): string {
  if (kind === 'flag') return 'true or false';
  if (kind === 'number') return 'a number';
  if (kind === 'integer' || (typeof kind === 'object' && 'from' in kind)) return 'a whole number';
  if (kind === 'text' || isTextual(kind)) return 'a text';
  return typeof kind === 'object' && 'listOf' in kind ? 'a list' : 'an object';
}
