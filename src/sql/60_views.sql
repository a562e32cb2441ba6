
CREATE FUNCTION corm._models(
	OUT model pg_catalog.text,
	OUT schema_name pg_catalog.text,
	OUT table_name pg_catalog.regclass,
	OUT primary_key pg_catalog.text[]
) RETURNS SETOF pg_catalog.record
	LANGUAGE c STABLE PARALLEL RESTRICTED COST 100 ROWS 50
	AS 'MODULE_PATHNAME', 'corm_models';
COMMENT ON FUNCTION corm._models() IS 'the rows of corm.models';

CREATE FUNCTION corm._relations(
	OUT model pg_catalog.text,
	OUT relation pg_catalog.text,
	OUT kind pg_catalog.text,
	OUT target pg_catalog.text,
	OUT to_many pg_catalog.bool,
	OUT nullable pg_catalog.bool,
	OUT columns pg_catalog.text[],
	OUT target_columns pg_catalog.text[],
	OUT through pg_catalog.text,
	OUT related_name pg_catalog.text,
	OUT on_delete pg_catalog.text,
	OUT on_update pg_catalog.text,
	OUT constraint_name pg_catalog.text
) RETURNS SETOF pg_catalog.record
	LANGUAGE c STABLE PARALLEL RESTRICTED COST 100 ROWS 100
	AS 'MODULE_PATHNAME', 'corm_relations';
COMMENT ON FUNCTION corm._relations() IS 'the rows of corm.relations';

CREATE FUNCTION corm._columns(
	OUT model pg_catalog.text,
	OUT column_name pg_catalog.text,
	OUT type pg_catalog.text,
	OUT nullable pg_catalog.bool,
	OUT has_default pg_catalog.bool,
	OUT is_primary_key pg_catalog.bool
) RETURNS SETOF pg_catalog.record
	LANGUAGE c STABLE PARALLEL RESTRICTED COST 100 ROWS 500
	AS 'MODULE_PATHNAME', 'corm_columns';
COMMENT ON FUNCTION corm._columns() IS 'the rows of corm.columns';

CREATE VIEW corm.models AS
	SELECT m.model, m.schema_name, m.table_name, m.primary_key
	  FROM corm._models() AS m;
COMMENT ON VIEW corm.models IS 'every model and its table';
COMMENT ON COLUMN corm.models.model IS 'the model name, as schema.Model where the bare name would not lead here';
COMMENT ON COLUMN corm.models.schema_name IS 'the schema of the table';
COMMENT ON COLUMN corm.models.table_name IS 'the table, view or foreign table';
COMMENT ON COLUMN corm.models.primary_key IS 'the columns that identify a row, in key order; empty for none';

CREATE VIEW corm.relations AS
	SELECT r.model, r.relation, r.kind, r.target, r.to_many, r.nullable,
		   r.columns, r.target_columns, r.through, r.related_name,
		   r.on_delete, r.on_update, r.constraint_name
	  FROM corm._relations() AS r;
COMMENT ON VIEW corm.relations IS 'every relation, one row per direction; NULLs where its constraint is gone. A relation that has no constraint, by corm.relation_on(), is shown as the foreign key that it stands for';
COMMENT ON COLUMN corm.relations.model IS 'the model the step starts from';
COMMENT ON COLUMN corm.relations.relation IS 'the name of the step';
COMMENT ON COLUMN corm.relations.kind IS 'foreign_key, one_to_one, reverse_foreign_key, reverse_one_to_one or many_to_many';
COMMENT ON COLUMN corm.relations.target IS 'the model the step leads to';
COMMENT ON COLUMN corm.relations.to_many IS 'whether it leads to many rows';
COMMENT ON COLUMN corm.relations.nullable IS 'of a to-one step, whether it may lead to no row';
COMMENT ON COLUMN corm.relations.columns IS 'the columns of model that are compared; of a many_to_many the columns of through that point to model';
COMMENT ON COLUMN corm.relations.target_columns IS 'the columns of target that are compared; of a many_to_many the columns of through that point to target';
COMMENT ON COLUMN corm.relations.through IS 'of a many_to_many, the model of the link table';
COMMENT ON COLUMN corm.relations.related_name IS 'the name of the way back';
COMMENT ON COLUMN corm.relations.on_delete IS 'the foreign key''s action when the row pointed to is deleted';
COMMENT ON COLUMN corm.relations.on_update IS 'the foreign key''s action when the key pointed to changes';
COMMENT ON COLUMN corm.relations.constraint_name IS 'the foreign key constraint; of a many_to_many the one that points to model; NULL for a relation without a constraint';

CREATE VIEW corm.columns AS
	SELECT c.model, c.column_name, c.type, c.nullable, c.has_default,
		   c.is_primary_key
	  FROM corm._columns() AS c;
COMMENT ON VIEW corm.columns IS 'every column of every model, in table order within a model';
COMMENT ON COLUMN corm.columns.model IS 'the model name';
COMMENT ON COLUMN corm.columns.column_name IS 'the column';
COMMENT ON COLUMN corm.columns.type IS 'its type, as in a column definition';
COMMENT ON COLUMN corm.columns.nullable IS 'whether it takes NULL';
COMMENT ON COLUMN corm.columns.has_default IS 'whether it has a default, is an identity or is generated';
COMMENT ON COLUMN corm.columns.is_primary_key IS 'whether it is part of the primary key';
