# Random documents, well-formed ones and mutilated ones, through every verb that
# reads: each is answered or refused with an error of the user's, the server
# stays up, memory stays bounded, and answers that belong together agree.
#
# The documents follow from a seed: CORM_FUZZ_SEED=N tries others,
# CORM_FUZZ_COUNT=N another number of them.  A failure names the case, with its
# arguments, so that it can be put into a session by hand:
# the tables are those of $schema below.

use strict;
use utf8;
use warnings;
no warnings 'recursion';

use Encode qw(encode_utf8);
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $seed = $ENV{CORM_FUZZ_SEED} // 20260115;
my $count = $ENV{CORM_FUZZ_COUNT} // 10_000;
my $batch = 400;

#
# The models, all kinds of columns and relations.  Rows are few: what counts are
# the documents.
#
my $schema = <<'SQL';
CREATE SCHEMA fuzz;
SET search_path = fuzz;
CREATE TYPE mood AS ENUM ('sad', 'ok', 'happy');
CREATE DOMAIN percent AS int CHECK (VALUE BETWEEN 0 AND 100);
CREATE TABLE author (id bigint PRIMARY KEY, name text, email EMAIL_TYPE, born date, rating numeric, score float8,
	active boolean, mood mood, token uuid, address inet, share percent, boss_id bigint REFERENCES author);
CREATE TABLE profile (id int PRIMARY KEY, bio varchar(40), data jsonb, plain json, secret bytea, author_id bigint UNIQUE REFERENCES author);
CREATE TABLE post (id int PRIMARY KEY, title text, views int, price numeric(10,2), published timestamptz, lasts interval,
	scores int[], labels text[], data jsonb, span int4range, at time, flags bit(4), author_id bigint REFERENCES author, editor_id bigint REFERENCES author);
CREATE TABLE comment (id int PRIMARY KEY, body text, post_id int NOT NULL REFERENCES post, author_id bigint REFERENCES author, parent_id int REFERENCES comment);
CREATE TABLE category (id int PRIMARY KEY, name text, parent_id int REFERENCES category);
CREATE TABLE post_category (post_id int REFERENCES post, category_id int REFERENCES category, position int, note text, PRIMARY KEY (post_id, category_id));
CREATE TABLE friend (a bigint REFERENCES author, b bigint REFERENCES author, PRIMARY KEY (a, b), CHECK (a <= b));
CREATE TABLE follow (id int PRIMARY KEY, follower_id bigint REFERENCES author, followed_id bigint REFERENCES author, since date);
CREATE TABLE "Order" (year int, no int, "Total Sum" numeric, "a__b" int, "say ""hi""" text, "größe" int, author_id bigint REFERENCES author, PRIMARY KEY (year, no));
CREATE TABLE "Order Line" (id int PRIMARY KEY, order_year int, order_no int, article text, amount int, FOREIGN KEY (order_year, order_no) REFERENCES "Order");
CREATE INDEX ON post (author_id);
CREATE INDEX ON comment (post_id);
CREATE INDEX ON author (boss_id, name);
CREATE INDEX ON comment (parent_id DESC);
CREATE INDEX ON category (parent_id);
CREATE INDEX ON post_category (category_id, post_id);
CREATE INDEX ON "Order Line" (order_no, order_year);
CREATE VIEW popular AS SELECT id, title, author_id FROM post WHERE views > 20;

INSERT INTO author SELECT i, CASE WHEN i % 5 > 0 THEN 'Name ' || i % 4 END, CASE i % 3 WHEN 0 THEN 'A' || i || '@x' WHEN 1 THEN 'a%_' || i END, date '1970-02-27' + i * 401,
	CASE i WHEN 3 THEN 'NaN' WHEN 4 THEN NULL ELSE i * 1.10 END, CASE i WHEN 2 THEN 'Infinity' WHEN 5 THEN 'NaN' ELSE i / 3.0 END, CASE i % 3 WHEN 0 THEN true WHEN 1 THEN false END,
	(enum_range(NULL::mood))[1 + i % 4], CASE WHEN i % 2 = 0 THEN md5(i::text)::uuid END, '10.0.0.0/8'::inet + i, CASE WHEN i < 9 THEN i * 10 END, NULL FROM generate_series(1, 12) i;
UPDATE author SET boss_id = CASE id WHEN 7 THEN 7 WHEN 8 THEN 9 WHEN 9 THEN 8 ELSE nullif(id / 2, 0) END;
INSERT INTO profile SELECT i, 'bio ' || i, jsonb_build_object('k', i, 'tags', jsonb_build_array(i, 'x')), '{"b": 1,  "a": [2]}', decode('00ff' || i, 'hex'), CASE WHEN i < 9 THEN i END FROM generate_series(10, 11) i;
INSERT INTO profile SELECT i, 'bio', CASE i WHEN 2 THEN 'null' WHEN 3 THEN '[1, {"k": "v"}]' END::jsonb, NULL, NULL, i FROM generate_series(1, 8) i;
INSERT INTO post SELECT i, CASE WHEN i % 6 > 0 THEN 'Title ' || i % 7 || E' "\\' END, CASE WHEN i % 4 > 0 THEN i * 3 END, i * 2.50, timestamptz '2024-12-30 22:15:07.5+00' + i * interval '9 days 5 hours',
	i * interval '1 day 1 hour', CASE WHEN i % 3 > 0 THEN ARRAY[i, i % 5, NULL] END, CASE i % 4 WHEN 0 THEN '{}' WHEN 1 THEN ARRAY['x', 'y' || i] END::text[],
	CASE i % 3 WHEN 0 THEN jsonb_build_object('a', jsonb_build_object('b', i), 'l', '[1, 2]'::jsonb) WHEN 1 THEN to_jsonb('text' || i) END, CASE WHEN i % 2 = 0 THEN int4range(i, i + 5) END,
	time '00:00' + i * interval '47 minutes', (i % 16)::bit(4), CASE WHEN i % 7 > 0 THEN 1 + i % 9 END, CASE WHEN i % 3 > 0 THEN 1 + i % 5 END FROM generate_series(1, 30) i;
INSERT INTO comment SELECT i, CASE WHEN i % 5 > 0 THEN 'body ' || i % 3 END, 1 + i % 20, CASE WHEN i % 4 > 0 THEN 1 + i % 12 END, CASE WHEN i > 10 THEN i - 7 END FROM generate_series(1, 50) i;
INSERT INTO category SELECT i, 'cat ' || i, nullif(i / 2, 0) FROM generate_series(1, 10) i;
UPDATE category SET parent_id = 10 WHERE id = 5;
INSERT INTO post_category SELECT p, c, CASE WHEN (p + c) % 3 > 0 THEN c END, CASE WHEN c = 2 THEN 'note' END FROM generate_series(1, 30) p, generate_series(1, 10) c WHERE (p * c) % 7 = 1;
INSERT INTO friend SELECT a, b FROM generate_series(1, 12) a, generate_series(1, 12) b WHERE a <= b AND (a * b) % 5 = 1;
INSERT INTO follow SELECT row_number() OVER (), a, b, date '2020-01-01' + (a * b)::int FROM generate_series(1, 12) a, generate_series(1, 12) b, generate_series(1, 2) WHERE (a + 2 * b) % 6 = 0;
INSERT INTO "Order" SELECT 2020 + i % 3, i, i * 9.99, i, CASE WHEN i % 2 = 0 THEN '"quoted"' END, i, 1 + i % 5 FROM generate_series(1, 9) i;
INSERT INTO "Order Line" SELECT i, 2020 + (1 + i % 8) % 3, 1 + i % 8, 'article ' || i % 3, i FROM generate_series(1, 20) i;
ANALYZE;

SELECT corm.register_model('author', 'Author'), corm.register_model('profile', 'Profile'), corm.register_model('post', 'Post'), corm.register_model('comment', 'Comment'),
	corm.register_model('category', 'Category'), corm.register_model('post_category', 'PostCategory'), corm.register_model('friend', 'Friend'), corm.register_model('follow', 'Follow'),
	corm.register_model('"Order"', 'Order'), corm.register_model('"Order Line"', 'Order Line'), corm.register_model('popular', 'Popular', '{id}');
SELECT corm.foreign_key('Author', 'boss', 'Author', 'staff'), corm.foreign_key('Profile', 'author', 'Author', 'profile', one_to_one => true),
	corm.foreign_key('Post', 'author', 'Author', 'posts'), corm.foreign_key('Post', 'editor', 'Author', 'edited'), corm.foreign_key('Comment', 'post', 'Post', 'comments', nullable => false),
	corm.foreign_key('Comment', 'author', 'Author', 'comments'), corm.foreign_key('Comment', 'parent', 'Comment', 'replies'), corm.foreign_key('Category', 'parent', 'Category', 'children'),
	corm.foreign_key('Order', 'author', 'Author', 'orders'), corm.foreign_key('Order Line', 'order', 'Order', 'lines', columns => '{order_year,order_no}');
SELECT corm.many_to_many('Post', 'categories', 'Category', through => 'PostCategory', related_name => 'posts'), corm.many_to_many('Author', 'friends', 'Author', through => 'Friend', symmetrical => true),
	corm.many_to_many('Author', 'follows', 'Author', through => 'Follow', related_name => 'followers', through_relation_name => 'follower_id', through_reverse_relation_name => 'followed_id');
SQL

#
# The same for the generator: columns with their types, relations with their
# targets; a star stands before a to-many relation.
#
my %column = (
	Author => [
		qw(id:int name:text email:text born:date rating:num score:num active:bool mood:enum token:uuid address:inet share:int boss_id:int)
	],
	Profile => [qw(id:int bio:text data:jsonb plain:json secret:bytea author_id:int)],
	Post => [
		qw(id:int title:text views:int price:num published:stamp lasts:interval scores:ints labels:texts data:jsonb span:range at:time flags:bit author_id:int editor_id:int)
	],
	Comment => [qw(id:int body:text post_id:int author_id:int parent_id:int)],
	Category => [qw(id:int name:text parent_id:int)],
	PostCategory => [qw(post_id:int category_id:int position:int note:text)],
	Follow => [qw(id:int since:date)],
	Order => [ qw(year:int no:int), '"Total Sum":num', '"a__b":int', '"say ""hi""":text', 'größe:int' ],
	'Order Line' => [qw(id:int article:text amount:int order_year:int)],
	Popular => [qw(id:int title:text author_id:int)]);
my %relation = (
	Author => [
		qw(boss:Author *staff:Author profile:Profile *posts:Post *edited:Post *comments:Comment *orders:Order *friends:Author *follows:Author *followers:Author)
	],
	Profile => ['author:Author'],
	Post => [qw(author:Author editor:Author *comments:Comment *categories:Category)],
	Comment => [qw(post:Post author:Author parent:Comment *replies:Comment)],
	Category => [qw(parent:Category *children:Category *posts:Post)],
	PostCategory => [],
	Follow => [],
	Order => [qw(author:Author *lines:Order§Line)],
	'Order Line' => ['order:Order'],
	Popular => []);
my @models = sort keys %column;
my @common = qw(Author Author Post Post Post Comment Category Order);
my %tree = (Author => 'staff', Comment => 'replies', Category => 'children');

# Park and Miller's generator: the same numbers everywhere.
my $state;

# Only the plainest words: more of such documents are answered, and so looked at.
my $plain;

sub below { my ($n) = @_; $state = $state * 48271 % 2147483647; return int($state / 2147483647 * $n); }
sub chance { my ($percent) = @_; return below(100) < $percent; }
sub one { return $_[ below(scalar @_) ]; }

# A JSON value: ['O', key, value, ...], ['A', value, ...], ['S', string] or
# ['R', token].
sub object { return [ 'O', @_ ]; }
sub array { return [ 'A', @_ ]; }
sub string { return [ 'S', $_[0] ]; }
sub raw { return [ 'R', $_[0] ]; }

my %escape = ('"' => '\\"', '\\' => '\\\\', "\n" => '\\n', "\t" => '\\t');

sub quoted
{
	my ($text) = @_;
	$text =~ s/(["\\\n\t])/$escape{$1}/g;
	$text =~ s/\x{FFFF}/\\u0000/g;
	return "\"$text\"";
}

sub json
{
	my ($kind, @rest) = @{ $_[0] };
	return $rest[0] if $kind eq 'R';
	return quoted($rest[0]) if $kind eq 'S';
	return '[' . join(', ', map { json($_) } @rest) . ']' if $kind eq 'A';
	my @pairs;
	while (my ($key, $value) = splice(@rest, 0, 2)) { push @pairs, quoted($key) . ': ' . json($value); }
	return '{' . join(', ', @pairs) . '}';
}

sub split_name { my ($name, $type) = $_[0] =~ /^\*?(.*):(.*)$/; $type =~ s/§/ /; return ($name, $type); }

# What a column of the type may hold, and lookups that suit it.
my %value = (
	int => sub { raw(one(0, 1, 2, 3, 5, 7, 10, 25, 2020, -1, 2147483647)) },
	num => sub { one(raw(one('1.1', '2.50', '0', '3', '-4e2', '75.25')), string(one('NaN', '2.5', 'Infinity'))) },
	text => sub { string(one('Name 1', 'name 2', 'a%_1', 'itle', 'Title 1 "\\', 'body 1', 'cat 3', 'note', '', '%', '_', 'ÄÖ', 'article 1')) },
	date => sub { string(one('1971-04-03', '1980-01-01', '2020-01-03', 'infinity')) },
	bool => sub { raw(one('true', 'false')) },
	enum => sub { string(one('sad', 'ok', 'happy')) },
	uuid => sub { string('c81e728d-9d4c-2f63-6f06-7f89cc14862c') },
	inet => sub { string(one('10.0.0.1/8', '10.0.0.3/8', '::1')) },
	jsonb => sub { one(raw('1'), string('text1'), object('k', raw('10')), array(raw('1'), string('x')), object('a', object('b', raw('3')))) },
	json => sub { object('a', raw('1')) },
	bytea => sub { string(one('\\x00ff', 'abc')) },
	stamp => sub { string(one('2025-01-08T03:15:07.5Z', '2025-01-01 00:00:00+02', '-infinity', '2025-03-01')) },
	interval => sub { string(one('1 day', 'P2DT2H', '10 days 10:00')) },
	ints => sub { array(map { raw(below(9)) } 1 .. below(3)) },
	texts => sub { array(map { string(one('x', 'y1', 'y5')) } 1 .. below(3)) },
	range => sub { string(one('[2,7)', '(,5]', 'empty', '[10,)')) },
	time => sub { string(one('00:47', '13:00:00')) },
	bit => sub { string(one('0001', '1111')) });
my @dates = qw(year quarter month day week iso_year week_day iso_week_day day_of_year date trunc_month trunc_year);
my @times = qw(hour minute second time);
my %lookups = (
	text => [qw(iexact contains icontains startswith istartswith endswith iendswith regex iregex search in gt lte)],
	date => [@dates],
	stamp => [ @dates, @times ],
	time => [@times],
	interval => [qw(day hour)],
	ints => [qw(contains contained_by overlap len 0)],
	texts => [qw(contains contained_by overlap len 1)],
	range => [qw(contains contained_by overlap startswith isempty lower upper)],
	jsonb => [qw(contains contained_by has_key has_keys has_any_keys k a__b l__0)]);

sub value { my ($type, $lookup) = @_; return raw('null') if chance(4) && ($lookup // 'exact') =~ /^(exact|ne)$/; return $value{$type}->(); }

# A path over to some model: how many steps, over what.
sub steps
{
	my ($model, $most, $only_one) = @_;
	my @path;
	while ($most-- > 0 && chance(45))
	{
		my @choice = grep { !$only_one || !/^\*/ } @{ $relation{$model} } or last;
		my ($name, $target) = split_name(one(@choice));
		push @path, $name;
		if (!$plain && chance(6) && $name =~ /^(boss|staff|parent|children|replies)$/) { push @path, $name =~ /^(boss|parent)$/ ? 'ancestors' : 'descendants'; }
		$model = $target;
	}
	return ($model, @path);
}

sub join_path { return join('__', @_); }

# One condition: a key and a value.
sub condition
{
	my ($model, $depth) = @_;
	my ($end, @path) = steps($model, 3);
	if (chance(18) && @{ $relation{$end} })
	{
		my $step = one(@{ $relation{$end} });
		my ($name, $target) = split_name($step);
		push @path, $name;
		return (join_path(@path, 'isnull'), $value{bool}->()) if chance(25);
		if ($step =~ /^\*/ && !$plain && chance(65))
		{
			return (join_path(@path, one(qw(some every none))), filter($target, $depth - 1)) if chance(60);
			my $test = one(qw(gte lt exact ne gt));
			return (join_path(@path, 'count'), object($test, $value{int}->(), 'filter', filter($target, $depth - 1))) if chance(25);
			return (join_path(@path, 'count', $test), $value{int}->()) if chance(60);
			my ($number) = split_name(one(grep { /:(int|num)$/ } @{ $column{$target} }));
			return (join_path(@path, $number, one(qw(sum avg min max)), $test), $value{num}->());
		}
		my $key = $target eq 'Order' ? array(raw(2020 + below(3)), raw(1 + below(9))) : $value{int}->();
		return (join_path(@path, 'in'), array($key, $key, chance(20) ? raw('null') : $key)) if chance(25);
		return (join_path(@path, one('pk', 'ne')), $key) if chance(30);
		return (join_path(@path), $key);
	}
	my ($name, $type) = split_name(one(@{ $column{$end} }));
	push @path, $name;
	return (join_path(@path, 'isnull'), $value{bool}->()) if $type eq 'json' && chance(90);
	return (join_path(@path), value($type)) if chance(25);
	return (join_path(@path, one(qw(in not_in))), array(map { value($type) } 1 .. below(4))) if chance(15);
	return (join_path(@path, 'range'), array($value{$type}->(), $value{$type}->())) if chance(6);
	return (join_path(@path, 'isnull'), $value{bool}->()) if chance(8);
	if (!$plain && chance(7))
	{
		my ($other) = split_name(one(@{ $column{$model} }));
		return (join_path(@path, chance(50) ? one(qw(gt lte ne)) : (), 'F'), string($other));
	}
	return (join_path(@path, 'op(' . one('=', '<>', '>', '>=', '~', '@>', '&&', '||') . ')'), value($type)) if !$plain && chance(5);
	return (join_path(@path, one(qw(iexact contains icontains startswith iendswith))), $value{text}->()) if $plain && $type eq 'text' && chance(50);
	my $compare = one(qw(gt gte lt lte ne exact));
	return (join_path(@path, $compare), value($type, $compare)) if $plain || !$lookups{$type} || chance(50);
	my $lookup = one(@{ $lookups{$type} });
	return (join_path(@path, $lookup, one(qw(gte lt exact))), $value{int}->()) if $type =~ /date|stamp|time|interval/ && $lookup !~ /date|trunc|^time$/;
	return (join_path(@path, $lookup), $lookup eq 'in' ? array(value($type)) : $lookup =~ /len|^\d$/ ? $value{int}->() : $lookup eq 'has_keys' ? array(string('a')) : $lookup eq 'has_key' ? string('k') : $value{$type}->());
}

sub filter
{
	my ($model, $depth) = @_;
	my @pairs;
	return object() if $depth < 0 && chance(50);
	foreach (1 .. one(1, 1, 1, 2, 3))
	{
		if ($depth > 0 && chance(25))
		{
			my $word = one(qw(AND OR NOT));
			push @pairs, $word, $word eq 'NOT' ? filter($model, $depth - 1) : array(map { filter($model, $depth - 1) } 1 .. one(0, 1, 2, 2, 3));
		}
		else { push @pairs, condition($model, $depth); }
	}
	return object(@pairs);
}

sub column_path
{
	my ($model, $only_one) = @_;
	my ($end, @path) = steps($model, 2, $only_one);
	my ($name) = split_name(one(@{ $column{$end} }));
	return join_path(@path, $name);
}

sub order_key
{
	my ($model) = @_;
	my $path = column_path($model);
	$path = aggregate_path($model) if !$plain && chance(12);
	return (chance(40) ? '-' : '') . $path . (chance(20) ? one(' nulls last', ' nulls first') : '');
}

sub order { my ($model) = @_; return array(map { string(order_key($model)) } 1 .. one(1, 1, 2, 3)); }

sub aggregate_path
{
	my ($model) = @_;
	my @many = grep { /^\*/ } @{ $relation{$model} } or return 'author__posts__count';
	my ($name, $target) = split_name(one(@many));
	return join_path($name, 'count') if chance(50);
	my ($number) = split_name(one(grep { /:(int|num|text|date)$/ } @{ $column{$target} }));
	return join_path($name, $number, one(qw(sum avg min max count)));
}

sub aggregates
{
	my ($model, $of_rows) = @_;
	my @pairs;
	foreach my $i (1 .. one(1, 1, 2, 3))
	{
		my @many = grep { /^\*/ } @{ $relation{$model} };
		my $spec = string(aggregate_path($model));
		if (chance(40) && @many)
		{
			my ($name, $target) = split_name(one(@many));
			my ($number) = split_name(one(@{ $column{$target} }));
			my $function = one(qw(count sum avg min max exists));
			$spec = object($function, string($function =~ /count|exists/ ? $name : join_path($name, $number)), chance(60) ? ('filter', filter($target, 0)) : (), chance(15) ? ('distinct', raw('true')) : ());
		}
		elsif ($of_rows && chance(60)) { $spec = object(one(qw(count sum min max avg)), string(chance(30) ? '*' : column_path($model, 1))); }
		push @pairs, "n$i", $spec;
	}
	return object(@pairs);
}

sub loads
{
	my ($model, $depth) = @_;
	my @pairs;
	foreach (1 .. one(1, 1, 2))
	{
		my $step = one(@{ $relation{$model} }) or last;
		my ($name, $target) = split_name($step);
		push @pairs, $name, chance(15) ? object() : load_options($model, $target, $name, $depth - 1);
	}
	my $object = object(@pairs);
	return chance(12) ? array($object, chance(50) ? string('author') : object(@pairs[ 0, 1 ])) : $object if @pairs;
	return array();
}

sub load_options
{
	my ($model, $target, $name, $depth) = @_;
	my @words = parts($target, $depth);
	push @words, 'as', string(one('x', 'y', $name, 'naïve "name"')) if chance(15);
	push @words, 'more', raw('true') if chance(15);
	push @words, 'recursive', raw('true'), chance(40) ? ('depth', raw(one(0, 1, 2, 9))) : (), chance(25) ? ('flat', raw('true')) : ()
	  if !$plain && chance(($tree{$model} // '') eq $name ? 50 : 2);
	return object(@words);
}

# The words that querysets and options of prefetch_related share.
sub parts
{
	my ($model, $depth) = @_;
	my @words;
	push @words, 'filter', chance(8) ? array(filter($model, 1), filter($model, 1)) : filter($model, 2) if chance(50);
	push @words, 'exclude', filter($model, 1) if chance(12);
	push @words, 'order_by', order($model) if chance(30);
	push @words, 'limit', raw(one(0, 1, 2, 5, 100)) if chance(15);
	push @words, 'offset', raw(one(0, 1, 3, 50)) if chance(10);
	push @words, 'fields', array(map { string((split_name($_))[0]) } grep { chance(50) } @{ $column{$model} }) if chance(15);
	push @words, 'exclude_fields', array(string((split_name(one(@{ $column{$model} })))[0])) if chance(8);
	push @words, 'annotate', aggregates($model) if !$plain && chance(12);
	push @words, 'distinct', one(raw('true'), array(string((split_name(one(@{ $column{$model} })))[0]))) if !$plain && chance(4);
	if ($depth > 0)
	{
		push @words, 'prefetch_related', loads($model, $depth) if chance(45);
		my ($end, @path) = steps($model, 3);
		push @words, 'select_related', array(string(join_path(@path))) if @path && chance(30);
	}
	return @words;
}

my $root;

# whose rows a queryset gives, for a filter beside it, stays in $root
sub queryset
{
	my ($model, $depth) = @_;
	my @from = ('model', string($model));
	if ($depth > 0 && chance(8) && @{ $relation{$model} })
	{
		my ($name, $target) = split_name(one(@{ $relation{$model} }));
		push @from, 'pk', $model eq 'Order' ? array(raw('2021'), raw('1')) : raw(1 + below(12)), 'relation', string($name);
		$model = $target;
	}
	my $queryset = object(@from, parts($model, $depth));
	$root = $model;
	return $queryset;
}

#
# Mutilation
#
my @strange = (
	'', ' ', '__', 'a__', '__a', 'no_such', 'NO', 'pk', 'pk__pk', 'model', 'filter', 'count', 'count__count', 'posts__count__count', '*', '"', '""', '"a', '"a"b', "'; DROP TABLE author; --",
	'--', '/*', '*/', '$1', '$$', '%s%n', '\\', "a\nb\t", "\x{FFFF}", "a\x{FFFF}b", "\x{1F600}", "\x{202E}x", 'é' x 40, 'x' x 63, 'x' x 64, 'n' x 3000, '__' x 500, 'boss__' x 40 . 'name',
	'staff__' x 15 . 'id', 'ctid', 'tableoid', 'xmin', 'AND', 'or', 'F', 'id__F', 'id__op(=)', 'id__op())', 'id__op(; --)', 'name__regex__regex', 'id__in__in', 'PostCategory__note', 'children__descendants',
	'name nulls last', '-', '--id', '-id asc', 'NULL', 'corm', 'author__author', 'data__"k"', 'data__0__-1');
my @values = map { raw($_) } ('null', 'true', 'false', '0', '-1', '-0', '1.5', '1e400', '-1e-400', '9223372036854775807', '9223372036854775808', '-9223372036854775809', '1' . '0' x 400,
	'""', '[]', '{}', '[[]]', '[null]', '[{}]', '{"": null}', '[[[1]]]', '"NaN"', '"Infinity"', '"-infinity"', '"null"', '"\\u0000"', '"\\ud83d\\ude00"', '"\\\\x"', '"1 OR 1=1"', '"["', '"(?"', '"*"', '"a{1,9999}"',
	'"{1,2"', '"[1,"', '"9999999999-01-01"', '"1e99999"');

# every place of a value, so that one can be drawn: [container, index]
sub places
{
	my ($node, $found) = @_;
	my ($kind) = @$node;
	return $found if $kind eq 'S' || $kind eq 'R';
	for (my $i = $kind eq 'O' ? 2 : 1; $i < @$node; $i += $kind eq 'O' ? 2 : 1)
	{
		push @$found, [ $node, $i ];
		places($node->[$i], $found);
	}
	return $found;
}

sub nest
{
	my ($node) = @_;
	my $depth = one(1, 2, 3, 10, 50, 200, 1000, 2000);
	my $how = below(6);
	my $key = one('a', 'AND', 'posts__some', 'author', 'filter');
	foreach (1 .. $depth)
	{
		$node = $how == 0 ? array($node) : $how == 1 ? object('NOT', $node) : $how == 2 ? object('OR', array($node)) : $how == 3 ? object('AND', array($node, object('id', raw('1'))))
		  : $how == 4 ? object('prefetch_related', object(one('posts', 'staff', 'children'), $node)) : object($key, $node);
	}
	return $node;
}

sub mutilate
{
	my ($document) = @_;
	foreach (1 .. one(1, 1, 1, 2, 4))
	{
		my $places = places($document, []);
		return one(@values) unless @$places;
		my ($container, $i) = @{ one(@$places) };
		my $what = below(8);
		if ($what < 2) { $container->[$i] = one(@values); }
		elsif ($what == 2) { $container->[$i] = string(one(@strange)); }
		elsif ($what == 3 && $container->[0] eq 'O') { $container->[ $i - 1 ] = one(@strange); }
		elsif ($what == 4 && $container->[0] eq 'O') { $container->[ $i - 1 ] .= one('__', '__x', '__in', '__count', '__isnull', '__F', '"', '__exact__exact', '__contains', '__year', '__0'); }
		elsif ($what == 5) { $container->[$i] = nest($container->[$i]); }
		elsif ($what == 6) { my ($other, $j) = @{ one(@$places) }; my $copy = copy($other->[$j]); $container->[$i] = $copy; }
		elsif ($container->[0] eq 'O') { splice(@$container, $i - 1, 2); }
		else { splice(@$container, $i, 1); }
	}
	return $document;
}

sub copy { my ($node) = @_; return [ map { ref $_ ? copy($_) : $_ } @$node ]; }

#
# The verbs: SQL over text parameters, and who makes the arguments.  What a verb
# returns goes through output, for that is where documents are written.
#
my %verb = (
	input => [ q{SELECT ($1::corm.queryset)::text::corm.queryset = $1::corm.queryset AND corm.objects('Post', filter => '{}') IS NOT NULL}, \&queryset_only, 4 ],
	all => [ q{SELECT md5(string_agg(object::text, ',')) FROM corm.all($1::corm.queryset)}, \&queryset_only, 12 ],
	pulled => [ q{SELECT md5(string_agg(o::text, ',')) FROM (SELECT corm.all($1::corm.queryset, $2::jsonb) AS o) s}, \&queryset_and_filter, 8 ],
	list => [ q{SELECT corm.list($1::corm.queryset, $2::jsonb)}, \&queryset_and_filter, 6 ],
	count => [ q{SELECT corm.count($1::corm.queryset, $2::jsonb)}, \&queryset_and_filter, 5 ],
	one => [ q{SELECT concat(corm.exists($1::corm.queryset), corm.first($1::corm.queryset, $2::jsonb), corm.last($1::corm.queryset, $2::jsonb))}, \&queryset_and_filter, 5 ],
	get => [ q{SELECT concat(corm.get($1::corm.queryset, $2::jsonb))}, sub { my ($m) = @_; (queryset($m, 0), object('pk', $m eq 'Order' ? array(raw('2021'), raw('1')) : raw(1 + below(9)))) }, 2 ],
	get_or_none => [ q{SELECT corm.get_or_none($1::corm.queryset, $2::jsonb)}, \&queryset_and_filter, 1 ],
	sql => [ q{SELECT sum(length(s)) FROM corm.sql($1::corm.queryset) s}, \&queryset_only, 2 ],
	explain => [ q{SELECT sum(length(s)) FROM corm.explain($1::corm.queryset) s}, \&queryset_only, 1 ],
	modifiers => [ q{SELECT corm.list(corm.prefetch_related(corm.filter(corm.exclude(corm.limit($1::corm.queryset, 3), $2::jsonb), $2::jsonb), $3::jsonb))},
		sub { my ($m) = @_; (queryset($m, 0), filter($m, 1), loads($m, 2)) }, 4 ],
	order_by => [ q{SELECT corm.list(corm.order_by($1::corm.queryset, VARIADIC $2::text[]))}, sub { my ($m) = @_; (queryset($m, 0), names(map { order_key($m) } 1 .. 2)) }, 2 ],
	paths => [ q{SELECT corm.list(corm.prefetch_related(corm.select_related($1::corm.queryset, VARIADIC $2::text[]), VARIADIC $2::text[]))},
		sub { my ($m) = @_; (queryset($m, 0), names(map { relation_path($m) } 1 .. 2)) }, 2 ],
	annotate => [ q{SELECT corm.list(corm.annotate($1::corm.queryset, $2::jsonb))}, sub { my ($m) = @_; (queryset($m, 1), aggregates($m)) }, 5 ],
	distinct => [ q{SELECT corm.list(corm.distinct($1::corm.queryset, VARIADIC $2::text[]))}, sub { my ($m) = @_; (queryset($m, 1), names(chance(50) ? column_path($m, 1) : ())) }, 2 ],
	aggregate => [ q{SELECT corm.aggregate($1::corm.queryset, $2::jsonb)}, sub { my ($m) = @_; (queryset($m, 0), aggregates($m, 1)) }, 4 ],
	sums => [ q{SELECT concat(corm.sum($1::corm.queryset, $2), corm.avg($1::corm.queryset, $2), corm.min($1::corm.queryset, $2), corm.max($1::corm.queryset, $2))},
		sub { my ($m) = @_; (queryset($m, 0), text(one((split_name(one(grep { /:(int|num)$/ } @{ $column{$m} })))[0], column_path($m)))) }, 3 ],
	group_by => [ q{SELECT sum(length(o::text)) FROM corm.group_by($1::corm.queryset, $2::jsonb, $3::jsonb, "having" => $4::jsonb) o},
		sub { my ($m) = @_; (queryset($m, 0), array(map { string(column_path($m, chance(80))) } 1 .. one(0, 1, 1, 2)), aggregates($m, 1), chance(40) ? object('n1__gt', raw(below(3))) : object()) }, 4 ],
	values => [ q{SELECT sum(length(o::text)) FROM corm.values($1::corm.queryset, VARIADIC $2::text[]) o}, \&queryset_and_columns, 3 ],
	values_list => [ q{SELECT sum(length(o::text)) FROM corm.values_list($1::corm.queryset, VARIADIC $2::text[]) o}, \&queryset_and_columns, 1 ],
	pluck => [ q{SELECT sum(length(o::text)) FROM corm.pluck($1::corm.queryset, $2) o}, sub { my ($m) = @_; (queryset($m, 0), text(column_path($m))) }, 2 ],
	page => [ q{SELECT corm.page($1::corm.queryset, after => $2, before => $3, page_size => 3)},
		sub { my ($m) = @_; (queryset($m, 1), chance(80) ? text(cursor()) : undef, chance(15) ? text(cursor()) : undef) }, 4 ],
	turned => [ q{SELECT corm.page(q, after => overlay((corm.page(q, page_size => 3)) ->> 'end' PLACING $2 FROM $3::int), page_size => 3) FROM (SELECT $1::corm.queryset AS q) s},
		sub { my ($m) = @_; (queryset($m, 0), text(one('A', '=', '', '-', 'AAAA', '!', 'é')), text(1 + below(40))) }, 3 ],
	allow => [ q{SELECT corm.list(corm.filter(corm.allow(corm.objects($2), $1::jsonb), $3::jsonb))}, sub { my ($m) = @_; my ($allowance, $key, $value) = allowance($m); ($allowance, text($m), chance(60) ? object($key, $value) : filter($m, 1)) }, 4 ],
	matches => [ q{SELECT count(*) FROM fuzz.post p WHERE corm.matches(p, $1::jsonb)}, sub { (filter('Post', 1)) }, 2 ],
	rows => [ q{SELECT count(r) FROM corm.rows(NULL::fuzz.post, $1::corm.queryset) r}, sub { (object('model', string('Post'), 'filter', filter('Post', 2), chance(50) ? ('order_by', order('Post')) : ())) }, 3 ],
	related => [ q{SELECT sum(length(o::text)) FROM corm.related($2, $3, $4, filter => $1::jsonb) o},
		sub { my ($m) = @_; my ($name, $target) = split_name(one(@{ $relation{$m} }, 'nothing:Post')); (filter($target, 1), text($m), text(one(1, 2, '0', 'x', '', '[2021, 1]')), text($name)) }, 2 ],
	prefetch => [ q{SELECT md5(string_agg(p::text, ',')) FROM corm.prefetch($3, $1::jsonb, $4, filter => $2::jsonb) p},
		sub { my ($m) = @_; my ($name, $target) = split_name(one(@{ $relation{$m} }, 'nothing:Post')); (array(map { $m eq 'Order' ? array(raw(2020 + below(3)), raw(1 + below(9))) : raw(below(15)) } 0 .. below(4)), filter($target, 1), text($m), text($name)) }, 2 ],
	hop => [ q{SELECT corm.list(corm.relation($1::corm.queryset, $2))}, sub { my ($m) = @_; (queryset($m, 0), text((split_name(one(@{ $relation{$m} }, 'nothing:x')))[0])) }, 2 ],
	create => [ q{SELECT corm.create($1::corm.queryset, $2::jsonb)}, sub { my ($m) = @_; (object('model', string($m)), object(map { my ($name, $type) = split_name($_); ($name =~ s/^"|"$//gr =~ s/""/"/gr, $name eq 'id' ? raw(100 + below(9)) : $value{$type}->()) } @{ $column{$m} })) }, 2 ],
	link => [ q{SELECT corm.add(q, $2::jsonb) + corm.set(q, $2::jsonb) + corm.remove(q, $2::jsonb) + corm.clear(q) FROM (SELECT $1::corm.queryset AS q) s},
		sub { (object('model', string('Post'), 'pk', raw(1 + below(5)), 'relation', string(one('categories', 'comments', 'author'))), array(map { raw(1 + below(10)) } 0 .. below(3))) }, 2 ],
	laws => [ q{SELECT fuzz.laws($1::corm.queryset, $2::jsonb)}, \&lawful, 10 ],
	laws_of_pages => [ q{SELECT fuzz.laws_of_pages($1::corm.queryset, $2)}, sub { my ($m) = @_; (plain_queryset($m), text((split_name(one(@{ $column{$m} })))[0])) }, 3 ],
	laws_of_groups => [ q{SELECT fuzz.laws_of_groups($1::corm.queryset, $2)}, sub { my ($m) = @_; (plain_queryset($m), text((split_name(one(grep { !/:json$/ } @{ $column{$m} })))[0])) }, 3 ]);
my %writes = map { $_ => 1 } qw(create link);

# Arguments that are no JSON stand as texts.
sub text { return $_[0]; }
sub names { return '{' . join(',', map { s/(["\\])/\\$1/gr =~ s/^|$/"/gr } @_) . '}'; }
sub relation_path { my ($m) = @_; my ($end, @path) = steps($m, 3); return join_path(@path, (split_name(one(@{ $relation{$end} }, 'nothing:Post')))[0]); }
sub queryset_only { my ($m) = @_; return (queryset($m, 3)); }
sub queryset_and_filter { my ($m) = @_; my $q = queryset($m, 2); return ($q, filter($root, 3)); }
sub queryset_and_columns { my ($m) = @_; return (queryset($m, 0), names(map { column_path($m) } 1 .. one(1, 2, 3))); }
sub plain_queryset { my ($m) = @_; return object('model', string($m), chance(40) ? ('filter', filter($m, 1)) : (), chance(60) ? ('order_by', order($m)) : ()); }

sub lawful
{
	my ($m) = @_;
	my $q = plain_queryset($m);
	push @$q, 'prefetch_related', loads($m, 2) if chance(40) && @{ $relation{$m} };
	return ($q, filter($m, 2));
}

sub cursor
{
	return one('', 'x', '=', 'AAAA', 'e30=', 'e30', 'W10=', 'WzFd', 'bnVsbA==', 'eyJhIjoxfQ==', 'WzEsIDIsIDNd', '{"id": 1}', '[1]', "\x{e9}", 'A' x 5000, '////', '-1', 'AAAAAAAAAAAAAAAAAAAAAAAAAAA=');
}

# an allow-list, and a condition that it lets pass
sub allowance
{
	my ($model) = @_;
	my ($name, $type) = split_name(one(@{ $column{$model} }));
	my $lookup = one(qw(exact ne in));
	my @filters = map { (column_path($model), array(map { string(one(qw(exact in gt contains isnull year ne lt))) } 1 .. 4)) } 1 .. 4;
	my $allowance = object('filter', object($name, array(string('exact'), string($lookup)), @filters), chance(50) ? ('order_by', order($model)) : (), chance(50) ? ('prefetch_related', array(map { string((split_name($_))[0]) } @{ $relation{$model} })) : (),
		chance(40) ? ('fields', array(map { string((split_name($_))[0]) } @{ $column{$model} })) : (), chance(40) ? ('max_limit', raw(one(1, 5, 100))) : ());
	return ($allowance, join_path($name, $lookup), $lookup eq 'in' ? array($value{$type}->()) : $value{$type}->());
}

my @draw = map { ($_) x $verb{$_}[2] } sort keys %verb;

# [verb, arguments]; half of the cases, and no laws, are mutilated
sub make_case
{
	my $name = one(@draw);
	$plain = chance(60);
	my $model = chance(85) ? one(@common) : one(@models);
	my @arguments = $verb{$name}[1]->($model);
	my $good = $name =~ /^laws/ || chance(42);
	my @json = grep { ref $arguments[$_] } 0 .. $#arguments;
	if (!$good && @json && chance(92))
	{
		my $i = one(@json);
		$arguments[$i] = mutilate(copy($arguments[$i]));
	}
	elsif (!$good)
	{
		my $i = below(scalar @arguments);
		$arguments[$i] = chance(12) ? undef : ref $arguments[$i] ? json($arguments[$i]) : $arguments[$i];
		if (defined $arguments[$i])
		{
			substr($arguments[$i], below(1 + length $arguments[$i]), below(3)) = one('', '"', '{', '}', ',', '[', ':', '\\', "'", "\x{1F600}", '__', '1') for 1 .. 2;
		}
	}
	return [ $name, $good ? 't' : 'f', map { ref $_ ? json($_) : $_ } @arguments[ 0 .. 3 ] ];
}

#
# A server, the tables, and who runs a case
#
my $node = PostgreSQL::Test::Cluster->new('main');
$node->init(extra => [ '--encoding=UTF8', '--locale=C' ]);
$node->append_conf('postgresql.conf', "jit = off\ntimezone = 'UTC'\nmax_stack_depth = '2MB'");
$node->start;
my $citext = $node->safe_psql('postgres', q{SELECT count(*) FROM pg_available_extensions WHERE name = 'citext'});
$schema =~ s/EMAIL_TYPE/$citext ? 'public.citext' : 'text'/e;
$node->safe_psql('postgres', 'CREATE EXTENSION corm;' . ($citext ? 'CREATE EXTENSION citext;' : '') . encode_utf8($schema));
$node->safe_psql('postgres', <<'SQL');
SET search_path = fuzz, public;
ALTER DATABASE postgres SET search_path = fuzz, public;
CREATE TABLE verbs (verb text PRIMARY KEY, statement text, writes boolean);
CREATE TABLE cases (id int PRIMARY KEY, verb text, good boolean, a text, b text, c text, d text);

-- What a case answers when related rows are read by index scans, or by
-- statements: the same.  NULL if it does.
CREATE FUNCTION answer(c cases, v verbs, scans boolean) RETURNS text LANGUAGE plpgsql AS $$
DECLARE result text;
BEGIN
	PERFORM set_config('corm.direct_scan', scans::text, true), set_config('corm.to_one_strategy', CASE WHEN c.id % 3 = 0 THEN 'separate' ELSE 'auto' END, true);
	EXECUTE v.statement INTO result USING c.a, c.b, c.c, c.d;
	RETURN result;
EXCEPTION WHEN OTHERS THEN
	RETURN concat_ws(' ', SQLSTATE, SQLERRM);
END $$;
CREATE FUNCTION difference(c cases, v verbs) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	statements text := answer(c, v, false);
	scans text := answer(c, v, true);
BEGIN
	IF scans IS DISTINCT FROM statements AND concat(scans, statements) !~ '^57014' THEN
		RETURN concat('scans: ', left(scans, 300), ' statements: ', left(statements, 300));
	END IF;
	RETURN NULL;
END $$;

-- An answer, or the SQLSTATE and what it says.  What was written is undone.
CREATE FUNCTION run(case_id int) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	c cases; v verbs; result text; state text; message text; context text; difference text;
BEGIN
	SELECT * INTO c FROM cases WHERE id = case_id;
	SELECT * INTO v FROM verbs WHERE verb = c.verb;
	IF c.verb = ANY ('{all,pulled,list,one,get,get_or_none,modifiers,paths,allow,page,prefetch}') AND (c.verb IN ('paths', 'prefetch', 'allow') OR c.a LIKE '%"prefetch_related"%') THEN
		difference := difference(c, v);
		IF difference <> '' THEN
			RETURN concat_ws('|', case_id, 'differs', difference);
		END IF;
	END IF;
	BEGIN
		EXECUTE v.statement INTO result USING c.a, c.b, c.c, c.d;
		IF v.writes THEN
			RAISE SQLSTATE 'UNDO0';
		END IF;
		RETURN concat_ws('|', case_id, CASE WHEN c.verb LIKE 'laws%' AND result <> '' THEN 'broken' ELSE '00000' END, left(result, 300));
	EXCEPTION WHEN OTHERS THEN
		GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE, message = MESSAGE_TEXT, context = PG_EXCEPTION_CONTEXT;
		RETURN concat_ws('|', case_id, replace(state, 'UNDO0', '00000'), translate(left(message, 300), E'\n\r', '  '));
	END;
END
$$;

-- What must agree whatever a queryset and a filter say; '' if it does.  The
-- first call may be refused, then the others need not work either.
CREATE FUNCTION documents(q corm.queryset, f jsonb DEFAULT NULL) RETURNS text STABLE LANGUAGE sql
	RETURN (SELECT coalesce(string_agg(object::text, E'\n'), '') FROM corm.all(q, f));
CREATE FUNCTION laws(q corm.queryset, f jsonb) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	plain text := documents(q);
	matched text := documents(q, f);
	l json := corm.list(q);
	n bigint := corm.count(q);
	k int := 1 + n / 3;
	law text;
BEGIN
	BEGIN
		law := 'count';
		IF n <> json_array_length(l) OR n <> (SELECT count(*) FROM corm.all(q)) THEN RETURN law; END IF;
		law := 'list';
		IF plain <> (SELECT coalesce(string_agg(e::text, E'\n'), '') FROM json_array_elements(l) e) THEN RETURN law; END IF;
		law := 'pulled';
		PERFORM set_config('corm.batch_size', (1 + n % 4)::text, true);
		IF plain <> (SELECT coalesce(string_agg(o::text, E'\n'), '') FROM (SELECT corm.all(q) AS o) s) THEN RETURN law; END IF;
		law := 'batches';
		IF plain <> documents(q) THEN RETURN law; END IF;
		PERFORM set_config('corm.batch_size', '1000', true);
		law := 'exists';
		IF corm.exists(q) <> (n > 0) OR corm.exists(q, f) <> (corm.count(q, f) > 0) THEN RETURN law; END IF;
		law := 'first and last';
		IF corm.first(q)::text IS DISTINCT FROM (l -> 0)::text OR corm.last(q)::text IS DISTINCT FROM (l -> -1)::text THEN RETURN law; END IF;
		law := 'slices';
		IF plain <> (SELECT coalesce(string_agg(d, E'\n' ORDER BY i), '') FROM (SELECT i, documents(corm.limit(corm.offset(q, i), k)) AS d FROM generate_series(0, n, k) i) s WHERE d <> '') THEN RETURN law; END IF;
		law := 'filter and exclude';
		IF corm.count(q, f) + corm.count(corm.exclude(q, f)) <> n THEN RETURN law; END IF;
		law := 'filter as modifier';
		IF matched <> documents(corm.filter(q, f)) THEN RETURN law; END IF;
		law := 'NOT';
		IF corm.count(q, jsonb_build_object('NOT', f)) + corm.count(q, f) <> n THEN RETURN law; END IF;
		law := 'NOT NOT';
		IF matched <> documents(q, jsonb_build_object('NOT', jsonb_build_object('NOT', f))) THEN RETURN law; END IF;
		law := 'OR';
		IF matched <> documents(q, jsonb_build_object('OR', jsonb_build_array(f))) THEN RETURN law; END IF;
		law := 'AND';
		IF matched <> documents(q, jsonb_build_object('AND', jsonb_build_array(f, f))) THEN RETURN law; END IF;
		law := 'excluded middle';
		IF n <> corm.count(q, jsonb_build_object('OR', jsonb_build_array(f, jsonb_build_object('NOT', f)))) THEN RETURN law; END IF;
	EXCEPTION WHEN OTHERS THEN
		RETURN law || ': ' || SQLSTATE || ' ' || SQLERRM;
	END;
	RETURN '';
END
$$;

-- Pages, walked forth and back, are the list.
CREATE FUNCTION laws_of_pages(q corm.queryset, path text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	l jsonb := corm.list(q);
	p json := corm.page(q, page_size => 4, total => true);
	walked jsonb := '[]';
BEGIN
	IF (p ->> 'total')::int <> jsonb_array_length(l) THEN RETURN 'total'; END IF;
	IF (p ->> 'has_previous')::boolean THEN RETURN 'has_previous'; END IF;
	LOOP
		walked := walked || (p -> 'items')::jsonb;
		IF jsonb_array_length(walked) > jsonb_array_length(l) THEN RETURN 'endless'; END IF;
		EXIT WHEN NOT (p ->> 'has_next')::boolean;
		p := corm.page(q, after => p ->> 'end', page_size => 4);
	END LOOP;
	IF walked <> l THEN RETURN 'forth'; END IF;
	walked := (p -> 'items')::jsonb;
	WHILE (p ->> 'has_previous')::boolean LOOP
		p := corm.page(q, before => p ->> 'start', page_size => 4);
		walked := (p -> 'items')::jsonb || walked;
		IF jsonb_array_length(walked) > jsonb_array_length(l) THEN RETURN 'endless'; END IF;
	END LOOP;
	RETURN CASE WHEN walked <> l THEN 'back' ELSE '' END;
END
$$;

-- Groups together are the rows; values and pluck follow the list.
CREATE FUNCTION laws_of_groups(q corm.queryset, path text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	n bigint := corm.count(q);
BEGIN
	IF (corm.aggregate(q, '{"n": {"count": "*"}}') ->> 'n')::bigint <> n THEN RETURN 'aggregate'; END IF;
	IF (SELECT coalesce(sum((g ->> 'n')::bigint), 0) FROM corm.group_by(q, jsonb_build_array(path), '{"n": {"count": "*"}}') g) <> n THEN RETURN 'group_by'; END IF;
	IF (SELECT count(*) FROM corm.group_by(q, jsonb_build_array(path), '{"n": {"count": "*"}}')) <> (SELECT count(DISTINCT object::text) FROM corm.all(corm.order_by(corm.fields(q, path)))) THEN RETURN 'groups'; END IF;
	IF (SELECT string_agg(v::text, ',') FROM corm.pluck(q, path) v) IS DISTINCT FROM (SELECT string_agg((v -> 0)::text, ',') FROM corm.values_list(q, path) v) THEN RETURN 'pluck'; END IF;
	RETURN '';
END
$$;
SQL

$state = 1 + $seed % 2147483646;
my @cases = map { make_case() } 1 .. $count;
my $file = PostgreSQL::Test::Utils::tempdir() . '/cases';

sub copied
{
	my ($value) = @_;
	return '\\N' unless defined $value;
	return encode_utf8($value =~ s/\\/\\\\/gr =~ s/\n/\\n/gr =~ s/\t/\\t/gr =~ s/\r/\\r/gr);
}

open(my $out, '>', $file) or die "$file: $!";
print $out join("\t", $_ + 1, map { copied($_) } @{ $cases[$_] }), "\n" foreach 0 .. $#cases;
close($out) or die "$file: $!";
open($out, '>', "$file.verbs") or die "$file.verbs: $!";
print $out join("\t", $_, copied($verb{$_}[0]), $writes{$_} ? 't' : 'f'), "\n" foreach sort keys %verb;
close($out) or die "$file.verbs: $!";
$node->safe_psql('postgres', "COPY cases FROM '$file' ENCODING 'UTF8'; COPY verbs FROM '$file.verbs' ENCODING 'UTF8'; ANALYZE cases;");
my $started = $node->safe_psql('postgres', 'SELECT pg_postmaster_start_time()');

#
# Run them all, each in a statement of its own with a time limit, a batch to a
# session.  At the end of a session its memory is looked at.
#
my (%outcome, %tried, %answered, %missing, %refused, @wrong, @memory);
my $memory = q{SELECT 'memory', coalesce(sum(total_bytes) FILTER (WHERE name LIKE 'corm%' OR parent LIKE 'corm%'), 0), sum(total_bytes) FROM pg_backend_memory_contexts};

sub describe_case
{
	my ($id, $what) = @_;
	my ($name, undef, @arguments) = @{ $cases[ $id - 1 ] };
	return "case $id, $name: $what\n  " . join("\n  ", map { encode_utf8(length $_ > 1500 ? substr($_, 0, 1500) . '...' : $_) } grep { defined } @arguments);
}

# an error that a user can make, and that says so
sub allowed
{
	my ($sqlstate, $name) = @_;
	return 1 if $sqlstate =~ /^(00000|21...|22...|42...|0A000|54...|P0002|P0003)$/;
	return $writes{$name} && $sqlstate =~ /^23/;
}

for (my $first = 1; $first <= $count; $first += $batch)
{
	my $last = $first + $batch - 1 < $count ? $first + $batch - 1 : $count;
	my $script = "SET statement_timeout = '20s';\n" . join("\n", map { "SELECT run($_);" } $first .. $last) . "\n$memory;\n";
	my ($status, $stdout, $stderr) = $node->psql('postgres', $script, on_error_stop => 0);
	my $next = $first;
	foreach my $line (split /\n/, $stdout)
	{
		my ($id, $sqlstate, $message) = split /\|/, $line, 3;
		if ($id eq 'memory') { push @memory, [ $sqlstate, $message ]; next; }
		push @wrong, describe_case($_, 'no answer in time') foreach $next .. $id - 1;
		$next = $id + 1;
		my ($name, $good) = @{ $cases[ $id - 1 ] };
		$outcome{$sqlstate}++;
		if ($good eq 't')
		{
			$tried{$name}++;
			$answered{$name}++ if $sqlstate eq '00000';
			$missing{$name}++ if $sqlstate =~ /^42(883|804)$/;
			$refused{"$sqlstate " . $message =~ s/"[^"]*"/"..."/gr}++ if $sqlstate ne '00000';
		}
		push @wrong, describe_case($id, "$sqlstate " . ($message // '')) unless allowed($sqlstate, $name);
	}
	push @wrong, describe_case($next, "ended the session: $stderr") if $next <= $last;
	push @wrong, "cases $first to $last: $1" if $stderr =~ /^(.*WARNING:.*)$/m;
	last unless $status == 0 || $status == 3;
}

my $sum = 0;
$sum += $_ foreach values %outcome;
is($sum, $count, "seed $seed: every one of $count documents is answered or refused");
is(join("\n", @wrong[ 0 .. ($#wrong < 19 ? $#wrong : 19) ]), '', 'with an error of the user\'s, and answers agree');
note(join(' ', map { "$_:$outcome{$_}" } sort { $outcome{$b} <=> $outcome{$a} } keys %outcome));

# The documents are not so strange that nothing is tested.
my @mute;
foreach my $name (sort keys %tried)
{
	# no such function, or not for a queryset
	my $there = ($missing{$name} // 0) * 2 < $tried{$name};
	note(sprintf('%s: %d of %d%s', $name, $answered{$name} // 0, $tried{$name}, $there ? '' : ', not there'));
	push @mute, $name if $there && $tried{$name} >= 20 && ($answered{$name} // 0) * 10 < $tried{$name};
}
my @most = (sort { $refused{$b} <=> $refused{$a} || $a cmp $b } keys %refused)[ 0 .. 29 ];
note("why well-formed documents are refused:\n", map { defined ? "  $refused{$_} $_\n" : () } @most);
is("@mute", '', 'every verb answers some of the well-formed documents');

my ($most_corm, $most) = (0, 0);
foreach (@memory) { $most_corm = $_->[0] if $_->[0] > $most_corm; $most = $_->[1] if $_->[1] > $most; }
cmp_ok($most_corm, '<', 40_000_000, "corm's memory at the end of a session: at most $most_corm bytes");
cmp_ok($most, '<', 150_000_000, "all memory at the end of a session: at most $most bytes");

# the same documents again and again keep nothing more
my $same = join("\n", map { "SELECT run($_);" } grep { $_ <= $count } map { $_ * 7 } 1 .. 300);
my @after = map { (split /\|/)[2] } grep { /^memory/ } split /\n/, ($node->psql('postgres', "SET statement_timeout = '20s';\n" . "$same\n$memory;\n" x 3, on_error_stop => 0))[1];
cmp_ok($after[2], '<', $after[1] * 1.1 + 500_000, "the same documents again keep nothing: @after bytes");

is($node->safe_psql('postgres', 'SELECT pg_postmaster_start_time()'), $started, 'the server was never restarted');
my $log = slurp_file($node->logfile);
my @alarm = $log =~ /^(.*(?:PANIC:|TRAP:|FATAL:|terminated by signal|leak|WARNING:|ERROR:  XX|cache lookup failed).*)$/mg;
is(join("\n", @alarm[ 0 .. ($#alarm < 9 ? $#alarm : 9) ]), '', 'and has nothing alarming in its log');

$node->stop;
done_testing();
