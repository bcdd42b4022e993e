//! CSV (RFC 4180, UTF-8 with a byte order mark, so that spreadsheets show Chinese), row by row.

use super::{Feature, GeometryType, Value};
use geo::{Coord, Geometry, MapCoords as _};
use std::io;
use wkt::ToWkt;

/// Turns a position into the two columns that the reader asked for.
pub type Project = Box<dyn Fn(f64, f64) -> Option<(f64, f64)> + Send>;

/// Writes one table: the layer's columns, then `lon` and `lat` (or `x` and `y`) for points, `wkt` for polygons.
pub struct CsvWriter {
    rows: csv::Writer<Vec<u8>>,
    geometry: GeometryType,
    project: Option<Project>,
}

impl CsvWriter {
    /// `project`: from longitude and latitude to easting and northing, where points shall come in a projected CRS.
    ///
    /// # Errors
    /// None in practice: memory takes everything.
    pub fn new(columns: &[&str], geometry: GeometryType, project: Option<Project>) -> io::Result<Self> {
        let mut rows = csv::Writer::from_writer("\u{feff}".as_bytes().to_vec());
        let position: &[&str] = match (geometry, project.is_some()) {
            (GeometryType::Point, false) => &["lon", "lat"],
            (GeometryType::Point, true) => &["x", "y"],
            (GeometryType::MultiPolygon, _) => &["wkt"],
            (GeometryType::None, _) => &[],
        };
        rows.write_record(columns.iter().chain(position))?;
        Ok(Self { rows, geometry, project })
    }

    /// # Errors
    /// A feature whose values are not as many as the columns.
    pub fn write(&mut self, feature: &Feature) -> io::Result<()> {
        for value in &feature.values {
            match value {
                Value::Text(text) => self.rows.write_field(crate::table::guarded(text).as_ref())?,
                other => self.rows.write_field(other.to_text().as_ref())?,
            }
        }
        self.write_geometry(feature.geometry.as_ref())?;
        self.rows.write_record(None::<&[u8]>)?;
        Ok(())
    }

    fn write_geometry(&mut self, geometry: Option<&Geometry>) -> io::Result<()> {
        match (self.geometry, geometry) {
            (GeometryType::None, _) => {}
            (GeometryType::Point, Some(Geometry::Point(point))) => {
                let (first, second) = match &self.project {
                    None => (Some((point.x(), point.y())), 7),
                    Some(project) => (project(point.x(), point.y()), 3),
                };
                let text = first.map(|(a, b)| (format!("{a:.second$}"), format!("{b:.second$}"))).unwrap_or_default();
                self.rows.write_field(text.0)?;
                self.rows.write_field(text.1)?;
            }
            (GeometryType::Point, _) => {
                self.rows.write_field("")?;
                self.rows.write_field("")?;
            }
            (GeometryType::MultiPolygon, None) => self.rows.write_field("")?,
            (GeometryType::MultiPolygon, Some(geometry)) => {
                let projected = self.project.as_ref().map(|project| {
                    geometry.try_map_coords(|it| project(it.x, it.y).map(Coord::from).ok_or(())).map_err(|()| {
                        io::Error::new(
                            io::ErrorKind::InvalidInput,
                            "a boundary lies outside the reference system that was asked for",
                        )
                    })
                });
                match projected {
                    Some(geometry) => self.rows.write_field(geometry?.wkt_string())?,
                    None => self.rows.write_field(geometry.wkt_string())?,
                }
            }
        }
        Ok(())
    }

    /// The text of the rows since the last call.
    ///
    /// # Errors
    /// None in practice: memory takes everything.
    pub fn take(&mut self) -> io::Result<Vec<u8>> {
        let full = std::mem::replace(&mut self.rows, csv::Writer::from_writer(Vec::new()));
        full.into_inner().map_err(|error| io::Error::new(error.error().kind(), error.error().to_string()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::place::Id;
    use geo::{point, polygon};

    #[test]
    fn polygons_are_projected_too() {
        let project: Project = Box::new(|lon, lat| Some((lon * 1000.0, lat * 10.0)));
        let mut writer = CsvWriter::new(&[], GeometryType::MultiPolygon, Some(project)).unwrap();
        let shape = polygon![(x: 1., y: 2.), (x: 3., y: 2.), (x: 3., y: 4.), (x: 1., y: 2.)];
        let shape = geo::MultiPolygon(vec![shape]).into();
        writer.write(&Feature { id: Id::new(), geometry: Some(shape), values: vec![] }).unwrap();
        let text = String::from_utf8(writer.take().unwrap()).unwrap();
        assert!(text.contains("MULTIPOLYGON(((1000 20,3000 20,3000 40,1000 20)))"), "{text}");
    }

    #[test]
    fn writes_page_by_page_and_defuses_formulas() {
        let mut writer = CsvWriter::new(&["name", "n"], GeometryType::Point, None).unwrap();
        let row = |name: &str, geometry| Feature { id: Id::new(), geometry, values: vec![name.into(), 3_i64.into()] };
        writer.write(&row("一,格", Some(point!(x: 110.5, y: 29.25).into()))).unwrap();
        let first = writer.take().unwrap();
        writer.write(&row("=1+1", None)).unwrap();
        let all = [first, writer.take().unwrap()].concat();
        let text = String::from_utf8(all).unwrap();
        assert_eq!(text, "\u{feff}name,n,lon,lat\n\"一,格\",3,110.5000000,29.2500000\n'=1+1,3,,\n");
    }
}
