/** What the server accepts, as zod schemas. Kept apart from the types so that clients do not load zod. */
export {
  answerSchema,
  cleanSchema,
  continueSchema,
  historySchema,
  loginSchema,
  messageSchema,
  retrySchema,
  signInSchema,
  submitTaskSchema,
  taskQuerySchema,
  type Schema,
} from './requests.ts';
