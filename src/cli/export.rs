//! `wangge export`: a layer as a file.

use super::{StoreArgs, WholeFile, open_existing};
use crate::{
    disclosure::Viewer,
    geometry::Datum,
    layer::Layer,
    service::{ExportFormat, ExportQuery, drain},
};
use anyhow::{Context, Result, bail};
use std::{
    io::{self, IsTerminal},
    path::{Path, PathBuf},
};

/// Write a layer as GeoJSON or CSV.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// villages, grids, microgrids, squares, facilities, households, devices, persons, posts, reports, case-events, visits,
    /// activities or patrols
    layer: Layer,
    #[command(flatten)]
    store: StoreArgs,
    /// [default: by the ending of --out, else geojson]
    #[arg(long)]
    format: Option<Format>,
    /// The file; standard output if not given
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Boundaries of this version instead of the latest
    #[arg(long, value_name = "N")]
    version: Option<i64>,
    /// From this local month (2026-08) or day on
    #[arg(long, value_name = "MONTH|DAY")]
    from: Option<String>,
    /// Up to and with this local month or day
    #[arg(long, value_name = "MONTH|DAY")]
    to: Option<String>,
    /// Only reports of this category, rounds of this programme
    #[arg(long)]
    kind: Option<String>,
    /// Datum of the positions: wgs84, gcj02 or bd09
    #[arg(long, default_value = "wgs84")]
    datum: Datum,
    /// Points of a CSV as x and y in this CRS: EPSG:4547
    #[arg(long, value_name = "EPSG:N")]
    crs: Option<String>,
    /// What the public may see instead of everything
    #[arg(long)]
    public: bool,
}

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum Format {
    Geojson,
    Csv,
}

/// # Errors
/// The store or the file fails, or the question makes no sense.
pub async fn run(args: Args) -> Result<()> {
    let crs = args.crs.as_deref().map(epsg).transpose()?;
    let csv = match args.format {
        Some(Format::Csv) => true,
        Some(Format::Geojson) => false,
        None => is_csv(args.out.as_deref())?,
    };
    let format = if csv { ExportFormat::Csv } else { ExportFormat::GeoJson };
    let viewer = if args.public { Viewer::Public } else { Viewer::Administrator };
    let service = open_existing(&args.store).await?;
    let query = ExportQuery {
        bbox: None,
        version: args.version,
        from: args.from,
        to: args.to,
        kind: args.kind,
        limit: None,
        datum: args.datum,
        crs,
    };
    let chunks = service.export(viewer, args.layer, format, query).await?;
    match args.out {
        None => {
            let stdout = io::stdout();
            if stdout.is_terminal() {
                eprintln!("writing {} to the terminal; --out FILE writes a file", args.layer);
            }
            drain(chunks, &mut stdout.lock()).await?;
        }
        Some(path) => {
            // An export may name persons.
            let mut file = WholeFile::create(&path, true)?;
            drain(chunks, &mut file).await.with_context(|| format!("cannot write {}", path.display()))?;
            file.finish()?;
        }
    }
    Ok(())
}

/// What the ending asks for; GeoJSON on standard output.
fn is_csv(out: Option<&Path>) -> Result<bool> {
    let Some(out) = out else { return Ok(false) };
    match out.extension().map(|ending| ending.to_string_lossy().to_ascii_lowercase()).as_deref() {
        Some("csv") => Ok(true),
        Some("geojson" | "json") => Ok(false),
        _ => bail!("--out {}: the ending must be .geojson, .json or .csv; or say --format geojson or csv", out.display()),
    }
}

fn epsg(text: &str) -> Result<u32> {
    let digits = text.strip_prefix("EPSG:").or_else(|| text.strip_prefix("epsg:")).unwrap_or(text);
    digits.parse().with_context(|| format!("--crs {text}: write EPSG:4547"))
}
