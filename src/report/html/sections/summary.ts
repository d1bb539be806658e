import type { Report } from '../../model/model.ts';
import { summaryFacts } from '../../summary/facts.ts';
import type { Block } from '../pageData.ts';

export function summaryBlocks(report: Report): Block[] {
  return [{ kind: 'facts', facts: summaryFacts(report) }];
}
