/**
 * The first rows of a list, as many as fit into `characters` of JSON: a result has a budget, and the rows of one
 * repository can be ten times as long as those of another. Four characters are about one token.
 */
export function fitting<Row>(rows: readonly Row[], characters: number): Row[] {
  let left = characters;
  const cut = rows.findIndex((row) => {
    left -= JSON.stringify(row).length + 1;
    return left < 0;
  });
  return cut === -1 ? [...rows] : rows.slice(0, cut);
}
