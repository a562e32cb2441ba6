-- Cases that API servers over PostgreSQL have met, each compared with SQL written
-- by hand: allow-lists, pages, aggregates, under roles and policies.  Every
-- answer is t.  The comment says where one could go wrong.
CREATE SCHEMA corm_server_cases_2;
CREATE SCHEMA corm_server_cases_2_far;
CREATE ROLE regress_corm_cases_2_reader;
CREATE ROLE regress_corm_cases_2_clerk;
SET search_path = corm_server_cases_2;
SET timezone = 'UTC';
\pset format unaligned
\pset tuples_only on
CREATE FUNCTION ids(q corm.queryset, filter jsonb DEFAULT NULL) RETURNS bigint[] STABLE LANGUAGE sql
	RETURN (SELECT array_agg((object ->> 'id')::bigint) FROM corm.all(q, filter));
-- the SQLSTATE of a statement, and whether what it says, detail and hint included, fits a pattern
CREATE FUNCTION refused(statement text, sqlstate text, pattern text DEFAULT '%') RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
	state text; message text; detail text; hint text;
BEGIN
	EXECUTE statement;
	RETURN false;
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE, message = MESSAGE_TEXT, detail = PG_EXCEPTION_DETAIL, hint = PG_EXCEPTION_HINT;
	RETURN state = sqlstate AND concat_ws(' ', message, detail, hint) LIKE pattern;
END
$$;
CREATE TABLE client (id bigint PRIMARY KEY, name text, secret text);
CREATE TABLE project (id bigint PRIMARY KEY, title text, client_id bigint REFERENCES client, lead_id bigint, budget numeric);
CREATE TABLE task (id bigint PRIMARY KEY, body text, project_id bigint REFERENCES project, hours int);
CREATE TABLE corm_server_cases_2_far.person (id bigint PRIMARY KEY, name text);
ALTER TABLE project ADD FOREIGN KEY (lead_id) REFERENCES corm_server_cases_2_far.person;
CREATE TABLE label (id bigint PRIMARY KEY, name text);
CREATE TABLE project_label (project_id bigint REFERENCES project, label_id bigint REFERENCES label, PRIMARY KEY (project_id, label_id));
INSERT INTO client VALUES (1, 'Acme', 's1'), (2, 'Bolt', 's2'), (3, NULL, 's3');
INSERT INTO corm_server_cases_2_far.person VALUES (1, 'Ada'), (2, 'Bea');
INSERT INTO project VALUES (1, 'one', 1, 1, 100), (2, 'two', 1, NULL, 50.50), (3, 'three', 2, 2, NULL), (4, 'four', NULL, 1, 'NaN'), (5, NULL, 3, NULL, NULL);
INSERT INTO task VALUES (1, 'draw', 1, 5), (2, 'cut', 1, NULL), (3, NULL, 2, 7), (4, 'draw', 3, 1), (5, NULL, 5, NULL), (6, 'lost', NULL, 2);
INSERT INTO label VALUES (1, 'red'), (2, 'blue');
INSERT INTO project_label VALUES (1, 1), (1, 2), (3, 2);
SELECT corm.register_model('client', 'Client'), corm.register_model('project', 'Project'), corm.register_model('task', 'Task'), corm.register_model('label', 'Label'), corm.register_model('project_label', 'ProjectLabel');
SELECT corm.register_model('corm_server_cases_2_far.person', 'Person') IS NOT NULL;
SELECT corm.foreign_key('Project', 'client', 'Client', 'projects'), corm.foreign_key('Project', 'lead', 'corm_server_cases_2_far.Person', 'leads'), corm.foreign_key('Task', 'project', 'Project', 'tasks');
SELECT corm.many_to_many('Project', 'labels', 'Label', through => 'ProjectLabel', related_name => 'projects');
GRANT USAGE ON SCHEMA corm_server_cases_2, corm_server_cases_2_far TO PUBLIC;
GRANT SELECT ON project, task, label, project_label, corm_server_cases_2_far.person TO regress_corm_cases_2_reader, regress_corm_cases_2_clerk;
GRANT SELECT (id, name) ON client TO regress_corm_cases_2_reader;
GRANT SELECT ON client TO regress_corm_cases_2_clerk;

--
-- What an end user may ask
--
CREATE FUNCTION allowed() RETURNS corm.queryset STABLE LANGUAGE sql
	RETURN corm.allow('Project', '{"filter": {"title": ["exact", "icontains"], "client__name": ["exact"], "tasks__body": ["exact"], "tasks": ["some", "every"]}, "order_by": ["title"], "prefetch_related": ["tasks"], "fields": ["id", "title", "tasks__id"], "max_limit": 3}');
-- what is listed works, alone and inside of groups and quantifiers
SELECT ids(corm.filter(allowed(), '{"title__icontains": "O"}')) = '{1,2,4}' AND ids(corm.filter(allowed(), '{"OR": [{"client__name": "Bolt"}, {"NOT": {"tasks__some": {"body": "draw"}}}]}')) = '{2,3,4}';
-- what is not is refused wherever it hides: another lookup, column, relation; in a group, a quantifier, an array, an option, an order
SELECT bool_and(refused(format('SELECT corm.list(corm.filter(allowed(), %L))', f), '42501'))
	FROM unnest(ARRAY['{"title__gt": "a"}', '{"title__in": ["one"]}', '{"budget": 1}', '{"id": 1}', '{"client": 1}', '{"client__secret": "s1"}', '{"client__projects__title": "one"}', '{"OR": [{"title": "one"}, {"budget": 1}]}', '{"AND": [{"NOT": {"budget": 1}}]}',
		'[{"title": "one"}, {"budget": 1}]', '{"tasks__some": {"hours": 1}}', '{"tasks__every": {"OR": [{"body": "x"}, {"project__budget": 1}]}}', '{"tasks__count": 1}', '{"tasks__isnull": true}', '{"lead__name": "Ada"}']) f;
SELECT bool_and(refused(format('SELECT corm.list(corm.filter(allowed(), %L))', f), '42501')) FROM unnest(ARRAY['{"title__F": "title"}', '{"title__gt__F": "client__secret"}', '{"title__regex": "."}', '{"title__op(=)": "one"}', '{"title__search": "one"}']) f;
SELECT refused($$SELECT corm.list(corm.exclude(allowed(), '{"budget": 1}'))$$, '42501') AND refused($$SELECT corm.list(allowed(), '{"budget": 1}')$$, '42501') AND refused($$SELECT corm.count(allowed(), '{"budget": 1}')$$, '42501') AND refused($$SELECT corm.list(corm.order_by(allowed(), 'budget'))$$, '42501')
	AND refused($$SELECT corm.list(corm.prefetch_related(allowed(), 'client'))$$, '42501') AND refused($$SELECT corm.list(corm.prefetch_related(allowed(), 'tasks__project'))$$, '42501') AND refused($$SELECT corm.list(corm.select_related(allowed(), 'lead'))$$, '42501') AND refused($$SELECT corm.list(corm.fields(allowed(), 'budget'))$$, '42501');
SELECT refused($$SELECT corm.list(corm.prefetch_related(allowed(), jsonb '{"tasks": {"filter": {"hours": 1}}}'))$$, '42501') AND refused($$SELECT corm.list(corm.prefetch_related(allowed(), jsonb '{"tasks": {"prefetch_related": {"project": {}}}}'))$$, '42501')
	AND refused($$SELECT corm.list(corm.annotate(allowed(), '{"n": "tasks__hours__sum"}'))$$, '42501') AND refused($$SELECT corm.list(corm.prefetch_related(allowed(), jsonb '{"tasks": {"order_by": ["hours"]}}'))$$, '42501');
SELECT json_array_length(corm.get(corm.prefetch_related(corm.filter(allowed(), '{"title": "one"}'), jsonb '{"tasks": {"filter": {"body": "cut"}}}')) -> 'tasks') = 1;
-- what stood there before is the server's own
SELECT ids(corm.allow(corm.filter('Project', '{"budget__gt": 60}'), '{"filter": {"title": ["exact"]}}')) = '{1,4}';
-- most rows at a time, asked or not; of two lists the narrower counts
SELECT json_array_length(corm.list(allowed())) = 3 AND json_array_length(corm.list(corm.limit(allowed(), 100))) = 3 AND json_array_length(corm.list(corm.limit(allowed(), 2))) = 2 AND json_array_length(corm.list(corm.allow(allowed(), '{"max_limit": 1}'))) = 1;
SELECT refused($$SELECT corm.list(corm.filter(corm.allow(allowed(), '{"filter": {"budget": ["exact"], "title": ["exact"]}}'), '{"budget": 1}'))$$, '42501') AND refused($$SELECT corm.list(corm.filter(corm.allow(allowed(), '{"filter": {"title": ["exact"]}}'), '{"title__icontains": "o"}'))$$, '42501') AND ids(corm.filter(corm.allow(allowed(), '{"filter": {"title": ["exact"]}}'), '{"title": "one"}')) = '{1}';

--
-- Pages
--
-- the whole number, whatever the page; nothing found is an empty page
SELECT (corm.page('Project', page_size => 2, total => true))::jsonb @> '{"total": 5, "has_next": true, "has_previous": false}' AND json_array_length(corm.page('Project', page_size => 2) -> 'items') = 2 AND NOT corm.page('Project')::jsonb ? 'total';
SELECT (corm.page(corm.filter('Project', '{"id": 0}'), total => true))::jsonb @> '{"total": 0, "items": [], "has_next": false, "has_previous": false}';
-- a page that just fits has no next one
SELECT corm.page('Project', page_size => 5) ->> 'has_next' = 'false';
-- with children, which do not count
SELECT jsonb_path_query_array(corm.page(corm.prefetch_related('Project', 'tasks'), page_size => 2)::jsonb, '$.items[*].tasks.size()') = '[2, 1]';
-- a row that goes away or comes in between shifts nothing
CREATE FUNCTION shifted() RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
	p json := corm.page(corm.order_by('Project', 'title'), page_size => 2);
BEGIN
	INSERT INTO project VALUES (9, 'a new first');
	DELETE FROM project WHERE id = 9;
	INSERT INTO project VALUES (10, 'another first');
	p := corm.page(corm.order_by('Project', 'title'), after => p ->> 'end', page_size => 2);
	DELETE FROM project WHERE id = 10;
	RETURN jsonb_path_query_array(p::jsonb, '$.items[*].id');
END
$$;
SELECT shifted() = (SELECT jsonb_agg(id) FROM (SELECT id FROM project ORDER BY title, id OFFSET 2 LIMIT 2) s);
-- a cursor that is damaged, or of another order, is refused
SELECT bool_and(refused(format('SELECT corm.page(%L, after => %L)', 'Project', c), '22023')) FROM unnest(ARRAY['x', 'AAAA', '{}', 'e30=', 'é', repeat('A', 5000)]) c;
SELECT refused(format('SELECT corm.page(corm.order_by(%L, %L), after => %L)', 'Project', 'title', corm.page('Project', page_size => 1) ->> 'end'), '22023');
SELECT refused($$SELECT corm.page('Project', page_size => 0)$$, '22023') AND refused($$SELECT corm.page('Project', page_size => -1)$$, '22023');

--
-- Aggregates
--
-- beside a list that is cut: of all rows, and no row more for it
SELECT (corm.get(corm.annotate(corm.prefetch_related('Project', jsonb '{"tasks": {"limit": 1}}'), '{"n": "tasks__count"}'), '{"id": 1}'))::jsonb @> '{"n": 2, "tasks": [{"id": 1}]}';
-- numbers are exact: sums of bigint and numeric beyond what a double holds, NaN too
SELECT corm.sum('Client', 'id') = 6 AND corm.sum('Project', 'budget') = 'NaN' AND corm.sum(corm.filter('Project', '{"id__lt": 4}'), 'budget') = 150.50 AND corm.aggregate(corm.filter('Project', '{"id__lt": 4}'), '{"s": {"sum": "budget"}}')::text LIKE '%150.50%';
-- columns that have no sum, relations that have no column
SELECT refused($$SELECT corm.sum('Project', 'title')$$, '42883') OR refused($$SELECT corm.sum('Project', 'title')$$, '42804');
SELECT refused($$SELECT corm.sum('Project', 'no_such')$$, '42703', '%no_such%') AND refused($$SELECT corm.aggregate('Project', '{"x": {"median": "budget"}}')$$, '22023') AND refused($$SELECT corm.list(corm.annotate('Project', '{"title": "tasks__count"}'))$$, '42710');

--
-- Roles
--
-- flat rows, groups and aggregates touch the columns that are named and no other
SET ROLE regress_corm_cases_2_reader;
SELECT (SELECT jsonb_agg(v) FROM corm.values('Project', 'id', 'client__name') v) = '[{"id": 1, "client__name": "Acme"}, {"id": 2, "client__name": "Acme"}, {"id": 3, "client__name": "Bolt"}, {"id": 4, "client__name": null}, {"id": 5, "client__name": null}]' AND corm.aggregate('Client', '{"n": {"count": "*"}}')::jsonb = '{"n": 3}' AND (SELECT count(*) FROM corm.group_by('Client', '["name"]', '{"n": {"count": "*"}}')) = 3;
SELECT refused($$SELECT corm.values('Project', 'client__secret')$$, '42501') AND refused($$SELECT corm.max('Client', 'secret')$$, '42501') AND refused($$SELECT corm.group_by('Project', '["client__secret"]', '{"n": {"count": "*"}}')$$, '42501') AND refused($$SELECT corm.pluck('Client', 'secret')$$, '42501') AND refused($$SELECT corm.page(corm.order_by(corm.fields('Client', 'id'), 'secret'))$$, '42501')
	AND refused($$SELECT corm.count('Client', '{"name__F": "secret"}')$$, '42501');
RESET ROLE;
-- policies hold in counts, sums, groups, flat rows and pages, with every level
ALTER TABLE task ENABLE ROW LEVEL SECURITY;
ALTER TABLE client ENABLE ROW LEVEL SECURITY;
CREATE POLICY part ON task TO regress_corm_cases_2_clerk USING (id <> 1);
CREATE POLICY part ON client TO regress_corm_cases_2_clerk USING (id <> 2);
SET ROLE regress_corm_cases_2_clerk;
SELECT (SELECT jsonb_agg(object -> 'n') FROM corm.all(corm.annotate('Project', '{"n": "tasks__count"}'))) = '[1, 1, 1, 0, 1]' AND ids('Project', '{"tasks__count": 2}') IS NULL AND ids('Project', '{"tasks__every": {"body": "cut"}}') = '{1,4}';
SELECT corm.sum('Task', 'hours') = 10 AND (SELECT jsonb_agg(g) FROM corm.group_by('Project', '["client__name"]', '{"n": {"count": "*"}}', order_by => '{-n}', limit_count => 1) g) = '[{"client__name": null, "n": 3}]' AND (SELECT jsonb_agg(v) FROM corm.pluck('Project', 'client__name') v) = '["Acme", "Acme", null, null, null]';
SELECT corm.page('Client', page_size => 1, total => true)::jsonb @> '{"total": 2, "has_next": true}' AND ids(corm.relation(corm.objects('Project'), 'client')) = '{1,3}' AND (SELECT count(*) FROM corm.values('Project', 'id', 'tasks__id')) = 5;
RESET ROLE;

SET client_min_messages = warning;
DROP SCHEMA corm_server_cases_2, corm_server_cases_2_far CASCADE;
DROP ROLE regress_corm_cases_2_reader, regress_corm_cases_2_clerk;
