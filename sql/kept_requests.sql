-- A request that comes again with other values is not resolved again.  Each call is
-- made twice, the second time so large that nothing is kept of it: "hits" is how often
-- the first found what it asked for, and both say the same.
SET client_min_messages = warning;
CREATE SCHEMA kept_requests;
SET search_path = kept_requests;
CREATE DOMAIN percent AS int CHECK (VALUE BETWEEN 0 AND 100);
CREATE TABLE author (id int PRIMARY KEY, name text, rate numeric, share percent, born date, active boolean, tags text[], data jsonb, "F" text);
CREATE TABLE post (id int PRIMARY KEY, author_id int REFERENCES author, title text, n int, m int, span int4range, spans int4multirange);
CREATE TABLE tag (id text PRIMARY KEY);
CREATE TABLE post_tag (post_id int REFERENCES post, tag_id text REFERENCES tag, rank int, PRIMARY KEY (post_id, tag_id));
CREATE TABLE plot (region text, no int, area int, PRIMARY KEY (region, no));
CREATE TABLE tree (id int PRIMARY KEY, region text, no int, parent_id int REFERENCES tree, FOREIGN KEY (region, no) REFERENCES plot);
CREATE TABLE path (steps int[] PRIMARY KEY, name text);
INSERT INTO author VALUES (1, 'Ann', 1.0, 10, '2001-02-03', true, '{a,b}', '{"k": 1}', 'name'), (2, '', 2.5, 20, '2002-03-04', false, '{}', '{"k": "1", "l": []}', 'x'),
	(3, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL), (4, E'a "b" \\ é%_\n', 1e20, 40, 'infinity', true, '{NULL,"null"}', 'null', 'author__name');
INSERT INTO post VALUES (1, 1, 'one', 1, 2, '[1,5)', '{[1,3),[7,9)}'), (2, 1, 'two', 2, 2, '[3,9)', '{}'), (3, 2, 'three', 3, 1, 'empty', '{[1,2)}'), (4, NULL, NULL, NULL, 0, NULL, NULL);
INSERT INTO tag VALUES ('red'), ('[1]'), ('');
INSERT INTO post_tag VALUES (1, 'red', 1), (1, '', 2), (2, 'red', 3), (3, '[1]', 1);
INSERT INTO plot VALUES ('n', 1, 10), ('n', 2, 20), ('s', 1, 30);
INSERT INTO tree VALUES (1, 'n', 1, NULL), (2, 'n', 2, 1), (3, 's', 1, 2), (4, NULL, NULL, 2);
INSERT INTO path VALUES ('{1,2}', 'a'), ('{3}', 'b');
SELECT count(*) FROM corm.adopt('kept_requests');
SELECT corm.rename_relation('author', 'post', 'posts'), corm.rename_relation('tree', 'tree', 'children');
SELECT relation, target FROM corm.relations WHERE model IN ('author', 'post', 'tree', 'plot', 'tag') ORDER BY model, relation;

-- what a call says, or why not
CREATE FUNCTION say(q text, f jsonb, verb text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE answer text; detail text; hint text;
BEGIN
	EXECUTE format('SELECT corm.%I($1::corm.queryset, $2)::text', verb) INTO answer USING q, f;
	RETURN answer;
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS detail = PG_EXCEPTION_DETAIL, hint = PG_EXCEPTION_HINT;
	RETURN concat_ws(' | ', SQLSTATE || ' ' || SQLERRM, nullif(detail, ''), nullif(hint, ''));
END $$;
CREATE FUNCTION ask(q text, f jsonb DEFAULT NULL, verb text DEFAULT 'list', OUT hits bigint, OUT agree boolean, OUT answer text) LANGUAGE plpgsql AS $$
DECLARE
	before bigint := (SELECT request_hits FROM corm.stats());
	anew text;
BEGIN
	answer := say(q, f, verb);
	hits := (SELECT request_hits FROM corm.stats()) - before;
	anew := say(q, jsonb_build_array(coalesce(nullif(f, 'null'), '{}'), jsonb_build_object('AND', (SELECT jsonb_agg('{}'::jsonb) FROM generate_series(1, 130)))), verb);
	agree := answer IS NOT DISTINCT FROM anew;
	IF NOT agree THEN
		answer := format('%s, but anew %s', answer, anew);
	END IF;
	IF q NOT IN ('counted', 'nested') AND (SELECT request_hits FROM corm.stats()) - before > hits THEN
		RAISE 'what should be too large was kept';
	END IF;
END $$;
-- the same queryset with several filters, one after the other
CREATE FUNCTION asked(q text, VARIADIC filters text[]) RETURNS TABLE (hits bigint, agree boolean, filter text, answer text) LANGUAGE plpgsql AS $$
BEGIN
	FOREACH filter IN ARRAY filters LOOP
		SELECT a.hits, a.agree, a.answer INTO hits, agree, answer FROM ask(q, filter::jsonb) a;
		RETURN NEXT;
	END LOOP;
END $$;
\pset format unaligned
\pset tuples_only on

-- values that only become parameters: numbers however they are spelled, texts of any kind
\set ids '{"model": "author", "fields": ["id"]}'
SELECT * FROM asked(:'ids', '{"id": 1}', '{"id": 2}', '{"id": 9}', '{"id": 1.0}', '{"id": 1e0}', '{"id": -0}', '{"id": 99999999999999999999}', '{"id": 1.5}', '{"id": 3}');
SELECT * FROM asked(:'ids', '{"rate": 1}', '{"rate": 1.00}', '{"rate": 100000000000000000000}', '{"rate": 1e20}', '{"rate": 25e-1}', '{"rate": 1e400}');
SELECT * FROM asked(:'ids', '{"name": "Ann"}', '{"name": ""}', '{"name": "a \"b\" \\ é%_\n"}', '{"name": "\u0041nn"}', '{"name": "null"}', '{"name": "{}"}', '{"name": "Ann "}');
SELECT * FROM asked(:'ids', '{"name__contains": ""}', '{"name__contains": "%"}', '{"name__contains": "_"}', '{"name__contains": "\\"}', '{"name__contains": "nn"}', '{"name__contains": ""}');
SELECT hits, agree, length(filter) FROM asked(:'ids', '{"name": "x"}', format('{"name": "%s"}', repeat('long', 900)), format('{"name": "%s"}', repeat('long', 2000)), '{"name": "y"}');
SELECT * FROM asked(:'ids', '{"share": 10}', '{"share": 20}', '{"share": 101}', '{"share": "40"}', '{"share": "x"}', '{"share": 10}');
SELECT * FROM asked(:'ids', '{"born": "2001-02-03"}', '{"born": "infinity"}', '{"born": "3 Feb 2001"}', '{"born": "yesterdays"}', '{"born__year": 2001}', '{"born__year": 2002}', '{"born__year__gte": 2002}');
-- an empty text first: it is nobody's place, and others are not taken for it
SELECT * FROM asked(:'ids', '{"name__startswith": "", "name__endswith": "n"}', '{"name__startswith": "A", "name__endswith": "n"}', '{"name__startswith": "A", "name__endswith": ""}', '{"name__startswith": "", "name__endswith": "x"}', '{"name__startswith": "B", "name__endswith": "n"}');

-- what is of another kind is another request: null, booleans, texts, numbers, arrays, objects
SELECT * FROM asked(:'ids', '{"name": null}', '{"name": "Ann"}', '{"name": null}', '{"name": "x"}', '{"name__ne": null}', '{"name__ne": "Ann"}', '{"name__ne": ""}', '{"name__ne": null}');
SELECT * FROM asked(:'ids', '{"active": true}', '{"active": false}', '{"active": null}', '{"active": "true"}', '{"active": "f"}', '{"active": 1}', '{"active": true}', '{"active": false}');
SELECT * FROM asked(:'ids', '{"name__isnull": true}', '{"name__isnull": false}', '{"name__isnull": true}', '{"name__isnull": "true"}', '{"name__isnull": null}');
SELECT * FROM asked(:'ids', '{"id": "1"}', '{"id": "2"}', '{"id": "two"}', '{"id": ""}', '{"id": [1]}', '{"id": {"id": 1}}', '{"id": true}');
SELECT * FROM asked(:'ids', '{"id__in": [1, 2]}', '{"id__in": [2, 3]}', '{"id__in": [1, null]}', '{"id__in": [null, 1]}', '{"id__in": [null, null]}', '{"id__in": []}', '{"id__in": [1]}', '{"id__in": ["1", 2]}', '{"id__in": [1, "x"]}', '{"id__in": 1}', '{"id__in": [4, 1]}');
SELECT * FROM asked(:'ids', '{"name__in": ["Ann", "", null]}', '{"name__in": ["", "Ann", null]}', '{"name__in": ["x", "y", null]}', '{"name__in": ["x", "y", "z"]}', '{"name__in": ["x", "", ""]}', '{"name__not_in": ["Ann", null]}', '{"name__not_in": ["", null]}', '{"name__not_in": ["", "Ann"]}');
SELECT * FROM asked(:'ids', '{"id__range": [1, 2]}', '{"id__range": [2, 4]}', '{"id__range": [null, 4]}', '{"id__range": [1, 2, 3]}', '{"id__range": [4, 2]}');
-- documents and arrays
SELECT * FROM asked(:'ids', '{"data": {"k": 1}}', '{"data": {"k": 2}}', '{"data": {"l": 1}}', '{"data": {"k": "1"}}', '{"data": {}}', '{"data": []}', '{"data": null}', '{"data": "null"}');
SELECT * FROM asked(:'ids', '{"data__k": 1}', '{"data__k": 2}', '{"data__k": "1"}', '{"data__k": null}', '{"data__l": []}', '{"data__l": [1]}', '{"data__k__gt": 0}', '{"data__k__gt": 1}', '{"data__k__gt": "0"}', '{"data__has_key": "k"}', '{"data__has_key": "l"}', '{"data__has_keys": ["k", "l"]}', '{"data__has_keys": ["k", "x"]}', '{"data__contains": {"k": 1}}', '{"data__contains": {"k": 7}}');
SELECT * FROM asked(:'ids', '{"tags": ["a", "b"]}', '{"tags": ["b", "a"]}', '{"tags": []}', '{"tags": [null, "null"]}', '{"tags": "{a,b}"}', '{"tags": "{}"}', '{"tags": "a"}', '{"tags__contains": ["a"]}', '{"tags__contains": ["null"]}', '{"tags__contains": "a"}', '{"tags__len": 2}', '{"tags__len": 0}');
-- a text that spells a range, and one that is an element; of a multirange, one range or several
\set posts '{"model": "post", "fields": ["id"]}'
SELECT * FROM asked(:'posts', '{"span__contains": "[3,4)"}', '{"span__contains": "[1,4)"}', '{"span__contains": "4"}', '{"span__contains": "(1,4)"}', '{"span__contains": " empty "}', '{"span__contains": "7"}', '{"span__contains": 4}', '{"span__contains": 8}', '{"span__contains": ""}');
SELECT * FROM asked(:'posts', '{"spans__contains": "[1,2)"}', '{"spans__contains": "{[1,2)}"}', '{"spans__contains": "8"}', '{"spans__contains": "{[1,2),[7,8)}"}', '{"spans__overlap": "[7,8)"}', '{"spans__overlap": "{[1,2)}"}');
SELECT * FROM asked(:'posts', '{"n__op(>)": 1}', '{"n__op(>)": 2}', '{"n__op(>)": "2"}', '{"span__op(@>)": 4}', '{"span__op(@>)": "[3,4)"}', '{"span__isempty": true}', '{"span__isempty": false}');
-- regular expressions and searches, of which none is another's
SELECT * FROM asked(:'posts', '{"title__regex": "^t"}', '{"title__regex": "e$"}', '{"title__regex": "("}', '{"title__regex": "o"}', '{"title__search": "three"}', '{"title__search": "two"}', '{"title__iexact": "ONE"}', '{"title__iexact": "TWO"}');

-- the path of a lookup F is no value
SELECT * FROM asked(:'posts', '{"n__F": "m"}', '{"n__F": "id"}', '{"n__F": "title"}', '{"n__gt__F": "m"}', '{"n__gt__F": "id"}', '{"n__gt__F": "nothing"}', '{"n__F": "m", "id__gt": 1}', '{"n__F": "m", "id__gt": 0}', '{"n__F": "id", "id__gt": 0}', '{"n": "2"}', '{"n__F": 2}');
-- a column that is called F has values, but what looks like a path is held to be one where it is checked
SELECT * FROM asked(:'ids', '{"F": "x"}', '{"F": "name"}', '{"F": "a__a__a__a__a__a__a__a__a__a__a__a__a__a__a__a__a__a__a__a__a__a"}', '{"F": "author__name"}');
SELECT * FROM asked('{"base": {"model": "post", "fields": ["id"]}, "allow": {"filter": {"author__F": ["exact"], "author__name": ["exact"]}}}',
	'{"author__F": "author__name"}', '{"author__F": "x"}', '{"author__F": "author__F"}', '{"author__F": "name"}', '{"author__name": "Ann"}', '{"author__name": "x"}', '{"author__id": 1}');

-- keys: alone, in an array, in an object, of several columns, of an array
SELECT * FROM asked(:'posts', '{"author": 1}', '{"author": 2}', '{"author": "1"}', '{"author": [1]}', '{"author": {"id": 1}}', '{"author": {"id": 2}}', '{"author": {"pk": 1}}', '{"author": {"id": null}}', '{"author": {"name": "Ann"}}', '{"author": {"id": 2, "name": "Ann"}}', '{"author": {"id": 1, "name": null}}', '{"author": null}', '{"author": ""}');
SELECT * FROM asked(:'posts', '{"author__in": [1, 2]}', '{"author__in": [2, 2]}', '{"author__in": [{"id": 1}, 2]}', '{"author__in": [{"id": 3}, 1]}', '{"author__in": [{"pk": 1}, 2]}', '{"author__in": [1, null]}', '{"author__in": [null, 1]}', '{"author__in": []}', '{"author__in": [[1], 2]}', '{"author__in": [{"name": 1}, 2]}');
\set trees '{"model": "tree", "fields": ["id"]}'
SELECT * FROM asked(:'trees', '{"plot": ["n", 1]}', '{"plot": ["s", 1]}', '{"plot": ["n", 1, 2]}', '{"plot": ["n", null]}', '{"plot": ["n", "1"]}', '{"plot": {"region": "n", "no": 2}}', '{"plot": {"region": "s", "no": 1}}', '{"plot": {"region": "n", "nr": 2}}', '{"plot": {"pk": ["n", 1]}}', '{"plot": "n"}', '{"plot": "s"}', '{"plot": null}');
SELECT * FROM asked(:'trees', '{"plot__in": [["n", 1], ["n", 2]]}', '{"plot__in": [["s", 1], ["n", 9]]}', '{"plot__in": [["s", 1], null]}', '{"plot__in": [["s", 1], ["n"]]}', '{"plot__in": [["s", 1], "n"]}', '{"plot__gte": ["n", 2]}', '{"plot__gte": ["s", 1]}', '{"plot__range": [["n", 1], ["n", 2]]}', '{"plot__range": [["n", 2], ["s", 9]]}', '{"plot__range": [["n", 2], null]}');
SELECT * FROM asked('path', '{"pk": [1, 2]}', '{"pk": [3, 4]}', '{"pk": [3]}', '{"pk": "{3}"}', '{"pk__in": [[3], [4]]}', '{"pk__in": [[1, 2], [3]]}', '{"pk": {"steps": [3]}}', '{"pk": {"steps": "{1,2}"}}');
-- owners: a text is one key, however it looks
SELECT pk, a.* FROM unnest('{1,2,9,"\"1\"","\"2\"","\"x\"","\"[1]\"",null,true,[1],"{\"id\": 1}","{\"id\": 2}","{\"pk\": 2}","{\"id\": null}",1.0,1}'::text[]) WITH ORDINALITY p(pk, i), ask(format('{"model": "author", "pk": %s, "relation": "posts", "fields": ["id"]}', coalesce(pk, 'null'))) a ORDER BY i;
SELECT pk, a.* FROM unnest('{"[\"n\", 1]","[\"s\", 1]","{\"region\": \"n\", \"no\": 2}","[\"n\"]","\"[\\\"n\\\", 1]\""}'::text[]) WITH ORDINALITY p(pk, i), ask(format('{"model": "plot", "pk": %s, "relation": "tree", "fields": ["id"]}', pk)) a ORDER BY i;
SELECT pk, a.* FROM unnest('{"\"red\"","\"[1]\"","\"\"","[1]","\"red\""}'::text[]) WITH ORDINALITY p(pk, i), ask(format('{"model": "tag", "pk": %s, "relation": "post", "fields": ["id"]}', pk)) a ORDER BY i;

-- groups, quantifiers, aggregates, relations of querysets: values deep within
SELECT * FROM asked(:'ids', '{"OR": [{"id": 1}, {"NOT": {"name": "Ann"}}]}', '{"OR": [{"id": 2}, {"NOT": {"name": ""}}]}', '{"OR": [{"id": 2}, {"NOT": {"name": null}}]}', '{"OR": [{"id": 2}]}', '{"OR": []}', '{"AND": [{"id": 2}], "id": 1}', '{"AND": [{"id": 2}], "id": 2}');
SELECT * FROM asked(:'ids', '{"posts__some": {"n": 1}}', '{"posts__some": {"n": 3}}', '{"posts__every": {"n__gt": 1}}', '{"posts__every": {"n__gt": 0}}', '{"posts__none": {"n": 1}}', '{"posts__none": {"n": 3}}', '{"posts__some": {}}', '{"posts__count": 2}', '{"posts__count": 1}', '{"posts__count": {"gte": 1, "filter": {"n__gt": 1}}}', '{"posts__count": {"gte": 2, "filter": {"n__gt": 1}}}', '{"posts__count": {"gte": 1, "filter": {"n__gt": 2}}}', '{"posts__count": {"gte": 1, "filter": {"n__gt": 2}, "distinct": true}}', '{"posts__n__max": 3}', '{"posts__n__max": 2}');
SELECT * FROM asked(:'posts', '{"tag__id": "red", "post_tag__rank": 3}', '{"tag__id": "red", "post_tag__rank": 1}', '{"tag": "red"}', '{"tag": ""}', '{"tag": "[1]"}', '{"tag__in": ["red", ""]}', '{"tag__in": ["", "[1]"]}', '{"tag__in": ["", null]}');
SELECT v, a.* FROM generate_series(1, 3) v, ask(format('{"of": {"model": "author", "filter": {"id": %s}, "limit": 1}, "relation": "posts", "filter": {"n__gt": 0}, "fields": ["id"]}', v)) a;
SELECT v, a.* FROM unnest('{1,2,1}'::int[]) v, ask(format('{"of": {"model": "author", "order_by": ["id"], "limit": %s}, "relation": "posts", "fields": ["id"]}', v)) a;
SELECT v, a.* FROM generate_series(1, 3) v, ask(format('{"model": "author", "fields": ["id"], "filter": {"id__lt": 3}, "annotate": {"k": {"count": "posts", "filter": {"n__gte": %s}}, "h": {"sum": "posts__n"}}, "exclude": {"k": %s}}', v, v - 1)) a;
SELECT v, a.* FROM generate_series(1, 3) v, ask(format('{"model": "author", "fields": ["id"], "filter": {"id": %s}, "prefetch_related": {"posts": {"filter": {"n__gte": %s}, "fields": ["id"], "prefetch_related": {"tag": {"filter": {"id__ne": "%s"}, "as": "t"}}}}}', 1 + v % 2, v, v)) a;
SELECT v, a.* FROM generate_series(1, 3) v, ask(format('{"model": "tree", "fields": ["id"], "filter": {"id": %s}, "prefetch_related": {"children": {"recursive": true, "depth": %s, "filter": {"id__ne": %s}, "fields": ["id"]}}}', 1, v, 5 - v)) a;
SELECT v, a.* FROM generate_series(1, 3) v, ask(:'trees', format('{"parent__ancestors": %s}', v)::jsonb) a;

-- numbers that are no values: limits, offsets, depths; eight of one shape at most
SELECT v, a.* FROM unnest('{1,2,3,1,2,3}'::int[]) v, ask(format('{"model": "post", "fields": ["id"], "order_by": ["-id"], "limit": %s}', v)) a;
SELECT v, a.hits, a.agree, json_array_length(a.answer::json) FROM unnest('{1,2,3,4,5,6,7,8,9,9,1,3}'::int[]) WITH ORDINALITY x(v, i), ask(format('{"model": "post", "fields": ["id"], "filter": {"id__gt": %s}, "limit": %s}', i % 3, v)) a ORDER BY i;
SELECT v, a.* FROM unnest('{0,1,2,null,1}'::int[]) v, ask(format('{"model": "post", "fields": ["id"], "limit": 2, "offset": %s}', coalesce(v::text, 'null'))) a;
SELECT v, a.* FROM unnest('{1,2,1}'::int[]) v, ask(format('{"model": "author", "fields": ["id"], "filter": {"id__lt": 3}, "prefetch_related": {"posts": {"limit": %s, "more": %s, "fields": ["id"]}}}', v, (v = 1)::text)) a;
-- names are no values either
SELECT v, a.* FROM unnest('{id,title,n,nothing,-id,title nulls last,-title nulls last}'::text[]) WITH ORDINALITY x(v, i), ask(format('{"model": "post", "fields": ["id"], "order_by": ["%s"]}', v)) a ORDER BY i;
SELECT v, a.* FROM unnest('{id,n,nothing}'::text[]) WITH ORDINALITY x(v, i), ask(format('{"model": "post", "filter": {"id": 1}, "fields": ["%s"]}', v)) a ORDER BY i;
SELECT v, a.* FROM unnest('{post,tag,nothing,kept_requests.tag,"\\\"tag\\\""}'::text[]) WITH ORDINALITY x(v, i), ask(format('{"model": "%s", "fields": ["pk"], "order_by": ["pk"]}', v)) a ORDER BY i;
SELECT v, a.* FROM unnest('{x,y,id,x}'::text[]) WITH ORDINALITY x(v, i), ask(format('{"model": "post", "filter": {"id": 1}, "fields": ["id"], "prefetch_related": {"author": {"as": "%s", "fields": ["id"]}}}', v)) a ORDER BY i;

-- verbs do not share, though they ask of one queryset
SELECT verb, a.* FROM unnest('{list,get,get_or_none,first,last,count,exists,list,get,get_or_none,first,last,count,exists}'::text[]) WITH ORDINALITY x(verb, i), ask('{"model": "post", "fields": ["id"]}', format('{"title__startswith": "%s"}', CASE WHEN i > 7 THEN 'o' ELSE 't' END)::jsonb, verb) a ORDER BY i;
SELECT verb, a.* FROM unnest('{get,last,first,get,last,first}'::text[]) WITH ORDINALITY x(verb, i), ask('{"model": "post", "fields": ["id"], "limit": 1}', format('{"id__gt": %s}', i / 4)::jsonb, verb) a ORDER BY i;
-- a filter of the verb is not the queryset's
SELECT q, f, a.* FROM (VALUES ('{"model": "post", "fields": ["id"], "filter": {"id": 1}}', NULL), (:'posts', '{"id": 1}'), (:'posts', NULL), (:'posts', '{}'), (:'posts', 'null'), ('{"model": "post", "fields": ["id"], "filter": {"id": 2}}', NULL), (:'posts', '{"id": 2}'), ('{"model": "post", "fields": ["id"], "filter": {"id": 2}}', '{"id": 1}')) v(q, f), ask(q, f::jsonb) a;

-- values that are compared with one another are not exchanged
SELECT x, y, a.* FROM (VALUES (1, 1), (2, 2), (2, 1), (1, 2), (2, 2)) v(x, y), ask(format('{"model": "author", "fields": ["id"], "filter": {"id": 1}, "prefetch_related": [{"posts": {"filter": {"n__gte": %s}, "fields": ["id"]}}, {"\"posts\"": {"filter": {"n__gte": %s}, "fields": ["id"]}}]}', x, y)) a;
SELECT x, y, a.* FROM (VALUES ('a', 'a'), ('b', 'b'), ('b', 'a'), ('a', 'b')) v(x, y), ask(format('{"model": "post", "fields": ["id"], "filter": {"id": 1}, "prefetch_related": [{"author": {"fields": ["id"], "prefetch_related": {"posts": {"fields": ["id"], "filter": {"title__ne": "%s"}}}}}, {"\"author\"": {"fields": ["id"], "prefetch_related": {"posts": {"fields": ["id"], "filter": {"title__ne": "%s"}}}}}]}', x, y)) a;
SELECT x, y, a.* FROM (VALUES (1, 1), (2, 2), (2, 1), (1, 2)) v(x, y), ask(format('{"base": {"model": "author", "fields": ["id"], "filter": {"id": 1}, "prefetch_related": {"posts": {"filter": {"n__gte": %s}, "fields": ["id"]}}}, "allow": {"prefetch_related": ["posts"], "fields": ["id", "posts__id"], "filter": {"posts__n": ["gte"]}, "max_limit": 1}, "prefetch_related": {"posts": {"filter": {"n__gte": %s}, "fields": ["id"]}}}', x, y)) a;
-- in two places of different names they are
SELECT x, y, a.* FROM (VALUES (1, 1), (2, 1), (1, 2)) v(x, y), ask(format('{"model": "author", "fields": ["id"], "filter": {"id": 1}, "prefetch_related": [{"posts": {"filter": {"n__gte": %s}, "fields": ["id"], "as": "x"}}, {"posts": {"filter": {"n__gte": %s}, "fields": ["id"], "as": "y"}}]}', x, y)) a;
-- many paths of F, more than are counted
SELECT i, a.* FROM generate_series(1, 2) i, ask(:'posts', format('{"OR": [%s], "id__gt": %s}', (SELECT string_agg('{"n__F": "m"}', ',') FROM generate_series(1, 30)), i)::jsonb) a;

-- an allow-list bounds what a verb asks, whatever was asked before
SELECT * FROM asked('{"base": {"model": "author", "fields": ["id"]}, "allow": {"filter": {"name": ["exact"], "posts__n": ["gt"], "posts__id": ["count"]}, "max_limit": 2}}',
	'{"name": "Ann"}', '{"name": ""}', '{"name__ne": ""}', '{"id": 1}', '{"posts__some": {"n__gt": 1}}', '{"posts__some": {"n__gt": 2}}', '{"posts__some": {"m__gt": 2}}', '{"posts__some": {}}', '{"name": null}', '{}');
SELECT v, a.* FROM unnest('{2,3,1,2}'::int[]) v, ask(format('{"base": {"model": "author", "fields": ["id"], "filter": {"id__gt": 0}}, "allow": {"filter": {"name": ["exact"]}, "max_limit": %s}}', v)) a;
SELECT v, a.* FROM unnest('{2,3,1,2}'::int[]) v, ask(format('{"base": {"model": "author", "fields": ["id"], "filter": {"id__gt": %s}}, "allow": {"filter": {"name": ["exact"]}, "max_limit": 1}}', v)) a;

-- who asks: tables, columns and schemas that may not be read, memberships, superusers
CREATE ROLE regress_corm_kept;
CREATE ROLE regress_corm_kept_group;
CREATE ROLE regress_corm_kept_other;
GRANT USAGE ON SCHEMA kept_requests TO regress_corm_kept, regress_corm_kept_other;
GRANT SELECT ON author, post, tag, plot TO regress_corm_kept;
GRANT SELECT ON author, post, post_tag, tag, tree TO regress_corm_kept_group;
\set one '{"model": "author", "fields": ["id"], "filter": {"id": 1}, "prefetch_related": ["posts"]}'
\set star '{"model": "plot", "filter": {"no": 2}, "prefetch_related": ["*"]}'
\set tags '{"model": "post", "fields": ["id"], "filter": {"tag__pk": "[1]"}}'
SELECT * FROM ask(:'one'); SELECT * FROM ask(:'star'); SELECT * FROM ask(:'tags');
SET ROLE regress_corm_kept_other;
SELECT * FROM ask(:'one'); SELECT * FROM ask(:'star'); SELECT * FROM ask(:'tags');
RESET ROLE;
SET ROLE regress_corm_kept;
SELECT * FROM ask(:'one'); SELECT * FROM ask(:'star'); SELECT * FROM ask(:'tags');
-- what was there is found again, by each of them
SELECT * FROM ask(:'one');
RESET ROLE;
SELECT * FROM ask(:'one'); SELECT * FROM ask(:'star'); SELECT * FROM ask(:'tags');
\set see 'SET ROLE regress_corm_kept; SELECT * FROM ask(:\'one\'); SELECT * FROM ask(:\'star\'); SELECT * FROM ask(:\'tags\'); RESET ROLE;'
-- a role that becomes a member, and is none any more
GRANT regress_corm_kept_group TO regress_corm_kept;
:see
:see
REVOKE regress_corm_kept_group FROM regress_corm_kept;
:see
-- undone
BEGIN;
GRANT regress_corm_kept_group TO regress_corm_kept;
SAVEPOINT s;
:see
REVOKE regress_corm_kept_group FROM regress_corm_kept;
:see
ROLLBACK TO s;
:see
ROLLBACK;
:see
-- a superuser that is none any more, and again
ALTER ROLE regress_corm_kept SUPERUSER;
:see
ALTER ROLE regress_corm_kept NOSUPERUSER;
:see
-- the owner of the database
GRANT SELECT ON post_tag, tree TO pg_database_owner;
SELECT current_database() AS db, current_user AS owner \gset
:see
ALTER DATABASE :"db" OWNER TO regress_corm_kept;
:see
ALTER DATABASE :"db" OWNER TO :"owner";
:see
-- tables and columns
GRANT SELECT ON post_tag, tree TO regress_corm_kept;
:see
REVOKE SELECT ON post FROM regress_corm_kept;
:see
GRANT SELECT (id, author_id) ON post TO regress_corm_kept;
:see
GRANT SELECT (title, n, m, span, spans) ON post TO regress_corm_kept;
:see
REVOKE SELECT (n) ON post FROM regress_corm_kept;
:see
GRANT SELECT ON author TO PUBLIC;
REVOKE SELECT ON author FROM regress_corm_kept;
:see
REVOKE SELECT ON author FROM PUBLIC;
:see
GRANT SELECT ON author, post TO regress_corm_kept;
:see
-- the schema
REVOKE USAGE ON SCHEMA kept_requests FROM regress_corm_kept;
SET ROLE regress_corm_kept;
SELECT corm.list(:'one'::corm.queryset);
SELECT corm.list('{"model": "kept_requests.author"}'::corm.queryset);
RESET ROLE;
GRANT USAGE ON SCHEMA kept_requests TO regress_corm_kept;
:see
-- functions that run as another
CREATE FUNCTION as_owner(q corm.queryset) RETURNS json LANGUAGE sql SECURITY DEFINER SET search_path = kept_requests AS 'SELECT corm.list(q)';
REVOKE SELECT ON plot FROM regress_corm_kept;
SET ROLE regress_corm_kept;
SELECT as_owner(:'star'), as_owner(:'one');
SELECT corm.list(:'star'::corm.queryset);
SELECT as_owner(:'star');
RESET ROLE;
GRANT SELECT ON plot TO regress_corm_kept;
-- policies
CREATE POLICY mine ON post USING (n::text = current_setting('kept.n', true));
ALTER TABLE post ENABLE ROW LEVEL SECURITY;
\set mine 'SET ROLE regress_corm_kept; SELECT current_setting(\'kept.n\', true) AS n, a.* FROM ask(:\'one\') a; SELECT a.* FROM ask(:\'posts\', \'{"id__gt": 0}\') a; RESET ROLE;'
:mine
SET kept.n = 2;
:mine
SET kept.n = 1;
:mine
ALTER ROLE regress_corm_kept BYPASSRLS;
:mine
ALTER ROLE regress_corm_kept NOBYPASSRLS;
:mine
SET row_security = off;
:mine
RESET row_security;
ALTER TABLE post OWNER TO regress_corm_kept;
:mine
ALTER TABLE post FORCE ROW LEVEL SECURITY;
:mine
ALTER TABLE post OWNER TO CURRENT_USER;
ALTER TABLE post NO FORCE ROW LEVEL SECURITY, DISABLE ROW LEVEL SECURITY;
:mine
DROP POLICY mine ON post;
REVOKE SELECT ON post_tag, tree FROM pg_database_owner;
DROP OWNED BY regress_corm_kept, regress_corm_kept_group, regress_corm_kept_other;
DROP ROLE regress_corm_kept, regress_corm_kept_group, regress_corm_kept_other;

-- settings
CREATE FUNCTION ask_with(setting text, value text, q text) RETURNS TABLE (set text, hits bigint, agree boolean, answer text) LANGUAGE plpgsql AS $$
DECLARE was text := current_setting(setting);
BEGIN
	PERFORM set_config(setting, value, false);
	SELECT setting || ' = ' || value, a.* INTO set, hits, agree, answer FROM ask(q) a;
	PERFORM set_config(setting, was, false);
	RETURN NEXT;
END $$;
\set nested '{"model": "post", "filter": {"id": 1}, "fields": ["id"], "prefetch_related": [{"author": {"fields": ["id", "rate", "born"]}}, {"tag": {"fields": ["id"], "limit": 1}}]}'
SELECT b.* FROM (VALUES ('corm.batch_size', '1000'), ('corm.batch_size', '1'), ('corm.slice_strategy', 'window'), ('corm.slice_strategy', 'lateral'), ('corm.bigint_as_string', 'on'), ('corm.bigint_as_string', 'on'), ('corm.bigint_as_string', 'off'), ('corm.row_cache_size', '0'), ('DateStyle', 'German'),
	('corm.direct_scan', 'off'), ('corm.direct_scan', 'off'), ('corm.to_one_strategy', 'join'), ('corm.to_one_strategy', 'separate'), ('corm.key_strategy', 'join'), ('corm.key_strategy', 'join'), ('corm.max_depth', '1'), ('corm.max_depth', '19'), ('corm.max_rows', '1'), ('corm.batch_size', '1000')) v(s, x), ask_with(s, x, :'nested') b;
SELECT b.* FROM (VALUES ('corm.max_depth', '1'), ('corm.max_depth', '2'), ('corm.max_depth', '1')) v(s, x), ask_with(s, x, '{"model": "author", "fields": ["id"], "filter": {"id": 1}, "prefetch_related": ["posts__tag"]}') b;

-- the search_path, and models of one name in several schemas
CREATE SCHEMA kept_requests_2;
CREATE TABLE kept_requests_2.tag (id text CONSTRAINT other_key PRIMARY KEY, other int DEFAULT 2);
INSERT INTO kept_requests_2.tag VALUES ('second');
SELECT * FROM ask('tag');
SET search_path = kept_requests_2, kept_requests;
SELECT * FROM ask('tag');
-- a model that comes to stand in front
SELECT corm.register_model('kept_requests_2.tag');
SELECT * FROM ask('tag');
SELECT * FROM ask('kept_requests.tag');
SET search_path = kept_requests, kept_requests_2;
SELECT * FROM ask('tag');
SET search_path = kept_requests, nowhere;
SELECT * FROM ask('tag');
CREATE SCHEMA nowhere;
SELECT * FROM ask('tag');
DROP SCHEMA nowhere;
SELECT * FROM ask('tag');
SET search_path = kept_requests_2, kept_requests;
SELECT * FROM ask('tag');
SELECT corm.drop_model('kept_requests_2.tag');
SELECT * FROM ask('tag');
BEGIN;
SELECT corm.register_model('kept_requests_2.tag');
SELECT * FROM ask('tag');
ROLLBACK;
SELECT * FROM ask('tag');
SELECT corm.register_model('kept_requests_2.tag');
-- schemas that change places
SELECT * FROM ask('kept_requests_2.tag');
ALTER SCHEMA kept_requests_2 RENAME TO kept_requests_3;
SELECT * FROM ask('kept_requests_2.tag');
SELECT * FROM ask('kept_requests_3.tag');
ALTER SCHEMA kept_requests RENAME TO kept_requests_2;
SET search_path = kept_requests_2;
SELECT * FROM ask('kept_requests_2.tag');
SELECT * FROM ask('kept_requests_3.tag');
ALTER SCHEMA kept_requests_2 RENAME TO kept_requests;
SET search_path = kept_requests;
SELECT * FROM ask('kept_requests_2.tag');
ALTER SCHEMA kept_requests_3 RENAME TO kept_requests_2;
SELECT * FROM ask('kept_requests_2.tag');
-- a table that leaves, and one that takes its place
SELECT * FROM ask('tag');
SELECT corm.rename_model('kept_requests_2.tag', 'mark');
ALTER TABLE kept_requests_2.tag RENAME TO mark;
ALTER TABLE tag SET SCHEMA kept_requests_2;
SELECT * FROM ask('tag');
SELECT * FROM ask('kept_requests_2.tag');
ALTER TABLE kept_requests_2.mark SET SCHEMA kept_requests;
SELECT corm.rename_model('mark', 'tag');
SELECT * FROM ask('tag');
SELECT corm.rename_model('tag', 'mark');
SELECT * FROM ask('tag');
ALTER TABLE kept_requests_2.tag SET SCHEMA kept_requests;
SELECT * FROM ask('tag');
SELECT corm.rename_model('tag', 'tag2');
SELECT * FROM ask('tag');
SELECT corm.rename_model('tag2', 'tag');
DROP TABLE mark;
DROP SCHEMA kept_requests_2;
SELECT relation, kind FROM corm.relations WHERE model = 'tag' ORDER BY 1;
-- a path that is too long to be kept
DO $$ BEGIN FOR i IN 1 .. 20 LOOP EXECUTE format('CREATE SCHEMA kept_requests_%s', i); END LOOP; END $$;
SELECT set_config('search_path', 'kept_requests, ' || string_agg('kept_requests_' || i, ', ' ORDER BY i), false) IS NOT NULL AS long FROM generate_series(1, 20) i;
SELECT * FROM ask('tag');
SELECT * FROM ask('tag');
SET search_path = kept_requests;
DO $$ BEGIN FOR i IN 1 .. 20 LOOP EXECUTE format('DROP SCHEMA kept_requests_%s', i); END LOOP; END $$;

-- DDL between two calls: the same is asked before it and after it.  What is reported
-- where the event triggers have not followed.
SELECT CASE evtenabled WHEN 'D' THEN 'DISABLE' ELSE 'ENABLE' END AS found FROM pg_event_trigger WHERE evtname = 'corm_sql_drop' \gset
ALTER EVENT TRIGGER corm_sql_drop DISABLE;
ALTER EVENT TRIGGER corm_ddl_command_end DISABLE;
CREATE TYPE colour AS ENUM ('red', 'blue');
CREATE TABLE writer (id int PRIMARY KEY, name text);
CREATE TABLE book (id int PRIMARY KEY, writer_id int CONSTRAINT written REFERENCES writer, price int, colour colour);
INSERT INTO writer VALUES (1, 'Ann'), (2, 'Bob');
INSERT INTO book VALUES (1, 1, 5, 'red'), (2, 2, 5, 'blue'), (3, NULL, 7, 'red');
SELECT corm.register_model('writer'), corm.register_model('book');
SELECT corm.foreign_key('book', 'writer', 'writer', 'books');
CREATE FUNCTION after(VARIADIC ddl text[]) RETURNS TABLE (hits bigint, agree boolean, answer text) LANGUAGE plpgsql AS $$
DECLARE command text; q text;
BEGIN
	FOREACH command IN ARRAY ddl LOOP
		EXECUTE command;
	END LOOP;
	FOREACH q IN ARRAY ARRAY['{"model": "book", "filter": {"price": 5, "writer__name": "Ann"}, "prefetch_related": ["writer"]}', '{"model": "writer", "filter": {"id": 1}, "prefetch_related": ["books"]}'] LOOP
		RETURN QUERY SELECT * FROM ask(q);
	END LOOP;
END $$;
CREATE FUNCTION after() RETURNS TABLE (hits bigint, agree boolean, answer text) LANGUAGE sql AS $$ SELECT * FROM after(VARIADIC '{}') $$;
SELECT * FROM after();
SELECT * FROM after();
-- columns
SELECT * FROM after('ALTER TABLE book RENAME price TO cost');
SELECT * FROM after('ALTER TABLE book RENAME cost TO price');
SELECT * FROM after('ALTER TABLE writer RENAME name TO label', 'ALTER TABLE writer RENAME id TO name', 'ALTER TABLE writer RENAME label TO id');
SELECT * FROM after('ALTER TABLE writer RENAME name TO label', 'ALTER TABLE writer RENAME id TO name', 'ALTER TABLE writer RENAME label TO id');
SELECT * FROM after($$ALTER TABLE book ADD note text DEFAULT 'n'$$);
SELECT * FROM after('ALTER TABLE book DROP note');
SELECT * FROM after('ALTER TABLE book ALTER price TYPE numeric(5,2)');
SELECT * FROM after('ALTER TABLE book ALTER price TYPE text');
SELECT * FROM after('ALTER TABLE book ALTER price TYPE jsonb USING to_jsonb(price::numeric::int)');
SELECT * FROM after('ALTER TABLE book ALTER price TYPE int[] USING ARRAY[price::int]');
SELECT * FROM after('ALTER TABLE book DROP price');
SELECT * FROM after('ALTER TABLE book ADD price int DEFAULT 5');
SELECT * FROM after('CREATE DOMAIN cheap AS int CHECK (VALUE < 9)', 'ALTER TABLE book ALTER price TYPE cheap');
SELECT * FROM after('ALTER DOMAIN cheap DROP CONSTRAINT cheap_check', 'ALTER DOMAIN cheap ADD CHECK (VALUE > 4)');
SELECT * FROM after('ALTER DOMAIN cheap RENAME TO dear');
-- enums
SELECT * FROM ask('{"model": "book", "fields": ["id"]}', '{"colour": "red"}');
SELECT * FROM ask('{"model": "book", "fields": ["id"]}', '{"colour": "pink"}');
ALTER TYPE colour ADD VALUE 'pink';
SELECT * FROM ask('{"model": "book", "fields": ["id"]}', '{"colour": "pink"}');
ALTER TYPE colour RENAME VALUE 'red' TO 'rot';
SELECT * FROM asked('{"model": "book", "fields": ["id"]}', '{"colour": "rot"}', '{"colour": "red"}');
ALTER TYPE colour RENAME TO color;
ALTER TYPE color RENAME VALUE 'rot' TO 'red';
SELECT * FROM ask('{"model": "book", "fields": ["id"]}', '{"colour": "red"}');
-- tables, keys, constraints
SELECT * FROM after('ALTER TABLE writer RENAME TO wright');
SELECT * FROM after('ALTER TABLE wright RENAME TO writer');
SELECT * FROM after('ALTER TABLE book ADD CONSTRAINT one_each UNIQUE (writer_id)');
SELECT * FROM after('ALTER TABLE book DROP CONSTRAINT one_each');
SELECT * FROM after('CREATE UNIQUE INDEX one_each ON book (writer_id) WHERE id > 0');
SELECT * FROM after('DROP INDEX one_each');
SELECT * FROM after('ALTER TABLE book DROP CONSTRAINT book_pkey');
SELECT * FROM after('ALTER TABLE book ADD PRIMARY KEY (price, id)');
SELECT * FROM after('ALTER TABLE book DROP CONSTRAINT book_pkey, ADD PRIMARY KEY (id)');
SELECT * FROM after('ALTER TABLE book RENAME CONSTRAINT written TO wrote');
SELECT * FROM after('ALTER TABLE book DROP CONSTRAINT wrote');
SELECT * FROM after('ALTER TABLE book ADD CONSTRAINT written FOREIGN KEY (writer_id) REFERENCES writer NOT VALID');
SELECT corm.drop_relation('book', 'writer') WHERE EXISTS (SELECT FROM corm.relations WHERE model = 'book');
SELECT * FROM after($$SELECT corm.foreign_key('book', 'writer', 'writer', 'books')$$);
SELECT * FROM after('ALTER TABLE book VALIDATE CONSTRAINT written');
SELECT * FROM after('CREATE TABLE child () INHERITS (book)', $$INSERT INTO child VALUES (9, 1, 'red', 5)$$);
SELECT * FROM after('ALTER TABLE child NO INHERIT book', 'DROP TABLE child');
-- whose schema is there by then
CREATE TEMP TABLE earlier (id int);
SELECT count(*) FROM after('SELECT 1');
SELECT * FROM after('CREATE TEMP TABLE book (id int)');
SELECT * FROM after('DROP TABLE pg_temp.book');
-- what corm knows
SELECT * FROM after($$SELECT corm.rename_relation('writer', 'books', 'works')$$);
SELECT * FROM after($$SELECT corm.rename_relation('writer', 'works', 'books')$$);
SELECT * FROM after($$SELECT corm.rename_model('book', 'Book')$$);
SELECT * FROM after($$SELECT corm.rename_model('Book', 'book')$$);
SELECT * FROM after($$SELECT corm.drop_relation('book', 'writer')$$);
SELECT * FROM after($$SELECT corm.foreign_key('book', 'writer', 'writer', 'books')$$);
SELECT * FROM after('ALTER TABLE writer ADD books int');
SELECT * FROM after('ALTER TABLE writer DROP books');
SELECT * FROM after($$SELECT corm.drop_model('book')$$);
SELECT * FROM after($$SELECT corm.register_model('book')$$, $$SELECT corm.foreign_key('book', 'writer', 'writer', 'books')$$);
-- undone, as a whole and in part
BEGIN;
SELECT * FROM after($$ALTER TABLE book ADD note text DEFAULT 'n'$$);
SAVEPOINT a;
SELECT * FROM after('ALTER TABLE book RENAME price TO cost');
SAVEPOINT b;
SELECT * FROM after('DROP TABLE book');
ROLLBACK TO b;
SELECT * FROM after();
ROLLBACK TO a;
SELECT * FROM after();
RELEASE a;
SELECT * FROM after($$SELECT corm.rename_relation('writer', 'books', 'works')$$);
ROLLBACK;
SELECT * FROM after();
SELECT * FROM after();
DO $$ BEGIN
	BEGIN
		PERFORM after('ALTER TABLE book ADD more int', 'SELECT corm.rename_model(''writer'', ''author2'')');
		RAISE division_by_zero;
	EXCEPTION WHEN division_by_zero THEN
		RAISE WARNING '%', (SELECT string_agg(concat_ws('|', a.*), ' ') FROM after() a);
	END;
END $$;
-- another table of the same name, made in place of the one that is gone
BEGIN;
SELECT * FROM after('DROP TABLE book', 'CREATE TABLE book (id int PRIMARY KEY, writer_id int REFERENCES writer, price int)', 'INSERT INTO book VALUES (7, 1, 5)');
SELECT * FROM after($$SELECT corm.register_model('book')$$, $$SELECT corm.foreign_key('book', 'writer', 'writer', 'books')$$);
ROLLBACK;
SELECT * FROM after();

-- views
CREATE VIEW dear_book AS SELECT id, price FROM book;
SELECT corm.register_model('dear_book', key => '{id}');
SELECT * FROM ask('dear_book', '{"price": 5}');
CREATE OR REPLACE VIEW dear_book AS SELECT id, price, 'new' AS v FROM book WHERE id > 1;
SELECT * FROM ask('dear_book', '{"price": 5}');
ALTER VIEW dear_book RENAME price TO p;
SELECT * FROM asked('dear_book', '{"price": 5}', '{"p": 5}');
DROP VIEW dear_book;
SELECT * FROM asked('dear_book', '{"price": 5}', '{"p": 5}');
-- partitions
CREATE TABLE part (id int PRIMARY KEY, v int) PARTITION BY RANGE (id);
CREATE TABLE part_1 PARTITION OF part FOR VALUES FROM (0) TO (10);
INSERT INTO part VALUES (1, 1);
SELECT corm.register_model('part');
SELECT * FROM ask('part', '{"v": 1}');
CREATE TABLE part_2 (id int NOT NULL, v int);
INSERT INTO part_2 VALUES (11, 1);
ALTER TABLE part ATTACH PARTITION part_2 FOR VALUES FROM (10) TO (20);
SELECT * FROM ask('part', '{"v": 1}');
ALTER TABLE part DETACH PARTITION part_1;
SELECT * FROM ask('part', '{"v": 1}');
SELECT corm.drop_model('part', drop_table => true);
DROP TABLE part_1;
ALTER EVENT TRIGGER corm_sql_drop :found;
ALTER EVENT TRIGGER corm_ddl_command_end :found;

-- operators that are found by name or by type, and casts
CREATE TYPE feet AS (n int);
CREATE TYPE metres AS (n int);
CREATE FUNCTION to_metres(feet) RETURNS metres LANGUAGE sql IMMUTABLE AS 'SELECT row($1.n * 3)::kept_requests.metres';
CREATE FUNCTION to_feet(metres) RETURNS feet LANGUAGE sql IMMUTABLE AS 'SELECT row(9)::kept_requests.feet';
CREATE TABLE wall (id int PRIMARY KEY, m metres, f feet);
INSERT INTO wall VALUES (1, row(9), row(3)), (2, row(3), row(3)), (3, row(1), row(9));
SELECT corm.register_model('wall');
CREATE FUNCTION ask_walls() RETURNS TABLE (hits bigint, agree boolean, filter text, answer text) LANGUAGE sql AS $$
	SELECT * FROM asked('{"model": "wall", "fields": ["id"], "filter": {"id__gt": 0}}', '{"f__F": "m"}', '{"m__op(>>>)": {"n": 5}}', '{"m__gt": {"n": 2}}') $$;
CREATE CAST (feet AS metres) WITH FUNCTION to_metres(feet) AS IMPLICIT;
SELECT * FROM ask_walls();
CREATE CAST (metres AS feet) WITH FUNCTION to_feet(metres) AS IMPLICIT;
SELECT * FROM ask_walls();
DROP CAST (metres AS feet);
SELECT * FROM ask_walls();
CREATE FUNCTION more(metres, metres) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT $1.n > $2.n';
CREATE FUNCTION less(metres, metres) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT $1.n < $2.n';
CREATE FUNCTION other_way(metres, metres) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT $2.n - $1.n';
CREATE OPERATOR >>> (LEFTARG = metres, RIGHTARG = metres, FUNCTION = more);
SELECT * FROM ask_walls();
SELECT * FROM ask_walls();
DROP OPERATOR >>> (metres, metres);
SELECT * FROM ask_walls();
CREATE OPERATOR >>> (LEFTARG = metres, RIGHTARG = metres, FUNCTION = less);
SELECT * FROM ask_walls();
-- the type's own order, turned around
CREATE OPERATOR > (LEFTARG = metres, RIGHTARG = metres, FUNCTION = less);
CREATE OPERATOR CLASS other_way DEFAULT FOR TYPE metres USING btree AS OPERATOR 5 >, FUNCTION 1 other_way(metres, metres);
SELECT * FROM ask_walls();
DROP OPERATOR FAMILY other_way USING btree;
SELECT * FROM ask_walls();
BEGIN;
DROP OPERATOR >>> (metres, metres);
SELECT * FROM ask_walls();
ROLLBACK;
SELECT * FROM ask_walls();
SELECT corm.drop_model('wall', drop_table => true);

-- calls within calls: a view and a policy that ask for the same
CREATE FUNCTION inner_count(k int) RETURNS bigint LANGUAGE plpgsql STABLE AS $$ BEGIN RETURN corm.count('book', jsonb_build_object('id', k)); END $$;
CREATE VIEW counted AS SELECT id, inner_count(id) AS n FROM writer;
SELECT corm.register_model('counted', key => '{id}');
CREATE FUNCTION inner_list(k int) RETURNS json LANGUAGE plpgsql STABLE AS $$ BEGIN RETURN CASE WHEN k > 0 THEN corm.list('nested', jsonb_build_object('k', k - 1)) END; END $$;
CREATE VIEW nested AS SELECT k, inner_list(k) AS below FROM generate_series(0, 3) k;
SELECT corm.register_model('nested', key => '{k}');
SELECT agree, answer FROM ask('counted', '{"id": 1}');
SELECT agree, answer FROM ask('counted', '{"id": 2}');
SELECT a.agree, a.answer FROM generate_series(1, 3) i, ask('nested', '{"k": 3}') a;
SELECT a.agree, a.answer FROM asked('nested', '{"k": 1}', '{"k": 2}', '{"k": 0}') a;
SELECT corm.count('book', jsonb_build_object('id', i)), corm.count('book', jsonb_build_object('id', i + 1)), corm.count('book', jsonb_build_object('id', corm.count('book', jsonb_build_object('id', i)))) FROM generate_series(1, 3) i;
SELECT corm.list('book', jsonb_build_object('id', (corm.get('book', jsonb_build_object('id', (corm.get('book', '{"id": 2}')->>'id')::int))->>'id')::int));
-- rows are drawn from several at once, not all to the end
SELECT corm.all(corm.fields('book', 'id'), '{"id__gt": 0}'), corm.all(corm.fields('book', 'id'), '{"id__gt": 1}'), corm.all(corm.fields('book', 'id'), '{"id__gt": 5}');
SELECT corm.all(corm.fields('book', 'id'), '{"id__gt": 0}'), corm.all(corm.fields('book', 'id'), '{"id__gt": 1}') LIMIT 1;
SELECT i, (SELECT corm.all(corm.fields('book', 'id'), jsonb_build_object('id__gte', i)) LIMIT 1) FROM generate_series(1, 3) i;
BEGIN;
DECLARE c CURSOR FOR SELECT corm.all(corm.fields('book', 'id'), '{"id__gt": 0}');
FETCH 1 FROM c;
SELECT corm.all(corm.fields('book', 'id'), '{"id__gt": 1}');
DECLARE d CURSOR WITH HOLD FOR SELECT corm.all(corm.fields('book', 'id'), '{"id__gt": 1}');
FETCH 1 FROM c;
SAVEPOINT s;
ALTER TABLE writer ADD extra int;
SELECT corm.all(corm.fields('book', 'id'), '{"id__gt": 0}');
DECLARE e CURSOR FOR SELECT corm.all(corm.fields('book', 'id'), '{"id__gt": 0}');
FETCH 1 FROM e;
ROLLBACK TO s;
FETCH 1 FROM c;
SELECT corm.all(corm.fields('book', 'id'), '{"id__gt": 1}');
COMMIT;
FETCH ALL FROM d;
SELECT corm.all(corm.fields('book', 'id'), '{"id__gt": 0}');
CLOSE d;
DO $$
DECLARE o json;
BEGIN
	FOR o IN SELECT corm.all(corm.fields('book', 'id'), '{"id__gt": 0}') LOOP
		COMMIT;
		EXECUTE 'ALTER TABLE book ADD x int';
		RAISE WARNING '% %', o, (SELECT string_agg(b::text, '') FROM corm.all('book', '{"id__gt": 1}') b);
		ROLLBACK;
	END LOOP;
END $$;

-- what fails leaves nothing behind: while it is read, while rows are read, when it is cancelled
CREATE FUNCTION fails(k int) RETURNS int LANGUAGE plpgsql AS $$ BEGIN IF k > 1 THEN RAISE division_by_zero; END IF; IF k < 0 THEN PERFORM pg_sleep(60); END IF; RETURN k; END $$;
CREATE VIEW failing AS SELECT k, fails(k) AS v FROM generate_series(-1, 2) k;
SELECT corm.register_model('failing', key => '{k}');
SELECT * FROM asked('failing', '{"k": 1}', '{"k": 2}', '{"k": "x"}', '{"k": 1}', '{"k": 2}', '{"k": 0}');
SELECT corm.list('failing', '{"k": 2}');
SELECT corm.list('failing', '{"k": 1}');
SET statement_timeout = '100ms';
SELECT corm.list('failing', '{"k": -1}');
RESET statement_timeout;
SELECT * FROM asked('failing', '{"k": 1}', '{"k": 2}');
DO $$ BEGIN
	FOR i IN 1 .. 300 LOOP
		BEGIN
			PERFORM corm.list('failing', jsonb_build_object('k', CASE i % 3 WHEN 0 THEN '2'::jsonb WHEN 1 THEN '"x"' ELSE '[]' END));
			RAISE 'not reached';
		EXCEPTION WHEN division_by_zero OR invalid_text_representation THEN NULL;
		END;
	END LOOP;
END $$;
SELECT * FROM asked('failing', '{"k": 1}', '{"k": "1"}');

-- prepared statements, functions that are inlined, typed rows
PREPARE by_id(jsonb) AS SELECT corm.get(corm.fields('book', 'id'), $1);
EXECUTE by_id('{"id": 1}'); EXECUTE by_id('{"id": 2}'); EXECUTE by_id('{"id": null}'); EXECUTE by_id('{"writer": 2}');
EXECUTE by_id('{"id": 1}'); EXECUTE by_id('{"id": 2}'); EXECUTE by_id('{}'); EXECUTE by_id(NULL);
CREATE FUNCTION one_book(k int) RETURNS json LANGUAGE sql STABLE AS $$ SELECT corm.get_or_none('book', jsonb_build_object('id', k)) $$;
SELECT one_book(i)->'id', one_book(i + 1)->'id', corm.get_or_none('book', jsonb_build_object('id', i))->'id' FROM generate_series(1, 2) i;
SELECT r.id FROM generate_series(1, 3) i, corm.rows(NULL::book, jsonb_build_object('model', 'book', 'filter', jsonb_build_object('id', i))::corm.queryset) r;
SELECT r.id FROM generate_series(1, 3) i, corm.rows(NULL::book, jsonb_build_object('filter', jsonb_build_object('id', i))::corm.queryset) r;
SELECT r.id FROM corm.rows(NULL::writer, '{"filter": {"id": 1}}') r;
SELECT r.id FROM corm.rows(NULL::book, '{"filter": {"id": 2}}') r;
SELECT r.id FROM corm.rows(NULL::writer, '{"filter": {"id": 2}}') r;
SELECT r.id FROM corm.rows(NULL::writer, '{"model": "book", "filter": {"id": 2}}') r;
SELECT r.id FROM corm.rows(NULL::book, '{"model": "book", "filter": {"id": 1}}') r;
SELECT r.id FROM corm.rows(NULL::writer, '{"model": "book", "filter": {"id": 1}}') r;
SELECT r.id FROM corm.rows(NULL::tag, '{"filter": {"id": 1}}') r;
SELECT r.id FROM corm.rows(NULL::book, '{"filter": {"id": 1}}') r;
ALTER TABLE book ADD extra int DEFAULT 1;
SELECT r FROM corm.rows(NULL::book, '{"filter": {"id": 2}}') r;
ALTER TABLE book DROP extra;
SELECT r FROM corm.rows(NULL::book, '{"filter": {"id": 1}}') r;
SELECT corm.list('{"filter": {"id": 1}}');

-- what save reads back: one row or several, what the tree holds, what may be read
CREATE FUNCTION saved(q text, tree jsonb, OUT hits bigint, OUT answer text) LANGUAGE plpgsql AS $$
DECLARE before bigint := (SELECT request_hits FROM corm.stats());
BEGIN
	BEGIN
		answer := corm.save(q::corm.queryset, tree);
	EXCEPTION WHEN OTHERS THEN answer := SQLSTATE || ' ' || SQLERRM;
	END;
	hits := (SELECT request_hits FROM corm.stats()) - before;
END $$;
BEGIN;
SELECT v.t, s.* FROM (VALUES ('{"id": 10, "name": "x"}'), ('{"id": 11, "name": "y", "books": [{"id": 20, "price": 6}]}'), ('{"id": 12, "books": []}'), ('{"id": 10, "books": [{"id": 21}, {"id": 22}]}'),
	('[{"id": 10, "name": "z"}, {"id": 13}]'), ('[{"id": 14}, {"id": 13, "name": "w"}, {"id": 14, "name": "again"}]'), ('[{"id": 15, "name": "one of one"}]'), ('{"id": 15}'), ('[]'),
	('{"id": 10, "books": [{"id": 21, "writer": {"id": 10}}]}'), ('{"id": 15, "books": [{"id": 23, "price": "x"}]}'), ('{"id": 15, "books": [{"id": 23, "price": 5}]}')) v(t), saved('writer', t::jsonb) s;
SELECT v.t, s.* FROM (VALUES ('{"id": 30, "writer": 1}'), ('{"id": 31, "writer": {"id": 2, "name": "Bob"}}'), ('{"id": 32, "writer": {"id": 16, "name": "new"}}'), ('{"id": 33, "writer": null}'), ('{"id": 34, "writer": 2}')) v(t), saved('{"model": "book", "fields": ["id"]}', t::jsonb) s;
SELECT s.* FROM (VALUES ('{"model": "writer", "fields": ["name"]}'), ('{"model": "writer", "fields": ["id"]}'), ('{"model": "writer", "fields": []}'), ('{"model": "writer", "prefetch_related": {"books": {"filter": {"id": 1}, "fields": ["id"]}}}'), ('{"model": "writer", "prefetch_related": {"books": {"filter": {"id": 30}, "fields": ["id"]}}}'), ('{"model": "writer", "filter": {"id": 1}}'), ('{"model": "writer", "filter": {"id": 2}}')) v(q), saved(q, '{"id": 1}') s;
SELECT k, s.* FROM unnest('{1,2,99}'::int[]) k, saved(format('{"model": "writer", "pk": %s, "relation": "books", "fields": ["id"]}', k), format('{"id": %s}', k + 40)::jsonb) s;
SELECT corm.bulk_create(corm.fields('writer', 'id'), '[{"id": 50}, {"id": 51}]');
SELECT corm.create(corm.fields('writer', 'name'), '{"id": 52, "name": "c"}');
ALTER TABLE writer RENAME name TO label;
SELECT s.* FROM (VALUES ('{"id": 10, "label": "l"}'), ('{"id": 10, "name": "n"}')) v(t), saved('writer', t::jsonb) s;
ROLLBACK;
SELECT s.* FROM saved('writer', '{"id": 1, "name": "Ann"}') s;

-- no more than 128, eight of one shape; memory is bounded; a new session knows none
SELECT count(corm.count('book', jsonb_build_object('id__in', (SELECT jsonb_agg(k) FROM generate_series(1, i) k)))) FROM generate_series(1, 200) i;
CREATE VIEW memory AS SELECT sum(total_bytes) AS bytes, count(*) AS trees FROM pg_backend_memory_contexts WHERE name = 'corm tree';
SELECT count(corm.count('book', jsonb_build_object('id__in', (SELECT jsonb_agg(k) FROM generate_series(1, i) k)))) FROM generate_series(1, 200) i;
SELECT requests_kept <= 128, requests_kept > 100 FROM corm.stats();
SELECT set_config('kept.half', bytes::text, false) <> '0', trees <= 128 FROM memory;
DO $$ BEGIN
	FOR i IN 1 .. 1000 LOOP
		PERFORM corm.count('book', jsonb_build_object('id__in', (SELECT jsonb_agg(k) FROM generate_series(0, i % 150) k), 'id__gt', i));
		PERFORM corm.list(corm.limit('book', i));
		PERFORM corm.list(corm.limit(corm.relation('writer', i % 3, 'books'), i));
	END LOOP;
END $$;
SELECT requests_kept FROM corm.stats();
SELECT trees <= 128, bytes < 2 * current_setting('kept.half')::numeric FROM memory;
SELECT i, a.* FROM generate_series(998, 1002) i, ask(format('{"model": "book", "fields": ["id"], "filter": {"price": 5}, "limit": %s}', i)) a;
SELECT i, a.* FROM generate_series(1, 2) i, ask('{"model": "book", "fields": ["id"], "filter": {"price": 5}, "limit": 1001}') a;
-- ten of one shape in one row, of which eight are kept
SELECT i, corm.count('book', jsonb_build_object('price', i)), corm.count('book', jsonb_build_object('price', i)), corm.count('book', jsonb_build_object('price', i)), corm.count('book', jsonb_build_object('price', i + 1)), corm.count('book', jsonb_build_object('price', i)),
	corm.count('book', jsonb_build_object('price', i)), corm.count('book', jsonb_build_object('price', i)), corm.count('book', jsonb_build_object('price', i + 1)), corm.count('book', jsonb_build_object('price', i)), corm.count('book', jsonb_build_object('price', i - 1)) FROM generate_series(4, 6) i;
-- wide tables make large trees: fewer of them are kept
DO $$ BEGIN
	FOR i IN 1 .. 2 LOOP
		EXECUTE format('CREATE TABLE wide_%s (id int PRIMARY KEY, up int %s, %s)', i, CASE WHEN i > 1 THEN 'REFERENCES wide_1' END, (SELECT string_agg('c' || k || ' int', ', ') FROM generate_series(1, 500) k));
		PERFORM corm.register_model(format('wide_%s', i)::regclass);
	END LOOP;
END $$;
SELECT corm.foreign_key('wide_2', 'up', 'wide_1', 'down', columns => '{up}');
INSERT INTO wide_1 (id, c1) VALUES (1, 5);
INSERT INTO wide_2 (id, up) VALUES (1, 1);
SELECT count(*), min(length(corm.get('wide_1', jsonb_build_object('c1__in', (SELECT jsonb_agg(k) FROM generate_series(1, 4 + i) k)))::text)) FROM generate_series(1, 120) i;
SELECT count(*), min(length(corm.get(corm.prefetch_related('wide_1', jsonb_build_object('down', jsonb_build_object('as', 'x' || i % 30 || repeat('_', i / 30)))), '{"id": 1}')::text)) > 5000 FROM generate_series(1, 119) i;
SELECT requests_kept BETWEEN 8 AND 100 FROM corm.stats();
SELECT bytes < 9000000 FROM memory;
-- one that is larger than that is not kept at all
SELECT length(corm.get(corm.prefetch_related('wide_1', VARIADIC (SELECT array_agg(format('{"down": {"as": "x%s"}}', k)) FROM generate_series(1, 30) k)), '{"id": 1}')::text) > 100000 FROM generate_series(1, 2);
SELECT bytes < 9000000 FROM memory;
SELECT hits, agree, length(answer) > 5000 FROM asked('wide_1', '{"id": 1}', '{"id": 1}') ORDER BY 1;
DISCARD ALL;
SET search_path = kept_requests;
SET client_min_messages = warning;
SELECT corm.count('book', '{"price": 5}');
\c -
SET search_path = kept_requests;
SET client_min_messages = warning;
SELECT corm.count('book', '{"price": 5}');
SELECT requests_kept, request_hits FROM corm.stats();
SELECT corm.count('book', '{"price": 6}');
SELECT requests_kept, request_hits FROM corm.stats();
DROP SCHEMA kept_requests CASCADE;
SELECT corm.count('book', '{"price": 6}');
SELECT corm.count('kept_requests.book');
SELECT count(*) FROM corm.models WHERE schema_name LIKE 'kept_requests%';
