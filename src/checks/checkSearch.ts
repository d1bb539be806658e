/** Finds the check file that a person means: a file name with or without ending, or a path. */
import { ToolError } from '../errors.ts';

/** @throws ToolError NOT_FOUND, or BAD_INPUT naming the candidates when several match */
export function findCheck<File extends { readonly path: string }>(files: readonly File[], wanted: string): File {
  const plain = wanted.trim().replaceAll('\\', '/').replace(/^\.?\//, '');
  const spellings = [plain, `${plain}.yml`];
  const exact = files.filter((file) => spellings.includes(file.path));
  const matches = exact.length > 0 ? exact : files.filter((file) => spellings.some((name) => endsWithPath(file.path, name) || endsWithPath(name, file.path)));
  const [match, ...others] = matches;
  if (match !== undefined && others.length === 0) return match;
  if (match !== undefined)
    throw new ToolError('BAD_INPUT', `${matches.length} check files match ${JSON.stringify(wanted)}: ${matches.slice(0, 6).map((file) => file.path).join(', ')}${matches.length > 6 ? ', …' : ''}. Nothing was changed.`, {
      next: 'call fixInterval again with one of these paths as check.',
    });
  const near = nearest(files, plain);
  throw new ToolError('NOT_FOUND', `No check file under review matches ${JSON.stringify(wanted)}. Nothing was changed.`, {
    next: near.length > 0 ? `call fixInterval again; perhaps you mean ${near.join(' or ')}.` : 'call fixInterval again with the name of a check file under CHECKS_PATH.',
  });
}

function endsWithPath(path: string, ending: string): boolean {
  return path === ending || path.endsWith(`/${ending}`);
}

/** Names that share the longest run of letters with what was asked for. */
function nearest(files: readonly { readonly path: string }[], wanted: string): string[] {
  const words = wanted.toLowerCase().replace(/\.ya?ml$/, '').split(/[^a-z0-9]+/).filter((word) => word.length > 2);
  const scored = files.map((file) => ({ path: file.path, score: words.filter((word) => file.path.toLowerCase().includes(word)).length }));
  const best = Math.max(0, ...scored.map((one) => one.score));
  return best === 0 ? [] : scored.filter((one) => one.score === best).slice(0, 3).map((one) => one.path);
}
