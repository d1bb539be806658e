import type { Report } from '../model/model.ts';

export type SuggestionFacts = Pick<
  Report,
  'cluster' | 'verdict' | 'counts' | 'findings' | 'failures' | 'clusterConfig' | 'steps'
>;
