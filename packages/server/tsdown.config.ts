import { library } from '../../tsdown.library.ts';
import { buildPage } from '../web/build/build-page.ts';

export default library(['src/index.ts'], { 'build:done': ({ options }) => buildPage(options.outDir) });
