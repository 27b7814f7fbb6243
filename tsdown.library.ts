import { defineConfig, type UserConfig } from 'tsdown';

/**
 * How every published library of the workspace is built: ES modules and declarations, one output
 * file an entry, dependencies left to the package manager.
 */
export function library(entry: string[], hooks: UserConfig['hooks'] = {}): UserConfig {
  return defineConfig({
    entry,
    format: 'esm',
    platform: 'node',
    target: 'node22',
    dts: true,
    clean: true,
    hooks,
  }) as UserConfig;
}
