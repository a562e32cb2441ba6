-- Every value of a document is, byte for byte, what to_json of its row gives.
SET client_min_messages = warning;
CREATE SCHEMA test_types;
SET search_path = test_types;

CREATE TYPE mood AS ENUM ('sad', 'o"k', 'ha,ppy');
CREATE TYPE point3 AS (x float8, "y ""z" text, d date[]);
CREATE TYPE floatrange AS RANGE (subtype = float8);
CREATE TYPE looks_like_json AS ENUM ('a', 'b');
CREATE FUNCTION looks_json(looks_like_json) RETURNS json LANGUAGE sql IMMUTABLE
	AS $$ SELECT pg_catalog.json_build_object('cast', pg_catalog.enum_out($1)) $$;
CREATE CAST (looks_like_json AS json) WITH FUNCTION looks_json(looks_like_json);

-- what each type is fed with
CREATE TABLE samples (type text, vals text[]);
INSERT INTO samples VALUES
	('bool', '{t,f}'),
	('int2', '{-32768,32767,0}'),
	('int4', '{-2147483648,2147483647,0}'),
	('int8', '{-9223372036854775808,9223372036854775807,0}'),
	('float4', '{NaN,Infinity,-Infinity,-0,1e-45,3.4028235e38,0.1,1e10}'),
	('float8', '{NaN,Infinity,-Infinity,-0,5e-324,1.7976931348623157e308,0.1,1e15,1e16,0.30000000000000004}'),
	('numeric', '{NaN,Infinity,-Infinity,0,-0.000,1e100,1e-100,123456789012345678901234567890.5}'),
	('numeric(9,3)', '{NaN,0,1.5,-999999.999}'),
	('money', '{1234.56,-0.01}'),
	('text', ARRAY['', 'a"b\c/d', E'\b\f\n\r\t', E'\x01\x1f\x7f', 'ünï 日本 😀 ', '</script>', '{"a": 1}', 'null']),
	('varchar(5)', '{"","a  ","\""}'),
	('char(5)', '{"","a","ab c"}'),
	('"char"', '{"",a,"\"","\\\\"}'),
	('name', '{"",abc,"A \"b"}'),
	('cstring', NULL),
	('bytea', ARRAY['', '\x00ff5c22', '\x27']),
	('date', '{infinity,-infinity,"0044-03-15 BC",2024-02-29,5874897-12-31}'),
	('timestamp', '{infinity,-infinity,"0044-03-15 12:00 BC","2024-02-29 23:59:59.999999","2024-02-29 12:00","294276-12-31 23:59:59"}'),
	('timestamp(2)', '{infinity,"2024-02-29 23:59:59.999999"}'),
	('timestamptz', '{infinity,-infinity,"0044-03-15 12:00+00 BC","2024-02-29 23:59:59.999999+00","2024-07-01 12:00+05:45","1850-01-01 00:00+00"}'),
	('time', '{00:00,24:00,23:59:59.999999}'),
	('timetz', '{00:00+00,24:00-15:59,"12:00:00.5+05:30"}'),
	('interval', '{"1 year -2 mons 3 days -04:05:06.7","-1 days","0","178000000 years","1.5 seconds ago"}'),
	('uuid', '{00000000-0000-0000-0000-000000000000,A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11}'),
	('json', ARRAY['{"b": 1,  "a":2, "a" : 3}', E' [ 1 ,\n\t2 ] ', '"\u00e9"', 'null', '1.0', ' true']),
	('jsonb', ARRAY['{"b": 1,  "a":2, "a" : 3}', '[1 ,2]', '"\u00e9"', 'null', '1.00']),
	('xml', NULL),
	('bit(4)', '{0000,1010}'),
	('varbit', '{"",1,10101}'),
	('inet', '{10.0.0.1,10.0.0.1/8,::1,2001:db8::/32}'),
	('cidr', '{10.0.0.0/8,2001:db8::/32}'),
	('macaddr', '{08:00:2b:01:02:03}'),
	('macaddr8', '{08:00:2b:01:02:03:04:05}'),
	('point', '{"(1.5,-0)","(NaN,Infinity)"}'),
	('line', '{"{1,2,3}"}'),
	('lseg', '{"[(1,2),(3,4)]"}'),
	('box', '{"(1,2),(3,4)"}'),
	('path', '{"[(1,2),(3,4)]","((1,2),(3,4))"}'),
	('polygon', '{"((1,2),(3,4),(5,6))"}'),
	('circle', '{"<(1,2),3>"}'),
	('oid', '{0,4294967295}'),
	('regclass', '{pg_class,samples}'),
	('regtype', '{int4,mood,mood[]}'),
	('regproc', '{pg_catalog.initcap,looks_json}'),
	('regprocedure', '{looks_json(looks_like_json)}'),
	('regoper', '{pg_catalog.||/}'),
	('regrole', '{pg_monitor}'),
	('regnamespace', '{pg_catalog}'),
	('xid', '{0,4294967295}'),
	('xid8', '{0,18446744073709551615}'),
	('cid', '{0}'),
	('tid', '{"(0,1)"}'),
	('pg_lsn', '{0/0,FFFFFFFF/FFFFFFFF}'),
	('pg_snapshot', ARRAY['10:20:10,14,15']),
	('tsvector', ARRAY['', '''a''''b'':1A "q":2', 'x y']),
	('tsquery', '{"a & !b","''it''''s'' <-> x"}'),
	('int4range', '{empty,"[1,5)","(,)"}'),
	('numrange', '{empty,"[1.50,)"}'),
	('tsrange', '{"[2024-01-01 12:00,infinity]"}'),
	('tstzrange', '{"[2024-01-01 12:00+00,)"}'),
	('daterange', '{"[2024-01-01,2024-01-02]"}'),
	('int4multirange', '{"{[1,2)}"}'),
	('int8range', '{"[1,5)"}'),
	('nummultirange', '{"{[1.50,)}"}'),
	('tsmultirange', '{"{[2024-01-01 12:00,)}"}'),
	('tstzmultirange', '{"{[2024-01-01 12:00+00,)}"}'),
	('txid_snapshot', ARRAY['10:20:10,14,15']),
	('int8multirange', '{"{}","{[1,2),[5,)}"}'),
	('datemultirange', '{"{[2024-01-01,2024-01-02]}"}'),
	('floatrange', '{"[0.1,NaN)"}'),
	('mood', ARRAY['sad', 'o"k', 'ha,ppy']),
	('point3', ARRAY['(0.1,"a ""b",{2024-01-01})', '(,,)', '(NaN,"",{NULL})']),
	('looks_like_json', '{a,b}'),
	('int2vector', '{"1 2 3",""}'),
	('oidvector', '{"1 2 3"}'),
	('jsonpath', ARRAY['$.a[*] ? (@ > "x")']),
	('refcursor', '{abc}'),
	('aclitem', NULL),
	('pg_node_tree', NULL);
DELETE FROM samples WHERE vals IS NULL;
DO $$ BEGIN PERFORM '<a/>'::xml; INSERT INTO samples VALUES ('xml', ARRAY['<a b="c">d</a>', 'text only', '<a/>']);
EXCEPTION WHEN feature_not_supported THEN NULL; END $$;
-- types that this list has forgotten
SELECT t.typname FROM pg_type t
 WHERE t.typnamespace = 'pg_catalog'::regnamespace AND t.typtype IN ('b', 'r', 'm') AND t.typelem = 0 AND NOT t.typname ~ '^_|^pg_brin|^pg_(dependencies|ndistinct|mcv_list|ddl_command|node_tree)|^gtsvector|^reg'
   AND NOT EXISTS (SELECT FROM samples s WHERE s.type::regtype = t.oid) AND t.typname NOT IN ('aclitem', 'xml')
 ORDER BY 1;

-- one table for each type: the value, its domain, arrays of it, and inside of a composite
CREATE FUNCTION make_tables() RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
	s samples;
	i bigint := 0;
BEGIN
	FOR s IN SELECT * FROM samples ORDER BY type COLLATE "C" LOOP
		i := i + 1;
		EXECUTE format('CREATE DOMAIN d%s AS %s', i, s.type);
		EXECUTE format('CREATE TYPE c%s AS (a %s, b %s[])', i, s.type, s.type);
		EXECUTE format('CREATE TABLE t%s (id int PRIMARY KEY, v %s, d d%s, a %s[], aa %s[], dd d%s[], c c%s, cc c%s[])',
			i, s.type, i, s.type, s.type, i, i, i);
		EXECUTE format($q$INSERT INTO t%1$s SELECT o, x::%2$s, x::%2$s, ARRAY[x, NULL, x]::%2$s[], ARRAY[[x, NULL], [NULL, x]]::%2$s[], ARRAY[x]::d%1$s[],
			ROW(x::%2$s, ARRAY[x]::%2$s[])::c%1$s, ARRAY[ROW(x::%2$s, '{}')::c%1$s, NULL]
			FROM unnest(%3$L::text[]) WITH ORDINALITY AS u(x, o)$q$, i, s.type, s.vals);
		EXECUTE format($q$INSERT INTO t%1$s VALUES (0, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
			(-1, NULL, NULL, '{}', '{}', '{}', ROW(NULL, NULL), '{}')$q$, i);
		PERFORM corm.register_model(('t' || i)::regclass);
	END LOOP;
	RETURN i;
END $$;
SELECT make_tables() > 75 AS enough;

-- names every table and row whose document differs
CREATE FUNCTION differences() RETURNS TABLE(type text, id int, document text, expected text) LANGUAGE plpgsql AS $$
DECLARE
	t record;
BEGIN
	FOR t IN SELECT 't' || row_number() OVER (ORDER BY s.type COLLATE "C") AS name, s.type FROM samples s LOOP
		RETURN QUERY EXECUTE format($q$SELECT %L, o.id, d.object::text, row_to_json(o)::text
			FROM (SELECT *, row_number() OVER (ORDER BY id) AS i FROM %I) x
			JOIN %I o USING (id)
			JOIN corm.all(%L) WITH ORDINALITY AS d(object, i) ON d.i = x.i
			WHERE d.object::text COLLATE "C" <> row_to_json(o)::text$q$, t.type, t.name, t.name, t.name);
		RETURN QUERY EXECUTE format($q$SELECT %L, NULL::int, corm.list(%L)::text, s.whole
			FROM (SELECT '[' || string_agg(row_to_json(o)::text, ',' ORDER BY id) || ']' AS whole FROM %I o) s
			WHERE corm.list(%L)::text COLLATE "C" <> s.whole$q$, t.type, t.name, t.name, t.name);
	END LOOP;
END $$;
SELECT * FROM differences();
SET DateStyle = 'SQL, DMY'; SET IntervalStyle = sql_standard; SET TimeZone = 'Asia/Kathmandu';
SET extra_float_digits = 0; SET bytea_output = escape; SET xmloption = document; SET quote_all_identifiers = on;
SELECT * FROM differences();
SET DateStyle = 'German'; SET IntervalStyle = iso_8601; SET TimeZone = 'America/St_Johns';
SET extra_float_digits = -15; SET lc_monetary = 'C'; SET search_path = test_types, pg_catalog;
SELECT * FROM differences();
SET DateStyle = 'Postgres, MDY'; SET IntervalStyle = postgres_verbose; SET TimeZone = 'Europe/Dublin';
SET extra_float_digits = 3; SET search_path = pg_catalog;
SELECT * FROM test_types.differences();		-- no table is found
SET search_path = test_types;
SELECT * FROM differences();
RESET DateStyle; RESET IntervalStyle; RESET TimeZone; RESET extra_float_digits; RESET bytea_output; RESET lc_monetary;
RESET xmloption; RESET quote_all_identifiers;
-- the comparison itself can fail
BEGIN;
CREATE OR REPLACE FUNCTION looks_json(looks_like_json) RETURNS json LANGUAGE sql VOLATILE
	AS $$ SELECT pg_catalog.to_json(pg_catalog.random()) $$;
SELECT type, id FROM differences() WHERE id IS NOT NULL ORDER BY id;
ROLLBACK;

-- a setting that changes between two calls counts for the second
CREATE TABLE moment (id int PRIMARY KEY, at timestamptz, f float8);
INSERT INTO moment VALUES (1, '2024-02-29 12:00+00', 0.30000000000000004);
SELECT corm.register_model('moment');
SET TimeZone = 'UTC';
SELECT corm.get('moment');
SET TimeZone = 'Asia/Kathmandu'; SET extra_float_digits = 0;
SELECT corm.get('moment');
RESET TimeZone; RESET extra_float_digits;

-- bigint_as_string: bigint and numeric of documents, at every level; not of arrays
CREATE TABLE big (id bigint PRIMARY KEY, n numeric, d numeric(9,3), i int, s smallint, f float8, t text, a bigint[]);
CREATE TABLE small (id int PRIMARY KEY, big_id bigint REFERENCES big);
CREATE DOMAIN huge AS bigint;
ALTER TABLE big ADD h huge;
INSERT INTO big VALUES (9007199254740993, 'NaN', 1.5, 1, 2, 3, '4', '{5}', 6), (-1, 1e30, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO small VALUES (1, -1), (2, NULL);
SELECT corm.register_model('big'), corm.register_model('small');
SELECT corm.foreign_key('small', 'big', 'big', 'smalls', '{big_id}');
SHOW corm.bigint_as_string;
SELECT corm.all(corm.prefetch_related('big', 'smalls'));
SET corm.bigint_as_string = on;
SELECT corm.all(corm.prefetch_related('big', 'smalls'));
SELECT corm.all(corm.select_related('small', 'big'));
SELECT corm.count('big'), corm.exists('big', '{"pk": "9007199254740993"}'), (corm.rows(NULL::big, 'big')).id;
RESET corm.bigint_as_string;
SELECT corm.get('big', '{"pk": -1}');
ALTER ROLE CURRENT_USER SET corm.bigint_as_string = 'yes please';

-- long values: compressed, out of line, and in every level of a document
CREATE TABLE long (id int PRIMARY KEY, compressed text, plain text, j json, b bytea, jb jsonb);
ALTER TABLE long ALTER plain SET STORAGE EXTERNAL, ALTER j SET STORAGE EXTERNAL;
CREATE TABLE longer (id int PRIMARY KEY, long_id int REFERENCES long, t text);
INSERT INTO long SELECT i, repeat('x"' || i, 350000), repeat('ä', 500000), ('["' || repeat('y', 1000000) || '"]')::json,
	decode(repeat('00ff', 250000), 'hex'), jsonb_build_array(repeat('z', 1000000)) FROM generate_series(1, 3) i;
INSERT INTO longer SELECT i, 1 + i % 2, (SELECT string_agg(md5(i::text || k), '') FROM generate_series(1, 4000) k) FROM generate_series(1, 5) i;
SELECT corm.register_model('long'), corm.register_model('longer');
SELECT corm.foreign_key('longer', 'long', 'long', 'longers', '{long_id}');
SELECT count(*) AS rows, bool_and(d.object::text COLLATE "C" = row_to_json(l)::text) AS same, min(length(d.object::text)) > 4000000 AS long
  FROM corm.all('long') WITH ORDINALITY AS d(object, id) JOIN long l USING (id);
SELECT md5(corm.list(corm.select_related('longer', 'long'))::text) =
	md5((SELECT '[' || string_agg(left(row_to_json(r)::text, -1) || ',"long":' || row_to_json(l) || '}', ',' ORDER BY r.id) || ']'
		   FROM longer r JOIN long l ON l.id = r.long_id)) AS joined;
SELECT md5(corm.list(corm.prefetch_related('long', 'longers'))::text) =
	md5((SELECT '[' || string_agg(left(row_to_json(l)::text, -1) || ',"longers":[' ||
		coalesce((SELECT string_agg(row_to_json(r)::text, ',' ORDER BY r.id) FROM longer r WHERE r.long_id = l.id), '') || ']}', ',' ORDER BY l.id) || ']'
		   FROM long l)) AS fetched;

-- column names as JSON keys
CREATE TABLE "odd" (id int PRIMARY KEY, """" int, "\" int, "a b" int, "é" int, "'" int, "
" int);
INSERT INTO "odd" VALUES (1, 2, 3, 4, 5, 6, 7);
SELECT corm.register_model('odd');
SELECT corm.get('odd')::text = (SELECT row_to_json(o)::text FROM "odd" o) AS same;

-- no column at all
CREATE TABLE nothing ();
INSERT INTO nothing DEFAULT VALUES;
SELECT corm.register_model('nothing');
SELECT corm.all('nothing');
SELECT corm.all(corm.fields('odd', VARIADIC '{}'));
SELECT corm.count('nothing');

DROP SCHEMA test_types CASCADE;
