/** The parts of the page that are the same for every report: our own words, no foreign text. */
import { createHash } from 'node:crypto';
import type { Report } from '../../model/model.ts';
import { type DrawnPicture, type DrawnPictures, drawPictures } from '../charts/pictures.ts';
import { chartStyle, pageColours } from '../charts/scale.ts';
import { xml } from '../charts/svg.ts';
import type { Section } from '../sections/blocks.ts';
import { sectionsOf } from '../sections/index.ts';
import { text as script } from './client/page.ts?bundle';
import { meter } from './front.ts';
import { text as pageStyle } from './page.css?bundle';
import { type PageData, pageData } from './pageData.ts';

/** A section of the page; its script fills the body. */
function sectionFrame({ id, title }: Section, picture: DrawnPicture | undefined): string {
  return `<section id="${id}" aria-labelledby="${id}-title"><h2 id="${id}-title">${title}</h2><div id="${id}-body"></div>${picture ? figure(picture) : ''}</section>`;
}

/** A picture for a wide page and for a phone; both take their style from the page, so that eight of them do not carry it. */
function figure({ svg, narrow }: DrawnPicture): string {
  const [forWide, forNarrow] = [svg, narrow].map((text) => text.replace(/<style>.*?<\/style>/s, '').trim());
  return `<figure><div class="wide-only">${forWide}</div><div class="narrow-only">${forNarrow}</div></figure>`;
}

/** Where each section is. Beside a wide page it stands open, above a narrow one it opens. */
function contents(sections: readonly Pick<Section, 'id' | 'title'>[]): string {
  const links = sections.map(({ id, title }) => `<li><a href="#${id}">${title}</a></li>`);
  return `<nav aria-label="Contents"><details id="contents"><summary>Contents</summary><ul>${links.join('')}</ul></details></nav>`;
}

/** What a reader asks first comes first: what it takes, what failed, where the time went, then what it compares with. */
const pageOrder = [
  'to-fit',
  'failures',
  'summary',
  'slowest',
  'metrics',
  'comparison',
  'forecast',
  'suggestions',
];

function inPageOrder(sections: readonly Section[]): Section[] {
  return sections.toSorted((one, other) => pageOrder.indexOf(one.id) - pageOrder.indexOf(other.id));
}

const buttons = [
  ['closer', 'Zoom in', '+'],
  ['wider', 'Zoom out', '−'],
  ['whole', 'All: show the whole round', 'All'],
  ['earlier', 'Earlier', '←'],
  ['later', 'Later', '→'],
] as const;

/** The timeline and the table of all steps, linked with each other. */
function explorer(): string {
  const zoom = buttons.map(
    ([name, label, sign]) =>
      `<button type="button" id="zoom-${name}" aria-label="${label}" title="${label}">${sign}</button>`,
  );
  return `<section id="steps" aria-labelledby="steps-title"><h2 id="steps-title">All Steps</h2>
<div class="bar"><label for="filter">Filter</label><input id="filter" type="search" autocomplete="off" spellcheck="false" placeholder="name, status, cause"><span id="chips" role="group" aria-label="Status"></span><span id="shown" role="status"></span></div>
<div class="bar"><span role="group" aria-label="Timeline" class="zoom">${zoom.join('')}</span><span id="hovered"></span><button type="button" id="csv">Download CSV</button></div>
<canvas id="timeline" tabindex="0" role="application" aria-roledescription="timeline" aria-label="Timeline of all steps, one lane for each slot" aria-describedby="timeline-keys"></canvas>
<p id="timeline-keys" class="soft">Arrow keys go from step to step, + and − zoom, 0 shows the whole round, Page Up and Page Down move it. Drag to move; Ctrl with the wheel zooms.</p>
<div id="step-table" class="grid" role="grid" tabindex="0" aria-labelledby="steps-title"></div>
<div id="details" role="region" aria-label="Selected step" aria-live="polite"><p class="soft">Select a step in the timeline or the table.</p></div>
</section>`;
}

const scriptHash = createHash('sha256').update(script).digest('base64');
/** Nothing is loaded from anywhere, and no script runs but the page's own. */
const policy = `default-src 'none'; script-src 'sha256-${scriptHash}'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'`;

/**
 * report.html: the whole report in one file that opens offline, without network, storage or a server. What the page says is data
 * in an inert script, put in place as text.
 */
export function renderHtml(report: Report, pictures: DrawnPictures = drawPictures(report)): string {
  const provisional = report.round.partial ? ' (provisional)' : '';
  const title = `Load Test Report - ${report.load}x Load${provisional}`;
  const sections = inPageOrder(sectionsOf(report, 'page'));
  const frames = sections.map((one) => sectionFrame(one, one.picture && pictures[one.picture]));
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${xml(policy)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${xml(title)}</title>
<style>${chartStyle}${pageColours}
${pageStyle}</style>
</head>
<body class="${report.verdict.outcome}">
${contents([...sections, { id: 'steps', title: 'All Steps' }])}
<header><h1>${xml(title)}</h1><div id="verdict-body"></div>
${meter(report)}
<dl id="tiles"></dl><div id="brief-body"></div><div id="when-body"></div>
<noscript><p class="notice">This page needs its script; report.md beside it says the same without.</p></noscript></header>
<main>
${[...frames, explorer()].join('\n')}
</main>
<footer id="provenance-body"></footer>
<script type="application/json" id="report-data">${inert(pageData(report, sections))}</script>
<script>${script}</script>
</body>
</html>
`;
}

/** JSON in which no `</script>` and no comment can begin. */
function inert(data: PageData): string {
  return JSON.stringify(data).replace(/</g, '\\u003c');
}
