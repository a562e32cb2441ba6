
CREATE FUNCTION corm.adopt(
	schema_name pg_catalog.text,
	"only" pg_catalog.text[] DEFAULT NULL,
	except_tables pg_catalog.text[] DEFAULT NULL,
	dry_run pg_catalog.bool DEFAULT false,
	OUT action pg_catalog.text,
	OUT model pg_catalog.text,
	OUT relation pg_catalog.text,
	OUT target pg_catalog.text,
	OUT detail pg_catalog.text,
	OUT fix pg_catalog.text
) RETURNS SETOF pg_catalog.record
	LANGUAGE c VOLATILE PARALLEL UNSAFE COST 10000 ROWS 100
	AS 'MODULE_PATHNAME', 'corm_adopt';
COMMENT ON FUNCTION corm.adopt(pg_catalog.text, pg_catalog.text[], pg_catalog.text[], pg_catalog.bool) IS
'makes the tables of a schema models, and their foreign keys relations; no table changes. Adopting again adds what is new.
schema_name: the schema, spelled as it is. only: the tables to adopt, default all; except_tables: tables to leave out. dry_run: report what would be done, and do nothing.
A model is called by its table. A relation is called by the column of its foreign key without _id or _<key column>, one over several columns by the table it leads to; the way back by the table with the foreign key, <table>_by_<relation> where that has several to one target. A table is a link table if one primary or unique key of it has all columns of two foreign keys: the many-to-many is called by the table it leads to, <target>_by_<link table> where that name is not free. Partitions and views are left out.
Returns one row for each decision. action: model, relation, through (a many-to-many), collision (a name that cannot be given, nor any other relation gets it) or skipped; model, relation, target: what it is about; detail: why, or over what; fix: the statement that resolves it, or NULL.
Errors: 3F000 no such schema, 42P01 no such table in only or except_tables, 42809 a schema of the system, 42501 no USAGE on the schema. Tables of others are skipped, or if the caller has no right at all on them, not mentioned.
Example: SELECT * FROM corm.adopt(''public'', dry_run => true);';
