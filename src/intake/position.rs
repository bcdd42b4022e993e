//! Where a row lies: from its geometry, from columns of longitude and latitude, easting and northing, or from WKT.

use super::{
    bind::{ColumnError, column},
    mapping::{PositionRules, Unit},
    number::parse_number,
};
use crate::{
    geometry::{Crs, CrsError, Datum, LONGEST_EDGE_M, LonLat, PositionError, UnknownDatum, densified},
    table::{Row, Table},
};
use geo::{Geometry, InteriorPoint};
use wkt::TryFromWkt;

/// Column names that are taken for longitude and latitude (or easting and northing), in this order; compared by [`folded`].
const PAIRS: &[(&str, &str)] = &[
    ("longitude", "latitude"),
    ("lon", "lat"),
    ("lng", "lat"),
    ("long", "lat"),
    ("经度", "纬度"),
    ("东经", "北纬"),
    ("lonwgs84", "latwgs84"),
    ("x", "y"),
];
const WKT: &[&str] = &["wkt", "geom", "geometry", "thegeom", "几何", "图形"];

/// Why positions can't be read from a file as a whole.
#[derive(Debug, thiserror::Error)]
pub enum PositionSourceError {
    #[error(transparent)]
    Column(#[from] ColumnError),
    #[error(transparent)]
    Datum(#[from] UnknownDatum),
    #[error("{0:?} is no reference system known here; name one by its code: --crs EPSG:4547")]
    CrsName(String),
    #[error(transparent)]
    Crs(#[from] CrsError),
    #[error("{crs} has a datum of its own; leave {} out", datum.name())]
    DatumOfCrs { crs: String, datum: Datum },
}

/// Why a row has no usable position.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum PositionProblem {
    #[error("{column} {text:?} is not a number")]
    NotANumber { column: String, text: String },
    #[error("{0} is there, {1} is not")]
    Half(String, String),
    #[error(transparent)]
    Range(#[from] PositionError),
    #[error("{0}")]
    Crs(String),
    #[error("not well-known text: {0}")]
    Wkt(String),
    #[error("a {0} where a point is needed")]
    NotAPoint(&'static str),
}

#[derive(Clone, Debug, PartialEq)]
enum Source {
    Nowhere,
    Geometry,
    Wkt(usize),
    /// `factor` brings the file's unit to the metres of the CRS.
    Columns {
        x: usize,
        y: usize,
        factor: f64,
    },
}

/// Reads the positions of one table.
#[derive(Clone, Debug)]
pub struct Positions<'t> {
    table: &'t Table,
    source: Source,
    crs: Option<Crs>,
    datum: Datum,
}

/// What flags say over what a mapping says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PositionFlags<'a> {
    pub datum: Option<Datum>,
    /// "EPSG:4547".
    pub crs: Option<&'a str>,
}

impl<'t> Positions<'t> {
    /// Finds where the positions of `table` stand: as `rules` say, else in its geometries, else in columns with telling names.
    ///
    /// # Errors
    /// [`PositionSourceError`] where a column, datum or reference system that was asked for is not there.
    pub fn bind(table: &'t Table, rules: &PositionRules, flags: PositionFlags) -> Result<Self, PositionSourceError> {
        let datum = match flags.datum {
            Some(datum) => datum,
            None => rules.datum.as_deref().map(str::parse).transpose()?.unwrap_or_default(),
        };
        let mut source = source(table, rules)?;
        // The file's own word on its geometries counts unless somebody says otherwise.
        let file_crs = table.crs.as_deref().filter(|_| source == Source::Geometry);
        let crs = flags.crs.or(rules.crs.as_deref()).or(file_crs).map(parse_crs).transpose()?.flatten();
        if let Source::Columns { factor, .. } = &mut source {
            *factor = rules.unit.map_or(1.0, Unit::metres);
        }
        match &crs {
            Some(crs) if datum != Datum::Wgs84 && !crs.is_geographic() => {
                Err(PositionSourceError::DatumOfCrs { crs: crs.to_string(), datum })
            }
            _ => Ok(Self { table, source, crs, datum }),
        }
    }

    /// Whether rows have positions at all.
    #[must_use]
    pub fn is_anywhere(&self) -> bool {
        self.source != Source::Nowhere
    }

    /// Whether rows may have other geometries than points.
    #[must_use]
    pub fn has_geometry(&self) -> bool {
        matches!(self.source, Source::Geometry | Source::Wkt(_))
    }

    /// The columns that the positions stand in.
    #[must_use]
    pub fn columns(&self) -> Vec<usize> {
        match self.source {
            Source::Nowhere | Source::Geometry => vec![],
            Source::Wkt(column) => vec![column],
            Source::Columns { x, y, .. } => vec![x, y],
        }
    }

    /// The datum that longitudes and latitudes are taken to be in.
    #[must_use]
    pub fn datum(&self) -> Datum {
        self.datum
    }

    /// Whether another datum could be meant: the coordinates are longitudes and latitudes.
    #[must_use]
    pub fn is_geographic(&self) -> bool {
        self.crs.as_ref().is_none_or(Crs::is_geographic)
    }

    /// The same, in another datum.
    #[must_use]
    pub fn in_datum(&self, datum: Datum) -> Self {
        Self { datum, ..self.clone() }
    }

    /// The point of `row` in WGS 84; `None` where the row has none. Of a polygon: a point inside it.
    ///
    /// # Errors
    /// [`PositionProblem`] where what stands there is no point on earth.
    pub fn point(&self, row: &Row) -> Result<Option<LonLat>, PositionProblem> {
        self.raw_point(row)?.map(|(x, y)| self.to_wgs84(x, y)).transpose()
    }

    /// The point of `row` with its two numbers exchanged, for telling swapped columns.
    #[must_use]
    pub fn swapped_point(&self, row: &Row) -> Option<LonLat> {
        let (x, y) = self.raw_point(row).ok().flatten()?;
        self.to_wgs84(y, x).ok()
    }

    /// The geometry of `row` in WGS 84; `None` where the row has none.
    ///
    /// # Errors
    /// [`PositionProblem`] where what stands there is no geometry on earth.
    pub fn geometry(&self, row: &Row) -> Result<Option<Geometry>, PositionProblem> {
        if let Source::Columns { .. } = self.source {
            return Ok(self.point(row)?.map(|point| Geometry::Point(point.to_point())));
        }
        let Some(geometry) = self.raw_geometry(row)? else { return Ok(None) };
        let geometry = match &self.crs {
            Some(crs) => {
                // Straight in the plane is not straight in degrees.
                let geometry = if crs.is_geographic() { geometry } else { densified(geometry, LONGEST_EDGE_M) };
                crs.geometry_to_lonlat(&geometry).map_err(|error| PositionProblem::Crs(error.to_string()))?
            }
            None => geometry,
        };
        if let Some(out_of_range) =
            geo::CoordsIter::coords_iter(&geometry).find_map(|at| LonLat::from_degrees(at.x, at.y).err())
        {
            return Err(out_of_range.into());
        }
        Ok(Some(self.datum.geometry_to_wgs84(&geometry)))
    }

    fn raw_point(&self, row: &Row) -> Result<Option<(f64, f64)>, PositionProblem> {
        if let Source::Columns { x, y, factor } = self.source {
            return Ok(self.numbers(row, x, y)?.map(|(x, y)| (x * factor, y * factor)));
        }
        let Some(geometry) = self.raw_geometry(row)? else { return Ok(None) };
        point_of(&geometry).map(|point| Some((point.x(), point.y())))
    }

    fn raw_geometry(&self, row: &Row) -> Result<Option<Geometry>, PositionProblem> {
        match self.source {
            Source::Geometry => Ok(row.geometry.clone()),
            Source::Wkt(column) => {
                let text = row.cell(column).trim();
                // EWKT, as PostGIS writes it, says its reference system first.
                let text = text.split_once(';').filter(|(srid, _)| srid.starts_with("SRID=")).map_or(text, |(_, wkt)| wkt);
                if text.is_empty() {
                    return Ok(None);
                }
                parse_wkt(text).map(Some)
            }
            Source::Nowhere | Source::Columns { .. } => Ok(None),
        }
    }

    fn numbers(&self, row: &Row, x: usize, y: usize) -> Result<Option<(f64, f64)>, PositionProblem> {
        let name = |column: usize| self.table.columns.get(column).cloned().unwrap_or_default();
        let number = |column: usize| {
            let text = row.cell(column).trim();
            if text.is_empty() {
                return Ok(None);
            }
            let not_a_number = || PositionProblem::NotANumber { column: name(column), text: text.chars().take(60).collect() };
            parse_number(text).map(Some).ok_or_else(not_a_number)
        };
        match (number(x)?, number(y)?) {
            (Some(x), Some(y)) => Ok(Some((x, y))),
            (None, None) => Ok(None),
            (Some(_), None) => Err(PositionProblem::Half(name(x), name(y))),
            (None, Some(_)) => Err(PositionProblem::Half(name(y), name(x))),
        }
    }

    fn to_wgs84(&self, x: f64, y: f64) -> Result<LonLat, PositionProblem> {
        let at = match &self.crs {
            Some(crs) => crs.to_lonlat(x, y).map_err(|error| PositionProblem::Crs(error.to_string()))?,
            None => LonLat::from_degrees(x, y)?,
        };
        Ok(self.datum.to_wgs84(at))
    }
}

/// A polygon in a collection needs four; the parser calls itself once for each, and a text of brackets would use up its stack.
const BRACKETS: usize = 16;

fn parse_wkt(text: &str) -> Result<Geometry, PositionProblem> {
    let mut open = 0_usize;
    for byte in text.bytes() {
        match byte {
            b'(' => open += 1,
            b')' => open = open.saturating_sub(1),
            _ => {}
        }
        if open > BRACKETS {
            return Err(PositionProblem::Wkt(format!("brackets more than {BRACKETS} deep")));
        }
    }
    Geometry::try_from_wkt_str(text).map_err(|error| PositionProblem::Wkt(error.to_string()))
}

fn source(table: &Table, rules: &PositionRules) -> Result<Source, ColumnError> {
    let named = |x: &Option<String>, y: &Option<String>| match (x, y) {
        (Some(x), Some(y)) => Some((x.clone(), y.clone())),
        _ => None,
    };
    if let Some((x, y)) = named(&rules.lon, &rules.lat).or(named(&rules.x, &rules.y)) {
        return Ok(Source::Columns { x: column(table, &x)?, y: column(table, &y)?, factor: 1.0 });
    }
    if let Some(wkt) = &rules.wkt {
        return Ok(Source::Wkt(column(table, wkt)?));
    }
    if table.has_geometry() {
        return Ok(Source::Geometry);
    }
    let telling = |wanted: &str| table.columns.iter().position(|name| folded(name) == wanted);
    let pair = PAIRS.iter().find_map(|(x, y)| telling(x).zip(telling(y)));
    Ok(match (pair, WKT.iter().find_map(|wkt| telling(wkt))) {
        (Some((x, y)), _) => Source::Columns { x, y, factor: 1.0 },
        (None, Some(wkt)) => Source::Wkt(wkt),
        (None, None) => Source::Nowhere,
    })
}

/// A column name without what people vary: case, spaces, `_`, `-`, `.`, brackets.
#[must_use]
pub fn folded(name: &str) -> String {
    name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// "EPSG:4547", "4547", `urn:ogc:def:crs:EPSG::4547`; `None` for longitude/latitude in WGS 84 (CRS84).
///
/// # Errors
/// [`PositionSourceError`] where the name or its code is not known.
pub fn parse_crs(name: &str) -> Result<Option<Crs>, PositionSourceError> {
    let upper = name.trim().to_ascii_uppercase();
    if upper.ends_with("CRS84") {
        return Ok(None);
    }
    let authority = upper.contains("EPSG") || upper.bytes().all(|byte| byte.is_ascii_digit());
    let code = upper.rsplit(':').next().and_then(|code| code.parse().ok()).filter(|_| authority);
    let code = code.ok_or_else(|| PositionSourceError::CrsName(name.to_owned()))?;
    Ok(Some(Crs::from_epsg(code)?))
}

fn point_of(geometry: &Geometry) -> Result<geo::Point, PositionProblem> {
    match geometry {
        Geometry::Point(point) => Ok(*point),
        Geometry::MultiPoint(points) if points.0.len() == 1 => Ok(points.0[0]),
        Geometry::Polygon(polygon) => polygon.interior_point().ok_or(PositionProblem::NotAPoint("polygon without area")),
        Geometry::MultiPolygon(polygons) => polygons.interior_point().ok_or(PositionProblem::NotAPoint("polygon without area")),
        Geometry::MultiPoint(_) => Err(PositionProblem::NotAPoint("set of several points")),
        Geometry::LineString(_) | Geometry::MultiLineString(_) | Geometry::Line(_) => Err(PositionProblem::NotAPoint("line")),
        _ => Err(PositionProblem::NotAPoint("collection")),
    }
}
