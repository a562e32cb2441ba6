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

SET client_min_messages = warning;
DROP SCHEMA corm_meet, corm_meet_ops CASCADE;
