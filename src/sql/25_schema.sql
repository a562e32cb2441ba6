-- Whole schemas: models and relations as text, and from text.

CREATE FUNCTION corm.export(format pg_catalog.text DEFAULT 'sql', OUT line pg_catalog.text)
	RETURNS SETOF pg_catalog.text
	LANGUAGE c STABLE PARALLEL UNSAFE COST 1000 ROWS 100
	AS 'MODULE_PATHNAME', 'corm_export';
COMMENT ON FUNCTION corm.export(pg_catalog.text) IS
'Models and relations as text, always in the same order, with every name in full.
format: sql (the default) gives one row for each call that makes the names again: corm.register_model, corm.foreign_key, corm.relation_on, corm.many_to_many. Where they are there already, running the calls changes nothing; in a copy of the tables, as pg_dump -s makes one, it brings the names back. What cannot be declared again, because a constraint is gone for instance, is left out, and a row starting with -- says why.
json gives one row, a document with the tables of the models as well, for corm.define(). What it says of a table are columns, keys, unique constraints, indexes and foreign keys; not CHECK constraints, triggers, partitions, policies or grants. Of views and foreign tables it has the names only. What cannot be declared again is left out.
Errors: 22023 for another format.
Example: SELECT corm.export();';
