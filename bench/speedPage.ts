/** docs/measurements/speed.md out of what one run measured. */
import { cpus, totalmem } from 'node:os';
import type { Outcome, PartResult } from './part.ts';
import { missingText } from './rivals.ts';
import { markdownTable } from './tables.ts';

export interface MeasuredPart {
  readonly title: string;
  /** The load average when it began. */
  readonly load: number;
  readonly result?: PartResult;
  readonly failure?: string;
}

interface RunFacts {
  readonly date: Date;
  /** The load average before the run. */
  readonly load: number;
  readonly minutes: number;
  readonly isBusy: boolean;
  readonly isWhole: boolean;
  /** Titles of the parts that come after these. */
  readonly left: readonly string[];
}

export function speedPage(parts: readonly MeasuredPart[], facts: RunFacts): string {
  const results = parts.flatMap(({ result }) => result ?? []);
  const missing = missingText(results.flatMap((result) => result.missing ?? []));
  const failed = parts.filter(({ failure }) => failure !== undefined).map(({ title }) => title);
  const hasChart = ['files', 'steps'].every((unit) =>
    results.some(({ growth }) => (growth?.[unit as 'files' | 'steps'].length ?? 0) > 0),
  );
  return [
    `# Speed, compared with the usual tools`,
    head(facts),
    ...(missing === '' ? [] : [missing]),
    ...(failed.length === 0 ? [] : [`Not measured, because the benchmark failed: ${failed.join(', ')}.`]),
    ...(facts.left.length === 0 ? [] : [`Not measured yet: ${facts.left.join(', ')}.`]),
    '## Targets',
    markdownTable(
      ['What', 'Compared with', 'Measured', 'Target', 'Met'],
      results.flatMap(({ outcomes }) => outcomes.map(outcomeRow)),
    ),
    ...(hasChart ? ['![Growth of time and memory with files and steps](growth.svg)'] : []),
    ...parts.map(sectionOf),
  ]
    .join('\n\n')
    .concat('\n');
}

function head({ date, load, minutes, isBusy, isWhole }: RunFacts): string {
  const [cpu] = cpus();
  const machine = `${cpus().length} × ${cpu?.model.trim() ?? 'an unknown processor'}, ${Math.round(totalmem() / 2 ** 30)} GiB`;
  const judged = isBusy
    ? 'It exceeds the number of processors, so ratios compare CPU time, and seconds are not judged.'
    : 'Ratios compare the best wall-clock times, except where a section says otherwise.';
  return `Written by \`npm run bench\` on ${date.toISOString().slice(0, 10)} with Node ${process.version} on ${machine}, in ${minutes.toFixed(0)} minutes; do not edit.${isWhole ? '' : ' A shortened run.'} The load average before the run was ${load.toFixed(1)}. ${judged}

Everything was measured in this run, interleaved with its rivals. *Best* and *Median* are wall-clock seconds. *CPU* is the lowest user and system time of a run, with all its child processes. *Memory* is the largest peak of one process; anything below 11 MB shows as 11 MB. The operating system reports both (getrusage). 1 MB is 1,000,000 bytes.`;
}

function outcomeRow({ what, against, figures, target }: Outcome): string[] {
  const judged = figures.flatMap(({ isMet }) => (isMet === undefined ? [] : [isMet]));
  const texts = figures.map(({ text, isMet }) => (isMet === false ? `**${text}**` : text));
  const isPart = figures.some(({ isUnmeasured }) => isUnmeasured);
  const met = judged.includes(false)
    ? 'no'
    : judged.length === 0
      ? 'not judged'
      : isPart
        ? 'as far as measured'
        : 'yes';
  return [what, against, texts.join('; '), target, met];
}

function sectionOf({ title, load, result, failure }: MeasuredPart): string {
  const body = result?.text.trim() ?? `The benchmark failed: ${failure?.split('\n')[0]}`;
  return `## ${title}\n\nLoad average at the start of this part: ${load.toFixed(1)}.\n\n${body}`;
}
