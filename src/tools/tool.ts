import * as z from 'zod';
import { schedules } from '../checks/schedules.ts';
import type { Ports, Watch } from '../ports.ts';

/** A question that only a person may answer. Anything but a clear yes is `unanswered`: never a person's no. */
export type Answer = 'accepted' | 'unanswered';

export interface ToolCall extends Watch {
  /** Asks the person through the client, where the client can; silence, decline and nonsense are `unanswered`. */
  ask(question: string): Promise<Answer>;
  /** Asks whoever sits at the terminal that the command was typed in; only the shell has it, and only on a terminal. */
  askAtTerminal?(question: string): Promise<Answer>;
}

/** `read` changes nothing outside STATE_DIR; `destroy` may take away what somebody made. */
export type Effect = 'read' | 'write' | 'destroy';

export interface Tool<Input extends z.ZodObject = z.ZodObject, Output extends z.ZodObject = z.ZodObject> {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly effect: Effect;
  readonly idempotent: boolean;
  /** It talks to AWS or Airflow. */
  readonly openWorld: boolean;
  /** Clients that know the hint ask their user on every call. */
  readonly asksEveryTime?: true;
  /** Hosts that show pages show the report beside the result. */
  readonly showsReport?: true;
  /** It answers also when settings are missing. */
  readonly needsNoSettings?: true;
  readonly input: Input;
  readonly output: Output;
  run(input: z.output<Input>, ports: Ports, call: ToolCall): Promise<z.input<Output>>;
  /** The structured result as text for a person; says everything the structure says. */
  render(output: z.output<Output>): string;
}

/** A tool is a plain object; this only ties the types of its schemas to its functions. */
export function defineTool<Input extends z.ZodObject, Output extends z.ZodObject>(
  tool: Tool<Input, Output>,
): Tool<Input, Output> {
  return tool;
}

const aLoad = 'must be a whole number from 1 to 1000, such as 2 or "2x"';

const aWholeLoad = z.int({ error: aLoad }).min(1, { error: aLoad }).max(1000, { error: aLoad });

/** Accepts `2`, `"2"` and `"2x"`; comes back as a whole number from 1 to 1000. */
export const loadInput = z
  .union(
    [
      aWholeLoad,
      z
        .string()
        .trim()
        .regex(/^\d{1,4}x?$/i, { error: aLoad }),
    ],
    {
      error: aLoad,
    },
  )
  .transform((load) => (typeof load === 'number' ? load : Number.parseInt(load, 10)))
  .pipe(aWholeLoad);

export const loadOutput = z.int().min(1).max(1000);
export const scheduleInput = z.enum(schedules, { error: `must be one of ${schedules.join(', ')}` });
export const reviewIdInput = z.string().regex(/^[0-9a-f]{16}$/, {
  error: 'must be a review id of 16 hex digits, as scaleConfigs or reviewConfigs named it',
});
export const clusterIdInput = z
  .string()
  .regex(/^j-[A-Z0-9]{1,20}$/, { error: 'must be an EMR cluster id such as j-2ABCDEFG12345' });

/** Where every result begins. */
export const result = {
  summary: z.string(),
  nextSteps: z.array(z.string()).max(3),
};

/** The same call again, with what is still missing: for results that are a question to the person. */
export const callAgain = z.object({ tool: z.string(), arguments: z.record(z.string(), z.unknown()) });
