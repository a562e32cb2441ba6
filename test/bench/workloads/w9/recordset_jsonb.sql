INSERT INTO note (title, n)
SELECT title, n FROM jsonb_to_recordset((SELECT doc FROM notes_sent)::jsonb) AS x(title text, n int);
