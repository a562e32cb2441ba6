\set k random(1, :authors * 4) * 5
\set c random(:categories + 1, :categories + 100)
INSERT INTO post_category (post_id, category_id) VALUES (:k, :c) ON CONFLICT DO NOTHING;
DELETE FROM post_category WHERE post_id = :k AND category_id = :c;
