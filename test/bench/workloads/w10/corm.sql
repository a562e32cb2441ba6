\set k random(1, :authors)
SELECT corm.get('Author', ('{"id": ' || :k || '}')::jsonb);
