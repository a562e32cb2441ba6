-- Transforms and lookups that go by the type of a value, each beside the SQL it
-- stands for.
CREATE SCHEMA corm_lookups_typed;
SET search_path = corm_lookups_typed;
SET timezone = 'UTC';
SET default_text_search_config = 'pg_catalog.english';
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
CREATE FUNCTION refused(VARIADIC filters jsonb[]) RETURNS SETOF text LANGUAGE sql AS $$
	SELECT f::text || '  ' || regexp_replace(try(format('SELECT corm.count(''Thing'', %L)', f)), E'\n  The lookups are [^\n]*', '') FROM unnest(filters) f
$$;
CREATE DOMAIN ints AS int[];
CREATE DOMAIN doc AS jsonb;
CREATE TYPE span AS RANGE (subtype = float8);
CREATE TABLE things (
	id int PRIMARY KEY, d date, ts timestamp, tz timestamptz, tm time, tmz timetz, iv interval,
	ia int[], da ints, ta text[], na numeric[], r int4range, tr tstzrange, sp span, mr int4multirange,
	j jsonb, dj doc, js json, t text COLLATE "C", v varchar(30), tsv tsvector,
	i int, s smallint, b bigint, num numeric, f float8, bo boolean, up_id int REFERENCES things);
INSERT INTO things VALUES
	(1, '2024-02-29', '2024-02-29 23:30:15.25', '2024-02-29 23:30:15.25+00', '23:30:15.25', '23:30:15+02', '1 year 2 mons 3 days 04:05:06.5',
		'{1,2,3}', '{1,2}', '{a,b}', '{1.0,2.5}', '[1,5)', '[2024-01-01 00:00+00,2024-02-01 00:00+00)', '[0.5,1.5]', '{[1,3),[5,7)}',
		'{"a": 1, "b": {"c": [10, {"d": "x"}], "n": null}, "in": 5, "x__y": 7, "gte": {"lt": 2}, "s": "text", "t": true, "tags": ["p", "q"], "count": 3, "some": 1, "": "empty", "1": "one"}', '{"a": 1}', '{"a": 1}',
		'The quick brown foxes', 'a.b', 'fox:1 jump:2', 1, 1, 10, 1, 1.5, true, NULL),
	(2, '2023-12-31', '2023-12-31 00:00:00', '2023-12-31 00:00:00+00', '00:00:00', '00:00:00-05', '-40 days',
		'{3,4}', '{3}', '{b,c}', '{2.50}', '[5,10)', '[2024-01-15 00:00+00,)', '(1.5,9]', '{[5,6)}',
		'{"a": "1", "b": {"c": []}, "s": "Text", "t": false, "tags": []}', '{"a": "1"}', '{"a": "1"}',
		'A lazy dog', 'a_b', 'dog:1', 2, 2, 1, 2.5, 2, false, 1),
	(3, 'infinity', 'infinity', '-infinity', '24:00:00', NULL, '0',
		'{}', '{}', '{}', '{}', 'empty', 'empty', 'empty', '{}',
		'[1, "a", null, {"a": 2}]', '[1]', '[1]', '100%', 'ab', '', -3, -3, -3, 'NaN', 'NaN', NULL, 2),
	(4, '0044-03-15 BC', '1999-12-31 23:59:59.999999', '2024-03-31 01:30:00+00', '12:00:00', '12:00:00+00', '25:00:00',
		'{{1,2},{3,4}}', NULL, '{NULL,a}', '{NULL}', '(,)', '(,)', '(,)', '{(,)}',
		'"a"', '"a"', '"a"', 'dog fox', 'A.B', 'dog:1 fox:2', 4, 4, 4, 4, 'Infinity', true, 4),
	(5, '2024-01-01', '2024-01-01 12:00:00', '2024-01-01 12:00:00+00', '12:30:00', '12:30:00+00', '1 day',
		'{NULL,1}', '{2,1}', '{"{a}"}', '{3}', '[3,4)', '[2024-01-01 00:00+00,2024-01-01 00:00+00]', '[2,3)', '{[3,4)}',
		'{"a": null, "b": null, "s": "10", "t": "true", "tags": "p"}', '{"a": null}', '{"a": null}', '', '', 'the:1', 5, 5, 5, 5.00, 5, false, 1),
	(6, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
	(7, '2024-07-15', '2024-07-15 09:07:05', '2024-07-15 22:07:05+00', '09:07:05', '09:07:05+00', '3 mons',
		'{7}', '{7}', '{seven}', '{7}', '[7,7]', '[2024-07-15 00:00+00,2024-07-16 00:00+00)', '[7,7]', '{[7,8)}', 'null', 'null', 'null', 'foxy', 'foxy', 'foxi:1', 7, 7, 7, 7, 7, NULL, NULL);
SELECT corm.register_model('things', 'Thing');
SELECT corm.foreign_key('Thing', 'up', 'Thing', related_name => 'downs');
-- The ids that a filter and a WHERE clause select; complains when they differ,
-- or when exclude is not the exact complement.
CREATE FUNCTION same(filter jsonb, condition text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE got text; wanted text; rest text; other text;
BEGIN
	SELECT string_agg(object ->> 'id', ',') INTO got FROM corm.all(corm.fields('Thing', 'id'), filter);
	SELECT string_agg(object ->> 'id', ',') INTO rest FROM corm.all(corm.exclude(corm.fields('Thing', 'id'), filter));
	EXECUTE 'SELECT string_agg(id::text, '','' ORDER BY id) FROM things AS x WHERE ' || condition INTO wanted;
	EXECUTE 'SELECT string_agg(id::text, '','' ORDER BY id) FROM things AS x WHERE (' || condition || ') IS NOT TRUE' INTO other;
	RETURN CASE WHEN got IS DISTINCT FROM wanted THEN format('WRONG %s, not ', got)
		WHEN rest IS DISTINCT FROM other THEN format('WRONG exclude %s, not %s; ', rest, other)
		WHEN corm.count('Thing', filter) + corm.count(corm.exclude('Thing', filter)) <> 7 THEN 'WRONG count ' ELSE '' END || coalesce(wanted, 'none');
END
$$;

--
-- Parts of dates and times; the parts that Monday to Sunday have follow Django
-- (week_day: Sunday is 1) and ISO
--
SELECT f, same(f, c) FROM (VALUES ('{"d__year": 2024}'::jsonb, 'extract(year FROM d) = 2024'), ('{"d__year": -44}', 'id = 4'), ('{"d__year__gte": 2024}', $$d >= '2024-01-01'$$), ('{"d__year__in": [2023, -44]}', 'extract(year FROM d) IN (2023, -44)'),
	('{"d__year__range": [2023, 2024]}', 'extract(year FROM d) BETWEEN 2023 AND 2024'), ('{"d__year__ne": 2024}', 'extract(year FROM d) IS DISTINCT FROM 2024'), ('{"d__year__not_in": [2024, null]}', 'extract(year FROM d) <> 2024'),
	('{"d__iso_year": 2023}', 'extract(isoyear FROM d) = 2023'), ('{"d__quarter": 1}', 'extract(quarter FROM d) = 1'), ('{"d__month": 2}', 'extract(month FROM d) = 2'), ('{"d__week": 52}', 'extract(week FROM d) = 52'), ('{"d__day__lt": 16}', 'extract(day FROM d) < 16'),
	('{"d__day_of_year": 60}', 'extract(doy FROM d) = 60'), ('{"d__week_day": 1}', 'extract(dow FROM d) + 1 = 1'), ('{"d__week_day": 2}', 'extract(dow FROM d) = 1'), ('{"d__iso_week_day": 7}', 'extract(isodow FROM d) = 7'), ('{"d__epoch__gt": 1709000000}', 'extract(epoch FROM d) > 1709000000'),
	('{"d__year": "2024"}', 'extract(year FROM d) = 2024'), ('{"d__year__contains": "02"}', $$extract(year FROM d)::text LIKE '%02%'$$)) v(f, c);
-- a date without end has no month
SELECT f, same(f, c) FROM (VALUES ('{"d__month__isnull": true}'::jsonb, 'extract(month FROM d) IS NULL'), ('{"d__month": null}', 'extract(month FROM d) IS NULL'), ('{"d__month__in": [null, 7]}', 'extract(month FROM d) IS NULL OR extract(month FROM d) = 7'), ('{"d__month__ne": null}', 'extract(month FROM d) IS NOT NULL')) v(f, c);
SELECT f, same(f, c) FROM (VALUES ('{"ts__hour": 23}'::jsonb, 'extract(hour FROM ts) = 23'), ('{"ts__minute__gte": 30}', 'extract(minute FROM ts) >= 30'), ('{"ts__second": 15.25}', 'extract(second FROM ts) = 15.25'), ('{"ts__second__gt": 59.99}', 'extract(second FROM ts) > 59.99'), ('{"ts__date": "2024-02-29"}', $$ts::date = '2024-02-29'$$),
	('{"ts__date__range": ["2023-12-31", "2024-01-01"]}', $$ts::date BETWEEN '2023-12-31' AND '2024-01-01'$$), ('{"ts__date__year": 1999}', 'extract(year FROM ts::date) = 1999'), ('{"ts__time": "12:00"}', $$ts::time = '12:00'$$), ('{"ts__time__lt": "09:30"}', $$ts::time < '09:30'$$), ('{"ts__time__hour__in": [9, 12]}', 'extract(hour FROM ts) IN (9, 12)'),
	('{"ts__year__gte": 2024}', 'extract(year FROM ts) >= 2024'), ('{"ts__epoch__lt": 0}', 'extract(epoch FROM ts) < 0'), ('{"tm__hour": 12}', 'extract(hour FROM tm) = 12'), ('{"tm__hour": 24}', $$tm = '24:00'$$), ('{"tm__minute": 30}', 'extract(minute FROM tm) = 30'), ('{"tm__second__lte": 5}', 'extract(second FROM tm) <= 5'), ('{"tm__epoch": 43200}', 'extract(epoch FROM tm) = 43200'),
	('{"tmz__hour__in": [0, 23]}', 'extract(hour FROM tmz) IN (0, 23)'), ('{"tmz__second": 5}', 'extract(second FROM tmz) = 5')) v(f, c);
SELECT f, same(f, c) FROM (VALUES ('{"iv__year": 1}'::jsonb, 'extract(year FROM iv) = 1'), ('{"iv__month": 2}', 'extract(month FROM iv) = 2'), ('{"iv__day": -40}', 'extract(day FROM iv) = -40'), ('{"iv__hour__gte": 4}', 'extract(hour FROM iv) >= 4'), ('{"iv__minute": 5}', 'extract(minute FROM iv) = 5'), ('{"iv__second": 6.5}', 'extract(second FROM iv) = 6.5'),
	('{"iv__quarter": 2}', 'extract(quarter FROM iv) = 2'), ('{"iv__epoch__lte": 0}', 'extract(epoch FROM iv) <= 0')) v(f, c);
SELECT f, same(f, c) FROM (VALUES ('{"d__trunc_year": "2024-01-01"}'::jsonb, $$date_trunc('year', d) = '2024-01-01'$$), ('{"d__trunc_quarter": "2024-07-01"}', $$date_trunc('quarter', d) = '2024-07-01'$$), ('{"d__trunc_month__gt": "2024-01-01"}', $$date_trunc('month', d::timestamp) > '2024-01-01'$$), ('{"d__trunc_week": "2024-01-01"}', $$date_trunc('week', d) = '2024-01-01'$$),
	('{"d__trunc_day": "2024-01-01"}', $$d = '2024-01-01'$$), ('{"d__trunc_month__month": 2}', 'extract(month FROM d) = 2'), ('{"ts__trunc_hour": "2024-02-29 23:00"}', $$date_trunc('hour', ts) = '2024-02-29 23:00'$$), ('{"ts__trunc_minute__lt": "2000-01-01"}', $$date_trunc('minute', ts) < '2000-01-01'$$),
	('{"ts__trunc_second": "1999-12-31 23:59:59"}', $$date_trunc('second', ts) = '1999-12-31 23:59:59'$$), ('{"ts__trunc_month__in": ["2024-07-01", "1999-12-01"]}', $$date_trunc('month', ts) IN ('2024-07-01', '1999-12-01')$$), ('{"ts__trunc_day__date": "2024-07-15"}', $$ts::date = '2024-07-15'$$)) v(f, c);
-- the session's time zone is the one that a timestamptz is taken apart in, also
-- by a plan made before it changed
CREATE VIEW zoned AS SELECT f, same(f, c) FROM (VALUES ('{"tz__date": "2024-03-01"}'::jsonb, $$tz::date = '2024-03-01'$$), ('{"tz__date": "2024-02-29"}', $$tz::date = '2024-02-29'$$), ('{"tz__hour": 23}', 'extract(hour FROM tz) = 23'), ('{"tz__time__lt": "02:00"}', $$tz::time < '02:00'$$), ('{"tz__year": 2023}', 'extract(year FROM tz) = 2023'),
	('{"tz__trunc_day": "2024-03-01"}', $$date_trunc('day', tz) = '2024-03-01'$$), ('{"tz__trunc_month__lt": "2024-01-01"}', $$date_trunc('month', tz) < '2024-01-01'$$), ('{"tz__day__in": [16, 30]}', 'extract(day FROM tz) IN (16, 30)'), ('{"tz__gte": "2024-02-29 23:30:15.25"}', $$tz >= '2024-02-29 23:30:15.25'$$), ('{"tz__epoch__gt": 1709249415}', 'extract(epoch FROM tz) > 1709249415')) v(f, c);
SELECT * FROM zoned;
SET timezone = 'Asia/Tokyo';
SELECT * FROM zoned;
SET timezone = 'America/New_York';
SELECT * FROM zoned;
SET timezone = 'UTC';
SELECT refused('{"d__hour": 1}', '{"d__time": "10:00"}', '{"tm__year": 1}', '{"tm__date": "2024-01-01"}', '{"tmz__trunc_hour": 1}', '{"iv__week": 1}', '{"iv__week_day": 1}', '{"iv__trunc_day": "1 day"}', '{"d__trunc_hour": "2024-01-01"}', '{"ts__trunc_decade": "2024-01-01"}', '{"ts__years": 2024}', '{"ts__year__gt__gte": 1}', '{"i__year": 1}', '{"t__date": "x"}');
SELECT refused('{"d__year": "MMXXIV"}', '{"d__year": 2024.5}', '{"d__year__in": 2024}', '{"d__year__gt": null}', '{"ts__date": "2024-02-30"}', '{"ts__date": "2024-02-29 10:00 nonsense"}', '{"ts__time": "25:00"}', '{"d__year": 99999999999}', '{"d__year__range": [2024]}', '{"d__year__isnull": 1}', '{"\"d__year\"": 2024}', '{"d__\"years\"": 2024}');

--
-- Arrays
--
SELECT f, same(f, c) FROM (VALUES ('{"ia__contains": [1, 2]}'::jsonb, $$ia @> '{1,2}'$$), ('{"ia__contains": []}', 'ia IS NOT NULL'), ('{"ia__contained_by": [1, 2, 3, 4]}', $$ia <@ '{1,2,3,4}'$$), ('{"ia__overlap": [4, 7]}', $$ia && '{4,7}'$$), ('{"ia__overlap": []}', 'false'),
	('{"ia__contains": [null]}', 'false'), ('{"ia__contains": [[1], [4]]}', $$ia @> '{1,4}'$$), ('{"ia__len": 4}', 'cardinality(ia) = 4'), ('{"ia__len": 0}', $$ia = '{}'$$), ('{"ia__len__gte": 2}', 'cardinality(ia) >= 2'), ('{"ia__len__isnull": true}', 'ia IS NULL'), ('{"ia__len__in": [1, null]}', 'cardinality(ia) = 1 OR ia IS NULL'),
	('{"da__contains": [1]}', $$da @> '{1}'$$), ('{"da__contained_by": [2, 1, 3]}', $$da <@ '{1,2,3}'$$), ('{"da__overlap": [3, 7]}', $$da && '{3,7}'$$), ('{"da__len": 1}', 'cardinality(da) = 1'), ('{"ta__contains": ["a"]}', $$ta @> '{a}'$$), ('{"ta__contains": ["{a}"]}', 'id = 5'), ('{"ta__overlap": ["c", "seven"]}', $$ta && '{c,seven}'$$),
	('{"na__contains": [2.5]}', $$na @> '{2.5}'$$), ('{"na__overlap": ["2.500", 3]}', $$na && '{2.5,3}'$$), ('{"ia__op(@>)": [3]}', $$ia @> '{3}'$$), ('{"ia__op(&&)": [3]}', $$ia && '{3}'$$), ('{"ta__op(<@)": ["a", "b"]}', $$ta <@ '{a,b}'$$), ('{"ia__lt": [3]}', $$ia < '{3}'$$)) v(f, c);
SELECT refused('{"ia__contains": 1}', '{"ia__contains": "{1}"}', '{"ia__contains": {"a": 1}}', '{"ia__overlap": 1}', '{"ia__contains": ["x"]}', '{"ia__contains": [[1], [2, 3]]}', '{"ia__contains": null}', '{"ia__len": "x"}', '{"i__len": 1}', '{"t__overlap": ["a"]}', '{"i__contained_by": [1]}', '{"ia__has_key": "a"}', '{"ia__isempty": true}', '{"ia__len__len": 1}', '{"ia__0": 1}');

--
-- Ranges and multiranges: what looks like a range is one, all else an element
--
SELECT f, same(f, c) FROM (VALUES ('{"r__contains": 3}'::jsonb, 'r @> 3'), ('{"r__contains": "3"}', 'r @> 3'), ('{"r__contains": "[2,4)"}', $$r @> '[2,4)'::int4range$$), ('{"r__contains": " empty "}', 'r IS NOT NULL'), ('{"r__contained_by": "[1,8)"}', $$r <@ '[1,8)'$$), ('{"r__overlap": "[4,6)"}', $$r && '[4,6)'$$), ('{"r__fully_lt": "[5,6)"}', $$r << '[5,6)'$$),
	('{"r__fully_gt": "[1,4)"}', $$r >> '[1,4)'$$), ('{"r__not_lt": "[3,4)"}', $$r &> '[3,4)'$$), ('{"r__not_gt": "[1,5)"}', $$r &< '[1,5)'$$), ('{"r__adjacent_to": "[5,6)"}', $$r -|- '[5,6)'$$), ('{"r__isempty": true}', 'isempty(r)'), ('{"r__isempty": false}', 'NOT isempty(r)'), ('{"r__op(-|-)": "[5,6)"}', $$r -|- '[5,6)'$$),
	('{"tr__contains": "2024-01-20"}', $$tr @> '2024-01-20'::timestamptz$$), ('{"tr__contains": "[2024-01-20,2024-01-21)"}', $$tr @> '[2024-01-20,2024-01-21)'::tstzrange$$), ('{"tr__overlap": "(2024-07-01,)"}', $$tr && '(2024-07-01,)'$$), ('{"sp__contains": 1.5}', 'sp @> 1.5::float8'), ('{"sp__contains": "[1.5,1.5]"}', $$sp @> '[1.5,1.5]'::span$$), ('{"sp__fully_lt": "[2,)"}', $$sp << '[2,)'$$),
	('{"mr__contains": 5}', 'mr @> 5'), ('{"mr__contains": "{[1,2),[5,6)}"}', $$mr @> '{[1,2),[5,6)}'::int4multirange$$), ('{"mr__overlap": "{[6,8)}"}', $$mr && '{[6,8)}'::int4multirange$$), ('{"mr__contained_by": "{[3,9)}"}', $$mr <@ '{[3,9)}'::int4multirange$$), ('{"mr__isempty": true}', 'isempty(mr)'), ('{"mr__contains": "[5,6)"}', $$mr @> '[5,6)'::int4range$$), ('{"mr__overlap": "[6,8)"}', $$mr && '[6,8)'::int4range$$), ('{"mr__adjacent_to": "{[8,9)}"}', $$mr -|- '{[8,9)}'::int4multirange$$), ('{"mr__fully_lt": "{[7,8)}"}', $$mr << '{[7,8)}'::int4multirange$$)) v(f, c);
SELECT refused('{"r__contains": "x"}', '{"r__contains": "[2,1]"}', '{"r__contains": "[1,2"}', '{"r__contains": [1, 2]}', '{"r__overlap": 3}', '{"r__isempty": "yes"}', '{"r__isempty": null}', '{"r__contains": null}', '{"r__has_key": "a"}', '{"mr__overlap": "x"}', '{"i__isempty": true}', '{"i__adjacent_to": "[1,2)"}', '{"ia__fully_lt": [1]}', '{"j__fully_gt": 1}', '{"sp__contains": "one"}');

--
-- JSON: keys, which may be called anything
--
SELECT f, same(f, c) FROM (VALUES ('{"j__a": 1}'::jsonb, $$j -> 'a' = '1'$$), ('{"j__a": "1"}', $$j -> 'a' = '"1"'$$), ('{"j__a__in": [1, "1"]}', $$j -> 'a' IN ('1', '"1"')$$), ('{"j__b__c__0": 10}', $$j #> '{b,c,0}' = '10'$$), ('{"j__b__c__1__d": "x"}', $$j #> '{b,c,1,d}' = '"x"'$$), ('{"j__b__c__-1__d": "x"}', $$j #> '{b,c,-1,d}' = '"x"'$$), ('{"j__0": 1}', $$j #> '{0}' = '1'$$), ('{"j__3__a": 2}', $$j #> '{3,a}' = '2'$$),
	('{"j__1": "a"}', $$j #> '{1}' = '"a"'$$), ('{"j__1": "one"}', 'id = 1'), ('{"j__b": {"c": []}}', $$j -> 'b' = '{"c": []}'$$), ('{"j__tags": ["p", "q"]}', $$j -> 'tags' = '["p", "q"]'$$), ('{"j__t": true}', $$j -> 't' = 'true'$$), ('{"j__t__ne": true}', $$j -> 't' IS DISTINCT FROM 'true'$$), ('{"j__a__ne": 1}', $$j -> 'a' IS DISTINCT FROM '1'$$),
	-- a missing key and a null are both no value
	('{"j__a": null}', $$j ->> 'a' IS NULL$$), ('{"j__a__isnull": false}', $$j ->> 'a' IS NOT NULL$$), ('{"j__a__ne": null}', $$j ->> 'a' IS NOT NULL$$), ('{"j__b__n": null}', $$j #>> '{b,n}' IS NULL$$), ('{"j__nosuch__key": 1}', 'false'), ('{"j__a__in": [null, 1]}', $$j ->> 'a' IS NULL OR j -> 'a' = '1'$$), ('{"j__a__not_in": [null]}', $$j ->> 'a' IS NOT NULL$$), ('{"j__a__in": []}', 'false'),
	('{"j": null}', 'j IS NULL')) v(f, c);
SELECT f, same(f, c) FROM (VALUES ('{"j__\"in\"": 5}'::jsonb, $$j -> 'in' = '5'$$), ('{"j__\"in\"__in": [5, 6]}', $$j -> 'in' IN ('5', '6')$$), ('{"j__\"x__y\"": 7}', $$j -> 'x__y' = '7'$$), ('{"j__x__y": 7}', 'false'), ('{"j__gte__lt": 3}', $$j -> 'gte' < '3' AND jsonb_typeof(j -> 'gte') = 'number'$$), ('{"j__gte__\"lt\"": 2}', $$j #> '{gte,lt}' = '2'$$), ('{"j__gte__\"lt\"__lt": 3}', $$j #> '{gte,lt}' < '3'$$),
	('{"j__count": 3}', $$j -> 'count' = '3'$$), ('{"j__\"some\"": 1}', $$j -> 'some' = '1'$$), ('{"j__count__gt": 2}', $$j -> 'count' > '2'$$), ('{"j__\"count\"": 3}', $$j -> 'count' = '3'$$), ('{"dj__a": 1}', $$dj -> 'a' = '1'$$), ('{"js__a": 1}', $$js::jsonb -> 'a' = '1'$$), ('{"js__a": null}', $$js ->> 'a' IS NULL$$), ('{"js__a__in": [1, null]}', $$js ->> 'a' IS NULL OR js ->> 'a' = '1' AND json_typeof(js -> 'a') = 'number'$$)) v(f, c);
-- order is only among values of one kind
SELECT f, same(f, c) FROM (VALUES ('{"j__a__gt": 0}'::jsonb, 'id = 1'), ('{"j__a__lt": 100}', 'id = 1'), ('{"j__a__gte": "0"}', 'id = 2'), ('{"j__s__gt": "A"}', $$jsonb_typeof(j -> 's') = 'string' AND j -> 's' > '"A"'$$), ('{"j__t__lt": true}', $$j -> 't' = 'false'$$), ('{"j__a__range": [0, 5]}', 'id = 1'), ('{"j__a__range": ["0", 5]}', 'false'), ('{"j__tags__gt": []}', $$j -> 'tags' = '["p", "q"]'$$), ('{"j__gt": "A"}', 'id = 4'), ('{"j__lt": "b"}', 'id = 4'),
	('{"dj__gt": "A"}', 'id = 4'), ('{"j__a__lt__F": "j__count"}', 'id = 1'), ('{"j__a__gt__F": "j__s"}', 'false'), ('{"j__a__gte__F": "dj__a"}', $$j ->> 'a' IS NOT NULL OR j -> 'a' = 'null'$$), ('{"j__lte__F": "dj"}', $$jsonb_typeof(j) = jsonb_typeof(dj) AND j <= dj$$), ('{"dj__lt": {"a": 9}}', $$jsonb_typeof(dj) = 'object' AND dj < '{"a": 9}'$$), ('{"dj__a__gt": 0}', 'id = 1'), ('{"js__a__gt": 0}', 'id = 1')) v(f, c);
SELECT f, same(f, c) FROM (VALUES ('{"j__has_key": "a"}'::jsonb, $$j ? 'a'$$), ('{"j__has_key": 1}', $$j ? '1'$$), ('{"j__has_keys": ["a", "in"]}', $$j ?& '{a,in}'$$), ('{"j__has_keys": []}', 'j IS NOT NULL'), ('{"j__has_any_keys": ["in", "tags", "nosuch"]}', $$j ?| '{in,tags,nosuch}'$$), ('{"j__has_any_keys": []}', 'false'), ('{"j__b__has_key": "c"}', $$j -> 'b' ? 'c'$$), ('{"j__tags__has_key": "p"}', $$j -> 'tags' ? 'p'$$),
	('{"j__contains": {"b": {"c": []}}}', $$j @> '{"b": {"c": []}}'$$), ('{"j__contains": [1]}', $$j @> '[1]'$$), ('{"j__contains": "a"}', $$j @> '"a"'$$), ('{"j__tags__contains": ["p"]}', $$j -> 'tags' @> '["p"]'$$), ('{"j__tags__contained_by": ["q", "p", "r"]}', $$j -> 'tags' <@ '["q", "p", "r"]'$$), ('{"js__has_key": "a"}', $$js::jsonb ? 'a'$$), ('{"dj__contains": {"a": 1}}', $$dj @> '{"a": 1}'$$), ('{"dj__has_key": "a"}', $$dj ? 'a'$$),
	('{"j__s__icontains": "TEX"}', $$j ->> 's' ILIKE '%tex%'$$), ('{"j__s__startswith": "t"}', $$j ->> 's' LIKE 't%'$$), ('{"j__s__iexact": "TEXT"}', $$lower(j ->> 's') = 'text'$$), ('{"j__s__regex": "^[0-9]+$"}', $$j ->> 's' ~ '^[0-9]+$'$$), ('{"j__a__startswith": "1"}', $$j ->> 'a' LIKE '1%'$$), ('{"j__op(@>)": {"a": 1}}', $$j @> '{"a": 1}'$$), ('{"j__op(?)": "a"}', $$j ? 'a'$$), ('{"j__op(?|)": ["a", "tags"]}', $$j ?| '{a,tags}'$$), ('{"j__b__op(?)": "c"}', $$j -> 'b' ? 'c'$$)) v(f, c);
SELECT refused('{"j__has_keys": "a"}', '{"j__has_keys": ["a", null]}', '{"j__has_any_keys": [["a"]]}', '{"j__has_any_keys": {"a": 1}}', '{"j__has_key": ["a"]}', '{"j__has_key": null}', '{"j__a__gt": null}', '{"j__a__in": 1}', '{"j__a__range": 1}', '{"j__s__contained_by": null}', '{"j__s__icontains": ["x"]}', '{"t__has_key": "a"}', '{"js__overlap": [1]}', '{"j__a__isnull": "x"}', '{"j__a__some": {"b": 1}}');

--
-- Search and regular expressions
--
SET client_min_messages = warning;
SELECT f, same(f, c) FROM (VALUES ('{"t__search": "fox"}'::jsonb, $$to_tsvector(t) @@ plainto_tsquery('fox')$$), ('{"t__search": "dogs & !foxes | x:*"}', $$to_tsvector(t) @@ plainto_tsquery('dogs & !foxes | x:*')$$), ('{"t__search": "dogs"}', 'id IN (2, 4)'), ('{"t__search": ""}', 'false'), ('{"t__search": "the"}', 'false'), ('{"tsv__search": "dogs foxes"}', $$tsv @@ plainto_tsquery('dogs foxes')$$), ('{"v__search": "foxy"}', 'id = 7'), ('{"j__search": "text"}', $$to_tsvector(j::text) @@ plainto_tsquery('text')$$), ('{"j__s__search": "texts"}', 'id IN (1, 2)'),
	('{"t__regex": "^[A-Z]"}', $$t ~ '^[A-Z]'$$), ('{"t__regex": "fox(es)?$"}', $$t ~ 'fox(es)?$'$$), ('{"t__iregex": "^the .* FOXES$"}', $$t ~* '^the .* FOXES$'$$), ('{"v__regex": "^a.b$"}', $$v ~ '^a.b$'$$), ('{"v__iregex": "^a\\.b$"}', $$v ~* '^a\.b$'$$), ('{"i__regex": "^-"}', 'i < 0'), ('{"t__regex": ""}', 't IS NOT NULL'), ('{"v__op(~)": "^a"}', $$v ~ '^a'$$), ('{"v__op(!~)": "^a"}', $$v !~ '^a'$$), ('{"v__op(~~)": "a%"}', $$v LIKE 'a%'$$)) v(f, c);
RESET client_min_messages;
SET default_text_search_config = 'pg_catalog.simple';
SELECT f, same(f, c) FROM (VALUES ('{"t__search": "fox"}'::jsonb, $$to_tsvector(t) @@ plainto_tsquery('fox')$$), ('{"t__search": "the"}', $$to_tsvector(t) @@ plainto_tsquery('the')$$)) v(f, c);
SELECT refused('{"t__regex": "("}', '{"t__iregex": "[a"}', '{"t__regex": "a{2,1}"}', '{"t__op(~)": "*"}', '{"t__regex": null}', '{"t__regex": ["a"]}', '{"t__search": ["a"]}', '{"t__search": null}', '{"t__search": {"a": 1}}');

--
-- Another value of the row
--
SELECT f, same(f, c) FROM (VALUES ('{"i__F": "s"}'::jsonb, 'i = s'), ('{"i__F": "b"}', 'i = b'), ('{"b__gt__F": "i"}', 'b > i'), ('{"i__gte__F": "num"}', 'i >= num'), ('{"num__lt__F": "i"}', 'num < i'), ('{"num__F": "f"}', 'num::float8 = f'), ('{"f__lte__F": "num"}', 'f <= num::float8'), ('{"i__ne__F": "b"}', '(i = b) IS NOT TRUE'), ('{"d__lte__F": "ts"}', 'd <= ts'), ('{"tz__gt__F": "ts"}', 'tz > ts'),
	('{"t__gt__F": "v"}', 't > v COLLATE "C"'), ('{"v__F": "t"}', 'v = t COLLATE "default"'), ('{"i__F": "pk"}', 'i = id'), ('{"pk__F": "i"}', 'id = i'), ('{"i__F": "i"}', 'i IS NOT NULL'), ('{"ia__F": "da"}', 'ia = da'), ('{"da__ne__F": "ia"}', '(da = ia) IS NOT TRUE'), ('{"r__op(&&)__F": "r"}', 'r && r'), ('{"r__op(@>)__F": "i"}', 'r @> i'), ('{"i__op(<@)__F": "r"}', 'i <@ r'),
	('{"i__op(<>)__F": "b"}', 'i <> b'), ('{"t__op(~)__F": "v"}', 't ~ v'), ('{"d__year__lt__F": "ts__year"}', 'extract(year FROM d) < extract(year FROM ts)'), ('{"ts__date__F": "d"}', 'ts::date = d'), ('{"ia__len__F": "i"}', 'cardinality(ia) = i'), ('{"i__gt__F": "ia__len"}', 'i > cardinality(ia)'), ('{"j__F": "dj"}', 'j = dj'), ('{"j__s__F": "j__a"}', $$j -> 's' = j -> 'a'$$), ('{"j__a__ne__F": "j__a"}', $$(j -> 'a' = j -> 'a') IS NOT TRUE$$)) v(f, c);
-- across relations: the path starts at the model of the filter object
SELECT f, same(f, c) FROM (VALUES ('{"i__gt__F": "up__i"}'::jsonb, 'i > (SELECT i FROM things u WHERE u.id = x.up_id)'), ('{"up__i__lt__F": "i"}', '(SELECT i FROM things u WHERE u.id = x.up_id) < i'), ('{"up__F": "id"}', 'up_id = id'), ('{"id__F": "up"}', 'id = up_id'), ('{"up__up__F": "up"}', '(SELECT up_id FROM things u WHERE u.id = x.up_id) = up_id'), ('{"up__ne__F": "pk"}', 'up_id IS DISTINCT FROM id'), ('{"up__id__F": "up__i"}', '(SELECT u.id = u.i FROM things u WHERE u.id = x.up_id)'),
	('{"downs__i__gt__F": "i"}', 'EXISTS (SELECT FROM things c WHERE c.up_id = x.id AND c.i > x.i)'), ('{"downs__gt__F": "i"}', 'EXISTS (SELECT FROM things c WHERE c.up_id = x.id AND c.id > x.i)'), ('{"downs__some": {"i__gt__F": "up__i"}}', 'EXISTS (SELECT FROM things c WHERE c.up_id = x.id AND c.i > x.i)'), ('{"downs__every": {"i__F": "id"}}', 'NOT EXISTS (SELECT FROM things c WHERE c.up_id = x.id AND (c.i = c.id) IS NOT TRUE)'),
	('{"downs__none": {"i__F": "b"}}', 'NOT EXISTS (SELECT FROM things c WHERE c.up_id = x.id AND c.i = c.b)'), ('{"downs__count__F": "i"}', '(SELECT count(*) FROM things c WHERE c.up_id = x.id) = i'), ('{"downs__count__gt__F": "downs__s__min"}', '(SELECT count(*) FROM things c WHERE c.up_id = x.id) > (SELECT min(s) FROM things c WHERE c.up_id = x.id)'), ('{"i__lt__F": "downs__count"}', 'i < (SELECT count(*) FROM things c WHERE c.up_id = x.id)'),
	('{"downs__count": {"gt__F": "id", "filter": {"i__F": "id"}}}', '(SELECT count(*) FROM things c WHERE c.up_id = x.id AND c.i = c.id) > id'), ('{"OR": [{"i__F": "up__i"}, {"NOT": {"i__F": "id"}}]}', 'i = (SELECT i FROM things u WHERE u.id = x.up_id) OR (i = id) IS NOT TRUE')) v(f, c);
SELECT refused('{"i__F": "t"}', '{"i__op(<>)__F": "num"}', '{"t__gt__F": "i"}', '{"i__F": "d"}', '{"bo__F": "i"}', '{"ia__F": "ta"}', '{"j__F": "i"}', '{"js__F": "js"}', '{"i__F": "nosuch"}', '{"i__F": "up__nosuch"}', '{"i__F": "downs__i"}', '{"i__F": "up__downs"}', '{"i__F": 1}', '{"i__F": null}', '{"i__F": ["s"]}', '{"i__F": ""}', '{"i__F": "s__gt"}', '{"i__F": "s__nosuch"}', '{"i__in__F": "s"}', '{"i__range__F": "s"}', '{"i__isnull__F": "bo"}',
	'{"t__contains__F": "v"}', '{"t__search__F": "v"}', '{"i__F__F": "s"}', '{"i__f": "s"}', '{"F": "i"}', '{"i__op(~)__F": "t"}', '{"i__F": "1"}', '{"i__F": "s; DROP TABLE things"}', '{"i__F": "\"s\"\""}', '{"nosuch__F": "i"}', '{"downs__F": "i"}');

--
-- Operators by name come from the type, wherever the search_path leads
--
SELECT f, same(f, c) FROM (VALUES ('{"i__op(=)": 1}'::jsonb, 'i = 1'), ('{"i__op(<>)": 1}', 'i <> 1'), ('{"i__op(<)": "2"}', 'i < 2'), ('{"t__op(^@)": "The"}', $$t ^@ 'The'$$), ('{"t__op(~~*)": "the%"}', $$t ~~* 'the%'$$), ('{"t__op(!~~)": "%o%"}', $$t !~~ '%o%'$$), ('{"num__op(>=)": 2.5}', 'num >= 2.5'), ('{"ia__op(<>)": [7]}', $$ia <> '{7}'$$), ('{"tsv__op(@@)": "fox & !dog"}', $$tsv @@ 'fox & !dog'::tsquery$$), ('{"NOT": {"i__op(=)": 1}}', '(i = 1) IS NOT TRUE')) v(f, c);
SELECT refused('{"i__op(+)": 1}', '{"i__op(nosuch)": 1}', '{"i__op()": 1}', '{"i__op(= 1 OR true)": 1}', '{"i__op(pg_catalog.=)": 1}', '{"i__op(=": 1}', '{"i__op(=)x": 1}', '{"i__op(=)": null}', '{"i__op(=)": "x"}', '{"i__op(&&)": 1}', '{"t__op(||)": "x"}', '{"i__op(<@)": "[1,2)"}', '{"t__op(@@)": "x"}', '{"i__OP(=)": 1}', '{"pk__op(~)": 1}');
CREATE SCHEMA corm_evil;
CREATE FUNCTION corm_evil.yes(int, int) RETURNS boolean LANGUAGE plpgsql AS $$BEGIN RAISE NOTICE 'evil'; RETURN true; END$$;
CREATE FUNCTION corm_evil.yes(text, text) RETURNS boolean LANGUAGE plpgsql AS $$BEGIN RAISE NOTICE 'evil'; RETURN true; END$$;
CREATE FUNCTION corm_evil.yes(varchar, varchar) RETURNS boolean LANGUAGE plpgsql AS $$BEGIN RAISE NOTICE 'evil'; RETURN true; END$$;
CREATE FUNCTION corm_evil.yes(int, numeric) RETURNS boolean LANGUAGE plpgsql AS $$BEGIN RAISE NOTICE 'evil'; RETURN true; END$$;
CREATE FUNCTION corm_evil.lower(text) RETURNS text LANGUAGE plpgsql AS $$BEGIN RAISE NOTICE 'evil'; RETURN ''; END$$;
CREATE FUNCTION corm_evil.jsonb_typeof(jsonb) RETURNS text LANGUAGE plpgsql AS $$BEGIN RAISE NOTICE 'evil'; RETURN ''; END$$;
CREATE OPERATOR corm_evil.= (FUNCTION = corm_evil.yes, LEFTARG = int, RIGHTARG = int);
CREATE OPERATOR corm_evil.> (FUNCTION = corm_evil.yes, LEFTARG = int, RIGHTARG = numeric);
CREATE OPERATOR corm_evil.=== (FUNCTION = corm_evil.yes, LEFTARG = int, RIGHTARG = int);
CREATE OPERATOR corm_evil.~ (FUNCTION = corm_evil.yes, LEFTARG = text, RIGHTARG = text);
CREATE OPERATOR corm_evil.~~ (FUNCTION = corm_evil.yes, LEFTARG = varchar, RIGHTARG = varchar);
SET search_path = corm_evil, corm_lookups_typed, pg_catalog;
SELECT f, corm.count('Thing', f) FROM unnest('{"{\"i\": 1}","{\"i__op(=)\": 1}","{\"i__in\": [1, 2]}","{\"i__gt__F\": \"num\"}","{\"t__op(~)\": \"^A\"}","{\"v__contains\": \"a_\"}","{\"v__op(~~)\": \"a\"}","{\"t__regex\": \"^A\"}","{\"t__iexact\": \"FOXY\"}","{\"j__a__gt\": 0}","{\"up\": 1}"}'::jsonb[]) f;
SELECT corm_lookups_typed.refused('{"i__op(>)__F": "num"}', '{"i__op(===)": 1}', '{"i__op(===)__F": "i"}');
SET search_path = corm_lookups_typed;

--
-- Equality and order of a type of one's own, whose operators no search_path has
--
CREATE SCHEMA corm_lookups_types;
CREATE TYPE corm_lookups_types.parity AS (n int);
CREATE FUNCTION corm_lookups_types.cmp(corm_lookups_types.parity, corm_lookups_types.parity) RETURNS int IMMUTABLE LANGUAGE sql AS 'SELECT abs(($1).n % 2) - abs(($2).n % 2)';
CREATE FUNCTION corm_lookups_types.eq(corm_lookups_types.parity, corm_lookups_types.parity) RETURNS boolean IMMUTABLE LANGUAGE sql AS 'SELECT corm_lookups_types.cmp($1, $2) = 0';
CREATE FUNCTION corm_lookups_types.lt(corm_lookups_types.parity, corm_lookups_types.parity) RETURNS boolean IMMUTABLE LANGUAGE sql AS 'SELECT corm_lookups_types.cmp($1, $2) < 0';
CREATE FUNCTION corm_lookups_types.gt(corm_lookups_types.parity, corm_lookups_types.parity) RETURNS boolean IMMUTABLE LANGUAGE sql AS 'SELECT corm_lookups_types.cmp($1, $2) > 0';
CREATE FUNCTION corm_lookups_types.le(corm_lookups_types.parity, corm_lookups_types.parity) RETURNS boolean IMMUTABLE LANGUAGE sql AS 'SELECT corm_lookups_types.cmp($1, $2) <= 0';
CREATE FUNCTION corm_lookups_types.ge(corm_lookups_types.parity, corm_lookups_types.parity) RETURNS boolean IMMUTABLE LANGUAGE sql AS 'SELECT corm_lookups_types.cmp($1, $2) >= 0';
CREATE OPERATOR corm_lookups_types.=% (FUNCTION = corm_lookups_types.eq, LEFTARG = corm_lookups_types.parity, RIGHTARG = corm_lookups_types.parity);
CREATE OPERATOR corm_lookups_types.<% (FUNCTION = corm_lookups_types.lt, LEFTARG = corm_lookups_types.parity, RIGHTARG = corm_lookups_types.parity);
CREATE OPERATOR corm_lookups_types.<=% (FUNCTION = corm_lookups_types.le, LEFTARG = corm_lookups_types.parity, RIGHTARG = corm_lookups_types.parity);
CREATE OPERATOR corm_lookups_types.>% (FUNCTION = corm_lookups_types.gt, LEFTARG = corm_lookups_types.parity, RIGHTARG = corm_lookups_types.parity);
CREATE OPERATOR corm_lookups_types.>=% (FUNCTION = corm_lookups_types.ge, LEFTARG = corm_lookups_types.parity, RIGHTARG = corm_lookups_types.parity);
CREATE OPERATOR CLASS corm_lookups_types.parity_ops DEFAULT FOR TYPE corm_lookups_types.parity USING btree AS OPERATOR 1 corm_lookups_types.<%, OPERATOR 2 corm_lookups_types.<=%, OPERATOR 3 corm_lookups_types.=%, OPERATOR 4 corm_lookups_types.>=%, OPERATOR 5 corm_lookups_types.>%, FUNCTION 1 corm_lookups_types.cmp(corm_lookups_types.parity, corm_lookups_types.parity);
CREATE TABLE parities (id int PRIMARY KEY, p corm_lookups_types.parity, o corm_lookups_types.parity, of int REFERENCES parities);
INSERT INTO parities VALUES (1, '(1)', '(2)', 1), (2, '(2)', '(2)', 1), (3, '(3)', '(5)', 1), (4, NULL, '(1)', 2);
SELECT corm.register_model('parities', 'Parity'), corm.foreign_key('Parity', 'whole', 'Parity', 'parts', columns => '{of}');
SELECT f, (SELECT string_agg(object ->> 'id', ',') FROM corm.all('Parity', f)) FROM unnest('{"{\"p\": {\"n\": 7}}","{\"p__ne\": {\"n\": 7}}","{\"p__in\": [{\"n\": 8}, null]}","{\"p__gt\": {\"n\": 0}}","{\"p__range\": [{\"n\": 0}, {\"n\": 2}]}","{\"p__F\": \"o\"}","{\"p__gt__F\": \"o\"}","{\"p__op(=%)\": {\"n\": 4}}","{\"p__op(<%)__F\": \"whole__p\"}","{\"parts__p\": \"(9)\"}"}'::jsonb[]) f;
SELECT corm.list(corm.order_by(corm.fields('Parity', 'id'), '-p nulls last'))::text, corm.list(corm.annotate(corm.fields('Parity', 'id'), '{"n": {"count": "parts__p", "distinct": true}, "m": "parts__p__min", "x": {"max": "parts__p", "filter": {"id__lte": 2}}}'), '{"parts__count__gt": 0}');

--
-- Extensions in a schema that no search_path has
--
CREATE SCHEMA corm_lookups_ext;
SELECT count(*) = 4 AS installable FROM pg_available_extensions WHERE name IN ('citext', 'hstore', 'ltree', 'pg_trgm') \gset
\if :installable
SET client_min_messages = warning;
CREATE EXTENSION citext SCHEMA corm_lookups_ext;
CREATE EXTENSION hstore SCHEMA corm_lookups_ext;
CREATE EXTENSION ltree SCHEMA corm_lookups_ext;
CREATE EXTENSION pg_trgm SCHEMA corm_lookups_ext;
RESET client_min_messages;
CREATE TABLE extras (id int PRIMARY KEY, c corm_lookups_ext.citext, c2 corm_lookups_ext.citext UNIQUE, h corm_lookups_ext.hstore, l corm_lookups_ext.ltree, t text);
INSERT INTO extras VALUES (1, 'Ann', 'ANN', 'a=>1', 'top.a', 'postgres'), (2, 'bob', 'x', 'a=>2, b=>NULL', 'top.b.c', 'postgrey'), (3, 'ANN', 'y', '', 'other', 'mysql'), (4, NULL, NULL, NULL, NULL, NULL);
SELECT corm.register_model('extras', 'Extra');
SELECT f, (SELECT string_agg(object ->> 'id', ',') FROM corm.all('Extra', f)) FROM unnest(ARRAY['{"c": "ann"}', '{"c__ne": "ann"}', '{"c__in": ["ANN", null]}', '{"c__not_in": ["BOB"]}', '{"c__gt": "ANN"}', '{"c__range": ["ANA", "ANO"]}', '{"c__F": "c2"}', '{"c__op(=)": "aNN"}', '{"c__op(~)": "^a"}', '{"c__contains": "NN"}', '{"c__icontains": "NN"}', '{"c__regex": "^[A-Z]+$"}', '{"c__op(~~)": "A%"}',
	'{"h__op(?)": "b"}', '{"h__op(@>)": "a=>1"}', '{"h": "a=>1"}', '{"h__in": ["", "b=>NULL,a=>2"]}', '{"l__op(<@)": "top"}', '{"l__op(@>)": "top.b.c.d"}', '{"l__gt": "p"}', '{"l__in": ["other", "top.a"]}', '{"t__op(%)": "postgress"}', '{"t__op(<%)": "postgres"}']::jsonb[]) f;
SELECT f::text || '  ' || try(format('SELECT corm.count(''Extra'', %L)', f)) FROM unnest('{"{\"h__gt\": \"a=>1\"}","{\"h__op(<)\": \"a=>1\"}","{\"l__op(~)\": \"top.*\"}","{\"l\": \"a b\"}","{\"h__op(?&)\": [\"a\"]}"}'::jsonb[]) f;
\else
SELECT 'skipped: citext, hstore, ltree, pg_trgm';
\endif

--
-- Values are values
--
CREATE TABLE texts (id int PRIMARY KEY, t text);
INSERT INTO texts SELECT n, v FROM unnest(ARRAY['''', '"', '$1', '--', '/* */', '%', '_', '\', '\''; DROP TABLE texts; --', '$$', 'NULL', 'null', '', ' ', '{}', '[1]', '{"a": 1}', 'now()', E'\n\t', 'é', '€𝄞', '$1$', ':x', '?', '\u0000', 'true', '1', '1.0', '1e0', repeat('x''"\%_', 20000)]) WITH ORDINALITY AS v(v, n);
SELECT corm.register_model('texts', 'Text');
SELECT count(*), bool_and(corm.get('Text', jsonb_build_object('t', t)) ->> 't' = t), bool_and(corm.count('Text', jsonb_build_object('t__in', jsonb_build_array(t))) = 1), bool_and(corm.count('Text', jsonb_build_object('t__ne', t)) = 29), bool_and(corm.count('Text', jsonb_build_object('t__op(=)', t)) = 1),
	bool_and(corm.count('Text', jsonb_build_object('t__contains', t)) = (SELECT count(*) FROM texts y WHERE strpos(y.t, x.t) > 0)), bool_and(corm.count('Text', jsonb_build_object('t__icontains', t)) = (SELECT count(*) FROM texts y WHERE strpos(lower(y.t), lower(x.t)) > 0)),
	bool_and(corm.count('Text', jsonb_build_object('t__startswith', t)) = (SELECT count(*) FROM texts y WHERE starts_with(y.t, x.t))), bool_and(corm.count('Text', jsonb_build_object('t__endswith', t)) = (SELECT count(*) FROM texts y WHERE right(y.t, length(x.t)) = x.t)), bool_and(corm.count('Text', jsonb_build_object('t__iexact', upper(t))) = 1 + (t = 'null' OR t = 'NULL')::int),
	bool_and(corm.count('Text', jsonb_build_object('t__gte', t)) = (SELECT count(*) FROM texts y WHERE y.t >= x.t)), bool_and(corm.count('Text', jsonb_build_object('t__range', jsonb_build_array(t, t))) = 1) FROM texts x;
SELECT f, corm.count('Text', f) FROM unnest('{"{\"t\": {\"a\": 1}}","{\"t\": [1]}","{\"t\": true}","{\"t\": 1}","{\"t\": 1.0}","{\"t\": 1e0}"}'::jsonb[]) f;
SELECT refused('{"i": 2147483648}', '{"s": 32768}', '{"b": 9223372036854775808}', '{"i": "NaN"}', '{"num": "x"}', '{"f": "1e999"}', '{"bo": "maybe"}', '{"i": "1; SELECT 1"}', '{"i": ""}', '{"d": ""}', '{"i__in": [1, {"a": 1}]}', '{"num": {"a": 1}}', '{"d": "now() OR true"}', '{"t__in": [["a"], {"b": 1}]}');
SELECT f, same(f, c) FROM (VALUES ('{"num": "NaN"}'::jsonb, $$num = 'NaN'$$), ('{"f": "-Infinity"}', 'false'), ('{"f": "NaN"}', $$f = 'NaN'$$), ('{"num__gt": "1e400"}', $$num = 'NaN'$$), ('{"num": 2.50}', 'num = 2.5'), ('{"d": "infinity"}', $$d = 'infinity'$$), ('{"i": "  1 "}', 'i = 1'), ('{"bo": "on"}', 'bo'), ('{"bo": 1}', 'bo')) v(f, c);
SELECT try($$SELECT corm.count('Text', '{"t": "\u0000"}')$$);

SET client_min_messages = warning;
DROP SCHEMA corm_lookups_typed, corm_evil, corm_lookups_types, corm_lookups_ext CASCADE;
