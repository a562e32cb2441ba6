\set k random(1, :authors)
SELECT corm.count('Post', ('{"author": ' || :k || '}')::jsonb);
