import * as z from 'zod';
import { schedules } from '../domain/schedules.ts';
import type { Ports } from '../ports/ports.ts';
import type { Watch } from '../ports/time.ts';
import { baselineQuestionLines, textOf, type Wording } from './text.ts';

/** The answer to a question that only the user may answer. A decline is reported as one: some clients decline unasked, so it is no more than that. */
export type Answer = 'accepted' | 'declined' | 'unanswered';

export interface ToolCall extends Watch {
  /**
   * Asks the user through the client, if the client can; silence and invalid answers are `unanswered`. Since MCP
   * 2026-07-28 it is `unanswered` at first, and the client repeats the call with the answer: a call asks one question,
   * or records each yes, and what it does without a yes can be repeated.
   */
  ask(question: string): Promise<Answer>;
  /** Asks the user at the terminal of the command. Only the shell has it, and only on a terminal. */
  askAtTerminal?(question: string): Promise<Answer>;
}

/** `read` changes nothing outside STATE_DIR; `destroy` may discard the user's edits. */
export type Effect = 'read' | 'write' | 'destroy';

/** The first fields of every result. */
export const result = {
  summary: z.string(),
  nextSteps: z.array(z.string()).max(3),
};

/** A list that a result leaves out when it is empty: it would say nothing, and costs tokens. */
export function listOf<Item extends z.ZodType>(item: Item) {
  return z.array(item).optional();
}

/** A list that callers rely on: there also when it is empty. */
export function rowsOf<Item extends z.ZodType>(item: Item) {
  return z.array(item).default([]);
}

/** How many rows a list would have uncut; left out with the empty list. */
export const totalOf = z.int().optional();

type Result = z.ZodObject<typeof result>;

export interface Tool<Input extends z.ZodObject = z.ZodObject, Output extends Result = Result> {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly effect: Effect;
  /** False if a repeated call does its work again. */
  readonly idempotent?: false;
  /** Calls AWS or Airflow. */
  readonly openWorld?: true;
  /** Clients that support the hint ask their user on every call. */
  readonly asksEveryTime?: true;
  /** Hosts that show pages show the report next to the result. */
  readonly showsReport?: true;
  /** Writes in the target repository: one such call at a time, across servers. */
  readonly writesInTarget?: true;
  /** Works even if settings are missing. */
  readonly needsNoSettings?: true;
  readonly input: Input;
  readonly output: Output;
  run(input: z.output<Input>, ports: Ports, call: ToolCall): Promise<z.input<Output>>;
  /** The structured result as text; says everything the structure says. */
  render(output: z.output<Output>): string;
  /** The result in place of the other while the user has to decide about the baseline. */
  readonly question?: typeof baselineQuestion | undefined;
}

/** A tool as its file declares it: with the lines of the fields that it words itself. */
type Declared<Input extends z.ZodObject, Output extends Result> = Omit<
  Tool<Input, Output>,
  'render' | 'question'
> & {
  /** Asks where the baseline is a level of a load test, and changes nothing then. */
  readonly needsBaseline?: true;
  readonly lines?: Wording<z.output<Output>>;
};

/** Connects the types of a tool's schemas and functions, and renders its result. */
export function defineTool<Input extends z.ZodObject, Output extends Result>({
  lines = {},
  needsBaseline,
  ...tool
}: Declared<Input, Output>): Tool<Input, Output> {
  const question = needsBaseline && baselineQuestion;
  return { ...tool, question, render: (output) => textOf(output, lines) };
}

const aLoad = 'must be a whole number from 1 to 1000, such as 2 or "2x"';

/** A load between two whole ones names both: which of them is meant, only the user knows. */
function wrongLoad({ input }: { readonly input?: unknown }): string {
  const fraction = /^\s*(\d{1,3})\.\d+\s*x?\s*$/i.exec(String(input))?.[1];
  const lower = Number(fraction);
  return fraction === undefined || lower < 1 ? aLoad : `${aLoad} (ask the user: ${lower}x or ${lower + 1}x)`;
}

const aWholeLoad = z.int({ error: wrongLoad }).min(1, { error: aLoad }).max(1000, { error: aLoad });

/** Accepts `2`, `"2"` and `"2x"`; returns a whole number from 1 to 1000. */
export const loadInput = z
  .union(
    [
      aWholeLoad,
      z
        .string()
        .trim()
        .max(12, { error: wrongLoad })
        .refine((text) => /^\d{1,4}x?$/i.test(text), { error: wrongLoad }),
    ],
    {
      error: wrongLoad,
    },
  )
  .transform((load) => (typeof load === 'number' ? load : Number.parseInt(load, 10)))
  .pipe(aWholeLoad);

export const loadOutput = z.int().min(1).max(1000);
export const scheduleInput = z.enum(schedules, { error: `must be one of ${schedules.join(', ')}` });
export const reviewIdInput = z.string().regex(/^[0-9a-f]{16}$/, {
  error: 'must be a review id of 16 hex digits from scaleConfigs or reviewConfigs',
});
export const clusterIdInput = z
  .string()
  .regex(/^j-[A-Z0-9]{1,20}$/, { error: 'must be an EMR cluster id such as j-2ABCDEFG12345' });

/** A line of a check file that differs. */
export const changedLine = z.object({
  file: z.string(),
  line: z.int(),
  before: z.string(),
  after: z.string(),
});

/** The client's question was declined. */
export const declined = z.literal(true).optional();

/** The same call with the missing arguments, for results that are a question to the user. */
export const callAgain = z.object({ tool: z.string(), arguments: z.record(z.string(), z.unknown()) });

/** What a call was given, for the same call again; a flag that is not set says nothing. */
export function givenIn(given: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(given).filter(([, value]) => value !== undefined && value !== false),
  );
}

/** Files of the baseline that a load test wrote at a load: only in that question. */
export const baselineQuestionFields = {
  loadedBaselines: listOf(z.object({ file: z.string(), load: loadOutput })),
  loadedBaselinesTotal: totalOf,
  callAgain: callAgain.optional(),
};

/** A DAG run that could be meant. */
export const possibleRun = z.object({
  clusterId: z.string(),
  schedule: scheduleInput,
  load: loadOutput.optional(),
  startedAt: z.string(),
  seconds: z.int(),
  steps: z.int(),
  active: z.boolean(),
});

/** A cluster that is up although nothing runs on it. */
export const stillUp = z.object({
  clusterId: z.string(),
  idleSeconds: z.int(),
  usdPerHour: z.number().optional(),
  endsAt: z.string().optional(),
});

const levelCost = {
  seconds: z.number(),
  usd: z.number().optional(),
  pricesOf: z.string().optional(),
  examplePrices: z.literal(true).optional(),
  baselineUnknown: z.literal(true).optional(),
};

/** What earlier reports say of a run before it is paid for; absent where they say nothing. */
export const outlookOutput = {
  outlook: z.string().optional(),
  expected: z
    .object({ ...levelCost, lowSeconds: z.number().optional(), highSeconds: z.number().optional() })
    .optional(),
  lastLevel: z.object({ load: loadOutput, ...levelCost }).optional(),
  knownFailures: z.array(z.object({ check: z.string(), load: loadOutput, cause: z.string() })).optional(),
  knownFailuresTotal: z.int().optional(),
};

/** A DAG run that no round owns. */
export const otherRun = possibleRun.omit({ seconds: true, active: true });

const baselineQuestionResult = z.object({
  ...result,
  status: z.literal('needs_decision'),
  ...baselineQuestionFields,
});

const baselineQuestion = {
  output: baselineQuestionResult,
  render: (asked: z.output<typeof baselineQuestionResult>) => textOf(asked, baselineQuestionLines),
};
