-- Cases that API servers over PostgreSQL have met, each compared with SQL written
-- by hand: every answer is t.  The comment says where one could go wrong.
CREATE SCHEMA corm_server_cases;
CREATE SCHEMA corm_server_cases_far;
CREATE ROLE regress_corm_cases_reader;
CREATE ROLE regress_corm_cases_clerk;
SET search_path = corm_server_cases;
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
CREATE TABLE corm_server_cases_far.person (id bigint PRIMARY KEY, name text);
ALTER TABLE project ADD FOREIGN KEY (lead_id) REFERENCES corm_server_cases_far.person;
CREATE TABLE label (id bigint PRIMARY KEY, name text);
CREATE TABLE project_label (project_id bigint REFERENCES project, label_id bigint REFERENCES label, PRIMARY KEY (project_id, label_id));
INSERT INTO client VALUES (1, 'Acme', 's1'), (2, 'Bolt', 's2'), (3, NULL, 's3');
INSERT INTO corm_server_cases_far.person VALUES (1, 'Ada'), (2, 'Bea');
INSERT INTO project VALUES (1, 'one', 1, 1, 100), (2, 'two', 1, NULL, 50.50), (3, 'three', 2, 2, NULL), (4, 'four', NULL, 1, 'NaN'), (5, NULL, 3, NULL, NULL);
INSERT INTO task VALUES (1, 'draw', 1, 5), (2, 'cut', 1, NULL), (3, NULL, 2, 7), (4, 'draw', 3, 1), (5, NULL, 5, NULL), (6, 'lost', NULL, 2);
INSERT INTO label VALUES (1, 'red'), (2, 'blue');
INSERT INTO project_label VALUES (1, 1), (1, 2), (3, 2);
SELECT corm.register_model('client', 'Client'), corm.register_model('project', 'Project'), corm.register_model('task', 'Task'), corm.register_model('label', 'Label'), corm.register_model('project_label', 'ProjectLabel');
SELECT corm.register_model('corm_server_cases_far.person', 'Person') IS NOT NULL;
SELECT corm.foreign_key('Project', 'client', 'Client', 'projects'), corm.foreign_key('Project', 'lead', 'corm_server_cases_far.Person', 'leads'), corm.foreign_key('Task', 'project', 'Project', 'tasks');
SELECT corm.many_to_many('Project', 'labels', 'Label', through => 'ProjectLabel', related_name => 'projects');
GRANT USAGE ON SCHEMA corm_server_cases, corm_server_cases_far TO PUBLIC;
GRANT SELECT ON project, task, label, project_label, corm_server_cases_far.person TO regress_corm_cases_reader, regress_corm_cases_clerk;
GRANT SELECT (id, name) ON client TO regress_corm_cases_reader;
GRANT SELECT ON client TO regress_corm_cases_clerk;

--
-- Shapes
--
-- no children: an empty list; no parent: null; neither is left out, and neither is [null] or {}
SELECT corm.get(corm.prefetch_related('Project', 'tasks', 'labels', 'client'), '{"id": 4}')::jsonb @> '{"tasks": [], "labels": [], "client": null}';
SELECT corm.list('Project', '{"id": 0}')::text = '[]' AND corm.get_or_none('Project', '{"id": 0}') IS NULL AND (SELECT count(*) FROM corm.all('Project', '{"id": 0}')) = 0;
-- a related row whose columns are all NULL is a row all the same
SELECT corm.get(corm.prefetch_related('Project', jsonb '{"tasks": {"fields": ["body", "hours"]}}'), '{"id": 5}') ->> 'tasks' = '[{"body":null,"hours":null}]';
SELECT ids('Project', '{"tasks__isnull": true}') = (SELECT array_agg(id ORDER BY id) FROM project p WHERE NOT EXISTS (SELECT FROM task WHERE project_id = p.id));
-- ... also where only columns that are NULL are asked of a parent
SELECT (SELECT jsonb_object_agg(object ->> 'id', object -> 'client') FROM corm.all(corm.prefetch_related(corm.fields('Project', 'id'), jsonb '{"client": {"filter": {"name": null}, "fields": ["name"]}}'))) = '{"1": null, "2": null, "3": null, "4": null, "5": {"name": null}}';
-- the first two of each parent, not two of all
SELECT (SELECT jsonb_object_agg(object ->> 'id', jsonb_path_query_array(object::jsonb, '$.projects[*].tasks[*].id')) FROM corm.all(corm.prefetch_related('Client', jsonb '{"projects": {"prefetch_related": {"tasks": {"limit": 1}}}}'))) = '{"1": [1, 3], "2": [4], "3": [5]}';
-- whether a list was cut: not when it just fits
SELECT (SELECT array_agg(object ->> 'tasks__more') FROM corm.all(corm.prefetch_related('Project', jsonb '{"tasks": {"limit": 1, "more": true}}'))) = '{true,false,false,false,false}';
SELECT (SELECT array_agg(object ->> 'tasks__more') FROM corm.all(corm.prefetch_related('Project', jsonb '{"tasks": {"limit": 2, "more": true}}'))) = '{false,false,false,false,false}';
-- more columns than a function may have arguments
DO $$ BEGIN EXECUTE 'CREATE TABLE wide AS SELECT 1 AS id, ' || (SELECT string_agg(format('%s AS "column %s"', i, i), ', ') FROM generate_series(1, 300) i); END $$;
ALTER TABLE wide ADD PRIMARY KEY (id);
SELECT corm.register_model('wide') = 'wide';
SELECT corm.get('wide')::text = (SELECT to_json(w)::text FROM wide w);

--
-- Values: what to_json makes of the row
--
CREATE TYPE feeling AS ENUM ('bad', 'good "so"');
CREATE DOMAIN short AS varchar(9);
CREATE TABLE sample (id bigint PRIMARY KEY, big bigint, exact numeric, approximate float8, day date, moment timestamptz, span interval, inner_json json, inner_jsonb jsonb, bytes bytea, feeling feeling, short short, list int[], texts text[], range int4range, "größe ""x""" text);
INSERT INTO sample VALUES (9007199254740993, 9223372036854775807, 'NaN', 'Infinity', 'infinity', '-infinity', '1 mon -1 day', '{"b": 1,  "a": [1, null]}', '{"b": 1,  "a": [1, null]}', '\x00ff', 'good "so"', 'é', '{{1,2},{3,NULL}}', '{NULL,"null","\""}', '[1,5)', E'tab\t'),
	(2, NULL, 1.10, '-0', NULL, '2024-03-31 01:30Z', NULL, 'null', 'null', '', NULL, '', '{}', NULL, 'empty', '');
SELECT corm.register_model('sample') = 'sample';
SELECT (SELECT string_agg(object::text, ',') FROM corm.all('sample')) = (SELECT string_agg(to_json(s)::text, ',' ORDER BY id) FROM sample s);
SET timezone = 'Europe/Berlin';
SELECT (SELECT string_agg(object::text, ',') FROM corm.all('sample')) = (SELECT string_agg(to_json(s)::text, ',' ORDER BY id) FROM sample s);
SET timezone = 'UTC';
-- a big number is no rounded one, neither asked nor answered; as a text when clients cannot read it
SELECT corm.get('sample', '{"id": 9007199254740993}') ->> 'id' = '9007199254740993' AND corm.count('sample', '{"id": 9007199254740992}') = 0 AND corm.count('sample', '{"id": "9007199254740993"}') = 1;
SET corm.bigint_as_string = on;
SELECT corm.get('sample', '{"id": 9007199254740993}')::text LIKE '{"id":"9007199254740993","big":"9223372036854775807","exact":"NaN",%';
RESET corm.bigint_as_string;
-- what JSON has no number for is a text, in both directions
SELECT ids('sample', '{"exact": "NaN"}') = '{9007199254740993}' AND ids('sample', '{"approximate": "Infinity"}') = '{9007199254740993}' AND ids('sample', '{"day": "infinity"}') = '{9007199254740993}' AND ids('Project', '{"budget__gt": 100}') = '{4}';
-- json stays nested, and json keeps its spaces
SELECT json_typeof(object -> 'inner_jsonb') = 'object' AND (object -> 'inner_json')::text = '{"b": 1,  "a": [1, null]}' FROM corm.get('sample', '{"big__isnull": false}');
-- names that need quotes
SELECT corm.get(corm.fields('sample', '"größe ""x"""'), '{"id": 2}')::text = '{"größe \"x\"":""}' AND ids('sample', '{"\"größe \"\"x\"\"\"__isnull": false}') = '{2,9007199254740993}';

--
-- Filters
--
-- OR over two relations, one of them missing
SELECT ids('Project', '{"OR": [{"client__name": "Bolt"}, {"lead__name": "Ada"}]}') = (SELECT array_agg(p.id ORDER BY p.id) FROM project p LEFT JOIN client c ON c.id = client_id LEFT JOIN corm_server_cases_far.person l ON l.id = lead_id WHERE c.name = 'Bolt' OR l.name = 'Ada');
-- a filter below prunes what it stands on, not what stands above
SELECT (SELECT array_agg(json_array_length(object -> 'projects')) FROM corm.all(corm.prefetch_related('Client', jsonb '{"projects": {"prefetch_related": {"tasks": {"filter": {"body": "draw"}}}}}'))) = '{2,1,1}';
-- names are names: nothing of a key becomes SQL
SELECT bool_and(refused(format('SELECT corm.count(%L, jsonb_build_object(%L, 1))', 'Project', key), state)) AND to_regclass('client') IS NOT NULL
	FROM (VALUES ('id = 1; DROP TABLE client; --', '42703'), ('"id" = 1 OR 1', '42703'), ('id) OR (1=1', '42703'), ('"', '22023'), ('id__exact; --', '22023')) v(key, state);
-- values are values
SELECT corm.count('Project', jsonb_build_object('title', ''' OR 1=1 --')) = 0 AND corm.count('Project', '{"title__contains": "%"}') = 0;
-- a model in another schema, with and without its name
SELECT corm.get(corm.select_related('Project', 'lead'), '{"id": 1}') #>> '{lead,name}' = 'Ada' AND ids('corm_server_cases_far.Person', '{"leads__tasks__body": "draw"}') = '{1,2}' AND refused($$SELECT corm.count('Person')$$, '42704');

--
-- Errors say what is wrong and what there is
--
SELECT refused($$SELECT corm.count('Projekt')$$, '42704', '%Project%');
SELECT refused($$SELECT corm.count('Project', '{"titel": 1}')$$, '42703', '%titel%title%');
SELECT refused($$SELECT corm.count('Project', '{"client__nam": 1}')$$, '42703', '%nam%name%');
SELECT refused($$SELECT corm.count('Project', '{"title__is": 1}')$$, '22023', '%title__is%') AND refused($$SELECT corm.count('Project', '{"id": "x"}')$$, '22P02') AND refused($$SELECT corm.list(corm.order_by('Project', 'no'))$$, '42703', '%no%');
SELECT refused($$SELECT corm.get('Project')$$, 'P0003') AND refused($$SELECT corm.get('Project', '{"id": 0}')$$, 'P0002') AND refused($$SELECT corm.list('{"model": "Project", "filtre": {}}')$$, '22023', '%filtre%filter%') AND refused($$SELECT corm.list(corm.limit('Project', -1))$$, '22023');

--
-- Roles
--
-- columns that are not asked for need no privilege, wherever they are
SET ROLE regress_corm_cases_reader;
SELECT corm.get(corm.fields('Client', 'name'), '{"id": 1}')::text = '{"name":"Acme"}' AND corm.count('Client', '{"name__isnull": false}') = 2 AND corm.exists('Client');
SELECT corm.get(corm.prefetch_related('Project', jsonb '{"client": {"fields": ["name"]}}'), '{"id": 1}') ->> 'client' = '{"name":"Acme"}' AND ids('Project', '{"client__name": "Acme"}') = '{1,2}';
-- those that are asked for do, and which ones there are stays untold
SELECT refused($$SELECT corm.list('Client')$$, '42501') AND refused($$SELECT corm.list(corm.select_related('Project', 'client'))$$, '42501') AND refused($$SELECT corm.count('Client', '{"secret": "s1"}')$$, '42501') AND refused($$SELECT corm.count('Task', '{"project__client__secret": "s1"}')$$, '42501')
	AND refused($$SELECT corm.list(corm.order_by(corm.fields('Client', 'id'), 'secret'))$$, '42501');
SELECT refused($$SELECT corm.count('Client', '{"secre": "s1"}')$$, '42703', '%secre%') AND NOT refused($$SELECT corm.count('Client', '{"secre": "s1"}')$$, '42703', '%secret%');
RESET ROLE;
-- policies hold at every level, for what is shown and for what is asked
ALTER TABLE task ENABLE ROW LEVEL SECURITY;
ALTER TABLE client ENABLE ROW LEVEL SECURITY;
CREATE POLICY part ON task TO regress_corm_cases_clerk USING (id <> 1);
CREATE POLICY part ON client TO regress_corm_cases_clerk USING (id <> 2);
SET ROLE regress_corm_cases_clerk;
SELECT (SELECT jsonb_object_agg(object ->> 'id', jsonb_path_query_array(object::jsonb, '$.tasks[*].id')) FROM corm.all(corm.prefetch_related('Project', 'tasks'))) = '{"1": [2], "2": [3], "3": [4], "4": [], "5": [5]}';
SELECT corm.get(corm.select_related('Project', 'client'), '{"id": 3}')::jsonb @> '{"client": null, "client_id": 2}' AND ids('Client') = '{1,3}';
SELECT ids('Project', '{"tasks__body": "draw"}') = '{3}' AND NOT corm.exists('Project', '{"client__name": "Bolt"}') AND ids(corm.exclude('Project', '{"tasks__isnull": false}')) = '{4}' AND corm.count(corm.relation('Project', 1, 'tasks')) = 1;
RESET ROLE;
SELECT ids('Project', '{"tasks__body": "draw"}') = '{1,3}';

SET client_min_messages = warning;
DROP SCHEMA corm_server_cases, corm_server_cases_far CASCADE;
DROP ROLE regress_corm_cases_reader, regress_corm_cases_clerk;
