/** Whether a message for the agent reads as if it was a command, with the programs that there are in `cwd` and on `env.PATH`. */
export async function isMeantAsCommand(
  message: string,
  { cwd, env }: { readonly cwd: string; readonly env: Readonly<Record<string, string | undefined>> },
): Promise<boolean> {
  const [{ readsAsCommand }, { isExecutable, isOnPath }] = await Promise.all([
    import('./reads-as-command.ts'),
    import('./executable.ts'),
  ]);
  return readsAsCommand(message, (name) =>
    name.includes('/') ? isExecutable(name, cwd) : isOnPath(name, env['PATH'] ?? ''),
  );
}
