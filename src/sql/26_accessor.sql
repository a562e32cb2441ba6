-- Relations as functions that the planner inlines.

CREATE FUNCTION corm.create_accessors(model pg_catalog.text, OUT accessor pg_catalog.text)
	RETURNS SETOF pg_catalog.text
	LANGUAGE c VOLATILE PARALLEL UNSAFE COST 1000 ROWS 10
	AS 'MODULE_PATHNAME', 'corm_create_accessors';
COMMENT ON FUNCTION corm.create_accessors(pg_catalog.text) IS
'Makes a function for every relation of a model, in both directions: of the relation''s name, in the schema of the model''s table, it takes a row of that table and returns the related rows. In FROM the planner puts its query in the place of the call, so that it is planned like the join written by hand. Returns the signatures of those made, by name.
What is there already and fits is left alone, what does not fit its relation any more is made anew; all or nothing. Relations that cannot be used are left out.
The functions are ordinary ones of the caller, use nothing of the extension and stay when it is dropped. They go and change their names with their relations.
Errors: 42704 unknown model; 42501 not the owner of the table, or no CREATE on its schema; 42723 another function is in the place of one; 42622 a relation''s name is too long for a function.
Example: SELECT corm.create_accessors(''Post''); then SELECT p.title, c.name FROM posts p, categories(p) c;';

CREATE FUNCTION corm.drop_accessors(model pg_catalog.text, OUT accessor pg_catalog.text)
	RETURNS SETOF pg_catalog.text
	LANGUAGE c VOLATILE PARALLEL UNSAFE COST 1000 ROWS 10
	AS 'MODULE_PATHNAME', 'corm_drop_accessors';
COMMENT ON FUNCTION corm.drop_accessors(pg_catalog.text) IS
'Drops the functions that corm.create_accessors made for a model; returns their signatures, by name. Functions of the same kind that corm did not make stay. Nothing is dropped by CASCADE.
Errors: 42704 unknown model; 42501 not the owner of the table, or of a function; 2BP01 something else needs one.
Example: SELECT corm.drop_accessors(''Post'');';
