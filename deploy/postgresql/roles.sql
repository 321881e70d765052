-- A database for Stator and two roles: stator_owner makes and migrates the tables, stator serves. By a superuser:
--   OWNER_PASSWORD=... SERVER_PASSWORD=... psql -f roles.sql
-- Running it again does no harm and sets the passwords.
\set ON_ERROR_STOP 1
\getenv owner_password OWNER_PASSWORD
\getenv server_password SERVER_PASSWORD
SELECT format('CREATE ROLE %I LOGIN', name) FROM unnest('{stator_owner,stator}'::text[]) AS name
  WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = name) \gexec
ALTER ROLE stator_owner PASSWORD :'owner_password' CONNECTION LIMIT 4;
-- Leaves room for others below max_connections; see "Connections" in docs/deploy/postgresql.md.
ALTER ROLE stator PASSWORD :'server_password' CONNECTION LIMIT 180;
SELECT 'CREATE DATABASE stator' WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = 'stator') \gexec
REVOKE ALL ON DATABASE stator FROM PUBLIC;
GRANT CONNECT ON DATABASE stator TO stator_owner, stator;
-- A forgotten transaction keeps old versions of rows that change with every commit, and writes become slow.
ALTER DATABASE stator SET idle_in_transaction_session_timeout = '60s';
\connect stator
REVOKE ALL ON SCHEMA public FROM PUBLIC;
CREATE SCHEMA IF NOT EXISTS stator AUTHORIZATION stator_owner;
GRANT USAGE ON SCHEMA stator TO stator;
-- Of tables that `stator migrate` makes from now on, today or with a later version.
ALTER DEFAULT PRIVILEGES FOR ROLE stator_owner IN SCHEMA stator GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO stator;
