/** Nodes, services and the network. Wording as in Spark's schedulers and the AWS SDK. */
import type { Signature } from './signature.ts';

export const infrastructure: readonly Signature[] = [
  {
    id: 'lost-node',
    title: 'Node lost',
    class: 'infrastructure',
    pattern:
      /Container released on a \*lost\* node|\bExit status: -100\b|\bNode .{1,120} (?:is|was) (?:LOST|UNHEALTHY)\b|executor decommission/i,
    remedy: {
      setting: 'market of the core and task nodes',
      to: 'on-demand, or spread over more instance types',
    },
  },
  {
    id: 'spot-interruption',
    title: 'Spot instance taken back',
    class: 'infrastructure',
    pattern: /spot (?:instance )?interruption|instance-terminated-no-capacity/i,
    remedy: { setting: 'market of the core and task nodes', to: 'on-demand for the round' },
  },
  {
    id: 's3-slow-down',
    title: 'S3 asks to slow down',
    class: 'infrastructure',
    pattern:
      /Error Code: SlowDown|\bSlowDown\b.{0,80}reduce your request rate|Please reduce your request rate/,
    remedy: {
      setting: 'write.object-storage.enabled of the table',
      to: 'true, or fewer checks on one prefix at once',
    },
  },
  {
    id: 'catalog-throttling',
    title: 'Catalog throttles',
    class: 'infrastructure',
    pattern:
      /\bThrottlingException\b|Rate exceeded \(Service:|\bTooManyRequestsException\b|\bRequestLimitExceeded\b|\bProvisionedThroughputExceededException\b/,
    remedy: {
      setting: 'StepConcurrencyLevel',
      to: 'lower, or a higher Glue quota: all steps ask the catalog at once',
    },
  },
  {
    id: 's3-pool',
    title: 'S3 connection pool empty',
    class: 'configuration',
    dependsOnLoad: true,
    pattern: /Timeout waiting for connection from pool/,
    remedy: {
      setting: 'fs.s3.maxConnections (EMRFS) or fs.s3a.connection.maximum',
      to: 'larger than the cores of an executor',
    },
  },
  {
    id: 'no-free-port',
    title: 'No free port for another driver',
    class: 'configuration',
    dependsOnLoad: true,
    pattern: /Service '\w+' failed after \d+ retries|\bBindException: Address already in use\b/,
    unless: /Attempting port \d+/,
    remedy: {
      setting: 'spark.port.maxRetries',
      to: 'above the number of steps at once (default 16), or spark.ui.enabled false',
    },
  },
  {
    id: 'open-files',
    title: 'Too many open files',
    class: 'configuration',
    dependsOnLoad: true,
    pattern: /Too many open files/,
    remedy: { setting: 'nofile limit of the nodes', to: 'higher, by a bootstrap action' },
  },
  {
    id: 'heartbeat-lost',
    title: 'Executor stopped answering',
    class: 'capacity',
    pattern: /Executor heartbeat timed out after \d+|no recent heartbeats/,
    remedy: { setting: 'spark.executor.memory', to: 'larger: long collections stop heartbeats' },
  },
  {
    id: 'fetch-failed',
    title: 'Shuffle fetch failed',
    class: 'infrastructure',
    pattern: /\b(?:Metadata)?FetchFailedException\b|\bFetchFailed\(/,
    remedy: {
      setting: 'spark.shuffle.io.maxRetries',
      to: 'higher; first look why the executor that held the block went',
    },
  },
  {
    id: 'unknown-host',
    title: 'Host name not found',
    class: 'infrastructure',
    pattern: /\bUnknownHostException\b|Name or service not known/,
  },
  {
    id: 'connection-failed',
    title: 'Connection failed',
    class: 'infrastructure',
    pattern:
      /\bConnectException: Connection refused\b|\bConnectTimeoutException\b|\bSocketTimeoutException\b|Connection reset by peer|Unable to execute HTTP request/,
  },
  {
    id: 'exit-143',
    title: 'Process asked to stop (exit 143)',
    class: 'infrastructure',
    pattern: /\bExit (?:status|code)(?: is)?:? 143\b|\bexit code 143\b/i,
  },
  {
    id: 'executor-lost',
    title: 'Executor lost',
    class: 'infrastructure',
    pattern: /\bExecutorLostFailure\b|Lost executor \S+ on /,
  },
];
