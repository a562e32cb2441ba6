-- The type corm.queryset: input, output, casts, comparison, canonical form,
-- modifiers.  Syntax only: no model named here exists.
CREATE SCHEMA corm_queryset;
SET search_path = corm_queryset;
\set VERBOSITY verbose
\set SHOW_CONTEXT never
-- Shows errors as "SQLSTATE message / detail / hint", without source lines.
CREATE FUNCTION try(statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	result text; state text; message text; detail text; hint text;
BEGIN
	EXECUTE statement INTO result;
	RETURN coalesce(result, '(null)');
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE, message = MESSAGE_TEXT,
		detail = PG_EXCEPTION_DETAIL, hint = PG_EXCEPTION_HINT;
	RETURN state || ' ' || message
		|| CASE WHEN detail <> '' THEN E'\n  ' || detail ELSE '' END
		|| CASE WHEN hint <> '' THEN E'\n  ' || hint ELSE '' END;
END
$$;
\pset format unaligned
\pset tuples_only on

--
-- Text form
--
SELECT 'Post'::corm.queryset;
SELECT E' \t\nblog.Post\n '::corm.queryset;
SELECT '"odd name"."it''s"'::corm.queryset;
SELECT '{"model": "Post"}'::corm.queryset;
SELECT E'\n {"model": " Post "}'::corm.queryset;    -- inside JSON a name is kept as it is
SELECT '{}'::corm.queryset;                         -- a model may be named elsewhere
SELECT '["Post"]'::corm.queryset;                   -- not JSON: the brace decides
SELECT '{"model": "Post", "filter": {"id__gt": 10}, "exclude": {"title": null}, "order_by": ["-id"],
	"select_related": ["author"], "prefetch_related": ["comments"], "fields": ["id"],
	"exclude_fields": ["body"], "limit": 5, "offset": 2}'::corm.queryset;
SELECT '{"model": "Post", "pk": 7, "relation": "comments"}'::corm.queryset;

-- refused
SELECT try(format('SELECT %L::corm.queryset', t))
  FROM unnest(ARRAY['', '  ', '{', '{"model": }', '{"model": ""}', '{"model": " "}', '{"model": 1}', '{"model": ["Post"]}',
	'{"mdel": "Post"}', '{"Model": "Post"}', '{"nothing like it": 1}', '{"": 1}', '{"as": "x"}',
	'{"model": "Post", "limits": 3}', '{"model": "Post"} x']) t;

-- a relation needs its owner, an owner its relation
SELECT try(format('SELECT %L::corm.queryset', t))
  FROM unnest(ARRAY['{"model": "Post", "relation": "comments"}', '{"model": "Post", "pk": 1}', '{"pk": 1, "relation": "comments"}',
	'{"model": "Post", "pk": null}', '{"model": "Post", "pk": 1, "relation": ""}', '{"model": "Post", "pk": 1, "relation": {}}']) t;

--
-- Canonical form
--
SELECT '{"model": "Post", "filter": null, "exclude": null, "order_by": null, "select_related": null, "prefetch_related": null,
	"fields": null, "exclude_fields": null, "limit": null, "offset": null, "relation": null}'::corm.queryset;
SELECT '{"model": "Post", "filter": {}, "order_by": [], "select_related": [], "prefetch_related": [], "exclude_fields": [],
	"offset": 0}'::corm.queryset;
SELECT '{"model": "Post", "fields": []}'::corm.queryset;                           -- no column, which says something
SELECT '{"model": "Post", "limit": 0}'::corm.queryset;                             -- no row, likewise
SELECT '{"model": "Post", "limit": 5.00, "offset": 1e2}'::corm.queryset;
-- filters that let every row pass are none
SELECT f, jsonb_build_object('filter', f)::corm.queryset
  FROM unnest('{"{}","[]","[{}]","[{}, {\"AND\": []}]","{\"AND\": [{}]}","{\"OR\": [{}]}","{\"NOT\": {\"OR\": []}}"}'::jsonb[]) f;
-- the others stay, each as it was written
SELECT f, jsonb_build_object('filter', f)::corm.queryset
  FROM unnest('{"[{\"a\": 1}]","[{\"a\": 1}, {}, {\"a\": 2}]","{\"OR\": []}","{\"NOT\": {}}","{\"NOT\": [{\"a\": 1}]}",
	"{\"a\": {}}","{\"a\": null}","{\"AND\": [{\"a\": 1}, {\"OR\": [{\"b\": 2.50}]}]}"}'::jsonb[]) f;
-- the complement of everything is nothing
SELECT '{"exclude": {}}'::corm.queryset;
SELECT '{"exclude": [{}]}'::corm.queryset;
SELECT '{"exclude": [{"a": 1}]}'::corm.queryset;
SELECT '{"exclude": [{"a": 1}, {"b": 1}]}'::corm.queryset;
-- orders
SELECT '{"order_by": "title"}'::corm.queryset;
SELECT '{"order_by": ["  -  title  ", "id   NULLS   First", "-a\tnulls LAST ", "\"x nulls last\"", "\"x\"\"y\" nulls last",
	"first", "last", "-nulls", "desc", "\"a desc\"", "a__b"]}'::corm.queryset;
-- loads
SELECT '{"select_related": "author", "prefetch_related": "comments"}'::corm.queryset;
SELECT '{"select_related": ["author", "author__company", "author"]}'::corm.queryset;
SELECT '{"prefetch_related": {"tags": {}, "comments": {"limit": 3, "offset": 0, "filter": {}}, "author": null}}'::corm.queryset;
SELECT '{"prefetch_related": ["comments", {"comments": {}}, {"comments": {"limit": 3, "as": "latest"}},
	{"comments": {"limit": 3.0, "as": "latest"}}, {"comments": {"limit": 3, "as": "top"}}]}'::corm.queryset;
SELECT '{"prefetch_related": [{"comments": {"more": true, "as": null}}, {"comments": {"more": false}}, {"likes": {"more": null}}]}'::corm.queryset;
SELECT '{"prefetch_related": {"comments": {"prefetch_related": {"author": {"fields": [], "exclude": {"a": 1},
	"prefetch_related": "company", "select_related": "boss"}}, "order_by": "-id"}}}'::corm.queryset;
-- trees
SELECT '{"prefetch_related": [{"children": {"recursive": true}}, {"children": {"recursive": true, "depth": 3.0, "flat": true, "as": "all"}},
	{"parts": {"recursive": false, "flat": false, "depth": null, "more": null}}]}'::corm.queryset;
-- aggregates: a path or an object, each written as it was
SELECT '{"annotate": {"n": "posts__count", "m": {"sum": "posts__price", "distinct": true, "filter": [{"a": 1}, {}]}, "all": {"count": "*", "distinct": false, "filter": {}},
	"some": {"exists": "posts", "filter": [{"a": 1}, {"b": 2}]}}}'::corm.queryset;
SELECT '{"annotate": {}}'::corm.queryset, '{"annotate": null}'::corm.queryset, '{"prefetch_related": {"posts": {"annotate": {"n": {"max": "comments__id"}}, "distinct": ["a"]}}}'::corm.queryset;
-- distinct: paths, or none of them
SELECT '{"distinct": true}'::corm.queryset, '{"distinct": []}'::corm.queryset, '{"distinct": ["a", "b__c", "a"]}'::corm.queryset, '{"distinct": false}'::corm.queryset, '{"distinct": null}'::corm.queryset;
-- relations of a queryset, in canonical form at every level
SELECT '{"relation": "comments", "limit": 3, "of": {"limit": 2.0, "model": "Post", "filter": {}}}'::corm.queryset;
SELECT '{"of": {"of": {"of": {"model": "Post", "pk": 1, "relation": "a"}, "relation": "b"}, "relation": "c"}, "relation": "d"}'::corm.queryset;
SELECT '{"of": null, "model": "Post", "pk": null, "relation": "comments"}'::corm.queryset;
-- columns
SELECT '{"fields": ["id", "title", "id"], "exclude_fields": ["body", "body"]}'::corm.queryset;
-- canonical is canonical: reading what was written changes nothing
SELECT bool_and(q::text::corm.queryset::text = q::text)
  FROM unnest(ARRAY['Post', '{"exclude": [{}, {"a": [1, {"b": null}]}], "filter": [{"a": 1}, {"NOT": [{}]}]}',
	'{"order_by": "-a nulls first", "prefetch_related": {"a": {"prefetch_related": {"b": {"as": "c"}}}}}',
	'{"annotate": {"b": {"count": "*", "filter": [{"a": 1.50}, {"b": {"c": null}}]}, "a": "x"}, "distinct": true, "of": {"model": "Post", "distinct": ["a"]}, "relation": "x"}',
	'{"prefetch_related": {"a": {"recursive": true, "depth": 2, "flat": true, "annotate": {"n": "a__count"}}}}']::corm.queryset[]) q;

--
-- Words of the wrong kind
--
SELECT try(format('SELECT %L::corm.queryset', t))
  FROM unnest(ARRAY[
	'{"filter": 1}', '{"filter": "a"}', '{"filter": true}', '{"filter": [1]}', '{"filter": [[{"a": 1}]]}', '{"filter": [null]}',
	'{"filter": {"": 1}}', '{"filter": {"OR": {"a": 1}}}', '{"filter": {"OR": null}}', '{"filter": {"AND": [{"OR": [{}, 2]}]}}',
	'{"filter": [{"a": 1}, {"NOT": [{"NOT": "x"}]}]}', '{"filter": {"NOT": null}}', '{"exclude": "a"}', '{"exclude": {"AND": 1}}',
	'{"order_by": 1}', '{"order_by": {}}', '{"order_by": [1]}', '{"order_by": [null]}', '{"order_by": [""]}', '{"order_by": ["a", " "]}',
	'{"order_by": "-"}', '{"order_by": "nulls last"}', '{"order_by": "title desc"}', '{"order_by": "-title ASC nulls last"}']) t;
SELECT try(format('SELECT %L::corm.queryset', t))
  FROM unnest(ARRAY[
	'{"select_related": {"author": {}}}', '{"select_related": [{"author": {}}]}', '{"select_related": ""}', '{"select_related": [null]}',
	'{"prefetch_related": 1}', '{"prefetch_related": ""}', '{"prefetch_related": [1]}', '{"prefetch_related": [["a"]]}',
	'{"prefetch_related": {"": {}}}', '{"prefetch_related": {"posts": 3}}', '{"prefetch_related": {"posts": []}}',
	'{"prefetch_related": {"posts": {"limit": -1}}}', '{"prefetch_related": [{"posts": {"limit": "3"}}]}',
	'{"prefetch_related": {"posts": {"limt": 1}}}', '{"prefetch_related": {"posts": {"model": "Post"}}}',
	'{"prefetch_related": {"posts": {"pk": 1}}}', '{"prefetch_related": {"posts": {"as": ""}}}', '{"prefetch_related": {"posts": {"as": 1}}}',
	'{"prefetch_related": {"posts": {"more": 1}}}', '{"prefetch_related": {"a": {"prefetch_related": ["b", {"c": {"filter": [{"OR": [7]}]}}]}}}',
	'{"fields": "id"}', '{"fields": {}}', '{"fields": [1]}', '{"fields": [""]}', '{"exclude_fields": "id"}', '{"exclude_fields": [null]}',
	'{"limit": -1}', '{"limit": 1.5}', '{"limit": "1"}', '{"limit": true}', '{"limit": []}', '{"limit": 9223372036854775808}',
	'{"offset": -1}', '{"offset": 1e30}', '{"offset": {}}']) t;
SELECT '{"limit": 9223372036854775807}'::corm.queryset;
SELECT try(format('SELECT %L::corm.queryset', t))
  FROM unnest(ARRAY[
	'{"annotate": []}', '{"annotate": "posts__count"}', '{"annotate": {"n": 1}}', '{"annotate": {"n": null}}', '{"annotate": {"n": ["posts__count"]}}', '{"annotate": {"": "posts__count"}}',
	'{"annotate": {"n": ""}}', '{"annotate": {"n": {}}}', '{"annotate": {"n": {"filter": {"a": 1}}}}', '{"annotate": {"n": {"count": "posts", "sum": "posts__id"}}}', '{"annotate": {"n": {"count": 1}}}',
	'{"annotate": {"n": {"count": " "}}}', '{"annotate": {"n": {"sum": "*"}}}', '{"annotate": {"n": {"cont": "posts"}}}', '{"annotate": {"n": {"count": "posts", "filter": {"OR": 1}}}}',
	'{"annotate": {"n": {"count": "posts", "filter": "a"}}}', '{"annotate": {"n": {"count": "posts", "distinct": 1}}}', '{"annotate": {"n": {"count": "posts", "limit": 1}}}',
	'{"distinct": "a"}', '{"distinct": 1}', '{"distinct": {}}', '{"distinct": [1]}', '{"distinct": ["a", " "]}',
	'{"recursive": true}', '{"prefetch_related": {"a": {"depth": 3}}}', '{"prefetch_related": {"a": {"flat": true}}}', '{"prefetch_related": {"a": {"flat": true, "recursive": false}}}',
	'{"prefetch_related": {"a": {"recursive": 1}}}', '{"prefetch_related": {"a": {"recursive": true, "depth": 0}}}', '{"prefetch_related": {"a": {"recursive": true, "depth": -1}}}',
	'{"prefetch_related": {"a": {"recursive": true, "depth": 1.5}}}', '{"prefetch_related": {"a": {"recursive": true, "flat": "yes"}}}', '{"prefetch_related": {"a": {"prefetch_related": {"b": {"flat": true}}}}}',
	'{"prefetch_related": {"a": {"of": {}}}}', '{"prefetch_related": {"a": {"base": {}, "allow": {}}}}', '{"prefetch_related": {"a": {"annotate": {"n": {"cnt": "b"}}}}}',
	'{"of": {"model": "Post"}}', '{"of": "Post", "relation": "comments"}', '{"of": [], "relation": "comments"}', '{"of": {"model": "Post"}, "relation": "comments", "model": "Post"}',
	'{"of": {"model": "Post"}, "relation": "comments", "pk": 1}', '{"of": {"model": "Post"}, "relation": ""}', '{"of": {"mdl": "Post"}, "relation": "comments"}',
	'{"of": {"model": "Post", "pk": 1}, "relation": "comments"}', '{"of": {"of": {"limit": -1}, "relation": "a"}, "relation": "b"}']) t;
SELECT left(try(format('SELECT %L::corm.queryset', repeat('{"relation": "a", "of": ', 100000) || '{}' || repeat('}', 100000))), 5);
-- bounded by the stack, not by luck
SELECT left(try(format('SELECT %L::corm.queryset', '{"filter": ' || repeat('{"NOT": ', 100000) || '{}' || repeat('}', 100000) || '}')), 5);

--
-- Casts
--
SELECT 'Post'::text::corm.queryset, 'Post'::varchar::corm.queryset, '{"model": "Post", "limit": null}'::jsonb::corm.queryset;
SELECT NULL::text::corm.queryset IS NULL, NULL::jsonb::corm.queryset IS NULL;
SELECT corm.objects('Post')::jsonb -> 'model', corm.objects('Post')::text, corm.objects('Post')::varchar;
SELECT try(format('SELECT %L::jsonb::corm.queryset', t)) FROM unnest('{"[]","[{\"model\": \"Post\"}]","\"Post\"","null","1","true","{\"x\": 1}"}'::text[]) t;
SELECT try('SELECT (''{"model": "Post"}''::json)::corm.queryset');
SELECT try('SELECT 1::corm.queryset');
-- implicitly nothing becomes a queryset: what takes one refuses text, varchar and jsonb
CREATE FUNCTION wants_queryset(q corm.queryset) RETURNS text LANGUAGE sql AS 'SELECT q::text';
SELECT try('SELECT wants_queryset(''Post'')');
SELECT try('SELECT wants_queryset(''Post''::text)');
SELECT try('SELECT wants_queryset(''Post''::varchar)');
SELECT try('SELECT wants_queryset(''{"model": "Post"}''::jsonb)');
SELECT try('SELECT corm.filter(''Post''::text, ''{}'')');
-- but a queryset can be read as the jsonb it is
SELECT corm.objects('Post', limit_count => 3) -> 'limit', corm.objects('Post') @> '{"model": "Post"}';

--
-- A column, by assignment
--
CREATE TABLE saved (id int PRIMARY KEY, q corm.queryset);
INSERT INTO saved VALUES (1, 'Post'), (2, '{"model": "Post", "limit": 3}'), (3, NULL);
INSERT INTO saved SELECT 4, 'Author'::text;
INSERT INTO saved SELECT 5, 'Author'::varchar;
INSERT INTO saved SELECT 6, '{"model": "Post", "filter": {}}'::jsonb;
SELECT try('INSERT INTO saved VALUES (7, ''{"limit": -1}'')');
SELECT try('INSERT INTO saved SELECT 7, 1');
SELECT id, q FROM saved ORDER BY id;
CREATE TABLE unfolded (j jsonb, t text);
INSERT INTO unfolded SELECT q, q FROM saved WHERE id = 2;
SELECT * FROM unfolded;
-- a large one is compressed and comes back
INSERT INTO saved SELECT 8, jsonb_build_object('filter', jsonb_build_object('id__in', jsonb_agg(i))) FROM generate_series(1, 20000) i;
SELECT jsonb_array_length(q -> 'filter' -> 'id__in') FROM saved WHERE id = 8;
DELETE FROM saved WHERE id = 8;

--
-- Comparison, order, hashing
--
SELECT corm.objects('Post') = 'Post'::corm.queryset;
SELECT '{"model": "Post", "limit": 3.0, "filter": {}}'::corm.queryset = corm.objects('Post', limit_count => 3);
SELECT 'Post'::corm.queryset <> 'post'::corm.queryset, 'A'::corm.queryset < 'B'::corm.queryset, 'A'::corm.queryset <= 'A'::corm.queryset,
	'A'::corm.queryset > 'B'::corm.queryset, 'A'::corm.queryset >= 'B'::corm.queryset;
SELECT 'Post'::corm.queryset IS DISTINCT FROM 'Post'::corm.queryset, 'Post'::corm.queryset IN ('Author'::corm.queryset, 'Post'::corm.queryset);
SELECT '{"filter": {"id": 1}}'::corm.queryset = '{"filter": {"id": "1"}}'::corm.queryset;
SELECT '{"fields": []}'::corm.queryset = '{}'::corm.queryset;
SELECT q, count(*) FROM saved GROUP BY q ORDER BY q;
SELECT DISTINCT q FROM saved ORDER BY q DESC NULLS LAST;
SELECT a.id, b.id FROM saved a JOIN saved b USING (q) WHERE a.id < b.id ORDER BY 1, 2;
SET enable_hashagg = off;
SELECT count(*) FROM (SELECT q FROM saved UNION SELECT q FROM saved) u;
SET enable_hashagg = on;
SET enable_sort = off;
SELECT count(*) FROM (SELECT q FROM saved UNION SELECT q FROM saved) u;
RESET enable_sort;
RESET enable_hashagg;
CREATE INDEX ON saved (q);
CREATE INDEX ON saved USING hash (q);
SET enable_seqscan = off;
EXPLAIN (COSTS OFF) SELECT id FROM saved WHERE q < 'Author'::corm.queryset ORDER BY q;
SELECT id FROM saved WHERE q = 'Author'::corm.queryset ORDER BY id;
RESET enable_seqscan;
CREATE INDEX ON saved USING gin (q);
CREATE TABLE keyed (q corm.queryset UNIQUE);
INSERT INTO keyed VALUES ('Post');
SELECT try('INSERT INTO corm_queryset.keyed VALUES (''{"model": "Post", "order_by": []}'')');
ANALYZE saved;

--
-- Binary form
--
SELECT corm.queryset_send('Post');
SELECT encode(substr(corm.queryset_send('{"limit": 3, "model": "Post", "filter": {}}'), 2), 'escape');

--
-- Parameters, constants
--
PREPARE q1 AS SELECT $1::corm.queryset;
EXECUTE q1('Post');
EXECUTE q1('{"model": "Post", "limit": 2}');
EXECUTE q1(NULL);
PREPARE q2 AS SELECT corm.limit(corm.filter($1, $2), $3);
EXECUTE q2('Post', '{"a": 1}', 3);
EXECUTE q2('Post', NULL, NULL);
PREPARE q3 AS SELECT corm.order_by($1, $2, $3), corm.order_by($1, VARIADIC $4);
EXECUTE q3('Post', '-a', 'b', '{c}');
EXPLAIN (VERBOSE, COSTS OFF) SELECT corm.order_by(corm.filter(corm.objects('Post', limit_count => 5), '{"a": 1}'), '-id'), corm.relation('Post', '1', 'comments');
EXPLAIN (VERBOSE, COSTS OFF) SELECT 'Post'::text::corm.queryset, corm.objects('Post')::text::corm.queryset::jsonb -> 'model';

--
-- Modifiers
--
SELECT corm.filter('Post', '{"a": 1}');
SELECT corm.filter(corm.filter('Post', '{"a": 1}'), '{"a": 2}');
SELECT corm.filter(corm.filter('Post', '[{"a": 1}, {"b": 1}]'), '[{"a": 2}, {}]');
SELECT corm.filter('Post', NULL), corm.filter('Post', '{}'), corm.filter('Post', '[]'), corm.filter('Post', 'null'), corm.filter('Post', '{"AND": []}');
SELECT corm.filter('Post', '{"OR": []}');
SELECT corm.exclude('Post', '{"a": 1}');
SELECT corm.exclude(corm.exclude(corm.exclude('Post', '{"a": 1}'), '{"b": 1}'), '[{"c": 1}, {"d": 1}]');
SELECT corm.exclude(corm.filter('Post', '{"x": 1}'), '{"a": 1}');
SELECT corm.exclude('Post', NULL), corm.exclude('Post', '{}'), corm.exclude(corm.exclude('Post', '{"a": 1}'), '{}');
SELECT corm.order_by('Post', '-a', 'b nulls first');
SELECT corm.order_by(corm.order_by('Post', 'a'), 'b'), corm.order_by(corm.order_by('Post', 'a'), VARIADIC '{}'), corm.order_by(corm.order_by('Post', 'a'), VARIADIC NULL);
SELECT corm.select_related(corm.select_related('Post', 'author', 'editor'), 'author', 'author__company');
SELECT corm.select_related('Post', VARIADIC NULL), corm.select_related('Post', VARIADIC '{}');
SELECT corm.fields('Post', 'id', 'title'), corm.fields(corm.fields('Post', 'id'), 'title');
SELECT corm.fields('Post', VARIADIC '{}'), corm.fields(corm.fields('Post', 'id'), VARIADIC NULL);
SELECT corm.exclude_fields(corm.exclude_fields('Post', 'body'), 'raw', 'body'), corm.exclude_fields('Post', VARIADIC NULL);
SELECT corm.prefetch_related('Post', 'comments', 'categories', 'comments');
SELECT corm.prefetch_related(corm.prefetch_related('Post', 'comments'), '{"tags": {"limit": 3}, "likes": {}}', ' ["a", {"b": {"as": "c"}}]');
SELECT corm.prefetch_related('Post', jsonb '{"comments": {"limit": 3, "more": true}}'), corm.prefetch_related('Post', jsonb '"comments"');
SELECT corm.prefetch_related('Post', NULL::jsonb), corm.prefetch_related('Post', VARIADIC NULL::text[]);
SELECT corm.annotate('Post', '{"n": "posts__count"}'), corm.annotate(corm.annotate('Post', '{"n": "posts__count"}'), '{"m": {"min": "posts__id"}, "n": "posts__count"}');
SELECT corm.annotate(corm.annotate('Post', '{"n": {"count": "a", "filter": {"b": 1}}}'), '{"n": {"filter": [{"b": 1.0}, {}], "count": "a"}}');
SELECT corm.annotate('Post', NULL), corm.annotate('Post', 'null'), corm.annotate('Post', '{}');
SELECT corm.distinct('Post'), corm.distinct('Post', 'a', 'b__c'), corm.distinct(corm.distinct('Post', 'a'), 'b'), corm.distinct(corm.distinct('Post', 'a')), corm.distinct(corm.distinct('Post'), VARIADIC NULL);
SELECT corm.limit('Post', 5), corm.limit(corm.limit('Post', 5), 7), corm.limit(corm.limit('Post', 5), NULL), corm.limit('Post', 0);
SELECT corm.offset('Post', 5), corm.offset(corm.offset('Post', 5), 7), corm.offset(corm.offset('Post', 5), NULL), corm.offset(corm.offset('Post', 5), 0);
SELECT corm.paginate('Post', 1), corm.paginate('Post', 3), corm.paginate(corm.limit('Post', 1), 2, page_size => 50);
-- a NULL queryset stays one
SELECT corm.filter(NULL, '{}') IS NULL, corm.exclude(NULL, '{}') IS NULL, corm.order_by(NULL, 'a') IS NULL, corm.select_related(NULL, 'a') IS NULL,
	corm.prefetch_related(NULL, 'a') IS NULL, corm.prefetch_related(NULL, jsonb '{}') IS NULL, corm.fields(NULL, 'a') IS NULL,
	corm.exclude_fields(NULL, 'a') IS NULL, corm.annotate(NULL, '{}') IS NULL, corm.distinct(NULL) IS NULL, corm.limit(NULL, 1) IS NULL, corm.offset(NULL, 1) IS NULL, corm.paginate(NULL, 1) IS NULL;
-- a relation is modified like any other
SELECT corm.limit(corm.filter('{"model": "Post", "pk": 1, "relation": "comments"}', '{"a": 1}'), 2);

-- refused
SELECT try('SELECT ' || t)
  FROM unnest(ARRAY[$$corm.filter('Post', '1')$$, $$corm.filter('Post', '"a"')$$, $$corm.filter('Post', '[1]')$$, $$corm.filter('Post', 'x')$$,
	$$corm.filter('Post', '{"OR": {}}')$$, $$corm.exclude('Post', '{"NOT": 1}')$$, $$corm.order_by('Post', NULL)$$, $$corm.order_by('Post', '')$$,
	$$corm.order_by('Post', 'a', NULL)$$, $$corm.order_by('Post', 'a desc')$$, $$corm.select_related('Post', '')$$, $$corm.select_related('Post', 'a', NULL)$$,
	$$corm.fields('Post', NULL::text)$$, $$corm.fields('Post', 'a', ' ')$$, $$corm.exclude_fields('Post', '')$$,
	$$corm.prefetch_related('Post', '')$$, $$corm.prefetch_related('Post', 'a', NULL)$$, $$corm.prefetch_related('Post', '{')$$,
	$$corm.prefetch_related('Post', '{"a": {"limt": 1}}')$$, $$corm.prefetch_related('Post', '[1]')$$, $$corm.prefetch_related('Post', jsonb '1')$$,
	$$corm.annotate(corm.annotate('Post', '{"n": "posts__count"}'), '{"n": "posts__exists"}')$$, $$corm.annotate(corm.annotate('Post', '{"n": "posts__count"}'), '{"n": {"count": "posts"}}')$$,
	$$corm.annotate(corm.annotate('Post', '{"n": {"count": "a", "filter": {"b": 1}}}'), '{"n": {"count": "a", "filter": {"b": 2}}}')$$, $$corm.annotate(corm.annotate('Post', '{"n": {"count": "a"}}'), '{"n": {"count": "a", "distinct": true}}')$$,
	$$corm.annotate('Post', 'a')$$, $$corm.annotate('Post', '["a__count"]')$$, $$corm.distinct('Post', '')$$, $$corm.distinct('Post', 'a', NULL)$$, $$corm.distinct('Post', 1)$$,
	$$corm.limit('Post', -1)$$, $$corm.offset('Post', -1)$$, $$corm.limit('Post', 1.5)$$, $$corm.paginate('Post', 0)$$, $$corm.paginate('Post', 1, 0)$$,
	$$corm.paginate('Post', NULL)$$, $$corm.paginate('Post', 1, NULL)$$, $$corm.paginate('Post', 9223372036854775807, 2)$$,
	$$corm.filter('{"x": 1}', '{}')$$, $$corm.filter('', '{}')$$, $$corm.order_by('Post')$$]) t;
-- injection is only text
SELECT corm.filter($$Post"; DROP TABLE saved; --$$, $${"a'; DROP TABLE saved; --": "'; DROP TABLE saved; --"}$$);

SELECT count(*) FROM saved;

SET client_min_messages = warning;
DROP SCHEMA corm_queryset CASCADE;
