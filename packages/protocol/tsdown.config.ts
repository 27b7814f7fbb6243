import { library } from '../../tsdown.library.ts';

export default library(['src/index.ts', 'src/client/index.ts', 'src/schemas/index.ts']);
