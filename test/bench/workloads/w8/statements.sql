\set c random(:categories + 1, :categories + 98)
BEGIN;
INSERT INTO author (name, email, active, created)
VALUES ('A new author', 'new@example.com', true, '2024-02-03 04:05:06Z') RETURNING id AS author \gset
INSERT INTO post (author_id, title, body, created, price)
VALUES (:author, 'A new post 1', 'It says "new".', '2024-02-03 04:05:06Z', 12.31) RETURNING id AS post \gset
INSERT INTO post_category VALUES (:post, :c);
INSERT INTO post_category VALUES (:post, :c + 1);
INSERT INTO post_category VALUES (:post, :c + 2);
INSERT INTO post (author_id, title, body, created, price)
VALUES (:author, 'A new post 2', 'It says "new".', '2024-02-03 04:05:06Z', 12.32) RETURNING id AS post \gset
INSERT INTO post_category VALUES (:post, :c);
INSERT INTO post_category VALUES (:post, :c + 1);
INSERT INTO post_category VALUES (:post, :c + 2);
INSERT INTO post (author_id, title, body, created, price)
VALUES (:author, 'A new post 3', 'It says "new".', '2024-02-03 04:05:06Z', 12.33) RETURNING id AS post \gset
INSERT INTO post_category VALUES (:post, :c);
INSERT INTO post_category VALUES (:post, :c + 1);
INSERT INTO post_category VALUES (:post, :c + 2);
INSERT INTO post (author_id, title, body, created, price)
VALUES (:author, 'A new post 4', 'It says "new".', '2024-02-03 04:05:06Z', 12.34) RETURNING id AS post \gset
INSERT INTO post_category VALUES (:post, :c);
INSERT INTO post_category VALUES (:post, :c + 1);
INSERT INTO post_category VALUES (:post, :c + 2);
INSERT INTO post (author_id, title, body, created, price)
VALUES (:author, 'A new post 5', 'It says "new".', '2024-02-03 04:05:06Z', 12.35) RETURNING id AS post \gset
INSERT INTO post_category VALUES (:post, :c);
INSERT INTO post_category VALUES (:post, :c + 1);
INSERT INTO post_category VALUES (:post, :c + 2);
COMMIT;
