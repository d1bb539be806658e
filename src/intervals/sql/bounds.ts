/** Finds what the comparisons around intervals mean: two-sided bounds, and intervals that read less when they grow. */
import type { Literal } from './interval.ts';
import type { Token } from './sql.ts';

/** Words after which a new condition begins. */
const clauses = new Set(
  'select from where having on when then else end or union group order qualify with case'.split(' '),
);

/** Words after which an expression is computed, not filtered by. */
const computing = new Set('select case when then else order group with union'.split(' '));

interface Comparison {
  /** The column, or what else is compared, as one text. */
  readonly operand: string;
  readonly side: 'from' | 'to';
  readonly between: boolean;
  /** `not between`, `not created_at < …`. */
  readonly negated: boolean;
}

/** Deeper than any condition in real SQL. */
const deepest = 100;

interface Bound extends Pick<Comparison, 'operand' | 'side'> {
  readonly literal: Literal;
}

/** What is open between two parentheses. */
interface Frame {
  comparison?: Comparison | undefined;
  /** The latest literal on each side of each operand. */
  bounds: Map<string, Bound>;
  /** Literals that belong to the comparison around the parentheses. */
  loose: Literal[];
  /** Literals of the expression so far, which the next comparison has on its left. */
  left: Literal[];
  isQuery: boolean;
  /** A `not` of the condition so far. */
  not: boolean;
  /** A condition that decides which rows are read. */
  filters: boolean;
  /** `not (…)`. */
  negated: boolean;
}

export interface Bounds {
  /**
   * Pairs of literals that bound one column from both sides in the same direction: `between now - INTERVAL '6' hour
   * and now - INTERVAL '2' hour`, or the same with `>=` and `<`. Multiplying both moves the bounded range as well as
   * widens it.
   */
  readonly pairs: readonly (readonly [Literal, Literal])[];
  /** Literals of a filter that lets fewer rows through when they grow: `created_at < now - INTERVAL '31' day`. */
  readonly readLess: ReadonlySet<Literal>;
}

/** What the comparisons say of these literals; each is known by where its token starts. */
export function boundsOf(tokens: readonly Token[], literals: ReadonlyMap<number, Literal>): Bounds {
  const pairs: [Literal, Literal][] = [];
  const readLess = new Set<Literal>();
  const outer: Frame[] = [];
  let frame = newFrame();

  tokens.forEach((token, at) => {
    if (outer.length > deepest) return;
    const literal = literals.get(token.start);
    if (literal) note(literal);
    else if (token.kind === 'symbol') symbol(token, at);
    else if (token.kind === 'word') word(token, at);
  });
  return { pairs, readLess };

  function word({ value }: Token, at: number): void {
    if (value === 'between') {
      const negated = frame.not;
      frame.comparison = { operand: operandBefore(tokens, at), side: 'from', between: true, negated };
    } else if (value === 'not') frame.not = true;
    else if (value === 'and') {
      const { comparison } = frame;
      const first = comparison?.between && comparison.side === 'from' ? comparison : undefined;
      frame.comparison = first && {
        operand: first.operand,
        side: 'to',
        between: true,
        negated: first.negated,
      };
      frame.left = [];
      frame.not = false;
    } else if (clauses.has(value)) {
      const { isQuery, filters, negated } = frame;
      // A CASE ends where it began: what it is part of filters again.
      const goesOn = value === 'or' ? filters : !computing.has(value);
      frame = newFrame(goesOn, negated, isQuery || value === 'select');
    }
  }

  function symbol(token: Token, at: number): void {
    const next = tokens[at + 1]?.value;
    if (token.value === '(') {
      const { filters, negated } = frame;
      const inverted = tokens[at - 1]?.value === 'not';
      if (inverted) frame.not = false;
      outer.push(frame);
      frame = newFrame(filters, negated !== inverted);
    } else if (token.value === ')') {
      const inner = frame;
      frame = outer.pop() ?? newFrame();
      if (inner.isQuery) return;
      inner.loose.forEach(note);
      inner.bounds.forEach(bound);
    } else if (token.value === ';') frame = newFrame();
    else if (token.value === ',') {
      frame.comparison = undefined;
      frame.left = [];
    } else if (token.value === '>' || (token.value === '<' && next !== '>')) {
      if (tokens[at - 1]?.value === '<') return;
      const side = token.value === '>' ? 'from' : 'to';
      const negated = frame.not;
      for (const literal of frame.left) read(literal, ((side === 'from') === literal.backwards) !== negated);
      frame.left = [];
      frame.comparison = { operand: operandBefore(tokens, at), side, between: false, negated };
    }
  }

  function note(literal: Literal): void {
    const { comparison, loose, left } = frame;
    if (comparison === undefined) {
      loose.push(literal);
      left.push(literal);
      return;
    }
    bound({ operand: comparison.operand, side: comparison.side, literal });
    read(literal, ((comparison.side === 'from') !== literal.backwards) !== comparison.negated);
  }

  /** `less`: the condition alone lets fewer rows through when the literal grows. */
  function read(literal: Literal, less: boolean): void {
    if (frame.filters && less !== frame.negated) readLess.add(literal);
  }

  function bound(next: Bound): void {
    const { operand, side, literal } = next;
    const key = (of: Bound['side']) => `${of} ${literal.backwards} ${operand}`;
    const other = frame.bounds.get(key(side === 'from' ? 'to' : 'from'));
    if (other) pairs.push([other.literal, literal]);
    frame.bounds.set(key(side), next);
  }
}

function newFrame(filters = true, negated = false, isQuery = false): Frame {
  return { bounds: new Map(), loose: [], left: [], isQuery, not: false, filters, negated };
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
