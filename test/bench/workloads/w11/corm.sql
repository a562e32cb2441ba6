\set k random(1, :authors)
SELECT corm.all('Post', ('{"author": ' || :k || '}')::jsonb);
