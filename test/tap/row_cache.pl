# Texts of rows are kept while several clients change the rows, vacuum and rewrite
# their table: every call sees one state of all of them, and no session one that is
# older than what it saw before.  A hot standby, where pages do not say who sees them,
# keeps none.

use strict;
use warnings;

use IPC::Run ();
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('main');
$node->init(allows_streaming => 1);
$node->append_conf('postgresql.conf', "fsync = off\nautovacuum = off\nmax_standby_streaming_delay = -1");
$node->start;
$node->safe_psql('postgres', <<'SQL');
CREATE EXTENSION corm;
CREATE TABLE pair (id int PRIMARY KEY, a int, b int, version int, filler text) WITH (fillfactor = 70);
CREATE TABLE item (id int PRIMARY KEY, pair_id int);
CREATE TABLE label (item_id int, pair_id int, PRIMARY KEY (item_id, pair_id));
INSERT INTO pair SELECT i, 0, 0, 0, repeat('f', 300) FROM generate_series(1, 300) i;
INSERT INTO item SELECT i, i FROM generate_series(1, 300) i;
INSERT INTO label SELECT i, 1 + (i * 7 + j) % 300 FROM generate_series(1, 300) i, generate_series(0, 2) j;
SELECT corm.register_model('pair', 'Pair'), corm.register_model('item', 'Item'), corm.register_model('label', 'Label');
SELECT corm.relation_on('Item', 'pair', 'Pair', '{pair_id}', related_name => 'items');
ALTER TABLE label ADD FOREIGN KEY (item_id) REFERENCES item, ADD FOREIGN KEY (pair_id) REFERENCES pair DEFERRABLE INITIALLY DEFERRED;
SELECT corm.many_to_many('Item', 'pairs', 'Pair', through => 'Label', related_name => 'labelled');
CREATE TABLE used (hits bigint);

-- all pairs, in their order
CREATE FUNCTION pairs(OUT id int, OUT a int, OUT b int, OUT version int) RETURNS SETOF record LANGUAGE sql STABLE AS $$
	SELECT r.* FROM json_array_elements(corm.list(corm.select_related('Item', 'pair'))) WITH ORDINALITY x(o, n),
		json_to_record(o->'pair') AS r(id int, a int, b int, version int) ORDER BY n
$$;
-- each pair is equal, their sum is 0, and versions do not go back
CREATE FUNCTION check_all() RETURNS void LANGUAGE plpgsql AS $$
DECLARE
	r record;
	seen int[] := nullif(current_setting('test.seen', true), '')::int[];
BEGIN
	SELECT count(*) AS n, sum(p.a) AS sum, count(*) FILTER (WHERE p.a <> p.b) AS odd, array_agg(p.version) AS versions INTO r FROM pairs() p;
	IF r.n <> 300 OR r.sum <> 0 OR r.odd > 0 THEN
		RAISE 'inconsistent: %', r;
	END IF;
	IF EXISTS (SELECT FROM unnest(r.versions, seen) x(now, before) WHERE now < before) THEN
		RAISE 'went back from % to %', seen, r.versions;
	END IF;
	PERFORM set_config('test.seen', r.versions::text, false);
END $$;
-- the same through links, where a pair stands in several lists
CREATE FUNCTION check_links() RETURNS void LANGUAGE plpgsql AS $$
DECLARE r record;
BEGIN
	SELECT count(DISTINCT p.id) AS n, count(*) AS links, count(DISTINCT (p.id, p.a, p.version)) AS states, sum(p.a) AS sum, count(*) FILTER (WHERE p.a <> p.b) AS odd INTO r
	FROM json_array_elements(corm.list(corm.prefetch_related('Item', 'pairs'))) o, json_to_recordset(o->'pairs') AS p(id int, a int, b int, version int);
	IF r.n <> 300 OR r.links <> 900 OR r.states <> 300 OR r.sum <> 0 OR r.odd > 0 THEN
		RAISE 'inconsistent: %', r;
	END IF;
END $$;
-- a cursor that takes its time, beside calls that see more
CREATE FUNCTION check_cursor() RETURNS void LANGUAGE plpgsql AS $$
DECLARE
	c refcursor;
	o json;
	n int := 0;
	total int := 0;
BEGIN
	PERFORM set_config('corm.batch_size', '20', true);
	OPEN c FOR SELECT corm.all(corm.select_related('Item', 'pair'));
	LOOP
		FETCH c INTO o;
		EXIT WHEN o IS NULL;
		n := n + 1;
		total := total + (o->'pair'->>'a')::int;
		IF (o->'pair'->>'a') <> (o->'pair'->>'b') OR (o->'pair'->>'id')::int <> n THEN
			RAISE 'inconsistent: %', o;
		END IF;
		IF n % 60 = 0 THEN
			PERFORM pg_sleep(0.002), check_all();
		END IF;
	END LOOP;
	IF n <> 300 OR total <> 0 THEN
		RAISE 'inconsistent: % rows, sum %', n, total;
	END IF;
	CLOSE c;
END $$;
CREATE FUNCTION check_that(boolean) RETURNS void LANGUAGE plpgsql AS $$ BEGIN IF $1 IS NOT TRUE THEN RAISE 'not the same'; END IF; END $$;
CREATE FUNCTION transfer(i int, j int) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
	PERFORM pg_advisory_xact_lock(1);
	UPDATE pair SET a = a + d, b = b + d, version = version + 1 FROM (VALUES (i, 1), (1 + (i + j) % 300, -1)) v(k, d) WHERE id = k;
	PERFORM pg_sleep(0.002) WHERE i % 2 = 0;
END $$;
CREATE FUNCTION replace_one(i int) RETURNS void LANGUAGE plpgsql AS $$
DECLARE r pair;
BEGIN
	PERFORM pg_advisory_xact_lock(1);
	DELETE FROM pair WHERE id = i RETURNING * INTO r;
	INSERT INTO pair VALUES (r.id, r.a, r.b, r.version + 1, r.filler);
END $$;
SQL
$node->safe_psql('postgres', 'VACUUM');
$node->backup('base');
my $standby = PostgreSQL::Test::Cluster->new('standby');
$standby->init_from_backup($node, 'base', has_streaming => 1);
$standby->start;

# meanwhile a client of the standby reads
my ($in, $out, $err) = ('', '', '');
my $reading = $standby->basedir . '/reading.sql';
append_to_file($reading, "SELECT check_all();\nSELECT check_links();\nSELECT check_cursor();\n");
my $reader = IPC::Run::start([ 'pgbench', '-n', '-c', '1', '-T', '4', '-f', $reading, $standby->connstr('postgres') ], \$in, \$out, \$err);

$node->pgbench('--no-vacuum --client=4 --jobs=2 --time=6', 0, [qr{processed: \d+}], [qr{^$}], 'consistent under changes', {
	'row_cache_1_all@8' => "SELECT check_all();",
	'row_cache_2_links@3' => "SELECT check_links();",
	'row_cache_3_cursor@2' => "SELECT check_cursor();",
	'row_cache_4_repeat@2' => <<'SQL',
BEGIN ISOLATION LEVEL REPEATABLE READ;
SELECT sum(hashint4(id + version)) AS first FROM pairs() \gset
SELECT check_that(sum(hashint4(id + version)) = :first) FROM pairs();
SELECT check_links();
SELECT check_that(sum(hashint4(id + version)) = :first) FROM pairs();
COMMIT;
SQL
	'row_cache_5_serializable@1' => <<'SQL',
BEGIN ISOLATION LEVEL SERIALIZABLE READ ONLY;
SELECT check_all();
COMMIT;
SQL
	'row_cache_6_transfer@4' => <<'SQL',
\set i random(1, 300)
\set j random(1, 298)
SELECT transfer(:i, :j);
SQL
	'row_cache_7_undo@1' => <<'SQL',
\set i random(1, 300)
\set j random(1, 298)
BEGIN;
SELECT transfer(:i, :j);
SELECT sum(a) FROM pairs();
ROLLBACK;
SQL
	'row_cache_8_replace@1' => <<'SQL',
\set i random(1, 300)
SELECT replace_one(:i);
SQL
	'row_cache_9_lock@1' => <<'SQL',
\set i random(1, 300)
BEGIN;
SELECT id FROM pair WHERE id = :i FOR KEY SHARE;
SELECT check_all();
COMMIT;
SQL
	'row_cache_10_vacuum@6' => "VACUUM pair;",
	'row_cache_11_freeze@1' => "VACUUM (FREEZE) pair;",
	'row_cache_12_full@1' => "\\set n random(1, 10)\n\\if :n = 1\nVACUUM FULL pair;\n\\else\nINSERT INTO used SELECT row_hits FROM corm.stats();\n\\endif" });
cmp_ok($node->safe_psql('postgres', 'SELECT max(hits) FROM used'), '>', 1000, 'kept texts were printed');

$reader->finish;
like($out, qr/processed: \d+/, 'a standby reads meanwhile');
unlike($err, qr/inconsistent|went back|ERROR/, 'and all that is consistent');

# the same calls again and again: only the primary keeps what they print
$node->safe_psql('postgres', 'VACUUM pair');
$node->wait_for_catchup($standby);
my $again = 'SELECT check_all(), check_links() FROM generate_series(1, 3); SELECT row_hits > 0, rows_kept > 0 FROM corm.stats()';
like($node->safe_psql('postgres', $again), qr/^t\|t$/m, 'a primary keeps rows');
like($standby->safe_psql('postgres', $again), qr/^f\|f$/m, 'a standby keeps none');

# promoted, it does, in a transaction that begins after that
my $session = $standby->background_psql('postgres', on_error_stop => 1);
$session->query_safe('BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT check_all(), check_all()');
$standby->promote;
is($session->query_safe('SELECT check_all(), check_all()'), '|', 'a transaction goes on over promotion');
is($session->query_safe('SELECT row_hits, rows_kept FROM corm.stats()'), '0|0', 'and keeps no row');
$session->query_safe('COMMIT');
$session->query_safe('VACUUM pair');
is($session->query_safe('SELECT check_all(), check_all()'), '|', 'the session reads on');
is($session->query_safe('SELECT row_hits > 0, rows_kept FROM corm.stats()'), 't|300', 'and keeps rows');
$session->quit;

unlike(slurp_file($_->logfile), qr/WARNING.*(leak|refcount|resource owner|still referenced)/, 'nothing leaked') foreach $node, $standby;
$standby->stop;
$node->stop;
done_testing();
