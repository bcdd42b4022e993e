//! `wangge generate`: a synthetic subdistrict of any size, as files.

use crate::testing::{
    files,
    subdistrict::{Settings, Subdistrict},
};
use anyhow::{Context, bail};
use std::path::PathBuf;

/// Writes a synthetic subdistrict as `GeoJSON` and CSV files that `import` reads. The same flags give the same bytes.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Another seed, another subdistrict
    #[arg(long, value_name = "N", default_value_t = Settings::default().seed)]
    seed: u64,
    /// Grids; villages are 9 or fewer, micro-grids about twice as many
    #[arg(long, value_name = "N", default_value_t = Settings::default().grids, value_parser = at_least_one)]
    grids: usize,
    #[arg(long, value_name = "N", default_value_t = Settings::default().households)]
    households: usize,
    /// Reports, with the events of each
    #[arg(long, value_name = "N", default_value_t = Settings::default().reports)]
    reports: usize,
    /// Months of visits, activities, patrols and reports, up to October 2026
    #[arg(long, value_name = "N", default_value_t = Settings::default().months, value_parser = clap::value_parser!(u32).range(1..=120))]
    months: u32,
    /// The folder to write into
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
}

/// The most grids that three digits can number in nine villages of unequal size.
const MOST_GRIDS: usize = 6_000;

fn at_least_one(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(n) if (1..=MOST_GRIDS).contains(&n) => Ok(n),
        _ => Err(format!("a number from 1 to {MOST_GRIDS}")),
    }
}

/// # Errors
/// If the folder can't be written.
pub fn run(args: &Args) -> anyhow::Result<()> {
    let Args { seed, grids, households, reports, months, ref out } = *args;
    if out.is_file() {
        bail!("{} is a file; --out wants a folder", out.display());
    }
    if out.read_dir().is_ok_and(|mut entries| entries.next().is_some()) {
        bail!("{} holds something already; name another folder, or empty it first", out.display());
    }
    let settings = Settings { seed, grids, households, reports, months };
    let subdistrict = Subdistrict::generate(&settings);
    files::write(&subdistrict, &settings, out).with_context(|| format!("writing into {}", out.display()))?;
    eprintln!(
        "{}: synthetic data, {} villages, {} grids, {} micro-grids, {} households, {} reports; README.txt says how to import them",
        out.display(),
        subdistrict.villages.len(),
        subdistrict.grids.len(),
        subdistrict.microgrids.len(),
        subdistrict.households.len(),
        subdistrict.cases.len()
    );
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        args: Args,
    }

    #[test]
    fn writes_a_folder_and_refuses_what_it_cannot_make() {
        let folder = tempfile::tempdir().unwrap();
        let out = folder.path().join("new/folder").display().to_string();
        let flags = ["generate", "--grids", "3", "--households", "20", "--reports", "10", "--months", "1", "--out", &out];
        run(&Line::try_parse_from(flags).unwrap().args).unwrap();
        assert!(folder.path().join("new/folder/microgrids.geojson").is_file());
        let file = folder.path().join("new/folder/README.txt").display().to_string();
        assert!(run(&Line::try_parse_from(["generate", "--out", &file]).unwrap().args).is_err());
        for flag in [["--grids", "0"], ["--grids", "7000"], ["--months", "0"]] {
            assert!(Line::try_parse_from(["generate", "--out", &out].iter().chain(&flag)).is_err(), "{flag:?}");
        }
    }
}
