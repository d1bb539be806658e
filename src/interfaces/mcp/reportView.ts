/** The report as an MCP App: a host that supports apps shows the report beside the result of a call. */
import { version } from '../../domain/version.ts';
import { text as script } from '../view/main.ts?bundle';

export const viewUri = 'ui://audit-load-test/report';

/**
 * A host may load this page before there is a report: it learns the report's name from the result of the call and reads
 * report.html through the host. It sets no Content-Security-Policy, because that would also apply to the report and block
 * its script; the host's policy for pages without declared origins is strict.
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
