/**
 * Makes text from outside safe to show: log lines, step names, AWS error messages, commit messages. Removes
 * invisible characters, masks secrets and limits the length, in time linear in the length of the text.
 */

const escapeCode = String.fromCodePoint(0x1b);
const bell = String.fromCodePoint(0x07);

/** ANSI escapes: titles and links (OSC), even unterminated; colours and cursor moves (CSI); two-character escapes. */
const ansi = new RegExp(
  `${escapeCode}\\][^${bell}${escapeCode}]{0,2048}(?:${bell}|${escapeCode}\\\\)?|${escapeCode}\\[?[0-9;?]{0,64}[ -/]{0,8}[@-~]`,
  'g',
);

/**
 * Control characters except tab and newline; format characters (bidirectional, zero-width, tags); private use;
 * lone surrogates; line and paragraph separators; all other default-ignorable code points.
 */
const invisible = /(?![\t\n])[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu;

const mask = '[masked]';

/** The name of a secret and the sign after it, as in settings, JSON, JDBC URLs and query strings. */
const assigned =
  '(?:pass(?:word|wd|phrase)?|pwd|secret|secret[_.-]?(?:access[_.-]?)?key|' +
  '(?:session|access|security|auth|refresh|id)[_.-]?token|api[_.-]?key|access[_.-]?key(?:[_.-]?id)?|' +
  'private[_.-]?key)["\']?\\s{0,4}[=:]\\s{0,4}';

/** Secrets and their replacements. Each repetition is bounded or cannot overlap its neighbour: linear time. */
const secrets: readonly (readonly [RegExp, string])[] = [
  [/-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]{0,40}PRIVATE KEY-----|$)/g, mask],
  [/\b((?:proxy-)?authorization["']?\s{0,8}[:=]\s{0,8}["']?)[^\r\n"']+/gi, `$1${mask}`],
  [/\b((?:set-)?cookie["']?\s{0,8}:\s{0,8})[^\r\n]+/gi, `$1${mask}`],
  [/\b(Bearer|Basic)\s{1,4}[A-Za-z0-9._~+/=-]{8,}/g, `$1 ${mask}`],
  [
    /((?:X-Amz-(?:Signature|Credential|Security-Token)|AWSAccessKeyId|Signature|sig)=)[^&\s"'<>]+/gi,
    `$1${mask}`,
  ],
  [/\b(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{12,}/g, mask],
  [/\b(?:IQoJb3JpZ2lu|[FA]QoGZXIvYXdz|FwoGZXIvYXdz)[A-Za-z0-9+/=_%-]{16,}/g, mask],
  [/\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*/g, mask],
  [/\b(?:gh[pousr]_[A-Za-z0-9]{20,}|github_pat_\w{20,}|xox[abeprs]-[\w-]{10,}|sk-[\w-]{20,})/g, mask],
  [/(:\/\/[^\s/:@"']{0,128}:)[^\s/@"']{1,256}@/g, `$1${mask}@`],
  [new RegExp(`(${assigned})"[^"\\n]*(?:"|$)`, 'gim'), `$1"${mask}"`],
  [new RegExp(`(${assigned})'[^'\\n]*(?:'|$)`, 'gim'), `$1'${mask}'`],
  [new RegExp(`(${assigned})(?!\\[masked\\])[^\\s"'&;,<>]+`, 'gi'), `$1${mask}`],
];

/** Strips, masks and truncates `text` to at most `maxLength` characters; truncated text ends in "…". */
export function clean(text: string, maxLength: number): string {
  let masked = text.replace(/\r\n?/g, '\n').replace(ansi, '').replace(invisible, '');
  for (const [pattern, replacement] of secrets) masked = masked.replace(pattern, replacement);
  return truncate(masked, maxLength);
}

/** The same on one line, for use in a sentence. */
export function cleanLine(text: string, maxLength: number): string {
  return truncate(clean(text, Number.POSITIVE_INFINITY).replace(/\s+/g, ' ').trim(), maxLength);
}

function truncate(text: string, maxLength: number): string {
  if (text.length <= maxLength) return text;
  const kept = text.slice(0, Math.max(0, maxLength - 1));
  // Do not split a surrogate pair.
  return `${/[\ud800-\udbff]$/.test(kept) ? kept.slice(0, -1) : kept}…`;
}
