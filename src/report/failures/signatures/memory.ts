/** Too little memory, disk or room for the load. Wording as in Spark's YarnAllocator, TaskSetManager and the JVM. */
import type { Signature } from './signature.ts';

const heap = /java\.lang\.OutOfMemoryError: (?:Java heap space|GC overhead limit exceeded)/;

export const memory: readonly Signature[] = [
  {
    id: 'max-result-size',
    title: 'Results too large for the driver (maxResultSize)',
    kind: 'capacity',
    side: 'driver',
    pattern:
      /Total size of serialized results of \d+ tasks? .{1,60} is bigger than spark\.driver\.maxResultSize/,
    remedy: {
      setting: 'spark.driver.maxResultSize',
      to: 'above the size in the line, or aggregate before collecting',
    },
  },
  {
    id: 'broadcast-too-large',
    title: 'Broadcast table too large',
    kind: 'capacity',
    side: 'driver',
    pattern:
      /Not enough memory to build and broadcast the table|Cannot broadcast the table (?:that is larger than|over) /,
    remedy: {
      setting: 'spark.sql.autoBroadcastJoinThreshold',
      to: '-1 for this check, or a larger spark.driver.memory',
    },
  },
  {
    id: 'yarn-memory-kill',
    title: 'Container killed by YARN for its memory',
    kind: 'capacity',
    isDeath: true,
    isDecidedByYarn: true,
    pattern:
      /Container killed by YARN for exceeding (?:physical |virtual )?memory limits|is running (?:\d+B )?beyond (?:the )?'?(?:physical|virtual)'? memory limit/i,
    remedy: {
      setting: 'spark.executor.memoryOverhead',
      to: 'twice the present value (default: 10% of executor memory)',
      doubles: true,
    },
    driverRemedy: {
      setting: 'spark.driver.memoryOverhead',
      to: 'twice the present value (default: 10% of driver memory), or more spark.driver.memory',
      doubles: true,
    },
  },
  {
    id: 'am-memory-kill',
    title: 'Application master killed by YARN for its memory',
    kind: 'capacity',
    side: 'driver',
    isDeath: true,
    isDecidedByYarn: true,
    pattern: /AM Container .{1,120} exited with\s{1,3}exitCode: -10[34]\b/,
    remedy: {
      setting: 'spark.driver.memoryOverhead',
      to: 'twice the present value (default: 10% of driver memory), or more spark.driver.memory',
      doubles: true,
    },
  },
  {
    id: 'driver-heap',
    title: 'Driver out of heap',
    kind: 'capacity',
    onlyOn: 'driver',
    isDeath: true,
    pattern: heap,
    remedy: { setting: 'spark.driver.memory', to: 'twice the present value', doubles: true },
  },
  {
    id: 'executor-heap',
    title: 'Executor out of heap',
    kind: 'capacity',
    onlyOn: 'executor',
    isDeath: true,
    pattern: heap,
    remedy: {
      setting: 'spark.executor.memory',
      to: 'larger, or fewer cores an executor, or more shuffle partitions',
    },
  },
  {
    id: 'execution-memory',
    title: 'A task found no execution memory',
    kind: 'capacity',
    side: 'executor',
    pattern: /SparkOutOfMemoryError: |\[UNABLE_TO_ACQUIRE_MEMORY\]|Unable to acquire \d+ bytes of memory/,
    remedy: {
      setting: 'spark.executor.memory',
      to: 'larger, or fewer cores an executor, or more shuffle partitions',
    },
  },
  {
    id: 'python-memory',
    title: 'Python out of memory',
    kind: 'capacity',
    isDeath: true,
    pattern: /^(?:numpy\S{0,60}\.)?(?:_?ArrayMemoryError|MemoryError)\b/m,
    remedy: {
      setting: 'spark.executor.memoryOverhead',
      to: 'larger: Python’s memory is outside the heap',
    },
    driverRemedy: {
      setting: 'spark.driver.memoryOverhead',
      to: 'larger: Python’s memory is outside the heap; or collect fewer rows',
    },
  },
  {
    id: 'native-threads',
    title: 'No more threads on the node',
    kind: 'capacity',
    isDeath: true,
    pattern: /unable to create (?:new )?native thread|Resource temporarily unavailable.{0,40}fork/i,
    remedy: {
      setting: 'StepConcurrencyLevel',
      to: 'lower, or a larger primary node: every driver runs there',
    },
  },
  {
    id: 'node-memory',
    title: 'Node out of memory',
    kind: 'capacity',
    isDeath: true,
    pattern: /insufficient memory for the Java Runtime Environment|Cannot allocate memory|\berrno=12\b/,
    remedy: {
      setting: 'primary node type',
      to: 'more memory, or deploy-mode cluster, or fewer steps at once',
    },
  },
  {
    id: 'metaspace',
    title: 'Out of metaspace',
    kind: 'configuration',
    dependsOnLoad: true,
    isDeath: true,
    pattern: /java\.lang\.OutOfMemoryError: Metaspace/,
    remedy: { setting: 'spark.driver.extraJavaOptions', to: 'with a larger -XX:MaxMetaspaceSize' },
  },
  {
    id: 'no-space',
    title: 'Disk full',
    kind: 'capacity',
    isDeath: true,
    pattern: /No space left on device|local-dirs (?:usable space is below|are bad)|\bDiskErrorException\b/,
    remedy: {
      setting: 'EBS volume of the core and task nodes',
      to: 'larger, or more shuffle partitions over more nodes',
    },
  },
  {
    id: 'kryo-buffer',
    title: 'Kryo buffer too small',
    kind: 'configuration',
    dependsOnLoad: true,
    pattern: /Kryo serialization failed: Buffer overflow|KryoException: Buffer overflow/,
    remedy: { setting: 'spark.kryoserializer.buffer.max', to: 'above the size in the line' },
  },
  {
    id: 'partition-too-large',
    title: 'A shuffle block over 2 GB',
    kind: 'capacity',
    pattern: /Too large frame: \d+|Size exceeds Integer\.MAX_VALUE|larger than 2G/,
    remedy: { setting: 'spark.sql.shuffle.partitions', to: 'more partitions; look for one skewed key' },
  },
  {
    id: 'broadcast-timeout',
    title: 'Broadcast timed out',
    kind: 'capacity',
    side: 'driver',
    pattern: /Could not execute broadcast in \d+ sec/,
    remedy: {
      setting: 'spark.sql.broadcastTimeout',
      to: 'above the seconds in the line, or no broadcast for this join',
    },
  },
  {
    id: 'exit-52',
    title: 'Executor out of memory (exit 52)',
    kind: 'capacity',
    side: 'executor',
    isDeath: true,
    pattern: /\bExit (?:status|code)(?: is)?:? 52\b|\bexited with a non-zero exit code 52\b/i,
    remedy: { setting: 'spark.executor.memory', to: 'larger, or more shuffle partitions' },
  },
  {
    id: 'exit-137',
    title: 'Process killed from outside (exit 137)',
    kind: 'capacity',
    isDeath: true,
    isDecidedByYarn: true,
    pattern: /\bExit ?(?:status|code)(?: is)?:?\s{1,2}137\b|\bexit code 137\b|\bstatus of 137\b/i,
    remedy: {
      setting: 'spark.executor.memoryOverhead',
      to: 'larger: most often the kernel killed it for its memory',
    },
    driverRemedy: {
      setting: 'spark.driver.memoryOverhead',
      to: 'larger: most often the kernel killed it for its memory',
    },
  },
];
