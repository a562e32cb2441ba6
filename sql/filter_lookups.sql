-- Every lookup on columns of many types, each beside the SQL it stands for.
CREATE SCHEMA corm_filter_lookups;
SET search_path = corm_filter_lookups;
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
CREATE TYPE mood AS ENUM ('sad', 'ok', 'happy');
CREATE TYPE place AS (street text, number int);
CREATE DOMAIN positive AS int CHECK (VALUE > 0);
CREATE DOMAIN code AS text CHECK (VALUE ~ '^[a-z%_\\]+$');
CREATE TABLE things (
	id int PRIMARY KEY, t text COLLATE "C", v varchar(20) COLLATE "C", c char(6), n name, i int, s smallint, b bigint, r float8, num numeric(10,3), f boolean,
	u uuid, d date, ts timestamp, tz timestamptz, tm time, iv interval, m mood, dom positive, cod code COLLATE "C", ia int[], ta text[], j jsonb, js json,
	p place, ip inet, ir int4range, by bytea, "in" int, "a__b" int, "Ab c" int, "q""t" int, "isnull" int, range text COLLATE "C");
INSERT INTO things VALUES
	(1, 'Apple', 'Apple', 'ab', 'one', 1, 1, 1, 1.5, 1.500, true, '00000000-0000-0000-0000-000000000001', '2024-01-01', '2024-01-01 10:00', '2024-01-01 10:00+00', '10:00', '1 day',
		'sad', 1, 'a', '{1,2}', '{a,b}', '{"k": 1}', '{"k": 1}', '("High St",1)', '10.0.0.1', '[1,5)', '\x01', 1, 1, 1, 1, 1, 'x'),
	(2, 'apple pie', 'apple pie', 'ab c', 'two', 2, 2, 9007199254740993, 2.5, 2.25, false, '00000000-0000-0000-0000-00000000000a', '2024-06-30', '2024-06-30 23:59:59.5', '2024-06-30 23:59:59.5+00',
		'23:59:59', '1 month', 'ok', 2, '_', '{}', '{}', '[1, "x", null]', '[1]', '("High St",2)', '10.0.0.2', 'empty', '\x02ff', 2, 2, 2, 2, NULL, 'y'),
	(3, '100%', '100%', '%', 'three', -3, -3, -3, 'NaN', 'NaN', NULL, NULL, 'infinity', '-infinity', 'infinity', NULL, '-1 day', 'happy', 3, '%', '{NULL,3}', '{NULL}', '"x"', '"x"', '(,)', NULL, NULL,
		NULL, NULL, NULL, NULL, NULL, NULL, NULL),
	(4, 'a_b\c', 'a_b\c', '_', NULL, 0, 0, 0, 'Infinity', 0, true, '00000000-0000-0000-0000-000000000004', '2023-12-31', '2023-12-31', '2023-12-31 23:30-01', '00:00', '0', 'ok', 4, '\',
		'{{1,2},{3,4}}', '{"a,b"}', 'null', 'null', NULL, '::1', '(,)', '\x', 4, 4, 4, 4, 4, 'range'),
	(5, '', '', '', '', 2147483647, 32767, 9223372036854775807, 1e300, 9999999.999, false, 'ffffffff-ffff-ffff-ffff-ffffffffffff', '0044-03-15 BC', '294276-12-31 23:59:59.999999',
		'0001-01-01 BC', '24:00', '1 year', 'happy', 5, 'zz', NULL, NULL, NULL, NULL, '("",)', '10.0.0.0/8', '[5,5]', '\x00', 5, 5, 5, 5, 5, ''),
	(6, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
SELECT corm.register_model('things', 'Thing');
-- The ids that a filter and a WHERE clause select; complains when they differ,
-- or when exclude is not the exact complement.
CREATE FUNCTION same(filter jsonb, condition text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE got text; wanted text; rest text; everything text;
BEGIN
	SELECT string_agg(object ->> 'id', ',') INTO got FROM corm.all(corm.fields('Thing', 'id'), filter);
	EXECUTE 'SELECT string_agg(id::text, '','' ORDER BY id) FROM things WHERE ' || condition INTO wanted;
	SELECT string_agg(object ->> 'id', ',') INTO rest FROM corm.all(corm.exclude('Thing', filter));
	EXECUTE 'SELECT string_agg(id::text, '','' ORDER BY id) FROM things WHERE (' || condition || ') IS NOT TRUE' INTO everything;
	RETURN CASE WHEN got IS DISTINCT FROM wanted THEN format('WRONG %s: %s, not ', filter, got)
		WHEN rest IS DISTINCT FROM everything THEN format('WRONG exclude of %s: %s, not %s; ', filter, rest, everything)
		WHEN corm.count('Thing', filter) + corm.count(corm.exclude('Thing', filter)) <> 6 THEN 'WRONG count'
		ELSE '' END || coalesce(wanted, 'none');
END
$$;

--
-- text
--
SELECT same('{"t": "Apple"}', $$t = 'Apple'$$), same('{"t__exact": "Apple"}', $$t = 'Apple'$$), same('{"t": ""}', $$t = ''$$);
SELECT same('{"t__iexact": "APPLE"}', $$lower(t) = 'apple'$$), same('{"t__iexact": "A_B\\C"}', $$lower(t) = 'a_b\c'$$), same('{"t__iexact": "%"}', 'false'), same('{"t__iexact": "a____"}', 'false');
SELECT same('{"t__contains": "pp"}', $$strpos(t, 'pp') > 0$$), same('{"t__contains": "PP"}', 'false'), same('{"t__icontains": "PP"}', $$strpos(lower(t), 'pp') > 0$$), same('{"t__contains": ""}', 't IS NOT NULL');
SELECT same('{"t__contains": "%"}', $$strpos(t, '%') > 0$$), same('{"t__contains": "_"}', $$strpos(t, '_') > 0$$), same('{"t__contains": "\\"}', $$strpos(t, '\') > 0$$), same('{"t__icontains": "_B\\C"}', 'id = 4');
SELECT same('{"t__startswith": "a"}', $$left(t, 1) = 'a'$$), same('{"t__istartswith": "a"}', $$left(lower(t), 1) = 'a'$$), same('{"t__startswith": "_"}', 'false'), same('{"t__startswith": "a_"}', 'id = 4');
SELECT same('{"t__endswith": "e"}', $$right(t, 1) = 'e'$$), same('{"t__iendswith": "E"}', $$right(t, 1) = 'e'$$), same('{"t__endswith": "%"}', 'id = 3'), same('{"t__endswith": "\\c"}', 'id = 4'), same('{"t__iendswith": "\\"}', 'false');
SELECT same('{"t__in": ["Apple", "100%", "none"]}', $$t IN ('Apple', '100%', 'none')$$), same('{"t__not_in": ["Apple", "100%"]}', $$(t IN ('Apple', '100%')) IS NOT TRUE$$);
SELECT same('{"t__gt": "a"}', $$t > 'a'$$), same('{"t__gte": "apple pie"}', $$t >= 'apple pie'$$), same('{"t__lt": "Apple"}', $$t < 'Apple'$$), same('{"t__lte": "Apple"}', $$t <= 'Apple'$$);
SELECT same('{"t__ne": "Apple"}', $$t IS DISTINCT FROM 'Apple'$$), same('{"t__range": ["A", "b"]}', $$t BETWEEN 'A' AND 'b'$$), same('{"t__range": ["b", "A"]}', $$t BETWEEN 'b' AND 'A'$$);
-- values that look like something else are values
SELECT same('{"t": "null"}', $$t = 'null'$$), same('{"t": "''; DROP TABLE things; --"}', 'false'), same('{"t": "[1]"}', 'false'), same('{"t": 1}', $$t = '1'$$), same('{"t": true}', $$t = 'true'$$), same('{"t": "$1"}', 'false');
SELECT same('{"v": "Apple"}', $$v = 'Apple'$$), same('{"v__in": ["Apple", "apple pie"]}', $$v IN ('Apple', 'apple pie')$$), same('{"v__gt": "a"}', $$v > 'a'$$), same('{"v__contains": "%"}', 'id = 3'), same('{"v": "a value longer than the column is wide"}', 'false');
SELECT same('{"c": "ab"}', $$c = 'ab'$$), same('{"c": "ab    "}', $$c = 'ab'$$), same('{"c__in": ["ab", "%"]}', $$c IN ('ab', '%')$$), same('{"c__endswith": "b"}', $$c::text LIKE '%b'$$), same('{"c": ""}', $$c = ''$$);
SELECT same('{"n": "one"}', $$n = 'one'$$), same('{"n__in": ["one", null]}', $$n = 'one' OR n IS NULL$$), same('{"n__startswith": "t"}', $$n ~ '^t'$$), same('{"n__lt": "p"}', $$n < 'p'$$);
SELECT same('{"cod": "%"}', $$cod = '%'$$), same('{"cod__contains": "%"}', 'id = 3'), same('{"cod__in": ["_", "\\"]}', 'id IN (2, 4)'), same('{"cod": "NOT IN THE DOMAIN"}', 'false');

--
-- numbers
--
SELECT same('{"i": 1}', 'i = 1'), same('{"i": "1"}', 'i = 1'), same('{"i": -3}', 'i = -3'), same('{"i": 2147483647}', 'i = 2147483647');
SELECT same('{"i__in": [1, "2", 0]}', 'i IN (1, 2, 0)'), same('{"i__gt": 0}', 'i > 0'), same('{"i__gte": 0}', 'i >= 0'), same('{"i__lt": 0}', 'i < 0'), same('{"i__lte": 0}', 'i <= 0'), same('{"i__ne": 0}', 'i IS DISTINCT FROM 0'), same('{"i__range": [0, 2]}', 'i BETWEEN 0 AND 2');
SELECT same('{"s__range": [0, 2]}', 's BETWEEN 0 AND 2'), same('{"s__in": [1, 32767]}', 's IN (1, 32767)'), same('{"b": 9007199254740993}', 'b = 9007199254740993'), same('{"b": 9223372036854775807}', 'b = 9223372036854775807'), same('{"b__in": [9007199254740992]}', 'false');
SELECT same('{"r": 1.5}', 'r = 1.5'), same('{"r": "NaN"}', $$r = 'NaN'$$), same('{"r__gt": 2}', 'r > 2'), same('{"r": "Infinity"}', $$r = 'Infinity'$$), same('{"r__in": [2.5, 1e300]}', 'r IN (2.5, 1e300)');
SELECT same('{"num": 1.5}', 'num = 1.5'), same('{"num": 1.5000001}', 'num = 1.5000001'), same('{"num__range": [0, 2.25]}', 'num BETWEEN 0 AND 2.25'), same('{"num": "NaN"}', $$num = 'NaN'$$), same('{"num__in": [2.250, 0]}', 'num IN (2.25, 0)');
SELECT same('{"i__contains": "14748"}', $$i::text LIKE '%14748%'$$), same('{"num__startswith": "1.5"}', $$num::text LIKE '1.5%'$$), same('{"i__iexact": 1}', 'i = 1'), same('{"i__startswith": "-"}', 'i < 0');
SELECT same('{"dom": 3}', 'dom = 3'), same('{"dom__in": [1, -1, null]}', 'dom = 1 OR dom IS NULL'), same('{"dom__gt": 0}', 'dom > 0'), same('{"dom": -1}', 'false'), same('{"dom__range": [-5, 2]}', 'dom BETWEEN -5 AND 2');

--
-- bool, uuid, dates and times, enum, others
--
SELECT same('{"f": true}', 'f'), same('{"f": false}', 'NOT f'), same('{"f": "yes"}', 'f'), same('{"f__in": [true, null]}', 'f OR f IS NULL'), same('{"f__ne": true}', 'f IS NOT TRUE'), same('{"f__gt": false}', 'f > false');
SELECT same('{"u": "00000000-0000-0000-0000-00000000000A"}', 'id = 2'), same('{"u__in": ["{00000000000000000000000000000001}", null]}', 'id = 1 OR u IS NULL'), same('{"u__startswith": "ffff"}', 'id = 5'), same('{"u__gt": "00000000-0000-0000-0000-000000000004"}', $$u > '00000000-0000-0000-0000-000000000004'$$);
SELECT same('{"d": "2024-01-01"}', $$d = '2024-01-01'$$), same('{"d__range": ["2023-12-31", "2024-01-01"]}', $$d BETWEEN '2023-12-31' AND '2024-01-01'$$), same('{"d__lt": "2024-01-01"}', $$d < '2024-01-01'$$), same('{"d": "infinity"}', 'id = 3'), same('{"d__in": ["2024-06-30", "0044-03-15 BC"]}', 'id IN (2, 5)');
SELECT same('{"tz": "2024-01-01T12:00:00+02:00"}', 'id = 1'), same('{"tz__gte": "2024-01-01"}', $$tz >= '2024-01-01'$$), same('{"tz__range": ["2024-01-01T00:30:00Z", "2024-06-30T23:59:59.5Z"]}', $$tz BETWEEN '2024-01-01 00:30+00' AND '2024-06-30 23:59:59.5+00'$$), same('{"ts": "-infinity"}', 'id = 3'), same('{"ts__lt": "2024-01-01"}', $$ts < '2024-01-01'$$);
SELECT same('{"tm__gte": "10:00"}', $$tm >= '10:00'$$), same('{"iv": "24:00:00"}', $$iv = '24:00:00'$$), same('{"iv__in": ["30 days", "P1D"]}', $$iv IN ('30 days', 'P1D')$$), same('{"iv__lt": "1 hour"}', $$iv < '1 hour'$$);
SELECT same('{"m": "ok"}', $$m = 'ok'$$), same('{"m__in": ["ok", "sad"]}', $$m IN ('ok', 'sad')$$), same('{"m__gt": "sad"}', $$m > 'sad'$$), same('{"m__range": ["sad", "ok"]}', $$m BETWEEN 'sad' AND 'ok'$$), same('{"m__ne": "ok"}', $$m IS DISTINCT FROM 'ok'$$), same('{"m__not_in": ["ok", null]}', $$(m = 'ok' OR m IS NULL) IS NOT TRUE$$), same('{"m__icontains": "A"}', $$m::text ILIKE '%a%'$$);
SELECT same('{"ip": "10.0.0.1"}', $$ip = '10.0.0.1'$$), same('{"ip__in": ["10.0.0.0/8", "::1"]}', 'id IN (4, 5)'), same('{"ir": "[1,4]"}', $$ir = '[1,4]'$$), same('{"ir__in": ["empty", "(,)"]}', 'id IN (2, 4)'), same('{"by": "\\x02ff"}', 'id = 2'), same('{"by__gt": "\\x01"}', $$by > '\x01'$$);
SELECT same('{"p": {"street": "High St", "number": 1}}', 'id = 1'), same('{"p__in": [{"street": "High St", "number": 2}, null]}', $$p = ROW('High St', 2)::place OR p IS NOT DISTINCT FROM NULL$$), same('{"p": "(\"High St\",2)"}', 'id = 2');

--
-- arrays and JSON are compared as a whole
--
SELECT same('{"ia": [1, 2]}', $$ia = '{1,2}'$$), same('{"ia": []}', $$ia = '{}'$$), same('{"ia": "{1,2}"}', $$ia = '{1,2}'$$), same('{"ia": [null, 3]}', $$ia = '{NULL,3}'$$), same('{"ia": [[1, 2], [3, 4]]}', 'id = 4'), same('{"ia__ne": [1, 2]}', $$ia IS DISTINCT FROM '{1,2}'$$);
SELECT same('{"ia__in": [[1, 2], []]}', 'id IN (1, 2)'), same('{"ia__in": [[[1, 2], [3, 4]], null]}', 'id = 4 OR ia IS NULL'), same('{"ia__not_in": [[1, 2]]}', $$ia IS DISTINCT FROM '{1,2}'$$), same('{"ia__gt": [1]}', $$ia > '{1}'$$), same('{"ta": ["a,b"]}', 'id = 4'), same('{"ta": [null]}', 'id = 3'), same('{"ta__in": []}', 'false');
SELECT same('{"j": {"k": 1}}', $$j = '{"k": 1}'$$), same('{"j": [1, "x", null]}', 'id = 2'), same('{"j": "x"}', 'id = 3'), same('{"j__in": ["x", {"k": 1}]}', 'id IN (1, 3)'), same('{"j__ne": "x"}', $$j IS DISTINCT FROM '"x"'$$), same('{"j": null}', 'j IS NULL'), same('{"j__in": [null]}', 'j IS NULL'), same('{"j": {}}', 'false');
SELECT same('{"j__contains": {"k": 1}}', $$j @> '{"k": 1}'$$), same('{"js__contains": {"k": 1}}', $$js::jsonb @> '{"k": 1}'$$), same('{"js": null}', 'js IS NULL'), same('{"js__isnull": false}', 'js IS NOT NULL');

--
-- NULL: with exact IS NULL, with ne IS NOT NULL, in a list it matches NULL
--
SELECT same('{"t": null}', 't IS NULL'), same('{"t__exact": null}', 't IS NULL'), same('{"t__ne": null}', 't IS NOT NULL'), same('{"t__isnull": true}', 't IS NULL'), same('{"t__isnull": false}', 't IS NOT NULL');
SELECT same('{"p": null}', 'p IS NOT DISTINCT FROM NULL') AS "composite", same('{"p__ne": null}', 'p IS DISTINCT FROM NULL');
SELECT same('{"t__in": []}', 'false'), same('{"t__not_in": []}', 'true'), same('{"t__in": [null]}', 't IS NULL'), same('{"t__in": [null, null, ""]}', $$t = '' OR t IS NULL$$), same('{"t__not_in": [null]}', 't IS NOT NULL'), same('{"t__not_in": [null, ""]}', $$t <> ''$$);
SELECT same('{"NOT": {"t": "Apple"}}', $$(t = 'Apple') IS NOT TRUE$$), same('{"NOT": {"t__ne": "Apple"}}', $$t = 'Apple'$$), same('{"NOT": {"i__gt": 0}}', '(i > 0) IS NOT TRUE'), same('{"NOT": {"NOT": {"i__gt": 0}}}', 'i > 0'), same('{"NOT": {"t__in": [null]}}', 't IS NOT NULL');
SELECT try(format('SELECT corm.count(''Thing'', %L)', f)) FROM unnest('{"{\"t__contains\": null}","{\"t__iexact\": null}","{\"t__startswith\": null}","{\"i__gt\": null}","{\"i__lte\": null}","{\"t__in\": null}","{\"t__not_in\": null}","{\"i__range\": null}","{\"t__isnull\": null}","{\"i__range\": [null, 1]}","{\"i__range\": [1, null]}"}'::text[]) f;

--
-- Groups
--
SELECT same('{"t": "Apple", "i": 1}', $$t = 'Apple' AND i = 1$$), same('{"t": "Apple", "i": 2}', 'false'), same('[{"i__gt": 0}, {"i__lt": 2}]', 'i > 0 AND i < 2'), same('[]', 'true'), same('{}', 'true'), same('[{}, {}]', 'true');
SELECT same('{"OR": [{"i": 1}, {"t": null}]}', 'i = 1 OR t IS NULL'), same('{"OR": []}', 'false'), same('{"AND": []}', 'true'), same('{"OR": [{}]}', 'true'), same('{"OR": [{"i": 1}]}', 'i = 1'), same('{"NOT": {}}', 'false'), same('{"NOT": {"OR": []}}', 'true'), same('{"NOT": []}', 'false');
SELECT same('{"i__gte": 0, "OR": [{"i": 1}, {"i": 2}, {"t": null}], "NOT": {"t": "Apple"}}', $$i >= 0 AND (i = 1 OR i = 2 OR t IS NULL) AND (t = 'Apple') IS NOT TRUE$$);
SELECT same('{"OR": [{"AND": [{"i__gt": 0}, {"i__lt": 2}]}, {"NOT": {"OR": [{"t__isnull": false}, {"i": 0}]}}]}', $$(i > 0 AND i < 2) OR (t IS NOT NULL OR i = 0) IS NOT TRUE$$);
SELECT same('{"NOT": [{"i__gt": 0}, {"t__contains": "pp"}]}', $$(i > 0 AND t LIKE '%pp%') IS NOT TRUE$$), same('{"AND": [{"OR": [{"i": 1}, {"i": 2}]}, {"OR": [{"f": false}, {"f": null}]}]}', '(i = 1 OR i = 2) AND (f = false OR f IS NULL)');
SELECT corm.count(corm.exclude(corm.exclude('Thing', '{"i": 1}'), '{"i": 2}')), corm.count(corm.exclude('Thing', '[{"i": 1}, {"t": "Apple"}]')), corm.count(corm.exclude('Thing', NULL)), corm.count(corm.exclude('Thing', '{}'));

--
-- Names: pk, columns called like lookups, quoted names, the longest match
--
SELECT same('{"pk": 3}', 'id = 3'), same('{"pk__in": [1, "2"]}', 'id IN (1, 2)'), same('{"pk__gt": 4}', 'id > 4'), same('{"pk": {"id": 3, "t": "whatever"}}', 'id = 3'), same('{"pk": {"pk": 3}}', 'id = 3'), same('{"pk__ne": 3}', 'id <> 3'), same('{"pk__not_in": [1]}', 'id <> 1'), same('{"pk__isnull": true}', 'false'), same('{"pk__range": [2, 3]}', 'id BETWEEN 2 AND 3'), same('{"pk__contains": "3"}', 'id = 3');
SELECT same('{"in": 4}', '"in" = 4'), same('{"in__in": [4, 5]}', '"in" IN (4, 5)'), same('{"isnull": null}', '"isnull" IS NULL'), same('{"isnull__isnull": false}', '"isnull" IS NOT NULL'), same('{"range": "range"}', $$range = 'range'$$), same('{"range__range": ["x", "y"]}', $$range BETWEEN 'x' AND 'y'$$);
SELECT same('{"a__b": 4}', '"a__b" = 4'), same('{"a__b__gt": 2}', '"a__b" > 2'), same('{"\"a__b\"__gt": 2}', '"a__b" > 2'), same('{"Ab c__lte": 2}', '"Ab c" <= 2'), same('{"\"Ab c\"": 2}', '"Ab c" = 2'), same('{"q\"t": 5}', '"q""t" = 5'), same('{"\"q\"\"t\"__in": [5]}', '"q""t" = 5'), same('{"\"id\"": 1}', 'id = 1'), same('{"\"in\"__gt": 2}', '"in" > 2');

--
-- What does not fit
--
SELECT try(format('SELECT corm.count(''Thing'', %L)', f)) FROM unnest('{"{\"i\": \"one\"}","{\"i\": 1.5}","{\"i\": 1.0}","{\"i\": true}","{\"i\": 99999999999}","{\"i\": [1]}","{\"i\": {\"a\": 1}}","{\"f\": 2}","{\"u\": \"xyz\"}","{\"d\": \"2024-02-30\"}","{\"m\": \"angry\"}","{\"m__in\": [\"ok\", \"angry\"]}","{\"i__in\": [1, \"x\"]}","{\"ia\": 3}","{\"ia\": [\"x\"]}","{\"by\": \"\\\\x0\"}","{\"p\": {\"number\": \"x\"}}","{\"p\": \"x\"}","{\"pk\": [1, 2]}","{\"pk\": {\"t\": \"x\"}}","{\"pk\": {\"pk\": {\"id\": 1}}}","{\"pk\": {\"id\": null}}"}'::text[]) f;
SELECT try(format('SELECT corm.count(''Thing'', %L)', f)) FROM unnest('{"{\"t__in\": \"Apple\"}","{\"t__in\": {\"a\": 1}}","{\"t__not_in\": 3}","{\"i__range\": 3}","{\"i__range\": [1]}","{\"i__range\": [1, 2, 3]}","{\"i__range\": {}}","{\"t__isnull\": \"true\"}","{\"t__isnull\": 1}","{\"t__contains\": [\"a\"]}","{\"t__contains\": {\"a\": 1}}","{\"t__iexact\": []}"}'::text[]) f;
SELECT try(format('SELECT corm.count(''Thing'', %L)', f)) FROM unnest('{"{\"t__contain\": \"x\"}","{\"t__regexx\": \"x\"}","{\"t__gt__lt\": 1}","{\"t__\": 1}","{\"pk__foo\": 1}","{\"t__IN\": [1]}","{\"nosuch\": 1}","{\"T\": 1}","{\"nosuch__exact\": 1}","{\"\\\"t__in\\\"\": [1]}","{\"a__\": 1}","{\"__t\": 1}","{\" t\": 1}","{\"and\": []}"}'::text[]) f;
SELECT try(format('SELECT corm.count(''Thing'', %L)', f)) FROM unnest('{"{\"js\": {\"k\": 1}}","{\"js__in\": [1]}","{\"js__gt\": 1}","{\"p__gt\": \"(a,1)\"}"}'::text[]) f;

--
-- Types of every other kind, domains over them among these: how many of the two
-- rows pass, and the complement
--
CREATE DOMAIN dmood AS mood;
CREATE DOMAIN ddmood AS dmood;
CREATE DOMAIN dints AS int[];
CREATE DOMAIN dplace AS place;
CREATE DOMAIN djson AS jsonb;
CREATE TABLE kinds (id int PRIMARY KEY, dm dmood, ddm ddmood, da dints, dp dplace, dj djson, pa place[], ma mood[], dma dmood[], na name[], ch "char", o oid, rc regclass, bt bit(3), vb varbit, mo money, tsv tsvector, po point, nr numrange,
	mr int4multirange, ci cidr, mac macaddr, tmz timetz);
INSERT INTO kinds VALUES (1, 'ok', 'ok', '{1,2}', '("High St",1)', '{"a": 1}', '{"(\"High St\",1)"}', '{sad,ok}', '{sad}', '{a}', 'c', 12, 'kinds', '101', '11', '1.5', 'a b', '(1,2)', '[1,2)', '{[1,3)}', '10.0.0.0/8', '08:00:2b:01:02:03', '10:00+02');
INSERT INTO kinds (id) VALUES (2);
SELECT corm.register_model('kinds', 'Kind');
SELECT f || '  ' || try(format($$SELECT corm.count('Kind', %1$L) || CASE WHEN corm.count('Kind', %1$L) + corm.count(corm.exclude('Kind', %1$L)) <> 2 THEN ' WRONG' ELSE '' END$$, f))
  FROM unnest(ARRAY['{"dm": "ok"}', '{"dm__in": ["ok", "sad"]}', '{"dm__in": ["ok", null]}', '{"dm__gt": "sad"}', '{"dm__contains": "o"}', '{"ddm": "ok"}', '{"ddm__in": ["ok"]}', '{"ddm__range": ["sad", "ok"]}', '{"ddm__ne": "ok"}', '{"da": [1, 2]}',
	'{"da__in": [[1, 2], [3]]}', '{"da__ne": [1]}', '{"da__gt": [0]}', '{"dp": {"street": "High St", "number": 1}}', '{"dp__in": [{"street": "High St", "number": 1}, null]}', '{"dp": null}', '{"dp__gt": {"street": "A"}}', '{"dj": {"a": 1}}', '{"dj__in": [{"a": 1}, [1]]}',
	'{"pa": [{"street": "High St", "number": 1}]}', '{"pa__in": [[{"street": "High St", "number": 1}]]}', '{"ma": ["sad", "ok"]}', '{"ma__in": [["sad", "ok"], null]}', '{"dma": ["sad"]}', '{"dma__in": [["sad"]]}', '{"na": ["a"]}', '{"na__in": [["a"]]}', '{"ch": "c"}', '{"ch__in": ["c", "d"]}',
	'{"ch__startswith": "c"}', '{"o": 12}', '{"o__in": [12]}', '{"rc": "kinds"}', '{"rc__in": ["kinds"]}', '{"rc__contains": "ind"}', '{"bt": "101"}', '{"bt__in": ["101"]}', '{"vb__gt": "1"}', '{"mo": 1.5}', '{"mo__in": [1.5]}', '{"tsv": "a b"}', '{"nr": "[1,2)"}', '{"nr__in": ["[1,2)"]}',
	'{"nr__gt": "empty"}', '{"mr": "{[1,3)}"}', '{"mr__in": ["{[1,3)}"]}', '{"ci__in": ["10.0.0.0/8"]}', '{"mac": "08:00:2b:01:02:03"}', '{"tmz": "10:00+02"}', '{"po__isnull": false}', '{"po": null}', '{"po": "(1,2)"}', '{"po__in": ["(1,2)"]}', '{"dm": "angry"}', '{"ddm__in": ["angry"]}']) f;
SELECT count(corm.list(corm.order_by('Kind', c))) FROM unnest('{dm,ddm,da,dp,dj,pa,ma,dma,na,ch,o,rc,bt,vb,mo,tsv,nr,mr,ci,mac,tmz}'::text[]) c;
SELECT corm.get('Kind', '{"id": 1}')::text = row_to_json(k)::text FROM kinds k WHERE id = 1;

SET client_min_messages = warning;
DROP SCHEMA corm_filter_lookups CASCADE;
