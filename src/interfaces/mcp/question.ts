/**
 * How a call asks its user through the client. Until 2025-11-25 the server sends a request during the call. From
 * 2026-07-28 it ends the call with the question, and the client repeats the call with the answer.
 */
import { randomUUID } from 'node:crypto';
import {
  CLIENT_CAPABILITIES_META_KEY,
  type ClientCapabilities,
  type ElicitRequestFormParams,
  type InputRequiredResult,
  inputRequired,
  inputResponse,
  type ServerContext,
} from '@modelcontextprotocol/server';
import { sha256 } from '../../domain/digest.ts';
import type { Ports } from '../../ports/ports.ts';
import type { Answer } from '../../tools/tool.ts';
import { log } from '../log.ts';

type ElicitInput = ServerContext['mcpReq']['elicitInput'];
type Request = Pick<ServerContext['mcpReq'], 'envelope' | 'inputResponses' | 'requestState'>;

export interface Asking {
  ask(question: string): Promise<Answer>;
  /** The question that the call has to end with; undefined when nothing is left to ask. */
  open(): InputRequiredResult | undefined;
}

/** An empty declaration is the one of 2025-06-18, which knew forms only; `url` alone cannot show our question. */
function canAsk(capabilities: ClientCapabilities | undefined): boolean {
  const declared = capabilities?.elicitation;
  return declared !== undefined && (declared.form !== undefined || declared.url === undefined);
}

function formOf(question: string): ElicitRequestFormParams {
  return {
    message: question,
    requestedSchema: {
      type: 'object',
      properties: { decision: { type: 'string', title: 'Decision', enum: ['approve', 'not now'] } },
      required: ['decision'],
    },
  };
}

/** Only an explicit approval counts. Some hosts decline without asking anyone: a decline is the client's answer. */
function answerIn(action: unknown, content: Readonly<Record<string, unknown>> | undefined): Answer {
  const decision = action === 'accept' ? content?.decision : undefined;
  if (decision === 'approve') return 'accepted';
  return action === 'decline' || decision === 'not now' ? 'declined' : 'unanswered';
}

/** Asks while the call waits, for `answerWithinMs` at most. */
export function askDuringCall(
  elicitInput: ElicitInput,
  capabilities: ClientCapabilities | undefined,
  answerWithinMs: number,
  signal: AbortSignal,
): Asking {
  return {
    open: () => undefined,
    async ask(question) {
      if (!canAsk(capabilities)) return 'unanswered';
      try {
        const { action, content } = await elicitInput(formOf(question), { timeout: answerWithinMs, signal });
        return answerIn(action, content);
      } catch (error) {
        signal.throwIfAborted();
        log('warn', 'the client could not ask the user', {
          message: error instanceof Error ? error.message : String(error),
        });
        return 'unanswered';
      }
    },
  };
}

/** Of our one question, in a result and in the call that answers it. */
const questionName = 'decision';

/**
 * Asks by the result of the call. `subject` is what the call would do: its tool and arguments. The state that travels
 * with the question is a digest of both, so that it needs no memory and survives a restart; an answer to anything else,
 * and one that was used before, is asked anew. It is not signed: a client that could forge it could also answer.
 */
export function askByResult(request: Request, subject: unknown, used: UsedAnswers): Asking {
  let open: InputRequiredResult | undefined;
  return {
    open: () => open,
    async ask(question) {
      if (!canAsk(capabilitiesIn(request))) return 'unanswered';
      const state = request.requestState<unknown>();
      if (typeof state === 'string' && isStateOf(state, subject, question) && (await used.use(state))) {
        const response = inputResponse(request.inputResponses, questionName);
        if (response.kind === 'elicit') return answerIn(response.action, response.content);
      }
      open = inputRequired({
        inputRequests: { [questionName]: inputRequired.elicit(formOf(question)) },
        requestState: stateOf(randomUUID(), subject, question),
      });
      return 'unanswered';
    },
  };
}

/** The SDK has checked the value; its published type of the envelope is empty. */
function capabilitiesIn({ envelope }: Request): ClientCapabilities | undefined {
  return (envelope as Record<string, ClientCapabilities> | undefined)?.[CLIENT_CAPABILITIES_META_KEY];
}

function stateOf(once: string, subject: unknown, question: string): string {
  return `${once}.${sha256(JSON.stringify([once, subject, question]))}`;
}

function isStateOf(state: string, subject: unknown, question: string): boolean {
  return state === stateOf(state.slice(0, state.indexOf('.')), subject, question);
}

export interface UsedAnswers {
  /** True once for a state, whichever process asks and also after a restart. */
  use(state: string): Promise<boolean>;
}

export function usedAnswers({ blobs }: Pick<Ports, 'blobs'>): UsedAnswers {
  return { use: (state) => blobs.claim(Buffer.from(`answered ${state}`)) };
}
