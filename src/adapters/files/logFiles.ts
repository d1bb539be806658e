/** Reads log files that the user names. */
import { ToolError } from '../../domain/errors.ts';
import { clean } from '../../domain/foreignText.ts';
import type { LogFiles } from '../../ports/project.ts';
import { readEnd } from '../disk/ends.ts';
import { logText } from '../logText.ts';

const readBytes = 64 * 1024 * 1024;

export function createLogFiles(): LogFiles {
  return {
    async read(path) {
      const end = await readEnd(path, readBytes);
      if (typeof end === 'string') throw refused(path, end);
      const log = await logText(end.bytes, end.cut);
      if (log === undefined) throw refused(path, 'it is neither text nor gzip');
      return { text: clean(log.text, log.text.length), cut: log.cut };
    },
  };
}

function refused(path: string, why: string): ToolError {
  return new ToolError('BAD_INPUT', `${JSON.stringify(path)} was not read: ${why}.`, {
    next: 'name log files of a step, plain or gzip: audit-load-test explain FILE…',
  });
}
