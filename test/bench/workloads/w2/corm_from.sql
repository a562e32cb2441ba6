\set k random(0, :authors - 50)
SELECT object FROM corm.all(corm.limit(corm.prefetch_related('Author', 'posts__categories'), 50), ('{"id__gt": ' || :k || '}')::jsonb);
