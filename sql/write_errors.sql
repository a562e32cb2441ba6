-- What the writing verbs refuse: state, message, detail, hint, context, and that
-- nothing of a refused call stays behind.
CREATE SCHEMA corm_write_errors;
SET search_path = corm_write_errors;
-- Shows errors as "SQLSTATE message / detail / hint"; what failed is undone.
CREATE FUNCTION try(statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	result text; state text; message text; detail text; hint text;
BEGIN
	EXECUTE statement INTO result;
	RETURN coalesce(result, '(null)');
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE, message = MESSAGE_TEXT,
		detail = PG_EXCEPTION_DETAIL, hint = PG_EXCEPTION_HINT;
	RETURN state || ' ' || message
		|| CASE WHEN detail <> '' THEN E'\n  ' || detail ELSE '' END
		|| CASE WHEN hint <> '' THEN E'\n  ' || hint ELSE '' END;
END
$$;
\pset format unaligned
\pset tuples_only on
CREATE TABLE author (id int PRIMARY KEY, name text);
CREATE TABLE post (id int PRIMARY KEY, title text, author_id int REFERENCES author, editor_id int NOT NULL DEFAULT 1 REFERENCES author);
CREATE TABLE tag (id int PRIMARY KEY, name text);
CREATE TABLE tagging (post_id int REFERENCES post, tag_id int REFERENCES tag, weight int, PRIMARY KEY (post_id, tag_id));
INSERT INTO author SELECT generate_series(1, 3);
INSERT INTO post SELECT n, 'p' || n, 1 FROM generate_series(1, 3) n;
INSERT INTO tag SELECT generate_series(1, 5);
INSERT INTO tagging VALUES (1, 1, 10), (1, 2, 20), (2, 1, 30);
SELECT corm.register_model('author', 'Author'), corm.register_model('post', 'Post'), corm.register_model('tag', 'Tag'), corm.register_model('tagging', 'Tagging');
SELECT corm.foreign_key('Post', 'author', 'Author', columns => '{author_id}', related_name => 'posts'), corm.foreign_key('Post', 'editor', 'Author', columns => '{editor_id}', related_name => 'edited', nullable => false),
	corm.many_to_many('Post', 'tags', 'Tag', through => 'Tagging', related_name => 'posts');
-- All that could change.
CREATE FUNCTION state() RETURNS text LANGUAGE sql AS $$
	SELECT md5(string_agg(line, ' ' ORDER BY line)) FROM (SELECT a::text FROM corm_write_errors.author a UNION ALL SELECT p::text FROM corm_write_errors.post p
		UNION ALL SELECT t::text FROM corm_write_errors.tag t UNION ALL SELECT l::text FROM corm_write_errors.tagging l) v(line) $$;
CREATE FUNCTION verbs() RETURNS text[] LANGUAGE sql AS $_$ SELECT ARRAY[$$corm.add(corm.relation('Post', 1, 'tags'), 3)$$, $$corm.add(corm.relation('Post', 1, 'tags'), ARRAY[1, 3], '{"weight": 1}')$$, $$corm.remove(corm.relation('Post', 1, 'tags'), 3)$$, $$corm.clear(corm.relation('Post', 2, 'tags'))$$, $$corm.set(corm.relation('Post', 2, 'tags'), ARRAY[1, 4])$$] $_$;
CREATE FUNCTION tries(calls text[]) RETURNS SETOF text LANGUAGE sql AS $$ SELECT c || E'\n  ' || try('SELECT ' || c) FROM unnest(calls) c $$;
SELECT state() AS before \gset

--
-- The queryset
--
SELECT tries(ARRAY[$$corm.create(NULL, '{}')$$, $$corm.add(NULL, 1)$$, $$corm.remove(NULL, 1)$$, $$corm.set(NULL, 1)$$, $$corm.clear(NULL)$$]);
\echo -- unknown models and relations
SELECT tries(ARRAY[$$corm.create('Pots', '{}')$$, $$corm.add(corm.relation('Pots', 1, 'tags'), 1)$$, $$corm.add(corm.relation('Post', 1, 'tgs'), 1)$$, $$corm.clear(corm.relation('Post', 1, 'title'))$$, $$corm.set(corm.relation('Post', 1, 'tags__posts'), 1)$$,
	$$corm.create(corm.relation('Post', 1, 'nope'), '{}')$$, $$corm.create('{}', '{}')$$, $$corm.add('{"model": "Post", "pk": 1}', 1)$$]);
\echo -- no relation
SELECT tries(ARRAY[$$corm.add('Post', 1)$$, $$corm.remove('Post', 1)$$, $$corm.set(corm.objects('Post', '{"id": 1}'), 1)$$, $$corm.set('Post', 1)$$, $$corm.clear('Post')$$]);
\echo -- no owner
SELECT tries(ARRAY[$$corm.add(corm.relation('Post', NULL, 'tags'), 1)$$, $$corm.remove(corm.relation('Post', NULL::int, 'tags'), 1)$$, $$corm.set(corm.relation(NULL::corm_write_errors.post, 'tags'), 1)$$, $$corm.clear(corm.relation('Post', ROW(NULL), 'tags'))$$,
	$$corm.create(corm.relation('Post', NULL, 'tags'), '{}')$$, $$corm.clear(corm.relation('Author', NULL, 'posts'), true)$$, $$corm.set(corm.relation('Post', NULL, 'author'), NULL)$$]);
\echo -- an owner of the wrong kind
SELECT tries(ARRAY[$$corm.add(corm.relation('Post', 'one', 'tags'), 1)$$, $$corm.clear(corm.relation('Post', '[1]'::jsonb, 'tags'))$$, $$corm.clear(corm.relation('Post', '{"title": "p1"}'::jsonb, 'tags'))$$, $$corm.clear(corm.relation('Post', t, 'tags')) FROM corm_write_errors.tag t LIMIT 1$$,
	$$corm.clear(corm.relation('Post', 'one', 'author'))$$, $$corm.clear(corm.relation('Author', 'one', 'posts'))$$]);
\echo -- a part of a relation
SELECT tries(array_agg(format('corm.%s(corm.relation(''Post'', 1, ''tags'', %s)%s)', v.name, o, v.rest) ORDER BY v.n, o))
  FROM (VALUES (1, 'add', ', 1'), (2, 'set', ', 1'), (3, 'create', ', ''{"id": 9}''')) v(n, name, rest),
	unnest(ARRAY[$$filter => '{"id": 1}'$$, $$exclude => '{"id": 1}'$$, $$order_by => '{id}'$$, $$limit_count => 1$$, $$offset_count => 1$$]) o;
SELECT tries(array_agg(format('corm.%s(corm.relation(''Post'', 1, ''tags'', %s)%s)', v.name, o, v.rest) ORDER BY v.n, o))
  FROM (VALUES (1, 'remove', ', 1'), (2, 'clear', '')) v(n, name, rest), unnest(ARRAY[$$order_by => '{id}'$$, $$limit_count => 1$$, $$offset_count => 1$$, $$filter => '{"nope": 1}'$$, $$filter => '{"id": "x"}'$$]) o;
SELECT tries(ARRAY[$$corm.create(corm.objects('Post', '{"id": 1}'), '{}')$$, $$corm.create(corm.limit('Post', 1), '{}')$$, $$corm.create(corm.order_by('Post', 'id'), '{}')$$]);
SELECT state() = :'before';

--
-- Targets that are not there, among others that are
--
SELECT tries(ARRAY[$$corm.add(corm.relation('Post', 1, 'tags'), ARRAY[3, 4, 99])$$, $$corm.add(corm.relation('Post', 1, 'tags'), '[3, {"id": 99, "Tagging": {"weight": 1}}, 4]'::jsonb, '{"weight": 5}')$$, $$corm.set(corm.relation('Post', 1, 'tags'), ARRAY[5, 99])$$,
	$$corm.add(corm.relation('Author', 2, 'posts'), ARRAY[1, 2, 99])$$, $$corm.set(corm.relation('Author', 2, 'posts'), ARRAY[3, 99])$$, $$corm.set(corm.relation('Author', 1, 'posts'), ARRAY[99])$$, $$corm.set(corm.relation('Author', 1, 'edited'), ARRAY[1])$$,
	$$corm.set(corm.relation('Post', 1, 'author'), 99)$$, $$corm.set(corm.relation('Post', 1, 'editor'), NULL)$$, $$corm.create(corm.relation('Post', 1, 'tags'), '{"id": 1}')$$, $$corm.create(corm.relation('Post', 1, 'editor'), '{"id": 9, "name": 1, "x": 1}')$$]);
SELECT state() = :'before';
\echo -- nor inside a savepoint
BEGIN;
SELECT corm.add(corm.relation('Post', 3, 'tags'), 1);
SAVEPOINT s;
SELECT corm.set(corm.relation('Post', 1, 'tags'), ARRAY[3, 99]);
ROLLBACK TO s;
SELECT string_agg(post_id || '-' || tag_id, ' ' ORDER BY post_id, tag_id) FROM tagging;
SELECT corm.create(corm.relation('Post', 99, 'tags'), '{"id": 9}');
ROLLBACK TO s;
SELECT corm.clear(corm.relation('Author', 1, 'edited'));
ROLLBACK TO s;
SELECT corm.add(corm.relation('Post', 3, 'tags'), 2);
SELECT string_agg(post_id || '-' || tag_id, ' ' ORDER BY post_id, tag_id) FROM tagging;
ROLLBACK;
SELECT state() = :'before';

--
-- Context names the relation and the member
--
\set SHOW_CONTEXT always
SELECT corm.add(corm.relation('Post', 1, 'tags'), 99);
SELECT corm.add(corm.relation('Post', 1, 'tags'), 'x');
SELECT corm.add(corm.relation('Post', 1, 'tags'), 3, '{"weight": "x"}');
\echo -- and which one of several
SELECT corm.add(corm.relation('Post', 1, 'tags'), '[3, "x"]'::jsonb);
SELECT corm.set(corm.relation('Post', 1, 'tags'), '[3, 4, {"id": 5, "Tagging": {"weight": "x"}}]'::jsonb);
SELECT corm.remove(corm.relation('Post', 1, 'tags'), '[{"name": "x"}, 1]'::jsonb);
SELECT corm.add(corm.relation('Author', 1, 'posts'), ARRAY['1', 'x']);
SELECT corm.add(corm.relation('Post', 1, 'tags'), '[3, null]'::jsonb);
SELECT corm.create('Post', '{"id": "x"}');
SELECT corm.create('Post', '{"id": 9, "author": "x"}');
SELECT corm.create('Post', '{"id": 1}');
SELECT corm.clear(corm.relation('Post', 1, 'tags', filter => '{"id": "x"}'));
\set SHOW_CONTEXT errors

--
-- Where writing is not allowed
--
BEGIN READ ONLY;
SELECT tries(ARRAY[$$corm.create('Post', '{"id": 9}')$$, $$corm.add(corm.relation('Post', 1, 'tags'), 3)$$, $$corm.remove(corm.relation('Post', 1, 'tags'), 1)$$, $$corm.set(corm.relation('Post', 1, 'tags'), 3)$$, $$corm.clear(corm.relation('Post', 1, 'tags'))$$,
	$$corm.add(corm.relation('Author', 2, 'posts'), 1)$$, $$corm.clear(corm.relation('Author', 1, 'posts'))$$, $$corm.set(corm.relation('Post', 1, 'author'), NULL)$$]);
COMMIT;
SELECT state() = :'before';

--
-- Privileges: those of plain SQL
--
CREATE ROLE regress_corm_write_errors;
GRANT USAGE ON SCHEMA corm_write_errors TO regress_corm_write_errors;
SET ROLE regress_corm_write_errors;
SELECT tries(verbs());
\echo -- INSERT and SELECT, not UPDATE: links can be added, their values not changed
RESET ROLE;
GRANT INSERT, SELECT ON tagging TO regress_corm_write_errors;
SET ROLE regress_corm_write_errors;
SELECT tries(verbs());
\echo -- DELETE too: all but changing values
RESET ROLE;
GRANT DELETE ON tagging TO regress_corm_write_errors;
SET ROLE regress_corm_write_errors;
SELECT tries(verbs());
SELECT tries(ARRAY[$$corm.clear(corm.relation('Post', 1, 'tags'))$$]);
\echo -- DELETE and SELECT of the pair only
RESET ROLE;
REVOKE ALL ON tagging FROM regress_corm_write_errors;
GRANT DELETE, SELECT (post_id, tag_id) ON tagging TO regress_corm_write_errors;
INSERT INTO tagging VALUES (1, 3), (1, 4);
SET ROLE regress_corm_write_errors;
SELECT tries(verbs());
\echo -- the columns that are named suffice
RESET ROLE;
REVOKE ALL ON tagging FROM regress_corm_write_errors;
GRANT INSERT (post_id, tag_id), SELECT (post_id, tag_id) ON tagging TO regress_corm_write_errors;
SET ROLE regress_corm_write_errors;
SELECT tries(verbs());
\echo -- children: UPDATE of the foreign key and SELECT of what is compared
SELECT tries(ARRAY[$$corm.add(corm.relation('Author', 2, 'posts'), 1)$$, $$corm.clear(corm.relation('Author', 2, 'posts'))$$]);
RESET ROLE;
GRANT UPDATE (author_id), SELECT (id, author_id) ON post TO regress_corm_write_errors;
SET ROLE regress_corm_write_errors;
SELECT tries(ARRAY[$$corm.add(corm.relation('Author', 2, 'posts'), ARRAY[1, 2])$$, $$corm.set(corm.relation('Author', 2, 'posts'), 1)$$, $$corm.clear(corm.relation('Author', 2, 'posts'))$$, $$corm.set(corm.relation('Post', 3, 'author'), 3)$$, $$corm.set(corm.relation('Post', 3, 'editor'), 3)$$,
	$$corm.clear(corm.relation('Author', 3, 'posts'), true)$$]);
\echo -- DELETE alone on children
RESET ROLE;
REVOKE ALL ON post FROM regress_corm_write_errors;
GRANT DELETE, SELECT (id, author_id) ON post TO regress_corm_write_errors;
SET ROLE regress_corm_write_errors;
SELECT tries(ARRAY[$$corm.clear(corm.relation('Author', 3, 'posts'))$$, $$corm.clear(corm.relation('Author', 3, 'posts'), true)$$]);
\echo -- row-level security on the link table
RESET ROLE;
GRANT ALL ON tagging TO regress_corm_write_errors;
ALTER TABLE tagging ENABLE ROW LEVEL SECURITY;
CREATE POLICY mine ON tagging USING (post_id = 1) WITH CHECK (post_id = 1 AND tag_id < 5);
SET ROLE regress_corm_write_errors;
SELECT tries(ARRAY[$$corm.set(corm.relation('Post', 1, 'tags'), ARRAY[1, 2])$$, $$corm.add(corm.relation('Post', 1, 'tags'), 5)$$, $$corm.add(corm.relation('Post', 2, 'tags'), 2)$$, $$corm.clear(corm.relation('Post', 2, 'tags'))$$, $$corm.add(corm.relation('Post', 2, 'tags'), 1)$$]);
RESET ROLE;
SELECT * FROM tagging ORDER BY 1, 2;
ALTER TABLE tagging DISABLE ROW LEVEL SECURITY;
\echo -- a plan kept for a role that may use a schema serves no other
CREATE SCHEMA corm_write_errors_far;
CREATE TABLE corm_write_errors_far.mark (post_id int REFERENCES post, tag_id int REFERENCES tag, PRIMARY KEY (post_id, tag_id));
SELECT corm.register_model('corm_write_errors_far.mark', 'Mark');
SELECT corm.many_to_many('Post', 'marks', 'Tag', through => 'corm_write_errors_far.Mark', related_name => 'marks_of');
GRANT ALL ON corm_write_errors_far.mark TO regress_corm_write_errors;
SELECT corm.add(corm.relation('Post', 1, 'marks'), 1), corm.remove(corm.relation('Post', 1, 'marks'), 1);
SET ROLE regress_corm_write_errors;
SELECT corm.add(corm.relation('Post', 1, 'marks'), 1);
SELECT corm.remove(corm.relation('Post', 1, 'marks'), 1);
RESET ROLE;
SELECT corm.drop_relation('Post', 'marks'), corm.drop_model('corm_write_errors_far.Mark', true);
DROP SCHEMA corm_write_errors_far;
\echo -- schemas that may not be used
REVOKE USAGE ON SCHEMA corm_write_errors FROM regress_corm_write_errors;
SET ROLE regress_corm_write_errors;
SELECT corm.add(corm.relation('corm_write_errors.Post', 1, 'tags'), 3);
SELECT corm.create('corm_write_errors.Tag', '{"id": 9}');
RESET ROLE;

--
-- A hostile search_path, and none
--
CREATE SCHEMA corm_write_errors_evil;
CREATE FUNCTION corm_write_errors_evil.eq(int, int) RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'evil ='; END $$;
CREATE OPERATOR corm_write_errors_evil.= (LEFTARG = int, RIGHTARG = int, FUNCTION = corm_write_errors_evil.eq);
CREATE FUNCTION corm_write_errors_evil.unnest(int[]) RETURNS SETOF int LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'evil unnest'; END $$;
CREATE FUNCTION corm_write_errors_evil.count(int) RETURNS bigint LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'evil count'; END $$;
CREATE TABLE corm_write_errors_evil.tagging (post_id int, tag_id int);
CREATE DOMAIN corm_write_errors_evil.int4 AS text;
CREATE DOMAIN corm_write_errors_evil.text AS integer CHECK (VALUE < 0);
DELETE FROM tagging;
SET search_path = corm_write_errors_evil, corm_write_errors, pg_catalog;
SELECT corm.add(corm.relation('Post', 1, 'tags'), ARRAY[1, 2, 3], '{"weight": 1}'), corm.add(corm.relation('Post', 1, 'tags'), ARRAY[1, 2, 3], '{"weight": 2}'), corm.set(corm.relation('Post', 1, 'tags'), ARRAY[2, 4]), corm.remove(corm.relation('Post', 1, 'tags'), ARRAY[2, 9]),
	corm.add(corm.relation('Author', 2, 'posts'), ARRAY[1, 2]), corm.set(corm.relation('Author', 2, 'posts'), 1), corm.clear(corm.relation('Author', 2, 'posts')), corm.create(corm.relation('Post', 1, 'tags'), '{"id": 20}');
SET search_path = '';
SELECT corm.add(corm.relation('corm_write_errors.Post', 1, 'tags'), ARRAY[1, 2]), corm.set(corm.relation('corm_write_errors.Author', 2, 'posts'), ARRAY[1, 2]), corm.create(corm.relation('corm_write_errors.Tag', 1, 'posts'), '{"id": 20, "author": 1}');
SELECT corm.add(corm.relation('Post', 1, 'tags'), 1);
SELECT post_id, tag_id, weight FROM corm_write_errors.tagging ORDER BY 1, 2;

\set VERBOSITY terse
SET client_min_messages = warning;
DROP SCHEMA corm_write_errors_evil, corm_write_errors CASCADE;
DROP ROLE regress_corm_write_errors;
