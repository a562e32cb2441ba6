-- Names: how they are read, quoted, made and limited.
\set VERBOSITY default
\set SHOW_CONTEXT never
CREATE SCHEMA t_naming;
CREATE SCHEMA "T.Naming";
SET search_path = t_naming;

-- default names
SELECT corm.create_model('BlogPost', '{}');
SELECT corm.create_model('select', '{"from": "int", "order": {"foreign_key": "BlogPost"}}');
SELECT corm.create_model('With Space', '{"x y": {"foreign_key": "select"}}');
SELECT corm.create_model('Quote"d', '{}');
SELECT corm.create_model('"Quote""d"', '{"a\"b": {"foreign_key": "With Space"}}');
SELECT corm.many_to_many('select', 'spaces', 'With Space', related_name => 'selects_2');
SELECT model, table_name, primary_key FROM corm.models WHERE schema_name = 't_naming' ORDER BY model COLLATE "C";
SELECT model, relation, target, columns, through, related_name, constraint_name FROM corm.relations
 WHERE model NOT LIKE '%.%' ORDER BY model COLLATE "C", relation COLLATE "C";

-- case counts, and nothing is folded
SELECT corm.create_model('blogpost', '{}', 'lower');
SELECT corm.create_model('Blogpost', '{}', 'BlogPosts');
SELECT model, table_name FROM corm.models WHERE model ILIKE 'blogpost' ORDER BY model COLLATE "C";
SELECT corm.foreign_key('BLOGPOST', 'x', 'select');

-- dots and quotes
SELECT corm.create_model('"T.Naming".X', '{}');
SELECT corm.create_model('"T.Naming"."a.b"', '{}', 'ab');
SELECT corm.foreign_key('"T.Naming"."a.b"', 'x', '"T.Naming".X');
SELECT corm.foreign_key('"T.Naming"."a.b"', 'post', '"BlogPost"', related_name => 'abs');
SELECT corm.foreign_key('"T.Naming".X', 'back', '"T.Naming"."a.b"', related_name => 'name');
SELECT corm.foreign_key('"T.Naming".X', 'back', '"T.Naming"."a.b"', related_name => 'name');
SELECT model, relation, target FROM corm.relations WHERE model ~ 'Naming' ORDER BY 1, 2;
SET search_path = "T.Naming";
SELECT model, relation, target FROM corm.relations WHERE model ~ 'X|a.b' ORDER BY 1, 2;
SET search_path = t_naming;
SELECT corm.create_model('a.b.c', '{}');
SELECT corm.create_model('t_naming.b.c', '{}', 'bc');
SELECT model, table_name FROM corm.models WHERE table_name = 'bc'::regclass;

-- not names
SELECT corm.create_model('', '{}');
SELECT corm.create_model('.X', '{}');
SELECT corm.create_model('t_naming.', '{}');
SELECT corm.create_model('"X', '{}');
SELECT corm.create_model('X', '{}', '');

-- 63 bytes fit
SELECT repeat('m', 62) AS m62, repeat('t', 63) AS t63, repeat('t', 64) AS t64 \gset
SELECT corm.create_model(:'m62', '{}');
SELECT corm.create_model('Long', json_build_object(:'t63', 'text'), :'t63');
SELECT corm.create_model(:'t64', '{}', 'short');
SELECT corm.foreign_key('Long', 'f', :'m62');
SELECT corm.foreign_key('select', 'long', 'Long', related_name => 'g');
SELECT corm.foreign_key('select', left(:'t63', 60), 'Long', related_name => 'h');
SELECT conname, length(conname) FROM pg_constraint
 WHERE conrelid IN ('selects'::regclass, :'t63'::regclass) AND contype = 'f' ORDER BY conname;
SELECT corm.create_model(:'t63', '{"a": {"foreign_key": "Long", "related_name": "i"}}', 'other');
-- 64 do not: tables, columns, link tables and their columns
SELECT corm.create_model(:'t63' || 'x', '{}');
SELECT corm.create_model('Longer', '{}', :'t64');
SELECT corm.create_model('Longer', json_build_object(:'t64', 'text'));
SELECT corm.foreign_key('select', :'t63', 'Long', related_name => 'j');
SELECT corm.foreign_key('select', 'k', 'Long', related_name => 'k', columns => ARRAY[:'t64']);
SELECT corm.many_to_many('Long', 'selects', 'select', related_name => 'longs');
SELECT corm.many_to_many(:'t64', 'selects', 'select', related_name => 'longer');
SELECT count(*) FROM corm.models WHERE model = 'Longer';
-- bytes, not letters
SELECT corm.create_model('Wide', '{}', repeat('ä', 31));
SELECT corm.create_model('Wider', '{}', repeat('ä', 32));

-- names that only the server shortens do not collide
SELECT corm.create_model('Pair', json_build_object(
	left(:'t63', 55) || 'one', json_build_object('foreign_key', 'BlogPost', 'related_name', 'p1'),
	left(:'t63', 55) || 'two', json_build_object('foreign_key', 'BlogPost', 'related_name', 'p2')));
SELECT conname FROM pg_constraint WHERE conrelid = 'pairs'::regclass AND contype = 'f' ORDER BY 1;

DELETE FROM corm.relation r USING pg_class c
 WHERE c.oid = r.source AND relnamespace IN ('t_naming'::regnamespace, '"T.Naming"'::regnamespace);
DELETE FROM corm.model m USING pg_class c
 WHERE c.oid = m.table_name AND relnamespace IN ('t_naming'::regnamespace, '"T.Naming"'::regnamespace);
SET client_min_messages = warning;
DROP SCHEMA t_naming, "T.Naming" CASCADE;
