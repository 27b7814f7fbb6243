/**
 * Words for people at the prompt: `prefish tasks undo 8`, as it is called from a system's shell, becomes
 * `/tasks undo 8`. What only such a shell can do, a redirection or a pipe, stays.
 *
 * @param commands the names of the commands that there are
 */
export function asTyped(text: string, commands: readonly string[]): string {
  if (!text.includes('prefish ')) return text;
  return text.replaceAll(
    /(?<=^|[\s“"'`])prefish ([a-z][\w-]*)(?![\w…-])(?![^\n.;]* [<>|] )/gm,
    (whole, name: string) => (commands.includes(name) ? `/${name}` : whole),
  );
}
