import { PrefishError, type ModelAccess, type ModelApi } from '@prefish/core';

/** Where the APIs answer when no variable says otherwise. */
export const usualUrls: Readonly<Record<ModelApi, string>> = {
  anthropic: 'https://api.anthropic.com',
  openai: 'https://api.openai.com',
  google: 'https://generativelanguage.googleapis.com',
};

/**
 * Where an API begins, its version left out: some name `https://host/v1`, some `https://host`.
 *
 * @throws PREFISH_KEY_INVALID naming the variable
 */
export function baseUrl(value: string, name: string): string {
  const url = URL.canParse(value) ? new URL(value) : undefined;
  const isPlain = url?.username === '' && url.password === '' && url.search === '' && url.hash === '';
  if (url === undefined || !/^https?:$/.test(url.protocol) || !isPlain) {
    throw new PrefishError('PREFISH_KEY_INVALID', `${name} is no address of an API`, {
      hint: 'It begins with https:// or http://, and holds no password, ? or #.',
    });
  }
  return url.href.replace(/\/+$/, '').replace(/\/v\d+(?:beta\d*)?$/, '');
}

/** Where a credential will be shown, in words; `undefined` for the usual place of its API. */
export function unusualPlace({ api, url }: Pick<ModelAccess, 'api' | 'url'>): string | undefined {
  const { host, hostname, protocol } = new URL(url);
  if (host === new URL(usualUrls[api]).host && protocol === 'https:') return undefined;
  const isHere = /^(?:(?:.+\.)?localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname);
  return protocol === 'https:' || isHere ? host : `${host}, unencrypted`;
}
