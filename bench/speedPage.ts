/** docs/measurements/speed.md: each benchmark writes its own section. */
import { readFileSync, writeFileSync } from 'node:fs';

const page = 'docs/measurements/speed.md';
const head = `# Speed, compared with the usual tools

Each section is written by the benchmark that it names. Benchmarks install nothing, and list the tools that are missing. *Best* and *median* are wall-clock seconds; *CPU* is the least user and system time of a run, with all child processes. Runs are interleaved. Other work on the machine adds to the wall-clock time first: when the load average exceeds the number of processors, compare the CPU time.
`;

/** Replaces the section with the same title, or appends it. */
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
