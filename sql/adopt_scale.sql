-- A schema of 1 000 tables with 2 000 foreign keys, half of them to one table.
\set VERBOSITY default
CREATE SCHEMA t_scale;
CREATE TABLE t_scale.hub (id int PRIMARY KEY);
DO $$
BEGIN
	FOR i IN 1 .. 998 LOOP
		EXECUTE format('CREATE TABLE t_scale.t%s (id int PRIMARY KEY, hub_id int REFERENCES t_scale.hub, next_id int)', i);
	END LOOP;
	FOR i IN 1 .. 998 LOOP
		EXECUTE format('ALTER TABLE t_scale.t%s ADD FOREIGN KEY (next_id) REFERENCES t_scale.t%s', i, i % 998 + 1);
	END LOOP;
END $$;
CREATE TABLE t_scale.root (id int PRIMARY KEY, hub_id int REFERENCES t_scale.hub, spare_hub_id int REFERENCES t_scale.hub,
	first_id int REFERENCES t_scale.t1, last_id int REFERENCES t_scale.t998);
SELECT count(*) FROM pg_class WHERE relnamespace = 't_scale'::regnamespace AND relkind = 'r';
SELECT count(*) FROM pg_constraint WHERE connamespace = 't_scale'::regnamespace AND contype = 'f';
SELECT action, count(*) FROM corm.adopt('t_scale', dry_run => true) GROUP BY action ORDER BY action;
SELECT action, count(*) FROM corm.adopt('t_scale') GROUP BY action ORDER BY action;
SELECT count(*) FROM corm.adopt('t_scale');
SELECT count(*) FROM corm.relations WHERE target ~ 't_scale';

-- a new session loads the models that it touches, and no others
\c -
SELECT models, model_loads FROM corm.stats();
SELECT corm.list('{"model": "t_scale.t5", "select_related": ["next"]}');
SELECT models, model_loads FROM corm.stats();
INSERT INTO t_scale.hub VALUES (1);
INSERT INTO t_scale.t7 VALUES (1, 1), (2, 1);
SELECT corm.get('{"model": "t_scale.t7", "filter": {"id": 2, "hub__id": 1}}');
SELECT models, model_loads FROM corm.stats();
-- a table that corm does not know costs nothing of it
CREATE TABLE t_scale.other (id int);
SELECT corm.count('t_scale.t5');
SELECT models, model_loads FROM corm.stats();

SET client_min_messages = warning;
DELETE FROM corm.relation r USING pg_class c WHERE c.oid = r.source AND relnamespace = 't_scale'::regnamespace;
DELETE FROM corm.model m USING pg_class c WHERE c.oid = m.table_name AND relnamespace = 't_scale'::regnamespace;
-- bit by bit, for the sake of the lock table
DO $$
BEGIN
	FOR i IN 1 .. 998 LOOP
		EXECUTE format('DROP TABLE t_scale.t%s CASCADE', i);
		IF i % 100 = 0 THEN COMMIT; END IF;
	END LOOP;
END $$;
DROP SCHEMA t_scale CASCADE;
