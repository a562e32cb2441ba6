-- What corm.define refuses: documents that are none, and documents that
-- contradict what is there.
\set VERBOSITY default
\set SHOW_CONTEXT never
\pset format unaligned
\t on
CREATE SCHEMA t_document;
SET search_path = t_document;
-- "SQLSTATE message / detail / hint", and whether anything was left behind
CREATE FUNCTION try(document text, dry_run boolean DEFAULT false) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	state text; message text; detail text; hint text; before text = (SELECT string_agg(e, '') FROM corm.export('json') e); steps bigint;
BEGIN
	SELECT count(*) FROM corm.define(document::json, dry_run) INTO steps;
	RETURN steps || ' steps';
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE, message = MESSAGE_TEXT,
		detail = PG_EXCEPTION_DETAIL, hint = PG_EXCEPTION_HINT;
	IF before <> (SELECT string_agg(e, '') FROM corm.export('json') e) THEN
		message = message || ' BUT SOMETHING CHANGED';
	END IF;
	RETURN concat_ws(E'\n', state || ' ' || message, nullif(detail, ''), nullif(hint, ''));
END
$$;

-- no document
SELECT try(NULL);
SELECT try('[]');
SELECT try('"Post"');
SELECT try('null');
SELECT try('{"Post"');
SELECT try('{"Post": "posts"}');
SELECT try('{"Post": null}');
SELECT try('{"Post": []}');
-- unknown words, near ones
SELECT try('{"Post": {"feilds": {"a": "int"}}}');
SELECT try('{"Post": {"author": {"foreign_key": "Author"}}}');
SELECT try('{"Post": {"fields": {"a": {"type": "int", "nulable": false}}}}');
SELECT try('{"Post": {"foreign_keys": [{"columns": ["a"], "target": "Post", "name": "x"}]}}');
-- values of the wrong kind
SELECT try('{"Post": {"table": 1}}');
SELECT try('{"Post": {"table": ""}}');
SELECT try('{"Post": {"fields": []}}');
SELECT try('{"Post": {"fields": {"a": 1}}}');
SELECT try('{"Post": {"fields": {"a": {}}}}');
SELECT try('{"Post": {"fields": {"a": {"type": "text", "relation_on": "Post", "foreign_key": "Post"}}}}');
SELECT try('{"Post": {"fields": {"a": {"type": "text", "many_to_many": "Post"}}}}');
SELECT try('{"Post": {"primary_key": "id"}}');
SELECT try('{"Post": {"primary_key": [1]}}');
SELECT try('{"Post": {"primary_key": ["a", "a"], "fields": {"a": "int"}}}');
SELECT try('{"Post": {"primary_key": ["a"], "fields": {"a": {"type": "int", "primary_key": true}}}}');
SELECT try('{"Post": {"primary_key": ["b"], "fields": {"a": "int"}}}');
SELECT try('{"Post": {"unique": ["a"], "fields": {"a": "int"}}}');
SELECT try('{"Post": {"unique": [[]], "fields": {"a": "int"}}}');
SELECT try('{"Post": {"unique": [["b"]], "fields": {"a": "int"}}}');
SELECT try('{"Post": {"indexes": [["b"]], "fields": {"a": "int"}}}');
SELECT try('{"Post": {"foreign_keys": {}}}');
SELECT try('{"Post": {"foreign_keys": ["Author"]}}');
SELECT try('{"Post": {"foreign_keys": [{"target": "Post"}]}}');
SELECT try('{"Post": {"foreign_keys": [{"columns": ["a"], "target": "Post"}]}}');
SELECT try('{"Post": {"foreign_keys": [{"columns": ["a"], "target": "Post", "on_delete": "drop"}], "fields": {"a": "bigint"}}}');
SELECT try('{"Post": {"fields": {"a": {"type": "int", "identity": "sometimes"}}}}');
SELECT try('{"Post": {"fields": {"a": {"type": "int", "generated": "1"}}}}');
SELECT try('{"Post": {"fields": {"a": {"type": "int", "generated": {"sql": "1; SELECT 2"}}}}}');
SELECT try('{"Post": {"fields": {"a": {"type": "int", "default": {"sql": "1, 2"}}}}}');
SELECT try('{"Post": {"fields": {"a": {"type": "text", "collation": "nowhere"}}}}');
SELECT try('{"Post": {"fields": {"a": "txet"}}}');
SELECT try('{"Post": {"fields": {"a": "int", "a": "text"}}}');
-- what is said of a column goes with one column
SELECT try('{"A": {"fields": {"b": {"foreign_key": "B", "columns": ["x"], "default": 1}, "x": "bigint"}}, "B": {}}');
SELECT try('{"A": {"fields": {"b": {"foreign_key": "B", "type": "int"}}}, "B": {"fields": {"x": "int", "y": "int"}, "primary_key": ["x", "y"]}}');
SELECT try('{"A": {"fields": {"b": {"foreign_key": "B", "related_name": "one"}, "c": {"foreign_key": "B", "columns": ["b_id"], "related_name": "two", "default": 1}}}, "B": {}}');
SELECT try('{"A": {"fields": {"b": {"relation_on": "B", "columns": ["id"], "index": true}}}, "B": {}}');
SELECT try('{"A": {"fields": {"b": {"relation_on": "B", "columns": ["id"], "nullable": false}}}, "B": {}}');
-- names
SELECT try('{"": {}}');
SELECT try('{"a.b.": {}}');
SELECT try('{"nowhere.Post": {}}');
SELECT try('{"t_document.Post": {"table": "public.posts"}}');
SELECT try('{"pg_catalog.Post": {}}');
SELECT try('{"Post": {"fields": {"a": "int"}}, "Post": {"fields": {"b": "int"}}}');
SELECT try('{"Post": {}, "t_document.Post": {}}');
SELECT try('{"Post": {"table": "things"}, "Thing": {"table": "things"}}');
-- models that are nowhere
SELECT try('{"Post": {"fields": {"author": {"foreign_key": "Athor"}}}, "Author": {}}');
SELECT try('{"Post": {"fields": {"tags": {"many_to_many": "Tag"}}}, "Author": {}}');
SELECT try('{"Post": {"fields": {"tags": {"relation_on": "other.Tag", "columns": ["id"]}}}}');
SELECT try('{"Post": {"fields": {"tags": {"many_to_many": "Author", "through": "Link"}}}, "Author": {}}');
-- keys in a circle have no type
SELECT try('{"A": {"fields": {"b": {"foreign_key": "B", "primary_key": true}}}, "B": {"fields": {"a": {"foreign_key": "A", "primary_key": true}}}}');
SELECT try('{"A": {"fields": {"x": {"foreign_key": "B", "columns": ["x"], "target_columns": ["y"]}}}, "B": {"fields": {"y": {"foreign_key": "A", "columns": ["y"], "target_columns": ["x"]}}}}');
SELECT try('{"A": {"fields": {"b": {"foreign_key": "B", "columns": ["b", "c"]}}}, "B": {}}');
SELECT try('{"A": {"fields": {"b": {"foreign_key": "B", "related_name": "x"}, "c": {"foreign_key": "B", "related_name": "x"}}}, "B": {}}');
SELECT try('{"A": {"fields": {"a": {"foreign_key": "A"}}}}');

-- what is there
SELECT corm.create_model('Author', '{"name": {"type": "text", "nullable": false}}');
SELECT corm.create_model('Post', '{"title": {"type": "varchar(20)", "default": "x"}, "n": "int", "day": {"type": "date", "default": {"sql": "current_date"}}, "up": {"type": "int", "generated": {"sql": "n + 1"}},
	"no": "serial", "author": {"foreign_key": "Author"}, "likers": {"many_to_many": "Author", "related_name": "likes"}}');
CREATE TABLE plain (a int NOT NULL, b serial, c text, d text COLLATE "C", e int GENERATED ALWAYS AS IDENTITY, UNIQUE (a));
CREATE VIEW seen AS SELECT id, name AS title FROM authors;
SELECT corm.register_model('seen', 'Seen', key => '{id}');
CREATE SEQUENCE counter;
-- all differences at once, with what would end them
SELECT try('{"Post": {"fields": {"title": {"type": "text", "nullable": false}, "n": {"type": "bigint", "default": 5, "unique": true}, "day": "date", "up": {"type": "int", "generated": {"sql": "n + 2"}}, "no": "int",
		"author": {"foreign_key": "Author"}}},
	"Author": {"fields": {"id": {"type": "int", "primary_key": true}, "name": "text"}},
	"Plain": {"table": "plain", "fields": {"a": {"type": "int", "generated": {"sql": "1"}}, "b": {"type": "int", "identity": "always"}, "c": {"type": "text", "collation": "C", "identity": null}, "d": "text",
		"e": {"type": "int", "identity": "by default"}}, "primary_key": ["a", "b"], "unique": [["c", "d"]]}}');
SELECT try('{"Post": {"fields": {"title": {"type": "varchar(20)", "default": "y"}, "day": {"type": "date", "default": "2020-01-01"}}, "primary_key": []}}', true);
-- the hint can be pasted
DO $$
DECLARE
	hint text;
BEGIN
	PERFORM corm.define('{"Post": {"fields": {"title": {"type": "varchar(30)", "nullable": false, "default": "y"}, "no": "bigint", "up": {"type": "int", "generated": {"sql": "n + 2"}}}},
		"Plain": {"table": "plain", "fields": {"a": "int", "b": {"type": "int", "identity": "always"}, "e": {"type": "int", "identity": "by default"}, "c": {"type": "int", "generated": {"sql": "a + 1"}}}, "primary_key": ["a", "b"], "unique": [["c", "d"]]}}');
EXCEPTION WHEN duplicate_object THEN
	GET STACKED DIAGNOSTICS hint = PG_EXCEPTION_HINT;
	RAISE NOTICE '%', hint;
	EXECUTE regexp_replace(hint, '^.*?\n', '');
END
$$;
SELECT try('{"Post": {"fields": {"title": {"type": "varchar(30)", "nullable": false, "default": "y"}, "no": "bigint", "up": {"type": "int", "generated": {"sql": "n + 2"}}}},
		"Plain": {"table": "plain", "fields": {"a": {"type": "int", "nullable": false}, "b": {"type": "int", "identity": "always"}, "e": {"type": "int", "identity": "by default"}, "c": {"type": "int", "generated": {"sql": "a + 1"}}}, "primary_key": ["a", "b"], "unique": [["c", "d"]]}}', true);
-- a type that needs to be told how
SELECT try('{"Plain": {"table": "plain", "fields": {"d": {"type": "int"}, "a": {"type": "varchar(3)", "nullable": false}}}}');
-- tables
SELECT try('{"Post": {"table": "postings"}}');
SELECT try('{"Post": {"table": "public.posts"}}');
SELECT try('{"Article": {"table": "posts"}}');
SELECT try('{"Counter": {"table": "counter"}}');
SELECT try('{"Seen": {"fields": {"id": "bigint"}}}');
SELECT try('{"Post": {"kind": "view"}}');
SELECT try('{"Post": {"kind": "materialised view"}}');
SELECT try('{"Gone": {"kind": "view", "key": ["id"]}}');
SELECT try('{"Gone": {"table": "far", "kind": "foreign table"}}');
SELECT try('{"Seen": {"kind": "view", "key": ["title"]}}');
SELECT try('{"Seen": {"kind": "view", "fields": {"id": "bigint"}}}');
SELECT try('{"Seen": {"kind": "view", "primary_key": ["id"]}}');
SELECT try('{"Seen": {"kind": "view", "fields": {"author": {"foreign_key": "Author"}}}}');
SELECT try('{"Post": {"key": ["id"]}}');
-- relations
SELECT try('{"Post": {"fields": {"author": {"foreign_key": "Author", "on_delete": "cascade"}}}}');
SELECT try('{"Post": {"fields": {"author": {"foreign_key": "Author", "nullable": false}}}}');
SELECT try('{"Post": {"fields": {"author": {"foreign_key": "Author", "one_to_one": true}}}}');
SELECT try('{"Post": {"fields": {"author": {"foreign_key": "Author", "related_name": "written"}}}}');
SELECT try('{"Post": {"fields": {"author": {"foreign_key": "Author", "skip_reverse": true}}}}');
SELECT try('{"Post": {"fields": {"author": {"foreign_key": "Author", "columns": ["n"]}}}}');
SELECT try('{"Post": {"fields": {"author": {"foreign_key": "Post", "related_name": "x"}}}}');
SELECT try('{"Post": {"fields": {"author": {"many_to_many": "Author", "related_name": "x"}}}}');
SELECT try('{"Post": {"fields": {"likers": {"foreign_key": "Author", "related_name": "x"}}}}');
SELECT try('{"Post": {"fields": {"likers": {"many_to_many": "Author", "related_name": "y"}}}}');
SELECT try('{"Post": {"fields": {"author": "int"}}}');
SELECT try('{"Post": {"fields": {"likers": "int"}}}');
SELECT try('{"Post": {"fields": {"title": {"foreign_key": "Author", "related_name": "x"}}}}');
-- also where only the constraint is there, made by hand or adopted
ALTER TABLE plain ADD COLUMN author_id bigint REFERENCES authors ON DELETE CASCADE;
SELECT try('{"Plain": {"table": "plain", "fields": {"author": {"foreign_key": "Author"}}}}');
SELECT try('{"Plain": {"table": "plain", "foreign_keys": [{"columns": ["author_id"], "target": "Author", "on_delete": "restrict"}]}}');
SELECT try('{"Plain": {"table": "plain", "fields": {"author": {"foreign_key": "Author", "on_delete": "cascade"}}}}');
SELECT try('{"Plain": {"table": "plain", "fields": {"author": {"foreign_key": "Author", "on_delete": "cascade"}}}}');
SELECT try('{"Plain": {"table": "plain", "fields": {"author": {"foreign_key": "Author"}}}}');
-- of another's table
CREATE ROLE regress_corm_document;
GRANT USAGE ON SCHEMA t_document TO regress_corm_document;
SET ROLE regress_corm_document;
SELECT try('{"Post": {"fields": {"n": "int"}}}');
SELECT try('{"Post": {"fields": {"new": "int"}}}');
SELECT try('{"New": {"fields": {"new": "int"}}}');
SELECT try('{"New": {"fields": {"new": "int"}}}', true);
RESET ROLE;
BEGIN READ ONLY;
SELECT count(*) FROM corm.define('{}', true);
ROLLBACK;

SELECT count(corm.drop_model(model)) FROM corm.models WHERE schema_name = 't_document';
SET client_min_messages = warning;
DROP SCHEMA t_document CASCADE;
DROP ROLE regress_corm_document;
