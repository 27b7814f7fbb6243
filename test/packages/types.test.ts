import { readFile } from 'node:fs/promises';
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core';
import { expect, test } from 'vitest';
import { packedWorkspace } from '../support/packed.ts';

/** What only those meet who do not use ES modules, which is all that the packages are. */
const esmOnly = new Set(['node10', 'node16-cjs']);

const { tarballs } = await packedWorkspace();

/** What is run, and imported by nobody. */
const programs = new Set(['prefish', 'create-prefish-plugin']);
const libraries = Object.entries(tarballs).filter(([name]) => !programs.has(name));

test.each(libraries)('%s: its types are found, and are those of its modules', async (_, tarball) => {
  const checked = await checkPackage(createPackageFromTarballData(await readFile(tarball)));
  if (checked.types === false) throw new Error('it has no types');
  const problems = checked.problems.filter(
    (problem) => !('resolutionKind' in problem) || !esmOnly.has(problem.resolutionKind),
  );
  expect(problems).toEqual([]);
});
