import { createHash } from 'node:crypto';
import { type DrawnPictures, drawPictures } from '../charts/pictures.ts';
import { chartStyle } from '../charts/style.ts';
import { xml } from '../charts/svg.ts';
import type { Report } from '../model/model.ts';
import { roundTimes } from '../steps/occupancy.ts';
import { text as script } from './client/main.ts?bundle';
import { explorer, figure, section, sectionLinks } from './frame.ts';
import { text as pageStyle } from './page.css?bundle';
import type { PageData } from './pageData.ts';
import { sectionsOf } from './sections/index.ts';
import { ratioTitle } from './sections/slowest.ts';
import { stepColumns } from './stepColumns.ts';

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
