-- Links through a link table: link values, what counts as a change, rows that
-- must not be touched, and link tables of every kind.
CREATE SCHEMA corm_link_m2m;
SET search_path = corm_link_m2m;
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
-- What was really written, in order: a trigger on the link tables says so.
CREATE TABLE written (n int GENERATED ALWAYS AS IDENTITY, line text);
CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	INSERT INTO corm_link_m2m.written (line) VALUES (lower(TG_OP) || ' ' || to_jsonb(coalesce(NEW, OLD))::text);
	RETURN NULL;
END
$$;
CREATE FUNCTION written() RETURNS SETOF text LANGUAGE sql VOLATILE AS $$
	WITH gone AS (DELETE FROM corm_link_m2m.written RETURNING n, line) SELECT line FROM gone ORDER BY n;
$$;
CREATE FUNCTION rows_of(tab regclass) RETURNS text LANGUAGE plpgsql AS $$
DECLARE result text;
BEGIN
	EXECUTE format('SELECT coalesce(string_agg(t::text, '' '' ORDER BY t::text), ''(none)'') FROM %s t', tab) INTO result;
	RETURN result;
END
$$;
CREATE TABLE post (id int PRIMARY KEY, title text);
CREATE TABLE tag (id int PRIMARY KEY, name text);
INSERT INTO post SELECT n, 'post ' || n FROM generate_series(1, 4) n;
INSERT INTO tag SELECT n, 'tag ' || n FROM generate_series(1, 6) n;
SELECT corm.register_model('post', 'Post'), corm.register_model('tag', 'Tag');

--
-- Link values
--
CREATE TABLE tagging (post_id int NOT NULL REFERENCES post ON DELETE CASCADE, tag_id int NOT NULL REFERENCES tag ON DELETE CASCADE,
	weight int DEFAULT 1, note text, PRIMARY KEY (post_id, tag_id));
SELECT corm.register_model('tagging', 'Tagging');
SELECT corm.many_to_many('Post', 'tags', 'Tag', through => 'Tagging', related_name => 'posts');
CREATE TRIGGER note AFTER INSERT OR UPDATE OR DELETE ON tagging FOR EACH ROW EXECUTE FUNCTION note();
\echo -- values for all, what is absent takes its default
SELECT corm.add(corm.relation('Post', 1, 'tags'), ARRAY[3, 1, 3, 2, 1], '{"note": "x"}');
SELECT written();
\echo -- linked already, same values: nothing is written
SELECT corm.add(corm.relation('Post', 1, 'tags'), ARRAY[1, 2, 3], '{"note": "x"}');
SELECT corm.add(corm.relation('Post', 1, 'tags'), ARRAY[1, 2, 3], '{"note": "x", "weight": 1}');
SELECT corm.add(corm.relation('Post', 1, 'tags'), ARRAY[1, 2, 3]);
SELECT corm.add(corm.relation('Post', 1, 'tags'), ARRAY[1, 2, 3], '{}');
SELECT corm.add(corm.relation('Post', 1, 'tags'), ARRAY[1, 2, 3], NULL), corm.add(corm.relation('Post', 1, 'tags'), ARRAY[1, 2, 3], 'null');
SELECT written();
\echo -- other values: each link that changes counts
SELECT corm.add(corm.relation('Post', 1, 'tags'), ARRAY[2, 1, 4], '{"weight": 7}');
SELECT written();
\echo -- null is a value
SELECT corm.add(corm.relation('Post', 1, 'tags'), 1, '{"note": null}'), corm.add(corm.relation('Post', 1, 'tags'), 1, '{"note": null}');
SELECT written();
\echo -- a target object carries its own, which wins over those for all; the last mention of a target counts
SELECT corm.add(corm.relation('Post', 2, 'tags'),
	'[{"id": 2, "Tagging": {"weight": 20}}, 1, {"pk": 3, "Tagging": {"note": "own"}}, {"id": 2, "Tagging": {"weight": 22}}]'::jsonb, '{"weight": 5, "note": "all"}');
SELECT written();
\echo -- the same from the other end
SELECT corm.add(corm.relation('Tag', 2, 'posts'), '[{"id": 2, "Tagging": {"weight": 0}}, {"id": 3, "Tagging": {"weight": 3}}, 4]'::jsonb);
SELECT written();
\echo -- a document that was read is a target, link values and all
SELECT corm.add(corm.relation('Post', 3, 'tags'), corm.list(corm.relation('Post', 2, 'tags'))::jsonb);
SELECT written();
\echo -- set: links that stay are left alone, but for values that are given
SELECT corm.set(corm.relation('Post', 1, 'tags'), ARRAY[1, 3, 5]);
SELECT written();
SELECT corm.set(corm.relation('Post', 1, 'tags'), ARRAY[5, 3, 1]);
SELECT written();
SELECT corm.set(corm.relation('Post', 1, 'tags'), '[1, {"id": 3, "Tagging": {"weight": 33}}]'::jsonb, '{"weight": 9}');
SELECT written();
\echo -- and so their row versions stay
SELECT string_agg(xmin::text, ' ' ORDER BY tag_id) AS before FROM tagging WHERE post_id = 1 \gset
SELECT corm.set(corm.relation('Post', 1, 'tags'), ARRAY[1, 3, 6]);
SELECT string_agg(xmin::text, ' ' ORDER BY tag_id) = :'before' FROM tagging WHERE post_id = 1 AND tag_id <> 6;
SELECT corm.set(corm.relation('Post', 1, 'tags'), '[]'::jsonb);
SELECT count(*) FROM written();
\echo -- the argument of set is evaluated first
SELECT corm.set(corm.relation('Post', 1, 'tags'), ARRAY[1, 2, 3]), corm.set(corm.relation('Post', 1, 'tags'), corm.relation('Post', 1, 'tags', filter => '{"id__gt": 1}')), corm.set(corm.relation('Post', 1, 'tags'), corm.exclude(corm.objects('Tag', filter => '{"id__lte": 4}'), '{"posts__id": 1}'));
SELECT written();
\echo -- one statement, however many targets: and one for each run of those that give the same columns
CREATE TABLE said (what text);
CREATE FUNCTION say() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO said VALUES (TG_OP); RETURN NULL; END $$;
CREATE TRIGGER say AFTER INSERT OR UPDATE OR DELETE ON tagging FOR EACH STATEMENT EXECUTE FUNCTION say();
CREATE FUNCTION said() RETURNS text LANGUAGE sql AS $$ WITH gone AS (DELETE FROM said RETURNING what) SELECT string_agg(what || ' ' || n, ', ' ORDER BY what) FROM (SELECT what, count(*) AS n FROM gone GROUP BY what) s $$;
SELECT corm.add(corm.relation('Post', 4, 'tags'), ARRAY[1, 2, 3, 4, 5]), corm.set(corm.relation('Post', 4, 'tags'), ARRAY[2, 3, 6]);
SELECT said();
SELECT corm.add(corm.relation('Post', 4, 'tags'), '[{"id": 2, "Tagging": {"weight": 2}}, {"id": 3, "Tagging": {"weight": 3}}, 4, 5, {"id": 6, "Tagging": {"note": "n"}}]'::jsonb), said();
SELECT said();
SELECT corm.remove(corm.relation('Post', 4, 'tags'), ARRAY[2, 3]), corm.clear(corm.relation('Post', 4, 'tags')), corm.set(corm.relation('Post', 1, 'tags'), '{}'::int[]);
SELECT said();
DROP TRIGGER say ON tagging;
SELECT corm.add(corm.relation('Post', 4, 'tags'), 2);
SELECT count(*) FROM written();
\echo -- create with link values, from both ends
SELECT corm.create(corm.relation('Post', 1, 'tags'), '{"id": 10, "name": "made", "Tagging": {"weight": 3}}');
SELECT corm.create(corm.relation('Tag', 10, 'posts'), '{"id": 10, "title": "made", "Tagging": {"note": "n"}}');
SELECT corm.create(corm.relation('Post', 1, 'tags'), '{"id": 11, "Tagging": null}') ->> 'id';
SELECT written();
\echo -- refused values
SELECT try(format('SELECT corm.add(corm.relation(''Post'', 4, ''tags''), 1, %L)', t))
  FROM unnest(ARRAY['{"wieght": 1}', '{"post_id": 1}', '{"tag_id": 1}', '[1]', '"x"', '1', '{"weight": "heavy"}', '{"weight": {"add": 1}}', '{"weight": 1, "": 2}']) t;
SELECT try(format('SELECT corm.%s(corm.relation(''Post'', 4, ''tags''), ''[{"id": 1, "Tagging": {"x": 1}}]''::jsonb)', v)) FROM unnest(ARRAY['add', 'set']) v;
SELECT try($$SELECT corm.add(corm.relation('Post', 4, 'tags'), '[{"id": 1, "Tagging": 3}]'::jsonb)$$);
SELECT try($$SELECT corm.create(corm.relation('Post', 1, 'tags'), '{"id": 12, "Tagging": {"x": 1}}')$$);
SELECT try($$SELECT corm.create(corm.relation('Post', 1, 'tags'), '{"id": 12, "tagging": {"weight": 1}}')$$);
SELECT try($$SELECT corm.create('Tag', '{"id": 12, "Tagging": {"weight": 1}}')$$);
SELECT count(*) FROM tagging WHERE post_id = 4;
SELECT count(*) FROM tag WHERE id = 12;
SELECT count(*) FROM written();
\echo -- a pure link table takes no values
CREATE TABLE likes (post_id int REFERENCES post, tag_id int REFERENCES tag, PRIMARY KEY (post_id, tag_id));
SELECT corm.many_to_many('Post', 'liked', 'Tag', through => 'likes', related_name => 'liked_by');
SELECT try($$SELECT corm.add(corm.relation('Post', 1, 'liked'), 1, '{"weight": 1}')$$);
SELECT corm.add(corm.relation('Post', 1, 'liked'), 1, '{}'), rows_of('likes');

--
-- remove and clear, with a filter
--
SELECT corm.set(corm.relation('Post', 1, 'tags'), '[1, 2, {"id": 3, "Tagging": {"weight": 50}}, 4]'::jsonb), corm.set(corm.relation('Post', 2, 'tags'), ARRAY[1, 2, 3, 4]);
SELECT corm.remove(corm.relation('Post', 1, 'tags', filter => '{"id__gte": 3}'), ARRAY[1, 4, 99]);
SELECT corm.clear(corm.relation('Post', 1, 'tags', filter => '{"Tagging__weight": 50}'));
SELECT corm.clear(corm.relation('Post', 1, 'tags', exclude => '{"name": "tag 2"}'));
SELECT string_agg(post_id || '-' || tag_id, ' ' ORDER BY post_id, tag_id) FROM tagging WHERE post_id < 3;
SELECT corm.clear(corm.relation('Post', 1, 'tags', filter => '{"id": 99}')), corm.clear(corm.relation('Post', 1, 'tags', filter => '{}'));
SELECT corm.remove(corm.relation('Post', 2, 'tags'), '[]'::jsonb), corm.remove(corm.relation('Post', 2, 'tags'), ARRAY[4, 4, 1]);
SELECT string_agg(post_id || '-' || tag_id, ' ' ORDER BY post_id, tag_id) FROM tagging WHERE post_id < 3;

--
-- Through tables with other keys
--
\echo -- an own key besides a unique pair
CREATE TABLE membership (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, post_id int REFERENCES post, tag_id int REFERENCES tag, note text, UNIQUE (tag_id, post_id));
SELECT corm.register_model('membership', 'Membership');
SELECT corm.many_to_many('Post', 'members', 'Tag', through => 'Membership', related_name => 'member_of');
CREATE TRIGGER note AFTER INSERT OR UPDATE OR DELETE ON membership FOR EACH ROW EXECUTE FUNCTION note();
SELECT count(*) FROM (SELECT written()) w;
SELECT corm.add(corm.relation('Post', 1, 'members'), ARRAY[5, 4]), corm.add(corm.relation('Tag', 4, 'member_of'), ARRAY[1, 2], '{"note": "n"}');
SELECT corm.set(corm.relation('Post', 1, 'members'), '[{"id": 4, "Membership": {"note": "m"}}, 3]'::jsonb);
SELECT written();
SELECT try($$SELECT corm.add(corm.relation('Post', 1, 'members'), 6, '{"id": 100}')$$);
\echo -- no unique key on the pair
CREATE TABLE visit (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, post_id int REFERENCES post, tag_id int REFERENCES tag, note text);
SELECT corm.register_model('visit', 'Visit');
SELECT corm.many_to_many('Post', 'visits', 'Tag', through => 'Visit', related_name => 'visited');
CREATE TRIGGER note AFTER INSERT OR UPDATE OR DELETE ON visit FOR EACH ROW EXECUTE FUNCTION note();
SELECT corm.add(corm.relation('Post', 1, 'visits'), ARRAY[2, 1, 2]), corm.add(corm.relation('Tag', 2, 'visited'), ARRAY[1, 2]), corm.add(corm.relation('Post', 1, 'visits'), 1);
SELECT written();
SELECT corm.add(corm.relation('Post', 1, 'visits'), ARRAY[1, 3], '{"note": "a"}'), corm.add(corm.relation('Post', 1, 'visits'), ARRAY[1, 3], '{"note": "a"}');
SELECT written();
\echo -- a pair linked twice: one object, and remove takes both links
INSERT INTO visit (post_id, tag_id, note) VALUES (1, 1, 'again');
SELECT written();
SELECT corm.count(corm.relation('Post', 1, 'visits')), corm.add(corm.relation('Post', 1, 'visits'), 1);
SELECT corm.add(corm.relation('Post', 1, 'visits'), 1, '{"note": "both"}'), corm.set(corm.relation('Post', 1, 'visits'), ARRAY[1]);
SELECT corm.remove(corm.relation('Post', 1, 'visits'), 1);
SELECT written();
\echo -- a unique key within the pair: what it refuses is refused
CREATE TABLE main_tag (post_id int UNIQUE REFERENCES post, tag_id int REFERENCES tag, note text);
SELECT corm.register_model('main_tag', 'MainTag');
SELECT corm.many_to_many('Post', 'main', 'Tag', through => 'MainTag', related_name => 'main_of');
SELECT corm.add(corm.relation('Post', 1, 'main'), 1), corm.add(corm.relation('Post', 1, 'main'), 1), corm.add(corm.relation('Tag', 1, 'main_of'), ARRAY[1, 2], '{"note": "n"}');
SELECT try($$SELECT corm.add(corm.relation('Post', 1, 'main'), 2)$$);
SELECT corm.set(corm.relation('Post', 1, 'main'), 2), rows_of('main_tag');
\echo -- a deferrable unique key cannot decide conflicts, and still each pair counts once
CREATE TABLE later (post_id int REFERENCES post, tag_id int REFERENCES tag, n int, UNIQUE (post_id, tag_id) DEFERRABLE);
SELECT corm.register_model('later', 'Later');
SELECT corm.many_to_many('Post', 'later', 'Tag', through => 'Later', related_name => 'later_of');
SELECT corm.add(corm.relation('Post', 1, 'later'), ARRAY[1, 2]), corm.add(corm.relation('Post', 1, 'later'), ARRAY[2, 3], '{"n": 1}'),
	corm.add(corm.relation('Tag', 3, 'later_of'), 1), rows_of('later');
\echo -- a partial unique index cannot either
CREATE TABLE partly (post_id int REFERENCES post, tag_id int REFERENCES tag, dead boolean DEFAULT false);
CREATE UNIQUE INDEX ON partly (post_id, tag_id) WHERE NOT dead;
SELECT corm.register_model('partly', 'Partly');
SELECT corm.many_to_many('Post', 'partly', 'Tag', through => 'Partly', related_name => 'partly_of');
SELECT corm.add(corm.relation('Post', 1, 'partly'), ARRAY[1, 2]), corm.add(corm.relation('Post', 1, 'partly'), ARRAY[2, 3]), rows_of('partly');
\echo -- unique with a further column: the order of links within an owner
CREATE TABLE ranked (post_id int REFERENCES post, tag_id int REFERENCES tag, rank int, PRIMARY KEY (post_id, tag_id), UNIQUE (post_id, rank));
SELECT corm.register_model('ranked', 'Ranked');
SELECT corm.many_to_many('Post', 'ranked', 'Tag', through => 'Ranked', related_name => 'ranked_of');
SELECT corm.set(corm.relation('Post', 1, 'ranked'), '[{"id": 1, "Ranked": {"rank": 1}}, {"id": 2, "Ranked": {"rank": 2}}]'::jsonb);
SELECT corm.set(corm.relation('Post', 1, 'ranked'), '[{"id": 3, "Ranked": {"rank": 1}}, {"id": 2, "Ranked": {"rank": 2}}]'::jsonb), rows_of('ranked');
SELECT try($$SELECT corm.add(corm.relation('Post', 1, 'ranked'), 1, '{"rank": 2}')$$);

--
-- Types of link values
--
CREATE TYPE point3 AS (x int, y int, z text);
CREATE DOMAIN percent AS int CHECK (VALUE BETWEEN 0 AND 100);
CREATE DOMAIN point_domain AS point3;
CREATE DOMAIN ints AS int[];
CREATE TYPE mood AS ENUM ('sad', 'ok');
CREATE TABLE rich (post_id int NOT NULL REFERENCES post, tag_id int NOT NULL REFERENCES tag, a int[], t text[], j json, jb jsonb, p percent, c point3, ca point3[],
	pd point_domain, ad ints, m mood, n numeric(6,2), v varchar(3), b bytea, at timestamptz, pt point, x xml, r int4range, g int GENERATED ALWAYS AS (cardinality(a)) STORED, PRIMARY KEY (post_id, tag_id));
SELECT corm.register_model('rich', 'Rich');
SELECT corm.many_to_many('Post', 'rich', 'Tag', through => 'Rich', related_name => 'rich_of');
SET timezone = 'UTC';
\set v '{"a": [1, null], "t": ["a,b", "{}"], "j": {"k":  [1]}, "jb": {"k": [1]}, "p": 7, "c": {"x": 1, "z": "q,\\"r"}, "ca": [{"x": 1}, null], "pd": {"x": 2}, "ad": [3], "m": "ok", "n": 1.005, "v": "abc", "b": "\\\\x01", "at": "2020-01-01T00:00:00Z", "pt": "(1,2)", "r": "[1,5)"}'
\echo -- one link, several links, changed and unchanged
SELECT corm.add(corm.relation('Post', 1, 'rich'), 1, :'v');
SELECT corm.add(corm.relation('Post', 1, 'rich'), ARRAY[1, 2, 3], :'v');
SELECT corm.add(corm.relation('Post', 1, 'rich'), ARRAY[1, 2, 3], :'v');
SELECT count(*), count(DISTINCT rich::text) FROM (SELECT a, t, j::text, jb, p, c, ca, pd, ad, m, n, v, b, at, pt::text, r, g FROM rich) rich;
SELECT to_json(rich) FROM rich WHERE tag_id = 3;
\echo -- just what jsonb_populate_record gives
SELECT count(*) FROM rich, jsonb_populate_record(NULL::rich, :'v') p
 WHERE (rich.a, rich.t, rich.j::text, rich.jb, rich.p, rich.c, rich.ca, rich.pd, rich.ad, rich.m, rich.n, rich.v, rich.b, rich.at, rich.pt::text, rich.r)
	IS NOT DISTINCT FROM (p.a, p.t, p.j::text, p.jb, p.p, p.c, p.ca, p.pd, p.ad, p.m, p.n, p.v, p.b, p.at, p.pt::text, p.r);
\echo -- and whatever the style of output, values arrive as they were
CREATE TABLE styled (post_id int REFERENCES post, tag_id int REFERENCES tag, f float8[], at timestamptz[], PRIMARY KEY (post_id, tag_id));
SELECT corm.register_model('styled', 'Styled');
SELECT corm.many_to_many('Post', 'styled', 'Tag', through => 'Styled', related_name => 'styled_of');
SET extra_float_digits = 0; SET DateStyle = 'SQL'; SET timezone = 'Asia/Kolkata';
SELECT corm.add(corm.relation('Post', 1, 'styled'), ARRAY[1, 2], '{"f": [0.12345678901234568], "at": ["2020-01-01T00:00:00Z"]}');
RESET extra_float_digits; RESET DateStyle; SET timezone = 'UTC';
SELECT count(*) FROM styled WHERE f = '{0.12345678901234568}' AND at = '{2020-01-01 00:00:00+00}';
\echo -- each target its own
SELECT corm.set(corm.relation('Post', 1, 'rich'), '[{"id": 1, "Rich": {"a": [5], "c": {"y": 5}, "j": 1, "pt": "(5,5)"}}, {"id": 2, "Rich": {"a": null, "c": null, "j": null, "pt": null}}, 4]'::jsonb);
SELECT tag_id, a, c, j, pt FROM rich ORDER BY 1;
SELECT try(format('SELECT corm.add(corm.relation(''Post'', 1, ''rich''), ARRAY[5, 6], %L)', t))
  FROM unnest(ARRAY['{"p": 101}', '{"m": "bad"}', '{"v": "long"}', '{"a": 1}', '{"a": {"x": 1}}', '{"c": [1]}', '{"g": 1}', '{"n": 123456}', '{"ad": "x"}']) t;
SELECT count(*) FROM rich WHERE tag_id > 4;

--
-- Composite keys, keys of other types, keys that are not the primary one
--
CREATE TABLE city (country text COLLATE "C", zip int, name text, PRIMARY KEY (country, zip));
CREATE TABLE line (code uuid, part int[], name text, PRIMARY KEY (code, part));
CREATE TABLE stop (line_code uuid, line_part int[], country text COLLATE "C", zip int, minutes int, shelter json,
	FOREIGN KEY (line_code, line_part) REFERENCES line, FOREIGN KEY (zip, country) REFERENCES city (zip, country), PRIMARY KEY (country, zip, line_part, line_code));
ALTER TABLE city ADD UNIQUE (zip, country);
ALTER TABLE stop DROP CONSTRAINT stop_zip_country_fkey, ADD FOREIGN KEY (zip, country) REFERENCES city (zip, country);
INSERT INTO city VALUES ('de', 1, 'x'), ('de', 2, 'y'), ('fr', 1, 'z');
INSERT INTO line VALUES ('00000000-0000-0000-0000-000000000001', '{1,2}', 'a'), ('00000000-0000-0000-0000-000000000002', '{}', 'b');
SELECT corm.register_model('city', 'City'), corm.register_model('line', 'Line'), corm.register_model('stop', 'Stop');
SELECT corm.many_to_many('Line', 'cities', 'City', through => 'Stop', related_name => 'lines');
SELECT corm.add(corm.relation('Line', l, 'cities'), '[["de", 1], {"country": "fr", "zip": 1}, {"pk": ["de", 1]}]'::jsonb) FROM (SELECT * FROM line WHERE name = 'a') l;
SELECT corm.add(corm.relation(l, 'cities'), '["de", 2]'::jsonb, '{"minutes": 3, "shelter": {"roof": true}}') FROM line l ORDER BY name;
SELECT corm.add(corm.relation(c, 'lines'), l, '{"minutes": 4, "shelter": null}') FROM city c, line l WHERE zip = 2 ORDER BY c.zip, l.name;
SELECT corm.add(corm.relation('City', ROW('fr', 1), 'lines'), ARRAY(SELECT l FROM line l));
SELECT name, country, zip, minutes, shelter FROM stop JOIN line ON code = line_code AND part = line_part ORDER BY 1, 2, 3;
SELECT corm.remove(corm.relation('City', '["fr", 1]'::jsonb, 'lines'), l) FROM line l WHERE name = 'a';
SELECT corm.set(corm.relation(l, 'cities'), ARRAY(SELECT c FROM city c WHERE zip = 1)) FROM line l WHERE name = 'a';
SELECT corm.set(corm.relation('City', ROW('de', 1), 'lines'), '[["00000000-0000-0000-0000-000000000002", []]]'::jsonb);
SELECT name, country, zip, minutes, shelter FROM stop JOIN line ON code = line_code AND part = line_part ORDER BY 1, 2, 3;
SELECT try(format('SELECT corm.add(corm.relation(''City'', %s, ''lines''), %s)', o, t)) FROM (VALUES
	($$ROW('de', 1)$$, $$'x'$$), ($$ROW('de', 1)$$, $$'["00000000-0000-0000-0000-000000000009", [1]]'::jsonb$$), ($$ROW('de', 1)$$, $$'[1]'::jsonb$$), ($$ROW('de', 1)$$, $$'[[1, 2, 3]]'::jsonb$$),
	($$ROW('de', 1)$$, $$'{"code": "00000000-0000-0000-0000-000000000001"}'::jsonb$$), ($$ROW('de', 1)$$, $$ROW(NULL, '{1}')$$),
	($$ROW('de', 1)$$, $$ROW('00000000-0000-0000-0000-000000000001'::uuid, NULL::int[])$$), ($$ROW('de')$$, $$ROW('00000000-0000-0000-0000-000000000001'::uuid, '{1,2}'::int[])$$),
	($$ROW('xx', 1)$$, $$ROW('00000000-0000-0000-0000-000000000001'::uuid, '{1,2}'::int[])$$)) v(o, t);
\echo -- foreign keys to other unique columns, of another type
CREATE TABLE person (id int PRIMARY KEY, email text UNIQUE);
CREATE TABLE club (id int PRIMARY KEY, code int NOT NULL UNIQUE);
CREATE TABLE joined (email text REFERENCES person (email) ON UPDATE CASCADE, club bigint REFERENCES club (code), since int, UNIQUE (email, club));
INSERT INTO person VALUES (1, 'one'), (2, 'two'), (3, NULL);
INSERT INTO club VALUES (1, 100), (2, 200);
SELECT corm.register_model('person', 'Person'), corm.register_model('club', 'Club'), corm.register_model('joined', 'Joined');
SELECT corm.many_to_many('Person', 'clubs', 'Club', through => 'Joined', related_name => 'people');
SELECT corm.add(corm.relation('Person', 2, 'clubs'), ARRAY[2, 1]), corm.add(corm.relation('Club', 2, 'people'), p, '{"since": 5}') FROM person p WHERE id < 3 ORDER BY id;
SELECT rows_of('joined');
SELECT corm.set(corm.relation('Person', 2, 'clubs'), 1), corm.remove(corm.relation('Club', 2, 'people'), 1), rows_of('joined');
SELECT rows_of('joined');
\echo -- without a value there they cannot be linked; what is not there is not linked
SELECT try($$SELECT corm.add(corm.relation('Person', 3, 'clubs'), 1)$$);
SELECT try($$SELECT corm.add(corm.relation('Person', 9, 'clubs'), 1)$$);
SELECT try($$SELECT corm.add(corm.relation('Person', 1, 'clubs'), ARRAY[1, 9])$$);
SELECT corm.remove(corm.relation('Person', 2, 'clubs'), 9), corm.remove(corm.relation('Person', 9, 'clubs'), 1), corm.remove(corm.relation('Person', 3, 'clubs'), 1),
	corm.clear(corm.relation('Person', 9, 'clubs')), corm.clear(corm.relation('Person', 3, 'clubs')), corm.remove(corm.relation('Person', 2, 'clubs'), ARRAY[9, 1]);
SELECT rows_of('joined');

--
-- A model with itself
--
\echo -- directed
CREATE TABLE node (id int PRIMARY KEY);
INSERT INTO node SELECT generate_series(1, 5);
SELECT corm.register_model('node', 'Node');
SELECT corm.many_to_many('Node', 'follows', 'Node', related_name => 'followers');
SELECT corm.add(corm.relation('Node', 1, 'follows'), ARRAY[2, 3, 1]), corm.add(corm.relation('Node', 1, 'followers'), ARRAY[2, 1]);
SELECT through AS link FROM corm.relations WHERE model = 'Node' AND relation = 'follows' \gset
SELECT table_name AS link FROM corm.models WHERE model = :'link' \gset
SELECT rows_of(:'link');
SELECT corm.remove(corm.relation('Node', 1, 'follows'), 2), corm.set(corm.relation('Node', 3, 'followers'), ARRAY[4, 3]), corm.clear(corm.relation('Node', 1, 'followers'));
SELECT rows_of(:'link');
\echo -- symmetrical, generated: one row whichever end it is written from
SELECT corm.many_to_many('Node', 'friends', 'Node', symmetrical => true);
SELECT table_name AS link FROM corm.models WHERE model = (SELECT through FROM corm.relations WHERE model = 'Node' AND relation = 'friends') \gset
SELECT corm.add(corm.relation('Node', 2, 'friends'), ARRAY[3, 1, 2]), corm.add(corm.relation('Node', 1, 'friends'), ARRAY[2, 3]), corm.add(corm.relation('Node', 3, 'friends'), 2);
SELECT rows_of(:'link'), corm.count(corm.relation('Node', 2, 'friends')), corm.count(corm.relation('Node', 1, 'friends')), corm.count(corm.relation('Node', 3, 'friends'));
SELECT corm.remove(corm.relation('Node', 2, 'friends'), 1), corm.remove(corm.relation('Node', 2, 'friends'), 1), corm.remove(corm.relation('Node', 2, 'friends'), 2);
SELECT corm.set(corm.relation('Node', 3, 'friends'), ARRAY[4, 2]), corm.set(corm.relation('Node', 3, 'friends'), ARRAY[4, 2]);
SELECT rows_of(:'link');
SELECT corm.clear(corm.relation('Node', 4, 'friends')), rows_of(:'link');
SELECT corm.create(corm.relation('Node', 2, 'friends'), '{"id": 6}'), corm.create(corm.relation('Node', 6, 'friends'), '{"id": 0}');
SELECT rows_of(:'link');
SELECT try($$SELECT corm.add(corm.relation('Node', 1, 'friends'), 99)$$);
SELECT try($$SELECT corm.add(corm.relation('Node', 99, 'friends'), 1)$$);
\echo -- symmetrical, a foreign table of links: either order counts as one
CREATE TABLE knows (a int REFERENCES node, b int REFERENCES node, since int, PRIMARY KEY (a, b));
INSERT INTO knows VALUES (3, 1, 2000), (1, 2, 2001);
SELECT corm.register_model('knows', 'Knows');
SELECT corm.many_to_many('Node', 'knows', 'Node', through => 'Knows', symmetrical => true, through_relation_name => 'a', through_reverse_relation_name => 'b');
SELECT corm.add(corm.relation('Node', 1, 'knows'), ARRAY[3, 2, 4]), corm.add(corm.relation('Node', 3, 'knows'), 1), rows_of('knows');
SELECT corm.add(corm.relation('Node', 1, 'knows'), 3, '{"since": 7}'), corm.add(corm.relation('Node', 3, 'knows'), ARRAY[1, 4], '{"since": 8}'), rows_of('knows');
SELECT rows_of('knows');
SELECT corm.set(corm.relation('Node', 1, 'knows'), ARRAY[3, 5]);
SELECT rows_of('knows');
SELECT corm.remove(corm.relation('Node', 1, 'knows'), 3), corm.clear(corm.relation('Node', 5, 'knows')), corm.clear(corm.relation('Node', 3, 'knows'));
SELECT rows_of('knows');

--
-- Names, partitions, inheritance
--
CREATE TABLE "The Posts" ("the id" int PRIMARY KEY, "a__b" text);
CREATE TABLE "li""nk;s" ("the post" int REFERENCES "The Posts", "Tag" int REFERENCES tag, "select" int DEFAULT 1, "k1" text, UNIQUE ("the post", "Tag"));
INSERT INTO "The Posts" VALUES (1), (2);
SELECT corm.register_model('"The Posts"', '"A ""Post"" */"'), corm.register_model('"li""nk;s"', '"Li*/nk"');
SELECT corm.many_to_many('"A ""Post"" */"', 'my tags', 'Tag', through => '"Li*/nk"', related_name => 'odd');
SELECT corm.add(corm.relation('"A ""Post"" */"', 1, 'my tags'), ARRAY[1, 2], '{"select": 5}'), corm.add(corm.relation('Tag', 1, 'odd'), ARRAY[1, 2], '{"k1": "x", "select": 6}'), rows_of('"li""nk;s"');
SELECT corm.set(corm.relation('"A ""Post"" */"', 1, 'my tags'), '[{"the id": 2, "id": 3, "Li*/nk": {"k1": "''"}}]'::jsonb), rows_of('"li""nk;s"');
SELECT corm.clear(corm.relation('Tag', 1, 'odd')), rows_of('"li""nk;s"');
CREATE TABLE parted (post_id int REFERENCES post, tag_id int REFERENCES tag, n int, PRIMARY KEY (post_id, tag_id)) PARTITION BY RANGE (post_id);
CREATE TABLE parted1 PARTITION OF parted FOR VALUES FROM (1) TO (3);
CREATE TABLE parted2 (n int, tag_id int NOT NULL, post_id int NOT NULL);
ALTER TABLE parted ATTACH PARTITION parted2 FOR VALUES FROM (3) TO (9);
SELECT corm.register_model('parted', 'Parted');
SELECT corm.many_to_many('Post', 'parted', 'Tag', through => 'Parted', related_name => 'parted_of');
SELECT corm.add(corm.relation('Tag', 1, 'parted_of'), ARRAY[4, 1, 3]), corm.add(corm.relation('Tag', 1, 'parted_of'), ARRAY[1, 2, 3], '{"n": 1}');
SELECT tableoid::regclass, post_id, tag_id, n FROM parted ORDER BY 2;
SELECT corm.set(corm.relation('Tag', 1, 'parted_of'), ARRAY[2, 4], '{"n": 2}'), corm.remove(corm.relation('Post', 4, 'parted'), 1), rows_of('parted');
SELECT rows_of('parted');
CREATE TABLE child_of_likes () INHERITS (likes);
INSERT INTO child_of_likes VALUES (2, 5);
SELECT corm.remove(corm.relation('Post', 2, 'liked'), 5), rows_of('likes');

--
-- Triggers on the link table
--
CREATE TABLE watched (post_id int NOT NULL REFERENCES post, tag_id int NOT NULL REFERENCES tag, n int, stamp text DEFAULT 'new', PRIMARY KEY (post_id, tag_id));
SELECT corm.register_model('watched', 'Watched');
SELECT corm.many_to_many('Post', 'watched', 'Tag', through => 'Watched', related_name => 'watched_of');
CREATE FUNCTION meddle() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	IF TG_OP = 'DELETE' THEN
		RETURN CASE WHEN OLD.tag_id = 2 THEN NULL ELSE OLD END;
	END IF;
	IF NEW.tag_id = 1 THEN RETURN NULL; END IF;
	IF NEW.tag_id = 3 THEN NEW.tag_id = 4; END IF;
	NEW.stamp = lower(TG_OP);
	RETURN NEW;
END
$$;
CREATE TRIGGER meddle BEFORE INSERT OR UPDATE OR DELETE ON watched FOR EACH ROW EXECUTE FUNCTION meddle();
\echo -- what a trigger suppresses does not count
SELECT corm.add(corm.relation('Post', 1, 'watched'), 1), corm.add(corm.relation('Post', 1, 'watched'), ARRAY[1, 2, 5]), rows_of('watched');
\echo -- what a trigger turns into another row is written as that
SELECT corm.add(corm.relation('Post', 1, 'watched'), 3), corm.add(corm.relation('Post', 1, 'watched'), 3), rows_of('watched');
SELECT corm.add(corm.relation('Post', 1, 'watched'), 5, '{"n": 1}'), corm.add(corm.relation('Post', 1, 'watched'), 5, '{"n": 1}'), rows_of('watched');
SELECT corm.remove(corm.relation('Post', 1, 'watched'), ARRAY[2, 4]), corm.clear(corm.relation('Post', 1, 'watched')), rows_of('watched');
\echo -- a row whose link is suppressed is created all the same
SELECT corm.create(corm.relation('Tag', 1, 'watched_of'), '{"id": 20}') IS NULL, (SELECT count(*) FROM post WHERE id = 20);
SELECT count(*) FROM post WHERE id = 20;
\echo -- a trigger that raises undoes the call
CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'no more than two'; END $$;
CREATE TRIGGER refuse AFTER INSERT ON likes FOR EACH ROW WHEN (NEW.tag_id = 6) EXECUTE FUNCTION refuse();
SELECT rows_of('likes');
SELECT try($$SELECT corm.set(corm.relation('Post', 1, 'liked'), ARRAY[2, 3, 6])$$);
SELECT try($$SELECT corm.create(corm.relation('Tag', 6, 'liked_by'), '{"id": 30}')$$);
SELECT rows_of('likes'), (SELECT count(*) FROM post WHERE id = 30);

--
-- Columns that fill themselves
--
CREATE TABLE auto (id bigint GENERATED BY DEFAULT AS IDENTITY, post_id int REFERENCES post, tag_id int REFERENCES tag, doubled int GENERATED ALWAYS AS (post_id * 2) STORED,
	made text DEFAULT 'by default', must text NOT NULL, serial int GENERATED ALWAYS AS IDENTITY, PRIMARY KEY (id), UNIQUE (post_id, tag_id));
SELECT corm.register_model('auto', 'Auto');
SELECT corm.many_to_many('Post', 'auto', 'Tag', through => 'Auto', related_name => 'auto_of');
SELECT corm.add(corm.relation('Post', 2, 'auto'), ARRAY[2, 1], '{"must": "m"}'), corm.add(corm.relation('Post', 2, 'auto'), 3, '{"must": "m", "made": null}'), rows_of('auto');
SELECT try(format('SELECT corm.add(corm.relation(''Post'', 2, ''auto''), 4, %L)', t)) FROM unnest(ARRAY['{}', '{"must": null}', '{"must": "m", "doubled": 1}', '{"must": "m", "serial": 1}', '{"must": "m", "id": 1}']) t;

\echo -- a link that is there need not be described in full
CREATE TABLE priced (post_id int REFERENCES post, tag_id int REFERENCES tag, price int NOT NULL, amount int NOT NULL, PRIMARY KEY (post_id, tag_id));
INSERT INTO priced VALUES (1, 1, 10, 1), (1, 2, 20, 2), (1, 3, 30, 3);
SELECT corm.register_model('priced', 'Priced');
SELECT corm.many_to_many('Post', 'priced', 'Tag', through => 'Priced', related_name => 'priced_of');
SELECT corm.add(corm.relation('Post', 1, 'priced'), 1), corm.add(corm.relation('Post', 1, 'priced'), ARRAY[3, 1]), rows_of('priced');
SELECT corm.add(corm.relation('Post', 1, 'priced'), 1, '{"price": 11}'), corm.add(corm.relation('Post', 1, 'priced'), ARRAY[2, 1], '{"price": 11}'), rows_of('priced');
SELECT corm.set(corm.relation('Post', 1, 'priced'), ARRAY[1, 2]), corm.set(corm.relation('Post', 1, 'priced'), ARRAY[2], '{"amount": 5}'), rows_of('priced');
SELECT corm.add(corm.relation('Post', 1, 'priced'), '[{"id": 4, "Priced": {"price": 4, "amount": 4}}, {"id": 2, "Priced": {"amount": 6}}]'::jsonb), rows_of('priced');
SELECT try($$SELECT corm.add(corm.relation('Post', 1, 'priced'), 5)$$), try($$SELECT corm.add(corm.relation('Post', 1, 'priced'), ARRAY[2, 5], '{"price": 1}')$$), rows_of('priced');

\set VERBOSITY terse
SET client_min_messages = warning;
DROP SCHEMA corm_link_m2m CASCADE;
