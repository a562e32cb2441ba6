# Random requests, each asked again and again with other values in a session that keeps
# what they mean: every answer is the one that a request gives which is too large to be
# kept.  In between tables, roles, settings and the search_path change.
#
# The requests follow from a seed: CORM_FUZZ_SEED=N tries others, CORM_FUZZ_COUNT=N
# another number of calls.  A failure shows the call.

use strict;
use utf8;
use warnings;

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $seed = $ENV{CORM_FUZZ_SEED} // 20260127;
my $count = $ENV{CORM_FUZZ_COUNT} // 10_000;
srand $seed;

sub one { return $_[ int rand @_ ] }
sub chance { return rand() < $_[0] }

my $schema = <<'SQL';
CREATE EXTENSION corm;
CREATE ROLE asker;
CREATE SCHEMA kept;
CREATE SCHEMA front;
SET search_path = kept;
CREATE TYPE mood AS ENUM ('sad', 'ok');
CREATE TABLE author (id int PRIMARY KEY, name text, rate numeric, born date, active boolean, mood mood, tags text[], data jsonb, boss_id int REFERENCES author);
CREATE TABLE post (id int PRIMARY KEY, title text, n int, m bigint, span int4range, author_id int REFERENCES author, editor_id int REFERENCES author);
CREATE TABLE tag (id text PRIMARY KEY, n int);
CREATE TABLE post_tag (post_id int REFERENCES post, tag_id text REFERENCES tag, rank int, PRIMARY KEY (post_id, tag_id));
CREATE TABLE plot (region text, no int, n int, PRIMARY KEY (region, no));
CREATE TABLE tree (id int PRIMARY KEY, region text, no int, n int, FOREIGN KEY (region, no) REFERENCES plot);
CREATE TABLE front.tag (id text PRIMARY KEY, n int DEFAULT 7);
INSERT INTO author SELECT i, (ARRAY['', 'a', 'b', 'a%_', NULL, E'\\"'])[1 + i % 6], i / 2.0, date '2000-02-27' + i, CASE i % 3 WHEN 0 THEN true WHEN 1 THEN false END, (enum_range(NULL::mood))[1 + i % 3],
	CASE WHEN i % 2 = 0 THEN ARRAY['a', NULL, 'b'] ELSE '{}' END, CASE i % 4 WHEN 0 THEN '{"k": 1}' WHEN 1 THEN '{"k": "1", "l": [1]}' WHEN 2 THEN 'null' END::jsonb, nullif(i / 2, 0) FROM generate_series(1, 9) i;
INSERT INTO post SELECT i, (ARRAY['a', 'b', NULL])[1 + i % 3], nullif(i % 5, 4), i % 4, int4range(i % 3, 2 + i % 4), nullif(i % 10, 0), nullif(i % 4, 0) FROM generate_series(1, 25) i;
INSERT INTO tag VALUES ('a', 1), ('', 2), ('[1]', 3), ('b', NULL);
INSERT INTO post_tag SELECT p, t, p % 3 FROM generate_series(1, 25) p, unnest('{a,"",[1]}'::text[]) WITH ORDINALITY x(t, i) WHERE (p + i) % 3 > 0;
INSERT INTO plot SELECT r, i, i FROM unnest('{a,b}'::text[]) r, generate_series(1, 3) i;
INSERT INTO tree SELECT i, (ARRAY['a', 'b', NULL])[1 + i % 3], CASE WHEN i % 3 < 2 THEN 1 + i % 2 END, i % 4 FROM generate_series(1, 12) i;
INSERT INTO front.tag VALUES ('a'), ('front');
SELECT corm.register_model(t::regclass) FROM unnest('{author,post,tag,post_tag,plot,tree,front.tag}'::text[]) t;
SELECT corm.foreign_key('author', 'boss', 'author', 'minions'), corm.foreign_key('post', 'author', 'author', 'posts'), corm.foreign_key('post', 'editor', 'author', 'edited'),
	corm.foreign_key('tree', 'plot', 'plot', 'trees', columns => '{region,no}');
SELECT corm.many_to_many('post', 'tags', 'tag', through => 'post_tag', related_name => 'posts');
GRANT USAGE ON SCHEMA kept, front TO asker;
GRANT SELECT ON author, post, tag, post_tag, front.tag TO asker;
CREATE SCHEMA test;
GRANT USAGE ON SCHEMA test TO asker;

-- what a call says, or why not
CREATE FUNCTION test.say(verb text, q jsonb, f jsonb) RETURNS text LANGUAGE plpgsql AS $$
DECLARE answer text; detail text; hint text;
BEGIN
	IF verb = 'rows' THEN
		EXECUTE format('SELECT string_agg(r::text, %L ORDER BY r::text) FROM corm.rows(NULL::kept.%I, $1) r', ' ', coalesce(q->>'model', 'post')) INTO answer USING q::corm.queryset;
	ELSE
		EXECUTE format('SELECT corm.%I($1, $2)::text', verb) INTO answer USING q::corm.queryset, f;
	END IF;
	RETURN answer;
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS detail = PG_EXCEPTION_DETAIL, hint = PG_EXCEPTION_HINT;
	RETURN replace(concat_ws(' | ', SQLSTATE, SQLERRM, detail, hint), 'filter[0]', 'filter');
END $$;
CREATE FUNCTION test.same(verb text, q jsonb, f jsonb) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
	answer text := test.say(verb, q, f);
	anew text;
	before bigint := (SELECT request_hits FROM corm.stats());
	large jsonb := CASE verb WHEN 'rows' THEN jsonb_build_object('OR', (SELECT jsonb_agg(jsonb_build_object('pk__isnull', false)) FROM generate_series(1, 130)))
		ELSE jsonb_build_object('AND', (SELECT jsonb_agg('{}'::jsonb) FROM generate_series(1, 130))) END;
BEGIN
	IF verb = 'rows' THEN
		anew := test.say(verb, q || jsonb_build_object('filter', jsonb_build_array(coalesce(q->'filter', '{}'), large)), f);
	ELSE
		anew := test.say(verb, q, jsonb_build_array(coalesce(f, '{}'), large));
	END IF;
	IF answer IS DISTINCT FROM anew THEN
		RAISE WARNING E'differ: % % %\nwas  %\nanew %', verb, q, f, answer, anew;
	END IF;
	IF (SELECT request_hits FROM corm.stats()) > before THEN
		RAISE WARNING 'kept: % % %', verb, q, f;
	END IF;
END $$;
SQL

#
# Values, by the kind of column that they are compared with.
#
my %values = (
	int => sub { return one(0 .. 12, 0 .. 12, 0 .. 12, 0 .. 12, '1.0', '1e0', '"2"', '"x"', '""', '99999999999', 'true') },
	text => sub { return one('"a"', '"b"', '""', '"a%_"', '"\\\\\\""', '"\u00e9"', '"' . 'long' x int(rand 30) . '"', 1, 'false') },
	numeric => sub { return one(1, '1.0', '2.5', '1e0', '"3"', '1e30', '"NaN"', '"x"') },
	date => sub { return one('"2000-02-28"', '"2000-03-01"', '"infinity"', '"nothing"', '"3 Mar 2000"') },
	bool => sub { return one('true', 'false', '"t"', '"no"') },
	mood => sub { return one('"sad"', '"ok"', '"glad"', '""') },
	array => sub { return one('[]', '["a", null, "b"]', '["a"]', '[null]', '"{}"', '"{a,NULL,b}"', '["b", "a"]') },
	json => sub { return one('{"k": 1}', '{"k": "1", "l": [1]}', '{"k": 2}', '[]', '1', '"x"', '{"k": null}') },
	range => sub { return one('"[0,2)"', '"empty"', '"1"', 1, 2, '"[1,3)"', '"(0,9)"') });
$values{$_} //= $values{text} foreach qw(key);

# A place for a value: now and then it is of another kind.
sub slot
{
	my ($kind) = @_;
	return sub { return chance(0.02) ? 'null' : chance(0.02) ? one('[1]', '{"id": 1}', '{"pk": 2}', 'true') : $values{$kind}->() };
}

# A place for a list of them, whose length is a matter of shape.
sub slots
{
	my ($kind, $length) = @_;
	my @slots = map { slot($kind) } 1 .. $length;
	return sub { return '[' . join(', ', map { $_->() } @slots) . ']' };
}

sub fixed { my ($text) = @_; return sub { return $text } }

my %columns = (
	author => { id => 'int', name => 'text', rate => 'numeric', born => 'date', active => 'bool', mood => 'mood', tags => 'array', data => 'json' },
	post => { id => 'int', title => 'text', n => 'int', m => 'int', span => 'range' },
	tag => { id => 'text', n => 'int' },
	plot => { region => 'text', no => 'int', n => 'int' },
	tree => { id => 'int', n => 'int', no => 'int' });
my %relations = (
	author => { boss => [ 'author', 0 ], minions => [ 'author', 1 ], posts => [ 'post', 1 ], edited => [ 'post', 1 ] },
	post => { author => [ 'author', 0 ], editor => [ 'author', 0 ], tags => [ 'tag', 1 ] },
	tag => { posts => [ 'post', 1 ] },
	plot => { trees => [ 'tree', 1 ] },
	tree => { plot => [ 'plot', 0 ] });
my @models = sort keys %columns;

sub column { my ($model) = @_; return one(sort keys %{ $columns{$model} }) }

# A key of that model, in one of its forms.
sub key
{
	my ($model) = @_;
	my $form = int rand 5;
	my $part = slot($model eq 'tag' ? 'text' : 'int');
	my @parts = (slot('text'), slot('int'));
	if ($model eq 'plot')
	{
		return sub { return '{"region": ' . $parts[0]->() . ', "no": ' . $parts[1]->() . '}' } if $form == 0;
		return sub { return '[' . $parts[0]->() . ', ' . $parts[1]->() . ']' } if $form < 4;
	}
	return sub { return '{"id": ' . $part->() . '}' } if $form == 0;
	return sub { return '{"pk": ' . $part->() . ', "n": 1}' } if $form == 1;
	return $part;
}

# One test: a key and a place for what it is compared with.
sub test
{
	my ($model, $depth) = @_;
	my @relations = sort keys %{ $relations{$model} };

	if ($depth > 0 && chance(0.4))
	{
		my $name = one(@relations);
		my ($target, $many) = @{ $relations{$model}{$name} };
		my $choice = rand;
		if ($choice < 0.3)
		{
			my $lookup = one('', '', '__ne', '__in', '__not_in', '__isnull');
			return ($name . $lookup, fixed(one('true', 'false'))) if $lookup eq '__isnull';
			return ($name . $lookup, key($target)) unless $lookup =~ /in$/;
			my @keys = map { key($target) } 1 .. rand 4;
			return ($name . $lookup, sub { return '[' . join(', ', map { $_->() } @keys) . ']' });
		}
		return ($name . '__' . one('some', 'every', 'none'), filter($target, $depth - 1)) if $many && $choice < 0.5;
		return ($name . '__count' . one('', '__gte', '__lt'), slot('int')) if $many && $choice < 0.6;
		if ($many && $choice < 0.65)
		{
			my ($least, $filter) = (slot('int'), filter($target, $depth - 1));
			return ($name . '__count', sub { return '{"gte": ' . $least->() . ', "filter": ' . $filter->() . '}' });
		}
		my ($key, $value) = test($target, $depth - 1);
		return ($name . '__' . $key, $value);
	}
	return ('pk' . one('', '__gt', '__in'), slots($model eq 'tag' ? 'text' : 'int', 2)) if chance(0.05);
	return ('pk', key($model)) if chance(0.1);

	my $column = column($model);
	my $kind = $columns{$model}{$column};
	my $lookup = one('', '', '', '', '__ne', '__gt', '__lte', '__in', '__not_in', '__range', '__isnull', '__F', '__gte__F', '__contains', '__op(=)');
	$lookup = one('__icontains', '__startswith', '__iexact', '__regex', '__search') if $kind eq 'text' && chance(0.3);
	$lookup = one('__year', '__month__gt') if $kind eq 'date' && chance(0.3);
	$lookup = one('__k', '__k__gt', '__l__isnull', '__has_key', '__has_keys') if $kind eq 'json' && chance(0.5);
	$kind = 'int' if $lookup =~ /year|month/;
	return ($column . $lookup, fixed(one('true', 'false'))) if $lookup =~ /isnull/;
	return ($column . $lookup, fixed('"' . (chance(0.8) ? one(grep { $columns{$model}{$_} eq $kind } sort keys %{ $columns{$model} }) : column($model)) . '"')) if $lookup =~ /F$/;
	return ($column . $lookup, slots($kind, one(0 .. 4))) if $lookup =~ /in$/ || $lookup eq '__has_keys';
	return ($column . $lookup, slots($kind, 2)) if $lookup eq '__range';
	return ($column . $lookup, slot($kind));
}

sub filter
{
	my ($model, $depth) = @_;
	my %tests;
	for (1 .. one(1, 1, 2, 3))
	{
		my ($key, $value) = test($model, $depth);
		$tests{$key} = $value;
	}
	if ($depth > 0 && chance(0.25))
	{
		my @parts = map { filter($model, $depth - 1) } 1 .. one(0, 1, 2);
		$tests{ one('AND', 'OR') } = sub { return '[' . join(', ', map { $_->() } @parts) . ']' };
	}
	$tests{NOT} = filter($model, $depth - 1) if $depth > 0 && chance(0.15);
	return sub { return '{' . join(', ', map { "\"$_\": " . $tests{$_}->() } sort keys %tests) . '}' };
}

# Words of a queryset; "model" stands apart.
sub words
{
	my ($model, $depth) = @_;
	my %words;

	$words{filter} = filter($model, 2) if chance(0.6);
	$words{exclude} = filter($model, 1) if chance(0.15);
	$words{order_by} = fixed('["' . one('', '-') . column($model) . '"]') if chance(0.3);
	$words{limit} = sub { return one(0 .. 4) } if chance(0.15);
	$words{offset} = sub { return one(0 .. 2) } if chance(0.1);
	$words{fields} = fixed('["pk", "' . column($model) . '"]') if chance(0.4);
	$words{distinct} = fixed('true') if chance(0.05);
	my @many = grep { $relations{$model}{$_}[1] } sort keys %{ $relations{$model} };
	if (@many && chance(0.2))
	{
		my $name = one(@many);
		my $filter = filter($relations{$model}{$name}[0], 1);
		$words{annotate} = sub { return "{\"k\": {\"count\": \"$name\", \"filter\": " . $filter->() . '}}' };
	}
	my @loads = $depth > 0 ? map { load($model, $depth - 1) } 1 .. one(0, 0, 1, 1, 2) : ();
	@loads = fixed('"*"') if chance(0.05);
	$words{prefetch_related} = sub { return '[' . join(', ', map { $_->() } @loads) . ']' } if @loads;
	return \%words;
}

sub object
{
	my ($words) = @_;
	return '{' . join(', ', map { "\"$_\": " . $words->{$_}->() } sort keys %$words) . '}';
}

sub load
{
	my ($model, $depth) = @_;
	my $name = one(sort keys %{ $relations{$model} });
	my $words = words($relations{$model}{$name}[0], $depth);
	my $quoted = chance(0.2) ? "\\\"$name\\\"" : $name;
	return fixed("\"$quoted\"") if chance(0.3);
	$words->{as} = sub { return '"x"' } if chance(0.2);
	$words->{more} = fixed('true') if chance(0.1);
	return sub { return "{\"$quoted\": " . object($words) . '}' };
}

# A call: its verb, and how to make a queryset and a filter with other values each time.
sub request
{
	my $model = one(@models);
	my $words = words($model, 2);
	my $verb = one(qw(list list list get_or_none first last count exists rows));
	my $f = chance(0.5) ? filter($model, 2) : fixed('{}');
	my $name = one($model, $model, "kept.$model");

	if ($verb eq 'rows')
	{
		delete @$words{qw(fields prefetch_related annotate distinct)};
		$words->{model} = fixed("\"$model\"");
		return [ $verb, sub { return object($words) }, fixed('{}') ];
	}
	if (chance(0.15))
	{
		my ($relation, $owner) = (one(sort keys %{ $relations{$model} }), key($model));
		my $target = $relations{$model}{$relation}[0];
		$words = words($target, 1);
		@$words{qw(model pk relation)} = (fixed("\"$model\""), $owner, fixed("\"$relation\""));
		return [ $verb, sub { return object($words) }, filter($target, 1) ];
	}
	$words->{model} = fixed("\"$name\"");
	if (chance(0.15))
	{
		my ($limit, $said) = (sub { return one(2, 3) }, words($model, 1));
		my $columns = join ', ', map { "\"$_\": [\"exact\", \"gt\", \"in\", \"F\"]" } sort keys %{ $columns{$model} };
		my $loads = join ', ', map { "\"$_\"" } sort keys %{ $relations{$model} };
		delete @$said{ grep { chance(0.5) } sort keys %$said };
		return [ $verb, sub { return '{"base": ' . object($words) . ", \"allow\": {\"filter\": {$columns}, \"prefetch_related\": [$loads], \"max_limit\": " . $limit->() . '}' .
				join('', map { ", \"$_\": " . $said->{$_}->() } grep { /prefetch|filter/ } sort keys %$said) . '}' }, $f ];
	}
	return [ $verb, sub { return object($words) }, $f ];
}

# What happens in between; each goes back to what was, sooner or later.
my @events = (
	'ALTER TABLE kept.post RENAME n TO n2', 'ALTER TABLE kept.post RENAME n2 TO n',
	'ALTER TABLE kept.author ADD extra int DEFAULT 1', 'ALTER TABLE kept.author DROP extra',
	'ALTER TABLE kept.tree ALTER n TYPE bigint', 'ALTER TABLE kept.tree ALTER n TYPE int',
	'SELECT corm.rename_relation($$kept.author$$, $$edited$$, $$edits$$)', 'SELECT corm.rename_relation($$kept.author$$, $$edits$$, $$edited$$)',
	'ALTER TABLE kept.tag RENAME n TO "F"', 'ALTER TABLE kept.tag RENAME "F" TO n',
	'GRANT SELECT ON kept.plot, kept.tree TO asker', 'REVOKE SELECT ON kept.plot, kept.tree FROM asker',
	'REVOKE SELECT ON kept.post FROM asker; GRANT SELECT (id, n, author_id) ON kept.post TO asker', 'GRANT SELECT ON kept.post TO asker',
	'ALTER ROLE asker SUPERUSER', 'ALTER ROLE asker NOSUPERUSER', 'ALTER ROLE asker NOSUPERUSER',
	'CREATE POLICY odd ON kept.post USING (id % 2 = 1); ALTER TABLE kept.post ENABLE ROW LEVEL SECURITY', 'DROP POLICY odd ON kept.post', 'ALTER TABLE kept.post DISABLE ROW LEVEL SECURITY',
	'BEGIN; ALTER TABLE kept.post DROP title; SELECT corm.count($$kept.post$$); ROLLBACK',
	'BEGIN; SAVEPOINT s; SELECT corm.rename_model($$kept.plot$$, $$p$$); SELECT corm.count($$kept.p$$); ROLLBACK TO s; COMMIT');
my @states = ('SET ROLE asker', 'RESET ROLE', 'RESET ROLE', 'SET search_path = front, kept', 'SET search_path = kept, front', 'SET search_path = kept',
	'SET corm.direct_scan = off', 'RESET corm.direct_scan', 'SET corm.to_one_strategy = join', 'SET corm.to_one_strategy = separate', 'RESET corm.to_one_strategy', 'SET corm.key_strategy = join', 'RESET corm.key_strategy',
	'SET corm.max_depth = 3', 'RESET corm.max_depth', 'RESET corm.max_depth', 'SET corm.batch_size = 2', 'RESET corm.batch_size', 'SET row_security = off', 'RESET row_security');

my $node = PostgreSQL::Test::Cluster->new('main');
$node->init;
$node->append_conf('postgresql.conf', 'fsync = off');
$node->start;
$node->safe_psql('postgres', $schema);

my @script = ('SET search_path = kept', 'SET client_min_messages = warning');
for (my $calls = 0; $calls < $count;)
{
	my @requests = map { request() } 1 .. 6;
	for (1 .. 60)
	{
		my ($verb, $q, $f) = @{ one(@requests) };
		push @script, sprintf 'SELECT test.same($q$%s$q$, $q$%s$q$, $q$%s$q$)', $verb, $q->(), $f->();
		push @script, one(@states) if chance(0.03);
		if (chance(0.03))
		{
			my $event = one(@events);
			push @script, map { ("SET SESSION AUTHORIZATION DEFAULT", $_) } $event;
		}
		$calls++;
	}
}
push @script, 'RESET ROLE', 'SELECT $$hits $$ || request_hits FROM corm.stats()';

my ($out, $err);
$node->psql('postgres', join(";\n", @script) . ';', stdout => \$out, stderr => \$err, on_error_stop => 0);
my @wrong = $err =~ /(WARNING:  (?:differ|kept):.*(?:\n(?:was|anew) .*)*)/g;
is(scalar @wrong, 0, "what is kept answers like what is not (seed $seed)");
diag $_ foreach @wrong[ 0 .. ($#wrong < 9 ? $#wrong : 9) ];
my ($hits) = $out =~ /hits (\d+)/;
cmp_ok($hits // 0, '>', $count / 12, 'many were kept');
unlike($err, qr/PANIC|server closed|internal|XX000/, 'nothing broke');
unlike(slurp_file($node->logfile), qr/WARNING.*(leak|refcount|resource owner|still referenced)|XX000/, 'nothing leaked');
$node->stop;
done_testing();
