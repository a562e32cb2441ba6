INSERT INTO note (title, n)
SELECT title, n FROM json_to_recordset((SELECT doc FROM notes_sent)::json) AS x(title text, n int);
