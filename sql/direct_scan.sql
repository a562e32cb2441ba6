-- Index scans that stand in for statements: the documents are those of the
-- statements, byte for byte, and scans are used where they may be, nowhere else.
SET client_min_messages = warning;
CREATE SCHEMA corm_scan;
SET search_path = corm_scan;
SET corm.direct_scan = on;
SET timezone = 'UTC';
SET lc_monetary = 'C';
\pset format unaligned
\pset tuples_only on

-- What scans read of each level, and whether scans and statements agree; of an
-- error its text.
CREATE FUNCTION run(q corm.queryset, scans boolean) RETURNS text LANGUAGE plpgsql AS $$
DECLARE r text;
BEGIN
	PERFORM set_config('corm.direct_scan', scans::text, true);
	r := corm.list(q)::text;
	IF r <> (SELECT '[' || coalesce(string_agg(a::text, ','), '') || ']' FROM corm.all(q) a) OR
		r <> (SELECT '[' || coalesce(string_agg(a::text, ','), '') || ']' FROM (SELECT corm.all(q) a) x) THEN
		RETURN 'all is not list';
	END IF;
	RETURN r;
EXCEPTION WHEN OTHERS THEN
	RETURN SQLSTATE || ' ' || SQLERRM;
END $$;
CREATE FUNCTION scans(q corm.queryset) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	PERFORM set_config('corm.direct_scan', 'on', true);
	RETURN (SELECT coalesce(string_agg(regexp_replace(l, '^  Index scans on |, for each parent', '', 'g'), '; ' ORDER BY n), 'statement')
		FROM corm.explain(q) WITH ORDINALITY e(l, n) WHERE l LIKE '%Index scans on%');
END $$;
-- by name, so that they stand for a role that may not use this schema
CREATE FUNCTION same(q corm.queryset) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	setting text := current_setting('corm.direct_scan');
	direct text := corm_scan.run(q, true);
	plain text := corm_scan.run(q, false);
	used text;
BEGIN
	used := corm_scan.scans(q);
	PERFORM set_config('corm.direct_scan', setting, true);
	RETURN used || ' | ' || CASE WHEN direct = plain THEN 'same' ELSE 'scans: ' || direct || ', statements: ' || plain END ||
		' | ' || CASE WHEN length(plain) > 300 THEN length(plain) || ' characters' ELSE plain END;
EXCEPTION WHEN OTHERS THEN
	RETURN SQLSTATE || ' | ' || CASE WHEN direct = plain THEN 'same' ELSE 'scans: ' || direct || ', statements: ' || plain END || ' | ' || plain;
END $$;

CREATE TABLE parent (id int PRIMARY KEY, name text);
CREATE TABLE child (id int PRIMARY KEY, parent_id int REFERENCES parent, v text);
CREATE INDEX child_parent ON child (parent_id);
CREATE TABLE leaf (id int PRIMARY KEY, child_id int REFERENCES child, v text);
CREATE INDEX leaf_child ON leaf (child_id);
CREATE TABLE tag (id int PRIMARY KEY, label text);
CREATE TABLE link (child_id int REFERENCES child, tag_id int REFERENCES tag, PRIMARY KEY (child_id, tag_id));
INSERT INTO parent VALUES (1, 'a'), (2, 'b'), (3, NULL);
INSERT INTO child VALUES (3, 1, 'three'), (1, 1, 'one'), (2, 2, NULL), (4, NULL, 'four'), (5, 1, 'five');
INSERT INTO leaf VALUES (1, 1, 'x'), (2, 3, 'y'), (3, 1, 'z');
INSERT INTO tag VALUES (1, 'red'), (2, 'blue'), (3, 'none');
INSERT INTO link VALUES (3, 2), (3, 1), (1, 2), (2, 1);
SELECT corm.register_model(t) FROM unnest('{parent,child,leaf,tag,link}'::regclass[]) t;
SELECT corm.foreign_key('child', 'parent', 'parent', 'children'), corm.foreign_key('leaf', 'child', 'child', 'leaves');
SELECT corm.many_to_many('child', 'tags', 'tag', through => 'link', related_name => 'children');

-- each kind, and all of them together; lists are in the order of their keys
SELECT same(corm.prefetch_related('parent', 'children'));
SELECT same(corm.prefetch_related('parent', '{"children": {"fields": ["id"]}}'));
SELECT same(corm.prefetch_related('child', '{"parent": {}}'));
SELECT same(corm.prefetch_related('leaf', 'child__parent'));
-- one row is found by a scan, unless a join is asked for, or there is one; or
-- something below it takes a statement
SET corm.to_one_strategy = join;
SELECT same(corm.prefetch_related('child', '{"parent": {}}'));
RESET corm.to_one_strategy;
SELECT same(corm.prefetch_related(corm.filter('leaf', '{"child__v": "one"}'), 'child__parent'));
SELECT same(corm.prefetch_related('leaf', '{"child": {"prefetch_related": {"tags": {"limit": 1}}}}'));
SELECT same(corm.prefetch_related('leaf', '{"child": {"prefetch_related": {"parent": {"filter": {"name": "a"}}}}}'));
-- from here on no to-one is joined
SET corm.to_one_strategy = separate;
SELECT same(corm.prefetch_related('leaf', 'child__parent'));
SELECT same(corm.prefetch_related('child', 'tags'));
SELECT same(corm.prefetch_related('tag', 'children__parent', 'children__leaves'));
SELECT same(corm.prefetch_related('parent', 'children__tags', 'children__leaves'));
SELECT same(corm.prefetch_related(corm.filter('parent', '{"id": 0}'), 'children__tags'));
SELECT same(corm.prefetch_related(corm.select_related('leaf', 'child'), 'child__tags'));
SELECT corm.prefetch('parent', ARRAY[2, 1, 2, 9], 'children', prefetch_related => '["leaves"]');

-- what takes a statement: conditions, orders, slices, computed values
SELECT scans(corm.prefetch_related('parent', o::jsonb)) || ' | ' || o FROM unnest(ARRAY[
	'{"children": {"filter": {"v": "one"}}}', '{"children": {"exclude": {"v": "one"}}}', '{"children": {"order_by": ["-id"]}}', '{"children": {"order_by": ["id"]}}',
	'{"children": {"order_by": ["v"]}}', '{"children": {"order_by": ["id nulls first"]}}', '{"children": {"limit": 1}}', '{"children": {"offset": 1}}', '{"children": {"limit": 1, "more": true}}',
	'{"children": {"annotate": {"n": "leaves__count"}}}', '{"children": {"select_related": ["parent"]}}', '{"children": {"as": "them"}}']) o;
-- below a level with a statement scans go on; above a statement none is used
SELECT same(corm.prefetch_related('parent', '{"children": {"filter": {"id__gt": 1}, "prefetch_related": ["leaves", "tags"]}}'));
SELECT same(corm.prefetch_related('parent', '{"children": {"prefetch_related": {"leaves": {"filter": {"v": "x"}}}}}'));
-- statements: one for the root, and one for each level that is not scanned
CREATE FUNCTION statements(q corm.queryset) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE n bigint := (SELECT statements FROM corm.stats());
BEGIN
	PERFORM corm.list(q);
	RETURN (SELECT statements FROM corm.stats()) - n;
END $$;
SELECT statements(corm.prefetch_related('parent', 'children__tags', 'children__leaves')), statements(corm.prefetch_related('parent', '{"children": {"filter": {"id__gt": 1}, "prefetch_related": ["leaves", "tags"]}}'));
SET corm.direct_scan = off;
SELECT statements(corm.prefetch_related('parent', 'children__tags', 'children__leaves')), statements(corm.prefetch_related('parent', '{"children": {"filter": {"id__gt": 1}, "prefetch_related": ["leaves", "tags"]}}'));
SET corm.direct_scan = on;
-- writing calls see what they wrote themselves, by statements
SELECT corm.create(corm.prefetch_related('parent', 'children'), '{"id": 9, "name": "new"}');
DELETE FROM parent WHERE id = 9;

-- changes of the same transaction; HOT updates, others, rows that moved; rolled back
BEGIN;
UPDATE child SET v = 'hot' WHERE id = 1;
UPDATE child SET v = 'hotter' WHERE id = 1;
SELECT same(corm.prefetch_related('parent', 'children'));
UPDATE child SET parent_id = 2 WHERE id = 3;
INSERT INTO child VALUES (6, 2, 'six');
DELETE FROM child WHERE id = 5;
SELECT same(corm.prefetch_related('parent', 'children'));
SAVEPOINT a;
UPDATE child SET parent_id = 3, v = 'undone';
INSERT INTO child VALUES (7, 1, 'seven');
DELETE FROM link;
SELECT same(corm.prefetch_related('parent', 'children__tags'));
ROLLBACK TO a;
SELECT same(corm.prefetch_related('parent', 'children__tags'));
SAVEPOINT b;
UPDATE child SET id = 10 WHERE id = 6;
RELEASE b;
SELECT same(corm.prefetch_related('parent', 'children'));
ROLLBACK;
SELECT same(corm.prefetch_related('parent', 'children'));
-- nothing that its own statement writes
WITH w AS (INSERT INTO child VALUES (8, 1, 'eight') RETURNING id) SELECT corm.get(corm.prefetch_related('parent', '{"children": {"fields": ["id"]}}'), '{"id": 1}') FROM w;
SELECT corm.get(corm.prefetch_related('parent', '{"children": {"fields": ["id"]}}'), '{"id": 1}');
DELETE FROM child WHERE id = 8;

-- an index made after HOT updates is not for older snapshots
BEGIN;
UPDATE child SET v = v || '!' WHERE id = 1;
CREATE INDEX child_late ON child (v);
DROP INDEX child_parent;
CREATE INDEX child_again ON child (parent_id);
UPDATE child SET parent_id = 1 WHERE id = 2;
SELECT same(corm.prefetch_related('parent', 'children'));
ROLLBACK;
-- broken chains: the version that was current has another key
BEGIN;
DROP INDEX child_parent;
UPDATE child SET parent_id = 2 WHERE id = 1;
CREATE INDEX child_broken ON child (parent_id);
SELECT indcheckxmin FROM pg_index WHERE indexrelid = 'child_broken'::regclass;
SELECT same(corm.prefetch_related('parent', '{"children": {"fields": ["id"]}}'));
ROLLBACK;

-- VACUUM: pages that are all-visible, then not
VACUUM (FREEZE) child, link, tag, leaf, parent;
SELECT same(corm.prefetch_related('child', '{"tags": {"fields": ["label"]}}'));
DELETE FROM link WHERE child_id = 3 AND tag_id = 1;
UPDATE tag SET label = upper(label);
SELECT same(corm.prefetch_related('child', '{"tags": {"fields": ["label"]}}'));
VACUUM link, tag;
SELECT same(corm.prefetch_related('child', '{"tags": {"fields": ["label"]}}'));
INSERT INTO link VALUES (3, 1);

-- which index will do
CREATE TABLE kid (id int PRIMARY KEY, parent_id int, other int DEFAULT 0, v text);
INSERT INTO kid SELECT i, 1 + i % 3, i % 2, 'k' || i FROM generate_series(1, 7) i;
ALTER TABLE kid ADD FOREIGN KEY (parent_id) REFERENCES parent;
SELECT corm.register_model('kid'), corm.foreign_key('kid', 'parent', 'parent', 'kids', index => false);
CREATE FUNCTION by(definition text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE r text;
BEGIN
	EXECUTE format('CREATE INDEX kid_x ON kid %s', definition);
	r := split_part(same(corm.prefetch_related('parent', 'kids')), ' | ', 1) || ' | ' || split_part(same(corm.prefetch_related('parent', 'kids')), ' | ', 2);
	DROP INDEX kid_x;
	RETURN definition || ': ' || r;
END $$;
SELECT same(corm.prefetch_related('parent', 'kids'));
SELECT by(d) FROM unnest(ARRAY['(parent_id)', '(parent_id DESC)', '(parent_id NULLS FIRST)', '(parent_id DESC NULLS LAST, v DESC)', '(parent_id, other)', '(parent_id) INCLUDE (id, v)',
	'(parent_id) WITH (fillfactor = 50)', '(parent_id) WITH (deduplicate_items = off)']) d;
SELECT by(d) FROM unnest(ARRAY['(other, parent_id)', '(v) INCLUDE (parent_id)', 'USING hash (parent_id)', 'USING brin (parent_id)', '(parent_id) WHERE parent_id > 0', '(parent_id) WHERE true',
	'((parent_id + 0))', '((parent_id + 0), parent_id)']) d;
-- one that could not be built
CREATE UNIQUE INDEX CONCURRENTLY kid_failed ON kid (parent_id);
SELECT indisvalid FROM pg_index WHERE indexrelid = 'kid_failed'::regclass;
SELECT same(corm.prefetch_related('parent', 'kids'));
DROP INDEX kid_failed;

-- keys of several columns, in another order than the index has
CREATE TABLE pair (a int, b text, PRIMARY KEY (a, b));
CREATE TABLE ofpair (id int PRIMARY KEY, x int, fa int, fb text, FOREIGN KEY (fa, fb) REFERENCES pair (a, b));
INSERT INTO pair VALUES (1, 'x'), (1, 'y'), (2, 'x');
INSERT INTO ofpair VALUES (1, 0, 1, 'x'), (2, 0, 1, 'y'), (3, 0, 2, NULL), (4, 0, NULL, 'x'), (5, 0, 1, 'x');
SELECT corm.register_model('pair'), corm.register_model('ofpair'), corm.foreign_key('ofpair', 'pair', 'pair', 'these', columns => '{fa,fb}', index => false);
CREATE INDEX ofpair_i ON ofpair (fb, fa);
SELECT same(corm.prefetch_related('pair', '{"these": {"fields": ["id"]}}'));
SELECT same(corm.prefetch_related('ofpair', 'pair'));
DROP INDEX ofpair_i;
CREATE INDEX ofpair_i ON ofpair (fb, x, fa);
SELECT same(corm.prefetch_related('pair', '{"these": {"fields": ["id"]}}'));
DROP INDEX ofpair_i;
CREATE INDEX ofpair_i ON ofpair (fa DESC, fb, x);
SELECT same(corm.prefetch_related('pair', '{"these": {"fields": ["id"]}}'));

-- types of keys, each as a list, as the row itself and through links
CREATE DOMAIN dom AS int CHECK (value > 0);
CREATE TYPE mood AS ENUM ('z', 'a', 'm');
CREATE COLLATION backwards FROM "C";
CREATE FUNCTION typed(of text, fk text, keys text[], fks text[], more text DEFAULT '') RETURNS SETOF text LANGUAGE plpgsql AS $$
BEGIN
	SET LOCAL client_min_messages = warning;
	EXECUTE format('CREATE TABLE one (k %s PRIMARY KEY); CREATE TABLE many (id int PRIMARY KEY, one_k %s REFERENCES one); CREATE INDEX many_one ON many (one_k %s)', of, fk, more);
	EXECUTE format('CREATE TABLE join_ (one_k %s REFERENCES one, many_id int REFERENCES many, PRIMARY KEY (one_k, many_id)); CREATE INDEX join_back ON join_ (many_id, one_k)', fk);
	EXECUTE format('INSERT INTO one SELECT k::%s FROM unnest($1) k', of) USING keys;
	EXECUTE format('INSERT INTO many SELECT n, k::%s FROM unnest($1) WITH ORDINALITY x(k, n)', fk) USING fks;
	INSERT INTO join_ SELECT one_k, id % 2 + 1 FROM many WHERE one_k IS NOT NULL ON CONFLICT DO NOTHING;
	PERFORM corm.register_model('one'), corm.register_model('many'), corm.register_model('join_');
	PERFORM corm.foreign_key('many', 'one', 'one', 'many'), corm.many_to_many('many', 'all_', 'one', through => 'join_', related_name => 'manies');
	RETURN NEXT same(corm.prefetch_related('one', '{"many": {"fields": ["id"]}}'));
	RETURN NEXT same(corm.prefetch_related('many', '{"one": {}}'));
	RETURN NEXT same(corm.prefetch_related(corm.fields('many', 'id'), 'all_'));
	RETURN NEXT same(corm.prefetch_related('one', '{"manies": {"fields": ["id"]}}'));
	PERFORM corm.drop_model('join_', true), corm.drop_model('many', true), corm.drop_model('one', true);
END $$;
SELECT typed('bigint', 'int', '{2,-1,30000000000}', '{2,-1,NULL,2}');
SELECT typed('int', 'bigint', '{2,-1,3}', '{2,-1,NULL,2}');
SELECT typed('int', 'smallint', '{2,-1,3}', '{2,-1,NULL,2}');
SELECT typed('numeric', 'numeric', '{1.0,10,2.50}', '{1,2.5,1.00,NULL,10.000}');
SELECT typed('numeric', 'int', '{1.0,10,2.50}', '{1,NULL,10,1}');
SELECT typed('uuid', 'uuid', '{a0000000-0000-0000-0000-000000000000,10000000-0000-0000-0000-000000000001}', '{10000000-0000-0000-0000-000000000001,a0000000-0000-0000-0000-000000000000,10000000-0000-0000-0000-000000000001}');
SELECT typed('text', 'text', '{b,A,"",é}', '{b,é,"",NULL,b}');
SELECT typed('text', 'text', '{b,A,é}', '{b,é,b}', 'text_pattern_ops');
SELECT typed('text', 'text', '{b,A,é}', '{b,é,b}', 'COLLATE "C"');
SELECT typed('text COLLATE "C"', 'text COLLATE backwards', '{b,A,c}', '{b,A,A,NULL}');
SELECT typed('varchar(9)', 'varchar(9)', '{b,A}', '{b,A,b}');
SELECT typed('text', 'varchar', '{b,A}', '{b,A,b}', 'varchar_pattern_ops');
SELECT typed('char(3)', 'char(3)', '{b,A}', '{b,"A ",b}');
SELECT typed('name', 'name', '{b,A}', '{b,A,b}');
SELECT typed('dom', 'dom', '{2,1}', '{1,2,1}');
SELECT typed('dom', 'int', '{2,1}', '{1,2,1}');
SELECT typed('mood', 'mood', '{a,z}', '{a,z,a}');
SELECT typed('int[]', 'int[]', '{"{1,2}","{}"}', '{"{1,2}","{}","{1,2}"}');
SELECT typed('float8', 'float4', '{0,NaN,1.5}', '{-0,NaN,1.5,NULL}');
SELECT typed('timestamptz', 'timestamptz', '{2020-01-01Z,infinity}', '{infinity,2020-01-01Z}');
SELECT typed('bytea', 'bytea', '{\\x00,\\xff}', '{\\xff,\\x00}');
SELECT typed('bit(3)', 'bit(3)', '{101,000}', '{101,000,101}');
SELECT typed('money', 'money', '{1,2}', '{2,1,2}');
SELECT typed('int4range', 'int4range', '{"[1,3)",empty}', '{empty,"[1,2]"}');
-- long keys: compressed in the table, in the index
SELECT split_part(t, ' | ', 1), split_part(t, ' | ', 2) FROM typed('text', 'text', ARRAY[repeat('k', 3000), repeat('l', 9000)], ARRAY[repeat('l', 9000), repeat('k', 3000)]) t;
-- keys that are equal without being the same
SELECT count(*) > 0 AND getdatabaseencoding() = 'UTF8' AND current_setting('server_version_num')::int < 180000 AS has_icu FROM pg_collation WHERE collprovider = 'i' \gset
\set folded same,same,same,same,same,same,same,same,same,same,same,same
\if :has_icu
CREATE COLLATION folded (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
SELECT string_agg(split_part(t, ' | ', 2), ',') AS folded FROM (SELECT typed('text COLLATE folded', 'text COLLATE folded', '{b,A,c}', '{B,a,A,NULL}')
	UNION ALL SELECT typed('text COLLATE folded', 'text COLLATE "C"', '{b,A,c}', '{b,a,A,NULL}') UNION ALL SELECT typed('text COLLATE folded', 'text COLLATE "C"', '{b,A,c}', '{a,b,A}')) x(t) \gset
\endif
SELECT :'folded';
SELECT count(*) = 1 AS installable FROM pg_available_extensions WHERE name = 'citext' \gset
\set equal same,same,same,same
\if :installable
CREATE EXTENSION citext;
SELECT string_agg(split_part(t, ' | ', 2), ',') AS equal FROM typed('citext', 'citext', '{b,A}', '{B,a,b}') t \gset
DROP EXTENSION citext;
\endif
SELECT :'equal';

-- orphans of a constraint that was not validated, and links to nothing
CREATE TABLE loose (id int PRIMARY KEY, parent_id int);
CREATE TABLE loose_tag (loose_id int, tag_id int, PRIMARY KEY (loose_id, tag_id));
INSERT INTO loose VALUES (1, 1), (2, 99);
INSERT INTO loose_tag VALUES (1, 1), (1, 99), (1, 2), (2, 98), (97, 1);
ALTER TABLE loose ADD FOREIGN KEY (parent_id) REFERENCES parent NOT VALID;
ALTER TABLE loose_tag ADD FOREIGN KEY (loose_id) REFERENCES loose NOT VALID, ADD FOREIGN KEY (tag_id) REFERENCES tag NOT VALID;
SELECT corm.register_model('loose'), corm.register_model('loose_tag'), corm.foreign_key('loose', 'parent', 'parent', 'loose'), corm.many_to_many('loose', 'tags', 'tag', through => 'loose_tag', related_name => 'loose');
SELECT same(corm.prefetch_related('loose', 'parent'));
SELECT same(corm.prefetch_related('loose', 'tags'));
SELECT same(corm.prefetch_related('tag', 'loose'));

-- links that may come twice, links with values, links of a table to itself
CREATE TABLE dup (id int PRIMARY KEY, child_id int REFERENCES child, tag_id int REFERENCES tag);
CREATE INDEX dup_child ON dup (child_id);
INSERT INTO dup VALUES (1, 1, 2), (2, 1, 2), (3, 1, 1), (4, 1, NULL);
SELECT corm.register_model('dup'), corm.many_to_many('child', 'dups', 'tag', through => 'dup', related_name => 'dups');
SELECT same(corm.prefetch_related(corm.fields('child', 'id'), 'dups'));
DELETE FROM dup WHERE id = 2;
ALTER TABLE dup ADD UNIQUE (child_id, tag_id) DEFERRABLE INITIALLY DEFERRED;
BEGIN;
INSERT INTO dup VALUES (5, 1, 1);
SELECT same(corm.prefetch_related(corm.fields('child', 'id'), 'dups'));
ROLLBACK;
ALTER TABLE link ADD weight int;
SELECT same(corm.prefetch_related(corm.fields('child', 'id'), 'tags'));
SELECT same(corm.prefetch_related(corm.fields('child', 'id'), '{"tags": {"fields": ["id"]}}'));
ALTER TABLE link DROP weight;
SELECT corm.many_to_many('tag', 'near', 'tag', related_name => 'far'), corm.many_to_many('tag', 'friends', 'tag', symmetrical => true);
INSERT INTO tag_tag VALUES (1, 2), (2, 2), (3, 1);
SELECT same(corm.prefetch_related(corm.fields('tag', 'id'), '{"near": {"fields": ["id"]}, "far": {"fields": ["id"]}}'));
SELECT same(corm.prefetch_related(corm.fields('tag', 'id'), '{"friends": {"fields": ["id"]}}'));
-- a table's own tree: one level, two levels, any number of them
CREATE TABLE node (id int PRIMARY KEY, up_id int REFERENCES node);
INSERT INTO node VALUES (1, NULL), (2, 1), (3, 1), (4, 2), (5, 5);
SELECT corm.register_model('node'), corm.foreign_key('node', 'up', 'node', 'downs');
SELECT same(corm.prefetch_related('node', 'downs__downs'));
SELECT same(corm.prefetch_related('node', 'up__up'));
SELECT same(corm.prefetch_related('node', '{"downs": {"recursive": true}}'));
-- rows of such a load may have others below them that scans find
CREATE TABLE note (id int PRIMARY KEY, node_id int REFERENCES node);
INSERT INTO note VALUES (1, 4), (2, 5), (3, 4), (4, 1);
SELECT corm.register_model('note'), corm.foreign_key('note', 'node', 'node', 'notes');
SELECT same(corm.prefetch_related('node', '{"downs": {"recursive": true, "prefetch_related": {"notes": {"fields": ["id"]}}}}'));
SELECT same(corm.prefetch_related(corm.fields('node', 'id'), '{"downs": {"recursive": true, "flat": true, "fields": ["id"], "prefetch_related": {"notes": {"fields": ["id"]}}}}'));

-- tables with a history: columns dropped, added with a default, generated, many, large
CREATE TABLE wide (gone int, id int PRIMARY KEY, parent_id int REFERENCES parent, also_gone text);
CREATE INDEX wide_parent ON wide (parent_id);
INSERT INTO wide VALUES (0, 1, 1, 'x'), (0, 2, 1, NULL);
ALTER TABLE wide DROP gone, DROP also_gone;
ALTER TABLE wide ADD late int DEFAULT 7, ADD text_default text DEFAULT 'd', ADD made int GENERATED ALWAYS AS (id * 2) STORED;
ALTER TABLE wide ADD later timestamp DEFAULT '2020-01-01', ADD no_default int;
INSERT INTO wide VALUES (3, 1, NULL, NULL, DEFAULT, NULL, 5);
SELECT corm.register_model('wide'), corm.foreign_key('wide', 'parent', 'parent', 'wides');
SELECT same(corm.prefetch_related(corm.objects('parent', '{"id": 1}'), '{"wides": {"fields": ["id", "late", "text_default", "made", "no_default"]}}'));
DO $$ BEGIN FOR i IN 1 .. 60 LOOP EXECUTE format('ALTER TABLE wide ADD c%s numeric DEFAULT %s', i, i); END LOOP; END $$;
SELECT same(corm.prefetch_related('parent', 'wides'));
CREATE TABLE fat (id int PRIMARY KEY, parent_id int REFERENCES parent, plain text, packed text, aside text, hex bytea);
ALTER TABLE fat ALTER plain SET STORAGE PLAIN, ALTER packed SET STORAGE MAIN, ALTER aside SET STORAGE EXTERNAL;
CREATE INDEX fat_parent ON fat (parent_id);
INSERT INTO fat SELECT i, 1, 'p', repeat('m', 20000), repeat('e', 5000), decode(repeat(md5(i::text), 1000), 'hex') FROM generate_series(1, 5) i;
SELECT corm.register_model('fat'), corm.foreign_key('fat', 'parent', 'parent', 'fats');
SELECT same(corm.prefetch_related('parent', 'fats'));
-- much text above the rows that scans bring
CREATE TABLE heavy (id int PRIMARY KEY, j jsonb[]);
CREATE TABLE light (id int PRIMARY KEY, heavy_id int REFERENCES heavy);
CREATE TABLE lighter (id int PRIMARY KEY, light_id int REFERENCES light);
SELECT corm.register_model('heavy'), corm.register_model('light'), corm.register_model('lighter'), corm.foreign_key('light', 'heavy', 'heavy', 'lights'), corm.foreign_key('lighter', 'light', 'light', 'lighters');
INSERT INTO heavy SELECT i, (SELECT array_agg(jsonb_build_object('a', repeat('x', 900))) FROM generate_series(1, 300)) FROM generate_series(1, 3) i;
INSERT INTO light SELECT i, 1 + i % 3 FROM generate_series(1, 9) i;
INSERT INTO lighter SELECT i, 1 + i % 9 FROM generate_series(1, 90) i;
SELECT same(corm.prefetch_related('heavy', 'lights__lighters'));

-- tables that are more than themselves
CREATE TABLE inh (id int PRIMARY KEY, parent_id int REFERENCES parent);
CREATE INDEX inh_parent ON inh (parent_id);
INSERT INTO inh VALUES (1, 1);
SELECT corm.register_model('inh'), corm.foreign_key('inh', 'parent', 'parent', 'inhs');
SELECT same(corm.prefetch_related('parent', 'inhs'));
CREATE TABLE heir () INHERITS (inh);
INSERT INTO heir VALUES (2, 1);
SELECT same(corm.prefetch_related('parent', 'inhs'));
DROP TABLE heir;
CREATE TABLE parted (id int, parent_id int REFERENCES parent, PRIMARY KEY (id)) PARTITION BY RANGE (id);
CREATE TABLE part1 PARTITION OF parted FOR VALUES FROM (0) TO (10);
CREATE INDEX parted_parent ON parted (parent_id);
INSERT INTO parted VALUES (1, 1), (2, 2);
SELECT corm.register_model('parted'), corm.foreign_key('parted', 'parent', 'parent', 'parteds');
SELECT same(corm.prefetch_related('parent', 'parteds'));
CREATE VIEW seen AS SELECT * FROM child;
SELECT corm.register_model('seen', key => '{id}'), corm.relation_on('seen', 'parent', 'parent', '{parent_id}', '{id}', false, 'seens');
SELECT same(corm.prefetch_related('parent', 'seens'));
SELECT same(corm.prefetch_related('seen', '{"parent": {}}'));
CREATE TABLE bare (parent_id int REFERENCES parent, v int);
CREATE INDEX bare_parent ON bare (parent_id);
INSERT INTO bare VALUES (1, 1);
SELECT corm.register_model('bare'), corm.foreign_key('bare', 'parent', 'parent', 'bares');
SELECT same(corm.prefetch_related('parent', 'bares'));
CREATE UNLOGGED TABLE brief (id int PRIMARY KEY, parent_id int UNIQUE REFERENCES parent);
INSERT INTO brief VALUES (1, 2);
SELECT corm.register_model('brief'), corm.foreign_key('brief', 'parent', 'parent', 'brief');
SELECT same(corm.prefetch_related('parent', 'brief'));
CREATE TEMP TABLE passing (id int PRIMARY KEY, parent_id int);
SELECT corm.register_model('passing');
DROP TABLE passing;

-- rights: on the table, on columns; what a list is ordered by counts
CREATE ROLE regress_corm_scan;
GRANT USAGE ON SCHEMA corm_scan TO regress_corm_scan;
GRANT SELECT ON parent TO regress_corm_scan;
GRANT SELECT (id, parent_id) ON child TO regress_corm_scan;
GRANT SELECT ON tag TO regress_corm_scan;
SET ROLE regress_corm_scan;
SELECT same(corm.prefetch_related('parent', '{"children": {"fields": ["id"]}}'));
SELECT same(corm.prefetch_related('parent', '{"children": {"fields": ["v"]}}'));
SELECT same(corm.prefetch_related('parent', 'children'));
SELECT same(corm.prefetch_related(corm.fields('child', 'id'), '{"parent": {"fields": ["name"]}}'));
SELECT same(corm.prefetch_related(corm.fields('child', 'id'), 'tags'));
RESET ROLE;
GRANT SELECT (child_id) ON link TO regress_corm_scan;
SET ROLE regress_corm_scan;
SELECT same(corm.prefetch_related(corm.fields('child', 'id'), 'tags'));
RESET ROLE;
GRANT SELECT (tag_id) ON link TO regress_corm_scan;
REVOKE SELECT ON tag FROM regress_corm_scan;
GRANT SELECT (label) ON tag TO regress_corm_scan;
SET ROLE regress_corm_scan;
SELECT same(corm.prefetch_related(corm.fields('child', 'id'), '{"tags": {"fields": ["label"]}}'));
RESET ROLE;
GRANT SELECT (id) ON tag TO regress_corm_scan;
REVOKE SELECT (id) ON child FROM regress_corm_scan;
GRANT SELECT (v) ON child TO regress_corm_scan;
SET ROLE regress_corm_scan;
SELECT same(corm.prefetch_related('parent', '{"children": {"fields": ["v"]}}'));
RESET ROLE;

-- policies, for those whom they concern
GRANT SELECT ON parent, child, link, tag, leaf, dup TO regress_corm_scan;
ALTER TABLE child ENABLE ROW LEVEL SECURITY;
CREATE POLICY few ON child USING (id <> 1);
SELECT same(corm.prefetch_related('parent', '{"children": {"fields": ["id"]}}'));
SET ROLE regress_corm_scan;
SELECT same(corm.prefetch_related('parent', '{"children": {"fields": ["id"], "prefetch_related": ["leaves"]}}'));
SELECT same(corm.prefetch_related('tag', '{"children": {"fields": ["id"]}}'));
SELECT same(corm.prefetch_related('leaf', '{"child": {"fields": ["id"]}}'));
SET row_security = off;
SELECT same(corm.prefetch_related('parent', '{"children": {"fields": ["id"]}}'));
RESET row_security;
RESET ROLE;
ALTER ROLE regress_corm_scan BYPASSRLS;
SET ROLE regress_corm_scan;
SELECT same(corm.prefetch_related('parent', '{"children": {"fields": ["id"]}}'));
RESET ROLE;
ALTER ROLE regress_corm_scan NOBYPASSRLS;
ALTER TABLE child OWNER TO regress_corm_scan;
SET ROLE regress_corm_scan;
SELECT same(corm.prefetch_related('parent', '{"children": {"fields": ["id"]}}'));
RESET ROLE;
ALTER TABLE child FORCE ROW LEVEL SECURITY;
SET ROLE regress_corm_scan;
SELECT same(corm.prefetch_related('parent', '{"children": {"fields": ["id"]}}'));
RESET ROLE;
ALTER TABLE child OWNER TO CURRENT_USER;
GRANT SELECT ON child TO regress_corm_scan;
ALTER TABLE child NO FORCE ROW LEVEL SECURITY, DISABLE ROW LEVEL SECURITY;
DROP POLICY few ON child;
-- on the link table, on its targets
ALTER TABLE link ENABLE ROW LEVEL SECURITY;
SET ROLE regress_corm_scan;
SELECT same(corm.prefetch_related(corm.fields('child', 'id'), 'tags'));
RESET ROLE;
ALTER TABLE link DISABLE ROW LEVEL SECURITY;
ALTER TABLE tag ENABLE ROW LEVEL SECURITY;
SET ROLE regress_corm_scan;
SELECT same(corm.prefetch_related(corm.fields('child', 'id'), 'tags'));
RESET ROLE;
ALTER TABLE tag DISABLE ROW LEVEL SECURITY;

-- cursors: a batch at a time, across changes, rollbacks, the end of the transaction
SET corm.batch_size = 1;
BEGIN;
DECLARE c CURSOR FOR SELECT corm.all(corm.prefetch_related('parent', '{"children": {"fields": ["id"], "prefetch_related": {"tags": {"fields": ["id"]}}}}'));
FETCH c;
DELETE FROM link;
UPDATE child SET parent_id = 3;
FETCH c;
ROLLBACK;
BEGIN;
DECLARE c CURSOR FOR SELECT corm.all(corm.prefetch_related('parent', '{"children": {"fields": ["id"]}}'));
SAVEPOINT s;
FETCH c;
ROLLBACK TO s;
FETCH c;
SAVEPOINT s;
INSERT INTO child VALUES (9, 3, 'late');
ROLLBACK TO s;
FETCH c;
FETCH c;
COMMIT;
BEGIN;
DECLARE c CURSOR WITH HOLD FOR SELECT corm.all(corm.prefetch_related('parent', '{"children": {"fields": ["id"]}}'));
FETCH c;
COMMIT;
UPDATE child SET parent_id = 3 WHERE id = 2;
FETCH c;
FETCH c;
CLOSE c;
UPDATE child SET parent_id = 2 WHERE id = 2;
-- the index went, another came; the user changed: statements go on
BEGIN;
DECLARE c CURSOR FOR SELECT corm.all(corm.prefetch_related('parent', '{"children": {"fields": ["id"], "prefetch_related": ["leaves"]}}'));
FETCH c;
DROP INDEX child_parent;
FETCH c;
CREATE INDEX child_new ON child (parent_id);
FETCH c;
ROLLBACK;
REVOKE SELECT ON leaf FROM regress_corm_scan;
BEGIN;
DECLARE c CURSOR FOR SELECT corm.all(corm.prefetch_related('parent', '{"children": {"fields": ["id"], "prefetch_related": ["leaves"]}}'));
FETCH c;
GRANT ALL ON child TO regress_corm_scan;
SET LOCAL ROLE regress_corm_scan;
FETCH c;
ROLLBACK;
ALTER TABLE child ENABLE ROW LEVEL SECURITY;
BEGIN;
DECLARE c CURSOR FOR SELECT corm.all(corm.prefetch_related('parent', '{"children": {"fields": ["id"]}}'));
FETCH c;
SET LOCAL ROLE regress_corm_scan;
FETCH c;
ROLLBACK;
ALTER TABLE child DISABLE ROW LEVEL SECURITY;
RESET corm.batch_size;
-- LIMIT above, several calls, calls within calls
SELECT corm.all(corm.prefetch_related('parent', '{"children": {"fields": ["id"]}}')) LIMIT 1;
SELECT corm.all(corm.prefetch_related(corm.fields('parent', 'id'), '{"children": {"fields": ["id"]}}')), corm.all(corm.prefetch_related(corm.fields('child', 'id'), '{"parent": {"fields": ["id"]}}'));
SELECT p.id, x FROM parent p, LATERAL (SELECT corm.all(corm.prefetch_related(corm.filter('parent', jsonb_build_object('id', p.id)), '{"children": {"fields": ["id"]}}')) x) l ORDER BY 1;
CREATE FUNCTION below(int) RETURNS text LANGUAGE sql STABLE AS $$ SELECT corm.get(corm.prefetch_related('corm_scan.child', '{"leaves": {"fields": ["id"]}}'), jsonb_build_object('id', $1))::text $$;
CREATE VIEW nested AS SELECT id, below(id) AS b FROM child WHERE id < 4;
SELECT corm.register_model('nested', key => '{id}'), corm.relation_on('nested', 'child', 'child', '{id}', '{id}', false, 'nested');
SELECT same(corm.prefetch_related('nested', '{"child": {"fields": ["id"], "prefetch_related": ["tags"]}}'));

-- roots whose rows are computed by a function that changes what lies below them,
-- and rolls some of that back: all of it was there before, or is not seen
CREATE FUNCTION meddle(i int) RETURNS int LANGUAGE plpgsql AS $$
BEGIN
	UPDATE child SET v = v || i, parent_id = 1 + parent_id % 3 WHERE id % 2 = 1;
	INSERT INTO child VALUES (100 + i, i, 'new');
	BEGIN
		INSERT INTO child VALUES (200 + i, i, 'undone');
		RAISE division_by_zero;
	EXCEPTION WHEN division_by_zero THEN NULL;
	END;
	RETURN i;
END $$;
CREATE VIEW restless AS SELECT id, meddle(id) AS m FROM parent;
SELECT corm.register_model('restless', key => '{id}'), corm.relation_on('child', 'restless', 'restless', '{parent_id}', '{id}', false, 'children');
BEGIN;
SELECT corm.list(corm.prefetch_related('restless', '{"children": {"fields": ["id"]}}'));
SELECT count(*) FROM child;
ROLLBACK;
SET corm.batch_size = 1;
BEGIN;
SELECT corm.all(corm.prefetch_related('restless', '{"children": {"fields": ["id"]}}'));
ROLLBACK;
RESET corm.batch_size;
-- loops that commit and roll back between rows
CREATE TABLE seen_rows (n int, r text);
DO $$
DECLARE
	r json;
	n int := 0;
BEGIN
	FOR r IN SELECT corm.all(corm.prefetch_related(corm.fields('parent', 'id'), '{"children": {"fields": ["id"]}}')) LOOP
		n := n + 1;
		INSERT INTO seen_rows VALUES (n, r::text);
		IF n = 1 THEN
			COMMIT;
			UPDATE child SET v = 'gone', parent_id = NULL;
		ELSIF n = 2 THEN
			ROLLBACK;
		END IF;
	END LOOP;
END $$;
SELECT * FROM seen_rows ORDER BY n;
-- values whose text is made by a function that calls again, or fails
CREATE FUNCTION shown(mood) RETURNS json LANGUAGE plpgsql STABLE AS $$
BEGIN
	IF $1 = 'm' THEN
		RAISE 'm is not to be shown';
	END IF;
	RETURN corm.list(corm.prefetch_related(corm.fields(corm.filter('corm_scan.parent', '{"id": 1}'), 'id'), '{"children": {"fields": ["id"]}}'));
END $$;
CREATE CAST (mood AS json) WITH FUNCTION shown(mood);
CREATE TABLE moody (id int PRIMARY KEY, parent_id int REFERENCES parent, m mood);
CREATE INDEX moody_parent ON moody (parent_id);
INSERT INTO moody VALUES (2, 1, 'z'), (1, 1, 'a'), (3, 2, 'a');
SELECT corm.register_model('moody'), corm.foreign_key('moody', 'parent', 'parent', 'moody');
SELECT same(corm.prefetch_related('parent', 'moody', 'children'));
INSERT INTO moody VALUES (4, 2, 'm');
SELECT same(corm.prefetch_related('parent', 'moody', 'children'));
-- an error names its level
SELECT corm.list(corm.prefetch_related('parent', 'moody'));
-- where many rows of a small table are asked for it is read as a whole, unless a
-- function of somebody's would see rows that nobody asked for, or they are large
CREATE TABLE aim (id int PRIMARY KEY, m mood, v text);
CREATE TABLE shot (parent_id int REFERENCES parent, aim_id int REFERENCES aim, PRIMARY KEY (parent_id, aim_id));
ALTER TABLE aim ALTER v SET STORAGE EXTERNAL;
INSERT INTO aim SELECT i, CASE WHEN i = 300 THEN 'm' ELSE 'z' END::mood, 'v' || i FROM generate_series(1, 300) i;
INSERT INTO shot SELECT 1, i FROM generate_series(1, 250) i;
SELECT corm.register_model('aim'), corm.register_model('shot'), corm.many_to_many('parent', 'aims', 'aim', through => 'shot', related_name => 'parents');
CREATE FUNCTION read_whole(q corm.queryset) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE n bigint := pg_stat_get_xact_tuples_returned('aim'::regclass);
BEGIN
	PERFORM corm.list(q);
	RETURN pg_stat_get_xact_tuples_returned('aim'::regclass) - n;
END $$;
SELECT same(corm.prefetch_related('parent', '{"aims": {"fields": ["id", "v"]}}'));
SELECT read_whole(corm.prefetch_related('parent', '{"aims": {"fields": ["id", "v"]}}'));
SELECT same(corm.prefetch_related('parent', 'aims'));
SELECT read_whole(corm.prefetch_related('parent', 'aims'));
UPDATE aim SET v = repeat('x', 3000);
SELECT same(corm.prefetch_related('parent', '{"aims": {"fields": ["id", "v"]}}'));
SELECT read_whole(corm.prefetch_related('parent', '{"aims": {"fields": ["id", "v"]}}'));
BEGIN ISOLATION LEVEL SERIALIZABLE;
SELECT read_whole(corm.prefetch_related('parent', '{"aims": {"fields": ["id"]}}'));
COMMIT;
DROP CAST (mood AS json);

-- much of it: long lists, an order that the index does not have, dead rows, limits
CREATE TABLE big (id int PRIMARY KEY, parent_id int REFERENCES parent, v text);
INSERT INTO big SELECT (i * 7919) % 10007, 1, 'v' FROM generate_series(1, 10000) i;
CREATE INDEX big_parent ON big (parent_id);
SELECT corm.register_model('big'), corm.foreign_key('big', 'parent', 'parent', 'bigs');
SELECT same(corm.prefetch_related('parent', 'bigs'));
UPDATE big SET id = -id WHERE id % 2 = 0;
DELETE FROM big WHERE id % 3 = 0;
SELECT same(corm.prefetch_related('parent', 'bigs'));
SET corm.max_rows = 100;
SELECT same(corm.prefetch_related('parent', 'bigs'));
SET corm.max_rows = 8;
SELECT same(corm.prefetch_related(corm.fields('child', 'id'), 'tags'));
RESET corm.max_rows;
DELETE FROM big;
SELECT same(corm.prefetch_related('parent', 'bigs'));
-- every link is a row, though its target is rendered once
CREATE TABLE hub (id int PRIMARY KEY);
CREATE TABLE spoke (hub_id int REFERENCES hub, tag_id int REFERENCES tag, PRIMARY KEY (hub_id, tag_id));
INSERT INTO hub SELECT generate_series(1, 50);
INSERT INTO spoke SELECT id, 1 FROM hub;
SELECT corm.register_model('hub'), corm.register_model('spoke'), corm.many_to_many('hub', 'tags', 'tag', through => 'spoke', related_name => 'hubs');
SET corm.max_rows = 99;
SELECT same(corm.prefetch_related('hub', 'tags'));
SET corm.max_rows = 100;
SELECT same(corm.prefetch_related('hub', 'tags'));
-- a row of a to-one is one for all of a batch, also when all were read
CREATE TABLE ofaim (id int PRIMARY KEY, aim_id int REFERENCES aim);
TRUNCATE aim CASCADE;
INSERT INTO aim SELECT i, 'z', 'v' FROM generate_series(1, 300) i;
INSERT INTO ofaim SELECT i, 1 + i % 200 FROM generate_series(1, 400) i;
SELECT corm.register_model('ofaim'), corm.foreign_key('ofaim', 'aim', 'aim', 'ofaims');
SET corm.to_one_strategy = separate;
SET corm.max_rows = 600;
SELECT length(corm.list(corm.prefetch_related('ofaim', '{"aim": {"fields": ["id", "v"]}}'))::text);
SET corm.max_rows = 599;
SELECT length(corm.list(corm.prefetch_related('ofaim', '{"aim": {"fields": ["id", "v"]}}'))::text);
SET corm.direct_scan = off;
SELECT length(corm.list(corm.prefetch_related('ofaim', '{"aim": {"fields": ["id", "v"]}}'))::text);
SET corm.max_rows = 600;
SELECT length(corm.list(corm.prefetch_related('ofaim', '{"aim": {"fields": ["id", "v"]}}'))::text);
SET corm.direct_scan = on;
INSERT INTO big SELECT i, 1, 'v' FROM generate_series(1, 9) i;
SET corm.to_one_strategy = separate;
SET corm.max_rows = 10;
SELECT same(corm.prefetch_related(corm.fields('big', 'id'), '{"parent": {"fields": ["id"]}}'));
SET corm.max_rows = 9;
SELECT same(corm.prefetch_related(corm.fields('big', 'id'), '{"parent": {"fields": ["id"]}}'));
RESET corm.to_one_strategy;
DELETE FROM big;
RESET corm.max_rows;
-- rows are counted as the server counts them
INSERT INTO big SELECT i, 1, 'v' FROM generate_series(1, 100) i;
BEGIN;
SELECT pg_stat_get_xact_tuples_fetched('big'::regclass) AS before \gset
SELECT length(corm.get(corm.prefetch_related('parent', 'bigs'), '{"id": 1}')::text) > 0;
SELECT pg_stat_get_xact_tuples_fetched('big'::regclass) - :before;
ROLLBACK;
-- no memory is kept from batch to batch, nor for indexes that will not do
CREATE TABLE rim (id int PRIMARY KEY, hub_id int REFERENCES hub, v text);
CREATE INDEX rim_some ON rim (hub_id) WHERE v IN ('a', 'b', 'c', 'd', 'e', 'f', 'g', 'h') AND hub_id <> 77;
CREATE INDEX rim_hub ON rim (hub_id);
INSERT INTO rim SELECT i, i FROM generate_series(1, 50) i;
SELECT corm.register_model('rim'), corm.foreign_key('rim', 'hub', 'hub', 'rims');
INSERT INTO hub SELECT generate_series(51, 20000);
SET corm.batch_size = 10;
BEGIN;
DECLARE c CURSOR FOR SELECT corm.all(corm.prefetch_related('hub', 'tags', 'rims'));
MOVE 2000 IN c;
SELECT sum(total_bytes) AS first FROM pg_backend_memory_contexts WHERE name = 'SRF multi-call context' OR name LIKE 'corm%' OR name = 'ExecutorState' \gset
MOVE 17000 IN c;
SELECT sum(total_bytes) - :first < 20000 AS bounded FROM pg_backend_memory_contexts WHERE name = 'SRF multi-call context' OR name LIKE 'corm%' OR name = 'ExecutorState';
ROLLBACK;
BEGIN;
DECLARE c CURSOR FOR SELECT corm.all(corm.prefetch_related('parent', 'bigs')) FROM generate_series(1, 1000);
MOVE 200 IN c;
-- (where pages were found last is remembered in TopMemoryContext, up to 512 kB)
SELECT sum(total_bytes) AS first FROM pg_backend_memory_contexts WHERE name <> 'TopMemoryContext' \gset
MOVE 2500 IN c;
SELECT sum(total_bytes) - :first < 100000 AS bounded FROM pg_backend_memory_contexts WHERE name <> 'TopMemoryContext';
ROLLBACK;
RESET corm.batch_size;

REVOKE ALL ON ALL TABLES IN SCHEMA corm_scan FROM regress_corm_scan;
DROP SCHEMA corm_scan CASCADE;
DROP ROLE regress_corm_scan;
SELECT count(*) FROM corm.models WHERE schema_name = 'corm_scan';
