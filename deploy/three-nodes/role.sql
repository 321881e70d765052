-- A database for Stator, and a role that owns its schema in it and nothing else. Run once, on the leader, by a superuser:
--   STATOR_PASSWORD=... psql -h LEADER -U postgres -f role.sql
-- Running it again does no harm and sets the password.
\set ON_ERROR_STOP 1
\getenv password STATOR_PASSWORD
SELECT 'CREATE ROLE stator LOGIN' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'stator') \gexec
-- CONNECTION LIMIT keeps room for Patroni, replication and a person; see "Connections" in docs/deploy/three-nodes.md.
ALTER ROLE stator NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS CONNECTION LIMIT 170 PASSWORD :'password';
SELECT 'CREATE DATABASE stator' WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = 'stator') \gexec
REVOKE ALL ON DATABASE stator FROM PUBLIC;
GRANT CONNECT ON DATABASE stator TO stator;
\connect stator
REVOKE ALL ON SCHEMA public FROM PUBLIC;
CREATE SCHEMA IF NOT EXISTS stator AUTHORIZATION stator;
ALTER ROLE stator IN DATABASE stator SET search_path = stator;
