/** Where a server listens, or why it cannot, in words. */

export function cannotListen(
  host: string,
  port: number,
  { code, message }: { readonly code: string; readonly message: string },
): string {
  if (code === "EADDRINUSE")
    return `port ${port} on ${host} is taken by another program; choose another with --port`;
  if (code === "EACCES")
    return `port ${port} on ${host} is reserved for the administrator; choose one above 1023`;
  if (code === "EADDRNOTAVAIL" || code === "ENOTFOUND") return `${host} is no address of this machine`;
  return `cannot listen on ${host} port ${port}: ${message}`;
}

export function endpointOf(host: string, port: number, hasTls: boolean): string {
  return `${hasTls ? "https" : "http"}://${host.includes(":") ? `[${host}]` : host}:${port}`;
}
