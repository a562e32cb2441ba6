-- Rows to write as text, json and jsonb: the same comes of them.
CREATE SCHEMA corm_bulk_text;
SET search_path = corm_bulk_text;
\pset format unaligned
\pset tuples_only on
CREATE TYPE place AS (x int, y text);
CREATE DOMAIN short AS text CHECK (length(VALUE) < 6);
CREATE TABLE author (id int PRIMARY KEY, email text UNIQUE);
CREATE TABLE item (id int PRIMARY KEY, author_id int REFERENCES author, t text, v varchar(6), s short, c char(3), i2 int2, i8 int8, n numeric(10,2), f float8, b bool, d date, ts timestamptz, u uuid, a int[], aa text[], j json, jb jsonb, p place, "a ""b"" c" int, e text DEFAULT 'left out');
CREATE TABLE pair (tenant int, no int, t text, PRIMARY KEY (tenant, no));
INSERT INTO author VALUES (1, 'one'), (2, 'two');
SELECT corm.register_model('author', 'Author'), corm.register_model('item', 'Item'), corm.register_model('pair', 'Pair');
SELECT corm.foreign_key('Item', 'author', 'Author', columns => '{author_id}', related_name => 'items');
-- What comes of a call, undone: its rows, or its error and where that was.
CREATE FUNCTION outcome(call text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	result text; state text; message text; context text;
BEGIN
	EXECUTE 'SELECT string_agg(o::text, E''\n'') FROM ' || call || ' AS o' INTO result;
	RAISE EXCEPTION USING ERRCODE = 'P9999', MESSAGE = coalesce(result, '(none)');
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE, message = MESSAGE_TEXT, context = PG_EXCEPTION_CONTEXT;
	IF state = 'P9999' THEN
		RETURN message;
	END IF;
	context := substring(context FROM '((reading|writing) \[[^\n]*)');
	RETURN state || ' ' || message || CASE WHEN state <> '22P02' OR message NOT LIKE '%json%' THEN coalesce(' / ' || context, '') ELSE '' END;
END
$$;
-- The outcome, once if it is the same for all three.
CREATE FUNCTION all_ways(verb text, model text, data text, VARIADIC options text[] DEFAULT '{}') RETURNS SETOF text LANGUAGE sql AS $$
	SELECT CASE WHEN count(DISTINCT o) = 1 THEN min(o) ELSE string_agg(way || ': ' || o, E'\n') END
	  FROM (SELECT way, outcome(format('corm.%s(%L, %L::%s%s)', verb, model, data, way, (SELECT string_agg(', ' || x, '') FROM unnest(options) x))) AS o
	          FROM unnest(ARRAY['text', 'json', 'jsonb']) AS way) AS ways
$$;
CREATE FUNCTION created(data text, model text DEFAULT 'Item') RETURNS SETOF text LANGUAGE sql AS $$ SELECT data || E'\n  ' || replace(r, E'\n', E'\n  ') FROM all_ways('bulk_create', model, data) r $$;

--
-- Which function it is
--
SELECT corm.bulk_create('Author', '[{"id": 10}]') ->> 'id' AS literal, (SELECT o ->> 'id' FROM corm.bulk_create('Author', data => '[{"id": 11}]', on_conflict => 'ignore') o) AS named, corm.bulk_update('Author', '[{"id": 10, "email": "ten"}]') AS "update";
PREPARE untyped AS SELECT corm.bulk_create('Author', $1) ->> 'id';
EXECUTE untyped('[{"id": 12}]');
SELECT parameter_types FROM pg_prepared_statements WHERE name = 'untyped';
SELECT corm.bulk_create('Author', '[{"id": 13}]'::varchar) ->> 'id', corm.bulk_create('Author', json_build_array(json_build_object('id', 14))) ->> 'id', corm.bulk_create('Author', jsonb_build_array(jsonb_build_object('id', 15))) ->> 'id', corm.bulk_update('Author', '[{"id": 13, "email": "x"}]'::json), corm.bulk_update('Author', '[{"id": 14, "email": "y"}]'::jsonb);
SELECT string_agg(a::text, ' ' ORDER BY id) FROM author a;
DELETE FROM author WHERE id > 2;

--
-- Values
--
SELECT created(d) FROM unnest(ARRAY[
	'[]', ' [ ] ', E'\n[\t{ "id" : 1 } , {"id":2}\r]\n',
	'[{"id": 1, "t": "plain", "v": "six", "s": "short", "c": "x", "i2": 7, "i8": 9223372036854775807, "n": 12.345, "f": 1.5e-7, "b": true}]',
	'[{"id": "1", "t": 12.50, "v": 1, "i2": "7", "n": "12.345", "f": "NaN", "b": "off", "d": "2024-02-29", "ts": "2024-02-29T12:00:00Z", "u": "00000000-0000-0000-0000-000000000001"}]',
	'[{"id": 1e0, "n": 1.5E2, "f": -0, "t": 1e3, "i8": -0, "v": -0.0, "a \"b\" c": 5}]',
	'[{"id": 1, "t": 100000000000000000000000000000.50, "v": -1.50}]',
	'[{"id": 1, "t": "quote \" slash \/ back \\ line \n tab \t \u0041 \u00e9 \ud83d\ude00", "v": "\u20ac", "a \u0022b\" c": 1}]',
	'[{"id": 1, "t": "", "v": "", "a": [], "aa": [], "j": {}, "jb": [], "p": {}}]',
	'[{"id": 1, "a": [1, null, 3], "aa": ["x", "", null, "]}\"["], "j": {"b": 1,  "a": [1e2, {"x": "]"}]}, "jb": {"b": 1, "a": [1.0, "}"]}, "p": {"y": "z", "x": 3}}]',
	'[{"id": 1, "a": "{1,2}", "aa": "{a,b}", "j": "text", "jb": "text", "p": "(1,a)"}, {"id": 2, "j": 1.50, "jb": 1.50}, {"id": 3, "j": true, "jb": false}]',
	'[{"id": 1, "t": null, "a": null, "j": null, "jb": null, "p": null, "b": null, "author": null, "s": null}]',
	'[{"id": 1}, {"id": 2, "e": null}, {"id": 3, "e": "given"}, {}]',
	'[{"id": 1, "author": 1}, {"id": 2, "author": "2"}, {"id": 3, "author": {"id": 1}}, {"id": 4, "author": {"email": "two"}}, {"id": 5, "author_id": 1, "author": {"pk": 1}}, {"pk": 6, "author": {}}]',
	'[{"id": 1, "author": {"email": "two"}, "jb": {"author": {"id": [1, {"x": 2}]}}}, {"pk": 2, "author": {"id": 2, "more": ["]", {"}": 1}]}}]',
	'[{"id": 9, "t": "first", "id": 1, "t": "last"}, {"jb": {"x": 1, "x": 2}, "j": [{"y": 1, "y": 2}], "id": 2, "id": 3}]']) WITH ORDINALITY AS u(d, n) ORDER BY n;
SELECT created(d, 'Pair') FROM unnest(ARRAY['[{"tenant": 1, "no": 2}, {"pk": [1, 3], "t": "x"}, {"pk": {"no": 4, "tenant": 1}}]', '[{"pk": [1, 3]}, {"pk": [1]}]', '[{"pk": 1}]']) WITH ORDINALITY AS u(d, n) ORDER BY n;

--
-- What does not fit, and where
--
SELECT created(d) FROM unnest(ARRAY[
	'[{"id": 1}, {"id": "x"}]', '[{"id": 1.5}]', '[{"id": 1e10}]', '[{"id": 1, "v": "seven77"}]', '[{"id": 1, "s": "too long"}]', '[{"id": 1, "b": 2}]', '[{"id": 1}, {"id": 2, "a": [1, "x"]}]', '[{"id": 1, "a": 1}]', '[{"id": 1, "t": {"x": 1}}, {"id": 2, "p": [1]}]',
	'[{"id": 1}, {"idd": 2}]', '[{"id": 1, "": 2}]', '[{"id": 1}, 2]', '[{"id": 1}, [2]]', '[null]', '["x"]', '[{"id": 1}, {"id": 1}]', '[{"id": null}]', '[{"id": 1, "author": 9}]', '[{"id": 1, "author": {"email": "nobody"}}]', '[{"id": 1, "author": {"name": "x"}}]', '[{"id": 1, "author": [1]}]', '[{"id": 1, "author": 1, "author_id": 2}]', '[{"id": 1, "items": []}]',
	'{}', '{"id": 1}', '1', '"x"', 'null', 'true']) WITH ORDINALITY AS u(d, n) ORDER BY n;
\echo -- no JSON
SELECT created(d) FROM unnest(ARRAY[
	'', ' ', '[', '[}', '[{]', '[{}', '[{},]', '[,{}]', '[{} {}]', '[{}]]', '[{}] x', '[{}][{}]', '[{"id" 1}]', '[{"id": }]', '[{"id": 1,}]', '[{,"id": 1}]', '[{"id": 1 "t": 2}]', '[{id: 1}]', '[{''id'': 1}]', '[{"id": 01}]', '[{"id": 1.}]', '[{"id": +1}]', '[{"id": .5}]', '[{"id": NaN}]', '[{"id": tru}]', '[{"id": 1, "t": "open}]', '[{"id": 1, "t": "bad \x"}]',
	'[{"id": 1, "t": "\u00"}]', '[{"id": 1, "t": "\ud83d"}]', '[{"id": 1, "t": "\udc00"}]', E'[{"id": 1, "t": "a\nb"}]', '[{"id": 1, "jb": [1}, {"id": 2]]', '[{"id": 1, "jb": {"x": [1, 2}]}]', '[{"id": 1, "jb": [1 2]}]', '[{"id": 1, "jb": {"x"}}]', '[{"id": 1, "jb": [}', '[{"id": 1, "jb": [1,]}]', '[{"id": 1, 2: 3}]', '[{"id": 1}: 2]', '[{"id": 1}, /* x */ {}]', '[{"id": 1, "nope": [1}]']) WITH ORDINALITY AS u(d, n) ORDER BY n;
\echo -- a row that does not fit comes before what is no JSON behind it
SELECT created('[1 2]');
\echo -- a zero is no character of a text
SELECT created('[{"id": 1, "t": "\u0000"}]');
\echo -- as deep as the stack allows
SELECT left(created('[{"id": 1, "jb": ' || repeat('[', 100000) || repeat(']', 100000) || '}]'), 0) = '', substring(outcome(format('corm.bulk_create(''Item'', %L)', '[{"id": 1, "jb": ' || repeat('[', 100000) || repeat(']', 100000) || '}]')) FOR 28);
SELECT count(*) FROM item;

--
-- The same when rows are updated, conflicts are met, keys are permitted
--
INSERT INTO item (id, t) VALUES (1, 'a'), (2, 'b');
SELECT all_ways('bulk_update', 'Item', d) FROM unnest(ARRAY['[{"id": 1, "t": "x", "jb": {"k": [1]}}, {"t": "y", "id": 2, "author": {"email": "one"}}]', '[{"pk": 1, "t": "x"}, {"pk": 9}]', '[]', '[{"t": "x"}]', '[{"id": 1, "id": 2, "t": "twice"}]', '[{"id": 1, "t": 1}, {"id": 1, "t": 2}]', '[{"id": 1, "nope": 1}]', '[{"id": 1, "t": "x"}', '{"id": 1}']) WITH ORDINALITY AS u(d, n) ORDER BY n;
SELECT all_ways('bulk_update', 'Item', '[{"id": 1, "t": "x", "nope": [1, {"a": 2}], "n": 1e999}]', 'ARRAY[''t'']');
SELECT all_ways('bulk_create', 'Item', '[{"id": 1, "t": "x"}, {"t": "new", "id": 3}, {"id": 2}]', '''ignore'''), all_ways('bulk_create', 'Item', '[{"id": 1, "t": "x"}, {"t": "new", "id": 3}, {"id": 2, "e": "e"}]', '''update''');
SELECT corm.bulk_update('Item', '[{"id": 1, "t": "text"}, {"id": 2, "jb": {"a": "\u0041"}, "f": 1e3}]'), string_agg(concat_ws(' ', id, t, jb, f), ', ' ORDER BY id) FROM item;
SELECT string_agg(concat_ws(' ', id, t, jb, f), ', ' ORDER BY id) FROM item;
SELECT all_ways('bulk_create', corm.permit('Item', 'id', 't')::text, d) FROM unnest(ARRAY['[{"id": 4, "t": "x"}]', '[{"id": 4}, {"id": 5, "v": "x"}]', '[{"id": 4']) WITH ORDINALITY AS u(d, n) ORDER BY n;
\echo -- nothing given
SELECT outcome('corm.bulk_create(''Item'', NULL)'), outcome('corm.bulk_create(''Item'', NULL::json)'), outcome('corm.bulk_update(''Item'', NULL)');
\echo -- members in any order, and many of them
SELECT count(*), sum((o ->> 'id')::int), sum(length(o ->> 't')) FROM corm.bulk_create('Item', (SELECT '[' || string_agg(CASE i % 3 WHEN 0 THEN format('{"id":%s,"t":"x"}', i) WHEN 1 THEN format('{"t":"xx","id":%s}', i) ELSE format('{"jb":[%s],"t":"xxx","i2":1,"id":%s}', i, i) END, ',' ORDER BY i) || ']' FROM generate_series(10, 1009) i)) o;
SELECT count(*) FILTER (WHERE id % 3 = 2 AND jb = jsonb_build_array(id) AND i2 = 1), count(*) FILTER (WHERE id % 3 <> 2 AND jb IS NULL AND i2 IS NULL) FROM item WHERE id > 9;
\echo -- names that mean nothing are passed over, or the first is an error, however many there are
SELECT corm.bulk_update('Item', d::text, '{t}') FROM (SELECT jsonb_build_array(jsonb_object_agg('x' || i, i) || '{"id": 1, "t": "x"}', jsonb_object_agg('y' || i, i) || '{"id": 2, "t": "y"}') AS d FROM generate_series(1, 3000) i) s;
SELECT corm.bulk_update('Item', d, '{t}') FROM (SELECT jsonb_build_array(jsonb_object_agg('x' || i, i) || '{"id": 1, "t": "xx"}', jsonb_object_agg('y' || i, i) || '{"id": 2, "t": "yy"}') AS d FROM generate_series(1, 3000) i) s;
SELECT id, t FROM item WHERE id < 3 ORDER BY id;
SELECT outcome(format('corm.bulk_create(''Item'', %L)', (SELECT '[{"id": 7,' || string_agg(format('"x%s": [%s]', i, i), ',' ORDER BY i) || '}]' FROM generate_series(1, 50000) i)));
\echo -- documents that are broken anywhere: what is no JSON is refused, what is comes to the same as jsonb
CREATE FUNCTION broken(seed int) RETURNS text LANGUAGE sql AS $$
	SELECT overlay(d PLACING substr('{}[]",:\ 0e-.tnu', 1 + hash % 16, 1) FROM 1 + (hash / 16) % length(d) FOR (hash / 4096) % 3)
	  FROM (SELECT '[{"id": 100000, "t": "a\"b", "a": [1, 2], "jb": {"x": [null, true, -1.5e3]}}, {"id": 100001, "author": {"email": "one"}, "f": -0.5}]' AS d, abs(hashint4(seed)) AS hash) s $$;
SELECT count(*) AS documents, count(*) FILTER (WHERE same) AS same FROM (
	SELECT CASE WHEN j ~ '^22P0[25].*(json|Unicode)' THEN t ~ '^[0-9A-Z]{5} ' ELSE t = j END AS same
	  FROM (SELECT outcome(format('corm.bulk_create(''Item'', %L::text)', broken(i))) AS t, outcome(format('corm.bulk_create(''Item'', %L::jsonb)', broken(i))) AS j FROM generate_series(1, 1500) i) o) x;

\set VERBOSITY terse
SET client_min_messages = warning;
DROP SCHEMA corm_bulk_text CASCADE;
