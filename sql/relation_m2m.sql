-- Many-to-many relations: link tables that are made, through tables that are there.
\set VERBOSITY default
\set SHOW_CONTEXT never
-- What is reported where the event triggers have not followed.
SELECT CASE evtenabled WHEN 'D' THEN 'DISABLE' ELSE 'ENABLE' END AS found FROM pg_event_trigger WHERE evtname = 'corm_sql_drop' \gset
ALTER EVENT TRIGGER corm_sql_drop DISABLE;
ALTER EVENT TRIGGER corm_ddl_command_end DISABLE;
CREATE SCHEMA t_m2m;
SET search_path = t_m2m;
CREATE VIEW shown AS
	SELECT model, relation, target, columns, target_columns, through, related_name, on_delete, constraint_name
	  FROM corm.relations WHERE kind = 'many_to_many' AND model !~ '^(?!t_m2m).*\.';

SELECT corm.create_model('Post', '{"title": "text"}');
SELECT corm.create_model('Category', '{"name": "text"}', 'categories');
SELECT corm.create_model('Person', '{"name": "text"}');

-- the link table is made, and is a model
SELECT corm.many_to_many('Post', 'categories', 'Category');
\d posts_categories
SELECT * FROM shown ORDER BY model, relation;
SELECT model, table_name, primary_key FROM corm.models WHERE model = 'PostCategory';
SELECT model, relation, to_many, nullable FROM corm.relations WHERE through = 'PostCategory' ORDER BY model, relation;

-- again: nothing happens; with other options: an error
SELECT corm.many_to_many('Post', 'categories', 'Category');
SELECT corm.many_to_many('Post', 'categories', 'Category', related_name => 'posts', through => 'PostCategory', through_relation_name => 'post_id');
SELECT corm.many_to_many('Post', 'categories', 'Person', related_name => 'posts');
SELECT corm.many_to_many('Post', 'categories', 'Category', related_name => 'entries');
SELECT corm.many_to_many('Post', 'categories', 'Category', skip_reverse => true);
SELECT corm.many_to_many('Post', 'categories', 'Category', through => 'Person');
SELECT corm.many_to_many('Post', 'categories', 'Category', through => 'PostCategory', through_relation_name => 'category_id');
SELECT corm.foreign_key('Post', 'categories', 'Category');
SELECT count(*) FROM pg_class WHERE relnamespace = 't_m2m'::regnamespace AND relkind = 'r';

-- a second one of the same pair
SELECT corm.many_to_many('Post', 'hidden_in', 'Category');
SELECT corm.many_to_many('Post', 'hidden_in', 'Category', skip_reverse => true);
SELECT corm.many_to_many('Post', 'starred_in', 'Category', related_name => 'stars');
SELECT relation, through, related_name FROM shown WHERE model = 'Post' ORDER BY relation;
SELECT model, table_name FROM corm.models WHERE model LIKE 'PostC%' ORDER BY model;

-- to itself
SELECT corm.many_to_many('Person', 'follows', 'Person');
SELECT corm.many_to_many('Person', 'follows', 'Person', related_name => 'follows');
SELECT corm.many_to_many('Person', 'follows', 'Person', related_name => 'followers');
SELECT corm.many_to_many('Person', 'friends', 'Person', symmetrical => true);
SELECT corm.many_to_many('Person', 'friends', 'Person', symmetrical => true);
SELECT corm.many_to_many('Person', 'friends', 'Person', related_name => 'befriended');
SELECT corm.many_to_many('Person', 'kin', 'Person', symmetrical => true, related_name => 'kin_of');
SELECT corm.many_to_many('Person', 'posts', 'Post', symmetrical => true);
\d persons_persons
\d persons_persons_friends
SELECT * FROM shown WHERE model = 'Person' ORDER BY relation;

-- composite and natural keys, their types, schemas and quotes
CREATE SCHEMA t_m2m_2;
CREATE DOMAIN code AS char(3);
CREATE TABLE t_m2m_2."Sites" (tenant int, code code COLLATE "C", PRIMARY KEY (code, tenant));
SELECT corm.register_model('t_m2m_2."Sites"', 'Site');
SELECT corm.many_to_many('t_m2m_2.Site', 'categories', 'Category');
\d t_m2m_2."Sites_categories"
SELECT corm.many_to_many('t_m2m_2.Site', 'near', 't_m2m_2.Site', symmetrical => true);
SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = 't_m2m_2."Sites_Sites"'::regclass AND contype = 'c';
SELECT corm.create_model('t_m2m_2.Post', '{"nr": {"type": "uuid", "primary_key": true}}');
SELECT corm.many_to_many('Post', 'copies', 't_m2m_2.Post', related_name => 'originals');
\d posts_posts
SELECT * FROM shown WHERE model ~ 'Site|t_m2m_2' ORDER BY model, relation;

-- the order of a symmetrical pair is the type's own
CREATE TABLE words (w text COLLATE "C" PRIMARY KEY);
SELECT corm.register_model('words', 'Word');
SELECT corm.many_to_many('Word', 'synonyms', 'Word', symmetrical => true);
INSERT INTO words VALUES ('a'), ('B');
INSERT INTO words_words VALUES ('B', 'a');
INSERT INTO words_words VALUES ('a', 'B');

-- through a model with columns of its own
SELECT corm.create_model('Student', '{"name": "text"}');
SELECT corm.create_model('Course', '{"name": "text"}');
SELECT corm.create_model('Enrollment', '{
	"student": {"foreign_key": "Student", "on_delete": "cascade", "nullable": false},
	"course": {"foreign_key": "Course", "on_delete": "cascade", "nullable": false},
	"grade": "int"}');
SELECT corm.many_to_many('Student', 'courses', 'Course', through => 'Enrollment', related_name => 'students');
SELECT corm.many_to_many('Student', 'courses', 'Course', through => 'Enrollment', related_name => 'students');
SELECT corm.many_to_many('Student', 'courses', 'Course', related_name => 'students');
SELECT * FROM shown WHERE through = 'Enrollment' ORDER BY model;

-- through a table, registered under its name
CREATE TABLE memberships (person bigint REFERENCES persons, category bigint REFERENCES categories, since date);
SELECT corm.many_to_many('Person', 'groups', 'Category', through => 'memberships', related_name => 'members');
SELECT model, primary_key FROM corm.models WHERE table_name = 'memberships'::regclass;
SELECT corm.many_to_many('Category', 'more_members', 'Person', through => 't_m2m.memberships', related_name => 'more_groups');
SELECT * FROM shown WHERE through = 'memberships' ORDER BY model, relation;

-- several foreign keys to one end
CREATE TABLE messages (id int PRIMARY KEY, sender bigint REFERENCES persons, recipient bigint REFERENCES persons, post bigint REFERENCES posts);
SELECT corm.register_model('messages', 'Message');
SELECT corm.foreign_key('Message', 'from', 'Person', columns => '{sender}', related_name => 'sent');
SELECT corm.many_to_many('Person', 'wrote_to', 'Person', through => 'Message', related_name => 'heard_from');
SELECT corm.many_to_many('Person', 'got', 'Post', through => 'Message', related_name => 'receivers');
SELECT corm.many_to_many('Person', 'wrote_to', 'Person', through => 'Message', related_name => 'heard_from', through_relation_name => 'form');
SELECT corm.many_to_many('Person', 'wrote_to', 'Person', through => 'Message', related_name => 'heard_from', through_relation_name => 'sender', through_reverse_relation_name => 'sender');
SELECT corm.many_to_many('Person', 'wrote_to', 'Person', through => 'Message', related_name => 'heard_from', through_relation_name => 'from', through_reverse_relation_name => 'recipient');
SELECT corm.many_to_many('Person', 'got', 'Post', through => 'Message', related_name => 'receivers', through_relation_name => 'recipient');
SELECT corm.many_to_many('Person', 'pals', 'Person', through => 'Message', symmetrical => true);
SELECT * FROM shown WHERE through = 'Message' ORDER BY model, relation;

-- a through table that lacks a foreign key, or is none
SELECT corm.many_to_many('Person', 'authored', 'Student', through => 'Message', related_name => 'x');
SELECT corm.many_to_many('Post', 'posts', 'Post', through => 'Message', related_name => 'x');
-- the hint holds for a table that is no model yet, too
CREATE TABLE "Half Link" (id int PRIMARY KEY, person bigint REFERENCES persons);
SELECT corm.many_to_many('Person', 'halves', 'Post', through => 'Half Link', related_name => 'halved');
SELECT corm.register_model('t_m2m."Half Link"'); SELECT corm.foreign_key('Half Link', 'post', 'Post', skip_reverse => true);
SELECT corm.many_to_many('Person', 'halves', 'Post', through => 'Half Link', related_name => 'halved');
SELECT corm.drop_model('Half Link', true);
SELECT corm.create_model('Whole', '{"x": {"many_to_many": "Post", "through": "Message"}}');
SELECT corm.many_to_many('Person', 'x', 'Post', through => 'Massage');
CREATE VIEW looks AS SELECT * FROM messages;
SELECT corm.many_to_many('Person', 'x', 'Post', through => 'looks', related_name => 'y');

-- ends without a key, or that are no tables
CREATE TABLE keyless (a int UNIQUE);
SELECT corm.register_model('keyless', 'Keyless');
SELECT corm.many_to_many('Keyless', 'x', 'Post');
SELECT corm.many_to_many('Post', 'x', 'Keyless');
SELECT corm.register_model('shown', 'View');
SELECT corm.many_to_many('Post', 'x', 'View');

-- names that clash
SELECT corm.many_to_many('Post', 'title', 'Person', related_name => 'x');
SELECT corm.many_to_many('Post', 'x', 'Person', related_name => 'name');
SELECT corm.many_to_many('Post', 'x', 'Category', through => 'PostCategory');

-- partitioned tables, and a link table as part of create_model
CREATE TABLE logs (id bigint PRIMARY KEY) PARTITION BY HASH (id);
CREATE TABLE logs_0 PARTITION OF logs FOR VALUES WITH (MODULUS 2, REMAINDER 0);
CREATE TABLE logs_1 PARTITION OF logs FOR VALUES WITH (MODULUS 2, REMAINDER 1);
SELECT corm.register_model('logs', 'Log');
SELECT corm.create_model('Label', '{"logs": {"many_to_many": "Log", "related_name": "labels"}, "parents": {"many_to_many": "Label", "related_name": "children"}}');
SELECT * FROM shown WHERE 'Label' IN (model, target) ORDER BY model, relation;

-- renames are followed; a lost foreign key or table ends the relation
ALTER TABLE posts_categories RENAME TO links;
ALTER TABLE links RENAME post_id TO p;
SELECT relation, columns, target_columns, through FROM shown WHERE model = 'Post' AND relation = 'categories';
ALTER TABLE links DROP CONSTRAINT posts_categories_category_id_fkey;
SELECT model, relation, kind, target, columns, target_columns, through FROM corm.relations WHERE through = 'PostCategory' ORDER BY model;
DROP TABLE links;
SELECT model, relation, kind, target, columns, target_columns, through FROM corm.relations WHERE model = 'Post' AND relation = 'categories';
SELECT corm.many_to_many('Post', 'categories', 'Category');
SELECT relation, columns, target_columns, through FROM shown WHERE model = 'Post' AND relation = 'categories';

DELETE FROM corm.relation r USING pg_class c
 WHERE c.oid = r.source AND relnamespace IN ('t_m2m'::regnamespace, 't_m2m_2'::regnamespace);
DELETE FROM corm.model m USING pg_class c
 WHERE c.oid = m.table_name AND relnamespace IN ('t_m2m'::regnamespace, 't_m2m_2'::regnamespace);
DELETE FROM corm.relation r WHERE NOT EXISTS (SELECT FROM pg_class WHERE oid = source);
DELETE FROM corm.model m WHERE NOT EXISTS (SELECT FROM pg_class WHERE oid = table_name);
SET client_min_messages = warning;
DROP SCHEMA t_m2m, t_m2m_2 CASCADE;
ALTER EVENT TRIGGER corm_sql_drop :found;
ALTER EVENT TRIGGER corm_ddl_command_end :found;
