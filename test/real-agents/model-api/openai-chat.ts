import type { Protocol } from './protocol.ts';

interface ChatTool {
  readonly function: { readonly name: string; readonly parameters: unknown };
}

const usage = { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 };

/** OpenAI's Chat Completions API, which many others speak: https://platform.openai.com/docs/api-reference/chat */
export const openaiChat: Protocol = {
  api: 'openai',
  takes: (path) => /^(\/v1)?\/chat\/completions$/.test(path),
  read: ({ model, stream = false, tools = [], messages, response_format }) => ({
    model,
    stream,
    schema: response_format?.json_schema?.schema,
    tools: tools.map(({ function: { name, parameters } }: ChatTool) => ({ name, schema: parameters })),
    items: messages.flatMap(({ role, content }: { role: string; content: unknown }) => {
      if (role === 'tool') return [{ result: JSON.stringify(content) }];
      if (role !== 'user') return [];
      const parts = typeof content === 'string' ? [{ text: content }] : (content as { text?: string }[]);
      return parts.map(({ text = '' }) => ({ said: text }));
    }),
  }),
  whole: ({ model }, { text, call }) => ({
    id: 'chatcmpl-1',
    object: 'chat.completion',
    created: 0,
    model,
    choices: [
      {
        index: 0,
        message: {
          role: 'assistant',
          content: text,
          ...(call === undefined ? {} : { tool_calls: [toolCall(call)] }),
        },
        finish_reason: call === undefined ? 'stop' : 'tool_calls',
      },
    ],
    usage,
  }),
  pieces({ model }, { text, call }) {
    const chunk = (delta: unknown, finish_reason: string | null = null) => ({
      data: {
        id: 'chatcmpl-1',
        object: 'chat.completion.chunk',
        created: 0,
        model,
        choices: [{ index: 0, delta, finish_reason }],
        ...(finish_reason === null ? {} : { usage }),
      },
    });
    return [
      chunk({ role: 'assistant', content: text }),
      ...(call === undefined ? [] : [chunk({ tool_calls: [{ index: 0, ...toolCall(call) }] })]),
      chunk({}, call === undefined ? 'stop' : 'tool_calls'),
      { data: '[DONE]' },
    ];
  },
};

function toolCall({
  id,
  name,
  input,
}: {
  readonly id: string;
  readonly name: string;
  readonly input: unknown;
}) {
  return { id, type: 'function', function: { name, arguments: JSON.stringify(input) } };
}
