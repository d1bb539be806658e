/** Airflow as the tools need it: types only. */
import type { Watch } from './time.ts';

export interface AirflowDag {
  readonly tags: readonly string[];
  readonly paused: boolean;
  /** Airflow could not import the newest version of its file. */
  readonly broken: boolean;
}

export interface AirflowRun {
  readonly dagRunId: string;
  /** queued, running, success or failed; an unknown value is kept. */
  readonly state: string;
}

export interface RunOrder {
  readonly dagRunId: string;
  readonly conf: Readonly<Record<string, unknown>>;
  /** Shown with the run in Airflow. */
  readonly note: string;
}

export interface Airflow {
  readonly url: string;
  /** Undefined when Airflow does not know the DAG (yet). */
  dag(dagId: string, watch?: Pick<Watch, 'signal'>): Promise<AirflowDag | undefined>;
  run(dagId: string, dagRunId: string, watch?: Pick<Watch, 'signal'>): Promise<AirflowRun | undefined>;
  /** Queued and running runs, ten at most. */
  activeRuns(dagId: string, watch?: Pick<Watch, 'signal'>): Promise<readonly AirflowRun[]>;
  /** `existed`: a run with that id exists already, for example after a trigger whose response was lost. */
  trigger(dagId: string, order: RunOrder, watch?: Pick<Watch, 'signal'>): Promise<'triggered' | 'existed'>;
  /** The run's page in the Airflow UI. */
  runUrl(dagId: string, dagRunId: string): string;
}
