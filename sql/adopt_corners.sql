-- Adopting where names clash, rights are missing, tables lie elsewhere.
\set VERBOSITY default
\set SHOW_CONTEXT never
CREATE SCHEMA t_corner;
CREATE SCHEMA t_other;
SET search_path = t_corner;
CREATE VIEW public.t_corner_names AS
	SELECT model, relation, kind, target, related_name FROM corm.relations ORDER BY model COLLATE "C", relation COLLATE "C";

-- a column has the name: the relation; the way back, which alone is left out
CREATE TABLE author (id int PRIMARY KEY, pen int, ink int);
CREATE TABLE pen (id int PRIMARY KEY, author_id int REFERENCES author, author text);
CREATE TABLE ink (id int PRIMARY KEY, author_id int REFERENCES author);
-- two relations want one name on one model: forward and forward, back and back, forward and back
CREATE TABLE twin (id int PRIMARY KEY, pen_id int REFERENCES pen, pen_pen_id int, pen int REFERENCES ink);
CREATE TABLE node (x int, y int, up_x int, up_y int, PRIMARY KEY (x, y), FOREIGN KEY (up_x, up_y) REFERENCES node);
CREATE TABLE hen (id int PRIMARY KEY, egg_id int);
CREATE TABLE egg (id int PRIMARY KEY, hen_id int REFERENCES hen);
ALTER TABLE hen ADD FOREIGN KEY (egg_id) REFERENCES egg;
SELECT * FROM corm.adopt('t_corner', dry_run => true);
CREATE TEMP TABLE report AS SELECT * FROM corm.adopt('t_corner');
SELECT count(*) FROM report;
SELECT * FROM public.t_corner_names;
-- every collision comes with its cure
SELECT fix FROM report WHERE action = 'collision' \gexec
SELECT * FROM corm.adopt('t_corner');
SELECT * FROM public.t_corner_names;
SELECT count(corm.drop_model(model)) FROM corm.models WHERE schema_name = 't_corner';

-- the name of a model is another table's
CREATE TABLE thing (id int PRIMARY KEY);
CREATE TABLE old_thing (id int PRIMARY KEY, thing_id int REFERENCES thing);
SELECT corm.register_model('old_thing', 'thing'), corm.register_model('pen', 'thing_2');
SELECT * FROM corm.adopt('t_corner', '{thing,old_thing}');
SELECT fix FROM corm.adopt('t_corner', '{thing}') \gexec
SELECT * FROM corm.adopt('t_corner', '{thing,old_thing}');
SELECT count(corm.drop_model(model)) FROM corm.models WHERE schema_name = 't_corner';

-- which tables
SELECT action, model, relation, target FROM corm.adopt('t_corner', '{pen}');
SELECT action, model, relation, target FROM corm.adopt('t_corner', NULL, '{twin,node,hen,egg,thing,old_thing,ink,pen}');
SELECT action, model, relation, target FROM corm.adopt('t_corner', "only" => '{pen,ink}', except_tables => '{ink}');
SELECT action, model FROM corm.adopt('t_corner', '{}', '{}') WHERE action = 'model';
SELECT * FROM corm.adopt('t_corner', '{penn}');
SELECT * FROM corm.adopt('t_corner', NULL, '{"Pen"}');
SELECT * FROM corm.adopt('t_corner', '{node_pkey}');
SELECT * FROM corm.adopt('t_corner', '{{pen},{ink}}');
SELECT * FROM corm.adopt('t_corner', '{pen,NULL}');
SELECT count(corm.drop_model(model)) FROM corm.models WHERE schema_name = 't_corner';

-- from schema to schema: a foreign key waits for the other schema, from both sides
CREATE TABLE t_other.pen (id int PRIMARY KEY, author_id int REFERENCES author);
CREATE TABLE t_other.cap (id int PRIMARY KEY, pen_id int REFERENCES t_other.pen);
CREATE TABLE box (id int PRIMARY KEY, cap_id int REFERENCES t_other.cap);
SELECT * FROM corm.adopt('t_other');
SELECT * FROM corm.adopt('t_corner', '{author,box,pen}');
-- one schema after the other comes to the same as the fixes
SELECT fix FROM corm.adopt('t_other') \gexec
SELECT * FROM corm.adopt('t_other');
SELECT * FROM public.t_corner_names WHERE kind !~ '^rev';
SELECT count(corm.drop_model(model)) FROM corm.models WHERE schema_name IN ('t_corner', 't_other');

-- schemas that are not there, or not to be had
SELECT * FROM corm.adopt('t_corners');
SELECT * FROM corm.adopt('T_CORNER');
SELECT * FROM corm.adopt('');
SELECT * FROM corm.adopt(NULL);
SELECT * FROM corm.adopt('pg_catalog');
SELECT * FROM corm.adopt('information_schema');
SELECT * FROM corm.adopt('corm');
SELECT * FROM corm.adopt('pg_toast', dry_run => true);
CREATE SCHEMA t_empty;
SELECT * FROM corm.adopt('t_empty');

-- a partition that is asked for by name, a foreign key that leads to one; a member of an extension
CREATE TABLE day (d date PRIMARY KEY) PARTITION BY RANGE (d);
CREATE TABLE day_1 PARTITION OF day FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
CREATE TABLE mark (id int PRIMARY KEY, d date REFERENCES day_1);
SELECT * FROM corm.adopt('t_corner', '{day_1}');
SELECT * FROM corm.adopt('t_corner', '{day,mark}');
SELECT count(corm.drop_model(model)) FROM corm.models WHERE schema_name = 't_corner';
CREATE TABLE member (id int PRIMARY KEY);
ALTER EXTENSION corm ADD TABLE member;
SELECT * FROM corm.adopt('t_corner', '{member}');
ALTER EXTENSION corm DROP TABLE member;

-- all or nothing: an error half-way, in the last row that is written; and undone by the transaction
CREATE TABLE t_empty.one (id int PRIMARY KEY);
CREATE TABLE t_empty.two (id int PRIMARY KEY, one_id int REFERENCES t_empty.one, other_id int REFERENCES t_empty.one);
CREATE UNIQUE INDEX regress_corm_once ON corm.relation (target);
\set VERBOSITY sqlstate
SELECT action, model FROM corm.adopt('t_empty');
SELECT count(*) FROM corm.models WHERE schema_name = 't_empty';
DROP INDEX corm.regress_corm_once;
\set VERBOSITY default
DROP TABLE t_empty.two;
BEGIN;
SELECT action, model FROM corm.adopt('t_empty');
SELECT 1 / 0;
ROLLBACK;
SELECT count(*) FROM corm.models WHERE schema_name = 't_empty';
BEGIN;
SAVEPOINT s;
SELECT action, model FROM corm.adopt('t_empty');
ROLLBACK TO s;
SELECT count(*) FROM corm.models WHERE schema_name = 't_empty';
SELECT action, model FROM corm.adopt('t_empty');
COMMIT;
SELECT count(*) FROM corm.models WHERE schema_name = 't_empty';
SELECT count(corm.drop_model(model)) FROM corm.models WHERE schema_name = 't_empty';
BEGIN READ ONLY;
SELECT action, model FROM corm.adopt('t_empty', dry_run => true);
SELECT action, model FROM corm.adopt('t_empty');
ROLLBACK;

-- rights: an owner adopts his own; of others' tables he hears if he has any right on them
CREATE ROLE regress_corm_adopt;
CREATE ROLE regress_corm_adopt_2;
GRANT USAGE, CREATE ON SCHEMA t_corner TO regress_corm_adopt;
SET ROLE regress_corm_adopt;
SELECT * FROM corm.adopt('t_empty');
CREATE TABLE mine (id int PRIMARY KEY, pen_id int, ink_id int);
CREATE TABLE mute (id int PRIMARY KEY);
REVOKE ALL ON mute FROM regress_corm_adopt;
CREATE TABLE mine_mute (mine_id int REFERENCES mine, mute_id int REFERENCES mute, PRIMARY KEY (mine_id, mute_id));
RESET ROLE;
CREATE TABLE hers (id int PRIMARY KEY, mine_id int REFERENCES mine);
CREATE TABLE hers_2 (id int PRIMARY KEY, mine_id int REFERENCES mine);
GRANT SELECT (id) ON hers TO regress_corm_adopt;
ALTER TABLE hers OWNER TO regress_corm_adopt_2;
ALTER TABLE mine ADD FOREIGN KEY (pen_id) REFERENCES pen, ADD FOREIGN KEY (ink_id) REFERENCES ink;
SELECT count(*) FROM corm.adopt('t_corner', '{pen,ink,hers,hers_2}');
GRANT REFERENCES (id) ON ink TO regress_corm_adopt;
SET ROLE regress_corm_adopt;
SELECT * FROM corm.adopt('t_corner', except_tables => '{author,twin,node,hen,egg,thing,old_thing,box,day,mark,member}');
SELECT * FROM corm.adopt('t_corner', '{hers_3}');
RESET ROLE;
SELECT corm.drop_model('hers'), corm.drop_model('hers_2');
SET ROLE regress_corm_adopt;
SELECT * FROM corm.adopt('t_corner');
SELECT * FROM corm.adopt('t_corner', '{hers}');
SELECT * FROM corm.adopt('t_corner', '{hers_2}');
RESET ROLE;
REVOKE USAGE ON SCHEMA t_corner FROM regress_corm_adopt;
SET ROLE regress_corm_adopt;
SELECT * FROM corm.adopt('t_corner');
RESET ROLE;

SET client_min_messages = warning;
SELECT count(corm.drop_model(model)) FROM corm.models WHERE schema_name = 't_corner';
DROP VIEW public.t_corner_names;
DROP SCHEMA t_corner, t_other, t_empty CASCADE;
DROP ROLE regress_corm_adopt, regress_corm_adopt_2;
