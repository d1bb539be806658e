/**
 * How wide a text is, at 12 pixels of a system font: an estimate, because nothing here can measure. It errs on the
 * wide side, so that what is made to fit does fit.
 */
export function widthOf(text: string): number {
  let width = 0;
  for (const character of text) width += widthOfCharacter(character);
  return width;
}

function widthOfCharacter(character: string): number {
  if ((character.codePointAt(0) ?? 0) >= 0x1100) return 13;
  if (/[ iIl.,:;'|!j]/.test(character)) return 4.5;
  if (/[fr()[\]-]/.test(character)) return 5.5;
  if (/[ckstvxyz_]/.test(character)) return 6.8;
  return /[A-Zmw@%–—…]/.test(character) ? 11 : 7.5;
}

/** The text, or as much of its beginning as fits with "…" behind it; no surrogate pair is cut in half. */
export function fitted(text: string, widthPixels: number): string {
  if (widthOf(text) <= widthPixels) return text;
  let kept = '';
  let left = widthPixels - widthOf('…');
  for (const character of text) {
    left -= widthOfCharacter(character);
    if (left < 0) break;
    kept += character;
  }
  return `${kept}…`;
}
