import { formatMeasured } from '../../../domain/text.ts';
import { localTime } from '../../../domain/time.ts';
import type { Report } from '../../model/model.ts';
import { statusWord } from '../../steps/checkTimes.ts';
import type { Block, Line } from '../pageData.ts';
import { type Places, stepPiece } from './pieces.ts';

/** The title of the column of ratios; undefined when there is nothing to compare with. */
export function ratioTitle({ comparison }: Report): string | undefined {
  if (!comparison?.comparable) return undefined;
  return comparison.varies === 'load' ? `vs ${comparison.baseline.load}x` : 'vs last time';
}

/** The slowest steps; each name leads to its step. */
export function slowestBlocks(report: Report, places: Places): Block[] {
  if (report.slowest.length === 0) return [{ kind: 'paragraph', line: 'No step has run.' }];
  const title = ratioTitle(report);
  const ratios = new Map(report.comparison?.checks.map((check) => [check.check, check.ratio]));
  const rows = report.slowest.map((id, index): Line[] => {
    const step = report.steps[places.get(id) ?? -1];
    const ratio = step?.state === 'COMPLETED' ? ratios.get(step.path ?? step.check) : undefined;
    return [
      String(index + 1),
      stepPiece(report, places, id),
      formatMeasured(step?.runSeconds ?? null),
      statusWord(step?.state ?? ''),
      step?.startedAt ? localTime(Date.parse(step.startedAt), report.round.utcOffsetMinutes) : '–',
      formatMeasured(step?.queueSeconds ?? null),
      ...(title === undefined ? [] : [ratio === undefined ? '–' : `${ratio.toFixed(2)}×`]),
    ];
  });
  const titles = ['Rank', 'Step Name', 'Elapsed', 'Status', 'Start Time', 'Waited'];
  return [{ kind: 'table', titles: title === undefined ? titles : [...titles, title], rows }];
}
