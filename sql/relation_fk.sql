-- Foreign key relations: what is made, what is used, what is refused.
\set VERBOSITY default
\set SHOW_CONTEXT never
-- What is reported where the event triggers have not followed.
SELECT CASE evtenabled WHEN 'D' THEN 'DISABLE' ELSE 'ENABLE' END AS found FROM pg_event_trigger WHERE evtname = 'corm_sql_drop' \gset
ALTER EVENT TRIGGER corm_sql_drop DISABLE;
ALTER EVENT TRIGGER corm_ddl_command_end DISABLE;
CREATE SCHEMA t_fk;
SET search_path = t_fk;

CREATE VIEW shown AS
	SELECT model, relation, kind, target, nullable, columns, target_columns, related_name, on_delete, on_update
	  FROM corm.relations WHERE through IS NULL;
CREATE VIEW keys AS
	SELECT conrelid::regclass AS "table", conname, contype AS type, pg_get_constraintdef(oid) AS definition
	  FROM pg_constraint WHERE connamespace = 't_fk'::regnamespace AND contype IN ('f', 'u') AND conparentid = 0;

-- from nothing: column, constraint, index, two names
SELECT corm.create_model('Department', '{"name": "text"}');
SELECT corm.create_model('Employee', '{"name": "text"}');
SELECT corm.foreign_key('Employee', 'department', 'Department');
\d employees
SELECT * FROM shown WHERE 'Department' IN (model, target) ORDER BY model, relation;

-- again: nothing happens; with other options: an error that says which
SELECT corm.foreign_key('Employee', 'department', 'Department');
SELECT corm.foreign_key('Employee', 'department', 'Department', related_name => 'employees', columns => '{department_id}', target_columns => '{id}', on_delete => 'No Action');
SELECT count(*) FROM keys WHERE "table" = 'employees'::regclass;
SELECT corm.foreign_key('Employee', 'department', 'Employee', related_name => 'x');
SELECT corm.foreign_key('Employee', 'department', 'Department', related_name => 'staff');
SELECT corm.foreign_key('Employee', 'department', 'Department', skip_reverse => true);
SELECT corm.foreign_key('Employee', 'department', 'Department', on_delete => 'cascade');
SELECT corm.foreign_key('Employee', 'department', 'Department', on_update => 'cascade');
SELECT corm.foreign_key('Employee', 'department', 'Department', nullable => false);
SELECT corm.foreign_key('Employee', 'department', 'Department', one_to_one => true);
SELECT corm.foreign_key('Employee', 'department', 'Department', is_deferrable => true);
SELECT corm.foreign_key('Employee', 'department', 'Department', columns => '{dept}');

-- a second one of the same direction, and one to itself, need a related_name
SELECT corm.foreign_key('Employee', 'second', 'Department', nullable => true, on_delete => 'set null');
SELECT corm.foreign_key('Employee', 'second', 'Department', on_delete => 'set null', related_name => 'second_employees');
SELECT corm.foreign_key('Employee', 'manager', 'Employee');
SELECT corm.foreign_key('Employee', 'manager', 'Employee', related_name => 'manager');
SELECT corm.foreign_key('Employee', 'manager', 'Employee', related_name => 'reports', on_delete => 'SET NULL');
SELECT corm.foreign_key('Employee', 'mentor', 'Employee', skip_reverse => true);
SELECT relation, kind, target, columns, target_columns, related_name, on_delete FROM shown WHERE model = 'Employee' ORDER BY relation;

-- names that clash
SELECT corm.foreign_key('Employee', 'name', 'Department', related_name => 'x');
SELECT corm.foreign_key('Employee', 'reports', 'Department', related_name => 'x');
SELECT corm.foreign_key('Employee', 'office', 'Department', related_name => 'name');
SELECT corm.foreign_key('Employee', 'office', 'Department', related_name => 'employees');
SELECT corm.foreign_key('Employee', '', 'Department');
SELECT corm.foreign_key('Employee', 'office', 'Department', related_name => '');
SELECT corm.foreign_key('Employee', 'office', 'Department', columns => '{manager}', related_name => 'x');

-- a to-one may bear the name of its own column, and is told how
ALTER TABLE employees ADD COLUMN office bigint;
SELECT corm.foreign_key('Employee', 'office', 'Department', related_name => 'inmates');
SELECT corm.foreign_key('Employee', 'office', 'Department', related_name => 'inmates', columns => ARRAY['office']);
SELECT * FROM keys WHERE definition ~ 'office';

-- one-to-one, NOT NULL, deferrable, NOT VALID, no index
SELECT corm.create_model('Badge', '{}');
SELECT corm.foreign_key('Badge', 'holder', 'Employee', one_to_one => true, nullable => false, related_name => 'badge', is_deferrable => true, on_delete => 'restrict', on_update => 'set default', index => false);
\d badges
SELECT * FROM shown WHERE 'Badge' IN (model, target) ORDER BY model, relation;
SELECT corm.foreign_key('Badge', 'holder', 'Employee', one_to_one => true, nullable => false, related_name => 'badge', is_deferrable => true, on_delete => 'restrict', on_update => 'set default');
SELECT corm.foreign_key('Badge', 'holder', 'Employee', related_name => 'badge');
CREATE TABLE orphans (id int PRIMARY KEY, department_id bigint NOT NULL);
INSERT INTO orphans VALUES (1, 99);
SELECT corm.register_model('orphans', 'Orphan');
SELECT corm.foreign_key('Orphan', 'department', 'Department');
SELECT corm.foreign_key('Orphan', 'department', 'Department', validate => false, index => false);
\d orphans
SELECT relation, nullable FROM shown WHERE model = 'Orphan';
DELETE FROM orphans;
ALTER TABLE orphans VALIDATE CONSTRAINT orphans_department_id_fkey;
SELECT relation, nullable FROM shown WHERE model = 'Orphan';

-- what is there is used: column, constraint, unique key, index
CREATE TABLE legacy (
	id int PRIMARY KEY,
	department_id bigint NOT NULL REFERENCES departments ON DELETE CASCADE,
	boss int UNIQUE,
	both_a bigint, both_b bigint
);
CREATE INDEX legacy_department ON legacy (department_id, boss);
SELECT corm.register_model('legacy', 'Legacy');
SELECT corm.foreign_key('Legacy', 'department', 'Department', related_name => 'legacies');
SELECT corm.foreign_key('Legacy', 'boss', 'Employee', related_name => 'minions', columns => '{boss}', one_to_one => true);
SELECT corm.foreign_key('Legacy', 'department', 'Department', related_name => 'legacies');
SELECT corm.foreign_key('Legacy', 'department', 'Department', related_name => 'legacies', on_delete => 'cascade');
SELECT corm.foreign_key('Legacy', 'department', 'Department', related_name => 'legacies', on_delete => 'restrict');
\d legacy
SELECT relation, kind, nullable, on_delete FROM shown WHERE model = 'Legacy' ORDER BY relation;
SELECT corm.drop_relation('Legacy', 'department');
SELECT corm.foreign_key('Legacy', 'department', 'Department', related_name => 'legacies', on_delete => 'set null');
SELECT corm.foreign_key('Legacy', 'department', 'Department', related_name => 'legacies', is_deferrable => true);
SELECT count(*) FROM keys WHERE "table" = 'legacy'::regclass AND definition ~ 'department_id';

-- a declaration says which of two constraints it means
CREATE TABLE twice (id int PRIMARY KEY, department_id bigint REFERENCES departments, other bigint REFERENCES departments);
SELECT corm.register_model('twice', 'Twice');
SELECT corm.foreign_key('Twice', 'department', 'Department');
SELECT corm.foreign_key('Twice', 'department', 'Department', columns => '{other}');
SELECT corm.drop_model('Twice', true);

-- an index or a validation that is missing is another option
SELECT corm.create_model('Rack', '{"department": {"foreign_key": "Department", "index": false}, "owner": {"foreign_key": "Employee", "validate": false}}');
SELECT corm.foreign_key('Rack', 'department', 'Department', index => false);
SELECT corm.foreign_key('Rack', 'department', 'Department');
SELECT corm.foreign_key('Rack', 'owner', 'Employee', validate => false);
SELECT corm.foreign_key('Rack', 'owner', 'Employee');
CREATE INDEX ON t_fk.racks (department_id);
ALTER TABLE t_fk.racks VALIDATE CONSTRAINT racks_owner_id_fkey;
SELECT corm.foreign_key('Rack', 'department', 'Department', index => false);
SELECT corm.foreign_key('Rack', 'department', 'Department');
SELECT corm.foreign_key('Rack', 'owner', 'Employee', validate => false);
SELECT corm.drop_model('Rack', true);

-- one-to-one is read live: only a valid, full, immediate key on plain columns counts
CREATE TABLE single (id int PRIMARY KEY, d bigint REFERENCES departments, e int);
SELECT corm.register_model('single', 'Single');
SELECT corm.foreign_key('Single', 'd', 'Department', columns => '{d}', related_name => 'singles');
CREATE UNIQUE INDEX single_partial ON single (d) WHERE e > 0;
SELECT kind FROM shown WHERE model = 'Single';
CREATE UNIQUE INDEX single_expression ON single (abs(d));
SELECT kind FROM shown WHERE model = 'Single';
ALTER TABLE single ADD CONSTRAINT single_late UNIQUE (d) DEFERRABLE;
SELECT kind FROM shown WHERE model = 'Single';
CREATE UNIQUE INDEX single_two ON single (d, e);
SELECT kind FROM shown WHERE model = 'Single';
CREATE UNIQUE INDEX single_include ON single (d) INCLUDE (e);
SELECT model, kind, nullable, to_many FROM corm.relations WHERE 'Single' IN (model, target) ORDER BY model;
DROP INDEX single_include;
SELECT kind FROM shown WHERE model = 'Single';

-- composite keys, in any order of columns; keys other than the primary one
SELECT corm.create_model('Site', '{"tenant": {"type": "int", "primary_key": true}, "code": {"type": "varchar(10)", "primary_key": true}, "slug": {"type": "text", "unique": true}}');
SELECT corm.create_model('Machine', '{"tenant": {"type": "int", "nullable": false}, "name": "text"}');
SELECT corm.foreign_key('Machine', 'site', 'Site');
\d machines
SELECT corm.foreign_key('Machine', 'home', 'Site', related_name => 'homes', columns => '{home_code,tenant}', target_columns => '{code,tenant}', on_delete => 'cascade');
SELECT corm.foreign_key('Machine', 'home', 'Site', related_name => 'homes', columns => '{tenant,home_code}', on_delete => 'cascade');
SELECT corm.foreign_key('Machine', 'by_slug', 'Site', related_name => 'slug_machines', target_columns => '{slug}');
SELECT relation, columns, target_columns, nullable FROM shown WHERE model = 'Machine' ORDER BY relation;
-- names clash with columns that are still to be made
SELECT corm.foreign_key('Machine', 'spot', 'Site', columns => '{tenant,spot}', target_columns => '{tenant,code}', related_name => 'spots');
SELECT corm.foreign_key('Machine', 'spot_site', 'Site', related_name => 'spots', columns => ARRAY['tenant', 'spot'], target_columns => ARRAY['tenant', 'code']);
SELECT corm.foreign_key('Machine', 'base', 'Machine', related_name => 'base_id');
SELECT corm.foreign_key('Machine', 'base', 'Machine', related_name => 'base_machines');
SELECT corm.drop_relation('Machine', 'spot_site'), corm.drop_relation('Machine', 'base', drop_column => true);
ALTER TABLE machines DROP COLUMN spot;
SELECT corm.foreign_key('Machine', 'x', 'Site', columns => '{a}', related_name => 'x');
SELECT corm.foreign_key('Machine', 'x', 'Site', columns => '{a,a}', related_name => 'x');
SELECT corm.foreign_key('Machine', 'x', 'Site', target_columns => '{tenant}', related_name => 'x');
SELECT corm.foreign_key('Machine', 'x', 'Site', target_columns => '{slugg}', related_name => 'x');

-- the new column has the exact type of what it points to
CREATE DOMAIN code AS varchar(7) COLLATE "C";
CREATE TABLE currencies (code code PRIMARY KEY, num numeric(3) UNIQUE, sym text COLLATE "POSIX" UNIQUE);
SELECT corm.register_model('currencies', 'Currency');
SELECT corm.create_model('Price', '{"amount": "numeric"}');
SELECT corm.foreign_key('Price', 'currency', 'Currency');
SELECT corm.foreign_key('Price', 'by_num', 'Currency', target_columns => '{num}', related_name => 'num_prices');
SELECT corm.foreign_key('Price', 'by_sym', 'Currency', target_columns => '{sym}', related_name => 'sym_prices');
\d prices

-- cyclic references; across schemas; in create_model
CREATE SCHEMA t_fk_2;
SELECT corm.create_model('Team', '{"name": "text"}');
SELECT corm.create_model('t_fk_2.Player', '{"team": {"foreign_key": "Team", "on_delete": "cascade", "nullable": false}, "name": "text", "rival": {"foreign_key": "Player", "related_name": "rivals"}, "captain_of": {"foreign_key": "t_fk.Team", "one_to_one": true, "related_name": "captain"}}');
SELECT corm.foreign_key('Team', 'best', 't_fk_2.Player', related_name => 'best_of', is_deferrable => true);
SELECT model, relation, kind, target, nullable, columns, related_name, on_delete FROM shown WHERE model ~ 'Team|Player' ORDER BY 1, 2;
SELECT column_name FROM corm.columns WHERE model = 't_fk_2.Player';
SELECT corm.foreign_key('t_fk_2.Player', 'team', 'Team', on_delete => 'cascade', nullable => false);
SELECT corm.foreign_key('t_fk_2.Player', 'team', 'Team', nullable => false);

-- in create_model a foreign key may share columns with fields, or name its own
SELECT corm.create_model('Score', '{"team": {"foreign_key": "Team", "columns": ["team"]}, "player_id": {"type": "bigint", "nullable": false}, "points": "int", "player": {"foreign_key": "t_fk_2.Player"}}');
\d scores
SELECT corm.create_model('Bad', '{"points": "int", "site": {"foreign_key": "Site", "columns": ["tenant"]}}');
SELECT corm.create_model('Bad', '{"up": {"foreign_key": "Bad", "target_columns": ["nr"], "related_name": "down"}}');
SELECT count(*) FROM corm.models WHERE model IN ('Bad', 'Score');

-- partitioned tables on either side, and inheritance
CREATE TABLE events (id bigint, day date, PRIMARY KEY (id, day)) PARTITION BY RANGE (day);
CREATE TABLE events_1 PARTITION OF events FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');
SELECT corm.register_model('events', 'Event');
SELECT corm.foreign_key('Event', 'team', 'Team');
SELECT corm.create_model('Ticket', '{"event": {"foreign_key": "Event"}}');
SELECT corm.foreign_key('Event', 'team', 'Team');
CREATE TABLE events_2 PARTITION OF events FOR VALUES FROM ('2021-01-01') TO ('2022-01-01');
SELECT model, relation, kind, target, columns, target_columns FROM shown WHERE 'Event' IN (model, target) ORDER BY 1, 2;
CREATE TABLE child (extra text) INHERITS (employees);
SELECT corm.register_model('child', 'Child');
SELECT corm.foreign_key('Employee', 'town', 'Team', related_name => 'townsmen');
SELECT column_name FROM corm.columns WHERE model = 'Child' AND column_name = 'town_id';
SELECT count(*) FROM corm.relations WHERE model = 'Child';

-- renames are followed: column, constraint, table; declared again, the new
-- names are kept; both lost ends the relation
ALTER TABLE employees RENAME department_id TO dept;
ALTER TABLE departments RENAME id TO nr;
SELECT relation, columns, target_columns FROM shown WHERE model = 'Employee' AND relation = 'department';
SELECT corm.foreign_key('Employee', 'department', 'Department');
SELECT constraint_name, columns FROM corm.relation WHERE source = 'employees'::regclass AND name = 'department';
ALTER TABLE employees RENAME dept TO department_id;
SELECT corm.foreign_key('Employee', 'department', 'Department');
ALTER TABLE employees RENAME CONSTRAINT employees_department_id_fkey TO other;
SELECT relation, columns, target_columns FROM shown WHERE model = 'Employee' AND relation = 'department';
ALTER TABLE employees DROP CONSTRAINT other;
SELECT relation, kind, target, nullable, columns, target_columns, related_name FROM shown WHERE 'Department' IN (model, target) AND relation IN ('department', 'employees') ORDER BY model, relation;
SELECT corm.foreign_key('Employee', 'department', 'Department', on_delete => 'cascade');
SELECT relation, columns, target_columns, on_delete FROM shown WHERE model = 'Employee' AND relation = 'department';

-- a dropped target leaves the name to be declared anew
CREATE TABLE places (id int PRIMARY KEY);
SELECT corm.register_model('places', 'Place');
SELECT corm.foreign_key('Team', 'place', 'Place');
DROP TABLE places CASCADE;
SELECT relation, target, columns FROM shown WHERE model = 'Team' AND relation = 'place';
CREATE TABLE places (id bigint PRIMARY KEY);
SELECT corm.register_model('places', 'Place');
SELECT corm.foreign_key('Team', 'place', 'Place', columns => '{place_nr}');
SELECT relation, target, columns FROM shown WHERE model = 'Team' AND relation = 'place';

-- an index that does not find rows by equality does not count
CREATE TABLE trays (id bigint PRIMARY KEY, place_id bigint);
CREATE INDEX trays_brin ON trays USING brin (place_id);
SELECT corm.register_model('trays', 'Tray');
SELECT corm.foreign_key('Tray', 'place', 'Place', related_name => 'trays');
SELECT indexname FROM pg_indexes WHERE schemaname = 't_fk' AND tablename = 'trays' ORDER BY 1;
CREATE TABLE shelves (id bigint PRIMARY KEY, place_id bigint);
CREATE INDEX shelves_hash ON shelves USING hash (place_id);
SELECT corm.register_model('shelves', 'Shelf');
SELECT corm.foreign_key('Shelf', 'place', 'Place', related_name => 'shelves');
SELECT indexname FROM pg_indexes WHERE schemaname = 't_fk' AND tablename = 'shelves' ORDER BY 1;

-- inside a transaction that is rolled back, and to a savepoint
BEGIN;
SELECT corm.foreign_key('Team', 'rival', 'Team', related_name => 'rivals');
SAVEPOINT s;
SELECT corm.drop_relation('Team', 'rival');
SELECT count(*) FROM shown WHERE relation = 'rival' AND model = 'Team';
ROLLBACK TO s;
SELECT count(*) FROM shown WHERE relation = 'rival' AND model = 'Team';
ROLLBACK;
SELECT count(*) FROM shown WHERE relation = 'rival' AND model = 'Team';

-- generated objects know nothing of corm
SELECT DISTINCT pg_describe_object(refclassid, refobjid, 0)
  FROM pg_depend d JOIN pg_class c ON d.classid = 'pg_class'::regclass AND c.oid = d.objid
 WHERE relnamespace IN ('t_fk'::regnamespace, 't_fk_2'::regnamespace)
   AND relkind IN ('r', 'p') AND refclassid = 'pg_extension'::regclass;

DELETE FROM corm.relation r USING pg_class c
 WHERE c.oid = r.source AND relnamespace IN ('t_fk'::regnamespace, 't_fk_2'::regnamespace);
DELETE FROM corm.model m USING pg_class c
 WHERE c.oid = m.table_name AND relnamespace IN ('t_fk'::regnamespace, 't_fk_2'::regnamespace);
DELETE FROM corm.relation r WHERE NOT EXISTS (SELECT FROM pg_class WHERE oid = source);
DELETE FROM corm.model m WHERE NOT EXISTS (SELECT FROM pg_class WHERE oid = table_name);
SET client_min_messages = warning;
DROP SCHEMA t_fk, t_fk_2 CASCADE;
ALTER EVENT TRIGGER corm_sql_drop :found;
ALTER EVENT TRIGGER corm_ddl_command_end :found;
