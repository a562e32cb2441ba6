-- corm.max_depth and corm.max_nodes: how much one request may ask for.
SET client_min_messages = warning;
CREATE SCHEMA corm_limits;
SET search_path = corm_limits;
CREATE TABLE nodes (id int PRIMARY KEY, parent_id int REFERENCES nodes, a__b int);
CREATE TABLE tags (id int PRIMARY KEY, node_id int REFERENCES nodes);
SELECT corm.register_model('nodes', 'Node'), corm.register_model('tags', 'Tag');
SELECT corm.foreign_key('Node', 'parent', 'Node', 'children'), corm.foreign_key('Tag', 'node', 'Node', 'tags');
INSERT INTO nodes VALUES (1, NULL), (2, 1), (3, 2);
INSERT INTO tags VALUES (1, 1), (2, 3);
CREATE FUNCTION try(statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE message text; hint text;
BEGIN
	EXECUTE statement;
	RETURN 'no error';
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS message = MESSAGE_TEXT, hint = PG_EXCEPTION_HINT;
	RETURN concat_ws(' | ', SQLSTATE, message, nullif(hint, ''));
END $$;
-- "children", n levels deep: as one path, and as option within option
CREATE FUNCTION path(n int) RETURNS text LANGUAGE sql IMMUTABLE AS $$ SELECT string_agg('children', '__') FROM generate_series(1, n) $$;
CREATE FUNCTION nested(n int) RETURNS jsonb LANGUAGE sql IMMUTABLE AS
	$$ SELECT (repeat('{"children": {"prefetch_related": ', n - 1) || '"children"' || repeat('}}', n - 1))::jsonb $$;
SHOW corm.max_depth;
SHOW corm.max_nodes;

-- depth: the default takes twenty levels
SELECT try($$SELECT corm.list(corm.prefetch_related('Node', path(20)))$$) AS path, try($$SELECT corm.list(corm.prefetch_related('Node', nested(20)))$$) AS nested;
SELECT try($$SELECT corm.list(corm.prefetch_related('Node', path(21)))$$);
SELECT try($$SELECT corm.list(corm.prefetch_related('Node', nested(21)))$$);
SELECT try($$SELECT corm.list(corm.select_related('Node', replace(path(21), 'children', 'parent')))$$);
-- making the queryset is free: only verbs ask
SELECT corm.prefetch_related('Node', path(1000)) IS NOT NULL AS made;
-- every kind of verb asks
SET corm.max_depth = 2;
SELECT verb, try(format($$SELECT corm.%s(corm.prefetch_related('Node', path(3)))$$, verb)) FROM unnest('{all,list,get,get_or_none,first,last,count,exists,sql,explain}'::text[]) verb;
SELECT try($$SELECT * FROM corm.all(corm.prefetch_related('Node', path(3)))$$);
SELECT try($$SELECT corm.related('Node', 1, 'children', prefetch_related => nested(3))$$);
SELECT try($$SELECT corm.prefetch('Node', ARRAY[1], 'children', prefetch_related => nested(3))$$);
SELECT try($$SELECT corm.create(corm.prefetch_related('Node', path(3)), '{"id": 10}')$$);
SELECT count(*) FROM nodes WHERE id = 10;
-- at the limit all is as without it
SELECT corm.get(corm.prefetch_related(corm.fields('Node', 'id'), path(2)), '{"pk": 1}');
SELECT try($$SELECT corm.list(corm.prefetch_related('Node', path(2), 'tags__node', '{"tags": {"as": "t", "prefetch_related": ["node"]}}'))$$);
-- a path and the options at its end add up; siblings do not
SELECT try($$SELECT corm.list(corm.prefetch_related('Node', '{"children__tags": {"select_related": ["node"]}}'))$$);
SELECT try($$SELECT corm.list(corm.prefetch_related(corm.select_related('Node', 'parent'), 'tags', 'children'))$$);
-- quoted names are one step each; other paths have as many steps at most
SELECT try($$SELECT corm.list(corm.prefetch_related('Node', '"children"__"tags"'))$$), try($$SELECT corm.list(corm.prefetch_related('Node', '"children"__"tags"__"node"'))$$);
SELECT corm.count('Node', '{"parent__isnull": true}'), json_array_length(corm.list(corm.order_by('Node', 'parent__id')));
SELECT try($$SELECT corm.count('Node', '{"parent__parent__isnull": true}')$$), try($$SELECT corm.list(corm.order_by('Node', 'parent__parent__id'))$$), try($$SELECT corm.list(corm.annotate('Node', '{"n": "children__tags__count"}'))$$);
SELECT try($$SELECT corm.count('Node', '{"NOT": {"children__some": {"OR": [{"parent__parent__isnull": true}]}}}')$$);
SET corm.max_depth = 0;
SELECT try($$SELECT corm.list(corm.prefetch_related('Node', path(40)))$$);
-- other paths: also those that are compared with, told apart, or make a flat row
CREATE FUNCTION up(n int) RETURNS text LANGUAGE sql IMMUTABLE AS $$ SELECT repeat('parent__', n - 1) || 'id' $$;
SET corm.max_depth = 3;
SELECT try($$SELECT corm.count('Node', jsonb_build_object(up(3), 1))$$) AS filter, try($$SELECT corm.count('Node', jsonb_build_object('id__F', up(3)))$$) AS f,
	try($$SELECT corm.count('Node', jsonb_build_object('tags__count', jsonb_build_object('gte__F', up(3))))$$) AS aggregate,
	try($$SELECT corm.count(corm.distinct('Node', up(3)))$$) AS distinct, try($$SELECT corm.pluck('Node', up(3))$$) AS pluck;
SELECT try($$SELECT corm.count('Node', jsonb_build_object(up(4), 1))$$) AS filter;
SELECT try($$SELECT corm.count('Node', jsonb_build_object('id__F', up(4)))$$) AS f;
SELECT try($$SELECT corm.count('Node', jsonb_build_object('NOT', jsonb_build_object('id__gt__F', up(4))))$$) AS f;
SELECT try($$SELECT corm.count('Node', jsonb_build_object('tags__some', jsonb_build_object('id__F', up(4))))$$) AS some;
SELECT try($$SELECT corm.count('Node', jsonb_build_object('tags__count', jsonb_build_object('gte__F', up(4))))$$) AS aggregate;
SELECT try($$SELECT corm.count('Node', jsonb_build_object('tags__count', jsonb_build_object('gt', 0, 'filter', jsonb_build_object('id__F', up(4)))))$$) AS filtered;
SELECT try($$SELECT corm.count(corm.distinct('Node', 'id', up(4)))$$) AS distinct;
SELECT try($$SELECT corm.pluck('Node', up(4))$$) AS pluck;
SELECT try($$SELECT corm.values('Node', 'id', up(4))$$) AS values;
SELECT try($$SELECT corm.count('Node', jsonb_build_object('a__b', 1, 'id__lt', 3, 'id__F', 'a__b'))$$) AS short;
-- what nests adds up: a path goes on where the quantifier or the aggregate leads
CREATE FUNCTION deep(n int, quantifier text) RETURNS jsonb LANGUAGE sql IMMUTABLE AS $$ SELECT (repeat(format('{"children__%s": ', quantifier), n) || '{"id": 1}' || repeat('}', n))::jsonb $$;
CREATE FUNCTION counted(n int, inner_filter jsonb) RETURNS jsonb LANGUAGE sql IMMUTABLE AS $$ SELECT (repeat('{"children__count": {"gte": 1, "filter": ', n) || inner_filter || repeat('}}', n))::jsonb $$;
RESET corm.max_depth;
SELECT n, q, try($$SELECT corm.sql(corm.filter('Node', deep($$ || format('%s, %L)))', n, q)) FROM unnest('{18,19,25}'::int[]) n, unnest('{some,every,none}'::text[]) q;
SET corm.max_depth = 3;
SELECT n, try($$SELECT corm.count('Node', deep($$ || n || $$, 'some'))$$) AS some, try($$SELECT corm.count('Node', counted($$ || n || $$, '{"id": 1}'))$$) AS count FROM generate_series(1, 4) n;
SELECT f, try(format('SELECT corm.count(''Node'', %L)', f)) FROM unnest(ARRAY['{"children__some": {"parent__id": 1}}', '{"NOT": [{"OR": [{"children__some": {"tags__some": {"id": 1}}}]}]}', '{"children__id__sum": {"gt": 0, "filter": {"parent__id": 1}}}', '{"children__some": {"id__F": "parent__id"}}', '{"children__every": {"tags__count": {"gt": 0}}}',
	'{"children__some": {"parent__parent__id": 1}}', '{"children__some": {"tags__some": {"node__id": 1}}}', '{"NOT": [{"OR": [{"children__some": [{"tags__some": {"OR": [{"node__id": 1}]}}]}]}]}', '{"children__count": {"gt": 0, "filter": {"parent__parent__id": 1}}}', '{"children__id__sum": {"gt": 0, "filter": {"parent__parent__id": 1}}}',
	'{"children__some": {"id__F": "parent__parent__id"}}', '{"children__some": {"tags__count": {"gt__F": "parent__parent__id"}}}', '{"children__tags__some": {"node__id": 1}}']::jsonb[]) f;
SELECT a, try(format('SELECT corm.list(corm.annotate(''Node'', %L))', a)) FROM unnest(ARRAY['{"n": {"count": "children", "filter": {"tags__id": 1}}}', '{"n": {"sum": "children__id", "filter": {"tags__id": 1}}}', '{"n": {"count": "children", "filter": {"tags__node__id": 1}}}', '{"n": {"sum": "children__id", "filter": {"tags__some": {"node__id": 1}}}}']::jsonb[]) a;
SELECT try($$SELECT corm.aggregate('Node', '{"n": {"count": "*", "filter": {"parent__parent__id": 1}}, "m": {"sum": "id", "filter": {"parent__parent__id": 1}}}')$$), try($$SELECT corm.aggregate('Node', '{"n": {"count": "*", "filter": {"parent__parent__parent__id": 1}}}')$$);
SELECT try($$SELECT corm.list(corm.prefetch_related('Node', jsonb_build_object('tags', jsonb_build_object('filter', '{"node__some": 1, "node__children__some": {"parent__id": 1}}'::jsonb))))$$);
SELECT try($$SELECT corm.values_list('Node', 'id', up(3))$$), try($$SELECT corm.values_list('Node', 'id', up(4))$$), try($$SELECT corm.count('Node', jsonb_build_object('id__range__F', jsonb_build_array('id', up(4))))$$);
SET corm.max_depth = 2;
SELECT try($$SELECT corm.count('Node', deep(5, 'some'))$$), try($$SELECT corm.count('Node', counted(5, '{}'))$$);
SET corm.max_depth = 0;
SELECT try($$SELECT corm.sql(corm.filter('Node', deep(25, 'some')))$$);
SET corm.max_depth = 1;
SELECT try($$SELECT corm.list(corm.fields('Node', 'a__b'))$$);
SELECT try($$SELECT corm.list(corm.prefetch_related('Node', 'children'))$$), try($$SELECT corm.list(corm.prefetch_related('Node', 'children__tags'))$$);
SELECT try($$SELECT corm.list('Node')$$);
RESET corm.max_depth;

-- nodes: conditions, loads, order keys, fields; values of a list are no nodes
CREATE FUNCTION tests(n int) RETURNS jsonb LANGUAGE sql IMMUTABLE AS $$ SELECT jsonb_build_object('OR', jsonb_agg(jsonb_build_object('id', i))) FROM generate_series(1, n) i $$;
SELECT try($$SELECT corm.count('Node', tests(1000))$$);
SELECT try($$SELECT corm.count('Node', tests(10000))$$);
SELECT corm.count('Node', jsonb_build_object('id__in', (SELECT jsonb_agg(i) FROM generate_series(1, 20000) i)));
SELECT corm.filter('Node', tests(20000)) IS NOT NULL AS made;
SET corm.max_nodes = 10;
-- the least number of nodes that each takes
CREATE FUNCTION least_nodes(q corm.queryset) RETURNS int LANGUAGE plpgsql AS $$
BEGIN
	FOR i IN 1 .. 100 LOOP
		PERFORM set_config('corm.max_nodes', i::text, true);
		BEGIN
			PERFORM corm.sql(q);
			RETURN i;
		EXCEPTION WHEN program_limit_exceeded THEN NULL;
		END;
	END LOOP;
END $$;
SELECT least_nodes(corm.objects('Node', fields => '{id,parent_id,a__b}')) AS three_fields, least_nodes(corm.exclude_fields('Node', 'parent_id', 'a__b')) AS two_excluded,
	least_nodes(corm.order_by('Node', '-id', 'parent__id')) AS two_orders, least_nodes(corm.prefetch_related('Node', 'tags', 'children')) AS two_loads,
	least_nodes(corm.prefetch_related('Node', '{"tags": {"fields": ["id"], "order_by": ["id"]}}')) AS three_in_all;
SELECT least_nodes(corm.filter('Node', '{"id": 1}')) < least_nodes(corm.filter('Node', '{"id": 1, "parent": 2}')) AS test_counts,
	least_nodes(corm.filter('Node', '{"id": 1}')) < least_nodes(corm.filter('Node', '{"NOT": {"id": 1}}')) AS group_counts,
	least_nodes(corm.filter('Node', '{"id": 1}')) < least_nodes(corm.exclude(corm.filter('Node', '{"id": 1}'), '{"id": 2}')) AS exclude_counts,
	least_nodes(corm.filter('Node', '{"id__in": [1]}')) = least_nodes(corm.filter('Node', '{"id__in": [1, 2, 3, 4]}')) AS values_do_not;
RESET corm.max_nodes;
SET corm.max_nodes = 10;
SELECT try($$SELECT corm.count('Node', tests(5))$$);
SELECT try($$SELECT corm.count('Node', tests(11))$$);
SELECT try($$SELECT corm.count(corm.filter(corm.filter('Node', tests(4)), tests(4)))$$);
SELECT try($$SELECT corm.list(corm.prefetch_related('Node', jsonb_build_object('tags', jsonb_build_object('filter', tests(11)))))$$);
SELECT try($$SELECT corm.list(corm.fields('Node', VARIADIC (SELECT array_agg('f' || generate_series) FROM generate_series(1, 11))))$$);
SELECT try($$SELECT corm.related('Node', 1, 'children', tests(11))$$);
SELECT try($$SELECT corm.prefetch('Node', ARRAY[1], 'children', tests(11))$$);
SELECT try($$SELECT corm.rows(NULL::nodes, corm.filter('Node', tests(11)))$$);
SELECT try($$SELECT corm.add(corm.relation('Node', 1, 'children'), corm.filter('Node', tests(11)))$$);
SELECT try($$SELECT corm.clear(corm.relation('Node', 1, 'children', tests(11)))$$);
-- it comes before names are looked up, and after the syntax
SELECT try($$SELECT corm.count('Nothing', tests(11))$$);
SELECT try($$SELECT corm.count('Node', jsonb_build_object('OR', jsonb_build_array(tests(11), 1)))$$);
SET corm.max_nodes = 0;
SELECT try($$SELECT corm.count('Node', tests(2000))$$);
SET corm.max_nodes = 1;
SELECT try($$SELECT corm.count('Node')$$), try($$SELECT corm.list(corm.order_by('Node', 'id'))$$), try($$SELECT corm.list(corm.order_by('Node', 'id', 'parent'))$$);
SET corm.max_nodes = -1;
SET corm.max_depth = -1;
RESET corm.max_nodes;

-- what nests deeper than the stack is an error, with any limit
SET corm.max_nodes = 0; SET corm.max_depth = 0;
SELECT try($$SELECT corm.count('Node', (repeat('{"NOT": ', 5000) || '{"id": 1}' || repeat('}', 5000))::jsonb)$$) ~ '^(no error|54001 )' AS survives;
RESET corm.max_nodes; RESET corm.max_depth;

DROP SCHEMA corm_limits CASCADE;
