-- Every overload of the functions that take a key, a row or options, called
-- as clients do: with literals, typed values, rows and untyped parameters.
CREATE SCHEMA corm_overloads;
SET search_path = corm_overloads;
SET timezone = 'UTC';
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
CREATE TABLE plain (id int PRIMARY KEY, name text);
INSERT INTO plain VALUES (1, 'one');
CREATE TYPE pair AS (a int, b text);
CREATE DOMAIN amount AS numeric(10,2);
CREATE DOMAIN plain_row AS plain;
\pset format unaligned
\pset tuples_only on

--
-- corm.objects
--
SELECT corm.objects('Post')::jsonb;
SELECT corm.objects('Post'::text)::jsonb, corm.objects('Post'::varchar)::jsonb, corm.objects('Post'::name)::jsonb;
SELECT corm.objects('Post', '{"a": 1}', '{"b": 2}', '{-id,"title nulls last"}', '{author}', '["comments"]', '{id,title}', '{body}', NULL, 10, 20)::jsonb;
SELECT corm.objects('Post', jsonb '{"a": 1}', jsonb '{"b": 2}', ARRAY['-id'], ARRAY['author'], jsonb '{"comments": {"limit": 2}}',
	ARRAY['id'], ARRAY['body'], NULL, 10::smallint, 20)::jsonb;
SELECT corm.objects('Post', order_by => '{-id}', limit_count => 3, prefetch_related => '"comments"')::jsonb;
SELECT corm.objects(offset_count => 3, model => 'Post')::jsonb;
SELECT corm.objects('Post', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL)::jsonb;
SELECT corm.objects('Post', fields => '{}')::jsonb, corm.objects('Post', order_by => '{}')::jsonb, corm.objects('Post', filter => '{}')::jsonb;
SELECT corm.objects(NULL) IS NULL, corm.objects(NULL, '{"a": 1}') IS NULL;
SELECT corm.objects('{"model": "Post"}')::jsonb;    -- a name, whatever it looks like
SELECT corm.objects('Post', annotate => '{"n": "comments__count"}')::jsonb, corm.relation('Post', 1, 'comments', annotate => '{"n": "likes__count"}')::jsonb;
PREPARE o1 AS SELECT corm.objects($1)::jsonb;
EXECUTE o1('Post');
PREPARE o2 AS SELECT corm.objects($1, filter => $2, order_by => $3, limit_count => $4, prefetch_related => $5, fields => $6)::jsonb;
EXECUTE o2('Post', '{"a": 1}', '{-id}', '5', '{"comments": {"limit": 1}}', '{id}');
EXECUTE o2('Post', NULL, NULL, NULL, NULL, NULL);
SELECT try('SELECT ' || t)
  FROM unnest(ARRAY[$$corm.objects('')$$, $$corm.objects(' ')$$, $$corm.objects()$$, $$corm.objects(1)$$, $$corm.objects('Post', 'x')$$, $$corm.objects('Post', '1')$$,
	$$corm.objects('Post', exclude => '"a"')$$, $$corm.objects('Post', order_by => 'a')$$, $$corm.objects('Post', order_by => '{a,NULL}')$$,
	$$corm.objects('Post', order_by => '{""}')$$, $$corm.objects('Post', select_related => '{NULL}')$$, $$corm.objects('Post', fields => '{a,NULL}')$$,
	$$corm.objects('Post', exclude_fields => ARRAY[NULL])$$, $$corm.objects('Post', prefetch_related => 'comments')$$,
	$$corm.objects('Post', prefetch_related => '{"comments": {"limits": 1}}')$$, $$corm.objects('Post', limit_count => -1)$$,
	$$corm.objects('Post', offset_count => -1)$$, $$corm.objects('Post', limit_count => 1.5)$$, $$corm.objects('Post', "limit" => 1)$$,
	$$corm.objects('Post', filter => '{"OR": 1}')$$]) t;

--
-- corm.relation(model, pk, relation): the key as text, never parsed
--
SELECT corm.relation('Post', '1', 'comments')::jsonb;
SELECT corm.relation('Post', '1'::text, 'comments')::jsonb, corm.relation('Post', '1'::varchar, 'comments')::jsonb;
SELECT corm.relation('Post'::text, ' 1 ', 'comments'::text)::jsonb;
SELECT corm.relation('Post', '', 'comments')::jsonb;
SELECT corm.relation('Post', '[1, 2]', 'comments')::jsonb, corm.relation('Post', '{"id": 1}', 'comments')::jsonb, corm.relation('Post', 'null', 'comments')::jsonb;
SELECT corm.relation('Post', NULL, 'comments')::jsonb, corm.relation('Post', NULL::text, 'comments')::jsonb;
SELECT corm.relation(NULL, '1', 'comments') IS NULL, corm.relation('Post', '1', NULL) IS NULL;
SELECT corm.relation('Post', '1', 'comments', '{"a": 1}', '{"b": 2}', '{-id}', '{author}', '["likes"]', '{id}', '{body}', NULL, 10, 20)::jsonb;
SELECT corm.relation('Post', '1', 'comments', limit_count => 3, filter => '{"a": 1}')::jsonb;
SELECT corm.relation(model => 'Post', pk => '1', relation => 'comments')::jsonb;
PREPARE r1 AS SELECT corm.relation($1, $2, $3)::jsonb;
EXECUTE r1('Post', '1', 'comments');
EXECUTE r1('Post', NULL, 'comments');
PREPARE r2 AS SELECT corm.relation($1, $2, $3, filter => $4, limit_count => $5)::jsonb;
EXECUTE r2('Post', '[1]', 'comments', '{"a": 1}', '3');

--
-- ... the key as a value of any type
--
SELECT corm.relation('Post', 1, 'comments')::jsonb, corm.relation('Post', 9007199254740993, 'comments')::jsonb, corm.relation('Post', 1::smallint, 'comments')::jsonb;
SELECT corm.relation('Post', 1.50, 'comments')::jsonb, corm.relation('Post', 1.5::float8, 'comments')::jsonb, corm.relation('Post', 2.5::amount, 'comments')::jsonb;
SELECT corm.relation('Post', 'NaN'::numeric, 'comments')::jsonb, corm.relation('Post', true, 'comments')::jsonb;
SELECT corm.relation('Post', 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'::uuid, 'comments')::jsonb;
SELECT corm.relation('Post', 'x'::name, 'comments')::jsonb, corm.relation('Post', 'x '::char(3), 'comments')::jsonb, corm.relation('Post', '\x0102'::bytea, 'comments')::jsonb;
SET datestyle = 'German, DMY';
SELECT corm.relation('Post', date '2026-02-03', 'comments')::jsonb, corm.relation('Post', timestamptz '2026-02-03 04:05:06+00', 'comments')::jsonb;
RESET datestyle;
SELECT corm.relation('Post', jsonb '[1, "a"]', 'comments')::jsonb, corm.relation('Post', jsonb '{"id": 1}', 'comments')::jsonb, corm.relation('Post', jsonb '"1"', 'comments')::jsonb,
	corm.relation('Post', json '[1, 2.50]', 'comments')::jsonb, corm.relation('Post', jsonb 'null', 'comments')::jsonb;
SELECT corm.relation('Post', ROW(1, 'a'), 'comments')::jsonb, corm.relation('Post', ROW(1, NULL), 'comments')::jsonb, corm.relation('Post', ROW(1, 'a')::pair, 'comments')::jsonb;
SELECT corm.relation('Post', s, 'comments')::jsonb FROM (SELECT 1 AS id, 'x' AS name) s;
SELECT corm.relation('Post', NULL::int, 'comments')::jsonb, corm.relation('Post', NULL::uuid, 'comments')::jsonb, corm.relation('Post', NULL::jsonb, 'comments')::jsonb,
	corm.relation('Post', NULL::pair, 'comments')::jsonb;
SELECT corm.relation(NULL, 1, 'comments') IS NULL, corm.relation('Post', 1, NULL) IS NULL;
SELECT corm.relation('Post', 1, 'comments', '{"a": 1}', '{"b": 2}', '{-id}', '{author}', '["likes"]', '{id}', '{body}', NULL, 10, 20)::jsonb;
SELECT corm.relation('Post', 1, 'comments', order_by => '{-id}')::jsonb, corm.relation(model => 'Post', pk => 1, relation => 'comments')::jsonb;
SELECT corm.relation('Post', id, 'comments')::jsonb FROM plain;
SELECT corm.relation('Post', name, 'comments')::jsonb FROM plain;
PREPARE r3 (int) AS SELECT corm.relation($2, $1, $3)::jsonb;
EXECUTE r3(1, 'Post', 'comments');
EXECUTE r3(NULL, 'Post', 'comments');
PREPARE r4 (uuid) AS SELECT corm.relation('Post', $1, 'comments', limit_count => $2)::jsonb;
EXECUTE r4('a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', 3);
PREPARE r5 (jsonb) AS SELECT corm.relation('Post', $1, 'comments')::jsonb;
EXECUTE r5('[1, 2]');
-- from PL/pgSQL, where types come from variables
DO $$
DECLARE key bigint := 7; word text := 'comments'; q corm.queryset;
BEGIN
	q := corm.relation('Post', key, word, limit_count => 2);
	RAISE INFO '%', q;
	q := 'Post'::text;
	RAISE INFO '%', q;
END
$$;

SELECT try('SELECT ' || t)
  FROM unnest(ARRAY[$$corm.relation('Post', '1', '')$$, $$corm.relation('', '1', 'comments')$$, $$corm.relation('', 1, 'comments')$$, $$corm.relation('Post', 1, ' ')$$,
	$$corm.relation('Post', ARRAY[1, 2], 'comments')$$, $$corm.relation('Post', '1', 'comments', limit_count => -1)$$,
	$$corm.relation('Post', 1, 'comments', order_by => '{NULL}')$$, $$corm.relation('Post', 1, 'comments', filter => '[3]')$$,
	$$corm.relation('Post', json '{"a": ', 'comments')$$, $$corm.relation(1, 1, 'comments')$$]) t;

--
-- corm.relation(row, relation)
--
SELECT corm.relation(p, NULL) IS NULL FROM plain p;
SELECT try('SELECT ' || t)
  FROM unnest(ARRAY[$$corm.relation(p, 'comments') FROM plain p$$, $$corm.relation(p, 'comments', limit_count => 3) FROM plain p$$,
	$$corm.relation(NULL::plain, 'comments')$$, $$corm.relation(NULL::plain_row, 'comments')$$,
	$$corm.relation(1, 'comments')$$, $$corm.relation(ROW(1, 2), 'comments')$$, $$corm.relation(ROW(1, 'x')::pair, 'comments')$$,
	$$corm.relation(NULL::text, 'comments')$$, $$corm.relation(jsonb '{"id": 1}', 'comments')$$,
	$$corm.relation(s, 'comments') FROM (SELECT 1 AS id) s$$, $$corm.relation(p, '', limit_count => 'x') FROM plain p$$]) t;

--
-- corm.relation(queryset, relation)
--
SELECT corm.relation(corm.objects('Post'), 'comments')::jsonb, corm.relation('Post'::corm.queryset, 'comments')::jsonb, corm.relation(q => 'Post', relation => 'comments')::jsonb;
SELECT corm.relation(corm.objects('Post'), 'comments', '{"a": 1}', '{"b": 2}', '{-id}', '{author}', '["likes"]', '{id}', '{body}', '{"n": "likes__count"}', 10, 20)::jsonb;
SELECT corm.relation(corm.limit('Post', 3), 'comments'::text, limit_count => 3)::jsonb, corm.relation(corm.relation('Post', 1, 'comments'), 'likes')::jsonb;
SELECT corm.relation(q, 'comments')::jsonb FROM (VALUES ('Post'::corm.queryset), (NULL)) v(q);
SELECT corm.relation(NULL::corm.queryset, 'comments') IS NULL, corm.relation(corm.objects('Post'), NULL) IS NULL;
PREPARE q1 (corm.queryset) AS SELECT corm.relation($1, $2)::jsonb, corm.relation($1, $2, filter => $3)::jsonb;
EXECUTE q1('Post', 'comments', '{"a": 1}');
SELECT try('SELECT ' || t)
  FROM unnest(ARRAY[$$corm.relation('Post', 'comments')$$, $$corm.relation('Post'::text, 'comments')$$, $$corm.relation('{"model": "Post"}'::jsonb, 'comments')$$,
	$$corm.relation(corm.objects('Post'), '')$$, $$corm.relation(corm.objects('Post'), 'comments', 'x')$$, $$corm.relation(corm.objects('Post'), 'comments', limit_count => -1)$$]) t;
-- no write goes through it
SELECT try('SELECT ' || t)
  FROM unnest(ARRAY[$$corm.add(corm.relation(corm.objects('Post'), 'comments'), 1)$$, $$corm.remove(corm.relation(corm.objects('Post'), 'comments'), 1)$$,
	$$corm.set(corm.relation(corm.objects('Post'), 'comments'), 1)$$, $$corm.clear(corm.relation(corm.objects('Post'), 'comments'))$$,
	$$corm.create(corm.relation(corm.objects('Post'), 'comments'), '{}')$$]) t;

--
-- corm.prefetch_related(queryset, paths or JSON)
--
SELECT corm.prefetch_related('Post', 'comments')::jsonb, corm.prefetch_related('Post', 'comments', 'likes')::jsonb;
SELECT corm.prefetch_related('Post', 'comments'::text)::jsonb, corm.prefetch_related('Post', 'comments'::varchar)::jsonb, corm.prefetch_related('Post', name)::jsonb FROM plain;
SELECT corm.prefetch_related('Post', '{"comments": {"limit": 3}}')::jsonb, corm.prefetch_related('Post', '{"comments": {"limit": 3}}'::text)::jsonb,
	corm.prefetch_related('Post', '{"comments": {"limit": 3}}'::jsonb)::jsonb;
SELECT corm.prefetch_related('Post', '["comments", {"likes": {"more": true}}]')::jsonb, corm.prefetch_related('Post', jsonb '["comments", {"likes": {"more": true}}]')::jsonb;
SELECT corm.prefetch_related('Post', VARIADIC ARRAY['comments', '{"likes": {"limit": 1}}'])::jsonb, corm.prefetch_related('Post', VARIADIC '{a,b}'::text[])::jsonb;
SELECT corm.prefetch_related(corm.objects('Post'), 'comments')::jsonb, corm.prefetch_related(corm.relation('Post', 1, 'comments'), 'likes')::jsonb;
SELECT corm.prefetch_related(corm.objects('Post'), jsonb_build_object('comments', jsonb_build_object('limit', 1 + 1)))::jsonb;
PREPARE p1 AS SELECT corm.prefetch_related($1, $2)::jsonb;
EXECUTE p1('Post', 'comments');
EXECUTE p1('Post', '{"comments": {"limit": 3}}');
PREPARE p2 AS SELECT corm.prefetch_related($1, $2, $3)::jsonb;
EXECUTE p2('Post', 'comments', '[{"likes": {}}]');
PREPARE p3 (jsonb) AS SELECT corm.prefetch_related($2, $1)::jsonb;
EXECUTE p3('{"comments": {"limit": 3}}', 'Post');
PREPARE p4 (text[]) AS SELECT corm.prefetch_related($2, VARIADIC $1)::jsonb;
EXECUTE p4('{a,b}', 'Post');
SELECT try('SELECT ' || t)
  FROM unnest(ARRAY[$$corm.prefetch_related('Post', NULL)$$, $$corm.prefetch_related('Post', 1)$$, $$corm.prefetch_related('Post', ARRAY['a'])$$,
	$$corm.prefetch_related('Post', json '["a"]')$$, $$corm.prefetch_related('Post'::text, 'a')$$, $$corm.prefetch_related('Post')$$,
	$$corm.prefetch_related('Post', '{"a"}')$$, $$corm.prefetch_related('Post', '[["a"]]')$$, $$corm.prefetch_related('Post', jsonb 'null')$$]) t;

--
-- The other modifiers, by untyped parameters and typed values
--
PREPARE m1 AS SELECT corm.filter($1, $2)::jsonb, corm.exclude($1, $2)::jsonb;
EXECUTE m1('Post', '{"a": 1}');
PREPARE m2 AS SELECT corm.select_related($1, $2, $3)::jsonb, corm.fields($1, $2, $3)::jsonb, corm.exclude_fields($1, $2, $3)::jsonb;
EXECUTE m2('Post', 'a', 'b');
PREPARE m3 AS SELECT corm.limit($1, $2)::jsonb, corm.offset($1, $2)::jsonb, corm.paginate($1, $2)::jsonb, corm.paginate($1, $2, $3)::jsonb;
EXECUTE m3('Post', 3, 4);
PREPARE m4 AS SELECT corm.annotate($1, $2)::jsonb, corm.distinct($1, $3)::jsonb, corm.distinct($1)::jsonb, corm.allow($1, $4)::jsonb;
EXECUTE m4('Post', '{"n": "a__count"}', 'a', '{"filter": {"a": ["exact"]}}');
SELECT corm.distinct('Post', VARIADIC ARRAY['a'])::jsonb, corm.distinct('Post', VARIADIC '{}')::jsonb, corm.annotate(q => 'Post', annotations => '{}')::jsonb;
SELECT corm.limit('Post', 3::smallint)::jsonb, corm.limit('Post', '3')::jsonb, corm.paginate('Post', page => 2, page_size => 5)::jsonb;
SELECT corm.limit(q, 1)::jsonb FROM (VALUES ('Post'::corm.queryset), (NULL)) v(q);

SET client_min_messages = warning;
DROP SCHEMA corm_overloads CASCADE;
