import type { Report } from '../../model/model.ts';
import { distributionAlt, drawDistribution } from './distribution.ts';
import { drawForecast } from './forecastChart.ts';
import { drawGrowth, growthAlt } from './growth.ts';
import { drawTimeline, timelineAlt } from './timeline.ts';

export interface DrawnPicture {
  /** Relative to the report's directory. */
  readonly path: string;
  /** What it says, for somebody who cannot see it. */
  readonly alt: string;
  readonly svg: string;
}

export interface DrawnPictures {
  readonly timeline: DrawnPicture;
  readonly distribution: DrawnPicture;
  readonly growth?: DrawnPicture;
  readonly forecast?: DrawnPicture;
}

/** The pictures of a report; those that it has nothing for are left out. */
export function drawPictures(report: Report): DrawnPictures {
  const { comparison, verdict } = report;
  const growth = comparison?.comparable ? comparison : undefined;
  const forecast = comparison?.forecast?.points.length ? comparison.forecast : undefined;
  return {
    timeline: drawn('timeline', timelineAlt(report), drawTimeline(report)),
    distribution: drawn('distribution', distributionAlt(report), drawDistribution(report)),
    ...(growth && { growth: drawn('comparison', growthAlt(growth), drawGrowth(growth)) }),
    ...(forecast && {
      forecast: drawn('forecast', forecast.sentence, drawForecast(forecast, verdict.windowSeconds)),
    }),
  };
}

/** A picture as a file of that name. */
export function drawn(name: string, alt: string, svg: string): DrawnPicture {
  return { path: `charts/${name}.svg`, alt, svg };
}
