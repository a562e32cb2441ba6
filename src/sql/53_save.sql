-- Writing trees of rows.

CREATE FUNCTION corm.save(q corm.queryset, tree pg_catalog.jsonb, OUT object pg_catalog.json)
	RETURNS pg_catalog.json
	LANGUAGE c VOLATILE PARALLEL UNSAFE COST 1000
	AS 'MODULE_PATHNAME', 'corm_save';
COMMENT ON FUNCTION corm.save(corm.queryset, pg_catalog.jsonb) IS
'TODO';
