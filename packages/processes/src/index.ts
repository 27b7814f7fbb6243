export { findProcesses, type ProcessTrace, type RunningProcess } from './find-processes.ts';
export { findProgram, isProgram, programFolders } from './find-program.ts';
export { withoutInherited } from './inherited.ts';
export { isRunning, processGone, processStatus, type ProcessStatus } from './process-status.ts';
export { processStartTime } from './process-start-time.ts';
export { signalProcess } from './signal-process.ts';
export { signalTree, type ProcessTree } from './signal-tree.ts';
