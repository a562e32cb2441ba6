\set k random(1, :authors * 4) * 5
\set c random(:categories + 1, :categories + 100)
SELECT corm.add(corm.relation('Post', :k, 'categories'), :c);
SELECT corm.remove(corm.relation('Post', :k, 'categories'), :c);
