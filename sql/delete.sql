-- corm.delete, corm.delete_one, corm.delete_preview and corm.for_update, beside
-- the statements that they stand for.
CREATE SCHEMA corm_delete;
SET search_path = corm_delete;
-- Version 18 says of a foreign key that it is a RESTRICT; here all say the same.
CREATE FUNCTION said(error text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
	SELECT CASE WHEN error LIKE '23001 %' THEN replace(replace(replace(error, '23001', '23503'), 'RESTRICT setting of ', ''), 'is referenced from', 'is still referenced from') ELSE error END
$$;
-- Shows errors as "SQLSTATE message / detail / hint"; what failed is undone.
CREATE FUNCTION try(statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	result text; state text; message text; detail text; hint text;
BEGIN
	EXECUTE statement INTO result;
	RETURN coalesce(result, '(null)');
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE, message = MESSAGE_TEXT,
		detail = PG_EXCEPTION_DETAIL, hint = PG_EXCEPTION_HINT;
	RETURN said(state || ' ' || message
		|| CASE WHEN detail <> '' THEN E'\n  ' || detail ELSE '' END
		|| CASE WHEN hint <> '' THEN E'\n  ' || hint ELSE '' END);
END
$$;
-- How many rows a statement says that it deleted and what is left; undone.
CREATE FUNCTION outcome(statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	n text; state text;
BEGIN
	EXECUTE statement INTO n;
	SELECT string_agg(line, ' ' ORDER BY line COLLATE "C") INTO state FROM (
		SELECT 'author ' || a::text FROM author a UNION ALL SELECT 'post ' || p::text FROM post p UNION ALL SELECT 'comment ' || c::text FROM comment c
		UNION ALL SELECT 'award ' || w::text FROM award w UNION ALL SELECT 'tag ' || t::text FROM tag t UNION ALL SELECT 'post_tag ' || x::text FROM post_tag x) AS s(line);
	RAISE EXCEPTION SQLSTATE 'YY000' USING MESSAGE = n || ' rows: ' || state;
EXCEPTION WHEN SQLSTATE 'YY000' THEN
	RETURN SQLERRM;
WHEN OTHERS THEN
	RETURN said(SQLSTATE || ' ' || SQLERRM);
END
$$;
CREATE FUNCTION same(call text, sql text) RETURNS text LANGUAGE sql AS $$
	SELECT CASE WHEN c = s THEN 'same: ' || split_part(c, ':', 1) ELSE E'corm: ' || c || E'\nsql: ' || s END
	FROM (SELECT outcome('SELECT corm.delete(' || call || ')') AS c, outcome('WITH w AS (' || sql || ' RETURNING 1) SELECT count(*) FROM w') AS s) AS both_ways
$$;
\pset format unaligned
\pset tuples_only on
CREATE TABLE author (id int PRIMARY KEY, name text);
CREATE TABLE post (id int PRIMARY KEY, author_id int REFERENCES author ON DELETE CASCADE, title text);
CREATE TABLE comment (id int PRIMARY KEY, post_id int REFERENCES post ON DELETE CASCADE, parent_id int REFERENCES comment ON DELETE CASCADE, author_id int DEFAULT 3 REFERENCES author ON DELETE SET NULL);
CREATE TABLE award (id int PRIMARY KEY, comment_id int REFERENCES comment ON DELETE RESTRICT, author_id int REFERENCES author ON DELETE SET DEFAULT);
CREATE TABLE tag (id int PRIMARY KEY, name text);
CREATE TABLE post_tag (post_id int REFERENCES post ON DELETE CASCADE, tag_id int REFERENCES tag, PRIMARY KEY (post_id, tag_id));
INSERT INTO author VALUES (1, 'Ann'), (2, 'Ben'), (3, 'Cid');
INSERT INTO post VALUES (1, 1, 'A'), (2, 1, 'B'), (3, 2, 'C'), (4, NULL, 'D');
INSERT INTO comment VALUES (1, 1, NULL, 1), (2, 1, 1, 2), (3, 3, 2, 1), (4, 3, NULL, 1), (5, 4, NULL, NULL);
INSERT INTO award VALUES (1, 4, NULL), (2, NULL, 3);
INSERT INTO tag VALUES (1, 'red'), (2, 'blue'), (3, 'none');
INSERT INTO post_tag VALUES (1, 1), (1, 2), (3, 1);
SELECT corm.register_model('author', 'Author'), corm.register_model('post', 'Post'), corm.register_model('comment', 'Comment'), corm.register_model('tag', 'Tag');
SELECT corm.foreign_key('Post', 'author', 'Author', columns => '{author_id}', related_name => 'posts'), corm.foreign_key('Comment', 'post', 'Post', columns => '{post_id}', related_name => 'comments'), corm.foreign_key('Comment', 'author', 'Author', columns => '{author_id}', related_name => 'comments'), corm.foreign_key('Comment', 'parent', 'Comment', columns => '{parent_id}', related_name => 'replies');
SELECT corm.many_to_many('Post', 'tags', 'Tag', through => 'post_tag', related_name => 'posts');

--
-- delete
--
SELECT same($$corm.filter('Post', '{"id": 4}')$$, $$DELETE FROM post WHERE id = 4$$);
SELECT same($$corm.filter('Post', '{"author__name": "Ann"}')$$, $$DELETE FROM post USING author a WHERE a.id = author_id AND a.name = 'Ann'$$);
SELECT same($$corm.exclude('Post', '{"author__name": "Ben"}')$$, $$DELETE FROM post WHERE author_id IS DISTINCT FROM 2$$);
SELECT same($$corm.filter('Post', '{"OR": [{"author__name": "Ann"}, {"title": "D"}]}')$$, $$DELETE FROM post WHERE id IN (1, 2, 4)$$);
SELECT same($$corm.filter('Post', '{"tags__name__in": ["red", "blue"], "author__name": "Ann"}')$$, $$DELETE FROM post WHERE id = 1$$);
SELECT same($$corm.filter('Comment', '{"replies__isnull": true}')$$, $$DELETE FROM comment c WHERE NOT EXISTS (SELECT FROM comment r WHERE r.parent_id = c.id)$$);
SELECT same($$corm.filter('Comment', '{"id__in": [1, 5]}')$$, $$DELETE FROM comment WHERE id IN (1, 5)$$);
SELECT same($$corm.relation('Author', 1, 'posts')$$, $$DELETE FROM post WHERE author_id = 1$$);
SELECT same($$corm.filter(corm.relation('Author', 1, 'posts'), '{"title": "B"}')$$, $$DELETE FROM post WHERE id = 2$$);
SELECT same($$corm.relation(corm.filter('Author', '{"name": "Ann"}'), 'posts')$$, $$DELETE FROM post WHERE author_id = 1$$);
SELECT same($$corm.relation('Author', 9, 'posts')$$, $$DELETE FROM post WHERE false$$);
\echo -- through a link table it is the targets that go, or cannot
SELECT same($$corm.relation('Post', 1, 'tags')$$, $$DELETE FROM tag WHERE id IN (1, 2)$$);
SELECT same($$corm.relation('Tag', 2, 'posts')$$, $$DELETE FROM post WHERE id = 1$$);
SELECT same($$corm.filter('Author', '{"id": 2}')$$, $$DELETE FROM author WHERE id = 2$$);
SELECT same($$'Tag', true$$, $$DELETE FROM tag$$);
SELECT same($$'Comment', all_rows => true$$, $$DELETE FROM comment$$);
\echo -- no filter, a part, nothing
SELECT try(format('SELECT corm.delete(%s)', q)) FROM unnest(ARRAY[$$'Post'$$, $$corm.filter('Post', '{}')$$, $$corm.filter('Post', '{"AND": []}')$$, $$corm.filter('Post', NULL)$$, $$corm.exclude('Post', NULL)$$, $$'Post', NULL$$, $$corm.limit(corm.filter('Post', '{"id": 1}'), 1)$$, $$corm.offset(corm.filter('Post', '{"id": 1}'), 1), true$$, $$corm.distinct(corm.filter('Post', '{"id": 1}'))$$, $$corm.order_by(corm.filter('Post', '{"id": 1}'), 'id')$$, $$NULL$$, $$NULL, true$$, $$corm.relation('Author', NULL::int, 'posts')$$, $$corm.relation('Author', 1, 'nope')$$, $$corm.filter('Post', '{"nope": 1}')$$, $$'Nope', true$$]) WITH ORDINALITY AS u(q, n) ORDER BY n;
SELECT outcome('SELECT 0');

--
-- delete_one
--
BEGIN;
SELECT corm.delete_one(corm.objects('Post', filter => '{"id": 2}', select_related => '{author}', prefetch_related => '"comments"'));
\echo -- what went with the row is no longer there to be loaded
SELECT corm.delete_one(corm.objects('Post', filter => '{"id": 1}', fields => '{title}', select_related => '{author}', prefetch_related => '"comments"'));
SELECT corm.delete_one(corm.objects('Post', filter => '{"id": 4}', fields => '{}')), corm.delete_one(corm.relation('Comment', 4, 'author', fields => '{name}'));
SELECT outcome('SELECT 0');
ROLLBACK;
SELECT corm.delete_one(corm.filter(corm.relation('Author', 1, 'posts'), '{"title": "B"}'));
SELECT try(format('SELECT corm.delete_one(%s)', q)) FROM unnest(ARRAY[$$corm.filter('Post', '{"id": 99}')$$, $$'Comment'$$, $$corm.filter('Post', '{"id__lt": 4}')$$, $$corm.objects('Comment', fields => '{}')$$, $$corm.filter('Tag', '{"id": 1}')$$, $$corm.limit('Post', 1)$$, $$corm.order_by('Post', 'id')$$, $$corm.distinct('Post')$$, $$corm.annotate(corm.filter('Post', '{"id": 1}'), '{"n": "comments__count"}')$$, $$NULL$$, $$corm.relation('Author', NULL::int, 'posts')$$]) WITH ORDINALITY AS u(q, n) ORDER BY n;
SELECT outcome('SELECT 0');

--
-- delete_preview
--
\pset tuples_only off
\pset format aligned
\pset null -
\echo -- what the rows take along, change or are kept by; each once
SELECT * FROM corm.delete_preview(corm.filter('Author', '{"name": "Ann"}'));
SELECT outcome($$SELECT corm.delete(corm.filter('Author', '{"name": "Ann"}'))$$);
SELECT * FROM corm.delete_preview(corm.filter('Author', '{"name": "Ben"}'));
SELECT outcome($$SELECT corm.delete(corm.filter('Author', '{"name": "Ben"}'))$$);
SELECT * FROM corm.delete_preview(corm.filter('Author', '{"name": "Cid"}'));
SELECT * FROM corm.delete_preview(corm.filter('Tag', '{"name__ne": "none"}'));
SELECT * FROM corm.delete_preview(corm.relation('Post', 1, 'tags'));
SELECT * FROM corm.delete_preview('Comment');
SELECT * FROM corm.delete_preview(corm.filter('Post', '{"id": 99}'));
\echo -- nothing has happened
SELECT count(*) FROM comment;
\echo -- rows that go themselves are not in the way of NO ACTION
CREATE TABLE node (id int PRIMARY KEY, owner int REFERENCES node ON DELETE CASCADE, up int REFERENCES node);
INSERT INTO node VALUES (1, NULL, NULL), (2, 1, 1), (3, NULL, 2), (4, 2, 2), (5, 5, NULL);
SELECT corm.register_model('node', 'Node');
SELECT * FROM corm.delete_preview(corm.filter('Node', '{"id": 1}'));
SELECT try($$SELECT corm.delete(corm.filter('Node', '{"id": 1}'))$$);
SELECT * FROM corm.delete_preview(corm.filter('Node', '{"id__in": [1, 3, 5]}'));
SELECT corm.delete(corm.filter('Node', '{"id__in": [1, 3, 5]}'));
SELECT count(*) FROM node;
\echo -- partitions, keys of several columns, inheritance
CREATE TABLE region (a int, b text, PRIMARY KEY (a, b)) PARTITION BY LIST (b);
CREATE TABLE region_x PARTITION OF region FOR VALUES IN ('x');
CREATE TABLE region_y PARTITION OF region FOR VALUES IN ('y');
CREATE TABLE town (id int, a int, b text, k int, FOREIGN KEY (a, b) REFERENCES region ON DELETE CASCADE) PARTITION BY LIST (k);
CREATE TABLE town_1 PARTITION OF town FOR VALUES IN (1);
CREATE TABLE town_2 PARTITION OF town FOR VALUES IN (2);
CREATE TABLE only_x (id int, a int, b text, FOREIGN KEY (a, b) REFERENCES region_x ON DELETE CASCADE);
INSERT INTO region VALUES (1, 'x'), (1, 'y'), (2, 'x');
INSERT INTO town VALUES (1, 1, 'x', 1), (2, 1, 'x', 2), (3, 1, 'y', 1), (4, 2, 'x', 1), (5, NULL, 'x', 1);
INSERT INTO only_x VALUES (1, 1, 'x'), (2, 2, 'x');
SELECT corm.register_model('region', 'Region');
SELECT * FROM corm.delete_preview(corm.filter('Region', '{"a": 1}'));
SELECT * FROM corm.delete_preview(corm.filter('Region', '{"b": "y"}'));
SELECT corm.delete(corm.filter('Region', '{"a": 1}'));
SELECT (SELECT count(*) FROM town) AS town, (SELECT count(*) FROM only_x) AS only_x;
CREATE TABLE base (id int PRIMARY KEY);
CREATE TABLE derived (more int) INHERITS (base);
CREATE TABLE refers (id int, base_id int REFERENCES base ON DELETE CASCADE);
INSERT INTO base VALUES (1);
INSERT INTO refers VALUES (1, 1);
INSERT INTO derived VALUES (1, 1), (2, 2);
SELECT corm.register_model('base', 'Base');
SELECT * FROM corm.delete_preview(corm.filter('Base', '{"id__gt": 1}'));
SELECT * FROM corm.delete_preview('Base');
\echo -- a view
CREATE VIEW posts_of_ann AS SELECT * FROM post WHERE author_id = 1;
SELECT corm.register_model('posts_of_ann', 'AnnsPost', '{id}');
SELECT * FROM corm.delete_preview('AnnsPost');
SELECT corm.delete(corm.filter('AnnsPost', '{"id": 3}')), outcome($$SELECT corm.delete('AnnsPost', true)$$);
SELECT try(format('SELECT corm.delete_preview(%s)', q)) FROM unnest(ARRAY[$$NULL$$, $$corm.limit('Post', 1)$$, $$corm.offset('Post', 1)$$, $$corm.order_by('Post', 'id')$$, $$corm.distinct('Post')$$, $$'Nope'$$, $$corm.filter('Post', '{"nope": 1}')$$]) WITH ORDINALITY AS u(q, n) ORDER BY n;
\echo -- rights: of the caller, who sees what policies show
CREATE ROLE regress_corm_delete;
GRANT USAGE ON SCHEMA corm_delete TO regress_corm_delete;
GRANT SELECT, DELETE ON author, post TO regress_corm_delete;
GRANT SELECT ON tag, post_tag, comment TO regress_corm_delete;
ALTER TABLE comment ENABLE ROW LEVEL SECURITY;
CREATE POLICY not_one ON comment USING (id <> 1);
SET ROLE regress_corm_delete;
SELECT try($$SELECT corm.delete_preview(corm.filter('Author', '{"id": 1}'))$$), try($$SELECT corm.delete(corm.filter('Tag', '{"id": 3}'))$$), try($$SELECT corm.delete(corm.filter('Comment', '{"id": 5}'))$$), try($$SELECT corm.delete_one(corm.filter('Comment', '{"id": 1}'))$$);
RESET ROLE;
GRANT SELECT ON award TO regress_corm_delete;
SET ROLE regress_corm_delete;
SELECT * FROM corm.delete_preview(corm.filter('Post', '{"id": 1}'));
SELECT corm.delete(corm.filter('Post', '{"id": 1}'));
SELECT count(*) FROM post WHERE id = 1;
RESET ROLE;
SELECT id FROM comment ORDER BY id;

--
-- for_update
--
\echo -- documents, with what they load
SELECT corm.for_update(corm.objects('Comment', order_by => '{-id}', limit_count => 2, fields => '{id}', select_related => '{post}', prefetch_related => '"replies"'));
SELECT object ->> 'id' AS id FROM corm.for_update(corm.filter('Post', '{"comments__id": 4}'), skip_locked => true);
SELECT object ->> 'name' AS name FROM corm.for_update(corm.relation('Post', 3, 'tags'), nowait => true);
SELECT count(*) FROM corm.for_update(corm.relation('Post', 99, 'tags'));
SELECT try(format('SELECT corm.for_update(%s)', q)) FROM unnest(ARRAY[$$NULL$$, $$corm.distinct('Post')$$, $$'Post', true, true$$, $$corm.relation('Author', NULL::int, 'posts')$$, $$'Nope'$$, $$corm.filter('Post', '{"nope": 1}')$$]) WITH ORDINALITY AS u(q, n) ORDER BY n;
SET ROLE regress_corm_delete;
SELECT try($$SELECT corm.for_update('Tag')$$), try($$SELECT corm.for_update('Post')$$);
RESET ROLE;
\echo -- a pair with several links
CREATE TABLE seen (post_id int REFERENCES post ON DELETE CASCADE, tag_id int REFERENCES tag);
SELECT corm.many_to_many('Post', 'seen', 'Tag', through => 'seen', related_name => 'seen_by');
SELECT try($$SELECT corm.for_update(corm.relation('Post', 3, 'seen'))$$);
DROP OWNED BY regress_corm_delete;
DROP ROLE regress_corm_delete;

\pset null ''
SET client_min_messages = warning;
DROP SCHEMA corm_delete CASCADE;
RESET client_min_messages;
RESET search_path;
