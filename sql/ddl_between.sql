-- DDL between two calls of one session: prepared statements, functions, kept
-- plans and stored querysets follow it, or fail in words.
-- What is reported where the event triggers have not followed.
SELECT CASE evtenabled WHEN 'D' THEN 'DISABLE' ELSE 'ENABLE' END AS found FROM pg_event_trigger WHERE evtname = 'corm_sql_drop' \gset
ALTER EVENT TRIGGER corm_sql_drop DISABLE;
ALTER EVENT TRIGGER corm_ddl_command_end DISABLE;
SET client_min_messages = warning;
CREATE SCHEMA test_ddl;
SET search_path = test_ddl;
CREATE TABLE author (id int PRIMARY KEY, name text, age int);
CREATE TABLE book (id int PRIMARY KEY, author_id int CONSTRAINT book_author REFERENCES author, title text);
INSERT INTO author VALUES (1, 'Ann', 30), (2, 'Bob', 40);
INSERT INTO book VALUES (1, 1, 'A'), (2, 1, 'B'), (3, 2, 'C');
SELECT corm.register_model('author'), corm.register_model('book');
SELECT corm.foreign_key('book', 'author', 'author', 'books');

PREPARE nested AS SELECT corm.list(corm.prefetch_related(corm.filter('author', '{"id": 1}'), 'books'));
PREPARE joined(int) AS SELECT corm.all(corm.select_related('book', 'author'), jsonb_build_object('id', $1));
PREPARE typed AS SELECT r FROM corm.rows(NULL::author, 'author') r ORDER BY id;
CREATE FUNCTION f() RETURNS json LANGUAGE plpgsql STABLE AS $$ BEGIN RETURN corm.get('author', '{"name": "Ann"}'); END $$;
CREATE FUNCTION oldest() RETURNS bigint LANGUAGE plpgsql STABLE AS $$ BEGIN RETURN corm.count('author', '{"age__gte": 30}'); END $$;
CREATE TABLE stored (id int PRIMARY KEY, q corm.queryset);
INSERT INTO stored VALUES (1, '{"model": "author", "filter": {"books__title": "C"}}'), (2, '{"model": "test_ddl.book", "order_by": ["-author__name"], "fields": ["title"]}');
\set look 'EXECUTE nested; EXECUTE joined(3); EXECUTE typed; SELECT f() AS f, oldest() AS oldest; SELECT id, corm.list(q) FROM stored ORDER BY id;'
\pset format unaligned
\pset tuples_only on
-- six times, for generic plans
:look
\o /dev/null
:look :look :look :look
\o
:look

-- a relation that no call has followed yet is read as it is by then
ALTER TABLE book ALTER title SET STATISTICS 10;
SELECT corm.get('book', '{"id": 3}');
ALTER TABLE author RENAME COLUMN age TO years;
EXECUTE joined(3);
ALTER TABLE author RENAME COLUMN years TO age;
SELECT corm.get('book', '{"id": 3}');
BEGIN; ALTER TABLE author DROP CONSTRAINT author_pkey CASCADE; EXECUTE joined(3); ROLLBACK;
EXECUTE joined(3);
ALTER TABLE book ALTER title SET STATISTICS 11;
BEGIN; SELECT corm.get('book', '{"id": 3}'); ALTER TABLE book RENAME CONSTRAINT book_author TO b;
SAVEPOINT s; EXECUTE joined(3); ROLLBACK TO s;
ALTER TABLE book DROP CONSTRAINT b; SELECT corm.get('book', '{"id": 3}'); EXECUTE joined(3); ROLLBACK;
EXECUTE joined(3);

-- renaming
ALTER TABLE author RENAME COLUMN age TO years;
EXECUTE nested; EXECUTE typed; SELECT oldest();
ALTER TABLE author RENAME COLUMN years TO age;
ALTER TABLE author RENAME TO writer;
EXECUTE nested; EXECUTE joined(3); SELECT f();
EXECUTE typed;
-- a constraint is known by its name, or else by its columns: not without both
ALTER TABLE book RENAME COLUMN author_id TO writer_id;
EXECUTE nested; EXECUTE joined(3);
ALTER TABLE book RENAME CONSTRAINT book_author TO book_writer;
EXECUTE nested;
SELECT model, relation, columns, constraint_name FROM corm.relations WHERE model IN ('author', 'book') ORDER BY 1;
ALTER TABLE book RENAME COLUMN writer_id TO author_id;
EXECUTE nested;
ALTER TABLE author RENAME TO nobody;
ALTER TABLE writer RENAME TO author;
:look
SELECT model, relation, columns, constraint_name FROM corm.relations WHERE model IN ('author', 'book') ORDER BY 1;
SELECT corm.rename_relation('author', 'books', 'works');
EXECUTE nested; SELECT id, corm.list(q) FROM stored WHERE id = 1;
SELECT corm.rename_relation('author', 'works', 'books');
SELECT corm.rename_model('author', 'Author');
EXECUTE nested;
SELECT corm.list('Author', '{"id": 2}');
SELECT corm.rename_model('Author', 'author');
EXECUTE nested;
ALTER SCHEMA test_ddl RENAME TO test_ddl2;
EXECUTE nested;
SELECT corm.list('test_ddl2.author', '{"id": 2}');
SELECT corm.count('test_ddl.author');
SET search_path = test_ddl2;
EXECUTE nested; SELECT id, corm.list(q) FROM stored WHERE id = 1; SELECT id, corm.list(q) FROM stored WHERE id = 2;
ALTER SCHEMA test_ddl2 RENAME TO test_ddl;
SET search_path = test_ddl;
:look
-- another schema of the old name, with other tables
CREATE SCHEMA test_ddl3;
ALTER TABLE author SET SCHEMA test_ddl3;
EXECUTE nested;
SELECT corm.list(corm.select_related(corm.filter('book', '{"id": 1}'), 'author'));
SELECT corm.list(corm.prefetch_related(corm.filter('test_ddl3.author', '{"id": 2}'), 'books'));
CREATE TABLE author (id int PRIMARY KEY, name text, age int, impostor boolean DEFAULT true);
INSERT INTO author VALUES (1, 'Imp');
EXECUTE nested;
SELECT corm.register_model('author');
EXECUTE nested;
SELECT corm.get('author');
SELECT corm.drop_model('author', drop_table => true);
ALTER TABLE test_ddl3.author SET SCHEMA test_ddl;
:look

-- columns
ALTER TABLE author DROP COLUMN age;
EXECUTE nested; SELECT oldest();
ALTER TABLE author ADD COLUMN age bigint;
UPDATE author SET age = 31 WHERE id = 1;
EXECUTE nested; SELECT oldest(); EXECUTE typed;
ALTER TABLE author ALTER COLUMN age TYPE text USING age || ' years';
EXECUTE nested; SELECT f();
SELECT oldest();
ALTER TABLE author ALTER COLUMN age TYPE int[] USING ARRAY[7];
EXECUTE nested; SELECT oldest();
ALTER TABLE author DROP COLUMN age;
ALTER TABLE author ADD COLUMN age int DEFAULT 50, ADD COLUMN more jsonb DEFAULT '{"a": 1}';
:look
-- the key's type, on both sides
ALTER TABLE book DROP CONSTRAINT book_writer;
EXECUTE nested;
EXECUTE joined(3);
SELECT id, corm.list(q) FROM stored WHERE id = 1;
SELECT corm.count('book');
ALTER TABLE author ALTER id TYPE text USING 'k' || id;
ALTER TABLE book ALTER author_id TYPE varchar(20) USING 'k' || author_id;
ALTER TABLE book ADD CONSTRAINT again FOREIGN KEY (author_id) REFERENCES author ON DELETE CASCADE;
EXECUTE joined(3);
EXECUTE nested;
SELECT corm.list(corm.prefetch_related(corm.filter('author', '{"id": "k1"}'), 'books'));
-- a unique key makes the way back a to-one
DELETE FROM book WHERE id = 2;
ALTER TABLE book ADD UNIQUE (author_id);
SELECT corm.list(corm.prefetch_related(corm.filter('author', '{"id": "k1"}'), 'books'));
ALTER TABLE book DROP CONSTRAINT book_author_id_key;
SELECT corm.list(corm.prefetch_related(corm.filter('author', '{"id": "k1"}'), 'books'));
-- a column that takes a relation's name
ALTER TABLE author ADD COLUMN books int;
SELECT corm.count('author', '{"books__title": "C"}');
SELECT corm.list('author');
ALTER TABLE author DROP COLUMN books;
SELECT corm.count('author', '{"books__title": "C"}');
-- no primary key any more
ALTER TABLE book DROP CONSTRAINT book_pkey;
SELECT corm.list(corm.prefetch_related(corm.filter('author', '{"id": "k1"}'), 'books'));
SELECT corm.get('book', '{"pk": 1}');
ALTER TABLE book ADD PRIMARY KEY (title);
SELECT corm.get('book', '{"pk": "A"}');

-- inside of a transaction, and undone
BEGIN;
ALTER TABLE author RENAME COLUMN name TO label;
SELECT corm.get('author', '{"label": "Ann"}');
SAVEPOINT s;
ALTER TABLE author ADD COLUMN extra int DEFAULT 1;
DROP TABLE book;
SELECT corm.get('author', '{"label": "Ann"}');
SELECT count(*) FROM corm.models WHERE model = 'book';
SELECT corm.count('book');
ROLLBACK TO s;
SELECT corm.get('author', '{"label": "Ann"}');
SELECT corm.count('book');
ALTER TABLE author RENAME TO author2;
SELECT corm.list(corm.fields('author', 'label'));
ROLLBACK;
SELECT corm.get('author', '{"label": "Ann"}');
SELECT f();
BEGIN;
DROP TABLE book;
SELECT corm.all(corm.prefetch_related('author', 'books'));
ROLLBACK;
SELECT corm.list(corm.fields(corm.prefetch_related('author', 'books'), 'id'));
-- defining, undone
BEGIN;
CREATE TABLE note (id int PRIMARY KEY, author_id text);
SELECT corm.register_model('note');
SELECT corm.foreign_key('note', 'author', 'author');
SELECT corm.list(corm.fields(corm.prefetch_related('author', 'notes'), 'id'));
SAVEPOINT s;
SELECT corm.drop_model('note');
SELECT corm.count('note');
ROLLBACK TO s;
SELECT corm.count('note');
ROLLBACK;
SELECT corm.count('note');
SELECT corm.all(corm.prefetch_related('author', 'notes'));

-- a table that is changed while it is being read
CREATE TABLE trap (id int PRIMARY KEY, v int);
CREATE FUNCTION spring() RETURNS int LANGUAGE plpgsql AS $$
BEGIN
	IF (SELECT atttypid = 'int'::regtype FROM pg_attribute WHERE attrelid = 'test_ddl.caught'::regclass AND attname = 'v') THEN
		ALTER TABLE test_ddl.caught ALTER v TYPE text USING repeat('x', 100) || v;
	ELSE
		ALTER TABLE test_ddl.caught ALTER v TYPE int USING 7;
	END IF;
	RETURN 1;
END $$;
CREATE TABLE caught (id int PRIMARY KEY, trap_id int REFERENCES trap, v int);
INSERT INTO trap VALUES (1, 1);
INSERT INTO caught VALUES (1, 1, 1);
CREATE VIEW sprung AS SELECT id, spring() AS v FROM trap;
SELECT corm.register_model('trap'), corm.register_model('caught'), corm.register_model('sprung', key => '{id}');
SELECT corm.foreign_key('caught', 'trap', 'trap', 'caughts');
ALTER TABLE trap ENABLE ROW LEVEL SECURITY;
ALTER TABLE trap FORCE ROW LEVEL SECURITY;
CREATE ROLE regress_corm_ddl;
GRANT USAGE, CREATE ON SCHEMA test_ddl TO regress_corm_ddl;
ALTER TABLE trap OWNER TO regress_corm_ddl;
ALTER TABLE caught OWNER TO regress_corm_ddl;
CREATE POLICY spring ON trap USING (spring() = 1);
SET ROLE regress_corm_ddl;
-- what index scans read stays as it is until they are done
SELECT corm.all(corm.prefetch_related('trap', 'caughts'));
SET corm.direct_scan = off;
-- never read as what it was: from int to text, and back
SELECT corm.all(corm.prefetch_related('trap', 'caughts'));
SELECT v FROM caught;
BEGIN; ALTER TABLE caught ALTER v TYPE text USING 'text'; SELECT corm.all(corm.prefetch_related('trap', 'caughts')); ROLLBACK;
SELECT corm.prefetch('trap', ARRAY[1], 'caughts');
RESET corm.direct_scan;
RESET ROLE;
SELECT corm.count('caught');

-- dropping tables and the extension
DROP TABLE book;
EXECUTE joined(3);
SELECT corm.count('book');
SELECT corm.list(corm.prefetch_related('author', 'books'));
SELECT corm.list(corm.exclude_fields('author', 'more'));
SELECT relation FROM corm.relations WHERE model = 'author';
DROP TABLE author;
EXECUTE nested;
SELECT model FROM corm.models WHERE schema_name = 'test_ddl' ORDER BY 1;
DROP EXTENSION corm;
DROP TABLE stored;
DROP EXTENSION corm;
SELECT corm.count('trap');
CREATE EXTENSION corm;
ALTER EVENT TRIGGER corm_sql_drop DISABLE;
ALTER EVENT TRIGGER corm_ddl_command_end DISABLE;
SELECT corm.count('trap');
SELECT count(*) FROM corm.models;
SELECT corm.register_model('caught'), corm.register_model('trap');
SELECT corm.foreign_key('caught', 'trap', 'trap', 'caughts');
SELECT corm.count('trap', '{"caughts": 1}');
-- dropped and made anew in one transaction, undone and not
BEGIN; DROP EXTENSION corm; CREATE EXTENSION corm; SELECT count(*) FROM corm.models; ROLLBACK;
SELECT corm.count('trap', '{"caughts": 1}');
BEGIN; DROP EXTENSION corm; SAVEPOINT s; CREATE EXTENSION corm; SELECT corm.register_model('caught', 'Caught'); ROLLBACK TO s;
CREATE EXTENSION corm; SELECT corm.count('caught'); ROLLBACK;
BEGIN; DROP EXTENSION corm; CREATE EXTENSION corm; SELECT corm.register_model('caught', 'Caught'); SELECT corm.count('Caught'); COMMIT;
SELECT corm.count('Caught');
SELECT corm.count('trap');

\pset format aligned
\pset tuples_only off
DROP SCHEMA test_ddl, test_ddl3 CASCADE;
DROP ROLE regress_corm_ddl;
SELECT count(*) FROM corm.models;
ALTER EVENT TRIGGER corm_sql_drop :found;
ALTER EVENT TRIGGER corm_ddl_command_end :found;
