-- Texts of statements that write are kept: whatever is renamed, moved, dropped or
-- forbidden between two calls of one form, the second one writes what it names then.
SET client_min_messages = warning;
CREATE SCHEMA corm_texts;
SET search_path = corm_texts;
\pset format unaligned
\pset tuples_only on
CREATE TYPE mood AS ENUM ('calm', 'wild');
CREATE TABLE writer (id int PRIMARY KEY, a text, b text, moods mood[], mood mood);
CREATE TABLE book (id int PRIMARY KEY, writer_id int REFERENCES writer, title text);
CREATE TABLE tag (id int PRIMARY KEY);
CREATE TABLE book_tag (book_id int REFERENCES book, tag_id int REFERENCES tag, note text, PRIMARY KEY (book_id, tag_id));
INSERT INTO tag SELECT generate_series(1, 9);
SELECT corm.register_model('writer', 'Writer'), corm.register_model('book', 'Book'), corm.register_model('tag', 'Tag'), corm.register_model('book_tag', 'BookTag');
SELECT corm.foreign_key('Book', 'writer', 'Writer', related_name => 'books');
SELECT corm.many_to_many('Book', 'tags', 'Tag', through => 'BookTag', related_name => 'books');

-- One of each statement; how many rows they came to, by SQL of its own.
CREATE SEQUENCE turn;
CREATE FUNCTION write() RETURNS text LANGUAGE plpgsql SET search_path = corm_texts AS $$
DECLARE n int := nextval('turn');
BEGIN
	PERFORM corm.create('Writer', jsonb_build_object('id', n, 'a', 'a' || n, 'b', 'b' || n));
	PERFORM corm.bulk_create('Writer', jsonb_build_array(jsonb_build_object('id', 1000 + n, 'a', 'a' || n, 'b', 'b' || n, 'moods', '["wild", "calm"]'::jsonb, 'mood', 'wild'),
		jsonb_build_object('id', 2000 + n, 'a', 'a' || n, 'b', 'b' || n, 'moods', '[]'::jsonb, 'mood', 'calm')));
	PERFORM corm.save('Writer', jsonb_build_object('id', 3000 + n, 'a', 'a' || n, 'b', 'b' || n, 'books', jsonb_build_array(
		jsonb_build_object('id', n, 'title', 't' || n, 'tags', '[1, 2]'::jsonb), jsonb_build_object('id', 1000 + n, 'title', 'u' || n, 'tags', '[3]'::jsonb))));
	PERFORM corm.add(corm.relation('Book', n, 'tags'), 4);
	PERFORM corm.add(corm.relation('Book', n, 'tags'), ARRAY[5, 6], '{"note": "n"}');
	PERFORM corm.remove(corm.relation('Book', n, 'tags'), 1);
	PERFORM corm.remove(corm.relation('Book', n, 'tags'), ARRAY[6, 7]);
	PERFORM corm.add(corm.relation('Writer', n, 'books'), 1000 + n);
	RETURN n;
END $$;
-- the rows of the last turn, whatever the tables are called
CREATE FUNCTION written(writer text, book text, link text, a text = 'a', b text = 'b') RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE n int := currval('corm_texts.turn');
BEGIN
	RETURN QUERY EXECUTE format('SELECT string_agg(concat_ws('' '', id - $1, replace(%I, $1::text, ''n''), replace(%I, $1::text, ''n''), moods, mood), ''; '' ORDER BY id) FROM %s WHERE id %% 1000 = $1', a, b, writer) USING n;
	RETURN QUERY EXECUTE format('SELECT string_agg(concat_ws('' '', id - $1, writer_id - $1, replace(title, $1::text, ''n'')), ''; '' ORDER BY id) FROM %s WHERE id %% 1000 = $1', book) USING n;
	RETURN QUERY EXECUTE format('SELECT string_agg(concat_ws('' '', book_id - $1, tag_id, note), ''; '' ORDER BY book_id, tag_id) FROM %s WHERE book_id %% 1000 = $1', link) USING n;
END $$;

-- as it is, twice
SELECT write();
SELECT * FROM written('writer', 'book', 'book_tag');
SELECT write();
SELECT * FROM written('writer', 'book', 'book_tag');

-- tables with other names, and others that bear theirs
ALTER TABLE book_tag RENAME TO marks;
ALTER TABLE writer RENAME TO author;
CREATE TABLE book_tag (LIKE marks INCLUDING ALL);
CREATE TABLE writer (LIKE author INCLUDING ALL);
SELECT write();
SELECT * FROM written('author', 'book', 'marks');
SELECT count(*) FROM book_tag;
SELECT count(*) FROM writer;
DROP TABLE book_tag, writer;

-- columns that change places
ALTER TABLE author RENAME COLUMN a TO c;
ALTER TABLE author RENAME COLUMN b TO a;
ALTER TABLE author RENAME COLUMN c TO b;
SELECT write();
SELECT * FROM written('author', 'book', 'marks');
SELECT * FROM written('author', 'book', 'marks', 'b', 'a');

-- a type with another name, and another that bears its
ALTER TYPE mood RENAME TO temper;
CREATE TYPE mood AS ENUM ('none');
SELECT write();
SELECT * FROM written('author', 'book', 'marks');

-- a table in another schema, and a schema with another name
CREATE SCHEMA corm_texts_else;
ALTER TABLE marks SET SCHEMA corm_texts_else;
CREATE TABLE marks (LIKE corm_texts_else.marks INCLUDING ALL);
SELECT write();
SELECT * FROM written('author', 'book', 'corm_texts_else.marks');
ALTER SCHEMA corm_texts_else RENAME TO corm_texts_there;
CREATE SCHEMA corm_texts_else;
CREATE TABLE corm_texts_else.marks (LIKE marks INCLUDING ALL);
SELECT write();
SELECT * FROM written('author', 'book', 'corm_texts_there.marks');
SELECT (SELECT count(*) FROM marks), (SELECT count(*) FROM corm_texts_else.marks);
DROP SCHEMA corm_texts_else CASCADE;
DROP TABLE marks;

-- undone
BEGIN;
SELECT write();
SAVEPOINT s;
ALTER TABLE book RENAME TO volume;
ALTER TABLE volume ADD COLUMN pages int DEFAULT 7;
SELECT write();
SELECT * FROM written('author', 'volume', 'corm_texts_there.marks');
ROLLBACK TO s;
SELECT write();
SELECT * FROM written('author', 'book', 'corm_texts_there.marks');
COMMIT;
SELECT write();
SELECT * FROM written('author', 'book', 'corm_texts_there.marks');

-- what a role may not do it may not do by a text that is there
CREATE ROLE regress_corm_texts;
GRANT USAGE ON SCHEMA corm_texts, corm_texts_there TO regress_corm_texts;
GRANT ALL ON ALL TABLES IN SCHEMA corm_texts, corm_texts_there TO regress_corm_texts;
GRANT ALL ON SEQUENCE turn TO regress_corm_texts;
SET ROLE regress_corm_texts;
SELECT write() IS NOT NULL;
RESET ROLE;
\set VERBOSITY sqlstate
REVOKE INSERT ON corm_texts_there.marks FROM regress_corm_texts;
SET ROLE regress_corm_texts;
SELECT corm.add(corm.relation('Book', 1, 'tags'), 8);
SELECT corm.remove(corm.relation('Book', 1, 'tags'), 8);
RESET ROLE;
REVOKE DELETE ON corm_texts_there.marks FROM regress_corm_texts;
REVOKE INSERT ON author FROM regress_corm_texts;
SET ROLE regress_corm_texts;
SELECT corm.remove(corm.relation('Book', 1, 'tags'), 8);
SELECT corm.create('Writer', '{"id": 900, "a": "a", "b": "b"}');
RESET ROLE;
GRANT ALL ON author, corm_texts_there.marks TO regress_corm_texts;
REVOKE USAGE ON SCHEMA corm_texts_there FROM regress_corm_texts;
SET ROLE regress_corm_texts;
SELECT corm.add(corm.relation('Book', 1, 'tags'), 8);
SELECT corm.create('Writer', '{"id": 901, "a": "a", "b": "b"}') IS NOT NULL;
RESET ROLE;
\set VERBOSITY default

-- a table that is dropped and made anew
DROP TABLE corm_texts_there.marks;
CREATE TABLE marks (tag_id int REFERENCES tag, book_id int REFERENCES book, note text, UNIQUE (book_id, tag_id), id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY);
SELECT corm.register_model('marks', 'Mark');
SELECT corm.many_to_many('Book', 'tags', 'Tag', through => 'Mark', related_name => 'books');
SELECT corm.add(corm.relation('Book', 1, 'tags'), 9), corm.add(corm.relation('Book', 1, 'tags'), ARRAY[8, 9]), corm.remove(corm.relation('Book', 1, 'tags'), 9);
SELECT book_id, tag_id, id IS NOT NULL FROM marks;

-- more forms than are kept, each twice
CREATE TABLE wide (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, c1 int, c2 int, c3 int, c4 int, c5 int, c6 int, c7 int, c8 int, c9 int);
SELECT corm.register_model('wide', 'Wide');
SELECT count(corm.create('Wide', (SELECT jsonb_object_agg('c' || i, i * m) FROM generate_series(1, 9) i WHERE m >> (i - 1) & 1 = 1)))
	FROM generate_series(1, 511) m, generate_series(1, 2);
SELECT count(*), count(DISTINCT (c1, c2, c3, c4, c5, c6, c7, c8, c9)), count(*) FILTER (WHERE c3 <> 3 * (
	(c1 IS NOT NULL)::int + 2 * (c2 IS NOT NULL)::int + 4 * (c3 IS NOT NULL)::int + 8 * (c4 IS NOT NULL)::int + 16 * (c5 IS NOT NULL)::int +
	32 * (c6 IS NOT NULL)::int + 64 * (c7 IS NOT NULL)::int + 128 * (c8 IS NOT NULL)::int + 256 * (c9 IS NOT NULL)::int)) AS wrong FROM wide;
SELECT sum(total_bytes) BETWEEN 1 AND 1000000 FROM pg_backend_memory_contexts WHERE name = 'corm texts';

DROP SCHEMA corm_texts, corm_texts_there CASCADE;
DROP ROLE regress_corm_texts;
