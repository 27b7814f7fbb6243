import { join } from 'node:path';
import { errorMessage } from '@prefish/core';
import type { AgentSpec } from '../agent-spec.ts';
import { KeyStore } from '../keys/key-store.ts';
import type { AgentOptions } from '../options.ts';
import { LoginConsent } from './login-consent.ts';
import { findTaskCredential } from './task-credential.ts';

/** In a few words, what a task could use an agent with, or what mends that it cannot. Tells no secret. */
export async function describeTaskCredential(
  spec: AgentSpec,
  env: Readonly<Record<string, string>>,
  folders: AgentOptions['folders'],
): Promise<string> {
  try {
    const keys = await new KeyStore(folders.data).read();
    const found = await findTaskCredential(
      spec,
      { env, keys },
      new LoginConsent(join(folders.state, 'agent')),
    );
    if (found.kind === 'not-needed') return 'tasks need no credential';
    return found.kind === 'found'
      ? `tasks use ${found.credential.name}`
      : `no credential for tasks: ${found.lacking.fix}`;
  } catch (error) {
    return `not for tasks: ${errorMessage(error)}`;
  }
}
