/** Plays the calls that a scenario calls ideal, and says where the product does something else. */
import { judge, type Made } from './judge.ts';
import type { Call, Event, Scenario } from './scenario.ts';
import { differences, happen, holds, type Place } from './world.ts';

export interface Answer {
  readonly failed: boolean;
  readonly text: string;
  readonly structure: Readonly<Record<string, unknown>>;
}

export interface Stage extends Place {
  call(tool: string, given: Readonly<Record<string, unknown>>): Promise<Answer>;
}

/** Empty when everything is as the scenario says; else one sentence for each thing that is not. */
export async function replay(scenario: Scenario, stage: Stage): Promise<string[]> {
  const problems: string[] = [];
  const made: Made[] = [];
  const { known } = await playBefore(scenario, stage);
  for (const one of scenario.talk) {
    if ('person' in one) continue;
    const call = await step(one, stage, known, problems);
    if (call !== undefined) made.push(call);
  }
  problems.push(...judge(scenario, made, known));
  const session = await stage.call('showSession', {});
  problems.push(...(await differences(scenario.after, session.structure, stage)));
  return problems;
}

export interface Before {
  /** The ids that were told. */
  readonly known: Record<string, unknown>;
  /** What a model would remember of it: each call with its structured result. */
  readonly remembered: readonly string[];
}

/** Brings the world to where the conversation begins. @throws Error when it cannot */
export async function playBefore(scenario: Scenario, stage: Stage): Promise<Before> {
  const known: Record<string, unknown> = {};
  const problems: string[] = [];
  const remembered: string[] = [];
  const listening: Stage = {
    ...stage,
    async call(tool, given) {
      const answer = await stage.call(tool, given);
      remembered.push(`${tool} ${JSON.stringify(given)} answered ${JSON.stringify(answer.structure)}`);
      return answer;
    },
  };
  for (const one of scenario.before) await step(one, listening, known, problems);
  if (problems.length > 0) throw new Error(`before the conversation: ${problems.join('; ')}`);
  return { known, remembered };
}

async function step(
  one: Call | Event,
  stage: Stage,
  known: Record<string, unknown>,
  problems: string[],
): Promise<Made | undefined> {
  if ('happens' in one) {
    known.clusterId = (await happen(filled(one, known), stage)) ?? known.clusterId;
    return undefined;
  }
  const given = filled(one.with ?? {}, known);
  const answer = await stage.call(one.call, given);
  if (typeof answer.structure.reviewId === 'string') known.reviewId = answer.structure.reviewId;
  problems.push(...unexpected(one, answer, known));
  return { tool: one.call, given };
}

function unexpected(
  wanted: Call,
  { failed, text, structure }: Answer,
  known: Record<string, unknown>,
): string[] {
  const called = `${wanted.call} ${JSON.stringify(wanted.with ?? {})}`;
  if (wanted.refuses !== undefined) {
    if (failed && text.startsWith(wanted.refuses)) return [];
    return [
      `${called} answered ${JSON.stringify(text.slice(0, 300))}, not a refusal that begins ${wanted.refuses}`,
    ];
  }
  if (failed) return [`${called} failed: ${text}`];
  if (wanted.gives === undefined || holds(structure, filled(wanted.gives, known))) return [];
  return [`${called} gave ${JSON.stringify(structure).slice(0, 1200)}, not ${JSON.stringify(wanted.gives)}`];
}

/** "$reviewId" and the like become what is known, wherever they stand. */
export function filled<T>(value: T, known: Readonly<Record<string, unknown>>): T {
  return JSON.parse(JSON.stringify(value), (_, one) =>
    typeof one === 'string' && one.startsWith('$') ? (known[one.slice(1)] ?? one) : one,
  );
}
