/** The script of report.html: fills the sections, and links the timeline with the table of all steps. */
import type { PageData } from '../pageData.ts';
import { type Arrangement, arrange, sortedBy } from './arrange.ts';
import { createChips } from './chips.ts';
import { showDetails } from './details.ts';
import { part } from './elements.ts';
import { fillSections } from './sections.ts';
import { type PageStep, stepsOf } from './steps.ts';
import { createStepTable } from './stepTable.ts';
import { createTimeline } from './timeline.ts';

const data = JSON.parse(part('report-data').textContent ?? '') as PageData;
const steps = stepsOf(data.steps);
const filter = part('filter') as HTMLInputElement;
let arrangement: Arrangement = { column: 'ran', descending: true, filter: '', hidden: new Set() };

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
createChips(steps, (hidden) => rearrange({ ...arrangement, hidden }));
filter.addEventListener('input', () => rearrange({ ...arrangement, filter: filter.value }));
rearrange(arrangement);

function rearrange(next: Arrangement): void {
  arrangement = next;
  const shown = arrange(steps, arrangement);
  table.show(shown, arrangement);
  timeline.show(shown);
  part('shown').textContent = `${shown.length} of ${steps.length} steps`;
}

function select(step: PageStep): void {
  table.select(step, true);
  timeline.select(step);
  showDetails(step, data);
}

/** A pointer on the timeline names the step under it. */
function hover(step: PageStep | undefined): void {
  timeline.hover(step);
  part('hovered').textContent = step ? `${step.name} (${step.state})` : '';
}
