-- Calls in no particular order, beside what each of them means in plain SQL: what
-- is linked afterwards, and how much each says that it changed.
CREATE SCHEMA corm_link_random;
SET search_path = corm_link_random;
\pset format unaligned
\pset tuples_only on
CREATE TABLE post (id int PRIMARY KEY);
CREATE TABLE tag (id int PRIMARY KEY);
CREATE TABLE keyed (post_id int REFERENCES post, tag_id int REFERENCES tag, n int, PRIMARY KEY (post_id, tag_id));
CREATE TABLE loose (post_id int REFERENCES post, tag_id int REFERENCES tag, n int);
CREATE TABLE priced (post_id int REFERENCES post, tag_id int REFERENCES tag, n int, price int NOT NULL DEFAULT 1, PRIMARY KEY (post_id, tag_id));
CREATE TABLE near (post_id int REFERENCES post, tag_id int REFERENCES post, n int, PRIMARY KEY (post_id, tag_id), CHECK (post_id <= tag_id));
CREATE TABLE child (id int PRIMARY KEY, post_id int REFERENCES post);
INSERT INTO post SELECT generate_series(1, 8);
INSERT INTO tag SELECT generate_series(1, 8);
INSERT INTO child SELECT generate_series(1, 8);
SELECT corm.register_model(t::regclass, initcap(t)) FROM unnest(ARRAY['post', 'tag', 'keyed', 'loose', 'priced', 'near', 'child']) t;
SELECT corm.many_to_many('Post', 'keyed', 'Tag', through => 'Keyed', related_name => 'keyed_of'), corm.many_to_many('Post', 'loose', 'Tag', through => 'Loose', related_name => 'loose_of'), corm.many_to_many('Post', 'priced', 'Tag', through => 'Priced', related_name => 'priced_of'),
	corm.many_to_many('Post', 'near', 'Post', through => 'Near', symmetrical => true, through_relation_name => 'post_id', through_reverse_relation_name => 'tag_id'), corm.foreign_key('Child', 'post', 'Post', columns => '{post_id}', related_name => 'children');
-- What should be linked: pairs with their value.
CREATE TABLE pair (post_id int, tag_id int, n int, PRIMARY KEY (post_id, tag_id));

-- The pairs that an owner's targets come to: turned round from the other end, and
-- with the smaller number first where the relation is symmetrical.
CREATE FUNCTION pairs(owner int, targets int[], turned boolean, symmetrical boolean) RETURNS TABLE (post_id int, tag_id int) LANGUAGE sql AS $$
	SELECT DISTINCT CASE WHEN symmetrical THEN least(owner, t) WHEN turned THEN t ELSE owner END, CASE WHEN symmetrical THEN greatest(owner, t) WHEN turned THEN owner ELSE t END FROM unnest(targets) t
$$;
-- What a call should do to pair, and its result.
CREATE FUNCTION expected(verb text, owner int, targets int[], value int, turned boolean, symmetrical boolean) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	gone bigint := 0; changed bigint := 0; added bigint := 0; linked boolean;
BEGIN
	IF verb IN ('set', 'clear') THEN
		DELETE FROM pair p WHERE owner = ANY (CASE WHEN symmetrical THEN ARRAY[p.post_id, p.tag_id] WHEN turned THEN ARRAY[p.tag_id] ELSE ARRAY[p.post_id] END)
			AND (verb = 'clear' OR (p.post_id, p.tag_id) NOT IN (SELECT * FROM pairs(owner, targets, turned, symmetrical)));
		GET DIAGNOSTICS gone = ROW_COUNT;
	ELSIF verb IN ('remove', 'toggle') THEN
		DELETE FROM pair p WHERE (p.post_id, p.tag_id) IN (SELECT * FROM pairs(owner, targets, turned, symmetrical));
		GET DIAGNOSTICS gone = ROW_COUNT;
	END IF;
	IF verb IN ('set', 'add') AND value IS NOT NULL THEN
		UPDATE pair p SET n = value WHERE (p.post_id, p.tag_id) IN (SELECT * FROM pairs(owner, targets, turned, symmetrical)) AND n IS DISTINCT FROM value;
		GET DIAGNOSTICS changed = ROW_COUNT;
	END IF;
	linked := verb = 'toggle' AND gone = 0;
	IF verb IN ('set', 'add') OR linked THEN
		INSERT INTO pair SELECT *, CASE WHEN verb <> 'toggle' THEN value END FROM pairs(owner, targets, turned, symmetrical) ON CONFLICT DO NOTHING;
		GET DIAGNOSTICS added = ROW_COUNT;
	END IF;
	RETURN CASE WHEN verb = 'toggle' THEN linked::text ELSE (gone + changed + added)::text END;
END
$$;
CREATE FUNCTION differs(link text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE result text;
BEGIN
	EXECUTE format('SELECT string_agg(d::text, '' '') FROM ((TABLE pair EXCEPT SELECT post_id, tag_id, n FROM %I) UNION ALL (SELECT post_id, tag_id, n FROM %1$I EXCEPT ALL TABLE pair)) d', link) INTO result;
	RETURN result;
END
$$;
CREATE FUNCTION run(link text, symmetrical boolean, calls int, seed int) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	verb text; owner int; targets int[]; value int; turned boolean; r int; want text; got text; call text; diff text;
BEGIN
	EXECUTE format('TRUNCATE pair, %I', link);
	FOR i IN 1 .. calls LOOP
		r := hashint4(seed * 100000 + i) & 1073741823;
		verb := (ARRAY['add', 'add', 'set', 'set', 'remove', 'toggle', 'toggle', 'clear'])[1 + r % 8];
		owner := 1 + (r >> 3) % 4;
		turned := NOT symmetrical AND (r >> 6) % 2 = 1;
		SELECT array_agg(1 + (hashint4(r + j) & 255) % 8) INTO targets FROM generate_series(1, CASE verb WHEN 'toggle' THEN 1 ELSE (r >> 8) % 5 END) j;
		targets := coalesce(targets, '{}');
		value := CASE WHEN verb IN ('add', 'set') AND (r >> 12) % 3 = 0 THEN (r >> 14) % 3 END;
		call := format('SELECT corm.%s(corm.relation(''Post'', %s, %L)%s%s)::text', verb, owner, link,
			CASE WHEN verb = 'clear' THEN '' ELSE format(', %L::int[]', targets) END, CASE WHEN value IS NOT NULL THEN format(', ''{"n": %s}''', value) ELSE '' END);
		IF turned THEN
			call := replace(replace(call, '''Post''', '''Tag'''), quote_literal(link), quote_literal(link || '_of'));
		END IF;
		want := expected(verb, owner, targets, value, turned, symmetrical);
		EXECUTE call INTO got;
		diff := differs(link);
		IF got IS DISTINCT FROM want OR diff IS NOT NULL THEN
			RETURN format('%s: %s gives %s, not %s; %s', i, call, got, want, diff);
		END IF;
	END LOOP;
	RETURN 'same';
END
$$;
SELECT link, run(link, link = 'near', 250, 1) FROM unnest(ARRAY['keyed', 'loose', 'priced', 'near']) link;

-- Children: each has one owner.
CREATE TABLE owned (id int PRIMARY KEY, post_id int);
CREATE FUNCTION run_children(calls int, seed int) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	verb text; owner int; targets int[]; r int; want bigint; n bigint; got text; call text; linked boolean;
BEGIN
	INSERT INTO owned SELECT id, NULL FROM child;
	FOR i IN 1 .. calls LOOP
		r := hashint4(seed * 100000 + i) & 1073741823;
		verb := (ARRAY['add', 'add', 'set', 'set', 'remove', 'toggle', 'toggle', 'clear'])[1 + r % 8];
		owner := 1 + (r >> 3) % 4;
		SELECT array_agg(1 + (hashint4(r + j) & 255) % 8) INTO targets FROM generate_series(1, CASE verb WHEN 'toggle' THEN 1 ELSE (r >> 8) % 5 END) j;
		targets := coalesce(targets, '{}');
		call := format('SELECT corm.%s(corm.relation(''Post'', %s, ''children'')%s)::text', verb, owner, CASE WHEN verb = 'clear' THEN '' ELSE format(', %L::int[]', targets) END);
		linked := EXISTS (SELECT FROM owned WHERE id = ANY (targets) AND post_id = owner);
		want := 0;
		IF verb IN ('set', 'clear', 'remove') OR verb = 'toggle' AND linked THEN
			UPDATE owned SET post_id = NULL WHERE post_id = owner AND (verb = 'clear' OR (verb = 'set') <> (id = ANY (targets)));
			GET DIAGNOSTICS want = ROW_COUNT;
		END IF;
		IF verb IN ('set', 'add') OR verb = 'toggle' AND NOT linked THEN
			UPDATE owned SET post_id = owner WHERE id = ANY (targets) AND post_id IS DISTINCT FROM owner;
			GET DIAGNOSTICS n = ROW_COUNT;
			want := want + n;
		END IF;
		EXECUTE call INTO got;
		IF got IS DISTINCT FROM (CASE WHEN verb = 'toggle' THEN (NOT linked)::text ELSE want::text END) OR EXISTS (TABLE child EXCEPT TABLE owned) THEN
			RETURN format('%s: %s gives %s', i, call, got);
		END IF;
	END LOOP;
	RETURN 'same';
END
$$;
SELECT run_children(250, 2);

\set VERBOSITY terse
SET client_min_messages = warning;
DROP SCHEMA corm_link_random CASCADE;
