-- corm.update and corm.update_one, beside the statements that they stand for.
CREATE SCHEMA corm_update;
SET search_path = corm_update;
SET timezone = 'UTC';
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
-- How many rows a statement says that it wrote and what the tables then hold;
-- all of it is undone.
CREATE FUNCTION outcome(statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	n bigint; state text;
BEGIN
	EXECUTE statement INTO n;
	SELECT string_agg(line, E'\n' ORDER BY line COLLATE "C") INTO state FROM (
		SELECT 'author ' || a::text FROM author a UNION ALL SELECT 'book ' || b::text FROM book b
		UNION ALL SELECT 'tag ' || t::text FROM tag t UNION ALL SELECT 'tagging ' || x::text FROM tagging x) AS s(line);
	RAISE EXCEPTION SQLSTATE 'YY000' USING MESSAGE = n || E' rows\n' || state;
EXCEPTION WHEN SQLSTATE 'YY000' THEN
	RETURN SQLERRM;
WHEN OTHERS THEN
	RETURN SQLSTATE || ' ' || SQLERRM;
END
$$;
CREATE FUNCTION same(call text, sql text) RETURNS text LANGUAGE sql AS $$
	SELECT CASE WHEN c = s THEN 'same: ' || split_part(c, E'\n', 1) ELSE E'corm: ' || c || E'\nsql: ' || s END
	FROM (SELECT outcome('SELECT corm.update(' || call || ')') AS c, outcome('WITH w AS (' || sql || ' RETURNING 1) SELECT count(*) FROM w') AS s) AS both_ways
$$;
\pset format unaligned
\pset tuples_only on
CREATE TABLE author (id int PRIMARY KEY, name text, born int, country text DEFAULT 'nowhere');
CREATE TABLE book (id int PRIMARY KEY, title text, author_id int REFERENCES author, editor_id int REFERENCES author, sequel_id int REFERENCES book, pages int NOT NULL DEFAULT 100 CHECK (pages < 1000), price numeric(6,2), list_price numeric(6,2),
	tags text[], data jsonb, due date, seen timestamptz, span interval, twice int GENERATED ALWAYS AS (pages * 2) STORED, version int NOT NULL DEFAULT 1);
CREATE TABLE tag (id int PRIMARY KEY, name text);
CREATE TABLE tagging (book_id int REFERENCES book, tag_id int REFERENCES tag, sort int, note text, PRIMARY KEY (book_id, tag_id));
INSERT INTO author VALUES (1, 'Ann', 1950, 'AT'), (2, 'Ben', 1960, NULL), (3, 'Cid', NULL, 'CH');
INSERT INTO book (id, title, author_id, editor_id, sequel_id, pages, price, list_price, tags, data, due, seen, span) VALUES
	(1, 'A', 1, 2, NULL, 100, 10, 12, '{x,y}', '{"a": {"b": 1}, "k": 1}', '2020-01-31', '2020-01-31 12:00+00', '1 day'),
	(2, 'B', 1, NULL, 1, 200, 20, NULL, '{}', '{}', NULL, NULL, NULL),
	(3, 'C', 2, 1, 2, 300, NULL, 32, NULL, NULL, '2020-03-31', '2020-03-31 12:00+00', '2 days'),
	(4, 'D', NULL, NULL, NULL, 400, 40, 42, '{x,x}', '[1, 2]', NULL, NULL, NULL);
INSERT INTO tag VALUES (1, 'red'), (2, 'blue'), (3, 'none');
INSERT INTO tagging VALUES (1, 1, 1, 'n'), (1, 2, 2, NULL), (2, 1, 3, NULL), (3, 2, 4, 'n');
SELECT corm.register_model('author', 'Author'), corm.register_model('book', 'Book'), corm.register_model('tag', 'Tag'), corm.register_model('tagging', 'Tagging');
SELECT corm.foreign_key('Book', 'author', 'Author', columns => '{author_id}', related_name => 'books'), corm.foreign_key('Book', 'editor', 'Author', columns => '{editor_id}', related_name => 'edited'),
	corm.foreign_key('Book', 'sequel', 'Book', columns => '{sequel_id}', related_name => 'prequels');
SELECT corm.many_to_many('Book', 'tags_of', 'Tag', through => 'Tagging', related_name => 'books');

--
-- Which rows
--
SELECT same($$corm.filter('Book', '{"pages__gt": 100}'), '{"title": "x"}'$$, $$UPDATE book SET title = 'x' WHERE pages > 100$$);
\echo -- across relations: by joins, by none, through several, and each row once
SELECT same($$corm.filter('Book', '{"author__name": "Ann"}'), '{"title": "x"}'$$, $$UPDATE book SET title = 'x' FROM author a WHERE a.id = author_id AND a.name = 'Ann'$$);
SELECT same($$corm.filter('Book', '{"author__name": "Ann", "editor__name": "Ben", "pages": 100}'), '{"title": "x"}'$$, $$UPDATE book SET title = 'x' WHERE id = 1$$);
SELECT same($$corm.filter('Book', '{"sequel__author__name": "Ann"}'), '{"title": "x"}'$$, $$UPDATE book SET title = 'x' WHERE id IN (2, 3)$$);
SELECT same($$corm.filter('Book', '{"OR": [{"author__name": "Ben"}, {"pages": 400}]}'), '{"title": "x"}'$$, $$UPDATE book SET title = 'x' WHERE id IN (3, 4)$$);
SELECT same($$corm.filter('Book', '{"author__name__isnull": true}'), '{"title": "x"}'$$, $$UPDATE book SET title = 'x' WHERE id = 4$$);
SELECT same($$corm.filter('Book', '{"author__country__ne": "AT"}'), '{"title": "x"}'$$, $$UPDATE book SET title = 'x' WHERE id IN (3, 4)$$);
SELECT same($$corm.exclude('Book', '{"author__country": "AT"}'), '{"title": "x"}'$$, $$UPDATE book SET title = 'x' WHERE id IN (3, 4)$$);
SELECT same($$corm.exclude(corm.filter('Book', '{"editor__born__gte": 1950}'), '{"sequel__author__born": 1950}'), '{"title": "x"}'$$, $$UPDATE book SET title = 'x' WHERE id = 1$$);
SELECT same($$corm.filter('Book', '{"tags_of__name__in": ["red", "blue"]}'), '{"pages__add": 1}'$$, $$UPDATE book SET pages = pages + 1 WHERE EXISTS (SELECT FROM tagging WHERE book_id = book.id)$$);
SELECT same($$corm.filter('Author', '{"books__tags_of__name": "red", "books__tags_of__Tagging__sort": 3}'), '{"name": "x"}'$$, $$UPDATE author SET name = 'x' WHERE id = 1$$);
SELECT same($$corm.filter('Author', '{"books__count__gte": 2}'), '{"born__add": 1}'$$, $$UPDATE author SET born = born + 1 WHERE id = 1$$);
SELECT same($$corm.filter(corm.annotate('Author', '{"n": "books__count"}'), '{"n": 0}'), '{"name": "x"}'$$, $$UPDATE author SET name = 'x' WHERE id = 3$$);
SELECT same($$corm.filter('Book', '{"pages__in": []}'), '{"title": "x"}'$$, $$UPDATE book SET title = 'x' WHERE false$$);
SELECT same($$corm.exclude('Book', '{}'), '{"title": "x"}'$$, $$UPDATE book SET title = 'x' WHERE false$$);
\echo -- relations: of an owner, filtered, of a queryset, of a to-one, of an owner that is not there
SELECT same($$corm.relation('Author', 1, 'books'), '{"title": "x"}'$$, $$UPDATE book SET title = 'x' WHERE author_id = 1$$);
SELECT same($$corm.filter(corm.relation('Author', 1, 'books'), '{"pages__gt": 100}'), '{"title": "x"}'$$, $$UPDATE book SET title = 'x' WHERE id = 2$$);
SELECT same($$corm.relation(corm.filter('Author', '{"name__in": ["Ann", "Ben"]}'), 'books'), '{"title": "x"}'$$, $$UPDATE book SET title = 'x' WHERE author_id IN (1, 2)$$);
SELECT same($$corm.relation(corm.limit(corm.order_by('Book', '-id'), 2), 'author'), '{"name": "x"}'$$, $$UPDATE author SET name = 'x' WHERE id = 2$$);
SELECT same($$corm.relation('Book', 1, 'author'), '{"name": "x"}'$$, $$UPDATE author SET name = 'x' WHERE id = 1$$);
SELECT same($$corm.relation('Book', 1, 'tags_of'), '{"name": "x"}'$$, $$UPDATE tag SET name = 'x' WHERE id IN (1, 2)$$);
SELECT same($$corm.filter(corm.relation('Book', 1, 'tags_of'), '{"Tagging__sort": 1}'), '{"name": "x"}'$$, $$UPDATE tag SET name = 'x' WHERE id = 1$$);
SELECT same($$corm.exclude(corm.relation('Book', 1, 'tags_of'), '{"Tagging__note": "n"}'), '{"name": "x"}'$$, $$UPDATE tag SET name = 'x' WHERE id = 2$$);
SELECT same($$corm.relation('Book', 99, 'tags_of'), '{"name": "x"}'$$, $$UPDATE tag SET name = 'x' WHERE false$$);
\echo -- what the statement looks like: plain joins inside, conditions of the row itself outside
SET client_min_messages = error;
CREATE TABLE said (n int GENERATED ALWAYS AS IDENTITY, query text);
CREATE FUNCTION says() RETURNS trigger LANGUAGE plpgsql AS $$ DECLARE stack text; BEGIN GET DIAGNOSTICS stack = PG_CONTEXT; INSERT INTO said (query) VALUES (substring(stack FROM 'SQL statement "(.*?)"\n')); RETURN NULL; END $$;
CREATE TRIGGER says AFTER UPDATE ON book FOR EACH STATEMENT EXECUTE FUNCTION says();
SELECT corm.update(corm.filter('Book', '{"author__name": "Zed", "pages": 1}'), '{"title": "x"}'), corm.update(corm.filter('Book', '{"OR": [{"author__name": "Zed"}, {"pages": 1}]}'), '{"pages__F": "author__born"}'), corm.update(corm.relation('Tag', 9, 'books'), '{"pages__add": 1}');
SELECT query FROM said ORDER BY n;
DROP TRIGGER says ON book;
RESET client_min_messages;

--
-- What is no filter
--
SELECT try(format('SELECT corm.update(%s, %L)', q, '{"title": "x"}')) FROM unnest(ARRAY[$$'Book'$$, $$corm.filter('Book', NULL)$$, $$corm.filter('Book', '{}')$$, $$corm.filter('Book', '{"AND": []}')$$, $$corm.filter('Book', '[{}, {"AND": [{}]}]')$$, $$corm.exclude('Book', NULL)$$, $$corm.annotate('Book', '{"n": "prequels__count"}')$$]) WITH ORDINALITY AS u(q, n) ORDER BY n;
SELECT try($$SELECT corm.update('Book', '{"title": "x"}', all_rows => false)$$), try($$SELECT corm.update('Book', '{"title": "x"}', NULL)$$);
SELECT same($$'Book', '{"title": "x"}', all_rows => true$$, $$UPDATE book SET title = 'x'$$);
\echo -- what the rows must not depend on
SELECT try(format('SELECT corm.update(%s, %L)', q, '{"title": "x"}')) FROM unnest(ARRAY[$$corm.limit(corm.filter('Book', '{"id": 1}'), 1)$$, $$corm.offset(corm.filter('Book', '{"id": 1}'), 1)$$, $$corm.distinct(corm.filter('Book', '{"id": 1}'))$$, $$corm.distinct(corm.filter('Book', '{"id": 1}'), 'author')$$, $$corm.order_by(corm.filter('Book', '{"id": 1}'), 'id')$$]) WITH ORDINALITY AS u(q, n) ORDER BY n;
\echo -- nothing given
SELECT try($$SELECT corm.update(NULL, '{}')$$), try($$SELECT corm.update(corm.filter('Book', '{"id": 1}'), NULL)$$), try($$SELECT corm.update(corm.relation('Author', NULL::int, 'books'), '{}')$$), try($$SELECT corm.update(corm.relation(corm.relation('Author', NULL::int, 'books'), 'tags_of'), '{}')$$), try($$SELECT corm.update_one(NULL, '{}')$$), try($$SELECT corm.update_one('Book', NULL)$$);
SELECT try($$SELECT corm.update('Boook', '{"title": "x"}', true)$$), try($$SELECT corm.update(corm.filter('Book', '{"titel": 1}'), '{"title": "x"}')$$);

--
-- Data
--
\echo -- columns and relations
SELECT same($$corm.filter('Book', '{"id": 1}'), '{"title": null, "pages": 7, "price": "1.005", "tags": ["q"], "data": null, "due": "2021-01-01"}'$$, $$UPDATE book SET title = NULL, pages = 7, price = 1.005, tags = '{q}', data = NULL, due = '2021-01-01' WHERE id = 1$$);
SELECT same($$corm.filter('Book', '{"id": 1}'), '{"author": 2, "editor": null}'$$, $$UPDATE book SET author_id = 2, editor_id = NULL WHERE id = 1$$);
SELECT same($$corm.filter('Book', '{"id": 1}'), jsonb_build_object('author', (SELECT to_jsonb(a) FROM author a WHERE id = 3), 'author_id', 3, 'editor', jsonb_build_object('pk', 1))$$, $$UPDATE book SET author_id = 3, editor_id = 1 WHERE id = 1$$);
SELECT same($$corm.filter('Book', '{"id": 4}'), '{"pk": 9}'$$, $$UPDATE book SET id = 9 WHERE id = 4$$);
SELECT same($$corm.filter('Book', '{"id": 4}'), '{}'$$, $$UPDATE book SET id = 9 WHERE false$$);
SELECT try(format('SELECT corm.update(corm.filter(''Book'', ''{"id": 1}''), %L)', d)) FROM unnest(ARRAY['[]', '1', 'null', '{"titel": 1}', '{"author": {"name": "Ann"}}', '{"author": 1, "author_id": 2}', '{"author": 99}', '{"author": "x"}', '{"prequels": [1]}', '{"tags_of": [1]}', '{"pages": null}', '{"pages": 1000}', '{"pages": "x"}', '{"twice": 1}', '{"price": 100000}', '{"Tagging": {"sort": 1}}']) WITH ORDINALITY AS u(d, n) ORDER BY n;
\echo -- computed
SELECT same($$corm.filter('Book', '{"id__lt": 4}'), '{"pages__add": 1, "price__mul": 1.5, "list_price__sub": "0.5"}'$$, $$UPDATE book SET pages = pages + 1, price = price * 1.5, list_price = list_price - 0.5 WHERE id < 4$$);
SELECT same($$corm.filter('Book', '{"id__lt": 4}'), '{"due__add": 7, "seen__sub": "1 month", "span__mul": 1.5}'$$, $$UPDATE book SET due = due + 7, seen = seen - interval '1 month', span = span * 1.5 WHERE id < 4$$);
SELECT same($$corm.filter('Book', '{"id__lt": 4}'), '{"due__add": "1 month", "span__add": "1 hour", "pages__add": null}'$$, $$UPDATE book SET pages = NULL$$);
SELECT same($$corm.filter('Book', '{"id__lt": 4}'), '{"due__add": "1 month", "span__add": "1 hour"}'$$, $$UPDATE book SET due = due + interval '1 month', span = span + interval '1 hour' WHERE id < 4$$);
SELECT same($$'Book', '{"tags__append": "z", "title__append": "!"}', true$$, $$UPDATE book SET tags = tags || 'z'::text, title = title || '!'$$);
SELECT same($$'Book', '{"tags__prepend": "z", "title__prepend": "!"}', true$$, $$UPDATE book SET tags = 'z'::text || tags, title = '!' || title$$);
SELECT same($$'Book', '{"tags__append": ["p", "q"], "data__append": {"n": 1}}', true$$, $$UPDATE book SET tags = tags || '{p,q}'::text[], data = data || '{"n": 1}'$$);
SELECT same($$'Book', '{"tags__prepend": ["p", "q"]}', true$$, $$UPDATE book SET tags = '{p,q}'::text[] || tags$$);
SELECT same($$'Book', '{"tags__remove": "x"}', true$$, $$UPDATE book SET tags = array_remove(tags, 'x')$$);
SELECT same($$'Book', '{"data__remove": "k"}', true$$, $$UPDATE book SET data = data - 'k'$$);
SELECT same($$'Book', '{"data__remove": ["a", "k"]}', true$$, $$UPDATE book SET data = data - '{a,k}'::text[]$$);
SELECT same($$corm.filter('Book', '{"id__lt": 4}'), '{"data__a__b__set": [1]}'$$, $$UPDATE book SET data = jsonb_set(data, '{a,b}', '[1]') WHERE id < 4$$);
SELECT same($$corm.filter('Book', '{"id__lt": 4}'), '{"data__new__set": null}'$$, $$UPDATE book SET data = jsonb_set(data, '{new}', 'null') WHERE id < 4$$);
\echo -- from the row, from what it refers to, from related rows
SELECT same($$'Book', '{"price__F": "list_price"}', true$$, $$UPDATE book SET price = list_price$$);
SELECT same($$'Book', '{"price__F": "list_price", "list_price__F": "price"}', true$$, $$UPDATE book SET price = list_price, list_price = price$$);
SELECT same($$'Book', '{"title__F": "author__name", "price__F": "sequel__author__born", "editor_id__F": "author"}', true$$, $$UPDATE book b SET title = (SELECT name FROM author a WHERE a.id = author_id), price = (SELECT born FROM author a JOIN book s ON s.author_id = a.id WHERE s.id = b.sequel_id), editor_id = author_id$$);
SELECT same($$'Author', '{"born__F": "books__count"}', true$$, $$UPDATE author a SET born = (SELECT count(*) FROM book WHERE author_id = a.id)$$);
SELECT same($$corm.annotate('Author', '{"n": "books__count"}'), '{"born__F": "n"}', true$$, $$UPDATE author a SET born = (SELECT count(*) FROM book WHERE author_id = a.id)$$);
SELECT same($$corm.filter('Book', '{"author__name": "Ann"}'), '{"title__F": "author__name"}'$$, $$UPDATE book SET title = 'Ann' WHERE author_id = 1$$);
SELECT try(format('SELECT corm.update(corm.filter(''Book'', ''{"id": 1}''), %L)', d)) FROM unnest(ARRAY['{"pages__ad": 1}', '{"pages__gt": 1}', '{"nope__add": 1}', '{"pages__add__add": 1}', '{"data__a": 1}', '{"title__add": "x"}', '{"tags__add": "x"}', '{"data__add": 1}', '{"due__mul": 2}', '{"pages__append": 1}', '{"title__remove": "A"}', '{"title__x__set": 1}', '{"data__set": 1}', '{"pages__add": "x"}', '{"pages__add": 1.5}', '{"pages__add": [1]}', '{"pages__add": 900}',
	'{"author__add": 1}', '{"pages": 1, "pages__add": 1}', '{"pages__add": 1, "pages__sub": 1}', '{"author": 1, "author_id__F": "editor"}', '{"twice__add": 1}', '{"due__F": "title"}', '{"price__F": 1}', '{"price__F": "nope"}', '{"price__F": "prequels__price"}', '{"price__F": "author__nope"}', '{"title__F": null}', '{"pages__expect": 1}']) WITH ORDINALITY AS u(d, n) ORDER BY n;
SELECT count(*) FROM book WHERE title IN ('A', 'B', 'C', 'D') AND version = 1;

--
-- Columns of the link
--
SELECT same($$corm.relation('Book', 1, 'tags_of'), '{"Tagging": {"sort": 9}}'$$, $$UPDATE tagging SET sort = 9 WHERE book_id = 1$$);
SELECT same($$corm.filter(corm.relation('Book', 1, 'tags_of'), '{"name": "red"}'), '{"Tagging": {"sort": 9, "note": null}}'$$, $$UPDATE tagging SET sort = 9, note = NULL WHERE book_id = 1 AND tag_id = 1$$);
SELECT same($$corm.filter(corm.relation('Tag', 1, 'books'), '{"Tagging__sort__gt": 1, "author__name": "Ann"}'), '{"Tagging": {"note": "x"}}'$$, $$UPDATE tagging SET note = 'x' WHERE tag_id = 1 AND sort > 1$$);
\echo -- with those of the rows in one statement: both see the filter as it was
SELECT outcome($$SELECT corm.update(corm.filter(corm.relation('Book', 1, 'tags_of'), '{"name": "red", "Tagging__sort": 1}'), '{"name": "x", "Tagging": {"sort": 9}}')$$);
SELECT try(format('SELECT corm.update(corm.relation(''Book'', 1, ''tags_of''), %L)', d)) FROM unnest(ARRAY['{"Tagging": {"srot": 1}}', '{"Tagging": {"book_id": 2}}', '{"Tagging": 1}', '{"Tagging": {"sort": "x"}}', '{"Tagging": {"sort__add": 1}}', '{"tagging": {"sort": 1}}', '{"Tagging": null}', '{"Tagging": {}}']) WITH ORDINALITY AS u(d, n) ORDER BY n;
SELECT try($$SELECT corm.update(corm.relation(corm.filter('Book', '{"id": 1}'), 'tags_of'), '{"Tagging": {"sort": 1}}')$$), try($$SELECT corm.update(corm.filter('Tag', '{"id": 1}'), '{"Tagging": {"sort": 1}}')$$), try($$SELECT corm.update(corm.relation('Author', 1, 'books'), '{"Tagging": {"sort": 1}}')$$), try($$SELECT corm.update(corm.relation('Book', 1, 'tags_of'), '{"name__F": "Tagging__note"}')$$);
\echo -- a symmetrical relation: the one stored link, from either end
SELECT corm.create_model('Person', '{"id": {"type": "int", "primary_key": true}, "name": "text"}');
CREATE TABLE friendship (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, a int REFERENCES persons, b int REFERENCES persons, since int, CHECK (a <= b));
SELECT corm.register_model('friendship', 'Friendship');
SELECT corm.many_to_many('Person', 'friends', 'Person', through => 'Friendship', through_relation_name => 'a', through_reverse_relation_name => 'b', symmetrical => true);
INSERT INTO persons SELECT g, 'p' || g FROM generate_series(1, 4) g;
INSERT INTO friendship (a, b, since) VALUES (1, 2, 1), (2, 3, 2), (2, 3, 3), (3, 3, 4), (1, 4, 5);
SELECT corm.update(corm.relation('Person', 2, 'friends'), '{"Friendship": {"since": 9}}');
SELECT * FROM friendship ORDER BY id;
SELECT corm.update(corm.filter(corm.relation('Person', 3, 'friends'), '{"name": "p2", "Friendship__since": 9}'), '{"Friendship": {"since": 10}}'), corm.update(corm.relation('Person', 3, 'friends'), '{"name": "f"}');
SELECT f.*, p.name FROM friendship f JOIN persons p ON p.id = f.a ORDER BY f.id;

--
-- One row
--
SELECT corm.update_one(corm.filter('Author', '{"pk": 1}'), '{"name": "Anna"}');
SELECT corm.update_one(corm.objects('Book', filter => '{"author__name": "Anna", "title": "A"}', fields => '{id,title}', select_related => '{author}', prefetch_related => '"tags_of"'), '{"author": 2, "title": "AA"}');
\echo -- as it is after the change, which its filter no longer matches; through a relation that it leaves, with the link where there is one
SELECT corm.update_one(corm.filter(corm.relation('Author', 2, 'books', fields => '{id,author_id}'), '{"id": 1}'), '{"author": 1}');
SELECT corm.update_one(corm.filter(corm.relation('Book', 1, 'tags_of'), '{"name": "red"}'), '{"name": "Red"}');
SELECT corm.update_one(corm.filter(corm.relation('Book', 1, 'tags_of'), '{"name": "Red", "Tagging__sort": 1}'), '{"name": "red", "Tagging": {"sort": 11}}'), corm.update_one(corm.filter(corm.relation('Book', 1, 'tags_of'), '{"Tagging__sort": 11}'), '{"Tagging": {"sort": 1}}');
SELECT corm.update_one(corm.filter(corm.annotate('Author', '{"n": "books__count"}'), '{"n": 2}'), '{"name__append": "!"}');
SELECT corm.update_one(corm.relation('Book', 1, 'author', select_related => '{}'), '{"name": "Ann"}'), corm.update_one(corm.filter('Book', '{"pk": 4}'), '{"pk": 5}') ->> 'id', corm.update_one(corm.filter('Book', '{"pk": 5}'), '{"id__sub": 1}') ->> 'id';
\echo -- nothing to change, nothing back
SELECT corm.update_one(corm.filter('Author', '{"pk": 1}'), '{}'), corm.update_one(corm.objects('Author', filter => '{"pk": 1}', fields => '{}'), '{"name": "Ann"}'), corm.update_one(corm.objects('Author', filter => '{"pk": 1}', fields => '{}'), '{}');
\echo -- none, several: nothing is written
SELECT try(format('SELECT corm.update_one(%s, %s)', q, d)) FROM unnest(ARRAY[$$corm.filter('Author', '{"pk": 99}')$$, $$'Author'$$, $$corm.filter('Author', '{"born__gt": 1}')$$, $$corm.objects('Author', fields => '{}')$$, $$corm.objects('Author', filter => '{"pk": 99}', fields => '{}')$$, $$corm.filter(corm.annotate('Author', '{"n": "books__count"}'), '{"n": 9}')$$, $$corm.limit('Author', 1)$$, $$corm.order_by('Author', 'id')$$]) WITH ORDINALITY AS u(q, n), unnest(ARRAY[$$'{"name": "x"}'$$, $$'{}'$$]) WITH ORDINALITY AS v(d, m) ORDER BY m, n;
SELECT try($$SELECT corm.update_one(corm.relation('Book', 1, 'tags_of'), '{"Tagging": {"sort": 1}}')$$), try($$SELECT corm.update_one(corm.relation('Book', 4, 'tags_of'), '{"Tagging": {"sort": 1}, "name": "x"}')$$), try($$SELECT corm.update_one(corm.relation('Book', 4, 'author'), '{"name": "x"}')$$);
SELECT count(*) FROM author WHERE name = 'x';
\echo -- a trigger that suppresses the update leaves no row
CREATE FUNCTION nothing() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$;
CREATE TRIGGER nothing BEFORE UPDATE ON tag FOR EACH ROW WHEN (old.id = 3) EXECUTE FUNCTION nothing();
SELECT try($$SELECT corm.update_one(corm.filter('Tag', '{"pk": 3}'), '{"name": "x"}')$$), corm.update('Tag', '{"name__append": ""}', true);
SELECT try($$SELECT corm.update_one(corm.filter('Tag', '{"pk": 3}'), '{"name": "x", "id__expect": null}')$$), try($$SELECT corm.update_one(corm.filter('Tag', '{"pk": 3}'), '{"name": "x", "id__expect": 3}')$$), try($$SELECT corm.update_one(corm.filter('Tag', '{"pk": 3}'), '{"name": "x", "id__expect": 4}')$$);
\echo -- and one that changes the row is seen
CREATE FUNCTION shout() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN new.name = upper(new.name); RETURN new; END $$;
CREATE TRIGGER shout BEFORE UPDATE ON tag FOR EACH ROW EXECUTE FUNCTION shout();
SELECT corm.update_one(corm.filter('Tag', '{"pk": 1}'), '{"name": "loud"}');

--
-- Expected values
--
SELECT corm.update_one(corm.filter('Book', '{"pk": 1}'), '{"title": "v2", "version__expect": 1, "version__add": 1}') ->> 'version';
SELECT try($$SELECT corm.update_one(corm.filter('Book', '{"pk": 1}'), '{"title": "v3", "version__expect": 1, "version__add": 1}')$$);
SELECT title, version FROM book WHERE id = 1;
\echo -- of any column, of several, NULL; without a change it only checks
SELECT corm.update_one(corm.filter('Book', '{"pk": 4}'), '{"title": "w", "title__expect": "D"}') ->> 'title', corm.update_one(corm.filter('Book', '{"pk": 4}'), '{"pages": 1, "due__expect": null, "author_id__expect": null, "version__expect": 1}') ->> 'pages', corm.update_one(corm.filter('Book', '{"pk": 4}'), '{"version__expect": 1}') ->> 'id';
SELECT try(format('SELECT corm.update_one(%s, %L)', q, d)) FROM (VALUES (1, $$corm.filter('Book', '{"pk": 4}')$$, '{"version__expect": 2}'), (2, $$corm.filter('Book', '{"pk": 4}')$$, '{"version__expect": null, "title": "x"}'), (3, $$corm.filter('Book', '{"pk": 99}')$$, '{"version__expect": 1, "title": "x"}'), (4, $$'Book'$$, '{"version__expect": 1, "title": "x"}'), (5, $$corm.filter('Book', '{"pk": 4}')$$, '{"version__expect": "x", "title": "x"}'), (6, $$corm.filter('Book', '{"pk": 4}')$$, '{"author__expect": 1}'), (7, $$corm.filter(corm.relation('Book', 1, 'tags_of'), '{"pk": 1}')$$, '{"name__expect": "no", "Tagging": {"sort": 5}}'), (8, $$corm.filter(corm.relation('Book', 1, 'tags_of'), '{"pk": 1}')$$, '{"name__expect": "no", "name": "x", "Tagging": {"sort": 5}}')) AS v(n, q, d) ORDER BY n;

--
-- Rights and policies
--
CREATE ROLE regress_corm_update;
GRANT USAGE ON SCHEMA corm_update TO regress_corm_update;
GRANT SELECT ON book, author TO regress_corm_update;
GRANT UPDATE (title) ON book TO regress_corm_update;
CREATE TABLE hidden (id int PRIMARY KEY, n int);
INSERT INTO hidden VALUES (1, 1);
SELECT corm.register_model('hidden', 'Hidden');
GRANT UPDATE ON hidden TO regress_corm_update;
ALTER TABLE author ENABLE ROW LEVEL SECURITY;
CREATE POLICY seen ON author FOR SELECT USING (id <> 1);
CREATE POLICY changed ON author FOR UPDATE USING (id <> 2) WITH CHECK (born IS DISTINCT FROM 2000);
GRANT UPDATE ON author TO regress_corm_update;
SET ROLE regress_corm_update;
SELECT corm.update(corm.filter('Book', '{"id": 2}'), '{"title": "mine"}'), corm.update_one(corm.objects('Book', filter => '{"id": 2}', fields => '{title}'), '{"title__append": "!"}');
SELECT try($$SELECT corm.update(corm.filter('Book', '{"id": 2}'), '{"pages": 1}')$$), try($$SELECT corm.update(corm.filter('Tag', '{"id": 2}'), '{"name": "x"}')$$), try($$SELECT corm.update(corm.filter('Book', '{"tags_of__name": "x"}'), '{"title": "x"}')$$);
\echo -- a role that may not read: all rows, and nothing back
SELECT corm.update('Hidden', '{"n": 2}', true);
SELECT try($$SELECT corm.update(corm.filter('Hidden', '{"id": 1}'), '{"n": 2}')$$), try($$SELECT corm.update('Hidden', '{"n__add": 2}', true)$$), try($$SELECT corm.update_one('Hidden', '{"n": 2}')$$), try($$SELECT corm.update_one(corm.objects('Hidden', fields => '{}'), '{"n": 3}')$$);
\echo -- rows that a policy hides are not there, and what it forbids is refused
SELECT corm.update('Author', '{"country": "x"}', true), corm.update(corm.filter('Book', '{"author__name": "Ann"}'), '{"title": "x"}'), try($$SELECT corm.update('Author', '{"born": 2000}', true)$$), try($$SELECT corm.update_one(corm.filter('Author', '{"pk": 1}'), '{"country": "x"}')$$);
RESET ROLE;
SELECT id, country FROM author ORDER BY id;
SELECT n FROM hidden;
DROP OWNED BY regress_corm_update;
DROP ROLE regress_corm_update;

--
-- Other tables: keys of several columns, none, partitions, views, quoted names
--
CREATE TABLE shop (tenant int, id int, name text, PRIMARY KEY (tenant, id));
CREATE TABLE clerk (tenant int, id int, PRIMARY KEY (tenant, id));
CREATE TABLE sale (id int PRIMARY KEY, tenant int, shop_id int, clerk_id int, FOREIGN KEY (tenant, shop_id) REFERENCES shop, FOREIGN KEY (tenant, clerk_id) REFERENCES clerk);
INSERT INTO shop VALUES (1, 1, 'one'), (2, 1, 'two'), (1, 2, 'three');
INSERT INTO clerk VALUES (1, 7), (2, 7);
INSERT INTO sale VALUES (1, 1, 1, 7), (2, 2, 1, NULL), (3, 1, 2, NULL);
SELECT corm.register_model('shop', 'Shop'), corm.register_model('clerk', 'Clerk'), corm.register_model('sale', 'Sale');
SELECT corm.foreign_key('Sale', 'shop', 'Shop', columns => '{tenant,shop_id}', related_name => 'sales'), corm.foreign_key('Sale', 'clerk', 'Clerk', columns => '{tenant,clerk_id}', related_name => 'sales');
SELECT corm.update(corm.filter('Sale', '{"shop": [1, 1]}'), '{"shop": [1, 2], "clerk": null}'), corm.update(corm.filter('Sale', '{"shop__name": "two"}'), '{"clerk": [2, 7], "tenant": 2}'), corm.update(corm.relation('Shop', ROW(1, 2), 'sales'), '{"shop": null}'), corm.update(corm.filter('Shop', '{"sales__isnull": true}'), '{"name": "empty"}');
SELECT * FROM sale ORDER BY id;
SELECT * FROM shop ORDER BY tenant, id;
SELECT try($$SELECT corm.update(corm.filter('Sale', '{"id": 2}'), '{"shop": [1, 1], "clerk": [2, 7]}')$$), try($$SELECT corm.update(corm.filter('Sale', '{"id": 2}'), '{"shop": [1, 1], "tenant__add": 1}')$$);
CREATE TABLE "Log ""x""" ("a__b" int, "N" int, note text);
INSERT INTO "Log ""x""" VALUES (1, 1, 'n'), (1, 2, 'm'), (2, 3, 'o');
SELECT corm.register_model('"Log ""x"""', 'Log');
SELECT corm.update(corm.filter('Log', '{"a__b": 1}'), '{"N__add": 10, "a__b__add": 1}'), corm.update(corm.filter('Log', '{"\"a__b\"__gt": 1}'), '{"\"a__b\"__mul": 2, "note__F": "a__b"}'), corm.update_one(corm.filter('Log', '{"N": 3}'), '{"N": 4}');
SELECT * FROM "Log ""x""" ORDER BY "N";
CREATE TABLE event (id int, kind text, book_id int REFERENCES book, PRIMARY KEY (id, kind)) PARTITION BY LIST (kind);
CREATE TABLE event_a PARTITION OF event FOR VALUES IN ('a');
CREATE TABLE event_b PARTITION OF event FOR VALUES IN ('b');
INSERT INTO event VALUES (1, 'a', 1), (2, 'b', 2);
SELECT corm.register_model('event', 'Event');
SELECT corm.foreign_key('Event', 'book', 'Book', columns => '{book_id}', related_name => 'events');
SELECT corm.update(corm.filter('Event', '{"book__title": "v2"}'), '{"kind": "b"}'), corm.update(corm.relation('Book', 1, 'events'), '{"book": null}');
SELECT tableoid::regclass, * FROM event ORDER BY id;
CREATE VIEW cheap AS SELECT id, title, pages, author_id FROM book WHERE pages < 250 WITH CHECK OPTION;
SELECT corm.register_model('cheap', 'Cheap', '{id}');
SELECT corm.relation_on('Cheap', 'author', 'Author', '{author_id}', '{id}', related_name => 'cheap');
SELECT corm.update(corm.filter('Cheap', '{"author__name": "Ann"}'), '{"pages__add": 5}'), try($$SELECT corm.update('Cheap', '{"pages": 500}', true)$$), try($$SELECT corm.update(corm.filter('Cheap', '{"id": 1}'), '{"author": 1}')$$), corm.update(corm.relation('Author', 1, 'cheap'), '{"title": "cheap"}');
SELECT id, title, pages FROM book ORDER BY id;
CREATE TABLE ident (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, d int);
SELECT corm.register_model('ident', 'Ident');
INSERT INTO ident (d) VALUES (1);
SELECT try($$SELECT corm.update('Ident', '{"id": 5}', true)$$), try($$SELECT corm.update('Ident', '{"d__add": 2147483647}', true)$$);

\pset tuples_only off
\pset format aligned
SET client_min_messages = warning;
DROP SCHEMA corm_update CASCADE;
RESET client_min_messages;
RESET search_path;
RESET timezone;
