\set k random(0, :authors - :many)
SELECT corm.list(corm.limit(corm.prefetch_related('Author', 'posts'), :many), ('{"id__gt": ' || :k || '}')::jsonb);
