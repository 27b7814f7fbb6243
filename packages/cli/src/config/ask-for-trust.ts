import type { Ask } from '@prefish/core';
import { sanitizeLabel } from '@prefish/screen';
import type { AskForTrust } from './read-layers.ts';

const answers = ['Not now', 'Trust it', 'Never, as it is now'] as const;

/** Asks at the prompt. Whatever goes wrong with asking means: not now. */
export function createAskForTrust(ask: Ask, notice: (message: string) => void): AskForTrust {
  return async (waiting, trust) => {
    const { root, files, effects, remarks } = await trust.inspect(waiting.request);
    const again = waiting.answer === 'changed' ? ' It was trusted before, and has changed since.' : '';
    notice(
      [
        `${sanitizeLabel(waiting.file)} comes with this folder and is not trusted yet.${again} It would`,
        ...effects.map((effect) => `  ${sanitizeLabel(effect)}`),
        ...(files.length > 1 ? [`with ${files.length} files of ${sanitizeLabel(root)}`] : []),
        ...remarks.map((remark) => `(${sanitizeLabel(remark)})`),
      ].join('\n'),
    );
    const answer = await ask
      .select(`Trust the configuration of ${sanitizeLabel(root)}?`, answers)
      .catch(() => answers[0]);
    if (answer === 'Trust it') await trust.grant(waiting.request);
    if (answer === 'Never, as it is now') await trust.decline(waiting.request);
    return answer === 'Trust it';
  };
}
