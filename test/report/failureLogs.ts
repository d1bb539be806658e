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
    'exceeding physical memory limits',
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
    'execution-memory',
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
    'context-not-initialised',
    'a driver that waited',
    '25/12/07 20:33:20 ERROR ApplicationMaster: SparkContext did not initialize after waiting for 100000 ms. Please check earlier log output for errors. Failing the application.',
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
  [
    'user-class-threw',
    'the application master',
    '25/12/07 20:41:03 INFO ApplicationMaster: Final app status: FAILED, exitCode: 15, (reason: User application exited with status 3)',
    'exited with status 3',
  ],
  [
    'stage-failed',
    'Spark',
    py4j('org.apache.spark.SparkException: Job aborted due to stage failure: Task serialization failed'),
    'serialization failed',
  ],
  [
    'exit-nonzero',
    'the controller',
    "2025-12-07T20:41:05.112Z WARN Step failed with exitCode 1 and took 601 seconds\n2025-12-07T20:41:05.113Z ERROR Command exiting with ret '1'",
    "ret '1'",
  ],
  [
    'submit-usage',
    'spark-submit',
    'Error: Unrecognized option: --num-executor\n\nUsage: spark-submit [options] <app jar | python file | R file> [app arguments]\n  --executor-memory MEM       Memory per executor (e.g. 1000M, 2G) (Default: 1G).',
    '--num-executor',
  ],
  [
    'runner-arguments',
    'argparse',
    'usage: audit_runner.py [-h] --config CONFIG\naudit_runner.py: error: the following arguments are required: --config',
    'are required: --config',
  ],
  [
    'unresolved-package',
    'Ivy',
    'Exception in thread "main" java.lang.RuntimeException: [unresolved dependency: org.apache.iceberg#iceberg-spark-runtime-3.5_2.12;1.99.0: not found]',
    '1.99.0',
  ],
  [
    'missing-program',
    'Python',
    "python3: can't open file '/mnt/tmp/audit_runner.py': [Errno 2] No such file or directory",
    'audit_runner.py',
  ],
  [
    'resource-request',
    'YARN',
    '\t diagnostics: Uncaught exception: org.apache.hadoop.yarn.exceptions.InvalidResourceRequestException: Invalid resource request! Requested resource=<memory:4505, vCores:16>',
    'vCores:16',
  ],
  [
    'catalog-class',
    'Spark',
    py4j(
      "org.apache.spark.SparkException: Cannot find catalog plugin class for catalog 'glue': org.apache.iceberg.spark.SparkCatalog\n\tat org.apache.spark.sql.connector.catalog.Catalogs$.load(Catalogs.scala:65)\nCaused by: java.lang.ClassNotFoundException: org.apache.iceberg.spark.SparkCatalog",
    ),
    "catalog 'glue'",
  ],
  [
    'newer-java',
    'a jar',
    'Exception in thread "main" java.lang.UnsupportedClassVersionError: audit/Windows has been compiled by a more recent version of the Java Runtime (class file version 61.0)',
    'audit/Windows',
  ],
  [
    'version-mismatch',
    'two jars',
    py4j('java.lang.NoSuchMethodError: org.apache.spark.sql.internal.VariableSubstitution.<init>'),
    'VariableSubstitution',
  ],
  [
    'metadata-file-missing',
    'Iceberg',
    py4j(
      'org.apache.iceberg.exceptions.NotFoundException: Location does not exist: s3://lake/events/metadata/00007-a.metadata.json',
    ),
    '00007-a',
  ],
  [
    'data-file-missing',
    'Iceberg',
    py4j(
      `org.apache.iceberg.exceptions.NotFoundException: Failed to open input stream for file: s3://lake/events/data/0.parquet\n\tat org.apache.iceberg.aws.s3.S3InputFile.newStream(S3InputFile.java:95)\nCaused by: software.amazon.awssdk.services.s3.model.NoSuchKeyException: The specified key does not exist. ${aws('S3', 404, 'NoSuchKey')}`,
    ),
    '0.parquet',
  ],
  [
    'snapshot-missing',
    'Iceberg',
    py4j('java.lang.IllegalArgumentException: Cannot find snapshot with ID 5921847713310'),
    '5921847713310',
  ],
  [
    'commit-state-unknown',
    'Iceberg',
    py4j('org.apache.iceberg.exceptions.CommitStateUnknownException: Read timed out'),
    'Read timed out',
  ],
  [
    'glue-concurrent-modification',
    'Glue',
    py4j(
      `com.amazonaws.services.glue.model.ConcurrentModificationException: Update table failed ${aws('AWSGlue', 400, 'ConcurrentModificationException')}`,
    ),
    'Update table failed',
  ],
  [
    'iceberg-validation',
    'Iceberg',
    py4j('org.apache.iceberg.exceptions.ValidationException: Cannot determine history between snapshots'),
    'history between',
  ],
  [
    'hudi-conflict',
    'Hudi',
    py4j(
      'org.apache.hudi.exception.HoodieWriteConflictException: java.util.ConcurrentModificationException: Cannot resolve conflicts for overlapping writes',
    ),
    'overlapping writes',
  ],
  [
    'delta-conflict',
    'Delta',
    py4j('io.delta.exceptions.ConcurrentAppendException: Files were added to the root of the table'),
    'Files were added',
  ],
  [
    'not-parquet',
    'Parquet',
    lostTask(
      'java.lang.RuntimeException: s3://lake/a.parquet is not a Parquet file. Expected magic number at tail, but found [116, 101, 115, 116]',
    ),
    's3://lake/a.parquet',
  ],
  [
    'parquet-conversion',
    'Parquet',
    lostTask(
      'org.apache.spark.sql.execution.QueryExecutionException: Parquet column cannot be converted in file s3://lake/a.parquet. Column: [age], Expected: float, Found: DOUBLE',
    ),
    'Column: [age]',
  ],
  [
    'am-memory-kill',
    'YARN',
    '\t diagnostics: Application application_1733600000000_0042 failed 1 times due to AM Container for appattempt_1733600000000_0042_000001 exited with  exitCode: -104',
    'exitCode: -104',
  ],
  ['python-memory', 'the driver', traceback('MemoryError'), 'MemoryError'],
  [
    'kms-throttling',
    'S3 with a key',
    lostTask(
      `com.amazonaws.services.s3.model.AmazonS3Exception: Please reduce your request rate for operations involving AWS KMS. ${aws('Amazon S3', 503, 'SlowDown')}`,
    ),
    'AWS KMS',
  ],
  [
    's3-internal-error',
    'S3',
    lostTask(
      `com.amazonaws.services.s3.model.AmazonS3Exception: We encountered an internal error. ${aws('Amazon S3', 500, 'InternalError')}`,
    ),
    'InternalError',
  ],
  [
    'certificate',
    'JDBC',
    py4j('javax.net.ssl.SSLHandshakeException: PKIX path building failed: unable to find valid path'),
    'PKIX',
  ],
  [
    'rpc-timeout',
    'the driver',
    'Exception in thread "main" org.apache.spark.rpc.RpcTimeoutException: Futures timed out after [120 seconds]. This timeout is controlled by spark.rpc.askTimeout',
    'askTimeout',
  ],
  [
    'exit-134',
    'an executor',
    lostTask(
      'ExecutorLostFailure (executor 1 exited caused by one of the running tasks) Reason: Container from a bad node: container_1733600000000_0042_01_000002 on host: ip-10-0-1-41.ec2.internal. Exit status: 134.',
    ),
    'Exit status: 134',
  ],
  [
    'python-worker-crash',
    'a worker',
    lostTask('org.apache.spark.SparkException: Python worker exited unexpectedly (crashed)'),
    'Python worker',
  ],
  [
    'metastore-unreachable',
    'Iceberg on Hive',
    py4j('org.apache.iceberg.hive.RuntimeMetaException: Failed to connect to Hive Metastore'),
    'Hive Metastore',
  ],
  ['connection-reset', 'JDBC', py4j('java.net.SocketException: Connection reset'), 'Connection reset'],
  [
    'jvm-gone',
    'Python',
    traceback('py4j.protocol.Py4JNetworkError: Answer from Java side is empty'),
    'Answer from Java side',
  ],
  [
    'executor-failures',
    'the application master',
    '25/12/07 20:41:03 INFO ApplicationMaster: Final app status: FAILED, exitCode: 11, (reason: Max number of executor failures (4) reached)',
    'failures (4)',
  ],
  ['sigterm', 'the driver', '25/12/07 20:41:03 ERROR ApplicationMaster: RECEIVED SIGNAL TERM', 'SIGNAL TERM'],
  [
    'context-stopped',
    'the driver',
    'Exception in thread "main" org.apache.spark.SparkException: Job 0 cancelled because SparkContext was shut down',
    'shut down',
  ],
  [
    'no-executors',
    'the driver',
    '25/12/07 20:31:20 WARN YarnScheduler: Initial job has not accepted any resources; check your cluster UI',
    'Initial job',
  ],
  [
    'am-container',
    'YARN',
    '\t diagnostics: Application application_1733600000000_0042 failed 2 times due to AM Container for appattempt_1733600000000_0042_000002 exited with  exitCode: 13',
    'exitCode: 13',
  ],
];
