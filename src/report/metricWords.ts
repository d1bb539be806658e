import { formatDuration } from './durations.ts';
import { percent } from './share.ts';

/** How a suggestion's metric is printed: its name in a sentence, and its value with its unit. */
export interface MetricWords {
  readonly name: string;
  readonly value: (value: number) => string;
}

const count = (value: number) => String(Math.round(value));
const wordsOf: Readonly<Record<string, MetricWords>> = {
  runtimeSeconds: { name: 'total runtime', value: formatDuration },
  tailSeconds: { name: 'the tail', value: formatDuration },
  startGapSeconds: { name: 'the wait for the first start', value: formatDuration },
  meanRunning: { name: 'the average of steps running at once', value: (value) => value.toFixed(1) },
  peakActive: { name: 'the peak of active steps', value: count },
  overheadShare: { name: 'the share of start-up in all work', value: percent },
};

/** The words of `runtimeSeconds`, `runSeconds:check_events`, `failed:executor-heap` and their like. */
export function metricWords(metric: string): MetricWords {
  const [kind, ...rest] = metric.split(':');
  if (kind === 'failed') return { name: 'the number of steps that failed with it', value: count };
  if (kind === 'runSeconds') return { name: `the run of ${rest.join(':')}`, value: formatDuration };
  if (kind === 'longestRunSeconds')
    return { name: `the longest run of ${rest.join(':')}`, value: formatDuration };
  return wordsOf[metric] ?? { name: metric, value: String };
}
