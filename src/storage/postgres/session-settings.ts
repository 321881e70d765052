/**
 * What every session of a store sets before its first statement, whatever the server's, the database's or the role's
 * defaults are. All of it is free to any role.
 */

export type SessionSetting = readonly [name: string, value: string];

/**
 * A session that holds a head and says nothing stops every writer under it: one whose process or network stands still. A
 * group is idle for no longer than its decisions take, some milliseconds, and others wait for a head for some seconds more
 * than this before they give up. A process that was only slow finds its session ended, and nothing of the group applied.
 */
const idleInTransactionMsMax = 5000;

export function sessionSettings(schema: string): readonly SessionSetting[] {
  return [
    ["search_path", quoteIdentifier(schema)],
    // The engine's statements lock the head row and then read: they must see what was committed meanwhile.
    ["default_transaction_isolation", "read committed"],
    // Every statement has one good plan, along an index. The planner must not find another one while its statistics
    // are missing or old, nor plan each statement again; a bitmap or a sort would read a whole range for its first rows.
    ["plan_cache_mode", "force_generic_plan"],
    ["enable_seqscan", "off"],
    ["enable_bitmapscan", "off"],
    ["enable_hashjoin", "off"],
    ["enable_mergejoin", "off"],
    // But for sorting by what the index leaves open, which is another node of a plan.
    ["enable_sort", "off"],
    ["jit", "off"],
    // How long is waited is decided on this side, where the session can be ended. What was sent can then still commit.
    ["statement_timeout", "0"],
    ["lock_timeout", "0"],
    ["idle_in_transaction_session_timeout", String(idleInTransactionMsMax)],
    ["client_min_messages", "warning"],
    // Rows are read as text.
    ["bytea_output", "hex"],
    ["DateStyle", "ISO"],
    ["TimeZone", "UTC"],
  ];
}

/** As the `options` of a login, which needs no round trip of its own. */
export function loginOptions(settings: readonly SessionSetting[]): string {
  return settings.map(([name, value]) => `-c ${name}=${value.replaceAll(/[\\\s]/g, "\\$&")}`).join(" ");
}

export function quoteIdentifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
