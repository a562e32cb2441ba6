-- add, remove and set with every kind of target that a client may hand over.
CREATE SCHEMA corm_write_overloads;
SET search_path = corm_write_overloads;
-- Shows errors as "SQLSTATE message / detail / hint"; what failed is undone.
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
CREATE TABLE post (id int PRIMARY KEY, title text);
CREATE TABLE tag (id bigint PRIMARY KEY, name text);
CREATE TABLE post_tag (post_id int REFERENCES post, tag_id bigint REFERENCES tag, PRIMARY KEY (post_id, tag_id));
CREATE TABLE file (id uuid PRIMARY KEY);
CREATE TABLE post_file (post_id int REFERENCES post, file_id uuid REFERENCES file, PRIMARY KEY (post_id, file_id));
CREATE TABLE word (word text PRIMARY KEY);
CREATE TABLE post_word (post_id int REFERENCES post, word text REFERENCES word, PRIMARY KEY (post_id, word));
CREATE TABLE cell (x int, y int, PRIMARY KEY (x, y));
CREATE TABLE post_cell (post_id int REFERENCES post, x int, y int, PRIMARY KEY (post_id, x, y), FOREIGN KEY (x, y) REFERENCES cell);
INSERT INTO post SELECT n, 'p' || n FROM generate_series(1, 9) n;
INSERT INTO tag SELECT n, 't' || n FROM generate_series(1, 9) n;
INSERT INTO file SELECT ('00000000-0000-0000-0000-00000000000' || n)::uuid FROM generate_series(1, 3) n;
INSERT INTO word VALUES ('a'), ('[1, 2]'), ('{"id": 1}'), ('{1,2}'), (''), ('null'), ('1');
INSERT INTO cell SELECT x, y FROM generate_series(1, 2) x, generate_series(1, 2) y;
SELECT corm.register_model(t::regclass, initcap(t)) FROM unnest('{post,tag,file,word,cell}'::text[]) t;
SELECT corm.many_to_many('Post', 'tags', 'Tag', through => 'post_tag', related_name => 'posts'), corm.many_to_many('Post', 'files', 'File', through => 'post_file', related_name => 'posts'),
	corm.many_to_many('Post', 'words', 'Word', through => 'post_word', related_name => 'posts'), corm.many_to_many('Post', 'cells', 'Cell', through => 'post_cell', related_name => 'posts');
-- What post n has, by plain SQL.
CREATE FUNCTION has(n int) RETURNS text LANGUAGE sql AS $$
	SELECT coalesce(string_agg(x, ' ' ORDER BY x), '(none)') FROM (SELECT tag_id::text FROM corm_write_overloads.post_tag WHERE post_id = n UNION ALL SELECT right(file_id::text, 1) || 'f' FROM corm_write_overloads.post_file WHERE post_id = n
		UNION ALL SELECT quote_literal(word) FROM corm_write_overloads.post_word WHERE post_id = n UNION ALL SELECT x || ',' || y FROM corm_write_overloads.post_cell WHERE post_id = n) v(x)
$$;
-- Every verb with one target expression: linked by add and by set, taken off by
-- remove.
CREATE FUNCTION thrice(relation text, target text, OUT add text, OUT now text, OUT set text, OUT remove text, OUT after text) LANGUAGE plpgsql AS $$
BEGIN
	add = try(format('SELECT corm.add(corm.relation(''Post'', 1, %L), %s)', relation, target));
	now = has(1);
	set = try(format('SELECT corm.set(corm.relation(''Post'', 1, %L), %s)', relation, target));
	remove = try(format('SELECT corm.remove(corm.relation(''Post'', 1, %L), %s)', relation, target));
	after = has(1);
END
$$;

--
-- One key
--
SELECT t, (thrice('tags', t)).* FROM unnest(ARRAY['1', '''1''', '''1''::text', '''1''::varchar', '1::smallint', '1::bigint', '1::numeric', '''1''::name', '1::oid', '1.0', '''1''::jsonb', '''"1"''::jsonb', '''1''::json', '''{"id": 1}''::jsonb', '''{"pk": 1}''::json', '''{"id": "1", "x": []}''::jsonb',
	'ROW(1)', 'ROW(1, NULL)::tag', '(SELECT t FROM tag t WHERE id = 1)', '(SELECT s FROM (SELECT 1 AS id, 2 AS n) s)', 'to_jsonb((SELECT t FROM tag t WHERE id = 1))']) t;
SELECT t, (thrice('files', t)).* FROM unnest(ARRAY['''00000000-0000-0000-0000-000000000001''', '''00000000-0000-0000-0000-000000000001''::uuid', '''{00000000-0000-0000-0000-000000000001}''', '(SELECT f FROM file f ORDER BY id LIMIT 1)', '''"00000000-0000-0000-0000-000000000001"''::jsonb']) t;
\echo -- a text key is whatever it looks like
SELECT t, (thrice('words', t)).* FROM unnest(ARRAY['''a''', '''[1, 2]''', '''{"id": 1}''', '''{1,2}''', '''''', '''null''', '1', '''"[1, 2]"''::jsonb', 'ROW(''[1, 2]'')::word', 'ROW(''a'')', '''{"word": "{1,2}"}''::jsonb']) t;
\echo -- a composite key
SELECT t, (thrice('cells', t)).* FROM unnest(ARRAY['ROW(1, 2)', '(SELECT c FROM cell c WHERE (x, y) = (1, 2))', '''[1, 2]''::jsonb', '''{"y": 2, "x": 1}''::jsonb', '''{"pk": [1, 2]}''::jsonb', '(SELECT s FROM (SELECT 2 AS y, 1 AS x) s)']) t;

--
-- Several
--
SELECT t, (thrice('tags', t)).* FROM unnest(ARRAY['ARRAY[2, 1]', '''{2,1}''::int[]', 'ARRAY[2, 1]::bigint[]', 'ARRAY[''2'', ''1'']', '''{2,1}''::varchar[]', '''[2, 1, 2]''::jsonb', '''["2", {"id": 1}]''::json', 'ARRAY(SELECT t FROM tag t WHERE id < 3)', '(SELECT array_agg(n) FROM generate_series(1, 2) n)',
	'ARRAY[ROW(1, ''x''), ROW(2, NULL)]::tag[]', '(SELECT jsonb_build_array(1, to_jsonb(t)) FROM tag t WHERE id = 2)', '(SELECT json_agg(t) FROM tag t WHERE id < 3)', 'ARRAY[ARRAY[1, 2]]', 'ARRAY[''{"id": 1}'', ''2'']::jsonb[]', '''{}''::int[]', '''[]''::jsonb', '''{}''::tag[]']) t;
SELECT t, (thrice('files', t)).* FROM unnest(ARRAY['ARRAY(SELECT id FROM file WHERE right(id::text, 1) < ''3'')', 'ARRAY(SELECT f FROM file f WHERE right(id::text, 1) < ''3'')', '''{00000000-0000-0000-0000-000000000001,00000000-0000-0000-0000-000000000002}''::text[]']) t;
SELECT t, (thrice('words', t)).* FROM unnest(ARRAY['ARRAY[''a'', ''{1,2}'']', '''["a", "[1, 2]"]''::jsonb', '''{a,"[1, 2]"}''::text[]']) t;
SELECT t, (thrice('cells', t)).* FROM unnest(ARRAY['ARRAY[ROW(1, 2), ROW(2, 1)]', 'ARRAY(SELECT c FROM cell c WHERE x <> y)', '''[[1, 2], [2, 1]]''::jsonb', '''[{"x": 1, "y": 2}, [2, 1]]''::jsonb', '''[[1, 2]]''::jsonb', '''[{"x": 1, "y": 2}, {"x": 2, "y": 1}]''::json']) t;

--
-- What is no target
--
SELECT t, (thrice('tags', t)).add FROM unnest(ARRAY['NULL', 'NULL::text', 'NULL::int', 'NULL::int[]', 'NULL::jsonb', 'NULL::tag', '''null''::jsonb', '''[1, null]''::jsonb', 'ARRAY[1, NULL]', 'ARRAY[NULL]::tag[]', 'ROW(NULL)', 'ROW(NULL, ''x'')::tag',
	'''[1, 2]''', '''{1,2}''', '''{"id": 1}''', '''[1, 2]''::text', '''[1, 2]''::varchar', ''''' ', '''1,2''', '''x''', '''[[1]]''::jsonb', '''{}''::jsonb', '''{"name": "x"}''::jsonb', '''[{"name": "x"}]''::jsonb', 'ROW(1, 2)', '(SELECT p FROM post p WHERE id = 1)', 'ARRAY(SELECT p FROM post p)', 'ARRAY[]::post[]',
	'''2020-01-01''::date', '99999999999999999999', 'true']) t;
SELECT t, (thrice('cells', t)).add FROM unnest(ARRAY['1', '''1''', 'ROW(1)', 'ROW(1, NULL)', 'ROW(1, 2, 3)', '''[1]''::jsonb', '''[1, 2, 3]''::jsonb', '''[[1, 2], 3]''::jsonb', 'ARRAY[1, 2]', '''{"x": 1}''::jsonb', '''[1, null]''::jsonb']) t;
SELECT has(1);

--
-- As clients do
--
PREPARE add1 AS SELECT corm.add(corm.relation('Post', $1, 'tags'), $2), has(1);
EXECUTE add1('1', '3');
SELECT has(1);
PREPARE add2 AS SELECT corm.add(corm.relation($1, $2, $3), $4, $5);
EXECUTE add2('Post', '1', 'tags', '4', NULL);
PREPARE add3(int, bigint[]) AS SELECT corm.add(corm.relation('Post', $1, 'tags'), $2);
EXECUTE add3(1, '{4,5}');
EXECUTE add3(1, '{}');
PREPARE set1 AS SELECT corm.set(corm.relation('Post', $1, 'tags'), $2);
EXECUTE set1('1', '6');
PREPARE set2 AS SELECT corm.set(corm.relation('Post', $1, 'tags'), $2::jsonb, through => $3, delete_children => $4);
EXECUTE set2('1', '[6, 7, 8]', NULL, NULL);
PREPARE remove1 AS SELECT corm.remove(corm.relation('Post', $1, 'tags'), $2), corm.remove(corm.relation('Post', $1, 'tags'), $3::int[]);
EXECUTE remove1('1', '6', '{7,1}');
PREPARE clear1 AS SELECT corm.clear(corm.relation('Post', $1, 'tags'));
SELECT has(1);
EXECUTE clear1('1');
PREPARE create1 AS SELECT corm.create(corm.relation('Post', $1, 'tags'), $2);
EXECUTE create1('1', '{"id": 10}');
PREPARE create2 AS SELECT corm.create($1, $2);
EXECUTE create2('Tag', '{"id": 11}');
EXECUTE create2('{"model": "Post", "pk": 1, "relation": "tags"}', '{"id": 12}');
SELECT has(1);
DO $$
DECLARE
	p post; t tag; ids int[] := '{1,2}'; one bigint := 3; doc jsonb; js json; nothing int; q corm.queryset;
BEGIN
	SELECT * INTO p FROM post WHERE id = 2;
	SELECT * INTO t FROM tag WHERE id = 4;
	q = corm.relation(p, 'tags');
	RAISE NOTICE '% % % %', corm.add(q, ids), corm.add(q, one), corm.add(q, t), has(2);
	doc = corm.list(q)::jsonb;
	js = corm.create(q, jsonb_build_object('id', 20, 'name', p.title));
	RAISE NOTICE '% % % %', js, corm.remove(q, js), corm.set(corm.relation('Post', 3, 'tags'), doc), has(3);
	BEGIN
		PERFORM corm.add(q, nothing);
	EXCEPTION WHEN null_value_not_allowed THEN
		RAISE NOTICE '%', SQLERRM;
	END;
	SELECT * INTO p FROM post WHERE false;
	PERFORM corm.clear(corm.relation(p, 'tags'));
EXCEPTION WHEN null_value_not_allowed THEN
	RAISE NOTICE '%', SQLERRM;
END
$$;
\echo -- the block was undone with its last error
SELECT has(2), has(3);
\echo -- once per row of a query, each call seeing the one before
SELECT id, corm.add(corm.relation(p, 'tags'), id), corm.add(corm.relation(p, 'tags'), ARRAY[1, id]), corm.count(corm.relation(p, 'tags')) FROM post p WHERE id < 4 ORDER BY id;
SELECT corm.set(corm.relation('Post', id, 'tags'), t) FROM post, (SELECT array_agg(id) AS t FROM tag WHERE id < 4) s WHERE id < 3 ORDER BY id;
SELECT sum(corm.clear(corm.relation(p, 'tags'))) FROM post p;
\echo -- one row that fails undoes the whole statement
SELECT try($$SELECT sum(corm.add(corm.relation('Post', 1, 'tags'), n)) FROM generate_series(1, 99) n$$);
SELECT has(1);
\echo -- in the clauses of other statements
INSERT INTO post SELECT 100, corm.add(corm.relation('Post', 1, 'tags'), 1)::text RETURNING title;
UPDATE post SET title = corm.add(corm.relation(post, 'tags'), 2)::text WHERE id IN (1, 100) RETURNING id, title;
WITH a AS MATERIALIZED (SELECT corm.add(corm.relation('Post', 1, 'tags'), 3) AS n) SELECT n FROM a;
SELECT has(1), has(100);

\echo -- a queryset: the rows that it has when the verb runs
SELECT corm.clear(corm.relation('Post', 5, 'tags'));
SELECT corm.add(corm.relation('Post', 5, 'tags'), corm.objects('Tag', filter => '{"id__lte": 3}')), has(5);
SELECT has(5);
SELECT corm.set(corm.relation('Post', 5, 'tags'), corm.limit(corm.order_by('Tag', '-id'), 2));
SELECT has(5);
SELECT corm.set(corm.relation('Post', 6, 'tags'), corm.relation('Post', 5, 'tags'));
SELECT has(6);
\echo -- its model may be left out, as in corm.rows
SELECT corm.remove(corm.relation('Post', 6, 'tags'), '{"filter": {"id": 12}}'::corm.queryset);
SELECT has(6);
SELECT corm.add(corm.relation('Post', 6, 'tags'), corm.objects('Tag', filter => '{"id": 77}'));
SELECT corm.set(corm.relation('Post', 6, 'cells'), corm.objects('Cell', filter => '{"x": 1}'));
SELECT x, y FROM post_cell WHERE post_id = 6 ORDER BY x, y;
\echo -- rows of another model, a wrong path and NULL are refused
SELECT try($$SELECT corm.add(corm.relation('Post', 6, 'tags'), corm.objects('Post'))$$);
SELECT try($$SELECT corm.add(corm.relation('Post', 6, 'tags'), corm.relation('Tag', 1, 'posts'))$$);
SELECT try($$SELECT corm.add(corm.relation('Post', 6, 'tags'), corm.objects('Tag', filter => '{"nmae": 1}'))$$);
SELECT try($$SELECT corm.add(corm.relation('Post', 6, 'tags'), NULL::corm.queryset)$$);
SELECT has(6);

\set VERBOSITY terse
SET client_min_messages = warning;
DROP SCHEMA corm_write_overloads CASCADE;
