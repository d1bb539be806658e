/**
 * Runs in the page: measures each text that is shown against what is behind it, and each colour of a mark against the page.
 * Returns what is too weak, and how many texts were measured.
 */
export function contrasts(): { texts: string[]; marks: string[]; looked: number } {
  type Colour = readonly [red: number, green: number, blue: number, alpha: number];
  const paint = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
  const colourOf = (css: string): Colour => {
    if (!paint) throw new Error('no canvas');
    paint.clearRect(0, 0, 1, 1);
    paint.fillStyle = css;
    paint.fillRect(0, 0, 1, 1);
    const [red = 0, green = 0, blue = 0, alpha = 0] = paint.getImageData(0, 0, 1, 1).data;
    return [red, green, blue, alpha / 255];
  };
  const mixed = (over: Colour, under: Colour, alpha: number): Colour => [
    over[0] * alpha + under[0] * (1 - alpha),
    over[1] * alpha + under[1] * (1 - alpha),
    over[2] * alpha + under[2] * (1 - alpha),
    1,
  ];
  const luminance = ([red, green, blue]: Colour) => {
    const linear = (value: number) =>
      value / 255 <= 0.04045 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4;
    return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue);
  };
  const ratio = (one: Colour, other: Colour) => {
    const [low = 0, high = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
    return (high + 0.05) / (low + 0.05);
  };
  const page = colourOf(getComputedStyle(document.body).backgroundColor);
  const behind = (from: Element): Colour => {
    for (let at: Element | null = from; at; at = at.parentElement) {
      const colour = colourOf(getComputedStyle(at).backgroundColor);
      if (colour[3] === 1) return colour;
    }
    return page;
  };
  // What lies beyond the window is shaded, and words stand there too.
  const shaded = mixed(colourOf(getComputedStyle(document.body).color), page, 0.08);
  const texts: string[] = [];
  let looked = 0;
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const parent = node.parentElement;
    if (!parent || !node.textContent?.trim() || !parent.checkVisibility({ visibilityProperty: true }))
      continue;
    const isSvg = parent instanceof SVGElement;
    const style = getComputedStyle(parent);
    const colour = colourOf(isSvg ? style.fill : style.color);
    const grounds = isSvg ? [page, shaded] : [behind(parent)];
    looked++;
    for (const ground of grounds) {
      const measured = ratio(colour, ground);
      if (measured < 4.5) texts.push(`${node.textContent.trim().slice(0, 40)}: ${measured.toFixed(2)}`);
    }
  }
  const root = getComputedStyle(document.documentElement);
  const marks = ['completed', 'failed', 'cancelled', 'other', 'waiting', 'link', 'mark'].flatMap((name) => {
    const measured = ratio(colourOf(root.getPropertyValue(`--${name}`)), page);
    return measured < 3 ? [`${name}: ${measured.toFixed(2)}`] : [];
  });
  return { texts, marks, looked };
}
