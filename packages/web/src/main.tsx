import { render } from 'preact';
import { enter } from './account/sign-in.tsx';
import { App } from './app.tsx';
import './styles/base.css';
import './styles/controls.css';
import './styles/layout.css';
import './styles/states.css';
import './styles/account.css';
import './styles/tasks.css';
import './styles/task.css';
import './styles/transcript.css';
import './styles/markdown.css';
import './styles/tools.css';
import './styles/ansi.css';
import './styles/code.css';
import './styles/diff.css';

render(<App />, document.body);
void enter();
