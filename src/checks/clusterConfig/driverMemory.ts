/** Drivers: on a worker node in cluster deploy mode, side by side on the primary node in client mode. */
import { type Finding, refuse, warn } from './finding.ts';
import { nodeMemoryMb } from './instanceTypes.ts';
import type { ClusterConfig } from './model.ts';
import { largestWorker, nodePools, workerNodes } from './nodes.ts';
import { type Container, sparkRequest } from './sparkSubmit.ts';

export function driverMemoryFindings(config: ClusterConfig): Finding[] {
  const request = sparkRequest(config);
  if (request?.driver === undefined) return [];
  return request.deployMode === 'cluster'
    ? onWorkers(config, request.driver)
    : onPrimary(config, request.driver, config.StepConcurrencyLevel ?? 1);
}

/** YARN's Spark client refuses a driver above the largest container that the cluster can give. */
function onWorkers(config: ClusterConfig, { heapMb, overheadMb, totalMb }: Container): Finding[] {
  const largest = largestWorker(workerNodes(config) ?? []);
  if (largest === undefined || totalMb <= largest.capacity.memoryMb) return [];
  return [
    refuse(
      'AuditStep.Args',
      `the driver asks for ${totalMb} MiB (${heapMb} + ${overheadMb} overhead), and a ${largest.type} has ${largest.capacity.memoryMb} for YARN`,
      'lower --driver-memory, or take larger core nodes',
    ),
  ];
}

function onPrimary(config: ClusterConfig, { heapMb }: Container, level: number): Finding[] {
  const primary = nodePools(config).find((pool) => pool.role === 'MASTER');
  const memories = (primary?.types ?? []).map((type) => ({ type, memoryMb: nodeMemoryMb(type) }));
  const [node] = memories;
  if (primary === undefined || memories.length !== 1 || node?.memoryMb === undefined) return [];
  if (heapMb > node.memoryMb)
    return [
      refuse(
        'AuditStep.Args',
        `the driver asks for ${heapMb} MiB in client mode, and the primary node (${node.type}) has ${node.memoryMb}`,
        'lower --driver-memory, or use --deploy-mode cluster',
      ),
    ];
  if (heapMb * level <= node.memoryMb) return [];
  return [
    warn(
      'AuditStep.Args',
      `${level} drivers at once may take ${heapMb * level} MiB in client mode, and the primary node (${node.type}) has ${node.memoryMb}`,
      'use --deploy-mode cluster, or a larger primary node',
    ),
  ];
}
