import { pathToFileURL } from 'node:url';
import { PrefishError } from '@prefish/protocol';
import { importModule, ModuleError } from '../plugins/import-module.ts';
import { provideModules } from '../plugins/provide-modules.ts';

/**
 * Runs a configuration that is a script, and resolves with what it exports. `own`: it is the user's, not a
 * repository's, so nothing that it loads is checked.
 *
 * @throws PREFISH_CONFIG_UNREADABLE with advice, PREFISH_TRUST_CHANGED
 */
export async function runScript(path: string, { own }: { readonly own: boolean }): Promise<unknown> {
  provideModules();
  const { href } = pathToFileURL(path);
  if (own) (await import('../trust/load-guard.ts')).exemptFromGuard(href);
  const exported = await importModule(href, path).catch((error: unknown) => {
    if (!(error instanceof ModuleError)) throw error;
    throw new PrefishError('PREFISH_CONFIG_UNREADABLE', `${path} cannot be run: ${error.message}`, {
      cause: error.cause,
      hint: error.hint,
    });
  });
  if ('default' in exported) return exported['default'];
  throw new PrefishError('PREFISH_CONFIG_UNREADABLE', `${path} has no default export`, {
    hint: 'export default defineConfig({ … })',
  });
}
