-- Kept texts and what calls they meet: calls within calls, errors, cursors, limits;
-- documents that are pulled, however many and however long they are.
SET client_min_messages = warning;
CREATE SCHEMA corm_kept_calls;
SET search_path = corm_kept_calls;
SET synchronous_commit = on;
SET corm.row_cache_size = '8MB';
\pset format unaligned
\pset tuples_only on
CREATE PROCEDURE alone() LANGUAGE plpgsql AS $$
BEGIN
	WHILE EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_xmin IS NOT NULL) LOOP
		PERFORM pg_stat_clear_snapshot(), pg_sleep(0.01);
	END LOOP;
END $$;
\set vacuum 'CALL alone(); VACUUM'
CREATE FUNCTION hits() RETURNS bigint LANGUAGE sql AS 'SELECT row_hits FROM corm.stats()';
-- what a call says with kept texts, cold and warm, and by statements; of errors the text
CREATE FUNCTION try(q corm.queryset) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	RETURN corm.list(q)::text;
EXCEPTION WHEN OTHERS THEN
	RETURN SQLSTATE || ' ' || SQLERRM;
END $$;
CREATE FUNCTION try_pulled(q corm.queryset) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	RETURN (SELECT '[' || coalesce(string_agg(a::text, ','), '') || ']' FROM (SELECT corm.all(q) a) x);
EXCEPTION WHEN OTHERS THEN
	RETURN SQLSTATE || ' ' || SQLERRM;
END $$;
CREATE FUNCTION same(q corm.queryset) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	cold text := try(q);
	warm text := try(q);
	pulled text := try_pulled(q);
	plain text;
BEGIN
	PERFORM set_config('corm.direct_scan', 'off', false);
	plain := try(q);
	PERFORM set_config('corm.direct_scan', 'on', false);
	RETURN CASE WHEN cold = plain AND warm = plain AND pulled = plain THEN 'same' ELSE format('cold: %s, warm: %s, pulled: %s, statements: %s', left(cold, 60), left(warm, 60), left(pulled, 60), left(plain, 60)) END ||
		' | ' || CASE WHEN length(plain) > 300 THEN length(plain) || ' characters' ELSE plain END;
END $$;

CREATE TABLE author (id int PRIMARY KEY, name text) WITH (autovacuum_enabled = off);
CREATE TABLE post (id int PRIMARY KEY, author_id int REFERENCES author, editor_id int REFERENCES author);
CREATE TABLE tag (id int PRIMARY KEY, label text);
CREATE TABLE link (post_id int REFERENCES post, tag_id int REFERENCES tag, PRIMARY KEY (post_id, tag_id));
INSERT INTO author SELECT i, 'a' || i FROM generate_series(1, 400) i;
INSERT INTO post SELECT i, i, 1 FROM generate_series(1, 300) i;
INSERT INTO tag SELECT i, 't' || i FROM generate_series(1, 10) i;
INSERT INTO link SELECT 1 + i % 300, 1 + i % 10 FROM generate_series(0, 599) i ON CONFLICT DO NOTHING;
SELECT corm.register_model(t) FROM unnest('{author,post,tag,link}'::regclass[]) t;
SELECT corm.foreign_key('post', 'author', 'author', 'posts'), corm.foreign_key('post', 'editor', 'author', 'edited'), corm.many_to_many('post', 'tags', 'tag', through => 'link', related_name => 'posts');

-- corm.max_rows: rows count as statements would bring them, kept or not, asked for
-- or rendered with others; found by a scan instead of a join they do not count
CREATE FUNCTION least_rows(q corm.queryset) RETURNS int LANGUAGE plpgsql AS $$
DECLARE low int := 1; high int := 5000; mid int;
BEGIN
	WHILE low < high LOOP
		mid := (low + high) / 2;
		PERFORM set_config('corm.max_rows', mid::text, false);
		IF try(q) LIKE '54000%' THEN low := mid + 1; ELSE high := mid; END IF;
	END LOOP;
	RETURN low;
END $$;
CREATE FUNCTION limits(q corm.queryset) RETURNS text LANGUAGE plpgsql AS $$
DECLARE n int; m int; r text := '';
BEGIN
	FOREACH m IN ARRAY '{1000,1,2,7}'::int[] LOOP
		PERFORM set_config('corm.batch_size', m::text, false), set_config('corm.direct_scan', 'off', false);
		n := least_rows(q);
		PERFORM set_config('corm.direct_scan', 'on', false), set_config('corm.row_cache_size', '0', false), set_config('corm.max_rows', n::text, false);
		r := r || n || CASE WHEN try(q) ~ '^\[' AND try_pulled(q) ~ '^\[' THEN '' ELSE ' fails without cache' END;
		PERFORM set_config('corm.row_cache_size', '8MB', false);
		r := r || CASE WHEN try(q) ~ '^\[' AND try(q) ~ '^\[' THEN '' ELSE ' fails' END || CASE WHEN try_pulled(q) ~ '^\[' THEN '' ELSE ' fails when pulled' END;
		PERFORM set_config('corm.row_cache_size', '0', false), set_config('corm.max_rows', (n - 1)::text, false);
		r := r || CASE WHEN try(q) ~ '^54000' AND try_pulled(q) ~ '^54000' THEN '' ELSE ' goes on without cache' END;
		PERFORM set_config('corm.row_cache_size', '8MB', false);
		r := r || CASE WHEN try(q) ~ '^54000' AND try(q) ~ '^54000' THEN '' ELSE ' goes on' END || CASE WHEN try_pulled(q) ~ '^54000' THEN '' ELSE ' goes on when pulled' END || ' ';
	END LOOP;
	PERFORM set_config('corm.max_rows', '10000000', false), set_config('corm.batch_size', '1000', false);
	RETURN r;
END $$;
:vacuum author, tag, link;
SELECT limits(corm.fields('post', 'id'));
SELECT limits(corm.select_related('post', 'author'));
SELECT limits(corm.select_related('post', 'author', 'editor'));
SELECT limits(corm.prefetch_related('post', 'tags'));
SELECT limits(corm.prefetch_related('tag', '{"posts": {"select_related": ["author", "editor"]}}'));
SET corm.to_one_strategy = separate;
SELECT limits(corm.select_related('post', 'author'));
SELECT limits(corm.select_related('post', 'author', 'editor'));
SELECT limits(corm.prefetch_related('tag', '{"posts": {"select_related": ["author", "editor"]}}'));
UPDATE post SET author_id = 1 WHERE id % 2 = 0;
SELECT limits(corm.select_related('post', 'author', 'editor'));
-- pages that are not all-visible
UPDATE author SET name = upper(name) WHERE id % 3 = 0;
SELECT limits(corm.select_related('post', 'author', 'editor'));
:vacuum author;
SELECT limits(corm.select_related(corm.limit('post', 150), 'author'));
-- two cursors at once, one of which goes on alone: 300 rows and 150 others
SELECT same(corm.select_related('post', 'author'));
BEGIN;
SET LOCAL corm.max_rows = 450;
DECLARE c CURSOR FOR SELECT corm.all(corm.select_related('post', 'author'));
DECLARE d CURSOR FOR SELECT corm.all(corm.select_related('post', 'author'));
MOVE 20 FROM c;
MOVE 20 FROM d;
CLOSE c;
MOVE 299 FROM d;
ROLLBACK;
BEGIN;
SET LOCAL corm.max_rows = 449;
DECLARE c CURSOR FOR SELECT corm.all(corm.select_related('post', 'author'));
MOVE 400 FROM c;
ROLLBACK;
RESET corm.to_one_strategy;

-- calls within calls: of a view's column, of a key's default, of a trigger
CREATE FUNCTION inner_call(i int) RETURNS text LANGUAGE plpgsql STABLE AS $$
BEGIN
	RETURN length(corm_kept_calls.try(corm.select_related(corm.objects('corm_kept_calls.post', jsonb_build_object('id__lte', i)), 'author', 'editor')));
END $$;
CREATE VIEW outer_post AS SELECT id, author_id, inner_call(id) AS inner_length FROM post WHERE id <= 5;
SELECT corm.register_model('outer_post', key => '{id}'), corm.relation_on('outer_post', 'author', 'author', '{author_id}', related_name => 'outer_posts');
SELECT same(corm.select_related('outer_post', 'author'));
SELECT same(corm.prefetch_related(corm.objects('author', '{"id__lte": 3}'), 'outer_posts'));
CREATE TABLE noted (id int PRIMARY KEY DEFAULT length(inner_call(2)), author_id int REFERENCES author, said text);
CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	new.said := corm.get(corm.select_related('corm_kept_calls.post', 'author'), '{"id": 3}');
	RETURN new;
END $$;
CREATE TRIGGER note BEFORE INSERT ON noted FOR EACH ROW EXECUTE FUNCTION note();
SELECT corm.register_model('noted'), corm.foreign_key('noted', 'author', 'author', 'noted');
SELECT corm.create(corm.select_related('noted', 'author'), '{"author": 3}');
-- a value whose output calls corm, beside rows that are kept
CREATE TYPE odd AS ENUM ('1', '2');
CREATE FUNCTION odd_json(odd) RETURNS json LANGUAGE sql AS $$ SELECT corm.get(corm.select_related('corm_kept_calls.post', 'author'), jsonb_build_object('id', $1::text::int)) $$;
CREATE CAST (odd AS json) WITH FUNCTION odd_json(odd);
CREATE TABLE strange (id int PRIMARY KEY, author_id int REFERENCES author, o odd);
INSERT INTO strange VALUES (1, 1, '2'), (2, 3, '1'), (3, 1, NULL);
SELECT corm.register_model('strange'), corm.foreign_key('strange', 'author', 'author', 'strange');
SELECT same(corm.select_related('strange', 'author'));
-- what is read within a write: the rows as they are then, kept by nobody
CREATE FUNCTION rename(i int) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	UPDATE corm_kept_calls.author SET name = name || '!' WHERE id = 1;
	RETURN corm.get(corm.select_related('corm_kept_calls.post', 'author'), '{"id": 1}');
END $$;
CREATE VIEW renaming AS SELECT id, author_id, rename(id) AS now FROM post WHERE id <= 3 ORDER BY id;
SELECT corm.register_model('renaming', key => '{id}'), corm.relation_on('renaming', 'author', 'author', '{author_id}');
BEGIN;
SELECT corm.list(corm.select_related('renaming', 'author'));
SELECT same(corm.select_related(corm.objects('post', '{"id": 1}'), 'author'));
ROLLBACK;
SELECT same(corm.select_related(corm.objects('post', '{"id": 1}'), 'author'));
:vacuum author;
SELECT same(corm.select_related(corm.objects('post', '{"id": 1}'), 'author'));

-- errors in the middle, caught: before and after, the same
DO $$ BEGIN EXECUTE (SELECT format('CREATE TYPE picky AS ENUM (%s)', string_agg(quote_literal(i), ',')) FROM generate_series(1, 300) i); END $$;
CREATE FUNCTION picky_json(picky) RETURNS json LANGUAGE plpgsql AS $$ BEGIN IF $1 = '200' THEN RAISE 'no'; END IF; RETURN to_json($1::text); END $$;
CREATE CAST (picky AS json) WITH FUNCTION picky_json(picky);
CREATE TABLE failing (id int PRIMARY KEY, author_id int REFERENCES author, tag_id int REFERENCES tag, p picky);
INSERT INTO failing SELECT i, i, 1 + i % 10, i::text::picky FROM generate_series(1, 300) i;
SELECT corm.register_model('failing'), corm.foreign_key('failing', 'author', 'author', 'failing'), corm.foreign_key('failing', 'tag', 'tag', 'failing');
:vacuum author, tag;
DO $$
DECLARE n int := 0;
BEGIN
	FOR i IN 1 .. 60 LOOP
		BEGIN
			PERFORM corm.list(corm.select_related('failing', 'author', 'tag'));
		EXCEPTION WHEN OTHERS THEN n := n + 1;
		END;
		BEGIN
			PERFORM count(*) FROM (SELECT corm.all(corm.select_related('failing', 'author'))) x;
		EXCEPTION WHEN OTHERS THEN n := n + 1;
		END;
		BEGIN
			UPDATE author SET name = 'undone' WHERE id = i;
			PERFORM corm.list(corm.select_related(corm.objects('failing', '{"id__lt": 100}'), 'author'));
			RAISE 'undo';
		EXCEPTION WHEN OTHERS THEN n := n + 1;
		END;
	END LOOP;
	RAISE WARNING '% errors', n;
	-- what they held is free again
	PERFORM corm.list(corm.select_related(corm.objects('failing', '{"id__gt": 298}'), 'tag'));
	n := hits();
	PERFORM corm.list(corm.select_related(corm.objects('failing', '{"id__gt": 298}'), 'tag'));
	RAISE WARNING '% hits', hits() - n;
END $$;
SELECT same(corm.select_related(corm.objects('failing', '{"id__lt": 100}'), 'author'));
:vacuum author;
SELECT same(corm.select_related('post', 'author', 'editor'));

-- cursors: each sees what was there when it was opened, however late it comes
BEGIN;
SET LOCAL corm.batch_size = 2;
SAVEPOINT early;
DECLARE c CURSOR FOR SELECT corm.all(corm.select_related(corm.fields('post', 'id'), 'author', 'editor'));
FETCH 1 FROM c;
UPDATE author SET name = 'later';
FETCH 2 FROM c;
DECLARE d CURSOR FOR SELECT corm.all(corm.select_related(corm.fields('post', 'id'), 'author', 'editor'));
FETCH 2 FROM d;
SAVEPOINT a;
UPDATE author SET name = 'latest';
FETCH 1 FROM c;
FETCH 1 FROM d;
DECLARE e CURSOR WITH HOLD FOR SELECT corm.all(corm.select_related(corm.objects('post', '{"id__lte": 2}', fields => '{id}'), 'author', 'editor'));
FETCH 1 FROM e;
ROLLBACK TO a;
FETCH 1 FROM c;
FETCH 1 FROM d;
DECLARE e CURSOR WITH HOLD FOR SELECT corm.all(corm.select_related(corm.objects('post', '{"id__lte": 3}', fields => '{id}'), 'author', 'editor'));
FETCH 1 FROM e;
COMMIT;
UPDATE author SET name = 'after commit';
FETCH 9 FROM e;
CLOSE e;
-- one that goes on over VACUUM of others' rows is tested with two sessions
:vacuum author;
BEGIN;
DECLARE c CURSOR FOR SELECT corm.all(corm.select_related(corm.objects('post', '{"id__lte": 40}', fields => '{id}'), 'author'));
DECLARE d CURSOR FOR SELECT corm.all(corm.select_related(corm.objects('post', '{"id__lte": 40}', fields => '{id}'), 'author'));
FETCH 1 FROM c;
FETCH 1 FROM d;
SELECT corm.get(corm.select_related(corm.fields('post', 'id'), 'author'), '{"id": 1}');
SET LOCAL corm.row_cache_size = 0;
FETCH 1 FROM c;
SELECT corm.get(corm.select_related(corm.fields('post', 'id'), 'author'), '{"id": 1}');
SET LOCAL corm.row_cache_size = 1;
FETCH 1 FROM c;
FETCH 1 FROM d;
CLOSE c;
SET LOCAL corm.row_cache_size = '8MB';
MOVE 37 FROM d;
FETCH 2 FROM d;
COMMIT;

-- memory: bounded, whatever is asked; given back when nothing is to be kept
CREATE FUNCTION kept_memory() RETURNS bigint LANGUAGE sql AS $$ SELECT coalesce(sum(total_bytes), 0)::bigint FROM pg_backend_memory_contexts WHERE name LIKE 'corm row%' AND name <> 'corm row' $$;
CREATE TABLE many (id int PRIMARY KEY, v text) WITH (autovacuum_enabled = off);
CREATE TABLE ofmany (id int PRIMARY KEY, many_id int REFERENCES many);
INSERT INTO many SELECT i, repeat('v', 500) FROM generate_series(1, 20000) i;
INSERT INTO ofmany SELECT i, i FROM generate_series(1, 20000) i;
SELECT corm.register_model('many'), corm.register_model('ofmany'), corm.foreign_key('ofmany', 'many', 'many', 'these');
:vacuum many;
SELECT set_config('corm.row_cache_size', kb, false), md5(corm.list(corm.select_related('ofmany', 'many'))::text) = (SELECT md5('[' || string_agg(format('{"id":%s,"many_id":%s,"many":{"id":%s,"v":"%s"}}', id, id, id, repeat('v', 500)), ',' ORDER BY id) || ']') FROM many),
	md5(corm.list(corm.select_related('ofmany', 'many'))::text) = md5(corm.list(corm.select_related('ofmany', 'many'))::text) FROM unnest('{0,1,64,1024,4096}'::text[]) WITH ORDINALITY x(kb, n) ORDER BY n;
SELECT kept_memory() BETWEEN 2000000 AND 2 * 4096 * 1024, rows_kept BETWEEN 1000 AND 8000 FROM corm.stats();
SET corm.row_cache_size = '1MB';
SELECT length(corm.list(corm.select_related('ofmany', 'many'))::text);
SELECT kept_memory() BETWEEN 500000 AND 2 * 1024 * 1024 FROM corm.stats();
SET corm.row_cache_size = 0;
SELECT length(corm.get(corm.select_related('ofmany', 'many'), '{"id": 1}')::text);
SELECT kept_memory(), rows_kept FROM corm.stats();
SET corm.row_cache_size = '8MB';
-- shapes without end, and rows that change without end
DO $$
BEGIN
	FOR i IN 1 .. 1000 LOOP
		PERFORM corm.list(corm.prefetch_related(corm.objects('post', '{"id__lte": 3}'), jsonb_build_object('author', jsonb_build_object('fields', CASE i % 2 WHEN 0 THEN '["id"]' ELSE '["name"]' END::jsonb))));
		PERFORM set_config('timezone', (i % 23 - 11)::text, true);
	END LOOP;
	FOR i IN 1 .. 500 LOOP
		EXECUTE format('ALTER TABLE author RENAME name TO n%s', i);
		PERFORM corm.get(corm.select_related('post', 'author'), '{"id": 1}');
		EXECUTE format('ALTER TABLE author RENAME n%s TO name', i);
	END LOOP;
END $$;
SELECT kept_memory() < 1000000;
SELECT same(corm.select_related(corm.objects('post', '{"id__lte": 3}'), 'author'));
\set VERBOSITY sqlstate
SET corm.row_cache_size = -1;
SET corm.row_cache_size = 'much';
\set VERBOSITY default
SELECT corm.drop_model('ofmany', true), corm.drop_model('many', true);

-- pulled documents: several at once in a row, in LATERAL, above, below and beside
-- others; each stays what it was until the next one is asked for
\set two 'corm.objects(\'post\', \'{"id__lte": 2}\', fields => \'{id}\')'
SELECT corm.all(corm.select_related(:two, 'author')), corm.all(corm.select_related(corm.objects('post', '{"id__lte": 3}', fields => '{id}'), 'author')), generate_series(1, 4);
SELECT corm.all(q), corm.all(q) FROM (VALUES (corm.select_related(:two, 'author'))) v(q);
SELECT count(*), count(DISTINCT o::text) FROM (SELECT corm.all(corm.select_related('post', 'author')) o, corm.all(corm.prefetch_related('tag', 'posts')) FROM generate_series(1, 2)) x;
SELECT i, o FROM generate_series(1, 2) i, LATERAL (SELECT corm.all(corm.select_related(corm.objects('post', jsonb_build_object('id__lte', i), fields => '{id}'), 'author')) o) x ORDER BY i, o::text;
SELECT corm.all(corm.select_related('post', 'author', 'editor')) LIMIT 2;
SELECT corm.all(corm.select_related('post', 'author', 'editor')) OFFSET 298;
SELECT i, (SELECT corm.all(corm.select_related('post', 'author')) LIMIT 1) FROM generate_series(1, 2) i;
SELECT DISTINCT corm.all(corm.prefetch_related(corm.objects('post', '{"id__lte": 40}', fields => '{}'), '{"editor": {}}'))::text;
SELECT corm.all(corm.select_related(:two, 'author'))::text ORDER BY 1 DESC;
SELECT corm.all(corm.select_related(:two, 'author'))::text UNION SELECT corm.all(corm.select_related(:two, 'editor'))::text ORDER BY 1;
SELECT corm.all(corm.select_related(:two, 'author'))::text UNION ALL SELECT corm.all(corm.select_related(:two, 'author'))::text;
SELECT corm.all(corm.select_related(:two, 'author'))::text INTERSECT SELECT corm.all(corm.select_related(:two, 'author'))::text ORDER BY 1;
SELECT json_object_keys(corm.all(corm.select_related(:two, 'author')));
SELECT min(o::text), max(o::text), (array_agg(o::text))[1], lag(min(o::text)) OVER () FROM (SELECT corm.all(corm.select_related(:two, 'author')) o) x;
SELECT o, lead(o::text) OVER (), lag(o::text) OVER () FROM (SELECT corm.all(corm.select_related(:two, 'author')) o) x;
WITH w AS MATERIALIZED (SELECT corm.all(corm.select_related(:two, 'author')) o) SELECT a.o::text = b.o::text FROM w a, w b;
SELECT ARRAY(SELECT corm.all(corm.select_related(:two, 'author'))::text);
DO $$
DECLARE
	kept json[] := '{}';
	r record;
	c refcursor;
	one json;
	two json;
BEGIN
	FOR r IN SELECT corm.all(corm.select_related(corm.fields('post', 'id'), 'author')) o LOOP
		kept := kept || r.o;
		EXIT WHEN cardinality(kept) = 40;
	END LOOP;
	IF (SELECT count(DISTINCT k::text) FROM unnest(kept) k) <> 40 OR kept[7]::text NOT LIKE '{"id":7,%' THEN
		RAISE 'kept: %', kept;
	END IF;
	OPEN c FOR SELECT corm.all(corm.select_related(corm.fields('post', 'id'), 'author'));
	FETCH c INTO one;
	FETCH c INTO two;
	MOVE FORWARD 100 IN c;
	RAISE WARNING '% %', one, two;
	CLOSE c;
END $$;
CREATE FUNCTION lazily() RETURNS SETOF json LANGUAGE sql AS $$ SELECT corm.all(corm.select_related(corm.fields('post', 'id'), 'author')) $$;
SELECT lazily(), lazily() LIMIT 2;

-- lengths: documents far longer than what is pulled at once, before and behind short ones
CREATE TABLE doc (id int PRIMARY KEY, author_id int REFERENCES author, t text);
SELECT corm.register_model('doc'), corm.foreign_key('doc', 'author', 'author', 'docs');
INSERT INTO doc SELECT i, 1 + i % 2, CASE WHEN i % 50 = 0 THEN repeat('long', 300000) WHEN i % 7 = 0 THEN repeat('mid', 45000) WHEN i % 5 = 0 THEN repeat('x', 130960 + i) ELSE 'short' END FROM generate_series(1, 220) i;
CREATE FUNCTION pulled(batch int) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	PERFORM set_config('corm.batch_size', batch::text, true);
	RETURN batch || ': ' || (SELECT count(*) || ' ' || bool_and(o::text = format('{"id":%s,"author_id":%s,"t":"%s","author":%s}', d.id, d.author_id, d.t, (SELECT to_json(a) FROM author a WHERE a.id = d.author_id)))
		FROM (SELECT row_number() OVER () n, o FROM (SELECT corm.all(corm.select_related('doc', 'author')) o) x) y JOIN doc d ON d.id = n);
END $$;
SELECT pulled(b) FROM unnest('{1000,1,2,7,100}'::int[]) b;
BEGIN;
DECLARE c CURSOR FOR SELECT length(o::text) FROM (SELECT corm.all(corm.select_related('doc', 'author')) o) x;
FETCH 6 FROM c;
MOVE 42 FROM c;
FETCH 3 FROM c;
MOVE 165 FROM c;
FETCH ALL FROM c;
COMMIT;
-- long ones behind many short ones, of which more were expected
UPDATE doc SET t = CASE WHEN id <= 120 THEN 's' ELSE repeat('y', 300000) END;
BEGIN;
DECLARE c CURSOR FOR SELECT length(o::text) FROM (SELECT corm.all('doc') o) x;
MOVE 118 FROM c;
FETCH 5 FROM c;
MOVE 94 FROM c;
FETCH 5 FROM c;
CLOSE c;
SELECT sum(total_bytes) < 30000000 FROM pg_backend_memory_contexts;
COMMIT;

DROP SCHEMA corm_kept_calls CASCADE;
SELECT count(*) FROM corm.models WHERE schema_name = 'corm_kept_calls';
