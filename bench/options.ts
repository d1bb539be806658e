/** The argument after an option, as a number. */
export function numberOf(args: readonly string[], option: string, fallback: number): number {
  const at = args.indexOf(option);
  return at === -1 ? fallback : Number(args[at + 1]);
}
