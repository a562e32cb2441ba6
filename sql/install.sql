-- What the extension brings: everything in schema corm, nothing unlabelled.
-- Each query lists violations.

CREATE VIEW members AS
SELECT d.classid, d.objid, pg_describe_object(d.classid, d.objid, 0) AS object
  FROM pg_depend d JOIN pg_extension e ON d.refobjid = e.oid
 WHERE d.refclassid = 'pg_extension'::regclass AND d.deptype = 'e' AND e.extname = 'corm';

-- Members outside of schema corm.  Casts, classes' entries, event triggers
-- and languages live in no schema.
SELECT m.object
  FROM members m, pg_identify_object(m.classid, m.objid, 0) i
 WHERE i.schema IS DISTINCT FROM 'corm'
   AND i.type NOT IN ('cast', 'event trigger')
 ORDER BY m.object COLLATE "C";

-- Members without a comment.  A type brings its array type along, a table its
-- row type; operators take their function's comment, casts need none.
SELECT m.object
  FROM members m
 WHERE m.classid IN ('pg_proc'::regclass, 'pg_class'::regclass, 'pg_type'::regclass, 'pg_event_trigger'::regclass)
   AND obj_description(m.objid, m.classid::regclass::name) IS NULL
   AND NOT EXISTS (SELECT FROM pg_class c WHERE m.classid = 'pg_class'::regclass AND c.oid = m.objid AND c.relkind NOT IN ('r', 'v', 'm'))
   AND NOT EXISTS (SELECT FROM pg_type t WHERE m.classid = 'pg_type'::regclass AND t.oid = m.objid AND (t.typrelid <> 0 OR t.typcategory = 'A'))
 ORDER BY m.object COLLATE "C";

-- Functions of the extension by label: any that is not what its verb says
-- shows in the expected file.
SELECT p.oid::regprocedure AS "SECURITY DEFINER"
  FROM members m JOIN pg_proc p ON p.oid = m.objid AND m.classid = 'pg_proc'::regclass
 WHERE p.prosecdef
 ORDER BY p.oid::regprocedure::text COLLATE "C";

-- Reading functions may run views and policies that do anything: never
-- PARALLEL SAFE unless they look at their arguments only, as those do that
-- make querysets.
SELECT p.oid::regprocedure AS "safe but not immutable"
  FROM members m JOIN pg_proc p ON p.oid = m.objid AND m.classid = 'pg_proc'::regclass
 WHERE p.proparallel = 's' AND p.provolatile <> 'i' AND p.prorettype <> 'corm.queryset'::regtype
 ORDER BY p.oid::regprocedure::text COLLATE "C";

-- C symbols carry the extension's prefix.
SELECT p.oid::regprocedure AS function, p.prosrc AS symbol
  FROM members m JOIN pg_proc p ON p.oid = m.objid AND m.classid = 'pg_proc'::regclass
  JOIN pg_language l ON l.oid = p.prolang
 WHERE l.lanname = 'c' AND p.prosrc NOT LIKE 'corm\_%'
 ORDER BY p.oid::regprocedure::text COLLATE "C";

-- Functions in SQL or PL/pgSQL resolve no name by the caller's search_path:
-- they are parsed at creation or fix the path.  One that must be inlined and
-- has polymorphic arguments can do neither; it writes every name in full.
SELECT p.oid::regprocedure AS function
  FROM members m JOIN pg_proc p ON p.oid = m.objid AND m.classid = 'pg_proc'::regclass
  JOIN pg_language l ON l.oid = p.prolang
 WHERE l.lanname IN ('sql', 'plpgsql') AND p.prosqlbody IS NULL
   AND NOT EXISTS (SELECT FROM unnest(p.proconfig) s WHERE s LIKE 'search\_path=%')
 ORDER BY p.oid::regprocedure::text COLLATE "C";

-- Every table of the extension is a configuration table that pg_dump saves.
SELECT c.oid::regclass AS "not dumped"
  FROM members m JOIN pg_class c ON c.oid = m.objid AND m.classid = 'pg_class'::regclass
 WHERE c.relkind = 'r'
   AND NOT EXISTS (SELECT FROM pg_extension e WHERE e.extname = 'corm' AND c.oid = ANY (e.extconfig))
 ORDER BY c.relname COLLATE "C";

-- Everybody may read: USAGE on the schema, SELECT on tables and views.
SELECT has_schema_privilege('public', 'corm', 'USAGE') AS usage, has_schema_privilege('public', 'corm', 'CREATE') AS "create";
SELECT c.oid::regclass AS "not readable"
  FROM members m JOIN pg_class c ON c.oid = m.objid AND m.classid = 'pg_class'::regclass
 WHERE c.relkind IN ('r', 'v', 'S') AND NOT has_table_privilege('public', c.oid, 'SELECT')
 ORDER BY c.relname COLLATE "C";

-- What starts with an underscore is internal.  PUBLIC may call what the views
-- are made of, and trigger functions, which nothing but a trigger can run.
SELECT p.oid::regprocedure AS function
  FROM members m JOIN pg_proc p ON p.oid = m.objid AND m.classid = 'pg_proc'::regclass
 WHERE p.proname LIKE '\_%' AND has_function_privilege('public', p.oid, 'EXECUTE')
   AND p.prorettype <> 'trigger'::regtype
 ORDER BY p.oid::regprocedure::text COLLATE "C";
SELECT p.oid::regprocedure AS "not callable"
  FROM members m JOIN pg_proc p ON p.oid = m.objid AND m.classid = 'pg_proc'::regclass
 WHERE p.proname NOT LIKE '\_%' AND NOT has_function_privilege('public', p.oid, 'EXECUTE')
 ORDER BY p.oid::regprocedure::text COLLATE "C";

DROP VIEW members;
