-- What stands in the search_path does not change an answer: neither operators,
-- functions, types and casts of the same names, nor tables.
SET client_min_messages = warning;
CREATE SCHEMA test_path;
SET search_path = test_path;
CREATE TYPE size AS ENUM ('small', 'large');
CREATE DOMAIN code AS varchar(9);
CREATE TABLE part (id int PRIMARY KEY, parent_id bigint REFERENCES part, name text, code code UNIQUE, size size, made date, tags text[]);
CREATE TABLE bin (a int, b code, PRIMARY KEY (a, b));
CREATE TABLE part_bin (part_id int REFERENCES part, a int, b code, n int, FOREIGN KEY (a, b) REFERENCES bin);
INSERT INTO part SELECT i, nullif(i / 2, 0), 'Part ' || i, 'c' || i, CASE WHEN i % 2 = 0 THEN 'small' ELSE 'large' END::size,
	date '2024-01-01' + i, ARRAY['x', i::text] FROM generate_series(1, 9) i;
INSERT INTO bin VALUES (1, 'x'), (1, 'y'), (2, 'x');
INSERT INTO part_bin SELECT i, 1 + i % 2, 'x', i FROM generate_series(1, 9) i;
INSERT INTO part_bin VALUES (1, 1, 'y', 10), (1, 2, 'x', 11);
SELECT corm.register_model(t, key => NULL) FROM unnest('{part,bin,part_bin}'::regclass[]) t;
SELECT corm.foreign_key('part', 'parent', 'part', 'parts');
SELECT corm.many_to_many('part', 'bins', 'bin', through => 'part_bin', related_name => 'parts');

CREATE FUNCTION answers() RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE
	q pg_catalog.text;
	r pg_catalog.text;
BEGIN
	FOREACH q IN ARRAY ARRAY[
		'{"model": "test_path.part"}',
		'{"model": "test_path.part", "prefetch_related": ["parts"]}',
		'{"model": "test_path.part", "prefetch_related": [{"parts": {"limit": 1, "offset": 1, "more": true, "order_by": ["-name"]}}]}',
		'{"model": "test_path.part", "select_related": ["parent__parent"]}',
		'{"model": "test_path.part", "prefetch_related": [{"parent": {"filter": {"id__gt": 1}}}]}',
		'{"model": "test_path.part", "prefetch_related": ["bins"]}',
		'{"model": "test_path.part", "prefetch_related": [{"bins": {"limit": 1}}]}',
		'{"model": "test_path.bin", "prefetch_related": ["parts__bins"]}',
		'{"model": "test_path.part", "filter": {"name__icontains": "PART", "code__startswith": "c", "code__iexact": "C3"}}',
		'{"model": "test_path.part", "filter": {"id__in": [1, 2, null], "size": "large", "made__gte": "2024-01-02", "id__range": [1, 5]}}',
		'{"model": "test_path.part", "filter": {"size__in": ["large"], "code__in": ["c1", "c4"], "tags": ["x", "1"]}}',
		'{"model": "test_path.part", "filter": {"bins": [1, "x"]}, "order_by": ["-parts__id", "parent__name"]}',
		'{"model": "test_path.part", "filter": {"bins__in": [[1, "x"], [2, "x"]], "bins__part_bin__n__gt": 3}, "limit": 2, "offset": 1}',
		'{"model": "test_path.part", "filter": {"OR": [{"parts__name__contains": "5"}, {"NOT": {"parent__isnull": false}}]}}',
		'{"model": "test_path.part", "pk": 1, "relation": "bins"}',
		'{"model": "test_path.bin", "pk": [1, "x"], "relation": "parts", "order_by": ["size", "-made"]}']
	LOOP
		EXECUTE 'SELECT corm.list($1::corm.queryset)::pg_catalog.text' INTO r USING q;
		RETURN NEXT r;
		EXECUTE 'SELECT corm.count($1::corm.queryset)::pg_catalog.text' INTO r USING q;
		RETURN NEXT r;
	END LOOP;
	EXECUTE $q$SELECT pg_catalog.string_agg(x::pg_catalog.text, ';' ORDER BY pk::pg_catalog.text) FROM corm.prefetch('test_path.bin', '[[1, "x"], [2, "x"]]'::pg_catalog.jsonb, 'parts') x$q$ INTO r;
	RETURN NEXT r;
	EXECUTE $q$SELECT pg_catalog.string_agg(x::pg_catalog.text, ';' ORDER BY x.id) FROM corm.rows(NULL::test_path.part, '{"filter": {"id__in": [3, 4]}}') x$q$ INTO r;
	RETURN NEXT r;
END $$;
CREATE TABLE answer AS SELECT ordinality AS n, answers FROM answers() WITH ORDINALITY;
SELECT count(*), min(length(answers)) > 0 AS some, md5(string_agg(answers, ',' ORDER BY n)) IS NOT NULL AS known FROM answer;
SELECT answers FROM answer WHERE n IN (9, 17, 27);

-- Everything that a hostile schema may hold.
CREATE SCHEMA test_path_evil;
SET search_path = test_path_evil, pg_catalog;
CREATE FUNCTION lie(what text) RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'hijacked: %', what; END $$;
SET search_path = pg_catalog;
DO $$
DECLARE
	l text;
	r text;
	o text;
	f text;
	n int := 0;
BEGIN
	FOR l, r IN SELECT t, t FROM unnest('{int4,int8,text,varchar,date,"text[]","int4[]",anyenum,json,jsonb,numeric}'::text[]) t
		UNION ALL VALUES ('int4', 'int8'), ('int8', 'int4'), ('anyarray', 'anyarray') LOOP
		FOREACH o IN ARRAY '{=,<,>,<=,>=,<>,~~,~~*,!~~,~,||,+,-}'::text[] LOOP
			n := n + 1;
			EXECUTE format('CREATE FUNCTION test_path_evil.op%s(%s, %s) RETURNS boolean LANGUAGE sql AS $f$ SELECT test_path_evil.lie(%L) $f$', n, l, r, l || o || r);
			EXECUTE format('CREATE OPERATOR test_path_evil.%s (LEFTARG = %s, RIGHTARG = %s, FUNCTION = test_path_evil.op%s)', o, l, r, n);
		END LOOP;
	END LOOP;
END $$;
SET search_path = test_path_evil, pg_catalog;
CREATE FUNCTION lower(text) RETURNS text LANGUAGE sql AS $$ SELECT test_path_evil.lie('lower')::pg_catalog.text $$;
CREATE FUNCTION upper(text) RETURNS text LANGUAGE sql AS $$ SELECT test_path_evil.lie('upper')::pg_catalog.text $$;
CREATE FUNCTION unnest(anyarray) RETURNS SETOF anyelement LANGUAGE sql AS $$ SELECT ($1)[1] WHERE test_path_evil.lie('unnest') $$;
CREATE FUNCTION unnest(anyarray, anyarray) RETURNS TABLE (a int, b text) LANGUAGE sql AS $$ SELECT 1, 'x' WHERE test_path_evil.lie('unnest 2') $$;
CREATE FUNCTION row_number() RETURNS int8 LANGUAGE sql AS $$ SELECT test_path_evil.lie('row_number')::pg_catalog.int4::int8 $$;
CREATE FUNCTION count() RETURNS int8 LANGUAGE sql AS $$ SELECT test_path_evil.lie('count')::pg_catalog.int4::int8 $$;
CREATE FUNCTION to_json(anyelement) RETURNS json LANGUAGE sql AS $$ SELECT NULL::json WHERE test_path_evil.lie('to_json') $$;
CREATE FUNCTION array_agg(anyelement) RETURNS anyarray LANGUAGE sql AS $$ SELECT NULL::anyarray WHERE test_path_evil.lie('array_agg') $$;
CREATE DOMAIN text AS pg_catalog.text CHECK (test_path_evil.lie('type text'));
CREATE DOMAIN record_ AS pg_catalog.text;
CREATE TYPE json AS (a int);
CREATE TYPE jsonb AS (a int);
CREATE DOMAIN int4 AS pg_catalog.int4 CHECK (test_path_evil.lie('type int4'));
CREATE DOMAIN int8 AS pg_catalog.int8 CHECK (test_path_evil.lie('type int8'));
CREATE DOMAIN bool AS pg_catalog.bool CHECK (test_path_evil.lie('type bool'));
CREATE DOMAIN "varchar" AS pg_catalog.varchar CHECK (test_path_evil.lie('type varchar'));
CREATE TYPE size AS ENUM ('tiny');
CREATE DOMAIN code AS pg_catalog.int4;
CREATE TABLE part (id pg_catalog.int4 PRIMARY KEY, evil pg_catalog.text);
CREATE TABLE bin (a pg_catalog.int4);
CREATE TABLE model (relid oid, name name);
CREATE TABLE relation (source oid);
CREATE TABLE pg_class (oid oid, relname name);
CREATE TABLE pg_constraint (oid oid);
INSERT INTO part VALUES (1, 'evil');
-- the trap works on whoever writes names without schema
SELECT 1 = 1;
SELECT lower('A'::pg_catalog.text);

CREATE TABLE test_path.result (path pg_catalog.text, n pg_catalog.int8, answers pg_catalog.text);
CREATE PROCEDURE test_path.look() LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE 'INSERT INTO test_path.result SELECT pg_catalog.current_setting(''search_path''), x.n, x.a FROM test_path.answers() WITH ORDINALITY x(a, n)';
END $$;
CALL test_path.look();
SET search_path = test_path_evil, pg_catalog, test_path; CALL test_path.look();
SET search_path = ''; CALL test_path.look();
SET search_path = pg_temp; CALL test_path.look();
SET search_path = pg_catalog, pg_temp, test_path_evil; CALL test_path.look();
SET search_path = corm; CALL test_path.look();
SET search_path = "no such schema", test_path; CALL test_path.look();
-- temporary tables of the same names, also those of corm's own
SET search_path = pg_catalog;
CREATE TEMP TABLE part (id int PRIMARY KEY, evil text);
CREATE TEMP TABLE bin (a int);
CREATE TEMP TABLE model (relid regclass, name text, key text[]);
CREATE TEMP TABLE relation (source regclass);
CREATE TEMP TABLE pg_class (oid oid, relname name);
CREATE TYPE pg_temp.size AS ENUM ('tiny');
SET search_path = pg_temp, test_path; CALL test_path.look();
SET search_path = test_path; CALL test_path.look();
-- the same session, the same statements, back and forth
SET search_path = test_path_evil, pg_catalog; CALL test_path.look();
SET search_path = pg_catalog;
SELECT r.path, count(*), bool_and(r.answers = a.answers) AS same
  FROM test_path.result r JOIN test_path.answer a USING (n) GROUP BY r.path ORDER BY r.path COLLATE "C";

-- bare model names follow the path, tables do not
SET search_path = test_path; SELECT corm.count('part');
SET search_path = test_path_evil, pg_catalog; SELECT corm.count('part');
SET search_path = pg_catalog;
SELECT corm.register_model('test_path_evil.part');
SET search_path = test_path_evil, test_path; SELECT corm.list('part');
SET search_path = test_path, test_path_evil; SELECT corm.count('part');
SET search_path = pg_temp, test_path; SELECT corm.count('part');
SET search_path = ''; SELECT corm.count('part');
SET search_path = pg_temp; SELECT corm.count('pg_temp.part');
SET search_path = pg_catalog;
SELECT corm.register_model('pg_temp.part');
SELECT corm.create_model('pg_temp.Thing', '{"a": "int"}');
SELECT corm.count('pg_temp_1.part') FROM generate_series(1, 0);
SELECT model, schema_name FROM corm.models WHERE schema_name LIKE 'test\_path%' ORDER BY 1;
-- what corm.relations shows of models does not depend on who else bears a name
SET search_path = test_path;
SELECT model, relation, target, through FROM corm.relations WHERE model LIKE '%part' OR model LIKE '%bin' ORDER BY 1, 2;
SET search_path = test_path_evil, pg_catalog, test_path;
SELECT model, relation, target, through FROM corm.relations ORDER BY 1;
SET search_path = pg_catalog;
SELECT model, relation, target, through FROM corm.relations WHERE model LIKE 'test\_path%' ORDER BY 1, 2;

-- defining under a hostile path touches what it says, and nothing else
SET search_path = test_path_evil, pg_catalog;
SELECT corm.create_model('test_path.Extra', '{"note": "text", "n": {"type": "int4", "default": 3}}');
SELECT corm.foreign_key('test_path."Extra"', 'part', 'test_path.part', 'extras');
SET search_path = pg_catalog;
SELECT a.attname, a.atttypid::regtype FROM pg_attribute a WHERE a.attrelid = 'test_path.extras'::regclass AND a.attnum > 0 ORDER BY a.attnum;
SELECT confrelid::regclass FROM pg_constraint WHERE conrelid = 'test_path.extras'::regclass AND contype = 'f';

RESET search_path;
SET client_min_messages = error;
DROP SCHEMA test_path, test_path_evil CASCADE;
