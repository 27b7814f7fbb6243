// npm run pack [-- DIR]: every package as a tarball, for plugins that are written before these are on a registry.
import { join, relative, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { clone } from './workspace/folders.mjs';
import { packPackages } from './workspace/pack.mjs';
import { build, install } from './workspace/prepare.mjs';

const { positionals } = parseArgs({ allowPositionals: true });
const caller = process.env.INIT_CWD ?? process.cwd();
const folder = positionals[0] === undefined ? join(clone, 'packed') : resolve(caller, positionals[0]);
const quoted = (path) => (/^[\w./@-]+$/.test(path) ? path : `'${path.replaceAll("'", String.raw`'\''`)}'`);

await install(process.env);
await build(process.env);
process.stderr.write('prefish: packing…\n');
const tarballs = await packPackages(folder, process.env);
const kit = [
  '@prefish/core',
  '@prefish/protocol',
  '@prefish/screen',
  '@prefish/terminal',
  '@prefish/testing',
];
process.stdout.write(
  [
    `Packed ${Object.keys(tarballs).length} packages into ${relative(caller, folder) || '.'}`,
    '',
    'In the folder of a plugin of yours:',
    `  npm install --save-dev ${kit.map((name) => quoted(join(folder, tarballs[name]))).join(' ')}`,
    '',
    'Or begin a new one:',
    `  prefish plugins new NAME --packed ${quoted(folder)}`,
    '',
  ].join('\n'),
);
