
-- What PostgreSQL cannot know: which tables are models, what their relations
-- are called, which table links two others.  Everything else is read live.
-- Rows are written by the functions of this extension; hand-made changes by an
-- administrator work too, the triggers below make every session see them.
-- A default would cost each new session a look at the defaults of all tables.

CREATE TABLE corm.model (
	table_name	pg_catalog.regclass NOT NULL,
	name		pg_catalog.text COLLATE pg_catalog."C" NOT NULL,
	key			pg_catalog.text[] COLLATE pg_catalog."C",
	CONSTRAINT model_pkey PRIMARY KEY (table_name)
);
CREATE INDEX model_name_idx ON corm.model (name);

CREATE TABLE corm.relation (
	source				pg_catalog.regclass NOT NULL,
	name				pg_catalog.text COLLATE pg_catalog."C" NOT NULL,
	target				pg_catalog.regclass NOT NULL,
	reverse_name		pg_catalog.text COLLATE pg_catalog."C",
	constraint_name		pg_catalog.text COLLATE pg_catalog."C",
	columns				pg_catalog.text[] COLLATE pg_catalog."C" NOT NULL,
	through				pg_catalog.regclass,
	far_constraint_name	pg_catalog.text COLLATE pg_catalog."C",
	far_columns			pg_catalog.text[] COLLATE pg_catalog."C",
	symmetrical			pg_catalog.bool,
	adopted				pg_catalog.bool,
	target_columns		pg_catalog.text[] COLLATE pg_catalog."C",
	to_many				pg_catalog.bool,
	counter_column			pg_catalog.text COLLATE pg_catalog."C",
	counter_name			pg_catalog.text COLLATE pg_catalog."C",
	reverse_counter_column	pg_catalog.text COLLATE pg_catalog."C",
	reverse_counter_name	pg_catalog.text COLLATE pg_catalog."C",
	CONSTRAINT relation_pkey PRIMARY KEY (source, name)
);
CREATE INDEX relation_target_idx ON corm.relation (target);
CREATE INDEX relation_through_idx ON corm.relation (through);

COMMENT ON TABLE corm.model IS 'tables, views and foreign tables that have a model name';
COMMENT ON COLUMN corm.model.table_name IS 'the table';
COMMENT ON COLUMN corm.model.name IS 'the model name, unique among the models of the table''s schema';
COMMENT ON COLUMN corm.model.key IS 'names of the columns that identify a row, of views and foreign tables only; tables use their primary key';

COMMENT ON TABLE corm.relation IS 'named relations between models, one row for both directions';
COMMENT ON COLUMN corm.relation.source IS 'the table the relation starts from; it holds the foreign key unless "through" is set';
COMMENT ON COLUMN corm.relation.name IS 'the name of the relation on the source model';
COMMENT ON COLUMN corm.relation.target IS 'the table the relation leads to';
COMMENT ON COLUMN corm.relation.reverse_name IS 'the name of the way back on the target model, NULL for none';
COMMENT ON COLUMN corm.relation.constraint_name IS 'the foreign key constraint: on the source table, or on the through table towards the source; NULL for a relation without a constraint';
COMMENT ON COLUMN corm.relation.columns IS 'the columns of that constraint, to find it by when it has been renamed; without a constraint, the columns of the source that are compared';
COMMENT ON COLUMN corm.relation.through IS 'the link table of a many-to-many relation';
COMMENT ON COLUMN corm.relation.far_constraint_name IS 'the foreign key constraint of the through table towards the target';
COMMENT ON COLUMN corm.relation.far_columns IS 'the columns of that constraint';
COMMENT ON COLUMN corm.relation.symmetrical IS 'a link is one edge, seen from both of its ends; NULL: no';
COMMENT ON COLUMN corm.relation.adopted IS 'the constraint or its columns were there before the relation was declared; NULL: no';
COMMENT ON COLUMN corm.relation.target_columns IS 'of a relation without a constraint, the columns of the target that are compared';
COMMENT ON COLUMN corm.relation.to_many IS 'of a relation without a constraint, whether it leads to many rows; NULL: no';
COMMENT ON COLUMN corm.relation.counter_column IS 'the column of the source that counts the related rows, NULL for none';
COMMENT ON COLUMN corm.relation.counter_name IS 'what the names of the functions and triggers begin with that keep that column right';
COMMENT ON COLUMN corm.relation.reverse_counter_column IS 'the same on the way back: the column of the target';
COMMENT ON COLUMN corm.relation.reverse_counter_name IS 'what the names of its functions and triggers begin with';

-- A regclass whose table is gone would be dumped as a bare number, and become
-- the name of whatever table gets that number next.
SELECT pg_catalog.pg_extension_config_dump('corm.model',
	'WHERE EXISTS (SELECT FROM pg_catalog.pg_class c WHERE c.oid OPERATOR(pg_catalog.=) table_name)');
SELECT pg_catalog.pg_extension_config_dump('corm.relation',
	'WHERE EXISTS (SELECT FROM pg_catalog.pg_class c WHERE c.oid OPERATOR(pg_catalog.=) source)'
	' AND EXISTS (SELECT FROM pg_catalog.pg_class c WHERE c.oid OPERATOR(pg_catalog.=) target)'
	' AND (through IS NULL OR EXISTS (SELECT FROM pg_catalog.pg_class c WHERE c.oid OPERATOR(pg_catalog.=) through))');

CREATE FUNCTION corm._invalidate() RETURNS pg_catalog.trigger
	LANGUAGE c VOLATILE PARALLEL UNSAFE
	AS 'MODULE_PATHNAME', 'corm_invalidate';
COMMENT ON FUNCTION corm._invalidate() IS 'trigger function: tells every session that models or relations have changed';

CREATE TRIGGER model_changed
	AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON corm.model
	FOR EACH STATEMENT EXECUTE FUNCTION corm._invalidate();
CREATE TRIGGER relation_changed
	AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON corm.relation
	FOR EACH STATEMENT EXECUTE FUNCTION corm._invalidate();
COMMENT ON TRIGGER model_changed ON corm.model IS 'makes hand-made changes visible to every session';
COMMENT ON TRIGGER relation_changed ON corm.relation IS 'makes hand-made changes visible to every session';
