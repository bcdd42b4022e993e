-- The private file is `main`, the GeoPackage is attached as `gpkg`. A commit over both files is written file by file, main
-- first: a crash in between leaves private rows without a public record, never the reverse. So all that is made in the private
-- file is made IF NOT EXISTS.
--
-- Instants are TEXT as GeoPackage's DATETIME has them: YYYY-MM-DDTHH:MM:SS.sssZ, UTC. Geometries are GeoPackage blobs in
-- EPSG:4326. Every key contains the area.

-- Private: whatever identifies a person.

CREATE TABLE IF NOT EXISTS person (
  area TEXT NOT NULL,
  id TEXT NOT NULL,
  source TEXT NOT NULL,
  name TEXT,
  phone TEXT,
  address TEXT,
  CONSTRAINT person_pk PRIMARY KEY (area, id),
  CONSTRAINT person_source_unique UNIQUE (area, source)
);

CREATE TABLE IF NOT EXISTS household_private (
  area TEXT NOT NULL,
  household_id TEXT NOT NULL,
  name TEXT,
  phone TEXT,
  address TEXT,
  CONSTRAINT household_private_pk PRIMARY KEY (area, household_id)
);

CREATE TABLE IF NOT EXISTS case_private (
  area TEXT NOT NULL,
  case_id TEXT NOT NULL,
  text TEXT,
  reporter TEXT,
  phone TEXT,
  address TEXT,
  CONSTRAINT case_private_pk PRIMARY KEY (area, case_id)
);

-- GeoPackage 1.3: the tables that the standard asks for.

CREATE TABLE gpkg.gpkg_spatial_ref_sys (
  srs_name TEXT NOT NULL,
  srs_id INTEGER NOT NULL PRIMARY KEY,
  organization TEXT NOT NULL,
  organization_coordsys_id INTEGER NOT NULL,
  definition TEXT NOT NULL,
  description TEXT
);

CREATE TABLE gpkg.gpkg_contents (
  table_name TEXT NOT NULL PRIMARY KEY,
  data_type TEXT NOT NULL,
  identifier TEXT UNIQUE,
  description TEXT DEFAULT '',
  last_change DATETIME NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ','now')),
  min_x DOUBLE,
  min_y DOUBLE,
  max_x DOUBLE,
  max_y DOUBLE,
  srs_id INTEGER,
  CONSTRAINT fk_gc_r_srs_id FOREIGN KEY (srs_id) REFERENCES gpkg_spatial_ref_sys(srs_id)
);

CREATE TABLE gpkg.gpkg_geometry_columns (
  table_name TEXT NOT NULL,
  column_name TEXT NOT NULL,
  geometry_type_name TEXT NOT NULL,
  srs_id INTEGER NOT NULL,
  z TINYINT NOT NULL,
  m TINYINT NOT NULL,
  CONSTRAINT pk_geom_cols PRIMARY KEY (table_name, column_name),
  CONSTRAINT uk_gc_table_name UNIQUE (table_name),
  CONSTRAINT fk_gc_tn FOREIGN KEY (table_name) REFERENCES gpkg_contents(table_name),
  CONSTRAINT fk_gc_srs FOREIGN KEY (srs_id) REFERENCES gpkg_spatial_ref_sys (srs_id)
);

INSERT INTO gpkg.gpkg_spatial_ref_sys
  (srs_name, srs_id, organization, organization_coordsys_id, definition, description)
VALUES
  ('Undefined Cartesian SRS', -1, 'NONE', -1, 'undefined', 'undefined Cartesian coordinate reference system'),
  ('Undefined geographic SRS', 0, 'NONE', 0, 'undefined', 'undefined geographic coordinate reference system'),
  ('WGS 84 geodetic', 4326, 'EPSG', 4326,
   'GEOGCS["WGS 84",DATUM["WGS_1984",SPHEROID["WGS 84",6378137,298.257223563,AUTHORITY["EPSG","7030"]],AUTHORITY["EPSG","6326"]],PRIMEM["Greenwich",0,AUTHORITY["EPSG","8901"]],UNIT["degree",0.0174532925199433,AUTHORITY["EPSG","9122"]],AXIS["Latitude",NORTH],AXIS["Longitude",EAST],AUTHORITY["EPSG","4326"]]',
   'longitude/latitude coordinates in decimal degrees on the WGS 84 spheroid');

-- Ours.

CREATE TABLE gpkg.area (
  fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
  area_key TEXT NOT NULL,
  name TEXT NOT NULL,
  zone TEXT NOT NULL,
  code_scheme TEXT NOT NULL,
  synthetic BOOLEAN NOT NULL,
  seq INTEGER NOT NULL DEFAULT 0,
  CONSTRAINT area_key_unique UNIQUE (area_key)
);

CREATE TABLE gpkg.boundary_version (
  area TEXT NOT NULL,
  number INTEGER NOT NULL,
  valid_from DATE NOT NULL,
  published_at DATETIME NOT NULL,
  note TEXT NOT NULL,
  CONSTRAINT boundary_version_pk PRIMARY KEY (area, number),
  CONSTRAINT boundary_version_area FOREIGN KEY (area) REFERENCES area(area_key)
);

-- A row holds from one version (inclusive) to another (exclusive).
CREATE TABLE gpkg.boundary (
  fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
  area TEXT NOT NULL,
  id TEXT NOT NULL,
  level TEXT NOT NULL,
  parent TEXT,
  code_scheme TEXT,
  code TEXT,
  name TEXT NOT NULL,
  aliases TEXT NOT NULL,
  kind TEXT,
  area_m2 DOUBLE NOT NULL,
  version_from INTEGER NOT NULL,
  version_to INTEGER,
  geom MULTIPOLYGON NOT NULL,
  CONSTRAINT boundary_unique UNIQUE (area, id, version_from),
  CONSTRAINT boundary_versions CHECK (version_to IS NULL OR version_to > version_from),
  CONSTRAINT boundary_code_whole CHECK ((code IS NULL) = (code_scheme IS NULL)),
  CONSTRAINT boundary_version_from FOREIGN KEY (area, version_from) REFERENCES boundary_version(area, number),
  CONSTRAINT boundary_version_to FOREIGN KEY (area, version_to) REFERENCES boundary_version(area, number)
);
CREATE INDEX gpkg.boundary_by_level ON boundary (area, level, version_from, version_to);

-- A code belongs to one place for ever, also after it was retired.
CREATE TABLE gpkg.boundary_code (
  area TEXT NOT NULL,
  level TEXT NOT NULL,
  code_scheme TEXT NOT NULL,
  code TEXT NOT NULL,
  id TEXT NOT NULL,
  CONSTRAINT boundary_code_pk PRIMARY KEY (area, level, code_scheme, code),
  CONSTRAINT boundary_code_area FOREIGN KEY (area) REFERENCES area(area_key)
);

CREATE TABLE gpkg.square (
  fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
  area TEXT NOT NULL,
  id TEXT NOT NULL,
  source TEXT NOT NULL,
  name TEXT NOT NULL,
  area_m2 DOUBLE NOT NULL,
  evacuation_site BOOLEAN NOT NULL,
  valid_from DATE NOT NULL,
  valid_to DATE,
  village_id TEXT,
  grid_id TEXT,
  microgrid_id TEXT,
  placement_status TEXT,
  border_m DOUBLE,
  placement_version INTEGER,
  geom MULTIPOLYGON NOT NULL,
  CONSTRAINT square_unique UNIQUE (area, id),
  CONSTRAINT square_source_unique UNIQUE (area, source),
  CONSTRAINT square_area FOREIGN KEY (area) REFERENCES area(area_key)
);

CREATE TABLE gpkg.facility (
  fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
  area TEXT NOT NULL,
  id TEXT NOT NULL,
  source TEXT NOT NULL,
  square_id TEXT NOT NULL,
  kind TEXT NOT NULL,
  status TEXT NOT NULL,
  valid_from DATE NOT NULL,
  valid_to DATE,
  geom POINT,
  CONSTRAINT facility_unique UNIQUE (area, id),
  CONSTRAINT facility_source_unique UNIQUE (area, source),
  CONSTRAINT facility_square FOREIGN KEY (area, square_id) REFERENCES square(area, id)
);
CREATE INDEX gpkg.facility_by_square ON facility (area, square_id);

CREATE TABLE gpkg.household (
  fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
  area TEXT NOT NULL,
  id TEXT NOT NULL,
  source TEXT NOT NULL,
  persons INTEGER NOT NULL,
  lived_in_from DATE NOT NULL,
  lived_in_to DATE,
  village_id TEXT,
  grid_id TEXT,
  microgrid_id TEXT,
  placement_status TEXT,
  border_m DOUBLE,
  placement_version INTEGER,
  geom POINT,
  CONSTRAINT household_unique UNIQUE (area, id),
  CONSTRAINT household_source_unique UNIQUE (area, source),
  CONSTRAINT household_area FOREIGN KEY (area) REFERENCES area(area_key)
);

CREATE TABLE gpkg.device (
  fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
  area TEXT NOT NULL,
  id TEXT NOT NULL,
  source TEXT NOT NULL,
  kind TEXT NOT NULL,
  status TEXT NOT NULL,
  last_seen DATETIME,
  valid_from DATE NOT NULL,
  valid_to DATE,
  village_id TEXT,
  grid_id TEXT,
  microgrid_id TEXT,
  placement_status TEXT,
  border_m DOUBLE,
  placement_version INTEGER,
  geom POINT,
  CONSTRAINT device_unique UNIQUE (area, id),
  CONSTRAINT device_source_unique UNIQUE (area, source),
  CONSTRAINT device_area FOREIGN KEY (area) REFERENCES area(area_key)
);

-- The person is in the private file: no foreign key can reach there.
CREATE TABLE gpkg.post (
  area TEXT NOT NULL,
  id TEXT NOT NULL,
  source TEXT NOT NULL,
  person_id TEXT NOT NULL,
  role TEXT NOT NULL,
  place_id TEXT,
  held_from DATE NOT NULL,
  held_to DATE,
  CONSTRAINT post_pk PRIMARY KEY (area, id),
  CONSTRAINT post_source_unique UNIQUE (area, source),
  CONSTRAINT post_area FOREIGN KEY (area) REFERENCES area(area_key)
);

CREATE TABLE gpkg.case_file (
  fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
  area TEXT NOT NULL,
  id TEXT NOT NULL,
  kind TEXT NOT NULL,
  source TEXT NOT NULL,
  category TEXT NOT NULL,
  channel TEXT,
  submitted_at DATETIME NOT NULL,
  state TEXT NOT NULL,
  closed_at DATETIME,
  label TEXT,
  village_id TEXT,
  grid_id TEXT,
  microgrid_id TEXT,
  placement_status TEXT,
  border_m DOUBLE,
  placement_version INTEGER,
  now_village_id TEXT,
  now_grid_id TEXT,
  now_microgrid_id TEXT,
  now_status TEXT,
  now_border_m DOUBLE,
  now_version INTEGER,
  geom POINT,
  CONSTRAINT case_file_unique UNIQUE (area, id),
  CONSTRAINT case_file_source_unique UNIQUE (area, kind, source),
  CONSTRAINT case_file_area FOREIGN KEY (area) REFERENCES area(area_key)
);
CREATE INDEX gpkg.case_file_by_time ON case_file (area, submitted_at, id);

CREATE TABLE gpkg.case_event (
  area TEXT NOT NULL,
  case_id TEXT NOT NULL,
  seq INTEGER NOT NULL,
  transition TEXT NOT NULL,
  at DATETIME NOT NULL,
  actor TEXT,
  version INTEGER,
  CONSTRAINT case_event_pk PRIMARY KEY (area, case_id, seq),
  CONSTRAINT case_event_case FOREIGN KEY (area, case_id) REFERENCES case_file(area, id)
) WITHOUT ROWID;

CREATE TABLE gpkg.round (
  area TEXT NOT NULL,
  id TEXT NOT NULL,
  kind TEXT NOT NULL,
  programme TEXT NOT NULL,
  recurrence TEXT NOT NULL,
  place_id TEXT,
  CONSTRAINT round_pk PRIMARY KEY (area, id),
  CONSTRAINT round_area FOREIGN KEY (area) REFERENCES area(area_key)
);

CREATE TABLE gpkg.fulfilment (
  fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
  area TEXT NOT NULL,
  id TEXT NOT NULL,
  kind TEXT NOT NULL,
  source TEXT NOT NULL,
  programme TEXT NOT NULL,
  place_id TEXT NOT NULL,
  at DATETIME NOT NULL,
  outcome TEXT NOT NULL,
  person_id TEXT,
  attendance INTEGER,
  geom POINT,
  CONSTRAINT fulfilment_unique UNIQUE (area, id),
  CONSTRAINT fulfilment_source_unique UNIQUE (area, kind, source),
  CONSTRAINT fulfilment_area FOREIGN KEY (area) REFERENCES area(area_key)
);
CREATE INDEX gpkg.fulfilment_by_time ON fulfilment (area, kind, at, id);

CREATE TABLE gpkg.change (
  area TEXT NOT NULL,
  seq INTEGER NOT NULL,
  at DATETIME NOT NULL,
  op TEXT NOT NULL,
  layer TEXT NOT NULL,
  record_id TEXT NOT NULL,
  version INTEGER,
  CONSTRAINT change_pk PRIMARY KEY (area, seq),
  CONSTRAINT change_op CHECK (op IN ('insert', 'update', 'delete')),
  CONSTRAINT change_area FOREIGN KEY (area) REFERENCES area(area_key)
) WITHOUT ROWID;

-- What GIS programs see: the first column of a view is its unique integer key.

CREATE VIEW gpkg.villages AS
SELECT fid, area, id, code, name, aliases, area_m2, version_from, geom
FROM boundary WHERE level = 'village' AND version_to IS NULL;

CREATE VIEW gpkg.grids AS
SELECT fid, area, id, parent AS village_id, code, name, aliases, kind, area_m2, version_from, geom
FROM boundary WHERE level = 'grid' AND version_to IS NULL;

CREATE VIEW gpkg.microgrids AS
SELECT fid, area, id, parent AS grid_id, code, name, aliases, area_m2, version_from, geom
FROM boundary WHERE level = 'microgrid' AND version_to IS NULL;

CREATE VIEW gpkg.squares AS
SELECT fid, area, id, source, name, area_m2, evacuation_site, valid_from, valid_to,
  village_id, grid_id, microgrid_id, placement_status, border_m, placement_version, geom
FROM square;

CREATE VIEW gpkg.facilities AS
SELECT fid, area, id, source, square_id, kind, status, valid_from, valid_to, geom
FROM facility;

CREATE VIEW gpkg.households AS
SELECT fid, area, id, source, persons, lived_in_from, lived_in_to,
  village_id, grid_id, microgrid_id, placement_status, border_m, placement_version, geom
FROM household;

CREATE VIEW gpkg.devices AS
SELECT fid, area, id, source, kind, status, last_seen, valid_from, valid_to,
  village_id, grid_id, microgrid_id, placement_status, border_m, placement_version, geom
FROM device;

CREATE VIEW gpkg.reports AS
SELECT fid, area, id, source, category, channel, submitted_at, state, closed_at, label,
  village_id, grid_id, microgrid_id, placement_status, border_m, placement_version,
  now_village_id, now_grid_id, now_microgrid_id, now_status, now_border_m, now_version, geom
FROM case_file WHERE kind = 'report';

INSERT INTO gpkg.gpkg_contents (table_name, data_type, identifier, description, srs_id) VALUES
  ('villages', 'features', 'villages', 'Villages and communities in force', 4326),
  ('grids', 'features', 'grids', 'Grids in force', 4326),
  ('microgrids', 'features', 'microgrids', 'Micro-grids in force', 4326),
  ('squares', 'features', 'squares', 'Small squares', 4326),
  ('facilities', 'features', 'facilities', 'Facilities of the small squares', 4326),
  ('households', 'features', 'households', 'Households: places without names', 4326),
  ('devices', 'features', 'devices', 'Cameras, screens, loudspeakers, sensors', 4326),
  ('reports', 'features', 'reports', 'Reports: places, states and times, without text', 4326),
  -- One table without geometry keeps GDAL from listing every other table as a layer.
  ('area', 'attributes', 'area', 'The area that this file is about', NULL);

INSERT INTO gpkg.gpkg_geometry_columns (table_name, column_name, geometry_type_name, srs_id, z, m) VALUES
  ('villages', 'geom', 'MULTIPOLYGON', 4326, 0, 0),
  ('grids', 'geom', 'MULTIPOLYGON', 4326, 0, 0),
  ('microgrids', 'geom', 'MULTIPOLYGON', 4326, 0, 0),
  ('squares', 'geom', 'MULTIPOLYGON', 4326, 0, 0),
  ('facilities', 'geom', 'POINT', 4326, 0, 0),
  ('households', 'geom', 'POINT', 4326, 0, 0),
  ('devices', 'geom', 'POINT', 4326, 0, 0),
  ('reports', 'geom', 'POINT', 4326, 0, 0);
