import { StringDecoder } from 'node:string_decoder';
import { createSanitizer } from '@prefish/screen';
import { interleaved, type Row } from '../row.ts';

const chunkBytes = 65_536;
const megabytes = 32;

/** A colour on nearly every word, in all the ways in which programs select them. */
function colourDense(): readonly Buffer[] {
  const words = Array.from(
    { length: 4000 },
    (_, index) =>
      `\x1b[38;5;${index % 256}mword${index}\x1b[0m \x1b[1;32m✓\x1b[m \x1b[38;2;${index % 256};8;90mtrue\x1b[39m `,
  );
  const bytes = Buffer.from(words.join('\n'));
  const text = Buffer.concat(
    Array.from({ length: Math.ceil((megabytes * 1e6) / bytes.length) }, () => bytes),
  );
  return Array.from({ length: Math.ceil(text.length / chunkBytes) }, (_, index) =>
    text.subarray(index * chunkBytes, (index + 1) * chunkBytes),
  );
}

export const sanitizing: Row = {
  what: `sanitize ${megabytes} MB of colour-dense text`,
  against: 'decoding and copying it alone',
  budget: 4,
  async measure({ rounds }) {
    const chunks = colourDense();
    let shown = 0;
    const time = (write: (text: string) => string): number => {
      const decoder = new StringDecoder('utf8');
      const start = performance.now();
      for (const chunk of chunks) shown += Buffer.byteLength(write(decoder.write(chunk)));
      return performance.now() - start;
    };
    const figures = await interleaved(
      rounds,
      async () => time(createSanitizer().write),
      async () => time((text) => text),
    );
    if (shown === 0) throw new Error('nothing was shown');
    return { ...figures, unit: 'ms' };
  },
};
