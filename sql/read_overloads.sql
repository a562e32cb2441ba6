-- relation of a row, related and prefetch with every kind of key that a client
-- may hand over; what is related is compared with plain SQL.
CREATE SCHEMA corm_read_overloads;
SET search_path = corm_read_overloads;
\set SHOW_CONTEXT never
\pset format unaligned
\pset tuples_only on
CREATE TABLE post (id int PRIMARY KEY, title text);
CREATE TABLE note (id bigint PRIMARY KEY, post_id int REFERENCES post);
CREATE TABLE file (id uuid PRIMARY KEY);
CREATE TABLE page (id int PRIMARY KEY, file_id uuid REFERENCES file);
CREATE TABLE cell (x int, y int, PRIMARY KEY (x, y));
CREATE TABLE mark (id int PRIMARY KEY, x int, y int, FOREIGN KEY (x, y) REFERENCES cell);
INSERT INTO post VALUES (1, 'a'), (2, 'b'), (3, 'c');
INSERT INTO note VALUES (10, 1), (11, 1), (12, 2);
INSERT INTO file VALUES ('00000000-0000-0000-0000-000000000001');
INSERT INTO page SELECT n, '00000000-0000-0000-0000-000000000001' FROM generate_series(1, 2) n;
INSERT INTO cell VALUES (1, 1), (1, 2);
INSERT INTO mark VALUES (1, 1, 2);
SELECT corm.register_model(t::regclass, initcap(t)) FROM unnest('{post,note,file,page,cell,mark}'::text[]) t;
SELECT corm.foreign_key('Note', 'post', 'Post', related_name => 'notes'), corm.foreign_key('Page', 'file', 'File', related_name => 'pages'),
	corm.foreign_key('Mark', 'cell', 'Cell', columns => '{x,y}', related_name => 'marks');

\echo -- relation of a row: in FROM, in the select list, from a CTE and a sub-select, of nothing
SELECT p.id, corm.count(corm.relation(p, 'notes')) = (SELECT count(*) FROM note n WHERE n.post_id = p.id) FROM post p ORDER BY id;
SELECT n.* FROM post p, LATERAL corm.rows(NULL::note, corm.relation(p, 'notes', order_by => '{-id}')) n WHERE p.id = 1;
SELECT corm.count(corm.relation((SELECT p FROM post p WHERE id = 2), 'notes'));
SELECT corm.list(corm.relation(NULL::post, 'notes'));
SELECT corm.count(corm.relation(c, 'marks')) FROM cell c ORDER BY x, y;

\echo -- related: literals, integers, uuid, row, jsonb, NULL
SELECT string_agg(object::text, ' ') FROM corm.related('Post', '1', 'notes');
SELECT string_agg(object::text, ' ') FROM corm.related('Post', 1, 'notes', limit_count => 1);
SELECT string_agg(object::text, ' ') FROM corm.related('Post', 1::bigint, 'notes', filter => '{"id__gt": 10}');
SELECT string_agg(object->>'id', ' ') FROM corm.related('File', '00000000-0000-0000-0000-000000000001'::uuid, 'pages');
SELECT string_agg(r.object->>'id', ' ') FROM post p, corm.related('Post', p, 'notes') r WHERE p.id = 2;
SELECT string_agg(object->>'id', ' ') FROM corm.related('Cell', '[1, 2]'::jsonb, 'marks');
SELECT string_agg(object->>'id', ' ') FROM corm.related('Cell', '{"x": 1, "y": 2}'::jsonb, 'marks');
SELECT count(*) FROM corm.related('Post', NULL, 'notes');
PREPARE related1 AS SELECT string_agg(object->>'id', ' ') FROM corm.related($1, $2, $3);
EXECUTE related1('Post', '1', 'notes');
PREPARE related2 (int) AS SELECT string_agg(object->>'id', ' ') FROM corm.related($2, $1, $3, limit_count => $4);
EXECUTE related2(1, 'Post', 'notes', 1);
SELECT corm.related('Post', 'x', 'notes');
SELECT corm.related('Post', f, 'notes') FROM file f;

\echo -- prefetch: a literal is one key; arrays of integers, bigints, uuids, texts and rows; jsonb lists and single keys
SELECT pk, related FROM corm.prefetch('Post', '1', 'notes', fields => '{id}');
SELECT pk, related FROM corm.prefetch('Post', ARRAY[2, 1, 9, 2], 'notes', fields => '{id}');
SELECT pk, related FROM corm.prefetch('Post', ARRAY[3::bigint], 'notes');
SELECT pk, related FROM corm.prefetch('Post', '{1,2}'::text[], 'notes', fields => '{id}', limit_count => 1);
SELECT pk, related FROM corm.prefetch('File', ARRAY['00000000-0000-0000-0000-000000000001'::uuid], 'pages', fields => '{id}');
SELECT pk, related FROM corm.prefetch('Post', (SELECT array_agg(p ORDER BY id DESC) FROM post p), 'notes', fields => '{id}');
SELECT pk, related FROM corm.prefetch('Post', '[1, "2", null]'::jsonb, 'notes', fields => '{id}');
SELECT pk, related FROM corm.prefetch('Post', '2'::jsonb, 'notes', fields => '{id}');
SELECT pk, related FROM corm.prefetch('Cell', '[[1, 2], {"x": 1, "y": 1}]'::jsonb, 'marks', fields => '{id}');
SELECT pk, related FROM corm.prefetch('Note', ARRAY[10, 99], 'post');
SELECT count(*) FROM corm.prefetch('Post', '{}'::int[], 'notes');
SELECT count(*) FROM corm.prefetch('Post', NULL, 'notes');
PREPARE prefetch1 AS SELECT pk, related FROM corm.prefetch($1, $2, $3, fields => $4);
EXECUTE prefetch1('Post', '2', 'notes', '{id}');
PREPARE prefetch2 (int[]) AS SELECT pk, related FROM corm.prefetch('Post', $1, $2, fields => $3, limit_count => $4);
EXECUTE prefetch2('{1,2}', 'notes', '{id}', 1);
PREPARE prefetch3 (jsonb) AS SELECT pk, related FROM corm.prefetch('Post', $1, $2, fields => $3);
EXECUTE prefetch3('[1]', 'notes', '{id}');
\echo -- one text is one key, however it looks; keys of other models and shapes are refused
SELECT corm.prefetch('Post', '[1, 2]', 'notes');
SELECT corm.prefetch('Post', (SELECT array_agg(f) FROM file f), 'notes');
SELECT corm.prefetch('Cell', ARRAY[1, 2], 'marks');
SELECT corm.prefetch('Post', ARRAY[1], 'nodes');

SELECT corm.drop_model(m) FROM unnest('{Note,Page,Mark,Post,File,Cell}'::text[]) m;
\set VERBOSITY terse
SET client_min_messages = warning;
DROP SCHEMA corm_read_overloads CASCADE;
