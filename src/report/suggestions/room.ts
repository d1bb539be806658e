import { readClusterConfig } from '../../checks/clusterConfig/model.ts';
import { sparkRequest } from '../../checks/clusterConfig/sparkSubmit.ts';

const seeSum = 'if the nodes have room: dags/cluster_configs/README.md has the sum';

/**
 * What so many steps at once ask of the nodes, as a condition: executors and MiB where the settings say how many executors
 * of which memory a step takes.
 */
export function roomFor(slots: number, settings: Readonly<Record<string, string>> = {}): string {
  const request = sparkRequest(
    readClusterConfig({
      AuditStep: { Jar: 'command-runner.jar', Args: ['spark-submit'] },
      Configurations: [{ Classification: 'spark-defaults', Properties: settings }],
    }),
  );
  if (!request?.executor || !request.executors || request.dynamic) return seeSum;
  const { executor, executors, driver, deployMode } = request;
  const isDriverInside = deployMode === 'cluster' && driver !== undefined;
  const drivers = isDriverInside ? ` and ${slots} drivers of ${driver.totalMb} MiB` : '';
  const stepMb = executors * executor.totalMb + (isDriverInside ? driver.totalMb : 0);
  const left = isDriverInside ? '' : ', drivers not counted';
  return `if the nodes have room for ${slots * executors} executors of ${executor.totalMb} MiB${drivers}: ${slots * stepMb} MiB of YARN memory${left}`;
}
