//! `wangge import`: a file into the store, with a report on what was taken in.

use super::{PositionArgs, StoreArgs, open_service};
use crate::{
    intake::{Lang, Mapping},
    layer::Layer,
    service::{ImportOptions, ImportOutcome, PublishedLevel, Service},
    store::{PUBLIC_FILE, Target},
};
use anyhow::{Context, Result};
use chrono::NaiveDate;
use chrono_tz::Tz;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::{
    io::{self, IsTerminal, Write as _},
    path::PathBuf,
    sync::Arc,
    time::Duration,
};
use tempfile::TempDir;

/// Import a file: CSV, GeoJSON or GeoPackage. The same file twice changes nothing; bad rows are reported and left out.
#[derive(Debug, clap::Args)]
#[expect(clippy::struct_excessive_bools, reason = "flags of a command line")]
pub struct Args {
    /// villages, grids, microgrids, squares, facilities, households, devices, persons, posts, reports, case-events, visits,
    /// activities or patrols
    layer: Layer,
    file: PathBuf,
    #[command(flatten)]
    store: StoreArgs,
    /// What the columns mean, as a TOML file
    #[arg(long, value_name = "M.toml")]
    mapping: Option<PathBuf>,
    /// A field and its column: `--map category=事件类型`; may be given several times
    #[arg(long = "map", value_name = "FIELD=COLUMN", value_parser = pair)]
    columns: Vec<(String, String)>,
    #[command(flatten)]
    position: PositionArgs,
    /// How times are written, as strftime: `%Y/%m/%d %H:%M`, or `excel` for a spreadsheet's own numbers; detected if not given
    #[arg(long, value_name = "FORMAT")]
    time_format: Option<String>,
    /// The day from which boundaries hold; today if not given
    #[arg(long, value_name = "DAY")]
    valid_from: Option<NaiveDate>,
    /// Time zone of an area that the store does not know yet
    #[arg(long, value_name = "ZONE")]
    zone: Option<Tz>,
    /// What the area is called on the page; its key if not given
    #[arg(long, value_name = "NAME")]
    area_name: Option<String>,
    /// Found the area that `--area` names in a store that holds others
    #[arg(long)]
    new_area: bool,
    /// The data are generated: the page says so everywhere
    #[arg(long)]
    synthetic: bool,
    /// Let a file of boundaries retire more than half of those in force: what is not in the file is retired
    #[arg(long)]
    retire: bool,
    /// Check everything, write nothing
    #[arg(long)]
    dry_run: bool,
    /// The report as JSON on standard output
    #[arg(long)]
    json: bool,
    /// Language of the report: zh or en
    #[arg(long, default_value = "zh", value_parser = super::analyze::language)]
    lang: Lang,
}

/// # Errors
/// The file, the mapping or the store; then nothing was written.
pub async fn run(args: Args) -> Result<()> {
    let mapping = mapping(&args)?;
    let (service, _trial) = open(&args).await?;
    let bar = progress_bar();
    let shown = bar.clone();
    let options = ImportOptions {
        layer: args.layer,
        path: args.file.clone(),
        mapping,
        datum: args.position.datum,
        crs: args.position.crs,
        retire: args.retire,
        dry_run: args.dry_run,
        valid_from: args.valid_from,
        area: args.store.area,
        new_area: args.new_area,
        zone: args.zone,
        area_name: args.area_name,
        synthetic: args.synthetic,
        progress: Arc::new(move |rows| shown.set_position(rows)),
    };
    let outcome = service.import(options).await;
    bar.finish_and_clear();
    let outcome = outcome.with_context(|| format!("{}: nothing was imported", args.file.display()))?;
    if args.json {
        writeln!(io::stdout(), "{}", to_json(&outcome)?)?;
    } else {
        writeln!(io::stdout(), "{}{}", outcome.report.text(args.lang), summary(&outcome, args.lang))?;
    }
    Ok(())
}

/// The store; for a trial on a directory that holds none, an empty one elsewhere that goes with the returned folder.
async fn open(args: &Args) -> Result<(Arc<Service>, Option<TempDir>)> {
    let there_is_none = matches!(args.store.target()?, Target::Directory(directory) if !directory.join(PUBLIC_FILE).exists());
    if !(args.dry_run && there_is_none) {
        return Ok((open_service(&args.store).await?, None));
    }
    let folder = tempfile::tempdir().context("cannot make a folder for the trial")?;
    let target = Target::Directory(folder.path().to_owned());
    Ok((Service::open(target, args.store.area.as_deref()).await?, Some(folder)))
}

/// The mapping file, with the flags over it.
fn mapping(args: &Args) -> Result<Mapping> {
    let mut mapping = match &args.mapping {
        Some(path) => Mapping::read(path)?,
        None => Mapping::default(),
    };
    for (field, column) in &args.columns {
        mapping.set_column(field, column);
    }
    args.position.apply(&mut mapping);
    if let Some(format) = &args.time_format {
        mapping.set_time_format(format);
    }
    Ok(mapping)
}

/// `FIELD=COLUMN`.
fn pair(text: &str) -> Result<(String, String), String> {
    let (field, column) = text.split_once('=').ok_or("write FIELD=COLUMN")?;
    if field.trim().is_empty() || column.is_empty() {
        Err("write FIELD=COLUMN".to_owned())
    } else {
        Ok((field.trim().to_owned(), column.to_owned()))
    }
}

/// Shown on a terminal, silent in a pipe.
fn progress_bar() -> ProgressBar {
    if !io::stderr().is_terminal() {
        return ProgressBar::with_draw_target(None, ProgressDrawTarget::hidden());
    }
    let bar = ProgressBar::new_spinner();
    if let Ok(style) = ProgressStyle::with_template("{spinner} {pos} rows  {elapsed}") {
        bar.set_style(style);
    }
    bar.enable_steady_tick(Duration::from_millis(120));
    bar
}

fn summary(outcome: &ImportOutcome, lang: Lang) -> String {
    let written = outcome.written;
    let counts = lang.say(
        &format!("新增 {}, 更新 {}, 未变 {}", written.inserted, written.updated, written.unchanged),
        &format!("{} new, {} changed, {} as before", written.inserted, written.updated, written.unchanged),
    );
    let version = outcome.boundaries.map(|PublishedLevel { version, retired }| {
        let retired =
            if retired > 0 { lang.say(&format!(", 停用 {retired}"), &format!(", {retired} retired")) } else { String::new() };
        format!("{retired}{}", lang.say(&format!("; 边界版本 {version}"), &format!("; boundary version {version}")))
    });
    let trial = if outcome.dry_run { lang.say("试运行, 未写入: ", "dry run, nothing written: ") } else { String::new() };
    format!("{trial}{counts}{}", version.unwrap_or_default())
}

fn to_json(outcome: &ImportOutcome) -> Result<String> {
    let written = outcome.written;
    let json = serde_json::json!({
        "report": outcome.report,
        "inserted": written.inserted,
        "updated": written.updated,
        "unchanged": written.unchanged,
        "retired": outcome.boundaries.map(|it| it.retired),
        "version": outcome.boundaries.map(|it| it.version),
        "dry_run": outcome.dry_run,
    });
    Ok(serde_json::to_string_pretty(&json)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_and_its_column() {
        assert_eq!(pair("category=事件类型"), Ok(("category".to_owned(), "事件类型".to_owned())));
        assert_eq!(pair("a=b=c"), Ok(("a".to_owned(), "b=c".to_owned())));
        assert!(pair("category").is_err() && pair("=x").is_err() && pair("x=").is_err());
    }
}
