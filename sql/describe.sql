-- A model as a page for people.
\set VERBOSITY terse
\pset format unaligned
\pset tuples_only
SET client_min_messages = warning;
CREATE SCHEMA ds;
CREATE SCHEMA "Ds 2";
SET search_path = ds, public;

SELECT corm.create_model('Author', '{"name": {"type": "varchar(80)", "nullable": false}, "code": {"type": "text", "unique": true}}');
SELECT corm.create_model('Tag', '{"name": {"type": "text", "primary_key": true}}');
SELECT corm.create_model('Post', '{
	"title": {"type": "text", "nullable": false, "default": "untitled"},
	"published": {"type": "timestamptz(3)", "default": {"sql": "now()"}},
	"price": "numeric(10,2)",
	"author": {"foreign_key": "Author", "nullable": false, "on_delete": "cascade"},
	"editor": {"foreign_key": "Author", "related_name": "edited", "target_columns": ["code"]},
	"tags": {"many_to_many": "Tag"},
	"alike": {"many_to_many": "Post", "symmetrical": true}
}');
SELECT corm.create_model('Profile', '{"author": {"foreign_key": "Author", "one_to_one": true, "related_name": "profile", "on_delete": "set null"}}');
CREATE TABLE places (post_id bigint REFERENCES posts, author_id bigint REFERENCES authors, position int, note varchar(20),
	PRIMARY KEY (post_id, author_id));
SELECT corm.many_to_many('Post', 'ranked', 'Author', through => 'places', related_name => 'ranked_in');
SELECT corm.describe('Post');
SELECT corm.describe('Author');
SELECT corm.describe('Tag');
SELECT corm.describe('places');

-- Keys of several columns, all sorts of defaults, composite foreign keys, one
-- that is not validated, one without a way back, one to another schema.
CREATE TYPE mood AS ENUM ('ok');
CREATE TABLE "Ds 2"."Wi de" (b int, a int GENERATED ALWAYS AS IDENTITY, "A""b" mood DEFAULT 'ok',
	twice int GENERATED ALWAYS AS (b * 2) STORED, arr int[] DEFAULT '{1}', PRIMARY KEY (b, a))
	PARTITION BY RANGE (b);
SELECT corm.register_model('"Ds 2"."Wi de"', 'Wide');
CREATE TABLE narrow (x int, y int, id serial);
SELECT corm.register_model('narrow', 'Narrow');
SELECT corm.foreign_key('Narrow', 'wide', '"Ds 2".Wide', columns => '{x,y}', validate => false, index => false, skip_reverse => true);
SELECT corm.foreign_key('Narrow', 'y__z', 'Post', related_name => '_odd', index => false);
SELECT corm.describe('Ds 2.Wide');
SELECT corm.describe('Narrow');
SELECT corm.describe('Post') ~ 'CREATE INDEX ON ds.narrow \(y__z_id\)' AS "the other end's indexes count";

-- Views, and relations that no constraint backs.
CREATE VIEW titles AS SELECT id, title, author_id FROM posts;
SELECT corm.register_model('titles', 'Title');
SELECT corm.describe('Title');
SELECT corm.register_model('titles', key => '{id}');
INSERT INTO corm.relation (source, name, target, reverse_name, columns, target_columns)
	VALUES ('titles', 'author', 'authors', 'titles', '{author_id}', '{id}');
SELECT corm.describe('Title');

-- Broken relations are told with the reason.
UPDATE corm.relation SET constraint_name = 'gone', columns = '{gone}' WHERE name = 'editor';
UPDATE corm.relation SET target_columns = '{gone}' WHERE source = 'titles'::regclass;
SELECT corm.describe('Post');
SELECT corm.describe('Title');

-- Widths are those of a terminal: wide, combining and control characters.
CREATE TABLE wd ("列" int PRIMARY KEY, "é" int, "a	b" text DEFAULT '日本', "e" int);
SELECT corm.register_model('wd', 'Schön');
SELECT corm.describe('Schön');

-- No columns at all.
CREATE TABLE nothing ();
SELECT corm.register_model('nothing', 'Nothing');
SELECT corm.describe('Nothing');

-- A name that does not lead here is printed with its schema.
SET search_path = public;
SELECT split_part(corm.describe('ds.Author'), E'\n', 1);

-- Errors are those of every model name.
\set VERBOSITY sqlstate
SELECT corm.describe('Psot');
SELECT corm.describe(NULL);
SELECT corm.describe('');
SELECT corm.describe('a.');
CREATE ROLE regress_corm_nobody;
SET ROLE regress_corm_nobody;
SELECT corm.describe('ds.Post');
RESET ROLE;
\set VERBOSITY default
SET search_path = ds, public;
SELECT corm.describe('Psot');

-- Privileges on the schema are enough: columns are no more secret than in pg_attribute.
GRANT USAGE ON SCHEMA ds TO regress_corm_nobody;
SET ROLE regress_corm_nobody;
SELECT length(corm.describe('ds.Post')) > 100;
RESET ROLE;
REVOKE USAGE ON SCHEMA ds FROM regress_corm_nobody;
DROP ROLE regress_corm_nobody;

SELECT corm.drop_model(model) FROM corm.models WHERE schema_name IN ('ds', 'Ds 2') ORDER BY model COLLATE "C";
DROP SCHEMA ds, "Ds 2" CASCADE;
