/** The listener's certificate at the start and when it is renewed. What TLS needs is loaded only where it is used. */
import type { ServerSettings } from "./settings.ts";
import type { TlsMaterial, TlsOutcome } from "./tls-files.ts";

/** Undefined for a server without TLS. */
export async function loadListenerTls({ tls }: Pick<ServerSettings, "tls">): Promise<TlsOutcome | undefined> {
  if (tls === undefined) return undefined;
  const { loadTls } = await import("./tls-files.ts");
  return loadTls(tls);
}

/** Reads the files again. A failure is told and changes nothing. */
export async function renewListenerTls(
  settings: Pick<ServerSettings, "tls" | "onNote">,
  take: (material: TlsMaterial) => void,
): Promise<void> {
  const outcome = await loadListenerTls(settings);
  if (outcome === undefined) return;
  if (outcome.kind === "failed") {
    settings.onNote(`kept the old certificate: ${outcome.message}`);
    return;
  }
  take(outcome.material);
  settings.onNote("took the new certificate");
}
