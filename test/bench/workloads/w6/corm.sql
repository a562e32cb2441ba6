\set k random(1, :categories)
SELECT corm.all(corm.limit(corm.order_by(corm.select_related('Post', 'author'), '-created'), 20),
                ('{"categories__slug": "cat-' || :k || '", "author__active": true}')::jsonb);
