/** The word behind an option, as a number. */
export function numberOf(words: readonly string[], option: string, otherwise: number): number {
  const at = words.indexOf(option);
  return at === -1 ? otherwise : Number(words[at + 1]);
}
