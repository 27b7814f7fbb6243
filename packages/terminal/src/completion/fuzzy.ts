/** The best of `candidates` for what is typed: those that hold its characters in order, the likeliest first. */
export function fuzzyMatches(typed: string, candidates: readonly string[], limit: number): string[] {
  const query = typed.toLowerCase();
  const found: { readonly candidate: string; readonly score: number }[] = [];
  for (const candidate of candidates) {
    const score = scoreOf(query, candidate.toLowerCase());
    if (score !== undefined) found.push({ candidate, score });
  }
  return found
    .sort((one, other) => other.score - one.score || (one.candidate < other.candidate ? -1 : 1))
    .slice(0, limit)
    .map(({ candidate }) => candidate);
}

/** Higher is better: the beginning of a name, then of a folder's name, then anywhere, then scattered. Short paths before long ones. */
function scoreOf(query: string, path: string): number | undefined {
  const brevity = -path.length - 20 * depthOf(path);
  if (query === '') return brevity;
  const name = path.lastIndexOf('/', path.length - 2) + 1;
  const inName = path.indexOf(query, name);
  if (inName !== -1) return (inName === name ? 4000 : 3000) + brevity;
  const anywhere = path.indexOf(query);
  if (anywhere !== -1) return (anywhere === 0 || path[anywhere - 1] === '/' ? 2500 : 2000) + brevity;
  return scatteredScore(query, path, brevity);
}

/** Characters one behind the other, and those that begin a word, say that they were meant. */
function scatteredScore(query: string, path: string, brevity: number): number | undefined {
  let score = brevity;
  let last = -2;
  for (const character of query) {
    const at = path.indexOf(character, Math.max(0, last + 1));
    if (at === -1) return undefined;
    if (at === last + 1) score += 15;
    else if (at === 0 || /[/_.\- ]/.test(path[at - 1]!)) score += 20;
    last = at;
  }
  return score;
}

function depthOf(path: string): number {
  let depth = 0;
  for (let at = path.indexOf('/'); at !== -1; at = path.indexOf('/', at + 1)) depth++;
  return depth;
}
