\set k random(1, :authors * 4) * 5
SELECT c.* FROM category c WHERE c.id IN (SELECT pc.category_id FROM post_category pc WHERE pc.post_id = :k);
