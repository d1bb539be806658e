import { container, memoryMb } from '../../dag/clusterConfig/sparkSubmit.ts';
import { percent } from '../../domain/text.ts';

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
