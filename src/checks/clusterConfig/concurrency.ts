/** How many checks run at a time, and how many there are. */
import { type Finding, refuse, warn } from './finding.ts';
import type { ClusterConfig } from './model.ts';

/** EMR: StepConcurrencyLevel 1 to 256; at most 256 pending and running steps a cluster. */
const mostSteps = 256;
/** From this many on, a round with one step at a time says little but the sum of its checks. Our own line. */
const manyChecks = 20;

export function concurrencyFindings(config: ClusterConfig, checks: number | undefined): Finding[] {
  const level = config.StepConcurrencyLevel ?? 1;
  const path = 'StepConcurrencyLevel';
  if (level < 1 || level > mostSteps)
    return [refuse(path, `it is ${level}, and EMR takes 1 to ${mostSteps}`, 'set it to 8 or so')];
  const stopping = config.Steps.map((step, index) => ({ action: step.ActionOnFailure, index })).filter(
    ({ action }) => action !== 'CONTINUE',
  );
  return [
    // The API's default is TERMINATE_CLUSTER, which EMR refuses as soon as steps run side by side.
    ...(level === 1
      ? []
      : stopping.map(({ action, index }) =>
          refuse(
            `Steps[${index}].ActionOnFailure`,
            `it is ${action ?? 'not set'}, and with ${level} steps at a time EMR takes CONTINUE only`,
            'set it to CONTINUE (the DAG does so for the checks)',
          ),
        )),
    ...(level === 1 && checks !== undefined && checks >= manyChecks
      ? [
          warn(
            path,
            `it is 1, so ${checks} checks run one after another`,
            'set it to what production runs at a time',
          ),
        ]
      : []),
    ...(checks !== undefined && checks > mostSteps
      ? [
          warn(
            path,
            `${checks} checks are more than the ${mostSteps} active steps that EMR allows: the DAG submits them bit by bit, so that waiting shows as time between steps`,
            'read queue times of this round with that in mind',
          ),
        ]
      : []),
  ];
}
