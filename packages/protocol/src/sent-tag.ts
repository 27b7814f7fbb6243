/** A tag of the submitter's repository, as it goes along with a task. */
export interface SentTag {
  /** Without `refs/tags/`. */
  readonly name: string;
  /** The commit that it names. */
  readonly commit: string;
  /** Whose it is, as git writes it (`Ada <ada@example.org> 1795424343 +0000`), where it is annotated. */
  readonly tagger?: string;
  /** The first line of its annotation. */
  readonly subject?: string;
}
