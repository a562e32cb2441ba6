# Values of all types, as documents and as core prints them: the same bytes,
# whatever the settings.
#
# Every base type, enum, domain, range and multirange of the server that a column
# can be of has a table with many values, at the bounds and at random, and columns
# for the value itself, a domain over a domain over its type, arrays with odd
# bounds, and composites.  What corm.list() makes of the table is compared with
# row_to_json().  Values follow from a seed: CORM_FUZZ_SEED=N tries others,
# CORM_FUZZ_COUNT=N more or less random ones of each type.

use strict;
use utf8;
use warnings;

use Encode qw(encode_utf8);
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $seed = $ENV{CORM_FUZZ_SEED} // 20260115;
my $count = $ENV{CORM_FUZZ_COUNT} // 60;

# Park and Miller's generator: the same numbers everywhere.
my $state = 1 + $seed % 2147483646;

sub below { my ($n) = @_; $state = $state * 48271 % 2147483647; return int($state / 2147483647 * $n); }
sub chance { my ($percent) = @_; return below(100) < $percent; }
sub one { return $_[ below(scalar @_) ]; }
sub some { my ($make) = @_; return map { $make->() } 1 .. $count; }
sub digits { my ($n) = @_; return join('', map { below(10) } 1 .. $n); }
sub bits { my ($n) = @_; return join('', map { below(2) } 1 .. $n); }
sub hex_digits { my ($n) = @_; return join('', map { sprintf('%x', below(16)) } 1 .. $n); }
sub sign { return one('', '-'); }

#
# Values, as text
#

# whole numbers up to a bound, given as text
sub integers
{
	my ($least, $most) = @_;
	my @powers = map { my $n = '1' . '0' x $_; ($n, "-$n", $n - 1, 1 - $n) } 1 .. length($most) - 2;
	return ($least, $most, 0, 1, -1, @powers, some(sub { sign() . (1 + below(9)) . digits(below(length($most) - 1)) }));
}

# doubles of random bits
sub floats
{
	my ($format, $size, $printed) = @_;
	my @values = qw(NaN Infinity -Infinity 0 -0 1 -1 0.1 0.30000000000000004 1e15 1e16 123456789 1e-5 0.0001 1e10 1e22 1e23 9007199254740993);
	while (@values < 3 * $count)
	{
		my $value = unpack($format, join('', map { chr(below(256)) } 1 .. $size));
		push @values, sprintf($printed, $value) unless $value != $value || abs($value) == 9**9**9 || $value != 0 && abs($value) < 1e-37;
	}
	return @values;
}

sub numerics
{
	return (qw(NaN Infinity -Infinity 0 -0 0.0 0.00000 1 -1 10 9999 10000 -10000 99999999 100000000 1.5 -1.50 0.1 0.01 0.001 0.0001 0.00001 0.00010000 1000.0001 1e-20 1e-16383 1e131071),
		(map { ('1e' . $_, '-9.5e' . $_, '1e-' . $_) } 3, 4, 5, 7, 8, 62, 63, 64, 65, 250 .. 260, 300, 1000),
		(map { ('0.' . '0' x $_, '7.' . '0' x $_, '0.' . '0' x ($_ - 1) . '7', '123456.' . digits($_)) } 1 .. 9, 60 .. 68),
		'9' x 256 . '.' . '9' x 63, '9' x 257 . '.' . '9' x 64,
		some(sub { sign() . digits(1 + below(12)) . (chance(70) ? '.' . digits(1 + below(12)) : '') }),
		some(sub { sign() . digits(1 + below(80)) . '.' . digits(1 + below(80)) . (chance(30) ? 'e' . sign() . below(90) : '') }));
}

my @alphabet = (map({ chr } 1 .. 31), ('"', '\\') x 6, '/', 'a' .. 'z', ' ', "\x7f", "\x80", "\x{9f}", 'é', 'ß', '日', "\x{2028}", "\x{ffff}", "\x{1F600}", "'", '{', '}', ',', 'u0041', '\\u0041', '</script>');

sub text { my ($n) = @_; return join('', map { one(@alphabet) } 1 .. $n); }
sub plain { my ($n) = @_; return join('', map { one('a' .. 'z', 'A' .. 'Z', ' ', 'é') } 1 .. $n); }

# An escape at every place of strings of all short lengths, and around the ends
# of longer stretches.
sub texts
{
	my @values = ('', map { chr } 1 .. 127);
	foreach my $n (1 .. 40)
	{
		foreach my $at (0 .. $n - 1)
		{
			my $value = join('', map { chr(97 + $_ % 26) } 1 .. $n);
			substr($value, $at, 1) = one('"', '\\', "\n", "\x01", "\x1f");
			push @values, $value;
		}
		push @values, 'x' x $n, '"' x $n, "\x1b" x $n;
	}
	foreach my $n (4079 .. 4081, 4094 .. 4098, 4111 .. 4114, 8190 .. 8194)
	{
		push @values, '"' x $n, plain($n), ('y' x ($n - 1)) . '\\', '"' . ('z' x ($n - 1));
	}
	return (@values, some(sub { text(below(20)) }), some(sub { text(below(300)) }), (map { text(3000 + below(9000)) } 1 .. 6));
}

# Around where years get more or fewer than four digits, too.
sub dates
{
	return (qw(infinity -infinity 0001-01-01 0001-01-02 9999-12-31 9999-12-30 10000-01-01 2000-01-01 1999-12-31 2024-02-29 1900-03-01 1970-01-01), '0001-12-31 BC', '4714-11-24 BC', '0044-03-15 BC', '294276-12-31',
		(map { ("0001-01-0$_", "9999-12-2$_") } 1 .. 9),
		some(sub { sprintf('%04d-%02d-%02d', 1 + below(9999), 1 + below(12), 1 + below(28)) }), some(sub { sprintf('%04d-%02d-%02d', 1850 + below(250), 1 + below(12), 1 + below(28)) }),
		some(sub { sprintf('%05d-%02d-%02d%s', 1 + below(4700), 1 + below(12), 1 + below(28), ' BC') }), some(sub { sprintf('%05d-%02d-%02d', 10000 + below(284000), 1 + below(12), 1 + below(28)) }));
}

sub clock { return sprintf('%02d:%02d:%02d', below(24), below(60), below(60)) . one('', '.' . digits(1 + below(6)), '.000001', '.999999', '.5'); }
sub stamps { return map { /infinity/ ? $_ : /^(.*) BC$/ ? ("$1 00:00:00.000001 BC", "$1 " . clock() . ' BC') : ("$_ 00:00", "$_ " . clock()) } dates(); }
sub zoned { return ((map { /infinity|BC|294276/ ? $_ : $_ . one('+00', '-08', '+05:45') } stamps()), '0001-01-01 00:00+14', '9999-12-31 23:59:59.999999-12', '0001-01-06 00:00', '0001-01-05 23:59:59.999999', '9999-12-26 23:59:59.999999', '9999-12-27 00:00'); }
sub intervals { return ('0', '1 year -2 mons 3 days -04:05:06.7', '-1 days', '178000000 years', '1.5 seconds ago', '-178000000 years', '999 hours', '1 microsecond', some(sub { join(' ', map { sign() . below(500) . ' ' . $_ } grep { chance(60) } qw(years months days hours minutes seconds microseconds)) || '1 day' })); }
sub json { my ($n) = @_; return $n <= 0 || chance(40) ? one('null', 'true', '1', '-1.50', '1e20', '""', '"a\\"b"', '"\\u00e9\\n"', '12345678901234567890.5') : chance(50) ? '[' . join(one(',', ' ,  '), map { json($n - 1) } 1 .. below(4)) . ']' : '{' . join(',', map { '"' . one('a', 'b', '', 'c\\"', 'ä') . '"' . one(':', ' : ') . json($n - 1) } 1 .. below(4)) . '}'; }
sub addresses { return ('10.0.0.1/8', '::1', '2001:db8::/32', '0.0.0.0/0', some(sub { join('.', map { below(256) } 1 .. 4) . '/' . below(33) })); }
sub points { return map { "($_," . one(qw(1.5 -0 0.1 1e300 NaN 123456.789)) . ')' } qw(0 -0 1.5 NaN Infinity 1e-7 0.30000000000000004), some(sub { sign() . below(1000) . '.' . digits(17) }); }
sub boxes { return map { my ($x, $y) = @$_; "$x,$y" } map { [ one('(0,0)', '(1.5,0.1)', '(-7,1e10)'), "($_,3)" ] } qw(1 2.5 0.30000000000000004), some(sub { below(10) . '.' . digits(17) }); }
sub ranges { my (@values) = @_; my @sorted = @values; return ('empty', '(,)', map { ("[$sorted[$_],$sorted[$_ + 1])", "(,$sorted[$_]]", "($sorted[$_],)") } 0 .. $#sorted - 1); }
sub multiranges { my @ranges = ranges(@_); return ('{}', map { '{' . $_ . '}' } @ranges); }

my @floats8 = floats('d<', 8, '%.17g');
my %values = (
	bool => [qw(t f)],
	int2 => [ integers(-32768, 32767) ],
	int4 => [ integers('-2147483648', '2147483647') ],
	int8 => [ integers('-9223372036854775808', '9223372036854775807') ],
	float4 => [ floats('f<', 4, '%.9g') ],
	float8 => \@floats8,
	numeric => [ numerics() ],
	money => [ '0', '-0.01', '1234.56', '-92233720368547758.08', '92233720368547758.07', some(sub { sign() . digits(1 + below(12)) . '.' . digits(2) }) ],
	text => [ texts() ],
	varchar => [ '', ' a ', some(sub { text(below(40)) }) ],
	bpchar => [ '', 'a', 'a  ', some(sub { text(below(40)) }) ],
	name => [ '', 'x' x 63, '"' x 63, some(sub { text(below(12)) }) ],
	char => [ '', map { chr } 1 .. 127 ],
	bytea => [ '\\x', map({ '\\x' . hex_digits(2 * $_) } 1 .. 40), '\\x' . '5c22' x 3000 ],
	date => [ dates(), '5874897-12-31' ],
	timestamp => [ stamps() ],
	timestamptz => [ zoned() ],
	time => [ '00:00', '24:00', '23:59:59.999999', some(\&clock) ],
	timetz => [ '00:00+00', '24:00-15:59', '12:00:00.5+05:30', some(sub { clock() . one('+01', '-03:30', '+12:45:30') }) ],
	interval => [ intervals() ],
	uuid => [ '00000000-0000-0000-0000-000000000000', 'ffffffff-ffff-ffff-ffff-ffffffffffff', some(sub { hex_digits(32) }) ],
	json => [ '{"b": 1,  "a":2, "a" : 3}', " [ 1 ,\n\t2 ] ", '"\u00e9"', some(sub { json(4) }) ],
	jsonb => [ '{"b": 1,  "a":2, "a" : 3}', '1.00', 'null', some(sub { json(4) }) ],
	jsonpath => ['$.a[*] ? (@ > "x")'],
	xml => [ '<a b="c">d</a>', 'text "only"', '<a/>' ],
	bit => [ 0, 1 ],
	varbit => [ '', map { bits($_) } 1 .. 40 ],
	inet => [ addresses() ],
	cidr => [ '10.0.0.0/8', '2001:db8::/32', '0.0.0.0/0' ],
	macaddr => [ some(sub { hex_digits(12) }) ],
	macaddr8 => [ some(sub { hex_digits(16) }) ],
	point => [ points() ],
	lseg => [ map { "[$_]" } boxes() ],
	box => [ boxes() ],
	path => [ map { ("[$_]", "($_)") } boxes() ],
	polygon => [ map { "($_)" } boxes() ],
	line => [ '{1,2,3}', '{0.1,-0,0.30000000000000004}' ],
	circle => [ map { "<$_,2.5>" } points() ],
	tid => [ '(0,1)', '(4294967295,65535)' ],
	(map { $_ => [ 0, 1, 4294967295 ] } qw(oid xid cid)),
	xid8 => [ 0, '18446744073709551615' ],
	pg_lsn => [ '0/0', 'FFFFFFFF/FFFFFFFF' ],
	(map { $_ => [ '10:20:10,14,15', '1:1:' ] } qw(pg_snapshot txid_snapshot)),
	tsvector => [ '', q('a''b':1A "q":2), 'x y', q('\\\\':3) ],
	tsquery => [ '', 'a & !b', q('it''s' <-> x), q('"' | 'c':*A) ],
	refcursor => [ '', 'a"b' ],
	aclitem => ['=r/postgres'],
	int2vector => [ '', '1 2 3' ],
	oidvector => [ '', '1 4294967295' ],
	regclass => [ 'pg_class', 'samples' ],
	regcollation => [ 0, '"C"' ],
	regconfig => [ 0, 'simple' ],
	regdictionary => [ 0, 'simple' ],
	regnamespace => [ 0, 'pg_catalog', '"say ""hi"""' ],
	regoper => [ 0, 'pg_catalog.||/' ],
	regoperator => [ 0, '+(integer,integer)' ],
	regproc => [ 0, 'pg_catalog.initcap' ],
	regprocedure => [ 0, 'lower(text)' ],
	regrole => [ 0, 'pg_monitor' ],
	regtype => [ 0, 'int4', 'mood[]' ],
	int4range => [ ranges(-5, 0, 7, 2147483646) ],
	int8range => [ ranges(-5, 0, '9223372036854775806') ],
	numrange => [ ranges(qw(-1e20 -1.50 0.00 1.5 1e30 Infinity)) ],
	tsrange => [ ranges('"0044-03-15 12:00 BC"', '"2024-01-01 12:00:00.5"', 'infinity') ],
	tstzrange => [ ranges('"0044-03-15 12:00 BC"', '"2024-03-31 01:00+00"', 'infinity') ],
	daterange => [ ranges('"0044-03-15 BC"', '2024-01-01', '12024-01-01') ],
	int4multirange => [ multiranges(-5, 0, 7) ],
	int8multirange => [ multiranges(-5, 0, 7) ],
	nummultirange => [ multiranges(qw(-1.50 0.00 1.5)) ],
	tsmultirange => [ multiranges('"2024-01-01 12:00:00.5"', 'infinity') ],
	tstzmultirange => [ multiranges('"2024-03-31 01:00+00"', 'infinity') ],
	datemultirange => [ multiranges('2024-01-01', '12024-01-01') ],

	# types of users
	'"say ""hi""".mood' => [ 'sad', 'o"k', "new\nline", 'ä' ],
	floatrange => [ ranges(qw(-0 0.1 0.30000000000000004 NaN)) ],
	share => [ qw(0 1.50 NaN -0.00), '1e-20' ],
	sentence => [ '', 'a"b', "tab\t" ],
	point3 => [ '(0.1,"a ""b",{2024-01-01},"{""(1,\\\\""x y\\\\"")""}")', '(,,,)', '(NaN,"\\\\",{NULL},{})', '(1e300,"é","{infinity,""0044-03-15 BC""}","{NULL,""(,)""}")' ],
	checked => [ '(1,"a ""b",{2024-01-01},)', '(1,,,)' ],
	hollow => ['()'],
	shrunk => [ '(1,"x")', '(,)' ],
	cast_to_json => [ 'a', 'b"' ],
	cast_in_sql => [ 'a', 'b"' ],
	cast_domain => ['a']);

# Written by the server alone, or of no use in a table.
my @unwritable = qw(pg_node_tree pg_ndistinct pg_dependencies pg_mcv_list pg_brin_bloom_summary pg_brin_minmax_multi_summary gtsvector);

#
# A server and the tables
#
my $node = PostgreSQL::Test::Cluster->new('main');
$node->init(extra => [ '--encoding=UTF8', '--locale=C' ]);
$node->append_conf('postgresql.conf', "jit = off\ntimezone = 'UTC'\nmax_stack_depth = '2MB'\nautovacuum = off");
$node->start;
$node->safe_psql('postgres', <<'SQL');
CREATE EXTENSION corm;
CREATE SCHEMA values;
CREATE SCHEMA "say ""hi""";
ALTER DATABASE postgres SET search_path = values, "say ""hi""";
SQL
$node->safe_psql('postgres', <<"SQL");
CREATE TYPE "say ""hi""".mood AS ENUM ('sad', 'o"k', E'new\\nline', 'ä');
CREATE TYPE floatrange AS RANGE (subtype = float8);
CREATE DOMAIN less AS numeric;
CREATE DOMAIN share AS less CHECK (VALUE < 2 OR VALUE = 'NaN');
CREATE DOMAIN sentence AS text;
CREATE TYPE part AS (n bigint, "t ""x" text);
CREATE TYPE point3 AS (x float8, "y ""z\\" text, d date[], p part[]);
CREATE DOMAIN checked AS point3 CHECK ((VALUE).x = 1);
CREATE TYPE hollow AS ();
CREATE TYPE shrunk AS (a int, gone text, b sentence);
ALTER TYPE shrunk DROP ATTRIBUTE gone;
CREATE TYPE cast_to_json AS ENUM ('a', 'b"');
CREATE FUNCTION as_json(cast_to_json) RETURNS json LANGUAGE plpgsql AS \$\$ BEGIN RETURN pg_catalog.json_build_object('cast', pg_catalog.enum_out(\$1)); END \$\$;
CREATE CAST (cast_to_json AS json) WITH FUNCTION as_json(cast_to_json);
CREATE TYPE cast_in_sql AS ENUM ('a', 'b"');
CREATE FUNCTION as_json(cast_in_sql) RETURNS json STABLE LANGUAGE sql AS \$\$ SELECT pg_catalog.json_build_array(pg_catalog.enum_out(\$1)) \$\$;
CREATE CAST (cast_in_sql AS json) WITH FUNCTION as_json(cast_in_sql) AS IMPLICIT;
CREATE DOMAIN cast_domain AS cast_to_json;
CREATE TABLE samples (n int, type text, value text);
CREATE TABLE made (name text PRIMARY KEY, type text);
SQL
my $has_xml = $node->psql('postgres', q{SELECT '<a/>'::xml}) == 0;
delete $values{xml} unless $has_xml;

sub copied { my ($value) = @_; return encode_utf8($value =~ s/\\/\\\\/gr =~ s/\n/\\n/gr =~ s/\t/\\t/gr =~ s/\r/\\r/gr); }
my $file = PostgreSQL::Test::Utils::tempdir() . '/samples';
my $n = 0;
open(my $out, '>', $file) or die "$file: $!";
foreach my $type (sort keys %values)
{
	print $out join("\t", ++$n, copied($type eq 'char' ? '"char"' : $type), copied($_)), "\n" foreach @{ $values{$type} };
}
close($out) or die "$file: $!";
$node->safe_psql('postgres', "COPY samples FROM '$file' ENCODING 'UTF8';");

# The column "before" moves the one behind it to all alignments.
$node->safe_psql('postgres', <<'SQL');
CREATE FUNCTION make_table(type text, i bigint) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
	t text := 't' || i;
BEGIN
	EXECUTE format('CREATE DOMAIN one%s AS %s; CREATE DOMAIN two%1$s AS one%1$s; CREATE TYPE c%1$s AS (a %2$s, b %2$s[], "c ""d" two%1$s); CREATE DOMAIN dc%1$s AS c%1$s', i, type);
	EXECUTE format('CREATE TABLE %s (id bigint PRIMARY KEY, before text, v %s, d two%3$s, a %2$s[], aa %2$s[], da two%3$s[], c c%3$s, dc dc%3$s, cc c%3$s[])', t, type, i);
	EXECUTE format($q$INSERT INTO %1$s SELECT row_number() OVER (ORDER BY md5(n::text)), left('................', (n %% 17)::int), value::%2$s, value::%2$s::two%3$s,
		ARRAY[value, NULL, value]::%2$s[], array_fill(value::%2$s, ARRAY[2, 2], ARRAY[-3, 7]), ARRAY[value]::two%3$s[],
		ROW(value::%2$s, ARRAY[value]::%2$s[], value::%2$s)::c%3$s, ROW(value::%2$s, NULL, NULL)::c%3$s, ARRAY[ROW(value::%2$s, '{}', NULL)::c%3$s, NULL, ROW(NULL, NULL, NULL)::c%3$s]
		FROM samples WHERE type = %4$L AND (length(value) < 100 AND %5$L <> 'numeric' OR n %% 7 = 0)$q$, t, type, i, type, type);
	EXECUTE format($q$INSERT INTO %1$s (id, before, v, d) SELECT 1000000 + row_number() OVER (ORDER BY md5(n::text)), left('................', (n %% 17)::int), value::%2$s, value::%2$s::two%3$s
		FROM samples WHERE type = %4$L AND NOT (length(value) < 100 AND %5$L <> 'numeric' OR n %% 7 = 0)$q$, t, type, i, type, type);
	EXECUTE format($q$INSERT INTO %1$s (id) VALUES (0); INSERT INTO %1$s VALUES (-1, '', NULL, NULL, '{}', '{}', '{}', ROW(NULL, NULL, NULL), ROW(NULL, '{}', NULL), '{}')$q$, t);
	EXECUTE format('UPDATE %s SET aa[-2][7] = NULL WHERE id > 0 AND aa IS NOT NULL', t);
	INSERT INTO made VALUES (t, type);
	PERFORM corm.register_model(t::regclass);
END $$;
DO $$ DECLARE s record; BEGIN
	FOR s IN SELECT type, row_number() OVER (ORDER BY type COLLATE "C") AS i FROM (SELECT DISTINCT type FROM samples) x LOOP
		BEGIN
			PERFORM make_table(s.type, s.i);
		EXCEPTION WHEN OTHERS THEN
			RAISE EXCEPTION 'type %: %', s.type, SQLERRM;
		END;
	END LOOP;
END $$;

-- Out of line, compressed or not.
CREATE TABLE toasted (id int PRIMARY KEY, before text, compressed text, plain text, j json, b jsonb, a text[], n numeric, c part);
ALTER TABLE toasted ALTER plain SET STORAGE EXTERNAL, ALTER j SET STORAGE EXTERNAL, ALTER a SET STORAGE EXTERNAL;
INSERT INTO toasted SELECT i, repeat('.', i), repeat('x"' || i, 20000 + i), repeat(E'\\' || i || 'ä', 3000 + i), ('["' || repeat('y', 5000 + i) || '"]')::json, jsonb_build_array(repeat(E'z\n', 3000)),
	array_fill(repeat('"', 4090 + i), ARRAY[3]), ('1e' || 5000 + i)::numeric, ROW(i, repeat('"', 4090 + i))::part FROM generate_series(1, 20) i;

-- Rows older than a column of theirs, as values; what the server alone writes.
CREATE TABLE grown (a int);
INSERT INTO grown VALUES (1), (2);
ALTER TABLE grown ADD b text DEFAULT 'later "on"';
INSERT INTO grown VALUES (3, NULL);
ALTER TABLE grown ADD c int, DROP a;
CREATE TABLE heir (d date) INHERITS (grown);
INSERT INTO heir VALUES ('x"', 1, '2024-01-01');
CREATE VIEW holds AS SELECT row_number() OVER (ORDER BY g.ctid, tableoid) AS id, g, ARRAY[g] AS gg FROM grown g;
CREATE TABLE analyzed (a int, b text, c timestamptz, d numeric, CHECK (a >= 0 OR b = '"'));
INSERT INTO analyzed SELECT i % 3, '"' || i % 4, timestamptz '2024-03-30' + i % 5 * interval '1 day', i % 6 / 10.0 FROM generate_series(1, 200) i;
CREATE STATISTICS shape (ndistinct, dependencies, mcv) ON a, b FROM analyzed;
ANALYZE analyzed;
CREATE VIEW nodes AS SELECT row_number() OVER (ORDER BY conname) AS id, conbin FROM pg_constraint WHERE conbin IS NOT NULL AND conrelid = 'analyzed'::regclass;
CREATE VIEW shapes AS SELECT row_number() OVER (ORDER BY stxoid) AS id, stxdndistinct, stxddependencies, stxdmcv FROM pg_statistic_ext_data;
CREATE VIEW rights AS SELECT row_number() OVER (ORDER BY relname) AS id, relname, relacl, reloptions, oid FROM pg_class WHERE relnamespace = 'pg_catalog'::regnamespace AND relkind = 'r';
INSERT INTO made VALUES ('toasted', 'toasted'), ('holds', 'rows'), ('nodes', 'nodes'), ('shapes', 'shapes'), ('rights', 'rights');
SELECT corm.register_model('toasted'), corm.register_model('holds', key => '{id}'), corm.register_model('nodes', key => '{id}'), corm.register_model('shapes', key => '{id}'), corm.register_model('rights', key => '{id}');

-- All types in one row, few values of each.
DO $$ DECLARE m record; columns text := ''; froms text := ''; BEGIN
	FOR m IN SELECT name FROM made WHERE name ~ '^t\d' ORDER BY length(name), name LOOP
		columns := columns || format(', %1$s.v AS v_%1$s, %1$s.d AS d_%1$s, %1$s.a AS a_%1$s, %1$s.c AS c_%1$s', m.name);
		froms := froms || format(' JOIN (SELECT *, row_number() OVER (ORDER BY id) AS row FROM (SELECT * FROM %1$s WHERE id BETWEEN 1 AND 999999 AND octet_length(v::text) < 200 LIMIT 40) x) %1$s ON %1$s.row = 1 + g.id %% (SELECT count(*) FROM (SELECT FROM %1$s WHERE id BETWEEN 1 AND 999999 AND octet_length(v::text) < 200 LIMIT 40) x)', m.name);
	END LOOP;
	PERFORM set_config('join_collapse_limit', '1', true);
	EXECUTE 'CREATE TABLE wide AS SELECT g.id' || columns || ' FROM generate_series(1, 6) AS g(id)' || froms;
	ALTER TABLE wide ADD PRIMARY KEY (id);
	PERFORM corm.register_model('wide');
END $$;

-- The first row that differs, or NULL.
CREATE FUNCTION difference(t text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	expected text; document text; r record;
BEGIN
	EXECUTE format($q$SELECT '[' || coalesce(string_agg(pg_catalog.row_to_json(o)::text, ',' ORDER BY id), '') || ']' FROM values.%I o$q$, t) INTO expected;
	document := corm.list(('values.' || t)::corm.queryset)::text;
	IF document = expected COLLATE "C" THEN
		RETURN NULL;
	END IF;
	FOR r IN EXECUTE format($q$SELECT o.id, k.key, k.value::text AS expected, d.value::text AS document
		FROM values.%I o, corm.all(('values.' || %L)::corm.queryset) AS a(object), pg_catalog.json_each(pg_catalog.row_to_json(o)) k, pg_catalog.json_each(a.object) d
		WHERE (a.object ->> 'id')::bigint = o.id AND d.key = k.key AND d.value::text <> k.value::text COLLATE "C"$q$, t, t) LOOP
		RETURN t || '.' || r.key || ' of ' || r.id || ': ' || left(r.document, 400) || E'\n  expected: ' || left(r.expected, 400);
	END LOOP;
	RETURN t || ' as a whole';
END $$;
SQL

#
# Is nothing forgotten?
#
is($node->safe_psql('postgres', qq{SELECT string_agg(typname, ' ' ORDER BY typname) FROM pg_type t WHERE typnamespace = 'pg_catalog'::regnamespace AND typtype IN ('b', 'e', 'd', 'r', 'm') AND typcategory <> 'A' AND
		NOT EXISTS (SELECT FROM made m WHERE m.name ~ '^t\\d' AND m.type::regtype = t.oid) AND typname <> ALL ('{@{[ join(',', @unwritable, $has_xml ? () : 'xml') ]}}')}),
	'', 'every type of the server has a table');
is($node->safe_psql('postgres', 'SELECT count(*) FROM wide'), 6, 'and a place in the wide one');
note($node->safe_psql('postgres', q{SELECT count(*) || ' tables, ' || sum((xpath('/row/n/text()', query_to_xml('SELECT count(*) AS n FROM ' || name, false, true, '')))[1]::text::int) || ' rows' FROM made})) if $has_xml;

#
# Each table under each way to write dates in each zone; the other settings take
# turns, and so do strings for big numbers, which have a test of their own below.
#
my @dates = ('ISO, YMD', 'SQL, DMY', 'German', 'Postgres, MDY');
my @zones = ('Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'Asia/Kathmandu', 'UTC', '<-03:30>+03:30', 'Europe/Dublin', 'FAR-150:30');
my @intervals = qw(postgres postgres_verbose sql_standard iso_8601);
my @floats = (1, 0, -15, 3);
my @byteas = qw(hex escape);
my @locales = ('C', (grep { /^[a-z]+_[A-Z]+\.utf8$/ } split /\n/, `locale -a 2>/dev/null`)[ 0, 1 ]);
@locales = grep { defined } @locales;

sub settings
{
	my ($date, $zone, $interval, $float, $bytea, $locale) = @_;
	return "SET DateStyle = '$date'; SET TimeZone = '$zone'; SET IntervalStyle = $interval; SET extra_float_digits = $float; SET bytea_output = $bytea; SET lc_monetary = '$locale';";
}

# Runs statements in one session; each line that is printed is a difference.
sub agree
{
	my ($name, @statements) = @_;
	my ($status, $stdout, $stderr) = $node->psql('postgres', join("\n", @statements), on_error_stop => 0);
	my @lines = grep { length } split /\n/, $stdout;
	is(join("\n", @lines[ 0 .. ($#lines < 9 ? $#lines : 9) ]) . substr($stderr, 0, 1000), '', "seed $seed: $name");
	return;
}

my $every = q{SELECT difference(name) FROM made WHERE difference(name) IS NOT NULL ORDER BY name;};
my ($turn, @statements) = (0);
foreach my $date (@dates)
{
	foreach my $zone (@zones)
	{
		push @statements, settings($date, $zone, $intervals[ $turn % 4 ], $floats[ ($turn + int($turn / 4)) % 4 ], $byteas[ int($turn / 2) % 2 ], $locales[ $turn % @locales ]), $every;
		$turn++;
	}
}
agree('every type in every zone', @statements);

@statements = ();
foreach my $date (@dates) { foreach my $zone (@zones) { foreach my $interval (@intervals) { foreach my $float (@floats) { foreach my $bytea (@byteas) { foreach my $locale (@locales)
{
	push @statements, settings($date, $zone, $interval, $float, $bytea, $locale), q{SELECT * FROM difference('wide') d WHERE d IS NOT NULL;};
} } } } } }
agree(scalar(@statements) / 2 . ' combinations of all settings', @statements);

#
# Times around every change of the zones' clocks, in no order; and some times in
# all zones that there are.
#
$node->safe_psql('postgres', <<'SQL');
CREATE TABLE moments (id int PRIMARY KEY, t timestamptz);
INSERT INTO moments SELECT row_number() OVER (ORDER BY md5(t::text)), t FROM (
	SELECT d + i * interval '15 minutes' - interval '0.000001 s' * (i % 2) AS t FROM unnest('{1917-03-01,1941-08-01,1987-03-01,2021-03-01,2021-09-15,2039-03-01,2437-09-15}'::timestamptz[]) d, generate_series(0, 96 * 55) i) x;
CREATE TABLE far (id int PRIMARY KEY, t timestamptz);
CREATE TABLE ages (id int PRIMARY KEY, t timestamptz);
SQL
$node->safe_psql('postgres', "INSERT INTO far SELECT i, timestamptz '2000-01-01 00:00+00' + ('x' || left(md5('$seed' || i), 8))::bit(32)::bigint * (i % 6 - 1) * interval '14 seconds' FROM generate_series(1, 20000) i");
$node->safe_psql('postgres', 'INSERT INTO ages VALUES ' . join(',', map { "($_, timestamptz '1970-01-01 00:00+00' + interval '1 s' * " . one(below(2_000_000_000), -below(2_000_000_000) * 2, below(2_000_000_000) * 100, -below(2_000_000_000) * 28, below(2_000_000_000) . '.' . digits(6)) . ')' } 1 .. 400));
$node->safe_psql('postgres', q{SELECT corm.register_model('moments'), corm.register_model('far'), corm.register_model('ages')});
agree('changes of clocks', map { ("SET TimeZone = '$_';", q{SELECT * FROM unnest('{moments,far}'::text[]) t, difference(t) d WHERE d IS NOT NULL;}) } @zones, 'Africa/Casablanca', 'America/St_Johns', 'Africa/Monrovia', 'Pacific/Apia', 'Antarctica/Troll', 'CET-1CEST,M3.5.0,M10.5.0/3');
my @all = split /\n/, $node->safe_psql('postgres', 'SELECT name FROM pg_timezone_names ORDER BY name');
cmp_ok(scalar(@all), '>', 100, 'there are zones: ' . @all);
agree('all zones', map { ("SET TimeZone = '$_';", q{SELECT d, current_setting('TimeZone') FROM difference('ages') d WHERE d IS NOT NULL;}) } @all);
$node->safe_psql('postgres', <<'SQL');
CREATE FUNCTION elsewhere(t timestamptz) RETURNS text VOLATILE LANGUAGE plpgsql AS $$
BEGIN
	PERFORM pg_catalog.set_config('TimeZone', CASE WHEN pg_catalog.date_part('second', t)::int % 2 = 0 THEN 'Europe/Berlin' ELSE 'America/New_York' END, true);
	RETURN pg_catalog.current_setting('TimeZone');
END $$;
CREATE VIEW wandering AS SELECT id, elsewhere(t) AS zone, t FROM ages ORDER BY id;
SELECT corm.register_model('wandering', key => '{id}');
SQL
agree('a zone that changes from row to row', 'SET enable_sort = off; SET enable_seqscan = off;', q{SELECT d.i, d.object, e.object FROM corm.all('wandering') WITH ORDINALITY AS d(object, i)
	JOIN (SELECT row_number() OVER () AS i, row_to_json(w)::text AS object FROM (SELECT * FROM wandering ORDER BY id) w) e USING (i) WHERE d.object::text <> e.object COLLATE "C";},
	q{SELECT 'always the same zone' FROM corm.all('wandering') HAVING count(DISTINCT object ->> 'zone') <> 2 OR count(DISTINCT right(object ->> 't', 6)) < 4;});

#
# The other ways out: pulled, flat, one value, big numbers as strings
#
my %table = map { split /\|/ } split /\n/, $node->safe_psql('postgres', q{SELECT type, name FROM made});
my $script = <<'SQL';
CREATE FUNCTION other_ways(t text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	expected text; document text;
BEGIN
	EXECUTE format($q$SELECT string_agg(row_to_json(o)::text, ',' ORDER BY id) FROM %I o$q$, t) INTO expected;
	SELECT string_agg(object::text, ',') INTO document FROM (SELECT corm.all(t::corm.queryset) AS object) s;
	IF document <> expected COLLATE "C" THEN RETURN t || ' pulled'; END IF;
	EXECUTE format($q$SELECT string_agg(row_to_json(o)::text, ',' ORDER BY id), string_agg(w.object::text, ',' ORDER BY o.id) FROM (SELECT id, v, c, aa FROM %I) o, corm.values(%L, 'id', 'v', 'c', 'aa') AS w(object)
		WHERE (w.object ->> 'id')::bigint = o.id$q$, t, t) INTO expected, document;
	IF document <> expected COLLATE "C" THEN RETURN t || ' flat'; END IF;
	EXECUTE format($q$SELECT string_agg(coalesce(to_json(v)::text, 'null'), ',' ORDER BY id) FROM %I$q$, t) INTO expected;
	SELECT string_agg(v::text, ',') INTO document FROM corm.pluck(t::corm.queryset, 'v') v;
	IF document <> expected COLLATE "C" THEN RETURN t || ' plucked'; END IF;
	RETURN NULL;
END $$;
CREATE TABLE big (id bigint PRIMARY KEY, n numeric, d share, i int, a bigint[], c part);
INSERT INTO big SELECT i.id, n.v, CASE WHEN n.v < 2 OR n.v = 'NaN' THEN n.v END, i.id % 1000, ARRAY[i.v], ROW(i.v, '"')::part
  FROM (SELECT row_number() OVER () AS id, v FROM values.TABLE_OF_INT8) i FULL JOIN (SELECT row_number() OVER () AS id, v FROM values.TABLE_OF_NUMERIC) n USING (id) WHERE i.id IS NOT NULL;
INSERT INTO big SELECT v, v FROM values.TABLE_OF_INT8 WHERE v > 100000 OR v < 0 ON CONFLICT DO NOTHING;
SELECT corm.register_model('big');
SQL
$script =~ s/TABLE_OF_(\w+)/$table{lc $1}/g;
$node->safe_psql('postgres', $script);
agree('pulled, flat and plucked', q{SELECT other_ways(name) FROM made WHERE name ~ '^t\d' AND other_ways(name) IS NOT NULL ORDER BY name;});
agree('big numbers as strings', 'SET corm.bigint_as_string = on;', q{SELECT left(expected, 300), left(object::text, 300) FROM corm.all('big') WITH ORDINALITY AS o(object, i)
	JOIN (SELECT row_number() OVER (ORDER BY id) AS i, (SELECT row_to_json(x)::text FROM (SELECT b.id::text, n::text, d::text, b.i, a, c) x) AS expected FROM big b) e USING (i) WHERE expected <> object::text COLLATE "C";});
is($node->safe_psql('postgres', q{SELECT count(*) > 100 FROM big}), 't', 'there were some');

# The comparison can fail.
isnt($node->safe_psql('postgres', q{SET corm.bigint_as_string = on; SELECT coalesce(difference('big'), '')}), '', 'a difference is seen');

my $log = slurp_file($node->logfile);
my @alarm = $log =~ /^(.*(?:PANIC:|TRAP:|FATAL:|terminated by signal|leak|WARNING:|ERROR:|runtime error|cache lookup failed).*)$/mg;
is(join("\n", grep { !/invalid XML|xml/ } @alarm[ 0 .. ($#alarm < 9 ? $#alarm : 9) ]), '', 'and nothing alarming in the log');

$node->stop;
done_testing();
