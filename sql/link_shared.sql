-- Composite keys of tenants: foreign keys that share a column with each other,
-- and with the key of their row.
CREATE SCHEMA corm_link_shared;
SET search_path = corm_link_shared;
-- Shows errors as "SQLSTATE message / detail / hint"; what failed is undone.
CREATE FUNCTION try(statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	result text; state text; message text; detail text; hint text;
BEGIN
	EXECUTE statement INTO result;
	RETURN coalesce(result, '(null)');
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE, message = MESSAGE_TEXT,
		detail = PG_EXCEPTION_DETAIL, hint = PG_EXCEPTION_HINT;
	RETURN state || ' ' || message
		|| CASE WHEN detail <> '' THEN E'\n  ' || detail ELSE '' END
		|| CASE WHEN hint <> '' THEN E'\n  ' || hint ELSE '' END;
END
$$;
CREATE FUNCTION rows_of(tab regclass) RETURNS text LANGUAGE plpgsql AS $$
DECLARE result text;
BEGIN
	EXECUTE format('SELECT coalesce(string_agg(t::text, '' '' ORDER BY t::text), ''(none)'') FROM %s t', tab) INTO result;
	RETURN result;
END
$$;
\pset format unaligned
\pset tuples_only on

--
-- Through a link table whose two foreign keys share the tenant
--
CREATE TABLE post (tenant int, no int, title text, PRIMARY KEY (tenant, no));
CREATE TABLE tag (tenant int, no int, name text, PRIMARY KEY (tenant, no));
CREATE TABLE tagging (tenant int, post_no int, tag_no int, weight int, PRIMARY KEY (tenant, post_no, tag_no),
	FOREIGN KEY (tenant, post_no) REFERENCES post, FOREIGN KEY (tenant, tag_no) REFERENCES tag);
CREATE TABLE loose (tenant int, post_no int, tag_no int, weight int NOT NULL DEFAULT 0,
	FOREIGN KEY (tenant, post_no) REFERENCES post, FOREIGN KEY (tenant, tag_no) REFERENCES tag);
INSERT INTO post SELECT t, n, 'post' FROM generate_series(1, 2) t, generate_series(1, 2) n;
INSERT INTO tag SELECT t, n, 'tag' FROM generate_series(1, 2) t, generate_series(1, 4) n;
SELECT corm.register_model('post', 'Post'), corm.register_model('tag', 'Tag'), corm.register_model('tagging', 'Tagging'), corm.register_model('loose', 'Loose');
SELECT corm.many_to_many('Post', 'tags', 'Tag', through => 'Tagging', related_name => 'posts'), corm.many_to_many('Post', 'marks', 'Tag', through => 'Loose', related_name => 'marked');
INSERT INTO tagging VALUES (2, 1, 1, 5);
\echo -- one, many, with values, what is there already
SELECT corm.add(corm.relation('Post', ROW(1, 1), 'tags'), '[1, 2]'::jsonb), corm.add(corm.relation('Post', ROW(1, 1), 'tags'), '[[1, 2], [1, 1]]'::jsonb, '{"weight": 3}'), rows_of('tagging');
SELECT corm.add(corm.relation('Tag', ROW(1, 3), 'posts'), '[{"tenant": 1, "no": 2, "Tagging": {"weight": 9}}, [1, 1]]'::jsonb), corm.add(corm.relation('Tag', ROW(1, 3), 'posts'), ROW(1, 1)), rows_of('tagging');
SELECT rows_of('tagging');
\echo -- set, remove, toggle and clear keep to their tenant
SELECT corm.set(corm.relation('Post', ROW(1, 1), 'tags'), '[[1, 2], [1, 4]]'::jsonb), corm.set(corm.relation('Post', ROW(1, 1), 'tags'), '[[1, 4], [1, 2]]'::jsonb);
SELECT corm.remove(corm.relation('Post', ROW(1, 1), 'tags'), '[[2, 1], [1, 4]]'::jsonb), corm.toggle(corm.relation('Post', ROW(1, 1), 'tags'), '[1, 1]'::jsonb), corm.toggle(corm.relation('Post', ROW(1, 1), 'tags'), ROW(1, 2));
SELECT rows_of('tagging');
SELECT corm.create(corm.relation('Post', ROW(1, 1), 'tags'), '{"tenant": 1, "no": 5, "Tagging": {"weight": 2}}');
SELECT corm.list(corm.relation('Post', ROW(1, 1), 'tags')), corm.list(corm.relation('Tag', ROW(2, 1), 'posts'));
SELECT corm.list(corm.prefetch_related('Post', 'tags'), '{"tags__name": "tag"}'), corm.count('Tag', '{"posts__Tagging__weight__gt": 3}'), corm.list(corm.fields(corm.annotate(corm.filter('Tag', '{"posts__count__gt": 0}'), '{"n": "posts__count"}'), 'n')), corm.update(corm.relation('Post', ROW(1, 2), 'tags'), '{"Tagging": {"weight": 8}}');
SELECT corm.clear(corm.relation('Post', ROW(1, 1), 'tags')), rows_of('tagging');
\echo -- without a unique key
SELECT corm.add(corm.relation('Post', ROW(1, 1), 'marks'), '[[1, 2], [1, 1]]'::jsonb), corm.add(corm.relation('Post', ROW(1, 1), 'marks'), '[[1, 2], [1, 3]]'::jsonb, '{"weight": 3}'), corm.set(corm.relation('Post', ROW(1, 1), 'marks'), '[[1, 3], [1, 4]]'::jsonb);
SELECT rows_of('loose');
SELECT corm.toggle(corm.relation('Post', ROW(1, 1), 'marks'), '[1, 3]'::jsonb), corm.toggle(corm.relation('Post', ROW(1, 1), 'marks'), '[1, 1]'::jsonb), rows_of('loose');
SELECT rows_of('loose');
\echo -- a target of another tenant
SELECT try(format('SELECT corm.%s(corm.relation(''Post'', ROW(1, 1), %L), %L::jsonb)', v, r, t)) FROM unnest(ARRAY['add', 'set']) v, unnest(ARRAY['tags', 'marks']) r, unnest(ARRAY['[2, 2]', '[[1, 2], [2, 1]]']) t;
SELECT try($$SELECT corm.toggle(corm.relation('Post', ROW(1, 1), 'tags'), ROW(2, 1))$$);
SELECT try($$SELECT corm.add(corm.relation('Tag', ROW(2, 1), 'posts'), ROW(1, 1))$$);
SELECT try($$SELECT corm.create(corm.relation('Post', ROW(1, 1), 'tags'), '{"tenant": 2, "no": 9}')$$);
SELECT try($$SELECT corm.bulk_create(corm.relation('Post', ROW(1, 1), 'tags'), '[{"tenant": 1, "no": 9}, {"tenant": 2, "no": 9}]'::jsonb)$$);
SELECT try($$SELECT corm.add(corm.relation('Post', ROW(1, 1), 'tags'), ROW(1, 99))$$);
SELECT rows_of('tagging'), rows_of('loose'), (SELECT count(*) FROM tag);
\echo -- symmetrical
CREATE TABLE near (tenant int, a int, b int, PRIMARY KEY (tenant, a, b), FOREIGN KEY (tenant, a) REFERENCES post, FOREIGN KEY (tenant, b) REFERENCES post);
SELECT corm.register_model('near', 'Near');
SELECT corm.many_to_many('Post', 'near', 'Post', through => 'Near', symmetrical => true, through_relation_name => 'near_tenant_a_fkey', through_reverse_relation_name => 'near_tenant_b_fkey');
SELECT corm.add(corm.relation('Post', ROW(1, 2), 'near'), '[[1, 1], [1, 2]]'::jsonb), corm.add(corm.relation('Post', ROW(1, 1), 'near'), '[1, 2]'::jsonb), corm.toggle(corm.relation('Post', ROW(2, 2), 'near'), ROW(2, 1)), rows_of('near');
SELECT corm.list(corm.relation('Post', ROW(1, 1), 'near')), corm.set(corm.relation('Post', ROW(1, 1), 'near'), '[[1, 1], [1, 2]]'::jsonb), corm.remove(corm.relation('Post', ROW(1, 2), 'near'), '[1, 2]'::jsonb), corm.toggle(corm.relation('Post', ROW(2, 1), 'near'), ROW(2, 2)), try($$SELECT corm.add(corm.relation('Post', ROW(2, 1), 'near'), ROW(1, 1))$$);
SELECT rows_of('near');

--
-- Children: the tenant is in two foreign keys, and in a key
--
CREATE TABLE tenant (id int PRIMARY KEY);
CREATE TABLE ledger (tenant int, no int, PRIMARY KEY (tenant, no));
CREATE TABLE account (tenant int, no int, PRIMARY KEY (tenant, no));
CREATE TABLE entry (id int PRIMARY KEY, tenant int NOT NULL REFERENCES tenant, ledger_no int, account_no int, FOREIGN KEY (tenant, ledger_no) REFERENCES ledger, FOREIGN KEY (tenant, account_no) REFERENCES account);
CREATE TABLE line (tenant int, no int, ledger_no int, account_no int, PRIMARY KEY (tenant, no), FOREIGN KEY (tenant, ledger_no) REFERENCES ledger, FOREIGN KEY (tenant, account_no) REFERENCES account);
INSERT INTO tenant VALUES (1), (2);
INSERT INTO ledger SELECT t, n FROM generate_series(1, 2) t, generate_series(1, 3) n;
INSERT INTO account SELECT t, n FROM generate_series(1, 2) t, generate_series(1, 3) n;
SELECT corm.register_model('tenant', 'Tenant'), corm.register_model('ledger', 'Ledger'), corm.register_model('account', 'Account'), corm.register_model('entry', 'Entry'), corm.register_model('line', 'Line');
SELECT corm.foreign_key('Entry', 'owner', 'Tenant', columns => '{tenant}', related_name => 'entries'), corm.foreign_key('Entry', 'ledger', 'Ledger', columns => '{tenant,ledger_no}', related_name => 'entries'), corm.foreign_key('Entry', 'account', 'Account', columns => '{tenant,account_no}', related_name => 'entries'),
	corm.foreign_key('Line', 'ledger', 'Ledger', columns => '{tenant,ledger_no}', related_name => 'lines'), corm.foreign_key('Line', 'account', 'Account', columns => '{tenant,account_no}', related_name => 'lines');
\echo -- one object gives the column one value
SELECT corm.create('Entry', '{"id": 1, "ledger": [1, 1], "account": {"tenant": 1, "no": 2}, "owner": 1}'), corm.create('Entry', '{"id": 2, "account": [2, 1]}'), corm.create('Line', '{"pk": [1, 1], "ledger": [1, 1], "account": [1, 1]}'), corm.create('Line', '{"tenant": 1, "no": 2}');
SELECT try(format('SELECT corm.create(%L, %L)', m, d)) FROM (VALUES (1, 'Entry', '{"id": 9, "ledger": [1, 1], "account": [2, 1]}'), (2, 'Entry', '{"id": 9, "ledger": [1, 1], "tenant": 2}'), (3, 'Entry', '{"id": 9, "owner": 2, "account": [1, 1]}'),
	(4, 'Line', '{"pk": [1, 9], "ledger": [2, 1]}'), (5, 'Line', '{"tenant": 2, "no": 9, "account": {"pk": [1, 1]}}')) v(n, m, d) ORDER BY n;
SELECT try($$SELECT corm.create(corm.relation('Ledger', ROW(1, 1), 'entries'), '{"id": 9, "account": [2, 1]}')$$), try($$SELECT corm.create(corm.relation('Ledger', ROW(1, 1), 'lines'), '{"pk": [2, 9]}')$$);
SELECT try($$SELECT corm.bulk_create('Line', '[{"pk": [1, 8]}, {"pk": [1, 9], "ledger": [2, 1]}]')$$), try($$SELECT corm.bulk_update('Line', '[{"pk": [1, 1], "ledger": [2, 1]}]')$$), try($$SELECT corm.update(corm.filter('Entry', '{"id": 1}'), '{"ledger": [2, 1], "account": [1, 1]}')$$);
SELECT rows_of('entry'), rows_of('line');
\echo -- moving within the tenant
SELECT corm.add(corm.relation('Ledger', ROW(1, 2), 'entries'), 1), corm.add(corm.relation('Ledger', ROW(1, 2), 'lines'), '[[1, 1], [1, 2]]'::jsonb), corm.set(corm.relation('Line', ROW(1, 1), 'ledger'), ROW(1, 3)), corm.set(corm.relation('Account', ROW(1, 3), 'lines'), '[[1, 2]]'::jsonb);
SELECT rows_of('entry'), rows_of('line');
\echo -- to another tenant: not with a key, or a relation, that says otherwise
SELECT try('SELECT corm.' || c) FROM unnest(ARRAY[$$add(corm.relation('Ledger', ROW(2, 1), 'lines'), '[1, 1]'::jsonb)$$, $$set(corm.relation('Line', ROW(1, 1), 'ledger'), ROW(2, 1))$$, $$set(corm.relation('Ledger', ROW(2, 1), 'lines'), '[[1, 2]]'::jsonb)$$, $$toggle(corm.relation('Line', ROW(1, 1), 'ledger'), ROW(2, 1))$$,
	$$add(corm.relation('Ledger', ROW(2, 1), 'entries'), ARRAY[1, 2])$$, $$set(corm.relation('Entry', 1, 'ledger'), ROW(2, 1))$$, $$set(corm.relation('Entry', 1, 'owner'), 2)$$, $$toggle(corm.relation('Ledger', ROW(2, 1), 'entries'), 1)$$,
	$$add(corm.relation('Ledger', ROW(2, 1), 'lines'), '[1, 99]'::jsonb)$$, $$create(corm.relation('Line', ROW(1, 1), 'ledger'), '{"pk": [2, 9]}')$$]) WITH ORDINALITY AS u(c, n) ORDER BY n;
SELECT rows_of('entry'), rows_of('line'), (SELECT count(*) FROM ledger);
\echo -- so it is for an update, of all rows that it is about: what the data does not name stays
SELECT try('SELECT corm.' || c) FROM unnest(ARRAY[$$update(corm.filter('Line', '{"no": 1}'), '{"ledger": [2, 1]}')$$, $$update_one(corm.filter('Line', '{"no": 2}'), '{"account": {"tenant": 2, "no": 1}}')$$, $$update(corm.filter('Entry', '{"id": 1}'), '{"ledger": [2, 1]}')$$, $$update(corm.filter('Entry', '{"id": 1}'), '{"owner": 2}')$$,
	$$update('Entry', '{"account": [1, 1]}', true)$$, $$update(corm.relation('Ledger', ROW(1, 2), 'entries'), '{"account": [2, 1], "owner": 2}')$$]) WITH ORDINALITY AS u(c, n) ORDER BY n;
SELECT rows_of('entry'), rows_of('line');
\echo -- the same value, no such row, nothing there, all of it named
SELECT corm.update(corm.filter('Line', '{"no": 1}'), '{"ledger": [1, 2]}'), corm.update(corm.filter('Line', '{"no": 99}'), '{"ledger": [2, 1]}'), corm.update(corm.filter('Entry', '{"id": 2}'), '{"account": null, "ledger": [2, 2]}'), corm.update(corm.filter('Entry', '{"id": 1}'), '{"ledger": [2, 2], "account": null, "tenant": 2}');
SELECT corm.update(corm.filter('Entry', '{"id": 1}'), '{"ledger": [1, 2], "account": [1, 2], "owner": 1}'), corm.update(corm.filter('Line', '{"no": 1}'), '{"pk": [2, 1], "ledger": [2, 1], "account": null}'), corm.update(corm.filter('Line', '{"no": 1}'), '{"tenant": 1, "ledger": [1, 3], "account": [1, 1]}');
SELECT rows_of('entry'), rows_of('line');
\echo -- a relation that is part of the key changes it; one that nobody may read is not looked at
CREATE TABLE slot (tenant int, ledger_no int, no int, account_no int, PRIMARY KEY (tenant, ledger_no, no), FOREIGN KEY (tenant, ledger_no) REFERENCES ledger, FOREIGN KEY (tenant, account_no) REFERENCES account);
INSERT INTO slot VALUES (1, 1, 1, NULL), (1, 1, 2, 1);
SELECT corm.register_model('slot', 'Slot');
SELECT corm.foreign_key('Slot', 'ledger', 'Ledger', columns => '{tenant,ledger_no}', related_name => 'slots'), corm.foreign_key('Slot', 'account', 'Account', columns => '{tenant,account_no}', related_name => 'slots');
SELECT corm.update(corm.filter('Slot', '{"no": 1}'), '{"ledger": [2, 3]}'), try($$SELECT corm.update(corm.filter('Slot', '{"no": 2}'), '{"ledger": [2, 3]}')$$), corm.update(corm.filter('Slot', '{"no": 2}'), '{"ledger": [1, 3]}');
SELECT rows_of('slot');
CREATE ROLE regress_corm_link_shared;
GRANT USAGE ON SCHEMA corm_link_shared TO regress_corm_link_shared;
GRANT SELECT (no), UPDATE ON slot TO regress_corm_link_shared;
SET ROLE regress_corm_link_shared;
SELECT try($$SELECT corm.update(corm.filter('Slot', '{"no": 2}'), '{"ledger": [2, 3]}')$$);
RESET ROLE;
DROP OWNED BY regress_corm_link_shared;
DROP ROLE regress_corm_link_shared;
\echo -- a relation that holds no row says nothing, but the owner of all does
SELECT corm.clear(corm.relation('Entry', 1, 'account')), try($$SELECT corm.set(corm.relation('Entry', 1, 'ledger'), ROW(2, 1))$$), rows_of('entry');
SELECT corm.drop_relation('Entry', 'owner');
SELECT corm.set(corm.relation('Entry', 1, 'ledger'), ROW(2, 1)), rows_of('entry');
SELECT rows_of('entry');
\echo -- taking off: neither the tenant, which cannot be null, nor a part of the key
SELECT corm.set(corm.relation('Entry', 1, 'account'), ROW(2, 1)), corm.remove(corm.relation('Ledger', ROW(2, 1), 'entries'), 1), corm.clear(corm.relation('Ledger', ROW(1, 3), 'lines')), corm.set(corm.relation('Account', ROW(1, 3), 'lines'), '[]'::jsonb), corm.toggle(corm.relation('Account', ROW(1, 1), 'lines'), ROW(1, 1));
SELECT rows_of('entry'), rows_of('line');
\echo -- a tenant that can be null goes too, with the other relation
CREATE TABLE memo (id int PRIMARY KEY, tenant int, ledger_no int, account_no int, FOREIGN KEY (tenant, ledger_no) REFERENCES ledger, FOREIGN KEY (tenant, account_no) REFERENCES account);
INSERT INTO memo VALUES (1, 1, 1, 1), (2, 1, 1, 1);
SELECT corm.register_model('memo', 'Memo');
SELECT corm.foreign_key('Memo', 'ledger', 'Ledger', columns => '{tenant,ledger_no}', related_name => 'memos'), corm.foreign_key('Memo', 'account', 'Account', columns => '{tenant,account_no}', related_name => 'memos');
SELECT corm.remove(corm.relation('Ledger', ROW(1, 1), 'memos'), 1), corm.update_one(corm.filter('Memo', '{"id": 2}'), '{"ledger": null, "account": [1, 2]}');
SELECT rows_of('memo');
\echo -- two relations of the same columns are one value
CREATE TABLE twin (id int PRIMARY KEY, tenant int, no int, FOREIGN KEY (tenant, no) REFERENCES ledger, FOREIGN KEY (tenant, no) REFERENCES account);
INSERT INTO twin VALUES (1, 1, 1);
SELECT corm.register_model('twin', 'Twin');
SELECT corm.foreign_key('Twin', 'ledger', 'Ledger', columns => '{tenant,no}', related_name => 'twins'), corm.foreign_key('Twin', 'account', 'Account', columns => '{tenant,no}', related_name => 'twins');
SELECT corm.set(corm.relation('Twin', 1, 'ledger'), ROW(2, 3)), rows_of('twin');
SELECT rows_of('twin');

\echo -- the two keys of a link may have more columns than any index
CREATE FUNCTION many(text) RETURNS text LANGUAGE sql AS $$ SELECT string_agg(format($1, i), ', ' ORDER BY i) FROM generate_series(1, 20) i $$;
CREATE FUNCTION wide_key(n int) RETURNS jsonb LANGUAGE sql AS $$ SELECT jsonb_object_agg('k' || i, CASE WHEN i < 20 THEN 1 ELSE n END) FROM generate_series(1, 20) i $$;
DO $$
BEGIN
	EXECUTE format('CREATE TABLE wide (%s, PRIMARY KEY (%s))', many('k%s int'), many('k%s'));
	EXECUTE format('CREATE TABLE broad (%s, PRIMARY KEY (%s))', many('k%s int'), many('k%s'));
	EXECUTE format('CREATE TABLE wide_broad (%s, %s, FOREIGN KEY (%s) REFERENCES wide, FOREIGN KEY (%s) REFERENCES broad)', many('a%s int'), many('b%s int'), many('a%s'), many('b%s'));
END $$;
INSERT INTO wide SELECT (jsonb_populate_record(NULL::wide, wide_key(n))).* FROM generate_series(1, 2) n;
INSERT INTO broad SELECT (jsonb_populate_record(NULL::broad, wide_key(n))).* FROM generate_series(1, 3) n;
SELECT corm.register_model('wide'), corm.register_model('broad'), corm.register_model('wide_broad');
SELECT corm.many_to_many('wide', 'broads', 'broad', through => 'wide_broad', related_name => 'wides');
SELECT b->>'k20' FROM jsonb_path_query(corm.save(corm.fields('wide', 'k20'), wide_key(2) || jsonb_build_object('broads', jsonb_build_object('connect', jsonb_build_array(wide_key(3), wide_key(1), wide_key(3)))))::jsonb, '$.broads[*]') b;
SELECT a1, a20, b1, b20 FROM wide_broad ORDER BY a20, b20;
SELECT corm.set(corm.relation((SELECT w FROM wide w WHERE k20 = 2), 'broads'), jsonb_build_array(wide_key(2), wide_key(3)));
SELECT a1, a20, b1, b20 FROM wide_broad ORDER BY a20, b20;

\set VERBOSITY terse
SET client_min_messages = warning;
DROP SCHEMA corm_link_shared CASCADE;
