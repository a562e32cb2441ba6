\set k random(1, :authors)
SELECT corm.get('{"model": "Author", "prefetch_related": ["posts__categories"]}', ('{"id": ' || :k || '}')::jsonb);
