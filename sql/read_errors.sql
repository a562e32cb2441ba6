-- Every way in which reading fails: the SQLSTATE, what failed and where, what
-- there is instead, and the level in CONTEXT.
-- What is reported where the event triggers have not followed.
SELECT CASE evtenabled WHEN 'D' THEN 'DISABLE' ELSE 'ENABLE' END AS found FROM pg_event_trigger WHERE evtname = 'corm_sql_drop' \gset
ALTER EVENT TRIGGER corm_sql_drop DISABLE;
ALTER EVENT TRIGGER corm_ddl_command_end DISABLE;
CREATE SCHEMA corm_read_errors;
SET search_path = corm_read_errors;
SET timezone = 'UTC';
SET client_min_messages = warning;
DROP ROLE IF EXISTS regress_corm_reader;
RESET client_min_messages;
CREATE ROLE regress_corm_reader;
\pset format unaligned
\pset tuples_only on
-- Shows the result of a statement, or its error as "SQLSTATE message", detail
-- and hint.
CREATE FUNCTION try(statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	result text; state text; message text; detail text; hint text;
BEGIN
	EXECUTE statement INTO result;
	RETURN coalesce(result, '(null)');
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE, message = MESSAGE_TEXT,
		detail = PG_EXCEPTION_DETAIL, hint = PG_EXCEPTION_HINT;
	RETURN state || ' ' || message
		|| CASE WHEN detail <> '' THEN E'\n  ' || detail ELSE '' END
		|| CASE WHEN hint <> '' THEN E'\n  ' || hint ELSE '' END;
END
$$;
-- The same, with the lines of CONTEXT that corm wrote.
CREATE FUNCTION context_of(statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	state text; message text; context text;
BEGIN
	EXECUTE statement;
	RETURN 'no error';
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE, message = MESSAGE_TEXT, context = PG_EXCEPTION_CONTEXT;
	RETURN state || ' ' || message || E'\n  ' ||
		(SELECT string_agg(line, ' < ' ORDER BY n) FROM regexp_split_to_table(context, '\n') WITH ORDINALITY AS s(line, n) WHERE line ~ '^(loading|reading|running) ');
END
$$;
SELECT corm.create_model('Author', '{"name": "text", "email": "text", "boss": {"foreign_key": "Author", "related_name": "staff"}}');
SELECT corm.create_model('Profile', '{"bio": "text", "author": {"foreign_key": "Author", "one_to_one": true, "related_name": "profile"}}');
SELECT corm.create_model('Post', '{"title": "text", "views": "int", "author": {"foreign_key": "Author"}, "editor": {"foreign_key": "Author", "related_name": "edited"}}');
SELECT corm.create_model('Comment', '{"body": "text", "post": {"foreign_key": "Post", "nullable": false}, "author": {"foreign_key": "Author"}, "parent": {"foreign_key": "Comment", "related_name": "replies"}}');
SELECT corm.create_model('Category', '{"name": "text"}', 'categories');
SELECT corm.create_model('PostCategory', '{"id": {"type": "int", "primary_key": true}, "post": {"foreign_key": "Post", "nullable": false, "related_name": "links"}, "category": {"foreign_key": "Category", "nullable": false, "related_name": "links"}, "position": "int", "note": "text", "added_by": {"foreign_key": "Author", "related_name": "added_links"}}', 'post_categories');
ALTER TABLE post_categories ADD UNIQUE (post_id, category_id);
SELECT corm.many_to_many('Post', 'categories', 'Category', through => 'PostCategory', related_name => 'posts');
SELECT corm.create_model('Tag', '{"name": {"type": "text", "primary_key": true}, "posts": {"many_to_many": "Post", "related_name": "tags"}}');
SELECT corm.many_to_many('Author', 'friends', 'Author', symmetrical => true);
SELECT corm.many_to_many('Author', 'follows', 'Author', related_name => 'followers');
-- a club may have the same member several times
SELECT corm.create_model('Club', '{"name": "text"}');
SELECT corm.create_model('Membership', '{"id": {"type": "int", "primary_key": true}, "club": {"foreign_key": "Club", "related_name": "memberships"}, "author": {"foreign_key": "Author", "related_name": "memberships"}, "role": "text", "since": "int"}');
SELECT corm.many_to_many('Club', 'members', 'Author', through => 'Membership', related_name => 'clubs');
INSERT INTO authors (id, name, email, boss_id) VALUES (1, 'Ann', 'ann@x', NULL), (2, 'Bob', NULL, 1), (3, 'Cid', 'cid@x', 1), (4, 'Dan', NULL, 2), (5, 'Eve', 'eve@x', 5);
INSERT INTO profiles (id, bio, author_id) VALUES (1, 'writes', 1), (2, NULL, 2), (3, 'nobody''s', NULL);
INSERT INTO posts (id, title, views, author_id, editor_id) VALUES
	(1, 'SQL', 10, 1, 2), (2, 'JSON', 20, 1, 1), (3, 'SQL/JSON', NULL, 2, NULL), (4, 'C', 5, NULL, 1), (5, 'Make', 10, 3, 3), (6, 'Empty', 0, NULL, NULL);
INSERT INTO comments (id, body, post_id, author_id, parent_id) VALUES
	(1, 'good', 1, 2, NULL), (2, 'bad', 1, 3, 1), (3, 'good', 2, 1, NULL), (4, NULL, 2, NULL, NULL), (5, 'bad', 3, 2, NULL), (6, 'ugly', 4, NULL, NULL), (7, 'thanks', 1, 1, 2);
INSERT INTO categories (id, name) VALUES (1, 'News'), (2, 'Tech'), (3, 'Old'), (4, NULL);
INSERT INTO post_categories (id, post_id, category_id, position, note, added_by_id) VALUES
	(11, 1, 1, 1, 'first', 1), (12, 1, 2, 2, NULL, 2), (13, 2, 2, 1, 'second', NULL), (14, 3, 3, 5, 'first', 1), (15, 3, 4, NULL, NULL, NULL), (16, 4, 1, 2, 'x', 3);
INSERT INTO tags VALUES ('a'), ('b'), ('c');
INSERT INTO tags_posts (tag_name, post_id) VALUES ('a', 1), ('a', 2), ('b', 1), ('b', 5);
INSERT INTO authors_authors (from_author_id, to_author_id) VALUES (1, 2), (1, 3), (3, 3), (2, 4);
INSERT INTO authors_authors_follows (from_author_id, to_author_id) VALUES (1, 2), (2, 1), (3, 1), (4, 4);
INSERT INTO clubs (id, name) VALUES (1, 'chess'), (2, 'choir'), (3, 'empty');
INSERT INTO memberships (id, club_id, author_id, role, since) VALUES
	(1, 1, 1, 'member', 2000), (2, 1, 1, 'chair', 2005), (3, 1, 2, 'member', 2001), (4, 2, 2, 'chair', 2003), (5, 2, NULL, 'ghost', 2010), (6, NULL, 3, 'lost', 2011), (7, 2, 2, 'member', 1999);

--
-- 42704: no such model, by every verb
--
SELECT try(format('SELECT corm.%s(''Pots'')', v)) FROM unnest('{all,list,get,get_or_none,first,last,count,exists,sql}'::text[]) v;
SELECT try(t) FROM unnest(ARRAY[$$SELECT corm.list('post')$$, $$SELECT corm.list('posts')$$, $$SELECT corm.list('Nothing like it')$$, $$SELECT corm.list('corm_read_errors.Pots')$$, $$SELECT corm.list('nowhere.Post')$$,
	$$SELECT corm.list('public.Post')$$, $$SELECT corm.list('pg_temp.Post')$$, $$SELECT corm.count('"Post"')$$, $$SELECT corm.count('"corm_read_errors"."Post"')$$, $$SELECT corm.list('a.b.Post')$$, $$SELECT corm.list('.Post')$$, $$SELECT corm.list('corm_read_errors.')$$,
	$$SELECT corm.rows(NULL::posts, 'Pots')$$, $$SELECT corm.related('Pots', 1, 'comments')$$, $$SELECT corm.related('Pots', '1', 'comments')$$, $$SELECT corm.prefetch('Pots', '{1}'::int[], 'comments')$$]) t;
-- names bind when a verb runs, by the search_path of that moment
SET search_path = pg_catalog;
SELECT corm_read_errors.try($$SELECT corm.list('Post')$$);
SELECT corm.count('corm_read_errors.Post');
SET search_path = corm_read_errors;
-- a table that is no model
CREATE TABLE strays (id int PRIMARY KEY);
SELECT try(t) FROM unnest(ARRAY[$$SELECT corm.list('strays')$$, $$SELECT corm.rows(NULL::strays, '{}')$$, $$SELECT corm.list(corm.relation(s, 'posts')) FROM (SELECT NULL::strays AS s) x$$, $$SELECT corm.list(corm.relation(ROW(1)::strays, 'posts'))$$]) t;

--
-- 42703: no such column or relation, in every place where a path may stand
--
SELECT try(t) FROM unnest(ARRAY[$$SELECT corm.list('Post', '{"titel": 1}')$$, $$SELECT corm.count('Post', '{"author__nmae": 1}')$$, $$SELECT corm.exists('Post', '{"NOT": {"OR": [{"title": 1}, {"comments__author__nmae": 1}]}}')$$,
	$$SELECT corm.get(corm.exclude('Post', '{"titel": 1}'))$$, $$SELECT corm.first(corm.order_by('Post', '-titel'))$$, $$SELECT corm.list(corm.select_related('Post', 'auhtor'))$$, $$SELECT corm.list(corm.prefetch_related('Post', 'comments__auhtor'))$$,
	$$SELECT corm.list(corm.prefetch_related('Post', jsonb '{"comments": {"filter": {"bdoy": 1}}}'))$$, $$SELECT corm.list(corm.fields('Post', 'titel'))$$, $$SELECT corm.list(corm.fields('Post', 'author'))$$, $$SELECT corm.list(corm.exclude_fields('Post', 'titel'))$$,
	$$SELECT corm.related('Post', 1, 'coments')$$, $$SELECT corm.related('Post', 1, 'title')$$, $$SELECT corm.related('Post', 1, '')$$, $$SELECT corm.related('Post', 1, 'author__posts')$$, $$SELECT corm.related('Post', 1, 'comments', '{"titel": 1}')$$, $$SELECT corm.prefetch('Post', '{1}'::int[], 'title')$$]) t;

--
-- 22023: lookups, options and values
--
SELECT try(t) FROM unnest(ARRAY[$$SELECT corm.list('Post', '{"title__contain": 1}')$$, $$SELECT corm.list('Post', '{"author__name__like": 1}')$$, $$SELECT corm.list('Post', '{"views__in": 1}')$$, $$SELECT corm.list('Post', '{"views__gt": null}')$$,
	$$SELECT corm.list('Post', '{"author": {"name": "Ann"}}')$$, $$SELECT corm.list('Post', '{"categories__PostCategory": 1}')$$, $$SELECT corm.list('{"model": "Post", "filtre": {}}')$$, $$SELECT corm.list('{"model": "Post", "limit": "5"}')$$, $$SELECT corm.list('Post', '3')$$,
	$$SELECT corm.list('Post', '[1]')$$, $$SELECT corm.list('Post', '{"AND": {}}')$$, $$SELECT corm.last(corm.limit('Post', 1))$$, $$SELECT corm.sql('Post', 'delete')$$, $$SELECT corm.list(corm.select_related('Post', 'title'))$$, $$SELECT corm.list('{"limit": 1}')$$]) t;

--
-- 22P02, 22003, 22008: what is no value of the column's type
--
SELECT try(t) FROM unnest(ARRAY[$$SELECT corm.list('Post', '{"id": "one"}')$$, $$SELECT corm.list('Post', '{"views": 5000000000}')$$, $$SELECT corm.related('Post', 'one', 'comments')$$, $$SELECT corm.related('Post', '{"id": 1}', 'comments')$$, $$SELECT corm.related('Post', '[1]', 'comments')$$,
	$$SELECT corm.list('{"model": }')$$]) t;

--
-- 42804: rows of the wrong model
--
SELECT try(t) FROM unnest(ARRAY[$$SELECT corm.rows(NULL::posts, 'Author')$$, $$SELECT corm.rows(NULL::posts, corm.relation('Post', 1, 'comments'))$$, $$SELECT corm.rows(NULL::text, 'Post')$$, $$SELECT corm.related('Post', a, 'comments') FROM authors a WHERE id = 1$$, $$SELECT corm.relation(1, 'comments')$$]) t;
-- a domain has conditions of its own
CREATE DOMAIN post_row AS posts;
SELECT try($$SELECT corm.rows(NULL::post_row, 'Post')$$);
DROP DOMAIN post_row;
-- a right one
SELECT r.id FROM corm.rows(NULL::comments, corm.relation('Post', 1, 'comments')) r ORDER BY 1;

--
-- P0002, P0003
--
SELECT try(t) FROM unnest(ARRAY[$$SELECT corm.get('Post', '{"id": 0}')$$, $$SELECT corm.get('Post')$$, $$SELECT corm.get(corm.relation('Post', 1, 'comments'), '{"body": "x"}')$$, $$SELECT corm.get(corm.relation('Post', 1, 'comments'))$$, $$SELECT corm.get(corm.relation('Post', 99, 'comments'))$$, $$SELECT corm.get(corm.relation('Post', NULL::int, 'comments'))$$]) t;

--
-- CONTEXT names the level
--
SELECT context_of(t) FROM unnest(ARRAY[$$SELECT corm.list('Post', '{"id": "one"}')$$, $$SELECT corm.list('Post', '{"author__in": [1, "x"]}')$$, $$SELECT corm.list(corm.prefetch_related('Author', jsonb '{"posts": {"filter": {"views": "x"}}}'))$$]) t;
CREATE VIEW broken AS SELECT id, post_id, 1 / (id - 3) AS ratio FROM comments;
SELECT corm.register_model('broken', 'Broken', key => '{id}');
SELECT context_of(t) FROM unnest(ARRAY[$$SELECT corm.list('Broken')$$, $$SELECT corm.all('Broken')$$, $$SELECT object FROM corm.all('Broken')$$, $$SELECT corm.count('Broken', '{"ratio": 1}')$$, $$SELECT corm.exists('Broken', '{"ratio__gt": 5}')$$, $$SELECT * FROM corm.rows(NULL::broken, 'Broken')$$]) t;

--
-- 42702: a column that came later and bears a relation's name
--
ALTER TABLE posts ADD COLUMN comments int;
SELECT corm.count('Post'), corm.count('Post', '{"title": "SQL"}'), corm.count('Comment', '{"post__author": 1}');
SELECT try(t) FROM unnest(ARRAY[$$SELECT corm.list('Post', '{"comments": 1}')$$, $$SELECT corm.list('Post', '{"comments__body": "x"}')$$, $$SELECT corm.list(corm.prefetch_related('Post', 'comments'))$$, $$SELECT corm.list(corm.order_by('Post', 'comments__id'))$$, $$SELECT corm.list('Author', '{"posts__comments__body": "x"}')$$]) t;
SELECT corm.rename_relation('Post', 'comments', 'remarks');
SELECT corm.count('Post', '{"comments": null}'), corm.count('Post', '{"remarks__body": "good"}');
ALTER TABLE posts DROP COLUMN comments;
SELECT corm.rename_relation('Post', 'remarks', 'comments');

--
-- 42P09: a name that a move between schemas gave to two models
--
CREATE SCHEMA corm_read_errors_2;
SET search_path = corm_read_errors_2;
SELECT corm.create_model('Tag', '{"label": "text"}', 'labels');
SET search_path = corm_read_errors;
SELECT corm.count('Tag'), corm.count('corm_read_errors_2.Tag');
ALTER TABLE corm_read_errors_2.labels SET SCHEMA corm_read_errors;
SELECT try(t) FROM unnest(ARRAY[$$SELECT corm.count('Tag')$$, $$SELECT corm.count('corm_read_errors.Tag')$$, $$SELECT corm.count('corm_read_errors_2.Tag')$$]) t;
-- relations know tables, not names
SELECT corm.count('Post', '{"tags": "a"}');
ALTER TABLE labels SET SCHEMA corm_read_errors_2;
SELECT corm.count('Tag');
DROP SCHEMA corm_read_errors_2 CASCADE;

--
-- A relation whose constraint has gone
--
ALTER TABLE profiles DROP CONSTRAINT profiles_author_id_fkey;
SELECT try(t) FROM unnest(ARRAY[$$SELECT corm.list('Profile', '{"author__name": "x"}')$$, $$SELECT corm.list(corm.select_related('Author', 'profile'))$$, $$SELECT corm.related('Author', 1, 'profile')$$, $$SELECT corm.list(corm.order_by('Profile', 'author'))$$]) t;
SELECT corm.count('Profile'), corm.count('Profile', '{"author_id": 1}');
ALTER TABLE profiles ADD FOREIGN KEY (author_id) REFERENCES authors;
SELECT corm.count('Profile', '{"author__name": "Ann"}');
-- one whose table has gone is not there any more
DROP TABLE tags_posts;
SELECT try($$SELECT corm.list('Post', '{"tags": "a"}')$$);
-- of a one-to-one that lost its key the far end is to-many
ALTER TABLE profiles DROP CONSTRAINT profiles_author_id_key;
SELECT corm.get(corm.fields(corm.prefetch_related('Author', '{"profile": {"fields": ["id"]}}'), 'id'), '{"id": 1}');

--
-- 42501: the caller's privileges, at every level; hints name what may be read
--
GRANT USAGE ON SCHEMA corm_read_errors TO regress_corm_reader;
GRANT SELECT ON posts TO regress_corm_reader;
GRANT SELECT (id, body, post_id) ON comments TO regress_corm_reader;
SET ROLE regress_corm_reader;
SELECT corm.get('Post', '{"id": 1}');
SELECT try(t) FROM unnest(ARRAY[$$SELECT corm.list('Author')$$, $$SELECT corm.list(corm.select_related('Post', 'author'))$$, $$SELECT corm.list('Comment')$$, $$SELECT corm.list(corm.prefetch_related('Post', 'comments'))$$, $$SELECT corm.list(corm.fields('Comment', 'id', 'author_id'))$$,
	$$SELECT corm.count('Comment', '{"author": 1}')$$, $$SELECT corm.count('Post', '{"author__name": "x"}')$$, $$SELECT corm.count('Author')$$, $$SELECT corm.list(corm.order_by(corm.fields('Comment', 'id'), 'author'))$$, $$SELECT * FROM corm.rows(NULL::comments, 'Comment')$$, $$SELECT corm.list(corm.prefetch_related('Post', 'categories'))$$]) t;
-- what may be read is read
SELECT corm.list(corm.fields('Comment', 'id', 'body'), '{"post": 1}'), corm.count('Comment', '{"post__title": "SQL"}'), corm.count('Post', '{"author": 1}');
SELECT corm.get(corm.fields(corm.prefetch_related('Post', '{"comments": {"fields": ["id"]}}'), 'id'), '{"id": 1}');
-- hints do not tell of more
SELECT try(t) FROM unnest(ARRAY[$$SELECT corm.list('Comment', '{"bdoy": 1}')$$, $$SELECT corm.list('Comment', '{"auhtor_id": 1}')$$, $$SELECT corm.list('Author', '{"nmae": 1}')$$, $$SELECT corm.list('Post', '{"categoris": 1}')$$]) t;
RESET ROLE;
-- a kept plan does not outlive the right to use a schema
SET ROLE regress_corm_reader;
SELECT corm.count('corm_read_errors.Post');
RESET ROLE;
REVOKE USAGE ON SCHEMA corm_read_errors FROM regress_corm_reader;
SET ROLE regress_corm_reader;
SELECT corm.count('corm_read_errors.Post');
RESET ROLE;
GRANT USAGE ON SCHEMA corm_read_errors TO regress_corm_reader;
-- rows that a policy hides are not there: in roots, conditions and lists
ALTER TABLE posts ENABLE ROW LEVEL SECURITY;
CREATE POLICY short ON posts USING (length(title) < 5);
GRANT SELECT ON authors, categories, post_categories TO regress_corm_reader;
SET ROLE regress_corm_reader;
SELECT corm.count('Post'), corm.count('Author', '{"posts__isnull": false}'), corm.count('Comment', '{"post__title": "SQL/JSON"}'), corm.count('Category', '{"posts": 3}'), corm.count('Category', '{"posts__isnull": false}');
SELECT corm.list(corm.fields(corm.prefetch_related('Author', '{"posts": {"fields": ["title"]}}'), 'id'));
SELECT corm.list(corm.fields(corm.select_related('Comment', 'post'), 'id'), '{"id": 5}'), corm.list(corm.fields(corm.prefetch_related('Category', '{"posts": {"fields": ["id"]}}'), 'id'));
RESET ROLE;
SELECT corm.count('Post'), corm.count('Category', '{"posts": 3}');

-- a condition that does not matter is read all the same
SELECT try($$SELECT corm.count('Post', '{"OR": [{}, {"titel": 1}]}')$$), try($$SELECT corm.count('Post', '{"NOT": {"OR": [], "titel": 1}}')$$), try($$SELECT corm.filter('Post', '{"OR": [{}, {"title__nope": 1}]}')$$);
SELECT corm.count('Post', '{"OR": [{}, {"title": "x"}]}') = corm.count('Post') AS all, corm.count('Post', '{"NOT": {"OR": [], "title": "x"}}') = corm.count('Post') AS all;

SET client_min_messages = warning;
DROP SCHEMA corm_read_errors CASCADE;
DROP ROLE regress_corm_reader;
ALTER EVENT TRIGGER corm_sql_drop :found;
ALTER EVENT TRIGGER corm_ddl_command_end :found;
