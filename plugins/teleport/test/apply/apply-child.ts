/** Applies or undoes a finished task, given as JSON: `node apply-child.ts apply|undo FILE`. For tests that kill it. */
import { readFileSync } from 'node:fs';
import { applyResult } from '../../src/apply/apply-result.ts';
import { undoApply } from '../../src/apply/undo-apply.ts';
import { actionContext, servicesFor, type FinishedTask } from '../support/finished-task.ts';

const [action, file] = process.argv.slice(2);
const finished = JSON.parse(readFileSync(file ?? '', 'utf8')) as FinishedTask;
const services = servicesFor(finished);
const context = actionContext(finished.task.root ?? '', finished.env);
await (action === 'apply'
  ? applyResult(services, finished.task, {}, context)
  : undoApply(services, finished.task, context));
