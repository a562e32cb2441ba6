-- order_by over every kind of path.
CREATE SCHEMA corm_order;
SET search_path = corm_order;
SET timezone = 'UTC';
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
-- The keys in the order that a queryset and a query give, or WRONG.  The
-- reverse order is checked by corm.last().
CREATE FUNCTION same(q corm.queryset, query text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE got text; wanted text; ultimate text;
BEGIN
	SELECT string_agg(object ->> 'id', ',') INTO got FROM corm.all(q);
	EXECUTE 'SELECT string_agg(id::text, '','') FROM (' || query || ') s' INTO wanted;
	ultimate := corm.last(q) ->> 'id';
	RETURN CASE WHEN got IS DISTINCT FROM wanted THEN 'WRONG ' || got || ', not '
		WHEN ultimate <> substring(wanted from '[0-9]+$') THEN 'WRONG last ' || ultimate || ' of '
		WHEN corm.first(q) ->> 'id' <> substring(wanted from '^[0-9]+') THEN 'WRONG first of '
		WHEN corm.count(q) <> corm.count(corm.order_by(q, VARIADIC NULL)) THEN 'WRONG count of ' ELSE '' END || wanted;
END
$$;

--
-- Own columns, nulls, ties
--
SELECT same(corm.order_by('Post', 'views'), 'SELECT id FROM posts ORDER BY views, id');
SELECT same(corm.order_by('Post', '-views'), 'SELECT id FROM posts ORDER BY views DESC, id');
SELECT same(corm.order_by('Post', 'views nulls first'), 'SELECT id FROM posts ORDER BY views NULLS FIRST, id');
SELECT same(corm.order_by('Post', '-views nulls last'), 'SELECT id FROM posts ORDER BY views DESC NULLS LAST, id');
SELECT same(corm.order_by('Post', '-views nulls first', '-title'), 'SELECT id FROM posts ORDER BY views DESC, title DESC, id');
SELECT same(corm.order_by('Post', 'views', '-pk'), 'SELECT id FROM posts ORDER BY views, id DESC');
SELECT same(corm.order_by('Post', '-id'), 'SELECT id FROM posts ORDER BY id DESC');
SELECT same(corm.order_by('Post', '-pk', 'title'), 'SELECT id FROM posts ORDER BY id DESC');
SELECT same(corm.order_by('Post', 'views', '-views'), 'SELECT id FROM posts ORDER BY views, id');
SELECT same(corm.order_by('Post', '"views"', '"id"'), 'SELECT id FROM posts ORDER BY views, id');
-- the last order_by counts, none is the order of the key
SELECT same(corm.order_by(corm.order_by('Post', '-id'), 'views'), 'SELECT id FROM posts ORDER BY views, id');
SELECT same(corm.order_by(corm.order_by('Post', '-id'), VARIADIC '{}'), 'SELECT id FROM posts ORDER BY id');
SELECT same('Post', 'SELECT id FROM posts ORDER BY id');

--
-- To-one paths: joined, a missing row has nulls
--
SELECT same(corm.order_by('Post', 'author__name'), 'SELECT p.id FROM posts p LEFT JOIN authors a ON a.id = author_id ORDER BY a.name, p.id');
SELECT same(corm.order_by('Post', '-author__name'), 'SELECT p.id FROM posts p LEFT JOIN authors a ON a.id = author_id ORDER BY a.name DESC, p.id');
SELECT same(corm.order_by('Post', 'author__name nulls first', '-views'), 'SELECT p.id FROM posts p LEFT JOIN authors a ON a.id = author_id ORDER BY a.name NULLS FIRST, views DESC, p.id');
SELECT same(corm.order_by('Post', '-author__email nulls last', 'editor__name'), 'SELECT p.id FROM posts p LEFT JOIN authors a ON a.id = author_id LEFT JOIN authors e ON e.id = editor_id ORDER BY a.email DESC NULLS LAST, e.name, p.id');
SELECT same(corm.order_by('Comment', '-post__author__boss__name', 'post__title'), 'SELECT c.id FROM comments c LEFT JOIN posts p ON p.id = post_id LEFT JOIN authors a ON a.id = p.author_id LEFT JOIN authors b ON b.id = a.boss_id ORDER BY b.name DESC, title, c.id');
SELECT same(corm.order_by('Author', 'profile__bio'), 'SELECT a.id FROM authors a LEFT JOIN profiles p ON p.author_id = a.id ORDER BY bio, a.id');
-- a relation stands for its key
SELECT same(corm.order_by('Post', 'author', '-editor'), 'SELECT id FROM posts ORDER BY author_id, editor_id DESC, id');
SELECT same(corm.order_by('Post', '-author__pk nulls last'), 'SELECT id FROM posts ORDER BY author_id DESC NULLS LAST, id');
SELECT same(corm.order_by('Author', '-profile'), 'SELECT a.id FROM authors a LEFT JOIN profiles p ON p.author_id = a.id ORDER BY p.id DESC, a.id');
SELECT same(corm.order_by('Comment', 'post__author'), 'SELECT c.id FROM comments c JOIN posts p ON p.id = post_id ORDER BY p.author_id, c.id');

--
-- To-many paths: the smallest value ascending, the greatest descending, the root once
--
SELECT same(corm.order_by('Author', 'posts__views'), 'SELECT id FROM authors a ORDER BY (SELECT min(views) FROM posts WHERE author_id = a.id), id');
SELECT same(corm.order_by('Author', '-posts__views'), 'SELECT id FROM authors a ORDER BY (SELECT max(views) FROM posts WHERE author_id = a.id) DESC, id');
SELECT same(corm.order_by('Author', '-posts__views nulls last'), 'SELECT id FROM authors a ORDER BY (SELECT max(views) FROM posts WHERE author_id = a.id) DESC NULLS LAST, id');
SELECT same(corm.order_by('Author', 'posts__views nulls first', '-name'), 'SELECT id FROM authors a ORDER BY (SELECT min(views) FROM posts WHERE author_id = a.id) NULLS FIRST, name DESC, id');
SELECT same(corm.order_by('Author', 'posts'), 'SELECT id FROM authors a ORDER BY (SELECT min(p.id) FROM posts p WHERE author_id = a.id), id');
SELECT same(corm.order_by('Author', '-posts__pk'), 'SELECT id FROM authors a ORDER BY (SELECT max(p.id) FROM posts p WHERE author_id = a.id) DESC, id');
SELECT same(corm.order_by('Author', '-posts__comments__id'), 'SELECT id FROM authors a ORDER BY (SELECT max(c.id) FROM posts p JOIN comments c ON c.post_id = p.id WHERE p.author_id = a.id) DESC, id');
SELECT same(corm.order_by('Author', 'posts__comments__author__name'), 'SELECT id FROM authors a ORDER BY (SELECT min(b.name) FROM posts p JOIN comments c ON c.post_id = p.id JOIN authors b ON b.id = c.author_id WHERE p.author_id = a.id), id');
SELECT same(corm.order_by('Author', '-posts__editor'), 'SELECT id FROM authors a ORDER BY (SELECT max(editor_id) FROM posts p WHERE author_id = a.id) DESC, id');
SELECT same(corm.order_by('Post', '-author__staff__name'), 'SELECT p.id FROM posts p ORDER BY (SELECT max(name) FROM authors s WHERE s.boss_id = p.author_id) DESC, id');
SELECT same(corm.order_by('Post', 'categories__name'), 'SELECT id FROM posts p ORDER BY (SELECT min(name) FROM post_categories l JOIN categories c ON c.id = category_id WHERE l.post_id = p.id), id');
SELECT same(corm.order_by('Post', '-categories__name', 'tags'), 'SELECT id FROM posts p ORDER BY (SELECT max(name) FROM post_categories l JOIN categories c ON c.id = category_id WHERE l.post_id = p.id) DESC, (SELECT min(tag_name) FROM tags_posts t WHERE t.post_id = p.id), id');
SELECT same(corm.order_by('Author', 'posts__categories__posts__views'), 'SELECT id FROM authors a ORDER BY (SELECT min(p2.views) FROM posts p JOIN post_categories l ON l.post_id = p.id JOIN post_categories l2 ON l2.category_id = l.category_id JOIN posts p2 ON p2.id = l2.post_id WHERE p.author_id = a.id), id');
SELECT same(corm.order_by('Author', '-friends__name'), $$SELECT id FROM authors a ORDER BY (SELECT max(f.name) FROM authors_authors l JOIN authors f ON (f.id = to_author_id AND from_author_id = a.id) OR (f.id = from_author_id AND to_author_id = a.id)) DESC, id$$);
-- with a filter on the same relation, a limit, and what is loaded complete
SELECT same(corm.objects('Author', '{"posts__views__lt": 20}', order_by => '{-posts__views}'), 'SELECT id FROM authors a WHERE EXISTS (SELECT FROM posts WHERE author_id = a.id AND views < 20) ORDER BY (SELECT max(views) FROM posts WHERE author_id = a.id) DESC, id');
SELECT corm.list(corm.objects('Author', order_by => '{-posts__views nulls last}', fields => '{id}', prefetch_related => '{"posts": {"fields": ["views"]}}', limit_count => 2, offset_count => 1));

--
-- Columns of the link: the row that joins the pair
--
SELECT same(corm.order_by(corm.relation('Post', 1, 'categories'), '-PostCategory__position'), 'SELECT category_id AS id FROM post_categories WHERE post_id = 1 ORDER BY position DESC');
SELECT same(corm.order_by(corm.relation('Category', 1, 'posts'), '-PostCategory__position', 'title'), 'SELECT post_id AS id FROM post_categories WHERE category_id = 1 ORDER BY position DESC');
SELECT same(corm.order_by(corm.relation('Category', 1, 'posts'), 'PostCategory__added_by__name'), 'SELECT post_id AS id FROM post_categories WHERE category_id = 1 ORDER BY added_by_id');
SELECT same(corm.order_by('Post', '-categories__PostCategory__position nulls last'), 'SELECT id FROM posts p ORDER BY (SELECT max(position) FROM post_categories l WHERE l.post_id = p.id) DESC NULLS LAST, id');
SELECT same(corm.order_by('Author', 'posts__categories__PostCategory__note'), 'SELECT id FROM authors a ORDER BY (SELECT min(note) FROM posts p JOIN post_categories l ON l.post_id = p.id WHERE author_id = a.id), id');
SELECT same(corm.order_by(corm.relation('Club', 1, 'members'), '-Membership__since'), 'SELECT author_id AS id FROM (SELECT DISTINCT ON (author_id) author_id, since FROM memberships WHERE club_id = 1 ORDER BY author_id, id) m ORDER BY since DESC');
SELECT corm.get(corm.fields(corm.prefetch_related('Post', '{"categories": {"order_by": ["-PostCategory__position"], "fields": ["id"]}}'), 'id'), '{"id": 1}');

--
-- Nested lists, rows
--
SELECT corm.list(corm.fields(corm.prefetch_related('Author', '{"posts": {"order_by": ["-views nulls last", "-title"], "fields": ["id"]}}'), 'id'), '{"id": 1}');
SELECT corm.list(corm.fields(corm.prefetch_related('Post', '{"comments": {"order_by": ["-author__name nulls last"], "fields": ["id"]}}'), 'id'), '{"id__lte": 2}');
SELECT corm.list(corm.fields(corm.prefetch_related('Post', '{"comments": {"order_by": ["-replies__id"], "fields": ["id"], "limit": 2}}'), 'id'), '{"id": 1}');
SELECT string_agg(r.id::text, ',') FROM corm.rows(NULL::posts, corm.order_by('Post', '-author__name', '-id')) r;
SELECT string_agg(r.id::text, ',') FROM corm.rows(NULL::authors, corm.order_by('Author', '-posts__views nulls last')) r;
-- composite keys order by each part
CREATE TABLE pairs (b int, a int, note text, up_b int, up_a int, PRIMARY KEY (a, b), FOREIGN KEY (up_a, up_b) REFERENCES pairs (a, b));
INSERT INTO pairs VALUES (1, 2, 'x', NULL, NULL), (2, 1, 'x', 1, 2), (1, 1, 'y', 2, 1), (2, 2, 'y', 1, 1);
SELECT corm.register_model('pairs', 'Pair');
SELECT corm.foreign_key('Pair', 'up', 'Pair', 'down', columns => '{up_a,up_b}', target_columns => '{a,b}');
SELECT string_agg(object ->> 'a' || (object ->> 'b'), ',') FROM corm.all('Pair');
SELECT string_agg(object ->> 'a' || (object ->> 'b'), ',') FROM corm.all(corm.order_by('Pair', '-pk'));
SELECT string_agg(object ->> 'a' || (object ->> 'b'), ',') FROM corm.all(corm.order_by('Pair', 'b'));
SELECT string_agg(object ->> 'a' || (object ->> 'b'), ',') FROM corm.all(corm.order_by('Pair', '-note'));
SELECT string_agg(object ->> 'a' || (object ->> 'b'), ',') FROM corm.all(corm.order_by('Pair', '-up'));
SELECT string_agg(object ->> 'a' || (object ->> 'b'), ',') FROM corm.all(corm.order_by('Pair', 'down__note', '-a'));

--
-- Statements: one join per path, a subquery per to-many path, the key last
--
SELECT corm.sql(corm.objects('Post', '{"author__name__ne": "x"}', order_by => '{author__name,-author__email}', fields => '{id}'));
SELECT corm.sql(corm.objects('Author', order_by => '{-posts__views}', fields => '{id}'));

--
-- Refused
--
SELECT try(format('SELECT corm.list(corm.order_by(''Post'', %L))', o)) FROM unnest('{nope,-nope,title__upper,author__nope,-author__nme,comments__nope,categories__PostCategory__nope,PostCategory__note,pk__id,author__,"title,views",title; DROP TABLE posts,"\"title",random()}'::text[]) o;
SELECT try(format('SELECT corm.list(corm.order_by(''Post'', %L))', o)) FROM unnest('{"",-," ","nulls last","title desc","title asc nulls first"}'::text[]) o;
SELECT try($$SELECT corm.list(corm.order_by('Post', 'title', NULL))$$);
ALTER TABLE posts ADD COLUMN extra json, ADD COLUMN spot point;
SELECT try($$SELECT corm.list(corm.order_by('Post', 'extra'))$$);
SELECT try($$SELECT corm.list(corm.order_by('Author', 'posts__spot'))$$);
-- an array is ordered by its elements, if they are
ALTER TABLE posts ADD COLUMN spots point[], ADD COLUMN texts text[];
SELECT try($$SELECT corm.list(corm.order_by('Post', 'spots'))$$);
SELECT try($$SELECT count(*) FROM corm.all(corm.order_by('Post', '-texts'))$$) = count(*)::text FROM posts;
SELECT try($$SELECT corm.aggregate('Post', '{"m": {"min": "spots"}}')$$);
SELECT try($$SELECT corm.count('Post', '{"spots": ["(1,1)"]}')$$);

SET client_min_messages = warning;
DROP SCHEMA corm_order CASCADE;
