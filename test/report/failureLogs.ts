/**
 * Logs as failed steps leave them: the id of the signature that has to be found, where the text comes from, the text,
 * and a piece of the line that proves it. Where a cause shows as other failures, these stand in the log too.
 */
export const noise = `25/12/07 20:30:11 INFO RMProxy: Connecting to ResourceManager at ip-10-0-1-23.ec2.internal/10.0.1.23:8032
25/12/07 20:30:12 WARN Client: Neither spark.yarn.jars nor spark.yarn.archive is set, falling back to uploading libraries under SPARK_HOME.
25/12/07 20:30:19 INFO Client: Application report for application_1733600000000_0042 (state: ACCEPTED)
25/12/07 20:30:24 INFO Client: Application report for application_1733600000000_0042 (state: RUNNING)
25/12/07 20:30:25 WARN Utils: Service 'SparkUI' could not bind on port 4040. Attempting port 4041.
25/12/07 20:30:31 INFO GlueCatalog: Loaded table glue.lake.events
25/12/07 20:30:40 WARN SQLConf: The SQL config 'spark.sql.legacy.replaceDatabricksSparkAvro.enabled' has been deprecated`;

const lostTask = (reason: string) =>
  `25/12/07 20:41:02 ERROR TaskSetManager: Task 17 in stage 4.0 failed 4 times; aborting job
org.apache.spark.SparkException: Job aborted due to stage failure: Task 17 in stage 4.0 failed 4 times, most recent failure: Lost task 17.3 in stage 4.0 (TID 421) (ip-10-0-1-7.ec2.internal executor 9): ${reason}
Driver stacktrace:
\tat org.apache.spark.scheduler.DAGScheduler.failJobAndIndependentStages(DAGScheduler.scala:2856)`;

const traceback = (last: string) => `Traceback (most recent call last):
  File "/mnt/tmp/spark-6b1f/run_audit_check.py", line 88, in <module>
    main(sys.argv[1:])
  File "/mnt/tmp/spark-6b1f/run_audit_check.py", line 61, in main
    result = spark.sql(check.sql).collect()
${last}`;

const py4j = (cause: string) =>
  traceback(`py4j.protocol.Py4JJavaError: An error occurred while calling o91.collectToPython.
: ${cause}
\tat org.apache.spark.sql.Dataset.collectToPython(Dataset.scala:4157)`);

const analysis = (text: string) => traceback(`pyspark.errors.exceptions.captured.AnalysisException: ${text}`);

const aws = (service: string, status: number, code: string) =>
  `(Service: ${service}; Status Code: ${status}; Error Code: ${code}; Request ID: 4B7QH; Proxy: null)`;

export const failureLogs: readonly (readonly [id: string, where: string, log: string, proof: string])[] = [
  [
    'lake-formation',
    'Glue under Lake Formation',
    py4j(
      `software.amazon.awssdk.services.glue.model.AccessDeniedException: Insufficient Lake Formation permission(s): Required Describe on events ${aws('Glue', 400, 'AccessDeniedException')}`,
    ),
    'Required Describe on events',
  ],
  [
    'expired-credentials',
    'the AWS SDK',
    py4j(
      `com.amazonaws.services.s3.model.AmazonS3Exception: The provided token has expired. ${aws('Amazon S3', 400, 'ExpiredToken')}`,
    ),
    'ExpiredToken',
  ],
  [
    'kms-denied',
    'S3 with a key',
    py4j(
      'java.nio.file.AccessDeniedException: s3://lake/events/data.parquet: User: arn:aws:sts::111122223333:assumed-role/EMR_EC2/i-0abc is not authorized to perform: kms:Decrypt on resource: arn:aws:kms:us-east-1:111122223333:key/1',
    ),
    'kms:Decrypt',
  ],
  [
    'access-denied',
    'S3',
    py4j(
      `com.amazonaws.services.s3.model.AmazonS3Exception: Access Denied ${aws('Amazon S3', 403, 'AccessDenied')}`,
    ),
    'Access Denied',
  ],
  [
    'access-denied',
    'HDFS',
    py4j(
      'org.apache.hadoop.security.AccessControlException: Permission denied: user=hadoop, access=WRITE, inode="/audit":hdfs:hdfsadmingroup:drwxr-xr-x',
    ),
    'Permission denied',
  ],
  [
    'access-denied',
    'IAM',
    py4j(
      'software.amazon.awssdk.services.glue.model.GlueException: User: arn:aws:sts::1:assumed-role/EMR_EC2/i-0 is not authorized to perform: glue:GetTable on resource: arn:aws:glue:us-east-1:1:catalog',
    ),
    'glue:GetTable',
  ],
  [
    'missing-table',
    'Spark 3.5',
    analysis(
      '[TABLE_OR_VIEW_NOT_FOUND] The table or view `lake`.`events` cannot be found. Verify the spelling and correctness of the schema and catalog.; line 1 pos 14;',
    ),
    '`lake`.`events`',
  ],
  [
    'missing-table',
    'Spark 3.3',
    traceback('pyspark.sql.utils.AnalysisException: Table or view not found: lake.events; line 1 pos 14;'),
    'lake.events',
  ],
  [
    'missing-table',
    'Iceberg',
    py4j('org.apache.iceberg.exceptions.NoSuchTableException: Table does not exist: lake.events'),
    'lake.events',
  ],
  [
    'missing-schema',
    'Spark 3.5',
    analysis(
      '[SCHEMA_NOT_FOUND] The schema `lake` cannot be found. Verify the spelling and correctness of the schema and catalog.',
    ),
    '`lake`',
  ],
  [
    'missing-column',
    'Spark 3.5',
    analysis(
      '[UNRESOLVED_COLUMN.WITH_SUGGESTION] A column or function parameter with name `created_att` cannot be resolved. Did you mean one of the following? [`created_at`, `id`].; line 1 pos 27;',
    ),
    '`created_att`',
  ],
  [
    'missing-column',
    'Spark 3.3',
    traceback(
      "pyspark.sql.utils.AnalysisException: cannot resolve '`created_att`' given input columns: [lake.events.created_at, lake.events.id]; line 1 pos 27;",
    ),
    'created_att',
  ],
  [
    'sql-syntax',
    'Spark 3.5',
    traceback(
      "pyspark.errors.exceptions.captured.ParseException: \n[PARSE_SYNTAX_ERROR] Syntax error at or near 'form'.(line 1, pos 9)",
    ),
    "'form'",
  ],
  [
    'missing-function',
    'Spark 3.5',
    analysis(
      '[UNRESOLVED_ROUTINE] Cannot resolve function `date_ad` on search path [`system`.`builtin`, `system`.`session`].',
    ),
    '`date_ad`',
  ],
  [
    'type-mismatch',
    'Spark 3.5',
    analysis(
      '[DATATYPE_MISMATCH.BINARY_OP_DIFF_TYPES] Cannot resolve "(id > a)" due to data type mismatch: the left and right operands of the binary operator have incompatible types ("BIGINT" and "ARRAY<INT>").',
    ),
    '(id > a)',
  ],
  [
    'bad-value',
    'Spark with ANSI',
    lostTask(
      'org.apache.spark.SparkNumberFormatException: [CAST_INVALID_INPUT] The value \'n/a\' of the type "STRING" cannot be cast to "INT" because it is malformed.',
    ),
    "'n/a'",
  ],
  [
    'missing-package',
    'Python',
    traceback("ModuleNotFoundError: No module named 'great_expectations'"),
    'great_expectations',
  ],
  [
    'missing-package',
    'Java',
    py4j('java.lang.ClassNotFoundException: org.apache.iceberg.spark.SparkCatalog'),
    'SparkCatalog',
  ],
  [
    'missing-path',
    'Spark 3.5',
    analysis('[PATH_NOT_FOUND] Path does not exist: s3://lake/raw/2025/12/07.'),
    's3://lake/raw',
  ],
  [
    'missing-path',
    'a file that a snapshot lost',
    lostTask('java.io.FileNotFoundException: No such file or directory: s3://lake/events/data/00017.parquet'),
    '00017.parquet',
  ],
  [
    'no-such-bucket',
    'S3',
    py4j(
      `com.amazonaws.services.s3.model.AmazonS3Exception: The specified bucket does not exist ${aws('Amazon S3', 404, 'NoSuchBucket')}`,
    ),
    'NoSuchBucket',
  ],
  [
    'iceberg-commit-conflict',
    'Iceberg on Glue',
    py4j(
      'org.apache.iceberg.exceptions.CommitFailedException: Cannot commit glue.lake.audit_results because Glue detected concurrent update',
    ),
    'concurrent update',
  ],
  [
    'iceberg-commit-conflict',
    'Iceberg validation',
    py4j(
      'org.apache.iceberg.exceptions.ValidationException: Found conflicting files that can contain records matching true: [s3://lake/a.parquet]',
    ),
    'conflicting files',
  ],
  [
    'executor-above-yarn-maximum',
    'spark-submit',
    'Exception in thread "main" java.lang.IllegalArgumentException: Required executor memory (20480 MB), offHeap memory (0) MB, overhead (2048 MB), and PySpark memory (0 MB) is above the max threshold (12288 MB) of this cluster! Please check the values of \'yarn.scheduler.maximum-allocation-mb\'',
    '20480 MB',
  ],
  [
    'max-result-size',
    'the driver',
    `25/12/07 20:41:02 ERROR TaskSetManager: Total size of serialized results of 126 tasks (1137.3 MiB) is bigger than spark.driver.maxResultSize (1024.0 MiB)\n${py4j('org.apache.spark.SparkException: Job aborted due to stage failure: Total size of serialized results of 126 tasks (1137.3 MiB) is bigger than spark.driver.maxResultSize (1024.0 MiB)')}`,
    '1137.3 MiB',
  ],
  [
    'broadcast-too-large',
    'the driver',
    py4j(
      'org.apache.spark.SparkException: Not enough memory to build and broadcast the table to all worker nodes. As a workaround, you can either disable broadcast by setting spark.sql.autoBroadcastJoinThreshold to -1 or increase the spark driver memory by setting spark.driver.memory to a higher value.',
    ),
    'Not enough memory',
  ],
  [
    'driver-heap',
    'the main thread',
    'Exception in thread "main" java.lang.OutOfMemoryError: Java heap space\n\tat java.util.Arrays.copyOf(Arrays.java:3236)',
    'Java heap space',
  ],
  ['driver-heap', 'a collect', py4j('java.lang.OutOfMemoryError: GC overhead limit exceeded'), 'GC overhead'],
  [
    'yarn-memory-kill',
    'YARN, then a lost executor and a failed stage',
    `25/12/07 20:40:58 WARN YarnAllocator: Container killed by YARN for exceeding physical memory limits. 11.1 GB of 11 GB physical memory used. Consider boosting spark.executor.memoryOverhead.\n25/12/07 20:40:58 ERROR YarnScheduler: Lost executor 9 on ip-10-0-1-7.ec2.internal: Container killed by YARN\n${lostTask('ExecutorLostFailure (executor 9 exited caused by one of the running tasks) Reason: Container killed by YARN for exceeding physical memory limits.')}`,
    '11.1 GB of 11 GB',
  ],
  [
    'yarn-memory-kill',
    'the node manager',
    "25/12/07 20:40:58 WARN ContainersMonitorImpl: Container [pid=13790,containerID=container_1733600000000_0042_01_000009] is running 22204416B beyond the 'PHYSICAL' memory limit. Current usage: 11.0 GB of 11 GB physical memory used; 13.4 GB of 55 GB virtual memory used. Killing container.",
    'pid=13790',
  ],
  [
    'executor-heap',
    'an executor, then failed fetches',
    `25/12/07 20:40:50 ERROR Executor: Exception in task 17.0 in stage 4.0 (TID 401)\njava.lang.OutOfMemoryError: Java heap space\n\tat org.apache.spark.unsafe.memory.HeapMemoryAllocator.allocate(HeapMemoryAllocator.java:64)\n${lostTask('FetchFailed(BlockManagerId(9, ip-10-0-1-7.ec2.internal, 7337, None), shuffleId=3, mapIndex=2, mapId=88, reduceId=17, message=\norg.apache.spark.shuffle.FetchFailedException: Connection reset by peer')}`,
    'Java heap space',
  ],
  [
    'executor-heap',
    'the memory manager',
    lostTask(
      'org.apache.spark.memory.SparkOutOfMemoryError: [UNABLE_TO_ACQUIRE_MEMORY] Unable to acquire 65536 bytes of memory, got 0.',
    ),
    '65536 bytes',
  ],
  [
    'native-threads',
    'the primary node',
    'Exception in thread "main" java.lang.OutOfMemoryError: unable to create native thread: possibly out of memory or process/resource limits reached',
    'native thread',
  ],
  [
    'node-memory',
    'the JVM',
    '# There is insufficient memory for the Java Runtime Environment to continue.\n# Native memory allocation (mmap) failed to map 715849728 bytes for committing reserved memory.',
    'insufficient memory',
  ],
  ['metaspace', 'the JVM', 'Exception in thread "main" java.lang.OutOfMemoryError: Metaspace', 'Metaspace'],
  ['no-space', 'a shuffle', lostTask('java.io.IOException: No space left on device'), 'No space left'],
  [
    'kryo-buffer',
    'Kryo',
    lostTask(
      'org.apache.spark.SparkException: Kryo serialization failed: Buffer overflow. Available: 0, required: 134217728. To avoid this, increase spark.kryoserializer.buffer.max value.',
    ),
    '134217728',
  ],
  [
    'partition-too-large',
    'a shuffle',
    lostTask('org.apache.spark.shuffle.FetchFailedException: Too large frame: 2991947178'),
    '2991947178',
  ],
  [
    'broadcast-timeout',
    'Spark',
    py4j(
      'org.apache.spark.SparkException: Could not execute broadcast in 300 secs. You can increase the timeout for broadcasts via spark.sql.broadcastTimeout or disable broadcast join by setting spark.sql.autoBroadcastJoinThreshold to -1',
    ),
    '300 secs',
  ],
  [
    'yarn-am-limit',
    'YARN',
    "25/12/07 20:31:20 INFO Client:\n\t diagnostics: [Sun Dec 07 20:31:20 +0000 2025] Application is added to the scheduler and is not yet activated. Queue's AM resource limit exceeded.  Details : AM Partition = CORE; AM Resource Request = <memory:2432, vCores:1>;",
    'AM resource limit',
  ],
  [
    'yarn-am-limit',
    'a driver that waited',
    'java.util.concurrent.TimeoutException: Futures timed out\nSparkContext did not initialize after waiting for 100000 ms. Please check earlier log output for errors. Failing the application.',
    '100000 ms',
  ],
  [
    'exit-52',
    'an executor',
    lostTask(
      'ExecutorLostFailure (executor 9 exited caused by one of the running tasks) Reason: Container from a bad node: container_1733600000000_0042_01_000010 on host: ip-10-0-1-7.ec2.internal. Exit status: 52. Diagnostics: [2025-12-07 20:40:58.969]Exception from container-launch.',
    ),
    'Exit status: 52',
  ],
  [
    'exit-137',
    'an executor',
    lostTask(
      'ExecutorLostFailure (executor 9 exited caused by one of the running tasks) Reason: Container from a bad node: container_1733600000000_0042_01_000010 on host: ip-10-0-1-7.ec2.internal. Exit status: 137. Diagnostics: Container killed on request. Exit code is 137',
    ),
    'Exit status: 137',
  ],
  [
    'lost-node',
    'YARN, then failed fetches',
    `25/12/07 20:40:58 WARN YarnAllocator: Container marked as failed: container_1733600000000_0042_01_000010 on host: ip-10-0-1-7.ec2.internal. Exit status: -100. Diagnostics: Container released on a *lost* node.\n${lostTask('FetchFailed(null, shuffleId=3, mapIndex=-1, mapId=-1, reduceId=17, message=\norg.apache.spark.shuffle.MetadataFetchFailedException: Missing an output location for shuffle 3 partition 17')}`,
    '*lost* node',
  ],
  [
    'spot-interruption',
    'the instance',
    '25/12/07 20:40:58 WARN SpotMonitor: spot instance interruption notice received for i-0abc',
    'i-0abc',
  ],
  [
    's3-slow-down',
    'S3',
    lostTask(
      `com.amazonaws.services.s3.model.AmazonS3Exception: Please reduce your request rate. ${aws('Amazon S3', 503, 'SlowDown')}`,
    ),
    'SlowDown',
  ],
  [
    'catalog-throttling',
    'Glue',
    py4j(
      `software.amazon.awssdk.services.glue.model.GlueException: Rate exceeded ${aws('Glue', 400, 'ThrottlingException')}`,
    ),
    'Rate exceeded',
  ],
  [
    's3-pool',
    'the AWS SDK',
    lostTask(
      'com.amazonaws.SdkClientException: Unable to execute HTTP request: Timeout waiting for connection from pool',
    ),
    'connection from pool',
  ],
  [
    'no-free-port',
    'the seventeenth driver on one node',
    "25/12/07 20:30:25 WARN Utils: Service 'SparkUI' could not bind on port 4055. Attempting port 4056.\n25/12/07 20:30:25 ERROR SparkUI: Failed to bind SparkUI\njava.net.BindException: Address already in use: Service 'SparkUI' failed after 16 retries (starting from 4040)! Consider explicitly setting the appropriate port for the service 'SparkUI'",
    'failed after 16 retries',
  ],
  [
    'open-files',
    'a shuffle',
    lostTask(
      'java.io.FileNotFoundException: /mnt/yarn/usercache/hadoop/blockmgr-1/0c/temp_shuffle_1 (Too many open files)',
    ),
    'Too many open files',
  ],
  [
    'heartbeat-lost',
    'the driver',
    '25/12/07 20:40:58 WARN HeartbeatReceiver: Removing executor 9 with no recent heartbeats: 154206 ms exceeds timeout 120000 ms\n25/12/07 20:40:58 ERROR YarnScheduler: Lost executor 9 on ip-10-0-1-7.ec2.internal: Executor heartbeat timed out after 154206 ms',
    '154206 ms',
  ],
  [
    'fetch-failed',
    'a shuffle',
    lostTask(
      'FetchFailed(BlockManagerId(9, ip-10-0-1-7.ec2.internal, 7337, None), shuffleId=3, mapIndex=2, mapId=88, reduceId=17, message=',
    ),
    'FetchFailed(',
  ],
  [
    'unknown-host',
    'the network',
    py4j('java.net.UnknownHostException: glue.us-east-1.amazonaws.com'),
    'glue.us-east-1',
  ],
  [
    'connection-failed',
    'the network',
    py4j(
      'software.amazon.awssdk.core.exception.SdkClientException: Unable to execute HTTP request: Connect to sts.amazonaws.com:443 failed: connect timed out',
    ),
    'connect timed out',
  ],
  [
    'exit-143',
    'an executor',
    lostTask(
      'ExecutorLostFailure (executor 9 exited caused by one of the running tasks) Reason: Container marked as failed: container_1733600000000_0042_01_000010 on host: ip-10-0-1-7.ec2.internal. Exit status: 143. Diagnostics: [2025-12-07 20:40:58.969]Container killed on request.',
    ),
    'Exit status: 143',
  ],
  [
    'executor-lost',
    'the driver',
    lostTask(
      'ExecutorLostFailure (executor 9 exited unrelated to the running tasks) Reason: Remote RPC client disassociated.',
    ),
    'ExecutorLostFailure',
  ],
  [
    'killed-by-user',
    'YARN',
    'Exception in thread "main" org.apache.spark.SparkException: Application application_1733600000000_0042 was killed by user hadoop at 10.0.1.23',
    'killed by user',
  ],
  ['failed-assertion', 'Python', traceback('AssertionError: row count 0 is not above 1'), 'row count 0'],
  ['python-exception', 'the driver', traceback("KeyError: 'threshold'"), "KeyError: 'threshold'"],
  [
    'python-exception',
    'a worker',
    lostTask(
      'org.apache.spark.api.python.PythonException: Traceback (most recent call last):\n  File "/mnt/yarn/worker.py", line 1247, in main\n    process()\nValueError: invalid literal for int() with base 10: \'n/a\'\n',
    ),
    'ValueError: invalid literal',
  ],
  [
    'user-class-threw',
    'the application master',
    '25/12/07 20:41:03 INFO ApplicationMaster: Final app status: FAILED, exitCode: 15, (reason: User class threw exception: com.example.AuditFailed: 3 rules broken)',
    '3 rules broken',
  ],
  ['stage-failed', 'Spark', lostTask('com.example.RuleEngineFailure: rule 7'), 'rule 7'],
  [
    'exit-nonzero',
    'the controller',
    "2025-12-07T20:41:05.112Z WARN Step failed with exitCode 1 and took 601 seconds\n2025-12-07T20:41:05.113Z ERROR Command exiting with ret '1'",
    "ret '1'",
  ],
];
