/** What a field of a request may hold, as data. */
export type Kind =
  | 'text'
  | 'integer'
  | 'number'
  | 'flag'
  | { readonly from: number }
  | { readonly oneOf: readonly string[] }
  | { readonly matches: RegExp; readonly such: string }
  | { readonly listOf: Kind }
  | { readonly mapOf: Kind }
  | Shape;

export interface Shape {
  readonly fields: Readonly<Record<string, Kind>>;
  /** What must be there. */
  readonly needs: readonly string[];
}

/** The shape of a type of the SDK: a field that the SDK gains or loses is an error of types here. */
export function shape<Type extends object>(
  fields: Readonly<Record<keyof Type & string, Kind>>,
  ...needs: readonly (keyof Type & string)[]
): Shape {
  return { fields, needs };
}
