-- Links that are a foreign key: the owner's children, and the row that the
-- owner itself points to.
CREATE SCHEMA corm_link_fk;
SET search_path = corm_link_fk;
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
\pset format unaligned
\pset tuples_only on
CREATE TABLE team (id int PRIMARY KEY, name text);
CREATE TABLE player (id int PRIMARY KEY, name text, team_id int REFERENCES team, coach_id int);
CREATE TABLE coach (id int PRIMARY KEY, name text);
ALTER TABLE player ADD FOREIGN KEY (coach_id) REFERENCES coach ON DELETE SET NULL;
INSERT INTO team SELECT n, 'team ' || n FROM generate_series(1, 3) n;
INSERT INTO player SELECT n, 'player ' || n FROM generate_series(1, 6) n;
INSERT INTO coach VALUES (1, 'coach 1');
SELECT corm.register_model('team', 'Team'), corm.register_model('player', 'Player'), corm.register_model('coach', 'Coach');
SELECT corm.foreign_key('Player', 'team', 'Team', columns => '{team_id}', related_name => 'players'), corm.foreign_key('Player', 'coach', 'Coach', columns => '{coach_id}', related_name => 'players');
-- team of each player, by plain SQL
CREATE FUNCTION teams() RETURNS text LANGUAGE sql AS $$ SELECT string_agg(coalesce(team_id::text, '-'), ' ' ORDER BY id) FROM corm_link_fk.player $$;

--
-- Nullable foreign key, from the owner's end
--
SELECT corm.add(corm.relation('Team', 1, 'players'), ARRAY[3, 1, 1, 2]), corm.add(corm.relation('Team', 1, 'players'), ARRAY[1, 4]), corm.add(corm.relation('Team', 1, 'players'), '[]'::jsonb);
SELECT teams();
\echo -- rows that point here already are not written
SELECT string_agg(xmin::text, ' ' ORDER BY id) AS before FROM player \gset
SELECT corm.add(corm.relation('Team', 1, 'players'), ARRAY[1, 2, 3, 4]), corm.set(corm.relation('Team', 1, 'players'), ARRAY[4, 3, 2, 1]), corm.add(corm.relation('Team', 1, 'players'), 1);
SELECT string_agg(xmin::text, ' ' ORDER BY id) = :'before' FROM player;
\echo -- another owner takes children over
SELECT corm.add(corm.relation('Team', 2, 'players'), ARRAY[2, 5]), corm.set(corm.relation('Team', 3, 'players'), '[{"id": 3}, 6]'::jsonb);
SELECT teams();
\echo -- set: what goes, what stays, what comes
SELECT corm.set(corm.relation('Team', 1, 'players'), ARRAY[1, 5, 6]);
SELECT teams();
\echo -- remove: only children of this owner
SELECT corm.remove(corm.relation('Team', 1, 'players'), ARRAY[1, 2, 3, 99]), corm.remove(corm.relation('Team', 99, 'players'), 2);
SELECT teams();
\echo -- with a filter
SELECT corm.remove(corm.relation('Team', 1, 'players', filter => '{"name": "player 5"}'), ARRAY[5, 6]), corm.clear(corm.relation('Team', 1, 'players', filter => '{"id__lt": 6}'));
SELECT teams();
SELECT corm.clear(corm.relation('Team', 1, 'players', exclude => '{"name": null}'));
SELECT teams();
SELECT corm.clear(corm.relation('Team', 1, 'players')), corm.clear(corm.relation('Team', 99, 'players')), corm.set(corm.relation('Team', 99, 'players'), '{}'::int[]);
\echo -- missing owners and children: 23503, nothing changes
SELECT try(format('SELECT corm.%s(corm.relation(''Team'', %s, ''players''), %s)', v, o, t)) FROM unnest(ARRAY['add', 'set']) v,
	(VALUES ('99', '1'), ('1', '99'), ('1', 'ARRAY[1, 99]'), ('1', 'ARRAY[98, 1, 99]'), ('99', 'ARRAY[1, 2]')) x(o, t);
SELECT teams();
SELECT try($$SELECT corm.create(corm.relation('Team', 99, 'players'), '{"id": 10}')$$);
\echo -- create: the foreign key is filled; data may agree with it, not contradict it
SELECT corm.create(corm.relation('Team', 1, 'players'), '{"id": 10}');
SELECT corm.create(corm.relation('Team', 1, 'players'), '{"id": 11, "team": 1, "team_id": "1"}');
SELECT try(format('SELECT corm.create(corm.relation(''Team'', 1, ''players''), %L)', t)) FROM unnest(ARRAY['{"id": 12, "team": 2}', '{"id": 12, "team_id": null}', '{"id": 12, "team": null}', '{"id": 12, "players": []}']) t;
SELECT corm.clear(corm.relation('Team', 1, 'players'), delete_children => true);
SELECT teams();
\echo -- delete_children deletes what leaves, and only that
SELECT corm.add(corm.relation('Team', 1, 'players'), ARRAY[1, 2]);
SELECT corm.set(corm.relation('Team', 1, 'players'), ARRAY[2, 3], delete_children => true), corm.remove(corm.relation('Team', 1, 'players'), ARRAY[3, 4], true);
SELECT teams();
SELECT corm.remove(corm.relation('Team', 1, 'players'), 4, true), corm.remove(corm.relation('Team', 1, 'players'), 2, NULL);
SELECT teams();

--
-- From the row's own end
--
SELECT corm.add(corm.relation('Player', 2, 'team'), 1), corm.add(corm.relation('Player', 2, 'team'), 1), corm.set(corm.relation('Player', 2, 'team'), t) FROM team t WHERE id = 3;
SELECT corm.remove(corm.relation('Player', 2, 'team'), 1), corm.remove(corm.relation('Player', 2, 'team'), 3), corm.remove(corm.relation('Player', 2, 'team'), 3);
SELECT corm.set(corm.relation('Player', 2, 'team'), 3), corm.clear(corm.relation('Player', 2, 'team')), corm.clear(corm.relation('Player', 2, 'team'));
SELECT corm.set(corm.relation('Player', 2, 'team'), 3), corm.set(corm.relation('Player', 2, 'team'), NULL), corm.set(corm.relation('Player', 2, 'team'), NULL);
SELECT corm.set(corm.relation('Player', 2, 'team'), ARRAY[3]), corm.set(corm.relation('Player', 2, 'team'), '[]'::jsonb), corm.add(corm.relation('Player', 2, 'team'), '{}'::int[]);
SELECT teams();
SELECT corm.create(corm.relation('Player', 2, 'team'), '{"id": 7, "name": "new"}');
SELECT teams();
\echo -- with a filter on what it points to
SELECT corm.clear(corm.relation('Player', 2, 'team', filter => '{"name": "other"}')), corm.remove(corm.relation('Player', 2, 'team', filter => '{"name": "new"}'), 7);
SELECT teams();
\echo -- an owner that is not there: linking is an error, taking off is nothing
SELECT try(format('SELECT corm.%s', c)) FROM unnest(ARRAY[$$add(corm.relation('Player', 99, 'team'), 1)$$, $$set(corm.relation('Player', 99, 'team'), 1)$$, $$set(corm.relation('Player', 99, 'team'), NULL)$$,
	$$create(corm.relation('Player', 99, 'team'), '{"id": 20}')$$, $$remove(corm.relation('Player', 99, 'team'), 1)$$, $$clear(corm.relation('Player', 99, 'team'))$$]) c;
SELECT count(*) FROM team WHERE id = 20;
\echo -- refused
SELECT try(format('SELECT corm.%s', c)) FROM unnest(ARRAY[$$add(corm.relation('Player', 2, 'team'), ARRAY[1, 2])$$, $$set(corm.relation('Player', 2, 'team'), '[1, 2]'::jsonb)$$, $$remove(corm.relation('Player', 2, 'team'), ARRAY[1, 2])$$,
	$$add(corm.relation('Player', 2, 'team'), 99)$$, $$clear(corm.relation('Player', 2, 'team'), true)$$, $$remove(corm.relation('Player', 2, 'team'), 1, true)$$, $$set(corm.relation('Player', 2, 'team'), 1, delete_children => true)$$,
	$$add(corm.relation('Player', 2, 'team'), 1, '{"x": 1}')$$, $$add(corm.relation('Team', 2, 'players'), 1, '{"x": 1}')$$, $$add(corm.relation('Player', 2, 'team'), NULL)$$]) c;
SELECT teams();

--
-- Foreign keys that cannot be null
--
CREATE TABLE badge (id int PRIMARY KEY, player_id int NOT NULL REFERENCES player, note text);
SELECT corm.register_model('badge', 'Badge');
SELECT corm.foreign_key('Badge', 'player', 'Player', columns => '{player_id}', nullable => false, related_name => 'badges');
SELECT corm.create(corm.relation('Player', 2, 'badges'), jsonb_build_object('id', n)) ->> 'id' FROM generate_series(1, 4) n;
SELECT try(format('SELECT corm.%s', c)) FROM unnest(ARRAY[$$remove(corm.relation('Player', 2, 'badges'), 1)$$, $$clear(corm.relation('Player', 2, 'badges'))$$, $$set(corm.relation('Player', 2, 'badges'), ARRAY[2, 3])$$,
	$$clear(corm.relation('Badge', 1, 'player'))$$, $$set(corm.relation('Badge', 1, 'player'), NULL)$$, $$remove(corm.relation('Badge', 1, 'player'), 2)$$, $$clear(corm.relation('Player', 2, 'badges', filter => '{"id": 3}'))$$]) c;
SELECT string_agg(id || ':' || player_id, ' ' ORDER BY id) FROM badge;
\echo -- nothing to take off: no error
SELECT corm.remove(corm.relation('Player', 4, 'badges'), 1), corm.clear(corm.relation('Player', 4, 'badges')), corm.remove(corm.relation('Badge', 1, 'player'), 4), corm.set(corm.relation('Player', 2, 'badges'), ARRAY[1, 2, 3, 4]);
\echo -- moving is possible, and deleting when asked for
SELECT corm.add(corm.relation('Player', 4, 'badges'), 1), corm.set(corm.relation('Player', 2, 'badges'), ARRAY[3, 1], delete_children => true), corm.clear(corm.relation('Player', 2, 'badges', filter => '{"id": 3}'), true);
SELECT string_agg(id || ':' || player_id, ' ' ORDER BY id) FROM badge;
\echo -- a child that is itself referenced cannot be deleted
SELECT corm.add(corm.relation('Team', 1, 'players'), 2);
SELECT try($$SELECT corm.clear(corm.relation('Team', 1, 'players'), true)$$);
SELECT teams();

--
-- Composite foreign keys
--
CREATE TABLE ledger (tenant int, no int, PRIMARY KEY (tenant, no));
CREATE TABLE entry (tenant int NOT NULL, id int, ledger_no int, note text, PRIMARY KEY (id), FOREIGN KEY (tenant, ledger_no) REFERENCES ledger);
INSERT INTO ledger VALUES (1, 1), (1, 2), (2, 1);
INSERT INTO entry VALUES (1, 1, 1), (1, 2, 1), (1, 3, NULL), (2, 4, 1);
SELECT corm.register_model('ledger', 'Ledger'), corm.register_model('entry', 'Entry');
SELECT corm.foreign_key('Entry', 'ledger', 'Ledger', columns => '{tenant,ledger_no}', related_name => 'entries');
CREATE FUNCTION entries() RETURNS text LANGUAGE sql AS $$ SELECT string_agg(id || ':' || tenant || '/' || coalesce(ledger_no::text, '-'), ' ' ORDER BY id) FROM corm_link_fk.entry $$;
\echo -- only the part that may be null is set to null
SELECT corm.remove(corm.relation('Ledger', '[1, 1]'::jsonb, 'entries'), 1), corm.clear(corm.relation('Ledger', ROW(2, 1), 'entries')), entries();
SELECT entries();
SELECT corm.set(corm.relation('Ledger', '{"tenant": 1, "no": 2}'::jsonb, 'entries'), ARRAY[2, 3, 4]), corm.set(corm.relation('Entry', 1, 'ledger'), '[2, 1]'::jsonb), corm.clear(corm.relation('Entry', 2, 'ledger'));
SELECT entries();
SELECT corm.set(corm.relation('Entry', 3, 'ledger'), l) FROM ledger l WHERE tenant = 2;
SELECT corm.remove(corm.relation('Entry', 3, 'ledger'), '[[2, 1]]'::jsonb), corm.create(corm.relation('Ledger', ROW(2, 1), 'entries'), '{"id": 5, "tenant": 2}');
SELECT try($$SELECT corm.create(corm.relation('Ledger', ROW(2, 1), 'entries'), '{"id": 6, "tenant": 1}')$$);
SELECT try($$SELECT corm.set(corm.relation('Entry', 3, 'ledger'), '[3, 1]'::jsonb)$$);
SELECT entries();
\echo -- MATCH FULL: all or none
CREATE TABLE full_entry (id int PRIMARY KEY, tenant int, no int, FOREIGN KEY (tenant, no) REFERENCES ledger MATCH FULL);
CREATE TABLE fixed_entry (id int PRIMARY KEY, tenant int NOT NULL, no int, FOREIGN KEY (tenant, no) REFERENCES ledger MATCH FULL);
INSERT INTO full_entry VALUES (1, 1, 1), (2, 1, 1);
INSERT INTO fixed_entry VALUES (1, 1, 1);
SELECT corm.register_model('full_entry', 'FullEntry'), corm.register_model('fixed_entry', 'FixedEntry');
SELECT corm.foreign_key('FullEntry', 'ledger', 'Ledger', columns => '{tenant,no}', related_name => 'full_entries'), corm.foreign_key('FixedEntry', 'ledger', 'Ledger', columns => '{tenant,no}', related_name => 'fixed_entries');
SELECT corm.remove(corm.relation('Ledger', ROW(1, 1), 'full_entries'), 1), try($$SELECT corm.remove(corm.relation('Ledger', ROW(1, 1), 'fixed_entries'), 1)$$), corm.create('FullEntry', '{"id": 3, "ledger": null}');
SELECT * FROM full_entry ORDER BY id;
\echo -- a foreign key column inside the own key of a child stays
CREATE TABLE page (tenant int, no int, ledger_no int, PRIMARY KEY (tenant, no), FOREIGN KEY (tenant, ledger_no) REFERENCES ledger);
CREATE TABLE cover (tenant int, no int, title text, PRIMARY KEY (tenant, no), FOREIGN KEY (tenant, no) REFERENCES ledger);
INSERT INTO page VALUES (1, 1, 1), (1, 2, 1), (2, 1, NULL);
INSERT INTO cover VALUES (1, 1, 'c');
SELECT corm.register_model('page', 'Page'), corm.register_model('cover', 'Cover');
SELECT corm.foreign_key('Page', 'ledger', 'Ledger', columns => '{tenant,ledger_no}', related_name => 'pages'), corm.foreign_key('Cover', 'ledger', 'Ledger', columns => '{tenant,no}', one_to_one => true, related_name => 'cover');
SELECT corm.remove(corm.relation('Ledger', ROW(1, 1), 'pages'), '[1, 1]'::jsonb), corm.add(corm.relation('Ledger', ROW(1, 2), 'pages'), '[[1, 1], [1, 2]]'::jsonb), corm.clear(corm.relation('Page', ROW(1, 2), 'ledger'));
SELECT try($$SELECT corm.add(corm.relation('Ledger', ROW(1, 2), 'pages'), '[[9, 9], [1, 1]]'::jsonb)$$);
SELECT * FROM page ORDER BY 1, 2;
SELECT try($$SELECT corm.clear(corm.relation('Ledger', ROW(1, 1), 'cover'))$$);
SELECT corm.clear(corm.relation('Ledger', ROW(1, 1), 'cover'), true);
SELECT count(*) FROM cover;

--
-- One-to-one, from its other end
--
CREATE TABLE passport (id int PRIMARY KEY, no text, player_id int UNIQUE REFERENCES player (id));
INSERT INTO passport VALUES (1, 'a'), (2, 'b'), (3, 'c');
SELECT corm.register_model('passport', 'Passport');
SELECT corm.foreign_key('Passport', 'player', 'Player', columns => '{player_id}', one_to_one => true, related_name => 'passport');
CREATE FUNCTION passports() RETURNS text LANGUAGE sql AS $$ SELECT string_agg(id || ':' || coalesce(player_id::text, '-'), ' ' ORDER BY id) FROM corm_link_fk.passport $$;
\echo -- one replaces the other
SELECT corm.add(corm.relation('Player', 2, 'passport'), 1), corm.add(corm.relation('Player', 2, 'passport'), 1), corm.add(corm.relation('Player', 2, 'passport'), 2), corm.set(corm.relation('Player', 4, 'passport'), 2);
SELECT passports();
SELECT corm.set(corm.relation('Player', 4, 'passport'), 3, delete_children => true);
SELECT passports();
SELECT corm.set(corm.relation('Player', 4, 'passport'), NULL), corm.clear(corm.relation('Player', 4, 'passport')), corm.remove(corm.relation('Player', 4, 'passport'), 3);
SELECT corm.create(corm.relation('Player', 4, 'passport'), '{"id": 4}');
SELECT try($$SELECT corm.create(corm.relation('Player', 4, 'passport'), '{"id": 5}')$$);
SELECT try($$SELECT corm.set(corm.relation('Player', 4, 'passport'), ARRAY[1, 3])$$);
SELECT try($$SELECT corm.set(corm.relation('Player', 99, 'passport'), 1)$$);
SELECT try($$SELECT corm.set(corm.relation('Player', 4, 'passport'), 99)$$);
\echo -- from its own end a second one is refused by its key
SELECT try($$SELECT corm.set(corm.relation('Passport', 1, 'player'), 4)$$);
SELECT passports();

\echo -- one that cannot be null is replaced when it may be deleted; one that is the key itself cannot move
CREATE TABLE locker (id int PRIMARY KEY, player_id int NOT NULL UNIQUE REFERENCES player (id));
CREATE TABLE bio (player_id int PRIMARY KEY REFERENCES player (id), words text);
INSERT INTO locker VALUES (1, 2), (2, 4), (3, 5);
INSERT INTO bio VALUES (2, 'b'), (4, 'd');
SELECT corm.register_model('locker', 'Locker'), corm.register_model('bio', 'Bio');
SELECT corm.foreign_key('Locker', 'player', 'Player', columns => '{player_id}', one_to_one => true, nullable => false, related_name => 'locker'), corm.foreign_key('Bio', 'player', 'Player', columns => '{player_id}', one_to_one => true, nullable => false, related_name => 'bio');
SELECT try(format('SELECT corm.%s', c)) FROM unnest(ARRAY[$$set(corm.relation('Player', 2, 'locker'), 2)$$, $$add(corm.relation('Player', 2, 'locker'), 2)$$, $$toggle(corm.relation('Player', 2, 'locker'), 2)$$, $$set(corm.relation('Player', 2, 'locker'), NULL)$$, $$remove(corm.relation('Player', 2, 'locker'), 1)$$,
	$$add(corm.relation('Player', 4, 'bio'), 2)$$, $$set(corm.relation('Bio', 2, 'player'), 6)$$]) WITH ORDINALITY AS u(c, n) ORDER BY n;
SELECT corm.add(corm.relation('Player', 6, 'locker'), 3), corm.set(corm.relation('Player', 2, 'locker'), 2, delete_children => true), corm.set(corm.relation('Player', 6, 'locker'), NULL, delete_children => true), corm.add(corm.relation('Player', 2, 'bio'), 2), corm.clear(corm.relation('Player', 4, 'bio'), true);
SELECT string_agg(l::text, ' ' ORDER BY id) FROM locker l;
SELECT * FROM bio;
DROP TABLE locker, bio;

--
-- Foreign keys to a unique column, trees, ON DELETE
--
CREATE TABLE country (id int PRIMARY KEY, code varchar(2) UNIQUE);
CREATE TABLE town (id int PRIMARY KEY, country text REFERENCES country (code) ON UPDATE CASCADE);
INSERT INTO country VALUES (1, 'de'), (2, 'fr'), (3, NULL);
INSERT INTO town VALUES (1), (2), (3);
SELECT corm.register_model('country', 'Country'), corm.register_model('town', 'Town');
SELECT corm.foreign_key('Town', 'country', 'Country', columns => '{country}', target_columns => '{code}', related_name => 'towns');
SELECT corm.add(corm.relation('Country', 1, 'towns'), ARRAY[1, 2]), corm.set(corm.relation('Town', 3, 'country'), 2), corm.remove(corm.relation('Town', 1, 'country'), 2), corm.remove(corm.relation('Town', 1, 'country'), 9);
SELECT string_agg(id || ':' || coalesce(country, '-'), ' ' ORDER BY id) FROM town;
SELECT corm.create('Town', '{"id": 4, "country": "fr"}'), corm.create('Town', '{"id": 5, "country": {"id": 1}}');
SELECT corm.clear(corm.relation('Country', 2, 'towns')), corm.remove(corm.relation('Country', 1, 'towns'), ARRAY[1, 3]), corm.remove(corm.relation('Country', 9, 'towns'), 5), corm.clear(corm.relation('Country', 3, 'towns'));
SELECT string_agg(id || ':' || coalesce(country, '-'), ' ' ORDER BY id) FROM town;
SELECT try(format('SELECT corm.%s', c)) FROM unnest(ARRAY[$$add(corm.relation('Country', 3, 'towns'), 1)$$, $$add(corm.relation('Country', 9, 'towns'), 1)$$, $$set(corm.relation('Town', 1, 'country'), 9)$$, $$set(corm.relation('Town', 1, 'country'), 3)$$]) c;
CREATE TABLE folder (id int PRIMARY KEY, parent_id int REFERENCES folder ON DELETE CASCADE);
INSERT INTO folder SELECT generate_series(1, 4);
SELECT corm.register_model('folder', 'Folder');
SELECT corm.foreign_key('Folder', 'parent', 'Folder', columns => '{parent_id}', related_name => 'children');
SELECT corm.set(corm.relation('Folder', 1, 'children'), ARRAY[2, 3, 1]), corm.add(corm.relation('Folder', 4, 'parent'), 3), corm.create(corm.relation('Folder', 4, 'children'), '{"id": 5}'), corm.create(corm.relation('Folder', 2, 'parent'), '{"id": 6}');
SELECT * FROM folder ORDER BY id;
\echo -- deleting children takes along what their own actions say, uncounted
SELECT corm.remove(corm.relation('Folder', 1, 'children'), 3, true), (SELECT string_agg(id::text, ' ' ORDER BY id) FROM folder);
SELECT string_agg(id::text, ' ' ORDER BY id) FROM folder;
SELECT corm.add(corm.relation('Coach', 1, 'players'), ARRAY[2, 4]);
DELETE FROM coach;
SELECT count(coach_id) FROM player;

--
-- Triggers, tables without a key, partitions
--
CREATE FUNCTION hold() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.id = 4 THEN RETURN NULL; END IF; RETURN NEW; END $$;
CREATE TRIGGER hold BEFORE UPDATE ON player FOR EACH ROW EXECUTE FUNCTION hold();
SELECT corm.add(corm.relation('Team', 2, 'players'), ARRAY[4, 5]), corm.add(corm.relation('Team', 2, 'players'), 4), corm.set(corm.relation('Player', 4, 'team'), 2);
SELECT teams();
CREATE TABLE keyless (note text, team_id int REFERENCES team);
INSERT INTO keyless VALUES ('a', 1), ('b', 1), ('c', 2);
SELECT corm.register_model('keyless', 'Keyless');
SELECT corm.foreign_key('Keyless', 'team', 'Team', columns => '{team_id}', related_name => 'keyless');
SELECT corm.create(corm.relation('Team', 2, 'keyless'), '{"note": "d"}'), corm.clear(corm.relation('Team', 1, 'keyless')), corm.clear(corm.relation('Team', 2, 'keyless'), true);
SELECT * FROM keyless ORDER BY note;
SELECT try($$SELECT corm.add(corm.relation('Team', 1, 'keyless'), 'a')$$);
SELECT try($$SELECT corm.set(corm.relation('Team', 1, 'keyless'), '[]'::jsonb)$$);
CREATE TABLE event (id int, day int, team_id int REFERENCES team, PRIMARY KEY (id, day)) PARTITION BY LIST (day);
CREATE TABLE event1 PARTITION OF event FOR VALUES IN (1);
CREATE TABLE event2 PARTITION OF event FOR VALUES IN (2);
INSERT INTO event VALUES (1, 1), (1, 2), (2, 2);
SELECT corm.register_model('event', 'Event');
SELECT corm.foreign_key('Event', 'team', 'Team', columns => '{team_id}', related_name => 'events');
SELECT corm.add(corm.relation('Team', 1, 'events'), '[[1, 1], [2, 2]]'::jsonb), corm.add(corm.relation('Team', 1, 'events'), ARRAY(SELECT e FROM event1 e)), corm.remove(corm.relation('Team', 1, 'events'), '[2, 2]'::jsonb);
SELECT tableoid::regclass, * FROM event ORDER BY 2, 3;
\echo -- a generated column in a foreign key is left to itself
CREATE TABLE gen (id int PRIMARY KEY, tenant int GENERATED ALWAYS AS (1) STORED, no int, FOREIGN KEY (tenant, no) REFERENCES ledger);
INSERT INTO gen (id, no) VALUES (1, 1);
SELECT corm.register_model('gen', 'Gen');
SELECT corm.foreign_key('Gen', 'ledger', 'Ledger', columns => '{tenant,no}', related_name => 'gens');
SELECT corm.remove(corm.relation('Ledger', ROW(1, 1), 'gens'), 1);
SELECT * FROM gen;

\set VERBOSITY terse
SET client_min_messages = warning;
DROP SCHEMA corm_link_fk CASCADE;
