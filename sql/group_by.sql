-- group_by: each result beside SQL written by hand.
CREATE SCHEMA corm_group_by;
SET search_path = corm_group_by;
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
-- Are the documents byte for byte what row_to_json() makes of the query's rows?
CREATE FUNCTION same(q corm.queryset, by jsonb, aggregates jsonb, query text, having_ jsonb DEFAULT NULL, order_by text[] DEFAULT NULL, n bigint DEFAULT NULL)
RETURNS text LANGUAGE plpgsql AS $$
DECLARE got text; wanted text;
BEGIN
	SELECT string_agg(object::text, E'\n') INTO got FROM corm.group_by(q, by, aggregates, having_, order_by, n);
	EXECUTE 'SELECT string_agg(row_to_json(wanted)::text, E''\n'') FROM (' || query || ') wanted' INTO wanted;
	RETURN CASE WHEN got IS NOT DISTINCT FROM wanted THEN 'true' ELSE format(E'WRONG\n%s\nnot\n%s', got, wanted) END;
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
-- values of many types, and keys of two columns
CREATE TYPE mood AS ENUM ('sad', 'ok', 'happy');
CREATE DOMAIN cents AS int CHECK (VALUE >= 0);
CREATE TABLE sample (
	id int PRIMARY KEY, i2 int2, i4 int4, i8 int8, num numeric, f4 float4, f8 float8, span interval, price money, cost cents,
	ok bool, feeling mood, day date, at timestamptz, clock time, data jsonb, raw json, tags text[], code char(3), uid uuid, txid xid);
INSERT INTO sample VALUES
	(1, 1, 10, 9007199254740993, 1.50, 0.5, 0.25, '1 day', 10, 5, true, 'happy', '2024-01-31', '2024-01-31 23:59:59+00', '10:00', '{"a": 1, "b": {"c": "x"}}', '1', '{b,a}', 'ab', '00000000-0000-0000-0000-00000000000b', '5'),
	(2, 2, 20, 1, 2.500, 1.5, 1e10, '2 hours', 20.5, 7, false, 'sad', '2024-02-01', '2024-02-01 00:00:00+00', '09:30', '{"a": 2, "b": {"c": "x"}}', '2', '{a}', 'abc', '00000000-0000-0000-0000-00000000000a', '6'),
	(3, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
	(4, 2, 20, -9007199254740993, -0.001, 'NaN', 'Infinity', '-1 mon', 0, 7, true, 'ok', '2024-02-29', '2023-12-31 12:00:00+00', '23:59:59', '{"a": 1}', '3', '{}', 'b', NULL, '5');
CREATE TABLE reading (id int PRIMARY KEY, sample_id int REFERENCES sample, i2 int2, i4 int4, i8 int8, num numeric, f4 float4, f8 float8, span interval, price money, cost cents, ok bool, feeling mood, at timestamptz);
INSERT INTO reading
	SELECT n, nullif(n % 4, 0), n, n * 1000, n * 3000000000, n / 7.0, n / 8.0, n / 4.0, n * interval '1 hour 7 seconds', n, n, n % 3 = 0, (enum_range(NULL::mood))[1 + n % 3], '2024-01-01'::timestamptz + n * interval '10 days'
	FROM generate_series(1, 10) n;
UPDATE reading SET i4 = NULL, num = NULL, at = NULL WHERE id IN (2, 7);
SELECT corm.register_model('sample'), corm.register_model('reading');
SELECT corm.foreign_key('reading', 'sample', 'sample', 'readings');
CREATE TABLE line (a int, b text, qty int, PRIMARY KEY (a, b));
CREATE TABLE part (id int PRIMARY KEY, a int, b text, n int, FOREIGN KEY (a, b) REFERENCES line);
INSERT INTO line VALUES (1, 'x', 5), (1, 'y', 6), (2, 'x', 7);
INSERT INTO part VALUES (1, 1, 'x', 1), (2, 1, 'x', 2), (3, 2, 'x', 3), (4, NULL, NULL, 4), (5, 2, NULL, 5);
SELECT corm.register_model('line'), corm.register_model('part');
SELECT corm.foreign_key('part', 'line', 'line', 'parts', ARRAY['a', 'b']);
CREATE TABLE log (at int, word text);
INSERT INTO log VALUES (1, 'a'), (1, 'a'), (2, NULL);
SELECT corm.register_model('log');

--
-- Keys of the row itself
--
SELECT corm.group_by('Post', '"views"', '{"n": "count"}');
SELECT object FROM corm.group_by('Post', '["author", "views"]', '{"n": "count", "s": "id__sum"}');
SELECT same('Post', '"title"', '{"n": "count"}', 'SELECT title, count(*) AS n FROM posts GROUP BY 1 ORDER BY 1');
SELECT same('Post', '["views"]', '{"n": "count", "t": "title__max"}', 'SELECT views, count(*) AS n, max(title) AS t FROM posts GROUP BY 1 ORDER BY 1');
SELECT same('Post', '["author_id", "editor_id"]', '{"n": "count"}', 'SELECT author_id, editor_id, count(*) AS n FROM posts GROUP BY 1, 2 ORDER BY 1, 2');
SELECT same('Post', '["editor_id", "author_id"]', '{"n": "count"}', 'SELECT editor_id, author_id, count(*) AS n FROM posts GROUP BY 1, 2 ORDER BY 1, 2');
SELECT same('Post', '{"w": "author_id", "who": "author__name"}', '{"n": "count"}', 'SELECT author_id AS w, name AS who, count(*) AS n FROM posts p LEFT JOIN authors a ON a.id = author_id GROUP BY 1, 2 ORDER BY 1, 2');
SELECT same('Post', '"views"', '{}', 'SELECT DISTINCT views FROM posts ORDER BY 1');
SELECT same('Post', '["views", "pk"]', '{}', 'SELECT views, id AS pk FROM posts ORDER BY 1, 2');
-- all rows as one group
SELECT same('Post', '[]', '{"n": "count", "v": "views__sum"}', 'SELECT count(*) AS n, sum(views) AS v FROM posts');
SELECT same('Post', '{}', '{"n": "count"}', 'SELECT 6 AS n');
SELECT same('Post', '[]', '{}', 'SELECT');
SELECT same(corm.limit('Post', 0), '[]', '{"n": "count", "v": "views__sum"}', 'SELECT 0 AS n, NULL::int AS v');
SELECT same(corm.limit('Post', 0), '"views"', '{"n": "count"}', 'SELECT WHERE false');
SELECT count(*) FROM corm.group_by(NULL, '"views"', '{"n": "count"}');

--
-- Transforms, documents, to-one relations, relations as keys, annotations
--
SELECT same('sample', '["at__trunc_month", "day__year"]', '{"n": "count"}', $$SELECT date_trunc('month', at) AS "at__trunc_month", extract(year FROM day)::int AS "day__year", count(*) AS n FROM sample GROUP BY 1, 2 ORDER BY 1, 2$$);
SELECT same('sample', '{"m": "at__month"}', '{"n": "count", "x": "at__max"}', $$SELECT extract(month FROM at)::int AS m, count(*) AS n, max(at) AS x FROM sample GROUP BY 1 ORDER BY 1$$);
SELECT same('sample', '{"c": "data__b__c"}', '{"n": "count"}', $$SELECT data #> '{b,c}' AS c, count(*) AS n FROM sample GROUP BY 1 ORDER BY 1$$);
SELECT same('sample', '"tags__len"', '{"n": "count"}', $$SELECT cardinality(tags) AS tags__len, count(*) AS n FROM sample GROUP BY 1 ORDER BY 1$$);
SELECT same('sample', format('{"k": "%s"}', c)::jsonb, '{"n": "count"}', format('SELECT %I AS k, count(*) AS n FROM sample GROUP BY 1 ORDER BY 1', c))
FROM unnest('{i2,i4,i8,num,f4,f8,span,price,cost,ok,feeling,day,at,clock,data,tags,code,uid}'::text[]) c;
SELECT same('Post', '"author"', '{"n": "count"}', 'SELECT author_id AS author, count(*) AS n FROM posts GROUP BY 1 ORDER BY 1');
SELECT same('Author', '"profile"', '{"n": "count"}', 'SELECT p.id AS profile, count(*) AS n FROM authors a LEFT JOIN profiles p ON p.author_id = a.id GROUP BY 1 ORDER BY 1');
SELECT same('Post', '"author__boss__name"', '{"n": "count", "a": "author__name__max"}', 'SELECT b.name AS author__boss__name, max(a.name) AS a, count(*) AS n FROM posts p LEFT JOIN authors a ON a.id = p.author_id LEFT JOIN authors b ON b.id = a.boss_id GROUP BY 1 ORDER BY 1');
SELECT same('Post', '{"c": "comments__count"}', '{"n": "count"}', 'SELECT (SELECT count(*) FROM comments c WHERE c.post_id = p.id) AS c, count(*) AS n FROM posts p GROUP BY 1 ORDER BY 1');
SELECT same(corm.annotate('Post', '{"k": {"count": "comments", "filter": {"body": "good"}}}'), '"k"', '{"n": "count"}', $$SELECT (SELECT count(*) FROM comments c WHERE c.post_id = p.id AND body = 'good') AS k, count(*) AS n FROM posts p GROUP BY 1 ORDER BY 1$$);
-- a key of several columns is an array
SELECT corm.group_by('part', '"line"', '{"n": "count", "s": "n__sum"}');
SELECT corm.group_by('line', '{"k": "pk"}', '{"n": "parts__count"}', order_by => '{-k}');
SELECT corm.group_by('line', '"parts"', '{"n": "count"}');
SELECT same('log', '"word"', '{"n": "count", "s": "at__sum"}', 'SELECT word, count(*) AS n, sum(at) AS s FROM log GROUP BY 1 ORDER BY 1');
SET corm.bigint_as_string = on;
SELECT corm.group_by('sample', '["i8"]', '{"n": "count", "s": "num__sum"}', limit_count => 1);
RESET corm.bigint_as_string;

--
-- Aggregates over related rows do not multiply, in groups neither
--
SELECT same('Post', '"author_id"', '{"n": "count", "c": "comments__count", "k": "categories__count", "v": "views__sum", "x": "comments__body__max", "a": "comments__id__avg", "e": "tags__exists", "g": {"count": "comments", "filter": {"body": "good"}}}',
	$$SELECT author_id, (SELECT avg(c.id) FROM comments c JOIN posts q ON q.id = post_id WHERE q.author_id IS NOT DISTINCT FROM p.author_id) AS a,
		(SELECT count(*) FROM comments c JOIN posts q ON q.id = post_id WHERE q.author_id IS NOT DISTINCT FROM p.author_id) AS c,
		(SELECT count(*) > 0 FROM tags_posts c JOIN posts q ON q.id = post_id WHERE q.author_id IS NOT DISTINCT FROM p.author_id) AS e,
		(SELECT count(*) FROM comments c JOIN posts q ON q.id = post_id WHERE q.author_id IS NOT DISTINCT FROM p.author_id AND body = 'good') AS g,
		(SELECT count(*) FROM post_categories c JOIN posts q ON q.id = post_id WHERE q.author_id IS NOT DISTINCT FROM p.author_id) AS k,
		count(*) AS n, sum(views) AS v, (SELECT max(body) FROM comments c JOIN posts q ON q.id = post_id WHERE q.author_id IS NOT DISTINCT FROM p.author_id) AS x
	FROM posts p GROUP BY 1 ORDER BY 1$$);

--
-- Keys over several related rows: a row in each of its groups, once
--
SELECT same('Post', '"categories__name"', '{"n": "count", "v": "views__sum", "c": "comments__count"}',
	'SELECT name AS categories__name, sum(k) AS c, count(*) AS n, sum(views) AS v FROM (SELECT DISTINCT p.id, views, c.name, (SELECT count(*) FROM comments m WHERE m.post_id = p.id) AS k FROM posts p LEFT JOIN (post_categories l JOIN categories c ON c.id = category_id) ON l.post_id = p.id) s GROUP BY 1 ORDER BY 1');
SELECT same('Post', '"categories"', '{"n": "count"}', 'SELECT category_id AS categories, count(*) AS n FROM posts p LEFT JOIN post_categories l ON l.post_id = p.id GROUP BY 1 ORDER BY 1');
-- two comments of one body do not count their post twice
SELECT same('Author', '"posts__comments__body"', '{"n": "count", "i": "id__sum"}',
	'SELECT body AS posts__comments__body, sum(id) AS i, count(*) AS n FROM (SELECT DISTINCT a.id, body FROM authors a LEFT JOIN posts p ON p.author_id = a.id LEFT JOIN comments c ON c.post_id = p.id) s GROUP BY 1 ORDER BY 1');
SELECT same('Post', '{"c": "categories__name", "t": "tags__name"}', '{"n": "count", "v": "views__sum"}',
	'SELECT c, t, count(*) AS n, sum(views) AS v FROM (SELECT DISTINCT p.id, views, c.name AS c, t.tag_name AS t FROM posts p LEFT JOIN (post_categories l JOIN categories c ON c.id = category_id) ON l.post_id = p.id LEFT JOIN tags_posts t ON t.post_id = p.id) s GROUP BY 1, 2 ORDER BY 1, 2');
SELECT same('Post', '["categories__name", "author__name"]', '{"n": {"count": "*", "filter": {"categories__name": "Tech"}}}',
	$$SELECT c.name AS categories__name, a.name AS author__name, count(*) FILTER (WHERE EXISTS (SELECT FROM post_categories WHERE post_id = p.id AND category_id = 2)) AS n FROM posts p LEFT JOIN (post_categories l JOIN categories c ON c.id = category_id) ON l.post_id = p.id LEFT JOIN authors a ON a.id = author_id GROUP BY 1, 2 ORDER BY 1, 2$$);
SELECT same('Post', '"comments__author__name"', '{"n": "count"}',
	'SELECT name AS comments__author__name, count(*) AS n FROM (SELECT DISTINCT p.id, a.name FROM posts p LEFT JOIN comments c ON c.post_id = p.id LEFT JOIN authors a ON a.id = c.author_id) s GROUP BY 1 ORDER BY 1');
SELECT same('Post', '"categories__PostCategory__position"', '{"n": "count"}',
	'SELECT position AS "categories__PostCategory__position", count(*) AS n FROM (SELECT DISTINCT p.id, position FROM posts p LEFT JOIN post_categories l ON l.post_id = p.id) s GROUP BY 1 ORDER BY 1');
SELECT same('sample', '{"m": "readings__at__month"}', '{"n": "count", "s": "readings__id__sum"}',
	$$SELECT m, count(*) AS n, sum(k) AS s FROM (SELECT DISTINCT s.id, extract(month FROM r.at)::int AS m, (SELECT sum(id) FROM reading r WHERE r.sample_id = s.id) AS k FROM sample s LEFT JOIN reading r ON r.sample_id = s.id) x GROUP BY 1 ORDER BY 1$$);
-- in any number of steps
SELECT same('Comment', '{"k": "parent__ancestors__body"}', '{"n": "count", "i": "id__sum"}', $$WITH RECURSIVE up AS (SELECT id, parent_id FROM comments UNION SELECT up.id, c.parent_id FROM up JOIN comments c ON c.id = up.parent_id)
	SELECT k, sum(id) AS i, count(*) AS n FROM (SELECT DISTINCT c.id, p.body AS k FROM comments c LEFT JOIN (up JOIN comments p ON p.id = up.parent_id) ON up.id = c.id) s GROUP BY 1 ORDER BY 1$$);
-- symmetrical, and several links of a pair
SELECT same('Author', '"friends__name"', '{"n": "count"}',
	'SELECT name AS friends__name, count(*) AS n FROM (SELECT DISTINCT a.id, f.name FROM authors a LEFT JOIN ((SELECT from_author_id AS a, to_author_id AS b FROM authors_authors UNION SELECT to_author_id, from_author_id FROM authors_authors) l JOIN authors f ON f.id = l.b) ON l.a = a.id) s GROUP BY 1 ORDER BY 1');
SELECT same('Club', '"members__name"', '{"n": "count"}',
	'SELECT name AS members__name, count(*) AS n FROM (SELECT DISTINCT c.id, a.name FROM clubs c LEFT JOIN (memberships m JOIN authors a ON a.id = m.author_id) ON m.club_id = c.id) s GROUP BY 1 ORDER BY 1');

--
-- Which rows are grouped: filters, limit, offset, order, distinct, relations
--
SELECT same(corm.filter('Post', '{"categories__name": "Tech"}'), '"categories__name"', '{"n": "count"}',
	'SELECT name AS categories__name, count(*) AS n FROM post_categories l JOIN categories c ON c.id = category_id WHERE post_id IN (SELECT post_id FROM post_categories WHERE category_id = 2) GROUP BY 1 ORDER BY 1');
SELECT same(corm.limit(corm.order_by('Post', '-id'), 4), '"author"', '{"n": "count"}', 'SELECT author_id AS author, count(*) AS n FROM posts WHERE id > 2 GROUP BY 1 ORDER BY 1');
SELECT same(corm.offset(corm.limit(corm.order_by('Post', '-views nulls last'), 3), 1), '"views"', '{"n": "count", "c": "comments__count"}',
	'SELECT views, sum((SELECT count(*) FROM comments c WHERE c.post_id = p.id)) AS c, count(*) AS n FROM (SELECT * FROM posts ORDER BY views DESC NULLS LAST, id OFFSET 1 LIMIT 3) p GROUP BY 1 ORDER BY 1');
SELECT same(corm.limit(corm.order_by('Post', 'id'), 3), '"categories__name"', '{"n": "count", "c": "comments__count"}',
	'SELECT name AS categories__name, sum((SELECT count(*) FROM comments c WHERE c.post_id = p.id)) AS c, count(*) AS n FROM posts p LEFT JOIN (post_categories l JOIN categories c ON c.id = category_id) ON l.post_id = p.id WHERE p.id <= 3 GROUP BY 1 ORDER BY 1');
SELECT same(corm.offset(corm.filter(corm.annotate('Post', '{"k": "comments__count"}'), '{"k__gte": 1}'), 1), '["tags__name", "k"]', '{"n": "count", "s": "k__sum"}',
	'SELECT tag_name AS tags__name, k, count(*) AS n, sum(k) AS s FROM (SELECT id, (SELECT count(*) FROM comments c WHERE c.post_id = p.id) AS k FROM posts p WHERE id IN (2, 3, 4)) p LEFT JOIN tags_posts t ON t.post_id = p.id GROUP BY 1, 2 ORDER BY 1, 2');
SELECT same(corm.distinct(corm.order_by('Post', 'title', '-id'), 'author'), '"views"', '{"n": "count", "s": "id__sum"}',
	'SELECT views, count(*) AS n, sum(id) AS s FROM (SELECT DISTINCT ON (author_id) * FROM posts ORDER BY author_id, title, id DESC) s GROUP BY 1 ORDER BY 1');
SELECT same(corm.relation('Author', 1, 'posts'), '"editor__name"', '{"n": "count"}', 'SELECT name AS editor__name, count(*) AS n FROM posts p LEFT JOIN authors a ON a.id = editor_id WHERE author_id = 1 GROUP BY 1 ORDER BY 1');
SELECT same(corm.relation('Post', 3, 'categories'), '"PostCategory__note"', '{"n": "count", "m": "name__max"}', 'SELECT note AS "PostCategory__note", max(name) AS m, count(*) AS n FROM post_categories l JOIN categories c ON c.id = category_id WHERE post_id = 3 GROUP BY 1 ORDER BY 1');
SELECT same(corm.relation('Post', 1, 'categories'), '["posts__title", "PostCategory__position"]', '{"n": "count"}',
	'SELECT title AS posts__title, l.position AS "PostCategory__position", count(*) AS n FROM post_categories l JOIN post_categories m ON m.category_id = l.category_id JOIN posts p ON p.id = m.post_id WHERE l.post_id = 1 GROUP BY 1, 2 ORDER BY 1, 2');
SELECT same(corm.limit(corm.relation(corm.filter('Author', '{"id__in": [1, 2]}'), 'posts'), 2), '"tags__name"', '{"n": "count", "c": "comments__count"}',
	'SELECT tag_name AS tags__name, sum((SELECT count(*) FROM comments c WHERE c.post_id = p.id)) AS c, count(*) AS n FROM posts p LEFT JOIN tags_posts t ON t.post_id = p.id WHERE p.id IN (1, 2) GROUP BY 1 ORDER BY 1');
-- the link of lowest key of a pair
SELECT same(corm.relation('Club', 1, 'members'), '"Membership__role"', '{"n": "count"}', $$SELECT 'member' AS "Membership__role", 2 AS n$$);
SELECT same(corm.relation('Club', 1, 'members'), '"posts__title"', '{"n": "count"}', $$SELECT title AS posts__title, count(*) AS n FROM posts WHERE author_id IN (1, 2) GROUP BY 1 ORDER BY 1$$);

--
-- having
--
SELECT same('Post', '"author"', '{"n": "count"}', 'SELECT author_id AS author, count(*) AS n FROM posts GROUP BY 1 HAVING count(*) >= 2 ORDER BY 1', '{"n__gte": 2}');
SELECT same('Post', '"views"', '{"n": "count", "t": "title__max"}', $$SELECT views, count(*) AS n, max(title) AS t FROM posts GROUP BY 1 HAVING max(title) LIKE 'M%' OR views IS NULL ORDER BY 1$$, '{"OR": [{"t__startswith": "M"}, {"views": null}]}');
SELECT same('Post', '"views"', '{"n": "count"}', 'SELECT views, count(*) AS n FROM posts GROUP BY 1 HAVING (views > 5 AND count(*) = 1) IS NOT TRUE ORDER BY 1', '{"NOT": {"views__gt": 5, "n": 1}}');
SELECT same('Post', '"views"', '{"n": "count"}', 'SELECT views, count(*) AS n FROM posts GROUP BY 1 HAVING views IN (5, 10) ORDER BY 1', '[{"views__in": [5, 10, 20]}, {"views__ne": 20}]');
SELECT same('Post', '"author__name"', '{"v": "views__sum"}', $$SELECT name AS author__name, sum(views) AS v FROM posts p LEFT JOIN authors a ON a.id = author_id GROUP BY 1 HAVING name ILIKE 'a%' ORDER BY 1$$, '{"author__name__istartswith": "A"}');
SELECT same('sample', '{"m": "at__trunc_month"}', '{"x": "at__max", "i": "i4__sum"}', $$SELECT date_trunc('month', at) AS m, sum(i4) AS i, max(at) AS x FROM sample GROUP BY 1 HAVING extract(year FROM max(at)) = 2024 ORDER BY 1$$, '{"x__year": 2024, "m__isnull": false}');
SELECT same('Post', '"author"', '{"c": "comments__count", "n": "count"}', 'SELECT * FROM (SELECT author_id AS author, sum((SELECT count(*) FROM comments c WHERE c.post_id = p.id)) AS c, count(*) AS n FROM posts p GROUP BY 1 ORDER BY 1) s WHERE c > n', '{"c__gt__F": "n"}');
SELECT same('Post', '{"a b": "author", "x__y": "views"}', '{"n": "count"}', 'SELECT author_id AS "a b", views AS x__y, count(*) AS n FROM posts WHERE author_id = 1 AND views < 20 GROUP BY 1, 2', '{"a b": 1, "x__y__lt": 20, "\"x__y\"__gt": 1}');
SELECT same('Post', '[]', '{"n": "count"}', 'SELECT WHERE false', '{"n__lt": 3}');
SELECT same('Post', '"views"', '{}', 'SELECT WHERE false', '{"OR": []}');
SELECT same('Post', '"views"', '{}', 'SELECT DISTINCT views FROM posts ORDER BY 1', '{"AND": []}');

--
-- order_by, limit_count
--
SELECT same('Post', '"author"', '{"n": "count"}', 'SELECT author_id AS author, count(*) AS n FROM posts GROUP BY 1 ORDER BY 2 DESC, 1', NULL, '{-n}');
SELECT same('Post', '"author"', '{"n": "count"}', 'SELECT author_id AS author, count(*) AS n FROM posts GROUP BY 1 ORDER BY 2, 1 DESC LIMIT 2', NULL, '{n,-author}', 2);
SELECT same('Post', '"views"', '{"t": "title__min"}', 'SELECT views, min(title) AS t FROM posts GROUP BY 1 ORDER BY 1 NULLS FIRST', NULL, '{views nulls first}');
SELECT same('Post', '"views"', '{"t": "title__min"}', 'SELECT views, min(title) AS t FROM posts GROUP BY 1 ORDER BY 1 DESC NULLS LAST', NULL, '{-views nulls last}');
SELECT same('sample', '{"d": "day"}', '{"n": "count"}', 'SELECT day AS d, count(*) AS n FROM sample GROUP BY 1 ORDER BY extract(day FROM day), 1', NULL, '{d__day}');
SELECT same('Post', '"views"', '{"n": "count"}', 'SELECT views, count(*) AS n FROM posts GROUP BY 1 ORDER BY 1 LIMIT 1', NULL, '{}', 1);
SELECT same('Post', '"views"', '{"n": "count"}', 'SELECT WHERE false', NULL, NULL, 0);
SELECT same('Post', '"views"', '{"n": "count"}', 'SELECT views, count(*) AS n FROM posts GROUP BY 1 HAVING count(*) = 1 ORDER BY 1 DESC LIMIT 2', '{"n": 1}', '{-views}', 2);
-- by name, too
SELECT corm.group_by('Post', by => '"author"', aggregates => '{"n": "count"}', "having" => '{"n__gt": 1}', order_by => '{-n}', limit_count => 1);

--
-- What is refused
--
SELECT try($$SELECT corm.group_by('Post', NULL, '{}')$$);
SELECT try($$SELECT corm.group_by('Post', '"views"', NULL)$$);
SELECT try($$SELECT corm.group_by('Post', '1', '{}')$$);
SELECT try($$SELECT corm.group_by('Post', 'null', '{}')$$);
SELECT try($$SELECT corm.group_by('Post', '""', '{}')$$);
SELECT try($$SELECT corm.group_by('Post', '[1]', '{}')$$);
SELECT try($$SELECT corm.group_by('Post', '{"a": 1}', '{}')$$);
SELECT try($$SELECT corm.group_by('Post', '{"": "views"}', '{}')$$);
SELECT try($$SELECT corm.group_by('Post', '["views", "views"]', '{}')$$);
SELECT try($$SELECT corm.group_by('Post', '["views"]', '{"views": "count"}')$$);
SELECT try($$SELECT corm.group_by('Post', '["nope"]', '{}')$$);
SELECT try($$SELECT corm.group_by('Post', '["author__nope"]', '{}')$$);
SELECT try($$SELECT corm.group_by('Post', '["views__gt"]', '{}')$$);
SELECT try($$SELECT corm.group_by('Post', '["title__year"]', '{}')$$);
SELECT try($$SELECT corm.group_by('sample', '["raw"]', '{}')$$);
SELECT try($$SELECT corm.group_by('sample', '["txid"]', '{}')$$);
SELECT try($$SELECT corm.group_by('Post', '["views"]', '{"n": "views"}')$$);
SELECT try($$SELECT corm.group_by('Post', '["views"]', '{"n": "title__sum"}')$$);
SELECT try($$SELECT corm.group_by('Post', '["views"]', '{}', '{"nope": 1}')$$);
SELECT try($$SELECT corm.group_by('Post', '["views"]', '{"total": "count"}', '{"totla__gt": 1}')$$);
SELECT try($$SELECT corm.group_by('Post', '["views"]', '{}', '{"title": "SQL"}')$$);
SELECT try($$SELECT corm.group_by('Post', '["author"]', '{}', '{"author__name": "Ann"}')$$);
SELECT try($$SELECT corm.group_by('Post', '["views"]', '{"n": "count"}', '{"n__more": 1}')$$);
SELECT try($$SELECT corm.group_by('Post', '["views"]', '{"n": "count"}', '{"n": "x"}')$$);
SELECT try($$SELECT corm.group_by('Post', '["views"]', '{"n": "count"}', '{"n__gt": null}')$$);
SELECT try($$SELECT corm.group_by('Post', '["views"]', '{"n": "count"}', '{"n__gt__F": "m"}')$$);
SELECT try($$SELECT corm.group_by('Post', '["views"]', '{"n": "count"}', '{"n__gt__F": 1}')$$);
SELECT try($$SELECT corm.group_by('Post', '["views"]', '{"n": "count"}', '{"n__gt__F": "n__x"}')$$);
SELECT try($$SELECT corm.group_by('Post', '["views"]', '{"n": "count"}', '"n"')$$);
SELECT try($$SELECT corm.group_by('part', '["line"]', '{}', '{"line": [1, "x"]}')$$);
SELECT try($$SELECT corm.group_by('Post', '["views"]', '{}', NULL, '{nope}')$$);
SELECT try($$SELECT corm.group_by('Post', '["views"]', '{}', NULL, '{views__x}')$$);
SELECT try($$SELECT corm.group_by('part', '["line"]', '{}', NULL, '{line__x}')$$);
SELECT try($$SELECT corm.group_by('Post', '["views"]', '{}', NULL, '{""}')$$);
SELECT try($$SELECT corm.group_by('Post', '["views"]', '{}', NULL, '{NULL}')$$);
SELECT try($$SELECT corm.group_by('Post', '["views"]', '{}', NULL, '{views desc}')$$);
SELECT try($$SELECT corm.group_by('Post', '["views"]', '{}', NULL, NULL, -1)$$);
SELECT try($$SELECT corm.group_by(corm.distinct('Post', 'author'), '["categories"]', '{}')$$);
SELECT try($$SELECT corm.group_by(corm.limit(corm.relation('Post', 1, 'categories'), 1), '["posts__title", "PostCategory__position"]', '{}')$$);
SELECT try($$SELECT corm.group_by('Nope', '["a"]', '{}')$$);
-- a row without a key cannot be told from others of its group
CREATE TABLE entry (word text UNIQUE);
CREATE TABLE note (page_word text REFERENCES entry (word), body text);
SELECT corm.register_model('entry'), corm.register_model('note');
SELECT corm.foreign_key('note', 'entry', 'entry', 'notes', ARRAY['page_word'], target_columns => ARRAY['word']);
SELECT try($$SELECT corm.group_by('entry', '["notes__body"]', '{"n": "count"}')$$);
SELECT try($$SELECT corm.group_by('note', '["entry__word"]', '{"n": "count"}')$$);

--
-- As the caller
--
CREATE ROLE regress_corm_groups;
GRANT USAGE ON SCHEMA corm_group_by TO regress_corm_groups;
GRANT SELECT (id, views) ON posts TO regress_corm_groups;
GRANT SELECT (post_id, body) ON comments TO regress_corm_groups;
ALTER TABLE comments ENABLE ROW LEVEL SECURITY;
CREATE POLICY good ON comments TO regress_corm_groups USING (body <> 'bad');
SET ROLE regress_corm_groups;
SELECT corm.group_by('Post', '["comments__body"]', '{"n": "count", "v": "views__sum", "c": "comments__count"}');
SELECT corm.group_by(corm.limit('Post', 2), '["comments__body"]', '{"n": "count"}');
SELECT try($$SELECT corm.group_by('Post', '["title"]', '{"n": "count"}')$$);
SELECT try($$SELECT corm.group_by('Post', '["comments__id"]', '{"n": "count"}')$$);
SELECT try($$SELECT corm.group_by('Post', '["author__name"]', '{"n": "count"}')$$);
RESET ROLE;
DROP OWNED BY regress_corm_groups;
DROP ROLE regress_corm_groups;
SELECT corm.group_by(corm.allow('Post', '{"annotate": ["views", "count"]}'), '"views"', '{"n": "count"}', limit_count => 2);
SELECT try($$SELECT corm.group_by(corm.allow('Post', '{"annotate": ["count"]}'), '"title"', '{"n": "count"}')$$);
SET corm.max_nodes = 3;
SELECT try($$SELECT corm.group_by('Post', '["views", "title"]', '{"n": "count", "m": "id__max"}')$$);
RESET corm.max_nodes;
SET client_min_messages = error;
DROP SCHEMA corm_group_by CASCADE;
