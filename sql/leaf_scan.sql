-- Index entries that are read from the leaf they are known to be on: whatever has
-- become of the index since, rows are those that statements find, and leaves are
-- asked where they may be, nowhere else.
SET client_min_messages = warning;
CREATE SCHEMA corm_leaf;
SET search_path = corm_leaf;
SET corm.direct_scan = on;
-- texts of rows that are kept would spare a look at their index
SET corm.row_cache_size = 0;
SET timezone = 'UTC';
\pset format unaligned
\pset tuples_only on

CREATE FUNCTION hits() RETURNS bigint LANGUAGE sql AS 'SELECT leaf_hits FROM corm.stats()';
CREATE FUNCTION leaves() RETURNS int LANGUAGE sql AS 'SELECT leaves_known FROM corm.stats()';
-- Rows by their keys, one call for each: are they those of statements, how many are
-- there, how many lookups found a leaf?
CREATE FUNCTION gets(q corm.queryset, keys anyarray, OUT same boolean, OUT there int, OUT hits bigint) LANGUAGE plpgsql AS $$
DECLARE
	setting text := current_setting('corm.direct_scan');
	direct text[] := '{}';
	plain text[] := '{}';
BEGIN
	hits := hits();
	FOR i IN 1 .. cardinality(keys) LOOP
		direct[i] := corm.get_or_none(q, jsonb_build_object('id', keys[i]));
	END LOOP;
	hits := hits() - hits;
	PERFORM set_config('corm.direct_scan', 'off', true);
	FOR i IN 1 .. cardinality(keys) LOOP
		plain[i] := corm.get_or_none(q, jsonb_build_object('id', keys[i]));
	END LOOP;
	PERFORM set_config('corm.direct_scan', setting, true);
	same := direct IS NOT DISTINCT FROM plain;
	there := (SELECT count(d) FROM unnest(direct) d);
END $$;
CREATE FUNCTION gets(q corm.queryset, first bigint, last bigint, OUT same boolean, OUT there int, OUT hits bigint)
LANGUAGE sql AS 'SELECT * FROM gets(q, ARRAY(SELECT generate_series(first, last)))';
-- A list: pushed, pulled, by statements; of an error its text.
CREATE FUNCTION list(q corm.queryset, scans boolean) RETURNS text LANGUAGE plpgsql AS $$
DECLARE r text;
BEGIN
	PERFORM set_config('corm.direct_scan', scans::text, true);
	r := corm.list(q);
	IF r <> (SELECT '[' || coalesce(string_agg(a::text, ','), '') || ']' FROM (SELECT corm.all(q) a) x) THEN
		RETURN 'all is not list';
	END IF;
	RETURN r;
EXCEPTION WHEN OTHERS THEN
	RETURN SQLSTATE || ' ' || SQLERRM;
END $$;
CREATE FUNCTION lists(q corm.queryset, OUT same boolean, OUT objects text, OUT hits bigint) LANGUAGE plpgsql AS $$
DECLARE
	setting text := current_setting('corm.direct_scan');
	direct text;
	plain text;
BEGIN
	hits := hits();
	direct := list(q, true);
	hits := hits() - hits;
	plain := list(q, false);
	PERFORM set_config('corm.direct_scan', setting, true);
	same := direct = plain;
	objects := CASE WHEN plain LIKE '[%' THEN (length(plain) - length(replace(plain, '"id":', ''))) / 5 || ' objects' ELSE plain END;
END $$;

-- a tree that is one leaf: it is known after 32 lookups, and has every key since,
-- those that no row has too
CREATE TABLE one (id int PRIMARY KEY, v text);
INSERT INTO one SELECT 2 * i, 'v' || i FROM generate_series(1, 100) i;
SELECT corm.register_model('one');
SELECT * FROM gets('one', 1, 32);
SELECT leaves(), hits();
SELECT * FROM gets('one', 1, 1);
SELECT leaves(), hits();
SELECT * FROM gets('one', -10, 210);
-- no lookup, no hit: without direct scans, of no key, of none that there can be
SET corm.direct_scan = off;
SELECT * FROM gets('one', 1, 10);
SET corm.direct_scan = on;
SELECT * FROM lists(corm.objects('one', '{"id": null}'));
SELECT * FROM gets('one', 2147483647, 2147483648);
SELECT * FROM gets('one', '{2147483647,-2147483648}'::int[]);
-- under SERIALIZABLE the index scan does it, which locks what it has read
BEGIN ISOLATION LEVEL SERIALIZABLE;
SELECT * FROM gets('one', 1, 50);
COMMIT;
BEGIN ISOLATION LEVEL REPEATABLE READ;
SELECT * FROM gets('one', 1, 50);
COMMIT;
-- an empty tree has no leaf; one that is filled gets one, and loses its rows again
BEGIN;
CREATE TABLE none (id int PRIMARY KEY);
SELECT corm.register_model('none');
SELECT * FROM gets('none', 1, 100);
INSERT INTO none SELECT generate_series(1, 9);
SELECT * FROM gets('none', 1, 64);
SELECT * FROM gets('none', 1, 64);
DELETE FROM none;
SELECT * FROM gets('none', 1, 64);
ROLLBACK;

-- The leaf becomes a tree: the old one is asked for what it does not have any more,
-- until what is known is found to be too old.
INSERT INTO one SELECT i, 'n' || i FROM generate_series(1, 4000) i ON CONFLICT DO NOTHING;
SELECT same, there FROM gets('one', ARRAY(SELECT i * 7 % 4001 FROM generate_series(1, 500) i));
SELECT same, there FROM gets('one', ARRAY(SELECT 2000 + i % 2 FROM generate_series(1, 200) i));
SELECT * FROM gets('one', ARRAY(SELECT 2000 + i % 2 FROM generate_series(1, 200) i));
-- Rows that come in the order of their keys: what is known of the last leaf moves
-- along with new ones, and is of no use for the keys that it leaves behind.
CREATE TABLE growing (id int PRIMARY KEY, v int);
INSERT INTO growing SELECT i FROM generate_series(1, 10) i;
SELECT corm.register_model('growing');
CREATE FUNCTION grow(of text, first int, last int, OUT seen int, OUT hits bigint) LANGUAGE plpgsql AS $$
BEGIN
	hits := hits();
	seen := 0;
	FOR i IN first .. last LOOP
		EXECUTE format('INSERT INTO %I VALUES ($1, -$1)', of) USING i;
		seen := seen + CASE WHEN corm.get_or_none(corm.objects(of), jsonb_build_object('id', i))->>'v' = (-i)::text THEN 1 ELSE 0 END;
	END LOOP;
	hits := hits() - hits;
END $$;
SELECT seen, hits > 1900 FROM grow('growing', 11, 2100);
SELECT same, there FROM gets('growing', 1, 60);
SELECT same, there FROM gets('growing', ARRAY(SELECT i * 101 % 2110 FROM generate_series(1, 300) i));
-- until they are taken back
BEGIN;
SELECT seen, hits > 1900 FROM grow('growing', 2101, 4200);
ROLLBACK;
SELECT same, there FROM gets('growing', 2080, 2140);
VACUUM growing;
SELECT same, there FROM gets('growing', 2080, 2140);
SELECT seen FROM grow('growing', 2101, 2600);
SELECT same, there FROM gets('growing', 2080, 2640);
-- Several leaves: a key is looked for behind keys that are smaller, so the first one
-- of each leaf is not found on it, but for the first leaf's.
CREATE TABLE steps (id int PRIMARY KEY);
INSERT INTO steps SELECT generate_series(1, 2000);
ALTER TABLE steps DROP CONSTRAINT steps_pkey, ADD PRIMARY KEY (id) WITH (fillfactor = 10);
SELECT corm.register_model('steps');
SELECT * FROM gets('steps', array_fill(0, ARRAY[32]));
SELECT leaves() AS before \gset
SELECT * FROM gets('steps', 1, 2000) \gset
SELECT :'same', :there, :hits = 2000 - (leaves() - :before - 1), leaves() - :before BETWEEN 30 AND 100;
-- many leaves below several pages
CREATE TABLE deep (id int PRIMARY KEY, v int) WITH (autovacuum_enabled = off);
INSERT INTO deep SELECT i, -i FROM generate_series(1, 20000) i;
ALTER TABLE deep DROP CONSTRAINT deep_pkey, ADD PRIMARY KEY (id) WITH (fillfactor = 10);
SELECT corm.register_model('deep');
SELECT leaves() AS before \gset
SELECT same, there, hits BETWEEN 2850 AND 2968 FROM gets('deep', 1, 3000);
SELECT leaves() - :before BETWEEN 200 AND 400;
SELECT same, there, hits BETWEEN 1040 AND 1100 FROM gets('deep', 19000, 20100);
SELECT same, there, hits BETWEEN 350 AND 399 FROM gets('deep', ARRAY(SELECT i * 7919 % 20001 FROM generate_series(1, 400) i));

-- Pages that are emptied and deleted, then filled with other keys; what is known
-- has the old ones.
DELETE FROM deep WHERE id BETWEEN 500 AND 15000;
SELECT same, there FROM gets('deep', 450, 1000);
VACUUM deep;
SELECT same, there FROM gets('deep', 450, 1000);
SELECT same, there FROM gets('deep', 14900, 15100);
INSERT INTO deep VALUES (5000000);
VACUUM deep;
INSERT INTO deep SELECT -i, i FROM generate_series(1, 3000) i;
INSERT INTO deep SELECT 30000 + 3 * i, i FROM generate_series(1, 3000) i;
INSERT INTO deep SELECT 7000 + i, i FROM generate_series(1, 300) i;
SELECT same, there FROM gets('deep', -300, 700);
SELECT same, there FROM gets('deep', 6900, 7400);
SELECT same, there FROM gets('deep', ARRAY(SELECT 30000 + i * 7919 % 9100 FROM generate_series(1, 500) i));
-- a page that others' keys have by now, while the keys it had are elsewhere
CREATE TABLE moved (id int PRIMARY KEY) WITH (autovacuum_enabled = off);
INSERT INTO moved SELECT generate_series(1, 5000);
ALTER TABLE moved DROP CONSTRAINT moved_pkey, ADD PRIMARY KEY (id) WITH (fillfactor = 10);
SELECT corm.register_model('moved');
SELECT same, there, hits > 150 FROM gets('moved', ARRAY(SELECT generate_series(1, 5000, 25)));
DELETE FROM moved WHERE id BETWEEN 1000 AND 4000;
VACUUM moved;
INSERT INTO moved VALUES (5001);
VACUUM moved;
INSERT INTO moved SELECT generate_series(5002, 15000);
INSERT INTO moved SELECT generate_series(2000, 2050);
SELECT same, there FROM gets('moved', 2011, 2050);
SELECT same, there FROM gets('moved', ARRAY(SELECT generate_series(4000, 15000, 100)));
SELECT same, there FROM gets('moved', ARRAY(SELECT generate_series(1, 15000, 40)));
-- Dead entries: where one is met, the index scan gets to look at the leaf 16 times,
-- which marks it; then the leaf is read again, without it.  (It is dead when nobody
-- has an older snapshot, and when the log has the commit.)
SET synchronous_commit = on;
CREATE PROCEDURE alone() LANGUAGE plpgsql AS $$
BEGIN
	WHILE EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_xmin IS NOT NULL) LOOP
		PERFORM pg_stat_clear_snapshot(), pg_sleep(0.01);
	END LOOP;
END $$;
CREATE TABLE fading (id int PRIMARY KEY) WITH (autovacuum_enabled = off);
INSERT INTO fading SELECT generate_series(1, 100);
SELECT corm.register_model('fading');
SELECT * FROM gets('fading', 1, 52);
DELETE FROM fading WHERE id = 50;
CALL alone();
SELECT * FROM gets('fading', 50, 50);
SELECT * FROM gets('fading', array_fill(50, ARRAY[20]));
SELECT * FROM gets('fading', 40, 60);
RESET synchronous_commit;
-- a leaf without any entry, which stays as it is the last one
DELETE FROM fading;
CALL alone();
VACUUM fading;
SELECT * FROM gets('fading', 1, 40);
INSERT INTO fading VALUES (7);
SELECT * FROM gets('fading', 1, 40);
-- the same rows under new keys, again and again: entries of many versions
UPDATE deep SET id = id + 1000000 WHERE id > 29000;
UPDATE deep SET v = v + 1 WHERE id > 1000000;
UPDATE deep SET id = id - 1000000 WHERE id > 1000000;
UPDATE deep SET id = -id WHERE id > 29000;
SELECT same, there FROM gets('deep', ARRAY(SELECT (CASE WHEN i % 2 = 0 THEN 1 ELSE -1 END) * (30000 + i * 7919 % 9100) FROM generate_series(1, 500) i));
SELECT same, there FROM gets('deep', ARRAY(SELECT 1030000 + i * 7919 % 9100 FROM generate_series(1, 300) i));
-- a row that goes and comes, where its entries die
DO $$ BEGIN FOR i IN 1 .. 300 LOOP DELETE FROM deep WHERE id = 100; INSERT INTO deep VALUES (100, i); END LOOP; END $$;
SELECT same, there FROM gets('deep', array_fill(100, ARRAY[40]));
SELECT same, there FROM gets('deep', 80, 120);

-- keys that are not spread evenly: powers, clusters, the ends
CREATE TABLE uneven (id bigint PRIMARY KEY);
INSERT INTO uneven SELECT DISTINCT k FROM (SELECT 1::bigint << i FROM generate_series(0, 62) i UNION ALL SELECT -(1::bigint << i) FROM generate_series(0, 62) i
	UNION ALL SELECT i::bigint * i * i * i FROM generate_series(1, 2000) i UNION ALL SELECT (1::bigint << 62) + i FROM generate_series(1, 700) i
	UNION ALL SELECT 9223372036854775807 - i FROM generate_series(0, 900, 3) i UNION ALL SELECT -9223372036854775807 + i FROM generate_series(-1, 900, 3) i) x(k);
SELECT corm.register_model('uneven');
CREATE VIEW around AS SELECT DISTINCT CASE WHEN d > 0 AND id > 9223372036854775807 - d OR d < 0 AND id < -9223372036854775808 - d THEN id ELSE id + d END AS k
	FROM (SELECT id, row_number() OVER (ORDER BY id) AS n FROM uneven) u, generate_series(-1, 1) d WHERE n % 7 IN (0, 3) OR n < 40 OR n > (SELECT count(*) - 40 FROM uneven);
SELECT same, there > 900, hits > 2000 FROM gets('uneven', ARRAY(SELECT k FROM around ORDER BY k));
SELECT same, there > 900, hits > 2000 FROM gets('uneven', ARRAY(SELECT k FROM around ORDER BY hashint8(k), k));
REINDEX TABLE uneven;
SELECT same, there > 900, hits > 2000 FROM gets('uneven', ARRAY(SELECT k FROM around ORDER BY k));
ALTER TABLE uneven DROP CONSTRAINT uneven_pkey, ADD PRIMARY KEY (id) WITH (fillfactor = 10);
SELECT same, there > 900, hits > 2000 FROM gets('uneven', ARRAY(SELECT k FROM around ORDER BY hashint8(k), k));

-- uuids: any; those that begin alike, over several pages, beside others
CREATE TABLE u (id uuid PRIMARY KEY, v int);
INSERT INTO u SELECT md5(i::text)::uuid, i FROM generate_series(1, 3000) i;
ALTER TABLE u DROP CONSTRAINT u_pkey, ADD PRIMARY KEY (id) WITH (fillfactor = 10);
SELECT corm.register_model('u');
SELECT same, there, hits BETWEEN 800 AND 1168 FROM gets('u', ARRAY(SELECT md5(i::text)::uuid FROM generate_series(2501, 3700) i));
SELECT same, there, hits FROM gets('u', ARRAY(SELECT ('{00000000-0000-0000-0000-000000000000,ffffffff-ffff-ffff-ffff-ffffffffffff,7fffffff-ffff-ffff-ffff-ffffffffffff,80000000-0000-0000-0000-000000000000}'::uuid[])[1 + i % 4] FROM generate_series(1, 8) i));
INSERT INTO u SELECT ('7f000000-0000-4000-8000-' || lpad(to_hex(i), 12, '0'))::uuid, i FROM generate_series(1, 900) i;
INSERT INTO u SELECT ('7f000000-0000-4000-' || lpad(to_hex(i), 4, '0') || '-000000000000')::uuid, i FROM generate_series(1, 900) i;
INSERT INTO u SELECT ('7f000000-0000-' || lpad(to_hex(i), 4, '0') || '-8000-000000000000')::uuid, i FROM generate_series(1, 900) i;
INSERT INTO u VALUES ('ffffffff-ffff-ffff-ffff-ffffffffffff', 0), ('ffffffff-ffff-ffff-0000-000000000000', 1), ('00000000-0000-0000-0000-000000000000', 2), ('00000000-0000-0000-ffff-ffffffffffff', 3);
CREATE VIEW some_u AS SELECT id FROM u WHERE v % 3 = 0 OR id >= 'ffff0000-0000-0000-0000-000000000000' OR id <= '0000ffff-0000-0000-0000-000000000000'
	UNION SELECT ('7f000000-0000-4000-' || lpad(to_hex(i), 4, '0') || '-000000000001')::uuid FROM generate_series(0, 2000, 7) i
	UNION SELECT unnest('{ffffffff-ffff-ffff-ffff-fffffffffffe,ffffffff-ffff-ffff-0000-000000000001,00000000-0000-0000-0000-000000000001}'::uuid[]);
SELECT same, there, hits > 1000 FROM gets('u', ARRAY(SELECT id FROM some_u ORDER BY id));
REINDEX TABLE u;
SELECT same, there, hits > 1000 FROM gets('u', ARRAY(SELECT id FROM some_u ORDER BY id));
-- one that begins as all others do
CREATE TABLE alike (id uuid PRIMARY KEY);
INSERT INTO alike SELECT ('00000000-0000-4000-8000-' || lpad(to_hex(2 * i), 12, '0'))::uuid FROM generate_series(1, 2000) i;
SELECT corm.register_model('alike');
SELECT same, there FROM gets('alike', ARRAY(SELECT ('00000000-0000-4000-8000-' || lpad(to_hex(i * 17 % 4010), 12, '0'))::uuid FROM generate_series(1, 300) i));

-- One foreign key after the other: keys in the numbers that pages hold, one over
-- many pages, none, nulls behind them; with posting lists and without.
CREATE TABLE owner (id int PRIMARY KEY);
INSERT INTO owner SELECT generate_series(1, 300);
CREATE TABLE thing (id int PRIMARY KEY, owner_id int REFERENCES owner);
INSERT INTO thing SELECT i, CASE WHEN i <= 3000 THEN 7 WHEN i <= 3500 THEN 1 WHEN i <= 4000 THEN 300 WHEN i % 10 > 0 THEN 1 + i * 7919 % 290 END FROM generate_series(1, 7000) i;
SELECT corm.register_model('owner'), corm.register_model('thing'), corm.foreign_key('thing', 'owner', 'owner', 'things', index => false);
CREATE FUNCTION by(definition text, OUT same boolean, OUT used boolean) LANGUAGE plpgsql AS $$
DECLARE hits bigint;
BEGIN
	EXECUTE format('CREATE INDEX thing_owner ON thing %s', definition);
	SELECT l.same, l.hits, l.hits > 200 INTO same, hits, used FROM lists(corm.prefetch_related('owner', 'things')) l;
	IF hits BETWEEN 1 AND 200 THEN
		RAISE '% hits', hits;
	END IF;
	DROP INDEX thing_owner;
END $$;
SELECT d, by(d) FROM unnest(ARRAY['(owner_id)', '(owner_id) WITH (deduplicate_items = off)', '(owner_id) WITH (fillfactor = 10)', '(owner_id) WITH (fillfactor = 10, deduplicate_items = off)',
	'(owner_id, id)', '(owner_id, id DESC) WITH (fillfactor = 10)', '(owner_id) INCLUDE (id)', '(owner_id, (id::text)) WITH (fillfactor = 20)']) d;
-- no map of what is in another order, or in no index at all
SELECT d, by(d) FROM unnest(ARRAY['(owner_id DESC)', '(owner_id NULLS FIRST)', '(owner_id DESC NULLS LAST)', '(owner_id DESC) WITH (fillfactor = 10)', '(id, owner_id)', 'USING hash (owner_id)',
	'(owner_id) WHERE owner_id < 1000', '((owner_id + 0))']) d;
CREATE FUNCTION backwards(int, int) RETURNS int LANGUAGE internal IMMUTABLE STRICT AS 'btint4cmp';
CREATE FUNCTION backwards_(a int, b int) RETURNS int LANGUAGE sql IMMUTABLE STRICT AS 'SELECT pg_catalog.btint4cmp(b, a)';
CREATE OPERATOR CLASS down FOR TYPE int USING btree AS OPERATOR 1 >, OPERATOR 2 >=, OPERATOR 3 =, OPERATOR 4 <=, OPERATOR 5 <, FUNCTION 1 backwards_(int, int);
CREATE OPERATOR CLASS up FOR TYPE int USING btree AS OPERATOR 1 <, OPERATOR 2 <=, OPERATOR 3 =, OPERATOR 4 >=, OPERATOR 5 >, FUNCTION 1 backwards(int, int);
SELECT d, by(d) FROM unnest(ARRAY['(owner_id down)', '(owner_id down DESC)', '(owner_id up)']) d;

-- types of keys, all against those that they may refer to; keys at the ends of their
-- range, beside nulls; rows as lists, and the row itself
CREATE DOMAIN dint AS int CHECK (value <> 13);
CREATE DOMAIN dbig AS bigint;
CREATE DOMAIN duuid AS uuid;
CREATE FUNCTION typed(of text, fk text, keys text[], fks text[], nulls int, definition text DEFAULT '', OUT same boolean, OUT by_list boolean, OUT by_row boolean, OUT by_key boolean)
LANGUAGE plpgsql AS $$
DECLARE r record;
BEGIN
	EXECUTE format('CREATE TABLE p (id %s PRIMARY KEY); CREATE TABLE c (id int PRIMARY KEY, p_id %s REFERENCES p, v text); CREATE INDEX c_p ON c (p_id) %s', of, fk, definition);
	EXECUTE format('INSERT INTO p SELECT k::%s FROM unnest($1) k ORDER BY md5(k)', of) USING keys;
	EXECUTE format('INSERT INTO c SELECT n, k::%s FROM (SELECT k, row_number() OVER (ORDER BY md5(k), j) FROM unnest($1) k, generate_series(1, 3) j) x(k, n)', fk) USING fks;
	INSERT INTO c SELECT 100000 + i FROM generate_series(1, nulls) i;
	PERFORM corm.register_model('p'), corm.register_model('c'), corm.foreign_key('c', 'p', 'p', 'cs');
	SELECT * INTO r FROM lists(corm.prefetch_related('p', 'cs'));
	same := r.same;
	by_list := r.hits > 150;
	SELECT * INTO r FROM lists(corm.prefetch_related('c', '{"p": {}}'));
	same := same AND r.same;
	-- few rows at a time
	SET LOCAL corm.batch_size = 10;
	SELECT * INTO r FROM lists(corm.prefetch_related('c', '{"p": {"prefetch_related": {"cs": {"fields": ["id"]}}}}'));
	RESET corm.batch_size;
	same := same AND r.same;
	by_row := r.hits > 600;
	EXECUTE format('SELECT * FROM gets(''p'', $1::%s[])', of) INTO r USING keys;
	same := same AND r.same AND r.there = cardinality(keys);
	by_key := r.hits > 150;
	PERFORM corm.drop_model('c', true), corm.drop_model('p', true);
END $$;
CREATE FUNCTION numbers(VARIADIC text[] DEFAULT '{}') RETURNS text[] LANGUAGE sql AS 'SELECT $1 || array_agg(i::text) FROM generate_series(-100, 100) i WHERE i <> 13';
SELECT * FROM typed('smallint', 'smallint', numbers('-32768', '32767'), numbers('-32768', '32767'), 3);
SELECT * FROM typed('smallint', 'int', numbers('-32768', '32767'), numbers('-32768', '32767'), 2000);
SELECT * FROM typed('smallint', 'bigint', numbers('-32768', '32767'), numbers('-32768', '32767'), 0);
SELECT * FROM typed('int', 'smallint', numbers('-2147483648', '2147483647', '32767', '32768', '-32769', '65536'), numbers('32767'), 3, 'WITH (fillfactor = 10)');
SELECT * FROM typed('int', 'int', numbers('-2147483648', '2147483647'), numbers('-2147483648', '2147483647'), 2000, 'WITH (fillfactor = 10)');
SELECT * FROM typed('int', 'bigint', numbers('-2147483648', '2147483647'), numbers('-2147483648', '2147483647'), 3, 'WITH (fillfactor = 10)');
SELECT * FROM typed('bigint', 'smallint', numbers('-9223372036854775808', '9223372036854775807', '65536', '4294967297', '-4294967295'), numbers(), 3);
SELECT * FROM typed('bigint', 'int', numbers('-9223372036854775808', '9223372036854775807', '4294967296', '4294967297', '-4294967295'), numbers(), 2000, 'WITH (fillfactor = 10)');
SELECT * FROM typed('bigint', 'bigint', numbers('-9223372036854775808', '9223372036854775807'), numbers('-9223372036854775808', '9223372036854775807'), 0);
SELECT * FROM typed('bigint', 'bigint', numbers('-9223372036854775808', '9223372036854775807'), numbers('-9223372036854775808', '9223372036854775807'), 3);
SELECT * FROM typed('bigint', 'bigint', numbers('-9223372036854775808', '9223372036854775807'), numbers('-9223372036854775808', '9223372036854775807'), 4000, 'WITH (fillfactor = 10)');
SELECT * FROM typed('bigint', 'bigint', numbers('-9223372036854775808', '9223372036854775807', '9223372036854775806'), numbers('-9223372036854775808', '9223372036854775806'), 4000);
-- (foreign keys whose column has a domain take statements)
SELECT * FROM typed('dint', 'int', numbers('-2147483648'), numbers('-2147483648'), 3);
SELECT * FROM typed('dint', 'dint', numbers('-2147483648'), numbers(), 3);
SELECT * FROM typed('dint', 'dbig', numbers('-2147483648'), numbers('-2147483648'), 3);
SELECT * FROM typed('dbig', 'dint', numbers('4294967296'), numbers(), 3);
SELECT * FROM typed('bigint', 'dint', numbers('4294967296'), numbers(), 3, 'WITH (fillfactor = 10)');
CREATE FUNCTION uuids() RETURNS text[] LANGUAGE sql AS $$ SELECT ARRAY['00000000-0000-0000-0000-000000000000', 'ffffffff-ffff-ffff-ffff-ffffffffffff'] || array_agg(md5(i::text)::uuid::text)
	|| array_agg('7f000000-0000-4000-8000-' || lpad(to_hex(i), 12, '0')) || array_agg('ffffffff-ffff-ffff-8000-' || lpad(to_hex(i), 12, '0')) FROM generate_series(1, 100) i $$;
SELECT * FROM typed('uuid', 'uuid', uuids(), uuids(), 0);
SELECT * FROM typed('uuid', 'uuid', uuids(), uuids(), 2000, 'WITH (fillfactor = 10)');
SELECT * FROM typed('duuid', 'duuid', uuids(), uuids(), 3);
SELECT * FROM typed('duuid', 'uuid', uuids(), uuids(), 3);
SELECT * FROM typed('uuid', 'duuid', uuids(), uuids(), 3);
-- others have no map
SELECT * FROM typed('numeric', 'numeric', numbers(), numbers(), 3);
SELECT * FROM typed('numeric', 'int', numbers(), numbers(), 3);
SELECT * FROM typed('text', 'text', numbers(), numbers(), 3);
SELECT * FROM typed('oid', 'oid', '{0,1,4294967295,2147483648}', '{0,4294967295,2147483648}', 3);
SELECT * FROM typed('date', 'date', ARRAY(SELECT (date '2000-01-01' + i)::text FROM generate_series(-100, 100) i), ARRAY(SELECT (date '2000-01-01' + i)::text FROM generate_series(-100, 100) i), 3);

-- Links, from the index alone where pages are all-visible: a few, many of one owner,
-- a pair that one entry of the index has several times as it was written often.
CREATE TABLE tag (id int PRIMARY KEY, label text);
CREATE TABLE tagged (owner_id int REFERENCES owner, tag_id int REFERENCES tag, PRIMARY KEY (owner_id, tag_id) WITH (fillfactor = 10));
INSERT INTO tag SELECT i, 'tag ' || i FROM generate_series(1, 1000) i;
INSERT INTO tagged SELECT i, 1 + (i * 31 + j * 7) % 1000 FROM generate_series(1, 300) i, generate_series(1, 10) j WHERE i % 5 > 0 ON CONFLICT DO NOTHING;
INSERT INTO tagged SELECT 42, i FROM generate_series(1, 1000) i ON CONFLICT DO NOTHING;
CREATE INDEX tagged_back ON tagged (tag_id, owner_id);
CREATE TABLE rated (owner_id int REFERENCES owner, tag_id int REFERENCES tag, stars int, PRIMARY KEY (owner_id, tag_id));
CREATE INDEX rated_back ON rated (tag_id, owner_id) WITH (fillfactor = 20);
CREATE INDEX rated_stars ON rated (stars);
INSERT INTO rated SELECT i, 1 + i * 7919 % 1000, 0 FROM generate_series(1, 300) i;
INSERT INTO rated SELECT i, 1000 - i % 7, 0 FROM generate_series(1, 300) i ON CONFLICT DO NOTHING;
SELECT corm.register_model('tag'), corm.register_model('tagged'), corm.register_model('rated'), corm.many_to_many('owner', 'tags', 'tag', through => 'tagged', related_name => 'owners'),
	corm.many_to_many('owner', 'rates', 'tag', through => 'rated', related_name => 'raters');
SELECT same, hits > 500 FROM lists(corm.prefetch_related('owner', 'tags'));
VACUUM tagged, rated, tag;
SELECT same, hits > 500 FROM lists(corm.prefetch_related('owner', 'tags'));
SELECT same, hits > 1500 FROM lists(corm.prefetch_related('tag', 'owners'));
SELECT same, hits > 500 FROM lists(corm.prefetch_related('owner', '{"rates": {"fields": ["label"]}}'));
SELECT same, hits > 1500 FROM lists(corm.prefetch_related('tag', '{"raters": {"fields": ["id"]}}'));
BEGIN;
UPDATE rated SET stars = 1;
UPDATE rated SET stars = 2;
UPDATE rated SET stars = 3 WHERE owner_id % 3 > 0;
UPDATE rated SET stars = 4;
UPDATE rated SET stars = 5 WHERE tag_id > 990;
UPDATE rated SET stars = 6 WHERE tag_id > 990;
DELETE FROM rated WHERE owner_id % 10 = 7;
SELECT same, hits > 500 FROM lists(corm.prefetch_related('owner', '{"rates": {"fields": ["label"]}}'));
SELECT same, hits > 1500 FROM lists(corm.prefetch_related('tag', '{"raters": {"fields": ["id"]}}'));
ROLLBACK;
SELECT same FROM lists(corm.prefetch_related('owner', '{"rates": {"fields": ["label"]}}'));
SELECT same FROM lists(corm.prefetch_related('tag', '{"raters": {"fields": ["id"]}}'));
-- pages that are not all-visible any more: links that are gone, that are new
DELETE FROM tagged WHERE tag_id % 10 = 3;
INSERT INTO tagged SELECT i, 3 FROM generate_series(1, 100) i;
DELETE FROM rated WHERE owner_id % 4 = 1;
SELECT same, hits > 200 FROM lists(corm.prefetch_related('owner', '{"tags": {}, "rates": {"fields": ["id"]}}'));
SELECT same, hits > 700 FROM lists(corm.prefetch_related('tag', '{"owners": {}, "raters": {"fields": ["id"]}}'));
SELECT same, hits > 2000 FROM lists(corm.prefetch_related('owner', 'tags__owners'));
VACUUM tagged, rated;
SELECT same, hits > 200 FROM lists(corm.prefetch_related('owner', '{"tags": {}, "rates": {"fields": ["id"]}}'));
SELECT same, hits > 1500 FROM lists(corm.prefetch_related('tag', '{"owners": {}, "raters": {"fields": ["id"]}}'));
-- below the loader's keys
CREATE FUNCTION loaded(scans boolean) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	PERFORM set_config('corm.direct_scan', scans::text, true);
	RETURN (SELECT string_agg(p::text, ' ' ORDER BY n) FROM corm.prefetch('owner', ARRAY(SELECT i * 71 % 310 FROM generate_series(1, 100) i), 'tags', prefetch_related => '["owners"]') WITH ORDINALITY p(pk, related, n));
END $$;
SELECT hits() AS before \gset
SELECT loaded(true) = loaded(false), hits() - :before > 100;
SET corm.direct_scan = on;
-- typed rows
CREATE FUNCTION typed_rows(scans boolean) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	PERFORM set_config('corm.direct_scan', scans::text, true);
	RETURN (SELECT md5(string_agg((SELECT string_agg(r::text, ',' ORDER BY r.id) FROM corm.rows(NULL::tag, corm.relation('owner', k, 'tags')) r), ' ' ORDER BY k)) FROM generate_series(1, 100) k);
END $$;
SELECT hits() AS before \gset
SELECT typed_rows(true) = typed_rows(false), hits() - :before > 100;
SET corm.direct_scan = on;

-- A tree of many levels, whose pages hold few entries; some of the keys between pages
-- are whole, those of pairs that two pages have.
CREATE TABLE tall (id int PRIMARY KEY, owner_id int REFERENCES owner, pad text);
ALTER TABLE tall ALTER pad SET STORAGE PLAIN;
INSERT INTO tall SELECT i, 1 + i * 7 % 298 / 2 * 2, (SELECT string_agg(md5(i || '.' || j), '') FROM generate_series(1, 62) j) FROM generate_series(1, 900) i;
CREATE INDEX tall_owner ON tall (owner_id, pad);
SELECT pg_relation_size('tall_owner') / current_setting('block_size')::int > 250;
SELECT corm.register_model('tall'), corm.foreign_key('tall', 'owner', 'owner', 'talls');
SELECT same, hits > 30 FROM lists(corm.prefetch_related('owner', '{"talls": {"fields": ["id"]}}'));
INSERT INTO tall SELECT 1000 + i, 1 + i * 7 % 298, (SELECT string_agg(md5(i || ',' || j), '') FROM generate_series(1, 62) j) FROM generate_series(1, 300) i;
SELECT same, hits > 30 FROM lists(corm.prefetch_related('owner', '{"talls": {"fields": ["id"]}}'));

-- A file that is emptied in place, by TRUNCATE in the transaction that made it: pages
-- that are known are behind its end, or others.
BEGIN;
CREATE TABLE brief (id int PRIMARY KEY, owner_id int);
CREATE INDEX brief_owner ON brief (owner_id) WITH (fillfactor = 10);
INSERT INTO brief SELECT i, 1 + i % 300 FROM generate_series(1, 9000) i;
SELECT corm.register_model('brief'), corm.relation_on('brief', 'owner', 'owner', '{owner_id}', '{id}', false, 'briefs');
SELECT same, there, hits > 400 FROM gets('brief', ARRAY(SELECT i * 17 FROM generate_series(1, 500) i));
SELECT same, hits > 500 FROM lists(corm.prefetch_related('owner', 'briefs'));
SELECT pg_relation_filenode('brief_owner') AS file \gset
TRUNCATE brief;
SELECT same, there FROM gets('brief', ARRAY(SELECT i * 17 FROM generate_series(1, 100) i));
SELECT same, objects FROM lists(corm.prefetch_related('owner', 'briefs'));
INSERT INTO brief SELECT 8000 - i, 1 + i % 30 FROM generate_series(1, 600) i;
SELECT same, there FROM gets('brief', ARRAY(SELECT i * 17 FROM generate_series(1, 500) i));
SELECT same, objects FROM lists(corm.prefetch_related('owner', 'briefs'));
TRUNCATE brief;
INSERT INTO brief SELECT 9000 - i, 300 - i % 290 FROM generate_series(1, 3000) i;
SELECT same, there FROM gets('brief', ARRAY(SELECT i * 17 FROM generate_series(1, 500) i));
SELECT same, objects FROM lists(corm.prefetch_related('owner', 'briefs'));
SELECT pg_relation_filenode('brief_owner') = :file;
-- one that is not known yet, where known pages say that it is
CREATE TABLE curt (id int PRIMARY KEY);
INSERT INTO curt SELECT generate_series(1, 20000);
ALTER TABLE curt DROP CONSTRAINT curt_pkey, ADD PRIMARY KEY (id) WITH (fillfactor = 10);
SELECT corm.register_model('curt');
SELECT same, there, hits > 60 FROM gets('curt', 1, 100);
TRUNCATE curt;
SELECT * FROM gets('curt', 19001, 19040);
INSERT INTO curt SELECT generate_series(19001, 19020);
SELECT same, there FROM gets('curt', 19001, 19040);
-- the same, taken back
SAVEPOINT s;
INSERT INTO brief SELECT 10000 + i, 150 FROM generate_series(1, 3000) i;
SELECT same, there FROM gets('brief', 9900, 10100);
SELECT same, objects FROM lists(corm.prefetch_related('owner', 'briefs'));
TRUNCATE brief;
SELECT same, there FROM gets('brief', 9900, 10100);
SELECT same, objects FROM lists(corm.prefetch_related('owner', 'briefs'));
ROLLBACK TO s;
SELECT same, there FROM gets('brief', 9900, 10100);
SELECT same, there FROM gets('brief', 8700, 9000);
SELECT same, objects FROM lists(corm.prefetch_related('owner', 'briefs'));
COMMIT;
TRUNCATE brief;
SELECT same, there FROM gets('brief', 8700, 8800);
SELECT same, objects FROM lists(corm.prefetch_related('owner', 'briefs'));
SELECT corm.drop_model('brief', drop_table => true);

-- subtransactions that split pages and go away, with what was found out in them
BEGIN;
SAVEPOINT a;
INSERT INTO steps SELECT 500 + i FROM generate_series(1501, 4000) i;
INSERT INTO steps SELECT -i FROM generate_series(0, 3000) i;
UPDATE steps SET id = 100000 + id WHERE id BETWEEN 300 AND 600;
SELECT same, there FROM gets('steps', -100, 700);
ROLLBACK TO a;
SELECT same, there FROM gets('steps', -100, 700);
SAVEPOINT b;
CREATE TABLE inner_one (id int PRIMARY KEY);
INSERT INTO inner_one SELECT generate_series(1, 100);
SELECT corm.register_model('inner_one');
SELECT * FROM gets('inner_one', 1, 100);
ROLLBACK TO b;
CREATE TABLE inner_one (id int PRIMARY KEY);
INSERT INTO inner_one SELECT generate_series(51, 150);
SELECT corm.register_model('inner_one');
SELECT * FROM gets('inner_one', 1, 100);
ROLLBACK;
SELECT same, there FROM gets('steps', 1900, 2100);

CREATE INDEX thing_owner ON thing (owner_id);
-- files that others take the place of, and do not
BEGIN;
REINDEX INDEX thing_owner;
SELECT same, hits > 400 FROM lists(corm.prefetch_related('owner', 'things'));
TRUNCATE thing;
SELECT same, objects FROM lists(corm.prefetch_related('owner', 'things'));
INSERT INTO thing SELECT i, 300 - i % 300 FROM generate_series(1, 1500) i;
SELECT same, hits > 400 FROM lists(corm.prefetch_related('owner', 'things'));
ROLLBACK;
SELECT same, hits > 400 FROM lists(corm.prefetch_related('owner', 'things'));
CLUSTER thing USING thing_pkey;
SELECT same, hits > 400 FROM lists(corm.prefetch_related('owner', 'things'));
VACUUM FULL thing;
SELECT same, hits > 400 FROM lists(corm.prefetch_related('owner', 'things'));
REINDEX INDEX CONCURRENTLY thing_owner;
SELECT same, hits > 400 FROM lists(corm.prefetch_related('owner', 'things'));
REINDEX TABLE CONCURRENTLY thing;
SELECT same, hits > 400 FROM lists(corm.prefetch_related('owner', 'things'));
CREATE INDEX CONCURRENTLY thing_other ON thing (owner_id) WITH (fillfactor = 10);
DROP INDEX CONCURRENTLY thing_owner;
SELECT same, hits > 400 FROM lists(corm.prefetch_related('owner', 'things'));
BEGIN;
DROP INDEX thing_other;
SELECT same, hits FROM lists(corm.prefetch_related('owner', 'things'));
ROLLBACK;
SELECT same, hits > 500 FROM lists(corm.prefetch_related('owner', 'things'));
-- a table without a log: until it gets one
ALTER TABLE thing SET UNLOGGED;
SELECT same, hits > 400 FROM lists(corm.prefetch_related('owner', 'things'));
DELETE FROM thing WHERE id % 3 = 0;
VACUUM thing;
INSERT INTO thing SELECT 50000 + i, i FROM generate_series(1, 300) i;
SELECT same, hits > 400 FROM lists(corm.prefetch_related('owner', 'things'));
ALTER TABLE thing SET LOGGED;
SELECT same, hits > 400 FROM lists(corm.prefetch_related('owner', 'things'));
-- another type of the column, another column of the name
ALTER TABLE thing DROP CONSTRAINT thing_owner_id_fkey;
ALTER TABLE thing ALTER owner_id TYPE bigint;
ALTER TABLE thing ADD FOREIGN KEY (owner_id) REFERENCES owner;
SELECT corm.foreign_key('thing', 'owner', 'owner', 'things');
SELECT same, hits > 400 FROM lists(corm.prefetch_related('owner', 'things'));

-- many indexes, each with a map of its own, and gone again; maps take little
SELECT coalesce(sum(total_bytes), 0) AS before FROM pg_backend_memory_contexts WHERE name = 'corm leaf map' \gset
DO $$
DECLARE r record;
BEGIN
	FOR i IN 1 .. 80 LOOP
		EXECUTE format('CREATE TABLE m%s (id int PRIMARY KEY)', i);
		EXECUTE format('INSERT INTO m%s SELECT %s + j FROM generate_series(1, 40) j', i, i);
		PERFORM corm.register_model('m' || i);
	END LOOP;
	FOR i IN 1 .. 80 LOOP
		SELECT * INTO r FROM gets(corm.objects('m' || i), i, i + 41);
		IF r IS DISTINCT FROM ROW(true, 40, 42::bigint - 32) THEN
			RAISE 'm%: %', i, r;
		END IF;
	END LOOP;
	FOR i IN 1 .. 80 LOOP
		SELECT * INTO r FROM gets(corm.objects('m' || i), i, i + 41);
		IF r IS DISTINCT FROM ROW(true, 40, 42::bigint) THEN
			RAISE 'm%: %', i, r;
		END IF;
	END LOOP;
	FOR i IN 1 .. 80 LOOP
		PERFORM corm.drop_model('m' || i, drop_table => true);
	END LOOP;
END $$;
SELECT sum(total_bytes) - :before BETWEEN 40000 AND 200000 FROM pg_backend_memory_contexts WHERE name = 'corm leaf map';

-- Calls within calls: a value whose text is made by a function that reads by the same
-- indexes, fails and goes on, or splits pages and takes that back, while the list
-- around it is between two entries.
CREATE TYPE loud AS ENUM ('reads', 'fails', 'splits');
CREATE FUNCTION loud_json(loud) RETURNS json LANGUAGE plpgsql AS $$
DECLARE r json;
BEGIN
	IF $1 = 'splits' THEN
		BEGIN
			INSERT INTO corm_leaf.spoken SELECT o, 1000 + i FROM generate_series(1, 40) o, generate_series(1, 20) i;
			INSERT INTO corm_leaf.shout SELECT 1000 + i, 1 + i % 40 FROM generate_series(1, 400) i;
			r := corm.list(corm.prefetch_related(corm.objects('corm_leaf.owner', '{"id__lte": 3}'), '{"voices": {"fields": ["id"]}}'));
			RAISE 'that was all';
		EXCEPTION WHEN raise_exception THEN RETURN to_json(length(r::text));
		END;
	END IF;
	IF $1 = 'fails' THEN
		BEGIN
			PERFORM set_config('corm.max_rows', '30', true);
			PERFORM corm.list(corm.prefetch_related('corm_leaf.owner', '{"voices": {"fields": ["id"]}, "shouts": {"fields": ["id"]}}'));
		EXCEPTION WHEN program_limit_exceeded THEN RETURN to_json('too much'::text);
		END;
	END IF;
	RETURN to_json(md5(corm.list(corm.prefetch_related(corm.objects('corm_leaf.owner', '{"id__lte": 15}'), '{"voices": {"fields": ["id"]}, "shouts": {"fields": ["id"]}, "tags": {}}'))::text));
END $$;
CREATE CAST (loud AS json) WITH FUNCTION loud_json(loud);
CREATE TABLE shout (id int PRIMARY KEY, owner_id int REFERENCES owner, l loud);
CREATE INDEX shout_owner ON shout (owner_id);
CREATE TABLE voice (id int PRIMARY KEY, l loud);
CREATE TABLE spoken (owner_id int, voice_id int, PRIMARY KEY (owner_id, voice_id));
INSERT INTO voice SELECT i, (ARRAY['reads', 'fails', 'splits', NULL]::loud[])[1 + i % 4] FROM generate_series(1, 20) i;
INSERT INTO voice SELECT 1000 + i FROM generate_series(1, 20) i;
INSERT INTO shout SELECT i, 1 + i % 40, (ARRAY['reads', 'fails', 'splits', NULL]::loud[])[1 + i / 20 % 4] FROM generate_series(1, 80) i;
INSERT INTO spoken SELECT i, 1 + (i + j) % 20 FROM generate_series(1, 40) i, generate_series(1, 4) j;
ALTER TABLE spoken ADD FOREIGN KEY (owner_id) REFERENCES owner, ADD FOREIGN KEY (voice_id) REFERENCES voice;
SELECT corm.register_model('shout'), corm.register_model('voice'), corm.register_model('spoken'), corm.foreign_key('shout', 'owner', 'owner', 'shouts'), corm.many_to_many('owner', 'voices', 'voice', through => 'spoken', related_name => 'speakers');
VACUUM spoken;
SELECT same, objects, hits > 1000 FROM lists(corm.prefetch_related(corm.objects('owner', '{"id__lte": 40}'), 'shouts'));
SELECT same, objects, hits > 1000 FROM lists(corm.prefetch_related(corm.objects('owner', '{"id__lte": 40}'), 'voices', 'tags'));
-- a limit that ends a call between two entries; the next one begins anew
SET corm.max_rows = 60;
SELECT same, objects FROM lists(corm.prefetch_related('owner', 'tags'));
SELECT same, objects FROM lists(corm.prefetch_related('owner', 'things'));
RESET corm.max_rows;
SELECT same, objects FROM lists(corm.prefetch_related('owner', 'tags'));

-- Cursors: what they bring is what was there when they were opened, whatever the
-- transaction does to the indexes between two fetches.
CREATE FUNCTION pulled(q corm.queryset, VARIADIC changes text[], OUT same boolean, OUT objects int, OUT hits bigint) LANGUAGE plpgsql AS $$
DECLARE
	c refcursor;
	plain text[] := ARRAY(SELECT corm.all(q)::text);
	pulled text[] := '{}';
	o text;
BEGIN
	PERFORM set_config('corm.batch_size', '20', true);
	hits := hits();
	OPEN c FOR SELECT corm.all(q);
	LOOP
		FETCH c INTO o;
		EXIT WHEN o IS NULL;
		pulled := pulled || o;
		IF cardinality(pulled) % 50 = 0 AND cardinality(changes) >= cardinality(pulled) / 50 THEN
			EXECUTE changes[cardinality(pulled) / 50];
		END IF;
	END LOOP;
	CLOSE c;
	hits := hits() - hits;
	objects := cardinality(pulled);
	same := pulled = plain;
END $$;
BEGIN;
SELECT same, objects, hits > 200 FROM pulled(corm.prefetch_related('owner', 'tags'), 'DELETE FROM tagged WHERE owner_id % 2 = 0', 'INSERT INTO tagged SELECT i, 500 + i FROM generate_series(1, 300) i ON CONFLICT DO NOTHING',
	'REINDEX INDEX tagged_pkey', 'UPDATE tagged SET owner_id = owner_id % 50 + 1, tag_id = 1000 - tag_id WHERE tag_id < 3', 'DELETE FROM tagged');
ROLLBACK;
BEGIN;
SELECT same, objects, hits > 0 FROM pulled(corm.prefetch_related('owner', 'things'), 'DELETE FROM thing WHERE owner_id % 2 = 0', 'INSERT INTO thing SELECT 100000 + i, 1 + i % 300 FROM generate_series(1, 5000) i',
	'UPDATE thing SET owner_id = 301 - owner_id', 'DROP INDEX thing_other', 'CREATE INDEX thing_last ON thing (owner_id)');
ROLLBACK;
-- one that outlives a savepoint, one that outlives its transaction
CREATE TABLE was AS SELECT n, a::text FROM corm.all(corm.prefetch_related('owner', 'tags')) WITH ORDINALITY x(a, n);
CREATE TABLE got (n int GENERATED ALWAYS AS IDENTITY, a text);
BEGIN;
SET LOCAL corm.batch_size = 20;
DECLARE c CURSOR WITH HOLD FOR SELECT corm.all(corm.prefetch_related('owner', 'tags')) a;
CREATE FUNCTION fetch_some(i int) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
	c refcursor := 'c';
	r record;
BEGIN
	FOR i IN 1 .. i LOOP
		FETCH c INTO r;
		EXIT WHEN NOT FOUND;
		INSERT INTO corm_leaf.got (a) VALUES (r.a);
	END LOOP;
END $$;
SELECT fetch_some(30);
SAVEPOINT s;
DELETE FROM tagged WHERE owner_id > 100;
SELECT fetch_some(30);
ROLLBACK TO s;
-- (a cursor goes on where it was, what was fetched is gone)
SELECT count(*) FROM got;
SELECT fetch_some(30);
COMMIT;
DELETE FROM tagged WHERE owner_id % 5 < 4;
VACUUM tagged;
SELECT fetch_some(1000);
SELECT count(*), string_agg(a, ' ' ORDER BY n) = (SELECT string_agg(a, ' ' ORDER BY n) FROM was WHERE n NOT BETWEEN 31 AND 60) FROM got;
CLOSE c;
SELECT same, hits > 200 FROM lists(corm.prefetch_related('owner', 'tags'));

DROP SCHEMA corm_leaf CASCADE;
SELECT count(*) FROM corm.models WHERE schema_name = 'corm_leaf';
