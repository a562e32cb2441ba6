-- Looking inside: what a verb runs, how the server runs it, what this session
-- has done so far.

CREATE FUNCTION corm.sql(q corm.queryset, verb pg_catalog.text DEFAULT 'all', OUT statement pg_catalog.text)
	RETURNS SETOF pg_catalog.text
	LANGUAGE c STABLE PARALLEL UNSAFE COST 1000 ROWS 4
	AS 'MODULE_PATHNAME', 'corm_sql';
COMMENT ON FUNCTION corm.sql(corm.queryset, pg_catalog.text) IS
'The statements that a verb runs for a queryset, one per row: that of the roots first, then one for each level of related rows that is fetched by a statement of its own. Nothing is run. Below each statement stands a comment line for each parameter: its value as a literal, cut after 200 bytes, or that it holds the keys of the parents. Of a list with a limit per parent it is the statement for few parents; for many another one reads all lists at once.
verb: all, list, rows, get, get_or_none, first, last, count, exists or page (the first one).
Errors: 22023 for another verb; else as corm.all().
Example: SELECT corm.sql(''{"model": "Post", "prefetch_related": ["comments"]}'');';

CREATE FUNCTION corm.explain(q corm.queryset, verb pg_catalog.text DEFAULT 'all', execute pg_catalog.bool DEFAULT false, OUT plan pg_catalog.text)
	RETURNS SETOF pg_catalog.text
	LANGUAGE c STABLE PARALLEL UNSAFE COST 1000 ROWS 20
	AS 'MODULE_PATHNAME', 'corm_explain';
COMMENT ON FUNCTION corm.explain(corm.queryset, pg_catalog.text, pg_catalog.bool) IS
'How the server runs the statements of a verb: for each a line with its level, as Post.comments, and below it, indented, the lines of EXPLAIN.
verb: as in corm.sql(). execute: false plans only, the keys of the parents being unknown; true runs the verb, and each statement before that under EXPLAIN ANALYZE with the keys that it really gets: once for every batch of corm.batch_size roots. A level whose parents are none is not run.
Errors as corm.sql().
Example: SELECT corm.explain(''{"model": "Post", "prefetch_related": ["comments"]}'', execute => true);';

CREATE FUNCTION corm.stats(
	OUT calls pg_catalog.int8, OUT statements pg_catalog.int8,
	OUT plans pg_catalog.int4, OUT plan_hits pg_catalog.int8, OUT plan_misses pg_catalog.int8, OUT plans_evicted pg_catalog.int8,
	OUT models pg_catalog.int4, OUT model_loads pg_catalog.int8, OUT invalidations pg_catalog.int8,
	OUT rows_kept pg_catalog.int4, OUT row_hits pg_catalog.int8,
	OUT leaves_known pg_catalog.int4, OUT leaf_hits pg_catalog.int8,
	OUT requests_kept pg_catalog.int4, OUT request_hits pg_catalog.int8)
	RETURNS pg_catalog.record
	LANGUAGE c VOLATILE PARALLEL RESTRICTED
	AS 'MODULE_PATHNAME', 'corm_stats';
COMMENT ON FUNCTION corm.stats() IS
'What corm has done in this session so far, as one row.
calls: calls of functions that read or write rows of models; statements: statements that they ran; plans: plans kept now, of at most corm.plan_cache_size; plan_hits, plan_misses: how often a statement''s plan was kept already, and how often it had to be made; plans_evicted: plans that made room for others; models: models known now; model_loads: how often one was read from the catalogs; invalidations: how often what was known turned out to be outdated, by DDL for instance; rows_kept: rows whose text is kept now, in at most corm.row_cache_size; row_hits: how often a row was printed by such a text; leaves_known: pages of indexes that are found without a descent from the root; leaf_hits: how often a key was looked up that way; requests_kept: requests whose meaning is kept now; request_hits: how often a call asked for the same with other values.
Example: SELECT plans, plan_hits FROM corm.stats();';
