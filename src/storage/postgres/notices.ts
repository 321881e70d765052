/**
 * What processes of one store tell each other over a channel of the database. Anybody who may connect to the database can
 * write to the channel, so what is heard is no more than a hint, and nonsense is nothing.
 */
import type { Head } from "./heads.ts";

export interface Notice {
  readonly from: string;
  /** Absent: only an acknowledgement. */
  readonly heads?: readonly Head[];
  /** A commit waits until this was seen. */
  readonly urgent?: boolean;
}

export function noticeText(notice: Notice): string {
  return JSON.stringify(notice);
}

export function parseNotice(text: string): Notice | undefined {
  let found: unknown;
  try {
    found = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof found !== "object" || found === null || !("from" in found)) return undefined;
  const { from } = found;
  if (typeof from !== "string") return undefined;
  return {
    from,
    // Which ones does not matter: a look finds all that has changed.
    ...("heads" in found && Array.isArray(found.heads) ? { heads: [] } : {}),
    ...("urgent" in found && found.urgent === true ? { urgent: true } : {}),
  };
}
