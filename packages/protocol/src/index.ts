/** The words that the shell, the server and every viewer share. Nothing here touches disk or network. */
export * from './account.ts';
export * from './api.ts';
export * from './enclosure.ts';
export * from './error.ts';
export * from './error-codes.ts';
export * from './event.ts';
export * from './login-code.ts';
export * from './object-id.ts';
export * from './page.ts';
export * from './reason-words.ts';
export * from './risky-path.ts';
export * from './sent-tag.ts';
export * from './server-away.ts';
export * from './state.ts';
export * from './size.ts';
export * from './task.ts';
export * from './task-id.ts';
