import type { AgentChoice, Config, Plugin, PluginEntry } from '@prefish/core';
import * as z from 'zod/mini';
import { sizePattern } from './size.ts';

/**
 * What a configuration may hold, as {@link Config} of `@prefish/core` has it in types. The `error` of each
 * part says what was expected there.
 */

const token = z
  .string({ error: 'a token, such as "$"' })
  .check(z.regex(/^(?![/\\])[^\s\p{Cc}]*$/u, 'a token: no spaces, and not beginning with / or \\'));

const tokens = z
  .union([token, z.array(token), z.literal(false)], {
    error: 'a token ("$"), a list of tokens (["&", ">>"]), or false',
  })
  .register(z.globalRegistry, {
    description: 'The token of the prefix, several tokens, or false to take it away.',
  });

const module = z
  .string({ error: 'a module, such as "./notes.ts"' })
  .check(z.minLength(1, 'the name of a module'));
const withOptions = z.tuple([module, z.unknown()]);
const entryError = { error: 'a module ("./notes.ts"), or a module with its options (["./notes.ts", {…}])' };

/** An entry of `plugins` in a data file. */
const dataEntry = z.union([module, withOptions], entryError).register(z.globalRegistry, {
  description:
    'A package ("prefish-plugin-notes"), a file relative to this one ("./notes.ts"), or either with its options: ["./notes.ts", {}]. A default plugin is left out by ["@prefish/plugin-memory", false].',
});

/** A script may hold what definePlugin() made, too. */
const scriptEntry = z.union([module, withOptions, z.custom<Plugin>(isPlugin)], {
  error: `${entryError.error}, or what definePlugin() made`,
});

const server = z
  .string({ error: 'the URL of a server' })
  .check(
    z.regex(
      /^(?:(?:https?|ssh):\/\/\S+|here|local)$/,
      'the URL of a server: https://…, ssh://…, or "here" for that of this machine',
    ),
  )
  .register(z.globalRegistry, {
    description:
      'The server that & sends lines to: https://…, or ssh://… for a machine that you have a login on. Default: here, the background server of this machine.',
  });

const network = z
  .enum(['none', 'allowlist', 'full'], { error: '"none", "allowlist" or "full"' })
  .register(z.globalRegistry, {
    description: 'What a teleported line may reach unless it says otherwise with --network.',
  });

const sandbox = z
  .enum(['auto', 'bwrap', 'none'], { error: '"auto", "bwrap" or "none"' })
  .register(z.globalRegistry, {
    description:
      'What contains teleported lines where bubblewrap does not work. "auto": shell lines run without it, messages to an agent are refused. "bwrap": all are refused. "none": all run without it, as programs of yours.',
  });

const host = z
  .string({ error: 'a host' })
  .check(
    z.regex(
      /^(\*\.)?[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:\d{1,5})?$/i,
      'a host: "registry.example.com", "*.example.com" or "localhost:4873"',
    ),
  );

const carried = z
  .string({ error: 'a path' })
  .check(
    z.regex(
      /^(?!\/)(?!(?:.*\/)?\.\.(?:\/|$)).+$/,
      'a path relative to the root of the repository, and inside of it',
    ),
  );

const mounted = z
  .string({ error: 'a path' })
  .check(z.regex(/^(\/|~\/)./, 'an absolute path, or one that begins with ~/'));

const mount = z.union([mounted, z.strictObject({ path: mounted, writable: z.optional(z.boolean()) })], {
  error: 'a path ("~/datasets"), or { path: "~/output", writable: true }',
});

const variable = z
  .string({ error: 'the name of a variable' })
  .check(z.regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'the name of a variable: "DATABASE_URL"'));

const size = z
  .string({ error: 'a size: "8 GB" or "512 MB"' })
  .check(z.regex(sizePattern, 'a size: "8 GB" or "512 MB"'));

const limits = z
  .strictObject(
    {
      memory: z.optional(size),
      disk: z.optional(size),
      files: z.optional(
        z
          .int({ error: 'a number of files, at least 1000' })
          .check(z.minimum(1000, 'a number of files, at least 1000')),
      ),
      processes: z.optional(
        z
          .int({ error: 'a number of processes, at least 32' })
          .check(z.minimum(32, 'a number of processes, at least 32')),
      ),
      cpus: z.optional(
        z
          .number({ error: 'a number of processors' })
          .check(z.minimum(0.1, 'a number of processors, at least 0.1')),
      ),
    },
    { error: 'an object: memory, disk, files, processes, cpus' },
  )
  .register(z.globalRegistry, {
    description:
      'What one task may use of this machine. Counts in your own configuration alone. Default: 80 % of the memory, 20 GB of disk, 750,000 files, 4096 processes, all processors.',
    examples: [{ memory: '8 GB', disk: '50 GB', processes: 1000, cpus: 2 }],
  });

const retention = z
  .strictObject(
    {
      days: z.optional(
        z.number({ error: 'a number of days' }).check(z.minimum(1, 'a number of days, at least 1')),
      ),
      size: z.optional(size),
    },
    { error: 'an object: days, size' },
  )
  .register(z.globalRegistry, {
    description:
      'How long the server of this machine keeps tasks that have ended, and how much their transcripts and kept files may take together. Counts in your own configuration alone. Default: 90 days, 20 GB.',
    examples: [{ days: 30, size: '5 GB' }],
  });

const setup = z
  .string({ error: 'a shell command: "npm ci"' })
  .check(z.minLength(1, 'a shell command: "npm ci"'))
  .register(z.globalRegistry, {
    description:
      'The shell command that a server on another machine runs before a teleported line, to install what the line needs. Default: what the lockfiles ask for.',
    examples: ['make deps'],
  });

const snapshot = z
  .strictObject({ file: z.optional(size), total: z.optional(size) }, { error: 'an object: file, total' })
  .register(z.globalRegistry, {
    description:
      'From which size on one is asked before files that changed or are new go along with a teleported line: one file, and all of them. Default: 500 MB, 2 GB.',
    examples: [{ file: '1 GB', total: '10 GB' }],
  });

const text = z.string({ error: 'a text' });

const model = z.enum(['anthropic', 'openai', 'google', 'none']);

const agent = z
  .union(
    [
      z.string().check(z.minLength(1)),
      z.strictObject({
        command: z.string().check(z.minLength(1)),
        args: z.optional(z.array(text)),
        env: z.optional(z.record(z.string(), text)),
        mode: z.optional(text),
        model: z.optional(model),
      }),
      z.strictObject({
        exec: z.tuple([z.string().check(z.minLength(1))], text),
        model: z.optional(model),
      }),
    ],
    {
      error:
        'the name of an agent ("claude"), { command: "my-agent", args: [], env: {}, mode: "plan" }, or { exec: ["my-tool", "{prompt}"] }',
    },
  )
  .register(z.globalRegistry, {
    description:
      'The coding agent that takes plain text: one that prefish knows by name, a program that speaks the Agent Client Protocol, or any program that takes a prompt. Default: one that is found on PATH.',
  });

/** Every key of a configuration, and what it may hold; with the entries of `plugins` in another way for scripts. */
const shape = (entry: z.ZodMiniType<PluginEntry>) =>
  ({
    $schema: z.optional(
      z.string({ error: 'a path or URL' }).register(z.globalRegistry, {
        description: 'Where an editor finds what is allowed here: prefish config schema --path prints it.',
      }),
    ),
    plugins: z.optional(
      z.array(entry, { error: 'a list of plugins' }).register(z.globalRegistry, {
        description: 'Plugins to load besides the default ones, and options for any of them.',
      }),
    ),
    prefixes: z.optional(
      z
        .record(z.string(), tokens, { error: 'an object: the tokens of prefixes by their ids' })
        .register(z.globalRegistry, {
          description:
            'Which token a prefix has, by its id: shell, shell-private, memory, teleport, or that of a plugin.',
          examples: [{ shell: '$', memory: false, teleport: ['&', '>>'] }],
        }),
    ),
    server: z.optional(server),
    network: z.optional(network),
    allow: z.optional(
      z.array(host, { error: 'a list of hosts' }).register(z.globalRegistry, {
        description: 'The hosts that the network level "allowlist" reaches. Default: none.',
        examples: [['registry.example.com', '*.example.org', 'localhost:4873']],
      }),
    ),
    sandbox: z.optional(sandbox),
    carry: z.optional(
      z.array(carried, { error: 'a list of paths' }).register(z.globalRegistry, {
        description:
          'Ignored paths that go along with every teleported line, relative to the root of the repository.',
      }),
    ),
    snapshot: z.optional(snapshot as unknown as z.ZodMiniType<NonNullable<Config['snapshot']>>),
    mounts: z.optional(
      z
        .array(mount as unknown as z.ZodMiniType<NonNullable<Config['mounts']>[number]>, {
          error: 'a list of paths',
        })
        .register(z.globalRegistry, {
          description:
            'Folders and files of this machine that teleported lines see where they are, read-only unless writable. Never the home, a folder above it, or one that holds credentials. Default: none.',
          examples: [['~/datasets', { path: '~/output', writable: true }]],
        }),
    ),
    environment: z.optional(
      z.array(variable, { error: 'a list of names' }).register(z.globalRegistry, {
        description: 'Names of variables that go along with teleported lines. Default: none.',
        examples: [['DATABASE_URL']],
      }),
    ),
    retention: z.optional(retention as unknown as z.ZodMiniType<NonNullable<Config['retention']>>),
    setup: z.optional(setup),
    limits: z.optional(limits as unknown as z.ZodMiniType<NonNullable<Config['limits']>>),
    agent: z.optional(agent as unknown as z.ZodMiniType<AgentChoice>),
  }) satisfies { readonly [Key in keyof Required<Config>]: z.ZodMiniType<Config[Key]> };

/** A script may leave a value undefined, as what an environment variable does not say. */
type CheckedConfig = { readonly [Key in keyof Config]: Config[Key] | undefined };

const notAnObject = { error: 'an object' };

/** For JSON and YAML; the published JSON Schema is made of it. */
export const dataSchema: z.ZodMiniType<CheckedConfig> = z.strictObject(shape(dataEntry), notAnObject);

/** For scripts. */
export const scriptSchema: z.ZodMiniType<CheckedConfig> = z.strictObject(shape(scriptEntry), notAnObject);

/** The keys of a configuration. */
export const keys: readonly string[] = Object.keys(shape(dataEntry));

function isPlugin(value: unknown): boolean {
  return typeof value === 'object' && value !== null && (value as Plugin).kind === 'prefish.plugin';
}
