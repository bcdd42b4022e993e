-- A commit is written file by file, the private one first. Both carry the store's identity and the number of the last commit: where
-- the private file is one ahead, the program died between the two, and `undo` holds what takes the private half back.

CREATE TABLE IF NOT EXISTS main.store_mark (
  one INTEGER PRIMARY KEY NOT NULL CHECK (one = 1),
  store TEXT NOT NULL,
  commits INTEGER NOT NULL
);
INSERT OR IGNORE INTO main.store_mark (one, store, commits) VALUES (1, lower(hex(randomblob(16))), 0);

CREATE TABLE gpkg.store_mark (
  one INTEGER PRIMARY KEY NOT NULL CHECK (one = 1),
  store TEXT NOT NULL,
  commits INTEGER NOT NULL
);
INSERT INTO gpkg.store_mark (one, store, commits) SELECT one, store, commits FROM main.store_mark;

-- The statements that take the last commit's private half back, the last first. Emptied by the next one that begins.
CREATE TABLE IF NOT EXISTS main.undo (
  seq INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
  statement TEXT NOT NULL
);

CREATE TRIGGER IF NOT EXISTS main.person_undo_insert AFTER INSERT ON person BEGIN
  INSERT INTO undo (statement) VALUES (
    'DELETE FROM person WHERE area = ' || quote(new.area) || ' AND id = ' || quote(new.id));
END;
CREATE TRIGGER IF NOT EXISTS main.person_undo_update AFTER UPDATE ON person BEGIN
  INSERT INTO undo (statement) VALUES (
    'UPDATE person SET source = ' || quote(old.source) || ', name = ' || quote(old.name) || ', phone = ' || quote(old.phone)
    || ', address = ' || quote(old.address) || ' WHERE area = ' || quote(old.area) || ' AND id = ' || quote(old.id));
END;
CREATE TRIGGER IF NOT EXISTS main.person_undo_delete AFTER DELETE ON person BEGIN
  INSERT INTO undo (statement) VALUES (
    'INSERT INTO person (area, id, source, name, phone, address) VALUES (' || quote(old.area) || ', ' || quote(old.id) || ', '
    || quote(old.source) || ', ' || quote(old.name) || ', ' || quote(old.phone) || ', ' || quote(old.address) || ')');
END;

CREATE TRIGGER IF NOT EXISTS main.household_private_undo_insert AFTER INSERT ON household_private BEGIN
  INSERT INTO undo (statement) VALUES (
    'DELETE FROM household_private WHERE area = ' || quote(new.area) || ' AND household_id = ' || quote(new.household_id));
END;
CREATE TRIGGER IF NOT EXISTS main.household_private_undo_update AFTER UPDATE ON household_private BEGIN
  INSERT INTO undo (statement) VALUES (
    'UPDATE household_private SET name = ' || quote(old.name) || ', phone = ' || quote(old.phone) || ', address = '
    || quote(old.address) || ' WHERE area = ' || quote(old.area) || ' AND household_id = ' || quote(old.household_id));
END;
CREATE TRIGGER IF NOT EXISTS main.household_private_undo_delete AFTER DELETE ON household_private BEGIN
  INSERT INTO undo (statement) VALUES (
    'INSERT INTO household_private (area, household_id, name, phone, address) VALUES (' || quote(old.area) || ', '
    || quote(old.household_id) || ', ' || quote(old.name) || ', ' || quote(old.phone) || ', ' || quote(old.address) || ')');
END;

CREATE TRIGGER IF NOT EXISTS main.case_private_undo_insert AFTER INSERT ON case_private BEGIN
  INSERT INTO undo (statement) VALUES (
    'DELETE FROM case_private WHERE area = ' || quote(new.area) || ' AND case_id = ' || quote(new.case_id));
END;
CREATE TRIGGER IF NOT EXISTS main.case_private_undo_update AFTER UPDATE ON case_private BEGIN
  INSERT INTO undo (statement) VALUES (
    'UPDATE case_private SET text = ' || quote(old.text) || ', reporter = ' || quote(old.reporter) || ', phone = '
    || quote(old.phone) || ', address = ' || quote(old.address) || ' WHERE area = ' || quote(old.area) || ' AND case_id = '
    || quote(old.case_id));
END;
CREATE TRIGGER IF NOT EXISTS main.case_private_undo_delete AFTER DELETE ON case_private BEGIN
  INSERT INTO undo (statement) VALUES (
    'INSERT INTO case_private (area, case_id, text, reporter, phone, address) VALUES (' || quote(old.area) || ', '
    || quote(old.case_id) || ', ' || quote(old.text) || ', ' || quote(old.reporter) || ', ' || quote(old.phone) || ', '
    || quote(old.address) || ')');
END;
