/** The kind of value of a request field, as data. */
export type Kind =
  | 'string'
  | 'integer'
  | 'number'
  | 'boolean'
  /** An integer of at least this. */
  | { readonly min: number }
  | { readonly oneOf: readonly string[] }
  | { readonly matches: RegExp; readonly example: string }
  | { readonly listOf: Kind }
  | { readonly mapOf: Kind }
  | Shape;

export interface Shape {
  readonly fields: Readonly<Record<string, Kind>>;
  readonly required: readonly string[];
}

/** The shape of an SDK type: a field that the SDK gains or loses is a type error here. */
export function shape<Type extends object>(
  fields: Readonly<Record<keyof Type & string, Kind>>,
  ...required: readonly (keyof Type & string)[]
): Shape {
  return { fields, required };
}

/** One of the values of an SDK enumeration: another spelling is a type error. */
export function choice<Value extends string>(...values: readonly Value[]): Kind {
  return { oneOf: values };
}
