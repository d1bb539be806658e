/** Finds conditions that bound one column by an interval on both sides. */
import type { Literal } from './interval.ts';
import type { Token } from './sql.ts';

/** Words after which a new condition begins. */
const clauses = new Set(
  'select from where having on when then else end or union group order qualify with case'.split(' '),
);

interface Comparison {
  /** The column, or what else is compared, as one text. */
  readonly operand: string;
  readonly side: 'from' | 'to';
  readonly between: boolean;
}

/** Deeper than any condition in real SQL. */
const deepest = 100;

interface Bound extends Comparison {
  readonly literal: Literal;
}

/** What is open between two parentheses. */
interface Frame {
  comparison?: Comparison | undefined;
  /** The latest literal on each side of each operand. */
  bounds: Map<string, Bound>;
  /** Literals that belong to the comparison around the parentheses. */
  loose: Literal[];
  isQuery: boolean;
}

/**
 * Pairs of literals that bound one column from both sides in the same direction: `between now - INTERVAL '6' hour
 * and now - INTERVAL '2' hour`, or the same with `>=` and `<`. Multiplying both moves the bounded range as well as
 * widens it.
 */
export function twoSidedIntervals(
  tokens: readonly Token[],
  literals: ReadonlyMap<number, Literal>,
): [Literal, Literal][] {
  const pairs: [Literal, Literal][] = [];
  const outer: Frame[] = [];
  let frame = newFrame();

  tokens.forEach((token, at) => {
    if (outer.length > deepest) return;
    const literal = literals.get(token.start);
    if (literal) note(literal);
    else if (token.kind === 'symbol') symbol(token, at);
    else if (token.value === 'between' && token.kind === 'word')
      frame.comparison = { operand: operandBefore(tokens, at), side: 'from', between: true };
    else if (token.value === 'and' && token.kind === 'word') {
      const { comparison } = frame;
      const first = comparison?.between && comparison.side === 'from';
      frame.comparison = first ? { ...comparison, side: 'to' } : undefined;
    } else if (token.kind === 'word' && clauses.has(token.value)) {
      frame = { ...newFrame(), isQuery: frame.isQuery || token.value === 'select' };
    }
  });
  return pairs;

  function symbol(token: Token, at: number): void {
    const next = tokens[at + 1]?.value;
    if (token.value === '(') {
      outer.push(frame);
      frame = newFrame();
    } else if (token.value === ')') {
      const inner = frame;
      frame = outer.pop() ?? newFrame();
      if (inner.isQuery) return;
      inner.loose.forEach(note);
      inner.bounds.forEach(bound);
    } else if (token.value === ';') frame = newFrame();
    else if (token.value === ',') frame.comparison = undefined;
    else if (token.value === '>' || (token.value === '<' && next !== '>')) {
      if (tokens[at - 1]?.value === '<') return;
      const side = token.value === '>' ? 'from' : 'to';
      frame.comparison = { operand: operandBefore(tokens, at), side, between: false };
    }
  }

  function note(literal: Literal): void {
    if (frame.comparison) bound({ ...frame.comparison, literal });
    else frame.loose.push(literal);
  }

  function bound(next: Bound): void {
    const { operand, side, literal } = next;
    const key = (of: Bound['side']) => `${of} ${literal.backwards} ${operand}`;
    const other = frame.bounds.get(key(side === 'from' ? 'to' : 'from'));
    if (other) pairs.push([other.literal, literal]);
    frame.bounds.set(key(side), next);
  }
}

function newFrame(): Frame {
  return { bounds: new Map(), loose: [], isQuery: false };
}

/** `t.created_at`, `date(created_at)`: names, dots and calls directly before `at`. */
function operandBefore(tokens: readonly Token[], at: number): string {
  const parts: string[] = [];
  let depth = 0;
  for (let next = at - 1; next >= 0 && next > at - 30; next -= 1) {
    const token = tokens[next];
    if (token === undefined || (depth === 0 && token.value === 'not')) continue;
    if (token.value === ')') depth += 1;
    const previous = tokens[next + 1];
    const joined = token.value === '.' || previous?.value === '.' || previous?.value === '(';
    if (depth === 0 && (parts.length > 0 ? !joined : token.kind === 'symbol')) break;
    if (depth === 0 && token.kind === 'word' && clauses.has(token.value)) break;
    if (token.value === '(') depth -= 1;
    if (depth < 0) break;
    parts.unshift(token.value);
  }
  return parts.join(' ');
}
