import type { ContentBlock } from '@agentclientprotocol/sdk';
import { PrefishError } from '@prefish/core';
import { attachedFiles } from './context/attached-files.ts';
import type { ContextEntry } from './context/pending-context.ts';

/** What goes with a message. */
export interface MessageParts {
  readonly text: string;
  /** Blocks before and after the text, for an agent that takes resources, or does not. Asked for once, when they go. */
  blocks(takesResources: boolean): { readonly before: ContentBlock[]; readonly after: ContentBlock[] };
  /** All of it as one text, for a program without a protocol. */
  plain(): string;
}

/** What stands before a message. */
export interface Preamble {
  /** Where to read what was said earlier. */
  readonly introduction: string | undefined;
  /** What lines printed since the last message. */
  readonly output: readonly ContextEntry[];
}

/**
 * A message with what goes along: `preamble` is taken when it goes.
 *
 * @throws PREFISH_USAGE for a text that no program takes
 */
export function messageParts(text: string, cwd: string, preamble: () => Preamble): MessageParts {
  if (text.includes('\0')) throw new PrefishError('PREFISH_USAGE', 'A message cannot hold a NUL character.');
  return {
    text,
    blocks(takesResources) {
      const { introduction, output } = preamble();
      return {
        before: [
          ...(introduction === undefined ? [] : [{ type: 'text' as const, text: introduction }]),
          ...output.map((entry, index) => outputBlock(entry, index, takesResources)),
        ],
        after: attachedFiles(text, cwd).map((file) => ({ type: 'resource_link', ...file })),
      };
    },
    plain() {
      const { introduction, output } = preamble();
      const before = [...(introduction === undefined ? [] : [introduction]), ...output.map(describe)];
      return [...before, text].join('\n\n');
    },
  };
}

/** A message with nothing along. */
export function bareMessage(text: string): MessageParts {
  return { text, blocks: () => ({ before: [], after: [] }), plain: () => text };
}

function outputBlock(entry: ContextEntry, index: number, takesResources: boolean): ContentBlock {
  const text = describe(entry);
  if (!takesResources) return { type: 'text', text };
  return { type: 'resource', resource: { uri: `prefish:output/${index + 1}`, mimeType: 'text/plain', text } };
}

function describe({ text }: ContextEntry): string {
  return `The user ran this in their shell:\n${text}`;
}
