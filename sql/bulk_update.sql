-- corm.bulk_update: rows named by their keys, each with values of its own.
CREATE SCHEMA corm_bulk_update;
SET search_path = corm_bulk_update;
SET timezone = 'UTC';
-- Shows errors as "SQLSTATE message / detail / hint / where"; what failed is undone.
CREATE FUNCTION try(statement text) RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE
	state text; message text; detail text; hint text; context text;
BEGIN
	RETURN QUERY EXECUTE 'SELECT coalesce(x::text, ''(null)'') FROM (' || statement || ') AS q(x)';
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE, message = MESSAGE_TEXT,
		detail = PG_EXCEPTION_DETAIL, hint = PG_EXCEPTION_HINT, context = PG_EXCEPTION_CONTEXT;
	RETURN NEXT state || ' ' || message
		|| CASE WHEN detail <> '' THEN E'\n  ' || detail ELSE '' END
		|| CASE WHEN hint <> '' THEN E'\n  ' || hint ELSE '' END
		|| coalesce(E'\n  ' || substring(context FROM '(?:reading|writing) \[[^\n]*'), '');
END
$$;
\pset format unaligned
\pset tuples_only on
CREATE FUNCTION tries(call text, data text[]) RETURNS SETOF text LANGUAGE sql AS $$ SELECT t FROM unnest(data) WITH ORDINALITY AS u(d, n), LATERAL try(format(call, d)) t ORDER BY n $$;
CREATE TABLE author (id int PRIMARY KEY, name text, email text UNIQUE);
CREATE TABLE book (id int PRIMARY KEY, title text NOT NULL DEFAULT 'none', author_id int REFERENCES author, pages int DEFAULT 100 CHECK (pages > 0), tags text[], twice int GENERATED ALWAYS AS (pages * 2) STORED);
INSERT INTO author VALUES (1, 'Ann', 'ann@x'), (2, 'Ben', 'ben@x');
INSERT INTO book (id, title, author_id) SELECT g, 't' || g, 1 FROM generate_series(1, 6) g;
SELECT corm.register_model('author', 'Author'), corm.register_model('book', 'Book');
SELECT corm.foreign_key('Book', 'author', 'Author', columns => '{author_id}', related_name => 'books');
CREATE TABLE said (what text);
CREATE FUNCTION say() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO said VALUES (TG_OP); RETURN NULL; END $$;
CREATE TRIGGER say AFTER UPDATE ON book FOR EACH STATEMENT EXECUTE FUNCTION say();

\echo -- what a row lacks stays; a row that is not there does not count
SELECT corm.bulk_update('Book', '[{"id": 1, "title": "one"}, {"pk": 2, "pages": 7, "author": 2}, {"pk": {"id": 3}, "title": "three", "author": {"email": "ben@x"}}, {"id": "4", "author": null, "pages": null, "tags": ["a", "b"]}, {"id": 99, "title": "nobody"}]');
SELECT count(*) FROM said;
SELECT * FROM book ORDER BY id;
\echo -- only the columns that are named; others are passed over, whatever they are
SELECT corm.bulk_update('Book', '[{"id": 5, "title": "five", "pages": 1, "author": {"id": 2, "name": "B"}, "comments": [], "twice": 3}, {"id": 6, "title": "six"}]', '{title,author}');
SELECT corm.bulk_update('Book', '[{"id": 5, "title": "no", "pages": 55}, {"id": 6, "title": "no"}]', '{pages}');
SELECT id, title, author_id, pages FROM book WHERE id > 4 ORDER BY id;
\echo -- nothing to do
SELECT corm.bulk_update('Book', '[]'), corm.bulk_update('Book', '[{"id": 1}]'), corm.bulk_update('Book', '[{"id": 1, "title": "x"}]', '{pages}');
\echo -- refused, nothing is written
SELECT tries('SELECT corm.bulk_update(''Book'', %L)', ARRAY['{}', '[1]', '[{"id": 1, "title": "x"}, {"title": "x"}]', '[{"id": 1, "title": "x"}, {"id": null, "title": "x"}]', '[{"pk": null}]', '[{"id": 1, "title": "x"}, {"id": 1, "title": "y"}]', '[{"id": 1, "titel": "x"}]', '[{"id": 1, "books": 1}]', '[{"id": 1, "title": "x"}, {"id": 2, "pages": "many"}]', '[{"id": 1, "title": null}]', '[{"id": 1, "pages": 0}]', '[{"id": 1, "author": 99}]', '[{"id": 1, "author": {"email": "q@x"}}]', '[{"id": 1, "author": {"name": "Ann"}}]', '[{"id": 1, "twice": 4}]', '[{"id": 1, "author": 1, "author_id": 2}]', '[{"id": 1, "pk": 2}]', '[{"id": "x"}]']);
SELECT tries('SELECT corm.bulk_update(''Book'', ''[{"id": 1, "title": "x"}]'', %L)', '{"{}","{nope}","{title,NULL}","{id}","{books}"}');
SELECT tries('SELECT corm.bulk_update(%s, ''[{"id": 1, "title": "x"}]'')', ARRAY['NULL', $$corm.filter('Book', '{"id": 1}')$$, $$corm.limit('Book', 1)$$, $$corm.relation('Author', 1, 'books')$$, $$corm.order_by('Book', 'id')$$, $$'Nope'$$]);
SELECT try('SELECT corm.bulk_update(''Book'', NULL)');
SELECT count(*) FROM book WHERE title IN ('x', 'y');
CREATE TABLE keyless (a int);
SELECT corm.register_model('keyless', 'Keyless');
SELECT try($$SELECT corm.bulk_update('Keyless', '[{"a": 1}]')$$);

\echo -- composite keys, types that are no elements of arrays, beside hand-written SQL
CREATE TYPE pt AS (x int, y text);
CREATE DOMAIN small AS int CHECK (VALUE < 10);
CREATE TABLE cell (r int, c text COLLATE "C", v jsonb, p pt, a int[], s small, PRIMARY KEY (r, c));
INSERT INTO cell SELECT r, c FROM generate_series(1, 3) r, unnest(ARRAY['a', 'b']) c;
CREATE TABLE twin AS TABLE cell;
SELECT corm.register_model('cell', 'Cell');
SELECT corm.bulk_update('Cell', '[{"pk": [1, "a"], "v": {"k": [1]}, "p": {"x": 1, "y": "z"}}, {"r": 2, "c": "b", "a": [1, 2], "s": 3, "v": null}, {"pk": {"r": 3, "c": "a"}, "a": null, "p": null, "v": "text"}]');
UPDATE twin SET v = '{"k": [1]}', p = ROW(1, 'z') WHERE r = 1 AND c = 'a';
UPDATE twin SET a = '{1,2}', s = 3 WHERE r = 2 AND c = 'b';
UPDATE twin SET v = '"text"' WHERE r = 3 AND c = 'a';
SELECT count(*) FROM (SELECT r, c, v, p::text, a, s FROM twin EXCEPT SELECT r, c, v, p::text, a, s FROM cell) d;
SELECT tries('SELECT corm.bulk_update(''Cell'', %L)', ARRAY['[{"r": 1, "v": 1}]', '[{"pk": [1], "v": 1}]', '[{"pk": [1, "a"], "s": 10}]', '[{"pk": [1, "a"], "v": 1}, {"r": 1, "c": "a", "v": 2}]']);

\echo -- rights
CREATE ROLE regress_corm_bulk_update;
GRANT USAGE ON SCHEMA corm_bulk_update TO regress_corm_bulk_update;
GRANT EXECUTE ON FUNCTION try(text) TO regress_corm_bulk_update;
GRANT SELECT, UPDATE (title) ON book TO regress_corm_bulk_update;
ALTER TABLE book ENABLE ROW LEVEL SECURITY;
CREATE POLICY seen ON book FOR SELECT USING (true);
CREATE POLICY changed ON book FOR UPDATE USING (id < 3) WITH CHECK (title <> 'bad');
GRANT INSERT ON said TO regress_corm_bulk_update;
SET ROLE regress_corm_bulk_update;
SELECT corm.bulk_update('Book', '[{"id": 1, "title": "mine"}, {"id": 4, "title": "not mine"}]');
SELECT try($$SELECT corm.bulk_update('Book', '[{"id": 1, "title": "bad"}]')$$);
SELECT try($$SELECT corm.bulk_update('Book', '[{"id": 1, "pages": 1}]')$$);
SELECT try($$SELECT corm.bulk_update('Author', '[{"id": 1, "name": "x"}]')$$);
RESET ROLE;
SELECT id, title FROM book ORDER BY id;
SET client_min_messages = warning;
DROP OWNED BY regress_corm_bulk_update;
DROP ROLE regress_corm_bulk_update;
DROP SCHEMA corm_bulk_update CASCADE;
