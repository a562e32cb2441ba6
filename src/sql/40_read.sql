-- Reading.
--
-- All of these run the queryset with the caller's rights, under the snapshot of
-- the statement that calls them.  They are PARALLEL UNSAFE: what they run may be
-- views, policies and functions of any kind.

CREATE FUNCTION corm.all(q corm.queryset, filter pg_catalog.jsonb DEFAULT NULL, OUT object pg_catalog.json)
	RETURNS SETOF pg_catalog.json
	LANGUAGE c STABLE PARALLEL UNSAFE COST 1000 ROWS 100
	AS 'MODULE_PATHNAME', 'corm_all';
COMMENT ON FUNCTION corm.all(corm.queryset, pg_catalog.jsonb) IS
'The rows of a queryset as JSON documents, one per row, in the queryset''s order and else in primary key order.
q: a queryset, or a model name. filter: one more filter. A NULL queryset has no rows.
Each document holds the row''s columns as to_json() writes them and what select_related and prefetch_related load.
Errors: 42704 unknown model, 42703 unknown path, 22023 bad lookup or option, 42501 missing privilege.
Example: SELECT corm.all(''Post'', ''{"title__icontains": "sql"}'');';

CREATE FUNCTION corm.list(q corm.queryset, filter pg_catalog.jsonb DEFAULT NULL, OUT object pg_catalog.json)
	LANGUAGE c STABLE PARALLEL UNSAFE COST 1000
	AS 'MODULE_PATHNAME', 'corm_list';
COMMENT ON FUNCTION corm.list(corm.queryset, pg_catalog.jsonb) IS
'The documents of corm.all() as one JSON array; [] when there are none.
Errors as corm.all(), and 54000 when the array would exceed 1 GB.
Example: SELECT corm.list(''Post'', ''{"author": 1}'');';

CREATE FUNCTION corm.get(q corm.queryset, filter pg_catalog.jsonb DEFAULT NULL, OUT object pg_catalog.json)
	LANGUAGE c STABLE PARALLEL UNSAFE COST 1000
	AS 'MODULE_PATHNAME', 'corm_get';
COMMENT ON FUNCTION corm.get(corm.queryset, pg_catalog.jsonb) IS
'The one row that matches, as a JSON document.
Errors: P0002 no_data_found when no row matches, P0003 too_many_rows when several do; else as corm.all().
Example: SELECT corm.get(''Post'', ''{"pk": 1}'');';

CREATE FUNCTION corm.get_or_none(q corm.queryset, filter pg_catalog.jsonb DEFAULT NULL, OUT object pg_catalog.json)
	LANGUAGE c STABLE PARALLEL UNSAFE COST 1000
	AS 'MODULE_PATHNAME', 'corm_get_or_none';
COMMENT ON FUNCTION corm.get_or_none(corm.queryset, pg_catalog.jsonb) IS
'The one row that matches, as a JSON document, or NULL when none does.
Errors: P0003 too_many_rows when several rows match; else as corm.all().
Example: SELECT corm.get_or_none(''Post'', ''{"pk": 0}'');';

CREATE FUNCTION corm.first(q corm.queryset, filter pg_catalog.jsonb DEFAULT NULL, OUT object pg_catalog.json)
	LANGUAGE c STABLE PARALLEL UNSAFE COST 1000
	AS 'MODULE_PATHNAME', 'corm_first';
COMMENT ON FUNCTION corm.first(corm.queryset, pg_catalog.jsonb) IS
'The first row in the queryset''s order, as a JSON document, or NULL when there is none.
Errors as corm.all().
Example: SELECT corm.first(corm.order_by(''Post'', ''-created''));';

CREATE FUNCTION corm.last(q corm.queryset, filter pg_catalog.jsonb DEFAULT NULL, OUT object pg_catalog.json)
	LANGUAGE c STABLE PARALLEL UNSAFE COST 1000
	AS 'MODULE_PATHNAME', 'corm_last';
COMMENT ON FUNCTION corm.last(corm.queryset, pg_catalog.jsonb) IS
'The last row in the queryset''s order, as a JSON document, or NULL when there is none.
Errors: 22023 for a queryset with limit or offset; else as corm.all().
Example: SELECT corm.last(''Post'');';

CREATE FUNCTION corm.count(q corm.queryset, filter pg_catalog.jsonb DEFAULT NULL)
	RETURNS pg_catalog.int8
	LANGUAGE c STABLE PARALLEL UNSAFE COST 1000
	AS 'MODULE_PATHNAME', 'corm_count';
COMMENT ON FUNCTION corm.count(corm.queryset, pg_catalog.jsonb) IS
'The number of rows of a queryset, its limit and offset included. A row counts once, whatever its filters cross.
Errors as corm.all().
Example: SELECT corm.count(''Post'', ''{"author__last_name": "Rossum"}'');';

CREATE FUNCTION corm.exists(q corm.queryset, filter pg_catalog.jsonb DEFAULT NULL)
	RETURNS pg_catalog.bool
	LANGUAGE c STABLE PARALLEL UNSAFE COST 1000
	AS 'MODULE_PATHNAME', 'corm_exists';
COMMENT ON FUNCTION corm.exists(corm.queryset, pg_catalog.jsonb) IS
'Whether a queryset has any row, its limit and offset included.
Errors as corm.all().
Example: SELECT corm.exists(''Post'', ''{"title__startswith": "A"}'');';

CREATE FUNCTION corm._rows_support(pg_catalog.internal) RETURNS pg_catalog.internal
	LANGUAGE c STABLE STRICT PARALLEL UNSAFE
	AS 'MODULE_PATHNAME', 'corm_rows_support';
REVOKE ALL ON FUNCTION corm._rows_support(pg_catalog.internal) FROM PUBLIC;
COMMENT ON FUNCTION corm._rows_support(pg_catalog.internal) IS 'planner support function of corm.rows';

CREATE FUNCTION corm.rows(prototype pg_catalog.anyelement, q corm.queryset)
	RETURNS SETOF pg_catalog.anyelement
	LANGUAGE c STABLE PARALLEL UNSAFE COST 1000 ROWS 100 SUPPORT corm._rows_support
	AS 'MODULE_PATHNAME', 'corm_rows';
COMMENT ON FUNCTION corm.rows(pg_catalog.anyelement, corm.queryset) IS
'The rows of a queryset as typed rows, in no order unless the queryset has one.
prototype: NULL::table_name, the row type to return. q: its model must be that table; it may be left out.
With corm.inline_rows on, a call in FROM whose arguments are constants is planned as part of the query around it, on PostgreSQL 15; what is wrong with the queryset is then said when it is planned.
Errors: 42804 when the prototype is no row of the model''s table, 22023 for a queryset with fields, exclude_fields, select_related, prefetch_related or annotate; else as corm.all().
Example: SELECT p.title FROM corm.rows(NULL::posts, ''Post'') AS p;';

CREATE FUNCTION corm.related(
	model pg_catalog.text, pk pg_catalog.text, relation pg_catalog.text,
	filter pg_catalog.jsonb DEFAULT NULL, exclude pg_catalog.jsonb DEFAULT NULL,
	order_by pg_catalog.text[] DEFAULT NULL, select_related pg_catalog.text[] DEFAULT NULL,
	prefetch_related pg_catalog.jsonb DEFAULT NULL, fields pg_catalog.text[] DEFAULT NULL,
	exclude_fields pg_catalog.text[] DEFAULT NULL, annotate pg_catalog.jsonb DEFAULT NULL, limit_count pg_catalog.int8 DEFAULT NULL,
	offset_count pg_catalog.int8 DEFAULT NULL, OUT object pg_catalog.json)
	RETURNS SETOF pg_catalog.json
	LANGUAGE sql STABLE PARALLEL UNSAFE ROWS 100
	AS $$ SELECT a.object FROM corm.all(corm.relation($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)) AS a $$;
COMMENT ON FUNCTION corm.related(pg_catalog.text, pg_catalog.text, pg_catalog.text, pg_catalog.jsonb, pg_catalog.jsonb,
	pg_catalog.text[], pg_catalog.text[], pg_catalog.jsonb, pg_catalog.text[], pg_catalog.text[], pg_catalog.jsonb, pg_catalog.int8, pg_catalog.int8) IS
'The documents that a relation of one row holds: corm.all() of corm.relation() with the same arguments.
model, pk: the owner; relation: a relation of its model; the rest: options, as in corm.objects().
Errors as corm.all(); a NULL owner has no related rows.
Example: SELECT corm.related(''Post'', ''1'', ''categories'', order_by => ''{name}'');';

CREATE FUNCTION corm.related(
	model pg_catalog.text, pk pg_catalog.anynonarray, relation pg_catalog.text,
	filter pg_catalog.jsonb DEFAULT NULL, exclude pg_catalog.jsonb DEFAULT NULL,
	order_by pg_catalog.text[] DEFAULT NULL, select_related pg_catalog.text[] DEFAULT NULL,
	prefetch_related pg_catalog.jsonb DEFAULT NULL, fields pg_catalog.text[] DEFAULT NULL,
	exclude_fields pg_catalog.text[] DEFAULT NULL, annotate pg_catalog.jsonb DEFAULT NULL, limit_count pg_catalog.int8 DEFAULT NULL,
	offset_count pg_catalog.int8 DEFAULT NULL, OUT object pg_catalog.json)
	RETURNS SETOF pg_catalog.json
	LANGUAGE sql STABLE PARALLEL UNSAFE ROWS 100
	AS $$ SELECT a.object FROM corm.all(corm.relation($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)) AS a $$;
COMMENT ON FUNCTION corm.related(pg_catalog.text, pg_catalog.anynonarray, pg_catalog.text, pg_catalog.jsonb, pg_catalog.jsonb,
	pg_catalog.text[], pg_catalog.text[], pg_catalog.jsonb, pg_catalog.text[], pg_catalog.text[], pg_catalog.jsonb, pg_catalog.int8, pg_catalog.int8) IS
'The documents that a relation of one row holds: corm.all() of corm.relation() with the same arguments.
model, pk: the owner, its key as a value of any type, a row or JSON; relation: a relation of its model; the rest: options, as in corm.objects().
Errors as corm.all(); a NULL owner has no related rows.
Example: SELECT corm.related(''Post'', 1, ''categories'', limit_count => 2);';

CREATE FUNCTION corm.prefetch(
	model pg_catalog.text, pks pg_catalog.text, relation pg_catalog.text,
	filter pg_catalog.jsonb DEFAULT NULL, exclude pg_catalog.jsonb DEFAULT NULL,
	order_by pg_catalog.text[] DEFAULT NULL, select_related pg_catalog.text[] DEFAULT NULL,
	prefetch_related pg_catalog.jsonb DEFAULT NULL, fields pg_catalog.text[] DEFAULT NULL,
	exclude_fields pg_catalog.text[] DEFAULT NULL, annotate pg_catalog.jsonb DEFAULT NULL, limit_count pg_catalog.int8 DEFAULT NULL,
	offset_count pg_catalog.int8 DEFAULT NULL)
	RETURNS TABLE(pk pg_catalog.json, related pg_catalog.json)
	LANGUAGE c STABLE PARALLEL UNSAFE COST 1000 ROWS 100
	AS 'MODULE_PATHNAME', 'corm_prefetch';
COMMENT ON FUNCTION corm.prefetch(pg_catalog.text, pg_catalog.text, pg_catalog.text, pg_catalog.jsonb, pg_catalog.jsonb,
	pg_catalog.text[], pg_catalog.text[], pg_catalog.jsonb, pg_catalog.text[], pg_catalog.text[], pg_catalog.jsonb, pg_catalog.int8, pg_catalog.int8) IS
'What a relation holds for the row with one key. pks: the key, one text however it looks.
See the form that takes an array of keys.
Example: SELECT * FROM corm.prefetch(''Post'', ''1'', ''categories'');';

CREATE FUNCTION corm.prefetch(
	model pg_catalog.text, pks pg_catalog.anyarray, relation pg_catalog.text,
	filter pg_catalog.jsonb DEFAULT NULL, exclude pg_catalog.jsonb DEFAULT NULL,
	order_by pg_catalog.text[] DEFAULT NULL, select_related pg_catalog.text[] DEFAULT NULL,
	prefetch_related pg_catalog.jsonb DEFAULT NULL, fields pg_catalog.text[] DEFAULT NULL,
	exclude_fields pg_catalog.text[] DEFAULT NULL, annotate pg_catalog.jsonb DEFAULT NULL, limit_count pg_catalog.int8 DEFAULT NULL,
	offset_count pg_catalog.int8 DEFAULT NULL)
	RETURNS TABLE(pk pg_catalog.json, related pg_catalog.json)
	LANGUAGE c STABLE PARALLEL UNSAFE COST 1000 ROWS 100
	AS 'MODULE_PATHNAME', 'corm_prefetch';
COMMENT ON FUNCTION corm.prefetch(pg_catalog.text, pg_catalog.anyarray, pg_catalog.text, pg_catalog.jsonb, pg_catalog.jsonb,
	pg_catalog.text[], pg_catalog.text[], pg_catalog.jsonb, pg_catalog.text[], pg_catalog.text[], pg_catalog.jsonb, pg_catalog.int8, pg_catalog.int8) IS
'The batched loader: what a relation holds for many rows at once, in one statement per level.
model, relation: as in corm.relation(). pks: the keys; the rest: options that apply to each row''s related rows, limit_count and offset_count per row.
Returns one row for every element of pks, in its order: the key, and an array (to-many) or an object or null (to-one). A key without a row, or NULL, has nothing related.
Errors as corm.all().
Example: SELECT * FROM corm.prefetch(''Post'', ARRAY[1, 2], ''categories'', limit_count => 3);';

CREATE FUNCTION corm.prefetch(
	model pg_catalog.text, pks pg_catalog.jsonb, relation pg_catalog.text,
	filter pg_catalog.jsonb DEFAULT NULL, exclude pg_catalog.jsonb DEFAULT NULL,
	order_by pg_catalog.text[] DEFAULT NULL, select_related pg_catalog.text[] DEFAULT NULL,
	prefetch_related pg_catalog.jsonb DEFAULT NULL, fields pg_catalog.text[] DEFAULT NULL,
	exclude_fields pg_catalog.text[] DEFAULT NULL, annotate pg_catalog.jsonb DEFAULT NULL, limit_count pg_catalog.int8 DEFAULT NULL,
	offset_count pg_catalog.int8 DEFAULT NULL)
	RETURNS TABLE(pk pg_catalog.json, related pg_catalog.json)
	LANGUAGE c STABLE PARALLEL UNSAFE COST 1000 ROWS 100
	AS 'MODULE_PATHNAME', 'corm_prefetch';
COMMENT ON FUNCTION corm.prefetch(pg_catalog.text, pg_catalog.jsonb, pg_catalog.text, pg_catalog.jsonb, pg_catalog.jsonb,
	pg_catalog.text[], pg_catalog.text[], pg_catalog.jsonb, pg_catalog.text[], pg_catalog.text[], pg_catalog.jsonb, pg_catalog.int8, pg_catalog.int8) IS
'What a relation holds for many rows at once. pks: a JSON array of keys, each a scalar, or for composite keys an array or an object; any other JSON value is one key.
See the form that takes an array of keys.
Example: SELECT * FROM corm.prefetch(''Post'', ''[1, 2]''::jsonb, ''categories'');';
