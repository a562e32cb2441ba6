\set c random(:categories + 1, :categories + 98)
\set d :c + 1
\set e :c + 2
SELECT corm.save('Author', replace('{"name": "A new author", "email": "new@example.com", "active": true, "created": "2024-02-03 04:05:06Z", "posts": [
	{"title": "A new post 1", "body": "It says \"new\".", "created": "2024-02-03 04:05:06Z", "price": 12.31, "categories": [?]},
	{"title": "A new post 2", "body": "It says \"new\".", "created": "2024-02-03 04:05:06Z", "price": 12.32, "categories": [?]},
	{"title": "A new post 3", "body": "It says \"new\".", "created": "2024-02-03 04:05:06Z", "price": 12.33, "categories": [?]},
	{"title": "A new post 4", "body": "It says \"new\".", "created": "2024-02-03 04:05:06Z", "price": 12.34, "categories": [?]},
	{"title": "A new post 5", "body": "It says \"new\".", "created": "2024-02-03 04:05:06Z", "price": 12.35, "categories": [?]}]}',
	'?', :c || ', ' || :d || ', ' || :e)::jsonb);
