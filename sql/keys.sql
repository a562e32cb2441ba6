-- Rows find each other by the foreign key's own operator and collation,
-- whatever the key is made of.  Every answer is compared with a join written
-- by hand.
SET client_min_messages = warning;
CREATE SCHEMA test_keys;
SET search_path = test_keys;

-- Registers two tables and their foreign key as "par" and "kids", then compares
-- seven ways to load the relation with "condition", a join of p and c.  Both
-- tables have a column n, the children's primary key and the parents' order.
CREATE FUNCTION check_pair(parent text, child text, columns text[], condition text,
	target_columns text[] DEFAULT NULL, declare boolean DEFAULT true)
RETURNS TABLE(key text, parents int, links int, reverse boolean, limited boolean, joined boolean,
	fetched boolean, owner boolean, loader boolean, filtered boolean)
LANGUAGE plpgsql AS $$
DECLARE
	expected jsonb;
	pk text[];
	pk_json text;
BEGIN
	IF declare THEN
		PERFORM corm.register_model(format('%I', parent)::regclass);
		PERFORM corm.register_model(format('%I', child)::regclass);
		PERFORM corm.foreign_key(quote_ident(child), 'par', quote_ident(parent), 'kids', columns, target_columns);
	END IF;
	key := parent;
	EXECUTE format('SELECT count(*) FROM %I', parent) INTO parents;
	EXECUTE format('SELECT count(*) FROM %I p JOIN %I c ON %s', parent, child, condition) INTO links;

	EXECUTE format($q$SELECT jsonb_agg(to_jsonb(p) || jsonb_build_object('kids',
			(SELECT coalesce(jsonb_agg(c ORDER BY c.n), '[]') FROM %I c WHERE %s)) ORDER BY p.n) FROM %I p$q$,
		child, condition, parent) INTO expected;
	reverse := expected = corm.list(corm.prefetch_related(corm.order_by(corm.objects(quote_ident(parent)), 'n'),
		'{"kids": {"order_by": ["n"]}}'))::jsonb;

	EXECUTE format($q$SELECT jsonb_agg(to_jsonb(p) || jsonb_build_object('kids',
			(SELECT coalesce(jsonb_agg(c ORDER BY c.n DESC), '[]')
			   FROM (SELECT c.* FROM %I c WHERE %s ORDER BY c.n DESC LIMIT 2) c)) ORDER BY p.n) FROM %I p$q$,
		child, condition, parent) INTO expected;
	limited := expected = corm.list(corm.prefetch_related(corm.order_by(corm.objects(quote_ident(parent)), 'n'),
		'{"kids": {"order_by": ["-n"], "limit": 2}}'))::jsonb;

	EXECUTE format($q$SELECT jsonb_agg(to_jsonb(c) || jsonb_build_object('par',
			(SELECT to_jsonb(p) FROM %I p WHERE %s)) ORDER BY c.n) FROM %I c$q$,
		parent, condition, child) INTO expected;
	joined := expected = corm.list(corm.select_related(corm.order_by(corm.objects(quote_ident(child)), 'n'), 'par'))::jsonb;
	fetched := expected = corm.list(corm.prefetch_related(corm.order_by(corm.objects(quote_ident(child)), 'n'),
		'{"par": {"filter": {"n__gte": 0}}}'))::jsonb;

	SELECT m.primary_key INTO pk FROM corm.models m WHERE m.table_name = format('%I', parent)::regclass;
	SELECT 'jsonb_build_array(' || string_agg(format('p.%I', k), ', ') || ')' INTO pk_json FROM unnest(pk) k;
	IF cardinality(pk) = 1 THEN		-- a key that looks like an object or a list is named
		pk_json := format($q$CASE WHEN jsonb_typeof(to_jsonb(p.%1$I)) = 'object' OR pg_typeof(p.%1$I) = 'jsonb'::regtype
			THEN jsonb_build_object(%1$L, p.%1$I) ELSE to_jsonb(p.%1$I) END$q$, pk[1]);
	END IF;
	EXECUTE format($q$SELECT bool_and(
			(SELECT coalesce(jsonb_agg(c ORDER BY c.n), '[]') FROM %1$I c WHERE %2$s) =
			(SELECT coalesce(jsonb_agg(r.object), '[]') FROM corm.all(corm.relation(%4$L, %5$s, 'kids', order_by => '{n}')) r))
		FROM %3$I p$q$, child, condition, parent, quote_ident(parent), pk_json) INTO owner;
	EXECUTE format($q$SELECT bool_and(r.related::jsonb =
			(SELECT coalesce(jsonb_agg(c ORDER BY c.n), '[]') FROM %1$I c WHERE %2$s))
		FROM (SELECT p, row_number() OVER (ORDER BY p.n) AS i FROM %3$I p) x
		JOIN corm.prefetch(%4$L, (SELECT jsonb_agg(%5$s ORDER BY p.n) FROM %3$I p), 'kids', order_by => '{n}')
			WITH ORDINALITY AS r(pk, related, i) USING (i), LATERAL (SELECT (x.p).*) AS p$q$,
		child, condition, parent, quote_ident(parent), pk_json) INTO loader;
	EXECUTE format($q$SELECT bool_and(
			(SELECT count(*) FROM %1$I c WHERE %2$s) =
			corm.count(%6$L, jsonb_build_object('par', %5$s)) AND
			EXISTS (SELECT FROM %1$I c WHERE %2$s) = corm.exists(%4$L, jsonb_build_object('pk', %5$s, 'kids__isnull', false)))
		FROM %3$I p$q$, child, condition, parent, quote_ident(parent), pk_json, quote_ident(child)) INTO filtered;
	RETURN NEXT;
END $$;

-- One key column of a type: three parents (two if c is NULL), of which the first
-- has three children and the third has none; one child has no parent.
CREATE FUNCTION check_type(parent_type text, child_type text, a text, b text, c text,
	condition text DEFAULT 'c.par_id = p.id')
RETURNS SETOF record LANGUAGE plpgsql AS $$
DECLARE
	parent text := 'p' || (SELECT count(*) FROM pg_class WHERE relnamespace = 'test_keys'::regnamespace);
BEGIN
	EXECUTE format('CREATE TABLE %I (id %s PRIMARY KEY, n int NOT NULL)', parent, parent_type);
	EXECUTE format('CREATE TABLE %I (n int PRIMARY KEY, par_id %s REFERENCES %I)', 'c' || parent, child_type, parent);
	EXECUTE format('INSERT INTO %I SELECT v.id::%s, v.n FROM (VALUES (%L, 1), (%L, 2), (%L, 3)) v(id, n) WHERE v.id IS NOT NULL',
		parent, parent_type, a, b, c);
	EXECUTE format('INSERT INTO %I SELECT v.n, p.id::%s FROM (VALUES (1, 1), (2, 2), (3, 1), (4, 1), (5, 4)) v(n, of) LEFT JOIN %I p ON p.n = v.of',
		'c' || parent, child_type, parent);
	RETURN QUERY SELECT parent_type || ' <- ' || child_type, x.parents, x.links, x.reverse, x.limited, x.joined,
		x.fetched, x.owner, x.loader, x.filtered
		FROM check_pair(parent, 'c' || parent, '{par_id}', condition) x;
END $$;

CREATE DOMAIN code AS char(5) CHECK (VALUE <> '');
CREATE DOMAIN positive AS int CHECK (VALUE > 0);
CREATE DOMAIN long_positive AS bigint CHECK (VALUE > 0);
CREATE DOMAIN pair AS int[] CHECK (cardinality(VALUE) = 2);
CREATE TYPE colour AS ENUM ('red', 'green', 'blue');
CREATE TYPE place AS (x int, y text);
SELECT x.* FROM (VALUES
	('int', 'int', '1', '2', '3'),
	('bigint', 'int', '1', '2', '3'),
	('int', 'bigint', '1', '2', '3'),
	('smallint', 'bigint', '1', '2', '3'),
	('numeric', 'int', '1.0', '2.00', '3'),
	('numeric', 'numeric(9,3)', '1.5', '1.25', '1.500001'),
	('positive', 'int', '1', '2', '3'),
	('int', 'long_positive', '1', '2', '3'),
	('positive', 'long_positive', '1', '2', '3'),
	('text', 'text', 'a b', 'A "b"', '{"a": 1}'),
	('text', 'varchar(9)', '[1]', 'null', 'x,y'),
	('varchar(9)', 'text', '1', '01', ' 1'),
	('char(5)', 'char(5)', 'abcd1', 'abcd2', 'ab'),
	('code', 'code', 'abcd1', 'abcd2', 'ab'),
	('code', 'char(5)', 'abcd1', 'abcd2', 'ab'),
	('name', 'name', 'abc', 'Abc', 'ab'),
	('uuid', 'uuid', '11111111-1111-1111-1111-111111111111', '11111111-1111-1111-1111-111111111112', '21111111-1111-1111-1111-111111111111'),
	('date', 'date', '2024-02-29', 'infinity', '0044-03-15 BC'),
	('timestamp', 'date', '2024-02-29', '2024-03-01', '2024-02-29 00:00:01'),
	('timestamptz', 'timestamptz', '2024-02-29 12:00+02', '2024-02-29 12:00+00', '-infinity'),
	('float8', 'float4', '1.5', '-0', 'NaN'),
	('boolean', 'boolean', 'true', 'false', NULL),
	('colour', 'colour', 'red', 'green', 'blue'),
	('int[]', 'int[]', '{1,2}', '{2,1}', '{}'),
	('pair', 'int[]', '{1,2}', '{2,1}', '{3,3}'),
	('text[]', 'text[]', '{"a,b",c}', '{a,"b,c"}', '{NULL}'),
	('float8[]', 'float8[]', '{0.1}', '{0.10000000000000002}', '{}'),
	('int4range', 'int4range', '[1,3)', '[2,3)', 'empty'),
	('int4multirange', 'int4multirange', '{[1,3)}', '{[2,3),[5,6)}', '{}'),
	('place', 'place', '(1,a)', '(1,"a,b")', '(1,)'),
	('interval', 'interval', '1 day', '25 hours', '2 mons -1 days'),
	('inet', 'inet', '10.0.0.1', '10.0.0.1/8', '::1'),
	('bytea', 'bytea', '\x00', '\x0001', '\x'),
	('bit(4)', 'bit(4)', '1010', '1011', '0000'),
	('oid', 'oid', '1', '2', '4294967295'),
	('jsonb', 'jsonb', '{"a": 1}', '[1]', '"x"')
) AS v(p, c, k1, k2, k3),
LATERAL check_type(v.p, v.c, v.k1, v.k2, v.k3) AS x(key text, parents int, links int, reverse boolean,
	limited boolean, joined boolean, fetched boolean, owner boolean, loader boolean, filtered boolean);

-- several columns
CREATE TABLE pc (b text, a int, n int NOT NULL, PRIMARY KEY (a, b), UNIQUE (b, a));
CREATE TABLE cc (n int PRIMARY KEY, x text, y bigint, FOREIGN KEY (y, x) REFERENCES pc (a, b));
INSERT INTO pc VALUES ('x', 1, 1), ('y', 1, 2), ('x', 2, 3), ('y', 2, 4);
INSERT INTO cc VALUES (1, 'x', 1), (2, 'y', 1), (3, 'x', 1), (4, 'x', NULL), (5, NULL, 1), (6, NULL, NULL), (7, 'x', 1), (8, 'gone', NULL);
SELECT * FROM check_pair('pc', 'cc', '{y,x}', 'c.x = p.b AND c.y = p.a');
CREATE TABLE pf (a int, b int, n int NOT NULL, PRIMARY KEY (a, b));
CREATE TABLE cf (n int PRIMARY KEY, x int, y int, FOREIGN KEY (x, y) REFERENCES pf MATCH FULL);
INSERT INTO pf VALUES (1, 2, 1), (2, 1, 2);
INSERT INTO cf VALUES (1, 1, 2), (2, 2, 1), (3, NULL, NULL), (4, 1, 2);
SELECT * FROM check_pair('pf', 'cf', '{x,y}', 'c.x = p.a AND c.y = p.b');
INSERT INTO cf VALUES (5, 1, NULL);

-- a unique key that is not the primary one, and may be NULL
CREATE TABLE pu (id int PRIMARY KEY, code text UNIQUE, n int NOT NULL);
CREATE TABLE cu (n int PRIMARY KEY, code text REFERENCES pu (code));
INSERT INTO pu VALUES (1, '3', 1), (2, NULL, 2), (3, '1', 3), (4, NULL, 4);
INSERT INTO cu VALUES (1, '1'), (2, '3'), (3, NULL), (4, '1'), (5, '1');
SELECT key, parents, links, reverse, limited, joined, fetched, owner, loader
  FROM check_pair('pu', 'cu', '{code}', 'c.code = p.code', '{code}');
-- a filter by the relation takes the target's primary key
SELECT corm.count('cu', '{"par": 1}') AS key_1, corm.count('cu', '{"par": 3}') AS key_3, corm.count('cu', '{"par": 2}') AS key_2,
	corm.count('cu', '{"code": "1"}') AS code_1, corm.count('cu', '{"par__isnull": true}') AS none;

-- names in need of quotes, or as long as names can be
CREATE TABLE "P ""q"" [1]" ("Id; --" int PRIMARY KEY, n int NOT NULL);
CREATE TABLE "c__d/*" ("select" int REFERENCES "P ""q"" [1]", n int PRIMARY KEY);
INSERT INTO "P ""q"" [1]" VALUES (1, 1), (2, 2);
INSERT INTO "c__d/*" VALUES (1, 1), (2, 2), (1, 3), (NULL, 4);
SELECT * FROM check_pair('P "q" [1]', 'c__d/*', '{select}', 'c."select" = p."Id; --"');
CREATE TABLE p23456789012345678901234567890123456789012345678901234567890123
	(k23456789012345678901234567890123456789012345678901234567890123 int PRIMARY KEY, n int NOT NULL);
CREATE TABLE "äöüäöüäöüäöüäöüäöüäöüäöüäöüäöü1" (n int PRIMARY KEY,
	f23456789012345678901234567890123456789012345678901234567890123 int REFERENCES p23456789012345678901234567890123456789012345678901234567890123);
INSERT INTO p23456789012345678901234567890123456789012345678901234567890123 VALUES (1, 1), (2, 2);
INSERT INTO "äöüäöüäöüäöüäöüäöüäöüäöüäöüäöü1" VALUES (1, 1), (2, NULL), (3, 1);
SELECT * FROM check_pair('p23456789012345678901234567890123456789012345678901234567890123', 'äöüäöüäöüäöüäöüäöüäöüäöüäöüäöü1',
	'{f23456789012345678901234567890123456789012345678901234567890123}',
	'c.f23456789012345678901234567890123456789012345678901234567890123 = p.k23456789012345678901234567890123456789012345678901234567890123');

-- partitioned on both sides, a partition with another column order
CREATE TABLE pp (id int PRIMARY KEY, n int NOT NULL) PARTITION BY RANGE (id);
CREATE TABLE pp1 PARTITION OF pp FOR VALUES FROM (0) TO (10);
CREATE TABLE pp2 (n int NOT NULL, gone text, id int NOT NULL);
ALTER TABLE pp2 DROP COLUMN gone;
ALTER TABLE pp ATTACH PARTITION pp2 FOR VALUES FROM (10) TO (20);
CREATE TABLE cp (n int, par_id int REFERENCES pp, PRIMARY KEY (n)) PARTITION BY HASH (n);
CREATE TABLE cp_0 PARTITION OF cp FOR VALUES WITH (MODULUS 2, REMAINDER 0);
CREATE TABLE cp_1 PARTITION OF cp FOR VALUES WITH (MODULUS 2, REMAINDER 1);
INSERT INTO pp VALUES (1, 1), (11, 2), (12, 3);
INSERT INTO cp SELECT i, CASE i % 4 WHEN 0 THEN NULL WHEN 1 THEN 1 ELSE 11 END FROM generate_series(1, 9) i;
SELECT * FROM check_pair('pp', 'cp', '{par_id}', 'c.par_id = p.id');

-- children of other tables are rows of their parent, whatever more they have
CREATE TABLE pi (id int PRIMARY KEY, n int NOT NULL);
CREATE TABLE ci (n int PRIMARY KEY, par_id int REFERENCES pi);
CREATE TABLE ci_child (more text) INHERITS (ci);
INSERT INTO pi VALUES (1, 1), (2, 2);
INSERT INTO ci VALUES (1, 1), (2, 2);
INSERT INTO ci_child VALUES (3, 1, 'more'), (4, 99, 'no foreign key here'), (5, 1, 'more');
SELECT * FROM check_pair('pi', 'ci', '{par_id}', 'c.par_id = p.id');

-- orphans under a constraint that was never validated
CREATE TABLE po (id int PRIMARY KEY, n int NOT NULL);
CREATE TABLE co (n int PRIMARY KEY, par_id int NOT NULL);
INSERT INTO po VALUES (1, 1), (2, 2);
INSERT INTO co VALUES (1, 1), (2, 7), (3, 2), (4, 7);
ALTER TABLE co ADD FOREIGN KEY (par_id) REFERENCES po NOT VALID;
SELECT * FROM check_pair('po', 'co', '{par_id}', 'c.par_id = p.id');
SELECT corm.count('co', '{"par": 7}') AS by_key, corm.count('co', '{"par__n": 7}') AS by_column,
	corm.count('co', '{"par__n__isnull": true}') AS orphans;

-- of a table to itself, a cycle included
CREATE TABLE st (id int PRIMARY KEY, n int NOT NULL UNIQUE, par_id int REFERENCES st);
INSERT INTO st VALUES (1, 1, 1), (2, 2, 1), (3, 3, 2), (4, 4, 5), (5, 5, 4), (6, 6, NULL);
SELECT * FROM check_pair('st', 'st', '{par_id}', 'c.par_id = p.id');

-- a collation of the key that takes different letters for the same: the
-- children's own collation does not
-- (PostgreSQL 18 refuses a foreign key between such different collations)
SELECT count(*) > 0 AND getdatabaseencoding() = 'UTF8' AND current_setting('server_version_num')::int < 180000 AS has_icu FROM pg_collation WHERE collprovider = 'i' \gset
\if :has_icu
CREATE COLLATION nocase (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
CREATE TABLE pn (id text COLLATE nocase PRIMARY KEY, n int NOT NULL);
CREATE TABLE cn (n int PRIMARY KEY, par_id text COLLATE "C" REFERENCES pn);
INSERT INTO pn VALUES ('Ab', 1), ('B', 2), ('c', 3);
INSERT INTO cn VALUES (1, 'AB'), (2, 'b'), (3, 'ab'), (4, 'Ab'), (5, NULL);
SELECT * FROM check_pair('pn', 'cn', '{par_id}', 'c.par_id = p.id COLLATE nocase');
CREATE TABLE pn2 (id text COLLATE nocase, k int, n int NOT NULL, PRIMARY KEY (id, k));
CREATE TABLE cn2 (n int PRIMARY KEY, k int, par_id varchar(9) COLLATE "C", FOREIGN KEY (k, par_id) REFERENCES pn2 (k, id));
INSERT INTO pn2 VALUES ('Ab', 1, 1), ('B', 1, 2), ('Ab', 2, 3);
INSERT INTO cn2 VALUES (1, 1, 'AB'), (2, 1, 'b'), (3, 1, 'ab'), (4, 1, 'Ab'), (5, 2, NULL);
SELECT * FROM check_pair('pn2', 'cn2', '{par_id,k}', 'c.par_id = p.id COLLATE nocase AND c.k = p.k');
\endif

-- what is no key
SELECT corm.all(corm.relation('pc', '["x", 1]'::jsonb, 'kids'));
SELECT corm.all(corm.relation('pc', '[1]'::jsonb, 'kids'));
SELECT corm.all(corm.relation('pc', '[1, "x", 2]'::jsonb, 'kids'));
SELECT corm.all(corm.relation('pc', '{"a": 1}'::jsonb, 'kids'));
SELECT corm.all(corm.relation('pc', '{"a": 1, "b": null}'::jsonb, 'kids'));
SELECT corm.all(corm.relation('pc', 1, 'kids'));
SELECT corm.all(corm.relation('pi', '[1]'::jsonb, 'kids'));
SELECT corm.all(corm.relation('pi', 'x', 'kids'));
SELECT corm.all(corm.relation('pi', 99999999999, 'kids'));
SELECT corm.all(corm.relation('pi', '1.5'::jsonb, 'kids'));
SELECT * FROM corm.prefetch('pi', ARRAY[1, NULL], 'kids');
SELECT * FROM corm.prefetch('pc', ARRAY[1, 2], 'kids');
SELECT corm.count('cc', '{"par": 1}');
SELECT corm.count('cc', '{"par__gt": [1, "x"]}');
SELECT corm.count('cc', '{"par__in": [[1, "x"], [1]]}');

-- keys that are none of any row, and keys given twice
SELECT * FROM corm.prefetch('pi', ARRAY[2, 77, 2, -1], 'kids');
SELECT * FROM corm.prefetch('pc', '[[1, "x"], {"b": "y", "a": 1}, [7, "x"], [1, "x"]]'::jsonb, 'kids', fields => '{n}');
SELECT * FROM corm.prefetch('ci', ARRAY[1, 4, 77], 'par');
SELECT * FROM corm.prefetch('pi', ARRAY[]::int[], 'kids');
SELECT corm.count('cc', '{"par__in": [[1, "x"], [1, "y"], {"a": 2, "b": "x"}]}') AS of_some, corm.count('cc', '{"par__in": []}') AS of_none;

-- output settings do not reach the comparison
SET extra_float_digits = -15;
SET DateStyle = 'SQL, DMY';
SET IntervalStyle = sql_standard;
SET bytea_output = escape;
CREATE TABLE ps (id float8[] PRIMARY KEY, d date[] NOT NULL, i interval[] NOT NULL, n int NOT NULL, UNIQUE (id, d, i));
CREATE TABLE cs (n int PRIMARY KEY, id float8[], d date[], i interval[], FOREIGN KEY (id, d, i) REFERENCES ps (id, d, i));
INSERT INTO ps VALUES ('{0.1}', '{2/1/2024}', '{"-1 days +2 hours"}', 1), ('{0.10000000000000002}', '{1/2/2024}', '{"1 days -2 hours"}', 2);
INSERT INTO cs SELECT n, id, d, i FROM ps UNION ALL SELECT n + 2, id, d, i FROM ps;
SELECT key, parents, links, reverse, limited, joined, fetched
  FROM check_pair('ps', 'cs', '{id,d,i}', 'c.id = p.id AND c.d = p.d AND c.i = p.i', '{id,d,i}');

DROP SCHEMA test_keys CASCADE;
SELECT count(*) FROM corm.models WHERE schema_name = 'test_keys';
