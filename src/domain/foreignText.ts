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

/** Names whose value is a secret, whatever it looks like; the end of a longer name counts: `aws_secret_access_key`. */
const secretName =
  'pass(?:word|wd|phrase|code)|pwd|secrets?|token|' +
  '(?:secret|access|private|api|account|auth|encryption|signing|shared|master)[_.\\s-]?(?:access[_.\\s-]?)?key(?:[_.-]?id)?';

/** The name and the sign after it, as in settings, JSON, JDBC URLs and query strings. */
const assigned = `(?:${secretName})["']?\\s{0,4}[=:]\\s{0,4}`;

/** Options of commands whose value is a secret. A sort key or a partition key is not a secret. */
const optionName =
  `(?<![\\w-])--?[\\w.-]{0,40}?(?:${secretName}|credentials?|` +
  '(?<!(?:primary|partition|sort|foreign|unique|join|merge|group|bucket|cluster|row|hash|range|business|natural|surrogate)[-_.]?)key)';

/** Between an option and its value, also in a list of arguments. */
const optionGap = '["\']?(?:\\s{0,4},\\s{0,4}|=|\\s{1,4})["\']?';

const notMasked = '(?!\\[masked\\])';

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
  // GitHub, GitLab, Slack, OpenAI, Databricks, Google, Stripe, npm, Hugging Face, SendGrid, DigitalOcean, Docker, Shopify.
  [/\b(?:gh[pousr]_[A-Za-z0-9]{20,}|github_pat_\w{20,}|glpat-[\w-]{16,}|xox[abeprs]-[\w-]{10,})/g, mask],
  [/\b(?:sk-[\w-]{20,}|dapi[0-9a-f]{16,}(?:-\d)?|AIza[\w-]{16,}|ya29\.[\w-]{16,})/g, mask],
  [/\b(?:[spr]k_(?:live|test)_\w{8,}|whsec_\w{16,}|npm_\w{20,}|hf_\w{20,})/g, mask],
  [
    /\b(?:SG\.[\w-]{16,}\.[\w-]{16,}|do[opr]_v1_\w{20,}|dckr_pat_[\w-]{16,}|shp(?:at|ss|ca|pa)_\w{16,})/g,
    mask,
  ],
  [/(:\/\/[^\s/:@"']{0,128}:)[^\s/@"']{1,256}@/g, `$1${mask}@`],
  [new RegExp(`(${assigned})"[^"\\n]*(?:"|$)`, 'gim'), `$1"${mask}"`],
  [new RegExp(`(${assigned})'[^'\\n]*(?:'|$)`, 'gim'), `$1'${mask}'`],
  [new RegExp(`(${assigned})${notMasked}[^\\s"'&;,<>]+`, 'gi'), `$1${mask}`],
  [new RegExp(`(${optionName}${optionGap})${notMasked}[^\\s"',-][^\\s"',]*`, 'gi'), `$1${mask}`],
  // `-p 5432` is a port and `mkdir -p a/b` a folder.
  [
    new RegExp(
      `((?<!mkdir )(?<![\\w-])-p${optionGap})${notMasked}(?![-/.]|\\d{1,5}(?::\\d{1,5})?(?!\\w))[^\\s"',]{3,}`,
      'g',
    ),
    `$1${mask}`,
  ],
  // Without a sign between them, only a value that is no ordinary word: "password authentication failed" stays.
  [
    new RegExp(
      `(\\b[\\w.-]{0,40}?(?:${secretName})\\s{1,4}["']?)${notMasked}(?=[^\\s"',]{0,80}\\d)[^\\s"',]{6,}`,
      'gi',
    ),
    `$1${mask}`,
  ],
  [
    new RegExp(
      `(\\bcredentials?["']?(?:\\s{0,4}[=:]\\s{0,4}|\\s{1,4})["']?)${notMasked}(?=[^\\s"',]{0,80}\\d)[^\\s"',;&]{6,}`,
      'gi',
    ),
    `$1${mask}`,
  ],
  // A bare key may be that of an object or a row: only what looks random is masked.
  [
    /(\bkey["']?(?:\s{0,4}[=:]\s{0,4}|\s{1,4})["']?)(?=[^\s"',]{0,80}\d)(?=[^\s"',]{0,80}[A-Za-z])[A-Za-z0-9_=+-]{12,256}(?![\w+/=.-])/gi,
    `$1${mask}`,
  ],
  [
    /(\bkey["']?(?:\s{0,4}[=:]\s{0,4}|\s{1,4})["']?)(?=[A-Za-z0-9+/=]{0,39}[A-Z])(?=[A-Za-z0-9+/=]{0,39}[a-z])(?=[A-Za-z0-9+/=]{0,39}\d)[A-Za-z0-9+/=]{40}(?![\w+/=.-])/gi,
    `$1${mask}`,
  ],
];

/** Most text has none of these, and needs no further look. */
const hint =
  /pass|pwd|secret|token|key|credential|auth|cookie|bearer|basic|signature|sig=|-p\b|:\/\/|AKIA|ASIA|ABIA|ACCA|IQoJ|QoGZ|FwoG|eyJ|gh[pousr]_|github_pat|glpat|xox|sk-|dapi|AIza|ya29|[spr]k_|whsec|npm_|hf_|SG\.|do[opr]_v1|dckr|shp/i;

function withoutSecrets(text: string): string {
  if (!hint.test(text)) return text;
  let masked = text;
  for (const [pattern, replacement] of secrets) masked = masked.replace(pattern, replacement);
  return masked;
}

const endsInSecretName = new RegExp(`(?:${secretName}|credential)s?$`, 'i');

/**
 * The same data with the secrets in its texts masked, and each text whose own name says that it is a secret: for what
 * is written to disk, because reports are committed.
 */
export function maskSecrets<Data>(data: Data): Data {
  return masked(data, '') as Data;
}

function masked(data: unknown, name: string): unknown {
  if (typeof data === 'string')
    return endsInSecretName.test(name) && data !== '' ? mask : withoutSecrets(data);
  if (Array.isArray(data)) return data.map((one) => masked(one, name));
  if (typeof data !== 'object' || data === null || Object.getPrototypeOf(data) !== Object.prototype)
    return data;
  return Object.fromEntries(Object.entries(data).map(([key, value]) => [key, masked(value, key)]));
}

/** Strips, masks and truncates `text` to at most `maxLength` characters; truncated text ends in "…". */
export function clean(text: string, maxLength: number): string {
  const visible = text.replace(/\r\n?/g, '\n').replace(ansi, '').replace(invisible, '');
  return truncate(withoutSecrets(visible), maxLength);
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
