-- Quantifiers over related rows and aggregates of them, as filters, each beside the
-- subquery it stands for.
CREATE SCHEMA corm_quantifiers;
SET search_path = corm_quantifiers;
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
-- The keys of the roots that a filter and a WHERE clause (on t) select, or what
-- is wrong: a root twice, other roots, an exclude that is no exact complement.
CREATE FUNCTION same(model text, filter jsonb, condition text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	t regclass := (SELECT table_name FROM corm.models m WHERE m.model = same.model);
	k text := (SELECT primary_key[1] FROM corm.models m WHERE m.model = same.model);
	got text; wanted text; rest text; other text; n bigint;
BEGIN
	SELECT string_agg(object ->> k, ',') INTO got FROM corm.all(corm.fields(model::corm.queryset, k), filter);
	SELECT string_agg(object ->> k, ',') INTO rest FROM corm.all(corm.exclude(model::corm.queryset, filter));
	EXECUTE format('SELECT string_agg(%1$I::text, '','' ORDER BY %1$I), count(*) FROM %2$s AS t WHERE %3$s', k, t, condition) INTO wanted, n;
	EXECUTE format('SELECT string_agg(%1$I::text, '','' ORDER BY %1$I) FROM %2$s AS t WHERE (%3$s) IS NOT TRUE', k, t, condition) INTO other;
	RETURN CASE WHEN got IS DISTINCT FROM wanted THEN format('WRONG %s: %s, not ', filter, got)
		WHEN rest IS DISTINCT FROM other THEN format('WRONG exclude of %s: %s, not %s; ', filter, rest, other)
		WHEN corm.count(model::corm.queryset, filter) <> n OR corm.exists(model::corm.queryset, filter) <> (n > 0) THEN 'WRONG count '
		WHEN n + corm.count(corm.exclude(model::corm.queryset, filter)) <> corm.count(model::corm.queryset) THEN 'WRONG sum '
		ELSE '' END || coalesce(wanted, 'none');
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

-- a column called like an aggregate, one called like a quantifier, a relation called like one
ALTER TABLE comments ADD count int, ADD score numeric, ADD at timestamptz, ADD ok boolean, ADD doc jsonb, ADD tags text[];
UPDATE comments SET count = id % 3, score = id * 1.5, at = '2024-01-01'::timestamptz + id * interval '40 days', ok = id % 2 = 0, doc = jsonb_build_object('count', id), tags = ARRAY[body];
ALTER TABLE tags ADD "every" text;
UPDATE tags SET "every" = name || name;
UPDATE comments SET count = NULL, score = NULL, at = NULL, ok = NULL, doc = NULL, tags = NULL WHERE id = 4;
CREATE TABLE counters (id int PRIMARY KEY, comment_id bigint REFERENCES comments, n int);
INSERT INTO counters VALUES (1, 1, 5), (2, 1, 6), (3, 2, NULL), (4, 6, 1);
SELECT corm.register_model('counters', 'Counter'), corm.foreign_key('Counter', 'comment', 'Comment', related_name => 'sum');

--
-- some, every, none: of every kind of relation
--
SELECT f, same('Author', f, c) FROM (VALUES ('{"posts__some": {"views__gte": 10}}'::jsonb, 'EXISTS (SELECT FROM posts p WHERE p.author_id = t.id AND views >= 10)'), ('{"posts__every": {"views__gte": 10}}', 'NOT EXISTS (SELECT FROM posts p WHERE p.author_id = t.id AND (views >= 10) IS NOT TRUE)'), ('{"posts__none": {"views__gte": 10}}', 'NOT EXISTS (SELECT FROM posts p WHERE p.author_id = t.id AND views >= 10)'),
	('{"posts__some": {}}', 'EXISTS (SELECT FROM posts p WHERE p.author_id = t.id)'), ('{"posts__every": {}}', 'true'), ('{"posts__none": {}}', 'NOT EXISTS (SELECT FROM posts p WHERE p.author_id = t.id)'), ('{"posts__some": []}', 'EXISTS (SELECT FROM posts p WHERE p.author_id = t.id)'), ('{"posts__every": {"OR": []}}', 'NOT EXISTS (SELECT FROM posts p WHERE p.author_id = t.id)'), ('{"posts__none": {"NOT": {}}}', 'true'),
	('{"posts__some": {"views": null}}', 'EXISTS (SELECT FROM posts p WHERE p.author_id = t.id AND views IS NULL)'), ('{"posts__every": {"views__isnull": false}}', 'NOT EXISTS (SELECT FROM posts p WHERE p.author_id = t.id AND views IS NULL)'), ('{"posts__every": {"views__ne": 10}}', 'NOT EXISTS (SELECT FROM posts p WHERE p.author_id = t.id AND views = 10)'),
	('{"posts__every": {"NOT": {"views__gt": 10}}}', 'NOT EXISTS (SELECT FROM posts p WHERE p.author_id = t.id AND views > 10)'), ('{"posts__some": {"pk": 1}}', 'id = 1'), ('{"posts__none": {"author": 1}}', 'id <> 1 OR NOT EXISTS (SELECT FROM posts p WHERE p.author_id = t.id)'),
	-- a conjunction is of one row; plain keys are bound to each other, not to these
	('{"posts__some": {"views": 10, "title": "JSON"}}', 'false'), ('{"posts__some": {"views": 10}, "posts__title": "JSON"}', 'id = 1'), ('{"posts__views": 10, "posts__title": "JSON"}', 'false'), ('{"posts__some": {"views": 10}, "posts__views": 20, "posts__title": "JSON"}', 'id = 1'), ('[{"posts__some": {"views": 10}}, {"posts__some": {"views": 20}}]', 'id = 1'),
	('{"posts__some": [{"views": 10}, {"title": "SQL"}]}', 'id = 1'), ('{"posts__some": {"OR": [{"views": 5}, {"title": "JSON"}]}}', 'id = 1'), ('{"posts__every": {"title__contains": "SQL"}, "posts__isnull": false}', 'id = 2'), ('{"posts__every": {"title__contains": "S"}, "posts__none": {"views__gt": 100}, "posts__some": {"id__gt": 0}}', 'id IN (1, 2)'),
	('{"OR": [{"posts__none": {}}, {"posts__every": {"views": 10}}]}', $$NOT EXISTS (SELECT FROM posts p WHERE p.author_id = t.id AND views IS DISTINCT FROM 10)$$), ('{"NOT": {"posts__every": {"views": 10}}}', 'EXISTS (SELECT FROM posts p WHERE p.author_id = t.id AND views IS DISTINCT FROM 10)'), ('{"NOT": [{"posts__some": {}}, {"name": "Ann"}]}', 'id <> 1'),
	-- self, symmetrical, directed, both ways
	('{"staff__some": {"name__gt": "B"}}', $$EXISTS (SELECT FROM authors s WHERE s.boss_id = t.id AND s.name > 'B')$$), ('{"staff__every": {"email": null}}', 'NOT EXISTS (SELECT FROM authors s WHERE s.boss_id = t.id AND s.email IS NOT NULL)'), ('{"friends__some": {"name": "Ann"}}', 'id IN (2, 3)'), ('{"friends__every": {"email": null}}', 'id IN (4, 5)'), ('{"friends__none": {"name": "Cid"}}', 'id IN (2, 4, 5)'), ('{"friends__every": {"pk": 3}}', 'id = 5'),
	('{"follows__some": {"followers__some": {"name": "Cid"}}}', 'id IN (2, 3)'), ('{"follows__every": {"pk": 1}}', 'id IN (2, 3, 5)'), ('{"followers__none": {"pk": 2}}', 'id <> 1'),
	-- a pair with several links is one member; what a link says is said of some link
	('{"clubs__every": {"name": "chess"}}', 'id IN (1, 3, 4, 5)'), ('{"clubs__some": {"name": "chess"}}', 'id IN (1, 2)'), ('{"clubs__none": {"members__some": {"name": "Ann"}}}', 'id NOT IN (1, 2)'), ('{"memberships__every": {"role": "member"}}', $$NOT EXISTS (SELECT FROM memberships m WHERE m.author_id = t.id AND m.role <> 'member')$$)) v(f, c);
SELECT f, same('Post', f, c) FROM (VALUES ('{"categories__some": {"name": "Tech"}}'::jsonb, 'id IN (1, 2)'), ('{"categories__every": {"name": "Tech"}}', 'id IN (2, 5, 6)'), ('{"categories__every": {"name__isnull": false}}', 'id <> 3'), ('{"categories__some": {"PostCategory__position": 2}}', 'id IN (1, 4)'), ('{"categories__some": {"name": "Tech", "PostCategory__note": "second"}}', 'id = 2'), ('{"categories__every": {"PostCategory__note__isnull": false}}', 'id IN (2, 4, 5, 6)'),
	('{"categories__none": {"PostCategory__added_by__name": "Ann"}}', 'id NOT IN (1, 3)'), ('{"categories__some": {"posts__every": {"views__gt": 5}}}', 'id IN (1, 2)'), ('{"tags__some": {"pk": "a"}}', 'id IN (1, 2)'), ('{"tags__none": {}}', 'id NOT IN (1, 2, 5)'),
	-- behind a to-one path, and over a to-one relation itself
	('{"author__posts__some": {"views": 20}}', 'author_id = 1'), ('{"author__posts__none": {"views": 20}}', 'author_id IS DISTINCT FROM 1'), ('{"author__posts__every": {"views__gt": 0}}', 'author_id IS DISTINCT FROM 2'), ('{"author__some": {"name": "Ann"}}', 'author_id = 1'), ('{"author__none": {"name": "Ann"}}', 'author_id IS DISTINCT FROM 1'), ('{"author__every": {"name": "Ann"}}', 'author_id = 1 OR author_id IS NULL'), ('{"author__some": {}}', 'author_id IS NOT NULL'),
	-- behind a to-many step: of some related row
	('{"comments__replies__some": {"body": "bad"}}', 'id = 1'), ('{"comments__replies__none": {}}', 'EXISTS (SELECT FROM comments c WHERE c.post_id = t.id AND NOT EXISTS (SELECT FROM comments r WHERE r.parent_id = c.id))'), ('{"comments__author": 2, "comments__replies__some": {"body": "bad"}}', 'id = 1'), ('{"comments__author": 1, "comments__replies__some": {}}', 'false'), ('{"categories__posts__none": {"views": 5}}', 'id IN (1, 2, 3)'),
	('{"tags__some": {"every": "aa"}}', 'id IN (1, 2)'), ('{"tags__every": "bb"}', 'id IN (1, 5)'), ('{"tags__every__in": ["bb", "cc"]}', 'id IN (1, 5)')) v(f, c);
-- three deep, over three relations
SELECT f, same('Author', f, c) FROM (VALUES ('{"posts__some": {"comments__every": {"author__posts__some": {"views__gt": 0}}}}'::jsonb, 'EXISTS (SELECT FROM posts p WHERE p.author_id = t.id AND NOT EXISTS (SELECT FROM comments c WHERE c.post_id = p.id AND NOT EXISTS (SELECT FROM posts q WHERE q.author_id = c.author_id AND q.views > 0)))'),
	('{"posts__every": {"comments__some": {"replies__none": {"body": "bad"}}}}', $$NOT EXISTS (SELECT FROM posts p WHERE p.author_id = t.id AND NOT EXISTS (SELECT FROM comments c WHERE c.post_id = p.id AND NOT EXISTS (SELECT FROM comments r WHERE r.parent_id = c.id AND r.body = 'bad')))$$),
	('{"posts__none": {"categories__none": {"posts__some": {"title": "C"}}}}', $$NOT EXISTS (SELECT FROM posts p WHERE p.author_id = t.id AND NOT EXISTS (SELECT FROM post_categories l JOIN post_categories m ON m.category_id = l.category_id JOIN posts q ON q.id = m.post_id WHERE l.post_id = p.id AND q.title = 'C'))$$),
	('{"staff__some": {"staff__some": {"staff__none": {}}}}', 'EXISTS (SELECT FROM authors a JOIN authors b ON b.boss_id = a.id WHERE a.boss_id = t.id AND NOT EXISTS (SELECT FROM authors c WHERE c.boss_id = b.id))')) v(f, c);
SELECT try(format('SELECT corm.count(''Author'', %L)', f)) FROM unnest('{"{\"posts__some\": 1}","{\"posts__some\": null}","{\"posts__some\": \"x\"}","{\"posts__some\": [1]}","{\"posts__every\": true}","{\"posts__all\": {}}","{\"posts__Some\": {}}","{\"posts__some__name\": 1}","{\"posts__some__isnull\": true}","{\"name__some\": {}}","{\"some\": {}}","{\"posts__some\": {\"nosuch\": 1}}","{\"posts__some\": {\"posts__title\": 1}}","{\"posts__some\": {\"name\": \"Ann\"}}","{\"posts__views__some\": {}}","{\"nosuch__some\": {}}","{\"clubs__Membership__some\": {}}","{\"posts__some\": {\"title__contain\": 1}}"}'::jsonb[]) f;

--
-- Aggregates: always of all related rows, never multiplied by each other
--
SELECT f, same('Author', f, c) FROM (VALUES ('{"posts__count": 2}'::jsonb, '(SELECT count(*) FROM posts p WHERE p.author_id = t.id) = 2'), ('{"posts__count": 0}', 'NOT EXISTS (SELECT FROM posts p WHERE p.author_id = t.id)'), ('{"posts__count__gte": 1, "staff__count__gte": 1, "friends__count": 2}', '(SELECT count(*) FROM posts p WHERE p.author_id = t.id) >= 1 AND (SELECT count(*) FROM authors s WHERE s.boss_id = t.id) >= 1 AND id IN (1, 2, 3)'), ('{"posts__count": 2, "edited__count": 2, "comments__id__count": 2}', 'id = 1'),
	('{"posts__count": 2, "posts__views": 10}', 'id = 1'), ('{"posts__count": 1, "posts__views": 10}', 'id = 3'), ('{"posts__count__in": [1, 2]}', '(SELECT count(*) FROM posts p WHERE p.author_id = t.id) IN (1, 2)'), ('{"posts__count__range": [1, 5]}', 'id IN (1, 2, 3)'), ('{"posts__count__ne": 0}', 'id IN (1, 2, 3)'), ('{"posts__count__not_in": [0, 1]}', 'id = 1'), ('{"posts__count__isnull": true}', 'false'), ('{"posts__count__isnull": false}', 'true'), ('{"posts__count__startswith": "2"}', 'id = 1'),
	('{"posts__views__sum": 30}', '(SELECT sum(views) FROM posts p WHERE p.author_id = t.id) = 30'), ('{"posts__views__sum": null}', '(SELECT sum(views) FROM posts p WHERE p.author_id = t.id) IS NULL'), ('{"posts__views__sum__isnull": false}', 'id IN (1, 3)'), ('{"posts__views__sum__in": [30, null]}', 'id <> 3'), ('{"posts__views__sum__ne": 30}', 'id <> 1'), ('{"posts__views__avg": 15}', 'id = 1'), ('{"posts__views__avg__gt": 9.5}', 'id IN (1, 3)'), ('{"posts__views__min": 10, "posts__views__max": 20}', 'id = 1'), ('{"posts__views__min__lt": 100}', 'id IN (1, 3)'), ('{"posts__views__max": null}', 'id IN (2, 4, 5)'),
	('{"posts__title__min": "JSON"}', 'id = 1'), ('{"posts__title__max__contains": "/"}', 'id = 2'), ('{"posts__title__max__icontains": "sql"}', 'id IN (1, 2)'), ('{"posts__views__count": 0}', 'id NOT IN (1, 3)'), ('{"posts__views__exists": true}', 'id IN (1, 3)'), ('{"posts__exists": true}', 'id IN (1, 2, 3)'), ('{"posts__exists": false}', 'id IN (4, 5)'), ('{"posts__exists__ne": true}', 'id IN (4, 5)'), ('{"posts__views__exists": false, "posts__exists": true}', 'id = 2'),
	-- over several relations in one path, through a to-one, behind one
	('{"posts__comments__id__count": 5}', '(SELECT count(*) FROM posts p JOIN comments c ON c.post_id = p.id WHERE p.author_id = t.id) = 5'), ('{"posts__comments__score__sum__gt": 5}', '(SELECT sum(score) FROM posts p JOIN comments c ON c.post_id = p.id WHERE p.author_id = t.id) > 5'), ('{"posts__categories__count": 3}', 'id = 1'), ('{"posts__editor__count": 2}', 'id = 1'), ('{"posts__editor__staff__count__gte": 3}', 'id = 1'), ('{"boss__staff__count": 2}', 'boss_id = 1'), ('{"boss__posts__count": 0}', 'boss_id IS NULL OR NOT EXISTS (SELECT FROM posts p WHERE p.author_id = t.boss_id)'), ('{"boss__boss__posts__views__max": 20}', 'id = 4'), ('{"boss__posts__exists": false}', 'NOT EXISTS (SELECT FROM posts p WHERE p.author_id = t.boss_id)'),
	('{"profile__author__posts__count": 2}', 'id = 1'), ('{"clubs__count": 1}', 'id = 1'), ('{"clubs__count": 2}', 'id = 2'), ('{"memberships__count": 2}', 'id = 1'), ('{"friends__count": 1}', '(SELECT count(DISTINCT CASE t.id WHEN from_author_id THEN to_author_id ELSE from_author_id END) FROM authors_authors WHERE t.id IN (from_author_id, to_author_id)) = 1'), ('{"follows__count": 1, "followers__count": 2}', 'id = 1'), ('{"friends__posts__views__max__gte": 20}', 'id IN (2, 3)'),
	-- the date parts of an aggregate's column, and of the aggregate
	('{"comments__at__year__max": 2024}', 'EXISTS (SELECT FROM comments c WHERE c.author_id = t.id AND at IS NOT NULL)'), ('{"comments__at__month__max__gte": 6}', '(SELECT max(extract(month FROM at)) FROM comments c WHERE c.author_id = t.id) >= 6'), ('{"comments__tags__len__sum": 2}', '(SELECT sum(cardinality(tags)) FROM comments c WHERE c.author_id = t.id) = 2'), ('{"comments__ok__max": true}', $$(SELECT bool_or(ok) FROM comments c WHERE c.author_id = t.id)$$), ('{"comments__tags__min": ["good"]}', $$(SELECT min(tags) FROM comments c WHERE c.author_id = t.id) = '{good}'$$)) v(f, c);
-- aggregates that are columns' names: the longest name wins, quotes decide
SELECT f, same('Post', f, c) FROM (VALUES ('{"comments__count": 1}'::jsonb, 'EXISTS (SELECT FROM comments c WHERE c.post_id = t.id AND c.count = 1)'), ('{"comments__count__gte": 2}', 'EXISTS (SELECT FROM comments c WHERE c.post_id = t.id AND c.count >= 2)'), ('{"comments__count__count": 1}', '(SELECT count(c.count) FROM comments c WHERE c.post_id = t.id) = 1'), ('{"comments__count__sum__gte": 3}', '(SELECT sum(c.count) FROM comments c WHERE c.post_id = t.id) >= 3'), ('{"comments__id__count": 2}', '(SELECT count(*) FROM comments c WHERE c.post_id = t.id) = 2'),
	('{"comments__doc__count": 1}', 'EXISTS (SELECT FROM comments c WHERE c.post_id = t.id AND c.id = 1)'), ('{"comments__doc__count__gt": 5}', 'EXISTS (SELECT FROM comments c WHERE c.post_id = t.id AND c.id > 5)'), ('{"comments__sum__n__sum": 11}', 'id = 1'), ('{"comments__sum__n__sum__isnull": true}', 'id NOT IN (1, 4)')) v(f, c);
SELECT f, same('Post', f, c) FROM (VALUES ('{"comments__sum__count": 3}'::jsonb, '(SELECT count(*) FROM comments c JOIN counters n ON n.comment_id = c.id WHERE c.post_id = t.id) = 3'), ('{"comments__sum": 1}', 'id = 1'), ('{"comments__sum__isnull": false}', 'EXISTS (SELECT FROM comments c JOIN counters n ON n.comment_id = c.id WHERE c.post_id = t.id)')) v(f, c);
-- an object of lookups, with a filter of the rows to be counted
SELECT f, same('Author', f, c) FROM (VALUES ('{"posts__count": {"gte": 1, "filter": {"views__gt": 10}}}'::jsonb, '(SELECT count(*) FROM posts p WHERE p.author_id = t.id AND views > 10) >= 1'), ('{"posts__count": {"gte": 1, "lt": 2}}', 'id IN (2, 3)'), ('{"posts__count": {"exact": 0, "filter": {"views": null}}}', 'id <> 2'), ('{"posts__count": {"in": [1], "filter": [{"views": 10}, {"title": "SQL"}]}}', 'id = 1'), ('{"posts__count": {"exact": 2, "filter": {}}}', 'id = 1'), ('{"posts__count": {"exact": 2, "filter": null}}', 'id = 1'),
	('{"posts__views__sum": {"gt": 10, "filter": {"title__ne": "SQL"}}}', 'id = 1'), ('{"posts__views__max": {"isnull": true, "filter": {"title": "nosuch"}}}', 'true'), ('{"posts__exists": {"exact": true, "filter": {"categories__name": "Old"}}}', 'id = 2'), ('{"posts__comments__id__count": {"gte": 2, "filter": {"body": "bad"}}}', 'false'), ('{"posts__comments__id__count": {"gte": 2, "distinct": false}}', 'id = 1'), ('{"posts__categories__count": {"exact": 2, "distinct": true}}', 'id IN (1, 2)'), ('{"posts__author__count": {"exact": 1, "distinct": true}}', 'id IN (1, 2, 3)'), ('{"comments__body__count": {"exact": 1, "distinct": true}}', '(SELECT count(DISTINCT body) FROM comments c WHERE c.author_id = t.id) = 1'), ('{"posts__comments__id__count": {"gte": 1, "filter": {"body": "bad", "post__title": "SQL"}}}', 'id = 1'), ('{"posts__comments__id__count": {"gte": 1, "filter": {"replies__some": {"author": 3}}}}', 'id = 1'),
	('{"clubs__count": {"gte": 1, "filter": {"Membership__role": "chair"}}}', $$EXISTS (SELECT FROM memberships m WHERE m.author_id = t.id AND m.role = 'chair')$$), ('{"posts__count": {"gte": 1, "filter": {"categories__PostCategory__position": 2}}}', 'id = 1'), ('{"posts__count": {"gt__F": "staff__count"}}', '(SELECT count(*) FROM posts p WHERE p.author_id = t.id) > (SELECT count(*) FROM authors s WHERE s.boss_id = t.id)'), ('{"posts__count": {"F": "edited__count"}}', '(SELECT count(*) FROM posts p WHERE p.author_id = t.id) = (SELECT count(*) FROM posts p WHERE p.editor_id = t.id)'), ('{"posts__count": {"op(>)": 1}}', 'id = 1'), ('{"posts__count__gte__F": "edited__count"}', '(SELECT count(*) FROM posts p WHERE p.author_id = t.id) >= (SELECT count(*) FROM posts p WHERE p.editor_id = t.id)'), ('{"posts__views__sum__F": "posts__views__max"}', 'id = 3'),
	-- behind a hop of the same object an aggregate is of all rows all the same; in a group, a quantifier, another aggregate
	('{"OR": [{"posts__count": 2}, {"NOT": {"posts__count__lt": 1}}]}', 'id IN (1, 2, 3)'), ('[{"posts__count__gt": 0}, {"posts__count__lt": 2}]', 'id IN (2, 3)'), ('{"staff__some": {"posts__count": 1}}', 'id = 1'), ('{"posts__some": {"comments__id__count__gte": 3}}', 'id = 1'), ('{"posts__every": {"comments__id__count__gte": 2}}', 'id IN (1, 4, 5)'), ('{"posts__count": {"gte": 1, "filter": {"comments__id__count": 3}}}', 'id = 1'), ('{"posts__title": "SQL", "posts__comments__id__count": 5}', 'id = 1')) v(f, c);
SELECT corm.count('Author', '{"posts__count__gte": 0, "posts__views__sum__isnull": false, "friends__count__gte": 0, "clubs__count__gte": 0}') = 2, (SELECT json_agg(a) FROM corm.all(corm.fields(corm.limit('Author', 2), 'id'), '{"posts__count__gte": 0, "staff__count__gte": 0, "comments__body__count__gte": 0}') a)::text;
SELECT try(format('SELECT corm.count(''Author'', %L)', f)) FROM unnest('{"{\"posts__sum\": 1}","{\"posts__avg__gt\": 1}","{\"posts__title__sum\": 1}","{\"posts__title__avg\": 1}","{\"posts__count\": \"x\"}","{\"posts__count\": null}","{\"posts__count\": []}","{\"posts__count\": {}}","{\"posts__count\": {\"filter\": {\"views\": 1}}}","{\"posts__count\": {\"nosuch\": 1}}","{\"posts__count\": {\"gte\": 1, \"filter\": 3}}","{\"posts__count\": {\"gte\": 1, \"filter\": {\"nosuch\": 1}}}","{\"posts__count__gte\": {\"filter\": {}}}","{\"posts__count__gte\": {\"a\": 1}}","{\"posts__count__nosuch\": 1}",
	"{\"posts__count__gt\": null}","{\"posts__count__range\": [1]}","{\"posts__count\": 1.5}","{\"posts__count\": {\"F\": \"posts__views\"}}","{\"posts__count\": {\"F\": 1}}","{\"posts__count\": {\"in__F\": \"id\"}}","{\"posts__exists\": 1}","{\"posts__exists\": \"maybe\"}","{\"posts__exists__gt\": true}","{\"name__count\": 1}","{\"count\": 1}","{\"boss__count\": 1}","{\"boss__name__max\": \"x\"}","{\"posts__count__count\": 1}","{\"posts__views__sum__avg\": 1}","{\"posts__Count\": 1}","{\"posts__\\\"count\\\"\": 1}","{\"posts__count\": {\"gte\": 1, \"distinct\": 1}}","{\"posts__count\": {\"distinct\": true}}","{\"posts__nosuch__count\": 1}","{\"comments__doc__sum\": {\"x\": 1}, \"comments__doc__max__count\": {\"filter\": {}}}","{\"nosuch__count\": 1}"}'::jsonb[]) f;

SET client_min_messages = warning;
DROP SCHEMA corm_quantifiers CASCADE;
