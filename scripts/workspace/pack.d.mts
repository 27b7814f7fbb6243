/** Builds and packs every package into `folder`; resolves with the tarballs' file names by package. */
export declare function packPackages(
  folder: string,
  env: NodeJS.ProcessEnv,
): Promise<Readonly<Record<string, string>>>;
