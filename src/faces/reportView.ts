/** The report as an MCP App: a host that shows pages shows the report of a call beside its result. */
import { version } from '../version.ts';
import { text as script } from './view/main.ts?bundle';

export const viewUri = 'ui://audit-load-test/report';

/**
 * The page that a host may load before there is any report: it learns of the report from the result of the call, and
 * reads report.html through the host. It has no policy of its own, since one would outlive it and stop the script of
 * the report; the host's is the strict one for pages that name no origin.
 */
export function reportView() {
  const text = `<!doctype html>
<html lang="en" data-version="${version}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Load test report</title>
<style>body { margin: 0 auto; padding: 1rem; max-width: 1040px; font: 15px / 1.5 system-ui, sans-serif }</style>
</head>
<body>The report comes when the call has ended.
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
