//! Published sets of boundaries.

use super::{
    Source, StoreError, Writer,
    changes::ChangeOp,
    record::parameter_rows,
    value::{Row, Value},
};
use crate::{
    geometry::BBox,
    layer::Layer,
    place::{Boundary, BoundaryVersion, Code, Id, Level},
};
use chrono::NaiveDate;
use std::collections::{HashMap, HashSet};

/// All boundaries of one or more levels, to be in force from a day on.
#[derive(Clone, Debug, PartialEq)]
pub struct PublishBoundaries {
    /// Whole levels: what is missing here is retired.
    pub levels: Vec<(Level, Vec<Boundary>)>,
    pub valid_from: NaiveDate,
    pub note: String,
}

/// Boundaries that one statement writes; they may have thousands of vertices each.
const CHUNK: usize = 100;

const VERSIONS: &str = "SELECT number, valid_from, published_at, note FROM boundary_version WHERE area = $1 ORDER BY number";

const BOUNDARIES: &str = "SELECT id, level, parent, code_scheme, code, name, aliases, kind, area_m2, geom FROM boundary \
     WHERE area = $1 AND level = $2 AND version_from <= $3 AND (version_to IS NULL OR version_to > $3) \
     ORDER BY code IS NULL, code, id";

const RETIRED: &str = "SELECT id, code, name FROM boundary AS b WHERE area = $1 AND version_to = (\
     SELECT max(coalesce(version_to, 9223372036854775807)) FROM boundary WHERE area = $1 AND id = b.id) ORDER BY id";

const CHANGES: &str = "SELECT level, version_from AS number FROM boundary WHERE area = $1 UNION \
     SELECT level, version_to AS number FROM boundary WHERE area = $1 AND version_to IS NOT NULL ORDER BY number, level";

const INSERT_VERSION: &str =
    "INSERT INTO boundary_version (area, number, valid_from, published_at, note) VALUES ($1, $2, $3, $4, $5)";

/// The layer of a level.
#[must_use]
pub(super) fn layer(level: Level) -> Layer {
    match level {
        Level::Village => Layer::Villages,
        Level::Grid => Layer::Grids,
        Level::MicroGrid => Layer::MicroGrids,
    }
}

pub(super) async fn versions(mut source: Source<'_>, area: &str) -> Result<Vec<BoundaryVersion>, StoreError> {
    let rows = source.fetch(VERSIONS.into(), vec![area.into()]).await?;
    let version = |row: &Row| {
        Ok(BoundaryVersion {
            number: row.int("number")?,
            valid_from: row.date("valid_from")?,
            published_at: row.instant("published_at")?,
            note: row.text("note")?,
        })
    };
    rows.iter().map(version).collect()
}

pub(super) async fn boundaries(
    mut source: Source<'_>,
    area: &str,
    level: Level,
    version: i64,
) -> Result<Vec<Boundary>, StoreError> {
    let values = vec![area.into(), level.word().into(), version.into()];
    source.fetch(BOUNDARIES.into(), values).await?.iter().map(read_boundary).collect()
}

/// A place that is no longer in force, as it was called last.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Retired {
    pub id: Id,
    pub code: Option<String>,
    pub name: String,
}

/// The places of an area that once were in force and are no longer.
pub(super) async fn retired(mut source: Source<'_>, area: &str) -> Result<Vec<Retired>, StoreError> {
    let rows = source.fetch(RETIRED.into(), vec![area.into()]).await?;
    let retired = |row: &Row| Ok(Retired { id: row.parse("id")?, code: row.opt_text("code")?, name: row.text("name")? });
    rows.iter().map(retired).collect()
}

/// The versions in which a level is not as it was in the one before, by number.
pub(super) async fn level_changes(mut source: Source<'_>, area: &str) -> Result<Vec<(Level, i64)>, StoreError> {
    let rows = source.fetch(CHANGES.into(), vec![area.into()]).await?;
    rows.iter().map(|row| Ok((row.parse("level")?, row.int("number")?))).collect()
}

/// The places that carry or once carried a code.
pub(super) async fn ids_by_code(
    mut source: Source<'_>,
    area: &str,
    level: Level,
    codes: &[Code],
) -> Result<HashMap<Code, Id>, StoreError> {
    let mut ids = HashMap::with_capacity(codes.len());
    let mut schemes: Vec<_> = codes.iter().map(Code::scheme).collect();
    schemes.dedup();
    for scheme in schemes.into_iter().collect::<HashSet<_>>() {
        let of_scheme: Vec<_> = codes.iter().filter(|code| code.scheme() == scheme).collect();
        for chunk in of_scheme.chunks(super::writer::CHUNK) {
            let mut values = vec![area.into(), level.word().into(), scheme.name().into()];
            values.extend(chunk.iter().map(|code| Value::from(code.as_str())));
            let sql = format!(
                "SELECT code, id FROM boundary_code WHERE area = $1 AND level = $2 AND code_scheme = $3 AND code IN {}",
                parameter_rows(3, 1, chunk.len())
            );
            let mut found = HashMap::new();
            for row in source.fetch(sql.into(), values).await? {
                found.insert(row.text("code")?, row.parse::<Id>("id")?);
            }
            ids.extend(chunk.iter().filter_map(|&code| Some((code.clone(), *found.get(code.as_str())?))));
        }
    }
    Ok(ids)
}

fn read_boundary(row: &Row) -> Result<Boundary, StoreError> {
    let level: Level = row.parse("level")?;
    let code = match (row.opt_parse("code_scheme")?, row.opt_text("code")?) {
        (Some(scheme), Some(code)) => {
            let parsed = Code::parse(scheme, level, &code);
            Some(parsed.map_err(|error| StoreError::Decode { column: "code".to_owned(), why: error.to_string() })?)
        }
        _ => None,
    };
    let aliases = serde_json::from_str(&row.text("aliases")?);
    Ok(Boundary {
        id: row.parse("id")?,
        level,
        parent: row.opt_parse("parent")?,
        code,
        name: row.text("name")?,
        aliases: aliases.map_err(|error| StoreError::Decode { column: "aliases".to_owned(), why: error.to_string() })?,
        kind: row.opt_parse("kind")?,
        shape: row.shape("geom")?,
        area_m2: row.real("area_m2")?,
    })
}

/// What a set changes in the one before.
struct Difference<'a> {
    opened: Vec<&'a Boundary>,
    /// Of rows that end: changed or retired.
    closed: Vec<Id>,
    changes: Vec<(ChangeOp, Id)>,
    removed_shapes: bool,
}

impl<'a> Difference<'a> {
    fn between(before: &[Boundary], after: &'a [Boundary]) -> Self {
        let old: HashMap<Id, &Boundary> = before.iter().map(|boundary| (boundary.id, boundary)).collect();
        let mut difference = Self { opened: Vec::new(), closed: Vec::new(), changes: Vec::new(), removed_shapes: false };
        for boundary in after {
            let op = match old.get(&boundary.id) {
                Some(&same) if same == boundary => continue,
                Some(other) => {
                    difference.closed.push(boundary.id);
                    difference.removed_shapes |= other.shape != boundary.shape;
                    ChangeOp::Update
                }
                None => ChangeOp::Insert,
            };
            difference.opened.push(boundary);
            difference.changes.push((op, boundary.id));
        }
        let kept: HashSet<Id> = after.iter().map(|boundary| boundary.id).collect();
        for retired in before.iter().filter(|boundary| !kept.contains(&boundary.id)) {
            difference.closed.push(retired.id);
            difference.changes.push((ChangeOp::Delete, retired.id));
            difference.removed_shapes = true;
        }
        difference
    }
}

impl Writer {
    /// Makes a new version in which the levels of `set` are replaced; the others stay. A set equal to the one in force changes
    /// nothing: the current version is returned.
    ///
    /// # Errors
    /// [`StoreError::ValidFromTooEarly`], [`StoreError::CodeTaken`], [`StoreError::WrongLevel`], [`StoreError::TwiceInSet`].
    pub async fn publish(&mut self, set: &PublishBoundaries) -> Result<BoundaryVersion, StoreError> {
        check_set(set)?;
        let area = self.area.clone();
        let latest = versions(self.source(), &area).await?.pop();
        let mut differences = Vec::with_capacity(set.levels.len());
        for (level, after) in &set.levels {
            let before = match &latest {
                Some(version) => boundaries(self.source(), &area, *level, version.number).await?,
                None => Vec::new(),
            };
            differences.push((*level, Difference::between(&before, after)));
        }
        if let Some(current) = &latest
            && differences.iter().all(|(_, difference)| difference.changes.is_empty())
        {
            return Ok(current.clone());
        }
        if let Some(current) = &latest
            && set.valid_from < current.valid_from
        {
            return Err(StoreError::ValidFromTooEarly { given: set.valid_from, latest: current.valid_from });
        }
        let version = BoundaryVersion {
            number: latest.map_or(1, |current| current.number + 1),
            valid_from: set.valid_from,
            published_at: self.now,
            note: set.note.clone(),
        };
        self.insert_version(&version).await?;
        for (level, difference) in differences {
            self.apply(level, difference, version.number).await?;
        }
        Ok(version)
    }

    async fn apply(&mut self, level: Level, difference: Difference<'_>, version: i64) -> Result<(), StoreError> {
        self.claim_codes(level, &difference.opened).await?;
        self.close_boundaries(&difference.closed, version).await?;
        self.open_boundaries(&difference.opened, version).await?;
        let layer = layer(level).name();
        for boundary in &difference.opened {
            self.touch(layer, BBox::around(&boundary.shape), false);
        }
        self.touch(layer, None, difference.removed_shapes);
        for (op, id) in difference.changes {
            self.log(op, layer, id, Some(version)).await?;
        }
        Ok(())
    }

    /// The versions as this transaction sees them, by number.
    pub async fn versions(&mut self) -> Result<Vec<BoundaryVersion>, StoreError> {
        let area = self.area.clone();
        versions(self.source(), &area).await
    }

    /// The boundaries of a level as this transaction sees them, by code and id.
    pub async fn boundaries(&mut self, level: Level, version: i64) -> Result<Vec<Boundary>, StoreError> {
        let area = self.area.clone();
        boundaries(self.source(), &area, level, version).await
    }

    async fn insert_version(&mut self, version: &BoundaryVersion) -> Result<(), StoreError> {
        let values = vec![
            self.area.as_str().into(),
            version.number.into(),
            version.valid_from.into(),
            version.published_at.into(),
            version.note.as_str().into(),
        ];
        self.transaction.execute(INSERT_VERSION.into(), values).await?;
        Ok(())
    }

    /// Gives each code to its place for ever.
    async fn claim_codes(&mut self, level: Level, boundaries: &[&Boundary]) -> Result<(), StoreError> {
        let area = self.area.clone();
        let codes: Vec<_> = boundaries.iter().filter_map(|boundary| boundary.code.clone()).collect();
        let mut owners = ids_by_code(self.source(), &area, level, &codes).await?;
        let mut claimed = Vec::new();
        for boundary in boundaries {
            let Some(code) = &boundary.code else { continue };
            match owners.insert(code.clone(), boundary.id) {
                Some(owner) if owner != boundary.id => {
                    return Err(StoreError::CodeTaken {
                        code: code.to_string(),
                        scheme: code.scheme().to_string(),
                        level: level.to_string(),
                    });
                }
                Some(_) => {}
                None => claimed.push([
                    Value::from(area.as_str()),
                    level.word().into(),
                    code.scheme().name().into(),
                    code.as_str().into(),
                    boundary.id.into(),
                ]),
            }
        }
        for chunk in claimed.chunks(super::writer::CHUNK) {
            let rows = parameter_rows(0, chunk.len(), 5);
            let sql = format!("INSERT INTO boundary_code (area, level, code_scheme, code, id) VALUES {rows}");
            self.transaction.execute(sql.into(), chunk.concat()).await?;
        }
        Ok(())
    }

    async fn close_boundaries(&mut self, ids: &[Id], version: i64) -> Result<(), StoreError> {
        for chunk in ids.chunks(super::writer::CHUNK) {
            let mut values = vec![self.area.as_str().into(), version.into()];
            values.extend(chunk.iter().map(|&id| Value::from(id)));
            let ids = parameter_rows(2, 1, chunk.len());
            let sql = format!("UPDATE boundary SET version_to = $2 WHERE area = $1 AND version_to IS NULL AND id IN {ids}");
            self.transaction.execute(sql.into(), values).await?;
        }
        Ok(())
    }

    async fn open_boundaries(&mut self, boundaries: &[&Boundary], version: i64) -> Result<(), StoreError> {
        for chunk in boundaries.chunks(CHUNK) {
            let values: Vec<_> = chunk.iter().flat_map(|boundary| self.boundary_values(boundary, version)).collect();
            let sql = format!(
                "INSERT INTO boundary (area, id, level, parent, code_scheme, code, name, aliases, kind, area_m2, version_from, \
                 geom) VALUES {}",
                parameter_rows(0, chunk.len(), 12)
            );
            self.transaction.execute(sql.into(), values).await?;
        }
        Ok(())
    }

    fn boundary_values(&self, boundary: &Boundary, version: i64) -> [Value; 12] {
        let code = boundary.code.as_ref();
        [
            self.area.as_str().into(),
            boundary.id.into(),
            boundary.level.word().into(),
            Value::id(boundary.parent),
            Value::word(code.map(|code| code.scheme().name())),
            Value::word(code.map(Code::as_str)),
            boundary.name.as_str().into(),
            serde_json::Value::from(boundary.aliases.clone()).to_string().as_str().into(),
            Value::word(boundary.kind.map(crate::place::GridKind::word)),
            boundary.area_m2.into(),
            version.into(),
            Value::shape(&boundary.shape),
        ]
    }
}

fn check_set(set: &PublishBoundaries) -> Result<(), StoreError> {
    let mut seen = HashSet::new();
    let all = set.levels.iter().flat_map(|(level, boundaries)| boundaries.iter().map(move |boundary| (*level, boundary)));
    for (level, boundary) in all {
        if boundary.level != level {
            return Err(StoreError::WrongLevel {
                id: boundary.id,
                found: boundary.level.to_string(),
                expected: level.to_string(),
            });
        }
        if !seen.insert(boundary.id) {
            return Err(StoreError::TwiceInSet(boundary.id));
        }
    }
    Ok(())
}
