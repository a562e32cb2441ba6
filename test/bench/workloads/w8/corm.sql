\set k random(1, :authors)
\set c random(:categories + 1, :categories + 98)
SELECT corm.create('Post', ('{"author": ' || :k || ', "title": "A new post", "body": "It says \"new\".",
                            "created": "2024-02-03 04:05:06Z", "price": 12.30}')::jsonb)->>'id' AS id \gset
SELECT corm.add(corm.relation('Post', :id, 'categories'), ARRAY[:c, :c + 1, :c + 2]);
