/** The ports together. */
import type { Settings } from '../settings.ts';
import type { SettingsProblem } from '../settingsRules.ts';
import type { Blobs, Sessions } from '../state/store.ts';
import type { Airflow } from './airflow.ts';
import type { Account, Clusters, Instances, ObjectStore, StepLogs } from './aws.ts';
import type { EventLogs } from './eventLogs.ts';
import type { DagFolder, LocalPlaces, LogFiles, Notes, Prices, Reports } from './project.ts';
import type { TargetRepository } from './repository.ts';
import type { Clock } from './time.ts';

/** Everything that a tool may use; each tool takes the part that it needs. compose.ts builds what is behind it. */
export interface Ports {
  readonly settings: Settings;
  readonly problems: readonly SettingsProblem[];
  /** Whether `home` has a `.env`; otherwise all settings come from the environment. */
  readonly hasEnvFile: boolean;
  readonly store: ObjectStore;
  readonly clusters: Clusters;
  readonly stepLogs: StepLogs;
  readonly eventLogs: EventLogs;
  readonly instances: Instances;
  readonly prices: Prices;
  readonly clock: Clock;
  readonly account: Account;
  readonly target: TargetRepository;
  readonly dags: DagFolder;
  readonly reports: Reports;
  /** Absent when AIRFLOW_URL is not set. */
  readonly airflow?: Airflow;
  readonly sessions: Sessions;
  readonly blobs: Blobs;
  readonly notes: Notes;
  readonly logFiles: LogFiles;
  readonly localPlaces: LocalPlaces;
}
