# Models and relations survive dump and restore, whoever restores, and give the
# same answers; without the extension a complete schema is left.

use strict;
use warnings;

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('main');
$node->init;
$node->start;

my $dir = PostgreSQL::Test::Utils::tempdir();

sub run_sql
{
	my ($db, $sql) = @_;
	return $node->safe_psql($db, $sql);
}

# What must be the same after a restore.
my %questions = (
	models => 'SELECT * FROM corm.models ORDER BY model COLLATE "C"',
	relations => 'SELECT * FROM corm.relations ORDER BY model COLLATE "C", relation COLLATE "C"',
	columns => 'SELECT * FROM corm.columns ORDER BY model COLLATE "C", column_name COLLATE "C"',
	posts => q{SELECT corm.all('{"model": "blog.Post", "prefetch_related": ["comments", "tags"], "select_related": ["author"]}')},
	tags => q{SELECT corm.list('{"model": "blog.Tag", "prefetch_related": ["posts__author"]}')},
	parts => q{SELECT corm.list('{"model": "other.\"Odd Name\"", "prefetch_related": ["lines"]}')},
	view => q{SELECT corm.list('{"model": "blog.Recent", "filter": {"pk__gt": 1}, "select_related": ["post__author"]}')},
	rows => q{SELECT corm.list('{"model": "blog.Post", "prefetch_related": ["shown"], "filter": {"recent__id": 2}}')},
	catalog => q{SELECT r, m FROM corm.relation r JOIN corm.model m ON m.table_name = r.source ORDER BY source::text COLLATE "C", r.name},
	friends => q{SELECT corm.list('{"model": "blog.Person", "prefetch_related": ["friends"]}')},
	accessors => q{SELECT p.title, t.name, w.author FROM blog.posts p, blog.tags(p) t, blog.writers w WHERE w.id = p.id ORDER BY 1, 2},
	made => q{SELECT count(*) FROM corm.create_accessors('blog.Post')},
	counters => q{SELECT id, comments_count, n FROM blog.posts ORDER BY id},
	counted => q{BEGIN; INSERT INTO blog.comments (body, post_id) VALUES ('c4', 2), ('c5', 1); DELETE FROM blog.tags WHERE id = 2; INSERT INTO blog.persons_persons VALUES (1, 3); DELETE FROM blog.comments WHERE post_id = 3; INSERT INTO blog.tags_posts (tag_id, post_id) VALUES (1, 3); UPDATE blog.posts SET id = 9 WHERE id = 3;
		SELECT id, comments_count, n FROM blog.posts ORDER BY id; SELECT id, friends_count FROM blog.people ORDER BY id; ROLLBACK},
	stored => q{SELECT q FROM blog.saved ORDER BY q},
	dropped => q{SELECT count(*) FROM corm.models WHERE model LIKE '%Gone%'});

sub answers
{
	my ($db) = @_;
	return { map { $_ => run_sql($db, $questions{$_}) } keys %questions };
}

run_sql('postgres', $_) foreach 'CREATE DATABASE source',
  'CREATE ROLE regress_corm_super SUPERUSER LOGIN',
  'CREATE ROLE regress_corm_owner LOGIN',
  'CREATE ROLE regress_corm_plain LOGIN';
run_sql('source', <<'SQL');
CREATE EXTENSION corm;
CREATE SCHEMA blog;
CREATE SCHEMA other;
GRANT ALL ON SCHEMA blog, other TO regress_corm_owner;
SET ROLE regress_corm_owner;
SET search_path = blog;
SELECT corm.create_model('Person', '{"name": "text", "old": "int"}', 'persons');
SELECT corm.create_model('Post', '{"gone": "int", "title": "text", "author": {"foreign_key": "Person", "related_name": "posts", "on_delete": "cascade"}}');
SELECT corm.create_model('Comment', '{"body": "text", "post": {"foreign_key": "Post"}}');
SELECT corm.create_model('Tag', '{"name": "text", "posts": {"many_to_many": "Post", "related_name": "tags"}}');
SELECT corm.many_to_many('Person', 'friends', 'Person', symmetrical => true);
SELECT corm.create_model('Gone', '{"post": {"foreign_key": "Post"}}');
SELECT corm.counter_cache('Post', 'comments'), corm.counter_cache('Post', 'tags', 'n'), corm.counter_cache('Person', 'friends');
SELECT corm.counter_cache('Post', 'gones');
CREATE TABLE other."Odd ""table""" (a int, "b c" text, PRIMARY KEY (a, "b c"));
CREATE TABLE other.line (id int PRIMARY KEY, x text, y int);
SELECT corm.register_model('other."Odd ""table"""', 'Odd Name'), corm.register_model('other.line', 'Line');
SELECT corm.foreign_key('other."Line"', 'part', 'other."Odd Name"', 'lines', columns => '{y,x}');
CREATE VIEW recent AS SELECT id, title FROM posts;
SELECT corm.register_model('recent', 'Recent', key => '{id}');
SELECT corm.relation_on('Recent', 'post', 'Post', '{id}', related_name => 'recent');
SELECT corm.relation_on('Post', 'shown', 'Recent', '{id,title}', '{id,title}', to_many => true);

-- what a dump does not keep as it was: numbers of columns, old names, gaps
ALTER TABLE posts DROP COLUMN gone;
ALTER TABLE persons DROP COLUMN old;
ALTER TABLE persons RENAME TO people;
ALTER TABLE posts RENAME COLUMN author_id TO writer_id;
ALTER TABLE comments RENAME CONSTRAINT comments_post_id_fkey TO comment_of;
ALTER TABLE comments SET SCHEMA other;
ALTER TABLE other.comments SET SCHEMA blog;
DROP TABLE gones;

INSERT INTO people (name) VALUES ('Ann'), ('Bob'), ('Cid');
INSERT INTO posts (title, writer_id) VALUES ('one', 1), ('two', 2), ('three', 1);
INSERT INTO comments (body, post_id) VALUES ('c1', 1), ('c2', 1), ('c3', 3);
INSERT INTO tags (name) VALUES ('red'), ('blue');
INSERT INTO tags_posts (tag_id, post_id) VALUES (1, 1), (2, 1), (2, 3);
INSERT INTO persons_persons VALUES (1, 2), (2, 3);
INSERT INTO other."Odd ""table""" VALUES (1, 'x'), (2, 'y');
INSERT INTO other.line VALUES (1, 'x', 1), (2, 'x', 1), (3, NULL, NULL);
SELECT corm.create_accessors('Post');
CREATE VIEW writers AS SELECT p.id, a.name AS author FROM posts p, author(p) a;
CREATE TABLE saved (q corm.queryset);
INSERT INTO saved VALUES ('{"model": "blog.Post", "filter": {"author__name": "Ann"}}'), ('Tag');
SQL

my $source = answers('source');
like($source->{posts}, qr/"author":\{"id":1,"name":"Ann","friends_count":1\}/, 'the source answers');
like($source->{relations}, qr/comment_of/, 'the renamed constraint is known');
is($source->{dropped}, '0', 'the dropped table is no model');
is($source->{made}, '0', 'the accessors fit');
is($source->{counters}, "1|2|2\n2|0|0\n3|1|1", 'the counters count');
is($source->{counted}, "1|3|1\n2|1|0\n9|0|1\n1|2\n2|2\n3|2", 'and go on');

sub same_answers
{
	my ($db, $how) = @_;
	my $restored = answers($db);
	is($restored->{$_}, $source->{$_}, "$how: $_") foreach sort keys %questions;
	is( run_sql($db, 'SELECT count(*) FROM corm.model WHERE table_name::text ~ \'^[0-9]+$\''),
		'0', "$how: no row of a table that is not there");
	is(run_sql($db, q{SELECT string_agg(object || ': ' || problem, E'\n') FROM corm.check() WHERE severity = 'error'}),
		'', "$how: no errors to report");
}

my $plain = "$dir/plain.sql";
my $custom = "$dir/custom.dump";
$node->command_ok([ 'pg_dump', '-f', $plain, 'source' ], 'plain dump');
$node->command_ok([ 'pg_dump', '-Fc', '-f', $custom, 'source' ], 'custom dump');

run_sql('postgres', 'CREATE DATABASE from_plain');
$node->command_ok([ 'psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1', '-d', 'from_plain', '-f', $plain ],
	'plain restore');
same_answers('from_plain', 'plain');

run_sql('postgres', 'CREATE DATABASE from_custom');
$node->command_ok([ 'pg_restore', '-j2', '-e', '-d', 'from_custom', $custom ], 'parallel restore');
same_answers('from_custom', 'custom');

run_sql('postgres', 'CREATE DATABASE from_other');
$node->command_ok([ 'pg_restore', '-U', 'regress_corm_super', '--no-owner', '-e', '-d', 'from_other', $custom ],
	'restore by another superuser');
same_answers('from_other', 'another superuser');

# again from what was restored
my $again = "$dir/again.sql";
$node->command_ok([ 'pg_dump', '-f', $again, 'from_custom' ], 'dump of the restored');
run_sql('postgres', 'CREATE DATABASE from_again');
$node->command_ok([ 'psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1', '-d', 'from_again', '-f', $again ],
	'second restore');
same_answers('from_again', 'second');

# definitions alone carry no models, and the calls say so
run_sql('postgres', 'CREATE DATABASE from_schema');
$node->command_ok([ 'pg_dump', '-s', '-f', "$dir/schema.sql", 'source' ], 'dump of definitions');
$node->command_ok([ 'psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1', '-d', 'from_schema', '-f', "$dir/schema.sql" ],
	'restore of definitions');
is(run_sql('from_schema', 'SELECT count(*) FROM corm.models'), '0', 'definitions alone: no models');
my ($status, $out, $err) = $node->psql('from_schema', q{SELECT corm.count('blog.Post')});
isnt($status, 0, 'definitions alone: a call fails');
like($err, qr/model "blog.Post" does not exist/, 'definitions alone: and says why');

# but the triggers of counter caches, which the calls of an export find
run_sql('from_schema', q{INSERT INTO blog.posts (title) VALUES ('one'), ('two'); INSERT INTO blog.comments (body, post_id) VALUES ('c1', 1), ('c2', 1)});
is(run_sql('from_schema', q{SELECT id, comments_count, n FROM blog.posts ORDER BY id}), "1|2|0\n2|0|0", 'definitions alone: counters count');
my $functions = q{SELECT string_agg(proname, ' ' ORDER BY proname) FROM pg_proc WHERE prosrc LIKE '/* corm counter%'};
run_sql('from_schema', run_sql('source', q{SELECT string_agg(line, E'\n') FROM corm.export() AS line}));
is(run_sql('from_schema', $functions), run_sql('source', $functions), 'definitions alone: no other functions');
is(run_sql('from_schema', q{SELECT count(*) FROM corm.check() WHERE object || problem LIKE '%counter%'}), '0', 'definitions alone: counters in order');
is(run_sql('from_schema', q{SELECT corm.recount('blog.Post')}), '0', 'definitions alone: and right');

# a schema corm that was there before: only a superuser's is used
foreach my $case (
	[ 'regress_corm_plain', 0, qr/schema "corm" belongs to, or can be written by, another role/ ],
	[ 'regress_corm_super', 1 ],
	[ 'postgres_itself', 1 ])
{
	my ($owner, $accepted, $message) = @$case;
	my $db = "owned_by_$owner";
	my $authorization = $owner eq 'postgres_itself' ? '' : "AUTHORIZATION $owner";
	run_sql('postgres', "CREATE DATABASE $db");
	run_sql($db, "CREATE SCHEMA corm $authorization");
	($status, $out, $err) = $node->psql($db, 'CREATE EXTENSION corm');
	is($status == 0 ? 1 : 0, $accepted, "schema owned by $owner");
	like($err, $message, "schema owned by $owner: message") if $message;
	next if $accepted;
	is(run_sql($db, "SELECT count(*) FROM pg_extension WHERE extname = 'corm'"), '0', 'nothing is installed');
}
run_sql('postgres', 'CREATE DATABASE written');
run_sql('written', 'CREATE SCHEMA corm; GRANT CREATE ON SCHEMA corm TO regress_corm_plain');
($status, $out, $err) = $node->psql('written', 'CREATE EXTENSION corm');
isnt($status, 0, 'a schema that others may write to is refused');
run_sql('written', 'REVOKE CREATE ON SCHEMA corm FROM regress_corm_plain; CREATE FUNCTION corm.all(text) RETURNS int LANGUAGE sql AS $$ SELECT 1 $$');
($status, $out, $err) = $node->psql('written', 'CREATE EXTENSION corm');
like($err, qr/schema "corm" is not empty/, 'a schema with something in it is refused');

# a restore into a database whose schema corm is another superuser's
run_sql('postgres', 'CREATE DATABASE from_preowned');
run_sql('from_preowned', 'CREATE SCHEMA corm AUTHORIZATION regress_corm_super');
$node->command_checks_all(
	[ 'pg_restore', '-d', 'from_preowned', $custom ], 1,
	[qr/^$/], [ qr/schema "corm" already exists/, qr/errors ignored on restore: 1$/m ],
	'restore beside a schema of another superuser');
same_answers('from_preowned', 'preowned');

# without the extension
my $rows = 'SELECT (SELECT count(*) FROM blog.posts p JOIN blog.people a ON a.id = p.writer_id JOIN blog.comments c ON c.post_id = p.id), '
  . '(SELECT count(*) FROM blog.tags_posts), (SELECT count(*) FROM other.line)';
my $before = run_sql('from_plain', $rows);
($status, $out, $err) = $node->psql('from_plain', 'DROP EXTENSION corm');
isnt($status, 0, 'a column of querysets blocks the drop');
like($err, qr/column q of table blog.saved depends on type corm.queryset/, 'and is named');
run_sql('from_plain', 'DROP TABLE blog.saved; DROP EXTENSION corm');
is(run_sql('from_plain', $rows), $before, 'rows stay');
# a schema is no member of the extension in it
is( run_sql('from_plain', q{SELECT (SELECT count(*) FROM pg_class WHERE relnamespace = n.oid), (SELECT count(*) FROM pg_proc WHERE pronamespace = n.oid),
	(SELECT count(*) FROM pg_type WHERE typnamespace = n.oid) FROM pg_namespace n WHERE nspname = 'corm'}),
	'0|0|0', 'schema corm is empty');
($status, $out, $err) = $node->psql('from_plain', 'INSERT INTO blog.comments (body, post_id) VALUES (\'x\', 99)');
like($err, qr/violates foreign key constraint "comment_of"/, 'foreign keys stay');
is(run_sql('from_plain', $questions{counted}), $source->{counted}, 'counters go on');
run_sql('from_plain', 'DELETE FROM blog.comments; DELETE FROM blog.people WHERE id = 2');
is(run_sql('from_plain', 'SELECT string_agg(title, \' \' ORDER BY id) FROM blog.posts'), 'one three', 'actions stay');
is(run_sql('from_plain', q{SELECT count(*) FROM pg_depend d JOIN pg_extension e ON d.refobjid = e.oid WHERE e.extname = 'corm'}),
	'0', 'nothing depends on it');
$node->command_ok([ 'pg_dump', '-f', "$dir/without.sql", 'from_plain' ], 'dump without the extension');
unlike(slurp_file("$dir/without.sql"), qr/corm\.|EXTENSION/, 'no trace in the dump');

$node->stop;
done_testing();
