-- The verbs that read, on models whose relations do not matter.
CREATE SCHEMA corm_read_basic;
SET search_path = corm_read_basic;
SET timezone = 'UTC';
\pset format unaligned
\pset tuples_only on
-- Shows the result of a statement, or its error as "SQLSTATE message", detail
-- and hint.
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
SELECT corm.create_model('Item', '{"name": "text", "price": "numeric(8,2)", "active": "boolean", "data": "json", "made": "timestamptz"}');
SELECT corm.create_model('Nothing', '{"name": "text"}');
INSERT INTO items (name, price, active, data, made) VALUES
	('bolt', 1.50, true, '{"b" : 1, "a":2}', '2024-01-02 03:04:05+00'),
	('nut', 0.75, true, NULL, NULL),
	('gear', 20, false, '[1, 2]', '2024-02-02'),
	('bolt', 2.00, NULL, 'null', 'infinity'),
	('Ärger "quoted" \ /', NULL, true, '"x"', '-infinity');

--
-- all, list: documents in pk order, byte for byte what row_to_json says
--
SELECT corm.all('Item');
SELECT bool_and(a.object::text = row_to_json(i)::text) AND count(*) = 5
  FROM (SELECT object, row_number() OVER () AS n FROM corm.all('Item')) a
  JOIN (SELECT *, row_number() OVER (ORDER BY id) AS n FROM items) r USING (n) JOIN items i ON i.id = r.id;
SELECT corm.list('Item')::text = (SELECT '[' || string_agg(row_to_json(i)::text, ',' ORDER BY id) || ']' FROM items i);
SELECT corm.list('Item', '{"name": "bolt"}')::jsonb = (SELECT jsonb_agg(to_jsonb(i) ORDER BY id) FROM items i WHERE name = 'bolt');
-- nothing there
SELECT corm.all('Nothing');
SELECT corm.list('Nothing');
SELECT corm.list('Item', '{"name": "none"}');
SELECT corm.get_or_none('Nothing') IS NULL, corm.first('Nothing') IS NULL, corm.last('Nothing') IS NULL, corm.count('Nothing'), corm.exists('Nothing');
SELECT count(*) FROM corm.rows(NULL::nothings, 'Nothing');
-- a NULL queryset has no rows
SELECT count(*) FROM corm.all(NULL);
SELECT corm.list(NULL), corm.get_or_none(NULL) IS NULL, corm.first(NULL) IS NULL, corm.last(NULL) IS NULL, corm.count(NULL), corm.exists(NULL);
SELECT count(*) FROM corm.rows(NULL::items, NULL);
SELECT count(*) FROM corm.sql(NULL);
SELECT try('SELECT corm.get(NULL)');
SELECT corm.list(corm.filter(NULL, '{"name": "x"}'));
-- a NULL filter filters nothing, {} neither
SELECT corm.count('Item', NULL), corm.count('Item', '{}'), corm.count('Item', '[]');

--
-- get: exactly one row
--
SELECT corm.get('Item', '{"pk": 2}');
SELECT corm.get('Item', '{"name": "nut"}')::jsonb = to_jsonb(i) FROM items i WHERE id = 2;
SELECT try('SELECT corm.get(''Item'', ''{"pk": 99}'')');
SELECT try('SELECT corm.get(''Item'', ''{"name": "bolt"}'')');
SELECT try('SELECT corm.get(''Item'')');
SELECT try('SELECT corm.get(''Nothing'')');
SELECT corm.get_or_none('Item', '{"pk": 2}');
SELECT corm.get_or_none('Item', '{"pk": 99}') IS NULL;
SELECT try('SELECT corm.get_or_none(''Item'', ''{"name": "bolt"}'')');
-- a limit of the queryset counts: of one row there are not two
SELECT corm.get(corm.limit('Item', 1)) ->> 'id';
SELECT corm.get(corm.offset('Item', 4)) ->> 'id';
SELECT try('SELECT corm.get(corm.limit(''Item'', 0))');
SELECT try('SELECT corm.get(corm.offset(''Item'', 5))');

--
-- first, last
--
SELECT corm.first('Item') ->> 'id', corm.last('Item') ->> 'id';
SELECT corm.first(corm.order_by('Item', 'name')) ->> 'name', corm.last(corm.order_by('Item', 'name')) ->> 'name' COLLATE "C" > 'n';
SELECT corm.first(corm.order_by('Item', '-price')) ->> 'id' AS "nulls are greatest", corm.last(corm.order_by('Item', '-price')) ->> 'id';
SELECT corm.first(corm.order_by('Item', '-price nulls last')) ->> 'id', corm.last(corm.order_by('Item', '-price nulls last')) ->> 'id';
SELECT corm.first(corm.order_by('Item', 'price nulls first')) ->> 'id', corm.last(corm.order_by('Item', 'price nulls first')) ->> 'id';
-- ties are broken by the key, the other way round for last
SELECT corm.first('Item', '{"name": "bolt"}') ->> 'id', corm.last('Item', '{"name": "bolt"}') ->> 'id';
SELECT corm.first(corm.order_by('Item', 'name'), '{"name": "bolt"}') ->> 'id', corm.last(corm.order_by('Item', 'name'), '{"name": "bolt"}') ->> 'id';
SELECT corm.first(corm.limit(corm.offset('Item', 2), 2)) ->> 'id', corm.first(corm.limit('Item', 0)) IS NULL, corm.first(corm.offset('Item', 5)) IS NULL;
SELECT try('SELECT corm.last(corm.limit(''Item'', 3))');
SELECT try('SELECT corm.last(corm.offset(''Item'', 3))');
SELECT corm.last(corm.offset('Item', 0)) ->> 'id';

--
-- limit, offset, paginate
--
SELECT string_agg(object ->> 'id', ',') FROM corm.all(corm.limit('Item', 2));
SELECT string_agg(object ->> 'id', ',') FROM corm.all(corm.offset('Item', 3));
SELECT string_agg(object ->> 'id', ',') FROM corm.all(corm.offset(corm.limit('Item', 2), 1));
SELECT string_agg(object ->> 'id', ',') FROM corm.all(corm.offset(corm.limit('Item', 2), 4));
SELECT string_agg(object ->> 'id', ',') FROM corm.all(corm.limit('Item', 0));
SELECT string_agg(object ->> 'id', ',') FROM corm.all(corm.limit('Item', 9223372036854775807));
SELECT string_agg(object ->> 'id', ',') FROM corm.all(corm.offset('Item', 9223372036854775807));
SELECT string_agg(object ->> 'id', ',') FROM corm.all(corm.offset(corm.limit('Item', 9223372036854775807), 9223372036854775807));
SELECT p, string_agg(a.object ->> 'id', ',') FROM generate_series(1, 4) p LEFT JOIN LATERAL corm.all(corm.paginate('Item', p, page_size => 2)) a ON true GROUP BY p ORDER BY p;
SELECT string_agg(object ->> 'id', ',') FROM corm.all(corm.paginate('Item', 1));
SELECT try('SELECT corm.list(corm.paginate(''Item'', 0))');
SELECT try('SELECT corm.list(corm.paginate(''Item'', 1, 0))');
SELECT try('SELECT corm.list(corm.limit(''Item'', -1))');

--
-- count, exists honour filter, limit and offset
--
SELECT corm.count('Item'), corm.count('Item', '{"active": true}'), corm.count(corm.filter('Item', '{"active": true}'), '{"name": "nut"}');
SELECT corm.count(corm.limit('Item', 2)), corm.count(corm.offset('Item', 2)), corm.count(corm.offset(corm.limit('Item', 2), 4)), corm.count(corm.limit('Item', 0)),
	corm.count(corm.offset('Item', 7)), corm.count(corm.limit('Item', 3), '{"name": "bolt"}');
SELECT corm.exists('Item'), corm.exists('Item', '{"name": "nut"}'), corm.exists('Item', '{"name": "none"}'), corm.exists(corm.limit('Item', 0)),
	corm.exists(corm.offset('Item', 4)), corm.exists(corm.offset('Item', 5));
SELECT pg_typeof(corm.count('Item')), pg_typeof(corm.exists('Item')), pg_typeof(corm.list('Item'));
-- usable per row
SELECT i.name, corm.count('Item', jsonb_build_object('name', i.name)) FROM items i WHERE id <= 3 ORDER BY id;
SELECT id FROM items i WHERE corm.exists('Item', jsonb_build_object('price__lt', coalesce(i.price, 0))) ORDER BY id;

--
-- fields, exclude_fields
--
SELECT corm.all(corm.fields('Item', 'name', 'id'), '{"id__lte": 2}');
SELECT corm.all(corm.exclude_fields('Item', 'data', 'made', 'pk'), '{"id__lte": 2}');
SELECT corm.get(corm.fields('Item', 'pk', 'price'), '{"id": 1}');
SELECT corm.get(corm.fields('Item', VARIADIC '{}'::text[]), '{"id": 1}');
SELECT corm.get(corm.exclude_fields(corm.fields('Item', 'id', 'name'), 'name'), '{"id": 1}');
SELECT corm.get(corm.exclude_fields(corm.fields('Item', 'name'), 'name'), '{"id": 1}');
SELECT corm.get(corm.exclude_fields('Item', 'id', 'name', 'price', 'active', 'data', 'made'), '{"id": 1}');
-- what is not printed still filters and orders
SELECT corm.list(corm.order_by(corm.fields('Item', 'name'), '-id'), '{"active": true}');
SELECT try('SELECT corm.list(corm.fields(''Item'', ''nam''))');
SELECT try('SELECT corm.list(corm.exclude_fields(''Item'', ''nam''))');
SELECT try('SELECT corm.list(corm.fields(''Item'', ''name__exact''))');
SELECT try('SELECT corm.list(corm.fields(''Item'', ''pk__id''))');

--
-- The queryset in its several forms
--
SELECT corm.count('corm_read_basic.Item'), corm.count('{"model": "Item", "filter": {"id": 1}}'), corm.count(corm.objects('Item', '{"id__in": [1, 2]}'));
SELECT corm.count(q), corm.first(q) ->> 'id' FROM (VALUES (corm.objects('Item')), ('{"model": "Item", "order_by": ["-id"]}')) v(q);
PREPARE one AS SELECT corm.get($1, $2) ->> 'name';
EXECUTE one('Item', '{"id": 1}');
EXECUTE one('Item', '{"id": 3}');
PREPARE many (corm.queryset, jsonb) AS SELECT object ->> 'name' FROM corm.all($1, $2);
EXECUTE many('Item', '{"id__lt": 3}');
EXECUTE many('Item', '{"name__in": ["bolt", "gear"]}');
SELECT try('SELECT corm.list(''{}'')');
SELECT try('SELECT corm.list(''{"filter": {"id": 1}}'')');
CREATE VIEW active_items AS SELECT object FROM corm.all('corm_read_basic.Item', '{"active": true}');
SET search_path = pg_catalog;
SELECT count(*) FROM corm_read_basic.active_items;
SET search_path = corm_read_basic;

--
-- all: in FROM and in the select list, once, twice, cut short
--
SELECT object ->> 'id' FROM corm.all('Item') LIMIT 2;
SELECT corm.all('Item') ->> 'id' LIMIT 2;
SELECT corm.all('Item') ->> 'id', corm.all(corm.order_by('Item', '-id')) ->> 'id';
SELECT corm.all('Item') ->> 'id', corm.all('Item', '{"id__lt": 3}') ->> 'id', corm.all('Nothing');
SELECT corm.all(CASE WHEN id < 3 THEN corm.objects('Item', jsonb_build_object('id__lte', id)) END) ->> 'id' AS inner, id FROM items ORDER BY id;
SELECT i.id, a.object ->> 'id' FROM items i, corm.all('Item', jsonb_build_object('id__lt', i.id)) a WHERE i.id < 4 ORDER BY i.id;
SET corm.batch_size = 2;
SELECT corm.all('Item') ->> 'id';
SELECT object ->> 'id' FROM corm.all('Item');
RESET corm.batch_size;

--
-- rows: typed rows of a table
--
SELECT * FROM corm.rows(NULL::items, '{"model": "Item", "order_by": ["-id"]}');
SELECT (SELECT jsonb_agg(to_jsonb(r) ORDER BY id) FROM corm.rows(NULL::items, 'Item') r) = (SELECT jsonb_agg(to_jsonb(i) ORDER BY id) FROM items i);
SELECT r.name FROM corm.rows(NULL::items, '{"filter": {"id__lt": 3}, "order_by": ["-name"]}') r;
SELECT (r).id, (r).name FROM (SELECT corm.rows(NULL::items, corm.order_by('Item', 'name', '-id')) AS r) s WHERE (r).id < 5;
SELECT count(*) FROM corm.rows(NULL::items, corm.limit('Item', 3));
SELECT i.id, r.id, r.name FROM items i, LATERAL corm.rows(i, corm.objects('Item', jsonb_build_object('name', i.name), order_by => '{id}')) r ORDER BY i.id, r.id;
-- a table that is altered: dropped and added columns
CREATE TABLE changed (gone1 int, id int PRIMARY KEY, gone2 text, name text, gone3 text);
INSERT INTO changed VALUES (1, 1, 'x', 'one', 'y'), (2, 2, 'x', 'two', 'y');
SELECT corm.register_model('changed', 'Changed');
SELECT * FROM corm.rows(NULL::changed, 'Changed') ORDER BY id;
ALTER TABLE changed DROP COLUMN gone1, DROP COLUMN gone2, ADD COLUMN added int DEFAULT 7, DROP COLUMN gone3;
SELECT * FROM corm.rows(NULL::changed, 'Changed') ORDER BY id;
SELECT corm.list('Changed')::jsonb = (SELECT jsonb_agg(to_jsonb(c) ORDER BY id) FROM changed c), corm.get('Changed', '{"added": 7, "name": "two"}');
SELECT try('SELECT corm.list(''Changed'', ''{"gone1": 1}'')');
ALTER TABLE changed RENAME COLUMN name TO title;
SELECT corm.get('Changed', '{"title": "one"}');
SELECT try('SELECT corm.list(''Changed'', ''{"name": "one"}'')');
SELECT r.title FROM corm.rows(NULL::changed, 'Changed') r ORDER BY 1;
ALTER TABLE changed ALTER COLUMN title TYPE varchar(10), ALTER COLUMN added TYPE bigint;
SELECT r.title, pg_typeof(r.added) FROM corm.rows(NULL::changed, 'Changed') r ORDER BY 1;
-- refused
SELECT try('SELECT * FROM corm.rows(NULL::nothings, ''Item'')');
SELECT try('SELECT * FROM corm.rows(NULL::int, ''Item'')');
SELECT try('SELECT * FROM corm.rows(ROW(1, 2), ''Item'')');
SELECT try('SELECT * FROM corm.rows(NULL::pg_class, ''{}'')');
SELECT try('SELECT * FROM corm.rows(NULL::items, corm.fields(''Item'', ''id''))');
SELECT try('SELECT * FROM corm.rows(NULL::items, corm.exclude_fields(''Item'', ''id''))');
SELECT try('SELECT * FROM corm.rows(NULL::items, corm.prefetch_related(''Item'', ''x''))');
SELECT try('SELECT * FROM corm.rows(NULL::items, corm.select_related(''Item'', ''x''))');

--
-- A model without a primary key: only what needs none
--
CREATE TABLE keyless (a int, b text);
INSERT INTO keyless VALUES (2, 'x'), (1, 'y');
SELECT corm.register_model('keyless', 'Keyless');
SELECT corm.count('Keyless'), corm.exists('Keyless', '{"a": 1}'), corm.list(corm.order_by('Keyless', 'a'));
SELECT try('SELECT corm.list(''Keyless'', ''{"pk": 1}'')');
SELECT try('SELECT corm.list(corm.order_by(''Keyless'', ''pk''))');
-- a view is one as well, with the key that was named for it
CREATE VIEW cheap AS SELECT id, name, price FROM items WHERE price < 10;
SELECT corm.register_model('cheap', 'Cheap', key => '{id}');
SELECT corm.list('Cheap'), corm.get('Cheap', '{"pk": 2}');
-- inheritance counts the children's rows, as SELECT does
CREATE TABLE special_items (extra int) INHERITS (items);
INSERT INTO special_items (id, name, extra) VALUES (100, 'special', 1);
SELECT corm.count('Item'), corm.get('Item', '{"pk": 100}')::text = (SELECT row_to_json(i)::text FROM items i WHERE id = 100);

--
-- Statements, as text
--
SELECT corm.sql('Item');
SELECT corm.sql('Item', 'count');
SELECT corm.sql(corm.limit('Item', 2), 'count');
SELECT corm.sql('Item', 'exists');
SELECT corm.sql(corm.fields('Item', 'name'), 'get');
SELECT corm.sql(corm.fields(corm.order_by('Item', '-price nulls last'), 'name'), 'first');
SELECT corm.sql(corm.fields(corm.order_by('Item', '-price nulls last'), 'name'), 'last');
SELECT corm.sql(corm.objects('Nothing', '{"name__icontains": "x", "id__in": [1, null]}', order_by => '{name}'), 'rows');
SELECT corm.sql(corm.objects('Nothing', '{"OR": [], "AND": [], "NOT": {"name": "x"}}', limit_count => 3, offset_count => 4), 'list');
SELECT try('SELECT corm.sql(''Item'', ''al'')');
SELECT try('SELECT corm.sql(corm.limit(''Item'', 1), ''last'')');
SELECT count(*) FROM corm.sql('Item', NULL);
-- what it prints runs
SELECT replace(corm.sql(corm.fields('Nothing', 'id'), 'count'), '/* corm Nothing */ ', '') \gexec

SET client_min_messages = warning;
DROP SCHEMA corm_read_basic CASCADE;
SELECT count(*) FROM corm.models WHERE schema_name = 'corm_read_basic';
