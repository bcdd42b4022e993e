//! `wangge assign`: points of one file to the polygons of another, without a store.

use super::{PositionArgs, WholeFile};
use crate::{
    assign::{Assigner, Assignment, DEFAULT_TOLERANCE_M},
    geometry::{LonLat, mend},
    intake::{
        FieldSpec, Mapping, PositionFlags, Positions,
        bind::{BoundField, column},
        described,
    },
    place::PlacementStatus,
    service::read_table,
    table::{CsvWriter, GeoJsonWriter, Guard, Property, ReadOptions, Table},
};
use anyhow::{Context, bail};
use geo::{Geometry, MultiPolygon};
use serde_json::Value;
use std::{
    borrow::Cow,
    collections::HashSet,
    io::{self, Write},
    path::{Path, PathBuf},
};

/// Assign the points of one file to the polygons of another. Every input row comes out again, in order, with the columns
/// grid, candidates (all polygons that contain the point), nearest (for points just outside), border_m (distance to the
/// nearest border) and status (inside, overlap, near, outside, no_position).
#[derive(Debug, clap::Args)]
#[expect(clippy::doc_markdown, reason = "the text is shown by --help")]
pub struct Args {
    /// Polygons: GeoJSON, GeoPackage with one layer, or CSV with a WKT column
    #[arg(long, value_name = "FILE")]
    grids: PathBuf,
    /// Property or column of the polygons that holds their id
    #[arg(long, value_name = "PROPERTY")]
    grid_id: String,
    /// Points: CSV, GeoJSON or GeoPackage
    #[arg(long, value_name = "FILE")]
    points: PathBuf,
    #[command(flatten)]
    position: PositionArgs,
    /// What the columns of the points mean
    #[arg(long, value_name = "M.toml")]
    mapping: Option<PathBuf>,
    /// Column of the authority's own label, compared with the polygons' ids: prints `agree A of B` on stderr
    #[arg(long, value_name = "COLUMN")]
    label: Option<String>,
    /// How far outside all polygons a point may lie and still get a nearest one, metres
    #[arg(long, value_name = "METRES", default_value_t = DEFAULT_TOLERANCE_M)]
    tolerance_m: f64,
    /// CSV or GeoJSON by the ending; without it CSV on stdout
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

/// # Errors
/// What is wrong with a file, a column or the output, in words.
pub async fn run(args: &Args) -> anyhow::Result<()> {
    if !args.tolerance_m.is_finite() {
        bail!("--tolerance-m {}: a number of metres is needed", args.tolerance_m);
    }
    let format = OutFormat::of(args.out.as_deref())?;
    let mapping = mapping(args)?;
    let grids = Grids::read(&args.grids, &args.grid_id).await?;
    let table = read_table(&args.points, &mapping.read_options()).await?;
    let flags = PositionFlags { datum: args.position.datum, crs: args.position.crs.as_deref() };
    let named = || args.points.display().to_string();
    let positions = Positions::bind(&table, &mapping.position, flags).with_context(named)?;
    if !positions.is_anywhere() {
        bail!(
            "{}: no positions found; name their columns with --lon and --lat, --wkt, or in the mapping under [position]",
            named()
        );
    }
    let labels = labels(&table, &mapping).with_context(named)?;

    let points = read_points(&table, &positions);
    let assigner = Assigner::new(grids.shapes);
    let assignments = assigner.assign_all(&points, args.tolerance_m);

    let output = Output { table: &table, points: &points, assignments: &assignments, ids: &grids.ids };
    match &args.out {
        Some(path) => {
            let mut file = WholeFile::create(path, false)?;
            output.write(&mut file, format)?;
            file.finish()?;
        }
        None => output.write(&mut io::stdout().lock(), format)?,
    }
    summarise(&assignments);
    if let Some(labels) = labels {
        let agreement = assigner.agreement(&points, &assignments, &labels, &grids.ids);
        eprintln!("agree {} of {}", agreement.agree, agreement.of);
        let classes: Vec<String> = agreement
            .disagree
            .iter()
            .filter(|(_, count)| *count > 0)
            .map(|(class, count)| format!("{} {count}", class.label()))
            .collect();
        if !classes.is_empty() {
            eprintln!("the others, by distance from the polygon with their label: {}", classes.join(", "));
        }
        eprintln!("labelled points outside all polygons: {}", agreement.outside_all);
    }
    Ok(())
}

/// The mapping file, with the flags over it.
fn mapping(args: &Args) -> anyhow::Result<Mapping> {
    let mut mapping = match &args.mapping {
        Some(path) => Mapping::read(path)?,
        None => Mapping::default(),
    };
    args.position.apply(&mut mapping);
    if let Some(label) = &args.label {
        // The mapping may know how to turn the texts of that very column into ids.
        let mapped = mapping.fields.get("label").is_some_and(|spec| spec.columns.iter().any(|column| column == label));
        if !mapped {
            mapping.fields.insert("label".to_owned(), FieldSpec::column(label));
        }
    }
    Ok(mapping)
}

/// The polygons and their ids.
struct Grids {
    shapes: Vec<MultiPolygon>,
    ids: Vec<String>,
}

impl Grids {
    async fn read(path: &Path, id: &str) -> anyhow::Result<Self> {
        let named = || path.display().to_string();
        let table = read_table(path, &ReadOptions::default()).await?;
        let id = column(&table, id).with_context(named).context("--grid-id")?;
        let positions = Positions::bind(&table, &Mapping::default().position, PositionFlags::default()).with_context(named)?;
        let mut grids = Self { shapes: vec![], ids: vec![] };
        for row in &table.rows {
            let shape = match (&row.defect, positions.geometry(row)) {
                (Some(defect), _) => Err(defect.to_string()),
                (None, Err(problem)) => Err(problem.to_string()),
                (None, Ok(Some(Geometry::Polygon(polygon)))) => Ok(MultiPolygon(vec![polygon])),
                (None, Ok(Some(Geometry::MultiPolygon(shape)))) => Ok(shape),
                (None, Ok(Some(_))) => Err("not a polygon".to_owned()),
                (None, Ok(None)) => Err("no geometry".to_owned()),
            };
            match shape.and_then(|shape| mend(shape).map_err(|error| error.to_string())) {
                Ok(mended) => {
                    if mended.is_repaired() {
                        eprintln!("{}: row {} mended: {}", named(), row.number, described(&mended.repairs));
                    }
                    grids.shapes.push(mended.shape);
                    grids.ids.push(row.cell(id).trim().to_owned());
                }
                Err(why) => eprintln!("{}: row {} left out: {why}", named(), row.number),
            }
        }
        let mut seen = HashSet::new();
        if let Some(twice) = grids.ids.iter().find(|id| !seen.insert(id.as_str())) {
            eprintln!("{}: several polygons have the id {twice:?}: a row does not tell which of them it is in", named());
        }
        if grids.shapes.is_empty() {
            bail!("{}: no polygons; GeoJSON polygons or a CSV column with polygons as WKT are needed", named());
        }
        Ok(grids)
    }
}

/// The label of each row, if the flags or the mapping name one.
fn labels(table: &Table, mapping: &Mapping) -> anyhow::Result<Option<Vec<Option<String>>>> {
    let Some(spec) = mapping.fields.get("label") else { return Ok(None) };
    let field = BoundField::bind(table, spec, &mapping.source.missing).context("label")?;
    let mut unknown = 0_usize;
    let labels = table.rows.iter().map(|row| {
        field.text(row).map_or_else(
            |_| {
                unknown += 1;
                None
            },
            |text| text.map(Cow::into_owned),
        )
    });
    let labels = labels.collect();
    if unknown > 0 {
        eprintln!("{unknown} labels that the mapping doesn't know: they count as none");
    }
    Ok(Some(labels))
}

/// The point of each row; what is wrong with those that can't be read goes to stderr.
fn read_points(table: &Table, positions: &Positions) -> Vec<Option<LonLat>> {
    const EXAMPLES: usize = 5;
    let (mut missing, mut unreadable) = (0_usize, 0_usize);
    let mut complain = |number: u64, why: &str| {
        unreadable += 1;
        if unreadable <= EXAMPLES {
            eprintln!("row {number}: no position: {why}");
        }
    };
    let mut points = Vec::with_capacity(table.rows.len());
    for row in &table.rows {
        // The fields of a ragged row may be shifted: its position can't be trusted.
        let point = match (&row.defect, positions.point(row)) {
            (Some(defect), _) => Err(defect.to_string()),
            (None, point) => point.map_err(|problem| problem.to_string()),
        };
        missing += usize::from(matches!(point, Ok(None)));
        points.push(point.unwrap_or_else(|why| {
            complain(row.number, &why);
            None
        }));
    }
    if missing + unreadable > 0 {
        eprintln!("{missing} rows without coordinates, {unreadable} with coordinates that can't be read");
    }
    points
}

fn summarise(assignments: &[Assignment]) {
    let count = |status| assignments.iter().filter(|it| it.status == status).count();
    let parts: Vec<String> = PlacementStatus::ALL.iter().map(|&status| format!("{status} {}", count(status))).collect();
    eprintln!("{} rows: {}", assignments.len(), parts.join(", "));
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum OutFormat {
    Csv,
    GeoJson,
}

impl OutFormat {
    fn of(path: Option<&Path>) -> anyhow::Result<Self> {
        let Some(path) = path else { return Ok(Self::Csv) };
        match path.extension().map(|ending| ending.to_string_lossy().to_ascii_lowercase()).as_deref() {
            Some("csv") => Ok(Self::Csv),
            Some("geojson" | "json") => Ok(Self::GeoJson),
            _ => bail!("--out {}: the ending must be .csv, .geojson or .json", path.display()),
        }
    }
}

/// The columns that are added to the rows.
const ADDED: [&str; 5] = ["grid", "candidates", "nearest", "border_m", "status"];

struct Output<'a> {
    table: &'a Table,
    points: &'a [Option<LonLat>],
    assignments: &'a [Assignment],
    ids: &'a [String],
}

impl Output<'_> {
    fn write(&self, out: &mut dyn Write, format: OutFormat) -> anyhow::Result<()> {
        match format {
            OutFormat::Csv => self.csv(out)?,
            OutFormat::GeoJson => self.geojson(out)?,
        }
        Ok(())
    }

    /// The columns of the input; one with the name of an added column is called `input_…`, so that the added names are sure.
    fn columns(&self) -> Vec<String> {
        let columns = self.table.columns.iter();
        columns.map(|name| if ADDED.contains(&name.as_str()) { format!("input_{name}") } else { name.clone() }).collect()
    }

    fn added(&self, assignment: &Assignment) -> [Option<String>; 5] {
        let id = |grid: usize| self.ids[grid].clone();
        let candidates: Vec<&str> = assignment.candidates.iter().map(|&grid| self.ids[grid].as_str()).collect();
        [
            assignment.grid.map(id),
            (!candidates.is_empty()).then(|| candidates.join(";")),
            assignment.nearest.map(id),
            assignment.border_m.map(|metres| format!("{metres:.3}")),
            Some(assignment.status.word().to_owned()),
        ]
    }

    fn csv(&self, out: &mut dyn Write) -> io::Result<()> {
        let columns = self.columns();
        // The caller's own rows go back to the caller as they are.
        let mut writer = CsvWriter::new(out, Guard::None);
        writer.record(columns.iter().map(String::as_str).chain(ADDED))?;
        for (row, assignment) in self.table.rows.iter().zip(self.assignments) {
            let added = self.added(assignment);
            let cells = (0..columns.len()).map(|column| row.cell(column));
            writer.record(cells.chain(added.iter().map(|it| it.as_deref().unwrap_or(""))))?;
        }
        writer.finish()
    }

    fn geojson(&self, out: &mut dyn Write) -> io::Result<()> {
        let columns = self.columns();
        let mut writer = GeoJsonWriter::new(out)?;
        for ((row, assignment), point) in self.table.rows.iter().zip(self.assignments).zip(self.points) {
            let mut properties: Vec<Property> =
                columns.iter().enumerate().map(|(column, name)| Property::of_cell(name, row, column)).collect();
            for (name, text) in ADDED.into_iter().zip(self.added(assignment)) {
                let number = text.as_deref().filter(|_| name == "border_m").and_then(|text| text.parse::<f64>().ok());
                properties.push(Property::new(name, number.map_or_else(|| Value::from(text), Value::from)));
            }
            let geometry = point.map(|point| Geometry::Point(point.to_point()));
            writer.feature(geometry.as_ref(), &properties)?;
        }
        writer.finish()
    }
}

#[cfg(test)]
#[path = "assign_tests.rs"]
mod tests;
