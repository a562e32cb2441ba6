-- Allow-lists: what corm.allow lets through and what it refuses, by the words
-- alone.  No model named in the first part exists.
CREATE SCHEMA corm_allow;
SET search_path = corm_allow;
\set VERBOSITY verbose
\set SHOW_CONTEXT never
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
-- What says more about Post under a list: 'ok', or how it is refused.  What is
-- written reads as the same bytes again.
CREATE FUNCTION say(list jsonb, words jsonb) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	q corm.queryset; state text; message text; detail text;
BEGIN
	q := jsonb_build_object('base', jsonb_build_object('model', 'Post'), 'allow', list) || words;
	IF q::text::corm.queryset::text <> q::text THEN
		RETURN 'not canonical: ' || q::text;
	END IF;
	RETURN 'ok';
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE, message = MESSAGE_TEXT, detail = PG_EXCEPTION_DETAIL;
	RETURN state || ' ' || message || coalesce(E'\n  ' || nullif(detail, ''), '');
END
$$;
\pset format unaligned
\pset tuples_only on

--
-- The form of the value
--
SELECT corm.allow('Post', '{}');
SELECT corm.allow(corm.filter('Post', '{"a": 1}'), '{"filter": {"b": ["exact"]}, "max_limit": 10}');
SELECT corm.filter(corm.allow(corm.filter('Post', '{"a": 1}'), '{"filter": {"b": ["exact"]}}'), '{"b": 2}');
SELECT corm.limit(corm.allow(corm.limit(corm.allow('Post', '{"max_limit": 10}'), 20), '{"max_limit": 5}'), 30);
SELECT corm.allow(NULL, '{}') IS NULL;
-- what says nothing is left out; an offset of nothing says something over one
SELECT '{"base": {"model": "Post", "offset": 0}, "allow": {"filter": {}}, "offset": 0, "filter": {}, "order_by": []}'::corm.queryset;
SELECT corm.offset(corm.allow(corm.offset('Post', 5), '{}'), 0), corm.paginate(corm.allow(corm.offset('Post', 5), '{}'), 1);
SELECT '{"base": null, "allow": null, "model": "Post"}'::corm.queryset;
SELECT '{"base": {"model": "Post"}, "allow": {}, "model": null, "pk": null}'::corm.queryset;
-- the list stands as it was written
SELECT corm.allow('Post', '{"filter": {"a": null, "b": []}, "order_by": "-id nulls last", "fields": null, "max_limit": null}');
-- a constant folds
EXPLAIN (VERBOSE, COSTS OFF) SELECT corm.filter(corm.allow('Post', '{"filter": {"a": ["exact"]}}'), '{"a": 1}');

-- refused
SELECT try('SELECT ' || t)
  FROM unnest(ARRAY[$$corm.allow('Post', NULL)$$, $$corm.allow('Post', 'null')$$, $$corm.allow('Post', '[]')$$, $$corm.allow('Post', '"a"')$$,
	$$corm.allow('Post', '{"filters": {}}')$$, $$corm.allow('Post', '{"exclude": {}}')$$, $$corm.allow('Post', '{"": 1}')$$,
	$$corm.allow('Post', '{"filter": ["a"]}')$$, $$corm.allow('Post', '{"filter": {"a": "exact"}}')$$, $$corm.allow('Post', '{"filter": {"a": [1]}}')$$,
	$$corm.allow('Post', '{"filter": {" ": ["exact"]}}')$$, $$corm.allow('Post', '{"filter": {"a": [""]}}')$$,
	$$corm.allow('Post', '{"order_by": {}}')$$, $$corm.allow('Post', '{"order_by": ["a desc"]}')$$, $$corm.allow('Post', '{"prefetch_related": "a"}')$$,
	$$corm.allow('Post', '{"prefetch_related": [{"a": {}}]}')$$, $$corm.allow('Post', '{"fields": [null]}')$$, $$corm.allow('Post', '{"annotate": {}}')$$,
	$$corm.allow('Post', '{"distinct": true}')$$, $$corm.allow('Post', '{"max_limit": 0}')$$, $$corm.allow('Post', '{"max_limit": -1}')$$,
	$$corm.allow('Post', '{"max_limit": "5"}')$$, $$corm.allow('Post', '{"max_limit": 1.5}')$$,
	$$'{"base": {"model": "Post"}}'::corm.queryset$$, $$'{"allow": {}}'::corm.queryset$$, $$'{"base": {"model": "Post"}, "allow": null}'::corm.queryset$$,
	$$'{"base": null, "allow": {}}'::corm.queryset$$, $$'{"base": "Post", "allow": {}}'::corm.queryset$$, $$'{"base": [], "allow": {}}'::corm.queryset$$,
	$$'{"base": {"modl": "Post"}, "allow": {}}'::corm.queryset$$, $$'{"base": {"limit": -1}, "allow": {}}'::corm.queryset$$,
	$$'{"base": {}, "allow": {}, "model": "Post"}'::corm.queryset$$, $$'{"base": {"model": "Post"}, "allow": {}, "relation": "comments"}'::corm.queryset$$,
	$$'{"base": {"model": "Post"}, "allow": {}, "pk": 1}'::corm.queryset$$, $$'{"base": {"model": "Post"}, "allow": {}, "of": {}}'::corm.queryset$$,
	$$'{"base": {"of": {"model": "Post"}, "relation": "a"}, "allow": {}, "relation": "b"}'::corm.queryset$$]) t;
SELECT left(try(format('SELECT %L::corm.queryset', repeat('{"allow": {}, "base": ', 100000) || '{}' || repeat('}', 100000))), 5);

--
-- Filters: a path with its lookups
--
\set list '{"filter": {"title": ["exact", "icontains"], "created": ["year__gte", "range"], "views": ["gt"], "tags": ["op(@>)"]}}'
SELECT f, say(:'list', jsonb_build_object('filter', f)) FROM unnest(ARRAY[
	'{"title": "x"}', '{"title__exact": "x"}', '{"title__icontains": "x"}', '{"created__year__gte": 1}', '{"created__range": [1, 2]}', '{"tags__op(@>)": []}', '{"title": {"any": "json"}}',
	'[{"title": 1}, {"views__gt": 1}]', '{"OR": [{"title": 1}, {"NOT": {"views__gt": 1}}], "AND": []}', '{}',
	'{"title__contains": "x"}', '{"titl": "x"}', '{"title__icontains__x": 1}', '{"\"title\"": 1}', '{"created": 1}', '{"created__exact": 1}', '{"created__year": 1}',
	'{"secret": 1}', '{"views__gt__F": "title"}', '{"tags__op(<@)": []}', '{"AND": [{"title": 1}, {"secret": 1}]}', '{"OR": [{"secret": 1}, {}]}', '{"NOT": {"secret": 1}}', '{"NOT": [{"OR": [{"NOT": {"secret": 1}}]}]}',
	'[{"title": 1}, {"secret": 1}]', '{"pk": 1}']::jsonb[]) f;
SELECT say(:'list', '{"exclude": {"title": 1}}'), say(:'list', '{"exclude": {"secret": 1}}'), say(:'list', '{"exclude": [{"NOT": {"secret": 1}}]}');
SELECT say('{}', '{"filter": {"title": 1}}'), say('{"filter": null}', '{"filter": {"title": 1}}'), say('{"filter": {"title": []}}', '{"filter": {"title": 1}}');
-- a path with several candidates names the longest
SELECT say('{"filter": {"a": ["exact"], "a__b": ["gt"]}}', '{"filter": {"a__b": 1}}'), say('{"filter": {"a": ["exact"], "a__b": ["gt"]}}', '{"filter": {"a__bc": 1}}');
-- wrong words are wrong as ever
SELECT say(:'list', '{"filter": {"OR": 1}}'), say(:'list', '{"filters": {}}');

-- another column
\set list '{"filter": {"total": ["gt__F", "F", "gt"], "discount": [], "posts": ["some"], "posts__a": ["F"], "posts__b": ["exact"], "posts__count": ["gte__F"]}}'
SELECT f, say(:'list', jsonb_build_object('filter', f)) FROM unnest(ARRAY[
	'{"total__gt__F": "discount"}', '{"total__F": "discount"}', '{"total__F": ["discount", "total"]}', '{"posts__some": {"a__F": "b"}}', '{"posts__count": {"gte__F": "total"}}',
	'{"total__F": "secret"}', '{"total__gt__F": "secret"}', '{"total__F": ["discount", "secret"]}', '{"total__F": "\"discount\""}', '{"total__F": "discount__x"}', '{"discount__F": "total"}', '{"total__lt__F": "discount"}',
	'{"posts__some": {"a__F": "total"}}', '{"posts__some": {"a__F": "posts__b"}}', '{"posts__count": {"gte__F": "secret"}}', '{"total__F": {"a": 1}}', '{"total__F": 1}']::jsonb[]) f;

-- quantifiers
\set list '{"filter": {"posts": ["some", "every"], "posts__title": ["exact"], "posts__tags": ["none"], "posts__tags__name": ["in"]}}'
SELECT f, say(:'list', jsonb_build_object('filter', f)) FROM unnest(ARRAY[
	'{"posts__some": {"title": 1}}', '{"posts__every": [{"title": 1}, {"tags__name__in": []}]}', '{"posts__some": {"OR": [{"title": 1}], "tags__none": {"name__in": []}}}', '{"posts__some": {}}',
	'{"posts__some": {"secret": 1}}', '{"posts__some": [{"title": 1}, {"secret": 1}]}', '{"posts__some": {"NOT": {"secret": 1}}}', '{"posts__none": {"title": 1}}', '{"posts__tags__none": {"secret": 1}}',
	'{"posts__some": {"tags__none": {"title": 1}}}', '{"posts__some": {"posts__title": 1}}', '{"posts__some": {"title__icontains": 1}}', '{"title": 1}', '{"posts__\"some\"": {"title": 1}}']::jsonb[]) f;
-- a filter that asks nothing asks for the quantifier, whether all rows pass it or none
SELECT f, say(:'list', jsonb_build_object('filter', f)), say('{}', jsonb_build_object('filter', f)) FROM unnest(ARRAY['{"posts__every": {"OR": []}}', '{"posts__some": {"NOT": {}}}', '{"posts__tags__none": [{"AND": [{"NOT": {"OR": [{}]}}]}]}']::jsonb[]) f;
SELECT f, say(:'list', jsonb_build_object('filter', f)) FROM unnest(ARRAY['{"posts__none": {"OR": []}}', '{"boss__every": {"NOT": {}}}', '{"posts__tags__every": {"OR": [{"NOT": []}]}}', '{"posts__some": {"title": 1, "tags__some": {"OR": []}}}', '{"NOT": {"posts__tags__some": {"NOT": {}}}}']::jsonb[]) f;
-- a path that is listed by its whole text is nested all the same
SELECT say('{"filter": {"posts__some": ["exact"]}}', '{"filter": {"posts__some": {"secret": 1}}}');

-- aggregates
\set list '{"filter": {"posts__count": ["gte", "exact"], "posts__title": ["exact"], "posts__price__sum": ["lt"], "posts__tags__count": ["gt"]}}'
SELECT f, say(:'list', jsonb_build_object('filter', f)) FROM unnest(ARRAY[
	'{"posts__count__gte": 3}', '{"posts__count": 3}', '{"posts__count": {"gte": 3}}', '{"posts__count": {"exact": 3, "gte": 1}}', '{"posts__count": {"gte": 3, "filter": {"title": "x"}, "distinct": true}}',
	'{"posts__price__sum": {"lt": 3, "filter": [{"title": "x"}]}}', '{"posts__count": {"filter": {"title": 1}}}',
	'{"posts__count__lt": 3}', '{"posts__count": {"lt": 3}}', '{"posts__count": {"gte": 3, "filter": {"secret": 1}}}', '{"posts__count": {"gte": 3, "filter": {"OR": [{"NOT": {"secret": 1}}]}}}',
	'{"posts__price__sum": {"lt": 3, "filter": {"secret": 1}}}', '{"posts__price__sum": {"lt": 3, "filter": {"price__title": 1}}}', '{"posts__price__sum": 3}', '{"posts__price__sum": {"filter": {}}}',
	'{"posts__tags__count": {"gt": 1, "filter": {"name": 1}}}', '{"posts__count": {"filter": 1}}', '{"comments__count": {"gte": 1}}', '{"posts__avg": {"gte": 1}}']::jsonb[]) f;

--
-- Orders, loads, fields, aggregates, distinct
--
\set list '{"order_by": ["-id", "author__name", "posts__count"]}'
SELECT o, say(:'list', jsonb_build_object('order_by', o)) FROM unnest(ARRAY['["id"]', '["-id nulls last", "author__name"]', '"-posts__count nulls first"', '[]', 'null',
	'["secret"]', '["id", "-secret nulls last"]', '["author"]', '["author__name__x"]', '["\"id\""]']::jsonb[]) o;
SELECT say('{}', '{"order_by": "id"}'), say('{"order_by": null}', '{"order_by": ["-id"]}');

\set list '{"prefetch_related": ["author", "posts__comments__author", "children recursive", "tags"], "filter": {"posts__title": ["exact"]}, "order_by": ["posts__id"], "fields": ["posts__id", "posts__title", "posts__comments__id", "posts__comments__author__name", "author__name", "children__id"], "annotate": ["posts__comments__count"], "distinct": ["posts__title"]}'
SELECT l, say(:'list', jsonb_build_object('prefetch_related', l)) FROM unnest(ARRAY[
	'"author"', '"posts"', '"posts__comments"', '["posts__comments__author", "children"]', '{"children": {"recursive": true, "depth": 9}}', '{"posts": {"filter": {"title": 1}, "order_by": "-id", "limit": 3, "as": "x", "more": true, "exclude_fields": ["secret"]}}',
	'{"posts": {"fields": ["id"]}}', '{"posts": {"annotate": {"n": "comments__count"}, "distinct": ["title"]}}', '{"posts": {"prefetch_related": {"comments": {"fields": [], "prefetch_related": "author"}}}}', '{"posts__comments": {"fields": ["id"]}}', '{"author": {}}',
	'"tags"', '{"tags": {"fields": []}}', '{"children": {"recursive": true, "flat": true}}', '"editor"', '"author__company"', '["author", "editor"]', '"comments"', '"posts__author"', '"\"posts\""', '"post"', '{"author": {"recursive": true}}', '{"posts": {"recursive": true}}', '"children recursive"',
	'{"posts": {"filter": {"secret": 1}}}', '{"posts": {"exclude": {"OR": [{"secret": 1}]}}}', '{"posts": {"filter": {"posts__title": 1}}}', '{"posts": {"order_by": "title"}}', '{"posts": {"fields": ["id", "secret"]}}', '{"author": {"fields": ["id"]}}',
	'{"posts": {"annotate": {"n": "tags__count"}}}', '{"posts": {"annotate": {"n": {"count": "comments", "filter": {"id": 1}}}}}', '{"posts": {"distinct": ["id"]}}', '{"posts": {"prefetch_related": "author"}}',
	'{"posts": {"select_related": ["editor"]}}', '{"posts": {"prefetch_related": {"comments": {"fields": ["title"]}}}}', '{"posts__comments": {"filter": {"title": 1}}}', '{"posts": {"as": "author", "prefetch_related": {"comments": {"filter": {"secret": 1}}}}}']::jsonb[]) l;
SELECT say(:'list', '{"select_related": ["author", "posts__comments"]}'), say(:'list', '{"select_related": "editor"}'), say('{}', '{"select_related": ["author"]}'), say('{}', '{"prefetch_related": []}');

SELECT f, say('{"fields": ["id", "title", "author__name"]}', jsonb_build_object('fields', f)) FROM unnest(ARRAY['["id"]', '["title", "id"]', '[]', 'null', '["secret"]', '["id", "secret"]', '["name"]', '["\"id\""]']::jsonb[]) f;
SELECT say('{}', '{"fields": ["id"]}'), say('{}', '{"fields": []}'), say('{}', '{"exclude_fields": ["id"]}'), say('{"fields": ["author__name"]}', '{"fields": ["id"]}');

\set list '{"annotate": ["posts__count", "posts__price__sum", "count", "posts__exists"], "filter": {"posts__title": ["exact"], "title": ["exact"]}}'
SELECT a, say(:'list', jsonb_build_object('annotate', a)) FROM unnest(ARRAY[
	'{"n": "posts__count"}', '{"n": {"count": "posts"}}', '{"n": {"count": "posts", "filter": {"title": 1}, "distinct": true}, "m": {"sum": "posts__price", "filter": {"title": 1}}}', '{"n": {"count": "*", "filter": {"title": 1}}}', '{"n": {"exists": "posts", "filter": {"AND": [{"title": 1}]}}}', '{}', 'null',
	'{"n": "posts__price__avg"}', '{"n": {"avg": "posts__price"}}', '{"n": "posts"}', '{"n": {"count": "posts__price"}}', '{"n": {"sum": "posts__price__sum"}}', '{"n": {"count": "posts", "filter": {"secret": 1}}}',
	'{"n": {"sum": "posts__price", "filter": {"OR": [{"secret": 1}]}}}', '{"n": {"count": "*", "filter": {"secret": 1}}}', '{"n": "posts__count", "m": "tags__count"}']::jsonb[]) a;
SELECT say('{}', '{"annotate": {"n": "posts__count"}}');

SELECT d, say('{"distinct": ["a", "b__c"]}', jsonb_build_object('distinct', d)) FROM unnest(ARRAY['["a"]', '["b__c", "a"]', '[]', 'true', 'false', '["b"]', '["a", "d"]']::jsonb[]) d;
SELECT say('{"distinct": []}', '{"distinct": true}'), say('{"distinct": null}', '{"distinct": []}'), say('{}', '{"distinct": true}'), say('{}', '{"distinct": ["a"]}'), say('{}', '{"distinct": false}');

SELECT say('{"max_limit": 3}', '{"limit": 10}'), say('{}', '{"limit": 10, "offset": 5}');

--
-- However it is said
--
\set list '{"filter": {"a": ["exact"]}}'
SELECT corm.filter(corm.allow('Post', :'list'), '{"a": 1}'), corm.exclude(corm.allow('Post', :'list'), '{"a": 1}');
SELECT try(format('SELECT corm.%s', t)) FROM unnest(ARRAY[
	format('filter(corm.allow(''Post'', %L), ''{"b": 1}'')', :'list'), format('exclude(corm.allow(''Post'', %L), ''{"b": 1}'')', :'list'), format('order_by(corm.allow(''Post'', %L), ''a'')', :'list'),
	format('select_related(corm.allow(''Post'', %L), ''a'')', :'list'), format('prefetch_related(corm.allow(''Post'', %L), ''a'')', :'list'), format('prefetch_related(corm.allow(''Post'', %L), jsonb ''{"a": {}}'')', :'list'),
	format('fields(corm.allow(''Post'', %L), ''a'')', :'list'), format('annotate(corm.allow(''Post'', %L), ''{"a": "b__count"}'')', :'list'), format('distinct(corm.allow(''Post'', %L))', :'list'),
	format('count(corm.allow(''Post'', %L), ''{"b": 1}'')', :'list'), format('list(corm.allow(''Post'', %L), ''{"b": 1}'')', :'list')]) t;
-- a tree as one list prints keys: it has a mark of its own
SELECT l, say('{"prefetch_related": ["a recursive", "b recursive flat", "c"]}', jsonb_build_object('prefetch_related', l)) FROM unnest(ARRAY[
	'{"a": {"recursive": true}}', '{"b": {"recursive": true}}', '{"b": {"recursive": true, "flat": true}}', '["a", "b", "c"]',
	'{"a": {"recursive": true, "flat": true}}', '{"c": {"recursive": true}}', '{"c": {"recursive": true, "flat": true}}', '"b recursive flat"', '{"b__x": {"recursive": true, "flat": true}}']::jsonb[]) l;
SELECT corm.limit(corm.exclude_fields(corm.allow('Post', '{}'), 'a'), 3);
-- what the base says is not asked about; what it says twice is one
SELECT corm.annotate(corm.allow(corm.annotate(corm.order_by('Post', 'secret'), '{"n": "a__count"}'), '{"annotate": ["a__count"]}'), '{"n": "a__count"}');
SELECT try($$SELECT corm.annotate(corm.allow(corm.annotate('Post', '{"n": "a__count"}'), '{"annotate": ["b__count"]}'), '{"n": "b__count"}')$$);

-- several lists: each of them
CREATE VIEW nested AS SELECT corm.allow(corm.allow('Post', '{"filter": {"a": ["exact", "gt"], "b": ["exact"]}, "order_by": ["a", "b"]}'),
	'{"filter": {"a": ["exact"], "c": ["exact"]}, "order_by": ["b", "c"], "fields": ["x"]}') AS q;
SELECT corm.order_by(corm.filter(q, '{"a": 1}'), 'b') FROM nested;
SELECT try(format('SELECT corm.filter(q, %L) FROM nested', f)) FROM unnest(ARRAY['{"b": 1}', '{"c": 1}', '{"a__gt": 1}']) f;
SELECT try(format('SELECT corm.order_by(q, %L) FROM nested', o)) FROM unnest(ARRAY['a', 'c']) o;
SELECT try($$SELECT corm.fields(q, 'x') FROM nested$$);

-- relations of a queryset: its lists hold on, for paths behind the relation
CREATE VIEW behind AS SELECT corm.relation(corm.allow('Post', '{"filter": {"comments__a": ["exact"], "a": ["exact"], "comments__likes__b": ["exact"]}, "fields": ["comments__id", "comments__likes__id"],
	"prefetch_related": ["comments__likes"], "max_limit": 5}'), 'comments') AS q;
SELECT corm.limit(corm.prefetch_related(corm.filter(q, '{"a": 1}'), '{"likes": {"filter": {"b": 1}}}'), 10) FROM behind;
SELECT corm.fields(q, 'id'), corm.filter(corm.relation(q, 'likes'), '{"b": 1}') FROM behind;
SELECT try(format('SELECT corm.filter(q, %L) FROM behind', f)) FROM unnest(ARRAY['{"b": 1}', '{"comments__a": 1}', '{"likes__a": 1}']) f;
SELECT try($$SELECT corm.relation(q, 'likes', '{"a": 1}') FROM behind$$), try($$SELECT corm.order_by(q, 'id') FROM behind$$), try($$SELECT corm.fields(q, 'a') FROM behind$$), try($$SELECT corm.prefetch_related(q, 'comments') FROM behind$$);
SELECT try($$SELECT '{"of": {"base": {"model": "Post"}, "allow": {}}, "relation": "comments", "filter": {"a": 1}}'::corm.queryset$$);
-- a relation is one to load, with fields if there is a list of them
SELECT l, try(format($f$SELECT corm.relation(corm.allow('Post', %L), 'comments')$f$, l)) FROM unnest('{"{\"prefetch_related\": [\"comments\"]}","{\"prefetch_related\": [\"comments__likes recursive\"], \"fields\": [\"comments__likes__id\"]}","{}","{\"prefetch_related\": [\"author\"]}","{\"prefetch_related\": [\"comments\"], \"fields\": [\"id\", \"comments\", \"commentsx__id\"]}","{\"fields\": [\"comments__id\"]}"}'::jsonb[]) l;
-- and what is allowed of a relation is about its rows
SELECT corm.filter(corm.allow(corm.relation('Post', 1, 'comments'), '{"filter": {"a": ["exact"]}}'), '{"a": 1}');
SELECT try($$SELECT corm.filter(corm.allow(corm.relation(corm.allow('Post', '{"filter": {"comments__a": ["exact"]}, "prefetch_related": ["comments"]}'), 'comments'), '{"filter": {"b": ["exact"]}}'), '{"b": 1}')$$);

--
-- What a list implies, on rows
--
CREATE TABLE author (id int PRIMARY KEY, name text, secret text);
CREATE TABLE post (id int PRIMARY KEY, title text, secret text, author_id int REFERENCES author);
CREATE TABLE comment (id int PRIMARY KEY, body text, secret text, post_id int REFERENCES post);
INSERT INTO author VALUES (1, 'Ann', 's');
INSERT INTO post VALUES (1, 'one', 's', 1), (2, 'two', 's', 1);
INSERT INTO comment VALUES (1, 'a', 's', 1), (2, 'b', 's', 1), (3, 'c', 's', 1), (4, 'd', 's', 2);
SELECT corm.register_model(t) FROM unnest(ARRAY['author', 'post', 'comment']::regclass[]) t;
SELECT corm.foreign_key('post', 'author', 'author', related_name => 'posts'), corm.foreign_key('comment', 'post', 'post', related_name => 'comments');
\set list '{"filter": {"id": ["exact"]}, "fields": ["id", "title", "author__name", "posts__id", "posts__comments__body"], "prefetch_related": ["author", "comments", "posts__comments"], "max_limit": 2}'
-- named fields are printed, of the rows and of what is loaded; unnamed relations whole
SELECT corm.list(corm.allow('post', :'list'), '{"id": 1}');
SELECT corm.list(corm.select_related(corm.allow('post', :'list'), 'author'), '{"id": 1}');
SELECT corm.list(corm.fields(corm.allow('post', :'list'), 'title'), '{"id": 1}');
SELECT corm.list(corm.fields(corm.allow('post', :'list'), VARIADIC '{}'), '{"id": 1}');
SELECT corm.list(corm.prefetch_related(corm.allow('post', '{"prefetch_related": ["author"]}'), 'author'));
-- the base's own loads and fields are narrowed as well
SELECT corm.list(corm.allow(corm.select_related(corm.fields('post', 'title', 'secret'), 'author'), :'list'));
SELECT corm.list(corm.allow(corm.prefetch_related('post', '{"author": {"fields": ["id", "secret", "name"]}}'), :'list'));
SELECT corm.list(corm.allow(corm.allow('post', '{"fields": ["id", "secret"]}'), :'list'));
SELECT corm.list(corm.allow(corm.allow('post', '{"fields": ["secret"]}'), :'list'));
-- steps that a path walks through are bound like others, whoever loads them
\set list '{"fields": ["id", "posts__id", "posts__comments__body"], "prefetch_related": ["posts__comments"]}'
SELECT corm.list(corm.prefetch_related(corm.allow('author', :'list'), 'posts__comments'));
SELECT corm.list(corm.prefetch_related(corm.allow('author', :'list'), 'posts__comments', '{"posts": {"limit": 1}}'));
SELECT corm.list(corm.prefetch_related(corm.allow('author', :'list'), 'posts', 'posts', 'posts__comments'));
SELECT corm.list(corm.prefetch_related(corm.allow(corm.prefetch_related('author', 'posts'), :'list'), 'posts'));
SELECT corm.list(corm.prefetch_related(corm.allow(corm.prefetch_related(corm.allow('author', :'list'), 'posts__comments'), :'list'), '{"posts": {"limit": 1}}'));
SELECT try($$SELECT corm.list(corm.prefetch_related(corm.allow(corm.prefetch_related('author', '{"posts": {"limit": 1}}'), '{"prefetch_related": ["posts"]}'), 'posts'))$$);
-- order, limit and conditions of base and after
SELECT corm.list(corm.order_by(corm.allow(corm.filter(corm.order_by('comment', 'id'), '{"post": 1}'), '{"order_by": ["id"], "filter": {"id": ["gt"]}, "fields": ["id"]}'), '-id'), '{"id__gt": 1}');
SELECT corm.list(corm.order_by(corm.order_by(corm.allow(corm.order_by('comment', '-id'), '{"order_by": ["id"], "fields": ["id"]}'), 'id'), VARIADIC '{}'));
SELECT corm.list(corm.offset(corm.allow(corm.offset(corm.limit('comment', 1), 2), '{"fields": ["id"]}'), 0)), corm.list(corm.limit(corm.allow(corm.limit('comment', 1), '{"fields": ["id"]}'), NULL));
SELECT corm.count(corm.exclude(corm.allow(corm.exclude('comment', '{"id": 1}'), '{"filter": {"id": ["exact"]}}'), '{"id": 4}'));

SET client_min_messages = warning;
DROP SCHEMA corm_allow CASCADE;
