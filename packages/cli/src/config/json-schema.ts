import * as z from 'zod/mini';
import { dataSchema } from './schema.ts';

/** The JSON Schema of configurations in JSON and YAML, for editors: draft 2020-12. `schema.json` is made of it. */
export function jsonSchema(): object {
  const schema = z.toJSONSchema(dataSchema, { target: 'draft-2020-12', io: 'input' });
  return { ...schema, title: 'The configuration of prefish' };
}
