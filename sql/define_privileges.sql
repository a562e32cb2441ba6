-- Who may define what: the rights that the same DDL would need.
\set VERBOSITY default
\set SHOW_CONTEXT never
SET client_min_messages = warning;
DROP ROLE IF EXISTS t_priv_owner, t_priv_other, t_priv_reader;
RESET client_min_messages;
CREATE ROLE t_priv_owner;
CREATE ROLE t_priv_other;
CREATE ROLE t_priv_reader;
CREATE SCHEMA t_priv AUTHORIZATION t_priv_owner;
CREATE SCHEMA t_priv_2 AUTHORIZATION t_priv_other;
GRANT USAGE ON SCHEMA t_priv TO t_priv_other;

SET ROLE t_priv_owner;
SET search_path = t_priv;
SELECT corm.create_model('Post', '{"title": "text"}');
SELECT corm.create_model('Tag', '{"name": "text", "parent": {"foreign_key": "Tag", "related_name": "children"}}');
SELECT corm.create_model('Secret', '{}');
SELECT tableowner FROM pg_tables WHERE schemaname = 't_priv' ORDER BY tablename;

-- another role: no CREATE in the schema, no ownership
SET ROLE t_priv_other;
SELECT corm.create_model('Mine', '{}');
SELECT corm.create_model('t_priv.Mine', '{}');
SELECT corm.register_model('t_priv.posts');
SELECT corm.register_model('t_priv.posts', 'Post');
SELECT corm.foreign_key('Post', 'x', 'Tag');
SELECT corm.foreign_key('Tag', 'parent', 'Tag', related_name => 'children');
SELECT corm.many_to_many('Post', 'tags', 'Tag');
SELECT corm.alter_relation('Tag', 'parent', related_name => 'x');
SELECT corm.alter_relation('Tag', 'parent', on_delete => 'cascade');
SELECT corm.rename_relation('Tag', 'parent', 'x');
SELECT corm.rename_relation('Tag', 'children', 'x');
SELECT corm.rename_model('Tag', 'X');
SELECT corm.drop_relation('Tag', 'parent');
SELECT corm.drop_relation('Tag', 'parent', drop_column => true);
SELECT corm.drop_model('Tag');
SELECT corm.drop_model('Tag', drop_table => true);
-- nor can the tables be written past the functions
INSERT INTO corm.model VALUES ('t_priv.posts', 'Hacked');
UPDATE corm.relation SET reverse_name = 'hacked';
DELETE FROM corm.model;
TRUNCATE corm.relation;
SELECT count(*) > 0 AS readable FROM corm.model;

-- its own tables need REFERENCES on what they point to
SET search_path = t_priv_2, t_priv;
SELECT corm.create_model('Note', '{"body": "text"}');
SELECT corm.foreign_key('Note', 'post', 'Post');
SELECT corm.many_to_many('Note', 'tags', 'Tag');
SELECT corm.models.model FROM corm.models WHERE schema_name = 't_priv_2';
SET ROLE t_priv_owner;
GRANT REFERENCES ON t_priv.posts TO t_priv_other;
GRANT REFERENCES (id) ON t_priv.tags TO t_priv_other;
SET ROLE t_priv_other;
SELECT corm.foreign_key('Note', 'post', 'Post');
SELECT corm.many_to_many('Note', 'tags', 'Tag');
-- and on what they point to only, then and later
SET ROLE t_priv_owner;
SELECT corm.create_model('t_priv.Coded', '{"code": {"type": "text", "unique": true}}');
GRANT REFERENCES (code) ON t_priv.codeds TO t_priv_other;
SET ROLE t_priv_other;
SELECT corm.foreign_key('Note', 'key', 'Coded');
SELECT corm.foreign_key('Note', 'key', 'Coded', target_columns => '{code}');
SELECT corm.rename_relation('Coded', 'notes', 'remarks');
SELECT corm.alter_relation('Note', 'key', related_name => 'jottings');
SELECT corm.drop_relation('Note', 'key', drop_column => true);
-- a constraint made while it was allowed gives no name later
CREATE TABLE t_priv_2.marks (id int PRIMARY KEY, post_id bigint REFERENCES t_priv.posts, tag_id bigint REFERENCES t_priv.tags);
SELECT corm.register_model('t_priv_2.marks', 'Mark');
RESET ROLE;
REVOKE REFERENCES ON t_priv.posts FROM t_priv_other;
SET ROLE t_priv_other;
SELECT corm.foreign_key('Mark', 'post', 'Post');
SELECT corm.foreign_key('Mark', 'post', 'Post', skip_reverse => true);
SELECT corm.alter_relation('Mark', 'post', related_name => 'marks');
SELECT corm.rename_relation('Post', 'notes', 'jottings');
SELECT corm.many_to_many('Post', 'tags', 'Tag', through => 'Mark');
SELECT corm.rename_relation('Note', 'post', 'about');
SELECT model, relation, target, related_name FROM corm.relations WHERE 'Post' IN (model, target) ORDER BY 1, 2;
-- the through table's owner, who may reference both ends, names the relation
RESET ROLE;
GRANT REFERENCES ON t_priv.posts TO t_priv_other;
SET ROLE t_priv_other;
SELECT corm.many_to_many('Post', 'tags', 'Tag', through => 'Mark');
SET ROLE t_priv_owner;
SET search_path = t_priv;
SELECT corm.drop_relation('Post', 'tags', drop_through => true);
SELECT corm.many_to_many('Post', 'marked_tags', 'Tag', through => 't_priv_2.Mark', related_name => 'x');
RESET ROLE;
GRANT USAGE ON SCHEMA t_priv_2 TO t_priv_owner;
SET ROLE t_priv_owner;
SELECT corm.rename_relation('Post', 'tags', 'x');
SELECT corm.many_to_many('Post', 'marked_tags', 'Tag', through => 't_priv_2.Mark', related_name => 'x');
-- the owner of a model may forget a name that others have put on it
SELECT corm.drop_relation('Post', 'tags');
-- the owner of a model may forget it, with what others have named on it
SELECT corm.drop_model('Tag');
SELECT model, relation, target FROM corm.relations WHERE model ~ 'Mark|Note' ORDER BY 1, 2;

-- a role without USAGE: not found by its bare name, refused by the full one,
-- and not told of what it might have meant
SET ROLE t_priv_reader;
SET search_path = t_priv;
SELECT corm.drop_model('Post');
SELECT corm.drop_model('t_priv.Post');
SELECT corm.foreign_key('Pst', 'x', 't_priv.Post');
SELECT model, table_name FROM corm.models WHERE schema_name = 't_priv' ORDER BY model;
SELECT corm.version() IS NOT NULL AS version;

-- a hostile search_path changes nothing
RESET ROLE;
CREATE SCHEMA t_priv_evil;
CREATE FUNCTION t_priv_evil.now() RETURNS timestamptz LANGUAGE sql AS 'SELECT ''2000-01-01''::timestamptz';
CREATE DOMAIN t_priv_evil.int8 AS text;
CREATE FUNCTION t_priv_evil.le(bigint, bigint) RETURNS boolean LANGUAGE sql AS 'SELECT true';
CREATE OPERATOR t_priv_evil.<= (FUNCTION = t_priv_evil.le, LEFTARG = bigint, RIGHTARG = bigint);
CREATE FUNCTION t_priv_evil.json_each(json, OUT key text, OUT value json) RETURNS SETOF record LANGUAGE sql AS 'SELECT ''evil'', ''"text"''::json';
SET search_path = t_priv_evil, pg_catalog;
SELECT corm.create_model('Safe', '{"a": "bigint"}');
SELECT corm.many_to_many('Safe', 'others', 'Safe', symmetrical => true);
SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE connamespace = 't_priv_evil'::regnamespace AND contype = 'c';
SELECT column_name, type FROM corm.columns WHERE model = 'Safe';
RESET search_path;

-- a SECURITY DEFINER wrapper defines as its owner
SET ROLE t_priv_owner;
CREATE FUNCTION t_priv.define() RETURNS regclass LANGUAGE sql SECURITY DEFINER SET search_path = t_priv
	AS $$SELECT corm.create_model('Wrapped', '{}')$$;
RESET ROLE;
GRANT USAGE ON SCHEMA t_priv TO t_priv_reader;
SET ROLE t_priv_reader;
SELECT t_priv.define();
RESET ROLE;
SELECT tableowner FROM pg_tables WHERE schemaname = 't_priv' AND tablename = 'wrappeds';

DELETE FROM corm.relation r USING pg_class c
 WHERE c.oid = r.source AND relnamespace::regnamespace::text ~ '^t_priv';
DELETE FROM corm.model m USING pg_class c
 WHERE c.oid = m.table_name AND relnamespace::regnamespace::text ~ '^t_priv';
SET client_min_messages = warning;
DROP SCHEMA t_priv, t_priv_2, t_priv_evil CASCADE;
DROP ROLE t_priv_owner, t_priv_other, t_priv_reader;
