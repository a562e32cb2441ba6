-- Columns that say how many rows a relation leads to.

CREATE FUNCTION corm.counter_cache(
	model pg_catalog.text,
	relation pg_catalog.text,
	column_name pg_catalog.text DEFAULT NULL
) RETURNS pg_catalog.void
	LANGUAGE c VOLATILE PARALLEL UNSAFE COST 10000
	AS 'MODULE_PATHNAME', 'corm_counter_cache';
COMMENT ON FUNCTION corm.counter_cache(pg_catalog.text, pg_catalog.text, pg_catalog.text) IS
'Keeps the number of rows that a to-many relation leads to in a column of the model''s table, by triggers that run after each statement that changes them.
relation: the way back of a foreign key, or a many-to-many relation, of which each related row counts once. column_name: a column of type smallint, integer or bigint, which is made (bigint NOT NULL DEFAULT 0) if it is not there; default <relation>_count. All rows are counted at once.
The functions and triggers are ordinary ones of the tables'' owner, use nothing of the extension and stay when it is dropped. Calling it again does nothing; if something of them is missing, disabled or outdated, it is put right, and all rows are counted.
Errors: 42704 unknown model or relation, or one that cannot be used; 42809 a to-one relation, one without a foreign key, or a column that is something else already; 42804 a column of another type; 42710 the relation has one in another column, or the column''s name is taken; 42501 not the owner of both tables; 25001 under REPEATABLE READ and SERIALIZABLE.
Example: SELECT corm.counter_cache(''Post'', ''comments'', ''comments_count'');';

CREATE FUNCTION corm.drop_counter_cache(
	model pg_catalog.text,
	relation pg_catalog.text,
	drop_column pg_catalog.bool DEFAULT false
) RETURNS pg_catalog.void
	LANGUAGE c VOLATILE PARALLEL UNSAFE COST 1000
	AS 'MODULE_PATHNAME', 'corm_drop_counter_cache';
COMMENT ON FUNCTION corm.drop_counter_cache(pg_catalog.text, pg_catalog.text, pg_catalog.bool) IS
'Drops the functions and triggers of a counter cache. The column stays as it is, unless drop_column is true. Nothing is dropped by CASCADE.
Errors: 42704 unknown model or relation, or it has none; 42501 not the owner; 2BP01 something else needs the column, or a function.
Example: SELECT corm.drop_counter_cache(''Post'', ''comments'', drop_column => true);';

CREATE FUNCTION corm.recount(
	model pg_catalog.text,
	relation pg_catalog.text DEFAULT NULL
) RETURNS pg_catalog.int8
	LANGUAGE c VOLATILE PARALLEL UNSAFE COST 10000
	AS 'MODULE_PATHNAME', 'corm_recount';
COMMENT ON FUNCTION corm.recount(pg_catalog.text, pg_catalog.text) IS
'Puts the counter caches of a model right, or that of one relation, and returns how many numbers were wrong. Locks the rows that are, in order of their keys, and keeps nobody else waiting.
Errors: 42704 unknown model or relation, or it has no counter cache; 42501 not allowed to read the rows and to update the column, or a policy hides some of them.
Example: SELECT corm.recount(''Post'');';
