//! `wangge districting`: graph files divided into connected parts. The format is described in [`crate::districting`].

use super::WholeFile;
use crate::districting::{
    Budget, Comparison, Division, GraphFile, Limit, Minimise, Progress, Score, Solution, Task, census, compare, count, score,
    solve,
};
use anyhow::{Context, bail};
use serde_json::json;
use std::{
    io::{self, Write},
    ops::ControlFlow,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

/// Divides the graph of a file into connected, balanced parts; counts or scores such plans. A graph is JSON: {"pop": […],
/// "edges": [[a, b], [a, b, weight], …]}, optionally with k, L and U (parts, least and largest population), n, xy and name;
/// or GeoJSON whose features have pop and adj. A plan is a JSON list with the part of each unit, or an object with such a
/// list as "plan"; of GeoJSON also the name of a property.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Search for the best plan: prints its figures, the best bound known, and whether it is proved optimal
    Solve(SolveArgs),
    /// Count all plans exactly, with the exact front between deviation and cut edges
    Enumerate(EnumerateArgs),
    /// Populations, deviation, cut edges, perimeter and contiguity of a plan; how far two plans are apart
    Score(ScoreArgs),
}

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum What {
    CutEdges,
    Perimeter,
    Deviation,
}

#[derive(Debug, clap::Args)]
struct SolveArgs {
    file: PathBuf,
    /// Parts; without it the file's k
    #[arg(long, value_name = "N")]
    k: Option<usize>,
    /// The most that a part's population may deviate from the mean, per cent; without bounds the file's L and U hold
    #[arg(long, value_name = "PCT", conflicts_with_all = ["lower", "upper"])]
    tolerance: Option<f64>,
    /// The least population of a part
    #[arg(long, value_name = "N", requires = "upper")]
    lower: Option<f64>,
    /// The largest population of a part
    #[arg(long, value_name = "N", requires = "lower")]
    upper: Option<f64>,
    #[arg(long, value_enum, default_value = "cut-edges")]
    minimise: What,
    /// How long to search; what is found then depends on the speed of the machine
    #[arg(long, value_name = "S", default_value_t = 60.0, conflicts_with = "iterations")]
    seconds: f64,
    /// Moves to try instead: the same seed gives the same plan, on any number of threads
    #[arg(long, value_name = "N")]
    iterations: Option<u64>,
    /// Stop as soon as the value is not above this
    #[arg(long, value_name = "VALUE")]
    target: Option<f64>,
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// Without it one for each core
    #[arg(long, value_name = "N", default_value_t = 0)]
    threads: usize,
    /// Branches that a proof of optimality may take at the end, on graphs of up to 128 units; 0 for no proof
    #[arg(long, value_name = "N", default_value_t = 20_000_000)]
    proof_branches: u64,
    /// A plan to begin with
    #[arg(long, value_name = "PLAN")]
    start: Option<String>,
    /// Where to write the plan found
    #[arg(long, value_name = "PLAN")]
    output: Option<PathBuf>,
}

#[derive(Debug, clap::Args)]
struct EnumerateArgs {
    file: PathBuf,
    /// Parts; without it the file's k
    #[arg(long, value_name = "N")]
    k: Option<usize>,
    /// Only plans that deviate by at most this from the mean, per cent
    #[arg(long, value_name = "PCT")]
    tolerance: Option<f64>,
    /// The most plans to go through, and a thousandth of the branches
    #[arg(long, value_name = "N", default_value_t = 20_000_000)]
    most_plans: u64,
}

#[derive(Debug, clap::Args)]
struct ScoreArgs {
    file: PathBuf,
    #[arg(long, value_name = "PLAN")]
    plan: String,
    /// Another plan, to compare with
    #[arg(long, value_name = "PLAN")]
    against: Option<String>,
}

/// # Errors
/// What is wrong with a file or a flag, or why there is no plan, in words.
pub fn run(args: &Args) -> anyhow::Result<()> {
    let out = &mut io::stdout().lock();
    match &args.command {
        Command::Solve(args) => run_solve(args, out),
        Command::Enumerate(args) => run_enumerate(args, out),
        Command::Score(args) => run_score(args, out),
    }
}

fn run_solve(args: &SolveArgs, out: &mut impl Write) -> anyhow::Result<()> {
    let file = GraphFile::read(&args.file)?;
    let task = task(args, &file)?;
    let started = Instant::now();
    let limit = match args.iterations {
        Some(steps) => Limit::Steps(steps),
        None => Limit::Until(started + seconds(args.seconds)?),
    };
    let mut budget = Budget { limit, threads: args.threads, seed: args.seed };
    if budget.threads == 0 {
        budget.threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    }
    let solution = solve(&task, &budget, &told(args.minimise)).with_context(|| args.file.display().to_string())?;
    let Some(best) = &solution.best else { bail!(not_found(&file, &task, &solution)) };
    let figures = score(&file.graph, 0, best);
    if let Some(path) = &args.output {
        write_plan(path, &file, best, &figures)?;
    }
    write_figures(out, &figures)?;
    let what = args.minimise.name();
    if solution.proved_optimal {
        writeln!(out, "proved optimal: no plan has a smaller {what}")?;
    } else if solution.lower_bound > 0.0 {
        writeln!(out, "bound: no plan has a smaller {what} than {}", in_words(args.minimise, solution.lower_bound))?;
    }
    eprintln!("{:.1} s, {} moves tried", started.elapsed().as_secs_f64(), solution.steps);
    Ok(())
}

fn task<'g>(args: &SolveArgs, file: &'g GraphFile) -> anyhow::Result<Task<'g>> {
    let parts = parts(args.k, file)?;
    let total = file.graph.total(0);
    #[expect(clippy::cast_precision_loss, reason = "parts are few")]
    let mean = total / parts.max(1) as f64;
    let given = args.lower.zip(args.upper).or(file.lower.zip(file.upper));
    let (lower, upper) = match (args.tolerance, given, args.minimise) {
        (Some(percent), ..) if percent.is_finite() && percent >= 0.0 => {
            (mean * (1.0 - percent / 100.0), mean * (1.0 + percent / 100.0))
        }
        (Some(percent), ..) => bail!("--tolerance {percent}: a percentage that is not negative is needed"),
        (None, Some(bounds), _) => bounds,
        (None, None, What::Deviation) => (0.0, total),
        (None, None, _) => {
            bail!("how unequal may the parts be? Give --tolerance, or --lower and --upper; the file has no L and U")
        }
    };
    if matches!(args.minimise, What::Perimeter) && !file.weighted {
        eprintln!("the edges have no weights: the perimeter is the number of cut edges");
    }
    let start = args.start.as_ref().map(|plan| file.plan(plan)).transpose()?;
    let minimise = match args.minimise {
        What::CutEdges => Minimise::CutEdges,
        What::Perimeter => Minimise::Perimeter,
        What::Deviation => Minimise::Deviation,
    };
    let (target, proof_branches) = (args.target, args.proof_branches);
    Ok(Task { graph: &file.graph, parts, lower, upper, minimise, start, target, proof_branches })
}

fn parts(k: Option<usize>, file: &GraphFile) -> anyhow::Result<usize> {
    k.or(file.parts).context("into how many parts? Give --k; the file has none")
}

fn seconds(seconds: f64) -> anyhow::Result<Duration> {
    // A year is as good as for ever, and no instant overflows.
    if (0.0..=31_536_000.0).contains(&seconds) {
        Ok(Duration::from_secs_f64(seconds))
    } else {
        bail!("--seconds {seconds}: a number of seconds from 0 to a year is needed")
    }
}

/// Tells of each better plan on stderr.
fn told(what: What) -> impl Fn(&Progress) -> ControlFlow<()> + Sync {
    let last = std::sync::Mutex::new(None);
    move |progress: &Progress| {
        if let Ok(mut last) = last.lock()
            && progress.best != *last
        {
            *last = progress.best;
            let best = progress.best.map(|best| in_words(what, best)).unwrap_or_default();
            eprintln!("{:8.2} s  {} {best}", progress.elapsed.as_secs_f64(), what.name());
        }
        ControlFlow::Continue(())
    }
}

impl What {
    fn name(self) -> &'static str {
        match self {
            Self::CutEdges => "cut",
            Self::Perimeter => "perimeter",
            Self::Deviation => "deviation",
        }
    }
}

fn in_words(what: What, value: f64) -> String {
    match what {
        What::CutEdges => format!("{value:.0}"),
        What::Perimeter => format!("{value:.9}"),
        What::Deviation => format!("{:.4} %", 100.0 * value),
    }
}

fn not_found(file: &GraphFile, task: &Task<'_>, solution: &Solution) -> String {
    let bounds = format!("{} to {}", task.lower, task.upper);
    if solution.proved_optimal {
        return format!("there is no plan with {} connected parts of {bounds}: all were looked at", task.parts);
    }
    let nearest = solution.nearest.as_ref().map(|nearest| 100.0 * score(&file.graph, 0, nearest).deviation);
    let nearest = nearest.map_or(String::new(), |percent| format!("; the nearest deviates by {percent:.4} % from the mean"));
    format!("no plan with {} connected parts of {bounds} was found{nearest}; search longer, or widen the bounds", task.parts)
}

fn write_plan(path: &Path, file: &GraphFile, plan: &Division, figures: &Score) -> anyhow::Result<()> {
    let mut out = WholeFile::create(path, false)?;
    let plan = json!({
        "name": file.name, "k": plan.parts(), "cut": figures.cut_edges, "perimeter": figures.perimeter,
        "deviation": figures.deviation, "populations": figures.loads, "plan": plan.part_of(),
    });
    serde_json::to_writer(&mut out, &plan).with_context(|| format!("cannot write {}", path.display()))?;
    out.finish()
}

fn write_figures(out: &mut impl Write, figures: &Score) -> anyhow::Result<()> {
    writeln!(out, "cut {}", figures.cut_edges)?;
    writeln!(out, "perimeter {:.9}", figures.perimeter)?;
    writeln!(out, "deviation {:.4} %", 100.0 * figures.deviation)?;
    for (part, (load, pieces)) in figures.loads.iter().zip(&figures.pieces).enumerate() {
        let torn = if *pieces > 1 { format!("  in {pieces} pieces") } else { String::new() };
        writeln!(out, "part {part}: population {load}{torn}")?;
    }
    Ok(())
}

fn run_enumerate(args: &EnumerateArgs, out: &mut impl Write) -> anyhow::Result<()> {
    const STEPS: [f64; 6] = [0.5, 1.0, 2.0, 5.0, 10.0, 20.0];
    let file = GraphFile::read(&args.file)?;
    let parts = parts(args.k, &file)?;
    let most = match args.tolerance {
        Some(percent) if percent.is_finite() && percent >= 0.0 => percent,
        Some(percent) => bail!("--tolerance {percent}: a percentage that is not negative is needed"),
        None => f64::INFINITY,
    };
    // How many there are is quickly known, and says whether to begin at all.
    if let Ok(all) = count(&file.graph, parts) {
        if args.tolerance.is_none() && all > u128::from(args.most_plans) {
            bail!(
                "there are {all} plans with {parts} connected parts, too many to go through; give a --tolerance, or raise --most-plans above {}",
                args.most_plans
            );
        }
        writeln!(out, "plans {all}")?;
    }
    let steps: Vec<f64> = STEPS.iter().copied().filter(|&percent| percent <= most).collect();
    let tolerances: Vec<f64> = steps.iter().map(|percent| percent / 100.0).collect();
    let deviation = if most.is_finite() { most / 100.0 } else { f64::MAX };
    let census = census(&file.graph, parts, deviation, &tolerances, args.most_plans.saturating_mul(1000))?;
    if most.is_finite() {
        writeln!(out, "within {most} %: {} plans", census.divisions)?;
    }
    for (percent, within) in steps.iter().zip(&census.within).filter(|(percent, _)| **percent < most) {
        let cut = within.fewest_cut.map_or(String::new(), |cut| format!(", fewest cut {cut}"));
        writeln!(out, "within {percent} %: {} plans{cut}", within.divisions)?;
    }
    writeln!(out, "front: {} points", census.front.len())?;
    for point in &census.front {
        writeln!(out, "  deviation {:.6} cut {}", point.deviation, point.cut)?;
    }
    Ok(())
}

fn run_score(args: &ScoreArgs, out: &mut impl Write) -> anyhow::Result<()> {
    let file = GraphFile::read(&args.file)?;
    let plan = file.plan(&args.plan)?;
    let figures = score(&file.graph, 0, &plan);
    write_figures(out, &figures)?;
    let torn = figures.pieces.iter().filter(|pieces| **pieces > 1).count();
    writeln!(out, "contiguous {}", if torn == 0 { "yes" } else { "no" })?;
    if let Some(other) = &args.against {
        let Comparison { hamming, hamming_load, variation_of_information, .. } =
            compare(&file.graph, 0, &plan, &file.plan(other)?);
        writeln!(out, "hamming {hamming} units, population {hamming_load}")?;
        writeln!(out, "variation of information {variation_of_information:.14}")?;
    }
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

    fn said(flags: &[&str]) -> anyhow::Result<String> {
        let args = Line::try_parse_from(["districting"].iter().chain(flags))?.args;
        let mut out = Vec::new();
        match &args.command {
            Command::Solve(args) => run_solve(args, &mut out)?,
            Command::Enumerate(args) => run_enumerate(args, &mut out)?,
            Command::Score(args) => run_score(args, &mut out)?,
        }
        Ok(String::from_utf8(out)?)
    }

    /// A 4 × 4 grid of ones in a folder of its own.
    fn grid() -> (tempfile::TempDir, String) {
        let across = (0..16).filter(|unit| unit % 4 < 3).map(|unit| json!([unit, unit + 1]));
        let edges: Vec<_> = across.chain((0..12).map(|unit| json!([unit, unit + 4]))).collect();
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("grid.json");
        std::fs::write(&path, json!({"name": "grid", "pop": vec![1; 16], "edges": edges, "k": 4, "L": 4, "U": 4}).to_string())
            .unwrap();
        let path = path.display().to_string();
        (folder, path)
    }

    #[test]
    fn solves_writes_scores_and_compares() {
        let (folder, file) = grid();
        let plan = folder.path().join("plan.json").display().to_string();
        let solved = said(&["solve", &file, "--iterations", "500000", "--threads", "1", "--output", &plan]).unwrap();
        assert!(solved.starts_with("cut 8\nperimeter 8.000000000\ndeviation 0.0000 %\npart 0: population 4\n"), "{solved}");
        assert!(solved.ends_with("proved optimal: no plan has a smaller cut\n"), "{solved}");
        let scored = said(&["score", &file, "--plan", &plan, "--against", &plan]).unwrap();
        assert!(scored.starts_with("cut 8\n") && scored.contains("contiguous yes\nhamming 0 units"), "{scored}");
    }

    #[test]
    fn enumerates_and_refuses_what_would_not_end() {
        let (_folder, file) = grid();
        let balanced = said(&["enumerate", &file, "--tolerance", "0"]).unwrap();
        assert!(balanced.contains("within 0 %: 117 plans") && balanced.ends_with("  deviation 0.000000 cut 8\n"), "{balanced}");
        let halves = said(&["enumerate", &file, "--k", "2"]).unwrap();
        assert!(halves.starts_with("plans 627\n"), "{halves}");
        let refused = said(&["enumerate", &file, "--k", "2", "--most-plans", "600"]).unwrap_err().to_string();
        assert!(refused.starts_with("there are 627 plans with 2 connected parts"), "{refused}");
    }

    #[test]
    fn flags_that_make_no_sense_are_refused() {
        let (_folder, file) = grid();
        let refusal = |flags: &[&str]| format!("{:#}", said(flags).unwrap_err());
        assert!(refusal(&["solve", &file, "--tolerance=-1"]).starts_with("--tolerance -1"));
        assert!(refusal(&["solve", &file, "--seconds", "nan"]).starts_with("--seconds NaN"));
        assert!(refusal(&["solve", &file, "--k", "3", "--iterations", "1"]).contains("3 parts of at most 4 make 12"));
        assert!(refusal(&["solve", "/no/such/file"]).starts_with("/no/such/file: "));
        assert!(refusal(&["score", &file, "--plan", "/no/such/plan"]).starts_with("/no/such/plan: "));
    }
}
