import type { PageData } from '../pageData.ts';
import { csvOf } from './csv.ts';
import { element, part } from './elements.ts';
import type { PageStep } from './steps.ts';

/** The button that saves what the table shows. A page inside another may not save files, so there it is away. */
export function offerCsv({ round }: PageData, shown: () => readonly PageStep[]): void {
  const button = part('csv');
  button.hidden = window.self !== window.top;
  button.addEventListener('click', () => {
    const url = URL.createObjectURL(new Blob([csvOf(shown(), round)], { type: 'text/csv;charset=utf-8' }));
    element('a', { href: url, download: `${round.load}x_${round.schedule}_steps.csv` }).click();
    // The browser has taken the address by the next task.
    setTimeout(() => URL.revokeObjectURL(url));
  });
}
