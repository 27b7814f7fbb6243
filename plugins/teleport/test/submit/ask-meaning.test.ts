import { PrefishError } from '@prefish/protocol';
import { expect, test } from 'vitest';
import { askMeaning } from '../../src/submit/ask-meaning.ts';

test('a question that is left says that nothing was sent; other errors stay as they are', async () => {
  const left = new PrefishError('PREFISH_INTERRUPTED', 'The question was not answered');
  const asked: string[] = [];
  const select = (message: string): Promise<string> => (asked.push(message), Promise.reject(left));
  await expect(askMeaning({ select }, 'sleep 15', ['a', 'b'])).rejects.toMatchObject({
    code: 'PREFISH_INTERRUPTED',
    hint: 'nothing was sent',
  });
  expect(asked).toEqual(['“sleep 15” reads like a command']);
  const none = new PrefishError('PREFISH_NO_TTY', 'nobody');
  await expect(askMeaning({ select: () => Promise.reject(none) }, 'x', [])).rejects.toBe(none);
});
