import type { Report } from '../../model/model.ts';
import type { Piece } from './pageData.ts';

/** The place of each step in the report, by its id: how a name in a section links to its step. */
export type Places = ReadonlyMap<string, number>;

export function placesOf({ steps }: Report): Places {
  return new Map(steps.map((step, place) => [step.id, place]));
}

/** A step's name that leads to it. */
export function stepPiece(report: Report, places: Places, id: string): Piece {
  const place = places.get(id);
  return place === undefined ? id : { step: place, name: report.steps[place]?.name ?? id };
}
