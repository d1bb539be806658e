export interface JsonChange {
  /** For example `Instances.InstanceGroups[1].InstanceCount`. */
  readonly path: string;
  readonly from: string;
  readonly to: string;
}

const absent = '(none)';

/** The values that differ between two JSON documents, by path; a branch on one side only is one change. */
export function jsonChanges(from: unknown, to: unknown, path = ''): JsonChange[] {
  if (isBranch(from) && isBranch(to) && Array.isArray(from) === Array.isArray(to)) {
    const keys = new Set([...Object.keys(from), ...Object.keys(to)]);
    return [...keys].flatMap((key) =>
      jsonChanges(from[key], to[key], childPath(path, key, Array.isArray(from))),
    );
  }
  const before = valueText(from);
  const after = valueText(to);
  return before === after ? [] : [{ path, from: before, to: after }];
}

function isBranch(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function childPath(path: string, key: string, inArray: boolean): string {
  if (inArray) return `${path}[${key}]`;
  return path === '' ? key : `${path}.${key}`;
}

function valueText(value: unknown): string {
  return value === undefined ? absent : JSON.stringify(value);
}
