# A call can be cancelled anywhere and leaves the session as it was; what a call
# returns does not pile up in the backend.

use strict;
use warnings;

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('main');
$node->init;
$node->start;
$node->safe_psql('postgres', <<'SQL');
CREATE EXTENSION corm;
CREATE TABLE author (id int PRIMARY KEY, name text);
CREATE TABLE post (id int PRIMARY KEY, author_id int REFERENCES author, title text);
CREATE INDEX ON post (author_id);
INSERT INTO author SELECT i, repeat('n', 200) || i FROM generate_series(1, 20000) i;
INSERT INTO post SELECT i, 1 + i % 20000, repeat('t', 50) || i FROM generate_series(1, 60000) i;
ANALYZE;
SELECT corm.register_model('author'), corm.register_model('post');
SELECT corm.foreign_key('post', 'author', 'author', 'posts');
CREATE VIEW slow AS SELECT id, pg_sleep(60)::text AS z FROM author;
SELECT corm.register_model('slow', key => '{id}');
CREATE FUNCTION endless(int) RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN LOOP END LOOP; END $$;
CREATE VIEW stuck AS SELECT id, author_id FROM post WHERE endless(id);
SELECT corm.register_model('stuck', key => '{id}');
CREATE VIEW memory AS SELECT sum(total_bytes)::bigint AS bytes FROM pg_backend_memory_contexts;
SQL

# stops a call by its time limit, then asks the same session for something else
sub cancelled
{
	my ($what, $call, $limit) = @_;
	my ($status, $out, $err) = $node->psql('postgres', <<"SQL", on_error_stop => 0);
SET statement_timeout = '$limit';
$call;
\\echo :LAST_ERROR_SQLSTATE
RESET statement_timeout;
SELECT corm.count('author'), json_array_length(corm.get(corm.prefetch_related('author', 'posts'), '{"id": 7}') -> 'posts');
SELECT count(*) FROM pg_cursors;
SQL
	is($out, "57014\n20000|3\n0", $what);
	return;
}

cancelled('while roots are read', q{SELECT corm.list('slow')}, '100ms');
cancelled('while roots are pulled', q{SELECT corm.all('slow')}, '100ms');
cancelled('while a filter runs', q{SELECT corm.count('stuck')}, '100ms');
cancelled('inside of a transaction', q{BEGIN; SELECT corm.list('slow'); ROLLBACK; SELECT pg_sleep(60)}, '100ms');
cancelled('during a big fetch',
	q{SELECT sum(length(corm.list(corm.prefetch_related('author', 'posts__author__posts__author__posts__author'))::text)) FROM generate_series(1, 1000)}, '300ms');
cancelled('during many small ones',
	q{SELECT sum(corm.count('author', jsonb_build_object('id', i))) FROM generate_series(1, 100000000) i}, '200ms');

# errors of other kinds, caught inside of a transaction
is($node->safe_psql('postgres', <<'SQL'), "f\n3\n0", 'a caught error leaves the transaction usable');
CREATE FUNCTION caught() RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
	FOR i IN 1 .. 50 LOOP
		BEGIN
			PERFORM corm.all(corm.prefetch_related('author', 'no_such'));
		EXCEPTION WHEN undefined_column THEN NULL;
		END;
		BEGIN
			PERFORM 1 / (corm.count('author', '{"id": 0}'));
		EXCEPTION WHEN division_by_zero THEN NULL;
		END;
	END LOOP;
	RETURN false;
END $$;
BEGIN;
SELECT caught();
SELECT json_array_length(corm.get(corm.prefetch_related('author', 'posts'), '{"id": 7}') -> 'posts');
SELECT count(*) FROM pg_cursors;
COMMIT;
SQL

# a cursor left half-way, a LIMIT, and a savepoint rolled back beneath a cursor
is($node->safe_psql('postgres', <<'SQL'), "2\n0", 'a cursor left half-way');
BEGIN;
DECLARE c NO SCROLL CURSOR FOR SELECT corm.all(corm.prefetch_related('author', 'posts'));
MOVE 1500 IN c;
SELECT count(*) FROM pg_cursors;
CLOSE c;
SELECT count(*) FROM pg_cursors;
COMMIT;
SQL
is($node->safe_psql('postgres', q{BEGIN; SELECT count(*) FROM (SELECT corm.all('author') LIMIT 5) x; SELECT count(*) FROM pg_cursors; COMMIT}),
	"5\n0", 'a limit above a call');

# Memory while rows stream: looked at from the middle of the stream, so that the
# whole is not yet freed, with little memory for the plan itself.  It is steady once
# freed blocks are used again.  What is kept of rows for later calls has a bound of
# its own.
sub streamed
{
	my ($what, $call, $small, $large) = @_;
	my $out = $node->safe_psql('postgres', <<"SQL");
SET corm.batch_size = 100; SET work_mem = '64kB'; SET corm.row_cache_size = 0;
BEGIN;
DECLARE c NO SCROLL CURSOR FOR $call;
MOVE $small IN c;
SELECT bytes FROM memory;
MOVE $large IN c;
SELECT bytes FROM memory;
CLOSE c;
COMMIT;
SQL
	my ($before, $after) = split /\n/, $out;
	cmp_ok($after, '<', $before * 1.2 + 500_000, "$what: $before, then $after bytes");
	return;
}
streamed('documents', q{SELECT corm.all('author')}, 3000, 16000);
streamed('with children', q{SELECT corm.all(corm.prefetch_related('author', 'posts'))}, 3000, 16000);
streamed('three levels', q{SELECT corm.all(corm.prefetch_related('author', 'posts__author'))}, 3000, 15000);
streamed('joined', q{SELECT corm.all(corm.select_related('post', 'author'))}, 3000, 50000);

# Memory of a session after many calls of all kinds.
my $calls = q{
	SELECT sum(corm.count('author', jsonb_build_object('id', i))) FROM generate_series(1, 3000) i;
	SELECT count(corm.get(corm.prefetch_related('author', 'posts'), jsonb_build_object('id', i))) FROM generate_series(1, 1000) i;
	SELECT count(*) FROM corm.all(corm.prefetch_related('author', 'posts'), '{"id__lt": 3000}');
	SELECT count(*) FROM corm.prefetch('author', (SELECT array_agg(i) FROM generate_series(1, 2000) i), 'posts');
	SELECT count(*) FROM corm.rows(NULL::post, 'post');
	SELECT length(corm.list('post')::text) > 0;
	SELECT caught();};
my @bytes = split /\n/, $node->safe_psql('postgres', <<"SQL");
\\o /dev/null
$calls
\\o
SELECT bytes FROM memory;
\\o /dev/null
$calls $calls $calls
\\o
SELECT bytes FROM memory;
SQL
cmp_ok($bytes[1], '<', $bytes[0] * 1.1 + 200_000, "a session keeps nothing of its calls: $bytes[0], then $bytes[1] bytes");

# one statement with many calls frees what each of them used
@bytes = split /\n/, $node->safe_psql('postgres', <<'SQL');
CREATE TABLE sizes AS SELECT 0 AS i, 0::bigint AS bytes;
DO $$
DECLARE
	n bigint;
BEGIN
	FOR i IN 1 .. 4000 LOOP
		n := corm.count('author', jsonb_build_object('id', i));
		PERFORM corm.get(corm.prefetch_related('author', 'posts'), jsonb_build_object('id', i));
		IF i IN (1000, 4000) THEN
			INSERT INTO sizes SELECT i, bytes FROM memory;
		END IF;
	END LOOP;
END $$;
SELECT bytes FROM sizes WHERE i > 0 ORDER BY i;
SQL
cmp_ok($bytes[1], '<', $bytes[0] * 1.1 + 200_000, "one statement of many calls: $bytes[0], then $bytes[1] bytes");

# loaded with the server: settings are known before any call, calls do what they did
my $ask = q{SELECT corm.get(corm.prefetch_related('author', 'posts'), '{"id": 7}')};
my $told = $node->safe_psql('postgres', $ask);
$node->append_conf('postgresql.conf', "shared_preload_libraries = 'corm'");
$node->restart;
is($node->safe_psql('postgres', 'SHOW corm.batch_size'), '1000', 'a setting is known to a new session');
is($node->safe_psql('postgres', $ask), $told, 'its first call gets the same');
my ($status, undef, $stderr) = $node->psql('postgres', 'SET corm.batch_size = 0');
like($stderr, qr/0 is outside the valid range for parameter "corm.batch_size"/, 'a wrong value is refused at once');
($status, undef, $stderr) = $node->psql('postgres', 'SET corm.nothing = 1');
like($stderr, qr/invalid configuration parameter name "corm.nothing"/, 'and so is a name that is none');
$node->safe_psql('postgres', 'CREATE DATABASE bare');
is($node->safe_psql('bare', 'SELECT 1'), '1', 'a database without the extension does not mind');
is($node->safe_psql('bare', q{CREATE EXTENSION corm; SELECT corm.create_model('m', '{"n": "int"}'); SELECT corm.count('m')}), "ms\n0", 'and may create it');

$node->stop;
done_testing();
