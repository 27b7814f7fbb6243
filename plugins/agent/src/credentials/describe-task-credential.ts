import { join } from 'node:path';
import { errorMessage } from '@prefish/core';
import type { AgentSpec } from '../agent-spec.ts';
import { KeyStore } from '../keys/key-store.ts';
import type { AgentOptions } from '../options.ts';
import { LoginConsent } from './login-consent.ts';
import { findTaskCredential } from './task-credential.ts';

/** In a few words, with what a task could use an agent, or what it takes that it could. Tells no secret. */
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
    if (found.kind === 'not-needed') return 'in tasks too';
    return found.kind === 'found'
      ? `in tasks with ${found.credential.name}`
      : `in tasks after: ${found.lacking.fix}`;
  } catch (error) {
    return `not in tasks: ${errorMessage(error)}`;
  }
}
