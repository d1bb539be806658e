import { container, memoryMb } from '../../dag/clusterConfig/sparkSubmit.ts';
import { percent, plural } from '../../domain/text.ts';
import { remedyOf } from '../failures/advice.ts';
import type { Suggestion } from '../model/findings.ts';
import type { Report } from '../model/model.ts';
import type { SuggestionFacts } from '../toFit/facts.ts';

export function fromFailures({ failures, counts, clusterConfig, steps }: SuggestionFacts): Suggestion[] {
  return failures.flatMap((group) => {
    const remedy = remedyOf(group);
    if (!remedy) return [];
    const checks = checksOf(group.steps, steps);
    const present = memorySize(remedy.setting, clusterConfig?.settings);
    return {
      id: failures.some((other) => other !== group && other.signature === group.signature)
        ? `failure:${group.signature}:${group.side}`
        : `failure:${group.signature}`,
      title: remedy.ofQuery ? `Fix ${checks}` : `Change ${remedy.setting} (for ${checks})`,
      measured: `${group.steps.length} of ${plural(counts.total, 'step')} failed with "${group.title}"`,
      setting: remedy.setting,
      from:
        present?.text ??
        clusterConfig?.settings?.[remedy.setting] ??
        (remedy.ofQuery ? 'as uploaded' : 'not known'),
      to: (remedy.doubles && present?.doubledText) || remedy.to,
      expected: 'these steps complete',
      success: `No step fails with "${group.title}".`,
    };
  });
}

const checksNamed = 3;

function checksOf(ids: readonly string[], steps: Report['steps']): string {
  const failed = new Set(ids);
  const checks = [...new Set(steps.flatMap(({ id, check }) => (failed.has(id) ? check : [])))];
  const more = checks.length - checksNamed;
  return checks.slice(0, checksNamed).join(', ') + (more > 0 ? ` and ${more} more` : '');
}

/** The least that Spark adds to a heap (Spark 3, "Configuration"). */
const leastOverheadMb = 384;

export interface MemorySize {
  /** As the cluster config has it, or in MiB with its origin where Spark chooses it. */
  readonly text: string;
  readonly doubledText: string;
}

/** The present size behind `spark.{driver,executor}.memory[Overhead]`; undefined where the settings do not tell. */
export function memorySize(
  setting: string,
  settings: Readonly<Record<string, string>> = {},
): MemorySize | undefined {
  const [, who, part] = /^spark\.(driver|executor)\.(memory|memoryOverhead)$/.exec(setting) ?? [];
  if (who !== 'driver' && who !== 'executor') return undefined;
  const said = settings[setting] ?? settings[setting.replace('spark.', 'spark.yarn.')];
  const saidMb = memoryMb(said);
  if (said !== undefined && saidMb !== undefined) return { text: said, doubledText: `${2 * saidMb} MiB` };
  const size = container(who, (name) => settings[name]);
  if (!size || part === 'memory') return undefined;
  const { heapMb, overheadMb } = size;
  const isLeast = overheadMb === leastOverheadMb;
  const factor = settings[`spark.${who}.memoryOverheadFactor`];
  const origin = isLeast
    ? "Spark's least"
    : `${percent(overheadMb / heapMb)} of ${heapMb} MiB, ${factor === undefined ? "Spark's default" : 'the factor that is set'}`;
  return { text: `${overheadMb} MiB (${origin})`, doubledText: `${2 * overheadMb} MiB` };
}
