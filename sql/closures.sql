-- Relations of a model with itself, followed in any number of steps: ancestors of
-- a to-one relation, descendants of a to-many one, beside WITH RECURSIVE.
CREATE SCHEMA corm_closures;
SET search_path = corm_closures;
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
-- people: 1 is above 2 and 3, 2 above 4, 4 above 5 and 6; 7 and 8 are above each
-- other, 9 above itself and 10; 11 is alone
CREATE TABLE people (id int PRIMARY KEY, name text, pay int, boss_id int REFERENCES people);
INSERT INTO people VALUES (1, 'Ann', 100, NULL), (2, 'Bob', 80, 1), (3, 'Cid', NULL, 1), (4, 'Dan', 60, 2), (5, 'Eve', 90, 4), (6, 'Fay', NULL, 4), (7, 'Gus', 10, NULL), (8, 'Hal', 20, 7), (9, 'Ida', 5, 9), (10, 'Jim', 7, 9), (11, 'Kay', NULL, NULL);
UPDATE people SET boss_id = 8 WHERE id = 7;
CREATE TABLE tasks (id int PRIMARY KEY, title text, hours int, person_id int REFERENCES people);
INSERT INTO tasks VALUES (1, 'plan', 3, 1), (2, 'dig', 5, 4), (3, 'dig', 7, 5), (4, 'rest', NULL, 6), (5, 'sing', 1, 8), (6, 'none', 2, NULL);
SELECT corm.register_model('people', 'Person'), corm.register_model('tasks', 'Task');
SELECT corm.foreign_key('Person', 'boss', 'Person', related_name => 'staff'), corm.foreign_key('Task', 'person', 'Person', related_name => 'tasks');
-- who is below whom, once for each pair
CREATE VIEW below AS WITH RECURSIVE r AS (SELECT boss_id AS top, id FROM people WHERE boss_id IS NOT NULL UNION SELECT r.top, p.id FROM r JOIN people p ON p.boss_id = r.id) SELECT * FROM r;
SELECT string_agg(top || '>' || id, ' ' ORDER BY top, id) FROM below;
CREATE FUNCTION same(model text, filter jsonb, condition text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	t regclass := (SELECT table_name FROM corm.models m WHERE m.model = same.model);
	got text; wanted text; rest text; other text;
BEGIN
	SELECT string_agg(object ->> 'id', ',') INTO got FROM corm.all(corm.fields(model::corm.queryset, 'id'), filter);
	SELECT string_agg(object ->> 'id', ',') INTO rest FROM corm.all(corm.exclude(corm.fields(model::corm.queryset, 'id'), filter));
	EXECUTE format('SELECT string_agg(id::text, '','' ORDER BY id) FROM %s AS t WHERE %s', t, condition) INTO wanted;
	EXECUTE format('SELECT string_agg(id::text, '','' ORDER BY id) FROM %s AS t WHERE (%s) IS NOT TRUE', t, condition) INTO other;
	RETURN CASE WHEN got IS DISTINCT FROM wanted THEN format('WRONG %s, not ', got) WHEN rest IS DISTINCT FROM other THEN format('WRONG exclude %s, not %s; ', rest, other) ELSE '' END || coalesce(wanted, 'none');
END
$$;

--
-- In filters
--
SELECT f, same('Person', f, c) FROM (VALUES ('{"boss__ancestors": 2}'::jsonb, 'EXISTS (SELECT FROM below b WHERE b.id = t.id AND top = 2)'), ('{"staff__descendants": 5}', 'EXISTS (SELECT FROM below b WHERE b.top = t.id AND b.id = 5)'), ('{"boss__ancestors__name": "Ann"}', 'EXISTS (SELECT FROM below b WHERE b.id = t.id AND top = 1)'), ('{"staff__descendants__name__in": ["Eve", "Hal"]}', 'EXISTS (SELECT FROM below b WHERE b.top = t.id AND b.id IN (5, 8))'), ('{"boss__ancestors__in": [2, 9]}', 'EXISTS (SELECT FROM below b WHERE b.id = t.id AND top IN (2, 9))'),
	('{"boss__ancestors__isnull": true}', 'boss_id IS NULL'), ('{"boss__ancestors": null}', 'boss_id IS NULL'), ('{"staff__descendants__isnull": false}', 'EXISTS (SELECT FROM people p WHERE p.boss_id = t.id)'), ('{"boss__ancestors__pay__gt": 70}', 'EXISTS (SELECT FROM below b JOIN people p ON p.id = b.top WHERE b.id = t.id AND pay > 70)'), ('{"staff__descendants__pay": null}', 'EXISTS (SELECT FROM below b JOIN people p ON p.id = b.id WHERE b.top = t.id AND pay IS NULL)'), ('{"boss__ancestors__ne": 1}', 'EXISTS (SELECT FROM below b WHERE b.id = t.id AND top <> 1)'),
	-- two keys, one ancestor; two objects, perhaps two
	('{"boss__ancestors__name": "Ann", "boss__ancestors__pay": 80}', 'false'), ('[{"boss__ancestors__name": "Ann"}, {"boss__ancestors__pay": 80}]', 'id IN (4, 5, 6)'), ('{"boss__ancestors": 1, "boss": 4}', 'id IN (5, 6)'), ('{"boss__ancestors": 7, "boss__name": "Hal"}', 'id = 7'), ('{"boss__name": "Dan", "boss__ancestors__name": "Ann"}', 'id IN (5, 6)'), ('{"staff__descendants__name": "Eve", "staff__name": "Bob"}', 'id = 1'),
	-- itself, when it is in a cycle
	('{"boss__ancestors__F": "pk"}', 'EXISTS (SELECT FROM below b WHERE b.id = t.id AND top = t.id)'), ('{"boss__ancestors__pay__lt__F": "pay"}', 'EXISTS (SELECT FROM below b JOIN people p ON p.id = top WHERE b.id = t.id AND p.pay < t.pay)'), ('{"OR": [{"boss__ancestors": 4}, {"NOT": {"boss__ancestors__isnull": false}}]}', 'id IN (1, 5, 6, 11)'),
	-- quantifiers
	('{"boss__ancestors__every": {"pay__gte": 60}}', 'NOT EXISTS (SELECT FROM below b JOIN people p ON p.id = top WHERE b.id = t.id AND (pay >= 60) IS NOT TRUE)'), ('{"staff__descendants__none": {"pay": null}}', 'NOT EXISTS (SELECT FROM below b JOIN people p ON p.id = b.id WHERE b.top = t.id AND pay IS NULL)'), ('{"staff__descendants__some": {"name__gte": "E", "pay__gt": 50}}', 'id IN (1, 2, 4)'), ('{"staff__some": {"staff__descendants__some": {"name": "Eve"}}}', 'id IN (1, 2)'), ('{"boss__ancestors__some": {}}', 'boss_id IS NOT NULL'),
	-- going on: behind a closure, a closure behind a step, two closures
	('{"staff__descendants__tasks__title": "dig"}', 'EXISTS (SELECT FROM below b JOIN tasks k ON k.person_id = b.id WHERE b.top = t.id AND title = $$dig$$)'), ('{"boss__ancestors__boss__name": "Ann"}', 'EXISTS (SELECT FROM below b JOIN people p ON p.id = top WHERE b.id = t.id AND p.boss_id = 1)'), ('{"staff__staff__descendants": 5}', 'id IN (1, 2)'), ('{"boss__ancestors__staff__descendants__name": "Cid"}', 'EXISTS (SELECT FROM below b WHERE b.id = t.id AND top = 1)'), ('{"boss__boss__ancestors": 1}', 'id IN (4, 5, 6)'), ('{"boss__staff__descendants": 5}', 'id IN (2, 3, 4, 5, 6)')) v(f, c);
SELECT f, same('Task', f, c) FROM (VALUES ('{"person__boss__ancestors": 1}'::jsonb, 'EXISTS (SELECT FROM below b WHERE b.id = person_id AND top = 1)'), ('{"person__staff__descendants__pay__gt": 80}', 'person_id IN (1, 4)'), ('{"person__boss__ancestors__isnull": true}', 'person_id IS NULL OR person_id = 1'), ('{"person__boss__ancestors__tasks__hours": 5}', 'person_id IN (5, 6)')) v(f, c);
-- aggregates in filters
SELECT f, same('Person', f, c) FROM (VALUES ('{"staff__descendants__count": 5}'::jsonb, '(SELECT count(*) FROM below b WHERE b.top = t.id) = 5'), ('{"boss__ancestors__count__gte": 2}', '(SELECT count(*) FROM below b WHERE b.id = t.id) >= 2'), ('{"boss__ancestors__count": 0}', 'boss_id IS NULL'), ('{"staff__descendants__pay__sum__gt": 100}', '(SELECT sum(pay) FROM below b JOIN people p ON p.id = b.id WHERE b.top = t.id) > 100'), ('{"boss__ancestors__pay__max": 100}', '(SELECT max(pay) FROM below b JOIN people p ON p.id = b.top WHERE b.id = t.id) = 100'), ('{"staff__descendants__exists": false}', 'NOT EXISTS (SELECT FROM people p WHERE p.boss_id = t.id)'),
	('{"staff__descendants__tasks__hours__sum": 12}', '(SELECT sum(hours) FROM below b JOIN tasks k ON k.person_id = b.id WHERE b.top = t.id) = 12'), ('{"staff__descendants__count": {"gte": 2, "filter": {"pay__isnull": false}}}', '(SELECT count(*) FROM below b JOIN people p ON p.id = b.id WHERE b.top = t.id AND pay IS NOT NULL) >= 2'), ('{"boss__ancestors__count__F": "staff__descendants__count"}', '(SELECT count(*) FROM below b WHERE b.id = t.id) = (SELECT count(*) FROM below b WHERE b.top = t.id)')) v(f, c);

--
-- In annotations, orders, distinct, relations and loads
--
SELECT corm.list(corm.annotate(corm.fields('Person', 'id'), '{"below": "staff__descendants__count", "above": {"count": "boss__ancestors"}, "sum": "staff__descendants__pay__sum", "top": {"max": "boss__ancestors__pay", "filter": {"staff__count": 2}}, "hours": "staff__descendants__tasks__hours__sum", "boss_below": "boss__staff__descendants__count", "direct": "staff__count"}'))::jsonb
	= (SELECT jsonb_agg(to_jsonb(x) ORDER BY id) FROM (SELECT id, (SELECT count(*) FROM below b WHERE b.top = t.id) AS below, (SELECT count(*) FROM below b WHERE b.id = t.id) AS above, (SELECT sum(pay) FROM below b JOIN people p ON p.id = b.id WHERE b.top = t.id) AS sum, (SELECT max(pay) FROM below b JOIN people p ON p.id = b.top WHERE b.id = t.id AND (SELECT count(*) FROM people s WHERE s.boss_id = p.id) = 2) AS top,
		(SELECT sum(hours) FROM below b JOIN tasks k ON k.person_id = b.id WHERE b.top = t.id) AS hours, (SELECT count(*) FROM below b WHERE b.top = t.boss_id) AS boss_below, (SELECT count(*) FROM people s WHERE s.boss_id = t.id) AS direct FROM people t) x) AS annotated;
SELECT o, (SELECT string_agg(object ->> 'id', ',') FROM corm.all(corm.order_by(corm.fields('Person', 'id'), o))) = (SELECT string_agg(id::text, ',' ORDER BY k, id) FROM (SELECT id, CASE o WHEN '-staff__descendants__count' THEN -(SELECT count(*) FROM below b WHERE b.top = t.id) WHEN 'boss__ancestors__count' THEN (SELECT count(*) FROM below b WHERE b.id = t.id) WHEN 'staff__descendants__pay nulls last' THEN (SELECT min(pay) FROM below b JOIN people p ON p.id = b.id WHERE b.top = t.id) ELSE -(SELECT max(top) FROM below b WHERE b.id = t.id) END AS k FROM people t) x)
  FROM unnest('{-staff__descendants__count,boss__ancestors__count,staff__descendants__pay nulls last,-boss__ancestors__id nulls last}'::text[]) o;
SELECT corm.list(corm.prefetch_related(corm.fields('Person', 'id'), '{"staff": {"fields": ["id"], "annotate": {"n": "staff__descendants__count"}, "filter": {"n__gt": 0}}}'), '{"id__lte": 2}'), corm.count(corm.relation(corm.filter('Person', '{"boss__ancestors": 2}'), 'tasks')), corm.list(corm.fields(corm.order_by(corm.annotate('Task', '{"n": "person__boss__ancestors__count"}'), '-n', 'id'), 'id'));
SELECT f, try(format('SELECT corm.count(''Person'', %L)', f)) FROM unnest('{"{\"boss__descendants\": 1}","{\"staff__ancestors\": 1}","{\"tasks__descendants\": 1}","{\"tasks__ancestors\": 1}","{\"boss__ancestors__ancestors\": 1}","{\"boss__ancestors__nosuch\": 1}","{\"ancestors\": 1}","{\"boss__Ancestors\": 1}","{\"boss__\\\"ancestors\\\"\": 1}","{\"boss__ancestors__gt\": \"x\"}","{\"boss__ancestors__some\": 1}","{\"boss__ancestors__count\": \"x\"}","{\"boss__ancestors\": {\"name\": \"Ann\"}}","{\"name__ancestors\": 1}","{\"id__F\": \"boss__ancestors\"}","{\"boss__ancestors__isnull\": 1}"}'::jsonb[]) f;
SELECT try($$SELECT corm.list(corm.annotate('Person', '{"a": "boss__ancestors__name"}'))$$), try($$SELECT corm.list(corm.annotate('Person', '{"a": "boss__ancestors"}'))$$), try($$SELECT corm.list(corm.prefetch_related('Person', 'boss__ancestors'))$$), try($$SELECT corm.list(corm.select_related('Person', 'boss__ancestors'))$$), try($$SELECT corm.list(corm.fields('Person', 'boss__ancestors'))$$), try($$SELECT corm.list(corm.distinct('Person', 'boss__ancestors'))$$), try($$SELECT corm.count(corm.relation('Person', '1'::text, 'boss__ancestors'))$$);

--
-- Many-to-many: directed, from both of its ends, and symmetrical; cycles all over
--
CREATE TABLE nodes (id int PRIMARY KEY, name text);
INSERT INTO nodes SELECT n, chr(96 + n) FROM generate_series(1, 8) n;
SELECT corm.register_model('nodes', 'Node');
SELECT corm.many_to_many('Node', 'nexts', 'Node', related_name => 'prevs'), corm.many_to_many('Node', 'peers', 'Node', symmetrical => true);
INSERT INTO nodes_nodes SELECT * FROM (VALUES (1, 2), (2, 3), (3, 1), (3, 4), (5, 5), (6, 7)) v;
INSERT INTO nodes_nodes_peers SELECT * FROM (VALUES (1, 2), (2, 5), (3, 3), (6, 8)) v;
CREATE VIEW reach AS WITH RECURSIVE r AS (SELECT from_node_id AS a, to_node_id AS b FROM nodes_nodes UNION SELECT r.a, n.to_node_id FROM r JOIN nodes_nodes n ON n.from_node_id = r.b) SELECT * FROM r;
CREATE VIEW circle AS WITH RECURSIVE e AS (SELECT from_node_id AS a, to_node_id AS b FROM nodes_nodes_peers UNION SELECT to_node_id, from_node_id FROM nodes_nodes_peers), r AS (SELECT a, b FROM e UNION SELECT r.a, e.b FROM r JOIN e ON e.a = r.b) SELECT * FROM r;
SELECT f, same('Node', f, c) FROM (VALUES ('{"nexts__descendants": 4}'::jsonb, 'EXISTS (SELECT FROM reach WHERE a = t.id AND b = 4)'), ('{"prevs__descendants__name": "a"}', 'EXISTS (SELECT FROM reach WHERE b = t.id AND a = 1)'), ('{"nexts__descendants__F": "id"}', 'EXISTS (SELECT FROM reach WHERE a = t.id AND b = t.id)'), ('{"nexts__descendants__count": 4}', '(SELECT count(*) FROM reach WHERE a = t.id) = 4'), ('{"nexts__descendants__isnull": true}', 'NOT EXISTS (SELECT FROM reach WHERE a = t.id)'), ('{"nexts__descendants__every": {"name__lt": "d"}}', 'NOT EXISTS (SELECT FROM reach WHERE a = t.id AND b > 3)'),
	('{"peers__descendants": 5}', 'EXISTS (SELECT FROM circle WHERE a = t.id AND b = 5)'), ('{"peers__descendants__count": 3}', '(SELECT count(*) FROM circle WHERE a = t.id) = 3'), ('{"peers__descendants__none": {"name": "a"}}', 'NOT EXISTS (SELECT FROM circle WHERE a = t.id AND b = 1)'), ('{"peers__descendants__nexts__descendants": 7}', 'EXISTS (SELECT FROM circle c JOIN reach r ON r.a = c.b WHERE c.a = t.id AND r.b = 7)'), ('{"nexts__peers__descendants__name": "e"}', 'EXISTS (SELECT FROM nodes_nodes n JOIN circle c ON c.a = n.to_node_id WHERE n.from_node_id = t.id AND c.b = 5)')) v(f, c);
SELECT try($$SELECT corm.count('Node', '{"nexts__ancestors": 1}')$$), try($$SELECT corm.count('Node', '{"nexts__descendants__NodeNode": 1}')$$);

--
-- Keys of several columns, quoted names, another schema
--
CREATE SCHEMA "corm closures";
CREATE TABLE "corm closures"."Tree ""x""" ("Key a" int, "select" text COLLATE "C", "Up a" int, "up select" text COLLATE "C", id text, PRIMARY KEY ("Key a", "select"), FOREIGN KEY ("Up a", "up select") REFERENCES "corm closures"."Tree ""x""");
INSERT INTO "corm closures"."Tree ""x""" VALUES (1, 'r', NULL, NULL, 'root'), (1, 'a', 1, 'r', 'a'), (2, 'a', 1, 'r', 'b'), (2, 'b', 2, 'a', 'c'), (3, 'b', 2, 'b', 'd');
SELECT corm.register_model('"corm closures"."Tree ""x"""', 'Tree X');
SELECT corm.foreign_key('"corm closures"."Tree X"', 'the parent', '"corm closures"."Tree X"', 'the "kids"', columns => '{Up a,up select}');
SELECT f, (SELECT string_agg(object ->> 'id', ',') FROM corm.all(corm.objects('"corm closures"."Tree X"', f))) FROM unnest('{"{\"the parent__ancestors\": [1, \"r\"]}","{\"the parent__ancestors__id\": \"b\"}","{\"\\\"the parent\\\"__ancestors__in\": [[2, \"b\"], {\"Key a\": 1, \"select\": \"a\"}]}","{\"the \\\"kids\\\"__descendants\": [3, \"b\"]}","{\"\\\"the \\\"\\\"kids\\\"\\\"\\\"__descendants__select\": \"b\"}","{\"the parent__ancestors__isnull\": true}","{\"the \\\"kids\\\"__descendants__count\": 2}"}'::jsonb[]) f;
SELECT corm.list(corm.annotate(corm.order_by(corm.fields(corm.objects('"corm closures"."Tree X"'), 'id'), '-the "kids"__descendants__count', 'id'), '{"n": "the \"kids\"__descendants__count", "m": "the parent__ancestors__id__max"}'));
SELECT try($$SELECT corm.count(corm.objects('"corm closures"."Tree X"', '{"the parent__ancestors": 1}'))$$), try($$SELECT corm.count(corm.objects('"corm closures"."Tree X"', '{"the parent__ancestors__gt": [1, "r"]}'))$$);
-- without a key there is nothing to know rows by
CREATE TABLE keyless (id int UNIQUE, up int REFERENCES keyless (id));
SELECT corm.register_model('keyless', 'Keyless'), corm.foreign_key('Keyless', 'parent', 'Keyless', 'kids', columns => '{up}', target_columns => '{id}');
SELECT try($$SELECT corm.count('Keyless', '{"parent__ancestors__id": 1}')$$);
-- a column of that name comes first, and double quotes make a name of the word
CREATE TABLE dirs (id int PRIMARY KEY, ancestors int[], up int REFERENCES dirs);
INSERT INTO dirs VALUES (1, '{}', NULL), (2, '{1}', 1), (3, '{1,2}', 2);
SELECT corm.register_model('dirs', 'Dir'), corm.foreign_key('Dir', 'parent', 'Dir', 'kids', columns => '{up}');
SELECT corm.list('Dir', '{"parent__ancestors": [1]}'), corm.list('Dir', '{"parent__ancestors__len": 1}'), corm.count('Dir', '{"kids__descendants__ancestors__contains": [2]}'), try($$SELECT corm.count('Dir', '{"kids__\"descendants\"": 1}')$$);
-- flat rows: a relation and what it leads to further on do not mix
SELECT string_agg(v::text, ' ' ORDER BY v::text) FROM corm.values(corm.filter('Person', '{"id": 5}'), 'id', 'boss__ancestors__name', 'boss__name') v;
SELECT string_agg(v::text, ' ' ORDER BY v::text) FROM corm.values(corm.filter('Person', '{"id": 5}'), 'boss__name', 'boss__ancestors__name', 'boss__ancestors__pay') v;
-- a long chain
CREATE TABLE chain (id int PRIMARY KEY, up int REFERENCES chain);
INSERT INTO chain SELECT n, nullif(n - 1, 0) FROM generate_series(1, 2000) n;
SELECT corm.register_model('chain', 'Chain'), corm.foreign_key('Chain', 'parent', 'Chain', 'kids', columns => '{up}');
SELECT corm.count('Chain', '{"id": 2000, "parent__ancestors": 1}'), corm.get(corm.annotate('Chain', '{"n": "parent__ancestors__count"}'), '{"id": 2000}'), corm.get(corm.annotate('Chain', '{"n": "kids__descendants__count"}'), '{"id": 1}');

--
-- A row that a policy hides cuts the tree; so do missing rights
--
CREATE ROLE regress_corm_closures;
GRANT USAGE ON SCHEMA corm_closures TO regress_corm_closures;
GRANT SELECT ON people TO regress_corm_closures;
GRANT SELECT (id) ON nodes TO regress_corm_closures;
ALTER TABLE people ENABLE ROW LEVEL SECURITY;
CREATE POLICY no_dan ON people USING (name <> 'Dan');
SET ROLE regress_corm_closures;
SELECT corm.list(corm.annotate(corm.fields('Person', 'id'), '{"above": "boss__ancestors__count", "below": "staff__descendants__count"}'), '{"id__lte": 6}');
SELECT corm.count('Person', '{"boss__ancestors": 1}'), corm.count('Person', '{"boss__ancestors": 4}'), corm.count('Person', '{"boss__ancestors__isnull": true}'), corm.count('Person', '{"staff__descendants__name": "Eve"}');
SELECT try($$SELECT corm.count('Node', '{"nexts__descendants": 1}')$$), try($$SELECT corm.count('Person', '{"staff__descendants__tasks__title": "dig"}')$$);
RESET ROLE;
SELECT corm.count('Person', '{"boss__ancestors": 4}');

SET client_min_messages = warning;
DROP SCHEMA corm_closures, "corm closures" CASCADE;
DROP ROLE regress_corm_closures;
