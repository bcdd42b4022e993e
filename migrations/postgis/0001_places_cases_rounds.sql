-- Every key contains the area, so that the tables can be spread over a sharded PostgreSQL. Text is ordered by bytes, as SQLite
-- does. Geometries are in EPSG:4326, instants UTC with milliseconds.

CREATE EXTENSION IF NOT EXISTS postgis;
CREATE SCHEMA private;

-- Private: whatever identifies a person.

CREATE TABLE private.person (
  area text COLLATE "C" NOT NULL,
  id text COLLATE "C" NOT NULL,
  source text COLLATE "C" NOT NULL,
  name text COLLATE "C",
  phone text COLLATE "C",
  address text COLLATE "C",
  CONSTRAINT person_pk PRIMARY KEY (area, id),
  CONSTRAINT person_source_unique UNIQUE (area, source)
);

CREATE TABLE private.household_private (
  area text COLLATE "C" NOT NULL,
  household_id text COLLATE "C" NOT NULL,
  name text COLLATE "C",
  phone text COLLATE "C",
  address text COLLATE "C",
  CONSTRAINT household_private_pk PRIMARY KEY (area, household_id)
);

CREATE TABLE private.case_private (
  area text COLLATE "C" NOT NULL,
  case_id text COLLATE "C" NOT NULL,
  text text COLLATE "C",
  reporter text COLLATE "C",
  phone text COLLATE "C",
  address text COLLATE "C",
  CONSTRAINT case_private_pk PRIMARY KEY (area, case_id)
);

-- Public.

CREATE TABLE area (
  fid bigint GENERATED ALWAYS AS IDENTITY,
  area_key text COLLATE "C" NOT NULL,
  name text COLLATE "C" NOT NULL,
  zone text COLLATE "C" NOT NULL,
  code_scheme text COLLATE "C" NOT NULL,
  synthetic boolean NOT NULL,
  seq bigint NOT NULL DEFAULT 0,
  CONSTRAINT area_pk PRIMARY KEY (area_key)
);

CREATE TABLE boundary_version (
  area text COLLATE "C" NOT NULL,
  number bigint NOT NULL,
  valid_from date NOT NULL,
  published_at timestamptz NOT NULL,
  note text COLLATE "C" NOT NULL,
  CONSTRAINT boundary_version_pk PRIMARY KEY (area, number),
  CONSTRAINT boundary_version_area FOREIGN KEY (area) REFERENCES area(area_key)
);

-- A row holds from one version (inclusive) to another (exclusive).
CREATE TABLE boundary (
  fid bigint GENERATED ALWAYS AS IDENTITY,
  area text COLLATE "C" NOT NULL,
  id text COLLATE "C" NOT NULL,
  level text COLLATE "C" NOT NULL,
  parent text COLLATE "C",
  code_scheme text COLLATE "C",
  code text COLLATE "C",
  name text COLLATE "C" NOT NULL,
  aliases text COLLATE "C" NOT NULL,
  kind text COLLATE "C",
  area_m2 double precision NOT NULL,
  version_from bigint NOT NULL,
  version_to bigint,
  geom geometry(MultiPolygon, 4326) NOT NULL,
  CONSTRAINT boundary_pk PRIMARY KEY (area, id, version_from),
  CONSTRAINT boundary_versions CHECK (version_to IS NULL OR version_to > version_from),
  CONSTRAINT boundary_code_whole CHECK ((code IS NULL) = (code_scheme IS NULL)),
  CONSTRAINT boundary_version_from FOREIGN KEY (area, version_from) REFERENCES boundary_version(area, number),
  CONSTRAINT boundary_version_to FOREIGN KEY (area, version_to) REFERENCES boundary_version(area, number),
  CONSTRAINT boundary_fid_unique UNIQUE (area, fid)
);
CREATE INDEX boundary_by_place ON boundary USING gist (geom);
CREATE INDEX boundary_by_level ON boundary (area, level, version_from, version_to);

-- A code belongs to one place for ever, also after it was retired.
CREATE TABLE boundary_code (
  area text COLLATE "C" NOT NULL,
  level text COLLATE "C" NOT NULL,
  code_scheme text COLLATE "C" NOT NULL,
  code text COLLATE "C" NOT NULL,
  id text COLLATE "C" NOT NULL,
  CONSTRAINT boundary_code_pk PRIMARY KEY (area, level, code_scheme, code),
  CONSTRAINT boundary_code_area FOREIGN KEY (area) REFERENCES area(area_key)
);

CREATE TABLE square (
  fid bigint GENERATED ALWAYS AS IDENTITY,
  area text COLLATE "C" NOT NULL,
  id text COLLATE "C" NOT NULL,
  source text COLLATE "C" NOT NULL,
  name text COLLATE "C" NOT NULL,
  area_m2 double precision NOT NULL,
  evacuation_site boolean NOT NULL,
  valid_from date NOT NULL,
  valid_to date,
  village_id text COLLATE "C",
  grid_id text COLLATE "C",
  microgrid_id text COLLATE "C",
  placement_status text COLLATE "C",
  border_m double precision,
  placement_version bigint,
  geom geometry(MultiPolygon, 4326) NOT NULL,
  CONSTRAINT square_pk PRIMARY KEY (area, id),
  CONSTRAINT square_source_unique UNIQUE (area, source),
  CONSTRAINT square_area FOREIGN KEY (area) REFERENCES area(area_key),
  CONSTRAINT square_fid_unique UNIQUE (area, fid)
);
CREATE INDEX square_by_place ON square USING gist (geom);

CREATE TABLE facility (
  fid bigint GENERATED ALWAYS AS IDENTITY,
  area text COLLATE "C" NOT NULL,
  id text COLLATE "C" NOT NULL,
  source text COLLATE "C" NOT NULL,
  square_id text COLLATE "C" NOT NULL,
  kind text COLLATE "C" NOT NULL,
  status text COLLATE "C" NOT NULL,
  valid_from date NOT NULL,
  valid_to date,
  geom geometry(Point, 4326),
  CONSTRAINT facility_pk PRIMARY KEY (area, id),
  CONSTRAINT facility_source_unique UNIQUE (area, source),
  CONSTRAINT facility_square FOREIGN KEY (area, square_id) REFERENCES square(area, id),
  CONSTRAINT facility_fid_unique UNIQUE (area, fid)
);
CREATE INDEX facility_by_place ON facility USING gist (geom);
CREATE INDEX facility_by_square ON facility (area, square_id);

CREATE TABLE household (
  fid bigint GENERATED ALWAYS AS IDENTITY,
  area text COLLATE "C" NOT NULL,
  id text COLLATE "C" NOT NULL,
  source text COLLATE "C" NOT NULL,
  persons bigint NOT NULL,
  lived_in_from date NOT NULL,
  lived_in_to date,
  village_id text COLLATE "C",
  grid_id text COLLATE "C",
  microgrid_id text COLLATE "C",
  placement_status text COLLATE "C",
  border_m double precision,
  placement_version bigint,
  geom geometry(Point, 4326),
  CONSTRAINT household_pk PRIMARY KEY (area, id),
  CONSTRAINT household_source_unique UNIQUE (area, source),
  CONSTRAINT household_area FOREIGN KEY (area) REFERENCES area(area_key),
  CONSTRAINT household_fid_unique UNIQUE (area, fid)
);
CREATE INDEX household_by_place ON household USING gist (geom);

CREATE TABLE device (
  fid bigint GENERATED ALWAYS AS IDENTITY,
  area text COLLATE "C" NOT NULL,
  id text COLLATE "C" NOT NULL,
  source text COLLATE "C" NOT NULL,
  kind text COLLATE "C" NOT NULL,
  status text COLLATE "C" NOT NULL,
  last_seen timestamptz,
  valid_from date NOT NULL,
  valid_to date,
  village_id text COLLATE "C",
  grid_id text COLLATE "C",
  microgrid_id text COLLATE "C",
  placement_status text COLLATE "C",
  border_m double precision,
  placement_version bigint,
  geom geometry(Point, 4326),
  CONSTRAINT device_pk PRIMARY KEY (area, id),
  CONSTRAINT device_source_unique UNIQUE (area, source),
  CONSTRAINT device_area FOREIGN KEY (area) REFERENCES area(area_key),
  CONSTRAINT device_fid_unique UNIQUE (area, fid)
);
CREATE INDEX device_by_place ON device USING gist (geom);

-- No foreign key to the person: persons may be erased while the history of the post stays.
CREATE TABLE post (
  area text COLLATE "C" NOT NULL,
  id text COLLATE "C" NOT NULL,
  source text COLLATE "C" NOT NULL,
  person_id text COLLATE "C" NOT NULL,
  role text COLLATE "C" NOT NULL,
  place_id text COLLATE "C",
  held_from date NOT NULL,
  held_to date,
  CONSTRAINT post_pk PRIMARY KEY (area, id),
  CONSTRAINT post_source_unique UNIQUE (area, source),
  CONSTRAINT post_area FOREIGN KEY (area) REFERENCES area(area_key)
);

CREATE TABLE case_file (
  fid bigint GENERATED ALWAYS AS IDENTITY,
  area text COLLATE "C" NOT NULL,
  id text COLLATE "C" NOT NULL,
  kind text COLLATE "C" NOT NULL,
  source text COLLATE "C" NOT NULL,
  category text COLLATE "C" NOT NULL,
  channel text COLLATE "C",
  submitted_at timestamptz NOT NULL,
  state text COLLATE "C" NOT NULL,
  closed_at timestamptz,
  label text COLLATE "C",
  village_id text COLLATE "C",
  grid_id text COLLATE "C",
  microgrid_id text COLLATE "C",
  placement_status text COLLATE "C",
  border_m double precision,
  placement_version bigint,
  now_village_id text COLLATE "C",
  now_grid_id text COLLATE "C",
  now_microgrid_id text COLLATE "C",
  now_status text COLLATE "C",
  now_border_m double precision,
  now_version bigint,
  geom geometry(Point, 4326),
  CONSTRAINT case_file_pk PRIMARY KEY (area, id),
  CONSTRAINT case_file_source_unique UNIQUE (area, kind, source),
  CONSTRAINT case_file_area FOREIGN KEY (area) REFERENCES area(area_key),
  CONSTRAINT case_file_fid_unique UNIQUE (area, fid)
);
CREATE INDEX case_file_by_place ON case_file USING gist (geom);
CREATE INDEX case_file_by_time ON case_file (area, submitted_at, id);

CREATE TABLE case_event (
  area text COLLATE "C" NOT NULL,
  case_id text COLLATE "C" NOT NULL,
  seq bigint NOT NULL,
  transition text COLLATE "C" NOT NULL,
  at timestamptz NOT NULL,
  actor text COLLATE "C",
  version bigint,
  CONSTRAINT case_event_pk PRIMARY KEY (area, case_id, seq),
  CONSTRAINT case_event_case FOREIGN KEY (area, case_id) REFERENCES case_file(area, id)
);

CREATE TABLE round (
  area text COLLATE "C" NOT NULL,
  id text COLLATE "C" NOT NULL,
  kind text COLLATE "C" NOT NULL,
  programme text COLLATE "C" NOT NULL,
  recurrence text COLLATE "C" NOT NULL,
  place_id text COLLATE "C",
  CONSTRAINT round_pk PRIMARY KEY (area, id),
  CONSTRAINT round_area FOREIGN KEY (area) REFERENCES area(area_key)
);

CREATE TABLE fulfilment (
  fid bigint GENERATED ALWAYS AS IDENTITY,
  area text COLLATE "C" NOT NULL,
  id text COLLATE "C" NOT NULL,
  kind text COLLATE "C" NOT NULL,
  source text COLLATE "C" NOT NULL,
  programme text COLLATE "C" NOT NULL,
  place_id text COLLATE "C" NOT NULL,
  at timestamptz NOT NULL,
  outcome text COLLATE "C" NOT NULL,
  person_id text COLLATE "C",
  attendance bigint,
  geom geometry(Point, 4326),
  CONSTRAINT fulfilment_pk PRIMARY KEY (area, id),
  CONSTRAINT fulfilment_source_unique UNIQUE (area, kind, source),
  CONSTRAINT fulfilment_area FOREIGN KEY (area) REFERENCES area(area_key),
  CONSTRAINT fulfilment_fid_unique UNIQUE (area, fid)
);
CREATE INDEX fulfilment_by_place ON fulfilment USING gist (geom);
CREATE INDEX fulfilment_by_time ON fulfilment (area, kind, at, id);

CREATE TABLE change (
  area text COLLATE "C" NOT NULL,
  seq bigint NOT NULL,
  at timestamptz NOT NULL,
  op text COLLATE "C" NOT NULL,
  layer text COLLATE "C" NOT NULL,
  record_id text COLLATE "C" NOT NULL,
  version bigint,
  CONSTRAINT change_pk PRIMARY KEY (area, seq),
  CONSTRAINT change_op CHECK (op IN ('insert', 'update', 'delete')),
  CONSTRAINT change_area FOREIGN KEY (area) REFERENCES area(area_key)
);

-- What GIS programs see: the same layers as in the GeoPackage. `fid` is unique within its area.

CREATE VIEW villages AS
SELECT fid, area, id, code, name, aliases, area_m2, version_from, geom
FROM boundary WHERE level = 'village' AND version_to IS NULL;

CREATE VIEW grids AS
SELECT fid, area, id, parent AS village_id, code, name, aliases, kind, area_m2, version_from, geom
FROM boundary WHERE level = 'grid' AND version_to IS NULL;

CREATE VIEW microgrids AS
SELECT fid, area, id, parent AS grid_id, code, name, aliases, area_m2, version_from, geom
FROM boundary WHERE level = 'microgrid' AND version_to IS NULL;

CREATE VIEW squares AS
SELECT fid, area, id, source, name, area_m2, evacuation_site, valid_from, valid_to,
  village_id, grid_id, microgrid_id, placement_status, border_m, placement_version, geom
FROM square;

CREATE VIEW facilities AS
SELECT fid, area, id, source, square_id, kind, status, valid_from, valid_to, geom
FROM facility;

CREATE VIEW households AS
SELECT fid, area, id, source, persons, lived_in_from, lived_in_to,
  village_id, grid_id, microgrid_id, placement_status, border_m, placement_version, geom
FROM household;

CREATE VIEW devices AS
SELECT fid, area, id, source, kind, status, last_seen, valid_from, valid_to,
  village_id, grid_id, microgrid_id, placement_status, border_m, placement_version, geom
FROM device;

CREATE VIEW reports AS
SELECT fid, area, id, source, category, channel, submitted_at, state, closed_at, label,
  village_id, grid_id, microgrid_id, placement_status, border_m, placement_version,
  now_village_id, now_grid_id, now_microgrid_id, now_status, now_border_m, now_version, geom
FROM case_file WHERE kind = 'report';
