-- What the functions that define things refuse, and with which SQLSTATE.
\set VERBOSITY default
\set SHOW_CONTEXT never
CREATE SCHEMA t_errors;
SET search_path = t_errors;
-- "SQLSTATE message / detail / hint" of a statement
CREATE FUNCTION try(statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	state text; message text; detail text; hint text;
BEGIN
	EXECUTE statement;
	RETURN 'no error';
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE, message = MESSAGE_TEXT,
		detail = PG_EXCEPTION_DETAIL, hint = PG_EXCEPTION_HINT;
	RETURN concat_ws(E'\n', state || ' ' || message, nullif(detail, ''), nullif(hint, ''));
END
$$;
\t on
\pset format unaligned
SELECT corm.create_model('Person', '{"name": "text"}');
SELECT corm.create_model('Post', '{"title": "text", "author": {"foreign_key": "Person"}}');

-- NULL where something is required
SELECT try('SELECT corm.create_model(NULL, ''{}'')');
SELECT try('SELECT corm.create_model(''X'', NULL)');
SELECT try('SELECT corm.register_model(NULL)');
SELECT try('SELECT corm.foreign_key(NULL, ''a'', ''Post'')');
SELECT try('SELECT corm.foreign_key(''Post'', NULL, ''Post'')');
SELECT try('SELECT corm.foreign_key(''Post'', ''a'', NULL)');
SELECT try('SELECT corm.foreign_key(''Post'', ''a'', ''Person'', columns => ARRAY[NULL])');
SELECT try('SELECT corm.foreign_key(''Post'', ''a'', ''Person'', columns => ARRAY[[''a''],[''b'']])');
SELECT try('SELECT corm.many_to_many(NULL, ''a'', ''Post'')');
SELECT try('SELECT corm.many_to_many(''Post'', NULL, ''Post'')');
SELECT try('SELECT corm.many_to_many(''Post'', ''a'', NULL)');
SELECT try('SELECT corm.alter_relation(NULL, ''a'')');
SELECT try('SELECT corm.alter_relation(''Post'', NULL)');
SELECT try('SELECT corm.rename_relation(''Post'', ''author'', NULL)');
SELECT try('SELECT corm.rename_model(NULL, ''a'')');
SELECT try('SELECT corm.rename_model(''Post'', NULL)');
SELECT try('SELECT corm.drop_relation(''Post'', NULL)');
SELECT try('SELECT corm.drop_model(NULL)');
-- elsewhere NULL is the default
SELECT try('SELECT corm.foreign_key(''Post'', ''author'', ''Person'', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL)');

-- descriptions of fields
CREATE FUNCTION fields(fields json) RETURNS text LANGUAGE sql AS
	$$SELECT try(format('SELECT corm.create_model(''X'', %L)', fields))$$;
SELECT fields('[]');
SELECT fields('1');
SELECT fields('{"a": 1}');
SELECT fields('{"a": null}');
SELECT fields('{"a": ["text"]}');
SELECT fields('{"a": {}}');
SELECT fields('{"a": {"nullable": true}}');
SELECT fields('{"a": {"type": 1}}');
SELECT regexp_replace(fields('{"a": {"type": "text", "foreign_key": "Post"}}'), ' of the referenc\w+ table', '', 'g');
SELECT fields('{"a": {"type": "text", "nulable": true}}');
SELECT fields('{"a": {"type": "text", "nullable": "yes"}}');
SELECT fields('{"a": {"foreign_key": "Post", "related": "x"}}');
SELECT fields('{"a": {"foreign_key": "Post", "columns": "x"}}');
SELECT fields('{"a": {"foreign_key": "Post", "columns": [1]}}');
SELECT fields('{"a": {"foreign_key": "Post", "on_delete": "drop"}}');
SELECT fields('{"a": {"foreign_key": "Post", "on_delete": 1}}');
SELECT fields('{"a": {"foreign_key": "Post", "related_name": "b", "skip_reverse": true}}');
SELECT fields('{"a": {"foreign_key": "Psot"}}');
SELECT fields('{"a": {"many_to_many": "Post", "on_delete": "cascade"}}');
SELECT fields('{"a": "text", "a": "int"}');
SELECT fields('{"": "text"}');
SELECT fields('{"id": "bigint"}');
SELECT fields('{"a": "txt"}');
SELECT fields('{"a": "int; DROP TABLE posts"}');
SELECT fields('{"a": "setof int"}');
SELECT fields('{"a": "anyelement"}');
SELECT fields('{"a": "serial[]"}');
SELECT fields('{"ctid": "int"}');
SELECT fields('{"a": {"type": "serial", "default": 1}}');
-- the model is gone with the error, so the hint is the field as it should be
SELECT fields('{"a": {"foreign_key": "Person"}, "b\"c": {"foreign_key": "Person", "columns": ["d", "e"], "target_columns": ["id", "name"]}}');
SELECT fields('{"a": {"foreign_key": "Person"}, "b\"c": {"foreign_key": "Person", "columns": ["d"], "nullable": false, "on_delete": "set null", "index": false}}');
SELECT fields('{"a": {"foreign_key": "Person"}, "b\"c": {"foreign_key": "Person", "related_name": "b\"c_xs", "columns": ["d"], "nullable": false, "on_delete": "set null", "index": false}}');
SELECT corm.drop_model('X', true);
SELECT fields('{"a": {"many_to_many": "Post"}, "b": {"many_to_many": "Post"}}');
SELECT fields('{"a": {"many_to_many": "Post"}, "b": {"many_to_many": "Post", "related_name": "b_xs"}}');
SELECT corm.drop_relation('X', 'a', drop_through => true), corm.drop_relation('X', 'b', drop_through => true), corm.drop_model('X', true);
SELECT fields('{"up": {"foreign_key": "X"}}');
-- defaults: values are values, and SQL is one expression
SELECT fields('{"a": {"type": "int", "default": "one"}}');
SELECT fields('{"a": {"type": "varchar(3)", "default": "abcdef"}, "b": {"type": "text", "default": "now(); DROP TABLE posts"}}');
SELECT pg_get_expr(adbin, adrelid) FROM pg_attrdef WHERE adrelid = 'xs'::regclass ORDER BY adnum;
SELECT try('INSERT INTO xs DEFAULT VALUES');
SELECT corm.drop_model('X', true);
SELECT fields('{"a": {"type": "json", "default": {"b": 1}}}');
SELECT fields('{"a": {"type": "int[]", "default": [1]}}');
SELECT fields('{"a": {"type": "int", "default": {"sql": 1}}}');
SELECT fields('{"a": {"type": "int", "default": {"sql": "1", "x": 1}}}');
SELECT fields('{"a": {"type": "int", "default": {"sql": ""}}}');
SELECT fields('{"a": {"type": "int", "default": {"sql": "1, 2"}}}');
SELECT fields('{"a": {"type": "int", "default": {"sql": "1) , (2"}}}');
SELECT fields('{"a": {"type": "int", "default": {"sql": "1; DROP TABLE posts"}}}');
SELECT fields('{"a": {"type": "int", "default": {"sql": "1 AS b"}}}');
SELECT fields('{"a": {"type": "int", "default": {"sql": "1 FROM posts"}}}');
SELECT fields('{"a": {"type": "int", "default": {"sql": "1 WHERE true"}}}');
SELECT fields('{"a": {"type": "int", "default": {"sql": "1 ORDER BY 1"}}}');
SELECT fields('{"a": {"type": "int", "default": {"sql": "1 LIMIT 1"}}}');
SELECT fields('{"a": {"type": "int", "default": {"sql": "DISTINCT 1"}}}');
SELECT fields('{"a": {"type": "int", "default": {"sql": "1 UNION SELECT 2"}}}');
SELECT fields('{"a": {"type": "int", "default": {"sql": "1 /* open"}}}');
SELECT fields('{"a": {"type": "int", "default": {"sql": "''open"}}}');
SELECT fields('{"a": {"type": "int", "default": {"sql": "(SELECT 1)"}}}');
SELECT fields('{"a": {"type": "int", "default": {"sql": "b"}}}');
SELECT fields('{"a": {"type": "int", "default": {"sql": "1) --"}}}');
SELECT fields('{"a": {"type": "int", "default": {"sql": "1 --)"}}}');
SELECT corm.drop_model('X', true);

-- creating and registering
SELECT try('SELECT corm.create_model(''Post'', ''{}'')');
SELECT try('SELECT corm.create_model(''Post2'', ''{}'', ''posts'')');
SELECT try('SELECT corm.create_model(''Post2'', ''{}'', ''posts_pkey'')');
SELECT try('SELECT corm.create_model(''nowhere.X'', ''{}'')');
SELECT try('SELECT corm.create_model(''pg_temp_1.X'', ''{}'')') IN ('no error') AS temporary;
SELECT try('SELECT corm.create_model(''pg_catalog.X'', ''{}'')');
SELECT try('SELECT corm.create_model(''corm.X'', ''{}'')');
SELECT try('SELECT corm.create_model(''public.X'', ''{}'', ''t_errors.x'')');
SET search_path = '';
SELECT t_errors.try('SELECT corm.create_model(''X'', ''{}'')');
SET search_path = t_errors;
SELECT try('SELECT corm.register_model(''posts'', ''Article'')');
CREATE TABLE articles (id int PRIMARY KEY, a text);
SELECT try('SELECT corm.register_model(''articles'', ''Post'')');
SELECT try('SELECT corm.register_model(''articles'', ''public.Article'')');
SELECT try('SELECT corm.register_model(''articles'', ''Article'', ''{a}'')');
CREATE VIEW article_view AS SELECT * FROM articles;
SELECT try('SELECT corm.register_model(''article_view'', ''V'', ''{aa}'')');
SELECT try('SELECT corm.register_model(''article_view'', ''V'', ''{xmin}'')');
SELECT try('SELECT corm.register_model(''article_view'', ''V'', ''{id,a,id}'')');
SELECT try('SELECT corm.register_model(''articles_pkey'')');
SELECT try('SELECT corm.register_model(''pg_class'')');
SELECT try('SELECT corm.register_model(''pg_stat_activity'')');
SELECT try('SELECT corm.register_model(''information_schema.tables'')');
SELECT try('SELECT corm.register_model(''corm.model'')');
SELECT try('SELECT corm.register_model(1::oid::regclass)');
CREATE TEMPORARY TABLE temporary (id int PRIMARY KEY);
SELECT try('SELECT corm.register_model(''temporary'')');
CREATE SEQUENCE numbers;
SELECT try('SELECT corm.register_model(''numbers'')');
CREATE TYPE composite AS (a int);
SELECT try('SELECT corm.register_model(''composite'')');
CREATE TABLE parted (id int PRIMARY KEY) PARTITION BY LIST (id);
CREATE TABLE parted_1 PARTITION OF parted FOR VALUES IN (1);
SELECT try('SELECT corm.register_model(''parted_1'')');

-- models that are not there, and near ones
SELECT try('SELECT corm.foreign_key(''Pots'', ''x'', ''Person'')');
SELECT try('SELECT corm.foreign_key(''post'', ''x'', ''Person'')');
SELECT try('SELECT corm.foreign_key(''t_erors.Post'', ''x'', ''Person'')');
SELECT try('SELECT corm.foreign_key(''t_errors.Zzzzzz'', ''x'', ''Person'')');
SET search_path = public;
SELECT t_errors.try('SELECT corm.foreign_key(''Post'', ''x'', ''Person'')');
SET search_path = t_errors;

-- relations between what cannot be related
SELECT corm.register_model('article_view', 'View', '{id}');
CREATE TABLE keyless (a int, b int UNIQUE);
SELECT corm.register_model('keyless', 'Keyless');
SELECT try('SELECT corm.foreign_key(''View'', ''x'', ''Person'')');
SELECT try('SELECT corm.foreign_key(''Post'', ''x'', ''View'')');
SELECT try('SELECT corm.foreign_key(''Post'', ''x'', ''Keyless'')');
SELECT try('SELECT corm.foreign_key(''Post'', ''x'', ''Keyless'', target_columns => ''{a}'')');
SELECT try('SELECT corm.foreign_key(''Post'', ''x'', ''Keyless'', target_columns => ''{b}'')');
SELECT split_part(try('SELECT corm.foreign_key(''Post'', ''y'', ''Person'', columns => ''{title}'', related_name => ''y'')'), E'\n', 1);
SELECT try('SELECT corm.foreign_key(''Post'', ''y'', ''Person'', on_delete => ''sometimes'')');
SELECT try('SELECT corm.foreign_key(''Post'', ''y'', ''Person'', on_update => '''')');
SELECT try('SELECT corm.foreign_key(''Post'', ''y'', ''Person'', related_name => ''z'', skip_reverse => true)');
SELECT try('SELECT corm.many_to_many(''Post'', ''y'', ''Person'', related_name => ''z'', skip_reverse => true)');
SELECT try('SELECT corm.many_to_many(''Post'', ''y'', ''Person'', through_relation_name => ''z'')');
SELECT try('SELECT corm.many_to_many(''Post'', ''y'', ''Person'', through => ''nowhere.z'')');
INSERT INTO persons (name) VALUES ('A');
INSERT INTO posts (title) VALUES ('T');
SELECT try('SELECT corm.foreign_key(''Post'', ''y'', ''Person'', related_name => ''z'', nullable => false)');

-- an error leaves nothing behind
SELECT count(*) FROM corm.relations WHERE relation IN ('y', 'z');
SELECT column_name FROM corm.columns WHERE model = 'Post';
SELECT relname FROM pg_class WHERE relnamespace = 't_errors'::regnamespace AND relname ~ '^(xs?|post2)';

-- where nothing can be defined
BEGIN READ ONLY;
SELECT try('SELECT corm.create_model(''X'', ''{}'')');
SELECT try('SELECT corm.register_model(''articles'')');
SELECT try('SELECT corm.foreign_key(''Post'', ''author'', ''Person'')');
SELECT try('SELECT corm.many_to_many(''Post'', ''x'', ''Person'')');
SELECT try('SELECT corm.alter_relation(''Post'', ''author'', related_name => ''x'')');
SELECT try('SELECT corm.rename_relation(''Post'', ''author'', ''x'')');
SELECT try('SELECT corm.rename_model(''Post'', ''X'')');
SELECT try('SELECT corm.drop_relation(''Post'', ''author'')');
SELECT try('SELECT corm.drop_model(''Post'')');
COMMIT;
SELECT try('SELECT corm._invalidate()');

SELECT corm.drop_model('Post'), corm.drop_model('Person'), corm.drop_model('View'), corm.drop_model('Keyless');
SET client_min_messages = warning;
DROP SCHEMA t_errors CASCADE;
