/** Counts what a model reads in tokens of o200k: the tool list, and the results of one load level. */
import { countTokens } from 'gpt-tokenizer/encoding/o200k_base';

export interface Counted {
  readonly name: string;
  readonly tokens: number;
}

export interface ListedTool {
  readonly name: string;
  readonly description?: string | undefined;
  readonly inputSchema: unknown;
}

/** Tokens of each tool as a client passes it to the model: name, description and input schema as one JSON object. */
export function countTools(tools: readonly ListedTool[]): Counted[] {
  return tools.map(({ name, description, inputSchema }) => ({
    name,
    tokens: countTokens(JSON.stringify({ name, description, inputSchema })),
  }));
}

/** The structured result is the part that Claude Code shows to the model. */
export function countResult(tool: string, structure: unknown): Counted {
  const text = JSON.stringify(structure).replaceAll(id, ({ length }) => oneId.slice(0, length));
  return { name: tool, tokens: countTokens(text) };
}

/** Of a commit or a review. Each run has others, which take up to ten tokens more or less: one stands for all. */
const id = /\b(?=\d*[a-f])(?=[a-f]*\d)[0-9a-f]{7,64}\b/g;
const oneId = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';

export const total = (counted: readonly Counted[]): number =>
  counted.reduce((sum, { tokens }) => sum + tokens, 0);

export interface StoryDriver {
  /** Calls a tool and returns its structured result. */
  call(tool: string, given: Record<string, unknown>): Promise<Record<string, unknown>>;
  /** The person triggers the DAG in Airflow. */
  trigger(): Promise<unknown>;
  /** Time passes until the logs of failed steps are available. */
  wait(minutes: number): Promise<unknown>;
}

/** The 2x chapter of the demo, from checkSetup to the commit: the tokens of each call's result. */
export async function countStory(driver: StoryDriver): Promise<Counted[]> {
  const counted: Counted[] = [];
  async function call(tool: string, given: Record<string, unknown> = {}) {
    const structure = await driver.call(tool, given);
    counted.push(countResult(tool, structure));
    return structure;
  }
  await call('checkSetup');
  await call('scaleConfigs', { load: '2x' });
  const { reviewId } = await call('fixInterval', { check: 'check_campaigns_15m', from: 2, to: 1 });
  await call('uploadChecks', { reviewId, approved: true });
  await call('uploadDags');
  await driver.trigger();
  while ((await call('pollCluster')).done !== true) await driver.wait(1);
  await driver.wait(10);
  await call('buildReport');
  await call('commitResults', { keyFindings: '2x fits, with one missing column' });
  return counted;
}
