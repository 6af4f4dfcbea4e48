SELECT pg_catalog.current_setting('track_counts') = 'on';
