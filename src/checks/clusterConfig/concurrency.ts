/** How many checks run at a time, and how many there are. */
import { type ConfigFinding, configRefusal, configWarning } from './finding.ts';
import type { ClusterConfig } from './model.ts';

/** EMR: StepConcurrencyLevel is 1 to 256; a cluster has at most 256 pending and running steps. */
const stepLimit = 256;
/** Our own threshold: with this many checks one at a time, a round measures little more than the sum of its checks. */
const manyChecks = 20;

export function concurrencyFindings(config: ClusterConfig, checks: number | undefined): ConfigFinding[] {
  const level = config.StepConcurrencyLevel ?? 1;
  const path = 'StepConcurrencyLevel';
  if (level < 1 || level > stepLimit)
    return [configRefusal(path, `${level} is outside EMR's range of 1 to ${stepLimit}`, 'set it to about 8')];
  const stopping = config.Steps.map((step, index) => ({ action: step.ActionOnFailure, index })).filter(
    ({ action }) => action !== 'CONTINUE',
  );
  return [
    // The API's default is TERMINATE_CLUSTER, which EMR refuses as soon as steps run concurrently.
    ...(level === 1
      ? []
      : stopping.map(({ action, index }) =>
          configRefusal(
            `Steps[${index}].ActionOnFailure`,
            `it is ${action ?? 'not set'}, but with ${level} concurrent steps EMR accepts only CONTINUE`,
            'set it to CONTINUE, as the DAG does for the checks',
          ),
        )),
    ...(level === 1 && checks !== undefined && checks >= manyChecks
      ? [
          configWarning(
            path,
            `it is 1, so ${checks} checks run one at a time`,
            'set it to the step concurrency of production',
          ),
        ]
      : []),
    ...(checks !== undefined && checks > stepLimit
      ? [
          configWarning(
            path,
            `${checks} checks exceed EMR's limit of ${stepLimit} active steps: the DAG submits them gradually, so waiting shows as time between steps`,
            'keep this in mind when you read the queue times of this round',
          ),
        ]
      : []),
  ];
}
