import { expect, it } from 'vitest';
import { namespaceHint } from '../../src/sandbox/namespace-hint.ts';

function hint(settings: Readonly<Record<string, string>>, isContainer = false): string {
  return namespaceHint({ setting: (name) => settings[name], isContainer });
}

it('is what mends the setting that refuses namespaces', () => {
  const open = { 'user/max_user_namespaces': '95000', 'kernel/unprivileged_userns_clone': '1' };
  expect(hint({ ...open, 'user/max_user_namespaces': '0' })).toBe(
    'allow user namespaces: sysctl -w user.max_user_namespaces=10000',
  );
  expect(hint({ ...open, 'kernel/unprivileged_userns_clone': '0' })).toMatch(/unprivileged_userns_clone=1$/);
  expect(hint({ ...open, 'kernel/apparmor_restrict_unprivileged_userns': '1' })).toMatch(/AppArmor profile/);
  expect(hint(open, true)).toMatch(/container --security-opt seccomp=unconfined/);
  expect(hint(open)).toMatch(/log of the kernel$/);
});
