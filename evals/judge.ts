/** Whether the calls of a conversation were those that its scenario wants. Pure. */
import type { Pattern, Scenario } from './scenario.ts';

export interface Made {
  readonly tool: string;
  readonly given: Readonly<Record<string, unknown>>;
}

/** Tools that change nothing but files of our own: always allowed. */
const reading = ['checkSetup', 'showSession', 'reviewConfigs', 'pollCluster'];

/** What is wrong with the calls, one sentence each; empty when nothing is. `known` fills "$reviewId" and the like. */
export function judge(
  scenario: Pick<Scenario, 'must' | 'may' | 'mustNot'>,
  made: readonly Made[],
  known: Readonly<Record<string, unknown>>,
): string[] {
  const problems: string[] = [];
  const fits = (pattern: Pattern) => (call: Made) => matches(pattern, call, known);
  let from = 0;
  for (const pattern of scenario.must) {
    const at = made.findIndex((call, index) => index >= from && fits(pattern)(call));
    if (at === -1) problems.push(`${inWords(pattern)} was not called, or not in its turn`);
    else from = at + 1;
  }
  for (const pattern of scenario.mustNot)
    if (made.some(fits(pattern))) problems.push(`${inWords(pattern)} was called`);
  const allowed = new Set([...reading, ...scenario.may, ...scenario.must.map((pattern) => pattern.call)]);
  for (const { tool } of made)
    if (!allowed.has(tool)) problems.push(`${tool} was called, and nobody asked for it`);
  return problems;
}

function matches(pattern: Pattern, { tool, given }: Made, known: Readonly<Record<string, unknown>>): boolean {
  if (pattern.call !== tool) return false;
  if (pattern.without?.some((name) => given[name] !== undefined)) return false;
  return Object.entries(pattern.with ?? {}).every(([name, wanted]) => {
    const value = typeof wanted === 'string' && wanted.startsWith('$') ? known[wanted.slice(1)] : wanted;
    return sayable(name, given[name]) === sayable(name, value);
  });
}

/** `2`, `"2"` and `"2x"` are the same load, and a check may be named with its ending or its folder. */
function sayable(name: string, value: unknown): string {
  const text = String(value);
  if (name === 'load' || name === 'baseline' || name === 'candidate') return text.replace(/x$/i, '');
  if (name === 'check') return text.replace(/^.*\//, '').replace(/\.ya?ml$/, '');
  return text;
}

function inWords({ call, with: given, without = [] }: Pattern): string {
  const missing = without.length === 0 ? '' : ` without ${without.join(', ')}`;
  return `${call} ${JSON.stringify(given ?? {})}${missing}`;
}
