-- A role for monitoring: it sees statistics and the tables that say how the servers are, and no items. By a superuser, after
-- `stator migrate`: psql -d stator -f monitor.sql
\set ON_ERROR_STOP 1
SELECT 'CREATE ROLE stator_monitor LOGIN CONNECTION LIMIT 3' WHERE NOT EXISTS
  (SELECT FROM pg_roles WHERE rolname = 'stator_monitor') \gexec
GRANT pg_monitor TO stator_monitor;
GRANT CONNECT ON DATABASE stator TO stator_monitor;
GRANT USAGE ON SCHEMA stator TO stator_monitor;
GRANT SELECT ON stator.members, stator.heads, stator.shards, stator.leases TO stator_monitor;
