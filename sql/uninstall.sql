-- The extension comes and goes, and leaves nothing but its schema.
DROP EXTENSION corm;
SELECT count(*) FROM pg_proc WHERE pronamespace = 'corm'::regnamespace;
SELECT count(*) FROM pg_class WHERE relnamespace = 'corm'::regnamespace;
SELECT count(*) FROM pg_event_trigger WHERE evtname LIKE 'corm%';
SELECT count(*) FROM pg_depend WHERE refclassid = 'pg_namespace'::regclass AND refobjid = 'corm'::regnamespace;
CREATE EXTENSION corm;
DROP EXTENSION corm;

\set VERBOSITY terse

-- The schema must be empty, and nobody else's.
CREATE TABLE corm.planted ();
CREATE EXTENSION corm;
DROP SCHEMA corm CASCADE;
CREATE EXTENSION corm SCHEMA public;
