-- corm: models, relations, querysets and nested fetches inside PostgreSQL

\echo Use "CREATE EXTENSION corm" to load this file. \quit

-- The schema of an extension is no member of it: it may have been there before.
-- Refuse one that somebody else could have put objects into, or could later.
DO LANGUAGE plpgsql $guard$
DECLARE
	ns pg_catalog.pg_namespace;
BEGIN
	SELECT n.* INTO STRICT ns FROM pg_catalog.pg_namespace n
	 WHERE n.oid OPERATOR(pg_catalog.=) '@extschema@'::pg_catalog.regnamespace;

	IF EXISTS (SELECT FROM pg_catalog.pg_class c WHERE c.relnamespace OPERATOR(pg_catalog.=) ns.oid)
	   OR EXISTS (SELECT FROM pg_catalog.pg_proc p WHERE p.pronamespace OPERATOR(pg_catalog.=) ns.oid)
	   OR EXISTS (SELECT FROM pg_catalog.pg_type t WHERE t.typnamespace OPERATOR(pg_catalog.=) ns.oid)
	   OR EXISTS (SELECT FROM pg_catalog.pg_operator o WHERE o.oprnamespace OPERATOR(pg_catalog.=) ns.oid)
	THEN
		RAISE EXCEPTION USING ERRCODE = 'object_not_in_prerequisite_state',
			MESSAGE = 'schema "corm" is not empty',
			HINT = 'Drop or rename schema "corm", then run CREATE EXTENSION corm again.';
	END IF;

	IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles r
					WHERE r.oid OPERATOR(pg_catalog.=) ns.nspowner
					  AND (r.rolsuper OR r.rolname OPERATOR(pg_catalog.=) current_user))
	   OR EXISTS (SELECT FROM pg_catalog.aclexplode(ns.nspacl) a
				   WHERE a.privilege_type OPERATOR(pg_catalog.=) 'CREATE'
					 AND a.grantee OPERATOR(pg_catalog.<>) ns.nspowner)
	THEN
		RAISE EXCEPTION USING ERRCODE = 'insufficient_privilege',
			MESSAGE = 'schema "corm" belongs to, or can be written by, another role',
			HINT = 'Drop schema "corm", or make it the property of a superuser alone.';
	END IF;
END
$guard$;
