# Two real schemas with their data, adopted: the exact reports, what is left for
# a second run, and answers beside hand-written SQL.
#
# The schemas are Chinook and Northwind; they are no part of this project, and
# without them there is nothing to test.  CORM_DATA says where they are.

use strict;
use warnings;

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $data = $ENV{CORM_DATA} // '../shared/data';
foreach my $name (qw(chinook northwind))
{
	plan(skip_all => "no $data/$name.sql: set CORM_DATA to the directory with the two schemas")
	  unless -r "$data/$name.sql";
}

my $node = PostgreSQL::Test::Cluster->new('main');
$node->init;
$node->start;

# What must be reported, read off the CREATE TABLE and FOREIGN KEY statements.
my %reports;
$reports{chinook} = <<'REPORT';
model|album|||table public.album: primary key (album_id)|
model|artist|||table public.artist: primary key (artist_id)|
model|customer|||table public.customer: primary key (customer_id)|
model|employee|||table public.employee: primary key (employee_id)|
model|genre|||table public.genre: primary key (genre_id)|
model|invoice|||table public.invoice: primary key (invoice_id)|
model|invoice_line|||table public.invoice_line: primary key (invoice_line_id)|
model|media_type|||table public.media_type: primary key (media_type_id)|
model|playlist|||table public.playlist: primary key (playlist_id)|
model|playlist_track|||table public.playlist_track: primary key (playlist_id, track_id)|
model|track|||table public.track: primary key (track_id)|
relation|album|artist|artist|foreign key (artist_id), way back "album"|
relation|customer|support_rep|employee|foreign key (support_rep_id), way back "customer"|
relation|employee|reports_to|employee|foreign key (reports_to), way back "employee"|
relation|invoice|customer|customer|foreign key (customer_id), way back "invoice"|
relation|invoice_line|invoice|invoice|foreign key (invoice_id), way back "invoice_line"|
relation|invoice_line|track|track|foreign key (track_id), way back "invoice_line"|
relation|playlist_track|playlist|playlist|foreign key (playlist_id), way back "playlist_track"|
relation|playlist_track|track|track|foreign key (track_id), way back "playlist_track"|
relation|track|album|album|foreign key (album_id), way back "track"|
relation|track|genre|genre|foreign key (genre_id), way back "track"|
relation|track|media_type|media_type|foreign key (media_type_id), way back "track"|
through|playlist|track|track|through "playlist_track" (playlist_id; track_id), way back "playlist"|
REPORT
$reports{northwind} = <<'REPORT';
model|categories|||table public.categories: primary key (category_id)|
model|customer_customer_demo|||table public.customer_customer_demo: primary key (customer_id, customer_type_id)|
model|customer_demographics|||table public.customer_demographics: primary key (customer_type_id)|
model|customers|||table public.customers: primary key (customer_id)|
model|employee_territories|||table public.employee_territories: primary key (employee_id, territory_id)|
model|employees|||table public.employees: primary key (employee_id)|
model|order_details|||table public.order_details: primary key (order_id, product_id)|
model|orders|||table public.orders: primary key (order_id)|
model|products|||table public.products: primary key (product_id)|
model|region|||table public.region: primary key (region_id)|
model|shippers|||table public.shippers: primary key (shipper_id)|
model|suppliers|||table public.suppliers: primary key (supplier_id)|
model|territories|||table public.territories: primary key (territory_id)|
model|us_states|||table public.us_states: primary key (state_id)|
relation|customer_customer_demo|customer|customers|foreign key (customer_id), way back "customer_customer_demo"|
relation|customer_customer_demo|customer_type|customer_demographics|foreign key (customer_type_id), way back "customer_customer_demo"|
relation|employee_territories|employee|employees|foreign key (employee_id), way back "employee_territories"|
relation|employee_territories|territory|territories|foreign key (territory_id), way back "employee_territories"|
relation|employees|reports_to|employees|foreign key (reports_to), way back "employees"|
relation|order_details|order|orders|foreign key (order_id), way back "order_details"|
relation|order_details|product|products|foreign key (product_id), way back "order_details"|
relation|orders|customer|customers|foreign key (customer_id), way back "orders"|
relation|orders|employee|employees|foreign key (employee_id), way back "orders"|
relation|orders|ship_via|shippers|foreign key (ship_via), way back "orders"|
relation|products|category|categories|foreign key (category_id), way back "products"|
relation|products|supplier|suppliers|foreign key (supplier_id), way back "products"|
relation|territories|region|region|foreign key (region_id), way back "territories"|
through|customers|customer_demographics|customer_demographics|through "customer_customer_demo" (customer_id; customer_type_id), way back "customers"|
through|employees|territories|territories|through "employee_territories" (employee_id; territory_id), way back "employees"|
through|orders|products|products|through "order_details" (order_id; product_id), way back "orders"|
REPORT

# Pairs of a question to corm and the same by hand; both give text.
my %questions;
$questions{chinook} = [
	[ 'albums of an artist, with their tracks counted',
		q{SELECT string_agg(o->>'title' || ':' || json_array_length(o->'track'), ';') FROM corm.all(corm.prefetch_related(corm.filter('album', '{"artist__name": "Accept"}'), 'track')) o},
		q{SELECT string_agg(title || ':' || (SELECT count(*) FROM track t WHERE t.album_id = a.album_id), ';' ORDER BY album_id) FROM album a WHERE artist_id = (SELECT artist_id FROM artist WHERE name = 'Accept')} ],
	[ 'customers who bought a genre',
		q{SELECT corm.count('customer', '{"invoice__invoice_line__track__genre__name": "Science Fiction"}')},
		q{SELECT count(DISTINCT i.customer_id) FROM invoice i JOIN invoice_line l USING (invoice_id) JOIN track t USING (track_id) JOIN genre g USING (genre_id) WHERE g.name = 'Science Fiction'} ],
	[ 'through the link table, both ways',
		q{SELECT corm.count('playlist', '{"track__name": "Balls to the Wall"}') || ' ' || corm.count(corm.relation('playlist', 17, 'track'))},
		q{SELECT (SELECT count(DISTINCT playlist_id) FROM playlist_track JOIN track USING (track_id) WHERE name = 'Balls to the Wall') || ' ' || (SELECT count(*) FROM playlist_track WHERE playlist_id = 17)} ],
	[ 'a tree of employees',
		q{SELECT string_agg(o->>'last_name' || ':' || json_array_length(o->'employee'), ';') FROM corm.all(corm.prefetch_related('employee', 'employee')) o},
		q{SELECT string_agg(last_name || ':' || (SELECT count(*) FROM employee s WHERE s.reports_to = e.employee_id), ';' ORDER BY employee_id) FROM employee e} ],
	[ 'totals by country',
		q{SELECT string_agg(g->>'country' || '=' || (g->>'total'), ';') FROM corm.group_by('invoice', '{"country": "customer__country"}', '{"total": {"sum": "total"}}', order_by => '{country}') g},
		q{SELECT string_agg(country || '=' || total, ';' ORDER BY country) FROM (SELECT country, sum(total) AS total FROM invoice JOIN customer USING (customer_id) GROUP BY country) s} ] ];
$questions{northwind} = [
	[ 'products of an order, with the link\'s columns',
		q{SELECT string_agg((o->>'product_id') || 'x' || (o->'order_details'->>'quantity'), ';') FROM corm.all(corm.relation('orders', 10248, 'products')) o},
		q{SELECT string_agg(product_id || 'x' || quantity, ';' ORDER BY product_id) FROM order_details WHERE order_id = 10248} ],
	[ 'employees by the region of their territories',
		q{SELECT corm.count('employees', '{"territories__region__region_description": "Northern"}')},
		q{SELECT count(DISTINCT employee_id) FROM employee_territories JOIN territories USING (territory_id) JOIN region USING (region_id) WHERE region_description = 'Northern'} ],
	[ 'keys that are text',
		q{SELECT corm.get(corm.fields('customers', 'company_name'), '{"pk": "ALFKI"}')->>'company_name' || corm.count(corm.relation('customers', 'ALFKI'::text, 'orders'))},
		q{SELECT company_name || (SELECT count(*) FROM orders o WHERE o.customer_id = c.customer_id) FROM customers c WHERE customer_id = 'ALFKI'} ],
	[ 'several levels at once',
		q{SELECT count(d) FROM corm.all('{"model": "customers", "filter": {"country": "Spain"}, "prefetch_related": ["orders__order_details__product__category"]}') c, json_array_elements(c->'orders') o, json_array_elements(o->'order_details') d WHERE d->'product'->'category'->>'category_name' = 'Seafood'},
		q{SELECT count(*) FROM customers c JOIN orders USING (customer_id) JOIN order_details USING (order_id) JOIN products USING (product_id) JOIN categories USING (category_id) WHERE c.country = 'Spain' AND category_name = 'Seafood'} ] ];

my $report = q{SELECT action, model, relation, target, detail, fix FROM corm.adopt('public'%s)};

foreach my $name (sort keys %reports)
{
	my $ask = sub { return $node->safe_psql($name, $_[0]) };
	$node->safe_psql('postgres', "CREATE DATABASE $name");
	$node->command_ok([ 'psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1', '-d', $name, '-f', "$data/$name.sql" ],
		"$name: loaded");
	$ask->('CREATE EXTENSION corm');
	chomp(my $expected = $reports{$name});
	is($ask->(sprintf $report, ', dry_run => true'), $expected, "$name: dry run");
	is($ask->('SELECT count(*) FROM corm.models'), '0', "$name: which did nothing");
	is($ask->(sprintf $report, ''), $expected, "$name: run");
	is($ask->(sprintf $report, ''), '', "$name: a second run has nothing to do");
	foreach my $question (@{ $questions{$name} })
	{
		my ($what, $corm, $hand) = @$question;
		my $by_hand = $ask->($hand);
		isnt($by_hand, '', "$name: $what: there is something");
		is($ask->($corm), $by_hand, "$name: $what");
	}
}

$node->stop;
done_testing();
