-- aggregate, sum, avg, min, max: each result beside SQL written by hand.
CREATE SCHEMA corm_aggregate;
SET search_path = corm_aggregate;
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
-- Is the document byte for byte what row_to_json() makes of the query's row?
CREATE FUNCTION same(q corm.queryset, aggregates jsonb, query text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE got text := corm.aggregate(q, aggregates); wanted text;
BEGIN
	EXECUTE 'SELECT row_to_json(wanted)::text FROM (' || query || ') wanted' INTO wanted;
	RETURN CASE WHEN got IS NOT DISTINCT FROM wanted THEN 'true' ELSE format('WRONG %s, not %s', got, wanted) END;
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
-- Over the rows themselves
--
SELECT same('Post', '{"n": "count"}', 'SELECT count(*) AS n FROM posts');
SELECT same('Post', '{"n": {"count": "*"}, "v": "views__count"}', 'SELECT count(*) AS n, count(views) AS v FROM posts');
SELECT same('Post', '{"a": "views__sum", "b": "views__avg", "c": "views__min", "d": "views__max", "e": "views__exists"}',
	'SELECT sum(views) AS a, avg(views) AS b, min(views) AS c, max(views) AS d, bool_or(views IS NOT NULL) AS e FROM posts');
SELECT same('Post', '{"a": {"sum": "views"}, "b": {"count": "title", "distinct": true}, "c": {"count": "views", "distinct": true}, "d": {"sum": "views", "distinct": true}, "e": {"avg": "views", "distinct": true}, "f": {"max": "views", "distinct": true}, "g": {"count": "*", "distinct": true}}',
	'SELECT sum(views) AS a, count(DISTINCT title) AS b, count(DISTINCT views) AS c, sum(DISTINCT views) AS d, avg(DISTINCT views) AS e, max(views) AS f, count(*) AS g FROM posts');
SELECT same('Post', '{}', 'SELECT');
SELECT same('Post', '{"n": {"count": "*", "filter": {"views__gte": 10}}, "m": {"max": "title", "filter": {"OR": [{"views": null}, {"author__name": "Ann"}]}}}',
	$$SELECT max(title) FILTER (WHERE views IS NULL OR author_id = 1) AS m, count(*) FILTER (WHERE views >= 10) AS n FROM posts$$);
SELECT same('Post', '{"n": {"count": "*", "filter": {"comments__body": "good"}}, "e": {"exists": "views", "filter": {"title": "Nope"}}, "f": {"exists": "views", "filter": {"title": "SQL"}}}',
	$$SELECT false AS e, true AS f, count(*) FILTER (WHERE EXISTS (SELECT FROM comments c WHERE c.post_id = p.id AND body = 'good')) AS n FROM posts p$$);
SELECT same('Post', '{"n": {"count": "*", "filter": {}}, "m": {"count": "*", "filter": {"OR": []}}, "o": {"count": "*", "filter": null}}', 'SELECT 0 AS m, 6 AS n, 6 AS o');
SELECT same('Post', '{"pk": "pk__max", "n": "id__count", "k": {"count": "pk"}}', 'SELECT count(id) AS k, count(id) AS n, max(id) AS pk FROM posts');

-- of nothing: 0, false, null
SELECT same(corm.filter('Post', '{"id": 0}'), '{"a": "count", "b": "views__count", "c": "views__sum", "d": "views__avg", "e": "views__min", "f": "title__max", "g": "views__exists", "h": "comments__count", "i": "comments__id__sum", "j": "comments__id__avg", "k": "comments__id__max", "l": "comments__exists"}',
	'SELECT 0 AS a, 0 AS b, NULL::int AS c, NULL::int AS d, NULL::int AS e, NULL::int AS f, false AS g, 0 AS h, NULL::int AS i, NULL::int AS j, NULL::int AS k, false AS l');
SELECT corm.aggregate(NULL, '{"n": "count"}') IS NULL;
SELECT corm.aggregate(corm.relation('Post', NULL::text, 'comments'), '{"n": "count", "s": "id__sum"}');

--
-- Filters, limit, offset and order cut the rows that are aggregated
--
SELECT same(corm.filter('Post', '{"author__name": "Ann"}'), '{"n": "count", "v": "views__sum"}', 'SELECT count(*) AS n, sum(views) AS v FROM posts WHERE author_id = 1');
SELECT same(corm.filter('Post', '{"comments__body__in": ["good", "bad", "thanks"]}'), '{"n": "count", "v": "views__sum"}',
	$$SELECT count(*) AS n, sum(views) AS v FROM posts p WHERE EXISTS (SELECT FROM comments c WHERE c.post_id = p.id AND body IN ('good', 'bad', 'thanks'))$$);
SELECT same(corm.limit(corm.order_by('Post', '-views nulls last'), 2), '{"n": "count", "v": "views__sum"}', 'SELECT count(*) AS n, sum(views) AS v FROM (SELECT * FROM posts ORDER BY views DESC NULLS LAST, id LIMIT 2) s');
SELECT same(corm.offset(corm.order_by('Post', '-comments__count'), 1), '{"n": "count", "v": "id__sum", "c": "comments__count"}',
	'SELECT sum(k) AS c, count(*) AS n, sum(id) AS v FROM (SELECT *, (SELECT count(*) FROM comments c WHERE c.post_id = p.id) AS k FROM posts p ORDER BY k DESC, id OFFSET 1) s');
SELECT same(corm.limit('Post', 0), '{"n": "count", "v": "views__sum"}', 'SELECT 0 AS n, NULL::int AS v');
SELECT same(corm.limit(corm.offset('Post', 2), 3), '{"n": "count", "v": "id__max"}', 'SELECT 3 AS n, 5 AS v');
-- what documents would load does not matter
SELECT same(corm.prefetch_related(corm.select_related(corm.fields('Post', 'title'), 'author'), 'comments'), '{"n": "count", "v": "views__sum"}', 'SELECT count(*) AS n, sum(views) AS v FROM posts');
-- distinct rows first
SELECT same(corm.distinct(corm.order_by('Post', 'author', '-id'), 'author'), '{"n": "count", "v": "id__sum"}',
	'SELECT count(*) AS n, sum(id) AS v FROM (SELECT DISTINCT ON (author_id) * FROM posts ORDER BY author_id, id DESC) s');
SELECT same(corm.distinct('Post', 'title'), '{"n": "count"}', 'SELECT count(DISTINCT title) AS n FROM posts');
SELECT same(corm.distinct(corm.fields('Post', 'author_id')), '{"n": "count"}', 'SELECT count(*) AS n FROM (SELECT DISTINCT author_id FROM posts) s');

--
-- Over to-one relations: each row's one value, null where there is none
--
SELECT same('Post', '{"a": "author__name__max", "b": "author__email__count", "c": "author__name__count", "d": "author__count", "e": "author__boss__name__min"}',
	'SELECT max(a.name) AS a, count(a.email) AS b, count(a.name) AS c, count(p.author_id) AS d, min(b.name) AS e FROM posts p LEFT JOIN authors a ON a.id = p.author_id LEFT JOIN authors b ON b.id = a.boss_id');
SELECT same('Post', '{"a": {"count": "author", "distinct": true}, "b": {"count": "author", "filter": {"name": "Ann"}}, "c": {"count": "author__name", "filter": {"name__ne": "Ann"}}, "d": {"exists": "author", "filter": {"name": "Eve"}}, "e": {"exists": "author"}}',
	$$SELECT count(DISTINCT a.id) AS a, count(a.id) FILTER (WHERE a.name = 'Ann') AS b, count(a.id) FILTER (WHERE a.name <> 'Ann') AS c, false AS d, true AS e FROM posts p LEFT JOIN authors a ON a.id = p.author_id$$);
SELECT same('Author', '{"a": "profile__count", "b": "profile__bio__count", "c": "profile__bio__max"}',
	'SELECT count(p.id) AS a, count(p.bio) AS b, max(p.bio) AS c FROM authors a LEFT JOIN profiles p ON p.author_id = a.id');
-- a filter stands where the path ends
SELECT same('Post', '{"a": {"sum": "views", "filter": {"author__name": "Ann"}}, "b": {"max": "author__name", "filter": {"boss": 1}}, "c": {"max": "author__name", "filter": {"posts__title": "JSON"}}}',
	$$SELECT sum(views) FILTER (WHERE a.name = 'Ann') AS a, max(a.name) FILTER (WHERE a.boss_id = 1) AS b, max(a.name) FILTER (WHERE a.id = 1) AS c FROM posts p LEFT JOIN authors a ON a.id = p.author_id$$);
-- transforms
SELECT same('sample', '{"a": "day__year__max", "b": "at__trunc_month__min", "c": {"count": "day__month", "distinct": true}, "d": "tags__len__sum", "e": "data__a__max", "f": {"count": "data__b__c"}, "g": "at__date__max"}',
	$$SELECT max(extract(year FROM day)::int) AS a, min(date_trunc('month', at)) AS b, count(DISTINCT extract(month FROM day)) AS c, sum(cardinality(tags)) AS d, max((data -> 'a')::int) AS e, count(data #> '{b,c}') AS f, max(at::date) AS g FROM sample$$);

--
-- Over to-many relations: all related rows of all rows, and no two multiply
--
SELECT same('Post', '{"a": "comments__count", "b": "categories__count", "c": "tags__count", "d": "views__sum", "e": "count"}',
	'SELECT (SELECT count(*) FROM comments) AS a, (SELECT count(*) FROM post_categories) AS b, (SELECT count(*) FROM tags_posts) AS c, sum(views) AS d, count(*) AS e FROM posts');
SELECT same('Author', '{"a": "posts__views__sum", "b": "posts__views__avg", "c": "posts__views__min", "d": "posts__title__max", "e": "posts__views__count", "f": "posts__exists", "g": "posts__comments__count"}',
	'SELECT sum(views) AS a, avg(views) AS b, min(views) AS c, max(title) AS d, count(views) AS e, true AS f, (SELECT count(*) FROM comments c JOIN posts p ON p.id = c.post_id WHERE p.author_id IS NOT NULL) AS g FROM posts WHERE author_id IS NOT NULL');
-- the average of all, not of averages
SELECT same(corm.filter('Author', '{"id__in": [1, 3]}'), '{"a": "posts__views__avg"}', 'SELECT avg(views) AS a FROM posts WHERE author_id IN (1, 3)');
-- filters on the roots do not narrow related rows; the spec's own filter does
SELECT same(corm.filter('Author', '{"posts__title": "SQL"}'), '{"n": "posts__count", "v": {"sum": "posts__views", "filter": {"title": "JSON"}}, "w": {"exists": "posts", "filter": {"title": "Make"}}, "x": {"count": "posts", "filter": {"comments__author": 3}}}',
	'SELECT 2 AS n, 20 AS v, false AS w, 1 AS x');
SELECT same(corm.limit(corm.order_by('Post', '-id'), 3), '{"n": "comments__count", "c": "categories__count"}',
	'SELECT (SELECT count(*) FROM post_categories WHERE post_id >= 4) AS c, (SELECT count(*) FROM comments WHERE post_id >= 4) AS n');
-- symmetrical, and pairs that are linked several times: each related row once
SELECT same('Author', '{"f": "friends__count", "g": "followers__count", "h": "follows__name__max", "i": "clubs__count"}',
	$$SELECT (SELECT count(*) FROM (SELECT from_author_id, to_author_id FROM authors_authors UNION SELECT to_author_id, from_author_id FROM authors_authors) s) AS f,
		(SELECT count(*) FROM authors_authors_follows) AS g, 'Dan' AS h, (SELECT count(*) FROM (SELECT DISTINCT author_id, club_id FROM memberships) s WHERE author_id IS NOT NULL AND club_id IS NOT NULL) AS i$$);
-- columns of links, self relations
SELECT same('Post', '{"a": "categories__PostCategory__position__sum"}', 'SELECT sum(position) AS a FROM post_categories');
SELECT same(corm.filter('Comment', '{"id": 1}'), '{"b": "replies__count", "c": "replies__replies__count", "d": "replies__descendants__count"}', 'SELECT 1 AS b, 1 AS c, 2 AS d');
-- a value of each row that is an aggregate itself
SELECT same('Post', '{"a": {"max": "comments__count"}, "b": {"avg": "comments__count"}, "c": "comments__count__sum", "d": {"max": "comments__count", "filter": {"title": "C"}}}',
	$$SELECT max(k) AS a, avg(k) AS b, sum(k) AS c, max(k) FILTER (WHERE title = 'C') AS d FROM (SELECT title, (SELECT count(*) FROM comments c WHERE c.post_id = p.id) AS k FROM posts p) s$$);
-- annotations
SELECT same(corm.filter(corm.annotate('Post', '{"n": "comments__count"}'), '{"n__gte": 1}'), '{"a": "n__sum", "b": {"max": "n"}, "c": "count"}', 'SELECT 7 AS a, 3 AS b, 4 AS c');

--
-- Relations of rows and of querysets
--
SELECT same(corm.relation('Author', 1, 'posts'), '{"n": "count", "v": "views__sum"}', 'SELECT count(*) AS n, sum(views) AS v FROM posts WHERE author_id = 1');
SELECT same(corm.relation('Post', 1, 'categories'), '{"n": "count", "v": "PostCategory__position__sum", "x": "name__max"}',
	'SELECT count(*) AS n, sum(position) AS v, max(name) AS x FROM post_categories l JOIN categories c ON c.id = l.category_id WHERE post_id = 1');
-- the link of lowest key of a pair
SELECT same(corm.relation('Club', 1, 'members'), '{"n": "count", "v": "Membership__since__sum", "x": "name__max"}',
	$$SELECT 2 AS n, 4001 AS v, 'Bob' AS x$$);
SELECT same(corm.relation('Club', 1, 'members'), '{"n": "count"}', 'SELECT 2 AS n');
SELECT same(corm.limit(corm.order_by(corm.relation('Club', 1, 'members'), '-name'), 1), '{"n": "count", "v": "Membership__since__sum"}', 'SELECT 1 AS n, 2001 AS v');
SELECT same(corm.relation('Author', 1, 'friends'), '{"n": "count", "x": "name__max"}', $$SELECT 2 AS n, 'Cid' AS x$$);
SELECT same(corm.relation(corm.filter('Author', '{"id__in": [1, 2]}'), 'posts'), '{"n": "count", "c": "comments__count"}',
	'SELECT (SELECT count(*) FROM comments WHERE post_id IN (1, 2, 3)) AS c, count(*) AS n FROM posts WHERE author_id IN (1, 2)');

--
-- Types: those of the plain aggregates
--
SELECT same('sample', jsonb_object_agg(c || '_sum', c || '__sum'), 'SELECT ' || string_agg(format('sum(%1$s) AS %1$s_sum', c), ', ' ORDER BY length(c), c) || ' FROM sample')
FROM unnest('{i2,i4,i8,num,f4,f8,span,price,cost}'::text[]) c;
SELECT same('sample', jsonb_object_agg(c || '_avg', c || '__avg'), 'SELECT ' || string_agg(format('avg(%1$s) AS %1$s_avg', c), ', ' ORDER BY length(c), c) || ' FROM sample')
FROM unnest('{i2,i4,i8,num,f4,f8,span,cost}'::text[]) c;
SELECT same('sample', jsonb_object_agg(c || '_min', c || '__min') || jsonb_object_agg(c || '_max', c || '__max'),
	'SELECT ' || string_agg(format('(SELECT %1$s FROM sample ORDER BY %1$s %2$s NULLS LAST LIMIT 1) AS %1$s_%3$s', c, d, a), ', ' ORDER BY length(c), c, a))
FROM unnest('{i2,i4,i8,num,f4,f8,span,price,cost,ok,feeling,day,at,clock,data,tags,code,uid}'::text[]) c, (VALUES ('', 'min'), ('DESC', 'max')) v (d, a);
SELECT same('sample', jsonb_object_agg(c, c || '__count'), 'SELECT ' || string_agg(format('count(%1$s) AS %1$s', c), ', ' ORDER BY length(c), c) || ' FROM sample')
FROM unnest('{i2,ok,data,raw,tags,txid}'::text[]) c;
-- put together from related rows
SELECT same('sample', jsonb_object_agg(c || '_sum', 'readings__' || c || '__sum'), 'SELECT ' || string_agg(format('sum(%1$s) AS %1$s_sum', c), ', ' ORDER BY length(c), c) || ' FROM reading WHERE sample_id IS NOT NULL')
FROM unnest('{i2,i4,i8,num,f4,f8,span,price,cost}'::text[]) c;
SELECT same('sample', jsonb_object_agg(c || '_avg', 'readings__' || c || '__avg'), 'SELECT ' || string_agg(format('avg(%1$s) AS %1$s_avg', c), ', ' ORDER BY length(c), c) || ' FROM reading WHERE sample_id IS NOT NULL')
FROM unnest('{i2,i4,i8,num,f4,f8,span,cost}'::text[]) c;
SELECT same('sample', jsonb_object_agg(c || '_min', 'readings__' || c || '__min') || jsonb_object_agg(c || '_max', 'readings__' || c || '__max'),
	'SELECT ' || string_agg(format('(SELECT %1$s FROM reading WHERE sample_id IS NOT NULL ORDER BY %1$s %2$s NULLS LAST LIMIT 1) AS %1$s_%3$s', c, d, a), ', ' ORDER BY length(c), c, a))
FROM unnest('{i2,i4,i8,num,f4,f8,span,price,cost,ok,feeling,at}'::text[]) c, (VALUES ('', 'min'), ('DESC', 'max')) v (d, a);
SELECT same('sample', '{"a": "readings__at__month__avg", "b": "readings__at__trunc_month__max", "c": "readings__ok__count"}',
	$$SELECT avg(extract(month FROM at)) AS a, max(date_trunc('month', at)) AS b, count(ok) AS c FROM reading WHERE sample_id IS NOT NULL$$);
-- keys of several columns, and no key at all
SELECT same('part', '{"a": "line__count", "b": {"exists": "line"}, "c": {"count": "line", "filter": {"qty__gt": 5}}, "d": "line__qty__sum"}',
	'SELECT count(l.a) AS a, true AS b, count(l.a) FILTER (WHERE qty > 5) AS c, sum(l.qty) AS d FROM part p LEFT JOIN line l USING (a, b)');
SELECT same('line', '{"n": "parts__count", "k": {"count": "pk"}, "s": "parts__n__sum"}', 'SELECT 3 AS k, 3 AS n, 6 AS s');
SELECT same('log', '{"n": "count", "w": {"count": "word", "distinct": true}}', 'SELECT 3 AS n, 1 AS w');
SET corm.bigint_as_string = on;
SELECT corm.aggregate('sample', '{"n": "count", "a": "i4__max", "b": "i8__max", "c": "num__sum", "d": "f8__min"}');
SELECT corm.max('sample', 'i8'), corm.sum('sample', 'i8');
RESET corm.bigint_as_string;

--
-- One value
--
SELECT corm.sum('Post', 'views') = (SELECT sum(views) FROM posts), corm.avg('Post', 'views')::text = (SELECT avg(views)::text FROM posts);
SELECT corm.sum('Author', 'posts__views') = 40, corm.avg('Author', 'posts__views') = (SELECT avg(views) FROM posts WHERE author_id IS NOT NULL);
SELECT corm.sum('sample', 'f4'), corm.sum('sample', 'i8') = (SELECT sum(i8) FROM sample), corm.avg(corm.filter('sample', '{"id__lt": 3}'), 'f8') = 5000000000.125;
SELECT corm.min('Post', 'title')::text, corm.max('Post', 'title')::text, corm.max('Author', 'posts__comments__body')::text, corm.min('sample', 'data')::text;
SELECT corm.max('sample', 'at')::text = (SELECT to_json(max(at))::text FROM sample), corm.min('sample', 'ok')::text, corm.max('Post', 'comments__count')::text;
SELECT corm.sum(corm.filter('Post', '{"id": 0}'), 'views') IS NULL, corm.avg(corm.limit('Post', 0), 'views') IS NULL, corm.min(corm.limit('Post', 0), 'views') IS NULL, corm.max('Post', 'editor__boss__boss__name') IS NULL;
SELECT corm.sum(NULL, 'views') IS NULL, corm.avg(NULL, 'views') IS NULL, corm.min(NULL, 'views') IS NULL, corm.max(NULL, 'views') IS NULL;

--
-- What is refused
--
SELECT try($$SELECT corm.aggregate('Post', NULL)$$);
SELECT try($$SELECT corm.aggregate('Post', '[]')$$);
SELECT try($$SELECT corm.aggregate('Post', '"count"')$$);
SELECT try($$SELECT corm.aggregate('Post', '{"": "count"}')$$);
SELECT try($$SELECT corm.aggregate('Post', '{"n": 1}')$$);
SELECT try($$SELECT corm.aggregate('Post', '{"n": ""}')$$);
SELECT try($$SELECT corm.aggregate('Post', '{"n": {}}')$$);
SELECT try($$SELECT corm.aggregate('Post', '{"n": {"median": "views"}}')$$);
SELECT try($$SELECT corm.aggregate('Post', '{"n": {"sum": "*"}}')$$);
SELECT try($$SELECT corm.aggregate('Post', '{"n": {"sum": "views", "max": "views"}}')$$);
SELECT try($$SELECT corm.aggregate('Post', '{"n": "views__median"}')$$);
SELECT try($$SELECT corm.aggregate('Post', '{"n": "views"}')$$);
SELECT try($$SELECT corm.aggregate('Post', '{"n": "sum"}')$$);
SELECT try($$SELECT corm.aggregate('Post', '{"n": "view__sum"}')$$);
SELECT try($$SELECT corm.aggregate('Post', '{"n": "author__nam__max"}')$$);
SELECT try($$SELECT corm.aggregate('Post', '{"n": "views__year__max"}')$$);
SELECT try($$SELECT corm.aggregate('Post', '{"n": "comments__year__max"}')$$);
SELECT try($$SELECT corm.aggregate('Post', '{"n": "comments__max"}')$$);
SELECT try($$SELECT corm.aggregate('Post', '{"n": {"count": "views__gt"}}')$$);
SELECT try($$SELECT corm.aggregate('Post', '{"n": "title__sum"}')$$);
SELECT try($$SELECT corm.aggregate('Author', '{"n": "posts__title__avg"}')$$);
SELECT try($$SELECT corm.aggregate('sample', '{"n": "price__avg"}')$$);
SELECT try($$SELECT corm.aggregate('sample', '{"n": "raw__max"}')$$);
SELECT try($$SELECT corm.aggregate('sample', '{"n": {"count": "raw", "distinct": true}}')$$);
SELECT try($$SELECT corm.aggregate('sample', '{"n": "txid__min"}')$$);
SELECT try($$SELECT corm.aggregate('part', '{"n": "line__max"}')$$);
SELECT try($$SELECT corm.aggregate('part', '{"n": {"count": "line", "distinct": true}}')$$);
SELECT try($$SELECT corm.aggregate('Post', '{"n": {"count": "comments", "distinct": true}}')$$);
SELECT try($$SELECT corm.aggregate('Post', '{"n": {"count": "*", "filter": {"nope": 1}}}')$$);
SELECT try($$SELECT corm.aggregate('Post', '{"n": {"count": "comments", "filter": {"title": 1}}}')$$);
SELECT try($$SELECT corm.aggregate('Post', '{"n": {"max": "author__name", "filter": {"title": "SQL"}}}')$$);
SELECT try($$SELECT corm.aggregate('Post', '{"n": {"count": "*", "filter": 1}}')$$);
SELECT try($$SELECT corm.aggregate('Post', '{"n": {"count": "*", "where": {}}}')$$);
SELECT try($$SELECT corm.aggregate('Post', '{"n": {"count": "*", "distinct": 1}}')$$);
SELECT try($$SELECT corm.aggregate('Post', '{"n": {"count": "*", "filter": {"views": "x"}}}')$$);
SELECT try($$SELECT corm.aggregate('Nope', '{"n": "count"}')$$);
SELECT try($$SELECT corm.aggregate(corm.filter('Post', '{"nope": 1}'), '{"n": "count"}')$$);
SELECT try($$SELECT corm.aggregate(corm.limit(corm.order_by('Post', 'nope'), 1), '{"n": "count"}')$$);
SELECT try($$SELECT corm.sum('Post', NULL)$$);
SELECT try($$SELECT corm.sum('Post', '')$$);
SELECT try($$SELECT corm.sum('Post', '*')$$);
SELECT try($$SELECT corm.sum('Post', 'nope')$$);
SELECT try($$SELECT corm.sum('Post', 'title')$$);
SELECT try($$SELECT corm.sum('sample', 'price')$$);
SELECT try($$SELECT corm.sum('sample', 'span')$$);
SELECT try($$SELECT corm.avg('sample', 'readings__span')$$);
SELECT try($$SELECT corm.min('Post', 'comments')$$);
SELECT try($$SELECT corm.max('sample', 'raw')$$);
SELECT try($$SELECT corm.min('Post', 'views__max')$$);

--
-- As the caller: columns that are needed and no others, rows that are visible
--
CREATE ROLE regress_corm_sums;
GRANT USAGE ON SCHEMA corm_aggregate TO regress_corm_sums;
GRANT SELECT (id, views, author_id) ON posts TO regress_corm_sums;
GRANT SELECT (post_id, body) ON comments TO regress_corm_sums;
ALTER TABLE comments ENABLE ROW LEVEL SECURITY;
CREATE POLICY good ON comments TO regress_corm_sums USING (body = 'good');
SET ROLE regress_corm_sums;
SELECT corm.aggregate('Post', '{"n": "count", "v": "views__sum", "c": "comments__count", "a": "author__count", "e": {"exists": "comments", "filter": {"body": "bad"}}}');
SELECT try($$SELECT corm.aggregate('Post', '{"t": "title__max"}')$$);
SELECT try($$SELECT corm.aggregate('Post', '{"t": "comments__id__max"}')$$);
SELECT try($$SELECT corm.aggregate('Post', '{"t": "author__name__max"}')$$);
SELECT try($$SELECT corm.aggregate('Post', '{"n": {"count": "*", "filter": {"title": "SQL"}}}')$$);
SELECT try($$SELECT corm.aggregate('Post', '{"n": "nope__sum"}')$$);
RESET ROLE;
DROP OWNED BY regress_corm_sums;
DROP ROLE regress_corm_sums;
-- an allow-list is for aggregates too
SELECT corm.aggregate(corm.allow('Post', '{"annotate": ["views__sum", "count"]}'), '{"v": "views__sum", "w": {"sum": "views"}, "n": "count", "m": {"count": "*"}}');
SELECT try($$SELECT corm.aggregate(corm.allow('Post', '{"annotate": ["views__sum"]}'), '{"v": "title__max"}')$$);
SELECT try($$SELECT corm.sum(corm.allow('Post', '{"annotate": ["views__sum"]}'), 'id')$$);
SELECT try($$SELECT corm.aggregate(corm.allow('Post', '{"annotate": ["views__sum"]}'), '{"v": {"sum": "views", "filter": {"title": "SQL"}}}')$$);
-- CONTEXT and the label
\set VERBOSITY default
SELECT corm.aggregate('Post', '{"n": {"sum": "views", "filter": {"id__op(/)": 1}}}');
UPDATE sample SET f8 = 1.7e308 WHERE id < 3;
SELECT corm.sum(corm.filter('sample', '{"id__lt": 3}'), 'f8');
\set VERBOSITY terse
SET client_min_messages = error;
DROP SCHEMA corm_aggregate CASCADE;
