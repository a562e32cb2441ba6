\set k random(1, :authors * 4) * 5
SELECT c.* FROM post AS p, categories(p) AS c WHERE p.id = :k;
