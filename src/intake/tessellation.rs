//! How the boundaries of one file lie to each other and to the places that they are part of.

use super::{context::ParentShape, draft::BoundaryDraft, problem::Problem, report::IntakeReport};
use crate::spatial::{Defect, DefectKind, SLIVER_M2, outside, overlaps_and_gaps};
use std::collections::HashMap;

/// Reports overlaps, gaps, and what lies outside its parent. All of it is taken in: official boundaries have such places.
pub fn check(drafts: &[BoundaryDraft], parents: &[ParentShape], report: &mut IntakeReport) {
    let shapes: Vec<_> = drafts.iter().map(|draft| draft.shape.clone()).collect();
    for defect in overlaps_and_gaps(&shapes, SLIVER_M2) {
        report_defect(drafts, &defect, report);
    }
    if !parents.is_empty() {
        check_parents(drafts, parents, report);
    }
}

fn report_defect(drafts: &[BoundaryDraft], defect: &Defect, report: &mut IntakeReport) {
    let label = |polygon: Option<usize>| {
        let draft = polygon.and_then(|polygon| drafts.get(polygon));
        draft.map(|draft| format!("{} ({})", draft.name, draft.row))
    };
    let row = defect.a.and_then(|polygon| drafts.get(polygon)).map(|draft| draft.row);
    let names: Vec<String> = [label(defect.a), label(defect.b)].into_iter().flatten().collect();
    let text = format!("{}: {:.1} m² at {}", names.join(" / "), defect.area_m2, defect.at);
    let problem = match defect.kind {
        DefectKind::Overlap => Problem::BoundaryOverlap,
        DefectKind::Gap => Problem::BoundaryGap,
    };
    report.warn(problem, row, text);
}

fn check_parents(drafts: &[BoundaryDraft], parents: &[ParentShape], report: &mut IntakeReport) {
    let by_key: HashMap<&str, &ParentShape> =
        parents.iter().flat_map(|parent| parent.keys.iter().map(move |key| (key.as_str(), parent))).collect();
    for draft in drafts {
        let Some(key) = &draft.parent else { continue };
        let Some(parent) = by_key.get(key.as_str()) else {
            report.warn(Problem::UnknownParent, Some(draft.row), format!("{}: {key}", draft.name));
            continue;
        };
        if let Some(excess) = outside(&parent.shape, &draft.shape, SLIVER_M2) {
            let text = format!("{} outside {key}: {:.1} m² at {}", draft.name, excess.area_m2, excess.at);
            report.warn(Problem::OutsideParent, Some(draft.row), text);
        }
    }
}
