/** The pnpm that the workspace is installed with: `pnpm@VERSION`. */
export declare const pnpm: string;
