-- Contradictions between corm's catalog and the live schema, and their cures.
-- Made with event triggers and corm's own care out of the way, as by hand or
-- by a restore of parts.
\set VERBOSITY terse
SET client_min_messages = warning;
-- What other tests have left, where no event trigger followed.
DELETE FROM corm.relation r WHERE NOT EXISTS (SELECT FROM pg_class c WHERE c.oid = r.source)
	OR NOT EXISTS (SELECT FROM pg_class c WHERE c.oid = r.target);
DELETE FROM corm.model m WHERE NOT EXISTS (SELECT FROM pg_class c WHERE c.oid = m.table_name);
CREATE SCHEMA ck;
CREATE SCHEMA ck2;
SET search_path = ck, public;

-- Nothing to say of what corm makes.
SELECT corm.create_model('Author', '{"name": "text"}');
SELECT corm.create_model('Tag', '{"name": "text"}');
SELECT corm.create_model('Post', '{"title": "text", "author": {"foreign_key": "Author"}, "tags": {"many_to_many": "Tag"}}');
SELECT corm.create_model('Comment', '{"body": "text", "post": {"foreign_key": "Post"}, "author": {"foreign_key": "Author"}}');
SELECT * FROM corm.check();

-- Foreign keys without an index, relations or not; an index that starts with
-- other columns, is partial or is no help by its kind does not count; two keys
-- over the same columns need one.
CREATE TABLE notes (id int PRIMARY KEY, post_id bigint REFERENCES posts, author_id bigint REFERENCES authors,
	tag_id bigint REFERENCES tags, again bigint REFERENCES tags, x int);
ALTER TABLE notes ADD FOREIGN KEY (again) REFERENCES posts (id);
CREATE INDEX ON notes (x, post_id);
CREATE INDEX ON notes (author_id) WHERE x > 0;
CREATE INDEX ON notes USING brin (tag_id);
SELECT corm.register_model('notes', 'Note');
SELECT corm.foreign_key('Note', 'post', 'Post', index => false);
SELECT * FROM corm.check();
SELECT fix FROM corm.check() \gexec
SELECT * FROM corm.check();

-- Keys of several columns, in whatever order; partitioned tables; a table that
-- is no model is none of corm's business.
CREATE TABLE wide (a int, b int, c int, PRIMARY KEY (a, b));
CREATE TABLE parts (id int, a int, b int, FOREIGN KEY (a, b) REFERENCES wide) PARTITION BY RANGE (id);
CREATE TABLE parts_1 PARTITION OF parts FOR VALUES FROM (0) TO (10);
CREATE TABLE rest (a int, b int, FOREIGN KEY (a, b) REFERENCES wide);
CREATE TABLE stranger (a int, b int, FOREIGN KEY (a, b) REFERENCES wide);
CREATE INDEX ON rest (b, a);
SELECT corm.register_model(t) FROM unnest('{wide,parts,rest}'::regclass[]) t ORDER BY t::text COLLATE "C";
SELECT * FROM corm.check();
SELECT fix FROM corm.check() \gexec
SELECT * FROM corm.check();

-- Links that nothing keeps unique, whichever end or relation one looks from.
CREATE TABLE links (id serial PRIMARY KEY, tag bigint REFERENCES tags, author bigint REFERENCES authors);
CREATE INDEX ON links (tag);
CREATE INDEX ON links (author);
SELECT corm.register_model('links', 'Link');
SELECT corm.many_to_many('Author', 'interests', 'Tag', through => 'Link', related_name => 'fans');
SELECT corm.many_to_many('Tag', 'followers', 'Author', through => 'Link', related_name => 'follows');
SELECT * FROM corm.check();
SELECT fix FROM corm.check() \gexec
SELECT * FROM corm.check();

-- Foreign keys that are not validated, once for each key.
SELECT corm.foreign_key('Author', 'favourite', 'Post', related_name => 'favoured_by', validate => false);
SET session_replication_role = replica;
ALTER TABLE links DROP CONSTRAINT links_tag_fkey, ADD CONSTRAINT links_tag_fkey FOREIGN KEY (tag) REFERENCES tags NOT VALID;
RESET session_replication_role;
SELECT * FROM corm.check();
SELECT fix FROM corm.check() \gexec
SELECT * FROM corm.check();

-- An orphan keeps the warning alive: the data has to be put right first.
SET session_replication_role = replica;
ALTER TABLE authors DROP CONSTRAINT authors_favourite_id_fkey;
INSERT INTO authors (name, favourite_id) VALUES ('lost', 99);
ALTER TABLE authors ADD CONSTRAINT authors_favourite_id_fkey FOREIGN KEY (favourite_id) REFERENCES posts NOT VALID;
RESET session_replication_role;
SELECT fix FROM corm.check() \gexec
SELECT severity, object FROM corm.check();
DELETE FROM authors;
SELECT fix FROM corm.check() \gexec
SELECT * FROM corm.check();

-- Indexes that are there and are not to be relied on.
INSERT INTO tags (name) VALUES ('x'), ('x');
CREATE UNIQUE INDEX CONCURRENTLY tags_name ON tags (name);
CREATE TABLE part_key (id int NOT NULL, x int) PARTITION BY LIST (id);
CREATE TABLE part_key_1 PARTITION OF part_key FOR VALUES IN (1);
ALTER TABLE ONLY part_key ADD PRIMARY KEY (id);
SELECT corm.register_model('part_key');
SELECT * FROM corm.check();
DELETE FROM tags;
SELECT fix FROM corm.check() \gexec
SELECT * FROM corm.check();
SELECT corm.drop_model('part_key', drop_table => true);

-- Columns that took the name of a relation, forward and reverse.  Not: a to-one
-- that bears the name of its own column.
SET session_replication_role = replica;
ALTER TABLE posts ADD COLUMN author text, ADD COLUMN author_2 text, ADD COLUMN comments text;
RESET session_replication_role;
SELECT corm.foreign_key('Author', 'best_id', 'Post', columns => '{best_id}', related_name => 'best_of');
SELECT * FROM corm.check();
SELECT fix FROM corm.check() \gexec
SELECT * FROM corm.check();
SELECT model, relation FROM corm.relations WHERE related_name IN ('posts', 'post') ORDER BY 1, 2;
ALTER TABLE posts DROP COLUMN author, DROP COLUMN author_2, DROP COLUMN comments;

-- Names that mean two relations, as a row made by hand may bring about.
UPDATE corm.relation SET reverse_name = 'best_id' WHERE source = 'comments'::regclass AND name = 'author';
UPDATE corm.relation SET reverse_name = 'tags' WHERE source = 'comments'::regclass AND name = 'post';
SELECT * FROM corm.check();
SELECT fix FROM corm.check() \gexec
SELECT * FROM corm.check();

-- Two tables of one schema that claim one name: the others keep the names by
-- which fixes call them.
CREATE TABLE ck2.other (id int PRIMARY KEY, post_id bigint REFERENCES posts);
CREATE TABLE ck2.third (id int PRIMARY KEY, post_id bigint REFERENCES posts);
SELECT corm.register_model('ck2.other', 'Post');
SELECT corm.register_model('ck2.third', 'Post_2');
SELECT corm.foreign_key('ck2.Post', 'post', 'Post', related_name => 'others', index => false);
SET session_replication_role = replica;
ALTER TABLE ck2.other SET SCHEMA ck;
ALTER TABLE other ADD COLUMN post text;
RESET session_replication_role;
SELECT * FROM corm.check();
SELECT fix FROM corm.check() \gexec
SELECT * FROM corm.check();
SELECT model, table_name FROM corm.models WHERE model LIKE 'Post%' OR model LIKE 'ck2%' ORDER BY model COLLATE "C";
DROP TABLE other, ck2.third;
DELETE FROM corm.relation WHERE name = 'post_2';
DELETE FROM corm.model WHERE name LIKE 'Post\_%';

-- Tables that are gone.
INSERT INTO corm.model VALUES (4000000001::oid::regclass, 'Gone'), (4000000002::oid::regclass, 'O''Gone');
INSERT INTO corm.relation (source, name, target, constraint_name, columns)
	VALUES (4000000001::oid::regclass, 'from_gone', 'authors', 'c', '{c}'),
		   ('authors', 'to_gone', 4000000001::oid::regclass, 'c', '{c}');
INSERT INTO corm.relation (source, name, target, constraint_name, columns, through, far_constraint_name, far_columns)
	VALUES ('authors', 'by_gone', 'tags', 'c', '{c}', 4000000001::oid::regclass, 'd', '{d}');
SELECT * FROM corm.check();
SELECT fix FROM corm.check() \gexec
SELECT * FROM corm.check();

-- Constraints that are gone.
SET session_replication_role = replica;
ALTER TABLE comments DROP CONSTRAINT comments_post_id_fkey;
ALTER TABLE posts_tags DROP CONSTRAINT posts_tags_tag_id_fkey;
RESET session_replication_role;
SELECT * FROM corm.check();
SELECT fix FROM corm.check() \gexec
SELECT * FROM corm.check();

-- Tables that are models no more, or lost the name only: with their foreign
-- keys they get it back, under another name where theirs is taken.
CREATE TABLE ck2.items (id int PRIMARY KEY, author_id bigint REFERENCES authors);
CREATE TABLE ck2.stock (id int PRIMARY KEY, item_id int REFERENCES ck2.items, tag_id bigint REFERENCES tags, UNIQUE (item_id, tag_id));
CREATE INDEX ON ck2.stock (tag_id);
SELECT corm.register_model('ck2.items', 'Item');
SELECT corm.register_model('ck2.stock', 'Stock');
SELECT corm.foreign_key('ck2.Item', 'author', 'Author', index => false);
SELECT corm.many_to_many('ck2.Item', 'tags', 'Tag', through => 'ck2.Stock');
SELECT corm.foreign_key('ck2.Item', 'writer', 'Author', related_name => 'written', index => false);
DELETE FROM corm.model WHERE name IN ('Item', 'Stock');
UPDATE corm.relation SET columns = '{nope}', constraint_name = 'nope' WHERE name = 'writer';
INSERT INTO corm.relation (source, name, target, constraint_name, columns)
	VALUES ('links', 'nowhere', 'ck2.items', 'c', '{c}');
SELECT corm.create_model('ck2.items', '{"x": "int"}', 'ck2_items');
SELECT * FROM corm.check();
SELECT fix FROM corm.check() \gexec
SELECT * FROM corm.check();
SELECT model, table_name FROM corm.models WHERE schema_name = 'ck2' ORDER BY model COLLATE "C";

-- What cannot be a model any more: a partition, and things that never could.
CREATE TABLE later (id int NOT NULL, author_id bigint REFERENCES authors);
SELECT corm.register_model('later', 'Later');
SELECT corm.foreign_key('Later', 'author', 'Author', related_name => 'laters', index => false);
CREATE TABLE whole (id int NOT NULL, author_id bigint) PARTITION BY LIST (id);
SET session_replication_role = replica;
ALTER TABLE whole ATTACH PARTITION later FOR VALUES IN (1);
RESET session_replication_role;
CREATE SEQUENCE seq;
INSERT INTO corm.model VALUES ('seq', 'Seq'), ('pg_class', 'Class');
SELECT * FROM corm.check();
SELECT fix FROM corm.check() \gexec
SELECT * FROM corm.check();

-- Views: columns of the key, and of relations without a constraint.
CREATE VIEW v AS SELECT id AS v_id, title, author_id FROM posts;
SELECT corm.register_model('v', 'V', key => '{v_id}');
INSERT INTO corm.relation (source, name, target, columns, target_columns)
	VALUES ('v', 'author', 'authors', '{author_id}', '{id}'), ('v', 'odd', 'authors', '{title}', '{id}');
SELECT * FROM corm.check();
SELECT fix FROM corm.check() \gexec
SELECT * FROM corm.check();
SET session_replication_role = replica;
ALTER VIEW v RENAME COLUMN v_id TO id;
ALTER VIEW v RENAME COLUMN author_id TO writer;
RESET session_replication_role;
SELECT * FROM corm.check();
SELECT fix FROM corm.check() \gexec
SELECT * FROM corm.check();
SELECT primary_key FROM corm.models WHERE model = 'V';

-- Renamed constraints and columns: found, but by one of their names only.
SET session_replication_role = replica;
ALTER TABLE comments RENAME CONSTRAINT comments_author_id_fkey TO written_by;
ALTER TABLE posts RENAME COLUMN author_id TO writer_id;
ALTER TABLE links RENAME COLUMN tag TO label;
RESET session_replication_role;
SELECT * FROM corm.check();
SELECT fix FROM corm.check() \gexec
SELECT * FROM corm.check();
SELECT source, name, constraint_name, columns, far_columns FROM corm.relation WHERE constraint_name = 'written_by' OR 'writer_id' = ANY (columns) OR through = 'links'::regclass
 ORDER BY source::text COLLATE "C", name COLLATE "C";

-- Relations across owners.
CREATE ROLE regress_corm_ann;
CREATE ROLE regress_corm_ben;
GRANT ALL ON SCHEMA ck TO regress_corm_ann, regress_corm_ben;
SET ROLE regress_corm_ann;
SELECT corm.create_model('Mine', '{"name": "text"}', 'mine');
GRANT REFERENCES, SELECT ON mine TO regress_corm_ben;
SET ROLE regress_corm_ben;
SELECT corm.create_model('Theirs', '{"mine": {"foreign_key": "Mine"}, "quiet": {"foreign_key": "Mine", "skip_reverse": true}}', 'theirs');
CREATE TABLE pairs (a bigint REFERENCES mine, b bigint REFERENCES theirs, PRIMARY KEY (a, b));
CREATE INDEX ON pairs (b);
SELECT corm.many_to_many('Mine', 'planted', 'Theirs', through => 'pairs', related_name => 'planters');
-- Everyone sees the report; the catalog's own rows and other owners' models
-- are for others to cure.
SELECT * FROM corm.check();
RESET ROLE;
SELECT fix FROM corm.check() \gexec
SELECT * FROM corm.check();
SELECT model, relation FROM corm.relations WHERE model IN ('Mine', 'Theirs') ORDER BY 1, 2;

-- corm in the search_path, in all spellings; what else is in it stays.
SET search_path = corm;
SELECT * FROM corm.check();
SELECT fix FROM corm.check() \gexec
SHOW search_path;
SET search_path = "$user", CORM, "Odd, ""one""", ck;
SELECT fix FROM corm.check();
SELECT fix FROM corm.check() \gexec
SHOW search_path;
SET search_path = ck, public;

-- Names that need quoting in a fix.
CREATE TABLE "o'dd ""t" ("i d" int PRIMARY KEY, "f'k" int REFERENCES "o'dd ""t");
SELECT corm.register_model('"o''dd ""t"', '"O''d.d"');
SELECT corm.foreign_key('"O''d.d"', 'r''el', '"O''d.d"', related_name => 'b"ack', columns => '{f''k}', index => false);
SET session_replication_role = replica;
ALTER TABLE "o'dd ""t" ADD COLUMN "r'el" int;
RESET session_replication_role;
SELECT * FROM corm.check();
SELECT fix FROM corm.check() \gexec
SELECT * FROM corm.check();

-- No quadratic search: many models, with many ways to one of them.
DO $$
BEGIN
	EXECUTE 'CREATE TABLE ck2.hub (id int PRIMARY KEY)';
	PERFORM corm.register_model('ck2.hub', 'Hub');
	FOR i IN 1 .. 300 LOOP
		EXECUTE format('CREATE TABLE ck2.m%s (id int PRIMARY KEY, a int REFERENCES ck2.hub, b int REFERENCES ck2.hub)', i);
		INSERT INTO corm.model VALUES (format('ck2.m%s', i)::regclass, 'M' || i);
		INSERT INTO corm.relation (source, name, target, reverse_name, constraint_name, columns)
			VALUES (format('ck2.m%s', i)::regclass, 'ra', 'ck2.hub', 'm' || i, format('m%s_a_fkey', i), '{a}');
	END LOOP;
END $$;
SELECT count(*) FROM corm.check();
SET statement_timeout = '20s';
SELECT DISTINCT count(*) OVER () FROM corm.check();
RESET statement_timeout;

DROP SCHEMA ck, ck2 CASCADE;
DELETE FROM corm.relation r WHERE NOT EXISTS (SELECT FROM pg_class c WHERE c.oid = r.source);
DELETE FROM corm.model m WHERE NOT EXISTS (SELECT FROM pg_class c WHERE c.oid = m.table_name);
DROP ROLE regress_corm_ann, regress_corm_ben;
SELECT * FROM corm.check();
