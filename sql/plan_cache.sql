-- Requests of one shape share a plan, and no more plans are kept than
-- corm.plan_cache_size says.
SET client_min_messages = warning;
CREATE SCHEMA test_plans;
SET search_path = test_plans;
CREATE TABLE a (id int PRIMARY KEY, c1 int, c2 int, c3 int, c4 int, c5 int, c6 int, c7 int, c8 int, c9 int, c10 int, c11 int, c12 int, c13 int);
CREATE TABLE b (id int PRIMARY KEY, a_id int REFERENCES a);
INSERT INTO a SELECT i, i, i FROM generate_series(1, 20) i;
INSERT INTO b SELECT i, 1 + i % 20 FROM generate_series(1, 60) i;
SELECT corm.register_model('a'), corm.register_model('b');
SELECT corm.foreign_key('b', 'a', 'a', 'bs');
-- one context of this name for each kept plan
CREATE VIEW kept AS SELECT count(*) AS plans, sum(total_bytes) AS bytes FROM pg_backend_memory_contexts WHERE name = 'corm plan';
CREATE VIEW cache_memory AS SELECT sum(total_bytes) AS bytes FROM pg_backend_memory_contexts
	WHERE name ~ '^corm' OR name IN ('CacheMemoryContext', 'CachedPlanSource', 'CachedPlanQuery', 'CachedPlan', 'SPI Plan');
SHOW corm.plan_cache_size;

-- 10000 values, one shape each
SELECT corm.count('a') AS rows, corm.exists('a') AS any;
SELECT plans FROM kept;
SELECT sum(corm.count('a', jsonb_build_object('id', i))) FROM generate_series(1, 10000) i;
SELECT plans FROM kept;
SELECT sum(corm.count('a', jsonb_build_object('id__in', jsonb_build_array(i, i + 1)))) FROM generate_series(1, 1000) i;
SELECT sum(corm.count('a', jsonb_build_object('id__in', (SELECT jsonb_agg(k) FROM generate_series(1, i) k)))) FROM generate_series(1, 300) i;
-- limits of roots: a plan for each power of two up to 128
SELECT sum(json_array_length(corm.list(corm.limit('a', i)))) FROM generate_series(1, 100) i;
SELECT sum(json_array_length(corm.list(corm.relation('a', i, 'bs')))) FROM generate_series(1, 100) i;
SELECT plans FROM kept;
SELECT sum(json_array_length(x.object::json -> 'bs')) FROM generate_series(1, 30) i,
	LATERAL corm.all(corm.prefetch_related(corm.filter('a', jsonb_build_object('id__lte', i)), jsonb_build_object('bs', jsonb_build_object('limit', i)))) x;
SELECT plans FROM kept;
-- values of another kind are another shape: null, an empty list
SELECT corm.count('a', '{"c3": null}') AS null, corm.count('a', '{"c3": 1}') AS value, corm.count('a', '{"id__in": []}') AS empty, corm.count('a', '{"id__in": [null]}') AS in_null;
SELECT plans FROM kept;

-- many different shapes: every subset of 13 columns, twice
CREATE FUNCTION shape(n int) RETURNS text[] LANGUAGE sql IMMUTABLE AS
	$$ SELECT array_agg('c' || k) FROM generate_series(1, 13) k WHERE n & (1 << (k - 1)) <> 0 $$;
SELECT count(corm.first(corm.fields('a', VARIADIC shape(n)))) FROM generate_series(1, 2000) n;
SELECT plans FROM kept;
CREATE TEMP TABLE before AS SELECT bytes FROM cache_memory;
SELECT count(corm.first(corm.fields('a', VARIADIC shape(n)))) FROM generate_series(2001, 8191) n;
SELECT count(corm.first(corm.fields('a', VARIADIC shape(n)))) FROM generate_series(1, 2000) n;
SELECT plans FROM kept;
SELECT cache_memory.bytes < before.bytes * 1.5 AS bounded FROM cache_memory, before;

-- fewer, one, and more
SET corm.plan_cache_size = 10;
SELECT corm.count('a');
SELECT plans FROM kept;
SET corm.plan_cache_size = 1;
SELECT json_array_length(corm.list(corm.prefetch_related('a', 'bs__a__bs'))) AS rows;
SELECT plans BETWEEN 1 AND 2 AS few FROM kept;
SELECT corm.count('a') AS a, corm.count('b') AS b, corm.count('a') AS a;
SELECT plans FROM kept;
SET corm.plan_cache_size = 3;
SELECT corm.count('a'), corm.count('b'), corm.exists('a'), corm.exists('b');
SELECT plans FROM kept;
-- a plan that is in use is not thrown out under the call that uses it
SET corm.plan_cache_size = 1; SET corm.batch_size = 1;
CREATE FUNCTION nested(i int) RETURNS bigint LANGUAGE sql STABLE AS $$ SELECT corm.count('a', jsonb_build_object('c' || i % 13 + 1, i)) + corm.count('b') $$;
CREATE VIEW v AS SELECT id, nested(id) AS n FROM a;
SELECT corm.register_model('v', key => '{id}');
SELECT corm.list(corm.filter('v', '{"id__lte": 3}'));
SELECT count(*) FROM (SELECT corm.all(corm.prefetch_related('a', 'bs__a')), corm.all('b')) x;
SELECT plans FROM kept;
SELECT count(*) FROM (SELECT corm.all(corm.prefetch_related('a', 'bs')) LIMIT 3) x;

-- errors do not pin plans for good
CREATE FUNCTION fails(int) RETURNS int LANGUAGE plpgsql AS $$ BEGIN RAISE division_by_zero; END $$;
CREATE VIEW w AS SELECT id, fails(id) AS n FROM a;
SELECT corm.register_model('w', key => '{id}');
SET corm.plan_cache_size = 5;
DO $$ BEGIN
	FOR i IN 1 .. 200 LOOP
		BEGIN
			PERFORM corm.list(corm.filter(corm.fields('w', 'n'), jsonb_build_object('OR', (SELECT jsonb_agg('{"id": 1}'::jsonb) FROM generate_series(1, i)))));
			RAISE 'not reached';
		EXCEPTION WHEN division_by_zero THEN NULL;
		END;
	END LOOP;
	IF (SELECT plans FROM test_plans.kept) > 5 THEN RAISE 'too many plans'; END IF;
END $$;
SELECT corm.count('a');
SELECT plans <= 5 AS few FROM kept;
-- nor does what cannot be planned stay
SELECT corm.count('a', '{"c1": "x"}');
SELECT corm.count('a', '{"nothing": 1}');
SELECT plans <= 5 AS few FROM kept;

-- generic, custom and automatic plans answer the same
RESET corm.plan_cache_size; RESET corm.batch_size;
CREATE TEMP TABLE answers (mode text, n int, answer text);
CREATE PROCEDURE ask(mode text) LANGUAGE plpgsql AS $$
BEGIN
	PERFORM set_config('plan_cache_mode', mode, false);
	FOR i IN 1 .. 8 LOOP
		INSERT INTO answers SELECT mode, i, corm.list(corm.prefetch_related(corm.filter('a', jsonb_build_object('id__lte', i)), jsonb_build_object('bs', jsonb_build_object('limit', i))))::text
			|| corm.count('a', jsonb_build_object('bs__id__in', jsonb_build_array(i, 3)));
	END LOOP;
END $$;
CALL ask('force_custom_plan'); CALL ask('force_generic_plan'); CALL ask('auto');
SELECT n, count(DISTINCT answer) AS answers, min(length(answer)) > 50 AS some FROM answers GROUP BY n ORDER BY n;
RESET plan_cache_mode;

-- small batches and small memory answer the same
SET corm.batch_size = 1; SET work_mem = '64kB'; CALL ask('auto');
SET corm.batch_size = 7; SET corm.plan_cache_size = 1; CALL ask('force_generic_plan');
SELECT count(*) AS calls, count(DISTINCT (n, answer)) AS answers FROM answers;

DROP SCHEMA test_plans CASCADE;
