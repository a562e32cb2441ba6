# A hot standby answers as the primary does, follows its changes, and nothing
# that reads ever writes.

use strict;
use warnings;

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $primary = PostgreSQL::Test::Cluster->new('primary');
$primary->init(allows_streaming => 1);
$primary->start;
$primary->safe_psql('postgres', <<'SQL');
CREATE EXTENSION corm;
SELECT corm.create_model('Author', '{"name": "text"}');
SELECT corm.create_model('Post', '{"title": "text", "author": {"foreign_key": "Author"}}');
SELECT corm.create_model('Tag', '{"name": "text", "posts": {"many_to_many": "Post", "related_name": "tags"}}');
INSERT INTO authors (name) SELECT 'a' || i FROM generate_series(1, 20) i;
INSERT INTO posts (title, author_id) SELECT 'p' || i, 1 + i % 20 FROM generate_series(1, 200) i;
INSERT INTO tags (name) VALUES ('x'), ('y');
INSERT INTO tags_posts (tag_id, post_id) SELECT 1 + i % 2, i FROM generate_series(1, 200) i;
CREATE UNLOGGED TABLE notes (id int PRIMARY KEY, author_id bigint REFERENCES authors);
SELECT corm.register_model('notes', 'Note');
SELECT corm.foreign_key('Note', 'author', 'Author', 'notes');
INSERT INTO notes VALUES (1, 1);
SQL
$primary->backup('base');
my $standby = PostgreSQL::Test::Cluster->new('standby');
$standby->init_from_backup($primary, 'base', has_streaming => 1);
$standby->start;
$primary->wait_for_catchup($standby);

my @calls = (
	q{SELECT corm.all(corm.prefetch_related('Author', 'posts__tags'))},
	q{SELECT a.object FROM corm.all(corm.select_related('Post', 'author'), '{"id__lt": 9}') a},
	q{SELECT corm.list(corm.prefetch_related('Author', '{"posts": {"limit": 2, "more": true}}'))},
	q{SELECT * FROM corm.prefetch('Author', ARRAY[1, 2, 99], 'posts')},
	q{SELECT r FROM corm.rows(NULL::posts, 'Post') r ORDER BY id},
	q{SELECT corm.get('Post', '{"id": 3}'), corm.first('Post'), corm.last('Post'), corm.get_or_none('Post', '{"id": -1}')},
	q{SELECT corm.count('Author', '{"posts__tags__name": "x"}'), corm.exists('Post')},
	q{SELECT corm.all(corm.relation('Author', 1, 'posts'))},
	q{SELECT * FROM corm.models ORDER BY 1},
	q{SELECT * FROM corm.relations ORDER BY 1, 2},
	q{SELECT * FROM corm.columns ORDER BY 1, 2},
	q{SELECT corm.sql('Post')},
	q{SELECT * FROM corm.check()},
	q{SELECT corm.describe('Post')},
	q{SELECT corm.diagram('dot')},
	q{SELECT plan FROM corm.explain(corm.prefetch_related('Author', 'posts'), 'list', true) AS plan WHERE plan !~ '^ '});

foreach my $call (@calls)
{
	my ($verb) = $call =~ /(corm\.\w+)/;
	is($standby->safe_psql('postgres', $call), $primary->safe_psql('postgres', $call), "$verb on a standby");
	is( $primary->safe_psql('postgres', "BEGIN READ ONLY; $call; COMMIT"),
		$primary->safe_psql('postgres', $call), "$verb in a read-only transaction");
}

# index scans stand in for statements there too, and find the same, on pages that
# are all-visible and on others; unlogged tables have nothing to scan
my $nested = q{SELECT corm.list(corm.prefetch_related('Author', 'posts__tags')), corm.list(corm.prefetch_related('Tag', 'posts__author'))};
my $scans = q{SELECT count(*) FROM corm.explain(corm.prefetch_related('Author', 'posts__tags')) l WHERE l ~ 'Index scans'};
my $separate = 'SET corm.to_one_strategy = separate';
foreach my $change ('SELECT 1', 'UPDATE posts SET title = upper(title) WHERE id % 3 = 0', 'UPDATE posts SET author_id = 1 + id % 7',
	'DELETE FROM tags_posts WHERE post_id % 5 = 0', 'VACUUM', 'INSERT INTO tags_posts SELECT 1, id FROM posts ON CONFLICT DO NOTHING')
{
	$primary->safe_psql('postgres', $change);
	$primary->wait_for_catchup($standby);
	my $expected = $primary->safe_psql('postgres', "SET corm.direct_scan = off; $separate; $nested");
	is($standby->safe_psql('postgres', "$separate; $nested"), $expected, "scans on a standby after: $change");
	is($primary->safe_psql('postgres', "$separate; $nested"), $expected, "scans on its primary after: $change");
}
is($standby->safe_psql('postgres', $scans), '2', 'a standby scans');
foreach my $setting ('on', 'off')
{
	my ($status, $out, $err) = $standby->psql('postgres',
		"SET corm.direct_scan = $setting; SELECT corm.list(corm.prefetch_related('Author', 'notes'))");
	like($err, qr/cannot access temporary or unlogged relations during recovery/, "an unlogged table on a standby, direct_scan $setting");
}

# nothing is written: neither rows nor catalogs, nor as much as a transaction id
my $assigned = join(';', map { "DO \$\$ BEGIN PERFORM * FROM ($_) x; END \$\$" } @calls);
is($primary->safe_psql('postgres', "BEGIN; $assigned; SELECT pg_current_xact_id_if_assigned() IS NULL; COMMIT"),
	't', 'no call takes a transaction id');

my @writes = (
	q{SELECT corm.create_model('New', '{}')},
	q{SELECT corm.rename_model('Tag', 'Label')},
	q{SELECT corm.foreign_key('Post', 'second', 'Author', 'seconds')},
	q{SELECT corm.drop_relation('Post', 'author')});
foreach my $call (@writes)
{
	my ($verb) = $call =~ /(corm\.\w+)/;
	my ($status, $out, $err) = $standby->psql('postgres', $call);
	isnt($status, 0, "$verb fails on a standby");
	like($err, qr/read-only transaction|during recovery/, "$verb says why");
	($status, $out, $err) = $primary->psql('postgres', "BEGIN READ ONLY; $call; COMMIT");
	like($err, qr/read-only transaction/, "$verb fails in a read-only transaction");
}

# one session on the standby, while the primary changes tables and relations
my $session = $standby->background_psql('postgres', on_error_stop => 0);
my $look = q{SELECT corm.get(corm.fields(corm.prefetch_related('Author', 'posts'), 'id'), '{"id": 1}')};
like($session->query_safe($look), qr/"posts":\[\{"id":7,/, 'the session reads');
$primary->safe_psql('postgres', q{SELECT corm.rename_relation('Author', 'posts', 'works'); ALTER TABLE posts RENAME COLUMN title TO headline});
$primary->wait_for_catchup($standby);
like($session->query_safe(q{SELECT corm.get(corm.fields(corm.prefetch_related('Author', 'works'), 'id'), '{"id": 1}')}),
	qr/"works":\[\{"id":7,"headline":/, 'the session follows a renamed relation and column');
$primary->safe_psql('postgres', q{SELECT corm.create_model('Late', '{"n": "int"}'); INSERT INTO lates (n) VALUES (5)});
$primary->wait_for_catchup($standby);
is($session->query_safe(q{SELECT corm.list('Late')}), '[{"id":1,"n":5}]', 'the session finds a new model');
$primary->safe_psql('postgres', 'DROP TABLE lates');
$primary->wait_for_catchup($standby);
is($session->query_safe(q{SELECT count(*) FROM corm.models WHERE model = 'Late'}), '0', 'the session misses a dropped one');
$session->quit;

# promoted, it defines
$standby->promote;
is($standby->safe_psql('postgres', q{SELECT corm.create_model('New', '{}'); SELECT corm.count('New')}), "news\n0", 'a promoted standby defines');

$standby->stop;
$primary->stop;
done_testing();
