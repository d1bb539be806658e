import type { Report } from '../../model/model.ts';
import { distributionAlt, drawDistribution } from './distribution.ts';
import { drawForecast } from './forecastChart.ts';
import { drawGrowth, growthAlt } from './growth.ts';
import { type Form, narrow, wide } from './head.ts';
import { drawTimeline, timelineAlt } from './timeline.ts';

export interface DrawnPicture {
  /** Relative to the report's directory. */
  readonly path: string;
  /** What it says, for somebody who cannot see it. */
  readonly alt: string;
  readonly svg: string;
  /** The same for a phone: the page shows the one that fits. */
  readonly narrow: string;
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
    timeline: drawn('timeline', timelineAlt(report), (form) => drawTimeline(report, form)),
    distribution: drawn('distribution', distributionAlt(report), (form) => drawDistribution(report, form)),
    ...(growth && { growth: drawn('comparison', growthAlt(growth), (form) => drawGrowth(growth, form)) }),
    ...(forecast && {
      forecast: drawn('forecast', forecast.sentence, (form) =>
        drawForecast(forecast, verdict.windowSeconds, form),
      ),
    }),
  };
}

/** A picture as a file of that name. */
export function drawn(name: string, alt: string, draw: (form: Form) => string): DrawnPicture {
  return { path: `charts/${name}.svg`, alt, svg: draw(wide), narrow: draw(narrow) };
}
