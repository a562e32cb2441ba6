-- Filters over relations of every kind and direction, each beside the EXISTS
-- it stands for.
CREATE SCHEMA corm_filter_relations;
SET search_path = corm_filter_relations;
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

--
-- To-one: the key is compared, a column behind it is joined
--
SELECT same('Post', '{"author": 1}', 'author_id = 1');
SELECT same('Post', '{"author_id": 1}', 'author_id = 1');
SELECT same('Post', '{"author__pk": 1}', 'author_id = 1');
SELECT same('Post', '{"author__id": 1}', 'author_id = 1');
SELECT same('Post', '{"author": {"id": 1, "name": "whatever"}}', 'author_id = 1');
SELECT same('Post', '{"author": {"pk": "1"}}', 'author_id = 1');
SELECT same('Post', jsonb_build_object('author', (SELECT to_jsonb(a) FROM authors a WHERE id = 2)), 'author_id = 2');
SELECT same('Post', '{"author": null}', 'author_id IS NULL');
SELECT same('Post', '{"author__isnull": true}', 'author_id IS NULL');
SELECT same('Post', '{"author__isnull": false}', 'author_id IS NOT NULL');
SELECT same('Post', '{"author__ne": 1}', 'author_id IS DISTINCT FROM 1');
SELECT same('Post', '{"author__ne": null}', 'author_id IS NOT NULL');
SELECT same('Post', '{"author__in": [1, {"id": 2}]}', 'author_id IN (1, 2)');
SELECT same('Post', '{"author__in": [1, null]}', 'author_id = 1 OR author_id IS NULL');
SELECT same('Post', '{"author__in": []}', 'false');
SELECT same('Post', '{"author__not_in": [1, null]}', 'author_id <> 1');
SELECT same('Post', '{"author__not_in": [1]}', 'author_id IS DISTINCT FROM 1');
SELECT same('Post', '{"author__gt": 1}', 'author_id > 1');
SELECT same('Post', '{"author__range": [2, 3]}', 'author_id BETWEEN 2 AND 3');
SELECT same('Post', '{"author__name": "Ann"}', $$(SELECT name FROM authors a WHERE a.id = t.author_id) = 'Ann'$$);
-- a missing author has no e-mail either
SELECT same('Post', '{"author__email": null}', '(SELECT email FROM authors a WHERE a.id = t.author_id) IS NULL');
SELECT same('Post', '{"author__email__isnull": false}', '(SELECT email FROM authors a WHERE a.id = t.author_id) IS NOT NULL');
SELECT same('Post', '{"author__email__ne": "ann@x"}', $$(SELECT email FROM authors a WHERE a.id = t.author_id) IS DISTINCT FROM 'ann@x'$$);
SELECT same('Post', '{"author__email__not_in": ["ann@x"]}', $$(SELECT email FROM authors a WHERE a.id = t.author_id) IS DISTINCT FROM 'ann@x'$$);
SELECT same('Post', '{"author__boss__name": "Ann"}', $$(SELECT b.name FROM authors a JOIN authors b ON b.id = a.boss_id WHERE a.id = t.author_id) = 'Ann'$$);
SELECT same('Post', '{"author__boss": 1}', '(SELECT boss_id FROM authors a WHERE a.id = t.author_id) = 1');
SELECT same('Post', '{"author__boss__isnull": true}', '(SELECT boss_id FROM authors a WHERE a.id = t.author_id) IS NULL');
SELECT same('Comment', '{"post__author__boss__boss": null}', '(SELECT b.boss_id FROM posts p JOIN authors a ON a.id = p.author_id JOIN authors b ON b.id = a.boss_id WHERE p.id = t.post_id) IS NULL');
SELECT same('Author', '{"boss__boss__boss__name": "Eve"}', 'id = 5');
-- two relations to one model do not mix
SELECT same('Post', '{"author__name": "Ann", "editor__name": "Bob"}', 'author_id = 1 AND editor_id = 2');
SELECT same('Post', '{"author": 1, "editor__ne": 1}', 'author_id = 1 AND editor_id IS DISTINCT FROM 1');
SELECT same('Post', '{"OR": [{"author__name": "Ann"}, {"editor__name": "Ann"}]}', 'author_id = 1 OR editor_id = 1');
-- which needs no join
SELECT corm.sql(corm.objects('Post', '{"author__in": [1, null], "editor__isnull": true}', fields => '{id}'));
SELECT corm.sql(corm.objects('Post', '{"author__boss": 1}', fields => '{id}'));

--
-- One-to-one from its far end
--
SELECT same('Author', '{"profile": 1}', 'EXISTS (SELECT FROM profiles p WHERE p.author_id = t.id AND p.id = 1)');
SELECT same('Author', '{"profile": null}', 'NOT EXISTS (SELECT FROM profiles p WHERE p.author_id = t.id)');
SELECT same('Author', '{"profile__isnull": false}', 'EXISTS (SELECT FROM profiles p WHERE p.author_id = t.id)');
SELECT same('Author', '{"profile__bio": null}', 'NOT EXISTS (SELECT FROM profiles p WHERE p.author_id = t.id AND bio IS NOT NULL)');
SELECT same('Author', '{"profile__ne": 1}', 'NOT EXISTS (SELECT FROM profiles p WHERE p.author_id = t.id AND p.id = 1)');
SELECT same('Author', '{"profile__in": [2, null]}', 'NOT EXISTS (SELECT FROM profiles p WHERE p.author_id = t.id AND p.id <> 2)');
SELECT same('Profile', '{"author__posts__title": "SQL"}', $$EXISTS (SELECT FROM posts p WHERE p.author_id = t.author_id AND title = 'SQL')$$);
SELECT same('Comment', '{"author__profile__bio": "writes"}', $$EXISTS (SELECT FROM profiles p WHERE p.author_id = t.author_id AND bio = 'writes')$$);

--
-- To-many: some related row, and the root once
--
SELECT same('Author', '{"posts__views__gte": 10}', 'EXISTS (SELECT FROM posts p WHERE p.author_id = t.id AND views >= 10)');
SELECT same('Author', '{"posts": 2}', 'EXISTS (SELECT FROM posts p WHERE p.author_id = t.id AND p.id = 2)');
SELECT same('Author', '{"posts__in": [1, 2, 3]}', 'EXISTS (SELECT FROM posts p WHERE p.author_id = t.id AND p.id IN (1, 2, 3))');
SELECT same('Author', '{"posts__ne": 1}', 'EXISTS (SELECT FROM posts p WHERE p.author_id = t.id AND p.id <> 1)');
SELECT same('Author', '{"posts__not_in": [1, 2]}', 'EXISTS (SELECT FROM posts p WHERE p.author_id = t.id AND p.id NOT IN (1, 2))');
SELECT same('Author', '{"posts__gt": 1}', 'EXISTS (SELECT FROM posts p WHERE p.author_id = t.id AND p.id > 1)');
SELECT same('Author', '{"posts__isnull": true}', 'NOT EXISTS (SELECT FROM posts p WHERE p.author_id = t.id)');
SELECT same('Author', '{"posts__isnull": false}', 'EXISTS (SELECT FROM posts p WHERE p.author_id = t.id)');
SELECT same('Author', '{"posts": null}', 'NOT EXISTS (SELECT FROM posts p WHERE p.author_id = t.id)');
SELECT same('Author', '{"posts__ne": null}', 'EXISTS (SELECT FROM posts p WHERE p.author_id = t.id)');
SELECT same('Author', '{"posts__in": []}', 'false');
SELECT same('Author', '{"posts__not_in": []}', 'EXISTS (SELECT FROM posts p WHERE p.author_id = t.id)');
-- behind a to-many step the key is never null, so null adds nothing
SELECT same('Author', '{"posts__in": [null, 3]}', 'EXISTS (SELECT FROM posts p WHERE p.author_id = t.id AND p.id = 3) OR NOT EXISTS (SELECT FROM posts p WHERE p.author_id = t.id)');
SELECT same('Author', '{"posts__not_in": [null, 1]}', 'EXISTS (SELECT FROM posts p WHERE p.author_id = t.id AND p.id <> 1)');
-- the condition stands on some child
SELECT same('Author', '{"posts__views": null}', 'EXISTS (SELECT FROM posts p WHERE p.author_id = t.id AND views IS NULL)');
SELECT same('Author', '{"posts__views__ne": 10}', 'EXISTS (SELECT FROM posts p WHERE p.author_id = t.id AND views IS DISTINCT FROM 10)');
SELECT same('Author', '{"posts__editor__isnull": true}', 'EXISTS (SELECT FROM posts p WHERE p.author_id = t.id AND editor_id IS NULL)');
SELECT same('Author', '{"posts__editor__name": "Bob"}', 'EXISTS (SELECT FROM posts p WHERE p.author_id = t.id AND editor_id = 2)');
SELECT same('Author', '{"posts__comments__body": "good"}', $$EXISTS (SELECT FROM posts p JOIN comments c ON c.post_id = p.id WHERE p.author_id = t.id AND body = 'good')$$);
SELECT same('Author', '{"posts__comments__author": 2}', 'EXISTS (SELECT FROM posts p JOIN comments c ON c.post_id = p.id WHERE p.author_id = t.id AND c.author_id = 2)');
SELECT same('Author', '{"posts__comments__isnull": true}', 'EXISTS (SELECT FROM posts p WHERE p.author_id = t.id AND NOT EXISTS (SELECT FROM comments c WHERE c.post_id = p.id))');
SELECT same('Author', '{"staff__staff__name": "Dan"}', 'id = 1');
SELECT same('Author', '{"staff__boss": 5}', 'id = 5');
SELECT same('Post', '{"comments__replies__replies__body": "thanks"}', 'id = 1');
SELECT same('Post', '{"author__staff__name": "Bob"}', 'author_id = 1');
SELECT same('Comment', '{"post__comments__body": "ugly"}', 'post_id = 4');

--
-- Many-to-many
--
SELECT same('Post', '{"categories": 1}', 'EXISTS (SELECT FROM post_categories l WHERE l.post_id = t.id AND category_id = 1)');
SELECT same('Post', '{"categories__name": "Tech"}', 'EXISTS (SELECT FROM post_categories l WHERE l.post_id = t.id AND category_id = 2)');
SELECT same('Post', '{"categories__name": null}', 'EXISTS (SELECT FROM post_categories l WHERE l.post_id = t.id AND category_id = 4)');
SELECT same('Post', '{"categories__in": [1, 2]}', 'EXISTS (SELECT FROM post_categories l WHERE l.post_id = t.id AND category_id IN (1, 2))');
SELECT same('Post', '{"categories__ne": 1}', 'EXISTS (SELECT FROM post_categories l WHERE l.post_id = t.id AND category_id <> 1)');
SELECT same('Post', '{"categories__not_in": [1, 2]}', 'EXISTS (SELECT FROM post_categories l WHERE l.post_id = t.id AND category_id NOT IN (1, 2))');
SELECT same('Post', '{"categories__isnull": true}', 'NOT EXISTS (SELECT FROM post_categories l WHERE l.post_id = t.id)');
SELECT same('Post', '{"categories": null}', 'NOT EXISTS (SELECT FROM post_categories l WHERE l.post_id = t.id)');
SELECT same('Category', '{"posts": 1}', 'EXISTS (SELECT FROM post_categories l WHERE l.category_id = t.id AND post_id = 1)');
SELECT same('Category', '{"posts__author": 1}', 'EXISTS (SELECT FROM post_categories l JOIN posts p ON p.id = l.post_id WHERE l.category_id = t.id AND author_id = 1)');
SELECT same('Category', '{"posts__author": null}', 'EXISTS (SELECT FROM post_categories l JOIN posts p ON p.id = l.post_id WHERE l.category_id = t.id AND author_id IS NULL)');
SELECT same('Category', '{"posts__author__boss__name": "Ann"}', $$EXISTS (SELECT FROM post_categories l JOIN posts p ON p.id = l.post_id JOIN authors a ON a.id = p.author_id WHERE l.category_id = t.id AND a.boss_id = 1)$$);
SELECT same('Author', '{"posts__categories__posts__author": 3}', 'false');
SELECT same('Author', '{"posts__categories__posts__author": 1}', 'id = 1');
SELECT same('Post', '{"tags": "a"}', $$id IN (1, 2)$$);
SELECT same('Post', '{"tags__startswith": "b"}', $$id IN (1, 5)$$);
SELECT same('Post', '{"tags__name__gt": "a"}', $$id IN (1, 5)$$);
SELECT same('Tag', '{"posts__title": "SQL"}', $$name IN ('a', 'b')$$);
SELECT same('Tag', '{"posts__isnull": true}', $$name = 'c'$$);
SELECT same('Author', '{"follows": 1}', 'id IN (2, 3)');
SELECT same('Author', '{"followers": 1}', 'id = 2');
SELECT same('Author', '{"followers__followers__name": "Bob"}', 'id = 2');
SELECT same('Author', '{"follows__follows": 4}', 'id = 4');
-- a key alone needs no join to the target
SELECT corm.sql(corm.objects('Post', '{"categories__in": [1, 2]}', fields => '{id}'));

--
-- The same row, or any row: keys of one object share it, objects of an array do not
--
SELECT same('Author', '{"posts__title": "SQL", "posts__views": 10}', $$EXISTS (SELECT FROM posts p WHERE p.author_id = t.id AND title = 'SQL' AND views = 10)$$);
SELECT same('Author', '{"posts__title": "JSON", "posts__views": 10}', 'false');
SELECT same('Author', '[{"posts__title": "JSON"}, {"posts__views": 10}]', 'id = 1');
SELECT same('Author', '{"AND": [{"posts__title": "JSON"}, {"posts__views": 10}]}', 'id = 1');
SELECT same('Author', '{"posts__title": "JSON", "AND": [{"posts__views": 10}]}', 'id = 1');
SELECT string_agg(object ->> 'id', ',') FROM corm.all(corm.filter(corm.filter('Author', '{"posts__title": "JSON"}'), '{"posts__views": 10}'));
SELECT string_agg(object ->> 'id', ',') FROM corm.all(corm.objects('Author', '{"posts__title": "JSON"}'), '{"posts__views": 10}');
SELECT same('Author', '{"posts": 1, "posts__title": "JSON"}', 'false');
SELECT same('Author', '{"posts__title": "SQL", "posts__comments__body": "bad", "posts__comments__author": 3}', 'id = 1');
SELECT same('Author', '{"posts__title": "SQL", "posts__comments__body": "bad", "posts__comments__author": 2}', 'false');
SELECT same('Author', '[{"posts__title": "SQL", "posts__comments__body": "bad"}, {"posts__comments__author": 2}]', 'id = 1');
SELECT same('Post', '{"categories__name": "News", "categories": 1}', 'id IN (1, 4)');
SELECT same('Post', '{"categories__name": "News", "categories__ne": 1}', 'false');
SELECT same('Post', '[{"categories": 1}, {"categories": 2}]', 'id = 1');
SELECT same('Post', '{"categories": 1, "tags": "a", "comments__body": "bad"}', 'id = 1');
-- two different to-one steps, then the same relation name: other rows
SELECT same('Post', '{"author__posts__title": "JSON", "editor__posts__title": "SQL/JSON"}', 'id = 1');
-- isnull stands on the root, not on the row the others share
SELECT same('Author', '{"posts__isnull": false, "posts__title": "SQL"}', 'id = 1');
SELECT same('Author', '{"posts__isnull": true, "posts__title": "SQL"}', 'false');

--
-- Groups, and exclude as the exact complement
--
SELECT same('Author', '{"NOT": {"posts__title": "SQL"}}', $$NOT EXISTS (SELECT FROM posts p WHERE p.author_id = t.id AND title = 'SQL')$$);
SELECT same('Author', '{"NOT": {"posts__title": "SQL", "posts__views": 20}}', 'true');
SELECT same('Author', '{"NOT": [{"posts__title": "SQL"}, {"posts__views": 20}]}', 'id <> 1');
SELECT same('Author', '{"NOT": {"posts__isnull": true}}', 'EXISTS (SELECT FROM posts p WHERE p.author_id = t.id)');
SELECT same('Author', '{"NOT": {"posts__views__gt": 5}}', 'NOT EXISTS (SELECT FROM posts p WHERE p.author_id = t.id AND views > 5)');
SELECT same('Post', '{"NOT": {"author__name": "Ann"}}', 'author_id IS DISTINCT FROM 1');
SELECT same('Post', '{"NOT": {"author": 1}}', 'author_id IS DISTINCT FROM 1');
SELECT same('Post', '{"NOT": {"NOT": {"author__email": "ann@x"}}}', 'author_id = 1');
SELECT same('Post', '{"NOT": {"author__boss__name": "Ann"}}', '(SELECT boss_id FROM authors a WHERE a.id = t.author_id) IS DISTINCT FROM 1');
SELECT same('Author', '{"OR": [{"posts__title": "SQL"}, {"edited__title": "SQL"}, {"clubs__name": "choir"}]}', 'id IN (1, 2)');
SELECT same('Author', '{"OR": [{"posts__title": "SQL", "posts__views": 20}, {"NOT": {"OR": [{"posts__isnull": false}, {"staff__isnull": false}]}}]}', 'id = 4');
SELECT same('Author', '{"OR": [], "posts__title": "SQL"}', 'false');
SELECT same('Author', '{"AND": [], "posts__title": "SQL"}', 'id = 1');
SELECT same('Author', '{"NOT": {"OR": []}, "posts__title": "SQL"}', 'id = 1');
SELECT same('Author', '{"posts__comments__body__ne": "good"}', $$EXISTS (SELECT FROM posts p JOIN comments c ON c.post_id = p.id WHERE p.author_id = t.id AND body IS DISTINCT FROM 'good')$$);
SELECT corm.count(corm.exclude(corm.exclude('Author', '{"posts__title": "SQL"}'), '{"posts__title": "Make"}')), corm.count(corm.exclude('Author', '[{"posts__title": "SQL"}, {"posts__title": "Make"}]'));
SELECT corm.count(corm.objects('Author', '{"name__ne": "Eve"}', '{"posts__isnull": true}'));

--
-- Link rows, by the name of the through model: the row that joins the pair
--
SELECT same('Post', '{"categories__PostCategory__note": "first"}', $$EXISTS (SELECT FROM post_categories l WHERE l.post_id = t.id AND note = 'first')$$);
SELECT same('Category', '{"posts__PostCategory__note": "first"}', $$EXISTS (SELECT FROM post_categories l WHERE l.category_id = t.id AND note = 'first')$$);
SELECT same('Post', '{"categories__name": "News", "categories__PostCategory__position": 2}', 'id = 4');
SELECT same('Post', '{"categories__PostCategory__position": 2, "categories__name": "News"}', 'id = 4');
SELECT same('Post', '[{"categories__name": "News"}, {"categories__PostCategory__position": 2}]', 'id IN (1, 4)');
SELECT same('Post', '{"categories": 2, "categories__PostCategory__position__lte": 1}', 'id = 2');
SELECT same('Post', '{"categories__PostCategory__note": null}', 'id IN (1, 3)');
SELECT same('Post', '{"categories__PostCategory__note__isnull": false, "categories__PostCategory__position__gt": 1}', 'id IN (3, 4)');
SELECT same('Post', '{"categories__PostCategory__added_by__name": "Ann"}', 'id IN (1, 3)');
SELECT same('Post', '{"categories__PostCategory__added_by": null}', 'id IN (2, 3)');
SELECT same('Post', '{"categories__PostCategory__pk": 13}', 'id = 2');
SELECT same('Post', '{"categories__PostCategory__category__name": "Tech"}', 'id IN (1, 2)');
SELECT same('Author', '{"posts__categories__PostCategory__note": "second"}', 'id = 1');
SELECT same('Post', '{"NOT": {"categories__PostCategory__note": "first"}}', 'id NOT IN (1, 3)');
-- the link table is a model with relations of its own, too
SELECT same('Post', '{"links__note": "first", "links__category__name": "News"}', 'id = 1');
-- within the rows of one owner, from either end
SELECT string_agg(object ->> 'id', ',') FROM corm.related('Post', 1, 'categories', '{"PostCategory__position__gt": 1}');
SELECT string_agg(object ->> 'id', ',') FROM corm.related('Category', 1, 'posts', '{"PostCategory__note": "first"}');
SELECT string_agg(object ->> 'id', ',') FROM corm.related('Category', 1, 'posts', '[{"PostCategory__note": "first"}, {"PostCategory__position": 2}]');
SELECT string_agg(object ->> 'id', ',') FROM corm.related('Category', 1, 'posts', '{"categories__PostCategory__position": 2}');
SELECT corm.count(corm.exclude(corm.relation('Post', 1, 'categories'), '{"PostCategory__note": "first"}')), corm.count(corm.relation('Post', 1, 'categories'));
-- the name means nothing elsewhere
SELECT try($$SELECT corm.count('Post', '{"PostCategory__note": "first"}')$$);
SELECT try($$SELECT corm.count('Post', '{"author__PostCategory__note": "first"}')$$);
SELECT try($$SELECT corm.count('Post', '{"tags__PostCategory__note": "first"}')$$);
SELECT try($$SELECT corm.count('Post', '{"categories__postcategory__note": "first"}')$$);
SELECT try($$SELECT corm.count('Post', '{"categories__PostCategory": 11}')$$);
SELECT try($$SELECT corm.count('Post', '{"categories__PostCategory__isnull": true}')$$);
SELECT try($$SELECT corm.count('Post', '{"categories__PostCategory__nope": 1}')$$);

--
-- Pairs that are linked several times: the object once, its link that of lowest key
--
SELECT same('Club', '{"members": 1}', 'id = 1'), same('Author', '{"clubs": 1}', 'id IN (1, 2)'), same('Club', '{"members__name": "Bob"}', 'id IN (1, 2)');
SELECT same('Author', '{"clubs__Membership__role": "chair"}', 'id IN (1, 2)'), same('Author', '{"clubs__Membership__role": "chair", "clubs__Membership__since": 2000}', 'false'), same('Author', '{"clubs": 1, "clubs__Membership__since__gt": 2000}', 'id IN (1, 2)');
SELECT corm.count(corm.relation('Club', 1, 'members')), corm.list(corm.fields(corm.relation('Club', 1, 'members'), 'id', 'Membership'));
SELECT corm.list(corm.fields(corm.relation('Club', 2, 'members'), 'id', 'Membership'));
-- a filter on the link chooses among them
SELECT corm.list(corm.fields(corm.relation('Club', 1, 'members', '{"Membership__role": "chair"}'), 'id', 'Membership')), corm.count(corm.relation('Club', 1, 'members', '{"Membership__since__gt": 1999}'));
SELECT corm.count(corm.limit(corm.relation('Club', 1, 'members'), 1)), corm.count(corm.offset(corm.relation('Club', 1, 'members'), 1)), corm.exists(corm.offset(corm.relation('Club', 1, 'members'), 2)), corm.count(corm.relation('Author', 2, 'clubs'));
SELECT r.id, r.name FROM corm.rows(NULL::authors, corm.relation('Club', 1, 'members', order_by => '{-name}')) r;
SELECT corm.list(corm.order_by(corm.fields(corm.relation('Club', 1, 'members'), 'id'), '-Membership__since'));
-- links that lead nowhere are no related rows
SELECT same('Club', '{"members__ne": 2}', 'id = 1'), same('Club', '{"members__not_in": [2]}', 'id = 1'), same('Club', '{"members__in": [null]}', 'id = 3'), same('Club', '{"members__isnull": true}', 'id = 3'), same('Club', '{"members__in": [null, 1]}', 'id IN (1, 3)');
SELECT same('Club', '{"members__Membership__role": "ghost"}', 'false'), same('Club', '{"memberships__role": "ghost"}', 'id = 2');
SELECT corm.list('Club', '{"members__name__isnull": true}'), corm.count(corm.relation('Club', 2, 'members'));

--
-- Symmetrical: one edge, visible from both ends
--
SELECT same('Author', '{"friends": 1}', 'id IN (2, 3)'), same('Author', '{"friends": 2}', 'id IN (1, 4)'), same('Author', '{"friends": 3}', 'id IN (1, 3)'), same('Author', '{"friends__name": "Dan"}', 'id = 2'), same('Author', '{"friends__isnull": true}', 'id = 5');
SELECT same('Author', '{"friends__friends": 4}', 'id IN (1, 4)'), same('Author', '{"friends__ne": 3}', 'id IN (1, 2, 3, 4)'), same('Author', '{"friends__posts__title": "Make"}', 'id IN (1, 3)');
SELECT id, (SELECT string_agg(f.object ->> 'name', ',') FROM corm.related('Author', a.id, 'friends') f), corm.count(corm.relation(a, 'friends')) FROM authors a ORDER BY id;
-- on a table of its own either order, or both, is one edge
CREATE TABLE knows (id int PRIMARY KEY, a int8 REFERENCES authors, b int8 REFERENCES authors, how text);
INSERT INTO knows VALUES (1, 2, 1, 'first'), (2, 1, 2, 'second'), (3, 3, 3, 'self'), (4, 1, 4, 'x'), (5, 1, 4, 'y'), (6, 5, NULL, 'z');
SELECT corm.many_to_many('Author', 'known', 'Author', through => 'knows', through_relation_name => 'a', through_reverse_relation_name => 'b', symmetrical => true);
SELECT id, corm.list(corm.fields(corm.relation(a, 'known'), 'id', 'knows')) FROM authors a ORDER BY id;
SELECT same('Author', '{"known": 1}', 'id IN (2, 4)'), same('Author', '{"known__knows__how": "first"}', 'id IN (1, 2)'), same('Author', '{"known": 1, "known__knows__how": "y"}', 'id = 4'), same('Author', '{"known__isnull": true}', 'id = 5'), same('Author', '{"known__ne": 1}', 'id IN (1, 3)');

--
-- Composite keys, keys that are no primary key, a key shared by two relations
--
CREATE TABLE tenants (tenant int PRIMARY KEY, name text);
CREATE TABLE orders (tenant int REFERENCES tenants, no int, buyer text, replaces int, PRIMARY KEY (tenant, no), FOREIGN KEY (tenant, replaces) REFERENCES orders);
CREATE TABLE lines (id int PRIMARY KEY, order_tenant int, order_no int, item text, FOREIGN KEY (order_tenant, order_no) REFERENCES orders);
CREATE TABLE countries (id int PRIMARY KEY, code text UNIQUE);
CREATE TABLE cities (id int PRIMARY KEY, name text, country_code text REFERENCES countries (code));
INSERT INTO tenants VALUES (1, 'one'), (2, 'two');
INSERT INTO orders VALUES (1, 1, 'x', NULL), (1, 2, 'y', 1), (2, 1, 'z', NULL), (2, 2, NULL, 1);
INSERT INTO lines VALUES (1, 1, 1, 'bolt'), (2, 1, 1, 'nut'), (3, 1, 2, 'bolt'), (4, 2, 1, 'gear'), (5, NULL, 1, 'half'), (6, NULL, NULL, 'none');
INSERT INTO countries VALUES (1, 'DE'), (2, 'FR'), (3, 'IT');
INSERT INTO cities VALUES (1, 'Bonn', 'DE'), (2, 'Köln', 'DE'), (3, 'Paris', 'FR'), (4, 'Nowhere', NULL);
SELECT corm.register_model(t, m) FROM (VALUES ('tenants'::regclass, 'Tenant'), ('orders', 'Order'), ('lines', 'Line'), ('countries', 'Country'), ('cities', 'City')) v(t, m);
SELECT corm.foreign_key('Order', 'owner', 'Tenant', 'orders', columns => '{tenant}'), corm.foreign_key('Order', 'previous', 'Order', 'next', columns => '{tenant,replaces}');
SELECT corm.foreign_key('Line', 'order', 'Order', 'lines', columns => '{order_tenant,order_no}'), corm.foreign_key('City', 'country', 'Country', 'cities', columns => '{country_code}', target_columns => '{code}');
SELECT same('Line', '{"order": [1, 1]}', 'order_tenant = 1 AND order_no = 1'), same('Line', '{"order": {"no": 1, "tenant": 1, "buyer": "?"}}', 'order_tenant = 1 AND order_no = 1'), same('Line', '{"order": {"pk": [2, 1]}}', 'id = 4');
SELECT same('Line', '{"order__in": [[1, 2], {"tenant": 2, "no": 1}]}', 'id IN (3, 4)'), same('Line', '{"order": null}', 'id IN (5, 6)'), same('Line', '{"order__isnull": false}', 'id < 5'), same('Line', '{"order__ne": [1, 1]}', 'id NOT IN (1, 2)'), same('Line', '{"order__not_in": [[1, 1], null]}', 'id IN (3, 4)'), same('Line', '{"order__in": [[1, 2], null]}', 'id IN (3, 5, 6)');
SELECT same('Line', '{"order__pk": [1, 1]}', 'id IN (1, 2)'), same('Line', '{"order__buyer": "x"}', 'id IN (1, 2)'), same('Line', '{"order__owner__name": "two"}', 'id = 4'), same('Line', '{"order__owner": 1}', 'id < 4'), same('Line', '{"order__previous": [1, 1]}', 'id = 3'), same('Line', '{"order__buyer": null}', 'id IN (5, 6)');
SELECT corm.list(corm.fields('Order', 'pk'), '{"lines__item": "bolt"}'), corm.list(corm.fields('Order', 'pk'), '{"lines__isnull": true}'), corm.list(corm.fields('Order', 'pk'), '{"next": [1, 2]}'), corm.list(corm.fields('Order', 'pk'), '{"previous__buyer": "z"}'), corm.list(corm.fields('Order', 'pk'), '{"previous__isnull": true}');
SELECT corm.list(corm.fields('Order', 'pk'), '{"pk": [2, 2]}'), corm.list(corm.fields('Order', 'pk'), '{"pk__in": [[1, 1], [2, 2], [9, 9]]}'), corm.list(corm.fields('Order', 'pk'), '{"pk__not_in": [[1, 1], [2, 2]]}'), corm.count('Order', '{"pk__ne": [1, 1]}'), corm.count('Order', '{"pk__isnull": true}');
SELECT string_agg(object ->> 'id', ',') FROM corm.related('Order', ROW(1, 1), 'lines');
SELECT string_agg(object ->> 'id', ',') FROM corm.related('Order', jsonb '{"tenant": 1, "no": 2}', 'lines');
SELECT string_agg(a.object ->> 'id', ',' ORDER BY a.object ->> 'id') FROM orders o, corm.all(corm.relation(o, 'lines')) a WHERE tenant = 1;
SELECT try(format('SELECT corm.count(''Line'', %L)', f)) FROM unnest('{"{\"order\": 1}","{\"order\": [1]}","{\"order\": [1, 2, 3]}","{\"order\": \"1\"}","{\"order\": {\"no\": 1}}","{\"order\": [1, null]}","{\"order__in\": [1, 2]}","{\"order__in\": 1}","{\"order__gt\": [1, 1]}","{\"order__contains\": \"1\"}","{\"order__range\": [[1, 1], [2, 2]]}"}'::text[]) f;
-- the primary key is what a value means, whatever columns the constraint compares
SELECT same('City', '{"country": 1}', $$country_code = 'DE'$$), same('City', '{"country": {"id": 2, "code": "DE"}}', $$country_code = 'FR'$$), same('City', '{"country": null}', 'country_code IS NULL'), same('City', '{"country__ne": 1}', $$country_code IS DISTINCT FROM 'DE'$$), same('City', '{"country__in": [2, null]}', 'id IN (3, 4)'), same('City', '{"country_code": "DE"}', 'id IN (1, 2)'), same('City', '{"country__code": "DE"}', 'id IN (1, 2)');
SELECT same('Country', '{"cities__name__startswith": "K"}', 'id = 1'), same('Country', '{"cities__isnull": true}', 'id = 3'), corm.count(corm.relation('Country', 1, 'cities')), corm.get(corm.relation('City', 3, 'country')), corm.get_or_none(corm.relation('City', 4, 'country')) IS NULL;

--
-- A relation that bears its column's name
--
CREATE TABLE rooms (id int PRIMARY KEY, owner int8 REFERENCES authors);
INSERT INTO rooms VALUES (1, 1), (2, 2), (3, NULL);
SELECT corm.register_model('rooms', 'Room');
SELECT corm.foreign_key('Room', 'owner', 'Author', columns => '{owner}');
SELECT same('Room', '{"owner": 1}', 'owner = 1'), same('Room', '{"owner": {"id": 1}}', 'owner = 1'), same('Room', '{"owner__name": "Bob"}', 'owner = 2'), same('Room', '{"owner__isnull": true}', 'owner IS NULL'), same('Room', '{"owner__in": [1, {"id": 2}]}', 'owner IN (1, 2)'), same('Room', '{"owner__gt": 1}', 'owner > 1'), same('Room', '{"owner": null}', 'owner IS NULL'), same('Room', '{"owner__pk": 2}', 'owner = 2');

--
-- Objects without a key, values of the wrong kind, steps that lead nowhere
--
SELECT try(format('SELECT corm.count(''Post'', %L)', f)) FROM unnest('{"{\"author\": {\"name\": \"Ann\"}}","{\"author\": {}}","{\"author__in\": [{\"name\": \"Ann\"}]}","{\"author__boss\": {\"name\": \"Ann\"}}","{\"categories\": {\"name\": \"News\"}}","{\"author\": {\"id\": null}}","{\"author\": \"Ann\"}","{\"author\": [1]}","{\"author\": [1, 2]}","{\"author\": true}","{\"author__in\": 1}","{\"author__in\": null}","{\"author__pk\": {\"name\": \"Ann\"}}","{\"comments\": {\"body\": \"x\"}}","{\"author__ne\": {\"name\": \"x\"}}"}'::text[]) f;
SELECT try(format('SELECT corm.count(''Post'', %L)', f)) FROM unnest('{"{\"comments__isnull\": null}","{\"comments__isnull\": 1}","{\"author__isnull\": \"x\"}","{\"comments__contains\": null}","{\"comments__in\": 3}","{\"comments__in\": [\"x\"]}"}'::text[]) f;
SELECT try(format('SELECT corm.count(''Post'', %L)', f)) FROM unnest('{"{\"auther\": 1}","{\"author__nam\": 1}","{\"author__name__first\": 1}","{\"author__boss__nope__x\": 1}","{\"comments__auhtor__name\": 1}","{\"author__\": 1}","{\"author__foo\": 1}","{\"comments__some\": {}}","{\"title__name\": 1}","{\"author_id__name\": \"Ann\"}","{\"author.name\": 1}"}'::text[]) f;

--
-- Many-to-many, by a unique key of what it leads to: whatever makes values equal
-- or tells rows apart, rows are the same
--
CREATE DOMAIN label AS text;
CREATE COLLATION no_case (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
CREATE TABLE topics (id int PRIMARY KEY, slug text UNIQUE, code text COLLATE no_case, lang text, no int, title label UNIQUE, UNIQUE (lang, no));
CREATE UNIQUE INDEX ON topics (code COLLATE "C");
CREATE TABLE posts_topics (post_id int8 REFERENCES posts, topic_id int REFERENCES topics, weight int, PRIMARY KEY (post_id, topic_id));
INSERT INTO topics VALUES (1, 'sql', 'x', 'en', 1, 'One'), (2, 'json', 'X', 'en', 2, 'Two'), (3, NULL, 'y', 'de', 1, 'Three'), (4, 'none', NULL, NULL, 1, NULL);
INSERT INTO posts_topics VALUES (1, 1, 1), (1, 2, 2), (2, 2, 3), (3, 3, 4), (4, 1, 5), (5, 3, 6);
SELECT corm.register_model('topics', 'Topic'), corm.many_to_many('Post', 'topics', 'Topic', through => 'posts_topics', related_name => 'posts');
SELECT same('Post', '{"topics__slug": "sql"}', 'id IN (1, 4)'), same('Post', '{"topics__slug": "none"}', 'false'), same('Post', '{"topics__slug": "gone"}', 'false'), same('Post', '{"topics__slug": null}', 'id IN (3, 5)'), same('Post', '{"topics__slug__ne": "sql"}', 'id IN (1, 2, 3, 5)'), same('Post', '{"topics__slug__iexact": "SQL"}', 'id IN (1, 4)');
SELECT same('Post', '{"topics__code": "X"}', 'id IN (1, 2, 4)'), same('Post', '{"topics__title": "Two"}', 'id IN (1, 2)'), same('Post', '{"topics__lang": "en"}', 'id IN (1, 2, 4)'), same('Post', '{"topics__lang": "en", "topics__no": 2}', 'id IN (1, 2)'), same('Post', '{"topics__lang": "de", "topics__no": 2}', 'false');
-- what tells one row is looked up once, what may stand for several is joined
SELECT f, regexp_replace(statement, '^.*EXISTS ', '') FROM unnest('{"{\"topics__slug\": \"sql\"}","{\"topics__no\": 1, \"topics__lang\": \"en\"}","{\"topics__title\": \"One\"}","{\"topics__lang\": \"en\"}","{\"topics__code\": \"x\"}","{\"topics__slug__gt\": \"a\"}","{\"topics__slug\": \"sql\", \"topics__posts_topics__weight\": 5}"}'::jsonb[]) f, LATERAL (SELECT split_part(corm.sql(corm.filter('Post', f), 'count'), E'\n--', 1)) s (statement);
-- of types without equality, too
ALTER TABLE topics ADD spot point, ADD doc json;
UPDATE topics SET spot = point(id, 0), doc = '{"a": 1}';
SELECT same('Post', '{"topics__spot__op(~=)": "(2,0)"}', 'id IN (1, 2)'), same('Post', '{"topics__spot__op(<<)": "(3,0)"}', 'id IN (1, 2, 4)'), same('Post', '{"topics__doc__isnull": false, "topics__slug": "sql"}', 'id IN (1, 4)');
-- the tests of one object are about one row, with the key and with the link
SELECT same('Post', '{"topics__slug": "sql", "topics__lang": "en"}', 'id IN (1, 4)'), same('Post', '{"topics__slug": "sql", "topics__no": 2}', 'false'), same('Post', '{"topics__slug": "sql", "topics": 1}', 'id IN (1, 4)'), same('Post', '{"topics__slug": "sql", "topics": 2}', 'false'), same('Post', '{"topics__slug": "sql", "topics__posts_topics__weight": 5}', 'id = 4'), same('Post', '{"topics__slug": "sql", "topics__posts__id": 4}', 'id IN (1, 4)');
SELECT same('Post', '{"AND": [{"topics__slug": "sql"}, {"topics__slug": "json"}]}', 'id = 1'), same('Post', '{"OR": [{"topics__slug": "sql"}, {"topics__slug": "json"}]}', 'id IN (1, 2, 4)'), same('Author', '{"posts__topics__slug": "sql"}', 'id = 1'), same('Comment', '{"post__topics__slug": "json"}', 'post_id IN (1, 2)'), same('Tag', '{"posts__topics__slug": "sql", "posts__id": 1}', $$name IN ('a', 'b')$$);
SELECT corm.update(corm.filter('Post', '{"topics__slug": "json"}'), '{"views__add": 100}');
SELECT array_agg(id ORDER BY id) FROM posts WHERE views >= 100;
SELECT corm.update(corm.filter('Post', '{"topics__slug": "json"}'), '{"views__add": -100}');
-- rows that a role does not see answer for nothing
CREATE ROLE regress_corm_topics;
GRANT USAGE ON SCHEMA corm_filter_relations TO regress_corm_topics;
GRANT SELECT ON posts, posts_topics, topics TO regress_corm_topics;
ALTER TABLE topics ENABLE ROW LEVEL SECURITY;
CREATE POLICY p ON topics USING (slug = 'sql');
SET ROLE regress_corm_topics;
SELECT corm.list(corm.fields('Post', 'id'), '{"topics__slug": "sql"}'), corm.list(corm.fields('Post', 'id'), '{"topics__slug": "json"}');
RESET ROLE;
ALTER TABLE topics DISABLE ROW LEVEL SECURITY;
DROP OWNED BY regress_corm_topics; DROP ROLE regress_corm_topics;
-- a key that is none any more: several rows, one of them in a child of the table
CREATE TABLE more_topics () INHERITS (topics);
INSERT INTO more_topics (id, slug) VALUES (9, 'sql');
SELECT same('Post', '{"topics__slug": "sql"}', 'id IN (1, 4)');
DROP TABLE more_topics;
ALTER TABLE topics DROP CONSTRAINT topics_slug_key;
INSERT INTO topics (id, slug) VALUES (5, 'sql');
INSERT INTO posts_topics VALUES (6, 5, 0);
SELECT same('Post', '{"topics__slug": "sql"}', 'id IN (1, 4, 6)');
DELETE FROM posts_topics WHERE topic_id = 5; DELETE FROM topics WHERE id = 5;
-- valid for some rows only, or later
CREATE UNIQUE INDEX ON topics (slug) WHERE slug <> 'json';
SELECT same('Post', '{"topics__slug": "sql"}', 'id IN (1, 4)');
ALTER TABLE topics ADD UNIQUE (slug) DEFERRABLE INITIALLY DEFERRED;
BEGIN;
INSERT INTO topics (id, slug) VALUES (6, 'json');
INSERT INTO posts_topics VALUES (6, 6, 0);
SELECT same('Post', '{"topics__slug": "json"}', 'id IN (1, 2, 6)');
ROLLBACK;
-- a link of two columns
CREATE TABLE orders_posts (tenant int, no int, post_id int8 REFERENCES posts, FOREIGN KEY (tenant, no) REFERENCES orders, PRIMARY KEY (tenant, no, post_id));
ALTER TABLE orders ADD UNIQUE (buyer);
INSERT INTO orders_posts VALUES (1, 1, 1), (1, 1, 2), (1, 2, 1), (2, 2, 3);
SELECT corm.many_to_many('Post', 'orders', 'Order', through => 'orders_posts', related_name => 'posts');
SELECT same('Post', '{"orders__buyer": "x"}', 'id IN (1, 2)'), same('Post', '{"orders__buyer": "y"}', 'id = 1'), same('Post', '{"orders__buyer": "z"}', 'false');
-- and one that leads to another key of the row
ALTER TABLE countries ADD UNIQUE (id, code);
CREATE TABLE countries_posts (code text REFERENCES countries (code), post_id int8 REFERENCES posts, PRIMARY KEY (code, post_id));
INSERT INTO countries_posts VALUES ('DE', 1), ('DE', 2), ('FR', 1);
SELECT corm.many_to_many('Post', 'countries', 'Country', through => 'countries_posts', related_name => 'posts');
SELECT same('Post', '{"countries__code": "DE"}', 'id IN (1, 2)'), same('Post', '{"countries": 2}', 'id = 1'), same('Post', '{"countries__id": 2}', 'id = 1'), same('Post', '{"countries__code": "IT"}', 'false');

SET client_min_messages = warning;
DROP SCHEMA corm_filter_relations CASCADE;
