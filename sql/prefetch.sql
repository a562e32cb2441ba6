-- select_related and prefetch_related: documents of related rows, each compared
-- with JSON that is put together by hand.
CREATE SCHEMA corm_prefetch;
SET search_path = corm_prefetch;
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
-- Are the documents of a queryset those that the query returns, byte for byte
-- but for space, with every size of a batch, pulled and pushed?
CREATE FUNCTION same(q corm.queryset, query text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE got text; wanted text; size int;
BEGIN
	EXECUTE 'SELECT json_agg(j)::jsonb FROM (' || query || ') AS s(j)' INTO wanted;
	FOREACH size IN ARRAY '{1,2,3,1000}'::int[] LOOP
		PERFORM set_config('corm.batch_size', size::text, true);
		SELECT jsonb_agg(object) INTO got FROM corm.all(q);
		IF got IS DISTINCT FROM wanted THEN
			RETURN format(E'WRONG with batches of %s:\n%s\n%s', size, got, wanted);
		END IF;
		SELECT jsonb_agg(o) INTO got FROM (SELECT corm.all(q) AS o) s;
		IF got IS DISTINCT FROM wanted THEN
			RETURN format(E'WRONG when pulled, with batches of %s:\n%s\n%s', size, got, wanted);
		END IF;
	END LOOP;
	RETURN CASE WHEN corm.list(q)::jsonb = coalesce(wanted, '[]')::jsonb THEN 'same' ELSE 'WRONG list' END;
END
$$;

--
-- To-one: an object, or null; the root stays
--
SELECT corm.all(corm.select_related('Post', 'author'));
SELECT corm.list(corm.select_related('Post', 'author'))::text = corm.list(corm.prefetch_related('Post', 'author'))::text;
SELECT same(corm.select_related('Post', 'author'), 'SELECT (to_jsonb(p) || jsonb_build_object(''author'', to_jsonb(a))) FROM posts p LEFT JOIN authors a ON a.id = p.author_id ORDER BY p.id');
SELECT same(corm.select_related('Post', 'author__boss', 'editor'), $$SELECT to_jsonb(p) || jsonb_build_object('author', to_jsonb(a) || jsonb_build_object('boss', to_jsonb(b)), 'editor', to_jsonb(e))
	FROM posts p LEFT JOIN authors a ON a.id = p.author_id LEFT JOIN authors b ON b.id = a.boss_id LEFT JOIN authors e ON e.id = p.editor_id ORDER BY p.id$$);
SELECT same(corm.select_related('Author', 'profile'), $$SELECT to_jsonb(a) || jsonb_build_object('profile', to_jsonb(p)) FROM authors a LEFT JOIN profiles p ON p.author_id = a.id ORDER BY a.id$$);
SELECT same(corm.select_related('Comment', 'post__author__profile', 'parent__parent'), $$SELECT to_jsonb(c) || jsonb_build_object('post', to_jsonb(p) || jsonb_build_object('author', to_jsonb(a) || jsonb_build_object('profile', to_jsonb(f))),
	'parent', to_jsonb(c2) || jsonb_build_object('parent', to_jsonb(c3)))
	FROM comments c LEFT JOIN posts p ON p.id = c.post_id LEFT JOIN authors a ON a.id = p.author_id LEFT JOIN profiles f ON f.author_id = a.id LEFT JOIN comments c2 ON c2.id = c.parent_id LEFT JOIN comments c3 ON c3.id = c2.parent_id ORDER BY c.id$$);
-- key by key, in order of mention
SELECT corm.get(corm.select_related('Post', 'editor', 'author'), '{"id": 1}');
SELECT corm.get(corm.select_related('Post', 'author', 'author__boss', 'author'), '{"id": 3}');

--
-- To-many: an array, [] when there is none; siblings do not multiply
--
SELECT corm.all(corm.fields(corm.prefetch_related('Author', 'posts'), 'name'));
SELECT same(corm.prefetch_related('Author', 'posts'), $$SELECT to_jsonb(a) || jsonb_build_object('posts', (SELECT coalesce(jsonb_agg(to_jsonb(p) ORDER BY id), '[]') FROM posts p WHERE p.author_id = a.id)) FROM authors a ORDER BY id$$);
SELECT same(corm.prefetch_related('Author', 'posts', 'edited', 'comments', 'staff'), $$SELECT to_jsonb(a) || jsonb_build_object('posts', (SELECT coalesce(jsonb_agg(to_jsonb(p) ORDER BY id), '[]') FROM posts p WHERE p.author_id = a.id),
	'edited', (SELECT coalesce(jsonb_agg(to_jsonb(p) ORDER BY id), '[]') FROM posts p WHERE p.editor_id = a.id), 'comments', (SELECT coalesce(jsonb_agg(to_jsonb(c) ORDER BY id), '[]') FROM comments c WHERE c.author_id = a.id),
	'staff', (SELECT coalesce(jsonb_agg(to_jsonb(s) ORDER BY id), '[]') FROM authors s WHERE s.boss_id = a.id)) FROM authors a ORDER BY id$$);
SELECT same(corm.select_related('Author', 'posts'), $$SELECT to_jsonb(a) || jsonb_build_object('posts', (SELECT coalesce(jsonb_agg(to_jsonb(p) ORDER BY id), '[]') FROM posts p WHERE p.author_id = a.id)) FROM authors a ORDER BY id$$);
-- any depth, in both directions
SELECT same(corm.prefetch_related('Author', 'posts__comments__author__profile'), $$SELECT to_jsonb(a) || jsonb_build_object('posts', (SELECT coalesce(jsonb_agg(to_jsonb(p) || jsonb_build_object('comments',
	(SELECT coalesce(jsonb_agg(to_jsonb(c) || jsonb_build_object('author', (SELECT to_jsonb(b) || jsonb_build_object('profile', (SELECT to_jsonb(f) FROM profiles f WHERE f.author_id = b.id)) FROM authors b WHERE b.id = c.author_id)) ORDER BY id), '[]')
	FROM comments c WHERE c.post_id = p.id)) ORDER BY id), '[]') FROM posts p WHERE p.author_id = a.id)) FROM authors a ORDER BY id$$);
SELECT same(corm.prefetch_related('Post', 'author__posts', 'editor__staff', 'author__profile'), $$SELECT to_jsonb(p) || jsonb_build_object('author', (SELECT to_jsonb(a) || jsonb_build_object('posts', (SELECT coalesce(jsonb_agg(to_jsonb(x) ORDER BY id), '[]') FROM posts x WHERE x.author_id = a.id),
	'profile', (SELECT to_jsonb(f) FROM profiles f WHERE f.author_id = a.id)) FROM authors a WHERE a.id = p.author_id),
	'editor', (SELECT to_jsonb(a) || jsonb_build_object('staff', (SELECT coalesce(jsonb_agg(to_jsonb(x) ORDER BY id), '[]') FROM authors x WHERE x.boss_id = a.id)) FROM authors a WHERE a.id = p.editor_id)) FROM posts p ORDER BY id$$);
-- trees, cycles: as deep as the path says, and no deeper
SELECT corm.get(corm.prefetch_related('Comment', 'replies__replies__replies'), '{"id": 1}');
SELECT corm.get(corm.fields(corm.select_related('Author', 'boss__boss'), 'id'), '{"id": 5}');
SELECT corm.get(corm.fields(corm.prefetch_related('Author', 'staff__boss__staff'), 'id'), '{"id": 5}');
SELECT same(corm.prefetch_related('Post', 'author__posts__author'), $$SELECT to_jsonb(p) || jsonb_build_object('author', (SELECT to_jsonb(a) || jsonb_build_object('posts', (SELECT coalesce(jsonb_agg(to_jsonb(x) || jsonb_build_object('author', to_jsonb(a)) ORDER BY x.id), '[]') FROM posts x WHERE x.author_id = a.id)) FROM authors a WHERE a.id = p.author_id)) FROM posts p ORDER BY id$$);
-- a child does not repeat the parent it came from
SELECT corm.get(corm.fields(corm.prefetch_related('Author', 'profile', 'posts'), 'id'), '{"id": 3}');

--
-- Many-to-many: link values under the name of the through model, if it has any
--
SELECT corm.all(corm.fields(corm.prefetch_related('Post', 'categories', 'tags'), 'id'), '{"id__lt": 4}');
SELECT same(corm.prefetch_related('Post', 'categories'), $$SELECT to_jsonb(p) || jsonb_build_object('categories', (SELECT coalesce(jsonb_agg(to_jsonb(c) || jsonb_build_object('PostCategory', jsonb_build_object('position', l.position, 'note', l.note, 'added_by_id', l.added_by_id)) ORDER BY c.id), '[]')
	FROM post_categories l JOIN categories c ON c.id = l.category_id WHERE l.post_id = p.id)) FROM posts p ORDER BY id$$);
SELECT same(corm.prefetch_related('Category', 'posts__tags', 'posts__author'), $$SELECT to_jsonb(c) || jsonb_build_object('posts', (SELECT coalesce(jsonb_agg(to_jsonb(p) || jsonb_build_object('PostCategory', jsonb_build_object('position', l.position, 'note', l.note, 'added_by_id', l.added_by_id),
	'tags', (SELECT coalesce(jsonb_agg(jsonb_build_object('name', tag_name) ORDER BY tag_name), '[]') FROM tags_posts tp WHERE tp.post_id = p.id), 'author', (SELECT to_jsonb(a) FROM authors a WHERE a.id = p.author_id)) ORDER BY p.id), '[]')
	FROM post_categories l JOIN posts p ON p.id = l.post_id WHERE l.category_id = c.id)) FROM categories c ORDER BY id$$);
SELECT same(corm.prefetch_related('Tag', 'posts__tags'), $$SELECT to_jsonb(t) || jsonb_build_object('posts', (SELECT coalesce(jsonb_agg(to_jsonb(p) || jsonb_build_object('tags', (SELECT jsonb_agg(jsonb_build_object('name', tag_name) ORDER BY tag_name) FROM tags_posts tp WHERE tp.post_id = p.id)) ORDER BY p.id), '[]')
	FROM tags_posts l JOIN posts p ON p.id = l.post_id WHERE l.tag_name = t.name)) FROM tags t ORDER BY name$$);
-- fields: only what is named; the link by the name of the through model
SELECT corm.get(corm.fields(corm.prefetch_related('Post', '{"categories": {"fields": ["name"]}}'), 'id'), '{"id": 1}');
SELECT corm.get(corm.fields(corm.prefetch_related('Post', '{"categories": {"fields": ["name", "PostCategory"]}}'), 'id'), '{"id": 1}');
SELECT corm.get(corm.fields(corm.prefetch_related('Post', '{"categories": {"fields": ["PostCategory__note", "id"]}}'), 'id'), '{"id": 1}');
SELECT corm.get(corm.fields(corm.prefetch_related('Post', '{"categories": {"fields": ["PostCategory__id", "PostCategory__post_id"]}}'), 'id'), '{"id": 1}');
SELECT corm.get(corm.fields(corm.prefetch_related('Post', '{"categories": {"exclude_fields": ["PostCategory"]}}'), 'id'), '{"id": 1}');
SELECT corm.get(corm.fields(corm.prefetch_related('Post', '{"categories": {"exclude_fields": ["PostCategory__note", "PostCategory__added_by_id", "name"]}}'), 'id'), '{"id": 1}');
SELECT corm.get(corm.fields(corm.prefetch_related('Post', '{"categories": {"fields": []}}'), 'id'), '{"id": 1}');
-- in documents of a relation, from either end
SELECT corm.related('Post', 1, 'categories');
SELECT corm.related('Category', 1, 'posts', fields => '{title,PostCategory__position}');
SELECT corm.related('Post', 1, 'tags');
-- pairs linked several times: the object once, with the link of lowest key; limits count objects
SELECT corm.list(corm.fields(corm.prefetch_related('Club', '{"members": {"fields": ["id", "Membership"]}}'), 'id'));
SELECT corm.list(corm.fields(corm.prefetch_related('Club', '{"members": {"fields": ["id", "Membership"], "limit": 1, "more": true}}'), 'id'));
SELECT corm.list(corm.fields(corm.prefetch_related('Club', '{"members": {"fields": ["id", "Membership"], "offset": 1}}'), 'id'));
SELECT corm.list(corm.fields(corm.prefetch_related('Club', '{"members": {"fields": ["id", "Membership"], "order_by": ["-Membership__since"]}}'), 'id'));
SELECT corm.list(corm.fields(corm.prefetch_related('Club', '{"members": {"fields": ["id", "Membership"], "filter": {"Membership__role": "chair"}}}'), 'id'));
SELECT corm.list(corm.fields(corm.prefetch_related('Author', '{"clubs": {"fields": ["name", "Membership__since"]}}'), 'id'), '{"clubs__isnull": false}');
-- symmetrical, directed
SELECT corm.list(corm.fields(corm.prefetch_related('Author', '{"friends": {"fields": ["name"]}, "follows": {"fields": ["name"]}, "followers": {"fields": ["name"]}}'), 'id'));
SELECT corm.get(corm.fields(corm.prefetch_related('Author', '{"friends": {"fields": ["id"], "prefetch_related": {"friends": {"fields": ["id"], "limit": 1}}}}'), 'id'), '{"id": 1}');

--
-- Options: filter, exclude, order_by, fields, limit, offset, more, as
--
SELECT same(corm.prefetch_related('Author', jsonb '{"posts": {"filter": {"views__gte": 10}}}'), $$SELECT to_jsonb(a) || jsonb_build_object('posts', (SELECT coalesce(jsonb_agg(to_jsonb(p) ORDER BY id), '[]') FROM posts p WHERE p.author_id = a.id AND views >= 10)) FROM authors a ORDER BY id$$);
SELECT same(corm.prefetch_related('Author', jsonb '{"posts": {"exclude": {"views__gte": 20}, "order_by": ["-id"]}}'), $$SELECT to_jsonb(a) || jsonb_build_object('posts', (SELECT coalesce(jsonb_agg(to_jsonb(p) ORDER BY id DESC), '[]') FROM posts p WHERE p.author_id = a.id AND (views >= 20) IS NOT TRUE)) FROM authors a ORDER BY id$$);
SELECT same(corm.prefetch_related('Post', jsonb '{"comments": {"limit": 1}}'), $$SELECT to_jsonb(p) || jsonb_build_object('comments', (SELECT coalesce(jsonb_agg(to_jsonb(c) ORDER BY id), '[]') FROM (SELECT * FROM comments c WHERE c.post_id = p.id ORDER BY id LIMIT 1) c)) FROM posts p ORDER BY id$$);
SELECT same(corm.prefetch_related('Post', jsonb '{"comments": {"limit": 2, "offset": 1, "order_by": ["-body nulls last"]}}'), $$SELECT to_jsonb(p) || jsonb_build_object('comments', (SELECT coalesce(jsonb_agg(to_jsonb(c) ORDER BY body DESC NULLS LAST, id), '[]') FROM (SELECT * FROM comments c WHERE c.post_id = p.id ORDER BY body DESC NULLS LAST, id OFFSET 1 LIMIT 2) c)) FROM posts p ORDER BY id$$);
SELECT same(corm.prefetch_related('Post', jsonb '{"comments": {"offset": 1}}'), $$SELECT to_jsonb(p) || jsonb_build_object('comments', (SELECT coalesce(jsonb_agg(to_jsonb(c) ORDER BY id), '[]') FROM (SELECT * FROM comments c WHERE c.post_id = p.id ORDER BY id OFFSET 1) c)) FROM posts p ORDER BY id$$);
SELECT same(corm.prefetch_related('Post', jsonb '{"comments": {"limit": 0}}'), $$SELECT to_jsonb(p) || jsonb_build_object('comments', '[]'::jsonb) FROM posts p ORDER BY id$$);
SELECT same(corm.prefetch_related('Post', jsonb '{"categories": {"limit": 1, "order_by": ["-PostCategory__position", "name"], "fields": ["id"]}}'), $$SELECT to_jsonb(p) || jsonb_build_object('categories', (SELECT coalesce(jsonb_agg(jsonb_build_object('id', c.category_id)), '[]') FROM (SELECT * FROM post_categories l WHERE l.post_id = p.id ORDER BY position DESC LIMIT 1) c)) FROM posts p ORDER BY id$$);
SELECT corm.list(corm.fields(corm.prefetch_related('Post', '{"comments": {"limit": 2, "more": true, "fields": ["id"]}}'), 'id'));
SELECT corm.get(corm.fields(corm.prefetch_related('Post', '{"comments": {"limit": 2, "offset": 1, "more": true, "fields": ["id"]}}'), 'id'), '{"id": 1}'), corm.get(corm.fields(corm.prefetch_related('Post', '{"comments": {"limit": 3, "more": true, "fields": ["id"]}}'), 'id'), '{"id": 1}'),
	corm.get(corm.fields(corm.prefetch_related('Post', '{"comments": {"limit": 0, "more": true}}'), 'id'), '{"id": 1}'), corm.get(corm.fields(corm.prefetch_related('Post', '{"comments": {"more": true, "fields": []}}'), 'id'), '{"id": 2}'),
	corm.get(corm.fields(corm.prefetch_related('Post', '{"comments": {"limit": 9223372036854775807, "offset": 1, "more": true, "fields": ["id"]}}'), 'id'), '{"id": 1}'),
	corm.get(corm.fields(corm.prefetch_related('Post', '{"comments": {"limit": 9223372036854775807, "offset": 9223372036854775807, "more": true}}'), 'id'), '{"id": 1}');
SELECT corm.list(corm.fields(corm.prefetch_related('Post', '{"tags": {"more": true}}', 'tags', '{"tags": {"more": true}}'), 'id'), '{"id__lt": 4}');
SELECT corm.get(corm.fields(corm.prefetch_related('Post', '{"comments": {"as": "latest", "order_by": ["-id"], "limit": 1, "more": true, "fields": ["id"]}}'), 'id'), '{"id": 1}');
-- a filter of the root prunes no list, a filter of a to-one gives null and keeps the root
SELECT corm.list(corm.fields(corm.prefetch_related('Author', '{"posts": {"fields": ["title"]}}'), 'id'), '{"posts__title": "SQL"}');
SELECT corm.list(corm.fields(corm.prefetch_related('Post', '{"author": {"filter": {"name": "Ann"}, "fields": ["name"]}}'), 'id'));
SELECT corm.list(corm.fields(corm.prefetch_related('Post', '{"author": {"exclude": {"name": "Ann"}, "fields": ["name"], "prefetch_related": {"posts": {"fields": ["id"]}}}}'), 'id'), '{"id__lt": 4}');
SELECT corm.list(corm.fields(corm.prefetch_related('Post', '{"author": {"limit": 0}}'), 'id'), '{"id__lt": 2}'), corm.list(corm.fields(corm.prefetch_related('Post', '{"author": {"offset": 1, "more": true}}'), 'id'), '{"id__lt": 2}');
SELECT corm.list(corm.fields(corm.prefetch_related('Post', '{"comments": {"filter": {"author__name": "Ann", "replies__isnull": true}, "fields": ["id"]}}'), 'id'));
-- one relation several times
SELECT corm.list(corm.fields(corm.prefetch_related('Post', jsonb '[{"comments": {"as": "good", "filter": {"body": "good"}, "fields": ["id"]}}, {"comments": {"as": "bad", "filter": {"body": "bad"}, "fields": ["id"]}}, {"comments": {"fields": ["id"], "limit": 1}}]'), 'id'), '{"id__lt": 3}');
SELECT corm.list(corm.fields(corm.prefetch_related('Post', jsonb '[{"author": {"as": "writer", "fields": ["name"]}}, {"author": {"as": "anns", "filter": {"name": "Ann"}, "fields": ["id"]}}, "author__boss"]'), 'id'), '{"id__in": [1, 3, 4]}');
-- calls add up; the same path with the same options is one, with others or once without any an error
SELECT corm.get(corm.fields(corm.prefetch_related(corm.prefetch_related('Post', 'comments'), '{"comments": {"fields": ["id"], "limit": 1}}'), 'id'), '{"id": 1}');
SELECT corm.get(corm.fields(corm.prefetch_related(corm.prefetch_related('Post', '{"comments": {"fields": ["id"], "limit": 1}}'), 'comments__author__boss', '{"comments": {"fields": ["id"], "limit": 1}}'), 'id'), '{"id": 1}');
SELECT corm.get(corm.fields(corm.prefetch_related('Author', '{"posts__comments": {"fields": ["id"]}}', '{"posts": {"fields": ["title"], "prefetch_related": {"tags": {}}}}'), 'id'), '{"id": 1}');
-- columns that are not printed still join
SELECT corm.get(corm.fields(corm.prefetch_related('Author', '{"posts": {"fields": [], "prefetch_related": {"comments": {"fields": []}}}}'), VARIADIC '{}'), '{"id": 1}');
-- a name needs no alias to be odd
SELECT corm.get(corm.fields(corm.prefetch_related('Post', '{"comments": {"as": "a \"b\" \\ \u00e9__more", "limit": 1, "fields": ["id"]}}'), 'id'), '{"id": 1}');

--
-- Refused
--
SELECT try(format('SELECT corm.list(corm.prefetch_related(''Post'', %L::jsonb))', f)) FROM unnest('{"\"coments\"","\"title\"","\"author__name\"","\"author__nope__x\"","\"pk\"","\"comments__title__x\"","{\"comments\": {\"as\": \"title\"}}","{\"comments\": {\"as\": \"author_id\"}}","[{\"comments\": {\"as\": \"tags\"}}, \"tags\"]","[{\"comments\": {\"as\": \"x\"}}, {\"tags\": {\"as\": \"x\"}}]"}'::text[]) f;
SELECT try(format('SELECT corm.list(corm.prefetch_related(''Post'', %L::jsonb))', f)) FROM unnest('{"[{\"comments\": {\"limit\": 1}}, {\"comments\": {\"limit\": 2}}]","[{\"comments\": {\"limit\": 1}}, {\"comments\": {\"limit\": 1, \"more\": true}}]","[{\"comments\": {\"filter\": {\"id\": 1}}}, {\"comments\": {\"filter\": {\"id\": 2}}}]","[{\"comments\": {\"more\": true}}, {\"comments\": {\"more\": true, \"limit\": 1}}]","[{\"comments\": {\"more\": true}}, {\"tags\": {\"as\": \"comments__more\"}}]","{\"categories\": {\"prefetch_related\": {\"posts\": {\"as\": \"PostCategory\"}}}}"}'::text[]) f;
SELECT try(format('SELECT corm.list(corm.prefetch_related(''Post'', %L::jsonb))', f)) FROM unnest('{"{\"comments\": {\"filter\": {\"title\": 1}}}","{\"comments\": {\"order_by\": [\"nope\"]}}","{\"comments\": {\"fields\": [\"author\"]}}","{\"comments\": {\"fields\": [\"nope\"]}}","{\"comments\": {\"fields\": [\"Comment__id\"]}}","{\"categories\": {\"fields\": [\"PostCategory__nope\"]}}","{\"comments\": {\"exclude_fields\": [\"nope\"]}}","{\"comments\": {\"filter\": {\"id\": \"x\"}}}","{\"author\": {\"filter\": {\"name__nope\": 1}}}","{\"comments__author\": {\"prefetch_related\": [\"nope\"]}}"}'::text[]) f;
SELECT try($$SELECT corm.list(corm.select_related('Post', 'author__nope'))$$);
SELECT try($$SELECT corm.list(corm.select_related('Post', 'title'))$$);
SELECT try($$SELECT corm.list(corm.select_related(corm.prefetch_related('Post', jsonb '{"author": {"as": "editor"}}'), 'editor'))$$);

--
-- A to-one that bears its column's name takes its place
--
CREATE TABLE rooms (id int PRIMARY KEY, owner int8 REFERENCES authors, size int);
INSERT INTO rooms VALUES (1, 1, 10), (2, NULL, 20);
SELECT corm.register_model('rooms', 'Room');
SELECT corm.foreign_key('Room', 'owner', 'Author', columns => '{owner}');
SELECT corm.list('Room'), corm.list(corm.prefetch_related('Room', '{"owner": {"fields": ["id", "name"]}}'));
SELECT corm.list(corm.prefetch_related('Room', '{"owner": {"fields": ["name"], "filter": {"name": "Bob"}}}'));
SELECT corm.list(corm.prefetch_related('Room', '{"owner": {"fields": ["name"], "as": "who"}}'));
SELECT corm.list(corm.fields(corm.prefetch_related('Room', '{"owner": {"fields": ["name"]}}'), 'size')), corm.list(corm.exclude_fields(corm.prefetch_related('Room', '{"owner": {"fields": ["name"]}}'), 'owner'));
SELECT corm.get(corm.fields(corm.prefetch_related('Author', 'rooms__owner__rooms'), 'id'), '{"id": 1}');
SELECT try($$SELECT corm.list(corm.prefetch_related('Room', '{"owner": {"as": "size"}}'))$$);

--
-- Composite keys, keys that are no primary key, half keys
--
CREATE TABLE orders (tenant int, no text, buyer text, PRIMARY KEY (tenant, no));
CREATE TABLE lines (id int PRIMARY KEY, order_tenant smallint, order_no varchar(10), item text, FOREIGN KEY (order_tenant, order_no) REFERENCES orders);
CREATE TABLE countries (id int PRIMARY KEY, code text UNIQUE);
CREATE TABLE cities (id int PRIMARY KEY, name text, country_code text REFERENCES countries (code));
INSERT INTO orders VALUES (1, 'a', 'x'), (1, 'b', 'y'), (2, 'a', 'z'), (3, 'c', NULL);
INSERT INTO lines VALUES (1, 1, 'a', 'bolt'), (2, 1, 'a', 'nut'), (3, 1, 'b', 'bolt'), (4, 2, 'a', 'gear'), (5, NULL, 'a', 'half'), (6, NULL, NULL, 'none');
INSERT INTO countries VALUES (1, 'DE'), (2, 'FR'), (3, 'IT');
INSERT INTO cities VALUES (1, 'Bonn', 'DE'), (2, 'Koeln', 'DE'), (3, 'Paris', 'FR'), (4, 'Nowhere', NULL);
SELECT corm.register_model(t, m) FROM (VALUES ('orders'::regclass, 'Order'), ('lines', 'Line'), ('countries', 'Country'), ('cities', 'City')) v(t, m);
SELECT corm.foreign_key('Line', 'order', 'Order', 'lines', columns => '{order_tenant,order_no}'), corm.foreign_key('City', 'country', 'Country', 'cities', columns => '{country_code}', target_columns => '{code}');
SELECT same(corm.prefetch_related('Order', 'lines'), $$SELECT to_jsonb(o) || jsonb_build_object('lines', (SELECT coalesce(jsonb_agg(to_jsonb(l) ORDER BY id), '[]') FROM lines l WHERE order_tenant = tenant AND order_no = no)) FROM orders o ORDER BY tenant, no$$);
SELECT same(corm.prefetch_related('Line', 'order__lines'), $$SELECT to_jsonb(m) || jsonb_build_object('order', (SELECT to_jsonb(o) || jsonb_build_object('lines', (SELECT coalesce(jsonb_agg(to_jsonb(l) ORDER BY id), '[]') FROM lines l WHERE order_tenant = tenant AND order_no = no)) FROM orders o WHERE m.order_tenant = tenant AND m.order_no = no)) FROM lines m ORDER BY id$$);
SELECT same(corm.prefetch_related('Line', jsonb '{"order": {"filter": {"buyer": "x"}}}'), $$SELECT to_jsonb(m) || jsonb_build_object('order', (SELECT to_jsonb(o) FROM orders o WHERE m.order_tenant = tenant AND m.order_no = no AND buyer = 'x')) FROM lines m ORDER BY id$$);
SELECT same(corm.prefetch_related('Order', jsonb '{"lines": {"limit": 1, "order_by": ["-id"]}}'), $$SELECT to_jsonb(o) || jsonb_build_object('lines', (SELECT coalesce(jsonb_agg(to_jsonb(l)), '[]') FROM (SELECT * FROM lines WHERE order_tenant = tenant AND order_no = no ORDER BY id DESC LIMIT 1) l)) FROM orders o ORDER BY tenant, no$$);
SELECT same(corm.prefetch_related('Country', 'cities__country'), $$SELECT to_jsonb(o) || jsonb_build_object('cities', (SELECT coalesce(jsonb_agg(to_jsonb(c) || jsonb_build_object('country', to_jsonb(o)) ORDER BY c.id), '[]') FROM cities c WHERE country_code = code)) FROM countries o ORDER BY id$$);
SELECT corm.list(corm.prefetch_related('City', '{"country": {"filter": {"id__lt": 2}}}'), '{"id__gte": 2}');

--
-- The batched loader
--
SELECT * FROM corm.prefetch('Post', '{3,1,99,1}'::int[], 'comments', fields => '{id}');
SELECT * FROM corm.prefetch('Post', '[1, 2]'::jsonb, 'comments', limit_count => 1, order_by => '{-id}', fields => '{id}');
SELECT * FROM corm.prefetch('Post', '1', 'author', fields => '{name}');
SELECT * FROM corm.prefetch('Post', '{4,1}'::bigint[], 'author', fields => '{name}', filter => '{"name": "Ann"}');
SELECT * FROM corm.prefetch('Tag', '{b,c}'::text[], 'posts', fields => '{title}');
SELECT * FROM corm.prefetch('Post', '{1,4}'::int[], 'categories', offset_count => 1);
SELECT * FROM corm.prefetch('Order', '[[1, "b"], {"tenant": 1, "no": "a"}, [9, "a"]]'::jsonb, 'lines', fields => '{id}');
SELECT * FROM corm.prefetch('Club', '{2,1}'::int[], 'members', fields => '{id,Membership}');
SELECT * FROM corm.prefetch('Author', '{1,3}'::int[], 'friends', fields => '{id}', prefetch_related => '{"posts": {"fields": ["title"]}}');
SELECT count(*) FROM corm.prefetch('Post', '{}'::int[], 'comments');
SELECT count(*) FROM corm.prefetch('Post', NULL::int[], 'comments');
SELECT (SELECT jsonb_object_agg(pk::text, related) FROM corm.prefetch('Author', (SELECT array_agg(id) FROM authors), 'posts')) = (SELECT jsonb_object_agg(a.id::text, (SELECT coalesce(jsonb_agg(to_jsonb(p) ORDER BY id), '[]') FROM posts p WHERE author_id = a.id)) FROM authors a);
SELECT try(t) FROM unnest(ARRAY[$$SELECT corm.prefetch('Post', '{1,NULL}'::int[], 'comments')$$, $$SELECT corm.prefetch('Post', '{x}'::text[], 'comments')$$, $$SELECT corm.prefetch('Post', '{1}'::int[], 'coments')$$, $$SELECT corm.prefetch('Pst', '{1}'::int[], 'comments')$$,
	$$SELECT corm.prefetch('Post', '{1}'::int[], 'comments', filter => '{"nope": 1}')$$, $$SELECT corm.prefetch('Order', '[1]'::jsonb, 'lines')$$, $$SELECT corm.prefetch('Post', '{1}'::int[], 'comments', limit_count => -1)$$, $$SELECT corm.prefetch('Post', '[{"title": "x"}]'::jsonb, 'comments')$$]) t;

--
-- Cursors, calls within calls: every one has its own place and one snapshot
--
SET corm.batch_size = 1;
BEGIN;
DECLARE c CURSOR FOR SELECT corm.all(corm.fields(corm.prefetch_related('Post', '{"comments": {"fields": ["id"]}}'), 'id'));
FETCH 1 FROM c;
DECLARE d CURSOR FOR SELECT corm.all(corm.fields(corm.prefetch_related('Author', '{"posts": {"fields": ["id"]}}'), 'id', 'name'));
FETCH 2 FROM d;
INSERT INTO comments (id, body, post_id) VALUES (100, 'late', 2), (101, 'late', 3);
UPDATE authors SET name = 'renamed' WHERE id = 3;
DELETE FROM posts WHERE id = 6;
FETCH 2 FROM c;
FETCH 1 FROM d;
FETCH ALL FROM c;
CLOSE d;
FETCH 1 FROM c;
ROLLBACK;
-- a closed, an aborted, a held cursor
BEGIN;
DECLARE c CURSOR WITH HOLD FOR SELECT corm.all(corm.fields(corm.prefetch_related('Tag', '{"posts": {"fields": ["id"]}}'), 'name'));
FETCH 1 FROM c;
COMMIT;
FETCH ALL FROM c;
CLOSE c;
BEGIN;
DECLARE c CURSOR FOR SELECT corm.all(corm.fields('Post', 'id'));
FETCH 1 FROM c;
SAVEPOINT s;
FETCH 1 FROM c;
SELECT 1 / 0;
ROLLBACK TO s;
FETCH 1 FROM c;
ROLLBACK;
BEGIN;
DECLARE c CURSOR FOR SELECT corm.all(corm.fields('Post', 'id'));
SAVEPOINT s;
FETCH 1 FROM c;
ROLLBACK TO s;
FETCH 1 FROM c;
ROLLBACK;
-- a cursor that outlives its transaction keeps its snapshot and its place
BEGIN;
SET LOCAL corm.batch_size = 2;
DECLARE c NO SCROLL CURSOR WITH HOLD FOR SELECT corm.all(corm.fields('Post', 'id'));
FETCH 1 FROM c;
INSERT INTO posts (id, title) VALUES (99, 'later');
COMMIT;
FETCH ALL FROM c;
CLOSE c;
DELETE FROM posts WHERE id = 99;
-- without a key nothing says which rows were read already
BEGIN;
SET LOCAL corm.batch_size = 1;
CREATE TABLE keyless (n int);
INSERT INTO keyless VALUES (1), (2);
SELECT corm.register_model('keyless');
DECLARE c CURSOR FOR SELECT corm.all('keyless');
SAVEPOINT s;
FETCH 1 FROM c;
ROLLBACK TO s;
FETCH 1 FROM c;
ROLLBACK;
-- two calls in one select list, one in another's row, one cut short
SELECT corm.all(corm.fields(corm.prefetch_related('Post', '{"comments": {"fields": ["id"]}}'), 'id')), corm.all(corm.fields(corm.prefetch_related('Tag', '{"posts": {"fields": ["id"]}}'), 'name')) LIMIT 4;
SELECT corm.all(corm.fields(corm.prefetch_related('Post', '{"comments": {"fields": ["id"]}}'), 'id')) FROM generate_series(1, 2) LIMIT 8;
SELECT t.name, corm.all(corm.fields(corm.relation(t, 'posts', prefetch_related => '{"author": {"fields": ["name"], "filter": {"name__ne": "x"}}}'), 'id')) FROM tags t ORDER BY t.name;
SELECT t.name, (SELECT a.object ->> 'id' FROM corm.related('Tag', t.name, 'posts', order_by => '{-id}') a LIMIT 1) FROM tags t ORDER BY t.name;
DO $$
DECLARE r record; n int;
BEGIN
	FOR r IN SELECT corm.all(corm.fields(corm.prefetch_related('Post', '{"comments": {"fields": ["id"]}}'), 'id')) AS o LOOP
		SELECT count(*) INTO n FROM corm.related('Post', (r.o ->> 'id')::int, 'comments');
		EXIT WHEN (r.o ->> 'id')::int = 4;
		RAISE NOTICE '% %', r.o, n;
	END LOOP;
END
$$;
RESET corm.batch_size;
SELECT name FROM pg_cursors;
-- many roots, many children: over the default batch
CREATE TABLE nodes (id int PRIMARY KEY, parent_id int REFERENCES nodes);
SELECT corm.register_model('nodes', 'Node');
SELECT corm.foreign_key('Node', 'parent', 'Node', 'children');
INSERT INTO nodes SELECT i, nullif(i / 3, 0) FROM generate_series(1, 2500) i;
SELECT (SELECT jsonb_agg(object) FROM corm.all(corm.prefetch_related('Node', 'children__children', 'parent'))) = (SELECT jsonb_agg(o) FROM (SELECT corm.all(corm.prefetch_related('Node', 'children__children', 'parent')) AS o) s);
SELECT sum(json_array_length(object -> 'children')), count(*), count(*) FILTER (WHERE (object -> 'parent' ->> 'id')::int = (object ->> 'id')::int / 3) FROM corm.all(corm.prefetch_related('Node', 'children', 'parent'));
SELECT sum(json_array_length(object -> 'children')) FROM corm.all(corm.prefetch_related('Node', jsonb '{"children": {"limit": 2, "fields": ["id"]}}'));

--
-- The statements: one for each level that is not joined
--
SELECT corm.sql(corm.objects('Author', fields => '{id}', prefetch_related => '{"posts": {"fields": ["id"], "prefetch_related": {"categories": {"fields": ["id"]}}}}'));
SELECT corm.sql(corm.objects('Post', fields => '{id}', prefetch_related => '{"author": {"fields": ["id"]}, "comments": {"fields": ["id"], "limit": 2}}'));
SELECT corm.sql(corm.objects('Club', fields => '{id}', prefetch_related => '{"members": {"fields": ["id"]}}'));
SELECT corm.sql(corm.objects('Order', fields => '{no}', prefetch_related => '{"lines": {"fields": ["id"]}}'));

SET client_min_messages = warning;
DROP SCHEMA corm_prefetch CASCADE;
