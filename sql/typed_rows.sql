-- Relations in FROM: corm.rows over corm.relation of a row, joined, filtered,
-- ordered, grouped and written from as any table is, beside plain joins.
CREATE SCHEMA corm_typed_rows;
SET search_path = corm_typed_rows;
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
-- Do the two queries return the same rows in the same order?
CREATE FUNCTION same(one text, other text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE got jsonb; wanted jsonb;
BEGIN
	EXECUTE 'SELECT jsonb_agg(to_jsonb(s)) FROM (' || one || ') s' INTO got;
	EXECUTE 'SELECT jsonb_agg(to_jsonb(s)) FROM (' || other || ') s' INTO wanted;
	RETURN CASE WHEN got IS DISTINCT FROM wanted THEN format(E'WRONG:\n%s\n%s', got, wanted) ELSE 'same ' || coalesce(jsonb_array_length(wanted), 0) END;
END
$$;

--
-- Every kind of relation, row by row
--
SELECT same('SELECT p.id, c.id AS category, c.name FROM posts p, corm.rows(NULL::categories, corm.relation(p, ''categories'')) c ORDER BY p.id, c.id',
	'SELECT p.id, c.id AS category, c.name FROM posts p JOIN post_categories l ON l.post_id = p.id JOIN categories c ON c.id = l.category_id ORDER BY p.id, c.id');
SELECT same('SELECT c.name, p.title FROM categories c, corm.rows(NULL::posts, corm.relation(c, ''posts'')) p ORDER BY c.id, p.id',
	'SELECT c.name, p.title FROM categories c JOIN post_categories l ON l.category_id = c.id JOIN posts p ON p.id = l.post_id ORDER BY c.id, p.id');
SELECT same('SELECT p.id, c.* FROM posts p, corm.rows(NULL::comments, corm.relation(p, ''comments'')) c ORDER BY p.id, c.id', 'SELECT c.post_id AS id, c.* FROM comments c ORDER BY c.post_id, c.id');
SELECT same('SELECT p.id, a.name FROM posts p, corm.rows(NULL::authors, corm.relation(p, ''author'')) a ORDER BY p.id', 'SELECT p.id, a.name FROM posts p JOIN authors a ON a.id = p.author_id ORDER BY p.id');
SELECT same('SELECT a.id, pr.bio FROM authors a, corm.rows(NULL::profiles, corm.relation(a, ''profile'')) pr ORDER BY a.id', 'SELECT a.id, pr.bio FROM authors a JOIN profiles pr ON pr.author_id = a.id ORDER BY a.id');
SELECT same('SELECT a.name, s.name AS staff, b.name AS boss FROM authors a, corm.rows(NULL::authors, corm.relation(a, ''staff'')) s, corm.rows(NULL::authors, corm.relation(s, ''boss'')) b ORDER BY a.id, s.id',
	'SELECT b.name, s.name AS staff, b.name AS boss FROM authors s JOIN authors b ON b.id = s.boss_id ORDER BY b.id, s.id');
-- a pair that is linked twice, or read from both ends, is one
SELECT same('SELECT c.id, m.id AS member FROM clubs c, corm.rows(NULL::authors, corm.relation(c, ''members'')) m ORDER BY c.id, m.id',
	'SELECT DISTINCT l.club_id AS id, l.author_id AS member FROM memberships l WHERE l.club_id + l.author_id IS NOT NULL ORDER BY 1, 2');
SELECT same('SELECT a.id, f.id AS friend FROM authors a, corm.rows(NULL::authors, corm.relation(a, ''friends'')) f ORDER BY a.id, f.id',
	'SELECT from_author_id AS id, to_author_id AS friend FROM authors_authors UNION SELECT to_author_id, from_author_id FROM authors_authors ORDER BY 1, 2');

--
-- Conditions, orders and limits, inside and outside
--
SELECT same($$SELECT p.id, c.name FROM posts p, corm.rows(NULL::categories, corm.relation(p, 'categories')) c WHERE c.name = 'Tech' AND p.views > 10 ORDER BY p.id$$,
	$$SELECT p.id, c.name FROM posts p JOIN post_categories l ON l.post_id = p.id JOIN categories c ON c.id = l.category_id WHERE c.name = 'Tech' AND p.views > 10 ORDER BY p.id$$);
SELECT same($$SELECT p.id, c.name FROM posts p, corm.rows(NULL::categories, corm.relation(p, 'categories', '{"PostCategory__position__gte": 2}')) c ORDER BY p.id, c.id$$,
	$$SELECT p.id, c.name FROM posts p JOIN post_categories l ON l.post_id = p.id AND l.position >= 2 JOIN categories c ON c.id = l.category_id ORDER BY p.id, c.id$$);
SELECT same($$SELECT a.id, p.title FROM authors a, corm.rows(NULL::posts, corm.relation(a, 'posts', jsonb_build_object('title__startswith', 'S', 'comments__author__ne', a.id))) p ORDER BY a.id, p.id$$,
	$$SELECT a.id, p.title FROM authors a JOIN posts p ON p.author_id = a.id WHERE p.title LIKE 'S%' AND EXISTS (SELECT FROM comments c WHERE c.post_id = p.id AND c.author_id IS DISTINCT FROM a.id) ORDER BY a.id, p.id$$);
SELECT same($$SELECT p.id, c.n, c.id AS comment FROM posts p, ROWS FROM (corm.rows(NULL::comments, corm.relation(p, 'comments', order_by => '{-body,id}', limit_count => 2))) WITH ORDINALITY c(id, body, post_id, author_id, parent_id, n) ORDER BY p.id, c.n$$,
	$$SELECT p.id, c.n, c.id AS comment FROM posts p, LATERAL (SELECT id, row_number() OVER (ORDER BY body DESC, id) AS n FROM comments WHERE post_id = p.id ORDER BY n LIMIT 2) c ORDER BY p.id, c.n$$);
SELECT same($$SELECT a.id, (SELECT p.title FROM corm.rows(NULL::posts, corm.relation(a, 'posts', order_by => '{-views}', limit_count => 1)) p) AS best FROM authors a ORDER BY a.id$$,
	'SELECT a.id, (SELECT title FROM posts WHERE author_id = a.id ORDER BY views DESC, id LIMIT 1) AS best FROM authors a ORDER BY a.id');
-- modifiers apply to the relation of each row
SELECT same($$SELECT p.id, t.name FROM posts p, corm.rows(NULL::tags, corm.exclude(corm.filter(corm.relation(p, 'tags'), '{"name__in": ["a", "b"]}'), '{"posts__count": 1}')) t ORDER BY p.id, t.name$$,
	$$SELECT l.post_id AS id, l.tag_name AS name FROM tags_posts l WHERE l.tag_name IN ('a', 'b') AND (SELECT count(*) FROM tags_posts k WHERE k.tag_name = l.tag_name) <> 1 ORDER BY 1, 2$$);

--
-- LEFT JOIN LATERAL, grouping, EXISTS, joins of several
--
SELECT same($$SELECT p.id, c.id AS comment, c.body FROM posts p LEFT JOIN LATERAL corm.rows(NULL::comments, corm.relation(p, 'comments')) c ON true ORDER BY p.id, c.id$$,
	'SELECT p.id, c.id AS comment, c.body FROM posts p LEFT JOIN comments c ON c.post_id = p.id ORDER BY p.id, c.id');
SELECT same($$SELECT p.id, c.id AS comment FROM posts p LEFT JOIN LATERAL corm.rows(NULL::comments, corm.relation(p, 'comments')) c ON c.body = 'good' ORDER BY p.id, c.id$$,
	$$SELECT p.id, c.id AS comment FROM posts p LEFT JOIN comments c ON c.post_id = p.id AND c.body = 'good' ORDER BY p.id, c.id$$);
SELECT same($$SELECT p.id, p.title, count(c.id), count(c) AS rows FROM posts p LEFT JOIN LATERAL corm.rows(NULL::categories, corm.relation(p, 'categories')) c ON true GROUP BY p.id ORDER BY p.id$$,
	'SELECT p.id, p.title, count(l.category_id), count(l) AS rows FROM posts p LEFT JOIN post_categories l ON l.post_id = p.id GROUP BY p.id ORDER BY p.id');
SELECT same($$SELECT a.name, sum(p.views), max(c.body) FROM authors a LEFT JOIN LATERAL corm.rows(NULL::posts, corm.relation(a, 'posts')) p ON true LEFT JOIN LATERAL corm.rows(NULL::comments, corm.relation(p, 'comments')) c ON true GROUP BY a.id ORDER BY a.id$$,
	'SELECT a.name, sum(p.views), max(c.body) FROM authors a LEFT JOIN posts p ON p.author_id = a.id LEFT JOIN comments c ON c.post_id = p.id GROUP BY a.id ORDER BY a.id');
SELECT same($$SELECT id FROM posts p WHERE EXISTS (SELECT FROM corm.rows(NULL::tags, corm.relation(p, 'tags')) t WHERE t.name = 'b') ORDER BY id$$,
	$$SELECT id FROM posts p WHERE EXISTS (SELECT FROM tags_posts l WHERE l.post_id = p.id AND l.tag_name = 'b') ORDER BY id$$);
SELECT same($$SELECT p.id, t.name, e.name AS editor FROM posts p, corm.rows(NULL::tags, corm.relation(p, 'tags')) t JOIN authors e ON true WHERE e.id = p.editor_id ORDER BY p.id, t.name$$,
	'SELECT p.id, t.name, e.name AS editor FROM posts p JOIN tags_posts l ON l.post_id = p.id JOIN tags t ON t.name = l.tag_name JOIN authors e ON e.id = p.editor_id ORDER BY p.id, t.name');
SELECT same($$SELECT p.id, c.id AS category FROM corm.rows(NULL::posts, corm.filter('Post', '{"views__gte": 10}')) p, corm.rows(NULL::categories, corm.relation(p, 'categories')) c ORDER BY p.id, c.id$$,
	'SELECT p.id, l.category_id AS category FROM posts p JOIN post_categories l ON l.post_id = p.id WHERE p.views >= 10 ORDER BY 1, 2');
-- the same relation without a call per row
SELECT same($$SELECT p.id FROM posts p WHERE p.id IN (SELECT corm.pluck(NULL::bigint, corm.filter('Comment', '{"body": "good"}'), 'post')) ORDER BY p.id$$,
	$$SELECT p.id FROM posts p WHERE p.id IN (SELECT post_id FROM comments WHERE body = 'good') ORDER BY p.id$$);

--
-- Rows at hand: not stored, none, of a view, in a CTE, as data of a statement
--
SELECT c.name FROM corm.rows(NULL::categories, corm.relation(ROW(1, 'x', 0, NULL, NULL)::posts, 'categories')) c ORDER BY c.id;
SELECT count(*) FROM corm.rows(NULL::categories, corm.relation(NULL::posts, 'categories'));
SELECT count(*) FROM corm.rows(NULL::categories, corm.relation(ROW(NULL, 'x', 0, NULL, NULL)::posts, 'categories'));
SELECT a.id, p.id, c.id FROM authors a LEFT JOIN posts p ON p.author_id = a.id AND p.id < 2 LEFT JOIN LATERAL corm.rows(NULL::comments, corm.relation(p, 'comments')) c ON true ORDER BY 1, 2, 3;
SELECT same($$WITH p AS MATERIALIZED (SELECT q FROM posts q WHERE views = 10) SELECT (p.q).id, c.id AS comment FROM p, corm.rows(NULL::comments, corm.relation(p.q, 'comments')) c ORDER BY 1, 2$$,
	'SELECT p.id, c.id AS comment FROM posts p JOIN comments c ON c.post_id = p.id WHERE p.views = 10 ORDER BY 1, 2');
CREATE TABLE copied AS SELECT p.id, c.name FROM posts p, corm.rows(NULL::categories, corm.relation(p, 'categories')) c;
SELECT same('SELECT * FROM copied ORDER BY id, name', 'SELECT l.post_id AS id, c.name FROM post_categories l JOIN categories c ON c.id = l.category_id ORDER BY 1, 2');
UPDATE posts p SET views = -1 FROM corm.rows(NULL::posts, corm.filter('Post', '{"categories__name": "Old"}')) o WHERE o.id = p.id;
SELECT id FROM posts WHERE views = -1;
CREATE VIEW tagged AS SELECT p.id, t.name FROM posts p, corm.rows(NULL::tags, corm.relation(p, 'tags')) t;
SELECT same('SELECT * FROM tagged ORDER BY id, name', 'SELECT post_id AS id, tag_name AS name FROM tags_posts ORDER BY 1, 2');
PREPARE by_title(text) AS SELECT c.id FROM posts p, corm.rows(NULL::comments, corm.relation(p, 'comments')) c WHERE p.title = $1 ORDER BY c.id;
EXECUTE by_title('SQL');
EXECUTE by_title('C');

--
-- What is refused
--
SELECT try($$SELECT c FROM posts p, corm.rows(NULL::tags, corm.relation(p, 'categories')) c$$);
SELECT try($$SELECT c FROM posts p, corm.rows(NULL::tags, corm.relation(p, 'categoris')) c$$);
SELECT try($$SELECT c FROM posts p, corm.rows(NULL::tags, corm.relation(p.id, 'tags')) c$$);
SELECT try($$SELECT c FROM posts p, corm.rows(NULL::categories, corm.relation(p, 'title')) c$$);
SELECT try($$SELECT c FROM posts p, corm.rows(NULL::int, corm.relation(p, 'tags')) c$$);
SELECT try($$SELECT c FROM copied p, corm.rows(NULL::tags, corm.relation(p, 'tags')) c$$);
SELECT try($$SELECT c FROM posts p, corm.rows(NULL::comments, corm.relation(p, 'comments', fields => '{id}')) c$$);
SELECT try($$SELECT c FROM posts p, corm.rows(NULL::comments, corm.relation(p, 'comments', prefetch_related => '["author"]')) c$$);
CREATE ROLE regress_corm_typed;
GRANT USAGE ON SCHEMA corm_typed_rows TO regress_corm_typed;
GRANT SELECT ON posts, categories TO regress_corm_typed;
SET ROLE regress_corm_typed;
SELECT try($$SELECT c FROM posts p, corm.rows(NULL::categories, corm.relation(p, 'categories')) c$$);
SELECT try($$SELECT c FROM posts p, corm.rows(NULL::comments, corm.relation(p, 'comments')) c$$);
RESET ROLE;

REVOKE ALL ON posts, categories FROM regress_corm_typed;
REVOKE ALL ON SCHEMA corm_typed_rows FROM regress_corm_typed;
DROP ROLE regress_corm_typed;
DROP SCHEMA corm_typed_rows CASCADE;
