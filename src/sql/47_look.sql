-- Looking at models and relations: what is wrong with them, what they are,
-- how they hang together.

CREATE FUNCTION corm.check(
	OUT severity pg_catalog.text,
	OUT object pg_catalog.text,
	OUT problem pg_catalog.text,
	OUT fix pg_catalog.text
) RETURNS SETOF pg_catalog.record
	LANGUAGE c STABLE PARALLEL RESTRICTED COST 1000 ROWS 10
	AS 'MODULE_PATHNAME', 'corm_check';
COMMENT ON FUNCTION corm.check() IS
'What contradicts the live schema, or works but is dangerous or slow: one row for each problem, errors first, then by object. No rows mean that all is well.
severity: error (something cannot be used) or warning. object: what has the problem, such as relation Post.author. fix: the statement that cures it, to be read before it is run.
Errors are models and relations whose table, constraint or columns are gone, names that mean several things, lost keys of views, accessors that do not fit their relation any more, and counter caches that lack something. Warnings are foreign keys of models'' tables that no index serves or that are not validated, links that no key keeps unique, indexes that are not valid, relations between tables of different owners, renamed constraints and columns, partitions as models, accessors without a relation or that cannot be inlined, functions left over from counter caches, and schema corm in search_path.
One fix may bring up another problem, such as that of a relation whose name was taken: check again afterwards. Some rows of the catalog can be removed by the extension''s owner only, and what data contradicts, such as VALIDATE CONSTRAINT, fails until the data is put right.
Example: SELECT fix FROM corm.check() WHERE severity = ''error'' \gexec';

CREATE FUNCTION corm.describe(model pg_catalog.text) RETURNS pg_catalog.text
	LANGUAGE c STABLE PARALLEL RESTRICTED COST 1000
	AS 'MODULE_PATHNAME', 'corm_describe';
COMMENT ON FUNCTION corm.describe(pg_catalog.text) IS
'One model as a page of text: its columns, its relations in both directions with the start of the path that each one makes, the columns of links, counter caches, foreign keys without an index, and relations that cannot be used with the reason.
Errors: 42704 unknown model, 42501 no USAGE on its schema.
Example: SELECT corm.describe(''Post''); in psql, \g (format=unaligned tuples_only=on) at its end prints it without a frame.';

CREATE FUNCTION corm.diagram(
	format pg_catalog.text DEFAULT 'mermaid',
	models pg_catalog.text[] DEFAULT NULL
) RETURNS pg_catalog.text
	LANGUAGE c STABLE PARALLEL RESTRICTED COST 1000
	AS 'MODULE_PATHNAME', 'corm_diagram';
COMMENT ON FUNCTION corm.diagram(pg_catalog.text, pg_catalog.text[]) IS
'Models, their columns and relations as the text of a diagram.
format: mermaid (an erDiagram, which many documentation tools show) or dot (for Graphviz: psql -XAtc "SELECT corm.diagram(''dot'')" | dot -Tsvg). models: draw these and their direct neighbours; left out, all whose schemas the caller may use.
A link table is an edge that bears the names of its many-to-many relation, and those of its own columns; it is an entity if models names it, or if other relations start or end there. A line that is dashed stands for a relation without a constraint. Relations that cannot be used are left out.
Errors: 22023 another format, 42704 unknown model, 22004 a NULL among the models.
Example: SELECT corm.diagram(models => ARRAY[''Post'']);';
