import { library } from '../../tsdown.library.ts';

export default library(['src/index.ts', 'src/agent/index.ts', 'src/agent/program.ts', 'src/server/index.ts']);
