-- corm.define: a document of models, made, completed, and left alone.
\set VERBOSITY default
\set SHOW_CONTEXT never
\pset format unaligned
CREATE SCHEMA t_define;
SET search_path = t_define;
-- models in any order, foreign keys in a circle, a link table
CREATE TABLE doc (d json);
INSERT INTO doc VALUES ('{
	"Post": {"fields": {
		"title": {"type": "varchar(20)", "nullable": false, "unique": true},
		"state": {"type": "text", "default": "draft", "index": true},
		"views": {"type": "bigint", "default": 0},
		"made": {"type": "timestamptz", "default": {"sql": "now()"}},
		"author": {"foreign_key": "Author", "nullable": false, "on_delete": "cascade"},
		"tags": {"many_to_many": "Tag", "related_name": "posts"}}, "indexes": [["state", "views"]]},
	"Author": {"table": "people", "fields": {
		"id": {"type": "uuid", "primary_key": true, "default": {"sql": "gen_random_uuid()"}},
		"best": {"foreign_key": "Post", "related_name": "best_of", "one_to_one": true, "index": false}}},
	"Tag": {"fields": {
		"name": {"type": "text", "collation": "C"},
		"kind": "int",
		"length": {"type": "int", "generated": {"sql": "length(name)"}},
		"number": {"type": "int", "identity": "always"}},
		"primary_key": ["name", "kind"], "unique": [["kind", "length"]]}
}');
-- first to look: every statement, and nothing done
SELECT action, object, sql FROM corm.define((SELECT d FROM doc), dry_run => true);
SELECT count(*) FROM corm.models;
SELECT count(*) FROM pg_class WHERE relnamespace = 't_define'::regnamespace AND relname <> 'doc';
-- the same, to do
CREATE TABLE looked AS SELECT row_number() OVER () AS n, * FROM corm.define((SELECT d FROM doc), true);
CREATE TABLE done AS SELECT row_number() OVER () AS n, * FROM corm.define((SELECT d FROM doc));
SELECT count(*) FROM looked FULL JOIN done USING (n, action, object, sql) WHERE looked IS NULL OR done IS NULL;
\d posts
\d people
\d tags
SELECT model, relation, kind, target, columns FROM corm.relations ORDER BY model COLLATE "C", relation COLLATE "C";
-- again: nothing, also after it was dumped and read back as another document
SELECT * FROM corm.define((SELECT d FROM doc));
SELECT * FROM corm.define((SELECT corm.export('json'))::json);
-- in a transaction that goes on after a dry run, and inside of a caught error
BEGIN;
SELECT count(*) FROM corm.define('{"Late": {"fields": {"post": {"foreign_key": "Post"}}}}', true);
SELECT corm.count('Late');
ROLLBACK;
DO $$
BEGIN
	PERFORM corm.define('{"Late": {"fields": {"a": "int"}}, "Later": {"fields": {"post": {"foreign_key": "Post", "target_columns": ["nothing"]}}}}', true);
EXCEPTION WHEN undefined_column THEN
	RAISE NOTICE 'caught: %', sqlerrm;
	PERFORM corm.create_model('After', '{"a": "int"}');
END
$$;
SELECT corm.drop_model('After', drop_table => true);
SELECT count(*) FROM corm.models WHERE model LIKE 'Late%';

-- adding: a model, columns, an index, a unique constraint over a new column,
-- relations of each kind; a table that is there becomes a model
CREATE TABLE notes (id int PRIMARY KEY, body text, post_id bigint, more int);
CREATE VIEW counts AS SELECT kind, count(*) AS n FROM tags GROUP BY kind;
CREATE TABLE more (d json);
INSERT INTO more VALUES ('{
	"Note": {"table": "notes", "fields": {"body": {"type": "text", "index": true}, "post": {"foreign_key": "Post"}, "day": {"type": "date", "nullable": false, "default": {"sql": "current_date"}}},
		"unique": [["post_id", "day"]], "indexes": [["day"]]},
	"Post": {"fields": {"reviewer": {"foreign_key": "Author", "related_name": "reviews"}, "author": {"foreign_key": "Author", "nullable": false, "on_delete": "cascade"}}},
	"Counted": {"table": "counts", "kind": "view", "key": ["kind"], "fields": {"tags": {"relation_on": "Tag", "columns": ["kind"], "target_columns": ["kind"], "to_many": true}}},
	"Rating": {"fields": {"id": {"type": "bigserial", "primary_key": true}, "note": "int", "tag_name": {"type": "text", "collation": "C"}, "tag_kind": "int", "stars": "int"},
		"foreign_keys": [{"columns": ["note"], "target": "Note", "on_delete": "cascade"}, {"columns": ["tag_name", "tag_kind"], "target": "Tag"}]},
	"Tag": {"fields": {"notes": {"many_to_many": "Note", "through": "Rating", "related_name": "tags"}}}
}');
SELECT action, object, sql FROM corm.define((SELECT d FROM more));
SELECT * FROM corm.define((SELECT d FROM more));
SELECT * FROM corm.define((SELECT d FROM doc));
SELECT corm.export('json');
-- what was renamed meanwhile is found again
ALTER TABLE notes RENAME COLUMN post_id TO about_id;
SELECT * FROM corm.define('{"Note": {"fields": {"post": {"foreign_key": "Post"}}}}');
-- an index that is missing is added to a foreign key that is there
DROP INDEX posts_author_id_idx;
SELECT * FROM corm.define((SELECT d FROM doc));
-- nothing is dropped, and what is not mentioned stays
SELECT * FROM corm.define('{}');
SELECT * FROM corm.define('{"Post": {}}');
SELECT * FROM corm.define('{"Post": {"fields": {}}}');
SELECT * FROM corm.define('{"Author": {"fields": {"best": {"foreign_key": "Post", "related_name": "best_of"}}}}');
SELECT count(*) FROM corm.models;

-- defaults are the same if they mean the same; serial is an identity
CREATE TABLE defaults (id serial PRIMARY KEY, a bigint DEFAULT 0, b numeric DEFAULT 1, c varchar(5) DEFAULT 'x', d smallint DEFAULT -1, e bool DEFAULT 'yes', f text DEFAULT lower('A'),
	g text DEFAULT NULL, h float8 DEFAULT 1.5, i date DEFAULT '2020-01-01', j jsonb DEFAULT '{}', k text DEFAULT E'it''s \\ "this"', l text[] DEFAULT '{}', m timestamptz DEFAULT current_timestamp);
CREATE TABLE same (d json);
INSERT INTO same VALUES ('{"Default": {"table": "defaults", "fields": {"id": {"type": "serial", "primary_key": true}, "a": {"type": "int8", "default": 0}, "b": {"type": "numeric", "default": 1},
	"c": {"type": "varchar(5)", "default": "x"}, "d": {"type": "int2", "default": -1}, "e": {"type": "bool", "default": true}, "f": {"type": "text", "default": {"sql": "lower(''A'')"}},
	"g": "text", "h": {"type": "double precision", "default": {"sql": "1.5"}}, "i": {"type": "date", "default": "2020-01-01"}, "j": {"type": "jsonb", "default": "{}"},
	"k": {"type": "text", "default": "it''s \\ \"this\""}, "l": {"type": "text[]", "default": "{}"}, "m": {"type": "timestamptz", "default": {"sql": "current_timestamp"}}}}}');
SELECT * FROM corm.define((SELECT d FROM same));
SELECT * FROM corm.define((SELECT d FROM same));
SELECT * FROM corm.define((SELECT json_object_agg(key, value) FROM json_each((SELECT corm.export('json'))::json) WHERE key = 't_define.Default'));
SELECT corm.drop_model('Default', drop_table => true);
SELECT action, object FROM corm.define((SELECT d FROM same));
SELECT * FROM corm.define((SELECT d FROM same));

-- keys that are foreign keys: of a model of the same document, in a chain
SELECT action, object, sql FROM corm.define('{
	"Third": {"fields": {"second": {"foreign_key": "Second", "primary_key": true, "related_name": "third", "one_to_one": true}}},
	"Second": {"fields": {"first": {"foreign_key": "First", "primary_key": true, "related_name": "second"}}},
	"First": {"fields": {"code": {"type": "char(3)", "primary_key": true}}},
	"Other": {"fields": {"third": {"foreign_key": "Third", "type": "text"}}, "primary_key": []},
	"Pair": {"fields": {"tag": {"foreign_key": "Tag", "primary_key": true, "related_name": "pair"}, "other": {"foreign_key": "First", "primary_key": true}}}}');
SELECT * FROM corm.define('{
	"Third": {"fields": {"second": {"foreign_key": "Second", "primary_key": true, "related_name": "third", "one_to_one": true}}},
	"Second": {"fields": {"first": {"foreign_key": "First", "primary_key": true, "related_name": "second"}}},
	"First": {"fields": {"code": {"type": "char(3)", "primary_key": true}}},
	"Other": {"fields": {"third": {"foreign_key": "Third", "type": "text"}}, "primary_key": []},
	"Pair": {"fields": {"tag": {"foreign_key": "Tag", "primary_key": true, "related_name": "pair"}, "other": {"foreign_key": "First", "primary_key": true}}}}');

-- create_model knows the same fields
SELECT corm.create_model('Field', '{"id": {"type": "int", "identity": "always", "primary_key": true}, "name": {"type": "text", "collation": "C"}, "upper": {"type": "text", "generated": {"sql": "upper(name)"}},
	"post": {"foreign_key": "Post", "type": "int", "default": 1}, "kind": {"type": "int", "relation_on": "Counted", "index": true}}');
\d fields
SELECT * FROM corm.define((SELECT corm.export('json'))::json);

SELECT count(corm.drop_model(model)) FROM corm.models WHERE schema_name = 't_define';
SET client_min_messages = warning;
DROP SCHEMA t_define CASCADE;
