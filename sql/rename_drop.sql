-- Changing, renaming and forgetting models and relations.
\set VERBOSITY default
\set SHOW_CONTEXT never
-- What is reported where the event triggers have not followed.
SELECT CASE evtenabled WHEN 'D' THEN 'DISABLE' ELSE 'ENABLE' END AS found FROM pg_event_trigger WHERE evtname = 'corm_sql_drop' \gset
ALTER EVENT TRIGGER corm_sql_drop DISABLE;
ALTER EVENT TRIGGER corm_ddl_command_end DISABLE;
CREATE SCHEMA t_drop;
SET search_path = t_drop;
CREATE VIEW shown AS
	SELECT model, relation, kind, target, through, related_name, nullable, on_delete, on_update
	  FROM corm.relations;
CREATE VIEW keys AS
	SELECT conname, pg_get_constraintdef(oid) AS definition
	  FROM pg_constraint WHERE connamespace = 't_drop'::regnamespace AND contype = 'f';

SELECT corm.create_model('Team', '{"name": "text"}');
SELECT corm.create_model('Player', '{"name": "text", "team": {"foreign_key": "Team"}, "rivals": {"many_to_many": "Player", "related_name": "rivals_of"}}');

-- rename relations, by either name
SELECT corm.rename_relation('Player', 'team', 'club');
SELECT corm.rename_relation('Team', 'players', 'squad');
SELECT corm.rename_relation('Player', 'rivals_of', 'hunters');
SELECT corm.rename_relation('Player', 'rivals', 'prey');
SELECT corm.rename_relation('Player', 'club', 'club');
SELECT model, relation, target, related_name FROM shown WHERE model IN ('Team', 'Player') ORDER BY model, relation;
SELECT corm.rename_relation('Player', 'club', 'name');
SELECT corm.rename_relation('Player', 'club', 'prey');
SELECT corm.rename_relation('Player', 'club', '');
SELECT corm.rename_relation('Player', 'club', 'team_id');
SELECT corm.rename_relation('Player', 'team_id', 'club');
SELECT corm.rename_relation('Team', 'squad', 'name');
SELECT corm.rename_relation('Team', 'sqad', 'x');
SELECT corm.rename_relation('Temm', 'squad', 'x');

-- rename models
SELECT corm.rename_model('Team', 'Club');
SELECT corm.rename_model('Club', 't_drop.Club');
SELECT corm.rename_model('Club', 'Player');
SELECT corm.rename_model('Club', 'public.Club');
SELECT corm.rename_model('Club', '');
SELECT corm.rename_model('Team', 'X');
SELECT model, relation, target, related_name FROM shown WHERE model IN ('Team', 'Club') ORDER BY model, relation;

-- alter relations: actions, nullability, deferrability, names
SELECT corm.alter_relation('Player', 'club', on_delete => 'cascade', on_update => 'Set Null');
SELECT * FROM keys WHERE definition ~ 'teams';
SELECT corm.alter_relation('Club', 'squad', related_name => 'members', is_deferrable => true);
SELECT * FROM keys WHERE definition ~ 'teams';
SELECT corm.alter_relation('Player', 'club', is_deferrable => false, nullable => false, on_update => 'no action');
SELECT * FROM keys WHERE definition ~ 'teams';
SELECT relation, related_name, nullable, on_delete, on_update FROM shown WHERE model = 'Player' AND relation = 'club';
SELECT corm.alter_relation('Player', 'club', nullable => true);
SELECT corm.alter_relation('Player', 'club', skip_reverse => true);
SELECT corm.alter_relation('Player', 'club');
SELECT relation, related_name, nullable FROM shown WHERE model = 'Player' AND relation = 'club';
SELECT corm.alter_relation('Player', 'club', related_name => 'players');
SELECT corm.alter_relation('Player', 'club', related_name => 'name');
SELECT corm.alter_relation('Player', 'club', related_name => 'x', skip_reverse => true);
SELECT corm.alter_relation('Player', 'club', on_delete => 'explode');
SELECT corm.alter_relation('Player', 'prey', on_delete => 'cascade');
SELECT corm.alter_relation('Player', 'prey', related_name => 'chased_by');
-- what is not named stays as it was: SET NULL of some columns, MATCH FULL, NOT VALID
CREATE TABLE places (a int, b int, PRIMARY KEY (a, b));
CREATE TABLE visits (id int PRIMARY KEY, a int, b int,
	CONSTRAINT visit_place FOREIGN KEY (a, b) REFERENCES places ON DELETE SET NULL (b));
CREATE TABLE stays (id int PRIMARY KEY, a int, b int);
ALTER TABLE stays ADD CONSTRAINT stay_place FOREIGN KEY (a, b) REFERENCES places MATCH FULL DEFERRABLE NOT VALID;
SELECT corm.register_model('places', 'Place'), corm.register_model('visits', 'Visit'), corm.register_model('stays', 'Stay');
SELECT corm.foreign_key('Visit', 'place', 'Place', columns => '{a,b}');
SELECT corm.foreign_key('Stay', 'place', 'Place', columns => '{a,b}');
SELECT corm.alter_relation('Visit', 'place', on_update => 'cascade');
SELECT corm.alter_relation('Stay', 'place', on_update => 'cascade');
SELECT * FROM keys WHERE definition ~ 'places' ORDER BY conname;

-- drop a relation: names only, or with its column
SELECT corm.drop_relation('Player', 'nothing');
SELECT corm.drop_relation('Player', 'prey', drop_column => true);
SELECT corm.drop_relation('Player', 'club', drop_through => true);
SELECT corm.drop_relation('Visit', 'place');
SELECT corm.drop_relation('Club', 'players');
SELECT count(*) FROM shown WHERE model IN ('Club', 'Visit') OR relation IN ('club');
SELECT * FROM keys WHERE definition ~ 'teams' OR conname = 'visit_place' ORDER BY conname;
SELECT corm.foreign_key('Player', 'team', 'Club');
SELECT corm.drop_relation('Player', 'team', drop_column => true);
\d players
-- not where a column is part of something else
SELECT corm.foreign_key('Visit', 'place', 'Place', columns => '{a,b}');
SELECT corm.create_model('Tally', '{"place_a": {"type": "int", "primary_key": true}, "place_b": {"type": "int", "primary_key": true}, "place": {"foreign_key": "Place"}}');
SELECT corm.drop_relation('Tally', 'place', drop_column => true);
SELECT corm.foreign_key('Visit', 'spot', 'Place', columns => '{a,spot_b}', related_name => 'spots');
SELECT corm.drop_relation('Visit', 'place', drop_column => true);
CREATE VIEW stayed AS SELECT a, b FROM stays;
SELECT corm.drop_relation('Stay', 'place', drop_column => true);
SELECT relation FROM shown WHERE model = 'Stay';

-- drop a many-to-many: the link table stays, or goes with its model
SELECT corm.create_model('Tag', '{"name": "text"}');
SELECT corm.many_to_many('Player', 'tags', 'Tag');
SELECT corm.drop_relation('Tag', 'players');
SELECT corm.many_to_many('Player', 'tags', 'Tag', through => 'PlayerTag');
SELECT corm.drop_relation('Player', 'tags', drop_through => true);
SELECT to_regclass('players_tags'), (SELECT count(*) FROM corm.models WHERE model = 'PlayerTag') AS models;
SELECT corm.many_to_many('Player', 'tags', 'Tag');
SELECT corm.drop_model('PlayerTag');
SELECT count(*) FROM shown WHERE relation = 'tags';
SELECT corm.many_to_many('Player', 'tags', 'Tag', through => 'players_tags');

-- drop a model: what touches it is forgotten, its table stays unless asked
SELECT corm.drop_model('Tag');
SELECT count(*) FROM shown WHERE relation = 'tags';
SELECT to_regclass('tags');
SELECT corm.foreign_key('Player', 'team', 'Club');
SELECT corm.drop_model('Club', drop_table => true);
SELECT relation FROM shown WHERE model = 'Player' ORDER BY relation;
SELECT corm.drop_relation('Player', 'team', drop_column => true);
SELECT corm.drop_model('Club', true);
SELECT to_regclass('teams');
SELECT corm.drop_model('Club');
CREATE MATERIALIZED VIEW summary AS SELECT 1 AS a;
SELECT corm.register_model('stayed', 'Stayed'), corm.register_model('summary', 'Summary');
SELECT corm.drop_model('Stayed', true), corm.drop_model('Summary', true);
SELECT to_regclass('stayed'), to_regclass('summary');

-- tables dropped behind corm's back: names are free again
SELECT corm.create_model('Left', '{}');
SELECT corm.create_model('Right', '{"left": {"foreign_key": "Left"}}');
DROP TABLE rights;
SELECT relation, target FROM shown WHERE model = 'Left';
SELECT corm.drop_relation('Left', 'rights');
SELECT corm.create_model('Right', '{"left": {"foreign_key": "Left"}}');
DROP TABLE lefts CASCADE;
SELECT relation, kind, target FROM shown WHERE model = 'Right';
SELECT corm.drop_relation('Right', 'left');
SELECT count(*) FROM shown WHERE model = 'Right';

-- two tables of one name after SET SCHEMA: an error at use, and the way out
CREATE SCHEMA t_drop_2;
SELECT corm.create_model('Twin', '{}', 'twin_a');
SELECT corm.create_model('t_drop_2.Twin', '{}', 'twin_b');
ALTER TABLE t_drop_2.twin_b SET SCHEMA t_drop;
SELECT corm.drop_model('Twin');
SELECT model, table_name FROM corm.models WHERE model ~ 'Twin' ORDER BY table_name::text;
SELECT corm.register_model('t_drop.twin_b', 'Twin2');
SELECT model, table_name FROM corm.models WHERE model ~ 'Twin' ORDER BY table_name::text;
SELECT corm.drop_model('Twin', true), corm.drop_model('Twin2', true);

DELETE FROM corm.relation r USING pg_class c
 WHERE c.oid = r.source AND relnamespace = 't_drop'::regnamespace;
DELETE FROM corm.model m USING pg_class c
 WHERE c.oid = m.table_name AND relnamespace = 't_drop'::regnamespace;
DELETE FROM corm.relation r WHERE NOT EXISTS (SELECT FROM pg_class WHERE oid = source);
DELETE FROM corm.model m WHERE NOT EXISTS (SELECT FROM pg_class WHERE oid = table_name);
SET client_min_messages = warning;
DROP SCHEMA t_drop, t_drop_2 CASCADE;
ALTER EVENT TRIGGER corm_sql_drop :found;
ALTER EVENT TRIGGER corm_ddl_command_end :found;
