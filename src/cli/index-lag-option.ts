/** --index-lag: how far global indexes stay behind their tables, all of them or one by name. */
import type { IndexLags, IndexLag } from "../server/index.ts";
import { type OptionValues, usage, type UsageIssue } from "./option-values.ts";

const msMax = 86_400_000;

/** Later values win. Absent: as a server does without being told. */
export function readIndexLags({ lists }: Pick<OptionValues, "lists">): IndexLags | undefined | UsageIssue {
  const texts = lists.get("index-lag");
  if (texts === undefined) return undefined;
  let all: IndexLag = "natural";
  const byIndex: Record<string, IndexLag> = Object.create(null) as Record<string, IndexLag>;
  for (const text of texts) {
    const equals = text.lastIndexOf("=");
    const lag = readLag(text.slice(equals + 1));
    const name = equals < 0 ? undefined : text.slice(0, equals);
    if (lag === undefined || (name !== undefined && !/^[^/]+\/[^/]+$/.test(name))) {
      return usage(
        `--index-lag takes none, natural or milliseconds, or TABLE/INDEX=one of them, not '${text}'`,
      );
    }
    if (name === undefined) all = lag;
    else byIndex[name] = lag;
  }
  return { all, byIndex };
}

function readLag(text: string): IndexLag | undefined {
  if (text === "none" || text === "natural") return text;
  if (!/^\d{1,8}$/.test(text)) return undefined;
  const ms = Number(text);
  return ms <= msMax ? ms : undefined;
}
