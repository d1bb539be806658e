/** The settings that the tools read; see `.env.example`. Filled in by settings loading. */
export interface Settings {
  /** The directory that relative settings are relative to: where `.env` and `dags/` lie. */
  readonly home: string;
  readonly targetRepo: string;
  readonly checksPath: string;
  readonly bucket: string;
  readonly prodHourlyChecks: string;
  readonly testBranch: string;
  readonly baselineRef: string;
  /** Prefixes carry no slash at either end. */
  readonly configsPrefix: string;
  readonly resultsPrefix: string;
  readonly dagsPrefix: string;
  /** Absolute paths. */
  readonly dagFile: string;
  readonly reportsDir: string;
  readonly stateDir: string;
  readonly approval: 'ask' | 'chat' | 'terminal';
  readonly awsLoginCommand: string;
  readonly airflowUrl?: string;
}
