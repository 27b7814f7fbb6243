/** What a session needs comes first: the commands of plugins, help, and then what looks after prefish itself. */
export const behindPlugins = 1;
/** What looks after prefish itself. */
export const administration = 2;
/** From here on nobody does it in the middle of a session: run a server for others, set up a shell. */
export const outside = 3;
