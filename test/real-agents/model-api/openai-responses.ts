import type { JsonSchema } from './json-schema.ts';
import type { Protocol, Reply } from './protocol.ts';
import type { Turn } from './script.ts';
import type { Tool } from './tools.ts';

interface ToolSpec {
  readonly type: string;
  readonly name: string;
  readonly description?: string;
  readonly parameters?: JsonSchema;
  readonly tools?: readonly ToolSpec[];
}

interface Item {
  readonly type?: string;
  readonly role?: string;
  readonly content?: string | readonly { readonly text?: string }[];
  readonly output?: unknown;
  readonly tools?: readonly ToolSpec[];
}

/** OpenAI's Responses API: https://platform.openai.com/docs/api-reference/responses */
export const openaiResponses: Protocol = {
  api: 'openai',
  takes: (path) => /^(\/v1)?\/responses$/.test(path),
  read({ model, stream = false, tools = [], input, text }) {
    const items: readonly Item[] = typeof input === 'string' ? [{ role: 'user', content: input }] : input;
    return {
      model,
      stream,
      schema: text?.format?.schema,
      // Codex offers its tools within the conversation.
      tools: [...tools, ...items.flatMap((item) => item.tools ?? [])].flatMap(toolsOf),
      items: items.flatMap(({ type, role, content = [], output }): Turn['items'] => {
        if (type?.endsWith('_call_output')) return [{ result: JSON.stringify(output) }];
        if (role !== 'user') return [];
        const parts = typeof content === 'string' ? [{ text: content }] : content;
        return parts.map((part) => ({ said: part.text ?? '' }));
      }),
    };
  },
  whole: ({ model }, reply) => response(model, reply),
  pieces({ model }, reply) {
    const done = response(model, reply);
    const started = { ...done, status: 'in_progress', output: [] };
    return [
      { type: 'response.created', response: started },
      ...done.output.flatMap((item, index) => [
        { type: 'response.output_item.added', output_index: index, item: { ...item, status: 'in_progress' } },
        ...(item.type === 'message'
          ? [
              {
                type: 'response.output_text.delta',
                output_index: index,
                content_index: 0,
                item_id: item.id,
                delta: reply.text,
              },
            ]
          : []),
        { type: 'response.output_item.done', output_index: index, item },
      ]),
      { type: 'response.completed', response: done },
    ].map((data, sequence_number) => ({ event: data.type, data: { ...data, sequence_number } }));
  },
};

function response(model: string, { text, call }: Reply) {
  const message = {
    type: 'message',
    id: 'msg_1',
    role: 'assistant',
    status: 'completed',
    content: [{ type: 'output_text', text, annotations: [] }],
  };
  return {
    id: 'resp_1',
    object: 'response',
    created_at: 0,
    model,
    status: 'completed',
    output: [...(text === '' ? [] : [message]), ...(call === undefined ? [] : [toolCall(call)])],
    usage: {
      input_tokens: 10,
      input_tokens_details: { cached_tokens: 0 },
      output_tokens: 5,
      output_tokens_details: { reasoning_tokens: 0 },
      total_tokens: 15,
    },
  };
}

function toolsOf({ name, description, parameters, tools }: ToolSpec): Tool[] {
  if (tools !== undefined) return tools.flatMap(toolsOf);
  return [{ name, ...(description && { description }), ...(parameters && { schema: parameters }) }];
}

function toolCall({ id, name, input }: NonNullable<Reply['call']>) {
  const common = { id: `item_${id}`, call_id: id, name, status: 'completed' };
  return typeof input === 'string'
    ? { ...common, type: 'custom_tool_call', input }
    : { ...common, type: 'function_call', arguments: JSON.stringify(input) };
}
