-- corm.stats: what this session has done; and that it keeps no more for values
-- and shapes than it should.
SET client_min_messages = warning;
CREATE SCHEMA corm_stats;
SET search_path = corm_stats;
CREATE TABLE a (id int PRIMARY KEY, c1 int, c2 int, c3 int, c4 int, c5 int, c6 int, c7 int, c8 int, c9 int, c10 int);
CREATE TABLE b (id int PRIMARY KEY, a_id int REFERENCES a);
CREATE TABLE links (a_id int REFERENCES a, b_id int REFERENCES b, PRIMARY KEY (a_id, b_id));
INSERT INTO a SELECT i, i % 3 FROM generate_series(1, 10) i;
INSERT INTO b SELECT i, i FROM generate_series(1, 10) i;
SELECT corm.register_model('a'), corm.register_model('b'), corm.register_model('links');
SELECT corm.foreign_key('b', 'a', 'a', 'bs');
SELECT corm.many_to_many('a', 'friends', 'b', through => 'links', related_name => 'of');
-- the difference that a statement makes
CREATE FUNCTION costs(statement text) RETURNS TABLE (calls bigint, statements bigint, plans int, hits bigint, misses bigint, evicted bigint, loads bigint, invalidations bigint) LANGUAGE plpgsql AS $$
DECLARE x record; y record;
BEGIN
	SELECT * INTO x FROM corm.stats();
	EXECUTE statement;
	SELECT * INTO y FROM corm.stats();
	RETURN QUERY SELECT y.calls - x.calls, y.statements - x.statements, y.plans - x.plans, y.plan_hits - x.plan_hits, y.plan_misses - x.plan_misses,
		y.plans_evicted - x.plans_evicted, y.model_loads - x.model_loads, y.invalidations - x.invalidations;
END $$;

-- a session that has done nothing
\c -
SET client_min_messages = warning;
SET search_path = corm_stats;
SELECT * FROM corm.stats();
SELECT pg_typeof(s) AS type, count(*) AS rows FROM corm.stats() s GROUP BY 1;
-- the first call, and the second
SELECT calls, statements, plans, hits, misses, loads FROM costs($$SELECT corm.count('a')$$);
SELECT calls, statements, plans, hits, misses, loads FROM costs($$SELECT corm.count('a')$$);
SELECT models FROM corm.stats();

-- a call counts once, whatever it runs
SELECT q, calls, statements > 0 AS runs FROM unnest(ARRAY[
	$$SELECT corm.list('a')$$, $$SELECT corm.all('a')$$, $$SELECT * FROM corm.all('a')$$, $$SELECT corm.get('a', '{"id": 1}')$$, $$SELECT corm.get_or_none('a', '{"id": 0}')$$,
	$$SELECT corm.first('a')$$, $$SELECT corm.last('a')$$, $$SELECT corm.exists('a')$$, $$SELECT corm.rows(NULL::a, 'a')$$,
	$$SELECT corm.list(corm.prefetch_related('a', 'bs', 'friends'))$$, $$SELECT corm.related('a', 1, 'bs')$$, $$SELECT corm.prefetch('a', ARRAY[1, 2], 'bs')$$,
	$$SELECT corm.create('a', '{"id": 11}')$$, $$SELECT corm.add(corm.relation('a', 11, 'friends'), ARRAY[1, 2])$$, $$SELECT corm.clear(corm.relation('a', 11, 'friends'))$$,
	$$SELECT corm.count(NULL)$$, $$SELECT corm.sql('a')$$, $$SELECT corm.explain('a')$$, $$SELECT corm.objects('a')$$, $$SELECT corm.stats()$$]) q, costs(q);
SELECT calls, statements FROM costs($$SELECT corm.count('a') FROM generate_series(1, 7)$$);
-- what index scans read takes no statement
SELECT calls, statements FROM costs($$SELECT corm.list(corm.prefetch_related('a', 'bs', 'friends'))$$);
SET corm.direct_scan = off;
SELECT calls, statements FROM costs($$SELECT corm.list(corm.prefetch_related('a', 'bs', 'friends'))$$);
RESET corm.direct_scan;
-- one that fails counts as well
SELECT calls, statements FROM costs($$DO 'BEGIN PERFORM corm.count(''nothing''); EXCEPTION WHEN undefined_object THEN NULL; END'$$);
-- DDL makes models known anew
SELECT corm.count('a');
SELECT invalidations > 0 AS noticed, loads > 0 AS loaded FROM costs($$ALTER TABLE a ADD COLUMN c11 int; SELECT corm.count('a')$$);
-- anybody may look, and see what this session did
CREATE ROLE regress_corm_stats;
SET ROLE regress_corm_stats;
SELECT calls > 0 AS calls FROM corm.stats();
RESET ROLE;
DROP ROLE regress_corm_stats;

-- ten thousand values of one shape: not one plan more
SELECT sum(corm.count('a', '{"id": 0, "c1": 0}') + corm.count('a', '{"id__in": [1]}') + corm.count(corm.limit('a', 1)) + corm.count(corm.relation('a', 1, 'bs'))) AS warm;
SELECT plans, misses, hits, evicted FROM costs($$DO 'BEGIN FOR i IN 1 .. 10000 LOOP
	PERFORM corm.count(''a'', jsonb_build_object(''id'', i, ''c1'', -i)); END LOOP; END'$$);
SELECT plans, misses, hits, evicted FROM costs($$DO 'BEGIN FOR i IN 1 .. 300 LOOP
	PERFORM corm.count(''a'', jsonb_build_object(''id__in'', (SELECT jsonb_agg(k) FROM generate_series(1, i) k))),
		corm.count(corm.limit(''a'', i)), corm.count(corm.relation(''a'', i, ''bs'')); END LOOP; END'$$);

-- roots: a plan for each power of two, and as many rows as asked for
SELECT plans, misses, hits, evicted FROM costs($$DO 'BEGIN FOR i IN 1 .. 300 LOOP PERFORM corm.list(corm.limit(''b'', i)); END LOOP; END'$$);
SELECT plans, misses, hits, evicted FROM costs($$SELECT corm.list(corm.limit('b', 65537)), corm.list(corm.limit('b', 65538)), corm.list(corm.limit('b', 9223372036854775807))$$);

-- a thousand shapes: no more plans than the setting says, and bounded memory
SET corm.plan_cache_size = 20;
CREATE FUNCTION ask(first int, last int) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
	FOR n IN first .. last LOOP
		PERFORM corm.count('a', (SELECT jsonb_object_agg('c' || k, n) FROM generate_series(1, 10) k WHERE n & (1 << (k - 1)) <> 0));
	END LOOP;
END $$;
CREATE VIEW memory AS SELECT sum(total_bytes) AS bytes FROM pg_backend_memory_contexts
	WHERE name ~ '^corm' OR name IN ('CachedPlanSource', 'CachedPlanQuery', 'CachedPlan', 'SPI Plan');
SELECT misses, evicted > 480 AS evicted FROM costs('SELECT ask(1, 500)');
SELECT plans FROM corm.stats();
CREATE TEMP TABLE half AS SELECT bytes FROM memory;
SELECT misses, hits, evicted FROM costs('SELECT ask(501, 1000)');
SELECT plans FROM corm.stats();
SELECT memory.bytes <= half.bytes * 1.25 AS bounded FROM memory, half;
-- those of long ago are made again, those of late are there
SELECT hits, misses FROM costs('SELECT ask(1, 10)');
SELECT hits, misses FROM costs('SELECT ask(1, 10)');
RESET corm.plan_cache_size;

DROP SCHEMA corm_stats CASCADE;
