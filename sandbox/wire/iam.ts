/**
 * Whether an identity policy allows a request: as much of IAM's evaluation as the policies of this project use.
 * An explicit deny wins, then an allow; anything else is not allowed. An unknown operator is an error, not a guess.
 * Source: "Policy evaluation logic" and "IAM JSON policy elements" in the IAM user guide.
 */

interface PolicyStatement {
  readonly Sid?: string;
  readonly Effect: 'Allow' | 'Deny';
  readonly Action?: string | readonly string[];
  readonly Resource?: string | readonly string[];
  readonly NotResource?: string | readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
}

export interface PolicyDocument {
  readonly Version?: string;
  readonly Statement: readonly PolicyStatement[];
}

export interface Attempt {
  /** `s3:PutObject`. */
  readonly action: string;
  /** An ARN. */
  readonly resource: string;
  /** Condition keys of the request: `s3:prefix`. */
  readonly context?: Readonly<Record<string, string>>;
}

export function evaluatePolicy(
  policy: PolicyDocument,
  attempt: Attempt,
): 'allowed' | 'not allowed' | 'explicitly denied' {
  const matching = policy.Statement.filter((statement) => applies(statement, attempt));
  if (matching.some(({ Effect }) => Effect === 'Deny')) return 'explicitly denied';
  return matching.length > 0 ? 'allowed' : 'not allowed';
}

function applies(statement: PolicyStatement, { action, resource, context = {} }: Attempt): boolean {
  return (
    matches(statement.Action, action, 'i') &&
    (statement.NotResource === undefined
      ? matches(statement.Resource, resource, '')
      : !matches(statement.NotResource, resource, '')) &&
    Object.entries(statement.Condition ?? {}).every(([operator, keys]) =>
      Object.entries(keys).every(([key, patterns]) => isMet(operator, context[key], list(patterns))),
    )
  );
}

type Patterns = string | readonly string[] | undefined;

function matches(patterns: Patterns, value: string, flags: string): boolean {
  return list(patterns).some((pattern) => like(pattern, value, flags));
}

function isMet(operator: string, value: string | undefined, patterns: readonly string[]): boolean {
  switch (operator) {
    case 'StringEquals':
      return value !== undefined && patterns.includes(value);
    case 'StringLike':
      return value !== undefined && matches(patterns, value, '');
    default:
      throw new Error(`the sandbox does not know the condition operator ${operator}`);
  }
}

/** `*` matches any run of characters, including slashes; `?` matches one. */
function like(pattern: string, value: string, flags: string): boolean {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${source}$`, `su${flags}`).test(value);
}

function list(patterns: Patterns): readonly string[] {
  return patterns === undefined ? [] : typeof patterns === 'string' ? [patterns] : patterns;
}
