/** What is wrong with a cluster config: `refuse` where EMR, Spark or the DAG surely would, `warn` where it costs. */
export interface Finding {
  readonly severity: 'refuse' | 'warn';
  /** Where in the file, for example `Instances.InstanceGroups[1].InstanceCount`. */
  readonly path: string;
  /** One sentence, with the number that decided, without a full stop. */
  readonly message: string;
  /** What to change, in the imperative, without a full stop. */
  readonly remedy: string;
}

export function refuse(path: string, message: string, remedy: string): Finding {
  return { severity: 'refuse', path, message, remedy };
}

export function warn(path: string, message: string, remedy: string): Finding {
  return { severity: 'warn', path, message, remedy };
}
