/** What an agent is told of a conversation that it did not have itself. */
export function pointerTo(path: string): string {
  return `(The conversation that the user had before this message is in the file ${path}. Read it when the message refers to something said or done earlier.)`;
}
