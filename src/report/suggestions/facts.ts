import type { Report } from '../model.ts';

export type SuggestionFacts = Pick<
  Report,
  'verdict' | 'counts' | 'findings' | 'failures' | 'clusterConfig' | 'steps'
>;
