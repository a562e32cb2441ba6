-- Which tables are link tables when a schema is adopted, and what they are called.
\set VERBOSITY default
\set SHOW_CONTEXT never
CREATE SCHEMA t_link;
SET search_path = t_link;
CREATE VIEW links AS
	SELECT model, relation, target, related_name, through FROM corm.relations
	 WHERE kind = 'many_to_many' ORDER BY model COLLATE "C", relation COLLATE "C";
CREATE TABLE a (id int PRIMARY KEY);
CREATE TABLE b (id int PRIMARY KEY);
CREATE TABLE c (x int, y int, PRIMARY KEY (x, y));

-- they are: by a primary key, a unique constraint, a unique index; with more columns, in the key too; over several columns
CREATE TABLE by_key (a_id int REFERENCES a, b_id int REFERENCES b, note text, PRIMARY KEY (b_id, a_id));
CREATE TABLE by_constraint (id int PRIMARY KEY, a_id int REFERENCES a, c_x int, c_y int, UNIQUE (a_id, c_x, c_y), FOREIGN KEY (c_x, c_y) REFERENCES c);
CREATE TABLE by_index (since int, b_id int REFERENCES b, c_x int, c_y int, FOREIGN KEY (c_x, c_y) REFERENCES c);
CREATE UNIQUE INDEX ON by_index (b_id, c_x, c_y, since) INCLUDE (since);

-- they are not, and each looks like one
CREATE TABLE no_key (a_id int REFERENCES a, b_id int REFERENCES b);
CREATE TABLE own_key (id int PRIMARY KEY, a_id int NOT NULL REFERENCES a, b_id int NOT NULL REFERENCES b);
CREATE TABLE partly (a_id int REFERENCES a, b_id int REFERENCES b);
CREATE UNIQUE INDEX ON partly (a_id, b_id) WHERE a_id > 0;
CREATE TABLE by_expression (a_id int REFERENCES a, b_id int REFERENCES b);
CREATE UNIQUE INDEX ON by_expression (a_id, (b_id + 1));
CREATE TABLE included (a_id int REFERENCES a, b_id int REFERENCES b, n int);
CREATE UNIQUE INDEX ON included (a_id, n) INCLUDE (b_id);
CREATE TABLE deferred (a_id int REFERENCES a, b_id int REFERENCES b, UNIQUE (a_id, b_id) DEFERRABLE);
CREATE TABLE two_keys (a_id int REFERENCES a, b_id int REFERENCES b, n int, UNIQUE (a_id, n), UNIQUE (b_id, n));
-- one row for each a
CREATE TABLE one_sided (a_id int PRIMARY KEY REFERENCES a, b_id int REFERENCES b, UNIQUE (a_id, b_id));
-- one column that leads to both
CREATE TABLE both_at_once (id int PRIMARY KEY REFERENCES a REFERENCES b);
-- a child of "line", not a link between what it and its parent lead to
CREATE TABLE line (a_id int REFERENCES a, n int, PRIMARY KEY (a_id, n));
CREATE TABLE line_note (a_id int REFERENCES a, n int, k int, PRIMARY KEY (a_id, n, k), FOREIGN KEY (a_id, n) REFERENCES line);
-- only one foreign key
CREATE TABLE half (a_id int REFERENCES a, b_id int, PRIMARY KEY (a_id, b_id));

SELECT model, relation, target, detail FROM corm.adopt('t_link') WHERE action = 'through';
SELECT * FROM links;
SELECT corm.list('{"model": "a", "prefetch_related": ["b", "c"]}');
INSERT INTO a VALUES (1), (2);
INSERT INTO b VALUES (1), (2);
INSERT INTO by_key VALUES (1, 1, 'x'), (1, 2, 'y'), (2, 1, 'z');
SELECT corm.list('{"model": "a", "prefetch_related": ["b"]}');
SELECT corm.add(corm.relation('b', 2, 'a'), 2, '{"note": "new"}');
SELECT * FROM by_key ORDER BY a_id, b_id;
SELECT count(*) FROM corm.adopt('t_link') WHERE action <> 'skipped';
SELECT corm.drop_model(model) FROM corm.models WHERE schema_name = 't_link';

-- a second link table between two models: neither is called by the target alone
CREATE TABLE by_key_2 (b_id int REFERENCES b, a_id int REFERENCES a, PRIMARY KEY (a_id, b_id));
-- three at once: one for each pair
CREATE TABLE three (a_id int REFERENCES a, b_id int REFERENCES b, c_x int, c_y int, FOREIGN KEY (c_x, c_y) REFERENCES c, PRIMARY KEY (a_id, b_id, c_x, c_y));
SELECT model, relation, target, detail FROM corm.adopt('t_link', '{a,b,c,by_key,by_key_2,by_constraint,three}') WHERE action = 'through';
SELECT corm.drop_model(model) FROM corm.models WHERE schema_name = 't_link';
-- one that comes later gets the longer name, the first keeps its own
SELECT model, relation, target, detail FROM corm.adopt('t_link', '{a,b,by_key}') WHERE action = 'through';
SELECT action, model, relation, target, detail FROM corm.adopt('t_link', '{a,b,by_key,by_key_2}');
SELECT action, model, relation, target, detail FROM corm.adopt('t_link', '{a,b,by_key,by_key_2}');
-- declared by hand, from the other end and under another name: adopted already
SELECT corm.drop_relation('a', 'b_by_by_key_2'), corm.many_to_many('b', 'aa', 'a', through => 'by_key_2', related_name => 'bb');
SELECT action, model, relation, target, detail FROM corm.adopt('t_link', '{a,b,by_key,by_key_2}');
SELECT corm.drop_model(model) FROM corm.models WHERE schema_name = 't_link';

-- of a model to itself: both directions want one name, so neither gets it, and the fix names them
CREATE TABLE person (id int PRIMARY KEY);
CREATE TABLE follow (follower_id int REFERENCES person, followed_id int REFERENCES person, PRIMARY KEY (follower_id, followed_id));
SELECT * FROM corm.adopt('t_link', '{person,follow}');
SELECT fix FROM corm.adopt('t_link', '{person,follow}') \gexec
SELECT * FROM links;
SELECT count(*) FROM corm.adopt('t_link', '{person,follow}');
INSERT INTO person VALUES (1), (2);
INSERT INTO follow VALUES (1, 2);
SELECT corm.list('{"model": "person", "prefetch_related": ["followed_by_follow", "follower_by_follow"]}');

-- an end without a primary key takes no links
CREATE TABLE d (id int UNIQUE NOT NULL);
CREATE TABLE a_d (a_id int REFERENCES a, d_id int REFERENCES d (id), PRIMARY KEY (a_id, d_id));
SELECT * FROM corm.adopt('t_link', '{a,d,a_d}');

SET client_min_messages = warning;
SELECT count(corm.drop_model(model)) FROM corm.models WHERE schema_name = 't_link';
DROP SCHEMA t_link CASCADE;
