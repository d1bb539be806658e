/**
 * What tools/list answers. The build runs this module and ships its value, so that the first answer waits neither for
 * the tools nor for their schemas; see tooling/build.mjs.
 */
import { tools } from '../../tools/index.ts';
import type { Tool } from '../../tools/tool.ts';
import { inputSchemaOf, outputSchemaOf } from '../schemas.ts';
import { viewUri } from './resources.ts';

export const surface = tools.map(listed);

function listed(tool: Tool) {
  return {
    name: tool.name,
    title: tool.title,
    description: tool.description,
    inputSchema: inputSchemaOf(tool),
    outputSchema: outputSchemaOf(tool),
    annotations: {
      title: tool.title,
      readOnlyHint: tool.effect === 'read',
      destructiveHint: tool.effect === 'destroy',
      idempotentHint: tool.idempotent ?? true,
      openWorldHint: tool.openWorld ?? false,
    },
    asksEveryTime: tool.asksEveryTime === true,
    ...(tool.showsReport === true ? { view: viewUri } : {}),
  };
}
