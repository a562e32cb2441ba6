-- The catalog follows DDL: what is dropped is forgotten, what is renamed keeps
-- its relations.
SELECT CASE evtenabled WHEN 'D' THEN 'DISABLE' ELSE 'ENABLE' END AS found FROM pg_event_trigger WHERE evtname = 'corm_sql_drop' \gset
ALTER EVENT TRIGGER corm_sql_drop ENABLE;
ALTER EVENT TRIGGER corm_ddl_command_end ENABLE;
\set VERBOSITY default
\set SHOW_CONTEXT never
SELECT count(*) AS models FROM corm.model \gset
SELECT count(*) AS relations FROM corm.relation \gset
CREATE SCHEMA t_follow;
CREATE SCHEMA t_follow_2;
SET search_path = t_follow;
CREATE VIEW rows AS
	SELECT source::text AS source, name, target::text AS target, reverse_name AS back, constraint_name AS con, columns,
		   concat_ws(' ', through::text, far_constraint_name, far_columns::text, target_columns::text) AS more
	  FROM corm.relation
	 WHERE source IN (SELECT oid FROM pg_class WHERE relnamespace::regnamespace::text IN ('t_follow', 't_follow_2'))
	 ORDER BY source::text COLLATE "C", name;
CREATE VIEW models AS
	SELECT table_name::text AS table_name, name, key FROM corm.model
	 WHERE table_name IN (SELECT oid FROM pg_class WHERE relnamespace::regnamespace::text IN ('t_follow', 't_follow_2'))
	 ORDER BY table_name::text COLLATE "C";
-- rows whose table is gone, beyond those that other tests left
CREATE VIEW dangling AS
	SELECT (SELECT count(*) FROM corm.model) - (SELECT count(*) FROM models) AS models,
		   (SELECT count(*) FROM corm.relation) - (SELECT count(*) FROM rows) AS relations;
CREATE FUNCTION t_follow.tidy(models bigint, relations bigint) RETURNS text LANGUAGE sql
	RETURN (SELECT CASE WHEN (d.models, d.relations) = ($1, $2) THEN 'tidy' ELSE 'dangling' END FROM t_follow.dangling d);
GRANT SELECT ON rows, dangling TO PUBLIC;
\set tidy 'SELECT t_follow.tidy(:models, :relations);'
\pset format unaligned
\pset tuples_only on

--
-- Tables
--
SELECT corm.create_model('Author', '{"name": "text"}');
SELECT corm.create_model('Post', '{"title": "text", "author": {"foreign_key": "Author"}, "tags": {"many_to_many": "Author", "related_name": "tagged"}}');
SELECT corm.create_model('Note', '{"post": {"foreign_key": "Post"}}');
CREATE VIEW shown AS SELECT id, title FROM posts;
SELECT corm.register_model('shown', 'Shown', '{id}');
SELECT corm.relation_on('Note', 'shown', 'Shown', '{post_id}', related_name => 'notes');
SELECT * FROM models;
SELECT * FROM rows;
-- a view, a referencing table, a link table, a referenced one
BEGIN;
DROP VIEW shown;
SELECT * FROM rows;
DROP TABLE notes;
SELECT * FROM rows;
:tidy
ROLLBACK;
SELECT * FROM rows;
BEGIN;
DROP TABLE posts_authors;
SELECT * FROM models;
SELECT * FROM rows;
:tidy
ROLLBACK;
BEGIN;
\set VERBOSITY terse
DROP TABLE posts CASCADE;
\set VERBOSITY default
SELECT * FROM models;
SELECT * FROM rows;
:tidy
-- a table of the old name is another one
CREATE TABLE posts (id int PRIMARY KEY);
SELECT * FROM models;
SELECT corm.register_model('posts', 'Post');
SELECT corm.foreign_key('Note', 'post', 'Post', 'notes');
ROLLBACK;
-- what corm does not know is nobody's business, what it knows stays
BEGIN;
CREATE TABLE plain (id int PRIMARY KEY, author_id bigint CONSTRAINT plain_fk REFERENCES authors);
CREATE TEMP TABLE passing (id int PRIMARY KEY);
CREATE MATERIALIZED VIEW seen AS SELECT 1 AS a;
ALTER TABLE plain RENAME author_id TO a;
ALTER TABLE plain RENAME CONSTRAINT plain_fk TO plain_fk2;
ALTER TABLE plain DROP CONSTRAINT plain_fk2, DROP COLUMN a;
ALTER TABLE passing RENAME id TO ident;
ALTER MATERIALIZED VIEW seen RENAME COLUMN a TO b;
DROP TABLE plain, passing;
DROP MATERIALIZED VIEW seen;
DROP INDEX posts_author_id_idx;
SELECT count(*) FROM models;
SELECT count(*) FROM rows;
ROLLBACK;
-- with a schema, with an owner, with a type
CREATE ROLE regress_corm_follow;
GRANT USAGE, CREATE ON SCHEMA t_follow TO regress_corm_follow;
GRANT REFERENCES ON authors TO regress_corm_follow;
BEGIN;
CREATE TABLE t_follow_2.far (id int PRIMARY KEY, author_id bigint REFERENCES authors);
SELECT corm.register_model('t_follow_2.far', 'Far');
SELECT corm.foreign_key('t_follow_2.Far', 'author', 'Author');
SELECT * FROM rows WHERE back = 'fars';
SET client_min_messages = warning;
DROP SCHEMA t_follow_2 CASCADE;
RESET client_min_messages;
SELECT * FROM rows WHERE back = 'fars';
:tidy
ROLLBACK;
BEGIN;
SET LOCAL ROLE regress_corm_follow;
SELECT corm.create_model('Own', '{"author": {"foreign_key": "Author"}}');
SELECT * FROM rows WHERE name = 'author';
RESET ROLE;
DROP OWNED BY regress_corm_follow;
SELECT * FROM rows WHERE name = 'author';
:tidy
ROLLBACK;
BEGIN;
CREATE TYPE mood AS (a int);
CREATE TABLE moods OF mood;
SELECT corm.register_model('moods', 'Mood');
DROP TYPE mood CASCADE;
SELECT * FROM models WHERE name = 'Mood';
:tidy
ROLLBACK;

--
-- Foreign keys and columns
--
-- forgotten with a notice, whose call works once the key is back
ALTER TABLE posts DROP CONSTRAINT posts_author_id_fkey;
SELECT * FROM rows WHERE source = 'posts';
SELECT corm.count('Post', '{"author__name": "x"}');
ALTER TABLE posts ADD CONSTRAINT back_again FOREIGN KEY (author_id) REFERENCES authors;
SELECT * FROM rows WHERE source = 'posts';
SELECT corm.foreign_key('Post', 'author', 'Author', related_name => 'posts', columns => ARRAY['author_id']);
SELECT * FROM rows WHERE source = 'posts';
-- in one command it is the same relation, whatever its key is called
ALTER TABLE posts DROP CONSTRAINT back_again, ADD CONSTRAINT back_again FOREIGN KEY (author_id) REFERENCES authors ON DELETE CASCADE;
ALTER TABLE posts DROP CONSTRAINT back_again, ADD CONSTRAINT other FOREIGN KEY (author_id) REFERENCES authors;
SELECT * FROM rows WHERE source = 'posts';
ALTER TABLE posts ADD COLUMN writer_id bigint;
ALTER TABLE posts DROP CONSTRAINT other, ADD CONSTRAINT other FOREIGN KEY (writer_id) REFERENCES authors;
SELECT * FROM rows WHERE source = 'posts';
ALTER TABLE posts DROP CONSTRAINT other, ADD CONSTRAINT posts_author_id_fkey FOREIGN KEY (author_id) REFERENCES authors;
SELECT * FROM rows WHERE source = 'posts';
SELECT corm.foreign_key('Post', 'author', 'Author', related_name => 'posts', columns => ARRAY['author_id']);
-- other constraints and columns change nothing
ALTER TABLE posts ADD CONSTRAINT posts_check CHECK (title <> ''), ADD UNIQUE (title);
ALTER TABLE posts DROP CONSTRAINT posts_check, DROP CONSTRAINT posts_title_key, DROP COLUMN writer_id;
ALTER TABLE posts ALTER author_id SET NOT NULL, ALTER author_id DROP NOT NULL;
ALTER TABLE authors ALTER id TYPE int;
ALTER TABLE posts ALTER author_id TYPE int;
SELECT * FROM rows WHERE source = 'posts';
-- of two equal keys one may go
BEGIN;
ALTER TABLE posts ADD CONSTRAINT twin FOREIGN KEY (author_id) REFERENCES authors;
ALTER TABLE posts DROP CONSTRAINT posts_author_id_fkey;
SELECT * FROM rows WHERE source = 'posts';
ROLLBACK;
-- the column goes, the key that is pointed to, its index
BEGIN;
ALTER TABLE posts DROP COLUMN author_id;
SELECT * FROM rows WHERE source = 'posts';
ROLLBACK;
BEGIN;
ALTER TABLE authors DROP CONSTRAINT authors_pkey CASCADE;
SELECT * FROM rows;
ROLLBACK;
BEGIN;
CREATE UNIQUE INDEX names ON authors (name);
CREATE TABLE pens (id int PRIMARY KEY, author text REFERENCES authors (name));
SELECT corm.register_model('pens', 'Pen');
SELECT corm.foreign_key('Pen', 'author', 'Author', columns => '{author}', target_columns => '{name}', skip_reverse => true);
DROP INDEX names CASCADE;
SELECT * FROM rows WHERE source = 'pens';
ROLLBACK;
-- what the target's own columns are compared with goes, too
BEGIN;
SELECT corm.relation_on('Note', 'titled', 'Post', '{id}', '{id}', related_name => 'titling');
ALTER TABLE posts DROP COLUMN title CASCADE;
ALTER TABLE notes DROP COLUMN id;
ROLLBACK;
-- one of the two keys of a link table
BEGIN;
ALTER TABLE posts_authors DROP COLUMN author_id;
SELECT * FROM rows WHERE source = 'posts';
SELECT name FROM models WHERE table_name = 'posts_authors';
ROLLBACK;
BEGIN;
ALTER TABLE posts_authors DROP CONSTRAINT posts_authors_post_id_fkey;
ROLLBACK;
SELECT corm.many_to_many('Author', 'friends', 'Author', symmetrical => true);
BEGIN;
ALTER TABLE authors_authors DROP CONSTRAINT authors_authors_to_author_id_fkey;
SELECT * FROM rows WHERE source = 'authors';
ROLLBACK;
SELECT corm.drop_relation('Author', 'friends', drop_through => true);
-- corm's own DDL says nothing
SELECT corm.alter_relation('Post', 'author', on_delete => 'cascade');
SELECT corm.create_model('Brief', '{"author": {"foreign_key": "Author"}}');
SELECT corm.drop_relation('Brief', 'author', drop_column => true);
SELECT corm.drop_model('Brief', drop_table => true);
SELECT * FROM rows;
-- relations without a constraint, and the keys of views
CREATE FOREIGN DATA WRAPPER t_follow_fdw;
CREATE SERVER t_follow_server FOREIGN DATA WRAPPER t_follow_fdw;
CREATE FOREIGN TABLE afar (a int, b int, post_id int, x int) SERVER t_follow_server;
SELECT corm.register_model('afar', 'Afar', '{a,b}');
SELECT corm.relation_on('Afar', 'post', 'Post', '{post_id}', '{id}', related_name => 'afars');
SELECT corm.relation_on('Post', 'by_title', 'Afar', '{title,id}', '{x,b}', to_many => true);
ALTER FOREIGN TABLE afar ALTER x TYPE text;
SELECT corm.relation_on('Post', 'by_title', 'Afar', '{title,id}', '{x,b}', to_many => true);
SELECT * FROM rows WHERE 'afar' IN (source, target);
BEGIN;
ALTER FOREIGN TABLE afar DROP COLUMN post_id;
ALTER FOREIGN TABLE afar DROP COLUMN x;
ALTER FOREIGN TABLE afar DROP COLUMN b;
SELECT * FROM models WHERE name = 'Afar';
SELECT * FROM rows WHERE 'afar' IN (source, target);
ROLLBACK;
-- a new column of the old name, in one command
BEGIN;
ALTER FOREIGN TABLE afar DROP COLUMN b, ADD COLUMN b bigint;
SELECT * FROM models WHERE name = 'Afar';
SELECT * FROM rows WHERE 'afar' IN (source, target);
ROLLBACK;

--
-- Renaming
--
BEGIN;
ALTER FOREIGN TABLE afar RENAME COLUMN b TO bee;
ALTER TABLE afar RENAME post_id TO post;
ALTER FOREIGN TABLE afar RENAME x TO "X x";
ALTER VIEW shown RENAME COLUMN id TO ident;
ALTER TABLE posts RENAME title TO heading;
ALTER TABLE shown RENAME COLUMN title TO label;
SELECT * FROM models WHERE key IS NOT NULL;
SELECT * FROM rows WHERE 'afar' IN (source, target) OR 'shown' IN (source, target);
ROLLBACK;
SELECT * FROM models WHERE key IS NOT NULL;
CREATE MATERIALIZED VIEW kept AS SELECT id, title FROM posts;
SELECT corm.register_model('kept', 'Kept', '{id}');
ALTER MATERIALIZED VIEW kept RENAME COLUMN id TO nr;
SELECT * FROM models WHERE name = 'Kept';
DROP MATERIALIZED VIEW kept;
-- column and constraint, in either order, in one transaction or two
INSERT INTO authors (name) VALUES ('Ann');
INSERT INTO posts (title, author_id) VALUES ('a', 1);
\set read 'SELECT corm.list(corm.fields(corm.prefetch_related(''Author'', ''posts''), ''name'')); SELECT columns, con FROM t_follow.rows WHERE source = ''posts'' AND name = ''author'';'
ALTER TABLE posts RENAME author_id TO a1;
ALTER TABLE posts RENAME CONSTRAINT posts_author_id_fkey TO c1;
:read
ALTER TABLE posts RENAME CONSTRAINT c1 TO c2;
ALTER TABLE posts RENAME a1 TO a2;
:read
BEGIN;
ALTER TABLE posts RENAME a2 TO a3;
ALTER TABLE posts RENAME CONSTRAINT c2 TO c3;
ALTER TABLE posts RENAME CONSTRAINT c3 TO c4;
SAVEPOINT s;
ALTER TABLE posts RENAME a3 TO a4;
ALTER TABLE posts RENAME CONSTRAINT c4 TO c5;
ROLLBACK TO s;
ALTER TABLE posts RENAME a3 TO author_id;
COMMIT;
:read
ALTER TABLE posts RENAME CONSTRAINT c4 TO posts_author_id_fkey;
-- names that change places
CREATE TABLE pairs (id int PRIMARY KEY, a int REFERENCES authors, b int REFERENCES authors);
SELECT corm.register_model('pairs', 'Pair');
SELECT corm.foreign_key('Pair', 'first', 'Author', 'firsts', '{a}'), corm.foreign_key('Pair', 'second', 'Author', 'seconds', '{b}');
ALTER TABLE pairs RENAME a TO c;
ALTER TABLE pairs RENAME b TO a;
ALTER TABLE pairs RENAME c TO b;
ALTER TABLE pairs RENAME CONSTRAINT pairs_a_fkey TO tmp;
ALTER TABLE pairs RENAME CONSTRAINT pairs_b_fkey TO pairs_a_fkey;
ALTER TABLE pairs RENAME CONSTRAINT tmp TO pairs_b_fkey;
SELECT * FROM rows WHERE source = 'pairs';
DROP TABLE pairs;
-- link tables
ALTER TABLE posts_authors RENAME post_id TO p;
ALTER TABLE posts_authors RENAME author_id TO a;
ALTER TABLE posts_authors RENAME CONSTRAINT posts_authors_post_id_fkey TO near;
ALTER TABLE posts_authors RENAME CONSTRAINT posts_authors_author_id_fkey TO far;
SELECT * FROM rows WHERE name = 'tags';
SELECT corm.count('Post', '{"tags__name": "Ann"}');
-- tables, schemas and owners need no following
BEGIN;
ALTER TABLE posts RENAME TO articles;
ALTER TABLE articles SET SCHEMA t_follow_2;
ALTER SCHEMA t_follow_2 RENAME TO t_follow_3;
ALTER TABLE authors OWNER TO regress_corm_follow;
SELECT corm.count('t_follow_3.Post', '{"author__name": "Ann"}');
ROLLBACK;
-- inheritance, partitions, typed tables
CREATE TABLE base (id int PRIMARY KEY, a int);
CREATE TABLE derived (PRIMARY KEY (id), CONSTRAINT derived_a FOREIGN KEY (a) REFERENCES authors) INHERITS (base);
CREATE TYPE shape AS (id int, a int);
CREATE TABLE shapes OF shape (PRIMARY KEY (id), CONSTRAINT shapes_a FOREIGN KEY (a) REFERENCES authors);
SELECT corm.register_model('base', 'Base'), corm.register_model('derived', 'Derived'), corm.register_model('shapes', 'Shape');
SELECT corm.foreign_key('Derived', 'author', 'Author', 'derived', '{a}'), corm.foreign_key('Shape', 'author', 'Author', 'shapes', '{a}');
ALTER TABLE base RENAME a TO author_id;
ALTER TYPE shape RENAME ATTRIBUTE a TO author_id CASCADE;
SELECT * FROM rows WHERE source IN ('derived', 'shapes');
ALTER TYPE shape DROP ATTRIBUTE author_id CASCADE;
ALTER TABLE base DROP COLUMN author_id;
SELECT * FROM rows WHERE source = 'derived';
DROP TABLE shapes, base CASCADE;
:tidy
CREATE TABLE parts (id int, author_id int CONSTRAINT parts_author REFERENCES authors, PRIMARY KEY (id)) PARTITION BY RANGE (id);
CREATE TABLE part (id int PRIMARY KEY, author_id int CONSTRAINT part_author REFERENCES authors);
INSERT INTO part VALUES (1, 1);
SELECT corm.register_model('parts', 'Whole'), corm.register_model('part', 'Part');
SELECT corm.foreign_key('Whole', 'author', 'Author', 'wholes'), corm.foreign_key('Part', 'author', 'Author', 'parts');
\set read 'SELECT corm.list(corm.fields(corm.select_related(''Part'', ''author''), ''id'')), corm.list(corm.fields(corm.select_related(''Whole'', ''author''), ''id'')); SELECT * FROM t_follow.rows WHERE target = ''authors'' AND source LIKE ''part%'';'
ALTER TABLE part ALTER id SET NOT NULL;
ALTER TABLE parts ATTACH PARTITION part FOR VALUES FROM (0) TO (10);
:read
ALTER TABLE parts RENAME author_id TO writer_id;
:read
ALTER TABLE parts DETACH PARTITION part;
:read
SELECT corm.drop_relation('Part', 'author');
DROP TABLE part;
CREATE TABLE part PARTITION OF parts FOR VALUES FROM (0) TO (10);
ALTER TABLE parts DETACH PARTITION part;
SELECT corm.register_model('part', 'Part');
DROP TABLE parts, part;
:tidy

--
-- A key that is dropped and added again in one transaction
--
BEGIN;
ALTER TABLE posts DROP CONSTRAINT posts_author_id_fkey;
ALTER TABLE posts ADD COLUMN extra int;
SELECT * FROM rows WHERE source = 'posts';
ALTER TABLE posts RENAME author_id TO writer_id;
ALTER TABLE posts ADD CONSTRAINT anew FOREIGN KEY (writer_id) REFERENCES authors ON DELETE CASCADE;
SELECT * FROM rows WHERE source = 'posts';
SELECT corm.count('Post', '{"author__name": "Ann"}');
-- and once more, with a column of its own
ALTER TABLE posts DROP COLUMN writer_id, ADD COLUMN writer_id int;
ALTER TABLE posts ADD CONSTRAINT anew FOREIGN KEY (writer_id) REFERENCES authors;
SELECT * FROM rows WHERE source = 'posts';
ROLLBACK;
-- to another table, over another column: not the same
BEGIN;
CREATE TABLE people (id int PRIMARY KEY);
ALTER TABLE posts DROP CONSTRAINT posts_author_id_fkey, ADD COLUMN other_id int;
ALTER TABLE posts ADD CONSTRAINT posts_author_id_fkey FOREIGN KEY (author_id) REFERENCES people NOT VALID;
ALTER TABLE posts ADD FOREIGN KEY (other_id) REFERENCES authors;
SELECT * FROM rows WHERE source = 'posts';
ROLLBACK;
-- names that are taken, models that are none: it stays forgotten
BEGIN;
ALTER TABLE posts DROP CONSTRAINT posts_author_id_fkey, ADD COLUMN author int;
ALTER TABLE posts ADD CONSTRAINT anew FOREIGN KEY (author_id) REFERENCES authors;
SELECT * FROM rows WHERE source = 'posts';
ALTER TABLE posts DROP COLUMN author;
SELECT * FROM rows WHERE source = 'posts';
ROLLBACK;
BEGIN;
ALTER TABLE posts DROP CONSTRAINT posts_author_id_fkey;
ALTER TABLE authors ADD COLUMN posts int;
ALTER TABLE posts ADD FOREIGN KEY (author_id) REFERENCES authors;
SELECT corm.foreign_key('Post', 'writer', 'Author', 'written', '{author_id}');
ALTER TABLE authors DROP COLUMN posts;
SELECT * FROM rows WHERE source = 'posts';
ROLLBACK;
BEGIN;
ALTER TABLE posts DROP CONSTRAINT posts_author_id_fkey;
SELECT corm.drop_model('Post');
ALTER TABLE posts ADD FOREIGN KEY (author_id) REFERENCES authors;
SELECT * FROM rows WHERE source = 'posts';
ROLLBACK;
-- declared again by hand, with the key or before it
BEGIN;
ALTER TABLE posts DROP CONSTRAINT posts_author_id_fkey;
SELECT corm.foreign_key('Post', 'author', 'Author', related_name => 'posts', columns => ARRAY['author_id'], on_delete => 'cascade');
ALTER TABLE posts ADD COLUMN extra int;
SELECT * FROM rows WHERE source = 'posts';
ROLLBACK;
-- savepoints
BEGIN;
SAVEPOINT s;
ALTER TABLE posts DROP CONSTRAINT posts_author_id_fkey;
ROLLBACK TO s;
SELECT * FROM rows WHERE source = 'posts';
ALTER TABLE posts ADD COLUMN extra int;
SAVEPOINT s;
ALTER TABLE posts DROP CONSTRAINT posts_author_id_fkey;
RELEASE s;
SAVEPOINT t;
ALTER TABLE posts ADD FOREIGN KEY (author_id) REFERENCES authors;
ROLLBACK TO t;
SELECT * FROM rows WHERE source = 'posts';
SAVEPOINT u;
ALTER TABLE posts ADD FOREIGN KEY (author_id) REFERENCES authors;
RELEASE u;
SELECT * FROM rows WHERE source = 'posts';
ALTER TABLE posts ADD COLUMN more int;
COMMIT;
ALTER TABLE posts DROP COLUMN extra, DROP COLUMN more;
DO $$
BEGIN
	ALTER TABLE posts DROP CONSTRAINT posts_author_id_fkey;
	RAISE division_by_zero;
EXCEPTION WHEN division_by_zero THEN
	ALTER TABLE posts ADD COLUMN extra int;
	ALTER TABLE posts DROP COLUMN extra;
END $$;
SELECT con FROM rows WHERE name = 'author';
-- not in the next transaction
BEGIN;
ALTER TABLE posts DROP CONSTRAINT posts_author_id_fkey;
COMMIT;
ALTER TABLE posts ADD FOREIGN KEY (author_id) REFERENCES authors;
SELECT * FROM rows WHERE source = 'posts';
SELECT corm.foreign_key('Post', 'author', 'Author', related_name => 'posts', columns => ARRAY['author_id']);
-- many to many: both keys
BEGIN;
ALTER TABLE posts_authors DROP CONSTRAINT near, DROP CONSTRAINT far;
ALTER TABLE posts_authors ADD CONSTRAINT near FOREIGN KEY (p) REFERENCES posts;
ALTER TABLE posts_authors RENAME a TO aa;
SELECT * FROM rows WHERE name = 'tags';
ALTER TABLE posts_authors ADD FOREIGN KEY (aa) REFERENCES authors;
SELECT * FROM rows WHERE name = 'tags';
ROLLBACK;

--
-- What neither drops nor renames
--
-- a model that becomes a partition stays one, and is a table of its own again
CREATE TABLE years (id int, y int, author_id bigint REFERENCES authors, PRIMARY KEY (id, y)) PARTITION BY LIST (y);
CREATE TABLE year_1 (id int, y int, author_id bigint CONSTRAINT years_author_id_fkey REFERENCES authors, PRIMARY KEY (id, y));
SELECT corm.register_model('years'), corm.register_model('year_1');
SELECT corm.foreign_key('years', 'author', 'Author'), corm.foreign_key('year_1', 'author', 'Author', 'year_1');
INSERT INTO year_1 SELECT 7, 1, min(id) FROM authors;
SELECT corm.list('{"model": "year_1", "filter": {"author__name__isnull": false}, "fields": ["id"]}'), corm.count('years');
ALTER TABLE years ATTACH PARTITION year_1 FOR VALUES IN (1);
SELECT corm.list('{"model": "year_1", "filter": {"author__name__isnull": false}, "fields": ["id"]}'), corm.count('years', '{"author__year_1__id": 7}');
CREATE TABLE year_2 PARTITION OF years FOR VALUES IN (2);
ALTER TABLE years DETACH PARTITION year_1;
SELECT corm.list('{"model": "year_1", "filter": {"author__name__isnull": false}, "fields": ["id"]}'), corm.count('years');
SELECT * FROM rows WHERE source LIKE 'year%';
ALTER TABLE years DETACH PARTITION year_2;
DROP TABLE year_2;
SELECT * FROM rows WHERE source LIKE 'year%';
-- types, nullability, validity, another owner, statistics
ALTER TABLE year_1 ALTER author_id TYPE int, ALTER author_id SET NOT NULL, ALTER author_id SET STATISTICS 10;
ALTER TABLE year_1 DROP CONSTRAINT year_1_pkey, ADD PRIMARY KEY (y, id);
ALTER TABLE authors ALTER name TYPE varchar(90);
SELECT corm.list('{"model": "year_1", "filter": {"author__name__isnull": false}, "fields": ["id"]}');
SELECT * FROM rows WHERE source LIKE 'year%';
DROP TABLE years, year_1;
SELECT * FROM rows WHERE source LIKE 'year%';
:tidy

--
-- Never in the way of others
--
SET ROLE regress_corm_follow;
CREATE TABLE mine (id int PRIMARY KEY, author_id int REFERENCES authors);
ALTER TABLE mine RENAME author_id TO a;
ALTER TABLE mine RENAME CONSTRAINT mine_author_id_fkey TO mine_a;
SELECT corm.register_model('mine', 'Mine');
SELECT corm.foreign_key('Mine', 'author', 'Author', 'mines', '{a}');
ALTER TABLE mine RENAME a TO author_id;
SELECT * FROM rows WHERE source = 'mine';
ALTER TABLE mine DROP CONSTRAINT mine_a;
ALTER TABLE mine DROP COLUMN author_id;
SELECT corm._follow_drop();
DELETE FROM corm.relation;
DROP TABLE mine;
:tidy
RESET ROLE;
-- the functions are for event triggers
CREATE FUNCTION calls() RETURNS trigger LANGUAGE c AS '$libdir/corm', 'corm_follow_drop';
CREATE TABLE called (a int);
CREATE TRIGGER calls BEFORE INSERT ON called FOR EACH ROW EXECUTE FUNCTION calls();
INSERT INTO called VALUES (1);
DROP TABLE called;
DROP FUNCTION calls;
-- a replica's triggers do not fire
BEGIN;
SET LOCAL session_replication_role = replica;
ALTER TABLE posts RENAME CONSTRAINT posts_author_id_fkey TO quiet;
SELECT con FROM rows WHERE name = 'author';
ROLLBACK;
-- rows without their constraints, as in a restore, are let alone
BEGIN;
ALTER EVENT TRIGGER corm_sql_drop DISABLE;
ALTER TABLE posts DROP CONSTRAINT posts_author_id_fkey;
ALTER EVENT TRIGGER corm_sql_drop ENABLE;
ALTER TABLE posts ADD COLUMN extra int;
ALTER TABLE posts DROP COLUMN extra;
ALTER TABLE posts RENAME author_id TO a;
SELECT * FROM rows WHERE name = 'author';
ALTER TABLE posts ADD CONSTRAINT restored FOREIGN KEY (a) REFERENCES authors;
SELECT corm.count('Post', '{"author__name": "Ann"}');
ROLLBACK;
-- nor do rows harm that were made by hand
BEGIN;
UPDATE corm.relation SET far_constraint_name = NULL, far_columns = '{}' WHERE source = 'posts'::regclass AND name = 'tags';
ALTER TABLE posts_authors DROP CONSTRAINT near;
ALTER TABLE posts_authors ADD CONSTRAINT near FOREIGN KEY (p) REFERENCES posts;
INSERT INTO corm.relation (source, name, target, columns, constraint_name, through) VALUES ('posts', 'odd', 'authors', '{}', 'no', 'notes');
ALTER TABLE notes RENAME CONSTRAINT notes_post_id_fkey TO no;
ALTER TABLE notes DROP CONSTRAINT no;
SELECT * FROM rows WHERE source = 'posts';
ROLLBACK;
-- an extension that lacks its tables, or goes
BEGIN;
ALTER EXTENSION corm DROP VIEW corm.relations;
ALTER EXTENSION corm DROP TABLE corm.relation;
DROP TABLE corm.relation CASCADE;
CREATE TABLE other (id int PRIMARY KEY, a int REFERENCES authors);
ALTER TABLE other RENAME a TO b;
ALTER TABLE other DROP COLUMN b;
DROP TABLE other, posts CASCADE;
ROLLBACK;
BEGIN;
DROP EXTENSION corm CASCADE;
ALTER TABLE posts RENAME author_id TO a;
DROP TABLE posts CASCADE;
SELECT count(*) FROM pg_event_trigger WHERE evtname LIKE 'corm%';
CREATE EXTENSION corm;
SELECT count(*) FROM pg_event_trigger WHERE evtname LIKE 'corm%';
CREATE TABLE fresh (id int PRIMARY KEY);
SELECT corm.register_model('fresh');
DROP TABLE fresh;
SELECT count(*) FROM corm.model;
ROLLBACK;
SELECT corm.count('Post', '{"author__name": "Ann"}');

DROP SERVER t_follow_server CASCADE;
DROP FOREIGN DATA WRAPPER t_follow_fdw;
SELECT * FROM rows WHERE 'afar' IN (source, target);
SET client_min_messages = warning;
DROP TABLE notes, posts, authors CASCADE;
SELECT * FROM models;
:tidy
DROP SCHEMA t_follow, t_follow_2 CASCADE;
DROP ROLE regress_corm_follow;
SELECT (SELECT count(*) FROM corm.model) = :models, (SELECT count(*) FROM corm.relation) = :relations;
ALTER EVENT TRIGGER corm_sql_drop :found;
ALTER EVENT TRIGGER corm_ddl_command_end :found;
