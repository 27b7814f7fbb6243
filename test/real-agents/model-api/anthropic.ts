import type { Protocol } from './protocol.ts';

const usage = { input_tokens: 10, output_tokens: 5 };

/** Anthropic's Messages API: https://docs.anthropic.com/en/api/messages */
export const anthropic: Protocol = {
  api: 'anthropic',
  takes: (path) => path === '/v1/messages',
  read: ({ model, stream = false, tools = [], messages, output_config }) => ({
    model,
    stream,
    schema: output_config?.format?.schema,
    tools: tools.map(({ name, input_schema: schema }: Record<string, unknown>) => ({ name, schema })),
    items: messages
      .filter(({ role }: { role: string }) => role === 'user')
      .flatMap(({ content }: { content: unknown }) =>
        typeof content === 'string' ? [{ type: 'text', text: content }] : content,
      )
      .map((block: { type: string; text?: string; content?: unknown }) =>
        block.type === 'tool_result' ? { result: JSON.stringify(block.content) } : { said: block.text ?? '' },
      ),
  }),
  whole: ({ model }, { text, call }) => ({
    id: 'msg_1',
    type: 'message',
    role: 'assistant',
    model,
    content: [
      ...(text === '' ? [] : [{ type: 'text', text }]),
      ...(call === undefined ? [] : [{ type: 'tool_use', ...call }]),
    ],
    stop_reason: call === undefined ? 'end_turn' : 'tool_use',
    stop_sequence: null,
    usage,
  }),
  pieces({ model }, { text, call }) {
    const block = (index: number, start: unknown, delta: unknown) => [
      { type: 'content_block_start', index, content_block: start },
      { type: 'content_block_delta', index, delta },
      { type: 'content_block_stop', index },
    ];
    const message = { id: 'msg_1', type: 'message', role: 'assistant', model, content: [] };
    return [
      { type: 'message_start', message: { ...message, stop_reason: null, stop_sequence: null, usage } },
      ...(text === '' ? [] : block(0, { type: 'text', text: '' }, { type: 'text_delta', text })),
      ...(call === undefined
        ? []
        : block(
            text === '' ? 0 : 1,
            { type: 'tool_use', id: call.id, name: call.name, input: {} },
            { type: 'input_json_delta', partial_json: JSON.stringify(call.input) },
          )),
      {
        type: 'message_delta',
        delta: { stop_reason: call === undefined ? 'end_turn' : 'tool_use', stop_sequence: null },
        usage,
      },
      { type: 'message_stop' },
    ].map((data) => ({ event: data.type, data }));
  },
};
