import { join, normalize } from 'node:path';
import type { Config } from '@prefish/core';
import type { GrantedMount } from '@prefish/protocol';
import { homeFolder } from '../folders.ts';

/** The paths of `mounts`, absolute. Whether tasks may see them is for the server to say. */
export function grantedMounts(mounts: Config['mounts'] = []): GrantedMount[] {
  return mounts.map((mount) => {
    const { path, ...rest } = typeof mount === 'string' ? { path: mount } : mount;
    const absolute = path.startsWith('~/') ? join(homeFolder(), path.slice(2)) : path;
    return { ...rest, path: normalize(absolute).replace(/(?<=.)\/+$/, '') };
  });
}
