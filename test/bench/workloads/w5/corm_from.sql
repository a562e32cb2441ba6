\set k random(0, :authors * 20 - 1000)
SELECT object FROM corm.all(corm.limit(corm.select_related('Post', 'author'), 1000), ('{"id__gt": ' || :k || '}')::jsonb);
