const before = `import { hashOf } from './hash.ts';

/** The sessions of a shop, by their tokens. */
export class Sessions {
  readonly all: Session[] = [];

  find(token: string): Session | undefined {
    return this.all.find((one) => one.token === token);
  }
}
`;
const after = before
  .replace('readonly all: Session[] = [];', 'readonly byHash = new Map<string, Session>();')
  .replace(
    'return this.all.find((one) => one.token === token);',
    'const session = this.byHash.get(hashOf(token));\n    return session !== undefined && session.endsAt > Date.now() ? session : undefined;',
  );

/** A file before and after an agent has mended it. */
export const sessions: { readonly before: string; readonly after: string } = { before, after };

const edit = (path: string, text: string): string =>
  `edit ${path} <<${text.trimEnd().replaceAll('\n', '\\n')}`;

/** What the agent does at the messages of the pictures of the page. */
export const pageParts: Readonly<Record<string, string>> = {
  'Sessions never expire': [
    'think The token is compared, and the end of the session is not.',
    'plan Read how sessions are kept; Look sessions up by their hash; Write a test that fails without it',
    'run grep -n find src/session.ts',
    'say Found it: `find` compares **tokens** and never looks at `endsAt`, so a session that ended last year still opens the door. I look sessions up by their hash now:',
    edit('src/session.ts', after),
    'run node test.mjs',
    'usage 48210',
    'ask May I run npm install --save-dev fast-check?',
  ].join('\n'),
  'Show themes by name': [
    'say I start with **where the theme comes from**.',
    edit(
      'src/theme.js',
      'export const themes = ["light", "dark"];\n\n/** Dark where nobody has chosen. */\nexport function theme(chosen) {\n  return themes.includes(chosen) ? chosen : "dark";\n}\n',
    ),
    edit('docs/themes.md', '# Themes\n\nThe shop is dark by default.\nA choice that was made stays.\n'),
    'run node test.mjs',
    'say The name of a theme chooses it, and the tests pass.',
  ].join('\n'),
  'Make the search faster': [
    edit(
      'src/search.js',
      'export const index = new Map();\nexport const search = (word) => index.get(word) ?? [];\n',
    ),
    'say Words are looked up in an index.',
  ].join('\n'),
  'Translate the shop': ['say I read the texts first.', 'run ls src', 'hang'].join('\n'),
};
