-- What the description of relations says about writing, statement by statement:
-- setting a relation, linking from both ends, creating through a relation,
-- taking links off, and what each of them refuses.
CREATE SCHEMA corm_seed_writes;
SET search_path = corm_seed_writes;
-- Shows errors as "SQLSTATE message / detail / hint"; what failed is undone.
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
\pset format unaligned
\pset tuples_only on
\set QUIET on
SELECT corm.create_model('Department', '{"id": {"type": "serial", "primary_key": true}, "name": "varchar(100)"}') \g /dev/null
SELECT corm.create_model('Course', '{"id": {"type": "serial", "primary_key": true}, "name": "varchar(100)",
	"completed": {"type": "boolean", "default": false}, "department": {"foreign_key": "Department"}}') \g /dev/null
SELECT corm.create_model('Author', '{"id": {"type": "serial", "primary_key": true}, "first_name": "varchar(80)", "last_name": "varchar(80)"}') \g /dev/null
SELECT corm.create_model('Category', '{"id": {"type": "serial", "primary_key": true}, "name": "varchar(40)"}') \g /dev/null
SELECT corm.create_model('Post', '{"id": {"type": "serial", "primary_key": true}, "title": "varchar(200)",
	"author": {"foreign_key": "Author"}, "categories": {"many_to_many": "Category"}}') \g /dev/null
SELECT model, table_name, primary_key FROM corm.models WHERE schema_name = 'corm_seed_writes' ORDER BY 1;
-- The links of the world, by plain SQL.
CREATE FUNCTION linked() RETURNS text LANGUAGE sql AS
$$ SELECT coalesce(string_agg(post_id || '-' || category_id, ' ' ORDER BY post_id, category_id), '(none)') FROM posts_categorys $$;

--
-- Setting a to-one relation
--
\echo absent key: the foreign key takes its default, which is null
SELECT corm.create('Department', '{"name": "Science"}');
SELECT corm.create('Course', '{"name": "Math"}');
\echo by key
SELECT corm.create('Course', '{"name": "Physics", "department": 1}');
\echo by object that holds the key, other members are ignored
SELECT corm.create('Course', '{"name": "Chemistry", "department": {"id": 1, "name": "ignored"}}');
SELECT corm.create('Course', '{"name": "Biology", "department": {"pk": 1}}');
\echo by row, as JSON
SELECT corm.create('Course', jsonb_build_object('name', 'Optics', 'department', to_jsonb(d))) FROM departments d;
\echo by the document that create returned
SELECT corm.create('Course', jsonb_build_object('name', 'Acoustics', 'department', corm.create('Department', '{"name": "Arts"}')::jsonb));
\echo explicit null
SELECT corm.create('Course', '{"name": "Latin", "department": null}');
\echo the targets were not written to, and every course points where it should
SELECT * FROM departments ORDER BY id;
SELECT * FROM courses ORDER BY id;
\echo the reverse side shows them
SELECT corm.list(corm.relation('Department', 1, 'courses', fields => '{name}'));
\echo a target that does not exist: 23503, and nothing is written
SELECT count(*) AS before FROM courses \gset
SELECT try($$SELECT corm.create('Course', '{"name": "Lost", "department": 99}')$$);
SELECT try($$SELECT corm.create('Course', '{"name": "Lost", "department": {"id": 99}}')$$);
SELECT count(*) = :before FROM courses;
\echo a wrong-typed key
SELECT try($$SELECT corm.create('Course', '{"name": "Lost", "department": "one"}')$$);
SELECT try($$SELECT corm.create('Course', '{"name": "Lost", "department": true}')$$);
SELECT try($$SELECT corm.create('Course', '{"name": "Lost", "department": [1]}')$$);
SELECT try($$SELECT corm.create('Course', '{"name": "Lost", "department": {"id": "one"}}')$$);
SELECT try($$SELECT corm.create('Course', '{"name": "Lost", "department": 1.5}')$$);
\echo an object without its key, or with a null key
SELECT try($$SELECT corm.create('Course', '{"name": "Lost", "department": {"name": "Science"}}')$$);
SELECT try($$SELECT corm.create('Course', '{"name": "Lost", "department": {}}')$$);
SELECT try($$SELECT corm.create('Course', '{"name": "Lost", "department": {"id": null}}')$$);
SELECT count(*) = :before FROM courses;
\echo the same by add and set
SELECT corm.add(corm.relation('Course', 1, 'department'), 2), corm.add(corm.relation('Course', 1, 'department'), 2);
SELECT department_id FROM courses WHERE id = 1;
SELECT corm.set(corm.relation('Course', 1, 'department'), d) FROM departments d WHERE id = 1;
SELECT corm.set(corm.relation('Course', 1, 'department'), '{"id": 2}'::jsonb);
SELECT department_id FROM courses WHERE id = 1;
SELECT corm.set(corm.relation('Course', 1, 'department'), NULL);
SELECT department_id IS NULL FROM courses WHERE id = 1;
SELECT try($$SELECT corm.set(corm.relation('Course', 1, 'department'), 99)$$);
SELECT try($$SELECT corm.set(corm.relation('Course', 99, 'department'), 1)$$);
\echo a row of another model
SELECT try($$SELECT corm.set(corm.relation('Course', 1, 'department'), c) FROM corm_seed_writes.courses c WHERE id = 2$$);
\echo a row without a key
SELECT try($$SELECT corm.set(corm.relation('Course', 1, 'department'), ROW(NULL, 'New')::corm_seed_writes.departments)$$);
SELECT department_id IS NULL FROM courses WHERE id = 1;
\echo a column that may not be null
SELECT corm.create_model('Lesson', '{"id": {"type": "serial", "primary_key": true}, "course": {"foreign_key": "Course", "nullable": false}}') \g /dev/null
SELECT try($$SELECT corm.create('Lesson', '{"course": null}')$$);
SELECT try($$SELECT corm.create('Lesson', '{}')$$);
SELECT corm.create('Lesson', '{"course": 2}') ->> 'course_id';

--
-- Many-to-many
--
SELECT corm.create('Author', '{"first_name": "Guido", "last_name": "Van Rossum"}') \g /dev/null
SELECT corm.create('Post', '{"title": "Hello, M2M", "author": 1}') \g /dev/null
SELECT corm.create('Post', '{"title": "Bye", "author": {"id": 1}}') \g /dev/null
SELECT corm.create('Category', '{"name": "News"}') \g /dev/null
\echo add from one end
SELECT corm.add(corm.relation('Post', 1, 'categories'), 1);
\echo add the same pair from the other end: it counts once
SELECT corm.add(corm.relation('Category', 1, 'posts'), 1);
SELECT linked();
SELECT corm.count(corm.relation('Post', 1, 'categories'));
\echo by rows on both sides
SELECT corm.add(corm.relation(p, 'categories'), c) FROM posts p, categorys c ORDER BY p.id;
SELECT linked();
\echo create through the relation: row and link in one
SELECT corm.create(corm.relation('Post', 1, 'categories'), '{"name": "Tips"}');
SELECT corm.list(corm.relation('Post', 1, 'categories'));
SELECT linked();
\echo create from the other end
SELECT corm.create(corm.relation('Category', 2, 'posts'), '{"title": "From a category"}');
SELECT linked();
\echo create for an owner that is not there: no row stays behind
SELECT try($$SELECT corm.create(corm.relation('Post', 99, 'categories'), '{"name": "Orphan"}')$$);
SELECT count(*) FROM categorys WHERE name = 'Orphan';
\echo a target or an owner that does not exist: 23503, nothing is written
SELECT try($$SELECT corm.add(corm.relation('Post', 1, 'categories'), 99)$$);
SELECT try($$SELECT corm.add(corm.relation('Post', 99, 'categories'), 1)$$);
SELECT try($$SELECT corm.add(corm.relation('Category', 1, 'posts'), 99)$$);
SELECT try($$SELECT corm.add(corm.relation('Post', 2, 'categories'), ARRAY[2, 99])$$);
SELECT try($$SELECT corm.set(corm.relation('Post', 1, 'categories'), ARRAY[2, 99])$$);
SELECT linked();
\echo remove takes the link off, the target survives
SELECT corm.remove(corm.relation('Post', 1, 'categories'), 2);
SELECT linked(), (SELECT count(*) FROM categorys WHERE id = 2);
\echo what is not linked is no error and counts nothing
SELECT corm.remove(corm.relation('Post', 1, 'categories'), 2);
SELECT corm.remove(corm.relation('Post', 1, 'categories'), 99);
SELECT corm.remove(corm.relation('Post', 99, 'categories'), 1);
SELECT linked();
\echo remove from the other end
SELECT corm.remove(corm.relation('Category', 2, 'posts'), 3);
SELECT linked();
\echo clear takes all links of this owner only
SELECT corm.set(corm.relation('Post', 1, 'categories'), ARRAY[1, 2]), corm.set(corm.relation('Post', 3, 'categories'), ARRAY[1, 2]);
SELECT linked();
SELECT corm.clear(corm.relation('Post', 1, 'categories'));
SELECT linked();
SELECT corm.clear(corm.relation('Post', 1, 'categories')), corm.clear(corm.relation('Post', 99, 'categories'));
SELECT (SELECT count(*) FROM posts), (SELECT count(*) FROM categorys);
\echo clear from the other end
SELECT corm.clear(corm.relation('Category', 1, 'posts'));
SELECT linked();
\echo deleting a target removes its links, and so does deleting an owner
SELECT corm.set(corm.relation('Post', 1, 'categories'), ARRAY[1, 2]);
DELETE FROM categorys WHERE id = 2;
SELECT linked();
DELETE FROM posts WHERE id = 1;
SELECT linked();
\echo wrong-typed keys, rows of another model, rows and objects without a key
SELECT try($$SELECT corm.add(corm.relation('Post', 2, 'categories'), 'one')$$);
SELECT try($$SELECT corm.add(corm.relation('Post', 'two', 'categories'), 1)$$);
SELECT try($$SELECT corm.add(corm.relation('Post', 2, 'categories'), true)$$);
SELECT try($$SELECT corm.add(corm.relation('Post', 2, 'categories'), p) FROM corm_seed_writes.posts p WHERE id = 2$$);
SELECT try($$SELECT corm.remove(corm.relation('Post', 2, 'categories'), p) FROM corm_seed_writes.posts p WHERE id = 2$$);
SELECT try($$SELECT corm.add(corm.relation('Post', 2, 'categories'), ROW(NULL, 'New')::corm_seed_writes.categorys)$$);
SELECT try($$SELECT corm.add(corm.relation('Post', 2, 'categories'), '{"name": "New"}'::jsonb)$$);
SELECT try($$SELECT corm.add(corm.relation(ROW(NULL, 'New', NULL)::corm_seed_writes.posts, 'categories'), 1)$$);
SELECT try($$SELECT corm.create(corm.relation('Post', NULL::int, 'categories'), '{"name": "New"}')$$);
SELECT linked();

--
-- The reverse of a foreign key
--
\echo add moves the child here, remove leaves it without an owner
SELECT corm.add(corm.relation('Department', 2, 'courses'), 2), corm.add(corm.relation('Department', 2, 'courses'), 2);
SELECT department_id FROM courses WHERE id = 2;
SELECT corm.remove(corm.relation('Department', 1, 'courses'), 2);
SELECT corm.remove(corm.relation('Department', 2, 'courses'), 2);
SELECT department_id IS NULL FROM courses WHERE id = 2;
\echo a child that does not exist: 23503 though no constraint would fire
SELECT try($$SELECT corm.add(corm.relation('Department', 1, 'courses'), 99)$$);
SELECT try($$SELECT corm.add(corm.relation('Department', 1, 'courses'), ARRAY[2, 99])$$);
SELECT department_id IS NULL FROM courses WHERE id = 2;
\echo create through it
SELECT corm.create(corm.relation('Department', 2, 'courses'), '{"name": "Drawing"}');
SELECT try($$SELECT corm.create(corm.relation('Department', 99, 'courses'), '{"name": "Nowhere"}')$$);
SELECT count(*) FROM courses WHERE name = 'Nowhere';

\set QUIET off
\set VERBOSITY terse
SET client_min_messages = warning;
DROP SCHEMA corm_seed_writes CASCADE;
