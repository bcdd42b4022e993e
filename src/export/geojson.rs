//! GeoJSON (RFC 7946), feature by feature.

use super::Feature;
use crate::geometry::BBox;
use geo::{Coord, Geometry, LineString, MultiPolygon, Polygon};
use std::io::{self, Write};

/// Writes one `FeatureCollection`. The box around all features stands at its end, since only then it is known.
///
/// Positions of points are rounded to 7 decimals (about 1 cm). Vertices of polygons are written as they are stored: rounding
/// could make a valid polygon invalid, and neighbours would part.
pub struct GeoJsonWriter<W> {
    out: W,
    columns: Vec<String>,
    features: u64,
    bbox: Option<BBox>,
    synthetic: bool,
}

impl<W: Write> GeoJsonWriter<W> {
    /// `columns`: JSON member names of the values that features bring.
    ///
    /// # Errors
    /// Whatever `out` fails with.
    pub fn new(mut out: W, columns: &[&str]) -> io::Result<Self> {
        out.write_all(br#"{"type":"FeatureCollection","features":["#)?;
        let columns = columns.iter().map(|name| serde_json::Value::from(*name).to_string()).collect();
        Ok(Self { out, columns, features: 0, bbox: None, synthetic: false })
    }

    /// Says in a member of the collection (RFC 7946, section 6.1) that its features are generated.
    #[must_use]
    pub fn synthetic(self, synthetic: bool) -> Self {
        Self { synthetic, ..self }
    }

    /// # Errors
    /// Whatever `out` fails with.
    pub fn write(&mut self, feature: &Feature) -> io::Result<()> {
        self.out.write_all(if self.features == 0 { b"\n" } else { b",\n" })?;
        self.features += 1;
        if let Some(bbox) = feature.bbox() {
            self.bbox = Some(self.bbox.map_or(bbox, |all| all.union(&bbox)));
        }
        write!(self.out, r#"{{"type":"Feature","id":"{}","geometry":"#, feature.id)?;
        match &feature.geometry {
            Some(geometry) => write_geometry(&mut self.out, geometry)?,
            None => self.out.write_all(b"null")?,
        }
        self.out.write_all(br#","properties":{"#)?;
        for (i, (name, value)) in self.columns.iter().zip(&feature.values).enumerate() {
            let comma = if i == 0 { "" } else { "," };
            write!(self.out, "{comma}{name}:{}", value.to_json())?;
        }
        self.out.write_all(b"}}")
    }

    /// The sink, to empty it between features.
    pub fn get_mut(&mut self) -> &mut W {
        &mut self.out
    }

    /// Ends the collection and returns the sink.
    ///
    /// # Errors
    /// Whatever `out` fails with.
    pub fn finish(mut self) -> io::Result<W> {
        self.out.write_all(b"\n]")?;
        if let Some(b) = self.bbox {
            write!(self.out, r#","bbox":[{},{},{},{}]"#, b.west, b.south, b.east, b.north)?;
        }
        if self.synthetic {
            self.out.write_all(br#","synthetic":true"#)?;
        }
        self.out.write_all(b"}\n")?;
        Ok(self.out)
    }
}

fn write_geometry(out: &mut impl Write, geometry: &Geometry) -> io::Result<()> {
    match geometry {
        Geometry::Point(point) => {
            let round = |degrees: f64| (degrees * 1e7).round() / 1e7;
            write!(out, r#"{{"type":"Point","coordinates":[{},{}]}}"#, round(point.x()), round(point.y()))
        }
        Geometry::Polygon(polygon) => {
            out.write_all(br#"{"type":"Polygon","coordinates":"#)?;
            write_polygon(out, polygon)?;
            out.write_all(b"}")
        }
        Geometry::MultiPolygon(MultiPolygon(polygons)) => {
            out.write_all(br#"{"type":"MultiPolygon","coordinates":["#)?;
            for (i, polygon) in polygons.iter().enumerate() {
                if i > 0 {
                    out.write_all(b",")?;
                }
                write_polygon(out, polygon)?;
            }
            out.write_all(b"]}")
        }
        other => write!(out, "{}", geojson::Geometry::from(other)),
    }
}

fn write_polygon(out: &mut impl Write, polygon: &Polygon) -> io::Result<()> {
    out.write_all(b"[")?;
    write_ring(out, polygon.exterior())?;
    for hole in polygon.interiors() {
        out.write_all(b",")?;
        write_ring(out, hole)?;
    }
    out.write_all(b"]")
}

fn write_ring(out: &mut impl Write, ring: &LineString) -> io::Result<()> {
    out.write_all(b"[")?;
    for (i, Coord { x, y }) in ring.coords().enumerate() {
        let comma = if i == 0 { "" } else { "," };
        write!(out, "{comma}[{x},{y}]")?;
    }
    out.write_all(b"]")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{export::Value, place::Id};
    use geo::{point, polygon};

    fn written(features: &[Feature]) -> String {
        let mut writer = GeoJsonWriter::new(Vec::new(), &["name", "area_m2"]).unwrap();
        for feature in features {
            writer.write(feature).unwrap();
        }
        String::from_utf8(writer.finish().unwrap()).unwrap()
    }

    #[test]
    fn reads_back_with_its_box() {
        let shape = MultiPolygon(vec![polygon![
            exterior: [(x: 0., y: 0.), (x: 4., y: 0.), (x: 4., y: 4.), (x: 0., y: 4.)],
            interiors: [[(x: 1., y: 1.), (x: 1., y: 2.), (x: 2., y: 2.)]],
        ]]);
        let text = written(&[
            Feature { id: Id::new(), geometry: Some(shape.clone().into()), values: vec!["一\"格\"".into(), 1.5.into()] },
            Feature {
                id: Id::new(),
                geometry: Some(point!(x: 5.123_456_789, y: 1.).into()),
                values: vec![Value::Null, f64::NAN.into()],
            },
            Feature { id: Id::new(), geometry: None, values: vec!["c".into(), Value::Null] },
        ]);
        let collection: geojson::FeatureCollection = text.parse::<geojson::GeoJson>().unwrap().try_into().unwrap();
        assert_eq!(collection.bbox.unwrap(), [0., 0., 5.123_456_789, 4.]);
        assert_eq!(collection.features[0].property("name").unwrap(), "一\"格\"");
        let first: MultiPolygon = collection.features[0].geometry.clone().unwrap().try_into().unwrap();
        assert_eq!(first, shape);
        let second: geo::Point = collection.features[1].geometry.clone().unwrap().try_into().unwrap();
        assert!((second.x() - 5.123_456_8).abs() < 1e-12);
        assert!(collection.features[1].property("area_m2").unwrap().is_null());
        assert!(collection.features[2].geometry.is_none());
    }

    #[test]
    fn an_empty_collection_is_one_too() {
        let collection: geojson::FeatureCollection = written(&[]).parse::<geojson::GeoJson>().unwrap().try_into().unwrap();
        assert!(collection.features.is_empty() && collection.bbox.is_none());
    }
}
