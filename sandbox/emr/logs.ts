/** Writes the logs of finished steps to where EMR puts them: four of the step, and the driver's two elsewhere. */
import { gzipSync } from 'node:zlib';
import type { Buckets } from '../service.ts';
import { containerId, type DriverTexts, driverFailure, type Run, stamp } from './failureTexts.ts';
import { type ClusterRecord, logFolderOf, type StepRecord } from './records.ts';

/**
 * Writes `{LogUri}/{cluster}/steps/{step}/{stderr,controller,stdout,syslog}.gz` and the driver's
 * `containers/{application}/{container}/{stderr,stdout}.gz`. A cluster without a LogUri, or with a LogUri in a missing
 * bucket, keeps no logs and reports no error, as EMR does.
 */
export function createLogDelivery(buckets: Buckets): (cluster: ClusterRecord, step: StepRecord) => void {
  return (cluster, step) => {
    const [, bucket, folder] = /^s3:\/\/([^/]+)\/(.*)$/.exec(logFolderOf(cluster) ?? '') ?? [];
    const { applicationId, startedMs, endedMs } = step;
    if (!bucket || folder === undefined || !applicationId || startedMs === undefined || endedMs === undefined)
      return;
    try {
      for (const [path, text] of logsOf(step, { applicationId, startedMs, endedMs }))
        buckets.put(bucket, `${folder}${path}`, gzipSync(text, { level: 1 }));
    } catch {
      // The bucket does not exist.
    }
  };
}

/** In deploy mode client the driver is the step's own process; in mode cluster it has a container of its own. */
function logsOf(step: StepRecord, run: Run): (readonly [path: string, text: string])[] {
  const { args } = step.request;
  const inCluster = args[args.indexOf('--deploy-mode') + 1] === 'cluster' || !args.includes('--deploy-mode');
  const driver = driverTexts(step, run);
  const container = `containers/${run.applicationId}/${containerId(run.applicationId, 1)}`;
  const own = {
    stderr: inCluster
      ? submitterText(step, run)
      : `${driver.stderr}Command exiting with ret '${exitCode(step)}'\n`,
    controller: controllerText(step, run),
    stdout: inCluster ? '' : driver.stdout,
    syslog: '',
  };
  return [
    ...Object.entries(own).map(([name, text]) => [`steps/${step.id}/${name}.gz`, text] as const),
    ...Object.entries(inCluster ? driver : {}).map(
      ([name, text]) => [`${container}/${name}.gz`, text] as const,
    ),
  ];
}

function driverTexts(step: StepRecord, run: Run): DriverTexts {
  const opening = `${stamp(run.startedMs + 9000)} INFO ApplicationMaster: ApplicationAttemptId: ${run.applicationId.replace('application', 'appattempt')}_000001
${stamp(run.startedMs + 14_000)} INFO SparkContext: Running Spark version 3.5.4-amzn-0
${stamp(run.startedMs + 21_000)} INFO AuditRunner: evaluating ${step.request.name}
`;
  const cause = step.state === 'FAILED' ? step.plan.failsWith : undefined;
  if (cause) {
    const { stderr, stdout } = driverFailure(cause, run);
    return { stderr: opening + stderr, stdout };
  }
  const ending =
    step.state === 'COMPLETED'
      ? `${stamp(run.endedMs - 2000)} INFO AuditRunner: check finished, results written
${stamp(run.endedMs)} INFO ApplicationMaster: Final app status: SUCCEEDED, exitCode: 0
`
      : `${stamp(run.endedMs)} ERROR ApplicationMaster: RECEIVED SIGNAL TERM\n`;
  return { stderr: opening + ending, stdout: '' };
}

/** What spark-submit prints on the primary node: the application's states, and nothing about the error itself. */
function submitterText(step: StepRecord, run: Run): string {
  const { applicationId: id } = run;
  const acceptedMs = run.startedMs + 7000;
  const runningMs = Math.min(run.endedMs, run.startedMs + 16_000);
  const end = stamp(run.endedMs);
  const head = `${stamp(run.startedMs + 3000)} INFO DefaultNoHARMFailoverProxyProvider: Connecting to ResourceManager at ip-10-0-1-12.ec2.internal/10.0.1.12:8032
${stamp(acceptedMs)} INFO Client: Submitting application ${id} to ResourceManager
${stamp(acceptedMs)} INFO YarnClientImpl: Submitted application ${id}
${stamp(acceptedMs + 1000)} INFO Client: Application report for ${id} (state: ACCEPTED)
${stamp(runningMs)} INFO Client: Application report for ${id} (state: RUNNING)
`;
  const shutdown = `${end} INFO ShutdownHookManager: Shutdown hook called\n`;
  if (step.state !== 'COMPLETED' && step.state !== 'FAILED') return head + shutdown;
  const report = (state: string, diagnostics: string, status: string): string =>
    `${end} INFO Client: Application report for ${id} (state: ${state})
	 client token: N/A
	 diagnostics: ${diagnostics}
	 ApplicationMaster host: ip-10-0-1-33.ec2.internal
	 queue: default
	 start time: ${acceptedMs}
	 final status: ${status}
	 tracking URL: http://ip-10-0-1-12.ec2.internal:20888/proxy/${id}/
	 user: hadoop
`;
  if (step.state === 'COMPLETED')
    return `${head}${report('FINISHED', 'N/A', 'SUCCEEDED')}${shutdown}Command exiting with ret '0'\n`;
  return `${head}${report('FAILED', 'User application exited with status 1', 'FAILED')}${end} ERROR Client: Application diagnostics message: User application exited with status 1
Exception in thread "main" org.apache.spark.SparkException: Application ${id} finished with failed status
	at org.apache.spark.deploy.yarn.Client.run(Client.scala:1354)
	at org.apache.spark.deploy.yarn.YarnClusterApplication.start(Client.scala:1776)
	at org.apache.spark.deploy.SparkSubmit.runMain(SparkSubmit.scala:1095)
	at org.apache.spark.deploy.SparkSubmit.main(SparkSubmit.scala)
${shutdown}Command exiting with ret '1'
`;
}

export function controllerText(step: StepRecord, run: Run): string {
  const { request, id } = step;
  const started = new Date(run.startedMs).toISOString();
  const ended = new Date(run.endedMs).toISOString();
  const seconds = Math.round((run.endedMs - run.startedMs) / 1000);
  const outcome =
    step.state === 'FAILED'
      ? `WARN Step failed with exitCode ${exitCode(step)} and took ${seconds} seconds`
      : `INFO Step ${step.state === 'COMPLETED' ? 'succeeded with exitCode 0' : 'was stopped'} and took ${seconds} seconds`;
  return `${started} INFO Ensure step ${step.sequence + 1} jar file ${request.jar}
${started} INFO StepRunner: Created Runner for step ${step.sequence + 1}
INFO startExec 'hadoop jar /var/lib/aws/emr/step-runner/hadoop-jars/${request.jar} ${request.args.join(' ')}'
INFO Environment:
  PATH=/usr/lib64/qt-3.3/bin:/usr/local/bin:/usr/bin:/opt/aws/bin
  EMR_STEP_ID=${id}
INFO redirectOutput to /mnt/var/log/hadoop/steps/${id}/stdout
INFO redirectError to /mnt/var/log/hadoop/steps/${id}/stderr
INFO waitProcessCompletion ended with exit code ${exitCode(step)}
INFO total process run time: ${seconds} seconds
${ended} INFO Step created jobs:
${ended} ${outcome}
`;
}

function exitCode(step: StepRecord): number {
  if (step.exitCode !== undefined) return step.exitCode;
  if (step.state === 'COMPLETED') return 0;
  return step.state === 'FAILED' ? 1 : 143;
}
