# An export puts models and relations back: the calls on a copy of the tables,
# the document on nothing.  Both change nothing where everything is there, and
# what was made from one exports the same text.
#
# Besides a schema made for it, this walks over the schemas of the regression
# tests, and over two real ones where CORM_DATA says that they are: without the
# last statements of the files, which clean up.

use strict;
use warnings;

use File::Basename;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $top = dirname(__FILE__) . '/../..';
my $data = $ENV{CORM_DATA} // "$top/../shared/data";

my $node = PostgreSQL::Test::Cluster->new('main');
$node->init;
$node->append_conf('postgresql.conf', "client_min_messages = error\nfsync = off");
$node->start;

my $dir = PostgreSQL::Test::Utils::tempdir();

sub run_sql
{
	my ($db, $sql) = @_;
	return $node->safe_psql($db, $sql);
}

# A file of statements: what psql complains about, if they must not fail.
sub run_file
{
	my ($db, $sql, $may_fail) = @_;
	my $errors = '';
	$node->psql($db, $sql, on_error_stop => $may_fail ? 0 : 1, stderr => \$errors);
	return $may_fail ? '' : $errors;
}

sub copy_definitions
{
	my ($from, $to) = @_;
	run_sql('postgres', "CREATE DATABASE $to");
	system_or_bail('pg_dump', '-s', '-f', "$dir/$from.sql", '-h', $node->host, '-p', $node->port, $from);
	return run_file($to, slurp_file("$dir/$from.sql"), 1);
}

my $export_sql = 'SELECT corm.export()';
my $export_json = q{SELECT corm.export('json')};
my $define = q{SELECT action, object FROM corm.define((SELECT corm.export('json'))::json)};

# Views are not made from a document: here it is without them and what leads to
# them.
my $tables_only = <<'SQL';
CREATE FUNCTION pg_temp.tables_only(d json) RETURNS json LANGUAGE sql AS $$
	SELECT json_object_agg(m.key, (SELECT json_object_agg(o.key, CASE WHEN o.key <> 'fields' THEN o.value ELSE
			(SELECT json_object_agg(f.key, f.value) FROM json_each(o.value) f
			  WHERE json_typeof(f.value) <> 'object' OR f.value->>'relation_on' IS NULL OR d->(f.value->>'relation_on')->'kind' IS NULL)
			END) FROM json_each(m.value) o))
	  FROM json_each(d) m WHERE m.value->'kind' IS NULL
$$;
SELECT pg_temp.tables_only((SELECT corm.export('json'))::json)
SQL

# Leaves types, functions and empty schemas.
my $drop_tables = <<'SQL';
DO $$
DECLARE t text;
BEGIN
	FOR t IN SELECT format('%I.%I', n.nspname, c.relname) FROM corm.model m JOIN pg_class c ON c.oid = m.table_name
		JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind IN ('r', 'p')
	LOOP
		EXECUTE 'DROP TABLE IF EXISTS ' || t || ' CASCADE';
	END LOOP;
	DELETE FROM corm.model;
	DELETE FROM corm.relation;
END $$
SQL

# From a database with models, there and back.
sub round_trip
{
	my ($db) = @_;
	my $calls = run_sql($db, $export_sql);
	my $document = run_sql($db, $export_json);

	is(run_sql($db, $define), '', "$db: the document changes nothing");
	is(run_file($db, $calls), '', "$db: nor do the calls");
	is(run_sql($db, $export_sql), $calls, "$db: and they are the same again");
	is(run_sql($db, "SET search_path = corm; $export_json"), $document, "$db: under any search_path");

	copy_definitions($db, "copy_of_$db");
	is(run_sql("copy_of_$db", 'SELECT count(*) FROM corm.models'), '0', "$db: a copy without models");
	is(run_file("copy_of_$db", $calls), '', "$db: the calls run there");
	(my $declared = $calls) =~ s/^--.*\n?//mg;
	chomp $declared;
	is(run_sql("copy_of_$db", $export_sql), $declared, "$db: and bring everything back");

	my $tables = run_sql($db, $tables_only);
	run_sql("copy_of_$db", $drop_tables);
	is(run_sql("copy_of_$db", $export_json), '{}', "$db: a copy without tables");
	is(run_file("copy_of_$db", "SELECT corm.define(\$document\$$tables\$document\$)"), '', "$db: the document makes them");
	is(run_sql("copy_of_$db", $tables_only), $tables, "$db: and prints the same");
	is(run_sql("copy_of_$db", $define), '', "$db: which changes nothing");
	run_sql('postgres', "DROP DATABASE copy_of_$db");
	return;
}

# A schema with everything that is hard to name.
run_sql('postgres', 'CREATE DATABASE hard');
run_sql('hard', <<'SQL');
CREATE EXTENSION corm;
CREATE SCHEMA blog;
CREATE SCHEMA "The.Rest";
CREATE TYPE blog.state AS ENUM ('draft', 'it''s "out"');
CREATE DOMAIN blog.short AS varchar(10) CHECK (value <> '');
SET search_path = blog;
SELECT corm.create_model('Person', '{"name": {"type": "text", "collation": "C"}, "old": "int", "boss": {"foreign_key": "Person", "related_name": "staff"}}', 'persons');
SELECT corm.create_model('Post', '{"gone": "int", "title": {"type": "text", "default": "a \"quoted\" \\ one"}, "state": {"type": "blog.state", "default": "draft"},
	"rank": {"type": "numeric(6,2)", "default": 1.5}, "made": {"type": "timestamptz", "default": {"sql": "now()"}}, "short": {"type": "blog.short", "default": "x"},
	"author": {"foreign_key": "Person", "related_name": "posts", "on_delete": "cascade", "is_deferrable": true}}');
SELECT corm.create_model('Tag', '{"name": {"type": "text", "unique": true}, "length": {"type": "int", "generated": {"sql": "length(name)"}}, "posts": {"many_to_many": "Post", "related_name": "tags"}}');
SELECT corm.many_to_many('Person', 'friends', 'Person', symmetrical => true);
CREATE TABLE "The.Rest"."Odd ""table""" (a int, "b c" text, "d.e" text DEFAULT E'\\ ''', PRIMARY KEY ("b c", a));
CREATE TABLE "The.Rest".line (id serial PRIMARY KEY, x text, y int, UNIQUE (y, x));
SELECT corm.register_model('"The.Rest"."Odd ""table"""', '"Odd.""Name"""'), corm.register_model('"The.Rest".line', 'Line');
SELECT corm.foreign_key('"The.Rest".Line', 'part', '"The.Rest"."Odd.""Name"""', 'the lines', columns => '{x,y}');
CREATE TABLE likes (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, person bigint NOT NULL REFERENCES persons ON DELETE CASCADE, by_person bigint NOT NULL REFERENCES persons,
	weight int DEFAULT 1, CONSTRAINT once UNIQUE (by_person, person));
CREATE INDEX ON likes (person, by_person);
SELECT corm.register_model('likes', 'Like');
SELECT corm.many_to_many('Person', 'likes', 'Person', through => 'Like', related_name => 'liked_by', through_relation_name => 'by_person', through_reverse_relation_name => 'person');
SELECT corm.foreign_key('Like', 'person', 'Person', columns => '{person}', related_name => 'links');
CREATE VIEW recent AS SELECT id, title, author_id FROM posts;
SELECT corm.register_model('recent', 'Recent', key => '{id}');
SELECT corm.relation_on('Recent', 'author', 'Person', '{author_id}', related_name => 'recent');
SELECT corm.relation_on('Post', 'view', 'Recent', '{id}');

-- what a dump does not keep as it was: numbers of columns, old names, gaps
ALTER TABLE posts DROP COLUMN gone;
ALTER TABLE persons DROP COLUMN old;
ALTER TABLE persons RENAME TO "People";
ALTER TABLE posts RENAME TO "po.sts";
ALTER TABLE tags RENAME COLUMN name TO "Na""me";

SQL
run_sql('hard', <<'SQL');
SET search_path = blog;
INSERT INTO "People" (name, boss_id) VALUES ('Ann', NULL), ('Bob', 1), ('Cid', 1);
INSERT INTO "po.sts" (title, author_id) VALUES ('one', 1), ('two', 2), ('three', 1);
INSERT INTO tags ("Na""me") VALUES ('red'), ('blue');
INSERT INTO tags_posts (tag_id, post_id) VALUES (1, 1), (2, 1), (2, 3);
INSERT INTO persons_persons VALUES (1, 2), (2, 3);
INSERT INTO likes (by_person, person, weight) VALUES (1, 2, 5), (3, 1, 7);
INSERT INTO "The.Rest"."Odd ""table""" VALUES (1, 'x'), (2, 'y');
INSERT INTO "The.Rest".line (x, y) VALUES ('x', 1), (NULL, NULL), ('y', 2);
SQL

my @questions = (
	q{SELECT corm.all('{"model": "blog.Post", "exclude_fields": ["made"], "prefetch_related": ["tags", "view"], "select_related": ["author__boss"]}')},
	q{SELECT corm.list('{"model": "blog.Person", "prefetch_related": ["friends", "likes", "liked_by", "staff", "recent", "links"]}')},
	q{SELECT corm.list('{"model": "\"The.Rest\".\"Odd.\"\"Name\"\"\"", "prefetch_related": ["the lines"]}')},
	q{SELECT corm.list('{"model": "blog.Recent", "filter": {"author__name": "Ann"}}')},
	q{SELECT * FROM corm.relations ORDER BY model COLLATE "C", relation COLLATE "C"});
my @answers = map { run_sql('hard', $_) } @questions;
like($answers[1], qr/"liked_by":\[\{[^]]*"Like":\{"weight":7\}/, 'the source answers');

copy_definitions('hard', 'answering');
run_file('answering', run_sql('hard', $export_sql));
system_or_bail('pg_dump', '-a', '-n', 'blog', '-n', '"The.Rest"', '--disable-triggers', '-f', "$dir/rows.sql", '-h', $node->host, '-p', $node->port, 'hard');
is(run_file('answering', slurp_file("$dir/rows.sql")), '', 'rows restored');
is(run_sql('answering', $questions[$_]), $answers[$_], "the same answers: $_") foreach 0 .. $#questions;

# a document that names a view, with and without one
my $whole = run_sql('hard', $export_json);
copy_definitions('hard', 'viewless');
run_file('viewless', run_sql('hard', $export_sql));
run_sql('viewless', $drop_tables);
like(run_file('viewless', "SELECT corm.define(\$document\$$whole\$document\$)"),
	qr/view "recent" of model "blog.Recent" does not exist\nDETAIL:  Only tables are made from a document/, 'a view is not made');
is(run_sql('viewless', $export_json), '{}', 'and nothing else either');
run_file('viewless', 'SELECT corm.define($document$' . run_sql('hard', $tables_only) . '$document$)');
run_sql('viewless', 'CREATE VIEW blog.recent AS SELECT id, title, author_id FROM blog."po.sts"');
is( run_sql('viewless', "SELECT action, object FROM corm.define(\$document\$$whole\$document\$)"),
	"register|blog.Recent\nrelation on|blog.Post.view\nrelation on|blog.Recent.author",
	'once it is there its names are added');
is(run_sql('viewless', $export_json), $whole, 'and the document is the same');

round_trip('hard');

# What a column, a key or an index can be besides: a column of every kind that a
# foreign key may have, indexes that a document can say and such that it cannot,
# defaults that are hard to write.
run_sql('postgres', 'CREATE DATABASE odd');
run_sql('odd', <<'SQL');
CREATE EXTENSION corm;
CREATE SCHEMA o;
SET search_path = o;
CREATE TABLE empty ();
CREATE TABLE p (id int PRIMARY KEY, code text COLLATE "C" UNIQUE, u uuid UNIQUE);
CREATE TABLE c (
	a int REFERENCES p,
	b int GENERATED ALWAYS AS IDENTITY REFERENCES p,
	d int GENERATED ALWAYS AS (1) STORED REFERENCES p,
	e serial REFERENCES p,
	f smallint REFERENCES p,
	g text COLLATE "C" REFERENCES p (code),
	h text REFERENCES p (code),
	i int DEFAULT 7 NOT NULL REFERENCES p,
	j int REFERENCES p MATCH FULL ON DELETE SET NULL,
	k int REFERENCES p ON DELETE SET NULL,
	m int, n int,
	o int UNIQUE NULLS NOT DISTINCT REFERENCES p,
	q int, "new
line" int,
	PRIMARY KEY (a, b), UNIQUE (a, i), UNIQUE (i, a), UNIQUE (m) INCLUDE (n));
ALTER TABLE c ADD FOREIGN KEY (m) REFERENCES p, ADD CONSTRAINT dup FOREIGN KEY (m) REFERENCES p;
CREATE INDEX ON c (n DESC);
CREATE INDEX ON c (n, m) INCLUDE (q);
CREATE INDEX ON c (a);
CREATE INDEX ON c (f, g);
CREATE INDEX ON c (k) WHERE k > 1;
CREATE INDEX ON c USING hash (f);
CREATE UNIQUE INDEX ON c (q, m);
CREATE INDEX ON c (lower(g));
CREATE VIEW v AS SELECT * FROM p;
SELECT corm.register_model('empty', 'Empty'), corm.register_model('p', 'P'), corm.register_model('c', E'C\nx'), corm.register_model('v', 'V', key => '{id}');
SELECT corm.foreign_key(E'C\nx', name, 'P', columns => ARRAY[col], target_columns => target_columns, related_name => 'r' || name, index => name <> 'k')
  FROM (VALUES ('a', 'a', NULL), ('a2', 'a', NULL), ('b', 'b', NULL), ('d', 'd', NULL), ('e', 'e', NULL), ('f', 'f', NULL),
	('gg', 'g', '{code}'), ('hh', 'h', '{code}'), ('ii', 'i', NULL), ('oo', 'o', NULL), ('k', 'k', NULL)) AS fk (name, col, target),
	LATERAL (SELECT target::text[]) AS t (target_columns);
SELECT corm.relation_on(E'C\nx', 'qq', 'V', '{q}'), corm.relation_on(E'C\nx', 'n', 'P', '{n}');
CREATE DOMAIN dm AS text COLLATE "C" DEFAULT 'dd' NOT NULL;
CREATE TABLE doms (x dm, y dm COLLATE "POSIX", z dm DEFAULT 'q', w int[][] DEFAULT '{{1}}', tt timestamptz(3), iv interval day to second(2), bb bit varying(5) DEFAULT b'101',
	ch char DEFAULT 'c', ch2 "char", nm name DEFAULT 'n', big int8 DEFAULT 9223372036854775807, neg int DEFAULT -5, nn numeric DEFAULT 'NaN', ff float8 DEFAULT 'Infinity',
	e text DEFAULT E'a\nb\t"', bo bool DEFAULT NULL);
CREATE TABLE par (id int PRIMARY KEY, x int REFERENCES p) PARTITION BY RANGE (id);
CREATE TABLE par1 PARTITION OF par FOR VALUES FROM (1) TO (10);
CREATE TABLE kid (extra int) INHERITS (p);
CREATE TABLE self (id int PRIMARY KEY, a int REFERENCES self, b int REFERENCES self, c int UNIQUE REFERENCES self DEFERRABLE INITIALLY DEFERRED);
SELECT corm.register_model('doms', 'Doms'), corm.register_model('par', 'Par'), corm.register_model('kid', 'Kid'), corm.register_model('self', 'Self');
SELECT corm.foreign_key('Par', 'p', 'P', columns => '{x}'), corm.foreign_key('Self', 'a', 'Self', columns => '{a}', related_name => 'as'),
	corm.foreign_key('Self', 'cc', 'Self', columns => '{c}', related_name => 'dd');
SQL
round_trip('odd');

# the schemas of the regression tests
foreach my $name (qw(adopt adopt_corners adopt_link closures keys model naming orm_cases relation_fk relation_m2m
	relation_on rename_drop search_path seed_relations seed_writes server_cases trees types values))
{
	my $sql = slurp_file("$top/sql/$name.sql");
	$sql =~ s/^(?:RESET ROLE; )?DROP (?:SCHEMA|ROLE|OWNED|EXTENSION|TABLE|VIEW|FOREIGN DATA).*$//mg;
	$sql =~ s/^SELECT .*corm\.drop_model\(.*$//mg;
	$sql =~ s/^DELETE FROM corm\.(?:model|relation).*?;$//msg;
	run_sql('postgres', "CREATE DATABASE test_$name");
	run_sql("test_$name", 'CREATE EXTENSION corm');
	run_file("test_$name", $sql, 1);
	isnt(run_sql("test_$name", $export_json), '{}', "$name: models are left");
	round_trip("test_$name");
	run_sql('postgres', "DROP DATABASE test_$name");
}

foreach my $name (qw(chinook northwind))
{
	SKIP:
	{
		skip("no $data/$name.sql: set CORM_DATA to the directory with the two schemas", 1) unless -r "$data/$name.sql";
		run_sql('postgres', "CREATE DATABASE $name");
		is(run_file($name, slurp_file("$data/$name.sql")), '', "$name: loaded");
		run_sql($name, q{CREATE EXTENSION corm; SELECT corm.adopt('public')});
		round_trip($name);
	}
}

$node->stop;
done_testing();
