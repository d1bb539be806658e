/** Compares the calls of a conversation with those of its scenario. Pure. */
import type { Pattern, Scenario } from './scenario.ts';

export interface MadeCall {
  readonly tool: string;
  readonly given: Readonly<Record<string, unknown>>;
}

/** Tools that change nothing outside our own state: always allowed. */
const readOnly = ['checkSetup', 'showSession', 'reviewConfigs', 'pollCluster'];

/** The problems of the calls, one sentence each. `known` has the values of "$reviewId" and "$clusterId". */
export function judge(
  scenario: Pick<Scenario, 'must' | 'may' | 'mustNot'>,
  made: readonly MadeCall[],
  known: Readonly<Record<string, unknown>>,
): string[] {
  const problems: string[] = [];
  const fits = (pattern: Pattern) => (call: MadeCall) => matches(pattern, call, known);
  let from = 0;
  for (const pattern of scenario.must) {
    const at = made.findIndex((call, index) => index >= from && fits(pattern)(call));
    if (at === -1) problems.push(`${patternText(pattern)} was not called, or not in this order`);
    else from = at + 1;
  }
  for (const pattern of scenario.mustNot)
    if (made.some(fits(pattern))) problems.push(`${patternText(pattern)} was called`);
  const allowed = new Set([...readOnly, ...scenario.may, ...scenario.must.map((pattern) => pattern.call)]);
  for (const { tool } of made)
    if (!allowed.has(tool)) problems.push(`${tool} was called, and nobody asked for it`);
  return problems;
}

function matches(
  pattern: Pattern,
  { tool, given }: MadeCall,
  known: Readonly<Record<string, unknown>>,
): boolean {
  if (pattern.call !== tool) return false;
  if (pattern.without?.some((name) => given[name] !== undefined)) return false;
  return Object.entries(pattern.with ?? {}).every(([name, expected]) => {
    const value =
      typeof expected === 'string' && expected.startsWith('$') ? known[expected.slice(1)] : expected;
    return normalized(name, given[name]) === normalized(name, value);
  });
}

/** `2`, `"2"` and `"2x"` are the same load; a check may be named with its extension or folder. */
function normalized(name: string, value: unknown): string {
  const text = String(value);
  if (name === 'load' || name === 'baseline' || name === 'candidate') return text.replace(/x$/i, '');
  if (name === 'check') return text.replace(/^.*\//, '').replace(/\.ya?ml$/, '');
  return text;
}

function patternText({ call, with: given, without = [] }: Pattern): string {
  const missing = without.length === 0 ? '' : ` without ${without.join(', ')}`;
  return `${call} ${JSON.stringify(given ?? {})}${missing}`;
}
