/** What to do after a round, by its outcome. */
import type { RoundOutcome } from '../../state/session.ts';

/** How to rerun a load. */
export function rerun(load: number): string {
  return `rerun ${load}x: call uploadDags if a file changed, otherwise markRound; then ask the user to trigger the DAG in Airflow.`;
}

/** The level after `load`: at most 1000. */
export function doubled(load: number): number {
  return Math.min(2 * load, 1000);
}

/** `outcome` is undefined for a round that was reported before outcomes were recorded. */
export function stepsAfterRound(outcome: RoundOutcome, load: number): string[] {
  const commit = `commitResults to commit the configs and the report, then scaleConfigs with load ${doubled(load)}.`;
  switch (outcome) {
    case 'fits':
      return [`Call ${commit}`, `Or ${rerun(load)}`];
    case 'missed':
      return [
        `Ask the user to change what the suggestions name, then ${rerun(load)}`,
        'Or call commitResults and stop: a higher load only adds work.',
      ];
    case undefined:
      return [
        `If ${load}x fits its window, call ${commit}`,
        `Otherwise fix what the report names and ${rerun(load)}`,
      ];
    default:
      return [
        `Inconclusive. Ask the user to fix what failed, then ${rerun(load)}`,
        'Or call commitResults if the user accepts the round as it is.',
      ];
  }
}
