WITH written AS (
	INSERT INTO note (title, n)
	SELECT title, n FROM json_to_recordset((SELECT doc FROM notes_sent)::json) AS x(title text, n int)
	RETURNING *)
SELECT count(row_to_json(written)) FROM written;
