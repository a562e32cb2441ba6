\set k random(1, :authors * 4) * 5
SELECT c.* FROM corm.rows(NULL::category, ('{"model": "Post", "pk": ' || :k || ', "relation": "categories"}')::corm.queryset) AS c;
