/**
 * Which Host headers are answered. A page on the internet can point a name of its own at 127.0.0.1 and then
 * talk to this server as if it were the page's own (DNS rebinding); the Host header gives it away.
 *
 * The rule: on a loopback address the host must be `localhost`, a name under `.localhost`, an address in
 * 127.0.0.0/8, `[::1]`, or a name that was allowed by a setting; the port does not matter. A missing Host
 * (HTTP/1.0) passes, for browsers always send one. On other addresses every host passes, unless names were
 * allowed by a setting: then the same rule holds.
 */

/** True when the Host header may be answered. */
export type HostCheck = (host: string | undefined) => boolean;

const ipv4Loopback = /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/;
const acceptedMax = 64;

export function createHostCheck(bindAddress: string, allowedHosts: readonly string[]): HostCheck {
  if (!isLoopback(bindAddress) && allowedHosts.length === 0) return () => true;
  const allowed = new Set(allowedHosts.map(hostName));
  const accepted = new Set<string>();
  return (host) => {
    if (host === undefined || accepted.has(host)) return true;
    const name = hostName(host);
    if (!isLoopback(name) && !allowed.has(name)) return false;
    if (accepted.size < acceptedMax) accepted.add(host);
    return true;
  };
}

/** Of an address to bind to, or of the name in a Host header. */
export function isLoopback(name: string): boolean {
  return name === "localhost" || name.endsWith(".localhost") || name === "::1" || ipv4Loopback.test(name);
}

/** Lower case, without port, brackets and final dot. */
function hostName(host: string): string {
  const text = host.trim().toLowerCase();
  if (text.startsWith("[")) return text.slice(1, Math.max(1, text.indexOf("]")));
  const colon = text.indexOf(":");
  // More than one colon and no brackets: a bare IPv6 address, as settings may have it.
  const name = colon < 0 || text.indexOf(":", colon + 1) >= 0 ? text : text.slice(0, colon);
  return name.endsWith(".") ? name.slice(0, -1) : name;
}
