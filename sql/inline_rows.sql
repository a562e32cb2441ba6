-- corm.inline_rows: corm.rows as part of the query around it.  The same rows and
-- the same rights with and without; on servers that do not do it, all of this
-- prints the same.
\set VERBOSITY default
\set SHOW_CONTEXT never
CREATE SCHEMA t_inline;
SET search_path = t_inline;
SET client_min_messages = warning;
CREATE ROLE regress_corm_inline;
SELECT corm.create_model('Author', '{"name": "text"}');
SELECT corm.create_model('Category', '{"name": "text"}', 'categories');
SELECT corm.create_model('Post', '{"title": "text", "author": {"foreign_key": "Author"}, "categories": {"many_to_many": "Category"}}');
-- a column that is gone, and one behind it
ALTER TABLE posts ADD COLUMN gone int, ADD COLUMN views numeric(8, 2) DEFAULT 1.5;
ALTER TABLE posts DROP COLUMN gone;
INSERT INTO authors SELECT g, 'a' || g FROM generate_series(1, 40) g;
INSERT INTO categories SELECT g, 'c' || g FROM generate_series(1, 10) g;
INSERT INTO posts SELECT g, 't' || g, nullif(g % 41, 0), g FROM generate_series(1, 400) g;
INSERT INTO posts_categories SELECT g, g % 10 + 1 FROM generate_series(1, 400) g;
ANALYZE;
SHOW corm.inline_rows;
-- Is a call of corm.rows left in the plan?  Whether it is as wanted.
CREATE FUNCTION is_call(query text, wanted boolean) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE line text; found boolean := false;
BEGIN
	FOR line IN EXECUTE 'EXPLAIN (VERBOSE, COSTS OFF) ' || query LOOP
		found := found OR line LIKE '%Function Call: corm.rows%' OR line LIKE '%rows(%';
	END LOOP;
	RETURN found = (wanted OR current_setting('server_version_num')::int >= 160000);
END
$$;
-- Both ways: the same rows, in whatever order, or the same error.
CREATE FUNCTION same(query text, called boolean DEFAULT false) RETURNS text LANGUAGE plpgsql AS $$
DECLARE results text[] := '{}'; r text; n bigint; way text;
BEGIN
	FOREACH way IN ARRAY ARRAY['off', 'on'] LOOP
		PERFORM set_config('corm.inline_rows', way, true);
		BEGIN
			EXECUTE 'SELECT count(*), string_agg(x::text, E''\n'' ORDER BY x::text COLLATE "C") FROM (' || query || ') x' INTO n, r;
			results := results || (n || ' rows: ' || coalesce(r, ''));
		EXCEPTION WHEN OTHERS THEN
			results := results || (SQLSTATE || ' ' || SQLERRM);
		END;
	END LOOP;
	PERFORM set_config('corm.inline_rows', 'on', true);
	IF results[1] <> results[2] THEN
		RETURN 'DIFFERENT: ' || results[1] || E'\n' || results[2];
	END IF;
	RETURN regexp_replace(results[1], '^(\d+ rows): .*', '\1') || CASE WHEN is_call(query, called) THEN '' WHEN called THEN ', INLINED' ELSE ', CALLED' END;
EXCEPTION WHEN OTHERS THEN
	RETURN results[1];
END
$$;

-- ---------- what is inlined ----------

SELECT is_call('SELECT * FROM corm.rows(NULL::posts, ''Post'') p', true) AS off_by_default;
SET corm.inline_rows = on;
SELECT same('SELECT * FROM corm.rows(NULL::posts, ''Post'') p');
SELECT same('SELECT p FROM corm.rows(NULL::posts, ''Post'') p');
SELECT same('SELECT p.title, p.views FROM corm.rows(NULL::posts, ''{}'') p WHERE p.id = 4');
SELECT same('SELECT p.title FROM corm.rows(NULL::posts, corm.filter(''Post'', ''{"author__name": "a3", "views__gte": 20.5, "title__in": ["t3", "t44", null]}'')) p');
SELECT same('SELECT p.title FROM corm.rows(NULL::posts, corm.exclude(''Post'', ''{"categories__name": "c4"}'')) p');
SELECT same('SELECT p.title FROM corm.rows(NULL::posts, corm.filter(''Post'', ''{"categories__every": {"id__lt": 5}}'')) p');
SELECT same('SELECT p.id FROM corm.rows(NULL::posts, corm.limit(corm.order_by(''Post'', ''-author__name''), 7)) p');
SELECT same('SELECT p.id FROM corm.rows(NULL::posts, corm.distinct(corm.order_by(''Post'', ''author''), ''author'')) p');
SELECT same('SELECT c.name FROM corm.rows(NULL::categories, corm.relation(''Post'', ''7'', ''categories'')) c');
SELECT same('SELECT c.name FROM corm.rows(NULL::categories, corm.relation(corm.filter(''Post'', ''{"id__lt": 4}''), ''categories'')) c');
SELECT same('SELECT c.name FROM corm.rows(NULL::categories, corm.relation(''Post'', NULL, ''categories'')) c');
SELECT same('SELECT p.title, a.name FROM corm.rows(NULL::posts, ''Post'') p JOIN corm.rows(NULL::authors, ''Author'') a ON a.id = p.author_id WHERE a.name = ''a5''');
SELECT same('SELECT p.title, q.title AS t2 FROM corm.rows(NULL::posts, ''Post'') p JOIN corm.rows(NULL::posts, ''Post'') q USING (id)');
SELECT same('SELECT a.name, p FROM authors a LEFT JOIN corm.rows(NULL::posts, corm.filter(''Post'', ''{"id__lt": 10}'')) p ON p.author_id = a.id');
SELECT same('SELECT a.name FROM authors a WHERE a.id IN (SELECT p.author_id FROM corm.rows(NULL::posts, corm.filter(''Post'', ''{"id__lt": 10}'')) p)');
SELECT same('SELECT a.name, (SELECT count(*) FROM corm.rows(NULL::posts, ''Post'') p WHERE p.author_id = a.id) FROM authors a');
SELECT same('WITH w AS (SELECT * FROM corm.rows(NULL::posts, ''Post'') p) SELECT count(*) FROM w');
SELECT same('SELECT author_id, sum(views) FROM corm.rows(NULL::posts, ''Post'') p GROUP BY 1 HAVING sum(views) > 2000');
-- the outer query updates, inserts, deletes
BEGIN;
UPDATE posts SET title = 'x' FROM corm.rows(NULL::posts, corm.filter('Post', '{"id__lt": 4}')) p WHERE p.id = posts.id;
INSERT INTO authors (id, name) SELECT p.id + 1000, p.title FROM corm.rows(NULL::posts, corm.filter('Post', '{"title": "x"}')) p;
DELETE FROM posts USING corm.rows(NULL::posts, corm.filter('Post', '{"title": "x"}')) p WHERE p.id = posts.id;
SELECT (SELECT count(*) FROM authors WHERE name = 'x'), (SELECT count(*) FROM posts);
SELECT p.id FROM corm.rows(NULL::posts, 'Post') p WHERE p.id = 4 FOR UPDATE;
ROLLBACK;

-- ---------- what is not ----------

SELECT is_call('SELECT * FROM corm.rows(NULL::posts, ''Post'') WITH ORDINALITY p', true);
SELECT is_call('SELECT * FROM ROWS FROM (corm.rows(NULL::posts, ''Post''), generate_series(1, 2)) p', true);
SELECT is_call('SELECT * FROM authors a, corm.rows(NULL::posts, corm.relation(a, ''posts'')) p', true);
SELECT is_call('SELECT corm.rows(NULL::posts, ''Post'')', true);
SELECT is_call('SELECT * FROM corm.rows(NULL::posts, NULL) p', true);
SELECT same('SELECT * FROM corm.rows(NULL::posts, ''Post'') WITH ORDINALITY p (id, title, author_id, views, n)', true);
SELECT same('SELECT * FROM ROWS FROM (corm.rows(NULL::posts, ''Post''), generate_series(1, 500)) p', true);
SELECT same('SELECT a.name, p.title FROM authors a, corm.rows(NULL::posts, corm.relation(a, ''posts'')) p', true);
-- a typed key is read when the query runs
SELECT same('SELECT c.name FROM corm.rows(NULL::categories, corm.relation(''Post'', 7, ''categories'')) c', true);
SELECT same('SELECT corm.rows(NULL::posts, ''Post''), p.id FROM corm.rows(NULL::posts, ''Post'') p WHERE p.id < 3', true);
SELECT same('SELECT count(*) FROM corm.rows(NULL::posts, NULL) p', true);
SELECT same('SELECT v.q, p.title FROM (VALUES (''Post'')) v (q), corm.rows(NULL::posts, v.q::corm.queryset) p');
SELECT same('SELECT p.title FROM corm.rows(NULL::posts, corm.filter(''Post'', jsonb_build_object(''id'', (SELECT 3)))) p', true);
SELECT same('SELECT p.title FROM corm.rows(NULL::posts, corm.filter(''Post'', jsonb_build_object(''id__gt'', (random() * 0)::int))) p WHERE p.id = 5', true);
-- errors are the same
SELECT same('SELECT * FROM corm.rows(NULL::posts, ''Pots'') p');
SELECT same('SELECT * FROM corm.rows(NULL::posts, ''Author'') p', true);
SELECT same('SELECT * FROM corm.rows(NULL::posts, corm.filter(''Post'', ''{"titel": 1}'')) p');
SELECT same('SELECT * FROM corm.rows(NULL::posts, corm.filter(''Post'', ''{"id": "x"}'')) p');
SELECT same('SELECT * FROM corm.rows(NULL::posts, corm.fields(''Post'', ''id'')) p');
SELECT same('SELECT * FROM corm.rows(NULL::int, ''Post'') p', true);
SET corm.max_nodes = 2;
SELECT same('SELECT * FROM corm.rows(NULL::posts, corm.filter(''Post'', ''{"id": 1, "title": "a", "views": 2}'')) p');
RESET corm.max_nodes;

-- ---------- rights ----------

CREATE VIEW first_posts AS SELECT p.id, p.title FROM corm.rows(NULL::posts, corm.filter('t_inline.Post', '{"id__lte": 3}')) p;
GRANT USAGE ON SCHEMA t_inline TO regress_corm_inline;
GRANT SELECT ON first_posts TO regress_corm_inline;
PREPARE posts_of (bigint) AS SELECT p.id, p.title FROM corm.rows(NULL::posts, 'Post') p WHERE p.author_id = $1 AND p.id < 100 ORDER BY 1;
PREPARE in_full AS SELECT count(*) FROM corm.rows(NULL::t_inline.posts, 't_inline.Post') p;
SET plan_cache_mode = force_generic_plan;
EXECUTE posts_of (3);
SELECT * FROM first_posts ORDER BY id;
SET ROLE regress_corm_inline;
SELECT same('SELECT p.id FROM corm.rows(NULL::posts, ''Post'') p');
SELECT same('SELECT * FROM first_posts');
EXECUTE posts_of (3);
RESET ROLE;
-- not all columns
GRANT SELECT (id, title) ON posts TO regress_corm_inline;
SET ROLE regress_corm_inline;
SELECT same('SELECT p.id FROM corm.rows(NULL::posts, ''Post'') p');
RESET ROLE;
-- row-level security
GRANT SELECT ON posts TO regress_corm_inline;
ALTER TABLE posts ENABLE ROW LEVEL SECURITY;
CREATE POLICY p ON posts USING (id % 2 = 0);
EXECUTE posts_of (3);
SET ROLE regress_corm_inline;
SELECT same('SELECT p.id FROM corm.rows(NULL::posts, ''Post'') p');
SELECT same('SELECT * FROM first_posts');
EXECUTE posts_of (3);
RESET ROLE;
EXECUTE posts_of (3);
-- no way into the schema: the plan is not another role's
REVOKE USAGE ON SCHEMA t_inline FROM regress_corm_inline;
SET ROLE regress_corm_inline;
EXECUTE in_full;
RESET ROLE;
EXECUTE in_full;
SET ROLE regress_corm_inline;
EXECUTE in_full;
RESET ROLE;
ALTER TABLE posts DISABLE ROW LEVEL SECURITY;
REVOKE EXECUTE ON FUNCTION corm.rows FROM PUBLIC;
GRANT USAGE ON SCHEMA t_inline TO regress_corm_inline;
SET ROLE regress_corm_inline;
EXECUTE posts_of (3);
RESET ROLE;
GRANT EXECUTE ON FUNCTION corm.rows TO PUBLIC;

-- ---------- DDL between executions ----------

DROP VIEW first_posts;
PREPARE by_name AS SELECT p.id FROM corm.rows(NULL::posts, '{"model": "Post", "filter": {"author__name": "a3", "id__lt": 50}}') p ORDER BY 1;
PREPARE whole AS SELECT p FROM corm.rows(NULL::posts, '{"model": "Post", "filter": {"id": 3}}') p;
EXECUTE by_name;
EXECUTE whole;
SELECT corm.rename_relation('Post', 'author', 'writer');
EXECUTE by_name;
SELECT corm.foreign_key('Post', 'author', 'Author', columns => '{editor_id}', related_name => 'edited');
EXECUTE by_name;
UPDATE posts SET editor_id = 3 WHERE id = 9;
EXECUTE by_name;
EXECUTE whole;
ALTER TABLE posts RENAME COLUMN editor_id TO "Editor";
ALTER TABLE authors RENAME COLUMN name TO full_name;
EXECUTE by_name;
ALTER TABLE authors RENAME COLUMN full_name TO name;
EXECUTE by_name;
SELECT corm.rename_model('Post', 'Article');
EXECUTE by_name;
SELECT corm.rename_model('Article', 'Post');
EXECUTE by_name;
ALTER TABLE posts ALTER COLUMN views TYPE int;
EXECUTE whole;
ALTER TABLE posts DROP COLUMN views;
EXECUTE whole;
ALTER TABLE posts ADD COLUMN rating int DEFAULT 9;
EXECUTE whole;
ALTER TABLE posts ALTER COLUMN title TYPE varchar(40);
EXECUTE whole;
ALTER TABLE posts RENAME TO articles;
EXECUTE by_name;
ALTER TABLE articles RENAME TO posts;
-- another model of the name comes first in the search_path
CREATE SCHEMA t_inline_2;
CREATE TABLE t_inline_2.posts (id bigint PRIMARY KEY);
SELECT corm.register_model('t_inline_2.posts', 'Post');
SET search_path = t_inline_2, t_inline;
EXECUTE whole;
SET search_path = t_inline;
EXECUTE whole;
SELECT corm.drop_model('Post');
EXECUTE whole;
DEALLOCATE ALL;
RESET plan_cache_mode;
RESET corm.inline_rows;

SELECT corm.drop_model('t_inline_2.Post', true), corm.drop_model('Author'), corm.drop_model('Category');
DELETE FROM corm.model m USING pg_class c WHERE c.oid = m.table_name AND relnamespace = 't_inline'::regnamespace;
SET client_min_messages = warning;
DROP SCHEMA t_inline, t_inline_2 CASCADE;
DROP ROLE regress_corm_inline;
