-- Relations as functions: planned like the join written by hand, the same rows
-- as corm.rows, the user's own, and gone with their relation.
\set VERBOSITY default
\set SHOW_CONTEXT never
-- Some of what is here is about the event triggers, wherever they were found.
SELECT CASE evtenabled WHEN 'D' THEN 'DISABLE' ELSE 'ENABLE' END AS found FROM pg_event_trigger WHERE evtname = 'corm_sql_drop' \gset
ALTER EVENT TRIGGER corm_sql_drop ENABLE;
ALTER EVENT TRIGGER corm_ddl_command_end ENABLE;
CREATE SCHEMA t_acc;
CREATE SCHEMA "t acc.2";
SET search_path = t_acc;
SET client_min_messages = warning;
SET max_parallel_workers_per_gather = 0;
CREATE ROLE regress_corm_acc;
CREATE ROLE regress_corm_acc_2;

SELECT corm.create_model('Author', '{"name": "text", "boss": {"foreign_key": "Author", "related_name": "staff"}}');
SELECT corm.create_model('Profile', '{"bio": "text", "author": {"foreign_key": "Author", "one_to_one": true, "related_name": "profile"}}');
SELECT corm.create_model('Category', '{"name": "text"}', 'categories');
SELECT corm.create_model('Post', '{"title": "text", "author": {"foreign_key": "Author"}, "categories": {"many_to_many": "Category"}}');
SELECT corm.many_to_many('Author', 'friends', 'Author', symmetrical => true);
SELECT corm.many_to_many('Author', 'follows', 'Author', related_name => 'followers');
-- a pair may be linked several times
SELECT corm.create_model('Club', '{"name": "text"}');
SELECT corm.create_model('Membership', '{"club": {"foreign_key": "Club"}, "author": {"foreign_key": "Author"}, "role": "text"}');
SELECT corm.many_to_many('Club', 'members', 'Author', through => 'Membership', related_name => 'clubs');
-- a composite key, another schema, names to be quoted, a type of key that is a domain
CREATE DOMAIN code AS varchar(5);
CREATE TABLE "t acc.2"."Shop $1" ("Region's" code, "no" int, name text, PRIMARY KEY ("Region's", "no"));
SELECT corm.register_model('"t acc.2"."Shop $1"', 'Shop');
SELECT corm.create_model('Visit', '{"who": {"foreign_key": "Author"}, "region": "text", "shop_no": "bigint", "Shop of\\it": {"foreign_key": "\"t acc.2\".Shop", "columns": ["region", "shop_no"], "related_name": "select"}}');
-- no constraint: a view
CREATE VIEW loud AS SELECT id, upper(title) AS title, author_id FROM posts;
SELECT corm.register_model('loud', 'Loud', key => '{id}');
SELECT corm.relation_on('Loud', 'author', 'Author', '{author_id}', related_name => 'loud');
SELECT corm.relation_on('Loud', 'others', 'Post', '{author_id}', '{author_id}', to_many => true);
-- partitions
CREATE TABLE events (id bigint, at int, author_id bigint REFERENCES authors, PRIMARY KEY (id, at)) PARTITION BY RANGE (at);
CREATE TABLE events_1 PARTITION OF events FOR VALUES FROM (0) TO (500);
CREATE TABLE events_2 PARTITION OF events FOR VALUES FROM (500) TO (1000);
CREATE INDEX ON events (author_id);
SELECT corm.register_model('events', 'Event');
SELECT corm.foreign_key('Event', 'author', 'Author', columns => '{author_id}');

INSERT INTO authors SELECT g, 'a' || g, nullif(g / 3, 0) FROM generate_series(1, 300) g;
INSERT INTO profiles SELECT g, 'b' || g, g FROM generate_series(1, 200) g;
INSERT INTO categories SELECT g, 'c' || g FROM generate_series(1, 200) g;
INSERT INTO posts SELECT g, 't' || g, nullif(g % 300, 0) FROM generate_series(1, 3000) g;
INSERT INTO posts_categories SELECT g, g % 200 + 1 FROM generate_series(1, 3000) g;
INSERT INTO posts_categories SELECT g, g % 100 + 101 FROM generate_series(1, 3000) g ON CONFLICT DO NOTHING;
INSERT INTO authors_authors SELECT g, g + 1 FROM generate_series(1, 299) g;
INSERT INTO authors_authors VALUES (7, 7);
INSERT INTO authors_authors_follows SELECT g, g % 300 + 1 FROM generate_series(1, 300) g;
INSERT INTO clubs SELECT g, 'k' || g FROM generate_series(1, 20) g;
INSERT INTO memberships (club_id, author_id, role) SELECT nullif(g % 20, 0), nullif(g % 50, 0), 'r' || g FROM generate_series(1, 400) g;
INSERT INTO "t acc.2"."Shop $1" SELECT 'r' || g % 5, g, 's' || g FROM generate_series(1, 50) g;
INSERT INTO visits (who_id, region, shop_no) SELECT g % 300 + 1, 'r' || (g % 50 + 1) % 5, g % 50 + 1 FROM generate_series(1, 400) g;
INSERT INTO visits (who_id, region, shop_no) VALUES (1, 'r1', NULL), (NULL, NULL, NULL);
INSERT INTO events SELECT g, g, g % 300 + 1 FROM generate_series(0, 999) g;
ANALYZE;

SELECT corm.create_accessors('Author');
SELECT corm.create_accessors('Post');
SELECT corm.create_accessors('Category');
SELECT corm.create_accessors('Profile');
SELECT corm.create_accessors('Club');
SELECT corm.create_accessors('Visit');
SELECT corm.create_accessors('"t acc.2".Shop');
SELECT corm.create_accessors('Loud');
SELECT corm.create_accessors('Event');
-- what they are
SELECT p.oid::regprocedure, p.prorows, p.provolatile, p.proparallel, p.proisstrict, prosrc
  FROM pg_proc p
 WHERE p.pronamespace IN ('t_acc'::regnamespace, '"t acc.2"'::regnamespace)
 ORDER BY p.oid::regprocedure::text COLLATE "C";
-- a second time makes nothing, and changes no row of the server's
SELECT xmin AS before FROM pg_proc WHERE oid = 'author(posts)'::regprocedure \gset
SELECT corm.create_accessors('Post');
SELECT xmin = :before AS untouched FROM pg_proc WHERE oid = 'author(posts)'::regprocedure;

-- ---------- rows ----------

-- Every one returns what corm.rows returns for each row.
CREATE FUNCTION differing() RETURNS TABLE (accessor text, n bigint, differ bigint) LANGUAGE plpgsql AS $$
DECLARE a record;
BEGIN
	FOR a IN SELECT p.oid, p.proname, p.proargtypes[0]::regtype AS source, p.prorettype::regtype AS target, p.pronamespace::regnamespace AS schema
	           FROM pg_proc p WHERE prosrc LIKE '/* corm accessor */%' ORDER BY p.oid::regprocedure::text COLLATE "C"
	LOOP
		accessor := a.oid::regprocedure;
		EXECUTE format('WITH a AS (SELECT s::text, t::text FROM %1$s s, %2$s.%3$I(s) t),
			r AS (SELECT s::text, t::text FROM %1$s s, corm.rows(NULL::%4$s, corm.relation(s, %3$L)) t)
			SELECT (SELECT count(*) FROM a), (SELECT count(*) FROM ((TABLE a EXCEPT ALL TABLE r) UNION ALL (TABLE r EXCEPT ALL TABLE a)) d)',
			a.source, a.schema, a.proname, a.target) INTO n, differ;
		RETURN NEXT;
	END LOOP;
END
$$;
SELECT * FROM differing();

-- ---------- plans ----------

-- The plans of the two queries, if they differ; both must return the same rows.
-- A column of a row from further out is printed as one of the whole row.
CREATE FUNCTION compare(accessor text, by_hand text) RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE plans text[] := '{}'; line text; plan text; q text; rows text[] := '{}'; r text;
BEGIN
	FOREACH q IN ARRAY ARRAY[accessor, by_hand] LOOP
		plan := '';
		FOR line IN EXECUTE 'EXPLAIN (COSTS OFF) ' || q LOOP
			plan := plan || E'\n' || regexp_replace(regexp_replace(line, '\(\((\w+)\.\*\)::\w+\)\.', '\1.', 'g'), '\((\w+)\.\*\)\.', '\1.', 'g');
		END LOOP;
		plans := plans || plan;
		EXECUTE 'SELECT coalesce(string_agg(x::text, E''\n'' ORDER BY x::text COLLATE "C"), '''') FROM (' || q || ') x' INTO r;
		rows := rows || r;
	END LOOP;
	RETURN NEXT CASE WHEN plans[1] LIKE '%Function Scan%' THEN 'NOT INLINED' WHEN plans[1] = plans[2] THEN 'same plan' ELSE 'PLANS DIFFER' END
		|| CASE WHEN rows[1] = rows[2] THEN ', same rows' ELSE ', OTHER ROWS' END
		|| CASE WHEN rows[1] = '' THEN ': none' ELSE '' END;
	IF plans[1] <> plans[2] THEN
		RETURN NEXT plans[1];
		RETURN NEXT plans[2];
	END IF;
END
$$;
-- to-one: all rows, one row, a filter outside, an outer join
SELECT compare('SELECT p.id, t.name FROM posts p, author(p) t',
	'SELECT p.id, t.name FROM posts p JOIN authors t ON t.id = p.author_id');
SELECT compare('SELECT p.id, t.name FROM posts p, author(p) t WHERE p.id = 17',
	'SELECT p.id, t.name FROM posts p JOIN authors t ON t.id = p.author_id WHERE p.id = 17');
SELECT compare('SELECT p.id, t.name FROM posts p CROSS JOIN LATERAL author(p) t WHERE t.name = ''a8''',
	'SELECT p.id, t.name FROM posts p JOIN authors t ON t.id = p.author_id WHERE t.name = ''a8''');
SELECT compare('SELECT p.id, t.name FROM posts p LEFT JOIN LATERAL author(p) t ON true WHERE p.id < 400',
	'SELECT p.id, t.name FROM posts p LEFT JOIN authors t ON t.id = p.author_id WHERE p.id < 400');
SELECT compare('SELECT p.id, t.name FROM posts p LEFT JOIN LATERAL author(p) t ON t.name = ''a8''',
	'SELECT p.id, t.name FROM posts p LEFT JOIN authors t ON t.id = p.author_id AND t.name = ''a8''');
-- nobody asks the author for anything
SELECT compare('SELECT p.id FROM posts p LEFT JOIN LATERAL author(p) t ON true',
	'SELECT p.id FROM posts p LEFT JOIN authors t ON t.id = p.author_id');
-- to-many, and LIMIT
SELECT compare('SELECT a.name, t.title FROM authors a, posts(a) t WHERE a.name = ''a8''',
	'SELECT a.name, t.title FROM authors a JOIN posts t ON t.author_id = a.id WHERE a.name = ''a8''');
SELECT compare('SELECT a.id, t.id AS post FROM authors a, posts(a) t WHERE a.id < 50 ORDER BY a.id, t.id LIMIT 7',
	'SELECT a.id, t.id AS post FROM authors a JOIN posts t ON t.author_id = a.id WHERE a.id < 50 ORDER BY a.id, t.id LIMIT 7');
SELECT compare('SELECT a.id, count(t.id) FROM authors a LEFT JOIN LATERAL posts(a) t ON true GROUP BY a.id',
	'SELECT a.id, count(t.id) FROM authors a LEFT JOIN posts t ON t.author_id = a.id GROUP BY a.id');
SELECT compare('SELECT a.id, t.id AS top FROM authors a CROSS JOIN LATERAL (SELECT t.id FROM posts(a) t ORDER BY t.title LIMIT 1) t',
	'SELECT a.id, t.id AS top FROM authors a CROSS JOIN LATERAL (SELECT t.id FROM posts t WHERE a.id = t.author_id ORDER BY t.title LIMIT 1) t');
-- in EXISTS it is inlined too, but not turned into a semi-join: as with OFFSET 0
SELECT compare('SELECT a.id FROM authors a WHERE EXISTS (SELECT FROM posts(a) t WHERE t.title = ''t9'')',
	'SELECT a.id FROM authors a WHERE EXISTS (SELECT FROM posts t WHERE a.id = t.author_id AND t.title = ''t9'' OFFSET 0)');
-- many-to-many
SELECT compare('SELECT p.id, t.name FROM posts p, categories(p) t WHERE p.id = 5',
	'SELECT p.id, t.name FROM posts p JOIN posts_categories l ON l.post_id = p.id JOIN categories t ON t.id = l.category_id WHERE p.id = 5');
SELECT compare('SELECT p.id, t.name FROM posts p, categories(p) t WHERE t.name = ''c150'' AND p.title LIKE ''t1%''',
	'SELECT p.id, t.name FROM posts p JOIN posts_categories l ON l.post_id = p.id JOIN categories t ON t.id = l.category_id WHERE t.name = ''c150'' AND p.title LIKE ''t1%''');
SELECT compare('SELECT p.id, t.name FROM posts p LEFT JOIN LATERAL categories(p) t ON t.id < 3',
	'SELECT p.id, t.name FROM posts p LEFT JOIN (posts_categories l JOIN categories t ON t.id = l.category_id) ON l.post_id = p.id AND t.id < 3');
-- three steps
SELECT compare('SELECT a.id, t_1.name FROM authors a, posts(a) t, categories(t) t_1 WHERE a.id = 3',
	'SELECT a.id, t_1.name FROM authors a JOIN posts t ON t.author_id = a.id JOIN posts_categories l ON l.post_id = t.id JOIN categories t_1 ON t_1.id = l.category_id WHERE a.id = 3');
SELECT compare('SELECT t_1.name FROM profiles p, author(p) t, boss(t) t_1 WHERE p.bio = ''b9''',
	'SELECT t_1.name FROM profiles p JOIN authors t ON t.id = p.author_id JOIN authors t_1 ON t_1.id = t.boss_id WHERE p.bio = ''b9''');
-- composite key, another schema, quoted names
SELECT compare('SELECT v.id, t.name FROM visits v, "Shop of\it"(v) t WHERE v.id = 7',
	'SELECT v.id, t.name FROM visits v JOIN "t acc.2"."Shop $1" t ON t."Region''s"::text = v.region AND t.no = v.shop_no WHERE v.id = 7');
SELECT compare('SELECT s.name, t.who_id FROM "t acc.2"."Shop $1" s, "t acc.2"."select"(s) t WHERE s.no = 4',
	'SELECT s.name, t.who_id FROM "t acc.2"."Shop $1" s JOIN visits t ON t.region = s."Region''s"::text AND t.shop_no = s.no WHERE s.no = 4');
-- a view on either end
SELECT compare('SELECT p.title, t.name FROM loud p, author(p) t WHERE p.id = 9',
	'SELECT p.title, t.name FROM loud p JOIN authors t ON t.id = p.author_id WHERE p.id = 9');
-- partitions, and a row of one partition
SELECT compare('SELECT a.id, t.at FROM authors a, events(a) t WHERE a.id = 4 AND t.at < 500',
	'SELECT a.id, t.at FROM authors a JOIN events t ON t.author_id = a.id WHERE a.id = 4 AND t.at < 500');
SELECT compare('SELECT e.id, t.name FROM events_2 e, author(e) t WHERE e.id = 600',
	'SELECT e.id, t.name FROM events_2 e JOIN authors t ON t.id = e.author_id WHERE e.id = 600');
-- each target once: the links of one row are made distinct below the join
SELECT compare('SELECT c.id, t.name FROM clubs c, members(c) t WHERE c.id = 3',
	'SELECT c.id, t.name FROM clubs c, LATERAL (SELECT DISTINCT x.author_id AS k1 FROM memberships x WHERE c.id = x.club_id) l JOIN authors t ON t.id = l.k1 WHERE c.id = 3');
SELECT compare('SELECT a.id, t.name FROM authors a, friends(a) t WHERE a.id IN (7, 8)',
	'SELECT a.id, t.name FROM authors a, LATERAL (SELECT x.to_author_id AS k1 FROM authors_authors x WHERE a.id = x.from_author_id UNION SELECT x.from_author_id FROM authors_authors x WHERE a.id = x.to_author_id) l JOIN authors t ON t.id = l.k1 WHERE a.id IN (7, 8)');
-- parallel
SET max_parallel_workers_per_gather = 2;
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
SELECT compare('SELECT p.id, t.name FROM posts p, author(p) t',
	'SELECT p.id, t.name FROM posts p JOIN authors t ON t.id = p.author_id');
SELECT count(*) > 0 AS gathers FROM (SELECT compare('SELECT p.id FROM posts p, author(p) t', 'SELECT 1')) s (line) WHERE line LIKE '%Gather%';
SET max_parallel_workers_per_gather = 0;
-- as a column, as a call with a row, with NULL, over no row of an outer join
SELECT p.id, (p.author).name FROM posts p WHERE p.id IN (4, 300) ORDER BY 1;
SELECT name FROM author(ROW(1, 'x', 8)::posts);
SELECT count(*) FROM author(NULL::posts);
SELECT a.id, t.id AS post, t_2.name FROM authors a LEFT JOIN posts t ON t.author_id = a.id AND false LEFT JOIN LATERAL author(t) t_2 ON true WHERE a.id = 1;
SELECT n, name FROM posts p, author(p) WITH ORDINALITY AS t (id, name, boss_id, n) WHERE p.id = 4;
-- prepared, planned once
SET plan_cache_mode = force_generic_plan;
PREPARE by_id (bigint) AS SELECT t.name FROM posts p, author(p) t WHERE p.id = $1;
EXECUTE by_id (4);
EXECUTE by_id (5);
-- columns of the target come and go
ALTER TABLE authors ADD COLUMN born int DEFAULT 1900;
EXECUTE by_id (5);
SELECT t.* FROM posts p, author(p) t WHERE p.id = 4;
ALTER TABLE authors DROP COLUMN born;
SELECT t.* FROM posts p, author(p) t WHERE p.id = 4;
EXECUTE by_id (5);
DEALLOCATE by_id;
RESET plan_cache_mode;

-- ---------- whose rights ----------

GRANT USAGE ON SCHEMA t_acc TO regress_corm_acc;
GRANT SELECT ON posts TO regress_corm_acc;
GRANT SELECT (id, name) ON authors TO regress_corm_acc;
ALTER TABLE authors ENABLE ROW LEVEL SECURITY;
CREATE POLICY p ON authors USING (id < 6);
PREPARE whose AS SELECT t.name FROM posts p, author(p) t WHERE p.id IN (4, 8) ORDER BY 1;
EXECUTE whose;
-- it returns whole rows, so all columns must be readable
SET ROLE regress_corm_acc;
EXECUTE whose;
RESET ROLE;
GRANT SELECT ON authors TO regress_corm_acc;
SET ROLE regress_corm_acc;
EXECUTE whose;
SELECT p.id, t.name FROM posts p LEFT JOIN LATERAL author(p) t ON true WHERE p.id IN (4, 8) ORDER BY 1;
SELECT t.name FROM categories(ROW(1, 'x', 8)::posts) t;
RESET ROLE;
DEALLOCATE whose;
ALTER TABLE authors DISABLE ROW LEVEL SECURITY;
DROP POLICY p ON authors;
REVOKE ALL ON SCHEMA t_acc FROM regress_corm_acc;
REVOKE ALL ON posts, authors FROM regress_corm_acc;

-- the search_path of whoever calls
SET search_path = pg_temp;
CREATE TEMP TABLE authors (id int);
CREATE FUNCTION pg_temp.never(bigint, bigint) RETURNS boolean LANGUAGE sql AS 'SELECT false';
CREATE OPERATOR pg_temp.= (LEFTARG = bigint, RIGHTARG = bigint, FUNCTION = pg_temp.never);
SELECT t.name FROM t_acc.posts p, t_acc.author(p) t WHERE p.id OPERATOR(pg_catalog.=) 4;
DROP OPERATOR pg_temp.= (bigint, bigint);
DROP FUNCTION pg_temp.never;
DROP TABLE pg_temp.authors;
SET search_path = t_acc;

-- ---------- without the extension, and from a dump ----------

BEGIN;
DROP EXTENSION corm;
SELECT t.name FROM posts p, categories(p) t WHERE p.id = 1 ORDER BY 1;
SELECT count(*) FROM authors a, friends(a);
ROLLBACK;
-- what a dump makes of them is still known: nothing is left to be made
DO $$
DECLARE f record;
BEGIN
	FOR f IN SELECT oid::regprocedure AS name, pg_get_functiondef(oid) AS def FROM pg_proc WHERE prosrc LIKE '/* corm accessor */%' LOOP
		EXECUTE 'DROP FUNCTION ' || f.name;
		EXECUTE f.def;
	END LOOP;
END
$$;
SELECT corm.create_accessors(model) FROM corm.models WHERE model NOT IN ('AuthorAuthor', 'AuthorAuthorFollows', 'Membership', 'PostCategory');
SELECT object, problem FROM corm.check() WHERE object LIKE 'function%';
-- and so it is to the calls that make the names again
SELECT line FROM corm.export() AS line WHERE line LIKE '%accessors%';

-- ---------- names change ----------

CREATE VIEW uses AS SELECT p.id, t.name AS author FROM posts p, author(p) t;
SELECT corm.rename_relation('Post', 'author', 'writer');
SELECT pg_get_viewdef('uses');
SELECT corm.rename_relation('Author', 'posts', 'written');
SELECT corm.alter_relation('Post', 'categories', related_name => 'filed');
SELECT corm.rename_model('Post', 'Article');
SELECT p.oid::regprocedure FROM pg_proc p WHERE p.pronamespace = 't_acc'::regnamespace AND proname IN ('writer', 'written', 'filed', 'author', 'posts') ORDER BY 1;
-- nothing is left to be made
SELECT corm.create_accessors('Article');
-- a name that another function has, or that is too long
CREATE FUNCTION taken(posts) RETURNS int LANGUAGE sql AS 'SELECT 1';
SELECT corm.rename_relation('Article', 'writer', 'taken');
SELECT corm.rename_relation('Article', 'writer', repeat('long', 16));
SELECT corm.rename_relation('Article', 'writer', 'writer_2'), corm.rename_relation('Article', 'writer_2', 'author');
SELECT corm.rename_model('Article', 'Post');

-- renamed tables and columns are found, and cured
ALTER TABLE posts RENAME COLUMN author_id TO author;
ALTER TABLE posts_categories RENAME TO filings;
ALTER TABLE authors RENAME TO people;
SELECT name FROM posts p, author(p) WHERE p.id = 4;
SELECT severity, object, problem, fix FROM corm.check() WHERE object LIKE 'function%' ORDER BY object COLLATE "C";
SELECT DISTINCT fix FROM corm.check() WHERE object LIKE 'function%' ORDER BY fix \gexec
SELECT object, problem FROM corm.check() WHERE object LIKE 'function%';
SELECT * FROM uses WHERE id = 4;
ALTER TABLE people RENAME TO authors;
SELECT count(*) FROM (SELECT DISTINCT fix FROM corm.check() WHERE object LIKE 'function%') s;
SELECT corm.create_accessors(model) FROM corm.models WHERE schema_name = 't_acc' AND model IN ('Author', 'Post', 'Category', 'Club', 'Event', 'Loud', 'Profile', 'Visit') ORDER BY 1;
-- other options
ALTER FUNCTION author(posts) STRICT;
ALTER FUNCTION categories(posts) SECURITY DEFINER SET search_path = t_acc;
ALTER FUNCTION filed(categories) VOLATILE;
SELECT severity, object, problem, fix FROM corm.check() WHERE object LIKE 'function%' ORDER BY object COLLATE "C";
SELECT corm.create_accessors('Post');
SELECT corm.create_accessors('Category');
SELECT provolatile, proisstrict, prosecdef, proconfig FROM pg_proc WHERE oid = 'categories(posts)'::regprocedure;
SELECT object, problem FROM corm.check() WHERE object LIKE 'function%';
-- a table moves, and takes them along when told so
ALTER TABLE clubs SET SCHEMA "t acc.2";
SELECT severity, object, problem, fix FROM corm.check() WHERE object LIKE 'function%' ORDER BY object COLLATE "C";
SELECT corm.create_accessors('"t acc.2".Club');
SELECT corm.create_accessors('Author');
SELECT corm.create_accessors('Membership');
SELECT object, problem FROM corm.check() WHERE object LIKE 'function%';
SELECT * FROM differing();
-- the name stands for another relation now
SELECT corm.relation_on('"t acc.2".Club', 'vip', 'Author', '{id}', '{id}');
SELECT corm.create_accessors('"t acc.2".Club');
DELETE FROM corm.relation WHERE name = 'vip';
SELECT corm.relation_on('"t acc.2".Club', 'vip', 'Post', '{id}', '{id}');
SELECT problem, fix FROM corm.check() WHERE object LIKE 'function%';
SELECT corm.create_accessors('"t acc.2".Club');
SELECT prorettype::regtype FROM pg_proc WHERE oid = '"t acc.2".vip("t acc.2".clubs)'::regprocedure;
SELECT corm.drop_relation('"t acc.2".Club', 'vip');
-- one that is broken is left out
SELECT corm.relation_on('"t acc.2".Club', 'odd', 'Author', '{name}', '{name}', to_many => true);
ALTER EVENT TRIGGER corm_ddl_command_end DISABLE;
ALTER TABLE "t acc.2".clubs RENAME name TO title;
SELECT corm.create_accessors('"t acc.2".Club');
ALTER TABLE "t acc.2".clubs RENAME title TO name;
ALTER EVENT TRIGGER corm_ddl_command_end ENABLE;
SELECT corm.drop_relation('"t acc.2".Club', 'odd');
-- an edited one is the user's, once its label is gone
CREATE OR REPLACE FUNCTION profile(authors) RETURNS SETOF profiles ROWS 1 STABLE LANGUAGE sql AS 'SELECT p.* FROM t_acc.profiles p WHERE p.author_id = $1.id AND p.bio IS NOT NULL';
SELECT corm.create_accessors('Author');
SELECT corm.rename_relation('Author', 'profile', 'about');
SELECT corm.create_accessors('Author');
SELECT corm.rename_relation('Author', 'about', 'portrait');
SELECT p.oid::regprocedure FROM pg_proc p WHERE p.pronamespace = 't_acc'::regnamespace AND proname IN ('about', 'profile', 'portrait') ORDER BY 1;
DROP FUNCTION profile(authors);

-- ---------- refused ----------

SELECT corm.create_accessors(NULL);
SELECT corm.drop_accessors(NULL);
SELECT corm.create_accessors('Pots');
BEGIN READ ONLY;
SELECT corm.create_accessors('Post');
ROLLBACK;
-- a function in the place, of whatever kind: all or nothing
SELECT corm.drop_accessors('Post');
DROP VIEW uses;
SELECT corm.drop_accessors('Post');
CREATE FUNCTION categories(posts) RETURNS SETOF categories STABLE LANGUAGE sql AS 'TABLE t_acc.categories';
SELECT corm.create_accessors('Post');
DROP FUNCTION categories(posts);
CREATE PROCEDURE categories(posts) LANGUAGE sql AS '';
SELECT corm.create_accessors('Post');
DROP PROCEDURE categories(posts);
SELECT count(*) FROM pg_proc WHERE pronamespace = 't_acc'::regnamespace AND proname IN ('author', 'categories') AND proargtypes[0] = 'posts'::regtype;
-- others of the name are no hindrance
CREATE FUNCTION categories(text) RETURNS int LANGUAGE sql AS 'SELECT 1';
CREATE FUNCTION categories(posts, int) RETURNS int LANGUAGE sql AS 'SELECT 1';
SELECT corm.create_accessors('Post');
SELECT corm.drop_accessors('Post');
SELECT proname, pronargs FROM pg_proc WHERE pronamespace = 't_acc'::regnamespace AND proname = 'categories' ORDER BY 2;
SELECT corm.create_accessors('Post');
-- a name of 63 bytes, and of one more
SELECT corm.rename_relation('Profile', 'author', repeat('x', 63));
SELECT corm.create_accessors('Profile');
SELECT * FROM differing() WHERE accessor LIKE 'xxx%';
SELECT corm.drop_accessors('Profile');
SELECT corm.rename_relation('Profile', repeat('x', 63), repeat('x', 64));
SELECT corm.create_accessors('Profile');
SELECT corm.rename_relation('Profile', repeat('x', 64), 'author');
-- not the owner; no CREATE on the schema
GRANT USAGE ON SCHEMA t_acc TO regress_corm_acc;
SET ROLE regress_corm_acc;
SELECT corm.create_accessors('Profile');
SELECT corm.drop_accessors('Profile');
RESET ROLE;
ALTER TABLE profiles OWNER TO regress_corm_acc;
SET ROLE regress_corm_acc;
SELECT corm.create_accessors('Profile');
RESET ROLE;
GRANT CREATE ON SCHEMA t_acc TO regress_corm_acc;
SET ROLE regress_corm_acc;
SELECT corm.create_accessors('Profile');
RESET ROLE;
SELECT proowner::regrole FROM pg_proc WHERE oid = 'author(profiles)'::regprocedure;

-- ---------- they go with their relation ----------

-- somebody else's stays, with a warning
ALTER FUNCTION author(profiles) OWNER TO regress_corm_acc_2;
SET ROLE regress_corm_acc;
SELECT corm.rename_relation('Profile', 'author', 'of');
SELECT corm.create_accessors('Profile');
SELECT corm.drop_accessors('Profile');
SELECT corm.drop_relation('Profile', 'of');
RESET ROLE;
SELECT severity, object, problem, fix FROM corm.check() WHERE object LIKE 'function%' ORDER BY object COLLATE "C";
DROP FUNCTION author(profiles), portrait(authors);
-- what uses one is not dropped along
CREATE VIEW uses AS SELECT a.id, t.id AS friend FROM authors a, friends(a) t;
SELECT corm.drop_relation('Author', 'friends');
SELECT corm.drop_accessors('Author');
SELECT corm.drop_model('Author', true);
DROP VIEW uses;
SELECT corm.drop_relation('Author', 'friends');
SELECT corm.alter_relation('Author', 'follows', skip_reverse => true);
SELECT corm.drop_relation('Post', 'categories', drop_through => true);
SELECT proname, proargtypes[0]::regtype FROM pg_proc WHERE prosrc LIKE '/* corm accessor */%' ORDER BY 1, 2;
-- the same by other people's DDL
SET client_min_messages = notice;
ALTER TABLE posts DROP COLUMN author CASCADE;
ALTER TABLE visits DROP CONSTRAINT visits_who_id_fkey;
SELECT count(*) FROM visits v, who(v);
SELECT severity, object, problem, fix FROM corm.check() WHERE object LIKE 'function%' ORDER BY object COLLATE "C";
ALTER TABLE visits ADD CONSTRAINT visits_who_id_fkey FOREIGN KEY (who_id) REFERENCES authors;
SELECT corm.foreign_key('Visit', 'who', 'Author', columns => '{who_id}');
SELECT corm.create_accessors('Visit');
SELECT object, problem FROM corm.check() WHERE object LIKE 'function%';
-- gone in one transaction, and back
BEGIN;
ALTER TABLE visits DROP CONSTRAINT visits_who_id_fkey;
ALTER TABLE visits ADD CONSTRAINT visits_who_id_fkey FOREIGN KEY (who_id) REFERENCES authors ON DELETE CASCADE;
COMMIT;
SELECT corm.create_accessors('Visit');
-- a table with rows that functions take or return is not dropped by the way
DROP TABLE memberships;
CREATE VIEW uses AS SELECT a.id, t.id AS club FROM authors a, clubs(a) t;
DROP TABLE memberships CASCADE;
SELECT object, problem, fix FROM corm.check() WHERE object LIKE 'function%';
DROP VIEW uses;
DROP FUNCTION clubs(authors);
-- drop_model takes those along that take or return its rows
SELECT corm.drop_model('Event', true);
SELECT proname, proargtypes[0]::regtype FROM pg_proc WHERE prosrc LIKE '/* corm accessor */%' ORDER BY 1, 2;
-- drop_accessors: all of the model's
SELECT corm.drop_accessors('Author');
SELECT corm.drop_accessors('Author');

SET client_min_messages = warning;
DROP SCHEMA t_acc, "t acc.2" CASCADE;
DROP ROLE regress_corm_acc, regress_corm_acc_2;
ALTER EVENT TRIGGER corm_sql_drop :found;
ALTER EVENT TRIGGER corm_ddl_command_end :found;
