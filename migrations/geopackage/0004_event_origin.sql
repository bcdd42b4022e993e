-- Who tells of an event: the row of its case, which a later row corrects, or the log of events, which only grows. Nobody noted it so
-- far: rows name no actor and tell of submission and ending. An event that is taken for a row's by mistake is the log's again with
-- the next import of the log.
ALTER TABLE gpkg.case_event ADD COLUMN origin TEXT NOT NULL DEFAULT 'log' CHECK (origin IN ('log', 'row'));
UPDATE gpkg.case_event SET origin = 'row'
WHERE actor IS NULL AND transition IN ('submitted', 'closed', 'void', 'duplicate', 'rejected');
