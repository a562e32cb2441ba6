\set k random(1, :authors)
\set c random(:categories + 1, :categories + 98)
WITH p AS (
	INSERT INTO post (author_id, title, body, created, price)
	VALUES (:k, 'A new post', 'It says "new".', '2024-02-03 04:05:06Z', 12.30)
	RETURNING *),
l AS (
	INSERT INTO post_category (post_id, category_id)
	SELECT p.id, unnest(ARRAY[:c, :c + 1, :c + 2]) FROM p)
SELECT row_to_json(p) FROM p;
