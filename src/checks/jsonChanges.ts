export interface JsonChange {
  /** Where, for example `Instances.InstanceGroups[1].InstanceCount`. */
  readonly path: string;
  readonly from: string;
  readonly to: string;
}

const absent = '(none)';

/** The values in which two JSON documents differ, by path; a branch that is on one side only is one change. */
export function jsonChanges(from: unknown, to: unknown, path = ''): JsonChange[] {
  if (isBranch(from) && isBranch(to) && Array.isArray(from) === Array.isArray(to)) {
    const keys = new Set([...Object.keys(from), ...Object.keys(to)]);
    return [...keys].flatMap((key) => jsonChanges(from[key], to[key], join(path, key, Array.isArray(from))));
  }
  const before = text(from);
  const after = text(to);
  return before === after ? [] : [{ path, from: before, to: after }];
}

function isBranch(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function join(path: string, key: string, inArray: boolean): string {
  if (inArray) return `${path}[${key}]`;
  return path === '' ? key : `${path}.${key}`;
}

function text(value: unknown): string {
  return value === undefined ? absent : JSON.stringify(value);
}
