import type { ContentBlock } from '@agentclientprotocol/sdk';
import { PrefishError, type Out } from '@prefish/core';
import { attachmentsOf, type Attachments } from './context/attached-files.ts';
import type { ContextEntry } from './context/pending-context.ts';

/** What goes with a message. */
export interface MessageParts {
  readonly text: string;
  readonly attachments: Attachments;
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
  const attachments = attachmentsOf(text, cwd);
  return {
    text,
    attachments,
    blocks(takesResources) {
      const { introduction, output } = preamble();
      return {
        before: [
          ...(introduction === undefined ? [] : [{ type: 'text' as const, text: introduction }]),
          ...output.map((entry, index) => outputBlock(entry, index, takesResources)),
        ],
        after: links(attachments),
      };
    },
    plain() {
      const { introduction, output } = preamble();
      const before = [...(introduction === undefined ? [] : [introduction]), ...output.map(describe)];
      return [...before, text].join('\n\n');
    },
  };
}

/** A message with nothing along but the files that it names. */
export function bareMessage(text: string, cwd: string): MessageParts {
  const attachments = attachmentsOf(text, cwd);
  return {
    text,
    attachments,
    blocks: () => ({ before: [], after: links(attachments) }),
    plain: () => text,
  };
}

/** Says which files go along with a message, and which do not. */
export function tellAttachments({ files, missing }: Attachments, out: Pick<Out, 'event' | 'warn'>): void {
  for (const { name } of files) out.event({ type: 'progress', what: `attached ${name}`, done: 1, total: 1 });
  tellMissing(missing, out);
}

/** Says which files a message names and does not take along. */
export function tellMissing(missing: Attachments['missing'], out: Pick<Out, 'warn'>): void {
  for (const why of missing)
    out.warn('PREFISH_USAGE', why, 'The message goes without it. @"a b.txt" attaches a path with spaces.');
}

function links({ files }: Attachments): ContentBlock[] {
  return files.map((file) => ({ type: 'resource_link', ...file }));
}

function outputBlock(entry: ContextEntry, index: number, takesResources: boolean): ContentBlock {
  const text = describe(entry);
  if (!takesResources) return { type: 'text', text };
  return { type: 'resource', resource: { uri: `prefish:output/${index + 1}`, mimeType: 'text/plain', text } };
}

function describe({ text }: ContextEntry): string {
  return `The user ran this in their shell:\n${text}`;
}
