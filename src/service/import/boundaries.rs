//! Villages, grids, micro-grids → a new version of the boundaries, in which everything that has a position is placed anew.

use super::{ImportError, ImportOutcome, Job, blocking, placed, read_drafts, resolve::Names};
use crate::{
    geometry::LonLat,
    intake::{self, BoundaryDraft, IntakeReport, Problem},
    place::{Boundary, Code, CodeScheme, Id, Level, reading_order},
    service::{Service, hot::Division},
    spatial::{SLIVER_M2, outside},
    store::{PublishBoundaries, Written},
    table::Table,
};
use geo::{InteriorPoint as _, MultiPolygon};
use std::collections::{HashMap, HashSet};

impl Service {
    pub(super) async fn import_boundaries(&self, job: Job, level: Level, table: Table) -> Result<ImportOutcome, ImportError> {
        let reader = match level {
            Level::Village => intake::read_villages,
            Level::Grid => intake::read_grids,
            Level::MicroGrid => intake::read_microgrids,
        };
        let (drafts, report) = read_drafts(&job, Some(level), table, reader).await?;
        let work = job.clone();
        let used = self.store.codes_ever(level).await?;
        let (boundaries, report) = blocking(move || work.boundaries(level, drafts, used, report)).await?;
        if boundaries.is_empty() {
            // A file without one usable boundary must not retire those that are in force.
            return Ok(ImportOutcome { report, written: Written::default(), version: None, dry_run: job.options.dry_run });
        }
        let mut area = job.area.clone();
        if boundaries.iter().any(|it| it.code.as_ref().is_some_and(|code| code.scheme() == CodeScheme::CnGrid15)) {
            area.code_scheme = CodeScheme::CnGrid15;
        }
        let mut writer = self.store.write_area(&area).await?;
        let before = job.hot.division(level);
        let written = difference(before, &boundaries);
        let changed = written.inserted + written.updated > 0 || boundaries.len() < before.boundaries.len();
        let set = PublishBoundaries {
            levels: vec![(level, boundaries.clone())],
            valid_from: job.valid_from(),
            note: report.file.clone(),
        };
        let version = writer.publish(&set).await?.number;
        if changed {
            let work = job.clone();
            let placements = blocking(move || placed::everything(&work, level, &Division::new(boundaries), version)).await?;
            placements.write(&mut writer).await?;
        }
        self.commit(&job, writer).await?;
        Ok(ImportOutcome { report, written, version: Some(version), dry_run: job.options.dry_run })
    }
}

/// How the new set differs from the one in force.
fn difference(before: &Division, after: &[Boundary]) -> Written {
    let mut written = Written::default();
    for boundary in after {
        match before.get(boundary.id) {
            None => written.inserted += 1,
            Some(old) if old == boundary => written.unchanged += 1,
            Some(_) => written.updated += 1,
        }
    }
    written
}

impl Job {
    /// Gives each draft its identity, its parent and, where the scheme numbers places, its code; reports what does not fit
    /// together.
    fn boundaries(
        &self,
        level: Level,
        drafts: Vec<BoundaryDraft>,
        used: HashSet<String>,
        mut report: IntakeReport,
    ) -> (Vec<Boundary>, IntakeReport) {
        let names = Names::of(self);
        let mut taken = HashSet::new();
        let mut boundaries = Vec::with_capacity(drafts.len());
        for draft in drafts {
            let known = Self::known(&names, level, &draft).filter(|id| taken.insert(*id));
            let parent = self.parent(&names, level, &draft, &mut report);
            boundaries.push(Boundary {
                id: known.unwrap_or_default(),
                level,
                parent,
                code: draft.code,
                name: draft.name,
                aliases: draft.aliases,
                kind: draft.kind,
                shape: draft.shape,
                area_m2: draft.area_m2,
            });
        }
        self.number(level, &mut boundaries, used);
        (boundaries, report)
    }

    /// The place in force that the draft means: the one with its code, or without a code the one with its name.
    fn known(names: &Names, level: Level, draft: &BoundaryDraft) -> Option<Id> {
        match &draft.code {
            Some(code) => names.boundary(level, code.as_str()),
            None => names.boundary(level, &draft.name),
        }
    }

    /// The place that the draft is part of: the one it names, else the one that it lies in.
    fn parent(&self, names: &Names, level: Level, draft: &BoundaryDraft, report: &mut IntakeReport) -> Option<Id> {
        let above = above(level)?;
        // What the intake could check against a named parent it has reported already.
        if let Some(parent) = draft.parent.as_ref().and_then(|key| names.boundary(above, key)) {
            return Some(parent);
        }
        let division = self.hot.division(above);
        let inside = interior(&draft.shape)?;
        let found = division.assigner.assign(Some(inside), 0.0).grid.and_then(|i| division.boundaries.get(i));
        if let Some(parent) = found
            && let Some(excess) = outside(&parent.shape, &draft.shape, SLIVER_M2)
        {
            let text = format!("{} outside {}: {:.1} m² at {}", draft.name, parent.name, excess.area_m2, excess.at);
            report.warn(Problem::OutsideParent, Some(draft.row), text);
        }
        if found.is_none() && draft.parent.is_none() && !division.boundaries.is_empty() {
            report.warn(Problem::UnknownParent, Some(draft.row), draft.name.clone());
        }
        found.map(|parent| parent.id)
    }

    fn has_cn_code(&self, place: Id) -> bool {
        let code = self.hot.boundary(place).and_then(|place| place.code.as_ref());
        code.is_some_and(|code| code.scheme() == CodeScheme::CnGrid15)
    }

    /// First codes under cn-grid-15: by village (or grid), from north to south and west to east, with numbers that nobody ever
    /// had (`used`). A place that is in force keeps its code.
    fn number(&self, level: Level, boundaries: &mut [Boundary], mut used: HashSet<String>) {
        used.extend(boundaries.iter().filter_map(|it| it.code.as_ref()).map(ToString::to_string));
        let mut by_parent: HashMap<Id, Vec<usize>> = HashMap::new();
        for (i, boundary) in boundaries.iter_mut().enumerate().filter(|(_, it)| it.code.is_none()) {
            if let Some(old) = self.hot.division(level).get(boundary.id) {
                boundary.code.clone_from(&old.code);
            } else if let Some(parent) = boundary.parent {
                by_parent.entry(parent).or_default().push(i);
            }
        }
        let names: Vec<String> = boundaries.iter().map(|it| it.name.clone()).collect();
        for boundary in boundaries.iter_mut().filter(|it| it.code.is_none()) {
            // Districts that are called "1" or "NORTHRIDGE": the name is the code, where it names one place only.
            let alone = names.iter().filter(|name| **name == boundary.name).count() == 1;
            let numbered = boundary.parent.is_some_and(|parent| self.has_cn_code(parent));
            if !numbered && self.area.code_scheme == CodeScheme::Free && alone && !used.contains(&boundary.name) {
                boundary.code = Code::parse(CodeScheme::Free, level, &boundary.name).ok();
            }
        }
        for (parent, members) in by_parent {
            let code = self.hot.boundary(parent).and_then(|parent| parent.code.clone());
            let Some(code) = code.filter(|code| code.scheme() == CodeScheme::CnGrid15) else { continue };
            let placed = members.iter().filter_map(|&i| Some((i, interior(&boundaries[i].shape)?)));
            let (members, centres): (Vec<_>, Vec<_>) = placed.unzip();
            let mut serials =
                (1..=999).filter_map(|serial| code.child(level, serial).ok()).filter(|it| !used.contains(it.as_str()));
            for position in reading_order(&centres) {
                if let (Some(&i), Some(next)) = (members.get(position), serials.next()) {
                    boundaries[i].code = Some(next);
                }
            }
        }
    }
}

const fn above(level: Level) -> Option<Level> {
    match level {
        Level::Village => None,
        Level::Grid => Some(Level::Village),
        Level::MicroGrid => Some(Level::Grid),
    }
}

fn interior(shape: &MultiPolygon) -> Option<LonLat> {
    shape.interior_point()?.try_into().ok()
}
