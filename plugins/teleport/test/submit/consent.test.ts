import type { ModelAccess } from '@prefish/protocol';
import { PrefishError } from '@prefish/protocol';
import { expect, test } from 'vitest';
import { consentToModels, refuseUnsupported } from '../../src/submit/consent.ts';

const models: readonly ModelAccess[] = [
  { api: 'anthropic', url: 'https://api.example.com', secret: 'sk-never-shown', header: 'x-api-key' },
];

/** A server that remembers its answer, and a person who gives this one. */
function asking(answer: boolean | undefined) {
  let isAllowed = false;
  const asked: string[] = [];
  const confirm = async (question: string): Promise<boolean> => {
    asked.push(question);
    if (answer === undefined) throw new PrefishError('PREFISH_NO_TTY', 'nobody');
    return answer;
  };
  const server = {
    place: 'devbox',
    models: {
      isAllowed: async () => isAllowed,
      allow: async () => void (isAllowed = true),
    },
  };
  return { asked, consent: () => consentToModels({ models }, server, { ask: { confirm } as never }) };
}

test('leave to use a model goes to another machine after a yes, which holds for it', async () => {
  const { asked, consent } = asking(true);
  expect([await consent(), await consent()]).toEqual([true, true]);
  expect(asked).toEqual([expect.stringMatching(/api\.example\.com goes along to devbox/)]);
  expect(asked.join()).not.toContain('sk-never-shown');
});

test('after a no it does not, and the next line asks again', async () => {
  const { asked, consent } = asking(false);
  expect([await consent(), await consent()]).toEqual([false, false]);
  expect(asked).toHaveLength(2);
});

test('where nobody can be asked, the line is refused with what to do', async () => {
  await expect(asking(undefined).consent()).rejects.toMatchObject({
    code: 'PREFISH_NO_TTY',
    hint: expect.stringContaining('--yes'),
  });
});

test('nobody is asked where nothing of the kind goes along, or the server is this machine’s', async () => {
  const ask = { confirm: async () => false } as never;
  expect(await consentToModels({}, { place: 'devbox' }, { ask })).toBe(true);
  expect(await consentToModels({ models }, { place: 'this machine' }, { ask })).toBe(true);
});

test('what has no sense where the line goes is refused', () => {
  const [there, here] = [
    { place: 'devbox', elsewhere: true },
    { place: 'this machine', elsewhere: false },
  ];
  expect(() => refuseUnsupported({ carry: ['.env'] }, there)).toThrow(/do not go to devbox/);
  expect(() => refuseUnsupported({ carry: ['.env'] }, here)).not.toThrow();
  expect(() => refuseUnsupported({ carry: [], setup: 'npm ci' }, here)).toThrow(
    /nothing is installed on this/,
  );
  expect(() => refuseUnsupported({ carry: [], setup: 'npm ci' }, there)).not.toThrow();
});
