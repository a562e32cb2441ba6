-- What it takes to read a request's rows is found out once: from the third time on
-- nothing of it is.  So everything is asked three times and more, before and after what
-- might make it wrong, and compared with what hand-written SQL says.
SET client_min_messages = warning;
CREATE SCHEMA kept_reads;
SET search_path = kept_reads;
CREATE TYPE mood AS ENUM ('sad', 'ok');
CREATE TABLE author (id int PRIMARY KEY, name text, mood mood, points bigint);
CREATE TABLE post (id bigint PRIMARY KEY, author_id int REFERENCES author, title text);
CREATE INDEX post_author_idx ON post (author_id);
CREATE TABLE tag (id int PRIMARY KEY, label text);
CREATE TABLE post_tag (post_id bigint REFERENCES post, tag_id int REFERENCES tag, PRIMARY KEY (post_id, tag_id));
INSERT INTO author SELECT i, 'author ' || i, (ARRAY['sad', 'ok'])[1 + i % 2]::mood, i FROM generate_series(1, 4) i;
INSERT INTO post SELECT i, 1 + i % 3, 'post ' || i FROM generate_series(1, 9) i;
INSERT INTO tag SELECT i, 'tag ' || i FROM generate_series(1, 5) i;
INSERT INTO post_tag SELECT p, t FROM generate_series(1, 9) p, generate_series(1, 5) t WHERE (p + t) % 3 = 0;
SELECT count(*) FROM corm.adopt('kept_reads');
SELECT corm.rename_relation('author', 'post', 'posts'), corm.rename_relation('post', 'tag', 'tags');

-- by hand: authors with their posts with their tags
CREATE FUNCTION by_hand() RETURNS TABLE (id int, document json) LANGUAGE sql AS $$
	SELECT a.id, json_build_object('id', a.id, 'name', a.name, 'mood', a.mood, 'points', CASE WHEN current_setting('corm.bigint_as_string')::boolean THEN to_json(a.points::text) ELSE to_json(a.points) END,
		'posts', coalesce((SELECT json_agg(json_build_object('id', CASE WHEN current_setting('corm.bigint_as_string')::boolean THEN to_json(p.id::text) ELSE to_json(p.id) END, 'author_id', p.author_id, 'title', p.title,
			'tags', coalesce((SELECT json_agg(json_build_object('id', t.id, 'label', t.label) ORDER BY t.id) FROM post_tag l JOIN tag t ON t.id = l.tag_id WHERE l.post_id = p.id), '[]')) ORDER BY p.id)
			FROM post p WHERE p.author_id = a.id), '[]')) AS document
	  FROM author a $$;
-- five times one by its key, five times all of them in one array, five times each by itself
CREATE FUNCTION agree() RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	q corm.queryset := corm.prefetch_related('author', 'posts__tags');
	said text := '';
BEGIN
	FOR i IN 1..5 LOOP
		said := said || CASE WHEN (SELECT count(*) FROM by_hand() h WHERE corm.get(q, jsonb_build_object('id', h.id))::jsonb = h.document::jsonb) = (SELECT count(*) FROM author) THEN 'g' ELSE '-' END
			|| CASE WHEN corm.list(q)::jsonb = (SELECT jsonb_agg(document ORDER BY id) FROM by_hand()) THEN 'l' ELSE '-' END
			|| CASE WHEN (SELECT jsonb_agg(o::jsonb) FROM (SELECT corm.all(q) AS o) x) = (SELECT jsonb_agg(document ORDER BY id) FROM by_hand()) THEN 'a' ELSE '-' END;
	END LOOP;
	RETURN said;
END $$;
SELECT agree();

-- rows come, go and change
INSERT INTO post VALUES (20, 4, 'late'), (21, 4, 'later');
INSERT INTO post_tag VALUES (20, 1), (20, 5), (1, 1);
UPDATE tag SET label = 'changed' WHERE id = 5;
DELETE FROM post_tag WHERE post_id = 2;
SELECT agree();

-- settings
SET corm.bigint_as_string = on;
SELECT agree();
RESET corm.bigint_as_string;
SELECT agree();
SET corm.direct_scan = off;
SELECT agree();
RESET corm.direct_scan;
SELECT agree();
SET corm.to_one_strategy = 'separate';
SELECT agree();
RESET corm.to_one_strategy;

-- errors leave scans open
CREATE FUNCTION fail() RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	PERFORM corm.list(corm.prefetch_related('author', 'posts__tags'));
	RETURN 'no error';
EXCEPTION WHEN program_limit_exceeded THEN
	RETURN SQLERRM;
END $$;
SET corm.max_rows = 6;
SELECT fail() FROM generate_series(1, 4);
SELECT corm.list(corm.prefetch_related('author', 'posts__tags'));
SELECT corm.get(corm.prefetch_related('author', 'posts__tags'), '{"id": 1}');
RESET corm.max_rows;
SELECT agree();

-- indexes and columns
DROP INDEX post_author_idx;
SELECT agree();
CREATE INDEX ON post (author_id) WHERE title IS NOT NULL;
CREATE INDEX post_both ON post (author_id, id);
SELECT agree();
BEGIN;
DROP INDEX post_both;
SELECT agree();
ROLLBACK;
SELECT agree();
ALTER TABLE tag ADD extra int DEFAULT 7;
SELECT agree();
SELECT corm.get(corm.prefetch_related('post', 'tags'), '{"id": 20}') FROM generate_series(1, 3);
ALTER TABLE tag DROP extra;
ALTER TABLE tag ALTER label TYPE varchar(20);
ALTER TABLE post_tag ALTER tag_id TYPE bigint;
SELECT agree();

-- a function that makes JSON of a type is replaced within a transaction
CREATE FUNCTION mood_json(mood) RETURNS json LANGUAGE sql AS $$ SELECT to_json(upper($1::text)) $$;
CREATE CAST (mood AS json) WITH FUNCTION mood_json(mood);
SELECT corm.get('author', '{"id": 1}')->>'mood' FROM generate_series(1, 3);
BEGIN;
SELECT corm.get('author', '{"id": 1}')->>'mood' FROM generate_series(1, 3);
CREATE OR REPLACE FUNCTION mood_json(mood) RETURNS json LANGUAGE sql AS $$ SELECT to_json('so ' || $1::text) $$;
SELECT corm.get('author', '{"id": 1}')->>'mood' FROM generate_series(1, 3);
COMMIT;
SELECT corm.get('author', '{"id": 1}')->>'mood' FROM generate_series(1, 3);
DROP CAST (mood AS json);
SELECT agree();

-- one request read by several at a time
SET corm.batch_size = 1;
BEGIN;
DECLARE a CURSOR FOR SELECT corm.all(corm.prefetch_related('author', 'posts__tags')) AS o;
DECLARE b CURSOR FOR SELECT corm.all(corm.prefetch_related('author', 'posts__tags')) AS o;
\pset tuples_only on
FETCH a;
FETCH b;
FETCH a;
SAVEPOINT s;
FETCH b;
SELECT agree();
ROLLBACK TO s;
FETCH ALL a;
CLOSE a;
FETCH ALL b;
SELECT agree();
COMMIT;
SELECT agree();
RESET corm.batch_size;
-- within each other: a column of the rows asks the same of the same rows
CREATE FUNCTION inner_list(a author) RETURNS text STABLE LANGUAGE sql AS $$ SELECT corm.list(corm.prefetch_related('author', 'posts__tags'), jsonb_build_object('id', a.id))::text $$;
SELECT a.id, i FROM author a, generate_series(1, 3) i WHERE NOT inner_list(a)::jsonb = (SELECT jsonb_agg(document) FROM by_hand() h WHERE h.id = a.id);

-- typed rows of one owner
CREATE FUNCTION rows_agree() RETURNS text LANGUAGE sql AS $$
	SELECT string_agg(CASE WHEN (SELECT array_agg(t ORDER BY t.id) FROM corm.rows(NULL::tag, corm.relation('post', p.id, 'tags')) t)
		IS NOT DISTINCT FROM (SELECT array_agg(t ORDER BY t.id) FROM post_tag l JOIN tag t ON t.id = l.tag_id WHERE l.post_id = p.id) THEN 'r' ELSE '-' END, '') FROM post p, generate_series(1, 3) $$;
SELECT rows_agree();
INSERT INTO post_tag SELECT 9, id FROM tag ON CONFLICT DO NOTHING;
SELECT rows_agree();
SET corm.direct_scan = off;
SELECT rows_agree();
RESET corm.direct_scan;
DROP SCHEMA kept_reads CASCADE;
