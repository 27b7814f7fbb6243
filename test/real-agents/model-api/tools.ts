import { instanceOf, type JsonSchema } from './json-schema.ts';
import type { Directive } from './script.ts';

/** A tool that the client offers to the model. */
export interface Tool {
  readonly name: string;
  readonly description?: string;
  /** Of its arguments. Absent for one that takes a text. */
  readonly schema?: JsonSchema;
}

/** One use of a tool. */
export interface Call {
  readonly name: string;
  readonly input: Readonly<Record<string, unknown>> | string;
}

const pathNames = ['file_path', 'filePath', 'absolute_path', 'path'];
const contentNames = ['content', 'contents'];
const commandNames = ['command', 'cmd'];

/** How a client's own tools do what a directive says: each has others, and says how they look. */
export function callFor(tools: readonly Tool[], step: Extract<Directive, { does: 'write' | 'bash' }>): Call {
  if (step.does === 'bash') return shellCall(tools, step.command);
  for (const { name, schema } of tools) {
    const path = propertyOf(schema, pathNames);
    const content = propertyOf(schema, contentNames);
    if (path !== undefined && content !== undefined) {
      return { name, input: filled(schema, { [path]: step.path, [content]: step.text }) };
    }
  }
  // Codex has no tool that writes a whole file.
  return shellCall(tools, `printf '%s' ${quoted(step.text)} > ${quoted(step.path)}`);
}

function shellCall(tools: readonly Tool[], command: string): Call {
  for (const { name, description, schema } of tools) {
    const property = propertyOf(schema, commandNames);
    if (property !== undefined) {
      const isList = schema?.properties?.[property]?.type === 'array';
      return { name, input: filled(schema, { [property]: isList ? ['bash', '-c', command] : command }) };
    }
    // Codex' newest models call their tools from JavaScript.
    if (schema === undefined && description?.includes('tools.exec_command')) {
      return { name, input: `text(await tools.exec_command({ cmd: ${JSON.stringify(command)} }))` };
    }
  }
  throw new Error(`No tool runs commands: ${tools.map(({ name }) => name).join(', ')}`);
}

function propertyOf(schema: JsonSchema | undefined, names: readonly string[]): string | undefined {
  return names.find((name) => schema?.properties?.[name] !== undefined);
}

/** With a value for every further argument that the tool insists on. */
function filled(
  schema: JsonSchema | undefined,
  input: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  return { ...(instanceOf(schema ?? {}) as object), ...input };
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
