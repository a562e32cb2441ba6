-- The rows follow DDL.  The triggers keep the tables tidy and names up to
-- date, no more: with both disabled everything works, and what has vanished is
-- reported where it is used.  They fire for everybody, whoever may call the
-- functions.

CREATE FUNCTION corm._follow_drop() RETURNS pg_catalog.event_trigger
	LANGUAGE c VOLATILE PARALLEL UNSAFE
	AS 'MODULE_PATHNAME', 'corm_follow_drop';
COMMENT ON FUNCTION corm._follow_drop() IS 'event trigger function: forgets the models, relations and counter caches whose table, foreign key or column was dropped';

CREATE FUNCTION corm._follow_alter() RETURNS pg_catalog.event_trigger
	LANGUAGE c VOLATILE PARALLEL UNSAFE
	AS 'MODULE_PATHNAME', 'corm_follow_alter';
COMMENT ON FUNCTION corm._follow_alter() IS 'event trigger function: follows renamed columns and constraints, brings back relations whose foreign key was dropped and added again, writes the functions of counter caches anew when tables, columns or constraints have changed';

REVOKE ALL ON FUNCTION corm._follow_drop(), corm._follow_alter() FROM PUBLIC;

CREATE EVENT TRIGGER corm_sql_drop ON sql_drop
	EXECUTE FUNCTION corm._follow_drop();
CREATE EVENT TRIGGER corm_ddl_command_end ON ddl_command_end
	WHEN TAG IN ('ALTER TABLE', 'ALTER FOREIGN TABLE', 'ALTER VIEW', 'ALTER MATERIALIZED VIEW', 'ALTER TYPE', 'ALTER SCHEMA')
	EXECUTE FUNCTION corm._follow_alter();
COMMENT ON EVENT TRIGGER corm_sql_drop IS 'forgets models and relations that are gone; may be disabled';
COMMENT ON EVENT TRIGGER corm_ddl_command_end IS 'keeps names of columns and constraints, and counter caches, up to date; may be disabled';
