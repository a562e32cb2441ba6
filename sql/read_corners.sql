-- Paths, values and comparisons that meet in one statement.
SET client_min_messages = warning;
CREATE SCHEMA corm_meet;
SET search_path = corm_meet;
CREATE DOMAIN document AS jsonb;
CREATE DOMAIN words AS tsvector;
CREATE TABLE person (id int PRIMARY KEY, name text COLLATE "C", nick text COLLATE "POSIX", boss_id int REFERENCES person,
	doc document, said words, expires date, seen timestamptz);
CREATE TABLE tag (slug text PRIMARY KEY);
CREATE TABLE mark (id int PRIMARY KEY, tag_slug text COLLATE "C" REFERENCES tag, other text COLLATE "POSIX", third text);
SELECT corm.register_model('person', 'Person'), corm.register_model('tag', 'Tag'), corm.register_model('mark', 'Mark');
SELECT corm.foreign_key('Person', 'boss', 'Person', 'staff'), corm.foreign_key('Mark', 'tag', 'Tag', 'marks', columns => '{tag_slug}');
INSERT INTO person VALUES
	(1, 'ann', 'Ann', NULL, '{"n": 1}', 'cat:2 dog:1', 'infinity', '-infinity'),
	(2, 'bob', 'abe', 1, '"text"', 'dog:1', '2020-02-03', '2020-02-03 12:00+00'),
	(3, 'cy', 'cy', 2, '3', NULL, NULL, NULL);
INSERT INTO tag VALUES ('a'), ('b');
INSERT INTO mark VALUES (1, 'a', 'a', 'b'), (2, 'b', 'a', 'b');
SET timezone = 'UTC';

-- the rows that a relation leads to, next to those of any number of its steps
SELECT corm.values_list(corm.filter('Person', '{"id": 3}'), 'boss__ancestors__name', 'boss__name');
SELECT corm.values_list(corm.filter('Person', '{"id": 3}'), 'boss__name', 'boss__ancestors__name');
SELECT corm.pluck(corm.objects('Person', '{"id": 3, "boss__name": "bob"}', order_by => '{boss__name}'), 'boss__ancestors__name');

-- columns of different collations: the left one's, for a foreign key the referenced column's
SELECT corm.pluck(corm.filter('Person', '{"name__gt__F": "nick"}'), 'id') AS gt, corm.pluck(corm.filter('Person', '{"name__op(>)__F": "nick"}'), 'id') AS op,
	(SELECT array_agg(id ORDER BY id) FROM person WHERE name > nick COLLATE "C") AS hand;
SELECT corm.pluck(corm.filter('Mark', '{"tag__F": "other"}'), 'id') AS exact, corm.pluck(corm.filter('Mark', '{"tag__ne__F": "third"}'), 'id') AS ne,
	corm.pluck(corm.filter('Mark', '{"tag__lt__F": "third"}'), 'id') AS lt, corm.pluck(corm.filter('Mark', '{"tag__op(>)__F": "other"}'), 'id') AS op;
SELECT corm.group_by('Person', '["name", "nick"]', '{"n": "count"}', '{"name__op(>)__F": "nick"}');
SELECT corm.matches(p, '{"name__op(>)__F": "nick"}'), name > nick COLLATE "C" AS hand FROM person p;

-- domains mean what their base types do
SELECT corm.pluck(corm.filter('Person', '{"doc__gt": "a"}'), 'id') AS gt, corm.pluck(corm.filter('Person', '{"doc__range": [1, 5]}'), 'id') AS range;
SELECT corm.pluck(corm.filter('Person', '{"said__search": "cat dog"}'), 'id') AS search, (SELECT array_agg(id) FROM person WHERE said @@ plainto_tsquery('cat dog')) AS hand;

-- dates without an end have parts too, as far as these are numbers
SELECT corm.pluck(corm.filter('Person', '{"expires__year": 2020}'), 'id') AS year, corm.pluck(corm.filter('Person', '{"expires__year__gt": 2020}'), 'id') AS gt,
	corm.pluck(corm.filter('Person', '{"seen__iso_year__lt": 2020}'), 'id') AS iso_year, corm.count('Person', '{"expires__month__isnull": true}') AS months;
SELECT corm.values(corm.order_by('Person', 'id'), 'expires__year', 'seen__year', 'expires__month', 'seen__epoch');
SELECT corm.group_by('Person', '{"year": "expires__year"}', '{"n": "count"}', '{"year": 2020}');

-- operators of a schema: whoever may not use it may not by a plan of another role either
CREATE SCHEMA corm_meet_ops;
CREATE TYPE corm_meet_ops.point AS (x int, y int);
CREATE FUNCTION corm_meet_ops.same_x(corm_meet_ops.point, corm_meet_ops.point) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT ($1).x = ($2).x';
CREATE OPERATOR corm_meet_ops.=== (LEFTARG = corm_meet_ops.point, RIGHTARG = corm_meet_ops.point, FUNCTION = corm_meet_ops.same_x);
CREATE TABLE spots (id int PRIMARY KEY, at corm_meet_ops.point);
INSERT INTO spots VALUES (1, '(1,2)'), (2, '(1,3)'), (3, '(2,3)');
SELECT corm.register_model('spots', 'Spot');
CREATE ROLE regress_corm_meet;
GRANT USAGE ON SCHEMA corm_meet TO regress_corm_meet;
GRANT SELECT ON spots TO regress_corm_meet;
SELECT corm.count('Spot', '{"at__op(===)": "(1,0)"}');
SET ROLE regress_corm_meet;
SELECT corm.count('Spot', '{"at__op(===)": "(1,0)"}');
RESET ROLE;
GRANT USAGE ON SCHEMA corm_meet_ops TO regress_corm_meet;
SET ROLE regress_corm_meet;
SELECT corm.count('Spot', '{"at__op(===)": "(1,0)"}');
RESET ROLE;
-- a row is compared with a row of its type
SELECT corm.count('Spot', '{"at__op(>)": "(1,2)"}') AS gt, corm.count('Spot', '{"at__op(=)": "(2,3)"}') AS eq, (SELECT count(*) FROM spots WHERE at > (1, 2)) AS hand;
DROP OWNED BY regress_corm_meet;
DROP ROLE regress_corm_meet;

-- a table that changes between the statement and its text: what a domain's check does while values are read
CREATE FUNCTION swap(int) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
	IF current_setting('corm_meet.swap', true) = 'on' THEN
		PERFORM set_config('corm_meet.swap', 'off', false);
		ALTER TABLE swapped DROP COLUMN v;
		ALTER TABLE swapped ADD COLUMN v int DEFAULT 5;
	END IF;
	RETURN true;
END $$;
CREATE DOMAIN swapping AS int CHECK (swap(value));
CREATE TYPE swapper AS (x swapping);
CREATE TABLE swapped (id int PRIMARY KEY, c swapper, v text);
INSERT INTO swapped VALUES (1, '(1)', 'text');
SELECT corm.register_model('swapped', 'Swapped');
SELECT corm.pluck(NULL::text, corm.filter('Swapped', '{"c": "(1)"}'), 'v');
SET corm_meet.swap = 'on';
SELECT corm.pluck(NULL::text, corm.filter('Swapped', '{"c": "(1)"}'), 'v');
SELECT corm.values('Swapped', 'v') FROM corm.count('Swapped', '{"c": "(1)"}');

--
-- Keys of several columns have an order: as rows are compared
--
CREATE TABLE bins (a int, b text COLLATE "C", n int, up_a int, up_b text COLLATE "C", PRIMARY KEY (a, b), FOREIGN KEY (up_a, up_b) REFERENCES bins);
SELECT corm.register_model('bins', 'Bin'), corm.foreign_key('Bin', 'up', 'Bin', 'downs', columns => '{up_a,up_b}');
INSERT INTO bins VALUES (1, 'x', 1, NULL, NULL), (1, 'y', 2, 1, 'x'), (2, 'a', 3, 1, 'y'), (2, 'x', 4, 2, 'a'), (3, 'x', 5, 1, 'x');
CREATE FUNCTION agree(f jsonb, hand text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE ours int[]; theirs int[];
BEGIN
	SELECT array_agg(r.n ORDER BY r.n) INTO ours FROM corm.rows(NULL::bins, corm.objects('Bin', f)) AS r;
	EXECUTE 'SELECT array_agg(n ORDER BY n) FROM bins AS t WHERE ' || hand INTO theirs;
	RETURN CASE WHEN ours IS NOT DISTINCT FROM theirs THEN 'same' ELSE 'WRONG' END || coalesce(' ' || ours::text, '');
END
$$;
SELECT f, agree(f, hand) FROM (VALUES
	('{"pk__gt": [1, "y"]}'::jsonb, $$(a, b) > (1, 'y')$$), ('{"pk__gte": [1, "y"]}', $$(a, b) >= (1, 'y')$$), ('{"pk__lt": [2, "b"]}', $$(a, b) < (2, 'b')$$), ('{"pk__lte": {"a": 2, "b": "a"}}', $$(a, b) <= (2, 'a')$$),
	('{"pk__range": [[1, "y"], [2, "a"]]}', $$(a, b) BETWEEN (1, 'y') AND (2, 'a')$$), ('{"up__gt": [1, "x"]}', $$(up_a, up_b) > (1, 'x')$$), ('{"NOT": {"up__gt": [1, "x"]}}', $$((up_a, up_b) > (1, 'x')) IS NOT TRUE$$), ('{"downs__gt": [2, "z"]}', $$EXISTS (SELECT FROM bins d WHERE (d.up_a, d.up_b) = (t.a, t.b) AND (d.a, d.b) > (2, 'z'))$$)) AS v(f, hand);
--
-- A pair with several links: filters mean any of them, complements are exact,
-- and a row is shown with the lowest link that passes
--
SELECT corm.create_model('Tagged', '{"name": "text"}'), corm.create_model('Tagger', '{"name": "text"}');
SELECT corm.create_model('Tagging', '{"tagged": {"foreign_key": "Tagged"}, "tagger": {"foreign_key": "Tagger"}, "pos": "int"}');
SELECT corm.many_to_many('Tagged', 'by', 'Tagger', through => 'Tagging', related_name => 'did');
INSERT INTO taggeds (name) VALUES ('one'), ('two');
INSERT INTO taggers (name) VALUES ('p'), ('q');
INSERT INTO taggings (tagged_id, tagger_id, pos) VALUES (1, 1, 1), (1, 2, 2), (1, 1, 9);
SELECT f, corm.count(corm.relation('Tagged', 1, 'by'), f), corm.count(corm.exclude(corm.relation('Tagged', 1, 'by'), f)), corm.list(corm.relation('Tagged', 1, 'by', fields => '{Tagging}'), f)
	FROM unnest('{"{\"Tagging__pos\": 1}","{\"Tagging__pos\": 9}","{\"Tagging__pos__in\": [2, 9]}","{\"Tagging__pos__gt\": 1, \"Tagging__pos__lt\": 9}","{\"NOT\": {\"Tagging__pos\": 9}}","{}"}'::jsonb[]) AS f;
SELECT corm.count('Tagged', '{"by__Tagging__pos": 9}') AS path, corm.count('Tagged', '{"by__some": {"Tagging__pos": 9}}') AS some, corm.count('Tagged', '{"by__none": {"Tagging__pos": 9}}') AS none, corm.count('Tagged', '{"by__every": {"Tagging__pos__in": [2, 9]}}') AS every, corm.count('Tagged', '{"by__count": {"gte": 1, "filter": {"Tagging__pos": 9}}}') AS counted;
SELECT corm.list(corm.objects('Tagged', fields => '{id}', prefetch_related => '{"by": {"filter": {"Tagging__pos": 9}, "fields": ["id", "Tagging"]}}')), corm.list(corm.objects('Tagged', fields => '{id}', prefetch_related => '{"by": {"exclude": {"Tagging__pos": 9}, "fields": ["id", "Tagging"]}}'));
SELECT corm.count('Tagged', '{"by__count": {"": 1}}');
-- null in a list over several related rows: nothing related
SELECT corm.count('Tagged', '{"by": null}'), corm.count('Tagged', '{"by__in": [null]}'), corm.count('Tagged', '{"by__in": [1, null]}'), corm.count('Tagged', '{"by__in": [1]}');
-- distinct compares what a row prints of itself; an order that is not there is refused whatever the strategy
SELECT corm.count(q), json_array_length(corm.list(q)) FROM corm.prefetch_related(corm.distinct(corm.fields('Tagging', 'tagged_id')), 'tagger') AS q;
SELECT corm.list(corm.prefetch_related('Tagging', '{"tagger": {"order_by": ["nope"]}}'::jsonb));
-- arrays whose elements have a length, and texts that operators know by another name
CREATE TABLE lengths (id int PRIMARY KEY, tags varchar(20)[], ns numeric(10,2)[], v varchar(20), c char(5), k regclass);
SELECT corm.register_model('lengths', 'Length');
INSERT INTO lengths VALUES (1, '{a,b}', '{1.50}', 'ab', 'ab', 'pg_class');
SELECT f, corm.count('Length', f) FROM unnest('{"{\"tags__contains\": [\"a\"]}","{\"tags\": [\"a\", \"b\"]}","{\"tags__F\": \"tags\"}","{\"tags__in\": [[\"a\", \"b\"]]}","{\"tags__op(&&)\": [\"a\"]}","{\"ns__contains\": [1.5]}","{\"tags__gt\": [\"a\"]}","{\"v__op(=)\": \"ab\"}","{\"v__op(<>)\": \"ab\"}","{\"c__op(=)\": \"ab\"}","{\"k__op(=)\": \"pg_class\"}"}'::jsonb[]) AS f;
-- subqueries within subqueries are planned once each
SELECT corm.count('Bin', (repeat('{"downs__some": {"OR": [{"n": 0}, ', 12) || '{"n": 1}' || repeat(']}}', 12))::jsonb), corm.count('Bin', (repeat('{"downs__every": ', 12) || '{"n": 1}' || repeat('}', 12))::jsonb);
-- the query that calls was planned for another table
BEGIN;
DECLARE c CURSOR FOR SELECT * FROM corm.rows(NULL::lengths, 'Length');
ALTER TABLE lengths DROP COLUMN k;
FETCH c;
ROLLBACK;

--
-- "*" loads every relation of a model but the way back; a name has its own say
--
SELECT corm.list(corm.prefetch_related('Tagged', '*'))::jsonb = corm.list(corm.prefetch_related('Tagged', 'by', 'taggings'))::jsonb AS all_of_them,
       corm.list(corm.prefetch_related('Tagged', 'taggings__*'))::jsonb = corm.list(corm.prefetch_related('Tagged', 'taggings__tagger'))::jsonb AS not_back,
       corm.list(corm.prefetch_related('Tagged', '*', '{"by": {"limit": 1, "fields": ["id"]}}'))::jsonb = corm.list(corm.prefetch_related('Tagged', '{"by": {"limit": 1, "fields": ["id"]}}', 'taggings'))::jsonb AS named,
       corm.list(corm.prefetch_related('Tagged', '{"*": {"fields": ["id"]}}'))::jsonb = corm.list(corm.prefetch_related('Tagged', '{"by": {"fields": ["id"]}, "taggings": {"fields": ["id"]}}'))::jsonb AS options;
SELECT corm.list(corm.prefetch_related('Tagged', '{"*": {"as": "x"}}'));
SELECT corm.list(corm.prefetch_related('Tagged', '{"*": {"recursive": true}}'));
SELECT corm.list(corm.prefetch_related('Tagged', '*__by'));
SELECT corm.list(corm.prefetch_related(corm.allow('Tagged', '{"prefetch_related": ["by"]}'), '*'));
-- distinct repeats no row that has several links
SELECT corm.count(q), corm.count(corm.distinct(q)), json_array_length(corm.list(corm.distinct(q))), corm.count(corm.distinct(q, 'name')), corm.list(corm.fields(corm.distinct(corm.filter(q, '{"Tagging__pos": 9}'), 'id'), 'id', 'Tagging'))
	FROM corm.relation('Tagged', 1, 'by') AS q;
SELECT corm.list(corm.objects('Tagged', fields => '{id}', prefetch_related => '{"by": {"distinct": true, "fields": ["id"]}}'));
SET client_min_messages = warning;
DROP SCHEMA corm_meet, corm_meet_ops CASCADE;
