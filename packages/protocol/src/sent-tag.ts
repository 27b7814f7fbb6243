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

/** The names of tags that may go along: all that fit into a line of git's, git-check-ref-format(1) takes fewer. */
export const tagNamePattern: RegExp = /^[^\u0000-\u0020\u007f]{1,1024}$/;

/** The longest tagger and subject, in UTF-16 units. */
export const longestTagLine = 1000;
