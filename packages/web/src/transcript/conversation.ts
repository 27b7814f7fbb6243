import type { Transcript } from './transcript.ts';

/** How much of a conversation goes along, in characters. */
const most = 100_000;

/** What was said in a task, as Markdown; where there is much of it, the end. */
export function conversationOf({ blocks }: Pick<Transcript, 'blocks'>): string {
  const sections: string[] = [];
  let before = '';
  for (const block of blocks) {
    if (block.kind === 'message') {
      const heading = block.role === 'user' ? '\n## The user\n\n' : '\n## The agent\n\n';
      sections.push(`${heading === before ? '\n' : heading}${block.text.trim()}\n`);
      before = heading;
    } else if (block.kind === 'tool') {
      const { title, status } = block.event;
      sections.push(`\n- ${status === 'completed' ? 'did' : status}: ${title.replaceAll(/\s+/g, ' ')}\n`);
    }
  }
  const said = sections.join('');
  const isAll = said.length <= most;
  const note = isAll ? '' : '\n(What came before is left out here.)\n';
  return `# The conversation so far\n${note}${isAll ? said : said.slice(-most)}`;
}
