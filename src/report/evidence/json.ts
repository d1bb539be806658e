/** Reads fields of parsed JSON that nobody has checked: whatever is not as expected is absent. */

export function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? (value as Record<string, unknown>)[name]
    : undefined;
}

export function text(value: unknown, name: string): string | undefined {
  const found = field(value, name);
  return typeof found === 'string' ? found : undefined;
}

/** A finite number; Spark writes some as text. */
export function number(value: unknown, name: string): number | undefined {
  const found = field(value, name);
  const parsed = typeof found === 'string' && found !== '' ? Number(found) : found;
  return typeof parsed === 'number' && Number.isFinite(parsed) ? parsed : undefined;
}

export function listIn(value: unknown, name: string): readonly unknown[] {
  const found = field(value, name);
  return Array.isArray(found) ? found : [];
}
