-- Annotations, distinct and the relations of querysets: documents beside the rows
-- that hand-written SQL gives.
CREATE SCHEMA corm_annotate;
SET search_path = corm_annotate;
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
-- Are the documents, in their order, the rows of a query?
CREATE FUNCTION eq(q corm.queryset, query text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE got jsonb := corm.list(q); wanted jsonb;
BEGIN
	EXECUTE 'SELECT coalesce(jsonb_agg(to_jsonb(r)), ''[]'') FROM (' || query || ') AS r' INTO wanted;
	RETURN CASE WHEN got = wanted THEN 'ok ' || jsonb_array_length(got) ELSE format(E'WRONG %s\n not  %s', got, wanted) END;
END
$$;
-- One annotation of all authors, or of another model's rows, as value of each.
CREATE FUNCTION ann(spec jsonb, value text, model text DEFAULT 'Author') RETURNS text LANGUAGE sql AS $$
	SELECT eq(corm.annotate(corm.fields(corm.objects(model), 'id'), jsonb_build_object('n', spec)),
		format('SELECT id, (%s) AS n FROM %s t ORDER BY id', value, (SELECT table_name FROM corm.models m WHERE m.model = ann.model)))
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

UPDATE authors SET name = 'Bob' WHERE id = 4;

--
-- Every function over every kind of relation
--
SELECT s, ann(s, v) FROM (VALUES ('"posts__count"'::jsonb, 'SELECT count(*) FROM posts p WHERE author_id = t.id'), ('{"count": "posts"}', 'SELECT count(*) FROM posts p WHERE author_id = t.id'), ('"posts__views__sum"', 'SELECT sum(views) FROM posts p WHERE author_id = t.id'), ('{"sum": "posts__views"}', 'SELECT sum(views) FROM posts p WHERE author_id = t.id'), ('"posts__views__avg"', 'SELECT avg(views) FROM posts p WHERE author_id = t.id'), ('"posts__views__min"', 'SELECT min(views) FROM posts p WHERE author_id = t.id'),
	('"posts__title__max"', 'SELECT max(title) FROM posts p WHERE author_id = t.id'), ('"posts__views__count"', 'SELECT count(views) FROM posts p WHERE author_id = t.id'), ('"posts__exists"', 'EXISTS (SELECT FROM posts p WHERE author_id = t.id)'), ('"posts__views__exists"', 'EXISTS (SELECT FROM posts p WHERE author_id = t.id AND views IS NOT NULL)'), ('{"count": "posts__pk"}', 'SELECT count(*) FROM posts p WHERE author_id = t.id'),
	('{"count": "posts", "filter": {"views__gt": 10}}', 'SELECT count(*) FROM posts p WHERE author_id = t.id AND views > 10'), ('{"sum": "posts__views", "filter": {"comments__some": {"body": "good"}}}', $$SELECT sum(views) FROM posts p WHERE author_id = t.id AND EXISTS (SELECT FROM comments c WHERE post_id = p.id AND body = 'good')$$), ('{"exists": "posts", "filter": [{"views": 10}, {"editor": 2}]}', 'EXISTS (SELECT FROM posts p WHERE author_id = t.id AND views = 10 AND editor_id = 2)'),
	('{"max": "posts__views", "filter": {"NOT": {"views": 20}}}', 'SELECT max(views) FROM posts p WHERE author_id = t.id AND views IS DISTINCT FROM 20'), ('{"count": "posts__author", "distinct": true}', 'SELECT count(DISTINCT author_id) FROM posts p WHERE author_id = t.id'), ('{"count": "posts__views", "distinct": true}', 'SELECT count(DISTINCT views) FROM posts p WHERE author_id = t.id'), ('{"sum": "edited__views", "distinct": true}', 'SELECT sum(DISTINCT views) FROM posts p WHERE editor_id = t.id'), ('{"avg": "posts__views", "distinct": false, "filter": {}}', 'SELECT avg(views) FROM posts p WHERE author_id = t.id'),
	-- several steps, none of which multiplies another annotation
	('"posts__comments__count"', 'SELECT count(*) FROM posts p JOIN comments c ON c.post_id = p.id WHERE p.author_id = t.id'), ('"posts__comments__body__max"', 'SELECT max(body) FROM posts p JOIN comments c ON c.post_id = p.id WHERE p.author_id = t.id'), ('{"count": "posts__comments__author", "distinct": true}', 'SELECT count(DISTINCT c.author_id) FROM posts p JOIN comments c ON c.post_id = p.id WHERE p.author_id = t.id'), ('"posts__categories__count"', 'SELECT count(*) FROM posts p JOIN post_categories c ON c.post_id = p.id WHERE p.author_id = t.id'),
	('{"count": "posts__categories", "distinct": true}', 'SELECT count(DISTINCT category_id) FROM posts p JOIN post_categories c ON c.post_id = p.id WHERE p.author_id = t.id'), ('"posts__categories__PostCategory__position__sum"', 'SELECT sum(position) FROM posts p JOIN post_categories c ON c.post_id = p.id WHERE p.author_id = t.id'), ('{"min": "posts__categories__name", "filter": {"PostCategory__note": "first"}}', $$SELECT min(name) FROM posts p JOIN post_categories c ON c.post_id = p.id JOIN categories g ON g.id = category_id WHERE p.author_id = t.id AND note = 'first'$$),
	('"posts__editor__posts__count"', 'SELECT count(*) FROM posts p JOIN posts q ON q.author_id = p.editor_id WHERE p.author_id = t.id'), ('"boss__posts__count"', 'SELECT count(*) FROM posts p WHERE author_id = t.boss_id'), ('"boss__boss__staff__name__min"', 'SELECT min(s.name) FROM authors b JOIN authors s ON s.boss_id = b.boss_id WHERE b.id = t.boss_id'), ('{"count": "profile__bio"}', 'SELECT count(bio) FROM profiles p WHERE author_id = t.id'), ('"profile__author__posts__count"', 'SELECT count(*) FROM profiles r JOIN posts p ON p.author_id = r.author_id WHERE r.author_id = t.id'),
	-- a pair is counted once, however many links it has; links are counted by their own relation
	('"clubs__count"', 'SELECT count(DISTINCT club_id) FROM memberships WHERE author_id = t.id'), ('"memberships__count"', 'SELECT count(*) FROM memberships WHERE author_id = t.id'), ('"friends__count"', 'SELECT count(*) FROM authors_authors WHERE from_author_id = t.id OR to_author_id = t.id'), ('"follows__count"', 'SELECT count(*) FROM authors_authors_follows WHERE from_author_id = t.id'), ('"followers__posts__count"', 'SELECT count(*) FROM authors_authors_follows f JOIN posts p ON p.author_id = f.from_author_id WHERE f.to_author_id = t.id'),
	('{"max": "clubs__name", "filter": {"members__some": {"name": "Ann"}}}', $$CASE WHEN t.id IN (1, 2) THEN 'chess' END$$), ('"clubs__Membership__since__min"', 'SELECT min(since) FROM (SELECT DISTINCT ON (club_id) since FROM memberships WHERE author_id = t.id AND club_id IS NOT NULL ORDER BY club_id, id) x'),
	-- plain values over to-one relations
	('"boss__name"', 'SELECT name FROM authors b WHERE b.id = t.boss_id'), ('"boss__boss__email"', 'SELECT bb.email FROM authors b JOIN authors bb ON bb.id = b.boss_id WHERE b.id = t.boss_id'), ('"boss__boss"', 'SELECT boss_id FROM authors b WHERE b.id = t.boss_id'), ('"profile__bio"', 'SELECT bio FROM profiles p WHERE author_id = t.id'), ('"name"', 'name'), ('"pk"', 'id'), ('"boss"', 'boss_id')) v(s, v);
SELECT s, ann(s, v, 'Post') FROM (VALUES ('"author__name"'::jsonb, 'SELECT name FROM authors WHERE id = t.author_id'), ('"author__posts__count"', 'SELECT count(*) FROM posts p WHERE p.author_id = t.author_id'), ('"tags__name__max"', 'SELECT max(tag_name) FROM tags_posts WHERE post_id = t.id'), ('"tags__count"', 'SELECT count(*) FROM tags_posts WHERE post_id = t.id'), ('"links__added_by__name__min"', 'SELECT min(name) FROM post_categories l JOIN authors a ON a.id = added_by_id WHERE post_id = t.id'), ('"comments__replies__count"', 'SELECT count(*) FROM comments c JOIN comments r ON r.parent_id = c.id WHERE c.post_id = t.id'),
	('{"count": "comments", "filter": {"author__boss__name": "Ann"}}', 'SELECT count(*) FROM comments c JOIN authors a ON a.id = c.author_id WHERE post_id = t.id AND boss_id = 1'), ('{"count": "comments", "filter": {"body__F": "post__title"}}', '0'), ('{"count": "comments", "filter": {"replies__count__gt": 0}}', 'SELECT count(*) FROM comments c WHERE post_id = t.id AND EXISTS (SELECT FROM comments r WHERE r.parent_id = c.id)'), ('{"count": "categories", "filter": {"PostCategory__position__gt": 1}}', 'SELECT count(*) FROM post_categories WHERE post_id = t.id AND position > 1')) v(s, v);
-- types: what the aggregate of the type is, and an order where there is none
CREATE TABLE samples (id int PRIMARY KEY, post_id bigint REFERENCES posts, d date, b boolean, u uuid, j jsonb, js json, n numeric, f real, iv interval, ia int[], m money, c "char");
INSERT INTO samples VALUES (1, 1, '2024-02-29', true, '00000000-0000-0000-0000-00000000000a', '{"a": 1}', '1', 1.50, 1.5, '1 day', '{1,2}', 1, 'a'), (2, 1, '2023-01-01', false, '00000000-0000-0000-0000-00000000000b', '[1]', '2', 'NaN', 2.5, '2 days', '{3}', 2, 'b'), (3, 1, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
SELECT corm.register_model('samples', 'Sample'), corm.foreign_key('Sample', 'post', 'Post', related_name => 'samples');
SELECT s, ann(s, 'SELECT ' || v || ' FROM samples WHERE post_id = t.id', 'Post') FROM (VALUES ('"samples__d__max"'::jsonb, 'max(d)'), ('"samples__d__year__min"', 'min(extract(year FROM d))'), ('"samples__d__trunc_month__max"', $$max(date_trunc('month', d))::date$$), ('"samples__b__max"', 'bool_or(b)'), ('"samples__u__min"', 'min(u::text)'), ('{"min": "samples__j"}', '(array_agg(j ORDER BY j))[1]'), ('{"max": "samples__j__a"}', $$(array_agg(j -> 'a' ORDER BY j -> 'a' DESC NULLS LAST))[1]$$), ('"samples__n__sum"', 'sum(n)'), ('"samples__n__max"', 'max(n)'), ('"samples__f__avg"', 'avg(f)'), ('"samples__iv__sum"', 'sum(iv)'), ('"samples__ia__max"', 'max(ia)'), ('"samples__ia__len__sum"', 'sum(cardinality(ia))'), ('"samples__m__sum"', 'sum(m)'), ('"samples__c__max"', 'max(c::text)'), ('{"count": "samples__js"}', 'count(js)'), ('{"count": "samples__ia", "distinct": true}', 'count(DISTINCT ia)')) v(s, v);
SELECT s, try(format('SELECT corm.list(corm.annotate(''Post'', %L))', jsonb_build_object('n', s))) FROM unnest('{"\"samples__b__sum\"","\"samples__d__avg\"","{\"min\": \"samples__js\"}","{\"count\": \"samples__js\", \"distinct\": true}","\"samples__u__sum\"","{\"sum\": \"samples__j__a\"}"}'::jsonb[]) s;

--
-- Together with everything else
--
\set base 'SELECT id, name, (SELECT count(*) FROM posts p WHERE author_id = t.id) AS n, (SELECT count(*) FROM authors s WHERE s.boss_id = t.id) AS s FROM authors t '
SELECT corm.annotate(corm.fields('Author', 'id', 'name'), '{"n": "posts__count", "s": "staff__count"}') AS q \gset
SELECT eq(q, sql) FROM (VALUES (corm.limit(:'q', 3), 'ORDER BY id LIMIT 3'), (corm.order_by(:'q', '-n', 'name'), 'ORDER BY 3 DESC, name, id'), (corm.limit(corm.offset(corm.order_by(:'q', 'n', '-s'), 1), 2), 'ORDER BY 3, 4 DESC, id LIMIT 2 OFFSET 1'), (corm.filter(:'q', '{"n": 1}'), 'WHERE id IN (2, 3) ORDER BY id'), (corm.filter(:'q', '{"n__gte": 1, "s__gt": 0}'), 'WHERE id IN (1, 2) ORDER BY id'), (corm.exclude(:'q', '{"n": 1}'), 'WHERE id NOT IN (2, 3) ORDER BY id'),
	(corm.filter(:'q', '{"OR": [{"n": 2}, {"NOT": {"s": 0}}]}'), 'WHERE id IN (1, 2, 5) ORDER BY id'), (corm.filter(:'q', '{"n__F": "s"}'), 'WHERE id IN (1, 2, 4) ORDER BY id'), (corm.filter(:'q', '{"s__lt__F": "n"}'), 'WHERE id IN (3) ORDER BY id'), (corm.filter(:'q', '{"n__in": [0, 2]}'), 'WHERE id IN (1, 4, 5) ORDER BY id'), (corm.filter(:'q', '{"posts__views": 10}'), 'WHERE id IN (1, 3) ORDER BY id'), (corm.filter(:'q', '{"id__gt__F": "n"}'), 'WHERE id > 1 ORDER BY id'), (corm.annotate(:'q', '{"n": "posts__count"}'), 'ORDER BY id')) v(q, w), LATERAL (SELECT :'base' || w AS sql) x;
SELECT corm.count(:'q', '{"n": 1}'), corm.exists(:'q', '{"n__gt": 2}'), corm.get(:'q', '{"n": 2}'), corm.first(corm.order_by(:'q', '-s', '-n')), corm.last(corm.order_by(:'q', 'n')), corm.get_or_none(:'q', '{"n": 7}') IS NULL, corm.count(corm.limit(:'q', 2), '{"n__gte": 0}');
-- the same name for a value of one row; the year of an annotation
SELECT eq(corm.filter(corm.annotate(corm.fields('Author', 'id'), '{"b": "boss__name"}'), '{"b": "Ann"}'), $$SELECT id, 'Ann' AS b FROM authors WHERE boss_id = 1 ORDER BY id$$), corm.count(corm.annotate('Post', '{"d": "samples__d__max"}'), '{"d__year": 2024}'), corm.count(corm.annotate('Author', '{"b": "boss__name"}'), '{"b__isnull": true}'), corm.count(corm.annotate('Author', '{"b__c": "boss__name", "b": "staff__count"}'), '{"b__c__startswith": "A", "\"b__c\"__endswith": "n", "b__gt": 0}');
-- with loads, and within them: the limit of each parent goes by the annotation
SELECT eq(corm.prefetch_related(:'q', '{"posts": {"fields": ["id"], "annotate": {"c": "comments__count"}, "order_by": ["-c", "id"], "limit": 1}}'), :'base' || ' ORDER BY id') LIKE 'WRONG%',
	corm.list(corm.prefetch_related(corm.limit(:'q', 2), '{"posts": {"fields": ["id"], "annotate": {"c": "comments__count"}, "order_by": ["-c", "id"], "limit": 1, "more": true}}'));
SELECT corm.list(corm.prefetch_related(corm.fields('Author', 'id'), '{"posts": {"fields": ["id"], "annotate": {"c": {"count": "comments", "filter": {"body": "good"}}}, "filter": {"c__gt": 0}}, "boss": {"fields": ["id"], "annotate": {"k": "staff__count"}}, "friends": {"fields": ["id"], "annotate": {"k": "posts__count"}, "filter": {"k__gt": 0}, "order_by": ["-k", "-id"]}}'), '{"id__lte": 3}')::jsonb
	= (SELECT jsonb_agg(jsonb_build_object('id', id, 'posts', (SELECT coalesce(jsonb_agg(jsonb_build_object('id', id, 'c', c) ORDER BY id), '[]') FROM (SELECT p.id, (SELECT count(*) FROM comments c WHERE c.post_id = p.id AND body = 'good') AS c FROM posts p WHERE p.author_id = t.id) x WHERE c > 0),
		'boss', (SELECT jsonb_build_object('id', b.id, 'k', (SELECT count(*) FROM authors s WHERE s.boss_id = b.id)) FROM authors b WHERE b.id = t.boss_id),
		'friends', (SELECT coalesce(jsonb_agg(jsonb_build_object('id', id, 'k', k) ORDER BY k DESC, id DESC), '[]') FROM (SELECT f.id, (SELECT count(*) FROM posts p WHERE p.author_id = f.id) AS k FROM authors f WHERE EXISTS (SELECT FROM authors_authors l WHERE (l.from_author_id, l.to_author_id) IN ((t.id, f.id), (f.id, t.id)))) x WHERE k > 0)) ORDER BY id) FROM authors t WHERE id <= 3) AS nested;
SELECT corm.list(corm.prefetch_related(corm.fields('Post', 'id'), '{"categories": {"fields": ["id", "PostCategory"], "annotate": {"p": "PostCategory__position", "n": "posts__count"}, "order_by": ["-n", "p"]}}'), '{"id": 1}');
-- root filters do not narrow an annotation, and it narrows no load
SELECT corm.list(corm.prefetch_related(corm.filter(corm.annotate(corm.fields('Author', 'id'), '{"n": "posts__count"}'), '{"posts__title": "SQL"}'), '{"posts": {"fields": ["id"]}}'));

--
-- Bad specs, clashing names
--
SELECT a, try(format('SELECT corm.list(corm.annotate(''Author'', %L))', a)) FROM unnest('{"{\"name\": \"posts__count\"}","{\"posts\": \"posts__count\"}","{\"boss\": \"staff__count\"}","{\"n\": \"nosuch__count\"}","{\"n\": \"posts__nosuch__count\"}","{\"n\": \"posts\"}","{\"n\": \"posts__title\"}","{\"n\": \"posts__sum\"}","{\"n\": {\"sum\": \"posts\"}}","{\"n\": {\"count\": \"*\"}}","{\"n\": {\"count\": \"name\"}}","{\"n\": {\"count\": \"posts__title__nosuch\"}}","{\"n\": {\"median\": \"posts__views\"}}","{\"n\": {\"count\": \"posts\", \"sum\": \"posts__views\"}}","{\"n\": {}}","{\"n\": {\"filter\": {}}}","{\"n\": 1}","{\"n\": null}",
	"{\"n\": {\"count\": \"posts\", \"filter\": {\"nosuch\": 1}}}","{\"n\": {\"count\": \"posts\", \"filter\": {\"posts__id\": 1}}}","{\"n\": {\"count\": \"posts\", \"filter\": 1}}","{\"n\": {\"count\": \"posts\", \"distinct\": \"yes\"}}","{\"n\": {\"count\": [\"posts\"]}}","{\"n\": {\"count\": \"posts__count\"}}","{\"n\": \"posts__count__gte\"}","{\"n\": \"posts__count__sum\"}","{\"\": \"posts__count\"}","{\"a\": \"posts__count\", \"b\": \"a\"}","{\"n\": {\"count\": \"boss\"}, \"m\": \"boss__count\"}","{\"n\": \"posts__title__sum\"}","{\"n\": \"nosuch\"}"}'::jsonb[]) a;
SELECT try($$SELECT corm.annotate(corm.annotate('Author', '{"n": "posts__count"}'), '{"n": "staff__count"}')$$), try($$SELECT corm.list(corm.prefetch_related(corm.annotate('Author', '{"x": "posts__count"}'), '{"posts": {"as": "x"}}'))$$), try($$SELECT corm.list(corm.annotate('Author', '{"n": "posts__count"}'), '{"n": "x"}')$$), try($$SELECT corm.list(corm.annotate('Author', '{"n": "posts__count"}'), '{"n__title": "x"}')$$), try($$SELECT corm.list(corm.annotate('Author', '{"n": "posts__count"}'), '{"m": 1}')$$), try($$SELECT corm.list(corm.prefetch_related(corm.annotate('Author', '{"n": "posts__count"}'), '{"posts": {"filter": {"n": 1}}}'))$$);

--
-- distinct
--
SELECT eq(q, sql) FROM (VALUES (corm.distinct(corm.fields('Author', 'name')), 'SELECT DISTINCT name FROM authors ORDER BY 1'), (corm.distinct(corm.order_by(corm.fields('Author', 'name'), '-name')), 'SELECT DISTINCT name FROM authors ORDER BY 1 DESC'), (corm.limit(corm.distinct(corm.order_by(corm.fields('Author', 'name'), '-name')), 2), 'SELECT DISTINCT name FROM authors ORDER BY 1 DESC LIMIT 2'), (corm.offset(corm.distinct(corm.fields('Author', 'name')), 3), 'SELECT DISTINCT name FROM authors ORDER BY 1 OFFSET 3'),
	(corm.distinct(corm.fields('Author', 'id', 'name'), 'name'), 'SELECT DISTINCT ON (name) id, name FROM authors ORDER BY name, id'), (corm.distinct(corm.order_by(corm.fields('Author', 'id', 'name'), '-id'), 'name'), 'SELECT * FROM (SELECT DISTINCT ON (name) id, name FROM authors ORDER BY name, id DESC) x ORDER BY id DESC'), (corm.distinct(corm.order_by(corm.fields('Post', 'id'), '-views nulls last'), 'author__name'), 'SELECT id FROM (SELECT DISTINCT ON (a.name) p.id, views FROM posts p LEFT JOIN authors a ON a.id = author_id ORDER BY a.name, views DESC NULLS LAST, p.id) x ORDER BY views DESC NULLS LAST, id'),
	(corm.limit(corm.distinct(corm.order_by(corm.fields('Post', 'id'), '-id'), 'author'), 2), 'SELECT id FROM (SELECT DISTINCT ON (author_id) id FROM posts ORDER BY author_id, id DESC) x ORDER BY id DESC LIMIT 2'), (corm.distinct(corm.annotate(corm.fields('Author', 'id'), '{"n": "posts__count"}'), 'n'), 'SELECT id, n FROM (SELECT DISTINCT ON (n) * FROM (SELECT id, (SELECT count(*) FROM posts p WHERE author_id = t.id) AS n FROM authors t) y ORDER BY n, id) x ORDER BY id'), (corm.filter(corm.distinct(corm.fields('Author', 'id', 'name'), 'name'), '{"id__gt": 2}'), 'SELECT id, name FROM authors WHERE id > 2 ORDER BY id')) v(q, sql);
SELECT corm.count(corm.distinct(corm.fields('Author', 'name'))), corm.count(corm.distinct('Author', 'name')), corm.count(corm.distinct('Author')), corm.count(corm.limit(corm.distinct('Author', 'name'), 2)), corm.exists(corm.offset(corm.distinct('Author', 'name'), 4)), corm.count(corm.distinct('Post', 'author', 'editor')), corm.last(corm.distinct(corm.order_by(corm.fields('Author', 'id', 'name'), 'name'), 'name')), corm.first(corm.distinct(corm.order_by(corm.fields('Author', 'id', 'name'), '-name'), 'name'));
SELECT corm.list(corm.prefetch_related(corm.fields('Author', 'id'), '{"posts": {"fields": ["id"], "distinct": ["views"], "order_by": ["-id"]}, "edited": {"fields": ["id", "views"], "distinct": ["author"], "order_by": "-views", "limit": 1}}'), '{"id": 1}');
SELECT try(format('SELECT corm.list(%s)', t)) FROM unnest(ARRAY[$$corm.distinct('Author', 'nosuch')$$, $$corm.distinct('Author', 'posts')$$, $$corm.distinct('Author', 'name__gte')$$, $$corm.distinct(corm.fields('Sample', 'js'))$$, $$corm.distinct('Sample', 'js')$$, $$corm.relation(corm.distinct('Author', 'name'), 'posts')$$]) t;

--
-- The relation of a queryset
--
SELECT eq(q, sql) FROM (VALUES (corm.fields(corm.relation(corm.filter('Author', '{"id__lte": 2}'), 'posts'), 'id'), 'SELECT id FROM posts WHERE author_id <= 2 ORDER BY id'), (corm.fields(corm.relation(corm.limit(corm.order_by('Author', '-id'), 3), 'posts'), 'id'), 'SELECT id FROM posts WHERE author_id IN (3, 4, 5) ORDER BY id'), (corm.fields(corm.relation(corm.offset(corm.limit('Author', 1), 1), 'posts'), 'id'), 'SELECT id FROM posts WHERE author_id = 2 ORDER BY id'), (corm.fields(corm.relation(corm.objects('Post'), 'author'), 'id'), 'SELECT DISTINCT author_id AS id FROM posts WHERE author_id IS NOT NULL ORDER BY 1'),
	(corm.fields(corm.relation(corm.relation(corm.objects('Author'), 'posts'), 'comments'), 'id'), 'SELECT id FROM comments WHERE post_id IN (SELECT id FROM posts WHERE author_id IS NOT NULL) ORDER BY id'), (corm.fields(corm.relation(corm.relation(corm.filter('Author', '{"name": "Ann"}'), 'posts'), 'categories'), 'id', 'name'), 'SELECT id, name FROM categories WHERE id IN (1, 2) ORDER BY id'), (corm.fields(corm.relation(corm.objects('Author'), 'friends'), 'id'), 'SELECT id FROM authors WHERE id IN (SELECT from_author_id FROM authors_authors UNION SELECT to_author_id FROM authors_authors) ORDER BY id'),
	(corm.fields(corm.relation(corm.filter('Author', '{"id": 3}'), 'friends'), 'id'), 'SELECT unnest(ARRAY[1, 3]) AS id'), (corm.fields(corm.relation(corm.objects('Author'), 'boss'), 'id'), 'SELECT id FROM authors WHERE id IN (SELECT boss_id FROM authors) ORDER BY id'), (corm.fields(corm.relation(corm.relation(corm.objects('Author'), 'staff'), 'staff'), 'id'), 'SELECT s.id FROM authors s JOIN authors b ON b.id = s.boss_id WHERE b.boss_id IS NOT NULL ORDER BY 1'),
	(corm.fields(corm.relation(corm.filter(corm.annotate('Author', '{"n": "posts__count"}'), '{"n": 1}'), 'posts'), 'id'), 'SELECT unnest(ARRAY[3, 5]) AS id'), (corm.fields(corm.relation(corm.limit(corm.order_by(corm.annotate('Author', '{"n": "posts__count"}'), '-n'), 1), 'posts'), 'id'), 'SELECT unnest(ARRAY[1, 2]) AS id'), (corm.annotate(corm.fields(corm.relation(corm.filter('Author', '{"id": 1}'), 'posts'), 'id'), '{"n": "comments__count", "a": "author__name"}'), $$SELECT id, (SELECT count(*) FROM comments c WHERE c.post_id = p.id) AS n, 'Ann' AS a FROM posts p WHERE author_id = 1 ORDER BY id$$),
	(corm.order_by(corm.fields(corm.filter(corm.relation(corm.objects('Club'), 'members'), '{"id__gt": 1}'), 'id'), '-id'), 'SELECT 2 AS id'), (corm.fields(corm.relation(corm.filter('Author', '{"id": 99}'), 'posts'), 'id'), 'SELECT id FROM posts WHERE false')) v(q, sql);
SELECT corm.count(corm.relation(corm.objects('Club'), 'members')), corm.count(corm.relation(corm.limit('Author', 1), 'friends')), corm.exists(corm.relation(corm.filter('Author', '{"id": 4}'), 'posts')), corm.count(corm.limit(corm.relation(corm.objects('Author'), 'posts'), 2)), corm.first(corm.fields(corm.relation(corm.objects('Author'), 'posts'), 'id')), corm.last(corm.fields(corm.relation(corm.objects('Author'), 'posts'), 'id'));
SELECT try($$SELECT corm.list(corm.relation(corm.objects('Author'), 'nosuch'))$$), try($$SELECT corm.list(corm.relation(corm.filter('Author', '{"nosuch": 1}'), 'posts'))$$), try($$SELECT corm.list(corm.relation(corm.annotate('Author', '{"n": "posts__count"}'), 'posts'), '{"n": 1}')$$);

--
-- Keys of several columns
--
CREATE TABLE shelves (room int, no int, label text, PRIMARY KEY (room, no));
CREATE TABLE books (room int, no int, pos int, title text, PRIMARY KEY (room, no, pos), FOREIGN KEY (room, no) REFERENCES shelves);
INSERT INTO shelves VALUES (1, 1, 'a'), (1, 2, 'b'), (2, 1, 'c');
INSERT INTO books VALUES (1, 1, 1, 'x'), (1, 1, 2, 'y'), (2, 1, 1, 'x');
SELECT corm.register_model('shelves', 'Shelf'), corm.register_model('books', 'Book'), corm.foreign_key('Book', 'shelf', 'Shelf', related_name => 'books', columns => '{room,no}');
SELECT eq(q, sql) FROM (VALUES (corm.annotate('Shelf', '{"n": "books__count", "m": "books__title__max"}'), 'SELECT s.*, (SELECT count(*) FROM books b WHERE (b.room, b.no) = (s.room, s.no)) AS n, (SELECT max(title) FROM books b WHERE (b.room, b.no) = (s.room, s.no)) AS m FROM shelves s ORDER BY room, no'), (corm.fields(corm.relation(corm.filter(corm.annotate('Shelf', '{"n": "books__count"}'), '{"n": 2}'), 'books'), 'pos'), 'SELECT pos FROM books WHERE room = 1 ORDER BY pos'), (corm.fields(corm.annotate('Book', '{"l": "shelf__label", "k": "shelf__books__count"}'), 'pos'), 'SELECT b.pos, label AS l, (SELECT count(*) FROM books c WHERE (b.room, b.no) = (c.room, c.no)) AS k FROM books b JOIN shelves s USING (room, no) ORDER BY room, no, pos'),
	(corm.distinct(corm.fields('Book', 'room', 'no'), 'shelf'), 'SELECT DISTINCT room, no FROM books ORDER BY 1, 2')) v(q, sql);
SELECT try($$SELECT corm.list(corm.annotate('Shelf', '{"n": {"count": "books", "distinct": true}}'))$$), try($$SELECT corm.list(corm.annotate('Book', '{"n": "shelf"}'))$$);

--
-- Rights: an annotation reads what it needs and no more; policies hide rows from it
--
CREATE ROLE regress_corm_annotate;
GRANT USAGE ON SCHEMA corm_annotate TO regress_corm_annotate;
GRANT SELECT (id) ON authors TO regress_corm_annotate;
GRANT SELECT (id, author_id) ON posts TO regress_corm_annotate;
GRANT SELECT ON comments TO regress_corm_annotate;
ALTER TABLE comments ENABLE ROW LEVEL SECURITY;
CREATE POLICY good ON comments USING (body = 'good');
SET ROLE regress_corm_annotate;
SELECT corm.list(corm.annotate(corm.fields('Author', 'id'), '{"n": "posts__count", "e": "posts__exists", "m": "posts__id__max", "c": "posts__comments__count"}'));
SELECT try(format('SELECT corm.list(corm.annotate(corm.fields(''Author'', ''id''), %L))', a)) FROM unnest('{"{\"n\": \"posts__views__sum\"}","{\"n\": \"staff__count\"}","{\"n\": {\"count\": \"posts\", \"filter\": {\"title\": \"x\"}}}","{\"n\": \"clubs__count\"}","{\"n\": \"posts__nosuch__count\"}"}'::jsonb[]) a;
RESET ROLE;
SELECT corm.first(corm.annotate(corm.fields('Author', 'id'), '{"c": "posts__comments__count"}'));

SET client_min_messages = warning;
DROP SCHEMA corm_annotate CASCADE;
DROP ROLE regress_corm_annotate;
