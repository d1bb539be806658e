/** docs/measurements/speed.md: one section a bench, each written by its own. */
import { readFileSync, writeFileSync } from 'node:fs';

const page = 'docs/measurements/speed.md';
const head = `# Speed beside the usual tools

The bench named in each section writes that section. It installs nothing; a missing rival is reported as missing. *Best* and *Median* are wall-clock seconds. *CPU* is user plus system time of the run with the least, including child processes. Runs are interleaved. Other work on the machine adds to the wall clock first: if the load average is above the number of processors, compare the CPU.
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
