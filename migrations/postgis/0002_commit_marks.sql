-- Nothing to do: one database commits at once. (The GeoPackage and its private file need marks to be one.)
SELECT 1;
