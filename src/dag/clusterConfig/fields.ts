/** Fields that EMR does not know, that it requires, or that have another type: RunJobFlow would refuse the request. */
import { nearestOf } from '../../domain/text.ts';
import {
  type ConfigFinding,
  configRefusal,
  isObject,
  isTemplate,
  refuseIf,
  WrittenAsFloat,
} from './model.ts';
import type { Kind, Shape } from './shapes/kind.ts';
import { instancesShape } from './shapes/request.ts';

export function fieldFindings(json: Readonly<Record<string, unknown>>, shape: Shape): ConfigFinding[] {
  return objectFindings(json, shape, '');
}

function objectFindings(
  value: Readonly<Record<string, unknown>>,
  shape: Shape,
  parent: string,
): ConfigFinding[] {
  const pathOf = (name: string) => (parent === '' ? name : `${parent}.${name}`);
  const found = Object.entries(value).flatMap(([name, field]) => {
    const kind = Object.hasOwn(shape.fields, name) ? shape.fields[name] : undefined;
    return kind === undefined
      ? [unknownField(pathOf(name), name, shape)]
      : valueFindings(field, kind, pathOf(name));
  });
  const missing = shape.required.flatMap((name) =>
    refuseIf(
      value[name] === undefined || value[name] === '',
      pathOf(name),
      `it is missing, but ${requirer(parent, name)} requires it`,
      `add ${name}`,
    ),
  );
  return [...found, ...missing];
}

function requirer(parent: string, name: string): string {
  if (parent !== '') return 'EMR';
  return name === 'AuditStep' ? 'the DAG' : 'RunJobFlow';
}

function unknownField(path: string, name: string, { fields }: Shape): ConfigFinding {
  if (path === name && Object.hasOwn(instancesShape.fields, name))
    return configRefusal(path, 'EMR knows this field only in Instances', 'move it into Instances');
  const meant = nearestOf(name, Object.keys(fields));
  const owner = path.startsWith('AuditStep.') ? 'the DAG' : 'EMR';
  return configRefusal(
    path,
    `${owner} knows no such field${meant === undefined ? '' : ` (did you mean ${meant}?)`}`,
    meant === undefined ? 'remove it' : `rename it to ${meant}, or remove it`,
  );
}

function valueFindings(value: unknown, kind: Kind, path: string): ConfigFinding[] {
  // What it renders to is not known; a DAG that does not render has its own finding.
  if (typeof value === 'string' && isTemplate(value)) return [];
  // An empty string in a required field is reported as missing, by the object that requires it.
  if (value === '') return kind === 'string' || isStringKind(kind) ? [] : [otherKind(value, kind, path)];
  if (typeof kind === 'string') return isOfKind(value, kind) ? [] : [otherKind(value, kind, path)];
  if ('min' in kind) return minFindings(value, kind, path);
  if ('oneOf' in kind || 'matches' in kind) {
    if (typeof value !== 'string') return [otherKind(value, 'string', path)];
    return 'oneOf' in kind ? choiceFindings(value, kind.oneOf, path) : patternFindings(value, kind, path);
  }
  if ('listOf' in kind)
    return Array.isArray(value)
      ? value.flatMap((one: unknown, index) => valueFindings(one, kind.listOf, `${path}[${index}]`))
      : [otherKind(value, kind, path)];
  if (!isObject(value) || value instanceof WrittenAsFloat) return [otherKind(value, kind, path)];
  if ('fields' in kind) return objectFindings(value, kind, path);
  return Object.entries(value).flatMap(([name, one]) =>
    valueFindings(one, kind.mapOf, `${path}[${JSON.stringify(name)}]`),
  );
}

function isStringKind(kind: Kind): boolean {
  return typeof kind !== 'string' && ('oneOf' in kind || 'matches' in kind);
}

function isOfKind(value: unknown, kind: 'string' | 'integer' | 'number' | 'boolean'): boolean {
  switch (kind) {
    case 'string':
      return typeof value === 'string';
    case 'integer':
      return Number.isInteger(value);
    case 'number':
      return typeof value === 'number' || value instanceof WrittenAsFloat;
    case 'boolean':
      return typeof value === 'boolean';
  }
}

function minFindings(value: unknown, { min }: { readonly min: number }, path: string): ConfigFinding[] {
  if (!Number.isInteger(value)) return [otherKind(value, 'integer', path)];
  return refuseIf(
    Number(value) < min,
    path,
    `it is ${value}, but EMR requires at least ${min}`,
    `set it to ${min} or more`,
  );
}

function choiceFindings(value: string, choices: readonly string[], path: string): ConfigFinding[] {
  return refuseIf(
    !choices.includes(value),
    path,
    `EMR does not accept ${shown(value)}`,
    `set it to one of ${choices.join(', ')}`,
  );
}

function patternFindings(
  value: string,
  { matches, example }: { readonly matches: RegExp; readonly example: string },
  path: string,
): ConfigFinding[] {
  return refuseIf(
    !matches.test(value),
    path,
    `it is ${shown(value)}, but EMR requires the form of ${example}`,
    `write it as ${example}`,
  );
}

function otherKind(value: unknown, kind: Kind, path: string): ConfigFinding {
  const expected = kindText(kind);
  const name = path.slice(path.lastIndexOf('.') + 1);
  if (value instanceof WrittenAsFloat && expected === 'a whole number')
    return configRefusal(
      path,
      `it is ${value.source}, which Python reads as a float and the AWS client refuses`,
      `write it as ${Number(value.source)}`,
    );
  return configRefusal(
    path,
    `it is ${shown(value)}, not ${expected}`,
    rewritten(value, expected) ?? `make ${name} ${expected}`,
  );
}

/** How to write the value when only its quotes are wrong. */
function rewritten(value: unknown, expected: string): string | undefined {
  if (expected === 'a string' && (typeof value === 'number' || typeof value === 'boolean'))
    return `write it as "${value}"`;
  if (expected === 'a string' && value instanceof WrittenAsFloat) return `write it as "${value.source}"`;
  const isQuoted =
    typeof value === 'string' &&
    ((expected === 'a whole number' && /^\d{1,15}$/.test(value)) ||
      (expected === 'true or false' && /^(true|false)$/.test(value)));
  return isQuoted ? `write it as ${value}, without quotes` : undefined;
}

function shown(value: unknown): string {
  return value instanceof WrittenAsFloat ? value.source : JSON.stringify(value).slice(0, 60);
}

function kindText(kind: Kind): string {
  if (kind === 'boolean') return 'true or false';
  if (kind === 'number') return 'a number';
  if (kind === 'integer' || (typeof kind === 'object' && 'min' in kind)) return 'a whole number';
  if (kind === 'string' || isStringKind(kind)) return 'a string';
  return typeof kind === 'object' && 'listOf' in kind ? 'an array' : 'an object';
}
