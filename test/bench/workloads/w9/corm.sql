SELECT corm.bulk_create(corm.objects('Note', fields => '{}'), (SELECT doc FROM notes_sent));
