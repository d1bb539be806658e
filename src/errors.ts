/** What a failure is about; the word a caller can branch on. */
export type ErrorCode =
  | 'BAD_INPUT'
  | 'WRONG_STATE'
  | 'NOT_FOUND'
  | 'DENIED'
  | 'UPSTREAM'
  | 'CONFIG'
  | 'CONFLICT';

/**
 * A failure that was foreseen, in words for the person at the other end.
 *
 * `message` says what happened and what was and was not changed; `next` says what to do now, naming a
 * tool or a setting. Adapters translate foreign errors into it and keep them as `cause`; nothing rewraps it.
 */
export class ToolError extends Error {
  override readonly name = 'ToolError';
  readonly code: ErrorCode;
  readonly next: string;

  constructor(code: ErrorCode, message: string, options: { next: string; cause?: unknown }) {
    super(message, { cause: options.cause });
    this.code = code;
    this.next = options.next;
  }

  /** The whole failure as one text: `CODE: what happened. … Next: …`. */
  get text(): string {
    return `${this.code}: ${this.message} Next: ${this.next}`;
  }
}
