/** Whether a message for the agent reads as if it was a command, with the programs that there are in `cwd` and on `env.PATH`. */
export async function isMeantAsCommand(
  message: string,
  { cwd, env }: { readonly cwd: string; readonly env: Readonly<Record<string, string | undefined>> },
): Promise<boolean> {
  const [{ readsAsCommand }, { findProgram, isProgram }] = await Promise.all([
    import('./reads-as-command.ts'),
    import('@prefish/processes'),
  ]);
  return readsAsCommand(message, async (name) =>
    name.includes('/') ? isProgram(name, cwd) : findProgram(name, env['PATH']) !== undefined,
  );
}
