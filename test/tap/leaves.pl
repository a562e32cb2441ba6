# Index entries are read from the leaves that a backend knows, while several clients
# empty and fill pages, move rows to other keys, vacuum and rebuild indexes: each
# snapshot has what statements find under it, and all that belongs together.  So on a
# hot standby.  Nothing stays pinned: not by a cursor, nor by a call that waits.

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
ALTER DATABASE postgres SET corm.row_cache_size = 0;
ALTER DATABASE postgres SET client_min_messages = error;
CREATE TABLE owner (id int PRIMARY KEY);
INSERT INTO owner SELECT generate_series(1, 400);

-- 2000 running numbers, of which those at one end go and others come at the other;
-- five of each owner, and each of them named by one row
CREATE TABLE run (id bigint PRIMARY KEY, owner_id int, filler text);
ALTER TABLE run DROP CONSTRAINT run_pkey, ADD PRIMARY KEY (id) WITH (fillfactor = 10);
CREATE INDEX run_owner ON run (owner_id) WITH (fillfactor = 20);
CREATE TABLE ref (id int PRIMARY KEY, run_id bigint);
INSERT INTO run SELECT i, 1 + i % 400, repeat('f', 300) FROM generate_series(1, 2000) i;
INSERT INTO ref SELECT i, i FROM generate_series(1, 2000) i;

-- ten links of each owner, to tags that follow each other
CREATE TABLE tag (id int PRIMARY KEY);
CREATE TABLE link (owner_id int REFERENCES owner, tag_id int REFERENCES tag, PRIMARY KEY (owner_id, tag_id) WITH (fillfactor = 20));
INSERT INTO tag SELECT generate_series(1, 500);
INSERT INTO link SELECT i, i + j FROM generate_series(1, 400) i, generate_series(0, 9) j;

-- 1500 rows under uuids, many of which begin alike, with one that names each; their
-- sum is 0
CREATE TABLE part (id uuid PRIMARY KEY, owner_id int, n int, v int, filler text);
CREATE INDEX part_owner ON part (owner_id, v);
CREATE TABLE pin (id int PRIMARY KEY, part_id uuid);
INSERT INTO part SELECT md5(i::text)::uuid, 1 + i % 400, i, 0, repeat('f', 400) FROM generate_series(1, 1500) i;
INSERT INTO pin SELECT n, id FROM part;
CREATE TABLE used (hits bigint);

SELECT corm.register_model(t) FROM unnest('{owner,run,ref,tag,link,part,pin}'::regclass[]) t;
SELECT corm.relation_on('run', 'owner', 'owner', '{owner_id}', related_name => 'runs'), corm.relation_on('ref', 'run', 'run', '{run_id}', related_name => 'refs'),
	corm.relation_on('part', 'owner', 'owner', '{owner_id}', related_name => 'parts'), corm.relation_on('pin', 'part', 'part', '{part_id}', related_name => 'pins'),
	corm.many_to_many('owner', 'tags', 'tag', through => 'link', related_name => 'owners');

CREATE FUNCTION fail_if(boolean, what text, r record) RETURNS void LANGUAGE plpgsql AS $$ BEGIN IF $1 IS NOT FALSE THEN RAISE 'inconsistent %: %', what, r; END IF; END $$;
CREATE FUNCTION check_runs() RETURNS void LANGUAGE plpgsql AS $$
DECLARE r record;
BEGIN
	SELECT count(*) AS n, count(DISTINCT x.id) AS ids, max(x.id) - min(x.id) AS span, count(*) FILTER (WHERE x.owner_id <> (o->>'id')::int) AS strange INTO r
	FROM json_array_elements(corm.list(corm.prefetch_related('owner', '{"runs": {"fields": ["id", "owner_id"]}}'))) o, json_to_recordset(o->'runs') AS x(id bigint, owner_id int);
	PERFORM fail_if(r.n <> 2000 OR r.ids <> 2000 OR r.span <> 1999 OR r.strange > 0, 'runs', r);
	SELECT count(*) AS n, count(*) FILTER (WHERE (o->>'run_id') = (o->'run'->>'id')) AS named INTO r
	FROM json_array_elements(corm.list(corm.prefetch_related('ref', '{"run": {"fields": ["id"]}}'))) o;
	PERFORM fail_if(r.n <> 2000 OR r.named <> 2000, 'refs', r);
END $$;
CREATE FUNCTION check_links() RETURNS void LANGUAGE plpgsql AS $$
DECLARE r record;
BEGIN
	SELECT count(*) AS n, count(*) FILTER (WHERE json_array_length(o->'tags') <> 10 OR (o->'tags'->9->>'id')::int - (o->'tags'->0->>'id')::int <> 9) AS odd INTO r
	FROM json_array_elements(corm.list(corm.prefetch_related('owner', 'tags'))) o;
	PERFORM fail_if(r.n <> 400 OR r.odd > 0, 'links', r);
END $$;
CREATE FUNCTION check_parts() RETURNS void LANGUAGE plpgsql AS $$
DECLARE r record;
BEGIN
	SELECT count(*) AS n, count(DISTINCT x.n) AS ns, sum(x.v) AS sum INTO r
	FROM json_array_elements(corm.list(corm.prefetch_related('owner', '{"parts": {"fields": ["n", "v"]}}'))) o, json_to_recordset(o->'parts') AS x(n int, v int);
	PERFORM fail_if(r.n <> 1500 OR r.ns <> 1500 OR r.sum <> 0, 'parts', r);
	SELECT count(*) AS n, count(*) FILTER (WHERE (o->>'id') = (o->'part'->>'n')) AS named INTO r
	FROM json_array_elements(corm.list(corm.prefetch_related('pin', '{"part": {"fields": ["n"]}}'))) o;
	PERFORM fail_if(r.n <> 1500 OR r.named <> 1500, 'pins', r);
END $$;
-- everything that there is, and single rows beyond and within
CREATE FUNCTION everything(scans boolean, first bigint) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	PERFORM set_config('corm.direct_scan', scans::text, true);
	RETURN md5(concat(corm.list(corm.prefetch_related('owner', '{"runs": {"fields": ["id"]}, "parts": {"fields": ["id", "v"]}, "tags": {"prefetch_related": ["owners"]}}')),
		corm.list(corm.prefetch_related('ref', '{"run": {"fields": ["id"]}}')), corm.list(corm.prefetch_related('pin', '{"part": {"fields": ["id", "n"]}}')),
		(SELECT json_agg(corm.get_or_none(corm.fields('run', 'id'), jsonb_build_object('id', i)) ORDER BY i) FROM generate_series(first, first + 40) i)));
END $$;
CREATE FUNCTION check_same(OUT digest bigint) LANGUAGE plpgsql AS $$
DECLARE first bigint := (SELECT CASE WHEN random() < 0.5 THEN min(id) - 20 ELSE max(id) - 20 END FROM run);
BEGIN
	IF everything(true, first) <> everything(false, first) THEN
		RAISE 'inconsistent: scans differ from statements';
	END IF;
	PERFORM set_config('corm.direct_scan', 'on', true);
	digest := hashtextextended(corm.list(corm.prefetch_related('owner', 'runs', 'parts', 'tags'))::text, 0);
END $$;
CREATE FUNCTION check_that(boolean) RETURNS void LANGUAGE plpgsql AS $$ BEGIN IF $1 IS NOT TRUE THEN RAISE 'inconsistent: not the same'; END IF; END $$;
-- one that takes its time
CREATE FUNCTION check_cursor() RETURNS void LANGUAGE plpgsql AS $$
DECLARE
	c refcursor;
	o json;
	n int := 0;
BEGIN
	PERFORM set_config('corm.batch_size', '20', true);
	OPEN c FOR SELECT corm.all(corm.prefetch_related('owner', 'tags', 'runs'));
	LOOP
		FETCH c INTO o;
		EXIT WHEN o IS NULL;
		n := n + 1;
		IF json_array_length(o->'tags') <> 10 OR (o->'tags'->9->>'id')::int - (o->'tags'->0->>'id')::int <> 9 OR json_array_length(o->'runs') <> 5 THEN
			RAISE 'inconsistent: %', o;
		END IF;
		PERFORM pg_sleep(0.002), check_links() WHERE n % 80 = 0;
	END LOOP;
	PERFORM check_that(n = 400);
	CLOSE c;
END $$;

-- The lowest 400 numbers go, with their pages, and the next 400 come; or the other
-- way round.
CREATE FUNCTION advance(how int) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
	step int := CASE WHEN how % 5 < 3 THEN 2000 ELSE -2000 END;
	first bigint;
BEGIN
	PERFORM pg_advisory_xact_lock(1);
	SELECT min(id) + CASE WHEN step > 0 THEN 0 ELSE 1600 END INTO first FROM run;
	IF how % 3 = 0 THEN
		UPDATE run SET id = id + step WHERE id BETWEEN first AND first + 399;
	ELSE
		DELETE FROM run WHERE id BETWEEN first AND first + 399;
		INSERT INTO run SELECT i, 1 + (i % 400 + 400) % 400, repeat('f', 300) FROM generate_series(first + step, first + step + 399) i ORDER BY CASE WHEN how % 3 = 1 THEN hashint8(i) ELSE i END;
	END IF;
	UPDATE ref SET run_id = run_id + step WHERE run_id BETWEEN first AND first + 399;
END $$;
-- The links of some owners become others.
CREATE FUNCTION relink(i int, n int, base int) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
	PERFORM pg_advisory_xact_lock(2);
	DELETE FROM link WHERE owner_id BETWEEN i AND i + n;
	INSERT INTO link SELECT o, 1 + (base + o) % 490 + j FROM generate_series(i, least(i + n, 400)) o, generate_series(0, 9) j;
END $$;
-- Rows get other keys, and go to other owners.
CREATE FUNCTION move(i int) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
	PERFORM pg_advisory_xact_lock(3);
	UPDATE pin SET part_id = CASE WHEN i % 2 = 0 THEN gen_random_uuid() ELSE ('7f000000-0000-4000-8000-' || right(gen_random_uuid()::text, 12))::uuid END WHERE id BETWEEN i AND i + 50;
	IF i % 3 = 0 THEN
		WITH gone AS (DELETE FROM part USING pin WHERE pin.id = part.n AND pin.id BETWEEN i AND i + 50 RETURNING part.*, part_id)
		INSERT INTO part SELECT part_id, 1 + (owner_id + i) % 400, n, v + CASE n WHEN i THEN 1 WHEN i + 1 THEN -1 ELSE 0 END, filler FROM gone;
	ELSE
		UPDATE part SET id = part_id, owner_id = 1 + (owner_id + i) % 400, v = v + CASE n WHEN i THEN 1 WHEN i + 1 THEN -1 ELSE 0 END FROM pin WHERE pin.id = n AND n BETWEEN i AND i + 50;
	END IF;
END $$;

-- a value that somebody else may hold up
CREATE TYPE held AS ENUM ('held');
CREATE FUNCTION held_json(held) RETURNS json LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_advisory_lock_shared(7), pg_advisory_unlock_shared(7); RETURN '"held"'; END $$;
CREATE CAST (held AS json) WITH FUNCTION held_json(held);
CREATE TABLE slow (id int PRIMARY KEY, held held);
CREATE TABLE slow_link (owner_id int, slow_id int, PRIMARY KEY (owner_id, slow_id));
INSERT INTO slow SELECT i, CASE WHEN i = 1 THEN 'held'::held END FROM generate_series(1, 20) i;
INSERT INTO slow_link SELECT i, j FROM generate_series(1, 40) i, generate_series(1, 20) j;
SELECT corm.register_model('slow'), corm.register_model('slow_link');
ALTER TABLE slow_link ADD FOREIGN KEY (owner_id) REFERENCES owner, ADD FOREIGN KEY (slow_id) REFERENCES slow;
SELECT corm.many_to_many('owner', 'slow', 'slow', through => 'slow_link', related_name => 'owners');
SQL
my $buffers = $node->safe_psql('postgres', q{SELECT count(*) FROM pg_available_extensions WHERE name = 'pg_buffercache'});
$node->safe_psql('postgres', 'CREATE EXTENSION pg_buffercache') if $buffers;
my $pinned = $buffers ? q{SELECT count(*) FROM pg_buffercache WHERE pinning_backends > 0 AND relfilenode > 16383
	AND reldatabase = (SELECT oid FROM pg_database WHERE datname = current_database())} : 'SELECT 0 WHERE true';
$node->safe_psql('postgres', 'VACUUM');
$node->backup('base');
my $standby = PostgreSQL::Test::Cluster->new('standby');
$standby->init_from_backup($node, 'base', has_streaming => 1);
$standby->start;

# ---------- under changes; meanwhile a client of the standby reads ----------

my ($in, $out, $err) = ('', '', '');
my $reading = $standby->basedir . '/reading.sql';
append_to_file($reading, <<'SQL');
SELECT check_runs();
SELECT check_links();
SELECT check_parts();
BEGIN ISOLATION LEVEL REPEATABLE READ;
SELECT check_same();
COMMIT;
SELECT check_that(leaf_hits > 100) FROM corm.stats();
SQL
my $reader = IPC::Run::start([ 'pgbench', '-n', '-c', '1', '-T', '5', '-f', $reading, $standby->connstr('postgres') ], \$in, \$out, \$err);

$node->pgbench('--no-vacuum --client=5 --jobs=2 --time=6', 0, [qr{processed: \d+}], [qr{^$}], 'consistent under changes', {
	'leaves_1_runs@4' => "SELECT check_runs();",
	'leaves_2_links@4' => "SELECT check_links();\nINSERT INTO used SELECT leaf_hits FROM corm.stats();",
	'leaves_3_parts@4' => "SELECT check_parts();",
	'leaves_4_same@3' => <<'SQL',
BEGIN ISOLATION LEVEL REPEATABLE READ;
SELECT check_same() AS first \gset
SELECT pg_sleep(0.01);
SELECT check_that(check_same() = :first);
COMMIT;
SQL
	'leaves_5_cursor@1' => "SELECT check_cursor();",
	'leaves_6_serializable@1' => <<'SQL',
BEGIN ISOLATION LEVEL SERIALIZABLE READ ONLY;
SELECT check_links();
COMMIT;
SQL
	'leaves_7_advance@5' => "\\set i random(1, 1000)\nSELECT advance(:i);",
	'leaves_8_relink@5' => "\\set i random(1, 400)\n\\set n random(0, 80)\n\\set base random(1, 490)\nSELECT relink(:i, :n, :base);",
	'leaves_9_move@5' => "\\set i random(1, 1400)\nSELECT move(:i);",
	'leaves_10_undo@2' => <<'SQL',
\set i random(1, 400)
BEGIN;
SELECT advance(:i);
SELECT relink(:i, 50, :i), move(:i);
SELECT check_runs(), check_links(), check_parts();
ROLLBACK;
SQL
	'leaves_11_savepoint@1' => <<'SQL',
\set i random(1, 400)
BEGIN;
SELECT relink(:i, 10, :i);
SAVEPOINT s;
SELECT relink(:i, 200, 0), check_links();
ROLLBACK TO s;
SELECT check_links();
COMMIT;
SQL
	'leaves_12_vacuum@6' => "VACUUM (SKIP_LOCKED, INDEX_CLEANUP ON, TRUNCATE OFF) run, link, part;",
	'leaves_13_vacuum_ref@2' => "VACUUM (SKIP_LOCKED, TRUNCATE OFF) ref, pin;",
	'leaves_14_reindex@2' => <<'SQL',
\set n random(1, 4)
\if :client_id > 0
SELECT check_links();
\elif :n = 1
REINDEX INDEX CONCURRENTLY run_pkey;
\elif :n = 2
REINDEX INDEX CONCURRENTLY link_pkey;
\elif :n = 3
REINDEX INDEX CONCURRENTLY part_pkey;
\else
REINDEX INDEX CONCURRENTLY run_owner;
\endif
SQL
	'leaves_15_rebuild@2' => <<'SQL' });
\set n random(1, 8)
\if :client_id > 0
SELECT check_parts();
\elif :n = 1
REINDEX INDEX link_pkey;
\elif :n = 2
REINDEX INDEX part_owner;
\elif :n = 3
VACUUM FULL part;
\endif
SQL
my $hits = $node->safe_psql('postgres', 'SELECT max(hits) FROM used');
note("$hits hits");
cmp_ok($hits, '>', 20000, 'most lookups found leaves');

$reader->finish;
like($out, qr/processed: \d+/, 'a standby reads meanwhile');
unlike($err, qr/inconsistent|ERROR|aborted/, 'and all that is consistent');
is($node->safe_psql('postgres', $pinned), '0', 'nothing stays pinned');

# ---------- a cursor is open for long ----------

# It holds nothing between two fetches: VACUUM takes away what it may, places are
# used again, and the cursor goes on with the links that it is to see.
$node->safe_psql('postgres', 'DELETE FROM link; VACUUM link; INSERT INTO link SELECT i, i + j FROM generate_series(1, 400) i, generate_series(0, 9) j; VACUUM link');
my $cursor = $node->background_psql('postgres', on_error_stop => 1);
my $list = sub { return join(',', map { "$_:" . join('+', $_ .. $_ + 9) } $_[0] .. $_[1]) };
my $tags = q{string_agg((o->>'id') || ':' || (SELECT string_agg(t->>'id', '+') FROM json_array_elements(o->'tags') t), ',')};
$cursor->query_safe(<<"SQL");
CREATE FUNCTION pg_temp.some(n int) RETURNS text LANGUAGE plpgsql AS \$\$
DECLARE
	c refcursor := 'c';
	o json;
	r text := '';
	one text;
BEGIN
	FOR i IN 1 .. n LOOP
		FETCH c INTO o;
		EXIT WHEN o IS NULL;
		SELECT (o->>'id') || ':' || string_agg(t->>'id', '+') INTO one FROM json_array_elements(o->'tags') t;
		r := concat_ws(',', nullif(r, ''), one);
	END LOOP;
	RETURN r;
END \$\$;
SET corm.batch_size = 50;
BEGIN;
DECLARE c CURSOR FOR SELECT corm.all(corm.prefetch_related('owner', 'tags'));
SQL
is($cursor->query_safe('SELECT pg_temp.some(60)'), $list->(1, 60), 'a cursor begins');
is($node->safe_psql('postgres', "$pinned AND relfilenode = pg_relation_filenode('link_pkey')"), '0', 'and has no pin on the links');
$node->safe_psql('postgres', <<'SQL');
SET statement_timeout = '60s';
DELETE FROM link WHERE owner_id % 3 > 0;
VACUUM (INDEX_CLEANUP ON) link;
INSERT INTO link SELECT i, 200 + i % 200 + j FROM generate_series(1, 400) i, generate_series(20, 29) j;
VACUUM (INDEX_CLEANUP ON) link;
UPDATE link SET tag_id = tag_id + 60 WHERE tag_id > 230;
VACUUM (INDEX_CLEANUP ON) link;
SQL
is($cursor->query_safe('SELECT pg_temp.some(150)'), $list->(61, 210), 'it goes on with what there was');
$node->safe_psql('postgres', 'SET statement_timeout = \'60s\'; DELETE FROM link; VACUUM (INDEX_CLEANUP ON) link');
is($cursor->query_safe('SELECT pg_temp.some(1000)'), $list->(211, 400), 'to its end');
$cursor->query_safe('COMMIT');
$node->safe_psql('postgres', "SET statement_timeout = '60s'; VACUUM (INDEX_CLEANUP ON) link");
is($node->safe_psql('postgres', 'SELECT count(*), pg_relation_size(\'link\') FROM link'), '0|0', 'and everything goes');
$cursor->quit;

# ---------- a call is held up ----------

# It has read the links of an owner, from the index alone, and waits for the text of
# the first one's target.  Links that were gone when it began still had entries.
# Nobody waits for it: VACUUM takes them away, and their places are taken.
sub held_up
{
	my ($where, $reader) = @_;
	my $read = $reader->background_psql('postgres', on_error_stop => 1);
	my $hold = $reader->background_psql('postgres', on_error_stop => 1);

	$node->safe_psql('postgres', 'TRUNCATE slow_link; INSERT INTO slow_link SELECT i, j FROM generate_series(1, 40) i, generate_series(1, 20) j; VACUUM slow_link');
	$node->wait_for_catchup($standby);
	$read->query_safe(q{SELECT length(corm.list(corm.prefetch_related('owner', '{"slow": {"fields": ["id"]}}'))::text)}) for 1 .. 3;
	my $hits = $read->query_safe('SELECT leaf_hits FROM corm.stats()');
	$node->safe_psql('postgres', 'DELETE FROM slow_link WHERE slow_id BETWEEN 5 AND 15');
	$node->wait_for_catchup($standby);

	$hold->query_safe('SELECT pg_advisory_lock(7)');
	$read->query_until(qr/begins/, <<'SQL');
\echo begins
SELECT string_agg(t->>'id', '+') FROM json_array_elements(corm.get(corm.prefetch_related('owner', 'slow'), '{"id": 20}')->'slow') t;
SQL
	ok($reader->poll_query_until('postgres', q{SELECT count(*) = 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted}), "$where: a call waits");
	is($reader->safe_psql('postgres', "$pinned AND relfilenode IN (SELECT relfilenode FROM pg_class WHERE relname = 'slow_link_pkey')"), '0', "$where: with no pin on the links");
	$node->safe_psql('postgres', <<'SQL');
SET statement_timeout = '60s';
VACUUM (INDEX_CLEANUP ON, TRUNCATE OFF) slow_link;
INSERT INTO slow_link SELECT i, 5 FROM generate_series(41, 400) i;
SQL
	$node->wait_for_catchup($standby);
	$hold->query_safe('SELECT pg_advisory_unlock(7)');
	like($read->query_safe("SELECT leaf_hits > $hits FROM corm.stats()"), qr/^1\+2\+3\+4\+16\+17\+18\+19\+20\nt$/, "$where: it has the links that there were");
	is($read->query_safe(q{SELECT string_agg(t->>'id', '+') FROM json_array_elements(corm.get(corm.prefetch_related('owner', '{"slow": {"fields": ["id"]}}'), '{"id": 60}')->'slow') t}), '5', "$where: and those that came since, next time");
	$_->quit foreach $read, $hold;
	return;
}
held_up('primary', $node);
held_up('standby', $standby);

unlike(slurp_file($_->logfile), qr/WARNING.*(leak|refcount|resource owner|still referenced)/, 'nothing leaked') foreach $node, $standby;
unlike(slurp_file($_->logfile), qr/PANIC|TRAP|terminated by signal/, 'nobody crashed') foreach $node, $standby;
$standby->stop;
$node->stop;
done_testing();
