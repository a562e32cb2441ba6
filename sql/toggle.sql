-- toggle: a target that is linked goes, one that is not comes.
CREATE SCHEMA corm_toggle;
SET search_path = corm_toggle;
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
CREATE FUNCTION tries(calls text[]) RETURNS SETOF text LANGUAGE sql AS $$ SELECT c || E'\n  ' || try('SELECT ' || c) FROM unnest(calls) c $$;
CREATE FUNCTION rows_of(tab regclass) RETURNS text LANGUAGE plpgsql AS $$
DECLARE result text;
BEGIN
	EXECUTE format('SELECT coalesce(string_agg(t::text, '' '' ORDER BY t::text), ''(none)'') FROM %s t', tab) INTO result;
	RETURN result;
END
$$;
\pset format unaligned
\pset tuples_only on
CREATE TABLE post (id int PRIMARY KEY, title text);
CREATE TABLE tag (id int PRIMARY KEY, name text);
CREATE TABLE tagging (post_id int REFERENCES post, tag_id int REFERENCES tag, weight int DEFAULT 1, PRIMARY KEY (post_id, tag_id));
INSERT INTO post SELECT generate_series(1, 3);
INSERT INTO tag SELECT generate_series(1, 5);
SELECT corm.register_model('post', 'Post'), corm.register_model('tag', 'Tag'), corm.register_model('tagging', 'Tagging');
SELECT corm.many_to_many('Post', 'tags', 'Tag', through => 'Tagging', related_name => 'posts');

--
-- Through a link table
--
\echo -- there and back, from either end
SELECT corm.toggle(corm.relation('Post', 1, 'tags'), 2), corm.toggle(corm.relation('Post', 1, 'tags'), 2), corm.toggle(corm.relation('Tag', 2, 'posts'), 1), rows_of('tagging');
SELECT rows_of('tagging');
\echo -- every kind of target
SELECT corm.toggle(corm.relation('Post', 2, 'tags'), '1') AS text, corm.toggle(corm.relation('Post', 2, 'tags'), '2'::varchar) AS varchar, corm.toggle(corm.relation('Post', 2, 'tags'), 3::bigint) AS bigint, corm.toggle(corm.relation('Post', 2, 'tags'), '4'::jsonb) AS jsonb, corm.toggle(corm.relation('Post', 2, 'tags'), '{"id": 5}'::jsonb) AS object;
SELECT corm.toggle(corm.relation('Post', 2, 'tags'), t) AS "row" FROM tag t WHERE id = 1;
SELECT corm.toggle(corm.relation('Post', 2, 'tags'), ARRAY[2]) AS "array", corm.toggle(corm.relation('Post', 2, 'tags'), '[3]'::jsonb) AS list, corm.toggle(corm.relation('Post', 2, 'tags'), corm.objects('Tag', '{"id": 4}')) AS queryset, corm.toggle(corm.relation('Post', 2, 'tags'), corm.get('Tag', '{"id": 5}')) AS document;
PREPARE tap AS SELECT corm.toggle(corm.relation('Post', $1, 'tags'), $2);
EXECUTE tap('2', '1');
EXECUTE tap('2', '1');
SELECT rows_of('tagging');
\echo -- link values are for a link that comes
SELECT corm.toggle(corm.relation('Post', 3, 'tags'), '{"id": 1, "Tagging": {"weight": 7}}'::jsonb), rows_of('tagging');
SELECT rows_of('tagging');
SELECT corm.toggle(corm.relation('Post', 3, 'tags'), '{"id": 1, "Tagging": {"weight": 8}}'::jsonb), rows_of('tagging');
\echo -- of several links of a pair none is left
CREATE TABLE visit (post_id int REFERENCES post, tag_id int REFERENCES tag, at int);
INSERT INTO visit VALUES (1, 1, 10), (1, 1, 11), (1, 2, 12);
SELECT corm.register_model('visit', 'Visit');
SELECT corm.many_to_many('Post', 'visits', 'Tag', through => 'Visit', related_name => 'visited');
SELECT corm.toggle(corm.relation('Post', 1, 'visits'), 1), corm.toggle(corm.relation('Post', 1, 'visits'), 3), corm.toggle(corm.relation('Post', 1, 'visits'), '{"id": 4, "Visit": {"at": 13}}'::jsonb), rows_of('visit');
SELECT rows_of('visit');
\echo -- a column that a new link must have
CREATE TABLE priced (post_id int REFERENCES post, tag_id int REFERENCES tag, price int NOT NULL, PRIMARY KEY (post_id, tag_id));
INSERT INTO priced VALUES (1, 1, 10);
SELECT corm.register_model('priced', 'Priced');
SELECT corm.many_to_many('Post', 'priced', 'Tag', through => 'Priced', related_name => 'priced_of');
SELECT corm.toggle(corm.relation('Post', 1, 'priced'), 1), try($$SELECT corm.toggle(corm.relation('Post', 1, 'priced'), 1)$$), corm.toggle(corm.relation('Post', 1, 'priced'), '{"id": 1, "Priced": {"price": 3}}'::jsonb);
SELECT rows_of('priced');
\echo -- a model with itself: one link, whichever end, also where it is stored the other way round
SELECT corm.many_to_many('Post', 'near', 'Post', symmetrical => true);
SELECT through AS link FROM corm.relations WHERE model = 'Post' AND relation = 'near' \gset
SELECT table_name AS link FROM corm.models WHERE model = :'link' \gset
SELECT corm.toggle(corm.relation('Post', 2, 'near'), 1), corm.toggle(corm.relation('Post', 2, 'near'), 3), corm.toggle(corm.relation('Post', 1, 'near'), 2), corm.toggle(corm.relation('Post', 1, 'near'), 1), rows_of(:'link');
SELECT rows_of(:'link');
CREATE TABLE knows (a int REFERENCES post, b int REFERENCES post, PRIMARY KEY (a, b));
INSERT INTO knows VALUES (3, 1);
SELECT corm.register_model('knows', 'Knows');
SELECT corm.many_to_many('Post', 'knows', 'Post', through => 'Knows', symmetrical => true, through_relation_name => 'a', through_reverse_relation_name => 'b');
SELECT corm.toggle(corm.relation('Post', 1, 'knows'), 3), corm.toggle(corm.relation('Post', 3, 'knows'), 1), rows_of('knows');
SELECT rows_of('knows');
\echo -- what a trigger keeps is there, what it suppresses is not
CREATE TABLE kept (post_id int REFERENCES post, tag_id int REFERENCES tag, PRIMARY KEY (post_id, tag_id));
INSERT INTO kept VALUES (1, 1), (1, 2);
SELECT corm.register_model('kept', 'Kept');
SELECT corm.many_to_many('Post', 'kept', 'Tag', through => 'Kept', related_name => 'kept_of');
CREATE FUNCTION meddle() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	RETURN CASE WHEN TG_OP = 'DELETE' AND OLD.tag_id = 2 OR TG_OP = 'INSERT' AND NEW.tag_id = 3 THEN NULL WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END
$$;
CREATE TRIGGER meddle BEFORE INSERT OR DELETE ON kept FOR EACH ROW EXECUTE FUNCTION meddle();
SELECT corm.toggle(corm.relation('Post', 1, 'kept'), 1), corm.toggle(corm.relation('Post', 1, 'kept'), 2), corm.toggle(corm.relation('Post', 1, 'kept'), 3), corm.toggle(corm.relation('Post', 1, 'kept'), 4), rows_of('kept');
SELECT rows_of('kept');

--
-- By a foreign key
--
CREATE TABLE team (id int PRIMARY KEY);
CREATE TABLE player (id int PRIMARY KEY, team_id int REFERENCES team);
CREATE TABLE badge (id int PRIMARY KEY, player_id int NOT NULL REFERENCES player);
CREATE TABLE pass (id int PRIMARY KEY, player_id int UNIQUE REFERENCES player);
INSERT INTO team SELECT generate_series(1, 2);
INSERT INTO player SELECT generate_series(1, 3);
INSERT INTO badge VALUES (1, 1), (2, 2);
INSERT INTO pass VALUES (1, 1), (2, NULL);
SELECT corm.register_model(t::regclass, initcap(t)) FROM unnest(ARRAY['team', 'player', 'badge', 'pass']) t;
SELECT corm.foreign_key('Player', 'team', 'Team', columns => '{team_id}', related_name => 'players'), corm.foreign_key('Badge', 'player', 'Player', columns => '{player_id}', nullable => false, related_name => 'badges'),
	corm.foreign_key('Pass', 'player', 'Player', columns => '{player_id}', one_to_one => true, related_name => 'pass');
\echo -- a child of the owner goes, that of another one moves
SELECT corm.toggle(corm.relation('Team', 1, 'players'), 1), corm.toggle(corm.relation('Team', 2, 'players'), 1), corm.toggle(corm.relation('Team', 1, 'players'), 2), corm.toggle(corm.relation('Team', 1, 'players'), 2), rows_of('player');
SELECT rows_of('player');
\echo -- from the end that holds the key
SELECT corm.toggle(corm.relation('Player', 3, 'team'), 1), corm.toggle(corm.relation('Player', 3, 'team'), 2), corm.toggle(corm.relation('Player', 3, 'team'), '2'), corm.toggle(corm.relation('Player', 1, 'team'), 1), rows_of('player');
SELECT rows_of('player');
\echo -- one-to-one: one replaces the other
SELECT corm.toggle(corm.relation('Player', 1, 'pass'), 2), corm.toggle(corm.relation('Player', 2, 'pass'), 2), corm.toggle(corm.relation('Player', 2, 'pass'), 1), corm.toggle(corm.relation('Player', 2, 'pass'), 1), rows_of('pass');
SELECT rows_of('pass');
\echo -- one that cannot be null can move, not go
SELECT corm.toggle(corm.relation('Player', 3, 'badges'), 1), corm.toggle(corm.relation('Badge', 1, 'player'), 2), rows_of('badge');
SELECT tries(ARRAY[$$corm.toggle(corm.relation('Player', 2, 'badges'), 1)$$, $$corm.toggle(corm.relation('Badge', 1, 'player'), 2)$$]);
SELECT rows_of('badge');
\echo -- what a trigger suppresses
CREATE FUNCTION hold() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$;
CREATE TRIGGER hold BEFORE UPDATE ON player FOR EACH ROW WHEN (OLD.id = 1) EXECUTE FUNCTION hold();
CREATE TRIGGER hold BEFORE UPDATE ON pass FOR EACH ROW WHEN (OLD.id = 2) EXECUTE FUNCTION hold();
SELECT corm.toggle(corm.relation('Team', 1, 'players'), 1), corm.toggle(corm.relation('Team', 2, 'players'), 1), corm.toggle(corm.relation('Player', 1, 'team'), 1), corm.toggle(corm.relation('Player', 1, 'team'), 2), corm.toggle(corm.relation('Player', 3, 'pass'), 2);
SELECT rows_of('player'), rows_of('pass');

--
-- Refused
--
SELECT rows_of('tagging') || rows_of('player') || rows_of('pass') AS before \gset
SELECT tries(ARRAY[$$corm.toggle(corm.relation('Post', 1, 'tags'), NULL)$$, $$corm.toggle(corm.relation('Post', 1, 'tags'), 'null'::jsonb)$$, $$corm.toggle(corm.relation('Post', NULL, 'tags'), 1)$$, $$corm.toggle(NULL, 1)$$, $$corm.toggle('Post', 1)$$,
	$$corm.toggle(corm.relation('Post', 1, 'tags'), ARRAY[1, 2])$$, $$corm.toggle(corm.relation('Post', 1, 'tags'), '[1, 2]'::jsonb)$$, $$corm.toggle(corm.relation('Post', 1, 'tags'), '[]'::jsonb)$$, $$corm.toggle(corm.relation('Player', 1, 'team'), '{}'::int[])$$,
	$$corm.toggle(corm.relation('Post', 1, 'tags'), 'Tag'::corm.queryset)$$, $$corm.toggle(corm.relation('Post', 1, 'tags'), corm.objects('Tag', '{"id": 99}'))$$, $$corm.toggle(corm.relation('Post', 1, 'tags'), corm.objects('Post', '{"id": 1}'))$$,
	$$corm.toggle(corm.relation('Post', 1, 'tags'), 99)$$, $$corm.toggle(corm.relation('Post', 99, 'tags'), 1)$$, $$corm.toggle(corm.relation('Team', 1, 'players'), 99)$$, $$corm.toggle(corm.relation('Team', 99, 'players'), 2)$$, $$corm.toggle(corm.relation('Player', 99, 'team'), 1)$$, $$corm.toggle(corm.relation('Player', 2, 'pass'), 99)$$,
	$$corm.toggle(corm.relation('Post', 1, 'tags'), 'x')$$, $$corm.toggle(corm.relation('Post', 1, 'tags'), '[1]')$$, $$corm.toggle(corm.relation('Post', 1, 'tgas'), 1)$$, $$corm.toggle(corm.relation('Post', 1, 'tags'), p) FROM corm_toggle.post p LIMIT 1$$,
	$$corm.toggle(corm.relation('Post', 1, 'tags'), '{"id": 5, "Tagging": {"wieght": 1}}'::jsonb)$$, $$corm.toggle(corm.relation('Post', 1, 'tags', filter => '{"id": 1}'), 1)$$, $$corm.toggle(corm.relation('Post', 1, 'tags', limit_count => 1), 1)$$,
	$$corm.toggle(corm.relation('Post', 1, 'tags', order_by => '{id}'), 1)$$, $$corm.toggle(corm.permit(corm.relation('Post', 1, 'tags'), 'id'), '{"id": 5, "Tagging": {"weight": 1}}'::jsonb)$$]);
SELECT rows_of('tagging') || rows_of('player') || rows_of('pass') = :'before';
\echo -- rights: those of what it does
CREATE ROLE regress_corm_toggle;
GRANT USAGE ON SCHEMA corm_toggle TO regress_corm_toggle;
GRANT SELECT, INSERT ON tagging TO regress_corm_toggle;
SET ROLE regress_corm_toggle;
SELECT tries(ARRAY[$$corm.toggle(corm.relation('Post', 1, 'tags'), 4)$$]);
RESET ROLE;
GRANT DELETE ON tagging TO regress_corm_toggle;
SET ROLE regress_corm_toggle;
SELECT corm.toggle(corm.relation('Post', 1, 'tags'), 4), corm.toggle(corm.relation('Post', 1, 'tags'), 4), corm.toggle(corm.relation('Post', 1, 'tags'), 5);
RESET ROLE;
\echo -- a row that may be seen, not deleted, stays; one that may not come does not
ALTER TABLE tagging ENABLE ROW LEVEL SECURITY;
CREATE POLICY see ON tagging FOR SELECT USING (true);
CREATE POLICY take ON tagging FOR DELETE USING (tag_id > 2);
CREATE POLICY put ON tagging FOR INSERT WITH CHECK (tag_id < 5);
SET ROLE regress_corm_toggle;
SELECT corm.toggle(corm.relation('Post', 1, 'tags'), 5), try($$SELECT corm.toggle(corm.relation('Post', 1, 'tags'), 5)$$), corm.toggle(corm.relation('Post', 1, 'tags'), 2), corm.toggle(corm.relation('Post', 1, 'tags'), 4);
RESET ROLE;
SELECT rows_of('tagging');
BEGIN READ ONLY;
SELECT tries(ARRAY[$$corm.toggle(corm.relation('Post', 1, 'tags'), 3)$$, $$corm.toggle(corm.relation('Team', 1, 'players'), 2)$$]);
COMMIT;

\set VERBOSITY terse
SET client_min_messages = warning;
DROP SCHEMA corm_toggle CASCADE;
DROP ROLE regress_corm_toggle;
