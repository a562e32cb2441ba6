-- A database some time after its last vacuum: rows were updated and deleted in
-- every table, so no page is all-visible and posts have moved.
\set ON_ERROR_STOP 1
UPDATE post SET title = title || '*' WHERE id % 20 = 3;
UPDATE post SET price = price + 1 WHERE id % 33 = 5;
DELETE FROM post WHERE id % 50 = 7;
DELETE FROM post_category WHERE hashint8extended(post_id, 6) % 50 = 0;
UPDATE category SET name = name || '*' WHERE id % 3 = 0;
UPDATE author SET active = NOT active WHERE id % 2 = 0;
-- One row per page is enough to keep the links' pages from being all-visible.
UPDATE post_category SET category_id = category_id WHERE hashint8extended(post_id, 7) % 40 = 0;
ANALYZE;
