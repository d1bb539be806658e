/** The parts of the page that are the same for every report: our own words, no foreign text. */
import { createHash } from 'node:crypto';
import type { Report } from '../../model/model.ts';
import { roundTimes } from '../../steps/occupancy.ts';
import { type DrawnPictures, drawPictures } from '../charts/pictures.ts';
import { chartStyle } from '../charts/scale.ts';
import { xml } from '../charts/svg.ts';
import { text as script } from './client/page.ts?bundle';
import { text as pageStyle } from './page.css?bundle';
import type { PageData } from './pageData.ts';
import { ratioTitle, sectionsOf } from './sections.ts';
import { stepColumns } from './stepColumns.ts';

/** A section of the page; its script fills the body. */
function section(id: string, title: string, figure = ''): string {
  return `<section id="${id}" aria-labelledby="${id}-title"><h2 id="${id}-title">${title}</h2><div id="${id}-body"></div>${figure}</section>`;
}

/** A picture; it takes its style from the page, so that four of them do not carry it four times. */
function figure(svg: string | undefined): string {
  if (svg === undefined) return '';
  return `<figure class="scroll" tabindex="0" role="group" aria-label="Picture">${svg.replace(/<style>.*?<\/style>/s, '').trim()}</figure>`;
}

/** Where each section is, below the verdict; a narrow page has no room for it. */
function sectionLinks(sections: readonly (readonly [id: string, title: string])[]): string {
  const links = sections.map(([id, title]) => `<a href="#${id}">${title}</a>`);
  return `<nav aria-label="Sections">${links.join('')}</nav>`;
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
<div class="bar"><span role="group" aria-label="Timeline" class="zoom">${zoom.join('')}</span><span id="hovered"></span></div>
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
  const data: PageData = { sections: sectionsOf(report), steps: stepColumns(report), round: roundOf(report) };
  const sections = [
    ['summary', 'Summary', pictures.timeline.svg],
    ['slowest', 'Top 20 Slowest Steps'],
    ['metrics', 'Performance Metrics', pictures.distribution.svg],
    data.sections.comparison && ['comparison', 'Comparison', pictures.growth?.svg],
    data.sections.forecast && ['forecast', 'Forecast', pictures.forecast?.svg],
    ['failures', 'Failed Steps'],
    ['suggestions', 'Optimization Suggestions'],
  ].filter((one) => one !== undefined) as [id: string, title: string, svg?: string][];
  const links = [...sections.map(([id, name]) => [id, name] as const), ['steps', 'All Steps'] as const];
  const parts = [...sections.map(([id, name, svg]) => section(id, name, figure(svg))), explorer()];
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${xml(policy)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${xml(title)}</title>
<style>${chartStyle}
${pageStyle}</style>
</head>
<body class="${report.verdict.outcome}">
<header><h1>${xml(title)}</h1><div id="head-body"></div>
${sectionLinks(links)}
<noscript><p class="notice">This page needs its script; report.md beside it says the same without.</p></noscript></header>
<main>
${parts.join('\n')}
</main>
<footer id="provenance-body"></footer>
<script type="application/json" id="report-data">${inert(data)}</script>
<script>${script}</script>
</body>
</html>
`;
}

function roundOf(report: Report): PageData['round'] {
  const times = roundTimes(report.steps);
  const title = ratioTitle(report);
  return {
    fromMs: times?.firstCreatedMs ?? 0,
    runtimeSeconds: report.verdict.runtimeSeconds ?? 0,
    windowSeconds: report.verdict.windowSeconds,
    utcOffsetMinutes: report.round.utcOffsetMinutes,
    ...(title !== undefined && { ratioTitle: title }),
  };
}

/** JSON in which no `</script>` and no comment can begin. */
function inert(data: PageData): string {
  return JSON.stringify(data).replace(/</g, '\\u003c');
}
