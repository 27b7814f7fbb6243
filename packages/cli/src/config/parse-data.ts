import { defaultLoaders } from 'cosmiconfig';
import { errorMessage, PrefishError } from '@prefish/protocol';
import type { ConfigFile } from './configuration.ts';

/** Keys that would reach the prototypes of objects that are merged with them. */
const forbidden: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);

/** The most values a configuration may hold once its aliases are followed: some YAML of ten lines stands for billions. */
const mostValues = 20_000;

/**
 * The value of a data file: JSON, YAML, or the key `prefish` of a package.json. An empty YAML is `{}`.
 *
 * @throws PREFISH_CONFIG_UNREADABLE for what cannot be parsed, PREFISH_CONFIG_INVALID for keys and sizes
 * that no configuration has
 */
export function parseData(
  { path, format }: Pick<ConfigFile, 'path' | 'format'>,
  content: Uint8Array,
): unknown {
  const value = parse(path, format, decode(path, content));
  checkShape(path, value);
  return value;
}

function parse(path: string, format: ConfigFile['format'], text: string): unknown {
  if (format === 'yaml') checkLoneSigns(path, text);
  try {
    if (format === 'yaml') return isBlank(text) ? {} : defaultLoaders['.yaml'](path, text);
    const value: unknown = defaultLoaders['.json'](path, text);
    return format === 'manifest' ? (value as { prefish?: unknown }).prefish : value;
  } catch (cause) {
    const [, detail = errorMessage(cause)] =
      /^(?:JSON|YAML) Error in [^\n]*:\n([^]*)$/.exec(errorMessage(cause)) ?? [];
    throw new PrefishError(
      'PREFISH_CONFIG_UNREADABLE',
      `${path} is not valid ${format === 'yaml' ? 'YAML' : 'JSON'}: ${detail.trim()}`,
      {
        cause,
        ...(text.trim() === '' ? { hint: 'It is empty: write {} or remove it.' } : {}),
      },
    );
  }
}

/** A token without quotes is a tag or an anchor in YAML, and an empty text or an error. */
function checkLoneSigns(path: string, text: string): void {
  const [, sign] = /^[^#\n]*[:,[-][ \t]+(!+|&|\*)[ \t]*(?:[,}\]#]|$)/m.exec(text) ?? [];
  if (sign === undefined) return;
  throw new PrefishError('PREFISH_CONFIG_UNREADABLE', `${path}: ${sign} without quotes is no text in YAML`, {
    hint: `Quote it: '${sign}'`,
  });
}

/** Whether there are only comments, as in a file that was begun. */
function isBlank(text: string): boolean {
  return text.split('\n').every((line) => /^\s*(?:#|$)/.test(line));
}

function decode(path: string, content: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(content);
  } catch (cause) {
    throw new PrefishError('PREFISH_CONFIG_UNREADABLE', `${path} is not text in UTF-8`, { cause });
  }
}

function checkShape(path: string, root: unknown): void {
  let values = 0;
  const visit = (value: unknown, at: string, above: readonly object[]): void => {
    if (++values > mostValues || above.includes(value as object)) {
      throw new PrefishError(
        'PREFISH_CONFIG_INVALID',
        `${path} holds more than a configuration can: its aliases multiply`,
        {
          hint: 'Write out what the aliases (*name) stand for.',
        },
      );
    }
    if (typeof value !== 'object' || value === null) return;
    for (const key of Object.keys(value)) {
      const below = Array.isArray(value) ? `${at}[${key}]` : at === '' ? key : `${at}.${key}`;
      if (forbidden.has(key)) {
        throw new PrefishError('PREFISH_CONFIG_INVALID', `${path}: ${below}: no key here is named ${key}`, {
          hint: 'Remove it.',
        });
      }
      visit((value as Record<string, unknown>)[key], below, [...above, value]);
    }
  };
  visit(root, '', []);
}
