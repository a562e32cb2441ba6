-- Models and relations as text of diagrams.
\set VERBOSITY terse
\pset format unaligned
\pset tuples_only
SET client_min_messages = warning;
SELECT corm.diagram();
SELECT corm.diagram('dot');
CREATE SCHEMA dg;
CREATE SCHEMA "dg ""2";
SET search_path = dg, public;

SELECT corm.create_model('Author', '{"name": {"type": "varchar(80)", "nullable": false}}');
SELECT corm.create_model('Tag', '{"name": {"type": "text", "primary_key": true}}');
SELECT corm.create_model('Post', '{
	"title": "text", "published": "timestamptz(3)", "price": "numeric(10,2)", "notes": "varchar(20)[]",
	"author": {"foreign_key": "Author", "nullable": false},
	"editor": {"foreign_key": "Author", "related_name": "edited"},
	"tags": {"many_to_many": "Tag"},
	"alike": {"many_to_many": "Post", "symmetrical": true}
}');
SELECT corm.create_model('Profile', '{"author": {"foreign_key": "Author", "one_to_one": true, "nullable": false, "skip_reverse": true}}');
SELECT corm.create_model('Comment', '{"post": {"foreign_key": "Post"}, "parent": {"foreign_key": "Comment", "related_name": "replies"}}');
CREATE TABLE places (post_id bigint REFERENCES posts, author_id bigint REFERENCES authors, position int, note text, PRIMARY KEY (post_id, author_id));
SELECT corm.many_to_many('Post', 'ranked', 'Author', through => 'places', related_name => 'ranked_in');

-- All of it: link tables are edges, with the columns of their own.
SELECT corm.diagram();
SELECT corm.diagram('dot');

-- Some, and what they lead to or what leads to them; between those all edges.
SELECT corm.diagram('mermaid', '{Profile}');
SELECT corm.diagram(NULL, '{Comment}');
SELECT corm.diagram(models => '{Tag,Profile}');
SELECT corm.diagram('mermaid', '{}') = corm.diagram() AS "none given: all";

-- A link table that is asked for is drawn, with its two keys instead of the
-- relation, which is not drawn twice.
SELECT corm.diagram('mermaid', '{PostTag}');
SELECT corm.diagram('mermaid', '{places}');
SELECT corm.diagram('mermaid', '{PostPost}');

-- Named relations along the link's own keys are the same two lines.
SELECT corm.foreign_key('places', 'post', 'Post', related_name => 'places', nullable => false);
SELECT corm.diagram('mermaid', '{places}');
SELECT corm.diagram() = corm.diagram(models => '{Post,Author,Comment}') AS "folded all the same";

-- One on which more hangs than its ends is drawn always.
SELECT corm.create_model('Review', '{"stars": "int"}');
SELECT corm.foreign_key('Review', 'place', 'places', columns => '{place_post,place_author}', nullable => false, one_to_one => true);
SELECT corm.diagram('mermaid', '{Author}');
SELECT corm.diagram('mermaid', '{Review}');

-- Several schemas are clusters; keys of several columns start at the first;
-- relations without a constraint are dashed; views are models like others.
CREATE TABLE "dg ""2".wide (a int, b int, PRIMARY KEY (a, b));
SELECT corm.register_model('"dg ""2".wide', 'Wide');
CREATE TABLE narrow (id int PRIMARY KEY, x int, y int);
SELECT corm.register_model('narrow', 'Narrow');
SELECT corm.foreign_key('Narrow', 'wide', '"dg ""2".Wide', columns => '{x,y}');
CREATE VIEW wide_view AS SELECT a, b, 1 AS one FROM "dg ""2".wide;
SELECT corm.register_model('wide_view', 'Viewed', key => '{a,b}');
INSERT INTO corm.relation (source, name, target, reverse_name, columns, target_columns, to_many)
	VALUES ('wide_view', 'narrow', 'narrow', 'viewed', '{a}', '{x}', true);
INSERT INTO corm.relation (source, name, target, columns, target_columns)
	VALUES ('wide_view', 'wide', '"dg ""2".wide', '{a,b}', '{a,b}');
SELECT corm.diagram('mermaid', '{Narrow}');
SELECT corm.diagram('dot', '{Narrow}');

-- Relations that cannot be used are not drawn.
UPDATE corm.relation SET columns = '{gone}', constraint_name = 'gone' WHERE source = 'narrow'::regclass;
SELECT corm.diagram('mermaid', '{Narrow}') ~ 'wide /' AS "drawn";

-- Names with all that a diagram takes for its own, words of its grammar among them.
CREATE TABLE "dg ""2"."t<&>" (pk int PRIMARY KEY, "a b" text, "1st" int, "q""<u>&\n%{}" int, "größe" int, "€" int, "x
y" int, fk int REFERENCES "dg ""2"."t<&>");
SELECT corm.register_model('"dg ""2"."t<&>"', '"One<b>&""x""\.{%#1;}
end"');
UPDATE corm.model SET name = 'end' WHERE name = 'Wide';
SELECT set_config('search_path', '"dg ""2"', false);
SELECT corm.foreign_key(model, E'to "me"\\\n<i>', model, related_name => '%back;', columns => '{fk}') FROM corm.models WHERE table_name = '"t<&>"'::regclass;
SELECT corm.diagram('mermaid', ARRAY['end', model]) FROM corm.models WHERE table_name = '"t<&>"'::regclass;
SELECT corm.diagram('dot', ARRAY['end', model]) FROM corm.models WHERE table_name = '"t<&>"'::regclass;
SET search_path = dg, public;

-- No columns, no relations.
CREATE TABLE nothing ();
SELECT corm.register_model('nothing', 'Nothing');
SELECT corm.diagram('mermaid', '{Nothing}');
SELECT corm.diagram('dot', '{Nothing}');

-- Errors.
\set VERBOSITY default
SELECT corm.diagram('svg');
SELECT corm.diagram('Mermaid');
SELECT corm.diagram('dot', '{Psot}');
\set VERBOSITY sqlstate
SELECT corm.diagram('');
SELECT corm.diagram('dot', '{Post,NULL}');
SELECT corm.diagram('dot', '{""}');

-- Schemas that the caller may not use are left out, their models cannot be
-- named; neighbours there are out of sight too.
CREATE ROLE regress_corm_nobody;
SET ROLE regress_corm_nobody;
SELECT corm.diagram();
SELECT corm.diagram(models => '{dg.Post}');
RESET ROLE;
GRANT USAGE ON SCHEMA dg TO regress_corm_nobody;
UPDATE corm.relation SET columns = '{x,y}' WHERE source = 'narrow'::regclass;
SET ROLE regress_corm_nobody;
SET search_path = dg;
SELECT corm.diagram(models => '{Narrow}');
RESET ROLE;
REVOKE USAGE ON SCHEMA dg FROM regress_corm_nobody;
DROP ROLE regress_corm_nobody;
SET search_path = dg, public;

SELECT count(*) FROM (SELECT corm.drop_model(model) FROM corm.models WHERE schema_name ~ '^dg' OFFSET 0) m;
DROP SCHEMA dg, "dg ""2" CASCADE;
