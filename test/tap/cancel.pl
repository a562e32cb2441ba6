# A big fetch is cancelled at once, by a cancel request and by its time limit,
# from the select list and from FROM; the session then works on.

use strict;
use warnings;

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use Time::HiRes qw(usleep);

my $node = PostgreSQL::Test::Cluster->new('main');
$node->init;
$node->append_conf('postgresql.conf', "fsync = off\njit = off\nmax_parallel_workers_per_gather = 0");
$node->start;
$node->safe_psql('postgres', <<'SQL');
CREATE EXTENSION corm;
CREATE TABLE author (id int PRIMARY KEY, name text);
CREATE TABLE post (id int PRIMARY KEY, author_id int REFERENCES author, title text);
CREATE TABLE post_tag (post_id int REFERENCES post, tag_id int, PRIMARY KEY (post_id, tag_id));
CREATE TABLE tag (id int PRIMARY KEY, name text);
INSERT INTO author SELECT i, 'author ' || i FROM generate_series(1, 30000) i;
INSERT INTO post SELECT i, 1 + i % 30000, 'post ' || i FROM generate_series(1, 300000) i;
INSERT INTO tag SELECT i, 'tag ' || i FROM generate_series(1, 100) i;
INSERT INTO post_tag SELECT i, 1 + (i * 7 + j * 31) % 100 FROM generate_series(1, 300000) i, generate_series(1, 2) j;
ALTER TABLE post_tag ADD FOREIGN KEY (tag_id) REFERENCES tag;
CREATE INDEX ON post (author_id);
CREATE INDEX ON post_tag (tag_id);
CREATE TABLE folder (id int PRIMARY KEY, parent_id int REFERENCES folder, name text);
INSERT INTO folder SELECT i, nullif(i / 2, 0), repeat('f', 20) FROM generate_series(1, 200000) i;
CREATE INDEX ON folder (parent_id);
ANALYZE;
SELECT corm.register_model(t::regclass, initcap(t)) FROM unnest(ARRAY['author', 'post', 'tag', 'post_tag', 'folder']) t;
SELECT corm.foreign_key('Post', 'author', 'Author', columns => '{author_id}', related_name => 'posts');
SELECT corm.foreign_key('Folder', 'parent', 'Folder', columns => '{parent_id}', related_name => 'children');
SELECT corm.many_to_many('Post', 'tags', 'Tag', through => 'Post_Tag', related_name => 'posts');
CREATE SEQUENCE looked;
SQL

# Each takes seconds when nobody stops it.
my $authors = q{corm.prefetch_related('Author', 'posts__author__posts__author', 'posts__tags')};
my $folders = q{corm.prefetch_related(corm.filter('Folder', '{"id__lte": 4000}'), '{"children": {"recursive": true}}'::jsonb)};
my %calls = (
	'all in the select list' => "SELECT corm.all($authors)",
	'all in FROM' => "SELECT sum(length(object::text)) FROM corm.all($authors)",
	'list of a tree in the select list' => "SELECT length(corm.list($folders)::text)",
	'list of a tree in FROM' => "SELECT length(l::text) FROM corm.list($folders) AS l",
	'list of all in the select list' => "SELECT length(corm.list($authors)::text)");

# what the session still does, and that nothing is left open in it
my $works = q{SELECT corm.count('Author'), json_array_length(corm.get(corm.prefetch_related('Author', 'posts'), '{"id": 7}') -> 'posts'), (SELECT count(*) FROM pg_cursors WHERE name <> '')};

my $time = 150;
for my $what (sort keys %calls)
{
	my $call = $calls{$what};

	# by its time limit: when it began and when psql was told are the server's
	my ($status, $out, $err) = $node->psql('postgres', <<"SQL", on_error_stop => 0);
SELECT clock_timestamp() AS began \\gset
SET statement_timeout = ${time};
\\o /dev/null
$call;
\\o
\\echo :LAST_ERROR_SQLSTATE
RESET statement_timeout;
SELECT round(extract(epoch FROM clock_timestamp() - :'began'::timestamptz) * 1000) - $time;
$works;
SQL
	my ($state, $late, @rest) = split /\n/, $out;
	is($state, '57014', "$what: ended by its time limit");
	is("@rest", '30000|10|0', "$what: the session works on");
	note("$what: $late ms after its limit");

	# by another session
	my ($in, $told, $failed) = ("SELECT 'pid ' || pg_backend_pid();\n\\o /dev/null\n$call;\n\\o\n\\echo :LAST_ERROR_SQLSTATE\nSELECT 'at ' || extract(epoch FROM clock_timestamp());\n$works;\n\\echo done\n", '', '');
	my $psql = IPC::Run::start([ 'psql', '-XAtq', '-d', $node->connstr('postgres') ], '<', \$in, '>', \$told, '2>', \$failed,
		IPC::Run::timeout(60));
	$psql->pump until $told =~ /pid (\d+)/;
	my $pid = $1;
	$node->poll_query_until('postgres', "SELECT state = 'active' AND query_start < clock_timestamp() - interval '${time} ms' FROM pg_stat_activity WHERE pid = $pid");
	my $sent = $node->safe_psql('postgres', "SELECT extract(epoch FROM clock_timestamp()) FROM (SELECT pg_cancel_backend($pid) OFFSET 0) s");
	$psql->pump until $told =~ /^done$/m;
	$psql->finish;
	my ($pidline, $stopped, $at, $answer) = split /\n/, $told;
	is($stopped, '57014', "$what: cancelled by another session");
	is($answer, '30000|10|0', "$what: and works on");
	$at =~ s/^at //;
	note(sprintf('%s: %.0f ms after the cancel', $what, ($at - $sent) * 1000));
}

# PQcancel, by psql's own interrupt
{
	my ($in, $told, $failed) = ("SELECT 'pid ' || pg_backend_pid();\n\\o /dev/null\n$calls{'list of all in the select list'};\n", '', '');
	my $psql = IPC::Run::start([ 'psql', '-XAtq', '-d', $node->connstr('postgres') ], '<', \$in, '>', \$told, '2>', \$failed,
		IPC::Run::timeout(60));
	$psql->pump until $told =~ /pid (\d+)/;
	my $pid = $1;
	$node->poll_query_until('postgres', "SELECT state = 'active' AND query_start < clock_timestamp() - interval '${time} ms' FROM pg_stat_activity WHERE pid = $pid");
	$psql->signal('INT');
	$psql->finish;
	like($failed, qr/canceling statement due to user request/, 'cancelled by the client');
}

done_testing();
