\set k random(1, :authors)
SELECT corm.get(corm.prefetch_related('Author', 'posts__categories'), ('{"id": ' || :k || '}')::jsonb);
