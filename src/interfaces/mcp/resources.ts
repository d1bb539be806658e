/** MCP resources: the session, the changes under review, the pages of each report. */
import { OpenQuestion, ToolError } from '../../domain/errors.ts';
import { cleanLine } from '../../domain/foreignText.ts';
import { version } from '../../domain/version.ts';
import type { Ports } from '../../ports/ports.ts';
import type { ReportPage } from '../../ports/project.ts';
import type { Watch } from '../../ports/time.ts';
import { changesText } from '../../review/levelSummary.ts';
import { reviewConfigs } from '../../tools/reviewConfigs.ts';
import { showSession } from '../../tools/showSession.ts';
import type { ToolCall } from '../../tools/tool.ts';
import { readReview } from '../../workflow/checks.ts';
import { answerOf, invoke, requireSettings } from '../invoke.ts';
import { text as script } from '../view/main.ts?bundle';

export interface Resource {
  readonly uri: string;
  readonly name: string;
  readonly title: string;
  readonly description?: string;
  readonly mimeType: string;
  /** In bytes. */
  readonly size?: number;
  readonly annotations?: { readonly lastModified: string };
}

const root = 'load-test://';

const session = {
  uri: `${root}session`,
  name: 'session',
  title: 'State of the load test',
  mimeType: 'text/markdown',
};

const sessionJson = {
  uri: `${root}session.json`,
  name: 'session.json',
  title: 'State of the load test, as JSON',
  mimeType: 'application/json',
};

const changes = {
  uri: `${root}review/changes`,
  name: 'review/changes',
  title: 'All config changes under review',
  description: 'The files on disk now, compared with the baseline.',
  mimeType: 'text/plain',
};

/** All but the reports; the changes exist once there is a load level. */
export const fixedResources: readonly Resource[] = [session, sessionJson, changes];

/** Every page of every report, including those not listed. */
export const reportTemplate = {
  uriTemplate: `${root}reports/{report}/{page}`,
  name: 'report',
  title: 'A page of a report',
  description:
    'report is a directory such as 2x_20251208_153000; page is report.md, report.html or report.json.',
};

/** Older reports are reached through the template. */
const maxListed = 20;

const mimeTypes: Readonly<Record<ReportPage['name'], string>> = {
  'report.md': 'text/markdown',
  'report.html': 'text/html',
  'report.json': 'application/json',
};

type Listing = Pick<Ports, 'reports' | 'sessions'>;

/** The session, what is under review, and the newest reports, newest first. */
export async function listResources(ports: Listing): Promise<Resource[]> {
  const [{ level }, reports] = await Promise.all([ports.sessions.load(), ports.reports.list()]);
  return [
    session,
    sessionJson,
    ...(level === undefined ? [] : [changes]),
    ...reports.slice(0, maxListed).flatMap(({ directory, pages }) =>
      pages.map(({ name, sizeBytes, modifiedMs }) => ({
        uri: `${root}reports/${directory}/${name}`,
        name: `${directory}/${name}`,
        title: `Load test report ${directory} (${name.slice('report.'.length)})`,
        mimeType: mimeTypes[name],
        size: sizeBytes,
        annotations: { lastModified: new Date(modifiedMs).toISOString() },
      })),
    ),
  ];
}

/** @throws ToolError NOT_FOUND for a URI that is neither listed nor matched by the template */
export async function readResource(uri: string, ports: Ports, watch: Watch) {
  if (uri === viewUri) return reportView();
  if (uri === session.uri || uri === sessionJson.uri) {
    const call: ToolCall = { ...watch, ask: async () => 'unanswered' };
    const { structured, text } = await invoke(showSession, {}, ports, call);
    return uri === session.uri
      ? { uri, mimeType: session.mimeType, text }
      : { uri, mimeType: sessionJson.mimeType, text: JSON.stringify(structured, null, 2) };
  }
  if (uri === changes.uri) {
    const text = await changesUnderReview(ports, watch).catch((error: unknown) => {
      if (error instanceof OpenQuestion) return answerOf(reviewConfigs, error, ports).text;
      throw error;
    });
    return { uri, mimeType: changes.mimeType, text };
  }
  const [, directory, name] = /^load-test:\/\/reports\/([^/]+)\/(report\.(?:md|html|json))$/.exec(uri) ?? [];
  const text = directory && name && (await ports.reports.read(directory, name));
  if (typeof text !== 'string')
    throw new ToolError('NOT_FOUND', `There is no resource ${JSON.stringify(cleanLine(uri, 120))}.`, {
      next: 'list the resources; buildReport writes the report of a round.',
    });
  return { uri, mimeType: mimeTypes[name as ReportPage['name']], text };
}

async function changesUnderReview(ports: Ports, watch: Watch): Promise<string> {
  requireSettings(ports);
  const { review } = await readReview(ports, { forWriting: false }, watch);
  const unexpected = review.unexpected.map((one) => `  ${one.path}`);
  return [
    changesText(review, `${review.target.load}x, review ${review.reviewId}`),
    ...(unexpected.length === 0
      ? []
      : [`## Neither baseline × load nor a known fix (${unexpected.length})`, ...unexpected, '']),
  ].join('\n');
}

export const viewUri = 'ui://audit-load-test/report';

/**
 * A host may load this page before there is a report: it learns the report's name from the result of the call and reads
 * report.html through the host. It sets no Content-Security-Policy, because that would also apply to the report and block
 * its script; the host's policy for pages without declared origins is strict.
 */
function reportView() {
  const text = `<!doctype html>
<html lang="en" data-version="${version}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Load test report</title>
<style>body { margin: 0 auto; padding: 1rem; max-width: 1040px; font: 15px / 1.5 system-ui, sans-serif }</style>
</head>
<body>The report appears when the call has finished.
<script>${script}</script>
</body>
</html>
`;
  return {
    uri: viewUri,
    mimeType: 'text/html;profile=mcp-app',
    text,
    _meta: { ui: { prefersBorder: true } },
  };
}
