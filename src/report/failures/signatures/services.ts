/** Nodes, services and the network. Wording as in Spark's schedulers and the AWS SDK. */
import type { Signature } from './signature.ts';

const runAgain = 'run the round again; if it comes back, look at the service behind that connection';

export const services: readonly Signature[] = [
  {
    id: 'lost-node',
    title: 'Node lost',
    kind: 'infrastructure',
    isDeath: true,
    isDecidedByYarn: true,
    pattern:
      /Container released on a \*lost\* node|\bExit ?(?:status|code):\s{1,2}-100\b|\bNode .{1,120} (?:is|was) (?:LOST|UNHEALTHY)\b|executor decommission/i,
    remedy: {
      setting: 'market of the core and task nodes',
      to: 'on-demand, or spread over more instance types',
    },
  },
  {
    id: 'spot-interruption',
    title: 'Spot instance taken back',
    kind: 'infrastructure',
    isDeath: true,
    pattern: /spot (?:instance )?interruption|instance-terminated-no-capacity/i,
    remedy: { setting: 'market of the core and task nodes', to: 'on-demand for the round' },
  },
  {
    id: 'kms-throttling',
    title: 'KMS throttles',
    kind: 'infrastructure',
    pattern:
      /rate at which you may call KMS|request rate for operations involving AWS KMS|(?:Rate exceeded|ThrottlingException).{0,80}Service: (?:AWS)?Kms|Service: (?:AWS)?Kms.{0,120}ThrottlingException/i,
    advice:
      'switch on S3 Bucket Keys for the bucket, ask for a higher KMS quota, or run fewer checks at once',
  },
  {
    id: 's3-slow-down',
    title: 'S3 asks to slow down',
    kind: 'infrastructure',
    pattern:
      /Error Code: (?:503 )?Slow ?Down|\bSlowDown\b.{0,80}reduce your request rate|Please reduce your request rate/,
    remedy: {
      setting: 'write.object-storage.enabled of the table',
      to: 'true, or fewer checks on one prefix at once, or more retries of the S3 client',
    },
  },
  {
    id: 's3-internal-error',
    title: 'S3 answered with its own error (500)',
    kind: 'infrastructure',
    pattern: /S3.{0,20}[;,] Status Code: 500\b|Error Code: InternalError\b/,
    advice: 'run the round again',
  },
  {
    id: 'catalog-throttling',
    title: 'Catalog throttles',
    kind: 'infrastructure',
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
    kind: 'configuration',
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
    kind: 'configuration',
    dependsOnLoad: true,
    pattern: /Service '\w+' failed after \d+ retries|\bBindException: Address already in use\b/,
    remedy: {
      setting: 'spark.port.maxRetries',
      to: 'above the number of steps at once (default 16), or spark.ui.enabled false',
    },
  },
  {
    id: 'open-files',
    title: 'Too many open files',
    kind: 'configuration',
    dependsOnLoad: true,
    pattern: /Too many open files/,
    remedy: { setting: 'nofile limit of the nodes', to: 'higher, by a bootstrap action' },
  },
  {
    id: 'certificate',
    title: 'A certificate is not trusted',
    kind: 'configuration',
    pattern:
      /PKIX path building failed|CERTIFICATE_VERIFY_FAILED|CertPathBuilderException|\bSSLHandshakeException: (?!Remote host terminated)/,
    advice: 'put the certificate authority into the trust store of the cluster',
  },
  {
    id: 'heartbeat-lost',
    title: 'Executor stopped answering',
    kind: 'capacity',
    side: 'executor',
    isDeath: true,
    pattern: /Executor heartbeat timed out after \d+|no recent heartbeats/,
    remedy: { setting: 'spark.executor.memory', to: 'larger: long collections stop heartbeats' },
  },
  {
    id: 'rpc-timeout',
    title: 'The driver got no answer in time',
    kind: 'capacity',
    pattern:
      /\bRpcTimeoutException: |Futures timed out after \[[^\]]{1,40}\]\. This timeout is controlled by/,
    remedy: {
      setting: 'StepConcurrencyLevel',
      to: 'lower, or more driver memory and cores; a longer timeout hides it',
    },
  },
  {
    id: 'exit-134',
    title: 'The JVM crashed in native code (exit 134)',
    kind: 'infrastructure',
    isDeath: true,
    isDecidedByYarn: true,
    pattern:
      /\bExit ?(?:status|code)(?: is)?:?\s{1,2}134\b|\bexit code 134\b|A fatal error has been detected by the Java Runtime Environment/i,
    advice: 'look at the native library that the crash names; more memory is not the answer',
  },
  {
    id: 'python-worker-crash',
    title: 'A Python worker crashed',
    kind: 'infrastructure',
    side: 'executor',
    dependsOnLoad: true,
    pattern: /Python worker (?:exited unexpectedly|failed to connect back)/,
    advice:
      'look at that executor’s stderr: a native library crashed, or the node had no memory left for Python',
  },
  {
    id: 'metastore-unreachable',
    title: 'Hive metastore not reached',
    kind: 'infrastructure',
    pattern:
      /Failed to connect to Hive Metastore|Could not connect to meta store|Unable to instantiate \S{0,120}MetaStoreClient/,
    advice: 'look whether the metastore runs and can be reached, or let the catalog be Glue',
  },
  {
    id: 'unknown-host',
    title: 'Host name not found',
    kind: 'infrastructure',
    unlessBlock: /\bFetchFailed/,
    pattern: /\bUnknownHostException\b|Name or service not known/,
  },
  {
    id: 'connection-reset',
    title: 'The other end closed a connection',
    kind: 'infrastructure',
    unlessBlock: /\bFetchFailed/,
    pattern:
      /\b(?:SocketException|SSLException|IOException|ConnectionResetError|SdkClientException)\b.{0,80}Connection reset|Remote host terminated the handshake/,
    advice: runAgain,
  },
  {
    id: 'jvm-gone',
    title: 'The driver’s JVM is gone',
    kind: 'unknown',
    side: 'driver',
    isGeneric: true,
    followsDeath: true,
    inBlock: /java_gateway|Py4JNetworkError|Java (?:side|server)/,
    pattern:
      /\bPy4JNetworkError\b|Answer from Java side is empty|trying to connect to the Java server|\bConnection(?:Refused|Reset)Error\b/,
    advice: 'look for the end of the JVM in the driver’s stderr and in YARN’s diagnostics',
  },
  {
    id: 'connection-failed',
    title: 'Connection failed',
    kind: 'infrastructure',
    unlessBlock: /\bFetchFailed/,
    pattern:
      /\bConnect(?:ion)?(?:Exception|RefusedError): .{0,60}Connection refused\b|\bConnectTimeoutException\b|\bSocketTimeoutException\b|Unable to execute HTTP request/,
    advice: runAgain,
  },
  {
    id: 'killed-by-user',
    title: 'Killed by a person or a program',
    kind: 'unknown',
    side: 'none',
    pattern:
      /Application .{0,80} was killed by user|Kill(?:ed)? application application_\d+_\d+|killed by user /,
  },
  {
    id: 'failed-assertion',
    title: 'The check’s own assertion failed',
    kind: 'data',
    dependsOnLoad: true,
    pattern: /^\s*(?:[\w.]+\.)?AssertionError\b/m,
  },
];
