-- corm.values, values_list and pluck: the values of paths, related rows joined,
-- each beside the LEFT JOINs that it stands for.
CREATE SCHEMA corm_values;
SET search_path = corm_values;
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
-- Are the flat rows those of the query, in its order?  Its columns stand for the
-- paths.  Objects, arrays, and where there is one path the values by themselves.
CREATE FUNCTION same(q corm.queryset, paths text[], query text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE wanted jsonb; got jsonb;
BEGIN
	EXECUTE 'SELECT jsonb_agg((SELECT jsonb_agg(e.value ORDER BY e.ordinality) FROM json_each(row_to_json(s)) WITH ORDINALITY e)) FROM (' || query || ') s' INTO wanted;
	SELECT jsonb_agg(object) INTO got FROM corm.values_list(q, VARIADIC paths);
	IF got IS DISTINCT FROM wanted THEN
		RETURN format(E'WRONG:\n%s\n%s', got, wanted);
	END IF;
	SELECT jsonb_agg((SELECT jsonb_agg(v -> p.path ORDER BY p.ordinality) FROM unnest(paths) WITH ORDINALITY p(path))) INTO got
	  FROM (SELECT corm.values(q, VARIADIC paths)::jsonb AS v) s;
	IF got IS DISTINCT FROM wanted THEN
		RETURN format(E'WRONG objects:\n%s\n%s', got, wanted);
	END IF;
	IF cardinality(paths) = 1 THEN
		SELECT jsonb_agg(jsonb_build_array(object)) INTO got FROM corm.pluck(q, paths[1]);
		IF got IS DISTINCT FROM wanted THEN
			RETURN format(E'WRONG values:\n%s\n%s', got, wanted);
		END IF;
	END IF;
	RETURN 'same ' || coalesce(jsonb_array_length(wanted), 0);
END
$$;

--
-- Without to-many steps: a row per row
--
SELECT corm.values('Post', 'id', 'title', 'author__name');
SELECT corm.values_list('Post', 'title', 'author__profile__bio', 'title');
SELECT corm.pluck('Post', 'views');
SELECT count(*) FILTER (WHERE v.object IS NULL) AS sql_null, count(*) FILTER (WHERE v.object::text = 'null') AS json_null FROM corm.pluck('Post', 'author__email') v;
-- all columns; the bytes are those of to_json
SELECT count(*), bool_and(v.object::text = to_json(p)::text) FROM corm.values('Post') WITH ORDINALITY v JOIN (SELECT *, row_number() OVER (ORDER BY id) AS ordinality FROM posts) n USING (ordinality) JOIN posts p ON p.id = n.id;
SELECT count(*), bool_and(v.object::text = format('[%s,%s,%s,%s,%s]', p.id, to_json(p.title), coalesce(p.views::text, 'null'), coalesce(p.author_id::text, 'null'), coalesce(p.editor_id::text, 'null'))) FROM corm.values_list('Post') WITH ORDINALITY v JOIN posts p ON p.id = v.ordinality;
SELECT count(*) FILTER (WHERE a.object::text = b.object::text AND a.object::text = c.object::text) FROM corm.values('Post') WITH ORDINALITY a JOIN corm.values('Post', VARIADIC '{}') WITH ORDINALITY b USING (ordinality) JOIN corm.values('Post', VARIADIC NULL) WITH ORDINALITY c USING (ordinality);
SELECT same('Post', '{pk,author,author__pk,author__boss__name,editor__name,views}',
	'SELECT p.id a, p.author_id b, p.author_id c, bo.name d, e.name e, p.views f FROM posts p LEFT JOIN authors a ON a.id = p.author_id LEFT JOIN authors bo ON bo.id = a.boss_id LEFT JOIN authors e ON e.id = p.editor_id ORDER BY p.id');
SELECT same('Author', '{profile,profile__bio,name}', 'SELECT pr.id a, pr.bio b, a.name c FROM authors a LEFT JOIN profiles pr ON pr.author_id = a.id ORDER BY a.id');
SELECT same(corm.objects('Post', '{"author__name__in": ["Ann", "Cid"]}', order_by => '{-views,title}', limit_count => 2, offset_count => 1), '{title,author__name}',
	$$SELECT p.title, a.name FROM posts p JOIN authors a ON a.id = p.author_id WHERE a.name IN ('Ann', 'Cid') ORDER BY p.views DESC, p.title, p.id LIMIT 2 OFFSET 1$$);
-- aggregates are values of the row, and multiply nothing
SELECT same('Post', '{title,comments__count,tags__count}', 'SELECT p.title, (SELECT count(*) FROM comments c WHERE c.post_id = p.id), (SELECT count(*) AS n FROM tags_posts t WHERE t.post_id = p.id) FROM posts p ORDER BY p.id');
SELECT same(corm.order_by('Post', '-comments__count'), '{comments__id__max}', 'SELECT (SELECT max(c.id) FROM comments c WHERE c.post_id = p.id) FROM posts p ORDER BY (SELECT count(*) FROM comments c WHERE c.post_id = p.id) DESC, p.id');

--
-- To-many: a row for each combination, one at least
--
SELECT corm.values('Post', 'title', 'comments__body');
SELECT same('Post', '{id,comments,comments__body}', 'SELECT p.id a, c.id b, c.body c FROM posts p LEFT JOIN comments c ON c.post_id = p.id ORDER BY p.id, c.id');
SELECT same('Post', '{id,comments__body,tags__name}', 'SELECT p.id, c.body, t.name FROM posts p LEFT JOIN comments c ON c.post_id = p.id LEFT JOIN (tags_posts l JOIN tags t ON t.name = l.tag_name) ON l.post_id = p.id ORDER BY p.id, c.id, t.name');
SELECT same('Post', '{tags__name,comments__id}', 'SELECT t.name, c.id FROM posts p LEFT JOIN (tags_posts l JOIN tags t ON t.name = l.tag_name) ON l.post_id = p.id LEFT JOIN comments c ON c.post_id = p.id ORDER BY p.id, t.name, c.id');
SELECT same('Author', '{name,posts__title,posts__comments__author__name}', 'SELECT a.name x, p.title y, ca.name z FROM authors a LEFT JOIN posts p ON p.author_id = a.id LEFT JOIN comments c ON c.post_id = p.id LEFT JOIN authors ca ON ca.id = c.author_id ORDER BY a.id, p.id, c.id');
SELECT same('Comment', '{id,post__author__posts__id}', 'SELECT c.id a, o.id b FROM comments c LEFT JOIN posts p ON p.id = c.post_id LEFT JOIN authors a ON a.id = p.author_id LEFT JOIN posts o ON o.author_id = a.id ORDER BY c.id, o.id');
-- columns of the link, on the row that links
SELECT same('Post', '{title,categories__name,categories__PostCategory__position,categories__PostCategory__added_by__name}',
	'SELECT p.title, c.name, l.position, a.name AS n FROM posts p LEFT JOIN (post_categories l JOIN categories c ON c.id = l.category_id) ON l.post_id = p.id LEFT JOIN authors a ON a.id = l.added_by_id ORDER BY p.id, c.id');
SELECT same('Category', '{id,posts,posts__PostCategory__note}', 'SELECT c.id a, p.id b, l.note c FROM categories c LEFT JOIN (post_categories l JOIN posts p ON p.id = l.post_id) ON l.category_id = c.id ORDER BY c.id, p.id');
-- several links of one pair join its row once, with the link of lowest key
SELECT same('Club', '{name,members__name,members__Membership__role}', $$SELECT c.name a, u.name b, l.role FROM clubs c LEFT JOIN
	((SELECT DISTINCT ON (club_id, author_id) * FROM memberships ORDER BY club_id, author_id, id) l JOIN authors u ON u.id = l.author_id) ON l.club_id = c.id ORDER BY c.id, u.id$$);
SELECT same('Author', '{name,friends__name}', $$SELECT a.name x, f.name y FROM authors a LEFT JOIN
	((SELECT from_author_id s, to_author_id t FROM authors_authors UNION SELECT to_author_id, from_author_id FROM authors_authors) e JOIN authors f ON f.id = e.t) ON e.s = a.id ORDER BY a.id, f.id$$);
SELECT same('Author', '{name,staff__name,staff__staff__name}', 'SELECT a.name x, b.name y, c.name z FROM authors a LEFT JOIN authors b ON b.boss_id = a.id LEFT JOIN authors c ON c.boss_id = b.id ORDER BY a.id, b.id, c.id');
-- in any number of steps
SELECT same('Author', '{name,staff__descendants__name}', $$VALUES ('Ann', 'Bob'), ('Ann', 'Cid'), ('Ann', 'Dan'), ('Bob', 'Dan'), ('Cid', NULL), ('Dan', NULL), ('Eve', 'Eve')$$);
SELECT same(corm.objects('Author', order_by => '{-name}', limit_count => 2, offset_count => 1), '{name,boss__ancestors__name}', $$VALUES ('Dan', 'Ann'), ('Dan', 'Bob'), ('Cid', 'Ann')$$);
-- filters choose roots, and leave alone what is joined to them
SELECT same(corm.filter('Post', '{"comments__body": "good"}'), '{id,comments__body}',
	$$SELECT p.id, c.body FROM posts p LEFT JOIN comments c ON c.post_id = p.id WHERE EXISTS (SELECT FROM comments x WHERE x.post_id = p.id AND x.body = 'good') ORDER BY p.id, c.id$$);
SELECT same(corm.exclude('Post', '{"tags__name": "b"}'), '{id,tags}',
	$$SELECT p.id, l.tag_name FROM posts p LEFT JOIN tags_posts l ON l.post_id = p.id WHERE NOT EXISTS (SELECT FROM tags_posts x WHERE x.post_id = p.id AND x.tag_name = 'b') ORDER BY p.id, l.tag_name$$);
-- an order by a related row is one of the roots
SELECT same(corm.order_by('Post', '-comments__id nulls last', 'title'), '{title,comments__id}', $$SELECT p.title, c.id FROM posts p LEFT JOIN comments c ON c.post_id = p.id
	ORDER BY (SELECT max(x.id) FROM comments x WHERE x.post_id = p.id) DESC NULLS LAST, p.title, p.id, c.id$$);

--
-- limit and offset count roots
--
SELECT same(corm.objects('Post', limit_count => 2), '{id,comments}', 'SELECT p.id a, c.id b FROM (SELECT * FROM posts ORDER BY id LIMIT 2) p LEFT JOIN comments c ON c.post_id = p.id ORDER BY p.id, c.id');
SELECT same(corm.objects('Post', '{"comments__body": "good", "author__name": "Ann"}', order_by => '{-author__name,-id}', limit_count => 1, offset_count => 1), '{author__name,comments__body,tags__name}',
	$$SELECT a.name x, c.body y, l.tag_name z FROM (SELECT * FROM posts p WHERE author_id = 1 AND EXISTS (SELECT FROM comments x WHERE x.post_id = p.id AND x.body = 'good') ORDER BY id DESC LIMIT 1 OFFSET 1) p
	JOIN authors a ON a.id = p.author_id LEFT JOIN comments c ON c.post_id = p.id LEFT JOIN tags_posts l ON l.post_id = p.id ORDER BY p.id DESC, c.id, l.tag_name$$);
SELECT same(corm.objects('Post', order_by => '{-comments__count}', offset_count => 4), '{title,comments}',
	'WITH p AS (SELECT *, (SELECT count(*) FROM comments c WHERE c.post_id = p.id) n FROM posts p ORDER BY n DESC, id OFFSET 4) SELECT p.title, c.id FROM p LEFT JOIN comments c ON c.post_id = p.id ORDER BY n DESC, p.id, c.id');
SELECT same(corm.limit('Post', 0), '{id,comments}', 'SELECT 1 WHERE false'), same(corm.limit('Post', 0), '{id}', 'SELECT 1 WHERE false');
SELECT same(corm.limit('Post', 2), '{id,comments__count}', 'SELECT p.id, (SELECT count(*) FROM comments c WHERE c.post_id = p.id) FROM posts p ORDER BY id LIMIT 2');

-- annotations, which see all related rows
SELECT same(corm.annotate('Post', '{"n": "comments__count"}'), '{id,n}', 'SELECT p.id, (SELECT count(*) FROM comments c WHERE c.post_id = p.id) FROM posts p ORDER BY id');
SELECT same(corm.filter(corm.annotate('Post', '{"n": {"count": "comments", "filter": {"body": "good"}}}'), '{"n__gte": 1}'), '{id,n,tags__name}',
	$$SELECT p.id, n, l.tag_name FROM (SELECT *, (SELECT count(*) FROM comments c WHERE c.post_id = p.id AND c.body = 'good') n FROM posts p) p LEFT JOIN tags_posts l ON l.post_id = p.id WHERE n >= 1 ORDER BY p.id, l.tag_name$$);
SELECT same(corm.limit(corm.order_by(corm.annotate('Post', '{"n": "comments__count"}'), '-n'), 2), '{id,n,tags__name}',
	$$SELECT p.id, n, l.tag_name FROM (SELECT *, (SELECT count(*) FROM comments c WHERE c.post_id = p.id) n FROM posts p ORDER BY n DESC, id LIMIT 2) p LEFT JOIN tags_posts l ON l.post_id = p.id ORDER BY n DESC, p.id, l.tag_name$$);
-- the limit of an allow-list is one of roots
-- without a list of fields columns are free, paths are not
SELECT same(corm.allow('Post', '{"max_limit": 2, "fields": ["id", "comments__id"]}'), '{id,comments__id}', 'VALUES (1, 1), (1, 2), (1, 7), (2, 3), (2, 4)'), same(corm.limit(corm.allow('Post', '{"max_limit": 2}'), 5), '{id}', 'VALUES (1), (2)');
SELECT try($$SELECT count(*) FROM corm.values(corm.allow('Post', '{"max_limit": 2}'), 'comments__id')$$), try($$SELECT count(*) FROM corm.values(corm.allow('Post', '{"fields": ["id"]}'), 'title')$$);
-- a table without a key can be a root too
CREATE TABLE events (at int, post_id bigint REFERENCES posts);
INSERT INTO events VALUES (3, 1), (1, 2), (2, NULL);
SELECT corm.register_model('events', 'Event'), corm.foreign_key('Event', 'post', 'Post', related_name => 'events');
SELECT same(corm.objects('Event', order_by => '{at}', limit_count => 2), '{at,post__comments}', 'SELECT e.at, c.id FROM (SELECT * FROM events ORDER BY at LIMIT 2) e LEFT JOIN comments c ON c.post_id = e.post_id ORDER BY e.at, c.id');
SELECT same(corm.limit('Post', 2), '{id,events__at}', 'VALUES (1, 3), (2, 1)');
SELECT try($$SELECT corm.values('Post', 'events')$$);
SELECT try($$SELECT corm.values('Event', 'pk')$$);

--
-- The rows of a relation, with the link that leads to them
--
SELECT same(corm.relation('Author', 1, 'posts'), '{id,comments__body}', 'SELECT p.id, c.body FROM posts p LEFT JOIN comments c ON c.post_id = p.id WHERE p.author_id = 1 ORDER BY p.id, c.id');
SELECT same(corm.relation('Post', 1, 'categories'), '{name,PostCategory__position,PostCategory__added_by__name}',
	'SELECT c.name a, l.position, a.name FROM post_categories l JOIN categories c ON c.id = l.category_id LEFT JOIN authors a ON a.id = l.added_by_id WHERE l.post_id = 1 ORDER BY c.id');
SELECT same(corm.relation('Post', 1, 'categories', order_by => '{-PostCategory__position}', limit_count => 1), '{PostCategory__note,name,posts__title}',
	'SELECT l.note, c.name, p.title FROM (SELECT * FROM post_categories WHERE post_id = 1 ORDER BY position DESC LIMIT 1) l JOIN categories c ON c.id = l.category_id LEFT JOIN post_categories k ON k.category_id = c.id LEFT JOIN posts p ON p.id = k.post_id ORDER BY p.id');
SELECT same(corm.relation('Club', 1, 'members'), '{name,Membership__role,posts__id}',
	$$SELECT a.name, l.role, p.id FROM (SELECT DISTINCT ON (author_id) * FROM memberships WHERE club_id = 1 ORDER BY author_id, id) l JOIN authors a ON a.id = l.author_id LEFT JOIN posts p ON p.author_id = a.id ORDER BY a.id, p.id$$);
SELECT same(corm.relation('Club', 1, 'members', limit_count => 1), '{name,Membership__role,posts__id}', $$VALUES ('Ann', 'member', 1), ('Ann', 'member', 2)$$);
SELECT same(corm.relation('Club', 1, 'members'), '{name}', $$VALUES ('Ann'), ('Bob')$$);
SELECT same(corm.relation('Author', 3, 'friends'), '{name,friends__name}', $$VALUES ('Ann', 'Bob'), ('Ann', 'Cid'), ('Cid', 'Ann'), ('Cid', 'Cid')$$);
SELECT same(corm.relation('Author', 3, 'friends', limit_count => 1), '{name,friends__name}', $$VALUES ('Ann', 'Bob'), ('Ann', 'Cid')$$);
SELECT same(corm.relation('Post', 5, 'author'), '{name,posts}', $$VALUES ('Cid', 5)$$);
-- the rows related to any row of a queryset
SELECT same(corm.relation(corm.filter('Author', '{"name__in": ["Ann", "Bob"]}'), 'posts'), '{id,author__name,tags__name}',
	$$SELECT p.id, a.name, l.tag_name FROM posts p JOIN authors a ON a.id = p.author_id LEFT JOIN tags_posts l ON l.post_id = p.id WHERE a.name IN ('Ann', 'Bob') ORDER BY p.id, l.tag_name$$);
SELECT same(corm.limit(corm.relation(corm.objects('Club'), 'members'), 2), '{name,posts__title}', $$VALUES ('Ann', 'SQL'), ('Ann', 'JSON'), ('Bob', 'SQL/JSON')$$);
SELECT try($$SELECT corm.values(corm.relation(corm.objects('Club'), 'members'), 'name', 'Membership__role')$$);
SELECT count(*) FROM corm.values(corm.relation('Post', NULL::int, 'categories'), 'name', 'posts__id');
SELECT count(*) FROM corm.values(NULL, 'name'); SELECT count(*) FROM corm.values_list(NULL); SELECT count(*) FROM corm.pluck(NULL, 'x'); SELECT count(*) FROM corm.pluck(NULL::int, NULL, 'x');

--
-- Transforms, keys within documents, keys of several columns
--
CREATE TABLE regions (country text, code int, name text, PRIMARY KEY (country, code));
CREATE TABLE visits (id int PRIMARY KEY, country text, code int, at timestamptz, data jsonb, price numeric(10, 2), big bigint, tags text[], "a__b" int, "we ird" json, FOREIGN KEY (country, code) REFERENCES regions);
INSERT INTO regions VALUES ('de', 1, 'North'), ('de', 2, 'South'), ('fr', 1, 'Nord');
INSERT INTO visits VALUES (1, 'de', 2, '2024-02-29 23:30+00', '{"k": {"x": 1}, "z": null}', 1.50, 9007199254740993, '{a,NULL}', 7, '[1 ,2]'), (2, 'fr', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
SELECT corm.register_model('regions', 'Region'), corm.register_model('visits', 'Visit'), corm.foreign_key('Visit', 'region', 'Region', related_name => 'visits', columns => '{country,code}');
SELECT corm.values('Visit', 'at__year', 'at__date', 'data__k', 'data__k__x', 'a__b', 'we ird');
SELECT corm.values_list('Visit', 'region', 'region__pk', 'region__name', 'pk');
SELECT corm.pluck('Region', 'pk');
SELECT same('Region', '{name,visits,visits__at__month}', 'SELECT r.name, v.id, extract(month FROM v.at)::int m FROM regions r LEFT JOIN visits v ON (v.country, v.code) = (r.country, r.code) ORDER BY r.country, r.code, v.id');
SELECT count(*), bool_and(v.object::text = to_json(t)::text) FROM corm.values('Visit') WITH ORDINALITY v JOIN visits t ON t.id = v.ordinality;
SET corm.bigint_as_string = on;
SELECT corm.values_list('Visit', 'id', 'big', 'price', 'region');
SELECT corm.pluck('Visit', 'big'), corm.pluck(NULL::bigint, 'Visit', 'big');
RESET corm.bigint_as_string;

--
-- Distinct rows
--
SELECT same(corm.distinct('Post'), '{views}', 'SELECT DISTINCT views FROM posts ORDER BY 1');
SELECT same(corm.distinct(corm.order_by('Post', '-views nulls last')), '{author__name,views}', 'SELECT DISTINCT a.name, p.views FROM posts p LEFT JOIN authors a ON a.id = p.author_id ORDER BY 2 DESC NULLS LAST, 1');
SELECT same(corm.distinct('Author'), '{posts__comments__body}', 'SELECT DISTINCT c.body FROM authors a LEFT JOIN posts p ON p.author_id = a.id LEFT JOIN comments c ON c.post_id = p.id ORDER BY 1');
SELECT same(corm.distinct(corm.objects('Post', '{"title__ne": "C"}', limit_count => 2, offset_count => 1)), '{comments__body}', $$SELECT DISTINCT c.body FROM posts p LEFT JOIN comments c ON c.post_id = p.id WHERE p.title <> 'C' ORDER BY 1 LIMIT 2 OFFSET 1$$);
SELECT same(corm.distinct('Post'), '{comments__count}', 'SELECT DISTINCT (SELECT count(*) FROM comments c WHERE c.post_id = p.id) FROM posts p ORDER BY 1');
SELECT same(corm.distinct('Visit'), '{data__z,region__name}', $$SELECT DISTINCT data -> 'z', r.name FROM visits v LEFT JOIN regions r ON (v.country, v.code) = (r.country, r.code) ORDER BY 1, 2$$);
SELECT same(corm.distinct(corm.relation('Club', 2, 'members')), '{Membership__role}', $$VALUES ('chair')$$);
SELECT same(corm.distinct(corm.order_by(corm.annotate('Post', '{"n": "comments__count"}'), '-n')), '{n}', 'SELECT DISTINCT (SELECT count(*) FROM comments c WHERE c.post_id = p.id) AS n FROM posts p ORDER BY n DESC');
SELECT corm.pluck(corm.distinct('Post'), 'author'), corm.pluck(NULL::bigint, corm.distinct('Post'), 'author');
SELECT try($$SELECT corm.values(corm.distinct(corm.order_by('Post', 'id')), 'views')$$);
SELECT try($$SELECT corm.values(corm.distinct('Post', 'views'), 'views')$$);
SELECT try($$SELECT corm.values(corm.distinct('Visit'), 'we ird')$$);

--
-- Typed values
--
SELECT corm.pluck(NULL::text, 'Post', 'title');
SELECT id FROM comments WHERE post_id IN (SELECT corm.pluck(NULL::bigint, corm.filter('Post', '{"author__name": "Ann"}'), 'pk')) ORDER BY id;
SELECT sum(v), count(*), count(v) FROM corm.pluck(NULL::int, 'Post', 'views') v;
SELECT pg_typeof(v), v FROM corm.pluck(NULL::numeric, corm.limit('Post', 1), 'views') v;
SELECT pg_typeof(v), v FROM corm.pluck(NULL::text, corm.limit('Post', 1), 'views') v;
SELECT pg_typeof(v), v FROM corm.pluck(NULL::text[], 'Visit', 'tags') v;
SELECT pg_typeof(v), v FROM corm.pluck(NULL::date, 'Visit', 'at__date') v;
SELECT pg_typeof(v), v FROM corm.pluck(NULL::jsonb, 'Visit', 'data__k') v;
SELECT v, v IS NULL FROM (SELECT corm.pluck(NULL::text, 'Post', 'author__email') v) s;
SELECT same('Post', '{comments__author__name}', $$SELECT corm.pluck(NULL::text, 'Post', 'comments__author__name')$$);
CREATE TYPE pair AS (a int, b text);
CREATE DOMAIN small AS int CHECK (VALUE < 100);
CREATE TABLE odd (id int PRIMARY KEY, p pair, s small);
INSERT INTO odd VALUES (1, (1, 'x'), 5), (2, NULL, NULL);
SELECT corm.register_model('odd', 'Odd');
SELECT * FROM corm.pluck(NULL::pair, 'Odd', 'p');
SELECT corm.pluck(NULL::pair, 'Odd', 'p'), corm.pluck('Odd', 'p');
SELECT pg_typeof(v), v FROM corm.pluck(NULL::small, 'Odd', 's') v;
SELECT pg_typeof(v), v FROM corm.pluck(NULL::int, 'Odd', 's') v;
SELECT try($$SELECT corm.pluck(NULL::small, 'Post', 'id') FROM posts$$), try($$SELECT count(v) FROM corm.pluck(NULL::small, '{"model": "Post", "filter": {"pk": 1}}', 'id') v$$);
-- one call, one statement for all rows of the caller's
SELECT calls, statements FROM corm.stats() \gset
SELECT count(*) FROM comments WHERE post_id IN (SELECT corm.pluck(NULL::bigint, 'Post', 'pk'));
SELECT count(*) FROM comments WHERE post_id NOT IN (SELECT corm.pluck(NULL::bigint, 'Post', 'pk'));
SELECT calls - :calls AS calls, statements - :statements AS statements FROM corm.stats();
SELECT try($$SELECT corm.pluck(NULL::int, 'Post', 'title')$$);
SELECT try($$SELECT corm.pluck(NULL::uuid, 'Post', 'pk')$$);
SELECT try($$SELECT corm.pluck(NULL::posts, 'Post', 'pk')$$);
SELECT try($$SELECT corm.pluck(ROW(1, 2), 'Region', 'pk')$$);
SELECT try($$SELECT corm.pluck(NULL::int, 'Region', 'pk')$$);
SELECT try($$SELECT corm.pluck(NULL::text, 'Visit', 'region')$$);
SELECT try($$SELECT corm.pluck(NULL, 'Visit', 'id')$$);
SELECT try($$SELECT corm.pluck(NULL::int, 'Visit', NULL)$$), try($$SELECT corm.pluck('Visit', NULL)$$);

--
-- What is refused
--
SELECT try($$SELECT corm.values('Post', 'id', 'title', 'id')$$);
SELECT try($$SELECT corm.values('Post', 'id', NULL)$$);
SELECT try($$SELECT corm.values('Post', '')$$);
SELECT try($$SELECT corm.values('Post', 'titel')$$);
SELECT try($$SELECT corm.values('Post', 'author__nme')$$);
SELECT try($$SELECT corm.values('Post', 'title__icontains')$$);
SELECT try($$SELECT corm.values('Post', 'comments__count__gte')$$);
SELECT try($$SELECT corm.values('Post', 'categories__PostCategory')$$);
SELECT try($$SELECT corm.values('Post', 'PostCategory__position')$$);
SELECT try($$SELECT corm.values('Nope', 'id')$$);
SELECT try($$SELECT corm.values('{"filter": {"id": 1}}', 'id')$$);
SELECT try($$SELECT corm.values(corm.select_related('Post', 'author'), 'id')$$);
SELECT try($$SELECT corm.values_list(corm.prefetch_related('Post', 'comments'), 'id')$$);
SELECT try($$SELECT corm.values(corm.fields('Post', 'id'), 'id')$$);
SELECT try($$SELECT corm.pluck(corm.exclude_fields('Post', 'id'), 'id')$$);
SELECT try($$SELECT corm.values(corm.filter('Post', '{"nope": 1}'), 'id')$$);
SELECT try($$SELECT corm.values(corm.order_by('Post', 'nope'), 'id')$$);
SELECT try($$SELECT corm.values(corm.filter('Post', '{"id": "x"}'), 'id', 'comments__id')$$);
SET corm.max_nodes = 3;
SELECT try($$SELECT corm.values('Post', 'id', 'title', 'views', 'author')$$);
RESET corm.max_nodes;
SET corm.max_rows = 4;
SELECT try($$SELECT count(*) FROM corm.values('Post', 'id')$$), try($$SELECT count(*) FROM corm.values(corm.limit('Post', 4), 'id')$$);
RESET corm.max_rows;

--
-- The caller's rights: what is read, and no more
--
CREATE ROLE regress_corm_values;
GRANT USAGE ON SCHEMA corm_values TO regress_corm_values;
GRANT SELECT (id, title, author_id) ON posts TO regress_corm_values;
GRANT SELECT (id, name) ON authors TO regress_corm_values;
GRANT SELECT (id, post_id) ON comments TO regress_corm_values;
SET ROLE regress_corm_values;
SELECT corm.values_list(corm.limit('Post', 2), 'title', 'author__name', 'comments__id');
SELECT try($$SELECT corm.values('Post', 'title', 'views')$$);
SELECT try($$SELECT corm.values('Post', 'author__email')$$);
SELECT try($$SELECT corm.values(corm.limit('Post', 1), 'comments__body')$$);
SELECT try($$SELECT corm.values('Post')$$);
SELECT try($$SELECT corm.values('Post', 'tags__name')$$);
SELECT try($$SELECT corm.values(corm.filter('Post', '{"views": 1}'), 'title')$$);
RESET ROLE;
ALTER TABLE comments ENABLE ROW LEVEL SECURITY;
CREATE POLICY odd_ones ON comments USING (id % 2 = 1);
SET ROLE regress_corm_values;
SELECT corm.values_list(corm.limit('Post', 2), 'title', 'comments__id');
RESET ROLE;
-- the level in the comment of the statement and in the context of errors
CREATE VIEW failing AS SELECT id, 1 / (id - 1) AS broken FROM posts;
SELECT corm.register_model('failing', 'Failing', '{id}');
\set VERBOSITY default
SELECT corm.values('Failing', 'broken');
SET search_path = pg_catalog;
SELECT corm.values_list(corm.limit('corm_values.Post', 1), 'title', 'tags__name');
-- what was said is forgotten with the table: plans follow its changes
SET search_path = corm_values;
SELECT corm.pluck('Odd', 's');
ALTER TABLE odd DROP COLUMN s;
ALTER TABLE odd ADD COLUMN s text DEFAULT 'new';
SELECT corm.pluck('Odd', 's'), corm.pluck(NULL::text, 'Odd', 's');
SELECT corm.values('Odd');

SET client_min_messages = warning;
DROP OWNED BY regress_corm_values;
DROP ROLE regress_corm_values;
DROP VIEW failing CASCADE;
DROP SCHEMA corm_values CASCADE;
