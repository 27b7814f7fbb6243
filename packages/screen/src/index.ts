/** Drawing in a terminal, and keeping what others wrote from driving it. */
export { isUtf8Locale, toAscii } from './ascii.ts';
export { formatDuration } from './duration.ts';
export { Frame, type Cursor, type FrameOptions } from './frame.ts';
export { createKeyDecoder, type KeyDecoder, type KeyPress } from './keys.ts';
export { createSanitizer, sanitize, sanitizeLabel, type Sanitizer } from './sanitize.ts';
export { createStyle, type Style } from './style.ts';
export {
  cellsOf,
  clusterAfter,
  clusterBefore,
  clusterBoundary,
  isPlain,
  padEnd,
  textWidth,
  truncate,
  wrap,
  wrapWords,
  type Cell,
} from './text.ts';
