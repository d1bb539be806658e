import { formatMeasured } from '../../domain/text.ts';
import { localTime } from '../../domain/time.ts';
import type { Report, ReportStep } from '../model/model.ts';
import { statusWord } from '../steps/checkTimes.ts';
import { plain, table } from './escape.ts';

/**
 * The seed's five columns, then how long the step waited and, where a lower level is at hand, how many times as long
 * as there it ran.
 *
 * @param ratioOf a step's elapsed ÷ that of the same check at the level before; null where it cannot be said
 */
export function slowestSection(
  report: Report,
  ratio: { title: string; of(step: ReportStep): number | null } | undefined,
): string {
  const byId = new Map(report.steps.map((step) => [step.id, step]));
  const rows = report.slowest.flatMap((id, index) => {
    const step = byId.get(id);
    return step ? [rowOf(step, index + 1, report.round.utcOffsetMinutes, ratio)] : [];
  });
  const titles = ['Rank', 'Step Name', 'Elapsed', 'Status', 'Start Time', 'Waited'];
  const body =
    rows.length === 0 ? 'No step has run.' : table(ratio ? [...titles, ratio.title] : titles, rows);
  return `## Top 20 Slowest Steps\n${body}`;
}

function rowOf(
  step: ReportStep,
  rank: number,
  offsetMinutes: number,
  ratio: { of(step: ReportStep): number | null } | undefined,
): string[] {
  const cells = [
    String(rank),
    plain(step.name),
    formatMeasured(step.runSeconds),
    plain(statusWord(step.state)),
    step.startedAt === null ? '–' : localTime(Date.parse(step.startedAt), offsetMinutes),
    formatMeasured(step.queueSeconds),
  ];
  const times = ratio?.of(step) ?? null;
  return ratio ? [...cells, times === null ? '–' : `${times.toFixed(2)}×`] : cells;
}
