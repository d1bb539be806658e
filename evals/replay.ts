/** Plays the ideal calls of a scenario, and reports where the product behaves differently. */
import { judge, type MadeCall } from './judge.ts';
import type { Call, Event, Scenario } from './scenario.ts';
import { applyEvent, differences, includes, type Sandbox } from './world.ts';

export interface Answer {
  readonly failed: boolean;
  readonly text: string;
  readonly structure: Readonly<Record<string, unknown>>;
}

export interface Stage extends Sandbox {
  call(tool: string, given: Readonly<Record<string, unknown>>): Promise<Answer>;
}

/** The differences from the scenario, one sentence each; empty without any. */
export async function replay(scenario: Scenario, stage: Stage): Promise<string[]> {
  const problems: string[] = [];
  const made: MadeCall[] = [];
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
  /** The newest ids from results, by name. */
  readonly known: Record<string, unknown>;
  /** What a model would remember: each call with its structured result. */
  readonly remembered: readonly string[];
}

/** Brings the world to the state in which the conversation starts. @throws Error when it cannot */
export async function playBefore(scenario: Scenario, stage: Stage): Promise<Before> {
  const known: Record<string, unknown> = {};
  const problems: string[] = [];
  const remembered: string[] = [];
  const recording: Stage = {
    ...stage,
    async call(tool, given) {
      const answer = await stage.call(tool, given);
      remembered.push(`${tool} ${JSON.stringify(given)} answered ${JSON.stringify(answer.structure)}`);
      return answer;
    },
  };
  for (const one of scenario.before) await step(one, recording, known, problems);
  if (problems.length > 0) throw new Error(`before the conversation: ${problems.join('; ')}`);
  return { known, remembered };
}

async function step(
  one: Call | Event,
  stage: Stage,
  known: Record<string, unknown>,
  problems: string[],
): Promise<MadeCall | undefined> {
  if ('happens' in one) {
    known.clusterId = (await applyEvent(withKnownIds(one, known), stage)) ?? known.clusterId;
    return undefined;
  }
  const given = withKnownIds(one.with ?? {}, known);
  const answer = await stage.call(one.call, given);
  if (typeof answer.structure.reviewId === 'string') known.reviewId = answer.structure.reviewId;
  problems.push(...unexpected(one, answer, known));
  return { tool: one.call, given };
}

function unexpected(
  expected: Call,
  { failed, text, structure }: Answer,
  known: Record<string, unknown>,
): string[] {
  const called = `${expected.call} ${JSON.stringify(expected.with ?? {})}`;
  if (expected.refuses !== undefined) {
    if (failed && text.startsWith(expected.refuses)) return [];
    return [
      `${called} answered ${JSON.stringify(text.slice(0, 300))}, not a refusal that starts with ${expected.refuses}`,
    ];
  }
  if (failed) return [`${called} failed: ${text}`];
  if (expected.gives === undefined || includes(structure, withKnownIds(expected.gives, known))) return [];
  return [
    `${called} gave ${JSON.stringify(structure).slice(0, 1200)}, not ${JSON.stringify(expected.gives)}`,
  ];
}

/** Replaces "$reviewId" and "$clusterId" by the known ids, at any depth. */
export function withKnownIds<T>(value: T, known: Readonly<Record<string, unknown>>): T {
  return JSON.parse(JSON.stringify(value), (_, one) =>
    typeof one === 'string' && one.startsWith('$') ? (known[one.slice(1)] ?? one) : one,
  );
}
