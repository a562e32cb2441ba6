-- Counter caches: what is refused, rights and policies, what is found by check,
-- and what is left without the extension's event triggers.
SET client_min_messages = warning;
\set SHOW_CONTEXT never
SELECT CASE evtenabled WHEN 'D' THEN 'DISABLE' ELSE 'ENABLE' END AS found FROM pg_event_trigger WHERE evtname = 'corm_sql_drop' \gset
ALTER EVENT TRIGGER corm_sql_drop ENABLE;
ALTER EVENT TRIGGER corm_ddl_command_end ENABLE;
CREATE ROLE regress_corm_owner;
CREATE ROLE regress_corm_writer;
CREATE ROLE regress_corm_other;
CREATE SCHEMA corm_counter_errors;
GRANT ALL ON SCHEMA corm_counter_errors TO regress_corm_owner;
GRANT USAGE ON SCHEMA corm_counter_errors TO PUBLIC;
GRANT CREATE ON SCHEMA corm_counter_errors TO regress_corm_other;
SET search_path = corm_counter_errors;
\pset format unaligned
\pset tuples_only on
SET ROLE regress_corm_owner;
CREATE TABLE post (id int PRIMARY KEY, title text, views int, price numeric(9, 2), n bigint, twice int GENERATED ALWAYS AS (views * 2) STORED, no int GENERATED ALWAYS AS IDENTITY, post_id int REFERENCES post);
CREATE TABLE comment (id int PRIMARY KEY, body text, post_id int REFERENCES post ON DELETE CASCADE);
CREATE TABLE note (id int PRIMARY KEY REFERENCES post);
CREATE VIEW latest AS SELECT id FROM post;
DO $$ BEGIN
	PERFORM corm.register_model(t::regclass, initcap(t)) FROM unnest(ARRAY['post', 'comment', 'note']) t;
	PERFORM corm.register_model('latest', 'Latest', key => ARRAY['id']);
	PERFORM corm.foreign_key('Comment', 'post', 'Post', 'comments', on_delete => 'cascade');
	PERFORM corm.foreign_key('Note', 'post', 'Post', 'note', columns => ARRAY['id'], one_to_one => true);
	PERFORM corm.foreign_key('Post', 'parent', 'Post', 'children', columns => ARRAY['post_id']);
	PERFORM corm.relation_on('Latest', 'comments', 'Comment', ARRAY['id'], ARRAY['post_id'], to_many => true);
END $$;
INSERT INTO post (id) VALUES (1), (2);
INSERT INTO comment VALUES (1, 'a', 1), (2, 'b', 1), (3, 'c', 2);

-- arguments
SELECT corm.counter_cache(NULL, 'comments');
SELECT corm.counter_cache('Post', NULL);
SELECT corm.counter_cache('Pots', 'comments');
SELECT corm.counter_cache('Post', 'coments');
SELECT corm.counter_cache('Post', 'comments', repeat('x', 64));
SELECT corm.counter_cache('Post', 'comments', '');
-- relations that count nothing
SELECT corm.counter_cache('Comment', 'post');
SELECT corm.counter_cache('Post', 'note');
SELECT corm.counter_cache('Post', 'parent', 'n');
SELECT corm.counter_cache('Latest', 'comments');
-- columns that cannot be one
SELECT corm.counter_cache('Post', 'comments', 'title');
SELECT corm.counter_cache('Post', 'comments', 'price');
SELECT corm.counter_cache('Post', 'comments', 'twice');
SELECT corm.counter_cache('Post', 'comments', 'no');
SELECT corm.counter_cache('Post', 'comments', 'id');
SELECT corm.counter_cache('Post', 'children', 'post_id');
SELECT corm.counter_cache('Post', 'comments', 'comments');
SELECT corm.counter_cache('Post', 'comments', 'children');
-- there is one
SELECT corm.counter_cache('Post', 'comments', 'n');
SELECT corm.counter_cache('Post', 'comments', 'views');
SELECT corm.counter_cache('Post', 'children', 'n');
-- there is none
SELECT corm.recount('Post', 'children');
SELECT corm.recount('Post', 'kids');
SELECT corm.recount('Post', 'note');
SELECT corm.recount('Comment');
SELECT corm.recount('Comment', NULL);
SELECT corm.recount(NULL);
SELECT corm.recount('Pots');
SELECT corm.drop_counter_cache('Post', 'children');
SELECT corm.drop_counter_cache('Post', 'kids');
SELECT corm.drop_counter_cache('Post', NULL);
-- something else needs the column: nothing is dropped
CREATE VIEW popular AS SELECT id FROM post WHERE n > 1;
SELECT corm.drop_counter_cache('Post', 'comments', drop_column => true);
DROP VIEW popular;
INSERT INTO comment VALUES (4, 'd', 1);
SELECT id, n FROM post ORDER BY id;
-- an older snapshot, no writing
BEGIN ISOLATION LEVEL REPEATABLE READ;
SELECT corm.counter_cache('Post', 'comments', 'n');
SELECT corm.recount('Post');
SELECT corm.counter_cache('Post', 'children');
ROLLBACK;
BEGIN ISOLATION LEVEL SERIALIZABLE;
SELECT corm.counter_cache('Post', 'children');
ROLLBACK;
BEGIN READ ONLY;
SELECT corm.counter_cache('Post', 'children');
ROLLBACK;
BEGIN READ ONLY;
SELECT corm.recount('Post');
ROLLBACK;
BEGIN READ ONLY;
SELECT corm.drop_counter_cache('Post', 'comments');
ROLLBACK;

-- Whoever writes comments need not see or write posts, nor see comments
GRANT INSERT ON comment TO regress_corm_writer;
SET ROLE regress_corm_writer;
INSERT INTO comment VALUES (5, 'e', 2);
SELECT corm.counter_cache('Post', 'comments', 'n');
SELECT corm.counter_cache('Post', 'children');
SELECT corm.drop_counter_cache('Post', 'comments');
SELECT corm.recount('Post');
-- the functions are nobody else's
SELECT post_n_changed();
CREATE TEMPORARY TABLE fake (post_id int);
CREATE TRIGGER t AFTER INSERT ON fake REFERENCING NEW TABLE AS new_rows EXECUTE FUNCTION post_n_changed();
DROP TABLE fake;
RESET ROLE;
SELECT id, n FROM corm_counter_errors.post ORDER BY id;
-- a search_path of theirs changes nothing
GRANT CREATE ON SCHEMA corm_counter_errors TO regress_corm_writer;
SET ROLE regress_corm_writer;
CREATE FUNCTION corm_counter_errors.equals(int, int) RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN RAISE 'as %', current_user; END $$;
CREATE OPERATOR corm_counter_errors.= (FUNCTION = corm_counter_errors.equals, LEFTARG = int, RIGHTARG = int);
CREATE FUNCTION corm_counter_errors.sum(int) RETURNS int LANGUAGE plpgsql AS $$ BEGIN RAISE 'as %', current_user; END $$;
SET search_path = corm_counter_errors, pg_catalog;
INSERT INTO comment VALUES (6, 'f', 2);
DROP OPERATOR corm_counter_errors.= (int, int);
DROP FUNCTION corm_counter_errors.equals(int, int), corm_counter_errors.sum(int);
RESET ROLE;
REVOKE CREATE ON SCHEMA corm_counter_errors FROM regress_corm_writer;
SET search_path = corm_counter_errors;
SELECT id, n FROM post ORDER BY id;

-- Policies on both tables: all rows count, whoever writes
SET ROLE regress_corm_owner;
ALTER TABLE post ENABLE ROW LEVEL SECURITY;
ALTER TABLE comment ENABLE ROW LEVEL SECURITY;
CREATE POLICY p ON comment TO regress_corm_writer USING (body = 'mine') WITH CHECK (true);
GRANT SELECT, UPDATE, DELETE ON comment TO regress_corm_writer;
GRANT SELECT, UPDATE ON post TO regress_corm_writer;
SET ROLE regress_corm_writer;
INSERT INTO comment VALUES (7, 'mine', 2);
UPDATE comment SET post_id = 1;
SELECT corm.recount('Post');
SET ROLE regress_corm_owner;
SELECT id, n, (SELECT count(*) FROM comment WHERE post_id = post.id) FROM post ORDER BY id;
UPDATE post SET n = 0;
SELECT corm.recount('Post');
-- a policy that binds the owner too: an error, and no wrong number
ALTER TABLE post FORCE ROW LEVEL SECURITY;
INSERT INTO comment VALUES (8, 'mine', 2);
DELETE FROM comment;
SELECT corm.recount('Post');
ALTER TABLE post NO FORCE ROW LEVEL SECURITY, DISABLE ROW LEVEL SECURITY;
ALTER TABLE comment DISABLE ROW LEVEL SECURITY;
SELECT id, n, (SELECT count(*) FROM comment WHERE post_id = post.id) FROM post ORDER BY id;

-- Tables of two owners
RESET ROLE;
CREATE TABLE reply (id int PRIMARY KEY, post_id int REFERENCES post);
ALTER TABLE reply OWNER TO regress_corm_other;
GRANT REFERENCES ON post TO regress_corm_other;
SET ROLE regress_corm_other;
DO $$ BEGIN
	PERFORM corm.register_model('reply', 'Reply');
	PERFORM corm.foreign_key('Reply', 'post', 'Post', 'replies');
END $$;
SELECT corm.counter_cache('Post', 'replies');
SET ROLE regress_corm_owner;
SELECT corm.counter_cache('Post', 'replies');
RESET ROLE;
SELECT corm.counter_cache('Post', 'replies');
SELECT corm.drop_relation('Reply', 'post');
DROP TABLE reply;
-- who comes to own one of the tables decides what its name means, and its triggers: nothing of theirs runs as another
ALTER TABLE post OWNER TO regress_corm_other;
INSERT INTO comment VALUES (20, 'g', 2);
ALTER TABLE post OWNER TO regress_corm_owner;
ALTER TABLE comment OWNER TO regress_corm_other;
SET ROLE regress_corm_other;
INSERT INTO comment VALUES (20, 'g', 2);
CREATE FUNCTION corm_counter_errors.whose(n int) RETURNS int LANGUAGE plpgsql AS $$ BEGIN RAISE 'as %', current_user; END $$;
ALTER TABLE comment RENAME TO comment_2;
CREATE VIEW comment AS SELECT id, corm_counter_errors.whose(post_id) AS post_id FROM comment_2;
GRANT SELECT ON comment, comment_2 TO PUBLIC;
TRUNCATE comment_2;
DROP VIEW comment;
INSERT INTO comment_2 VALUES (20, 'g', 2);
ALTER TABLE comment_2 RENAME TO comment;
REVOKE SELECT ON comment FROM PUBLIC;
DROP FUNCTION corm_counter_errors.whose(int);
RESET ROLE;
ALTER TABLE comment OWNER TO regress_corm_owner;
INSERT INTO comment VALUES (20, 'g', 2);
DELETE FROM comment WHERE id = 20;
SELECT id, n, (SELECT count(*) FROM comment WHERE post_id = post.id) FROM post ORDER BY id;
-- a superuser makes one for the owner, with no rights of his own in it
SELECT corm.drop_counter_cache('Post', 'comments');
SELECT corm.counter_cache('Post', 'comments', 'n');
SELECT proname, proowner::regrole, prosecdef, proconfig FROM pg_proc WHERE pronamespace = 'corm_counter_errors'::regnamespace AND prosrc LIKE '%corm counter%' ORDER BY 1;
SET ROLE regress_corm_owner;
SELECT corm.counter_cache('Post', 'comments', 'n');

-- What is wrong is found, and the fix puts it right
CREATE VIEW found AS SELECT severity, object, problem, fix FROM corm.check() WHERE object LIKE 'counter%' OR problem LIKE '%counter%';
TABLE found;
ALTER TABLE comment DISABLE TRIGGER post_n_update;
UPDATE comment SET post_id = 2 WHERE id = 1;
TABLE found;
SELECT corm.counter_cache('Post', 'comments', 'n');
TABLE found;
SELECT corm.recount('Post');
ALTER TABLE comment ENABLE ALWAYS TRIGGER post_n_update;
TABLE found;
DROP TRIGGER post_n_start ON post;
TABLE found;
SELECT corm.counter_cache('Post', 'comments');
ALTER TRIGGER post_n_delete ON comment RENAME TO mine;
TABLE found;
SELECT corm.counter_cache('Post', 'comments');
SELECT tgname FROM pg_trigger WHERE tgrelid = 'comment'::regclass AND NOT tgisinternal ORDER BY tgname COLLATE "C";
ALTER FUNCTION post_n_changed() SECURITY INVOKER;
TABLE found;
SELECT corm.counter_cache('Post', 'comments');
ALTER FUNCTION post_n_start() RESET search_path;
TABLE found;
SELECT corm.counter_cache('Post', 'comments');
DROP FUNCTION post_n_changed() CASCADE;
TABLE found;
SELECT corm.counter_cache('Post', 'comments');
DROP FUNCTION post_n_changed() CASCADE;
DROP FUNCTION post_n_start() CASCADE;
TABLE found;
SELECT corm.counter_cache('Post', 'comments');
TABLE found;
SELECT id, n, (SELECT count(*) FROM comment WHERE post_id = post.id) FROM post ORDER BY id;
ALTER TABLE post ALTER n TYPE text;
TABLE found;
SELECT corm.recount('Post');
SELECT corm.counter_cache('Post', 'comments', 'n');
SELECT corm.drop_counter_cache('Post', 'comments');
ALTER TABLE post ALTER n TYPE smallint USING n::smallint;
SELECT corm.counter_cache('Post', 'comments', 'n');
TABLE found;
-- a relation that is forgotten leaves its functions, which go on counting; a new
-- declaration finds them
ALTER TABLE comment DROP CONSTRAINT comment_post_id_fkey;
INSERT INTO comment VALUES (10, 'x', 2);
TABLE found;
SELECT corm.foreign_key('Comment', 'post', 'Post', 'comments');
TABLE found;
SELECT corm.counter_cache('Post', 'comments', 'n');
TABLE found;
SELECT id, n, (SELECT count(*) FROM comment WHERE post_id = post.id) FROM post ORDER BY id;

-- Without event triggers: nothing is wrong in silence
RESET ROLE;
ALTER EVENT TRIGGER corm_sql_drop DISABLE;
ALTER EVENT TRIGGER corm_ddl_command_end DISABLE;
SET ROLE regress_corm_owner;
ALTER TABLE post RENAME TO article;
INSERT INTO comment VALUES (11, 'x', 2);
TABLE found;
SELECT corm.counter_cache('Post', 'comments');
INSERT INTO comment VALUES (11, 'x', 2);
ALTER TABLE comment RENAME post_id TO article_id;
DELETE FROM comment WHERE id = 11;
TABLE found;
SELECT corm.counter_cache('Post', 'comments');
DELETE FROM comment WHERE id = 11;
TABLE found;
ALTER TABLE article RENAME n TO m;
INSERT INTO article (id) VALUES (9);
TABLE found;
SELECT corm.recount('Post');
SELECT corm.drop_counter_cache('Post', 'comments', drop_column => true);
SELECT corm.counter_cache('Post', 'comments', 'm');
TABLE found;
SELECT id, m, (SELECT count(*) FROM comment WHERE article_id = article.id) FROM article ORDER BY id;
DROP TABLE article CASCADE;
INSERT INTO comment VALUES (12, 'x', 2);
RESET ROLE;
DELETE FROM corm.relation r WHERE NOT EXISTS (SELECT FROM pg_class WHERE oid = target) OR NOT EXISTS (SELECT FROM pg_class WHERE oid = source);
DELETE FROM corm.model m WHERE NOT EXISTS (SELECT FROM pg_class WHERE oid = table_name);
SET ROLE regress_corm_owner;
TABLE found;
DROP FUNCTION corm_counter_errors.article_m_changed() CASCADE;
DROP FUNCTION corm_counter_errors.article_m_start() CASCADE;
INSERT INTO comment VALUES (12, 'x', 2);
TABLE found;
RESET ROLE;
ALTER EVENT TRIGGER corm_sql_drop ENABLE;
DROP SCHEMA corm_counter_errors CASCADE;
ALTER EVENT TRIGGER corm_sql_drop :found;
ALTER EVENT TRIGGER corm_ddl_command_end :found;
DROP ROLE regress_corm_owner, regress_corm_writer, regress_corm_other;
