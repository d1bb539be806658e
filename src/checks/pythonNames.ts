/** Finds the statements of Python source that bind a name, from the text alone: comments, strings and calls are skipped. */

const commentOrString =
  /#[^\r\n]*|("""|''')(?:\\[\s\S]|(?!\1)[^\\])*(?:\1|$)|(["'])(?:\\[\s\S]|(?!\2)[^\\\r\n])*(?:\2|(?=[\r\n])|$)/g;

/** The source with comments blanked and strings replaced by quotes; offsets and lines stay the same. */
export function codeOf(source: string): string {
  return source.replace(commentOrString, (text) =>
    text.replace(/[^\r\n]/g, text.startsWith('#') ? ' ' : '"'),
  );
}

/** How many statements bind `name`: assignments of every form, loops, imports, definitions, `global`. */
export function bindingsOf(name: string, source: string): number {
  const code = codeOf(source).replace(/\\\r?\n/g, '  ');
  const walrus = [...code.matchAll(new RegExp(`(?<![\\w.])${name}\\s*:=`, 'g'))].length;
  return (
    walrus +
    flattenBrackets(code)
      .split(/[\r\n;]/)
      .filter((statement) => statement.includes(name) && binds(statement, name)).length
  );
}

/**
 * One line per statement. The content of a call, an index or a dict is removed, because `f(LOAD=4)` and `x[LOAD] = 4`
 * do not bind LOAD; brackets that only group, as in `(LOAD, x) = 4, 5`, are dropped.
 */
function flattenBrackets(code: string): string {
  const open: ('group' | 'call')[] = [];
  const text: string[] = [];
  let calls = 0;
  for (const character of code) {
    if ('([{'.includes(character)) {
      const kind = character === '{' || /[\w"')\]]$/.test(text.at(-1) ?? '') ? 'call' : 'group';
      if (kind === 'call' && calls === 0) text.push('()');
      open.push(kind);
      calls += kind === 'call' ? 1 : 0;
    } else if (')]}'.includes(character)) {
      if (open.pop() === 'call') calls -= 1;
    } else if (calls === 0) text.push(open.length > 0 && /[\r\n]/.test(character) ? ' ' : character);
  }
  return text.join('');
}

const blockHeader =
  /^\s*(?:if|elif|else|for|while|with|try|except|finally|class|def|async|match|case)\b(?:[^:]|:=)*:(?!=)/;

function binds(statement: string, name: string): boolean {
  const word = `(?<![\\w.])${name}(?!\\w)`;
  const forms = [
    `^\\s*(?:global|nonlocal|del)\\b.*${word}`,
    `^\\s*(?:async\\s+)?(?:def|class)\\s+${word}`,
    `^\\s*(?:async\\s+)?for\\b(?:(?!\\bin\\b).)*${word}.*\\bin\\b`,
    `\\bas\\s+${word}`,
    // `from x import LOAD as y` does not bind LOAD.
    `^\\s*(?:from\\s.*?\\s)?import\\b(?:.*,)?\\s*${word}(?!\\s+as\\b)`,
  ];
  if (forms.some((form) => new RegExp(form).test(statement))) return true;
  const parts = statement
    .replace(blockHeader, '')
    .replace(/<<=|>>=/g, '=')
    .split(/(?<![=!<>:])=(?!=)/)
    .slice(0, -1);
  // The target is before the colon, its type after it; an item or attribute of the name is not the name.
  const target = new RegExp(`${word}(?!\\s*[.(])`);
  return parts.some((part) => target.test(part.split(':', 1)[0] ?? ''));
}
