/** What Spark and YARN print when a check fails, in the forms that real logs have. */
import type { FailureCause } from './records.ts';

export interface Run {
  /** `application_1764172800000_0007` */
  readonly applicationId: string;
  readonly startedMs: number;
  readonly endedMs: number;
}

/** log4j's timestamp on EMR: `26/11/23 09:41:02`, UTC. */
export function stamp(ms: number): string {
  return new Date(ms).toISOString().slice(2, 19).replaceAll('-', '/').replace('T', ' ');
}

/** `container_1764172800000_0007_01_000001`; the driver runs in the first. */
export function containerId(applicationId: string, number: number): string {
  return `${applicationId.replace('application', 'container')}_01_${String(number).padStart(6, '0')}`;
}

/** What a driver prints: Spark logs to stderr, and spark-submit prints Python's traceback to stdout. */
export interface DriverTexts {
  readonly stderr: string;
  readonly stdout: string;
}

/** The driver's output about its failure. */
export function driverFailure(cause: FailureCause, run: Run): DriverTexts {
  const at = stamp(run.endedMs);
  switch (cause.kind) {
    case 'yarn_memory_kill':
      return memoryKill(cause.usedGb, cause.limitGb, at, run);
    case 'missing_column':
      return missingColumn(cause.column, cause.table, at);
    case 'missing_config':
      return missingConfig(cause.uri, at);
    case 'lost_spot_node':
      return lostNode(at, run);
  }
}

function exited(at: string): string {
  return `${at} ERROR ApplicationMaster: User application exited with status 1\n`;
}

function memoryKill(usedGb: number, limitGb: number, at: string, run: Run): DriverTexts {
  const container = containerId(run.applicationId, 15);
  const reason = `Container killed by YARN for exceeding physical memory limits. ${usedGb.toFixed(1)} GB of ${limitGb.toFixed(1)} GB physical memory used. Consider boosting spark.executor.memoryOverhead.`;
  const aborted = `Job aborted due to stage failure: Task 37 in stage 12.0 failed 4 times, most recent failure: Lost task 37.3 in stage 12.0 (TID 2210) (ip-10-0-1-41.ec2.internal executor 14): ExecutorLostFailure (executor 14 exited caused by one of the running tasks) Reason: ${reason}`;
  return {
    stderr: `${stamp(run.endedMs - 41_000)} WARN YarnAllocator: ${reason}
${stamp(run.endedMs - 41_000)} WARN YarnSchedulerBackend$YarnDriverEndpoint: Requesting driver to remove executor 14 for reason ${reason}
${stamp(run.endedMs - 40_000)} ERROR YarnClusterScheduler: Lost executor 14 on ip-10-0-1-41.ec2.internal: ${reason}
${stamp(run.endedMs - 40_000)} WARN TaskSetManager: Lost task 37.2 in stage 12.0 (TID 2198) (ip-10-0-1-41.ec2.internal executor 14): ExecutorLostFailure (executor 14 exited caused by one of the running tasks) Reason: ${reason}
${at} ERROR TaskSetManager: Task 37 in stage 12.0 failed 4 times; aborting job
${exited(at)}`,
    stdout: `Traceback (most recent call last):
  File "/mnt/yarn/usercache/hadoop/appcache/${run.applicationId}/${container.replace(/15$/, '01')}/audit_runner.py", line 212, in <module>
    main(sys.argv[1:])
  File "/mnt/yarn/usercache/hadoop/appcache/${run.applicationId}/${container.replace(/15$/, '01')}/audit_runner.py", line 171, in evaluate
    violations = spark.sql(statement).count()
py4j.protocol.Py4JJavaError: An error occurred while calling o142.count.
: org.apache.spark.SparkException: ${aborted}
Driver stacktrace:
	at org.apache.spark.scheduler.DAGScheduler.failJobAndIndependentStages(DAGScheduler.scala:2844)
	at org.apache.spark.scheduler.DAGScheduler.$anonfun$abortStage$2(DAGScheduler.scala:2780)
	at org.apache.spark.scheduler.DAGScheduler.handleTaskSetFailed(DAGScheduler.scala:1242)
	at org.apache.spark.util.EventLoop$$anon$1.run(EventLoop.scala:49)
`,
  };
}

/** How a traceback of the runner begins. */
const runnerTrace = `Traceback (most recent call last):
  File "audit_runner.py", line 212, in <module>
    main(sys.argv[1:])`;

function missingColumn(column: string, table: string, at: string): DriverTexts {
  return {
    stderr: exited(at),
    stdout: `${runnerTrace}
  File "audit_runner.py", line 169, in evaluate
    frame = spark.sql(statement)
  File "/mnt1/yarn/usercache/hadoop/filecache/11/pyspark.zip/pyspark/sql/session.py", line 1631, in sql
  File "/mnt1/yarn/usercache/hadoop/filecache/11/pyspark.zip/pyspark/errors/exceptions/captured.py", line 185, in deco
pyspark.errors.exceptions.captured.AnalysisException: [UNRESOLVED_COLUMN.WITH_SUGGESTION] A column or function parameter with name \`${column}\` cannot be resolved. Did you mean one of the following? [\`updated_at\`, \`consent_id\`, \`profile_id\`, \`channel\`, \`company_id\`].; line 3 pos 6;
'Aggregate [unresolvedalias(count(1), None)]
+- 'Filter ('${column} >= cast(current_timestamp() - INTERVAL '3' HOUR as timestamp))
   +- SubqueryAlias glue_catalog.lake.${table}
`,
  };
}

function missingConfig(uri: string, at: string): DriverTexts {
  return {
    stderr: exited(at),
    stdout: `${runnerTrace}
  File "audit_runner.py", line 58, in read_config
    raise FileNotFoundError(f"No such file or directory: {uri}")
FileNotFoundError: No such file or directory: ${uri}
`,
  };
}

function lostNode(at: string, run: Run): DriverTexts {
  const reason = `Container from a bad node: ${containerId(run.applicationId, 9)} on host: ip-10-0-1-57.ec2.internal. Exit status: -100. Diagnostics: Container released on a *lost* node.`;
  return {
    stderr: `${stamp(run.endedMs - 12_000)} WARN YarnAllocator: ${reason}
${stamp(run.endedMs - 12_000)} ERROR YarnClusterScheduler: Lost executor 8 on ip-10-0-1-57.ec2.internal: ${reason}
${at} WARN TaskSetManager: Lost task 4.0 in stage 6.0 (TID 611) (ip-10-0-1-57.ec2.internal executor 8): FetchFailed(BlockManagerId(8, ip-10-0-1-57.ec2.internal, 7337, None), shuffleId=3, mapIndex=11, mapId=402, reduceId=4, message=
org.apache.spark.shuffle.FetchFailedException: Failed to connect to ip-10-0-1-57.ec2.internal/10.0.1.57:7337
${at} ERROR ApplicationMaster: User class threw exception: org.apache.spark.SparkException: Job aborted due to stage failure: ResultStage 6 (count at NativeMethodAccessorImpl.java:0) has failed the maximum allowable number of times: 4. Most recent failure reason: org.apache.spark.shuffle.FetchFailedException: Failed to connect to ip-10-0-1-57.ec2.internal/10.0.1.57:7337
`,
    stdout: '',
  };
}
