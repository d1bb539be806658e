import type { ReportFile } from '../../ports/project.ts';
import { renderJson } from '../model/json.ts';
import type { Report } from '../model/model.ts';
import { drawPictures } from './charts/pictures.ts';
import { renderHtml } from './html/index.ts';
import { renderMarkdown } from './markdown/index.ts';

/** Every file of a report's directory, in the order in which a reader wants them. */
export function reportFiles(report: Report): ReportFile[] {
  const pictures = drawPictures(report);
  return [
    { path: 'report.md', text: renderMarkdown(report, pictures) },
    { path: 'report.html', text: renderHtml(report, pictures) },
    { path: 'report.json', text: renderJson(report) },
    ...Object.values(pictures).map(({ path, svg }) => ({ path, text: svg })),
  ];
}
