-- Models: creating them with their tables, registering what is there.
\set VERBOSITY default
\set SHOW_CONTEXT never
-- What is reported where the event triggers have not followed.
SELECT CASE evtenabled WHEN 'D' THEN 'DISABLE' ELSE 'ENABLE' END AS found FROM pg_event_trigger WHERE evtname = 'corm_sql_drop' \gset
ALTER EVENT TRIGGER corm_sql_drop DISABLE;
ALTER EVENT TRIGGER corm_ddl_command_end DISABLE;
CREATE SCHEMA t_model;
SET search_path = t_model;

SELECT corm.version() = extversion AS library_fits
  FROM pg_extension WHERE extname = 'corm';

-- the smallest model
SELECT corm.create_model('Category', '{}');
\d t_model.categorys

-- every kind of field, in the order written
SELECT corm.create_model('Person', '{
	"name": {"type": "varchar(100)", "nullable": false},
	"email": {"type": "text", "unique": true},
	"born": "date",
	"score": {"type": "numeric(6,2)", "default": 1.50, "index": true},
	"active": {"type": "boolean", "default": true},
	"mood": {"type": "text", "default": "it''s fine"},
	"tags": {"type": "text[]", "default": "{a,b}"},
	"no_default": {"type": "int", "default": null},
	"created": {"type": "timestamptz(3)", "nullable": false, "default": {"sql": "now()"}},
	"token": {"type": "uuid", "default": {"sql": "gen_random_uuid() -- a comment"}}
}', 'people');
\d t_model.people
INSERT INTO people (name) VALUES ('Ann');
SELECT id, name, score, active, mood, tags FROM people;

-- keys: serial words, natural and composite ones
SELECT corm.create_model('Small', '{"id": {"type": "smallserial", "primary_key": true}}');
SELECT corm.create_model('Medium', '{"nr": {"type": "SERIAL", "primary_key": true}, "n": "serial8"}');
SELECT corm.create_model('Country', '{"code": {"type": "char(2)", "primary_key": true}, "name": "text"}', 'countries');
SELECT corm.create_model('Reading', '{
	"sensor": {"type": "uuid", "primary_key": true},
	"at": {"type": "timestamptz", "primary_key": true},
	"value": "double precision"}');
SELECT attrelid::regclass, attname, format_type(atttypid, atttypmod), attidentity, attnotnull
  FROM pg_attribute
 WHERE attrelid IN ('smalls'::regclass, 'mediums'::regclass) AND attnum > 0
 ORDER BY attrelid::regclass::text, attnum;

-- types resolve as in a column definition: domains, and schemas given
CREATE DOMAIN short AS text CHECK (length(VALUE) < 5);
SELECT corm.create_model('Typed', '{"a": "short", "b": {"type": "t_model.short", "default": "abc"}, "c": "bit(3)", "d": {"type": "interval day to second(2)"}}');
SELECT column_name, type, nullable, has_default, is_primary_key FROM corm.columns WHERE model = 'Typed';

-- a schema may come with either name; quotes keep dots and case
CREATE SCHEMA t_model_2;
SELECT corm.create_model('t_model_2.Author', '{"name": "text"}');
SELECT corm.create_model('"Odd.Name"', '{"Strange \"column\"": "text", "select": "int"}', 't_model_2."The Table"');
SELECT corm.create_model('Person', '{}', 't_model_2.persons');
\d t_model_2."The Table"

SELECT model, schema_name, table_name, primary_key FROM corm.models
 WHERE schema_name LIKE 't\_model%' ORDER BY schema_name, model;

-- the search_path decides which one a bare name means
SET search_path = t_model_2, t_model;
SELECT model, table_name FROM corm.models WHERE model ~ 'Person' ORDER BY model;
SET search_path = '';
SELECT model, table_name FROM corm.models WHERE model ~ 'Person' ORDER BY model;
SET search_path = pg_temp, t_model;
SELECT corm.create_model('NotTemporary', '{}');
SELECT corm.register_model('nottemporarys');
SELECT relpersistence FROM pg_class WHERE oid = 't_model.nottemporarys'::regclass;
SET search_path = t_model;

-- registering tables of every kind
CREATE TABLE plain (id int PRIMARY KEY, a text);
CREATE TABLE keyless (a text);
CREATE TABLE parted (id int PRIMARY KEY, a text) PARTITION BY RANGE (id);
CREATE TABLE parted_1 PARTITION OF parted FOR VALUES FROM (0) TO (10);
CREATE TABLE child (b text) INHERITS (plain);
CREATE VIEW overview AS SELECT id, a FROM plain;
CREATE MATERIALIZED VIEW snapshot AS SELECT id, a FROM plain;
CREATE FOREIGN DATA WRAPPER t_model_wrapper;
CREATE SERVER t_model_server FOREIGN DATA WRAPPER t_model_wrapper;
CREATE FOREIGN TABLE afar (id int, part int, a text) SERVER t_model_server;
SELECT corm.register_model('plain');
SELECT corm.register_model('keyless', 'NoKey');
SELECT corm.register_model('parted', 'Parted');
SELECT corm.register_model('child', 't_model.Child');
SELECT corm.register_model('overview', 'Overview', key => '{id}');
SELECT corm.register_model('snapshot', 'Snapshot');
SELECT corm.register_model('afar', 'Afar', key => ARRAY['part', 'id']);
SELECT corm.register_model('snapshot', key => '{a}');
SELECT corm.register_model('plain', 'plain');
SELECT model, table_name, primary_key FROM corm.models
 WHERE table_name::text IN ('plain', 'keyless', 'parted', 'child', 'overview', 'snapshot', 'afar')
 ORDER BY model COLLATE "C";

-- renamed and altered tables are followed; a key column that is gone makes
-- the model keyless
ALTER TABLE plain RENAME TO plainer;
ALTER TABLE plainer RENAME id TO ident;
ALTER TABLE plainer ADD COLUMN c int NOT NULL DEFAULT 3;
ALTER FOREIGN TABLE afar DROP COLUMN part;
SELECT model, table_name, primary_key FROM corm.models
 WHERE table_name::text IN ('plainer', 'overview', 'afar') ORDER BY model COLLATE "C";
SELECT column_name, type, nullable, has_default, is_primary_key FROM corm.columns WHERE model = 'plain';

-- dropped tables have no rows in the views
DROP TABLE keyless;
SELECT count(*) FROM corm.models WHERE model = 'NoKey';
SELECT count(*) FROM corm.columns WHERE model = 'NoKey';
CREATE TABLE keyless (a text PRIMARY KEY);
SELECT corm.register_model('keyless', 'NoKey');

-- a rolled back definition leaves nothing behind
BEGIN;
SELECT corm.create_model('Gone', '{}');
SELECT count(*) FROM corm.models WHERE model = 'Gone';
ROLLBACK;
SELECT count(*) FROM corm.models WHERE model = 'Gone';
BEGIN;
SAVEPOINT s;
SELECT corm.create_model('Gone', '{}');
ROLLBACK TO s;
SELECT count(*) FROM corm.models WHERE model = 'Gone';
SELECT corm.create_model('Gone', '{"a": "int"}');
COMMIT;
SELECT column_name FROM corm.columns WHERE model = 'Gone';

-- rows written by hand are noticed
BEGIN;
INSERT INTO corm.model VALUES ('parted_1', 'ByHand');
SELECT table_name FROM corm.models WHERE model = 'ByHand';
DELETE FROM corm.model WHERE name = 'ByHand';
SELECT count(*) FROM corm.models WHERE model = 'ByHand';
ROLLBACK;

-- every object is commented, and nothing but what is meant can be written
SELECT pg_describe_object(d.classid, d.objid, d.objsubid) AS uncommented
  FROM pg_depend d
 WHERE d.refclassid = 'pg_extension'::regclass AND d.deptype = 'e'
   AND d.refobjid = (SELECT oid FROM pg_extension WHERE extname = 'corm')
   AND d.classid IN ('pg_proc'::regclass, 'pg_class'::regclass)
   AND obj_description(d.objid, (SELECT relname FROM pg_class WHERE oid = d.classid)) IS NULL
   AND pg_describe_object(d.classid, d.objid, d.objsubid) ~ '(model|relation|foreign_key|many_to_many|columns|version|invalidate)'
   AND pg_describe_object(d.classid, d.objid, d.objsubid) !~ 'queryset|index'
 ORDER BY 1;
SELECT relname, attname AS uncommented
  FROM pg_class c JOIN pg_attribute a ON attrelid = c.oid
 WHERE relnamespace = 'corm'::regnamespace AND relkind IN ('r', 'v') AND attnum > 0
   AND col_description(c.oid, attnum) IS NULL
 ORDER BY 1, 2;

DELETE FROM corm.relation r USING pg_class c
 WHERE c.oid = r.source AND relnamespace IN ('t_model'::regnamespace, 't_model_2'::regnamespace);
DELETE FROM corm.model m USING pg_class c
 WHERE c.oid = m.table_name AND relnamespace IN ('t_model'::regnamespace, 't_model_2'::regnamespace);
DELETE FROM corm.model m WHERE NOT EXISTS (SELECT FROM pg_class WHERE oid = table_name);
SET client_min_messages = warning;
DROP SCHEMA t_model, t_model_2 CASCADE;
DROP FOREIGN DATA WRAPPER t_model_wrapper CASCADE;
ALTER EVENT TRIGGER corm_sql_drop :found;
ALTER EVENT TRIGGER corm_ddl_command_end :found;
