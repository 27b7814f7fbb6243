import type { Ask } from '@prefish/core';
import { describeInspection, visible } from '../trust/question.ts';
import type { AskForTrust } from './read-layers.ts';

const answers = ['Not now', 'Trust it', 'Never, as it is now'] as const;

/** Asks at the prompt. Whatever goes wrong with asking means: not now. */
export function createAskForTrust(ask: Ask, notice: (message: string) => void): AskForTrust {
  return async ({ file, answer: before, request }, trust) => {
    const why = before === 'changed' ? 'has changed since it was trusted' : 'is not trusted yet';
    notice(`${visible(file)} ${why}.\n${describeInspection(await trust.inspect(request))}`);
    const answer = await ask
      .select(`Trust the configuration of ${visible(request.root)}?`, answers)
      .catch(() => answers[0]);
    if (answer === 'Trust it') await trust.grant(request);
    if (answer === 'Never, as it is now') await trust.decline(request);
    return answer === 'Trust it';
  };
}
