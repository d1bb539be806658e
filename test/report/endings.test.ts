/** What ends a step, and what only stands in its log. */
import { describe, expect, it } from 'vitest';
import { adviceOf } from '../../src/report/failures/advice.ts';
import { endedWell, findCause, quote } from '../../src/report/failures/cause.ts';

const at = (time: string, text: string) => `25/12/07 20:${time} ${text}`;
const lines = (...all: readonly string[]) => all.join('\n');
const exited = at('50:00', 'ERROR ApplicationMaster: User application exited with status 1');
const assertion = lines(
  'Traceback (most recent call last):',
  '  File "audit_runner.py", line 140, in raise_if_failed',
  '    raise AssertionError(f"{len(failed)} audit expectations failed")',
  'AssertionError: 3 audit expectations failed',
);
const heap = 'Exception in thread "main" java.lang.OutOfMemoryError: Java heap space';
const masterKilled = lines(
  at('50:00', 'INFO Client: Application report for application_1733600000000_0042 (state: FAILED)'),
  '\t diagnostics: Application application_1733600000000_0042 failed 1 times due to AM Container for appattempt_1733600000000_0042_000001 exited with  exitCode: -104',
  "Failing this attempt.Diagnostics: Container [pid=1,containerID=container_1733600000000_0042_01_000001] is running 16B beyond the 'PHYSICAL' memory limit.",
  '\t final status: FAILED',
  'Exception in thread "main" org.apache.spark.SparkException: Application application_1733600000000_0042 finished with failed status',
);
const executorKilled = at(
  '41:00',
  'ERROR YarnClusterScheduler: Lost executor 9 on ip-10-0-1-7: Container killed by YARN for exceeding physical memory limits. 5.5 GB of 5.5 GB physical memory used.',
);
const lostNode = at(
  '41:00',
  'ERROR YarnClusterScheduler: Lost executor 8 on ip-10-0-1-57: Container from a bad node: container_1733600000000_0042_01_000009 on host: ip-10-0-1-57. Exit status: -100. Diagnostics: Container released on a *lost* node.',
);
const jobFinished = at(
  '45:00',
  'INFO DAGScheduler: Job 2 finished: count at NativeMethodAccessorImpl.java:0',
);
const fetchFailed = lines(
  at(
    '49:00',
    'ERROR ApplicationMaster: User class threw exception: org.apache.spark.SparkException: Job aborted due to stage failure: ResultStage 6 (count) has failed the maximum allowable number of times: 4. Most recent failure reason: org.apache.spark.shuffle.FetchFailedException: Failed to connect to ip-10-0-1-57/10.0.1.57:7337',
  ),
  'Caused by: java.io.IOException: Connection reset by peer',
);
const echo = (text: string) =>
  at('40:30', `INFO audit_runner: select * from lake.audit where code = '${text}'`);

const answer = (...logs: readonly string[]) => {
  const found = findCause(...logs);
  return found && [found.signature.id, found.side];
};

describe('the cause of a failed step', () => {
  it.each<[string, readonly string[], readonly [string, string]]>([
    [
      'is the executor that was lost, though the script of the driver lies in the folder of its container',
      [
        lines(
          'Traceback (most recent call last):',
          '  File "/mnt/yarn/usercache/hadoop/appcache/application_1_0042/container_1733600000000_0042_01_000001/audit_runner.py", line 171, in evaluate',
          '    violations = spark.sql(statement).count()',
          'py4j.protocol.Py4JJavaError: An error occurred while calling o142.count.',
          ': org.apache.spark.SparkException: Job aborted due to stage failure: Task 37 in stage 12.0 failed 4 times, most recent failure: Lost task 37.3 in stage 12.0 (TID 2210) (ip-10-0-1-41.ec2.internal executor 14): ExecutorLostFailure (executor 14 exited caused by one of the running tasks) Reason: Container killed by YARN for exceeding physical memory limits. 4.5 GB of 4.4 GB physical memory used.',
        ),
      ],
      ['yarn-memory-kill', 'executor'],
    ],
    [
      'is the exception and not a warning before it',
      [
        lines(
          at('40:00', 'WARN Tasks: Retrying task after failure'),
          'org.apache.iceberg.exceptions.CommitFailedException: Cannot commit',
          at('42:00', 'INFO SnapshotProducer: Committed snapshot 1'),
          heap,
          exited,
        ),
      ],
      ['driver-heap', 'driver'],
    ],
    [
      'is not what the SQL in the log says',
      [lines(echo('AccessDenied'), heap, exited)],
      ['driver-heap', 'driver'],
    ],
    [
      'is not what the SQL in an exception says',
      [
        lines(
          'Traceback (most recent call last):',
          '  File "x.py", line 1, in <module>',
          'pyspark.errors.exceptions.captured.ParseException: ',
          "[PARSE_SYNTAX_ERROR] Syntax error at or near 'form'.(line 1, pos 9)",
          '',
          '== SQL ==',
          "select * form lake.events where code = 'AccessDenied'",
          '---------^^^',
        ),
      ],
      ['sql-syntax', 'driver'],
    ],
    [
      'is not a node that the job got over',
      [lines(lostNode, jobFinished, assertion, exited)],
      ['failed-assertion', 'driver'],
    ],
    [
      'is the lost node that the fetches failed for',
      [lines(lostNode, fetchFailed, exited)],
      ['lost-node', 'executor'],
    ],
    [
      'is the killed executor that the fetches failed for',
      [lines(executorKilled, fetchFailed, exited)],
      ['yarn-memory-kill', 'executor'],
    ],
    [
      'is the failed fetch where nothing says who died',
      [lines(fetchFailed, exited)],
      ['fetch-failed', 'executor'],
    ],
    [
      'is the last of several exceptions',
      [lines(assertion, at('42:00', 'INFO audit_runner: goes on'), heap, exited)],
      ['driver-heap', 'driver'],
    ],
    [
      'is in the driver’s log, not in the submitter’s',
      [
        lines(assertion, exited),
        lines('\t diagnostics: User application exited with status 1', "Command exiting with ret '1'"),
      ],
      ['failed-assertion', 'driver'],
    ],
    [
      'is in the driver’s output, where its log only says that it ended',
      [exited, assertion],
      ['failed-assertion', 'driver'],
    ],
    [
      'is YARN’s word about the master, which could log nothing',
      [lines(executorKilled, at('49:59', 'ERROR ApplicationMaster: RECEIVED SIGNAL TERM')), masterKilled],
      ['yarn-memory-kill', 'driver'],
    ],
    [
      'is the heap behind a Python that found no JVM',
      [
        lines(
          at(
            '49:00',
            'ERROR Utils: uncaught error in thread spark-listener-group-shared, stopping SparkContext',
          ),
          'java.lang.OutOfMemoryError: Java heap space',
          'Traceback (most recent call last):',
          '  File "java_gateway.py", line 1159, in send_command',
          'py4j.protocol.Py4JNetworkError: Answer from Java side is empty',
        ),
      ],
      ['driver-heap', 'driver'],
    ],
    [
      'is no executor’s death for a Python that found no JVM',
      [
        lines(
          executorKilled,
          'Traceback (most recent call last):',
          '  File "java_gateway.py", line 1159, in send_command',
          'py4j.protocol.Py4JNetworkError: Answer from Java side is empty',
        ),
      ],
      ['jvm-gone', 'driver'],
    ],
    [
      'is the signal, not the context that it stopped',
      [
        lines(
          at('49:00', 'ERROR ApplicationMaster: RECEIVED SIGNAL TERM'),
          'org.apache.spark.SparkException: Job 0 cancelled because SparkContext was shut down',
        ),
      ],
      ['sigterm', 'driver'],
    ],
    [
      'is a logged error where the program ended without a word',
      [
        lines(
          at('41:00', 'ERROR Executor: Exception in task 1.0 in stage 1.0 (TID 1)'),
          'java.io.IOException: No space left on device',
          exited,
        ),
      ],
      ['no-space', 'executor'],
    ],
    [
      'is the last attempt of the task that ended the stage',
      [
        lines(
          at(
            '41:00',
            'WARN TaskSetManager: Lost task 7.3 in stage 1.0 (TID 19) (ip-10-0-1-7 executor 1): java.lang.RuntimeException: s3://lake/a.parquet is not a Parquet file',
          ),
          at('41:01', 'ERROR TaskSetManager: Task 7 in stage 1.0 failed 4 times; aborting job'),
          exited,
        ),
      ],
      ['not-parquet', 'executor'],
    ],
    [
      'is a warning only where nothing followed',
      [at('41:00', 'WARN YarnScheduler: Initial job has not accepted any resources; check your cluster UI')],
      ['no-executors', 'executor'],
    ],
    [
      'by the class of an exception that is on no list',
      [
        lines(
          'Traceback (most recent call last):',
          '  File "x.py", line 1, in <module>',
          '    raise rules.AuditFailed("3 rules")',
          'rules.AuditFailed: 3 rules',
          exited,
        ),
      ],
      ['exception:rules.AuditFailed', 'driver'],
    ],
    [
      'by the deepest class, not by what wraps it',
      [
        lines(
          'py4j.protocol.Py4JJavaError: An error occurred while calling o1.count.',
          ': org.apache.spark.SparkException: Exception thrown in awaitResult: ',
          '\tat org.apache.spark.util.ThreadUtils$.awaitResult(ThreadUtils.scala:302)',
          'Caused by: com.example.RuleEngineFailure: rule 7',
        ),
      ],
      ['exception:com.example.RuleEngineFailure', 'driver'],
    ],
    [
      'of two tracebacks that belong together is the known one',
      [
        lines(
          'Traceback (most recent call last):',
          '  File "x.py", line 1, in <module>',
          'py4j.protocol.Py4JJavaError: An error occurred while calling o1.sql.',
          ': java.lang.OutOfMemoryError: Java heap space',
          '',
          'The above exception was the direct cause of the following exception:',
          '',
          'Traceback (most recent call last):',
          '  File "x.py", line 9, in <module>',
          'rules.AuditFailed: the query failed',
        ),
      ],
      ['driver-heap', 'driver'],
    ],
  ])('%s', (_, logs, expected) => {
    expect(answer(...logs)).toEqual(expected);
  });

  it('is undefined for a log that ended well, even after errors from which it recovered', () => {
    const well = lines(
      lostNode,
      at('50:00', 'INFO ApplicationMaster: Final app status: SUCCEEDED, exitCode: 0'),
    );
    expect([answer(well), endedWell(well)]).toEqual([undefined, true]);
    expect(
      answer(at('41:00', 'WARN YarnScheduler: Initial job has not accepted any resources'), well),
    ).toBeUndefined();
  });

  it('is looked for where the master of a client succeeded and the driver did not', () => {
    const master = at('50:00', 'INFO ApplicationMaster: Final app status: SUCCEEDED, exitCode: 0');
    expect(answer(assertion, master)).toEqual(['failed-assertion', 'driver']);
  });
});

describe('the advice', () => {
  it.each([
    ['yarn-memory-kill', 'driver', /^spark\.driver\.memoryOverhead: /],
    ['yarn-memory-kill', 'executor', /^spark\.executor\.memoryOverhead: /],
    ['exit-137', 'driver', /^spark\.driver\./],
    ['exit-137', 'executor', /^spark\.executor\./],
    ['python-memory', 'driver', /^spark\.driver\.memoryOverhead: /],
    ['not-parquet', 'executor', /no load or cluster changes it$/],
  ])('for %s on the %s', (signature, side, expected) => {
    expect(adviceOf({ signature, side })).toMatch(expected);
  });

  it('is undefined for a text that no list contains', () => {
    expect(adviceOf({ signature: 'exception:KeyError', side: 'driver' })).toBeUndefined();
  });
});

it('quotes a long line from shortly before its proof', () => {
  const found = findCause(
    `Exception in thread "main" org.apache.spark.SparkException: Job aborted due to stage failure: Task 7 in stage 1.0 failed 4 times, most recent failure: Lost task 7.3 in stage 1.0 (TID 19) (ip-10-0-1-41.ec2.internal executor 1): java.lang.RuntimeException: s3://lake/orders.parquet is not a Parquet file`,
  );
  expect(found && quote(found)).toMatch(/^… .{0,120}s3:\/\/lake\/orders\.parquet is not a Parquet file$/);
});
