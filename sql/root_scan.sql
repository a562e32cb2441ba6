-- Querysets whose rows an index finds without a statement, where they are few: each
-- verb answers what the statements do, and what SQL by hand does.
SET client_min_messages = warning;
CREATE SCHEMA corm_root;
SET search_path = corm_root;
SET timezone = 'UTC';
\pset format unaligned
\pset tuples_only on

-- What the verbs answer, and how many statements they took; of an error its text.
CREATE FUNCTION one(call text, q corm.queryset) RETURNS text LANGUAGE plpgsql AS $$
DECLARE r text;
BEGIN
	EXECUTE call INTO r USING q;
	RETURN coalesce(r, 'null');
EXCEPTION WHEN OTHERS THEN
	RETURN SQLSTATE || ' ' || SQLERRM;
END $$;
CREATE FUNCTION answers(q corm.queryset, scans boolean, OUT answer text, OUT statements text) LANGUAGE plpgsql AS $$
DECLARE
	setting text := current_setting('corm.direct_scan');
	call text;
	n bigint;
	r text;
BEGIN
	answer := '';
	statements := '';
	PERFORM set_config('corm.direct_scan', scans::text, true);
	FOREACH call IN ARRAY ARRAY['corm.list($1)', '(SELECT string_agg(a::text, '','') FROM corm.all($1) a)', '(SELECT string_agg(a::text, '','') FROM (SELECT corm.all($1) a) x)',
		'corm.first($1)', 'corm.last($1)', 'corm.get_or_none($1)', '(corm.page($1)->''items'')', 'corm.count($1)', 'corm.exists($1)'] LOOP
		n := (SELECT s.statements FROM corm.stats() s);
		r := corm_root.one('SELECT ' || call, q);
		answer := answer || r || E'\n';
		statements := statements || (SELECT s.statements FROM corm.stats() s) - n;
	END LOOP;
	PERFORM set_config('corm.direct_scan', setting, true);
END $$;
-- The statements that a list, all, all in a select list, first, last, get_or_none,
-- a page, count, exists take with scans; whether the answers are those of statements;
-- what count and list say, that of a long list as its length.
CREATE FUNCTION same(q corm.queryset) RETURNS text LANGUAGE sql AS $$
	SELECT d.statements || CASE WHEN d.answer = p.answer THEN ' | same | ' ELSE format(E' | scans: %s, statements: %s | ', d.answer, p.answer) END ||
		corm_root.one('SELECT corm.count($1)', q) || ' | ' || CASE WHEN length(l) > 200 THEN length(l) || ' characters' ELSE l END
	FROM corm_root.answers(q, true) d, corm_root.answers(q, false) p, corm_root.one('SELECT corm.list($1)', q) l
$$;

CREATE TABLE author (id int PRIMARY KEY, name text, email text UNIQUE);
CREATE TABLE post (id int PRIMARY KEY, author_id int REFERENCES author, title text, rank int);
CREATE INDEX post_author ON post (author_id);
CREATE TABLE tag (id int PRIMARY KEY, label text);
CREATE TABLE post_tag (post_id int REFERENCES post, tag_id int REFERENCES tag, weight int DEFAULT 1, PRIMARY KEY (post_id, tag_id));
CREATE INDEX post_tag_back ON post_tag (tag_id);
INSERT INTO author VALUES (1, 'Ann', 'ann@x'), (2, 'Bob', 'bob@x'), (3, 'Cy', NULL);
INSERT INTO post VALUES (4, 1, 'd', 1), (2, 1, 'b', 2), (3, 2, 'c', NULL), (9, 1, 'i', 1), (5, NULL, 'e', 2), (1, 2, 'a', 1);
INSERT INTO tag VALUES (1, 'red'), (3, 'blue'), (2, 'old');
INSERT INTO post_tag VALUES (4, 3), (4, 1), (2, 1), (3, 1), (9, 3);
SELECT corm.register_model(t) FROM unnest('{author,post,tag,post_tag}'::regclass[]) t;
SELECT corm.foreign_key('post', 'author', 'author', 'posts'), corm.many_to_many('post', 'tags', 'tag', through => 'post_tag', related_name => 'posts');

-- by a foreign key, by a unique column, by the primary key; one, several, none; no value
SELECT same(corm.filter('post', '{"author": 1}'));
SELECT same(corm.filter('post', '{"author_id": 2}'));
SELECT same(corm.filter('post', '{"author": 3}'));
SELECT same(corm.filter('post', '{"author": {"id": 1}}'));
SELECT same(corm.filter('post', '{"author__id": 1}'));
SELECT same(corm.filter('author', '{"email": "bob@x"}'));
SELECT same(corm.filter('author', '{"email": "no"}'));
SELECT same(corm.filter('author', '{"id": 3}'));
SELECT same(corm.filter('author', '{"pk": 4}'));
SELECT same(corm.filter('post', '{"author": null}'));
-- the same by hand
SELECT '[' || string_agg(row_to_json(p)::text, ',' ORDER BY id) || ']' = corm.list('post', '{"author": 1}')::text AS list, count(*) = corm.count('post', '{"author": 1}') AS count FROM post p WHERE author_id = 1;
SELECT array_agg(row_to_json(p)::text ORDER BY id DESC) = ARRAY(SELECT corm.all(corm.order_by(corm.filter('post', '{"author": 1}'), '-id'))::text) AS "all" FROM post p WHERE author_id = 1;
SELECT '[' || string_agg(row_to_json(t)::text, ',' ORDER BY id) || ']' = corm.list(corm.fields(corm.relation('post', 4, 'tags'), 'id', 'label'))::text AS list, count(*) = corm.count(corm.relation('post', 4, 'tags')) AS count FROM tag t WHERE id IN (SELECT tag_id FROM post_tag WHERE post_id = 4);
-- an owner's rows: by a foreign key, through links from both ends, none, of no such owner;
-- what is printed of a link takes a statement
SELECT same(corm.relation('author', 1, 'posts'));
SELECT same(corm.relation('author', 3, 'posts'));
SELECT same(corm.relation('author', 7, 'posts'));
SELECT same(corm.relation('post', 4, 'tags'));
SELECT same(corm.fields(corm.relation('post', 4, 'tags'), 'label'));
SELECT same(corm.fields(corm.relation('tag', 1, 'posts'), 'id', 'title'));
SELECT same(corm.fields(corm.relation('tag', 2, 'posts'), 'id'));
SELECT same(corm.filter(corm.relation('author', 1, 'posts'), '{"id": 9}'));
-- related rows below them, and what takes a statement there
SELECT same(corm.prefetch_related(corm.filter('post', '{"author": 1}'), 'tags', 'author'));
SELECT same(corm.prefetch_related(corm.fields(corm.filter('post', '{"author": 1}'), 'id'), '{"tags": {"filter": {"label": "red"}, "fields": ["id"]}}'));
SELECT same(corm.prefetch_related(corm.fields(corm.relation('tag', 1, 'posts'), 'id'), '{"author": {"fields": ["name"], "prefetch_related": {"posts": {"fields": ["id"]}}}}'));
SELECT same(corm.fields(corm.select_related(corm.filter('post', '{"author": 1}'), 'author'), 'id'));
SELECT same(corm.fields(corm.filter(corm.select_related('post', 'author'), '{"author": 1, "author__name": "Ann"}'), 'id'));
-- orders and slices: by the key, from either end
SELECT o, same(corm.order_by(corm.fields(corm.filter('post', '{"author": 1}'), 'id'), o)) FROM unnest('{id,-id,title,-title,"id nulls first","-id nulls last"}'::text[]) o;
SELECT n, same(corm.limit(corm.fields(corm.filter('post', '{"author": 1}'), 'id'), n)) FROM unnest('{0,1,2,3,4,9223372036854775807}'::bigint[]) n;
SELECT n, same(corm.limit(corm.order_by(corm.fields(corm.relation('tag', 1, 'posts'), 'id'), '-id'), n)) FROM unnest('{0,1,2,5}'::bigint[]) n;
SELECT same(corm.offset(corm.fields(corm.filter('post', '{"author": 1}'), 'id'), 1));
SELECT n, same(corm.limit(corm.filter('author', '{"id": 2}'), n)) FROM unnest('{0,1}'::bigint[]) n;
-- what else takes a statement: other conditions, columns without an index, computed values, distinct rows
SELECT f, same(corm.fields(corm.filter('post', f::jsonb), 'id')) FROM unnest(ARRAY['{"author__gt": 1}', '{"author__in": [1, 2]}', '{"title": "a"}', '{"author": 1, "rank": 1}', '{"OR": [{"author": 1}]}', '{"OR": [{"author": 1}, {"id": 3}]}',
	'{"NOT": {"author": 1}}', '{"author__name": "Ann"}', '{"author__F": "rank"}', '{"author__isnull": true}', '{}']) f;
SELECT same(corm.annotate(corm.fields(corm.filter('post', '{"author": 1}'), 'id'), '{"n": {"count": "tags"}}'));
SELECT same(corm.distinct(corm.fields(corm.filter('post', '{"author": 1}'), 'author_id')));
SELECT same(corm.fields(corm.filter(corm.relation('post', 4, 'tags'), '{"label": "red"}'), 'id'));
-- two columns, with an index for both, in any order; or one that has more
CREATE INDEX post_both ON post (rank, author_id);
SELECT f, same(corm.fields(corm.filter('post', f::jsonb), 'id')) FROM unnest(ARRAY['{"author": 1, "rank": 1}', '{"rank": 1, "author": 1}', '{"rank": 1}', '{"author": 1, "rank": null}', '{"author": 1, "rank": 7}', '{"AND": [{"rank": 1}, {"author": 1}]}']) f;
DROP INDEX post_both;
SELECT same(corm.fields(corm.filter('post', '{"rank": 1}'), 'id'));
CREATE INDEX post_some ON post (rank) WHERE rank > 0;
SELECT same(corm.fields(corm.filter('post', '{"rank": 1}'), 'id'));
DROP INDEX post_some;

-- keys that are sorted: of two columns, of texts by their collation, backwards
CREATE TABLE place (region text COLLATE "C", no int, "Group" text, PRIMARY KEY (no, region));
CREATE INDEX ON place ("Group");
INSERT INTO place VALUES ('b', 2, 'x'), ('a', 2, 'x'), ('B', 1, 'x'), ('é', 1, 'x'), ('z', -1, 'y'), ('A', 2, 'x');
SELECT corm.register_model('place');
SELECT same(corm.fields(corm.filter('place', '{"Group": "x"}'), 'region', 'no'));
SELECT array_agg(region ORDER BY no, region)::text FROM place WHERE "Group" = 'x';
SELECT same(corm.fields(corm.order_by(corm.filter('place', '{"Group": "x"}'), '-no', '-region'), 'region'));
SELECT same(corm.fields(corm.order_by(corm.filter('place', '{"Group": "x"}'), '-no', 'region'), 'region'));
SELECT same(corm.fields(corm.order_by(corm.filter('place', '{"Group": "x"}'), 'region', 'no'), 'region'));
SELECT same(corm.filter('place', '{"no": 2, "region": "A"}'));
CREATE TABLE word (w text PRIMARY KEY, kind numeric);
CREATE INDEX ON word (kind);
INSERT INTO word VALUES ('pear', 1.0), ('Apple', 1), ('fig', 1.00), ('nut', 2);
SELECT corm.register_model('word');
SELECT same(corm.filter('word', '{"kind": 1.000}'));
SELECT same(corm.filter('word', '{"kind": "NaN"}'));

-- values of all kinds of types: what scans find, statements do, and SQL by hand
CREATE TYPE mood AS ENUM ('z', 'a', 'm');
CREATE DOMAIN small AS int CHECK (value < 99);
CREATE DOMAIN word_of AS varchar(9);
CREATE FUNCTION by_type(type text, vals text[], indexed text DEFAULT 'v') RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	v jsonb;
	hand text;
	found text;
	r text;
	used text := '';
	wrong text := '';
BEGIN
	EXECUTE format('CREATE TABLE kind (id int PRIMARY KEY, v %s); CREATE INDEX ON kind (%s)', type, indexed);
	EXECUTE format('INSERT INTO kind SELECT 100 - i, x::%s FROM unnest($1) WITH ORDINALITY u(x, i)', type) USING vals || vals;
	PERFORM corm.register_model('kind');
	FOR v, hand IN SELECT to_jsonb(a.v), (SELECT coalesce('[' || string_agg(format('{"id":%s}', b.id), ',' ORDER BY b.id) || ']', '[]') FROM kind b WHERE b.v = a.v) FROM kind a WHERE a.id > 100 - cardinality(vals) - 1 ORDER BY a.id DESC LOOP
		found := one('SELECT corm.list($1)', corm.fields(corm.filter('kind', jsonb_build_object('v', v)), 'id'));
		r := same(corm.fields(corm.filter('kind', jsonb_build_object('v', v)), 'id'));
		used := used || left(r, 1);
		IF found <> hand OR r NOT LIKE '% | same | %' THEN
			wrong := format('%s %s: by hand %s, found %s, %s', wrong, v, hand, found, r);
		END IF;
	END LOOP;
	PERFORM corm.drop_model('kind', true);
	RETURN format('%s: %s%s', type, used, wrong);
END $$;
SELECT by_type(t, v::text[]) FROM (VALUES ('smallint', '{2,-1}'), ('bigint', '{2,30000000000}'), ('numeric', '{1.0,10,NaN}'), ('real', '{0,1.5}'), ('float8', '{0,-0,1e300}'), ('money', '{1,2}'),
	('text', '{b,"",é}'), ('text COLLATE "C"', '{b,A}'), ('varchar(9)', '{b,A}'), ('char(3)', '{b,A}'), ('name', '{b,A}'), ('bytea', '{\\x00,\\xff}'), ('uuid', '{a0000000-0000-0000-0000-000000000000,10000000-0000-0000-0000-000000000001}'),
	('boolean', '{t,f}'), ('date', '{2020-01-01,infinity}'), ('timestamp', '{2020-01-01 01:02:03,infinity}'), ('timestamptz', '{2020-01-01 01:02:03Z,-infinity}'), ('time', '{01:02:03,24:00:00}'), ('timetz', '{01:02:03+01}'),
	('interval', '{1 day,24:00:00,-1 mon}'), ('inet', '{10.0.0.1,::1}'), ('macaddr', '{08:00:2b:01:02:03}'), ('bit(3)', '{101,000}'), ('varbit', '{101,0}'), ('oid', '{1,4294967295}'), ('int4range', '{"[1,3)",empty}'),
	('jsonb', '{"{\"a\": 1}",[]}'), ('mood', '{a,z}'), ('small', '{7,-7}'), ('word_of', '{b,A}'), ('tsvector', '{a,b}')) x(t, v);
SELECT by_type(t, v::text[], i) FROM (VALUES ('text', '{b,A}', 'v text_pattern_ops'), ('text', '{b,A}', 'v COLLATE "C"'), ('int', '{1,2}', 'v DESC NULLS LAST, id'), ('int', '{1,2}', 'id, v'), ('int', '{1,2}', '(v + 0)'), ('int', '{1,2}', 'abs(v), v')) x(t, v, i);

-- columns that came later, with a default; that are gone; that are computed
ALTER TABLE post ADD COLUMN late text DEFAULT 'was not there', ADD COLUMN later int, DROP COLUMN title;
SELECT same(corm.filter('post', '{"author": 1}'));
SELECT array_agg(row_to_json(p)::text ORDER BY id) = ARRAY(SELECT corm.all('post', '{"author": 1}')::text) FROM post p WHERE author_id = 1;
ALTER TABLE post ADD COLUMN twice int GENERATED ALWAYS AS (rank * 2) STORED;
SELECT same(corm.fields(corm.filter('post', '{"author": 1}'), 'twice'));
-- values that are stored apart
INSERT INTO post SELECT 20 + i, 3, i, repeat('long ', 2000 * i) FROM generate_series(1, 3) i;
ALTER TABLE post ALTER late SET STORAGE EXTERNAL;
INSERT INTO post SELECT 24, 3, 4, repeat('long ', 2000);
SELECT same(corm.filter('post', '{"author": 3}'));
SELECT array_agg(row_to_json(p)::text ORDER BY id) = ARRAY(SELECT corm.all('post', '{"author": 3}')::text) AS same, sum(length(late)) FROM post p WHERE author_id = 3;

-- few and many: up to 1023 entries of the index, dead ones too
CREATE TABLE item (id int PRIMARY KEY, box int);
CREATE INDEX ON item (box);
CREATE TABLE item_tag (item_id int REFERENCES item, tag_id int REFERENCES tag, PRIMARY KEY (tag_id, item_id));
INSERT INTO item SELECT (i * 7919) % 10007, CASE WHEN i <= 1023 THEN 1 WHEN i <= 2047 THEN 2 ELSE 3 END FROM generate_series(1, 5000) i;
INSERT INTO item_tag SELECT id, CASE WHEN box < 3 THEN box ELSE 3 END FROM item;
SELECT corm.register_model('item'), corm.register_model('item_tag'), corm.many_to_many('item', 'tags', 'tag', through => 'item_tag', related_name => 'items');
SELECT box, count(*), same(corm.filter('item', jsonb_build_object('box', box))) FROM item GROUP BY 1 ORDER BY 1;
SELECT tag_id, count(*), same(corm.relation('tag', tag_id, 'items')) FROM item_tag GROUP BY 1 ORDER BY 1;
SELECT box, '[' || string_agg(row_to_json(i)::text, ',' ORDER BY id) || ']' = corm.list('item', jsonb_build_object('box', box))::text AS list, count(*) = corm.count('item', jsonb_build_object('box', box)) AS count FROM item i GROUP BY 1 ORDER BY 1;
SELECT box, same(corm.limit(corm.order_by(corm.filter('item', jsonb_build_object('box', box)), '-id'), 2)) FROM generate_series(1, 3) box;
DELETE FROM item_tag;
DELETE FROM item WHERE box = 3;
SELECT same(corm.filter('item', '{"box": 3}'));
VACUUM item;
SELECT same(corm.filter('item', '{"box": 3}'));
-- pages that are all-visible are not visited to count; those that are not, are
DELETE FROM item WHERE box = 1 AND id % 3 = 0;
VACUUM item;
CREATE FUNCTION counted(OUT statements bigint, OUT fetched bigint, OUT n bigint) LANGUAGE plpgsql AS $$
BEGIN
	statements := (SELECT s.statements FROM corm.stats() s);
	fetched := pg_stat_get_xact_tuples_fetched('item_box_idx'::regclass);
	n := corm.count('item', '{"box": 1}');
	fetched := pg_stat_get_xact_tuples_fetched('item_box_idx'::regclass) - fetched;
	statements := (SELECT s.statements FROM corm.stats() s) - statements;
END $$;
SELECT counted(), count(*) FROM item WHERE box = 1;
BEGIN;
DELETE FROM item WHERE box = 1 AND id % 2 = 0;
UPDATE item SET box = 1 WHERE box = 2 AND id % 100 = 0;
SELECT (c).n, (c).statements, (c).fetched > 0 AS fetched, (SELECT count(*) FROM item WHERE box = 1) FROM counted() c;
SAVEPOINT s;
DELETE FROM item;
SELECT n, statements FROM counted();
ROLLBACK TO s;
SELECT n, statements FROM counted();
ROLLBACK;
SELECT n, statements FROM counted();
-- the limit of rows counts what is handed out
SET corm.max_rows = 2;
SELECT same(corm.fields(corm.filter('post', '{"author": 1}'), 'id'));
SELECT same(corm.limit(corm.fields(corm.filter('post', '{"author": 1}'), 'id'), 2));
RESET corm.max_rows;

-- changes of the transaction, and none of the statement's own
BEGIN;
UPDATE post SET rank = 7 WHERE id = 4;
INSERT INTO post (id, author_id) VALUES (30, 1);
DELETE FROM post_tag;
DELETE FROM post WHERE id = 9;
SELECT same(corm.fields(corm.filter('post', '{"author": 1}'), 'id', 'rank'));
SELECT same(corm.fields(corm.relation('post', 4, 'tags'), 'id'));
ROLLBACK;
WITH w AS (INSERT INTO post (id, author_id) VALUES (31, 1) RETURNING id) SELECT w.id, corm.list(corm.fields(corm.filter('post', '{"author": 1}'), 'id')), corm.count('post', '{"author": 1}') FROM w;
DELETE FROM post WHERE id = 31;
-- a volatile function sees what its own statement has written, each time anew
CREATE FUNCTION add_and_count() RETURNS bigint LANGUAGE plpgsql AS $$
BEGIN
	INSERT INTO post (id, author_id) SELECT max(id) + 1, 1 FROM post;
	RETURN corm.count('post', '{"author": 1}');
END $$;
BEGIN;
SELECT add_and_count() FROM generate_series(1, 3);
ROLLBACK;

-- what a plan is shown for
SELECT verb, l FROM unnest('{list,count,exists,rows}'::text[]) verb, corm.explain('{"model": "post", "filter": {"author": 1}}', verb) l;
SELECT verb, bool_or(l LIKE '%Index scans on item using item_box_idx') AS scans FROM unnest('{list,count,exists,rows}'::text[]) WITH ORDINALITY v(verb, i), corm.explain('{"model": "item", "filter": {"box": 2}}', verb) l GROUP BY i, 1 ORDER BY i;
SELECT verb, bool_or(l LIKE '%Index scans%') AS scans FROM unnest('{list,count,exists,rows}'::text[]) WITH ORDINALITY v(verb, i), corm.explain('{"model": "post", "filter": {"rank": "1"}}', verb) l GROUP BY i, 1 ORDER BY i;
SELECT l FROM corm.explain(corm.relation('post', 4, 'tags'), 'count') l;
SELECT verb, l FROM unnest('{list,count,rows}'::text[]) verb, corm.explain('{"model": "post", "filter": {"author": 1}}', verb, true) l WHERE l LIKE '%Index scans%';
-- typed rows are found so, too
CREATE FUNCTION typed(q corm.queryset, OUT statements bigint, OUT n bigint, OUT sum bigint) LANGUAGE plpgsql AS $$
BEGIN
	statements := (SELECT s.statements FROM corm.stats() s);
	SELECT count(*), sum(r.id) INTO n, typed.sum FROM corm.rows(NULL::item, q) r;
	statements := (SELECT s.statements FROM corm.stats() s) - statements;
END $$;
SELECT box, typed(corm.filter('item', jsonb_build_object('box', box))) AS rows, count(*), sum(id) FROM item GROUP BY 1 ORDER BY 1;
SELECT typed(corm.filter('item', '{"box": null}')), typed(corm.order_by(corm.filter('item', '{"box": 1}'), 'id')), typed(corm.limit(corm.filter('item', '{"box": 1}'), 3));

-- after one with many the next of its kind takes a statement without trying, once
SELECT string_agg(box || ': ' || (typed(corm.filter('item', jsonb_build_object('box', box)))).statements, ', ') FROM (SELECT * FROM unnest('{1,1,2,1,1}'::int[]) WITH ORDINALITY u(box, i) ORDER BY i) o;

-- cursors: what was found stays found, whatever happens meanwhile
SET corm.batch_size = 1;
\set some '''{"model": "post", "fields": ["id"], "filter": {"author": 1}, "prefetch_related": {"tags": {"fields": ["id"]}, "author": {"fields": ["name"]}}}'''
BEGIN;
DECLARE c CURSOR FOR SELECT corm.all(:some);
FETCH c;
DELETE FROM post_tag;
UPDATE post SET author_id = 2;
FETCH c;
ROLLBACK;
BEGIN;
DECLARE c CURSOR FOR SELECT corm.all(:some);
DECLARE d CURSOR FOR SELECT corm.all(:some);
SAVEPOINT s;
FETCH c;
FETCH d;
ROLLBACK TO s;
FETCH d;
FETCH c;
FETCH ALL c;
FETCH ALL d;
COMMIT;
BEGIN;
DECLARE c CURSOR WITH HOLD FOR SELECT corm.all(:some);
FETCH c;
COMMIT;
UPDATE post SET author_id = 2 WHERE id = 9;
FETCH ALL c;
CLOSE c;
UPDATE post SET author_id = 1 WHERE id = 9;
-- the index of the rows has gone, or their column; that of what is below; the user is another
BEGIN;
DECLARE c CURSOR FOR SELECT corm.all(:some);
FETCH c;
DROP INDEX post_author;
FETCH c;
ALTER TABLE post_tag DROP CONSTRAINT post_tag_pkey;
FETCH c;
ROLLBACK;
CREATE ROLE regress_corm_root;
GRANT USAGE ON SCHEMA corm_root TO regress_corm_root;
GRANT SELECT ON author, post, tag, post_tag TO regress_corm_root;
BEGIN;
DECLARE c CURSOR FOR SELECT corm.all(:some);
FETCH c;
REVOKE SELECT ON author FROM regress_corm_root;
SET LOCAL ROLE regress_corm_root;
FETCH c;
ROLLBACK;
RESET corm.batch_size;
SELECT corm.all(corm.filter('post', jsonb_build_object('author', a.id)))->'id' AS post, a.id AS author FROM author a WHERE id < 3;
SELECT corm.all(:some) LIMIT 1;
-- loops that commit and roll back between rows
DO $$
DECLARE
	r json;
	seen text := '';
BEGIN
	FOR r IN SELECT corm.all('post', '{"author": 1}')->'id' LOOP
		seen := seen || ' ' || r;
		UPDATE post SET author_id = 2 WHERE id = 9;
		IF r::text = '2' THEN COMMIT; ELSE ROLLBACK; END IF;
	END LOOP;
	RAISE WARNING 'seen:%', seen;
END $$;
UPDATE post SET author_id = 1 WHERE id = 9;

-- who may not read the table, or not all of it: statements, and their errors
SET ROLE regress_corm_root;
SELECT same('{"model": "corm_root.post", "fields": ["id"], "filter": {"author": 1}}');
RESET ROLE;
REVOKE SELECT ON post FROM regress_corm_root;
SET ROLE regress_corm_root;
SELECT same('{"model": "corm_root.post", "fields": ["id"], "filter": {"author": 1}}');
RESET ROLE;
GRANT SELECT (id, rank) ON post TO regress_corm_root;
SET ROLE regress_corm_root;
SELECT same('{"model": "corm_root.post", "fields": ["id"], "filter": {"author": 1}}');
RESET ROLE;
GRANT SELECT (author_id) ON post TO regress_corm_root;
SET ROLE regress_corm_root;
SELECT same('{"model": "corm_root.post", "fields": ["id"], "filter": {"author": 1}}');
SELECT same('{"model": "corm_root.post", "fields": ["late"], "filter": {"author": 1}}');
RESET ROLE;
REVOKE SELECT (id) ON post FROM regress_corm_root;
SET ROLE regress_corm_root;
SELECT one('SELECT corm.count($1)', '{"model": "corm_root.post", "filter": {"author": 1}}'), one('SELECT corm.list($1)', '{"model": "corm_root.post", "fields": ["rank"], "filter": {"author": 1}}');
RESET ROLE;
GRANT SELECT ON post TO regress_corm_root;
ALTER TABLE post ENABLE ROW LEVEL SECURITY;
CREATE POLICY others ON post USING (id <> 4);
SET ROLE regress_corm_root;
SELECT same('{"model": "corm_root.post", "fields": ["id"], "filter": {"author": 1}}');
SELECT same(corm.fields(corm.relation('corm_root.tag', 1, 'posts'), 'id'));
RESET ROLE;
ALTER TABLE post DISABLE ROW LEVEL SECURITY;
ALTER TABLE post_tag ENABLE ROW LEVEL SECURITY;
SET ROLE regress_corm_root;
SELECT same(corm.fields(corm.relation('corm_root.tag', 1, 'posts'), 'id'));
RESET ROLE;
ALTER TABLE post_tag DISABLE ROW LEVEL SECURITY;

-- DDL between two calls of one request
SELECT same(corm.fields(corm.filter('post', '{"author": 1}'), 'id'));
DROP INDEX post_author;
SELECT same(corm.fields(corm.filter('post', '{"author": 1}'), 'id'));
CREATE INDEX post_author ON post USING hash (author_id);
SELECT same(corm.fields(corm.filter('post', '{"author": 1}'), 'id'));
DROP INDEX post_author;
CREATE INDEX post_author ON post (author_id DESC);
SELECT same(corm.fields(corm.filter('post', '{"author": 1}'), 'id'));
ALTER TABLE post DROP COLUMN twice, ALTER author_id TYPE bigint;
SELECT same(corm.fields(corm.filter('post', '{"author": 1}'), 'id'));
ALTER TABLE post ADD CHECK (author_id > 0), ALTER rank TYPE text;
SELECT same(corm.fields(corm.filter('post', '{"author": 1}'), 'id'));
-- tables that are more than one, or are none
CREATE TABLE more_posts () INHERITS (post);
INSERT INTO more_posts (id, author_id) VALUES (40, 1);
SELECT same(corm.fields(corm.filter('post', '{"author": 1}'), 'id'));
DROP TABLE more_posts;
CREATE TABLE part (id int, k int, PRIMARY KEY (id)) PARTITION BY RANGE (id);
CREATE TABLE part1 PARTITION OF part FOR VALUES FROM (0) TO (9);
CREATE INDEX ON part (k);
INSERT INTO part VALUES (2, 1), (1, 1);
CREATE VIEW seen AS SELECT * FROM post;
SELECT corm.register_model('part'), corm.register_model('seen', key => '{id}');
SELECT same(corm.filter('part', '{"k": 1}'));
SELECT same(corm.fields(corm.filter('seen', '{"author_id": 1}'), 'id'));
-- an error names what was loaded
SELECT corm.list(corm.filter('author', '{"id": "x"}'));
SELECT corm.count(corm.filter('author', '{"id": 99999999999}'));

DROP SCHEMA corm_root CASCADE;
DROP ROLE regress_corm_root;
