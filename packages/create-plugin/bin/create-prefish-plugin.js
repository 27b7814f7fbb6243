#!/usr/bin/env node
const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 22 || (major === 22 && minor < 19) || major === 23) {
  process.stderr.write(
    `create-prefish-plugin needs Node 22.19 or newer, or 24 and newer; this is Node ${process.versions.node}.\n`,
  );
  process.exit(2);
}
await import('../dist/main.mjs');
