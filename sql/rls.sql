-- Row level security holds at every level, for whoever calls, also when one
-- session changes roles between two calls of the same shape.
SET client_min_messages = warning;
CREATE SCHEMA test_rls;
SET search_path = test_rls;
CREATE ROLE regress_corm_red;
CREATE ROLE regress_corm_blue;
CREATE ROLE regress_corm_all BYPASSRLS;
CREATE TABLE team (id int PRIMARY KEY, name text);
CREATE TABLE task (id int PRIMARY KEY, team_id int REFERENCES team, parent_id int REFERENCES task, owner text, title text);
CREATE TABLE label (id int PRIMARY KEY, owner text, text text);
CREATE TABLE task_label (task_id int REFERENCES task, label_id int REFERENCES label, owner text, PRIMARY KEY (task_id, label_id));
INSERT INTO team VALUES (1, 'red'), (2, 'blue'), (3, 'green');
INSERT INTO task SELECT i, 1 + i % 2, nullif(i / 2, 0), CASE WHEN i % 3 = 0 THEN 'regress_corm_red' WHEN i % 3 = 1 THEN 'regress_corm_blue' END, 't' || i
  FROM generate_series(1, 12) i;
INSERT INTO label VALUES (1, 'regress_corm_red', 'r'), (2, 'regress_corm_blue', 'b'), (3, NULL, 'nobody'), (4, 'public', 'p');
INSERT INTO task_label SELECT t, l, CASE (t + l) % 3 WHEN 0 THEN 'regress_corm_red' ELSE 'public' END
  FROM generate_series(1, 12) t, generate_series(1, 4) l WHERE (t * l) % 5 < 3;
SELECT corm.register_model(t) FROM unnest('{team,task,label,task_label}'::regclass[]) t;
SELECT corm.foreign_key('task', 'team', 'team', 'tasks'), corm.foreign_key('task', 'parent', 'task', 'subtasks');
SELECT corm.many_to_many('task', 'labels', 'label', through => 'task_label', related_name => 'tasks');
GRANT USAGE ON SCHEMA test_rls TO PUBLIC;
GRANT SELECT ON ALL TABLES IN SCHEMA test_rls TO PUBLIC;

-- What corm says, and the same by hand, both as the current role.
CREATE FUNCTION answers() RETURNS TABLE(what text, rows bigint, same boolean, hash text) LANGUAGE plpgsql AS $$
DECLARE
	a jsonb;
	e jsonb;
	hand text[] := ARRAY[
		'roots', 'task', '{}',
		$q$SELECT jsonb_agg(t ORDER BY id) FROM task t$q$,
		'children', 'team', '{"prefetch_related": ["tasks"]}',
		$q$SELECT jsonb_agg(to_jsonb(m) || jsonb_build_object('tasks', (SELECT coalesce(jsonb_agg(t ORDER BY t.id), '[]') FROM task t WHERE t.team_id = m.id)) ORDER BY m.id) FROM team m$q$,
		'two per parent', 'team', '{"prefetch_related": [{"tasks": {"limit": 2, "more": true}}]}',
		$q$SELECT jsonb_agg(to_jsonb(m) || jsonb_build_object(
			'tasks', (SELECT coalesce(jsonb_agg(x ORDER BY x.id), '[]') FROM (SELECT * FROM task t WHERE t.team_id = m.id ORDER BY id LIMIT 2) x),
			'tasks__more', (SELECT count(*) > 2 FROM task t WHERE t.team_id = m.id)) ORDER BY m.id) FROM team m$q$,
		'joined', 'task', '{"select_related": ["parent__team"]}',
		$q$SELECT jsonb_agg(to_jsonb(t) || jsonb_build_object('parent', (SELECT to_jsonb(p) || jsonb_build_object('team', (SELECT m FROM team m WHERE m.id = p.team_id)) FROM task p WHERE p.id = t.parent_id)) ORDER BY t.id) FROM task t$q$,
		'fetched', 'task', '{"prefetch_related": [{"parent": {"filter": {"id__gt": 0}}}]}',
		$q$SELECT jsonb_agg(to_jsonb(t) || jsonb_build_object('parent', (SELECT p FROM task p WHERE p.id = t.parent_id)) ORDER BY t.id) FROM task t$q$,
		'links', 'task', '{"prefetch_related": ["labels"]}',
		$q$SELECT jsonb_agg(to_jsonb(t) || jsonb_build_object('labels', (SELECT coalesce(jsonb_agg(to_jsonb(l) || jsonb_build_object('task_label', jsonb_build_object('owner', tl.owner)) ORDER BY l.id), '[]')
			FROM task_label tl JOIN label l ON l.id = tl.label_id WHERE tl.task_id = t.id)) ORDER BY t.id) FROM task t$q$,
		'three levels', 'team', '{"prefetch_related": ["tasks__labels__tasks"], "fields": ["id"]}',
		$q$SELECT jsonb_agg(jsonb_build_object('id', m.id, 'tasks', (SELECT coalesce(jsonb_agg(to_jsonb(t) || jsonb_build_object('labels',
			(SELECT coalesce(jsonb_agg(to_jsonb(l) || jsonb_build_object('task_label', jsonb_build_object('owner', tl.owner), 'tasks',
				(SELECT coalesce(jsonb_agg(to_jsonb(u) || jsonb_build_object('task_label', jsonb_build_object('owner', ul.owner)) ORDER BY u.id), '[]') FROM task_label ul JOIN task u ON u.id = ul.task_id WHERE ul.label_id = l.id)) ORDER BY l.id), '[]')
			FROM task_label tl JOIN label l ON l.id = tl.label_id WHERE tl.task_id = t.id)) ORDER BY t.id), '[]') FROM task t WHERE t.team_id = m.id)) ORDER BY m.id) FROM team m$q$,
		'filtered', 'team', '{"filter": {"tasks__labels__text": "b"}}',
		$q$SELECT jsonb_agg(m ORDER BY id) FROM team m WHERE EXISTS (SELECT FROM task t JOIN task_label tl ON tl.task_id = t.id JOIN label l ON l.id = tl.label_id WHERE t.team_id = m.id AND l.text = 'b')$q$,
		'excluded', 'team', '{"exclude": {"tasks__title__startswith": "t"}}',
		$q$SELECT jsonb_agg(m ORDER BY id) FROM team m WHERE NOT EXISTS (SELECT FROM task t WHERE t.team_id = m.id AND t.title LIKE 't%')$q$,
		'ordered', 'team', '{"order_by": ["-tasks__id"]}',
		$q$SELECT jsonb_agg(m ORDER BY (SELECT max(t.id) FROM task t WHERE t.team_id = m.id) DESC, id) FROM team m$q$];
BEGIN
	FOR i IN 0 .. cardinality(hand) / 4 - 1 LOOP
		what := hand[i * 4 + 1];
		EXECUTE 'SELECT coalesce((' || hand[i * 4 + 4] || '), ''[]'')' INTO e;
		a := corm.list((hand[i * 4 + 3]::jsonb || jsonb_build_object('model', hand[i * 4 + 2]))::corm.queryset);
		rows := jsonb_array_length(a);
		same := a = e AND rows = corm.count((hand[i * 4 + 3]::jsonb - 'prefetch_related' || jsonb_build_object('model', hand[i * 4 + 2]))::corm.queryset);
		hash := left(md5(e::text), 6);
		RETURN NEXT;
	END LOOP;
END $$;
CREATE TABLE seen (who text, what text, rows bigint, same boolean, hash text);
GRANT INSERT, SELECT ON seen TO PUBLIC;
CREATE PROCEDURE look(who text) LANGUAGE sql AS $$ INSERT INTO seen SELECT who, * FROM answers() $$;

-- without policies everybody sees the same
CALL look('owner, none');
SET ROLE regress_corm_red; CALL look('red, none');
RESET ROLE;
ALTER TABLE task ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON task USING (owner = current_user OR current_user = 'regress_corm_all');
SET ROLE regress_corm_red; CALL look('red');
SET ROLE regress_corm_blue; CALL look('blue');
SET ROLE regress_corm_red; CALL look('red again');
SET ROLE regress_corm_all; CALL look('all');
RESET ROLE; CALL look('owner');
-- policies on links and targets too
ALTER TABLE label ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON label USING (owner IN (current_user, 'public'));
ALTER TABLE task_label ENABLE ROW LEVEL SECURITY;
CREATE POLICY shown ON task_label USING (owner = 'public');
SET ROLE regress_corm_red; CALL look('red, more');
SET ROLE regress_corm_blue; CALL look('blue, more');
-- a policy that depends on a setting, changed between two calls
RESET ROLE;
CREATE POLICY guest ON task TO regress_corm_blue USING (title = current_setting('test_rls.title', true));
SET ROLE regress_corm_blue; CALL look('blue, setting');
SET test_rls.title = 't3'; CALL look('blue, t3');
SET test_rls.title = 't6'; CALL look('blue, t6');
SET test_rls.title = ''; CALL look('blue, none');
-- no policy at all: nothing is seen, and nothing breaks
RESET ROLE;
DROP POLICY own ON task; DROP POLICY guest ON task;
SET ROLE regress_corm_red; CALL look('red, no policy');
RESET ROLE; CALL look('owner, no policy');
-- forced on the owner, who is no superuser
CREATE POLICY low ON task USING (id < 5);
ALTER TABLE task OWNER TO regress_corm_blue;
SET ROLE regress_corm_blue; CALL look('blue owns');
RESET ROLE; ALTER TABLE task FORCE ROW LEVEL SECURITY;
SET ROLE regress_corm_blue; CALL look('blue forced');
RESET ROLE;

-- every answer is the one that SQL gives to the same role
SELECT who, bool_and(same) AS same, count(*) FROM seen GROUP BY who ORDER BY who COLLATE "C";
SELECT * FROM seen WHERE NOT same;
-- and roles do see different things
SELECT what, string_agg(rows::text, ' ' ORDER BY who COLLATE "C") FILTER (WHERE who IN ('blue', 'owner', 'red', 'red, no policy')) AS rows, count(DISTINCT hash) > 3 AS varied
  FROM seen GROUP BY what ORDER BY what COLLATE "C";
SELECT a.who, b.who, bool_and(a.hash = b.hash) AS equal, bool_or(a.hash = b.hash) AS any_equal
  FROM seen a JOIN seen b USING (what)
 WHERE (a.who, b.who) IN (('red', 'red again'), ('red', 'blue'), ('all', 'owner'), ('owner, none', 'red, none'), ('blue, t3', 'blue, t6'))
 GROUP BY 1, 2 ORDER BY a.who COLLATE "C", b.who COLLATE "C";

-- verbs that read one row, by a kept plan of another role
SELECT corm.get('task', '{"id": 3}');
SET ROLE regress_corm_red;
SELECT corm.get('task', '{"id": 3}');
SELECT corm.get('task', '{"id": 9}');
SELECT corm.get_or_none('task', '{"id": 9}') IS NULL AS hidden, corm.first('task', '{"id__gt": 3}')::jsonb -> 'id' AS first,
	corm.last('task')::jsonb -> 'id' AS last, corm.exists('task', '{"id": 9}') AS is_there;
SELECT r.id FROM corm.rows(NULL::task, 'task') r ORDER BY 1;
SELECT pk, json_array_length(related) FROM corm.prefetch('team', ARRAY[1, 2, 3], 'tasks');
SELECT count(*) FROM corm.related('team', 1, 'tasks');
-- hidden rows and hidden owners
SELECT count(*) FROM corm.all(corm.relation('task', 9, 'labels'));
SELECT corm.get(corm.relation('task', 9, 'team'));
-- row_security off: an error rather than fewer rows, at the root and below
SET row_security = off;
SELECT corm.all('task');
SELECT corm.count('team', '{"tasks__id": 1}');
SELECT corm.all(corm.prefetch_related('team', 'tasks'));
SELECT corm.all(corm.select_related('task', 'team'));
SELECT corm.prefetch('team', ARRAY[1], 'tasks');
SELECT count(*) FROM corm.all('team');
RESET row_security;
SELECT corm.count('task');
RESET ROLE;
-- a role that may see everything needs no policy with it off
SET row_security = off;
SET ROLE regress_corm_all;
SELECT corm.count('task');
RESET ROLE;
RESET row_security;

-- a policy that fails says so, and names the level
CREATE FUNCTION broken(int) RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'policy fails'; END $$;
CREATE POLICY broken ON task AS RESTRICTIVE TO regress_corm_red USING (broken(id));
SET ROLE regress_corm_red;
SELECT corm.all(corm.prefetch_related('team', 'tasks'));
SELECT corm.count('team');
RESET ROLE;

DROP SCHEMA test_rls CASCADE;
DROP ROLE regress_corm_red, regress_corm_blue, regress_corm_all;
