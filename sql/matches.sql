-- corm.matches: whether a row passes a filter, stored or not, beside conditions
-- written by hand.
CREATE SCHEMA corm_matches;
SET search_path = corm_matches;
SET timezone = 'UTC';
SET client_min_messages = warning;
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
-- Do the rows of posts that match pass the condition, those that do not fail it,
-- and does corm.count see as many?
CREATE FUNCTION same(filter jsonb, condition text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE wanted text; got text;
BEGIN
	EXECUTE 'SELECT string_agg(id::text, '','' ORDER BY id) FROM posts p WHERE ' || condition INTO wanted;
	SELECT string_agg(id::text, ',' ORDER BY id) INTO got FROM posts p WHERE corm.matches(p, filter);
	RETURN CASE WHEN got IS DISTINCT FROM wanted OR corm.count('Post', filter) <> (SELECT count(*) FROM posts p WHERE corm.matches(p, filter))
		THEN format('WRONG: %s, not %s', got, wanted) ELSE 'same ' || coalesce(got, 'none') END;
END
$$;

SELECT same('{"title": "SQL"}', $$title = 'SQL'$$);
SELECT same('{"views__gte": 10, "title__icontains": "s"}', $$views >= 10 AND title ILIKE '%s%'$$);
SELECT same('{"views": null}', 'views IS NULL'), same('{"views__ne": 10}', 'views IS DISTINCT FROM 10');
SELECT same('{"pk__in": [1, 3, 9]}', 'id IN (1, 3, 9)'), same('{"author": 1}', 'author_id = 1'), same('{"author__isnull": true}', 'author_id IS NULL');
SELECT same('{"author__name": "Ann"}', $$author_id IN (SELECT id FROM authors WHERE name = 'Ann')$$);
SELECT same('{"author__boss__name": "Ann", "editor": null}', $$author_id IN (SELECT id FROM authors WHERE boss_id = 1) AND editor_id IS NULL$$);
SELECT same('{"author__email": null}', 'NOT EXISTS (SELECT FROM authors a WHERE a.id = author_id AND a.email IS NOT NULL)');
SELECT same('{"comments__body": "good"}', $$EXISTS (SELECT FROM comments c WHERE c.post_id = p.id AND c.body = 'good')$$);
SELECT same('{"NOT": {"comments__body": "good"}}', $$NOT EXISTS (SELECT FROM comments c WHERE c.post_id = p.id AND c.body = 'good')$$);
SELECT same('[{"comments__body": "good"}, {"comments__body": "bad"}]', $$EXISTS (SELECT FROM comments c WHERE c.post_id = p.id AND c.body = 'good') AND EXISTS (SELECT FROM comments c WHERE c.post_id = p.id AND c.body = 'bad')$$);
SELECT same('{"comments__count__gte": 2}', '(SELECT count(*) FROM comments c WHERE c.post_id = p.id) >= 2');
SELECT same('{"comments__every": {"author__isnull": false}}', 'NOT EXISTS (SELECT FROM comments c WHERE c.post_id = p.id AND c.author_id IS NULL)');
SELECT same('{"categories__PostCategory__position__lt": 3, "categories__name": "Tech"}', $$EXISTS (SELECT FROM post_categories l JOIN categories c ON c.id = l.category_id WHERE l.post_id = p.id AND l.position < 3 AND c.name = 'Tech')$$);
SELECT same('{"tags": "a"}', $$EXISTS (SELECT FROM tags_posts l WHERE l.post_id = p.id AND l.tag_name = 'a')$$);
SELECT same('{"OR": [{"title": "C"}, {"tags__isnull": true, "views__gt": 5}]}', $$title = 'C' OR views > 5 AND NOT EXISTS (SELECT FROM tags_posts l WHERE l.post_id = p.id)$$);
SELECT same('{"views__F": "author__id"}', 'views = author_id'), same('{"editor__F": "author"}', 'editor_id = author_id');
SELECT same('{"author__boss__ancestors__name": "Ann"}', 'author_id IN (2, 3, 4)'), same('{"author__staff__descendants__name": "Dan"}', $$author_id IN (SELECT id FROM authors WHERE name IN ('Ann', 'Bob'))$$);
SELECT same('{}', 'true'), same('[]', 'true'), same('{"OR": []}', 'false'), same('{"id__in": []}', 'false');

--
-- NULL: no row has no answer, no filter asks nothing
--
SELECT corm.matches(NULL::posts, '{"title": "SQL"}') IS NULL, corm.matches(NULL::posts, NULL) IS NULL, corm.matches(p, NULL) AS all_pass FROM posts p WHERE id = 1;
SELECT a.id, corm.matches(pr, '{"bio": "writes"}') FROM authors a LEFT JOIN profiles pr ON pr.author_id = a.id WHERE a.id IN (1, 2, 4) ORDER BY a.id;
-- a row of NULLs is a row
SELECT corm.matches(ROW(NULL, NULL, NULL, NULL, NULL)::posts, '{"title": null}'), corm.matches(ROW(NULL, NULL, NULL, NULL, NULL)::posts, '{"comments__isnull": true}');

--
-- The values are those of the row, stored or not
--
SELECT corm.matches(ROW(99, 'new', 1, 2, NULL)::posts, '{"author__name": "Bob", "title": "new"}'), corm.matches(ROW(99, 'new', 1, 2, NULL)::posts, '{"comments__isnull": false}');
SELECT corm.matches(ROW(1, 'other', 1, 3, NULL)::posts, '{"title": "SQL"}') AS stored, corm.matches(ROW(1, 'other', 1, 3, NULL)::posts, '{"title": "other", "author": 3, "comments__body": "good"}') AS given;
-- ... and the way back leads to what is stored
SELECT corm.matches(ROW(1, 'other', 1, 1, NULL)::posts, '{"author__posts__title": "other"}'), corm.matches(ROW(1, 'other', 1, 1, NULL)::posts, '{"author__posts__title": "SQL"}');
CREATE FUNCTION guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	IF NOT corm.matches(NEW, TG_ARGV[0]::jsonb) THEN
		RAISE check_violation USING MESSAGE = format('%s refused', TG_TABLE_NAME);
	END IF;
	RETURN NEW;
END
$$;
CREATE TRIGGER guard BEFORE INSERT OR UPDATE ON posts FOR EACH ROW EXECUTE FUNCTION guard('{"author__email__isnull": false, "views__gte": 0}');
INSERT INTO posts (id, title, views, author_id) VALUES (10, 'by Ann', 1, 1);
SELECT try($$INSERT INTO posts (id, title, views, author_id) VALUES (11, 'by Bob', 1, 2)$$);
SELECT try($$INSERT INTO posts (id, title, views, author_id) VALUES (12, 'by Ann', -1, 1)$$);
SELECT try($$UPDATE posts SET author_id = 4 WHERE id = 10$$);
UPDATE posts SET views = 2 WHERE id = 10;
SELECT id, title, views FROM posts WHERE id >= 10;
DROP TRIGGER guard ON posts;
DELETE FROM posts WHERE id = 10;
-- old and new side by side
CREATE FUNCTION moved() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	RAISE NOTICE '% -> %', corm.matches(OLD, '{"author__name": "Ann"}'), corm.matches(NEW, '{"author__name": "Ann"}');
	RETURN NULL;
END
$$;
CREATE TRIGGER moved AFTER UPDATE ON posts FOR EACH ROW EXECUTE FUNCTION moved();
SET client_min_messages = notice;
UPDATE posts SET author_id = 2 WHERE id = 1;
UPDATE posts SET author_id = 1 WHERE id = 1;
SET client_min_messages = warning;
DROP TRIGGER moved ON posts;

--
-- Tables that change, tables with children
--
CREATE TABLE things (a int, id int PRIMARY KEY, b text COLLATE "C", gone int);
INSERT INTO things VALUES (1, 1, 'x', 7);
SELECT corm.register_model('things', 'Thing');
SELECT corm.matches(t, '{"a": 1, "b": "x"}'), corm.matches(t, '{"gone": 7}') FROM things t;
ALTER TABLE things DROP COLUMN gone, ADD COLUMN late text DEFAULT 'late';
SELECT corm.matches(t, '{"late": "late", "b": "x"}'), corm.matches(ROW(1, 2, 'y', NULL)::things, '{"late": null, "b": "y"}') FROM things t;
SELECT try($$SELECT corm.matches(t, '{"gone": 7}') FROM things t$$);
-- the same names for other columns: a kept plan does not know better
ALTER TABLE things RENAME COLUMN b TO c;
ALTER TABLE things RENAME COLUMN late TO b;
SELECT corm.matches(t, '{"a": 1, "b": "x"}'), corm.matches(t, '{"a": 1, "b": "late"}') FROM things t;
ALTER TABLE things DROP COLUMN a;
ALTER TABLE things ADD COLUMN a int DEFAULT 5;
SELECT corm.matches(t, '{"a": 1, "b": "late"}'), corm.matches(t, '{"a": 5, "b": "late"}') FROM things t;
ALTER TABLE things ALTER COLUMN a TYPE text;
SELECT corm.matches(t, '{"a": "5", "b": "late"}') FROM things t;
-- inheritance: the columns of a child stand elsewhere
CREATE TABLE base (id int PRIMARY KEY, name text);
CREATE TABLE kid (extra int, name text, id int NOT NULL);
ALTER TABLE kid INHERIT base;
CREATE TABLE grandkid (more int) INHERITS (kid);
SELECT corm.register_model('base', 'Base');
CREATE TABLE notes (id int PRIMARY KEY, base_id int REFERENCES base, body text);
SELECT corm.register_model('notes', 'Note'), corm.foreign_key('Note', 'base', 'Base', related_name => 'notes');
INSERT INTO base VALUES (1, 'b'); INSERT INTO kid VALUES (7, 'k', 2); INSERT INTO grandkid VALUES (8, 'g', 3, 9);
INSERT INTO notes VALUES (1, 1, 'n');
SELECT id, corm.matches(b, '{"name__in": ["b", "g"]}'), corm.matches(b, '{"notes__body": "n"}') FROM base b ORDER BY id;
SELECT id, corm.matches(k, '{"name": "k", "pk": 2}'), try('SELECT corm.matches(k, ''{"extra": 7}'') FROM kid k') FROM kid k ORDER BY id;
SELECT corm.matches(g, '{"name": "g", "pk": 3}') FROM grandkid g;
SELECT corm.register_model('kid', 'Kid');
SELECT corm.matches(k, '{"extra": 7}'), corm.matches(g, '{"extra": 8}') FROM kid k, grandkid g WHERE k.id = 2;
-- a partition, as a trigger of its sees it
CREATE TABLE parts (id int, kind text, word text, PRIMARY KEY (kind, id)) PARTITION BY LIST (kind);
CREATE TABLE parts_a (word text, id int NOT NULL, kind text NOT NULL);
ALTER TABLE parts ATTACH PARTITION parts_a FOR VALUES IN ('a');
SELECT corm.register_model('parts', 'Part');
CREATE TRIGGER guard BEFORE INSERT ON parts FOR EACH ROW EXECUTE FUNCTION guard('{"word": "yes"}');
INSERT INTO parts VALUES (1, 'a', 'yes');
SELECT try($$INSERT INTO parts VALUES (2, 'a', 'no')$$);
SELECT corm.matches(p, '{"pk": ["a", 1]}'), corm.matches(a, '{"word": "yes"}') FROM parts p, parts_a a;
-- a domain over a row type, a column's own collation, odd names, a view
CREATE DOMAIN thing AS things;
SELECT corm.matches(t::thing, '{"b": "late"}') FROM things t;
SELECT corm.matches(t, '{"c__lt": "y", "c__gt": "Y"}') FROM things t;
CREATE TABLE "Odd ""one" ("a b" int PRIMARY KEY, "q""q" text, "x__y" int);
SELECT corm.register_model('"Odd ""one"', 'OddOne');
SELECT corm.matches(ROW(1, 'v', 3)::"Odd ""one", '{"a b": 1, "\"q\"\"q\"": "v", "x__y__gt": 2}');
CREATE VIEW shown AS SELECT id, upper(title) AS loud FROM posts;
SELECT corm.register_model('shown', 'Shown', '{id}');
SELECT string_agg(id::text, ',' ORDER BY id) FROM shown s WHERE corm.matches(s, '{"loud__contains": "SQL"}');

--
-- What is refused
--
SELECT try($$SELECT corm.matches(1, '{}')$$);
SELECT try($$SELECT corm.matches('x'::text, '{}')$$);
SELECT try($$SELECT corm.matches(ROW(1, 'x'), '{}')$$);
SELECT try($$SELECT corm.matches(s, '{}') FROM (SELECT 1 AS id) s$$);
SELECT try($$SELECT corm.matches(NULL, '{}')$$);
SELECT try($$SELECT corm.matches(ARRAY[p], '{}') FROM posts p$$);
CREATE TABLE plain (id int);
CREATE TYPE loose AS (id int);
SELECT try($$SELECT corm.matches(NULL::plain, '{}')$$);
SELECT try($$SELECT corm.matches(NULL::loose, '{}')$$);
SELECT try($$SELECT corm.matches(p, '{"titel": 1}') FROM posts p$$);
SELECT try($$SELECT corm.matches(p, '{"author__titel": 1}') FROM posts p$$);
SELECT try($$SELECT corm.matches(p, '{"title__like": 1}') FROM posts p$$);
SELECT try($$SELECT corm.matches(p, '{"views": "many"}') FROM posts p$$);
SELECT try($$SELECT corm.matches(p, '"title"') FROM posts p$$);
SET corm.max_nodes = 2;
SELECT try($$SELECT corm.matches(p, '{"id": 1, "title": "a", "views": 1}') FROM posts p$$);
RESET corm.max_nodes;
-- a filter over the row's own columns reads no table; what relations lead to is
-- read with the caller's rights
CREATE ROLE regress_corm_matches;
GRANT USAGE ON SCHEMA corm_matches TO regress_corm_matches;
SET ROLE regress_corm_matches;
SELECT corm.matches(ROW(1, 'x', 1, 1, NULL)::posts, '{"title": "x", "author": 1}');
SELECT try($$SELECT corm.matches(ROW(1, 'x', 1, 1, NULL)::posts, '{"author__name": "Ann"}')$$);
SELECT try($$SELECT corm.matches(ROW(1, 'x', 1, 1, NULL)::posts, '{"comments__isnull": false}')$$);
RESET ROLE;
GRANT SELECT (id, post_id) ON comments TO regress_corm_matches;
ALTER TABLE comments ENABLE ROW LEVEL SECURITY;
CREATE POLICY second ON comments USING (post_id = 2);
SET ROLE regress_corm_matches;
SELECT corm.matches(ROW(1, 'x', 1, 1, NULL)::posts, '{"comments__isnull": false}'), corm.matches(ROW(2, 'x', 1, 1, NULL)::posts, '{"comments__isnull": false}');
RESET ROLE;
-- one kept plan for all rows; the level in errors
SELECT plans AS plans FROM corm.stats() \gset
SELECT count(*) FROM posts p WHERE corm.matches(p, '{"title__startswith": "S", "views__lt": 100}');
SELECT count(*) FROM posts p WHERE corm.matches(p, '{"title__startswith": "J", "views__lt": 10}');
SELECT plans - :plans AS new_plans FROM corm.stats();
SELECT corm.matches(p, '{"title__regex": "("}') FROM posts p;

\set VERBOSITY terse
REVOKE ALL ON comments FROM regress_corm_matches;
REVOKE ALL ON SCHEMA corm_matches FROM regress_corm_matches;
DROP ROLE regress_corm_matches;
DROP SCHEMA corm_matches CASCADE;
\set VERBOSITY default
