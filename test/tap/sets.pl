# Clients that set what overlaps: nobody waits in a circle, no call fails, and
# what is left is what one of them has set.  Clients that toggle the same pairs:
# every call does one thing.

use strict;
use warnings;

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('main');
$node->init;
$node->append_conf('postgresql.conf', "fsync = off\nsynchronous_commit = off\ndeadlock_timeout = 100ms");
$node->start;
$node->safe_psql('postgres', <<'SQL');
CREATE EXTENSION corm;
CREATE TABLE post (id int PRIMARY KEY);
CREATE TABLE tag (id int PRIMARY KEY);
CREATE TABLE keyed (post_id int REFERENCES post, tag_id int REFERENCES tag, n int, PRIMARY KEY (post_id, tag_id));
CREATE TABLE loose (post_id int REFERENCES post, tag_id int REFERENCES tag, n int);
CREATE TABLE team (id int PRIMARY KEY);
CREATE TABLE player (id int PRIMARY KEY, team_id int REFERENCES team);
CREATE TABLE mascot (id int PRIMARY KEY, team_id int UNIQUE REFERENCES team);
INSERT INTO post SELECT generate_series(1, 4);
INSERT INTO tag SELECT generate_series(1, 20);
INSERT INTO team SELECT generate_series(1, 3);
INSERT INTO player SELECT generate_series(1, 20);
INSERT INTO mascot SELECT generate_series(1, 5);
SELECT corm.register_model(t::regclass, initcap(t)) FROM unnest(ARRAY['post', 'tag', 'keyed', 'loose', 'team', 'player', 'mascot']) t;
SELECT corm.many_to_many('Post', 'tags', 'Tag', through => 'Keyed', related_name => 'posts');
SELECT corm.many_to_many('Post', 'seen', 'Tag', through => 'Loose', related_name => 'seen_by');
SELECT corm.foreign_key('Player', 'team', 'Team', columns => '{team_id}', related_name => 'players');
SELECT corm.foreign_key('Mascot', 'team', 'Team', columns => '{team_id}', one_to_one => true, related_name => 'mascot');
CREATE TABLE change (op text, tab text);
CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO change VALUES (TG_OP, TG_TABLE_NAME); RETURN NULL; END $$;
SQL

# The clients' scripts; one that meets an error ends its client, and pgbench
# says so.
sub stress
{
	my ($name, $clients, $script) = @_;
	my $all = $clients * 200;
	$node->pgbench("--no-vacuum --client=$clients --jobs=2 --transactions=200", 0,
		[qr{processed: $all/$all}], [qr{^$}], "$name, $clients clients", { "sets_${name}_$clients" => $script });
	return;
}

# A set of five neighbours, whose link values say which.
my $links = <<'SQL';
\set p random(1, 2)
\set k random(1, 16)
SELECT corm.set(corm.relation('Post', :p, 'RELATION'), ARRAY[:k + 4, :k, :k + 2, :k + 3, :k + 1], jsonb_build_object('n', :k));
SQL
my $whole = q{SELECT bool_and(count = 5 AND min = n AND max = n + 4 AND same) FROM (SELECT count(*), min(tag_id), max(tag_id), min(n) AS n, min(n) = max(n) AS same FROM TABLE GROUP BY post_id) s};

for my $case ([ 'tags', 'keyed' ], [ 'seen', 'loose' ])
{
	my ($relation, $table) = @$case;
	(my $script = $links) =~ s/RELATION/$relation/;
	(my $query = $whole) =~ s/TABLE/$table/;
	for my $clients (2, 4)
	{
		stress($table, $clients, $script);
		is($node->safe_psql('postgres', $query), 't', "links of $table are those of one set");
	}
	is($node->safe_psql('postgres', "SELECT count(*) - count(DISTINCT (post_id, tag_id)) FROM $table"), '0', 'each pair once');
}

# from both ends, with and without values, and to nothing at all
stress('ends', 2, <<'SQL');
\set p random(1, 4)
\set k random(1, 16)
\set d random(1, 4)
\if :d = 1
SELECT corm.set(corm.relation('Tag', :k, 'posts'), ARRAY[4, :p, 1]);
\elif :d = 2
SELECT corm.set(corm.relation('Post', :p, 'tags'), '{}'::int[]);
\elif :d = 3
SELECT corm.set(corm.relation('Post', :p, 'tags'), ARRAY[:k + 4, :k, :k + 2], jsonb_build_object('n', :k));
\else
SELECT corm.set(corm.relation('Post', :p, 'tags'), ARRAY[:k, :k + 3, :k + 1]);
\endif
SQL

# children that owners take from each other
for my $clients (2, 4)
{
	stress('children', $clients, <<'SQL');
\set t random(1, 3)
\set k random(1, 16)
SELECT corm.set(corm.relation('Team', :t, 'players'), ARRAY[:k + 4, :k, :k + 2, :k + 3, :k + 1]);
SQL
	stress('replaced', $clients, <<'SQL');
\set t random(1, 3)
\set k random(1, 5)
SELECT corm.set(corm.relation('Team', :t, 'mascot'), :k);
SQL
}
$node->safe_psql('postgres', q{SELECT corm.set(corm.relation('Team', t, 'players'), '{}'::int[]) FROM generate_series(1, 3) t});
stress('one_owner', 4, <<'SQL');
\set k random(1, 16)
SELECT corm.set(corm.relation('Team', 1, 'players'), ARRAY[:k + 4, :k, :k + 2, :k + 3, :k + 1]);
SQL
is($node->safe_psql('postgres', 'SELECT count(*), max(id) - min(id) FROM player WHERE team_id = 1'), '5|4', 'children are those of one set');

# trees that set, of one owner and of several, against corm.set
for my $clients (2, 4)
{
	stress('saved', $clients, <<'SQL');
\set t random(1, 3)
\set k random(1, 16)
\set d random(1, 3)
\if :d = 1
SELECT corm.save('Team', jsonb_build_object('id', :t, 'players', jsonb_build_object('set', jsonb_build_array(:k + 4, :k, :k + 2))));
\elif :d = 2
SELECT corm.save('Team', jsonb_build_array(jsonb_build_object('id', 3, 'players', jsonb_build_object('set', jsonb_build_array(:k + 1))),
	jsonb_build_object('id', 1, 'players', jsonb_build_object('set', jsonb_build_array(:k + 2, :k)))));
\else
SELECT corm.set(corm.relation('Team', :t, 'players'), ARRAY[:k + 4, :k, :k + 2, :k + 3, :k + 1]);
\endif
SQL
	stress('saved_one', $clients, <<'SQL');
\set t random(1, 2)
\set k random(1, 4)
\if :t = 1
SELECT corm.save('Team', jsonb_build_array(jsonb_build_object('id', 1, 'mascot', :k), jsonb_build_object('id', 2, 'mascot', :k + 1)));
\else
SELECT corm.set(corm.relation('Team', 3 - :t, 'mascot'), :k);
\endif
SQL
	stress('saved_links', $clients, <<'SQL');
\set p random(1, 3)
\set k random(1, 16)
\set d random(1, 2)
\if :d = 1
SELECT corm.save('Post', jsonb_build_array(jsonb_build_object('id', :p + 1, 'tags', jsonb_build_object('set', jsonb_build_array(:k + 4, :k, :k + 2))),
	jsonb_build_object('id', 1, 'seen', jsonb_build_object('set', jsonb_build_array(:k + 4, :k, :k + 2)))));
\else
SELECT corm.set(corm.relation('Post', :p, 'tags'), ARRAY[:k + 4, :k, :k + 2, :k + 3]);
\endif
SQL
}

# owners by the thousands, of which each may be set by others
$node->safe_psql('postgres', <<'SQL');
INSERT INTO team SELECT generate_series(1001, 31000);
SELECT corm.save(corm.objects('Team', fields => '{}'), (SELECT jsonb_agg(jsonb_build_object('id', id, 'players', '{"set": []}'::jsonb, 'mascot', NULL)) FROM team WHERE id > 1000));
DELETE FROM team WHERE id > 1000;
SQL

# every toggle links or takes off
for my $case ([ 'tags', 'keyed' ], [ 'seen', 'loose' ])
{
	my ($relation, $table) = @$case;
	$node->safe_psql('postgres', "TRUNCATE change, $table; CREATE TRIGGER note AFTER INSERT OR DELETE ON $table FOR EACH ROW EXECUTE FUNCTION note()");
	stress("toggle_$table", 4, <<"SQL");
\\set k random(1, 3)
SELECT corm.toggle(corm.relation('Post', 1, '$relation'), :k);
SQL
	is($node->safe_psql('postgres', "SELECT count(*), count(*) FILTER (WHERE op = 'INSERT') - count(*) FILTER (WHERE op = 'DELETE') = (SELECT count(*) FROM $table) FROM change"), '800|t', 'each toggle has done one thing');
	is($node->safe_psql('postgres', "SELECT count(*) - count(DISTINCT (post_id, tag_id)) FROM $table"), '0', 'no pair is there twice');
}
$node->safe_psql('postgres', 'TRUNCATE change; UPDATE player SET team_id = NULL; CREATE TRIGGER note AFTER UPDATE ON player FOR EACH ROW EXECUTE FUNCTION note()');
stress('toggle_children', 4, <<'SQL');
\set k random(1, 3)
\set t random(1, 2)
SELECT corm.toggle(corm.relation('Team', :t, 'players'), :k);
SQL
is($node->safe_psql('postgres', 'SELECT count(*) FROM change'), '800', 'also of children');

done_testing();
