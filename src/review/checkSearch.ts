/** Finds the check file that the user means: a file name with or without its suffix, or a path. */
import { ToolError } from '../domain/errors.ts';
import { stemOf } from '../domain/stepIdentity.ts';
import { nearestOf } from '../domain/text.ts';

/** @throws ToolError NOT_FOUND, or BAD_INPUT naming the candidates when several match */
export function findCheck<File extends { readonly path: string }>(
  files: readonly File[],
  query: string,
): File {
  const plain = query
    .trim()
    .replaceAll('\\', '/')
    .replace(/^\.?\//, '');
  const spellings = [plain, `${plain}.yml`];
  // A longer path, such as one from the root of the repository, means the longest known path that it ends with.
  const [longest] = files
    .filter((file) => spellings.some((name) => endsWithPath(name, file.path)))
    .sort((one, other) => other.path.length - one.path.length);
  const isMeant = ({ path }: File) => spellings.some((name) => endsWithPath(path, name));
  const matches = longest === undefined ? files.filter(isMeant) : [longest];
  const [match, ...others] = matches;
  if (match !== undefined && others.length === 0) return match;
  const first = matches.slice(0, 6).map((file) => file.path);
  if (match !== undefined)
    throw new ToolError(
      'BAD_INPUT',
      `${matches.length} check files match ${JSON.stringify(query)}: ${first.join(', ')}${matches.length > 6 ? ', …' : ''}. Nothing was changed.`,
      { next: 'call fixInterval again with one of these paths as check.' },
    );
  const near = nearest(files, plain);
  throw new ToolError(
    'NOT_FOUND',
    `No check file under review matches ${JSON.stringify(query)}. Nothing was changed.`,
    {
      next:
        near.length > 0
          ? `call fixInterval again; perhaps you mean ${near.join(' or ')}.`
          : 'call fixInterval again with the name of a check file under CHECKS_PATH.',
    },
  );
}

function endsWithPath(path: string, ending: string): boolean {
  return path === ending || path.endsWith(`/${ending}`);
}

/** The likely checks: the closest in spelling, otherwise those that share the most words. */
function nearest(files: readonly { readonly path: string }[], query: string): string[] {
  const byStem = new Map(files.map((file) => [stemOf(file.path), file.path]));
  const closest = byStem.get(nearestOf(stemOf(query), [...byStem.keys()]) ?? '');
  if (closest !== undefined) return [closest];
  const words = stemOf(query)
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word.length > 2);
  const shared = (path: string): number => words.filter((word) => path.toLowerCase().includes(word)).length;
  const most = Math.max(0, ...files.map((file) => shared(file.path)));
  if (most === 0) return [];
  return files.flatMap(({ path }) => (shared(path) === most ? path : [])).slice(0, 3);
}
