\set k random(1, :authors * 4) * 5
SELECT c.* FROM post_category pc JOIN category c ON c.id = pc.category_id WHERE pc.post_id = :k;
