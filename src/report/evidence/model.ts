/** What one Spark application did, as its event log says. Times are milliseconds, stamps are milliseconds since 1970. */

/** One scan of one table that ran. */
export interface TableScan {
  readonly table: string;
  /** As Spark pushed them into the scan; foreign text, cleaned. */
  readonly filters: string;
  /** The same table with the same filters, whatever their literals: the same in every load. */
  readonly key: string;
  /** Rows that left the scan, and those that merge-on-read deletes took away: both were read. */
  readonly rows: number;
  /** Rows that the time window kept; undefined where the plan mixes the window with other conditions. */
  readonly rowsKept: number | undefined;
  /** What the plan selected: whole files. Undefined where the table format does not say. */
  readonly files: number | undefined;
  readonly skippedFiles: number | undefined;
  readonly fileBytes: number | undefined;
  /** A LIMIT stands directly above the scan. */
  readonly limited: boolean;
  /** The literals of a time column's comparisons, as stamps. */
  readonly bounds: readonly TimeBound[];
}

export interface TimeBound {
  readonly column: string;
  readonly side: 'from' | 'until';
  readonly atMs: number;
}

/** One attempt of one stage. */
export interface Stage {
  readonly id: number;
  readonly attempt: number;
  /** Undefined in a log that ends before the stage does. */
  readonly wallMs: number | undefined;
  readonly submittedMs: number | undefined;
  readonly completedMs: number | undefined;
  readonly failure: string | undefined;
  /** Tasks that ended well, each partition once. */
  readonly tasks: number;
  readonly failedTasks: number;
  readonly runMs: number;
  readonly gcMs: number;
  readonly diskSpillBytes: number;
  readonly shuffleBytes: number;
  readonly taskMs: Spread;
  readonly taskRecords: Spread;
  /** The stage ran Python for its rows. */
  readonly python: boolean;
}

/** The longest and the median of the tasks of a stage. */
export interface Spread {
  readonly median: number;
  readonly max: number;
}

export interface SparkApplication {
  readonly id: string | undefined;
  readonly attempt: string | undefined;
  readonly name: string | undefined;
  readonly sparkVersion: string | undefined;
  readonly startedMs: number | undefined;
  /** Of ApplicationEnd; undefined in a log that has none. */
  readonly endedMs: number | undefined;
  /** From the start to the end, or to the last event that has a time. */
  readonly wallMs: number;
  /**
   * `failed`: a job or a query failed. `unfinished`: the log has no end. The exit code of ApplicationEnd is no guide:
   * it was 0 for an application that ended in an AnalysisException.
   */
  readonly outcome: 'succeeded' | 'failed' | 'unfinished';
  /** The first error; foreign text, cleaned. */
  readonly failure: string | undefined;
  /** Most cores that the executors had at one time. */
  readonly cores: number;
  readonly lostExecutors: readonly string[];
  readonly jobs: { readonly total: number; readonly failed: number };
  readonly tasks: { readonly succeeded: number; readonly failed: number; readonly stillRunning: number };
  /** Attempts of stages beyond the first. */
  readonly stageRetries: number;
  readonly stages: readonly Stage[];
  readonly scans: readonly TableScan[];
  /** Rows of the scans, and records of jobs that belong to no SQL execution (a DataFrame's `.rdd`). */
  readonly rowsRead: number;
  /** Where `rowsRead` is from. `none`: nothing was read. */
  readonly rowsFrom: 'scans' | 'records' | 'both' | 'none';
  /** Input records of all tasks, repeated ones included: also cached batches and local rows. */
  readonly inputRecords: number;
  /** Queries that read no table: answered out of metadata, or out of the query itself. */
  readonly queriesWithoutScan: number;
  readonly runMs: number;
  readonly cpuMs: number;
  readonly gcMs: number;
  readonly diskSpillBytes: number;
  readonly shuffleBytes: number;
  /** Time in which no task ran: before the first, between two, after the last. */
  readonly driverOnlyMs: { readonly before: number; readonly between: number; readonly after: number };
  /** Run time of tasks that failed. */
  readonly failedTaskMs: number;
  /** Task run time in Python workers; undefined where Spark does not measure it (3.5). */
  readonly pythonMs: number | undefined;
  readonly pythonNodes: readonly string[];
  readonly settings: Readonly<Record<string, string>>;
}
