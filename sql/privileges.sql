-- Calls run as the caller: rights on schemas, tables and columns hold at every
-- level, for every call, whatever plans were kept.
SET client_min_messages = warning;
CREATE SCHEMA test_priv;
CREATE SCHEMA test_priv_far;
SET search_path = test_priv;
CREATE ROLE regress_corm_reader;
CREATE ROLE regress_corm_other;
CREATE ROLE regress_corm_owner;

CREATE TABLE author (id int PRIMARY KEY, name text, secret text);
CREATE TABLE book (id int PRIMARY KEY, author_id int REFERENCES author, title text, price numeric);
CREATE TABLE tag (id int PRIMARY KEY, label text);
CREATE TABLE book_tag (book_id int REFERENCES book, tag_id int REFERENCES tag, note text, PRIMARY KEY (book_id, tag_id));
CREATE TABLE test_priv_far.shop (id int PRIMARY KEY, book_id int REFERENCES book, city text);
INSERT INTO author VALUES (1, 'Ann', 'xyz'), (2, 'Bob', 'uvw');
INSERT INTO book VALUES (1, 1, 'A', 10), (2, 1, 'B', 20), (3, 2, 'C', 30);
INSERT INTO tag VALUES (1, 'red'), (2, 'blue');
INSERT INTO book_tag VALUES (1, 1, 'n1'), (1, 2, 'n2'), (3, 2, 'n3');
INSERT INTO test_priv_far.shop VALUES (1, 1, 'Rome');
SELECT corm.register_model(t) FROM unnest('{author,book,tag,book_tag,test_priv_far.shop}'::regclass[]) t;
SELECT corm.foreign_key('book', 'author', 'author', 'books');
SELECT corm.many_to_many('book', 'tags', 'tag', through => 'book_tag', related_name => 'books');
SELECT corm.foreign_key('test_priv_far.shop', 'book', 'book', 'shops');

-- Runs a call; what it raises becomes its result, with SQLSTATE and hint.
CREATE FUNCTION try(call text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	r text;
	m text;
	h text;
BEGIN
	EXECUTE 'SELECT string_agg(x::text, E''\n'') FROM (' || call || ') x' INTO r;
	RETURN r;
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS m = MESSAGE_TEXT, h = PG_EXCEPTION_HINT;
	RETURN sqlstate || ': ' || m || coalesce(E'\nHINT: ' || nullif(h, ''), '');
END $$;
\pset format unaligned
\pset tuples_only on

-- no right on the schema: its models are not to be found by a bare name
SET ROLE regress_corm_reader;
SELECT test_priv.try('SELECT 1');
SELECT corm.all('author');
SELECT corm.all('test_priv.author');
SELECT corm.count('test_priv.author');
SELECT corm.rows(NULL::test_priv.author, 'test_priv.author');
SELECT corm.sql('test_priv.author');
SELECT corm.prefetch('test_priv.author', ARRAY[1], 'books');
-- names are no secret, rows are
SELECT model, schema_name FROM corm.models WHERE schema_name LIKE 'test_priv%' ORDER BY 1;
RESET ROLE;

-- the schema, but no table
GRANT USAGE ON SCHEMA test_priv TO regress_corm_reader;
SET ROLE regress_corm_reader;
SELECT try($$SELECT corm.all('author')$$);
SELECT try($$SELECT * FROM corm.all('author')$$);
SELECT try($$SELECT corm.list('author')$$);
SELECT try($$SELECT corm.get('author', '{"id": 1}')$$);
SELECT try($$SELECT corm.first('author')$$);
SELECT try($$SELECT corm.count('author')$$);
SELECT try($$SELECT corm.exists('author')$$);
SELECT try($$SELECT corm.rows(NULL::author, 'author')$$);
SELECT try($$SELECT corm.all(corm.relation('author', 1, 'books'))$$);
SELECT try($$SELECT corm.prefetch('author', ARRAY[1], 'books')$$);
SELECT try($$SELECT corm.all(corm.fields('author', 'id'))$$);
SELECT try($$SELECT corm.count('author', '{"nme": 1}')$$);
SELECT try($$SELECT corm.count('author', '{"name": "Ann"}')$$);
SELECT try($$SELECT corm.all(corm.fields('author', VARIADIC '{}'))$$);
-- the type of a value is checked before rights are: no row has been read
SELECT try($$SELECT corm.count('author', '{"id": "no number"}')$$);
RESET ROLE;

-- one column after the other
GRANT SELECT (id, name) ON author TO regress_corm_reader;
GRANT SELECT (id, title) ON book TO regress_corm_reader;
SET ROLE regress_corm_reader;
SELECT try($$SELECT corm.all('author')$$);
SELECT try($$SELECT corm.all(corm.fields('author', 'id', 'name'))$$);
SELECT try($$SELECT corm.all(corm.exclude_fields('author', 'secret'))$$);
SELECT try($$SELECT corm.all(corm.fields('author', 'secret'))$$);
SELECT try($$SELECT corm.all(corm.fields('author', 'pk'))$$);
SELECT try($$SELECT corm.count('author')$$);
SELECT try($$SELECT corm.count('author', '{"name": "Ann"}')$$);
SELECT try($$SELECT corm.count('author', '{"secret": "xyz"}')$$);
SELECT try($$SELECT corm.count('author', '{"secret__isnull": true}')$$);
SELECT try($$SELECT corm.all(corm.fields(corm.order_by('author', 'secret'), 'id'))$$);
SELECT try($$SELECT corm.rows(NULL::author, 'author')$$);
SELECT try($$SELECT corm.all(corm.fields(corm.prefetch_related('author', 'books'), 'id'))$$);
SELECT try($$SELECT corm.all(corm.fields(corm.prefetch_related('author', '{"books": {"fields": ["title"]}}'), 'id'))$$);
SELECT try($$SELECT corm.all(corm.prefetch_related(corm.fields('book', 'title'), 'author'))$$);
-- an unknown name: the hint lists what may be read, and comes close to nothing else
SELECT try($$SELECT corm.count('author', '{"secre": 1}')$$);
SELECT try($$SELECT corm.count('author', '{"nam": 1}')$$);
SELECT try($$SELECT corm.count('book', '{"autor_id": 1}')$$);
SELECT try($$SELECT corm.all(corm.prefetch_related('book', 'tag'))$$);
RESET ROLE;
-- the column that links two tables is needed to load one from the other
GRANT SELECT (author_id) ON book TO regress_corm_reader;
SET ROLE regress_corm_reader;
SELECT try($$SELECT corm.all(corm.fields(corm.prefetch_related('author', '{"books": {"fields": ["title"]}}'), 'id'))$$);
SELECT try($$SELECT corm.all(corm.fields(corm.prefetch_related('author', 'books'), 'id'))$$);
SELECT try($$SELECT corm.all(corm.fields(corm.select_related('book', 'author'), 'title'))$$);
SELECT try($$SELECT corm.all(corm.fields(corm.prefetch_related('book', '{"author": {"fields": ["name"]}}'), 'title'))$$);
SELECT try($$SELECT corm.all(corm.relation('author', 1, 'books', fields => '{title}'))$$);
SELECT try($$SELECT corm.prefetch('author', ARRAY[1, 2], 'books', fields => '{title}')$$);
SELECT try($$SELECT corm.count('author', '{"books__title": "C"}')$$);
SELECT try($$SELECT corm.count('author', '{"books__price": 10}')$$);
RESET ROLE;

-- the link table, then the far end
GRANT SELECT (book_id, tag_id) ON book_tag TO regress_corm_reader;
GRANT SELECT ON tag TO regress_corm_other;
SET ROLE regress_corm_reader;
SELECT try($$SELECT corm.all(corm.fields(corm.prefetch_related('book', '{"tags": {"fields": ["label"]}}'), 'id'))$$);
RESET ROLE;
GRANT SELECT ON tag TO regress_corm_reader;
SET ROLE regress_corm_reader;
SELECT try($$SELECT corm.all(corm.fields(corm.prefetch_related('book', 'tags'), 'id'))$$);
SELECT try($$SELECT corm.all(corm.fields(corm.prefetch_related('book', '{"tags": {"fields": ["label"]}}'), 'id'))$$);
SELECT try($$SELECT corm.all(corm.fields(corm.prefetch_related('book', '{"tags": {"exclude_fields": ["book_tag"], "limit": 1}}'), 'id'))$$);
SELECT try($$SELECT corm.count('book', '{"tags__label": "blue"}')$$);
SELECT try($$SELECT corm.count('book', '{"tags__book_tag__note": "n1"}')$$);
SELECT try($$SELECT corm.count('book', '{"tags": 2}')$$);
SELECT try($$SELECT corm.all(corm.relation('book', 1, 'tags', exclude_fields => '{book_tag}'))$$);
RESET ROLE;

-- a kept plan does not outlive the right: table, column and schema
GRANT SELECT ON author, book, test_priv_far.shop TO regress_corm_reader;
GRANT USAGE ON SCHEMA test_priv_far TO regress_corm_reader;
SET ROLE regress_corm_reader;
PREPARE nested AS SELECT corm.all(corm.prefetch_related('author', 'books__shops'), '{"id": 1}');
EXECUTE nested;
RESET ROLE; REVOKE USAGE ON SCHEMA test_priv_far FROM regress_corm_reader; SET ROLE regress_corm_reader;
EXECUTE nested;
SELECT try($$SELECT corm.count('book', '{"shops__city": "Rome"}')$$);
SELECT try($$SELECT corm.all(corm.relation('book', 1, 'shops'))$$);
SELECT try($$SELECT corm.rows(NULL::test_priv_far.shop, '{"model": "test_priv_far.shop"}')$$);
RESET ROLE; GRANT USAGE ON SCHEMA test_priv_far TO regress_corm_reader; SET ROLE regress_corm_reader;
EXECUTE nested;
RESET ROLE; REVOKE SELECT ON test_priv_far.shop FROM regress_corm_reader; SET ROLE regress_corm_reader;
EXECUTE nested;
RESET ROLE; GRANT SELECT (id, book_id) ON test_priv_far.shop TO regress_corm_reader; SET ROLE regress_corm_reader;
EXECUTE nested;
RESET ROLE; GRANT SELECT (city) ON test_priv_far.shop TO regress_corm_reader; SET ROLE regress_corm_reader;
EXECUTE nested;
RESET ROLE;
-- nor does it serve another role
SET ROLE regress_corm_other;
EXECUTE nested;
SELECT corm.all('test_priv.tag');
RESET ROLE;
GRANT USAGE ON SCHEMA test_priv TO regress_corm_other;
SET ROLE regress_corm_other;
EXECUTE nested;
SELECT corm.all('test_priv.tag');
SELECT corm.all(corm.prefetch_related('tag', 'books'));
RESET ROLE;
-- rights granted and revoked inside of one transaction
BEGIN;
REVOKE SELECT ON author FROM regress_corm_reader;
REVOKE SELECT (id, name) ON author FROM regress_corm_reader;
SAVEPOINT s;
SET ROLE regress_corm_reader;
EXECUTE nested;
ROLLBACK TO s;
RESET ROLE;
GRANT SELECT ON author TO regress_corm_reader;
SET ROLE regress_corm_reader;
EXECUTE nested;
ROLLBACK;

-- a function with its owner's rights: names bind under that role, and only inside of it
CREATE FUNCTION secrets() RETURNS SETOF json LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
	AS $$ SELECT corm.all(corm.fields('test_priv.author', 'secret')) $$;
CREATE FUNCTION secrets_plpgsql(q corm.queryset) RETURNS SETOF json LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
	AS $$ BEGIN RETURN QUERY SELECT object FROM corm.all(q); END $$;
GRANT SELECT ON author TO regress_corm_owner;
GRANT USAGE ON SCHEMA test_priv TO regress_corm_owner;
ALTER FUNCTION secrets() OWNER TO regress_corm_owner;
ALTER FUNCTION secrets_plpgsql(corm.queryset) OWNER TO regress_corm_owner;
SET ROLE regress_corm_other;
SELECT secrets();
SELECT secrets(), corm.all('test_priv.author');
SELECT * FROM secrets_plpgsql(corm.fields('test_priv.author', 'secret'));
SELECT * FROM secrets_plpgsql('author');
SELECT * FROM secrets_plpgsql('test_priv.tag');
SELECT * FROM corm.all(corm.fields('test_priv.author', 'secret'));
RESET ROLE;
REVOKE SELECT ON author FROM regress_corm_owner;
SET ROLE regress_corm_other;
SELECT secrets();
RESET ROLE;

-- views as models: with the owner's rights, or with the caller's
CREATE VIEW plain AS SELECT id, name, upper(secret) AS shout FROM author;
CREATE VIEW invoked WITH (security_invoker) AS SELECT id, name, upper(secret) AS shout FROM author;
SELECT corm.register_model('plain', key => '{id}'), corm.register_model('invoked', key => '{id}');
GRANT SELECT ON plain, invoked TO regress_corm_other;
SET ROLE regress_corm_other;
SELECT try($$SELECT corm.all('plain')$$);
SELECT try($$SELECT corm.all('invoked')$$);
SELECT try($$SELECT corm.all(corm.fields('invoked', 'id'))$$);
SELECT try($$SELECT corm.get('plain', '{"pk": 2}')$$);
RESET ROLE;
GRANT SELECT (id, name) ON author TO regress_corm_other;
SET ROLE regress_corm_other;
SELECT try($$SELECT corm.all('invoked')$$);
RESET ROLE;
GRANT SELECT (secret) ON author TO regress_corm_other;
SET ROLE regress_corm_other;
SELECT try($$SELECT corm.all('invoked')$$);
RESET ROLE;
REVOKE SELECT ON plain FROM regress_corm_other;
SET ROLE regress_corm_other;
SELECT try($$SELECT corm.all('plain')$$);
RESET ROLE;

-- nobody but an owner defines anything
GRANT SELECT, INSERT, UPDATE, DELETE ON author, book, tag, book_tag TO regress_corm_other;
SET ROLE regress_corm_other;
SELECT try($$SELECT corm.register_model('author', 'Mine')$$);
SELECT try($$SELECT corm.create_model('test_priv.New', '{}')$$);
SELECT try($$SELECT corm.foreign_key('book', 'writer', 'author', 'written', columns => '{author_id}')$$);
SELECT try($$SELECT corm.many_to_many('book', 'labels', 'tag')$$);
SELECT try($$SELECT corm.many_to_many('book', 'labels', 'tag', through => 'book_tag', related_name => 'labelled')$$);
SELECT try($$SELECT corm.alter_relation('book', 'author', related_name => 'works')$$);
SELECT try($$SELECT corm.rename_relation('book', 'author', 'writer')$$);
SELECT try($$SELECT corm.rename_relation('author', 'books', 'works')$$);
SELECT try($$SELECT corm.rename_model('author', 'Mine')$$);
SELECT try($$SELECT corm.drop_relation('book', 'author')$$);
SELECT try($$SELECT corm.drop_relation('author', 'books')$$);
SELECT try($$SELECT corm.drop_relation('tag', 'books', drop_through => true)$$);
SELECT try($$SELECT corm.drop_model('author')$$);
SELECT try($$SELECT corm.drop_model('author', drop_table => true)$$);
INSERT INTO corm.model DEFAULT VALUES;
UPDATE corm.relation SET source = source;
DELETE FROM corm.model;
TRUNCATE corm.relation;
CREATE TABLE corm.mine ();
CREATE FUNCTION corm.all(text) RETURNS int LANGUAGE sql AS 'SELECT 1';
RESET ROLE;
\pset format aligned
\pset tuples_only off
-- nothing has changed
SELECT model, relation, target, related_name FROM corm.relations WHERE model IN ('author', 'book', 'tag', 'book_tag') ORDER BY 1, 2;

-- a role of its own tables may: but a reverse name needs REFERENCES on the target
GRANT CREATE ON SCHEMA test_priv TO regress_corm_other;
SET ROLE regress_corm_other;
CREATE TABLE note (id int PRIMARY KEY, author_id int);
SELECT corm.register_model('note');
SELECT corm.foreign_key('note', 'author', 'author', columns => '{author_id}');
RESET ROLE;
GRANT REFERENCES (id) ON author TO regress_corm_other;
SET ROLE regress_corm_other;
SELECT corm.foreign_key('note', 'author', 'author', columns => '{author_id}');
RESET ROLE;
SELECT relation, target FROM corm.relations WHERE model = 'author' ORDER BY 1;

DROP SCHEMA test_priv, test_priv_far CASCADE;
DROP OWNED BY regress_corm_reader, regress_corm_other, regress_corm_owner;
DROP ROLE regress_corm_reader, regress_corm_other, regress_corm_owner;
