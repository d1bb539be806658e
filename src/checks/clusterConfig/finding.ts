/** A problem in a cluster config: `refuse` where EMR, Spark or the DAG would certainly fail, `warn` for the rest. */
export interface ConfigFinding {
  readonly severity: 'refuse' | 'warn';
  /** Where in the file, for example `Instances.InstanceGroups[1].InstanceCount`. */
  readonly path: string;
  /** One sentence with the deciding number, without a full stop. */
  readonly message: string;
  /** What to change, in the imperative, without a full stop. */
  readonly remedy: string;
}

export function configRefusal(path: string, message: string, remedy: string): ConfigFinding {
  return { severity: 'refuse', path, message, remedy };
}

export function configWarning(path: string, message: string, remedy: string): ConfigFinding {
  return { severity: 'warn', path, message, remedy };
}
