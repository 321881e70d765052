/** What each further router thread costs an idle server in memory. Pure arithmetic. */

export interface IdleServer {
  readonly routers: number;
  readonly idleMiB: number;
}

export interface RouterMemory extends IdleServer {
  /** More than the server before it in the list, for each router that it has more; undefined of the first. */
  readonly perRouterMiB: number | undefined;
}

/** In the order of their routers. */
export function routerMemory(servers: readonly IdleServer[]): readonly RouterMemory[] {
  const sorted = servers.toSorted((a, b) => a.routers - b.routers);
  return sorted.map((server, index) => ({
    ...server,
    perRouterMiB: perRouter(sorted[index - 1], server),
  }));
}

/**
 * MiB for each router beyond the first: the first brings the writer thread with it. Undefined when that cannot
 * be told.
 */
export function furtherRouterMiB(servers: readonly IdleServer[]): number | undefined {
  const threaded = servers.filter(({ routers }) => routers > 0).toSorted((a, b) => a.routers - b.routers);
  const last = threaded.at(-1);
  return last === undefined ? undefined : perRouter(threaded[0], last);
}

function perRouter(from: IdleServer | undefined, to: IdleServer): number | undefined {
  if (from === undefined || from.routers === to.routers) return undefined;
  return (to.idleMiB - from.idleMiB) / (to.routers - from.routers);
}
