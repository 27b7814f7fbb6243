import { writeFile } from 'node:fs/promises';
import { jsonSchema } from '../src/config/json-schema.ts';

/** Writes `schema.json` anew: `node --conditions=development build/write-schema.ts`. */
await writeFile(
  new URL('../schema.json', import.meta.url),
  `${JSON.stringify(jsonSchema(), undefined, 2)}\n`,
);
