import { PrefishError, type Command, type Outcome, type RunContext } from '@prefish/core';
import { globalOptions } from './global-options.ts';

/** What each shell has to be told once; they ask `prefish completion words -- …` for the words. */
const scripts: Readonly<Record<string, string>> = {
  bash: `_prefish() {
  local IFS=$'\\n'
  COMPREPLY=($(prefish completion words -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null))
  ((\${#COMPREPLY[@]})) || COMPREPLY=($(compgen -f -- "\${COMP_WORDS[COMP_CWORD]}"))
}
complete -F _prefish prefish`,
  zsh: `#compdef prefish
_prefish() {
  local -a offers
  offers=(\${(f)"$(prefish completion words -- "\${(@)words[2,CURRENT]}" 2>/dev/null)"})
  if ((\${#offers})); then compadd -- $offers; else _files; fi
}
compdef _prefish prefish`,
  fish: `complete -c prefish -f -a '(prefish completion words -- (commandline -opc)[2..] (commandline -ct) 2>/dev/null)'`,
};

/** The completion script of a shell, or (`words`) what could stand behind the words given. @throws PREFISH_USAGE */
export async function completion(positionals: readonly string[], context: RunContext): Promise<Outcome> {
  const [kind = '', ...words] = positionals;
  if (kind === 'words') {
    const offers = await completeWords(words, context);
    return { type: 'ok', data: offers, ...(offers.length > 0 ? { message: offers.join('\n') } : {}) };
  }
  if (!Object.hasOwn(scripts, kind)) {
    throw new PrefishError('PREFISH_USAGE', `There is no completion for "${kind}"`, {
      hint: 'prefish completion bash, zsh or fish. For bash: source <(prefish completion bash)',
    });
  }
  return { type: 'ok', message: scripts[kind]!, data: { script: scripts[kind] } };
}

/** What could stand in place of the last word, from the same data that help is made of. */
async function completeWords(words: readonly string[], context: RunContext): Promise<readonly string[]> {
  const typed = words.at(-1) ?? '';
  let command: Command | undefined;
  let level: readonly Command[] = context.shell.commands;
  for (const word of words.slice(0, -1)) {
    const next = level.find(({ name, aliases }) => name === word || aliases?.includes(word));
    if (next === undefined) continue;
    command = next;
    level = next.subcommands ?? [];
  }
  const options =
    command === undefined ? Object.keys(globalOptions) : [...Object.keys(command.args ?? {}), 'json', 'help'];
  const offers = typed.startsWith('-')
    ? options.filter((name) => name.length > 1).map((name) => `--${name}`)
    : [
        ...level.map(({ name }) => name),
        ...((await command?.complete?.(typed, context)) ?? []).map(({ insert }) => insert),
      ];
  return [...new Set(offers)].filter((offer) => offer.startsWith(typed));
}
