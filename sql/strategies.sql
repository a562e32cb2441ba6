-- How rows are fetched is corm's own business: every shape of a request brings
-- the same documents, byte for byte, under all strategies and sizes of batches,
-- pulled and pushed; and they are those that SQL by hand brings.
CREATE SCHEMA corm_strategies;
SET search_path = corm_strategies;
\pset format unaligned
\pset tuples_only on
SELECT corm.create_model('Team', '{"id": {"type": "int", "primary_key": true}, "name": "text"}');
CREATE TABLE site (country varchar(2), number int, town text, PRIMARY KEY (country, number));
SELECT corm.register_model('site');
SELECT corm.create_model('Member', '{"id": {"type": "bigint", "primary_key": true}, "name": "text", "team": {"foreign_key": "Team", "related_name": "members"}, "mentor": {"foreign_key": "Member", "related_name": "pupils"}, "country": "text", "number": "int"}');
ALTER TABLE members ADD FOREIGN KEY (country, number) REFERENCES site;
SELECT corm.foreign_key('Member', 'site', 'site', columns => '{country,number}', related_name => 'staff');
SELECT corm.create_model('Badge', '{"code": {"type": "text", "primary_key": true}, "member": {"foreign_key": "Member", "one_to_one": true, "related_name": "badge"}}');
SELECT corm.create_model('Task', '{"id": {"type": "int", "primary_key": true}, "title": "text", "due": "int", "member": {"foreign_key": "Member", "related_name": "tasks"}}');
SELECT corm.create_model('Skill', '{"name": {"type": "text", "primary_key": true}, "members": {"many_to_many": "Member", "related_name": "skills"}}');
SELECT corm.create_model('Prize', '{"id": {"type": "int", "primary_key": true}, "name": "text"}');
-- the same prize may be won several times
SELECT corm.create_model('Award', '{"id": {"type": "int", "primary_key": true}, "year": "int", "member": {"foreign_key": "Member", "related_name": "awards"}, "prize": {"foreign_key": "Prize", "related_name": "awards"}}');
SELECT corm.many_to_many('Member', 'prizes', 'Prize', through => 'Award', related_name => 'winners');
SELECT corm.many_to_many('Member', 'friends', 'Member', symmetrical => true);
SELECT corm.many_to_many('Member', 'follows', 'Member', related_name => 'followers');
-- more rows than a slice is fetched parent by parent for
INSERT INTO teams SELECT i, 'team ' || i % 4 FROM generate_series(1, 6) AS i;
INSERT INTO site VALUES ('de', 1, 'Ulm'), ('de', 2, 'Jena'), ('fr', 1, 'Metz'), ('fr', 2, NULL);
INSERT INTO members SELECT i, 'm' || i % 13, nullif(i % 6, 0), NULL, CASE WHEN i % 5 > 0 THEN (ARRAY['de', 'fr'])[1 + i % 2] END, 1 + i % 3 % 2 FROM generate_series(1, 66) AS i;
UPDATE members SET mentor_id = CASE WHEN id > 2 THEN id / 3 WHEN id = 2 THEN 7 END;
INSERT INTO badges SELECT 'b' || i, i FROM generate_series(1, 66, 2) AS i;
INSERT INTO tasks SELECT i, 't' || i % 5, nullif(i % 17, 3), nullif(i * 7 % 60, 0) FROM generate_series(1, 150) AS i;
INSERT INTO skills SELECT 's' || i FROM generate_series(1, 5) AS i;
INSERT INTO skills_members (skill_name, member_id) SELECT 's' || s, m FROM generate_series(1, 5) AS s, generate_series(1, 66) AS m WHERE m % (s + 1) = 0;
INSERT INTO prizes SELECT i, 'p' || i FROM generate_series(1, 4) AS i;
INSERT INTO awards SELECT i, 2000 + i % 9, nullif(i * 5 % 31, 0), nullif(i % 5, 0) FROM generate_series(1, 120) AS i;
INSERT INTO members_members (from_member_id, to_member_id) SELECT a, b FROM generate_series(1, 12) AS a, generate_series(1, 12) AS b WHERE a <= b AND (a + b) % 5 = 0;
INSERT INTO members_members_follows (from_member_id, to_member_id) SELECT a, b FROM generate_series(1, 14) AS a, generate_series(1, 14) AS b WHERE b = a + 1 OR b = a + 3 OR (a, b) IN ((13, 9), (14, 14));
ANALYZE;
CREATE TABLE shape (id int GENERATED ALWAYS AS IDENTITY, what text, q corm.queryset, by_hand text);
INSERT INTO shape (what, q, by_hand) VALUES
('to-one', '{"model": "Member", "filter": {"id__lt": 9}, "select_related": ["team", "site"]}',
	$$SELECT to_jsonb(m) || jsonb_build_object('team', to_jsonb(t), 'site', to_jsonb(s)) FROM members AS m LEFT JOIN teams AS t ON t.id = team_id LEFT JOIN site AS s USING (country, number) WHERE m.id < 9 ORDER BY m.id$$),
('to-one behind to-one', '{"model": "Task", "filter": {"id__lt": 12}, "select_related": ["member__mentor__team", "member__site"]}',
	$$SELECT to_jsonb(t) || jsonb_build_object('member', to_jsonb(m) || jsonb_build_object('mentor', to_jsonb(p) || jsonb_build_object('team', to_jsonb(q)), 'site', to_jsonb(s)))
	FROM tasks AS t LEFT JOIN members AS m ON m.id = t.member_id LEFT JOIN members AS p ON p.id = m.mentor_id LEFT JOIN teams AS q ON q.id = p.team_id LEFT JOIN site AS s ON (s.country, s.number) = (m.country, m.number) WHERE t.id < 12 ORDER BY t.id$$),
('one to one, from either end', '{"model": "Member", "filter": {"id__lt": 5}, "fields": ["id"], "prefetch_related": "badge__member__badge"}',
	$$SELECT jsonb_build_object('id', m.id, 'badge', to_jsonb(b) || jsonb_build_object('member', to_jsonb(m) || jsonb_build_object('badge', to_jsonb(b)))) FROM members AS m LEFT JOIN badges AS b ON b.member_id = m.id WHERE m.id < 5 ORDER BY m.id$$),
('filtered to-one', '{"model": "Member", "filter": {"id__lt": 9}, "fields": ["id"], "prefetch_related": {"team": {"filter": {"name": "team 1"}}}}',
	$$SELECT jsonb_build_object('id', m.id, 'team', to_jsonb(t)) FROM members AS m LEFT JOIN teams AS t ON t.id = team_id AND t.name = 'team 1' WHERE m.id < 9 ORDER BY m.id$$),
('reverse foreign key', '{"model": "Team", "prefetch_related": "members"}',
	$$SELECT to_jsonb(t) || jsonb_build_object('members', coalesce((SELECT jsonb_agg(to_jsonb(m) ORDER BY m.id) FROM members AS m WHERE team_id = t.id), '[]')) FROM teams AS t ORDER BY t.id$$),
('filtered, ordered', '{"model": "Team", "prefetch_related": {"members": {"filter": {"id__gt": 20}, "exclude": {"site__town": "Ulm"}, "order_by": ["-name", "id"], "fields": ["id", "name"]}}}',
	$$SELECT to_jsonb(t) || jsonb_build_object('members', coalesce((SELECT jsonb_agg(jsonb_build_object('id', m.id, 'name', m.name) ORDER BY m.name DESC, m.id)
	FROM members AS m LEFT JOIN site AS s USING (country, number) WHERE team_id = t.id AND m.id > 20 AND s.town IS DISTINCT FROM 'Ulm'), '[]')) FROM teams AS t ORDER BY t.id$$),
('ordered by related columns', '{"model": "Team", "prefetch_related": {"members": {"order_by": ["site__town", "-mentor__name", "-tasks__due"], "fields": ["id"]}}}',
	$$SELECT to_jsonb(t) || jsonb_build_object('members', coalesce((SELECT jsonb_agg(jsonb_build_object('id', m.id) ORDER BY s.town, p.name DESC, (SELECT max(due) FROM tasks WHERE member_id = m.id) DESC, m.id)
	FROM members AS m LEFT JOIN site AS s USING (country, number) LEFT JOIN members AS p ON p.id = m.mentor_id WHERE m.team_id = t.id), '[]')) FROM teams AS t ORDER BY t.id$$),
('limit', '{"model": "Team", "prefetch_related": {"members": {"limit": 3, "fields": ["id"]}}}',
	$$SELECT to_jsonb(t) || jsonb_build_object('members', coalesce((SELECT jsonb_agg(to_jsonb(m) ORDER BY id) FROM (SELECT id FROM members WHERE team_id = t.id ORDER BY id LIMIT 3) AS m), '[]')) FROM teams AS t ORDER BY t.id$$),
('limit and offset of many lists', '{"model": "Member", "fields": ["id"], "prefetch_related": {"tasks": {"limit": 2, "offset": 1, "order_by": "-due", "fields": ["id"]}}}',
	$$SELECT jsonb_build_object('id', m.id, 'tasks', coalesce((SELECT jsonb_agg(jsonb_build_object('id', id) ORDER BY due DESC, id) FROM (SELECT id, due FROM tasks WHERE member_id = m.id ORDER BY due DESC, id LIMIT 2 OFFSET 1) AS x), '[]')) FROM members AS m ORDER BY m.id$$),
('offset alone', '{"model": "Team", "prefetch_related": {"members": {"offset": 8, "fields": ["id"]}}}',
	$$SELECT to_jsonb(t) || jsonb_build_object('members', coalesce((SELECT jsonb_agg(to_jsonb(m) ORDER BY id) FROM (SELECT id FROM members WHERE team_id = t.id ORDER BY id OFFSET 8) AS m), '[]')) FROM teams AS t ORDER BY t.id$$),
('more', '{"model": "Member", "fields": ["id"], "filter": {"id__lt": 20}, "prefetch_related": {"tasks": {"limit": 2, "more": true, "fields": ["id"], "filter": {"due__gt": 4}}}}',
	$$SELECT jsonb_build_object('id', m.id, 'tasks', coalesce((SELECT jsonb_agg(to_jsonb(x) ORDER BY id) FROM (SELECT id FROM tasks WHERE member_id = m.id AND due > 4 ORDER BY id LIMIT 2) AS x), '[]'),
	'tasks__more', (SELECT count(*) > 2 FROM tasks WHERE member_id = m.id AND due > 4)) FROM members AS m WHERE m.id < 20 ORDER BY m.id$$),
('many to many', '{"model": "Member", "filter": {"id__lt": 14}, "fields": ["id"], "prefetch_related": "skills"}',
	$$SELECT jsonb_build_object('id', m.id, 'skills', coalesce((SELECT jsonb_agg(to_jsonb(s) ORDER BY s.name) FROM skills AS s JOIN skills_members ON skill_name = s.name WHERE member_id = m.id), '[]')) FROM members AS m WHERE m.id < 14 ORDER BY m.id$$),
('many to many, sliced', '{"model": "Skill", "prefetch_related": {"members": {"fields": ["id"], "order_by": ["team__name", "-id"], "limit": 4, "offset": 2}}}',
	$$SELECT to_jsonb(s) || jsonb_build_object('members', (SELECT jsonb_agg(jsonb_build_object('id', id) ORDER BY name, id DESC) FROM (SELECT m.id, t.name FROM members AS m LEFT JOIN teams AS t ON t.id = m.team_id JOIN skills_members ON member_id = m.id WHERE skill_name = s.name ORDER BY t.name, m.id DESC LIMIT 4 OFFSET 2) AS x)) FROM skills AS s ORDER BY s.name$$),
('several links of a pair', '{"model": "Member", "filter": {"id__lt": 12}, "fields": ["id"], "prefetch_related": "prizes"}',
	$$SELECT jsonb_build_object('id', m.id, 'prizes', coalesce((SELECT jsonb_agg(to_jsonb(p) || jsonb_build_object('Award', jsonb_build_object('year', year)) ORDER BY p.id) FROM (SELECT DISTINCT ON (prize_id) * FROM awards WHERE member_id = m.id ORDER BY prize_id, id) AS a JOIN prizes AS p ON p.id = prize_id), '[]')) FROM members AS m WHERE m.id < 12 ORDER BY m.id$$),
('several links of a pair, sliced', '{"model": "Prize", "prefetch_related": {"winners": {"fields": ["id"], "order_by": "-id", "limit": 3, "more": true}}}',
	$$SELECT to_jsonb(p) || jsonb_build_object('winners', (SELECT jsonb_agg(jsonb_build_object('id', member_id) ORDER BY member_id DESC) FROM (SELECT DISTINCT member_id FROM awards WHERE prize_id = p.id AND member_id IS NOT NULL ORDER BY 1 DESC LIMIT 3) AS w),
	'winners__more', (SELECT count(DISTINCT member_id) > 3 FROM awards WHERE prize_id = p.id)) FROM prizes AS p ORDER BY p.id$$),
('symmetrical', '{"model": "Member", "filter": {"id__lt": 13}, "fields": ["id"], "prefetch_related": {"friends": {"fields": ["id"]}}}',
	$$SELECT jsonb_build_object('id', m.id, 'friends', coalesce((SELECT jsonb_agg(jsonb_build_object('id', f) ORDER BY f) FROM (SELECT to_member_id FROM members_members WHERE from_member_id = m.id UNION SELECT from_member_id FROM members_members WHERE to_member_id = m.id) AS x(f)), '[]')) FROM members AS m WHERE m.id < 13 ORDER BY m.id$$),
('symmetrical, sliced', '{"model": "Member", "filter": {"id__lt": 13}, "fields": ["id"], "prefetch_related": {"friends": {"fields": ["id"], "limit": 1, "order_by": "-id"}}}',
	$$SELECT jsonb_build_object('id', m.id, 'friends', coalesce((SELECT jsonb_build_array(jsonb_build_object('id', max(f))) FROM (SELECT to_member_id FROM members_members WHERE from_member_id = m.id UNION SELECT from_member_id FROM members_members WHERE to_member_id = m.id) AS x(f) HAVING count(*) > 0), '[]')) FROM members AS m WHERE m.id < 13 ORDER BY m.id$$),
('composite keys', '{"model": "site", "prefetch_related": {"staff": {"fields": ["id"]}}}',
	$$SELECT to_jsonb(s) || jsonb_build_object('staff', coalesce((SELECT jsonb_agg(jsonb_build_object('id', id) ORDER BY id) FROM members AS m WHERE (m.country, m.number) = (s.country, s.number)), '[]')) FROM site AS s ORDER BY country, number$$),
('composite keys, sliced', '{"model": "site", "prefetch_related": {"staff": {"fields": ["id"], "limit": 2, "offset": 1, "order_by": "name"}}}',
	$$SELECT to_jsonb(s) || jsonb_build_object('staff', coalesce((SELECT jsonb_agg(jsonb_build_object('id', id) ORDER BY name, id) FROM (SELECT id, name FROM members AS m WHERE (m.country, m.number) = (s.country, s.number) ORDER BY name, id LIMIT 2 OFFSET 1) AS x), '[]')) FROM site AS s ORDER BY country, number$$),
('three levels', '{"model": "Team", "prefetch_related": {"members": {"fields": ["id"], "prefetch_related": [{"tasks": {"fields": ["id"], "prefetch_related": {"member": {"fields": ["name"]}}}}, "skills"]}}}',
	$$SELECT to_jsonb(t) || jsonb_build_object('members', coalesce((SELECT jsonb_agg(jsonb_build_object('id', m.id,
	'tasks', coalesce((SELECT jsonb_agg(jsonb_build_object('id', id, 'member', jsonb_build_object('name', m.name)) ORDER BY id) FROM tasks WHERE member_id = m.id), '[]'),
	'skills', coalesce((SELECT jsonb_agg(jsonb_build_object('name', skill_name) ORDER BY skill_name) FROM skills_members WHERE member_id = m.id), '[]')) ORDER BY id) FROM members AS m WHERE team_id = t.id), '[]')) FROM teams AS t ORDER BY t.id$$),
('three levels, each sliced', '{"model": "Team", "prefetch_related": {"members": {"fields": ["id"], "limit": 10, "prefetch_related": {"tasks": {"fields": ["id"], "limit": 1, "order_by": "-id", "more": true, "prefetch_related": {"member__site": {}}}}}}}', NULL),
('tree', '{"model": "Member", "filter": {"mentor__isnull": true}, "fields": ["id"], "prefetch_related": {"pupils": {"recursive": true, "fields": ["id"], "select_related": "team", "prefetch_related": {"skills": {}}}}}', NULL),
('tree, flat', '{"model": "Member", "filter": {"id": 1}, "fields": ["id"], "prefetch_related": {"pupils": {"recursive": true, "flat": true, "fields": ["name"]}}}',
	$$WITH RECURSIVE down AS (SELECT id, name, ARRAY[id] AS path FROM members WHERE mentor_id = 1 UNION ALL SELECT m.id, m.name, path || m.id FROM down AS d JOIN members AS m ON m.mentor_id = d.id)
	SELECT jsonb_build_object('id', 1, 'pupils', jsonb_agg(jsonb_build_object('name', name, 'depth', cardinality(path), 'path', path) ORDER BY path)) FROM down$$),
('tree, sliced', '{"model": "Member", "filter": {"id__lt": 4}, "fields": ["id"], "prefetch_related": {"pupils": {"recursive": true, "fields": ["id"], "limit": 2, "order_by": "-name", "more": true, "depth": 3}}}', NULL),
('chain', '{"model": "Task", "filter": {"id__lt": 12}, "fields": ["id"], "prefetch_related": {"member": {"fields": ["id"], "prefetch_related": {"mentor": {"recursive": true, "fields": ["id"]}}}}}', NULL),
('chain, flat', '{"model": "Member", "filter": {"id__gt": 55}, "fields": ["id"], "prefetch_related": {"mentor": {"recursive": true, "flat": true, "fields": [], "prefetch_related": {"badge": {}}}}}', NULL),
('graph', '{"model": "Member", "filter": {"id__lt": 5}, "fields": ["id"], "prefetch_related": {"follows": {"recursive": true, "fields": ["id"], "depth": 4}}}', NULL),
('graph, flat', '{"model": "Member", "filter": {"id__in": [9, 10]}, "fields": ["id"], "prefetch_related": {"follows": {"recursive": true, "flat": true, "fields": ["name"]}}}', NULL),
('symmetrical graph, sliced', '{"model": "Member", "filter": {"id__lt": 13}, "fields": ["id"], "prefetch_related": {"friends": {"recursive": true, "fields": ["id"], "limit": 2, "offset": 1}}}', NULL),
('one owner''s rows', '{"model": "Team", "pk": 2, "relation": "members", "limit": 5, "offset": 1, "select_related": ["mentor", "site"], "prefetch_related": {"prizes": {"limit": 1}}}', NULL);
-- the documents are those of SQL by hand
CREATE FUNCTION by_hand(q corm.queryset, query text) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE wanted jsonb;
BEGIN
	EXECUTE 'SELECT jsonb_agg(j) FROM (' || query || ') AS s(j)' INTO wanted;
	RETURN corm.list(q)::jsonb = wanted;
END
$$;
SELECT what, by_hand(q, by_hand) FROM shape WHERE by_hand IS NOT NULL ORDER BY id;
-- the others are about as big as they should be
SELECT what, json_array_length(corm.list(q)), length(corm.list(q)::text) > 300 FROM shape WHERE by_hand IS NULL ORDER BY id;
-- In how many of all ways are the documents others?
CREATE FUNCTION differences(q corm.queryset, OUT ways int, OUT differences int) LANGUAGE plpgsql AS $$
DECLARE
	wanted text := (SELECT string_agg(object::text, E'\n') FROM corm.all(q));
	pushed text; pulled text; way record;
BEGIN
	ways := 0; differences := 0;
	FOR way IN SELECT * FROM unnest('{auto,lateral,window}'::text[]) AS slice, unnest('{auto,join,separate}'::text[]) AS to_one, unnest('{auto,array,join}'::text[]) AS key, unnest('{1,2,1000}'::text[]) AS size
	LOOP
		PERFORM set_config('corm.slice_strategy', way.slice, true), set_config('corm.to_one_strategy', way.to_one, true),
			set_config('corm.key_strategy', way.key, true), set_config('corm.batch_size', way.size, true);
		SELECT string_agg(object::text, E'\n') INTO pushed FROM corm.all(q);
		SELECT string_agg(o::text, E'\n') INTO pulled FROM (SELECT corm.all(q) AS o) AS s;
		ways := ways + 1;
		differences := differences + (pushed IS DISTINCT FROM wanted)::int + (pulled IS DISTINCT FROM wanted)::int;
	END LOOP;
	PERFORM set_config('corm.slice_strategy', 'auto', true), set_config('corm.to_one_strategy', 'auto', true),
		set_config('corm.key_strategy', 'auto', true), set_config('corm.batch_size', '1000', true);
END
$$;
SELECT what, d.* FROM shape, differences(q) AS d ORDER BY id;
-- the loader
SELECT count(*) AS ways, count(DISTINCT loaded) AS results FROM unnest('{auto,lateral,window}'::text[]) AS slice, unnest('{auto,join,separate}'::text[]) AS to_one, unnest('{auto,array,join}'::text[]) AS key,
	LATERAL (SELECT set_config('corm.slice_strategy', slice, false) || set_config('corm.to_one_strategy', to_one, false) || set_config('corm.key_strategy', key, false) AS way OFFSET 0) AS s,
	LATERAL (SELECT string_agg(pk || ' ' || related, ', ') AS loaded FROM corm.prefetch('Member', CASE WHEN way <> '' THEN '{5,1,66,1,999}'::bigint[] END, 'tasks', order_by => '{-due}', limit_count => 2, select_related => '{member}')) AS l;
RESET corm.slice_strategy; RESET corm.to_one_strategy; RESET corm.key_strategy;
-- The strategies are really others: what the statements have and have not
CREATE FUNCTION has(q corm.queryset, VARIADIC words text[]) RETURNS text LANGUAGE sql AS
	$$SELECT string_agg(word || ' ' || (SELECT count(*) FROM corm.sql(q) AS s WHERE s ~ word), ', ') FROM unnest(words) AS word$$;
SET corm.slice_strategy = 'lateral';
SELECT has('{"model": "Team", "prefetch_related": {"members": {"limit": 2}}}', 'LATERAL', 'row_number');
SET corm.slice_strategy = 'window';
SELECT has('{"model": "Team", "prefetch_related": {"members": {"limit": 2}}}', 'LATERAL', 'row_number');
SELECT has('{"model": "Team", "prefetch_related": "members"}', 'LATERAL', 'row_number');
-- rows linked several times are numbered in any case
SET corm.slice_strategy = 'lateral';
SELECT has('{"model": "Prize", "prefetch_related": {"winners": {"limit": 2}}}', 'LATERAL', 'row_number');
RESET corm.slice_strategy;
-- joined where there are no index scans
SELECT has('{"model": "Member", "select_related": "team"}', 'LEFT JOIN', 'unnest', 'ANY');
SET corm.direct_scan = off;
SELECT has('{"model": "Member", "select_related": "team"}', 'LEFT JOIN', 'unnest', 'ANY');
RESET corm.direct_scan;
SET corm.to_one_strategy = 'separate';
SELECT has('{"model": "Member", "select_related": "team"}', 'LEFT JOIN', 'unnest', 'ANY');
SET corm.key_strategy = 'join';
SELECT has('{"model": "Member", "select_related": "team"}', 'LEFT JOIN', 'unnest', 'ANY');
SET corm.key_strategy = 'array';
SELECT has('{"model": "Member", "select_related": "site"}', 'LEFT JOIN', 'unnest', 'ANY');
SET corm.to_one_strategy = 'join';
-- what cannot be joined is not
SELECT has('{"model": "Member", "prefetch_related": {"team": {"filter": {"id": 1}}}}', 'LEFT JOIN', 'unnest', 'ANY');
SELECT has('{"model": "Member", "prefetch_related": {"mentor": {"recursive": true}}}', 'LEFT JOIN', 'unnest', 'ANY');
SET client_min_messages = error;
DROP SCHEMA corm_strategies CASCADE;
