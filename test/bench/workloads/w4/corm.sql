\set k random(1, :authors * 4) * 5
SELECT c.* FROM corm.rows(NULL::category, corm.relation('Post', :k, 'categories')) AS c;
