/** The script of report.html: fills the sections, and links the timeline with the table of all steps. */
import { formatMeasured, ratioText } from '../../../../domain/text.ts';
import { localDateTime } from '../../../../domain/time.ts';
import { statusWord } from '../../../steps/checkTimes.ts';
import type { PageData } from '../pageData.ts';
import { factElement, fillSections, fillTiles } from './blocks.ts';
import { createChips } from './chips.ts';
import { element, part } from './elements.ts';
import { offerCsv } from './saveCsv.ts';
import { type Arrangement, arrange, type PageStep, sortedBy, stepsOf } from './steps.ts';
import { createStepTable } from './stepTable.ts';
import { createTimeline } from './timeline.ts';

/** Everything known of the selected step, read out when it changes. */
function showDetails(step: PageStep, { round }: PageData): void {
  const at = (seconds: number | null) =>
    seconds === null ? '–' : localDateTime(round.fromMs + seconds * 1000, round.utcOffsetMinutes);
  const facts: readonly (readonly [name: string, value: string])[] = [
    ['Step', step.name],
    ['Id', step.id],
    ['Status', statusWord(step.state)],
    ['Created', at(step.created)],
    ['Started', at(step.started)],
    ['Ended', at(step.ended)],
    ['Waited', formatMeasured(step.waited)],
    ['Elapsed', formatMeasured(step.ran)],
    [round.ratioTitle ?? '', step.ratio === null ? '' : ratioText(step.ratio)],
    ['Cause', step.cause],
    ['Proof', step.proof],
  ];
  const known = facts.filter(([, value]) => value !== '');
  part('details').replaceChildren(
    element('dl', {}, ...known.map(([name, value]) => factElement(name, [value]))),
  );
}

const data = JSON.parse(part('report-data').textContent ?? '') as PageData;
const steps = stepsOf(data.steps);
const filter = part('filter') as HTMLInputElement;
let arrangement: Arrangement = { column: 'ran', descending: true, filter: '', only: new Set() };
let shown: readonly PageStep[] = steps;

fillTiles(data.tiles);
fillSections(data.sections, (place) => {
  const step = steps[place];
  if (!step) return;
  part('steps').scrollIntoView();
  select(step);
});
const table = createStepTable(data, {
  onSort: (column) => rearrange(sortedBy(arrangement, column)),
  onSelect: select,
  onHover: (step) => timeline.hover(step),
});
const timeline = createTimeline(data, steps, { onSelect: select, onHover: hover });
createChips(steps, (only) => rearrange({ ...arrangement, only }));
offerCsv(data, () => shown);
openContents();
filter.addEventListener('input', () => rearrange({ ...arrangement, filter: filter.value }));
rearrange(arrangement);

function rearrange(next: Arrangement): void {
  arrangement = next;
  shown = arrange(steps, arrangement);
  table.show(shown, arrangement);
  timeline.show(shown);
  part('shown').textContent = `${shown.length} of ${steps.length} steps`;
}

function select(step: PageStep): void {
  table.select(step);
  timeline.select(step);
  showDetails(step, data);
}

/** A pointer on the timeline names the step under it. */
function hover(step: PageStep | undefined): void {
  timeline.hover(step);
  part('hovered').textContent = step ? `${step.name} (${statusWord(step.state)})` : '';
}

/** Beside a wide page the contents stand open; above a narrow one a click opens them, and one on a link closes them. */
function openContents(): void {
  const contents = part('contents') as HTMLDetailsElement;
  const isWide = matchMedia('(min-width: 1180px)');
  const follow = () => {
    contents.open = isWide.matches;
  };
  isWide.addEventListener('change', follow);
  for (const link of contents.querySelectorAll('a')) link.addEventListener('click', follow);
  contents.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape' || isWide.matches) return;
    contents.open = false;
    contents.querySelector('summary')?.focus();
  });
  follow();
}
