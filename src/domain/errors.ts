import { maskSecrets } from './foreignText.ts';

/** The kind of failure, for callers to branch on. */
export type ErrorCode =
  | 'BAD_INPUT'
  | 'WRONG_STATE'
  | 'NOT_FOUND'
  | 'DENIED'
  | 'UPSTREAM'
  | 'CONFIG'
  | 'CONFLICT';

/**
 * An expected failure, with a text for the user.
 *
 * `message` says what happened, and what was and was not changed; `next` is the next step, with the name of a tool
 * or a setting. Adapters translate foreign errors into a ToolError and keep them as `cause`; nothing wraps it again.
 */
export class ToolError extends Error {
  override readonly name = 'ToolError';
  readonly code: ErrorCode;
  readonly next: string;

  constructor(code: ErrorCode, message: string, options: { next: string; cause?: unknown }) {
    // Messages quote git, AWS and paths.
    super(maskSecrets(message), { cause: options.cause });
    this.code = code;
    this.next = maskSecrets(options.next);
  }

  /** The complete error text: `CODE: what happened. … Next: …`. */
  get text(): string {
    return `${this.code}: ${this.message} Next: ${this.next}`;
  }
}

/** EMR throttles, or would by our own count of its quota, and the caller does not wait. */
export class QuotaUsedUp extends ToolError {
  constructor(cause?: unknown) {
    super('UPSTREAM', "EMR's request quota is used up. Nothing was changed.", {
      next: 'Wait a minute and call the same tool again.',
      cause,
    });
  }
}

/** The fields of a result that asks the user something. */
export interface Question {
  readonly summary: string;
  readonly nextSteps: string[];
  readonly [field: string]: unknown;
}

/** Stops a call with a question to the user, which the interfaces answer as a result. */
export class OpenQuestion extends ToolError {
  readonly question: Question;

  constructor(question: Question) {
    super('CONFLICT', question.summary, { next: question.nextSteps.join(' ') });
    this.question = question;
  }
}
