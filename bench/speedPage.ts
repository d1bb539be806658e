/** docs/measurements/speed.md: one section a bench, each written by its own. */
import { readFileSync, writeFileSync } from 'node:fs';

const page = 'docs/measurements/speed.md';
const head = `# Speed, beside what one would use instead

Each section is written by the bench that it names, which installs nothing: a rival that is missing is said to be. *Best* and *median* are seconds on the clock; *CPU* is user and system time of the run that had least of it, with all child processes. Runs are interleaved; other work on the machine only adds, to the clock first: where the load average is above the number of processors, compare the CPU.
`;

/** Puts the section in the place of the one with the same title, or behind the others. */
export function writeSection(title: string, body: string): void {
  const sections = readPage()
    .split(/^(?=## )/m)
    .slice(1);
  const section = `## ${title}\n\n${body.trim()}\n`;
  const at = sections.findIndex((one) => one.startsWith(`## ${title}\n`));
  if (at === -1) sections.push(section);
  else sections[at] = section;
  writeFileSync(page, [head, ...sections.map((one) => `${one.trim()}\n`)].join('\n'));
  console.log(section);
}

function readPage(): string {
  try {
    return readFileSync(page, 'utf8');
  } catch {
    return '';
  }
}
