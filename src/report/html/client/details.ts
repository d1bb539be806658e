import { formatMeasured } from '../../../domain/text.ts';
import { localDateTime } from '../../../domain/time.ts';
import { statusWord } from '../../steps/checkTimes.ts';
import type { PageData } from '../pageData.ts';
import { element, part } from './elements.ts';
import type { PageStep } from './steps.ts';

/** Everything known of the selected step, read out when it changes. */
export function showDetails(step: PageStep, { round }: PageData): void {
  const at = (seconds: number | null) =>
    seconds === null ? '–' : localDateTime(round.fromMs + seconds * 1000, round.utcOffsetMinutes);
  const facts: readonly (readonly [string, string])[] = [
    ['Step', step.name],
    ['Id', step.id],
    ['Status', statusWord(step.state)],
    ['Created', at(step.created)],
    ['Started', at(step.started)],
    ['Ended', at(step.ended)],
    ['Waited', formatMeasured(step.waited)],
    ['Elapsed', formatMeasured(step.ran)],
    ...(round.ratioTitle === undefined || step.ratio === null
      ? []
      : [[round.ratioTitle, `${step.ratio.toFixed(2)}×`] as const]),
    ...(step.cause === '' ? [] : [['Cause', step.cause] as const]),
    ...(step.proof === '' ? [] : [['Proof', step.proof] as const]),
  ];
  part('details').replaceChildren(
    element(
      'dl',
      {},
      ...facts.map(([name, value]) =>
        element(
          'div',
          name === 'Proof' ? { class: 'wide' } : {},
          element('dt', {}, name),
          element('dd', {}, value),
        ),
      ),
    ),
  );
}
