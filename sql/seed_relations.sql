-- The relations document, statement by statement: what it says of declaring
-- and of reading.  Its rows are inserted by plain SQL, since tables and link
-- tables are ordinary ones.
CREATE SCHEMA corm_seed_relations;
SET search_path = corm_seed_relations;
SET timezone = 'UTC';
\pset format unaligned
\pset tuples_only on
-- Shows the result of a statement, or its error as "SQLSTATE message", detail
-- and hint.
CREATE FUNCTION try(statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	result text; state text; message text; detail text; hint text;
BEGIN
	EXECUTE statement INTO result;
	RETURN coalesce(result, '(null)');
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE, message = MESSAGE_TEXT,
		detail = PG_EXCEPTION_DETAIL, hint = PG_EXCEPTION_HINT;
	RETURN state || ' ' || message
		|| CASE WHEN detail <> '' THEN E'\n  ' || detail ELSE '' END
		|| CASE WHEN hint <> '' THEN E'\n  ' || hint ELSE '' END;
END
$$;
CREATE FUNCTION columns_of(t regclass) RETURNS text LANGUAGE sql AS $$
	SELECT string_agg(attname || ' ' || format_type(atttypid, atttypmod) || CASE WHEN attnotnull THEN ' not null' ELSE '' END, ', ' ORDER BY attnum)
	  FROM pg_attribute WHERE attrelid = t AND attnum > 0 AND NOT attisdropped
$$;
CREATE FUNCTION constraints_of(t regclass) RETURNS SETOF text LANGUAGE sql AS $$
	SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = t AND contype <> 'n' ORDER BY contype, conname
$$;

\echo S1: a foreign key needs its target alone; the column has the type of the primary key there
SELECT corm.create_model('Department', '{"id": {"type": "int", "primary_key": true}, "name": "varchar(100)"}');
SELECT corm.create_model('Course', '{"id": {"type": "int", "primary_key": true}, "name": "varchar(100)", "completed": {"type": "boolean", "default": false}, "department": {"foreign_key": "Department"}}');
SELECT columns_of('courses');
SELECT constraints_of('courses');
CREATE DOMAIN code AS text;
SELECT corm.create_model('ByUuid', '{"key": {"type": "uuid", "primary_key": true}}'), corm.create_model('ByDomain', '{"code": {"type": "code", "primary_key": true}}'), corm.create_model('ByBigint', '{}');
SELECT corm.create_model('Child', '{"u": {"foreign_key": "ByUuid"}, "d": {"foreign_key": "ByDomain"}, "b": {"foreign_key": "ByBigint"}}', 'children');
SELECT columns_of('children');
-- the column may exist already, and be called as the relation is
CREATE TABLE taken (id int PRIMARY KEY, department int REFERENCES departments);
SELECT corm.register_model('taken', 'Taken');
SELECT corm.foreign_key('Taken', 'department', 'Department', columns => '{department}');
SELECT columns_of('taken'), (SELECT count(*) FROM constraints_of('taken') c WHERE c ~ '^FOREIGN');
SELECT try($$SELECT corm.foreign_key('Course', 'building', 'Building')$$);

\echo S2, S5: related_name replaces the default name of the way back
SELECT corm.create_model('Lesson', '{"name": "text", "department": {"foreign_key": "Department", "related_name": "my_lessons"}}');
SELECT relation, related_name FROM corm.relations WHERE model = 'Lesson';
SELECT corm.count('Department', '{"my_lessons__name": "x"}');
SELECT try($$SELECT corm.count('Department', '{"lessons__name": "x"}')$$);

\echo S3: declaring one side registers the other; saying it again changes nothing, dropping it takes both
SELECT model, relation, kind, target, to_many FROM corm.relations WHERE model IN ('Course', 'Department') ORDER BY 1, 2;
SELECT corm.foreign_key('Course', 'department', 'Department');
SELECT count(*) FROM corm.relations WHERE 'Course' IN (model, target);
SELECT corm.drop_relation('Lesson', 'department');
SELECT count(*) FROM corm.relations WHERE 'Lesson' IN (model, target);
SELECT try($$SELECT corm.count('Department', '{"my_lessons__name": "x"}')$$);

\echo S4: the default name is the lower-cased model and an s; a second one of it is refused
SELECT relation FROM corm.relations WHERE model = 'Department' AND target = 'Course';
SELECT try($$SELECT corm.foreign_key('Course', 'second', 'Department')$$);
SELECT corm.foreign_key('Course', 'second', 'Department', related_name => 'second_courses');
SELECT try($$SELECT corm.foreign_key('Course', 'third', 'Department', related_name => 'name')$$);
SELECT try($$SELECT corm.foreign_key('Course', 'name', 'Department', related_name => 'named')$$);
SELECT corm.drop_relation('Course', 'second', drop_column => true);

\echo S6: the way back is a list of children, without endless parents in it, and [] where there are none
INSERT INTO departments VALUES (1, 'Science'), (2, 'Empty');
INSERT INTO courses (id, name, completed, department_id) VALUES (1, 'Math', true, 1), (2, 'Physics', false, 1), (3, 'Nowhere', false, NULL);
SELECT corm.list(corm.prefetch_related('Department', 'courses'));
SELECT corm.get(corm.prefetch_related('Department', 'courses'), '{"id": 1}') #>> '{courses,0,name}' AS "department.courses[0]";
SELECT corm.get(corm.prefetch_related('Department', 'courses__department'), '{"id": 1}') #> '{courses,0,department}' AS "the parent, when asked for";
SELECT corm.list(corm.relation('Department', 2, 'courses'));

\echo S7, S8, S9, S10: a relation is given as row, key, object or null (in conditions and as owner; for data see seed_writes)
SELECT corm.count('Course', jsonb_build_object('department', to_jsonb(d))) FROM departments d WHERE id = 1;
SELECT corm.count(corm.relation(d, 'courses')) FROM departments d WHERE id = 1;
SELECT corm.count(corm.relation('Department', d, 'courses')) FROM departments d WHERE id = 1;
SELECT corm.count('Course', '{"department": 1}'), corm.count(corm.relation('Department', 1, 'courses')), corm.count(corm.relation('Department', '1', 'courses'));
SELECT corm.count('Course', '{"department": {"id": 1, "name": "ignored"}}'), corm.count('Course', '{"department": {"pk": 1}}'), corm.count(corm.relation('Department', jsonb '{"id": 1, "name": "ignored"}', 'courses'));
SELECT corm.count('Course', '{"department": null}'), corm.count(corm.relation('Department', NULL::int, 'courses'));
SELECT try($$SELECT corm.count('Course', '{"department": "one"}')$$);
SELECT try($$SELECT corm.count('Course', '{"department": {"name": "Science"}}')$$);
SELECT try($$SELECT corm.count(corm.relation('Department', jsonb '{"name": "Science"}', 'courses'))$$);
SELECT try($$SELECT corm.count(corm.relation('Department', c, 'courses')) FROM courses c WHERE id = 1$$);

\echo S11: a missing target is an error of the database itself
SELECT try('INSERT INTO courses (id, department_id) VALUES (9, 99)');
SELECT corm.count('Course', '{"id": 9}');

\echo S12: a target is loaded when it is asked for, mandatory or not
SELECT corm.alter_relation('Course', 'department', nullable => true);
SELECT (corm.first('Course'))::jsonb ? 'department', (corm.first(corm.select_related('Course', 'department')))::jsonb ? 'department';

\echo S13: many-to-many over a named through model, or one that is made
SELECT corm.create_model('Author', '{"first_name": "varchar(80)", "last_name": "varchar(80)"}');
SELECT corm.create_model('Category', '{"name": "varchar(40)"}', 'categories');
SELECT corm.create_model('Post', '{"title": "varchar(200)", "categories": {"many_to_many": "Category"}, "author": {"foreign_key": "Author"}}');
SELECT relation, kind, target, through, related_name FROM corm.relations WHERE model = 'Post' ORDER BY 1;
SELECT through, columns_of(m.table_name), m.table_name FROM corm.relations r JOIN corm.models m ON m.model = r.through WHERE r.model = 'Post' AND relation = 'categories';
SELECT constraints_of('posts_categories');
SELECT corm.create_model('Label', '{"name": "text"}');
SELECT corm.create_model('PostLabel', '{"post": {"foreign_key": "Post", "related_name": "post_labels"}, "label": {"foreign_key": "Label", "related_name": "post_labels"}}', 'posts_labels');
SELECT corm.many_to_many('Post', 'labels', 'Label', through => 'PostLabel');
SELECT relation, through FROM corm.relations WHERE model = 'Label' AND kind = 'many_to_many';
ALTER TABLE posts_labels ADD COLUMN other_id bigint REFERENCES posts;
SELECT try($$SELECT corm.many_to_many('Post', 'more_labels', 'Label', through => 'PostLabel', related_name => 'more_posts')$$);
ALTER TABLE posts_labels DROP COLUMN other_id;

\echo S14: the way back is there as well
SELECT relation, kind, target FROM corm.relations WHERE model = 'Category' AND kind = 'many_to_many';

\echo S15, S17, S21: one row for a pair whichever end is looked at; both must exist; they go with either
INSERT INTO authors (id, first_name, last_name) VALUES (1, 'Guido', 'Van Rossum'), (2, 'Ann', 'Other');
INSERT INTO posts (id, title, author_id) VALUES (1, 'Hello, M2M', 1), (2, 'Second', 1), (3, 'Anonymous', NULL), (4, 'Other M2M', 2);
INSERT INTO categories (id, name) VALUES (1, 'News'), (2, 'Recent'), (3, '100%'), (4, 'gone');
INSERT INTO posts_categories (post_id, category_id) VALUES (1, 1), (1, 2), (2, 1), (3, 3), (4, 2), (4, 4);
SELECT corm.list(corm.fields(corm.relation('Post', 1, 'categories'), 'name')), corm.list(corm.fields(corm.relation('Category', 1, 'posts'), 'title'));
SELECT try('INSERT INTO posts_categories (post_id, category_id) VALUES (1, 1)');
SELECT left(try('INSERT INTO posts_categories (post_id, category_id) VALUES (1, 99)'), 60);
SELECT corm.count(corm.relation('Post', 4, 'categories'));
DELETE FROM categories WHERE id = 4;
SELECT corm.count(corm.relation('Post', 4, 'categories')), count(*) FROM posts_categories WHERE post_id = 4;

\echo S22: reading the relation gives the targets, in the order of their key
SELECT corm.all(corm.relation('Post', 1, 'categories'));
SELECT corm.list(corm.relation('Post', 1, 'categories'))::jsonb = (SELECT jsonb_agg(to_jsonb(c) ORDER BY id) FROM categories c WHERE id IN (SELECT category_id FROM posts_categories WHERE post_id = 1));

\echo S23: the relation is a query as well, with every verb that reads
SELECT corm.count(q), corm.exists(q), corm.first(q) ->> 'name', corm.last(q) ->> 'name', corm.get(q, '{"id": 2}') ->> 'name', corm.get_or_none(q, '{"id": 3}') IS NULL, corm.list(corm.fields(corm.limit(q, 1), 'id'))
  FROM corm.relation('Post', 1, 'categories') q;
SELECT count(*) FROM corm.related('Post', 1, 'categories', '{"name__startswith": "N"}');
SELECT c.name FROM corm.rows(NULL::categories, corm.relation('Post', 1, 'categories', order_by => '{-name}')) c;
-- an owner without key has nothing, not everything; one that is no row neither
SELECT corm.list(corm.relation('Post', NULL::bigint, 'categories')), corm.list(corm.relation('Post', 99, 'categories')), corm.list(corm.relation(NULL::posts, 'categories'));
SELECT try($$SELECT corm.list(corm.relation('Post', jsonb '{"title": "x"}', 'categories'))$$);

\echo S24: get with a criterion gives that one
SELECT corm.get(corm.relation('Post', 1, 'categories'), '{"name": "News"}');
SELECT try($$SELECT corm.get(corm.relation('Post', 1, 'categories'), '{"name": "Old"}')$$);
SELECT try($$SELECT corm.get(corm.relation('Post', 1, 'categories'), '{"name__in": ["News", "Recent"]}')$$);
SELECT try($$SELECT corm.get(corm.relation('Post', 1, 'categories'), '{"name": "100%"}')$$);

\echo S25: get without one is the only row, or an error; first is the first
SELECT corm.get(corm.relation('Post', 2, 'categories')) ->> 'name';
SELECT try($$SELECT corm.get(corm.relation('Post', 1, 'categories'))$$);
SELECT corm.first(corm.relation('Post', 1, 'categories')) ->> 'name';

\echo S26: contains is case-sensitive and literal
SELECT corm.list(corm.fields(corm.relation('Category', 1, 'posts'), 'title'), '{"title__contains": "M2M"}');
SELECT corm.count(corm.relation('Category', 1, 'posts'), '{"title__contains": "m2m"}'), corm.count(corm.relation('Category', 1, 'posts'), '{"title__icontains": "m2m"}'), corm.count('Category', '{"name__contains": "%"}'), corm.count('Category', '{"name__contains": "_"}');

\echo S27: a path over several relations ends in a row, a key or JSON, and a root comes once
SELECT corm.get('Category', jsonb_build_object('posts__author', to_jsonb(a), 'name', 'News')) ->> 'name' FROM authors a WHERE id = 1;
SELECT corm.list(corm.fields('Category', 'name'), '{"posts__author": 1}'), corm.list(corm.fields('Category', 'name'), '{"posts__author": {"id": 1}}'), corm.count('Category', '{"posts__author": 1}');
SELECT corm.sql(corm.objects('Category', '{"posts__author": 1}', fields => '{id}')) !~ 'authors' AS "without a look at authors";

\echo S28: with one hop more
SELECT corm.list(corm.fields('Category', 'name'), '{"posts__author__first_name": "Guido"}')::text = corm.list(corm.fields('Category', 'name'), '{"posts__author": 1}')::text;
SELECT corm.count('Category', '{"posts__author__first_name": "Ann", "posts__title": "Hello, M2M"}'), corm.count('Category', '[{"posts__author__first_name": "Ann"}, {"posts__title": "Hello, M2M"}]');

\echo S29: the rows of a relation with their author, null where there is none
SELECT corm.list(corm.fields(corm.select_related(corm.relation('Category', 1, 'posts'), 'author'), 'title'));
SELECT corm.list(corm.fields(corm.select_related(corm.relation('Category', 3, 'posts'), 'author'), 'title'));

\echo S30: for creating through a relation see seed_writes; all gives both that are there
SELECT corm.count(corm.relation('Post', 1, 'categories')), json_array_length(corm.list(corm.relation('Post', 1, 'categories')));

\echo S31: limit and offset on the relation
SELECT corm.list(corm.fields(corm.limit(corm.relation('Post', 1, 'categories'), 1), 'name')), corm.list(corm.fields(corm.limit(corm.offset(corm.relation('Post', 1, 'categories'), 1), 1), 'name'));
SELECT corm.list(corm.fields(corm.limit(corm.prefetch_related('Post', '{"categories": {"fields": ["name"]}}'), 1), 'id')) AS "of roots, lists complete";

\echo S32: count and exists honour filter and exclude
SELECT corm.count(corm.filter(corm.relation('Post', 1, 'categories'), '{"name": "News"}')), corm.count(corm.exclude(corm.relation('Post', 1, 'categories'), '{"name": "News"}')), corm.exists(corm.exclude(corm.relation('Post', 1, 'categories'), '{"name__in": ["News", "Recent"]}')), corm.count('Category', '{"posts__author__isnull": false}');

SET client_min_messages = warning;
DROP SCHEMA corm_seed_relations CASCADE;
