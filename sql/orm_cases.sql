-- Cases that ORMs' own test suites hold, each compared with SQL written by
-- hand: every answer is t.  The comment says where one could go wrong.
CREATE SCHEMA corm_orm_cases;
SET search_path = corm_orm_cases;
SET timezone = 'UTC';
\pset format unaligned
\pset tuples_only on
-- the keys of a queryset's rows, in its order; NULL when there are none
CREATE FUNCTION ids(q corm.queryset, filter jsonb DEFAULT NULL) RETURNS bigint[] STABLE LANGUAGE sql
	RETURN (SELECT array_agg((object ->> 'id')::bigint) FROM corm.all(q, filter));
SELECT corm.create_model('Author', '{"name": "text", "email": "text", "boss": {"foreign_key": "Author", "related_name": "staff"}}');
SELECT corm.create_model('Profile', '{"bio": "text", "author": {"foreign_key": "Author", "one_to_one": true, "related_name": "profile"}}');
SELECT corm.create_model('Post', '{"title": "text", "views": "int", "price": "numeric", "discount": "numeric", "created_at": "timestamptz", "author": {"foreign_key": "Author"}, "editor": {"foreign_key": "Author", "related_name": "edited"}}');
SELECT corm.create_model('Comment', '{"body": "text", "post": {"foreign_key": "Post", "nullable": false}, "author": {"foreign_key": "Author"}, "parent": {"foreign_key": "Comment", "related_name": "replies"}}');
SELECT corm.create_model('Category', '{"name": "text", "parent": {"foreign_key": "Category", "related_name": "children"}}', 'categories');
SELECT corm.create_model('PostCategory', '{"id": {"type": "int", "primary_key": true}, "post": {"foreign_key": "Post", "nullable": false, "related_name": "links"}, "category": {"foreign_key": "Category", "nullable": false, "related_name": "links"}, "position": "int"}', 'post_categories');
ALTER TABLE post_categories ADD UNIQUE (post_id, category_id);
SELECT corm.many_to_many('Post', 'categories', 'Category', through => 'PostCategory', related_name => 'posts');
SELECT corm.many_to_many('Author', 'friends', 'Author', symmetrical => true);
SELECT corm.many_to_many('Author', 'follows', 'Author', related_name => 'followers');
CREATE TABLE orders (year int, no int, note text, PRIMARY KEY (year, no));
CREATE TABLE lines (id int PRIMARY KEY, order_year int, order_no int, article text, FOREIGN KEY (order_year, order_no) REFERENCES orders);
SELECT corm.register_model('orders', 'Order'), corm.register_model('lines', 'Line');
SELECT corm.foreign_key('Line', 'order', 'Order', 'lines', columns => '{order_year,order_no}');
INSERT INTO authors (id, name, email, boss_id) VALUES (1, 'Ann', 'ann@x', NULL), (2, 'Bob', NULL, 1), (3, 'Cid', 'c%d@x', 1), (4, 'Dan', NULL, 2), (5, 'Eve', 'e_e@x', 5);
INSERT INTO profiles (id, bio, author_id) VALUES (1, 'writes', 1), (2, NULL, 2), (3, 'nobody''s', NULL);
INSERT INTO posts (id, title, views, price, discount, created_at, author_id, editor_id) VALUES
	(1, 'SQL', 10, 10, 2, '2024-01-31 23:30Z', 1, 2), (2, 'JSON', 20, 5, 5, '2024-02-01 00:30Z', 1, 1), (3, 'SQL/JSON', NULL, 7.5, NULL, '2024-02-15 12:00Z', 2, NULL),
	(4, 'C', 5, 1, 3, '2023-12-31 22:00Z', NULL, 1), (5, 'Make', 10, 10, NULL, NULL, 3, 3), (6, 'Empty', 0, NULL, 1, '2024-03-01 00:00Z', NULL, NULL);
INSERT INTO comments (id, body, post_id, author_id, parent_id) VALUES
	(1, 'good', 1, 2, NULL), (2, 'bad', 1, 3, 1), (3, 'good', 2, 1, NULL), (4, NULL, 2, NULL, NULL), (5, 'bad', 3, 2, NULL), (6, 'ugly', 4, NULL, NULL), (7, 'thanks', 1, 1, 2);
INSERT INTO categories (id, name, parent_id) VALUES (1, 'News', NULL), (2, 'Tech', 1), (3, 'Old', 2), (4, NULL, 2), (5, 'Ring', NULL), (6, 'Ring too', 5);
UPDATE categories SET parent_id = 6 WHERE id = 5;
INSERT INTO post_categories (id, post_id, category_id, position) VALUES (11, 1, 1, 1), (12, 1, 2, 2), (13, 2, 2, 1), (14, 3, 3, 5), (15, 3, 4, NULL), (16, 4, 1, 2);
INSERT INTO authors_authors (from_author_id, to_author_id) VALUES (1, 2), (1, 3), (3, 3), (2, 4);
INSERT INTO authors_authors_follows (from_author_id, to_author_id) VALUES (1, 2), (2, 1), (3, 1), (4, 4);
INSERT INTO orders VALUES (2023, 1, 'a'), (2023, 2, 'b'), (2024, 1, NULL);
INSERT INTO lines VALUES (1, 2023, 1, 'nut'), (2, 2023, 1, 'bolt'), (3, 2024, 1, 'nut'), (4, NULL, NULL, 'lost'), (5, 2024, NULL, 'half');

--
-- Filters over to-many relations
--
-- a post in two matching categories comes once, counts once and fills one place of a limit
SELECT ids('Post', '{"categories__name__in": ["News", "Tech"]}') = (SELECT array_agg(id ORDER BY id) FROM posts WHERE id IN (SELECT post_id FROM post_categories WHERE category_id IN (1, 2)));
SELECT corm.count('Post', '{"categories__name__in": ["News", "Tech"]}') = (SELECT count(DISTINCT post_id) FROM post_categories WHERE category_id IN (1, 2));
SELECT ids(corm.limit(corm.filter('Post', '{"categories__name__in": ["News", "Tech"]}'), 2)) = (SELECT array_agg(id) FROM (SELECT id FROM posts WHERE id IN (SELECT post_id FROM post_categories WHERE category_id IN (1, 2)) ORDER BY id LIMIT 2) s);
-- two conditions in one object stand on one child
SELECT ids('Post', '{"comments__body": "good", "comments__author": 3}') IS NOT DISTINCT FROM (SELECT array_agg(id ORDER BY id) FROM posts p WHERE EXISTS (SELECT FROM comments WHERE post_id = p.id AND body = 'good' AND author_id = 3));
-- in two objects, or in two calls of filter, on any children
SELECT ids('Post', '[{"comments__body": "good"}, {"comments__author": 3}]') = (SELECT array_agg(id ORDER BY id) FROM posts p WHERE EXISTS (SELECT FROM comments WHERE post_id = p.id AND body = 'good') AND EXISTS (SELECT FROM comments WHERE post_id = p.id AND author_id = 3));
SELECT ids(corm.filter(corm.filter('Post', '{"comments__body": "good"}'), '{"comments__author": 3}')) = ids('Post', '[{"comments__body": "good"}, {"comments__author": 3}]');
-- the same at two depths: the post with the comment is the post with the views
SELECT ids('Author', '{"posts__views": 10, "posts__comments__body": "good", "posts__comments__author": 1}') IS NOT DISTINCT FROM (SELECT array_agg(id ORDER BY id) FROM authors a WHERE EXISTS (SELECT FROM posts p JOIN comments c ON c.post_id = p.id WHERE p.author_id = a.id AND views = 10 AND body = 'good' AND c.author_id = 1));
-- exclude: of both conditions on one child; excluding twice takes more away
SELECT ids(corm.exclude('Post', '{"comments__body": "good", "comments__author": 3}')) = (SELECT array_agg(id ORDER BY id) FROM posts p WHERE NOT EXISTS (SELECT FROM comments WHERE post_id = p.id AND body = 'good' AND author_id = 3));
SELECT ids(corm.exclude(corm.exclude('Post', '{"comments__body": "good"}'), '{"comments__author": 3}')) = (SELECT array_agg(id ORDER BY id) FROM posts p WHERE NOT EXISTS (SELECT FROM comments WHERE post_id = p.id AND body = 'good') AND NOT EXISTS (SELECT FROM comments WHERE post_id = p.id AND author_id = 3));
-- not any child that is good, against some child that is not good
SELECT ids('Post', '{"NOT": {"comments__body": "good"}}') = (SELECT array_agg(id ORDER BY id) FROM posts p WHERE NOT EXISTS (SELECT FROM comments WHERE post_id = p.id AND body = 'good'));
SELECT ids('Post', '{"comments__body__ne": "good"}') = (SELECT array_agg(id ORDER BY id) FROM posts p WHERE EXISTS (SELECT FROM comments WHERE post_id = p.id AND body IS DISTINCT FROM 'good'));
-- OR of a child's column and an own one keeps rows without children
SELECT ids('Post', '{"OR": [{"comments__body": "ugly"}, {"title": "Empty"}]}') = (SELECT array_agg(id ORDER BY id) FROM posts p WHERE EXISTS (SELECT FROM comments WHERE post_id = p.id AND body = 'ugly') OR title = 'Empty');
-- OR of two to-many relations neither multiplies nor loses rows
SELECT ids('Post', '{"OR": [{"comments__author__in": [1, 2]}, {"categories__in": [1, 2]}]}') = (SELECT array_agg(id ORDER BY id) FROM posts p WHERE EXISTS (SELECT FROM comments WHERE post_id = p.id AND author_id IN (1, 2)) OR EXISTS (SELECT FROM post_categories WHERE post_id = p.id AND category_id IN (1, 2)));
-- NOT of an OR of them, and NOT twice
SELECT ids(corm.exclude('Post', '{"NOT": {"OR": [{"comments__author": 2}, {"categories": 2}]}}')) = ids('Post', '{"OR": [{"comments__author": 2}, {"categories": 2}]}');
-- columns of the link and of the target hold of one link row
SELECT ids('Post', '{"categories__name": "News", "categories__PostCategory__position": 2}') = (SELECT array_agg(post_id ORDER BY post_id) FROM post_categories WHERE category_id = 1 AND position = 2);
-- there and back again: posts of authors of some other post called JSON
SELECT ids('Post', '{"author__posts__title": "JSON"}') = (SELECT array_agg(id ORDER BY id) FROM posts WHERE author_id IN (SELECT author_id FROM posts WHERE title = 'JSON'));

--
-- NULL
--
-- exclude keeps rows whose column is NULL, or whose related row is missing
SELECT ids(corm.exclude('Author', '{"email": "ann@x"}')) = (SELECT array_agg(id ORDER BY id) FROM authors WHERE email IS DISTINCT FROM 'ann@x');
SELECT ids(corm.exclude('Post', '{"author__name": "Ann"}')) = (SELECT array_agg(p.id ORDER BY p.id) FROM posts p LEFT JOIN authors a ON a.id = p.author_id WHERE a.name IS DISTINCT FROM 'Ann');
-- in with NULL is not the IN of SQL; excluding it leaves no NULL
SELECT ids('Author', '{"email__in": ["ann@x", null]}') = (SELECT array_agg(id ORDER BY id) FROM authors WHERE email = 'ann@x' OR email IS NULL);
SELECT ids(corm.exclude('Author', '{"email__in": ["ann@x", null]}')) = (SELECT array_agg(id ORDER BY id) FROM authors WHERE email <> 'ann@x');
-- in of nothing matches nothing, and excluding it excludes nothing
SELECT corm.count('Author', '{"id__in": []}') = 0 AND corm.count(corm.exclude('Author', '{"id__in": []}')) = (SELECT count(*) FROM authors);
-- nothing in an OR is false, nothing in an AND is true
SELECT NOT corm.exists('Author', '{"OR": []}') AND corm.count('Author', '{"AND": []}') = 5 AND corm.count('Author', '{"NOT": {"OR": []}}') = 5;
-- no related row, or a related row whose column is NULL: behind to-many these differ
SELECT ids('Author', '{"posts__isnull": true}') = (SELECT array_agg(id ORDER BY id) FROM authors a WHERE NOT EXISTS (SELECT FROM posts WHERE author_id = a.id));
SELECT ids('Author', '{"posts__views__isnull": true}') = (SELECT array_agg(id ORDER BY id) FROM authors a WHERE EXISTS (SELECT FROM posts WHERE author_id = a.id AND views IS NULL));
-- ... and over to-one they do not: a missing author has no e-mail
SELECT ids('Post', '{"author__email__isnull": true}') = (SELECT array_agg(p.id ORDER BY p.id) FROM posts p LEFT JOIN authors a ON a.id = p.author_id WHERE a.email IS NULL);
SELECT ids('Post', '{"author__isnull": true}') = (SELECT array_agg(id ORDER BY id) FROM posts WHERE author_id IS NULL);
-- the far end of a one-to-one that nobody holds
SELECT ids('Author', '{"profile": null}') = (SELECT array_agg(id ORDER BY id) FROM authors a WHERE NOT EXISTS (SELECT FROM profiles WHERE author_id = a.id));

--
-- Texts are compared as they are
--
-- % and _ are characters, without regard to case too
SELECT ids('Author', '{"email__iexact": "C%D@X"}') = '{3}' AND ids('Author', '{"email__iexact": "_nn@x"}') IS NULL AND ids('Author', '{"email__iexact": "E_E@x"}') = '{5}';
SELECT ids('Author', '{"email__contains": "%"}') = '{3}' AND ids('Author', '{"email__icontains": "_"}') = '{5}' AND ids('Author', '{"email__startswith": "%"}') IS NULL AND ids('Author', '{"email__endswith": "\\"}') IS NULL;
-- the empty text is in every text, but not in NULL
SELECT ids('Author', '{"email__contains": ""}') = (SELECT array_agg(id ORDER BY id) FROM authors WHERE email IS NOT NULL);

--
-- Relations of special kinds
--
-- a symmetrical link is seen from both ends, one with oneself once
SELECT (SELECT jsonb_object_agg(a.id, ids(corm.relation(a, 'friends'))) FROM authors a) = '{"1": [2, 3], "2": [1, 4], "3": [1, 3], "4": [2], "5": null}';
SELECT corm.count('Author', '{"friends": 3}') = 2 AND corm.count(corm.relation('Author', 3, 'friends')) = 2;
-- a directed one is not
SELECT ids('Author', '{"follows": 1}') = '{2,3}' AND ids('Author', '{"followers": 1}') = '{2}';
-- a composite key as an array, as an object, in a list of both; half a key is no key
SELECT ids('Line', '{"order": [2023, 1]}') = '{1,2}' AND ids('Line', '{"order": {"no": 1, "year": 2024}}') = '{3}' AND ids('Line', '{"order__in": [[2024, 1], {"year": 2023, "no": 1}]}') = '{1,2,3}';
SELECT ids('Line', '{"order__isnull": true}') = '{4,5}' AND ids(corm.exclude('Line', '{"order": [2023, 1]}')) = '{3,4,5}';
-- a row compares by its key, whatever else it says
SELECT ids('Post', jsonb_build_object('author', to_jsonb(a) || '{"name": "changed"}')) = (SELECT array_agg(id ORDER BY id) FROM posts WHERE author_id = 1) FROM authors a WHERE id = 1;
-- one's own boss
SELECT ids('Author', '{"boss__boss__boss": 5}') = '{5}' AND ids('Author', '{"staff__staff": 4}') = '{1}';

--
-- Orders and slices
--
-- over to-many by the least or the greatest, each root once
SELECT ids(corm.order_by('Author', 'posts__views', 'id')) = (SELECT array_agg(id ORDER BY (SELECT min(views) FROM posts WHERE author_id = a.id), id) FROM authors a);
SELECT ids(corm.order_by('Author', '-posts__views nulls last', 'id')) = (SELECT array_agg(id ORDER BY (SELECT max(views) FROM posts WHERE author_id = a.id) DESC NULLS LAST, id) FROM authors a);
-- over to-one, missing ones included; the key breaks ties, upwards in either direction
SELECT ids(corm.order_by('Post', '-author__name nulls last')) = (SELECT array_agg(p.id ORDER BY a.name DESC NULLS LAST, p.id) FROM posts p LEFT JOIN authors a ON a.id = p.author_id);
-- last is the other end of the same order, ties too
SELECT (corm.last(corm.order_by('Post', 'views')) ->> 'id')::int = (SELECT (array_agg(id ORDER BY views, id))[6] FROM posts);
-- counting and asking respect limit and offset
SELECT corm.count(corm.limit(corm.offset('Post', 4), 10)) = 2 AND NOT corm.exists(corm.offset('Post', 6)) AND corm.count(corm.limit('Post', 0)) = 0;
-- slices put together are the list
SELECT (SELECT array_agg(i ORDER BY s, o) FROM generate_series(0, 5, 2) s, LATERAL unnest(ids(corm.limit(corm.offset(corm.order_by('Post', '-price'), s), 2))) WITH ORDINALITY u(i, o)) = ids(corm.order_by('Post', '-price'));

--
-- Loading
--
-- a limit counts roots, each with all of its children
SELECT (SELECT array_agg(json_array_length(object -> 'comments')) FROM corm.all(corm.limit(corm.prefetch_related('Post', 'comments'), 2))) = '{3,2}';
-- the first per parent, ties broken by the key
SELECT (SELECT jsonb_object_agg(object ->> 'id', object -> 'posts') FROM corm.all(corm.prefetch_related('Author', jsonb '{"posts": {"order_by": ["-price"], "limit": 1, "fields": ["id"]}}'))) = '{"1": [{"id": 1}], "2": [{"id": 3}], "3": [{"id": 5}], "4": [], "5": []}';
SELECT corm.get(corm.prefetch_related('Post', jsonb '{"comments": {"order_by": ["post"], "limit": 2, "fields": ["id"]}}'), '{"id": 1}') -> 'comments' #>> '{}' = '[{"id":1},{"id":2}]';
-- an offset behind the end gives an empty list, not null
SELECT bool_and(object ->> 'posts' = '[]') FROM corm.all(corm.prefetch_related('Author', jsonb '{"posts": {"offset": 7}}'));
-- one relation under two names, with different filters
SELECT (corm.get(corm.prefetch_related('Post', jsonb '[{"comments": {"as": "good", "filter": {"body": "good"}, "fields": ["id"]}}, {"comments": {"as": "other", "exclude": {"body": "good"}, "fields": ["id"]}}]'), '{"id": 1}'))::jsonb - '{title,views,price,discount,created_at,author_id,editor_id}'::text[]
	= '{"id": 1, "good": [{"id": 1}], "other": [{"id": 2}, {"id": 7}]}';
-- below a missing to-one there is nothing to load
SELECT corm.get(corm.prefetch_related('Post', 'author__posts__comments', 'author__profile'), '{"id": 6}') ->> 'author' IS NULL AND corm.get(corm.prefetch_related('Post', 'author__posts'), '{"id": 6}')::jsonb ? 'author';
-- what filters the roots prunes no list below them
SELECT (SELECT array_agg(json_array_length(object -> 'comments')) FROM corm.all(corm.prefetch_related('Post', 'comments'), '{"comments__body": "good"}')) = '{3,2}';
-- what filters a to-one hides it and keeps the root
SELECT (SELECT count(object -> 'author' ->> 'id') FROM corm.all(corm.prefetch_related('Post', jsonb '{"author": {"filter": {"name": "Ann"}}}'))) = 2 AND corm.count(corm.prefetch_related('Post', jsonb '{"author": {"filter": {"name": "Ann"}}}')) = 6;
-- two lists beside each other do not multiply
SELECT bool_and(json_array_length(object -> 'comments') = (SELECT count(*) FROM comments WHERE post_id = (object ->> 'id')::int) AND json_array_length(object -> 'categories') = (SELECT count(*) FROM post_categories WHERE post_id = (object ->> 'id')::int))
	FROM corm.all(corm.prefetch_related('Post', 'comments', 'categories'));
-- a target that several roots share stands in each, with its own link
SELECT (SELECT jsonb_object_agg(object ->> 'id', jsonb_path_query_array(object::jsonb, '$.categories[*] ? (@.id == 2).PostCategory.position')) FROM corm.all(corm.prefetch_related('Post', 'categories'), '{"categories": 2}')) = '{"1": [2], "2": [1]}';
-- a child does not repeat its parent, but keeps the key
SELECT NOT (c.object::jsonb ? 'post') AND c.object ->> 'post_id' = '1' FROM corm.get(corm.prefetch_related('Post', 'comments'), '{"id": 1}') p, LATERAL (SELECT p.object -> 'comments' -> 0 AS object) c;
-- a path that turns round loads the parent anew
SELECT corm.get(corm.prefetch_related('Comment', 'post__comments__post'), '{"id": 6}') #>> '{post,comments,0,post,title}' = 'C';
-- a ring of parents goes as deep as the path
SELECT corm.get(corm.select_related('Category', 'parent__parent__parent'), '{"id": 5}') #>> '{parent,parent,parent,id}' = '6';
-- the missing side of a one-to-one is null, not left out, not an object of nulls
SELECT (SELECT jsonb_object_agg(object ->> 'id', object -> 'profile') FROM corm.all(corm.select_related('Author', 'profile'), '{"id__gt": 1}')) = '{"2": {"id": 2, "bio": null, "author_id": 2}, "3": null, "4": null, "5": null}';

SET client_min_messages = warning;
DROP SCHEMA corm_orm_cases CASCADE;
