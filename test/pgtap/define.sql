-- The shape of what definitions generate: tables, columns, keys, indexes.
BEGIN;
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS pgtap WITH SCHEMA public;
CREATE SCHEMA t_shape;
SET search_path = t_shape, public;
SELECT plan(47);

SELECT corm.create_model('Author', '{"name": {"type": "varchar(80)", "nullable": false}, "email": {"type": "text", "unique": true}}');
SELECT corm.create_model('Post', '{"title": "text", "author": {"foreign_key": "Author", "nullable": false, "on_delete": "cascade"}, "score": {"type": "int", "default": 0, "index": true}}');
SELECT corm.create_model('Tag', '{"slug": {"type": "text", "primary_key": true}}');
SELECT corm.many_to_many('Post', 'tags', 'Tag');
SELECT corm.many_to_many('Author', 'friends', 'Author', symmetrical => true);
SELECT corm.create_model('Profile', '{"author": {"foreign_key": "Author", "one_to_one": true}}');

-- create_model
SELECT has_table('t_shape', 'authors', 'table of a model');
SELECT columns_are('t_shape', 'authors', ARRAY['id', 'name', 'email']);
SELECT col_is_pk('t_shape', 'authors', 'id', 'default key');
SELECT col_type_is('t_shape', 'authors', 'id', 'bigint', 'its type');
SELECT col_not_null('t_shape', 'authors', 'id', 'keys are not null');
SELECT is(attidentity::text, 'd', 'default key is an identity')
  FROM pg_attribute WHERE attrelid = 'authors'::regclass AND attname = 'id';
SELECT col_type_is('t_shape', 'authors', 'name', 'character varying(80)', 'type with a length');
SELECT col_not_null('t_shape', 'authors', 'name', 'not null as said');
SELECT col_is_null('t_shape', 'authors', 'email', 'nullable unless said');
SELECT col_is_unique('t_shape', 'authors', 'email', 'unique as said');
SELECT columns_are('t_shape', 'posts', ARRAY['id', 'title', 'author_id', 'score']);
SELECT is(array_agg(attname ORDER BY attnum)::text, '{id,title,author_id,score}', 'columns in the order written')
  FROM pg_attribute WHERE attrelid = 'posts'::regclass AND attnum > 0;
SELECT col_default_is('t_shape', 'posts', 'score', '0', 'default');
SELECT has_index('t_shape', 'posts', 'posts_score_idx', 'score', 'index as said');

-- foreign_key
SELECT fk_ok('t_shape', 'posts', 'author_id', 't_shape', 'authors', 'id');
SELECT col_not_null('t_shape', 'posts', 'author_id', 'not null as said');
SELECT col_type_is('t_shape', 'posts', 'author_id', 'bigint', 'type of the key');
SELECT has_index('t_shape', 'posts', 'posts_author_id_idx', 'author_id', 'foreign keys are indexed');
SELECT index_is_type('t_shape', 'posts', 'posts_author_id_idx', 'btree');
SELECT is(confdeltype::text, 'c', 'on_delete') FROM pg_constraint WHERE conname = 'posts_author_id_fkey';
SELECT is(confupdtype::text, 'a', 'on_update') FROM pg_constraint WHERE conname = 'posts_author_id_fkey';
SELECT ok(NOT condeferrable AND convalidated, 'immediate and valid') FROM pg_constraint WHERE conname = 'posts_author_id_fkey';
SELECT col_is_unique('t_shape', 'profiles', 'author_id', 'one-to-one is unique');
SELECT is(count(*)::int, 2, 'and needs no index besides') FROM pg_index WHERE indrelid = 'profiles'::regclass;

-- many_to_many
SELECT has_table('t_shape', 'posts_tags', 'link table');
SELECT columns_are('t_shape', 'posts_tags', ARRAY['post_id', 'tag_slug']);
SELECT col_is_pk('t_shape', 'posts_tags', ARRAY['post_id', 'tag_slug'], 'key over both');
SELECT col_type_is('t_shape', 'posts_tags', 'tag_slug', 'text', 'type of the key');
SELECT col_not_null('t_shape', 'posts_tags', 'post_id', 'not null');
SELECT col_not_null('t_shape', 'posts_tags', 'tag_slug', 'not null');
SELECT fk_ok('t_shape', 'posts_tags', 'post_id', 't_shape', 'posts', 'id');
SELECT fk_ok('t_shape', 'posts_tags', 'tag_slug', 't_shape', 'tags', 'slug');
SELECT has_index('t_shape', 'posts_tags', 'posts_tags_tag_slug_post_id_idx', ARRAY['tag_slug', 'post_id'], 'index on the reverse pair');
SELECT is(count(*)::int, 2, 'both cascade') FROM pg_constraint
 WHERE conrelid = 'posts_tags'::regclass AND contype = 'f' AND confdeltype = 'c' AND confupdtype = 'c';
SELECT hasnt_column('t_shape', 'posts_tags', 'id', 'no key of its own');

-- symmetrical
SELECT columns_are('t_shape', 'authors_authors', ARRAY['from_author_id', 'to_author_id']);
SELECT has_check('t_shape', 'authors_authors', 'one row per edge');
INSERT INTO authors (name) VALUES ('a'), ('b');
INSERT INTO posts (title, author_id) VALUES ('p', 1);
INSERT INTO tags VALUES ('t');
INSERT INTO posts_tags VALUES (1, 't');
SELECT lives_ok('INSERT INTO authors_authors VALUES (1, 2), (1, 1)', 'from <= to');
SELECT throws_ok('INSERT INTO authors_authors VALUES (2, 1)', '23514', NULL, 'not the other way round');
SELECT lives_ok('UPDATE tags SET slug = ''u''', 'a changed key');
SELECT is(tag_slug, 'u', 'reaches its links') FROM posts_tags;
SELECT lives_ok('DELETE FROM authors WHERE id = 1', 'a deleted row');
SELECT is_empty('SELECT FROM posts_tags UNION ALL SELECT FROM authors_authors', 'takes its links along');

-- whatever was generated outlives the extension
DROP EXTENSION corm;
SELECT fk_ok('t_shape', 'posts', 'author_id', 't_shape', 'authors', 'id');
SELECT fk_ok('t_shape', 'posts_tags', 'tag_slug', 't_shape', 'tags', 'slug');
SELECT lives_ok('INSERT INTO posts_tags SELECT id, ''u'' FROM posts', 'tables work without it');
CREATE EXTENSION corm;
SELECT is_empty('SELECT FROM corm.models', 'a new catalog is empty, in the same session');

SELECT * FROM finish();
ROLLBACK;
