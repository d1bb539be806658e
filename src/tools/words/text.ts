/**
 * Structured results as text for a person. A tool words the fields that matter to its reader; every other field
 * follows by itself, so that the text always says everything the structure says.
 */

type Value = unknown;
type Fields = Readonly<Record<string, Value>>;

/** For a field: its lines, in the tool's own words. An empty list leaves the field out, for what the summary says. */
export type Wording<Output> = {
  readonly [Field in keyof Output]?: (
    value: Exclude<Output[Field], undefined>,
    output: Output,
  ) => readonly string[];
};

/** The summary, each field in the order of the structure, and the next steps. */
export function textOf<Output extends { summary: string; nextSteps: string[] }>(
  output: Output,
  wording: Wording<Output> = {},
): string {
  const lines: string[] = [];
  for (const [name, value] of Object.entries(output)) {
    if (name === 'summary' || name === 'nextSteps' || isEmpty(value)) continue;
    const words = wording[name as keyof Output] as
      | ((value: Value, output: Output) => readonly string[])
      | undefined;
    const named = name === 'callAgain' && isQuestion(output) ? 'Only after the person’s yes' : title(name);
    lines.push(...(words === undefined ? field(named, value) : words(value, output)));
  }
  const next = output.nextSteps.map((step) => `→ ${step}`);
  return [
    output.summary,
    ...(lines.length > 0 ? ['', ...lines] : []),
    ...(next.length > 0 ? ['', ...next] : []),
  ].join('\n');
}

/** `filesChanged` reads `Files changed`, and `dagId` reads `DAG id`. */
function title(name: string): string {
  const words = name
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .replaceAll(/\b(dag|url)\b/g, (word) => word.toUpperCase());
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** Read on its own, a call must not look like the next thing to do while the person has not answered. */
function isQuestion(output: Fields): boolean {
  return ['awaiting_approval', 'needs_overwrite', 'needs_decision'].includes(String(output.status));
}

function field(name: string, value: Value): string[] {
  if (isCall(value)) return [`${name}: ${callOf(value)}`];
  if (Array.isArray(value)) return [`${name}:`, ...value.map((item) => `  - ${inline(item)}`)];
  return [`${name}: ${inline(value)}`];
}

function isCall(value: Value): value is { tool: string; arguments: unknown } {
  return typeof value === 'object' && value !== null && 'tool' in value && 'arguments' in value;
}

function callOf(call: { tool: string; arguments: unknown }): string {
  return `${call.tool} ${JSON.stringify(call.arguments)}`;
}

function inline(value: Value): string {
  if (value === null) return 'none';
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (Array.isArray(value)) return value.map(inline).join(', ');
  if (typeof value === 'object')
    return Object.entries(value as Fields)
      .filter(([, part]) => !isEmpty(part))
      .map(([name, part]) => `${title(name).toLowerCase()} ${inline(part)}`)
      .join(', ');
  return String(value);
}

function isEmpty(value: Value): boolean {
  return value === undefined || (Array.isArray(value) && value.length === 0);
}

/** `1 file`, `2 files`. */
export function count(number: number, thing: string): string {
  return `${number} ${thing}${number === 1 ? '' : 's'}`;
}
