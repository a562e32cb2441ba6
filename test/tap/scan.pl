# Index scans of much: they can be cancelled, hold no pin and no memory longer than
# they need it, also when they end by an error.

use strict;
use warnings;

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('scan');
$node->init;
$node->append_conf('postgresql.conf', 'autovacuum = off');
$node->start;
$node->safe_psql('postgres', <<'SQL');
CREATE EXTENSION corm;
CREATE TABLE parent (id int PRIMARY KEY);
CREATE TABLE child (id int PRIMARY KEY, parent_id int);
CREATE TABLE tag (id int PRIMARY KEY);
CREATE TABLE link (parent_id int, tag_id int, PRIMARY KEY (parent_id, tag_id));
INSERT INTO parent SELECT generate_series(1, 100000);
INSERT INTO child SELECT (i::bigint * 7919) % 1000003, CASE WHEN i % 2 = 0 THEN 1 ELSE 2 END FROM generate_series(1, 1000000) i;
CREATE INDEX ON child (parent_id);
DELETE FROM child WHERE parent_id = 2;
INSERT INTO child SELECT -i, 3 + i FROM generate_series(1, 90000) i;
INSERT INTO tag SELECT generate_series(1, 300);
INSERT INTO link SELECT 1 + i, 1 + i % 300 FROM generate_series(1, 99000) i;
ALTER TABLE child ADD FOREIGN KEY (parent_id) REFERENCES parent;
ALTER TABLE link ADD FOREIGN KEY (parent_id) REFERENCES parent, ADD FOREIGN KEY (tag_id) REFERENCES tag;
SELECT corm.register_model(t) FROM unnest('{parent,child,tag,link}'::regclass[]) t;
SELECT corm.foreign_key('child', 'parent', 'parent', 'children');
SELECT corm.many_to_many('parent', 'tags', 'tag', through => 'link', related_name => 'parents');
SQL
my $buffers = $node->safe_psql('postgres', q{SELECT count(*) FROM pg_available_extensions WHERE name = 'pg_buffercache'});
$node->safe_psql('postgres', 'CREATE EXTENSION pg_buffercache') if $buffers;

my $pinned = $buffers ? q{SELECT count(*) FROM pg_buffercache WHERE pinning_backends > 0 AND relfilenode > 16383
	AND reldatabase = (SELECT oid FROM pg_database WHERE datname = current_database());} : 'SELECT 0;';

# Runs a call in a transaction until its time is up.  Nothing is pinned then, and
# the transaction goes on.
sub stopped
{
	my ($what, $call) = @_;
	my ($status, $out, $err) = $node->psql('postgres', <<"SQL", on_error_stop => 0);
BEGIN;
SAVEPOINT s;
SET LOCAL statement_timeout = '100ms';
$call;
\\echo :LAST_ERROR_SQLSTATE
ROLLBACK TO s;
SELECT clock_timestamp() - now() < '1 s';
$pinned
SELECT corm.get(corm.prefetch_related('parent', 'children'), jsonb_build_object('id', 7));
COMMIT;
SQL
	is($out, qq(57014\nt\n0\n{"id":7,"children":[{"id":-4,"parent_id":7}]}), $what);
	return;
}

stopped('during a long list', q{SELECT length(corm.get(corm.prefetch_related('parent', 'children'), '{"id": 1}')::text) FROM generate_series(1, 20)});
stopped('among dead rows', q{SELECT length(corm.get(corm.prefetch_related('parent', 'children'), '{"id": 2}')::text) FROM generate_series(1, 100)});
stopped('during many lists', q{SELECT length(corm.list(corm.prefetch_related('parent', 'children', 'tags'))::text) FROM generate_series(1, 20)});
stopped('while rows are pulled', q{SELECT count(*) FROM (SELECT corm.all(corm.prefetch_related('parent', 'children', 'tags')) FROM generate_series(1, 50)) x});

# errors between rows, caught; a cursor that is left
is($node->safe_psql('postgres', <<"SQL"), "0\n0", 'no pin after caught errors and a cursor');
BEGIN;
DO \$\$ BEGIN
	SET LOCAL corm.max_rows = 50;
	FOR i IN 1 .. 200 LOOP
		BEGIN
			PERFORM corm.list(corm.prefetch_related('parent', 'children', 'tags'));
		EXCEPTION WHEN program_limit_exceeded THEN NULL;
		END;
		BEGIN
			PERFORM corm.get(corm.prefetch_related('parent', 'children', 'tags'), '{"id": 1}');
		EXCEPTION WHEN program_limit_exceeded THEN NULL;
		END;
	END LOOP;
END \$\$;
$pinned
COMMIT;
BEGIN;
DECLARE c CURSOR FOR SELECT corm.all(corm.prefetch_related('parent', 'tags')) OFFSET 10;
MOVE 100 IN c;
COMMIT;
$pinned
SQL

# what a cursor holds does not grow with the rows that it has given
cmp_ok($node->safe_psql('postgres', <<'SQL'), '<', 200000, 'memory of a cursor over many rows');
CREATE VIEW memory AS SELECT sum(total_bytes) AS bytes FROM pg_backend_memory_contexts;
BEGIN;
DECLARE c CURSOR FOR SELECT corm.all(corm.prefetch_related('parent', 'children', 'tags')) OFFSET 10;
MOVE 9000 IN c;
SELECT bytes AS before FROM memory \gset
MOVE 90000 IN c;
SELECT bytes - :before FROM memory;
SQL

unlike(slurp_file($node->logfile), qr/WARNING.*(leak|refcount|resource owner|still referenced)/, 'nothing leaked');
$node->stop;
done_testing();
