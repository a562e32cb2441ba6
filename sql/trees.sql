-- Relations of a model with itself, loaded recursively: each document compared
-- with one that is put together by hand.
CREATE SCHEMA corm_trees;
SET search_path = corm_trees;
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
-- Are the documents of a queryset those that the query returns, with every size
-- of a batch, pulled and pushed?
CREATE FUNCTION same(q corm.queryset, query text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE got jsonb; wanted jsonb; size int;
BEGIN
	EXECUTE 'SELECT jsonb_agg(j) FROM (' || query || ') AS s(j)' INTO wanted;
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
	RETURN 'same ' || jsonb_array_length(wanted);
END
$$;
SELECT corm.create_model('Category', '{"id": {"type": "int", "primary_key": true}, "name": "text", "parent": {"foreign_key": "Category", "related_name": "children"}}', 'categories');
SELECT corm.create_model('Post', '{"id": {"type": "int", "primary_key": true}, "title": "text", "category": {"foreign_key": "Category", "related_name": "posts"}}');
-- two trees of 40 rows in all, then circles of one, two and three rows with a
-- tail each
INSERT INTO categories SELECT i, 'c' || i % 7, CASE WHEN i > 2 THEN i / 3 END FROM generate_series(1, 40) AS i;
INSERT INTO categories VALUES (50, 'self', 50), (51, 'tail', 50), (60, 'a', 61), (61, 'b', 60), (62, 'tail', 61), (70, 'a', 72), (71, 'b', 70), (72, 'c', 71), (73, 'tail', 71);
INSERT INTO posts SELECT i, 'p' || i, i % 45 FROM generate_series(1, 100) AS i WHERE i % 45 BETWEEN 1 AND 40;
-- a category with "levels" levels below it (-1: all of them); "above" has the
-- ids from the root down to it
CREATE FUNCTION tree(c categories, above int[], levels int) RETURNS jsonb LANGUAGE plpgsql STABLE AS $$
BEGIN
	RETURN to_jsonb(c)
		|| CASE WHEN levels = 0 THEN '{}' ELSE jsonb_build_object('children',
			coalesce((SELECT jsonb_agg(tree(k, above || k.id, levels - 1) ORDER BY k.id) FROM categories AS k WHERE k.parent_id = c.id AND k.id <> ALL (above)), '[]')) END
		|| CASE WHEN levels <> 0 AND EXISTS (SELECT FROM categories AS k WHERE k.parent_id = c.id AND k.id = ANY (above)) THEN '{"children__cycle": true}' ELSE '{}'::jsonb END;
END
$$;
-- the same as one list
CREATE FUNCTION flat(c categories, levels int) RETURNS jsonb LANGUAGE sql STABLE AS $$
	WITH RECURSIVE down AS (
		SELECT k AS row, 1 AS depth, ARRAY[k.id] AS path FROM categories AS k WHERE k.parent_id = c.id AND k.id <> c.id
		UNION ALL
		SELECT k, d.depth + 1, d.path || k.id FROM down AS d JOIN categories AS k ON k.parent_id = (d.row).id
			WHERE k.id <> ALL (c.id || d.path) AND d.depth IS DISTINCT FROM levels)
	SELECT to_jsonb(c) || jsonb_build_object('children', coalesce(jsonb_agg(to_jsonb(row) || jsonb_build_object('depth', depth, 'path', path)
			|| CASE WHEN depth IS DISTINCT FROM levels AND EXISTS (SELECT FROM categories AS k WHERE k.parent_id = (row).id AND k.id = ANY (c.id || path)) THEN '{"children__cycle": true}' ELSE '{}'::jsonb END
			ORDER BY path), '[]'))
		|| CASE WHEN c.parent_id = c.id THEN '{"children__cycle": true}' ELSE '{}'::jsonb END FROM down
$$;
-- the chain of parents, nested and as a list
CREATE FUNCTION chain(c categories, above int[], levels int) RETURNS jsonb LANGUAGE plpgsql STABLE AS $$
BEGIN
	RETURN to_jsonb(c)
		|| CASE WHEN levels = 0 THEN '{}' ELSE jsonb_build_object('parent',
			(SELECT chain(p, above || p.id, levels - 1) FROM categories AS p WHERE p.id = c.parent_id AND p.id <> ALL (above))) END
		|| CASE WHEN levels <> 0 AND c.parent_id = ANY (above) THEN '{"parent__cycle": true}' ELSE '{}'::jsonb END;
END
$$;
CREATE FUNCTION flat_chain(c categories, levels int) RETURNS jsonb LANGUAGE sql STABLE AS $$
	WITH RECURSIVE up AS (
		SELECT p AS row, 1 AS depth, ARRAY[p.id] AS path FROM categories AS p WHERE p.id = c.parent_id AND p.id <> c.id
		UNION ALL
		SELECT p, u.depth + 1, u.path || p.id FROM up AS u JOIN categories AS p ON p.id = (u.row).parent_id
			WHERE p.id <> ALL (c.id || u.path) AND u.depth IS DISTINCT FROM levels)
	SELECT to_jsonb(c) || jsonb_build_object('parent', coalesce(jsonb_agg(to_jsonb(row) || jsonb_build_object('depth', depth, 'path', path)
			|| CASE WHEN depth IS DISTINCT FROM levels AND (row).parent_id = ANY (c.id || path) THEN '{"parent__cycle": true}' ELSE '{}'::jsonb END
			ORDER BY depth), '[]'))
		|| CASE WHEN c.parent_id = c.id THEN '{"parent__cycle": true}' ELSE '{}'::jsonb END FROM up
$$;
--
-- What it looks like
--
SELECT corm.get('{"model": "Category", "prefetch_related": {"children": {"recursive": true, "filter": {"id__lt": 14}}}}', '{"pk": 1}');
SELECT corm.get('{"model": "Category", "prefetch_related": {"children": {"recursive": true, "filter": {"id__lt": 14}, "fields": ["name"], "flat": true}}}', '{"pk": 1}');
SELECT corm.get('{"model": "Category", "prefetch_related": {"children": {"recursive": true, "depth": 2, "filter": {"id__lt": 14}, "fields": []}}}', '{"pk": 1}');
SELECT corm.get('{"model": "Category", "prefetch_related": {"parent": {"recursive": true}}}', '{"pk": 13}');
SELECT corm.get('{"model": "Category", "prefetch_related": {"parent": {"recursive": true, "flat": true, "as": "ancestors"}}}', '{"pk": 13}');
--
-- Trees, circles and tails, to every depth
--
SELECT levels, same(format('{"model": "Category", "prefetch_related": {"children": {"recursive": true, "depth": %s}}}', levels)::corm.queryset,
	format('SELECT tree(c, ARRAY[id], %s) FROM categories AS c ORDER BY id', coalesce(levels, -1))) FROM (VALUES (1), (2), (3), (100)) AS v(levels);
SELECT same('{"model": "Category", "prefetch_related": {"children": {"recursive": true}}}', 'SELECT tree(c, ARRAY[id], -1) FROM categories AS c ORDER BY id');
SELECT same('{"model": "Category", "prefetch_related": {"children": {"recursive": true, "depth": null}}}', 'SELECT tree(c, ARRAY[id], -1) FROM categories AS c ORDER BY id');
SELECT levels, same(format('{"model": "Category", "prefetch_related": {"children": {"recursive": true, "flat": true, "depth": %s}}}', levels)::corm.queryset,
	format('SELECT flat(c, %s) FROM categories AS c ORDER BY id', levels)) FROM (VALUES (1), (2), (3), (100)) AS v(levels);
SELECT levels, same(format('{"model": "Category", "prefetch_related": {"parent": {"recursive": true, "depth": %s}}}', levels)::corm.queryset,
	format('SELECT chain(c, ARRAY[id], %s) FROM categories AS c ORDER BY id', levels)) FROM (VALUES (1), (2), (3), (100)) AS v(levels);
SELECT levels, same(format('{"model": "Category", "prefetch_related": {"parent": {"recursive": true, "flat": true, "depth": %s}}}', levels)::corm.queryset,
	format('SELECT flat_chain(c, %s) FROM categories AS c ORDER BY id', levels)) FROM (VALUES (1), (2), (3), (100)) AS v(levels);
-- a circle is cut where it would close
SELECT corm.all('{"model": "Category", "filter": {"pk__gte": 50}, "fields": ["id"], "prefetch_related": {"children": {"recursive": true, "fields": ["id"]}}}');
SELECT corm.all('{"model": "Category", "filter": {"pk__gte": 60}, "fields": ["id"], "prefetch_related": {"children": {"recursive": true, "flat": true, "fields": []}}}');
SELECT corm.all('{"model": "Category", "filter": {"pk__gte": 60}, "fields": ["id"], "prefetch_related": {"parent": {"recursive": true, "fields": ["id"]}}}');
-- ... and only where it would: nothing says cycle at the last depth
SELECT corm.get('{"model": "Category", "fields": ["id"], "prefetch_related": {"children": {"recursive": true, "depth": 1, "fields": ["id"]}}}', '{"pk": 60}');
SELECT corm.get('{"model": "Category", "fields": ["id"], "prefetch_related": {"children": {"recursive": true, "depth": 1, "fields": ["id"], "flat": true}}}', '{"pk": 60}');
--
-- One statement per level, whatever it leads to; keys are asked for once
--
CREATE FUNCTION statements(q text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE before bigint; after bigint;
BEGIN
	SELECT statements INTO before FROM corm.stats();
	PERFORM corm.list(q::corm.queryset);
	SELECT statements INTO after FROM corm.stats();
	RETURN after - before || ' statements';
END
$$;
SELECT statements('{"model": "Category", "filter": {"pk": 1}}');
SELECT statements('{"model": "Category", "filter": {"pk": 1}, "prefetch_related": {"children": {"recursive": true}}}');
SELECT statements('{"model": "Category", "filter": {"pk": 1}, "prefetch_related": {"children": {"recursive": true, "depth": 2}}}');
SELECT statements('{"model": "Category", "filter": {"pk": 70}, "prefetch_related": {"children": {"recursive": true}}}');
-- 1 and 3 to 40 are roots and rows alike: one statement finds all children, the next one nothing new to ask for
SELECT statements('{"model": "Category", "filter": {"pk__lte": 40}, "prefetch_related": {"parent": {"recursive": true}}}');
RESET enable_indexscan; RESET enable_bitmapscan; RESET enable_indexonlyscan;
SELECT count(*) FROM corm.sql('{"model": "Category", "prefetch_related": {"children": {"recursive": true, "prefetch_related": "posts"}}}');
--
-- All options hold at every level
--
-- a row that is filtered out takes all below it along
SELECT same('{"model": "Category", "filter": {"pk": 1}, "fields": ["id"], "prefetch_related": {"children": {"recursive": true, "flat": true, "fields": ["id"], "filter": {"name__ne": "c4"}, "exclude": {"name": "c5"}}}}', $$
	WITH RECURSIVE down AS (SELECT id, ARRAY[id] AS path FROM categories WHERE parent_id = 1 AND name NOT IN ('c4', 'c5')
		UNION ALL SELECT k.id, d.path || k.id FROM down AS d JOIN categories AS k ON k.parent_id = d.id WHERE k.name NOT IN ('c4', 'c5'))
	SELECT jsonb_build_object('id', 1, 'children', jsonb_agg(jsonb_build_object('id', id, 'depth', cardinality(path), 'path', path) ORDER BY path)) FROM down$$);
-- order and limit are those of each list
SELECT corm.get('{"model": "Category", "fields": ["id"], "prefetch_related": {"children": {"recursive": true, "fields": ["id"], "order_by": "-id", "limit": 2, "more": true}}}', '{"pk": 1}');
SELECT corm.get('{"model": "Category", "fields": ["id"], "prefetch_related": {"children": {"recursive": true, "flat": true, "fields": ["id"], "order_by": "-id", "limit": 2, "more": true}}}', '{"pk": 1}');
SELECT corm.get('{"model": "Category", "fields": ["id"], "prefetch_related": {"children": {"recursive": true, "fields": ["id"], "limit": 1, "offset": 1}}}', '{"pk": 1}');
SELECT corm.get('{"model": "Category", "fields": ["id"], "prefetch_related": {"children": {"recursive": true, "fields": ["id"], "limit": 0, "more": true}}}', '{"pk": 1}');
-- what else is loaded of each row
SELECT corm.get('{"model": "Category", "fields": ["id"], "prefetch_related": {"children": {"recursive": true, "fields": ["id"], "filter": {"id__lt": 12}, "select_related": "parent", "prefetch_related": {"posts": {"fields": ["id"]}}}}}', '{"pk": 1}');
SELECT same('{"model": "Category", "filter": {"pk": 2}, "fields": ["id"], "prefetch_related": {"children": {"recursive": true, "flat": true, "fields": ["id"], "prefetch_related": {"posts": {"fields": ["id"], "order_by": "-id"}}}}}', $$
	WITH RECURSIVE down AS (SELECT id, ARRAY[id] AS path FROM categories WHERE parent_id = 2
		UNION ALL SELECT k.id, d.path || k.id FROM down AS d JOIN categories AS k ON k.parent_id = d.id)
	SELECT jsonb_build_object('id', 2, 'children', jsonb_agg(jsonb_build_object('id', id, 'depth', cardinality(path), 'path', path,
		'posts', coalesce((SELECT jsonb_agg(jsonb_build_object('id', p.id) ORDER BY p.id DESC) FROM posts AS p WHERE p.category_id = down.id), '[]')) ORDER BY path)) FROM down$$);
SELECT same('{"model": "Category", "filter": {"pk": 2}, "fields": ["id"], "prefetch_related": {"children": {"recursive": true, "flat": true, "fields": ["id"], "annotate": {"n": "posts__count"}, "filter": {"n__gt": 2}}}}', $$
	WITH RECURSIVE counted AS (SELECT c.*, (SELECT count(*) FROM posts WHERE category_id = c.id) AS n FROM categories AS c),
		down AS (SELECT id, n, ARRAY[id] AS path FROM counted WHERE parent_id = 2 AND n > 2
		UNION ALL SELECT k.id, k.n, d.path || k.id FROM down AS d JOIN counted AS k ON k.parent_id = d.id WHERE k.n > 2)
	SELECT jsonb_build_object('id', 2, 'children', jsonb_agg(jsonb_build_object('id', id, 'n', n, 'depth', cardinality(path), 'path', path) ORDER BY path)) FROM down$$);
-- the name is the same at every level; several names load several trees
SELECT corm.get('{"model": "Category", "fields": ["id"], "prefetch_related": [{"children": {"recursive": true, "fields": ["id"], "filter": {"id": 3}, "as": "odd"}}, {"children": {"recursive": true, "flat": true, "fields": ["id"], "filter": {"id__in": [4, 12]}, "as": "even"}}]}', '{"pk": 1}');
-- each row's ancestors, below its descendants: a load of its own, which is not a circle
SELECT corm.get('{"model": "Category", "fields": ["id"], "prefetch_related": {"children": {"recursive": true, "fields": ["id"], "filter": {"id__in": [3, 9]}, "prefetch_related": {"parent": {"recursive": true, "fields": ["id"]}}}}}', '{"pk": 1}');
--
-- Below other loads, of joined rows, of a relation, of written rows
--
SELECT same('{"model": "Post", "prefetch_related": {"category__parent": {"recursive": true}}}', 'SELECT to_jsonb(p) || jsonb_build_object(''category'', chain(c, ARRAY[c.id], -1)) FROM posts AS p JOIN categories AS c ON c.id = category_id ORDER BY p.id');
SELECT same('{"model": "Post", "prefetch_related": {"category": {"filter": {"id__lt": 20}, "prefetch_related": {"parent": {"recursive": true}}}}}',
	'SELECT to_jsonb(p) || jsonb_build_object(''category'', CASE WHEN c.id < 20 THEN chain(c, ARRAY[c.id], -1) END) FROM posts AS p JOIN categories AS c ON c.id = category_id ORDER BY p.id');
INSERT INTO posts VALUES (101, 'nowhere', NULL);
SELECT corm.get('{"model": "Post", "prefetch_related": {"category__parent": {"recursive": true}}}', '{"pk": 101}');
SELECT count(*) FILTER (WHERE c.object::jsonb = tree(k, ARRAY[k.id], -1)), count(*) FROM corm.related('Category', 1, 'children', prefetch_related => '{"children": {"recursive": true}}') AS c(object) JOIN categories AS k ON k.id = (object->>'id')::int;
SELECT pk, related FROM corm.prefetch('Post', '{4,1,101}'::int[], 'category', fields => '{id}', prefetch_related => '{"parent": {"recursive": true, "flat": true, "fields": ["id"]}}');
SELECT corm.create('{"model": "Category", "fields": ["id"], "prefetch_related": {"parent": {"recursive": true, "fields": ["id"]}}}', '{"id": 90, "name": "new", "parent": 13}');
DELETE FROM categories WHERE id = 90;
-- a relation that bears its column's name stands in its place above, and in place of it below
CREATE TABLE person (id int PRIMARY KEY, boss int REFERENCES person, name text);
INSERT INTO person VALUES (1, NULL, 'Ann'), (2, 1, 'Bob'), (3, 2, 'Cid');
SELECT corm.register_model('person'), corm.foreign_key('person', 'boss', 'person', columns => '{boss}', related_name => 'staff');
SELECT corm.all('{"model": "person", "prefetch_related": {"boss": {"recursive": true}}}');
SELECT corm.all('{"model": "person", "prefetch_related": {"boss": {"recursive": true, "depth": 1}}}');
SELECT corm.all('{"model": "person", "prefetch_related": {"boss": {"recursive": true, "flat": true}}}');
--
-- Keys of all kinds
--
CREATE TABLE part (maker text, number bigint, of_maker text, of_number bigint, code text UNIQUE, PRIMARY KEY (maker, number), FOREIGN KEY (of_maker, of_number) REFERENCES part);
INSERT INTO part VALUES ('x', 1, NULL, NULL, 'a'), ('x', 2, 'x', 1, 'b'), ('y', 1, 'x', 1, 'c'), ('y', 2, 'y', 1, 'd'), ('z', 1, 'z', 1, 'e'), ('z', 9007199254740993, 'z', 1, 'f');
SELECT corm.register_model('part'), corm.foreign_key('part', 'whole', 'part', columns => '{of_maker,of_number}', related_name => 'parts');
SELECT corm.all('{"model": "part", "fields": ["code"], "prefetch_related": {"parts": {"recursive": true, "fields": ["code"]}}}');
SELECT corm.all('{"model": "part", "fields": ["code"], "prefetch_related": {"parts": {"recursive": true, "flat": true, "fields": ["code"]}}}');
SET corm.bigint_as_string = on;
SELECT corm.get('{"model": "part", "fields": ["code"], "prefetch_related": {"whole": {"recursive": true, "flat": true, "fields": ["code"]}}}', '{"code": "f"}');
RESET corm.bigint_as_string;
-- a foreign key that does not lead to the primary key, of another type
CREATE TABLE step (id int PRIMARY KEY, code int UNIQUE, after bigint REFERENCES step (code));
INSERT INTO step VALUES (1, 10, NULL), (2, 20, 10), (3, 30, 10), (4, 40, 20), (5, NULL, 40), (6, 60, 60);
SELECT corm.register_model('step'), corm.foreign_key('step', 'previous', 'step', columns => '{after}', target_columns => '{code}', related_name => 'next');
SELECT corm.all('{"model": "step", "fields": ["id"], "prefetch_related": [{"next": {"recursive": true, "fields": ["id"]}}, {"previous": {"recursive": true, "flat": true, "fields": []}}]}');
-- one to one
CREATE TABLE coach (id int PRIMARY KEY, pulled_by int UNIQUE REFERENCES coach);
INSERT INTO coach VALUES (1, NULL), (2, 1), (3, 2), (4, 5), (5, 4);
SELECT corm.register_model('coach'), corm.foreign_key('coach', 'puller', 'coach', columns => '{pulled_by}', one_to_one => true, related_name => 'pulls');
SELECT corm.all('{"model": "coach", "fields": ["id"], "prefetch_related": {"pulls": {"recursive": true, "fields": ["id"]}}}');
SELECT corm.all('{"model": "coach", "fields": ["id"], "prefetch_related": {"pulls": {"recursive": true, "flat": true, "fields": ["id"]}}}');
--
-- Graphs: a row stands below each of its parents
--
CREATE TABLE node (id text PRIMARY KEY);
CREATE TABLE edge (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, source text REFERENCES node, target text REFERENCES node, weight int, UNIQUE (source, target));
SELECT corm.register_model('node'), corm.register_model('edge');
SELECT corm.foreign_key('edge', 'source', 'node', columns => '{source}', related_name => 'out'), corm.foreign_key('edge', 'target', 'node', columns => '{target}', related_name => 'in');
SELECT corm.many_to_many('node', 'next', 'node', through => 'edge', through_relation_name => 'source', through_reverse_relation_name => 'target', related_name => 'previous');
INSERT INTO node SELECT unnest('{a,b,c,d,e,f}'::text[]);
INSERT INTO edge (source, target, weight) VALUES ('a', 'b', 1), ('a', 'c', 2), ('b', 'd', 3), ('c', 'd', 4), ('d', 'e', 5), ('e', 'a', 6), ('f', 'f', 7), ('e', 'f', 8);
CREATE FUNCTION graph(n text, above text[], levels int) RETURNS jsonb LANGUAGE plpgsql STABLE AS $$
BEGIN
	RETURN jsonb_build_object('id', n)
		|| CASE WHEN levels = 0 THEN '{}' ELSE jsonb_build_object('next',
			coalesce((SELECT jsonb_agg(graph(target, above || target, levels - 1) || jsonb_build_object('edge', jsonb_build_object('weight', weight)) ORDER BY target) FROM edge WHERE source = n AND target <> ALL (above)), '[]')) END
		|| CASE WHEN levels <> 0 AND EXISTS (SELECT FROM edge WHERE source = n AND target = ANY (above)) THEN '{"next__cycle": true}' ELSE '{}'::jsonb END;
END
$$;
SELECT levels, same(format('{"model": "node", "prefetch_related": {"next": {"recursive": true, "depth": %s}}}', levels)::corm.queryset, format('SELECT graph(id, ARRAY[id], %s) FROM node ORDER BY id', levels)) FROM generate_series(1, 7) AS levels;
SELECT corm.get('{"model": "node", "prefetch_related": {"next": {"recursive": true}}}', '{"pk": "a"}');
SELECT corm.get('{"model": "node", "prefetch_related": {"next": {"recursive": true, "flat": true}}}', '{"pk": "a"}');
SELECT same('{"model": "node", "prefetch_related": {"previous": {"recursive": true, "flat": true, "fields": ["id"]}}}', $$
	SELECT jsonb_build_object('id', n.id, 'previous', coalesce((
		WITH RECURSIVE up AS (SELECT source AS id, ARRAY[source] AS path FROM edge WHERE target = n.id AND source <> n.id
			UNION ALL SELECT e.source, u.path || e.source FROM up AS u JOIN edge AS e ON e.target = u.id WHERE e.source <> ALL (n.id || u.path))
		SELECT jsonb_agg(jsonb_build_object('id', id, 'depth', cardinality(path), 'path', path)
			|| CASE WHEN EXISTS (SELECT FROM edge AS e WHERE e.target = up.id AND e.source = ANY (n.id || path)) THEN '{"previous__cycle": true}' ELSE '{}'::jsonb END ORDER BY path) FROM up), '[]'))
		|| CASE WHEN EXISTS (SELECT FROM edge WHERE source = n.id AND target = n.id) THEN '{"previous__cycle": true}' ELSE '{}'::jsonb END
	FROM node AS n ORDER BY n.id$$);
-- symmetrical: the way back is a circle each time
SELECT corm.create_model('Friend', '{"name": {"type": "text", "primary_key": true}}');
SELECT corm.many_to_many('Friend', 'friends', 'Friend', symmetrical => true);
INSERT INTO friends VALUES ('a'), ('b'), ('c'), ('d'), ('e');
INSERT INTO friends_friends (from_friend_name, to_friend_name) VALUES ('a', 'b'), ('b', 'c'), ('a', 'c'), ('d', 'd');
SELECT corm.all('{"model": "Friend", "prefetch_related": {"friends": {"recursive": true}}}');
SELECT corm.get('{"model": "Friend", "prefetch_related": {"friends": {"recursive": true, "flat": true, "depth": 1}}}', '{"pk": "a"}');
--
-- What is refused
--
SELECT try($$SELECT corm.all('{"model": "Category", "prefetch_related": {"posts": {"recursive": true}}}')$$);
SELECT try($$SELECT corm.all('{"model": "Post", "prefetch_related": {"category": {"recursive": true}}}')$$);
SELECT try($$SELECT corm.all('{"model": "Category", "prefetch_related": {"children": {"recursive": true, "depth": 0}}}')$$);
SELECT try($$SELECT corm.all('{"model": "Category", "prefetch_related": {"children": {"recursive": true, "depth": -1}}}')$$);
SELECT try($$SELECT corm.all('{"model": "Category", "prefetch_related": {"children": {"recursive": true, "depth": "all"}}}')$$);
SELECT try($$SELECT corm.all('{"model": "Category", "prefetch_related": {"children": {"recursive": 1}}}')$$);
-- the same name, differently
SELECT try($$SELECT corm.all('{"model": "Category", "prefetch_related": ["children", {"children": {"recursive": true}}]}')$$);
SELECT try($$SELECT corm.all('{"model": "Category", "prefetch_related": [{"children": {"recursive": true, "depth": 1}}, {"children": {"recursive": true}}]}')$$);
SELECT try($$SELECT corm.all('{"model": "Category", "prefetch_related": [{"children": {"recursive": true, "flat": true}}, {"children": {"recursive": true}}]}')$$);
SELECT try($$SELECT corm.all('{"model": "Category", "prefetch_related": {"children": {"recursive": true, "prefetch_related": "children"}}}')$$);
SELECT try($$SELECT corm.all('{"model": "Category", "prefetch_related": {"children": {"recursive": true, "as": "name"}}}')$$);
SELECT try($$SELECT corm.count('{"model": "Category", "prefetch_related": {"children": {"recursive": true, "fields": ["nope"]}}}')$$);
SELECT try($$SELECT corm.all('{"model": "Category", "prefetch_related": {"children": {"recursive": true, "fields": ["nope"]}}}')$$);
-- a table without a key
CREATE TABLE keyless (code int UNIQUE, above int REFERENCES keyless (code));
SELECT corm.register_model('keyless'), corm.foreign_key('keyless', 'up', 'keyless', columns => '{above}', target_columns => '{code}', related_name => 'down');
SELECT try($$SELECT corm.all('{"model": "keyless", "prefetch_related": {"up": {"recursive": true}}}')$$);
-- keys that are taken
CREATE TABLE line (id int PRIMARY KEY, depth int, path text, up__cycle int, down__more int, above int REFERENCES line);
SELECT corm.register_model('line'), corm.foreign_key('line', 'up', 'line', columns => '{above}', related_name => 'down');
INSERT INTO line VALUES (1, 7, 'x', NULL, NULL, NULL), (2, 8, 'y', NULL, NULL, 1);
SELECT try($$SELECT corm.all('{"model": "line", "prefetch_related": {"down": {"recursive": true, "flat": true}}}')$$);
SELECT try($$SELECT corm.all('{"model": "line", "prefetch_related": {"down": {"recursive": true, "flat": true, "exclude_fields": ["depth"]}}}')$$);
SELECT try($$SELECT corm.all('{"model": "line", "prefetch_related": {"down": {"recursive": true, "flat": true, "fields": ["id"], "prefetch_related": {"up": {"as": "path"}}}}}')$$);
SELECT try($$SELECT corm.all('{"model": "line", "prefetch_related": {"down": {"recursive": true, "flat": true, "fields": ["id"], "annotate": {"height": "down__count"}}}}')$$);
SELECT try($$SELECT corm.all('{"model": "Category", "prefetch_related": {"children": {"recursive": true, "flat": true, "annotate": {"depth": "posts__count"}}}}')$$);
SELECT try($$SELECT corm.all('{"model": "line", "prefetch_related": {"up": {"recursive": true}}}')$$);
SELECT try($$SELECT corm.all('{"model": "line", "fields": ["id"], "prefetch_related": {"up": {"recursive": true, "flat": true, "fields": ["up__cycle"]}}}')$$);
SELECT try($$SELECT corm.all('{"model": "line", "fields": ["id"], "prefetch_related": {"down": {"recursive": true, "more": true, "fields": ["down__more"]}}}')$$);
SELECT corm.all('{"model": "line", "fields": ["id"], "prefetch_related": {"down": {"recursive": true, "flat": true, "fields": ["id"]}}}');
SELECT corm.all('{"model": "line", "fields": ["id"], "prefetch_related": {"down": {"recursive": true, "fields": ["depth", "path"]}}}');
--
-- corm.max_rows bounds what a call reads and what a tree makes of it
--
SET corm.max_rows = 49;
SELECT count(*) FROM corm.all('Category');
SET corm.max_rows = 48;
SELECT try($$SELECT count(*) FROM corm.all('Category')$$);
SELECT try($$SELECT corm.all('Category')$$);
SELECT try($$SELECT corm.list('{"model": "Category", "limit": 48}') IS NOT NULL$$);
-- rows of all levels count
SELECT try($$SELECT corm.list('{"model": "Category", "limit": 20, "prefetch_related": "children"}') IS NOT NULL$$);
SELECT try($$SELECT corm.list('{"model": "Category", "limit": 10, "prefetch_related": "children"}') IS NOT NULL$$);
SELECT try($$SELECT corm.list('{"model": "Category", "limit": 10, "prefetch_related": "children__posts"}') IS NOT NULL$$);
-- ... of all batches, too
SET corm.batch_size = 10;
SELECT try($$SELECT count(*) FROM corm.all('Category')$$);
SELECT try($$SELECT count(*) FROM (SELECT corm.all('Category')) AS s$$);
SELECT try($$SELECT count(*) FROM (SELECT corm.all('Category') LIMIT 40) AS s$$);
RESET corm.batch_size;
-- what is counted is not read twice, but written more often
SET corm.max_rows = 40;
CREATE TABLE ladder (id int PRIMARY KEY);
CREATE TABLE rung (a int REFERENCES ladder, b int REFERENCES ladder, PRIMARY KEY (a, b));
SELECT corm.register_model('ladder'), corm.register_model('rung');
SELECT corm.foreign_key('rung', 'a', 'ladder', columns => '{a}', related_name => 'a_rungs'), corm.foreign_key('rung', 'b', 'ladder', columns => '{b}', related_name => 'b_rungs');
SELECT corm.many_to_many('ladder', 'up', 'ladder', through => 'rung', through_relation_name => 'a', through_reverse_relation_name => 'b', related_name => 'down');
INSERT INTO ladder SELECT generate_series(0, 19);
INSERT INTO rung SELECT a, b FROM generate_series(0, 19) AS a, generate_series(0, 19) AS b WHERE b / 2 = a / 2 + 1;
SELECT try($$SELECT corm.list('{"model": "ladder", "filter": {"pk": 0}, "prefetch_related": {"up": {"recursive": true, "depth": 4}}}') IS NOT NULL$$);
SELECT try($$SELECT corm.list('{"model": "ladder", "filter": {"pk": 0}, "prefetch_related": {"up": {"recursive": true, "depth": 5}}}') IS NOT NULL$$);
SELECT try($$SELECT corm.list('{"model": "ladder", "filter": {"pk": 0}, "prefetch_related": {"up": {"recursive": true, "flat": true, "depth": 5}}}') IS NOT NULL$$);
-- where it happened
SELECT corm.list('{"model": "ladder", "filter": {"pk": 0}, "prefetch_related": {"up": {"recursive": true}}}');
SET corm.max_rows = 3;
SELECT corm.list('{"model": "ladder", "filter": {"pk": 0}, "prefetch_related": {"up": {"recursive": true}}}');
SET corm.max_rows = 0;
SELECT json_array_length(corm.list('{"model": "ladder", "filter": {"pk": 0}, "prefetch_related": {"up": {"recursive": true, "flat": true}}}')->0->'up') = 2 ^ 10 - 2;
RESET corm.max_rows;
SET client_min_messages = error;
DROP SCHEMA corm_trees CASCADE;
