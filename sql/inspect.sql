-- corm.sql and corm.explain: what a verb runs, readable and safe to paste; the
-- level in the comment of every statement and in the context of errors.
SET client_min_messages = warning;
CREATE SCHEMA corm_inspect;
SET search_path = corm_inspect;
CREATE TABLE authors (id int PRIMARY KEY, name text, mood text, born date, pic bytea);
CREATE TABLE posts (id int PRIMARY KEY, author_id int REFERENCES authors, title text);
CREATE INDEX ON posts (author_id);
CREATE TABLE comments (id int PRIMARY KEY, post_id int REFERENCES posts, body text);
CREATE INDEX ON comments (post_id);
CREATE TABLE tags (id int PRIMARY KEY, name text);
SELECT corm.register_model('authors', 'Author'), corm.register_model('posts', 'Post'), corm.register_model('comments', 'Comment'), corm.register_model('tags', 'Tag');
SELECT corm.foreign_key('Post', 'author', 'Author', 'posts'), corm.foreign_key('Comment', 'post', 'Post', 'comments');
SELECT corm.many_to_many('Post', 'tags', 'Tag', related_name => 'posts');
INSERT INTO authors SELECT i, 'a' || i FROM generate_series(1, 3) i;
INSERT INTO posts SELECT i, 1 + i % 2, 'p' || i FROM generate_series(1, 6) i;
INSERT INTO comments SELECT i, 1 + i % 6, 'c' || i FROM generate_series(1, 12) i;
CREATE FUNCTION try(statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE message text; hint text;
BEGIN
	EXECUTE statement;
	RETURN 'no error';
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS message = MESSAGE_TEXT, hint = PG_EXCEPTION_HINT;
	RETURN concat_ws(' | ', SQLSTATE, message, nullif(hint, ''));
END $$;

-- lines begin where clauses do, at the outermost level alone
\pset format unaligned
\pset tuples_only on
SELECT corm.sql(corm.objects('Author', '{"posts__title": "x", "mood__in": ["a", null], "id__gt": 1}', order_by => '{-posts__title,name}', fields => '{id}', limit_count => 5, offset_count => 2));
SELECT corm.sql(corm.objects('Post', '{"author__name": "Ann"}', fields => '{id}', prefetch_related => '{"comments": {"fields": ["id"], "limit": 2, "filter": {"body": "b"}}}'));
SELECT corm.sql(corm.objects('Post', '{"author__name": "Ann"}', limit_count => 3), 'count');
SELECT corm.sql(corm.relation('Post', 1, 'tags', fields => '{id}'), 'first');
SELECT corm.sql(corm.objects('Post', '{"id": 1}'), 'exists');
\pset tuples_only off
\pset format aligned

-- the text that is run is the same without the breaks: one plan, not two
SELECT corm.count('Post', '{"author__name": "Ann", "title__ne": "x"}');
SELECT plans AS before, plan_hits AS hits FROM corm.stats() \gset
SELECT count(*) FROM corm.sql(corm.filter('Post', '{"author__name": "Ann", "title__ne": "x"}'), 'count');
SELECT corm.count('Post', '{"author__name": "Bob", "title__ne": "y"}');
SELECT plans - :before AS new_plans, plan_hits - :hits AS hits FROM corm.stats();

-- parameters: by the output function, as literals, each on one line
CREATE FUNCTION shown(filter jsonb) RETURNS SETOF text LANGUAGE sql STABLE AS
	$$ SELECT l FROM corm.sql(corm.filter('Author', filter), 'count') s, regexp_split_to_table(s, '\n') l WHERE l LIKE '--%' $$;
SELECT shown('{"name": "O''Neil"}') UNION ALL SELECT shown('{"id__in": [1, 2, 3]}') UNION ALL SELECT shown('{"born": "2000-02-29"}')
	UNION ALL SELECT shown('{"pic": "\\x00ff"}') UNION ALL SELECT shown('{"name__contains": "50%_\\"}') UNION ALL SELECT shown('{"name": ""}');
SELECT shown('{"name": "a\nDROP TABLE authors; --\r\n\u0001\u007f\tb"}');
SELECT shown('{"name__in": ["x''\n''; DROP TABLE authors;", "\\"]}');
-- null is no parameter, an empty list neither
SELECT count(*) FROM shown('{"name": null, "id__in": []}');
-- what is shown means what was asked for
CREATE FUNCTION meaning(literal text) RETURNS text LANGUAGE plpgsql AS $$ DECLARE v text; BEGIN EXECUTE 'SELECT ' || literal INTO v; RETURN v; END $$;
SELECT count(*), bool_and(asked = meaning(substring(l FROM ' = (.*)$'))) AS same
	FROM unnest(ARRAY['plain', 'quote''s', 'back\slash', 'üñí', '$1 -- /* */', E'two\nlines\r', E'tab\t''\\''', E'\u00019']) asked, shown(jsonb_build_object('name', asked)) l;
-- long values are cut between characters, and say so
SELECT length(l) AS length, right(l, 40) AS ends FROM shown(jsonb_build_object('name', repeat('x', 100000))) l;
SELECT shown(jsonb_build_object('name', repeat('x', 200))) ~ E'x''::' AS whole, shown(jsonb_build_object('name', repeat('x', 201))) ~ E'x''\\.\\.\\.::' AS cut;
SELECT octet_length(substring(l FROM '''x(é+)''')) AS bytes FROM shown(jsonb_build_object('name', 'x' || repeat('é', 150))) l;
SELECT length(l) < 260 AS short FROM shown(jsonb_build_object('id__in', (SELECT jsonb_agg(i) FROM generate_series(1, 10000) i))) l;
-- as a whole it runs, and nothing but the statement does
CREATE TABLE victims (id int);
CREATE TYPE "odd
DROP TABLE victims; --" AS ENUM ('a');
CREATE TABLE odds (id int PRIMARY KEY, v "odd
DROP TABLE victims; --", "from
 where" int);
SELECT corm.register_model('odds', E'Odd*/ DROP TABLE victims; --\n/*');
SELECT corm.count('"Odd*/ DROP TABLE victims; --
/*"', '{"v": "a"}');
SELECT corm.sql(corm.filter('"Odd*/ DROP TABLE victims; --
/*"', '{"id__gt": 1}'));
SELECT count(*) AS lines, bool_and(l LIKE '-- $1 = ''a''::%') AS comment FROM corm.sql(corm.filter('"Odd*/ DROP TABLE victims; --
/*"', '{"v": "a"}'), 'count') s, regexp_split_to_table(substring(s FROM '\n(--.*)$'), '\n') l;
SELECT replace(corm.sql('"Odd*/ DROP TABLE victims; --
/*"', 'count'), '$1', '''a''') \gexec
SELECT count(*) FROM victims;
-- values are read as the verb reads them
SELECT try($$SELECT corm.sql(corm.filter('Author', '{"id": "x"}'))$$);
SELECT try($$SELECT corm.sql(corm.filter('Author', '{"born": "2000-02-30"}'), 'count')$$);

-- verbs
SELECT verb, count(*) AS statements, min(regexp_replace(s, '\s+', ' ', 'g')) ~ 'LIMIT' AS "limit"
	FROM unnest('{all,list,rows,get,get_or_none,first,last,count,exists}'::text[]) verb, corm.sql('Post', verb) s GROUP BY verb ORDER BY verb;
SELECT try($$SELECT corm.sql('Post', 'create')$$);
SELECT try($$SELECT corm.sql('Post', '')$$);
SELECT try($$SELECT corm.sql(corm.prefetch_related('Post', 'comments'), 'rows')$$);
SELECT try($$SELECT corm.sql(corm.offset('Post', 1), 'last')$$);
SELECT try($$SELECT corm.sql('Pots', 'count')$$);
SELECT count(*) FROM corm.sql(NULL) UNION ALL SELECT count(*) FROM corm.sql('Post', NULL);

-- explain: a heading for each level that index scans read, and what they read
SET enable_seqscan = off;
SELECT line FROM corm.explain(corm.prefetch_related('Author', 'posts__comments', 'posts__tags')) line WHERE line !~ 'Sort|cost=' ORDER BY line COLLATE "C";
SELECT line FROM corm.explain(corm.prefetch_related('Author', '{"posts": {"filter": {"id__gt": 0}, "prefetch_related": ["comments"]}}'), execute => true) line WHERE line !~ '^  ' OR line ~ 'Index scans' ORDER BY line COLLATE "C";
SELECT line FROM corm.explain(corm.prefetch_related('Post', 'author', 'comments'), 'get') line WHERE line ~ 'Index scans';
RESET enable_seqscan;
-- a heading for each statement, its plan indented
SET corm.direct_scan = off;
CREATE FUNCTION plan(q corm.queryset, verb text DEFAULT 'all', execute boolean DEFAULT false)
	RETURNS TABLE (heading text, scans boolean, measured boolean) LANGUAGE sql STABLE AS $$
	WITH l AS (SELECT n, line, count(*) FILTER (WHERE line !~ '^ ') OVER (ORDER BY n) AS part FROM corm.explain(q, verb, execute) WITH ORDINALITY AS e(line, n))
	SELECT min(line) FILTER (WHERE line !~ '^ '), bool_or(line ~ '^  .*(Index Only Scan|Index Scan|Seq Scan|Heap Scan|Result)'),
		bool_or(line ~ 'actual .*rows=') AND bool_or(line ~ '^  Execution Time')
	FROM l GROUP BY part ORDER BY part $$;
SELECT * FROM plan('Post');
SELECT * FROM plan(corm.prefetch_related('Author', 'posts__comments', 'posts__tags'));
SELECT * FROM plan(corm.prefetch_related('Author', '{"posts": {"limit": 2}}'), 'get');
SELECT * FROM plan(corm.select_related('Post', 'author'), 'first');
SELECT verb, heading, scans, measured FROM unnest('{all,list,rows,get,get_or_none,first,last,count,exists}'::text[]) verb, plan('Post', verb) ORDER BY verb;
SELECT verb, heading, scans, measured FROM unnest('{all,list,rows,get,get_or_none,first,last,count,exists}'::text[]) verb, plan('Post', verb, true) ORDER BY verb;
-- with its actual keys: a level without parents is not run
SELECT * FROM plan(corm.prefetch_related('Author', 'posts__comments'), execute => true);
SELECT * FROM plan(corm.prefetch_related('Author', 'posts__comments'), 'first', true);
SELECT * FROM plan(corm.prefetch_related(corm.filter('Author', '{"id": 3}'), 'posts__comments'), execute => true);
SELECT substring(line FROM 'actual .*(rows=\d+)') AS roots FROM corm.explain(corm.filter('Post', '{"id__lte": 4}'), 'all', true) line WHERE line ~ 'actual' LIMIT 1;
-- every batch is a statement
SET corm.batch_size = 2;
SELECT heading, count(*) FROM plan(corm.prefetch_related('Post', 'comments'), execute => true) GROUP BY heading ORDER BY heading;
RESET corm.batch_size;
-- keys that are not known are not taken for none: the estimate is that of any keys
CREATE TABLE big (id int PRIMARY KEY, author_id int REFERENCES authors);
INSERT INTO big SELECT i, 1 + i % 3 FROM generate_series(1, 3000) i;
ANALYZE big;
SELECT corm.register_model('big', 'Big'), corm.foreign_key('Big', 'author', 'Author', 'bigs');
SELECT max(substring(line FROM ' rows=(\d+)')::int) > 100 AS many FROM corm.explain(corm.prefetch_related('Author', 'bigs')) line WHERE line ~ 'big';

-- without execute nothing runs; what is run does not show what it runs itself
CREATE SEQUENCE runs;
CREATE FUNCTION counted(int) RETURNS bigint LANGUAGE plpgsql VOLATILE AS $$ BEGIN RETURN nextval('corm_inspect.runs') + corm.count('corm_inspect.Tag'); END $$;
CREATE VIEW v AS SELECT id, author_id, counted(id) AS n FROM posts;
SELECT corm.register_model('v', 'View', '{id}');
SELECT count(*) > 1 AS planned FROM corm.explain('View');
SELECT is_called FROM runs;
SELECT heading FROM plan('View', execute => true);
SELECT last_value AS twice_each FROM runs;
SELECT count(*) FROM corm.explain(NULL) UNION ALL SELECT count(*) FROM corm.explain('Post', NULL);
SELECT count(*) FROM corm.explain('Post', 'count', NULL);
-- errors
SELECT try($$SELECT corm.explain('Post', 'delete')$$);
SELECT try($$SELECT corm.explain('Post', 'add', true)$$);
SELECT try($$SELECT corm.explain(corm.filter('Post', '{"id": "x"}'))$$);
SELECT try($$SELECT corm.explain(corm.filter('Post', '{"nothing": 1}'))$$);
-- an error half-way ends the watching
CREATE FUNCTION fails(int) RETURNS int LANGUAGE plpgsql AS $$ BEGIN RAISE division_by_zero; END $$;
CREATE VIEW w AS SELECT id, fails(id) AS n FROM posts;
SELECT corm.register_model('w', 'Failing', '{id}');
SELECT try($$SELECT corm.explain('Failing')$$) AS planned, try($$SELECT corm.explain('Failing', 'all', true)$$) AS run;
SELECT corm.count('Post');
-- as the caller: rights hold, without execute as well
CREATE ROLE regress_corm_inspect;
GRANT USAGE ON SCHEMA corm_inspect TO regress_corm_inspect;
GRANT SELECT ON posts, tags TO regress_corm_inspect;
SET ROLE regress_corm_inspect;
SELECT heading FROM plan('Post');
SELECT try($$SELECT corm.explain('corm_inspect.Author')$$);
SELECT try($$SELECT corm.explain(corm.fields('corm_inspect.Author', 'id'), 'count')$$);
SELECT try($$SELECT corm.explain(corm.prefetch_related('corm_inspect.Post', 'comments'), 'all', true)$$);
RESET ROLE;
-- read only
BEGIN READ ONLY;
SELECT count(*) > 0 AS explained FROM corm.explain('Post', 'list', true);
ROLLBACK;

-- the comment of each inner statement and its level, as seen from within it:
-- by policies what is read, by triggers what is written
CREATE FUNCTION level() RETURNS text LANGUAGE plpgsql VOLATILE AS $$
DECLARE context text;
BEGIN
	GET DIAGNOSTICS context = PG_CONTEXT;
	RETURN (SELECT string_agg(m[1], ' < ') FROM regexp_matches(context, '(/\* corm .*? \*/ [A-Z]+|(?:loading|writing|running) [^\n]*)', 'g') m);
END $$;
CREATE FUNCTION seen() RETURNS boolean LANGUAGE plpgsql VOLATILE COST 0.0001 AS $$ BEGIN RAISE NOTICE '%', corm_inspect.level(); RETURN true; END $$;
CREATE FUNCTION seen_writing() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE NOTICE '%', corm_inspect.level(); RETURN NULL; END $$;
TRUNCATE authors, posts, comments, tags CASCADE;
INSERT INTO authors VALUES (1, 'a'); INSERT INTO posts VALUES (1, 1, 'p'); INSERT INTO comments VALUES (1, 1, 'c'); INSERT INTO tags VALUES (1, 't'), (2, 'u');
GRANT ALL ON ALL TABLES IN SCHEMA corm_inspect TO regress_corm_inspect;
DO $$
DECLARE t text;
BEGIN
	FOREACH t IN ARRAY '{authors,posts,comments,posts_tags}'::text[] LOOP
		EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
		EXECUTE format('CREATE POLICY p ON %I USING (seen()) WITH CHECK (true)', t);
		EXECUTE format('CREATE TRIGGER w BEFORE INSERT OR UPDATE OR DELETE ON %I EXECUTE FUNCTION seen_writing()', t);
	END LOOP;
END $$;
SET client_min_messages = notice;
\set VERBOSITY terse
SET ROLE regress_corm_inspect;
SELECT corm.count('Post'), corm.exists('Post');
SELECT count(*) FROM corm.rows(NULL::posts, 'Post');
SELECT corm.get(corm.prefetch_related('Author', 'posts__comments'));
SELECT corm.all(corm.prefetch_related('Post', 'comments'));
SELECT * FROM corm.prefetch('Post', ARRAY[1], 'comments');
SELECT corm.list(corm.relation('Post', 1, 'comments'));
SELECT corm.create('Comment', '{"id": 2, "body": "x", "post": 1}');
SELECT corm.create(corm.relation('Post', 1, 'comments'), '{"id": 3, "body": "y"}');
SELECT corm.add(corm.relation('Post', 1, 'tags'), 1);
SELECT corm.set(corm.relation('Post', 1, 'tags'), 2);
SELECT corm.remove(corm.relation('Post', 1, 'tags'), 2);
SELECT corm.clear(corm.relation('Post', 1, 'tags'));
RESET ROLE; SET client_min_messages = warning; DELETE FROM comments WHERE id > 1; SET client_min_messages = notice; SET ROLE regress_corm_inspect;
SELECT corm.set(corm.relation('Post', 1, 'comments'), '[]'::jsonb);
SELECT corm.add(corm.relation('Post', 1, 'comments'), 1);
SELECT corm.remove(corm.relation('Post', 1, 'comments'), 1, delete_children => true);
SELECT corm.set(corm.relation('Post', 1, 'author'), 1);
SELECT corm.clear(corm.relation('Post', 1, 'author'));
RESET ROLE;
SET client_min_messages = warning;
\set VERBOSITY default

DROP SCHEMA corm_inspect CASCADE;
DROP ROLE regress_corm_inspect;
