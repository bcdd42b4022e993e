//! A GeoJSON geometry as a `geo` geometry, with errors that say what is wrong with it.

use geo::{Coord, Geometry, GeometryCollection, LineString, MultiLineString, MultiPoint, MultiPolygon, Point, Polygon};
use serde_json::Value;

/// Geometry collections inside each other are followed this far.
const MAX_DEPTH: usize = 8;

/// `None` for `null`. Altitudes are dropped. A ring that isn't closed gets closed: old programs write such rings.
///
/// # Errors
/// What is wrong, in words.
pub fn geometry(value: &Value) -> Result<Option<Geometry>, String> {
    if value.is_null() { Ok(None) } else { nested(value, 0).map(Some) }
}

fn nested(value: &Value, depth: usize) -> Result<Geometry, String> {
    let object = value.as_object().ok_or("not an object")?;
    let kind = object.get("type").and_then(Value::as_str).ok_or("no \"type\"")?;
    let member = if kind == "GeometryCollection" { "geometries" } else { "coordinates" };
    let parts = object.get(member).and_then(Value::as_array).ok_or_else(|| format!("{kind} without {member:?}"))?;
    Ok(match kind {
        "Point" => Geometry::Point(Point(position(parts)?)),
        "MultiPoint" => Geometry::MultiPoint(MultiPoint(each(parts, |it| array(it).and_then(position).map(Point))?)),
        "LineString" => Geometry::LineString(line(parts)?),
        "MultiLineString" => Geometry::MultiLineString(MultiLineString(each(parts, |it| line(array(it)?))?)),
        "Polygon" => Geometry::Polygon(polygon(parts)?),
        "MultiPolygon" => Geometry::MultiPolygon(MultiPolygon(each(parts, |it| polygon(array(it)?))?)),
        "GeometryCollection" if depth >= MAX_DEPTH => return Err("geometry collections nested too deeply".to_owned()),
        "GeometryCollection" => Geometry::GeometryCollection(GeometryCollection(each(parts, |it| nested(it, depth + 1))?)),
        other => return Err(format!("unknown type {other:?}")),
    })
}

fn each<T>(values: &[Value], read: impl Fn(&Value) -> Result<T, String>) -> Result<Vec<T>, String> {
    values.iter().map(read).collect()
}

fn array(value: &Value) -> Result<&[Value], String> {
    value.as_array().map(Vec::as_slice).ok_or_else(|| "coordinates are not nested as deeply as the type demands".to_owned())
}

fn position(values: &[Value]) -> Result<Coord, String> {
    let [x, y, ..] = values else { return Err(format!("a position of {} numbers; it needs 2", values.len())) };
    let number = |value: &Value| match value {
        Value::Array(_) => Err("coordinates are nested more deeply than the type demands".to_owned()),
        _ => value.as_f64().ok_or_else(|| format!("coordinate {value} is not a number")),
    };
    Ok(Coord { x: number(x)?, y: number(y)? })
}

fn line(values: &[Value]) -> Result<LineString, String> {
    let coords = each(values, |it| position(array(it)?))?;
    if coords.len() == 1 { Err("a line of 1 position".to_owned()) } else { Ok(LineString(coords)) }
}

fn polygon(rings: &[Value]) -> Result<Polygon, String> {
    let mut rings = each(rings, |it| {
        let ring = LineString(each(array(it)?, |it| position(array(it)?))?);
        let corners = ring.0.len() - usize::from(ring.0.len() > 1 && ring.is_closed());
        if corners < 3 { Err(format!("a ring of {corners} corners; it needs 3")) } else { Ok(ring) }
    })?
    .into_iter();
    let exterior = rings.next().unwrap_or_else(|| LineString(vec![]));
    // `Polygon::new` closes open rings.
    Ok(Polygon::new(exterior, rings.collect()))
}
