import { plural } from '../../../domain/text.ts';
import { offsetName, startText } from '../../../domain/time.ts';
import type { Report } from '../../model/model.ts';
import { inBrief } from '../../summary/inBrief.ts';
import type { Block, Line } from '../pageData.ts';

/** The verdict, when and where, and what a reader must know before trusting the numbers. */
export function headBlocks(report: Report): Block[] {
  const { verdict, round, clusterId, cluster, schedule, warnings } = report;
  const brief = inBrief(report);
  const { headline, sentence } = verdict;
  const known = [cluster.name, cluster.state].filter((text) => text !== undefined);
  return [
    { kind: 'paragraph', line: [{ strong: headline }, sentence.slice(headline.length)] },
    ...(brief.length === 0
      ? []
      : [
          {
            kind: 'list',
            items: brief.map(([name, text]): Line => [{ strong: name }, `: ${text}`]),
          } as const,
        ]),
    {
      kind: 'facts',
      facts: [
        ['Date', `${startText(round.startedAt)} (${offsetName(round.utcOffsetMinutes)})`],
        ['Round', `${round.number ?? 'by time alone'}, ${schedule} schedule`],
        ['Cluster', known.length === 0 ? clusterId : `${clusterId} (${known.join(', ')})`],
      ],
    },
    ...warnings.map((warning): Block => ({ kind: 'notice', line: warning })),
  ];
}

/** Method, population, sources, version. */
export function provenanceBlocks({ provenance, statistics, counts, round, clusterConfig }: Report): Block[] {
  const parts = [
    `audit-load-test ${provenance.version}`,
    `${plural(counts.total, 'step')} created since ${startText(round.startedAt)}`,
    provenance.stepsKnownFromDiskOnly > 0 &&
      `${provenance.stepsKnownFromDiskOnly} of them known from disk only`,
    'source: EMR ListSteps and step logs',
    `percentiles: ${statistics.method} over ${statistics.population}`,
    clusterConfig?.digest !== undefined && `cluster config ${clusterConfig.digest.slice(0, 12)}`,
    clusterConfig?.releaseLabel !== undefined && clusterConfig.releaseLabel,
    provenance.resultsUri !== undefined && `check results: ${provenance.resultsUri}`,
  ];
  return [{ kind: 'paragraph', line: `${parts.filter((part) => part !== false).join('; ')}.` }];
}
