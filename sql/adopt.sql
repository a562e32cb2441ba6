-- Adopting schemas that were there before.
\set VERBOSITY default
\set SHOW_CONTEXT never
CREATE SCHEMA t_adopt;
SET search_path = t_adopt;
CREATE VIEW named AS
	SELECT model, relation, kind, target, columns, target_columns, through, related_name FROM corm.relations ORDER BY model COLLATE "C", relation COLLATE "C";

-- ways to name a relation: the column without _id or _<key>, in any case; the column; the target
CREATE TABLE author (id int PRIMARY KEY);
CREATE TABLE country (code char(2) PRIMARY KEY);
CREATE TABLE place (x int, y int, PRIMARY KEY (x, y));
CREATE TABLE book (
	id int PRIMARY KEY,
	author_id int REFERENCES author,
	country_code char(2) REFERENCES country,
	printed_in_code char(2) REFERENCES country,
	"EDITOR_ID" int REFERENCES author,
	translator int REFERENCES author,
	place_x int, place_y int, FOREIGN KEY (place_x, place_y) REFERENCES place);
-- one-to-one by its own key, by a unique index; not by a partial, a deferrable or an expression index
CREATE TABLE blurb (id int PRIMARY KEY REFERENCES book, body text);
CREATE TABLE cover (book_id int REFERENCES book, body text);
CREATE UNIQUE INDEX ON cover (book_id) INCLUDE (body);
CREATE TABLE leaf (id int PRIMARY KEY, book_id int REFERENCES book, author_id int REFERENCES author UNIQUE DEFERRABLE, country_code char(2) REFERENCES country);
CREATE UNIQUE INDEX ON leaf (book_id) WHERE id > 10;
CREATE UNIQUE INDEX ON leaf (lower(country_code));
-- of a table to itself, in a circle, twice the same
CREATE TABLE part (id int PRIMARY KEY, whole_id int REFERENCES part, spare_id int);
CREATE TABLE depot (id int PRIMARY KEY, best_part_id int REFERENCES part);
ALTER TABLE part ADD CONSTRAINT spare_1 FOREIGN KEY (spare_id) REFERENCES depot, ADD CONSTRAINT spare_2 FOREIGN KEY (spare_id) REFERENCES depot;
-- quoted and other letters
CREATE TABLE "Ünter Tisch" ("ID" int PRIMARY KEY, "a.b_ID" int REFERENCES "Ünter Tisch");
-- partitions are hidden, inheritance children are tables like any other
CREATE TABLE event (id int, day date, author_id int REFERENCES author, PRIMARY KEY (id, day)) PARTITION BY RANGE (day);
CREATE TABLE event_2024 PARTITION OF event FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
CREATE TABLE special_leaf (note text) INHERITS (leaf);
-- no key
CREATE TABLE log (at timestamptz, author_id int REFERENCES author);
CREATE TABLE tick (n int NOT NULL UNIQUE, m int UNIQUE);
CREATE TABLE tock (id int);
-- views, foreign tables
CREATE VIEW recent AS SELECT * FROM book;
CREATE MATERIALIZED VIEW summary AS SELECT count(*) AS n FROM book;
CREATE FOREIGN DATA WRAPPER regress_corm_fdw;
CREATE SERVER regress_corm_server FOREIGN DATA WRAPPER regress_corm_fdw;
CREATE FOREIGN TABLE far (id int, book_id int) SERVER regress_corm_server;

CREATE TEMP TABLE dry AS SELECT * FROM corm.adopt('t_adopt', dry_run => true);
SELECT count(*) FROM corm.models WHERE schema_name = 't_adopt';
SELECT * FROM corm.adopt('t_adopt');
-- the dry run said the same
SELECT count(*) FROM dry;
CREATE TEMP TABLE wet AS SELECT * FROM corm.adopt('t_adopt');
SELECT * FROM named;
SELECT model, table_name, primary_key FROM corm.models WHERE schema_name = 't_adopt' ORDER BY model COLLATE "C";
-- what is left is what could not be
SELECT * FROM wet;

-- new things are picked up, and nothing else: a second foreign key to one target, a key, a table
ALTER TABLE leaf ADD COLUMN signed_by_id int REFERENCES author;
CREATE TABLE page (leaf_id int REFERENCES leaf, n int, PRIMARY KEY (leaf_id, n));
ALTER TABLE log ADD COLUMN id int PRIMARY KEY;
SELECT * FROM corm.adopt('t_adopt') WHERE action <> 'skipped';
SELECT * FROM corm.adopt('t_adopt') WHERE action <> 'skipped';
-- what was named otherwise stays so; what was forgotten comes back
SELECT corm.rename_relation('leaf', 'author', 'writer'), corm.rename_relation('author', 'leaf', 'leaves'), corm.rename_model('page', 'Page');
SELECT corm.drop_relation('depot', 'best_part');
SELECT * FROM corm.adopt('t_adopt') WHERE action <> 'skipped';
-- adopted names may be declared again
SELECT corm.foreign_key('book', 'place', 'place', related_name => 'book', columns => '{place_x,place_y}');
-- rows come by them
INSERT INTO author VALUES (1), (2);
INSERT INTO country VALUES ('fr');
INSERT INTO book (id, author_id, "EDITOR_ID", country_code) VALUES (1, 1, 2, 'fr');
INSERT INTO event VALUES (7, '2024-05-05', 1);
INSERT INTO log VALUES (NULL, 1, 1);
SELECT corm.get(corm.prefetch_related(corm.objects('author', filter => '{"pk": 1}'), 'book_by_author__country', 'event', 'log'));
SELECT corm.list('{"model": "tock"}'), corm.count('tick', '{"n": 1}');
SELECT corm.get('tock', '{"pk": 1}');

-- a view and a foreign table, by hand
SELECT corm.register_model('recent', key => '{id}'), corm.relation_on('recent', 'author', 'author', '{author_id}', related_name => 'recent');
SELECT corm.relation_on('far', 'book', 'book', '{book_id}');
SELECT * FROM corm.adopt('t_adopt') WHERE action <> 'skipped' OR model IN ('recent', 'far');
SELECT corm.list('{"model": "author", "prefetch_related": ["recent"], "filter": {"recent__country_code": "fr"}}');

SET client_min_messages = warning;
DELETE FROM corm.relation r USING pg_class c WHERE c.oid = r.source AND relnamespace = 't_adopt'::regnamespace;
DELETE FROM corm.model m USING pg_class c WHERE c.oid = m.table_name AND relnamespace = 't_adopt'::regnamespace;
DROP SCHEMA t_adopt CASCADE;
DROP FOREIGN DATA WRAPPER regress_corm_fdw CASCADE;
