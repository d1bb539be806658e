/** How a step ends when something else failed first: each says where to look, and only alone is it the answer. */
import type { Signature } from './signature.ts';

export const endings: readonly Signature[] = [
  {
    id: 'fetch-failed',
    title: 'Shuffle fetch failed',
    kind: 'infrastructure',
    side: 'executor',
    followsDeath: true,
    pattern: /\b(?:Metadata)?FetchFailedException\b|\bFetchFailed\(/,
    advice: 'look first why the executor that held the block went',
  },
  {
    id: 'exit-143',
    title: 'Process asked to stop (exit 143)',
    kind: 'infrastructure',
    isDeath: true,
    followsDeath: true,
    pattern: /\bExit ?(?:status|code)(?: is)?:?\s{1,2}143\b|\bexit code 143\b/i,
  },
  {
    id: 'executor-failures',
    title: 'Executors failed one after another',
    kind: 'configuration',
    dependsOnLoad: true,
    side: 'executor',
    followsDeath: true,
    pattern: /Max number of executor failures \(\d+\) reached/,
    advice: 'look at the stderr of one of those executors; allowing more failures only takes longer',
  },
  {
    id: 'executor-lost',
    title: 'Executor lost',
    kind: 'infrastructure',
    side: 'executor',
    followsDeath: true,
    pattern: /\bExecutorLostFailure\b|Lost executor \S+ on |Container (?:from a bad node|marked as failed): /,
  },
  {
    id: 'sigterm',
    title: 'The driver was asked to stop (SIGTERM)',
    kind: 'infrastructure',
    side: 'driver',
    followsDeath: true,
    pattern: /RECEIVED SIGNAL (?:TERM|15|HUP|INT)\b/,
    advice: 'look for who stopped it: YARN, the cluster’s end, or a person',
  },
  {
    id: 'context-stopped',
    title: 'The SparkContext was shut down',
    kind: 'unknown',
    side: 'driver',
    isGeneric: true,
    followsDeath: true,
    pattern:
      /cancelled because SparkContext was shut down|Cannot call methods on a stopped SparkContext|SparkContext has been shutdown/,
    advice: 'look for what stopped it: YARN, the cluster’s end, or the program itself',
  },
  {
    id: 'no-executors',
    title: 'No executor ever arrived',
    kind: 'capacity',
    side: 'executor',
    pattern: /Initial job has not accepted any resources/,
    remedy: {
      setting: 'spark.executor.memory and spark.executor.cores',
      to: 'what a node has free, or fewer steps at once',
    },
  },
  {
    id: 'context-not-initialised',
    title: 'The program made no SparkContext in time',
    kind: 'configuration',
    side: 'driver',
    isGeneric: true,
    dependsOnLoad: true,
    // The 100 s are spark.yarn.am.waitTime; nothing else of Spark waits so long.
    pattern:
      /SparkContext did not initialize after waiting for \d+ ms|Futures timed out after \[100000 milliseconds\]/,
    advice: 'create the SparkSession first in the runner, or raise spark.yarn.am.waitTime',
  },
];

/** Says nothing but that it failed; any exception says more. */
export const vague: readonly Signature[] = [
  {
    id: 'am-container',
    title: 'The application master ended with an error',
    kind: 'unknown',
    side: 'driver',
    isGeneric: true,
    pattern:
      /AM Container for \S{1,80} exited with\s{1,3}exitCode: |Yarn application has already ended|unable to launch application master/,
    advice: 'look at the driver’s own log (container …_000001)',
  },
  {
    id: 'stage-failed',
    title: 'A Spark stage failed',
    kind: 'unknown',
    isGeneric: true,
    pattern:
      /Job aborted(?: due to stage failure: |\.|$)|failed \d+ times; aborting job|Exception thrown in awaitResult|Task failed while writing rows|has failed the maximum allowable number of times/,
  },
  {
    id: 'user-class-threw',
    title: 'The program ended with an error',
    kind: 'unknown',
    side: 'driver',
    isGeneric: true,
    pattern: /User class threw exception|User application exited with (?:status )?\d+/,
  },
  {
    id: 'exit-nonzero',
    title: 'The step ended with an error',
    kind: 'unknown',
    side: 'driver',
    isGeneric: true,
    pattern:
      /Command exiting with ret '[1-9]\d*'|Application application_\S{1,40} finished with failed status|Step failed with exitCode/,
  },
];
