-- What its source says of a case's state, which may be more than its dated events tell.
ALTER TABLE gpkg.case_file ADD COLUMN stated TEXT;
