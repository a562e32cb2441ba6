-- A limit is a limit, however the rows are read: the statement that runs may
-- have a higher one, and stops.
SET client_min_messages = warning;
CREATE SCHEMA corm_slices;
SET search_path = corm_slices;
CREATE TABLE shelf (id int PRIMARY KEY, colour text);
CREATE TABLE book (id int PRIMARY KEY, shelf_id int REFERENCES shelf, name text);
INSERT INTO shelf SELECT i, 'c' || i % 7 FROM generate_series(1, 40) i;
INSERT INTO book SELECT i, 1 + i % 40, 'b' || i FROM generate_series(1, 90) i;
SELECT corm.register_model('shelf'), corm.register_model('book');
SELECT corm.foreign_key('book', 'shelf', 'shelf', 'books');

CREATE TABLE slice AS SELECT l AS rows, o AS skipped FROM unnest(ARRAY[0, 1, 2, 3, 4, 5, 7, 8, 9, 16, 17, 31, 32, 33, 39, 40, 41, 64, 65536, 65537]) l, unnest(ARRAY[0, 1, 8, 39, 40, 41]) o;
CREATE FUNCTION wanted(s slice) RETURNS text LANGUAGE sql BEGIN ATOMIC
	SELECT coalesce(string_agg(id::text, ' ' ORDER BY id), '') FROM (SELECT id FROM shelf ORDER BY id LIMIT s.rows OFFSET s.skipped) t;
END;
CREATE FUNCTION asked(s slice, nested text DEFAULT NULL) RETURNS corm.queryset LANGUAGE sql AS
	$$SELECT jsonb_strip_nulls(jsonb_build_object('model', 'shelf', 'order_by', 'id', 'limit', s.rows, 'offset', s.skipped, 'prefetch_related', nested))$$;
CREATE FUNCTION ids(documents json) RETURNS text LANGUAGE sql BEGIN ATOMIC
	SELECT coalesce(string_agg(d ->> 'id', ' ' ORDER BY n), '') FROM json_array_elements(documents) WITH ORDINALITY AS e (d, n);
END;
-- pulled, one by one, and once more at the end
CREATE FUNCTION fetched(q corm.queryset) RETURNS text LANGUAGE plpgsql AS $$
DECLARE c refcursor; d json; got text := '';
BEGIN
	OPEN c FOR SELECT corm.all(q);
	LOOP
		FETCH c INTO d;
		EXIT WHEN NOT FOUND;
		got := concat_ws(' ', nullif(got, ''), d ->> 'id');
	END LOOP;
	FETCH c INTO d;
	IF FOUND THEN got := got || ' and more'; END IF;
	CLOSE c;
	RETURN got;
END $$;
CREATE FUNCTION differences(batch int) RETURNS TABLE (slices bigint, list bigint, nested bigint, pushed bigint, pulled bigint, rows bigint, annotated bigint) LANGUAGE plpgsql AS $$
BEGIN
	PERFORM set_config('corm.batch_size', batch::text, true);
	RETURN QUERY SELECT count(*),
		count(*) FILTER (WHERE ids(corm.list(asked(s))) <> wanted(s)),
		count(*) FILTER (WHERE ids(corm.list(asked(s, 'books'))) <> wanted(s)),
		count(*) FILTER (WHERE (SELECT coalesce(string_agg(a.object ->> 'id', ' '), '') FROM corm.all(asked(s)) a) <> wanted(s)),
		count(*) FILTER (WHERE fetched(asked(s)) <> wanted(s) OR fetched(asked(s, 'books')) <> wanted(s)),
		count(*) FILTER (WHERE (SELECT coalesce(string_agg(r.id::text, ' '), '') FROM corm.rows(NULL::shelf, asked(s)) r) <> wanted(s)),
		count(*) FILTER (WHERE ids(corm.list(corm.annotate(asked(s), '{"n": {"count": "books"}}'))) <> wanted(s))
		FROM slice s;
END $$;
SELECT batch, d.* FROM unnest(ARRAY[1, 3, 32, 1000]) batch, differences(batch) d;

-- what is left of a cursor after a rollback to a savepoint
SET corm.batch_size = 2;
BEGIN;
DECLARE c CURSOR FOR SELECT corm.all('{"model": "shelf", "order_by": "id", "limit": 5, "fields": ["id"]}');
SAVEPOINT s;
FETCH 3 c;
ROLLBACK TO s;
FETCH 9 c;
FETCH 1 c;
COMMIT;
BEGIN;
DECLARE h CURSOR WITH HOLD FOR SELECT corm.all('{"model": "shelf", "order_by": "id", "limit": 5, "fields": ["id"]}');
FETCH 3 h;
COMMIT;
FETCH ALL h;
CLOSE h;
RESET corm.batch_size;

-- what is shown is what was asked for
SELECT substring(e FROM 'actual .*rows=(\d+)') AS rows FROM corm.explain('{"model": "shelf", "order_by": "id", "limit": 3}', execute => true) e WHERE e ~ 'Limit';
SELECT corm.sql('{"model": "shelf", "order_by": "id", "limit": 3}') ~ 'LIMIT \$1' AS asked;

SET client_min_messages = error;
DROP SCHEMA corm_slices CASCADE;
