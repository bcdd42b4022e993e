//! `wangge plan balance`.

use super::{OFFICE, StoreArgs, show};
use crate::{
    cli::open_existing,
    place::{Id, Level},
    plan::balance::{Answer, Atom, Load, Wish},
    service::{BalanceJob, BalanceLimit, BalanceOrder, BalanceState, Origin, Service},
};
use anyhow::{Context, Result, bail};
use indicatif::{ProgressBar, ProgressStyle};
use std::{collections::BTreeMap, sync::Arc, time::Duration};

/// Search for better balanced grids, and take one over
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The plan to balance; a new one over the boundaries in force if none is named
    plan: Option<Id>,
    #[command(flatten)]
    store: StoreArgs,
    /// What is to lie evenly, with weights: load, or persons:2,reports:1 [loads: load, households, persons, reports, visits]
    #[arg(long, value_name = "LOAD[:WEIGHT]", value_delimiter = ',', default_value = "load")]
    loads: Vec<String>,
    /// By how much the heaviest grid of a village may exceed its mean, %
    #[arg(long, default_value_t = 5.0, value_name = "PERCENT")]
    tolerance: f64,
    /// Only these villages, by name, code or id
    #[arg(long, value_name = "VILLAGE")]
    village: Vec<String>,
    /// Another number of grids for a village: NAME=12, or NAME=10..14
    #[arg(long, value_name = "VILLAGE=K")]
    grids: Vec<String>,
    /// Any number of grids around today's for the villages that --grids does not name
    #[arg(long)]
    free: bool,
    /// What stays together: households, buildings or microgrids
    #[arg(long, default_value = "households")]
    atoms: Atom,
    /// The largest share of a village's households that may come into another grid, %
    #[arg(long, value_name = "PERCENT")]
    max_moved: Option<f64>,
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Length of the search
    #[arg(long, default_value_t = 20.0, conflicts_with = "steps")]
    seconds: f64,
    /// Attempted moves for each village instead: the same seed then gives the same answer
    #[arg(long)]
    steps: Option<u64>,
    /// Take over a candidate by its number, or `best`: the best balanced
    #[arg(long, value_name = "N|best", requires = "by")]
    apply: Option<String>,
    /// Your name: it stands in the plan's log
    #[arg(long, env = "WANGGE_BY", value_name = "NAME")]
    by: Option<String>,
}

/// # Errors
/// The store fails, or the wish makes no sense.
pub async fn run(args: Args) -> Result<()> {
    let service = open_existing(&args.store).await?;
    let by = args.by.clone().unwrap_or_else(|| "wangge".to_owned());
    let plan = if let Some(plan) = args.plan {
        plan
    } else {
        let name = format!("均衡 {}", chrono::Local::now().format("%Y-%m-%d %H:%M"));
        let plan = service.found_plan(OFFICE, &name, &by, Origin::Latest).await?.id;
        println!("plan {plan}");
        plan
    };
    let order = order(&service, plan, &args).await?;
    let job = service.balance_plan(OFFICE, plan, order).await?;
    wait(&service, plan, &job).await?;
    let answer = match job.answer() {
        Some(Ok(answer)) => answer,
        Some(Err(error)) => bail!("{error}"),
        None => bail!("the search ended without an answer"),
    };
    villages(answer);
    front(answer);
    if let Some(apply) = &args.apply {
        let number = if apply == "best" { 0 } else { apply.parse().with_context(|| format!("--apply {apply}"))? };
        let after = service.plan(OFFICE, plan).await?.history.seq();
        let drawn = service.take_candidate(OFFICE, plan, job.id, number, (after, by, None)).await?;
        println!("\nentry {}: {} households come into another grid", drawn.seq, drawn.outcome.moved.len());
        let figures = service.plan_figures(OFFICE, plan).await?;
        show::totals(&figures.today.1, &figures.draft.1);
    }
    Ok(())
}

async fn order(service: &Service, plan: Id, args: &Args) -> Result<BalanceOrder> {
    let load = |text: &String| -> Result<(Load, f64)> {
        let (load, weight) = text.split_once(':').map_or((text.as_str(), 1.0.to_string()), |(l, w)| (l, w.to_owned()));
        let weight: f64 = weight.parse().with_context(|| format!("--loads {text}"))?;
        Ok((load.parse().with_context(|| format!("--loads {text}"))?, weight))
    };
    let places = service.plan_places(OFFICE, plan, Level::Village).await?;
    let village = |text: &str| -> Result<Id> {
        let means = |it: &&crate::service::PlaceFeature| {
            let code = it.boundary.code.as_ref().map(ToString::to_string);
            it.boundary.name == text || code.as_deref() == Some(text) || it.boundary.id.to_string() == text
        };
        let found = places.iter().find(means).map(|it| it.boundary.id);
        let names = || places.iter().map(|it| it.boundary.name.as_str()).collect::<Vec<_>>().join(", ");
        found.with_context(|| format!("no village is called {text}: there are {}", names()))
    };
    let mut parts = BTreeMap::new();
    for text in &args.grids {
        let (name, count) = text.split_once('=').with_context(|| format!("--grids {text}: write NAME=12 or NAME=10..14"))?;
        let (least, most) = count.split_once("..").unwrap_or((count, count));
        let number = |text: &str| text.parse::<usize>().with_context(|| format!("--grids {name}={count}"));
        parts.insert(village(name)?, (number(least)?, number(most)?));
    }
    let wish = Wish {
        loads: args.loads.iter().map(load).collect::<Result<_>>()?,
        tolerance: args.tolerance / 100.0,
        villages: args.village.iter().map(|text| village(text)).collect::<Result<_>>()?,
        parts,
        free: args.free,
        atoms: args.atoms,
        max_moved: args.max_moved.map(|percent| percent / 100.0),
        ..Wish::default()
    };
    let limit = match args.steps {
        Some(steps) => BalanceLimit::Steps(steps),
        None => BalanceLimit::Time(Duration::try_from_secs_f64(args.seconds).context("--seconds")?),
    };
    Ok(BalanceOrder { wish, seed: args.seed, limit })
}

/// Tells of the progress until the search ends; Ctrl-C ends it with the best so far.
async fn wait(service: &Service, plan: Id, job: &Arc<BalanceJob>) -> Result<()> {
    let bar = ProgressBar::new_spinner();
    bar.set_style(ProgressStyle::with_template("{spinner} {msg}")?);
    while job.state() == BalanceState::Running {
        let progress = job.progress();
        let known: Vec<f64> = progress.iter().flatten().filter_map(|it| it.best).collect();
        let worst = known.iter().copied().fold(0.0, f64::max) * 100.0;
        let steps: u64 = progress.iter().flatten().map(|it| it.steps).sum();
        bar.set_message(format!(
            "{}/{} villages, {steps} steps, worst village {worst:.1} % above its mean, {:.0} s",
            known.len(),
            progress.len(),
            job.elapsed().as_secs_f64()
        ));
        tokio::select! {
            () = tokio::time::sleep(Duration::from_millis(200)) => bar.tick(),
            _ = tokio::signal::ctrl_c() => service.cancel_balance(OFFICE, plan, job.id)?,
        }
    }
    bar.finish_and_clear();
    Ok(())
}

fn percent(share: f64) -> String {
    format!("{:.1} %", share * 100.0)
}

fn villages(answer: &Answer) {
    let mut rows = show::table(&["village", "grids", "today", "reached", "bound", "gap", "the bound rests on"]);
    for village in &answer.villages {
        let grids = village.front.first().map_or(0, |candidate| candidate.division.parts());
        rows.add_row([
            village.name.clone(),
            grids.to_string(),
            percent(village.today),
            percent(village.reached),
            village.bound.map_or("–".to_owned(), |bound| percent(bound.excess())),
            village.gap.map_or("–".to_owned(), percent),
            village.bound.map_or_else(String::new, |bound| bound.reason.to_string()),
        ]);
    }
    show::numbers_right(&mut rows, 1);
    println!("The heaviest grid of each village above the village's mean:\n{rows}");
    for village in &answer.villages {
        for shortfall in &village.shortfalls {
            println!("{}: {shortfall}", village.name);
        }
    }
}

fn front(answer: &Answer) {
    let mut rows = show::table(&["", "worst village above mean", "CV", "households moved", "", "ways, load·km", "borders, km"]);
    for (i, it) in answer.front.iter().enumerate() {
        let objectives = &it.objectives;
        #[expect(clippy::cast_precision_loss, reason = "households stay below 2^53")]
        let share = objectives.moved / answer.households.max(1) as f64;
        rows.add_row([
            i.to_string(),
            percent(objectives.imbalance),
            format!("{:.3}", objectives.cv),
            format!("{:.0}", objectives.moved),
            percent(share),
            format!("{:.0}", objectives.travel / 1000.0),
            format!("{:.1}", objectives.cut / 1000.0),
        ]);
    }
    show::numbers_right(&mut rows, 0);
    println!("\n{} candidates, none of which is better than another in everything:\n{rows}", answer.front.len());
    let mut rows = show::table(&["households moved", "worst village above mean"]);
    for (moved, imbalance) in answer.curve() {
        rows.add_row([format!("{moved:.0}"), percent(imbalance)]);
    }
    show::numbers_right(&mut rows, 0);
    println!("\nThe best for each number of moves:\n{rows}");
}
