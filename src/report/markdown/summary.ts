import type { Report } from '../model/model.ts';
import { summaryFacts } from '../summary/facts.ts';
import { plain } from './escape.ts';

export function summarySection(report: Report): string {
  const lines = summaryFacts(report).map(([name, value]) => `- ${name}: ${plain(value)}`);
  return ['## Summary', ...lines].join('\n');
}
