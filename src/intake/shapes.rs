//! The polygons of a file.

use super::{
    IntakeError,
    bind::listed,
    problem::Problem,
    report::IntakeReport,
    rows::{Reject, Rows},
};
use crate::{
    geometry::{Repair, area_m2, mend},
    table::Row,
};
use geo::{Geometry, MultiPolygon};

/// That the file has polygons.
///
/// # Errors
/// [`IntakeError::NoGeometry`]
pub fn need_shapes(rows: &Rows) -> Result<(), IntakeError> {
    if rows.positions.has_geometry() {
        Ok(())
    } else {
        Err(IntakeError::NoGeometry { layer: rows.layer(), found: listed(&rows.table.columns) })
    }
}

/// The valid polygon of `row` with right-hand rings, and its area in m². What was mended goes to the report.
///
/// # Errors
/// A [`Reject`] where there is none, or none that can be mended.
pub fn take_shape(rows: &Rows, row: &Row, report: &mut IntakeReport) -> Result<(MultiPolygon, f64), Reject> {
    let bad = |why: String| Reject::new(Problem::BadGeometry, why);
    let shape = match rows.positions.geometry(row).map_err(|problem| bad(problem.to_string()))? {
        None => return Err(Reject::new(Problem::NoGeometry, "")),
        Some(Geometry::Polygon(polygon)) => MultiPolygon(vec![polygon]),
        Some(Geometry::MultiPolygon(shape)) => shape,
        Some(_) => return Err(bad("not a polygon".to_owned())),
    };
    let mended = mend(shape).map_err(|error| bad(error.to_string()))?;
    if mended.is_repaired() {
        report.warn(Problem::GeometryRepaired, Some(row.number), described(&mended.repairs));
    }
    let area = area_m2(&mended.shape);
    Ok((mended.shape, area))
}

/// The repairs in words. Which way round rings ran is a convention, and not worth a word.
#[must_use]
pub fn described(repairs: &[Repair]) -> String {
    let words = repairs.iter().filter_map(|repair| match repair {
        Repair::Turned { .. } => None,
        Repair::RepeatedVertices { removed } => Some(format!("{removed} repeated vertices removed")),
        Repair::NoArea { removed } => Some(format!("{removed} parts or holes without area removed")),
        Repair::Untangled { flaw, at, area_before_m2, area_after_m2 } => {
            Some(format!("{flaw} at {at}: cut there, area {area_before_m2:.1} → {area_after_m2:.1} m²"))
        }
    });
    words.collect::<Vec<_>>().join("; ")
}
