/** Where Python source gives a name a value, told from its text: comments, strings and calls are not looked into. */

const commentOrString =
  /#[^\r\n]*|("""|''')(?:\\[\s\S]|(?!\1)[^\\])*(?:\1|$)|(["'])(?:\\[\s\S]|(?!\2)[^\\\r\n])*(?:\2|(?=[\r\n])|$)/g;

/** The same length and lines, with spaces for comments and quotes for strings. */
export function codeOf(source: string): string {
  return source.replace(commentOrString, (text) =>
    text.replace(/[^\r\n]/g, text.startsWith('#') ? ' ' : '"'),
  );
}

/** The statements that give `name` a value: assignments of every form, loops, imports, definitions, `global`. */
export function bindingsOf(name: string, source: string): number {
  const code = codeOf(source).replace(/\\\r?\n/g, '  ');
  const inBrackets = [...code.matchAll(new RegExp(`(?<![\\w.])${name}\\s*:=`, 'g'))].length;
  return (
    inBrackets +
    flat(code)
      .split(/[\r\n;]/)
      .filter((statement) => statement.includes(name) && binds(statement, name)).length
  );
}

/**
 * One line a statement: what stands in the brackets of a call, an index or a dict is taken out, since `f(LOAD=4)`
 * and `x[LOAD] = 4` leave LOAD as it is; brackets that only group, as in `(LOAD, x) = 4, 5`, are opened.
 */
function flat(code: string): string {
  const open: ('group' | 'call')[] = [];
  const text: string[] = [];
  let calls = 0;
  for (const sign of code) {
    if ('([{'.includes(sign)) {
      const kind = sign === '{' || /[\w"')\]]$/.test(text.at(-1) ?? '') ? 'call' : 'group';
      if (kind === 'call' && calls === 0) text.push('()');
      open.push(kind);
      calls += kind === 'call' ? 1 : 0;
    } else if (')]}'.includes(sign)) {
      if (open.pop() === 'call') calls -= 1;
    } else if (calls === 0) text.push(open.length > 0 && /[\r\n]/.test(sign) ? ' ' : sign);
  }
  return text.join('');
}

const header =
  /^\s*(?:if|elif|else|for|while|with|try|except|finally|class|def|async|match|case)\b(?:[^:]|:=)*:(?!=)/;

function binds(statement: string, name: string): boolean {
  const word = `(?<![\\w.])${name}(?!\\w)`;
  const forms = [
    `^\\s*(?:global|nonlocal|del)\\b.*${word}`,
    `^\\s*(?:async\\s+)?(?:def|class)\\s+${word}`,
    `^\\s*(?:async\\s+)?for\\b(?:(?!\\bin\\b).)*${word}.*\\bin\\b`,
    `\\bas\\s+${word}`,
    // `from x import LOAD as y` leaves LOAD alone.
    `^\\s*(?:from\\s.*?\\s)?import\\b(?:.*,)?\\s*${word}(?!\\s+as\\b)`,
  ];
  if (forms.some((form) => new RegExp(form).test(statement))) return true;
  const parts = statement
    .replace(header, '')
    .replace(/<<=|>>=/g, '=')
    .split(/(?<![=!<>:])=(?!=)/)
    .slice(0, -1);
  // Before the colon stands the target, behind it its type; an item or a member of the name is not the name.
  const target = new RegExp(`${word}(?!\\s*[.(])`);
  return parts.some((part) => target.test(part.split(':', 1)[0] ?? ''));
}
