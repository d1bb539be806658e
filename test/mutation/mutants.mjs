// Mutants of a TypeScript file: each is the file with one small change that some test should notice.
import { parseAst } from 'vitest/node';

const opposites = {
  '===': '!==',
  '!==': '===',
  '<': '<=',
  '<=': '<',
  '>': '>=',
  '>=': '>',
  '&&': '||',
  '||': '&&',
  '??': '&&',
  '+': '-',
  '-': '+',
  '*': '/',
  '%': '*',
};

/** The other method of a pair. */
const methods = {
  some: 'every',
  every: 'some',
  startsWith: 'endsWith',
  endsWith: 'startsWith',
  toLowerCase: 'toUpperCase',
  trim: 'toString',
  indexOf: 'lastIndexOf',
  min: 'max',
  max: 'min',
};

/** Each `{ start, end, text, what }`, in the order of the file. Types, imports and exports are left alone. */
export function mutantsOf(source) {
  const mutants = [];
  const add = (start, end, text, what) => {
    if (source.slice(start, end) !== text) mutants.push({ start, end, text, what });
  };
  const visit = (node) => {
    if (node === null || typeof node !== 'object') return;
    if (Array.isArray(node)) return node.forEach(visit);
    if (typeof node.type !== 'string' || /^(TS(?!AsExpression|NonNull|Satisfies)|Import)/.test(node.type))
      return;
    mutate(node, source, add);
    for (const [name, value] of Object.entries(node)) {
      if (name === 'typeAnnotation' || name === 'returnType' || name === 'typeArguments') continue;
      visit(value);
    }
  };
  visit(parseAst(source, { lang: 'ts' }).body);
  return mutants.toSorted((a, b) => a.start - b.start);
}

function mutate(node, source, add) {
  switch (node.type) {
    case 'BinaryExpression':
    case 'LogicalExpression': {
      const other = opposites[node.operator];
      if (other === undefined) return;
      const from = source.indexOf(node.operator, node.left.end);
      return add(from, from + node.operator.length, other, `${node.operator} -> ${other}`);
    }
    case 'UnaryExpression':
      if (node.operator === '!') add(node.start, node.start + 1, '', 'without !');
      return;
    case 'IfStatement':
    case 'ConditionalExpression':
    case 'WhileStatement':
      // A loop that never ends says nothing.
      if (node.type !== 'WhileStatement') add(node.test.start, node.test.end, 'true', 'condition true');
      return add(node.test.start, node.test.end, 'false', 'condition false');
    case 'ReturnStatement':
      // A literal is changed as such, and nothing cannot become nothing.
      if (node.argument !== null && node.argument.type !== 'Literal' && node.argument.name !== 'undefined')
        add(node.argument.start, node.argument.end, 'undefined as never', 'returns nothing');
      return;
    case 'ThrowStatement':
      return add(node.start, node.end, ';', 'does not throw');
    case 'ExpressionStatement':
      if (/^(Call|Await|Yield)/.test(node.expression.type))
        add(node.start, node.end, ';', 'without the call');
      return;
    case 'Literal':
      return mutateLiteral(node, source, add);
    case 'MemberExpression': {
      const other = node.computed ? undefined : methods[node.property.name];
      if (other !== undefined && Object.hasOwn(methods, node.property.name))
        add(node.property.start, node.property.end, other, `.${node.property.name} -> .${other}`);
      return;
    }
  }
}

function mutateLiteral(node, source, add) {
  const raw = source.slice(node.start, node.end);
  if (node.regex !== undefined) {
    const { pattern, flags } = node.regex;
    const changed = (text) =>
      add(node.start, node.end, `/${text}/${flags}`, `regular expression: ${text}`.slice(0, 90));
    if (pattern.startsWith('^')) changed(pattern.slice(1));
    if (/[^\\]\$$/.test(pattern)) changed(pattern.slice(0, -1));
    if (flags.includes('i'))
      add(node.start, node.end, `/${pattern}/${flags.replace('i', '')}`, 'without flag i');
    if (flags.includes('g'))
      add(node.start, node.end, `/${pattern}/${flags.replace('g', '')}`, 'without flag g');
    return add(node.start, node.end, `/(?!)/${flags}`, 'matches nothing');
  }
  if (typeof node.value === 'boolean')
    return add(node.start, node.end, String(!node.value), `${!node.value}`);
  // A millisecond more is nothing that anybody sees.
  if (typeof node.value === 'number' && node.value >= 1000)
    return add(node.start, node.end, String(2 * node.value), `2 * ${raw}`);
  if (typeof node.value === 'number') return add(node.start, node.end, String(node.value + 1), `${raw} + 1`);
  // The words of a message are no decision: only short words, which are compared or are keys.
  if (typeof node.value === 'string' && node.value !== '' && !/\s/.test(node.value))
    add(node.start, node.end, "'mutant'", `${raw} -> 'mutant'`);
}
