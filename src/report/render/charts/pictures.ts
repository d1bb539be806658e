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
    timeline: { path: 'charts/timeline.svg', alt: timelineAlt(report), svg: drawTimeline(report) },
    distribution: {
      path: 'charts/distribution.svg',
      alt: distributionAlt(report),
      svg: drawDistribution(report),
    },
    ...(growth && {
      growth: { path: 'charts/comparison.svg', alt: growthAlt(growth), svg: drawGrowth(growth) },
    }),
    ...(forecast && {
      forecast: {
        path: 'charts/forecast.svg',
        alt: forecast.sentence,
        svg: drawForecast(forecast, verdict.windowSeconds),
      },
    }),
  };
}
