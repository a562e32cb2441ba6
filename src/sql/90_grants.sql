
-- A model name is no more secret than pg_class, and pg_dump reads the tables
-- as whoever runs it.  Rows are written by the functions above alone.
GRANT USAGE ON SCHEMA corm TO PUBLIC;
GRANT SELECT ON corm.model, corm.relation TO PUBLIC;
GRANT SELECT ON corm.models, corm.relations, corm.columns TO PUBLIC;
REVOKE ALL ON FUNCTION corm._invalidate() FROM PUBLIC;
