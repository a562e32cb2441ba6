-- Whole schemas: models and relations as text, and from text.

CREATE FUNCTION corm.export(format pg_catalog.text DEFAULT 'sql', OUT line pg_catalog.text)
	RETURNS SETOF pg_catalog.text
	LANGUAGE c STABLE PARALLEL UNSAFE COST 1000 ROWS 100
	AS 'MODULE_PATHNAME', 'corm_export';
COMMENT ON FUNCTION corm.export(pg_catalog.text) IS
'Models and relations as text, always in the same order, with every name in full.
format: sql (the default) gives one row for each call that makes the names again: corm.register_model, corm.foreign_key, corm.relation_on, corm.many_to_many, corm.counter_cache, and corm.create_accessors for models that have accessors. Where they are there already, running the calls changes nothing; in a copy of the tables, as pg_dump -s makes one, it brings the names back. What cannot be declared again, because a constraint is gone for instance, is left out, and a row starting with -- says why.
json gives one row, a document with the tables of the models as well, for corm.define(). What it says of a table are columns, keys, unique constraints, indexes and foreign keys; not CHECK constraints, triggers, partitions, policies or grants. Of views and foreign tables it has the names only. What cannot be declared again is left out.
Errors: 22023 for another format.
Example: SELECT corm.export();';

CREATE FUNCTION corm.define(
	schema pg_catalog.json,
	dry_run pg_catalog.bool DEFAULT false,
	OUT action pg_catalog.text, OUT object pg_catalog.text, OUT sql pg_catalog.text)
	RETURNS SETOF pg_catalog.record
	LANGUAGE c VOLATILE PARALLEL UNSAFE COST 10000 ROWS 10
	AS 'MODULE_PATHNAME', 'corm_define';
COMMENT ON FUNCTION corm.define(pg_catalog.json, pg_catalog.bool) IS
'Adds to the database what a document of models says and the database lacks: tables, columns, indexes, foreign keys, models and relations. Returns one row for each step. Running it again does nothing and returns no rows. It never drops anything; columns and relations that the document does not mention are left alone.
schema: a JSON object of model name -> {"table", "kind", "key", "fields", "primary_key", "unique", "indexes", "foreign_keys", "counter_caches"}, in any order; relations may lead to models further down. fields: as in corm.create_model. table: default lower(name) and an s. primary_key: the key columns in order, [] for none, where no field says it is the key. unique, indexes: lists of lists of columns. foreign_keys: constraints that no relation is named after, {"target", "columns", "target_columns", "on_delete", "on_update", "is_deferrable", "validate"}. counter_caches: relation -> column, as in corm.counter_cache. kind: table, view, materialized view or foreign table; all but tables must be there, with key and fields that are relations without a constraint.
dry_run => true does everything, reports it, and takes it back.
action: create table, add column, add constraint, create index, register, foreign key, relation on, many to many or counter cache, and what the statements of those do; object: Model or Model.field; sql: the statement that ran, or the call that makes the same row of the catalog.
Errors, changing nothing: 42710 what is there differs from the document, with all differences of columns and keys as DETAIL and the statements that would end them as HINT; 42704 unknown type or model; 22023 bad document; 42P01 a view that is not there; 42809 a table that is something else; and those of CREATE TABLE and ALTER TABLE.
Example: SELECT action, object, sql FROM corm.define(''{"Post": {"fields": {"title": "text", "author": {"foreign_key": "Author"}}}, "Author": {"fields": {"name": "text"}}}'', dry_run => true);';
