import type { ModelApi } from '@prefish/protocol';

interface Endpoint {
  readonly methods: readonly string[];
  readonly path: RegExp;
}

const read = ['GET', 'HEAD'];
const use = ['POST'];
/** What Google's API does with a model at once. Its batches and other long operations would outlive the task. */
const googleUses = [
  'generateContent',
  'streamGenerateContent',
  'countTokens',
  'embedContent',
  'batchEmbedContents',
  'predict',
];

/**
 * What uses a model or describes one. Files, batches, fine-tuning, administration and whatever else the
 * credential may be good for stay out of a task's reach. Sources: the API references of Anthropic, OpenAI and
 * Google. OpenAI's come with and without `/v1`: servers that speak its protocol differ in where that belongs.
 */
const endpoints: Readonly<Record<ModelApi, readonly Endpoint[]>> = {
  anthropic: [
    { methods: use, path: /^\/v1\/messages(\/count_tokens)?$/ },
    { methods: read, path: /^\/v1\/models(\/[^/]+)?$/ },
  ],
  openai: [
    { methods: [...use, ...read], path: /^(\/v1)?\/responses(\/[^/]+){0,2}$/ },
    { methods: use, path: /^(\/v1)?\/(chat\/completions|embeddings)$/ },
    { methods: read, path: /^(\/v1)?\/models(\/.+)?$/ },
  ],
  google: [
    { methods: use, path: new RegExp(`^/v1(alpha|beta)?/models/[^/:]+:(${googleUses.join('|')})$`) },
    { methods: read, path: /^\/v1(alpha|beta)?\/models(\/[^/]+)?$/ },
  ],
};

/** Whether a task may ask this of an API. `path` is that of the API, without the query. */
export function isModelEndpoint(api: ModelApi, method: string, path: string): boolean {
  return endpoints[api].some((endpoint) => endpoint.methods.includes(method) && endpoint.path.test(path));
}
