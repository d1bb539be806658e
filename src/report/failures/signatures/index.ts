import { capacity } from './capacity.ts';
import { infrastructure } from './infrastructure.ts';
import type { Signature } from './signature.ts';
import { specific } from './specific.ts';

/** Generic lines of any failed program; proof only where nothing more specific is. */
const generic: readonly Signature[] = [
  {
    id: 'killed-by-user',
    title: 'Killed by a person or a program',
    class: 'unknown',
    pattern: /Application .{0,80} was killed by user|Kill(?:ed)? application application_\d+_\d+/,
  },
  {
    id: 'failed-assertion',
    title: 'Assertion in the check failed',
    class: 'code',
    dependsOnLoad: true,
    pattern: /^\s*(?:[\w.]+\.)?AssertionError\b/,
  },
  {
    id: 'python-exception',
    title: 'Python exception',
    class: 'code',
    dependsOnLoad: true,
    // The last line of a traceback; what PySpark wraps around a failure of the JVM alone proves nothing.
    pattern: /^\s*(?:[A-Za-z_]\w*\.)*[A-Z]\w*(?:Error|Exception|Exit|Interrupt)(?::\s|$)/,
    unless: /Py4J(?:Java|Network)?Error|^\s*(?:java|javax|scala|org|com|software|io)\.|SparkException: /,
  },
  {
    id: 'user-class-threw',
    title: 'The program threw an exception',
    class: 'code',
    dependsOnLoad: true,
    pattern: /User class threw exception: |User application exited with (?:status )?\d+/,
  },
  {
    id: 'stage-failed',
    title: 'A Spark stage failed',
    class: 'unknown',
    pattern: /Job aborted due to stage failure: /,
  },
  {
    id: 'exit-nonzero',
    title: 'The step ended with an error',
    class: 'unknown',
    pattern:
      /Command exiting with ret '[1-9]\d*'|Application application_\d+_\d+ finished with failed status/,
  },
];

/**
 * Every known failure, root cause above symptom. First what is specific whatever else a log contains (a missing table ends a
 * job alone), then memory and disk, then nodes and services (a lost node shows as failed fetches, a killed
 * executor as a lost one), last the generic lines of any failed program.
 */
export const signatures: readonly Signature[] = [...specific, ...capacity, ...infrastructure, ...generic];
