-- Drafts of boundaries: a base version and a log of what was done to it, by whom and why. They name persons and say what is not
-- decided yet: private. What undoes the private half of a commit that broke off is written by triggers, as in 0002.

CREATE TABLE IF NOT EXISTS plan (
  area TEXT NOT NULL,
  id TEXT NOT NULL,
  name TEXT NOT NULL,
  state TEXT NOT NULL,
  base INTEGER NOT NULL,
  origin_plan TEXT,
  origin_seq INTEGER,
  created_at TEXT NOT NULL,
  created_by TEXT NOT NULL,
  changed_at TEXT NOT NULL,
  entries INTEGER NOT NULL,
  CONSTRAINT plan_pk PRIMARY KEY (area, id),
  CONSTRAINT plan_origin_whole CHECK ((origin_plan IS NULL) = (origin_seq IS NULL))
);

-- Only ever added to: undoing is an entry too.
CREATE TABLE IF NOT EXISTS plan_entry (
  area TEXT NOT NULL,
  plan_id TEXT NOT NULL,
  seq INTEGER NOT NULL,
  at TEXT NOT NULL,
  author TEXT NOT NULL,
  why TEXT,
  body TEXT NOT NULL,
  CONSTRAINT plan_entry_pk PRIMARY KEY (area, plan_id, seq),
  CONSTRAINT plan_entry_plan FOREIGN KEY (area, plan_id) REFERENCES plan(area, id)
) WITHOUT ROWID;

CREATE TRIGGER IF NOT EXISTS main.plan_undo_insert AFTER INSERT ON plan BEGIN
  INSERT INTO undo (statement) VALUES (
    'DELETE FROM plan WHERE area = ' || quote(new.area) || ' AND id = ' || quote(new.id));
END;
CREATE TRIGGER IF NOT EXISTS main.plan_undo_update AFTER UPDATE ON plan BEGIN
  INSERT INTO undo (statement) VALUES (
    'UPDATE plan SET name = ' || quote(old.name) || ', state = ' || quote(old.state) || ', base = ' || quote(old.base)
    || ', changed_at = ' || quote(old.changed_at) || ', entries = ' || quote(old.entries) || ' WHERE area = '
    || quote(old.area) || ' AND id = ' || quote(old.id));
END;
CREATE TRIGGER IF NOT EXISTS main.plan_entry_undo_insert AFTER INSERT ON plan_entry BEGIN
  INSERT INTO undo (statement) VALUES (
    'DELETE FROM plan_entry WHERE area = ' || quote(new.area) || ' AND plan_id = ' || quote(new.plan_id) || ' AND seq = '
    || quote(new.seq));
END;
