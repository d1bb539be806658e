/** Too little memory, disk or room for the load. Wording as in Spark's YarnAllocator, TaskSetManager and the JVM. */
import type { Signature } from './signature.ts';

export const capacity: readonly Signature[] = [
  {
    id: 'max-result-size',
    title: 'Results too large for the driver (maxResultSize)',
    class: 'capacity',
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
    class: 'capacity',
    pattern:
      /Not enough memory to build and broadcast the table|Cannot broadcast the table (?:that is larger than|over) /,
    remedy: {
      setting: 'spark.sql.autoBroadcastJoinThreshold',
      to: '-1 for this check, or a larger spark.driver.memory',
    },
  },
  {
    id: 'driver-heap',
    title: 'Driver out of heap',
    class: 'capacity',
    pattern:
      /(?:in thread "(?:main|dag-scheduler|broadcast-exchange|task-result-getter|spark-listener|Driver)[^"]{0,80}".{0,80}|^: |User class threw exception: |ERROR (?:YarnClusterDriver|ApplicationMaster|Utils: uncaught error in thread).{0,200})java\.lang\.OutOfMemoryError: (?:Java heap space|GC overhead limit exceeded)/,
    remedy: { setting: 'spark.driver.memory', to: 'twice the present value', doubles: true },
  },
  {
    id: 'yarn-memory-kill',
    title: 'Container killed by YARN for its memory',
    class: 'capacity',
    pattern:
      /Container killed by YARN for exceeding (?:physical |virtual )?memory limits|is running (?:\d+B )?beyond (?:the )?'?(?:physical|virtual)'? memory limit/i,
    remedy: {
      setting: 'spark.executor.memoryOverhead',
      to: 'twice the present value (default: 10% of executor memory)',
      doubles: true,
    },
  },
  {
    id: 'executor-heap',
    title: 'Executor out of heap',
    class: 'capacity',
    pattern:
      /java\.lang\.OutOfMemoryError: (?:Java heap space|GC overhead limit exceeded)|SparkOutOfMemoryError: |\[UNABLE_TO_ACQUIRE_MEMORY\]|Unable to acquire \d+ bytes of memory/,
    remedy: {
      setting: 'spark.executor.memory',
      to: 'larger, or fewer cores an executor, or more shuffle partitions',
    },
  },
  {
    id: 'native-threads',
    title: 'No more threads on the node',
    class: 'capacity',
    pattern: /unable to create (?:new )?native thread|Resource temporarily unavailable.{0,40}fork/i,
    remedy: {
      setting: 'StepConcurrencyLevel',
      to: 'lower, or a larger primary node: every driver runs there',
    },
  },
  {
    id: 'node-memory',
    title: 'Node out of memory',
    class: 'capacity',
    pattern: /insufficient memory for the Java Runtime Environment|Cannot allocate memory|\berrno=12\b/,
    remedy: {
      setting: 'primary node type',
      to: 'more memory, or deploy-mode cluster, or fewer steps at once',
    },
  },
  {
    id: 'metaspace',
    title: 'Out of metaspace',
    class: 'configuration',
    dependsOnLoad: true,
    pattern: /java\.lang\.OutOfMemoryError: Metaspace/,
    remedy: { setting: 'spark.driver.extraJavaOptions', to: 'with a larger -XX:MaxMetaspaceSize' },
  },
  {
    id: 'no-space',
    title: 'Disk full',
    class: 'capacity',
    pattern: /No space left on device|local-dirs (?:usable space is below|are bad)|\bDiskErrorException\b/,
    remedy: {
      setting: 'EBS volume of the core and task nodes',
      to: 'larger, or more shuffle partitions over more nodes',
    },
  },
  {
    id: 'kryo-buffer',
    title: 'Kryo buffer too small',
    class: 'configuration',
    dependsOnLoad: true,
    pattern: /Kryo serialization failed: Buffer overflow/,
    remedy: { setting: 'spark.kryoserializer.buffer.max', to: 'above the size in the line' },
  },
  {
    id: 'partition-too-large',
    title: 'A shuffle block over 2 GB',
    class: 'capacity',
    pattern: /Too large frame: \d+|Size exceeds Integer\.MAX_VALUE|larger than 2G/,
    remedy: { setting: 'spark.sql.shuffle.partitions', to: 'more partitions; look for one skewed key' },
  },
  {
    id: 'broadcast-timeout',
    title: 'Broadcast timed out',
    class: 'capacity',
    pattern: /Could not execute broadcast in \d+ sec/,
    remedy: {
      setting: 'spark.sql.broadcastTimeout',
      to: 'above the seconds in the line, or no broadcast for this join',
    },
  },
  {
    id: 'yarn-am-limit',
    title: 'YARN has no room for another application',
    class: 'capacity',
    pattern:
      /Queue's AM resource limit exceeded|SparkContext did not initialize after waiting for \d+ ms|Initial job has not accepted any resources/,
    remedy: {
      setting: 'yarn.scheduler.capacity.maximum-am-resource-percent',
      to: 'higher, or fewer steps at once',
    },
  },
  {
    id: 'exit-52',
    title: 'Executor out of memory (exit 52)',
    class: 'capacity',
    pattern: /\bExit (?:status|code)(?: is)?:? 52\b|\bexited with a non-zero exit code 52\b/i,
    remedy: { setting: 'spark.executor.memory', to: 'larger, or more shuffle partitions' },
  },
  {
    id: 'exit-137',
    title: 'Process killed from outside (exit 137)',
    class: 'capacity',
    pattern: /\bExit (?:status|code)(?: is)?:? 137\b|\bexit code 137\b|\bstatus of 137\b/i,
    remedy: {
      setting: 'spark.executor.memoryOverhead',
      to: 'larger: most often the kernel killed it for its memory',
    },
  },
];
