# Several clients write what counter caches count, in every way there is, while
# others count anew: in the end, and whenever somebody looks, the numbers are those
# of count(*).

use strict;
use warnings;

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('main');
$node->init;
$node->append_conf('postgresql.conf', <<'CONF');
fsync = off
synchronous_commit = off
deadlock_timeout = 20ms
CONF
$node->start;
$node->safe_psql('postgres', <<'SQL');
CREATE EXTENSION corm;
CREATE TABLE post (id int PRIMARY KEY, title text);
CREATE TABLE comment (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, body text, post_id int REFERENCES post ON DELETE CASCADE ON UPDATE CASCADE);
CREATE INDEX ON comment (post_id);
CREATE TABLE event (id bigserial, kind int, post_id int REFERENCES post ON DELETE SET NULL ON UPDATE CASCADE) PARTITION BY LIST (kind);
CREATE TABLE event_1 PARTITION OF event FOR VALUES IN (1);
CREATE TABLE event_2 PARTITION OF event FOR VALUES IN (2);
CREATE TABLE tag (id int PRIMARY KEY);
CREATE TABLE loose (post_id int REFERENCES post ON DELETE CASCADE ON UPDATE CASCADE, tag_id int REFERENCES tag);
CREATE TABLE account (id int PRIMARY KEY, boss_id int REFERENCES account);
INSERT INTO post SELECT i FROM generate_series(1, 6) i;
INSERT INTO tag SELECT i FROM generate_series(1, 6) i;
INSERT INTO account SELECT i, NULL FROM generate_series(1, 6) i;
SELECT corm.register_model(t::regclass, initcap(t)) FROM unnest(ARRAY['post', 'comment', 'event', 'tag', 'loose', 'account']) t;
SELECT corm.foreign_key('Comment', 'post', 'Post', 'comments', on_delete => 'cascade', on_update => 'cascade');
SELECT corm.foreign_key('Event', 'post', 'Post', 'events', on_delete => 'set null', on_update => 'cascade');
SELECT corm.many_to_many('Post', 'tags', 'Tag', related_name => 'posts');
SELECT corm.many_to_many('Post', 'loose_tags', 'Tag', through => 'Loose', related_name => 'loose_posts');
SELECT corm.foreign_key('Account', 'boss', 'Account', 'staff');
SELECT corm.many_to_many('Account', 'friends', 'Account', symmetrical => true);
SELECT corm.counter_cache('Post', r) FROM unnest(ARRAY['comments', 'events', 'tags', 'loose_tags']) r;
SELECT corm.counter_cache('Tag', r) FROM unnest(ARRAY['posts', 'loose_posts']) r;
SELECT corm.counter_cache('Account', r) FROM unnest(ARRAY['staff', 'friends']) r;

-- Every row whose number is not what count(*) says.
CREATE VIEW wrong AS
SELECT 'post' AS what, id FROM post p
 WHERE comments_count <> (SELECT count(*) FROM comment c WHERE c.post_id = p.id)
    OR events_count <> (SELECT count(*) FROM event e WHERE e.post_id = p.id)
    OR tags_count <> (SELECT count(*) FROM post_tag l WHERE l.post_id = p.id)
    OR loose_tags_count <> (SELECT count(DISTINCT l.tag_id) FROM loose l WHERE l.post_id = p.id)
UNION ALL
SELECT 'tag', id FROM tag t
 WHERE posts_count <> (SELECT count(*) FROM post_tag l WHERE l.tag_id = t.id)
    OR loose_posts_count <> (SELECT count(DISTINCT l.post_id) FROM loose l WHERE l.tag_id = t.id)
UNION ALL
SELECT 'account', id FROM account a
 WHERE staff_count <> (SELECT count(*) FROM account o WHERE o.boss_id = a.id)
    OR friends_count <> (SELECT count(*) FROM account_account l WHERE a.id IN (l.from_account_id, l.to_account_id));

-- What is not there any more, or is there already, is no failure here.
CREATE FUNCTION try(statement text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE statement;
EXCEPTION WHEN foreign_key_violation OR unique_violation OR undefined_object THEN
	NULL;
END
$$;
CREATE FUNCTION look() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
	IF EXISTS (SELECT FROM wrong) THEN
		RAISE 'wrong numbers: %', (SELECT array_agg(w) FROM wrong w);
	END IF;
END
$$;
SQL

sub no_wrong
{
	my ($what) = @_;
	is($node->safe_psql('postgres', 'SELECT * FROM wrong ORDER BY 1, 2'), '', "$what: the numbers are right");
	is($node->safe_psql('postgres', q{SELECT corm.recount('Post') + corm.recount('Tag') + corm.recount('Account')}),
		'0', "$what: nothing to count anew");
	return;
}

# A client that meets an error other than a deadlock or a failure to serialize ends,
# and pgbench says so.
sub stress
{
	my ($name, $transactions, %scripts) = @_;
	$node->safe_psql('postgres', 'INSERT INTO post (id) SELECT i FROM generate_series(1, 6) i ON CONFLICT DO NOTHING');
	$node->pgbench("--no-vacuum --client=4 --jobs=2 --transactions=$transactions --max-tries=1000",
		0, [qr{number of failed transactions: 0}], [qr{^$}], $name,
		{ map { $name =~ tr/ /_/r . "_$_" => $scripts{$_} } keys %scripts });
	no_wrong($name) unless $name eq 'recount';
	return;
}

my $rows = <<'SQL';
\set p random(1, 6)
\set q random(1, 6)
\set t random(1, 6)
\set d random(1, 14)
\if :d = 1
INSERT INTO comment (post_id) VALUES (:p), (:q), (:t);
\elif :d = 2
UPDATE comment SET post_id = 7 - post_id WHERE id % 7 = :t AND post_id BETWEEN 1 AND 6;
\elif :d = 3
DELETE FROM comment WHERE id % 5 = :t;
\elif :d = 4
INSERT INTO event (kind, post_id) VALUES (1, :p), (2, :q);
\elif :d = 5
UPDATE event SET kind = 3 - kind, post_id = :q WHERE id % 7 = :t;
\elif :d = 6
INSERT INTO event_1 (kind, post_id) VALUES (1, :p);
\elif :d = 7
DELETE FROM event WHERE post_id = :p AND id % 2 = 0;
\elif :d = 8
INSERT INTO post_tag SELECT p, t FROM (VALUES (:p, :t), (:q, :t), (:q, :p)) v (p, t) ON CONFLICT DO NOTHING;
\elif :d = 9
DELETE FROM post_tag WHERE tag_id = :t OR post_id = :p;
\elif :d = 10
INSERT INTO loose VALUES (:p, :t), (:q, :t), (:p, :q);
\elif :d = 11
DELETE FROM loose WHERE ctid IN (SELECT ctid FROM loose WHERE post_id = :p OR tag_id = :t LIMIT 3);
\elif :d = 12
UPDATE account SET boss_id = :p WHERE id IN (:q, :t);
\elif :d = 13
INSERT INTO account_account SELECT least(:p, :q), greatest(:p, :q) ON CONFLICT DO NOTHING;
\else
DELETE FROM account_account WHERE :p IN (from_account_id, to_account_id);
\endif
SQL
my $look = "SELECT look();\n";
my $verbs = <<'SQL';
\set p random(1, 6)
\set q random(1, 6)
\set t random(1, 6)
\set d random(1, 5)
\if :d = 1
SELECT corm.set(corm.relation('Post', :p, 'tags'), jsonb_build_array(:q, :t));
\elif :d = 2
SELECT corm.add(corm.relation('Tag', :t, 'posts'), jsonb_build_array(:p, :q));
\elif :d = 3
SELECT corm.set(corm.relation('Account', :p, 'friends'), jsonb_build_array(:q, :t));
\elif :d = 4
SELECT corm.create(corm.relation('Post', :p, 'comments'), '{"body": "b"}');
\else
SELECT corm.add(corm.relation('Post', :p, 'loose_tags'), :t);
\endif
SQL

stress('rows', 250, 'counters_rows@6' => $rows, 'counters_look@1' => $look);
stress('verbs', 150, 'counters_rows@2' => $rows, 'counters_verbs@4' => $verbs, 'counters_look@1' => $look);

# posts come, go and get other keys meanwhile
my $owners = <<'SQL';
\set p random(1, 6)
\set q random(1, 12)
\set d random(1, 4)
\if :d = 1
SELECT try('DELETE FROM post WHERE id = ' || :q);
\elif :d = 2
SELECT try('INSERT INTO post (id, comments_count) VALUES (' || :q || ', 99)');
\elif :d = 3
SELECT try('UPDATE post SET id = ' || :q || ' WHERE id = ' || :p);
\else
SELECT try('WITH new AS (INSERT INTO post (id) VALUES (' || :q || ') RETURNING id) INSERT INTO comment (post_id) SELECT id FROM new, generate_series(1, 3)');
\endif
SQL
my $children = <<'SQL';
\set p random(1, 12)
\set t random(1, 6)
\set d random(1, 6)
\if :d = 1
SELECT try('INSERT INTO comment (post_id) VALUES (' || :p || '), (' || :t || ')');
\elif :d = 2
SELECT try('UPDATE comment SET post_id = ' || :p || ' WHERE id % 7 = ' || :t);
\elif :d = 3
SELECT try('INSERT INTO event (kind, post_id) VALUES (1, ' || :p || ')');
\elif :d = 4
SELECT try('INSERT INTO post_tag VALUES (' || :p || ', ' || :t || ')');
\elif :d = 5
SELECT try('INSERT INTO loose VALUES (' || :p || ', ' || :t || '), (' || :p || ', ' || :t || ')');
\else
SELECT try('DELETE FROM comment WHERE post_id = ' || :p || ' AND id % 3 = 0');
\endif
SQL
stress('owners', 200, 'counters_owners@2' => $owners, 'counters_children@4' => $children, 'counters_look@1' => $look);

# numbers that somebody spoils, put right meanwhile
my $spoil = <<'SQL';
\set p random(1, 6)
\set d random(1, 8)
\if :d = 1
UPDATE post SET comments_count = comments_count + :p WHERE id = :p;
\elif :d = 2
SELECT corm.recount('Post');
\elif :d = 3
TRUNCATE event_1;
\else
SELECT try('INSERT INTO comment (post_id) VALUES (' || :p || ')');
\endif
SQL
stress('recount', 150, 'counters_spoil@1' => $spoil, 'counters_children@1' => $children);
$node->safe_psql('postgres', q{SELECT corm.recount('Post')});
no_wrong('recount');

# from REPEATABLE READ up a serialization failure is what may happen, and all
foreach my $level ('repeatable read', 'serializable')
{
	$node->safe_psql('postgres', "ALTER DATABASE postgres SET default_transaction_isolation = '$level'");
	stress($level, 60, 'counters_rows@1' => $rows);
	$node->safe_psql('postgres', 'ALTER DATABASE postgres RESET default_transaction_isolation');
}

# made, dropped and made again while others write
stress('making', 80, 'counters_rows@6' => $rows, 'counters_making@1' => <<'SQL');
\set d random(1, 2)
\if :d = 1
SELECT try($$SELECT corm.drop_counter_cache('Post', 'comments')$$);
\endif
SELECT corm.counter_cache('Post', 'comments');
SQL

# many rows, many owners, one statement
is($node->safe_psql('postgres', <<'SQL'), "100000\n0", 'a hundred thousand rows of as many owners');
INSERT INTO post (id) SELECT 1000 + i FROM generate_series(1, 100000) i;
INSERT INTO comment (post_id) SELECT 1000 + i FROM generate_series(1, 100000) i;
SELECT count(*) FROM post WHERE id > 1000 AND comments_count = 1;
SELECT corm.recount('Post', 'comments');
SQL
is($node->safe_psql('postgres', q{SELECT count(*) FROM corm.check() WHERE object LIKE 'counter%'}), '0', 'nothing to report');

# without the extension everything goes on
$node->safe_psql('postgres', 'DROP EXTENSION corm');
$node->safe_psql('postgres', 'INSERT INTO comment (post_id) VALUES (1001), (1001); DELETE FROM comment WHERE post_id = 1002');
is($node->safe_psql('postgres', 'SELECT id, comments_count FROM post WHERE id IN (1001, 1002) ORDER BY id'), "1001|3\n1002|0", 'without the extension');

$node->stop;
done_testing();
