-- The value type corm.queryset, what makes its values and what changes them.

CREATE TYPE corm.queryset;

CREATE FUNCTION corm.queryset_in(pg_catalog.cstring)
	RETURNS corm.queryset
	AS 'MODULE_PATHNAME', 'corm_queryset_in' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION corm.queryset_in(pg_catalog.cstring) IS
'Text input of corm.queryset: a JSON object, or the bare name of a model. Checks syntax only. Raises 22P02 for broken JSON, 22023 for a word or value that no queryset has.';

CREATE FUNCTION corm.queryset_out(corm.queryset)
	RETURNS pg_catalog.cstring
	AS 'jsonb_out' LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION corm.queryset_out(corm.queryset) IS
'Text output of corm.queryset: its JSON in canonical form.';

CREATE FUNCTION corm.queryset_recv(pg_catalog.internal)
	RETURNS corm.queryset
	AS 'MODULE_PATHNAME', 'corm_queryset_recv' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION corm.queryset_recv(pg_catalog.internal) IS
'Binary input of corm.queryset: a version byte (1), then the text form.';

CREATE FUNCTION corm.queryset_send(corm.queryset)
	RETURNS pg_catalog.bytea
	AS 'jsonb_send' LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION corm.queryset_send(corm.queryset) IS
'Binary output of corm.queryset: a version byte (1), then the text form.';

CREATE TYPE corm.queryset (
	INPUT = corm.queryset_in,
	OUTPUT = corm.queryset_out,
	RECEIVE = corm.queryset_recv,
	SEND = corm.queryset_send,
	LIKE = pg_catalog.jsonb,
	CATEGORY = 'U'
);
COMMENT ON TYPE corm.queryset IS
'A value that describes a query: which model, which rows in which order, what to load with them. Written as the name of a model (''Post'') or as JSON (''{"model": "Post", "filter": {"id__gt": 10}, "order_by": ["-id"], "limit": 5}''). The words are model, pk, relation, of (a queryset, in place of model and pk), base and allow (see corm.allow), filter, exclude, order_by, select_related, prefetch_related, fields, exclude_fields, annotate, distinct, limit and offset. Names are looked up when a verb runs, not before.';

-- Casts.  No other type becomes a queryset implicitly: a text that did would
-- make functions such as count(text) ambiguous.
--
-- A queryset is a jsonb in canonical form, as a varchar is a text: jsonb's
-- operators and its btree, hash and GIN operator classes serve it through the
-- implicit cast, and do so whether or not corm is in the search_path.

CREATE FUNCTION corm.queryset(pg_catalog.text)
	RETURNS corm.queryset
	AS 'MODULE_PATHNAME', 'corm_queryset_from_text' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION corm.queryset(pg_catalog.text) IS
'Cast of text to corm.queryset: a JSON object, or the bare name of a model. Raises what the type''s input raises. Example: SELECT corm.queryset(''Post''::text).';

CREATE FUNCTION corm.queryset(pg_catalog.jsonb)
	RETURNS corm.queryset
	AS 'MODULE_PATHNAME', 'corm_queryset_from_jsonb' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION corm.queryset(pg_catalog.jsonb) IS
'Cast of jsonb to corm.queryset. Raises 22023 unless it is an object of the words of a queryset. Example: SELECT corm.queryset(''{"model": "Post"}''::jsonb).';

CREATE CAST (pg_catalog.text AS corm.queryset)
	WITH FUNCTION corm.queryset(pg_catalog.text) AS ASSIGNMENT;
COMMENT ON CAST (pg_catalog.text AS corm.queryset) IS
'The queryset that a text spells; write corm.objects(x) where no cast is wanted.';

CREATE CAST (pg_catalog.varchar AS corm.queryset)
	WITH FUNCTION corm.queryset(pg_catalog.text) AS ASSIGNMENT;
COMMENT ON CAST (pg_catalog.varchar AS corm.queryset) IS
'The queryset that a varchar spells.';

CREATE CAST (pg_catalog.jsonb AS corm.queryset)
	WITH FUNCTION corm.queryset(pg_catalog.jsonb) AS ASSIGNMENT;
COMMENT ON CAST (pg_catalog.jsonb AS corm.queryset) IS
'The queryset that a JSON object is.';

CREATE CAST (corm.queryset AS pg_catalog.jsonb)
	WITHOUT FUNCTION AS IMPLICIT;
COMMENT ON CAST (corm.queryset AS pg_catalog.jsonb) IS
'The JSON object that a queryset is, in canonical form.';

CREATE CAST (corm.queryset AS pg_catalog.text)
	WITH INOUT AS ASSIGNMENT;
COMMENT ON CAST (corm.queryset AS pg_catalog.text) IS
'The text form of a queryset.';

-- Makers.  Options that are NULL were not given.

CREATE FUNCTION corm.objects(
	model pg_catalog.text,
	filter pg_catalog.jsonb DEFAULT NULL,
	exclude pg_catalog.jsonb DEFAULT NULL,
	order_by pg_catalog.text[] DEFAULT NULL,
	select_related pg_catalog.text[] DEFAULT NULL,
	prefetch_related pg_catalog.jsonb DEFAULT NULL,
	fields pg_catalog.text[] DEFAULT NULL,
	exclude_fields pg_catalog.text[] DEFAULT NULL,
	annotate pg_catalog.jsonb DEFAULT NULL,
	limit_count pg_catalog.int8 DEFAULT NULL,
	offset_count pg_catalog.int8 DEFAULT NULL
)
	RETURNS corm.queryset
	AS 'MODULE_PATHNAME', 'corm_objects' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION corm.objects(pg_catalog.text, pg_catalog.jsonb, pg_catalog.jsonb, pg_catalog.text[], pg_catalog.text[], pg_catalog.jsonb, pg_catalog.text[], pg_catalog.text[], pg_catalog.jsonb, pg_catalog.int8, pg_catalog.int8) IS
'The rows of a model, as a queryset; NULL for a NULL model. filter and exclude are a filter object or an array of independent ones; order_by holds paths (''-path'', ''path nulls last''); select_related and prefetch_related what to load; fields and exclude_fields columns; annotate an object of names and aggregates, as corm.annotate takes it; limit_count and offset_count whole numbers. Checks syntax only: 22023 for a bad option, 22004 for a NULL within an array. Example: SELECT corm.objects(''Post'', filter => ''{"author__name": "Ann"}'', order_by => ''{-id}'', limit_count => 10).';

CREATE FUNCTION corm.relation(
	model pg_catalog.text,
	pk pg_catalog.text,
	relation pg_catalog.text,
	filter pg_catalog.jsonb DEFAULT NULL,
	exclude pg_catalog.jsonb DEFAULT NULL,
	order_by pg_catalog.text[] DEFAULT NULL,
	select_related pg_catalog.text[] DEFAULT NULL,
	prefetch_related pg_catalog.jsonb DEFAULT NULL,
	fields pg_catalog.text[] DEFAULT NULL,
	exclude_fields pg_catalog.text[] DEFAULT NULL,
	annotate pg_catalog.jsonb DEFAULT NULL,
	limit_count pg_catalog.int8 DEFAULT NULL,
	offset_count pg_catalog.int8 DEFAULT NULL
)
	RETURNS corm.queryset
	AS 'MODULE_PATHNAME', 'corm_relation_text' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION corm.relation(pg_catalog.text, pg_catalog.text, pg_catalog.text, pg_catalog.jsonb, pg_catalog.jsonb, pg_catalog.text[], pg_catalog.text[], pg_catalog.jsonb, pg_catalog.text[], pg_catalog.text[], pg_catalog.jsonb, pg_catalog.int8, pg_catalog.int8) IS
'The rows related to one row of a model, as a queryset. pk is the key of that row as text, always one key and never parsed as JSON (cast it to jsonb if it is JSON); a NULL pk reads no rows. The options are those of corm.objects. Example: SELECT corm.relation(''Post'', ''1'', ''comments'', order_by => ''{-id}'').';

CREATE FUNCTION corm.relation(
	model pg_catalog.text,
	pk pg_catalog.anynonarray,
	relation pg_catalog.text,
	filter pg_catalog.jsonb DEFAULT NULL,
	exclude pg_catalog.jsonb DEFAULT NULL,
	order_by pg_catalog.text[] DEFAULT NULL,
	select_related pg_catalog.text[] DEFAULT NULL,
	prefetch_related pg_catalog.jsonb DEFAULT NULL,
	fields pg_catalog.text[] DEFAULT NULL,
	exclude_fields pg_catalog.text[] DEFAULT NULL,
	annotate pg_catalog.jsonb DEFAULT NULL,
	limit_count pg_catalog.int8 DEFAULT NULL,
	offset_count pg_catalog.int8 DEFAULT NULL
)
	RETURNS corm.queryset
	AS 'MODULE_PATHNAME', 'corm_relation_key' LANGUAGE C STABLE PARALLEL SAFE;
COMMENT ON FUNCTION corm.relation(pg_catalog.text, pg_catalog.anynonarray, pg_catalog.text, pg_catalog.jsonb, pg_catalog.jsonb, pg_catalog.text[], pg_catalog.text[], pg_catalog.jsonb, pg_catalog.text[], pg_catalog.text[], pg_catalog.jsonb, pg_catalog.int8, pg_catalog.int8) IS
'The rows related to one row of a model, as a queryset. pk is the key of that row: a number, a uuid or another scalar, ROW(...) or a JSON array in key order, a JSON object, or a row of the model''s table; a NULL key reads no rows. The options are those of corm.objects. Raises 42804 for a row of another table. Example: SELECT corm.relation(''Post'', 1, ''comments'').';

CREATE FUNCTION corm.relation(
	instance pg_catalog.anynonarray,
	relation pg_catalog.text,
	filter pg_catalog.jsonb DEFAULT NULL,
	exclude pg_catalog.jsonb DEFAULT NULL,
	order_by pg_catalog.text[] DEFAULT NULL,
	select_related pg_catalog.text[] DEFAULT NULL,
	prefetch_related pg_catalog.jsonb DEFAULT NULL,
	fields pg_catalog.text[] DEFAULT NULL,
	exclude_fields pg_catalog.text[] DEFAULT NULL,
	annotate pg_catalog.jsonb DEFAULT NULL,
	limit_count pg_catalog.int8 DEFAULT NULL,
	offset_count pg_catalog.int8 DEFAULT NULL
)
	RETURNS corm.queryset
	AS 'MODULE_PATHNAME', 'corm_relation_row' LANGUAGE C STABLE PARALLEL SAFE;
COMMENT ON FUNCTION corm.relation(pg_catalog.anynonarray, pg_catalog.text, pg_catalog.jsonb, pg_catalog.jsonb, pg_catalog.text[], pg_catalog.text[], pg_catalog.jsonb, pg_catalog.text[], pg_catalog.text[], pg_catalog.jsonb, pg_catalog.int8, pg_catalog.int8) IS
'The rows related to a row of a model''s table, as a queryset; a NULL row reads no rows. The options are those of corm.objects. Raises 42804 for what is no row of a table, 42704 for a row of a table that is no model. Example: SELECT corm.relation(p, ''comments'') FROM posts p.';

CREATE FUNCTION corm.relation(
	q corm.queryset,
	relation pg_catalog.text,
	filter pg_catalog.jsonb DEFAULT NULL,
	exclude pg_catalog.jsonb DEFAULT NULL,
	order_by pg_catalog.text[] DEFAULT NULL,
	select_related pg_catalog.text[] DEFAULT NULL,
	prefetch_related pg_catalog.jsonb DEFAULT NULL,
	fields pg_catalog.text[] DEFAULT NULL,
	exclude_fields pg_catalog.text[] DEFAULT NULL,
	annotate pg_catalog.jsonb DEFAULT NULL,
	limit_count pg_catalog.int8 DEFAULT NULL,
	offset_count pg_catalog.int8 DEFAULT NULL
)
	RETURNS corm.queryset
	AS 'MODULE_PATHNAME', 'corm_relation_queryset' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION corm.relation(corm.queryset, pg_catalog.text, pg_catalog.jsonb, pg_catalog.jsonb, pg_catalog.text[], pg_catalog.text[], pg_catalog.jsonb, pg_catalog.text[], pg_catalog.text[], pg_catalog.jsonb, pg_catalog.int8, pg_catalog.int8) IS
'The rows related to any row of a queryset, each once, as a queryset; NULL for a NULL queryset. The options are those of corm.objects and speak of the related rows. Writes refuse it. Raises 22023 for a bad option. Example: SELECT corm.relation(corm.objects(''Post'', ''{"author": 1}''), ''comments'', order_by => ''{-id}'').';

-- Modifiers: queryset to queryset.  A NULL queryset stays NULL.

CREATE FUNCTION corm.filter(q corm.queryset, filter pg_catalog.jsonb)
	RETURNS corm.queryset
	AS 'MODULE_PATHNAME', 'corm_filter' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION corm.filter(corm.queryset, pg_catalog.jsonb) IS
'The queryset with one more condition, independent of those it has; NULL and {} add none. An array of filter objects adds each of them. Raises 22023 for what is no filter. Example: SELECT corm.filter(''Post'', ''{"id__gt": 10}'').';

CREATE FUNCTION corm.exclude(q corm.queryset, filter pg_catalog.jsonb)
	RETURNS corm.queryset
	AS 'MODULE_PATHNAME', 'corm_exclude' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION corm.exclude(corm.queryset, pg_catalog.jsonb) IS
'The queryset without the rows that pass the filter: its exact complement, so that {} leaves nothing; NULL leaves all. Raises 22023 for what is no filter. Example: SELECT corm.exclude(''Post'', ''{"title": null}'').';

CREATE FUNCTION corm.order_by(q corm.queryset, VARIADIC paths pg_catalog.text[])
	RETURNS corm.queryset
	AS 'MODULE_PATHNAME', 'corm_order_by' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION corm.order_by(corm.queryset, VARIADIC pg_catalog.text[]) IS
'The queryset in another order, which replaces the one it has: paths, descending with a minus, with nulls first or nulls last behind. A NULL or empty array clears it. Raises 22023 for what is no order. Example: SELECT corm.order_by(''Post'', ''-created_at nulls last'', ''id'').';

CREATE FUNCTION corm.select_related(q corm.queryset, VARIADIC paths pg_catalog.text[])
	RETURNS corm.queryset
	AS 'MODULE_PATHNAME', 'corm_select_related' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION corm.select_related(corm.queryset, VARIADIC pg_catalog.text[]) IS
'The queryset with more related objects loaded, by path. Example: SELECT corm.select_related(''Post'', ''author__company'').';

CREATE FUNCTION corm.prefetch_related(q corm.queryset, VARIADIC paths pg_catalog.text[])
	RETURNS corm.queryset
	AS 'MODULE_PATHNAME', 'corm_prefetch_related' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION corm.prefetch_related(corm.queryset, VARIADIC pg_catalog.text[]) IS
'The queryset with more related rows loaded, by path; * as the last step loads every relation there that the role may read, but for the way back. An element that starts with { or [ is JSON as in the other form. Raises 22P02 for broken JSON, 22023 for a bad option. Example: SELECT corm.prefetch_related(''Post'', ''comments'', ''categories'').';

CREATE FUNCTION corm.prefetch_related(q corm.queryset, loads pg_catalog.jsonb)
	RETURNS corm.queryset
	AS 'MODULE_PATHNAME', 'corm_prefetch_related_json' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION corm.prefetch_related(corm.queryset, pg_catalog.jsonb) IS
'The queryset with more related rows loaded: a path, an object of path and options, or an array of these. The options are the words of a queryset without model, pk, relation and of, and: as, another name; more, whether the list was cut; recursive, to go on from each loaded row, depth, how many levels of that, flat, as one list. limit counts per parent. Raises 22023 for a bad option. Example: SELECT corm.prefetch_related(''Post'', jsonb ''{"comments": {"order_by": ["-id"], "limit": 3, "as": "latest"}}'').';

CREATE FUNCTION corm.fields(q corm.queryset, VARIADIC names pg_catalog.text[])
	RETURNS corm.queryset
	AS 'MODULE_PATHNAME', 'corm_fields' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION corm.fields(corm.queryset, VARIADIC pg_catalog.text[]) IS
'The queryset with these columns and no others, replacing the columns it named before; an empty array means no column, a NULL one all of them. Example: SELECT corm.fields(''Post'', ''id'', ''title'').';

CREATE FUNCTION corm.exclude_fields(q corm.queryset, VARIADIC names pg_catalog.text[])
	RETURNS corm.queryset
	AS 'MODULE_PATHNAME', 'corm_exclude_fields' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION corm.exclude_fields(corm.queryset, VARIADIC pg_catalog.text[]) IS
'The queryset without these columns, beside those it leaves out already. Example: SELECT corm.exclude_fields(''Post'', ''body'').';

CREATE FUNCTION corm.annotate(q corm.queryset, annotations pg_catalog.jsonb)
	RETURNS corm.queryset
	AS 'MODULE_PATHNAME', 'corm_annotate' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION corm.annotate(corm.queryset, pg_catalog.jsonb) IS
'The queryset with more values made of related rows, beside those it has. annotations: an object of names, each with a path whose last step is the aggregate (''posts__count''), or with an object of one of count, sum, avg, min, max and exists, whose value is the path, and perhaps filter and distinct; NULL adds none. Raises 22023 for a bad spec, and for a name that is there with another one. Example: SELECT corm.annotate(''Author'', ''{"posts": "posts__count", "hits": {"count": "posts", "filter": {"views__gt": 100}}}'').';

CREATE FUNCTION corm.distinct(q corm.queryset, VARIADIC paths pg_catalog.text[] DEFAULT '{}')
	RETURNS corm.queryset
	AS 'MODULE_PATHNAME', 'corm_distinct' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION corm.distinct(corm.queryset, VARIADIC pg_catalog.text[]) IS
'The queryset with one row for each combination of values at these paths, the first in its order; without paths of what is printed. Replaces what was distinct before; a NULL array takes it away. Raises 22023 for an empty path, 22004 for a NULL one. Example: SELECT corm.distinct(''Post'', ''author'').';

CREATE FUNCTION corm.limit(q corm.queryset, limit_count pg_catalog.int8)
	RETURNS corm.queryset
	AS 'MODULE_PATHNAME', 'corm_limit' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION corm.limit(corm.queryset, pg_catalog.int8) IS
'The queryset cut after so many rows, whatever its limit was; NULL takes the limit away. Raises 22023 for a negative number. Example: SELECT corm.limit(''Post'', 10).';

CREATE FUNCTION corm.offset(q corm.queryset, offset_count pg_catalog.int8)
	RETURNS corm.queryset
	AS 'MODULE_PATHNAME', 'corm_offset' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION corm.offset(corm.queryset, pg_catalog.int8) IS
'The queryset without its first rows, whatever its offset was; NULL takes the offset away. Raises 22023 for a negative number. Example: SELECT corm.offset(''Post'', 20).';

CREATE FUNCTION corm.paginate(q corm.queryset, page pg_catalog.int8, page_size pg_catalog.int8 DEFAULT 20)
	RETURNS corm.queryset
	AS 'MODULE_PATHNAME', 'corm_paginate' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION corm.paginate(corm.queryset, pg_catalog.int8, pg_catalog.int8) IS
'The page of that number, counted from 1: sets limit and offset. Raises 22023 for a page or size below 1, 22004 for a NULL one, 22003 for a page beyond bigint. Example: SELECT corm.paginate(''Post'', 2, page_size => 50).';

CREATE FUNCTION corm.allow(q corm.queryset, list pg_catalog.jsonb)
	RETURNS corm.queryset
	AS 'MODULE_PATHNAME', 'corm_allow' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION corm.allow(corm.queryset, pg_catalog.jsonb) IS
'The queryset under an allow-list: modifiers and filters of verbs from here on may use only what the list has, which makes it safe to pass on those of an end user. What the queryset has already stays as it is; several lists intersect.
list: an object of filter (paths, each with an array of lookups, "exact" being also the key without one), order_by, prefetch_related (paths, with the steps they walk through, for select_related as well; "children recursive" for trees, "children recursive flat" also for those as one list), fields (names, which are also printed where none are asked for; with this key nothing else is printed, and no relation is loaded that it has no field of), annotate ("posts__count"), distinct (arrays of paths) and max_limit (caps limit, which it is the default of, and the pages of paginate; counts, aggregates and groups do not mind it). A key left out allows nothing of it; exclude counts as filter; limit, offset and exclude_fields are free.
Paths about related rows, in a prefetch, a quantifier or an aggregate, count as relation__path. A lookup that ends in F needs its value among the paths, too. corm.relation(q, name) needs a relation that may be loaded.
Errors: 42501 for what the list does not have, raised when it is said, and when a verb runs for a filter of an aggregate behind more than a plain path; 22023 for an unknown key, 22004 for a NULL list. A NULL queryset stays NULL.
Example: SELECT corm.filter(corm.allow(''Post'', ''{"filter": {"title": ["exact", "icontains"]}, "max_limit": 100}''), ''{"title__icontains": "sql"}'').';

CREATE FUNCTION corm.permit(q corm.queryset, VARIADIC paths pg_catalog.text[])
	RETURNS corm.queryset
	AS 'MODULE_PATHNAME', 'corm_permit' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION corm.permit(corm.queryset, VARIADIC pg_catalog.text[]) IS
'The queryset with the only keys that data may set from here on, which makes it safe to pass on data of an end user. Several permits intersect; nothing said later widens them.
paths: keys as the data spells them ("title", "author", "views__add"); relation__key for the rows of a relation of the queryset, through_model__key for columns of a link; VARIADIC ''{}'' permits no key.
Errors: 22004 NULL keys. A verb that writes raises 42501 for a key that is not permitted. A NULL queryset stays NULL.
Example: SELECT corm.update(corm.filter(corm.permit(''Post'', ''title'', ''body''), ''{"pk": 1}''), ''{"title": "New"}'');';
