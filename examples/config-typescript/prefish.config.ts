import { defineConfig } from '@prefish/core';
import notes from '../notes/notes.ts';

export default defineConfig({
  plugins: [notes({ file: '~/notes.sqlite' })],
  prefixes: {
    shell: ['!', '$'], // ! and $ both run a line in your shell
    note: '+', // + keeps a note, in place of >
    memory: false, // no notes for agents: lines with # are refused
  },
});
