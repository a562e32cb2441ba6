\set k random(1, :authors)
\set c random(:categories + 1, :categories + 98)
INSERT INTO post (author_id, title, body, created, price)
VALUES (:k, 'A new post', 'It says "new".', '2024-02-03 04:05:06Z', 12.30)
RETURNING id, row_to_json(post) \gset
INSERT INTO post_category (post_id, category_id)
SELECT :id, unnest(ARRAY[:c, :c + 1, :c + 2]) ON CONFLICT DO NOTHING;
