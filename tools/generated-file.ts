/** A file that a generator makes: its path below the repository's root, and its whole text. */
export interface GeneratedFile {
  path: string;
  content: string;
}
