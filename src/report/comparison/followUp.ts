import { formatDuration } from '../../domain/text.ts';
import type { SettingChange } from '../model/comparisonModel.ts';
import type { ClusterConfigUsed, FollowUp, Report } from '../model/model.ts';
import { isDecided } from '../model/outcomes.ts';
import type { MeasuredRound } from '../steps/checkTimes.ts';

const settingsShown = 3;

type FollowedRound = MeasuredRound & Pick<Report, 'verdict'>;

/**
 * What changed since the last round at this load, and how long both took. Null where there is no earlier round, or where one of
 * the two is provisional. A runtime is null where the verdict is not decided.
 *
 * @param earlier of the same schedule, oldest first
 */
export function followUpOf(now: FollowedRound, earlier: readonly FollowedRound[]): FollowUp | null {
  const last = earlier.findLast(({ load }) => load === now.load);
  if (!last || last.round.partial || now.round.partial) return null;
  const runtimeOf = ({ verdict }: FollowedRound) => (isDecided(verdict) ? verdict.runtimeSeconds : null);
  const settings = settingChanges(last.clusterConfig, now.clusterConfig);
  const runtimeSeconds = { from: runtimeOf(last), to: runtimeOf(now) };
  return { settings, runtimeSeconds, sentence: followUpText(settings, runtimeSeconds) };
}

/**
 * `Since the last round at this load: StepConcurrencyLevel 8 → 12; runtime 13m 42s → 10m 53s.` Names and values of settings are
 * foreign.
 */
function followUpText(settings: readonly SettingChange[], { from, to }: FollowUp['runtimeSeconds']): string {
  const runtime = (seconds: number | null) => (seconds === null ? 'not decided' : formatDuration(seconds));
  return `Since the last round at this load: ${settingsText(settings) || 'no setting changed'}; runtime ${runtime(from)} → ${runtime(to)}.`;
}

/** `StepConcurrencyLevel 8 → 12, ReleaseLabel emr-7.1.0 → emr-7.2.0 and 2 more`; empty for none. */
export function settingsText(settings: readonly SettingChange[]): string {
  const more = settings.length - settingsShown;
  const shown = settings.slice(0, settingsShown).map(({ setting, from, to }) => `${setting} ${from} → ${to}`);
  return `${shown.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

/** What differs between the clusters of two rounds: what EMR says of them first, then what their configs say. */
export function settingChanges(
  before: ClusterConfigUsed | null,
  now: ClusterConfigUsed | null,
): SettingChange[] {
  if (!before || !now) return [];
  const was = flat(before);
  const is = flat(now);
  return [...new Set([...was.keys(), ...is.keys()])].flatMap((setting) => {
    const [from, to] = [was.get(setting) ?? 'not set', is.get(setting) ?? 'not set'];
    return from === to ? [] : [{ setting, from, to }];
  });
}

/** `4 × m6i.2xlarge and 2 × m6i.xlarge`; undefined where the config does not tell. */
function nodesText({ room }: ClusterConfigUsed): string | undefined {
  return room?.nodes?.map(({ type, count }) => `${count} × ${type}`).join(' and ');
}

function flat({ settings = {}, ...config }: ClusterConfigUsed): Map<string, string> {
  const known: [string, string | undefined][] = [
    ['StepConcurrencyLevel', config.stepConcurrencyLevel?.toString()],
    ['core and task nodes', nodesText(config)],
    ['ReleaseLabel', config.releaseLabel],
    ['kind of instances', config.instanceCollectionType],
    ...Object.entries(settings),
  ];
  return new Map(known.flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const])));
}
