/** What a step of each config leaves behind, and what it runs. */
import { type Schedule, schedules } from '../../domain/schedules.ts';
import type { DagFile } from '../../ports/project.ts';
import { isObject, parseClusterConfig } from './model.ts';
import { applicationOf, flatSettings, isFalse } from './sparkSubmit.ts';

export interface StepOutput {
  readonly schedule: Schedule;
  readonly logUri: string | undefined;
  /** EMR turns event logs on by default, and writes them to HDFS (Release Guide, "Spark history"). */
  readonly eventLog: { readonly isOn: boolean; readonly dir: string | undefined };
  /** The script of a step's spark-submit; without one, the first S3 path among its arguments. */
  readonly runner: string | undefined;
}

/** A file that is not a cluster config is left out: its own finding says so. */
export function stepOutputs(files: readonly DagFile[]): StepOutput[] {
  return schedules.flatMap((schedule) => {
    const file = files.find((one) => one.name.endsWith(`_cluster_${schedule}.json`));
    const json = file && parsed(file.bytes);
    if (!isObject(json)) return [];
    const config = parseClusterConfig(json);
    const settings = flatSettings(config);
    return [
      {
        schedule,
        logUri: config.LogUri || undefined,
        eventLog: {
          isOn: !isFalse(settings['spark.eventLog.enabled']),
          dir: settings['spark.eventLog.dir'],
        },
        runner: runnerOf(config.AuditStep?.Args ?? []),
      },
    ];
  });
}

function runnerOf(args: readonly string[]): string | undefined {
  return applicationOf(args) ?? args.find((argument) => /^s3[an]?:/.test(argument));
}

function parsed(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    return undefined;
  }
}
