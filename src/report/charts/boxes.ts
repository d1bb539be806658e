/** Rectangles in pixels, to keep texts off each other and off what is drawn. */
export interface Box {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

export function overlap(one: Box, other: Box): boolean {
  return one.left < other.right && other.left < one.right && one.top < other.bottom && other.top < one.bottom;
}

export function isInside(one: Box, frame: Box): boolean {
  return (
    one.left >= frame.left && one.right <= frame.right && one.top >= frame.top && one.bottom <= frame.bottom
  );
}

/** Whether a line through points that never go left nor down touches the box. */
export function meetsRisingLine(box: Box, points: readonly (readonly [x: number, y: number])[]): boolean {
  return points.some(([x, y], index) => {
    const [endX, endY] = points[index + 1] ?? [x, y];
    const [from, to] = [Math.max(x, box.left), Math.min(endX, box.right)];
    if (from > to) return false;
    const heightAt = (atX: number) => (endX === x ? undefined : y + ((endY - y) * (atX - x)) / (endX - x));
    // A piece that goes straight up reaches from end to end.
    return (heightAt(to) ?? endY) <= box.bottom && (heightAt(from) ?? y) >= box.top;
  });
}
