import type { Protocol, Reply } from './protocol.ts';

interface Part {
  readonly text?: string;
  readonly functionResponse?: { readonly response: unknown };
}

/** Google's Gemini API: https://ai.google.dev/api/generate-content */
export const google: Protocol = {
  api: 'google',
  takes: (path) => /^\/v1\w*\/models\/[^/:]+:(streamG|g)enerateContent$/.test(path),
  read: ({ contents, tools = [], generationConfig }, path) => ({
    model: /models\/([^/:]+):/.exec(path)![1]!,
    schema: generationConfig?.responseJsonSchema ?? generationConfig?.responseSchema,
    stream: path.endsWith(':streamGenerateContent'),
    tools: tools
      .flatMap(({ functionDeclarations = [] }) => functionDeclarations)
      .map(({ name, parameters, parametersJsonSchema }: Record<string, unknown>) => ({
        name,
        schema: parametersJsonSchema ?? parameters,
      })),
    items: contents
      .filter(({ role }: { role?: string }) => role !== 'model')
      .flatMap(({ parts }: { parts: readonly Part[] }) => parts)
      .map(({ text = '', functionResponse }: Part) =>
        functionResponse === undefined
          ? { said: text }
          : { result: JSON.stringify(functionResponse.response) },
      ),
  }),
  whole: ({ model }, reply) => response(model, reply),
  pieces: ({ model }, reply) => [{ data: response(model, reply) }],
};

function response(modelVersion: string, { text, call }: Reply): unknown {
  return {
    candidates: [
      {
        index: 0,
        content: {
          role: 'model',
          parts: [
            ...(text === '' ? [] : [{ text }]),
            ...(call === undefined ? [] : [{ functionCall: { name: call.name, args: call.input } }]),
          ],
        },
        finishReason: 'STOP',
      },
    ],
    usageMetadata: { promptTokenCount: 10, candidatesTokenCount: 5, totalTokenCount: 15 },
    modelVersion,
  };
}
