//! Villages, grids, micro-grids → a new version of the boundaries, in which everything that has a position is placed anew.

use super::{ImportError, Imported, Job, PublishedLevel, blocking, read_drafts, resolve::Names};
use crate::{
    intake::{self, BoundaryDraft, IntakeReport, Problem},
    place::{Boundary, Code, CodeScheme, Id, Level},
    service::{Service, hot::Division, numbering, placing::centre},
    spatial::{SLIVER_M2, outside, uncovered},
    store::{AreaSettings, PublishBoundaries, Writer, Written},
    table::Table,
};
use geo::MultiPolygon;
use rayon::prelude::*;
use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

impl Service {
    pub(super) async fn import_boundaries(
        &self,
        job: &Job,
        level: Level,
        table: Table,
        writer: &mut Writer,
    ) -> Result<Imported, ImportError> {
        let reader = match level {
            Level::Village => intake::read_villages,
            Level::Grid => intake::read_grids,
            Level::MicroGrid => intake::read_microgrids,
        };
        let today = chrono::Utc::now().with_timezone(&job.area.zone).date_naive();
        if job.valid_from() > today {
            return Err(ImportError::AheadOfItsDay { valid_from: job.valid_from(), today });
        }
        let (drafts, report) = read_drafts(job, Some(level), table, reader).await?;
        let owners = self.store.ids_by_code(level, &codes_of(&drafts)).await?;
        let used = self.store.codes_ever(level).await?;
        let work = job.clone();
        let set = blocking(move || work.set(level, drafts, &Codes { used, owners }, report)).await?;
        let boundaries = &set.division.boundaries;
        if boundaries.is_empty() {
            // A file without one usable boundary must not retire those that are in force.
            return Ok(Imported { report: set.report, written: Written::default(), boundaries: None });
        }
        if boundaries.iter().any(|it| it.code.as_ref().is_some_and(|code| code.scheme() == CodeScheme::CnGrid15)) {
            writer.describe_area(&AreaSettings { code_scheme: CodeScheme::CnGrid15, ..job.area.clone() }).await?;
        }
        let before = job.hot.division(level);
        let written = difference(before, boundaries);
        let retired = before.boundaries.len() - written.updated - written.unchanged;
        if retired * 2 > before.boundaries.len() && !job.options.retire {
            return Err(ImportError::RetiresMost { retired, of: before.boundaries.len(), level });
        }
        let mut fresh = vec![(level, set.division)];
        fresh.extend(set.children);
        let levels = fresh.iter().map(|(level, division)| (*level, division.boundaries.clone())).collect();
        let publish = PublishBoundaries { levels, valid_from: job.valid_from(), note: file_name(&set.report.file) };
        let version = writer.publish(&publish).await?;
        let number = version.number;
        if job.latest_version() != Some(number) {
            self.place_anew(&job.standing(), version, fresh).await?.write(writer).await?;
        }
        Ok(Imported { report: set.report, written, boundaries: Some(PublishedLevel { version: number, retired }) })
    }
}

/// Without its folders, which are nobody's business.
fn file_name(path: &str) -> String {
    std::path::Path::new(path).file_name().map_or_else(|| path.to_owned(), |name| name.to_string_lossy().into_owned())
}

/// The codes that the drafts carry, and the names of those without: under the free scheme a name may be a code.
fn codes_of(drafts: &[BoundaryDraft]) -> Vec<Code> {
    drafts.iter().filter_map(code_of).collect()
}

fn code_of(draft: &BoundaryDraft) -> Option<Code> {
    draft.code.clone().or_else(|| Code::parse(CodeScheme::Free, Level::Grid, &draft.name).ok())
}

/// Codes of a level, from all of its past.
struct Codes {
    used: HashSet<String>,
    /// To whom those belong that the drafts carry.
    owners: HashMap<Code, Id>,
}

/// A level as it is to be from now on.
struct Set {
    division: Arc<Division>,
    /// The whole level below, where something in it becomes part of another place.
    children: Option<(Level, Arc<Division>)>,
    report: IntakeReport,
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
    fn set(&self, level: Level, drafts: Vec<BoundaryDraft>, codes: &Codes, report: IntakeReport) -> Set {
        let (mut boundaries, mut report) = self.boundaries(level, drafts, codes, report);
        self.retire_or_keep(level, &mut boundaries, &mut report);
        let division = Arc::new(Division::new(boundaries));
        self.report_uncovered(level, &division, &mut report);
        let children = self.children(level, &division, &mut report);
        let children = children.map(|(level, boundaries)| (level, Arc::new(Division::new(boundaries))));
        Set { division, children, report }
    }

    /// What is in force and not among `boundaries` is retired. A rejected row may be about it, though: then it stays, unless
    /// retiring was asked for.
    fn retire_or_keep(&self, level: Level, boundaries: &mut Vec<Boundary>, report: &mut IntakeReport) {
        let known: HashSet<Id> = boundaries.iter().map(|it| it.id).collect();
        let keep = !report.rejected.is_empty() && !boundaries.is_empty() && !self.options.retire;
        let problem = if keep { Problem::KeptInForce } else { Problem::Retired };
        for old in self.hot.division(level).boundaries.iter().filter(|old| !known.contains(&old.id)) {
            let code = old.code.as_ref().map_or("–", Code::as_str);
            report.warn(problem, None, format!("{} ({code})", old.name));
            if keep {
                boundaries.push(old.clone());
            }
        }
    }

    /// Names the places above of which a part lies in none of the fresh boundaries.
    fn report_uncovered(&self, level: Level, fresh: &Division, report: &mut IntakeReport) {
        let Some(above) = level.above() else { return };
        let mut parts: HashMap<Id, Vec<&MultiPolygon>> = HashMap::new();
        for boundary in &fresh.boundaries {
            if let Some(parent) = boundary.parent {
                parts.entry(parent).or_default().push(&boundary.shape);
            }
        }
        let found = self.hot.division(above).boundaries.par_iter().filter_map(|parent| {
            let parts = parts.get(&parent.id).map_or(&[][..], Vec::as_slice);
            Some((parent, uncovered(&parent.shape, parts, SLIVER_M2)?))
        });
        for (parent, excess) in found.collect::<Vec<_>>() {
            let text = format!("{}: {:.1} m² at {}", parent.name, excess.area_m2, excess.at);
            report.warn(Problem::Uncovered, None, text);
        }
    }

    /// The level below, if one of its places was part of what is retired now, or of nothing: it becomes part of what it lies
    /// in. What no longer lies in the place that it is part of is reported.
    fn children(&self, level: Level, fresh: &Division, report: &mut IntakeReport) -> Option<(Level, Vec<Boundary>)> {
        let below = level.below()?;
        let before = self.hot.division(level);
        let mut children = self.hot.division(below).boundaries.clone();
        let mut moved = false;
        for child in &mut children {
            let parent = child.parent.and_then(|parent| fresh.get(parent));
            if let Some(parent) = parent {
                let redrawn = before.get(parent.id).is_none_or(|old| old.shape != parent.shape);
                if redrawn && let Some(excess) = outside(&parent.shape, &child.shape, SLIVER_M2) {
                    let text = format!("{} outside {}: {:.1} m² at {}", child.name, parent.name, excess.area_m2, excess.at);
                    report.warn(Problem::OutsideParent, None, text);
                }
                continue;
            }
            let found = centre(&child.shape).and_then(|inside| fresh.assigner.assign(Some(inside), 0.0).grid);
            let found = found.and_then(|i| fresh.boundaries.get(i));
            if let Some(retired) = child.parent.and_then(|parent| before.get(parent)) {
                let now = found.map_or("–", |parent| parent.name.as_str());
                report.warn(Problem::ParentRetired, None, format!("{}: {} → {now}", child.name, retired.name));
            }
            moved |= child.parent != found.map(|parent| parent.id);
            child.parent = found.map(|parent| parent.id);
        }
        moved.then_some((below, children))
    }

    /// Gives each draft its identity, its parent and, where the scheme numbers places, its code; reports what does not fit
    /// together.
    fn boundaries(
        &self,
        level: Level,
        drafts: Vec<BoundaryDraft>,
        codes: &Codes,
        mut report: IntakeReport,
    ) -> (Vec<Boundary>, IntakeReport) {
        let names = Names::of(self);
        let mut taken = HashSet::new();
        let mut boundaries = Vec::with_capacity(drafts.len());
        for draft in drafts {
            let parent = self.parent(&names, level, &draft, &mut report);
            self.check_prefix(parent, &draft, &mut report);
            let known = Self::known(&names, level, parent, &draft, codes).filter(|id| taken.insert(*id));
            let revived = known.filter(|id| self.hot.division(level).get(*id).is_none()).and_then(|_| code_of(&draft));
            boundaries.push(Boundary {
                id: known.unwrap_or_default(),
                level,
                parent,
                code: draft.code.or(revived),
                name: draft.name,
                aliases: draft.aliases,
                kind: draft.kind,
                shape: draft.shape,
                area_m2: draft.area_m2,
            });
        }
        self.number(level, &mut boundaries, codes.used.clone());
        (boundaries, report)
    }

    /// The place that the draft means: the one in force with its code, or without a code with its name; else the one that had
    /// this code before it was retired.
    fn known(names: &Names, level: Level, parent: Option<Id>, draft: &BoundaryDraft, codes: &Codes) -> Option<Id> {
        let in_force = match &draft.code {
            Some(code) => names.boundary(level, code.as_str()),
            None if parent.is_some() => names.part(level, parent, &draft.name),
            None => names.boundary(level, &draft.name),
        };
        in_force.or_else(|| codes.owners.get(&code_of(draft)?).copied())
    }

    /// The place that the draft is part of: the one it names, else the one that it lies in.
    fn parent(&self, names: &Names, level: Level, draft: &BoundaryDraft, report: &mut IntakeReport) -> Option<Id> {
        let above = level.above()?;
        // What the intake could check against a named parent it has reported already.
        if let Some(parent) = draft.parent.as_ref().and_then(|key| names.boundary(above, key)) {
            return Some(parent);
        }
        let division = self.hot.division(above);
        let inside = centre(&draft.shape)?;
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

    /// A code under cn-grid-15 begins with that of the place above.
    fn check_prefix(&self, parent: Option<Id>, draft: &BoundaryDraft, report: &mut IntakeReport) {
        let cn = |code: &&Code| code.scheme() == CodeScheme::CnGrid15;
        let above = parent.and_then(|parent| self.hot.boundary(parent)).and_then(|parent| parent.code.as_ref()).filter(cn);
        if let (Some(above), Some(code)) = (above, draft.code.as_ref().filter(cn))
            && !code.as_str().starts_with(above.as_str())
        {
            report.warn(Problem::CodeOfAnother, Some(draft.row), format!("{code}: {} has {above}", draft.name));
        }
    }

    /// A place that is in force keeps its code; the others get their first one.
    fn number(&self, level: Level, boundaries: &mut [Boundary], used: HashSet<String>) {
        for boundary in boundaries.iter_mut().filter(|it| it.code.is_none()) {
            if let Some(old) = self.hot.division(level).get(boundary.id) {
                boundary.code.clone_from(&old.code);
            }
        }
        let code_of = |parent| self.hot.boundary(parent).and_then(|parent| parent.code.clone());
        numbering::first_codes(self.area.code_scheme, level, boundaries, code_of, used);
    }
}
