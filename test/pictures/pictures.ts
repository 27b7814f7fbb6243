// npm run pictures [-- NAME…]: plays sessions of the built command and draws what the terminal and the page show,
// into docs/pictures or the folder that PICTURES names.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pagePictures, takePagePictures } from './page-pictures.ts';
import { openShell, scenes } from './scenes.ts';
import { screenToSvg } from './screen-to-svg.ts';
import { createStage } from './stage.ts';

const names = process.argv.slice(2);
const folder = process.env['PICTURES'] ?? join(import.meta.dirname, '..', '..', 'docs', 'pictures');
/** Ids and hashes are different each time; pictures should not be. */
const alwaysTheSame = (picture: string): string =>
  picture.replace(/\bt[a-z2-9]{15}\b/g, 'tk4m7w2hq9xn5r8c').replace(/(?<=main@)[0-9a-f]{7}/g, '1a2b3c4');

mkdirSync(folder, { recursive: true });
const isWanted = (name: string): boolean => names.length === 0 || names.includes(name);
const drawn = scenes.filter(({ name }) => isWanted(name));
if (drawn.length > 0) {
  await using stage = await createStage();
  for (const scene of drawn) {
    await using terminal = openShell(stage, scene.rows);
    await scene.play(terminal, stage);
    const bytes = terminal.bytes();
    const showsCursor = bytes.lastIndexOf('\u001B[?25l') <= bytes.lastIndexOf('\u001B[?25h');
    const path = join(folder, `${scene.name}.svg`);
    writeFileSync(path, alwaysTheSame(screenToSvg(terminal.emulator, scene.title, showsCursor)));
    console.log(path);
  }
}
const taken = pagePictures.filter(({ name }) => isWanted(name));
if (taken.length > 0) {
  await using stage = await createStage();
  await takePagePictures(stage, folder, taken);
}
