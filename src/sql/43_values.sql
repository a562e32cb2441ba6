-- Flat rows.
--
-- In an SQL statement "values" is a word of the grammar, so it is always written
-- with its schema: corm.values(...).

CREATE FUNCTION corm.values(q corm.queryset, VARIADIC paths pg_catalog.text[] DEFAULT '{}', OUT object pg_catalog.json)
	RETURNS SETOF pg_catalog.json
	LANGUAGE c STABLE PARALLEL UNSAFE COST 1000 ROWS 100
	AS 'MODULE_PATHNAME', 'corm_values';
COMMENT ON FUNCTION corm.values(corm.queryset, VARIADIC pg_catalog.text[]) IS
'The values of paths as flat JSON objects, keyed by the paths as written.
q: a queryset, or a model name; a NULL one has no rows. paths: columns, also of related rows, transforms, aggregates, pk, or a relation for its key; none: all columns of the model. A key of several columns is an array.
Relations are LEFT JOINed, once for all paths through them: a row comes once for every combination of rows that paths over to-many relations lead to. Filters of q do not narrow these. limit and offset count the rows of q, not those joined.
Order: that of q, then primary keys, those of the model first. With corm.distinct(q) every combination of values comes once, in the order of q, which may use these paths only, then of the paths; limit and offset count these.
Errors: 22023 for a queryset with fields, exclude_fields, select_related, prefetch_related or distinct paths, and for a path that comes twice; 22004 for a NULL path; else as corm.all().
Example: SELECT corm.values(''Post'', ''title'', ''author__name'', ''comments__body'');';

CREATE FUNCTION corm.values_list(q corm.queryset, VARIADIC paths pg_catalog.text[] DEFAULT '{}', OUT object pg_catalog.json)
	RETURNS SETOF pg_catalog.json
	LANGUAGE c STABLE PARALLEL UNSAFE COST 1000 ROWS 100
	AS 'MODULE_PATHNAME', 'corm_values_list';
COMMENT ON FUNCTION corm.values_list(corm.queryset, VARIADIC pg_catalog.text[]) IS
'The values of paths as flat JSON arrays: corm.values() without the keys. A path may come twice.
Errors as corm.values().
Example: SELECT corm.values_list(''Post'', ''id'', ''title'');';

CREATE FUNCTION corm.pluck(q corm.queryset, path pg_catalog.text, OUT object pg_catalog.json)
	RETURNS SETOF pg_catalog.json
	LANGUAGE c STABLE PARALLEL UNSAFE COST 1000 ROWS 100
	AS 'MODULE_PATHNAME', 'corm_pluck';
COMMENT ON FUNCTION corm.pluck(corm.queryset, pg_catalog.text) IS
'The values of one path as JSON, null for a NULL value; rows and order as in corm.values().
Errors as corm.values().
Example: SELECT corm.pluck(''Post'', ''title'');';

CREATE FUNCTION corm.pluck(prototype pg_catalog.anyelement, q corm.queryset, path pg_catalog.text)
	RETURNS SETOF pg_catalog.anyelement
	LANGUAGE c STABLE PARALLEL UNSAFE COST 1000 ROWS 100
	AS 'MODULE_PATHNAME', 'corm_pluck_typed';
COMMENT ON FUNCTION corm.pluck(pg_catalog.anyelement, corm.queryset, pg_catalog.text) IS
'The values of one path as SQL values; rows and order as in corm.values(). A NULL value is NULL, one of a composite type a row of NULLs.
prototype: a value of the type to return, as NULL::type: the type of the path''s value, or one to which that is converted on assignment.
Errors: 42804 for another type, 22023 for a key of several columns; else as corm.values().
Example: SELECT * FROM comments WHERE post_id IN (SELECT corm.pluck(NULL::bigint, ''Post'', ''pk''));';

-- A row at hand.

CREATE FUNCTION corm.matches(instance pg_catalog.anynonarray, filter pg_catalog.jsonb)
	RETURNS pg_catalog.bool
	LANGUAGE c STABLE PARALLEL UNSAFE COST 1000
	AS 'MODULE_PATHNAME', 'corm_matches';
COMMENT ON FUNCTION corm.matches(pg_catalog.anynonarray, pg_catalog.jsonb) IS
'Whether a row passes a filter, with the values that it has here: it need not be stored, as NEW in a trigger. Relations are followed from its columns; the rows they lead to are read from their tables.
instance: a row of a model''s table, or of a table that inherits from one or is a partition of it; NULL for a NULL row. filter: a filter as in corm.filter(); every row passes a NULL one.
Errors: 42804 for what is no row of a table, 42704 for a row of a table that is no model; 42703, 22023 and 42501 as corm.all().
Example: SELECT title FROM posts p WHERE corm.matches(p, ''{"author__name": "Ann", "comments__count__gte": 1}'');';
