SELECT count(*) FROM corm.bulk_create('Note', (SELECT doc FROM notes_sent));
