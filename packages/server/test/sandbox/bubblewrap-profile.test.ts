import { describe, expect, test } from 'vitest';
import { taskProfile } from '../../src/sandbox/bubblewrap-profile.ts';

describe('what a task is shown', () => {
  test('leaves out files and folders of the server, where they would be seen', () => {
    const args = taskProfile(
      {
        task: 't',
        attempt: 1,
        command: ['true'],
        tree: '/srv/tree',
        root: '/home/ada/project',
        cwd: '',
        home: '/srv/home',
        tmp: '/srv/tmp',
        path: '/usr/bin',
        env: {},
        hasNetwork: false,
        tracing: false,
        hidden: ['/etc/passwd', '/usr/share', '/srv/data', '/etc/none'],
        mounts: [],
      },
      '/srv/empty',
    ).join(' ');
    expect(args).toContain('--ro-bind /srv/empty /etc/passwd');
    expect(args).toContain('--tmpfs /usr/share');
    expect(args).not.toContain('/srv/data');
    expect(args).not.toContain('/etc/none');
  });
});
