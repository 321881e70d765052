/** What a server says when a statement is done, as "INSERT 0 5", "SELECT 1", "COMMIT". */

export interface CommandTag {
  /** The first word. */
  readonly command: string;
  /** Rows written or returned; 0 where the tag has no number. */
  readonly rowCount: number;
}

export function parseCommandTag(tag: string): CommandTag {
  const firstSpace = tag.indexOf(" ");
  if (firstSpace < 0) {
    return { command: tag, rowCount: 0 };
  }
  // The count is the last word: an INSERT has an object id, always 0, before it.
  const rowCount = Number(tag.slice(tag.lastIndexOf(" ") + 1));
  return { command: tag.slice(0, firstSpace), rowCount: Number.isNaN(rowCount) ? 0 : rowCount };
}
