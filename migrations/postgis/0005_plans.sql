-- Drafts of boundaries: a base version and a log of what was done to it, by whom and why. They name persons and say what is not
-- decided yet: private.

CREATE TABLE private.plan (
  area text COLLATE "C" NOT NULL,
  id text COLLATE "C" NOT NULL,
  name text COLLATE "C" NOT NULL,
  state text COLLATE "C" NOT NULL,
  base bigint NOT NULL,
  origin_plan text COLLATE "C",
  origin_seq bigint,
  created_at timestamptz NOT NULL,
  created_by text COLLATE "C" NOT NULL,
  changed_at timestamptz NOT NULL,
  entries bigint NOT NULL,
  CONSTRAINT plan_pk PRIMARY KEY (area, id),
  CONSTRAINT plan_origin_whole CHECK ((origin_plan IS NULL) = (origin_seq IS NULL))
);

-- Only ever added to: undoing is an entry too.
CREATE TABLE private.plan_entry (
  area text COLLATE "C" NOT NULL,
  plan_id text COLLATE "C" NOT NULL,
  seq bigint NOT NULL,
  at timestamptz NOT NULL,
  author text COLLATE "C" NOT NULL,
  why text COLLATE "C",
  body text COLLATE "C" NOT NULL,
  CONSTRAINT plan_entry_pk PRIMARY KEY (area, plan_id, seq),
  CONSTRAINT plan_entry_plan FOREIGN KEY (area, plan_id) REFERENCES private.plan(area, id)
);
