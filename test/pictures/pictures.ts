// npm run pictures [-- NAME…]: plays sessions of the built command and draws what the terminal shows, into
// docs/pictures or the folder that PICTURES names.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openShell, scenes } from './scenes.ts';
import { screenToSvg } from './screen-to-svg.ts';
import { createStage } from './stage.ts';

const names = process.argv.slice(2);
const folder = process.env['PICTURES'] ?? join(import.meta.dirname, '..', '..', 'docs', 'pictures');
/** Ids and hashes are different each time; pictures should not be. */
const alwaysTheSame = (picture: string): string =>
  picture.replace(/\bt[a-z2-9]{15}\b/g, 'tk4m7w2hq9xn5r8c').replace(/(?<=main@)[0-9a-f]{7}/g, '1a2b3c4');

mkdirSync(folder, { recursive: true });
await using stage = await createStage();
for (const scene of scenes) {
  if (names.length > 0 && !names.includes(scene.name)) continue;
  await using terminal = openShell(stage, scene.rows);
  await scene.play(terminal, stage);
  const bytes = terminal.bytes();
  const showsCursor = bytes.lastIndexOf('\u001B[?25l') <= bytes.lastIndexOf('\u001B[?25h');
  const path = join(folder, `${scene.name}.svg`);
  writeFileSync(path, alwaysTheSame(screenToSvg(terminal.emulator, scene.title, showsCursor)));
  console.log(path);
}
