/** Drivers: on a worker node in cluster deploy mode, together on the primary node in client mode. */
import { type ConfigFinding, configRefusal, configWarning } from './finding.ts';
import { nodeMemoryMb } from './instanceTypes.ts';
import type { ClusterConfig } from './model.ts';
import { largestWorker, nodePools, workerNodes } from './nodes.ts';
import { type Container, sparkRequest } from './sparkSubmit.ts';

export function driverMemoryFindings(config: ClusterConfig): ConfigFinding[] {
  const request = sparkRequest(config);
  if (request?.driver === undefined) return [];
  return request.deployMode === 'cluster'
    ? workerDriverFindings(config, request.driver)
    : primaryDriverFindings(config, request.driver, config.StepConcurrencyLevel ?? 1);
}

/** Spark's YARN client refuses a driver larger than the cluster's largest possible container. */
function workerDriverFindings(
  config: ClusterConfig,
  { heapMb, overheadMb, totalMb }: Container,
): ConfigFinding[] {
  const largest = largestWorker(workerNodes(config) ?? []);
  if (largest === undefined || totalMb <= largest.capacity.memoryMb) return [];
  return [
    configRefusal(
      'AuditStep.Args',
      `the driver requests ${totalMb} MiB (${heapMb} + ${overheadMb} overhead), but YARN has only ${largest.capacity.memoryMb} MiB on ${largest.type} nodes`,
      'lower --driver-memory, or use larger core nodes',
    ),
  ];
}

function primaryDriverFindings(config: ClusterConfig, { heapMb }: Container, level: number): ConfigFinding[] {
  const primary = nodePools(config).find((pool) => pool.role === 'MASTER');
  const memories = (primary?.types ?? []).map((type) => ({ type, memoryMb: nodeMemoryMb(type) }));
  const [node] = memories;
  if (primary === undefined || memories.length !== 1 || node?.memoryMb === undefined) return [];
  if (heapMb > node.memoryMb)
    return [
      configRefusal(
        'AuditStep.Args',
        `the driver requests ${heapMb} MiB in client mode, but the primary node (${node.type}) has only ${node.memoryMb} MiB`,
        'lower --driver-memory, or use --deploy-mode cluster',
      ),
    ];
  if (heapMb * level <= node.memoryMb) return [];
  return [
    configWarning(
      'AuditStep.Args',
      `${level} concurrent drivers may use ${heapMb * level} MiB in client mode, but the primary node (${node.type}) has only ${node.memoryMb} MiB`,
      'use --deploy-mode cluster, or a larger primary node',
    ),
  ];
}
