/** A share as whole percents: 0.784 is `78%`. */
export function percent(share: number): string {
  return `${Math.round(share * 100)}%`;
}
