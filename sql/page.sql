-- corm.page: pages by cursors, forward and backward, over every kind of order.
SET client_min_messages = warning;
CREATE SCHEMA corm_page;
SET search_path = corm_page;
SET timezone = 'UTC';
\pset format unaligned
\pset tuples_only on
-- Shows the result of a statement, or its error as "SQLSTATE message", detail
-- and hint.
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
CREATE FUNCTION ids(page json, keys text[] DEFAULT '{id}') RETURNS text[] LANGUAGE sql AS $$
	SELECT coalesce(array_agg((SELECT string_agg(i.item ->> k, '/' ORDER BY n) FROM unnest(keys) WITH ORDINALITY u(k, n)) ORDER BY i.place), '{}')
	FROM json_array_elements(page -> 'items') WITH ORDINALITY i(item, place)
$$;
-- What a page says beside its items, without the cursors.
CREATE FUNCTION brief(page json) RETURNS text LANGUAGE sql AS $$
	SELECT format('%s%s%s', CASE WHEN (page ->> 'has_previous')::bool THEN '< ' END, ids(page),
		CASE WHEN (page ->> 'has_next')::bool THEN ' >' END)
$$;
-- Walks from the first page to the last and back again, with pages of several
-- sizes; the keys must come as the query, written by hand, gives them.
CREATE FUNCTION walk(q corm.queryset, query text, keys text[] DEFAULT '{id}') RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	wanted text[]; got text[]; page json; last json; size int; total int; here text[];
BEGIN
	EXECUTE format('SELECT coalesce(array_agg(concat_ws(''/'', %s)), ''{}'') FROM (%s) s',
		(SELECT string_agg(quote_ident(k) || '::text', ', ') FROM unnest(keys) k), query) INTO wanted;
	total := cardinality(wanted);
	FOREACH size IN ARRAY '{1,2,3,7}'::int[] LOOP
		got := '{}';
		page := corm.page(q, page_size => size);
		LOOP
			here := ids(page, keys);
			IF (page ->> 'has_previous')::bool IS DISTINCT FROM (cardinality(got) > 0) THEN RETURN format('WRONG has_previous at %s of %s', got, size); END IF;
			got := got || here;
			IF (page ->> 'has_next')::bool IS DISTINCT FROM (cardinality(got) < total) THEN RETURN format('WRONG has_next at %s of %s', got, size); END IF;
			EXIT WHEN here = '{}' OR cardinality(got) > total OR NOT (page ->> 'has_next')::bool;
			IF cardinality(here) <> size THEN RETURN format('WRONG size %s', here); END IF;
			page := corm.page(q, after => page ->> 'end', page_size => size);
		END LOOP;
		IF got <> wanted THEN RETURN format('WRONG %s forward by %s, not %s', got, size, wanted); END IF;
		CONTINUE WHEN total = 0;
		last := corm.page(q, after => page ->> 'end', page_size => size);
		IF brief(last) <> '< {}' THEN RETURN 'WRONG behind the end: ' || brief(last); END IF;
		got := here;
		WHILE (page ->> 'has_previous')::bool AND cardinality(got) <= total LOOP
			page := corm.page(q, before => page ->> 'start', page_size => size);
			got := ids(page, keys) || got;
			IF (page ->> 'has_previous')::bool IS DISTINCT FROM (cardinality(got) < total) THEN RETURN format('WRONG has_previous back at %s of %s', got, size); END IF;
			IF NOT (page ->> 'has_next')::bool THEN RETURN format('WRONG has_next back at %s of %s', got, size); END IF;
		END LOOP;
		IF got <> wanted THEN RETURN format('WRONG %s backward by %s, not %s', got, size, wanted); END IF;
		last := corm.page(q, before => page ->> 'start', page_size => size);
		IF brief(last) <> '{} >' THEN RETURN 'WRONG ahead of the start: ' || brief(last); END IF;
	END LOOP;
	RETURN 'ok ' || array_to_string(wanted, ',');
END
$$;
-- orders of Item, as corm and as SQL write them
CREATE FUNCTION walk_item(keys text[], sql_order text) RETURNS text LANGUAGE sql AS $$
	SELECT walk(corm.order_by('Item', VARIADIC keys), 'SELECT i.id FROM items i LEFT JOIN owners o ON o.id = i.owner_id ORDER BY ' || sql_order)
$$;

CREATE TYPE mood AS ENUM ('sad', 'ok', 'happy');
CREATE TYPE pair AS (x int, y text);
CREATE DOMAIN amount AS numeric CHECK (VALUE < 1000);
CREATE DOMAIN level AS mood;
CREATE TABLE owners (id int PRIMARY KEY, name text, rank int NOT NULL);
CREATE TABLE items (id int PRIMARY KEY, owner_id int REFERENCES owners, a int, b text, c text COLLATE "C" NOT NULL,
	t timestamptz, f float8, f4 real, n numeric, am amount, m mood, lv level, arr int[], j jsonb, iv interval, p pair,
	d date, by bytea, vc varchar(5), ch char(4), ok boolean, big bigint NOT NULL);
CREATE TABLE parts (id int PRIMARY KEY, item_id int REFERENCES items, size int, label text);
INSERT INTO owners VALUES (1, 'Ann', 2), (2, NULL, 1), (3, 'Bob', 2), (4, 'Ann', 3);
INSERT INTO items (id, owner_id, a, b, c, t, f, f4, n, am, m, lv, arr, j, iv, p, d, by, vc, ch, ok, big) VALUES
	(1, 1, 1, 'x', 'a', '2020-01-01 00:00:00.000001+00', 0.1, 0.1, 0.1, 1, 'ok', 'ok', '{1,2}', '{"k": "b", "n": {"l": 1}}', '1 day', '(1,a)', '2020-02-03', '\x00ff', 'v', 'c', true, 1),
	(2, 1, 1, 'x', 'B', '2020-01-01 00:00:00.000002+00', 0.30000000000000004, 0.3, 0.10, 1.0, 'sad', 'happy', '{1}', '{"k": "a"}', '24 hours', '(1,b)', '2020-03-02', '\x00', 'V', 'c ', false, 1),
	(3, 2, NULL, '', 'b', '2020-01-01 01:00:00+01', 0.3, 0.30000001, 0.1000000000000000000000000001, NULL, NULL, NULL, '{}', NULL, '1 mon', '(1,)', 'infinity', '\x', '', '', NULL, 2),
	(4, 2, 2, NULL, 'A', NULL, 'NaN', 'NaN', 'NaN', 2, 'happy', 'sad', NULL, '{"k": null}', '30 days', NULL, '-infinity', NULL, NULL, NULL, true, 2),
	(5, NULL, 2, 'x''y\z', 'ä', 'infinity', 'Infinity', 'Infinity', 'Infinity', 3, 'happy', 'sad', '{NULL,1}', '"s"', '-1 day', '(,)', NULL, '\x01', 'w', 'd', true, 3),
	(6, 3, NULL, 'X', 'a b', '-infinity', '-Infinity', '-Infinity', '-Infinity', NULL, 'ok', 'ok', '{{1,2},{3,4}}', '[1, 2]', NULL, '(2,"q ""r""")', '2020-02-03', '\x00ff', 'v', 'c', NULL, 3),
	(7, NULL, 1, NULL, E'a\nb', NULL, NULL, NULL, NULL, -1, NULL, NULL, '{1,2}', '{"k": "b"}', '1 day', '(1,a)', NULL, NULL, NULL, NULL, false, -9),
	(8, 4, 3, 'x', 'ab', '2020-01-01 00:00:00.000001+00', -0.0, -0.0, -0.000, 0, 'sad', 'happy', NULL, 'null', '1 day 00:00:00.000001', '(,a)', '2019-12-31', '\xff', 'zz', 'zz', true, 9223372036854775807),
	(9, 4, NULL, 'ß', '', '2019-12-31 23:59:59.999999+00', 0, 0, 123456789012345678901234567890.123456789, 1, 'sad', 'happy', '{2}', '{"k": 1}', '1 year', '(1,a)', '2020-01-01', '\x00ff00', 'v', 'c', false, -9223372036854775808);
INSERT INTO parts VALUES (1, 1, 5, 'p'), (2, 1, 3, 'q'), (3, 2, 3, NULL), (4, 4, NULL, 'r'), (5, 5, 9, 'p'), (6, 5, 1, 'a'), (7, 8, 5, 'z'), (8, 9, 2, 'q'), (9, 9, 2, 'b');
SELECT corm.register_model('owners', 'Owner'), corm.register_model('items', 'Item'), corm.register_model('parts', 'Part');
SELECT corm.foreign_key('Item', 'owner', 'Owner', 'items'), corm.foreign_key('Part', 'item', 'Item', 'parts');

--
-- One page
--
SELECT corm.page('Owner', page_size => 2);
SELECT corm.page('Owner', after => corm.page('Owner', page_size => 2) ->> 'end', total => true);
SELECT json_object_keys(corm.page('Owner'));
SELECT json_object_keys(corm.page('Owner', total => true));
SELECT corm.page(NULL), corm.page(NULL, total => true);
SELECT corm.page(corm.filter('Owner', '{"id": 99}'), total => true);
-- one row by its key, which is found otherwise, is a page like another
SELECT count(DISTINCT corm.page(corm.objects('Item', q, order_by => '{-a}', fields => '{b}'))::text) FROM (VALUES ('{"id": 3}'::jsonb), ('{"id__range": [3, 3]}')) v(q);
SELECT brief(corm.page('Item', page_size => 2147483647)), brief(corm.page('Item', page_size => 9)), brief(corm.page('Item', page_size => 8));
SELECT (corm.page('Owner', page_size => 1) ->> 'start') = (corm.page('Owner', page_size => 1) ->> 'end');
SELECT pg_typeof(corm.page('Owner'));

--
-- Orders, compared with ORDER BY
--
SELECT walk_item('{}', 'i.id');
SELECT walk_item('{-id}', 'i.id DESC');
SELECT walk_item('{a}', 'i.a, i.id');
SELECT walk_item('{-a}', 'i.a DESC, i.id');
SELECT walk_item('{a nulls first}', 'i.a NULLS FIRST, i.id');
SELECT walk_item('{-a nulls last}', 'i.a DESC NULLS LAST, i.id');
SELECT walk_item('{a,-b nulls last,-id}', 'i.a, i.b DESC NULLS LAST, i.id DESC');
SELECT walk_item('{-a nulls last,b nulls first,big}', 'i.a DESC NULLS LAST, i.b NULLS FIRST, i.big, i.id');
SELECT walk_item('{a,-a,-b,b,ok,-m}', 'i.a, i.b DESC, i.ok, i.m DESC, i.id');
SELECT walk_item('{b}', 'i.b, i.id');
SELECT walk_item('{c}', 'i.c, i.id');
SELECT walk_item('{-c,a}', 'i.c DESC, i.id');
SELECT walk_item('{big,a}', 'i.big, i.a, i.id');
SELECT walk_item('{-big,-a nulls last}', 'i.big DESC, i.a DESC NULLS LAST, i.id');
SELECT walk_item('{ok,-m,lv nulls first}', 'i.ok, i.m DESC, i.lv NULLS FIRST, i.id');
SELECT walk_item('{-lv}', 'i.lv DESC, i.id');
-- values are exact, whatever the session says about output
SET datestyle = 'German';
SET intervalstyle = 'iso_8601';
SET extra_float_digits = -10;
SET bytea_output = 'escape';
SET timezone = 'Asia/Kolkata';
SELECT walk_item('{t}', 'i.t, i.id');
SELECT walk_item('{-t nulls last}', 'i.t DESC NULLS LAST, i.id');
SELECT walk_item('{f}', 'i.f, i.id');
SELECT walk_item('{-f}', 'i.f DESC, i.id');
SELECT walk_item('{f4 nulls first,-id}', 'i.f4 NULLS FIRST, i.id DESC');
SELECT walk_item('{n}', 'i.n, i.id');
SELECT walk_item('{-n,am}', 'i.n DESC, i.am, i.id');
SELECT walk_item('{am,f}', 'i.am, i.f, i.id');
SELECT walk_item('{iv}', 'i.iv, i.id');
SELECT walk_item('{-d}', 'i.d DESC, i.id');
SELECT walk_item('{by}', 'i.by, i.id');
SELECT walk_item('{arr}', 'i.arr, i.id');
SELECT walk_item('{-arr nulls last}', 'i.arr DESC NULLS LAST, i.id');
SELECT walk_item('{j}', 'i.j, i.id');
SELECT walk_item('{p}', 'i.p, i.id');
SELECT walk_item('{-p nulls last}', 'i.p DESC NULLS LAST, i.id');
SELECT walk_item('{vc,-ch}', 'i.vc, i.ch DESC, i.id');
RESET datestyle;
RESET intervalstyle;
RESET extra_float_digits;
RESET bytea_output;
SET timezone = 'UTC';
-- a cursor made under other settings, as far as they do not change the order
SELECT brief(corm.page(corm.order_by('Item', '-t', '-f'), after => p.object ->> 'end', page_size => 3)), set_config('datestyle', 'SQL, DMY', false), set_config('timezone', 'America/New_York', false)
FROM corm.page(corm.order_by('Item', '-t', '-f'), page_size => 4) p;
SELECT brief(corm.page(corm.order_by('Item', '-t', '-f'), before => p.object ->> 'end', page_size => 2)) FROM corm.page(corm.order_by('Item', '-t', '-f'), page_size => 4) p;
RESET datestyle;
SET timezone = 'UTC';
-- related columns: a foreign key that may be null, to-many relations, aggregates
SELECT walk_item('{owner__name}', 'o.name, i.id');
SELECT walk_item('{-owner__name nulls last,-a}', 'o.name DESC NULLS LAST, i.a DESC, i.id');
SELECT walk_item('{owner__rank,-c}', 'o.rank, i.c DESC, i.id');
SELECT walk_item('{-owner__rank}', 'o.rank DESC, i.id');
SELECT walk_item('{owner,-id}', 'i.owner_id, i.id DESC');
SELECT walk_item('{parts__size}', '(SELECT min(size) FROM parts WHERE item_id = i.id), i.id');
SELECT walk_item('{-parts__size nulls last,b}', '(SELECT max(size) FROM parts WHERE item_id = i.id) DESC NULLS LAST, i.b, i.id');
SELECT walk_item('{-parts__label}', '(SELECT max(label) FROM parts WHERE item_id = i.id) DESC, i.id');
SELECT walk_item('{-parts__count,a}', '(SELECT count(*) FROM parts WHERE item_id = i.id) DESC, i.a, i.id');
SELECT walk_item('{parts__size__sum nulls first}', '(SELECT sum(size) FROM parts WHERE item_id = i.id) NULLS FIRST, i.id');
-- transforms and JSON
SELECT walk(corm.objects('Item', '{"t__lt": "infinity", "t__gt": "-infinity"}', order_by => '{-t__year,-t__month}'), $$SELECT id FROM items WHERE isfinite(t) ORDER BY date_part('year', t) DESC, date_part('month', t) DESC, id$$);
SELECT walk_item('{j__k}', 'i.j -> ''k'', i.id');
SELECT walk_item('{-j__n__l nulls last,j__k nulls first}', 'i.j -> ''n'' -> ''l'' DESC NULLS LAST, i.j -> ''k'' NULLS FIRST, i.id');
-- annotations
SELECT walk(corm.order_by(corm.annotate('Item', '{"n_big": {"count": "parts", "filter": {"size__gte": 3}}}'), '-n_big', 'c'), 'SELECT i.id FROM items i ORDER BY (SELECT count(*) FROM parts WHERE item_id = i.id AND size >= 3) DESC, i.c, i.id');
-- filters, loads and relations
SELECT walk(corm.objects('Item', '{"parts__size__gte": 2}', order_by => '{-a}'), 'SELECT id FROM items i WHERE EXISTS (SELECT FROM parts WHERE item_id = i.id AND size >= 2) ORDER BY a DESC, id');
SELECT walk(corm.objects('Item', '{"owner__rank": 2}', select_related => '{owner}', prefetch_related => '["parts"]', order_by => '{owner__name,-a}'), 'SELECT i.id FROM items i JOIN owners o ON o.id = owner_id WHERE rank = 2 ORDER BY name, a DESC, i.id');
SELECT walk(corm.relation('Owner', 1, 'items', order_by => '{-b,-id}'), 'SELECT id FROM items WHERE owner_id = 1 ORDER BY b DESC, id DESC');
SELECT walk(corm.relation(corm.filter('Owner', '{"rank": 2}'), 'items', order_by => '{a}'), 'SELECT i.id FROM items i JOIN owners o ON o.id = owner_id WHERE rank = 2 ORDER BY a, i.id');
SELECT walk(corm.filter('Item', '{"id": 0}'), 'SELECT id FROM items WHERE false');
-- the items are what corm.all gives
SELECT p.object ->> 'items' = corm.list(corm.limit(q, 2))::text FROM (SELECT corm.objects('Item', select_related => '{owner}', prefetch_related => '{"parts": {"limit": 1, "more": true}}', fields => '{id,b}', order_by => '{-a,parts__size}')) s(q), corm.page(q, page_size => 2) p;

-- in batches, and within the limit on rows, of which the one behind the page is none
SET corm.batch_size = 2;
SET corm.max_rows = 12;
SELECT p.object ->> 'items' = corm.list(corm.limit(q, 5))::text, brief(p.object) FROM (SELECT corm.objects('Item', prefetch_related => '["parts"]', fields => '{id}', order_by => '{-parts__size,-id}')) s(q), corm.page(q, page_size => 5) p;
SET corm.max_rows = 3;
SELECT brief(corm.page('Item', page_size => 3)), try('SELECT corm.page(''Item'', page_size => 4)');
RESET corm.batch_size;
RESET corm.max_rows;
-- values that are equal and differ
CREATE COLLATION caseless (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
CREATE TABLE words (id int PRIMARY KEY, word text COLLATE caseless, n numeric);
INSERT INTO words SELECT i, (ARRAY['a', 'A', 'b', 'B', NULL, 'C'])[1 + i % 6], (ARRAY[1, 1.0, 1.00, 2])[1 + i % 4] FROM generate_series(1, 13) i;
SELECT corm.register_model('words', 'Word');
SELECT walk(corm.order_by('Word', 'word'), 'SELECT id FROM words ORDER BY word, id');
SELECT walk(corm.order_by('Word', '-word nulls last', 'n', '-id'), 'SELECT id FROM words ORDER BY word DESC NULLS LAST, n, id DESC');
-- values stored apart
CREATE TABLE essays (id int PRIMARY KEY, body text);
ALTER TABLE essays ALTER body SET STORAGE EXTERNAL;
INSERT INTO essays SELECT i, nullif(repeat(chr(97 + i % 3), 1000 * i), '') FROM generate_series(0, 6) i;
SELECT corm.register_model('essays', 'Essay');
SELECT walk(corm.order_by('Essay', '-body'), 'SELECT id FROM essays ORDER BY body DESC, id');

--
-- Composite keys, quoted names
--
CREATE TABLE "Odd ""table" ("a__b" int, "the Key" text, "Value" int, PRIMARY KEY ("the Key", "a__b"));
INSERT INTO "Odd ""table" SELECT i % 3, chr(97 + i / 3), nullif(i % 4, 1) FROM generate_series(0, 10) i;
SELECT corm.register_model('"Odd ""table"', 'Odd');
SELECT walk('Odd', 'SELECT * FROM "Odd ""table" ORDER BY "the Key", "a__b"', '{the Key,a__b}');
SELECT walk(corm.order_by('Odd', '-pk'), 'SELECT * FROM "Odd ""table" ORDER BY "the Key" DESC, "a__b" DESC', '{the Key,a__b}');
SELECT walk(corm.order_by('Odd', '-"Value" nulls last', '"a__b"'), 'SELECT * FROM "Odd ""table" ORDER BY "Value" DESC NULLS LAST, "a__b", "the Key"', '{the Key,a__b}');

--
-- Several links of one pair, links read from both ends
--
CREATE TABLE clubs (id int PRIMARY KEY);
CREATE TABLE people (id int PRIMARY KEY, name text);
CREATE TABLE members (id int PRIMARY KEY, club_id int REFERENCES clubs, person_id int REFERENCES people, since int);
CREATE TABLE friends (id int PRIMARY KEY, one int REFERENCES people, other int REFERENCES people, since int);
INSERT INTO clubs VALUES (1);
INSERT INTO people SELECT i, nullif('n' || i % 3, 'n2') FROM generate_series(1, 7) i;
INSERT INTO members SELECT i, 1, 1 + i * 5 % 7, nullif((i * 7) % 5, 3) FROM generate_series(1, 17) i;
INSERT INTO friends SELECT i, 1 + i % 2, 1 + i * 3 % 7, i * 5 % 4 FROM generate_series(1, 14) i;
SELECT corm.register_model('clubs', 'Club'), corm.register_model('people', 'Person'), corm.register_model('members', 'Member'), corm.register_model('friends', 'Friend');
SELECT corm.many_to_many('Club', 'members', 'Person', through => 'Member', related_name => 'clubs');
SELECT corm.many_to_many('Person', 'friends', 'Person', through => 'Friend', symmetrical => true);
SELECT walk(corm.relation('Club', 1, 'members'), 'SELECT id FROM people ORDER BY id');
SELECT walk(corm.relation('Club', 1, 'members', order_by => '{-name}'), 'SELECT id FROM people ORDER BY name DESC, id');
-- the link of lowest key counts, though another one may be behind the cursor
SELECT walk(corm.relation('Club', 1, 'members', order_by => '{Member__since}'), 'SELECT p.id FROM people p ORDER BY (SELECT since FROM members m WHERE person_id = p.id ORDER BY m.id LIMIT 1), p.id');
SELECT walk(corm.relation('Club', 1, 'members', order_by => '{-Member__since nulls last,name}'), 'SELECT p.id FROM people p ORDER BY (SELECT since FROM members m WHERE person_id = p.id ORDER BY m.id LIMIT 1) DESC NULLS LAST, name, p.id');
SELECT walk(corm.relation('Person', 1, 'friends', order_by => '{-Friend__since}'), 'SELECT p.o AS id FROM (SELECT DISTINCT ON (o) o, since FROM (SELECT id, other AS o, since FROM friends WHERE one = 1 UNION ALL SELECT id, one, since FROM friends WHERE other = 1) f ORDER BY o, f.id) p ORDER BY since DESC, o');
SELECT corm.page(corm.relation('Club', 1, 'members'), page_size => 1, total => true) ->> 'total';

--
-- Cursors on both sides; slices
--
CREATE TABLE numbers (id int PRIMARY KEY, half int NOT NULL);
INSERT INTO numbers SELECT i, i / 2 FROM generate_series(1, 20) i;
SELECT corm.register_model('numbers', 'Number');
CREATE FUNCTION at(wanted int) RETURNS text LANGUAGE sql AS $$ SELECT corm.page(corm.filter('Number', jsonb_build_object('id', wanted))) ->> 'end' $$;
SELECT brief(corm.page('Number', after => at(5), before => at(10))), brief(corm.page('Number', after => at(5), before => at(10), page_size => 2)), brief(corm.page('Number', after => at(5), before => at(10), page_size => 4));
SELECT brief(corm.page('Number', after => at(5), before => at(6))), brief(corm.page('Number', after => at(9), before => at(3))), brief(corm.page('Number', after => at(20), before => at(1)));
SELECT brief(corm.page(corm.limit('Number', 3))), brief(corm.page(corm.limit('Number', 3), page_size => 2)), brief(corm.page(corm.limit('Number', 30), page_size => 2)), brief(corm.page(corm.limit('Number', 0)));
SELECT brief(corm.page(corm.offset('Number', 5), page_size => 2)), brief(corm.page(corm.offset('Number', 19), page_size => 2)), brief(corm.page(corm.offset('Number', 20))), brief(corm.page(corm.offset('Number', 0), page_size => 2)), brief(corm.page(corm.offset(corm.filter('Number', '{"id": 0}'), 2)));
SELECT brief(corm.page(corm.offset('Number', 5), after => at(2), page_size => 2)), brief(corm.page(corm.offset(corm.limit('Number', 2), 5), before => at(10)));
SELECT corm.page(corm.offset(corm.limit('Number', 2), 5), total => true) ->> 'total', corm.page('Number', after => at(18), total => true) ->> 'total', corm.page('Number', total => NULL) ->> 'total';
SELECT brief(corm.page(corm.allow('Number', '{"max_limit": 3}'))), brief(corm.page(corm.allow('Number', '{"max_limit": 3}'), after => at(17))), corm.page(corm.allow('Number', '{"max_limit": 3}'), total => true) ->> 'total';
-- the same place whatever the filter, the loads and the words for the order
SELECT brief(corm.page(corm.objects('Number', '{"id__gt": 3, "half__ne": 4}', order_by => '{pk}'), after => at(6), page_size => 3));
-- ... and the search path
SELECT at(6) AS six \gset
SET search_path = public;
SELECT corm.page(corm.fields('corm_page.Number', 'id'), after => :'six', page_size => 2) ->> 'items';
SET search_path = corm_page;
-- an index is searched from the cursor on: few rows are read of many
CREATE TABLE lots (id int PRIMARY KEY, half int NOT NULL);
INSERT INTO lots SELECT i, i / 2 FROM generate_series(1, 10000) i;
CREATE INDEX ON lots (half, id);
VACUUM ANALYZE lots;
SELECT corm.register_model('lots', 'Lot');
CREATE FUNCTION rows_read(q corm.queryset, place text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE cursor text; before_ bigint; after_ bigint;
BEGIN
	cursor := corm.page(corm.filter(q, place::jsonb)) ->> 'end';
	SELECT seq_tup_read + idx_tup_fetch INTO before_ FROM pg_stat_xact_user_tables WHERE relid = 'lots'::regclass;
	PERFORM corm.page(q, after => cursor, page_size => 10), corm.page(q, before => cursor, page_size => 10);
	SELECT seq_tup_read + idx_tup_fetch INTO after_ FROM pg_stat_xact_user_tables WHERE relid = 'lots'::regclass;
	RETURN CASE WHEN after_ - before_ <= 40 THEN 'few' ELSE 'many: ' || after_ - before_ END;
END
$$;
SELECT rows_read('Lot', '{"id": 5000}'), rows_read(corm.order_by('Lot', '-id'), '{"id": 5000}');
SELECT rows_read(corm.order_by('Lot', 'half'), '{"id": 5000}'), rows_read(corm.order_by('Lot', '-half', '-id'), '{"id": 5000}');
SELECT corm.sql(corm.limit(corm.order_by('Lot', 'half'), 5), 'page');
SELECT corm.sql(corm.objects('Owner', fields => '{id}', prefetch_related => '["items__parts"]', order_by => '{-name}', offset_count => 3, limit_count => 100), 'page');
SELECT (SELECT count(*) FROM corm.explain('Lot', 'page')) > 1, (SELECT count(*) FROM corm.explain('Lot', 'page', true)) > 1;

--
-- Rows come and go
--
SELECT corm.page('Number', page_size => 3) ->> 'end' AS here \gset
DELETE FROM numbers WHERE id IN (2, 3, 4);
SELECT brief(corm.page('Number', after => :'here', page_size => 3)), brief(corm.page('Number', before => :'here', page_size => 3));
INSERT INTO numbers VALUES (0, 0), (-1, 0), (4, 2);
SELECT brief(corm.page('Number', after => :'here', page_size => 3)), brief(corm.page('Number', before => :'here', page_size => 3));
DELETE FROM numbers WHERE id > 3;
SELECT brief(corm.page('Number', after => :'here')), brief(corm.page('Number', before => :'here', page_size => 2));
DELETE FROM numbers;
SELECT brief(corm.page('Number', after => :'here')), brief(corm.page('Number', before => :'here'));
INSERT INTO numbers SELECT i, i / 2 FROM generate_series(1, 20) i;

--
-- Row level security: a page has the rows that its reader may see
--
CREATE ROLE regress_corm_pager;
GRANT USAGE ON SCHEMA corm_page TO regress_corm_pager;
GRANT SELECT ON numbers TO regress_corm_pager;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA corm_page TO regress_corm_pager;
ALTER TABLE numbers ENABLE ROW LEVEL SECURITY;
CREATE POLICY odd ON numbers TO regress_corm_pager USING (id % 2 = 1 AND id BETWEEN 5 AND 15);
SELECT at(4) AS hidden, at(15) AS ultimate \gset
SET ROLE regress_corm_pager;
SELECT walk(corm.order_by('Number', '-half'), 'SELECT id FROM numbers WHERE id % 2 = 1 AND id BETWEEN 5 AND 15 ORDER BY half DESC');
SELECT brief(corm.page('Number', after => :'hidden', page_size => 2)), brief(corm.page('Number', before => :'hidden')), brief(corm.page('Number', after => :'ultimate')), corm.page('Number', total => true) ->> 'total';
SELECT try('SELECT corm.page(''Item'')');
RESET ROLE;
ALTER TABLE numbers DISABLE ROW LEVEL SECURITY;

--
-- Errors
--
SELECT corm.page(corm.order_by('Item', 'b', '-t'), page_size => 2) ->> 'end' AS here \gset
CREATE TABLE heap (a int);
SELECT corm.register_model('heap', 'Heap');
SELECT try('SELECT corm.page(''Heap'')');
SELECT try('SELECT corm.page(''Item'', page_size => 0)');
SELECT try('SELECT corm.page(''Item'', page_size => -1)');
SELECT try('SELECT corm.page(''Item'', page_size => NULL)');
SELECT try('SELECT corm.page(NULL, page_size => 0)');
SELECT try('SELECT corm.page(corm.distinct(''Item'', ''b''))');
SELECT try('SELECT corm.page(''Nothing'')');
SELECT try('SELECT corm.page(corm.order_by(''Item'', ''nothing''))');
SELECT try('SELECT corm.page(corm.order_by(''Item'', ''b'', ''t''), ''' || :'here' || ''')');
SELECT try('SELECT corm.page(corm.order_by(''Item'', ''b''), before => ''' || :'here' || ''')');
SELECT try('SELECT corm.page(''Owner'', at(1))');
SELECT try('SELECT corm.page(''Item'', '''')');
SELECT try('SELECT corm.page(''Item'', ''?'')');
SELECT try('SELECT corm.page(''Item'', before => ''AAAA'')');
-- one that fits after all
SELECT brief(corm.page(corm.order_by('Item', 'b', '-t'), after => :'here', page_size => 2));
-- other orders: the direction, nulls, another key, another JSON key, an annotation's filter
CREATE FUNCTION fits(one corm.queryset, other corm.queryset) RETURNS text LANGUAGE sql AS $$
	SELECT split_part(try(format('SELECT brief(corm.page(%L, after => %L, page_size => 1))', other, corm.page(one, page_size => 1) ->> 'end')), E'\n', 1)
$$;
SELECT fits(corm.order_by('Item', a), corm.order_by('Item', b)) FROM (VALUES ('a', '-a'), ('a', 'a nulls first'), ('a', 'big'), ('j__k', 'j__l'), ('j__k', 'j'), ('owner__name', 'owner__rank'), ('owner__name', 'b'), ('parts__size', '-parts__size'), ('parts__count', 'parts__size__sum')) v(a, b);
SELECT fits(corm.order_by('Item', a), corm.order_by('Item', b)) FROM (VALUES ('pk', 'id'), ('owner', 'owner_id'), ('a', 'a'), ('owner__name', 'owner__name')) v(a, b);
SELECT fits(corm.order_by(corm.annotate('Item', '{"some": {"count": "parts", "filter": {"size__gt": 1}}}'), 'some'), corm.order_by(corm.annotate('Item', '{"some": {"count": "parts", "filter": {"size__gt": 2}}}'), 'some'));
SELECT fits(corm.relation('Owner', 1, 'items'), corm.relation('Owner', 2, 'items')), fits(corm.relation('Owner', 1, 'items'), corm.relation('Owner', NULL::int, 'items'));
SELECT fits(corm.order_by(corm.select_related('Item', 'owner'), 'owner__name'), corm.objects('Item', '{"owner__rank__gt": 1}', order_by => '{owner__name}'));
-- every single character changed, left out or doubled, and every beginning
CREATE FUNCTION damaged(q corm.queryset, good text) RETURNS TABLE (result text) LANGUAGE sql AS $$
	SELECT DISTINCT split_part(try(format('SELECT corm.page(%L, after => %L)', q, bad)), E'\n', 1)
	FROM generate_series(1, length(good)) i, unnest('{A,B,_,-,+,/,=,z,"",é," "}'::text[]) c, LATERAL (VALUES (overlay(good PLACING c FROM i FOR 1)), (overlay(good PLACING c FROM i FOR 0)), (left(good, i - 1))) v(bad)
	WHERE bad <> good
$$;
SELECT damaged(corm.order_by('Item', 'b', '-t'), :'here');
SELECT damaged('Item', corm.page('Item') ->> 'end');
SELECT split_part(try(format('SELECT corm.page(''Item'', after => %L)', c)), E'\n', 1) FROM (VALUES (:'here' || '='), (:'here' || 'A'), (:'here' || 'AAAA'), (' ' || :'here'), (:'here' || E'\n'), (repeat('A', 100000))) v(c);
-- forged cursors: whole, and not what corm.page() writes
CREATE FUNCTION checksum(data bytea) RETURNS bytea LANGUAGE plpgsql AS $$
DECLARE crc bigint := 4294967295;
BEGIN
	FOR i IN 0 .. length(data) - 1 LOOP
		crc := crc # get_byte(data, i);
		FOR n IN 1 .. 8 LOOP
			crc := (crc >> 1) # CASE WHEN crc & 1 = 1 THEN 2197175160 ELSE 0 END;
		END LOOP;
	END LOOP;
	RETURN decode(lpad(to_hex(crc # 4294967295), 8, '0'), 'hex');
END
$$;
CREATE FUNCTION length4(n int) RETURNS bytea LANGUAGE sql AS $$ SELECT decode(lpad(to_hex(n), 8, '0'), 'hex') $$;
CREATE FUNCTION field(value bytea) RETURNS bytea LANGUAGE sql AS $$ SELECT coalesce(length4(length(value)) || value, '\xffffffff') $$;
CREATE FUNCTION field(value text) RETURNS bytea LANGUAGE sql AS $$ SELECT field(convert_to(value, 'UTF8')) $$;
CREATE FUNCTION seal(payload bytea) RETURNS text LANGUAGE sql AS $$
	SELECT rtrim(translate(encode(payload || checksum(payload), 'base64'), E'+/\n', '-_'), '=')
$$;
CREATE FUNCTION head(q corm.queryset) RETURNS bytea LANGUAGE sql AS $$
	SELECT substring(decode(rpad(s, (length(s) + 3) / 4 * 4, '='), 'base64') FROM 1 FOR 9)
	FROM translate(corm.page(q) ->> 'end', '-_', '+/') s
$$;
CREATE FUNCTION forged(q corm.queryset, fields bytea) RETURNS text LANGUAGE sql AS $$
	SELECT try(format('SELECT brief(corm.page(%L, after => %L, page_size => 2))', q, seal(head(q) || fields)))
$$;
SELECT seal(head('Number') || field('7')) = at(7), forged('Number', field('-1')), forged('Number', field(' 7 ')), forged('Number', field(NULL::text));
SELECT forged('Number', field('x'));
SELECT forged('Number', field(''));
SELECT forged('Number', field('99999999999999999999'));
SELECT forged('Number', field('7; DROP TABLE numbers'));
SELECT forged('Number', '');
SELECT forged('Number', field('7') || field('7'));
SELECT forged('Number', field('7') || '\x00');
SELECT forged('Number', '\xfffffffe37');
SELECT forged('Number', '\x7fffffff37');
SELECT forged('Number', '\x0000000237');
SELECT forged('Number', field('\x3700'::bytea));
SELECT split_part(try(format('SELECT corm.page(''Number'', %L)', seal(payload))), E'\n', 1) FROM (VALUES
	('\x02'::bytea || substring(head('Number') FROM 2) || field('7')), ('\x'), ('\x01'), (substring(head('Number') FROM 1 FOR 8)), (overlay(head('Number') PLACING '\x00' FROM 3) || field('7'))) v(payload);
SELECT split_part(forged(corm.order_by('Item', o), field(v) || field('1')), E'\n', 1) FROM (VALUES
	('b', NULL), ('b', 'x'), ('b', '('), ('m', 'glad'), ('lv', 'glad'), ('am', '5000'), ('am', 'x'), ('t', 'now then'), ('t', '2020-13-01'), ('arr', '{'), ('arr', '{1'), ('j__k', '{'), ('j__k', repeat('[', 10000)), ('p', '(1'), ('p', '(x,y)'), ('iv', '1 dozen'), ('by', '\x0'), ('f', '1e999'), ('ok', 'maybe'), ('parts__count', 'many')) c(o, v);
SELECT split_part(forged(corm.order_by('Item', 'b'), field('\xff'::bytea) || field('1')), E'\n', 1);
SELECT has_function_privilege('regress_corm_pager', 'corm.page(corm.queryset, text, text, int, boolean)', 'EXECUTE'), provolatile, proparallel FROM pg_proc WHERE oid = 'corm.page'::regproc;

DROP OWNED BY regress_corm_pager;
DROP ROLE regress_corm_pager;
DROP SCHEMA corm_page CASCADE;
