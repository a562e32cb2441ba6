-- Texts of rows that are kept from call to call: documents are what statements say,
-- byte for byte, whatever happens to rows, tables, settings and rights in between.
SET client_min_messages = warning;
CREATE SCHEMA corm_kept;
SET search_path = corm_kept;
SET timezone = 'UTC';
SET intervalstyle = 'postgres';
SET lc_monetary = 'C';
-- without this a row's transaction is not known to be safe on disk, and VACUUM waits
SET synchronous_commit = on;
SET corm.row_cache_size = '8MB';
\pset format unaligned
\pset tuples_only on

-- Nobody else's snapshot keeps VACUUM from marking pages as all-visible.
CREATE PROCEDURE alone() LANGUAGE plpgsql AS $$
BEGIN
	WHILE EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_xmin IS NOT NULL) LOOP
		PERFORM pg_stat_clear_snapshot(), pg_sleep(0.01);
	END LOOP;
END $$;
\set vacuum 'CALL alone(); VACUUM'
CREATE FUNCTION hits() RETURNS bigint LANGUAGE sql AS 'SELECT row_hits FROM corm.stats()';

-- How many rows were printed by a kept text; do scans and statements agree, pulled
-- and pushed; the document.
CREATE FUNCTION look(q corm.queryset) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	setting text := current_setting('corm.direct_scan');
	before bigint := corm_kept.hits();
	kept text := corm.list(q);
	n bigint := corm_kept.hits() - before;
	pulled text := (SELECT '[' || coalesce(string_agg(a::text, ','), '') || ']' FROM (SELECT corm.all(q) a) x);
	plain text;
BEGIN
	PERFORM set_config('corm.direct_scan', 'off', false);
	plain := corm.list(q);
	PERFORM set_config('corm.direct_scan', setting, false);
	RETURN n || ' | ' || CASE WHEN kept = plain AND pulled = plain THEN 'same' ELSE 'kept: ' || kept || ', pulled: ' || pulled || ', statement: ' || plain END || ' | ' ||
		CASE WHEN length(plain) > 300 THEN length(plain) || ' characters' ELSE plain END;
EXCEPTION WHEN OTHERS THEN
	PERFORM set_config('corm.direct_scan', setting, false);
	RETURN SQLSTATE || ' ' || SQLERRM;
END $$;
-- the second time, when all that may be kept is
CREATE FUNCTION twice(q corm.queryset) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	PERFORM corm_kept.look(q);
	RETURN corm_kept.look(q);
END $$;

CREATE TABLE author (id int PRIMARY KEY, name text);
CREATE TABLE tag (id int PRIMARY KEY, label text);
CREATE TABLE post (id int PRIMARY KEY, author_id int REFERENCES author, editor_id int REFERENCES author);
CREATE TABLE link (post_id int REFERENCES post, tag_id int REFERENCES tag, PRIMARY KEY (post_id, tag_id));
INSERT INTO author VALUES (1, 'ann'), (2, 'bob');
INSERT INTO tag VALUES (1, 'red'), (2, 'blue');
INSERT INTO post VALUES (1, 1, 2), (2, 2, 2), (3, 1, NULL), (4, NULL, 1);
INSERT INTO link VALUES (1, 1), (1, 2), (2, 1);
SELECT corm.register_model(t) FROM unnest('{author,tag,post,link}'::regclass[]) t;
SELECT corm.foreign_key('post', 'author', 'author', 'posts'), corm.foreign_key('post', 'editor', 'author', 'edited');
SELECT corm.many_to_many('post', 'tags', 'tag', through => 'link', related_name => 'posts');
SELECT 'corm.select_related(corm.fields(''post'', ''id''), ''author'')' AS authors, 'corm.prefetch_related(corm.fields(''post'', ''id''), ''tags'')' AS tags \gset

-- nothing before VACUUM says that everybody sees the rows; then each use is a hit,
-- and the first one of a row in a call is none unless an earlier call kept it
SELECT look(:authors);
SELECT twice(:authors);
:vacuum author, tag;
SELECT look(:authors);
SELECT look(:authors);
SELECT twice(:tags);
SELECT rows_kept FROM corm.stats();
-- rows that others name alone: no roots, no children of a list, none with rows below
SELECT twice(corm.fields('author', 'id'));
SELECT twice(corm.prefetch_related(corm.fields('author', 'id'), '{"posts": {"fields": ["id"]}}'));
SELECT twice(corm.prefetch_related(corm.fields('post', 'id'), '{"author": {"fields": ["id"], "prefetch_related": {"posts": {"fields": ["id"]}}}}'));
-- but those at the end of a path
SELECT twice(corm.prefetch_related(corm.fields('tag', 'id'), '{"posts": {"fields": ["id"], "select_related": ["author"]}}'));

-- changed rows, own changes, taken back
UPDATE author SET name = 'Ann' WHERE id = 1;
SELECT look(:authors);
SELECT look(:authors);
:vacuum author;
SELECT twice(:authors);
BEGIN;
UPDATE author SET name = 'undone';
SELECT look(:authors);
ROLLBACK;
SELECT look(:authors);
:vacuum author;
SELECT twice(:authors);
BEGIN;
SAVEPOINT a;
UPDATE author SET name = 'nested' WHERE id = 2;
SELECT look(:authors);
ROLLBACK TO a;
SELECT look(:authors);
UPDATE author SET name = 'again' WHERE id = 1;
SAVEPOINT b;
UPDATE author SET name = 'and again' WHERE id = 1;
RELEASE b;
SELECT look(:authors);
COMMIT;
SELECT look(:authors);
:vacuum author;
SELECT twice(:authors);
-- DELETE, and INSERT with the same key: in one transaction, in several, VACUUM between
BEGIN;
DELETE FROM link WHERE tag_id = 2;
DELETE FROM tag WHERE id = 2;
SELECT look(:tags);
INSERT INTO tag VALUES (2, 'azure');
INSERT INTO link VALUES (1, 2);
SELECT look(:tags);
COMMIT;
SELECT look(:tags);
:vacuum tag, link;
SELECT twice(:tags);
DELETE FROM link WHERE tag_id = 2;
DELETE FROM tag WHERE id = 2;
:vacuum tag, link;
INSERT INTO tag VALUES (2, 'navy');
INSERT INTO link VALUES (1, 2);
SELECT look(:tags);
:vacuum tag, link;
SELECT twice(:tags);
-- a row that moves to another page, its key to another row
ALTER TABLE tag ADD filler text;
INSERT INTO tag SELECT i, 'filler', repeat('x', 1000) FROM generate_series(3, 9) i;
:vacuum tag;
SELECT twice(corm.prefetch_related(corm.fields('post', 'id'), '{"tags": {"fields": ["id", "label"]}}'));
UPDATE tag SET filler = repeat('y', 1000), label = 'moved' WHERE id = 1;
:vacuum tag;
SELECT (ctid::text::point)[0] > 0 FROM tag WHERE id = 1;
SELECT twice(corm.prefetch_related(corm.fields('post', 'id'), '{"tags": {"fields": ["id", "label"]}}'));
BEGIN;
ALTER TABLE link DROP CONSTRAINT link_tag_id_fkey, ADD FOREIGN KEY (tag_id) REFERENCES tag DEFERRABLE INITIALLY DEFERRED;
SELECT twice(:tags) LIKE '%same%';
UPDATE tag SET id = id + 100 WHERE id < 3;
SELECT look(:tags);
UPDATE tag SET id = 203 - id - 100 WHERE id > 100;
SELECT look(:tags) LIKE '%same%';
ROLLBACK;
ALTER TABLE tag DROP filler;
DELETE FROM tag WHERE id > 2;
:vacuum tag;
SELECT twice(:tags);

-- locks on rows change nothing, though their pages
BEGIN;
SELECT id FROM author WHERE id = 1 FOR UPDATE;
SELECT look(:authors);
SELECT id FROM author WHERE id = 2 FOR KEY SHARE;
SELECT look(:authors);
COMMIT;
SELECT twice(:authors);
:vacuum author;
SELECT twice(:authors);
UPDATE post SET author_id = 2 WHERE id = 4;
SELECT look(:authors);
UPDATE post SET author_id = NULL WHERE id = 4;
:vacuum author;

-- tables that are written anew, and with them other rows of the same keys
SELECT twice(:authors);
:vacuum FULL author;
SELECT look(:authors);
SELECT look(:authors);
:vacuum author;
SELECT twice(:authors);
BEGIN;
ALTER TABLE post DROP CONSTRAINT post_author_id_fkey, DROP CONSTRAINT post_editor_id_fkey;
TRUNCATE author;
SELECT look(corm.fields('author', 'id'));
COPY author FROM stdin WITH (FREEZE);
1	one
2	two
\.
ALTER TABLE post ADD FOREIGN KEY (author_id) REFERENCES author, ADD FOREIGN KEY (editor_id) REFERENCES author;
SELECT twice(:authors) LIKE '%| same |%';
SAVEPOINT a;
UPDATE author SET name = upper(name);
SELECT look(:authors);
ROLLBACK TO a;
SELECT look(:authors);
ROLLBACK;
SELECT look(:authors);
BEGIN;
ALTER TABLE post DROP CONSTRAINT post_author_id_fkey, DROP CONSTRAINT post_editor_id_fkey;
TRUNCATE author;
COPY author FROM stdin WITH (FREEZE);
1	eins
2	zwei
\.
ALTER TABLE post ADD FOREIGN KEY (author_id) REFERENCES author, ADD FOREIGN KEY (editor_id) REFERENCES author;
COMMIT;
SELECT twice(:authors);
CLUSTER author USING author_pkey;
SELECT look(:authors);
:vacuum author;
SELECT twice(:authors);
-- emptied and filled anew in the file that it began with
BEGIN;
CREATE TABLE short (id int PRIMARY KEY, v text) WITH (autovacuum_enabled = off);
CREATE TABLE ofshort (id int PRIMARY KEY, short_id int);
INSERT INTO short VALUES (1, 'before');
INSERT INTO ofshort VALUES (1, 1);
SELECT corm.register_model('short'), corm.register_model('ofshort'), corm.relation_on('ofshort', 'short', 'short', '{short_id}', related_name => 'these');
SELECT look(corm.select_related('ofshort', 'short'));
TRUNCATE short;
SELECT look(corm.select_related('ofshort', 'short'));
INSERT INTO short VALUES (1, 'after');
SELECT look(corm.select_related('ofshort', 'short'));
COMMIT;
-- shortened: a kept row's page is not there any more, then there again
INSERT INTO short SELECT i, repeat('x', 500) FROM generate_series(2, 100) i;
INSERT INTO ofshort SELECT i, i FROM generate_series(2, 100) i;
:vacuum short;
SELECT twice(corm.select_related('ofshort', 'short'));
SELECT pg_relation_size('short') / current_setting('block_size')::int > 5;
DELETE FROM short WHERE id > 5;
SELECT look(corm.select_related('ofshort', 'short')) LIKE '0 | same%';
:vacuum (TRUNCATE) short;
SELECT pg_relation_size('short') / current_setting('block_size')::int;
SELECT look(corm.select_related('ofshort', 'short'));
INSERT INTO short SELECT i, repeat('y', 500) FROM generate_series(6, 100) i;
SELECT look(corm.select_related('ofshort', 'short')) LIKE '0 | same%';
:vacuum short;
SELECT twice(corm.select_related('ofshort', 'short'));
-- dropped, and created with the same names
SELECT corm.drop_model('short', true);
CREATE TABLE short (id int PRIMARY KEY, v text) WITH (autovacuum_enabled = off);
INSERT INTO short VALUES (1, 'another');
SELECT corm.register_model('short'), corm.relation_on('ofshort', 'short', 'short', '{short_id}', related_name => 'these');
:vacuum short;
SELECT twice(corm.select_related(corm.objects('ofshort', '{"id__lte": 2}'), 'short'));
-- without a constraint a key may be missing for a while
DELETE FROM short;
SELECT look(corm.select_related(corm.objects('ofshort', '{"id__lte": 2}'), 'short'));
INSERT INTO short VALUES (2, 'two');
:vacuum short;
SELECT twice(corm.select_related(corm.objects('ofshort', '{"id__lte": 2}'), 'short'));
-- not logged, logged again
ALTER TABLE short SET UNLOGGED;
:vacuum short;
SELECT twice(corm.select_related(corm.objects('ofshort', '{"id__lte": 2}'), 'short'));
UPDATE short SET v = 'deux';
SELECT twice(corm.select_related(corm.objects('ofshort', '{"id__lte": 2}'), 'short'));
ALTER TABLE short SET LOGGED;
:vacuum short;
SELECT twice(corm.select_related(corm.objects('ofshort', '{"id__lte": 2}'), 'short'));
SELECT corm.drop_model('ofshort', true), corm.drop_model('short', true);

-- columns: added, with what older rows have instead; renamed, altered, dropped
SELECT twice(:authors);
ALTER TABLE author ADD extra int DEFAULT 7;
SELECT look(:authors);
SELECT look(:authors);
-- the same column once more, with another default, and not a page changed
ALTER TABLE author DROP extra;
SELECT twice(:authors);
BEGIN;
ALTER TABLE author ADD extra int DEFAULT 7;
SELECT twice(:authors);
ROLLBACK;
BEGIN;
ALTER TABLE author ADD extra int DEFAULT 8;
SELECT look(:authors);
ROLLBACK;
BEGIN;
ALTER TABLE author ADD extra int;
SELECT look(:authors);
ROLLBACK;
BEGIN;
ALTER TABLE author ADD extra int DEFAULT 0;
SELECT look(:authors);
SAVEPOINT a;
ALTER TABLE author ADD words text DEFAULT 'a text';
SELECT twice(:authors);
ROLLBACK TO a;
ALTER TABLE author ADD words text DEFAULT 'b text';
SELECT look(:authors);
ROLLBACK TO a;
ALTER TABLE author ADD words uuid DEFAULT '10000000-0000-0000-0000-000000000001';
SELECT look(:authors);
ROLLBACK TO a;
ALTER TABLE author ADD words uuid DEFAULT '20000000-0000-0000-0000-000000000002';
SELECT look(:authors);
ROLLBACK;
SELECT look(:authors);
ALTER TABLE author RENAME name TO called;
SELECT look(:authors);
ALTER TABLE author RENAME id TO called_id;
ALTER TABLE author RENAME called TO id;
ALTER TABLE author RENAME called_id TO called;
SELECT look(:authors);
ALTER TABLE author RENAME called TO called_id;
ALTER TABLE author RENAME id TO name;
ALTER TABLE author RENAME called_id TO id;
SELECT look(:authors);
ALTER TABLE author ALTER name TYPE varchar(20);
SELECT look(:authors);
ALTER TABLE author ALTER name TYPE text, ALTER id TYPE bigint;
SELECT look(:authors);
:vacuum author;
SELECT twice(:authors);
ALTER TABLE author ALTER id TYPE int;
:vacuum author;
-- lists of fields: no text in place of another
SELECT twice(corm.prefetch_related(corm.fields('post', 'id'), f::jsonb)) FROM unnest(ARRAY['{"author": {"fields": ["id"]}}', '{"author": {"fields": ["name"]}}', '{"author": {"fields": ["name", "id"]}}',
	'{"author": {"fields": ["id", "name"]}}', '{"author": {"exclude_fields": ["name"]}}', '{"author": {"as": "who"}}', '{"author": {"fields": []}}', '{"author": {}, "editor": {}}']) f;

-- settings that texts depend on
CREATE TABLE kind (id bigint PRIMARY KEY, t timestamptz, n numeric, d date);
CREATE TABLE thing (id int PRIMARY KEY, kind_id bigint REFERENCES kind);
INSERT INTO kind VALUES (1, '2020-07-01 12:00Z', 1.50, '2020-07-01'), (2, NULL, 'NaN', 'infinity');
INSERT INTO thing VALUES (1, 1), (2, 2), (3, 1);
SELECT corm.register_model('kind'), corm.register_model('thing'), corm.foreign_key('thing', 'kind', 'kind', 'things');
:vacuum kind;
SELECT 'corm.select_related(corm.fields(''thing'', ''id''), ''kind'')' AS kinds \gset
SELECT twice(:kinds);
SET timezone = 'America/New_York';
SELECT look(:kinds);
SELECT look(:kinds);
SET timezone = '+05:30';
SELECT look(:kinds);
SET TIME ZONE INTERVAL '-03:30' HOUR TO MINUTE;
SELECT look(:kinds);
SET timezone = 'UTC';
SELECT look(:kinds);
SET corm.bigint_as_string = on;
SELECT look(:kinds);
SELECT look(:kinds);
RESET corm.bigint_as_string;
SET datestyle = 'German';
SELECT look(:kinds);
RESET datestyle;
-- a cursor prints as it began to; what it prints then is nobody else's
BEGIN;
SET LOCAL corm.batch_size = 1;
DECLARE c CURSOR FOR SELECT corm.all(corm.select_related(corm.fields('thing', 'id'), 'kind'));
FETCH 1 FROM c;
SET LOCAL corm.bigint_as_string = on;
SET LOCAL timezone = 'Asia/Tokyo';
FETCH 2 FROM c;
SELECT look(:kinds);
COMMIT;
SELECT look(:kinds);
SET corm.bigint_as_string = on;
SELECT look(:kinds);
RESET corm.bigint_as_string;
-- the same within one batch: a view changes the setting from row to row
CREATE FUNCTION turn(i int) RETURNS text LANGUAGE sql AS $$ SELECT set_config('TimeZone', CASE i WHEN 2 THEN 'Asia/Tokyo' ELSE 'UTC' END, false) $$;
CREATE VIEW turning AS SELECT id, CASE id WHEN 2 THEN 1 ELSE kind_id END AS kind_id, turn(id) AS zone FROM thing;
SELECT corm.register_model('turning', key => '{id}'), corm.relation_on('turning', 'kind', 'kind', '{kind_id}', related_name => 'turning');
UPDATE kind SET n = 2;
:vacuum kind;
SELECT corm.list(corm.select_related(corm.order_by('turning', 'id'), 'kind')) IS NOT NULL;
SET timezone = 'UTC';
SELECT look(:kinds);
SET timezone = 'Asia/Tokyo';
SELECT look(:kinds);
SET timezone = 'UTC';
SELECT corm.drop_relation('turning', 'kind'), corm.drop_model('turning');
DROP VIEW turning;

-- types of keys; "mixed" are compared with others than they are looked up by
CREATE DOMAIN whole AS int CHECK (value > 0);
CREATE FUNCTION keyed(of text, fk text, keys text[], fks text[]) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE format('CREATE TABLE one (k %s PRIMARY KEY); CREATE TABLE many (id int PRIMARY KEY, one_k %s REFERENCES one)', of, fk);
	EXECUTE format('INSERT INTO one SELECT k::%s FROM unnest($1) k', of) USING keys;
	EXECUTE format('INSERT INTO many SELECT n, k::%s FROM unnest($1) WITH ORDINALITY x(k, n)', fk) USING fks;
	PERFORM corm.register_model('one'), corm.register_model('many'), corm.foreign_key('many', 'one', 'one', 'many');
	RETURN of || ' ' || fk;
END $$;
\set drop 'SELECT corm.drop_model(''many'', true), corm.drop_model(''one'', true);'
\set one 'twice(corm.select_related(corm.fields(''many'', ''id''), ''one''))'
SELECT keyed('int2', 'int2', '{-1,0,32767}', '{-1,32767,-1,0,NULL}');
:vacuum one;
SELECT :one;
:drop
SELECT keyed('int4', 'int4', '{-1,0,2147483647}', '{-1,2147483647,-1,0,NULL}');
:vacuum one;
SELECT :one;
:drop
SELECT keyed('int8', 'int8', '{-1,4294967295,-9223372036854775808}', '{-1,4294967295,-1,-9223372036854775808,NULL}');
:vacuum one;
SELECT :one;
:drop
SELECT keyed('uuid', 'uuid', '{00000000-0000-0000-0000-000000000001,00000000-0000-0001-0000-000000000000}', '{00000000-0000-0000-0000-000000000001,00000000-0000-0001-0000-000000000000,NULL}');
:vacuum one;
SELECT :one;
:drop
SELECT keyed('whole', 'whole', '{1,2}', '{1,2,1}');
:vacuum one;
SELECT :one;
:drop
SELECT keyed('int8', 'int4', '{1,2}', '{1,2,1}');
:vacuum one;
SELECT :one;
:drop
SELECT keyed('int2', 'int8', '{1,2}', '{1,2,1}');
:vacuum one;
SELECT :one;
:drop
SELECT keyed('text', 'text', '{1,2}', '{1,2,1}');
:vacuum one;
SELECT :one;
:drop
SELECT keyed('numeric', 'numeric', '{1.0,2}', '{1,2.00,1.000}');
:vacuum one;
SELECT :one;
:drop
CREATE TABLE one (a int, b int, PRIMARY KEY (a, b));
CREATE TABLE many (id int PRIMARY KEY, a int, b int, FOREIGN KEY (a, b) REFERENCES one);
INSERT INTO one VALUES (1, 1);
INSERT INTO many VALUES (1, 1, 1), (2, 1, 1);
SELECT corm.register_model('one'), corm.register_model('many'), corm.foreign_key('many', 'one', 'one', 'many', columns => '{a,b}');
:vacuum one;
SELECT :one;
:drop
-- a unique key beside the primary one: the same row by either
CREATE TABLE one (k int PRIMARY KEY, other int UNIQUE);
CREATE TABLE many (id int PRIMARY KEY, by_k int REFERENCES one, by_other int REFERENCES one (other));
INSERT INTO one VALUES (1, 2), (2, 1);
INSERT INTO many VALUES (1, 1, 1), (2, 2, 2);
SELECT corm.register_model('one'), corm.register_model('many'), corm.foreign_key('many', 'one', 'one', 'a', columns => '{by_k}'), corm.foreign_key('many', 'two', 'one', 'b', columns => '{by_other}', target_columns => '{other}');
:vacuum one;
SELECT twice(corm.select_related(corm.fields('many', 'id'), 'one', 'two'));
:drop

-- types of columns: those whose text depends on the value alone, and the others
CREATE TYPE mood AS ENUM ('sad');
CREATE DOMAIN moods AS mood;
CREATE DOMAIN real_number AS float8;
CREATE FUNCTION valued(type text, v text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE format('CREATE TABLE one (k int PRIMARY KEY, v %s); CREATE TABLE many (id int PRIMARY KEY, one_k int REFERENCES one)', type);
	EXECUTE format('INSERT INTO one VALUES (1, $1::%s), (2, NULL)', type) USING v;
	INSERT INTO many VALUES (1, 1), (2, 2), (3, 1);
	PERFORM corm.register_model('one'), corm.register_model('many'), corm.foreign_key('many', 'one', 'one', 'many');
	RETURN type;
END $$;
\set type_of 'SELECT format_type(atttypid, atttypmod), twice(corm.select_related(corm.fields(''many'', ''id''), ''one'')) FROM pg_attribute WHERE attrelid = ''one''::regclass AND attname = ''v'';'
CREATE PROCEDURE next_type(type text, v text) LANGUAGE plpgsql AS $$
BEGIN
	IF to_regclass('one') IS NOT NULL THEN
		PERFORM corm.drop_model('many', true), corm.drop_model('one', true);
	END IF;
	PERFORM valued(type, v);
END $$;
CALL next_type('bool', 'f');
:vacuum one;
:type_of
CALL next_type('int2', '-3');
:vacuum one;
:type_of
CALL next_type('numeric(5,2)', '-3');
:vacuum one;
:type_of
CALL next_type('text', E'"\\\n\u0001é');
:vacuum one;
:type_of
CALL next_type('char(3)', 'x');
:vacuum one;
:type_of
CALL next_type('name', 'x');
:vacuum one;
:type_of
CALL next_type('uuid', '10000000-0000-0000-0000-000000000001');
:vacuum one;
:type_of
CALL next_type('date', '-infinity');
:vacuum one;
:type_of
CALL next_type('timestamp(3)', '2020-01-01 00:00:00.125');
:vacuum one;
:type_of
CALL next_type('json', '{"a" : null}');
:vacuum one;
:type_of
CALL next_type('jsonb', '{"a" : null}');
:vacuum one;
:type_of
CALL next_type('whole', '3');
:vacuum one;
:type_of
CALL next_type('float8', '0.1');
:vacuum one;
:type_of
CALL next_type('real_number', '0.1');
:vacuum one;
:type_of
CALL next_type('interval', '1 day');
:vacuum one;
:type_of
CALL next_type('mood', 'sad');
:vacuum one;
:type_of
ALTER TYPE mood RENAME VALUE 'sad' TO 'happy';
:type_of
CALL next_type('moods', 'happy');
:vacuum one;
:type_of
CALL next_type('int[]', '{1,2}');
:vacuum one;
:type_of
CALL next_type('bytea', '\x00ff');
:vacuum one;
:type_of
SET bytea_output = 'escape';
:type_of
RESET bytea_output;
CALL next_type('money', '1');
:vacuum one;
:type_of
CALL next_type('time', '12:00');
:vacuum one;
:type_of
-- long values: compressed and aside they are read; long texts are not kept
CALL next_type('text', repeat('x', 1500));
:vacuum one;
SELECT twice(corm.select_related(corm.fields('many', 'id'), 'one'));
CALL next_type('text', repeat('x', 3000));
:vacuum one;
SELECT twice(corm.select_related(corm.fields('many', 'id'), 'one'));
CALL next_type('text', repeat('x', 1900));
ALTER TABLE one ALTER v SET STORAGE EXTERNAL, ADD w text;
ALTER TABLE one ALTER w SET STORAGE EXTERNAL;
UPDATE one SET v = repeat('y', 1900), w = repeat('w', 9000);
UPDATE one SET v = NULL, w = NULL WHERE k = 2;
:vacuum one;
SELECT twice(corm.prefetch_related(corm.fields('many', 'id'), '{"one": {"fields": ["v"]}}'));
UPDATE one SET v = repeat('z', 1900) WHERE k = 1;
:vacuum one;
SELECT twice(corm.prefetch_related(corm.fields('many', 'id'), '{"one": {"fields": ["v"]}}'));
:drop

-- rights: what is kept is nobody's who may not read it
CREATE ROLE regress_corm_kept;
CREATE ROLE regress_corm_kept_2;
GRANT USAGE ON SCHEMA corm_kept TO regress_corm_kept, regress_corm_kept_2;
GRANT SELECT ON post TO regress_corm_kept, regress_corm_kept_2;
GRANT SELECT ON author TO regress_corm_kept;
:vacuum author;
SELECT twice(:authors);
SET ROLE regress_corm_kept;
SELECT look(:authors);
SET ROLE regress_corm_kept_2;
SELECT look(:authors);
SELECT corm.list(:authors);
RESET ROLE;
GRANT SELECT (id) ON author TO regress_corm_kept_2;
SET ROLE regress_corm_kept_2;
SELECT look(:authors);
SELECT twice(corm.prefetch_related(corm.fields('post', 'id'), '{"author": {"fields": ["id"]}}'));
SELECT look(corm.prefetch_related(corm.fields('post', 'id'), '{"author": {"fields": ["name"]}}'));
RESET ROLE;
GRANT SELECT (name) ON author TO regress_corm_kept_2;
SET ROLE regress_corm_kept_2;
SELECT look(:authors);
RESET ROLE;
-- who may not read the whole table has it scanned if that is asked for
SET corm.to_one_strategy = separate;
SET ROLE regress_corm_kept_2;
SELECT look(:authors);
RESET ROLE;
REVOKE SELECT (name) ON author FROM regress_corm_kept_2;
SET ROLE regress_corm_kept_2;
SELECT corm.list(:authors);
SELECT twice(corm.prefetch_related(corm.fields('post', 'id'), '{"author": {"fields": ["id"]}}'));
RESET ROLE;
REVOKE SELECT (id) ON author FROM regress_corm_kept_2;
SET ROLE regress_corm_kept_2;
SELECT look(corm.prefetch_related(corm.fields('post', 'id'), '{"author": {"fields": ["id"]}}'));
RESET ROLE;
RESET corm.to_one_strategy;
REVOKE SELECT ON author FROM regress_corm_kept;
SET ROLE regress_corm_kept;
SELECT corm.list(:authors);
SET ROLE regress_corm_kept_2;
SELECT corm.list(:authors);
RESET ROLE;
-- a definer's rights are its own, and end with it
GRANT CREATE ON SCHEMA corm_kept TO regress_corm_kept;
GRANT SELECT ON author TO regress_corm_kept;
SET ROLE regress_corm_kept;
CREATE FUNCTION as_definer() RETURNS json LANGUAGE sql SECURITY DEFINER SET search_path = corm_kept AS $$ SELECT corm.list(corm.select_related(corm.fields('post', 'id'), 'author')) $$;
SET ROLE regress_corm_kept_2;
SELECT as_definer() IS NOT NULL;
SELECT corm.list(:authors);
SELECT as_definer() IS NOT NULL;
RESET ROLE;
-- policies: rows that the policy hides are hidden, whoever has read them
GRANT SELECT ON author TO regress_corm_kept_2;
SELECT twice(:authors);
ALTER TABLE author ENABLE ROW LEVEL SECURITY;
CREATE POLICY one_of_them ON author TO regress_corm_kept USING (id = 1);
SELECT look(:authors);
SET ROLE regress_corm_kept;
SELECT look(:authors);
SET row_security = off;
SELECT look(:authors);
RESET row_security;
SET ROLE regress_corm_kept_2;
SELECT look(:authors);
RESET ROLE;
ALTER TABLE author FORCE ROW LEVEL SECURITY;
ALTER TABLE author OWNER TO regress_corm_kept;
SET ROLE regress_corm_kept;
SELECT look(:authors);
ALTER TABLE author NO FORCE ROW LEVEL SECURITY;
SELECT look(:authors);
RESET ROLE;
ALTER TABLE author OWNER TO CURRENT_USER;
DROP POLICY one_of_them ON author;
ALTER TABLE author DISABLE ROW LEVEL SECURITY;
SET ROLE regress_corm_kept_2;
SELECT look(:authors);
RESET ROLE;
DROP FUNCTION as_definer;
DROP OWNED BY regress_corm_kept, regress_corm_kept_2;
DROP ROLE regress_corm_kept, regress_corm_kept_2;

DROP SCHEMA corm_kept CASCADE;
SELECT count(*) FROM corm.models WHERE schema_name = 'corm_kept';
