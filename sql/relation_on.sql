-- Relations that no constraint backs: views, foreign tables, and tables.
\set VERBOSITY default
\set SHOW_CONTEXT never
CREATE SCHEMA t_on;
SET search_path = t_on;
CREATE VIEW shown AS
	SELECT model, relation, kind, target, to_many, nullable, columns, target_columns, related_name, on_delete, on_update, constraint_name
	  FROM corm.relations ORDER BY model COLLATE "C", relation COLLATE "C";
CREATE TABLE customers (id int PRIMARY KEY, name varchar(20), country text);
CREATE TABLE sales (id bigint PRIMARY KEY, customer_id bigint, customer_name text, total numeric);
CREATE TABLE rates (country text, year int, rate numeric, PRIMARY KEY (country, year));
INSERT INTO customers VALUES (1, 'Ann', 'fr'), (2, 'Bob', 'fr'), (3, 'Cid', NULL);
INSERT INTO sales VALUES (1, 1, 'Ann', 10), (2, 1, 'Bob', 20), (3, 9, 'Zoe', 5), (4, NULL, NULL, 1);
INSERT INTO rates VALUES ('fr', 2023, 1), ('fr', 2024, 2), ('de', 2024, 3);
CREATE VIEW big_sales AS SELECT * FROM sales WHERE total >= 5;
CREATE VIEW names AS SELECT name, country FROM customers;
SELECT corm.register_model('customers', 'Customer'), corm.register_model('big_sales', 'Sale', key => '{id}'),
	corm.register_model('rates', 'Rate'), corm.register_model('names', 'Name');

-- to one row: by the target's key, which a view has to be given
SELECT corm.relation_on('Sale', 'customer', 'Customer', '{customer_id}', related_name => 'sales');
SELECT corm.relation_on('Sale', 'name', 'Name', '{customer_name}', '{name}');
SELECT corm.relation_on('Sale', 'name', 'Name', '{customer_name}');
SELECT corm.register_model('t_on.names', key => ARRAY['name']);
SELECT corm.relation_on('Sale', 'name', 'Name', '{customer_name}');
-- to many rows, of which several have the same; by several columns
SELECT corm.relation_on('Customer', 'rates', 'Rate', '{country}', '{country}', to_many => true);
SELECT corm.relation_on('Name', 'customers', 'Customer', '{name,country}', '{name,country}', to_many => true);
SELECT * FROM shown;

-- read in every way, beside the joins by hand
SELECT corm.list('{"model": "Sale", "select_related": ["customer", "name"], "fields": ["id"]}');
SELECT s.id, c.name, n.country FROM big_sales s LEFT JOIN customers c ON c.id = s.customer_id LEFT JOIN names n ON n.name = s.customer_name ORDER BY s.id;
SELECT corm.list('{"model": "Customer", "prefetch_related": ["sales", "rates"], "fields": ["id"]}');
SELECT c.id, array_agg(DISTINCT s.id) AS sales, array_agg(DISTINCT r.year) AS rates FROM customers c
	LEFT JOIN big_sales s ON s.customer_id = c.id LEFT JOIN rates r ON r.country = c.country GROUP BY c.id ORDER BY c.id;
SELECT corm.list('{"model": "Name", "prefetch_related": ["customers__sales"], "fields": ["name"]}');
SELECT corm.list('{"model": "Customer", "filter": {"sales__total__gt": 15}, "fields": ["id"]}');
SELECT corm.list('{"model": "Customer", "filter": {"rates__count__gte": 2}, "order_by": ["-sales__count"], "fields": ["id"]}');
SELECT corm.list('{"model": "Customer", "exclude": {"rates__year": 2024}, "fields": ["id"]}');
SELECT corm.list('{"model": "Sale", "filter": {"customer__country": "fr"}, "order_by": ["-customer__name", "id"], "fields": ["id"]}');
SELECT corm.list('{"model": "Sale", "filter": {"customer": 9}, "fields": ["id"]}'), corm.count('Sale', '{"customer__isnull": true}');
SELECT corm.list('{"model": "Sale", "filter": {"name": "Bob"}, "fields": ["id"]}');
SELECT corm.list(corm.relation('Customer', 1, 'sales')), corm.count(corm.relation('Customer', 2, 'rates'));
SELECT corm.list(corm.relation('Sale', 2, 'name'));
SELECT * FROM corm.prefetch('Customer', ARRAY[1, 2, 3], 'rates', fields => '{year}');
SELECT * FROM corm.values('Customer', 'id', 'rates__year');
SELECT corm.aggregate('Sale', '{"n": {"count": "id", "filter": {"customer__name": "Ann"}}}');

-- nothing is written through it
SELECT corm.add(corm.relation('Customer', 1, 'sales'), 3);
SELECT corm.set(corm.relation('Sale', 1, 'customer'), 2);
SELECT corm.clear(corm.relation('Customer', 1, 'sales'));
SELECT corm.remove(corm.relation('Customer', 1, 'rates'), '["fr", 2023]'::jsonb);
SELECT corm.create(corm.relation('Customer', 1, 'sales'), '{"id": 5}');
SELECT corm.create('Sale', '{"id": 5, "customer": 1}');
SELECT corm.create('Sale', '{"id": 5, "custommer": 1}');
SELECT corm.create('Sale', '{"id": 5, "customer_id": 1, "total": 7}');

-- again: the same is nothing new, other options are refused
SELECT corm.relation_on('Sale', 'customer', 'Customer', '{customer_id}', '{id}', false, 'sales');
SELECT corm.relation_on('Sale', 'customer', 'Customer', '{customer_id}');
SELECT corm.relation_on('Sale', 'customer', 'Customer', '{id}', related_name => 'sales');
SELECT corm.relation_on('Sale', 'customer', 'Customer', '{customer_id}', '{id}', true, 'sales');
SELECT corm.relation_on('Sale', 'customer', 'Name', '{customer_name}', related_name => 'sales');
SELECT corm.relation_on('Name', 'customers', 'Customer', '{name,country}', '{country,name}', to_many => true);
SELECT corm.foreign_key('Customer', 'rates', 'Rate', columns => '{country,id}');
-- declarations that cannot be
SELECT corm.relation_on('Sale', 'x', 'Customer', '{customer_id}', '{country}');
SELECT corm.relation_on('Sale', 'x', 'Rate', '{customer_name}');
SELECT corm.relation_on('Sale', 'x', 'Rate', '{customer_name}', to_many => true);
SELECT corm.relation_on('Customer', 'x', 'Sale', '{name}', '{customer_name}', to_many => true, related_name => 'y');
SELECT corm.relation_on('Sale', 'x', 'Customer', '{total}');
SELECT corm.relation_on('Sale', 'x', 'Customer', '{customer_name}');
SELECT corm.relation_on('Sale', 'x', 'Customer', '{customers_id}');
SELECT corm.relation_on('Sale', 'x', 'Customer', '{customer_id}', '{ids}');
SELECT corm.relation_on('Sale', 'x', 'Rate', '{customer_name,customer_name}');
SELECT corm.relation_on('Sale', 'x', 'Customer', '{}');
SELECT corm.relation_on('Sale', 'x', 'Customer', NULL);
SELECT corm.relation_on('Sale', NULL, 'Customer', '{customer_id}');
SELECT corm.relation_on('Sale', '', 'Customer', '{customer_id}');
SELECT corm.relation_on('Sale', 'total', 'Customer', '{customer_id}');
SELECT corm.relation_on('Sale', 'x', 'Customer', '{customer_id}', related_name => 'country');
SELECT corm.relation_on('Sale', 'x', 'Customer', '{customer_id}', related_name => 'rates');
SELECT corm.relation_on('Customer', 'x', 'Customer', '{id}', related_name => 'x');
SELECT corm.relation_on('Sale', 'x', 'Custom', '{customer_id}');
SELECT corm.relation_on('Sales', 'x', 'Customer', '{customer_id}');
-- changing and forgetting
SELECT corm.rename_relation('Sale', 'customer', 'buyer'), corm.rename_relation('Customer', 'sales', 'bought');
SELECT corm.rename_relation('Sale', 'name', 'customer_name'), corm.rename_relation('Sale', 'buyer', 'total');
SELECT corm.rename_relation('Sale', 'name', 'customer_name');
SELECT corm.alter_relation('Customer', 'rates', related_name => 'customers');
SELECT corm.alter_relation('Sale', 'customer_name', related_name => 'sales');
SELECT corm.alter_relation('Sale', 'buyer', on_delete => 'cascade');
SELECT corm.alter_relation('Sale', 'buyer', nullable => false);
SELECT corm.alter_relation('Sale', 'buyer', skip_reverse => true);
SELECT corm.drop_relation('Sale', 'buyer', drop_column => true);
SELECT corm.drop_relation('Sale', 'buyer', drop_through => true);
SELECT corm.drop_relation('Sale', 'buyer');
SELECT model, relation, target, related_name FROM shown;

-- what it stands on goes away
SELECT CASE evtenabled WHEN 'D' THEN 'DISABLE' ELSE 'ENABLE' END AS found FROM pg_event_trigger WHERE evtname = 'corm_sql_drop' \gset
ALTER EVENT TRIGGER corm_sql_drop DISABLE;
ALTER EVENT TRIGGER corm_ddl_command_end DISABLE;
SELECT corm.register_model('t_on.names', key => '{country}');
SELECT corm.list('{"model": "Sale", "select_related": ["customer_name"]}');
SELECT corm.list('{"model": "Sale", "filter": {"customer_name": "Bob"}, "fields": ["id"]}');
SELECT corm.register_model('t_on.names', key => '{name}');
ALTER TABLE rates RENAME COLUMN country TO land;
SELECT corm.list('{"model": "Customer", "prefetch_related": ["rates"]}');
ALTER TABLE rates RENAME COLUMN land TO country;
ALTER TABLE rates ALTER COLUMN country TYPE bytea USING country::bytea;
SELECT corm.list('{"model": "Customer", "prefetch_related": ["rates"]}');
SELECT model, relation, kind, target FROM shown WHERE relation = 'rates';
ALTER EVENT TRIGGER corm_sql_drop :found;
ALTER EVENT TRIGGER corm_ddl_command_end :found;

-- rights: the owner of the first end, and REFERENCES for a name at the other
CREATE ROLE regress_corm_on;
GRANT USAGE ON SCHEMA t_on TO regress_corm_on;
GRANT SELECT ON sales, customers TO regress_corm_on;
CREATE VIEW hers AS SELECT * FROM sales;
ALTER VIEW hers OWNER TO regress_corm_on;
SET ROLE regress_corm_on;
SELECT corm.register_model('hers', 'Hers', key => '{id}');
SELECT corm.relation_on('Customer', 'hers', 'Hers', '{id}', '{customer_id}', to_many => true);
SELECT corm.relation_on('Hers', 'customer', 'Customer', '{customer_id}', related_name => 'hers');
SELECT corm.relation_on('Hers', 'customer', 'Customer', '{customer_id}');
SELECT corm.list('{"model": "Hers", "select_related": ["customer"], "fields": ["id"], "limit": 1}');
RESET ROLE;
REVOKE SELECT ON customers FROM regress_corm_on;
SET ROLE regress_corm_on;
SELECT corm.list('{"model": "Hers", "select_related": ["customer"], "fields": ["id"], "limit": 1}');
RESET ROLE;

SET client_min_messages = warning;
SELECT count(corm.drop_model(model)) FROM corm.models WHERE schema_name = 't_on';
DROP SCHEMA t_on CASCADE;
DROP ROLE regress_corm_on;
