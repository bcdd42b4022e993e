-- What its source says of a case's state, which may be more than its dated events tell.
ALTER TABLE case_file ADD COLUMN stated text;
