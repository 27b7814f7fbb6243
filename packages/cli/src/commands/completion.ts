import { PrefishError, type Command, type Completion, type Outcome, type RunContext } from '@prefish/core';
import { globalOptions } from './global-options.ts';

/**
 * What each shell has to be told once. They ask for the words then: `prefish completion words -- …`,
 * or `details`, which puts a tab and what the word does behind each.
 */
const scripts: Readonly<Record<string, string>> = {
  bash: `_prefish() {
  local IFS=$'\\n'
  COMPREPLY=($(prefish completion words -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null))
}
complete -o default -F _prefish prefish`,
  zsh: `#compdef prefish
_prefish() {
  local -a offers
  local offer
  for offer in \${(f)"$(prefish completion details -- "\${(@)words[2,CURRENT]}" 2>/dev/null)"}; do
    offers+=("\${\${offer%%$'\\t'*}//:/\\\\:}:\${offer#*$'\\t'}")
  done
  if ((\${#offers})); then _describe prefish offers; else _files; fi
}
if [[ \${funcstack[1]} == _prefish ]]; then
  _prefish "$@"
else
  if ! ((\${+functions[compdef]})); then autoload -Uz compinit && compinit -i; fi
  compdef _prefish prefish
fi`,
  fish: `function __prefish_complete
  set -l before (commandline -opc)
  set -l word (commandline -ct)
  set -l offers (prefish completion details -- $before[2..] "$word" 2>/dev/null)
  if test (count $offers) -gt 0
    printf '%s\\n' $offers
  else
    __fish_complete_path "$word"
  end
end
complete -c prefish -f -a '(__prefish_complete)'`,
};

/** The completion script of a shell, or (`words`, `details`) what could stand behind the words given. @throws PREFISH_USAGE */
export async function completion(positionals: readonly string[], context: RunContext): Promise<Outcome> {
  const [kind = '', ...words] = positionals;
  if (kind === 'words' || kind === 'details') {
    const offers = await completeWords(words, context);
    const lines = offers.map(({ insert, detail = '' }) =>
      kind === 'words' ? insert : `${insert}\t${detail}`,
    );
    return {
      type: 'ok',
      data: kind === 'words' ? offers.map(({ insert }) => insert) : offers,
      ...(lines.length > 0 ? { message: lines.join('\n') } : {}),
    };
  }
  if (!Object.hasOwn(scripts, kind)) {
    throw new PrefishError('PREFISH_USAGE', `There is no completion for "${kind}"`, {
      hint: 'prefish completion bash, zsh or fish. For bash: source <(prefish completion bash)',
    });
  }
  return { type: 'ok', message: scripts[kind]!, data: { script: scripts[kind] } };
}

/** What could stand in place of the last word, from the same data that help is made of. */
async function completeWords(words: readonly string[], context: RunContext): Promise<readonly Completion[]> {
  const typed = words.at(-1) ?? '';
  let command: Command | undefined;
  let before: string[] = [];
  let level: readonly Command[] = context.shell.commands;
  for (const word of words.slice(0, -1)) {
    const next = level.find(({ name, aliases }) => name === word || aliases?.includes(word));
    if (next === undefined) {
      before.push(word);
      continue;
    }
    command = next;
    before = [];
    level = next.subcommands ?? [];
  }
  const options =
    command === undefined ? Object.keys(globalOptions) : [...Object.keys(command.args ?? {}), 'json', 'help'];
  const offers: readonly Completion[] = typed.startsWith('-')
    ? options.filter((name) => name.length > 1).map((name) => ({ insert: `--${name}` }))
    : [
        ...level.map(({ name, summary }) => ({ insert: name, detail: summary })),
        ...((await command?.complete?.(typed, context, before)) ?? []),
      ];
  const different = new Map(offers.map((offer) => [offer.insert, offer]));
  return [...different.values()].filter(({ insert }) => insert.startsWith(typed) && !/[\t\n]/.test(insert));
}
